"""Exercises of lesson 09: the order in a training loop, a step by hand, momentum, learning rates on a plot."""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

from course.comparing import flat, is_tensor, kind, show
from course.exercise import Function, Lesson, said_otherwise
from course.graphs import nodes_behind
from course.guarding import any_shared
from course.judging import call, case, counted, expect, expect_predictions, reject, with_globals
from course.pictures import expect_picture
from course.reading import used, written_through

lesson = Lesson(9, "the optimizer's step")

# Words of errors that say what has happened, in both libraries.
IN_PLACE = "a leaf Variable that requires grad"
NO_GRAPH = "does not require grad and does not have a grad_fn"
TWICE = "through the graph a second time"
TRUTH = "Boolean value of Tensor"
TO_NUMPY = "Can't call numpy() on Tensor that requires grad"


def spring(torch: Any) -> Callable[[Any, Any], Any]:
    """The lesson's loss, as a function of rest and stretch."""
    weights, lengths = torch.tensor([0.0, 1.0, 2.0, 3.0]), torch.tensor([5.0, 7.0, 8.0, 12.0])
    return lambda rest, stretch: ((rest + stretch * weights - lengths) ** 2).mean()


@contextlib.contextmanager
def the_lessons_spring(answer: Function, torch: Any) -> Iterator[None]:
    """Let an answer read the variables of the spring, whatever the learner has made of them."""
    weights, lengths = torch.tensor([0.0, 1.0, 2.0, 3.0]), torch.tensor([5.0, 7.0, 8.0, 12.0])
    with with_globals(answer, weights=weights, lengths=lengths, loss_at=spring(torch)):
        yield


def outcome(loop: str, torch: Any) -> str:
    """What a loop of exercise 9.1 does, found by running it."""
    loss_at = spring(torch)
    rest, stretch = (torch.tensor(0.0, requires_grad=True) for _ in range(2))
    optimizer = torch.optim.SGD([rest, stretch], lr=1 / 64)
    loss: Any = None

    def compute() -> None:
        nonlocal loss
        loss = loss_at(rest, stretch)

    words = {
        "loss": compute,
        "backward": lambda: loss.backward(),
        "step": optimizer.step,
        "zero": optimizer.zero_grad,
    }
    once, turn = ([word for word in part.replace(",", " ").split() if word] for part in loop.split("|"))
    losses = [loss_at(rest, stretch).item()]
    try:
        for number in range(30):
            for word in once * (number == 0) + turn:
                words[word]()
            losses.append(loss_at(rest, stretch).item())
    except RuntimeError:
        return "raises"
    if losses[-1] == losses[0]:
        return "stays"
    return "learns" if all(after <= before for before, after in pairwise(losses)) else "swings"


USUAL, WIPED, STALE, ONE_GRAPH, REVERSED, LATE = (
    "| loss, backward, step, zero",
    "| loss, backward, zero, step",
    "| loss, backward, step",
    "loss | zero, backward, step",
    "| zero, step, loss, backward",
    "| step, zero, loss, backward",
)


@lesson.exercise(
    1,
    right="Between backward and step nothing may clear; between step and the next backward something must.",
    hints={
        "rotated": "Write this loop twice in a row, and compare it with the usual order from its second word on.",
        "wiped": "Between backward and step something is cleared. What does the step find then?",
        "silent": "Does step() complain when there is no gradient?",
        "stale": "Nothing is ever cleared here. Which gradients does the third step use?",
        "one_graph": "The loss is computed once, and backward is called thirty times. On how many graphs?",
    },
)
def what_a_loop_does(outcomes: dict, torch: Any) -> None:
    truth = {loop: outcome(loop, torch) for loop in (USUAL, WIPED, STALE, ONE_GRAPH, REVERSED, LATE)}
    expect_predictions(outcomes, truth, words=("learns", "stays", "swings", "raises"))


for orders, hint, said in (
    ((USUAL, LATE), "rotated", ("stays", "swings", "raises")),
    ((WIPED, REVERSED), "wiped", ("learns", "swings")),
    ((WIPED, REVERSED), "silent", ("raises",)),
    ((STALE,), "stale", ("learns", "stays", "raises")),
    ((ONE_GRAPH,), "one_graph", ("learns", "stays", "swings")),
):
    for order in orders:
        for word in said:
            what_a_loop_does.wrong(hint, {order: word})
what_a_loop_does.wrong("type", after='outcomes["| loss, backward, step"] = "falls"')
what_a_loop_does.wrong("type", after='outcomes["| loss, backward, step"] = False')
what_a_loop_does.wrong("type", after='outcomes["| loss, backward, step, zero"] = "Learns"')
what_a_loop_does.wrong("type", after='outcomes["loss | zero, backward, step"] = "error"')
what_a_loop_does.wrong("type", after="outcomes.popitem()")

what_a_loop_does.also_right(
    f"""
    outcomes = dict.fromkeys(({USUAL!r}, {LATE!r}), "learns")
    outcomes[{STALE!r}] = "swings"
    outcomes[{WIPED!r}] = outcomes[{REVERSED!r}] = "stays"
    outcomes[{ONE_GRAPH!r}] = "raises"
    """
)
what_a_loop_does.also_right(
    f"""
    words = ["learns", "stays", "swings", "raises", "stays", "learns"]
    outcomes = dict(zip([{USUAL!r}, {WIPED!r}, {STALE!r}, {ONE_GRAPH!r}, {REVERSED!r}, {LATE!r}], words))
    """
)
what_a_loop_does.also_right(
    f"""
    class Word(str):
        pass

    outcomes = {{
        {LATE!r}: Word("learns"),
        {REVERSED!r}: Word("stays"),
        {ONE_GRAPH!r}: Word("raises"),
        {STALE!r}: Word("swings"),
        {WIPED!r}: Word("stays"),
        {USUAL!r}: Word("learns"),
    }}
    """
)


class Model:
    """Parameters with gradients for some steps, and what optim.SGD makes of copies of them."""

    def __init__(self, told: str, values: list[Any], rounds: list[list[Any]], lr: float, momentum: float) -> None:
        self.told, self.values, self.rounds, self.lr, self.momentum = told, values, rounds, lr, momentum

    def start(self, torch: Any, *, rolling: bool) -> "Model":
        """Make the parameters, and an optimizer for their twins."""
        dtype = torch.float64 if self.told == "float64" else torch.float32
        self.torch = torch
        self.parameters = [torch.tensor(value, dtype=dtype, requires_grad=True) for value in self.values]
        if self.told == "frozen":
            self.parameters[1].requires_grad_(False)
        self.velocities: Any = [0.0] * len(self.parameters)
        self.twins = [p.detach().clone().requires_grad_() for p in self.parameters]
        momentum = self.momentum if rolling else 0.0
        self.optimizer = torch.optim.SGD(self.twins, lr=self.lr, momentum=momentum) if self.twins else None
        return self

    def fill(self, gradients: list[Any]) -> None:
        """Put these gradients into .grad, of the parameters and of their twins, which start where they are."""
        for p, q, gradient in zip(self.parameters, self.twins, gradients, strict=True):
            given = None if gradient is None else self.torch.tensor(gradient, dtype=p.dtype)
            if self.told in ("two", "float64") and given is not None and p.grad is not None:
                p.grad.copy_(given)  # as a pass does after zero_grad(set_to_none=False)
            else:
                p.grad = given
            q.grad = None if given is None else given.clone()
            with self.torch.no_grad():
                q.copy_(p)

    def step(self) -> None:
        """Let optim.SGD make its step."""
        if self.optimizer:
            self.optimizer.step()

    def buffers(self) -> list[Any]:
        """The velocities that optim.SGD has now: 0.0 of a parameter that has never had a gradient."""
        states = [self.optimizer.state.get(q, {}) if self.optimizer else {} for q in self.twins]
        kept = [state.get("momentum_buffer") for state in states]
        return [0.0 if buffer is None else buffer.clone() for buffer in kept]


