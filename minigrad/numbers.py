"""Two arrays, or an array and a Python number, of different types and shapes: what they are computed in."""

import functools
from typing import Any

import numpy as np

from . import dtypes, errors
from .errors import no_booleans

PYTHON_NUMBERS = {bool: 0, int: 1, float: 2}  # and their categories, as dtypes.category has them
SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}


def agree(x, y, operation: str):
    """Two arrays of different type or shape, in the type of the result."""
    if x.dtype is y.dtype:
        return x, y
    if operation == "sub" and "b" in (x.dtype.kind, y.dtype.kind):
        raise no_booleans("sub")
    result = dtypes.promote(x, y)
    return x.astype(result, copy=False), y.astype(result, copy=False)


def with_number(x, number, operation: str):
    """An array and a Python number as two arrays of the result's type.

    The number's type counts only where it is of a higher category: an integer tensor times 1.5 is a floating-point one.
    """
    kind = type(number)
    if kind in PYTHON_NUMBERS:
        if operation == "sub" and (kind is bool or x.dtype.kind == "b"):
            raise no_booleans("sub")
        if dtypes.category(x.dtype) >= PYTHON_NUMBERS[kind]:
            return x, constant(number, x.dtype)
        wider = dtypes.default().numpy if kind is float else np.dtype(np.int64)
        return x.astype(wider), constant(number, wider)
    if isinstance(number, np.ndarray):
        return agree(x, number, operation)
    if isinstance(number, (np.generic, float, int)):
        return with_number(x, number.item() if isinstance(number, np.generic) else number.__pos__(), operation)
    symbol = SYMBOLS.get(operation, operation)
    raise TypeError(f"unsupported operand type(s) for {symbol}: 'Tensor' and '{errors.kind(number)}'")


def float_of(x):
    """Integers in the default floating-point type; anything else as it is."""
    return x if type(x) in PYTHON_NUMBERS or x.dtype.kind == "f" else x.astype(dtypes.default().numpy)


constants: dict[tuple, np.ndarray] = {}
_numbers: dict[int, Any] = {}  # by the id of a constant: the Python number that it was, which the graph shows


def constant(number, dtype) -> np.ndarray:
    """A Python number as a 0-d array, kept for the next time: NumPy would convert it again in every operation."""
    array = constants.get((number, type(number), dtype))
    if array is None:
        array = np.array(number, dtype)
        array.flags.writeable = False
        if number:  # 0.0 and -0.0 would be one key
            if len(constants) >= 1000:
                constants.clear()
                _numbers.clear()
            constants[number, type(number), dtype] = array
            _numbers[id(array)] = number
    return array


def number_of(value):
    """The Python number behind a value that was saved for it; None for anything else."""
    return value if isinstance(value, (int, float)) else _numbers.get(id(value))


# --- on arrays


def power(x: np.ndarray, n):
    """x to a Python number; small whole powers by multiplying, which is much faster."""
    if x.dtype.kind != "f" and type(n) is float:
        x = x.astype(dtypes.default().numpy)
    if x.dtype.kind in "iu" and type(n) is int and n < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed: convert with .float() first.")
    if n == 2:
        return x * x
    if n == 3:
        return x * x * x
    if n in (0.5, -0.5):
        return np.sqrt(x) if n > 0 else 1 / np.sqrt(x)
    return x**n


def masked_array(g, mask):
    """g where the mask is true and 0 elsewhere.

    A product of its bits, which neither 0 · inf nor a sign can spoil, and faster than np.where.
    """
    if not g.ndim:
        return g if mask else g.dtype.type(0)
    bits = _BITS[g.itemsize]
    return (g.view(bits) * mask.astype(bits)).view(g.dtype)


_BITS = {4: np.dtype(np.int32), 8: np.dtype(np.int64)}


def sign_of(x: np.ndarray) -> np.ndarray:
    """-1, 0 or 1; 0 for nan, too, as in PyTorch."""
    return x if x.dtype.kind == "b" else (x > 0).astype(x.dtype) - (x < 0)


@functools.cache
def keep_freed_memory() -> None:
    """Let the C library keep the memory of large arrays for the next ones, as it does once it saw a larger block freed.

    Otherwise it gives the memory back to the system and gets it again page by page (see docs/benchmarks.md).
    """
    np.empty(2**25 - 2**16, np.uint8)
