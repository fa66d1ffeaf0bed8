"""Questions on lesson 12."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Numbers, Question, Word, Words, run

bank = Bank(12, "your own operation")

CUBE = """
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            {saving}
            return x * x * x

        @staticmethod
        def backward(ctx, g):
            {fetching}
            return {rule}
"""
SAVED = {"saving": "ctx.save_for_backward(x)", "fetching": "(x,) = ctx.saved_tensors"}


@bank.question()
def what_leaves(random: Random, torch: Any) -> Question:
    x, factor = random.choice([1, 2, 3]), random.choice([2, 5, 10])
    rule = random.choice(["g * 3 * x * x", "3 * x * x"])
    cube = CUBE.format(**SAVED, rule=rule)
    code = f"x = torch.tensor({x}.0, requires_grad=True)\n({factor} * Cube.apply(x)).backward()"
    ran = run(torch, cube, code)
    forgotten = "g" not in rule
    because = (
        "This `backward` forgets to multiply by `g`: whatever arrives, the same leaves."
        if forgotten
        else "The factor arrives at the node as `g`, and `backward` multiplies it with the slope of the cube."
    )
    return Question(
        "What is in `x.grad`?",
        Number(),
        ran("x.grad.item()"),
        because,
        wrong=[
            (3 * x * x, "That is the slope of the cube alone. Something else than 1 arrives at its node."),
            (factor * 3 * x * x, "It should be, but look at `backward`: where is `g`?"),
            (factor * x**3, "That is a value, not a slope."),
            (factor, "That is what arrives at the node. What leaves is what `backward` returns."),
        ],
        code=cube.replace("\n    ", "\n").strip() + "\n\n\n" + code,
    )


@bank.question()
def which_are_needed(random: Random, torch: Any) -> Question:
    kinds = ["torch.ones(2)", "torch.ones(2, requires_grad=True)", str(random.randint(2, 9))]
    random.shuffle(kinds)
    if random.random() < 0.4:
        kinds[kinds.index("torch.ones(2)")] = "torch.ones(2, requires_grad=True).detach()"
    if random.random() < 0.4:
        kinds[kinds.index("torch.ones(2, requires_grad=True)")] = "torch.ones(2, requires_grad=True) * 3"
    own = """
        class Add(torch.autograd.Function):
            @staticmethod
            def forward(ctx, a, b, c):
                return a + b + c

            @staticmethod
            def backward(ctx, g):
                return g, g, g
    """
    code = f"a = {kinds[0]}\nb = {kinds[1]}\nc = {kinds[2]}\ny = Add.apply(a, b, c)"
    needed = [str(flag) for flag in run(torch, own, code)("y.grad_fn.needs_input_grad")]
    return Question(
        "`Add` is an operation of one's own, with three arguments. What is `ctx.needs_input_grad` in its `backward`?",
        Words("True", "False", count=3),
        needed,
        "It is `True` for each argument that requires grad, leaf or not, and for no other.",
        wrong=[
            (
                ["False" if kind.isdigit() else "True" for kind in kinds],
                "A tensor alone isn't enough: its gradient is needed if it requires grad.",
            ),
            (
                [str("requires_grad" in kind and "*" not in kind) for kind in kinds],
                "What counts is whether it requires grad now. A result may, and a detached tensor doesn't.",
            ),
            (["True"] * 3, "Each argument gets an entry from `backward`, but not each one's gradient is needed."),
        ],
        code=code,
    )


@bank.question()
def a_tie(random: Random, torch: Any) -> Question:
    numbers = random.sample(range(1, 8), 3)
    if random.random() < 0.5:
        numbers[random.randrange(3)] = max(numbers)
    own = """
        class Peak(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                peak = x.max()
                ctx.save_for_backward(x, peak)
                return peak

            @staticmethod
            def backward(ctx, g):
                x, peak = ctx.saved_tensors
                return g * (x == peak)
    """
    values = ", ".join(f"{n}.0" for n in numbers)
    code = f"x = torch.tensor([{values}], dtype=torch.float64, requires_grad=True)"
    passes = run(torch, own, code)("torch.autograd.gradcheck(Peak.apply, x, raise_exception=False)")
    return Question(
        "`Peak` returns the largest entry. Its `backward` gives all of `g` to every entry that equals it. Does it pass "
        "`gradcheck` at this `x`?",
        Word("True", "False"),
        str(passes),
        "The fault shows only where two entries are the largest, and `gradcheck` sees no other point than yours.",
        wrong=[
            ("False", "It has a fault, but at this point its gradient is right: only one entry is the largest."),
            ("True", "Two entries are the largest here, and together they get twice what arrived."),
        ],
        code=code,
    )


@bank.question()
def the_ratio(random: Random, torch: Any) -> Question:
    count = random.choice([2, 4, 5, 8])
    fault = random.choice(["g * 2 * x", "g * x", f"g * x / {count}"])
    own = f"""
        class Power(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return (x * x).mean()

            @staticmethod
            def backward(ctx, g):
                (x,) = ctx.saved_tensors
                return {fault}
    """
    code = f"""
        x = torch.arange(1.0, {count + 1}, requires_grad=True)
        Power.apply(x).backward()
        wrong = x.grad
        x.grad = None
        (x * x).mean().backward()
    """
    ran = run(torch, own, code)
    return Question(
        f"`Power` returns `(x * x).mean()`, and its `backward` returns `{fault}`. It is checked at an `x` with {count} "
        "entries, all different from 0. In the report, what is the ratio of analytical to numerical?",
        Number(),
        ran("(wrong / x.grad)[0].item()"),
        f"Right is `g * 2 * x / {count}`: 2 from the square, and 1/N from the mean.",
        wrong=[
            (1, "Then it would have passed. Compare the rule with the slope of a mean of squares."),
            (1 / ran("(wrong / x.grad)[0].item()"), "The other way round: analytical is what `backward` says."),
            (2, "Is that the whole of it? A mean has a factor as well, and so has a square."),
            (count, "Is that the whole of it? A square has a factor as well."),
        ],
    )


@bank.question()
def after_the_write(random: Random, torch: Any) -> Question:
    saved = random.random() < 0.5
    keeping = {"saving": "ctx.x = x", "fetching": "x = ctx.x"}
    cube = CUBE.format(**(SAVED if saved else keeping), rule="g * 3 * x * x")
    write = random.choice(["x.mul_(2)", "x = x * 2"])
    start = random.choice([1, 2, 3])
    code = f"""
        w = torch.tensor([{start}.0], requires_grad=True)
        x = w * 1
        y = Cube.apply(x)
        {write}
        y.backward(torch.ones(1))
    """
    ran = run(torch, cube, code)
    truth = "raises" if ran.error is not None else "right" if ran("w.grad.item()") == 3.0 * start**2 else "wrong"
    how = "with `save_for_backward`" if saved else "as an attribute, `ctx.x = x`"
    choices = [
        ("right", "`w.grad` is right"),
        ("wrong", "`w.grad` is wrong, and nothing is raised"),
        ("raises", "`backward` raises"),
    ]
    return Question(
        f"`Cube` is an operation of one's own. It keeps its input {how}, and computes its gradient from that. How does "
        "this end?",
        Letter(random, choices),
        truth,
        "Only a write in place touches what was kept, and only what `save_for_backward` keeps is looked at again.",
        wrong=[
            ("right", "The write goes into the memory from which `backward` computes: keeping isn't copying."),
            ("wrong", "Look again at the two things that matter: how it was kept, and whether the write is in place."),
            ("raises", "It raises only if something in place was done to what `save_for_backward` keeps."),
        ],
        code=code,
    )


@bank.question()
def straight_through(random: Random, torch: Any) -> Question:
    x = random.choice([0.75, 1.25, 1.75, 2.25])
    target = random.choice([0, 3, 4])
    through = random.random() < 0.7
    own = f"""
        class Round(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return torch.round(x)

            @staticmethod
            def backward(ctx, g):
                return {"g" if through else "g * 0"}
    """
    code = f"""
        x = torch.tensor({x}, requires_grad=True)
        loss = (Round.apply(x) - {target}) ** 2
        loss.backward()
    """
    ran = run(torch, own, code)
    does = "passes on what arrives" if through else "returns `g * 0`"
    because = (
        "The square is computed, and differentiated, at the rounded value. What arrives there is passed on."
        if through
        else "That is the true slope of rounding, and nothing gets through it."
    )
    return Question(
        f"`Round` rounds in its `forward`, and its `backward` {does}. What is `x.grad`?",
        Number(),
        ran("x.grad.item()"),
        because,
        wrong=[
            (2 * (x - target), "The square was computed from the rounded value, and saved that one."),
            (0, "It would be 0 with the true slope of rounding. This `backward` says something else."),
            (2 * (round(x) - target), "That arrives at the node. What does it send on?"),
            (round(x) - target, "The square gives a factor of 2."),
        ],
        code=code,
    )


@bank.question()
def reversed_gradient(random: Random, torch: Any) -> Question:
    a, b = random.sample([1, 2, 3, 5], 2)
    who = random.choice(["a", "b"])
    own = """
        class Reverse(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x.clone()

            @staticmethod
            def backward(ctx, g):
                return -g
    """
    names = {"a": "Reverse.apply(a)" if who == "a" else "a", "b": "Reverse.apply(b)" if who == "b" else "b"}
    code = f"""
        a = torch.tensor({a}.0, requires_grad=True)
        b = torch.tensor({b}.0, requires_grad=True)
        ({names["a"]} * {names["b"]}).backward()
    """
    truth = run(torch, own, code)("[a.grad.item(), b.grad.item()]")
    return Question(
        "`Reverse` returns its input as it is, and its `backward` returns `-g`. What are `a.grad` and `b.grad`?",
        Numbers(2),
        truth,
        "The value isn't changed, and only the gradient that goes through the node of `Reverse` changes its sign.",
        wrong=[
            ([b, a], "One of the two gradients passes through `Reverse`."),
            ([-b, -a], "`Reverse` stands on one of the two paths only."),
            ([truth[0] * -1, truth[1] * -1], "The sign changes for the one that stands in `Reverse`, not the other."),
            ([a, b], "In a product, the slope for one factor is the other factor."),
        ],
        code=code,
    )


@bank.question()
def several_hooks(random: Random, torch: Any) -> Question:
    slope, factor = random.choice([2, 3, 5]), random.choice([2, 10])
    times, removed = random.choice([(1, 0), (2, 0), (2, 1), (3, 1)])
    lines = [f"w = torch.tensor(1.0, requires_grad=True)\nhandles = [w.register_hook(lambda g: g * {factor})"]
    lines[0] += f" for _ in range({times})]" if times > 1 else "]"
    lines += ["handles[0].remove()"] * removed
    lines += [f"({slope} * w).backward()"]
    code = "\n".join(lines)
    return Question(
        "What is `w.grad`?",
        Number(),
        run(torch, code)("w.grad.item()"),
        "Each hook that is still on gets what the one before has made of the gradient.",
        wrong=[
            (slope, "A hook that returns something puts it in the place of the gradient."),
            (slope * factor, "Count the hooks that are on `w` when the pass comes."),
            (slope * factor**times, "Is every hook still on `w` when the pass comes?"),
            (slope * factor * times, "Hooks work one after the other: the factors are multiplied, not added."),
        ],
        code=code,
    )


@bank.question()
def calls_of_a_hook(random: Random, torch: Any) -> Question:
    x, times = random.choice([2, 3]), random.choice([2, 3, 4])
    code = f"""
        x = torch.tensor({x}.0, requires_grad=True)
        y = 2 * x
        seen = []
        y.register_hook(lambda g: seen.append(g.item()))
        ({" + ".join(["y"] * times)}).backward()
    """
    ran = run(torch, code)
    return Question(
        "What is in the list `seen`?",
        Numbers(),
        ran("seen"),
        "The hook is called once, when all that feeds `y` has arrived, with the sum.",
        wrong=[
            ([1] * times, "One by one they arrive at `y`, but the hook waits for all of them."),
            ([1], "Several contributions arrive, and they are added up."),
            ([2 * times], "That is what leaves for `x`. The hook is on `y`."),
        ],
        code=code,
    )


@bank.question()
def twice(random: Random, torch: Any) -> Question:
    x = random.choice([1, 2, 3])
    rule = random.choice(["g * 3 * x * x", "g * 3 * x.detach() * x.detach()"])
    once = random.random() < 0.35
    mark = "    @torch.autograd.function.once_differentiable\n"
    cube = CUBE.format(**SAVED, rule=rule)
    if once:
        cube = cube.replace("        def backward", f"    {mark}        def backward")
    code = f"""
        x = torch.tensor({x}.0, requires_grad=True)
        y = Cube.apply(x) ** 2
        (first,) = torch.autograd.grad(y, x, create_graph=True)
        first.backward()
    """
    ran = run(torch, cube, code)
    truth = "raises" if ran.error is not None else "right" if ran("x.grad.item()") == 30.0 * x**4 else "wrong"
    choices = [
        ("right", "`x.grad` is the second derivative"),
        ("wrong", "`x.grad` is something else, and nothing is raised"),
        ("raises", "it raises"),
    ]
    marked = ", and is marked with `once_differentiable`" if once else ""
    return Question(
        f"The `backward` of `Cube` fetches its input, `(x,) = ctx.saved_tensors`, and returns `{rule}`{marked}. "
        "How does this end?",
        Letter(random, choices),
        truth,
        "A `backward` is recorded like other code: what it detaches is missing in the second derivative. "
        "`once_differentiable` turns that into an error.",
        wrong=[
            ("right", "For the second derivative, each factor of the rule must still know where it came from."),
            ("wrong", "Look at two things: is a path cut in the rule, and is the rule marked?"),
            ("raises", "Without the mark, nothing raises: there is a graph to go through, whole or not."),
        ],
        code=code,
    )
