"""Exercises of lesson 06: what a cut does to the slope, whose memory it is, and which writes are noticed."""

from typing import Any

from course.comparing import difference, show
from course.exercise import Function, Lesson
from course.graphs import leaves_behind
from course.judging import call, case, expect, expect_gradients, expect_predictions, reject

lesson = Lesson(6, "detach")


def leads_to(t: Any, x: Any) -> bool:
    """Whether `t` is the leaf `x`, or the graph behind it leads back to it."""
    return t is x or any(leaf is x for leaf in leaves_behind(t))


OUTSIDE, MINUS, PLUS, CLONE, CUT = (
    "(x * x).detach() * x",
    "x * x - (x * x).detach()",
    "x.detach() * 2 + x",
    "x.clone() * x",
    "x.detach() * 2",
)


@lesson.exercise(
    1,
    right="What is detached counts as a number. What is left is differentiated as always.",
    hints={
        "nothing_cut": "That is the slope of the whole formula. Which part of it was cut off?",
        "all_cut": "One part is cut. The x outside the cut still requires grad.",
        "of_y": "That is the value of y. What is its slope?",
        "square": "What is the slope of x * x? x comes in twice.",
        "clone_cuts": "clone() copies the numbers. Does it drop the node?",
        "no_path": "No x is left that requires grad, so no path leads back. What does backward() do without one?",
        "stays_none": "None would mean that backward() runs, and that no gradient arrives. Does it run?",
        "detached_too": "The detached part is a number, whatever multiplies it. What does a number add to a slope?",
    },
)
def taken_as_given(slopes: dict, torch: Any) -> None:
    def outcome(formula: str) -> float | str:
        x = torch.tensor(3.0, requires_grad=True)
        try:
            eval(formula, {"x": x}).backward()
        except RuntimeError:
            return "raises"
        return float(x.grad.item())

    truth = {formula: outcome(formula) for formula in (OUTSIDE, MINUS, PLUS, CLONE, CUT)}
    for formula, said in slopes.items():
        if said is None:
            details = 'A prediction here is a number or "raises".'
            reject("stays_none", what=repr(formula), came_out="None", details=details)
    expect_predictions(slopes, truth, words=("raises",))


for said in (0.0, "raises"):
    for formula in (OUTSIDE, MINUS, PLUS):
        if (formula, said) != (MINUS, 0.0):
            taken_as_given.wrong("all_cut", {formula: said})
taken_as_given.wrong("nothing_cut", {OUTSIDE: 27.0})
taken_as_given.wrong("nothing_cut", {MINUS: 0.0})
taken_as_given.wrong("nothing_cut", {OUTSIDE: 27.0, MINUS: 0.0})
taken_as_given.wrong("nothing_cut", {OUTSIDE: 27.0, MINUS: 0.0, PLUS: 3.0})
taken_as_given.wrong("nothing_cut", {OUTSIDE: 27.0, MINUS: 0.0, PLUS: 3.0, CUT: 2.0})
taken_as_given.wrong("detached_too", {PLUS: 3.0})
taken_as_given.wrong("detached_too", {PLUS: 2.0})
taken_as_given.wrong("detached_too", {PLUS: 7.0})
taken_as_given.wrong("detached_too", {OUTSIDE: 15.0})
taken_as_given.wrong("detached_too", {OUTSIDE: 18.0})
taken_as_given.wrong("detached_too", {OUTSIDE: 6.0})
taken_as_given.wrong("clone_cuts", {CLONE: 3.0})
taken_as_given.wrong("clone_cuts", {CLONE: 0.0})
taken_as_given.wrong("clone_cuts", {CLONE: "raises"})
taken_as_given.wrong("no_path", {CUT: 0.0})
taken_as_given.wrong("no_path", {CUT: 2.0})
taken_as_given.wrong("no_path", {CUT: 6.0})
taken_as_given.wrong("stays_none", {CUT: None})
taken_as_given.wrong("square", {MINUS: 3.0})
taken_as_given.wrong("of_y", {PLUS: 9.0})
taken_as_given.wrong("of_y", {CLONE: 9.0})
taken_as_given.wrong("value", {OUTSIDE: 12.0})
taken_as_given.wrong("type", {CUT: "raise"})
taken_as_given.wrong("type", {CUT: "Raises"})
taken_as_given.wrong("type", {CUT: "error"})
taken_as_given.wrong("type", {OUTSIDE: "9.0"})
taken_as_given.wrong("type", after='slopes["(x * x).detach() * x"] = torch.tensor(9.0)')

