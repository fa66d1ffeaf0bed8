"""Exercises of lesson 15: the first errors outside, an evaluation, checkpoints, and who learns."""

import copy
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course.exercise import Function, Lesson
from course.judging import call, case, expect, expect_predictions, reject

lesson = Lesson(15, "on to PyTorch")


def lines(torch: Any) -> dict[str, Callable[[], Any]]:
    """The lines of exercise 15.1, to be run."""
    model, functional = torch.nn.Linear(2, 3), torch.nn.functional
    return {
        "float64": lambda: model(torch.tensor([[1.0, 2.0]], dtype=torch.float64)),
        "list": lambda: model([[1.0, 2.0]]),
        "one point": lambda: model(torch.tensor([1.0, 2.0])),
        "width": lambda: model(torch.ones(4, 3)),
        "float targets": lambda: functional.cross_entropy(model(torch.ones(2, 2)), torch.tensor([0.0, 1.0])),
        "column and row": lambda: functional.mse_loss(model(torch.ones(4, 2))[:, :1], torch.zeros(4)),
    }


def outcome(line: Callable[[], Any]) -> str:
    """How a line ends, found by running it."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            line()
        except (RuntimeError, TypeError):
            return "raises"
    return "warns" if warned else "runs"


@lesson.exercise(
    1,
    right="The worst of the six is the one that only warns.",
    hints={
        "converted": "The weights are float32. Does a product of matrices convert one of two dtypes?",
        "made_tensor": "A layer computes with tensors. Who makes one of the list?",
        "no_batch": "A linear layer looks at the last dimension of its input. What is it here?",
        "fits": "How many numbers does each point have, and how many weights has each output for them?",
        "rounded": "What would class 0.5 be? Which dtype do numbers of classes have?",
        "no_shape": "A column of 4 and a row of 4 can be broadcast, to a table. That is no error.",
        "silent": "It runs, but the two shapes differ, and the function has noticed.",
    },
)
def first_errors(outcomes: dict, torch: Any) -> None:
    truth = {name: outcome(line) for name, line in lines(torch).items()}
    expect_predictions(outcomes, truth, words=("runs", "warns", "raises"))


for said in ("runs", "warns"):
    first_errors.wrong("converted", {"float64": said})
    first_errors.wrong("made_tensor", {"list": said})
    first_errors.wrong("fits", {"width": said})
    first_errors.wrong("rounded", {"float targets": said})
for said in ("raises", "warns"):
    first_errors.wrong("no_batch", {"one point": said})
first_errors.wrong("no_shape", {"column and row": "raises"})
first_errors.wrong("silent", {"column and row": "runs"})
first_errors.wrong("value", {"float64": "runs", "width": "runs"})
first_errors.wrong("type", after='outcomes["list"] = "error"')
first_errors.wrong("type", after='outcomes["one point"] = True')
first_errors.wrong("type", after="outcomes.popitem()")

first_errors.also_right(
    """
    outcomes = dict.fromkeys(["float64", "list", "one point", "width", "float targets", "column and row"], "raises")
    outcomes["one point"] = "runs"
    outcomes["column and row"] = "warns"
    """
)
first_errors.also_right(
    """
    outcomes = {"column and row": "warns", "one point": "runs"}
    outcomes |= {name: "raises" for name in ("width", "list", "float targets", "float64")}
    """
)
first_errors.also_right(
    """
    import warnings

    model = nn.Linear(2, 3)
    tried = {
        "float64": lambda: model(torch.tensor([[1.0, 2.0]], dtype=torch.float64)),
        "list": lambda: model([[1.0, 2.0]]),
        "one point": lambda: model(torch.tensor([1.0, 2.0])),
        "width": lambda: model(torch.ones(4, 3)),
        "float targets": lambda: F.cross_entropy(model(torch.ones(2, 2)), torch.tensor([0.0, 1.0])),
        "column and row": lambda: F.mse_loss(model(torch.ones(4, 2))[:, :1], torch.zeros(4)),
    }
    outcomes = {}
    for name, line in tried.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)
                line()
            outcomes[name] = "runs"
        except UserWarning:
            outcomes[name] = "warns"
        except Exception:
            outcomes[name] = "raises"
    """
)


def two_faced(torch: Any, inner: Any, noted: list[Any]) -> Any:
    """A model that gives another result in training, as dropout does, and notes how it is asked."""

    class TwoFaced(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, x: Any) -> Any:
            out = self.inner(x) * (2 if self.training else 1)
            noted.append((self.training, out.requires_grad))
            return out

    return TwoFaced()


def state_of(model: Any) -> dict[str, Any]:
    """The numbers of a model's parameters and of their .grad, and which of them require grad."""
    return {
        name: (p.tolist(), None if p.grad is None else p.grad.tolist(), p.requires_grad)
        for name, p in model.named_parameters()
    }


