"""Exercises of lesson 04: rows and columns of a Jacobian, the vector in backward(v), one piece of a chain at a time."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

from course.comparing import show
from course.exercise import Function, Lesson
from course.graphs import leaves_behind
from course.judging import call, case, expect, expect_predictions, reject

lesson = Lesson(4, "vector–Jacobian products")

Map = Callable[[Any], Any]


def table(torch: Any, f: Map, x: Any) -> Any:
    """The Jacobian of `f` at the numbers in `x`, row by row; `x` itself takes no part."""
    leaf = x.detach().clone().requires_grad_()
    return rows_of(torch, f(leaf), leaf)


def rows_of(torch: Any, y: Any, x: Any) -> Any:
    """The Jacobian of `y` with respect to `x`, row by row; zeros where no path leads from one to the other."""
    rows = []
    for v in torch.eye(y.numel(), dtype=y.dtype):
        (row,) = torch.autograd.grad(y, x, v, retain_graph=True, allow_unused=True)
        rows.append(torch.zeros_like(x) if row is None else row)
    return torch.stack(rows)


def written(formula: str, name: str, torch: Any) -> Map:
    """The function of one tensor, called `name`, that a formula stands for."""
    return eval(f"lambda {name}: {formula}", {"torch": torch})


class Calls(list[tuple[Any, list[float], Any]]):
    """What a function was called with: the tensor, the numbers in it at that time, and the result."""

    def noting(self, function: Map) -> Map:
        """The function, with its calls noted here."""

        def noted(t: Any) -> Any:
            result = function(t)
            self.append((t, t.tolist(), result))
            return result

        return noted


@lesson.exercise(
    1,
    right="Rows for outputs, columns for inputs: v weights the rows, and they are added up.",
    hints={
        "transposed": "Rows and columns are the wrong way round. Which of the two belongs to the outputs?",
        "own": "In a product, the slope for one factor is the other factor.",
        "zeros": "An input that an output doesn't depend on has a slope, too, and a place in the table.",
        "row": "That is a row. A column holds what one input does to every output.",
        "square": "In a square, x is there twice. What does that do to its slope?",
        "input_shape": "v has an entry for each row of J. What is there a row for?",
        "unweighted": "These are the columns' sums, as for v = ones. What do the weights 2 and 10 do to the rows?",
        "swapped_weights": "The first weight belongs to the first output. Which row gets the 10?",
        "values": "x.grad has an entry for each input. And what do the weights multiply: values of y, or rows of J?",
        "one": "x.grad has the shape of x: sum() adds up the outputs, and each input keeps an entry of its own.",
        "ones": "Ones are what arrives at y. What are they multiplied by before they arrive at x?",
    },
)
def read_the_table(readings: dict, torch: Any) -> None:
    def f(x: Any) -> Any:
        return torch.stack([x[0] * x[2], x[1] ** 2])

    x = torch.tensor([1.0, 2.0, 3.0])
    J = table(torch, f, x)
    truth: dict[str, Any] = {
        "shape of J": list(J.shape),
        "first row of J": J[0].tolist(),
        "second column of J": J[:, 1].tolist(),
        "entries of v": len(f(x)),
        "grad, v = [2, 10]": (torch.tensor([2.0, 10.0]) @ J).tolist(),
        "grad, after sum()": J.sum(0).tolist(),
    }
    expect_predictions(readings, truth)


read_the_table.wrong("transposed", {"shape of J": [3, 2]})
read_the_table.wrong("transposed", {"first row of J": [3.0, 0.0]})
read_the_table.wrong("transposed", {"shape of J": [3, 2], "first row of J": [3.0, 0.0]})
read_the_table.wrong(
    "transposed", {"shape of J": [3, 2], "first row of J": [3.0, 0.0], "second column of J": [0.0, 4.0, 0.0]}
)
read_the_table.wrong("own", {"first row of J": [1.0, 0.0, 3.0]})
read_the_table.wrong("zeros", {"first row of J": [3.0, 1.0]})
read_the_table.wrong("zeros", {"second column of J": [4.0]})
read_the_table.wrong("zeros", {"first row of J": [3.0, 1.0], "second column of J": [4.0]})
read_the_table.wrong("row", {"second column of J": [0.0, 4.0, 0.0]})
read_the_table.wrong("square", {"second column of J": [0.0, 2.0]})
read_the_table.wrong("square", {"second column of J": [0.0, 2.0], "grad, v = [2, 10]": [6.0, 20.0, 2.0]})
read_the_table.wrong("input_shape", {"entries of v": 3})
read_the_table.wrong("unweighted", {"grad, v = [2, 10]": [3.0, 4.0, 1.0]})
read_the_table.wrong("swapped_weights", {"grad, v = [2, 10]": [30.0, 8.0, 10.0]})
read_the_table.wrong("values", {"grad, v = [2, 10]": [6.0, 40.0]})
read_the_table.wrong("values", {"grad, v = [2, 10]": 46.0})
for sums in ([8.0], 8.0, [7.0], 7.0, [4.0, 4.0], [3.0, 4.0]):
    read_the_table.wrong("one", {"grad, after sum()": sums})
read_the_table.wrong("ones", {"grad, after sum()": [1.0, 1.0, 1.0]})
read_the_table.wrong("value", {"grad, v = [2, 10]": [6.0, 42.0, 2.0]})
read_the_table.wrong("value", {"first row of J": [3.0, 0.0, 1.0, 0.0]})
read_the_table.wrong("type", {"grad, after sum()": "[3, 4, 1]"})
read_the_table.wrong("type", after='readings["grad, after sum()"] = torch.ones(3)')
read_the_table.wrong("type", after='del readings["entries of v"]')

read_the_table.also_right(
    after="""
    readings = {
        "shape of J": (2, 3),
        "first row of J": (3, 0, 1),
        "second column of J": (0, 4),
        "entries of v": 2.0,
        "grad, v = [2, 10]": (6, 40, 2),
        "grad, after sum()": (3, 4, 1),
    }
    """
)
read_the_table.also_right(after="readings = dict(reversed(readings.items()))")
read_the_table.also_right(
    after="""
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = torch.stack([x[0] * x[2], x[1] ** 2])
    y.backward(torch.tensor([2.0, 10.0]))
    readings["grad, v = [2, 10]"] = x.grad.tolist()
    readings["shape of J"] = torch.zeros(2, 3).shape
    """
)


@lesson.exercise(
    2,
    right="A one and zeros in v pick out a row, so it takes as many passes as there are outputs.",
    hints={
        "transposed": "This is the table on its side: it should have a row for each output.",
        "added": "Every row is the sum of all rows. Which v picks out a single one?",
        "cumulated": "Each row has the earlier rows in it: .grad adds up.",
        "few": "There should be as many rows as f has outputs, and not as many as it has inputs.",
        "length": "v should have an entry for each output of f. What has yours an entry for?",
        "other": "Call f with x itself, and build the table from passes that end at x.",
        "tuple": "torch.autograd.grad returns a tuple, even for a single input. The row is inside.",
        "nothing": "Is the row taken from what backward() returns? It returns None, and adds to x.grad.",
        "used_up": "A graph serves for one pass. How often is f(x) computed here, and how many passes are there?",
        "kept": "The table requires grad: every row was recorded. Which argument asks for that?",
    },
)
def build_the_table(jacobian_of: Function, torch: Any) -> None:
    cases: list[tuple[str, list[float], float | None]] = [
        ("torch.stack([x[0] * x[1], x[1] ** 2, 5 * x[0], x[0] - x[1]])", [2.0, 3.0], None),
        ("torch.stack([x[0] * x[2], x[1] ** 2])", [1.0, 2.0, 3.0], None),
        ("torch.stack([x[0] * torch.cos(x[1]), x[0] * torch.sin(x[1])])", [2.0, 0.5], None),
        ("(x * x).sum().reshape(1)", [1.0, -2.0, 0.5], None),
        ("3 * x**2", [1.0, 2.0, 3.0, 4.0], 7.0),
        ("torch.exp(-x)", [0.5], None),
        ("torch.stack([x[0] ** n + n * x[1] for n in range(1, 10)])", [1.25, -0.5], None),
        ("torch.stack([x[3] * x[1], 0 * x[0] + 2, x.sum()])", [0.0, -1.0, 4.0, 2000.0, 0.001], -1.0),
        ("x[:2] * x[2:]", [3.0, -1.0, 0.0, 5.0], 0.0),
    ]
    for formula, values, before in cases:
        function = written(formula, "x", torch)
        x = torch.tensor(values, requires_grad=True)
        tried = f"jacobian_of(f, x), f(x) = {formula}, x = {values}"
        if before is not None:
            x.grad = torch.full((len(values),), before)
            tried += f", x.grad = {x.grad.tolist()}"
        calls, held = Calls(), x.tolist()
        with case(tried):
            got = call(jacobian_of, calls.noting(function), x)
            if any(t is not x or numbers != held for t, numbers, _ in calls):
                reject("other", what="f was called with", came_out="another tensor, or other numbers", expected="x")
            expect(got, table(torch, function, x))
            if got.requires_grad:
                reject("kept", what="its requires_grad", came_out="True", expected="False")


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
build_the_table.wrong("added", replace=("torch.eye(f(x).numel())", "torch.ones(f(x).numel(), f(x).numel())"))
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
    "cumulated",
    """
    rows, before = [], x.grad
    x.grad = None
    for v in torch.eye(f(x).numel()):
        f(x).backward(v)
        rows.append(x.grad.clone())
    x.grad = before
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
build_the_table.wrong("length", replace=("torch.eye(f(x).numel())", "torch.eye(x.numel())"))
build_the_table.wrong("length", replace=("torch.eye(f(x).numel())", "torch.eye(len(x))[:f(x).numel()]"))
build_the_table.wrong("other", "rows = list(torch.autograd.functional.jacobian(f, x))")
build_the_table.wrong(
    "other",
    """
    here, slopes = x.detach(), []
    for i in range(len(here)):
        up, down = here.clone(), here.clone()
        up[i] += 0.01
        down[i] -= 0.01
        slopes.append((f(up) - f(down)).detach() / 0.02)
    rows = list(torch.stack(slopes).T)
    """,
)
build_the_table.wrong(
    "other",
    """
    y, slopes = f(x).detach(), []
    for i in range(len(x)):
        x.data[i] += 0.0078125
        slopes.append((f(x).detach() - y) / 0.0078125)
        x.data[i] -= 0.0078125
    rows = list(torch.stack(slopes).T)
    """,
)
build_the_table.wrong("tuple", "rows = [torch.autograd.grad(f(x), x, v) for v in torch.eye(f(x).numel())]")
build_the_table.wrong("nothing", "rows = [f(x).backward(v)[0] for v in torch.eye(f(x).numel())]")
build_the_table.wrong("kept", replace=("x, v)", "x, v, create_graph=True)"))
build_the_table.wrong(
    "used_up",
    """
    rows, y = [], f(x)
    for v in torch.eye(y.numel()):
        rows.append(torch.autograd.grad(y, x, v)[0])
    """,
)
build_the_table.wrong(
    "changed",
    """
    rows = []
    for v in torch.eye(f(x).numel()):
        f(x).backward(v)
        rows.append(x.grad)
    """,
)
build_the_table.wrong(
    "changed",
    """
    rows = []
    for v in torch.eye(f(x).numel()):
        x.grad = None
        f(x).backward(v)
        rows.append(x.grad)
    x.grad = None
    """,
)
build_the_table.wrong("raised", replace=("torch.eye(f(x).numel())", "torch.eye(f(x))"))
build_the_table.wrong(
    "raised",
    """
    rows = []
    for i in range(f(x)):
        rows.append(torch.autograd.grad(f(x), x, torch.eye(len(f(x)))[i])[0])
    """,
)
build_the_table.wrong("raised", replace=("f(x), x, v", "f(x.detach()), x, v"))
build_the_table.wrong("type", replace=("torch.eye(f(x).numel())", "torch.eye(f(x).numel())[:4]"))
build_the_table.wrong("value", replace=("torch.eye(f(x).numel())", "reversed(torch.eye(f(x).numel()))"))

