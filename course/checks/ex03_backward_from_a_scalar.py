"""Exercises of lesson 03: what arrives and leaves, a gradient by hand, the order of the visits, slopes in a plot."""

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from course.comparing import difference, is_tensor, show
from course.exercise import Function, Lesson
from course.graphs import grown, nodes_behind
from course.judging import (
    call,
    case,
    counted,
    expect,
    expect_curve,
    expect_predictions,
    reject,
    with_globals,
)
from course.limits import leave_room
from course.pictures import Curve, Shown
from course.reading import used

lesson = Lesson(3, "backward from a scalar")


@lesson.exercise(
    1,
    right="What arrives from several sides is added first, and goes on in one piece.",
    hints={
        "own": "In a product, what leaves for one factor is multiplied by the other factor, not by the factor itself.",
        "one_path": "That is what a single path brings. How many paths lead from y to here?",
        "sign": "In m - a, what happens to the slope on the path to a, and on the path to m?",
        "early": "A node was visited before all that send it a slope. Who sends one to k, and who to m?",
        "oldest": "That is the order in which the tensors were made. Backward begins at the end.",
        "several": "Each of the three is visited once, when all its slopes have arrived.",
        "forward": "That is the value, computed in the forward pass. Which slope arrives there in the backward pass?",
    },
)
def follow_the_slope(slopes: dict, torch: Any) -> None:
    a = torch.tensor(2.0, requires_grad=True)
    b = torch.tensor(5.0, requires_grad=True)
    m = a * b
    k = m - a
    y = m * k
    m.retain_grad()
    k.retain_grad()
    y.backward()
    truth: dict[str, Any] = {
        "arrives at k": k.grad.item(),
        "arrives at m": m.grad.item(),
        "a collects": a.grad.item(),
        "b collects": b.grad.item(),
        "visited": ["y", "k", "m"],
    }
    expect_predictions(slopes, truth, words={"visited": ("y", "k", "m")})


follow_the_slope.wrong("own", {"arrives at k": 8.0})
follow_the_slope.wrong("own", {"arrives at k": 8.0, "a collects": 28.0, "b collects": 90.0})
follow_the_slope.wrong("own", {"arrives at m": 20.0})
follow_the_slope.wrong("own", {"a collects": 26.0})
follow_the_slope.wrong("own", {"a collects": 46.0})
follow_the_slope.wrong("own", {"b collects": 90.0})
follow_the_slope.wrong("one_path", {"arrives at m": 8.0})
follow_the_slope.wrong("one_path", {"arrives at m": 10.0})
follow_the_slope.wrong("one_path", {"arrives at m": 8.0, "a collects": 30.0, "b collects": 16.0})
follow_the_slope.wrong("one_path", {"arrives at m": 8.0, "a collects": 40.0, "b collects": 16.0})
follow_the_slope.wrong("one_path", {"arrives at m": 10.0, "a collects": 40.0, "b collects": 20.0})
follow_the_slope.wrong("one_path", {"arrives at m": 10.0, "a collects": 50.0, "b collects": 20.0})
follow_the_slope.wrong("one_path", {"a collects": 90.0})
follow_the_slope.wrong("one_path", {"a collects": -10.0})
follow_the_slope.wrong("one_path", {"b collects": 16.0})
follow_the_slope.wrong("one_path", {"b collects": 20.0})
follow_the_slope.wrong("sign", {"a collects": 100.0})
follow_the_slope.wrong("sign", {"arrives at m": -2.0})
follow_the_slope.wrong("early", {"visited": ["y", "m", "k"]})
follow_the_slope.wrong("early", {"visited": ["k", "y", "m"]})
follow_the_slope.wrong("oldest", {"visited": ["m", "k", "y"]})
follow_the_slope.wrong("several", {"visited": ["y", "m", "k", "m"]})
follow_the_slope.wrong("several", {"visited": ["y", "k", "m", "m"]})
follow_the_slope.wrong("forward", {"arrives at m": 10.0, "arrives at k": 8.0, "a collects": 2.0, "b collects": 5.0})
follow_the_slope.wrong("value", {"arrives at k": 1.0})
follow_the_slope.wrong("value", {"visited": ["y", "m"]})
follow_the_slope.wrong("type", {"visited": ["y", "k", "m", "a", "b"]})
follow_the_slope.wrong("type", {"visited": ["MulBackward0", "SubBackward0", "MulBackward0"]})
follow_the_slope.wrong("type", {"visited": "y, k, m"})
follow_the_slope.wrong("type", {"a collects": "80"})
follow_the_slope.wrong("type", {"a collects": [90.0, -10.0]})
follow_the_slope.wrong("type", after='slopes["arrives at k"] = torch.tensor(10.0)')
follow_the_slope.wrong("type", after='slopes.pop("visited")')

follow_the_slope.also_right(after='slopes["visited"] = "y", "k", "m"')
follow_the_slope.also_right(after='slopes["arrives at k"], slopes["a collects"] = 10, 90 - 10')
follow_the_slope.also_right(after="slopes = dict(sorted(slopes.items()))")


