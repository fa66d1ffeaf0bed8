"""What each operation saves, seen from outside: a second pass refused or not, a write in between noticed or not, and
what its node shows of it; and nodes called as functions.

Against figures recorded from PyTorch.
"""

import re
import warnings
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

import minigrad
from minigrad.engine.rows import rows
from tests.both import Programs
from tests.figures import recorded

# Of x, three positive numbers, and f, torch.nn.functional.
OPERATIONS = """
x + 1; x + x; x - 1; 1 - x; -x; x * 2; x * x; x / 2; 2 / x; x / x; x.reciprocal(); x ** 0; x ** 1; x ** 2; x ** 3
2 ** x; x ** x
x.pow(torch.tensor(2.0)); torch.tensor(2.0) ** x; x * x.detach(); x.detach() * x; x / x.detach(); x.detach() / x
x + torch.ones(3); torch.ones(3) * x; torch.add(x, x, alpha=2); torch.sub(x, x, alpha=0.5)
x.exp(); x.log(); x.log1p(); x.sqrt(); x.square(); x.sin(); x.cos(); x.tan(); x.tanh(); x.sigmoid(); x.relu()
f.softplus(x)
x.abs(); x.sign(); x.floor(); x.round(); x.clamp(0, 1); x.clamp(min=0.5); x.clamp(max=x.detach())
x.masked_fill(x > 1, 2)
torch.where(x > 1, x, x); torch.where(x > 1, x, 0.0); torch.maximum(x, x.detach()); torch.minimum(x, x)
x.sum(); x.sum(0); x.mean(); x.mean(0); x.prod(); x.prod(0); x.var(); x.var(0); x.std(); x.std(0); x.norm(); x.norm(1)
x.norm(p=3, dim=0)
x.max(); x.min(); x.max(0).values; x.min(0)[0]; x.amax(0); x.amin(0); x.logsumexp(0); x.softmax(0); x.log_softmax(0)
x.dot(x); x @ x; torch.outer(x, x); x.view(1, 3).mm(x.view(3, 1)); x.view(1, 3).mv(x)
x.view(1, 1, 3) @ x.view(1, 3, 1)
x.clone(); x.contiguous(); x.double(); x.float(); x.view(3, 1); x.reshape(3, 1); x.flatten(); x.t(); x.T
x.transpose(0, 0); x.permute(0)
x.unsqueeze(0); x.squeeze(); x.squeeze(0); x.expand(2, 3); x[0]; x[1:]; x[None]; x[...]; x[:]; x[x > 1]; x[[0, 1]]
x[torch.tensor(0)]
torch.cat([x, x]); torch.stack([x, x]); x.split(1)[0]; x.chunk(2)[0]; x.unbind()[0]
x.clone().zero_(); x.clone().fill_(1); x.clone().copy_(x); x.clone().add_(x); x.clone().mul_(2); x.clone().mul_(x)
x.clone().exp_()
x.clone().pow_(2); x.clone().div_(x); x.clone().sqrt_(); x.clone().clamp_(0, 1); x.clone().relu_(); x.clone().neg_()
x.clone().sigmoid_()
f.mse_loss(x, torch.ones(3)); f.l1_loss(x, torch.ones(3)); f.cross_entropy(x, torch.tensor(1))
f.linear(x, torch.ones(2, 3), torch.ones(2))
f.binary_cross_entropy_with_logits(x, torch.ones(3)); f.relu(x)
f.gelu(x); f.gelu(x, approximate="tanh"); f.silu(x); f.mish(x); f.elu(x, 0.5); f.elu(x.clone(), 0.5, True)
f.logsigmoid(x); f.softsign(x); f.normalize(x, dim=0)
x.clamp_min(0.6); x.clamp_max(x.detach()); x.median(); x.median(0)[0]; x.view(1, 3).diagonal()
torch.lerp(x, x * 2, 0.3); torch.lerp(x, x, x); torch.lerp(x, x.detach(), torch.tensor(0.5))
torch.addcmul(x, x, x, value=2); torch.addcdiv(x, x.detach(), x, value=0.5); x.clone().lerp_(x, x)
x.clone().addcmul_(x, x); x.clone().unsqueeze_(0); x.clone().squeeze_(); x.clone().squeeze_(0)
"""
ELEMENTARY = [f"x.{row.name}()" for row in rows.values() if row.arguments == ["x"] and row.floating and not row.inner]
EXPRESSIONS = [part.strip() for line in OPERATIONS.strip().split("\n") for part in line.split(";")]
EXPRESSIONS += [each for each in ELEMENTARY if each not in EXPRESSIONS and each not in ("x.asin()", "x.acos()")]  # nan


