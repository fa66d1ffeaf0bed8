"""Exercises of lesson 10: cut graphs, a state carried on, three silent faults, a safe root, a leak on a plot, tests."""

from collections.abc import Callable, Iterator
from typing import Any

from course.comparing import is_tensor, kind, show
from course.exercise import Function, Lesson
from course.graphs import nodes_behind
from course.judging import call, case, counted, expect, expect_like, expect_predictions, reject, with_globals
from course.pictures import expect_picture

lesson = Lesson(10, "error clinic")

# Words of errors that say what has happened, in both libraries.
TWICE = "through the graph a second time"
NO_GRAPH = "does not require grad and does not have a grad_fn"

Losses = dict[str, Callable[[Any], Any]]


def stairs(torch: Any) -> dict[str, Any]:
    """The lesson's measurements, whatever the learner has made of them."""
    return {"floors": torch.tensor([1.0, 2.0, 3.0, 4.0]), "extra": torch.tensor([6.0, 13.0, 17.0, 24.0])}


def seven_losses(torch: Any) -> Losses:
    """The losses of 10.1, each as a function of w."""
    floors, extra = stairs(torch).values()

    def unrecorded(make: Callable[[], Any]) -> Any:
        with torch.no_grad():
            return make()

    return {
        "a": lambda w: ((w * floors).detach() - w * extra).sum(),
        "b": lambda w: (w * unrecorded(lambda: floors + 1)).sum(),
        "c": lambda w: torch.stack([w * floor for floor in floors]).sum(),
        "d": lambda w: torch.tensor([(w * floor).item() for floor in floors]).sum(),
        "e": lambda w: (torch.floor(w * floors) * 2).sum(),
        "f": lambda w: (w * floors).argmax() * 2.0,
        "g": lambda w: (unrecorded(lambda: w * 2) * w * floors).sum(),
    }


# The slopes as the losses are written: by hand, at w = 3.
SLOPES = {"a": 10.0 - 60.0, "b": 14.0, "c": 10.0, "g": 2 * 2 * 3 * 10.0}


def outcome(name: str, torch: Any) -> str:
    """What backward() does to one of the seven losses, found by running it."""
    w = torch.tensor(3.0, requires_grad=True)
    loss = seven_losses(torch)[name](w)
    try:
        loss.backward()
    except RuntimeError:
        return "raises"
    slope = w.grad.item()
    if slope == 0:
        return "zero"
    return "right" if abs(slope - SLOPES[name]) < 1e-3 else "part"


@lesson.exercise(
    1,
    right="Every path from w to the loss has to be whole: one that is cut, beside one that isn't, raises nothing.",
    hints={
        "second_path": "There are two paths from w to this loss. Is either of them whole?",
        "uncut": "There are two paths from w to this loss. Do both have all their nodes?",
        "block": "no_grad concerns what is computed in the block. Does anything in this block come from w?",
        "stacked": "Is this call an operation on tensors, or does it build a new tensor out of numbers?",
        "numbers": "What is in the list before it becomes a tensor? Does a number remember what it came from?",
        "stairs": "This operation has a node. What is the slope of a staircase, on its steps?",
        "whole": "This result is a whole number, such as 3. Can a whole number require grad?",
    },
)
def who_ended_the_graph(outcomes: dict, torch: Any) -> None:
    truth = {name: outcome(name, torch) for name in "abcdefg"}
    expect_predictions(outcomes, truth, words=("right", "zero", "part", "raises"))


for name, hint, said in (
    ("a", "second_path", ("raises", "zero")),
    ("a", "uncut", ("right",)),
    ("b", "block", ("raises", "part", "zero")),
    ("c", "stacked", ("raises", "part", "zero")),
    ("d", "numbers", ("right", "part", "zero")),
    ("e", "stairs", ("right", "raises", "part")),
    ("f", "whole", ("right", "zero", "part")),
    ("g", "second_path", ("raises", "zero")),
    ("g", "uncut", ("right",)),
):
    for word in said:
        who_ended_the_graph.wrong(hint, {name: word})
who_ended_the_graph.wrong("type", after='outcomes["a"] = "wrong"')
who_ended_the_graph.wrong("type", after='outcomes["e"] = 0')
who_ended_the_graph.wrong("type", after="outcomes.popitem()")

who_ended_the_graph.also_right(
    """
    outcomes = dict.fromkeys("abcdefg", "right")
    outcomes.update(d="raises", f="raises", e="zero")
    outcomes["a"] = outcomes["g"] = "part"
    """
)
who_ended_the_graph.also_right(
    'outcomes = dict(zip("abcdefg", ["part", "right", "right", "raises", "zero", "raises", "part"]))'
)
who_ended_the_graph.also_right(
    """
    RAISES, PART, RIGHT = "raises", "part", "right"
    outcomes = {"g": PART, "f": RAISES, "e": "zero", "d": RAISES, "c": RIGHT, "b": RIGHT, "a": PART}
    """
)


def followed(torch: Any, lr: float, turns: int) -> tuple[float, list[float]]:
    """What 10.2 has to return: w and the losses, computed with slopes by hand."""
    floors, extra = (values.tolist() for values in stairs(torch).values())
    w, pulse, losses = 1.0, 0.0, []
    for turn in range(turns):
        floor, beats = floors[turn % 4], extra[turn % 4]
        pulse = 0.5 * pulse + w * floor
        losses.append((pulse - beats) ** 2)
        w -= lr * 2 * (pulse - beats) * floor
    return w, losses


@lesson.exercise(
    2,
    right="The pulse goes on as a number, without its past: every turn has a graph of its own.",
    hints={
        "whole_past": "The slopes are those through all turns before. Which tensor should go on without its past?",
        "retained": "Nothing is cut yet: the graph grows from turn to turn. Which tensor is older than its turn?",
        "kept": "A backward pass was told to keep its graph. Does any pass still need it?",
        "forgotten": "The pulse has to go on from turn to turn. Only its past has to go.",
        "twice": "A piece of graph is still older than its turn. Which one?",
        "no_graph": "The loss has no graph any more. Which path from w to the loss has to stay?",
        "stale": "It looks as if the slopes of earlier turns were still in w.grad.",
        "no_loss": "The last of the three is the last loss itself, a tensor with its graph.",
        "numbers": "The losses in the list should be Python numbers. A tensor keeps its graph.",
    },
)
def carry_on(fixed_follow: Function, torch: Any) -> None:
    for lr, turns in ((1 / 64, 4), (1 / 32, 2), (1 / 128, 9), (0.0, 3), (1 / 64, 1)):
        with case(f"fixed_follow({lr}, {turns})"):
            with (
                with_globals(fixed_follow, **stairs(torch)),
                counted(torch.Tensor, "backward", kept_graph) as kept,
                counted(torch.autograd, "backward", kept_graph) as kept_too,
                counted(torch.autograd, "grad", kept_by_grad) as kept_by,
            ):
                got = call(fixed_follow, lr, turns, raises={TWICE: "twice", NO_GRAPH: "no_graph"})
            if not isinstance(got, tuple) or len(got) != 3:
                expected = "w, the losses, the last loss"
                reject("none" if got is None else "type", came_out=show(got), expected=expected)
            w, losses, last = got
            if not is_tensor(last) or last.grad_fn is None:
                reject("no_loss", what="the last", came_out=show(last), expected="a tensor with a graph")
            if isinstance(losses, list) and any(is_tensor(loss) for loss in losses):
                reject("numbers", what="the losses", came_out=show(losses), expected="a list of numbers")
            wanted_w, wanted = followed(torch, lr, turns)
            expect(losses, wanted, "the losses", scale=100.0)
            expect(w, wanted_w, "w", scale=10.0)
            expect(last.detach().item(), wanted[-1], "the last loss", scale=100.0)
            size, most = len(nodes_behind(last)), 5 if turns == 1 else 6
            if size > most:
                came_out, expected = f"{size} nodes behind it", f"{most} at most"
                reject("retained", what="the last loss", came_out=came_out, expected=expected)
            if any([*kept, *kept_too, *kept_by]):
                came_out = next(filter(None, [*kept, *kept_too, *kept_by]))
                reject("kept", what="the backward passes", came_out=came_out, expected="no graph kept")


