"""Questions on lesson 10."""

from random import Random
from textwrap import dedent
from typing import Any

from course.bank.form import Bank, Letter, Number, Numbers, Question, Word, Words, run

bank = Bank(10, "error clinic")

COUNT = """
def nodes(t):
    met, todo = [], [t.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None and node not in met:
            met.append(node)
            todo += [behind for behind, _ in node.next_functions]
    return len(met)
"""


@bank.question()
def which_have_a_graph(random: Random, torch: Any) -> Question:
    ways = {
        "(w * x).detach().sum()": "`detach()` cuts the only path.",
        "torch.tensor((w * x).tolist()).sum()": "A new tensor is made of numbers, which have no past.",
        "(w * x > 2).float().sum()": "A comparison has no slope, and records nothing.",
        "torch.round(w * x).sum()": "`round` is recorded, with a slope of 0.",
        "(w.detach() * x + w).sum()": "One path is cut, and the other is left.",
        "torch.stack([w * 2, w * 3]).sum()": "`stack` is an operation like any other.",
        "(w * x).argmax()": "`argmax` gives a whole number, which has no slope.",
    }
    chosen = random.sample(list(ways), 3)
    start = "w = torch.tensor(1.0, requires_grad=True)\nx = torch.tensor([1.0, 2.0, 3.0])"
    ran = run(torch, start)
    truth = [str(ran(f"({way}).requires_grad")) for way in chosen]
    listed = ", ".join(f"`{way}`" for way in chosen)
    return Question(
        f"Which of these results require grad: {listed}?",
        Words("True", "False", count=3),
        truth,
        " ".join(ways[way] for way in chosen),
        wrong=[
            (["True"] * 3, "All come from `w`. But a graph can end on the way, at a cut, or where there is no slope."),
            (["False"] * 3, "A slope of 0 is recorded, and so is every path that is not cut."),
            (
                [
                    "False" if "round" in way or "detach" in way else value
                    for way, value in zip(chosen, truth, strict=True)
                ],
                "`round` has a node. And where one of two paths is cut, the other one still has all its nodes.",
            ),
        ],
        code=start,
    )


@bank.question()
def told_to_require_grad(random: Random, torch: Any) -> Question:
    a, b = random.sample(range(2, 8), 2)
    cut = random.choice([".detach()", ""])
    line = "loss.requires_grad_(True)\n        " if cut else ""
    code = f"""
        w = torch.tensor({a}.0, requires_grad=True)
        loss = (w{cut} - {b}.0) ** 2
        {line}loss.backward()
    """
    ran = run(torch, code)
    uncut = run(torch, code.replace(".detach()", "").replace("loss.requires_grad_(True)", ""))("str(w.grad.item())")
    numbers = [str(number) for number in (2.0 * (a - b), float((a - b) ** 2), 1.0)]
    return Question(
        "What is `w.grad`?",
        Word("None", *dict.fromkeys(numbers)),
        ran("'None' if w.grad is None else str(w.grad.item())"),
        "A path has to lead from the loss back to `w`. `requires_grad_()` on the loss makes a leaf of it, and no path.",
        wrong=[
            (uncut, "That would be its slope if the path were whole."),
            ("1.0", "1 is the gradient of the loss with respect to itself. It stays in `loss.grad`."),
            ("None", "Nothing is cut here: the path from the loss to `w` is whole."),
        ],
        code=code,
    )


@bank.question(pair="retain")
def longer_and_longer(random: Random, torch: Any) -> Question:
    turns = random.choice([10, 20, 100])
    kept = random.choice(["state", "state.detach()"])
    code = f"""
        w = torch.tensor(1.0, requires_grad=True)
        state = torch.tensor(1.0)
        for turn in range({turns}):
            state = {kept} * 0.5 + w
            loss = state.exp()
            loss.backward(retain_graph=True)
    """
    ran = run(torch, COUNT + dedent(code))
    other = "state.detach()" if kept == "state" else "state"
    return Question(
        f"How many nodes are behind `loss` after the last of the {turns} turns, `AccumulateGrad` included?",
        Number(),
        ran("nodes(loss)"),
        "A state that is carried on brings along the nodes of all turns before it, unless it is detached.",
        wrong=[
            (
                run(torch, COUNT + dedent(code.replace(f"{kept} *", f"{other} *")))("nodes(loss)"),
                "Look at what the new state is computed from: is its past cut, or not?",
            ),
            (3 * turns, "Only the state is carried on, not the exponential of the turns before."),
            (
                2 * turns,
                "The first state was a constant, so its product has no node. Count the last `exp` and the leaf.",
            ),
        ],
        code=code,
    )


