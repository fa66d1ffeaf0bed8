"""Questions on lesson 02."""

from random import Random
from typing import Any

from course.bank.form import Bank, Letter, Number, Numbers, Question, Words, run
from course.bank.walks import nodes, paths, tree

bank = Bank(2, "grad_fn and the graph")


def _small(random: Random) -> tuple[str, str]:
    """A calculation with a result that is used more than once: its leaves, and its lines."""
    first = random.choice(["a * b", "a + b", "a * a"])
    second = random.choice(["u * a", "u * u", "u + b", "2 * u"])
    third = random.choice(["v + u", "v * u", "v - a", "v * b"])
    leaves = "a = torch.tensor(2.0, requires_grad=True)\nb = torch.tensor(3.0, requires_grad=True)"
    return leaves, f"u = {first}\nv = {second}\ny = {third}"


@bank.question()
def how_many_nodes(random: Random, torch: Any) -> Question:
    leaves, lines = _small(random)
    code = f"{leaves}\n{lines}"
    ran = run(torch, code)
    node = ran("y.grad_fn")
    operations = sum("Accumulate" not in one.name() for one in nodes(node))
    return Question(
        "How many nodes does the graph of `y` have? Count each once, the AccumulateGrad of each leaf included.",
        Number(),
        len(nodes(node)),
        "One node for each operation that ran, and one for each leaf that can be reached, however often they are used.",
        wrong=[
            (operations, "Those are the operations. Each leaf has a node as well, where its gradient collects."),
            (tree(node), "You counted what is used twice once for each use. Two arrows may lead to the same node."),
            (operations + 3, "You gave a leaf a node for each of its uses."),
        ],
        code=code,
    )


@bank.question()
def how_many_paths(random: Random, torch: Any) -> Question:
    leaves, lines = _small(random)
    code = f"{leaves}\n{lines}"
    ran = run(torch, code)
    number = paths(ran("y.grad_fn"), ran("a"))
    arrows = sum(line.partition("=")[2].count("a") for line in lines.splitlines())
    return Question(
        "How many paths lead from `a` to `y`?",
        Number(),
        number,
        "Where a result is used twice, every path splits in two. A product of something with itself has two arrows.",
        wrong=[
            (arrows, "Those are the arrows that leave `a`. Further on the paths may split again."),
            (1, "`a` is one leaf, but there is more than one way on from it, or from what it is used in."),
            (number + 1, "One too many: follow each arrow from `y` backward, and count the ends at `a`."),
        ],
        code=code,
        picture=ran.draw("y", values=False),
    )


@bank.question()
def doubled(random: Random, torch: Any) -> Question:
    times = random.choice([3, 4, 5])
    code = f"""
        x = torch.tensor(1.0, requires_grad=True)
        y = x
        for _ in range({times}):
            y = y + y
    """
    ran = run(torch, code)
    node = ran("y.grad_fn")
    truth = [len(nodes(node)), paths(node, ran("x"))]
    return Question(
        "How many nodes does the graph of `y` have, the AccumulateGrad of `x` included, and how many paths lead from "
        "`x` to `y`?",
        Numbers(2),
        truth,
        "Each turn adds one node, and doubles the number of paths.",
        wrong=[
            ([times, 2**times], "You forgot AccumulateGrad, where `x` collects. It is a node, too."),
            ([tree(node), 2**times], "That is a tree, with a copy for each use. In a graph, two arrows share a node."),
            ([times + 1, 2 * times], "The paths don't add up, 2 + 2 + …: each of them splits again at every turn."),
            ([times + 1, 2], "Two arrows leave `x`. Each path splits again further on."),
        ],
        code=code,
    )


@bank.question()
def pairs_behind(random: Random, torch: Any) -> Question:
    number = random.randint(2, 9)
    line = random.choice(["a * c", f"{number} * a", "a * b", "b - c", f"a + {number}", "a * a", "torch.exp(b)"])
    code = f"""
        a = torch.tensor(2.0, requires_grad=True)
        b = torch.tensor(3.0, requires_grad=True)
        c = torch.tensor(4.0)
        y = {line}
    """
    ran = run(torch, code)
    behind = ran("[node for node, _ in y.grad_fn.next_functions]")
    truth = [len(behind), sum(node is None for node in behind)]
    return Question(
        "How many pairs are in `y.grad_fn.next_functions`, and how many of them hold `None` in place of a node?",
        Numbers(2),
        truth,
        "There is a pair for each input of the operation, even if two are the same. None is in the place of an input "
        "that does not require grad, a number or a tensor.",
        wrong=[
            ([truth[0] - truth[1], 0], "Inputs that need no gradient have a pair as well, with None in it."),
            ([truth[0], 0], "A leaf has a place where it collects. An input that doesn't require grad has None."),
            ([len({*map(id, behind)}), 0], "An input that is used twice in one operation has two pairs."),
            ([truth[0], truth[0]], "None isn't for leaves: a leaf that requires grad has a place to collect."),
        ],
        code=code,
    )


