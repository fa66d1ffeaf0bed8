"""Helpers that the tables' formulas use besides operators and operations, for arrays, tensors or both."""

import math

import numpy as np

from ..numbers import keep_freed_memory, masked_array, power, sign_of
from .broadcasting import LARGE, sum_to
from .rows import on_arrays, on_tensors
from .tensor import Tensor, wrap


def count(shape: tuple, dim=None) -> int:
    """Return how many elements are summed: all of them, or those along the dimensions `dim`."""
    return math.prod(shape) if dim is None else math.prod(shape[d] for d in dim)


def kept(shape: tuple, dim: tuple) -> tuple:
    """Return the shape with the dimensions `dim` kept at size 1, as a sum with keepdim=True leaves it."""
    return tuple(1 if d in dim else n for d, n in enumerate(shape))


# --- powers


def power_slope(x, n):
    """Return the derivative n xⁿ⁻¹ of xⁿ; 0 for n = 0, also at x = 0."""
    if n == 0:
        return zeros_like(x)
    if n == 2 and not isinstance(x, Tensor):  # a recorded slope has its own node, even where it is constant
        return x * 2
    return n * (on_tensors["pow"](x, n - 1) if isinstance(x, Tensor) else power(x, n - 1))


def slope_xy(x, y):
    """Return the derivative y xʸ⁻¹ of xʸ with respect to x; 0 where y = 0, also at x = 0."""
    return where(y == 0, zeros_like(x * y), y * x ** (y - 1))


def log_base(x, y):
    """Return the factor log x in the derivative of xʸ with respect to y; 0 where xʸ is 0 for all nearby y."""
    return where((x == 0) & (y >= 0), zeros_like(x * y), log(x))


def number_log(n, y):
    """Return log n for a Python number n, of y's shape, with the same exception as `log_base`."""
    if n == 0:
        return where(y >= 0, zeros_like(y), zeros_like(y) - math.inf)
    return math.log(n) if n > 0 else math.nan


def masked_tensor(g, mask):
    return where(mask, g, zeros_like(g))


def zeros_like(x):
    return wrap(zeros_like(x._data), None) if isinstance(x, Tensor) else np.zeros(x.shape, x.dtype)


def where(mask, x, y):
    return on_tensors["where"](mask, x, y) if isinstance(mask, Tensor) else np.where(mask, x, y)


def log(x):
    return on_tensors["log"](x) if isinstance(x, Tensor) else np.log(x)


# --- shapes


def spread(g, shape):
    """Return g repeated to `shape`, for reading only; only a small result gets its own memory, which is faster."""
    if g.shape or not shape:
        return g if g.shape == shape else np.broadcast_to(g, shape)
    if math.prod(shape) > LARGE:
        keep_freed_memory()
        return np.ndarray(shape, g.dtype, g, 0, (0,) * len(shape))
    filled = np.empty(shape, g.dtype)
    filled.fill(g)
    return filled


for shared in (count, kept, sum_to, power_slope, slope_xy, log_base, number_log, zeros_like, where):
    on_arrays[shared.__name__] = on_tensors[shared.__name__] = shared
on_arrays.update(
    exp=np.exp, log=np.log, sin=np.sin, cos=np.cos, sign_of=sign_of, sqrt=np.sqrt, tanh=np.tanh,
    power=power, masked=masked_array, expand=spread, mm=np.ndarray.dot, mv=np.ndarray.dot, bmm=np.matmul,
)  # fmt: skip
on_tensors.update(masked=masked_tensor)