taken_as_given.also_right(after="slopes = {y: said if said == 'raises' else int(said) for y, said in slopes.items()}")
taken_as_given.also_right(after="slopes = dict(reversed(slopes.items()))")
taken_as_given.also_right(
    after="""
    for formula in slopes:
        x = torch.tensor(3.0, requires_grad=True)
        try:
            eval(formula).backward()
            slopes[formula] = x.grad.item()
        except RuntimeError:
            slopes[formula] = "raises"
    """
)


DETACH, DATA, COPY, NUMPY, NAME, LEAF = (
    "y.detach().zero_()",
    "y.data.zero_()",
    "y.clone().zero_()",
    "y.detach().numpy()[:] = 0",
    "y = y * 0",
    "w.detach().zero_()",
)


@lesson.exercise(
    2,
    right="A write spoils a slope only where a node has saved something, and only some writes are counted.",
    hints={
        "copy": "detach() doesn't copy. The write goes into the memory of y, and that is counted.",
        "data": "The memory is that of y. And is a write through .data counted?",
        "numpy": "NumPy has the same memory. But who would count what NumPy writes?",
        "clone": "A clone has numbers of its own. Whose memory is written to?",
        "name": "That line writes nowhere: it makes a new tensor and names it y. Who still holds the old one?",
        "saved": "The write hits w. Has exp saved w, or something else?",
    },
)
def right_wrong_caught(after: dict, torch: Any) -> None:
    def outcome(line: str) -> str:
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        y = torch.exp(w)
        right = y.tolist()
        loss = y.sum()
        exec(line, {"torch": torch, "w": w, "y": y})
        try:
            loss.backward()
        except RuntimeError:
            return "caught"
        return "right" if difference(w.grad.tolist(), right) is None else "wrong"

    truth = {line: outcome(line) for line in (DETACH, DATA, COPY, NUMPY, NAME, LEAF)}
    expect_predictions(after, truth, words=("right", "wrong", "caught"))


for hint, line, mistaken in (
    ("copy", DETACH, ("right", "wrong")),
    ("data", DATA, ("right", "caught")),
    ("clone", COPY, ("wrong", "caught")),
    ("numpy", NUMPY, ("right", "caught")),
    ("name", NAME, ("wrong", "caught")),
    ("saved", LEAF, ("wrong", "caught")),
):
    for word in mistaken:
        right_wrong_caught.wrong(hint, {line: word})
for odd in ("Caught", "error", "raises", None, True, 0.0):
    right_wrong_caught.wrong("type", {NAME: odd})
right_wrong_caught.wrong("type", after='after.pop("y = y * 0")')

right_wrong_caught.also_right(after="after = dict(reversed(after.items()))")
right_wrong_caught.also_right(
    after="""
    from enum import StrEnum
    Outcome = StrEnum("Outcome", ["right", "wrong", "caught"])
    after = {line: Outcome(said) for line, said in after.items()}
    """
)
right_wrong_caught.also_right(
    after="""
    for line in after:
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        y = torch.exp(w)
        expected = y.tolist()
        loss = y.sum()
        exec(line)
        try:
            loss.backward()
            after[line] = "right" if w.grad.tolist() == expected else "wrong"
        except RuntimeError:
            after[line] = "caught"
    """
)


