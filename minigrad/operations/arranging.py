"""Elements picked, sorted, repeated, moved and put together: gather, scatter, sort, repeat, tril, roll, einsum …"""

import warnings
from typing import Any

import numpy as np

from ..engine.operation import functions, method, public, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from .arguments import as_shape, dim_of, named, need_tensors, of_tensor
from .choosing import along, helper, pair
from .indexing import scattered  # noqa: F401  the formulas scatter
from .statistics import sum_along  # noqa: F401  and sum

# --- what the formulas below use


@helper
def pieces(shape: tuple, times: tuple) -> tuple:
    """Return the shape of what was repeated, with a dimension for the times before each of its own."""
    own = (1,) * (len(times) - len(shape)) + tuple(shape)
    return tuple(n for two in zip(times, own, strict=True) for n in two)


@helper
def every_other(times: tuple) -> tuple:
    """Return the dimensions of `pieces` that say how often."""
    return tuple(range(0, 2 * len(times), 2))


@helper
def opposite(shifts: tuple) -> tuple:
    return tuple(-n for n in shifts)


def added_at(x, y, indices) -> np.ndarray:
    """Return a copy of x to which y is added at `indices`, once for every time that an element is named."""
    total = x.copy()
    np.add.at(total, indices, y)
    return total


@helper
def product_slope(g, x, ans, dim: int):
    """Return what x receives of its running products: Σ over the later products, each without the factor x itself."""
    if not x.shape:
        return g
    if not isinstance(x, Tensor) and x.all():
        return np.flip(np.cumsum(np.flip(g * ans, dim), dim), dim) / x
    length = x.shape[dim]
    one = np.eye(length, dtype=bool)
    later = np.tril(np.ones((length, length), bool)).T
    if not isinstance(x, Tensor):  # row i: the running products with 1 in place of x[i], from place i on
        square = np.where(one, x.dtype.type(1), np.expand_dims(np.moveaxis(x, dim, -1), -2))
        products = np.cumprod(square, -1) * later
        return np.moveaxis((products * np.expand_dims(np.moveaxis(g, dim, -1), -2)).sum(-1), -1, dim)
    square = on_tensors["where"](wrap(one, None), 1, x.transpose(dim, -1).unsqueeze(-2))
    products = square.cumprod(-1) * wrap(later.astype(x._data.dtype), None)
    return (products * g.transpose(dim, -1).unsqueeze(-2)).sum(-1).transpose(dim, -1)


on_arrays["added_at"] = added_at


def inner(*row, **columns):
    return rule(*row, inner=True, **columns)


# fmt: off
# ---- operation ------------------ result ------------------------- x receives -------------------- y receives ---
inner("gather(x, indices)",         "x[indices]",                    x="scattered(g, x.shape, indices)", frees=True)
inner("sort(x, indices)",           "x[indices]",                    x="placed(g, x.shape, indices)", frees=True)
inner("sort_stable(x, indices)",    "x[indices]",                    x="placed(g, x.shape, indices)", frees=True,
      node="SortBackward1")
inner("topk(x, indices)",           "x[indices]",                    x="placed(g, x.shape, indices)", frees=True)
inner("cummax(x, indices)",         "x[indices]",                    x="scattered(g, x.shape, indices)", frees=True)
inner("cummin(x, indices)",         "x[indices]",                    x="scattered(g, x.shape, indices)", frees=True)
inner("index_select(x, indices)",   "x[indices]",                    x="scattered(g, x.shape, indices)", frees=True)
inner("masked_select(x, indices)",  "x[indices]",                    x="scattered(g, x.shape, indices)", frees=True)
inner("scatter(x, y, indices)",     "replaced(x, y, indices)",       x="replaced(g, 0, indices)", y="index(g, indices)",
      elementwise=False, inplace=True, frees=True, saved_as={"indices": "index"})
