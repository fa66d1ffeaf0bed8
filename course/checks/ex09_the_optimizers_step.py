"""Exercises of lesson 09: the order in a training loop, a step by hand, momentum, learning rates on a plot."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from course.exercise import Function, Lesson
from course.graphs import nodes_behind
from course.old_words import AnyOf, call, difference, expect, expect_predictions, reject, show

lesson = Lesson(9, "the optimizer's step")


def spring(torch: Any) -> Any:
    """The lesson's loss, as a function of rest and stretch."""
    weights, lengths = torch.tensor([0.0, 1.0, 2.0, 3.0]), torch.tensor([5.0, 7.0, 8.0, 12.0])
    return lambda rest, stretch: ((rest + stretch * weights - lengths) ** 2).mean()


class Held(Sequence):
    """A list of tensors that may be changed: `call` looks for changes in lists, and here they are the task."""

    def __init__(self, tensors: list[Any]) -> None:
        self.tensors = tensors

    def __getitem__(self, index: Any) -> Any:
        return self.tensors[index]

    def __len__(self) -> int:
        return len(self.tensors)


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
        return "stands still"
    return "learns" if all(after <= before for before, after in pairwise(losses)) else "swings"


@lesson.exercise(
    1,
    right="Between backward and step nothing may clear; between step and the next backward something must.",
    hints={
        "rotated": "Write this loop twice in a row, and compare it with the usual order from its second word on.",
        "wiped": "Between backward and step something is cleared. What does the step find then?",
        "silent": "Does step() complain when there is no gradient?",
        "stale": "Nothing is ever cleared here. Which slopes does the third step use?",
        "one_graph": "The loss is computed once, and backward is called thirty times. On how many graphs?",
    },
)
def what_a_loop_does(outcomes: dict, torch: Any) -> None:
    usual, wiped, stale, one_graph, reversed_, late = (
        "| loss, backward, step, zero",
        "| loss, backward, zero, step",
        "| loss, backward, step",
        "loss | zero, backward, step",
        "| zero, step, loss, backward",
        "| step, zero, loss, backward",
    )
    truth = {loop: outcome(loop, torch) for loop in (usual, wiped, stale, one_graph, reversed_, late)}
    expect_predictions(
        outcomes,
        truth,
        rotated={loop: AnyOf("stands still", "swings", "raises") for loop in (usual, late)},
        wiped={loop: AnyOf("learns", "swings") for loop in (wiped, reversed_)},
        silent=dict.fromkeys((wiped, reversed_), "raises"),
        stale={stale: AnyOf("learns", "stands still", "raises")},
        one_graph={one_graph: AnyOf("learns", "stands still", "swings")},
    )


what_a_loop_does.almost("rotated", 'outcomes["| step, zero, loss, backward"] = "stands still"')
what_a_loop_does.almost("rotated", 'outcomes["| step, zero, loss, backward"] = "raises"')
what_a_loop_does.almost("wiped", 'outcomes["| loss, backward, zero, step"] = "learns"')
what_a_loop_does.almost("wiped", 'outcomes["| zero, step, loss, backward"] = "learns"')
what_a_loop_does.almost("silent", 'outcomes["| zero, step, loss, backward"] = "raises"')
what_a_loop_does.almost("stale", 'outcomes["| loss, backward, step"] = "learns"')
what_a_loop_does.almost("one_graph", 'outcomes["loss | zero, backward, step"] = "learns"')
what_a_loop_does.almost("value", 'outcomes["| loss, backward, step"] = "falls"')
what_a_loop_does.almost("type", 'outcomes["| loss, backward, step"] = False')


def borrows(function: Any) -> bool:
    """Whether a function asks the library's own optimizers for what it should do itself."""
    todo = [getattr(function, "__code__", None)]
    while todo:
        code = todo.pop()
        if {"optim", "SGD"} & {*getattr(code, "co_names", ())}:
            return True
        todo += [inner for inner in getattr(code, "co_consts", ()) if hasattr(inner, "co_names")]
    return False


