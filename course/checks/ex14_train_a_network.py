"""Exercises of lesson 14: numbers first, an honest accuracy, a new head, gradients by layer, batches, a limit."""

import math
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any

from course.comparing import a, is_tensor, show
from course.exercise import Function, Lesson, said_otherwise
from course.judging import call, case, expect, expect_predictions, reject
from course.pictures import expect_picture
from course.reading import used

lesson = Lesson(14, "train a network")


def before_you_run_it(torch: Any) -> dict[str, Any]:
    """What exercise 14.1 asks for, found by running it."""
    nn, cross_entropy = torch.nn, torch.nn.functional.cross_entropy

    def count(model: Any) -> int:
        return sum(parameter.numel() for parameter in model.parameters())

    model, x = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5)), torch.ones(3, 2)
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.zeros(90)), batch_size=20)
    model.eval()
    with torch.no_grad():
        pass
    return {
        "linear": count(nn.Linear(2, 3)),
        "stack": count(nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2))),
        "letters": count(nn.Sequential(nn.Embedding(10, 4), nn.Flatten(), nn.Linear(8, 10))),
        "start": round(cross_entropy(torch.zeros(5, 10), torch.arange(5)).item(), 1),
        "sure": round(cross_entropy(torch.tensor([[0.0, 100.0]]), torch.tensor([0])).item(), 1),
        "steps": 3 * len(data),
        "eval": model(x).requires_grad,
        "dropped": not nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5)).training,
        "mode": model.training,
    }


@lesson.exercise(
    1,
    right="These are worth a minute before every training: a number that is off here is off for a reason.",
    hints={
        "no_biases": "These are the weights alone. What else does a linear layer hold?",
        "one_bias": "How many biases does a linear layer have: one, or one for each of its outputs?",
        "nodes": "These are the sizes of the layers. The weights stand between them.",
        "table_biased": "An embedding is a table that is looked up, and nothing is added.",
        "one_letter": "The table is there once, but the layer sees two letters at a time, 8 numbers.",
        "two_tables": "Both letters are looked up in the same table.",
        "probability": "That is the probability that each class gets. The loss is minus its logarithm.",
        "of_two": "That would be for two classes.",
        "certain": "Class 0 is right, and which class has the large score?",
        "logarithm": "Scores are not probabilities: exp(-100) is the probability, and what is minus its logarithm?",
        "no_rest": "What becomes of the last ten samples?",
        "epochs": "In each epoch, there are several steps.",
        "samples": "A whole batch makes one step.",
        "eval_records": "eval() is a word to the layers. Who decides whether a graph is recorded?",
        "still_drops": "no_grad() is a word to autograd. Does it tell the dropout to stop?",
        "ends_eval": "Who set the mode, and does the end of no_grad() know of it?",
    },
)
def numbers_first(predicted: dict, torch: Any) -> None:
    expect_predictions(predicted, before_you_run_it(torch))


for said in ({"stack": 40}, {"letters": 120}, {"linear": 6}, {"stack": 40, "letters": 120}):
    numbers_first.wrong("no_biases", said)
numbers_first.wrong("one_bias", {"stack": 42})
numbers_first.wrong("nodes", {"stack": 13})
numbers_first.wrong("table_biased", {"letters": 134})
numbers_first.wrong("table_biased", {"letters": 140})
numbers_first.wrong("one_letter", {"letters": 90})
numbers_first.wrong("two_tables", {"letters": 170})
numbers_first.wrong("probability", {"start": 0.1})
numbers_first.wrong("of_two", {"start": 0.7})
numbers_first.wrong("certain", {"sure": 0.0})
numbers_first.wrong("logarithm", {"sure": 1.0})
numbers_first.wrong("no_rest", {"steps": 12})
numbers_first.wrong("epochs", {"steps": 3})
numbers_first.wrong("epochs", {"steps": 5})
numbers_first.wrong("samples", {"steps": 270})
numbers_first.wrong("eval_records", {"eval": False})
numbers_first.wrong("still_drops", {"dropped": True})
numbers_first.wrong("ends_eval", {"mode": True})
numbers_first.wrong("type", {"eval": "no"})
numbers_first.wrong("type", after="predicted.popitem()")
numbers_first.wrong("value", {"start": 23.0})

numbers_first.also_right(
    """
    def count(model):
        return sum(p.numel() for p in model.parameters())

    predicted = {
        "linear": count(nn.Linear(2, 3)),
        "stack": count(nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2))),
        "letters": count(nn.Sequential(nn.Embedding(10, 4), nn.Flatten(), nn.Linear(8, 10))),
        "start": round(F.cross_entropy(torch.zeros(1, 10), torch.tensor([3])).item(), 1),
        "sure": F.cross_entropy(torch.tensor([[0.0, 100.0]]), torch.tensor([0])).item(),
        "steps": 3 * -(-90 // 20),
        "eval": True, "dropped": False, "mode": False,
    }
    """
)
numbers_first.also_right({"linear": 9.0, "sure": 100, "steps": 15.0})
numbers_first.also_right(
    """
    keys = ["linear", "stack", "letters", "start", "sure", "steps", "eval", "dropped", "mode"]
    predicted = dict(zip(keys, [2 * 3 + 3, 24 + 8 + 16 + 2, 40 + 80 + 10, 2.3, 100, 5 * 3, True, False, False]))
    """
)


def scores_for(torch: Any, right: Sequence[bool], classes: int, random: Random) -> tuple[Any, Any]:
    """Inputs of `noting_model`, and right classes, of which just those get the largest score that `right` says."""
    rows, answers = [], []
    for hit in right:
        row = [random.uniform(-2, 2) for _ in range(classes)]
        largest = row.index(min(row))  # the model's scores run the other way
        rows.append(row)
        answers.append(largest if hit else (largest + random.randrange(1, classes)) % classes)
    return torch.tensor(rows), torch.tensor(answers)