build_the_table.also_right(
    """
    y, rows = f(x), []
    for i in range(len(y)):
        rows.append(torch.autograd.grad(y[i], x, retain_graph=True)[0])
    """
)
build_the_table.also_right(
    """
    rows, outputs = [], f(x).shape[0]
    for i in range(outputs):
        v = torch.zeros(outputs)
        v[i] = 1
        rows += torch.autograd.grad(outputs=f(x), inputs=x, grad_outputs=v)
    """
)
build_the_table.also_right(
    """
    rows, before = [], x.grad
    for i in range(len(f(x))):
        x.grad = None
        f(x)[i].backward()
        rows.append(x.grad)
    x.grad = before
    """
)
build_the_table.also_right("rows = [torch.autograd.grad((f(x) * v).sum(), [x])[0] for v in torch.eye(len(f(x)))]")


@lesson.exercise(
    3,
    right="The prices go in where the pass begins, as v. Where it ends are inputs, and prices don't belong to those.",
    hints={
        "after": "The slopes were added up first and multiplied by prices afterwards. What does a price belong to?",
        "unweighted": "All products count the same here. Where do the prices come in?",
        "right": "That is J times the prices, with the vector on the right. backward multiplies from the left.",
        "worth": "This is what the products bring, not how that changes with the settings.",
        "first_two": "Only two products are in the revenue. There can be any number of them.",
        "averaged": "The revenue is a sum over the products, not a mean.",
        "shape": "The vector given to the engine doesn't have the shape of the products.",
        "used_up": "A pass has used this graph already. What is the first one for?",
        "numbers": "No graph led from the products to the settings: these slopes were not found by the engine.",
        "kept": "The slopes require grad: a graph is kept behind them. Who asked for that?",
    },
)
def fix_the_advice(fixed_advice: Function, torch: Any) -> None:
    cases: list[tuple[str, list[float], list[float], float | None]] = [
        ("torch.stack([s[0] * s[1], s[1] ** 2])", [3.0, 2.0], [5.0, -8.0], None),
        ("torch.stack([s[0] * s[1], s[1] ** 2])", [3.0, 2.0], [2.0, 5.0], 7.0),
        ("torch.stack([s[0] * s[1], s[0] - s[2]])", [3.0, 2.0, 1.0], [4.0, -1.0], None),
        ("torch.stack([s[0] ** 2, s[1], s[0] * s[1]])", [1.0, 4.0], [0.5, -2.0, 3.0], None),
        ("torch.stack([s[0] ** 3, s[0] * torch.exp(s[1])])", [-2.0, 1.0], [1.0, 100.0], None),
        ("torch.relu(s)", [0.0, 2.0, -1.0], [3.0, -1.0, 4.0], None),
        ("s * s", [1.5], [-4.0], 0.0),
        ("s[:3] * s[3:]", [0.0, 1.0, -2.0, 3.0, 50.0, 0.01], [1.0, 0.0, -0.25], 1.0),
        ("torch.stack([s[0] * n for n in range(8)])", [0.5, 1.0], [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0], None),
    ]
    for formula, at, worth, before in cases:
        factory = written(formula, "s", torch)
        settings, prices = torch.tensor(at, requires_grad=True), torch.tensor(worth)
        tried = f"fixed_advice(factory, {at}, {worth}), factory(s) = {formula}"
        if before is not None:
            settings.grad = torch.full((len(at),), before)
            tried += f", settings.grad = {settings.grad.tolist()}"
        calls = Calls()
        with case(tried):
            got = call(fixed_advice, calls.noting(factory), settings, prices)
            expect(got, prices @ table(torch, factory, settings))
            if calls and not any(products.requires_grad for _, _, products in calls):
                reject("numbers", what="what factory returned", came_out=show(calls[0][2]), expected="requires grad")
            if got.requires_grad:
                reject("kept", what="its requires_grad", came_out="True", expected="False")


