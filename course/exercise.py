"""The form in which exercises are written: lessons, exercises, and the words a check judges with.

The docstring of the package `course` shows one exercise in full.
"""

import contextlib
import dis
import inspect
import io
import math
import re
import sys
import textwrap
import traceback
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NoReturn, get_type_hints

import minigrad

Function = Callable[..., Any]
Tensor = Annotated[Any, "a tensor of the library that the learner has imported"]

# A learner's function that runs more lines than this in one call is taken to be in a loop without end.
MOST_LINES = 100_000

# Mistakes that can be made in every exercise. "type", "raised" and "value" say what they have to say in their details.
COMMON = {
    "type": "",
    "value": "",
    "raised": "",
    "none": "It returned None. Does every way through it end in a return?",
    "endless": f"It had run {MOST_LINES:,} lines and was stopped: a loop or a recursion in it finds no end.",
    "changed": "It changed what it was given. It should leave its arguments as they were.",
}


class AnyOf(tuple):
    """Several values to which one mistake can lead: `AnyOf(1, 2)`."""

    def __new__(cls, *values: Any) -> "AnyOf":
        return super().__new__(cls, values)


class Rejected(Exception):
    """An answer is wrong: which mistake it is, by the key of its hint, and what to show besides."""

    def __init__(
        self, hint: str, *, tried: str = "", came_out: str = "", expected: str = "", details: str = ""
    ) -> None:
        super().__init__(hint)
        self.hint = hint
        self.shown = {"tried": tried, "came out": came_out, "expected": expected}
        self.details = details


@dataclass(frozen=True)
class Verdict:
    """What a check has found. `hint` is the key of the mistake, if the answer is wrong."""

    state: Literal["right", "wrong", "unanswered"]
    text: str
    hint: str = ""


@dataclass(frozen=True)
class WrongAnswer:
    """Lines that a learner might write in the solution's place, or after it, and the key of the hint they meet."""

    hint: str
    lines: str
    after_solution: bool