def noting_model(torch: Any) -> Any:
    """A model whose scores are -3 times its input, after dropout. It rejects an answer that calls it in a wrong way."""

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.factor = torch.nn.Parameter(torch.tensor(-3.0))
            self.dropout = torch.nn.Dropout(0.5)

        def forward(self, x: Any) -> Any:
            if self.dropout.training:
                reject("dropping", what="the dropout layer, when the model was called", came_out="dropping numbers")
            if torch.is_grad_enabled():
                reject("recorded", what="when the model was called", came_out="a graph was recorded")
            return self.dropout(x) * self.factor

    return Model()


@lesson.exercise(
    2,
    right="Both switches, and no trace left behind.",
    hints={
        "dropping": "The model was called in training mode. Which switch is for the layers?",
        "recorded": "The layers are still, but autograd goes on recording. Which switch is for that?",
        "left_off": "The model was training, and it no longer is. The training would go on without its dropout.",
        "switched_on": "The model wasn't training, and now it is. Who asked for that?",
        "touched": "To evaluate is only to look: parameters, and what is in their .grad, stay as they are.",
        "layers": "The model says one thing, its layers another: `training` was set on the model alone.",
        "number": "That is how many are right, or a percentage. Which part of all is it, between 0 and 1?",
        "smallest": "The answer of a network is the class with the largest score.",
        "wrong_ones": "That is the part of those that are wrong.",
        "columns": "Which way does argmax go? Each row has the scores of one sample.",
    },
)
def honest_figure(accuracy: Function, torch: Any) -> None:
    random = Random(14)
    cases: list[tuple[list[bool], int, bool]] = [
        ([True, True, False, True], 2, True),
        ([True, False, False], 3, False),
        ([True] * 5, 5, True),
        ([False] * 2, 4, False),
        ([False], 2, True),
        ([random.random() < 0.6 for _ in range(70)], 3, True),
        ([random.random() < 0.3 for _ in range(35)], 6, False),
    ]
    for right, classes, training in cases:
        x, y = scores_for(torch, right, classes, random)
        model = noting_model(torch)
        model.train(training)
        told = "training" if training else "not training"
        with case(f"accuracy(model, x, y), the model {told}, {len(right)} samples, {classes} classes"):
            model.factor.grad = torch.tensor(4.0)
            got = call(accuracy, model, x, y, twice=False)
            expect(got, sum(right) / len(right), relative=1e-5)
            if not model.factor.requires_grad or model.factor.grad is None or model.factor.grad.item() != 4.0:
                came_out, expected = "changed", "as they were"
                reject("touched", what="a parameter, its .grad and requires_grad", came_out=came_out, expected=expected)
            modes = model.training, model.dropout.training
            if modes[0] != modes[1]:
                came_out = f"model.training is {modes[0]}, that of its dropout layer is {modes[1]}"
                reject("layers", what="afterwards", came_out=came_out, expected=f"both {training}")
            if modes[0] != training:
                hint = "left_off" if training else "switched_on"
                reject(hint, what="model.training afterwards", came_out=str(modes[0]), expected=str(training))
            expect(call(accuracy, model, x, y), sum(right) / len(right), "called once more", relative=1e-5)


honest_figure.wrong("dropping", replace=("model.eval()\n", "\n"))
honest_figure.wrong("dropping", replace=("model.eval()", "model.training = False"))
honest_figure.wrong(
    "dropping",
    """
    with torch.no_grad():
        return (model(x).argmax(dim=1) == y).float().mean().item()
    """,
)
honest_figure.wrong("recorded", replace=("with torch.no_grad():", "if True:"))
honest_figure.wrong(
    "recorded",
    """
    was_training = model.training
    model.eval()
    scores = model(x).detach()
    model.train(was_training)
    return (scores.argmax(dim=1) == y).float().mean().item()
    """,
)
honest_figure.wrong("left_off", replace=("model.train(was_training)\n", "\n"))
honest_figure.wrong("left_off", replace=("model.train(was_training)", "model.eval()"))
honest_figure.wrong("switched_on", replace=("model.train(was_training)", "model.train()"))
honest_figure.wrong("left_off", replace=("model.train(was_training)", "if not was_training:\n    model.train()"))
honest_figure.wrong("touched", replace=("return right", "model.zero_grad()\nreturn right"))
honest_figure.wrong("layers", replace=("model.train(was_training)", "model.training = was_training"))
honest_figure.wrong("number", replace=(".mean()", ".sum()"))
honest_figure.wrong("number", replace=(".item()", ".item() * 100"))
honest_figure.wrong("smallest", replace=("argmax", "argmin"))
honest_figure.wrong("wrong_ones", replace=("==", "!="))
honest_figure.wrong("wrong_ones", replace=("return ", "return 1 - "))
honest_figure.wrong("raised", replace=("dim=1", "dim=0"))
honest_figure.wrong(
    "columns",
    """
    was_training = model.training
    model.eval()
    with torch.no_grad():
        chosen = model(x).argmax(dim=0).tolist()
    model.train(was_training)
    return sum(one == other for one, other in zip(chosen, y.tolist())) / len(y)
    """,
)
honest_figure.wrong("type", replace=(".item()", ""))
honest_figure.wrong("none", replace=("return right", "right"))

honest_figure.also_right(
    """
    mode = model.training
    model.train(False)
    with torch.inference_mode():
        best = model(x).max(dim=1).indices
    if mode:
        model.train()
    return (best == y).sum().item() / len(y)
    """
)
honest_figure.also_right(
    """
    mode = model.training
    try:
        with torch.no_grad():
            rows = model.eval()(x).tolist()
    finally:
        model.train(mode)
    return sum(row[k] == max(row) for row, k in zip(rows, y.tolist())) / len(rows)
    """
)
honest_figure.also_right(
    """
    modes = {module: module.training for module in model.modules()}
    model.eval()
    torch.set_grad_enabled(False)
    scores = model(x)
    torch.set_grad_enabled(True)
    for module, mode in modes.items():
        module.training = mode
    return float((torch.softmax(scores, dim=1).argmax(1) == y).double().mean())
    """
)

