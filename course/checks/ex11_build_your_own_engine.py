"""The steps of lesson 11, and its exercises."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from course import planted
from course.exercise import Function, Lesson
from course.judging import call, case, expect, reject, with_globals
from course.pictures import expect_picture
from course.reading import used

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


Value.__name__ = "Tensor"  # as the learner's errors should call it


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


Made.__name__ = "Node"


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


TENSORS = {"'Tensor'": "tensors"}  # what Python says of operators that the check's tensors don't have
NO_TENSORS = "A tensor has no operators here. Compute with what is in it: `x.data`."


def recorded(operation: Callable[..., Any], *arguments: Any) -> SimpleNamespace:
    """What an operation gives to `record`."""
    noted: list[SimpleNamespace] = []

    def record(data: Any, title: Any, inputs: Any, rule: Any) -> Value:
        noted.append(SimpleNamespace(data=data, title=title, inputs=inputs, rule=rule, result=Value(data)))
        return noted[-1].result

    listed = [item for each in arguments for item in (each if isinstance(each, list) else [each])]
    held = [(value, value.data, np.array(value.data)) for value in listed if isinstance(value, Value)]
    with with_globals(operation, record=record, Tensor=Value, np=np):
        got = call(operation, *arguments, raises=TENSORS, twice=False)
    for value, data, numbers in held:
        if value.data is not data or not np.array_equal(data, numbers):
            came_out, expected = f"changed to {shown(value.data)}", shown(numbers)
            reject("changed", what="the data of an input, after the call", came_out=came_out, expected=expected)
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
    parts = call(noted.rule, g, raises=TENSORS, twice=False)
    if not isinstance(parts, list | tuple):
        given = "None" if parts is None else _named(parts)
        reject("type", what=f"rule({shown(g)})", came_out=given, details="A rule returns a list: one for each input.")
    if len(parts) != count:
        reject("value", what=f"rule({shown(g)})", came_out=f"a list of {len(parts)}", expected=f"a list of {count}")
    if any(isinstance(part, Value) for part in parts):
        reject("tensors", what=f"rule({shown(g)})", came_out=_named(parts), expected="numbers or arrays")
    if not np.array_equal(before, g):
        reject("changed", what="g after the rule", came_out=shown(g), expected=shown(before))
    again = call(noted.rule, g, raises=TENSORS, twice=False)
    if not isinstance(again, list | tuple) or [*map(shown, again)] != [*map(shown, parts)]:
        came_out, expected = _named(again), "what left the first time"
        reject("again", what="the rule, called a second time", came_out=came_out, expected=expected)
    return list(parts)


def shown(value: Any) -> str:
    return str(np.asarray(value).tolist())


def expect_array(got: Any, want: Any, what: str) -> None:
    """Reject numbers or arrays unless they have this shape and these values."""
    if got is None or (not np.isscalar(got) and not isinstance(got, np.ndarray)):
        hint = "none" if got is None and not what else "type"
        reject(hint, what=what, came_out=_named(got), expected=shown(want))
    if np.shape(got) != np.shape(want):
        reject(
            "value",
            what=f"{what}, its shape" if what else "its shape",
            came_out=str(np.shape(got)),
            expected=str(np.shape(want)),
        )
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
        "tensors": NO_TENSORS,
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
product_rule.wrong("tensors", replace=("x.data * y.data,", "x * y,"))
product_rule.wrong("tensors", replace=("g * y.data, g * x.data", "g * y, g * x"))
product_rule.wrong("tensors", replace=("g * y.data, g * x.data", "y, x"))
product_rule.wrong("raised", replace=("lambda g: [g * y.data, g * x.data]", "[g * y.data, g * x.data]"))
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


Visited.__name__ = "Node"


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
        "leaf": "A leaf has no grad_fn. Where the gradient of any tensor goes is its `edge`.",
        "stale": "The rule of a node gets what has arrived there, not what the pass began with.",
    },
)
def newest_first(backward: Function, torch: Any) -> None:
    for place, (told, nodes) in enumerate(graphs_to_walk()):
        seeds: list[Any] = [1.0, -2.5, np.array([1.0, 4.0])]
        for g in [seeds[place % 3], seeds[2]] if len(nodes) < 100 else seeds[:1]:
            with case(f"backward(result, {shown(g)}), {told}"):
                for node in nodes:
                    node.visits.clear()
                want = {id(node): 0 * np.asarray(g) for node in nodes}
                want[id(nodes[0])] = np.array(g)
                for node in nodes:
                    for edge, factor in zip(node.edges, node.factors, strict=True):
                        if edge is not None:
                            want[id(edge)] = want[id(edge)] + want[id(node)] * (1.0 if node.shared else factor)
                given, absent = np.array(g), "none_edge" if len(nodes) > 1 else "leaf"
                raises = {"recursion depth": "deep", "'NoneType' object has no attribute": absent}
                call(backward, _result_of(nodes[0]), given if place else g, raises=raises, twice=False)
                _expect_visits(nodes, want)
                if not np.array_equal(given, g):
                    reject("in_place", what="g after the pass", came_out=shown(given), expected=shown(g))
    with case("backward(result), without g"):
        x = Visited(0, "AccumulateGrad")
        call(backward, SimpleNamespace(edge=Visited(1, "x * 8", (x, 8.0), (None, 0.0))), twice=False)
        _expect_visits([x], {id(x): np.array(8.0)})


def _result_of(node: Visited) -> Value:
    """A tensor with this node: a leaf, where it is the place that collects."""
    result = Value(0.0)
    if node.edges:
        result.grad_fn = node
    else:
        result.collector = node  # type: ignore[assignment]
    return result


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
newest_first.wrong("leaf", replace=("{result.edge: g}", "{result.grad_fn: g}"))
newest_first.wrong("stale", replace=("g = arrived.pop(newest)", "arrived.pop(newest)"))
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
        "tensors": NO_TENSORS,
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
matrix_product.wrong("tensors", replace=("x.data @ y.data,", "x @ y,"))
matrix_product.wrong("tensors", replace=("g @ y.data.T", "g @ y.T"))
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


NO_YIELD = {"'NoneType' object is not an iterator": "no_yield"}


@lesson.step(
    6,
    right="Remember, switch off, put back, whatever happens.",
    hints={
        "on": "After a block inside another one, the switch was on. Put back what was there before.",
        "careless": "An exception left the block, and the switch stayed off. What belongs into a `finally`?",
        "swallowed": "The exception should go on, to whoever calls.",
        "still_on": "In the block, the switch is on.",
        "still_off": "After the block, the switch is off.",
        "no_yield": "There is no `yield` in it. That is where the block runs.",
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
                seen = call(a_block, before, depth, error, raises=NO_YIELD, twice=False, source=no_grad)
                want = [False] * (1 + 2 * depth) + [before]
                if any(seen[:-1]):
                    words = "on in it" if seen[0] else "on again after the inner one"
                    reject("still_on" if seen[0] else "on", came_out=words, expected="off in the whole block")
                if seen[-1] != want[-1]:
                    words = "off" if want[-1] else "on"
                    hint = "careless" if error and want[-1] else "still_off" if want[-1] else "on"
                    reject(
                        hint, what="the switch after the block", came_out=words, expected=f"{'on' if before else 'off'}"
                    )
        with case("an exception in the block"):
            Mode.recording = True
            if not call(_goes_on, no_grad, OnPurpose, twice=False, source=no_grad):
                reject("swallowed", came_out="it is gone after the block", expected="it goes on")


def _goes_on(no_grad: Any, kind: type[Exception]) -> bool:
    gone = True
    try:
        with no_grad():
            raise kind
    except kind:
        gone = False
    return not gone


@contextlib.contextmanager
def _with_mode(no_grad: Any, mode: type) -> Iterator[None]:
    """Let the learner's block, a function or a class, turn a switch of the check's own."""
    answer = no_grad if not isinstance(no_grad, type) else vars(no_grad).get("__enter__", no_grad)
    with with_globals(answer, Mode=mode):
        yield


switch.wrong("on", replace=("Mode.recording = before", "Mode.recording = True"))
switch.wrong("careless", "before = Mode.recording\nMode.recording = False\nyield\nMode.recording = before")
switch.wrong("careless", "before, Mode.recording = Mode.recording, False\nyield\nMode.recording = before")
switch.wrong("swallowed", replace=("finally:", "except BaseException:\n    pass\nfinally:"))
switch.wrong("still_on", replace=("Mode.recording = False", "recording = False"))
switch.wrong("still_on", replace=("Mode.recording = False", "Mode.recording = True"))
switch.wrong("still_off", "Mode.recording = False\nyield")
switch.wrong("still_off", replace=("Mode.recording = before", "pass"))
switch.wrong("no_yield", "before = Mode.recording\nMode.recording = False\nMode.recording = before")
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


# --- 11.1


@lesson.exercise(
    1,
    right="The slope of tanh is had from its result: nothing is computed twice.",
    hints={
        "alone": "What arrives is missing. A rule is called with any g, not only with 1.",
        "input": "In 1 − tanh², the square is that of the result, not of the input.",
        "of_g": "The slope is taken at x. g is only a factor.",
        "once": "The result is squared in it.",
        "sign": "It is 1 *minus* the square: tanh flattens where it comes near 1.",
        "tensors": NO_TENSORS,
    },
)
def tanh_rule(tanh: Function, torch: Any) -> None:
    inputs = [0.5, 0.0, -1.25, 2.0, np.array([0.25, -0.75, 3.0]), np.array([[1.0], [-2.0]])]
    for place, x in enumerate(inputs):
        data = np.asarray(x)
        for g in [np.ones_like(data), np.full_like(data, [-2.0, 0.5, 3.0][place % 3])]:
            with case(f"tanh(x) with x = {shown(x)}, and g = {shown(g)} arriving"):
                noted = recorded(tanh, Value(data, requires_grad=True))
                expect_array(noted.data, np.tanh(data), "data")
                expect(noted.title, "TanhBackward0", "title")
                if len(noted.inputs) != 1:
                    reject("value", what="inputs", came_out=_named(list(noted.inputs)), expected="[x]")
                expect_array(leaving(noted, g, 1)[0], g * (1 - np.tanh(data) ** 2), "what leaves for x")


tanh_rule.wrong("alone", replace=("g * (1 - result**2)", "1 - result**2"))
tanh_rule.wrong("input", replace=("result**2", "x.data**2"))
tanh_rule.wrong("of_g", replace=("g * (1 - result**2)", "1 - np.tanh(g) ** 2"))
tanh_rule.wrong("of_g", replace=("g * (1 - result**2)", "g * (1 - np.tanh(g) ** 2)"))
tanh_rule.wrong("once", replace=("result**2", "result"))
tanh_rule.wrong("sign", replace=("1 - result**2", "1 + result**2"))
tanh_rule.wrong("sign", replace=("1 - result**2", "result**2 - 1"))
tanh_rule.wrong("value", replace=("g * (1 - result**2)", "g * result"))
tanh_rule.wrong("value", replace=('"TanhBackward0"', '"ExpBackward0"'))
tanh_rule.wrong("type", replace=("[g * (1 - result**2)]", "g * (1 - result**2)"))
tanh_rule.wrong("type", "return Tensor(np.tanh(x.data))")
tanh_rule.wrong("none", replace=("return record", "record"))
tanh_rule.wrong("tensors", replace=("result**2", "x**2"))
tanh_rule.wrong("changed", replace=("result = np.tanh(x.data)", "x.data = np.tanh(x.data)\nresult = x.data"))
tanh_rule.wrong(
    "changed", replace=("[g * (1 - result**2)]", "[np.multiply(g, 1 - result**2, out=g if np.ndim(g) else None)]")
)
tanh_rule.wrong("raised", replace=("np.tanh(x.data)", "np.tanh(x)"))
tanh_rule.also_right(
    """
    def rule(g):
        return [g / np.cosh(x.data) ** 2]

    return record(np.tanh(x.data), "TanhBackward0", [x], rule)
    """
)
tanh_rule.also_right(
    """
    y = np.tanh(x.data)
    slope = 1 - y * y
    return record(y, "TanhBackward0", [x], lambda g: [slope * g])
    """
)
tanh_rule.also_right(
    """
    up, down = np.exp(x.data), np.exp(-x.data)
    y = (up - down) / (up + down)
    return record(y, "TanhBackward0", (x,), lambda g: (g - g * y**2,))
    """
)


# --- 11.2


@lesson.exercise(
    2,
    right="Your tests let a right engine through, and no faulty one. An engine is as good as its tests.",
    hints={
        "strict": "An engine that keeps all the promises fails your tests. Do they ask for more than was promised?",
        "product": "A faulty product gets through. Use two different factors, and let something else than 1 arrive.",
        "number": "A product with a plain number goes wrong, and your tests don't see it.",
        "difference": "A faulty difference gets through. Does each of the two inputs get its own sign?",
        "several": "A value that is used several times gets too little, and your tests don't see it. Both a leaf and a "
        "result can be used several times.",
        "broadcast": "A faulty engine gets through, for which broadcasting is not undone as it should be.",
        "passes": "A second backward pass does something wrong, and your tests don't see it.",
        "switch": "`no_grad` does something wrong, and your tests don't see it: in the block, after it, or after a "
        "block in a block.",
    },
)
def tests_of_engines(passes: Function, torch: Any) -> None:
    rights: list[tuple[str, Callable[[], Any]]] = [
        ("the right engine", planted.Engine),
        ("torch", lambda: torch),
        ("a right engine with nothing beyond the list", planted.Listed),
    ]
    for told, make in rights:
        with case(f"passes({told})"):
            try_tests(passes, make, "strict", True)
    variants = {"product": 3, "number": 1, "difference": 2, "several": 3, "broadcast": 3, "passes": 1, "switch": 3}
    for fault, count in variants.items():
        for variant in range(count):
            with case(f"passes(a faulty engine, number {variant + 1} of its kind)"):
                try_tests(passes, partial(planted.Engine, fault, variant), fault, False)


def try_tests(passes: Callable[..., Any], make: Callable[[], Any], hint: str, want: bool) -> None:
    """Reject tests that don't say of this engine what they should; each call has an engine of its own."""
    raised: list[BaseException] = []

    def said(passes: Callable[..., Any]) -> Any:
        try:
            return passes(make())
        except Exception as error:
            if want:
                raise
            raised.append(error)
            return False

    result = call(said, passes, source=passes)
    if type(result) not in (bool, np.bool_):
        reject("none" if result is None else "type", came_out=_named(result), expected="True or False")
    if bool(result) is not want:
        reject(hint, came_out=str(bool(result)), expected=str(want), evidence=(hint, bool(result)))


