"""The steps of lesson 11, and its exercises."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from course.exercise import Function, Lesson
from course.judging import call, case, expect, reject, with_globals

lesson = Lesson(11, "build your own engine")


# What the learner's functions are given: parts of an engine that note what is done with them.


class Value:
    """A tensor of the lesson's engine."""

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        self.data = data
        self.grad: Any = None
        self.grad_fn: Any = None
        self.collector = Place(self) if requires_grad else None

    @property
    def edge(self) -> Any:
        return self.grad_fn or self.collector

    @property
    def requires_grad(self) -> bool:
        return self.edge is not None

    def __repr__(self) -> str:
        return f"Tensor({self.data})"


class Place:
    """A leaf's AccumulateGrad."""

    stamp = -1

    def __init__(self, leaf: Value) -> None:
        self.variable, self.title = leaf, "AccumulateGrad"
        self.edges: list[Any] = []

    def __repr__(self) -> str:
        return "AccumulateGrad"


class Made:
    """A node that keeps what it is made with."""

    def __init__(self, title: Any, edges: Any, rule: Any) -> None:
        self.title, self.edges, self.rule = title, edges, rule
        self.stamp = 0

    def __repr__(self) -> str:
        return f"Node({self.title})"


# --- step 1


@lesson.step(
    1,
    right="A value, and the node of the operation that made it. That is a graph already.",
    hints={
        "always": "None of the inputs requires a gradient, and there is a node all the same. What would it be for?",
        "all": "One input that requires a gradient is enough.",
        "dropped": "An edge that is None has its place, too: the rule gives one gradient for each input.",
        "inputs": "These are the inputs themselves. Where does the gradient of a tensor go?",
        "behind": "A leaf has no grad_fn, and a place to collect all the same. `edge` is either.",
        "called": "The rule is called in the backward pass, not now: here it is only kept.",
    },
)
def record_keeps(record: Function, torch: Any) -> None:
    def rule(g: Any) -> Any:
        reject("called", came_out="the rule was called", expected="the rule, kept in the node")

    x, y = Value(2.0, requires_grad=True), Value(3.0, requires_grad=True)
    constant, other = Value(8.0), Value(0.0)
    product = Value(6.0)
    product.grad_fn = Made("MulBackward0", [x.edge, y.edge], rule)
    tried = [
        ("[x, y], two leaves", [x, y]),
        ("[x, 8], a leaf and a constant", [x, constant]),
        ("[8, x], a constant and a leaf", [constant, x]),
        ("[8, 0], two constants", [constant, other]),
        ("[x * y, x], a result and a leaf", [product, x]),
        ("[x, x], the same leaf twice", [x, x]),
        ("[x * y], one input", [product]),
        ("[0, x * y, 8, y], four inputs", [other, product, constant, y]),
    ]
    with with_globals(record, Tensor=Value, Node=Made):
        for place, (told, inputs) in enumerate(tried):
            data, title = 6.0 + place, f"Node{place}Backward0"
            with case(f"record({data}, {title!r}, inputs, rule) with inputs = {told}"):
                before = list(inputs)
                got = call(record, data, title, inputs, rule, twice=False)
                if not isinstance(got, Value):
                    reject(
                        "none" if got is None else "type",
                        came_out=_named(got),
                        expected="a Tensor",
                        details="" if got is None else "It should be a Tensor.",
                    )
                if inputs != before:
                    reject("changed", what="inputs", came_out=_named(inputs), expected=_named(before))
                expect(got.data, data, "its data")
                node = got.grad_fn
                if not any(t.requires_grad for t in inputs):
                    if node is not None:
                        reject("always", what="grad_fn", came_out=_named(node), expected="None")
                    continue
                if node is None:
                    reject("value", what="grad_fn", came_out="None", expected="a Node")
                if not isinstance(node, Made):
                    reject("type", what="grad_fn", came_out=_named(node), details="It should be a Node.")
                expect(node.title, title, "its node's title")
                edges = list(node.edges) if isinstance(node.edges, list | tuple) else node.edges
                want = [t.edge for t in inputs]
                if edges != want or any(a is not b for a, b in zip(edges, want, strict=True)):
                    reject("value", what="its node's edges", came_out=_named(edges), expected=_named(want))
                if node.rule is not rule:
                    reject("value", what="its node's rule", came_out=_named(node.rule), expected="the rule, as given")


