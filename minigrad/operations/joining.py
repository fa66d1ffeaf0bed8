"""Tensors joined and taken apart: cat, stack, split, chunk, unbind."""

import numpy as np

from ..dtypes import promote
from ..engine.broadcasting import fitted
from ..engine.graph import Handwritten
from ..engine.modes import recording
from ..engine.operation import functions, method
from ..engine.tensor import UNTRACKED_VIEW, Tensor, View, wrap
from ..engine.versions import edge_of
from ..errors import kind
from .arguments import dim_of, named, need_tensors, of_tensor
from .several import Gathered, Result


class Joined(Handwritten):
    """A node of any number of inputs, or of several results; `saved` holds what its class says.

    names: PyTorch's for what is saved, None for what its node does not show.
    """

    __slots__ = ()

    def __init_subclass__(cls):
        cls.__module__ = "builtins"  # as PyTorch prints its type


class CatBackward0(Joined):
    """Each input receives its stretch of the gradient."""

    __slots__ = ()
    names = ("dim", None)

    def vjp(self, g, wanted=None):
        dim, sizes = self.saved
        ends = np.cumsum([n or 0 for n in sizes]).tolist()
        return tuple(
            g.reshape(-1)[:0] if n is None else g[(slice(None),) * dim + (slice(end - n, end),)]
            for n, end in zip(sizes, ends, strict=True)
        )

    vjp_recorded = vjp


class StackBackward0(Joined):
    """Each input receives its slice of the gradient."""

    __slots__ = ()
    names = ("dim", None)

    def vjp(self, g, wanted=None):
        dim, count = self.saved
        return tuple(g[(slice(None),) * dim + (i,)] for i in range(count))

    vjp_recorded = vjp


class SplitBackward0(Joined):
    """The input receives the gradients of the pieces, joined; zeros for a piece that had no influence."""

    __slots__ = ()
    names: tuple = ("dim", None, "self_sym_sizes")

    def vjp(self, g: Gathered, wanted=None):
        dim, sizes, shape = self.saved
        return (np.concatenate([g.get(i, self._zeros(shape, dim, n)) for i, n in enumerate(sizes)], dim),)

    def vjp_recorded(self, g: Gathered, wanted=None):
        dim, sizes, shape = self.saved
        return (cat([g[i] if i in g else wrap(self._zeros(shape, dim, n), None) for i, n in enumerate(sizes)], dim),)

    def _zeros(self, shape, dim, n):
        return np.zeros((*shape[:dim], n, *shape[dim + 1 :]), self.dtype)


class SplitWithSizesBackward0(SplitBackward0):
    __slots__ = ()
    names = ("dim", "split_sizes", "self_sym_sizes")


class UnbindBackward0(Joined):
    """The input receives the gradients of the slices, stacked."""

    __slots__ = ()
    names = ("dim", None, None)

    def vjp(self, g: Gathered, wanted=None):
        dim, count, shape = self.saved
        zeros = np.zeros(shape, self.dtype)
        return (np.stack([g.get(i, zeros) for i in range(count)], dim),)

    def vjp_recorded(self, g: Gathered, wanted=None):
        dim, count, shape = self.saved
        zeros = wrap(np.zeros(shape, self.dtype), None)
        return (stack([g.get(i, zeros) for i in range(count)], dim),)


def joined(kind, tensors, array, *saved):
    edges = [edge_of(t) for t in tensors]
    if not any(edges) or not recording():
        return wrap(array, None)
    # each receives a part of the gradient that has its own shape; only its type may be another
    edges = [
        edge if t._data.dtype == array.dtype else fitted(edge, t._data, array)
        for t, edge in zip(tensors, edges, strict=True)
    ]
    return wrap(array, kind(tuple(edges), saved, array.shape, array.dtype))


def as_list(operation, tensors):
    if isinstance(tensors, Tensor) or not hasattr(tensors, "__iter__"):
        raise TypeError(f"{operation}() takes a list or tuple of tensors, not {type(tensors).__name__}")
    tensors = list(tensors)
    for t in tensors:
        if not isinstance(t, Tensor):
            raise TypeError(f"{operation}() takes tensors, but the list holds {kind(t)}")
    if not tensors:
        error = ValueError if operation == "cat" else RuntimeError
        raise error(f"{operation}(): expected a non-empty list of Tensors")
    return tensors


def common_type(tensors):
    first, *rest = (t._data for t in tensors)
    for array in rest:
        first = np.empty((1,) * max(first.ndim, array.ndim), promote(first, array))
    return first.dtype


def cat(tensors, dim=0):
    """Join tensors one after the other along a dimension that they have.

    tensors: a list or a tuple; all but the size of dimension dim must agree.
    Shapes: (…, nᵢ, …) each; the result (…, Σ nᵢ, …).
    Errors: RuntimeError for other shapes and for 0-d tensors, ValueError for an empty list, TypeError for anything but
    tensors.
    Gradient: each tensor receives its part of g.

    >>> torch.cat([torch.tensor([1, 2]), torch.tensor([3])])
    tensor([1, 2, 3])
    """
    tensors = as_list("cat", tensors)
    if any(t._data.ndim == 0 for t in tensors):
        raise RuntimeError("zero-dimensional tensor cannot be concatenated: use stack")
    real = [t._data for t in tensors if t._data.shape != (0,)]  # an empty vector joins anything
    if not real:
        real, dim = [tensors[0]._data], 0
    dim = dim_of(dim, real[0].ndim)
    shapes = [array.shape for array in real]
    for shape in shapes:
        if shape[:dim] + shape[dim + 1 :] != shapes[0][:dim] + shapes[0][dim + 1 :]:
            raise RuntimeError(
                f"Sizes of tensors must match except in dimension {dim}: got {list(shapes[0])} and {list(shape)}"
            )
    array = np.ascontiguousarray(np.concatenate(real, dim, dtype=common_type(tensors)))
    sizes = [None if t._data.shape == (0,) else t._data.shape[dim] for t in tensors]
    return joined(CatBackward0, tensors, array, dim, sizes)