honest_figure.equivalent(
    "right = model(x).argmax(dim=1) == y → right = model(x).argmax(dim=-1) == y",
    because="there are two dimensions: the last is 1",
)


def layers_like(torch: Any, sizes: Sequence[int], random: Random, spread: float = 0.5) -> list[Any]:
    """Linear layers of these sizes, with numbers that are the same under both libraries."""
    layers = [torch.nn.Linear(ins, outs) for ins, outs in pairwise(sizes)]
    with torch.no_grad():
        for layer in layers:
            for parameter in (layer.weight, layer.bias):
                values = [random.gauss(0, spread) for _ in range(parameter.numel())]
                parameter.copy_(torch.tensor(values).reshape(parameter.shape))
    return layers


def stacked(torch: Any, layers: Sequence[Any]) -> Any:
    """A model of these layers, with a bend after each but the last."""
    modules = [module for layer in layers for module in (layer, torch.nn.Tanh())]
    return torch.nn.Sequential(*modules[:-1])


def samples(torch: Any, n: int, size: int, classes: int, random: Random) -> tuple[Any, Any]:
    """Inputs, shape (n, size), and classes, of which each is there."""
    rows = [[random.gauss(0, 1) for _ in range(size)] for _ in range(n)]
    return torch.tensor(rows), torch.tensor([k % classes for k in range(n)])


def retrained(model: Any, head: Any, x: Any, y: Any, steps: int, lr: float, torch: Any) -> list[float]:
    """What exercise 14.3 asks for, without an optimizer."""
    model[-1] = head
    losses = []
    for _ in range(steps):
        parameters = list(model.parameters())
        loss = torch.nn.functional.cross_entropy(model(x), y)
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= lr * gradient
    return losses


@lesson.exercise(
    3,
    right="The optimizer holds the tensors that are there when it is made, and cross_entropy wants scores.",
    hints={
        "both": "Both faults are still there.",
        "stale": "The new layer doesn't learn. What was in the model when the optimizer was made?",
        "squashed": "The scores are made probabilities, and then cross_entropy makes them probabilities again.",
        "only_head": "Only the new layer learns. All are to be trained.",
        "copied": "The losses are right, but `head` itself isn't in the model that was given. Was a copy trained?",
        "old_head": "The old last layer was trained, not head.",
        "late": "The losses should be those from before each step.",
        "added_up": "Gradients of earlier steps are still in .grad.",
        "not_trained": "The loss never changes. Which of the steps is missing?",
    },
)
def new_head(retrain: Function, torch: Any) -> None:
    cases = [
        ([2, 4, 2], 3, 12, 5, 0.1),
        ([3, 5, 4, 2], 2, 10, 8, 0.5),
        ([2, 3], 4, 9, 1, 0.2),
        ([4, 6, 3], 5, 20, 12, 0.05),
        ([2, 8, 8, 2], 3, 15, 0, 0.1),
    ]
    for sizes, classes, n, steps, lr in cases:
        told = f"a model of sizes {sizes}, a head for {classes} classes, {steps} steps, lr={lr}"
        with case(f"retrain(model, head, x, y, …): {told}"):

            def given(sizes: list[int] = sizes, classes: int = classes, n: int = n) -> tuple[Any, Any, Any, Any]:
                random = Random(f"{sizes} {classes}")
                model = stacked(torch, layers_like(torch, sizes, random))
                [head] = layers_like(torch, [sizes[-2], classes], random)
                return model, head, *samples(torch, n, sizes[0], min(classes, sizes[-1]), random)

            model, head, x, y = given()
            losses = call(retrain, model, head, x, y, steps, lr, changes=(0, 1), twice=False)
            own_model, own_head, x, y = given()
            want = retrained(own_model, own_head, x, y, steps, lr, torch)
            expect(losses, want, "the losses", relative=1e-4)
            if model[-1] is not head:
                reject("copied", what="model[-1] afterwards", came_out="another layer", expected="head")
            if not model.training:
                reject("left", what="model.training afterwards", came_out="False", expected="True, as it was before")
            for (name, parameter), own in zip(model.named_parameters(), own_model.parameters(), strict=True):
                expect(parameter.detach(), own.detach(), f"the model's {name} afterwards", relative=1e-4)


new_head.wrong("both", "return retrain_faulty(model, head, x, y, steps, lr)")
new_head.wrong(
    "stale",
    replace=(
        "model[-1] = head\noptimizer = torch.optim.SGD(model.parameters(), lr=lr)",
        "optimizer = torch.optim.SGD(model.parameters(), lr=lr)\nmodel[-1] = head",
    ),
)
new_head.wrong(
    "stale", replace=("model.parameters(), lr", "[p for layer in list(model)[:-1] for p in layer.parameters()], lr")
)
new_head.wrong("squashed", replace=("model(x), y", "torch.softmax(model(x), dim=1), y"))
new_head.wrong("only_head", replace=("model.parameters()", "head.parameters()"))
new_head.wrong(
    "late",
    replace=(
        "    losses.append(loss.item())\n",
        "",
        "optimizer.step()",
        "optimizer.step()\n    losses.append(F.cross_entropy(model(x), y).item())",
    ),
)
new_head.wrong("added_up", replace=("    optimizer.zero_grad()\n", ""))
new_head.wrong("not_trained", replace=("    optimizer.step()\n", ""))
new_head.wrong("not_trained", replace=("    loss.backward()\n", ""))
new_head.wrong(
    "not_trained",
    replace=("    optimizer.zero_grad()\n    loss.backward()\n", "    loss.backward()\n    optimizer.zero_grad()\n"),
)
new_head.wrong("old_head", replace=("model[-1] = head\n", ""))
new_head.wrong("copied", replace=("model[-1] = head", "import copy\nmodel = copy.deepcopy(model)\nmodel[-1] = head"))
new_head.wrong("copied", replace=("model[-1] = head", "import copy\nmodel[-1] = copy.deepcopy(head)"))
new_head.wrong("left", replace=("return losses", "model.eval()\nreturn losses"))
new_head.wrong("raised", replace=("model[-1] = head", "model.append(head)"))
new_head.wrong("type", replace=("loss.item()", "loss"))
new_head.wrong("none", replace=("return losses", "losses"))

