"""Sums, means and products of vectors and matrices, as one calls them: arguments sorted out, then a row of a table."""

import math

import numpy as np

from ..engine import derivatives  # noqa: F401
from ..engine.numbers import refused
from ..engine.operation import on_tensors, public
from ..engine.tensor import Tensor, wrap


def dims(dim, ndim: int) -> tuple | None:
    """One dimension, several or None as a tuple of dimensions counted from the front; None stands for all of them.

    IndexError for one that the tensor does not have, RuntimeError for one named twice.
    """
    if dim is None:
        return None
    several = (dim,) if isinstance(dim, int) else tuple(dim)
    found = []
    for d in several:
        found.append(dim_of(d, ndim))
    if len(set(found)) < len(found):
        raise RuntimeError(f"dim {dim} names one dimension twice")
    return tuple(found)


def dim_of(d, ndim: int) -> int:
    """A dimension counted from the front.  A 0-d tensor allows 0 and -1, as if it had one."""
    if isinstance(d, bool) or not hasattr(d, "__index__"):
        raise TypeError(f"dim must be an int, not {type(d).__name__}")
    d = d.__index__()
    size = max(ndim, 1)
    if not -size <= d < size:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-size}, {size - 1}], but got {d})")
    return d % size


_sum_all, _sum_dim = on_tensors["sum_all"], on_tensors["sum_dim"]
_mean_all, _mean_dim = on_tensors["mean_all"], on_tensors["mean_dim"]


def axes(x, dim):
    """The dimensions to reduce; all for None and for an empty tuple, none of a 0-d tensor."""
    dim = dims(dim, x._data.ndim)
    if dim is None or dim == ():
        return tuple(range(x._data.ndim))
    return dim if x._data.ndim else ()


@public
def sum(x, dim=None, keepdim=False, *, dtype=None):
    """The sum of all elements, or of those along `dim` (an int or several); integers and bools are summed as int64.

    keepdim: leave the summed dimensions in the shape, of size 1.
    """
    if dtype is not None:
        x = x.to(dtype)
    elif x._edge is None and x._data.dtype.kind in "iub":
        x = wrap(x._data.astype(np.int64), None)
    if dim is None and not keepdim:
        return _sum_all(x)
    return _sum_dim(x, axes(x, dim), keepdim)


@public
def mean(x, dim=None, keepdim=False, *, dtype=None):
    """The mean of all elements, or of those along `dim`; RuntimeError for integers, whose mean is not one of them."""
    if dtype is not None:
        x = x.to(dtype)
    elif x._edge is None and x._data.dtype.kind != "f":
        raise RuntimeError(
            f"mean(): could not infer output dtype. Input dtype must be a floating point dtype. Got: {x.dtype}. "
            "Convert with .float() first."
        )
    if dim is None and not keepdim:
        return _mean_all(x)
    return _mean_dim(x, axes(x, dim), keepdim)


# --- products


def need_tensors(operation, *values):
    for value in values:
        if not isinstance(value, Tensor):
            raise TypeError(f"{operation}(): arguments must be Tensors, not {type(value).__name__}")


def check_types(operation, x, y):
    if x._data.dtype != y._data.dtype:
        raise RuntimeError(
            f"{operation}: expected both tensors to have the same dtype, but got {x.dtype} and {y.dtype}: convert one "
            "with .to(…)"
        )
    if x._data.dtype.kind == "b":
        raise NotImplementedError(f"{operation}() is not implemented for bool tensors: convert with .float()")


@public
def dot(x, y):
    """The sum of the products of the elements of two vectors, both of shape (n,)."""
    need_tensors("dot", x, y)
    if x._data.ndim != 1 or y._data.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {x._data.ndim}D and {y._data.ndim}D tensors")
    if x._data.shape != y._data.shape:
        raise RuntimeError(
            f"inconsistent tensor size: vectors of {len(x)} and of {len(y)} elements have no dot product"
        )
    check_types("dot", x, y)
    return on_tensors["dot"](x, y)


@public
def mv(x, y):
    """The product of a matrix (n, m) and a vector (m,)."""
    need_tensors("mv", x, y)
    if x._data.ndim != 2 or y._data.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {x._data.ndim}D and {y._data.ndim}D tensors")
    if x._data.shape[1] != y._data.shape[0]:
        raise RuntimeError(f"size mismatch, got {list(x.shape)} for the matrix and {list(y.shape)} for the vector")
    check_types("mv", x, y)
    return on_tensors["mv"](x, y)


