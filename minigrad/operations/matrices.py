"""Diagonals, cross products and the like; numbers counted and looked up; tensors joined."""

import numpy as np

from ..engine.operation import functions, method, public, rule
from ..engine.rows import on_tensors
from ..engine.tensor import Tensor, wrap
from .arguments import as_shape, dim_of, named, need_tensors, of_tensor
from .choosing import helper
from .joining import as_list, cat


@helper
def on_diagonal(g, shape: tuple):
    """Return zeros of a shape with the number g all along the diagonal."""
    mask = np.equal.outer(np.arange(shape[0]), np.arange(shape[1]))
    if isinstance(g, Tensor):
        return on_tensors["where"](wrap(mask, None), g, 0.0)
    return np.where(mask, g, g.dtype.type(0))


@helper
def spread_out(x, offset: int):
    """Return a square of zeros with the vector x on a diagonal."""
    return np.diag(x, offset)


@helper
def diagonal_of(x, offset: int, i: int, j: int):
    """Return a diagonal of the matrices that lie along the dimensions i and j, on the memory of x."""
    found = x.diagonal(offset, i, j)
    found.flags.writeable = x.flags.writeable  # NumPy gives it to be read only
    return found


@helper
def put_on(x, shape: tuple, offset: int, i: int, j: int):
    """Return zeros of a shape with x on a diagonal of the matrices that lie along the dimensions i and j."""
    whole = np.zeros(shape, x.dtype)
    diagonal_of(whole, offset, i, j)[...] = x
    return whole


def inner(*row, **columns):
    return rule(*row, inner=True, **columns)


# fmt: off
# ---- operation ------------------ result ------------------------- x receives ----------- y receives ---------
inner("trace(x)",                   "np.asarray(np.trace(x))",       x="on_diagonal(g, x.shape)",
      saved_as={"x_shape": "self_sym_sizes"})
inner("diagonal(x, offset, i, j)",  "diagonal_of(x, offset, i, j)",  x="diagonal_put(g, x.shape, offset, i, j)",
      view=True, saved_as={"i": "dim1", "j": "dim2"})
inner("diagonal_copy(x, offset, i, j)", "diagonal_of(x, offset, i, j).copy()",
      x="diagonal_put(g, x.shape, offset, i, j)", node="DiagonalBackward0_copy", saved_as={"i": "dim1", "j": "dim2"})
inner("diagonal_put(x, shape, offset, i, j)", "put_on(x, shape, offset, i, j)",
      x="diagonal_copy(g, offset, i, j)", node="DiagonalBackwardBackward0")
inner("diag_embed(x, offset)",      "spread_out(x, offset)",         x="diagonal_copy(g, offset, 0, 1)")
inner("cross(x, y, dim)",           "np.cross(x, y, axis=dim)",      x="cross(y, g, dim)",  y="cross(g, x, dim)",
      node="LinalgCrossBackward0")
# fmt: on


@of_tensor
def trace(input):
    """Sum the diagonal of a matrix.

    Shapes: (n, m); the result is 0-d.
    Errors: RuntimeError for anything but a matrix.
    Gradient: the elements of the diagonal receive g, the others 0.

    >>> torch.trace(torch.tensor([[1., 2.], [3., 4.]]))
    tensor(5.)
    """
    if input._data.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input._data.ndim}")
    if input._data.dtype.kind != "f":
        input = input.long()
    return on_tensors["trace"](input)


@of_tensor
def diag(input, diagonal=0):
    """Take the diagonal of a matrix: a copy; or make a matrix with the elements of a vector on its diagonal.

    diagonal: which one, 0 for the main one, counted upwards.
    Shapes: (n, m), the result has one dimension; or (n,), the result is a square.
    Errors: RuntimeError for a tensor of other dimensions and for a diagonal that the matrix does not have.
    Gradient: each element receives g from where it went.

    >>> torch.diag(torch.tensor([[1., 2.], [3., 4.]]))
    tensor([1., 4.])
    >>> torch.diag(torch.tensor([1., 2.]))
    tensor([[1., 0.],
            [0., 2.]])
    """
    if input._data.ndim == 1:
        return on_tensors["diag_embed"](input, diagonal)
    if input._data.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input._data.ndim}D")
    return on_tensors["diagonal_copy"](input, diagonal, 0, 1)