@lesson.exercise(
    2,
    right="The outer slope, the inner slope, and 1/N for the mean: three factors, and each is easy to lose.",
    hints={
        "engine": "Plain arithmetic is asked for. Here the engine has been called, or recording switched on.",
        "mean": "The mean divides by the number of all entries. Where does your formula divide?",
        "times": "The mean divides by N. Your formula multiplies by it.",
        "rows": "len(x) counts rows. Over how many numbers does the mean go if x is a table?",
        "columns": "That divides by the length of a row. How many rows are there?",
        "twice": "In a list, len(x) and x.shape[-1] are the same number. What counts entries, whatever the shape?",
        "list": "A list has one dimension: x.shape has one entry. What counts the numbers in x, whatever its shape?",
        "table": "x can have more than two dimensions. What says how many numbers are in it, whatever its shape?",
        "inner": "One more box is three more ice creams. That factor is missing.",
        "square": "The slope of a square is two times what is squared. The 2 is missing.",
        "inner_twice": "The 3 of a box is in it twice. It belongs to the inner slope alone.",
        "inner_and_square": "Two factors are missing: the 2 that a square brings, and the 3 ice creams of a box.",
        "outer": "`outer` is the square itself. What is the slope of m², with respect to m?",
        "boxes": "What is squared is 3 * x - c. Does `outer` have the 3 in it?",
        "one": "It is one number. How many slopes are there, and which shape do they have together?",
        "sign": "The sign is wrong. Where there are too many already, what does one more box do to the loss?",
        "abs": "No entry is negative. Where too few are ordered, does one more box make the loss larger?",
    },
)
def by_hand(gradient_by_hand: Function, torch: Any) -> None:
    with case("gradient_by_hand, as it is written"):
        engine = used(gradient_by_hand, "backward", "autograd", "enable_grad", "set_grad_enabled", "torch.func")
        if engine:
            reject("engine", came_out=f"`{engine}` is in it", expected="arithmetic alone")
    for boxes, wanted in (
        ([1.0, 2.0, 3.0, 4.0], [4.0, 5.0, 9.0, 14.0]),
        ([[2.0, 0.0, 1.0], [1.0, 3.0, 5.0]], [[5.0, 1.0, 2.0], [4.0, 7.0, 20.0]]),
        ([1.0, 4.0], [2.0, 14.0]),
        ([-0.5], [2.5]),
        ([[1.0, -2.0], [0.0, 0.25]], [[3.0, -6.0], [1.0, 0.0]]),
        ([[3.0], [1.0], [2.0]], [[8.0], [0.0], [6.0]]),
        ([[0.01, 0.02, -0.01]], [[0.02, 0.1, 0.0]]),
        ([300.0, 2000.0, 1500.0, 0.0, 70.0], [1000.0, 5000.0, 4500.0, 10.0, 200.0]),
        ([[[1.0, 2.0], [0.0, 3.0], [4.0, 1.0]], [[2.0, 2.0], [5.0, 0.5], [1.0, 1.0]]], [[[2.0] * 2] * 3] * 2),
    ):
        for dtype in (torch.float32, torch.float64) if boxes == [1.0, 4.0] else (torch.float32,):
            x, c = torch.tensor(boxes, dtype=dtype), torch.tensor(wanted, dtype=dtype)
            told = "" if dtype is torch.float32 else ", both float64"
            with case(f"gradient_by_hand(x, c), x = {show(boxes, 60)}, c = {show(wanted, 60)}{told}"):
                with (
                    counted(torch.Tensor, "backward") as calls,
                    counted(torch.autograd, "backward") as others,
                    counted(torch.autograd, "grad") as more,
                ):
                    got = call(gradient_by_hand, x, c)
                if calls or others or more:
                    reject("engine", came_out="a backward pass has run", expected="arithmetic alone")
                want = 6 * (3 * x - c) / x.numel()
                if is_tensor(got) and tuple(got.shape) == ():
                    reject("one", came_out=show(got), expected=show(want), evidence=got)
                size = max(3 * abs(number) for number in [*x.flatten().tolist(), *c.flatten().tolist()])
                expect(got, want, scale=size / x.numel())


by_hand.wrong("mean", replace=("1 / x.numel()", "1"))
by_hand.wrong("times", replace=("1 / x.numel()", "x.numel()"))
by_hand.wrong("rows", replace=("x.numel()", "len(x)"))
by_hand.wrong("rows", replace=("x.numel()", "x.shape[0]"))
by_hand.wrong("columns", replace=("x.numel()", "x.shape[-1]"))
by_hand.wrong("table", replace=("x.numel()", "(x.shape[0] * x.shape[1] if x.dim() == 2 else x.shape[0])"))
by_hand.wrong("table", replace=("x.numel()", "(len(x) * (x.shape[1] if x.dim() > 1 else 1))"))
by_hand.wrong("twice", replace=("x.numel()", "(len(x) * x.shape[-1])"))
by_hand.wrong("list", replace=("x.numel()", "(x.shape[0] * x.shape[1])"))
by_hand.wrong("inner", replace=("inner = 3", "inner = 1"))
by_hand.wrong("square", replace=("2 * (3 * x - c)", "(3 * x - c)"))
by_hand.wrong("inner_and_square", replace=("2 * (3 * x - c)", "(3 * x - c)", "inner = 3", "inner = 1"))
by_hand.wrong("outer", replace=("2 * (3 * x - c)", "(3 * x - c) ** 2"))
by_hand.wrong("inner_twice", replace=("2 * (3 * x - c)", "2 * 3 * (3 * x - c)"))
by_hand.wrong("outer", replace=("2 * (3 * x - c)", "(3 * x - c) ** 2", "inner = 3", "inner = 1"))
by_hand.wrong("boxes", replace=("2 * (3 * x - c)", "2 * (x - c)"))
by_hand.wrong("one", replace=("2 * (3 * x - c)", "(2 * (3 * x - c)).sum()"))
by_hand.wrong("one", replace=("2 * (3 * x - c)", "2 * (3 * x - c).mean()", "1 / x.numel()", "1"))
by_hand.wrong("sign", replace=("(3 * x - c)", "(c - 3 * x)"))
by_hand.wrong("sign", replace=("inner = 3", "inner = -3"))
by_hand.wrong(
    "engine",
    """
    leaf = torch.tensor(x.tolist(), requires_grad=True)
    ((3 * leaf - c) ** 2).mean().backward()
    outer, inner, share = leaf.grad, 1, 1
    """,
)
by_hand.wrong(
    "engine",
    """
    with torch.enable_grad():
        leaf = x.clone().requires_grad_()
        (outer,) = torch.autograd.grad(((3 * leaf - c) ** 2).mean(), leaf)
    inner = share = 1
    """,
)
by_hand.wrong(
    "engine",
    """
    from torch import autograd as plain
    leaf = x.clone().requires_grad_()
    outer, inner, share = plain.grad(((3 * leaf - c) ** 2).mean(), leaf)[0], 1, 1
    """,
)
by_hand.wrong(
    "engine",
    """
    leaf = x.clone().requires_grad_()
    getattr(((3 * leaf - c) ** 2).mean(), "".join(["back", "ward"]))()
    outer, inner, share = leaf.grad, 1, 1
    """,
)
by_hand.wrong("type", "return (6 * (3 * x - c) / x.numel()).tolist()")
by_hand.wrong("type", replace=("2 * (3 * x - c)", "2 * (3 * x - c).flatten()"))
by_hand.wrong("type", replace=("2 * (3 * x - c)", "2 * (3 * x - c).float()"))
by_hand.wrong("none", "return print(6 * (3 * x - c) / x.numel())")
by_hand.wrong("changed", replace=("inner = 3", "inner = 3\nx += 0.5"))
by_hand.wrong("changed", replace=("2 * (3 * x - c)", "x.mul_(3).sub_(c).mul_(2)"))
by_hand.wrong("raised", replace=("x.numel()", "torch.dot(torch.ones_like(x), torch.ones_like(x))"))
by_hand.wrong("raised", replace=("inner = 3", "inner = torch.tensor([3.0, 3.0, 3.0, 3.0])"))
by_hand.wrong("value", replace=("inner = 3", "inner = 3 * x"))
by_hand.wrong("abs", replace=("2 * (3 * x - c)", "2 * (3 * x - c).abs()"))
by_hand.wrong("abs", replace=("(3 * x - c)", "abs(3 * x - c)"))
by_hand.wrong("value", replace=("2 * (3 * x - c)", "2 * (3 * x + c)"))

by_hand.also_right("return 6 * (3 * x - c) / x.numel()")
by_hand.also_right(
    """
    outer = (3 * x - c) * 2
    inner = torch.full_like(x, 3.0)
    share = torch.ones_like(x) / torch.ones_like(x).sum()
    """
)
by_hand.also_right(
    """
    n = 1
    for size in x.shape:
        n *= size
    return (18 * x - 6 * c) / n
    """
)
by_hand.also_right(
    """
    result = torch.zeros_like(x)
    result[...] = 3 * x
    result -= c
    result *= 6 / len(x.flatten())
    return result
    """
)
by_hand.also_right(replace=("1 / x.numel()", "math.prod(x.shape) ** -1", "outer =", "import math\nouter ="))