inner("scatter_value(x, n, indices)", "replaced(x, n, indices)",     x="replaced(g, 0, indices)",
      inplace=True, frees=True, node="ScatterBackward1", saved_as={"indices": "index"})
inner("scatter_add(x, y, indices)", "added_at(x, y, indices)",       x="g",                       y="index(g, indices)",
      elementwise=False, inplace=True, frees=True, saved_as={"indices": "index"})
inner("repeat(x, times)",           "np.tile(x, times)",
      x="sum_along(g.reshape(pieces(x.shape, times)), every_other(times)).reshape(x.shape)",
      saved_as={"times": "repeats"})
inner("tril(x, diagonal)",          "np.tril(x, diagonal)",          x="tril(g, diagonal)", inplace=True)
inner("triu(x, diagonal)",          "np.triu(x, diagonal)",          x="triu(g, diagonal)", inplace=True)
inner("roll(x, shifts, dims)",      "np.roll(x, shifts, dims)",      x="roll(g, opposite(shifts), dims)")
inner("cumprod(x, dim)",            "np.cumprod(x, dim).reshape(x.shape)", x="product_slope(g, x, ans, dim)",
      inplace=True)
inner("pad(x, widths, value, inside)", "np.pad(x, widths, constant_values=value)", x="taken(g, inside)",
      node="ConstantPadNdBackward0", saved_as={"widths": "pad", "value": None, "inside": None})
# fmt: on


def pairs_of(name: str):
    """Return the named tuple (values, indices) that torch.sort and similar functions return."""
    return pair(name)


SORTED, TOP, CUMMAX, CUMMIN = map(pairs_of, ("sort", "topk", "cummax", "cummin"))


def indices_along(operation: str, x, dim: int, index) -> tuple:
    """Return the index that takes, for each element of a tensor of indices, the element of x it names along dim."""
    need_tensors(operation, index)
    places, shape = np.asarray(index._data), x._data.shape
    if places.dtype.kind not in "iu" or places.dtype == np.uint8:
        raise RuntimeError(f"{operation}(): Expected dtype int64 for index, but got {index.dtype}")
    if places.ndim != len(shape) and places.size:
        raise RuntimeError(
            f"Index tensor must have the same number of dimensions as input tensor: {places.ndim} and {len(shape)}"
        )
    for d, (n, m) in enumerate(zip(places.shape, shape, strict=False)):
        if d != dim and n > m:
            raise RuntimeError(
                f"Size does not match at dimension {d} expected index {list(places.shape)} to be no larger than self "
                f"{list(shape)} apart from dimension {dim}"
            )
    if not shape:
        return (places,) if places.ndim else ()
    if places.size and not (places.min() >= 0 and places.max() < shape[dim]):
        wrong = places[(places < 0) | (places >= shape[dim])].flat[0]
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {dim} with size {shape[dim]}")
    return tuple(
        places if d == dim else np.arange(n).reshape((n,) + (1,) * (places.ndim - 1 - d))
        for d, n in enumerate(places.shape)
    )


@of_tensor
def gather(input, dim, index):
    """Pick elements along dim: result[i][j] = input[index[i][j]][j] for dim=0, input[i][index[i][j]] for dim=1.

    index: int64, as many dimensions as the input, and no larger than it except along dim.
    Shapes: the result has that of index.
    Errors: RuntimeError for another type or shape of index, and for an index out of bounds.
    Gradient: each element receives the sum of g over all places where it was picked.

    >>> torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[1], [0]]))
    tensor([[2],
            [3]])
    """
    dim = dim_of(dim, input._data.ndim)
    return on_tensors["gather"](input, indices_along("gather", input, dim, index))