@public
def mm(x, y):
    """The product of two matrices, (n, m) and (m, p), of shape (n, p)."""
    need_tensors("mm", x, y)
    if x._data.ndim != 2 or y._data.ndim != 2:
        raise RuntimeError(f"mm(): both tensors must be 2D, got {x._data.ndim}D and {y._data.ndim}D")
    return _mm(x, y)


def _mm(x, y):
    a, b = x._data, y._data
    if a.shape[1] != b.shape[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({a.shape[0]}x{a.shape[1]} and {b.shape[0]}x{b.shape[1]}): the "
            "columns of the first must be as many as the rows of the second"
        )
    if a.dtype is not b.dtype or a.dtype.kind == "b":
        check_types("mm", x, y)
    return mm_rule(x, y)


mm_rule = on_tensors["mm"]


@public
def matmul(x, y):
    """The product x @ y: of vectors, of matrices, or of stacks of matrices, whose leading dimensions are broadcast."""
    if not (isinstance(x, Tensor) and isinstance(y, Tensor)):
        need_tensors("matmul", x, y)
    n, m = x._data.ndim, y._data.ndim
    if n == 2 and m == 2:
        return _mm(x, y)
    if n == 0 or m == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {n}D and {m}D")
    if n == 1 and m == 1:
        return dot(x, y)
    if n == 2 and m == 1:
        return mv(x, y)
    if n == 1 and m == 2:
        return on_tensors["squeeze_mm"](_mm(x.unsqueeze(0), y), 0)
    return _stacked(x, y)


def _stacked(x, y):
    """Stacks of matrices: one matrix or vector for a whole stack in a single product, others matrix by matrix."""
    n, m = x._data.ndim, y._data.ndim
    if m <= 2 and n >= 3 and folds(x, y):
        return _folded(x, y)
    if n <= 2 and m >= 3 and folds(y.mT, x) and (n == 1 or x.requires_grad):
        product = _folded(y.mT, x.t() if n == 2 else x)
        return product.mT.contiguous() if n == 2 else product
    if n == 1:
        x = x.unsqueeze(0)
    if m == 1:
        y = y.unsqueeze(1)
    try:
        lead = np.broadcast_shapes(x._data.shape[:-2], y._data.shape[:-2])
    except ValueError:
        raise refused("matmul", ValueError(), x._data[..., 0, 0], y._data[..., 0, 0]) from None
    if x._data.shape[-1] != y._data.shape[-2]:
        raise RuntimeError(
            f"the matrices of {list(x.shape)} have other columns than those of {list(y.shape)} have rows"
        )
    rows, inside, columns = x._data.shape[-2], x._data.shape[-1], y._data.shape[-1]
    check_types("bmm", x, y)
    count = math.prod(lead)
    left = x.expand(*lead, rows, inside).reshape(count, rows, inside)
    right = y.expand(*lead, inside, columns).reshape(count, inside, columns)
    product = on_tensors["bmm"](left, right)
    if m == 1:
        return on_tensors["unsafe_view"](on_tensors["squeeze_dim"](product, 2), (*lead, rows))
    return on_tensors["unsafe_view"](product, (*lead, columns) if n == 1 else (*lead, rows, columns))


def folds(stack, other) -> bool:
    """Will the stack be taken as one tall matrix?  Where `other` needs a gradient, which is then one product, too, or
    where that takes no copy."""
    data = stack._array()
    sizes, strides = data.shape, data.strides
    return (
        other.requires_grad
        or data.size == 0
        or all(strides[i] == strides[i + 1] * sizes[i + 1] for i in range(len(sizes) - 2))
    )


def _folded(stack, other):
    *lead, inside = stack._data.shape
    tall = stack.reshape(math.prod(lead), inside)
    product = mv(tall, other) if other._data.ndim == 1 else _mm(tall, other)
    return on_tensors["unsafe_view"](product, (*lead, *other._data.shape[1:]))


@public
def outer(x, y):
    """The products of every element of x (n,) with every one of y (m,), of shape (n, m)."""
    need_tensors("outer", x, y)
    return x.reshape(-1, 1) * y
