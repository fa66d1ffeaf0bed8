"""Exercises of lesson 08: what is in .grad, gradients collected in parts, stale gradients and their curve."""

from functools import partial
from typing import Any

from course.comparing import is_tensor, show
from course.exercise import Function, Lesson, said_otherwise
from course.graphs import nodes_behind
from course.guarding import any_shared
from course.judging import call, case, counted, expect, expect_predictions, reject, with_globals
from course.pictures import expect_picture

lesson = Lesson(8, "zeroing gradients")

HOURS = [1.0, 2.0, 3.0, 4.0]
BURNED = [22.0, 38.0, 63.0, 77.0]

# Words of errors that say what has happened, in both libraries.
IN_PLACE = "a leaf Variable that requires grad"
NO_GRAPH = "does not require grad and does not have a grad_fn"
TWICE = "through the graph a second time"
NOT_ONE = "can be implicitly created only for scalar outputs"


@lesson.exercise(
    1,
    right="Passes add to the tensor in .grad; clearing either writes a zero into it or lets go of it.",
    hints={
        "overwritten": "You put the gradient of the last pass there. What happens to what was there before?",
        "not_cleared": "Something that was there earlier is still in your number. Was it not cleared in between?",
        "no_slope": "That is a value, not a gradient. How much does the result change for each unit of w?",
        "a_copy": "You take `noted` for a copy of what was there then. Did any line copy a tensor?",
        "let_go": "w.grad lets go of its tensor. But that tensor has another name. Does it disappear?",
        "zeroed": "zero_grad() has zero in its name. Without an argument, what does it leave in .grad?",
        "let_go_too_soon": "The argument says that .grad is not to become None. What is it instead?",
        "own": "The gradient of w * u with respect to w: is it w, or the other factor?",
        "stopped": "zero_() wrote a zero into the tensor of `noted`. And into which tensor did the next pass add?",
        "wiped": "Does zero_grad(), without an argument, write into the tensor that `noted` holds?",
        "none_before": "zero_() writes into the tensor. Does that make .grad None?",
    },
)
def read_the_scale(reading: dict, torch: Any) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    u = torch.tensor(5.0, requires_grad=True)
    optimizer = torch.optim.SGD([w, u], lr=0.1)
    truth: dict[str, Any] = {}

    def note(key: str, t: Any) -> None:
        truth[key] = None if t is None else t.item()

    (w * w).backward()
    noted = w.grad
    note("a", w.grad)
    (4 * w).backward()
    note("b", w.grad)
    w.grad.zero_()
    (7 * w).backward()
    note("c", w.grad)
    note("d", noted)
    optimizer.zero_grad()
    note("e", w.grad)
    note("f", noted)
    (w * u).backward()
    note("g", w.grad)
    optimizer.zero_grad(set_to_none=False)
    note("h", w.grad)
    expect_predictions(reading, truth)


for predicted in ({"a": 9.0}, {"a": 3.0}, {"b": 12.0}, {"c": 21.0}, {"g": 15.0}):
    read_the_scale.wrong("no_slope", predicted)
read_the_scale.wrong("overwritten", {"b": 4.0})
for predicted in (
    {"c": 17.0},
    {"c": 11.0},
    {"c": 13.0},
    {"g": 12.0},
    {"g": 22.0},
    {"h": 5.0},
    {"h": 12.0},
    {"e": 7.0},
    {"e": 17.0},
):
    read_the_scale.wrong("not_cleared", predicted)
read_the_scale.wrong("a_copy", {"d": 6.0})
read_the_scale.wrong("a_copy", {"d": 6.0, "f": 6.0})
read_the_scale.wrong("let_go", {"f": None})
read_the_scale.wrong("zeroed", {"e": 0.0})
read_the_scale.wrong("zeroed", {"e": 0.0, "f": 0.0})
read_the_scale.wrong("let_go_too_soon", {"h": None})
read_the_scale.wrong("own", {"g": 3.0})
read_the_scale.wrong("stopped", {"d": 0.0})
read_the_scale.wrong("stopped", {"d": 0.0, "f": 0.0})
read_the_scale.wrong("wiped", {"f": 0.0})
read_the_scale.wrong("none_before", {"d": None})
read_the_scale.wrong("value", {"d": 10.0})
read_the_scale.wrong("type", after='reading["e"] = "None"')
read_the_scale.wrong("type", after='reading["a"] = "6.0"')
read_the_scale.wrong("type", after='reading["i"] = 0.0')

read_the_scale.also_right("reading = dict(a=6, b=10, c=7, d=7, e=None, f=7, g=5, h=0)")
read_the_scale.also_right(
    """
    w = torch.tensor(3.0, requires_grad=True)
    (w * w).backward()
    reading = {"a": w.grad.item(), "e": None, "h": 0.0}
    reading["b"] = reading["a"] + 4
    reading.update(dict.fromkeys("cdf", 7.0), g=5.0)
    """
)
read_the_scale.also_right('reading = dict(zip("abcdefgh", (6.0, 10.0, 7.0, 7.0, None, 7.0, 5.0, -0.0)))')


