"""Optimizers beside PyTorch's: the same steps, the same losses, the same errors."""

import copy
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import minigrad
from minigrad import nn, optim
from minigrad.optim import optimizers
from tests.both import Programs
from tests.examples import examples
from tests.figures import recorded

programs = Programs(__name__)

# --- training: the first losses


def regression(torch: Any, make: Callable, steps: int = 50) -> list[float]:
    """The losses of a small network that learns a sine."""
    torch.manual_seed(0)
    x = torch.rand(40, 1) * 6 - 3
    y = torch.sin(x) + 0.1 * torch.randn(40, 1)
    net = torch.nn.Sequential(
        torch.nn.Linear(1, 16), torch.nn.Tanh(), torch.nn.Linear(16, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1)
    )
    return trained(make(torch.optim, net.parameters()), lambda: torch.nn.functional.mse_loss(net(x), y), steps)


def classification(torch: Any, make: Callable, steps: int = 50) -> list[float]:
    """The losses of a small network that tells three clouds of points apart."""
    torch.manual_seed(1)
    c = torch.randint(0, 3, (60,))
    x = torch.randn(60, 2) + torch.nn.functional.one_hot(c, 3)[:, :2] * 2.5
    net = torch.nn.Sequential(torch.nn.Linear(2, 12), torch.nn.Sigmoid(), torch.nn.Linear(12, 3))
    return trained(make(torch.optim, net.parameters()), lambda: torch.nn.functional.cross_entropy(net(x), c), steps)


def trained(optimizer: Any, loss: Callable, steps: int) -> list[float]:
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        value = loss()
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses


MAKERS: dict[str, Callable] = {
    "SGD": lambda optim, p: optim.SGD(p, lr=0.1),
    "SGD with momentum": lambda optim, p: optim.SGD(p, lr=0.05, momentum=0.9),
    "SGD with Nesterov's momentum": lambda optim, p: optim.SGD(
        p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-3
    ),
    "SGD with dampening": lambda optim, p: optim.SGD(p, lr=0.1, momentum=0.8, dampening=0.5),
    "Adam": lambda optim, p: optim.Adam(p, lr=0.01),
    "Adam with amsgrad": lambda optim, p: optim.Adam(p, lr=0.01, amsgrad=True, weight_decay=1e-2),
    "AdamW": lambda optim, p: optim.AdamW(p, lr=0.01),
    "RMSprop": lambda optim, p: optim.RMSprop(p, lr=0.003),
    "RMSprop, centered, with momentum": lambda optim, p: optim.RMSprop(p, lr=0.001, momentum=0.9, centered=True),
}
RUNS = {
    f"{task.__name__}, {name}": (task, make) for task in (regression, classification) for name, make in MAKERS.items()
}


@pytest.mark.parametrize("name", RUNS)
def test_losses_as_recorded(name: str) -> None:
    """To the four digits that PyTorch prints."""
    task, make = RUNS[name]
    losses = task(minigrad, make)
    np.testing.assert_allclose(losses, recorded(__name__)[name], rtol=4e-5)
    assert losses[-1] < losses[0]


@pytest.mark.torch
@pytest.mark.parametrize("name", RUNS)
def test_losses_beside_pytorch(name: str) -> None:
    import torch

    task, make = RUNS[name]
    np.testing.assert_allclose(task(minigrad, make), task(torch, make), rtol=4e-5)


# --- everything else that can be seen


def tensors(torch: Any) -> tuple[Any, Any]:
    return torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)


@programs
def reprs(torch, show):
    w, v = tensors(torch)
    optim = torch.optim
    for kind in (optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop):
        show(kind([w]), kind([w]).defaults, kind([w]).param_groups[0].keys())
    show(optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Optimizer)
    show(optim.SGD([w], lr=0.1, momentum=0.9, nesterov=True), optim.Adam([w], betas=(0.5, 0.9), maximize=True))
    show(optim.SGD([{"params": [w], "lr": 0.5}, {"params": v}], lr=0.1, weight_decay=3))


