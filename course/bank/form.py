"""The form in which questions are written: what is asked, what kind of answer is wanted, and the code that is run.

The docstring of the package `course.bank` shows one question in full.
"""

import contextlib
import io
import math
import numbers
import textwrap
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any, Protocol

from course import guarding
from course.comparing import a, is_tensor, show

RELATIVE = 2e-3
"""By how much of its size a number may be off, unless the truth is a whole number of Python's."""

PAIRS = {
    "detach": "detach, clone, .data, no_grad",
    "retain": "retain_graph, create_graph, retain_grad",
    "none": "None, zero",
    "eval": "eval, no_grad",
}
"""What is often confused, by the word that a question names it with."""


class WrongKind(ValueError):
    """An answer that is not of the kind that was asked for. The message says what is wanted."""


class Kind(Protocol):
    """A kind of answer."""

    @property
    def asks(self) -> str:
        """What is wanted, for the line under a question."""
        ...

    def read(self, said: Any) -> Any:
        """The answer in the form in which answers are compared. WrongKind if it is of another kind."""
        ...

    def same(self, one: Any, other: Any) -> bool:
        """Whether two answers that were read are the same."""
        ...

    def write(self, value: Any) -> str:
        """An answer that was read, as it is shown."""
        ...


def _number(said: Any, wanted: str) -> float:
    if is_tensor(said) and said.numel() == 1 and said.dim() == 0:
        said = said.item()
    if isinstance(said, str) and len(said) <= 40:  # a number in quotation marks is one
        text = said.replace("−", "-")
        with contextlib.suppress(ValueError, ArithmeticError):
            said = float(Fraction(text.replace(" ", ""))) if "/" in text else float(text)
    if isinstance(said, bool) or not isinstance(said, numbers.Real):
        raise WrongKind(f"{wanted} is expected, but {show(said)} is {a(said)}.")
    return int(said) if isinstance(said, numbers.Integral) else float(said)


def _same_number(one: float, other: float) -> bool:
    if isinstance(other, int):
        return bool(one == other)
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or abs(one - other) <= RELATIVE * abs(other) + 1e-9


def _write_number(value: float) -> str:
    return f"{value:.6g}"


@dataclass(frozen=True)
class Number:
    """One number. If the truth is an int, the answer must be that very number."""

    asks = "Answer with a number."

    def read(self, said: Any) -> float:
        return _number(said, "A number")

    def same(self, one: Any, other: Any) -> bool:
        return _same_number(one, other)

    def write(self, value: Any) -> str:
        return _write_number(value)


@dataclass(frozen=True)
class Numbers:
    """A list of numbers; without `count`, how many there are is part of the question."""

    count: int | None = None

    @property
    def asks(self) -> str:
        many = "numbers" if self.count is None else f"{self.count} numbers"
        example = "2.5, 0, -1, 4, 3, 1"[: 3 * (self.count or 2) + 1].rstrip(", ") if (self.count or 2) <= 6 else "…"
        return f"Answer with a list of {many}, such as `[{example}]`."

    def read(self, said: Any) -> list[float]:
        if hasattr(said, "tolist"):
            said = said.tolist()
        if not isinstance(said, list | tuple):
            raise WrongKind(f"A list of numbers is expected, in square brackets, but {show(said)} is {a(said)}.")
        if any(item is ... for item in said):
            raise WrongKind("There is still a ... in the list.")
        if self.count is not None and len(said) != self.count:
            raise WrongKind(f"A list of {self.count} numbers is expected, but yours has {len(said)}.")
        return [_number(item, "A list of numbers") for item in said]

    def same(self, one: Any, other: Any) -> bool:
        return len(one) == len(other) and all(map(_same_number, one, other))

    def write(self, value: Any) -> str:
        return f"[{', '.join(map(_write_number, value))}]"


_PLAIN = {"True": True, "False": False, "None": None}


def _quoted(word: str) -> str:
    return f"`{word}`" if word in _PLAIN else f'`"{word}"`'


def _listed(words: Sequence[str], last: str = "or") -> str:
    *others, end = map(_quoted, words)
    return f"{', '.join(others)} {last} {end}"


