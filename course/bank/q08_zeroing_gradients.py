"""Questions on lesson 08."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Numbers, Question, Words, lines, run

bank = Bank(8, "zeroing gradients")


@bank.question()
def adds_up(random: Random, torch: Any) -> Question:
    x, k, m = random.randint(2, 5), random.randint(2, 5), random.randint(2, 5)
    passes = [f"({k} * x).backward()", f"({m} * x * x).backward()"]
    passes += random.choice([[], [f"({k} * x).backward()"]])
    random.shuffle(passes)
    clear = random.choice([None, None, 1])
    if clear is not None:
        passes.insert(clear, "x.grad = None")
    code = lines(f"x = torch.tensor({x}.0, requires_grad=True)", *passes)
    last = run(torch, f"x = torch.tensor({x}.0, requires_grad=True)", passes[-1])("x.grad.item()")
    without = run(torch, code.replace("\nx.grad = None", ""))("x.grad.item()")
    one_factor = run(torch, code.replace("x * x", "x.detach() * x"))("x.grad.item()")
    return Question(
        "What is `x.grad` at the end?",
        Number(),
        run(torch, code)("x.grad.item()"),
        "`backward()` adds to `.grad`. It holds the slope of the sum of all that was gone through since it was last "
        "cleared.",
        wrong=[
            (last, "That is what the last pass brought. It was added to what was there."),
            (without, "`x.grad = None` has cleared what came before it."),
            (one_factor, "In a product of `x` with itself, a slope arrives from each factor."),
        ],
        code=code,
    )


@bank.question(pair="none")
def cleared_in_which_way(random: Random, torch: Any) -> Question:
    k = random.randint(2, 6)
    filled = random.choice([True, True, False])
    ways = ["x.grad.zero_()", "optimizer.zero_grad()", "optimizer.zero_grad(set_to_none=False)"]
    random.shuffle(ways)
    start = lines(
        "x = torch.tensor(1.0, requires_grad=True)",
        "optimizer = torch.optim.SGD([x], lr=0.1)",
        *([f"({k} * x).backward()"] if filled else []),
    )

    def outcome(way: str) -> str:
        ran = run(torch, start, way)
        if ran.error is not None:
            return "raises"
        return "None" if ran("x.grad is None") else "zero"

    truth = [outcome(way) for way in ways]
    shown = "\n".join(f"{name}:  {way}" for name, way in zip("pqr", ways, strict=True))
    return Question(
        "Each of the lines `p`, `q` and `r` is run on its own, after the code above it. What is in `x.grad` then, None "
        "or zero, or does the line raise?",
        Words("None", "zero", "raises", count=3),
        truth,
        "`zero_grad()` sets `.grad` to None, unless told otherwise. `zero_()` writes into the tensor that is there, "
        "and there is none before the first pass.",
        wrong=[
            (
                ["zero"] * 3,
                "In spite of its name, `zero_grad()` leaves None. And zeros need a tensor to be written to.",
            ),
            (
                ["None" if w.endswith("zero_grad()") else "zero" for w in ways],
                "No gradient is there yet: `.grad` is None.",
            ),
            (
                ["raises" if not filled else "None" if "optimizer" in w else "zero" for w in ways],
                "`set_to_none=False` asks for zeros, and an optimizer passes over a `.grad` that is None.",
            ),
        ],
        code=f"{start}\n\n{shown}",
    )


@bank.question()
def in_parts(random: Random, torch: Any) -> Question:
    first, second = random.choice([(1, 3), (2, 2), (3, 1), (2, 4)])
    misses = [random.choice([1, 2, 3, 4, 5]) for _ in range(first + second)]
    count = first + second
    how = random.choice([".sum()", ".mean()", f".sum() / {count}", ".mean() / 2"])
    code = f"""
        wanted = torch.tensor({[float(-m) for m in misses]})
        x = torch.tensor(0.0, requires_grad=True)
        for part in (wanted[:{first}], wanted[{first}:]):
            loss = (x - part){how}
            loss.backward()
    """
    got = run(torch, code)("x.grad.item()")
    whole = run(torch, code, "x.grad = None", "(x - wanted).mean().backward()")("x.grad.item()")
    return Question(
        "The slope of each term with respect to `x` is 1. What is `x.grad` after the loop?",
        Number(),
        got,
        "What the parts bring adds up. A mean divides by the size of its own part, a sum by nothing.",
        wrong=[
            (
                whole,
                "That is the slope of the mean over the whole. In parts, each brings its share, and shares add up.",
            ),
            (got / 2, "You took one part. The second adds to what the first has left."),
            (count, "Look at what each part is divided by."),
            (2, "A mean over a part brings 1, two of them 2. Is it divided by something more, or by something else?"),
        ],
        code=code,
    )


@bank.question()
def noted_down(random: Random, torch: Any) -> Question:
    a, b = random.sample(range(2, 9), 2)
    way = random.choice(["    x.grad.zero_()", "    x.grad = None", ""])
    note = random.choice(["x.grad", "x.grad", "x.grad.clone()"])
    code = f"""
        x = torch.tensor(1.0, requires_grad=True)
        noted = []
        for k in ({a}, {b}):
            (k * x).backward()
            noted.append({note})
        {way}
    """
    ran = run(torch, code)
    return Question(
        "Which two numbers are in `noted` at the end?",
        Numbers(2),
        ran("[n.item() for n in noted]"),
        "A list doesn't copy: it holds the tensor in `x.grad`, and whatever is written or added there is seen in the "
        "list. None puts a new tensor in its place, and `clone()` makes a copy.",
        wrong=[
            ([a, b], "The two entries are one tensor, or nothing was cleared: then the second pass adds to the first."),
            ([a, a + b], "Without a copy, or a new tensor, both entries show what is in it at the end."),
            ([0, 0], "Was it zeroed in place, and noted without a copy? Only then are both entries zero."),
            ([a + b, a + b], "It was cleared in between, or what was noted is a copy."),
        ],
        code=code,
    )


@bank.question(pair="retain")
def one_graph_or_two(random: Random, torch: Any) -> Question:
    x, k = random.randint(2, 5), random.randint(2, 4)
    body = random.choice(
        [
            "y = {k} * x * x\nfor _ in range(2):\n    y.backward()",
            "for _ in range(2):\n    y = {k} * x * x\n    y.backward()",
            "u = x + 1\nfor _ in range(2):\n    y = {k} * u\n    y.backward()",
            "u = x * x\nfor _ in range(2):\n    y = {k} * u\n    y.backward()",
            "u = x * x\nfor _ in range(2):\n    y = {k} * u\n    y.backward(retain_graph=True)",
        ]
    ).format(k=k)
    code = f"x = torch.tensor({x}.0, requires_grad=True)\n{body}"
    ran = run(torch, code)
    once = run(torch, code.replace("range(2)", "range(1)"))("x.grad.item()")
    truth = "raises" if ran.error is not None else "twice" if ran("x.grad.item()") == 2 * once else "once"
    return Question(
        f"One pass alone would bring {once:g} to `x`. How does this end?",
        Letter(
            random,
            [
                ("raises", "it raises"),
                ("once", f"`x.grad` is {once:g}"),
                ("twice", f"`x.grad` is {2 * once:g}"),
            ],
        ),
        truth,
        "A second pass raises if it comes to a node whose saved values were freed. A sum has saved nothing, and a "
        "graph that was made anew, or retained, has all of it. What runs adds up.",
        wrong=[
            ("raises", "Which node is gone through twice, and has it saved anything that was freed?"),
            ("once", "Nothing has been cleared. What a second pass brings is added."),
            ("twice", "A product in the part made before the loop saved its factors. The first pass freed them."),
        ],
        code=code,
    )


@bank.question(pair="none")
def whose_is_none(random: Random, torch: Any) -> Question:
    uses = {"a": "a", "b": "b.detach()", "c": "c", "d": "0 * d"}
    names = random.sample("abcd", random.choice([3, 4]))
    after = random.choice(["", "", "a.grad = None", "d.grad = None"])
    code = lines(
        "a = torch.tensor(2.0, requires_grad=True)",
        "b = torch.tensor(3.0, requires_grad=True)",
        "c = torch.tensor(4.0)",
        "d = torch.tensor(5.0, requires_grad=True)",
        f"y = {' + '.join(uses[name] for name in names)} + a",
        "y.backward()",
        *([after] if after else []),
    )
    ran = run(torch, code)

    def word(name: str) -> str:
        if ran(f"{name}.grad is None"):
            return "None"
        return "zero" if ran(f"{name}.grad.item()") == 0 else "other"

    truth = [word(name) for name in "abcd"]
    return Question(
        "Is `.grad` of `a`, `b`, `c` and `d` None, zero, or another number?",
        Words("None", "zero", "other", count=4),
        truth,
        "Ask in this order: does it require grad, does a path without a cut lead to it, and has anything cleared it? "
        "If a path leads there, even a slope of 0 arrives.",
        wrong=[
            (["zero" if w == "None" else w for w in truth], "Where no gradient has arrived there is None, not zero."),
            (["None" if w == "zero" else w for w in truth], "A slope of 0 that arrives is a gradient, and not None."),
            ([truth[0], "other", *truth[2:]], "`detach()` has cut the path to `b`, if `b` takes part at all."),
            ([*truth[:2], "other", truth[3]], "`c` does not require grad."),
        ],
        code=code,
    )


@bank.question()
def place_in_the_loop(random: Random, torch: Any) -> Question:
    k, steps = random.choice([2, 4]), random.choice([2, 3])
    order = random.choice(
        [
            ["zero", "backward", "step"],
            ["backward", "zero", "step"],
            ["backward", "step", "zero"],
            ["backward", "step"],
        ]
    )
    verbs = {
        "zero": "    optimizer.zero_grad()",
        "backward": f"    ({k} * w).backward()",
        "step": "    optimizer.step()",
    }
    code = lines(
        "w = torch.tensor(100.0, requires_grad=True)",
        "optimizer = torch.optim.SGD([w], lr=1)",
        f"for _ in range({steps}):",
    )
    code += "\n" + "\n".join(verbs[verb] for verb in order)
    stale = sum(k * turn for turn in range(1, steps + 1))
    return Question(
        f"The slope of `{k} * w` is {k} everywhere. What is `w` at the end?",
        Number(),
        run(torch, code)("w.item()"),
        "Between `backward` and `step` nothing may clear. Between `step` and the next `backward` something must, or "
        "the gradients add up.",
        wrong=[
            (100 - k * steps, "That is right if each step finds the gradient of its own pass, and only that one."),
            (100 - stale, "That is right if nothing is ever cleared. Here something clears."),
            (100, "Nothing moves only if the gradient is cleared before each step."),
        ],
        code=code,
    )
