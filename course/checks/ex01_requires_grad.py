"""Exercises of lesson 01: which tensors require grad, which are leaves, what may require a gradient."""

from typing import Any

from course.comparing import show
from course.exercise import Function, Lesson, Tensor
from course.graphs import leaves_behind
from course.judging import call, case, expect, expect_gradients, expect_predictions, reject

lesson = Lesson(1, "requires_grad")


@lesson.exercise(
    1,
    right="Recording begins where someone asks for a gradient. It spreads forward into results, never back.",
    hints={
        "swapped": "Every pair is the wrong way round: first requires_grad, then is_leaf.",
        "arithmetic": "It came out of an operation, yes. But is an operation recorded when no input requires grad?",
        "backwards": "b was asked to require grad after this tensor was made. Does that reach what is already there?",
        "result": "Its operation was recorded. Can a tensor that a recorded operation made be a leaf?",
        "zero": "Recording does not look at the numbers. What decides whether an operation is recorded?",
        "asked": "It was asked to require grad. Has a recorded operation made it, too?",
        "half": "Must all inputs of an operation require grad for it to be recorded, or is one enough?",
        "late": "The question is about the end, when every line has run. What had happened to b by then?",
    },
)
def who_requires_grad(pairs: dict, torch: Any) -> None:
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    b = torch.tensor([3.0, 4.0])
    c = b * 10
    d = a * b
    e = a - a
    b.requires_grad_()
    f = b * 10
    tensors = {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f}
    expect_predictions(pairs, {name: (t.requires_grad, t.is_leaf) for name, t in tensors.items()})


who_requires_grad.wrong(
    "swapped",
    {"c": (True, False), "d": (False, True), "e": (False, True), "f": (False, True)},
)
who_requires_grad.wrong("arithmetic", {"c": (False, False)})
who_requires_grad.wrong("backwards", {"c": (True, False)})
who_requires_grad.wrong("backwards", {"c": (True, True)})
who_requires_grad.wrong("result", {"d": (True, True)})
who_requires_grad.wrong("result", {"e": (True, True)})
who_requires_grad.wrong("result", {"f": (True, True)})
who_requires_grad.wrong("zero", {"e": (False, True)})
who_requires_grad.wrong("zero", {"e": (False, False)})
who_requires_grad.wrong("half", {"d": (False, True)})
who_requires_grad.wrong("half", {"d": (False, False)})
who_requires_grad.wrong("late", {"b": (False, True)})
who_requires_grad.wrong("late", {"f": (False, True)})
who_requires_grad.wrong("late", {"f": (False, False)})
who_requires_grad.wrong("asked", {"a": (True, False)})
who_requires_grad.wrong("asked", {"b": (True, False)})
who_requires_grad.wrong("value", {"a": (False, True)})
who_requires_grad.wrong("type", {"a": (1, 1)})
who_requires_grad.wrong("type", {"a": (True, "leaf")})
who_requires_grad.wrong("type", {"a": "(True, True)"})
who_requires_grad.wrong("type", after='del pairs["c"]')

who_requires_grad.also_right(after="pairs = {name: list(pair) for name, pair in pairs.items()}")
who_requires_grad.also_right(after="pairs = dict(reversed(pairs.items()))")
who_requires_grad.also_right(after="import numpy as np\npairs['a'] = np.bool_(True), np.bool_(True)")