def parameters_with(gradients: list[Any], torch: Any) -> list[Any]:
    """Parameters of several shapes, with the gradients given."""
    values = [2.0, [1.0, -3.0], [[0.5], [4.0]], -1.0]
    parameters = [torch.tensor(value, requires_grad=True) for value in values[: len(gradients)]]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = None if gradient is None else torch.tensor(gradient)
    return parameters


def values_of(parameters: list[Any]) -> list[Any]:
    return [parameter.tolist() for parameter in parameters]


GRADIENTS: list[list[Any]] = [
    [8.0],
    [-16.0, [2.0, 4.0]],
    [1.0, None, [[-2.0], [0.5]], 4.0],
    [None],
]


@lesson.exercise(
    2,
    right="Under no_grad, into the tensor itself, and past every parameter without a gradient.",
    hints={
        "outside": "A tracked leaf was written to while operations are recorded. What did the lesson put around it?",
        "new_tensor": "The parameters are where they were. Was something written into them, or a name given away?",
        "no_gradient": "One parameter has no gradient: its .grad is None. optim.SGD passes over it.",
        "uphill": "It went the wrong way: up the slope.",
        "no_lr": "The whole slope was gone. Which part of it should be?",
        "first_only": "Only the first parameter has moved.",
        "cleared": "The gradients have been changed. Whose task is it to clear them?",
        "no_leaf": "A parameter is no tracked leaf any more.",
        "borrowed": "That is torch.optim at work. Here you are to write what it does.",
    },
)
def one_step(step: Function, torch: Any) -> None:
    if borrows(step):
        reject("borrowed")
    for lr in (0.5, 0.125):
        for gradients in GRADIENTS:
            parameters = parameters_with(gradients, torch)
            before = values_of(parameters)
            tried = f"step(parameters, {lr}), the parameters {before} with the gradients {gradients}"
            want = parameters_with(gradients, torch)
            torch.optim.SGD(want, lr=lr).step()
            call(tried, step, Held(parameters), lr, raises={"RuntimeError": "outside", "TypeError": "no_gradient"})

            def moved(factor: float, starts: list[Any] = before, given: list[Any] = gradients) -> list[Any]:
                """Where the parameters would be, moved by `factor` times their slopes."""
                pairs = zip(starts, given, strict=True)
                return [p if g is None else (torch.tensor(p) + factor * torch.tensor(g)).tolist() for p, g in pairs]

            known = {"uphill": moved(lr), "no_lr": moved(-1.0), "first_only": moved(-lr)[:1] + before[1:]}
            if values_of(want) != before:
                known["new_tensor"] = before
            expect(tried, values_of(parameters), values_of(want), **known)
            left = [None if p.grad is None else p.grad.tolist() for p in parameters]
            if left != gradients:
                reject("cleared", tried=tried, came_out=f"afterwards the gradients {show(left)}")
            if not all(parameter.is_leaf and parameter.requires_grad for parameter in parameters):
                reject("no_leaf", tried=tried)


one_step.wrong("borrowed", "torch.optim.SGD(list(parameters), lr=lr).step()")
one_step.wrong("outside", "for p in parameters:\n    if p.grad is not None:\n        p -= lr * p.grad")
one_step.wrong("new_tensor", "for p in parameters:\n    if p.grad is not None:\n        p = p - lr * p.grad")
one_step.wrong(
    "new_tensor",
    """
    with torch.no_grad():
        return [p if p.grad is None else p - lr * p.grad for p in parameters]
    """,
)
one_step.wrong("no_gradient", "with torch.no_grad():\n    for p in parameters:\n        p -= lr * p.grad")
one_step.wrong(
    "uphill",
    """
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p += lr * p.grad
    """,
)
one_step.wrong(
    "no_lr",
    """
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= p.grad
    """,
)
one_step.wrong(
    "first_only",
    """
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad
            return
    """,
)
one_step.wrong(
    "cleared",
    """
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad = None
    """,
)
one_step.wrong(
    "cleared",
    """
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= lr * p.grad
                p.grad.zero_()
    """,
)
one_step.wrong(
    "no_leaf",
    """
    for p in parameters:
        p.requires_grad_(False)
        if p.grad is not None:
            p -= lr * p.grad
    """,
)


