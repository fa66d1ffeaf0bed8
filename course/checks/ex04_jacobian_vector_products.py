"""Exercises of lesson 04: rows and columns of a Jacobian, the vector in backward(v), one piece of a chain at a time."""

from collections.abc import Callable
from typing import Any

from course.exercise import Function, Lesson
from course.old_words import AnyOf, call, difference, expect, expect_predictions, reject, show

lesson = Lesson(4, "Jacobian–vector products")

Map = Callable[[Any], Any]


def table(torch: Any, f: Map, x: Any) -> Any:
    """The Jacobian of `f` at the tracked leaf `x`, row by row; `x.grad` stays."""
    outputs = len(f(x))
    return torch.stack([torch.autograd.grad(f(x), x, torch.eye(outputs)[i])[0] for i in range(outputs)])


@lesson.exercise(
    1,
    right="Rows for outputs, columns for inputs; v weighs the rows, and they are added up.",
    hints={
        "transposed": "Rows and columns have changed places. Which of the two belongs to the outputs?",
        "own": "In a product, the slope for one factor is the other factor.",
        "zeros": "An input that an output doesn't depend on has a slope too, and its place in the row.",
        "row": "That is a row. A column holds what one input does to every output.",
        "unweighted": "These are the columns' sums, as for v = ones. What do the weights 2 and 10 do to the rows?",
        "values": "The weights are multiplied with the values of y. What do they weigh, and where does it end?",
        "one": "Only the outputs are added up. Each input keeps its own slope.",
        "input_shape": "v weighs the rows of J. What is there a row for?",
    },
)
def read_the_table(readings: dict, torch: Any) -> None:
    def f(x: Any) -> Any:
        return torch.stack([x[0] * x[2], x[1] ** 2])

    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    J = table(torch, f, x)
    truth: dict[str, Any] = {
        "shape of J": list(J.shape),
        "first row of J": J[0].tolist(),
        "second column of J": J[:, 1].tolist(),
        "entries of v": len(f(x)),
        "grad, v = [2, 10]": (torch.tensor([2.0, 10.0]) @ J).tolist(),
        "grad, after sum()": J.sum(0).tolist(),
    }
    slopes = {"first row of J", "second column of J", "grad, v = [2, 10]", "grad, after sum()"}
    given = {
        key: [float(e) if type(e) is int else e for e in said] if key in slopes and isinstance(said, list) else said
        for key, said in readings.items()
    }
    expect_predictions(
        given,
        truth,
        transposed={"shape of J": [3, 2], "first row of J": [3.0, 0.0]},
        own={"first row of J": [1.0, 0.0, 3.0]},
        zeros={"first row of J": [3.0, 1.0], "second column of J": [4.0]},
        row={"second column of J": [0.0, 4.0, 0.0]},
        input_shape={"entries of v": 3},
        unweighted={"grad, v = [2, 10]": [3.0, 4.0, 1.0]},
        values={"grad, v = [2, 10]": AnyOf([6.0, 40.0], 46.0)},
        one={"grad, after sum()": AnyOf([8.0], 8.0, [7.0], 7.0, [4.0, 4.0])},
    )


read_the_table.almost("transposed", 'readings["shape of J"] = [3, 2]')
read_the_table.almost("own", 'readings["first row of J"] = [1.0, 0.0, 3.0]')
read_the_table.almost("zeros", 'readings["first row of J"] = [3, 1]')
read_the_table.almost("row", 'readings["second column of J"] = [0.0, 4.0, 0.0]')
read_the_table.almost("input_shape", 'readings["entries of v"] = 3')
read_the_table.almost("unweighted", 'readings["grad, v = [2, 10]"] = [3.0, 4.0, 1.0]')
read_the_table.almost("values", 'readings["grad, v = [2, 10]"] = [6.0, 40.0]')
read_the_table.almost("one", 'readings["grad, after sum()"] = 8.0')
read_the_table.almost("type", 'readings["grad, after sum()"] = torch.ones(3)')


class Watched:
    """A function of tensors that notes what it is called with."""

    def __init__(self, f: Map, formula: str) -> None:
        self.f = f
        self.formula = formula
        self.given: list[Any] = []

    def __call__(self, x: Any) -> Any:
        self.given.append(x)
        return self.f(x)

    def __repr__(self) -> str:
        return self.formula


