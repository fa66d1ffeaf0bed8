"""Exercises of lesson 03: what arrives and leaves, a gradient by hand, the order of the visits, slopes in a plot."""

import math
from typing import Any

from course.exercise import Function, Lesson
from course.graphs import nodes_behind
from course.old_words import AnyOf, call, difference, expect, expect_predictions, reject, show

lesson = Lesson(3, "backward from a scalar")


@lesson.exercise(
    1,
    right="What arrives from several sides is added first, and goes on in one piece.",
    hints={
        "own": "In a product, what leaves for one factor is multiplied by the other factor, not by the factor itself.",
        "dropped": "There is a second way from y to here. What it brings is missing.",
        "overwritten": "The slope that came last took the place of the others. Slopes that meet are added.",
        "sign": "In m - a, what happens to the slope on its way to a?",
        "early": "A receipt was visited before all that feeds it had been. Who sends a slope to m?",
        "oldest": "That is the way forward, in which the tensors were made. Backward begins at the end.",
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
    given = {key: float(said) if type(said) is int else said for key, said in slopes.items()}
    expect_predictions(
        given,
        truth,
        own={"arrives at k": 8.0, "arrives at m": 20.0, "a collects": AnyOf(26.0, 46.0), "b collects": 90.0},
        dropped={"arrives at m": 8.0, "a collects": AnyOf(90.0, 30.0, 40.0), "b collects": 16.0},
        overwritten={"arrives at m": 10.0, "a collects": -10.0, "b collects": 20.0},
        sign={"a collects": 100.0},
        early={"visited": ["y", "m", "k"]},
        oldest={"visited": ["m", "k", "y"]},
    )


follow_the_slope.almost("own", 'slopes["arrives at k"] = 8.0')
follow_the_slope.almost("own", 'slopes["b collects"] = 90.0')
follow_the_slope.almost("own", 'slopes["a collects"] = 26.0')
follow_the_slope.almost("dropped", 'slopes["arrives at m"] = 8.0')
follow_the_slope.almost("dropped", 'slopes["a collects"] = 90.0')
follow_the_slope.almost("overwritten", 'slopes["arrives at m"] = 10.0')
follow_the_slope.almost("overwritten", 'slopes["a collects"] = -10')
follow_the_slope.almost("sign", 'slopes["a collects"] = 100.0')
follow_the_slope.almost("early", 'slopes["visited"] = ["y", "m", "k"]')
follow_the_slope.almost("oldest", 'slopes["visited"] = ["m", "k", "y"]')
follow_the_slope.almost("value", 'slopes["arrives at k"] = 1.0')
follow_the_slope.almost("type", 'slopes["visited"] = "y", "k", "m"')


@lesson.exercise(
    2,
    right="The outer slope, the inner slope, and 1/N for the mean: three factors, and each is easy to lose.",
    hints={
        "mean": "It is N times too large, N being how many entries there are. Which part of the loss divides?",
        "rows": "len(x) counts rows. Over how many numbers does mean() average if x is a table?",
        "inner": "A box more is three ice creams more. That factor is missing.",
        "square": "The slope of a square is two times what is squared. The 2 is missing.",
        "one": "It is one number. How many slopes are there, and which shape do they have together?",
        "sign": "The sign is wrong. Where there are too many already, what does one box more do to the loss?",
        "loss": "These are the terms of the loss itself, not its slopes.",
        "engine": "While this is checked, nothing is recorded, so the engine can't help. Plain arithmetic will do.",
    },
)
def by_hand(gradient_by_hand: Function, torch: Any) -> None:
    cases = [
        ([1.0, 2.0, 3.0, 4.0], [4.0, 5.0, 9.0, 14.0]),
        ([[2.0, 0.0, 1.0], [1.0, 3.0, 5.0]], [[5.0, 1.0, 2.0], [4.0, 7.0, 20.0]]),
        ([1.0, 4.0], [2.0, 14.0]),
        (2.0, 5.0),
    ]
    for boxes, wanted in cases:
        x = torch.tensor(boxes, requires_grad=True)
        c = torch.tensor(wanted)
        ((3 * x - c) ** 2).mean().backward()
        want, x = x.grad, x.detach()
        miss = 3 * x - c
        count = math.prod(x.shape)
        tried = f"gradient_by_hand(x, c), x = {show(boxes)}, c = {show(wanted)}"
        with torch.no_grad():
            got = call(tried, gradient_by_hand, x, c, raises={"RuntimeError": "engine"})
        if x.shape and hasattr(got, "shape") and got.shape == torch.Size([]):
            reject("one", tried=tried, came_out=show(got), expected=show(want))
        known: dict[str, Any] = {} if count == 1 else {"mean": AnyOf(6 * miss, 2 * miss, 3 * miss)}
        if len(x.shape) == 2:
            known = {"rows": 6 * miss / len(x), **known}
        expect(
            tried,
            got,
            want,
            **known,
            inner=2 * miss / count,
            square=3 * miss / count,
            sign=-want,
            loss=AnyOf(miss**2, miss**2 / count, miss),
        )


by_hand.wrong("mean", "outer = 2 * (3 * x - c)\ninner = 3\nshare = 1")
by_hand.wrong("mean", "outer = 2 * (3 * x - c)\ninner = 1\nshare = 1")
by_hand.wrong("rows", "outer = 2 * (3 * x - c)\ninner = 3\nshare = 1 / (len(x) if x.shape else 1)")
by_hand.wrong("inner", "outer = 2 * (3 * x - c)\ninner = 1\nshare = 1 / x.numel()")
by_hand.wrong("square", "outer = 3 * x - c\ninner = 3\nshare = 1 / x.numel()")
by_hand.wrong("one", "outer = (2 * (3 * x - c)).sum()\ninner = 3\nshare = 1 / x.numel()")
by_hand.wrong("one", "outer = 2 * (3 * x - c).mean()\ninner = 3\nshare = 1")
by_hand.wrong("sign", "outer = 2 * (c - 3 * x)\ninner = 3\nshare = 1 / x.numel()")
by_hand.wrong("loss", "outer = (3 * x - c) ** 2\ninner = 1\nshare = 1 / x.numel()")
by_hand.wrong(
    "engine",
    """
    leaf = torch.tensor(x.tolist(), requires_grad=True)
    ((3 * leaf - c) ** 2).mean().backward()
    outer, inner, share = leaf.grad, 1, 1
    """,
)
by_hand.wrong("type", "return (6 * (3 * x - c) / x.numel()).tolist()")
by_hand.wrong("none", "return print(6 * (3 * x - c) / x.numel())")


def stands_right(line: list[Any]) -> bool:
    """Whether no node stands before one that leads to it."""
    place = {id(node): position for position, node in enumerate(line)}
    return all(place[id(node)] < place.get(id(behind), math.inf) for node in line for behind, _ in node.next_functions)


@lesson.exercise(
    3,
    right="A receipt is put down when everything behind it is down. Read from the other end, none comes too early.",
    hints={
        "early": "A receipt stands before another one that sends it a slope. When is it safe to put one down?",
        "oldest": "The order is right for the way forward. This line should begin at the end of the graph.",
        "twice": "A receipt stands in the line twice. It should be visited once.",
        "missing": "Not every receipt is in the line. A place to collect is one as well.",
        "odd": "Something in the line is no receipt of this graph.",
    },
)
def mend_the_line(mended_newest_first: Function, torch: Any) -> None:
    x = torch.tensor(2.0, requires_grad=True)
    z = torch.tensor([1.0, -1.0], requires_grad=True)
    m = 3 * x
    e = x.exp()
    row = x
    for _ in range(25):
        row = row / 2 + row / 2
    cases = {
        "y = m + m * m, m = 3 * x": m + m * m,
        "y = m * m + m, m = 3 * x": m * m + m,
        "y = 3 * x": m,
        "y = x + e * x, e = x.exp()": x + e * x,
        "y = e * m + e, e = x.exp(), m = 3 * x": e * m + e,
        "y = e - (e + (e * z).sum()), e = x.exp()": e - (e + (e * z).sum()),
        "25 diamonds in a row": row,
    }
    for graph, y in cases.items():
        tried = f"mended_newest_first(y.grad_fn), {graph}"
        got = call(tried, mended_newest_first, y.grad_fn)
        if got is None:
            reject("none", tried=tried)
        if not isinstance(got, list):
            reject("type", tried=tried, came_out=show(got), details="It should return a list.")
        nodes = {id(node): node for node in nodes_behind(y)}
        names = [nodes[id(node)].name().removeprefix("torch::autograd::") if id(node) in nodes else "?" for node in got]
        came_out = show(names)
        if not all(id(node) in nodes for node in got):
            reject("odd", tried=tried, came_out=came_out)
        if len({id(node) for node in got}) < len(got):
            reject("twice", tried=tried, came_out=came_out)
        if len(got) < len(nodes):
            reject("missing", tried=tried, came_out=came_out)
        if not stands_right(got):
            reject("oldest" if stands_right(got[::-1]) else "early", tried=tried, came_out=came_out)


mend_the_line.wrong(
    "early",
    """
    line = []

    def put_down(receipt):
        if receipt not in line:
            line.append(receipt)
            for behind, _ in reversed(receipt.next_functions):
                if behind is not None:
                    put_down(behind)

    put_down(node)
    return line
    """,
)
mend_the_line.wrong("early", "return newest_first(node)")
mend_the_line.wrong("early", "return newest_first(node)[::-1]")
mend_the_line.wrong(
    "early",
    """
    line = [node]
    for receipt in line:
        line += [behind for behind, _ in receipt.next_functions if behind is not None and behind not in line]
    return list(dict.fromkeys(line))
    """,
)
mend_the_line.wrong(
    "oldest",
    """
    line = []

    def put_down(receipt):
        if receipt not in line:
            for behind, _ in receipt.next_functions:
                if behind is not None:
                    put_down(behind)
            line.append(receipt)

    put_down(node)
    return line
    """,
)
mend_the_line.wrong(
    "twice",
    """
    line = [node]
    for receipt in line:
        line += [behind for behind, _ in receipt.next_functions if behind is not None and len(line) < 5000]
    return line
    """,
)
mend_the_line.wrong(
    "missing",
    """
    line = []

    def put_down(receipt):
        if receipt not in line and receipt.next_functions:
            for behind, _ in receipt.next_functions:
                if behind is not None:
                    put_down(behind)
            line.append(receipt)

    put_down(node)
    return line[::-1]
    """,
)
mend_the_line.wrong(
    "odd",
    """
    line = []

    def put_down(receipt):
        if receipt not in line:
            for behind, _ in receipt.next_functions if receipt else ():
                put_down(behind)
            line.append(receipt)

    put_down(node)
    return line[::-1]
    """,
)
mend_the_line.wrong(
    "endless",
    """
    line = []

    def put_down(receipt):
        for behind, _ in receipt.next_functions:
            if behind is not None:
                put_down(behind)
        if receipt not in line:
            line.append(receipt)

    put_down(node)
    return line[::-1]
    """,
)
mend_the_line.wrong("type", "return reversed(newest_first(node))")
mend_the_line.wrong("raised", "return [node, *newest_first(node.next_functions[0])]")


@lesson.exercise(
    4,
    right="A new leaf for every point, so that no slope is added to another's.",
    hints={
        "nothing": "There is no line on the axes that were given. axes.plot(…) draws one.",
        "several": "There are several lines on the axes. One is enough, through all the points.",
        "length": "The line should have one point for each number in xs.",
        "values": "These are the values of f. The slopes are wanted.",
        "added": "Each slope has the earlier ones in it: they were collected in one and the same leaf.",
        "same": "All points have the last sum: the list holds one tensor many times, and it went on changing.",
        "absent": "Some of the slopes are None. Is it the leaf whose .grad you read, and after backward()?",
        "swapped": "The two directions have changed places. What should go along the bottom?",
        "labels": "The line is right. What do the two axes show? Nobody can tell without labels.",
        "nudged": "Close, but off by a little: it looks like a nudge. backward() is exact.",
    },
)
def plot_the_slopes(plot_slopes: Function, torch: Any) -> None:
    from matplotlib.axes import Axes  # here, so that other checks don't wait for it
    from matplotlib.figure import Figure

    class Paper(Axes):
        """Axes that may be drawn on: what `call` compares stays as it was."""

        def __repr__(self) -> str:
            return "axes"

    functions: dict[str, Any] = {
        "x**3 - 3 * x": lambda x: x**3 - 3 * x,
        "x * x.exp()": lambda x: x * x.exp(),
    }
    for formula, f in functions.items():
        xs = [-2.0, -1.0, 0.5, 2.0, 3.0]
        leaves = [torch.tensor(x, requires_grad=True) for x in xs]
        values = [f(leaf) for leaf in leaves]
        for value in values:
            value.backward()
        want, heights = [leaf.grad.item() for leaf in leaves], [value.item() for value in values]
        sums = [sum(want[: count + 1]) for count in range(len(want))]
        axes = Figure().add_subplot(axes_class=Paper)
        tried = f"plot_slopes(axes, f, {xs}), f(x) = {formula}"
        call(tried, plot_slopes, axes, f, xs)
        lines = axes.get_lines()
        if len(lines) != 1:
            reject("several" if lines else "nothing", tried=tried, came_out=f"{len(lines)} lines")
        data: Any = lines[0].get_data()
        along, up = ([_number(value) for value in values] for values in data)
        if len(along) != len(xs):
            reject("length", tried=tried, came_out=f"{len(along)} points", expected=f"{len(xs)} points")
        if any(math.isnan(value) for value in along + up):
            reject("absent", tried=tried, came_out=f"upwards: {show(up)}")
        if difference(along, want) is None and difference(up, xs) is None:
            reject("swapped", tried=tried, came_out=f"along: {show(along)}")
        expect(f"{tried}, along the bottom", along, xs)
        if difference(up, want) is not None and all(
            abs(u - w) <= 0.02 * max(map(abs, want)) for u, w in zip(up, want, strict=True)
        ):
            reject("nudged", tried=f"{tried}, upwards", came_out=show(up), expected=show(want))
        expect(f"{tried}, upwards", up, want, values=heights, added=sums, same=[sums[-1]] * len(xs))
        if not (axes.get_xlabel().strip() and axes.get_ylabel().strip()):
            reject("labels", tried=tried)


def _number(value: Any) -> float:
    """A point's coordinate, of whatever kind the learner gave to matplotlib; nan for None."""
    return math.nan if value is None else float(value)


plot_the_slopes.wrong("nothing", "axes.scatter(xs, xs)")
plot_the_slopes.wrong(
    "several",
    """
    for value in xs:
        x = torch.tensor(value, requires_grad=True)
        f(x).backward()
        axes.plot(value, x.grad.item(), "o")
    """,
)
plot_the_slopes.wrong(
    "length",
    """
    for value in xs:
        x = torch.tensor(value, requires_grad=True)
        f(x).backward()
    axes.plot([value], [x.grad.item()], "o")
    """,
)
plot_the_slopes.wrong("values", "axes.plot(xs, [f(torch.tensor(value)).item() for value in xs])")
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
    "swapped",
    """
    leaves = [torch.tensor(value, requires_grad=True) for value in xs]
    for x in leaves:
        f(x).backward()
    axes.plot([x.grad.item() for x in leaves], xs)
    """,
)
plot_the_slopes.wrong(
    "labels",
    """
    leaves = [torch.tensor(value, requires_grad=True) for value in xs]
    for x in leaves:
        f(x).backward()
    axes.plot(xs, [x.grad.item() for x in leaves])
    """,
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
    "raised",
    """
    x = torch.tensor(xs, requires_grad=True)
    f(x).backward()
    axes.plot(xs, x.grad.tolist())
    """,
)


class Receipt:
    """A node as the lesson's walks see it, which notes when it is called, with what, and what was there already."""

    def __init__(self, title: str, *inputs: tuple["Receipt | None", float]) -> None:
        self.title = title
        self.next_functions = tuple((behind, 0) for behind, _ in inputs)
        self.factors = [factor for _, factor in inputs]
        self.calls: list[Any] = []
        self.feeders: list[Receipt] = []
        self.too_early = False
        for behind, _ in inputs:
            if behind is not None:
                behind.feeders.append(self)

    def __call__(self, slope: Any) -> tuple[Any, ...]:
        if not self.next_functions:
            raise TypeError(f"{self.title} is a place to collect: nothing lies behind it")
        self.too_early = self.too_early or not all(feeder.calls for feeder in self.feeders)
        self.calls.append(slope)
        pairs = zip(self.next_functions, self.factors, strict=True)
        return tuple(None if behind is None else slope * factor for (behind, _), factor in pairs)

    def __repr__(self) -> str:
        return self.title

    def name(self) -> str:
        return self.title


def receipts_to_walk() -> dict[str, tuple[Receipt, list[Receipt]]]:
    """Graphs that a walk must master: the end of each, and all its receipts in an order in which to visit them."""
    graphs = {}
    x = Receipt("x")
    square = Receipt("x * x", (x, 3.0), (x, 3.0))
    y = Receipt("3 * (x * x)", (square, 3.0), (None, 0.0))
    graphs["y = 3 * (x * x)"] = y, [y, square, x]
    for swapped in (False, True):
        x = Receipt("x")
        m = Receipt("m", (x, 3.0))
        square = Receipt("m * m", (m, 6.0), (m, 6.0))
        inputs = [(square, 1.0), (m, 1.0)]
        y = Receipt("y", *(inputs[::-1] if swapped else inputs))
        graphs["y = m + m * m, m = 3 * x" if swapped else "y = m * m + m, m = 3 * x"] = y, [y, square, m, x]
    row = [Receipt("x")]
    for _ in range(20):
        halves = [Receipt("half", (row[0], 0.5), (None, 0.0)) for _ in range(2)]
        row = [Receipt("sum", (halves[0], 1.0), (halves[1], 1.0)), *halves, *row]
    graphs["20 diamonds in a row"] = row[0], row
    chain = [Receipt("x")]
    for _ in range(4000):
        chain.insert(0, Receipt("- x", (chain[0], -1.0)))
    graphs["4,000 operations in a chain"] = chain[0], chain
    return graphs


@lesson.exercise(
    5,
    right="Each receipt once, when all that feeds it has arrived, and no recursion: this is PyTorch's way.",
    hints={
        "early": "A receipt was called while another, which sends it a slope, had not been called yet.",
        "again": "A receipt was called more than once.",
        "skipped": "A receipt was never called. Is it ever found to be complete?",
        "one": "It was visited in time, and once, but the slope is wrong. What becomes of slopes that meet there?",
        "missing": "The slopes that went on are right, but not all that arrived is in what is returned.",
        "deep": "It calls itself for each operation of the chain, and reached Python's limit. A loop has none.",
    },
)
def wait_for_all(backward_of: Function, torch: Any) -> None:
    for graph, (end, receipts) in receipts_to_walk().items():
        want = dict.fromkeys(map(id, receipts), torch.tensor(0.0))
        want[id(end)] = torch.tensor(1.0)
        for receipt in receipts:
            for (behind, _), factor in zip(receipt.next_functions, receipt.factors, strict=True):
                if behind is not None:
                    want[id(behind)] = want[id(behind)] + want[id(receipt)] * factor
        tried = f"backward_of(node, one), {graph}"
        got = call(tried, backward_of, end, torch.tensor(1.0), raises={"RecursionError": "deep"})
        if got is None:
            reject("none", tried=tried)
        if type(got) is not dict:
            reject("type", tried=tried, came_out=show(got), details="It should return a dictionary.")
        operations = [receipt for receipt in receipts if receipt.next_functions]
        for receipt in operations:
            calls = f"{receipt} was called with {' and '.join(show(slope) for slope in receipt.calls[:3])}"
            if receipt.too_early:
                reject("early", tried=tried, came_out=calls)
            if len(receipt.calls) > 1:
                reject("again", tried=tried, came_out=calls)
            if not receipt.calls:
                reject("skipped", tried=tried, came_out=f"{receipt} was never called")
            if difference(receipt.calls[0], want[id(receipt)]) is not None:
                reject("one", tried=tried, came_out=calls, expected=show(want[id(receipt)]))
        arrived = {id(node): slope for node, slope in got.items()}
        for receipt in receipts:
            if id(receipt) not in arrived:
                reject("missing", tried=tried, came_out=f"nothing for {receipt}")
            if difference(arrived[id(receipt)], want[id(receipt)]) is not None:
                came_out = f"for {receipt}: {show(arrived[id(receipt)])}"
                reject("one", tried=tried, came_out=came_out, expected=show(want[id(receipt)]))


COUNT_FIRST = """
    waiting, todo = {node: 0}, [node]
    while todo:
        for behind, _ in todo.pop().next_functions:
            if behind is not None:
                if behind not in waiting:
                    waiting[behind] = 0
                    todo.append(behind)
                waiting[behind] += 1
"""
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
wait_for_all.wrong(
    "again",
    """
    arrived = {}

    def walk(receipt, slope):
        arrived[receipt] = arrived.get(receipt, 0) + slope
        for behind, s in send_on(receipt, slope):
            walk(behind, s)

    walk(node, one)
    return arrived
    """,
)
wait_for_all.wrong(
    "deep",
    """
    line = []

    def line_up(receipt):
        if receipt not in line:
            for behind, _ in receipt.next_functions:
                if behind is not None:
                    line_up(behind)
            line.append(receipt)

    line_up(node)
    arrived = {node: one}
    for newest in reversed(line):
        for behind, s in send_on(newest, arrived[newest]):
            arrived[behind] = arrived.get(behind, 0) + s
    return arrived
    """,
)
wait_for_all.wrong(
    "one",
    COUNT_FIRST
    + """
    arrived, ready = {node: one}, [node]
    while ready:
        newest = ready.pop()
        for behind, s in send_on(newest, arrived[newest]):
            arrived[behind] = s
            waiting[behind] -= 1
            if waiting[behind] == 0:
                ready.append(behind)
    return arrived
    """,
)
wait_for_all.wrong(
    "skipped",
    """
    waiting, todo = {node: 0}, [node]
    while todo:
        for behind, _ in todo.pop().next_functions:
            if behind is not None:
                waiting[behind] = waiting.get(behind, 0) + 1
                if waiting[behind] == 1:
                    todo.append(behind)
    arrived, ready = {node: one}, [node]
    while ready:
        newest = ready.pop()
        for behind, s in send_on(newest, arrived[newest]):
            if behind not in arrived:
                waiting[behind] -= 1
                arrived[behind] = s
            else:
                arrived[behind] += s
            if waiting[behind] == 0:
                ready.append(behind)
    return arrived
    """,
)
wait_for_all.wrong(
    "again",
    """
    line = [node]
    for receipt in line:
        for behind, _ in receipt.next_functions:
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
wait_for_all.wrong(
    "missing",
    COUNT_FIRST
    + """
    arrived, ready = {node: one}, [node]
    while ready:
        newest = ready.pop()
        for behind, s in send_on(newest, arrived.pop(newest)):
            arrived[behind] = arrived.get(behind, 0) + s
            waiting[behind] -= 1
            if waiting[behind] == 0:
                ready.append(behind)
    return arrived
    """,
)
wait_for_all.wrong("type", "return one")
