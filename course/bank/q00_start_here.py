"""Questions on lesson 00."""

from random import Random
from typing import Any

from course.bank.form import Bank, Number, Numbers, Question, Word, run

bank = Bank(0, "start here")


@bank.question()
def run_again(random: Random, torch: Any) -> Question:
    start, less, times = random.randint(15, 30), random.randint(2, 5), random.randint(2, 4)
    first, second = f"n = {start}", f"n = n - {less}"
    words = {2: "twice", 3: "three times", 4: "four times"}
    again = random.choice([True, False])
    order = [first] + [second] * times
    told = f"The first cell is run once, then the second cell {words[times]}"
    if again:
        order += [first, second]
        told += ", and then each of them once more"
    ran = run(torch, *order)
    return Question(
        f"Here are two cells, with an empty line between them. {told}. What is `n` now?",
        Number(),
        ran("n"),
        "A cell is carried out each time it is run, on what is in memory at that moment.",
        wrong=[
            (start - less, "You read the page from top to bottom. What counts is the order in which cells really ran."),
            (start - less * times, "This was `n` before the first cell ran again, and set it back."),
            (start - less * (times + 1), "The first cell ran again too, and set `n` back."),
        ],
        code=f"{first}\n\n{second}",
    )


@bank.question()
def nudged(random: Random, torch: Any) -> Question:
    degrees, wish, miss = random.choice([2, 3, 4, 5]), random.randint(30, 40), random.choice([-3, -2, 2, 3])
    k = random.randint(2, 5)
    start = wish + miss - degrees * k
    code = f"""
        knob = torch.tensor({k}.0, requires_grad=True)
        water = {start} + {degrees} * knob
        discomfort = (water - {wish}) ** 2
    """
    ran = run(torch, code, "discomfort.backward()")
    change = ran("knob.grad.item()") / 100
    return Question(
        "The knob is turned up by 0.01. By about how much does `discomfort` change? Give the sign, too.",
        Number(),
        change,
        f"The slope is two times the miss, {miss}, times the {degrees} degrees for each turn. The change is a "
        "hundredth of it.",
        wrong=[
            (-change, "The sign: if the water is too warm, turning up makes it worse; if it is too cold, better."),
            (2 * miss / 100, f"You followed the square, and forgot that one turn of the knob is {degrees} degrees."),
            (degrees / 100, "That is by how much the water changes."),
            (100 * change, "That is the slope, the change for a whole turn."),
        ],
        code=code,
    )


@bank.question()
def against_the_slope(random: Random, torch: Any) -> Question:
    k, miss, degrees = random.randint(3, 6), random.choice([-5, -2, 2, 5]), random.choice([2, 5])
    code = f"""
        knob = torch.tensor({k}.0, requires_grad=True)
        loss = ({degrees} * (knob - {k}) {"-" if miss < 0 else "+"} {abs(miss)}) ** 2
        loss.backward()
        slope = knob.grad.item()
    """
    slope = run(torch, code)("slope")
    step = random.choice([0.1, 0.01])
    return Question(
        f"The slope came out as {slope:g}. You take a step of {step} times the slope, in the direction that makes "
        "`loss` smaller. Where is the knob then?",
        Number(),
        run(torch, code, f"knob = {k} - {step} * slope")("knob"),
        "A step goes against the slope: it is subtracted, and a negative slope leads upwards.",
        wrong=[
            (k + step * slope, "You went with the slope. That way the loss grows."),
            (-step * slope, "That is the step itself. Where did it begin?"),
            (k - slope, f"You took the whole slope, not {step} of it."),
        ],
        code=code,
    )


@bank.question()
def list_or_tensor(random: Random, torch: Any) -> Question:
    numbers, factor = random.sample(range(1, 10), random.choice([2, 3])), random.choice([2, 3])
    code = f"""
        prices = {[float(number) for number in numbers]}
        many = prices * {factor}
        box = torch.tensor(prices) * {factor}
    """
    ran = run(torch, code)
    count = len(numbers)
    return Question(
        "How many numbers are in `many`, and how many in `box`?",
        Numbers(2),
        [ran("len(many)"), ran("box.numel()")],
        "A list that is multiplied is repeated. A tensor calculates, number by number.",
        wrong=[
            ([count, count], "A list isn't a vector: times a whole number means that many times in a row."),
            ([count * factor] * 2, "That is what a list does. A tensor calculates, number by number."),
            ([count, count * factor], "It is the other way round."),
        ],
        code=code,
    )


@bank.question()
def nudge_or_engine(random: Random, torch: Any) -> Question:
    a, x = random.choice([2, 3, 4]), random.choice([2, 3, 5])
    formula, bends = random.choice(
        [(f"{a} * x**2", "up"), (f"20 - {a} * x**2", "down"), (f"{a} * x + 7", "not at all")]
    )
    code = f"""
        def f(x):
            return {formula}

        nudged = (f({x}.01) - f({x}.0)) / 0.01
        knob = torch.tensor({x}.0, requires_grad=True)
        f(knob).backward()
        engine = knob.grad.item()
    """
    off = run(torch, code)("nudged - engine")
    straight = "This is a straight line: its slope is the same everywhere, so the nudge and the engine agree."
    bent = "The nudge gives the average slope over a short distance, and the slope changes on the way."
    return Question(
        "Which of the two numbers is larger, `nudged` or `engine`, or are they the same, but for rounding?",
        Word("nudged", "engine", "same"),
        "nudged" if off > 1e-3 else "engine" if off < -1e-3 else "same",
        {
            "up": f"{bent} This curve bends upwards: further on, its slope is larger.",
            "down": f"{bent} This curve bends downwards: further on, its slope is smaller, more negative.",
            "not at all": straight,
        }[bends],
        wrong=[
            ("same", "They come close to each other as the nudge gets smaller. With 0.01 they still differ a little."),
            ("nudged", "A nudge isn't always too large. It depends on which way the curve bends, if it does."),
            ("engine", "A nudge isn't always too small. It depends on which way the curve bends, if it does."),
        ],
        code=code,
    )