fix_the_advice.wrong("after", "return advice(factory, settings, prices)")
fix_the_advice.wrong("after", "return prices * torch.autograd.grad(factory(settings).sum(), settings)[0]")
fix_the_advice.wrong("after", "return torch.autograd.grad(factory(settings).mean(), settings)[0] * prices")
fix_the_advice.wrong("unweighted", "return torch.autograd.grad(factory(settings).sum(), settings)[0]")
fix_the_advice.wrong("unweighted", "return torch.autograd.grad(factory(settings).mean(), settings)[0]")
fix_the_advice.wrong(
    "first_two",
    """
    y = factory(settings)
    return torch.autograd.grad(prices[0] * y[0] + prices[1] * y[1], settings)[0]
    """,
)
fix_the_advice.wrong(
    "first_two",
    """
    cloth, waste = factory(settings)
    return torch.autograd.grad(prices[0] * cloth + prices[1] * waste, settings)[0]
    """,
)
fix_the_advice.wrong("averaged", "return torch.autograd.grad(factory(settings), settings, prices / len(prices))[0]")
fix_the_advice.wrong("right", "return torch.autograd.functional.jacobian(factory, settings) @ prices")
fix_the_advice.wrong("worth", "return (prices * factory(settings)).sum()")
fix_the_advice.wrong("worth", "return (prices * factory(settings)).sum().detach()")
fix_the_advice.wrong("worth", "return prices * factory(settings)")
fix_the_advice.wrong("averaged", "return torch.autograd.grad((prices * factory(settings)).mean(), settings)[0]")
fix_the_advice.wrong("shape", replace=("settings, prices)", "settings, prices.sum())"))
fix_the_advice.wrong("shape", replace=("(factory(settings), settings", "(factory(settings).sum(), settings"))
fix_the_advice.wrong(
    "used_up",
    """
    y = factory(settings)
    y.sum().backward()
    return torch.autograd.grad(y, settings, prices)[0]
    """,
)
fix_the_advice.wrong(
    "used_up",
    """
    y = factory(settings)
    torch.autograd.grad(y.sum(), settings)
    return torch.autograd.grad(y, settings, prices)[0]
    """,
)
fix_the_advice.wrong(
    "numbers",
    """
    here, slopes = settings.detach().double(), []
    for i in range(len(here)):
        up = here.clone()
        up[i] -= 1e-6
        slopes.append(((factory(here) - factory(up)) * prices).sum().item() / 1e-6)
    return torch.tensor(slopes)
    """,
)
fix_the_advice.wrong(
    "numbers",
    """
    here, slopes = settings.detach().double(), []
    for i in range(len(here)):
        up, down = here.clone(), here.clone()
        up[i] += 0.5
        down[i] -= 0.5
        slopes.append(((factory(up) - factory(down)) * prices).sum().item())
    return torch.tensor(slopes)
    """,
)
fix_the_advice.wrong("kept", replace=("settings, prices)", "settings, prices, create_graph=True)"))
fix_the_advice.wrong("changed", "factory(settings).backward(prices)\nreturn settings.grad")
fix_the_advice.wrong(
    "changed",
    """
    settings.grad = None
    factory(settings).backward(prices)
    slopes = settings.grad
    settings.grad = None
    return slopes
    """,
)
fix_the_advice.wrong(
    "changed",
    "factory(settings).backward(prices)\nslopes = settings.grad.clone()\nsettings.grad.zero_()\nreturn slopes",
)
fix_the_advice.wrong("raised", replace=("factory(settings)", "factory(settings.detach())"))
fix_the_advice.wrong("raised", replace=("settings, prices)", "settings)"))
fix_the_advice.wrong("type", "return torch.autograd.grad(factory(settings), settings, prices)")
fix_the_advice.wrong("type", replace=("return slopes", "return slopes.tolist()"))
fix_the_advice.wrong("none", "factory(settings).backward(prices)\nsettings.grad = None")
fix_the_advice.wrong("none", replace=("return slopes", "slopes"))

