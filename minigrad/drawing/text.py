"""What is written into a drawing: names made safe, numbers made short, widths measured."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import Any

NAME_LIMIT = 40
_NAME_END = 10
# Characters that turn the direction of the text around them; a name must not reorder the text beside it.
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(name: object, limit: int = NAME_LIMIT) -> str:
    """`name` on one line, without control characters, its middle left out beyond `limit` characters."""
    text = " ".join("".join(_visible(character) for character in str(name)).split())
    if len(text) > limit:
        text = f"{text[: limit - _NAME_END - 1]}…{text[-_NAME_END:]}"
    return text


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category in ("Cs", "Cn", "Co") or character in _DIRECTION_MARKS:
        return "\N{REPLACEMENT CHARACTER}"
    return character


def number(value: Any) -> str:
    """Return a Python number in about four significant digits; floats keep their point, as PyTorch prints them."""
    if not isinstance(value, float):
        return f"{value:.4g}" if isinstance(value, complex) else str(value)
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e6:
        return f"{value:.0f}."
    if 1000 <= abs(value) < 1e6:
        return f"{value:.1f}"
    short = f"{value:.4g}"
    return short if "." in short or "e" in short else f"{short}."


def array(values: Any) -> str:
    """Return a nested list of numbers, as `Tensor.tolist` gives it, on one line."""
    if isinstance(values, list):
        return f"[{', '.join(array(value) for value in values)}]"
    return number(values)


def rows(values: Any) -> tuple[str, ...]:
    """Return the same, a matrix with one line a row and its columns aligned."""
    if not (isinstance(values, list) and len(values) > 1 and isinstance(values[0], list)):
        return (array(values),)
    if not values[0] or isinstance(values[0][0], list):
        return (array(values),)
    table = [[number(value) for value in row] for row in values]
    width = max(len(entry) for row in table for entry in row)
    lines = [f"[{', '.join(entry.rjust(width) for entry in row)}]" for row in table]
    return tuple(
        f"{'[' if row == 0 else ' '}{line}{']' if row == len(lines) - 1 else ','}" for row, line in enumerate(lines)
    )


def shape(sizes: Any) -> str:
    """Return a shape as Python writes a tuple: `()`, `(3,)`, `(2, 2)`."""
    return str(tuple(int(size) for size in sizes))


def dtype(kind: object) -> str:
    """`torch.float64` → `float64`."""
    return str(kind).rpartition(".")[2]


def columns(text: str) -> float:
    """Return the width of `text` in a monospaced font, in Latin letters; rather too wide than too narrow."""
    total = 0.0
    for character in text:
        if " " <= character <= "\u024f":
            total += 1
        elif unicodedata.east_asian_width(character) in "WF":
            total += 2.2  # browsers draw emoji somewhat wider than two letters
        elif unicodedata.category(character) not in ("Mn", "Me", "Cf"):
            total += 1.6  # other scripts fall back to fonts that are not monospaced
    return total


def quantity(count: int, one: str, many: str) -> str:
    """`1 leaf`, `2 leaves`, `1,000 operations`."""
    return f"{count:,} {one if count == 1 else many}"


def described(thing: object) -> str:
    """`an int: 3`, `a Node: <AddBackward0 …>`, shortened."""
    kind = type(thing).__name__
    written = repr(thing)
    written = written if len(written) <= 60 else f"{written[:59]}…"
    return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}: {written}"


def total(parts: Sequence[str]) -> str:
    """`10. - 2.`, the sum of numbers or lists that have been written."""
    first, *others = parts
    return "".join([first, *(f" - {part[1:]}" if part.startswith("-") else f" + {part}" for part in others)])


def equated(name: str, written: str) -> str:
    """`g = 8.`; of a tensor too large for its numbers `g: shape (30, 2)`."""
    return f"{name}: {written}" if written.startswith("shape") else f"{name} = {written}"


def memory(count: int) -> str:
    """Bytes: `24 bytes`, `1.5 kB`, `12 MB`."""
    if count < 1000:
        return quantity(count, "byte", "bytes")
    for unit, size in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if count < 999.5 * size or unit == "GB":
            return f"{count / size:.3g} {unit}"
    return ""


def length(norm: float) -> str:
    """Return a gradient's norm in two digits: `0.031`, `2.4e-07`."""
    return f"{norm:.2g}"