def kept_graph(
    start: Any, gradient: Any = None, retain_graph: Any = None, create_graph: Any = False, *more: Any, **named: Any
) -> str:
    """What a call of backward() says that keeps the graph; empty if it keeps none."""
    return "retain_graph=True" if retain_graph else "create_graph=True" if create_graph else ""


def kept_by_grad(outputs: Any, inputs: Any, *more: Any, **named: Any) -> str:
    """The same of a call of torch.autograd.grad()."""
    return kept_graph(outputs, *more, **{name: given for name, given in named.items() if name != "grad_outputs"})


FOLLOW = """
w = torch.tensor(1.0, requires_grad=True)
pulse = torch.tensor(0.0)
losses = []
for turn in range(turns):
    w.grad = None
    pulse = 0.5 * pulse.detach() + w * floors[turn % 4]
    loss = (pulse - extra[turn % 4]) ** 2
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
    losses.append(loss.item())
return w.item(), losses, loss
"""


def changed(lines: str, *changes: str) -> str:
    """A right answer with some things said otherwise."""
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert lines.count(old) == 1, old
        lines = lines.replace(old, new)
    return lines


CARRIED = ("pulse.detach()", "pulse")
KEPT = ("loss.backward()", "loss.backward(retain_graph=True)")
carry_on.wrong("whole_past", changed(FOLLOW, *CARRIED, *KEPT))
carry_on.wrong("kept", changed(FOLLOW, *KEPT))
carry_on.wrong("kept", changed(FOLLOW, "loss.backward()", "loss.backward(None, True)"))
carry_on.wrong("kept", changed(FOLLOW, "loss.backward()", "loss.backward(create_graph=True)"))
carry_on.wrong("kept", changed(FOLLOW, "loss.backward()", "torch.autograd.backward(loss, retain_graph=True)"))
carry_on.wrong(
    "kept", changed(FOLLOW, "loss.backward()", "(w.grad,) = torch.autograd.grad(loss, w, retain_graph=True)")
)
carry_on.wrong("twice", changed(FOLLOW, *CARRIED))
carry_on.wrong(
    "no_graph",
    changed(FOLLOW, "0.5 * pulse.detach() + w * floors[turn % 4]", "(0.5 * pulse + w * floors[turn % 4]).detach()"),
)
carry_on.wrong("no_graph", changed(FOLLOW, "w * floors", "w.detach() * floors"))
carry_on.wrong("forgotten", changed(FOLLOW, "0.5 * pulse.detach() + ", ""))
carry_on.wrong("forgotten", changed(FOLLOW, "    w.grad = None", "    w.grad = None\n    pulse = torch.tensor(0.0)"))
carry_on.wrong("stale", changed(FOLLOW, "    w.grad = None\n", ""))
carry_on.wrong("no_loss", changed(FOLLOW, "losses, loss", "losses, loss.detach()"))
carry_on.wrong("no_loss", changed(FOLLOW, "losses, loss", "losses, loss.item()"))
carry_on.wrong("numbers", changed(FOLLOW, "loss.item()", "loss"))
carry_on.wrong("numbers", changed(FOLLOW, "loss.item()", "loss.detach()"))
carry_on.wrong(
    "retained",
    """
    w = torch.tensor(1.0, requires_grad=True)
    pulse, whole, losses = torch.tensor(0.0), torch.tensor(0.0), []
    for turn in range(turns):
        whole = 0.5 * whole + w * floors[turn % 4]
        loss = (pulse * 0.5 + w * floors[turn % 4] - extra[turn % 4]) ** 2
        slope, = torch.autograd.grad(loss, w, retain_graph=True)
        pulse = (pulse * 0.5 + w * floors[turn % 4]).detach()
        losses.append(loss.item())
        last = loss + 0 * whole
        with torch.no_grad():
            w -= lr * slope
    return w.item(), losses, last
    """,
)
carry_on.wrong("none", changed(FOLLOW, "return w.item(), losses, loss", "w.item(), losses, loss"))
carry_on.wrong("type", changed(FOLLOW, "return w.item(), losses, loss", "return w.item(), losses"))
carry_on.wrong("type", changed(FOLLOW, "return w.item(), ", "return w, "))
carry_on.wrong("value", changed(FOLLOW, "w -= lr", "w += lr"))
carry_on.wrong("value", changed(FOLLOW, "0.5 * pulse", "0.25 * pulse"))
carry_on.wrong("raised", changed(FOLLOW, "w -= lr * w.grad", "w -= rate * w.grad"))

carry_on.also_right(changed(FOLLOW, "pulse.detach()", "pulse", "return", "    pulse = pulse.detach()\nreturn"))
carry_on.also_right(changed(FOLLOW, "0.5 * pulse.detach()", "0.5 * pulse.item()"))
carry_on.also_right(changed(FOLLOW, "loss.backward()", "torch.autograd.backward(loss, None, False)"))
carry_on.also_right(changed(FOLLOW, "return", "    pulse.detach_()\nreturn", "pulse.detach()", "pulse"))
carry_on.also_right(
    """
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr) if lr else None
    pulse, losses = 0.0, []
    for turn in range(turns):
        now = w * floors[turn % 4] + pulse / 2
        loss = (now - extra[turn % 4]).square()
        w.grad = None
        loss.backward()
        if optimizer:
            optimizer.step()
        losses += [float(loss.detach())]
        pulse = float(now.detach())
    return w.item(), losses, loss
    """
)
carry_on.also_right(
    """
    w = torch.tensor(1.0).requires_grad_()
    pulse, losses = torch.zeros(()), []
    for turn in range(turns):
        before = pulse.clone().detach()
        pulse = before * 0.5 + w * floors[turn % 4]
        loss = (pulse - extra[turn % 4]) ** 2
        (slope,) = torch.autograd.grad(loss, w)
        with torch.no_grad():
            w.sub_(slope, alpha=lr)
        losses.append(loss.item())
    return w.item(), losses, loss
    """
)


def fitted(torch: Any, x: Any, y: Any, lr: float, steps: int) -> tuple[float, float, list[float]]:
    """What 10.3 has to return, with slopes by hand."""
    weight, bias, losses = 0.0, 0.0, []
    pairs = list(zip(x.flatten().tolist(), y.tolist(), strict=True))
    for _ in range(steps):
        missed = [weight * a + bias - b for a, b in pairs]
        losses.append(sum(m * m for m in missed) / len(pairs))
        weight -= lr * 2 * sum(m * a for m, (a, _) in zip(missed, pairs, strict=True)) / len(pairs)
        bias -= lr * 2 * sum(missed) / len(pairs)
    return weight, bias, losses