@lesson.exercise(
    2,
    right="Sums over parts, each divided by the N of the whole, have the gradient of the whole.",
    hints={
        "own_n": "Each part was divided by a number of its own. What is the N of the whole?",
        "size": "Each part was divided by `size`. What is the N of the whole?",
        "four": "Each part was divided by 4. Are there always four measurements?",
        "uneven": "Right for equal parts only: a small last part counted as much as a large one.",
        "twice": "Each part was divided twice: by the size of the part, in mean(), and by the N of the whole.",
        "no_n": "The squares were added and not averaged: 1/N is missing.",
        "last": "This is the gradient of the last part alone. What happened to those of the others?",
        "whole": "A graph held more measurements than one part has. h and b hold those of one part.",
        "no_square": "The misses were not squared.",
        "many": "backward() needs a loss of one number, and this one has several.",
        "cut": "The loss does not lead back to `rate`. Was the graph cut in between?",
    },
)
def collect_in_parts(gradient_in_parts: Function, torch: Any) -> None:
    five = ([0.5, 1.0, 2.0, 2.5, 4.0], [9.0, 22.0, 38.0, 51.0, 80.0])
    seven = ([-1.0, 0.25, 3.0, -0.5, 1.5, 2.0, -3.0], [4.0, -6.0, 21.0, 0.0, 7.5, 1.0, -13.0])
    many = ([0.1 * number for number in range(1, 24)], [3.0 - number for number in range(1, 24)])
    cases = [
        (10.0, (HOURS, BURNED), 3),
        (10.0, (HOURS, BURNED), 2),
        (25.0, five, 2),
        (0.0, five, 1),
        (-3.0, five, 4),
        (20.0, five, 5),
        (2.5, seven, 3),
        (-0.5, seven, 20),
        (1.5, many, 6),
        (3.0, ([2.0], [-1.0]), 1),
    ]
    for start, (xs, ys), size in cases:
        n = len(xs)
        with case(f"gradient_in_parts({start}, hours, burned, {size}), {n} measurement{'s' * (n != 1)}"):
            hours, burned = torch.tensor(xs), torch.tensor(ys)

            def most(loss: Any, *_: Any, **__: Any) -> int:
                return max((_measurements(node) for node in nodes_behind(loss)), default=0)

            errors = {NOT_ONE: "many", NO_GRAPH: "cut"}
            with (
                counted(torch.Tensor, "backward", most) as graphs,
                counted(torch.autograd, "grad", _of_all(most)) as more,
            ):
                got = call(gradient_in_parts, start, hours, burned, size, raises=errors)
            total = sum(2 * x * (start * x - y) for x, y in zip(xs, ys, strict=True)) / n
            terms = sum(2 * abs(x) * (abs(start * x) + abs(y)) for x, y in zip(xs, ys, strict=True)) / n
            if got is None:
                reject("cut", came_out="None", expected=show(torch.tensor(total)))
            expect(got, torch.tensor(total), scale=max(1.0, terms))
            held = max([*graphs, *more], default=0)
            if held > size:
                came_out, expected = f"{held} measurements", f"at most {size}"
                reject("whole", what="what one graph has saved", came_out=came_out, expected=expected)


def _measurements(node: Any) -> int:
    """How many numbers the largest tensor has that a node has saved."""
    found = [0]
    for name in dir(node):
        if name.startswith("_saved_"):
            try:
                saved = getattr(node, name)
            except RuntimeError:  # freed
                continue
            if is_tensor(saved):
                found.append(saved.numel())
    return max(found)


def _of_all(note: Any) -> Any:
    """The same for a list of losses, as torch.autograd.grad takes them."""
    return lambda outputs, *_, **__: max(map(note, outputs if isinstance(outputs, list | tuple) else [outputs]))


PARTS = """
def gradient_in_parts(start, hours, burned, size):
    rate = torch.tensor(start, requires_grad=True)
    {}
"""

