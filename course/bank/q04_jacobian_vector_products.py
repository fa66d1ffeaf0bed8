"""Questions on lesson 04."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Numbers, Question, Words, lines, run

bank = Bank(4, "vector–Jacobian products")


def _outputs(random: Random) -> tuple[list[float], str]:
    """Two inputs, and code for three outputs of them."""
    a, b = random.sample([2, 3, 4, 5], 2)
    k, m = random.sample([2, 3, 4], 2)
    outputs = [f"x[0] * x[1], x[1] ** 2, {k} * x[0] + x[1]", f"x[0] ** 2, {k} * x[1], x[0] + {m} * x[1]"]
    code = f"""
        x = torch.tensor([{a}.0, {b}.0], requires_grad=True)
        y = torch.stack([{random.choice(outputs)}])
    """
    return [float(a), float(b)], code


def _jacobian(torch: Any, code: str) -> list[list[float]]:
    rows = "rows = [torch.autograd.grad(y, x, v, retain_graph=True)[0].tolist() for v in torch.eye(3)]"
    return list(run(torch, code, rows)("rows"))


@bank.question()
def weighted_rows(random: Random, torch: Any) -> Question:
    _, code = _outputs(random)
    v = random.choice([[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, -1, 0], [2, 0, 1], [0, 1, 2]])
    jacobian = _jacobian(torch, code)
    code = lines(code, f"y.backward(torch.tensor({[float(n) for n in v]}))")
    sums = [sum(row[i] for row in jacobian) for i in (0, 1)]
    weighted = [w * y for w, y in zip(v, run(torch, code)("y.tolist()"), strict=True)]
    return Question(
        "What is `x.grad`?",
        Numbers(2),
        run(torch, code)("x.grad.tolist()"),
        "The rows of the Jacobian, one for each output, each times its entry of the vector, added up.",
        wrong=[
            (sums, "These are all rows, added up: what a vector of ones gives."),
            (weighted[:2], "You multiplied the outputs by the weights. They multiply slopes, row by row."),
            ([jacobian[0][0] * v[0], jacobian[1][1] * v[1]], "An output may depend on both inputs, not only on one."),
        ],
        code=code,
    )


@bank.question()
def sum_instead(random: Random, torch: Any) -> Question:
    _, code = _outputs(random)
    jacobian = _jacobian(torch, code)
    code = lines(code, "y.sum().backward()")
    return Question(
        "What is `x.grad`?",
        Numbers(2),
        run(torch, code)("x.grad.tolist()"),
        "`.sum()` chooses the vector (1, 1, 1): the columns of the Jacobian, added up.",
        wrong=[
            (jacobian[0], "That is the first row alone. The sum contains every output."),
            ([sum(map(sum, jacobian))] * 2, "The inputs stay apart. Only the outputs are added."),
            ([jacobian[0][0], jacobian[1][1]], "Each output may depend on both inputs."),
        ],
        code=code,
    )


@bank.question()
def which_starts(random: Random, torch: Any) -> Question:
    n, m = random.sample([2, 3, 4], 2)
    calls = random.sample(
        [
            "y.backward()",
            "y.sum().backward()",
            "y[0].backward()",
            f"y.backward(torch.ones({m}))",
            f"y.backward(torch.ones({n}))",
            "y.backward(torch.ones_like(x))",
            "y.backward(torch.ones_like(y))",
        ],
        4,
    )
    start = f"x = torch.ones({n}, requires_grad=True)\ny = torch.ones({m}, {n}) @ x"
    lines = "\n".join(f"{name}:  {call}" for name, call in zip("pqrs", calls, strict=True))
    truth = [run(torch, f"{start}\n{call}").end for call in calls]
    return Question(
        f"`y` has {m} entries, made from {n}. Which of the calls `p`, `q`, `r` and `s` run, each on a "
        f"graph of its own?",
        Words("runs", "raises", count=4),
        truth,
        "The 1 with which a pass begins is created for a single number only. Otherwise the vector is yours to give, in "
        "the shape of the output.",
        wrong=[
            (
                ["raises" if call == "y.backward()" else "runs" for call in calls],
                "The vector has an entry for each output, not for each input.",
            ),
            (
                ["raises" if f"ones({m})" in call or "like(y)" in call else "runs" for call in calls],
                "You gave the vector the shape of the input. The gradient has that shape; the vector has "
                "the shape of the output.",
            ),
            (["runs"] * 4, "With several outputs the engine doesn't know where to begin."),
        ],
        code=f"{start}\n\n{lines}",
    )


@bank.question()
def how_many_entries(random: Random, torch: Any) -> Question:
    n, m = random.sample([2, 3, 5, 10, 20], 2)
    code = f"""
        W = torch.ones({m}, {n})
        x = torch.ones({n}, requires_grad=True)
        y = W @ x
        y.backward(v)
    """
    ran = run(torch, code, v=torch.ones(m))
    return Question(
        "How many entries must `v` have, how many does `x.grad` have, and how many slopes are in the whole Jacobian?",
        Numbers(3),
        [
            ran("v.numel()"),
            ran("x.grad.numel()"),
            ran("torch.autograd.functional.jacobian(lambda x: W @ x, x).numel()"),
        ],
        "`v` has one for each output, the gradient one for each input, and the Jacobian one for each pair of them.",
        wrong=[
            ([n, m, n * m], "Inputs and outputs are the wrong way round: `W @ x` has an entry for each row of `W`."),
            ([m, m, n * m], "The gradient has the shape of the leaf: it says what a nudge of each input would do."),
            ([m, n, n], "Each output has slopes of its own, with respect to every input."),
            ([m, n, n + m], "Each output has a slope with respect to each input: multiply, don't add."),
        ],
        code=code,
    )


@bank.question()
def how_many_passes(random: Random, torch: Any) -> Question:
    n, m = random.choice([(1000, 1), (1, 50), (3, 20), (40, 2), (100, 10)])
    code = f"""
        W = torch.ones({m}, {n})
        x = torch.ones({n}, requires_grad=True)
        y = W @ x
    """
    rows = run(
        torch,
        code,
        f"rows = [torch.autograd.grad(y, x, v, retain_graph=True) for v in torch.eye({m})]",
        f"columns = [W @ u for u in torch.eye({n})]",
    )
    return Question(
        "How many backward passes does it take to fill the Jacobian of `y` with respect to `x` row by row, and how "
        "many forward passes to fill it column by column?",
        Numbers(2),
        [rows("len(rows)"), rows("len(columns)")],
        "A backward pass fills a row, one for each output. A forward pass fills a column, one for each input.",
        wrong=[
            ([n, m], "A row belongs to an output, and a backward pass begins at an output."),
            ([n * m, n * m], "A pass doesn't compute one slope. It fills a whole row, or a whole column."),
            ([1, 1], "One pass gives the rows added up with weights. It can't give each of them."),
            ([1, n], "One pass fills one row. The others need passes of their own."),
        ],
        code=code,
    )


@bank.question()
def where_v_comes_from(random: Random, torch: Any) -> Question:
    goal = [random.randint(1, 5) for _ in range(2)]
    a, b = random.sample([2, 3, 4], 2)
    k = random.choice([2, 3])
    code = f"""
        x = torch.tensor([{a}.0, {b}.0], requires_grad=True)
        y = {k} * x
        loss = ((y - torch.tensor({[float(g) for g in goal]})) ** 2).sum()
    """
    ran = run(torch, code, "(v,) = torch.autograd.grad(loss, y, retain_graph=True)", "loss.backward()")
    misses = [k * a - goal[0], k * b - goal[1]]
    return Question(
        "Which `v` would make `y.backward(v)` leave the same in `x.grad` as `loss.backward()` does?",
        Numbers(2),
        ran("v.tolist()"),
        "`v` is what arrives at `y` from the rest of the calculation: the gradient of `loss` with respect to `y`.",
        wrong=[
            (ran("x.grad.tolist()"), "That is what arrives at `x`, one step further back."),
            ([1, 1], "That would be the sum of `y`, in place of this loss."),
            (misses, "The square brings a factor of 2."),
            (ran("y.tolist()"), "Those are the values of `y`. What arrives there are slopes."),
        ],
        code=code,
    )


@bank.question()
def from_the_sky(random: Random, torch: Any) -> Question:
    times, v = random.choice([2, 3, 4]), random.sample([0.5, 1.0, 2.0, 10.0, 0.1], 3)
    x = random.sample([0.5, -1.0, 3.0, 2.0], 3)
    code = f"""
        x = torch.tensor({x}, requires_grad=True)
        y = x
        for _ in range({times}):
            y = y * 2
        y.backward(torch.tensor({v}))
    """
    return Question(
        "What is `x.grad`?",
        Numbers(3),
        run(torch, code)("x.grad.tolist()"),
        f"The Jacobian has {2**times} on its diagonal and zeros elsewhere, so every entry of the vector is multiplied "
        f"by {2**times}.",
        wrong=[
            ([2**times] * 3, "That is the diagonal of the Jacobian. The vector multiplies it."),
            ([2**times * n for n in x], "Those are the values of `y`. Doubling has the same slope wherever `x` is."),
            ([2 * times * n for n in v], "Slopes along a path multiply: 2 · 2 · …, not 2 + 2 + …"),
            ([2 * n for n in v], "The loop ran more than once, and each turn is an operation of its own."),
        ],
        code=code,
    )


@bank.question()
def same_scalar(random: Random, torch: Any) -> Question:
    a, b = random.sample([2, 3, 4, 5], 2)
    v = random.sample([-1, 2, 3], 2)
    given = random.choice(["v", "v", "torch.ones(2)", "torch.tensor([1.0, 0.0])"])
    code = f"""
        x = torch.tensor([{a}.0, {b}.0], requires_grad=True)
        y = x ** 2
        v = torch.tensor({[float(n) for n in v]})
        y.backward({given})
    """
    want = run(torch, code)("x.grad.tolist()")
    ways = ["(v * y).sum().backward()", "y.sum().backward()", "(v * x).sum().backward()", "y[0].backward()"]
    (truth,) = [way for way in ways if run(torch, code.replace(f"y.backward({given})", way))("x.grad.tolist()") == want]
    return Question(
        f"Which line leaves the same in `x.grad` as `y.backward({given})`?",
        Letter(random, [(way, f"`{way}`") for way in ways]),
        truth,
        "The vector says which scalar the outputs make: their sum, each multiplied by its entry.",
        wrong=[
            ("y.sum().backward()", "That is the vector of ones: every output counts the same."),
            ("(v * x).sum().backward()", "The weights belong to the outputs, `y`, not to the inputs."),
            ("(v * y).sum().backward()", "Those are the weights in `v`. The pass was given others."),
            ("y[0].backward()", "That begins at one output: a 1 there, and 0 at the other."),
        ],
        code=code,
    )


@bank.question()
def picked(random: Random, torch: Any) -> Question:
    a, b = random.sample([2, 3, 4, 5], 2)
    place = random.choice([0, 1])
    formula = random.choice(["x[0] * x[1], x[0] + x[1]", "x[0] ** 2, x[0] * x[1]", "x[0] - x[1], x[1] ** 2"])
    code = f"""
        x = torch.tensor([{a}.0, {b}.0], requires_grad=True)
        y = torch.stack([{formula}])
        y[{place}].backward()
    """
    ran = run(torch, code)
    mine, other = (run(torch, code.replace(f"y[{place}]", f"y[{i}]"))("x.grad.tolist()") for i in (place, 1 - place))
    return Question(
        "What is `x.grad`?",
        Numbers(2),
        ran("x.grad.tolist()"),
        "To begin at one output is to choose the vector that has a 1 there, and 0 elsewhere: one row of the Jacobian.",
        wrong=[
            (other, "That is the row of the other output."),
            ([a + b for a, b in zip(mine, other, strict=True)], "Both rows are in this. The pass began at one output."),
            (ran("y.tolist()"), "Those are the values of the outputs, not slopes."),
        ],
        code=code,
    )
