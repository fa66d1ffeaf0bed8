"""Questions on lesson 03."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Numbers, Question, Word, run
from course.bank.walks import nodes, paths

bank = Bank(3, "backward from a scalar")


@bank.question()
def what_leaves(random: Random, torch: Any) -> Question:
    a, b = random.sample(range(2, 8), 2)
    arriving = random.choice([-2, 3, 5])
    sign = random.choice(["*", "-", "+"])
    code = f"""
        a = torch.tensor({a}.0, requires_grad=True)
        b = torch.tensor({b}.0, requires_grad=True)
        u = a {sign} b
        y = {arriving} * u
    """
    ran = run(torch, code)
    truth = [part.item() for part in ran(f"u.grad_fn(torch.tensor({arriving}.0))")]
    return Question(
        f"In a backward pass from `y`, {arriving} arrives at `u`. What leaves the node of `u` for `a`, and for `b`?",
        Numbers(2),
        truth,
        {
            "*": "What leaves is what arrives times the slope, and in a product the slope is the other factor.",
            "+": "The slopes of a sum are 1: it passes on what arrives, to both sides.",
            "-": "The slopes of a difference are 1 and −1: for the second, the sign of what arrives is turned.",
        }[sign],
        wrong=[
            (
                [arriving * a, arriving * b],
                "You gave each factor its own value. What one more of it brings is the other factor.",
            ),
            ([b, a], "Those are the slopes of `u`. They are multiplied by what arrives."),
            ([arriving, arriving], "That is what a sum does: it passes on what arrives, to both sides."),
            ([1, 1], "1 arrives at `y`. By the time it comes to `u`, it has been multiplied."),
            ([arriving * b, arriving * a], "That would be a product. Look at the sign between `a` and `b`."),
        ],
        code=code,
    )


@bank.question()
def arrives_at(random: Random, torch: Any) -> Question:
    x, minus = random.sample(range(2, 7), 2)
    factor = random.randint(2, 4)
    code = f"""
        x = torch.tensor({x}.0, requires_grad=True)
        u = {factor} * x
        v = u * x
        y = v - {minus} * u
    """
    ran = run(torch, code)
    picture = ran.draw("y", values=False)
    ran("u.retain_grad()")
    ran("y.backward()")
    return Question(
        "Which number arrives at `u` in a backward pass from `y`, in all?",
        Number(),
        ran("u.grad.item()"),
        f"`u` is used twice. Through `v` comes the other factor, `x`; from the last term comes −{minus}. They add up.",
        wrong=[
            (x, f"You left out the second use of `u`, which brings −{minus}."),
            (-minus, "You left out the use of `u` in `v`."),
            (factor * x - minus, "In the product `v`, what comes to `u` is the other factor, `x`, not `u` itself."),
            (ran("x.grad.item()"), "That is what arrives at `x`, further back."),
            (x + minus, "The last term is subtracted: its slope is negative."),
        ],
        code=code,
        picture=picture,
    )


@bank.question()
def used_twice(random: Random, torch: Any) -> Question:
    x, factor, add = random.randint(2, 6), random.randint(2, 5), random.randint(2, 9)
    line = random.choice([f"{factor} * x * x + {add} * x", f"x * (x + {add})", f"{factor} * x * x - {add}"])
    code = f"""
        x = torch.tensor({x}.0, requires_grad=True)
        y = {line}
        y.backward()
    """
    ran = run(torch, code)
    once = {
        f"{factor} * x * x + {add} * x": factor * x + add,
        f"x * (x + {add})": x + add,
        f"{factor} * x * x - {add}": factor * x,
    }[line]
    return Question(
        "What is `x.grad`?",
        Number(),
        ran("x.grad.item()"),
        "`x` is used more than once. From each use a slope arrives, and they add up.",
        wrong=[
            (once, "You counted one use of `x` as if the other were a constant. From each of them a slope arrives."),
            (ran("y.item()"), "That is the value of `y`, not its slope."),
            (2 * x, "That is the slope of `x * x` alone."),
        ],
        code=code,
    )


@bank.question()
def share_of_a_mean(random: Random, torch: Any) -> Question:
    misses = random.sample([-8, -4, -2, 2, 4, 6, 8, 10], random.choice([2, 4]))
    came = [random.choice([10, 20, 30]) for _ in misses]
    guess = [c + m for c, m in zip(came, misses, strict=True)]
    code = f"""
        guess = torch.tensor({[float(g) for g in guess]}, requires_grad=True)
        came = torch.tensor({[float(c) for c in came]})
        loss = ((guess - came) ** 2).mean()
        loss.backward()
    """
    count = len(misses)
    return Question(
        "What is `guess.grad`?",
        Numbers(count),
        run(torch, code)("guess.grad.tolist()"),
        f"The square gives two times the miss, and the mean of {count} divides by {count}.",
        wrong=[
            ([2 * m for m in misses], f"You lost the factor 1/{count} of the mean."),
            ([m / count for m in misses], "You lost the factor 2 of the square."),
            (
                [-2 * m / count for m in misses],
                "The sign is wrong: if a guess is too large, a larger one makes the loss grow.",
            ),
            ([m * m / count for m in misses], "Those are the parts of the loss, not their slopes."),
            (misses, f"Those are the misses. The square brings a 2, and the mean of {count} divides by {count}."),
        ],
        code=code,
    )


@bank.question(pair="retain")
def twice(random: Random, torch: Any) -> Question:
    x = random.randint(2, 6)
    ways = {
        "the same graph": "y.backward()\ny.backward()",
        "the graph retained": "y.backward(retain_graph=True)\ny.backward()",
        "two graphs": "y.backward()\ny = x * x\ny.backward()",
        "retain_grad": "y.retain_grad()\ny.backward()\ny.backward()",
    }
    way = random.choice([*ways])
    code = f"x = torch.tensor({x}.0, requires_grad=True)\ny = x * x\n{ways[way]}"
    ran = run(torch, code)
    truth = "raises" if ran.error is not None else f"{ran('x.grad.item()'):g}"
    because = {
        "the same graph": "Two passes through one graph: the first has freed what the product saved.",
        "the graph retained": "`retain_graph=True` keeps what is saved. So the second pass runs, and adds to `x.grad`.",
        "two graphs": "The second pass has a graph of its own. It adds to what is in `x.grad`.",
        "retain_grad": "`retain_grad()` is about `y.grad`. It does not keep what the graph has saved.",
    }[way]
    return Question(
        "How does this end?",
        Letter(
            random,
            [
                ("raises", "it raises"),
                (f"{2 * x}", f"`x.grad` is {2 * x}"),
                (f"{4 * x}", f"`x.grad` is {4 * x}"),
            ],
        ),
        truth,
        because,
        wrong=[
            ("raises", "The error is about going through one graph twice after its saved values were freed."),
            (f"{2 * x}", "A second pass adds to `.grad`, or it raises an error."),
            (f"{4 * x}", "It would be, if the second pass could run. What the product saved is gone."),
        ],
        code=code,
    )


@bank.question(pair="retain")
def which_retain(random: Random, torch: Any) -> Question:
    x, factor = random.randint(2, 5), random.randint(2, 5)
    goal = random.choice(["in between", "twice"])
    calls = {
        "retain_grad": ("u.retain_grad()", "`u.retain_grad()` before the pass"),
        "retain_graph": ("", "`y.backward(retain_graph=True)` in the first pass"),
        "requires_grad": ("u.requires_grad_()", "`u.requires_grad_()` before the pass"),
        "detach": ("u = u.detach()", "`u = u.detach()` before the pass"),
    }
    start = f"x = torch.tensor({x}.0, requires_grad=True)\nu = {factor} * x\ny = u * u"

    def reached(name: str) -> bool:
        first = "y.backward(retain_graph=True)" if name == "retain_graph" else "y.backward()"
        again = "\ny.backward()" if goal == "twice" else ""
        ran = run(torch, f"{start}\n{calls[name][0]}\n{first}{again}")
        return ran.error is None and (goal == "twice" or bool(ran("u.grad is not None")))

    (truth,) = [name for name in calls if reached(name)]
    wanted = {
        "in between": "After `y.backward()`, you want to see what has arrived at `u`, in `u.grad`",
        "twice": "You want to call `y.backward()` twice, on this one graph",
    }[goal]
    return Question(
        f"{wanted}. What makes that possible?",
        Letter(random, [(name, text) for name, (_, text) in calls.items()]),
        truth,
        "`retain_grad()` of a tensor keeps the gradient that arrives there. `retain_graph=True` keeps what the graph "
        "has saved, for another pass.",
        wrong=[
            ("retain_graph", "That keeps what the graph has saved. It fills no further `.grad`."),
            (
                "retain_grad",
                "That keeps the gradient that arrives at `u`. What the graph has saved is freed all the same.",
            ),
            ("requires_grad", "`u` requires grad already, as a result of `x`. That doesn't make it keep what arrives."),
            ("detach", "That makes a tensor without a graph, and `y` has been computed from the other one."),
        ],
        code=start,
    )


@bank.question()
def two_walks(random: Random, torch: Any) -> Question:
    number = random.choice([2, 3, 4, 5])
    code = f"""
        x = torch.tensor(1.0, requires_grad=True)
        y = x
        for _ in range({number}):
            y = y / 2 + y / 2
    """
    ran = run(torch, code)
    end = ran("y.grad_fn")
    collecting = next(node for node in nodes(end) if hasattr(node, "variable"))
    sent = sum(behind is collecting for node in nodes(end) for behind, _ in node.next_functions)
    return Question(
        "One walk goes back along each path on its own; the other visits each node once, when everything that feeds it "
        "has arrived. How many times does something arrive at `x`, in the first walk and in the second?",
        Numbers(2),
        [paths(end, ran("x")), sent],
        "Every turn of the loop doubles the number of paths. In the second walk only the two halves of the first turn "
        "send something to `x`, each once.",
        wrong=[
            ([2 * number, 2], "The paths multiply: each of them splits in two at the next turn."),
            ([2**number, 2**number], "A node that waits for all its uses sends their sum, once."),
            ([2**number, 1], "`x` is used twice in the first turn, by two nodes. Each sends its part."),
            ([2**number, 2 * number], "Only the first turn uses `x` itself."),
        ],
        code=code,
    )


@bank.question()
def which_first(random: Random, torch: Any) -> Question:
    x = random.randint(2, 5)
    first, second = random.sample(["u", "v"], 2)
    last = random.choice(["y = v * u", "y = u - v", "y = u + v", "y = v - u"])
    code = f"""
        x = torch.tensor({x}.0, requires_grad=True)
        {first} = x * x
        {second} = {random.randint(2, 5)} * {first}
        {last}
    """
    ran = run(torch, code)
    picture = ran.draw("y", values=False)
    order: list[str] = []
    for name in ("u", "v"):
        ran(name).register_hook(lambda _, name=name: order.append(name))
    ran("y.backward()")
    return Question(
        "From `y`, the pass sends something to `u` and to `v`. Whose node is visited next, that of `u` or that of `v`?",
        Word("u", "v"),
        order[0],
        f"A node is visited when everything that feeds it has arrived. `{first}` must wait for what comes through "
        f"`{second}`, which was made from it.",
        wrong=[
            (first, f"It would send on only a part. What comes through `{second}` would be lost, or sent again later."),
        ],
        code=code,
        picture=picture,
    )