def _named(value: Any, depth: int = 2) -> str:
    if isinstance(value, list | tuple) and depth:
        return f"[{', '.join(_named(item, depth - 1) for item in value)}]"
    if isinstance(value, Value | Place | Made) or value is None:
        return repr(value)
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


RECORD = """
result = Tensor(data)
if any(x.requires_grad for x in inputs):
    result.grad_fn = Node(title, [x.edge for x in inputs], rule)
return result
"""
record_keeps.wrong("always", replace=("if any(x.requires_grad for x in inputs):", "if True:"))
record_keeps.wrong(
    "always", "result = Tensor(data)\nresult.grad_fn = Node(title, [x.edge for x in inputs], rule)\nreturn result"
)
record_keeps.wrong("all", replace=("any(", "all("))
record_keeps.wrong("all", replace=("any(x.requires_grad for x in inputs)", "inputs[0].requires_grad"))
record_keeps.wrong("dropped", replace=("for x in inputs], rule", "for x in inputs if x.requires_grad], rule"))
record_keeps.wrong("inputs", replace=("[x.edge for x in inputs]", "inputs"))
record_keeps.wrong("behind", replace=("x.edge", "x.grad_fn"))
record_keeps.wrong("behind", replace=("any(x.requires_grad for x in inputs)", "any(x.grad_fn for x in inputs)"))
record_keeps.wrong("called", replace=("inputs], rule)", "inputs], rule(1.0))"))
record_keeps.wrong("value", replace=("for x in inputs], rule", "for x in inputs[::-1]], rule"))
record_keeps.wrong("value", replace=("title,", '"Backward",'))
record_keeps.wrong("type", "return Node(title, [x.edge for x in inputs], rule)")
record_keeps.wrong("type", "return data, title, inputs, rule")
record_keeps.wrong("none", replace=("return result", "result"))
record_keeps.also_right(
    """
    edges = [x.edge for x in inputs]
    result = Tensor(data)
    if any(edge is not None for edge in edges):
        result.grad_fn = Node(title, edges, rule)
    return result
    """
)
record_keeps.also_right(
    """
    result, edges, needed = Tensor(data), [], False
    for x in inputs:
        edges.append(x.edge)
        needed = needed or x.requires_grad
    if not needed:
        return result
    result.grad_fn = Node(title, edges, rule)
    return result
    """
)
record_keeps.also_right(
    """
    out = Tensor(data, requires_grad=False)
    out.grad_fn = Node(title, list(map(lambda x: x.edge, inputs)), rule) if any(x.edge for x in inputs) else None
    return out
    """
)


# --- step 2, and others with rules: what an operation records


def recorded(operation: Callable[..., Any], *arguments: Any) -> SimpleNamespace:
    """What an operation gives to `record`."""
    noted: list[SimpleNamespace] = []

    def record(data: Any, title: Any, inputs: Any, rule: Any) -> Value:
        noted.append(SimpleNamespace(data=data, title=title, inputs=inputs, rule=rule, result=Value(data)))
        return noted[-1].result

    with with_globals(operation, record=record, Tensor=Value, np=np):
        got = call(operation, *arguments, twice=False)
    if not noted:
        reject("none" if got is None else "type", came_out=_named(got), expected="what `record` returns")
    if got is not noted[-1].result:
        reject("none" if got is None else "type", came_out=_named(got), expected="what `record` returns")
    if not isinstance(noted[-1].inputs, list | tuple):
        reject("type", what="inputs", came_out=_named(noted[-1].inputs), expected="a list of tensors")
    if not callable(noted[-1].rule):
        reject("type", what="rule", came_out=_named(noted[-1].rule), expected="a function of g")
    return noted[-1]


def leaving(noted: SimpleNamespace, g: Any, count: int) -> list[Any]:
    """What the recorded rule returns for g, as a list."""
    before = np.array(g)
    parts = call(noted.rule, g, twice=False)
    if not isinstance(parts, list | tuple):
        given = "None" if parts is None else _named(parts)
        reject("type", what=f"rule({shown(g)})", came_out=given, details="A rule returns a list: one for each input.")
    if len(parts) != count:
        reject("value", what=f"rule({shown(g)})", came_out=f"a list of {len(parts)}", expected=f"a list of {count}")
    if not np.array_equal(before, g):
        reject("changed", what="g after the rule", came_out=shown(g), expected=shown(before))
    return list(parts)


