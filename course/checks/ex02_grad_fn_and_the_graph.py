"""Exercises of lesson 02: nodes and edges, what a node saves, graphs that are cut, graphs that are no trees."""

from typing import Any

from course.exercise import Function, Lesson
from course.graphs import formula, leaves_behind, nodes_behind
from course.old_words import AnyOf, call, difference, expect, expect_predictions, reject, show

lesson = Lesson(2, "grad_fn and the graph")


def short(name: Any) -> Any:
    """A node's name as it is printed; `name()` gives AccumulateGrad with the namespace it has in PyTorch's C++."""
    return name.removeprefix("torch::autograd::") if isinstance(name, str) else name


def name_of(node: Any) -> str | None:
    return None if node is None else short(node.name())


def inputs_of(t: Any) -> list[str | None]:
    return [name_of(node) for node, _ in t.grad_fn.next_functions]


@lesson.exercise(
    1,
    right="A node knows where its gradients go next, in the order of its inputs, and what it needs to compute them.",
    hints={
        "leaf": "AccumulateGrad is where the way back ends. But which recorded operation made x?",
        "dropped": "The operation has two inputs, so its node has two places, even if one of them leads nowhere.",
        "constant": "c is a leaf that nobody tracks. Is there anything of its own to add a gradient to?",
        "order": "The right names in the wrong order: next_functions goes by the order of the operation's inputs.",
        "tensors": "The graph's edges lead to nodes, not to tensors. Give the nodes' names.",
        "number": "A node's name ends in a number: two rules for one operation would be told apart by it.",
        "own": "What stands in the derivative of c * x with respect to x: x, or something else?",
        "input": "exp is its own derivative. So what is the cheapest thing to keep?",
    },
)
def read_the_graph(reading: dict, torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    c = torch.tensor([3.0, 4.0])
    a = c * x
    b = torch.exp(a)
    y = b - x

    def saved_by(t: Any, tensors: dict[str, Any]) -> str:
        values = [getattr(t.grad_fn, attribute, None) for attribute in ("_saved_self", "_saved_other", "_saved_result")]
        return " and ".join(name for v in values for name, kept in tensors.items() if difference(v, kept) is None)

    truth = {
        "node of x": name_of(x.grad_fn),
        "node of y": name_of(y.grad_fn),
        "inputs of a's node": inputs_of(a),
        "inputs of y's node": inputs_of(y),
        "saved by a's node": saved_by(a, {"c": c, "x": x, "a": a}),
        "saved by b's node": saved_by(b, {"a": a, "b": b}),
    }
    given = {key: [*map(short, said)] if isinstance(said, list) else short(said) for key, said in reading.items()}
    expect_predictions(
        given,
        truth,
        leaf={"node of x": "AccumulateGrad"},
        number={"node of y": "SubBackward"},
        dropped={"inputs of a's node": ["AccumulateGrad"]},
        constant={"inputs of a's node": ["AccumulateGrad", "AccumulateGrad"]},
        order={
            "inputs of a's node": ["AccumulateGrad", None],
            "inputs of y's node": ["AccumulateGrad", "ExpBackward0"],
        },
        tensors={"inputs of a's node": ["c", "x"], "inputs of y's node": ["b", "x"]},
        own={"saved by a's node": "x"},
        input={"saved by b's node": "a"},
    )


read_the_graph.almost("leaf", 'reading["node of x"] = "AccumulateGrad"')
read_the_graph.almost("number", 'reading["node of y"] = "SubBackward"')
read_the_graph.almost("dropped", """reading["inputs of a's node"] = ["AccumulateGrad"]""")
read_the_graph.almost("constant", """reading["inputs of a's node"] = ["AccumulateGrad", "AccumulateGrad"]""")
read_the_graph.almost("order", """reading["inputs of a's node"] = ["AccumulateGrad", None]""")
read_the_graph.almost("order", """reading["inputs of y's node"] = ["AccumulateGrad", "ExpBackward0"]""")
read_the_graph.almost("tensors", """reading["inputs of y's node"] = ["b", "x"]""")
read_the_graph.almost("own", """reading["saved by a's node"] = "x" """)
read_the_graph.almost("input", """reading["saved by b's node"] = "a" """)
read_the_graph.almost("type", """reading["inputs of y's node"] = ("ExpBackward0", "AccumulateGrad")""")
read_the_graph.almost("type", "reading = list(reading.values())")


def nodes_on_the_way(t: Any, choose: Any) -> list[str]:
    """The names of the nodes from `t` back, choosing the next among a node's inputs; it ends where None is chosen."""
    names, node = [], t.grad_fn
    while node is not None:
        names.append(node.name())
        inputs = [following for following, _ in node.next_functions]
        node = choose(inputs) if inputs else None
    return names


@lesson.exercise(
    2,
    right="The way back goes from node to node through next_functions and ends in AccumulateGrad.",
    hints={
        "end": "AccumulateGrad has no inputs: its next_functions is empty, so there is no [0].",
        "pair": "next_functions holds pairs, a node and a number. One of the two is what you want.",
        "constant": "The way stopped at an input that needs no gradient, though another input went on.",
        "last": "Where the way forks, the first input that has a node is asked for, not the last.",
        "leaf_missing": "AccumulateGrad is a node as well. It belongs at the end of the list.",
        "one": "Only one step was made. Where does the loop move on?",
    },
)
def walk_back(chain: Function, torch: Any) -> None:
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    z = torch.tensor(0.0, requires_grad=True)
    c = torch.tensor([3.0, 4.0])
    cases = {
        "chain((x * 3 + 1).mean())": (x * 3 + 1).mean(),
        "chain(x * 3)": x * 3,
        "chain(c * x)": c * x,
        "chain(c - (c * x).exp())": c - (c * x).exp(),
        "chain(x * x.exp())": x * x.exp(),
        "chain(x.exp() * x)": x.exp() * x,
        "chain(-z)": -z,
        "chain(x)": x,
        "chain(c * 2)": c * 2,
    }
    for tried, t in cases.items():
        want = nodes_on_the_way(t, lambda inputs: next((node for node in inputs if node is not None), None))
        got = call(tried, chain, t, raises={"IndexError": "end", "AttributeError": "pair"})
        expect(
            tried,
            got,
            want,
            constant=nodes_on_the_way(t, lambda inputs: inputs[0]),
            last=AnyOf(
                nodes_on_the_way(t, lambda inputs: inputs[-1]),
                nodes_on_the_way(t, lambda inputs: next((node for node in inputs[::-1] if node is not None), None)),
            ),
            one=want[:1],
            leaf_missing=want[:-1],
        )


walk_back.wrong("end", "node = node.next_functions[0][0]")
walk_back.wrong("pair", "node = node.next_functions[0] if node.next_functions else None")
walk_back.wrong("constant", "node = node.next_functions[0][0] if node.next_functions else None")
walk_back.wrong("last", "for following, _ in node.next_functions or [(None, 0)]: node = following")
walk_back.wrong(
    "last",
    """
    inputs = [following for following, _ in node.next_functions if following is not None]
    node = inputs[-1] if inputs else None
    """,
)
walk_back.wrong(
    "leaf_missing",
    """
    inputs = [following for following, _ in node.next_functions if following is not None]
    node = inputs[0] if inputs and inputs[0].next_functions else None
    """,
)
walk_back.wrong("one", "node = None")
walk_back.wrong("endless", "node = t.grad_fn")
walk_back.wrong("raised", "node = node.next_functions()[0]")


@lesson.exercise(
    3,
    right="Using a result twice does not compute it twice: both edges lead to one and the same node.",
    hints={
        "twice": "Your graph has two exp nodes. The table has one, which two edges lead to.",
        "reversed": "The nodes are right. The inputs of the subtraction are the wrong way round.",
        "operands": "The nodes are right. The inputs of the multiplication are the wrong way round.",
        "other": "The number is right, the road is another: the table asks for other operations than these.",
        "cut": "A leaf of the graph is neither a nor b: a value was wrapped into a new tensor, and it ends there.",
        "untracked": "y has no node at all: it was wrapped into a new tensor, or made from plain numbers.",
    },
)
def build_a_graph(build: Function, torch: Any) -> None:
    for values in ((0.5, 2.0), ([1.0, -1.0], [3.0, 0.0])):
        a, b = (torch.tensor(value, requires_grad=True) for value in values)
        tried = f"y = build(a, b), a = {show(a)}, b = {show(b)}"
        y = call(tried, build, a, b)
        e = torch.exp(a)
        value = (e - e * b).detach()
        if y is None:
            reject("none", tried=tried)
        if reason := difference(y, value):
            reject("type", tried=tried, came_out=show(y), details=reason)
        leaves = {"a": a, "b": b}
        got, want = formula(y, leaves), formula(e - e * b, leaves)
        known = {
            want: "",
            "None": "untracked",
            formula(torch.exp(a) - torch.exp(a) * b, leaves): "twice",
            formula(e * b - e, leaves): "reversed",
            formula(e - b * e, leaves): "operands",
        }
        unknown = "cut" if "another leaf" in got else "value" if difference(y, value) is not None else "other"
        if hint := known.get(got, unknown):
            reject(hint, tried="the graph of y", came_out=got, expected=want)


build_a_graph.wrong("twice", "return torch.exp(a) - torch.exp(a) * b")
build_a_graph.wrong("reversed", "e = torch.exp(a)\nreturn e * b - e")
build_a_graph.wrong("operands", "e = torch.exp(a)\nreturn e - b * e")
build_a_graph.wrong("other", "return torch.exp(a) * (1 - b)")
build_a_graph.wrong("cut", "e = torch.tensor(torch.exp(a).tolist(), requires_grad=True)\nreturn e - e * b")
build_a_graph.wrong("untracked", "return torch.tensor((torch.exp(a) - torch.exp(a) * b).tolist())")
build_a_graph.wrong("none", "e = torch.exp(a)\ny = e - e * b")
build_a_graph.wrong("type", "return (torch.exp(a) - torch.exp(a) * b).tolist()")
build_a_graph.wrong("changed", "a.requires_grad_(False)\ne = torch.exp(a)\nreturn e - e * b")


@lesson.exercise(
    4,
    right="A new tensor made from old numbers is a new beginning: the graph goes on only through operations.",
    hints={
        "cut": "The value is right, and no graph is behind it. Where do tensors turn into numbers and back?",
        "folk": "It is tracked, but the way back doesn't reach the inputs: what asks for a gradient is a new leaf.",
        "half": "The way back reaches one of the inputs and not the other.",
        "forced": "None of the inputs was tracked here, and the result claims to be. Who asked for it?",
        "squares": "The distances are averaged without being squared.",
        "total": "The squares are summed and not averaged.",
    },
)
def mend_the_spread(mended_spread: Function, torch: Any) -> None:
    x = torch.tensor([1.0, 2.0, 6.0], requires_grad=True)
    centre = torch.tensor(3.0, requires_grad=True)
    plain = torch.tensor([1.0, -2.0, 4.0])
    cases = [
        ("x and centre tracked", x, centre),
        ("x tracked", x, torch.tensor(3.0)),
        ("centre tracked", plain, centre),
        ("x the result of an operation", x * 2, torch.tensor(-1.0)),
        ("nothing tracked", plain, torch.tensor(3.0)),
        ("x 0-d and tracked", torch.tensor(5.0, requires_grad=True), torch.tensor(3.0)),
    ]
    for which, values, middle in cases:
        tried = f"mended_spread(x, centre), {which}"
        got = call(tried, mended_spread, values, middle)
        distance = values - middle
        want = (distance**2).mean()
        expect(tried, got, want, squares=distance.mean(), total=(distance**2).sum())
        if got.requires_grad and not want.requires_grad:
            reject("forced", tried=tried, came_out=show(got), expected=show(want))
        wanted, reached = leaves_behind(want), leaves_behind(got) or [got] * got.requires_grad
        if len(wanted) == len(reached) and all(any(leaf is other for other in reached) for leaf in wanted):
            continue
        hint = "half" if any(leaf is other for leaf in wanted for other in reached) else "folk" if reached else "cut"
        ends = ["a leaf" if any(leaf is other for other in wanted) else "a new leaf" for leaf in reached]
        came_out = f"{show(got)}, the way back ends in {' and '.join(ends) or 'nothing'}"
        reject(hint, tried=tried, came_out=came_out)


mend_the_spread.wrong(
    "cut",
    """
    distance = torch.tensor((x - centre).tolist())
    squares = distance ** 2
    return torch.tensor(squares.mean().tolist())
    """,
)
mend_the_spread.wrong(
    "cut",
    """
    distance = x - centre
    squares = distance ** 2
    return torch.tensor(squares.mean().tolist())
    """,
)
mend_the_spread.wrong(
    "cut",
    """
    distance = torch.tensor((x - centre).tolist())
    squares = distance ** 2
    return squares.mean()
    """,
)
mend_the_spread.wrong(
    "folk",
    """
    distance = torch.tensor((x - centre).tolist())
    squares = distance ** 2
    return torch.tensor(squares.mean().tolist(), requires_grad=True)
    """,
)
mend_the_spread.wrong(
    "folk",
    """
    distance = torch.tensor((x - centre).tolist(), requires_grad=True)
    squares = distance ** 2
    return squares.mean()
    """,
)
mend_the_spread.wrong("half", "return ((x - float(centre)) ** 2).mean()")
mend_the_spread.wrong(
    "half",
    """
    distance = x - torch.tensor(centre.tolist())
    return (distance ** 2).mean()
    """,
)
mend_the_spread.wrong(
    "forced",
    """
    result = ((x - centre) ** 2).mean()
    return result if result.requires_grad else result.requires_grad_()
    """,
)
mend_the_spread.wrong("squares", "return (x - centre).mean()")
mend_the_spread.wrong("total", "return ((x - centre) ** 2).sum()")
mend_the_spread.wrong("changed", "return ((x.requires_grad_() - centre) ** 2).mean()")
mend_the_spread.wrong("type", "return ((x - centre) ** 2).mean().tolist()")


def nodes_by_paths(node: Any) -> int:
    """How many nodes a walk counts that takes the graph for a tree."""
    return 0 if node is None else 1 + sum(nodes_by_paths(following) for following, _ in node.next_functions)


@lesson.exercise(
    5,
    right="A graph is no tree. Whoever walks it must remember where they have been.",
    hints={
        "paths": "A node that two edges lead to was counted twice: once for every path, as if the graph were a tree.",
        "names": "Two nodes with one name are still two nodes. What tells them apart?",
        "places": "An input that needs no gradient was counted. Its place holds None, which is no node.",
        "leaves": "AccumulateGrad is a node as well.",
        "first": "Only one way was followed. A node can have several inputs.",
        "nothing": "Some tensors have no node, and some places in next_functions hold None. None has no attributes.",
    },
)
def count_the_nodes(count_nodes: Function, torch: Any) -> None:
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    z = torch.tensor(0.0, requires_grad=True)
    c = torch.tensor([3.0, 4.0])
    e = x.exp()
    ladder = x
    for _ in range(6):
        ladder = ladder + ladder
    cases = {
        "count_nodes(x.exp())": e,
        "count_nodes(x.exp().exp())": x.exp().exp(),
        "count_nodes(e - e * x), e = x.exp()": e - e * x,
        "count_nodes(x * 3)": x * 3,
        "count_nodes(c * x)": c * x,
        "count_nodes(x * x)": x * x,
        "count_nodes((x.exp() + z).sum())": (x.exp() + z).sum(),
        "count_nodes(x)": x,
        "count_nodes(c + c)": c + c,
        "count_nodes(y), y = x, then six times y = y + y": ladder,
    }
    for tried, t in cases.items():
        nodes = nodes_behind(t)
        got = call(tried, count_nodes, t, raises={"AttributeError": "nothing"})
        places = sum(following is None for node in nodes for following, _ in node.next_functions)
        expect(
            tried,
            got,
            len(nodes),
            paths=nodes_by_paths(t.grad_fn),
            names=len({node.name() for node in nodes}),
            first=len(nodes_on_the_way(t, lambda inputs: inputs[0])),
            leaves=sum(not hasattr(node, "variable") for node in nodes),
            places=len(nodes) + places,
        )


count_the_nodes.wrong(
    "paths",
    """
    def walk(node):
        if node is None:
            return 0
        return 1 + sum(walk(following) for following, _ in node.next_functions)
    return walk(t.grad_fn)
    """,
)
count_the_nodes.wrong(
    "paths",
    """
    count, todo = 0, [t.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None:
            count += 1
            todo += [following for following, _ in node.next_functions]
    return count
    """,
)
count_the_nodes.wrong(
    "names",
    """
    names, todo = set(), [t.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None:
            names.add(node.name())
            todo += [following for following, _ in node.next_functions]
    return len(names)
    """,
)
count_the_nodes.wrong(
    "places",
    """
    seen, todo = set(), [t.grad_fn]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            if node is not None:
                todo += [following for following, _ in node.next_functions]
    return len(seen)
    """,
)
count_the_nodes.wrong(
    "leaves",
    """
    seen, todo = set(), [t.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None and node not in seen and node.next_functions:
            seen.add(node)
            todo += [following for following, _ in node.next_functions]
    return len(seen)
    """,
)
count_the_nodes.wrong(
    "first",
    """
    count, node = 0, t.grad_fn
    while node is not None:
        count += 1
        node = node.next_functions[0][0] if node.next_functions else None
    return count
    """,
)
count_the_nodes.wrong(
    "nothing",
    """
    seen, todo = set(), [t.grad_fn]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo += [following for following, _ in node.next_functions]
    return len(seen)
    """,
)
count_the_nodes.wrong(
    "endless",
    """
    seen, todo = set(), [t.grad_fn]
    while todo:
        node = todo[0]
        if node is not None and node not in seen:
            seen.add(node)
            todo += [following for following, _ in node.next_functions]
    return len(seen)
    """,
)
count_the_nodes.wrong(
    "type",
    """
    seen, todo = [], [t.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None and node not in seen:
            seen.append(node)
            todo += [following for following, _ in node.next_functions]
    return seen
    """,
)