@of_tensor
def diagonal(input, offset=0, dim1=0, dim2=1):
    """Show the diagonal of a matrix, or of each of the matrices along two dimensions, on the same memory.

    offset: which one, 0 for the main one, counted upwards; dim1, dim2: the rows and the columns of the matrices.
    Shapes: the input's without dim1 and dim2, with the diagonal as the last dimension.
    Errors: IndexError for a dimension that the tensor does not have, RuntimeError for the same one twice.
    Gradient: the elements of the diagonal receive g, the others 0.

    >>> torch.diagonal(torch.tensor([[1., 2.], [3., 4.]]))
    tensor([1., 4.])
    """
    i, j = dim_of(dim1, input._data.ndim), dim_of(dim2, input._data.ndim)
    if i == j:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return on_tensors["diagonal"](input, offset, i, j)


@public
def cross(input, other, dim=None):
    """Compute the cross product of vectors of three numbers along dim.

    dim: the first dimension of size 3, unless given.
    Shapes: two that can be broadcast, of size 3 along dim; the result has the broadcast shape.
    Errors: RuntimeError where there is no dimension of size 3, or dim is not one.
    Gradient: the input receives the cross product of other and g, other that of g and the input.

    >>> torch.cross(torch.tensor([1., 0., 0.]), torch.tensor([0., 1., 0.]), dim=0)
    tensor([0., 0., 1.])
    """
    need_tensors("cross", input, other)
    if input._data.ndim != other._data.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    if dim is None:
        dim = next((d for d, n in enumerate(input._data.shape) if n == 3), None)
        if dim is None:
            raise RuntimeError("no dimension of size 3 in input")
    dim = dim_of(dim, input._data.ndim)
    if [t._data.shape[dim : dim + 1] for t in (input, other)] != [(3,), (3,)]:
        raise RuntimeError(f"linalg.cross: inputs dimension {dim} must have length 3.")
    return on_tensors["cross"](input, other, dim)


def product_of_rows(input, other):
    """Multiply the last dimensions and sum: the dot product of two vectors, or of all rows with all rows.

    Shapes: (…, n) and (…, n); the result has the other dimensions of both, one after the other.
    Errors: RuntimeError for last dimensions of different sizes.
    Gradient: each element receives the sum of g times what it was multiplied with.

    >>> torch.inner(torch.tensor([1., 2.]), torch.tensor([3., 4.]))
    tensor(11.)
    """
    need_tensors("inner", input, other)
    x, y = input._data.shape, other._data.shape
    if not x or not y:
        return input * other
    if x[-1] != y[-1]:
        raise RuntimeError(f"inner() the last dimension must match on both input tensors but got shapes {x} and {y}")
    if len(x) == len(y) == 1:
        return input.dot(other).view(())
    return (input.reshape(-1, x[-1]) @ other.reshape(-1, x[-1]).t()).view(*x[:-1], *y[:-1])


public(named("inner", product_of_rows))


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    """Compute the cosine of the angle between vectors along dim: x · y / (|x| |y|).

    eps: a norm counts at least that much.
    Shapes: two that can be broadcast; the result has the broadcast shape without dim.
    Errors: RuntimeError for shapes that cannot be broadcast, IndexError for a dim that does not exist.
    Gradient: each tensor receives that of the quotient.

    >>> torch.cosine_similarity(torch.tensor([1., 0.]), torch.tensor([1., 1.]), dim=0)
    tensor(0.7071)
    """
    need_tensors("cosine_similarity", x1, x2)
    first, second = (x / x.norm(2, dim, keepdim=True).clamp(min=eps) for x in (x1, x2))
    return (first * second).sum(dim)


functions["cosine_similarity"] = cosine_similarity


@of_tensor
def diff(input, n=1, dim=-1):
    """Subtract each element along dim from the next one, n times.

    Shapes: the input's, with n fewer along dim.
    Errors: IndexError for a dim that the tensor does not have, RuntimeError for a 0-d tensor and a negative n.
    Gradient: each element receives the g of the difference that it ends, less that of the one that it begins.

    >>> torch.diff(torch.tensor([1., 4., 9.]))
    tensor([3., 5.])
    """
    if not input._data.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    dim = dim_of(dim, input._data.ndim)
    before = (slice(None),) * dim
    for _ in range(min(n, input._data.shape[dim])):
        last, first = input[(*before, slice(1, None))], input[(*before, slice(None, -1))]
        input = last.logical_xor(first) if input._data.dtype.kind == "b" else last - first
    return input


# --- counted and looked up: no gradient flows through these


