"""Exercises of lesson 13: three names, higher derivatives, Hessians, a penalty, Newton, the largest rate."""

from collections.abc import Callable
from functools import partial
from typing import Any

from course.comparing import show
from course.exercise import Function, Lesson, said_otherwise
from course.judging import call, case, counted, expect, expect_gradients, expect_predictions, reject
from course.pictures import expect_picture
from course.reading import used

lesson = Lesson(13, "gradients of gradients")

# Words of errors that say what has happened, in both libraries.
TWICE = "through the graph a second time"
NO_GRAPH = "does not require grad and does not have a grad_fn"


def outcome(program: str, torch: Any) -> Any:
    """What a program of exercise 13.1 ends with, found by running it."""
    grad = torch.autograd.grad
    x = torch.tensor(3.0, requires_grad=True)
    y = x * x
    z = 2 * y
    try:
        if program == "plain":
            z.backward()
            return None if not y.retains_grad else y.grad.item()
        if program == "retain_grad":
            y.retain_grad()
            z.backward()
            return y.grad.item()
        if program == "retain_graph":
            z.backward(retain_graph=True)
            return None if not y.retains_grad else y.grad.item()
        if program == "again":
            grad(z, x)
            return grad(z, x)[0].item()
        if program.startswith("slope"):
            keyword = "retain_graph" if program.endswith("retained") else "create_graph"
            (s,) = grad(z, x, **{keyword: True})
            return grad(s, x)[0].item()
        (s,) = grad(z, x, create_graph=True)  # as x.grad would be, without the warning and the circle
        return (s + grad(s, x)[0]).item()
    except RuntimeError:
        return "raises"


PROGRAMS = ("plain", "retain_grad", "retain_graph", "again", "slope, retained", "slope, created", "two passes")


@lesson.exercise(
    1,
    right="retain_graph keeps the old graph, create_graph makes a new one, retain_grad keeps one .grad.",
    hints={
        "leaf": "y is a result, not a leaf. What does backward leave in the .grad of a result that nobody asked about?",
        "graph_for_grad": "retain_graph keeps what the nodes saved. Is the .grad of a tensor among that?",
        "z_by_y": "z is 2 times y. How much does z change when y grows by 1?",
        "freed": "x * x saves x for its rule. What is left of that after the first pass?",
        "no_graph": "The old graph is kept, but what does the slope itself hang on?",
        "raises_created": "create_graph gives the slope a graph of its own.",
        "slope_again": "The slope is 4 x. What is the slope of that?",
        "not_added": "The second pass arrives at x, where x.grad holds something already. Does backward replace it?",
        "first_only": "The second pass arrives at x as well: its graph hangs on x.",
    },
)
def three_names(outcomes: dict, torch: Any) -> None:
    expect_predictions(outcomes, {program: outcome(program, torch) for program in PROGRAMS}, words=("raises",))


for said in (2.0, 12.0, "raises"):
    three_names.wrong("leaf", {"plain": said})
    three_names.wrong("graph_for_grad", {"retain_graph": said})
for value in (6.0, 9.0, 12.0, 1.0):
    three_names.wrong("z_by_y", {"retain_grad": value})
for value in (12.0, 24.0):
    three_names.wrong("freed", {"again": value})
for wrong_slope in (4.0, 0.0, 12.0, None):
    three_names.wrong("no_graph", {"slope, retained": wrong_slope})
three_names.wrong("raises_created", {"slope, created": "raises"})
three_names.wrong("slope_again", {"slope, created": 12.0})
three_names.wrong("slope_again", {"slope, created": 2.0})
three_names.wrong("not_added", {"two passes": 4.0})
three_names.wrong("first_only", {"two passes": 12.0})
three_names.wrong("type", after='outcomes["plain"] = "None"')
three_names.wrong("type", after='outcomes["again"] = "error"')
three_names.wrong("type", after="outcomes.popitem()")

three_names.also_right(
    """
    outcomes = dict(zip(
        ["plain", "retain_grad", "retain_graph", "again", "slope, retained", "slope, created", "two passes"],
        [None, 2, None, "raises", "raises", 4, 16],
    ))
    """
)
three_names.also_right(
    """
    outcomes = dict.fromkeys(["slope, retained", "again"], "raises")
    outcomes.update({"plain": None, "retain_graph": None, "retain_grad": 2.0, "slope, created": 4.0})
    outcomes["two passes"] = 12.0 + 4.0
    """
)
three_names.also_right(
    """
    x = torch.tensor(3.0, requires_grad=True)
    y = x * x
    y.retain_grad()
    (2 * y).backward()
    outcomes = {
        "plain": None, "retain_grad": y.grad.item(), "retain_graph": None, "again": "raises",
        "slope, retained": "raises", "slope, created": 4.0, "two passes": x.grad.item() + 4,
    }
    """
)


# The derivatives of a function, as functions of Python numbers, by hand: they may use no engine.
Derivatives = tuple[Callable[[Any], Any], list[Callable[[float], float]]]