ROUNDS = [
    Model("one number", [2.0], [[8.0], [-4.0], [1.5]], 0.5, 0.5),
    Model("two", [2.0, [1.0, -3.0]], [[-16.0, [2.0, 4.0]], [-8.0, [1.0, -4.0]], [6.0, [0.5, 0.0]]], 0.125, 0.9),
    Model(
        "some unused",
        [2.0, [1.0, -3.0], [[0.5], [4.0]], -1.0],
        [
            [1.0, None, [[-2.0], [0.5]], 4.0],
            [None, [1.0, 3.0], [[0.25], [8.0]], None],
            [-1.0, [2.0, 0.0], None, 0.5],
        ],
        0.25,
        0.5,
    ),
    Model("unused", [2.0], [[None], [None], [3.0]], 0.5, 0.25),
    Model("frozen", [1.0, [2.0, 3.0]], [[2.0, None], [-1.0, None], [0.5, None]], 0.3, 0.75),
    Model("float64", [[[[1.0, 2.0]], [[-1.0, 0.0]]], -5.0], [[[[[1.0, -1.0]], [[3.0, 1e3]]], 1e-3]] * 3, 0.01, 0.9),
    Model("none", [], [[]], 0.5, 0.5),
    Model("many", [float(n) for n in range(12)], [[float(n) - 6.5 for n in range(12)]] * 3, 1.0, 0.2),
]


def models(torch: Any, *, rolling: bool) -> list[Model]:
    """All of them at their start, with momentum if they are rolling."""
    return [model.start(torch, rolling=rolling) for model in ROUNDS]


def turns(models: list[Model]) -> Iterator[tuple[int, Model, list[Any]]]:
    """The steps of all models in turn, so that an answer that remembers something mixes them up."""
    for number in range(3):
        for model in models:
            if number < len(model.rounds):
                yield number + 1, model, model.rounds[number]


def values_of(tensors: list[Any]) -> list[Any]:
    return [t.tolist() for t in tensors]


def size_of(*lists: list[Any]) -> float:
    """The largest number in nested lists, at least 1."""
    return max([1.0, *(abs(number) for number in flat([*lists]) if number is not None)])


class Kept:
    """What a step must leave as it was: the gradients, and what the parameters are."""

    def __init__(self, parameters: list[Any], torch: Any) -> None:
        self.torch = torch
        self.parameters = [*parameters]
        self.kinds = [(p.requires_grad, p.is_leaf) for p in parameters]
        self.grads = [p.grad for p in parameters]
        self.numbers = [(None, 0) if p.grad is None else (p.grad.tolist(), p.grad._version) for p in parameters]
        self.views = [p.detach() for p in parameters]
        self.before = [(p._version, p.tolist()) for p in parameters]

    def expect_list(self, passed: list[Any]) -> None:
        """Reject the answer unless the list that it was given holds the same tensors."""
        if len(passed) != len(self.parameters) or any(p is not q for p, q in zip(passed, self.parameters, strict=True)):
            came_out, expected = "other tensors, or another order", "the same tensors, in the same order"
            reject("new_tensor", what="the list afterwards", came_out=came_out, expected=expected)

    def expect(self) -> None:
        """Reject the answer unless all is as it was, and every write into a parameter was counted."""
        for place, p in enumerate(self.parameters):
            what = f"the gradient of parameters[{place}]"
            was = show(self.numbers[place][0])
            if p.grad is not self.grads[place]:
                now = "None" if p.grad is None else f"another tensor, {show(p.grad)}"
                reject("cleared", what=what, came_out=now, expected=was)
            if p.grad is not None and (p.grad.tolist(), p.grad._version) != self.numbers[place]:
                reject("cleared", what=what, came_out=f"written to: {show(p.grad)}", expected=was)
            kinds = f"requires_grad={p.requires_grad}, is_leaf={p.is_leaf}"
            expected = "requires_grad={}, is_leaf={}".format(*self.kinds[place])
            if kinds != expected:
                reject("no_leaf", what=f"parameters[{place}]", came_out=kinds, expected=expected)
            version, value = self.before[place]
            if p._version == version and p.tolist() != value:
                came_out, expected = "none counted", "one that the engine has seen"
                reject("uncounted", what=f"writes into parameters[{place}]", came_out=came_out, expected=expected)
            if p.tolist() != self.views[place].tolist():
                came_out, expected = "another than before", "its own, written to"
                reject("uncounted", what=f"the memory of parameters[{place}]", came_out=came_out, expected=expected)
            if (
                p.requires_grad
                and self.torch.autograd.grad((p * 2).sum(), p)[0].tolist() != (p.detach() * 0 + 2).tolist()
            ):
                reject("left", what=f"parameters[{place}]", came_out="a hook that changes gradients", expected="none")


@contextlib.contextmanager
def without_help(answer: Function, torch: Any) -> Iterator[None]:
    """Reject the answer if torch.optim is at work in it, under whatever name."""
    with counted(torch.optim.Optimizer, "__init__") as made:
        yield
    if made:
        reject("borrowed", what="optimizers made", came_out=str(len(made)), expected="none")