@of_tensor
def bincount(input, weights=None, minlength=0):
    """Count how often each number from 0 on occurs, or sum the weights of those that do.

    weights: one for each element; minlength: how many numbers to count at least.
    Shapes: (n,), whole numbers that are not negative; the result is one longer than the largest of them.
    Errors: RuntimeError for anything else.
    Gradient: none flows through it.

    >>> torch.bincount(torch.tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    numbers = np.asarray(input._data)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu" or (numbers.size and numbers.min() < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    counted = np.bincount(numbers, None if weights is None else weights._data, minlength)
    if weights is not None and weights._data.dtype == np.float32:
        counted = counted.astype(np.float32)
    return wrap(counted, None)


def searchsorted(sorted_sequence, input, *, right=False):
    """Find where to insert numbers so that a sequence stays sorted.

    input: a tensor or a number; right: after equal elements, not before them.
    Shapes: sorted_sequence (n,); the result has the input's shape, int64.
    Errors: RuntimeError for two types, NotImplementedError for sequences of more dimensions, which PyTorch takes.
    Gradient: none flows through it.

    >>> torch.searchsorted(torch.tensor([1., 3., 5.]), torch.tensor([2., 5.]))
    tensor([1, 2])
    """
    need_tensors("searchsorted", sorted_sequence)
    places, numbers = sorted_sequence._data, input._data if isinstance(input, Tensor) else np.asarray(input)
    if places.ndim != 1:
        raise NotImplementedError("searchsorted() takes one sequence here: call it for each row")
    if isinstance(input, Tensor) and numbers.dtype != places.dtype:
        raise RuntimeError(
            "torch.searchsorted(): boundary tensor and input value tensor should have same dtype, but got "
            f"{sorted_sequence.dtype} and {input.dtype}"
        )
    return wrap(np.asarray(np.searchsorted(places, numbers, "right" if right else "left"), np.int64), None)


functions["searchsorted"] = searchsorted


# --- dimensions and parts


@of_tensor
def movedim(input, source, destination):
    """Move dimensions to other places, the others keeping their order: a view.

    source, destination: ints, or tuples of as many.
    Shapes: any; the result has the same sizes in another order.
    Errors: IndexError for a dimension that the tensor does not have, RuntimeError for one named twice.
    Gradient: the input receives g with its dimensions moved back.

    >>> torch.movedim(torch.zeros(2, 3, 4), 0, -1).shape
    torch.Size([3, 4, 2])
    """
    ndim = input._data.ndim
    first, second = (
        tuple(dim_of(d, ndim) for d in ((each,) if isinstance(each, int) else each)) for each in (source, destination)
    )
    if len(first) != len(second) or len({*first}) < len(first) or len({*second}) < len(second):
        raise RuntimeError(
            f"movedim: source and destination must name as many dimensions, each once: {first}, {second}"
        )
    if not ndim:
        return on_tensors["alias"](input)
    order = [d for d in range(ndim) if d not in first]
    for place, d in sorted(zip(second, first, strict=True)):
        order.insert(place, d)
    return input.permute(order)


@of_tensor
def narrow(input, dim, start, length):
    """Take length parts along dim, from start on: a view.

    Shapes: the input's, with size length along dim.
    Errors: IndexError for a dim or a start that does not exist, RuntimeError where there are too few parts.
    Gradient: the input receives g, with zeros around.

    >>> torch.narrow(torch.tensor([1, 2, 3, 4]), 0, 1, 2)
    tensor([2, 3])
    """
    if not input._data.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    dim = dim_of(dim, input._data.ndim)
    size = input._data.shape[dim]
    if not -size <= start <= size:
        raise IndexError(f"Dimension out of range: start {start} of {size}")
    start = start + size if start < 0 else start
    if length < 0 or start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return input[(slice(None),) * dim + (slice(start, start + length),)]


@of_tensor
def select(input, dim, index):
    """Take part number index along dim, without the dimension: a view.

    Shapes: the input's without dim.
    Errors: IndexError for a dim or an index that does not exist.
    Gradient: the input receives g, with zeros around.

    >>> torch.select(torch.tensor([[1, 2], [3, 4]]), 1, 0)
    tensor([1, 3])
    """
    if not input._data.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim = dim_of(dim, input._data.ndim)
    if not -input._data.shape[dim] <= index < input._data.shape[dim]:
        raise IndexError(f"select(): index {index} out of range for tensor of size {list(input.shape)} at {dim}")
    return input[(slice(None),) * dim + (int(index),)]


@of_tensor
def repeat_interleave(input, repeats, dim=None, *, output_size=None):
    """Repeat each part along dim, one after the other: repeats times, or as often as repeats says for each.

    repeats: an int, or a tensor of ints; dim: left out, the elements are counted row after row.
    Shapes: the input's, with the sum of the repeats along dim; without dim, one dimension.
    Errors: RuntimeError for negative repeats and for a tensor of them that does not fit.
    Gradient: each part receives the sum of g over its copies.

    >>> torch.repeat_interleave(torch.tensor([1, 2]), 2)
    tensor([1, 1, 2, 2])
    """
    if dim is None:
        input, dim = input.flatten(), 0
    dim = dim_of(dim, input._data.ndim)
    times = np.asarray(repeats._data if isinstance(repeats, Tensor) else repeats)
    if times.dtype.kind not in "iu" or (times < 0).any():
        raise RuntimeError("repeats must be whole numbers, none of them negative")
    size = input._data.shape[dim]
    if times.size not in (1, size):
        raise RuntimeError(f"repeats must have the same size as input along dim: {times.size} and {size}")
    if isinstance(repeats, int):
        sizes = input._data.shape
        copies = input.unsqueeze(dim + 1).expand(*sizes[: dim + 1], repeats, *sizes[dim + 1 :]).clone()
        return copies.view(*sizes[:dim], size * repeats, *sizes[dim + 1 :])
    places = np.repeat(np.arange(size), times.reshape(-1) if times.size > 1 else int(times.reshape(-1)[0]))
    return input.index_select(dim, wrap(places, None))


def hstack(tensors):
    """Join tensors side by side: vectors one after the other, others along dimension 1.

    Shapes: (nᵢ,) each, the result (Σ nᵢ,); or (m, nᵢ, …) each, the result (m, Σ nᵢ, …).
    Errors: RuntimeError for shapes that do not fit and for an empty list.
    Gradient: each tensor receives its part of g.

    >>> torch.hstack([torch.tensor([1, 2]), torch.tensor([3])])
    tensor([1, 2, 3])
    """
    tensors = [t.reshape(1) if not t._data.ndim else t for t in as_list("hstack", tensors)]
    return cat(tensors, 0 if tensors[0]._data.ndim == 1 else 1)


def vstack(tensors):
    """Join tensors below each other, vectors as rows.

    Shapes: (mᵢ, n, …) each, a vector counts as (1, n); the result (Σ mᵢ, n, …).
    Errors: RuntimeError for shapes that do not fit and for an empty list.
    Gradient: each tensor receives its part of g.

    >>> torch.vstack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    tensors = as_list("vstack", tensors)
    return cat([t.reshape(1, 1) if not t._data.ndim else t.unsqueeze(0) if t._data.ndim == 1 else t for t in tensors])