def with_derivatives(torch: Any) -> dict[str, Derivatives]:
    """Functions, and for each the values of its derivatives from the 0th on, worked out by hand."""
    import math

    return {
        "x ** 3": (
            lambda x: x**3,
            [lambda x: x**3, lambda x: 3 * x * x, lambda x: 6 * x, lambda x: 6, lambda x: 0, lambda x: 0],
        ),
        "5 * x + 1": (lambda x: 5 * x + 1, [lambda x: 5 * x + 1, lambda x: 5, lambda x: 0, lambda x: 0]),
        "exp(2 * x)": (
            lambda x: torch.exp(2 * x),
            [lambda x, k=k: 2**k * math.exp(2 * x) for k in range(6)],  # type: ignore[misc]
        ),
        "sin(x)": (torch.sin, [math.sin, math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x), math.sin]),
        "x * x * x * x": (
            lambda x: x * x * x * x,
            [lambda x: x**4, lambda x: 4 * x**3, lambda x: 12 * x**2, lambda x: 24 * x, lambda x: 24, lambda x: 0],
        ),
        "1 / x": (lambda x: 1 / x, [lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 2 / x**3, lambda x: -6 / x**4]),
    }


@lesson.exercise(
    2,
    right="A recorded pass gives an ordinary tensor, so nothing stops you from asking again.",
    hints={
        "one_more": "That is the next derivative: one pass too many.",
        "one_less": "That is the derivative before: one pass too few.",
        "first": "That is the first derivative, whatever n is.",
        "added": "The derivatives have been added up. Which of the two ways to get a gradient adds?",
        "squared": "That is a power or a product of slopes. What is differentiated in the second turn?",
        "unrecorded": "A slope has no graph: its pass was not recorded.",
        "stuck": "Was the pass recorded that made it? If so, does it still depend on x?",
        "unasked": "Once a derivative no longer depends on x, the engine can't go on. What are all that follow?",
        "constant": "It no longer depends on x here. What is to come out then?",
        "nudged": "f was never differentiated by the engine: no backward pass went through what it returned.",
    },
)
def as_often_as_you_like(nth_derivative: Function, torch: Any) -> None:
    functions = with_derivatives(torch)
    cases = [
        ("x ** 3", 2.0, 1), ("x ** 3", 2.0, 2), ("exp(2 * x)", 0.5, 3), ("x ** 3", -1.5, 3), ("x ** 3", 2.0, 0),
        ("exp(2 * x)", 0.5, 0),
        ("sin(x)", 0.5, 4), ("x * x * x * x", 1.5, 2), ("x ** 3", 2.0, 5), ("5 * x + 1", 3.0, 1),
        ("5 * x + 1", 3.0, 2), ("5 * x + 1", 3.0, 3), ("1 / x", -2.0, 3), ("x * x * x * x", 0.0, 4),
        ("x * x * x * x", 2.0, 5), ("exp(2 * x)", 0.0, 5), ("sin(x)", -2.0, 2), ("x ** 3", 0.0, 2),
    ]  # fmt: skip
    for told, at, n in cases:
        f, derivatives = functions[told]
        want = float(derivatives[n](at))
        asked: list[Any] = []

        def noting(x: Any, f: Callable[[Any], Any] = f, asked: list[Any] = asked) -> Any:
            asked.append(x)
            return f(x)

        with case(f"nth_derivative(f, {at}, {n}), f(x) = {told}"):
            got = call(nth_derivative, noting, at, n, raises={NO_GRAPH: "stuck"})
            expect(got, want, scale=max(1.0, abs(want)), relative=1e-4)
            if n and not any(getattr(x, "requires_grad", False) for x in asked):
                reject("nudged", what="what f was given", came_out="nothing that requires grad")


as_often_as_you_like.wrong("one_more", replace=("range(n)", "range(n + 1)"))
as_often_as_you_like.wrong("one_less", replace=("range(n)", "range(n - 1)"))
as_often_as_you_like.wrong("first", replace=("range(n)", "range(min(n, 1))"))
as_often_as_you_like.wrong(
    "added",
    """
    x = torch.tensor(x, requires_grad=True)
    y = f(x)
    for _ in range(n):
        if not y.requires_grad:
            break
        y.backward(create_graph=True)
        y = x.grad
    return y.item()
    """,
)
as_often_as_you_like.wrong(
    "squared",
    """
    x = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(f(x), x) if n else (f(x),)
    return slope.item() ** max(n, 1)
    """,
)
as_often_as_you_like.wrong("unrecorded", replace=(", create_graph=True", ""))
as_often_as_you_like.wrong("unrecorded", replace=("create_graph=True", "retain_graph=True"))
as_often_as_you_like.wrong(
    "raised",
    replace=(
        "x = torch.tensor(x, requires_grad=True)",
        "if n == 0:\n    return float(f(x))\nx = torch.tensor(x, requires_grad=True)",
    ),
)
as_often_as_you_like.wrong("unasked", replace=("    if not y.requires_grad:\n        return 0.0\n", ""))
as_often_as_you_like.wrong("stuck", replace=("create_graph=True", "create_graph=y is not None and n > 2"))
as_often_as_you_like.wrong("constant", replace=("return 0.0", "return y.item()"))
as_often_as_you_like.wrong("type", replace=("return y.item()", "return y"))
as_often_as_you_like.wrong("none", replace=("return y.item()", "print(y.item())"))
as_often_as_you_like.wrong(
    "nudged",
    """
    import math
    h = 1e-2
    x = torch.tensor(x, dtype=torch.float64)
    return float(sum((-1) ** k * math.comb(n, k) * f(x + (n / 2 - k) * h) for k in range(n + 1)) / h**n)
    """,
)

