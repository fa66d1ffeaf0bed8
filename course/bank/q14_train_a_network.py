"""Questions on lesson 14."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Numbers, Question, Word, run

bank = Bank(14, "train a network")


@bank.question()
def how_many_numbers(random: Random, torch: Any) -> Question:
    ins, hidden, outs = random.choice([2, 3, 4]), random.choice([5, 8, 10]), random.choice([1, 2, 3])
    code = f"""
        nn = torch.nn
        model = nn.Sequential(nn.Linear({ins}, {hidden}), nn.Tanh(), nn.Linear({hidden}, {outs}))
        count = sum(p.numel() for p in model.parameters())
    """
    return Question(
        "What is `count`?",
        Number(),
        run(torch, code)("count"),
        "A linear layer holds one weight for each pair of an input and an output, and one bias for each output.",
        wrong=[
            (ins * hidden + hidden * outs, "Those are the weights. Each output of a layer has a bias, too."),
            (ins + hidden + outs, "Those are the numbers in the layers. The weights stand between them."),
            (ins * hidden + hidden * outs + 2, "A layer has one bias for each output, not one in all."),
        ],
        code=code,
    )


@bank.question()
def knows_nothing(random: Random, torch: Any) -> Question:
    classes, score = random.choice([2, 4, 5, 10]), random.choice([0, 1, 3, -2])
    code = f"""
        scores = torch.full((6, {classes}), {score}.0)
        right = torch.tensor([0, 1, 0, 1, 1, 0])
        loss = torch.nn.functional.cross_entropy(scores, right)
        p = torch.exp(-loss)
    """
    ran = run(torch, code)
    return Question(
        "What is `p`?",
        Number(),
        ran("p.item()"),
        "Equal scores give equal probabilities, 1 / (number of classes). The loss is minus the logarithm of that, and "
        "`exp(-loss)` undoes it.",
        wrong=[
            (ran("loss.item()"), "That is the loss: minus the logarithm of what is asked for."),
            (0.5, "That would be for two classes."),
            (float(score), "Scores are compared with one another: the same added to all changes nothing."),
            (1, "That would be a network that is certain and right."),
        ],
        code=code,
    )


@bank.question()
def steps_of_training(random: Random, torch: Any) -> Question:
    batch = random.choice([10, 20, 50])
    full, rest = random.choice([3, 4, 6]), random.choice([0, batch // 2])
    epochs = random.choice([2, 5, 10])
    n = batch * full + rest
    code = f"""
        data = torch.utils.data.TensorDataset(torch.zeros({n}))
        steps = 0
        for epoch in range({epochs}):
            for batch in torch.utils.data.DataLoader(data, batch_size={batch}, shuffle=True):
                steps += 1
    """
    return Question(
        "What is `steps`?",
        Number(),
        run(torch, code)("steps"),
        "An epoch goes once over all samples, a batch at a time; what is left makes a smaller last batch.",
        wrong=[
            (epochs, "That is the number of epochs. Each has several steps."),
            (full + bool(rest), "That is one epoch."),
            (full * epochs, "What is left over makes a batch, too."),
            (n * epochs, "A batch makes one step, not one for each sample."),
        ],
        code=code,
    )


@bank.question()
def start_of_weights(random: Random, torch: Any) -> Question:
    first = random.choice([[0.0, 0.0, 0.0], [0.5, 0.5, 0.5], [0.5, 1.0, 2.0]])
    second = 0.0 if first[0] == 0 else random.choice([0.5, 2.0])
    code = f"""
        W = torch.tensor([{first}], requires_grad=True)
        V = torch.full((3, 1), {second}, requires_grad=True)
        out = torch.tanh(torch.ones(1, 1) @ W) @ V
        out.backward()
    """
    ran = run(torch, code)
    many = ran("len({round(g, 4) for g in W.grad[0].tolist()})")
    truth = "zeros" if ran("W.grad.abs().max().item()") == 0 else "equal" if many == 1 else "different"
    return Question(
        "What is `W.grad` made of?",
        Letter(
            random,
            [
                ("zeros", "three zeros"),
                ("equal", "three equal numbers other than 0"),
                ("different", "numbers that are not all equal"),
            ],
        ),
        truth,
        "What arrives at `W` has been multiplied by `V`. Numbers that begin equal get equal gradients, and stay equal.",
        wrong=[
            ("zeros", "`V` isn't zero, so something arrives."),
            ("equal", "Is anything there that could make them other than 0, and does it treat all three alike?"),
            ("different", "All three begin with the same number, and all that follows treats them alike."),
        ],
        code=code,
    )


@bank.question()
def through_the_layers(random: Random, torch: Any) -> Question:
    weight, layers = random.choice([(0.1, 2), (0.1, 3), (0.5, 2), (0.5, 3), (2.0, 3), (2.0, 4), (3.0, 2), (10.0, 3)])
    code = f"""
        first = torch.tensor(5.0, requires_grad=True)
        h = first
        for layer in range({layers}):
            h = {weight} * h
        h.backward()
    """
    ran = run(torch, code)
    return Question(
        "What is `first.grad`?",
        Number(),
        ran("first.grad.item()"),
        "On the way back each layer multiplies by its weight: small weights make gradients vanish, large ones explode.",
        wrong=[
            (weight, "That is what one layer does. The gradient goes back through all of them."),
            (weight * layers, "The layers stand one behind the other: their weights are multiplied."),
            (ran("h.item()"), "That is the result. The gradient doesn't depend on the number that goes in here."),
            (1, "A layer multiplies what goes back through it by its weight."),
        ],
        code=code,
    )


@bank.question(pair="eval")
def backward_after_which(random: Random, torch: Any) -> Question:
    switch = random.choice(["eval", "no_grad", "both", "eval", "train"])
    lines = {
        "eval": ["model.eval()", "y = model(x).sum()"],
        "train": ["model.train()", "y = model(x).sum()"],
        "no_grad": ["with torch.no_grad():", "    y = model(x).sum()"],
        "both": ["model.eval()", "with torch.no_grad():", "    y = model(x).sum()"],
    }[switch]
    code = "\n        ".join(
        [
            "\n        model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Dropout(0.5))",
            "x = torch.ones(4, 2)",
            *lines,
            "y.backward()\n",
        ]
    )
    ran = run(torch, code)
    other = "raises" if ran.end == "runs" else "runs"
    why = {
        "eval": "`eval()` is for layers such as dropout. A graph is recorded all the same.",
        "train": "Nothing has switched the recording off.",
        "no_grad": "Nothing was recorded inside `no_grad`, so there is no way back from `y`.",
        "both": "`eval()` does no harm, but inside `no_grad` nothing was recorded.",
    }[switch]
    return Question(
        "Does the last line run?",
        Word("runs", "raises"),
        ran.end,
        "Only `no_grad` decides whether a graph is recorded; `eval()` only tells the layers how to behave.",
        wrong=[(other, why)],
        code=code,
    )


@bank.question(pair="eval")
def what_dropout_gives(random: Random, torch: Any) -> Question:
    part, value = random.choice([0.5, 0.75]), random.choice([1, 2, 3])
    mode = random.choice(["eval", "train"])
    recording = random.choice([True, False])
    code = f"""
        drop = torch.nn.Dropout({part})
        drop.{mode}()
        with torch.set_grad_enabled({recording}):
            out = drop(torch.full((1000,), {value}.0))
        found = sorted(set(out.tolist()))
    """
    ran = run(torch, code)
    kept = value / (1 - part)
    return Question(
        "Which numbers are in `found`, the smallest first?",
        Numbers(),
        ran("found"),
        "In training dropout makes some numbers 0 and the others larger, so that their mean stays. After `eval()` it "
        "gives what it gets. Recording makes no difference.",
        wrong=[
            ([0.0, float(value)], "What is kept is made larger, so that the mean stays."),
            ([float(value)], "Nobody has told the layer that the training is over: that takes `eval()`."),
            ([0.0, kept], "After `eval()` dropout leaves every number as it is."),
        ],
        code=code,
    )


@bank.question()
def softmax_twice(random: Random, torch: Any) -> Question:
    scores = [0, 0, 0]
    large, right = random.randrange(3), random.randrange(3)
    scores[large] = random.choice([20, 50])
    code = f"""
        F = torch.nn.functional
        scores, right = torch.tensor([{[float(score) for score in scores]}]), torch.tensor([{right}])
        a = F.cross_entropy(scores, right)
        b = F.cross_entropy(torch.softmax(scores, dim=1), right)
    """
    ran = run(torch, code)
    truth = "a" if ran("(a < b).item()") else "b"
    return Question(
        "Which loss is the smaller one?",
        Word("a", "b"),
        truth,
        "`cross_entropy` wants scores. Probabilities lie between 0 and 1, so as scores they are nearly equal: the loss "
        "gets neither near 0 nor large.",
        wrong=[
            ("a", "The network is sure and wrong. With its true scores that costs it dearly."),
            ("b", "The network is sure and right. The second softmax leaves nothing of that."),
        ],
        code=code,
    )


@bank.question()
def where_to_stop(random: Random, torch: Any) -> Question:
    best = random.choice([2, 3, 4])
    training = [round(3.0 - 0.4 * epoch, 1) for epoch in range(7)]
    kept_back = [round(2.0 + 0.3 * abs(epoch - best) + (0.1 if epoch > best else 0), 1) for epoch in range(7)]
    code = f"""
        on_its_own_data = {training}
        on_data_kept_back = {kept_back}
        best = min(range(7), key=on_data_kept_back.__getitem__)
        last = min(range(7), key=on_its_own_data.__getitem__)
    """
    ran = run(torch, code)
    shown = "\n".join(code.splitlines()[:3])
    return Question(
        "The losses of a network after 0, 1, 2 … epochs. After how many epochs is it best for new data?",
        Number(),
        ran("best"),
        "Data kept back stand for all data that the training doesn't see. When the loss on them rises, it learns by "
        "heart.",
        wrong=[
            (ran("last"), "There it knows its own data best. On others it has become worse."),
            (ran("best + 1"), "Count from 0: the first losses are from before any training."),
            (0, "It is worse before it has learned anything."),
        ],
        code=shown,
    )


@bank.question()
def counted(random: Random, torch: Any) -> Question:
    pieces = ["ab", random.choice(["ab", "ac"]), random.choice(["ab", "ac"]), "ac"]
    random.shuffle(pieces)
    code = f"""
        text = "{"".join(pieces)}."
        pairs = list(zip(text[:-1], text[1:]))
        of_a = [after for before, after in pairs if before == "a"]
    """
    ran = run(torch, code)
    shown = "\n".join(code.splitlines()[:2])
    return Question(
        "A language model sees one letter, and is trained on this text until its loss falls no more. "
        "What probability does it give to a `b` after an `a`?",
        Number(),
        ran("of_a.count('b') / len(of_a)"),
        "The smallest loss on a text is that of the counted parts. Of what follows an `a`, count how much is a `b`.",
        wrong=[
            (ran("text.count('b') / len(text)"), "That is how frequent a `b` is. The model has seen an `a`."),
            (ran("of_a.count('b') / len(pairs)"), "Count only the places where an `a` was seen."),
            (1 / 4, "It isn't ignorant: it has learned from the text what follows an `a`."),
            (1, "More than one letter follows an `a` here, or only the likeliest was taken."),
        ],
        code=shown,
    )


@bank.question()
def which_layer_learns(random: Random, torch: Any) -> Question:
    early = random.choice([True, False])
    made = "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)"
    replaced = "model[1] = torch.nn.Linear(3, 2)"
    first, second = (made, replaced) if early else (replaced, made)
    code = f"""
        model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 2))
        {first}
        {second}
        before = model[1].bias.tolist()
        model(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        moved = model[1].bias.tolist() != before
    """
    ran = run(torch, code)
    truth = str(ran("moved"))
    return Question(
        "What is `moved`?",
        Word("True", "False"),
        truth,
        "An optimizer steps the tensors that it was given when it was made.",
        wrong=[
            ("True", "The optimizer holds the bias of the old layer. Nobody told it of the new one."),
            ("False", "When the optimizer was made, the new layer was in its place."),
        ],
        code=code,
    )


@bank.question()
def saved_state(random: Random, torch: Any) -> Question:
    asked = random.choice(["other.weight.item()", 'state["weight"].item()'])
    old, new = random.sample([1, 2, 3, 5, 7], 2)
    code = f"""
        model, other = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
        with torch.no_grad():
            model.weight.fill_({old})
        state = model.state_dict()
        other.load_state_dict(state)
        with torch.no_grad():
            model.weight.fill_({new})
    """
    ran = run(torch, code)
    return Question(
        f"What is `{asked}`?",
        Number(),
        ran(asked),
        "`state_dict()` holds the model's own tensors, which go on changing. `load_state_dict` copies numbers.",
        wrong=[
            (float(new), "`load_state_dict` copies: the other model has tensors of its own."),
            (float(old), "`state_dict()` copies nothing. Save it, or copy it, to keep the numbers."),
        ],
        code=code,
    )
