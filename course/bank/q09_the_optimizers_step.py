"""Questions on lesson 09."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Question, Words, lines, run

bank = Bank(9, "the optimizer's step")


@bank.question()
def one_step(random: Random, torch: Any) -> Question:
    w, goal = random.sample(range(1, 9), 2)
    factor, lr = random.choice([1, 2, 5]), random.choice([0.1, 0.2, 0.5])
    code = f"""
        w = torch.tensor({w}.0, requires_grad=True)
        loss = {factor} * (w - {goal}) ** 2
        loss.backward()
        with torch.no_grad():
            w -= {lr} * w.grad
    """
    ran = run(torch, code)
    slope = 2 * factor * (w - goal)
    return Question(
        "What is `w` after this step?",
        Number(),
        ran("w.item()"),
        "The slope is two times the miss, times the factor. The step is the learning rate times the slope, and goes "
        "against it.",
        wrong=[
            (w + lr * slope, "You went with the slope, which leads uphill."),
            (lr * slope, "That is the length of the step. It is taken from `w`."),
            (w - slope, "You took the whole slope. The learning rate takes a part of it."),
            (w - lr * factor * (w - goal), "The square brings down a factor of 2."),
            (goal, "A step goes by the slope, not to the goal. It may stop short of it, or go beyond."),
        ],
        code=code,
    )


@bank.question()
def too_large(random: Random, torch: Any) -> Question:
    factor = random.choice([1, 2, 5])
    lr = random.choice([0.25, 0.5, 0.75, 1.0, 1.25]) / factor
    code = f"""
        w = torch.tensor(8.0, requires_grad=True)
        path = [8.0]
        for _ in range(6):
            loss = {factor} * w ** 2
            w.grad = None
            loss.backward()
            with torch.no_grad():
                w -= {lr} * w.grad
            path.append(w.item())
    """
    path = run(torch, code)("path")
    if abs(path[-1]) > 8.01:
        truth = "away"
    elif abs(path[-1]) > 7.99:
        truth = "to and fro"
    elif abs(path[1]) < 0.01:
        truth = "at once"
    else:
        truth = "swings" if path[1] < 0 else "creeps"
    shrink = f"1 − {lr:g} · {2 * factor} = {1 - 2 * factor * lr:g}"
    return Question(
        "What does `w` do?",
        Letter(
            random,
            [
                ("creeps", "it comes nearer to 0 from one side"),
                ("swings", "it jumps over 0 in each step, and comes nearer"),
                ("at once", "it is at 0 after one step"),
                ("to and fro", "it jumps to and fro between two places"),
                ("away", "it jumps over 0, further away each time"),
            ],
        ),
        truth,
        f"The slope is {2 * factor} times the distance, so every step multiplies `w` by {shrink}.",
        wrong=[
            ("creeps", "Work out the first step: on which side of 0 is `w` afterwards?"),
            ("swings", "Work out the first step: does `w` change sides, and how far from 0 is it then?"),
            ("at once", "For that, the step would have to be exactly as long as the distance."),
            ("to and fro", "For that, the step would have to be exactly twice as long as the distance."),
            ("away", "For that, the step would have to be more than twice as long as the distance."),
        ],
        code=code,
    )


@bank.question()
def with_momentum(random: Random, torch: Any) -> Question:
    slope, momentum, lr = random.choice([1, 2, 4]), random.choice([0.5, 0.9]), random.choice([1, 0.5])
    steps = random.choice([2, 3]) if momentum == 0.5 else 2
    code = f"""
        w = torch.tensor(20.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr={lr}, momentum={momentum})
        for _ in range({steps}):
            optimizer.zero_grad()
            ({slope} * w).backward()
            optimizer.step()
    """
    velocities = [float(slope)]
    while len(velocities) < steps:
        velocities.append(momentum * velocities[-1] + slope)
    averaged = [slope * (1 - momentum)]
    while len(averaged) < steps:
        averaged.append(momentum * averaged[-1] + (1 - momentum) * slope)
    return Question(
        f"The slope is {slope} in every step. What is `w` at the end?",
        Number(),
        run(torch, code)("w.item()"),
        f"The velocity is {momentum} times the last one plus the slope: {', '.join(f'{v:g}' for v in velocities)}. "
        "Each step is the learning rate times the velocity.",
        wrong=[
            (20 - lr * slope * steps, "That is without momentum. Here each step takes a part of the last one with it."),
            (20 - lr * velocities[-1], "That is the last step only."),
            (20 - lr * sum(averaged), "You took an average of old and new. The new slope comes in whole."),
            (
                20 - lr * slope * sum(range(1, steps + 1)),
                f"That keeps the whole velocity: the last one counts {momentum}.",
            ),
        ],
        code=code,
    )


@bank.question()
def which_order(random: Random, torch: Any) -> Question:
    verbs = {
        "zero_grad": "    optimizer.zero_grad()",
        "backward": "    (w ** 2).backward()",
        "step": "    optimizer.step()",
    }
    order = random.sample([*verbs], 3)
    start = random.choice([2, 4, 8])
    code = f"w = torch.tensor({start}.0, requires_grad=True)\noptimizer = torch.optim.SGD([w], lr=0.25)\n"
    code += "for _ in range(10):\n" + "\n".join(verbs[verb] for verb in order)
    moved = run(torch, code)("w.item()")
    turns = "late" if order[0] == "step" and moved != start else "learns" if moved != start else "stays"
    return Question(
        "What does `w` do in these ten turns?",
        Letter(
            random,
            [
                ("learns", "it goes towards 0, in ten steps"),
                ("late", "it goes towards 0, in nine steps"),
                ("stays", "it stays where it is"),
            ],
        ),
        turns,
        "Between `backward` and `step` nothing may clear. A `step` before "
        "the first `backward` finds no gradient, and does nothing.",
        wrong=[
            ("learns", "Follow the first turn: is there a gradient when `step` comes?"),
            ("late", "Only if the loop begins with `step`, and nothing clears between `backward` and `step`."),
            ("stays", "For that, each `step` would have to come right after a clearing."),
        ],
        code=code,
    )


@bank.question(pair="none")
def a_step_with_nothing(random: Random, torch: Any) -> Question:
    momentum = random.choice([0, 0.5, 0.9])
    start = f"""
        w = torch.tensor(5.0, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.5, momentum={momentum})
        (2 * w).backward()
        optimizer.step()
    """
    truth = []
    for to_none in (True, False):
        ran = run(torch, start, "before = w.item()", f"optimizer.zero_grad(set_to_none={to_none})", "optimizer.step()")
        truth.append("stays" if ran("w.item() == before") else "moves")
    return Question(
        "After this, `optimizer.zero_grad(set_to_none=…)` is called, and then `optimizer.step()` once more, without a "
        "pass. Does `w` move with `set_to_none=True`, and does it with `set_to_none=False`?",
        Words("moves", "stays", count=2),
        truth,
        "None means that the tensor is passed over. Zero is a gradient: the step is taken, and where there is "
        "momentum, the velocity rolls on.",
        wrong=[
            (["stays", "stays"], "With momentum a gradient of zero still lets the last velocity roll on."),
            (["moves", "moves"], "With None the tensor is passed over, velocity and all."),
            (["stays", "moves"], "Without momentum there is no velocity, and a step along a slope of 0 goes nowhere."),
            (["moves", "stays"], "It is the other way round, if anything moves: None is what is passed over."),
        ],
        code=start,
    )


@bank.question()
def whose_tensor(random: Random, torch: Any) -> Question:
    change = random.choice(
        [
            "w = torch.tensor(8.0, requires_grad=True)",
            "w = w.detach().requires_grad_()",
            "w = w.clone()",
            "with torch.no_grad():\n    w += 1",
            "w = w * 1.0",
            "w.requires_grad_()",
        ]
    )
    start = "w = torch.tensor(6.0, requires_grad=True)\noptimizer = torch.optim.SGD([w], lr=0.5)"
    code = lines(start, change, "(3 * w).backward()", "optimizer.step()")
    ran = run(torch, start, change, "before = w.item()", "(3 * w).backward()", "optimizer.step()")
    held = ran("optimizer.param_groups[0]['params'][0]")
    truth = [
        "moves" if ran("w.item() != before") else "stays",
        "moves" if held.item() != (7.0 if "+= 1" in change else 6.0) else "stays",
    ]
    return Question(
        "Does the number in `w` move in this step? And does that in the tensor that the optimizer holds?",
        Words("moves", "stays", count=2),
        truth,
        "The optimizer holds the tensor that it was given, whatever the name `w` belongs to now. That tensor "
        "moves if a gradient has arrived in it.",
        wrong=[
            (["moves", "moves"], "`w = …` gives the name to another tensor. The optimizer knows nothing of names."),
            (["stays", "moves"], "Does the gradient reach the tensor that the optimizer holds, and is that still `w`?"),
            (["stays", "stays"], "A gradient arrives in the tensor that the optimizer holds, so the step moves it."),
            (["moves", "stays"], "`step()` changes only tensors that the optimizer holds."),
        ],
        code=code,
    )


@bank.question()
def second_time_round(random: Random, torch: Any) -> Question:
    lr = random.choice([0.1, 0.5])
    update = random.choice([f"w = w - {lr} * w.grad", f"with torch.no_grad():\n        w -= {lr} * w.grad"])
    clear = random.choice(["w.grad = None", "pass"])
    code = f"""w = torch.tensor(4.0, requires_grad=True)