def stack(tensors, dim=0):
    """Join tensors of one shape along a new dimension.

    tensors: a list or a tuple; dim: where the new dimension goes in the result.
    Shapes: n tensors of one shape; the result has one dimension more, of size n.
    Errors: RuntimeError for different shapes and for an empty list, TypeError for anything but tensors.
    Gradient: each tensor receives its slice of g.

    >>> torch.stack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    tensors = as_list("stack", tensors)
    for t in tensors:
        if t._data.shape != tensors[0]._data.shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(tensors[0].shape)} and {list(t.shape)}"
            )
    dim = dim_of(dim, tensors[0]._data.ndim + 1)
    array = np.asarray(np.stack([t._data for t in tensors], dim, dtype=common_type(tensors)), order="C")
    return joined(StackBackward0, tensors, array, dim, len(tensors))


functions["cat"] = functions["concat"] = functions["concatenate"] = cat
functions["stack"] = stack


def several(x, kind, arrays, *saved):
    """Views of x that are the several results of one node."""
    tracked = edge_of(x) is not None and recording()
    node = kind((x._edge,), saved, x._data.shape, x._data.dtype) if tracked else None
    base = x if x._view is None else x._view.base
    results = []
    for index, array in enumerate(arrays):
        edge = Result(node, index, array) if node is not None else UNTRACKED_VIEW if x._edge is not None else None
        result = wrap(array, edge)
        result._view = View(base, base._edge, True)
        results.append(result)
    return tuple(results)


@of_tensor
def unbind(input, dim=0):
    """Take the slices along a dimension apart: a tuple of views of one dimension less.

    Shapes: any but 0-d; each result has that of the input without dim.
    Errors: IndexError for a dim that the tensor does not have.
    Gradient: each slice passes on its g, 0 where it was not used.

    >>> torch.unbind(torch.tensor([[1, 2], [3, 4]]))
    (tensor([1, 2]), tensor([3, 4]))
    """
    dim = dim_of(dim, input._data.ndim)
    if input._data.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    array = np.moveaxis(input._array(), dim, 0)
    shape = array.shape[1:]
    return several(input, UnbindBackward0, [array[i, ...] for i in range(len(array))], dim, len(array), shape)


def split(tensor, split_size_or_sections, dim=0):
    """Take pieces along a dimension: a tuple of views.

    split_size_or_sections: the size of every piece but perhaps the last, or a list of all sizes.
    Shapes: (…, n, …); the pieces (…, nᵢ, …) with Σ nᵢ = n.
    Errors: RuntimeError for sizes that do not add up and for 0-d tensors, IndexError for a dim that does not exist.
    Gradient: each piece passes on its g, 0 where it was not used.

    >>> torch.split(torch.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    need_tensors("split", tensor)
    if tensor._data.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    dim = dim_of(dim, tensor._data.ndim)
    length = tensor._data.shape[dim]
    if isinstance(split_size_or_sections, int):
        size = split_size_or_sections
        if size < 0 or (size == 0 and length):
            raise RuntimeError(f"split expects split_size be non-negative and not 0, but got split_size={size}")
        sizes = [min(size, length - i) for i in range(0, length, size)] if length else [0]
        kind = SplitBackward0
    else:
        sizes, kind = list(split_size_or_sections), SplitWithSizesBackward0
        if sum(sizes) != length or min(sizes, default=0) < 0:
            raise RuntimeError(
                f"the sizes given to split must sum to {length}, the size of dimension {dim}, but they are {sizes}"
            )
    ends = np.cumsum(sizes).tolist()
    array = tensor._array()
    pieces = [array[(slice(None),) * dim + (slice(end - n, end),)] for n, end in zip(sizes, ends, strict=True)]
    return several(tensor, kind, pieces, dim, tuple(sizes), tensor._data.shape)


def _split_of(self, split_size, dim=0):
    """Take pieces along a dimension: a tuple of views.

    split_size: the size of every piece but perhaps the last, or a list of all sizes.
    Shapes: (…, n, …); the pieces (…, nᵢ, …) with Σ nᵢ = n.
    Errors: RuntimeError for sizes that do not add up and for 0-d tensors, IndexError for a dim that does not exist.
    Gradient: each piece passes on its g, 0 where it was not used.

    >>> torch.arange(5).split([2, 3])
    (tensor([0, 1]), tensor([2, 3, 4]))
    """
    return split(self, split_size, dim)


functions["split"] = split
method(named("split", _split_of))


@of_tensor
def chunk(input, chunks, dim=0):
    """Take at most `chunks` pieces of one size along a dimension, the last perhaps smaller: a tuple of views.

    Shapes: (…, n, …); the pieces (…, nᵢ, …) with Σ nᵢ = n.
    Errors: RuntimeError for less than one piece and for 0-d tensors, IndexError for a dim that does not exist.
    Gradient: each piece passes on its g, 0 where it was not used.

    >>> torch.chunk(torch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    if input._data.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    length = input._data.shape[dim_of(dim, input._data.ndim)]
    return split(input, -(-length // chunks) if length else [0] * chunks, dim)