@lesson.exercise(
    2,
    right="Under no_grad, into the tensor itself, and past every parameter without a gradient.",
    hints={
        "outside": "A leaf that requires grad was written to while recording is on. Which block must that be in?",
        "new_tensor": "The tensors themselves should be changed. Was a name or a place given to another tensor?",
        "no_gradient": "A None was used like a tensor. What is the .grad of a parameter that no loss has used?",
        "truth": "A tensor with several numbers is neither true nor false. Ask whether there is one: is it None?",
        "uphill": "It went the wrong way: with the gradient.",
        "no_lr": "The step was the whole gradient. What should it be multiplied by?",
        "first_only": "Only the first parameter has moved.",
        "stopped": "The parameters after one without a gradient haven't moved.",
        "cleared": "The gradients should stay as they are. Whose task is it to clear them?",
        "no_leaf": "A parameter is not what it was. Did the step change requires_grad, or the leaf?",
        "uncounted": "The engine has not seen this write. Write into the tensor itself, under no_grad.",
        "returned": "It should return nothing.",
        "borrowed": "That is torch.optim at work. Here you are to write what it does.",
        "twice": "It went twice as far as one step should.",
    },
)
def one_step(step: Function, torch: Any) -> None:
    if used(step, "torch.optim"):
        reject("borrowed", what="what it uses", came_out="torch.optim", final=True)
    errors = {IN_PLACE: "outside", TRUTH: "truth", "'NoneType'": "no_gradient"}
    for number, model, gradients in turns(models(torch, rolling=False)):
        held = model.parameters
        told = f"step(parameters, {model.lr}), the parameters {show(values_of(held), 60)}"
        recording = (number, model.told) != (2, "two")
        with case(f"{told} with the gradients {show(gradients, 60)}" + ", recording off" * (not recording)):
            model.fill(gradients)
            model.step()
            kept, passed = Kept(held, torch), [*held]
            with torch.set_grad_enabled(recording), without_help(step, torch):
                got = call(step, passed, model.lr, changes=(0,), twice=False, raises=errors)
            kept.expect_list(passed)
            scale = size_of(gradients, values_of(held))
            expect(values_of(held), values_of(model.twins), "the parameters afterwards", scale=scale)
            kept.expect()
            if got is not None:
                reject("returned", what="what it returns", came_out=show(got), expected="None")
    way = written_through(step, "data", "numpy")
    if way:
        with case("step(parameters, lr)"):
            reject("uncounted", what="what it writes through", came_out=f".{way}", expected="the tensor itself")


def loop(*lines: str, guard: str = "with torch.no_grad():") -> str:
    """A loop over the parameters with these lines."""
    return "\n".join([guard, "    for p in parameters:", *(f"        {line}" for line in lines)])


UNLESS_NONE = "if p.grad is not None:"

one_step.wrong("borrowed", "torch.optim.SGD(list(parameters), lr=lr).step()")
one_step.wrong("borrowed", "Rule = getattr(getattr(torch, 'op' + 'tim'), 'S' + 'GD')\nRule(parameters, lr=lr).step()")
one_step.wrong(
    "borrowed",
    """
    import importlib

    Rule = getattr(importlib.import_module(torch.__name__ + ".opt" + "im"), "SGD")
    if parameters:
        Rule(parameters, lr=lr).step()
    """,
)
one_step.wrong("outside", "for p in parameters:\n    if p.grad is not None:\n        p -= lr * p.grad")
one_step.wrong("outside", "for p in parameters:\n    p -= lr * p.grad")
one_step.wrong("outside", loop(UNLESS_NONE, "    p.sub_(lr * p.grad)", guard="torch.no_grad()\nif True:"))
one_step.wrong("new_tensor", "for p in parameters:\n    if p.grad is not None:\n        p = p - lr * p.grad")
one_step.wrong("new_tensor", loop(UNLESS_NONE, "    p = p - lr * p.grad"))
one_step.wrong(
    "new_tensor",
    """
    with torch.no_grad():
        return [p if p.grad is None else p - lr * p.grad for p in parameters]
    """,
)
one_step.wrong(
    "new_tensor",
    """
    for place, p in enumerate(parameters):
        if p.grad is not None:
            parameters[place] = (p - lr * p.grad).detach().requires_grad_()
    """,
)
one_step.wrong("no_gradient", loop("p -= lr * p.grad"))
one_step.wrong("no_gradient", loop("p -= p.grad.mul(lr)"))
one_step.wrong("no_gradient", loop("if p.requires_grad:", "    p -= lr * p.grad"))
one_step.wrong("truth", loop("if p.grad:", "    p -= lr * p.grad"))
one_step.wrong("truth", loop("if p.grad != None and p.grad != 0:", "    p -= lr * p.grad"))
one_step.wrong("uphill", loop(UNLESS_NONE, "    p += lr * p.grad"))
one_step.wrong("no_lr", loop(UNLESS_NONE, "    p -= p.grad"))
one_step.wrong("first_only", loop(UNLESS_NONE, "    p -= lr * p.grad", "return"))
one_step.wrong("stopped", loop("if p.grad is None:", "    break", "p -= lr * p.grad"))
one_step.wrong("stopped", loop("if p.grad is None:", "    return", "p -= lr * p.grad"))
one_step.wrong("cleared", loop(UNLESS_NONE, "    p -= lr * p.grad", "    p.grad = None"))
one_step.wrong("cleared", loop(UNLESS_NONE, "    p -= lr * p.grad", "    p.grad.zero_()"))
one_step.wrong("cleared", loop(UNLESS_NONE, "    p.grad *= lr", "    p -= p.grad"))
one_step.wrong("cleared", loop(UNLESS_NONE, "    p.grad *= lr", "    p -= p.grad", "    p.grad /= lr"))
one_step.wrong("cleared", loop(UNLESS_NONE, "    p -= lr * p.grad", "else:", "    p.grad = torch.zeros_like(p)"))
one_step.wrong("no_leaf", loop("p.requires_grad_(False)", UNLESS_NONE, "    p -= lr * p.grad", guard="if True:"))
one_step.wrong(
    "no_leaf",
    loop("p.requires_grad_(False)", UNLESS_NONE, "    p -= lr * p.grad", "p.requires_grad_(True)", guard="if True:"),
)
one_step.wrong("uncounted", loop(UNLESS_NONE, "    p.data -= lr * p.grad"))
one_step.wrong("uncounted", loop(UNLESS_NONE, "    p.data -= lr * p.grad", guard="if True:"))
one_step.wrong("uncounted", loop(UNLESS_NONE, "    p.data = p.data - lr * p.grad"))
one_step.wrong("uncounted", loop(UNLESS_NONE, "    p.detach().numpy()[...] -= lr * p.grad.numpy()", "    p += 0"))
one_step.wrong("returned", loop(UNLESS_NONE, "    p -= lr * p.grad") + "\nreturn parameters")
one_step.wrong("twice", loop(UNLESS_NONE, "    p -= lr * p.grad", "    p -= lr * p.grad"))
one_step.wrong("twice", loop(UNLESS_NONE, "    p -= 2 * lr * p.grad"))
one_step.wrong("left", loop(UNLESS_NONE, "    p -= lr * p.grad", guard="torch.set_grad_enabled(False)\nif True:"))
one_step.wrong(
    "left",
    loop(UNLESS_NONE, "    p -= lr * p.grad", guard="torch.set_grad_enabled(False)\nif True:")
    + "\ntorch.set_grad_enabled(True)",
)
one_step.wrong("raised", loop(UNLESS_NONE, "    p -= rate * p.grad"))
one_step.wrong("value", loop(UNLESS_NONE, "    p -= lr * p.grad if p.dim() < 3 else 0.0"))
one_step.wrong("value", loop(UNLESS_NONE, "    p -= lr * p.grad.clamp(-5.0, 5.0)"))
one_step.wrong("value", loop(UNLESS_NONE, "    p -= lr * p.grad.mean()"))

