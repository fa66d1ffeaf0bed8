"""Sums, means and products of vectors and matrices: arguments sorted out, then a row of a table."""

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
    """Return the dimensions to reduce; all for None and for an empty tuple, none of a 0-d tensor."""
    dim = dims(dim, x._data.ndim)
    if dim is None or dim == ():
        return tuple(range(x._data.ndim))
    return dim if x._data.ndim else ()


@of_tensor
def sum(input, dim=None, keepdim=False, *, dtype=None):
    """Sum all elements, or those along dim.

    dim: an int or a tuple of ints; keepdim: keep them with size 1; dtype: a type to convert to first.  Whole numbers
    and truth values are summed as int64.
    Shapes: 0-d, or the input's without the dimensions dim.
    Errors: IndexError for a dim that the tensor does not have, TypeError for a keepdim that is not a bool.
    Gradient: each element receives the g of the sum that it is part of.

    >>> torch.sum(torch.tensor([[1., 2.], [3., 4.]]), dim=1)
    tensor([3., 7.])
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
    """Compute the mean of all elements, or of those along dim.

    dim: an int or a tuple of ints; keepdim: keep them with size 1; dtype: a type to convert to first.
    Shapes: 0-d, or the input's without the dimensions dim.
    Errors: RuntimeError for whole numbers, whose mean need not be one; IndexError for a dim that the tensor does not
    have.
    Gradient: each element receives g / n, where n elements make one mean.

    >>> torch.mean(torch.tensor([[1., 2.], [3., 4.]]), dim=1)
    tensor([1.5000, 3.5000])
    """
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
    """Multiply two vectors: the sum of the products of their elements.

    Shapes: input and tensor (n,); the result is 0-d.
    Errors: RuntimeError for other shapes and for two types, NotImplementedError for truth values.
    Gradient: the input receives g * tensor, tensor receives g * input.

    >>> torch.dot(torch.tensor([1., 2.]), torch.tensor([3., 4.]))
    tensor(11.)
    """
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
    """Multiply a matrix by a vector.

    Shapes: input (n, m), vec (m,); the result (n,).
    Errors: RuntimeError for other shapes and for two types, NotImplementedError for truth values.
    Gradient: the input receives the outer product of g and vec, vec receives inputᵀ g.

    >>> torch.mv(torch.tensor([[1., 2.], [3., 4.]]), torch.tensor([1., 1.]))
    tensor([3., 7.])
    """
    need_tensors("mv", input, vec)
    if input._data.ndim != 2 or vec._data.ndim != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {input._data.ndim}D and {vec._data.ndim}D tensors")
    if input._data.shape[1] != vec._data.shape[0]:
        raise RuntimeError(f"size mismatch, got a matrix of {list(input.shape)} and a vector of {list(vec.shape)}")
    check_types("mv", input, vec)
    return on_tensors["mv"](input, vec)


@public
def mm(input, mat2):
    """Multiply two matrices.

    Shapes: input (n, m), mat2 (m, p); the result (n, p).
    Errors: RuntimeError for other shapes and for two types, NotImplementedError for truth values.
    Gradient: the input receives g mat2ᵀ, mat2 receives inputᵀ g.

    >>> torch.mm(torch.tensor([[1., 2.], [3., 4.]]), torch.tensor([[1.], [1.]]))
    tensor([[3.],
            [7.]])
    """
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
    """Multiply vectors, matrices, or stacks of matrices, as `@` does.

    Shapes: the last two dimensions are multiplied as matrices, (…, n, m) by (…, m, p), those before are broadcast; a
    vector counts as a row on the left and as a column on the right, and its dimension is left out of the result.
    Errors: RuntimeError for shapes that do not fit, 0-d tensors and two types, NotImplementedError for truth values.
    Gradient: the input receives g otherᵀ, other receives inputᵀ g, summed over what was broadcast.

    >>> torch.matmul(torch.tensor([[1., 2.], [3., 4.]]), torch.tensor([1., 1.]))
    tensor([3., 7.])
    """
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
            f"the matrices of {list(x.shape)} must have as many columns those of {list(y.shape)} have rows"
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
    """Return True if the stack is taken as one tall matrix.

    It is where `other` needs a gradient, which is then one product, too, and where that takes no copy.
    """
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
    """Multiply every element of one vector by every element of another.

    Shapes: input (n,), vec2 (m,); the result (n, m).
    Errors: TypeError for anything but tensors, RuntimeError for a tensor that is not a vector.
    Gradient: the input receives g vec2, vec2 receives gᵀ input.

    >>> torch.outer(torch.tensor([1., 2.]), torch.tensor([3., 4.]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    need_tensors("outer", input, vec2)
    for name, vector in (("self", input), ("vec2", vec2)):
        if vector._data.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {vector._data.ndim}-D")
    return input.reshape(-1, 1) * vec2