@lesson.exercise(
    2,
    right="It may be called at any time, and nobody notices.",
    hints={
        "other_mode": "The model is in another mode than before the call. What becomes of dropout in the next epoch?",
        "always_training": "The model is in training mode afterwards, always. What if it was in eval mode before?",
        "not_eval": "While it computes, the model is in training mode. Dropout would spoil the number.",
        "recorded": "What the model gave has a graph. Does eval mode have to do with recording?",
        "mean_of_means": "Each batch counts the same, however many points it has.",
        "sum": "That is a sum over all points. A mean is asked for.",
        "last": "That is the error of one batch, not of all.",
        "by_batches": "The errors are added up for all points, but divided by the number of batches.",
        "touched": "Parameters, their `.grad` or their requires_grad have changed. An evaluation only looks.",
    },
)
def a_bad_evaluation(evaluate: Function, torch: Any) -> None:
    stream = torch.random.default_generator.get_state()
    torch.manual_seed(15)
    cases = [((4, 4), 2, 1, True), ((6, 2), 2, 1, True), ((5, 3, 1), 2, 1, False), ((7,), 3, 2, True),
             ((1, 30), 1, 3, False), ((8, 8, 8, 8, 8, 8, 8, 1), 3, 1, True), ((1,), 2, 1, True)]  # fmt: skip
    prepared = []
    for sizes, width, outputs, training in cases:
        inner = torch.nn.Linear(width, outputs)
        x, y = torch.randn(sum(sizes), width), torch.randn(sum(sizes), outputs)
        y = y * (1 + 4 * (torch.arange(sum(sizes)).reshape(-1, 1) > sum(sizes) / 2))
        prepared.append((sizes, inner, x, y, training))
    torch.random.default_generator.set_state(stream)
    for sizes, inner, x, y, training in prepared:
        noted: list[Any] = []
        model = two_faced(torch, inner, noted).train(training)
        for p in model.parameters():
            p.grad = torch.ones_like(p)
        if len(sizes) == 3:
            inner.bias.requires_grad_(False)
        with torch.no_grad():
            want = ((inner(x) - y) ** 2).mean().item()
        batches, start = [], 0
        for size in sizes:
            batches.append((x[start : start + size], y[start : start + size]))
            start += size
        before = state_of(model)
        mode = "in training" if training else "in eval mode"
        with case(f"evaluate(model, batches), a model {mode}, batches of {', '.join(map(str, sizes))} points"):
            got = call(evaluate, model, batches, twice=False)
            if any(was_training for was_training, _ in noted):
                reject("not_eval", what="the model while it computes", came_out="in training", expected="in eval mode")
            if any(recorded for _, recorded in noted):
                came_out, expected = "requires grad", "does not require grad"
                reject("recorded", what="what the model returned", came_out=came_out, expected=expected)
            if state_of(model) != before:
                reject("touched", what="parameters after the call", came_out="changed", expected="as they were")
            if model.training != training or inner.training != training:
                now = "in eval mode" if training else "in training"
                reject("other_mode", what="the model after the call", came_out=now, expected=mode)
            expect(got, want, scale=max(1.0, want))
            expect(call(evaluate, model, batches), want, "called once more", scale=max(1.0, want))