def shown(value: Any) -> str:
    return str(np.asarray(value).tolist())


def expect_array(got: Any, want: Any, what: str) -> None:
    """Reject numbers or arrays unless they have this shape and these values."""
    if got is None or not np.isscalar(got) and not isinstance(got, np.ndarray):
        hint = "none" if got is None and not what else "type"
        reject(hint, what=what, came_out=_named(got), expected=shown(want))
    if np.shape(got) != np.shape(want):
        reject("value", what=f"{what}, its shape", came_out=str(np.shape(got)), expected=str(np.shape(want)))
    try:
        numbers = np.asarray(got).astype(float).tolist()
    except (TypeError, ValueError):
        reject("type", what=what, came_out=_named(got), expected=shown(want))
    expect(numbers, np.asarray(want).astype(float).tolist(), what, relative=1e-4)


@lesson.step(
    2,
    right="The other factor, times what arrives.",
    hints={
        "own": "Each input was given its own value. A visitor more brings ten euros: the *other* factor.",
        "alone": "What arrives is missing. A rule is called with any g, not only with 1.",
        "sum": "That is the rule of a sum: it passes on what arrives.",
        "one": "Both inputs get a gradient, each its own.",
    },
)
def product_rule(mul: Function, torch: Any) -> None:
    for a, b, g in [(3.0, 5.0, 1.0), (10.0, 120.0, -1.0), (2.0, -0.5, 4.0), (0.0, 7.0, 1.5), (-3.0, -3.0, 2.0)]:
        x, y = Value(a, requires_grad=True), Value(b, requires_grad=True)
        with case(f"mul(x, y) with x = {a}, y = {b}, and g = {g} arriving"):
            noted = recorded(mul, x, y)
            expect(noted.data, a * b, "data")
            expect(noted.title, "MulBackward0", "title")
            if len(noted.inputs) != 2 or noted.inputs[0] is not x or noted.inputs[1] is not y:
                reject("value", what="inputs", came_out=_named(list(noted.inputs)), expected="[x, y]")
            for told, got, want in zip("xy", leaving(noted, g, 2), (g * b, g * a), strict=True):
                expect(got, want, f"what leaves for {told}")
    columns = np.array([2.0, -1.0]), np.array([5.0, 3.0])
    with case("mul(x, y) with arrays"):
        x, y = (Value(column, requires_grad=True) for column in columns)
        noted = recorded(mul, x, y)
        expect_array(noted.data, columns[0] * columns[1], "data")
        for told, got, other in zip("xy", leaving(noted, np.array([1.0, 10.0]), 2), columns[::-1], strict=True):
            expect_array(got, np.array([1.0, 10.0]) * other, f"what leaves for {told}")


product_rule.wrong("own", replace=("g * y.data, g * x.data", "g * x.data, g * y.data"))
product_rule.wrong("alone", replace=("g * y.data, g * x.data", "y.data, x.data"))
product_rule.wrong("sum", replace=("g * y.data, g * x.data", "g, g"))
product_rule.wrong("one", replace=("[g * y.data, g * x.data]", "[g * y.data, g * y.data]"))
product_rule.wrong("type", replace=("[g * y.data, g * x.data]", "g * y.data"))
product_rule.wrong("type", "return Tensor(x.data * y.data)")
product_rule.wrong("value", replace=("[x, y]", "[y, x]"))
product_rule.wrong("value", replace=('"MulBackward0"', '"AddBackward0"'))
product_rule.wrong("raised", replace=("x.data * y.data,", "x * y,"))
product_rule.wrong("none", 'record(x.data * y.data, "MulBackward0", [x, y], lambda g: [g * y.data, g * x.data])')
product_rule.also_right(
    """
    def rule(g):
        return [g * y.data, g * x.data]

    return record(x.data * y.data, "MulBackward0", [x, y], rule)
    """
)
product_rule.also_right(
    """
    a, b = x.data, y.data
    return record(a * b, "MulBackward0", [x, y], lambda g: [b * g, a * g])
    """
)
product_rule.also_right('return record(y.data * x.data, "MulBackward0", (x, y), lambda g: (y.data * g, g * x.data))')


# --- step 3


