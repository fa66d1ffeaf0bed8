"""How a tensor is printed: PyTorch's rules, as a function from a NumPy array to text.

All elements of a tensor share one style and one column width. Both are decided by the elements that will be seen, so a
summary of a million elements looks at its corners only.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import DTypeLike


@dataclass
class _Options:
    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_options = _Options()
_profiles: dict[str, dict[str, float | None]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors are printed; what is not given stays as it is, except sci_mode, which goes back to None.

    precision: digits after the point (4). threshold: more elements than this are summarised (1000).
    edgeitems: elements shown at each end of a summarised dimension (3). linewidth: characters in a line (80).
    profile: "default", "short" (2 digits, 2 edge items) or "full" (never summarised), applied before the others.
    sci_mode: True or False forces scientific notation on or off, None lets the values decide.

    >>> torch.set_printoptions(precision=2)
    >>> torch.tensor([1 / 3])
    tensor([0.33])
    >>> torch.set_printoptions(profile="default")
    """
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    for options in (_profiles.get(profile or "", {}), given):
        for name, value in options.items():
            if value is not None:
                setattr(_options, name, value)
    _options.sci_mode = sci_mode


def format_tensor(
    data: np.ndarray | np.generic, *, suffixes: Sequence[str] = (), default_dtype: DTypeLike = np.float32
) -> str:
    """Write an array of any shape as PyTorch prints a tensor: `tensor([1., 2.])`.

    data: bool, integer or real floating values. suffixes: what follows the values, such as "requires_grad=True";
    `size=` and `dtype=` are put before them where PyTorch shows them. default_dtype: the dtype that is not named.
    """
    data = np.asarray(data)
    start = "tensor("
    notes = []
    if (data.size == 0 and data.ndim != 1) or (data.size and not _options.edgeitems):
        notes.append(f"size={data.shape}")
    if data.dtype != default_dtype and not (data.size and data.dtype in (np.int64, np.bool_)):
        notes.append(f"dtype=torch.{data.dtype.name}")
    text = start + (_values(data, indent=len(start)) if data.size else "[]")
    # PyTorch counts two characters more than the last line has, and forgets them once it has begun a new one.
    column = len(text) - text.rfind("\n") + 1
    for note in (*notes, *suffixes):
        if column + len(note) + 2 > _options.linewidth:
            text += ",\n" + " " * len(start) + note
            column = len(start) + len(note)
        else:
            text += ", " + note
            column += len(note) + 2
    return text + ")"


def _values(data: np.ndarray, indent: int) -> str:
    """Return the bracketed values of a non-empty array."""
    edge = _options.edgeitems
    shortened = [data.size > _options.threshold and size > 2 * edge for size in data.shape]
    if not edge and any(shortened):
        return "[...]"
    if any(shortened):
        ends = [*range(edge), *range(-edge, 0)]
        seen = [ends if short else range(size) for short, size in zip(shortened, data.shape, strict=True)]
        data = data[np.ix_(*seen)]  # indexed, not taken: np.take copies all of a transposed array first
    words, width = _words(data)
    return _brackets(iter(words), data.shape, shortened, indent, width)


def _words(data: np.ndarray) -> tuple[list[str], int]:
    """Every element in the common style, padded to the common width; and that width."""
    values = data.ravel().tolist()
    if data.dtype.kind == "f":
        # Zeros, infinities and nan take part neither in the choice of style nor in the width.
        counted = [value for value in values if value and math.isfinite(value)]
        style = _float_style(counted)
    else:
        counted, style = values, ""
    width = max((len(format(value, style)) for value in counted), default=1)
    return [format(value, style).rjust(width) for value in values], width


def _float_style(values: list[float]) -> str:
    """Return the format specification for finite values other than zero: whole numbers, scientific, or fixed point."""
    if not values:
        return "#.0f"
    sizes = [abs(value) for value in values]
    least, most = min(sizes), max(sizes)
    scientific = most / least > 1000 or most > 1e8 or least < 1e-4
    if scientific if _options.sci_mode is None else _options.sci_mode:
        return f".{_options.precision}e"
    if all(value.is_integer() for value in values):
        return "#.0f"  # the "#" keeps the point: 3.
    return f".{_options.precision}f"


def _brackets(words: Iterator[str], shape: tuple[int, ...], shortened: list[bool], indent: int, width: int) -> str:
    """Lay the words out in nested brackets, one blank line more between blocks for every dimension above two."""
    if not shape:
        return next(words)
    size, *inner = shape
    if inner:
        items = [_brackets(words, tuple(inner), shortened[1:], indent + 1, width) for _ in range(size)]
        gap, lines_apart, per_line = "...", len(inner), 1
    else:
        items = list(islice(words, size))
        gap, lines_apart, per_line = " ...", 1, max(1, (_options.linewidth - indent) // (width + 2))
    if shortened[0]:
        items.insert(_options.edgeitems, gap)
    rows = [", ".join(items[i : i + per_line]) for i in range(0, len(items), per_line)]
    return "[" + ("," + "\n" * lines_apart + " " * (indent + 1)).join(rows) + "]"