@lesson.exercise(
    2,
    right="A one and zeros in v pick out a row: as many passes as there are outputs.",
    hints={
        "transposed": "This is the table on its side: it should have a row for each output.",
        "added": "Every row is the sum of all rows. Which v picks out a single one?",
        "cumulated": "Each row has the earlier rows in it: .grad adds up.",
        "few": "There should be as many rows as f has outputs, and not as many as it has inputs.",
        "ready": "f was called with a tensor other than x. Build the table yourself, from passes that end at x.",
        "tuple": "torch.autograd.grad hands over a tuple, even for a single input. The row is inside.",
    },
)
def build_the_table(jacobian_of: Function, torch: Any) -> None:
    def polar(x: Any) -> Any:
        return torch.stack([x[0] * torch.cos(x[1]), x[0] * torch.sin(x[1])])

    cases = [
        (lambda x: torch.stack([x[0] * x[1], x[1] ** 2, 5 * x[0], x[0] - x[1]]), "2 inputs, 4 outputs", [2.0, 3.0]),
        (lambda x: torch.stack([x[0] * x[2], x[1] ** 2]), "3 inputs, 2 outputs", [1.0, 2.0, 3.0]),
        (polar, "2 inputs, 2 outputs", [2.0, 0.5]),
        (lambda x: (x * x).sum().reshape(1), "3 inputs, 1 output", [1.0, -2.0, 0.5]),
        (lambda x: 3 * x**2, "4 inputs, 4 outputs", [1.0, 2.0, 3.0, 4.0]),
    ]
    for function, size, values in cases:
        x = torch.tensor(values, requires_grad=True)
        want = table(torch, function, x)
        f = Watched(function, "f")
        tried = f"jacobian_of(f, x), {size}, x = {show(values)}"
        got = call(tried, jacobian_of, f, x, raises={"TypeError": "tuple"})
        if any(given is not x for given in f.given):
            reject("ready", tried=tried)
        if len(want) != len(values) and getattr(got, "shape", None) == torch.Size([len(values)] * 2):
            reject("few", tried=tried, came_out=show(got))
        cumulated = torch.stack([want[: i + 1].sum(0) for i in range(len(want))])
        summed = torch.stack([want.sum(0) for _ in range(len(want))])
        expect(tried, got, want, transposed=want.T, added=summed, cumulated=cumulated)


build_the_table.wrong(
    "added",
    """
    rows = []
    for _ in range(f(x).numel()):
        rows.append(torch.autograd.grad(f(x).sum(), x)[0])
    """,
)
build_the_table.wrong(
    "added",
    """
    rows = []
    for _ in range(f(x).numel()):
        rows.append(torch.autograd.grad(f(x), x, torch.ones(f(x).numel()))[0])
    """,
)
build_the_table.wrong(
    "transposed",
    """
    one_by_one = torch.eye(f(x).numel())
    table = torch.stack([torch.autograd.grad(f(x), x, v)[0] for v in one_by_one])
    rows = [column for column in table.T]
    """,
)
build_the_table.wrong(
    "cumulated",
    """
    rows = []
    for i in range(f(x).numel()):
        f(x).backward(torch.eye(f(x).numel())[i])
        rows.append(x.grad * 1)
    x.grad = None
    """,
)
build_the_table.wrong(
    "few",
    """
    rows = []
    for i in range(x.numel()):
        v = torch.zeros(f(x).numel())
        v[i] = 1.0
        rows.append(torch.autograd.grad(f(x), x, v)[0])
    """,
)
build_the_table.wrong("ready", "rows = list(torch.autograd.functional.jacobian(f, x))")
build_the_table.wrong("tuple", "rows = [torch.autograd.grad(f(x), x, v) for v in torch.eye(f(x).numel())]")
build_the_table.wrong(
    "changed",
    """
    rows = []
    for v in torch.eye(f(x).numel()):
        f(x).backward(v)
        rows.append(x.grad)
    """,
)
build_the_table.wrong("raised", "rows = [torch.autograd.grad(f(x), x, v)[0] for v in torch.eye(x.numel())]")
build_the_table.wrong(
    "raised",
    """
    rows, y = [], f(x)
    for v in torch.eye(y.numel()):
        rows.append(torch.autograd.grad(y, x, v)[0])
    """,
)