@dataclass(frozen=True)
class Word:
    """One of a few words. `True`, `False` and `None` may be answered without quotation marks."""

    words: tuple[str, ...]

    def __init__(self, *words: str) -> None:
        object.__setattr__(self, "words", words)

    @property
    def asks(self) -> str:
        return f"Answer with {_listed(self.words)}."

    def read(self, said: Any) -> str:
        text = str(said) if said is None or isinstance(said, bool | str) else ""
        for word in self.words:
            if text.strip().casefold() == word.casefold():
                return word
        raise WrongKind(f"One of {_listed(self.words, 'and')} is expected, not {show(said)}.")

    def same(self, one: Any, other: Any) -> bool:
        return bool(one == other)

    def write(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True)
class Words:
    """A list of words, each one of a few: what is confused is asked side by side."""

    words: tuple[str, ...]
    count: int

    def __init__(self, *words: str, count: int) -> None:
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "count", count)

    @property
    def asks(self) -> str:
        return f"Answer with a list of {self.count}, in this order, each {_listed(self.words)}."

    def read(self, said: Any) -> list[str]:
        if not isinstance(said, list | tuple):
            raise WrongKind(f"A list is expected, in square brackets, but {show(said)} is {a(said)}.")
        if any(item is ... for item in said):
            raise WrongKind("There is still a ... in the list.")
        if len(said) != self.count:
            raise WrongKind(f"A list of {self.count} is expected, but yours has {len(said)}.")
        return [Word(*self.words).read(item) for item in said]

    def same(self, one: Any, other: Any) -> bool:
        return bool(one == other)

    def write(self, value: Any) -> str:
        return ", ".join(value)


@dataclass(frozen=True)
class Letter:
    """The letter of one of several choices, each a value and the text that is shown for it.

    The order is drawn each time, and only this class ever sees a letter: truth and wrong answers are values.
    A text in backquotes is code.
    """

    choices: tuple[tuple[Any, str], ...]

    def __init__(self, random: Random, choices: Sequence[tuple[Any, str]]) -> None:
        shuffled = random.sample(list(choices), len(choices))
        object.__setattr__(self, "choices", tuple(shuffled))

    @property
    def letters(self) -> str:
        return "ABCDEFGH"[: len(self.choices)]

    @property
    def asks(self) -> str:
        return f'Answer with a letter, such as `"{self.letters[0]}"`.'

    def read(self, said: Any) -> Any:
        letter = said.strip(" .():").upper() if isinstance(said, str) else ""
        if len(letter) != 1 or letter not in self.letters:
            raise WrongKind(
                f'A letter from A to {self.letters[-1]} is expected, in quotation marks such as "A", not {show(said)}.'
            )
        return self.choices[self.letters.index(letter)][0]

    def same(self, one: Any, other: Any) -> bool:
        return bool(one == other)

    def write(self, value: Any) -> str:
        told = next(f"{letter}: {text}" for letter, (other, text) in self._lettered() if other == value)
        return told.replace("`", "")  # it is shown as code, which has no code in it

    def _lettered(self) -> list[tuple[str, tuple[Any, str]]]:
        return list(zip(self.letters, self.choices, strict=True))

    def lines(self) -> list[tuple[str, str]]:
        """Return each letter and its text."""
        return [(letter, text) for letter, (_, text) in self._lettered()]