by_hand.equivalent(
    "swapped: outer = 2 * (3 * x - c) | inner = 3",
    because="neither of the two lines needs the other",
)
by_hand.equivalent(
    "swapped: inner = 3 | share = 1 / x.numel()",
    because="neither of the two lines needs the other",
)


def place_of_fault(line: Sequence[Any]) -> str:
    """The first node that comes after one that it leads to, in words; empty if there is none."""
    places = {id(node): place for place, node in enumerate(line)}
    for place, node in enumerate(line):
        for behind, _ in node.next_functions:
            if behind is not None and places[id(behind)] < place:
                names = [told(one) for one in (behind, node)]
                numbers = places[id(behind)] + 1, place + 1
                return f"{names[0]}, number {numbers[0]}, before {names[1]}, number {numbers[1]}, which leads to it"
    return ""


def told(node: Any) -> str:
    """A node's name as it is printed."""
    return str(node.name()).removeprefix("torch::autograd::")


@lesson.exercise(
    3,
    right="A node is put down when everything behind it is. Read from the other end, none comes too early.",
    hints={
        "early": "A node comes before another one that sends it a slope. When is it safe to put one down?",
        "oldest": "The order is that of the forward pass. This line should begin at the end of the graph.",
        "twice": "A node is in the line twice. It should be visited once.",
        "missing": "Not every node is in the line. AccumulateGrad, where the path ends, is one as well.",
        "odd": "Something in the line is not a node of this graph.",
    },
)
def fix_the_line(fixed_newest_first: Function, torch: Any) -> None:
    x = torch.tensor(2.0, requires_grad=True)
    z = torch.tensor([1.0, -1.0], requires_grad=True)
    c = torch.tensor([3.0, 4.0])
    m = 3 * x
    e = x.exp()
    row = chain = x
    for _ in range(25):
        row = row / 2 + row / 2
    for _ in range(60):
        chain = -chain
    cases = {
        "y = m + m * m, m = 3 * x": m + m * m,
        "y = m * m + m, m = 3 * x": m * m + m,
        "y = 3 * x": m,
        "y = x + e * x, e = x.exp()": x + e * x,
        "y = e * m + e, e = x.exp(), m = 3 * x": e * m + e,
        "y = e - (e + (e * z).sum()), e = x.exp()": e - (e + (e * z).sum()),
        "y = torch.stack([z, c, z * z, z * c, (z * z).exp()])": torch.stack([z, c, z * z, z * c, (z * z).exp()]),
        "y = x, then sixty times y = -y": chain,
        **{f"a graph drawn by lot, number {seed}": grown(torch, seed) for seed in range(1, 9)},
        "25 diamonds in a row": row,
    }
    for graph, y in cases.items():
        with case(f"fixed_newest_first(y.grad_fn), {graph}"):
            got = call(fixed_newest_first, y.grad_fn)
            if not isinstance(got, list | tuple):
                expect(got, nodes_behind(y), hint="none" if got is None else "type")
            nodes = {id(node): node for node in nodes_behind(y)}
            names = show([told(nodes[id(node)]) if id(node) in nodes else node for node in got])
            if not all(id(node) in nodes for node in got):
                reject("odd", came_out=names)
            if len({id(node) for node in got}) < len(got):
                reject("twice", came_out=names)
            if len(got) < len(nodes):
                left_out = [told(node) for node in nodes.values() if not any(node is other for other in got)]
                reject("missing", came_out=names, details=f"Left out: {show(left_out)}.")
            if fault := place_of_fault(got):
                reject("early" if place_of_fault(got[::-1]) else "oldest", came_out=names, details=f"It has {fault}.")


fix_the_line.wrong("early", "return newest_first(node)")
fix_the_line.wrong("early", "return newest_first(node)[::-1]")
fix_the_line.wrong("early", "return sorted(newest_first(node), key=lambda each: each.name())")
fix_the_line.wrong(
    "early",
    """
    line = []

    def put_down(current):
        if current not in line:
            line.append(current)
            for behind, _ in reversed(current.next_functions):
                if behind is not None:
                    put_down(behind)

    put_down(node)
    return line
    """,
)
fix_the_line.wrong(
    "early",
    """
    line = [node]
    for current in line:
        line += [behind for behind, _ in current.next_functions if behind is not None and behind not in line]
    return list(dict.fromkeys(line))
    """,
)
fix_the_line.wrong(
    "early",
    """
    line = [node]
    for current in line:
        for behind, _ in current.next_functions:
            if behind in line[line.index(current):]:
                line.remove(behind)
            if behind is not None and behind not in line:
                line.append(behind)
    return line
    """,
)
fix_the_line.wrong("oldest", replace=("line[::-1]", "line"))
fix_the_line.wrong(
    "twice",
    """
    line = [node]
    for current in line:
        line += [behind for behind, _ in current.next_functions if behind is not None and len(line) < 5000]
    return line
    """,
)
fix_the_line.wrong("missing", replace=("not in line", "not in line and current.next_functions"))
fix_the_line.wrong("missing", replace=("current.next_functions", "current.next_functions[:2]"))
fix_the_line.wrong("missing", replace=("line[::-1]", "line[::-1][1:]"))
fix_the_line.wrong("missing", replace=("line[::-1]", "line[:0:-1]"))
fix_the_line.wrong("missing", replace=("not in line", "not in line and current.name() not in [n.name() for n in line]"))
fix_the_line.wrong("odd", replace=("line[::-1]", "[None, *line][::-1]"))
fix_the_line.wrong("odd", replace=("line[::-1]", "[node.name() for node in line[::-1]]"))
fix_the_line.wrong(
    "odd",
    """
    line = []

    def put_down(current):
        if current not in line:
            for behind, _ in current.next_functions if current else ():
                put_down(behind)
            line.append(current)

    put_down(node)
    return line[::-1]
    """,
)
fix_the_line.wrong(
    "endless",
    """
    line = []

    def put_down(current):
        for behind, _ in current.next_functions:
            if behind is not None:
                put_down(behind)
        if current not in line:
            line.append(current)

    put_down(node)
    return line[::-1]
    """,
)
fix_the_line.wrong("type", "return reversed(newest_first(node))")
fix_the_line.wrong("type", replace=("line[::-1]", "set(line)"))
fix_the_line.wrong("none", replace=("return line[::-1]", "line.reverse()"))
fix_the_line.wrong("none", replace=("return line[::-1]", "return line.reverse()"))
fix_the_line.wrong("raised", "return [node, *newest_first(node.next_functions[0])]")
fix_the_line.wrong("raised", replace=("if behind is not None:", "if True:"))