@lesson.exercise(
    2,
    right="Whole numbers can't be nudged a little, so integer tensors can't require a gradient.",
    hints={
        "integers": "What is its dtype? A gradient says what a small nudge does. How small can a nudge be here?",
        "one_float": "All elements of a tensor have one dtype. Which one, if one of the numbers has a decimal point?",
        "division": "What dtype does an integer tensor have once it has been divided?",
        "comparison": "w requires grad, and w > 2? What does it hold, and what would a nudge do to that?",
        "taking_part": "Integers can't require grad themselves. May they meet a tensor that does, in an operation?",
        "result": "w * 2 was recorded, and the gradient of w passes through it. Can that be switched off afterwards?",
    },
)
def runs_or_raises(outcomes: dict, torch: Any) -> None:
    def outcome(line: str) -> str:
        try:
            eval(line, {"torch": torch, "w": torch.tensor([1.0, 2.0, 3.0], requires_grad=True)})
        except RuntimeError:
            return "raises"
        return "runs"

    lines = (
        "torch.tensor([1, 2.0, 3], requires_grad=True)",
        "(torch.arange(3) * 2).requires_grad_()",
        "(torch.arange(3) / 2).requires_grad_()",
        "(w > 2).requires_grad_()",
        "w * torch.arange(3)",
        "(w * 2).requires_grad_(False)",
    )
    expect_predictions(outcomes, {line: outcome(line) for line in lines}, words=("runs", "raises"))


runs_or_raises.wrong("integers", {"(torch.arange(3) * 2).requires_grad_()": "runs"})
runs_or_raises.wrong("one_float", {"torch.tensor([1, 2.0, 3], requires_grad=True)": "raises"})
runs_or_raises.wrong("division", {"(torch.arange(3) / 2).requires_grad_()": "raises"})
runs_or_raises.wrong("comparison", {"(w > 2).requires_grad_()": "runs"})
runs_or_raises.wrong("taking_part", {"w * torch.arange(3)": "raises"})
runs_or_raises.wrong("result", {"(w * 2).requires_grad_(False)": "runs"})
runs_or_raises.wrong("type", {"w * torch.arange(3)": "Runs"})
runs_or_raises.wrong("type", {"w * torch.arange(3)": "raise"})
runs_or_raises.wrong("type", {"w * torch.arange(3)": None})
runs_or_raises.wrong("type", after='outcomes = {line: said == "runs" for line, said in outcomes.items()}')

runs_or_raises.also_right(after="outcomes = dict(reversed(outcomes.items()))")
runs_or_raises.also_right(after="outcomes = {line: said.lower().strip() for line, said in outcomes.items()}")
runs_or_raises.also_right(
    after="""
    from enum import StrEnum
    Outcome = StrEnum("Outcome", ["runs", "raises"])
    outcomes = {line: Outcome(said) for line, said in outcomes.items()}
    """
)


@lesson.exercise(
    3,
    right="Two leaves that require grad, and data that stays data: requires_grad says which gradients you want.",
    hints={
        "data": "The sizes require grad, and nobody asked for a gradient with respect to them.",
        "other_leaf": "A leaf that requires grad is behind the prices, and it is neither `weight` nor `bias`.",
        "not_required": "It doesn't require grad, so no gradient will ever reach it. Who has to ask for one?",
        "not_leaf": "It requires grad, but an operation made it. Only leaves get their gradient in .grad.",
        "cut": "No recorded operation is behind the prices. What in the formula required grad when it was computed?",
        "missing": "The prices have the right values, but not all of what is to be trained was used to compute them.",
        "filled": "A backward pass has run already. Training would begin with what it left in .grad.",
    },
)
def data_and_weights(sizes: Tensor, weight: Tensor, bias: Tensor, prices: Tensor, torch: Any) -> None:
    measured = torch.tensor([2.0, 3.0, 5.0])
    with case("sizes"):
        expect(sizes, measured, dtype=False)
        if sizes.requires_grad:
            reject("data", what="its requires_grad", came_out="True", expected="False")
    for name, tensor, value in (("weight", weight, 1.5), ("bias", bias, -0.5)):
        with case(name):
            expect(tensor, torch.tensor(value), dtype=False)
            if not tensor.requires_grad:
                reject("not_required", what="its requires_grad", came_out="False", expected="True")
            if not tensor.is_leaf:
                reject("not_leaf", what="its is_leaf", came_out="False", expected="True")
            if tensor.grad is not None:
                reject("filled", what="its .grad", came_out=show(tensor.grad), expected="None")
    with case("prices"):
        expect(prices, torch.tensor([2.5, 4.0, 7.0]), dtype=False)
        if prices.grad_fn is None:
            reject("cut", what="their grad_fn", came_out="None", expected="a node")
        leaves = leaves_behind(prices)
        if not all(any(tensor is leaf for leaf in leaves) for tensor in (weight, bias)):
            reject("missing", what="the leaves behind them", came_out=show(leaves))
        for leaf in leaves:
            if leaf is not weight and leaf is not bias:
                are_sizes = leaf.numel() == 3 and leaf.flatten().tolist() == measured.tolist()
                reject("data" if are_sizes else "other_leaf", what="the leaves behind them", came_out=show(leaves))
        expect_gradients(prices, lambda w, b: w * measured + b, {"weight": weight, "bias": bias})