class Visited:
    """A node that notes when it is visited, and with what; each edge has a factor."""

    def __init__(self, stamp: int, title: str, *inputs: tuple[Any, float], shared: bool = False) -> None:
        self.stamp, self.title = stamp, title
        self.edges = [edge for edge, _ in inputs]
        self.factors = [factor for _, factor in inputs]
        self.shared = shared
        self.visits: list[Any] = []

    def rule(self, g: Any) -> list[Any]:
        self.visits.append(np.array(g))
        return [g if self.shared else g * factor for factor in self.factors]

    def __repr__(self) -> str:
        return self.title


def graphs_to_walk() -> Iterator[tuple[str, list[Visited]]]:
    """Graphs, each as its nodes with the newest first; the leaf is the last."""

    def leaf() -> Visited:
        return Visited(0, "AccumulateGrad")

    x = leaf()
    yield "a leaf", [x]
    x = leaf()
    product = Visited(1, "x * 8", (x, 8.0), (None, 0.0))
    yield "3 · (8 · x)", [Visited(2, "3 * …", (None, 0.0), (product, 3.0)), product, x]
    x = leaf()
    yield "x * x, for x = 3", [Visited(1, "x * x", (x, 3.0), (x, 3.0)), x]
    x = leaf()
    eight = Visited(1, "eightfold", (x, 8.0), (None, 0.0))
    visitors = Visited(2, "visitors", (None, 0.0), (eight, -1.0))
    income = Visited(3, "income", (visitors, 10.0), (x, 120.0))
    costs = Visited(4, "costs", (visitors, 2.0), (None, 0.0))
    yield (
        "the theatre's profit",
        [Visited(5, "profit", (income, 1.0), (costs, -1.0)), costs, income, visitors, eight, x],
    )
    x = leaf()
    m = Visited(1, "m", (x, 3.0), (None, 0.0))
    one = Visited(2, "m + 1", (m, 1.0), (None, 0.0), shared=True)
    square = Visited(3, "m * m", (m, 6.0), (m, 6.0))
    more = Visited(4, "m * m + m", (square, 1.0), (m, 1.0), shared=True)
    yield "(m + 1) + (m * m + m)", [Visited(5, "sum", (one, 1.0), (more, 1.0), shared=True), more, square, one, m, x]
    row = [leaf()]
    for stamp in range(1, 121, 3):
        halves = [Visited(stamp + place, "half", (row[0], 0.5), (None, 0.0)) for place in range(2)]
        row = [Visited(stamp + 2, "sum", (halves[0], 1.0), (halves[1], 1.0)), *halves[::-1], *row]
    yield "40 diamonds in a row", row
    line = [leaf()]
    for stamp in range(1, 4001):
        line.append(Visited(stamp, "+ 1", (line[-1], 1.0), (None, 0.0)))
    yield "4,000 nodes in a chain", line[::-1]


@lesson.step(
    3,
    right="Each node once, the newest first, and what arrives is added: this is the backward pass.",
    hints={
        "early": "A node was visited before all that feeds it. Which of those waiting is the newest?",
        "repeated": "A node was visited more than once. Is it taken out of the dictionary?",
        "skipped": "A node behind the result was never visited.",
        "overwritten": "What came later took the place of what was there. From several sides, it is added.",
        "in_place": "`+=` writes into an array that another node was sent as well. `a = a + b` makes a new one.",
        "seed": "The pass starts with the `g` that is given, whatever it is.",
        "deep": "It calls itself for each node of the chain, and reached Python's limit. A loop has none.",
        "none_edge": "An edge that is None leads nowhere. Pass it over.",
    },
)
def newest_first(backward: Function, torch: Any) -> None:
    for place, (told, nodes) in enumerate(graphs_to_walk()):
        seeds = [1.0, -2.5, np.array([1.0, 4.0])]
        for g in [seeds[place % 3], seeds[2]] if len(nodes) < 100 else [1.0]:
            with case(f"backward(result, {shown(g)}), {told}"):
                for node in nodes:
                    node.visits.clear()
                want = {id(node): 0 * np.asarray(g) for node in nodes}
                want[id(nodes[0])] = np.array(g)
                for node in nodes:
                    for edge, factor in zip(node.edges, node.factors, strict=True):
                        if edge is not None:
                            want[id(edge)] = want[id(edge)] + want[id(node)] * (1.0 if node.shared else factor)
                result = SimpleNamespace(edge=nodes[0])
                given = np.array(g)
                raises = {"recursion depth": "deep", "'NoneType' object has no attribute": "none_edge"}
                call(backward, result, given if place else g, raises=raises, twice=False)
                _expect_visits(nodes, want)
                if not np.array_equal(given, g):
                    reject("in_place", what="g after the pass", came_out=shown(given), expected=shown(g))
    with case("backward(result), without g"):
        x = Visited(0, "AccumulateGrad")
        call(backward, SimpleNamespace(edge=Visited(1, "x * 8", (x, 8.0), (None, 0.0))), twice=False)
        _expect_visits([x], {id(x): np.array(8.0)})


