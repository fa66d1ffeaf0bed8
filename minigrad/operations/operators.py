"""Python's operators on tensors: arithmetic, powers, comparison, logic."""

import functools
import inspect
from typing import Any

import numpy as np

from ..engine.operation import functions, method, public, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from ..errors import no_booleans
from ..inplace.writing import in_place
from ..numbers import PYTHON_NUMBERS, SYMBOLS, fitting, with_number
from . import reductions
from .arguments import named, need_number, need_tensors, of_tensor

_Tensor: Any = Tensor  # for a type checker: the tables add to the class


_pow, _power_of, _pow_xy, _rsub = (on_tensors[name] for name in ("pow", "power_of", "pow_xy", "rsub"))


def whole_power(x: np.ndarray, y: np.ndarray):
    """xʸ for whole numbers; 1 / xⁿ is cut to a whole number, too, as everywhere in integer arithmetic (and 0 for 0)."""
    if x.dtype.kind == "b":
        np.broadcast(x, y)  # shapes that do not go together are refused first
        raise NotImplementedError("pow() is not implemented for two bool tensors: convert one with .long()")
    if not (y < 0).any():
        return x**y
    sign = np.where((x == -1) & (y % 2 != 0), -1, np.abs(x) == 1).astype(x.dtype)
    return np.where(y < 0, sign, x ** np.abs(y))


on_arrays["whole_power"] = whole_power
_power_of_two_wholes = rule("power_of_two_wholes(x, y)", "whole_power(x, y)", inner=True)


@public
def pow(input, exponent):
    if not isinstance(input, Tensor):
        return _number_to(input, exponent)
    if input._edge is None and input._data.dtype.kind != "f":
        return _power_of_whole(input, exponent)
    if type(exponent) in PYTHON_NUMBERS:
        return _pow(input, exponent)
    if isinstance(exponent, Tensor):
        return _pow_xy(input, exponent)
    need_number("pow", exponent)
    return _pow(input, exponent.item() if isinstance(exponent, np.generic) else exponent)


def _number_to(n, exponent):
    need_tensors("pow", exponent)
    if exponent._data.dtype.kind == "f":
        return _power_of(n, exponent)
    y, base = with_number(exponent._data, n, "**")
    y = wrap(y, None)
    return _power_of(n, y) if y._data.dtype.kind == "f" else _power_of_two_wholes(wrap(base, None), y)


def _power_of_whole(x, exponent):
    """Return a tensor of whole numbers or truth values to a power."""
    data = x._data
    if isinstance(exponent, Tensor):
        return (_pow_xy if exponent._data.dtype.kind == "f" else _power_of_two_wholes)(x, exponent)
    if type(exponent) is bool:
        return wrap(np.array(data) if exponent else np.ones_like(data), None)
    if isinstance(exponent, int):
        if exponent < 0:
            raise RuntimeError("Integers to negative integer powers are not allowed: convert with .float() first.")
        fitting(exponent, data.dtype)
        x = wrap(data.astype(np.int64), None) if data.dtype.kind == "b" else x
    return _pow(x, exponent)


pow_ = method(in_place(pow, "pow_"))
pow_.__signature__ = inspect.signature(pow)


@of_tensor
def square(input):
    return pow(input, 2)


square_ = method(in_place(square, "square_"))
square_.__signature__ = inspect.signature(square)


rule(
    "add_times(x, y, alpha)",
    "(x + alpha * y).astype(x.dtype)",
    x="g",
    y="g * alpha",
    node="AddBackward0",
    inner=True,
    inplace=True,
)
rule(
    "sub_times(x, y, alpha)",
    "(x - alpha * y).astype(x.dtype)",
    x="g",
    y="-g * alpha",
    node="SubBackward0",
    inner=True,
    inplace=True,
)


def check_subtraction(*terms) -> None:
    """Raise NotImplementedError for truth values, whose difference PyTorch leaves undefined."""
    if any(type(t) is bool or (isinstance(t, Tensor) and t._data.dtype.kind == "b") for t in terms):
        raise no_booleans("sub")


def with_alpha(name: str):
    """Make add, sub and their twins: with alpha, y counts alpha times."""
    plain, times = on_tensors[name], on_tensors[name.replace("add", "add_times").replace("sub", "sub_times")]

    def operation(input, other, *, alpha=1):
        if name.startswith("sub") and alpha != 1:
            check_subtraction(input, other)
        if alpha == 1:
            return plain(input, other)
        need_tensors(name, input)
        if isinstance(alpha, float) and not any(
            isinstance(t, float) or (isinstance(t, Tensor) and t._data.dtype.kind == "f") for t in (input, other)
        ):
            raise RuntimeError(f"alpha={alpha} is a float, and the tensors hold whole numbers")
        if input._data.dtype.kind == "b" and isinstance(other, Tensor) and other._data.dtype.kind == "b":
            alpha = bool(alpha)  # PyTorch counts in truth values there
        return times(input, other, alpha) if isinstance(other, Tensor) else plain(input, alpha * other)

    return named(name, operation)