one_step.also_right(loop(UNLESS_NONE, "    p[...] = p - lr * p.grad"))
one_step.also_right(
    """
    def update(p):
        p.sub_(p.grad, alpha=lr)

    with torch.no_grad():
        list(map(update, filter(lambda p: p.grad is not None, parameters.copy())))
    """
)
one_step.also_right(
    """
    recording = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        for i in range(len(parameters)):
            if parameters[i].grad is None:
                continue
            parameters[i] -= parameters[i].grad.data * lr
    finally:
        torch.set_grad_enabled(recording)
    """
)
one_step.also_right(
    """
    class o:
        optim = 1

    for p in parameters:
        gradient = p.grad if o.optim else None
        if gradient is not None:
            with torch.no_grad():
                p.copy_(p + gradient * -lr)
    """
)
one_step.also_right(loop("g = p.grad", "p.detach().sub_(torch.zeros(()) if g is None else lr * g)", guard="if True:"))


@lesson.exercise(
    3,
    right="The step is not recorded, so every loss has a graph of its own, of the same size.",
    hints={
        "growing": "The graph of the last loss still grows with the steps: steps are recorded in it.",
        "stale": "The stretch has moved by gradients of earlier steps too. What does one tensor for all steps need?",
        "standing": "The stretch hasn't moved. What is in .grad at the step, and where is the result written?",
        "no_leaf": "The stretch that is returned is not a leaf that requires grad: nobody could go on training it.",
        "outside": "A leaf that requires grad was written to while recording is on. Which block must that be in?",
        "no_gradient": "A None was used in arithmetic. Is .grad cleared too early, or is the stretch not a leaf?",
        "no_graph": "backward() met a loss without a graph. What has become of the stretch by then?",
        "one_graph": "One graph was gone through twice. In which line is the loss computed, and how often does it run?",
        "cut": "The last loss has no graph. Only the step should go unrecorded.",
        "after": "This is the loss after the last step. The last loss of the loop was computed before it.",
        "added": "These are all the losses, added up. Only the last one is wanted.",
        "one_more": "One step too many has been taken.",
        "one_less": "One step is missing.",
        "uphill": "The step goes with the gradient, so the loss grows.",
    },
)
def fix_the_growth(fixed_train: Function, torch: Any) -> None:
    loss_at = spring(torch)
    errors = {
        IN_PLACE: "outside",
        TWICE: "one_graph",
        NO_GRAPH: "no_graph",
        "and 'NoneType'": "no_gradient",
        "'NoneType' and": "no_gradient",
    }
    for lr, steps in ((1 / 16, 5), (1 / 8, 3), (1 / 64, 12), (1 / 4, 1), (0.2, 9), (0.03, 30), (1e-3, 2)):
        with case(f"fixed_train({lr:g}, {steps})"):
            with the_lessons_spring(fixed_train, torch):
                got = call(fixed_train, lr, steps, raises=errors)
            stretch, loss = two_tensors(got, torch)
            end = torch.tensor(0.0, requires_grad=True)
            optimizer = torch.optim.SGD([end], lr=lr)
            for _ in range(steps):
                optimizer.zero_grad()
                last = loss_at(4.7, end)
                last.backward()
                optimizer.step()
            expect(stretch.detach(), end.detach(), "the stretch")
            expect(loss.detach(), last.detach(), "the loss", scale=60.0)
            with the_lessons_spring(fixed_train, torch):
                alone = two_tensors(call(fixed_train, lr, 1, twice=False, raises=errors), torch)[1]
            nodes, one = len(nodes_behind(loss)), len(nodes_behind(alone))
            what = f"the nodes behind the loss after {steps} step{'s' * (steps != 1)}"
            if not nodes:
                reject("cut", what=what, came_out="none", expected="a graph")
            if nodes > one:
                reject("growing", what=what, came_out=str(nodes), expected=f"{one}, as after one step")
            if not (stretch.is_leaf and stretch.requires_grad):
                reject("no_leaf", what="the stretch", came_out=show(stretch), expected="a leaf that requires grad")


def two_tensors(got: Any, torch: Any) -> tuple[Any, Any]:
    """What was returned, if it is two tensors."""
    if got is None:
        reject("none")
    if not (isinstance(got, tuple | list) and len(got) == 2 and all(isinstance(t, torch.Tensor) for t in got)):
        reject("type", came_out=show(got), expected="two tensors: stretch, loss")
    return got[0], got[1]


TRAINING = """
stretch = torch.tensor(0.0, requires_grad=True)
for _ in range(steps):
    {clear}
    loss = loss_at(4.7, stretch)
    loss.backward()
    {step}
return {result}
"""


def training(step: str, clear: str = "stretch.grad = None", result: str = "stretch, loss") -> str:
    """A training loop with this line for the step, and this one for the clearing."""
    return TRAINING.format(step=step, clear=clear, result=result)


GOOD_STEP = "with torch.no_grad(): stretch -= lr * stretch.grad"

fix_the_growth.wrong("growing", training("stretch = stretch - lr * stretch.grad; stretch.retain_grad()", "pass"))
fix_the_growth.wrong(
    "growing",
    training(
        "stretch = stretch - lr * stretch.grad; stretch.retain_grad()",
        "pass",
        "stretch.detach().requires_grad_(), loss",
    ),
)
fix_the_growth.wrong(
    "added",
    training(GOOD_STEP, result="stretch, total")
    .replace("for _", "total = 0\nfor _")
    .replace("loss.backward()", "loss.backward()\n    total = total + loss"),
)
fix_the_growth.wrong("one_more", training(GOOD_STEP).replace("range(steps)", "range(steps + 1)"))
fix_the_growth.wrong("one_less", training(GOOD_STEP).replace("range(steps)", "range(max(1, steps - 1))"))
fix_the_growth.wrong("stale", training(GOOD_STEP, "pass"))
fix_the_growth.wrong("stale", training(GOOD_STEP, "pass").replace("backward()", "backward(retain_graph=True)"))
fix_the_growth.wrong("standing", training("stretch.grad.zero_(); stretch.data -= lr * stretch.grad", "pass"))
fix_the_growth.wrong("standing", training("with torch.no_grad(): stretch - lr * stretch.grad"))
fix_the_growth.wrong("standing", training("new = stretch - lr * stretch.grad"))
fix_the_growth.wrong("no_leaf", training(GOOD_STEP, result="stretch.detach(), loss"))
fix_the_growth.wrong("no_leaf", training(GOOD_STEP, result="stretch * 1.0, loss"))
fix_the_growth.wrong("outside", training("stretch -= lr * stretch.grad"))
fix_the_growth.wrong("outside", training("stretch.sub_(lr * stretch.grad)", "pass"))
fix_the_growth.wrong("no_graph", training("with torch.no_grad(): stretch = stretch - lr * stretch.grad", "pass"))
fix_the_growth.wrong("no_graph", training("with torch.no_grad(): stretch = stretch - lr * stretch.grad"))
fix_the_growth.wrong("no_graph", training("stretch = (stretch - lr * stretch.grad).detach()"))
fix_the_growth.wrong("no_gradient", training("stretch = stretch - lr * stretch.grad", "pass"))
fix_the_growth.wrong("no_gradient", training(f"stretch.grad = None\n    {GOOD_STEP}", "pass"))
fix_the_growth.wrong(
    "one_graph",
    f"""
    stretch = torch.tensor(0.0, requires_grad=True)
    loss = loss_at(4.7, stretch)
    for _ in range(steps):
        stretch.grad = None
        loss.backward()
        {GOOD_STEP}
    return stretch, loss
    """,
)
fix_the_growth.wrong("cut", training(GOOD_STEP, result="stretch, loss.detach()"))
fix_the_growth.wrong("after", training(GOOD_STEP, result="stretch, loss_at(4.7, stretch)"))
fix_the_growth.wrong("uphill", training("with torch.no_grad(): stretch += lr * stretch.grad"))
fix_the_growth.wrong("type", training(GOOD_STEP, result="stretch"))
fix_the_growth.wrong("type", training(GOOD_STEP, result="stretch, loss.item()"))
fix_the_growth.wrong("none", training(GOOD_STEP, result="None"))
fix_the_growth.wrong("raised", training(GOOD_STEP).replace("loss_at(4.7, stretch)", "loss_at(stretch)"))
fix_the_growth.wrong(
    "left", training(GOOD_STEP, result="stretch, loss").replace("return", "torch.set_grad_enabled(steps > 3)\nreturn")
)
fix_the_growth.wrong("value", training(GOOD_STEP).replace("4.7", "5.0"))
fix_the_growth.wrong("value", training(GOOD_STEP).replace("range(steps)", "range(min(steps, 20))"))
fix_the_growth.wrong(
    "again",
    """
    stretch = fixed_train.__dict__.setdefault("stretch", torch.tensor(0.0, requires_grad=True))
    with torch.no_grad():
        stretch.zero_()
    for _ in range(steps):
        stretch.grad = None
        loss = loss_at(4.7, stretch)
        loss.backward()
        with torch.no_grad():
            stretch -= lr * stretch.grad
    return stretch, loss
    """,
)

