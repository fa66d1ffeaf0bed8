"""Reading and writing parts of a tensor: x[...] with integers, slices, None, `...`, masks and tensors of indices.

As in PyTorch an index is taken apart: each integer, slice and None is a separate view (SelectBackward0,
SliceBackward0, UnsqueezeBackward0), one after the other; what remains, masks and tensors of indices, is one step that
copies (IndexBackward0).
"""

import warnings

import numpy as np

from ..engine.operation import method, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from ..numbers import fitting


def at(dim: int, part) -> tuple:
    """Return the index that takes `part` of dimension `dim` and everything of those before."""
    return (slice(None),) * dim + (part, ...)  # with ... also a single element is a view, not a NumPy scalar


def span(dim: int, start: int, end: int, step: int) -> tuple:
    """Return the index that takes a slice of dimension `dim`."""
    return at(dim, slice(start, end, step))


def scattered(x, shape: tuple, index) -> np.ndarray:
    """Return zeros of the given shape to which x is added at `index`, once for every time that an element is named."""
    total = np.zeros(shape, x.dtype)
    np.add.at(total, index, x)
    return total


def placed(x, shape: tuple, index) -> np.ndarray:
    """Return zeros of the given shape with x put at `index`, which names no element twice."""
    total = np.zeros(shape, x.dtype)
    total[index] = x
    return total


def replaced(x, y, index) -> np.ndarray:
    """Return a copy of x with y put at `index`."""
    copy = x.copy()
    copy[index] = y
    return copy


for shared in (at, span, scattered, placed, replaced):
    on_arrays[shared.__name__] = shared
on_tensors["at"], on_tensors["span"] = at, span

# fmt: off
# --- operation ---------------- result ---------------------------- x receives ------------------ y receives ------
rule("select(x, dim, index)",    "x[at(dim, index)]",     view=True, x="placed(g, x.shape, at(dim, index))", inner=True)
rule("slice(x, dim, start, end, step)", "x[span(dim, start, end, step)]", view=True,
     x="placed(g, x.shape, span(dim, start, end, step))", inner=True)
rule("index(x, indices)",        "x[indices]",                     x="scattered(g, x.shape, indices)",
     inner=True, frees=True)
rule("index_put(x, y, indices)", "replaced(x, y, indices)",        x="replaced(g, 0, indices)",
     y="sum_to(index(g, indices), y.shape)", inner=True, inplace=True, elementwise=False, converts=True, frees=True,
     saved_as={"y_shape": None})
# their derivatives
rule("placed(x, shape, index)",    "placed(x, shape, index)",      x="taken(g, index)",          inner=True)
rule("taken(x, index)",            "x[index]",                     x="placed(g, x.shape, index)", inner=True)
rule("scattered(x, shape, indices)", "scattered(x, shape, indices)", x="index(g, indices)",      inner=True)
rule("replaced(x, n, index)",      "replaced(x, n, index)",        x="replaced(g, 0, index)",    inner=True)
# fmt: on


def is_index_tensor(part) -> bool:
    return isinstance(part, (Tensor, np.ndarray, list, bool, np.bool_))


def is_truth(part) -> bool:
    """Return True for a 0-d bool tensor, which counts as Python's True or False."""
    return isinstance(part, Tensor) and part._data.ndim == 0 and part._data.dtype.kind == "b"


def is_bytes(part) -> bool:
    """Return True for a tensor of bytes, which is taken for a mask, as in PyTorch."""
    return isinstance(part, Tensor) and part._data.dtype == np.uint8


def as_mask(part):
    """Return a tensor of bytes as a mask, with a warning; anything else as it is."""
    if not is_bytes(part) or not part._data.ndim:
        return part
    warnings.warn(
        "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead: bytes are taken for "
        "a mask, and not for places. For a mask write mask.bool(), for places indices.long()",
        stacklevel=4,
    )
    return wrap(part._data != 0, None)


def as_index(part) -> np.ndarray:
    array = part._data if isinstance(part, Tensor) else np.asarray(part)
    if array.dtype.kind == "f":
        if array.size:
            raise IndexError("tensors used as indices must be long, int, byte or bool tensors, not floating-point ones")
        array = array.astype(np.int64)
    return np.asarray(array)


def listed(part):
    """Return a range or a tuple inside an index as a list of indices; anything else as it is."""
    return list(part) if isinstance(part, (range, tuple)) else part