@bank.question()
def older_than_the_turn(random: Random, torch: Any) -> Question:
    inside = random.choice([True, False])
    square, exp = "scale = w * w", "scale = w.exp()"
    line = random.choice([square, exp])
    indented = f"{line}\n        " if not inside else ""
    body = f"{line}\n            " if inside else ""
    retain = random.choice(["", "retain_graph=True"])
    code = f"""
        w = torch.tensor(0.5, requires_grad=True)
        {indented}for turn in range(3):
            w.grad = None
            {body}loss = (scale * 2 - 1) ** 2
            loss.backward({retain})
    """
    ran = run(torch, code)
    return Question(
        "How does this end?",
        Word("runs", "raises"),
        ran.end,
        "A second pass through a node that has saved something raises, unless the first was told to retain the graph.",
        wrong=[
            ("raises", "Is any node gone through twice, after what it saved was freed?"),
            (
                "runs",
                "The loss is computed anew. But `scale` is older than the turn, and its node has saved something.",
            ),
        ],
        code=code,
    )


@bank.question()
def who_is_caught(random: Random, torch: Any) -> Question:
    first = random.choice(["b * (a * x)", "b + a * x", "(a * x).exp() * b"])
    write = random.choice(["a.add_(1.0)", "b.add_(1.0)", "x.add_(1.0)"])
    code = f"""
        a = torch.tensor([2.0], requires_grad=True)
        b = torch.tensor([3.0], requires_grad=True)
        x = torch.tensor([1.0])
        y = {first}
        with torch.no_grad():
            {write}
        y.backward()
    """
    ran = run(torch, code)
    return Question(
        "How does this end?",
        Word("runs", "raises"),
        ran.end,
        "A product saves the factors that its slopes need, a sum nothing. Only a write to what was saved is caught.",
        wrong=[
            ("runs", "Which factor does the product need for the slope of the other one? It was written to."),
            ("raises", "Not every write is caught, only one to what a node has saved and still needs."),
        ],
        code=code,
    )


@bank.question()
def which_message(random: Random, torch: Any) -> Question:
    programs = {
        "a second time": "y = (x * x).sum()\ny.backward()\ny.backward()",
        "scalar outputs": "y = x * x\ny.backward()",
        "does not require grad": "y = (x.detach() * x.detach()).sum()\ny.backward()",
        "a leaf Variable that requires grad": "x += 1",
        "modified by an inplace operation": "y = x.exp()\ny += 1\ny.sum().backward()",
        "Can't call numpy()": "y = (x * 2).numpy()",
    }
    words = random.choice(list(programs))
    code = "x = torch.tensor([1.0, 2.0], requires_grad=True)\n" + programs[words]
    ran = run(torch, code)
    truth = next(told for told in programs if told in str(ran.error))
    others = random.sample([told for told in programs if told != truth], 3)
    return Question(
        "Which words are in the error that this raises?",
        Letter(random, [(told, f"“{told}”") for told in (truth, *others)]),
        truth,
        "Each message names the rule that was broken: one pass a graph, one number, a graph at all, no write to a leaf "
        "or to what was saved, no NumPy inside.",
        wrong=[
            (others[0], f"That belongs to something else: `{programs[others[0]].splitlines()[-1]}`, for instance."),
            (others[1], f"That belongs to something else: `{programs[others[1]].splitlines()[-1]}`, for instance."),
            (others[2], f"That belongs to something else: `{programs[others[2]].splitlines()[-1]}`, for instance."),
        ],
        code=code,
    )


@bank.question()
def a_column_and_a_row(random: Random, torch: Any) -> Question:
    n = random.choice([3, 4, 5, 10])
    squeezed = random.choice(["", ".squeeze(1)"])
    code = f"""
        predicted = torch.ones({n}, 1){squeezed}
        target = torch.zeros({n})
        squares = (predicted - target) ** 2
    """
    ran = run(torch, code)
    return Question(
        "How many numbers are in `squares`?",
        Number(),
        ran("squares.numel()"),
        "(n, 1) − (n,) is a table of n rows and n columns; (n,) − (n,) has n numbers.",
        wrong=[
            (n, "A column minus a row is broadcast: each number of one meets each of the other."),
            (n * n, "`squeeze(1)` has made a row of the column: both have the same shape."),
            (2 * n, "They are subtracted, not put side by side."),
        ],
        code=code,
    )


