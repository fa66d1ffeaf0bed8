"""Questions on lesson 05."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Numbers, Question, Words, lines, run
from course.bank.walks import nodes

bank = Bank(5, "control flow")


@bank.question()
def as_long_as(random: Random, torch: Any) -> Question:
    x, limit, factor = random.choice([3, 5, 7]), random.choice([20, 50, 90]), random.choice([2, 3])
    last = random.choice(["    y = y / 2", "    y = y * 10"])
    over = random.choice([30, 70, 200])
    code = f"""
        x = torch.tensor({x}.0, requires_grad=True)
        y = x
        while y < {limit}:
            y = y * {factor}
        if y > {over}:
        {last}
        y.backward()
    """
    ran = run(torch, code)
    truth = ran("x.grad.item()")
    turns = 0
    while x * factor**turns < limit:
        turns += 1
    way = factor**turns
    return Question(
        "What is `x.grad`?",
        Number(),
        truth,
        "Follow the run, and write down what was multiplied by what. The product of the factors is the slope.",
        wrong=[
            (way, "You followed the loop. Whether the `if` ran depends on the value: if it did, it left an operation."),
            (factor, "The loop has one line, but what counts is how often it ran."),
            (way / 2 if "/ 2" in last else way * 10, "On this run the `if` was not taken, so its line left nothing."),
            (ran("y.item()"), "That is the value of `y`, not its slope."),
            (factor * turns, "Slopes along a path multiply. You added them."),
        ],
        code=code,
    )


@bank.question()
def two_graphs(random: Random, torch: Any) -> Question:
    factor = random.choice([2, 3])
    limit = random.choice([20, 40, 60])
    starts = random.sample([2, 5, 12, 25, 50], 2)
    code = f"""
        def f(x):
            y = x
            while y < {limit}:
                y = y * {factor}
            if y > {2 * limit}:
                y = y - 1
            return y

        a = torch.tensor({starts[0]}.0, requires_grad=True)
        b = torch.tensor({starts[1]}.0, requires_grad=True)
    """
    ran = run(torch, code)

    def operations(name: str) -> int:
        result = ran(f"f({name})")
        return 0 if result.grad_fn is None else len(nodes(result.grad_fn)) - 1

    truth = [operations("a"), operations("b")]
    return Question(
        "How many operations are recorded behind `f(a)`, and how many behind `f(b)`? `AccumulateGrad` doesn't count.",
        Numbers(2),
        truth,
        "One for each multiplication that ran, and one for the subtraction if it ran. A comparison leaves none.",
        wrong=[
            ([2, 2], "A graph isn't made of the lines of the code. It is made of what ran."),
            (
                [n + 1 for n in truth],
                "Nothing is recorded for `while`, `<` or `if`. Python decides, and is not recorded.",
            ),
            ([truth[0]] * 2, "The same function leaves another graph for another input."),
            (truth[::-1], "It is the other way round: the smaller input goes round more often."),
        ],
        code=code,
    )


@bank.question()
def at_the_switch(random: Random, torch: Any) -> Question:
    x, sign = random.choice([2, 3, 4, 5]), random.choice([">", ">=", "<", "<="])
    inside, outside = random.sample([2, 3, 5, 8], 2)
    code = f"""
        x = torch.tensor({x}.0, requires_grad=True)
        if x {sign} {x}:
            y = {inside} * (x - {x})
        else:
            y = {outside} * (x - {x})
        y.backward()
    """
    truth = run(torch, code)("x.grad.item()")
    return Question(
        "What is `x.grad`?",
        Number(),
        truth,
        f"The value is 0 on both branches, but the slope is that of the branch that ran. At {x}, `{sign} {x}` decides.",
        wrong=[
            ((inside + outside) / 2, "That is the average, what a nudge across the edge finds. Only one branch ran."),
            (inside + outside - truth, f"That is the other branch. Look at the sign: is {x} {sign} {x}?"),
            (0, "0 is the value of `y`, not its slope."),
        ],
        code=code,
    )


@bank.question()
def each_its_own(random: Random, torch: Any) -> Question:
    limit, k, m = random.choice([3, 5]), random.choice([2, 3, 4]), random.choice([5, 10])
    values = random.sample([1, 2, 4, 6, 7, 8, limit], 3)
    code = f"""
        x = torch.tensor({[float(v) for v in values]}, requires_grad=True)
        y = torch.where(x > {limit}, {k} * x, {m} * x)
        y.sum().backward()
    """
    ran = run(torch, code)
    return Question(
        "What is `x.grad`?",
        Numbers(3),
        ran("x.grad.tolist()"),
        "`where` is an `if` for each element: each gets the slope of the branch that was taken for it.",
        wrong=[
            (ran("y.tolist()"), "Those are the values of `y`, not the slopes."),
            (
                [m if v > limit else k for v in values],
                "The branches are exchanged: the first is taken where it is True.",
            ),
            ([k if v >= limit else m for v in values], f"{limit} is not greater than {limit}."),
            ([k + m] * 3, "Both branches are calculated, but only the one that was taken counts."),
        ],
        code=code,
    )


@bank.question()
def one_answer(random: Random, torch: Any) -> Question:
    conditions = random.sample(
        ["x > 2", "x.sum() > 2", "(x > 2).any()", "(x > 2).all()", "x[0] > 2", "x.norm() > 2", "x == x", "x.max() > 2"],
        4,
    )
    values = random.sample([1.0, 2.0, 3.0, 4.0, 5.0], random.choice([2, 3]))
    start = f"x = torch.tensor({values}, requires_grad=True)"
    shown = "\n".join(f"if {condition}:   # {name}" for name, condition in zip("pqrs", conditions, strict=True))
    truth = [run(torch, start, f"if {condition}:\n    pass").end for condition in conditions]
    return Question(
        "Each of the lines `p`, `q`, `r` and `s` begins an `if`. Which of them run, and which raise?",
        Words("runs", "raises", count=4),
        truth,
        "`if` wants one True or False. A comparison of a tensor gives one answer for each element.",
        wrong=[
            (["runs"] * 4, "A comparison of several numbers is several answers. Which of them should `if` go by?"),
            (
                ["raises" if "any" not in c and "all" not in c else "runs" for c in conditions],
                "A sum, a norm, a maximum and a single entry are one number each, and compare to one answer.",
            ),
            (["raises"] * 4, "A condition may ask about anything that is one number or one answer."),
        ],
        code=f"{start}\n\n{shown}",
    )


@bank.question()
def part_of_the_condition(random: Random, torch: Any) -> Question:
    a, b, size = random.choice([(3, 4, 5), (6, 8, 10), (0, 5, 5)])
    limit, factor = random.choice([15, 25, 45]), random.choice([2, 3])
    code = f"""
        x = torch.tensor([{a}.0, {b}.0], requires_grad=True)
        y = x
        while y.norm() < {limit}:
            y = y * {factor}
        y.sum().backward()
    """
    ran = run(torch, code)
    (first, second) = ran("x.grad.tolist()")
    turns = 0
    while size * factor**turns < limit:
        turns += 1
    return Question(
        f"The norm of `x` is {size} at the start. What is `x.grad`?",
        Numbers(2),
        [first, second],
        "The condition decides how often the loop runs, but it is not part of what `y` was made of. What is left are "
        "the multiplications.",
        wrong=[
            ([factor, factor], "The line ran more than once: count the turns by the norm."),
            (ran("y.tolist()"), "Those are the values of `y`, not slopes."),
            ([factor ** (turns + 1)] * 2, "One turn too many: the norm is asked before each turn."),
            ([0, 0], "The loop's end depends on `x`, but each turn has multiplied `x` itself."),
        ],
        code=code,
    )


@bank.question()
def value_over_input(random: Random, torch: Any) -> Question:
    x, k = random.choice([2, 4, 5, 10]), random.choice([2, 3])
    names = random.sample("pqr", 3)
    made = {
        names[0]: f"torch.where(x > 3, {k} * x, x / 2)",
        names[1]: f"torch.where(x > 3, {k} * x, x + 5)" if x <= 3 else f"torch.where(x > 3, {k} * x + 1, x)",
        names[2]: random.choice(["x * x", "x - 1", "7 * x"]),
    }
    start = f"x = torch.tensor({x}.0, requires_grad=True)"
    code = lines(start, *(f"{name} = {made[name]}" for name in "pqr"))
    truth = []
    for name in "pqr":
        ran = run(torch, code, f"{name}.backward()")
        truth.append(str(abs(ran(f"x.grad.item() - {name}.item() / x.item()")) < 1e-6))
    return Question(
        "For which of `p`, `q` and `r` is the slope with respect to `x` the same as the value divided by `x`?",
        Words("True", "False", count=3),
        truth,
        "It is so where the path that was taken does nothing but multiply by fixed numbers: a straight line "
        "through zero.",
        wrong=[
            (
                ["True"] * 3,
                "The value divided by `x` is the average since zero. A constant, or a curve, makes it another.",
            ),
            (
                ["False"] * 3,
                "Where all that is done is to multiply by fixed numbers, slope and average are that factor.",
            ),
            (
                [str(made[name] in ("7 * x",)) for name in "pqr"],
                "`where` takes a path for each value, and on a path that only multiplies the two agree.",
            ),
        ],
        code=code,
    )


@bank.question()
def what_leaves_a_node(random: Random, torch: Any) -> Question:
    code = """
        x = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
        y = x * 2
        if y.sum() > 0:
            y = torch.where(y > 0, y, 0 * y)
        z = y.relu()
    """
    choices = {
        "if y.sum() > 0": "`if y.sum() > 0`",
        "torch.where(y > 0, y, 0 * y)": "`torch.where(y > 0, y, 0 * y)`",
        "y > 0": "`y > 0`",
        "z.max() > 1": "`z.max() > 1`",
    }
    others = {
        "y.relu()": "`y.relu()`",
        "y.sum()": "`y.sum()`",
        "x * 2": "`x * 2`",
    }
    name = random.choice([*others, "torch.where(y > 0, y, 0 * y)"])
    pool = [key for key in choices if "where" not in key]
    options = [name, *random.sample(pool, 2)]
    ran = run(torch, code)
    (truth,) = [option for option in options if getattr(ran(option.removeprefix("if ")), "grad_fn", None) is not None]
    return Question(
        "Which of these is recorded, with a node in a graph?",
        Letter(random, [(option, {**choices, **others}[option]) for option in options]),
        truth,
        "A comparison gives True or False, which can't be nudged, and `if` is Python's business. What computes numbers "
        "from numbers is recorded.",
        wrong=[
            (option, "It is a question. The answer is True or False, and is not recorded.")
            for option in pool
            if option != truth
        ],
        code=code,
    )
