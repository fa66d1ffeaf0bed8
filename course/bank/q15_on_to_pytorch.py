"""Questions on lesson 15."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Numbers, Question, Word, Words, run

bank = Bank(15, "on to PyTorch")


@bank.question()
def two_dtypes(random: Random, torch: Any) -> Question:
    programs = {
        "model(torch.tensor([[1.0, 2.0]]))": "Numbers with a point become float32, like the weights.",
        "model(torch.tensor([[1, 2]]))": "Whole numbers become int64, and a product of matrices converts nothing.",
        "model(torch.ones(4, 2, dtype=torch.float64))": "float64 meets float32, and nothing is converted.",
        "model(torch.ones(4, 2, dtype=torch.float64).float())": "`float()` makes float32 of it.",
        "model.double()(torch.ones(4, 2, dtype=torch.float64))": "`double()` makes the weights float64 as well.",
        "model(torch.tensor([1, 2]).float())": "`float()` makes float32 of whole numbers.",
    }
    chosen = random.sample(list(programs), 3)
    start = "model = torch.nn.Linear(2, 3)"
    truth = [run(torch, start, line).end for line in chosen]
    return Question(
        f"Each of these follows on its own: {', '.join(f'`{line}`' for line in chosen)}. How do they end?",
        Words("runs", "raises", count=3),
        truth,
        " ".join(programs[line] for line in chosen),
        wrong=[
            (["runs"] * 3, "A sum of two dtypes is converted, a product of matrices isn't."),
            (["raises"] * 3, "Where the dtypes agree, all is well."),
            (["raises" if end == "runs" else "runs" for end in truth], "It is the other way round."),
        ],
        code=start,
    )


@bank.question()
def dimensions(random: Random, torch: Any) -> Question:
    inputs, outputs = random.sample([2, 3, 4, 5], 2)
    shape = random.choice([(inputs,), (6, inputs), (inputs, 6), (6, 7, inputs), (7, inputs, 6)])
    written = ", ".join(map(str, shape))
    code = f"""
        model = torch.nn.Linear({inputs}, {outputs})
        y = model(torch.ones({written}))
    """
    ran = run(torch, code)
    truth = "raises" if ran.end == "raises" else ran("str(tuple(y.shape))")
    choices = {str((*shape[:-1], outputs)), str((outputs, *shape[1:])), str((1, outputs)), str(shape), "raises"}
    listed = [(value, "an error" if value == "raises" else f"`{value}`") for value in sorted(choices)]
    return Question(
        "What is the shape of `y`?",
        Letter(random, listed),
        truth,
        "A linear layer looks at the last dimension alone. It must have the size of the layer's input, and gets the "
        "size of its output. What stands before it stays.",
        wrong=[
            ("raises", "Look at the last dimension: it fits. Those before it may be any, or none."),
            (str((*shape[:-1], outputs)), "That would be so if the last dimension fitted the layer's input."),
            (str((1, outputs)), "No dimension is added: what stands before the last one stays as it is."),
            (str((outputs, *shape[1:])), "The last dimension becomes the output, not the first."),
            (str(shape), "The layer changes the last dimension to the number of its outputs."),
        ],
        code=code,
    )


@bank.question()
def targets(random: Random, torch: Any) -> Question:
    classes = random.choice([3, 4])
    programs = {
        "[0, 1]": "Numbers of classes, as whole numbers.",
        "[0.0, 1.0]": "Numbers of classes must be whole numbers.",
        f"[0, {classes}]": f"Classes are counted from 0, so the last one is {classes - 1}.",
        f"[0, {classes - 1}]": f"Classes are counted from 0, and {classes - 1} is the last one.",
        "[[0], [1]]": "One number for each row is wanted, not a column.",
    }
    chosen = random.choice(list(programs))
    code = f"""
        scores = torch.ones(2, {classes})
        loss = torch.nn.functional.cross_entropy(scores, torch.tensor({chosen}))
    """
    ran = run(torch, code)
    return Question(
        "Does it run?",
        Word("runs", "raises"),
        ran.end,
        programs[chosen],
        wrong=[
            ("runs", f"For 2 rows of scores it wants 2 whole numbers, each from 0 to {classes - 1}."),
            ("raises", f"Two whole numbers, each from 0 to {classes - 1}, one for each row: nothing is missing."),
        ],
        code=code,
    )


@bank.question()
def mean_of_what(random: Random, torch: Any) -> Question:
    a, b = random.sample([1, 2, 3, 4], 2)
    shape = random.choice(["(2, 1)", "(2,)"])
    code = f"""
        predicted = torch.tensor([{a}.0, {b}.0]).reshape{shape.replace("(2,)", "(2)")}
        target = torch.tensor([{a}.0, {b}.0])
        loss = torch.nn.functional.mse_loss(predicted, target)
    """
    ran = run(torch, code)
    table = float((a - b) ** 2) / 2
    return Question(
        f"`predicted` has the shape {shape}, `target` the shape (2,). What is `loss`?",
        Number(),
        ran("loss.item()"),
        "A column and a row are broadcast to a table of (2, 2), and the loss is the mean of its four squares. Only if "
        "the shapes agree does each number meet its own target.",
        wrong=[
            (0.0, "The same numbers, but a column meets a row: each number meets each target. There is a warning."),
            (table, "The shapes agree, so each number meets its own target, and that is equal to it."),
            (2 * table, "Of the four squares of the table, two are 0. The mean is over all four."),
        ],
        code=code,
    )


@bank.question(pair="eval")
def after_an_evaluation(random: Random, torch: Any) -> Question:
    evaluated, recorded = random.choice(["model.eval()", "model.train(False)", ""]), random.choice([True, False])
    back = random.choice(["model.train()", ""])
    block = "loss = model(x).mean()" if recorded else "with torch.no_grad():\n            loss = model(x).mean()"
    code = f"""
        model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(0.5))
        x = torch.ones(3, 2)
        {evaluated or "# no mode is set"}
        {block}
        {back}
    """
    ran = run(torch, code)
    truth = [float(ran("model.training")), float(ran("loss.requires_grad"))]
    return Question(
        "At the end, is the model in training mode, and does `loss` require grad? (1 for yes, 0 for no)",
        Numbers(2),
        truth,
        "A model is in training mode until it is told otherwise, and stays as it is told. Whether a graph is recorded "
        "is another matter: `no_grad` decides that, and ends with its block.",
        wrong=[
            ([0.0, 0.0] if evaluated else [1.0, 0.0], "Eval mode doesn't stop the recording. Only `no_grad` does."),
            ([1.0, float(recorded)], "Nothing sets the mode back, unless a line does so."),
            ([0.0, float(recorded)], "The last word on the mode counts. A new model is in training mode."),
            ([truth[0], 1.0 - truth[1]], "Look for `no_grad`: it alone decides whether a graph is recorded."),
        ],
        code=code,
    )


@bank.question()
def what_is_remembered(random: Random, torch: Any) -> Question:
    made = random.choice(["SGD(model.parameters(), lr=0.1)", "SGD(model.parameters(), lr=0.1, momentum=0.9)",
                          "Adam(model.parameters(), lr=0.1)"])  # fmt: skip
    steps = random.choice([0, 1, 3])
    code = f"""
        model = torch.nn.Linear(2, 1)
        optimizer = torch.optim.{made}
        for turn in range({steps}):
            optimizer.zero_grad()
            model(torch.ones(4, 2)).mean().backward()
            optimizer.step()
        kept = optimizer.state_dict()["state"].values()
        remembered = sum(torch.is_tensor(t) for entry in kept for t in entry.values())
    """
    ran = run(torch, code)
    return Question(
        "How many tensors does the optimizer remember from step to step, for the two parameters, weight and bias?",
        Number(),
        ran("remembered"),
        "Plain SGD remembers nothing, momentum one tensor for each parameter, Adam three: two running means and the "
        "number of steps. All are made by the first step.",
        wrong=[
            (0, "The learning rate alone isn't all. What does a step need of those before it?"),
            (2, "One tensor for each parameter: that is momentum after its first step."),
            (4, "The two running means are there for each parameter, and the number of steps beside them."),
            (6, "Adam after its first step has so many. Look which optimizer it is, and whether it has made a step."),
        ],
        code=code,
    )


@bank.question()
def keeping_a_training(random: Random, torch: Any) -> Question:
    rest = random.choice(["lr=0.1)", "lr=0.1, momentum=0.9)"])
    kind, rest = random.choice([("SGD", rest), ("SGD", rest), ("Adam", "lr=0.1)")])
    both = random.choice([True, False])
    second = (
        "second.load_state_dict(deepcopy(first.state_dict()))"
        if both
        else "# nothing is loaded into the second optimizer"
    )
    code = f"""
        from copy import deepcopy

        def step(w, optimizer):
            optimizer.zero_grad()
            (w * w).backward()
            optimizer.step()

        w = torch.tensor(4.0, requires_grad=True)
        first = torch.optim.{kind}([w], {rest}
        for turn in range(3):
            step(w, first)

        other = w.detach().clone().requires_grad_()
        second = torch.optim.{kind}([other], {rest}
        {second}
        step(w, first)
        step(other, second)
        same = torch.allclose(w, other)
    """
    ran = run(torch, code)
    return Question(
        "What is `same`?",
        Word("True", "False"),
        ran("str(same)"),
        "The next step is the same if all that it depends on is: the parameters, and what the optimizer remembers. "
        "Plain SGD remembers nothing.",
        wrong=[
            ("True", "The parameters are the same, but this optimizer's next step depends on those before it."),
            ("False", "What does the next step depend on, with this optimizer? All of that is there."),
        ],
        code=code,
    )


@bank.question(pair="none")
def reached(random: Random, torch: Any) -> Question:
    frozen = random.choice(["first.weight.requires_grad_(False)", "first.requires_grad_(False)", ""])
    cut = random.choice(["", ".detach()", " * 0.0"])
    code = f"""
        first, last = torch.nn.Linear(2, 3), torch.nn.Linear(3, 1)
        {frozen or "# nothing is frozen"}
        hidden = first(torch.ones(4, 2)){cut}
        loss = last(hidden).mean()
        loss.backward()
        parameters = [*first.parameters(), *last.parameters()]
        reached = sum(p.grad is not None for p in parameters)
    """
    ran = run(torch, code)
    return Question(
        "Each of the two layers has a weight and a bias. How many of the four have a `.grad` that isn't None?",
        Number(),
        ran("reached"),
        "A parameter gets a gradient if it requires grad and a path leads to it. A factor of 0 is a path, `detach()` "
        "is none.",
        wrong=[
            (4, "Is one of them frozen, or is the path to it cut?"),
            (3, "One frozen tensor is one fewer, if the path to the others of its layer is whole."),
            (2, "Is the path to the first layer cut, or is all of it frozen? A factor of 0 cuts nothing."),
            (1, "The bias of the last layer isn't the only one: the weight beside it gets one as well."),
        ],
        code=code,
    )


@bank.question()
def unequal_batches(random: Random, torch: Any) -> Question:
    large, small = random.choice([(9, 1), (8, 2), (3, 1)])
    a, b = random.choice([(1, 11), (2, 12), (0, 10)])
    code = f"""
        errors = [torch.full(({large},), {a}.0), torch.full(({small},), {b}.0)]  # of two batches
        of_means = sum(e.mean() for e in errors) / 2
        of_points = sum(e.sum() for e in errors) / {large + small}
    """
    ran = run(torch, code)
    means = random.choice([True, False])
    asked, other = ("of_means", "of_points") if means else ("of_points", "of_means")
    return Question(
        f"What is `{asked}`?",
        Number(),
        ran(f"{asked}.item()"),
        "The mean of the means counts each batch the same, the mean over the points each point. They agree only for "
        "batches of the same size.",
        wrong=[
            (ran(f"{other}.item()"), "That is the other one: does each batch count the same here, or each point?"),
            (ran("sum(e.mean() for e in errors).item()"), "Two batches: there is a division to be made."),
        ],
        code=code,
    )