fix_the_growth.also_right(training("with torch.no_grad(): stretch[...] = stretch - lr * stretch.grad"))
fix_the_growth.also_right(training(f"{GOOD_STEP}; stretch.grad.zero_()", "pass"))
fix_the_growth.also_right(training("stretch = (stretch - lr * stretch.grad).detach().requires_grad_()", "pass"))
fix_the_growth.also_right(
    """
    stretch = torch.zeros(()).requires_grad_()
    optimizer = torch.optim.SGD([stretch], lr)
    while steps:
        optimizer.zero_grad()
        loss = torch.mean((stretch * weights + 4.7 - lengths) ** 2)
        loss.backward()
        optimizer.step()
        steps -= 1
    return [stretch, loss]
    """
)
fix_the_growth.also_right(
    """
    stretch = torch.tensor(0.0, requires_grad=True)
    losses = [None]

    @torch.no_grad()
    def update(slope):
        stretch.add_(slope, alpha=-lr)

    for _ in range(steps):
        losses[0] = loss_at(4.7, stretch)
        update(*torch.autograd.grad(losses[0], [stretch], retain_graph=True))
    return stretch, losses[0]
    """
)
fix_the_growth.equivalent(
    "swapped: stretch.grad = None | loss = loss_at(4.7, stretch)", because="the loss does not look at .grad"
)


@lesson.exercise(
    4,
    right="Velocity first, with the whole new slope in it; then the step: this is optim.SGD's momentum.",
    hints={
        "average": "The new gradient comes in whole in optim.SGD. It looks as if yours were a running average.",
        "lr_inside": "It looks as if lr were in the velocity. optim.SGD's velocity is a sum of gradients alone.",
        "old_velocity": "The step used the old velocity. Which of the two formulas comes first?",
        "no_momentum": "Nothing was kept of the velocity before.",
        "all_kept": "All of the velocity was kept. Where does momentum come in?",
        "rolls_on": "A parameter without a gradient should stay where it is, and its velocity what it is.",
        "no_gradient": "A None was used like a tensor. What should happen to a parameter that has no gradient?",
        "truth": "A tensor with several numbers is neither true nor false. Ask whether there is one: is it None?",
        "too_few": "There should be one velocity for each parameter, also for one that was passed over.",
        "outside": "A leaf that requires grad was written to while recording is on. Which block must that be in?",
        "standing": "The parameters are where they were.",
        "new_tensor": "The tensors themselves should be changed. Was a place in the list given to another tensor?",
        "cleared": "The gradients should stay as they are. Whose task is it to clear them?",
        "no_leaf": "A parameter is not what it was. Did the step change requires_grad, or the leaf?",
        "uncounted": "The engine has not seen this write. Write into the tensor itself, under no_grad.",
        "alias": "A velocity shares its memory with a gradient: the next pass would add to it as well.",
        "borrowed": "That is torch.optim's momentum. Here you are to write your own.",
        "uphill": "It went the wrong way: with the gradient.",
    },
)
def rolling(roll: Function, torch: Any) -> None:
    if used(roll, "torch.optim"):
        reject("borrowed", what="what it uses", came_out="torch.optim", final=True)
    errors = {IN_PLACE: "outside", TRUTH: "truth", "'NoneType'": "no_gradient"}
    for number, model, gradients in turns(models(torch, rolling=True)):
        held, lr = model.parameters, model.lr / number
        told = (
            f"step {number}, roll(…, lr={lr:g}, momentum={model.momentum}), the parameters {show(values_of(held), 50)}"
        )
        with case(f"{told} with the gradients {show(gradients, 50)}"):
            model.fill(gradients)
            if model.optimizer:
                model.optimizer.param_groups[0]["lr"] = lr
            model.step()
            kept, passed, velocities = Kept(held, torch), [*held], model.velocities
            model.velocities = model.buffers()  # to go on with, if the answer's are wrong
            with without_help(roll, torch):
                got = call(roll, passed, velocities, lr, model.momentum, changes=(0,), twice=False, raises=errors)
            kept.expect_list(passed)
            scale = size_of(gradients, values_of(held), values_of(model.twins))
            expect(values_of(held), values_of(model.twins), "the parameters afterwards", scale=scale)
            kept.expect()
            if not isinstance(got, list | tuple):
                reject("none" if got is None else "type", came_out=show(got), expected="a list of velocities")
            want = model.buffers()
            if len(got) != len(held):
                came_out, expected = f"{len(got)} velocities", f"{len(held)} velocities"
                reject("too_few", came_out=came_out, expected=expected, evidence=[*map(plain, got)])
            for place, (v, w) in enumerate(zip(got, want, strict=True)):
                if is_tensor(w):
                    expect(v, w, f"the velocity of parameters[{place}]", scale=scale, requires_grad=False)
                elif plain(v) != 0.0:
                    reject("value", what=f"the velocity of parameters[{place}]", came_out=show(v), expected="0.0")
            if any_shared([v for v in got if is_tensor(v)], [p.grad for p in held if p.grad is not None]):
                reject("alias", what="the velocities", came_out="the memory of a gradient", expected="their own")
            if any_shared([v for v in got if is_tensor(v)], held):
                reject("left", what="the velocities", came_out="the memory of a parameter", expected="their own")
            model.velocities = got
    way = written_through(roll, "data", "numpy")
    if way:
        with case("roll(parameters, velocities, lr, momentum)"):
            reject("uncounted", what="what it writes through", came_out=f".{way}", expected="the tensor itself")