data_and_weights.wrong(
    "data",
    """
    sizes = torch.tensor([2.0, 3.0, 5.0], requires_grad=True)
    weight = torch.tensor(1.5, requires_grad=True)
    bias = torch.tensor(-0.5, requires_grad=True)
    prices = weight * sizes + bias
    """,
)
data_and_weights.wrong("data", replace=("* sizes", "* torch.tensor([2.0, 3.0, 5.0], requires_grad=True)"))
data_and_weights.wrong("other_leaf", replace=("* sizes", "* sizes * torch.tensor(1.0, requires_grad=True)"))
data_and_weights.wrong(
    "not_required", replace=("(1.5, requires_grad=True)", "(1.5)", "(-0.5, requires_grad=True)", "(-0.5)")
)
data_and_weights.wrong("not_required", replace=("(-0.5, requires_grad=True)", "(-0.5)"))
data_and_weights.wrong("not_required", replace=("(1.5, requires_grad=True)", "(1.5)"))
data_and_weights.wrong(
    "not_required",
    """
    weight = torch.tensor(1.5)
    bias = torch.tensor(-0.5)
    prices = (weight * sizes + bias).requires_grad_()
    """,
)
data_and_weights.wrong("not_leaf", replace=("(1.5, requires_grad=True)", "(3.0, requires_grad=True) / 2"))
data_and_weights.wrong("cut", after="prices = torch.tensor(prices.tolist())")
data_and_weights.wrong("cut", after="prices = torch.tensor(prices.tolist(), requires_grad=True)")
data_and_weights.wrong("cut", after="prices = 1.5 * sizes - 0.5")
data_and_weights.wrong("cut", replace=("prices = weight * sizes + bias", "prices = (weight * sizes + bias).detach()"))
data_and_weights.wrong("missing", after="prices = weight * sizes - 0.5")
data_and_weights.wrong("missing", after="prices = 1.5 * sizes + bias")
data_and_weights.wrong("filled", after="prices.sum().backward()")
data_and_weights.wrong("gradient", after="prices.sum().backward()\nweight.grad = bias.grad = None")
data_and_weights.wrong("gradient", after="prices = torch.tensor([2.5, 4.0, 7.0]) + 0 * weight + 0 * bias")
data_and_weights.wrong("gradient", after="prices = weight * sizes - 2 * bias * bias")
data_and_weights.wrong("gradient", replace=("weight * sizes", "(weight + 1.5) / 2 * sizes"))
data_and_weights.wrong("gradient", after="weight.register_hook(lambda g: g * 0)")
data_and_weights.wrong("type", after="weight = 1.5")
data_and_weights.wrong("type", after="weight = torch.tensor([1.5], requires_grad=True)")
data_and_weights.wrong("type", after="prices = prices.tolist()")
data_and_weights.wrong("value", after="prices = (weight + bias) * sizes")
data_and_weights.wrong("value", replace=("-0.5", "0.5"))