fix_the_line.also_right(
    """
    waiting, todo = {node: 0}, [node]
    while todo:
        for behind, _ in todo.pop().next_functions:
            if behind is not None:
                if behind not in waiting:
                    todo.append(behind)
                waiting[behind] = waiting.get(behind, 0) + 1
    line = [node]
    for current in line:
        for behind, _ in current.next_functions:
            if behind is not None:
                waiting[behind] -= 1
                if not waiting[behind]:
                    line.append(behind)
    return line
    """
)
fix_the_line.also_right(
    """
    line = []

    def put_down(current):
        if current is None or current in line:
            return
        for behind, _ in current.next_functions:
            put_down(behind)
        line.append(current)

    put_down(node)
    line.reverse()
    return line
    """
)
fix_the_line.also_right(
    """
    line, seen = [], set()

    def put_down(current):
        seen.add(current)
        for behind, _ in reversed(current.next_functions):
            if behind is not None and behind not in seen:
                put_down(behind)
        line.insert(0, current)

    put_down(node)
    return tuple(line)
    """
)
fix_the_line.also_right(
    """
    line, todo, done = [], [(node, False)], set()
    while todo:
        current, ready = todo.pop()
        if ready:
            line.append(current)
        elif current is not None and current not in done:
            done.add(current)
            todo.append((current, True))
            todo.extend((behind, False) for behind, _ in current.next_functions)
    line.reverse()
    return line
    """
)
fix_the_line.also_right(
    """
    depth = {}

    def distance(current):
        if current not in depth:
            depth[current] = 1 + max((distance(behind) for behind, _ in current.next_functions if behind), default=0)
        return depth[current]

    distance(node)
    return sorted(depth, key=depth.get, reverse=True)
    """
)

fix_the_line.equivalent(
    "line = [] |  | def put_down(current): | if current not in line: | for behind, _ in current.next_functions: | "
    "if behind is not None: | put_down(behind) | line.append(current) → def put_down(current): | "
    "if current not in line: | for behind, _ in current.next_functions: | if behind is not None: | put_down(behind) | "
    "line.append(current) | line = []",
    because="the list is needed when the function is called, not when it is defined",
)


# What a label can say, of the numbers along the bottom and of the slopes.
ALONG = re.compile(r"\bx(s|_?i)?\b|number|input|point|position|argument", re.IGNORECASE)
UPWARDS = re.compile(r"slope|gradient|\bgrad\b|derivative|f['′]|\\prime|\bd[fy]|\bd/d|steep|rate of", re.IGNORECASE)


@lesson.exercise(
    4,
    right="A new leaf for every point, so that no slope is added to another's.",
    hints={
        "nothing": "No line can be seen on the axes that were given. axes.plot(xs, …) draws one, from point to point.",
        "elsewhere": "A picture of its own was opened, or drawn on. Everything belongs on the axes that were given.",
        "several": "There are several lines on the axes. One is asked for, through all the points.",
        "length": "The line should have one point for each number in xs.",
        "values": "These are the values of f. The slopes are wanted.",
        "added": "Each slope has the earlier ones in it: they were collected in one and the same leaf.",
        "same": "All points have the last sum: the list holds the same tensor many times, and it kept changing.",
        "absent": "Not every slope is a number. Is it the leaf whose .grad you read, and after backward()?",
        "swapped": "The two axes are the wrong way round. What should go along the bottom?",
        "unlabelled": "The line is right. What do the two axes show? Nobody can tell without labels.",
        "labels": "The label along the bottom should say x, the one upwards slope.",
        "batch": "f takes a tensor with a single number. Give it one number after the other.",
        "nudged": "Not every point has had a backward pass through f. The slopes should come from one.",
        "scale": "The axes should be linear: other scales don't show the slopes in true proportion.",
        "upside_down": "Numbers should grow to the right and upwards.",
        "out_of_sight": "Not all the points are in the picture: the limits of an axis leave some of them out.",
    },
)
def plot_the_slopes(plot_slopes: Function, torch: Any) -> None:
    functions: list[tuple[str, Any, list[float]]] = [
        ("x**3 - 3 * x", lambda x: x**3 - 3 * x, [-2.0, -1.0, 0.5, 2.0, 3.0]),
        ("x * x.exp()", lambda x: x * x.exp(), [-1.5, 0.0, 0.0, 1.0, 2.0]),
        ("x * x if x > 0 else -3 * x", lambda x: x * x if x > 0 else -3 * x, [-1.0, -0.5, 0.25, 2.0]),
        ("3 * x", lambda x: 3 * x, [0.0, 1.0, 4.0]),
        ("1 / x", lambda x: 1 / x, [4.0, 2.0, 1.0, 0.5]),
        ("(x / 100) ** 2", lambda x: (x / 100) ** 2, [step / 4 for step in range(-20, 21)]),
        ("x**5", lambda x: x**5, [-10.0, 0.0, 10.0]),
    ]
    for told_f, f, xs in functions:
        leaves = [torch.tensor(x, requires_grad=True) for x in xs]
        for leaf in leaves:
            f(leaf).backward()
        slopes = [leaf.grad.item() for leaf in leaves]
        with case(f"plot_slopes(axes, f, {show(xs, 40)}), f(x) = {told_f}"):
            shown, passes = _drawn(plot_slopes, f, xs)
            _expect_slopes(shown, xs, slopes, passes=passes)
            _expect_same(shown, _drawn(plot_slopes, f, xs)[0])


def _drawn(plot_slopes: Function, f: Any, xs: list[float]) -> tuple[Shown, int]:
    """What an answer draws on new axes, and how many backward passes go through f."""
    from matplotlib.figure import Figure  # here, so that other checks don't wait for it

    axes = Figure().add_subplot()
    passes: list[Any] = []
    call(plot_slopes, axes, _noting(f, passes), xs, twice=False)
    return Shown(axes), len(passes)


def _expect_same(first: Shown, second: Shown) -> None:
    one, other = ([(curve.xs, curve.ys) for curve in shown.curves] for shown in (first, second))
    if difference(one, other, scale=1e-3) is not None or first.labels != second.labels:
        what, expected = "called a second time, on new axes", "the same as the first time"
        reject("again", what=what, came_out=show(other), expected=expected, evidence=other)


def _noting(f: Any, passes: list[Any]) -> Any:
    """A function of one number, which notes the backward passes that go through what it returns."""

    def noted(x: Any) -> Any:
        if is_tensor(x) and x.numel() != 1:
            reject("batch", what="what f was given", came_out=show(x), expected="a tensor with a single number")
        y = f(x)
        if is_tensor(y) and y.requires_grad:
            y.register_hook(lambda g: passes.append(g))
        return y

    return noted


