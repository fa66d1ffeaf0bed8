"""Exercises of lesson 05: the graph that a loop and a branch leave behind, and the slope of the way that was taken."""

from typing import Any

from course.exercise import Function, Lesson
from course.graphs import formula, leaves_behind, nodes_behind
from course.old_words import AnyOf, call, difference, expect, expect_predictions, reject, show

lesson = Lesson(5, "control flow")


def receipts(t: Any) -> list[str]:
    """The names of the nodes from the leaf to `t`, following first inputs."""
    names, node = [], t.grad_fn
    while node is not None and not hasattr(node, "variable"):
        names.append(node.name())
        node = node.next_functions[0][0]
    return names[::-1]


def slope(torch: Any, y: Any, x: Any) -> Any:
    """The gradient of `y` with respect to `x`, None if no way leads from one to the other; `x.grad` stays."""
    if not any(leaf is x for leaf in leaves_behind(y)):
        return None
    return torch.autograd.grad(y.sum(), x, retain_graph=True)[0]


@lesson.exercise(
    1,
    right="The graph is a diary of the run: one receipt for each operation that was done, none for the conditions.",
    hints={
        "once": "You count the line in the loop once. It leaves a receipt, and a factor, each time it runs.",
        "entered": "A loop asks before its first round. Is 64 less than 30?",
        "edge": "y is 50 there, and 50 > 50 is False. Which branch runs?",
        "comparison": "A comparison gives a bool, which isn't tracked. It leaves no receipt.",
        "reversed": "The right receipts in the wrong order: the oldest first.",
        "power": "x * x is written as a product, and recorded as one.",
        "quotient": "That is the value divided by x. Here x is squared at the beginning: is that a line through zero?",
        "shifted": "20 is taken away whatever x is. What does that do to a slope?",
    },
)
def write_the_diary(diary: dict, torch: Any) -> None:
    truth: dict[str, Any] = {}
    for number in (2, 5, 8):
        x = torch.tensor(float(number), requires_grad=True)
        y = x * x
        while y < 30:
            y = y * 2
        if y > 50:
            y = y - 20
        truth[f"receipts at {number}"] = receipts(y)
        truth[f"slope at {number}"] = slope(torch, y, x).item()
    mul, sub, power = "MulBackward0", "SubBackward0", "PowBackward0"
    expect_predictions(
        diary,
        truth,
        power={"receipts at 2": [power, mul, mul, mul], "receipts at 5": [power, mul], "receipts at 8": [power, sub]},
        comparison={
            "receipts at 2": [mul, "LtBackward0", mul, "LtBackward0", mul, "LtBackward0", mul, "GtBackward0"],
            "receipts at 8": AnyOf([mul, "GtBackward0", sub], [mul, "LtBackward0", "GtBackward0", sub]),
        },
        reversed={"receipts at 8": [sub, mul]},
        once={"receipts at 2": [mul, mul], "slope at 2": 8.0},
        edge={"receipts at 5": [mul, mul, sub]},
        entered={"receipts at 8": [mul, mul, sub], "slope at 8": 32.0},
        quotient={"slope at 2": 16.0, "slope at 5": 10.0, "slope at 8": AnyOf(5.5, 8.0)},
        shifted={"slope at 5": 0.0, "slope at 8": -4.0},
    )


write_the_diary.almost("once", 'diary["receipts at 2"] = ["MulBackward0", "MulBackward0"]')
write_the_diary.almost("once", 'diary["slope at 2"] = 8.0')
write_the_diary.almost("entered", 'diary["receipts at 8"] = ["MulBackward0", "MulBackward0", "SubBackward0"]')
write_the_diary.almost("entered", 'diary["slope at 8"] = 32.0')
write_the_diary.almost("edge", 'diary["receipts at 5"] = ["MulBackward0", "MulBackward0", "SubBackward0"]')
write_the_diary.almost("comparison", 'diary["receipts at 8"] = ["MulBackward0", "GtBackward0", "SubBackward0"]')
write_the_diary.almost("reversed", 'diary["receipts at 8"] = ["SubBackward0", "MulBackward0"]')
write_the_diary.almost("power", 'diary["receipts at 5"] = ["PowBackward0", "MulBackward0"]')
write_the_diary.almost("quotient", 'diary["slope at 2"], diary["slope at 5"], diary["slope at 8"] = 16.0, 10.0, 5.5')
write_the_diary.almost("shifted", 'diary["slope at 8"] = -4.0')
write_the_diary.almost("value", 'diary["slope at 5"] = 40.0')
write_the_diary.almost("type", 'diary["slope at 5"] = torch.tensor(20.0)')
write_the_diary.almost("type", 'diary["slope at 5"] = 20')