data_and_weights.also_right(replace=("weight * sizes + bias", "torch.add(sizes * weight, bias)"))
data_and_weights.also_right(replace=("weight * sizes + bias", "torch.stack([weight * size + bias for size in sizes])"))
data_and_weights.also_right(
    """
    weight, bias = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (1.5, -0.5))
    prices = bias + sizes * weight
    """
)
data_and_weights.also_right(
    """
    weight = torch.tensor(3.0)
    weight /= 2
    weight.requires_grad_()
    bias = torch.zeros(()).sub(0.5).requires_grad_()
    total = weight * sizes
    total += bias
    prices = total
    """
)
data_and_weights.equivalent(
    "swapped: weight = torch.tensor(1.5, requires_grad=True) | bias = torch.tensor(-0.5, requires_grad=True)",
    because="neither of the two lines needs the other",
)


@lesson.exercise(
    4,
    right="First compute the start, then ask for a gradient. Then the tensor that you keep is the leaf.",
    hints={
        "result": "The tensor returned was made by a recorded operation. It isn't a leaf, and its .grad stays None.",
        "not_required": "The tensor returned doesn't require grad: there would be nothing to train.",
        "in_place": "A leaf that requires grad may not be written to in place. Does it require grad too early?",
        "integers": "A tensor of whole numbers can't require grad. Which dtype must weights have, whatever comes in?",
        "unscaled": "The weights were not multiplied by the scale.",
        "filled": "A backward pass has run already. Training would begin with what it left in .grad.",
    },
)
def fix_the_start(fixed_start: Function, torch: Any) -> None:
    cases = [
        ([1.0, 2.0, 3.0], 0.1, [0.1, 0.2, 0.3]),
        ([1.0, -2.0], -2, [-2.0, 4.0]),
        ([1, 2], 2, [2.0, 4.0]),
        (3.0, 0.5, 1.5),
        ([1, 2], 0.25, [0.25, 0.5]),
        ([[0.5], [1.5]], 0, [[0.0], [0.0]]),
        ([[1.0, 2.5, -1.0], [0.0, 1e6, 3.0]], 1.5, [[1.5, 3.75, -1.5], [0.0, 1.5e6, 4.5]]),
        (7, 3, 21.0),
        ([[[1]], [[-4]]], 0.5, [[[0.5]], [[-2.0]]]),
        ([], 2.0, []),
    ]
    errors = {
        "only Tensors of floating point": "integers",  # requires_grad_()
        "Only Tensors of floating point": "integers",  # torch.tensor(…, requires_grad=True)
        "a leaf Variable that requires grad": "in_place",
    }
    for values, scale, numbers in cases:
        with case(f"fixed_start({values}, {scale})"):
            got = call(fixed_start, values, scale, raises=errors)
            expect(got, torch.tensor(numbers))
            if not got.requires_grad:
                reject("not_required", came_out=show(got))
            if not got.is_leaf:
                reject("result", came_out=show(got))
            if got.grad is not None:
                reject("filled", what="its .grad", came_out=show(got.grad), expected="None")