def plain(velocity: Any) -> Any:
    """A velocity as numbers; zeros as 0.0, in a tensor or as before the first step."""
    if is_tensor(velocity):
        return velocity.tolist() if any(flat([velocity.tolist()])) else 0.0
    return 0.0 if kind(velocity) == "a number" and velocity == 0 else velocity


ROLL = """
rolled = []
with torch.no_grad():
    for p, v in zip(parameters, velocities):
        if p.grad is not None:
            {velocity}
            {step}
        rolled.append({kept})
return rolled
"""


def rolled(velocity: str = "v = momentum * v + p.grad", step: str = "p -= lr * v", kept: str = "v") -> str:
    """The solution's lines with one thing said otherwise."""
    return ROLL.format(velocity=velocity, step=step, kept=kept)


rolling.wrong(
    "borrowed",
    """
    optimizer = torch.optim.SGD(list(parameters), lr=lr, momentum=momentum)
    optimizer.step()
    return [optimizer.state[p]["momentum_buffer"] for p in parameters]
    """,
)
rolling.wrong(
    "borrowed",
    """
    if not parameters:
        return []
    o = vars(torch)["opt" + "im"].SGD(parameters, lr=lr, momentum=momentum)
    for p, v in zip(parameters, velocities):
        if not isinstance(v, float):
            o.state[p]["momentum_buffer"] = v.clone()
    o.step()
    return [o.state[p]["momentum_buffer"] if p.grad is not None else v for p, v in zip(parameters, velocities)]
    """,
)
rolling.wrong("average", rolled("v = momentum * v + (1 - momentum) * p.grad"))
rolling.wrong("lr_inside", rolled("v = momentum * v + lr * p.grad", "p -= v"))
rolling.wrong("lr_inside", rolled("v = momentum * v - lr * p.grad", "p += v"))
rolling.wrong(
    "old_velocity",
    """
    rolled = []
    with torch.no_grad():
        for p, v in zip(parameters, velocities):
            if p.grad is not None:
                p -= lr * v
                v = momentum * v + p.grad
            rolled.append(v)
    return rolled
    """,
)
rolling.wrong("no_momentum", rolled("v = p.grad.clone()"))
rolling.wrong("all_kept", rolled("v = v + p.grad"))
rolling.wrong(
    "rolls_on",
    """
    rolled = []
    with torch.no_grad():
        for p, v in zip(parameters, velocities):
            v = momentum * v + (0.0 if p.grad is None else p.grad)
            p -= lr * v
            rolled.append(v)
    return rolled
    """,
)
rolling.wrong(
    "rolls_on",
    """
    rolled = []
    with torch.no_grad():
        for p, v in zip(parameters, velocities):
            v = momentum * v
            if p.grad is not None:
                v = v + p.grad
                p -= lr * v
            rolled.append(v)
    return rolled
    """,
)
rolling.wrong("no_gradient", rolled().replace("if p.grad is not None:", "if True:"))
rolling.wrong("truth", rolled().replace("if p.grad is not None:", "if p.grad:"))
rolling.wrong("too_few", rolled().replace("        rolled.append(v)", "            rolled.append(v)"))
rolling.wrong("outside", rolled().replace("with torch.no_grad():", "if True:"))
rolling.wrong("standing", rolled(step="p = p - lr * v"))
rolling.wrong("standing", rolled(step="p - lr * v"))
rolling.wrong(
    "new_tensor",
    """
    rolled = []
    for place, (p, v) in enumerate(zip(parameters, velocities)):
        if p.grad is not None:
            v = momentum * v + p.grad
            parameters[place] = (p - lr * v).detach().requires_grad_()
        rolled.append(v)
    return rolled
    """,
)
rolling.wrong("cleared", rolled(step="p -= lr * v; p.grad = None"))
rolling.wrong("cleared", rolled("p.grad += momentum * v; v = p.grad"))
rolling.wrong("cleared", rolled("v = p.grad.add_(momentum * v).clone()"))
rolling.wrong("no_leaf", rolled(step="p.requires_grad_(False); p -= lr * v"))
rolling.wrong("uncounted", rolled(step="p.data -= lr * v"))
rolling.wrong("uncounted", rolled(step="p.data = p - lr * v"))
rolling.wrong("alias", rolled("v = p.grad if isinstance(v, float) else momentum * v + p.grad"))
rolling.wrong("alias", rolled("v = p.grad if isinstance(v, float) else v.mul(momentum).add(p.grad)"))
rolling.wrong("uphill", rolled(step="p += lr * v"))
rolling.wrong(
    "changed", rolled().replace("rolled = []", "rolled = velocities; velocities = velocities[:]; rolled.clear()")
)
rolling.wrong("changed", rolled("v = p.grad.clone() if isinstance(v, float) else v.mul_(momentum).add_(p.grad)"))
rolling.wrong("left", rolled().replace("with torch.no_grad():", "torch.set_grad_enabled(False)\nif True:"))
rolling.wrong("type", rolled().replace("return rolled", "return rolled[0] if rolled else 0.0"))
rolling.wrong("none", rolled().replace("return rolled", "return"))
rolling.wrong("raised", rolled("v = mu * v + p.grad"))
rolling.wrong("value", rolled("v = momentum * v + p.grad + momentum * p.grad"))
rolling.wrong("value", rolled(step="p -= lr * (momentum * v + p.grad)"))
rolling.wrong("value", rolled(kept="lr * v"))

rolling.also_right(rolled().replace("return rolled", "return tuple(rolled)"))
rolling.also_right(
    """
    @torch.no_grad()
    def one(p, v):
        if p.grad is None:
            return v
        new = p.grad.clone().add_(v, alpha=momentum) if torch.is_tensor(v) else p.grad.clone()
        p.sub_(new, alpha=lr)
        return new

    return [one(p, v) for p, v in zip(parameters, velocities)]
    """
)
rolling.also_right(
    """
    new = list(velocities)
    for i, p in enumerate(parameters):
        if p.grad is None:
            continue
        new[i] = p.grad + new[i] * momentum
        with torch.no_grad():
            p[...] = p - new[i] * lr
    return new
    """
)
rolling.also_right(
    """
    moved = [v if p.grad is None else momentum * v + p.grad for p, v in zip(parameters, velocities)]
    with torch.no_grad():
        for p, v in zip(parameters, moved):
            if p.grad is not None:
                p.copy_(p + v * -lr)
    return moved
    """
)


def losses_of(lr: float, steps: int, torch: Any) -> list[float]:
    """The losses of a training of the spring, before any step and after each."""
    loss_at = spring(torch)
    rest, stretch = (torch.tensor(0.0, requires_grad=True) for _ in range(2))
    optimizer = torch.optim.SGD([rest, stretch], lr=lr)
    losses = [loss_at(rest, stretch).item()]
    for _ in range(steps):
        optimizer.zero_grad()
        loss_at(rest, stretch).backward()
        optimizer.step()
        losses.append(loss_at(rest, stretch).item())
    return losses