collect_in_parts.wrong("own_n", "loss = ((rate * h - b) ** 2).mean()")
collect_in_parts.wrong("own_n", "loss = ((rate * h - b) ** 2).sum() / len(h)")
collect_in_parts.wrong("size", "loss = ((rate * h - b) ** 2).sum() / size")
collect_in_parts.wrong("four", "loss = ((rate * h - b) ** 2).sum() / 4")
collect_in_parts.wrong("uneven", "loss = ((rate * h - b) ** 2).mean() / -(-len(hours) // size)")
collect_in_parts.wrong("uneven", "loss = ((rate * h - b) ** 2).mean() / len(range(0, len(hours), size))")
collect_in_parts.wrong("uneven", "loss = ((rate * h - b) ** 2).mean() * size / len(hours)")
collect_in_parts.wrong("twice", "loss = ((rate * h - b) ** 2).mean() / len(hours)")
collect_in_parts.wrong("no_n", "loss = ((rate * h - b) ** 2).sum()")
collect_in_parts.wrong("last", "rate.grad = None\nloss = ((rate * h - b) ** 2).sum() / len(hours)")
collect_in_parts.wrong("last", "rate.grad = None\nloss = ((rate * h - b) ** 2).mean()")
collect_in_parts.wrong("whole", "loss = ((rate * hours - burned) ** 2).mean()")
collect_in_parts.wrong("whole", "loss = ((rate * hours - burned) ** 2).sum() / len(hours)")
collect_in_parts.wrong("whole", "loss = ((rate * hours - burned) ** 2).mean() * len(h) / len(hours)")
collect_in_parts.wrong("whole", "loss = ((rate * hours - burned) ** 2).mean() if begin == 0 else 0 * rate")
collect_in_parts.wrong("no_square", "loss = (rate * h - b).sum() / len(hours)")
collect_in_parts.wrong("no_square", "loss = (rate * h - b).abs().sum() / len(hours)")
collect_in_parts.wrong("many", "loss = (rate * h - b) ** 2 / len(hours)")
collect_in_parts.wrong("cut", "loss = ((rate.detach() * h - b) ** 2).sum().requires_grad_() / len(hours)")
collect_in_parts.wrong("cut", "loss = ((rate.item() * h - b) ** 2).sum() / len(hours)")
collect_in_parts.wrong("value", "loss = 2 * ((rate * h - b) ** 2).sum() / len(hours)")
collect_in_parts.wrong("value", "loss = ((rate * h - b) ** 2).sum() / len(hours) ** 2")
collect_in_parts.wrong("value", "loss = ((rate * h) ** 2 - b ** 2).sum() / len(hours)")
collect_in_parts.wrong("changed", "hours[begin] += 0\nloss = ((rate * h - b) ** 2).sum() / len(hours)")
collect_in_parts.wrong("raised", "loss = ((rate * h - burned) ** 2).sum() / n")

collect_in_parts.also_right("loss = sum((rate * x - y) ** 2 for x, y in zip(h, b)) / len(hours)")
collect_in_parts.also_right("loss = ((rate * h - b) ** 2).mean() * (len(h) / len(hours))")
collect_in_parts.also_right("misses = b - h * rate\nloss = misses @ misses / burned.numel()")
collect_in_parts.also_right("loss = torch.sum((h * rate - b).pow(2).div(hours.shape[0]))")
collect_in_parts.also_right("loss = rate ** 2 * (h @ h) / len(hours) - 2 * rate * (h @ b) / len(hours)")


def candle(start: float, lr: float, steps: int, keep: float, torch: Any) -> tuple[list[float], list[Any]]:
    """The rates and the gradients used; before each pass, the gradient of the passes before is multiplied by keep."""
    hours, burned = torch.tensor(HOURS), torch.tensor(BURNED)
    rate = torch.tensor(start, requires_grad=True)
    gradient, rates, used = torch.tensor(0.0), [rate.item()], []
    for _ in range(steps):
        (slope,) = torch.autograd.grad(((rate * hours - burned) ** 2).mean(), rate)
        gradient = gradient * keep + slope
        used.append(gradient)
        rate = (rate - lr * gradient).detach().requires_grad_()
        rates.append(rate.item())
    return rates, used


@lesson.exercise(
    3,
    right="Cleared before each pass, and with None: each step has its own slope, and the list keeps them all.",
    hints={
        "stale": "The rate still swings: a step uses more than the gradient of its own pass.",
        "standing": "The rate stays where it was. What is in .grad at the moment of the step?",
        "zeros": "The rate is right, and the list holds zeros. Into which tensor were they written?",
        "one_tensor": "Entries of the list are one tensor, or share its memory. Each pass needs one of its own.",
        "first": "Before the first pass .grad is None, and None has no zero_(). Which way of clearing needs no tensor?",
        "nothing": "A None was used in arithmetic. Was .grad cleared before the step used it? Is rate still a leaf?",
        "outside": "A leaf that requires grad was written to while recording is on. Which block must that be in?",
        "lost": "What is returned is not a leaf that requires grad: nobody could go on training it.",
        "one_graph": "One graph was gone through twice. In which line is a loss computed, and how often does it run?",
        "many": "backward() needs a loss of one number, and this one has several.",
        "no_graph": "backward() met a result without a graph. Does rate still require grad by then?",
        "graph_kept": "The slopes hold graphs. What did backward() do to put a graph into .grad?",
        "uphill": "The step goes with the gradient, so the loss grows.",
        "no_mean": "The squares were added and not averaged. The loss is their mean.",
        "numbers": "The list holds Python numbers. The docstring asks for 0-d tensors.",
        "one_more": "One step too many has been taken.",
        "one_less": "One step is missing.",
    },
)
def fix_the_swing(fixed_train: Function, torch: Any) -> None:
    cases = [
        (10.0, 0.02, 4),
        (0.0, 0.05, 6),
        (30.0, 0.01, 1),
        (-7.0, 0.03, 25),
        (19.8, 0.01, 3),
        (1e4, 0.001, 2),
        (12.5, 0.005, 12),
        (12.0, 0.02, 0),
    ]
    errors = {
        "'NoneType' object has no attribute 'zero_'": "first",
        "and 'NoneType'": "nothing",
        "'NoneType' and": "nothing",
        IN_PLACE: "outside",
        TWICE: "one_graph",
        NOT_ONE: "many",
        NO_GRAPH: "no_graph",
    }
    for start, lr, steps in cases:
        with case(f"fixed_train({start}, {lr}, {steps})"):
            with with_globals(fixed_train, hours=torch.tensor(HOURS), burned=torch.tensor(BURNED)):
                got = call(fixed_train, start, lr, steps, raises=errors)
            if got is None:
                reject("none")
            fits = isinstance(got, tuple | list) and len(got) == 2
            if not (fits and isinstance(got[0], torch.Tensor) and isinstance(got[1], list | tuple)):
                reject("type", came_out=show(got), expected="a tensor and a list: rate, slopes")
            rate, slopes = got
            rates, used = candle(start, lr, steps, 0.0, torch)
            scale = max(20.0, abs(start))
            expect(rate.detach(), torch.tensor(rates[-1]), "the rate", scale=scale)
            if not (rate.requires_grad and rate.is_leaf):
                reject("lost", what="the rate", came_out=show(rate), expected="a leaf that requires grad")
            if slopes and all(isinstance(slope, float) for slope in slopes):
                reject("numbers", what="the slopes", came_out=show(slopes), expected=show(used))
            if any(not is_tensor(slope) for slope in slopes):
                reject("type", what="the slopes", came_out=show(slopes), expected=show(used))
            same = any(any_shared([slope], slopes[:place]) for place, slope in enumerate(slopes))
            values = [slope.tolist() for slope in slopes]
            if same and any(value != 0 for value in values if not isinstance(value, list)):
                reject("one_tensor", what="the slopes", came_out=show(slopes), expected=show(used), evidence=values)
            expect(list(slopes), used, "the slopes", scale=30 * scale)
            if any(slope.requires_grad for slope in slopes):
                reject("graph_kept", what="the slopes", came_out=show(slopes), expected=show(used))