def _expect_slopes(shown: Shown, xs: list[float], slopes: list[float], *, passes: int) -> None:
    size = min(1.0, max(map(abs, slopes)))
    orders = [(xs, slopes), (xs[::-1], slopes[::-1])]  # from the left or from the right: the picture is the same
    right = [curve for curve in shown.curves if any(curve.is_through(*order, scale=size) for order in orders)]
    across = [curve for curve in shown.curves if curve.is_straight_across and len(set(curve.xs)) > 1]
    others = [curve for curve in shown.curves if not curve.is_straight_across and curve not in right]
    if len(others) + bool(right) > 1:
        reject("several", came_out=f"{len(others) + len(right)} lines", expected="one line")
    if not right:
        _expect_slopes_on(next(iter(others or across), None), orders, passes)
    if passes < len(set(xs)):
        reject("nudged", what="backward passes through f", came_out=str(passes), expected=str(len(xs)))
    labels = show(shown.labels)
    if not all(re.search(r"\w", label) for label in shown.labels):
        reject("unlabelled", what="the labels", came_out=labels)
    along, upwards = shown.labels
    if not ALONG.search(along) or UPWARDS.search(along) or "f(x)" in along or not UPWARDS.search(upwards):
        reject("labels", what="the labels, along the bottom and upwards", came_out=labels)
    if shown.scales != ("linear", "linear"):
        reject("scale", what="the scales", came_out=show(shown.scales), expected="('linear', 'linear')")
    if not shown.runs_the_usual_way():
        reject("upside_down", what="the axes", came_out="an axis runs the other way round")
    if not shown.all_in_sight(xs, slopes):
        reject("out_of_sight", what="the points", came_out="some are outside the limits of the axes")


def _expect_slopes_on(curve: Curve | None, orders: list[tuple[list[float], list[float]]], passes: int) -> None:
    xs, _ = orders[0]
    if curve is None:
        reject("nothing", came_out="no line")
    if len(curve.xs) != len(xs):
        reject(
            "length", came_out=f"{len(curve.xs)} points", expected=f"{len(xs)} points", evidence=(curve.xs, curve.ys)
        )
    if any(map(math.isnan, [*curve.xs, *curve.ys])):
        reject("absent", what="upwards", came_out=show(curve.ys))
    order = next((order for order in orders if difference(curve.xs, order[0]) is None), orders[0])
    expect_curve((curve.xs, curve.ys), order, "the line", hint="" if passes else "nudged")


LEAVES = "leaves = [torch.tensor(value, requires_grad=True) for value in xs]\nfor x in leaves:\n    f(x).backward()\n"
SLOPES = LEAVES + "slopes = [x.grad.item() for x in leaves]\n"
LABELS = 'axes.set(xlabel="x", ylabel="slope")\n'
plot_the_slopes.wrong("nothing", "axes.scatter(xs, xs)")
plot_the_slopes.wrong("nothing", replace=("axes.plot(xs, slopes)", "axes.scatter(xs, slopes)"))
plot_the_slopes.wrong("nothing", replace=("plot(xs, slopes)", "plot(xs, slopes, 'o')"))
plot_the_slopes.wrong("nothing", replace=("plot(xs, slopes)", "plot(xs, slopes, alpha=0)"))
plot_the_slopes.wrong("nothing", replace=("plot(xs, slopes)", "plot(xs, slopes, visible=False)"))
plot_the_slopes.wrong("nothing", replace=("plot(xs, slopes)", "plot(xs, slopes, color='white')"))
plot_the_slopes.wrong("nothing", replace=("plot(xs, slopes)", "plot(xs, slopes, lw=0)"))
plot_the_slopes.wrong("nothing", replace=("axes.plot", "axes.step"))
plot_the_slopes.wrong("nothing", replace=("axes.plot(xs, slopes)", "axes.bar(xs, slopes)"))
plot_the_slopes.wrong(
    "nothing",
    """
    for value in xs:
        x = torch.tensor(value, requires_grad=True)
        f(x).backward()
        axes.plot(value, x.grad.item(), "o")
    """,
)
plot_the_slopes.wrong("elsewhere", SLOPES + "import matplotlib.pyplot as plt\nplt.plot(xs, slopes)\n")
plot_the_slopes.wrong(
    "elsewhere", SLOPES + LABELS + "import matplotlib.pyplot as plt\nplt.plot(xs, slopes)\naxes.plot(xs, slopes)"
)
plot_the_slopes.wrong(
    "elsewhere",
    "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\n" + SLOPES + LABELS + "axes.plot(xs, slopes)",
)
plot_the_slopes.wrong(
    "several",
    replace=(
        "axes.plot(xs, slopes)",
        "axes.plot(xs, slopes)\naxes.plot(xs, [f(torch.tensor(value)).item() for value in xs])",
    ),
)
plot_the_slopes.wrong(
    "several",
    SLOPES
    + LABELS
    + "for place in range(1, len(xs)):\n    axes.plot(xs[place - 1 : place + 1], slopes[place - 1 : place + 1])",
)
plot_the_slopes.wrong(
    "length",
    """
    for value in xs:
        x = torch.tensor(value, requires_grad=True)
        f(x).backward()
    axes.plot([value, value + 1], [x.grad.item(), 0.5])
    """,
)
plot_the_slopes.wrong("length", SLOPES + LABELS + "both = dict(zip(xs, slopes))\naxes.plot(list(both), both.values())")
plot_the_slopes.wrong("values", "axes.plot(xs, [f(torch.tensor(value)).item() for value in xs])")
plot_the_slopes.wrong("values", LEAVES + "axes.plot(xs, [f(x).item() for x in leaves])")
plot_the_slopes.wrong(
    "added",
    """
    x, slopes = torch.tensor(0.0, requires_grad=True), []
    for value in xs:
        f(x + value).backward()
        slopes.append(x.grad.item())
    axes.plot(xs, slopes)
    """,
)
plot_the_slopes.wrong(
    "same",
    """
    x, slopes = torch.tensor(0.0, requires_grad=True), []
    for value in xs:
        f(x + value).backward()
        slopes.append(x.grad)
    axes.plot(xs, [slope.item() for slope in slopes])
    """,
)
plot_the_slopes.wrong(
    "absent",
    """
    slopes = []
    for value in xs:
        x = torch.tensor(value, requires_grad=True) * 1
        f(x).backward()
        slopes.append(x.grad)
    axes.plot(xs, slopes)
    """,
)
plot_the_slopes.wrong(
    "absent",
    "leaves = [torch.tensor(value, requires_grad=True) for value in xs]\naxes.plot(xs, [x.grad for x in leaves])",
)
plot_the_slopes.wrong("swapped", replace=("plot(xs, slopes)", "plot(slopes, xs)"))
plot_the_slopes.wrong("unlabelled", SLOPES + "axes.plot(xs, slopes)")
plot_the_slopes.wrong("unlabelled", replace=('xlabel="x", ', ""))
plot_the_slopes.wrong("unlabelled", replace=('xlabel="x", ylabel="slope of f at x"', 'xlabel="-", ylabel=" "'))
plot_the_slopes.wrong("labels", replace=('xlabel="x", ylabel="slope of f at x"', 'xlabel="slope", ylabel="x"'))
plot_the_slopes.wrong("labels", replace=('xlabel="x", ylabel="slope of f at x"', 'xlabel="a", ylabel="b"'))
plot_the_slopes.wrong("labels", replace=("slope of f at x", "f(x)"))
plot_the_slopes.wrong(
    "batch",
    "x = torch.tensor(xs, requires_grad=True)\nf(x).sum().backward()\naxes.plot(xs, x.grad.tolist())\n" + LABELS,
)
plot_the_slopes.wrong(
    "batch", "x = torch.tensor(xs, requires_grad=True)\nf(x).backward()\naxes.plot(xs, x.grad.tolist())"
)
plot_the_slopes.wrong(
    "nudged",
    """
    def value(x):
        return f(torch.tensor(x)).item()

    axes.plot(xs, [(value(x + 0.01) - value(x)) / 0.01 for x in xs])
    """,
)
plot_the_slopes.wrong(
    "nudged",
    """
    def value(x):
        return f(torch.tensor(x, dtype=torch.float64)).item()

    axes.plot(xs, [round((value(x + 1e-5) - value(x - 1e-5)) / 2e-5, 6) for x in xs])
    axes.set(xlabel="x", ylabel="slope")
    """,
)
plot_the_slopes.wrong("scale", replace=("axes.plot", 'axes.set_yscale("symlog")\naxes.plot'))
plot_the_slopes.wrong(
    "again",
    """
    leaves = plot_slopes.__dict__.setdefault("leaves", {})
    places = [(x, f(torch.tensor(x)).item()) for x in xs]
    for place in places:
        f(leaves.setdefault(place, torch.tensor(place[0], requires_grad=True))).backward()
    axes.plot(xs, [leaves[place].grad.item() for place in places])
    axes.set(xlabel="x", ylabel="slope")
    """,
)
plot_the_slopes.wrong("scale", replace=("axes.plot(", "axes.semilogy("))
plot_the_slopes.wrong("upside_down", replace=("axes.plot", "axes.invert_yaxis()\naxes.plot"))
plot_the_slopes.wrong("out_of_sight", replace=('xlabel="x"', 'xlabel="x", ylim=(0, None)'))
plot_the_slopes.wrong("changed", replace=("axes.plot", "xs.append(9.0)\nslopes.append(0.0)\naxes.plot"))
plot_the_slopes.wrong("raised", replace=("axes.plot(xs, slopes)", "axes.plot(xs, slope)"))
plot_the_slopes.wrong("raised", replace=("requires_grad=True", "requires_grad=False"))
plot_the_slopes.wrong("value", replace=("slopes.append(x.grad.item())", "slopes.append(abs(x.grad.item()))"))
plot_the_slopes.wrong("value", replace=("x.grad.item()", "round(x.grad.item(), 1)"))