for turn in range(2):
    (3 * w).backward()
    {update}
    {clear}"""
    ran = run(torch, code.replace("\n    pass", ""))
    truth = "raises" if ran.error is not None else f"{4 - ran('w.item()'):.3g}"
    once, thrice = f"{6 * lr:.3g}", f"{9 * lr:.3g}"
    return Question(
        "How does this end?",
        Letter(
            random,
            [
                ("raises", "it raises in the second turn"),
                (once, f"`w` has gone down by {once}"),
                (thrice, f"`w` has gone down by {thrice}"),
            ],
        ),
        truth,
        "`w = w - …` makes a result, and only leaves get a `.grad`: in the second turn it is None. Written in place "
        "under `no_grad`, `w` stays the leaf, and what isn't cleared adds up.",
        wrong=[
            ("raises", "Here `w` is written in place, under `no_grad`, and stays the leaf in which gradients collect."),
            (once, "Is it still a leaf in the second turn, and is `.grad` empty when the second pass comes?"),
            (thrice, "That is what a gradient brings that is not cleared: 3, and then 6."),
        ],
        code=code.replace("\n    pass", ""),
    )


@bank.question()
def how_long_a_step(random: Random, torch: Any) -> Question:
    steep, flat = random.choice([(10, 1), (4, 1), (8, 2)])
    lr = 1 / steep
    code = f"""
        w = torch.tensor([8.0, 8.0], requires_grad=True)
        loss = {steep / 2:g} * w[0] ** 2 + {flat / 2:g} * w[1] ** 2
        loss.backward()
        with torch.no_grad():
            w -= {lr:g} * w.grad
    """
    ran = run(torch, code)
    return Question(
        "What is the second entry of `w` after this step?",
        Number(),
        ran("w[1].item()"),
        f"On the flat side the slope is {flat} times the distance, and the step {lr:g} of that. A learning rate that "
        "lands the steep side on the floor at once makes the flat side creep.",
        wrong=[
            (0, "That is the first entry, on the steep side. One learning rate serves both."),
            (8 - lr * flat / 2 * 8, "The square brings down a factor of 2."),
            (8 + lr * flat * 8, "You went with the slope, which leads uphill."),
        ],
        code=code,
    )