@lesson.exercise(
    3,
    right="The step is not recorded, so every loss has a graph of its own, of the same size.",
    hints={
        "growing": "The graph of the last loss still grows with the steps: steps are recorded in it.",
        "stale": "The stretch has moved by slopes of earlier steps as well. What does one tensor for all steps need?",
        "standing": "The stretch hasn't moved. What is in .grad at the step, and where is the result written?",
        "no_leaf": "The stretch that is returned is no tracked leaf: nobody could go on training it.",
        "outside": "A tracked leaf was written to while operations are recorded.",
        "no_gradient": "In a later step .grad was None. Is the tensor still a leaf then?",
        "cut": "The last loss has no graph. Only the step should go unrecorded.",
    },
)
def mend_the_growth(mended_train: Function, torch: Any) -> None:
    loss_at = spring(torch)
    for lr, steps in ((1 / 16, 5), (1 / 8, 3), (1 / 64, 12), (1 / 4, 1)):
        tried = f"mended_train({lr}, {steps})"
        raises = {"RuntimeError": "outside", "TypeError": "no_gradient"}
        got = call(tried, mended_train, lr, steps, raises=raises)
        if got is None:
            reject("none", tried=tried)
        if not (type(got) is tuple and len(got) == 2 and all(isinstance(t, torch.Tensor) for t in got)):
            details = "It should be two tensors: stretch, loss."
            reject("type", tried=tried, came_out=show(got), expected="stretch, loss", details=details)
        ends: dict[str, Any] = {}
        for momentum in (0.0, 1.0):  # without clearing, old slopes are kept in full
            end = torch.tensor(0.0, requires_grad=True)
            optimizer = torch.optim.SGD([end], lr=lr, momentum=momentum)
            for _ in range(steps):
                optimizer.zero_grad()
                last = loss_at(4.7, end)
                last.backward()
                optimizer.step()
            ends["stale" if momentum else "right"] = end
            if not momentum:
                want = last
        known = {"stale": ends["stale"].detach()} if steps > 1 else {}
        stretch, loss = got
        standing = torch.tensor(0.0)
        expect(f"{tried}, the stretch", stretch.detach(), ends["right"].detach(), standing=standing, **known)
        expect(f"{tried}, the loss", loss.detach(), want.detach())
        if not (stretch.is_leaf and stretch.requires_grad):
            size = f"{len(nodes_behind(loss))} nodes behind the loss"
            growing = len(nodes_behind(loss)) > len(nodes_behind(want))
            reject("growing" if growing else "no_leaf", tried=tried, came_out=size if growing else show(stretch))
        nodes, wanted = len(nodes_behind(loss)), len(nodes_behind(want))
        if nodes != wanted:
            hint = "growing" if nodes > wanted else "cut"
            reject(hint, tried=f"{tried}, the graph of the loss", came_out=f"{nodes} nodes", expected=f"{wanted} nodes")


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

mend_the_growth.wrong("growing", training("stretch = stretch - lr * stretch.grad; stretch.retain_grad()", "pass"))
mend_the_growth.wrong(
    "growing",
    training(
        "stretch = stretch - lr * stretch.grad; stretch.retain_grad()",
        "pass",
        "stretch.detach().requires_grad_(), loss",
    ),
)
mend_the_growth.wrong("stale", training(GOOD_STEP, "pass"))
mend_the_growth.wrong("standing", training("stretch.grad.zero_(); stretch.data -= lr * stretch.grad", "pass"))
mend_the_growth.wrong("standing", training("with torch.no_grad(): stretch - lr * stretch.grad"))
mend_the_growth.wrong("no_leaf", training(GOOD_STEP, result="stretch.detach(), loss"))
mend_the_growth.wrong("no_leaf", training(GOOD_STEP, result="stretch * 1.0, loss"))
mend_the_growth.wrong("outside", training("stretch -= lr * stretch.grad"))
mend_the_growth.wrong(
    "outside", training("with torch.no_grad(): stretch = stretch - lr * stretch.grad", "pass", "stretch, loss")
)
mend_the_growth.wrong("no_gradient", training("stretch = stretch - lr * stretch.grad", "pass"))
mend_the_growth.wrong("cut", training(GOOD_STEP, result="stretch, loss.detach()"))
mend_the_growth.wrong("type", training(GOOD_STEP, result="stretch"))
mend_the_growth.wrong("value", training("with torch.no_grad(): stretch += lr * stretch.grad"))