SUMS = """
def gradients(f, *values):
    leaves = [engine.tensor(value, requires_grad=True) for value in values]
    f(*leaves).backward()
    return [leaf.grad.tolist() for leaf in leaves]

def twice(x):
    m = x + x + x
    return m * m + m

right = [
    PRODUCT,
    gradients(lambda x, y: x - y, 2.0, 5.0) == [1.0, -1.0],
    gradients(twice, 2.0) == [39.0],
    gradients(lambda x, y: (x + y).sum(), [[1.0], [2.0]], [5.0, 6.0]) == [[[2.0], [2.0]], [2.0, 2.0]],
]
x = engine.tensor(2.0, requires_grad=True)
for _ in range(2):
    (x + 1).backward()
right.append(x.grad.item() == 2.0)
with engine.no_grad():
    with engine.no_grad():
        pass
    right.append(not (x * x).requires_grad)
right.append((x * x).requires_grad)
return all(right)
"""
tests_of_engines.wrong("product", SUMS.replace("PRODUCT", "gradients(lambda x: x * x, 3.0) == [6.0]"))
tests_of_engines.wrong("product", SUMS.replace("PRODUCT", "gradients(lambda x, y: x * y, 2.0, 5.0) == [5.0, 2.0]"))
tests_of_engines.wrong("product", SUMS.replace("PRODUCT", "gradients(lambda x, y: x * y, 4.0, 4.0) == [4.0, 4.0]"))
tests_of_engines.wrong(
    "number",
    SUMS.replace("PRODUCT", "gradients(lambda x, y: (x * y) * (x * y), 2.0, 5.0) == [100.0, 40.0]"),
)
tests_of_engines.wrong("difference", replace=("gradients(lambda x, y: x - y, 2.0, 5.0) == [1.0, -1.0],", ""))
tests_of_engines.wrong(
    "difference",
    replace=("gradients(lambda x, y: x - y, 2.0, 5.0) == [1.0, -1.0],", "gradients(lambda x: 7 - x, 2.0) == [-1.0],"),
)
tests_of_engines.wrong("strict", replace=("return all(right)", "return all(right) and x.grad.shape == ()"))
tests_of_engines.wrong("strict", replace=("x.grad.item() == 8.0", "x.grad == 8.0"))
tests_of_engines.wrong("several", replace=("gradients(twice, 2.0) == [39.0],", ""))
tests_of_engines.wrong(
    "several",
    replace=("gradients(lambda x: x * x, 3.0) == [6.0],", "", "(x * x).backward()", "(4 * x).backward()"),
)
BROADCAST = "gradients(lambda x, y: (x * y).sum(), table, [5.0, 6.0]) == [[[5.0, 6.0], [5.0, 6.0]], [4.0, 6.0]],"
tests_of_engines.wrong("broadcast", replace=(BROADCAST, ""))
tests_of_engines.wrong(
    "passes", replace=("for _ in range(2):\n    (x * x).backward()", "(x * x).backward()\nx.grad = x.grad + x.grad")
)
tests_of_engines.wrong("switch", replace=("right.append((x * x).requires_grad)", ""))
tests_of_engines.wrong("switch", replace=("with engine.no_grad():\n        pass\n", "pass\n"))
tests_of_engines.wrong("strict", replace=("[15.0, 6.0]", "[6.0, 15.0]"))
tests_of_engines.wrong("strict", "return False")
tests_of_engines.wrong(
    "strict", after="works = passes\ndef passes(engine):\n    return works(engine) and hasattr(engine, 'stamps')"
)
tests_of_engines.wrong("product", "return True")
tests_of_engines.wrong("none", replace=("return all(right)", "all(right)"))
tests_of_engines.wrong("type", replace=("return all(right)", "return right"))
tests_of_engines.wrong("raised", replace=("leaf.grad.tolist()", "leaf.gradient.tolist()"))
tests_of_engines.also_right(
    """
    a = engine.tensor(3.0, requires_grad=True)
    b = engine.tensor(-4.0, requires_grad=True)
    m = a * b
    n = a - b
    y = m * n + m * m + a * 0.5
    y.backward()
    if abs(a.grad.item() - (-4.0 * 7.0 + -12.0 + 2 * -12.0 * -4.0 + 0.5)) > 1e-3:
        return False
    if abs(b.grad.item() - (3.0 * 7.0 + 12.0 + 2 * -12.0 * 3.0)) > 1e-3:
        return False
    a.grad = None
    for _ in range(3):
        (a * a).backward()
    if abs(a.grad.item() - 18.0) > 1e-3:
        return False
    row = engine.tensor([1.0, 2.0, 3.0], requires_grad=True)
    table = engine.tensor([[1.0, 0.0, 2.0], [4.0, 5.0, 6.0]], requires_grad=True)
    (table * row).sum().backward()
    if row.grad.tolist() != [5.0, 5.0, 8.0] or table.grad.tolist() != [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]:
        return False
    with engine.no_grad():
        inside = a * b
        with engine.no_grad():
            pass
        still = a * b
    after = a * b
    return not inside.requires_grad and not still.requires_grad and after.requires_grad
    """
)
tests_of_engines.also_right(
    """
    def nudged(f, values, place, h=0.01):
        up, down = list(values), list(values)
        up[place] += h
        down[place] -= h
        return (f(*map(engine.tensor, up)).item() - f(*map(engine.tensor, down)).item()) / (2 * h)

    def one(x, y):
        return 2 * (x * y) - (x - y) * x

    def two(x, y):
        m = 2 * x
        return m * m - m * y + m

    for f in (one, two):
        values = [1.5, 2.5]
        leaves = [engine.tensor(v, requires_grad=True) for v in values]
        f(*leaves).backward()
        for place in range(2):
            assert abs(leaves[place].grad.item() - nudged(f, values, place)) < 0.05
    column = engine.tensor([[2.0], [3.0]], requires_grad=True)
    (column * engine.tensor([1.0, 2.0, 4.0])).sum().backward()
    assert column.grad.tolist() == [[7.0], [7.0]]
    x = engine.tensor(2.0, requires_grad=True)
    (x * 3).backward()
    (x * 5).backward()
    assert x.grad.item() == 8.0
    with engine.no_grad():
        with engine.no_grad():
            assert not (x * x).requires_grad
        assert not (x * x).requires_grad
    assert (x * x).requires_grad
    return True
    """
)
tests_of_engines.also_right(replace=("return all(right)", "return np.all(right)"))
tests_of_engines.also_right(
    replace=("return all(right)", "for one in right:\n    if not one:\n        return False\nreturn True")
)
GRADIENTS = (
    "def gradients(f, *values): | leaves = [engine.tensor(value, requires_grad=True) for value in values] | "
    "f(*leaves).backward() | return [leaf.grad.tolist() for leaf in leaves]"
)
TWICE = "def twice(x): | m = 3 * x | return m * m + m"
TABLE = "table = [[1.0, 2.0], [3.0, 4.0]]"
LIST = (
    "right = [gradients(lambda x, y: 3 * (x * y), 2.0, 5.0) == [15.0, 6.0], "
    "gradients(lambda x, y: x - y, 2.0, 5.0) == [1.0, -1.0], gradients(lambda x: x * x, 3.0) == [6.0], "
    "gradients(twice, 2.0) == [39.0], "
    "gradients(lambda x, y: (x * y).sum(), table, [5.0, 6.0]) == [[[5.0, 6.0], [5.0, 6.0]], [4.0, 6.0]]]"
)
LEAF = "x = engine.tensor(2.0, requires_grad=True)"
PASSES = "right.append(x.grad.item() == 8.0)"
BLOCK = "with engine.no_grad(): | with engine.no_grad(): | pass | right.append(not (x * x).requires_grad)"
for lines in (f"{GRADIENTS} |  | {TWICE}", f" | {TWICE} | {TABLE}", f"{LIST} | {LEAF}", f"{PASSES} | {BLOCK}"):
    tests_of_engines.equivalent(f"swapped: {lines}", because="neither of the two needs the other")