@dataclass
class Exercise:
    """An exercise's check, with the wrong answers it must reject.

    The parameters of `judge`, the last excepted, are the names that the check reads from the notebook; annotations
    (`Function`, `Tensor`, or a class such as `dict`) say what they must be. The last is the library in use there.
    """

    number: str
    judge: Function
    right: str
    hints: Mapping[str, str]
    wrong_answers: list[WrongAnswer] = field(default_factory=list)

    def wrong(self, hint: str, lines: str) -> None:
        """Add a wrong answer: the key of the hint it meets, and the lines that stand in place of the solution's."""
        self._add(hint, lines, after_solution=False)

    def almost(self, hint: str, lines: str) -> None:
        """Add a wrong answer that is the solution, spoiled by lines after it."""
        self._add(hint, lines, after_solution=True)

    def _add(self, hint: str, lines: str, *, after_solution: bool) -> None:
        if hint not in {*self.hints, *COMMON}:
            raise ValueError(f"exercise {self.number} has no hint {hint!r}: its hints are {sorted(self.hints)}")
        self.wrong_answers.append(WrongAnswer(hint, textwrap.dedent(lines).strip("\n"), after_solution))

    @property
    def names(self) -> dict[str, Any]:
        """The names that the check reads from the notebook, and what each must be."""
        kinds = get_type_hints(self.judge, include_extras=True)
        return {name: kinds[name] for name in list(inspect.signature(self.judge).parameters)[:-1]}

    def check(self, notebook: Mapping[str, Any]) -> Verdict:
        """Judge the answer that stands in a notebook's variables."""
        missing = [name for name in self.names if name not in notebook]
        if missing:
            return Verdict(
                "unanswered", f"{self.number} not answered yet: first run the cell that makes `{missing[0]}`."
            )
        answers = {name: notebook[name] for name in self.names}
        for name, answer in answers.items():
            if _has_hole(answer):
                return Verdict("unanswered", f"{self.number} not answered yet: there is still a ... in `{name}`.")
        named = notebook.get("torch")
        torch: Any = named if hasattr(named, "Tensor") else minigrad
        # What a learner's function prints or warns of, and the mode it leaves behind, stay inside.
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), torch.set_grad_enabled(True):
            warnings.simplefilter("ignore")
            try:
                for name, answer in answers.items():
                    _guard(name, answer, self.names[name], torch)
                self.judge(*answers.values(), torch)
            except Rejected as rejected:
                return Verdict("wrong", self._explain(rejected), rejected.hint)
            except Exception as error:  # an answer that the check was not written for: still one line, no traceback
                details = f"The check could not read this answer: {type(error).__name__}: {_shorten(str(error))}"
                return Verdict("wrong", self._explain(Rejected("value", details=details)), "unreadable")
        return Verdict("right", f"{self.number} right. {self.right}")

    def _explain(self, rejected: Rejected) -> str:
        hint = self.hints.get(rejected.hint) or COMMON[rejected.hint]
        lines = [f"{self.number} not right yet."]
        lines += [f"  {label + ':':<10}{text}" for label, text in rejected.shown.items() if text]
        for text in filter(None, (rejected.details, hint)):
            lines += textwrap.wrap(text, 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        return "\n".join(lines)


class Lesson:
    """The exercises of one lesson. A file `course/checks/exNN_name.py` makes one under the name `lesson`."""

    def __init__(self, number: int, title: str) -> None:
        self.number = number
        self.title = title
        self.exercises: dict[str, Exercise] = {}

    def exercise(self, part: int, *, right: str, hints: Mapping[str, str]) -> Callable[[Function], Exercise]:
        """Make the decorated check exercise `number.part`.

        right: what a right answer shows, one sentence, printed when it is given.
        hints: for each mistake that the check knows, its name and the words a learner reads.
        """
        number = f"{self.number}.{part}"
        if number in self.exercises:
            raise ValueError(f"there are two exercises {number}")

        def add(judge: Function) -> Exercise:
            exercise = Exercise(number, judge, right, hints)
            if any(kind not in (Function, Tensor) and not isinstance(kind, type) for kind in exercise.names.values()):
                raise TypeError(f"exercise {number}: a name can be a Function, a Tensor, or of a class such as dict")
            self.exercises[number] = exercise
            return exercise

        return add


# The words a check judges with.


def reject(hint: str, *, tried: str = "", came_out: str = "", expected: str = "", details: str = "") -> NoReturn:
    """Reject the answer for a known mistake: the key of its hint, and what to show."""
    raise Rejected(hint, tried=tried, came_out=came_out, expected=expected, details=details)


def call(tried: str, function: Function, *args: Any, raises: Mapping[str, str] | None = None) -> Any:
    """Call a learner's function and return what it returns.

    tried: the call, as the learner is to read it.
    raises: for an exception that betrays a known mistake, its type's name and the key of the hint.
    Rejects the answer if the call raises, finds no end, or changes its arguments.
    """
    before = [_state(value) for value in args]
    try:
        with _line_limit(function):
            result = function(*args)
    except _Endless:
        reject("endless", tried=tried)
    except (Exception, SystemExit) as error:
        hint = (raises or {}).get(type(error).__name__, "raised")
        reject(hint, tried=tried, came_out=_describe_error(error, function))
    if [_state(value) for value in args] != before:
        reject("changed", tried=tried)
    return result


def expect(tried: str, got: Any, want: Any, **mistakes: Any) -> None:
    """Reject `got` unless it is `want`: same type, order, shape, dtype and values.

    mistakes: for the key of a hint, the value to which that mistake leads, or AnyOf several.
    """
    reason = difference(got, want)
    if reason is None:
        return
    shown = {"tried": tried, "came_out": show(got), "expected": show(want)}
    for hint, values in mistakes.items():
        if any(difference(got, value) is None for value in _several(values)):
            reject(hint, **shown)
    if got is None:
        reject("none", tried=tried, expected=show(want))
    reject("type" if reason else "value", details=reason, **shown)


def expect_predictions(predicted: dict[str, Any], truth: dict[str, Any], **mistakes: dict[str, Any]) -> None:
    """Reject predictions unless all are true; say how many are, and which to think about again, not its answer.

    mistakes: for the key of a hint, the predictions to which that mistake leads; whoever makes one of them meets the
    hint. A prediction may be AnyOf several.
    """
    if predicted.keys() != truth.keys():
        expected = ", ".join(map(repr, truth))
        reject("type", came_out=show(list(predicted)), expected=expected, details="The keys should stay as they were.")
    kinds = set().union(*map(_kinds, truth.values()))
    for key, value in predicted.items():
        if not _kinds(value) <= kinds:
            odd = " and ".join(sorted(_kinds(value) - kinds))
            details = f"A prediction here is made of {' and '.join(sorted(kinds))}, not of {odd}."
            reject("type", came_out=f"{key!r}: {show(value)}", details=details)
    wrong = [key for key in truth if difference(predicted[key], truth[key]) is not None]
    if not wrong:
        return
    made = [
        (hint, key)
        for hint, values in mistakes.items()
        for key in wrong
        if key in values and any(difference(predicted[key], value) is None for value in _several(values[key]))
    ]
    hint, key = made[0] if made else ("value", wrong[0])
    came_out = f"{len(truth) - len(wrong)} of {len(truth)} predictions hold"
    reject(hint, came_out=came_out, details=f"Think again about {key!r}, where you say {show(predicted[key])}.")


def difference(got: Any, want: Any) -> str | None:
    """Say how `got` differs from `want` in kind, "" if only in its values, None if they are the same.

    Strict: True is not 1, a list is not a tuple, nan is equal to nothing. Floats may differ by 1e-5 of the largest.
    """
    if _is_tensor(want):
        if not isinstance(got, type(want)):
            return f"It is {_a(got)}, and should be a tensor."
        for aspect in ("shape", "dtype"):
            if getattr(got, aspect) != getattr(want, aspect):
                return f"Its {aspect} is {show(getattr(got, aspect))}, and should be {show(getattr(want, aspect))}."
        return None if _close(got.detach().tolist(), want.detach().tolist()) else ""
    if type(got) is not type(want):
        return f"It is {_a(got)}, and should be {_a(want)}."
    if isinstance(want, list | tuple):
        if len(got) != len(want):
            return ""
        reasons = [difference(*pair) for pair in zip(got, want, strict=True)]
    elif isinstance(want, dict):
        if got.keys() != want.keys():
            return ""
        reasons = [difference(got[key], want[key]) for key in want]
    else:
        return None if _close(got, want) else ""
    reasons = [reason for reason in reasons if reason is not None]
    return None if not reasons else next(filter(None, reasons), "")


def show(value: Any) -> str:
    """A value on one line, without memory addresses, however odd the value."""
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return _shorten(re.sub(r" at 0x[0-9a-fA-F]+", "", text))


def _shorten(text: str, length: int = 100) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 2]} …"


