"""Questions on lesson 01."""

from random import Random
from typing import Any

from course.bank.form import Bank, Number, Numbers, Question, Words, run

bank = Bank(1, "requires_grad")


@bank.question()
def who_requires(random: Random, torch: Any) -> Question:
    on, off = random.sample(["speed", "time", "load"], 2)
    formulas = random.sample(
        [f"{on} + 5", f"{off} * 2", f"{on} * {off}", f"0 * {on}", f"{off} - {off}", f"{off} / 4 + {on}"], 4
    )
    code = f"""
        {on} = torch.tensor(3.0, requires_grad=True)
        {off} = torch.tensor(4.0)
    """
    ran = run(torch, code)
    truth = [str(ran(f"({formula}).requires_grad")) for formula in formulas]
    both = [str(on in formula and off not in formula) for formula in formulas]
    zero = [str(word == "True" and not formula.startswith("0")) for word, formula in zip(truth, formulas, strict=True)]
    return Question(
        f"Which of these results require grad: {', '.join(f'`{formula}`' for formula in formulas)}?",
        Words("True", "False", count=4),
        truth,
        "A result requires grad if at least one of its inputs does.",
        wrong=[
            (both, "You read the rule as: all inputs. One is enough."),
            (zero, "`0 *` makes the value 0, and the slope too. It is recorded all the same."),
            (["True"] * 4, f"`{off}` does not require grad. That some of its results do changes nothing for it."),
        ],
        code=code,
    )


@bank.question()
def leaves(random: Random, torch: Any) -> Question:
    code = """
        a = torch.tensor(2.0, requires_grad=True)
        b = torch.tensor(3.0)
        c = 2 * b
        d = a * b
        e = (b + 1).requires_grad_()
        f = d + c
    """
    names = random.sample("abcdef", 4)
    ran = run(torch, code)
    computed = [str(name in "ab") for name in names]
    flagged = [str(name in "bc") for name in names]
    return Question(
        f"Which of these are leaves: {', '.join(f'`{name}`' for name in names)}?",
        Words("True", "False", count=4),
        [str(ran(f"{name}.is_leaf")) for name in names],
        "A leaf has no recorded operation behind it. What is computed from tensors that don't require grad isn't "
        "recorded.",
        wrong=[
            (computed, "Some were computed, but not recorded: nothing in them requires grad."),
            (flagged, "To require grad and to be a leaf are two different things."),
        ],
        code=code,
    )


@bank.question(pair="none")
def none_or_zero(random: Random, torch: Any) -> Question:
    number = random.randint(2, 9)
    terms = {"a": f"a * {number}", "b": "0 * b", "c": f"{number} * c"}
    used = random.sample(["a", "b", "c"], random.choice([2, 3]))
    code = f"""
        a = torch.tensor(2.0, requires_grad=True)
        b = torch.tensor(3.0, requires_grad=True)
        c = torch.tensor(4.0)
        y = {" + ".join(terms[name] for name in used)}
        y.backward()
    """
    ran = run(torch, code)

    def word(name: str) -> str:
        if ran(f"{name}.grad is None"):
            return "None"
        return "zero" if ran(f"{name}.grad.item()") == 0 else "other"

    truth = {name: word(name) for name in "abc"}
    return Question(
        "Is `.grad` of `a`, `b` and `c` None, zero, or another number?",
        Words("None", "zero", "other", count=3),
        [*truth.values()],
        "Zero is an answer: a nudge changes nothing. None means that no gradient has arrived: nobody asked, or no path "
        "leads there.",
        wrong=[
            (
                [*{**truth, "c": "other" if "c" in used else "None"}.values()],
                "`c` takes part, but it does not require grad. Nobody asked for its gradient.",
            ),
            (
                [*{**truth, "b": "None" if "b" in used else "zero"}.values()],
                "A slope of 0 is a slope: it arrives where a path leads. Where no path leads, nothing arrives.",
            ),
            (["zero" if word == "None" else word for word in truth.values()], "Not computed is None, not zero."),
            (
                ["other" if name in used else "None" for name in "abc"],
                "You say that what takes part gets a number other than 0. `c` does not require grad, and `0 *` has the "
                "slope 0.",
            ),
        ],
        code=code,
    )


@bank.question()
def switched_on_late(random: Random, torch: Any) -> Question:
    x, divide, factor = random.choice([12, 24, 36]), random.choice([2, 3, 4]), random.choice([2, 3, 5])
    way = random.choice(["late", "early", "kept"])
    code = f"kmh = torch.tensor({x}.0{'' if way == 'late' else ', requires_grad=True'})\nspeed = kmh / {divide}\n"
    code += {"late": "speed.requires_grad_()\n", "early": "", "kept": "speed.retain_grad()\n"}[way]
    code += f"y = {factor} * speed\ny.backward()"
    ran = run(torch, code)
    return Question(
        "What is in `kmh.grad` and in `speed.grad`: None, or a number?",
        Words("None", "number", count=2),
        ["None" if ran(f"{name}.grad is None") else "number" for name in ("kmh", "speed")],
        {
            "late": "The division ran before anything required grad. The graph begins at `speed`, which is a leaf.",
            "early": "The division is recorded. `kmh` is the leaf, and only leaves keep what arrives, unless you ask.",
            "kept": "The division is recorded, so `kmh` is the leaf; and `retain_grad()` asked `speed` to "
            "keep its own.",
        }[way],
        wrong=[
            (
                ["number", "number"],
                "No recorded path leads from `y` to one of the two, or it wasn't asked to keep its gradient.",
            ),
            (["number", "None"], "Look at who was asked to require grad, or to keep its gradient, and when."),
            (["None", "number"], "Here the division is recorded, and the gradient goes on to `kmh`."),
        ],
        code=code,
    )