a_bad_evaluation.wrong("other_mode", replace=("model.train(was_training)\n", ""))
a_bad_evaluation.wrong(
    "other_mode",
    "model.eval()\nx, y = batches[0]\nwith torch.no_grad():\n    return F.mse_loss(model(x), y).item()",
)
a_bad_evaluation.wrong("recorded", replace=("torch.no_grad()", "torch.enable_grad()"))
a_bad_evaluation.wrong(
    "recorded", "model.eval()\nlosses = [F.mse_loss(model(x), y) for x, y in batches]\nreturn sum(losses) / len(losses)"
)
a_bad_evaluation.wrong("not_eval", replace=("model.eval()", "pass"))
a_bad_evaluation.wrong("not_eval", replace=("model.eval()", "model.train()"))
a_bad_evaluation.wrong("always_training", replace=("model.train(was_training)", "model.train()"))
a_bad_evaluation.wrong("mean_of_means", replace=(" * len(x)", "", "points += len(x)", "points += 1"))
a_bad_evaluation.wrong("sum", replace=("total / points", "total"))
a_bad_evaluation.wrong("last", replace=("total += ", "total = ", "points += ", "points = "))
a_bad_evaluation.wrong("by_batches", replace=("total / points", "total / len(batches)"))
a_bad_evaluation.wrong("touched", replace=("model.eval()", "model.eval()\nmodel.zero_grad()"))
a_bad_evaluation.wrong("touched", replace=("with torch.no_grad():", "model.requires_grad_(False)\nif True:"))
a_bad_evaluation.wrong(
    "touched",
    replace=(
        "with torch.no_grad():",
        "for p in model.parameters():\n    p.requires_grad_(False)\nif True:",
        "model.train(was_training)",
        "model.train(was_training)\nfor p in model.parameters():\n    p.requires_grad_(True)",
    ),
)
a_bad_evaluation.wrong("type", replace=(".item()", ""))
a_bad_evaluation.wrong("none", replace=("return total / points", "print(total / points)"))