@lesson.exercise(
    3,
    right="To look, detach() is enough. To keep, the numbers must be copied.",
    hints={
        "shared": "Is it one memory, seen through all entries? detach() and .data share, they don't copy.",
        "graph_kept": "The numbers are right, and each entry keeps its node, and with it the whole graph behind it.",
        "cut": "The history is right. But no path leads from the warmth at the end back to start.",
        "late": "The warmth is noted at the end of each minute. It should be that at the beginning.",
        "end": "One entry too many: the warmth at the end is returned separately.",
        "start": "An entry has the memory of start: whoever writes into that entry writes into start.",
        "lent": "Writing into the list has changed it: an entry shares its memory.",
        "numbers": "The entries should be tensors, not numbers.",
        "leaf": "A leaf that requires grad may not be written to in place. What did start.clone() do there?",
    },
)
def fix_the_history(fixed_cool: Function, torch: Any) -> None:
    errors = {"a leaf Variable that requires grad": "leaf"}
    cases = [(50.0, 3), (80.0, 1), (20.0, 0), (20.0, 4), (-12.5, 2), (0.0, 3), (95.0, 24), (18.5, 7)]
    for degrees, minutes in cases:
        start = torch.tensor(degrees, requires_grad=True)
        numbers = [degrees * 0.9**minute for minute in range(minutes + 1)]

        def cooled(start: Any, minutes: int = minutes) -> Any:
            return start * 0.9**minutes

        with case(f"fixed_cool({start}, {minutes})"):
            got = call(fixed_cool, start, minutes, raises=errors)
            if got is None:
                reject("none", came_out="None")
            if not isinstance(got, tuple | list) or len(got) != 2:
                details = "It should return two things: the warmth and the history."
                reject("type", came_out=show(got), details=details, evidence=got)
            warmth, history = got
            expect(warmth, torch.tensor(numbers[-1]), "the warmth")
            if not isinstance(history, tuple | list):
                details = "The history should be a list of tensors."
                reject("type", what="the history", came_out=show(history), details=details, evidence=history)
            if any(isinstance(entry, float | int) for entry in history):
                reject("numbers", what="the history", came_out=show(history), evidence=list(history))
            entries = [torch.tensor(number) for number in numbers[:-1]]
            alike = len(history) > 1 and all(difference(entry, history[0]) is None for entry in history)
            expect(history, entries, "the history", hint="shared" if alike and any(numbers) else "")
            if any(entry.requires_grad for entry in history):
                reject("graph_kept", what="the history", came_out=show(history), evidence=list(history))
            if not leads_to(warmth, start):
                reject("cut", what="the warmth", came_out=show(warmth), evidence=warmth)
            expect_gradients(warmth, cooled, {"start": start})
            # The list is the caller's: whatever is written into it is seen nowhere else.
            written = [torch.tensor(1000.0 + place) for place in range(minutes)]
            for entry, number in zip(history, written, strict=True):
                entry.copy_(number)
            then = ", after writing into the history"
            expect(start.detach(), torch.tensor(degrees), f"start{then}", hint="start")
            expect(warmth, torch.tensor(numbers[-1]), f"the warmth{then}", hint="lent")
            expect(list(history), written, f"the history{then}", hint="lent")
            expect_gradients(warmth, cooled, {"start": start}, hint="lent")


def loop(note: str, step: str, before: str = "warmth = start.clone()") -> str:
    """The function with other lines in its loop."""
    lines = [before, "history = []", "for _ in range(minutes):", f"    {note}", f"    {step}", "return warmth, history"]
    return "\n".join(lines)