@bank.question()
def which_can(random: Random, torch: Any) -> Question:
    made = random.sample(
        [
            "torch.tensor([1, 2], requires_grad=True)",
            "torch.tensor([1.0, 2], requires_grad=True)",
            "torch.arange(3, requires_grad=True)",
            "torch.arange(3.0, requires_grad=True)",
            "torch.ones(3, dtype=torch.int64).requires_grad_()",
            "torch.ones(3).requires_grad_()",
            "torch.tensor([True, False]).requires_grad_()",
        ],
        4,
    )
    return Question(
        "Which of these four lines run, and which raise?",
        Words("runs", "raises", count=4),
        [run(torch, line).end for line in made],
        "Only floating point numbers can require grad. A slope is about nudges as small as you like. One decimal point "
        "is enough to make a whole list floating point.",
        wrong=[
            (["runs"] * 4, "After the integer 1 comes 2, and nothing lies in between: there is no slope to ask for."),
            (
                ["runs" if "tensor([1.0" not in line and run(torch, line).end == "runs" else "raises" for line in made],
                "One decimal point among the numbers makes the whole tensor floating point.",
            ),
        ],
        code="\n".join(made),
    )


@bank.question()
def next_metre(random: Random, torch: Any) -> Question:
    v, t, a = random.choice([10, 20, 30]), random.choice([1, 2, 3]), random.choice([5, 10])
    code = f"""
        v = torch.tensor({v}.0, requires_grad=True)
        s = {t} * v + v**2 / {2 * a}
        s.backward()
    """
    ran = run(torch, code)
    s = ran("s.item()")
    return Question(
        "What is `v.grad`?",
        Number(),
        ran("v.grad.item()"),
        f"The slope of {t}·v is {t}, and that of v²/{2 * a} is 2v/{2 * a}. At v = {v} they add up.",
        wrong=[
            (
                s / v,
                "The square brings down a factor of 2. Without it you get `s / v`, the average so far; the slope asks "
                "about the next unit.",
            ),
            (s, "That is the value of `s`, not its slope."),
            (v / a, f"You left out the first term: {t} for each unit of `v`."),
        ],
        code=code,
    )


@bank.question()
def switched_off(random: Random, torch: Any) -> Question:
    start = random.choice([True, False])
    lines = [f"y = {random.randint(2, 5)} * x", f"x.requires_grad_({not start})", f"z = {random.randint(6, 9)} * x"]
    random.shuffle(lines)
    code = "\n".join([f"x = torch.tensor({random.randint(2, 9)}.0, requires_grad={start})", *lines])
    ran = run(torch, code)
    truth = [str(ran(f"{name}.requires_grad")) for name in "xyz"]
    return Question(
        "At the end, which of `x`, `y` and `z` require grad?",
        Words("True", "False", count=3),
        truth,
        "What counts is whether an input required grad at the moment the calculation ran. Later changes "
        "don't reach back.",
        wrong=[
            (
                [str(not start)] * 3,
                "The change does not reach back to what was computed before it. That was, or wasn't, recorded by then.",
            ),
            ([str(start)] * 3, "`requires_grad_` changes this very tensor, and what is computed from it afterwards."),
            ([str(start), *truth[1:]], "`requires_grad_` has changed `x` itself: that is the underscore."),
        ],
        code=code,
    )


@bank.question()
def many_slopes(random: Random, torch: Any) -> Question:
    a, b, c = random.sample(range(1, 6), 3)
    factor = random.choice([2, 3])
    code = f"""
        x = torch.tensor([{a}.0, {b}.0, {c}.0], requires_grad=True)
        y = ({factor} * x**2).sum()
        y.backward()
    """
    return Question(
        "What is `x.grad`?",
        Numbers(3),
        run(torch, code)("x.grad.tolist()"),
        "Each entry is in one term of the sum only, so the sum doesn't mix their slopes: each has its own.",
        wrong=[
            ([factor * n**2 for n in (a, b, c)], "Those are the terms of the sum, not their slopes."),
            ([2 * n for n in (a, b, c)], f"The factor {factor} belongs to the slope as well."),
            ([2 * factor * (a + b + c)] * 3, "The sum adds the terms. The slopes of the entries stay apart."),
        ],
        code=code,
    )