TRAINING = """
rate = torch.tensor(start, requires_grad=True)
slopes = []
for _ in range(steps):
    {before}
    loss = ((rate * hours - burned) ** 2).mean()
    loss.backward()
    {note}
    with torch.no_grad():
        rate -= lr * rate.grad
    {after}
return rate, slopes
"""


def training(before: str = "pass", note: str = "slopes.append(rate.grad)", after: str = "pass") -> str:
    """A training loop with these lines before the pass, between pass and step, and after the step."""
    return TRAINING.format(before=before, note=note, after=after)


fix_the_swing.wrong("stale", training(note="slopes.append(rate.grad.clone())"))
fix_the_swing.wrong(
    "stale", training(note="slopes.append(rate.grad.clone())").replace("backward()", "backward(retain_graph=True)")
)
fix_the_swing.wrong("stale", training(note="slopes.append(rate.grad.detach())"))
fix_the_swing.wrong("stale", training())
fix_the_swing.wrong("stale", training("slopes.clear()"))
fix_the_swing.wrong("standing", training(note="slopes.append(rate.grad.clone()); rate.grad.zero_()"))
fix_the_swing.wrong("standing", training(note="slopes.append(rate.grad); rate.grad = torch.tensor(0.0)"))
fix_the_swing.wrong("zeros", training(after="rate.grad.zero_()"))
fix_the_swing.wrong(
    "zeros",
    """
    rate = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([rate], lr=lr)
    slopes = []
    for _ in range(steps):
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward()
        optimizer.step()
        slopes.append(rate.grad)
        optimizer.zero_grad(set_to_none=False)
    return rate, slopes
    """,
)
fix_the_swing.wrong("one_tensor", training("rate.grad is None or rate.grad.zero_()"))
fix_the_swing.wrong(
    "one_tensor",
    training("rate.grad = None if rate.grad is None else rate.grad.zero_()", note="slopes.append(rate.grad.detach())"),
)
fix_the_swing.wrong("first", training("rate.grad.zero_()", note="slopes.append(rate.grad.clone())"))
fix_the_swing.wrong("first", training("rate.grad.zero_()"))
fix_the_swing.wrong("nothing", training(note="slopes.append(rate.grad); rate.grad = None"))
fix_the_swing.wrong(
    "nothing", training().replace("with torch.no_grad():\n        rate -= lr", "if True:\n        rate = rate - lr")
)
fix_the_swing.wrong("outside", training("rate.grad = None").replace("with torch.no_grad():", "if True:"))
fix_the_swing.wrong("outside", training(after="rate.grad = None").replace("with torch.no_grad():", "if True:"))
fix_the_swing.wrong("lost", training("rate.grad = None").replace("return rate,", "return rate.detach(),"))
fix_the_swing.wrong("lost", training("rate.grad = None").replace("return rate,", "return rate * 1,"))
fix_the_swing.wrong(
    "one_graph",
    """
    rate = torch.tensor(start, requires_grad=True)
    slopes = []
    loss = ((rate * hours - burned) ** 2).mean()
    for _ in range(steps):
        rate.grad = None
        loss.backward()
        slopes.append(rate.grad)
        with torch.no_grad():
            rate -= lr * rate.grad
    return rate, slopes
    """,
)
fix_the_swing.wrong("many", training("rate.grad = None").replace(".mean()", ""))
fix_the_swing.wrong("no_graph", training("rate.grad = None").replace("rate -=", "rate = rate -"))
fix_the_swing.wrong("no_graph", training("rate.grad = None").replace("start, requires_grad=True", "start"))
fix_the_swing.wrong("graph_kept", training("rate.grad = None").replace("backward()", "backward(create_graph=True)"))
fix_the_swing.wrong("uphill", training("rate.grad = None").replace("-=", "+="))
fix_the_swing.wrong("no_mean", training("rate.grad = None").replace("mean()", "sum()"))
fix_the_swing.wrong("numbers", training("rate.grad = None", note="slopes.append(rate.grad.item())"))
fix_the_swing.wrong("type", "return torch.tensor(start, requires_grad=True)")
fix_the_swing.wrong("type", training("rate.grad = None", note="slopes.append(rate.grad.reshape(1))"))
fix_the_swing.wrong("raised", training("rate.grad = None", note="slopes.append(rate.gradient)"))
fix_the_swing.wrong("one_more", training("rate.grad = None").replace("range(steps)", "range(steps + 1)"))
fix_the_swing.wrong("one_less", training("rate.grad = None").replace("range(steps)", "range(1, steps)"))
fix_the_swing.wrong("none", training("rate.grad = None").replace("return rate, slopes", "print(rate, slopes)"))
fix_the_swing.wrong("value", training("rate.grad = None", note="slopes.append(lr * rate.grad)"))
fix_the_swing.wrong("value", training("rate.grad = None", note="slopes.insert(0, rate.grad)"))
fix_the_swing.wrong("value", training("rate.grad = None").replace("range(steps)", "range(min(steps, 20))"))
fix_the_swing.wrong(
    "again",
    """
    rate = fixed_train.__dict__.setdefault("rate", torch.tensor(0.0, requires_grad=True))
    slopes = []
    with torch.no_grad():
        rate.fill_(start)
    for _ in range(steps):
        rate.grad = None
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward()
        slopes.append(rate.grad)
        with torch.no_grad():
            rate -= lr * rate.grad
    return rate, slopes
    """,
)

