"""Python's operators on tensors: arithmetic, powers, comparison, logic."""

from typing import Any

from ..engine.operation import method, on_arrays, on_tensors, public, rule
from ..engine.tensor import Tensor
from . import reductions

_Tensor: Any = Tensor  # for a type checker: the tables add to the class


_pow, _power_of, _pow_xy, _rsub = (on_tensors[name] for name in ("pow", "power_of", "pow_xy", "rsub"))


@public
def pow(x, exponent):
    """x to a power, a Python number or a tensor; also a number to the power of a tensor."""
    if not isinstance(x, Tensor):
        return _power_of(x, exponent)
    return _pow_xy(x, exponent) if isinstance(exponent, Tensor) else _pow(x, exponent)


@method
def pow_(x, exponent):
    """x to a power, in place."""
    return on_tensors["pow_xy_" if isinstance(exponent, Tensor) else "pow_"](x, exponent)


@public
def square(x):
    """x²."""
    return _pow(x, 2)


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


def with_alpha(name: str):
    """add, sub and their twins: with alpha, y counts alpha times."""
    plain, times = on_tensors[name], on_tensors[name.replace("add", "add_times").replace("sub", "sub_times")]

    def operation(x, y, *, alpha=1):
        if alpha == 1:
            return plain(x, y)
        if isinstance(alpha, float) and not any(
            isinstance(t, float) or (isinstance(t, Tensor) and t._data.dtype.kind == "f") for t in (x, y)
        ):
            raise RuntimeError(f"alpha={alpha} is a float, and the tensors hold whole numbers")
        if not isinstance(y, Tensor):
            return plain(x, alpha * y)
        return times(x, y, alpha)

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = f"x {'+' if 'add' in name else '-'} alpha · y{', in place' if name[-1] == '_' else ''}"
    return operation


public(with_alpha("add"))
public(with_alpha("sub"))
method(with_alpha("add_"))
method(with_alpha("sub_"))

# --- comparison and logic: no gradient flows through these


def bits(x):
    if x.dtype.kind == "f":
        raise NotImplementedError("&, |, ^ and ~ work on the bits of whole numbers and truth values, not of floats")
    return x


on_arrays["bits"] = bits
comparison = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
for name, symbol in comparison.items():
    rule(f"{name}(x, y)", f"x {symbol} y", number=True)

rule("logical_not(x)", "np.logical_not(x)")
rule("logical_and(x, y)", "np.logical_and(x, y)")
rule("logical_or(x, y)", "np.logical_or(x, y)")
rule("logical_xor(x, y)", "np.logical_xor(x, y)")
rule("bitwise_and(x, y)", "bits(x) & y", number=True)
rule("bitwise_or(x, y)", "bits(x) | y", number=True)
rule("bitwise_xor(x, y)", "bits(x) ^ y", number=True)
rule("bitwise_not(x)", "~bits(x)")
for name in ("isnan", "isinf", "isfinite"):
    rule(f"{name}(x)", f"np.{name}(x)")


def _equal(x, y):
    return Tensor.eq(x, y) if isinstance(y, (Tensor, int, float)) or hasattr(y, "dtype") else NotImplemented


def _unequal(x, y):
    return Tensor.ne(x, y) if isinstance(y, (Tensor, int, float)) or hasattr(y, "dtype") else NotImplemented


def _invert(x):
    if x._data.dtype.kind == "f":
        raise TypeError(f"~ is defined for whole numbers and truth values, not for {x.dtype}")
    return on_tensors["bitwise_not"](x)


# --- the symbols

_Tensor.__add__ = _Tensor.__radd__ = on_tensors["add"]
_Tensor.__sub__ = on_tensors["sub"]
_Tensor.__rsub__ = lambda x, n: _rsub(x, n)
_Tensor.__mul__ = _Tensor.__rmul__ = _Tensor.mul
_Tensor.__truediv__ = _Tensor.div
_Tensor.__rtruediv__ = lambda x, n: x.reciprocal() * n
_Tensor.__pow__ = pow
_Tensor.__rpow__ = lambda x, n: _power_of(n, x)
_Tensor.__neg__ = _Tensor.neg
_Tensor.__pos__ = lambda x: x
_Tensor.__abs__ = _Tensor.abs
_Tensor.__matmul__ = reductions.matmul
_Tensor.__iadd__, _Tensor.__isub__ = on_tensors["add_"], on_tensors["sub_"]
_Tensor.__imul__, _Tensor.__itruediv__, _Tensor.__ipow__ = _Tensor.mul_, _Tensor.div_, pow_
_Tensor.__eq__, _Tensor.__ne__ = _equal, _unequal
_Tensor.__lt__, _Tensor.__le__, _Tensor.__gt__, _Tensor.__ge__ = _Tensor.lt, _Tensor.le, _Tensor.gt, _Tensor.ge
_Tensor.__and__ = _Tensor.__rand__ = _Tensor.bitwise_and
_Tensor.__or__ = _Tensor.__ror__ = _Tensor.bitwise_or
_Tensor.__xor__ = _Tensor.__rxor__ = _Tensor.bitwise_xor
_Tensor.__invert__ = _invert