@bank.question()
def zero_times_infinity(random: Random, torch: Any) -> Question:
    root = random.choice(
        [
            "torch.where(x > 0, x.sqrt(), torch.zeros(2))",
            "torch.where(x > 0, torch.where(x > 0, x, torch.ones(2)).sqrt(), torch.zeros(2))",
            "x.sqrt() * (x > 0)",
            "torch.maximum(x, torch.zeros(2)).sqrt()",
        ]
    )
    large = random.choice([4, 16, 25])
    code = f"""
        x = torch.tensor([0.0, {large}.0], requires_grad=True)
        y = {root}
        y.sum().backward()
    """
    ran = run(torch, code)
    return Question(
        "The value of `y` at 0 is 0. What is the gradient of `x` there?",
        Word("0", "nan", "inf"),
        ran("'nan' if x.grad[0] != x.grad[0] else 'inf' if x.grad[0] > 1e9 else str(int(x.grad[0].item()))"),
        "The slope of the root at 0 is infinite. A 0 that meets it makes nan, any other number leaves it "
        "infinite. Only where the root never gets the 0 is the gradient 0.",
        wrong=[
            ("0", "The branch not taken is in the graph, too: its 0 meets the infinite slope of the root."),
            ("inf", "What arrives at the root there is a 0, not a 1, or the root never gets the 0."),
            ("nan", "nan comes of 0 times an infinite slope. Do the two meet here?"),
        ],
        code=code,
    )


@bank.question(pair="eval")
def which_of_the_two(random: Random, torch: Any) -> Question:
    evaluated, recorded = random.choice([True, False]), random.choice([True, False])
    code = f"""
        class Doubled(torch.nn.Module):
            def forward(self, x):
                return x * 2 if self.training else x

        module = Doubled(){".eval()" if evaluated else ""}
        x = torch.tensor(3.0, requires_grad=True)
        with torch.set_grad_enabled({recorded}):
            y = module(x)
    """
    ran = run(torch, code)
    return Question(
        "What is the number in `y`, and does it require grad? (1 for True, 0 for False)",
        Numbers(2),
        ran("[y.item(), float(y.requires_grad)]"),
        "`eval()` sets `training` to False, and a module may look at it. Recording is a matter of the block alone.",
        wrong=[
            ([3.0 if evaluated else 6.0, 0.0 if evaluated else 1.0], "`eval()` has nothing to do with recording."),
            ([6.0 if recorded else 3.0, float(recorded)], "The block has nothing to do with `training`."),
            ([3.0, 0.0], "Each is off only if it was switched off: the mode by `eval()`, the recording by the block."),
        ],
        code=code,
    )


@bank.question(pair="none")
def what_is_in_grad(random: Random, torch: Any) -> Question:
    a = random.randint(2, 6)
    programs = [
        "w = torch.tensor({a}.0, requires_grad=True) * 1.0\n(w * w).backward()",
        "w = torch.tensor({a}.0, requires_grad=True)\n(w * 0.0).backward()",
        "w = torch.tensor({a}.0, requires_grad=True)\ntorch.tensor((w * w).item(), requires_grad=True).backward()",
        "w = torch.tensor({a}.0, requires_grad=True)\n(torch.floor(w) * 3).backward()",
        "w = torch.tensor({a}.0, requires_grad=True)\n(w * w).backward()",
        "w = torch.tensor({a}.0, requires_grad=True)\n"
        "b = torch.tensor(1.0, requires_grad=True)\n(w.detach() * 3 + b).backward()",
    ]
    code = random.choice(programs).format(a=a)
    ran = run(torch, f"import warnings\nwarnings.simplefilter('ignore')\n{code}")
    return Question(
        "What is in `w.grad`: None, zero, or another number?",
        Word("None", "zero", "number"),
        ran("'None' if w.grad is None else 'number' if w.grad.item() else 'zero'"),
        "None: no path led to it, or it is no leaf. Zero: a path did, and something on it has the slope 0.",
        wrong=[
            ("zero", "A gradient of 0 is put there by a pass that came along. Did one come along, and with 0?"),
            ("None", "A pass has come along here, and has put a gradient there."),
            ("number", "Is `w` a leaf, does a path lead to it, and is every slope on it different from 0?"),
        ],
        code=code,
    )