def scattering(name: str, suffix: str):
    """Make torch.scatter or scatter_add and, with a suffix, its twin in place."""

    def scatter(input, dim, index, src=None, *, value=None):
        dim = dim_of(dim, input._data.ndim)
        indices = indices_along(name, input, dim, index)
        what = value if src is None else src
        if not isinstance(what, Tensor):
            if name == "scatter_add" or what is None:
                raise TypeError(f"{name}(): argument 'src' must be Tensor, not {type(what).__name__}")
            return on_tensors["scatter_value" + suffix](input, what, indices)
        if what._data.dtype != input._data.dtype:
            raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype")
        if any(n > m for n, m in zip(index._data.shape, what._data.shape, strict=False)):
            raise RuntimeError(
                f"Expected index {list(index.shape)} to be no larger than src {list(what.shape)} in any dimension"
            )
        if index._data.shape != what._data.shape:
            what = what[tuple(slice(n) for n in index._data.shape)]
        return on_tensors[name + suffix](input, what, indices)

    return named(name + suffix, scatter)


for name in ("scatter", "scatter_add"):
    of_tensor(scattering(name, ""))
    method(scattering(name, "_"))


def order_along(x: np.ndarray, dim: int, descending: bool) -> np.ndarray:
    """Return the order of the elements along dim; equal ones keep theirs, nan counts as the largest."""
    if not x.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(x, axis=dim, kind="stable")
    backwards = np.argsort(np.flip(x, dim), axis=dim, kind="stable")
    return np.flip(x.shape[dim] - 1 - backwards, dim)


def taken_along(x, dim: int, places: np.ndarray) -> tuple:
    return along(x._data.shape, dim, places, True) if x._data.ndim else ()


@of_tensor
def sort(input, dim=-1, descending=False, *, stable=None):
    """Sort the elements along dim, and return where each came from: a named tuple (values, indices).

    descending: the largest first; equal elements keep their order, with stable or without it.
    Shapes: any; both have that of the input.
    Errors: IndexError for a dim that the tensor does not have.
    Gradient: each element receives g from where it went.

    >>> torch.sort(torch.tensor([3., 1., 2.]))
    torch.return_types.sort(
    values=tensor([1., 2., 3.]),
    indices=tensor([1, 2, 0]))
    """
    dim = dim_of(dim, input._data.ndim)
    places = order_along(input._data, dim, descending)
    row = "sort" if stable is None else "sort_stable"
    return SORTED(on_tensors[row](input, taken_along(input, dim, places)), wrap(places, None))


@of_tensor
def argsort(input, dim=-1, descending=False, *, stable=False):
    """Return the indices that sort the elements along dim.

    descending: the largest first; equal elements keep their order, with stable or without it.
    Shapes: any; the result has that of the input, int64.
    Errors: IndexError for a dim that the tensor does not have.
    Gradient: none flows through it.

    >>> torch.argsort(torch.tensor([3., 1., 2.]))
    tensor([1, 2, 0])
    """
    return wrap(order_along(input._data, dim_of(dim, input._data.ndim), descending), None)


@of_tensor
def topk(input, k, dim=-1, largest=True, sorted=True):
    """Find the k largest elements along dim and their positions: a named tuple (values, indices).

    largest: False for the smallest; in order, sorted or not, and of equal ones those that come first.
    Shapes: the input's, with size k along dim.
    Errors: RuntimeError where there are no k elements, IndexError for a dim that the tensor does not have.
    Gradient: the elements picked receive g.

    >>> torch.topk(torch.tensor([3., 1., 2.]), 2)
    torch.return_types.topk(
    values=tensor([3., 2.]),
    indices=tensor([0, 2]))
    """
    dim = dim_of(dim, input._data.ndim)
    count = input._data.shape[dim] if input._data.ndim else 1
    if not 0 <= k <= count:
        raise RuntimeError(f"selected index k out of range: {k} of {count} elements")
    places = order_along(input._data, dim, largest)
    if places.ndim:
        places = np.ascontiguousarray(places[(slice(None),) * dim + (slice(k),)])
    return TOP(on_tensors["topk"](input, taken_along(input, dim, places)), wrap(places, None))