fix_the_start.wrong("result", "w = torch.tensor(values, requires_grad=True)\nreturn w * scale")
fix_the_start.wrong("result", "w = torch.tensor(values, requires_grad=True)\nw = w * scale\nreturn w.requires_grad_()")
fix_the_start.wrong("result", "w = torch.tensor(values, dtype=torch.float32, requires_grad=True)\nreturn w * scale")
fix_the_start.wrong("result", "w = torch.tensor(values).float().requires_grad_()\nreturn w.mul(scale)")
fix_the_start.wrong("not_required", replace=(".requires_grad_()", ""))
fix_the_start.wrong("in_place", "w = torch.tensor(values, requires_grad=True)\nw *= scale\nreturn w")
fix_the_start.wrong("integers", replace=(", dtype=torch.float32", ""))
fix_the_start.wrong("integers", "return torch.tensor([value * scale for value in values], requires_grad=True)")
fix_the_start.wrong("unscaled", replace=(" * scale", ""))
fix_the_start.wrong("filled", replace=("return w.requires_grad_()", "w.requires_grad_().sum().backward()\nreturn w"))
fix_the_start.wrong("raised", "return torch.tensor(values * scale, dtype=torch.float32, requires_grad=True)")
fix_the_start.wrong("raised", "return torch.stack([torch.tensor(values), torch.ones(7)]) * scale")
fix_the_start.wrong("raised", "return (torch.tensor(values, dtype=torch.float32) * scales).requires_grad_()")
fix_the_start.wrong("type", "return [value * scale for value in values]")
fix_the_start.wrong("type", replace=("float32", "float64"))
fix_the_start.wrong("type", replace=("(values,", "([values],"))
fix_the_start.wrong("none", replace=("return w", "w"))
fix_the_start.wrong("value", replace=("* scale", "* round(scale, 1)"))
fix_the_start.wrong("value", replace=("* scale", "+ scale"))
fix_the_start.wrong(
    "again",
    """
    kept = fixed_start.__dict__
    if str((values, scale)) not in kept:
        kept[str((values, scale))] = (torch.tensor(values, dtype=torch.float32) * scale).requires_grad_()
    return kept[str((values, scale))]
    """,
)
fix_the_start.wrong("left", replace=("return w", "torch.set_grad_enabled(False)\nreturn w"))
fix_the_start.wrong("left", replace=("w = torch", "torch.set_default_dtype(torch.float64)\nw = torch"))
fix_the_start.wrong(
    "changed",
    """
    if isinstance(values, list):
        values.append(values.pop() * 1)
        values[0] = values[0] * 1.5
    return (torch.tensor(values, dtype=torch.float32) * scale).requires_grad_()
    """,
)

fix_the_start.also_right(
    """
    w = torch.zeros_like(torch.tensor(values, dtype=torch.float32))
    w[...] = torch.tensor(values) * scale
    return w.requires_grad_()
    """
)
fix_the_start.also_right(
    """
    w = torch.tensor(values, dtype=torch.float32)
    w *= scale
    w.requires_grad = True
    return w
    """
)
fix_the_start.also_right(
    """
    w = torch.tensor(values, dtype=torch.float32, requires_grad=True)
    with torch.no_grad():
        w.mul_(scale)
    return w
    """
)
fix_the_start.also_right(
    "w = torch.tensor(values, dtype=torch.float32, requires_grad=True)\nreturn (w * scale).detach().requires_grad_()"
)
fix_the_start.also_right("return (scale * torch.tensor(values).float()).detach().requires_grad_(True)")
fix_the_start.also_right(
    """
    def times(value):
        return [times(item) for item in value] if isinstance(value, list) else float(value * scale)

    return torch.tensor(times(values), requires_grad=True)
    """
)