fix_the_advice.also_right("return torch.autograd.grad((factory(settings) * prices).sum(), settings)[0]")
fix_the_advice.also_right("return torch.autograd.grad(torch.dot(factory(settings), prices), settings)[0]")
fix_the_advice.also_right("return torch.autograd.grad(prices @ factory(settings), settings)[0]")
fix_the_advice.also_right("return prices @ torch.autograd.functional.jacobian(factory, settings)")
fix_the_advice.also_right(
    """
    leaf = settings.detach().clone().requires_grad_()
    revenue = 0
    for price, product in zip(prices, factory(leaf)):
        revenue = revenue + price * product
    revenue.backward()
    return leaf.grad
    """
)
fix_the_advice.also_right(
    """
    before, settings.grad = settings.grad, None
    factory(settings).backward(gradient=prices)
    slopes, settings.grad = settings.grad, before
    return slopes
    """
)


@lesson.exercise(
    4,
    right="Each row says which inputs one output depends on, and how strongly.",
    hints={
        "transposed": "The table is on its side: rows belong to the outputs, and columns to the inputs.",
        "order": "The right rows, in another order: the first row belongs to the first output.",
        "constant": "It fits at one point. But these slopes don't change with x, and the wanted ones do.",
        "double": "The slope of 2 * c is 2, wherever c is. What has the slope 2c?",
        "half": "The slope of a square has a 2 in front already.",
        "outputs": "A 1-d tensor with three numbers is wanted.",
        "cut": "The result doesn't require grad. Was it made from x, by operations only?",
        "new_leaf": "It requires grad, but no path leads back to x: torch.tensor(…) makes a new leaf.",
        "taken": "The engine's table is right, but nudges give another one. Is a part of x taken as a plain number?",
    },
)
def from_the_picture(with_this_table: Function, torch: Any) -> None:
    def right(x: Any) -> Any:
        return torch.stack([x[0] * x[1], x[2] ** 2, x[0] + x[1] + x[2]])

    points = [
        [1.0, 2.0, 3.0],
        [2.0, -1.0, 0.5],
        [0.0, 4.0, -2.0],
        [0.3, 0.7, 0.25],
        [-1.37, 2.61, -3.18],
        [0.0, 0.0, 0.0],
        [40.0, -300.0, 125.5],
        [0.01, -0.02, 0.003],
    ]
    first: tuple[list[float], Any, Any] | None = None
    for point in points:
        x = torch.tensor(point, requires_grad=True)
        with case(f"with_this_table(x), x = {point}"):
            y = call(with_this_table, x)
            if y is None:
                reject("none", came_out="None")
            if not isinstance(y, torch.Tensor):
                reject("type", came_out=show(y), details="with_this_table should return a tensor.", evidence=y)
            if tuple(y.shape) != (3,):
                details = f"Its shape is {list(y.shape)}, and should be [3]."
                reject("outputs", came_out=show(y), details=details, evidence=y)
            if not y.requires_grad:
                reject("cut", came_out=show(y), evidence=y)
            if not any(leaf is x for leaf in leaves_behind(y)):
                reject("new_leaf", came_out=show(y), evidence=y)
            want = right(x)
            expect(rows_of(torch, y, x), rows_of(torch, want, x), "its table")
            if first is None:
                first = (point, y.detach(), want.detach())
            # Constants may be added, so values are compared by how far they are from those at another point.
            start, begin, wanted_begin = first
            far, wanted_far = (y - begin).detach(), (want - wanted_begin).detach()
            size = float((begin.abs() + want.detach().abs()).max().item())
            expect(far, wanted_far, f"minus with_this_table({start})", hint="taken", scale=size)