@lesson.exercise(
    3,
    right="The prices go in where the passage begins, as v. At its end there are inputs, and prices no longer fit.",
    hints={
        "after": "The slopes were added up first and weighed afterwards. What does a price belong to?",
        "unweighted": "All products count the same here. Where do the prices come in?",
        "right": "That is J times the prices, with the vector on the right. backward multiplies from the left.",
        "worth": "This is what the products bring, not how that changes with the settings.",
        "averaged": "The takings are a sum over the products, not a mean.",
        "shape": "The vector given to the engine has another shape than the products. Whose shape should it have?",
    },
)
def mend_the_advice(mended_advice: Function, torch: Any) -> None:
    cases: list[tuple[Map, str, list[float], list[float]]] = [
        (lambda s: torch.stack([s[0] * s[1], s[1] ** 2]), "2 settings, 2 products", [3.0, 2.0], [2.0, 5.0]),
        (lambda s: torch.stack([s[0] * s[1], s[0] - s[2]]), "3 settings, 2 products", [3.0, 2.0, 1.0], [4.0, -1.0]),
        (lambda s: torch.stack([s[0] ** 2, s[1], s[0] * s[1]]), "2 settings, 3 products", [1.0, 4.0], [0.5, -2.0, 3.0]),
    ]
    for function, size, at, worth in cases:
        settings, prices = torch.tensor(at, requires_grad=True), torch.tensor(worth)
        J = table(torch, function, settings)
        want = prices @ J
        tried = f"mended_advice(factory, settings, prices), {size}"
        factory = Watched(function, "factory")
        got = call(tried, mended_advice, factory, settings, prices, raises={"RuntimeError": "shape"})
        known: dict[str, Any] = {"unweighted": J.sum(0), "averaged": want / len(prices)}
        if len(at) == len(worth):
            known |= {"after": AnyOf(J.sum(0) * prices, J.sum(0) * prices / len(prices)), "right": J @ prices}
        takings = (prices * function(settings)).detach()
        if any(difference(_plain(got), value) is None for value in (takings, takings.sum())):
            reject("worth", tried=tried, came_out=show(got), expected=show(want))
        expect(tried, got, want, **known)


def _plain(value: Any) -> Any:
    return value.detach() if hasattr(value, "detach") else value


mend_the_advice.wrong("after", "return advice(factory, settings, prices)")
mend_the_advice.wrong("after", "return prices * torch.autograd.grad(factory(settings).sum(), settings)[0]")
mend_the_advice.wrong("unweighted", "return torch.autograd.grad(factory(settings).sum(), settings)[0]")
mend_the_advice.wrong("right", "return torch.autograd.functional.jacobian(factory, settings) @ prices")
mend_the_advice.wrong("worth", "return (prices * factory(settings)).sum()")
mend_the_advice.wrong("worth", "return prices * factory(settings)")
mend_the_advice.wrong("averaged", "return torch.autograd.grad((prices * factory(settings)).mean(), settings)[0]")
mend_the_advice.wrong("shape", "return torch.autograd.grad(factory(settings), settings, prices.sum())[0]")
mend_the_advice.wrong("changed", "factory(settings).backward(prices)\nreturn settings.grad")
mend_the_advice.wrong("type", "return torch.autograd.grad(factory(settings), settings, prices)")
mend_the_advice.wrong("none", "factory(settings).backward(prices)\nsettings.grad = None")