plot_the_slopes.also_right(SLOPES + LABELS + 'axes.plot(xs, slopes, "o-", color="0.3")\naxes.axhline(0, color="0.8")')
plot_the_slopes.also_right(
    """
    def slope(value):
        x = torch.tensor([value], requires_grad=True)
        f(x).backward()
        return x.grad[0]

    axes.plot(xs, [slope(value) for value in xs], label="slope")
    axes.scatter(xs, [slope(value) for value in xs])
    axes.set_xlabel("the number $x$")
    axes.set_ylabel("$f'(x)$")
    axes.legend()
    return axes
    """
)
plot_the_slopes.also_right(
    """
    leaves = [torch.tensor(value, requires_grad=True) for value in sorted(xs)]
    sum(f(x) for x in leaves).backward()
    [line] = axes.plot(sorted(xs), [float(x.grad) for x in leaves])
    axes.hlines(0, min(xs), max(xs), colors="0.8")
    axes.set(xlabel="x", ylabel="gradient", title="Slopes")
    line.set_linestyle("--")
    """
)
plot_the_slopes.also_right(
    """
    from matplotlib.lines import Line2D

    slopes, x = [], torch.tensor(0.0, requires_grad=True)
    for value in xs:
        x.grad = None
        f(x + value).backward()
        slopes.append(x.grad.item())
    axes.add_line(Line2D(xs, slopes))
    axes.autoscale_view()
    axes.figure.supxlabel("xs")
    axes.figure.supylabel("the derivative")
    """
)
plot_the_slopes.also_right(
    """
    leaves = [torch.tensor(value, requires_grad=True) for value in xs]
    axes.plot(xs, [torch.autograd.grad(f(x), x)[0].item() for x in leaves])
    axes.set(xlabel="x", ylabel="slope")
    """
)

plot_the_slopes.equivalent(
    "axes.set(xlabel='x', ylabel='slope of f at x') → axes.set(xlabel='x', ylabel='slope of f at xx')",
    because="the label still says slope",
)
plot_the_slopes.equivalent(
    "swapped: axes.plot(xs, slopes) | axes.set(xlabel='x', ylabel='slope of f at x')",
    because="neither of the two lines needs the other",
)
plot_the_slopes.equivalent(
    "slopes.append(x.grad.item()) → slopes.append(x.grad)",
    because="matplotlib draws 0-d tensors as numbers, and each is the .grad of a leaf of its own",
)


class Node:
    """A node as the lesson's walks see it, which rejects an answer that calls it too early, again, or wrongly."""

    def __init__(self, title: str, *inputs: tuple["Node | None", float]) -> None:
        self.title = title
        self.next_functions = tuple((behind, 0) for behind, _ in inputs)
        self.factors = [factor for _, factor in inputs]
        self.edges = 0
        for behind, _ in inputs:
            if behind is not None:
                behind.edges += 1
        self.expect(None)

    def expect(self, want: Any) -> None:
        """Be as if it had never been called, and expect this slope in all."""
        self.want = want
        self.sent = 0
        self.called = False

    def __call__(self, slope: Any) -> tuple[Any, ...]:
        if not self.next_functions:
            raise TypeError(f"{self.title} is a place to collect: nothing lies behind it")
        leave_room()
        if self.called or self.sent < self.edges:
            came_out = f"{self} was called {'again, ' if self.called else ''}with {show(slope)}"
            reject("repeated" if self.called else "early", came_out=came_out)
        expect_slope(self, slope, "{} was called with {}")
        self.called = True
        for behind, _ in self.next_functions:
            if behind is not None:
                behind.sent += 1
        pairs = zip(self.next_functions, self.factors, strict=True)
        # A factor 1 sends on the very tensor that arrives, as the nodes of sums do.
        return tuple(
            None if behind is None else slope if factor == 1.0 else slope * factor for (behind, _), factor in pairs
        )

    def __repr__(self) -> str:
        return self.title

    def name(self) -> str:
        return self.title


def expect_slope(node: Node, got: Any, words: str) -> None:
    """Reject a slope unless it is the one that arrives at a node in all."""
    reason = difference(got, node.want)
    if reason is not None:
        hint = "type" if reason else "start" if not node.edges else "one" if node.edges > 1 else "value"
        reject(hint, came_out=words.format(node, show(got)), expected=show(node.want), details=reason)