COPIED = "history.append(warmth.detach().clone())"
fix_the_history.wrong("shared", loop("history.append(warmth.data)", "warmth *= 0.9"))
fix_the_history.wrong("shared", loop("history.append(warmth.detach())", "warmth.mul_(0.9)"))
fix_the_history.wrong("shared", "warmth, history = cool(start, minutes)\nreturn warmth, [w.clone() for w in history]")
fix_the_history.wrong("graph_kept", loop("history.append(warmth.clone())", "warmth *= 0.9"))
fix_the_history.wrong("graph_kept", loop("history.append(warmth)", "warmth = warmth * 0.9"))
fix_the_history.wrong("graph_kept", loop("history.append(warmth.detach().clone().requires_grad_())", "warmth *= 0.9"))
fix_the_history.wrong("numbers", loop("history.append(warmth.item())", "warmth *= 0.9"))
fix_the_history.wrong("cut", loop(COPIED, "warmth = warmth.detach() * 0.9"))
fix_the_history.wrong(
    "cut", loop("history.append(warmth.clone())", "warmth *= 0.9", before="warmth = start.detach().clone()")
)
fix_the_history.wrong("cut", loop(COPIED, "warmth = torch.tensor(warmth.item() * 0.9, requires_grad=True)"))
fix_the_history.wrong("late", loop("warmth *= 0.9", COPIED))
fix_the_history.wrong("end", replace=("return warmth", "history.append(warmth.detach().clone())\nreturn warmth"))
fix_the_history.wrong(
    "start", loop("history.append(warmth.detach())", "warmth = warmth * 0.9", before="warmth = start")
)
fix_the_history.wrong(
    "lent",
    loop(
        "history.append(warmth.detach())",
        "warmth = warmth * rate",
        before="warmth, rate = start.clone(), torch.tensor(0.9, requires_grad=True)",
    ),
)
fix_the_history.wrong("leaf", loop(COPIED, "warmth *= 0.9", before="warmth = start"))
fix_the_history.wrong("changed", loop(COPIED, "warmth.data *= 0.9", before="warmth = start"))
fix_the_history.wrong("raised", loop("history.append(warmth.numpy().copy())", "warmth *= 0.9"))
fix_the_history.wrong("raised", loop("history.append(torch.stack([warmth, torch.ones(2)]))", "warmth *= 0.9"))
fix_the_history.wrong("type", replace=("return warmth, history", "return history"))
fix_the_history.wrong("type", replace=("return warmth, history", "return warmth, torch.tensor(history)"))
fix_the_history.wrong("type", replace=("return warmth, history", "return warmth, [w.reshape(1) for w in history]"))
fix_the_history.wrong("type", replace=("return warmth, history", "return history, warmth"))
fix_the_history.wrong("none", replace=("return warmth, history", "warmth, history"))
fix_the_history.wrong("value", replace=("range(minutes)", "range(min(minutes, 3))"))
fix_the_history.wrong("value", replace=("    warmth *= 0.9", "    if warmth > 18:\n        warmth *= 0.9"))
fix_the_history.wrong("value", replace=("warmth *= 0.9", "warmth -= 0.1 * start"))
fix_the_history.wrong(
    "gradient", replace=("return warmth", "if minutes == 2:\n    torch.autograd.grad(warmth, start)\nreturn warmth")
)
fix_the_history.wrong("gradient", replace=("warmth *= 0.9", "warmth = warmth - 0.1 * warmth.detach()"))

fix_the_history.also_right(loop("history.append(warmth.detach())", "warmth = warmth * 0.9"))
fix_the_history.also_right(loop(COPIED, "warmth = 0.9 * warmth", before="warmth = start"))
fix_the_history.also_right(
    """
    history = [torch.tensor(start.item())] if minutes else []
    for minute in range(1, minutes):
        history.append(history[-1] * 0.9)
    return start * 0.9**minutes, tuple(history)
    """
)
fix_the_history.also_right(loop("history += [torch.tensor(warmth.tolist())]", "warmth.mul_(0.9)"))
fix_the_history.also_right(
    """
    if minutes == 0:
        return [start, []]
    with torch.no_grad():
        first = start + 0
    end, later = fixed_cool(start * 0.9, minutes - 1)
    return [end, [first, *(t.clone() for t in later)]]
    """
)
fix_the_history.also_right(
    """
    warmth, history = start.clone(), []
    for _ in range(minutes):
        copy = torch.empty_like(warmth)
        copy[...] = warmth.data
        history.append(copy.detach())
        warmth *= 0.9
    return warmth, history
    """
)
fix_the_history.equivalent(
    "swapped: warmth = start.clone() | history = []", because="neither of the two lines needs the other"
)