@lesson.exercise(
    3,
    right="The optimizer is made last, both sides have the same shape, and no loss keeps its graph.",
    hints={
        "standing": "The loss never moves. Does the optimizer hold what the model uses? What does step() find?",
        "one_standing": "One of the two parameters is still not the one that the optimizer holds.",
        "table": "Look at the shapes on both sides of the minus. How many squares are there?",
        "graphs": "The losses should be Python numbers: each of these tensors still holds its graph.",
        "start": "Weight and bias should begin at 0. Linear draws its own at random.",
        "stale": "It looks as if gradients were not cleared between the steps.",
        "sum": "The loss is the mean of the squares.",
        "late": "The first loss is that before any step.",
    },
)
def three_at_once(fixed_fit: Function, torch: Any) -> None:
    floors, extra = stairs(torch).values()
    cases = [
        ("x of the lesson", floors.unsqueeze(1), extra, 1 / 16, 5),
        ("x = [[0.], [2.], [-1.]]", torch.tensor([[0.0], [2.0], [-1.0]]), torch.tensor([1.0, 4.0, -3.0]), 0.1, 8),
        ("x = [[2.]]", torch.tensor([[2.0]]), torch.tensor([3.0]), 0.05, 3),
        ("x = [[1.], [3.]]", torch.tensor([[1.0], [3.0]]), torch.tensor([2.0, -2.0]), 0.0, 2),
        ("no step", floors.unsqueeze(1), extra, 0.1, 0),
    ]
    for told, x, y, lr, steps in cases:
        with case(f"fixed_fit(…, lr={lr}, steps={steps}), {told}"):
            got = call(fixed_fit, x, y, lr, steps)
            if not isinstance(got, tuple) or len(got) != 3:
                expected = "weight, bias and losses"
                reject("none" if got is None else "type", came_out=show(got), expected=expected)
            weight, bias, losses = got
            if isinstance(losses, list | tuple) and any(is_tensor(loss) for loss in losses):
                reject("graphs", what="the losses", came_out=show(losses), expected="a list of numbers")
            wanted = fitted(torch, x, y, lr, steps)
            expect(losses, wanted[2], "the losses", scale=100.0)
            expect(weight, wanted[0], "the weight", scale=10.0)
            expect(bias, wanted[1], "the bias", scale=10.0)


FIT = """
model = torch.nn.Linear(1, 1)
model.weight = torch.nn.Parameter(torch.zeros(1, 1))
model.bias = torch.nn.Parameter(torch.zeros(1))
optimizer = torch.optim.SGD(model.parameters(), lr=lr)
losses = []
for _ in range(steps):
    optimizer.zero_grad()
    loss = ((model(x).squeeze(1) - y) ** 2).mean()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
return model.weight.item(), model.bias.item(), losses
"""
OPTIMIZER = "optimizer = torch.optim.SGD(model.parameters(), lr=lr)\n"
WEIGHT = "model.weight = torch.nn.Parameter(torch.zeros(1, 1))\n"
BIAS = "model.bias = torch.nn.Parameter(torch.zeros(1))\n"
HELD_EARLY = (OPTIMIZER, "", WEIGHT, OPTIMIZER + WEIGHT)
SQUEEZED = (".squeeze(1)", "")
NUMBER = ("loss.item()", "loss")

three_at_once.wrong("standing", changed(FIT, *HELD_EARLY))
three_at_once.wrong("standing", changed(FIT, *HELD_EARLY).replace(".squeeze(1)", ".view(-1)"))
three_at_once.wrong("one_standing", changed(FIT, OPTIMIZER, "", WEIGHT, WEIGHT + OPTIMIZER))
three_at_once.wrong("one_standing", changed(FIT, OPTIMIZER, "", WEIGHT, "", BIAS, BIAS + OPTIMIZER + WEIGHT))
three_at_once.wrong("table", changed(FIT, *SQUEEZED))
three_at_once.wrong("table", changed(FIT, ".squeeze(1) - y", " - y.unsqueeze(0)"))
three_at_once.wrong("graphs", changed(FIT, *NUMBER))
three_at_once.wrong("graphs", changed(FIT, *NUMBER, *SQUEEZED))
three_at_once.wrong("graphs", changed(FIT, "loss.item()", "loss.detach()"))
three_at_once.wrong("graphs", changed(FIT, *HELD_EARLY, *SQUEEZED, *NUMBER))
three_at_once.wrong("start", changed(FIT, WEIGHT, "torch.manual_seed(0)\n"))
three_at_once.wrong("start", changed(FIT, WEIGHT, WEIGHT.replace("zeros", "ones")))
three_at_once.wrong("stale", changed(FIT, "    optimizer.zero_grad()\n", ""))
three_at_once.wrong(
    "standing",
    changed(
        FIT, "    optimizer.zero_grad()\n", "", "    optimizer.step", "    optimizer.zero_grad()\n    optimizer.step"
    ),
)
three_at_once.wrong("sum", changed(FIT, ".mean()", ".sum()"))
three_at_once.wrong(
    "late", changed(FIT, "losses.append(loss.item())", "losses.append(((model(x).squeeze(1) - y) ** 2).mean().item())")
)
three_at_once.wrong("none", changed(FIT, "return ", ""))
three_at_once.wrong("type", changed(FIT, ", losses\n", "\n"))
three_at_once.wrong("type", changed(FIT, "model.weight.item()", "model.weight"))
three_at_once.wrong("type", changed(FIT, "bias.item(), losses", "bias.item(), loss.item() if steps else 0.0"))
three_at_once.wrong("raised", changed(FIT, ".squeeze(1)", ".squeeze_all()"))
three_at_once.wrong("value", changed(FIT, "lr=lr", "lr=lr, momentum=0.5"))

three_at_once.also_right(changed(FIT, ".squeeze(1) - y", " - y.unsqueeze(1)"))
three_at_once.also_right(
    """
    model = torch.nn.Linear(1, 1)
    with torch.no_grad():
        for p in model.parameters():
            p.zero_()
    optimizer = torch.optim.SGD([model.bias, model.weight], lr)
    losses = []
    while len(losses) < steps:
        loss = torch.nn.functional.mse_loss(model(x)[:, 0], y)
        model.zero_grad()
        loss.backward()
        optimizer.step()
        losses += [float(loss.detach())]
    return (*(p.item() for p in model.parameters()), losses)
    """
)
three_at_once.also_right(
    """
    weight, bias = (torch.zeros(1, requires_grad=True) for _ in range(2))
    losses = []
    for _ in range(steps):
        missed = weight * x.flatten() + bias - y
        loss = torch.nn.MSELoss()(missed, torch.zeros_like(missed))
        slopes = torch.autograd.grad(loss, [weight, bias])
        with torch.no_grad():
            for p, slope in zip([weight, bias], slopes):
                p -= lr * slope
        losses.append(loss.item())
    return weight.item(), bias.item(), losses
    """
)


def lengths(v: Any) -> Any:
    """The lengths of rows none of which is zero; a row of zeros is put in by the check."""
    return (v**2).sum(1).sqrt()


@lesson.exercise(
    4,
    right="The 0 never comes to the root, so no infinite slope arises that a 0 could meet.",
    hints={
        "after": "The lengths are right. What does the root make of the gradient that arrives where its input is 0?",
        "added": "Something small is added to every length. It shows where a row itself is small, or 0.",
        "clamped": "With clamp, what comes out at a row of zeros, and what at rows that are smaller than the limit?",
        "cut": "No gradient comes back. Where does the path from v to the lengths end?",
        "patched": "The gradient is repaired afterwards, or the row left out. Choose what goes into the root.",
        "squared": "These are the squares of the lengths.",
        "one": "At a row of zeros the length should be exactly 0.",
        "columns": "A length for each row: which dimension is summed over?",
    },
)
def trusted_length(length: Function, torch: Any) -> None:
    cases = [
        ("[[3, 4], [0, 0]]", [[3.0, 4.0], [0.0, 0.0]]),
        ("[[0, 0]]", [[0.0, 0.0]]),
        ("[[1, 0], [0, -2], [0, 0], [-3, 4]]", [[1.0, 0.0], [0.0, -2.0], [0.0, 0.0], [-3.0, 4.0]]),
        ("[[1e-4, 0], [3e-4, -4e-4]]", [[1e-4, 0.0], [3e-4, -4e-4]]),
        ("[[6, 8], [5, 12], [0, 0], [0, 0]]", [[6.0, 8.0], [5.0, 12.0], [0.0, 0.0], [0.0, 0.0]]),
        ("[[300, -400], [1, 1]]", [[300.0, -400.0], [1.0, 1.0]]),
    ]
    for told, rows in cases:
        with case(f"length of {told}"):
            v = torch.tensor(rows, requires_grad=True)
            got = call(length, v)
            largest = max(abs(number) for row in rows for number in row) or 1.0

            def exact(v: Any) -> Any:
                whole = (v != 0).sum(1) > 0
                # Rows of zeros become (1, 0), and their length is multiplied by 0: no root of 0 arises.
                away = torch.tensor([[0.0, 0.0] if kept else [1.0, 0.0] for kept in whole.tolist()])
                return lengths(v + away) * torch.tensor([1.0 if kept else 0.0 for kept in whole.tolist()])

            expect_like(got, exact, {"v": v}, scale=largest)
            for place, row in enumerate(rows):
                if row == [0.0, 0.0] and got[place].item() != 0:
                    came_out = f"{got[place].item():.1e}"
                    reject("one", what=f"row {place}", came_out=came_out, expected="exactly 0.0")