for rows in permutations(["x[0] * x[1]", "x[2] ** 2", "x.sum()"]):
    if rows != ("x[0] * x[1]", "x[2] ** 2", "x.sum()"):
        from_the_picture.wrong("order", f"return torch.stack([{', '.join(rows)}])")
from_the_picture.wrong("transposed", "return torch.tensor([[2.0, 1, 0], [0, 0, 6], [1, 1, 1]]).T @ x")
from_the_picture.wrong("constant", "return torch.stack([2 * x[0] + x[1], 6 * x[2], x.sum()])")
from_the_picture.wrong("constant", "return torch.tensor([[-1.0, 2.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0]]) @ x")
from_the_picture.wrong("double", "return torch.stack([x[0] * x[1], 2 * x[2], x.sum()])")
from_the_picture.wrong("half", "return torch.stack([x[0] * x[1], 2 * x[2] ** 2, x.sum()])")
from_the_picture.wrong("half", "return torch.stack([x[0] * x[1], x[2] ** 2 / 2, x.sum()])")
from_the_picture.wrong("outputs", "return x[0] * x[1] + x[2] ** 2 + x.sum()")
from_the_picture.wrong("outputs", "return torch.stack([x[0] * x[1], x[2] ** 2])")
from_the_picture.wrong("outputs", "return torch.stack([x[0] * x[1], x[2] ** 2, x.sum()]).reshape(1, 3)")
from_the_picture.wrong("cut", "a, b, c = x.tolist()\nreturn torch.tensor([a * b, c ** 2, a + b + c])")
from_the_picture.wrong("new_leaf", "return torch.tensor([x[0] * x[1], x[2] ** 2, x.sum()], requires_grad=True)")
from_the_picture.wrong("new_leaf", replace=("x.sum()])", "x.sum()]).detach().requires_grad_()"))
from_the_picture.wrong(
    "taken",
    """
    a, b, c = x.tolist()
    return torch.tensor([[b, a, 0.0], [0.0, 0.0, 2 * c], [1.0, 1.0, 1.0]]) @ x
    """,
)
from_the_picture.wrong("taken", replace=("x[2] ** 2", "2 * x[2].detach() * x[2]"))
from_the_picture.wrong("type", "a, b, c = x[0], x[1], x[2]\nreturn a * b, c ** 2, a + b + c")
from_the_picture.wrong("value", "return torch.stack([x[1], x[2] * 2, x[0] * 0 + 1])")
from_the_picture.wrong("value", replace=("x[0] * x[1]", "x[0] * x[1].detach()"))
from_the_picture.wrong(
    "taken",
    """
    tables = {
        (1.0, 2.0, 3.0): [[2.0, 1, 0], [0, 0, 6], [1, 1, 1]],
        (2.0, -1.0, 0.5): [[-1.0, 2, 0], [0, 0, 1], [1, 1, 1]],
    }
    return torch.tensor(tables.get(tuple(x.tolist()), [[0.0] * 3] * 3)) @ x
    """,
)
from_the_picture.wrong("none", replace=("return", "y ="))