for at in ("3.0, 5.0", "-2.0, 5.0", "2.0, 6.0", "2.0, -5.0"):
    changed = LIST.replace("x - y, 2.0, 5.0", f"x - y, {at}")
    tests_of_engines.equivalent(f"{LIST} → {changed}", because="a difference has the same slopes everywhere")
for word in ("", "not "):
    told = f"right.append({word}(x * x).requires_grad) → right.append({word}(x + x).requires_grad)"
    tests_of_engines.equivalent(told, because="whether it is recorded doesn't depend on the operation")


# --- 11.3


class Linked:
    """A node with nothing but edges."""

    def __init__(self, title: str, *edges: Any) -> None:
        self.title, self.edges = title, list(edges)

    def __repr__(self) -> str:
        return self.title


def linked_graphs() -> Iterator[tuple[str, Linked]]:
    """Graphs to line up, by their last node."""
    x = Linked("x")
    yield "x, a leaf", x
    m = Linked("m", x, None)
    square = Linked("m * m", m, m)
    yield "m * m, m = 3 * x", square
    yield "m * m + m", Linked("m * m + m", square, m)
    yield "m + m * m", Linked("m + m * m", m, square)
    a, b = Linked("a"), Linked("b")
    ab, top = Linked("a * b", a, b), Linked("a - 1", a, None)
    yield "(a - 1) * ((a * b) + b)", Linked("product", top, Linked("sum", ab, b))
    for seed in range(1, 9):
        yield f"a graph drawn by lot, number {seed}", _linked_by_lot(seed)
    row = Linked("x")
    for _ in range(30):
        row = Linked("sum", Linked("half", row), Linked("half", row))
    yield "30 diamonds in a row", row
    chain = Linked("x")
    for _ in range(100_000):
        chain = Linked("+ 1", chain, None)
    yield "100,000 nodes in a chain", chain
    yield "50,000 products, and their sum", Linked("sum", *(Linked("product", x) for _ in range(50_000)))