public(with_alpha("add"))
public(with_alpha("sub"))


def number_first(name: str) -> None:
    """Let the function, unlike the method, take a Python number in the place of its first tensor."""
    plain = functions[name]

    @functools.wraps(plain)
    def operation(input, other, **options):
        if type(input) in PYTHON_NUMBERS and isinstance(other, Tensor):
            if name == "sub":
                check_subtraction(input)
            input = wrap(with_number(other._data, input, SYMBOLS[name])[1], None)
        return plain(input, other, **options)

    functions[name] = operation


for name in ("add", "sub", "mul"):
    number_first(name)
method(with_alpha("add_"))
method(with_alpha("sub_"))

# --- comparison and logic: no gradient flows through these


def bits(x):
    if x.dtype.kind == "f":
        raise NotImplementedError("&, |, ^ and ~ work on the bits of whole numbers and truth values, not of floats")
    return x


on_arrays["bits"] = bits
rule("eq(x, y)", "x == y", number=True)
rule("ne(x, y)", "x != y", number=True)
rule("lt(x, y)", "x < y", number=True)
rule("le(x, y)", "x <= y", number=True)
rule("gt(x, y)", "x > y", number=True)
rule("ge(x, y)", "x >= y", number=True)
rule("logical_not(x)", "np.logical_not(x)")
rule("logical_and(x, y)", "np.logical_and(x, y)")
rule("logical_or(x, y)", "np.logical_or(x, y)")
rule("logical_xor(x, y)", "np.logical_xor(x, y)")
rule("bitwise_and(x, y)", "bits(x) & y", number=True, inplace=True)
rule("bitwise_or(x, y)", "bits(x) | y", number=True, inplace=True)
rule("bitwise_xor(x, y)", "bits(x) ^ y", number=True, inplace=True)
rule("bitwise_not(x)", "~bits(x)")
rule("isnan(x)", "np.isnan(x)")
rule("isinf(x)", "np.isinf(x)")
rule("isfinite(x)", "np.isfinite(x)")


def _equal(x, y):
    return Tensor.eq(x, y) if isinstance(y, (Tensor, int, float)) or hasattr(y, "dtype") else NotImplemented


def _unequal(x, y):
    return Tensor.ne(x, y) if isinstance(y, (Tensor, int, float)) or hasattr(y, "dtype") else NotImplemented


def _invert(x):
    if x._data.dtype.kind == "f":
        raise TypeError(f"~ is defined for whole numbers and truth values, not for {x.dtype}")
    return on_tensors["bitwise_not"](x)


def _plus(x):
    if x._data.dtype.kind == "b":
        raise NotImplementedError("The `+` operator, on a bool tensor is not supported: convert with .long()")
    return x


def _number_less(x, n):
    """Return n - x."""
    if type(n) is bool or (x._edge is None and x._data.dtype.kind != "f"):
        check_subtraction(x, n)
        data, n = with_number(x._data, n, "-")
        x = wrap(data, None)
    return _rsub(x, n)


# --- the symbols

_Tensor.__add__ = _Tensor.__radd__ = on_tensors["add"]
_Tensor.__sub__ = on_tensors["sub"]
_Tensor.__rsub__ = _number_less
_Tensor.__mul__ = _Tensor.__rmul__ = _Tensor.mul
_Tensor.__truediv__ = _Tensor.div
_Tensor.__rtruediv__ = lambda x, n: x.reciprocal() * n
_Tensor.__pow__ = pow
_Tensor.__rpow__ = lambda x, n: _number_to(n, x)
_Tensor.__neg__ = _Tensor.neg
_Tensor.__pos__ = _plus
_Tensor.__abs__ = _Tensor.abs
_Tensor.__matmul__ = reductions.matmul
_Tensor.__iadd__, _Tensor.__isub__ = on_tensors["add_"], on_tensors["sub_"]
_Tensor.__imul__, _Tensor.__itruediv__, _Tensor.__ipow__ = _Tensor.mul_, _Tensor.div_, pow_
_Tensor.__eq__, _Tensor.__ne__ = _equal, _unequal
_Tensor.__lt__, _Tensor.__le__, _Tensor.__gt__, _Tensor.__ge__ = _Tensor.lt, _Tensor.le, _Tensor.gt, _Tensor.ge
_Tensor.__and__ = _Tensor.__rand__ = _Tensor.bitwise_and
_Tensor.__or__ = _Tensor.__ror__ = _Tensor.bitwise_or
_Tensor.__xor__ = _Tensor.__rxor__ = _Tensor.bitwise_xor
_Tensor.__iand__, _Tensor.__ior__, _Tensor.__ixor__ = (
    _Tensor.bitwise_and_, _Tensor.bitwise_or_, _Tensor.bitwise_xor_,
)  # fmt: skip
_Tensor.__invert__ = _invert