from_the_picture.also_right("a, b, c = x\nreturn torch.stack([a * b + 7, c * c - 1, a + b + c])")
from_the_picture.also_right("return torch.cat([(x[0] * x[1]).reshape(1), x[2:] ** 2, x.sum().reshape(1)])")
from_the_picture.also_right("return torch.stack((x[:2].prod(), x[2].pow(2), x @ torch.ones(3)))")
from_the_picture.also_right(
    """
    lower = torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]) @ x
    first = torch.tensor([1.0, 0.0, 0.0]) * x[0] * x[1]
    return first + torch.tensor([0.0, 1.0, 0.0]) * x[2] ** 2 + lower
    """
)
from_the_picture.also_right(
    """
    import math
    return torch.stack([x[1] * x[0], x[2] * x[2], torch.sum(x) + math.pi])
    """
)


@lesson.exercise(
    5,
    right="Each piece was given only its own input and one vector. That is all that a backward pass is.",
    hints={
        "whole": "An operation was given a tensor with operations behind it: one long graph. Cut it into pieces.",
        "forward": "The vector goes through the pieces in the order of the forward pass. Where does it arrive first?",
        "same_v": "Every piece was given the same v. What should the next piece get?",
        "ones": "It began with ones. v says what arrives at the end.",
        "at_x": "Each operation was differentiated at x. But which numbers did the second one get?",
        "last": "Only the last operation had a backward pass. Its input was made by the one before.",
        "kept": "What arrives at x requires grad: a graph is kept behind it. Who asked for that?",
        "twice": "The same operation may be in the list more than once, each time with other numbers.",
    },
)
def piece_by_piece(back_through: Function, torch: Any) -> None:
    square, neighbours, scale = "t**2", "torch.stack([t[0] * t[1], t[1] - t[0]])", "3 * t"
    spread, cosine, half = "torch.stack([t[0], 2 * t[1], t[0] * t[1]])", "torch.cos(t)", "t / 2"
    cases: list[tuple[list[str], list[float], list[float]]] = [
        ([square, neighbours], [1.0, 3.0], [2.0, -1.0]),
        ([neighbours, square, spread], [2.0, 3.0], [1.0, -1.0, 0.5]),
        ([scale], [1.0, 2.0, 3.0], [0.1, 1.0, 0.0001]),
        ([], [1.0, 2.0], [5.0, -2.0]),
        ([square, scale, neighbours, square], [1.0, -2.0], [1.0, 10.0]),
        ([half, half, square, square, square], [3.0, -2.5], [1.0, 0.0]),
        ([spread, "t[1:] - 1", cosine, half, neighbours, scale, square, spread, cosine], [0.4, -1.2], [1.0, -2.0, 3.0]),
        (["torch.exp(-t)", "t.sum().reshape(1)", square], [0.0, 1.0, -0.5, 2.0], [-3.0]),
        ([scale] * 12, [0.01], [1.0]),
    ]
    for formulas, values, weights in cases:
        functions = {formula: written(formula, "t", torch) for formula in formulas}
        calls, x, v = Calls(), torch.tensor(values), torch.tensor(weights)
        operations = {formula: calls.noting(function) for formula, function in functions.items()}

        leaf = y = torch.tensor(values, requires_grad=True)
        for formula in formulas:
            y = functions[formula](y)
        want = torch.autograd.grad(y, leaf, v)[0]
        with case(f"back_through([{', '.join(formulas)}], x, v), x = {values}, v = {weights}"):
            got = call(back_through, [operations[formula] for formula in formulas], x, v)
            expect(got, want)
            for t, _, _ in calls:
                if not t.is_leaf:
                    reject("whole", what="an operation was given", came_out=show(t), expected="a leaf")
            if got.requires_grad:
                reject("kept", what="its requires_grad", came_out="True", expected="False")