def _expect_visits(nodes: list[Visited], want: dict[int, Any]) -> None:
    for node in nodes:
        if not node.visits:
            reject("skipped", came_out=f"{node} was never visited")
        if len(node.visits) > 1:
            reject("repeated", came_out=f"{node} was visited {len(node.visits)} times", expected="once")
        if not np.allclose(node.visits[0], want[id(node)]):
            expected = shown(want[id(node)])
            reject("value", came_out=f"at {node}, {shown(node.visits[0])} arrived", expected=expected)


newest_first.wrong("early", replace=("max(arrived", "min(arrived"))
newest_first.wrong("early", replace=("max(arrived, key=lambda node: node.stamp)", "next(iter(arrived))"))
newest_first.wrong(
    "repeated",
    """
    todo = [(result.edge, g)]
    while todo:
        node, g = todo.pop()
        for edge, part in zip(node.edges, node.rule(g)):
            if edge is not None:
                todo.append((edge, part))
    """,
)
newest_first.wrong(
    "skipped",
    """
    node = result.edge
    while node.edges:
        parts = node.rule(g)
        place = next(place for place, edge in enumerate(node.edges) if edge is not None)
        node, g = node.edges[place], parts[place]
    """,
)
newest_first.wrong("overwritten", replace=("arrived.get(edge, 0) + part", "part"))
newest_first.wrong(
    "in_place",
    replace=(
        "if edge is not None:\n            arrived[edge] = arrived.get(edge, 0) + part",
        "if edge in arrived:\n            arrived[edge] += part\n"
        "        elif edge is not None:\n            arrived[edge] = part",
    ),
)
newest_first.wrong("seed", replace=("{result.edge: g}", "{result.edge: 1.0}"))
newest_first.wrong(
    "deep",
    """
    line, met = [], set()

    def put_down(node):
        if node is not None and node not in met:
            met.add(node)
            for edge in node.edges:
                put_down(edge)
            line.append(node)

    put_down(result.edge)
    arrived = {result.edge: g}
    for node in reversed(line):
        for edge, part in zip(node.edges, node.rule(arrived[node])):
            if edge is not None:
                arrived[edge] = arrived.get(edge, 0) + part
    """,
)
newest_first.wrong(
    "none_edge",
    replace=("if edge is not None:\n            arrived[edge] =", "arrived[edge] ="),
)
newest_first.wrong("endless", replace=("arrived.pop(newest)", "arrived[newest]"))
newest_first.wrong("raised", replace=("newest.rule(g)", "newest.rule"))
newest_first.also_right(
    """
    from heapq import heappop, heappush

    arrived, waiting = {result.edge: g}, [(-result.edge.stamp, 0, result.edge)]
    while waiting:
        node = heappop(waiting)[2]
        g = arrived.pop(node)
        for edge, part in zip(node.edges, node.rule(g)):
            if edge is None:
                continue
            if edge in arrived:
                arrived[edge] = arrived[edge] + part
            else:
                arrived[edge] = part
                heappush(waiting, (-edge.stamp, id(edge), edge))
    """
)
newest_first.also_right(
    """
    found, todo = {result.edge}, [result.edge]
    while todo:
        for edge in todo.pop().edges:
            if edge is not None and edge not in found:
                found.add(edge)
                todo.append(edge)
    arrived = {result.edge: g}
    for node in sorted(found, key=lambda node: node.stamp, reverse=True):
        for edge, part in zip(node.edges, node.rule(arrived[node])):
            if edge is not None:
                arrived[edge] = arrived.get(edge, 0) + part
    """
)
newest_first.also_right(
    """
    waiting = {result.edge: [g]}
    while waiting:
        node = max(waiting, key=lambda each: each.stamp)
        parts = node.rule(sum(waiting.pop(node)))
        for place in range(len(node.edges)):
            if node.edges[place] is not None:
                waiting.setdefault(node.edges[place], []).append(parts[place])
    """
)