as_often_as_you_like.also_right(
    """
    x = torch.tensor(x, requires_grad=True)
    y = f(x)
    while n > 0 and y.requires_grad:
        y = torch.autograd.grad(y, x, create_graph=n > 1)[0]
        n -= 1
    return y.item() if n == 0 else 0
    """
)
as_often_as_you_like.also_right(
    """
    def derivative(g):
        def slope(t):
            y = g(t)
            return torch.autograd.grad(y, t, create_graph=True)[0] if y.requires_grad else torch.zeros(())
        return slope
    for _ in range(n):
        f = derivative(f)
    return float(f(torch.tensor(x, requires_grad=True)).detach())
    """
)
as_often_as_you_like.also_right(
    """
    x = torch.tensor(x, dtype=torch.float64).requires_grad_()
    y = f(x) + 0 * x
    for _ in range(n):
        x.grad = None
        y.backward(create_graph=True)
        y = x.grad + 0 * x
    x.grad = None
    return y.tolist()
    """
)


def losses(torch: Any) -> dict[str, Callable[[Any], Any]]:
    """The losses of exercise 13.3, by what is told of them. The Hessian of each depends on all entries."""
    return {
        "(x ** 3).sum()": lambda x: (x**3).sum(),
        "x.sum() ** 3": lambda x: x.sum() ** 3,
        "(x * x).sum() ** 2": lambda x: (x * x).sum() ** 2,
        "torch.exp(x).sum() * x.sum()": lambda x: torch.exp(x).sum() * x.sum(),
    }


@lesson.exercise(
    3,
    right="Two passes, for two numbers or for two million.",
    hints={
        "unweighted": "The Hessian was multiplied by ones. v has to go in before the second pass.",
        "diagonal": "Only the diagonal of the Hessian was used. What about the other entries?",
        "first_order": "That is made of the gradient, not of how it changes.",
        "cubed": "v was used more than once: it should be multiplied in one time.",
        "unrecorded": "The gradient has no graph: its pass was not recorded.",
        "kept": "The product requires grad: a graph is kept behind it.",
        "built": "Too many passes: the Hessian, or a row of it for each entry, was computed.",
        "nudged": "The gradient was nudged, not differentiated: it is off in the digits.",
    },
)
def hessian_times_vector(times_hessian: Function, torch: Any) -> None:
    functions = losses(torch)
    cases: list[tuple[str, Any, Any]] = [
        ("(x ** 3).sum()", [1.0, 2.0], [1.0, -1.0]),
        ("x.sum() ** 3", [1.0, 2.0], [1.0, 3.0]),
        ("(x * x).sum() ** 2", [1.0, -2.0, 0.5], [0.0, 1.0, 2.0]),
        ("(x * x).sum() ** 2", [[1.0, 0.5, 2.0], [0.0, -1.0, 1.0]], [[1.0, 0.0, 2.0], [-1.0, 0.5, 0.0]]),
        ("torch.exp(x).sum() * x.sum()", [0.5, -1.0], [2.0, 0.25]),
        ("x.sum() ** 3", [0.1] * 30, [1.0] * 29 + [-5.0]),
        ("(x * x).sum() ** 2", [2.0], [-3.0]),
    ]
    for told, at, direction in cases:
        x, v = torch.tensor(at, requires_grad=True), torch.tensor(direction)
        x.grad = torch.ones_like(x)
        loss = functions[told]
        tried = f"loss(x) = {told}, x = {show(at, 40)}, v = {show(direction, 40)}"
        with case(tried):
            with counted(torch.autograd, "grad") as grads, counted(torch.Tensor, "backward") as backwards:
                got = call(times_hessian, loss, x, v, raises={NO_GRAPH: "unrecorded"})
            passes = [*grads, *backwards]
            own = torch.tensor(at, requires_grad=True)
            (g,) = torch.autograd.grad(loss(own), own, create_graph=True)
            (want,) = torch.autograd.grad(g, own, v)
            size = max(1.0, float(want.abs().max().item()))
            expect(got, want, scale=size)
            if got.requires_grad:
                reject("kept", what="its requires_grad", came_out="True", expected="False")
            # Two calls of the answer, of which each may make three passes.
            whole = [name for name in ("hessian", "jacobian") if used(times_hessian, name)]
            if whole or len(passes) > 6:
                came_out = f"{whole[0]}()" if whole else f"{len(passes) // 2} passes for {len(at)} entries"
                reject("built", what="what was computed", came_out=came_out, expected="2 or 3 passes")