fix_the_swing.also_right(training("rate.grad = None", note="slopes += [rate.grad.clone()]"))
fix_the_swing.also_right(training(note="slopes.append(rate.grad.clone())", after="rate.grad.zero_()"))
fix_the_swing.also_right(training("if rate.grad is not None: rate.grad = None"))
fix_the_swing.also_right(
    """
    rate = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([rate], lr)
    slopes = []
    for _ in range(steps):
        optimizer.zero_grad()
        (rate * hours - burned).square().mean().backward()
        slopes.append(rate.grad)
        optimizer.step()
    return [rate, slopes]
    """
)
fix_the_swing.also_right(
    """
    rate, slopes = torch.tensor(start).requires_grad_(), ()
    while len(slopes) < steps:
        (slope,) = torch.autograd.grad(((rate * hours - burned) ** 2).mean(), rate)
        slopes = (*slopes, slope)
        rate = (rate - lr * slope).detach().requires_grad_()
    return rate, list(slopes)
    """
)
for swapped, reason in (
    ("rate = torch.tensor(start, requires_grad=True) | slopes = []", "neither of the two lines needs the other"),
    ("rate.grad = None | loss = ((rate * hours - burned) ** 2).mean()", "the loss does not look at .grad"),
    (
        "slopes.append(rate.grad) | with torch.no_grad(): | rate -= lr * rate.grad",
        "the step reads .grad and leaves it as it is",
    ),
):
    fix_the_swing.equivalent(f"swapped: {swapped}", because=reason)


@lesson.exercise(
    4,
    right="What is kept of the old slopes decides whether it creeps, glides or swings.",
    hints={
        "all_kept": "keep has no effect: everything is kept. Is the product stored, or only computed?",
        "none_kept": "keep has no effect: nothing is kept of the gradients before.",
        "too_late": "The new gradient was multiplied as well. When must the product be taken?",
        "first": "Before the first pass .grad is None, and None can't be multiplied.",
        "start": "The list should begin with the rate at the start and have one number more than there are steps.",
        "rates": "The list should hold the rates as plain numbers, and it holds something else.",
        "the_other_way": "keep = 0.0 should clear everything, and 1.0 nothing. Yours does the opposite.",
        "outside": "A leaf that requires grad was written to while recording is on. Which block must that be in?",
        "no_graph": "backward() met a result without a graph. Is the rate still the leaf you began with?",
        "one_graph": "One graph was gone through twice. In which line is the loss computed, and how often does it run?",
        "step_kept": "The whole step was multiplied by keep, the new gradient with the old ones.",
    },
)
def keep_a_part(swing: Function, torch: Any) -> None:
    errors = {
        "'NoneType' object has no attribute": "first",
        "and 'NoneType'": "first",
        "'NoneType' and": "first",
        "'NoneType' object is not": "first",
        "*=: 'NoneType'": "first",
        IN_PLACE: "outside",
        NO_GRAPH: "no_graph",
        TWICE: "one_graph",
    }
    for keep, steps in ((0.25, 6), (0.0, 6), (1.0, 12), (0.9, 60), (0.35, 40), (0.75, 3), (0.5, 1), (0.5, 0)):
        with case(f"swing({keep}, {steps})"):
            with with_globals(swing, hours=torch.tensor(HOURS), burned=torch.tensor(BURNED)):
                got = call(swing, keep, steps, raises=errors)
            rates, _ = candle(10.0, 0.02, steps, keep, torch)
            if isinstance(got, list | tuple) and any(map(is_tensor, got)):
                reject("rates", came_out=show(got), expected=show(rates), evidence=got)
            expect(got, rates, scale=30.0)