# --- step 4

SHAPES: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((2, 3), (3,)),
    ((2, 3), (2, 1)),
    ((2, 3), ()),
    ((2, 3), (1, 3)),
    ((2, 3), (2, 3)),
    ((3,), (1,)),
    ((4, 2, 3), (2, 1)),
    ((4, 2, 3), (1, 1)),
    ((2, 3), (1,)),
    ((4, 2, 3), (4, 1, 3)),
    ((3, 3), (3, 1)),
    ((3, 3), (3,)),
    ((1, 3), (1, 1)),
    ((), ()),
    ((1,), ()),
    ((2, 2, 2, 2), (2, 1, 2)),
]


@lesson.step(
    4,
    right="What broadcasting has repeated is added up again.",
    hints={
        "first": "Only the dimensions in front were summed. And those of size 1?",
        "ones": "Only the dimensions of size 1 were summed. And those that were put in front?",
        "gone": "The dimension of size 1 has gone. `keepdims=True` keeps it.",
        "averaged": "The mean divides by how often a value was used. Each use counts in full.",
        "picked": "One of the uses was taken for all of them. They are added.",
        "everything": "Everything was summed. Only what broadcasting has added or stretched is to be.",
    },
)
def undo_broadcasting(sum_to: Function, torch: Any) -> None:
    for place, (before, shape) in enumerate(SHAPES):
        g = np.random.default_rng(place).integers(-9, 9, before).astype(np.float32)
        want = np.zeros(shape, np.float32)
        for index in np.ndindex(before):
            kept = index[len(before) - len(shape) :]
            want[tuple(0 if size == 1 else i for i, size in zip(kept, shape, strict=True))] += g[index]
        with case(f"sum_to(g, {shape}) with g of the shape {before}, {shown(g)[:40]}"):
            copy = g.copy()
            got = call(sum_to, g, shape, twice=False)
            if not np.array_equal(copy, g):
                reject("changed", what="g after the call", came_out=shown(g), expected=shown(copy))
            expect_array(got, want, "")


SUM_TO = ("if size == 1:", "g = g.sum(axis=axis, keepdims=True)")
undo_broadcasting.wrong("first", "while g.ndim > len(shape):\n    g = g.sum(axis=0)\nreturn g")
undo_broadcasting.wrong("first", "return g.sum(axis=tuple(range(g.ndim - len(shape))))")
undo_broadcasting.wrong(
    "ones",
    "for axis, size in enumerate(shape):\n    if size == 1:\n        g = g.sum(axis=axis, keepdims=True)\nreturn g",
)
undo_broadcasting.wrong("gone", replace=("axis=axis, keepdims=True", "axis=axis"))
undo_broadcasting.wrong(
    "averaged",
    replace=("g.sum(axis=0)", "g.mean(axis=0)", "g.sum(axis=axis, keepdims=True)", "g.mean(axis=axis, keepdims=True)"),
)
undo_broadcasting.wrong(
    "picked", replace=("g.sum(axis=0)", "g[0]", "g.sum(axis=axis, keepdims=True)", "g.take([0], axis=axis)")
)
undo_broadcasting.wrong("everything", "return np.full(shape, g.sum())")
undo_broadcasting.wrong("value", "return g.sum(axis=0)")
undo_broadcasting.wrong("raised", "return g.reshape(shape)")
undo_broadcasting.wrong("none", replace=("return g", "g"))
undo_broadcasting.wrong("type", replace=("return g", "return g.tolist()"))
undo_broadcasting.wrong(
    "changed", replace=("return g", "return g", "while g.ndim", "g *= 2\ng /= 2\ng += 1\nwhile g.ndim")
)
undo_broadcasting.also_right(
    """
    lead = g.ndim - len(shape)
    stretched = [lead + i for i, n in enumerate(shape) if n == 1]
    return g.sum(axis=(*range(lead), *stretched)).reshape(shape)
    """
)
undo_broadcasting.also_right(
    """
    padded = (1,) * (g.ndim - len(shape)) + tuple(shape)
    for axis in range(g.ndim):
        if padded[axis] != g.shape[axis]:
            g = g.sum(axis=axis, keepdims=True)
    return g.reshape(shape)
    """
)
undo_broadcasting.also_right(
    """
    total = np.zeros(shape)
    for place in np.ndindex(g.shape):
        back = place[g.ndim - len(shape):]
        total[tuple(min(i, n - 1) for i, n in zip(back, shape))] += g[place]
    return total
    """
)