def extremes_so_far(name: str, better, kind) -> None:
    """Make torch.cummax or torch.cummin."""

    def running(input, dim):
        x = np.asarray(input._data)
        dim = dim_of(dim, x.ndim)
        if not x.ndim or not x.size:
            places = np.zeros(x.shape, np.int64)
        else:
            extremes = better.accumulate(x, dim)
            numbers = np.arange(x.shape[dim]).reshape((-1,) + (1,) * (x.ndim - 1 - dim))
            reached = (x == extremes) | ((x != x) & (extremes != extremes))
            places = np.maximum.accumulate(np.where(reached, numbers, 0), dim)
        return kind(on_tensors[name](input, taken_along(input, dim, places)), wrap(places, None))

    largest = "largest" if name == "cummax" else "smallest"
    example = "[1., 3., 3.]" if name == "cummax" else "[1., 1., 1.]"
    running.__doc__ = f"""Find the {largest} element so far along dim and its position, the last of equal ones.

    Shapes: any; both have that of the input, in a named tuple (values, indices).
    Errors: IndexError for a dim that the tensor does not have.
    Gradient: each element receives the sum of g from where it was the {largest}.

    >>> torch.{name}(torch.tensor([1., 3., 2.]), dim=0).values
    tensor({example})
    """
    of_tensor(named(name, running))


extremes_so_far("cummax", np.maximum, CUMMAX)
extremes_so_far("cummin", np.minimum, CUMMIN)


@of_tensor
def cumprod(input, dim, *, dtype=None):
    """Multiply the elements so far along dim.

    dtype: a type to convert to first.  Whole numbers and truth values are multiplied as int64.
    Shapes: any; the result has that of the input.
    Errors: IndexError for a dim that the tensor does not have.
    Gradient: each element receives the sum of g times the later products, each without the element itself.

    >>> torch.cumprod(torch.tensor([1, 2, 3]), dim=0)
    tensor([1, 2, 6])
    """
    if dtype is not None:
        input = input.to(dtype=dtype)
    elif input._data.dtype.kind in "iub":
        input = wrap(input._data.astype(np.int64), None)
    dim = dim_of(dim, input._data.ndim)
    return on_tensors["cumprod"](input, dim)


# --- repeated, moved, cut


