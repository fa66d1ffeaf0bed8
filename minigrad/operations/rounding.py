"""Whole numbers: floor, ceil, round and trunc, and division with remainder, `//` and `%`."""

from typing import Any

import numpy as np

from ..engine.operation import method, public, rule
from ..engine.rows import on_tensors
from ..engine.tensor import Tensor, wrap
from ..numbers import with_number
from . import operators  # noqa: F401
from .arguments import named, of_tensor
from .choosing import helper, inner
from .operators import number_first

_Tensor: Any = Tensor  # for a type checker: the tables add to the class


@helper
def whole(function, x):
    """Return a function that rounds; integers are whole already."""
    if x.dtype.kind == "b":
        raise NotImplementedError(f"{function.__name__}() is not implemented for bool tensors: convert with .float()")
    return function(x) if x.dtype.kind == "f" else x.copy()


@helper
def rounded(x, decimals: int):
    """Return x to so many digits after the point (before it, where negative), half to even."""
    if x.dtype.kind != "f":
        raise NotImplementedError(f"round() to decimals takes floating-point tensors, not {x.dtype}")
    factor = x.dtype.type(10.0 ** abs(decimals))
    return np.rint(x * factor) / factor if decimals >= 0 else np.rint(x / factor) * factor


@helper
def cut(x, y):
    """Return x / y without what comes after the point."""
    x, y = divisible(x, y)
    if x.dtype.kind == "f":
        return np.trunc(x / y)
    down = x // y
    return down + ((down < 0) & (down * y != x)).astype(x.dtype)


def divisible(x, y):
    """Return two arrays, or an array and a Python number, in one type in which division with remainder is defined."""
    if not isinstance(y, (np.ndarray, np.generic)):
        x, y = with_number(x, y, "//")
    elif not isinstance(x, (np.ndarray, np.generic)):
        y, x = with_number(y, x, "//")
    if x.dtype.kind == "b":
        raise NotImplementedError("division with remainder is not implemented for bool tensors: convert with .long()")
    if x.dtype.kind in "iu" and x.size and not np.all(y):
        raise RuntimeError("ZeroDivisionError: an integer was divided by 0; floats would give inf or nan")
    return x, y


@helper
def quotient(x, y):
    """Return x / y rounded down to a whole number."""
    return np.floor_divide(*divisible(x, y))


@helper
def rest(x, y):
    """Return the remainder of x divided by y, with the sign of y."""
    x, y = divisible(x, y)
    if x.dtype.kind != "f":
        return np.remainder(x, y)
    rest = np.fmod(x, y)  # of the sign of x; NumPy's remainder gives zeros another sign than PyTorch's
    return np.where((rest != 0) & ((rest < 0) != (y < 0)), rest + y, rest)


@helper
def no_derivative(operation: str):
    raise RuntimeError(
        f"derivative for aten::{operation} is not implemented, nor is it in PyTorch: it is 0 wherever it exists; "
        "call .detach() before the operation"
    )


# fmt: off
# ---- operation --------------- result ----------------- x receives -------- y receives ------------
rule( "floor(x)",               "whole(np.floor, x)",   x="zeros_like(g)", inplace=True)
rule( "ceil(x)",                "whole(np.ceil, x)",    x="zeros_like(g)", inplace=True)
rule( "trunc(x)",               "whole(np.trunc, x)",   x="zeros_like(g)", inplace=True)
inner("round(x)",               "whole(np.rint, x)",    x="zeros_like(g)", inplace=True)
inner("round_to(x, decimals)",  "rounded(x, decimals)", x="zeros_like(g)", inplace=True, node="RoundBackward1")

inner("remainder(x, n)",        "rest(x, n)",           x="g", inplace=True)
inner("remainder_xy(x, y)",     "rest(x, y)",           x="g",             y="-g * div_floor(x, y)",
      inplace=True, node="RemainderBackward1")
inner("div_floor(x, y)",        "quotient(x, y)",       x="zeros_like(g)", y="zeros_like(g)",
      inplace=True, node="DivBackward2")
inner("div_trunc(x, y)",        "cut(x, y)",            x="zeros_like(g)", y="zeros_like(g)",
      inplace=True, node="DivBackward2")
# PyTorch refuses to differentiate these
inner("remainder_of(n, x)",     "rest(n, x)",           x="no_derivative('remainder')", node="NotImplemented")
inner("floor_divide(x, n)",     "quotient(x, n)",       x="no_derivative('floor_divide')",
      inplace=True, node="NotImplemented")
inner("floor_divide_xy(x, y)",  "quotient(x, y)",       x="no_derivative('floor_divide')",
                                                        y="no_derivative('floor_divide')",
      inplace=True, node="NotImplemented")
# fmt: on


def rounding(suffix: str):
    """Make torch.round and, with a suffix, its twin in place."""
    to_whole, to_decimals = on_tensors["round" + suffix], on_tensors["round_to" + suffix]

    def round(input, *, decimals=None):
        return to_whole(input) if decimals is None else to_decimals(input, decimals)

    return named("round" + suffix, round)


ROUNDING_MODES = {None: "", "floor": "_floor", "trunc": "_trunc"}


def with_rounding_mode(suffix: str):
    """Make torch.div and, with a suffix, its twin in place."""
    divide = {mode: on_tensors[f"div{way}{suffix}"] for mode, way in ROUNDING_MODES.items()}

    def div(input, other, *, rounding_mode=None):
        if rounding_mode not in divide:
            raise RuntimeError(f"div(): rounding_mode is None, 'trunc' or 'floor', not {rounding_mode!r}")
        if rounding_mode and not isinstance(other, Tensor):
            other = wrap(with_number(input._data, other, "//")[1], None)
        return divide[rounding_mode](input, other)

    return named("div" + suffix, div)


def dividing(name: str, suffix: str):
    """Make torch.floor_divide or torch.remainder and, with a suffix, its twin in place."""
    by_number, by_tensor = on_tensors[name + suffix], on_tensors[f"{name}_xy{suffix}"]

    def divide(input, other):
        other = other.item() if isinstance(other, np.generic) else other
        if not isinstance(input, Tensor):
            return of_number(name, input, other)
        return by_tensor(input, other) if isinstance(other, Tensor) else by_number(input, other)

    return named(name + suffix, divide)


def of_number(name: str, number, y):
    """Return a number divided by a tensor."""
    number = number.item() if isinstance(number, np.generic) else number
    if name == "remainder":
        return on_tensors["remainder_of"](number, y)
    return on_tensors["floor_divide_xy"](wrap(with_number(y._data, number, "//")[1], None), y)


of_tensor(rounding(""))
method(rounding("_"))
of_tensor(with_rounding_mode(""))
method(with_rounding_mode("_"))
number_first("div")
for name in ("floor_divide", "remainder"):
    public(dividing(name, ""))
    method(dividing(name, "_"))


_Tensor.__floordiv__, _Tensor.__ifloordiv__ = _Tensor.floor_divide, _Tensor.floor_divide_
_Tensor.__rfloordiv__ = lambda x, n: of_number("floor_divide", n, x)
_Tensor.__mod__, _Tensor.__imod__ = _Tensor.remainder, _Tensor.remainder_
_Tensor.__rmod__ = lambda x, n: of_number("remainder", n, x)