# --- step 5


@lesson.step(
    5,
    right="Found by its shapes, right in its numbers.",
    hints={
        "plain": "For square matrices any order fits. With other sizes it doesn't: write down the three shapes.",
        "swapped": "A product of matrices isn't the same the other way round: g has the rows of X.",
        "exchanged": "The two have changed places: the first leaves for x.",
        "elementwise": "That is the rule of the product entry by entry.",
        "alone": "What arrives is missing. A rule is called with any g.",
    },
)
def matrix_product(matmul: Function, torch: Any) -> None:
    for place, (n, m, p) in enumerate([(2, 2, 2), (2, 3, 4), (1, 3, 1), (3, 1, 2), (5, 2, 1), (3, 3, 3)]):
        random = np.random.default_rng(place)
        a, b, g = (random.integers(-4, 5, size).astype(np.float32) for size in ((n, m), (m, p), (n, p)))
        with case(f"matmul(x, y) with x of {n} × {m}, y of {m} × {p}"):
            x, y = Value(a, requires_grad=True), Value(b, requires_grad=True)
            noted = recorded(matmul, x, y)
            expect_array(noted.data, a @ b, "data")
            expect(noted.title, "MmBackward0", "title")
            if len(noted.inputs) != 2 or noted.inputs[0] is not x or noted.inputs[1] is not y:
                reject("value", what="inputs", came_out=_named(list(noted.inputs)), expected="[x, y]")
            for_x, for_y = leaving(noted, g, 2)
            expect_array(for_x, np.einsum("ik,jk->ij", g, b), "what leaves for x")
            expect_array(for_y, np.einsum("ij,ik->jk", a, g), "what leaves for y")


matrix_product.wrong("plain", replace=("g @ y.data.T, x.data.T @ g", "g @ y.data, x.data @ g"))
matrix_product.wrong("swapped", replace=("g @ y.data.T, x.data.T @ g", "y.data.T @ g, g @ x.data.T"))
matrix_product.wrong("exchanged", replace=("g @ y.data.T, x.data.T @ g", "x.data.T @ g, g @ y.data.T"))
matrix_product.wrong("elementwise", replace=("g @ y.data.T, x.data.T @ g", "g * y.data, g * x.data"))
matrix_product.wrong("alone", replace=("g @ y.data.T, x.data.T @ g", "y.data.T, x.data.T"))
matrix_product.wrong("value", replace=('"MmBackward0"', '"MulBackward0"'))
matrix_product.wrong("raised", replace=("x.data @ y.data,", "x @ y,"))
matrix_product.wrong("none", replace=("return record(", "record("))
matrix_product.wrong("type", replace=("[g @ y.data.T, x.data.T @ g]", "g @ y.data.T"))
matrix_product.also_right(
    """
    a, b = x.data, y.data
    return record(np.matmul(a, b), "MmBackward0", [x, y], lambda g: [np.matmul(g, b.transpose()), a.transpose().dot(g)])
    """
)
matrix_product.also_right(
    """
    def rule(g):
        for_x = np.zeros_like(x.data)
        for_y = np.zeros_like(y.data)
        for i in range(g.shape[0]):
            for k in range(g.shape[1]):
                for_x[i] += g[i, k] * y.data[:, k]
                for_y[:, k] += g[i, k] * x.data[i]
        return [for_x, for_y]

    return record(x.data @ y.data, "MmBackward0", [x, y], rule)
    """
)
matrix_product.also_right(
    'return record(x.data @ y.data, "MmBackward0", (x, y), lambda g: ((y.data @ g.T).T, (g.T @ x.data).T))'
)


# --- step 6


