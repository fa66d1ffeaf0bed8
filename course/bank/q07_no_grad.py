"""Questions on lesson 07."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Question, Word, Words, lines, run
from course.bank.walks import nodes

bank = Bank(7, "no_grad")


@bank.question()
def in_the_block(random: Random, torch: Any) -> Question:
    a, b = random.sample(range(2, 9), 2)
    inside = random.sample(
        ["p = x * 2", "p = torch.tensor(1.0, requires_grad=True)", "p = x", "p = x.clone()", "p = torch.ones(2) * 3"], 1
    )[0]
    after = random.choice(["q = x + p", "q = 3 * p", "q = y * p"])
    code = f"""
        x = torch.tensor({a}.0, requires_grad=True)
        y = {b} * x
        with torch.no_grad():
            {inside}
        {after}
    """
    ran = run(torch, code)
    truth = [str(ran(f"{name}.requires_grad")) for name in "ypq"]
    return Question(
        "At the end, which of `y`, `p` and `q` require grad?",
        Words("True", "False", count=3),
        truth,
        "In the block no operation is recorded. A tensor that requires grad keeps doing so, and a new leaf does if you "
        "say so. After the block all is as before.",
        wrong=[
            (["True", "False", truth[2]], "No operation made it in the block: it is a leaf, or the same tensor."),
            (
                ["True", "True", truth[2]],
                "It was computed in the block, where nothing is recorded. That stays so afterwards.",
            ),
            (
                [*truth[:2], "False"],
                "After the block recording is on again, and one input that requires grad is enough.",
            ),
            ([*truth[:2], "True"], "None of the inputs requires grad: what was computed in the block has no past."),
            (["False", *truth[1:]], "`y` was computed before the block, and keeps its node."),
        ],
        code=code,
    )


@bank.question()
def blocks_in_blocks(random: Random, torch: Any) -> Question:
    outer, inner = random.sample(["torch.no_grad()", "torch.enable_grad()", "torch.set_grad_enabled(False)"], 2)
    fails = random.choice([True, False])
    end = "\n                raise ValueError" if fails else ""
    code = f"""
        modes = []
        try:
            with {outer}:
                modes.append(torch.is_grad_enabled())
                with {inner}:
                    modes.append(torch.is_grad_enabled())
                modes.append(torch.is_grad_enabled()){end}
        except ValueError:
            pass
        modes.append(torch.is_grad_enabled())
    """
    truth = [str(mode) for mode in run(torch, code)("modes")]
    return Question(
        "Recording is on at the start. What is in `modes` at the end?",
        Words("True", "False", count=4),
        truth,
        "Each block, however it is left, puts back what it found.",
        wrong=[
            ([truth[0], truth[1], truth[1], "True"], "When the inner block ends, the mode of the outer one is back."),
            (
                [*truth[:3], "False"],
                "The outer block puts back what it found, after an exception too: recording was on.",
            ),
            ([truth[0]] * 3 + ["True"], "Inside the inner block its own mode holds."),
        ],
        code=code,
    )


@bank.question()
def the_update(random: Random, torch: Any) -> Question:
    w, slope = random.randint(2, 6), random.choice([2, 3, 4])
    updates = {
        "in place, in the block": "with torch.no_grad():\n    w -= 0.5 * w.grad",
        "in place, recorded": "w -= 0.5 * w.grad",
        "new, recorded": "w = w - 0.5 * w.grad",
        "new, in the block": "with torch.no_grad():\n    w = w - 0.5 * w.grad",
    }
    update = random.choice([*updates])
    code = f"""
        w = torch.tensor({w}.0, requires_grad=True)
        loss = {slope} * w
        loss.backward()
    """
    ran = run(torch, code, updates[update])
    if ran.error is not None:
        truth = "raises"
    elif ran("w.is_leaf and w.requires_grad"):
        truth = "leaf"
    else:
        truth = "result" if ran("w.grad_fn is not None") else "plain"
    return Question(
        "What is `w` after this?",
        Letter(
            random,
            [
                ("raises", "it raises"),
                ("leaf", "a leaf that requires grad, ready for the next pass"),
                ("result", "the result of a recorded operation, and not a leaf"),
                ("plain", "a tensor that does not require grad"),
            ],
        ),
        truth,
        {
            "in place, in the block": "In the block nothing is recorded, so the leaf may be written to. It "
            "stays a leaf.",
            "in place, recorded": "A leaf that requires grad may not be written to while operations are recorded.",
            "new, recorded": "The subtraction is recorded, and the name `w` goes to its result. Only leaves collect.",
            "new, in the block": "The name `w` goes to a new tensor, made unrecorded: it does not require grad.",
        }[update],
        wrong=[
            ("leaf", "`w = …` gives the name to another tensor, and `-=` outside the block is refused."),
            ("raises", "Only a write in place, to a leaf that requires grad, while recording is on, is refused."),
            ("result", "That is what becomes of a new tensor whose making was recorded."),
            ("plain", "That is what becomes of a new tensor that was made in the block."),
        ],
        code=lines(code, updates[update]),
    )


@bank.question()
def behind_the_total(random: Random, torch: Any) -> Question:
    steps = random.choice([3, 5, 10])
    noted = random.choice(["loss", "loss", "loss.detach()", "loss.item()"])
    code = f"""
        w = torch.tensor(1.0, requires_grad=True)
        total = 0.0
        for _ in range({steps}):
            loss = (2 * w) ** 2
            loss.backward()
            total = total + {noted}
    """
    ran = run(torch, code)
    node = getattr(ran("total"), "grad_fn", None)
    truth = 0 if node is None else len(nodes(node))
    return Question(
        "How many nodes are behind `total` at the end? Count each once, the `AccumulateGrad` of `w` as well.",
        Number(),
        truth,
        "A total of losses is a result of recorded additions, and holds the graph of every one of them. A number, or a "
        "detached tensor, holds none.",
        wrong=[
            (0, "`backward()` frees what nodes have saved. The nodes stay as long as somebody holds them."),
            (4, "`total` is the result of all the additions, not of the last one only."),
            (3 * steps + 1, f"`total + {noted}` takes the number without its past, so nothing is recorded."),
            (2 * steps + 1, "The additions are recorded as well, one for each turn."),
            (3 * steps, "The leaf's `AccumulateGrad` is a node, too."),
            (steps, "Each loss has nodes of its own, behind the addition."),
        ],
        code=code,
    )


@bank.question(pair="detach")
def three_ways_to_say_no(random: Random, torch: Any) -> Question:
    a, b = random.sample(range(2, 7), 2)
    ways = {
        "detach": "y = a.detach() * b",
        "requires_grad": "a.requires_grad_(False)\ny = a * b",
        "no_grad": "with torch.no_grad():\n    y = a * b",
        "data": "y = a.data * b",
    }
    way = random.choice([*ways])
    code = f"""
        a = torch.tensor({a}.0, requires_grad=True)
        b = torch.tensor({b}.0, requires_grad=True)
        {{}}
    """
    start = lines(code).replace("{}", ways[way])
    ran = run(torch, start)
    truth = [
        str(ran("y.requires_grad")),
        str(run(torch, start, "y.backward()").end == "runs"),
        str(ran("a.requires_grad")),
    ]
    truth[1] = str(truth[1] == "True" and run(torch, start, "y.backward()")("b.grad is not None"))
    return Question(
        "Say of each whether it is true: `y` requires grad; `y.backward()` brings a gradient to `b`; `a` still "
        "requires grad.",
        Words("True", "False", count=3),
        truth,
        "`no_grad` is for a stretch of code, `detach()` and `.data` for one use of a value, `requires_grad_(False)` "
        "for a tensor, until you change it back.",
        wrong=[
            (["False", "False", "True"], "This way stops one value only. The other factor, `b`, has its path still."),
            (["True", "True", "True"], "Either nothing at all was recorded here, or `a` itself was changed."),
            (["True", "True", "False"], "`a` is left as it was: only one use of it, or one block, goes unrecorded."),
            (
                ["False", "False", "False"],
                "`b` still has its path, or `a` still requires grad: look at what was changed.",
            ),
        ],
        code=start,
    )


@bank.question(pair="eval")
def eval_or_no_grad(random: Random, torch: Any) -> Question:
    how = random.choice(["model.eval()", "no_grad", "both", "model.train()"])
    call = "y = model(x).sum()"
    body = {
        "model.eval()": f"model.eval()\n{call}",
        "no_grad": f"with torch.no_grad():\n    {call}",
        "both": f"model.eval()\nwith torch.no_grad():\n    {call}",
        "model.train()": f"model.train()\n{call}",
    }[how]
    code = f"model = torch.nn.Linear(2, 1)\nx = torch.ones(3, 2)\n{body}"
    ran = run(torch, code)
    truth = [str(ran("y.requires_grad")), str(ran("model.training"))]
    return Question(
        "Does `y` require grad, and is `model.training` True?",
        Words("True", "False", count=2),
        truth,
        "`eval()` tells the layers that they are not being trained, and records as before. `no_grad` stops recording, "
        "and tells the layers nothing.",
        wrong=[
            (["False", "False"], "Only one of the two was said here, if any. Neither brings the other with it."),
            (["True", "True"], "Look again at what was said: `eval()` is for the layers, `no_grad` for the recording."),
            (["False", "True"], "That is `no_grad` without `eval()`."),
            (["True", "False"], "That is `eval()` without `no_grad`."),
        ],
        code=code,
    )


@bank.question(pair="eval")
def which_saves_memory(random: Random, torch: Any) -> Question:
    goal = random.choice(["graph", "layers"])
    ways = {
        "model.eval()": "model.eval()\ny = model(x)",
        "with torch.no_grad()": "with torch.no_grad():\n    y = model(x)",
        "y.detach()": "y = model(x)\ny.detach()",
        "model.zero_grad()": "model.zero_grad()\ny = model(x)",
    }
    start = "model = torch.nn.Linear(2, 1)\nx = torch.ones(3, 2)"

    def reached(way: str) -> bool:
        ran = run(torch, start, ways[way])
        return bool(ran("not model.training") if goal == "layers" else ran("y.grad_fn is None"))

    (truth,) = [way for way in ways if reached(way)]
    asked = {
        "graph": "Predictions are to be made without a graph being recorded",
        "layers": "Layers such as dropout are to behave as they do when a model is used, not as when it is trained",
    }[goal]
    return Question(
        f"{asked}. What does that?",
        Letter(random, [(way, f"`{way}`") for way in ways]),
        truth,
        "`eval()` is about what the layers do, `no_grad` about what is recorded. To use a model you mostly want both.",
        wrong=[
            ("model.eval()", "`eval()` only tells the layers. Every operation is recorded as before."),
            ("with torch.no_grad()", "`no_grad` only stops the recording. The layers still take it for training."),
            ("y.detach()", "That makes another tensor, when everything has been recorded already."),
            ("model.zero_grad()", "That clears gradients. It changes neither the layers nor the recording."),
        ],
        code=start,
    )


@bank.question()
def next_pass(random: Random, torch: Any) -> Question:
    w, factor = random.randint(2, 6), random.choice([2, 3])
    update = random.choice(["w -= 0.1 * w.grad", "w = w - 0.1 * w.grad", "w.sub_(0.1 * w.grad)"])
    code = f"""
        w = torch.tensor({w}.0, requires_grad=True)
        ({factor} * w).backward()
        with torch.no_grad():
            {update}
        ({factor} * w).backward()
    """
    return Question(
        "Does this run, or raise?",
        Word("runs", "raises"),
        run(torch, code).end,
        "Written in place, `w` stays the leaf it was. `w = …` in the block gives the name to a tensor that does not "
        "require grad.",
        wrong=[
            ("runs", "The second pass begins at a tensor that does not require grad: there is no graph behind it."),
            (
                "raises",
                "In the block nothing is recorded, so a leaf may be written to in place. It stays the same leaf.",
            ),
        ],
        code=code,
    )