def refused(action: Callable[[], object]) -> bool:
    try:
        action()
    except RuntimeError:
        return True
    return False


def saved(torch: Any, expression: str) -> list[Any]:
    """What shows what the operation has saved.

    The name of its node; is a second pass refused; does the gradient depend on x; is a pass refused after a write to x,
    and after one to the result?
    """

    def computed() -> tuple[Any, Any]:
        x = torch.tensor([0.5, 1.0, 1.5], requires_grad=True) * 1
        return x, eval(expression, {"torch": torch, "f": torch.nn.functional, "x": x})

    def walk(x: Any, y: Any) -> None:
        torch.autograd.grad(y, x, torch.ones_like(y))

    x, y = computed()
    found = [y.grad_fn.name()]
    walk(x, y)
    found.append(refused(partial(walk, x, y)))
    x, y = computed()
    found.append(torch.autograd.grad(y, x, torch.ones_like(y), create_graph=True)[0].requires_grad)
    for index in (0, 1):
        both = computed()
        after = both[1] + 0
        if refused(partial(both[index].mul_, 1)):
            found.append("cannot be written")
        else:
            found.append(refused(partial(after.backward, torch.ones_like(after))))
    return found


def shown(torch: Any, expression: str) -> dict[str, Any]:
    """What the node shows under names that begin with _saved_, and the shapes and types of the node's results."""
    x = torch.tensor([0.5, 1.0, 1.5], requires_grad=True) * 1
    node = eval(expression, {"torch": torch, "f": torch.nn.functional, "x": x}).grad_fn
    found = {name: plain(torch, getattr(node, name)) for name in dir(node) if name.startswith("_saved_")}
    return found | {"results": [[list(kind.shape), str(kind.dtype)] for kind in node._input_metadata]}


def plain(torch: Any, value: Any) -> Any:
    """A saved value as JSON can hold it: of a tensor its numbers, its type, and whether it is a place in the graph."""
    if isinstance(value, torch.Tensor):
        return [value.tolist(), str(value.dtype), value.requires_grad]
    return [plain(torch, each) for each in value] if isinstance(value, (tuple, list)) else value


# --- nodes called as functions

called = Programs(__name__)


@called
def nodes_with_one_result(torch: Any, show: Any) -> None:
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    g = torch.tensor([[1.0, 0.0, -1.0], [2.0, 3.0, 0.5]])
    y = torch.ones(3)
    for result in (x * y, y * x, x * x, x + 1, x.exp(), torch.where(x > 2, x, 0.0)):
        with torch.no_grad():
            show(result.grad_fn(g))
        show(result.grad_fn(g))
    show((x * x).grad_fn(None), (x * 2).grad_fn(None), x.exp().grad_fn(None))
    show(x.max(0).values.grad_fn(torch.tensor([1.0, 2.0, 3.0])))
    show.error((x * 2).grad_fn)
    show.error((x * 2).grad_fn, g, g)
    show.error((x * 2).grad_fn, 1.0)


