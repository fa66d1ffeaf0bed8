"""Whether two values are the same, what is kept of a value to compare it later, and how it is written on a line."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

RELATIVE = 1e-5
"""By how much of its size, or of the size of the numbers it was computed from, a number may be off."""

DEPTH = 6


def difference(
    got: Any, want: Any, *, relative: float = RELATIVE, scale: float = 1.0, dtype: bool = True
) -> str | None:
    """Say how `got` differs from `want` in kind, "" if only in its values, None if they are the same.

    Numbers may be off by `relative` times their size or `scale`, whichever is larger; whole numbers must be exact.
    A tensor may be of a subclass, a list may be a tuple and a whole number stand for a float. True is not 1, a number
    is not a 0-d tensor, nan is equal to nothing. Without `dtype` any dtype will do.
    """
    try:
        return _difference(got, want, (relative, scale), dtype)
    except Exception:  # of the value itself, in a comparison or an attribute of its own
        return f"It is {a(got)}, and could not be compared."


def _difference(got: Any, want: Any, tolerance: tuple[float, float], dtype: bool) -> str | None:
    if is_tensor(want):
        if not is_tensor(got) or library_of(got) != library_of(want):
            return f"It is {a(got)}, and should be a tensor."
        if tuple(got.shape) != tuple(want.shape):
            return f"Its shape is {list(got.shape)}, and should be {list(want.shape)}."
        if dtype and got.dtype != want.dtype:
            return f"Its dtype is {got.dtype}, and should be {want.dtype}."
        return None if _all_close(got.detach().tolist(), want.detach().tolist(), tolerance) else ""
    if isinstance(want, list | tuple):
        if not isinstance(got, list | tuple):
            return f"It is {a(got)}, and should be {a(want)}."
        if len(got) != len(want):
            return ""
        return _worst(_difference(*pair, tolerance, dtype) for pair in zip(got, want, strict=True))
    if isinstance(want, Mapping):
        if not isinstance(got, Mapping):
            return f"It is {a(got)}, and should be a dictionary."
        if got.keys() != want.keys():
            return ""
        return _worst(_difference(got[key], want[key], tolerance, dtype) for key in want)
    if (got is None) != (want is None) or kind(got) != kind(want):
        return f"It is {a(got)}, and should be {a(want)}."
    return None if _close(got, want, tolerance) else ""


def _worst(reasons: Iterator[str | None]) -> str | None:
    found = [reason for reason in reasons if reason is not None]
    return None if not found else next(filter(None, found), "")


def kind(value: Any) -> str:
    """Return what sort of value it is: kinds that differ are never the same value."""
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if isinstance(value, int | float | np.integer | np.floating):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "None" if value is None else type(value).__name__


def _close(got: Any, want: Any, tolerance: tuple[float, float]) -> bool:
    if kind(want) != "a number" or isinstance(want, int | np.integer) or not math.isfinite(want):
        return bool(got == want)
    relative, scale = tolerance
    return abs(got - want) <= relative * max(abs(want), scale)  # so written, nan is never close


def _all_close(got: Any, want: Any, tolerance: tuple[float, float]) -> bool:
    return all(_close(*pair, tolerance) for pair in zip(flat(got), flat(want), strict=True))


def flat(value: Any) -> Iterator[Any]:
    """Yield the numbers in nested lists, in order."""
    if isinstance(value, list):
        for item in value:
            yield from flat(item)
    else:
        yield value


def is_tensor(value: Any) -> bool:
    """Return whether a value is a tensor, of minigrad or of PyTorch."""
    return library_of(value) != ""


def library_of(value: Any) -> str:
    """Return the name of the package whose tensor it is; "" for anything else."""
    for parent in type(value).__mro__:
        if parent.__name__ == "Tensor" and parent.__module__.partition(".")[0] in ("minigrad", "torch"):
            return parent.__module__.partition(".")[0]
    return ""


def a(value: Any) -> str:
    """Return the value's type as it is spoken of: a list, an int, None."""
    if value is None:
        return "None"
    if is_tensor(value):
        return "a tensor"
    if kind(value) in ("True or False", "a string"):
        return kind(value)
    name = type(value).__name__
    return f"an {name}" if name[0] in "aeiouAEIOU" or name == "ndarray" else f"a {name}"


# What is kept of a value, so that it can be compared when the value has changed or is gone.


def kept(value: Any, depth: int = DEPTH) -> Any:
    """Return a value as nested tuples of text and numbers, tensors with their flags; memory addresses left out."""
    try:
        if is_tensor(value):
            aspects = (str(value.dtype), tuple(value.shape), value.requires_grad)
            return ("a tensor", *aspects, tuple(flat(value.detach().tolist())))
        if isinstance(value, list | tuple) and depth:
            return ("a list", *(kept(item, depth - 1) for item in value))
        if isinstance(value, Mapping) and depth:
            return ("a dictionary", *((show(key), kept(item, depth - 1)) for key, item in value.items()))
        if kind(value) == "a number":
            return float(value)
        if kind(value) == "True or False":  # NumPy's own is written otherwise
            return str(bool(value))
    except Exception:  # of an odd value: what it is called is all that is kept
        return f"<{type(value).__name__}>"
    return show(value, 10_000)


def alike(one: Any, other: Any) -> bool:
    """Return whether two kept values are the same, numbers within the tolerance; nan is like nan."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(alike(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        if not math.isfinite(one) or not math.isfinite(other):
            return one == other or (math.isnan(one) and math.isnan(other))
        return abs(one - other) <= RELATIVE * max(abs(one), abs(other), 1.0)
    return type(one) is type(other) and bool(one == other)


def show(value: Any, length: int = 100) -> str:
    """Return a value on one line, without memory addresses, however odd the value."""
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return shorten(re.sub(r" at 0x[0-9a-fA-F]+", "", text), length)


def show_apart(got: Any, want: Any, length: int = 100) -> tuple[str, str]:
    """Return two values that differ, each on one line, cut so that the difference can be seen."""
    texts = show(got, length), show(want, length)
    if texts[0] != texts[1]:
        return texts
    ones, others = show(got, 100_000), show(want, 100_000)
    if ones == others and is_tensor(got) and is_tensor(want):  # they differ in digits that are not printed
        ones, others = show(got.detach().tolist(), 100_000), show(want.detach().tolist(), 100_000)
    alike = next((place for place, (one, other) in enumerate(zip(ones, others, strict=False)) if one != other), 0)
    begin = max(0, alike - length // 3)
    return tuple(shorten(f"… {text[begin:]}" if begin else text, length) for text in (ones, others))  # type: ignore


def shorten(text: str, length: int = 100) -> str:
    """Text on one line, cut where it gets too long."""
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[: length - 2]} …"