def _a(value: Any) -> str:
    name = type(value).__name__
    return "None" if value is None else f"an {name}" if name[0] in "aeiouAEIOU" else f"a {name}"


def _several(values: Any) -> tuple[Any, ...]:
    return values if isinstance(values, AnyOf) else (values,)


def _kinds(value: Any, depth: int = 3) -> set[str]:
    """The names of the types that a value and, if it is a list or a tuple, its items have."""
    items = value if isinstance(value, list | tuple) and depth else []
    return {"None" if value is None else type(value).__name__}.union(*(_kinds(item, depth - 1) for item in items))


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "requires_grad") and hasattr(value, "tolist")


def _close(got: Any, want: Any) -> bool:
    """Whether nested lists of numbers, or two values, are equal; floats within 1e-5 of the largest wanted."""
    flat_got, flat_want = list(_flatten(got)), list(_flatten(want))
    if len(flat_got) != len(flat_want):
        return False
    floats = [abs(w) for w in flat_want if isinstance(w, float) and math.isfinite(w)]
    tolerance = 1e-5 * max(floats, default=0.0)
    for g, w in zip(flat_got, flat_want, strict=True):
        if isinstance(w, float) and isinstance(g, float) and math.isfinite(w):
            if not abs(g - w) <= tolerance:  # written so that nan is never close
                return False
        elif g != w:
            return False
    return True


def _flatten(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item)
    else:
        yield value


def _guard(name: str, answer: Any, annotation: Any, torch: Any) -> None:
    if annotation == Function:
        fits, wanted = callable(answer), "a function"
    elif annotation == Tensor:
        fits, wanted = isinstance(answer, torch.Tensor), "a tensor"
    else:
        fits, wanted = type(answer) is annotation, f"a {annotation.__name__}"
    if not fits:
        reject("type", came_out=show(answer), details=f"`{name}` is {_a(answer)}, and should be {wanted}.")


def _has_hole(answer: Any, depth: int = 3) -> bool:
    """Whether a ... of the untouched exercise is still in an answer: as a value, in a container, in a function."""
    if answer is ...:
        return True
    if isinstance(answer, dict | list | tuple) and depth:
        items = answer.values() if isinstance(answer, dict) else answer
        return any(_has_hole(item, depth - 1) for item in items)
    if not isinstance(answer, types.FunctionType):
        return False
    steps = [step for step in dis.get_instructions(answer) if step.opname not in ("RESUME", "NOP", "COPY_FREE_VARS")]
    # A body of nothing but ... does what an empty one does: it returns None.
    empty = all(step.opname in ("LOAD_CONST", "RETURN_CONST", "RETURN_VALUE") and step.argval is None for step in steps)
    kept = any(
        step.argval is ... and (step.opname == "RETURN_CONST" or after.opname.startswith(("STORE", "RETURN")))
        for step, after in zip(steps, [*steps[1:], steps[-1]], strict=True)
    )
    return empty or kept


def _state(value: Any) -> Any:
    """What of an argument must not change."""
    if _is_tensor(value):
        grad = value.grad
        return repr(
            (value.tolist(), value.dtype, value.requires_grad, value.is_leaf, None if grad is None else grad.tolist())
        )
    if isinstance(value, list | tuple):
        return [type(value), *map(_state, value)]
    if isinstance(value, dict):
        return [(key, _state(item)) for key, item in value.items()]
    return repr(value)


def _describe_error(error: BaseException, function: Function) -> str:
    text = f"{type(error).__name__}: {_shorten(str(error))}" if str(error) else type(error).__name__
    filename = getattr(getattr(function, "__code__", None), "co_filename", None)
    inside = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
    if inside:
        text += f" (line {inside[-1].lineno} of its cell" + (f": {inside[-1].line})" if inside[-1].line else ")")
    return text


class _Endless(BaseException):
    """Not an Exception, so that a learner's `except Exception` lets it pass."""


@contextlib.contextmanager
def _line_limit(function: Function) -> Iterator[None]:
    """Raise _Endless when the file that holds `function` runs more than MOST_LINES lines."""
    filename = getattr(getattr(function, "__code__", None), "co_filename", None)
    lines = 0

    def trace(frame: types.FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        if frame.f_code.co_filename != filename:
            return None
        lines += event == "line"
        if lines > MOST_LINES:
            raise _Endless
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