def nodes_to_walk() -> Iterator[tuple[str, list[Node]]]:
    """Graphs that a walk must master, each as its nodes in an order in which to visit them, the end of it first."""
    x = Node("x")
    square = Node("x * x", (x, 3.0), (x, 3.0))
    yield "y = 3 * (x * x)", [Node("3 * (x * x)", (square, 3.0), (None, 0.0)), square, x]
    yield "y = x, a leaf", [Node("x")]
    for other in ("m", "(m + 0)"):
        for swapped in (False, True):
            x = Node("x")
            m = Node("m", (x, 3.0))
            square = Node("m * m", (m, 6.0), (m, 6.0))
            plain = m if other == "m" else Node("m + 0", (m, 1.0))
            inputs = [(square, 1.0), (plain, 1.0)]
            y = Node("y", *(inputs[::-1] if swapped else inputs))
            told = f"y = {other} + m * m, m = 3 * x" if swapped else f"y = m * m + {other}, m = 3 * x"
            yield told, [y, square, *([plain] if plain is not m else []), m, x]
    for seed in range(1, 9):
        yield f"a graph drawn by lot, number {seed}", _drawn_by_lot(seed)
    row = [Node("x")]
    for _ in range(20):
        halves = [Node("half", (row[0], 0.5), (None, 0.0)) for _ in range(2)]
        row = [Node("sum", (halves[0], 1.0), (halves[1], 1.0)), *halves, *row]
    yield "20 diamonds in a row", row
    chain = [Node("x")]
    for _ in range(4000):
        chain.append(Node("- x", (chain[-1], -1.0)))
    yield "4,000 operations in a chain", chain[::-1]


def _drawn_by_lot(seed: int) -> list[Node]:
    draw = random.Random(seed)
    nodes = [Node("x"), Node("z")]
    for _ in range(10):
        inputs = [draw.choice([*nodes[-4:], None]) for _ in range(draw.choice((1, 2, 3)))]
        pairs = [(node, draw.choice((1.0, 1.0, -1.0, 2.0, 0.5, 0.0))) for node in [*inputs, nodes[-1]]]
        nodes.append(Node(draw.choice(("sum", "product", "mean")), *pairs))
    nodes.append(Node("y", *((node, 1.0) for node in nodes if not node.edges), (nodes[4], 2.0), (None, 0.0)))
    return nodes[::-1]


def send_on(node: Any, arriving: Any) -> list[tuple[Any, Any]]:
    """The notebook's function of this name, as it is before anybody changes it."""
    if not node.next_functions:
        return []
    slopes = node(arriving)
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    pairs = zip(node.next_functions, slopes, strict=True)
    return [(behind, slope) for (behind, _), slope in pairs if behind is not None]


@lesson.exercise(
    5,
    right="Each node once, when everything that feeds it has arrived, and no recursion: this is PyTorch's way.",
    hints={
        "early": "A node was called while another, which sends it a slope, had not been called yet.",
        "repeated": "A node was called more than once.",
        "skipped": "A node was never called. Is it ever found to be complete?",
        "start": "The walk starts with the slope `one` at the node that is given, whatever `one` is.",
        "one": "It was not visited too early, but the slope is wrong. What happens to slopes that meet there?",
        "in_place": "`+=` changes a tensor that other nodes were sent, too. `a = a + b` makes a new one.",
        "missing": "The slopes that went on are right, but not everything that arrived is returned.",
        "extra": "Something is in the dictionary that is not a node behind the one that was given.",
        "deep": "It calls itself for each operation of the chain, and reached Python's limit. A loop has none.",
        "limit": "Python's recursion limit protects the whole notebook. Leave it as it is: a loop doesn't need it.",
    },
)
def wait_for_all(backward_of: Function, torch: Any) -> None:
    with case("backward_of, as it is written"):
        if used(backward_of, "setrecursionlimit"):
            reject("limit", came_out="`setrecursionlimit` is in it", expected="no recursion")
    ones = [torch.tensor(1.0), torch.tensor(-2.5), torch.tensor([1.0, 4.0, -2.0])]
    with with_globals(backward_of, send_on=send_on):
        for place, (graph, nodes) in enumerate(nodes_to_walk()):
            end, one = nodes[0], ones[place % 3]
            want = dict.fromkeys(nodes, one * 0) | {end: one * 1}
            for node in nodes:
                for (behind, _), factor in zip(node.next_functions, node.factors, strict=True):
                    if behind is not None:
                        want[behind] = want[behind] + want[node] * factor
            with case(f"backward_of(node, {show(one)}), {graph}"):
                results = []
                for _ in range(2 if len(nodes) < 100 else 1):
                    for node in nodes:
                        node.expect(want[node])
                    results.append(call(backward_of, end, one, raises={"recursion depth": "deep"}, twice=False))
                    _expect_arrived(results[-1], nodes)
                if len(results) == 2:
                    if results[0] is results[1]:
                        same = "the same dictionary"
                        reject("again", what="what two calls return", came_out=same, expected="a new one each time")
                    _expect_arrived(results[0], nodes)
        x = torch.tensor([2.0, -1.0], requires_grad=True)
        m = 3 * x
        graphs = {
            "y = (m + 1) + (m * m + m), m = 3 * x": (m + 1) + (m * m + m),
            "y = m + (m + m.exp() / 9) + x, m = 3 * x": m + (m + m.exp() / 9) + x,
        }
        for graph, y in graphs.items():
            with case(f"backward_of(y.grad_fn, {show(ones[2][:2])}), {graph}"):
                (wanted,) = torch.autograd.grad(y, x, ones[2][:2], retain_graph=True)
                got = call(backward_of, y.grad_fn, ones[2][:2], twice=False)
                arrived = [slope for node, slope in _items(got) if getattr(node, "variable", None) is x]
                if len(arrived) != 1:
                    reject("missing", what="slopes for x", came_out=f"{len(arrived)}", expected="1")
                expect(arrived[0], wanted, "for x", scale=100.0)
                if x.grad is not None:
                    reject("changed", what="x.grad", came_out=show(x.grad), expected="None, as before")


def _items(got: Any) -> list[tuple[Any, Any]]:
    if got is None:
        reject("none")
    if not isinstance(got, Mapping):
        reject("type", came_out=show(got), details="It should return a dictionary.")
    return list(got.items())


def _expect_arrived(got: Any, nodes: list[Node]) -> None:
    arrived = {id(node): slope for node, slope in _items(got)}
    if odd := arrived.keys() - set(map(id, nodes)):
        reject("extra", came_out=show(next(node for node in got if id(node) in odd)))
    for node in nodes:
        if node.next_functions and not node.called:
            reject("skipped", came_out=f"{node} was never called")
    for node in nodes:
        if id(node) not in arrived:
            reject("missing", came_out=f"nothing for {node}")
        expect_slope(node, arrived[id(node)], "for {}: {}")