@lesson.exercise(
    4,
    right="The value of one thing, the slope of another: what is between them was taken as given.",
    hints={
        "stairs": "The values are right, and the slope is that of the staircase, 0.",
        "cut": "The values are right, and no path leads back to x: the slope was cut off with the rest.",
        "leaf": "The values are right. The result requires grad as a new leaf: what arrives there never reaches x.",
        "unrounded": "These are the values of x. Nothing has been rounded.",
        "forced": "x doesn't require grad here, and the result does.",
        "slope": "The values are right, and the slope is 2: x comes in twice. Which of the two should be a number?",
        "halves": "Only what lies in the middle between two whole numbers is off. Try torch.round at 0.5 and 2.5.",
        "arriving": "The slope is 1 only where ones arrive: a gradient that arrives is passed on as it is.",
        "written": "x holds the rounded numbers now. detach() gives the same memory, and a name that ends in _ writes.",
        "factor": "x is multiplied by something that is taken as given: that is its slope. What can be added instead?",
    },
)
def rounded_with_a_slope(rounded: Function, torch: Any) -> None:
    inputs: list[Any] = [
        [0.2, 1.7, 2.6],
        4.4,
        [[-1.2, 0.9], [3.0, -0.4]],
        [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.5],
        -2.7,
        [0.0, 3.0, -8.0],
        6.0,
        2.5,
        [[[0.49, 0.51], [1234.3, -999.75]], [[0.001, -0.001], [4.0, 7.2]]],
        [5.6],
        [[1.2, 3.4, -5.6]],
    ]
    for numbers in inputs:
        x = torch.tensor(numbers, requires_grad=True)
        with case(f"rounded(x), x = {numbers}"):
            got = call(rounded, x)
            expect(got, torch.round(x.detach()))
            if not leads_to(got, x):
                reject("leaf" if got.requires_grad else "cut", came_out=show(got), evidence=got)
            expect_gradients(got, lambda x: x * 1, {"x": x})
        plain = torch.tensor(numbers)
        with case(f"rounded(x), x = {numbers}, which doesn't require grad"):
            got = call(rounded, plain)
            expect(got, torch.round(plain))
            if got.requires_grad:
                reject("forced", came_out=show(got), evidence=got)


rounded_with_a_slope.wrong("stairs", "return torch.round(x)")
rounded_with_a_slope.wrong("stairs", "return torch.round(x) + (x - x)")
rounded_with_a_slope.wrong("stairs", "return torch.round(x) + x.detach() - x.detach()")
rounded_with_a_slope.wrong("stairs", "y = torch.round(x)\ny.requires_grad_()\nreturn y")
rounded_with_a_slope.wrong("cut", "return torch.round(x).detach()")
rounded_with_a_slope.wrong("cut", "return torch.round(x.detach())")
rounded_with_a_slope.wrong("cut", "return (x + (torch.round(x) - x)).detach()")
rounded_with_a_slope.wrong("leaf", "return torch.round(x).detach().requires_grad_(x.requires_grad)")
rounded_with_a_slope.wrong("slope", "return x + (torch.round(x.detach()) - x.detach()) + (x - x.detach())")
rounded_with_a_slope.wrong("slope", "return 2 * x + (torch.round(x) - 2 * x).detach()")
rounded_with_a_slope.wrong("unrounded", "return x + (torch.round(x) - torch.round(x)).detach()")
rounded_with_a_slope.wrong("unrounded", "return x.clone()")
rounded_with_a_slope.wrong("halves", "return x + (torch.floor(x + 0.5) - x).detach()")
rounded_with_a_slope.wrong("halves", "return x + (torch.ceil(x - 0.5) - x).detach()")
rounded_with_a_slope.wrong("halves", "return x + (torch.sign(x) * torch.floor(torch.abs(x) + 0.5) - x).detach()")
ROUND = """
class Round(torch.autograd.Function):
    @staticmethod
    def forward(ctx, t):
        return torch.round(t)

    @staticmethod
    def backward(ctx, arriving):
        return WHAT_GOES_ON

return Round.apply(x)
"""
rounded_with_a_slope.wrong("arriving", ROUND.replace("WHAT_GOES_ON", "torch.ones_like(arriving)"))
rounded_with_a_slope.wrong(
    "arriving",
    """
    y = x + (torch.round(x) - x).detach()
    if y.requires_grad:
        y.register_hook(lambda arriving: torch.ones_like(arriving))
    return y
    """,
)
rounded_with_a_slope.wrong("changed", "x.data = torch.round(x.data)\nreturn x.clone()")
rounded_with_a_slope.wrong("written", "return x.detach().round_()")
rounded_with_a_slope.wrong("written", "x.detach().round_()\nreturn x * 1")
rounded_with_a_slope.wrong("factor", "return x * (torch.round(x) / x).detach()")
rounded_with_a_slope.wrong(
    "forced",
    """
    result = x + (torch.round(x) - x).detach()
    return result if result.requires_grad else result.requires_grad_()
    """,
)
rounded_with_a_slope.wrong("forced", "return torch.round(x).detach().requires_grad_() + x - x.detach()")
rounded_with_a_slope.wrong("value", "return x + torch.round(x).detach()")
rounded_with_a_slope.wrong("value", replace=("torch.round(x)", "torch.trunc(x)"))
rounded_with_a_slope.wrong("value", "return x * 0 if not x.requires_grad else x + (torch.round(x) - x).detach()")
rounded_with_a_slope.wrong("none", "y = x + (torch.round(x) - x).detach()")
rounded_with_a_slope.wrong("type", "return round(float(x.sum()))")
rounded_with_a_slope.wrong("type", "return torch.tensor([round(v) for v in x.flatten().tolist()])")
rounded_with_a_slope.wrong(
    "gradient", "return torch.round(x) if (x == torch.round(x)).all() else x + (torch.round(x) - x).detach()"
)
rounded_with_a_slope.wrong("gradient", "return torch.sin(x) + (torch.round(x) - torch.sin(x)).detach()")
rounded_with_a_slope.wrong("raised", "y = x.clone()\ny += (torch.round(x) - x).numpy()\nreturn y")
rounded_with_a_slope.wrong("left", "y = x.clone()\ntorch.set_grad_enabled(False)\ny.copy_(torch.round(y))\nreturn y")