BODY = """
    rate = torch.tensor(10.0, requires_grad=True)
    rates = [rate.item()]
    for _ in range(steps):
        {before}
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward()
        {after}
        with torch.no_grad():
            rate -= 0.02 * rate.grad
        rates.append({noted})
    return rates{part}
"""
KEEP = "rate.grad = None if rate.grad is None else rate.grad * {}"


def body(before: str = KEEP.format("keep"), after: str = "pass", noted: str = "rate.item()", part: str = "") -> str:
    """The solution's lines with one thing said otherwise."""
    return BODY.format(before=before, after=after, noted=noted, part=part)


keep_a_part.wrong("all_kept", body("rate.grad is None or rate.grad * keep"))
keep_a_part.wrong("all_kept", body("pass"))
keep_a_part.wrong("none_kept", body("rate.grad = None"))
keep_a_part.wrong("none_kept", body("rate.grad = None if keep < 1 else rate.grad"))
keep_a_part.wrong("none_kept", body("rate.grad = None if rate.grad is None or keep < 1 else rate.grad"))
keep_a_part.wrong("too_late", body("pass", after="rate.grad *= keep"))
keep_a_part.wrong("too_late", body("pass", after="rate.grad = rate.grad * keep"))
keep_a_part.wrong("first", body("rate.grad *= keep"))
keep_a_part.wrong("first", body("rate.grad.mul_(keep)"))
keep_a_part.wrong("first", body("rate.grad = keep * rate.grad"))
keep_a_part.wrong("start", body(part="[1:]"))
keep_a_part.wrong("start", body().replace("range(steps)", "range(steps + 1)"))
keep_a_part.wrong("start", body().replace("range(steps)", "range(1, steps)"))
keep_a_part.wrong("start", body(part="[:-1]"))
keep_a_part.wrong("rates", body(noted="rate.grad.item()"))
keep_a_part.wrong("rates", body(noted="rate.grad.item()").replace("rates = [rate.item()]", "rates = []"))
keep_a_part.wrong("rates", body(noted="loss.item()"))
keep_a_part.wrong("rates", body(noted="rate").replace("rates = [rate.item()]", "rates = [rate]"))
keep_a_part.wrong("rates", body(noted="rate.detach().clone()").replace("[rate.item()]", "[rate.detach().clone()]"))
keep_a_part.wrong("the_other_way", body(KEEP.format("(1 - keep)")))
keep_a_part.wrong("outside", body().replace("with torch.no_grad():", "if True:"))
keep_a_part.wrong("no_graph", body().replace("rate -=", "rate = rate -"))
keep_a_part.wrong(
    "one_graph",
    """
    rate = torch.tensor(10.0, requires_grad=True)
    rates = [rate.item()]
    loss = ((rate * hours - burned) ** 2).mean()
    for _ in range(steps):
        if rate.grad is not None:
            rate.grad *= keep
        loss.backward()
        with torch.no_grad():
            rate -= 0.02 * rate.grad
        rates.append(rate.item())
    return rates
    """,
)
keep_a_part.wrong("step_kept", body("rate.grad = None").replace("0.02 * rate.grad", "0.02 * keep * rate.grad"))
keep_a_part.wrong("step_kept", body("rate.grad = None", after="rate.grad *= keep"))
keep_a_part.wrong("raised", body("rate.grad = keep * (0.0 if rate.grad is None else rate.grad)"))
keep_a_part.wrong("type", "return 10.0")
keep_a_part.wrong("type", body(part="[0]"))
keep_a_part.wrong("none", body().replace("return rates", "print(rates)"))
keep_a_part.wrong("value", body().replace("0.02", "0.01"))
keep_a_part.wrong("value", body().replace("range(steps)", "range(min(steps, 30))"))
keep_a_part.wrong("value", body().replace("tensor(10.0", "tensor(12.0"))
keep_a_part.wrong("value", body(KEEP.format("keep ** 2")))

keep_a_part.also_right(body("if rate.grad is not None: rate.grad.mul_(keep)"))
keep_a_part.also_right(
    """
    rate = torch.tensor(10.0, requires_grad=True)
    velocity, rates = torch.zeros(()), [10.0]
    for _ in range(steps):
        (slope,) = torch.autograd.grad(((rate * hours - burned) ** 2).mean(), rate)
        velocity = keep * velocity + slope
        with torch.no_grad():
            rate.sub_(0.02 * velocity)
        rates += [float(rate)]
    return rates
    """
)
keep_a_part.also_right(
    """
    rate = torch.tensor(10.0, requires_grad=True)
    optimizer = torch.optim.SGD([rate], lr=0.02, momentum=keep)
    rates = []
    for step in range(steps + 1):
        rates.append(rate.item())
        optimizer.zero_grad()
        ((rate * hours - burned) ** 2).mean().backward()
        optimizer.step()
    return rates
    """
)
keep_a_part.also_right(
    """
    rate = torch.tensor(10.0, requires_grad=True)
    rate.grad = torch.zeros_like(rate)
    rates = (10.0,)
    for _ in range(steps):
        rate.grad[...] = rate.grad * keep
        ((rate * hours - burned) ** 2).mean().backward()
        rate.data -= 0.02 * rate.grad
        rates = (*rates, rate.tolist())
    return list(rates)
    """
)
keep_a_part.equivalent(
    "swapped: if rate.grad is not None: | rate.grad *= keep | loss = ((rate * hours - burned) ** 2).mean()",
    because="the loss does not look at .grad; what counts is that both come before backward()",
)