@lesson.exercise(
    2,
    right="Python chooses, and only what was chosen is in the graph. At 0 the values agree, the graphs don't.",
    hints={
        "where": "A choice is in the graph: torch.where is an operation. The table has none.",
        "mask": "Both formulas are in the graph, multiplied by 0 and 1. Only one of them should be calculated.",
        "edge": "The value at 0 is right, and the graph is the other one. To which line of the table does 0 belong?",
        "swapped": "The two formulas have changed places: which of them is for x below 0?",
        "cut": "The graph doesn't lead back to x: a value was taken out of its tensor, or wrapped into a new one.",
        "other": "The value is right, the road is another: the table asks for other operations than these.",
    },
)
def one_function_two_graphs(bend: Function, torch: Any) -> None:
    for number in (3.0, 0.0, -1.0, 0.5, -2.5):
        x = torch.tensor(number, requires_grad=True)
        tried = f"y = bend(x), x = {show(x)}"
        y = call(tried, bend, x)
        straight, curved = x * 2, torch.exp(x) - 1
        wanted, unwanted = (straight, curved) if number >= 0 else (curved, straight)
        if y is None:
            reject("none", tried=tried)
        if reason := difference(y, wanted.detach()):
            reject("type", tried=tried, came_out=show(y), details=reason)
        got, want = formula(y, {"x": x}), formula(wanted, {"x": x})
        if got == want and difference(y, wanted.detach()) is None:
            continue
        if not any(leaf is x for leaf in leaves_behind(y)):
            hint = "cut"
        elif "WhereBackward" in got:
            hint = "where"
        elif got == formula(unwanted, {"x": x}):
            hint = "swapped" if number else "edge"
        elif "Exp" in got and got.count("x)") + got.count("x,") > 1:
            hint = "mask"
        else:
            hint = "other" if difference(y, wanted.detach()) is None else "value"
        reject(hint, tried=f"the graph of y = bend(x), x = {number}", came_out=got, expected=want)


one_function_two_graphs.wrong("where", "return torch.where(x >= 0, x * 2, torch.exp(x) - 1)")
one_function_two_graphs.wrong("mask", "return (x >= 0) * (x * 2) + (x < 0) * (torch.exp(x) - 1)")
one_function_two_graphs.wrong("edge", "return x * 2 if x > 0 else torch.exp(x) - 1")
one_function_two_graphs.wrong("swapped", "return x * 2 if x < 0 else torch.exp(x) - 1")
one_function_two_graphs.wrong("cut", "return torch.tensor(x.item() * 2) if x >= 0 else torch.exp(x) - 1")
one_function_two_graphs.wrong(
    "cut", "return x * 2 if x >= 0 else torch.exp(torch.tensor(x.item(), requires_grad=True)) - 1"
)
one_function_two_graphs.wrong("other", "return x + x if x >= 0 else torch.exp(x) - 1")
one_function_two_graphs.wrong("other", "return x * 2 if x >= 0 else -1 + torch.exp(x)")
one_function_two_graphs.wrong("value", "return x * 3 if x >= 0 else torch.exp(x) - 1")
one_function_two_graphs.wrong("none", "if x >= 0:\n    return x * 2\ntorch.exp(x) - 1")
one_function_two_graphs.wrong("type", "return x.item() * 2 if x >= 0 else torch.exp(x) - 1")
one_function_two_graphs.wrong("changed", "x.requires_grad_(False)\nreturn x * 2")


@lesson.exercise(
    3,
    right="A slope of 0 needs a way back, too. A bare number has none.",
    hints={
        "no_way": "The fare is right, but no way leads from it to km, so no slope arrives, not even 0.",
        "folk": "The fare is tracked now, and the way back still doesn't reach km: the 50 is a leaf of its own.",
        "bypass": "The fare is right, and the slope is that of a fare without a ceiling: the graph wasn't told of it.",
        "tie": "At exactly 23 kilometres the slope should be 2.0. What do you ask, and what is answered at 50?",
        "forced": "Nothing was tracked here, and the fare claims to be.",
        "free": "No ceiling has been reached here, and the slope should be 2.0.",
    },
)
def mend_the_ceiling(mended_fare: Function, torch: Any) -> None:
    for number in (10.0, 30.0, 23.0, 100.0, 0.0):
        km = torch.tensor(number, requires_grad=True)
        tried = f"mended_fare(km), km = {show(km)}"
        got = call(tried, mended_fare, km)
        expect(tried, got, torch.tensor(min(4 + 2 * number, 50.0)))
        slope_wanted = 2.0 if number <= 23 else 0.0
        found = slope(torch, got, km)
        if found is None:
            hint = "folk" if got.requires_grad else "no_way"
            reject(hint, tried=tried, came_out=show(got), expected=f"km.grad = {slope_wanted} after backward()")
        if difference(found.item(), slope_wanted) is not None:
            hint = "tie" if number == 23 else "bypass" if number > 23 else "free"
            reject(
                hint, tried=f"km.grad at {number} kilometres", came_out=show(found.item()), expected=show(slope_wanted)
            )
    for number in (10.0, 30.0):
        tried = f"mended_fare(torch.tensor({number}))"
        got = call(tried, mended_fare, torch.tensor(number))
        expect(tried, got, torch.tensor(min(4 + 2 * number, 50.0)))
        if got.requires_grad:
            reject("forced", tried=tried, came_out=show(got))