@method
def repeat(self, *repeats):
    """Repeat the tensor as often as repeats says along each dimension: a copy, as NumPy's tile.

    repeats: ints, or one tuple or list of them; those beyond the dimensions of the tensor come first.
    Shapes: any; each size is multiplied by its number in repeats.
    Errors: RuntimeError for fewer numbers than dimensions, and for negative ones.
    Gradient: each element receives the sum of g over its copies.

    >>> torch.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    times = as_shape(repeats)
    if len(times) < self._data.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor: "
            f"{len(times)} and {self._data.ndim}"
        )
    if any(n < 0 for n in times):
        raise RuntimeError(f"Trying to create tensor with negative dimension: {list(times)}")
    return on_tensors["repeat"](self, times)


@of_tensor
def tile(input, *dims):
    """Repeat the tensor as often as dims says along each of the last dimensions: a copy.

    dims: ints, or one tuple or list of them; fewer than the tensor has are filled up with 1 in front.
    Shapes: any; each size is multiplied by its number in dims.
    Gradient: each element receives the sum of g over its copies.

    >>> torch.tile(torch.tensor([1, 2]), (2,))
    tensor([1, 2, 1, 2])
    """
    times = as_shape(dims)
    return input.repeat(*((1,) * (input._data.ndim - len(times)) + times))


def triangle(name: str, suffix: str):
    """Make torch.tril or torch.triu and, with a suffix, its twin in place."""

    def cut(input, diagonal=0):
        if input._data.ndim < 2:
            raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
        return on_tensors[name + suffix](input, diagonal)

    which, zeros, example = ("lower", "above", "[1, 0],\n            [3, 4]") if name == "tril" else (
        "upper", "below", "[1, 2],\n            [0, 4]")  # fmt: skip
    cut.__doc__ = f"""Keep the {which} triangle of a matrix, or of each in a stack, with zeros {zeros} the diagonal.

    diagonal: which diagonal ends it, 0 for the main one, counted upwards.
    Shapes: (…, n, m); the result has that of the input.
    Errors: RuntimeError for fewer than two dimensions.
    Gradient: the input receives the same triangle of g.

    >>> torch.{name}{suffix}(torch.tensor([[1, 2], [3, 4]]))
    tensor([{example}])
    """
    if suffix:
        cut.__doc__ = cut.__doc__.replace(f"torch.{name}_(torch.tensor([[1, 2], [3, 4]]))",
                                          f"torch.tensor([[1, 2], [3, 4]]).{name}_()")  # fmt: skip
    return named(name + suffix, cut)


for name in ("tril", "triu"):
    of_tensor(triangle(name, ""))
    method(triangle(name, "_"))


@of_tensor
def roll(input, shifts, dims=None):
    """Move the elements along dims by shifts places, and those beyond the end to the beginning.

    shifts, dims: ints, or tuples of as many; without dims, the elements are counted row after row.
    Shapes: any; the result has that of the input.
    Errors: RuntimeError for shifts and dims of different lengths, IndexError for a dim that does not exist.
    Gradient: the input receives g, moved back.

    >>> torch.roll(torch.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    shifts = (shifts,) if isinstance(shifts, int) else tuple(shifts)
    if dims is None or dims == ():
        if len(shifts) != 1:
            raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:0")
        return on_tensors["roll"](input, shifts, None)
    axes = tuple(dim_of(d, input._data.ndim) for d in ((dims,) if isinstance(dims, int) else dims))
    if not input._data.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    if len(axes) != len(shifts):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(axes)}")
    return on_tensors["roll"](input, shifts, axes)


@of_tensor
def index_select(input, dim, index):
    """Pick the parts along dim whose numbers are in index.

    index: one dimension, int64 or int32.
    Shapes: the input's, with as many parts along dim as index has.
    Errors: IndexError for an index with more dimensions or out of bounds, RuntimeError for another type.
    Gradient: each part receives the sum of g over all places where it was picked.

    >>> torch.index_select(torch.tensor([1., 2., 3.]), 0, torch.tensor([2, 0]))
    tensor([3., 1.])
    """
    need_tensors("index_select", index)
    places = np.asarray(index._data)
    dim = dim_of(dim, input._data.ndim)
    if places.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"index_select(): Expected dtype int32 or int64 for index, but got {index.dtype}")
    if places.ndim > 1:
        raise IndexError("index_select(): Index is supposed to be a vector")
    size = input._data.shape[dim] if input._data.ndim else 1
    if places.size and not (places.min() >= 0 and places.max() < size):
        raise IndexError(f"index out of range in self: dimension {dim} has {size} parts")
    if not input._data.ndim:
        return input.clone()
    return on_tensors["index_select"](input, (slice(None),) * dim + (np.atleast_1d(places),))