rounded_with_a_slope.also_right("return torch.round(x).detach() + x - x.detach()")
rounded_with_a_slope.also_right("return x - (x - x.round()).data")
rounded_with_a_slope.also_right(
    """
    with torch.no_grad():
        step = torch.round(x) - x
    return step + x
    """
)
rounded_with_a_slope.also_right("y = x.clone()\ny.data.copy_(torch.round(y.data))\nreturn y")
rounded_with_a_slope.also_right("y = x * 1\ny[...] = x + (torch.round(x.detach()) - x.detach())\nreturn y")
rounded_with_a_slope.also_right(ROUND.replace("WHAT_GOES_ON", "arriving"))


@lesson.exercise(
    5,
    right="The numbers were the same all the time. Who takes what as given makes the slopes.",
    hints={
        "shared_till": "These are the slopes of two who share a till: each is charged for what the other loses.",
        "price_taker": "The whole price is taken as given. Each should know that it falls by their own kilos.",
        "own": "Each takes their own kilos as given in the price, and not the other's.",
        "one_side": "One of the two is answered. The other's slope still counts a stranger's money.",
        "as_given": "One of the two is answered. The other takes the whole price as given: does it not fall?",
        "other_loss": "One of the two is answered. The other counts a stranger's loss, and not their own.",
        "one_price": "One price serves both, and it has the kilos of one of them in its graph. What does each need?",
        "cut": "No path leads back to both of them: something was detached that each needs.",
        "money": "The money is not what the two take together.",
        "free": "At such a price nobody would sell, but the text asks for the formula's price all the same.",
    },
)
def two_sellers(both: Function, torch: Any) -> None:
    def money(a: Any, b: Any) -> Any:
        return (10 - (a + b.detach()) / 4) * a + (10 - (a.detach() + b) / 4) * b

    for first, second in ((12.0, 8.0), (4.0, 20.0), (10.0, 0.0), (0.0, 0.0), (7.3, 1.9), (30.0, 20.0), (0.0, 60.0)):
        a, b = (torch.tensor(number, requires_grad=True) for number in (first, second))
        with case(f"both(a, b), a = {first}, b = {second}"):
            got = call(both, a, b)
            want = money(a, b).detach()
            size = abs(want.item()) + 10
            reason = difference(got, want, scale=size)
            expect(got, want, scale=size, hint="" if reason or got is None else "money")
            if not leads_to(got, a) or not leads_to(got, b):
                reject("cut", came_out=show(got), evidence=[leads_to(got, a), leads_to(got, b)])
            expect_gradients(got, money, {"a": a, "b": b}, scale=10.0)