mend_the_ceiling.wrong("no_way", "euros = 4 + 2 * km\nreturn torch.tensor(50.0) if euros > 50 else euros")
mend_the_ceiling.wrong("no_way", "return torch.tensor(min((4 + 2 * km).item(), 50.0))")
mend_the_ceiling.wrong(
    "folk", "euros = 4 + 2 * km\nreturn torch.tensor(50.0, requires_grad=True) if euros > 50 else euros"
)
mend_the_ceiling.wrong(
    "bypass",
    """
    euros = 4 + 2 * km
    if euros > 50:
        euros.data.fill_(50.0)
    return euros
    """,
)
mend_the_ceiling.wrong(
    "bypass",
    """
    euros = 4 + 2 * km
    if euros > 50:
        euros = euros - (euros.item() - 50)
    return euros
    """,
)
mend_the_ceiling.wrong("tie", "return torch.minimum(4 + 2 * km, torch.tensor(50.0))")
mend_the_ceiling.wrong("tie", "euros = 4 + 2 * km\nreturn torch.where(euros < 50, euros, torch.tensor(50.0))")
mend_the_ceiling.wrong(
    "forced",
    """
    euros = 4 + 2 * km
    euros = torch.where(euros > 50, torch.tensor(50.0), euros)
    return euros if euros.requires_grad else euros.requires_grad_()
    """,
)
mend_the_ceiling.wrong("free", "euros = 4 + 2 * km\nreturn euros * 0 + min(euros.item(), 50.0)")
mend_the_ceiling.wrong("value", "return 4 + 2 * km")
mend_the_ceiling.wrong("type", "return min((4 + 2 * km).item(), 50.0)")
mend_the_ceiling.wrong("none", "euros = 4 + 2 * km\nif euros <= 50:\n    return euros")


@lesson.exercise(
    4,
    right="Each element goes its own way, and takes the slope of that way with it.",
    hints={
        "one_answer": "An if wants one answer, and got one for each house.",
        "together": "Every bill was made by one formula, chosen by what any or all of them have used.",
        "cut": "The bills are right, and no way leads back to what was used: values were wrapped into a new tensor.",
        "edge": "The bills are right. The slope at exactly 10 is 5 here, and bill has 2: compare the conditions.",
        "whole": "5 euros are for what is above 10. The first 10 still cost 2 each.",
        "forced": "Nothing was tracked here, and the bills claim to be.",
    },
)
def each_its_own_way(bills: Function, torch: Any) -> None:
    for numbers in ([4.0, 12.0, 30.0], [10.0, 10.5], [3.0], [11.0, 20.0], [1.0, 2.0]):
        used = torch.tensor(numbers, requires_grad=True)
        tried = f"bills(used), used = {numbers}"
        got = call(tried, bills, used, raises={"RuntimeError": "one_answer"})
        dear, cheap = [20 + 5 * (u - 10) for u in numbers], [2 * u for u in numbers]
        want = torch.tensor([max(pair) for pair in zip(dear, cheap, strict=True)])
        mixed = torch.tensor([5 * u if u > 10 else 2 * u for u in numbers])
        expect(tried, got, want, together=AnyOf(torch.tensor(dear), torch.tensor(cheap)), whole=mixed)
        slopes = slope(torch, got, used)
        if slopes is None:
            reject("cut", tried=tried, came_out=show(got))
        wanted = torch.tensor([5.0 if u > 10 else 2.0 for u in numbers])
        late = torch.tensor([5.0 if u >= 10 else 2.0 for u in numbers])
        expect(f"the slopes of {tried}", slopes, wanted, edge=late)
    tried = "bills(torch.tensor([4.0, 12.0]))"
    got = call(tried, bills, torch.tensor([4.0, 12.0]))
    expect(tried, got, torch.tensor([8.0, 30.0]))
    if got.requires_grad:
        reject("forced", tried=tried, came_out=show(got))