LENGTH = """
squares = (v**2).sum(1)
ones, zeros = torch.ones_like(squares), torch.zeros_like(squares)
safe = torch.where(squares > 0, squares, ones)
return torch.where(squares > 0, safe.sqrt(), zeros)
"""
trusted_length.wrong("after", "return (v**2).sum(1).sqrt()")
trusted_length.wrong(
    "after", "squares = (v**2).sum(1)\nreturn torch.where(squares > 0, squares.sqrt(), torch.zeros_like(squares))"
)
trusted_length.wrong("after", "squares = (v**2).sum(1)\nreturn squares.sqrt() * (squares > 0)")
trusted_length.wrong("added", "return ((v**2).sum(1) + 1e-8).sqrt()")
trusted_length.wrong("added", "return ((v**2).sum(1) + 1e-12).sqrt()")
trusted_length.wrong("added", "return ((v + 1e-5) ** 2).sum(1).sqrt()")
trusted_length.wrong("added", "return ((v**2).sum(1) + 1e-30).sqrt()")
trusted_length.wrong("clamped", "return (v**2).sum(1).clamp(min=1e-12).sqrt()")
trusted_length.wrong("clamped", "return (v**2).sum(1).clamp(min=1e-6).sqrt()")
trusted_length.wrong("clamped", "return (v**2).sum(1).clamp(min=1e-7).sqrt()")
trusted_length.wrong("cut", "squares = (v.detach() ** 2).sum(1)\nreturn squares.sqrt()")
trusted_length.wrong("cut", "return torch.tensor([(a * a + b * b) ** 0.5 for a, b in v.tolist()])")
trusted_length.wrong("squared", changed(LENGTH, "safe.sqrt()", "safe"))
trusted_length.wrong(
    "one", changed(LENGTH, "return torch.where(squares > 0, safe.sqrt(), zeros)", "return safe.sqrt()")
)
trusted_length.wrong("columns", changed(LENGTH, "sum(1)", "sum(0)"))
trusted_length.wrong("none", changed(LENGTH, "return ", ""))
trusted_length.wrong(
    "raised",
    changed(LENGTH, "torch.where(squares > 0, safe.sqrt(), zeros)", "torch.where(squares > 0, safe.root(), zeros)"),
)
trusted_length.wrong("changed", "with torch.no_grad():\n    v[(v**2).sum(1) == 0] = 1.0\nreturn (v**2).sum(1).sqrt()")
trusted_length.wrong("value", changed(LENGTH, "safe.sqrt()", "2 * safe.sqrt()"))
trusted_length.wrong("value", "return v.abs().sum(1)")
trusted_length.wrong("changed", "v.register_hook(torch.nan_to_num)\nreturn (v**2).sum(1).sqrt()")
trusted_length.wrong(
    "patched",
    """
    squares = (v**2).sum(1)
    if (squares == 0).any():
        return torch.where(squares > 0, squares, torch.ones_like(squares)).sqrt().detach() * (squares > 0)
    return squares.sqrt()
    """,
)

trusted_length.also_right(
    """
    squares = v[:, 0] ** 2 + v[:, 1] ** 2
    nothing = squares == 0
    return (squares + nothing * 1.0).sqrt() * ~nothing
    """
)
trusted_length.also_right(
    """
    found = []
    for row in v:
        square = (row * row).sum()
        found.append(square.sqrt() if square > 0 else square)
    return torch.stack(found)
    """
)
trusted_length.also_right(
    """
    squares = (v * v).sum(dim=1)
    zero = squares.detach() == 0
    return torch.where(zero, torch.zeros(len(v)), torch.where(zero, torch.ones(len(v)), squares) ** 0.5)
    """
)
trusted_length.also_right("return v.norm(dim=1)")
trusted_length.also_right(  # where() drops the infinite gradient, since it comes on the branch not taken
    """
    squares = (v**2).sum(1)
    safe = torch.where(squares > 0, squares, torch.zeros_like(squares))
    return safe.sqrt()
    """
)


def loops_for(torch: Any) -> dict[str, Callable[[int], Iterator[Any]]]:
    """Loops as in 10.5, the lesson's and others, by name."""
    floors, extra = stairs(torch).values()

    def carried(turns: int) -> Iterator[Any]:
        w, pulse = torch.tensor(1.0, requires_grad=True), torch.tensor(0.0)
        for turn in range(turns):
            pulse = 0.5 * pulse + w * floors[turn % 4]
            yield (pulse - extra[turn % 4]) ** 2

    def squared(turns: int) -> Iterator[Any]:
        w = torch.tensor(1.0, requires_grad=True)
        for turn in range(turns):
            state = w
            for _ in range(turn % 3):
                state = state * state
            yield (state * floors[turn % 4] - extra[turn % 4]) ** 2

    def summed(turns: int) -> Iterator[Any]:
        a, b = (torch.tensor(0.5, requires_grad=True) for _ in range(2))
        total = a * b
        for _ in range(turns):
            total = total + (total * a).exp() * 0.01
            yield total

    def stepped(turns: int) -> Iterator[Any]:
        w = torch.tensor(2.0, requires_grad=True)
        for turn in range(turns):
            yield (w * w - turn) ** 2
            with torch.no_grad():
                w *= 0.5

    def bare(turns: int) -> Iterator[Any]:
        w = torch.tensor(2.0, requires_grad=True)
        for turn in range(turns):
            yield w.detach() * turn if turn % 2 else w * 2

    return {"carried": carried, "squared": squared, "summed": summed, "stepped": stepped, "bare": bare}


@lesson.exercise(
    5,
    right="A line that climbs for ever is a leak. A loop whose state is cut now and then falls back.",
    hints={
        "axes": "It should return the axes: the second of the two things that plt.subplots() makes.",
        "lines": "There should be one line for each loop, joined from point to point, that can be seen.",
        "turned": "Turns and nodes have changed places. The turns go to the right.",
        "from_one": "The first turn stands at 0.",
        "paths": "A node that can be reached on several paths counts once. Remember where you have been.",
        "leaves": "AccumulateGrad, where a leaf collects, counts as a node, too.",
        "edges": "These are the nodes right behind the loss. Those behind them count as well.",
        "summed": "It looks as if the turns had been added up. A point is the number for its own turn.",
        "names": "The label of each line should be the loop's name.",
        "legend": "The legend should show the name of every line. axes.legend() makes one of the labels.",
        "scale": "Both scales should be plain.",
        "words": "Does each label say what is drawn along its axis: turn, nodes?",
        "sight": "All of each line should be in sight, with numbers that grow to the right and upwards.",
        "figure": "The picture should have a figure of its own, whatever is open already. What opens one?",
        "number": "A loss without a graph has no node behind it. What is its grad_fn?",
    },
)
def see_the_leak(leak_chart: Function, torch: Any) -> None:
    import matplotlib.pyplot as plt

    plt.figure()  # stays as it is, if the answer opens one of its own; the check closes it
    loops = loops_for(torch)
    for names, turns in ((["carried", "squared"], 5), (["summed"], 4), (["stepped", "carried"], 3), (["bare"], 4)):
        chosen = {name: loops[name] for name in names}
        with case(f"leak_chart({{{', '.join(f'{name!r}: …' for name in names)}}}, {turns})"):
            errors = {"'NoneType' object has no attribute": "number"}
            axes = call(leak_chart, chosen, turns, pictures=1, twice=names == ["bare"], raises=errors)
            wanted = {name: [float(len(nodes_behind(t))) for t in loop(turns)] for name, loop in chosen.items()}
            expect_picture(axes, wanted, words=("turn", "node"), relative=1e-4)


