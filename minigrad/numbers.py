"""The common type of two arrays, or of an array and a Python number, that differ in type or shape."""

import functools
from typing import Any

import numpy as np

from . import dtypes, errors
from .errors import no_booleans

PYTHON_NUMBERS = {bool: 0, int: 1, float: 2}  # and their categories, as dtypes.category has them
STRICT = "where", "clamp"  # refuse a whole number that the tensor's type can't hold; arithmetic cuts it off
SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}


def agree(x, y, operation: str):
    """Return two arrays of different type or shape, in the type of the result."""
    if x.dtype is y.dtype:
        return x, y
    if operation == "sub" and "b" in (x.dtype.kind, y.dtype.kind):
        raise no_booleans("sub")
    if operation == "div" and x.dtype.kind != "f" and y.dtype.kind != "f":  # before the narrower type cuts anything off
        return float_of(x), float_of(y)
    result = dtypes.promote(x, y)
    return x.astype(result, copy=False), y.astype(result, copy=False)


def with_number(x, number, operation: str):
    """Return an array and a Python number as two arrays of the result's type.

    The number's type counts only where it is of a higher category: an integer tensor times 1.5 is a floating-point one.
    """
    kind = type(number)
    if kind in PYTHON_NUMBERS:
        if operation == "sub" and (kind is bool or x.dtype.kind == "b"):
            raise no_booleans("sub")
        if operation == "div":
            x = float_of(x)
        if dtypes.category(x.dtype) >= PYTHON_NUMBERS[kind]:
            return x, constant(fitting(number, x.dtype) if operation in STRICT else number, x.dtype)
        wider = dtypes.default().numpy if kind is float else np.dtype(np.int64)
        return x.astype(wider), constant(fitting(number, wider) if operation in STRICT else number, wider)
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
    """Return a Python number as a 0-d array, kept for reuse: NumPy would convert it again in every operation."""
    array = constants.get((number, type(number), dtype))
    if array is None:
        held = number if dtype.kind not in "iu" else wrapped(number, dtype)
        array = np.array(held, dtype)
        array.flags.writeable = False
        if number and held == number:  # 0.0 and -0.0 would be one key
            if len(constants) >= 1000:
                constants.clear()
                _numbers.clear()
            constants[number, type(number), dtype] = array
            _numbers[id(array)] = number
    return array


def wrapped(number: int, dtype: np.dtype) -> int:
    """Return what the lowest bits of a whole number say in a type that may be too narrow, as PyTorch's arithmetic does.

    OverflowError for more than 64 bits.
    """
    if not -(2**63) <= number < 2**64:
        raise OverflowError(f"Overflow when unpacking long long: {number} needs more than 64 bits")
    return int(np.uint64(number % 2**64).astype(dtype))


def fitting(number, dtype: np.dtype):
    """Return the number, where a tensor of that type can hold it; else RuntimeError, or OverflowError beyond 64 bits.

    A type without a sign takes a negative whole number for what its bits say, as in PyTorch: -1 for 255.
    """
    if isinstance(number, int) and not -(2**63) <= number < 2**64:
        raise OverflowError(f"Overflow when unpacking long long: {number} needs more than 64 bits")
    if not fits(np.asarray(number), dtype):
        raise does_not_fit(dtype)
    return number


def fits(numbers: np.ndarray, dtype: np.dtype) -> bool:
    """Return True if a type can hold the numbers, except for what comes after the point."""
    if numbers.dtype.kind not in "iuf" or dtype.kind == "b":
        return True
    if dtype.kind == "f":
        finite = numbers[np.isfinite(numbers)]
        return finite.size == 0 or float(np.abs(finite, dtype=np.float64).max()) <= np.finfo(dtype).max
    low, high = float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)
    if dtype.kind == "u" and numbers.dtype.kind == "i":
        low = -high
    wide = numbers.astype(np.float64)
    return bool(((wide >= low) & (wide <= high)).all())


def does_not_fit(dtype: np.dtype) -> RuntimeError:
    limit = np.finfo(dtype).max if dtype.kind == "f" else np.iinfo(dtype).max
    return RuntimeError(f"value cannot be converted to type {dtype} without overflow: it holds up to {limit}")


def number_of(value):
    """Return the Python number behind a value that was saved for it; None for anything else."""
    return value if isinstance(value, (int, float)) else _numbers.get(id(value))


# --- on arrays


def power(x: np.ndarray, n):
    """Return x to a Python number; small whole powers by multiplying, which is much faster."""
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
    """Return g where the mask is true and 0 elsewhere.

    A product of its bits, which neither 0 · inf nor a sign can spoil, and faster than np.where.
    """
    if not g.ndim:
        return g if mask else g.dtype.type(0)
    bits = _BITS[g.itemsize]
    return (g.view(bits) * mask.astype(bits)).view(g.dtype)


_BITS = {4: np.dtype(np.int32), 8: np.dtype(np.int64)}


def sign_of(x: np.ndarray) -> np.ndarray:
    """-1, 0 or 1; 0 for nan, too, as in PyTorch."""
    return x.copy() if x.dtype.kind == "b" else (x > 0).astype(x.dtype) - (x < 0)


@functools.cache
def keep_freed_memory() -> None:
    """Let the C library keep the memory of large arrays for the next ones, as it does once it saw a larger block freed.

    Otherwise it gives the memory back to the system and gets it again page by page (see docs/benchmarks.md).
    """
    np.empty(2**25 - 2**16, np.uint8)