@of_tensor
def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """Find the different elements, in order.

    return_inverse: also the position of each element of the input in the result; return_counts: also how often each
    occurs; dim: compare the parts along this dimension as wholes.
    Shapes: (n,); the inverse has the input's shape, the counts are (n,).
    Gradient: none flows through it.

    >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    axis = None if dim is None else dim_of(dim, input._data.ndim)
    values, inverse, counts = np.unique(
        np.asarray(input._data), return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    inverse = inverse.reshape(input._data.shape if axis is None else -1)
    found = [values, *([inverse] if return_inverse else []), *([counts] if return_counts else [])]
    tensors = tuple(wrap(np.asarray(each), None) for each in found)
    return tensors if len(tensors) > 1 else tensors[0]


@of_tensor
def nonzero(input, *, as_tuple=False):
    """Find the elements that are not 0 or False: a row of indices for each.

    as_tuple: a tensor for each dimension instead, as torch.where(input) gives.
    Shapes: (count, dimensions).
    Gradient: none flows through it.

    >>> torch.nonzero(torch.tensor([0., 2., 3.]))
    tensor([[1],
            [2]])
    """
    if as_tuple:
        return functions["where"](input != 0)
    return wrap(np.argwhere(input._data), None)


@of_tensor
def masked_select(input, mask):
    """Pick the elements where the mask is True, as one row: input[mask], for shapes that are broadcast.

    Shapes: two that can be broadcast; the result (n,), for n elements picked.
    Errors: RuntimeError for a mask of another type, and for shapes that cannot be broadcast.
    Gradient: the elements picked receive g.

    >>> torch.masked_select(torch.tensor([1., 2., 3.]), torch.tensor([True, False, True]))
    tensor([1., 3.])
    """
    need_tensors("masked_select", mask)
    if mask._data.dtype.kind != "b":
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    try:
        shape = np.broadcast_shapes(input._data.shape, mask._data.shape)
    except ValueError:
        raise RuntimeError(f"shapes {list(input.shape)} and {list(mask.shape)} cannot be broadcast") from None
    places = np.nonzero(np.atleast_1d(np.broadcast_to(mask._data, shape)))
    whole = input if shape == input._data.shape else input.expand(*shape)
    whole = whole if shape else whole.reshape(1)
    return on_tensors["masked_select"](whole, places)


# --- several tensors


def meshgrid(*tensors, indexing=None):
    """Make n tensors of n dimensions from n vectors: tensor i repeats vector i, which lies along dimension i.

    indexing: "ij" for that, "xy" to exchange the first two dimensions; left out, "ij" with a UserWarning.
    Shapes: (nᵢ,) each; each result (n₀, n₁, …), with "xy" (n₁, n₀, …).
    Errors: RuntimeError for tensors of more dimensions, for two types, and for another indexing.
    Gradient: each vector receives the sum of g over the other dimensions.

    >>> torch.meshgrid(torch.tensor([1, 2]), torch.tensor([3, 4]), indexing="ij")[0]
    tensor([[1, 1],
            [2, 2]])
    """
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        (tensors,) = tensors
    need_tensors("meshgrid", *tensors)
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing is None:
        warnings.warn("torch.meshgrid: in an upcoming release, it will be required to pass the indexing", stacklevel=2)
    elif indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    if any(t._data.ndim > 1 for t in tensors):
        raise RuntimeError("torch.meshgrid: Expected 0D or 1D tensor in the tensor list")
    if any(t._data.dtype != tensors[0]._data.dtype for t in tensors):
        raise RuntimeError("torch.meshgrid expects all tensors to have the same dtype")
    vectors = list(tensors)
    swapped = indexing == "xy" and len(vectors) > 1
    if swapped:
        vectors[:2] = vectors[1::-1]
    shape = [t.numel() for t in vectors]
    grids = [t.view(*[-1 if d == i else 1 for d in range(len(shape))]).expand(*shape) for i, t in enumerate(vectors)]
    if swapped:
        grids[:2] = grids[1::-1]
    return tuple(grids)


def einsum(equation, *operands):
    """Multiply tensors and sum, as an equation of letters says: "ij,jk->ik" is the matrix product.

    Every letter names a dimension; those on the right are kept, the others summed. Without "->", those that occur once
    are kept, in alphabetical order; "..." means further dimensions, which are broadcast.
    Shapes: as the equation says; the result has a dimension for each letter on the right.
    Errors: RuntimeError for an equation that does not fit the tensors.
    Gradient: each tensor receives the sum of g times the others, over the dimensions that it does not have.

    >>> torch.einsum("ij,j->i", torch.tensor([[1., 2.], [3., 4.]]), torch.tensor([1., 1.]))
    tensor([3., 7.])
    """
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        (operands,) = operands
    need_tensors("einsum", *operands)
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        raise RuntimeError(f"einsum(): {len(terms)} terms in {equation!r}, but {len(operands)} operands")
    sizes: dict[str, int] = {}
    inputs = []
    further = 0
    for term, operand in zip(terms, operands, strict=True):
        letters, operand = spelled(term, operand, equation)
        further = max(further, sum(letter.isdigit() for letter in letters))
        for letter, n in zip(letters, operand._data.shape, strict=True):
            if sizes.setdefault(letter, n) == 1:
                sizes[letter] = n
            elif n not in (1, sizes[letter]):
                raise RuntimeError(f"einsum(): {letter!r} of {equation!r} has the sizes {sizes[letter]} and {n}")
        inputs.append((letters, operand))
    dots = [str(d) for d in reversed(range(further))]
    if arrow:
        before, ellipsis, after = right.partition("...")
        kept = [*before, *(dots if ellipsis else []), *after]
    else:
        every = [letter for letters, _ in inputs for letter in letters if letter.isalpha()]
        kept = [*dots, *sorted(letter for letter in set(every) if left.count(letter) == 1)]
    if unknown := [letter for letter in kept if letter not in sizes]:
        raise RuntimeError(f"einsum(): the result of {equation!r} has {unknown[0]!r}, which no operand has")
    letters, result = inputs[0]
    for number, (others, operand) in enumerate(inputs[1:], 2):
        still = {*kept, *(letter for more, _ in inputs[number:] for letter in more)}
        letters, result = multiplied(letters, result, others, operand, still)
    gone = [d for d, letter in enumerate(letters) if letter not in kept]
    result = result.sum(gone) if gone else result
    letters = [letter for letter in letters if letter in kept]
    return result.permute([letters.index(letter) for letter in kept]) if letters != kept else result


def spelled(term: str, operand, equation: str) -> tuple[list[str], Any]:
    """Return the letters of a tensor's dimensions: "..." as digits from the last back, a repeated one as a diagonal."""
    before, ellipsis, after = term.partition("...")
    more = operand._data.ndim - len(before) - len(after)
    if more < 0 or (more and not ellipsis):
        raise RuntimeError(f"einsum(): {term!r} of {equation!r} does not name the dimensions of {list(operand.shape)}")
    letters = [*before, *(str(d) for d in reversed(range(more))), *after]
    for letter in dict.fromkeys(letters):
        while letters.count(letter) > 1:
            first = letters.index(letter)
            second = letters.index(letter, first + 1)
            n = operand._data.shape[first]
            key: list[Any] = [slice(None)] * len(letters)
            key[first] = key[second] = np.arange(n)
            operand = operand[tuple(key)]
            del letters[second]
            if second != first + 1:  # NumPy and PyTorch then put the dimension of the indices first
                letters.insert(0, letters.pop(first))
    return letters, operand