@lesson.exercise(
    4,
    right="Each row says what one output listens to, and how closely.",
    hints={
        "transposed": "The picture is on its side: the rows belong to the outputs, and the columns to the inputs.",
        "order": "The right rows, in another order: the first row belongs to the first output.",
        "constant": "It fits at one point. But these slopes don't change with x, and the wanted ones do.",
        "double": "The slope of 2 * c is 2, wherever c is. What has the slope 2c?",
        "half": "The slope of a square has a 2 in front already.",
        "outputs": "Three inputs, three outputs: a tensor with three entries is wanted.",
        "cut": "The result isn't tracked. Was it made by operations only, from x on?",
    },
)
def from_the_picture(with_this_table: Function, torch: Any) -> None:
    def right(x: Any) -> Any:
        return torch.stack([x[0] * x[1], x[2] ** 2, x[0] + x[1] + x[2]])

    for values in ([1.0, 2.0, 3.0], [2.0, -1.0, 0.5], [0.0, 4.0, -2.0]):
        x = torch.tensor(values, requires_grad=True)
        tried = f"the table of with_this_table at {show(values)}"
        y = call(f"with_this_table(x), x = {show(values)}", with_this_table, x)
        if y is None:
            reject("none", tried=tried)
        if not isinstance(y, torch.Tensor):
            reject("type", tried=tried, came_out=show(y), details="with_this_table should return a tensor.")
        if y.shape != torch.Size([3]):
            reject("outputs", tried=tried, came_out=show(y))
        if not y.requires_grad:
            reject("cut", tried=tried, came_out=show(y))
        rows = []
        for i in range(3):
            (row,) = torch.autograd.grad(y, x, torch.eye(3)[i], retain_graph=True, allow_unused=True)
            rows.append(torch.zeros(3) if row is None else row)
        got, want = torch.stack(rows), table(torch, right, x)
        first = table(torch, right, torch.tensor([1.0, 2.0, 3.0], requires_grad=True))
        if difference(got, want) is not None and sorted(got.tolist()) == sorted(want.tolist()):
            reject("order", tried=tried, came_out=show(got.tolist()), expected=show(want.tolist()))
        upper, middle, lower = want.tolist()
        double, half, twice = (
            torch.tensor([upper, [0.0, 0.0, last], lower]) for last in (2.0, middle[2] / 2, middle[2] * 2)
        )
        known = {"transposed": want.T, "double": double, "half": AnyOf(half, twice)}
        if difference(first, want) is not None:
            known["constant"] = first
        expect(tried, got, want, **known)


from_the_picture.wrong("transposed", "return torch.tensor([[2.0, 1, 0], [0, 0, 6], [1, 1, 1]]).T @ x")
from_the_picture.wrong("order", "return torch.stack([x[0] * x[1], x[0] + x[1] + x[2], x[2] ** 2])")
from_the_picture.wrong("constant", "return torch.stack([2 * x[0] + x[1], 6 * x[2], x.sum()])")
from_the_picture.wrong("constant", "return torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 6.0], [1.0, 1.0, 1.0]]) @ x")
from_the_picture.wrong("double", "return torch.stack([x[0] * x[1], 2 * x[2], x.sum()])")
from_the_picture.wrong("half", "return torch.stack([x[0] * x[1], 2 * x[2] ** 2, x.sum()])")
from_the_picture.wrong("outputs", "return x[0] * x[1] + x[2] ** 2 + x.sum()")
from_the_picture.wrong("cut", "a, b, c = x.tolist()\nreturn torch.tensor([a * b, c ** 2, a + b + c])")
from_the_picture.wrong("type", "a, b, c = x[0], x[1], x[2]\nreturn a * b, c ** 2, a + b + c")
from_the_picture.wrong("value", "return torch.stack([x[1], x[2] * 2, x[0] * 0 + 1])")