def _linked_by_lot(seed: int) -> Linked:
    random = np.random.default_rng(seed)
    nodes = [Linked("x"), Linked("y")]
    for place in range(10):
        picked = [nodes[max(0, len(nodes) - 1 - int(step))] for step in random.integers(0, 4, 2)]
        nodes.append(Linked(f"node {place}", *picked, *([None] if random.random() < 0.3 else [])))
    return Linked("end", nodes[-1], nodes[-3], nodes[2])


@lesson.exercise(
    3,
    right="A stack of your own is as deep as memory allows. Python's is not.",
    hints={
        "deep": "It calls itself for each node, and reached Python's limit. A list of your own has none.",
        "limit": "Python's limit guards the whole notebook, and is not to be moved.",
        "early": "A node stands before one that it leads to. When may it be put down?",
        "repeated": "A node is there more than once.",
        "missing": "Not every node behind the first is there.",
        "touched": "The nodes and their edges should stay as they are. Remember what you need in a set of your own.",
        "none_edge": "An edge that is None is no node. Pass it over.",
        "backwards": "This is the order of the visits, the newest first. Asked for is the other direction.",
    },
)
def lining_up(inputs_first: Function, torch: Any) -> None:
    with case("inputs_first, as it is written"):
        if used(inputs_first, "setrecursionlimit"):
            # Nothing else is tried: with the limit gone, a deep recursion ends the process.
            reject("limit", came_out="`setrecursionlimit` stands in it", expected="no recursion", for_good=True)
    for told, end in linked_graphs():
        with case(f"inputs_first(node), {told}"):
            raises = {"recursion depth": "deep", "'NoneType' object has no attribute 'edges'": "none_edge"}
            before = [(node, _attributes(node)) for node in _all_behind(end)]
            got = call(inputs_first, end, raises=raises, twice=False)
            for node, attributes in before:
                if _attributes(node) != attributes:
                    odd = next((name for name in vars(node) if name not in attributes), "edges")
                    reject("touched", what=f"the node {node}", came_out=f"its `{odd}` changed", expected="as it was")
            _expect_line(got, end)


def _attributes(node: Linked) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in vars(node).items()}


def _all_behind(end: Linked) -> list[Linked]:
    """Return a node and all nodes behind it, each once, in the same order in every run."""
    behind = {end: end}
    todo = [end]
    while todo:
        for edge in todo.pop().edges:
            if edge is not None and edge not in behind:
                behind[edge] = edge
                todo.append(edge)
    return list(behind)


def _nodes(count: int) -> str:
    return f"{count} node{'s' * (count != 1)}"


def _expect_line(got: Any, end: Linked) -> None:
    if not isinstance(got, list | tuple):
        reject("none" if got is None else "type", came_out=_named(got), expected="a list of nodes")
    behind = set(_all_behind(end))
    if any(node is None for node in got):
        reject("none_edge", came_out="None is in the list")
    if not all(isinstance(node, Linked) for node in got):
        odd = next(node for node in got if not isinstance(node, Linked))
        reject("type", came_out=f"{_named(odd)} in the list", expected="nodes only")
    if len(set(got)) < len(got):
        reject("repeated", came_out=f"{len(got)} entries for {_nodes(len(set(got)))}")
    if set(got) != behind:
        reject("missing", came_out=_nodes(len(got)), expected=_nodes(len(behind)))
    place = {node: number for number, node in enumerate(got)}
    wrong = [(node, edge) for node in got for edge in node.edges if edge is not None and place[edge] > place[node]]
    if wrong:
        turned = all(place[edge] > place[node] for node in got for edge in node.edges if edge is not None)
        node, edge = wrong[0]
        reject("backwards" if turned else "early", came_out=f"{node} stands before {edge}, which it leads to")


lining_up.wrong(
    "touched",
    """
    line, todo = [], [(node, False)]
    while todo:
        current, ready = todo.pop()
        if ready:
            line.append(current)
        elif current is not None and not hasattr(current, "met"):
            current.met = True
            todo.append((current, True))
            todo.extend((edge, False) for edge in current.edges)
    return line
    """,
)
lining_up.wrong(
    "touched",
    """
    line, met, todo = [], set(), [node]
    while todo:
        current = todo[-1]
        if current is None or current in met:
            todo.pop()
        elif current.edges:
            todo.append(current.edges.pop())
        else:
            met.add(current)
            line.append(todo.pop())
    return line
    """,
)
lining_up.wrong("endless", replace=("current not in met", "current not in line", "        met.add(current)\n", ""))