def multiplied(a: list[str], x, b: list[str], y, still: set) -> tuple[list[str], Any]:
    """Return the product of two tensors, summed over the letters no longer needed: a stack of matrix products."""
    x, a = summed(x, a, lambda letter: letter in b or letter in still)
    y, b = summed(y, b, lambda letter: letter in a or letter in still)
    both = [letter for letter in a if letter in b]
    stack = [letter for letter in both if letter in still]
    within = [letter for letter in both if letter not in still]
    rows = [letter for letter in a if letter not in b]
    columns = [letter for letter in b if letter not in a]
    if not within:
        every = [*stack, *rows, *columns]
        return every, laid_out(x, a, every) * laid_out(y, b, every)
    size = {letter: max(n, m) for letter, n, m in ((c, x.shape[a.index(c)], y.shape[b.index(c)]) for c in both)}
    size |= {c: x.shape[a.index(c)] for c in rows} | {c: y.shape[b.index(c)] for c in columns}

    def of(letters):
        return [size[letter] for letter in letters]

    def count(letters):
        return int(np.prod(of(letters), dtype=int))

    left = laid_out(x, a, [*stack, *rows, *within]).expand(*of(stack), *of(rows), *of(within))
    right = laid_out(y, b, [*stack, *within, *columns]).expand(*of(stack), *of(within), *of(columns))
    product = left.reshape(*of(stack), count(rows), count(within)) @ right.reshape(
        *of(stack), count(within), count(columns)
    )
    return [*stack, *rows, *columns], product.reshape(*of(stack), *of(rows), *of(columns))