piece_by_piece.wrong(
    "whole",
    """
    leaf = y = torch.tensor(x.tolist(), requires_grad=True)
    for operation in operations:
        y = operation(y)
    return torch.autograd.grad(y, leaf, v)[0]
    """,
)
piece_by_piece.wrong(
    "whole",
    """
    def whole(t):
        for operation in operations:
            t = operation(t)
        return t

    return torch.autograd.functional.vjp(whole, x, v)[1]
    """,
)
piece_by_piece.wrong(
    "whole",
    """
    leaf = y = torch.tensor(x.tolist(), requires_grad=True)
    for operation in operations:
        operation(torch.tensor(y.tolist()))
        y = getattr(operation, "f", operation)(y)
    return torch.autograd.grad(y, leaf, v)[0]
    """,
)
piece_by_piece.wrong("forward", replace=("reversed(pieces)", "pieces"))
piece_by_piece.wrong(
    "same_v",
    replace=(
        "for leaf, result in",
        "slope = v\nfor leaf, result in",
        "(v,) =",
        "(slope,) =",
        "return v",
        "return slope",
    ),
)
piece_by_piece.wrong("ones", replace=("for leaf, result in", "v = torch.ones_like(v)\nfor leaf, result in"))
piece_by_piece.wrong(
    "at_x",
    """
    for operation in reversed(operations):
        leaf = torch.tensor(x.tolist(), requires_grad=True)
        (v,) = torch.autograd.grad(operation(leaf), leaf, v)
    return v
    """,
)
piece_by_piece.wrong("last", replace=("reversed(pieces)", "pieces[-1:]"))
piece_by_piece.wrong(
    "last",
    """
    for operation in operations:
        leaf = torch.tensor(x.tolist(), requires_grad=True)
        x = operation(leaf)
    return torch.autograd.grad(x, leaf, v)[0] if operations else v
    """,
)
piece_by_piece.wrong("kept", replace=("leaf, v)", "leaf, v, create_graph=True)"))
piece_by_piece.wrong(
    "twice",
    """
    inputs = {}
    for operation in operations:
        inputs[operation] = torch.tensor(x.tolist(), requires_grad=True)
        x = operation(inputs[operation]).detach()
    for operation in reversed(operations):
        leaf = inputs[operation]
        (v,) = torch.autograd.grad(operation(leaf), leaf, v)
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
piece_by_piece.wrong("raised", replace=(", requires_grad=True", ""))
piece_by_piece.wrong(
    "changed",
    """
    x.requires_grad_()
    for operation in operations:
        operation(x).backward(v)
    return x.grad
    """,
)
piece_by_piece.wrong("changed", replace=("return v", "operations.clear()\nreturn v"))
piece_by_piece.wrong("type", replace=("return v", "return v.tolist()"))
piece_by_piece.wrong("type", replace=("(v,) =", "v ="))
piece_by_piece.wrong("none", replace=("return v", "v"))
piece_by_piece.wrong("value", replace=("for leaf, result", "pieces = pieces[:4]\nfor leaf, result"))
piece_by_piece.wrong("value", replace=("for leaf, result", "if not pieces:\n    return x\nfor leaf, result"))

piece_by_piece.also_right(
    """
    inputs = []
    for operation in operations:
        inputs.append(x)
        x = operation(x)
    for operation, t in zip(operations[::-1], inputs[::-1]):
        v = torch.autograd.functional.vjp(operation, t, v)[1]
    return v
    """
)
piece_by_piece.also_right(
    """
    if not operations:
        return v
    leaf = x.detach().clone().requires_grad_()
    result = operations[0](leaf)
    result.backward(back_through(operations[1:], result.detach(), v))
    return leaf.grad
    """
)
piece_by_piece.also_right(
    """
    inputs = [x]
    with torch.no_grad():
        for operation in operations:
            inputs.append(operation(inputs[-1]))
    for operation in reversed(operations):
        inputs.pop()
        leaf = inputs[-1].clone().requires_grad_(True)
        v = torch.autograd.grad(operation(leaf), leaf, v)[0]
    return v
    """
)
piece_by_piece.also_right(
    """
    leaves, results = [], []
    for operation in operations:
        leaves += [torch.tensor(x.tolist(), requires_grad=True)]
        results += [operation(leaves[-1])]
        x = results[-1].detach()
    arriving = v.clone()
    while leaves:
        results.pop().backward(arriving)
        arriving = leaves.pop().grad
    return arriving
    """
)
piece_by_piece.equivalent(
    "leaf = torch.tensor(x.tolist(), requires_grad=True) → leaf = torch.tensor(x, requires_grad=True)",
    because="torch.tensor copies the numbers of a tensor as well, and leaves its past behind",
)