each_its_own_way.wrong("one_answer", "return 20 + 5 * (used - 10) if used > 10 else 2 * used")
each_its_own_way.wrong("together", "return 20 + 5 * (used - 10) if (used > 10).any() else 2 * used")
each_its_own_way.wrong("together", "return 20 + 5 * (used - 10) if (used > 10).all() else 2 * used")
each_its_own_way.wrong("cut", "return torch.tensor([bill(u).item() for u in used])")
each_its_own_way.wrong("cut", "return torch.tensor([bill(u) for u in used.tolist()], requires_grad=True)")
each_its_own_way.wrong("edge", "return torch.where(used < 10, 2 * used, 20 + 5 * (used - 10))")
each_its_own_way.wrong("edge", "return torch.stack([20 + 5 * (u - 10) if u >= 10 else 2 * u for u in used])")
each_its_own_way.wrong("whole", "return torch.where(used > 10, 5 * used, 2 * used)")
each_its_own_way.wrong("type", "return [bill(u) for u in used]")
each_its_own_way.wrong(
    "forced",
    """
    result = torch.where(used > 10, 20 + 5 * (used - 10), 2 * used)
    return result if result.requires_grad else result.requires_grad_()
    """,
)
each_its_own_way.wrong("none", "torch.where(used > 10, 20 + 5 * (used - 10), 2 * used)")


@lesson.exercise(
    5,
    right="The engine went back through every round, and the slope of the root came out without a rule for roots.",
    hints={
        "no_round": "The value is right, and no graph leads back to a. What has been calculated with a in this case?",
        "cut": "No way leads back to a: its value was taken out of its tensor, or detached.",
        "library": "Only +, -, * and / should be in the graph.",
        "early": "The loop stops before the guess is good enough.",
        "slope": "The value is right, the slope isn't: not all that a did on the way was recorded.",
        "sum": "The mean of two numbers is half of their sum.",
    },
)
def root_from_a_loop(root: Function, torch: Any) -> None:
    for number in (9.0, 2.0, 1.0, 0.25, 100.0):
        a = torch.tensor(number, requires_grad=True)
        tried = f"root(a), a = {show(a)}"
        got = call(tried, root, a)
        value = number**0.5
        if number == 1 and isinstance(got, float) and difference(got, value) is None:
            reject("no_round", tried=tried, came_out=show(got))
        early = [1.0]
        for _ in range(30):
            early.append((early[-1] + number / early[-1]) / 2)
        known = AnyOf(*(torch.tensor(guess) for guess in early if abs(guess - value) > 1e-4 * value))
        expect(tried, got, torch.tensor(value), early=known, sum=torch.tensor(2 * value))
        found = slope(torch, got, a)
        if found is None:
            reject("no_round" if number == 1 else "cut", tried=tried, came_out=show(got))
        names = {node.name() for node in nodes_behind(got) if not hasattr(node, "variable")}
        if odd := sorted(name for name in names if not name.startswith(("Add", "Sub", "Mul", "Div", "Neg", "Rsub"))):
            reject("library", tried=f"the graph of {tried}", came_out=", ".join(odd))
        if abs(found.item() - 0.5 / value) > 1e-4 / value:
            came_out, expected = f"{found.item():.5f}", f"{0.5 / value:.5f}"
            reject("slope", tried=f"the slope of {tried}", came_out=came_out, expected=expected)


root_from_a_loop.wrong(
    "no_round",
    """
    guess = torch.tensor(1.0)
    while abs(guess * guess - a) > 1e-6 * a:
        guess = (guess + a / guess) / 2
    return guess
    """,
)
root_from_a_loop.wrong(
    "no_round",
    """
    guess = 1.0
    while abs(guess * guess - a) > 1e-6 * a:
        guess = (guess + a / guess) / 2
    return guess
    """,
)
root_from_a_loop.wrong(
    "cut",
    """
    guess = torch.tensor(1.0)
    while True:
        better = (guess + a.item() / guess) / 2
        if abs(better - guess) <= 1e-6 * better:
            return better
        guess = better
    """,
)
root_from_a_loop.wrong(
    "cut",
    """
    guess = 1.0
    while True:
        better = ((guess + a / guess) / 2).detach()
        if abs(better - guess) <= 1e-6 * better:
            return better
        guess = better
    """,
)
root_from_a_loop.wrong("library", "return torch.sqrt(a)")
root_from_a_loop.wrong("library", "return a**0.5")
root_from_a_loop.wrong(
    "early",
    """
    guess = 1.0
    for _ in range(3):
        guess = (guess + a / guess) / 2
    return guess
    """,
)
root_from_a_loop.wrong(
    "endless",
    """
    guess = 1.0
    while guess * guess != a:
        guess = (guess + a / guess) / 2
    return guess
    """,
)
root_from_a_loop.wrong(
    "sum",
    """
    guess = 1.0
    for _ in range(20):
        guess = (guess + a / guess) / 2
    return guess + a / guess
    """,
)
root_from_a_loop.wrong(
    "slope",
    """
    guess, number = 1.0, a.item()
    for _ in range(20):
        guess = (guess + number / guess) / 2
    return guess + 0 * a
    """,
)
root_from_a_loop.wrong(
    "none",
    """
    guess = 1.0
    for _ in range(20):
        guess = (guess + a / guess) / 2
    """,
)