@programs
def states(torch, show):
    optim = torch.optim
    for make in MAKERS.values():
        w, v = tensors(torch)
        optimizer = make(optim, [w, v])
        show(optimizer.state, optimizer.state_dict())
        w.grad = torch.tensor([1.0, -2.0])
        optimizer.step()
        show(w, v, optimizer.state, optimizer.state_dict())
        optimizer.step()
        show(w, v, optimizer.state_dict(), w._version > 0, v._version)


@programs
def wrong_parameters(torch, show):
    w, v = tensors(torch)
    optim = torch.optim
    for params in (
        w, [], [w * 2], [3], None, {"a": w}, [{"params": [w]}, {"params": [w]}], [{"lr": 1}], [{"params": {w}}],
        [{"params": [3]}], [[w]],
    ):  # fmt: skip
        show.error(optim.SGD, params)
    for kind, options in (
        (optim.SGD, {"lr": -1}), (optim.SGD, {"momentum": -1}), (optim.SGD, {"weight_decay": -1}),
        (optim.SGD, {"nesterov": True}), (optim.SGD, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}),
        (optim.SGD, {"wrong": 1}), (optim.SGD, {"lr": None}), (optim.SGD, {"lr": "0.1"}),
        (optim.SGD, {"lr": float("nan")}), (optim.Adam, {"lr": float("nan")}), (optim.RMSprop, {"alpha": float("nan")}),
        (optim.Adam, {"lr": -1}), (optim.Adam, {"betas": (1.0, 0.9)}), (optim.Adam, {"betas": (0.9, -0.1)}),
        (optim.Adam, {"eps": -1}), (optim.Adam, {"weight_decay": -1}), (optim.RMSprop, {"lr": -1}),
        (optim.RMSprop, {"alpha": -1}), (optim.RMSprop, {"eps": -1}), (optim.RMSprop, {"momentum": -1}),
        (optim.RMSprop, {"weight_decay": -1}),
    ):  # fmt: skip
        show.error(kind, [w], **options)
    show(len(optim.SGD(x for x in (w, v)).param_groups[0]["params"]))
    twice = show.warnings(optim.SGD, [w, w], lr=0.1)
    w.grad = torch.ones(2)
    twice.step()
    show(w)
    show(len(optim.SGD([torch.ones(2)]).param_groups), len(optim.SGD([{"params": []}]).param_groups))


@programs
def groups(torch, show):
    w, v = tensors(torch)
    optimizer = torch.optim.SGD([w], lr=0.1)
    optimizer.add_param_group({"params": v, "lr": 1.0})
    w.grad, v.grad = torch.ones(2), torch.ones(3)
    optimizer.step()
    show(w, v, optimizer)
    optimizer.param_groups[0]["lr"] = 0.5
    optimizer.step()
    show(w)
    show.error(optimizer.add_param_group, {"params": v})
    show.error(optimizer.add_param_group, [v])
    show.error(optimizer.add_param_group, {"params": v * 2})
    show(len(optimizer.param_groups))


@programs
def gradients_are_cleared(torch, show):
    w, v = tensors(torch)
    optimizer = torch.optim.SGD([w, v], lr=0.1)
    optimizer.zero_grad()
    optimizer.step()
    show(w, v, w.grad)
    (w.sum() * v.sum()).backward()
    kept = w.grad
    optimizer.zero_grad(set_to_none=False)
    show(w.grad, kept is w.grad)
    optimizer.zero_grad()
    show(w.grad, v.grad)
    (w**3).sum().backward(create_graph=True)
    optimizer.zero_grad(set_to_none=False)
    show(w.grad, w.grad.requires_grad)