hessian_times_vector.wrong("unweighted", replace=("gradient, x, v", "gradient.sum(), x"))
hessian_times_vector.wrong("unweighted", replace=("gradient, x, v", "gradient, x, torch.ones_like(x)"))
hessian_times_vector.wrong(
    "unweighted",
    """
    (gradient,) = torch.autograd.grad(loss(x), x, create_graph=True)
    return torch.autograd.grad(gradient.sum(), x)[0] * v
    """,
)
hessian_times_vector.wrong("first_order", "return torch.autograd.grad(loss(x), x)[0] * v")
hessian_times_vector.wrong("first_order", "return torch.autograd.grad(loss(x), x)[0]")
hessian_times_vector.wrong("cubed", replace=("gradient, x, v", "(gradient * v * v).sum(), x"))
hessian_times_vector.wrong("unrecorded", replace=(", create_graph=True", ""))
hessian_times_vector.wrong("unrecorded", replace=("create_graph=True", "retain_graph=True"))
hessian_times_vector.wrong("kept", replace=("gradient, x, v", "gradient, x, v, create_graph=True"))
hessian_times_vector.wrong(
    "built",
    """
    (gradient,) = torch.autograd.grad(loss(x), x, create_graph=True)
    rows = [torch.autograd.grad(e, x, retain_graph=True)[0] for e in gradient.reshape(-1)]
    return sum(row * w for row, w in zip(rows, v.reshape(-1))).detach()
    """,
)
hessian_times_vector.wrong(
    "built",
    """
    H = torch.autograd.functional.hessian(loss, x)
    return (H.reshape(x.numel(), -1) @ v.reshape(-1)).reshape(x.shape)
    """,
)
hessian_times_vector.wrong(
    "changed",
    """
    x.grad = None
    (gradient,) = torch.autograd.grad(loss(x), x, create_graph=True)
    gradient.backward(v)
    return x.grad.detach().clone()
    """,
)
hessian_times_vector.wrong("raised", replace=("gradient, x, v", "gradient @ v, x"))
hessian_times_vector.wrong(
    "nudged",
    """
    up, down = ((x + h * v).detach().requires_grad_() for h in (0.01, -0.01))
    (one,), (other,) = torch.autograd.grad(loss(up), up), torch.autograd.grad(loss(down), down)
    return (one - other) / 0.02
    """,
)
hessian_times_vector.wrong("type", replace=("(product,) =", "product ="))
hessian_times_vector.wrong("none", replace=("return product", "print(product)"))
hessian_times_vector.wrong(
    "diagonal",
    """
    (gradient,) = torch.autograd.grad(loss(x), x, create_graph=True)
    entries = []
    for i, e in enumerate(gradient.reshape(-1)):
        entries.append(torch.autograd.grad(e, x, retain_graph=True)[0].reshape(-1)[i])
    return torch.stack(entries).reshape(x.shape) * v
    """,
)

hessian_times_vector.also_right(
    """
    (g,) = torch.autograd.grad(loss(x), x, create_graph=True)
    return torch.autograd.grad((g * v).sum(), x)[0]
    """
)
hessian_times_vector.also_right("return torch.autograd.functional.hvp(loss, x, v)[1]")
hessian_times_vector.also_right("return torch.autograd.functional.vhp(loss, x, v)[1]")
hessian_times_vector.also_right(
    """
    leaf = x.detach().clone().requires_grad_()
    loss(leaf).backward(create_graph=True)
    g, leaf.grad = leaf.grad, None
    g.backward(v)
    return leaf.grad
    """
)