@lesson.exercise(
    5,
    right="A shape tells at a glance what forty numbers don't.",
    hints={
        "axes": "It should return the axes on which all lines are drawn. plt.subplots() without numbers makes one.",
        "lines": "There should be one line for each entry of runs, joined from point to point, that can be seen.",
        "turned": "Rates and steps have changed places. The steps go to the right.",
        "from_one": "The first number is the rate before any step. At which number of steps does it belong?",
        "names": "Each line should have the name of its own entry. plot() takes it as label.",
        "legend": "The legend should show the name of every line. axes.legend() makes one of the labels.",
        "words": "Does each label say what is drawn along its axis: steps, rate?",
        "scale": "Both scales should be plain, as they are unless one is set.",
        "sight": "All of each line should be in sight, with numbers that grow to the right and upwards.",
        "figure": "The picture should have a figure of its own, whatever is open already. What opens one?",
        "figures": "A figure was opened for each entry. All lines belong in one: open it before the loop.",
        "sorted": "It looks as if the rates had been sorted. They belong in the order in which they were reached.",
    },
)
def see_the_swing(picture: Function, torch: Any) -> None:
    import matplotlib.pyplot as plt

    cases: list[dict[str, list[float]]] = [
        {"keep 0": [10.0, 12.9, 15.0], "keep 1": [10.0, 12.9, 18.0]},
        {"a": [1.0, 3.0, 2.0, 7.0], "b": [4.0, -5.0], "c": [6.0, 6.5, 6.0]},
        {"alone": [3.0, 1.0]},
        {"flat": [2.0, 2.0, 2.0], "steep": [-1e3, 0.0, 1e3]},
        {f"keep {keep}": [10.0 + keep * step**2 for step in range(20)] for keep in range(12)},
    ]
    plt.figure()  # stays as it is, if the answer opens one of its own; the check closes it
    for runs in cases:
        with case(f"picture({show(runs, 70)})"):
            axes = call(picture, runs, pictures=1, twice=len(runs) == 1)
            size = max(abs(rate) for rates in runs.values() for rate in rates)
            expect_picture(axes, runs, words=("step", "rate"), scale=size)


PICTURE = """
figure, axes = plt.subplots()
for name, rates in runs.items():
    axes.plot(rates, label=name)
axes.set(xlabel="steps", ylabel="rate")
axes.legend()
return axes
"""
picture_but = partial(said_otherwise, PICTURE)