@bank.question()
def what_is_kept(random: Random, torch: Any) -> Question:
    operations = {
        "x + 3": "its slope is 1, whatever `x` is",
        "torch.exp(x)": "its slope is the result itself",
        "torch.sqrt(x)": "its slope is 1 / (2 · result)",
        "x**2": "its slope is 2x",
        "torch.sin(x)": "its slope is cos x",
        "torch.log(x)": "its slope is 1 / x",
        "torch.tanh(x)": "its slope is 1 − result²",
        "x - 5": "its slope is 1, whatever `x` is",
    }
    chosen = random.sample(sorted(operations), 3)
    truth = []
    for line in chosen:
        node = run(torch, f"x = torch.tensor(2.0, requires_grad=True)\ny = {line}")("y.grad_fn")
        kept = [word for word, name in (("input", "_saved_self"), ("result", "_saved_result")) if hasattr(node, name)]
        truth.append(kept[0] if kept else "neither")
    slopes = "; ".join(f"`{line}`: {operations[line]}" for line in chosen)
    return Question(
        f"Which tensor do these operations keep for the backward pass, their input `x`, their result, or neither: "
        f"{', '.join(f'`{line}`' for line in chosen)}?",
        Words("input", "result", "neither", count=3),
        truth,
        f"An operation keeps what makes its slope cheapest. {slopes}.",
        wrong=[
            (["input"] * 3, "Some need nothing of `x`, and for some the slope is quicker to get from the result."),
            (
                ["input" if word == "result" else word for word in truth],
                "From the input the slope would have to be computed once more. In the result it is there already.",
            ),
            (["neither"] * 3, "That is so only where the slope is the same for every `x`."),
        ],
        code="x = torch.tensor(2.0, requires_grad=True)",
    )


@bank.question()
def wrapped(random: Random, torch: Any) -> Question:
    x, height, price, icing = random.randint(2, 4), random.randint(2, 4), random.randint(2, 5), random.randint(2, 5)
    code = f"""
        x = torch.tensor({x}.0, requires_grad=True)
        top = x * x
        again = torch.tensor(top.item())
        y = {price} * (again * {height}) + {icing} * top
        y.backward()
    """
    whole = run(torch, code.replace("torch.tensor(top.item())", "top"))("x.grad.item()")
    return Question(
        "What is `x.grad`?",
        Number(),
        run(torch, code)("x.grad.item()"),
        "`again` is a new tensor made of a bare number. It has no node, so the paths through it are missing.",
        wrong=[
            (
                whole,
                "This counts the paths through `again`. The values are the same, but no path leads back from there.",
            ),
            (0, "Not all paths are cut: the last term uses the real `top`."),
            (icing * x, "`top` is `x` times itself: from each factor a slope arrives."),
        ],
        code=code,
    )


@bank.question()
def still_connected(random: Random, torch: Any) -> Question:
    ways = random.sample(
        [
            "torch.stack([u, u])",
            "torch.tensor([u.item(), 1.0])",
            "u * torch.ones(2)",
            "torch.tensor(float(u))",
            "torch.tensor([u.tolist()])",
            "u.reshape(1)",
            "(u > 0) * 1.0",
        ],
        4,
    )
    lines = [f"{name} = {way}" for name, way in zip("pqrs", ways, strict=True)]
    code = "\n".join(["x = torch.tensor(2.0, requires_grad=True)", "u = 3 * x", *lines])
    ran = run(torch, code)
    return Question(
        "From which of `p`, `q`, `r` and `s` does a path lead back to `x`?",
        Words("True", "False", count=4),
        [str(ran(f"{name}.grad_fn is not None")) for name in "pqrs"],
        "What is made of tensors by operations keeps their nodes. A bare Python number has none, and neither has True "
        "or False.",
        wrong=[
            (["True"] * 4, "`.item()`, `.tolist()` and `float()` give a number without its node, and so does `>`."),
            (
                [str("torch.tensor" not in way) for way in ways],
                "A comparison gives True or False, which can't be nudged: it leaves no node behind.",
            ),
        ],
        code=code,
    )


@bank.question()
def behind_the_last(random: Random, torch: Any) -> Question:
    inner, outer = random.sample([("a * b", "Mul"), ("a + b", "Add"), ("a - b", "Sub"), ("a / b", "Div")], 2)
    last = random.choice(["torch.exp({})", "torch.sin({})", "torch.sqrt({})"])
    code = f"""
        a = torch.tensor(6.0, requires_grad=True)
        b = torch.tensor(3.0, requires_grad=True)
        u = {inner[0]}
        y = {last.format("u")} {outer[0][2]} b
    """
    ran = run(torch, code)
    name = ran("y.grad_fn.next_functions[0][0].name()")
    names = {
        name: f"`{name}`",
        ran("y.grad_fn.name()"): f"`{ran('y.grad_fn.name()')}`",
        ran("u.grad_fn.name()"): f"`{ran('u.grad_fn.name()')}`",
        "leaf": "the place where `b` collects",
    }
    return Question(
        "Which node is `y.grad_fn.next_functions[0][0]`?",
        Letter(random, [*names.items()]),
        name,
        "`y.grad_fn` is the operation that made `y`. The first pair leads to the node that made its first input.",
        wrong=[
            (ran("y.grad_fn.name()"), "That is `y.grad_fn` itself. The question goes one step further back."),
            (ran("u.grad_fn.name()"), "That is two steps back: between `u` and `y` there is one more operation."),
            ("leaf", "`b` is the second input, so it is in the second pair."),
        ],
        code=code,
    )