@lesson.exercise(
    4,
    right="One word: the penalty now has a graph, so the training can see it.",
    hints={
        "deaf": "The number is right, but the training doesn't see the penalty: no path leads back through the slope.",
        "half_deaf": "Part of the penalty has no path to the weights.",
        "weights": "That punishes something else: the penalty is on the gradient with respect to the input.",
        "kind": "The penalty should be the mean of the squared slopes, as in the faulty one.",
        "strength": "Where does strength go in?",
        "used_up": "A graph was freed that the training still needs.",
        "filled": "The weights have something in .grad now, and the training would add to it.",
    },
)
def find_the_fault(smoothing: Function, torch: Any) -> None:
    def right(w: Any, u: Any, x: Any, y: Any, strength: float, network: Callable[..., Any]) -> Any:
        x = x.detach().requires_grad_()
        output = network(w, u, x)
        (slope,) = torch.autograd.grad(output.sum(), x, create_graph=True)
        return ((output - y) ** 2).mean() + strength * (slope**2).mean()

    networks: dict[str, Callable[[Any, Any, Any], Any]] = {
        "w * x + u": lambda w, u, x: w * x + u,
        "u * tanh(w * x)": lambda w, u, x: u * torch.tanh(w * x),
        "w * x * x + u * x": lambda w, u, x: w * x * x + u * x,
    }
    cases = [
        ("w * x + u", [1.0, 2.0, 3.0], [2.0, 1.0, 0.0], 0.5),
        ("u * tanh(w * x)", [0.5, -1.0], [1.0, 1.0], 2.0),
        ("w * x * x + u * x", [1.0, 0.0, -2.0, 1.5], [0.0, 1.0, 2.0, 3.0], 0.1),
        ("u * tanh(w * x)", [[0.3], [1.2], [-0.4]], [[1.0], [0.0], [2.0]], 10.0),
        ("w * x + u", [4.0], [1.0], 0.0),
    ]
    for told, points, wanted, strength in cases:
        w, u = (torch.tensor(value, requires_grad=True) for value in (1.5, -0.7))
        x, y = torch.tensor(points), torch.tensor(wanted)
        network = networks[told]
        with case(f"smoothing(network, x, y, {strength}), network(x) = {told}, x = {points}, y = {wanted}"):
            got = call(smoothing, lambda t, n=network, w=w, u=u: n(w, u, t), x, y, strength, raises={TWICE: "used_up"})
            inputs = {"w": w, "u": u}

            def reference(w: Any, u: Any, x: Any = x, y: Any = y, s: float = strength, n: Any = network) -> Any:
                return right(w, u, x, y, s, n)

            expect(got, reference(w, u).detach(), scale=10.0)
            expect_gradients(got, reference, inputs, scale=10.0)
            for name, weight in inputs.items():
                if weight.grad is not None:
                    reject("filled", what=f"{name}.grad after the call", came_out=show(weight.grad), expected="None")


find_the_fault.wrong("deaf", "return penalised(network, x, y, strength)")
find_the_fault.wrong("deaf", replace=("create_graph=True", "retain_graph=True"))
find_the_fault.wrong("deaf", replace=("(slope**2)", "(slope.detach()**2)"))
find_the_fault.wrong(
    "deaf",
    """
    x = x.detach().requires_grad_()
    output = network(x)
    error = ((output - y) ** 2).mean()
    (slope,) = torch.autograd.grad(output.sum(), x, retain_graph=True)
    return error + strength * (slope.requires_grad_()**2).mean()
    """,
)
find_the_fault.wrong("half_deaf", replace=("(slope**2)", "(slope*slope.detach())"))
find_the_fault.wrong("kind", replace=("(slope**2).mean()", "(slope**2).sum()"))
find_the_fault.wrong("kind", replace=("(slope**2)", "slope.abs()"))
find_the_fault.wrong("kind", replace=("(slope**2).mean()", "slope.mean()**2"))
find_the_fault.wrong("kind", replace=("output.sum()", "output.mean()"))
find_the_fault.wrong("strength", replace=("strength * ", ""))
find_the_fault.wrong("strength", replace=("error + strength * ", "strength * error + "))
find_the_fault.wrong("weights", replace=("error + strength * (slope**2)", "error + strength * (output**2)"))
find_the_fault.wrong("used_up", replace=(", create_graph=True", ""))
find_the_fault.wrong("used_up", replace=("create_graph=True", "create_graph=True, retain_graph=False"))
find_the_fault.wrong(
    "filled",
    replace=(
        "(slope,) = torch.autograd.grad(output.sum(), x, create_graph=True)",
        "output.sum().backward(create_graph=True)\nslope = x.grad",
    ),
)
find_the_fault.wrong("changed", replace=("x = x.detach().requires_grad_()", "x.requires_grad_()"))
find_the_fault.wrong("none", replace=("return error", "error"))

find_the_fault.also_right(
    """
    inputs = x.clone().requires_grad_(True)
    out = network(inputs)
    slope = torch.autograd.grad(out, [inputs], torch.ones_like(out), create_graph=True, retain_graph=True)[0]
    return torch.mean((out - y) ** 2) + strength * torch.mean(slope * slope)
    """
)
find_the_fault.also_right(
    """
    x = x.detach().requires_grad_()
    output = network(x)
    output.sum().backward(create_graph=True, inputs=[x])
    return ((output - y) ** 2).mean() + (strength * x.grad**2).mean()
    """
)
find_the_fault.also_right(
    """
    copy = x.detach().clone()
    copy.requires_grad = True
    (slope,) = torch.autograd.grad(network(copy).sum(), copy, create_graph=True)
    penalty = strength * slope.pow(2).mean()
    return (network(x) - y).pow(2).mean() + penalty
    """
)

find_the_fault.equivalent(
    "swapped: error = ((output - y) ** 2).mean() | slope, = torch.autograd.grad(output.sum(), x, create_graph=True)",
    because="the two lines don't need each other",
)


