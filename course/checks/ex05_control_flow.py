"""Exercises of lesson 05: the graph that a loop and a branch leave behind, and the slope of the path that was taken."""

import re
from typing import Any

from course.comparing import show
from course.exercise import Function, Lesson
from course.graphs import formula, leaves_behind, nodes_behind
from course.judging import (
    call,
    case,
    expect,
    expect_gradients,
    expect_graph,
    expect_predictions,
    reject,
    with_globals,
)
from course.reading import used

lesson = Lesson(5, "control flow")

MUL, SUB, POW = "MulBackward0", "SubBackward0", "PowBackward0"


def names_along(t: Any) -> list[str]:
    """The names of the nodes from the leaf to `t`, following first inputs."""
    names, node = [], t.grad_fn
    while node is not None and not hasattr(node, "variable"):
        names.append(node.name())
        node = node.next_functions[0][0]
    return names[::-1]


def leads_to(t: Any, x: Any) -> bool:
    """Whether the graph behind `t` leads back to the leaf `x`."""
    return t is x or any(leaf is x for leaf in leaves_behind(t))


@lesson.exercise(
    1,
    right="The graph is a diary of the run: one node for each operation that was done, none for the conditions.",
    hints={
        "once": "You count the line in the loop once. It leaves a node, and a factor, each time it runs.",
        "rounds": "After each round, ask again: is y still less than 30? When it is not, the loop is over.",
        "without_loop": "That is the slope without the loop. What does each of its rounds do to a slope?",
        "entered": "A loop asks before its first round. Is 64 less than 30?",
        "edge": "y is 50 there, and 50 > 50 is False. Does the subtraction run?",
        "comparison": "A comparison gives a bool, which doesn't require grad. It leaves no node.",
        "leaf": "AccumulateGrad belongs to the leaf. Only what an operation leaves behind is asked for.",
        "reversed": "The right nodes in the wrong order: the oldest first.",
        "power": "x * x is written as a product, and recorded as one.",
        "quotient": "Is that the value divided by x? x is squared at the beginning: is that a line through zero?",
        "square": "What is the slope of x * x? x comes in twice.",
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
        truth[f"nodes at {number}"] = names_along(y)
        truth[f"slope at {number}"] = torch.autograd.grad(y, x)[0].item()
    for key, said in diary.items():
        names = [name for name in said if isinstance(name, str)] if isinstance(said, list | tuple) else []
        if odd := [name for name in names if not re.fullmatch(r"[A-Z]\w+Backward\d|AccumulateGrad", name)]:
            details = f'Write the names as name() gives them, such as "AddBackward0": {show(odd[0])} isn\'t one.'
            reject("type", what=repr(key), came_out=show(said), details=details)
    expect_predictions(diary, truth)


NODES = {"nodes at 2": [MUL] * 4, "nodes at 5": [MUL] * 2, "nodes at 8": [MUL, SUB]}


def each_and_all(hint: str, *wrong: dict[str, Any]) -> None:
    """Each of several wrong predictions by itself, and all of them at once."""
    together: dict[str, Any] = {}
    for prediction in wrong:
        write_the_diary.wrong(hint, prediction)
        together |= prediction
    if len(wrong) > 1:
        write_the_diary.wrong(hint, together)


each_and_all("once", {"nodes at 2": [MUL, MUL]}, {"slope at 2": 8.0})
each_and_all("rounds", {"nodes at 2": [MUL] * 5}, {"slope at 2": 64.0})
each_and_all("rounds", {"nodes at 2": [MUL] * 3})
each_and_all("without_loop", {"slope at 2": 4.0}, {"slope at 5": 10.0})
each_and_all("entered", {"nodes at 8": [MUL, MUL, SUB]}, {"slope at 8": 32.0})
each_and_all("edge", {"nodes at 5": [MUL, MUL, SUB]})
each_and_all(
    "comparison",
    {"nodes at 2": [MUL, "LtBackward0", MUL, "LtBackward0", MUL, "LtBackward0", MUL, "GtBackward0"]},
    {"nodes at 8": [MUL, "GtBackward0", SUB]},
)
each_and_all(
    "comparison",
    {"nodes at 2": [MUL, *["LtBackward0", MUL] * 3, "LtBackward0", "GtBackward0"]},
    {"nodes at 5": [MUL, "LtBackward0", MUL, "LtBackward0", "GtBackward0"]},
    {"nodes at 8": [MUL, "LtBackward0", "GtBackward0", SUB]},
)
each_and_all("leaf", *({key: ["AccumulateGrad", *names]} for key, names in NODES.items()))
each_and_all("leaf", *({key: [*names, "AccumulateGrad"]} for key, names in NODES.items()))
each_and_all("reversed", {"nodes at 8": [SUB, MUL]})
each_and_all(
    "power",
    {"nodes at 2": [POW, MUL, MUL, MUL]},
    {"nodes at 5": [POW, MUL]},
    {"nodes at 8": [POW, SUB]},
)
write_the_diary.wrong("quotient", {"slope at 2": 16.0, "slope at 5": 10.0, "slope at 8": 5.5})
write_the_diary.wrong("quotient", {"slope at 8": 5.5})
write_the_diary.wrong("square", {"slope at 2": 16.0, "slope at 5": 10.0, "slope at 8": 8.0})
write_the_diary.wrong("square", {"slope at 8": 8.0})
each_and_all("shifted", {"slope at 8": -4.0})
write_the_diary.wrong("shifted", {"slope at 5": 0.0, "slope at 8": -4.0})
write_the_diary.wrong("value", {"slope at 2": 16.0})
write_the_diary.wrong("value", {"slope at 5": 40.0})
write_the_diary.wrong("value", {"nodes at 5": [MUL]})
write_the_diary.wrong("type", {"nodes at 8": ["Mul", "Sub"]})
write_the_diary.wrong("type", {"nodes at 8": "MulBackward0, SubBackward0"})
write_the_diary.wrong("type", {"slope at 8": "16.0"})
write_the_diary.wrong("type", after='diary["slope at 5"] = torch.tensor(20.0)')

write_the_diary.also_right(
    after="diary = {key: said if 'slope' in key else tuple(said) for key, said in diary.items()}"
)
write_the_diary.also_right(after="diary = {key: int(said) if 'slope' in key else said for key, said in diary.items()}")
write_the_diary.also_right(
    after="""
    def roll(x):
        y = x * x
        while y < 30:
            y = y * 2
        if y > 50:
            y = y - 20
        return y

    for number in (2, 5, 8):
        x = torch.tensor(float(number), requires_grad=True)
        y = roll(x)
        names, node = [], y.grad_fn
        while not hasattr(node, "variable"):
            names.insert(0, node.name())
            node = node.next_functions[0][0]
        y.backward()
        diary[f"nodes at {number}"] = names
        diary[f"slope at {number}"] = x.grad.item()
    """
)


@lesson.exercise(
    2,
    right="Python chooses, and only what was chosen is in the graph. At 0 the values agree, the graphs don't.",
    hints={
        "where": "A choice is in the graph: torch.where is an operation. The table has none.",
        "mask": "More than one path leads to x. Are both formulas in the graph? Only one of them should be calculated.",
        "edge": "The value at 0 is right, and the graph is the other one. To which line of the table does 0 belong?",
        "swapped": "The two formulas have changed places: which of them is for x below 0?",
        "larger": "The larger of the two is taken. Does the table say that?",
        "cut": "The graph doesn't lead back to x. Was a value taken out of its tensor, or wrapped into a new one?",
        "other": "The value is right, and the graph is not that of the table. Compare nodes and inputs one by one.",
    },
)
def one_function_two_graphs(bend: Function, torch: Any) -> None:
    for number in (3.0, 0.0, -1.0, 0.5, -2.5, -0.5, -0.001, 0.001, 1.0, -12.0, 40.0, 1.2, -1e-6):
        x = torch.tensor(number, requires_grad=True)
        with case(f"y = bend(x), x = {number}"):
            y = call(bend, x)
            straight, curved = x * 2, torch.exp(x) - 1
            want = straight if number >= 0 else curved
            expect(y, want.detach())
            if not leads_to(y, x):
                reject("cut", what="the graph", came_out=formula(y, {"x": x}), expected=formula(want, {"x": x}))
            graph, also = formula(y, {"x": x}), torch.tensor(2.0) * x
            if number < 0 or graph != formula(also, {"x": x}):  # a number as a tensor may stand first as well
                choice = "Where" in graph
                both = "Exp" in graph and len(re.findall(r"\bx\b", graph)) > 1
                expect_graph(y, want, {"x": x}, hint="where" if choice else "mask" if both else "other")
            expect_gradients(y, lambda x: x * 2 if number >= 0 else torch.exp(x) - 1, {"x": x})  # noqa: B023


one_function_two_graphs.wrong("where", "return torch.where(x >= 0, x * 2, torch.exp(x) - 1)")
one_function_two_graphs.wrong("mask", "return (x >= 0) * (x * 2) + (x < 0) * (torch.exp(x) - 1)")
one_function_two_graphs.wrong("edge", "return x * 2 if x > 0 else torch.exp(x) - 1")
one_function_two_graphs.wrong("swapped", "return x * 2 if x < 0 else torch.exp(x) - 1")
one_function_two_graphs.wrong("swapped", "return torch.exp(x) - 1 if x > 0 else x * 2")
one_function_two_graphs.wrong("larger", "return max(x * 2, torch.exp(x) - 1)")
one_function_two_graphs.wrong("larger", "return torch.maximum(x * 2, torch.exp(x) - 1)")
one_function_two_graphs.wrong("cut", "return torch.tensor(x.item() * 2) if x >= 0 else torch.exp(x) - 1")
one_function_two_graphs.wrong(
    "cut", "return x * 2 if x >= 0 else torch.exp(torch.tensor(x.item(), requires_grad=True)) - 1"
)
one_function_two_graphs.wrong("cut", "return (x * 2 if x >= 0 else torch.exp(x) - 1).detach()")
one_function_two_graphs.wrong("other", "return x + x if x >= 0 else torch.exp(x) - 1")
one_function_two_graphs.wrong("other", "return x * 2 if x >= 0 else -1 + torch.exp(x)")
one_function_two_graphs.wrong("other", "return x * 2 if x >= 0 else torch.expm1(x)")
one_function_two_graphs.wrong("other", replace=("x * 2", "x.clone() * 2"))
one_function_two_graphs.wrong("value", replace=("x * 2", "x * 3"))
one_function_two_graphs.wrong("value", replace=("- 1", "- 2"))
one_function_two_graphs.wrong("value", replace=("x >= 0", "x >= -0.9"))
one_function_two_graphs.wrong("value", replace=("x >= 0", "int(x) >= 0"))
one_function_two_graphs.wrong("value", "y = x * 2 if x >= 0 else torch.exp(x) - 1\ny.data.mul_(2)\nreturn y")
one_function_two_graphs.wrong(
    "gradient", "y = x * 2 if x >= 0 else torch.exp(x) - 1\ny.register_hook(lambda g: g * 0)\nreturn y"
)
one_function_two_graphs.wrong(
    "gradient", "y = x * 2 if x >= 0 else torch.exp(x) - 1\ntorch.autograd.grad(y, x)\nreturn y"
)
one_function_two_graphs.wrong("gradient", "if x >= 0:\n    return x * 2\ny = torch.exp(x)\ny -= 1\nreturn y")
one_function_two_graphs.wrong("none", "if x >= 0:\n    return x * 2\ntorch.exp(x) - 1")
one_function_two_graphs.wrong("type", "return x.item() * 2 if x >= 0 else torch.exp(x) - 1")
one_function_two_graphs.wrong("changed", "x.requires_grad_(False)\nreturn x * 2")

one_function_two_graphs.also_right("return x.exp().sub(1) if x.item() < 0 else x.mul(2.0)")
one_function_two_graphs.also_right(
    """
    two, one = torch.tensor(2.0), torch.tensor(1.0)
    if x < 0:
        y = torch.exp(x)
        return y - one
    else:
        return two * x
    """
)
one_function_two_graphs.also_right(
    """
    def straight(t):
        return 2 * t

    def curved(t):
        return torch.sub(t.exp(), 1)

    return {True: straight, False: curved}[bool(x >= 0)](x)
    """
)
one_function_two_graphs.also_right("while not x < 0:\n    return torch.mul(x, 2)\nreturn torch.exp(x).sub(1.0)")


@lesson.exercise(
    3,
    right="A slope of 0 needs a path back, too. A bare number has none.",
    hints={
        "no_path": "The fare is right, but no path leads from it back to km, so no slope arrives, not even 0.",
        "folk": "The fare requires grad now, and still no path leads back to km: it ends at another leaf.",
        "bypass": "The fare is right, and the slope is that of a fare without a ceiling: the graph doesn't show it.",
        "tie": "At exactly 23 kilometres, the slopes 2 and 0 meet. Yours is not between them.",
        "forced": "km doesn't require grad here, and the fare does.",
        "free": "The fare is right, and the slope is 0 even where no ceiling has been reached.",
        "whole": "Which fare is the first above the ceiling? A taxi also stops between whole kilometres.",
    },
)
def fix_the_ceiling(fixed_fare: Function, torch: Any) -> None:
    def fare(km: Any) -> Any:
        return torch.where(4 + 2 * km > 50, torch.tensor(50.0), 4 + 2 * km)

    for number in (10.0, 30.0, 100.0, 0.0, 23.5, 22.5, 19.0, 23.01, 4000.0, 0.125, 23.0):
        km = torch.tensor(number, requires_grad=True)
        with case(f"fixed_fare(km), km = {km}"):
            got = call(fixed_fare, km)
            expect(got, fare(km.detach()))
            if not leads_to(got, km):
                reject("folk" if got.requires_grad else "no_path", came_out=show(got), evidence=got)
            if number != 23.0:
                expect_gradients(got, fare, {"km": km})
            elif not 0 <= (slope := torch.autograd.grad(got, km)[0].item()) <= 2:
                reject("tie", what="the slope", came_out=show(slope), expected="2, 0 or a number between them")
    for number in (10.0, 30.0, 23.0):
        km = torch.tensor(number)
        with case(f"fixed_fare(km), km = {km}"):
            got = call(fixed_fare, km)
            expect(got, fare(km))
            if got.requires_grad:
                reject("forced", came_out=show(got), evidence=got)


fix_the_ceiling.wrong("no_path", "euros = 4 + 2 * km\nreturn torch.tensor(50.0) if euros > 50 else euros")
fix_the_ceiling.wrong("no_path", "return torch.tensor(min((4 + 2 * km).item(), 50.0))")
fix_the_ceiling.wrong(
    "folk", "euros = 4 + 2 * km\nreturn torch.tensor(50.0, requires_grad=True) if euros > 50 else euros"
)
fix_the_ceiling.wrong("folk", "return torch.tensor(min(4 + 2 * km.item(), 50.0), requires_grad=True)")
fix_the_ceiling.wrong(
    "bypass",
    """
    euros = 4 + 2 * km
    if euros > 50:
        euros.data.fill_(50.0)
    return euros
    """,
)
fix_the_ceiling.wrong(
    "bypass",
    """
    euros = 4 + 2 * km
    if euros > 50:
        euros = euros - (euros.item() - 50)
    return euros
    """,
)
fix_the_ceiling.wrong(
    "tie", "euros = 4 + 2 * km\nreturn euros + euros - 50 if euros == 50 else torch.clamp(euros, max=50)"
)
fix_the_ceiling.wrong(
    "forced",
    """
    euros = 4 + 2 * km
    euros = torch.where(euros > 50, torch.tensor(50.0), euros)
    return euros if euros.requires_grad else euros.requires_grad_()
    """,
)
fix_the_ceiling.wrong("free", "euros = 4 + 2 * km\nreturn euros * 0 + min(euros.item(), 50.0)")
fix_the_ceiling.wrong("whole", "euros = 4 + 2 * km\nif int(km) > 23:\n    return euros * 0 + 50\nreturn euros")
fix_the_ceiling.wrong("whole", "euros = 4 + 2 * km\nif km >= 24:\n    return euros * 0 + 50\nreturn euros")
fix_the_ceiling.wrong("value", "return 4 + 2 * km")
fix_the_ceiling.wrong("value", replace=("torch.tensor(50.0)", "0 * km"))
fix_the_ceiling.wrong("value", "return 4 + torch.clamp(2 * km, max=50)")
fix_the_ceiling.wrong(
    "gradient",
    """
    euros = 4 + 2 * km
    if euros > 50:
        return euros * 0 + 50
    return euros + (km - km.detach()) if euros > 40 else euros
    """,
)
fix_the_ceiling.wrong("type", "return min((4 + 2 * km).item(), 50.0)")
fix_the_ceiling.wrong("type", "return torch.clamp(4 + 2 * km, max=50).reshape(1)")
fix_the_ceiling.wrong("none", "euros = 4 + 2 * km\nif euros <= 50:\n    return euros")
fix_the_ceiling.wrong("changed", "torch.clamp(4 + 2 * km, max=50).backward()\nreturn torch.clamp(4 + 2 * km, max=50)")

fix_the_ceiling.also_right("return torch.clamp(4 + 2 * km, max=50)")
fix_the_ceiling.also_right("return (4 + 2 * km).clamp(max=50.0)")
fix_the_ceiling.also_right("return torch.minimum(4 + 2 * km, torch.tensor(50.0))")
fix_the_ceiling.also_right("euros = 4 + 2 * km\nreturn torch.where(euros < 50, euros, torch.tensor(50.0))")
fix_the_ceiling.also_right("euros = 4 + 2 * km\nreturn euros * 0 + 50 if euros >= 50 else euros")
fix_the_ceiling.also_right("euros = 4 + 2 * km\nif euros > 50:\n    euros = euros * 0 + 50\nreturn euros")
fix_the_ceiling.also_right("euros = 4 + 2 * km\nif euros > 50:\n    euros = 50 * euros / euros\nreturn euros")
fix_the_ceiling.also_right("euros = 2 * km + 4\nreturn euros - torch.relu(euros - 50)")
fix_the_ceiling.also_right("euros = 2 * km + 4\nreturn euros if km <= 23 else euros - euros + 50")
fix_the_ceiling.also_right(
    "euros = 2 * km + 4\nif km > 23:\n    euros[...] = torch.where(km > 0, euros * 0 + 50, euros)\nreturn euros"
)
fix_the_ceiling.equivalent(
    "return torch.where(euros > 50, torch.tensor(50.0), euros) → return torch.where(euros > 50, 50.0, euros)",
    because="torch.where takes a number as well, and makes the same float32 tensor of it",
)
fix_the_ceiling.equivalent(
    "return torch.where(euros > 50, torch.tensor(50.0), euros) → "
    "return torch.where(euros >= 50, torch.tensor(50.0), euros)",
    because="at exactly 50 both are 50, and there any slope from 0 to 2 will do",
)


@lesson.exercise(
    4,
    right="Each element goes its own way, and takes the slope of that way with it.",
    hints={
        "one_answer": "An if wants one answer, and got one for each house.",
        "together": "Every bill was made by one formula, chosen by what any or all of them have used.",
        "cut": "The bills are right, and no path leads back to what was used. Were values wrapped into a new tensor?",
        "edge": "The bills are right, and only the slope at exactly 10 is not: bill has 2 there.",
        "whole": "5 euros are for what is above 10. The first 10 still cost 2 each.",
        "twice": "The first 10 are charged at 2 euros each, and then again at 5.",
        "forced": "What was used doesn't require grad here, and the bills do.",
        "sorted": "The bills are those of the houses, in another order. Each bill belongs where its house is.",
    },
)
def each_its_own_way(bills: Function, torch: Any) -> None:
    def all_bills(used: Any) -> Any:
        return torch.where(used > 10, 20 + 5 * (used - 10), 2 * used)

    errors = {"Boolean value of Tensor with more than one value": "one_answer"}
    cases = [
        [4.0, 12.0, 30.0],
        [10.0, 10.5],
        [3.0],
        [11.0, 20.0],
        [1.0, 2.0],
        [30.0, 4.0, 12.0],
        [12.0, 4.0, 12.0, 4.0],
        [4.0, 4.0],
        [10.0],
        [0.0, 9.99, 10.01, 50.0, 1000.0, 41.0, 0.001, 10.0],
        [7.5, 15.25] * 10,
    ]
    for numbers in cases:
        used_up = torch.tensor(numbers, requires_grad=True)
        with case(f"bills(used), used = {numbers}"):
            with with_globals(bills, bill=bill):
                got = call(bills, used_up, raises=errors)
            expect(got, all_bills(used_up.detach()))
            if not leads_to(got, used_up):
                reject("cut", came_out=show(got), evidence=got)
            expect_gradients(got, all_bills, {"used": used_up})
    for numbers in ([4.0, 12.0], [2.0], [10.0, 3.0, 99.0]):
        with case(f"bills(torch.tensor({numbers}))"):
            plain = torch.tensor(numbers)
            with with_globals(bills, bill=bill):
                got = call(bills, plain, raises=errors)
            expect(got, all_bills(plain))
            if got.requires_grad:
                reject("forced", came_out=show(got), evidence=got)


def bill(used: Any) -> Any:
    """The notebook's function of this name, as it is before anybody changes it."""
    if used > 10:
        return 20 + 5 * (used - 10)
    return 2 * used


each_its_own_way.wrong("one_answer", "return 20 + 5 * (used - 10) if used > 10 else 2 * used")
each_its_own_way.wrong("one_answer", "return bill(used)")
each_its_own_way.wrong("one_answer", "return torch.stack([bill(used) for u in used])")
each_its_own_way.wrong("together", "return 20 + 5 * (used - 10) if (used > 10).any() else 2 * used")
each_its_own_way.wrong("together", "return 20 + 5 * (used - 10) if (used > 10).all() else 2 * used")
each_its_own_way.wrong("cut", "return torch.tensor([bill(u).item() for u in used])")
each_its_own_way.wrong("cut", "return torch.tensor([bill(u) for u in used.tolist()], requires_grad=True)")
each_its_own_way.wrong("cut", "return torch.stack([bill(u) for u in used.detach()])")
each_its_own_way.wrong("edge", "return torch.where(used < 10, 2 * used, 20 + 5 * (used - 10))")
each_its_own_way.wrong("edge", "return torch.stack([20 + 5 * (u - 10) if u >= 10 else 2 * u for u in used])")
each_its_own_way.wrong("edge", "return torch.maximum(2 * used, 5 * used - 30)")
each_its_own_way.wrong("whole", "return torch.where(used > 10, 5 * used, 2 * used)")
each_its_own_way.wrong("twice", "return torch.where(used > 10, 20 + 5 * used, 2 * used)")
each_its_own_way.wrong("sorted", "return torch.stack([bill(u) for u in sorted(used, key=float)])")
each_its_own_way.wrong("sorted", "return torch.cat([2 * used[used <= 10], 20 + 5 * (used[used > 10] - 10)])")
each_its_own_way.wrong("type", "return [bill(u) for u in used]")
each_its_own_way.wrong("type", "return torch.stack([bill(u) for u in used]).sum()")
each_its_own_way.wrong("type", "return torch.stack(list({u.item(): bill(u) for u in used}.values()))")
each_its_own_way.wrong(
    "gradient",
    """
    known = {}
    for u in used:
        known.setdefault(u.item(), bill(u))
    return torch.stack([known[number] for number in used.tolist()])
    """,
)
each_its_own_way.wrong("gradient", "return torch.where(used > 10, 20 + 5 * (used - 10), 2 * used.detach())")
each_its_own_way.wrong(
    "forced",
    """
    result = torch.where(used > 10, 20 + 5 * (used - 10), 2 * used)
    return result if result.requires_grad else result.requires_grad_()
    """,
)
each_its_own_way.wrong("value", "return torch.where(used > 10, 20 + 5 * (used.clamp(max=40) - 10), 2 * used)")
each_its_own_way.wrong("value", "return torch.where(used > 10, 2 * used, 20 + 5 * (used - 10))")
each_its_own_way.wrong("value", "return (used > 10) * (20 + 5 * (used - 10))")
each_its_own_way.wrong("raised", "return torch.stack([torch.stack([2 * u, 2 * u]) if u > 10 else 2 * u for u in used])")
each_its_own_way.wrong("none", "torch.where(used > 10, 20 + 5 * (used - 10), 2 * used)")

each_its_own_way.also_right("return torch.stack([bill(u) for u in used])")
each_its_own_way.also_right("return 2 * used + 3 * torch.relu(used - 10)")
each_its_own_way.also_right("dear = used > 10\nreturn dear * (5 * used - 30) + ~dear * 2 * used")
each_its_own_way.also_right(
    """
    result = 2 * used
    result[used > 10] = 20 + 5 * (used[used > 10] - 10)
    return result
    """
)
each_its_own_way.also_right(
    "result = used * 2\nresult[...] = torch.where(used <= 10, result.clone(), used * 5 - 30)\nreturn result"
)
each_its_own_way.also_right("return torch.cat([bill(used[i]).reshape(1) for i in range(len(used))])")


@lesson.exercise(
    5,
    right="The engine went back through every round, and the slope of the root came out without a rule for roots.",
    hints={
        "no_round": "The value is right, and no graph leads back to a. What has been calculated with a in this case?",
        "cut": "No path leads back to a. Was its value taken out of its tensor, or detached?",
        "library": "Only +, -, * and / should be used, and comparisons.",
        "rounds": "Is the number of rounds fixed, or are there rounds that aren't recorded?",
        "early": "Close. Does the loop go on until two guesses agree to a millionth, and is the last one returned?",
        "slope": "The value is right, and the slope isn't. Was all that was done with a recorded?",
        "sum": "The mean of two numbers is half of their sum.",
        "written": "Each round writes into a guess that the round before has saved. Make a new one each time.",
        "flips": "a divided by the guess is too small where the guess was too large. What lies between them?",
    },
)
def root_from_a_loop(root: Function, torch: Any) -> None:
    if thing := used(root, "**", "sqrt", "rsqrt", "isqrt", "pow", "__pow__", "hypot"):
        reject("library", what="the source of root", came_out=thing, expected="+, -, *, / and comparisons")
    judge_root(root, 2.0, torch)
    judge_rounds(root, (2.0, 100.0, 1e6), torch)
    judge_rounds(root, (1e4, 1e6, 1e8), torch)
    for number in (9.0, 1.0, 0.25, 100.0, 1e4, 1e-4, 7.3, 1e6, 3e-6, 1e8, 4.0):
        judge_root(root, number, torch)
    judge_rounds(root, (1e-8, 1e-6, 1e-4), torch)
    # Two guesses that agree to a millionth are followed by one that is right to 12 digits: float64 shows them.
    for number in (2.0, 3.0, 5.0, 0.3, 10.0, 77.0, 123456.0, 0.00081, 40.0, 13.7, 900.0, 2.6e-7):
        a = torch.tensor(number, dtype=torch.float64, requires_grad=True)
        with case(f"root(a), a = {number} in float64"):
            got = call(root, a)
            if isinstance(got, torch.Tensor) and got.dtype == a.dtype and not got.shape:
                digits, wanted_digits = (f"{root_of_a:.13g}" for root_of_a in (got.item(), number**0.5))
                if abs(got.item() / number**0.5 - 1) > 1e-12:
                    reject("early", came_out=digits, expected=wanted_digits, evidence=got)
            expect(got, torch.tensor(number**0.5), scale=number**0.5, dtype=False)


def judge_root(root: Function, number: float, torch: Any) -> None:
    """One case: the root of a number, and its slope."""
    a, value = torch.tensor(number, requires_grad=True), number**0.5
    with case(f"root(a), a = {a}"):
        got = call(root, a)
        if number == 1 and isinstance(got, float) and abs(got - 1) < 1e-5:
            reject("no_round", came_out=show(got), evidence=got)
        close = isinstance(got, torch.Tensor) and not got.shape and abs(got.item() / value - 1) < 0.05
        expect(got, torch.tensor(value), hint="early" if close else "", scale=value)
        if not leads_to(got, a):
            reject("no_round" if number == 1 else "cut", came_out=show(got), evidence=got)
        names = {node.name() for node in nodes_behind(got) if not hasattr(node, "variable")}
        plain = re.compile(r"(Add|Sub|Mul|Div|Neg|Rsub|Reciprocal|Clone)Backward\d")
        if odd := sorted(name for name in names if not plain.fullmatch(name)):
            reject("library", what="the graph", came_out=", ".join(odd), expected="+, -, * and /")
        expect_gradients(got, lambda a: a * (0.5 / value), {"a": a}, scale=0.5 / value, relative=1e-4)


def judge_rounds(root: Function, numbers: tuple[float, ...], torch: Any) -> None:
    """One case: how many rounds are recorded for numbers that need more of them, or fewer, from any first guess."""
    with case(f"root(a), a = {', '.join(map(str, numbers))}"):
        roots = [call(root, torch.tensor(number, requires_grad=True)) for number in numbers]
        lengths = {len(nodes_behind(got)) if isinstance(got, torch.Tensor) else 0 for got in roots}
        if len(lengths) == 1 and min(lengths) > 0:
            came_out = f"the same for each, {min(lengths) - 1}"
            more = "more, the more rounds there are"
            reject("rounds", what="operations in the graph", came_out=came_out, expected=more, evidence="the same")


root_from_a_loop.wrong(
    "no_round",
    """
    guess = torch.tensor(1.0)
    while abs(guess * guess - a) > 1e-6 * a:
        guess = (guess + a / guess) / 2
    return (guess + guess) / 2
    """,
)
root_from_a_loop.wrong(
    "no_round",
    """
    guess, before = 1.0, 0.0
    while abs(guess * guess - a) > 1e-6 * a or (a != 1 and abs(guess - before) > 1e-6 * guess):
        guess, before = (guess + a / guess) / 2, guess
    return guess
    """,
)
root_from_a_loop.wrong("cut", replace=("a / guess", "a.item() / guess", "guess = 1.0", "guess = torch.tensor(1.0)"))
root_from_a_loop.wrong("cut", replace=("(guess + a / guess) / 2", "((guess + a / guess) / 2).detach()"))
root_from_a_loop.wrong("library", "return torch.sqrt(a)")
root_from_a_loop.wrong("library", "return a**0.5")
root_from_a_loop.wrong("library", "return torch.exp(torch.log(a) / 2)")
root_from_a_loop.wrong(
    "library", replace=("better = (guess + a / guess) / 2", "better = torch.stack([guess + a * 0, a / guess]).mean()")
)
root_from_a_loop.wrong("library", "guess = a.item() ** 0.5\nreturn (guess + a / guess) / 2")
root_from_a_loop.wrong("library", "guess = torch.sqrt(a.detach())\nreturn (guess + a / guess) / 2")
root_from_a_loop.wrong("library", "import math\nguess = math.sqrt(a)\nreturn (guess + a / guess) / 2")
for rounds in (3, 6, 10, 20, 100):
    root_from_a_loop.wrong(
        "rounds",
        f"""
        guess = 1.0
        for _ in range({rounds}):
            guess = (guess + a / guess) / 2
        return guess
        """,
    )
root_from_a_loop.wrong(
    "rounds",
    """
    guess, number = 1.0, a.item()
    while abs(guess * guess - number) > 1e-6 * number:
        guess = (guess + number / guess) / 2
    return (guess + a / guess) / 2
    """,
)
root_from_a_loop.wrong("early", replace=("1e-6 * better", "1e-6"))
root_from_a_loop.wrong("early", replace=("1e-6 * better", "1e-4 * better"))
root_from_a_loop.wrong("early", replace=("1e-6 * better", "1e-2 * better"))
root_from_a_loop.wrong("early", replace=("return better", "return guess"))
root_from_a_loop.wrong(
    "endless",
    """
    guess = 1.0
    while guess * guess != a:
        guess = (guess + a / guess) / 2
    return guess
    """,
)
root_from_a_loop.wrong("endless", replace=("guess = better", "pass"))
root_from_a_loop.wrong("sum", replace=("return better", "return guess + a / guess"))
root_from_a_loop.wrong(
    "sum",
    """
    guess = 1.0
    for _ in range(50):
        guess = (guess + a / guess) / 2
    return guess + a / guess
    """,
)
root_from_a_loop.wrong(
    "slope",
    """
    guess, number = 1.0, a.item()
    for _ in range(50):
        guess = (guess + number / guess) / 2
    return guess + 0 * a
    """,
)
root_from_a_loop.wrong("slope", replace=("return better", "return better - better.detach() + guess.detach() + a - a"))
root_from_a_loop.wrong(
    "flips",
    """
    guess = 1.0
    for _ in range(20):
        guess = a / guess
    return guess
    """,
)
root_from_a_loop.wrong(
    "written",
    """
    guess, before = torch.tensor(1.0), 0.0
    while abs(guess - before) > 1e-6 * guess:
        before = guess.item()
        guess += a / guess
        guess /= 2
    return guess
    """,
)
root_from_a_loop.wrong("none", replace=("return better", "return"))
root_from_a_loop.wrong("type", replace=("return better", "return better.item()"))
root_from_a_loop.wrong("value", replace=("a / guess) / 2", "a / guess) / 3"))
root_from_a_loop.wrong("value", replace=("guess = 1.0", "guess = 0"))

root_from_a_loop.also_right(
    """
    guess = torch.tensor(1.0)
    while True:
        better = (guess + a * (1 / guess)) / 2
        if abs(better - guess) <= 1e-6 * better:
            return better
        guess = better
    """
)
root_from_a_loop.also_right(
    """
    guess = 1.0
    while True:
        better = 2 / (1 / guess + guess / a)
        if -10**-6 * better <= better - guess <= 10**-6 * better:
            return better
        guess = better
    """
)
root_from_a_loop.also_right(
    """
    sqrt, before = a, 0 * a
    while not abs(sqrt - before) / sqrt <= 0.000001 or before == 0:
        sqrt, before = 0.5 * sqrt + 0.5 * (a / sqrt), sqrt
    return sqrt
    """
)
root_from_a_loop.also_right(
    """
    guesses = [a / 3 + 1]
    for _ in range(1000):
        last = guesses[-1]
        guesses.append(last - (last * last - a) / (2 * last))
        if abs((guesses[-1] - last).item()) <= guesses[-1].item() / 1_000_000:
            break
    return guesses[-1]
    """
)
root_from_a_loop.also_right(
    """
    def improved(guess):
        better = (guess + a / guess) / 2
        return better if abs(better - guess) <= 1e-6 * better else improved(better)

    return improved(1.0)
    """
)
root_from_a_loop.equivalent("guess = 1.0 → guess = 2.0", because="any guess above 0 will do to begin with")
root_from_a_loop.equivalent(
    "if abs(better - guess) <= 1e-06 * better: → if abs(better - guess) < 1e-06 * better:",
    because="two guesses that differ by just a millionth, and by no more, do not come up in practice",
)
