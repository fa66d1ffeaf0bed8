"""Sums, means and products of vectors and matrices, as one calls them: arguments sorted out, then a row of a table."""

import math

import numpy as np

from ..engine.operation import public
from ..engine.rows import on_tensors
from ..engine.tensor import wrap
from ..errors import refused
from .arguments import check_keepdim, dims, need_tensors, of_tensor

_sum_all, _sum_dim = on_tensors["sum_all"], on_tensors["sum_dim"]
_mean_all, _mean_dim = on_tensors["mean_all"], on_tensors["mean_dim"]


def axes(x, dim):
    """The dimensions to reduce; all for None and for an empty tuple, none of a 0-d tensor."""
    dim = dims(dim, x._data.ndim)
    if dim is None or dim == ():
        return tuple(range(x._data.ndim))
    return dim if x._data.ndim else ()


@of_tensor
def sum(input, dim=None, keepdim=False, *, dtype=None):
    """The sum of all elements, or of those along `dim` (an int or several); integers and bools are summed as int64.

    keepdim: leave the summed dimensions in the shape, of size 1.
    """
    if dtype is not None:
        input = input.to(dtype=dtype)
    elif input._edge is None and input._data.dtype.kind in "iub":
        input = wrap(input._data.astype(np.int64), None)
    if dim is None and keepdim is False:
        return _sum_all(input)
    check_keepdim("sum", keepdim)
    return _sum_dim(input, axes(input, dim), keepdim)


@of_tensor
def mean(input, dim=None, keepdim=False, *, dtype=None):
    """The mean of all elements, or of those along `dim`; RuntimeError for integers, whose mean is not one of them."""
    if dtype is not None:
        input = input.to(dtype=dtype)
    elif input._edge is None and input._data.dtype.kind != "f":
        raise RuntimeError(
            f"mean(): could not infer output dtype. Input dtype must be a floating point dtype. Got: {input.dtype}. "
            "Convert with .float() first."
        )
    if dim is None and keepdim is False:
        return _mean_all(input)
    check_keepdim("mean", keepdim)
    return _mean_dim(input, axes(input, dim), keepdim)


# --- products


def check_types(operation, x, y):
    if x._data.dtype != y._data.dtype:
        raise RuntimeError(
            f"{operation}: expected both tensors to have the same dtype, but got {x.dtype} and {y.dtype}: convert one "
            "with .to(…)"
        )
    if x._data.dtype.kind == "b":
        raise NotImplementedError(f"{operation}() is not implemented for bool tensors: convert with .float()")


@public
def dot(input, tensor):
    """The sum of the products of the elements of two vectors, both of shape (n,)."""
    need_tensors("dot", input, tensor)
    if input._data.ndim != 1 or tensor._data.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {input._data.ndim}D and {tensor._data.ndim}D tensors")
    if input._data.shape != tensor._data.shape:
        raise RuntimeError(
            f"inconsistent tensor size: vectors of {len(input)} and of {len(tensor)} elements have no dot product"
        )
    check_types("dot", input, tensor)
    return on_tensors["dot"](input, tensor)


@public
def mv(input, vec):
    """The product of a matrix (n, m) and a vector (m,)."""
    need_tensors("mv", input, vec)
    if input._data.ndim != 2 or vec._data.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {input._data.ndim}D and {vec._data.ndim}D tensors")
    if input._data.shape[1] != vec._data.shape[0]:
        raise RuntimeError(f"size mismatch, got a matrix of {list(input.shape)} and a vector of {list(vec.shape)}")
    check_types("mv", input, vec)
    return on_tensors["mv"](input, vec)


@public
def mm(input, mat2):
    """The product of two matrices, (n, m) and (m, p), of shape (n, p)."""
    need_tensors("mm", input, mat2)
    if input._data.ndim != 2 or mat2._data.ndim != 2:
        raise RuntimeError(f"mm(): both tensors must be 2D, got {input._data.ndim}D and {mat2._data.ndim}D")
    return _mm(input, mat2)


def _mm(x, y):
    if x._data.shape[1] == y._data.shape[0]:  # or else the product itself refuses, as in PyTorch before types matter
        check_types("mm", x, y)
    return mm_rule(x, y)


mm_rule = on_tensors["mm"]


@public
def matmul(input, other):
    """The product `@`: of vectors, of matrices, or of stacks of matrices, whose leading dimensions are broadcast."""
    try:
        x, y = input._data, other._data
    except AttributeError:
        need_tensors("matmul", input, other)
        raise
    n, m = x.ndim, y.ndim
    if n == 2 and m == 2:
        return mm_rule(input, other) if x.dtype is y.dtype else _mm(input, other)
    if n == 0 or m == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {n}D and {m}D")
    if n == 1 and m == 1:
        return dot(input, other)
    if n == 2 and m == 1:
        return mv(input, other)
    if n == 1 and m == 2:
        return on_tensors["squeeze_mm"](_mm(input.unsqueeze(0), other), 0)
    return _stacked(input, other)


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
def outer(input, vec2):
    """The products of every element of input (n,) with every one of vec2 (m,), of shape (n, m)."""
    need_tensors("outer", input, vec2)
    return input.reshape(-1, 1) * vec2