def race_values(f: Callable[[Any], Any], x: float, lr: float, steps: int, torch: Any) -> dict[str, list[float]]:
    """What f is worth on the two walks of exercise 13.5."""
    found = {}
    for name in ("descent", "Newton"):
        at = torch.tensor(x, requires_grad=True)
        values = [f(at).item()]
        for _ in range(steps):
            (slope,) = torch.autograd.grad(f(at), at, create_graph=True)
            (bend,) = torch.autograd.grad(slope, at)
            with torch.no_grad():
                at -= slope / bend if name == "Newton" else lr * slope
            values.append(f(at).item())
        found[name] = values
    return found


@lesson.exercise(
    5,
    right="On a parabola Newton needs one step. Elsewhere it needs a few, and doubles the right digits in each.",
    hints={
        "axes": "It should return the axes: the second of the two things that plt.subplots() makes.",
        "lines": "There should be two lines, joined from point to point, that can be seen.",
        "turned": "Values and steps have changed places. The steps go to the right.",
        "from_one": "The first value is that before any step. At which number of steps does it stand?",
        "names": "The lines should be named descent and Newton, exactly so. plot() takes a name as label.",
        "legend": "The legend should show both names. axes.legend() makes one of the labels.",
        "words": "Does each label have its word: step, value?",
        "scale": "Both scales should be plain, as they are unless one is set.",
        "sight": "All of each line should be in sight, with numbers that grow to the right and upwards.",
        "figure": "The picture should have a figure of its own, whatever is open already. What opens one?",
        "places": "The lines show where the walkers are. What is to be drawn is f there.",
        "went_on": "It looks as if Newton set out where descent had arrived.",
        "uphill": "It looks as if a step was added where it is to be subtracted.",
        "product": "The derivative is divided by the second derivative, and lr has no part in Newton's step.",
    },
)
def a_race(race: Function, torch: Any) -> None:
    import matplotlib.pyplot as plt

    functions: dict[str, Callable[[Any], Any]] = {
        "exp(x) - 2 * x": lambda x: torch.exp(x) - 2 * x,
        "3 * x ** 2 + 1": lambda x: 3 * x**2 + 1,
        "x ** 4 + x ** 2": lambda x: x**4 + x**2,
        "x ** 4 - 2 * x ** 2": lambda x: x**4 - 2 * x**2,
    }
    plt.figure()  # stays as it is, if the answer opens one of its own; the check closes it
    cases = [
        ("exp(x) - 2 * x", 2.0, 0.2, 5),
        ("3 * x ** 2 + 1", 2.0, 0.1, 4),
        ("x ** 4 + x ** 2", -1.0, 0.05, 7),
        ("3 * x ** 2 + 1", -1.5, 0.3, 1),
        ("x ** 4 - 2 * x ** 2", 0.25, 0.1, 3),  # bent the other way: Newton goes uphill
    ]
    for told, x, lr, steps in cases:
        f = functions[told]
        with case(f"race(f, {x}, {lr}, {steps}), f(x) = {told}"):
            raises = {NO_GRAPH: "value"}
            axes = call(race, f, x, lr, steps, pictures=1, twice=steps == 1, raises=raises)
            values = race_values(f, x, lr, steps, torch)
            expect_picture(axes, values, words=("step", "value"), scale=5.0, relative=1e-4)


RACE = """
figure, axes = plt.subplots()
for name in ("descent", "Newton"):
    at = torch.tensor(x, requires_grad=True)
    values = [f(at).item()]
    for _ in range(steps):
        (slope,) = torch.autograd.grad(f(at), at, create_graph=True)
        (bend,) = torch.autograd.grad(slope, at)
        with torch.no_grad():
            at -= slope / bend if name == "Newton" else lr * slope
        values.append(f(at).item())
    axes.plot(values, label=name)
axes.set(xlabel="steps", ylabel="value of f")
axes.legend()
return axes
"""
race_but = partial(said_otherwise, RACE)

a_race.wrong("axes", race_but("return axes", "return figure"))
a_race.wrong("figure", race_but("figure, axes = plt.subplots()", "axes = plt.gca()"))
a_race.wrong("value", race_but("slope / bend", "slope / bend.abs()"))
a_race.wrong("none", race_but("return axes", "plt.show()"))
a_race.wrong("lines", race_but("    axes.plot(values, label=name)", "axes.plot(values, label=name)"))
a_race.wrong("lines", race_but("plot(values,", 'plot(values, "o",'))
a_race.wrong("turned", race_but("plot(values,", "plot(values, range(steps + 1),"))
a_race.wrong("from_one", race_but("plot(values,", "plot(range(1, steps + 2), values,"))
a_race.wrong("names", race_but('"Newton")', '"newton")', 'name == "Newton"', 'name == "newton"'))
a_race.wrong("names", race_but(", label=name", ""))
a_race.wrong("legend", race_but("axes.legend()\n", ""))
a_race.wrong("words", race_but('xlabel="steps", ', ""))
a_race.wrong("words", race_but("value of f", "f"))
a_race.wrong("scale", race_but("axes.legend()", 'axes.legend()\naxes.set_yscale("log")'))
a_race.wrong("sight", race_but("axes.legend()", "axes.legend()\naxes.invert_yaxis()"))
a_race.wrong("names", race_but('name == "Newton"', 'name == "descent"'))
a_race.wrong("places", race_but("f(at).item()", "at.item()"))
a_race.wrong(
    "went_on",
    race_but(
        "    at = torch.tensor(x, requires_grad=True)\n",
        "",
        "for name",
        "at = torch.tensor(x, requires_grad=True)\nfor name",
    ),
)
a_race.wrong("uphill", race_but("at -=", "at +="))
a_race.wrong("product", race_but("slope / bend", "lr * slope / bend"))
a_race.wrong("product", race_but("slope / bend", "slope * bend"))
a_race.wrong("value", race_but("create_graph=True", "retain_graph=True"))
a_race.wrong("left", race_but("figure, axes", "plt.figure()\nfigure, axes"))