a_bad_evaluation.also_right(
    """
    was_training = model.training
    try:
        model.eval()
        with torch.inference_mode():
            errors = [(model(x) - y) ** 2 for x, y in batches]
            return sum(float(e.sum()) for e in errors) / sum(e.numel() for e in errors)
    finally:
        model.train(was_training)
    """
)
a_bad_evaluation.also_right(
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    with torch.no_grad():
        x, y = torch.cat([x for x, _ in batches]), torch.cat([y for _, y in batches])
        error = F.mse_loss(model(x), y).item()
    for module, mode in modes:
        module.training = mode
    return error
    """
)
a_bad_evaluation.also_right(
    """
    @torch.no_grad()
    def measured():
        sums = torch.stack([F.mse_loss(model(x), y, reduction="sum") for x, y in batches])
        return (sums.sum() / sum(y.numel() for _, y in batches)).tolist()

    was = model.training
    model.train(False)
    error = measured()
    if was:
        model.train()
    return error
    """
)
MEASURED = "F.mse_loss(model(x), y).item() * len(x)"
a_bad_evaluation.equivalent(
    f"total += {MEASURED} → total += {MEASURED.replace('model(x), y', 'y, model(x)')}",
    because="a squared difference is the same both ways round",
)
a_bad_evaluation.equivalent(
    "swapped: model.eval() | total, points = (0.0, 0)", because="neither of the two needs the other"
)
a_bad_evaluation.equivalent(
    f"swapped: total += {MEASURED} | points += len(x)", because="neither of the two needs the other"
)


def trainings(torch: Any) -> dict[str, Callable[[], tuple[Any, Any]]]:
    """Models and optimizers of exercise 15.3: each call makes them anew, with other numbers."""
    nn, optim = torch.nn, torch.optim

    def of(make: Callable[[], Any], optimizer: Callable[[Any], Any]) -> Callable[[], tuple[Any, Any]]:
        def build() -> tuple[Any, Any]:
            model = make()
            return model, optimizer(model.parameters())

        return build

    def line() -> Any:
        return nn.Linear(2, 1)

    def normed() -> Any:
        return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))

    def net() -> Any:
        return nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))

    return {
        "a network with BatchNorm1d, SGD": of(normed, lambda p: optim.SGD(p, lr=0.05)),
        "Linear(2, 1), SGD": of(line, lambda p: optim.SGD(p, lr=0.05)),
        "Linear(2, 1), Adam": of(line, lambda p: optim.Adam(p, lr=0.1)),
        "a network, SGD with momentum": of(net, lambda p: optim.SGD(p, lr=0.05, momentum=0.9)),
        "a network, Adam": of(net, lambda p: optim.Adam(p, lr=0.05)),
    }


def train(torch: Any, model: Any, optimizer: Any, steps: int) -> None:
    """Full-batch steps on a few points."""
    x = torch.tensor([[0.0, 1.0], [1.0, -1.0], [2.0, 0.5], [-1.0, 0.0]])
    y = torch.tensor([[1.0], [-1.0], [3.0], [0.5]])
    for _ in range(steps):
        optimizer.zero_grad()
        ((model(x) - y) ** 2).mean().backward()
        optimizer.step()


def numbers_of(model: Any) -> list[Any]:
    """All parameters of a model and its buffers, as nested lists."""
    return [t.detach().tolist() for t in [*model.parameters(), *model.buffers()]]


@lesson.exercise(
    3,
    right="Model, optimizer and epoch in one file, and the numbers go on as if nothing had been.",
    hints={
        "no_file": "There is no file at `path` after save_checkpoint.",
        "nothing": "Neither the model nor the optimizer has got anything. Whose numbers were changed, if any?",
        "optimizer": "The parameters are there, but the next steps are others. What does the optimizer remember?",
        "model": "The optimizer remembers, but the parameters are not those that were saved.",
        "steps": "Adam's running means are there, but it counts its steps from 0 again. What is that number for?",
        "rate": "The learning rate is the one that the new optimizer was built with.",
        "lost": "What comes back is not what the file holds. Is something kept elsewhere? That is lost by then.",
        "late": "The first training was changed by being saved.",
        "buffers": "The parameters are there, but a model may have buffers as well. What gives both?",
        "epoch": "The epoch that comes back is another one than was saved.",
    },
)
def as_if_never_stopped(save_checkpoint: Function, load_checkpoint: Function, torch: Any) -> None:
    builds = trainings(torch)
    cases = [
        ("Linear(2, 1), SGD", 3, None), ("Linear(2, 1), Adam", 4, None), ("a network, SGD with momentum", 5, None),
        ("a network, Adam", 12, None), ("Linear(2, 1), Adam", 3, 0.02), ("Linear(2, 1), SGD", 6, 0.01),
        ("Linear(2, 1), Adam", 0, None), ("a network with BatchNorm1d, SGD", 4, None),
    ]  # fmt: skip
    for told, steps, rate in cases:
        stream = torch.random.default_generator.get_state()
        torch.manual_seed(steps)
        model, optimizer = builds[told]()
        fresh, fresh_optimizer = builds[told]()
        torch.random.default_generator.set_state(stream)
        train(torch, model, optimizer, steps)
        if rate:
            optimizer.param_groups[0]["lr"] = rate
        reference = copy.deepcopy(model), copy.deepcopy(optimizer.state_dict())
        changed = f", the rate changed to {rate}" if rate else ""
        with case(f"{told}, saved after {steps} steps{changed}"), tempfile.TemporaryDirectory() as folder:
            one, two, aside = (Path(folder, name) for name in ("one.pt", "two.pt", "aside.pt"))
            call(save_checkpoint, str(one), model, optimizer, steps)
            if not one.is_file():
                reject("no_file", what="files written", came_out=str(len([*Path(folder).iterdir()])), expected="1")
            train(torch, model, optimizer, 3)
            want = numbers_of(model)
            again = type(optimizer)(reference[0].parameters(), lr=1.0)
            again.load_state_dict(reference[1])
            train(torch, reference[0], again, 3)
            if want != numbers_of(reference[0]):
                reject("late", what="the first training, after it was saved", came_out="other numbers")
            # A later checkpoint, and the names of the two files swapped: whatever is kept elsewhere is the wrong one.
            call(save_checkpoint, str(two), model, optimizer, steps + 3)
            one.rename(aside)
            two.rename(one)
            aside.rename(two)
            train(torch, fresh, fresh_optimizer, 2)
            epoch = call(load_checkpoint, str(two), fresh, fresh_optimizer)
            train(torch, fresh, fresh_optimizer, 3)
            expect(numbers_of(fresh), want, "parameters and buffers three steps later")
            expect(epoch, steps, "the epoch that is returned")


SAVED = '{"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}'
LOAD_MODEL, LOAD_OPTIMIZER = 'model.load_state_dict(kept["model"])', 'optimizer.load_state_dict(kept["optimizer"])'
as_if_never_stopped.wrong("optimizer", replace=(LOAD_OPTIMIZER, "pass"))
as_if_never_stopped.wrong("model", replace=(LOAD_MODEL, "pass"))
as_if_never_stopped.wrong("nothing", replace=(LOAD_MODEL, 'model = kept["model"]', LOAD_OPTIMIZER, "pass"))
as_if_never_stopped.wrong("no_file", replace=("    torch.save(kept, path)\n", "    pass\n"))
as_if_never_stopped.wrong("no_file", replace=("torch.save(kept, path)", 'torch.save(kept, path + "h")'))
as_if_never_stopped.wrong(
    "steps",
    replace=(
        LOAD_OPTIMIZER,
        'for state in kept["optimizer"]["state"].values():\n'
        '        if "step" in state:\n'
        '            state["step"] = torch.zeros(())\n'
        f"    {LOAD_OPTIMIZER}",
    ),
)
as_if_never_stopped.wrong(
    "rate",
    replace=(
        LOAD_OPTIMIZER,
        f'kept["optimizer"]["param_groups"] = optimizer.state_dict()["param_groups"]\n    {LOAD_OPTIMIZER}',
    ),
)
as_if_never_stopped.wrong(
    "lost",
    """
    import copy

    kept = {}

    def save_checkpoint(path, model, optimizer, epoch):
        kept[path] = copy.deepcopy((model.state_dict(), optimizer.state_dict(), epoch))
        open(path, "w").close()

    def load_checkpoint(path, model, optimizer):
        model.load_state_dict(kept[path][0])
        optimizer.load_state_dict(kept[path][1])
        return kept[path][2]
    """,
)
as_if_never_stopped.wrong(
    "lost",
    """
    import copy

    def save_checkpoint(path, model, optimizer, epoch):
        global kept
        kept = copy.deepcopy((model.state_dict(), optimizer.state_dict(), epoch))
        torch.save(kept[0], path)

    def load_checkpoint(path, model, optimizer):
        model.load_state_dict(torch.load(path))
        optimizer.load_state_dict(kept[1])
        return kept[2]
    """,
)
as_if_never_stopped.wrong(
    "late", replace=("    torch.save(kept, path)", "    optimizer.step()\n    torch.save(kept, path)")
)
as_if_never_stopped.wrong(
    "buffers",
    replace=(
        '"model": model.state_dict()',
        '"model": {name: p.detach() for name, p in model.named_parameters()}',
        LOAD_MODEL,
        'model.load_state_dict(kept["model"], strict=False)',
    ),
)
as_if_never_stopped.wrong("value", replace=('    return kept["epoch"]', '    model.eval()\n    return kept["epoch"]'))
as_if_never_stopped.wrong("epoch", replace=('return kept["epoch"]', 'return kept["epoch"] + 1'))
as_if_never_stopped.wrong("none", replace=('return kept["epoch"]', 'print(kept["epoch"])'))
as_if_never_stopped.wrong("raised", replace=("torch.save(kept, path)", "torch.save(path, kept)"))
as_if_never_stopped.wrong(
    "raised", replace=('"optimizer": optimizer.state_dict()', '"optimizer": optimizer', LOAD_OPTIMIZER, "pass")
)

as_if_never_stopped.also_right(
    """
    def save_checkpoint(path, model, optimizer, epoch):
        torch.save([epoch, model.state_dict(), optimizer.state_dict()], path)

    def load_checkpoint(path, model, optimizer):
        epoch, *states = torch.load(path)
        for thing, state in zip((model, optimizer), states):
            thing.load_state_dict(state)
        return epoch
    """
)
as_if_never_stopped.also_right(
    """
    def save_checkpoint(path, model, optimizer, epoch):
        with open(path, "wb") as file:
            numbers = [t.detach().clone() for t in [*model.parameters(), *model.buffers()]]
            torch.save({"numbers": numbers, "optimizer": optimizer.state_dict(), "epoch": epoch}, file)

    def load_checkpoint(path, model, optimizer):
        with open(path, "rb") as file:
            read = torch.load(file)
        with torch.no_grad():
            for t, kept in zip([*model.parameters(), *model.buffers()], read["numbers"]):
                t.copy_(kept)
        optimizer.load_state_dict(read["optimizer"])
        return read["epoch"]
    """
)
as_if_never_stopped.also_right(
    """
    import pickle

    def save_checkpoint(path, model, optimizer, epoch):
        with open(path, "wb") as file:
            pickle.dump((model.state_dict(), optimizer.state_dict(), epoch), file)

    def load_checkpoint(path, model, optimizer):
        with open(path, "rb") as file:
            state, steps, epoch = pickle.load(file)
        model.load_state_dict(state)
        optimizer.load_state_dict(steps)
        return epoch
    """
)
SAVE_LINES = f"kept = {SAVED} | torch.save(kept, path)"
LOAD_LINES = f'kept = torch.load(path) | {LOAD_MODEL} | {LOAD_OPTIMIZER} | return kept["epoch"]'
SAVE = f"def save_checkpoint(path, model, optimizer, epoch): | {SAVE_LINES}"
LOAD = f"def load_checkpoint(path, model, optimizer): | {LOAD_LINES}"
as_if_never_stopped.equivalent(
    f"swapped: {SAVE} |  | {LOAD}".replace('"', "'"), because="functions may be written in any order"
)
as_if_never_stopped.equivalent(
    f"swapped: {LOAD_MODEL} | {LOAD_OPTIMIZER}".replace('"', "'"), because="neither of the two needs the other"
)


def layered(torch: Any) -> Any:
    """Three layers with names, and one that nothing uses."""

    class Layered(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = torch.nn.Linear(2, 3)
            self.second = torch.nn.Linear(3, 3)
            self.unused = torch.nn.Linear(2, 2, bias=False)
            self.last = torch.nn.Linear(3, 1)

        def forward(self, x: Any) -> Any:
            return self.last(torch.tanh(self.second(torch.tanh(self.first(x)))))

    return Layered()


Losses = list[tuple[str, Any, Any, list[str]]]


def losses(torch: Any) -> Losses:
    """What is told, a model, a loss, and the names that a pass reaches: by the way in which each is built."""
    x, found = torch.ones(4, 2), []
    both = ["first.weight", "first.bias", "second.weight", "second.bias", "last.weight", "last.bias"]

    line = torch.nn.Linear(2, 1)
    found.append(("the mean of Linear(2, 1)", line, line(x).mean(), ["weight", "bias"]))
    net = layered(torch)
    found.append(("a network with a layer that nothing uses", net, net(x).mean(), both))
    frozen = layered(torch)
    frozen.first.requires_grad_(False)
    frozen.last.bias.requires_grad_(False)
    found.append(("the first layer and a bias frozen", frozen, frozen(x).mean(), both[2:5]))
    cut = layered(torch)
    cut_loss = cut.last(torch.tanh(cut.second(cut.first(x).detach()))).sum()
    found.append(("detached after the first layer", cut, cut_loss, both[2:]))
    early = layered(torch)
    found.append(("a loss on the first layer alone", early, (early.first(x) ** 2).mean(), both[:2]))
    zeros = layered(torch)
    found.append(("the result times zero", zeros, (zeros(x) * 0.0).sum(), both))
    unrecorded = layered(torch)
    with torch.no_grad():
        unrecorded_loss = unrecorded(x).mean()
    found.append(("under no_grad", unrecorded, unrecorded_loss, []))
    asleep = layered(torch).requires_grad_(False)
    wish = torch.ones(4, 2, requires_grad=True)
    found.append(("all frozen, but the input requires grad", asleep, asleep(wish).mean(), []))
    alone = layered(torch)
    found.append(("the loss of another model", alone, layered(torch)(x).mean(), []))
    added = layered(torch)
    reached = (added.last.weight * 1.0).sum() + added.first.bias.sum()
    found.append(("a loss on last.weight and first.bias", added, reached, ["first.bias", "last.weight"]))
    deep = torch.nn.Linear(1, 1)
    state = deep.bias.sum()
    for _ in range(3000):
        state = state + 0.001
    found.append(("a graph that is 3,000 nodes deep", deep, state, ["bias"]))
    forked = torch.nn.Linear(1, 1)
    state = forked.weight.sum() * 1e-9
    for _ in range(60):
        state = state * 0.5 + state * 0.5
    found.append(("a graph that forks 60 times", forked, state, ["weight"]))
    return found


@lesson.exercise(
    4,
    right="Asked of the graph, and nothing was left behind.",
    hints={
        "wants": "These are the parameters that require grad. Does a path from the loss lead to each?",
        "all": "These are all of the model's parameters.",
        "stale": "You look at `.grad`. What if there is something in it from an earlier pass?",
        "touched": "A backward pass was made that puts its gradients into `.grad`.",
        "thawed": "Somebody froze parameters on purpose. To ask who learns is no reason to change that.",
        "freed": "The pass has used the graph up. Which word keeps it?",
        "unused": "A parameter isn't in the graph of this loss. What does `grad` do with one that it doesn't find?",
        "frozen": "`grad` doesn't take a parameter that doesn't require grad.",
        "no_graph": "There is no graph behind this loss, or nothing to ask it about. Who learns then?",
        "zero": "A gradient of zeros counts: a pass has reached the parameter.",
        "deep": "The graph is deeper than functions can call themselves. Keep a list of what is still to be visited.",
        "turned": "The names are right; their order isn't that of `named_parameters()`.",
        "instead": "These are the parameters that are not reached.",
    },
)
def who_is_reached(who_learns: Function, torch: Any) -> None:
    stream = torch.random.default_generator.get_state()
    torch.manual_seed(4)
    found = losses(torch)
    torch.random.default_generator.set_state(stream)
    for told, model, loss, want in found:
        for place, p in enumerate(model.parameters()):
            if place % 2 and p.requires_grad:
                p.grad = torch.ones_like(p)
        before = state_of(model)
        with case(f"who_learns(model, loss), {told}"):
            raises = {
                "appears to not have been used": "unused",
                "One of the differentiated Tensors does not require grad": "frozen",
                "does not require grad and does not have a grad_fn": "no_graph",
                "cannot be empty": "no_graph",
                "maximum recursion depth": "deep",
            }
            got = call(who_learns, model, loss, raises=raises, twice=False)
            if state_of(model) != before:
                now = state_of(model)
                hint, what = "touched", "the `.grad` of the parameters"
                if any(now[name][2] != requires for name, (_, _, requires) in before.items()):
                    hint, what = "thawed", "the requires_grad of the parameters"
                reject(hint, what=what, came_out="changed", expected="as they were")
            if isinstance(got, list) and got != want and sorted(map(str, got)) == sorted(want):
                reject("turned", came_out=str(got), expected=str(want), evidence=got)
            expect(got, want)
            expect(call(who_learns, model, loss, raises=raises), want, "called once more")


REACHED = "if gradient is not None"
who_is_reached.wrong("wants", "return [name for name, p in model.named_parameters() if p.requires_grad]")
who_is_reached.wrong(
    "thawed", replace=("named = [", "for p in model.parameters():\n    p.requires_grad_(True)\nnamed = [")
)
who_is_reached.wrong("all", "return [name for name, _ in model.named_parameters()]")
who_is_reached.wrong("stale", "return [name for name, p in model.named_parameters() if p.grad is not None]")
who_is_reached.wrong(
    "touched",
    """
    if loss.requires_grad:
        loss.backward(retain_graph=True)
    return [name for name, p in model.named_parameters() if p.grad is not None]
    """,
)
who_is_reached.wrong(
    "touched",
    """
    model.zero_grad()
    if loss.requires_grad:
        loss.backward(retain_graph=True)
    names = [name for name, p in model.named_parameters() if p.grad is not None]
    model.zero_grad()
    return names
    """,
)
who_is_reached.wrong("freed", replace=("retain_graph=True, ", ""))
who_is_reached.wrong("unused", replace=(", allow_unused=True", ""))
who_is_reached.wrong("frozen", replace=(" if p.requires_grad", ""))
who_is_reached.wrong("no_graph", replace=("if not named or not loss.requires_grad:\n    return []\n", ""))
who_is_reached.wrong("no_graph", replace=("not named or ", ""))
who_is_reached.wrong("zero", replace=(REACHED, f"{REACHED} and gradient.abs().sum() > 0"))
who_is_reached.wrong("instead", replace=(REACHED, "if gradient is None"))
who_is_reached.wrong("type", replace=("[name for (name, p)", "[p for (name, p)"))
who_is_reached.wrong("type", replace=("return [name for", "return {name for", "None]", "None}"))
who_is_reached.wrong("none", replace=("return [name", "names = [name"))
who_is_reached.wrong(
    "turned",
    after="""
right = who_learns

def who_learns(model, loss):
    return sorted(right(model, loss))
""",
)
who_is_reached.wrong(
    "deep",
    """
    def leaves(node):
        if node is None:
            return []
        if hasattr(node, "variable"):
            return [node.variable]
        return [leaf for following, _ in node.next_functions for leaf in leaves(following)]

    met = leaves(loss.grad_fn)
    return [name for name, p in model.named_parameters() if any(p is leaf for leaf in met)]
    """,
)
who_is_reached.wrong(
    "endless",
    """
    met, todo = [], [loss.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None:
            met.append(getattr(node, "variable", None))
            todo += [following for following, _ in node.next_functions]
    return [name for name, p in model.named_parameters() if any(p is leaf for leaf in met)]
    """,
)

who_is_reached.also_right(
    """
    met, leaves, todo = set(), [], [loss.grad_fn]
    while todo:
        node = todo.pop()
        if node is None or node in met:
            continue
        met.add(node)
        if hasattr(node, "variable"):
            leaves.append(node.variable)
        todo.extend(following for following, _ in node.next_functions)
    return [name for name, p in model.named_parameters() if any(p is leaf for leaf in leaves)]
    """
)
who_is_reached.also_right(
    """
    names = []
    for name, p in model.named_parameters():
        if p.requires_grad and loss.requires_grad:
            (gradient,) = torch.autograd.grad(loss, p, retain_graph=True, allow_unused=True)
            if gradient is not None:
                names.append(name)
    return names
    """
)
who_is_reached.also_right(
    """
    if not loss.requires_grad:
        return []
    asked = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if not asked:
        return []
    found = torch.autograd.grad([loss], list(asked.values()), allow_unused=True, create_graph=True)
    return [name for name, gradient in zip(asked, found) if gradient is not None]
    """
)
who_is_reached.equivalent(
    "swapped: if not named or not loss.requires_grad: | return [] | parameters = [p for name, p in named]",
    because="a list may be made before it is known to be needed",
)