@programs
def closures(torch, show):
    w, _ = tensors(torch)
    optimizer = torch.optim.SGD([w], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    show(optimizer.step(closure), w, optimizer.step())
    with torch.no_grad():
        show(optimizer.step(closure), w)
    show.error(optimizer.step, lambda: 1 / 0)
    show(w, torch.is_grad_enabled())


@programs
def loading(torch, show):
    optim = torch.optim
    w, v = tensors(torch)
    first = optim.Adam([w, v], lr=0.1)
    w.grad, v.grad = torch.ones(2), torch.ones(3)
    first.step()
    state = copy.deepcopy(first.state_dict())
    second = optim.Adam([w, v], lr=0.7)
    second.load_state_dict(state)
    show(second, second.state_dict())
    second.step()
    first.state_dict()["state"][0]["exp_avg"].zero_()
    show(w, v, second.state_dict())
    show.error(second.load_state_dict, {"state": {}, "param_groups": []})
    show.error(second.load_state_dict, {})
    show.error(second.load_state_dict, optim.Adam([w]).state_dict())
    show(second.state_dict())
    third = optim.Adam([t.detach().double().requires_grad_() for t in (w, v)])
    third.load_state_dict(second.state_dict())
    show(third.state_dict()["state"])


@programs
def numbers_of_other_types_and_shapes(torch, show):
    for start in (
        torch.tensor(2.0),
        torch.tensor([[1.0, 2.0]], dtype=torch.float64),
        torch.zeros(0),
        torch.ones(2, 3).t(),
    ):
        for make in MAKERS.values():
            p = start.clone().requires_grad_()
            optimizer = make(torch.optim, [p])
            for _ in range(3):
                optimizer.zero_grad()
                (p**3).sum().backward()
                optimizer.step()
            show(p)


@programs
def steps_and_the_graph(torch, show):
    """A step counts as a write: a graph from before it cannot be walked after it."""
    w, _ = tensors(torch)
    optimizer = torch.optim.SGD([w], lr=0.1)
    loss = (w**2).sum()
    loss.backward(retain_graph=True)
    optimizer.step()
    show(w, w.is_leaf, w.grad_fn)
    show.error(loss.backward)


@programs
def an_optimizer_of_ones_own(torch, show):
    class Halving(torch.optim.Optimizer):
        def __init__(self, params):
            super().__init__(params, {"factor": 0.5})

        @torch.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    self.state[p]["steps"] = self.state[p].get("steps", 0) + 1
                    p.mul_(group["factor"])

    w, v = tensors(torch)
    optimizer = Halving([{"params": [w]}, {"params": [v], "factor": 0.1}])
    optimizer.step()
    optimizer.step()
    show(w, v, optimizer, optimizer.state_dict())


test_as_recorded, test_beside_pytorch = programs.tests()


def record() -> dict[str, Any]:
    import torch

    return programs.record() | {name: task(torch, make) for name, (task, make) in RUNS.items()}


# --- what holds for all options

small = st.sampled_from([0.0, 0.1, 0.5, 0.9])


@st.composite
def chosen(draw: Any) -> tuple[str, dict[str, Any]]:
    """An optimizer and options for it."""
    kind = draw(st.sampled_from(["SGD", "Adam", "AdamW", "RMSprop"]))
    options: dict[str, Any] = {
        "lr": draw(st.sampled_from([0.0, 1e-3, 0.1, 2])),
        "weight_decay": draw(small),
        "maximize": draw(st.booleans()),
    }
    if kind in ("SGD", "RMSprop"):
        options["momentum"] = draw(small)
    if kind == "SGD":
        options["nesterov"] = options["momentum"] > 0 and draw(st.booleans())
        options["dampening"] = 0 if options["nesterov"] else draw(small)
    elif kind == "RMSprop":
        options |= {"alpha": draw(st.sampled_from([0.5, 0.9, 0.99])), "centered": draw(st.booleans()), "eps": 1e-4}
    else:
        options |= {"betas": (draw(small), draw(small)), "amsgrad": draw(st.booleans()), "eps": 1e-4}
    return kind, options


@pytest.mark.torch
@settings(max_examples=examples(150))
@given(
    chosen(),
    st.sampled_from([(), (1,), (3,), (2, 3), (0,)]),
    st.sampled_from(["float32", "float64"]),
    st.integers(0, 99),
)
def test_steps_beside_pytorch(choice: tuple[str, dict[str, Any]], shape: tuple, kind: str, seed: int) -> None:
    import torch

    name, options = choice
    random = np.random.default_rng(seed)
    start, *gradients = (random.normal(size=shape).astype(kind) for _ in range(6))
    gradients[3][...] = 0
    ends = []
    for library in (minigrad, torch):
        p = library.tensor(start.copy(), requires_grad=True)
        optimizer = getattr(library.optim, name)([p], **options)
        for gradient in gradients:
            p.grad = library.tensor(gradient)
            optimizer.step()
        ends.append(p.detach().numpy())
    rounding = 1e-4 if kind == "float32" else 1e-10
    ours, theirs = ends
    np.testing.assert_allclose(ours, theirs, rtol=rounding, atol=rounding * np.abs(theirs).max(initial=1))


@pytest.mark.parametrize("name", MAKERS)
def test_large_parameters_are_stepped_in_pieces_and_alike(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces, in one piece, and where the memory is in another order: each element goes its own way."""
    size = optimizers.TOGETHER + 7
    values, *gradients = np.random.default_rng(0).normal(size=(4, 2, size)).astype(np.float32)

    def end(turn: Callable) -> np.ndarray:
        p = minigrad.from_numpy(turn(values.copy())).requires_grad_()
        optimizer = MAKERS[name](minigrad.optim, [p])
        for gradient in gradients:
            p.grad = minigrad.from_numpy(turn(gradient.copy()))
            optimizer.step()
        return turn(p.detach().numpy())

    in_pieces, turned = end(np.asarray), end(np.transpose)
    monkeypatch.setattr(optimizers, "TOGETHER", 100 * size)
    in_one = end(np.asarray)
    np.testing.assert_array_equal(in_pieces, in_one)
    np.testing.assert_array_equal(turned, in_one)
    assert (in_one != values).mean() > 0.99


# --- what PyTorch is not needed for


def test_a_step_makes_no_graph_and_keeps_the_tensor() -> None:
    w = minigrad.ones(3, requires_grad=True)
    memory = w.detach().numpy()
    optimizer = optim.Adam([w], lr=0.5)
    w.grad = minigrad.ones(3)
    optimizer.step()
    assert w.is_leaf
    assert w.requires_grad
    assert memory.tolist() == w.tolist()


def test_a_loaded_state_is_shared_unless_its_type_changes() -> None:
    """The next step writes into the state that was loaded, as in PyTorch."""
    w = minigrad.ones(2, requires_grad=True)
    w.grad = minigrad.ones(2)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9)
    optimizer.step()
    state = copy.deepcopy(optimizer.state_dict())
    optimizer.load_state_dict(state)
    optimizer.step()
    assert state["state"][0]["momentum_buffer"].tolist() == pytest.approx([1.9, 1.9])
    state["state"][0]["momentum_buffer"] = minigrad.ones(2, dtype=minigrad.float64)
    optimizer.load_state_dict(state)
    optimizer.step()
    assert state["state"][0]["momentum_buffer"].tolist() == [1, 1]


def test_a_group_that_is_refused_is_not_added() -> None:
    w, v = tensors(minigrad)
    optimizer = optim.SGD([w])
    with pytest.raises(ValueError, match="can't optimize a non-leaf"):
        optimizer.add_param_group({"params": [v, v * 2]})
    assert len(optimizer.param_groups) == 1


def test_an_error_in_the_closure_leaves_the_parameters() -> None:
    layer = nn.Linear(2, 2)
    before = copy.deepcopy(layer.state_dict())
    layer.weight.grad = minigrad.ones(2, 2)

    def closure() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optim.SGD(layer.parameters(), lr=1).step(closure)
    assert all(tensor.equal(before[name]) for name, tensor in layer.state_dict().items())


@pytest.mark.parametrize(
    ("params", "error", "words"),
    [
        (lambda w: w, TypeError, r"write \[w\] in place of w"),
        (lambda w: [w * 2], ValueError, "result of an operation"),
        (lambda w: [("w", w)], TypeError, r"tuple.*model\.parameters\(\)"),
    ],
)
def test_messages_say_what_to_do(params: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        optim.SGD(params(minigrad.ones(2, requires_grad=True)))


def test_what_is_left_out_says_so() -> None:
    with pytest.raises(AttributeError, match=r"LBFGS.*minigrad leaves it out"):
        _ = optim.LBFGS