a_race.also_right(race_but("return axes", "plt.show()\nreturn axes"))
a_race.also_right(
    """
    def walk(step_of):
        place, values = x, []
        for step in range(steps + 1):
            t = torch.tensor(place, dtype=torch.float64, requires_grad=True)
            y = f(t)
            values.append(float(y.detach()))
            (d1,) = torch.autograd.grad(y, t, create_graph=True)
            (d2,) = torch.autograd.grad(d1, t)
            place = place - step_of(d1.item(), d2.item())
        return values

    plt.figure()
    plt.plot(walk(lambda d1, d2: lr * d1), label="descent")
    plt.plot(walk(lambda d1, d2: d1 / d2), "--", label="Newton")
    plt.xlabel("number of steps")
    plt.ylabel("Value")
    plt.legend()
    return plt.gca()
    """
)
a_race.also_right(
    """
    figure, axes = plt.subplots(figsize=(4, 3))
    spots = [torch.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)]
    history = [[f(s).item()] for s in spots]
    optimizer = torch.optim.SGD([spots[0]], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        f(spots[0]).backward()
        optimizer.step()
        s = torch.autograd.grad(f(spots[1]), spots[1], create_graph=True)[0]
        b = torch.autograd.grad(s, spots[1])[0]
        spots[1] = (spots[1] - s / b).detach().requires_grad_()
        for values, spot in zip(history, spots):
            values.append(f(spot).item())
    lines = [axes.plot(range(steps + 1), values)[0] for values in history]
    axes.legend(lines, ["descent", "Newton"])
    axes.set_xlabel("steps")
    axes.set_ylabel("value")
    return axes
    """
)

LABELS = "axes.set(xlabel='steps', ylabel='value of f')"
for word, longer in (("steps", "stepsx"), ("value of f", "value of fx")):
    a_race.equivalent(f"{LABELS} → {LABELS.replace(word, longer)}", because="the label still has its word")
WALKS = (
    "for name in ('descent', 'Newton'): | at = torch.tensor(x, requires_grad=True) | values = [f(at).item()] | "
    "for _ in range(steps): | slope, = torch.autograd.grad(f(at), at, create_graph=True) | "
    "bend, = torch.autograd.grad(slope, at) | with torch.no_grad(): | "
    "at -= slope / bend if name == 'Newton' else lr * slope | values.append(f(at).item()) | "
    "axes.plot(values, label=name)"
)
for swapped in (f"{WALKS} | {LABELS}", f"{LABELS} | axes.legend()"):
    a_race.equivalent(f"swapped: {swapped}", because="labels can be set before or after what is drawn")


@lesson.exercise(
    6,
    right="The most curved direction decides for all. Two passes a turn found it, among as many as there are.",
    hints={
        "curvature": "That is the curvature itself. How does the largest rate follow from it?",
        "half": "That is the best rate for this direction, 1 / curvature. The limit is where a step lands as far away.",
        "mean": "That is made of another curvature: not that of the most curved direction.",
        "start": "It is right for other losses. What if the first vector has no part along the most curved direction?",
        "built": "The whole Hessian was computed. A product with one vector is enough.",
        "unrecorded": "The gradient has no graph: its pass was not recorded.",
        "freed": "A graph was used a second time. Which word keeps it?",
    },
)
def how_fast(largest_rate: Function, torch: Any) -> None:
    def quadratic(rows: list[list[float]]) -> Callable[[Any], Any]:
        H = torch.tensor(rows)
        return lambda x: 0.5 * (x @ (H @ x)) + x.sum()

    wide = [[1.0 + (i == 0) * 60.0 if i == j else 0.0 for j in range(40)] for i in range(40)]
    cases: list[tuple[str, Callable[[Any], Any], list[float], float]] = [
        ("H = [[2., 0.], [0., 1.]]", quadratic([[2.0, 0.0], [0.0, 1.0]]), [0.0, 0.0], 2.0),
        ("H = [[2., 3.], [3., 7.]]", quadratic([[2.0, 3.0], [3.0, 7.0]]), [1.0, -2.0], 8.405125),
        ("H = [[2., -1.], [-1., 2.]]", quadratic([[2.0, -1.0], [-1.0, 2.0]]), [3.0, 1.0], 3.0),
        ("H with 5, 6 and 0.5 on its diagonal", quadratic([[5.0, 0, 0], [0, 6.0, 0], [0, 0, 0.5]]), [1.0] * 3, 6.0),
        ("(x ** 4).sum() / 12 + (x * x).sum()", lambda x: (x**4).sum() / 12 + (x * x).sum(), [3.0, 1.0, 0.0], 11.0),
        ("H of size 40, with 61 and 39 ones", quadratic(wide), [0.0] * 40, 61.0),
        ("H = [[1000., 0.], [0., 800.]]", quadratic([[1000.0, 0.0], [0.0, 800.0]]), [0.0, 0.0], 1000.0),
        ("H = [[3e-06, 0.], [0., 1e-06]]", quadratic([[3e-6, 0.0], [0.0, 1e-6]]), [0.0, 1.0], 3e-6),
    ]  # fmt: skip
    for told, loss, at, curvature in cases:
        x = torch.tensor(at, requires_grad=True)
        x.grad = torch.ones_like(x)
        with case(f"largest_rate(loss, x), {told}, x = {show(at, 40)}"):
            raises = {NO_GRAPH: "unrecorded", TWICE: "freed"}
            with counted(torch.autograd.functional, "hessian") as hessians:
                got = call(largest_rate, loss, x, raises=raises, twice=len(at) == 3)
            expect(got, 2 / curvature, relative=0.01, scale=2 / curvature)
            if hessians:
                reject("built", what="what was computed", came_out="hessian()", expected="products with vectors")