@lesson.exercise(
    5,
    right="A straight line upwards on a logarithmic scale: a loss that grows by the same factor at every step.",
    hints={
        "axes": "It should return the axes on which all lines are drawn. plt.subplots() without numbers makes one.",
        "lines": "There should be one line for each learning rate, joined from point to point, that can be seen.",
        "turned": "Losses and steps have changed places. The steps go to the right.",
        "from_one": "The first loss is that before any step. At which number of steps does it belong?",
        "points": "A line should have one point more than there are steps: the loss before any step, and after each.",
        "went_on": "It looks as if the second training began where the first one ended.",
        "stale": "It looks as if gradients were not cleared between the steps.",
        "standing": "The loss never changes. What does each step find in .grad?",
        "scale": "The scale of the loss should be logarithmic, and that of the steps plain.",
        "names": "The label of each line should be its learning rate, as str(lr) writes it.",
        "legend": "The legend should show the name of every line. axes.legend() makes one of the labels.",
        "words": "Does each label say what is drawn along its axis: steps, loss?",
        "sight": "All of each line should be in sight, with numbers that grow to the right and upwards.",
        "figure": "The picture should have a figure of its own, whatever is open already. What opens one?",
        "figures": "A figure was opened for each learning rate. All lines belong in one: open it before the loop.",
        "tensors": "A tensor that requires grad can't be drawn. Note its number.",
        "one_graph": "One graph was gone through twice. In which line is the loss computed, and how often does it run?",
        "by_hand": "The steps should be those of torch.optim.SGD.",
        "smallest": "It looks as if only the best loss so far had been noted. Draw each as it is, even if it grows.",
    },
)
def see_the_limit(curves: Function, torch: Any) -> None:
    import matplotlib.pyplot as plt

    plt.figure()  # stays as it is, if the answer opens one of its own; the check closes it
    cases = [([1 / 64, 1 / 8], 6), ([0.2, 0.05, 0.25], 12), ([0.1], 3), ([0.3, 0.23], 25), ([0.15], 1)]
    for rates, steps in cases:
        with case(f"curves({rates}, {steps})"):
            errors = {TO_NUMPY: "tensors", TWICE: "one_graph"}
            with the_lessons_spring(curves, torch), counted(torch.optim.SGD, "step") as taken:
                axes = call(curves, rates, steps, pictures=1, twice=len(rates) == 1, raises=errors)
            wanted = {str(lr): losses_of(lr, steps, torch) for lr in rates}
            expect_picture(axes, wanted, words=("step", "loss"), scales=("linear", "log"), scale=1e-2, relative=1e-4)
            if len(taken) < len(rates) * steps:
                came_out, expected = f"{len(taken)} times", f"{len(rates) * steps} times"
                reject("by_hand", what="how often SGD's step was called", came_out=came_out, expected=expected)


CURVES = """
figure, axes = plt.subplots()
for lr in rates:
    rest = torch.tensor(0.0, requires_grad=True)
    stretch = torch.tensor(0.0, requires_grad=True)
    optimizer = torch.optim.SGD([rest, stretch], lr=lr)
    losses = [loss_at(rest, stretch).item()]
    for _ in range(steps):
        optimizer.zero_grad()
        loss_at(rest, stretch).backward()
        optimizer.step()
        losses.append(loss_at(rest, stretch).item())
    axes.plot(losses, label=str(lr))
axes.set(xlabel="steps", ylabel="loss", yscale="log")
axes.legend()
return axes
"""
curves_but = partial(said_otherwise, CURVES)

see_the_limit.wrong("axes", curves_but("return axes", "return figure"))
see_the_limit.wrong("none", curves_but("return axes", "plt.show()"))
see_the_limit.wrong("lines", curves_but("    axes.plot(losses, label=str(lr))", "axes.plot(losses, label=str(lr))"))
see_the_limit.wrong("lines", curves_but("plot(losses,", 'plot(losses, "o",'))
see_the_limit.wrong("lines", curves_but("plot(losses,", "scatter(range(steps + 1), losses,"))
see_the_limit.wrong("lines", curves_but("label=str(lr)", "label=str(lr), alpha=0.0"))
see_the_limit.wrong("turned", curves_but("plot(losses,", "plot(losses, range(steps + 1),"))
see_the_limit.wrong("from_one", curves_but("plot(losses,", "plot(range(1, steps + 2), losses,"))
see_the_limit.wrong("points", curves_but("losses = [loss_at(rest, stretch).item()]", "losses = []"))
see_the_limit.wrong("points", curves_but("plot(losses,", "plot(losses[:-1],"))
see_the_limit.wrong("points", curves_but("plot(losses,", "plot(range(1, steps + 1), losses[1:],"))
see_the_limit.wrong(
    "went_on",
    """
    figure, axes = plt.subplots()
    rest = torch.tensor(0.0, requires_grad=True)
    stretch = torch.tensor(0.0, requires_grad=True)
    for lr in rates:
        optimizer = torch.optim.SGD([rest, stretch], lr=lr)
        losses = [loss_at(rest, stretch).item()]
        for _ in range(steps):
            optimizer.zero_grad()
            loss_at(rest, stretch).backward()
            optimizer.step()
            losses.append(loss_at(rest, stretch).item())
        axes.semilogy(losses, label=str(lr))
    axes.set(xlabel="steps", ylabel="loss")
    axes.legend()
    return axes
    """,
)
see_the_limit.wrong(
    "went_on",
    """
    figure, axes = plt.subplots()
    rest, stretch = (torch.tensor(0.0, requires_grad=True) for _ in range(2))
    for lr in rates:
        optimizer, losses = torch.optim.SGD([rest, stretch], lr=lr), []
        for _ in range(steps + 1):
            optimizer.zero_grad()
            loss = loss_at(rest, stretch)
            losses.append(loss.item())
            loss.backward()
            optimizer.step()
        axes.semilogy(losses, label=str(lr))
    axes.set(xlabel="steps", ylabel="loss")
    axes.legend()
    return axes
    """,
)
see_the_limit.wrong(
    "figures",
    curves_but(
        "figure, axes = plt.subplots()\n",
        "",
        "    rest = torch.tensor(0.0",
        "    figure, axes = plt.subplots()\n    rest = torch.tensor(0.0",
        "axes.set(",
        "    axes.set(",
        "axes.legend()",
        "    axes.legend()",
    ),
)
see_the_limit.wrong("stale", curves_but("        optimizer.zero_grad()\n", ""))
see_the_limit.wrong(
    "standing",
    curves_but(
        "        optimizer.zero_grad()\n        loss_at(rest, stretch).backward()",
        "        loss_at(rest, stretch).backward()\n        optimizer.zero_grad()",
    ),
)
see_the_limit.wrong("standing", curves_but("        optimizer.step()\n", ""))
see_the_limit.wrong("scale", curves_but(', yscale="log"', ""))
see_the_limit.wrong("scale", curves_but("plot(losses,", "loglog(losses,"))
see_the_limit.wrong("scale", curves_but('yscale="log"', 'xscale="log"'))
see_the_limit.wrong("names", curves_but(", label=str(lr)", ""))
see_the_limit.wrong("names", curves_but("label=str(lr)", 'label=f"lr {lr}"'))
see_the_limit.wrong("names", curves_but("label=str(lr)", 'label=f"{lr:.1f}"'))
see_the_limit.wrong("legend", curves_but("axes.legend()\n", ""))
see_the_limit.wrong("words", curves_but('xlabel="steps", ylabel="loss", ', ""))
see_the_limit.wrong("words", curves_but('ylabel="loss"', 'ylabel="y"'))
see_the_limit.wrong("sight", curves_but("axes.legend()", "axes.set_ylim(1, 10)\naxes.legend()"))
see_the_limit.wrong("sight", curves_but("axes.legend()", "axes.invert_yaxis()\naxes.legend()"))
see_the_limit.wrong(
    "figure",
    curves_but(
        "figure, axes = plt.subplots()\n", "", "axes.plot", "plt.plot", "axes.set", "axes = plt.gca()\naxes.set"
    ),
)
see_the_limit.wrong("tensors", curves_but(".item()", ""))
see_the_limit.wrong(
    "one_graph",
    curves_but(
        "    losses = [",
        "    loss = loss_at(rest, stretch)\n    losses = [",
        "        loss_at(rest, stretch).b",
        "        loss.b",
    ),
)
see_the_limit.wrong(
    "by_hand",
    curves_but(
        "        optimizer.zero_grad()\n        loss_at(rest, stretch).backward()\n        optimizer.step()",
        "        rest.grad = stretch.grad = None\n        loss_at(rest, stretch).backward()\n"
        "        with torch.no_grad():\n            rest -= lr * rest.grad\n            stretch -= lr * stretch.grad",
    ),
)
see_the_limit.wrong(
    "smallest",
    curves_but("append(loss_at(rest, stretch).item())", "append(min(losses[-1], loss_at(rest, stretch).item()))"),
)
see_the_limit.wrong("left", curves_but("figure, axes", "plt.figure()\nfigure, axes"))
see_the_limit.wrong(
    "changed",
    curves_but("figure, axes", "rates.sort(reverse=True)\nrates.append(0.0)\nrates.pop()\nrates.sort()\nfigure, axes"),
)
see_the_limit.wrong("raised", curves_but("for lr in rates", "for lr in rate"))
see_the_limit.wrong(
    "value", curves_but("append(loss_at(rest, stretch).item())", "append(min(loss_at(rest, stretch).item(), 1000.0))")
)
see_the_limit.wrong("value", curves_but("lr=lr)", "lr=lr, momentum=0.9)"))
see_the_limit.wrong("value", curves_but("rest = torch.tensor(0.0", "rest = torch.tensor(5.0"))