def take_apart(x, key, reading: bool):
    """Return the view of x that the integers, slices and Nones of `key` show, and the indices that remain, or None."""
    parts = [listed(part) for part in key] if isinstance(key, tuple) else [listed(key)]
    parts = [bool(part._data) if is_truth(part) else as_mask(part) for part in parts]
    used = 0
    for part in parts:
        if part is None or part is Ellipsis or isinstance(part, (bool, np.bool_)):
            continue
        mask = is_index_tensor(part) and as_index(part).dtype.kind == "b"
        used += as_index(part).ndim if mask else 1
    ndim = x._data.ndim
    if used > ndim:
        raise IndexError(f"too many indices for tensor of dimension {ndim}")
    dim = 0  # of the result, which has lost the dimensions that integers selected
    selected = 0
    result = x
    indices: list = []  # for each dimension of the result an array of indices, or a full slice
    for part in parts:
        if isinstance(part, Tensor) and part._data.ndim == 0 and part._data.dtype.kind in "iu":
            part = int(part._data)  # a 0-d tensor selects, as an integer does
        if part is Ellipsis:
            skipped, ndim = ndim - used, used  # a second ellipsis stands for nothing
            indices += [slice(None)] * skipped
            dim += skipped
        elif part is None:
            result = on_tensors["unsqueeze"](result, dim)
            indices.append(slice(None))
            dim += 1
        elif isinstance(part, (bool, np.bool_)):
            result = on_tensors["unsqueeze"](result, dim)
            indices.append(np.array([0] if part else [], np.int64))
            dim += 1
        elif isinstance(part, slice):
            start, end, step = (None if n is None else n.__index__() for n in (part.start, part.stop, part.step))
            if step is not None and step <= 0:
                raise ValueError("step must be greater than zero: PyTorch's slices only run forward; use flip")
            size = result._data.shape[dim]
            whole = not start and (end is None or end >= size) and step in (None, 1)
            start, end, step = slice(start, end, step).indices(size)
            if not whole or (reading and not isinstance(key, tuple)):
                result = on_tensors["slice"](result, dim, start, max(start, end), step)
            indices.append(slice(None))
            dim += 1
        elif is_index_tensor(part):
            array = as_index(part)
            check_index(array, result._data.shape, dim, dim + selected)
            indices.append(array)
            dim += array.ndim if array.dtype.kind == "b" else 1
        elif hasattr(part, "__index__"):
            index = part.__index__()
            size = result._data.shape[dim]
            if not -size <= index < size:
                raise IndexError(f"index {index} is out of bounds for dimension {dim + selected} with size {size}")
            result = on_tensors["select"](result, dim, index % size)
            selected += 1
        else:
            kind = type(part).__name__
            error = TypeError if isinstance(part, str) else IndexError
            raise error(
                "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
                f"(got {kind})"
            )
    if not any(isinstance(index, np.ndarray) for index in indices):
        return result, None
    return result, tuple(indices)


def check_index(array, shape, dim, named) -> None:
    """Raise IndexError where an index lies outside dimension `dim` of `shape`, which the learner calls `named`."""
    if array.dtype.kind == "b":
        if array.shape != shape[dim : dim + array.ndim]:
            raise IndexError(
                f"The shape of the mask {list(array.shape)} at index 0 does not match the shape of the indexed tensor "
                f"{list(shape)} at index {dim}"
            )
    elif array.size and not (-shape[dim] <= array.min() and array.max() < shape[dim]):
        wrong = next(n for n in array.reshape(-1).tolist() if not -shape[dim] <= n < shape[dim])
        raise IndexError(f"index {wrong} is out of bounds for dimension {named} with size {shape[dim]}")


@method
def __getitem__(self, key):
    """Return a part of the tensor: views for integers, slices and None, copies for masks and tensors of indices."""
    if type(key) is int and self._data.ndim:
        size = self._data.shape[0]
        if -size <= key < size:
            return on_tensors["select"](self, 0, key % size)
    if isinstance(key, Tensor) and key._data.ndim == 0 and self._data.ndim == 0 and key._data.dtype.kind != "b":
        raise IndexError("invalid index of a 0-dim tensor: use .item() to get its number")
    if self._data.ndim == 0 and type(key) is int:
        raise IndexError("invalid index of a 0-dim tensor. Use `tensor.item()` to convert it to a Python number")
    view, indices = take_apart(self, key, True)
    if indices is None:
        return on_tensors["alias"](self) if view is self else view
    return on_tensors["index"](view, indices)


@method
def __setitem__(self, key, value):
    """Write a number or a tensor into a part of the tensor, in place."""
    if key is False:
        return
    key = None if key is True else key  # both show all of it, as the only element of a new dimension
    if any(is_bytes(part) for part in (key if isinstance(key, tuple) else (key,))):
        raise RuntimeError(
            "masked_fill_ only supports boolean masks, but got mask with dtype unsigned char: write x[mask.bool()] = …"
        )
    view, indices = take_apart(self, key, False)
    if not isinstance(value, Tensor):
        if not isinstance(value, (int, float, np.integer, np.bool_)):
            raise TypeError(
                f"can't assign a {type(value).__name__} to a {self.type()}: assign a number, or make a tensor of it "
                "first, with torch.tensor(…)"
            )
        number = np.asarray(fitting(value, self._data.dtype))
        value = wrap(number.astype(self._data.dtype) if indices else number, None)
    if indices is None:
        target = view._data.shape
        if value._data.shape == target:
            view.copy_(value)
        elif value._data.ndim == 0:
            view.fill_(value)
        else:
            value = without_leading_ones(value)
            view.copy_(value if value._data.shape == target else value.expand(target))
        return
    by_masks = all(isinstance(index, slice) or index.dtype.kind == "b" for index in indices)
    if value._data.dtype != self._data.dtype and not (by_masks and value._data.size == 1):
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {self.dtype} for the destination and "
            f"{value.dtype} for the source."
        )
    if value._data.shape[:1] == (1,):
        value = without_leading_ones(value)
    shape = view._data[indices].shape
    try:
        np.broadcast_to(value._data, shape)
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(value.shape)} cannot be broadcast to indexing result of "
            f"shape {list(shape)}"
        ) from None
    on_tensors["index_put_"](view, value, indices)


def without_leading_ones(value):
    shape = list(value._data.shape)
    while shape and shape[0] == 1:
        del shape[0]
    return on_tensors["view"](value, tuple(shape))


@method
def __delitem__(self, key):
    raise TypeError("Tensor does not support deleting items: select what should stay, with a mask or torch.cat")


@method
def __iter__(self):
    """Yield the parts along the first dimension, one after the other."""
    if self._data.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return iter(self.unbind(0))
