"""Exercises of lesson 06: what a cut does to the slope, whose memory it is, and which writes are noticed."""

from typing import Any

from course.exercise import Function, Lesson
from course.graphs import leaves_behind
from course.old_words import AnyOf, call, difference, expect, expect_predictions, reject, show

lesson = Lesson(6, "detach")


def slope(torch: Any, y: Any, x: Any) -> Any:
    """The gradient of `y` with respect to `x`, None if no way leads from one to the other; `x.grad` stays."""
    if not any(leaf is x for leaf in leaves_behind(y)):
        return None
    return torch.autograd.grad(y.sum(), x, retain_graph=True)[0]


@lesson.exercise(
    1,
    right="What is detached counts as a number. What is left is differentiated as always.",
    hints={
        "nothing_cut": "That is the slope of the whole formula. Which part of it is taken as given?",
        "all_cut": "One part is cut. The x that stands outside the cut is still tracked.",
        "clone_cuts": "clone() copies the numbers. Does it drop the receipt?",
        "no_way": "No x is left that is tracked, so no way leads back. What does backward() do without one?",
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

    outside, difference_, plus, clone, cut = (
        "(x * x).detach() * x",
        "x * x - (x * x).detach()",
        "x.detach() * 2 + x",
        "x.clone() * x",
        "x.detach() * 2",
    )
    truth = {formula: outcome(formula) for formula in (outside, difference_, plus, clone, cut)}
    expect_predictions(
        slopes,
        truth,
        nothing_cut={outside: 27.0, difference_: 0.0},
        detached_too={plus: AnyOf(3.0, 2.0, 7.0)},
        all_cut={outside: AnyOf("raises", 0.0), difference_: "raises", plus: AnyOf("raises", 0.0)},
        clone_cuts={clone: AnyOf(3.0, "raises", 0.0)},
        no_way={cut: AnyOf(0.0, 2.0)},
    )


taken_as_given.almost("nothing_cut", 'slopes["(x * x).detach() * x"] = 27.0')
taken_as_given.almost("nothing_cut", 'slopes["x * x - (x * x).detach()"] = 0.0')
taken_as_given.almost("all_cut", 'slopes["(x * x).detach() * x"] = "raises"')
taken_as_given.almost("all_cut", 'slopes["x.detach() * 2 + x"] = 0.0')
taken_as_given.almost("detached_too", 'slopes["x.detach() * 2 + x"] = 3.0')
taken_as_given.almost("clone_cuts", 'slopes["x.clone() * x"] = 3.0')
taken_as_given.almost("no_way", 'slopes["x.detach() * 2"] = 0.0')
taken_as_given.almost("no_way", 'slopes["x.detach() * 2"] = 2.0')
taken_as_given.almost("value", 'slopes["(x * x).detach() * x"] = 6.0')
taken_as_given.almost("type", 'slopes["x.detach() * 2"] = None')


@lesson.exercise(
    2,
    right="A write spoils a slope only where a receipt has saved something, and only some writes are counted.",
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

    detach, data, clone, numpy, name, leaf = (
        "y.detach().zero_()",
        "y.data.zero_()",
        "y.clone().zero_()",
        "y.detach().numpy()[:] = 0",
        "y = y * 0",
        "w.detach().zero_()",
    )
    truth = {line: outcome(line) for line in (detach, data, clone, numpy, name, leaf)}
    expect_predictions(
        after,
        truth,
        copy={detach: AnyOf("right", "wrong")},
        data={data: AnyOf("right", "caught")},
        clone={clone: AnyOf("wrong", "caught")},
        numpy={numpy: AnyOf("right", "caught")},
        name={name: AnyOf("wrong", "caught")},
        saved={leaf: AnyOf("wrong", "caught")},
    )


right_wrong_caught.almost("copy", 'after["y.detach().zero_()"] = "right"')
right_wrong_caught.almost("data", 'after["y.data.zero_()"] = "caught"')
right_wrong_caught.almost("data", 'after["y.data.zero_()"] = "right"')
right_wrong_caught.almost("clone", 'after["y.clone().zero_()"] = "caught"')
right_wrong_caught.almost("numpy", 'after["y.detach().numpy()[:] = 0"] = "right"')
right_wrong_caught.almost("numpy", 'after["y.detach().numpy()[:] = 0"] = "caught"')
right_wrong_caught.almost("name", 'after["y = y * 0"] = "caught"')
right_wrong_caught.almost("saved", 'after["w.detach().zero_()"] = "caught"')
right_wrong_caught.almost("saved", 'after["w.detach().zero_()"] = "wrong"')
right_wrong_caught.almost("type", 'after["y = y * 0"] = True')


@lesson.exercise(
    3,
    right="To look, detach() is enough. To keep, the numbers must be copied.",
    hints={
        "shared": "All entries show one memory, the last that was written. detach() and .data share, they don't copy.",
        "tracked": "The numbers are right, and each entry keeps its receipts, and with them the whole graph behind it.",
        "cut": "The history is right. But no way leads from the warmth in the end back to start.",
        "late": "The warmth is noted at the end of each minute. It should be that at the beginning.",
        "start": "start itself is in the list: whoever writes into that entry writes into start.",
        "numbers": "The entries should be tensors, not numbers.",
        "leaf": "A leaf that is tracked may not be written to in place. What did start.clone() do there?",
    },
)
def mend_the_history(mended_cool: Function, torch: Any) -> None:
    for degrees, minutes in ((50.0, 3), (80.0, 1), (20.0, 0)):
        start = torch.tensor(degrees, requires_grad=True)
        tried = f"mended_cool({show(start)}, {minutes})"
        got = call(tried, mended_cool, start, minutes, raises={"RuntimeError": "leaf"})
        if type(got) is not tuple or len(got) != 2:
            reject("type", tried=tried, came_out=show(got), details="It should return the warmth and the history.")
        warmth, history = got
        numbers = [degrees * 0.9**minute for minute in range(minutes + 1)]
        expect(f"the warmth of {tried}", warmth, torch.tensor(numbers[-1]))
        if type(history) is not list:
            reject("type", tried=tried, came_out=show(history), details="The history should be a list.")
        if any(isinstance(entry, float) for entry in history):
            reject("numbers", tried=tried, came_out=show(history))
        expect(
            f"the history of {tried}",
            [entry.detach() if hasattr(entry, "detach") else entry for entry in history],
            [torch.tensor(number) for number in numbers[:-1]],
            late=[torch.tensor(number) for number in numbers[1:]] if minutes > 1 else (),
            shared=[torch.tensor(numbers[-1])] * minutes if minutes else (),
        )
        if any(entry.requires_grad for entry in history):
            reject("tracked", tried=f"the history of {tried}", came_out=show(history))
        found = slope(torch, warmth, start)
        if found is None:
            reject("cut", tried=f"the warmth of {tried}", came_out=show(warmth))
        expect(f"the slope of the warmth of {tried}", found, torch.tensor(0.9**minutes))
        for entry in history:
            entry.zero_()
        if start.item() != degrees:
            reject("start", tried=f"zeros written into the history of {tried}", came_out=f"start is {start.item()}")


def loop(note: str, step: str, before: str = "warmth = start.clone()") -> str:
    """The function with other lines in its loop."""
    lines = [before, "history = []", "for _ in range(minutes):", f"    {note}", f"    {step}", "return warmth, history"]
    return "\n".join(lines)


mend_the_history.wrong("shared", loop("history.append(warmth.data)", "warmth *= 0.9"))
mend_the_history.wrong("shared", loop("history.append(warmth.detach())", "warmth.mul_(0.9)"))
mend_the_history.wrong("tracked", loop("history.append(warmth.clone())", "warmth *= 0.9"))
mend_the_history.wrong("tracked", loop("history.append(warmth)", "warmth = warmth * 0.9"))
mend_the_history.wrong("numbers", loop("history.append(warmth.item())", "warmth *= 0.9"))
mend_the_history.wrong("cut", loop("history.append(warmth.detach().clone())", "warmth = warmth.detach() * 0.9"))
mend_the_history.wrong(
    "cut", loop("history.append(warmth.clone())", "warmth *= 0.9", before="warmth = start.detach().clone()")
)
mend_the_history.wrong("late", loop("warmth *= 0.9", "history.append(warmth.detach().clone())"))
mend_the_history.wrong(
    "start", loop("history.append(warmth.detach())", "warmth = warmth * 0.9", before="warmth = start")
)
mend_the_history.wrong(
    "leaf", loop("history.append(warmth.detach().clone())", "warmth *= 0.9", before="warmth = start")
)
mend_the_history.wrong(
    "changed",
    loop("history.append(warmth.detach().clone())", "warmth.data *= 0.9", before="warmth = start"),
)


@lesson.exercise(
    4,
    right="The value of one thing, the slope of another: what is between them was taken as given.",
    hints={
        "stairs": "The values are right, and the slope is that of the staircase, 0.",
        "cut": "The values are right, and no way leads back to x: the slope was cut off with the rest.",
        "leaf": "The values are right and tracked, as a new leaf: what it gets never reaches x.",
        "unrounded": "These are the values of x. Nothing has been rounded.",
        "forced": "Nothing was tracked here, and the result claims to be.",
        "slope": "The values are right, and the slope is 2: x comes in twice. Which of the two should be a number?",
    },
)
def rounded_with_a_slope(rounded: Function, torch: Any) -> None:
    for numbers in ([0.2, 1.7, 2.6], 4.4, [[-1.2, 0.9], [3.0, -0.4]]):
        x = torch.tensor(numbers, requires_grad=True)
        tried = f"rounded({show(x)})"
        got = call(tried, rounded, x)
        expect(tried, got, torch.round(x.detach()) + 0.0, unrounded=x)
        found = slope(torch, got, x)
        if found is None:
            reject("leaf" if got.requires_grad else "cut", tried=tried, came_out=show(got))
        stairs = torch.zeros_like(x)
        expect(f"the slope of {tried}", found, torch.ones_like(x), stairs=stairs, slope=2 * torch.ones_like(x))
        plain = call(tried, rounded, x.detach().clone())
        if plain.requires_grad:
            reject("forced", tried=f"rounded({show(x.detach())})", came_out=show(plain))


rounded_with_a_slope.wrong("stairs", "return torch.round(x)")
rounded_with_a_slope.wrong("stairs", "return torch.round(x) + (x - x)")
rounded_with_a_slope.wrong("stairs", "return torch.round(x.clone())")
rounded_with_a_slope.wrong("cut", "return torch.round(x).detach()")
rounded_with_a_slope.wrong("cut", "return torch.round(x.detach())")
rounded_with_a_slope.wrong("leaf", "return torch.round(x).detach().requires_grad_()")
rounded_with_a_slope.wrong("slope", "return x + (torch.round(x.detach()) - x.detach()) + (x - x.detach())")
rounded_with_a_slope.wrong("unrounded", "return x + (torch.round(x) - torch.round(x)).detach()")
rounded_with_a_slope.wrong("changed", "x.data = torch.round(x.data)\nreturn x.clone()")
rounded_with_a_slope.wrong("changed", "x.detach().round_()\nreturn x * 1")
rounded_with_a_slope.wrong(
    "forced",
    """
    result = x + (torch.round(x) - x).detach()
    return result if result.requires_grad else result.requires_grad_()
    """,
)
rounded_with_a_slope.wrong("value", "return x + torch.round(x).detach()")
rounded_with_a_slope.wrong("none", "y = x + (torch.round(x) - x).detach()")
rounded_with_a_slope.wrong("type", "return round(float(x.sum()))")


@lesson.exercise(
    5,
    right="The numbers were the same all the time. Who takes what as given makes the slopes.",
    hints={
        "shared_till": "These are the slopes of two who share a till: each is charged for what the other loses.",
        "price_taker": "The whole price is taken as given. Each should know that it falls by their own kilos.",
        "own": "Each takes their own kilos as given in the price, and reckons with the other's.",
        "one_side": "One of the two is answered. The other's slope still has what is none of their business.",
        "cut": "No way leads back to both of them: something was detached that each needs.",
        "money": "The money is not what the two take together.",
    },
)
def two_sellers(both: Function, torch: Any) -> None:
    for first, second in ((12.0, 8.0), (4.0, 20.0), (10.0, 0.0)):
        a, b = (torch.tensor(number, requires_grad=True) for number in (first, second))
        tried = f"both(a, b), a = {first}, b = {second}"
        got = call(tried, both, a, b)
        price = 10 - (first + second) / 4
        reason = difference(got, torch.tensor(price * (first + second)))
        if got is None:
            reject("none", tried=tried)
        if reason is not None:
            reject(
                "type" if reason else "money",
                tried=tried,
                came_out=show(got),
                expected=show(torch.tensor(price * (first + second))),
                details=reason,
            )
        found = [slope(torch, got, leaf) for leaf in (a, b)]
        if any(value is None for value in found):
            reject("cut", tried=tried, came_out=show(got))
        want = [price - first / 4, price - second / 4]
        together = [price - (first + second) / 4] * 2
        expect(
            f"[a.grad, b.grad], a = {first}, b = {second}",
            [float(value.item()) for value in found],
            want,
            shared_till=together,
            price_taker=[price, price],
            own=[price - second / 4, price - first / 4],
            one_side=AnyOf([want[0], together[1]], [together[0], want[1]], [want[0], price], [price, want[1]]),
        )


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
two_sellers.wrong("one_side", "return (10 - (a + b.detach()) / 4) * a + (10 - (a + b) / 4) * b")
two_sellers.wrong("one_side", "price = 10 - (a + b.detach()) / 4\nreturn price * a + price.detach() * b")
two_sellers.wrong("cut", "price = 10 - (a + b) / 4\nreturn price.detach() * a.detach() + price.detach() * b")
two_sellers.wrong("cut", "return ((10 - (a + b) / 4) * (a + b)).detach()")
two_sellers.wrong("money", "return (10 - (a + b.detach()) / 4) * a")
two_sellers.wrong("money", "return (10 - a / 4) * a + (10 - b / 4) * b")
two_sellers.wrong("type", "return (10 - (a + b.detach()) / 4) * a, (10 - (a.detach() + b) / 4) * b")
two_sellers.wrong("none", "money = (10 - (a + b.detach()) / 4) * a + (10 - (a.detach() + b) / 4) * b")
