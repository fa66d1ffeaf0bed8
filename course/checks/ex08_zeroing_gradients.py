"""Exercises of lesson 08: what is in .grad, gradients collected in parts, stale gradients and their curve."""

from typing import Any

from course.exercise import Function, Lesson
from course.old_words import AnyOf, call, difference, expect, expect_predictions, reject, show

lesson = Lesson(8, "zeroing gradients")

HOURS = [1.0, 2.0, 3.0, 4.0]
BURNED = [22.0, 38.0, 63.0, 77.0]


@lesson.exercise(
    1,
    right="Passes add to the tensor in .grad; clearing either writes a zero into it or lets go of it.",
    hints={
        "overwritten": "You put the last pass's slope there. What happens to what was there before?",
        "not_cleared": "Something that was there earlier is still in your number. Was it not cleared in between?",
        "no_slope": "That is a value, not a slope. How much does the result change for each unit of w?",
        "a_copy": "You take `noted` for a copy of what stood there then. Did any line copy a tensor?",
        "let_go": "w.grad lets go of its tensor. Does a tensor disappear that still has another name?",
        "zeroed": "zero_grad() has zero in its name. Without an argument, what does it leave in .grad?",
        "let_go_too_soon": "The argument says that .grad is not to become None. What is it instead?",
        "own": "The slope of w * u with respect to w: is it w, or the other factor?",
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
    expect_predictions(
        reading,
        truth,
        no_slope={"a": AnyOf(9.0, 3.0), "b": 12.0, "c": 21.0, "g": 15.0},
        overwritten={"b": 4.0},
        not_cleared={"c": AnyOf(17.0, 11.0, 13.0), "g": AnyOf(12.0, 22.0), "h": AnyOf(5.0, 12.0)},
        a_copy={"d": 6.0, "f": 6.0},
        let_go={"f": None},
        zeroed={"e": 0.0, "f": 0.0},
        let_go_too_soon={"h": None},
        own={"g": 3.0},
    )


read_the_scale.almost("overwritten", 'reading["b"] = 4.0')
read_the_scale.almost("not_cleared", 'reading["c"] = 17.0')
read_the_scale.almost("not_cleared", 'reading["g"] = 12.0')
read_the_scale.almost("no_slope", 'reading["a"] = 9.0')
read_the_scale.almost("a_copy", 'reading["d"] = reading["f"] = 6.0')
read_the_scale.almost("let_go", 'reading["f"] = None')
read_the_scale.almost("zeroed", 'reading["e"] = 0.0')
read_the_scale.almost("let_go_too_soon", 'reading["h"] = None')
read_the_scale.almost("own", 'reading["g"] = 3.0')
read_the_scale.almost("value", 'reading["d"] = 10.0')
read_the_scale.almost("type", 'reading["a"] = 6')


@lesson.exercise(
    2,
    right="Sums over parts, each divided by the N of the whole, have the gradient of the whole.",
    hints={
        "own_n": "Each part was divided by its own number of measurements, or by the size. Which N has the whole?",
        "uneven": "Right for equal parts only: a small last part counted as much as a large one.",
        "no_n": "The squares were added and not averaged: 1/N is missing.",
        "last": "This is the gradient of the last part alone. What happened to those of the others?",
        "whole": "Every turn used all the measurements. h and b hold those of one part.",
        "no_square": "The misses were not squared.",
    },
)
def collect_in_parts(gradient_in_parts: Function, torch: Any) -> None:
    five = ([0.5, 1.0, 2.0, 2.5, 4.0], [9.0, 22.0, 38.0, 51.0, 80.0])
    cases = [
        (10.0, (HOURS, BURNED), 3),
        (10.0, (HOURS, BURNED), 2),
        (25.0, five, 2),
        (0.0, five, 1),
        (-3.0, five, 4),
        (20.0, five, 5),
    ]
    for start, (xs, ys), size in cases:
        tried = f"gradient_in_parts({start}, hours, burned, {size}), {len(xs)} measurements"
        got = call(tried, gradient_in_parts, start, torch.tensor(xs), torch.tensor(ys), size)
        n = len(xs)
        parts = [list(zip(xs[i : i + size], ys[i : i + size], strict=True)) for i in range(0, n, size)]
        sums = [sum(2 * x * (start * x - y) for x, y in part) for part in parts]
        means = [total / len(part) for total, part in zip(sums, parts, strict=True)]
        expect(
            tried,
            got,
            torch.tensor(sum(sums) / n),
            own_n=AnyOf(torch.tensor(sum(means)), torch.tensor(sum(sums) / size)),
            uneven=torch.tensor(sum(means) / len(parts)),
            no_n=torch.tensor(sum(sums)),
            last=AnyOf(*(torch.tensor(g) for g in (sums[-1], means[-1], sums[-1] / n, means[-1] / len(parts)))),
            whole=AnyOf(*(torch.tensor(sum(sums) * len(parts) / k) for k in (n, 1))),
            no_square=AnyOf(*(torch.tensor(sum(xs) / k) for k in (n, 1))),
        )


collect_in_parts.wrong("own_n", "loss = ((rate * h - b) ** 2).mean()")
collect_in_parts.wrong("own_n", "loss = ((rate * h - b) ** 2).sum() / size")
collect_in_parts.wrong("uneven", "loss = ((rate * h - b) ** 2).mean() / -(-len(hours) // size)")
collect_in_parts.wrong("no_n", "loss = ((rate * h - b) ** 2).sum()")
collect_in_parts.wrong("last", "rate.grad = None\nloss = ((rate * h - b) ** 2).sum() / len(hours)")
collect_in_parts.wrong("last", "rate.grad = None\nloss = ((rate * h - b) ** 2).mean()")
collect_in_parts.wrong("whole", "loss = ((rate * hours - burned) ** 2).mean()")
collect_in_parts.wrong("no_square", "loss = (rate * h - b).sum() / len(hours)")
collect_in_parts.wrong("raised", "loss = (rate * h - b) ** 2 / len(hours)")
collect_in_parts.wrong("none", "loss = ((rate.detach() * h - b) ** 2).sum().requires_grad_() / len(hours)")


def candle(start: float, lr: float, steps: int, keep: float, torch: Any, *, late: bool = False) -> tuple[Any, Any]:
    """The rates and the gradients used; before each pass, or after it if `late`, the gradient is multiplied by keep."""
    hours, burned = torch.tensor(HOURS), torch.tensor(BURNED)
    rate = torch.tensor(start, requires_grad=True)
    gradient, rates, used = torch.tensor(0.0), [rate.item()], []
    for _ in range(steps):
        (slope,) = torch.autograd.grad(((rate * hours - burned) ** 2).mean(), rate)
        gradient = (gradient + slope) * keep if late else gradient * keep + slope
        used.append(gradient)
        rate = (rate - lr * gradient).detach().requires_grad_()
        rates.append(rate.item())
    return rates, used


@lesson.exercise(
    3,
    right="Cleared before each pass, and with None: each step has its own slope, and the list keeps them all.",
    hints={
        "stale": "The rate still swings: a step uses more than the slope of its own pass.",
        "standing": "The rate stays where it was. What is in .grad at the moment of the step?",
        "zeros": "The rate is right, and the list holds zeros. Into which tensor were they written?",
        "one_tensor": "The rate is right, and the list holds one tensor several times. Each pass needs one of its own.",
        "first": "Before the first pass .grad is None. Which way of clearing doesn't mind?",
        "leaf": "A rate made by `rate = rate - …` is a result, no leaf, and its .grad stays None.",
        "outside": "A tracked leaf was changed while its operations were recorded. What must stand around the step?",
        "lost": "What is returned is no tracked leaf any more: nobody could go on training it.",
    },
)
def mend_the_swing(mended_train: Function, torch: Any) -> None:
    for start, lr, steps in ((10.0, 0.02, 4), (0.0, 0.05, 6), (30.0, 0.01, 1), (12.0, 0.02, 0)):
        tried = f"mended_train({start}, {lr}, {steps})"
        raises = {"AttributeError": "first", "TypeError": "leaf", "RuntimeError": "outside"}
        got = call(tried, mended_train, start, lr, steps, raises=raises)
        if got is None:
            reject("none", tried=tried)
        if not (type(got) is tuple and len(got) == 2 and isinstance(got[0], torch.Tensor) and type(got[1]) is list):
            reject("type", tried=tried, came_out=show(got), details="It should be a tensor and a list: rate, slopes.")
        rate, slopes = got
        rates, used = candle(start, lr, steps, 0.0, torch)
        swinging, summed = candle(start, lr, steps, 1.0, torch)
        if steps > 1:
            expect(
                f"{tried}, the rate",
                rate,
                torch.tensor(rates[-1]),
                stale=torch.tensor(swinging[-1]),
                standing=torch.tensor(start),
            )
        else:
            expect(f"{tried}, the rate", rate, torch.tensor(rates[-1]))
        if not (rate.requires_grad and rate.is_leaf):
            reject("lost", tried=f"{tried}, the rate", came_out=show(rate))
        zeros = [torch.tensor(0.0)] * steps
        if steps > 1 and all(slope is slopes[0] for slope in slopes) and difference(slopes, zeros) is not None:
            reject("one_tensor", tried=f"{tried}, the slopes", came_out=show(slopes), expected=show(used))
        expect(f"{tried}, the slopes", slopes, used, zeros=zeros, stale=summed)


mend_the_swing.wrong(
    "stale",
    """
    rate = torch.tensor(start, requires_grad=True)
    slopes = []
    for _ in range(steps):
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward(retain_graph=True)
        slopes.append(rate.grad.clone())
        with torch.no_grad():
            rate -= lr * rate.grad
    return rate, slopes
    """,
)
mend_the_swing.wrong(
    "standing",
    """
    rate = torch.tensor(start, requires_grad=True)
    slopes = []
    for _ in range(steps):
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward()
        slopes.append(rate.grad.clone())
        rate.grad.zero_()
        with torch.no_grad():
            rate -= lr * rate.grad
    return rate, slopes
    """,
)
mend_the_swing.wrong(
    "zeros",
    """
    rate = torch.tensor(start, requires_grad=True)
    slopes = []
    for _ in range(steps):
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward()
        slopes.append(rate.grad)
        with torch.no_grad():
            rate -= lr * rate.grad
        rate.grad.zero_()
    return rate, slopes
    """,
)
mend_the_swing.wrong(
    "one_tensor",
    """
    rate = torch.tensor(start, requires_grad=True)
    slopes = []
    for _ in range(steps):
        if rate.grad is not None:
            rate.grad.zero_()
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward()
        slopes.append(rate.grad)
        with torch.no_grad():
            rate -= lr * rate.grad
    return rate, slopes
    """,
)
mend_the_swing.wrong(
    "first",
    """
    rate = torch.tensor(start, requires_grad=True)
    slopes = []
    for _ in range(steps):
        rate.grad.zero_()
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward()
        slopes.append(rate.grad.clone())
        with torch.no_grad():
            rate -= lr * rate.grad
    return rate, slopes
    """,
)
mend_the_swing.wrong(
    "leaf",
    """
    rate = torch.tensor(start, requires_grad=True)
    slopes = []
    for _ in range(steps):
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward()
        slopes.append(rate.grad)
        rate = rate - lr * rate.grad
    return rate, slopes
    """,
)
mend_the_swing.wrong(
    "outside",
    """
    rate = torch.tensor(start, requires_grad=True)
    slopes = []
    for _ in range(steps):
        rate.grad = None
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward()
        slopes.append(rate.grad)
        rate -= lr * rate.grad
    return rate, slopes
    """,
)
mend_the_swing.wrong(
    "lost",
    """
    rate = torch.tensor(start, requires_grad=True)
    slopes = []
    for _ in range(steps):
        rate.grad = None
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward()
        slopes.append(rate.grad)
        with torch.no_grad():
            rate -= lr * rate.grad
    return rate.detach(), slopes
    """,
)
mend_the_swing.wrong("type", "return torch.tensor(start, requires_grad=True)")
mend_the_swing.wrong(
    "value",
    """
    rate = torch.tensor(start, requires_grad=True)
    slopes = []
    for _ in range(steps):
        rate.grad = None
        loss = ((rate * hours - burned) ** 2).mean()
        loss.backward()
        slopes.append(rate.grad)
        with torch.no_grad():
            rate += lr * rate.grad
    return rate, slopes
    """,
)


@lesson.exercise(
    4,
    right="What is kept of the old slopes decides whether it creeps, glides or swings.",
    hints={
        "all_kept": "keep has no effect: everything is kept. Is the product stored, or only computed?",
        "none_kept": "keep has no effect: nothing is kept of the slopes before.",
        "too_late": "The new slope was multiplied as well. When must the product be taken?",
        "first": "Before the first pass .grad is None, and None can't be multiplied.",
        "start": "The list should begin with the rate at the start and have one number more than there are steps.",
        "rates": "The list should hold the rates, and it holds something else.",
        "the_other_way": "keep = 0.0 should clear everything, and 1.0 nothing. Yours does the opposite.",
        "leaf": "An operation on a leaf was not allowed here, or its result is no leaf. Where must the step stand?",
    },
)
def keep_a_part(swing: Function, torch: Any) -> None:
    for keep, steps in ((0.25, 6), (0.0, 6), (1.0, 12), (0.9, 30), (0.5, 1), (0.5, 0)):
        tried = f"swing({keep}, {steps})"
        raises = {"AttributeError": "first", "TypeError": "first", "RuntimeError": "leaf"}
        got = call(tried, swing, keep, steps, raises=raises)
        rates, used = candle(10.0, 0.02, steps, keep, torch)
        known: dict[str, Any] = {"start": AnyOf(rates[1:], rates[:-1])}
        if steps > 2:
            known |= {
                "all_kept": candle(10.0, 0.02, steps, 1.0, torch)[0],
                "none_kept": candle(10.0, 0.02, steps, 0.0, torch)[0],
                "too_late": candle(10.0, 0.02, steps, keep, torch, late=True)[0],
                "the_other_way": candle(10.0, 0.02, steps, 1.0 - keep, torch)[0],
                "rates": AnyOf([gradient.item() for gradient in used], [torch.tensor(r) for r in rates]),
            }
        if isinstance(got, list) and len(got) == steps + 1 > 1 and all(r is got[0] for r in got):
            reject("rates", tried=tried, came_out=show(got), expected=show(rates))
        expect(tried, got, rates, **known)


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
keep_a_part.wrong("none_kept", body("rate.grad = None"))
keep_a_part.wrong("too_late", body("pass", after="rate.grad *= keep"))
keep_a_part.wrong("first", body("rate.grad *= keep"))
keep_a_part.wrong("first", body("rate.grad.mul_(keep)"))
keep_a_part.wrong("start", body(part="[1:]"))
keep_a_part.wrong("rates", body(noted="rate.grad.item()").replace("rates = [rate.item()]", "rates = []"))
keep_a_part.wrong("rates", body(noted="rate").replace("rates = [rate.item()]", "rates = [rate]"))
keep_a_part.wrong("the_other_way", body(KEEP.format("(1 - keep)")))
keep_a_part.wrong("leaf", body().replace("with torch.no_grad():", "if True:"))
keep_a_part.wrong("type", "return 10.0")


@lesson.exercise(
    5,
    right="A shape tells at a glance what forty numbers don't.",
    hints={
        "axes": "It should return the axes: the second of the two things that plt.subplots() makes.",
        "lines": "There should be one line for each entry of runs, and no other.",
        "turned": "Rates and steps have changed places. The steps go to the right.",
        "from_one": "The first number is the rate before any step. At which number of steps does it stand?",
        "names": "A line should bear its entry's name. plot() takes it as label.",
        "legend": "The lines have names, but nothing shows them.",
        "words": "Both axes need a label that says what is drawn along them.",
    },
)
def see_the_swing(picture: Function, torch: Any) -> None:
    import matplotlib.axes
    import matplotlib.pyplot as plt

    cases = [
        {"keep 0": [10.0, 12.9, 15.0], "keep 1": [10.0, 12.9, 18.0]},
        {"a": [1.0, 3.0, 2.0, 7.0], "b": [4.0, -5.0], "c": [6.0, 6.5, 6.0]},
        {"alone": [3.0, 1.0]},
    ]
    for runs in cases:
        tried = f"picture({runs})"
        open_before = set(plt.get_fignums())
        try:
            axes = call(tried, picture, runs)
            if not isinstance(axes, matplotlib.axes.Axes):
                reject("axes", tried=tried, came_out=type(axes).__name__)
            lines: list[Any] = list(axes.lines)
            drawn = [([float(x) for x in line.get_xdata()], [float(y) for y in line.get_ydata()]) for line in lines]
            labels = [str(line.get_label()) for line in lines]
            legend = axes.get_legend()
            shown = [text.get_text() for text in legend.get_texts()] if legend else []
            words = [axes.get_xlabel().strip(), axes.get_ylabel().strip()]
        finally:  # or Jupyter would show every picture that was tried
            for number in set(plt.get_fignums()) - open_before:
                plt.close(number)
        want = [([float(step) for step in range(len(rates))], rates) for rates in runs.values()]
        if sorted(drawn) == sorted((rates, steps) for steps, rates in want):
            reject("turned", tried=tried)
        if sorted(drawn) == sorted(([step + 1 for step in steps], rates) for steps, rates in want):
            reject("from_one", tried=tried)
        if sorted(drawn) != sorted(want):
            came_out = f"{len(drawn)} lines with the heights {[heights for _, heights in drawn]}"
            reject("lines", tried=tried, came_out=came_out, expected=f"{[heights for _, heights in want]}")
        named = {label: heights for label, (_, heights) in zip(labels, drawn, strict=True)}
        if named != runs:
            reject("names", tried=tried, came_out=show(labels), expected=show(list(runs)))
        if sorted(shown) != sorted(runs):
            reject("legend", tried=tried, came_out=show(shown), expected=show(list(runs)))
        if not all(words):
            reject("words", tried=tried, came_out=show(words))


PICTURE = """
figure, axes = plt.subplots()
for name, rates in runs.items():
    axes.plot(rates, label=name)
axes.set(xlabel="steps", ylabel="rate")
axes.legend()
return axes
"""

see_the_swing.wrong("axes", PICTURE.replace("return axes", "return figure"))
see_the_swing.wrong("axes", PICTURE.replace("return axes", "plt.show()"))
see_the_swing.wrong(
    "lines", PICTURE.replace("    axes.plot(rates, label=name)", "    pass\naxes.plot(rates, label=name)")
)
see_the_swing.wrong("lines", PICTURE.replace("plot(rates, label=name)", "plot(sorted(rates), label=name)"))
see_the_swing.wrong("turned", PICTURE.replace("plot(rates,", "plot(rates, range(len(rates)),"))
see_the_swing.wrong("from_one", PICTURE.replace("plot(rates,", "plot(range(1, len(rates) + 1), rates,"))
see_the_swing.wrong("names", PICTURE.replace(", label=name", ""))
see_the_swing.wrong("names", PICTURE.replace("label=name", 'label="rate"'))
see_the_swing.wrong("legend", PICTURE.replace("axes.legend()\n", ""))
see_the_swing.wrong("words", PICTURE.replace('axes.set(xlabel="steps", ylabel="rate")\n', ""))
see_the_swing.wrong("words", PICTURE.replace('ylabel="rate"', 'title="rate"'))
see_the_swing.wrong("raised", PICTURE.replace("runs.items()", "runs"))