@lesson.exercise(
    4,
    right="Velocity first, with the whole new slope in it; then the step: this is optim.SGD's momentum.",
    hints={
        "average": "The new slope comes in whole, not by a tenth: this is a running average.",
        "lr_inside": "lr belongs into the step, not into the velocity: optim.SGD's velocity is a sum of slopes alone.",
        "old_velocity": "The step used the old velocity. Which of the two formulas comes first?",
        "no_momentum": "Nothing was kept of the velocity before.",
        "all_kept": "All of the velocity was kept. Where does momentum come in?",
        "rolls_on": "A parameter without a gradient has moved, or its velocity has changed. Both should stay.",
        "no_gradient": "One parameter has no gradient: its .grad is None. It should be passed over.",
        "too_few": "There should be one velocity for each parameter, also for one that was passed over.",
        "outside": "A tracked leaf was written to while operations are recorded.",
        "standing": "The parameters are where they were.",
        "borrowed": "That is torch.optim's momentum. Here you are to write your own.",
    },
)
def rolling(roll: Function, torch: Any) -> None:
    if borrows(roll):
        reject("borrowed")
    rounds: list[Any] = [
        ([-16.0, [2.0, 4.0]], [-8.0, [1.0, -4.0]], [6.0, [0.5, 0.5]]),
        ([8.0], [4.0], [-2.0], [1.0]),
        ([1.0, None], [2.0, [1.0, 3.0]], [None, [2.0, -1.0]], [-1.0, [1.0, 1.0]]),
    ]
    for lr, momentum in ((0.125, 0.5), (0.25, 0.9)):
        for gradients in rounds:
            ours, theirs = parameters_with([*gradients[0]], torch), parameters_with([*gradients[0]], torch)
            optimizer = torch.optim.SGD(theirs, lr=lr, momentum=momentum)
            velocities: list[Any] = [0.0] * len(ours)
            first = 1
            if gradients is rounds[0]:  # begun by optim.SGD: without a velocity before, some mistakes look the same
                first = 2
                optimizer.step()
                with torch.no_grad():
                    for p, q in zip(ours, theirs, strict=True):
                        p.copy_(q)
                velocities = [optimizer.state[q]["momentum_buffer"].clone() for q in theirs]
            for number, given in enumerate(gradients[first - 1 :], first):
                for p, q, gradient in zip(ours, theirs, given, strict=True):
                    p.grad = None if gradient is None else torch.tensor(gradient)
                    q.grad = None if gradient is None else torch.tensor(gradient)
                before, old = values_of(ours), velocities
                tried = f"step {number}, roll(…, lr={lr}, momentum={momentum}), the gradients {given}"
                raises = {"RuntimeError": "outside", "TypeError": "no_gradient", "AttributeError": "no_gradient"}
                velocities = call(tried, roll, Held(ours), old, lr, momentum, raises=raises)
                optimizer.step()
                if velocities is None:
                    reject("none", tried=tried)
                if type(velocities) is not list:
                    details = "It should be a list of velocities."
                    reject("type", tried=tried, came_out=show(velocities), details=details)
                if len(velocities) != len(ours):
                    came_out, expected = f"{len(velocities)} velocities", f"{len(ours)} velocities"
                    reject("too_few", tried=tried, came_out=came_out, expected=expected)
                kept = [None if q.grad is None else optimizer.state[q]["momentum_buffer"] for q in theirs]
                want = [v if k is None else k.clone() for v, k in zip(old, kept, strict=True)]
                _judge_roll(tried, ours, theirs, before, given, velocities, old, want, (lr, momentum), torch)