functions["hstack"], functions["vstack"] = hstack, vstack


@of_tensor
def fliplr(input):
    """Reverse the order along dimension 1: a copy.

    Shapes: (m, n, …); the result has that of the input.
    Errors: RuntimeError for fewer than two dimensions.
    Gradient: the input receives g, reversed likewise.

    >>> torch.fliplr(torch.tensor([[1, 2], [3, 4]]))
    tensor([[2, 1],
            [4, 3]])
    """
    if input._data.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return input.flip(1)


@of_tensor
def flipud(input):
    """Reverse the order along dimension 0: a copy.

    Shapes: (n, …); the result has that of the input.
    Errors: RuntimeError for a 0-d tensor.
    Gradient: the input receives g, reversed likewise.

    >>> torch.flipud(torch.tensor([[1, 2], [3, 4]]))
    tensor([[3, 4],
            [1, 2]])
    """
    if input._data.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return input.flip(0)


@of_tensor
def broadcast_to(input, size):
    """Repeat the tensor to a shape that it can be broadcast to: a view, as expand gives it.

    Shapes: any; the result has the given shape.
    Errors: RuntimeError for another shape.
    Gradient: the input receives g, summed over what was repeated.

    >>> torch.broadcast_to(torch.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return input.expand(as_shape((size,)))


@method
def reshape_as(self, other):
    """Show the elements in the shape of another tensor: reshape(other.shape).

    Errors: RuntimeError where the number of elements does not fit.
    Gradient: the tensor receives g in its own shape.

    >>> torch.tensor([1, 2]).reshape_as(torch.zeros(2, 1))
    tensor([[1],
            [2]])
    """
    need_tensors("reshape_as", other)
    return self.reshape(other.shape)