how_fast.wrong("curvature", replace=("2 / curvature", "curvature"))
how_fast.wrong("half", replace=("2 / curvature", "1 / curvature"))
how_fast.wrong("value", replace=("randn(len(x))", "arange(1.0, len(x) + 1)", "range(60)", "range(1)"))
how_fast.wrong("start", replace=("torch.randn(len(x))", "torch.ones(len(x))"))
how_fast.wrong("value", replace=("randn(len(x))", "arange(1.0, len(x) + 1)", "v.norm()", "v.abs().max()"))
how_fast.wrong("unrecorded", replace=("create_graph=True", "retain_graph=True"))
how_fast.wrong("freed", replace=(", retain_graph=True", ""))
how_fast.wrong("type", replace=("return 2 / curvature", "return torch.tensor(2 / curvature)"))
how_fast.wrong("none", replace=("return 2 / curvature", "print(2 / curvature)"))
how_fast.wrong(
    "mean",
    """
    (gradient,) = torch.autograd.grad(loss(x), x, create_graph=True)
    diagonal = [torch.autograd.grad(e, x, retain_graph=True)[0][i].item() for i, e in enumerate(gradient)]
    return 2 / max(diagonal)
    """,
)
how_fast.wrong(
    "mean",
    """
    (gradient,) = torch.autograd.grad(loss(x), x, create_graph=True)
    diagonal = [torch.autograd.grad(e, x, retain_graph=True)[0][i].item() for i, e in enumerate(gradient)]
    return 2 / sum(diagonal)
    """,
)
how_fast.wrong(
    "built",
    """
    H = torch.autograd.functional.hessian(loss, x)
    v = torch.randn(len(x))
    for _ in range(60):
        v = H @ (v / v.norm())
    return 2 / v.norm().item()
    """,
)
how_fast.wrong(
    "changed",
    """
    x.grad = None
    loss(x).backward(create_graph=True)
    gradient = x.grad
    v = torch.randn(len(x))
    for _ in range(60):
        v = torch.autograd.grad(gradient, x, v / v.norm(), retain_graph=True)[0]
    return 2 / v.norm().item()
    """,
)

how_fast.also_right(
    """
    v = torch.rand(len(x)) - 0.5
    for _ in range(100):
        v = torch.autograd.functional.hvp(loss, x, v)[1]
        size = v.norm()
        v = v / size
    return (2 / size).item()
    """
)
how_fast.also_right(
    """
    leaf = x.detach().requires_grad_()
    v = torch.randn_like(leaf)
    for turn in range(80):
        (g,) = torch.autograd.grad(loss(leaf), leaf, create_graph=True)
        (Hv,) = torch.autograd.grad((g * v).sum(), leaf)
        curvature = float(v @ Hv) / float(v @ v)
        v = Hv / Hv.abs().max()
    return 2 / curvature
    """
)
how_fast.also_right(
    """
    best = 0.0
    (g,) = torch.autograd.grad(loss(x), x, create_graph=True)
    for start in torch.eye(len(x)):
        v = start
        for _ in range(40):
            (Hv,) = torch.autograd.grad(g, x, v, retain_graph=True)
            v = Hv / Hv.norm()
            best = max(best, Hv.norm().item())
    return 2 / best
    """
)
how_fast.equivalent(
    "swapped: gradient, = torch.autograd.grad(loss(x), x, create_graph=True) | v = torch.randn(len(x))",
    because="the two lines don't need each other",
)
how_fast.equivalent("for _ in range(60): → for _ in range(61):", because="one turn more does no harm")