wait_for_all.wrong("early", replace=("if waiting[behind] == 0:", "if behind not in complete:"))
wait_for_all.wrong(
    "early",
    """
    arrived, ready = {node: one}, [node]
    for newest in ready:
        for behind, s in send_on(newest, arrived[newest]):
            if behind not in arrived:
                ready.append(behind)
            arrived[behind] = arrived.get(behind, 0) + s
    return arrived
    """,
)
wait_for_all.wrong("early", replace=("in todo.pop().next_functions", "in dict.fromkeys(todo.pop().next_functions)"))
wait_for_all.wrong("early", replace=("waiting[behind] += 1", "waiting[behind] = 1"))
wait_for_all.wrong(
    "repeated",
    """
    arrived = {}

    def walk(current, slope):
        arrived[current] = arrived.get(current, 0) + slope
        for behind, s in send_on(current, slope):
            walk(behind, s)

    walk(node, one)
    return arrived
    """,
)
wait_for_all.wrong(
    "repeated",
    """
    line = [node]
    for current in line:
        for behind, _ in current.next_functions:
            if behind is not None:
                if behind in line:
                    line.remove(behind)
                line.append(behind)
    arrived = {node: one}
    for newest in [*line, *line]:
        for behind, s in send_on(newest, arrived[newest]):
            arrived[behind] = arrived.get(behind, 0) + s
    return arrived
    """,
)
DEEP = """
    line, met = [], set()

    def line_up(current):
        if current not in met:
            met.add(current)
            for behind, _ in current.next_functions:
                if behind is not None:
                    line_up(behind)
            line.append(current)

    line_up(node)
    arrived = {node: one}
    for newest in reversed(line):
        for behind, s in send_on(newest, arrived[newest]):
            arrived[behind] = arrived.get(behind, 0) + s
    return arrived
"""
wait_for_all.wrong("deep", DEEP)
wait_for_all.wrong(
    "deep",
    replace=(
        "while complete:\n    current = complete.pop()\n    for",
        "def visit(current):\n    for",
        "complete.append(behind)\nreturn arrived",
        "visit(behind)\nvisit(node)\nreturn arrived",
    ),
)
wait_for_all.wrong("limit", DEEP.replace("line, met", "import sys\n    sys.setrecursionlimit(100_000)\n    line, met"))
wait_for_all.wrong("one", replace=("arrived.get(behind, 0) + slope", "slope"))
wait_for_all.wrong("start", replace=("{node: one}", "{node: torch.tensor(1.0)}"))
wait_for_all.wrong("value", replace=("+ slope", "+ slope.abs()"))
wait_for_all.wrong(
    "in_place",
    replace=(
        "arrived[behind] = arrived.get(behind, 0) + slope",
        "if behind in arrived:\n            arrived[behind] += slope\n"
        "        else:\n            arrived[behind] = slope",
    ),
)
wait_for_all.wrong("skipped", replace=("waiting[behind] = 0\n", "waiting[behind] = 1\n"))
wait_for_all.wrong("skipped", replace=("waiting[behind] -= 1", "waiting[behind] -= bool((slope != 0).any())"))
wait_for_all.wrong("missing", replace=("arrived[current])", "arrived.pop(current))"))
wait_for_all.wrong(
    "missing", replace=("return arrived", "return {n: s for n, s in arrived.items() if n.next_functions}")
)
wait_for_all.wrong(
    "missing", replace=("return arrived", "return {n: s for n, s in arrived.items() if not n.next_functions}")
)
wait_for_all.wrong("extra", replace=("return arrived", "return {n.name(): s for n, s in arrived.items()}"))
wait_for_all.wrong("extra", replace=("return arrived", "return {**arrived, None: one}"))
wait_for_all.wrong("changed", replace=("return arrived", "one.add_(0)\nreturn arrived"))
wait_for_all.wrong("type", "return one")
wait_for_all.wrong("type", replace=("return arrived", "return {n: [s] for n, s in arrived.items()}"))
wait_for_all.wrong("type", replace=("return arrived", "return list(arrived.items())"))
wait_for_all.wrong("none", replace=("return arrived", "arrived"))
wait_for_all.wrong("raised", replace=("if behind is not None:", "if True:"))
wait_for_all.wrong("endless", replace=("todo.pop()", "todo[0]"))

wait_for_all.also_right(
    """
    from collections import defaultdict

    waiting = defaultdict(int)
    met, todo = {node}, [node]
    while todo:
        for behind, _ in todo.pop().next_functions:
            if behind is None:
                continue
            waiting[behind] += 1
            if behind not in met:
                met.add(behind)
                todo.append(behind)
    arrived, ready = defaultdict(lambda: torch.tensor(0.0)), [node]
    arrived[node] = one
    for current in ready:
        for behind, slope in send_on(current, arrived[current]):
            arrived[behind] = arrived[behind] + slope
            waiting[behind] -= 1
            if not waiting[behind]:
                ready.append(behind)
    return arrived
    """
)
wait_for_all.also_right(
    """
    line, todo, done = [], [(node, False)], set()
    while todo:
        current, ready = todo.pop()
        if ready:
            line.append(current)
        elif current is not None and current not in done:
            done.add(current)
            todo.append((current, True))
            todo.extend((behind, False) for behind, _ in current.next_functions)
    arrived = dict.fromkeys(line, 0 * one)
    arrived[node] = one
    for current in reversed(line):
        for behind, slope in send_on(current, arrived[current]):
            arrived[behind] = arrived[behind] + slope
    return arrived
    """
)
wait_for_all.also_right(
    """
    from collections import Counter, deque

    seen, queue = {node}, deque([node])
    missing = Counter()
    while queue:
        inputs = [behind for behind, _ in queue.popleft().next_functions if behind is not None]
        missing.update(inputs)
        fresh = set(inputs) - seen
        seen |= fresh
        queue.extend(fresh)
    parts, result = {node: [one]}, {}
    queue.append(node)
    while queue:
        current = queue.popleft()
        result[current] = sum(parts.pop(current))
        for behind, slope in send_on(current, result[current]):
            parts.setdefault(behind, []).append(slope)
            if len(parts[behind]) == missing[behind]:
                queue.append(behind)
    return result
    """
)
for lines in ("waiting = {node: 0} | todo = [node]", "arrived = {node: one} | complete = [node]"):
    wait_for_all.equivalent(
        f"swapped: {lines}",
        because="neither of the two lines needs the other",
    )
wait_for_all.equivalent(
    "swapped: while todo: | for behind, _ in todo.pop().next_functions: | if behind is not None: | "
    "if behind not in waiting: | waiting[behind] = 0 | todo.append(behind) | waiting[behind] += 1 | "
    "arrived = {node: one}",
    because="what has arrived is not used before the second loop",
)
wait_for_all.equivalent("waiting = {node: 0} → waiting = {node: 1}", because="nothing ever waits for the first node")
wait_for_all.equivalent(
    "swapped: arrived[behind] = arrived.get(behind, 0) + slope | waiting[behind] -= 1",
    because="neither of the two lines needs the other",
)
wait_for_all.equivalent(
    "swapped: waiting[behind] = 0 | todo.append(behind)",
    because="neither of the two lines needs the other",
)
