"""Arrays and Python numbers of different types and shapes: what they are computed in, and PyTorch's word on what
cannot be."""

from typing import Any

import numpy as np

from . import dtypes

PYTHON_NUMBERS = {bool: 0, int: 1, float: 2}  # and their categories, as dtypes.category has them
SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}


def agree(x, y, operation: str):
    """Two arrays of different type or shape, in the type of the result, and how they differ: 1 in shape, 2 in type."""
    if x.dtype is y.dtype:
        return x, y, 1
    if operation == "sub" and "b" in (x.dtype.kind, y.dtype.kind):
        raise no_booleans("sub")
    result = dtypes.promote(x, y)
    return x.astype(result, copy=False), y.astype(result, copy=False), 2


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
        return agree(x, number, operation)[:2]
    if isinstance(number, (np.generic, float, int)):
        return with_number(x, number.item() if isinstance(number, np.generic) else number.__pos__(), operation)
    symbol = SYMBOLS.get(operation, operation)
    raise TypeError(f"unsupported operand type(s) for {symbol}: 'Tensor' and '{kind.__name__}'")


def float_of(x):
    """Integers in the default floating-point type; anything else as it is."""
    return x if type(x) in PYTHON_NUMBERS or x.dtype.kind == "f" else x.astype(dtypes.default().numpy)


constants: dict[tuple, np.ndarray] = {}
_numbers: dict[int, Any] = {}  # the Python number behind a constant


def constant(number, dtype) -> np.ndarray:
    """A Python number as a 0-d array.  NumPy converts a number anew for every operation on an array, 0.4 µs each."""
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


def broadcast_error(x, y):
    """The error for two shapes that cannot be broadcast, or None where they can."""
    for back in range(1, min(np.ndim(x), np.ndim(y)) + 1):
        n, m = x.shape[-back], y.shape[-back]
        if n != m and n != 1 and m != 1:
            return RuntimeError(
                f"The size of tensor a ({n}) must match the size of tensor b ({m}) at non-singleton dimension "
                f"{max(x.ndim, y.ndim) - back}: shapes {list(x.shape)} and {list(y.shape)} cannot be broadcast"
            )
    return None


def product_error(x, y):
    """The error for two matrices that cannot be multiplied."""
    return RuntimeError(
        f"mat1 and mat2 shapes cannot be multiplied ({'x'.join(map(str, x.shape))} and {'x'.join(map(str, y.shape))}): "
        "the columns of the first must be as many as the rows of the second"
    )


def refused(operation: str, error: Exception, *inputs):
    """PyTorch's error in place of Python's or NumPy's, for what the operation cannot take."""
    if isinstance(error, AttributeError):
        for number, (name, value) in enumerate(zip(("input", "other", "third"), inputs, strict=False), 1):
            if not hasattr(value, "_edge"):  # a masked array of NumPy's has _data, too
                kind = type(value).__name__
                return TypeError(f"{operation}(): argument '{name}' (position {number}) must be Tensor, not {kind}")
        return error
    x, *others = (getattr(value, "_data", value) for value in inputs)
    for y in others if isinstance(error, ValueError) else ():
        mismatch = product_error(x, y) if operation == "mm" else broadcast_error(x, y)
        if mismatch is not None:
            return mismatch
    if isinstance(error, np.exceptions.AxisError) or not str(error).startswith(("ufunc", "The numpy", "numpy")):
        return error
    if "subtract" in str(error):
        return no_booleans("sub")
    types = " and ".join(str(dtypes.BY_NUMPY[a.dtype]) if hasattr(a, "dtype") else repr(a) for a in (x, *others))
    return RuntimeError(f"{operation}() is not defined for {types}: {error}")


def no_booleans(operation: str, kind=RuntimeError):
    """The error for an operation that is not defined for truth values."""
    if operation == "sub":
        return kind(
            "Subtraction, the `-` operator, with a bool tensor is not supported: write ~x for what is False, x ^ y or "
            "logical_xor() for where two differ, and convert with .long() or .float() to count"
        )
    return kind(f"{operation}() is not defined for torch.bool: convert with .long() or .float() first")