@lesson.exercise(
    5,
    right="Two questions sort every tensor: does it require grad, and did a recorded operation make it?",
    hints={
        "leaf_alone": "Tensors that don't require grad are leaves too. What does is_leaf alone leave open?",
        "leaf_missed": "No operation made it, but it requires grad. Will backward() put a gradient into its .grad?",
        "requires_alone": "It requires grad, and an operation made it. Does backward() put a gradient into its .grad?",
        "grad": "Before the first backward() every .grad is None, also that of a leaf that requires grad.",
        "swapped": '"leaf" and "result" are the wrong way round. Which of them did an operation make?',
    },
)
def sort_tensors(kind: Function, torch: Any) -> None:
    leaf = torch.tensor([1.0, -2.0], requires_grad=True)
    used = torch.tensor([3.0], requires_grad=True)
    (used * used).sum().backward()
    kept = leaf * 2
    kept.retain_grad()
    kept.sum().backward()
    leaf.grad = None
    with torch.no_grad():
        unrecorded, made = leaf * 2, torch.zeros(2, requires_grad=True)
    cases = [
        ("torch.tensor([1.0, -2.0], requires_grad=True)", leaf, "leaf"),
        ("torch.tensor([1.0, -2.0])", torch.tensor([1.0, -2.0]), "constant"),
        ("torch.arange(3)", torch.arange(3), "constant"),
        ("torch.tensor(0.0)", torch.tensor(0.0), "constant"),
        ("torch.tensor(0.0, requires_grad=True)", torch.tensor(0.0, requires_grad=True), "leaf"),
        ("p - p, p a leaf that requires grad", leaf - leaf, "result"),
        ("p.sum(), p a leaf that requires grad", leaf.sum(), "result"),
        ("torch.ones(2) + 1", torch.ones(2) + 1, "constant"),
        (
            "a leaf after requires_grad_(False)",
            torch.tensor([1.0], requires_grad=True).requires_grad_(False),
            "constant",
        ),
        (
            "(torch.tensor([1.0, 2.0]) * 3).requires_grad_()",
            (torch.tensor([1.0, 2.0]) * 3).requires_grad_(),
            "leaf",
        ),
        ("a leaf after backward()", used, "leaf"),
        ("p * 2 with a retained gradient, p a leaf that requires grad", kept, "result"),
        ("p * 2 made under no_grad, p a leaf that requires grad", unrecorded, "constant"),
        ("torch.zeros(2, requires_grad=True) made under no_grad", made, "leaf"),
        ("p.detach(), p a leaf that requires grad", leaf.detach(), "constant"),
        ("float64, requires_grad=True", torch.ones(1, 2, dtype=torch.float64, requires_grad=True), "leaf"),
        ("torch.tensor([True])", torch.tensor([True]), "constant"),
    ]
    for tensor, t, want in cases:
        with case(f"kind(t), t = {tensor}"):
            expect(call(kind, t), want)


sort_tensors.wrong("leaf_alone", 'return "leaf" if t.is_leaf else "result"')
sort_tensors.wrong(
    "leaf_alone",
    """
    if t.grad_fn is None:
        return "leaf"
    return "result" if t.requires_grad else "constant"
    """,
)
sort_tensors.wrong("leaf_missed", 'return "constant" if t.grad_fn is None else "result"')
sort_tensors.wrong("leaf_missed", 'return "constant" if t.is_leaf else "result"')
sort_tensors.wrong("requires_alone", 'return "leaf" if t.requires_grad else "constant"')
sort_tensors.wrong("grad", replace=("t.is_leaf", "t.grad is not None"))
sort_tensors.wrong("grad", 'return "constant" if t.grad is None else "leaf"')
sort_tensors.wrong("grad", replace=("not t.requires_grad", "not t.requires_grad or t.grad is not None"))
sort_tensors.wrong("swapped", replace=('"leaf" if t.is_leaf else "result"', '"result" if t.is_leaf else "leaf"'))
sort_tensors.wrong("value", replace=("not t.requires_grad", "not t.requires_grad or bool((t == 0).all())"))
sort_tensors.wrong("value", replace=("not t.requires_grad", "not t.requires_grad or t.dtype != torch.float32"))
sort_tensors.wrong("none", 'print("leaf" if t.is_leaf and t.requires_grad else "constant")')
sort_tensors.wrong("type", "return t.requires_grad and t.is_leaf")
sort_tensors.wrong("changed", 't.requires_grad_()\nreturn "leaf" if t.is_leaf else "result"')
sort_tensors.wrong(
    "changed",
    """
    if not t.requires_grad:
        return "constant"
    t.retain_grad()
    return "result" if t.retains_grad else "leaf"
    """,
)

sort_tensors.also_right('if t.is_leaf:\n    return "leaf" if t.requires_grad else "constant"\nreturn "result"')
sort_tensors.also_right(
    """
    if t.grad_fn is not None:
        return "result"
    return "leaf" if t.requires_grad else "constant"
    """
)
sort_tensors.also_right(
    'return {(True, True): "leaf", (True, False): "result"}.get((t.requires_grad, t.is_leaf), "constant")'
)
sort_tensors.also_right(
    """
    for name, wanted in (("constant", (False, True)), ("leaf", (True, True)), ("result", (True, False))):
        if (t.requires_grad, t.is_leaf) == wanted:
            return name
    """
)
