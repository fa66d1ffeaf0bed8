"""Drills: a small graph, drawn at random; the learner fills in the gradients that a backward pass leaves."""

import functools
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import minigrad
from course.bank.form import Bank, Generator, Numbers, Question, run

LEVELS = {
    1: "two leaves, used more than once",
    2: "two leaves, and a result in between that is used twice",
    3: "three leaves, and a result in between that is used three times",
    4: "as level 2, with a cut: detach() on one of the paths",
}
LESSON = Bank(3, "backward from a scalar")
CUT = Bank(6, "detach")


def drill(level: int, place: int) -> Generator:
    """Return the drill at this place of its level's sequence, in which no two are alike."""
    met: dict[tuple[str, ...], int] = {}
    number = 0
    while len(met) <= place:
        lines = program(level, Random(f"drill {level} {number}"))
        if _is_worth_asking(lines):
            met.setdefault(lines, number)
        number += 1
    return Generator(CUT if level == 4 else LESSON, f"drill{number - 1}", "", _asks(level, [*met][place]))


@functools.cache
def _is_worth_asking(lines: tuple[str, ...]) -> bool:
    """Return whether every leaf takes part, and the gradients are small, and not all of them zero."""
    ran = run(minigrad, *lines, "y.backward()")
    leaves = [line[0] for line in lines if "requires_grad" in line]
    if any(ran(f"{leaf}.grad is None") for leaf in leaves):
        return False
    sizes = [abs(ran(f"{leaf}.grad.item()")) for leaf in leaves]
    return max(sizes) <= 60 and any(sizes)


def program(level: int, random: Random) -> tuple[str, ...]:
    """Return the lines of a small calculation: leaves with small whole numbers, and what is made of them."""
    names = "ab" if level != 3 else "abc"
    leaves = [f"{name} = torch.tensor({number}.0, requires_grad=True)" for name, number in _numbers(names, random)]
    one, other = random.sample(names, 2)
    factor = random.choice([2, 3])
    if level == 1:
        first = random.choice([f"{one} * {other}", f"{one} * {one}", f"{factor} * {one}"])
        last = random.choice(
            [f"u + {one} * {other}", f"u * {one} + {other}", f"u - {one} * {other}", f"u * {other} + {one}"]
        )
        if "*" in first and other not in first + last:
            last = f"u * {other} + {one}"
        return (*leaves, f"u = {first}", f"y = {last}")
    first = random.choice([f"{one} * {other}", f"{one} + {other}", f"{one} - {other}", f"{one}**2 + {other}"])
    if level == 4:
        kept = random.choice([f"u * {one}", f"{factor} * u"])
        return (*leaves, f"u = {first}", f"v = u.detach() * {random.choice(names)}", f"y = v + {kept}")
    second = random.choice([f"u * {one}", f"u * {other}", f"{factor} * u"])
    if level == 2:
        return (*leaves, f"u = {first}", f"v = {second}", f"y = {random.choice(['v + u', 'v - u', 'v * u'])}")
    (third,) = {*names} - {one, other}
    return (*leaves, f"u = {first}", f"v = {second}", f"w = u * {third}", f"y = v {random.choice('+-')} w + u")


def _numbers(names: str, random: Random) -> list[tuple[str, int]]:
    return [(name, random.choice([-2, -1, 1, 2, 3, 4])) for name in names]


def _asks(level: int, lines: tuple[str, ...]) -> Callable[[Random, Any], Question]:
    def make(random: Random, torch: Any) -> Question:
        code = "\n".join(lines)
        leaves = [line[0] for line in lines if "requires_grad" in line]
        names = ", ".join(f"`{leaf}.grad`" for leaf in leaves[:-1]) + f" and `{leaves[-1]}.grad`"
        ran = run(torch, code)
        picture = ran.draw("y")
        ran("y").backward()
        truth = [ran(f"{leaf}.grad.item()") for leaf in leaves]
        return Question(
            f"After `y.backward()`, what are {names}?",
            Numbers(len(leaves)),
            truth,
            _because(torch, lines, leaves),
            wrong=[*_mistakes(torch, lines, leaves)],
            code=code,
            picture=picture,
        )

    return make


def _because(torch: Any, lines: tuple[str, ...], leaves: list[str]) -> str:
    """Return what arrives at the result in between, and that paths add up."""
    code = "\n".join([*lines, "u.retain_grad()", "y.backward()"])
    arrives = run(torch, code)("u.grad.item()")
    return f"{arrives:g} arrives at `u`, all its uses added up. Along a path slopes multiply, and the paths add up."


def _mistakes(torch: Any, lines: tuple[str, ...], leaves: list[str]) -> Iterator[tuple[list[float], str]]:
    """Yield what is believed by those who forget a use, or a cut."""
    code = "\n".join(lines)
    if "detach" in code:
        uncut = run(torch, code.replace(".detach()", "") + "\ny.backward()")
        yield _gradients(uncut, leaves), "You went through the cut. Nothing passes `detach()` on its way back."
    for name in [*leaves, "u"]:
        for place in (0, 1):
            if (once := _with_one_use_cut(lines, name, place)) is None:
                continue
            ran = run(torch, once + "\ny.backward()")
            if ran.error is None:
                yield (
                    _gradients(ran, leaves),
                    f"You left out one use of `{name}`. From each of its uses a slope arrives, and they add up.",
                )
    swapped = _gradients(run(torch, code + "\ny.backward()"), leaves)[::-1]
    yield swapped, "These are the right numbers in the wrong order."


def _with_one_use_cut(lines: tuple[str, ...], name: str, place: int) -> str | None:
    """Return the program with one use of a name taken as a constant, if it has several."""
    pieces = "\n".join(lines).split("\n")
    made = next(i for i, line in enumerate(pieces) if line.startswith(f"{name} = "))
    uses = [
        (i, j) for i, line in enumerate(pieces) if i > made for j, sign in enumerate(line) if j > 3 and sign == name
    ]
    uses = [(i, j) for i, j in uses if not pieces[i][j - 1].isalpha() and not pieces[i][j + 1 : j + 2].isalpha()]
    if len(uses) < 2 or place >= len(uses):
        return None
    i, j = uses[place if place == 0 else len(uses) - 1]
    pieces[i] = pieces[i][:j] + f"{name}.detach()" + pieces[i][j + 1 :]
    return "\n".join(pieces)


def _gradients(ran: Any, leaves: list[str]) -> list[float]:
    return [ran(f"{leaf}.grad.item()") if ran(f"{leaf}.grad is not None") else 0.0 for leaf in leaves]