see_the_swing.wrong("axes", picture_but("return axes", "return figure"))
see_the_swing.wrong("axes", picture_but("return axes", "return figure, axes"))
see_the_swing.wrong("none", picture_but("return axes", "plt.show()"))
see_the_swing.wrong("lines", picture_but("    axes.plot(rates, label=name)", "    pass\naxes.plot(rates, label=name)"))
see_the_swing.wrong("lines", picture_but("plot(rates,", 'plot(rates, "o",'))
see_the_swing.wrong("lines", picture_but("plot(rates,", "scatter(range(len(rates)), rates,"))
see_the_swing.wrong("lines", picture_but("plot(rates,", "bar(range(len(rates)), rates,"))
see_the_swing.wrong("lines", picture_but("label=name", "label=name, visible=False"))
see_the_swing.wrong("lines", picture_but("label=name", "label=name, alpha=0"))
see_the_swing.wrong("lines", picture_but("label=name", 'label=name, color="white"'))
see_the_swing.wrong("lines", picture_but("label=name", "label=name, linewidth=0"))
see_the_swing.wrong("lines", picture_but("plot(rates,", "step(range(len(rates)), rates,"))
see_the_swing.wrong("lines", picture_but("axes.legend()", "axes.plot([0.0, 1.0, 0.5])\naxes.legend()"))
see_the_swing.wrong("sorted", picture_but("plot(rates,", "plot(sorted(rates),"))
see_the_swing.wrong("turned", picture_but("plot(rates,", "plot(rates, range(len(rates)),"))
see_the_swing.wrong("from_one", picture_but("plot(rates,", "plot(range(1, len(rates) + 1), rates,"))
see_the_swing.wrong("names", picture_but(", label=name", ""))
see_the_swing.wrong("names", picture_but("label=name", 'label="rate"'))
see_the_swing.wrong("names", picture_but(", label=name", "", "legend()", "legend(sorted(runs, reverse=True))"))
see_the_swing.wrong("legend", picture_but("axes.legend()\n", ""))
see_the_swing.wrong("legend", picture_but("axes.legend()", "axes.legend().set_visible(False)"))
see_the_swing.wrong("legend", picture_but("axes.legend()", "axes.legend([*runs][:1])"))
see_the_swing.wrong("words", picture_but('axes.set(xlabel="steps", ylabel="rate")\n', ""))
see_the_swing.wrong("words", picture_but('ylabel="rate"', 'title="rate"'))
see_the_swing.wrong("words", picture_but('xlabel="steps", ylabel="rate"', 'xlabel="?", ylabel="?"'))
see_the_swing.wrong("words", picture_but('xlabel="steps", ylabel="rate"', 'xlabel="rate", ylabel="steps"'))
see_the_swing.wrong("words", picture_but("axes.legend()", "axes.legend()\naxes.set_axis_off()"))
see_the_swing.wrong("scale", picture_but("axes.legend()", 'axes.legend()\naxes.set_xscale("log")'))
see_the_swing.wrong("scale", picture_but("axes.legend()", 'axes.legend()\naxes.set_yscale("symlog")'))
see_the_swing.wrong("sight", picture_but("axes.legend()", "axes.legend()\naxes.invert_xaxis()"))
see_the_swing.wrong("sight", picture_but("axes.legend()", "axes.legend()\naxes.set_ylim(1e6, 2e6)"))
see_the_swing.wrong("sight", picture_but("axes.legend()", "axes.legend()\naxes.set_xlim(1, 20)"))
see_the_swing.wrong(
    "figure",
    """
    for name, rates in runs.items():
        plt.plot(rates, label=name)
    plt.xlabel("steps")
    plt.ylabel("rate")
    plt.legend()
    return plt.gca()
    """,
)
see_the_swing.wrong("figure", picture_but("figure, axes", 'plt.close("all")\nfigure, axes'))
see_the_swing.wrong("left", picture_but("figure, axes", "plt.figure()\nfigure, axes"))
see_the_swing.wrong(
    "figures",
    """
    for name, rates in runs.items():
        figure, axes = plt.subplots()
        axes.plot(rates, label=name)
        axes.set(xlabel="steps", ylabel="rate")
        axes.legend()
    return axes
    """,
)
see_the_swing.wrong(
    "axes",
    """
    figure, axes = plt.subplots(len(runs))
    for below, (name, rates) in zip([axes] if len(runs) == 1 else axes, runs.items()):
        below.plot(rates, label=name)
        below.set(xlabel="steps", ylabel="rate")
        below.legend()
    return axes
    """,
)
see_the_swing.wrong("changed", picture_but("figure, axes", 'runs["best"] = [19.8]\nfigure, axes'))
see_the_swing.wrong("raised", picture_but("runs.items()", "runs"))
see_the_swing.wrong("value", picture_but("plot(rates,", "plot([abs(rate) for rate in rates],"))

see_the_swing.also_right(
    """
    plt.figure(figsize=(3, 2))
    for name in runs:
        plt.plot(range(len(runs[name])), torch.tensor(runs[name]), ".--", label=name)
    plt.xlabel("Number of Steps")
    plt.ylabel("the rate (mm per hour)")
    plt.legend(loc="upper left")
    return plt.gca()
    """
)
see_the_swing.also_right(picture_but(", label=name", "", "axes.legend()", "axes.legend(list(runs))"))
see_the_swing.also_right(picture_but("return axes", "plt.show()\nreturn axes"))
see_the_swing.also_right(
    picture_but(
        'axes.set(xlabel="steps", ylabel="rate")\naxes.legend()',
        'figure.supxlabel("steps")\nfigure.supylabel("rate")\nfigure.legend()',
    )
)
see_the_swing.also_right(
    picture_but("axes.legend()", 'axes.axhline(19.8, color="0.8", label="best")\naxes.grid()\naxes.legend()')
)
see_the_swing.also_right(
    """
    axes = plt.figure().add_axes([0.1, 0.1, 0.8, 0.8])
    longest = max(map(len, runs.values()))
    axes.plot([0, longest - 1], [19.8, 19.8], "--", color="gray")
    handles = [axes.plot(rates)[0] for rates in runs.values()]
    axes.legend(handles=handles, labels=[*runs], title="runs")
    axes.set_xlabel("step")
    axes.set_ylabel("Rate")
    return axes
    """
)
FIGURE = "figure, axes = plt.subplots(figsize=(7, 4))"
LABELS = "axes.set(xlabel='steps', ylabel='rate (mm per hour)')"
for there, instead in (
    ("figsize=(7, 4)", ""),
    ("(7, 4)", "(8, 4)"),
    ("(7, 4)", "(7, 5)"),
):
    see_the_swing.equivalent(f"{FIGURE} → {FIGURE.replace(there, instead)}", because="the text asks for no size")
for there in ("steps", "hour)"):
    see_the_swing.equivalent(f"{LABELS} → {LABELS.replace(there, there + 'x')}", because="the label still has its word")
for swapped in (
    f"for name, rates in runs.items(): | axes.plot(rates, label=name) | {LABELS}",
    f"{LABELS} | axes.legend()",
):
    see_the_swing.equivalent(f"swapped: {swapped}", because="labels can be set before or after what is drawn")
