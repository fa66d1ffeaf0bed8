"""Questions on lesson 11."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Numbers, Question, Word, run

bank = Bank(11, "build your own engine")


@bank.question()
def several_sides(random: Random, torch: Any) -> Question:
    first, second, other = random.sample(range(2, 10), 3)
    adds = random.choice([True, False])
    change = "arrived.get(node, 0) + part" if adds else "part"
    code = f"""
        arrived = {{}}
        for node, part in [("m", {first}), ("x", {other}), ("m", {second})]:
            arrived[node] = {change}
    """
    ran = run(torch, code)
    return Question(
        "In a backward pass, these parts leave for the nodes `m` and `x`. What has arrived at `m`, by these lines?",
        Number(),
        ran('arrived["m"]'),
        "The lines add up what arrives from several sides."
        if adds
        else "What comes later takes the place of what was there: the fault that a diamond brings to light.",
        wrong=[
            (first + second, "That would be right for an engine. But look at the last line: nothing is added."),
            (second, "The last line adds to what was there, if there was something."),
            (first, "The first part is the first to arrive, and not the only one."),
            (first + second + other, "One of the parts goes to `x`."),
        ],
        code=code,
    )


@bank.question()
def in_a_shared_array(random: Random, torch: Any) -> Question:
    g, part = random.sample(range(2, 9), 2)
    in_place = random.choice([True, False])
    step = 'arrived["a"] += part' if in_place else 'arrived["a"] = arrived["a"] + part'
    code = f"""
        g = torch.tensor([{g}.0])
        part = torch.tensor([{part}.0])
        arrived = {{"a": g, "b": g}}  # the rule of a sum sends g to both
        {step}
    """
    ran = run(torch, code)
    return Question(
        "Which number has arrived at `b`, after the last line?",
        Number(),
        ran('arrived["b"].item()'),
        "`+=` writes into the tensor that both entries hold."
        if in_place
        else "`a + b` makes a new tensor. The one that `b` holds is as it was.",
        wrong=[
            (float(g), "Both entries are one and the same tensor, and `+=` writes into it."),
            (
                float(g + part),
                "Only the entry of `a` is another tensor now. The one that `b` holds was not written to.",
            ),
            (float(part), "It is added to what was there."),
        ],
        code=code,
    )


@bank.question()
def broadcast(random: Random, torch: Any) -> Question:
    rows = [[random.randint(1, 5) for _ in range(2)] for _ in range(3)]
    code = f"""
        table = torch.tensor({[[float(n) for n in row] for row in rows]})
        prices = torch.tensor([{random.randint(2, 9)}.0, {random.randint(2, 9)}.0], requires_grad=True)
        (table * prices).sum().backward()
    """
    ran = run(torch, code)
    sums = [sum(row[column] for row in rows) for column in range(2)]
    return Question(
        "What is `prices.grad`?",
        Numbers(2),
        ran("prices.grad.tolist()"),
        "Broadcasting uses each price once for each row, and the backward pass sums up what comes from all rows.",
        wrong=[
            ([n / 3 for n in sums], "Nothing divides here: it is a sum, not a mean."),
            (rows[0], "That is what the first row gives. The other rows use the same prices."),
            (rows[-1], "That is what the last row gives. The other rows use the same prices."),
            ([3.0, 3.0], "You counted the rows. Each use has the slope that stands in the table."),
        ],
        code=code,
    )


@bank.question()
def rule_of_the_matrix_product(random: Random, torch: Any) -> Question:
    n, m, p = random.sample(range(2, 7), 3)
    which = random.choice(["X", "Y"])
    code = f"""
        X = torch.ones({n}, {m})
        Y = torch.ones({m}, {p})
        Z = X @ Y
        g = torch.ones({n}, {p})
    """
    choices = ["g @ Y.T", "X.T @ g", "Y.T @ g", "g @ X.T", "g @ Y", "X @ g"]
    shapes: dict[str, Any] = {}
    for choice in choices:
        ran = run(torch, f"{code}\n        found = {choice}")
        shapes[choice] = None if ran.error is not None else ran("tuple(found.shape)")
    shape = run(torch, code)(f"tuple({which}.shape)")
    [truth] = [choice for choice in choices if shapes[choice] == shape]
    shown = [truth, *random.sample([choice for choice in choices if choice != truth], 3)]
    return Question(
        f"`g` is the gradient with respect to `Z`. Which product is the gradient with respect to `{which}`?",
        Letter(random, [(choice, f"`{choice}`") for choice in shown]),
        truth,
        f"The gradient has the shape of `{which}`, {shape[0]} × {shape[1]}, and only one of the products has that.",
        wrong=[
            (
                choice,
                "These two can't be multiplied: the inner sizes differ."
                if shapes[choice] is None
                else f"Its shape is {shapes[choice][0]} × {shapes[choice][1]}.",
            )
            for choice in shown[1:]
        ],
        code=code,
    )


@bank.question()
def looked_up_late(random: Random, torch: Any) -> Question:
    weights = random.sample(range(2, 10), 3)
    early = random.choice([True, False])
    head = "lambda g, weight=weight:" if early else "lambda g:"
    code = f"""
        rules = []
        for weight in {weights}:
            rules.append({head} g * weight)
        leaves = rules[0](10)
    """
    ran = run(torch, code)
    return Question(
        "What is `leaves`?",
        Number(),
        ran("leaves"),
        "A default is computed when the function is made, so each has kept its own weight."
        if early
        else "The function looks `weight` up when it is called. The loop is through by then, and left its last value.",
        wrong=[
            (
                10 * weights[0],
                "The function doesn't keep the weight of its turn. It looks the name up when it is called.",
            ),
            (10 * weights[2], "Here `weight=weight` stands among the arguments: that was computed in each turn."),
            (10 * weights[1], "It is the first rule that is called."),
            (weights[0], "The rule multiplies by what arrives, 10."),
        ],
        code=code,
    )


@bank.question()
def put_back(random: Random, torch: Any) -> Question:
    guarded, inside = random.choice([True, False]), random.choice([True, False])
    ending = (
        "finally:\n                recording = True"
        if guarded
        else "except KeyError:\n                recording = True"
    )
    happens = "[1, 2][5]" if inside else "[1, 2][1]"
    code = f"""
        recording = True
        try:
            recording = False
            try:
                {happens}
            {ending}
            recording = True
        except IndexError:
            pass
    """
    ran = run(torch, code)
    return Question(
        "What is `recording` at the end?",
        Word("True", "False"),
        ran("str(recording)"),
        "What must happen however a block ends belongs into a `finally`."
        if guarded
        else "Without a `finally`, an exception leaves the block past the line that puts the switch back.",
        wrong=[
            ("True", "The exception is an `IndexError`: it leaves past both lines that would put the switch back."),
            ("False", "Look at which lines run: one of them puts the switch back."),
        ],
        code=code,
    )


@bank.question()
def how_deep(random: Random, torch: Any) -> Question:
    way = random.choice(["recursion", "loop", "engine"])
    n = random.choice([50, 100_000]) if way == "recursion" else 5_000
    programs = {
        "recursion": f"""
            def behind(n):
                return 1 if n == 0 else 1 + behind(n - 1)

            nodes = behind({n})
        """,
        "loop": f"""
            nodes, left = 1, {n}
            while left:
                nodes, left = nodes + 1, left - 1
        """,
        "engine": f"""
            x = y = torch.tensor(1.0, requires_grad=True)
            for _ in range({n}):
                y = y + 1
            y.backward()
        """,
    }
    ran = run(torch, programs[way])
    because = {
        "recursion": "Each call waits for the one inside it, and Python allows about a thousand of them.",
        "loop": "A loop keeps nothing waiting: it can go on as long as it likes.",
        "engine": "The engine goes through a chain of any length in a loop, from the newest node to the oldest.",
    }
    return Question(
        "How does it end?",
        Word("runs", "raises"),
        ran.end,
        because[way],
        wrong=[
            ("runs", "It calls itself a hundred thousand times, one call inside the other."),
            ("raises", "Count how many calls are open at once: they are few."),
        ],
        code=programs[way],
    )