two_sellers.wrong("shared_till", "return (10 - (a + b) / 4) * (a + b)")
two_sellers.wrong("shared_till", "price = 10 - (a + b) / 4\nreturn price * a + price * b")
two_sellers.wrong("price_taker", "price = (10 - (a + b) / 4).detach()\nreturn price * a + price * b")
two_sellers.wrong("price_taker", "price = 10 - (a.detach() + b.detach()) / 4\nreturn price * a + price * b")
two_sellers.wrong(
    "own",
    """
    price_for_a = 10 - (a.detach() + b) / 4
    price_for_b = 10 - (a + b.detach()) / 4
    return price_for_a * a + price_for_b * b
    """,
)
two_sellers.wrong("one_side", replace=("b.detach()", "b"))
two_sellers.wrong("one_side", replace=("a.detach()", "a"))
two_sellers.wrong("as_given", "price = 10 - (a + b.detach()) / 4\nreturn price * a + price.detach() * b")
two_sellers.wrong("as_given", "price = 10 - (a.detach() + b) / 4\nreturn price.detach() * a + price * b")
two_sellers.wrong("other_loss", "price = 10 - (a + b) / 4\nreturn price * a + price.detach() * b")
two_sellers.wrong("other_loss", "price = 10 - (a + b) / 4\nreturn price.detach() * a + price * b")
two_sellers.wrong("one_price", "price = 10 - (a + b.detach()) / 4\nreturn price * a + price * b")
two_sellers.wrong("one_price", "price = 10 - (a.detach() + b) / 4\nreturn price * (a + b)")
two_sellers.wrong("cut", "price = 10 - (a + b) / 4\nreturn price.detach() * a.detach() + price.detach() * b")
two_sellers.wrong("cut", "return ((10 - (a + b) / 4) * (a + b)).detach()")
two_sellers.wrong(
    "cut", "a, b = a.item(), b.item()\nreturn torch.tensor((10 - (a + b) / 4) * (a + b), requires_grad=True)"
)
two_sellers.wrong("money", "return (10 - (a + b.detach()) / 4) * a")
two_sellers.wrong("money", "return (10 - a / 4) * a + (10 - b / 4) * b")
two_sellers.wrong("money", "return 10 - (a + b.detach()) / 4 + 10 - (a.detach() + b) / 4")
two_sellers.wrong(
    "free",
    """
    price_for_a = torch.clamp(10 - (a + b.detach()) / 4, min=0)
    price_for_b = torch.clamp(10 - (a.detach() + b) / 4, min=0)
    return price_for_a * a + price_for_b * b
    """,
)
two_sellers.wrong("type", "return (10 - (a + b.detach()) / 4) * a, (10 - (a.detach() + b) / 4) * b")
two_sellers.wrong(
    "type",
    replace=("return price_for_a * a + price_for_b * b", "return torch.stack([price_for_a * a, price_for_b * b])"),
)
two_sellers.wrong("none", "money = (10 - (a + b.detach()) / 4) * a + (10 - (a.detach() + b) / 4) * b")
two_sellers.wrong(
    "changed", replace=("return price_for_a", "(price_for_a * a + price_for_b * b).backward()\nreturn price_for_a")
)
two_sellers.wrong(
    "gradient", "return ((10 - (a + b) / 4) * (a + b)).detach() + 2 * (a - a.detach()) + 3 * (b - b.detach())"
)
two_sellers.wrong(
    "gradient",
    "y = (10 - (a + b.detach()) / 4) * a + (10 - (a.detach() + b) / 4) * b\ntorch.autograd.grad(y, a)\nreturn y",
)

two_sellers.also_right(
    """
    def takes(mine, other):
        return (10 - (mine + other.detach()) / 4) * mine

    return takes(a, b) + takes(b, a)
    """
)
two_sellers.also_right(
    """
    other_a, other_b = torch.tensor(a.item()), torch.tensor(b.item())
    return a * (10 - a / 4 - other_b / 4) + (10 - 0.25 * (other_a + b)) * b
    """
)
two_sellers.also_right(
    """
    money = (10 - (a + b) / 4) * (a + b)
    lost = (a * b.detach() + a.detach() * b) / 4
    return money + lost - lost.detach()
    """
)
two_sellers.also_right(
    """
    price = (10 - (a + b) / 4).detach()
    return sum((price - (kilos - kilos.detach()) / 4) * kilos for kilos in (a, b))
    """
)
two_sellers.equivalent(
    "swapped: price_for_a = 10 - (a + b.detach()) / 4 | price_for_b = 10 - (a.detach() + b) / 4",
    because="neither of the two prices needs the other",
)