def _judge_roll(
    tried: str,
    ours: list[Any],
    theirs: list[Any],
    before: list[Any],
    gradients: list[Any],
    velocities: list[Any],
    old: list[Any],
    want: list[Any],
    setting: tuple[float, float],
    torch: Any,
) -> None:
    """Reject parameters and velocities after one step unless they are optim.SGD's; name the mistake."""
    lr, momentum = setting

    def after(velocity: Any) -> list[Any]:
        """Where the parameters would be with another velocity, a function of the old one and the slope."""
        moved = []
        for start, v, gradient in zip(before, old, gradients, strict=True):
            if gradient is None:
                moved.append(start)
            else:
                moved.append((torch.tensor(start) - lr * velocity(v, torch.tensor(gradient))).tolist())
        return moved

    if values_of(theirs) != before and values_of(ours) == before:
        reject("standing", tried=tried)
    for start, p, gradient in zip(before, ours, gradients, strict=True):
        if gradient is None and difference(p.tolist(), start) is not None:
            reject("rolls_on", tried=tried, came_out=show(p.tolist()), expected=show(start))
    expect(
        f"{tried}, the parameters",
        values_of(ours),
        values_of(theirs),
        average=after(lambda v, g: momentum * v + (1 - momentum) * g),
        old_velocity=after(lambda v, g: torch.zeros_like(g) + v),
        no_momentum=after(lambda v, g: g),
        all_kept=after(lambda v, g: v + g),
        lr_inside=AnyOf(after(lambda v, g: momentum * v / lr + g), after(lambda v, g: g - momentum * v / lr)),
    )
    for v, w, o, gradient in zip(velocities, want, old, gradients, strict=True):
        if gradient is None and difference(v, o) is not None:
            reject("rolls_on", tried=f"{tried}, the velocities", came_out=show(v), expected=show(o))
        known = {"lr_inside": AnyOf(w * lr, -w * lr)} if gradient is not None else {}
        expect(f"{tried}, the velocities", v, w, **known)


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
rolling.wrong("no_gradient", rolled().replace("if p.grad is not None:", "if True:"))
rolling.wrong("too_few", rolled().replace("        rolled.append(v)", "            rolled.append(v)"))
rolling.wrong("outside", rolled().replace("with torch.no_grad():", "if True:"))
rolling.wrong("standing", rolled(step="p = p - lr * v"))
rolling.wrong(
    "changed", rolled().replace("rolled = []", "rolled = velocities; velocities = velocities[:]; rolled.clear()")
)
rolling.wrong("type", rolled().replace("return rolled", "return tuple(rolled)"))
rolling.wrong("none", rolled().replace("return rolled", "return"))