@lesson.exercise(
    5,
    right="Each piece only ever saw its own input and one vector. That is all a backward pass is.",
    hints={
        "whole": "An operation was given a tensor with operations behind it: this is one long graph. Cut it in pieces.",
        "forward": "The vector goes through the pieces in the order of the way forward. Where does it arrive first?",
        "same_v": "Every piece was given the same v. What should the next piece get?",
        "ones": "It began with ones. v says what arrives at the end.",
        "at_x": "Each operation was differentiated at x. But which numbers did the second one get?",
        "last": "Only the last operation was gone through. Its inputs were made by the one before.",
    },
)
def piece_by_piece(back_through: Function, torch: Any) -> None:
    def square(t: Any) -> Any:
        return t**2

    def neighbours(t: Any) -> Any:
        return torch.stack([t[0] * t[1], t[1] - t[0]])

    def spread(t: Any) -> Any:
        return torch.stack([t[0], 2 * t[1], t[0] * t[1]])

    def scale(t: Any) -> Any:
        return 3 * t

    cases: list[tuple[list[Map], list[float], list[float]]] = [
        ([square, neighbours], [1.0, 3.0], [2.0, -1.0]),
        ([neighbours, square, spread], [2.0, 3.0], [1.0, -1.0, 0.5]),
        ([scale], [1.0, 2.0, 3.0], [0.1, 1.0, 0.0001]),
        ([], [1.0, 2.0], [5.0, -2.0]),
        ([square, scale, neighbours, square], [1.0, -2.0], [1.0, 10.0]),
    ]
    for functions, values, weights in cases:
        names = ", ".join(function.__name__ for function in functions)
        tried = f"back_through([{names}], x, v), x = {show(values)}, v = {show(weights)}"

        def whole(x: Any, v: Any, chain: list[Map] = functions) -> Any:
            y = x = torch.tensor(x.tolist(), requires_grad=True)
            for function in chain:
                y = function(y)
            return torch.autograd.grad(y, x, v)[0]

        x, v = torch.tensor(values), torch.tensor(weights)
        watched = [Watched(function, function.__name__) for function in functions]
        got = call(tried, back_through, watched, x, v)
        if any(not t.is_leaf for operation in watched for t in operation.given):
            reject("whole", tried=tried)
        known: dict[str, Any] = {}
        if len(weights) == len(values) and len(functions) == 2:
            first, second = functions
            at_x, at_y = (torch.tensor(t.tolist(), requires_grad=True) for t in (x, first(x)))
            J1, J2, J2_at_x = table(torch, first, at_x), table(torch, second, at_y), table(torch, second, at_x)
            known = {
                "forward": AnyOf((v @ J1) @ J2, (v @ J1) @ J2_at_x),
                "same_v": v @ J1,
                "ones": torch.ones(2) @ J2 @ J1,
                "at_x": (v @ J2_at_x) @ J1,
                "last": v @ J2,
            }
        expect(tried, got, whole(x, v), **known)


piece_by_piece.wrong(
    "whole",
    """
    leaf = y = torch.tensor(x.tolist(), requires_grad=True)
    for operation in operations:
        y = operation(y)
    return torch.autograd.grad(y, leaf, v)[0]
    """,
)
FORWARD = """
    pieces = []
    for operation in operations:
        leaf = torch.tensor(x.tolist(), requires_grad=True)
        x = operation(leaf)
        pieces.append((leaf, x))
"""
piece_by_piece.wrong(
    "forward",
    FORWARD
    + """
    for leaf, result in pieces:
        (v,) = torch.autograd.grad(result, leaf, v)
    return v
    """,
)
piece_by_piece.wrong(
    "same_v",
    FORWARD
    + """
    slope = v
    for leaf, result in reversed(pieces):
        (slope,) = torch.autograd.grad(result, leaf, v)
    return slope
    """,
)
piece_by_piece.wrong(
    "ones",
    FORWARD
    + """
    v = torch.ones_like(v)
    for leaf, result in reversed(pieces):
        (v,) = torch.autograd.grad(result, leaf, v)
    return v
    """,
)
piece_by_piece.wrong(
    "at_x",
    """
    for operation in reversed(operations):
        leaf = torch.tensor(x.tolist(), requires_grad=True)
        (v,) = torch.autograd.grad(operation(leaf), leaf, v)
    return v
    """,
)
piece_by_piece.wrong(
    "last",
    FORWARD
    + """
    for leaf, result in pieces[-1:]:
        (v,) = torch.autograd.grad(result, leaf, v)
    return v
    """,
)
piece_by_piece.wrong(
    "raised",
    """
    for operation in reversed(operations):
        (v,) = torch.autograd.grad(operation(x), x, v)
    return v
    """,
)
piece_by_piece.wrong(
    "changed",
    """
    x.requires_grad_()
    for operation in operations:
        operation(x).backward(v)
    return x.grad
    """,
)
piece_by_piece.wrong(
    "type",
    FORWARD
    + """
    for leaf, result in reversed(pieces):
        (v,) = torch.autograd.grad(result, leaf, v)
    return v.tolist()
    """,
)