@dataclass(frozen=True)
class Question:
    """A question as it is asked: what is in it, what is true, and what may be believed instead.

    text: what is asked, in sentences; what is in backquotes is code. The kind of answer is added by itself.
    kind: Number(), Numbers(3), Word("runs", "raises"), Words("shares", "copies", count=2) or Letter(random, choices).
    truth: what came out of the code, in the form that the kind reads.
    because: a sentence or two on why it is so.
    wrong: likely wrong answers, each with the reason why someone would believe it. Those that happen to be the truth,
        are there already, or are none of the choices are left out, so that they may be computed from what was drawn.
    code: the code that is shown, and that was run.
    picture: a drawing of a graph, as `minigrad.draw` returns it.
    """

    text: str
    kind: Any
    truth: Any
    because: str
    wrong: Sequence[tuple[Any, str]] = ()
    code: str = ""
    picture: Any = None

    def __post_init__(self) -> None:
        kind, truth, wrong = self.kind, self.truth, [*self.wrong]
        if isinstance(kind, Letter):
            values = [value for value, _ in kind.choices]
            if values.count(truth) != 1:
                raise ValueError(f"of the choices, one should be the truth, {truth!r}: {kind.choices}")
            wrong = [(value, reason) for value, reason in wrong if value in values]
        else:
            truth = kind.read(truth)
            wrong = [(kind.read(value), reason) for value, reason in wrong]
        found: list[tuple[Any, str]] = []
        for value, reason in wrong:
            if not any(kind.same(value, other) for other in [truth, *(other for other, _ in found)]):
                found.append((value, reason))
        object.__setattr__(self, "truth", truth)
        object.__setattr__(self, "wrong", tuple(found))
        object.__setattr__(self, "code", lines(self.code))

    def reason(self, answer: Any) -> str:
        """Return why someone would give this answer; "" if nobody knows."""
        return next((reason for value, reason in self.wrong if self.kind.same(answer, value)), "")


class Ran:
    """Code that was run: its variables, what it printed, and how it ended.

    ran("x.grad.item()") evaluates an expression after it. `ran.end` is "runs" or "raises", `ran.error` what was raised.
    """

    def __init__(self, torch: Any, code: str, names: Mapping[str, Any]) -> None:
        self.variables: dict[str, Any] = {"torch": torch, **names}
        self.error: Exception | None = None
        out = io.StringIO()
        with contextlib.redirect_stdout(out), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                exec(compile(code, "<question>", "exec"), self.variables)
            except Exception as error:
                self.error = error
        self.end = "runs" if self.error is None else "raises"
        self.printed = out.getvalue()

    def __call__(self, expression: str) -> Any:
        if self.error is not None:
            raise self.error
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return eval(expression, self.variables)

    def draw(self, result: str, **options: Any) -> Any:
        """Return the graph behind one of the variables, with the names that the code has given."""
        from minigrad import draw

        return draw({result: self(result)}, names={**self.variables}, **options)


def lines(*pieces: str) -> str:
    """Pieces of code, one after the other, without the indentation that each has in the file."""
    return "\n".join(textwrap.dedent(piece).strip("\n").rstrip() for piece in pieces)


def run(torch: Any, *pieces: str, **names: Any) -> Ran:
    """Run pieces of code, one after the other, as a notebook would, with `torch` and these names in it."""
    return Ran(torch, lines(*pieces), names)


@dataclass(frozen=True, eq=False)
class Generator:
    """Draw a new question from a source of random numbers, always the same from the same source."""

    lesson: "Bank"
    name: str
    pair: str
    make: Callable[[Random, Any], Question]

    @property
    def key(self) -> str:
        """What it is called in the record of what was asked."""
        return f"{self.lesson.number:02}/{self.name}"

    def draw(self, seed: Any, torch: Any) -> Question:
        """Return the question for this seed. Recording, default dtype and random numbers are left as they were."""
        around, stream = guarding.Surroundings(torch), torch.random.default_generator
        state = stream.get_state()
        try:
            stream.manual_seed(0)
            torch.set_grad_enabled(True)
            torch.set_default_dtype(torch.float32)
            return self.make(Random(f"{self.key} {seed}"), torch)
        finally:
            around.put_back()
            stream.set_state(state)


@dataclass(eq=False)
class Bank:
    """The questions of one lesson."""

    number: int
    title: str
    generators: list[Generator] = field(default_factory=list)

    def question(self, pair: str = "") -> Callable[[Callable[[Random, Any], Question]], Generator]:
        """Add a question; `pair` names what it tells apart, one of the keys of PAIRS."""
        if pair and pair not in PAIRS:
            raise ValueError(f"{pair!r} is none of the pairs that are confused: {', '.join(PAIRS)}")

        def add(make: Callable[[Random, Any], Question]) -> Generator:
            generator = Generator(self, make.__name__, pair, make)
            if any(other.name == generator.name for other in self.generators):
                raise ValueError(f"there are two questions {generator.key}")
            self.generators.append(generator)
            return generator

        return add