def summed(x, letters: list[str], needed) -> tuple[Any, list[str]]:
    gone = [d for d, letter in enumerate(letters) if not needed(letter)]
    return (x.sum(gone) if gone else x), [letter for letter in letters if needed(letter)]


def laid_out(x, letters: list[str], order: list[str]):
    """Return the tensor with its dimensions in the given order, and with size 1 for letters that it does not have."""
    x = x.permute([letters.index(letter) for letter in order if letter in letters]) if letters else x
    return x[tuple(slice(None) if letter in letters else None for letter in order)] if order else x


functions["meshgrid"], functions["einsum"] = meshgrid, einsum


@public
def bmm(input, mat2):
    """Multiply the matrices of two stacks, each with its partner.

    Shapes: input (rows, n, m), mat2 (rows, m, p); the result (rows, n, p).
    Errors: RuntimeError for other shapes and for two types.
    Gradient: the input receives g mat2ᵀ, mat2 receives inputᵀ g.

    >>> torch.bmm(torch.ones(1, 2, 3), torch.ones(1, 3, 1)).shape
    torch.Size([1, 2, 1])
    """
    need_tensors("bmm", input, mat2)
    x, y = input._data, mat2._data
    if x.ndim != 3 or y.ndim != 3:
        raise RuntimeError("batch1 and batch2 must be 3D tensors: @ multiplies others, too")
    if len(x) != len(y) or x.shape[2] != y.shape[1]:
        raise RuntimeError(f"Expected size for first two dimensions of batch2 tensor to be: [{len(x)}, {x.shape[2]}] "
                           f"but got: [{y.shape[0]}, {y.shape[1]}].")  # fmt: skip
    if x.dtype != y.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype} but found {mat2.dtype}")
    return bmm_rule(input, mat2)


bmm_rule = on_tensors["bmm"]


def pad(input, pad, mode="constant", value=None):
    """Put numbers around the tensor: pad[0] before and pad[1] after it along the last dimension, and so on.

    value: 0 unless given; negative numbers in pad cut elements off; mode: "constant" is the only one here.
    Shapes: (…, n); the result (…, n + pad[0] + pad[1]), and likewise for the dimensions before.
    Errors: RuntimeError for an odd count or too many numbers, NotImplementedError for another mode.
    Gradient: the input receives the part of g that belongs to it.

    >>> torch.nn.functional.pad(torch.tensor([1., 2.]), (1, 2))
    tensor([0., 1., 2., 0., 0.])
    """
    need_tensors("pad", input)
    if mode != "constant":
        raise NotImplementedError(f"minigrad's pad only has mode='constant', not {mode!r}")
    pad = tuple(pad)
    if len(pad) % 2 or len(pad) > 2 * input._data.ndim:
        raise RuntimeError(f"Padding length must be divisible by 2 and at most twice the dimensions, but is {len(pad)}")
    widths = [(0, 0)] * (input._data.ndim - len(pad) // 2) + list(zip(pad[::2], pad[1::2], strict=True))[::-1]
    if any(n < 0 for two in widths for n in two):
        sizes = input._data.shape
        input = input[tuple(slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(sizes, widths, strict=True))]
        widths = [(max(a, 0), max(b, 0)) for a, b in widths]
    inside = tuple(slice(a, a + n) for n, (a, _) in zip(input._data.shape, widths, strict=True))
    return on_tensors["pad"](input, tuple(widths), value or 0, inside)
