"""Questions on lesson 06."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Numbers, Question, Words, run

bank = Bank(6, "detach")


@bank.question()
def held(random: Random, torch: Any) -> Question:
    k, fall = random.sample([2, 3, 4, 5], 2)
    full = fall * k + random.choice([4, 6, 8])
    code = f"""
        k = torch.tensor({k}.0, requires_grad=True)
        price = {full} - {fall} * k
        revenue = price.detach() * k
        revenue.backward()
    """
    ran = run(torch, code)
    uncut = run(torch, code.replace(".detach()", ""))("k.grad.item()")
    return Question(
        "What is `k.grad`?",
        Number(),
        ran("k.grad.item()"),
        "`detach()` takes the price as given, so one path is left, straight into the product. Its slope is the price.",
        wrong=[
            (uncut, "This is the slope of the full graph. The path through the price is cut by `detach()`."),
            (0, "One path is cut, not both: `k` is still a factor of the product."),
            (-fall * k, "You followed the path that is cut. What is left is the other one."),
            (k, "In a product, the slope for one factor is the other factor: here, the price."),
        ],
        code=code,
    )


@bank.question(pair="detach")
def shares(random: Random, torch: Any) -> Question:
    ways = random.sample(["y.detach()", "y.clone()", "y.data", "y.detach().clone()"], 3)
    a, b = random.sample(range(2, 10), 2)
    start = f"x = torch.tensor([{a}.0, {b}.0], requires_grad=True)\ny = x * 2"
    truth = []
    for way in ways:
        ran = run(torch, f"{start}\nz = {way}\nwith torch.no_grad():\n    z[0] = 100.0")
        truth.append("shares" if ran("y[0].item()") == 100.0 else "copies")
    listed = ", ".join(f"`{way}`" for way in ways)
    return Question(
        f"Do these share the memory of `y`, or do they copy it: {listed}?",
        Words("shares", "copies", count=3),
        truth,
        "`clone()` is what copies. `detach()` and `.data` are new names for the same numbers, without their past.",
        wrong=[
            (["copies"] * 3, "`detach()` and `.data` take away the past, not the memory."),
            (
                ["copies" if "detach" in way or "clone" in way else "shares" for way in ways],
                "`detach()` doesn't copy, although many believe that it does.",
            ),
            (
                ["shares" if way != "y.clone()" else "copies" for way in ways],
                "`detach().clone()` first shares, and then copies: what you get has memory of its own.",
            ),
        ],
        code=start,
    )


@bank.question(pair="detach")
def after_a_write(random: Random, torch: Any) -> Question:
    a, b = random.sample(range(2, 7), 2)
    way = random.choice(["y.detach()", "y.data", "y.clone().detach()"])
    code = f"""
        x = torch.tensor([{a}.0, {b}.0], requires_grad=True)
        y = x * 3
        z = y * y
        given = {way}
        given.zero_()
        z.sum().backward()
    """
    ran = run(torch, code)
    right = run(torch, code.replace("given.zero_()", "pass"))("x.grad.tolist()")
    truth = "caught" if ran.error is not None else "right" if ran("x.grad.tolist()") == right else "wrong"
    reasons = {
        "y.detach()": "`detach()` shares the memory and the counter of writes. The square saved `y`, and raises.",
        "y.data": "A write through `.data` isn't counted. The square takes the zeros for what it saved.",
        "y.clone().detach()": "The write went to a copy. What the square saved is as it was.",
    }
    choices = [
        ("right", "`x.grad` is right"),
        ("wrong", "`x.grad` is wrong, and nothing is raised"),
        ("caught", "`backward()` raises"),
    ]
    return Question(
        "How does this end?",
        Letter(random, choices),
        truth,
        reasons[way],
        wrong=[
            ("right", "`given` has no memory of its own, so the write reached what the square had saved."),
            ("wrong", "That is what happens with a write that isn't counted, through `.data` or NumPy."),
            ("caught", "Only a write that is counted, to memory that was saved, is caught."),
        ],
        code=code,
    )


@bank.question()
def the_tensor_itself(random: Random, torch: Any) -> Question:
    x, factor, add = random.randint(2, 6), random.randint(3, 9), random.randint(1, 9)
    code = f"""
        x = torch.tensor({x}.0, requires_grad=True)
        y = {factor} * x + {add}
        z = y.detach()
        y.backward()
    """
    ran = run(torch, code)
    return Question(
        "What is `x.grad`, as a number?",
        Number(),
        ran("x.grad.item()"),
        "`detach()` leaves the tensor that it is called on as it was: `y` keeps its node, and its path back to `x`.",
        wrong=[
            (0, "It is `z` that has no path back to `x`. The pass starts at `y`."),
            (factor * x + add, "That is the value of `y`, not its slope."),
            (1, "1 is what arrives at `y`. On the way to `x` it meets the factor."),
        ],
        code=code,
    )


@bank.question()
def writes(random: Random, torch: Any) -> Question:
    before, after = random.sample(range(2, 10), 2)
    way = random.choice([".detach()", ".clone()", ".detach().clone()", ".detach().numpy()"])
    code = f"""
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = x * {before}
        z = y{way}
        z[0] = {after}.0
    """
    ran = run(torch, code)
    truth = ran("y.tolist()")
    return Question(
        "What numbers are in `y` at the end?",
        Numbers(2),
        truth,
        "`clone()` has memory of its own. `detach()`, and NumPy behind it, write to the memory of `y`.",
        wrong=[
            ([before, 2 * before], "`z` shares its memory with `y`: a write to one is seen in the other."),
            ([after, 2 * before], "`z` is a copy: `clone()` gave it memory of its own, and `y` stays as it was."),
            ([after, after], "Only the first entry was written to."),
        ],
        code=code,
    )


@bank.question()
def two_ways(random: Random, torch: Any) -> Question:
    x, factor = random.randint(2, 5), random.randint(2, 4)
    line = random.choice(["y = u.detach() * u", "y = u * u.detach() + x", "y = u + u.detach() + x"])
    code = f"""
        x = torch.tensor({x}.0, requires_grad=True)
        u = {factor} * x
        {line}
    """
    ran = run(torch, code)
    picture = ran.draw("y")
    ran("y.backward()")
    full = run(torch, code.replace(".detach()", ""), "y.backward()")("x.grad.item()")
    return Question(
        "After `y.backward()`, what is `x.grad`? In the drawing, a dashed box is a constant.",
        Number(),
        ran("x.grad.item()"),
        "Only the use of `u` that is not detached leads back to `x`. To the pass, the other is a constant.",
        wrong=[
            (full, "You went through the cut: without `detach()` this would be right."),
            (0, "One use of `u` is cut. The other still leads back."),
            (factor, "You passed 1 through `u`. What arrives there depends on the other factor, and on every path."),
        ],
        code=code,
        picture=picture,
    )