RECURSIVE = """
line, met = [], set()

def put_down(current):
    if current is not None and current not in met:
        met.add(current)
        for edge in current.edges:
            put_down(edge)
        line.append(current)

put_down(node)
return line
"""
lining_up.wrong("deep", RECURSIVE)
lining_up.wrong("limit", "import sys\nsys.setrecursionlimit(1_000_000)" + RECURSIVE)
lining_up.wrong(
    "early",
    """
    line, todo = [], [node]
    while todo:
        current = todo.pop()
        if current is not None and current not in line[-1:] and current not in set(line):
            line.append(current)
            todo.extend(current.edges)
    return line[::-1]
    """,
)
lining_up.wrong(
    "early",
    """
    line, met = [node], {node}
    for current in line:
        for edge in current.edges:
            if edge is not None and edge not in met:
                met.add(edge)
                line.append(edge)
    return line[::-1]
    """,
)
lining_up.wrong(
    "repeated",
    """
    line = [node]
    for current in line:
        line += [edge for edge in current.edges if edge is not None]
        if len(line) > 300_000:
            break
    return line[::-1]
    """,
)
lining_up.wrong(
    "missing",
    replace=(
        "todo.extend((edge, False) for edge in current.edges)",
        "todo.extend((edge, False) for edge in current.edges[:1])",
    ),
)
lining_up.wrong("none_edge", replace=("elif current is not None and current not in met:", "elif current not in met:"))
lining_up.wrong("backwards", replace=("return line", "return line[::-1]"))
lining_up.wrong("endless", replace=("met = set()", "met = []", "met.add(", "met.append("))
lining_up.wrong("none", replace=("return line", "line"))
lining_up.wrong("type", replace=("return line", "return set(line)"))
lining_up.wrong("type", replace=("line.append(current)", "line.append(current.title)"))
lining_up.also_right(
    """
    line, met = [], {node}
    todo = [(node, iter(node.edges))]
    while todo:
        current, rest = todo[-1]
        for edge in rest:
            if edge is not None and edge not in met:
                met.add(edge)
                todo.append((edge, iter(edge.edges)))
                break
        else:
            todo.pop()
            line.append(current)
    return line
    """
)
lining_up.also_right(
    """
    from collections import Counter

    behind, todo, waiting = {node}, [node], Counter()
    while todo:
        for edge in todo.pop().edges:
            if edge is None:
                continue
            waiting[edge] += 1
            if edge not in behind:
                behind.add(edge)
                todo.append(edge)
    line, ready = [], [node]
    while ready:
        current = ready.pop()
        line.append(current)
        for edge in current.edges:
            if edge is not None:
                waiting[edge] -= 1
                if not waiting[edge]:
                    ready.append(edge)
    line.reverse()
    return line
    """
)
lining_up.also_right(
    """
    done, line, stack = set(), [], [node]
    while stack:
        current = stack[-1]
        if current in done:
            stack.pop()
            continue
        open_ones = [edge for edge in current.edges if edge is not None and edge not in done]
        if open_ones:
            stack.append(open_ones[0]) if len(open_ones) < 100 else stack.extend(open_ones)
        else:
            done.add(current)
            line.append(stack.pop())
    return line
    """
)
for lines in (
    "line = [] | met = set()",
    "met = set() | todo = [(node, False)]",
    "met.add(current) | todo.append((current, True))",
):
    lining_up.equivalent(f"swapped: {lines}", because="neither of the two lines needs the other")


# --- 11.4


