"""Exercises of lesson 02: nodes and edges, what a node saves, graphs that are cut, graphs that aren't trees."""

from typing import Any

from course.comparing import difference, show
from course.exercise import Function, Lesson
from course.graphs import formula, grown, leaves_behind, nodes_behind
from course.judging import (
    call,
    case,
    expect,
    expect_gradients,
    expect_graph,
    expect_like,
    expect_predictions,
    reject,
)

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
        "leaf": "AccumulateGrad is where the path back ends. But which recorded operation made x?",
        "number": "A node's name ends in a number, which tells apart several rules for one operation.",
        "operation": "The node is named after the operation that made the tensor. Which one is it in the line `y = …`?",
        "dropped": "The operation has two inputs, so its node has two places, even if one of them leads nowhere.",
        "constant": "c is a leaf that doesn't require grad. Does it have a .grad that anything could be added to?",
        "left_out": "x is a leaf that requires grad. What does the path to its .grad lead through?",
        "further": "next_functions holds the nodes that are one step away. Who holds those behind them?",
        "order": "The right names in the wrong order: next_functions goes by the order of the operation's inputs.",
        "tensors": "The graph's edges lead to nodes, not to tensors. Give the nodes' names.",
        "own": "Write down the derivative of c * x with respect to x. Which of the variables is in it?",
        "input": "exp is its own derivative. So what is the cheapest thing to keep?",
    },
)
def read_the_graph(reading: dict, torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    c = torch.tensor([3.0, 4.0])
    a = c * x
    b = torch.exp(a)
    y = b - x
    variables = {"x": x, "c": c, "a": a, "b": b, "y": y}

    def saved_by(t: Any) -> str:
        values = [getattr(t.grad_fn, attribute, None) for attribute in ("_saved_self", "_saved_other", "_saved_result")]
        return " and ".join(n for v in values for n, kept in variables.items() if difference(v, kept) is None)

    truth = {
        "node of x": name_of(x.grad_fn),
        "node of y": name_of(y.grad_fn),
        "inputs of a's node": inputs_of(a),
        "inputs of y's node": inputs_of(y),
        "saved by a's node": saved_by(a),
        "saved by b's node": saved_by(b),
    }
    given = {
        key: [*map(short, said)] if isinstance(said, list | tuple) else short(said) for key, said in reading.items()
    }
    for key in given.keys() & truth.keys():
        names = given[key] if isinstance(given[key], list) else [given[key]]
        if key.startswith("inputs") and any(isinstance(name, str) and name in variables for name in names):
            reject("tensors", what=repr(key), came_out=show(reading[key]))
        if any(isinstance(name, str) and name.endswith("Backward") for name in names):
            reject("number", what=repr(key), came_out=show(reading[key]))
    words = dict.fromkeys(("saved by a's node", "saved by b's node"), tuple(variables))
    expect_predictions(given, truth, words=words)


read_the_graph.wrong("leaf", {"node of x": "AccumulateGrad"})
read_the_graph.wrong("number", {"node of y": "SubBackward"})
read_the_graph.wrong("number", {"inputs of y's node": ["ExpBackward", "AccumulateGrad"]})
read_the_graph.wrong("operation", {"node of y": "AddBackward0"})
read_the_graph.wrong("operation", {"node of y": "ExpBackward0"})
read_the_graph.wrong("operation", {"node of y": "MulBackward0"})
read_the_graph.wrong("leaf", {"node of x": "MulBackward0"})
read_the_graph.wrong("dropped", {"inputs of a's node": ["AccumulateGrad"]})
read_the_graph.wrong("constant", {"inputs of a's node": ["AccumulateGrad", "AccumulateGrad"]})
read_the_graph.wrong("left_out", {"inputs of a's node": [None, None]})
read_the_graph.wrong("left_out", {"inputs of a's node": []})
read_the_graph.wrong("left_out", {"inputs of y's node": ["ExpBackward0"]})
read_the_graph.wrong("left_out", {"inputs of y's node": ["ExpBackward0", None]})
read_the_graph.wrong("left_out", {"inputs of y's node": [None, None]})
read_the_graph.wrong("further", {"inputs of y's node": ["ExpBackward0", "MulBackward0", "AccumulateGrad"]})
read_the_graph.wrong("further", {"inputs of y's node": ["ExpBackward0", "AccumulateGrad", "MulBackward0"]})
read_the_graph.wrong("further", {"inputs of y's node": ["MulBackward0", "AccumulateGrad"]})
read_the_graph.wrong(
    "further", {"inputs of y's node": ["ExpBackward0", "MulBackward0", "AccumulateGrad", "AccumulateGrad"]}
)
read_the_graph.wrong("order", {"inputs of a's node": ["AccumulateGrad", None]})
read_the_graph.wrong("order", {"inputs of y's node": ["AccumulateGrad", "ExpBackward0"]})
read_the_graph.wrong("tensors", {"inputs of a's node": ["c", "x"]})
read_the_graph.wrong("tensors", {"inputs of y's node": ["b", "x"]})
read_the_graph.wrong("tensors", {"inputs of y's node": ["ExpBackward0", "x"]})
read_the_graph.wrong("own", {"saved by a's node": "x"})
read_the_graph.wrong("own", {"saved by a's node": "a"})
read_the_graph.wrong("input", {"saved by b's node": "a"})
read_the_graph.wrong("input", {"saved by b's node": "x"})
read_the_graph.wrong("value", {"node of y": None})
read_the_graph.wrong("type", {"node of x": "None"})
read_the_graph.wrong("type", {"inputs of a's node": ["None", "AccumulateGrad"]})
read_the_graph.wrong("type", {"inputs of a's node": "AccumulateGrad"})
read_the_graph.wrong("type", {"node of y": "subbackward0"})
read_the_graph.wrong("type", {"inputs of y's node": ["expbackward0", "accumulategrad"]})
read_the_graph.wrong("type", {"saved by b's node": "exp(a)"})
read_the_graph.wrong("type", {"saved by a's node": ["c"]})
read_the_graph.wrong("type", {"saved by a's node": None})
read_the_graph.wrong("type", after="reading = list(reading.values())")
read_the_graph.wrong("type", after='del reading["node of x"]')

read_the_graph.also_right(
    after='reading = {key: tuple(said) if "inputs" in key else said for key, said in reading.items()}'
)
read_the_graph.also_right(after='reading["inputs of a\'s node"][1] = "torch::autograd::AccumulateGrad"')
read_the_graph.also_right(after="reading = dict(sorted(reading.items(), reverse=True))")


@lesson.exercise(
    2,
    right="The path back goes from node to node through next_functions and ends in AccumulateGrad.",
    hints={
        "end": "AccumulateGrad has no inputs: its next_functions is empty, so there is no [0].",
        "pair": "`node` has become a pair, a node and a number, as next_functions holds them. Which one is wanted?",
        "constant": "The path stopped at an input that needs no gradient, though another input went on.",
        "two": "Inputs without a node came first, and the one after them was missed. There can be any number.",
        "last": "Where the path forks, the first input that has a node is asked for, not the last.",
        "leaf_missing": "AccumulateGrad is a node as well. It belongs at the end of the list.",
        "leaf_avoided": "A leaf's AccumulateGrad is a node, too: if it comes first, the path goes there and ends.",
        "one": "Only one step was made. Where does the loop move on?",
    },
)
def walk_back(chain: Function, torch: Any) -> None:
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    z = torch.tensor(0.0, requires_grad=True)
    c = torch.tensor([3.0, 4.0])
    long = x
    for _ in range(30):
        long = c - long * 2
    cases = {
        "chain((x * 3 + 1).mean())": (x * 3 + 1).mean(),
        "chain(x * 3)": x * 3,
        "chain(c * x)": c * x,
        "chain(c - (c * x).exp())": c - (c * x).exp(),
        "chain(x * x.exp())": x * x.exp(),
        "chain(x.exp() * x)": x.exp() * x,
        "chain(torch.stack([c, x * 2, x.exp()]))": torch.stack([c, x * 2, x.exp()]),
        "chain(torch.stack([c, c, c, x.exp(), x]))": torch.stack([c, c, c, x.exp(), x]),
        "chain(torch.stack([x * 2, c, x.exp(), x]).sum())": torch.stack([x * 2, c, x.exp(), x]).sum(),
        "chain(-z)": -z,
        "chain((x * 2).unbind()[1].exp())": (x * 2).unbind()[1].exp(),
        "chain(x)": x,
        "chain(c * 2)": c * 2,
        "chain(y), y = x, then thirty times y = c - y * 2": long,
        **{f"chain(t), t the end of a graph drawn by lot, number {seed}": grown(torch, seed) for seed in range(1, 5)},
    }
    for tried, t in cases.items():
        want, node = [], t.grad_fn
        while node is not None:
            want.append(name_of(node))
            node = next((behind for behind, _ in node.next_functions if behind is not None), None)
        with case(tried):
            got = call(chain, t, raises={"'tuple' object has no attribute 'name'": "pair"})
            expect([*map(short, got)] if isinstance(got, list | tuple) else got, want)


walk_back.wrong("end", "node = node.next_functions[0][0]")
walk_back.wrong("pair", "node = node.next_functions[0] if node.next_functions else None")
walk_back.wrong("pair", "node = next((behind for behind in node.next_functions if behind is not None), None)")
walk_back.wrong("constant", "node = node.next_functions[0][0] if node.next_functions else None")
walk_back.wrong("two", "places = node.next_functions\nnode = (places[0][0] or places[-1][0]) if places else None")
walk_back.wrong(
    "two",
    """
    places = [behind for behind, _ in node.next_functions[:2] if behind is not None]
    node = places[0] if places else None
    """,
)
walk_back.wrong(
    "two",
    """
    places = node.next_functions
    node = places[0][0] if places else None
    if node is None and places:
        node = places[1][0]
    """,
)
walk_back.wrong("last", "for following, _ in node.next_functions or [(None, 0)]: node = following")
walk_back.wrong("last", "node = node.next_functions[-1][0] if node.next_functions else None")
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
walk_back.wrong(
    "leaf_avoided",
    """
    inputs = [following for following, _ in node.next_functions if following is not None]
    inputs.sort(key=lambda following: not following.next_functions)
    node = inputs[0] if inputs else None
    """,
)
walk_back.wrong("one", "node = None")
walk_back.wrong("endless", "node = t.grad_fn")
walk_back.wrong(
    "endless",
    """
    for following, _ in node.next_functions:
        if following is not None:
            node = following
            break
    """,
)
walk_back.wrong("raised", "node = node.next_functions()[0]")
walk_back.wrong("raised", "node = node.next_function[0][0]")
walk_back.wrong("raised", "node = node.grad_fn")
walk_back.wrong("value", replace=("node = following", "node = following if len(names) < 10 else None"))
walk_back.wrong("value", replace=("is not None", "is not None and behind.name() not in names"))
walk_back.wrong(
    "changed", replace=("node = following", "node = following\nt.requires_grad_() if t.is_leaf else t.retain_grad()")
)
walk_back.wrong("none", replace=("node = following", "node = following\nif node is None:\n    return"))

walk_back.also_right(
    """
    for behind, _ in node.next_functions:
        if behind:
            node = behind
            break
    else:
        node = None
    """
)
walk_back.also_right("node = next((behind for behind, _ in node.next_functions if behind is not None), None)")
walk_back.also_right(
    """
    inputs = [pair[0] for pair in node.next_functions if pair[0]]
    node = inputs[0] if inputs else None
    """
)
walk_back.also_right("node = ([*filter(None, dict(node.next_functions))] or [None])[0]")
walk_back.also_right(
    """
    place, found = 0, None
    while found is None and place < len(node.next_functions):
        found = node.next_functions[place][0]
        place += 1
    node = found
    """
)
walk_back.also_right(replace=("node = following", "node = following\nif node is None:\n    return tuple(names)"))


@lesson.exercise(
    3,
    right="Using a result twice does not compute it twice: both edges lead to one and the same node.",
    hints={
        "twice": "Your graph has two exp nodes. The table has one, which two edges lead to.",
        "reversed": "The nodes are right. The inputs of the subtraction are the wrong way round.",
        "operands": "The nodes are right. The inputs of the multiplication are the wrong way round.",
        "both_swapped": "The nodes are right. The inputs of two of them are the wrong way round.",
        "exchanged": "a and b have changed places.",
        "other": "The value is right, but another graph leads to it. Compare it with the table, row by row.",
        "cut": "A leaf of the graph is neither a nor b. Which line makes a new tensor that requires grad?",
        "half": "An edge is missing where the table has a leaf, or a node: was something detached?",
        "no_node": "y has no node at all: it was detached, wrapped into a new tensor, or made from plain numbers.",
    },
)
def build_a_graph(build: Function, torch: Any) -> None:
    for values in (
        (0.5, 2.0),
        ([1.0, -1.0], [3.0, 0.0]),
        ([[0.0, -2.0, 4.0], [0.25, 1.0, -0.5]], [[-1.0, 0.5, 1.0], [1e-3, 100.0, 2.0]]),
        ([-3.0], [-0.5]),
    ):
        a, b = (torch.tensor(value, requires_grad=True) for value in values)
        with case(f"y = build(a, b), a = {show(a)}, b = {show(b)}"):
            y = call(build, a, b)
            e = torch.exp(a)
            want = e - e * b
            if difference(y, want):
                expect(y, want.detach())
            if y.grad_fn is None:
                reject("no_node", what="its grad_fn", came_out="None", expected=formula(want, {"a": a, "b": b}))
            if any(leaf is not a and leaf is not b for leaf in leaves_behind(y)):
                expect_graph(y, want, {"a": a, "b": b}, hint="cut")
            same = difference(y, want, scale=100.0) is None
            expect_graph(y, want, {"a": a, "b": b}, hint="other" if same else "value")
            expect_like(y, lambda a, b: torch.exp(a) - torch.exp(a) * b, {"a": a, "b": b}, scale=100.0)
            other = call(build, a, b, twice=False)
            if any(node is one for node in nodes_behind(other) for one in nodes_behind(y) if node.next_functions):
                expected = "a graph of its own"
                reject("again", what="called once more", came_out="nodes of an earlier graph", expected=expected)


build_a_graph.wrong("twice", "return torch.exp(a) - torch.exp(a) * b")
build_a_graph.wrong("reversed", "e = torch.exp(a)\nreturn e * b - e")
build_a_graph.wrong("operands", "e = torch.exp(a)\nreturn e - b * e")
build_a_graph.wrong("both_swapped", "e = torch.exp(a)\nreturn b * e - e")
build_a_graph.wrong("exchanged", "e = torch.exp(b)\nreturn e - e * a")
build_a_graph.wrong("other", "return torch.exp(a) * (1 - b)")
build_a_graph.wrong("other", "e = torch.exp(a)\nreturn (e - e * b) * 1")
build_a_graph.wrong("other", "e = torch.exp(a)\nreturn e + e * b * -1")
build_a_graph.wrong("other", "e = torch.exp(a)\nreturn (e - e * b).clone()")
build_a_graph.wrong("other", replace=("torch.exp(a)", "torch.exp(a * 1)"))
build_a_graph.wrong("cut", "e = torch.tensor(torch.exp(a).tolist(), requires_grad=True)\nreturn e - e * b")
build_a_graph.wrong("cut", replace=("torch.exp(a)", "torch.exp(a.detach().requires_grad_())"))
build_a_graph.wrong("other", "e = torch.exp(a)\nreturn torch.sub(e * b, e).neg()")
build_a_graph.wrong("half", replace=("e * b", "e * b.detach()"))
build_a_graph.wrong("half", replace=("e * b", "e.detach() * b"))
build_a_graph.wrong("half", replace=("torch.exp(a)", "torch.exp(a).detach()"))
build_a_graph.wrong("no_node", "return torch.tensor((torch.exp(a) - torch.exp(a) * b).tolist())")
build_a_graph.wrong("no_node", replace=("return e - e * b", "return (e - e * b).detach()"))
build_a_graph.wrong("none", "e = torch.exp(a)\ny = e - e * b")
build_a_graph.wrong("type", "return (torch.exp(a) - torch.exp(a) * b).tolist()")
build_a_graph.wrong("other", replace=("return e - e * b", "return (e - e * b).sum()"))
build_a_graph.wrong("type", replace=("return e - e * b", "return e, e * b"))
build_a_graph.wrong("changed", "a.requires_grad_(False)\ne = torch.exp(a)\nreturn e - e * b")
build_a_graph.wrong(
    "changed", replace=("return e - e * b", "y = e - e * b\ny.sum().backward(retain_graph=True)\nreturn y")
)
build_a_graph.wrong("gradient", replace=("return", "e.register_hook(lambda g: g * 0)\nreturn"))
build_a_graph.wrong("gradient", replace=("return e - e * b", "y = e - e * b\ne.data.mul_(0)\nreturn y"))
build_a_graph.wrong("gradient", replace=("return e - e * b", "y = e - e * b\ny.register_hook(lambda g: -g)\nreturn y"))
build_a_graph.wrong("value", replace=("return e - e * b", "y = e - e * b\ny.data.add_(1)\nreturn y"))
build_a_graph.wrong("value", replace=("e - e * b", "torch.sub(e, e * b, alpha=2)"))
build_a_graph.wrong("value", "e = torch.exp(a)\nreturn e + e * b")
build_a_graph.wrong(
    "again",
    """
    kept = build.__dict__.setdefault("kept", {})
    if id(a) not in kept:
        kept[id(a)] = torch.exp(a)
    return kept[id(a)] - kept[id(a)] * b
    """,
)
build_a_graph.wrong("raised", "return exp - exp * b")

build_a_graph.also_right("e = a.exp()\nproduct = e.mul(b)\nreturn e.sub(product)")
build_a_graph.also_right("return torch.sub(e := torch.exp(a), torch.mul(e, b))")
build_a_graph.also_right("return (lambda e: e - e * b)(torch.exp(a))")
build_a_graph.also_right("y = e = torch.exp(input=a)\ne = e * b\ny = y - e\nassert y.grad_fn\nreturn y")


@lesson.exercise(
    4,
    right="A new tensor made from plain numbers has no past: a graph goes on only through operations.",
    hints={
        "cut": "The value is right, and no graph is behind it. Which step takes the numbers alone?",
        "new_leaf": "It requires grad, but no path leads back to the inputs: what asks for a gradient is a new leaf.",
        "half": "The path back reaches one of the inputs and not the other.",
        "zero": "The path back reaches the inputs, but the gradient that arrives is 0. Is a factor 0 on that path?",
        "partly": "The path back reaches the inputs, but half of the gradient is missing. Was a factor detached?",
        "forced": "None of the inputs requires grad here, but the result does. Who asked for it?",
        "squares": "The distances are averaged without being squared.",
        "total": "The squares are summed and not averaged.",
        "root": "That is the root of the mean squared distance.",
        "absolute": "The distances are made positive, but not squared.",
        "own_mean": "That is the distance from the mean of x. What is `centre` for?",
        "dtype": "It doesn't have the dtype of x. An operation on x would keep it.",
    },
)
def fix_the_spread(fixed_spread: Function, torch: Any) -> None:
    x = torch.tensor([1.0, 2.0, 6.0], requires_grad=True)
    centre = torch.tensor(3.0, requires_grad=True)
    plain = torch.tensor([1.0, -2.0, 4.0, 2.5])
    doubles = torch.tensor([0.5, -4.0], dtype=torch.float64, requires_grad=True)
    cases = [
        ("x and centre require grad", x, centre),
        ("x requires grad", x, torch.tensor(3.0)),
        ("centre requires grad", plain, centre),
        ("x the result of an operation", x * 2, torch.tensor(-1.0)),
        ("centre the result of an operation", plain, centre / 2),
        ("nothing requires grad", plain, torch.tensor(3.0)),
        ("x with one number in it", torch.tensor([-5.0], requires_grad=True), centre),
        ("a number of x at the centre", torch.tensor([3.0, 3.5, 0.0, -3.0, 3.0], requires_grad=True), centre),
        ("all of x at the centre", torch.tensor([3.0, 3.0], requires_grad=True), centre),
        ("float64", doubles, torch.tensor(1.0, dtype=torch.float64, requires_grad=True)),
        ("large numbers", torch.tensor([300.0, -700.0, 20.0], requires_grad=True), torch.tensor(100.0)),
        ("small numbers", torch.tensor([0.01, -0.02, 0.005] * 7, requires_grad=True), torch.tensor(0.0)),
    ]
    for which, values, middle in cases:
        with case(f"fixed_spread(x, centre), {which}"):
            got = call(fixed_spread, values, middle)
            size = max(1e-4, *((abs(number) + abs(middle.item())) ** 2 for number in values.tolist()))
            inputs = {"x": values, "centre": middle}
            want = ((values - middle) ** 2).mean().detach()
            expect(got, want, scale=size, dtype=False)
            expect(got, want, scale=size, hint="dtype")
            if got.requires_grad and not (values.requires_grad or middle.requires_grad):
                reject("forced", came_out=show(got), expected=show(want))
            wanted = [leaf for t in inputs.values() for leaf in leaves_behind(t * 1)]
            reached = leaves_behind(got) or [got] * got.requires_grad
            ends = [
                "a leaf of the inputs" if any(leaf is other for other in wanted) else "a new leaf" for leaf in reached
            ]
            came_out = f"it ends in {' and '.join(ends) or 'nothing'}"
            if wanted and not reached:
                reject("cut", what="the path back", came_out=came_out)
            if wanted and "a leaf of the inputs" not in ends:
                reject("new_leaf", what="the path back", came_out=came_out)
            if not all(any(leaf is other for other in reached) for leaf in wanted):
                reject("half", what="the path back", came_out=came_out)
            expect_gradients(got, lambda x, centre: ((x - centre) ** 2).mean(), inputs, scale=size**0.5)


fix_the_spread.wrong(
    "cut",
    """
    distance = torch.tensor((x - centre).tolist())
    squares = distance ** 2
    return torch.tensor(squares.mean().tolist())
    """,
)
fix_the_spread.wrong("cut", replace=("squares.mean()", "torch.tensor(squares.mean().tolist())"))
fix_the_spread.wrong("cut", replace=("x - centre", "torch.tensor((x - centre).tolist())"))
fix_the_spread.wrong("cut", replace=("squares.mean()", "squares.mean().detach()"))
fix_the_spread.wrong("cut", replace=("distance = ", "x, centre = x.detach(), centre.detach()\ndistance = "))
fix_the_spread.wrong("cut", "with torch.no_grad():\n    return ((x - centre) ** 2).mean()")
fix_the_spread.wrong(
    "new_leaf",
    """
    distance = torch.tensor((x - centre).tolist())
    squares = distance ** 2
    return torch.tensor(squares.mean().tolist(), requires_grad=True)
    """,
)
fix_the_spread.wrong("new_leaf", replace=("x - centre", "torch.tensor((x - centre).tolist(), requires_grad=True)"))
fix_the_spread.wrong("new_leaf", replace=("x - centre", "(x - centre).detach().requires_grad_()"))
fix_the_spread.wrong(
    "new_leaf",
    replace=(
        "squares.mean()",
        "torch.tensor(squares.mean().item(), requires_grad=x.requires_grad or centre.requires_grad)",
    ),
)
fix_the_spread.wrong("half", "return ((x - float(centre)) ** 2).mean()")
fix_the_spread.wrong("half", replace=("- centre", "- torch.tensor(centre.tolist())"))
fix_the_spread.wrong("half", replace=("x - centre", "x.detach() - centre"))
fix_the_spread.wrong("half", replace=("- centre", "- centre.detach()"))
fix_the_spread.wrong("partly", replace=("distance ** 2", "distance * distance.detach()"))
fix_the_spread.wrong("partly", replace=("distance ** 2", "distance.detach() * (x - centre)"))
fix_the_spread.wrong("zero", replace=("squares.mean()", "squares.mean().detach() + 0 * squares.sum()"))
fix_the_spread.wrong("zero", "return ((x.detach() - centre.detach()) ** 2).mean() + 0 * x.sum() + 0 * centre.sum()")
fix_the_spread.wrong("forced", replace=("squares.mean()", "squares.mean().requires_grad_()"))
fix_the_spread.wrong(
    "forced",
    """
    result = ((x - centre) ** 2).mean()
    return result if result.requires_grad else result.requires_grad_()
    """,
)
fix_the_spread.wrong("forced", replace=("- centre", "- centre + torch.tensor(0.0, requires_grad=True)"))
fix_the_spread.wrong("squares", "return (x - centre).mean()")
fix_the_spread.wrong("total", "return ((x - centre) ** 2).sum()")
fix_the_spread.wrong("root", "return ((x - centre) ** 2).mean() ** 0.5")
fix_the_spread.wrong("absolute", "return (x - centre).abs().mean()")
fix_the_spread.wrong("own_mean", "return ((x - x.mean()) ** 2).mean()")
fix_the_spread.wrong("dtype", replace=("x - centre", "x.float() - centre.float()"))
fix_the_spread.wrong("changed", "return ((x.requires_grad_() - centre) ** 2).mean()")
fix_the_spread.wrong(
    "changed",
    replace=(
        "return squares.mean()",
        "squares.mean().backward(retain_graph=True) if squares.requires_grad else 0\nreturn squares.mean()",
    ),
)
fix_the_spread.wrong(
    "gradient",
    replace=("return squares", "squares.requires_grad and squares.register_hook(lambda g: 2 * g)\nreturn squares"),
)
fix_the_spread.wrong("gradient", replace=("squares.mean()", "(squares + 2 * (distance - distance.detach())).mean()"))
fix_the_spread.wrong("type", "return ((x - centre) ** 2).mean().tolist()")
fix_the_spread.wrong("type", "return (x - centre) ** 2")
fix_the_spread.wrong("none", replace=("return squares.mean()", "squares.mean()"))
fix_the_spread.wrong("value", replace=("squares.mean()", "squares.sum() / (len(x) - 1)"))
fix_the_spread.wrong("value", replace=("x - centre", "x + centre"))
fix_the_spread.wrong("raised", replace=("squares.mean()", "squares.means()"))

fix_the_spread.also_right("return torch.mean(torch.square(x - centre))")
fix_the_spread.also_right("return sum((number - centre) ** 2 for number in x.unbind()) / x.numel()")
fix_the_spread.also_right("return ((x - centre) ** 2).sum() / len(x)")
fix_the_spread.also_right("d = centre - x\nreturn d @ d / d.numel()")
fix_the_spread.also_right("return torch.stack([(number - centre) ** 2 for number in x]).mean()")
fix_the_spread.also_right(
    """
    total = 0
    for number in x:
        total = total + (number - centre) * (number - centre)
    return total / x.shape[0]
    """
)
fix_the_spread.also_right("return (x**2).mean() - 2 * centre * x.mean() + centre**2")
fix_the_spread.also_right("return ((x - x.mean()) ** 2).mean() + (x.mean() - centre) ** 2")


@lesson.exercise(
    5,
    right="A graph isn't a tree. A walk through it must remember where it has been.",
    hints={
        "paths": "A node that two edges lead to was counted twice: once for every path, as if the graph were a tree.",
        "names": "Two nodes with one name are still two nodes. What tells them apart?",
        "places": "An input that needs no gradient was counted. Its place holds None, which isn't a node.",
        "leaves": "AccumulateGrad is a node as well.",
        "start": "The node that the walk starts from, the tensor's own grad_fn, counts as well.",
        "edges": "Those are the edges. Several edges can lead to one node, and none leads to the first.",
        "first": "Only one path was followed. A node can have several inputs.",
        "two": "Only two inputs of a node were looked at. A node can have more.",
        "near": "Only the nodes one step away were counted. They have inputs in turn.",
        "kept": "What was seen in earlier calls is still there. Every call needs a set of its own.",
        "nothing": "Some tensors have no node, and some places in next_functions hold None. None has no attributes.",
        "tensor": "A tensor has no next_functions. Its node does: which attribute holds it?",
        "pair": "next_functions holds pairs, a node and a number. Only the first of the two is a node.",
    },
)
def count_the_nodes(count_nodes: Function, torch: Any) -> None:
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    z = torch.tensor(0.0, requires_grad=True)
    c = torch.tensor([3.0, 4.0])
    e = x.exp()
    first, second = (x * 2).unbind()  # two results of one node
    long = ladder = x
    for _ in range(60):
        long = (long * 2).sin()
    for _ in range(40):
        ladder = ladder + ladder
    cases = {
        "count_nodes(x.exp())": e,
        "count_nodes(x.exp().exp())": x.exp().exp(),
        "count_nodes(e - e * x), e = x.exp()": e - e * x,
        "count_nodes(x * 3)": x * 3,
        "count_nodes(c * x)": c * x,
        "count_nodes(x * x)": x * x,
        "count_nodes(x.exp() + x.exp())": x.exp() + x.exp(),
        "count_nodes((x.exp() + z).sum())": (x.exp() + z).sum(),
        "count_nodes((x * 2).unbind()[1].exp())": (x * 2).unbind()[1].exp(),
        "count_nodes(a + b), a, b = (x * 2).unbind()": first + second,
        "count_nodes(torch.stack([x, z * c, c, e, x * x]))": torch.stack([x, z * c, c, e, x * x]),
        "count_nodes(x)": x,
        "count_nodes(c + c)": c + c,
        "count_nodes(y), y = x, then sixty times y = (y * 2).sin()": long,
        **{f"count_nodes(t), t the end of a graph drawn by lot, number {s}": grown(torch, s) for s in range(1, 5)},
        "count_nodes(y), y = x, then forty times y = y + y": ladder,
    }
    errors = {
        "'NoneType' object has no attribute 'next_functions'": "nothing",
        "'Tensor' object has no attribute 'next_functions'": "tensor",
        "'tuple' object has no attribute 'next_functions'": "pair",
    }
    for tried, t in cases.items():
        with case(tried):
            expect(call(count_nodes, t, raises=errors), len(nodes_behind(t)))


count_the_nodes.wrong(
    "value",
    """
    if t.grad_fn is None:
        return 0
    seen, waiting = set(), [(t.grad_fn, 0)]
    while waiting:
        pair = waiting.pop()
        if pair not in seen:
            seen.add(pair)
            waiting += [each for each in pair[0].next_functions if each[0] is not None]
    return len(seen)
    """,
)
count_the_nodes.wrong(
    "paths",
    """
    from functools import lru_cache

    @lru_cache
    def count(node):
        return 1 + sum(count(behind) for behind, _ in node.next_functions if behind is not None)

    return count(t.grad_fn) if t.grad_fn else 0
    """,
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
count_the_nodes.wrong("paths", replace=(" and node not in seen", "", "set()", "[]", ".add(", ".append("))
count_the_nodes.wrong("names", replace=("node not in seen", "node.name() not in seen", "add(node)", "add(node.name())"))
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
count_the_nodes.wrong("leaves", replace=("not in seen", "not in seen and node.next_functions"))
count_the_nodes.wrong("leaves", replace=("len(seen)", "len([node for node in seen if node.next_functions])"))
count_the_nodes.wrong("start", replace=("len(seen)", "len(seen) - (t.grad_fn is not None)"))
count_the_nodes.wrong("start", replace=("len(seen)", "max(len(seen) - 1, 0)"))
count_the_nodes.wrong(
    "edges", replace=("len(seen)", "sum(f is not None for node in seen for f, _ in node.next_functions)")
)
count_the_nodes.wrong("edges", replace=("len(seen)", "sum(len(node.next_functions) for node in seen)"))
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
    "first",
    """
    count, node = 0, t.grad_fn
    while node is not None:
        count += 1
        node = next((following for following, _ in node.next_functions if following is not None), None)
    return count
    """,
)
count_the_nodes.wrong("two", replace=("node.next_functions", "node.next_functions[:2]"))
count_the_nodes.wrong("near", "return 1 + len({f for f, _ in t.grad_fn.next_functions if f}) if t.grad_fn else 0")
count_the_nodes.wrong("near", "return len(t.grad_fn.next_functions) if t.grad_fn else 0")
count_the_nodes.wrong("near", "return 1 + len(t.grad_fn.next_functions) if t.grad_fn else 0")
count_the_nodes.wrong("nothing", replace=("node is not None and ", ""))
count_the_nodes.wrong("nothing", replace=("[t.grad_fn]", "[f for f, _ in t.grad_fn.next_functions] + [t.grad_fn]"))
count_the_nodes.wrong("tensor", replace=("[t.grad_fn]", "[t]"))
count_the_nodes.wrong("pair", replace=("[behind for behind, _ in node.next_functions]", "node.next_functions"))
count_the_nodes.wrong("endless", replace=("todo.pop()", "todo[0]"))
count_the_nodes.wrong("endless", replace=(" and node not in seen", ""))
count_the_nodes.wrong(
    "endless",
    """
    def behind(node):
        return {node}.union(*(behind(following) for following, _ in node.next_functions if following))
    return len(behind(t.grad_fn)) if t.grad_fn else 0
    """,
)
count_the_nodes.wrong("type", replace=("return len(seen)", "return seen"))
count_the_nodes.wrong("type", replace=("return len(seen)", "return str(len(seen))"))
count_the_nodes.wrong("none", replace=("return len(seen)", "print(len(seen))"))
count_the_nodes.wrong("none", replace=("seen = set()", "if t.grad_fn is None:\n    return\nseen = set()"))
count_the_nodes.wrong("raised", replace=("node.next_functions", "node.next_function"))
count_the_nodes.wrong("value", replace=("len(seen)", "len(seen) or 1"))
count_the_nodes.wrong("value", replace=("todo:", "todo and len(seen) < 50:"))
count_the_nodes.wrong(
    "value",
    replace=(
        "not in seen",
        "not in seen and (node.name(), node.next_functions) not in [(n.name(), n.next_functions) for n in seen]",
    ),
)
count_the_nodes.wrong("kept", replace=("seen = set()", "seen = count_nodes.__dict__.setdefault('seen', set())"))

count_the_nodes.also_right(
    """
    met = []

    def visit(node):
        if node is None or node in met:
            return
        met.append(node)
        for pair in node.next_functions:
            visit(pair[0])

    visit(t.grad_fn)
    return len(met)
    """
)
count_the_nodes.also_right(
    """
    layer = seen = {t.grad_fn} - {None}
    while layer:
        layer = {following for node in layer for following, _ in node.next_functions} - {None} - seen
        seen = seen | layer
    return len(seen)
    """
)
count_the_nodes.also_right(
    """
    line = [] if t.grad_fn is None else [t.grad_fn]
    for node in line:
        for following, _ in node.next_functions:
            if following and following not in line:
                line.append(following)
    return len(line)
    """
)
count_the_nodes.equivalent(
    "swapped: seen = set() | todo = [t.grad_fn]",
    because="neither of the two lines needs the other",
)
count_the_nodes.equivalent(
    "swapped: seen.add(node) | todo += [behind for behind, _ in node.next_functions]",
    because="a node is not among its own inputs, and both lines run before the next node is taken",
)