LEAK = """
def nodes(loss):
    met, todo = [], [loss.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None and node not in met:
            met.append(node)
            todo += [behind for behind, _ in node.next_functions]
    return len(met)

figure, axes = plt.subplots()
for name, loop in loops.items():
    axes.plot([nodes(loss) for loss in loop(turns)], label=name)
axes.set(xlabel="turn", ylabel="nodes behind the loss")
axes.legend()
return axes
"""
see_the_leak.wrong("paths", changed(LEAK, " and node not in met", ""))
see_the_leak.wrong(
    "paths",
    """
    def nodes(node):
        return 0 if node is None else 1 + sum(nodes(behind) for behind, _ in node.next_functions)

    figure, axes = plt.subplots()
    for name, loop in loops.items():
        axes.plot([nodes(loss.grad_fn) for loss in loop(turns)], label=name)
    axes.set(xlabel="turn", ylabel="nodes")
    axes.legend()
    return axes
    """,
)
see_the_leak.wrong("leaves", changed(LEAK, "len(met)", "sum(bool(node.next_functions) for node in met)"))
see_the_leak.wrong("leaves", changed(LEAK, "len(met)", 'sum(not hasattr(node, "variable") for node in met)'))
see_the_leak.wrong(
    "edges", changed(LEAK, "nodes(loss) for", "len(loss.grad_fn.next_functions) if loss.grad_fn else 0 for")
)
see_the_leak.wrong(
    "summed",
    changed(
        LEAK,
        "    axes.plot([nodes(loss) for loss in loop(turns)], label=name)",
        "    counts = [nodes(loss) for loss in loop(turns)]\n"
        "    axes.plot([sum(counts[: n + 1]) for n in range(turns)], label=name)",
    ),
)
see_the_leak.wrong("axes", changed(LEAK, "return axes", "return figure"))
see_the_leak.wrong("none", changed(LEAK, "return axes", "plt.show()"))
see_the_leak.wrong("lines", changed(LEAK, "loop(turns)], ", 'loop(turns)], "o", '))
see_the_leak.wrong("lines", changed(LEAK, "plot([nodes", "scatter(range(turns), [nodes"))
see_the_leak.wrong("turned", changed(LEAK, "loop(turns)], ", "loop(turns)], range(turns), "))
see_the_leak.wrong("from_one", changed(LEAK, "plot([nodes", "plot(range(1, turns + 1), [nodes"))
see_the_leak.wrong("names", changed(LEAK, ", label=name", ""))
see_the_leak.wrong("names", changed(LEAK, "label=name", 'label=f"loop {name}"'))
see_the_leak.wrong("legend", changed(LEAK, "axes.legend()\n", ""))
see_the_leak.wrong("scale", changed(LEAK, 'loss")', 'loss", yscale="log")'))
see_the_leak.wrong("words", changed(LEAK, 'xlabel="turn", ', ""))
see_the_leak.wrong("words", changed(LEAK, 'ylabel="nodes behind the loss"', 'ylabel="size"'))
see_the_leak.wrong("sight", changed(LEAK, "axes.legend()", "axes.set_ylim(0, 4)\naxes.legend()"))
see_the_leak.wrong("sight", changed(LEAK, "axes.legend()", "axes.invert_xaxis()\naxes.legend()"))
see_the_leak.wrong("figure", changed(LEAK, "figure, axes = plt.subplots()", "axes = plt.gca()"))
see_the_leak.wrong("number", changed(LEAK, "if node is not None and node not in met", "if node not in met"))
see_the_leak.wrong("left", changed(LEAK, "figure, axes", "plt.figure()\nfigure, axes"))
see_the_leak.wrong("raised", changed(LEAK, "loops.items()", "loop.items()"))
see_the_leak.wrong("value", changed(LEAK, "len(met)", "len(met) + 1"))

see_the_leak.also_right(changed(LEAK, "met, todo = [], ", "met, todo = set(), ", "met.append(node)", "met.add(node)"))
see_the_leak.also_right(
    """
    def behind(node, met):
        if node is not None and node not in met:
            met.append(node)
            for following, _ in node.next_functions:
                behind(following, met)
        return met

    plt.figure()
    for name in loops:
        counts = []
        for loss in loops[name](turns):
            counts.append(len(behind(loss.grad_fn, [])))
        plt.plot(range(turns), counts, "o-", label=name)
    plt.xlabel("Turn")
    plt.ylabel("Nodes")
    plt.legend(title="loop")
    return plt.gca()
    """
)
see_the_leak.also_right(
    """
    from collections import deque

    axes = plt.figure().add_subplot()
    for number, (name, loop) in enumerate(loops.items()):
        heights = torch.zeros(turns)
        for turn, loss in enumerate(loop(turns)):
            met, waiting = [], deque([loss.grad_fn] if loss.grad_fn else [])
            while waiting:
                node = waiting.popleft()
                if all(node is not other for other in met):
                    met.append(node)
                    waiting.extend(edge[0] for edge in node.next_functions if edge[0])
            heights[turn] = len(met)
        axes.plot(torch.arange(turns), heights, color=f"C{number}", label=name)
    axes.set_xlabel("number of the turn")
    axes.set_ylabel("nodes")
    axes.grid(True)
    axes.legend()
    return axes
    """
)

# 10.6: what is planted. Each is made with the library in use, and keeps or breaks the promise in one way.

Train = Callable[[list[Any], Callable[..., Any], float, int], list[Any]]