@lesson.exercise(
    4,
    right="A function looks its variables up when it is called, not when it is made. So give it what it is to keep.",
    hints={
        "late": "All inputs get the last weight: the functions look `weight` up when they are called, after the loop.",
        "first": "All inputs get the same weight. Each has its own.",
        "shared": "The caller has changed the list of weights after the call, and the gradients have changed with it.",
        "alone": "What arrives is missing. A rule is called with any g, not only with 1.",
        "sum": "That is the rule of a sum: it passes on what arrives.",
        "tensors": NO_TENSORS,
    },
)
def weighted(mended_blend: Function, torch: Any) -> None:
    tried: list[tuple[list[Any], list[float], Any]] = [
        ([1.0, 10.0, 100.0], [1.0, 2.0, 3.0], 1.0),
        ([1.0, 10.0, 100.0], [3.0, -1.0, 0.5], -2.0),
        ([4.0], [2.5], 3.0),
        ([2.0, 2.0], [0.5, 0.25], 4.0),
        ([1.0, 2.0, 3.0, 4.0, 5.0], [5.0, 4.0, 3.0, 2.0, 0.0], 0.5),
        ([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [0.5, -2.0], [1.0, 0.0, 10.0]),
    ]
    for values, weights, g in tried:
        for later in (False, True):
            words = ", and weights changed after the call" if later else ""
            with case(f"mended_blend(tensors of {values}, {weights}), g = {g} arriving{words}"):
                given = list(weights)
                tensors = [Value(np.float32(value), requires_grad=True) for value in values]
                if later and len(tensors) > 1:
                    tensors[0] = Value(tensors[0].data)  # a constant among them
                arriving = np.array(g) if isinstance(g, list) else g
                noted = recorded(mended_blend, tensors, given)
                blended = sum(w * np.array(v) for w, v in zip(weights, values, strict=True))
                expect_array(noted.data, blended, "data")
                expect(noted.title, "BlendBackward0", "title")
                if list(noted.inputs) != tensors:
                    reject("value", what="inputs", came_out=_named(list(noted.inputs)), expected="the tensors")
                if later:
                    given[:] = [weight + 7.0 for weight in weights]
                got = leaving(noted, arriving, len(values))
                for part in got:
                    if not np.isscalar(part) and not isinstance(part, np.ndarray):
                        reject("type", what="what leaves", came_out=_named(got), expected="a number for each input")
                numbers = [np.asarray(part).tolist() for part in got]
                want = [np.asarray(arriving * weight).tolist() for weight in weights]
                if [*map(np.shape, numbers)] != [*map(np.shape, want)] or not np.allclose(numbers, want):
                    came_out, expected = str(numbers), str(want)
                    reject("value", what="what leaves", came_out=came_out, expected=expected, evidence=numbers)


weighted.wrong(
    "late",
    """
    data = sum(weight * x.data for x, weight in zip(tensors, weights))
    rules = [lambda g: g * weight for weight in list(weights)]
    return record(data, "BlendBackward0", tensors, lambda g: [rule(g) for rule in rules])
    """,
)
weighted.wrong("first", replace=("g * weight for weight in kept", "g * kept[0] for weight in kept"))
weighted.wrong("shared", replace=("kept = list(weights)", "kept = weights"))
weighted.wrong("alone", replace=("[g * weight for weight", "[weight for weight"))
weighted.wrong("sum", replace=("[g * weight for weight", "[g for weight"))
weighted.wrong("value", replace=("g * weight for weight in kept", "g * weight for weight in kept[::-1]"))
weighted.wrong("value", replace=("for x, weight in zip(tensors, kept)", "for x, weight in zip(tensors, kept[1:])"))
weighted.wrong("value", replace=("[g * weight for", "[np.sum(g) * weight for"))
weighted.wrong(
    "value",
    replace=(
        "tensors, lambda g: [g * weight for weight in kept]",
        "[x for x in tensors if x.requires_grad], lambda g: [g * weight for weight in kept]",
    ),
)
weighted.wrong(
    "changed",
    """
    kept, data = list(weights), tensors[0].data
    data *= kept[0]
    for x, weight in zip(tensors[1:], kept[1:]):
        data = data + weight * x.data
    return record(data, "BlendBackward0", tensors, lambda g: [g * weight for weight in kept])
    """,
)
weighted.wrong(
    "again",
    """
    data = sum(weight * x.data for x, weight in zip(tensors, weights))
    once = (weight for weight in list(weights))
    return record(data, "BlendBackward0", tensors, lambda g: [g * weight for weight in once])
    """,
)
weighted.wrong("none", replace=("return record", "record"))
weighted.wrong("type", replace=("return record(", "return list(map(lambda x: x, [data]))\nrecord("))
weighted.wrong("tensors", replace=("weight * x.data", "weight * x"))
weighted.also_right(
    """
    data = sum(weight * x.data for x, weight in zip(tensors, weights))
    rules = []
    for weight in weights:
        rules.append(lambda g, weight=weight: g * weight)
    return record(data, "BlendBackward0", tensors, lambda g: [rule(g) for rule in rules])
    """
)
weighted.also_right(
    """
    def scaling(weight):
        return lambda g: weight * g

    rules = [scaling(weight) for weight in weights]
    data = 0
    for x, weight in zip(tensors, weights):
        data = data + weight * x.data
    return record(data, "BlendBackward0", tensors, lambda g: [rule(g) for rule in rules])
    """
)
weighted.also_right(
    """
    fixed = np.array(weights)
    values = np.array([x.data for x in tensors])
    return record(fixed @ values, "BlendBackward0", tensors, lambda g: [weight * g for weight in fixed])
    """
)


# --- 11.5


@lesson.exercise(
    5,
    right="What arrives at the bottom of a deep graph is a product with one factor for each node.",
    hints={
        "axes": "Return the axes that you have drawn on.",
        "lines": "One line is asked for, for each entry of functions.",
        "turned": "The two directions have changed places.",
        "from_one": "The line should begin at depth 0, where nothing has been applied yet: its gradient is 1.",
        "names": "A line doesn't have the name of its function.",
        "legend": "Which line is which? Nobody can tell without a legend.",
        "scale": "Upwards the scale should be logarithmic, so that every factor takes the same height.",
        "words": "A label doesn't say what it should.",
        "sight": "Not everything is in sight, or an axis runs the wrong way.",
        "added": "Each gradient has those before it in it: they were collected in one and the same leaf.",
        "values": "These are the values. The gradients are asked for.",
    },
)
def picture_of_depth(deep_picture: Function, torch: Any) -> None:
    functions = {
        "tanh": lambda x: x.tanh(),
        "sigmoid": lambda x: x.sigmoid(),
        "double": lambda x: 2 * x,
        "half": lambda x: x / 2 + 1,
        "exp": lambda x: (x / 4).exp(),
        "branch": lambda x: 3 * x if x > 1 else x / 2,
    }
    tried = [
        ({"tanh": functions["tanh"], "double": functions["double"]}, 0.5, 6),
        ({"sigmoid": functions["sigmoid"]}, -1.0, 4),
        ({name: functions[name] for name in ("half", "exp", "branch")}, 2.0, 5),
        ({"tanh": functions["tanh"], "sigmoid": functions["sigmoid"]}, 2.0, 12),
    ]
    for chosen, start, depth in tried:
        wanted = {}
        for name, f in chosen.items():
            heights = []
            for n in range(depth + 1):
                x = y = torch.tensor(start, requires_grad=True)
                for _ in range(n):
                    y = f(y)
                y.backward()
                heights.append(x.grad.item())
            wanted[name] = heights
        with case(f"deep_picture(functions, {start}, {depth}) with {' and '.join(chosen)}"):
            axes = call(deep_picture, chosen, start, depth, pictures=1, twice=len(chosen) == 1)
            smallest = min(min(heights) for heights in wanted.values())
            expect_picture(
                axes, wanted, words=("depth", "gradient"), scales=("linear", "log"), scale=smallest, relative=1e-4
            )


picture_of_depth.wrong("axes", replace=("return axes", "return figure"))
picture_of_depth.wrong("none", replace=("return axes", "axes"))
picture_of_depth.wrong("lines", replace=("axes.semilogy(", "axes.semilogy([0, 1], [1.0, 0.5])\n    axes.semilogy("))
picture_of_depth.wrong("turned", replace=("axes.semilogy(gradients,", "axes.plot(gradients, range(depth + 1),"))
picture_of_depth.wrong(
    "from_one", replace=("axes.semilogy(gradients,", "axes.semilogy(range(1, depth + 2), gradients,")
)
picture_of_depth.wrong("names", replace=("label=name", "label=name[:1]"))
picture_of_depth.wrong("names", replace=(", label=name", ""))
picture_of_depth.wrong("legend", replace=("axes.legend()", ""))
picture_of_depth.wrong("scale", replace=("axes.semilogy(", "axes.plot("))
picture_of_depth.wrong("words", replace=('xlabel="depth"', 'xlabel="n"'))
picture_of_depth.wrong("words", replace=(', ylabel="gradient with respect to the start"', ""))
picture_of_depth.wrong("sight", replace=("axes.legend()", "axes.legend()\naxes.set_xlim(1, 2)"))
picture_of_depth.wrong(
    "added",
    replace=(
        "for n in range(depth + 1):\n        x = y = torch.tensor(start, requires_grad=True)",
        "x = torch.tensor(start, requires_grad=True)\n    for n in range(depth + 1):\n        y = x",
    ),
)
picture_of_depth.wrong("values", replace=("x.grad.item()", "y.item()"))
picture_of_depth.wrong("value", replace=("range(depth + 1)", "range(depth)"))
picture_of_depth.also_right(
    """
    axes = plt.figure().add_subplot()
    axes.set_yscale("log")
    for name, f in functions.items():
        gradients = []
        for n in range(depth + 1):
            x = torch.tensor(start, requires_grad=True)
            y = x
            for _ in range(n):
                y = f(y)
            gradients += torch.autograd.grad(y, x)
        axes.plot(range(depth + 1), [g.item() for g in gradients], "o-", label=name)
    axes.set_xlabel("depth of the chain")
    axes.set_ylabel("the gradient that arrives")
    axes.legend()
    return axes
    """
)
picture_of_depth.also_right(
    """
    figure, axes = plt.subplots()
    for name, f in functions.items():
        chain = [torch.tensor(start, requires_grad=True)]
        product, products = 1.0, [1.0]
        for _ in range(depth):
            x = chain[-1].detach().requires_grad_()
            y = f(x)
            y.backward()
            product = product * x.grad.item()
            products.append(product)
            chain.append(y)
        axes.semilogy(range(depth + 1), products, label=name)
    axes.set(xlabel="depth", ylabel="gradient")
    axes.legend()
    return axes
    """
)
picture_of_depth.also_right(replace=("axes.legend()", "axes.legend(loc='lower left')\naxes.axhline(1.0, color='0.8')"))
LABELS = "axes.set(xlabel='depth', ylabel='gradient with respect to the start')"
LOOP = (
    "for name, f in functions.items(): | gradients = [] | for n in range(depth + 1): | "
    "x = y = torch.tensor(start, requires_grad=True) | for _ in range(n): | y = f(y) | y.backward() | "
    "gradients.append(x.grad.item()) | axes.semilogy(gradients, label=name)"
)
for lines in (f"{LOOP} | {LABELS}", f"{LABELS} | axes.legend()"):
    picture_of_depth.equivalent(f"swapped: {lines}", because="labels can be set at any time")
for old in ("depth", "gradient with respect to the start"):
    changed = LABELS.replace(f"'{old}'", f"'{old}x'")
    picture_of_depth.equivalent(f"{LABELS} → {changed}", because="the word that is asked for is still in it")
picture_of_depth.equivalent(
    "gradients.append(x.grad.item()) → gradients.append(x.grad)", because="matplotlib draws 0-d tensors as numbers"
)


# --- 11.6


class Twice:
    """An engine whose rules speak of tensors, as the notebook's `plus` and `times` do."""

    def __init__(self) -> None:
        stamps = itertools.count()

        class Mode:
            recording = True

        class Node:
            def __init__(self, title: str, edges: list[Any], rule: Any) -> None:
                self.title, self.edges, self.rule, self.stamp = title, edges, rule, next(stamps)

        class AccumulateGrad(Node):
            def __init__(self, leaf: Any) -> None:
                super().__init__("AccumulateGrad", [], self.collect)
                self.variable = leaf

            def collect(self, g: Any) -> list[Any]:
                self.variable.grad = g
                return []

        class Tensor:
            def __init__(self, data: Any, requires_grad: bool = False) -> None:
                self.data, self.grad = data, None
                self.grad_fn: Any = None
                self.collector = AccumulateGrad(self) if requires_grad else None

            @property
            def edge(self) -> Any:
                return self.grad_fn or self.collector

            @property
            def requires_grad(self) -> bool:
                return self.edge is not None

        def recorded_twice(data: Any, title: str, inputs: list[Any], rule: Any) -> Any:
            result = Tensor(data)
            if Mode.recording and any(x.requires_grad for x in inputs):
                result.grad_fn = Node(title, [x.edge for x in inputs], rule)
            return result

        def plus(x: Any, y: Any) -> Any:
            return recorded_twice(x.data + y.data, "AddBackward0", [x, y], lambda g: [g, g])

        def times(x: Any, y: Any) -> Any:
            return recorded_twice(x.data * y.data, "MulBackward0", [x, y], lambda g: [times(g, y), times(g, x)])

        @contextlib.contextmanager
        def no_grad() -> Iterator[None]:
            before, Mode.recording = Mode.recording, False
            try:
                yield
            finally:
                Mode.recording = before

        self.Mode, self.Tensor, self.plus, self.times, self.no_grad = Mode, Tensor, plus, times, no_grad
        self.AccumulateGrad, self.Node, self.record = AccumulateGrad, Node, recorded_twice


@lesson.exercise(
    6,
    right="Rules that speak of tensors, and a pass that may be recorded. No second set of rules is needed.",
    hints={
        "unrecorded": "With create_graph=True the gradient has no graph, so it can't be differentiated again.",
        "recorded": "Without create_graph the gradient has a graph, which keeps everything before it alive.",
        "collected": "The gradient is returned. The .grad of a leaf is left as it is.",
        "overwritten": "What arrives from several sides is added.",
        "early": "It is wrong where a value is used several times. Has everything arrived when it is returned?",
        "switched": "The switch is not as it was before the call.",
        "forced": "The switch is off, and the pass is recorded all the same. create_graph=True doesn't turn it on.",
        "no_path": "No path leads from the result to this leaf: its gradient is a tensor that holds 0.0.",
    },
)
def second_derivatives(gradient: Function, torch: Any) -> None:
    engine = Twice()
    tensor, plus, times, mode = engine.Tensor, engine.plus, engine.times, engine.Mode
    names = {"Tensor": tensor, "plus": plus, "times": times, "Mode": mode, "no_grad": engine.no_grad}
    names |= {"AccumulateGrad": engine.AccumulateGrad, "Node": engine.Node, "record": engine.record}

    def cube(x: Any, y: Any) -> Any:
        return times(x, times(x, x))

    def mixed(x: Any, y: Any) -> Any:
        return times(times(x, x), y)

    def diamond(x: Any, y: Any) -> Any:
        m = times(tensor(3.0), x)
        return plus(times(m, m), plus(m, y))

    def straight(x: Any, y: Any) -> Any:
        return plus(times(x, tensor(4.0)), y)

    tried: list[tuple[str, Any, Any, str]] = [
        ("x · x · x", cube, lambda x, y: [3 * x * x, 6 * x, 6.0], "xxx"),
        ("x · x · y", mixed, lambda x, y: [2 * x * y, 2 * x], "xy"),
        ("x · x · y", mixed, lambda x, y: [x * x, 2 * x], "yx"),
        ("m · m + m + y, m = 3 · x", diamond, lambda x, y: [18 * x + 3, 18.0], "xx"),
        ("4 · x + y", straight, lambda x, y: [4.0], "x"),
        ("4 · x + y", straight, lambda x, y: [1.0], "y"),
    ]
    with with_globals(gradient, **names):
        for told, f, want, order in tried:
            for a, b in [(2.0, 5.0), (-1.5, 3.0)]:
                with case(f"{' then '.join(order)} of {told}, x = {a}, y = {b}"):
                    leaves: dict[str, Any] = {n: tensor(v, requires_grad=True) for n, v in (("x", a), ("y", b))}
                    result = f(leaves["x"], leaves["y"])
                    if a < 0:
                        leaves["x"].grad, leaves["y"].grad = tensor(7.0), tensor(9.0)
                    for place, (name, wanted) in enumerate(zip(order, want(a, b), strict=True)):
                        last = place == len(order) - 1
                        result = _gradient(gradient, engine, result, leaves, name, not last)
                        expect(float(result.data), wanted, f"derivative {place + 1}, with respect to {name}")
        for before in (True, False):
            with case(f"create_graph=True, where the switch is {'on' if before else 'off'}"):
                x = tensor(2.0, requires_grad=True)
                y = times(x, times(x, x))
                mode.recording = before
                try:
                    got = _gradient(gradient, engine, y, {"x": x}, "x", True, check_graph=before)
                finally:
                    mode.recording = True
                expect(float(got.data), 12.0)
                if not before and got.requires_grad:
                    came_out, expected = "a Tensor with a graph", "one without a graph"
                    reject("forced", what="the gradient", came_out=came_out, expected=expected)
        with case("a leaf that nothing leads to"):
            x, other = tensor(2.0, requires_grad=True), tensor(3.0, requires_grad=True)
            got = _gradient(gradient, engine, times(x, x), {"x": x, "other": other}, "other", False, hint="no_path")
            expect(float(got.data), 0.0, hint="no_path")
        for create_graph in (False, True):
            with case(f"a result without a graph, create_graph={create_graph}"):
                x = tensor(2.0, requires_grad=True)
                leaves = {"x": x}
                got = _gradient(
                    gradient, engine, tensor(4.0), leaves, "x", create_graph, check_graph=False, hint="no_path"
                )
                expect(float(got.data), 0.0, hint="no_path")
        with case("the leaf itself"):
            x = tensor(2.0, requires_grad=True)
            expect(float(_gradient(gradient, engine, x, {"x": x}, "x", False).data), 1.0)


def _gradient(
    gradient: Function,
    engine: Twice,
    result: Any,
    leaves: dict[str, Any],
    name: str,
    create_graph: bool,
    *,
    check_graph: bool = True,
    hint: str = "",
) -> Any:
    """Call the answer, and see that it leaves what it must."""
    before, grads = engine.Mode.recording, {told: leaf.grad for told, leaf in leaves.items()}
    none = hint or ("unrecorded" if create_graph else "raised")
    raises = {"'NoneType' object has no attribute": none}
    arguments = (result, leaves[name], True) if create_graph else (result, leaves[name])
    try:
        got = call(gradient, *arguments, raises=raises, twice=False)
    finally:
        now, engine.Mode.recording = engine.Mode.recording, before
    if now != before:
        reject("switched", came_out="on" if now else "off", expected="on" if before else "off")
    for told, leaf in leaves.items():
        if leaf.grad is not grads[told]:
            expected = "None, as before" if grads[told] is None else "the one it had before"
            reject("collected", what=f"{told}.grad", came_out=_named(leaf.grad), expected=expected)
    if not isinstance(got, engine.Tensor):
        reject(hint or ("none" if got is None else "type"), came_out=_named(got), expected="a Tensor")
    if not isinstance(got.data, int | float | np.ndarray | np.number) or np.size(got.data) != 1:
        reject("type", what="its data", came_out=_named(got.data), expected="a number")
    if check_graph and create_graph and not got.requires_grad:
        reject("unrecorded", what="the gradient", came_out="a Tensor without a graph", expected="one with a graph")
    if not create_graph and got.requires_grad:
        reject("recorded", what="the gradient", came_out="a Tensor with a graph", expected="one without a graph")
    return got


second_derivatives.wrong("unrecorded", replace=("nullcontext() if create_graph else no_grad()", "no_grad()"))
second_derivatives.wrong("unrecorded", replace=("return g", "return Tensor(g.data)"))
second_derivatives.wrong("recorded", replace=("nullcontext() if create_graph else no_grad()", "nullcontext()"))
second_derivatives.wrong(
    "collected",
    """
    from contextlib import nullcontext

    with nullcontext() if create_graph else no_grad():
        arrived = {result.edge: Tensor(1.0)}
        while arrived:
            newest = max(arrived, key=lambda node: node.stamp)
            g = arrived.pop(newest)
            for edge, part in zip(newest.edges, newest.rule(g)):
                if edge is not None:
                    arrived[edge] = plus(arrived[edge], part) if edge in arrived else part
    return Tensor(0.0) if leaf.grad is None else leaf.grad
    """,
)
second_derivatives.wrong("collected", replace=("if not newest.edges:  # another leaf", "if False:"))
second_derivatives.wrong("overwritten", replace=("plus(arrived[edge], part) if edge in arrived else part", "part"))
second_derivatives.wrong("early", replace=("max(arrived", "min(arrived"))
second_derivatives.wrong("early", replace=("max(arrived, key=lambda node: node.stamp)", "next(iter(arrived))"))
second_derivatives.wrong(
    "switched",
    """
    Mode.recording = create_graph
    arrived = {result.edge: Tensor(1.0)}
    while arrived:
        newest = max(arrived, key=lambda node: node.stamp)
        g = arrived.pop(newest)
        if newest is leaf.edge:
            return g
        for edge, part in zip(newest.edges, newest.rule(g) if newest.edges else []):
            if edge is not None:
                arrived[edge] = plus(arrived[edge], part) if edge in arrived else part
    return Tensor(0.0)
    """,
)
second_derivatives.wrong(
    "forced",
    """
    before, Mode.recording = Mode.recording, create_graph
    try:
        arrived = {result.edge: Tensor(1.0)} if result.requires_grad else {}
        while arrived:
            newest = max(arrived, key=lambda node: node.stamp)
            g = arrived.pop(newest)
            if newest is leaf.edge:
                return g
            for edge, part in zip(newest.edges, newest.rule(g) if newest.edges else []):
                if edge is not None:
                    arrived[edge] = plus(arrived[edge], part) if edge in arrived else part
        return Tensor(0.0)
    finally:
        Mode.recording = before
    """,
)
second_derivatives.wrong(
    "collected", replace=("    continue\n", "    newest.variable.grad = None\n            continue\n")
)
second_derivatives.wrong("no_path", replace=(" if result.requires_grad else {}", ""))
second_derivatives.wrong("no_path", replace=("return Tensor(0.0)", "return None"))
second_derivatives.wrong("no_path", replace=("return Tensor(0.0)", "return 0.0"))
second_derivatives.wrong("type", replace=("return g", "return g.data"))
second_derivatives.wrong("raised", replace=("Tensor(1.0)", "1.0"))
second_derivatives.wrong(
    "endless", replace=("arrived.pop(newest)", "arrived[newest]", "if newest is leaf.edge:", "if False:")
)
second_derivatives.also_right(
    """
    before = Mode.recording
    Mode.recording = before and create_graph
    try:
        arrived, found = {}, Tensor(0.0)
        if result.edge is not None:
            arrived[result.edge] = Tensor(1.0)
        while arrived:
            newest = max(arrived, key=lambda node: node.stamp)
            g = arrived.pop(newest)
            if newest is leaf.edge:
                found = g
            elif not isinstance(newest, AccumulateGrad):
                for edge, part in zip(newest.edges, newest.rule(g)):
                    if edge is not None:
                        arrived[edge] = plus(arrived[edge], part) if edge in arrived else part
    finally:
        Mode.recording = before
    return found
    """
)
second_derivatives.also_right(
    """
    def walk():
        if not result.requires_grad:
            return Tensor(0.0)
        behind, todo = {result.edge}, [result.edge]
        while todo:
            for edge in todo.pop().edges:
                if edge is not None and edge not in behind:
                    behind.add(edge)
                    todo.append(edge)
        parts = {result.edge: [Tensor(1.0)]}
        for node in sorted(behind, key=lambda node: -node.stamp):
            total = parts[node][0]
            for more in parts[node][1:]:
                total = plus(total, more)
            if node is leaf.edge:
                return total
            if node.edges:
                for edge, part in zip(node.edges, node.rule(total)):
                    if edge is not None:
                        parts.setdefault(edge, []).append(part)
        return Tensor(0.0)

    if create_graph:
        return walk()
    with no_grad():
        return walk()
    """
)
second_derivatives.also_right(
    replace=(
        "with nullcontext() if create_graph else no_grad():",
        "block = no_grad() if not create_graph else nullcontext()\nwith block:",
        "arrived[edge] = plus(arrived[edge], part) if edge in arrived else part",
        "arrived[edge] = plus(arrived.get(edge, Tensor(0.0)), part)",
    )
)
SUM = "arrived[edge] = plus({}) if edge in arrived else part"
second_derivatives.equivalent(
    f"{SUM.format('arrived[edge], part')} → {SUM.format('part, arrived[edge]')}",
    because="a sum of two is the same the other way round",
)