def losses_of(lr: float, steps: int, momentum: float, torch: Any) -> list[float]:
    """The losses of a training of the spring, before any step and after each."""
    loss_at = spring(torch)
    rest, stretch = (torch.tensor(0.0, requires_grad=True) for _ in range(2))
    optimizer = torch.optim.SGD([rest, stretch], lr=lr, momentum=momentum)
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
        "axes": "It should return the axes: the second of the two things that plt.subplots() makes.",
        "lines": "There should be one line for each learning rate, and no other.",
        "points": "A line should have one point more than there are steps: the loss before any step, and after each.",
        "went_on": "The second training began where the first one ended.",
        "stale": "The gradients were not cleared between the steps.",
        "standing": "The loss never changes. What does each step find in .grad?",
        "scale": "The scale of the loss should be logarithmic.",
        "names": "The label of each line should be its learning rate, as str(lr) writes it.",
        "legend": "The lines have names, but nothing shows them.",
        "words": "Both axes need a label that says what is drawn along them.",
        "tensors": "A tracked tensor can't be drawn. Note its number.",
    },
)
def see_the_limit(curves: Function, torch: Any) -> None:
    import matplotlib.axes
    import matplotlib.pyplot as plt

    for rates, steps in (([1 / 64, 1 / 8], 6), ([0.2, 0.05, 0.25], 12), ([0.1], 3)):
        tried = f"curves({rates}, {steps})"
        open_before = set(plt.get_fignums())
        try:
            axes = call(tried, curves, rates, steps, raises={"RuntimeError": "tensors"})
            if not isinstance(axes, matplotlib.axes.Axes):
                reject("axes", tried=tried, came_out=type(axes).__name__)
            lines: list[Any] = list(axes.lines)
            drawn = [([float(x) for x in line.get_xdata()], [float(y) for y in line.get_ydata()]) for line in lines]
            labels = [str(line.get_label()) for line in lines]
            legend = axes.get_legend()
            shown = [text.get_text() for text in legend.get_texts()] if legend else []
            words, scale = [axes.get_xlabel().strip(), axes.get_ylabel().strip()], axes.get_yscale()
        finally:  # or Jupyter would show every picture that was tried
            for number in set(plt.get_fignums()) - open_before:
                plt.close(number)
        if len(drawn) != len(rates):
            reject("lines", tried=tried, came_out=f"{len(drawn)} lines", expected=f"{len(rates)} lines")
        counted = [float(step) for step in range(steps + 1)]
        for lr, (xs, losses) in zip(rates, drawn, strict=True):
            which, want = f"{tried}, the line of {lr}", losses_of(lr, steps, 0.0, torch)
            if len(losses) != len(want) or xs != counted:
                came_out = f"{len(losses)} points, from {xs[0] if xs else 'nothing'} on"
                reject("points", tried=which, came_out=came_out, expected=f"{len(want)} points, from 0.0 on")
            known = {"stale": losses_of(lr, steps, 1.0, torch), "standing": [want[0]] * len(want)}
            if lr != rates[0] and difference(losses[0], drawn[rates.index(lr) - 1][1][-1]) is None:
                reject("went_on", tried=which, came_out=show(losses[:3]), expected=show(want[:3]))
            expect(which, losses, want, **known)
        if labels != [str(lr) for lr in rates]:
            reject("names", tried=tried, came_out=show(labels), expected=show([str(lr) for lr in rates]))
        if sorted(shown) != sorted(labels):
            reject("legend", tried=tried, came_out=show(shown), expected=show(labels))
        if scale != "log":
            reject("scale", tried=tried, came_out=scale, expected="log")
        if not all(words):
            reject("words", tried=tried, came_out=show(words))


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


def curves_but(there: str, instead: str) -> str:
    """A right answer with one thing said otherwise."""
    assert there in CURVES
    return CURVES.replace(there, instead)


see_the_limit.wrong("axes", curves_but("return axes", "return figure"))
see_the_limit.wrong("lines", curves_but("    axes.plot(losses, label=str(lr))", "axes.plot(losses, label=str(lr))"))
see_the_limit.wrong("points", curves_but("losses = [loss_at(rest, stretch).item()]", "losses = []"))
see_the_limit.wrong("points", curves_but("plot(losses,", "plot(range(1, steps + 2), losses,"))
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
see_the_limit.wrong("stale", curves_but("        optimizer.zero_grad()\n", ""))
see_the_limit.wrong(
    "standing",
    curves_but(
        "        optimizer.zero_grad()\n        loss_at(rest, stretch).backward()",
        "        loss_at(rest, stretch).backward()\n        optimizer.zero_grad()",
    ),
)
see_the_limit.wrong("scale", curves_but(', yscale="log"', ""))
see_the_limit.wrong("names", curves_but(", label=str(lr)", ""))
see_the_limit.wrong("names", curves_but("label=str(lr)", 'label=f"lr {lr}"'))
see_the_limit.wrong("legend", curves_but("axes.legend()\n", ""))
see_the_limit.wrong("words", curves_but('xlabel="steps", ylabel="loss", ', ""))
see_the_limit.wrong("tensors", curves_but(".item()", ""))