def honest_trains(torch: Any) -> dict[str, Train]:
    """Trains that keep the promise, each in another way."""

    def with_sgd(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[float]:
        optimizer = torch.optim.SGD(parameters, lr=lr)
        losses = []
        for _ in range(steps):
            optimizer.zero_grad()
            loss = loss_of(*parameters)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    def by_hand(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[float]:
        losses = []
        for _ in range(steps):
            loss = loss_of(*parameters)
            slopes = torch.autograd.grad(loss, parameters)
            losses.append(float(loss.detach()))
            with torch.no_grad():
                for p, slope in zip(parameters, slopes, strict=True):
                    p.sub_(slope * lr)
        return losses

    def cleared_after(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[float]:
        for p in parameters:
            p.grad = None
        losses: list[float] = []
        while len(losses) < steps:
            loss = loss_of(*parameters)
            (loss * 4).backward()
            losses.append(loss.item())
            for p in parameters:
                with torch.no_grad():
                    p.copy_(p - lr * (p.grad / 4))
                p.grad.zero_()
        return losses

    def looks_twice(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[float]:
        losses = []
        for _ in range(steps):
            with torch.no_grad():
                losses.append(loss_of(*parameters).item())
            for p, slope in zip(parameters, torch.autograd.grad(loss_of(*parameters), parameters), strict=True):
                p.data -= lr * slope
                p.grad = None
        return losses

    def other_digits(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[float]:
        losses = with_sgd(parameters, loss_of, lr, steps)
        last_digit = 2.0**-51 if parameters[0].dtype == torch.float64 else 2.0**-22
        with torch.no_grad():
            for p in parameters:
                p *= 1 + last_digit
        return [loss * (1 + last_digit) for loss in losses]

    return {
        "one with torch.optim.SGD": with_sgd,
        "one that steps by hand": by_hand,
        "one that clears after the step": cleared_after,
        "one that computes each loss twice, and leaves no gradients": looks_twice,
        "one whose last digits differ": other_digits,
    }


def faulty_trains(torch: Any) -> list[tuple[str, str, Train]]:
    """Trains that break the promise: the key of the hint, what is told of it, and the train."""

    def plan(
        *,
        before: Callable[[Any], None] = lambda optimizer: None,
        between: Callable[[Any], None] = lambda optimizer: None,
        noted: Callable[[Any], Any] = lambda loss: loss.item(),
        held: Callable[[list[Any]], list[Any]] = lambda parameters: parameters,
        once: bool = False,
        stepped: Callable[[list[Any]], list[Any]] = lambda parameters: parameters,
        late: bool = False,
    ) -> Train:
        def train(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[Any]:
            used = held(parameters)
            optimizer = torch.optim.SGD(stepped(used), lr=lr)
            losses, loss = [], loss_of(*used)
            for _ in range(steps):
                before(optimizer)
                loss = loss if once else loss_of(*used)
                loss.backward(retain_graph=once)
                between(optimizer)
                optimizer.step()
                losses.append(noted(loss_of(*used) if late else loss))
            return losses

        return train

    def clear(optimizer: Any) -> None:
        optimizer.zero_grad()

    def copies(parameters: list[Any]) -> list[Any]:
        return [p.detach().clone().requires_grad_() for p in parameters]

    def first(parameters: list[Any]) -> list[Any]:
        return parameters[:1]

    def last(parameters: list[Any]) -> list[Any]:
        return parameters[-1:]

    def computed_once(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[Any]:
        loss = loss_of(*parameters)
        slopes = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for _ in range(steps):
                for p, slope in zip(parameters, slopes, strict=True):
                    p -= lr * slope
        return [loss.item()] * steps

    def overlong(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[Any]:
        losses = []
        for step in range(steps):
            loss = loss_of(*parameters)
            slopes = torch.autograd.grad(loss, parameters)
            losses.append(loss.item())
            with torch.no_grad():
                for p, slope in zip(parameters, slopes, strict=True):
                    p -= lr * slope * (1.05 if step == steps - 1 else 1.0)
        return losses

    def careless(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[Any]:
        losses = []
        for _ in range(steps):
            loss = loss_of(*parameters)
            loss.backward()
            losses.append(loss.item())
            for p in parameters:
                with torch.no_grad():
                    p -= lr * p.grad
                p.grad = None
        return losses

    def replacing(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[Any]:
        losses = []
        for _ in range(steps):
            loss = loss_of(*parameters)
            slopes = torch.autograd.grad(loss, parameters)
            losses.append(loss.item())
            for place, slope in enumerate(slopes):
                parameters[place] = (parameters[place] - lr * slope).detach().requires_grad_()
        return losses

    def stops_early(place: int) -> Train:
        def train(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[Any]:
            losses = []
            for step in range(steps):
                loss = loss_of(*parameters)
                slopes = torch.autograd.grad(loss, parameters)
                losses.append(loss.item())
                with torch.no_grad():
                    for p, slope in zip(parameters, slopes, strict=True):
                        if step < steps - 1 or p is not parameters[place]:
                            p -= lr * slope
            return losses

        return train

    def one_more(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[Any]:
        losses = plan(before=clear)(parameters, loss_of, lr, steps)
        return [*losses, loss_of(*parameters).item()]

    def silent(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> Any:
        plan(before=clear)(parameters, loss_of, lr, steps)

    def raising(parameters: list[Any], loss_of: Callable[..., Any], lr: float, steps: int) -> list[Any]:
        raise ValueError(PLANTED)

    return [
        ("stale", "one that never clears the gradients", plan()),
        ("wiped", "one that clears between backward and step", plan(between=clear)),
        ("graphs", "one that returns tensors with their graphs", plan(before=clear, noted=lambda loss: loss)),
        ("graphs", "one that returns tensors", plan(before=clear, noted=lambda loss: loss.detach())),
        ("copies", "one that trains copies", plan(before=clear, held=copies)),
        ("once", "one that computes the loss once", computed_once),
        ("late", "one that notes the loss after the step", plan(before=clear, late=True)),
        ("forgotten", "one that steps only the first leaf", plan(before=clear, stepped=first)),
        ("forgotten", "one that steps only the last leaf", plan(before=clear, stepped=last)),
        ("nearly", "one whose last step is a little too long", overlong),
        ("nearly", "one that rounds the losses", plan(before=clear, noted=lambda loss: float(round(loss.item(), 1)))),
        ("old", "one that begins with what is in .grad already", careless),
        ("replaced", "one that puts new leaves into the list", replacing),
        ("forgotten", "one whose last step leaves out the first leaf", stops_early(0)),
        ("forgotten", "one whose last step leaves out the last leaf", stops_early(-1)),
        ("more", "one that returns one loss more than steps", one_more),
        ("nothing", "one that returns None", silent),
        ("raising", "one that raises a ValueError", raising),
    ]


PLANTED = "this train raises, and was planted by the check"


@lesson.exercise(
    6,
    right="It catches what was planted, and accuses no one who keeps the promise: a test that is worth having.",
    hints={
        "accuses": "This train keeps the promise. What does your test demand that the promise doesn't?",
        "stale": "Gradients that add up show in the second step, in numbers. Does your test know which must come out?",
        "wiped": "This one never moves anything. Does your test know what the losses and the leaves must be?",
        "graphs": "What is returned should be Python numbers. Does your test look at the type?",
        "copies": "The losses are right, and your leaves are as they were. Does your test look at them afterwards?",
        "once": "Each step is the first step again. Does your test know where the leaves must be after several?",
        "late": "It notes the losses after the steps. Does your test compare each of them?",
        "forgotten": "With one leaf, nobody notices. How many does your test hand in, and does it look at all of them?",
        "nearly": "It is nearly right. How near must a number be, to be the right one?",
        "old": "It never clears what was in .grad before the first step. Do your leaves bring something in theirs?",
        "replaced": "It puts other leaves into the list, and leaves yours alone. Which does your test look at?",
        "more": "It returns one loss too many. Does your test count them?",
        "nothing": "It returns None in place of a list. That breaks the promise, and is no reason to raise an error.",
        "asserts": "Where a train breaks the promise, trustworthy(train) should return False, and not raise an error.",
        "raising": "A train that raises isn't trustworthy, and trustworthy(train) itself should not raise.",
    },
)
def who_checks(trustworthy: Function, torch: Any) -> None:
    for told, train in honest_trains(torch).items():
        with case(f"trustworthy({told})"):
            got = verdict_of(trustworthy, train)
            if not got:
                reject("accuses", came_out="False", expected="True")
    for hint, told, train in faulty_trains(torch):
        with case(f"trustworthy({told})"):
            if verdict_of(trustworthy, train, "nothing" if hint == "nothing" else "asserts"):
                reject(hint, came_out="True", expected="False")


def verdict_of(trustworthy: Function, train: Train, asserts: str = "raised") -> bool:
    """What a learner's test says of a train; True or False, or a tensor of one."""
    errors = {PLANTED: "raising", "AssertionError": asserts}
    if asserts == "nothing":
        errors["'NoneType' object"] = "nothing"
    got = call(trustworthy, train, raises=errors)
    if is_tensor(got) and got.numel() == 1:
        got = bool(got)
    if kind(got) != "True or False":
        reject("none" if got is None else "type", came_out=show(got), expected="True or False")
    return bool(got)


TESTS = """
def loss_of(a, b):
    return a**2 + (b * b).sum()

def fresh():
    return [torch.tensor(2.0, requires_grad=True), torch.tensor([1.0, -1.0], requires_grad=True)]

wanted, expected = fresh(), []
for _ in range(3):
    loss = loss_of(*wanted)
    slopes = torch.autograd.grad(loss, wanted)
    expected.append(loss.item())
    with torch.no_grad():
        for leaf, slope in zip(wanted, slopes):
            leaf -= 0.05 * slope

leaves = fresh()
for leaf in leaves:
    leaf.grad = torch.ones_like(leaf)
try:
    losses = train(list(leaves), loss_of, 0.05, 3)
except Exception:
    return False
if not isinstance(losses, list) or len(losses) != 3:
    return False
if not all(type(loss) is float for loss in losses):
    return False
same_losses = all(abs(one - other) < 1e-4 for one, other in zip(losses, expected))
same_leaves = all(torch.allclose(one, other, atol=1e-4) for one, other in zip(leaves, wanted))
return same_losses and same_leaves
"""
ONE_STEP = ("range(3)", "range(1)", "0.05, 3)", "0.05, 1)", "len(losses) != 3", "len(losses) != 1")
BY_TYPE = "if not all(type(loss) is float for loss in losses):\n    return False\n"
OLD = "for leaf in leaves:\n    leaf.grad = torch.ones_like(leaf)\n"
COUNTED = " or len(losses) != 3"

who_checks.wrong("accuses", "return False")
who_checks.wrong(
    "accuses",
    changed(
        TESTS,
        "return same_losses",
        "if any(leaf.grad is None for leaf in leaves):\n    return False\nreturn same_losses",
    ),
)
who_checks.wrong(
    "accuses",
    changed(
        TESTS,
        "return same_losses",
        "if any(leaf.grad is not None for leaf in leaves):\n    return False\nreturn same_losses",
    ),
)
who_checks.wrong("accuses", changed(TESTS, "len(losses) != 3", "len(losses) != 4"))
who_checks.wrong("stale", "return True")
who_checks.wrong("stale", changed(TESTS, *ONE_STEP))
who_checks.wrong(
    "stale", changed(TESTS, "return same_losses and same_leaves", "return losses[-1] < losses[0]").replace(BY_TYPE, "")
)
who_checks.wrong(
    "wiped",
    """
    leaf = torch.tensor(2.0, requires_grad=True)
    try:
        losses = train([leaf], lambda a: a**2, 0.4, 6)
    except Exception:
        return False
    return all(after <= before for before, after in zip(losses, losses[1:]))
    """,
)
who_checks.wrong("graphs", changed(TESTS, BY_TYPE, ""))
who_checks.wrong("copies", changed(TESTS, "return same_losses and same_leaves", "return same_losses"))
who_checks.wrong(
    "once",
    changed(
        TESTS.replace("range(3)", "range(12)").replace("0.05, 3)", "0.3, 12)").replace("!= 3", "!= 12"),
        "return same_losses and same_leaves",
        "moved = all(not torch.equal(one, other) for one, other in zip(leaves, fresh()))\n"
        "return moved and abs(losses[0] - expected[0]) < 1e-4 and max(losses) <= losses[0]",
    ),
)
who_checks.wrong("old", changed(TESTS, OLD, ""))
who_checks.wrong("replaced", changed(TESTS, "train(list(leaves)", "train(leaves"))
who_checks.wrong("more", changed(TESTS, COUNTED, ""))
who_checks.wrong(
    "nothing", changed(TESTS, "if not isinstance(losses, list) or len(losses) != 3", "if len(losses) != 3")
)
who_checks.wrong(
    "nothing", changed(TESTS, "if not isinstance(losses, list)", "assert isinstance(losses, list)\nif False")
)
who_checks.wrong(
    "asserts", changed(TESTS, "return same_losses and same_leaves", "assert same_losses and same_leaves\nreturn True")
)
who_checks.wrong("forgotten", changed(TESTS, "zip(leaves, wanted)", "zip(leaves[:1], wanted)"))
who_checks.wrong("forgotten", changed(TESTS, "zip(leaves, wanted)", "zip(leaves[1:], wanted[1:])"))
who_checks.wrong(
    "accuses",
    changed(
        TESTS,
        "abs(one - other) < 1e-4",
        "one == other",
        "torch.allclose(one, other, atol=1e-4)",
        "torch.equal(one, other)",
    ),
)
who_checks.wrong(
    "accuses",
    changed(
        TESTS,
        "leaves = fresh()",
        "calls = []\ncounting = lambda a, b: calls.append(a) or loss_of(a, b)\nleaves = fresh()",
        "train(list(leaves), loss_of,",
        "train(list(leaves), counting,",
        "return same_losses",
        "return len(calls) == 3 and same_losses",
    ),
)
who_checks.wrong("late", changed(TESTS, "return same_losses and same_leaves", "return same_leaves"))
who_checks.wrong(
    "forgotten",
    """
    wanted, leaf = (torch.tensor(2.0, requires_grad=True) for _ in range(2))
    try:
        losses = train([leaf], lambda a: (a - 3) ** 2, 0.1, 3)
    except Exception:
        return False
    expected = []
    for _ in range(3):
        loss = (wanted - 3) ** 2
        (slope,) = torch.autograd.grad(loss, wanted)
        expected.append(loss.item())
        with torch.no_grad():
            wanted -= 0.1 * slope
    if not all(isinstance(loss, float) for loss in losses):
        return False
    return all(abs(a - b) < 1e-4 for a, b in zip(losses, expected)) and abs(leaf.item() - wanted.item()) < 1e-4
    """,
)
who_checks.wrong(
    "raising",
    changed(
        TESTS,
        "try:\n    losses = train(list(leaves), loss_of, 0.05, 3)\nexcept Exception:\n    return False\n",
        "losses = train(list(leaves), loss_of, 0.05, 3)\n",
    ),
)
who_checks.wrong("raising", changed(TESTS, "except Exception:\n    return False", "except Exception:\n    return True"))
who_checks.wrong("nearly", changed(TESTS, "atol=1e-4", "atol=0.1"))
who_checks.wrong("nearly", changed(TESTS, "< 1e-4", "< 0.1"))
who_checks.wrong("none", changed(TESTS, "return same_losses and same_leaves", "same_losses and same_leaves"))
who_checks.wrong(
    "type",
    changed(
        TESTS, "return same_losses and same_leaves", 'return "trustworthy" if same_losses and same_leaves else "not"'
    ),
)
who_checks.wrong(
    "left",
    changed(
        TESTS,
        "leaves = fresh()",
        "leaves = fresh()\ntorch.set_grad_enabled(True)\ntorch.set_default_dtype(torch.float64)",
    ),
)
who_checks.wrong(
    "raised",
    changed(
        TESTS,
        "train(list(leaves), loss_of, 0.05, 3)",
        "train(list(leaves), loss_of, 0.05, 3).tolist()",
        "except Exception",
        "except ValueError",
    ),
)

who_checks.also_right(
    """
    # By hand: a² from 4, lr 1/8, so a · 3/4 each time; and b with twice the loss.
    a, b = torch.tensor(4.0, requires_grad=True), torch.tensor([8.0], requires_grad=True)
    a.grad, b.grad = torch.tensor(1.0), torch.tensor([-1.0])
    try:
        losses = train([a, b], lambda a, b: a * a + 2 * (b * b).sum(), 1 / 8, 3)
        good = [type(loss) for loss in losses] == [float] * 3
        wanted = [16 + 128, 9 + 32, 81 / 16 + 8]
        good = good and all(abs(x - y) < 0.01 for x, y in zip(losses, wanted))
        return bool(good and abs(a.item() - 4 * 0.75**3) < 0.01 and abs(b.item() - 1) < 0.01)
    except Exception:
        return False
    """
)
who_checks.also_right(
    """
    def run(train):
        torch.manual_seed(3)
        model = torch.nn.Linear(2, 1)
        x, y = torch.randn(5, 2), torch.randn(5, 1)
        leaves = list(model.parameters())
        model(x).sum().backward()
        losses = train(leaves, lambda *parameters: ((model(x) - y) ** 2).mean(), 0.1, 4)
        return losses, [leaf.detach().clone() for leaf in leaves]

    def reference(parameters, loss_of, lr, steps):
        optimizer, losses = torch.optim.SGD(parameters, lr=lr), []
        for _ in range(steps):
            optimizer.zero_grad()
            loss = loss_of(*parameters)
            losses.append(loss.item())
            loss.backward()
            optimizer.step()
        return losses

    try:
        (losses, leaves), (good_losses, good_leaves) = run(train), run(reference)
        if any(torch.is_tensor(loss) for loss in losses) or len(losses) != 4:
            return False
        close = torch.allclose(torch.tensor(losses), torch.tensor(good_losses), atol=1e-5)
        return close and all(torch.allclose(one, other, atol=1e-5) for one, other in zip(leaves, good_leaves))
    except Exception:
        return False
    """
)
who_checks.also_right(
    changed(
        TESTS,
        "type(loss) is float",
        "isinstance(loss, (int, float))",
        "return same_losses and same_leaves",
        "return torch.tensor(same_losses and same_leaves)",
    )
)

# Mutants that are right.

PULSE = "pulse = 0.5 * pulse.detach() + w * floors[turn % 4]"
MISSED = "loss = (pulse - extra[turn % 4]) ** 2"
for swapped in (
    "w = torch.tensor(1.0, requires_grad=True) | pulse = torch.tensor(0.0)",
    "pulse = torch.tensor(0.0) | losses = []",
    f"w.grad = None | {PULSE}",
    "with torch.no_grad(): | w -= lr * w.grad | losses.append(loss.item())",
):
    carry_on.equivalent(f"swapped: {swapped}", because="neither of the two needs the other")
for line in (PULSE, MISSED):
    because = "turn % -4 counts from the end, and the list of four goes round all the same"
    carry_on.equivalent(f"{line} → {line.replace('% 4', '% -4')}", because=because)

SQUARES = "loss = ((model(x).squeeze(1) - y) ** 2).mean()"
for swapped in (
    "model.weight = torch.nn.Parameter(torch.zeros(1, 1)) | model.bias = torch.nn.Parameter(torch.zeros(1))",
    "optimizer = torch.optim.SGD(model.parameters(), lr=lr) | losses = []",
    f"optimizer.zero_grad() | {SQUARES}",
    "optimizer.step() | losses.append(loss.item())",
):
    three_at_once.equivalent(f"swapped: {swapped}", because="neither of the two needs the other")
for sizes in ("2, 1", "1, 2"):
    made = "model = torch.nn.Linear(1, 1)"
    three_at_once.equivalent(f"{made} → {made.replace('1, 1', sizes)}", because="weight and bias are replaced anyway")
three_at_once.equivalent(f"{SQUARES} → {SQUARES.replace('(1)', '(-1)')}", because="the last dimension is dimension 1")

trusted_length.equivalent(
    "squares = (v ** 2).sum(1) → squares = (v ** 2).sum(-1)", because="the last dimension is dimension 1"
)
trusted_length.equivalent(
    "ones, zeros = (torch.ones_like(squares), torch.zeros_like(squares)) → "
    "ones, zeros = (torch.ones_like(squares), squares)",
    because="where the outer where() takes it, it is 0, and its gradient, 2 · 0, is 0 too",
)

COUNT = (
    "def nodes(loss): | met, todo = ([], [loss.grad_fn]) | while todo: | node = todo.pop() | "
    "if node is not None and node not in met: | met.append(node) | "
    "todo += [behind for behind, _ in node.next_functions] | return len(met)"
)
FIGURE = "figure, axes = plt.subplots(figsize=(7, 4))"
LABELS = "axes.set(xlabel='turn', ylabel='nodes behind the loss')"
DRAWN = "for name, loop in loops.items(): | axes.plot([nodes(loss) for loss in loop(turns)], label=name)"
see_the_leak.equivalent(f"{COUNT} | {FIGURE} → {FIGURE} |  | {COUNT}", because="neither of the two needs the other")
for swapped, because in (
    (f"{DRAWN} | {LABELS}", "labels can be set before or after what is drawn"),
    (f"{LABELS} | axes.legend()", "labels can be set before or after the legend"),
    ("met.append(node) | todo += [behind for behind, _ in node.next_functions]", "neither needs the other"),
):
    see_the_leak.equivalent(f"swapped: {swapped}", because=because)
for there, instead in (
    ("figsize=(7, 4)", ""),
    ("(7, 4)", "(8, 4)"),
    ("(7, 4)", "(7, 5)"),
):
    see_the_leak.equivalent(f"{FIGURE} → {FIGURE.replace(there, instead)}", because="the text asks for no size")
for there in ("turn", "loss"):
    see_the_leak.equivalent(f"{LABELS} → {LABELS.replace(there, there + 'x')}", because="the label still has its word")

LOSS = "return a ** 2 + (b * b).sum()"
LEAVES = "return [torch.tensor(2.0, requires_grad=True), torch.tensor([1.0, -1.0], requires_grad=True)]"
SAME_LOSSES = "same_losses = all((abs(one - other) < 0.0001 for one, other in zip(losses, expected)))"
SAME_LEAVES = "same_leaves = all((torch.allclose(one, other, atol=0.0001) for one, other in zip(leaves, wanted)))"
SLOPES_TAKEN, NOTED = "slopes = torch.autograd.grad(loss, wanted)", "expected.append(loss.item())"
STEPPED = "with torch.no_grad(): | for leaf, slope in zip(wanted, slopes): | leaf -= 0.05 * slope"
for swapped in (
    f"def loss_of(a, b): | {LOSS} |  | def fresh(): | {LEAVES}",
    f"for _ in range(3): | loss = loss_of(*wanted) | {SLOPES_TAKEN} | {NOTED} | {STEPPED} | leaves = fresh()",
    "if not all((type(loss) is float for loss in losses)): | return False | " + SAME_LOSSES,
    f"{SAME_LOSSES} | {SAME_LEAVES}",
    f"{SLOPES_TAKEN} | {NOTED}",
    f"{NOTED} | {STEPPED}",
):
    who_checks.equivalent(f"swapped: {swapped}", because="neither of the two needs the other")
for there, instead in (("+ (", "- ("), ("** 2", "* 2"), ("** 2", "** 3"), ("** 2", "** -2"), ("b * b", "b + b")):
    who_checks.equivalent(f"{LOSS} → {LOSS.replace(there, instead)}", because="another loss tells the faults as well")
for there, instead in (
    ("(2.0", "(3.0"),
    ("(2.0", "(-2.0"),
    ("[1.0, -1.0]", "[2.0, -1.0]"),
    ("[1.0, -1.0]", "[-1.0, -1.0]"),
    ("[1.0, -1.0]", "[1.0, 1.0]"),
    ("[1.0, -1.0]", "[1.0, -2.0]"),
    ("[1.0, -1.0]", "[1.0, --1.0]"),
):
    who_checks.equivalent(
        f"{LEAVES} → {LEAVES.replace(there, instead)}", because="other leaves tell the faults as well"
    )
who_checks.equivalent(
    "if not isinstance(losses, list) or len(losses) != 3: → if not losses or len(losses) != 3:",
    because="None is no list, and is false; that covers what a train without a return gives",
)
who_checks.equivalent(f"{NOTED} → expected.append(loss)", because="a tensor of one number compares like its number")
who_checks.equivalent(f"{SAME_LOSSES} → {SAME_LOSSES.replace('< 0', '<= 0')}", because="no difference is exactly that")
for line, pieces in (
    (SAME_LOSSES, ("(losses, expected)", "(expected, losses)")),
    (SAME_LEAVES, ("(leaves, wanted)", "(wanted, leaves)")),
    (SAME_LEAVES, ("(one, other, ", "(other, one, ")),
    (SAME_LEAVES, (", atol=0.0001", "")),
):
    because = "the two are compared, whichever comes first; allclose() has a tolerance of its own"
    who_checks.equivalent(f"{line} → {line.replace(*pieces)}", because=because)
