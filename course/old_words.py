"""The words that checks of lessons 02 to 09 still judge with, each with its own list of mistakes.

New checks use those of course.judging.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from course import limits
from course.guarding import described, quiet
from course.judging import Failed, Finding

Function = Callable[..., Any]


class AnyOf(tuple):
    """Several values to which one mistake can lead: `AnyOf(1, 2)`."""

    def __new__(cls, *values: Any) -> "AnyOf":
        return super().__new__(cls, values)


# The words a check judges with.


def reject(hint: str, *, tried: str = "", came_out: str = "", expected: str = "", details: str = "") -> NoReturn:
    """Reject the answer for a known mistake: the key of its hint, and what to show."""
    raise Failed(Finding(hint, tried, came_out, expected, details, final=True))


def call(tried: str, function: Function, *args: Any, raises: Mapping[str, str] | None = None) -> Any:
    """Call a learner's function and return what it returns.

    tried: the call, as the learner is to read it.
    raises: for an exception that betrays a known mistake, its type's name and the key of the hint.
    Rejects the answer if the call raises, finds no end, or changes its arguments.
    """
    before = [_state(value) for value in args]
    try:
        with quiet():
            result = limits.limited(function, *args)
    except (Failed, KeyboardInterrupt):
        raise
    except limits.Endless:
        reject("endless", tried=tried)
    except BaseException as error:
        hint = (raises or {}).get(type(error).__name__, "raised")
        reject(hint, tried=tried, came_out=described(error, function))
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