@lesson.step(
    6,
    right="Remember, switch off, put back, whatever happens.",
    hints={
        "on": "After a block inside another one, the switch was on. Put back what was there before.",
        "left": "An exception left the block, and the switch stayed off. What belongs into a `finally`?",
        "swallowed": "The exception should go on, to whoever calls.",
        "still_on": "In the block, the switch is on.",
        "still_off": "After the block, the switch is off.",
    },
)
def switch(no_grad: Function, torch: Any) -> None:
    class Mode:
        recording = True

    class OnPurpose(Exception):
        pass

    def a_block(before: bool, depth: int, error: bool) -> list[bool]:
        seen: list[bool] = []
        Mode.recording = before
        with contextlib.suppress(OnPurpose):
            with no_grad():
                seen.append(Mode.recording)
                for _ in range(depth):
                    with no_grad():
                        seen.append(Mode.recording)
                    seen.append(Mode.recording)
                if error:
                    raise OnPurpose
            seen.append(Mode.recording)
            return seen
        return [*seen, Mode.recording]

    cases = [
        ("a block", True, 0, False),
        ("a block, where the switch was off before", False, 0, False),
        ("a block with another one in it", True, 1, False),
        ("a block with two others in it, one after the other", True, 2, False),
        ("a block that an exception leaves", True, 0, True),
        ("a block that an exception leaves, where the switch was off before", False, 0, True),
        ("a block, once more", True, 0, False),
    ]
    with _with_mode(no_grad, Mode):
        for told, before, depth, error in cases:
            with case(told):
                seen = call(a_block, before, depth, error, twice=False, source=no_grad)
                want = [False] * (1 + 2 * depth) + [before]
                if any(seen[:-1]):
                    words = "on in it" if seen[0] else "on again after the inner one"
                    reject("still_on" if seen[0] else "on", came_out=words, expected="off in the whole block")
                if seen[-1] != want[-1]:
                    words = "off" if want[-1] else "on"
                    hint = "left" if error and want[-1] else "still_off" if want[-1] else "on"
                    reject(
                        hint, what="the switch after the block", came_out=words, expected=f"{'on' if before else 'off'}"
                    )
        with case("an exception in the block"):
            Mode.recording = True
            if not call(_goes_on, no_grad, OnPurpose, twice=False, source=no_grad):
                reject("swallowed", came_out="it is gone after the block", expected="it goes on")


def _goes_on(no_grad: Any, kind: type[Exception]) -> bool:
    try:
        with no_grad():
            raise kind
    except kind:
        return True
    return False


@contextlib.contextmanager
def _with_mode(no_grad: Any, mode: type) -> Iterator[None]:
    """Let the learner's block, a function or a class, turn a switch of the check's own."""
    answer = no_grad if not isinstance(no_grad, type) else vars(no_grad).get("__enter__", no_grad)
    with with_globals(answer, Mode=mode):
        yield


switch.wrong("on", replace=("Mode.recording = before", "Mode.recording = True"))
switch.wrong("left", "before = Mode.recording\nMode.recording = False\nyield\nMode.recording = before")
switch.wrong("left", "before, Mode.recording = Mode.recording, False\nyield\nMode.recording = before")
switch.wrong("swallowed", replace=("finally:", "except BaseException:\n    pass\nfinally:"))
switch.wrong("still_on", replace=("Mode.recording = False", "recording = False"))
switch.wrong("still_on", replace=("Mode.recording = False", "Mode.recording = True"))
switch.wrong("still_off", "Mode.recording = False\nyield")
switch.wrong("still_off", replace=("Mode.recording = before", "pass"))
switch.wrong("raised", "before = Mode.recording\nMode.recording = False\nMode.recording = before")
switch.wrong("raised", replace=("before = Mode.recording\n", ""))
switch.also_right(
    "before, Mode.recording = Mode.recording, False\ntry:\n    yield\nfinally:\n    Mode.recording = before"
)
switch.also_right(
    """
    was = Mode.recording
    Mode.recording = False
    try:
        yield
    except BaseException:
        Mode.recording = was
        raise
    else:
        Mode.recording = was
    """
)
switch.also_right(
    """
    if not Mode.recording:
        yield
        return
    Mode.recording = False
    try:
        yield
    finally:
        Mode.recording = True
    """
)
switch.also_right(
    after="""
class no_grad:
    def __enter__(self):
        self.before = Mode.recording
        Mode.recording = False

    def __exit__(self, *error):
        Mode.recording = self.before
"""
)