see_the_limit.also_right(
    """
    def losses_of(lr):
        parameters = [torch.zeros((), requires_grad=True) for _ in range(2)]
        rule = torch.optim.SGD(parameters, lr)
        for step in range(steps + 1):
            loss = loss_at(*parameters)
            yield float(loss)
            rule.zero_grad()
            loss.backward()
            rule.step()

    plt.figure()
    for lr in sorted(rates):
        plt.semilogy(range(steps + 1), list(losses_of(lr)), "o-", label=f"{lr}")
    plt.legend()
    plt.xlabel("Step")
    plt.ylabel("Loss (cm²)")
    return plt.gca()
    """
)
see_the_limit.also_right(
    curves_but(
        ', yscale="log"',
        "",
        "axes.legend()",
        'axes.set_yscale("log")\naxes.axhline(losses[0], color="0.9")\nfigure.legend()',
    )
)
see_the_limit.also_right(
    curves_but(", label=str(lr)", "", "axes.legend()", "axes.legend([str(lr) for lr in rates])\naxes.grid(True)")
)
see_the_limit.also_right(
    """
    from torch.optim import SGD

    axes = plt.figure().add_subplot()
    for number, lr in enumerate(rates):
        rest, stretch = (torch.tensor(0.0).requires_grad_() for _ in "ab")
        optimizer = SGD(params=[stretch, rest], lr=lr)
        losses = torch.zeros(steps + 1)
        losses[0] = loss_at(rest, stretch).item()
        for step in range(steps):
            loss_at(rest, stretch).backward()
            optimizer.step()
            optimizer.zero_grad()
            losses[step + 1] = loss_at(rest, stretch).item()
        axes.plot(torch.arange(steps + 1), losses, color=f"C{number}", label=str(lr))
    axes.set_yscale("log")
    axes.set_xlabel("number of steps")
    axes.set_ylabel("loss")
    axes.legend(title="learning rate")
    return axes
    """.replace("from torch.optim import SGD", "SGD = torch.optim.SGD")
)
FIGURE = "figure, axes = plt.subplots(figsize=(7, 4))"
LABELS = "axes.set(xlabel='steps', ylabel='loss (cm²)')"
TRAINED = (
    "for lr in rates: | rest = torch.tensor(0.0, requires_grad=True) | "
    "stretch = torch.tensor(0.0, requires_grad=True) | optimizer = torch.optim.SGD([rest, stretch], lr=lr) | "
    "losses = [] | for _ in range(steps): | optimizer.zero_grad() | loss = loss_at(rest, stretch) | "
    "losses.append(loss.item()) | loss.backward() | optimizer.step() | "
    "losses.append(loss_at(rest, stretch).item()) | axes.semilogy(losses, label=str(lr))"
)
for there, instead in (
    ("figsize=(7, 4)", ""),
    ("(7, 4)", "(8, 4)"),
    ("(7, 4)", "(7, 5)"),
):
    see_the_limit.equivalent(f"{FIGURE} → {FIGURE.replace(there, instead)}", because="the text asks for no size")
for there in ("steps", "²)"):
    see_the_limit.equivalent(f"{LABELS} → {LABELS.replace(there, there + 'x')}", because="the label still has its word")
for swapped in (f"{TRAINED} | {LABELS}", f"{LABELS} | axes.legend()"):
    see_the_limit.equivalent(f"swapped: {swapped}", because="labels can be set before or after what is drawn")
for swapped, reason in (
    (
        "rest = torch.tensor(0.0, requires_grad=True) | stretch = torch.tensor(0.0, requires_grad=True)",
        "neither of the two lines needs the other",
    ),
    ("optimizer = torch.optim.SGD([rest, stretch], lr=lr) | losses = []", "neither of the two lines needs the other"),
    ("optimizer.zero_grad() | loss = loss_at(rest, stretch)", "the loss does not look at .grad"),
    ("losses.append(loss.item()) | loss.backward()", "the loss has its number before the pass and after it"),
):
    see_the_limit.equivalent(f"swapped: {swapped}", because=reason)
see_the_limit.equivalent(
    "axes.semilogy(losses, label=str(lr)) → axes.semilogy(losses, label=lr)",
    because="plot() itself makes a text of its label, and that is str(lr)",
)