@called
def nodes_with_several_results(torch: Any, show: Any) -> None:
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    g = torch.tensor([1.0, 2.0, 3.0])
    for results in (x.unbind(), x.split(1), x.split([0, 2]), x.unbind(1), x.chunk(2, 1), x[:1].unbind(), x.split(2)):
        node = results[0].grad_fn
        kinds = [(tuple(kind.shape), kind.dtype) for kind in node._input_metadata]
        show(str(kinds))
        gradients = [torch.ones(shape, dtype=dtype) * (place + 1) for place, (shape, dtype) in enumerate(kinds)]
        show(node(*gradients), node(None, *gradients[1:]), node(*[None] * len(kinds)))
        show.error(node)
        show.error(node, *gradients, None)
        show.error(node, *[1.0] * len(kinds))
    node = x.unbind()[1].grad_fn
    with torch.no_grad():
        show(node(None, g))


@called
def a_function_with_several_results_names_them_all(torch: Any, show: Any) -> None:
    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2, x.double().sum()

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            return g * 2 + h

    results = Both.apply(torch.ones(3, requires_grad=True))
    for result in results:
        show(str([(tuple(kind.shape), kind.dtype) for kind in result.grad_fn._input_metadata]), result.output_nr)


@called
def hooks_of_a_tensor(torch: Any, show: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    show(x._backward_hooks, y._backward_hooks, torch.ones(2)._backward_hooks)
    y.retain_grad()
    show(y._backward_hooks)
    handle = y.register_hook(lambda g: g * 2)
    show(len(y._backward_hooks), x._backward_hooks)
    handle.remove()
    show(bool(y._backward_hooks))


@called
def nodes_are_numbered_as_they_are_made(torch: Any, show: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    first = x * 2
    second, third = first.unbind()
    nodes = [(second * third).grad_fn, second.grad_fn, first.grad_fn]
    show(str([a._sequence_nr() > b._sequence_nr() for a, b in pairwise(nodes)]))
    show(str(first.grad_fn.next_functions[0][0]._sequence_nr()))


# --- against the figures


def record() -> dict[str, Any]:
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns of T on a vector
        return called.record() | {
            expression: {"saves": saved(torch, expression), "shows": shown(torch, expression)}
            for expression in EXPRESSIONS
        }


FIGURES = recorded(__name__)


def test_every_operation_is_recorded() -> None:
    assert list(FIGURES) == [*called, *EXPRESSIONS]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_saves_what_pytorch_saved(expression: str) -> None:
    assert saved(minigrad, expression) == FIGURES[expression]["saves"]


# What PyTorch shows and minigrad doesn't, or shows as counted from the beginning.
LEFT_OUT = {
    **dict.fromkeys(("MmBackward0", "AddmmBackward0"), re.compile("_sym_(sizes|strides)$")),
    **dict.fromkeys(("UnsqueezeBackward0", "SqueezeBackward1", "SqueezeBackward4"), re.compile("_dim$")),
    "LogSigmoidBackward0": re.compile("_buffer$"),
    **dict.fromkeys(("UnsqueezeBackward1", "SqueezeBackward5"), re.compile("_dim$")),
    "SplitBackward0": re.compile("_split_size$"),
    "SliceBackward0": re.compile("_end$"),
    "NllLossBackward0": re.compile("_(self|total_weight)$"),
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_shows_what_pytorch_showed(expression: str) -> None:
    figures = FIGURES[expression]
    left_out = LEFT_OUT.get(figures["saves"][0], re.compile("^$"))
    expected = {name: value for name, value in figures["shows"].items() if not left_out.search(name)}
    found = {name: value for name, value in shown(minigrad, expression).items() if not left_out.search(name)}
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert alike(found[name], value), f"{name}: {found[name]} in place of {value}"


def alike(ours: Any, theirs: Any) -> bool:
    """Equal, but for the last digit of a number."""
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    return ours == theirs or (isinstance(theirs, float) and ours == pytest.approx(theirs, rel=1e-6))


test_called_as_recorded, test_called_as_in_pytorch = called.tests()