new_head.also_right(
    """
    optimizer = torch.optim.SGD([*list(model[:-1].parameters()), *head.parameters()], lr)
    model[len(model) - 1] = head
    model.train()
    losses = []
    while len(losses) < steps:
        optimizer.zero_grad()
        loss = F.nll_loss(F.log_softmax(model(x), dim=1), y)
        loss.backward()
        losses.append(float(loss.detach()))
        optimizer.step()
    return losses
    """
)
new_head.also_right(
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    model[-1] = head
    optimizer.add_param_group({"params": list(head.parameters())})
    losses = []
    for _ in range(steps):
        loss = nn.CrossEntropyLoss()(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        losses += [loss.tolist()]
        optimizer.step()
    return losses
    """
)
new_head.also_right(
    """
    model[-1] = head
    losses = []
    for _ in range(steps):
        model.zero_grad()
        p = torch.softmax(model(x), dim=1)
        loss = -torch.log(p[torch.arange(len(y)), y]).mean()
        loss.backward()
        losses.append(loss.item())
        with torch.no_grad():
            for w in model.parameters():
                w -= lr * w.grad
    return losses
    """
)

new_head.equivalent(
    "swapped: optimizer = torch.optim.SGD(model.parameters(), lr=lr) | losses = []",
    because="the two lines don't need each other",
)
new_head.equivalent(
    "swapped: losses.append(loss.item()) | optimizer.zero_grad()",
    because="clearing gradients doesn't change the loss",
)


def sizes_by_layer(model: Any, x: Any, y: Any, torch: Any) -> list[float]:
    """The size of the gradient with respect to the weight of each linear layer, from the first on."""
    weights = [parameter for parameter in model.parameters() if parameter.dim() == 2]
    gradients = torch.autograd.grad(torch.nn.functional.cross_entropy(model(x), y), weights)
    return [(gradient**2).sum().item() ** 0.5 for gradient in gradients]


@lesson.exercise(
    4,
    right="One look, and you know which layers learn. Worth a look whenever a deep network stands still.",
    hints={
        "axes": "It should return the axes: the second of the two things that plt.subplots() makes.",
        "lines": "There should be one line for each model, joined from point to point, that can be seen.",
        "turned": "Layers and sizes have changed places. The layers go to the right.",
        "from_one": "The first linear layer stands at 0.",
        "names": "The lines should be named as in the dictionary. plot() takes a name as label.",
        "legend": "The legend should show all names. axes.legend() makes one of the labels.",
        "words": "Does each label have its word: layer, gradient?",
        "scale": "The scale upwards is to be logarithmic, and that to the right plain.",
        "sight": "All of each line should be in sight, with numbers that grow to the right and upwards.",
        "old": "Old gradients are in the sizes. backward() adds to what stands in .grad.",
        "biases": "The gradients of the biases are in it. Only the weights are asked for.",
        "weights": "That is the size of the weights, not of their gradients.",
        "reversed": "The line runs the wrong way: the layer next to the input comes first.",
        "squares": "The size is the root of the sum of the squares: .norm().",
        "figure": "The picture should have a figure of its own, whatever is open already. What opens one?",
        "skipped": "Is every second layer a linear one? Two may follow each other.",
        "results": "That is the gradient with respect to what the layers give, not to their weights.",
    },
)
def which_layers_learn(picture: Function, torch: Any) -> None:
    import matplotlib.pyplot as plt

    plt.figure()  # stays as it is, if the answer opens one of its own; the check closes it
    cases = [
        ({"small": ([2, 6, 6, 2], 0.1), "large": ([2, 6, 6, 2], 1.0)}, False),
        ({"one": ([3, 5, 5, 5, 5, 3], 0.4)}, True),
        ({"a": ([2, 4, 2], 0.5), "b": ([2, *[3] * 9, 2], 0.7), "c": ([2, 5, 5, 2], 0.05)}, True),
    ]
    for number, (described, has_old) in enumerate(cases):
        random = Random(number)
        models = {
            name: stacked(torch, layers_like(torch, *form[:1], random, form[1])) for name, form in described.items()
        }
        sizes = next(iter(described.values()))[0]
        x, y = samples(torch, 8 + number, sizes[0], sizes[-1], random)
        if has_old:
            for model in models.values():
                for parameter in model.parameters():
                    parameter.grad = torch.ones_like(parameter)
        told = ", ".join(f"{name!r}: sizes {form[0]}" for name, form in described.items())
        with case(f"picture(models, x, y), {'old gradients in .grad, ' if has_old else ''}models {{{told}}}"):
            axes = call(picture, models, x, y, pictures=1, changes=(0,), twice=number == 0)
            wanted = {name: sizes_by_layer(model, x, y, torch) for name, model in models.items()}
            expect_picture(
                axes, wanted, words=("layer", "gradient"), scales=("linear", "log"), scale=1e-6, relative=1e-3
            )

    first, second, third = layers_like(torch, [2, 4, 4, 2], Random(5))
    model = torch.nn.Sequential(first, second, torch.nn.Tanh(), third)
    x, y = samples(torch, 6, 2, 2, Random(6))
    with case("picture(models, x, y), a model of Linear, Linear, Tanh, Linear"):
        axes = call(picture, {"no bend": model}, x, y, pictures=1, changes=(0,), twice=False)
        wanted = {"no bend": sizes_by_layer(model, x, y, torch)}
        expect_picture(axes, wanted, words=("layer", "gradient"), scales=("linear", "log"), scale=1e-6, relative=1e-3)


PICTURE = """
figure, axes = plt.subplots()
for name, model in models.items():
    weights = [layer.weight for layer in model if isinstance(layer, nn.Linear)]
    gradients = torch.autograd.grad(F.cross_entropy(model(x), y), weights)
    axes.semilogy([gradient.norm().item() for gradient in gradients], "o-", label=name)
axes.set(xlabel="layer", ylabel="size of the gradient")
axes.legend()
return axes
"""
picture_but = partial(said_otherwise, PICTURE)

GRAD = "    gradients = torch.autograd.grad(F.cross_entropy(model(x), y), weights)"
which_layers_learn.wrong(
    "old",
    picture_but(
        GRAD, "    F.cross_entropy(model(x), y).backward()\n    gradients = [weight.grad for weight in weights]"
    ),
)
which_layers_learn.wrong(
    "biases",
    picture_but("[layer.weight for layer in model if isinstance(layer, nn.Linear)]", "list(model.parameters())"),
)
which_layers_learn.wrong("biases", picture_but("layer.weight", "layer.bias"))
which_layers_learn.wrong(
    "weights", picture_but("gradient.norm().item() for gradient in gradients", "w.norm().item() for w in weights")
)
which_layers_learn.wrong("reversed", picture_but("in gradients]", "in reversed(gradients)]"))
which_layers_learn.wrong("squares", picture_but("gradient.norm().item()", "(gradient**2).sum().item()"))
which_layers_learn.wrong("squares", picture_but("gradient.norm().item()", "gradient.abs().mean().item()"))
which_layers_learn.wrong(
    "results",
    """
    figure, axes = plt.subplots()
    for name, model in models.items():
        h, given = x, []
        for layer in model:
            h = layer(h)
            if isinstance(layer, nn.Linear):
                given.append(h)
        gradients = torch.autograd.grad(F.cross_entropy(h, y), given)
        axes.semilogy([gradient.norm().item() for gradient in gradients], label=name)
    axes.set(xlabel="layer", ylabel="size of the gradient")
    axes.legend()
    return axes
    """,
)
which_layers_learn.wrong("figure", picture_but("figure, axes = plt.subplots()", "axes = plt.gca()"))
which_layers_learn.wrong(
    "raised",
    picture_but(
        "[layer.weight for layer in model if isinstance(layer, nn.Linear)]", "[layer.weight for layer in model[::2]]"
    ),
)
which_layers_learn.wrong(
    "skipped",
    picture_but(
        "for layer in model if isinstance(layer, nn.Linear)]",
        "for layer in list(model)[::2] if isinstance(layer, nn.Linear)]",
    ),
)
which_layers_learn.wrong("axes", picture_but("return axes", "return figure"))
which_layers_learn.wrong("none", picture_but("return axes", "plt.show()"))
which_layers_learn.wrong("lines", picture_but('"o-"', '"o"'))
which_layers_learn.wrong("lines", picture_but("    axes.semilogy", "axes.semilogy"))
which_layers_learn.wrong(
    "turned",
    picture_but(
        '[gradient.norm().item() for gradient in gradients], "o-"',
        '[gradient.norm().item() for gradient in gradients], range(len(weights)), "o-"',
    ),
)
which_layers_learn.wrong("from_one", picture_but("semilogy([", "semilogy(range(1, len(weights) + 1), ["))
which_layers_learn.wrong("names", picture_but(", label=name", ""))
which_layers_learn.wrong("names", picture_but("label=name", "label=name.upper()"))
which_layers_learn.wrong("legend", picture_but("axes.legend()\n", ""))
which_layers_learn.wrong("words", picture_but('xlabel="layer", ', ""))
which_layers_learn.wrong("words", picture_but("size of the gradient", "size"))
which_layers_learn.wrong("scale", picture_but("semilogy", "plot"))
which_layers_learn.wrong("scale", picture_but("semilogy", "loglog"))
which_layers_learn.wrong("sight", picture_but("axes.legend()", "axes.legend()\naxes.invert_yaxis()"))

which_layers_learn.also_right(
    """
    plt.figure()
    for name, model in models.items():
        model.zero_grad()
        F.cross_entropy(model(x), y).backward()
        sizes = [p.grad.norm().item() for p in model.parameters() if p.dim() == 2]
        plt.plot(range(len(sizes)), sizes, marker="s", label=name)
    plt.yscale("log")
    plt.xlabel("number of the layer")
    plt.ylabel("gradient (norm)")
    plt.legend(loc="best")
    return plt.gca()
    """
)
which_layers_learn.also_right(
    """
    _, axes = plt.subplots(figsize=(5, 3))
    curves = []
    for model in models.values():
        for p in model.parameters():
            p.grad = None
        F.cross_entropy(model(x), y).backward()
        curves.append([(p.grad**2).sum().item() ** 0.5 for p in list(model.parameters())[::2]])
    lines = [axes.plot(curve)[0] for curve in curves]
    axes.set_yscale("log")
    axes.set_xlabel("Layer")
    axes.set_ylabel("Gradient")
    axes.legend(lines, list(models))
    axes.grid(True)
    return axes
    """
)
which_layers_learn.also_right(
    """
    fig = plt.figure()
    ax = fig.add_subplot()
    for name in models:
        loss = nn.CrossEntropyLoss()(models[name](x), y)
        weights = [m.weight for m in models[name].modules() if isinstance(m, nn.Linear)]
        ax.plot([g.flatten().norm().item() for g in torch.autograd.grad(loss, weights)], "--", label=name)
    ax.semilogy()
    ax.set(title="gradients", xlabel="linear layer", ylabel="size of the gradient of the loss")
    fig.legend()
    return ax
    """
)

which_layers_learn.equivalent(
    "swapped: for name, model in models.items(): | weights = [layer.weight for layer in model if "
    "isinstance(layer, nn.Linear)] | gradients = torch.autograd.grad(F.cross_entropy(model(x), y), "
    "weights) | axes.semilogy([gradient.norm().item() for gradient in gradients], 'o-', label=name) "
    "| axes.set(xlabel='layer', ylabel='size of the gradient')",
    because="labels may be set before the lines are drawn",
)
which_layers_learn.equivalent(
    "swapped: axes.set(xlabel='layer', ylabel='size of the gradient') | axes.legend()",
    because="the two lines don't need each other",
)
which_layers_learn.equivalent(
    "axes.set(xlabel='layer', ylabel='size of the gradient') → axes.set(xlabel='layerx', "
    "ylabel='size of the gradient')",
    because="the word is there",
)
which_layers_learn.equivalent(
    "axes.set(xlabel='layer', ylabel='size of the gradient') → axes.set(xlabel='layer', "
    "ylabel='size of the gradientx')",
    because="the word is there",
)
which_layers_learn.equivalent(
    "axes.semilogy([gradient.norm().item() for gradient in gradients], 'o-', label=name) → "
    "axes.semilogy([gradient.norm() for gradient in gradients], 'o-', label=name)",
    because="matplotlib makes the same numbers of tensors",
)


@lesson.exercise(
    5,
    right="Each sample once, in a new order every time: that is an epoch.",
    hints={
        "loader": "DataLoader is what you are building here, so do without it.",
        "form": "It should return a list, and each entry of it a pair: some of x, and the same of y.",
        "sizes": "All batches have batch_size samples, except perhaps the last: it has what is left, and isn't empty.",
        "not_once": "Each sample should be in just one batch: none twice, none left out.",
        "parted": "What belongs together was parted: some rows of x have come to other entries of y.",
        "in_order": "The samples come in the order in which they lay.",
        "pieces": "Each batch is a piece of the data as they lay: only the order of the batches is random.",
        "neighbours": "Most samples still follow the one that lay before them. torch.randperm tears all of them apart.",
        "fixed": "A sample is at the same place at every call. In a random order, any place may be its own.",
        "same_order": "Two calls gave the same order. Each epoch should have one of its own.",
    },
)
def deal_them_out(deal: Function, torch: Any) -> None:
    if used(deal, "DataLoader"):
        reject("loader", came_out="DataLoader in the answer")
    cases = [(50, 8, False), (40, 10, False), (45, 11, True), (30, 45, False), (60, 1, True), (31, 30, False)]
    for n, batch_size, is_wide in cases:
        y = torch.arange(n) * 3 + 1
        x = torch.stack([torch.arange(n) * 2.0, torch.arange(n) * -1.0], dim=1)
        if is_wide:
            x, y = y, torch.stack([y, y + 1, y + 2], dim=1)
        with case(f"deal(x, y, {batch_size}), x and y of shapes {tuple(x.shape)} and {tuple(y.shape)}"):
            orders = [order_of(call(deal, x, y, batch_size, twice=False), x, y, batch_size) for _ in range(6)]
            if orders[0] == list(range(n)):
                reject("in_order", came_out="the first sample, the second, the third …", expected="a random order")
            starts = range(0, n - 1, batch_size)
            batches = [orders[0][k : k + batch_size] for k in starts]
            if batch_size > 4 and all(batch == list(range(batch[0], batch[0] + len(batch))) for batch in batches):
                reject("pieces", came_out="in each batch samples that lay side by side, in their order")
            if orders[0] == orders[1]:
                reject("same_order", what="two calls", came_out="the same order", expected="another at each call")
            if sum(after == before + 1 for before, after in pairwise(orders[0])) > n / 2:
                came_out = "samples that lay side by side, side by side again"
                reject("neighbours", came_out=came_out, expected="a random order")
            if fixed := [order[0] for order in zip(*orders, strict=True) if len({*order}) == 1]:
                came_out = f"sample {fixed[0]} at the same place each time"
                reject("fixed", what="six calls", came_out=came_out, expected="another order at each call")


def order_of(dealt: Any, x: Any, y: Any, batch_size: int) -> list[int]:
    """The places of the samples in their new order. Rejects what aren't pairs, and pairs that don't belong together."""
    if dealt is None:
        reject("none", came_out="None", expected="a list")
    if not isinstance(dealt, list | tuple):
        reject("form", came_out=a(dealt), expected="a list of pairs")
    for pair in dealt:
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(is_tensor(part) for part in pair):
            reject("form", what="an entry", came_out=a(pair), expected="a pair of tensors")
    n = len(x)
    sizes = [(len(some_x) if some_x.dim() else 0, len(some_y) if some_y.dim() else 0) for some_x, some_y in dealt]
    wanted = [min(batch_size, n - k) for k in range(0, n, batch_size)]
    if sizes != [(size, size) for size in wanted]:
        came_out = show([one if one == other else (one, other) for one, other in sizes], 80)
        reject("sizes", what="the sizes", came_out=came_out, expected=show(wanted, 80))
    places: dict[str, list[int]] = {}
    for name, whole, parts in (("x", x, [pair[0] for pair in dealt]), ("y", y, [pair[1] for pair in dealt])):
        rows = {show(row, 200): place for place, row in enumerate(whole.tolist())}
        dealt_rows = [show(row, 200) for part in parts for row in part.tolist()]
        if strange := [row for row in dealt_rows if row not in rows]:
            reject("value", what=f"in a batch of {name}", came_out=strange[0], expected=f"rows of {name}")
        places[name] = [rows[row] for row in dealt_rows]
    if places["x"] != places["y"]:
        reject("parted", came_out="rows of x beside other entries of y", expected="the same of both")
    if sorted(places["x"]) != list(range(n)):
        reject("not_once", came_out="a sample more than once, and others not at all", expected="each once")
    return places["x"]


deal_them_out.wrong(
    "loader",
    """
    data = torch.utils.data
    return [tuple(pair) for pair in data.DataLoader(data.TensorDataset(x, y), batch_size, shuffle=True)]
    """,
)
deal_them_out.wrong("in_order", replace=("torch.randperm(len(x))", "torch.arange(len(x))"))
deal_them_out.wrong(
    "pieces",
    """
    starts = list(range(0, len(x), batch_size))
    import random
    random.shuffle(starts)
    pairs = [(x[k : k + batch_size], y[k : k + batch_size]) for k in starts]
    return sorted(pairs, key=lambda pair: -len(pair[0]))
    """,
)
deal_them_out.wrong(
    "neighbours",
    replace=("torch.randperm(len(x))", "(torch.arange(len(x)) + int(torch.randint(len(x), (1,)))) % len(x)"),
)
deal_them_out.wrong(
    "fixed", replace=("torch.randperm(len(x))", "torch.cat([torch.tensor([0]), 1 + torch.randperm(len(x) - 1)])")
)
deal_them_out.wrong("not_once", replace=("torch.randperm(len(x))", "torch.randint(len(x), (len(x),))"))
deal_them_out.wrong(
    "not_once",
    """
    batches = []
    for k in range(0, len(x), batch_size):
        chosen = torch.randperm(len(x))[: min(batch_size, len(x) - k)]
        batches.append((x[chosen], y[chosen]))
    return batches
    """,
)
deal_them_out.wrong("parted", replace=("y[order[k", "y[torch.randperm(len(y))[k"))
deal_them_out.wrong("parted", replace=("y[order[k : k + batch_size]]", "y[k : k + batch_size]"))
deal_them_out.wrong("sizes", replace=("range(0, len(x), batch_size)", "range(0, len(x) - batch_size + 1, batch_size)"))
deal_them_out.wrong("sizes", replace=("range(0, len(x), batch_size)", "range(0, len(x) + 1, batch_size)"))
deal_them_out.wrong("sizes", replace=("range(0, len(x), batch_size)", "range(len(x) // batch_size)"))
deal_them_out.wrong(
    "same_order",
    replace=("torch.randperm(len(x))", "torch.randperm(len(x), generator=torch.Generator().manual_seed(0))"),
)
deal_them_out.wrong("form", "order = torch.randperm(len(x))\nreturn x[order], y[order]")
deal_them_out.wrong(
    "form", "order = torch.randperm(len(x))\nreturn ((x[some], y[some]) for some in order.split(batch_size))"
)
deal_them_out.wrong("none", replace=("return [", "["))
deal_them_out.wrong(
    "changed",
    after="good = deal\ndef deal(x, y, batch_size):\n    pairs = good(x, y, batch_size)\n    x += 1\n    return pairs",
)

deal_them_out.also_right(
    """
    return [(x[some], y[some]) for some in torch.randperm(len(x)).split(batch_size)]
    """
)
deal_them_out.also_right(
    """
    import random
    places = list(range(x.shape[0]))
    random.shuffle(places)
    batches = []
    while places:
        some = places[:batch_size]
        batches.append([torch.stack([t[k] for k in some]) for t in (x, y)])
        del places[:batch_size]
    return batches
    """
)
deal_them_out.also_right(
    """
    keys = torch.rand(len(y)).tolist()
    order = torch.tensor(sorted(range(len(y)), key=keys.__getitem__))
    x, y = x[order], y[order]
    n = (len(x) + batch_size - 1) // batch_size
    return tuple(zip(x.split(batch_size), y.split(batch_size)))[:n]
    """
)

deal_them_out.equivalent(
    "swapped: order = torch.randperm(len(x)) | starts = range(0, len(x), batch_size)",
    because="the two lines don't need each other",
)


def limit_of(names: Sequence[str], seen: int) -> float:
    """The counted limit, from the entropy of what follows each window."""
    after: dict[str, Counter[str]] = {}
    for name in names:
        text = "." * seen + name + "."
        for k in range(seen, len(text)):
            after.setdefault(text[k - seen : k], Counter())[text[k]] += 1
    total = sum(sum(counts.values()) for counts in after.values())
    return sum(-k * math.log(k / sum(counts.values())) for counts in after.values() for k in counts.values()) / total


ELEMENTS = ["hydrogen", "helium", "lithium", "beryllium", "boron", "carbon", "nitrogen", "oxygen", "fluorine", "neon"]


@lesson.exercise(
    6,
    right="No model that sees so few letters can do better on these names, however many numbers it has.",
    hints={
        "bits": "It looks as if the logarithm has the base 2. Nats are to the base e.",
        "sum": "That is the loss of all letters together. It should be for each letter.",
        "no_end": "The end of a name is a letter to be guessed, too.",
        "no_start": "The first letters of a name are to be guessed as well. What is seen there? Points.",
        "windows": "Each window has the same weight here. The mean is over all places: a frequent window counts more.",
        "flowing": "A window has letters of the name before. Each name begins afresh, after points.",
        "joint": "That is the probability of window and letter together. Given the window, how probable is the letter?",
        "per_name": "That is the mean over the names. A long name has more letters, and each counts.",
        "one_more": "It looks one letter further back than it may.",
        "one_less": "It doesn't use all letters that it may see.",
        "zero": "Is the window empty when seen is 0? A slice [-0:] is everything.",
        "blind": "What was seen before has no influence here.",
        "sign": "A loss isn't negative. What is the sign of the logarithm of a number below 1?",
        "probability": "That is one minus a probability, or a probability. The loss is minus its logarithm.",
        "smoothed": "Something was added to the counts. Then it is no longer the smallest loss.",
        "divided": "By what do you divide? The points before a name are not guessed.",
    },
)
def number_to_beat(counted_limit: Function, torch: Any) -> None:
    cases: list[tuple[list[str], int]] = [
        (["aa", "ab"], 1),
        (["aa", "ab"], 0),
        (["tin", "tin", "tan", "neon"], 1),
        (["tin", "tin", "tan", "neon"], 2),
        (ELEMENTS, 1),
        (ELEMENTS, 3),
        (ELEMENTS, 0),
        (["ba", "ab", "b", "abba", "baba"], 2),
        (["a"], 4),
        ([name[::-1] for name in ELEMENTS] * 2, 2),
        (["aaaaaaaaab", "b"], 5),
        (["abcabcabd", "abd", "c"], 10),
        (["Ab", "ab", "aB"], 1),
    ]
    for names, seen in cases:
        with case(f"counted_limit({show(names, 60)}, {seen})"):
            expect(call(counted_limit, [*names], seen), limit_of(names, seen), relative=1e-6)


number_to_beat.wrong("bits", replace=("math.log(", "math.log2("))
number_to_beat.wrong("sum", replace=(" / len(pairs)", ""))
number_to_beat.wrong("no_end", replace=('name + "."', "name"))
number_to_beat.wrong("no_start", replace=('"." * seen + name', "name"))
number_to_beat.wrong(
    "windows", replace=("for pair in pairs) / len(pairs)", "/ windows[pair[0]] for pair in pairs) / len(windows)")
)
number_to_beat.wrong(
    "windows",
    replace=("for pair in pairs) / len(pairs)", "for pair in together) / len(together)"),
)
number_to_beat.wrong(
    "flowing",
    """
    text = "." * seen + "".join(name + "." for name in names)
    pairs = [(text[k - seen : k], text[k]) for k in range(seen, len(text))]
    windows, together = Counter(w for w, _ in pairs), Counter(pairs)
    return -sum(math.log(together[p] / windows[p[0]]) for p in pairs) / len(pairs)
    """,
)
number_to_beat.wrong("joint", replace=("windows[pair[0]]", "len(pairs)"))
number_to_beat.wrong(
    "per_name",
    """
    def pairs_of(name):
        padded = "." * seen + name + "."
        return [(padded[k - seen : k], padded[k]) for k in range(seen, len(padded))]

    together = Counter(pair for name in names for pair in pairs_of(name))
    windows = Counter(pair[0] for name in names for pair in pairs_of(name))
    losses = []
    for name in names:
        parts = [-math.log(together[pair] / windows[pair[0]]) for pair in pairs_of(name)]
        losses.append(sum(parts) / len(parts))
    return sum(losses) / len(losses)
    """,
)
number_to_beat.wrong(
    "per_name",
    replace=("/ len(pairs)", "/ len(names)"),
)
number_to_beat.wrong(
    "one_more",
    replace=(
        'padded = "." * seen + name + "."',
        'seen += 1\n    padded = "." * seen + name + "."\n    seen_ = seen',
        "range(seen, len(padded))]",
        "range(seen, len(padded))]\n    seen -= 1",
    ),
)
number_to_beat.wrong("one_less", replace=("padded[k - seen : k]", "padded[k - seen + 1 : k]"))
number_to_beat.wrong(
    "zero",
    """
    pairs = []
    for name in names:
        before = "." * seen
        for letter in name + ".":
            pairs.append((before[-seen:], letter))
            before += letter
    windows, together = Counter(w for w, _ in pairs), Counter(pairs)
    return -sum(math.log(together[p] / windows[p[0]]) for p in pairs) / len(pairs)
    """,
)
number_to_beat.wrong(
    "blind",
    """
    letters = Counter("".join(name + "." for name in names))
    total = sum(letters.values())
    return -sum(k / total * math.log(k / total) for k in letters.values())
    """,
)
number_to_beat.wrong("sign", replace=("return -sum", "return sum"))
number_to_beat.wrong(
    "probability",
    replace=(
        "return -sum(math.log(together[pair] / windows[pair[0]])",
        "return 1 - sum((together[pair] / windows[pair[0]])",
    ),
)
number_to_beat.wrong(
    "probability",
    replace=(
        "return -sum(math.log(together[pair] / windows[pair[0]])",
        "return sum((together[pair] / windows[pair[0]])",
    ),
)
number_to_beat.wrong(
    "smoothed",
    replace=(
        "together[pair] / windows[pair[0]]",
        "(together[pair] + 1) / (windows[pair[0]] + len({letter for _, letter in pairs}))",
    ),
)
number_to_beat.wrong("divided", replace=("/ len(pairs)", "/ sum(seen + len(name) + 1 for name in names)"))
number_to_beat.wrong("type", replace=("return -sum", "return torch.tensor(-sum", "/ len(pairs)", "/ len(pairs))"))
number_to_beat.wrong("none", replace=("return -sum", "-sum"))

number_to_beat.also_right(
    """
    after = {}
    for name in names:
        window = "." * seen
        for letter in name + ".":
            after.setdefault(window, []).append(letter)
            window = (window + letter)[1:] if seen else ""
    loss, places = 0.0, 0
    for letters in after.values():
        places += len(letters)
        for letter in letters:
            loss -= math.log(letters.count(letter) / len(letters))
    return loss / places
    """
)
number_to_beat.also_right(
    """
    alphabet = sorted(set(".".join(names)) | {"."})
    windows, targets = [], []
    for name in names:
        window = (".",) * seen
        for letter in name + ".":
            windows.append(window)
            targets.append(alphabet.index(letter))
            window = (window + (letter,))[1:]
    rows = {window: k for k, window in enumerate(sorted(set(windows)))}
    counts = torch.zeros(len(rows), len(alphabet), dtype=torch.float64)
    for window, letter in zip(windows, targets):
        counts[rows[window], letter] += 1
    p = counts / counts.sum(dim=1, keepdim=True)
    picked = p[torch.tensor([rows[w] for w in windows]), torch.tensor(targets)]
    return float(-picked.log().mean())
    """
)
number_to_beat.also_right(
    """
    import statistics
    texts = ["." * seen + name + "." for name in names]
    seen_at = Counter(t[k : k + seen] for t in texts for k in range(len(t) - seen))
    both_at = Counter(t[k : k + seen + 1] for t in texts for k in range(len(t) - seen))
    return statistics.fmean(
        math.log(seen_at[t[k : k + seen]]) - math.log(both_at[t[k : k + seen + 1]])
        for t in texts for k in range(len(t) - seen)
    )
    """
)

number_to_beat.equivalent(
    "swapped: windows = Counter((window for window, letter in pairs)) | together = Counter(pairs)",
    because="the two lines don't need each other",
)
