"""Questions on lesson 13."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Numbers, Question, Word, run

bank = Bank(13, "gradients of gradients")


@bank.question()
def second_derivative(random: Random, torch: Any) -> Question:
    a, power, at = random.choice([2, 3, 5]), random.choice([2, 3]), random.choice([1, 2, 3])
    code = f"""
        x = torch.tensor({at}.0, requires_grad=True)
        y = {a} * x**{power}
        (slope,) = torch.autograd.grad(y, x, create_graph=True)
        (second,) = torch.autograd.grad(slope, x)
    """
    ran = run(torch, code)
    return Question(
        "What is `second`?",
        Number(),
        ran("second.item()"),
        "The slope is a tensor with a graph, and `second` is its gradient with respect to `x`: the second derivative.",
        wrong=[
            (ran("slope.item()"), "That is the slope itself, the first derivative."),
            (ran("(slope / x).item()"), "The slope isn't proportional to `x` here. Differentiate it by its own rule."),
            (ran("(slope * slope).item()"), "A gradient of a gradient isn't a product of two slopes."),
            (0, "The slope depends on `x` as long as there is a power of `x` left in it."),
        ],
        code=code,
    )


@bank.question(pair="retain")
def which_flag(random: Random, torch: Any) -> Question:
    flag = random.choice(["retain_graph=True", "create_graph=True", ""])
    asked = random.choice(["y", "slope"])
    n = random.choice([2, 3, 4])
    code = f"""
        x = torch.tensor({n}.0, requires_grad=True)
        y = x * x
        (slope,) = torch.autograd.grad(y, x{", " + flag if flag else ""})
        torch.autograd.grad({asked}, x)
    """
    ran = run(torch, code)
    other = "raises" if ran.end == "runs" else "runs"
    why = {
        ("y", ""): "The first pass freed what `x * x` had saved.",
        ("y", "retain_graph=True"): "The graph of `y` was kept for a second pass.",
        ("y", "create_graph=True"): "Recording a pass keeps the old graph as well.",
        ("slope", ""): "Nobody recorded the pass that made the slope.",
        ("slope", "retain_graph=True"): "The graph of `y` was kept, but the slope itself has none.",
        ("slope", "create_graph=True"): "The pass was recorded, so the slope has a graph of its own.",
    }[asked, flag]
    return Question(
        "Does the last line run?",
        Word("runs", "raises"),
        ran.end,
        "`retain_graph` keeps the graph of the result. Only `create_graph` makes one for the gradient; it keeps both.",
        wrong=[(other, why)],
        code=code,
    )


@bank.question(pair="retain")
def for_what(random: Random, torch: Any) -> Question:
    wants, cure = random.choice(
        [
            ("the gradient of a gradient", "create_graph=True"),
            ("a second pass over the same graph, and nothing else", "retain_graph=True"),
            (
                "the gradient of the loss with respect to a result in the middle of the graph, in `.grad`",
                "retain_grad()",
            ),
        ]
    )
    names = ("create_graph=True", "retain_graph=True", "retain_grad()")
    reasons = {
        "create_graph=True": "That records the pass. It is needed only where a gradient is to be differentiated.",
        "retain_graph=True": "That keeps what the nodes saved, for another pass over this graph.",
        "retain_grad()": "That asks for the `.grad` of a tensor that isn't a leaf.",
    }
    return Question(
        f"You want {wants}. What do you write?",
        Letter(random, [(name, f"`{name}`") for name in names]),
        cure,
        "`retain_graph` keeps the old graph, `create_graph` makes a new one, `retain_grad` keeps one `.grad`.",
        wrong=[(name, reasons[name]) for name in names],
    )


@bank.question()
def added_up(random: Random, torch: Any) -> Question:
    n, a = random.choice([1, 2, 3]), random.choice([1, 2, 5])
    code = f"""
        x = torch.tensor({n}.0, requires_grad=True)
        y = {a} * x * x
        (slope,) = torch.autograd.grad(y, x, create_graph=True)
        slope.backward()
    """
    ran = run(torch, code)
    both = ran("(slope + x.grad).item()")
    return Question(
        "What is `x.grad`?",
        Number(),
        ran("x.grad.item()"),
        "`torch.autograd.grad` touches no `.grad`, so only the second pass, over the slope's graph, arrives in it.",
        wrong=[
            (both, "That would be so with `y.backward(create_graph=True)` as the first pass. `grad` adds nothing."),
            (ran("slope.item()"), "That is the slope. The last pass starts at it and differentiates it."),
            (0, "The slope depends on `x`, so its pass arrives at `x`."),
        ],
        code=code,
    )


@bank.question()
def hessian_entries(random: Random, torch: Any) -> Question:
    a, b, c = random.sample([1, 2, 3, 4, 5], 3)
    code = f"""
        def f(x):
            return {a} * x[0]**2 + {b} * x[0] * x[1] + {c} * x[1]**2

        H = torch.autograd.functional.hessian(f, torch.ones(2))
    """
    ran = run(torch, code)
    return Question(
        "What is the first row of the Hessian, `H[0].tolist()`?",
        Numbers(2),
        ran("H[0].tolist()"),
        "Row 0 is the gradient of the first entry of the gradient: differentiate by `x[0]`, then by each of the two.",
        wrong=[
            ([float(a), float(b)], "The square gives a factor of 2."),
            ([2.0 * a, 2.0 * b], "The mixed term has each factor once: no 2 there."),
            (ran("H[1].tolist()"), "That is the second row."),
            (
                [2.0 * a + b, b + 2.0 * c],
                "That is the gradient at this place. The Hessian says how it changes.",
            ),
        ],
        code=code,
    )


@bank.question()
def passes(random: Random, torch: Any) -> Question:
    n = random.choice([10, 20, 50])
    whole = random.choice([True, False])
    code = f"""
        passes = 0

        def grad(*args, **flags):
            global passes
            passes += 1
            return torch.autograd.grad(*args, **flags)[0]

        x = torch.ones({n}, requires_grad=True)
        g = grad((x * x * x).sum(), x, create_graph=True)
        {"H = [grad(entry, x, retain_graph=True) for entry in g]" if whole else "Hv = grad(g, x, torch.ones_like(x))"}
    """
    ran = run(torch, code)
    return Question(
        "How many backward passes are made?",
        Number(),
        ran("passes"),
        "One pass gives the gradient. Each row of the Hessian is one more; a product with a vector is one in all.",
        wrong=[
            (n, "You left out a pass: the gradient itself takes one."),
            (n * n, "A pass gives a whole row, not one entry."),
            (1, "The gradient must be there before it can be differentiated: another pass."),
            (n + 1, "That is for the whole Hessian. The vector goes in where the second pass begins."),
            (2, "That would do for a product with one vector. Here every row is asked for."),
        ],
        code=code,
    )


@bank.question()
def largest_rate(random: Random, torch: Any) -> Question:
    small, large = random.choice([1, 2]), random.choice([4, 5, 10, 20])
    code = f"""
        def loss(x):
            return ({small} * x[0]**2 + {large} * x[1]**2) / 2

        H = torch.autograd.functional.hessian(loss, torch.ones(2))
        limit = 2 / H.max()
    """
    ran = run(torch, code)
    return Question(
        "What is `limit`, the largest learning rate with which descent on this loss doesn't run away?",
        Number(),
        ran("limit.item()"),
        "A step multiplies the distance by 1 − lr · curvature. It grows once that is below −1; the largest curvature "
        "is the first to get there.",
        wrong=[
            (1 / large, "With that, one step lands on the floor. The limit is where it lands as far away, beyond."),
            (2 / small, "That is the limit of the flatter direction. The most curved one decides."),
            (float(large), "That is the curvature. The larger it is, the smaller the rate must be."),
            (2.0 * large, "The larger the curvature, the smaller the rate must be."),
        ],
        code=code,
    )


@bank.question()
def newton(random: Random, torch: Any) -> Question:
    a, b = random.choice([1, 2, 3]), random.choice([2, 4, 6])
    at = random.choice([5, 7, 10])
    code = f"""
        x = torch.tensor({at}.0, requires_grad=True)
        f = {a} * (x - {b})**2
        (slope,) = torch.autograd.grad(f, x, create_graph=True)
        (bend,) = torch.autograd.grad(slope, x)
        step = slope / bend
    """
    ran = run(torch, code)
    return Question(
        "Where does Newton's method arrive: what is `x - step`?",
        Number(),
        ran("(x - step).item()"),
        "On a parabola the first step lands where the slope is zero: at the lowest point.",
        wrong=[
            (ran("step.item()"), "That is the step. It is subtracted from `x`."),
            (ran("(x - slope).item()"), "That is a step of descent with a learning rate of 1."),
            (ran("(x + step).item()"), "The step is subtracted: it goes against the slope."),
            (0, "The lowest point isn't at 0 here."),
        ],
        code=code,
    )
