"""The same numbers in another shape: views, which share memory with the tensor they show, and copies."""

import math
from typing import Any

import numpy as np

from ..dtypes import bool_, float32, float64, int32, int64, numpy_type, uint8
from ..engine.operation import method, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from .arguments import dim_of, of_tensor, sizes
from .arguments import dims as counted

_Tensor: Any = Tensor  # for a type checker: the tables add to the class


def inner(*row, **columns):
    rule(*row, inner=True, **columns)


def shared(*row, **columns):
    rule(*row, inner=True, view=True, **columns)


def inverse(dims: tuple) -> tuple:
    """The permutation that undoes the permutation `dims`."""
    return tuple(sorted(range(len(dims)), key=dims.__getitem__))


def squeezed(x: np.ndarray, dim: tuple) -> np.ndarray:
    """x without those of the dimensions `dim` whose size is 1."""
    return x.reshape([n for d, n in enumerate(x.shape) if not (n == 1 and d in dim)])


def expanded(x: np.ndarray, shape: tuple) -> np.ndarray:
    """x repeated to `shape`; may be written to where nothing is in fact repeated."""
    return x.reshape(shape) if math.prod(shape) == x.size else np.broadcast_to(x, shape)


def order_of(x) -> str:
    """NumPy's word for a copy that lies in memory as x does; in rows, where x shows elements again and again."""
    return "C" if 0 in x.strides else "K"


for helper in (inverse, squeezed, expanded, order_of):
    on_arrays[helper.__name__] = on_tensors[helper.__name__] = helper

# fmt: off
# ---- operation ------------- result ---------------------- x receives ------------
rule(  "clone(x)",             "x.copy(order_of(x))",       x="g")
inner( "clone_in_rows(x)",     "x.copy()",                  x="g", node="CloneBackward0")
shared("alias(x)",             "x[...]",                    x="g")
shared("t(x)",                 "x.T",                       x="t(g)")
shared("transpose(x, i, j)",   "x.swapaxes(i, j) if x.ndim else x[...]",
                                                            x="transpose(g, i, j)", saved_as={"i": "dim0", "j": "dim1"})
shared("permute(x, dims)",     "x.transpose(dims)",         x="permute(g, inverse(dims))")
shared("view(x, shape)",       "x.reshape(shape)",          x="g.reshape(x.shape)")
shared("reshape_alias(x, shape)", "x.reshape(shape)",      x="g.reshape(x.shape)")
shared("unsqueeze(x, dim)",    "np.expand_dims(x, dim)",    x="g.reshape(x.shape)", saved_as={"x_shape": None})
shared("squeeze_all(x)",       "x.squeeze()",               x="g.reshape(x.shape)", node="SqueezeBackward0")
shared("squeeze_dim(x, dim)",  "squeezed(x, (dim,))",       x="g.reshape(x.shape)", node="SqueezeBackward1")
shared("squeeze_dims(x, dim)", "squeezed(x, dim)",          x="g.reshape(x.shape)", node="SqueezeBackward2")
inner( "squeeze_mm(x, dim)",   "x.reshape(-1)",             x="g.reshape(x.shape)", node="SqueezeBackward4")
inner( "unsafe_view(x, shape)","x.reshape(shape)",          x="g.reshape(x.shape)")
shared("expand(x, shape)",     "expanded(x, shape)",        x="sum_to(g, x.shape)")
inner( "to_copy(x, dtype)",    "x.astype(dtype, order_of(x))", x="g", converts=True)  # the walk converts g back
# fmt: on


def resolved(shape: tuple, size: int) -> tuple:
    """The shape with its -1, if it has one, worked out; RuntimeError where it does not hold `size` elements."""
    known = math.prod(n for n in shape if n != -1)
    missing = shape.count(-1)
    if missing > 1:
        raise RuntimeError("only one dimension can be inferred: a shape has at most one -1")
    for n in shape:
        if n < -1:
            raise RuntimeError(f"invalid shape dimension {n}")
    if missing and known == 0 and size == 0:
        raise RuntimeError(f"cannot reshape tensor of 0 elements into shape {list(shape)}: the -1 could be any size")
    if known != size if not missing else known == 0 or size % known:
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {size}")
    return tuple(size // known if n == -1 else n for n in shape)


_view, _unsafe_view, _in_rows = (on_tensors[name] for name in ("view", "unsafe_view", "clone_in_rows"))


def shares(x: np.ndarray, shape: tuple) -> bool:
    """Can x take this shape without a copy?"""
    return x.flags.c_contiguous or x.size == 0 or np.shares_memory(x.reshape(shape), x)


@of_tensor
def reshape(x, *sizes_, shape=None):
    """The elements in another shape, in the same order: a view where the memory allows it, otherwise a copy.

    One size may be -1, and follows from the others.  RuntimeError where the number of elements does not fit.
    """
    data = x._data
    shape = resolved(sizes(sizes_, shape), data.size)
    if type(data) is not np.ndarray or data.flags.c_contiguous:
        return _view(x, shape)
    if shares(data, shape):
        return on_tensors["reshape_alias"](x, shape)
    return _unsafe_view(_in_rows(x), shape)


@method
def view(x, *sizes_, size=None):
    """As reshape, but always sharing memory: RuntimeError where that cannot be."""
    shape = resolved(sizes(sizes_, size), x._data.size)
    if type(x._data) is np.ndarray and not shares(x._data, shape):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return _view(x, shape)


@method
def view_as(x, other):
    """x.view(other.shape)."""
    return x.view(other.shape)


@of_tensor
def ravel(x):
    """All elements in one dimension."""
    return x.reshape(-1)


@of_tensor
def flatten(x, start_dim=0, end_dim=-1):
    """The dimensions from start_dim to end_dim as one."""
    shape = x._data.shape
    start, end = dim_of(start_dim, len(shape)), dim_of(end_dim, len(shape))
    if not shape:
        return x.reshape(1)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    return x if start == end else x.reshape(*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])


@of_tensor
def squeeze(x, dim=None):
    """Without the dimensions of size 1: all of them, or those in `dim`, an int or several."""
    if dim is None:
        return on_tensors["squeeze_all"](x)
    if isinstance(dim, int):
        return on_tensors["squeeze_dim"](x, dim_of(dim, x._data.ndim))
    return on_tensors["squeeze_dims"](x, counted(dim, x._data.ndim))


@of_tensor
def unsqueeze(x, dim):
    """With a new dimension of size 1 before dimension `dim`, or after the last."""
    return on_tensors["unsqueeze"](x, dim_of(dim, x._data.ndim + 1))


@method
def expand(x, *sizes_, size=None):
    """Repeated along new leading dimensions and dimensions of size 1, without using memory; -1 keeps a size."""
    shape = sizes(sizes_, size)
    own = x._data.shape
    lead = len(shape) - len(own)
    if lead < 0:
        raise RuntimeError(
            f"expand(): the number of sizes provided ({len(shape)}) must be greater or equal to the number of "
            f"dimensions in the tensor ({len(own)})"
        )
    if any(n < 0 for n in shape[:lead]):
        raise RuntimeError(f"expand(): {list(shape)} has a -1 for a new dimension, which has no size yet to keep")
    wanted = tuple(own[i - lead] if n == -1 and i >= lead else n for i, n in enumerate(shape))
    for i, (n, m) in enumerate(zip(wanted[lead:], own, strict=True)):
        if n != m and m != 1:
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({m}) at non-singleton dimension "
                f"{lead + i}. Target sizes: {list(shape)}. Tensor sizes: {list(own)}"
            )
    return on_tensors["expand"](x, wanted)


@method
def expand_as(x, other):
    """x.expand(other.shape)."""
    return x.expand(other.shape)


@of_tensor
def t(x):
    """The transpose of a matrix; a vector or a 0-d tensor as it is."""
    if x._data.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {x._data.ndim}D")
    return on_tensors["t"](x)


@of_tensor
def transpose(x, dim0, dim1):
    """With two dimensions exchanged."""
    n = x._data.ndim
    return on_tensors["transpose"](x, dim_of(dim0, n), dim_of(dim1, n))


@of_tensor
def swapaxes(x, axis0, axis1):
    """x.transpose(axis0, axis1)."""
    return x.transpose(axis0, axis1)


@of_tensor
def permute(x, *order, dims=None):
    """With the dimensions in the given order."""
    order = sizes(order, dims)
    if len(order) != x._data.ndim:
        raise RuntimeError(
            f"permute(): the tensor has {x._data.ndim} dimensions, but the order names {len(order)}: {list(order)}"
        )
    return on_tensors["permute"](x, counted(order, x._data.ndim))


def _T(x):
    return on_tensors["permute"](x, tuple(reversed(range(x._data.ndim))))


def _mT(x):
    if x._data.ndim == 1:
        raise RuntimeError("tensor.mT is only supported on matrices or batches of matrices")
    if x._data.ndim == 0:
        return x
    return on_tensors["transpose"](x, x._data.ndim - 2, x._data.ndim - 1)


_Tensor.T = property(_T, doc="The dimensions in the opposite order: of a matrix, its transpose.")
_Tensor.mT = property(_mT, doc="The last two dimensions exchanged: of a stack of matrices, their transposes.")


@method
def contiguous(x):
    """The same values in a memory of their own, row after row, where they are not so already."""
    return x if type(x._data) is not np.ndarray or x._data.flags.c_contiguous else _in_rows(x)


# --- conversion of types


def check_device(device) -> None:
    """There is one device."""
    if str(device).startswith("cuda"):
        raise AssertionError("minigrad computes on the CPU only: leave device out, or say device='cpu'")
    if device not in (None, "cpu"):
        raise RuntimeError(f"minigrad computes on the CPU only: there is no device {device!r}")


@method
def to(x, *what, dtype=None, device=None, copy=False):
    """With elements of another type, `to(torch.float64)`, or of another tensor's; itself where nothing changes.

    There is one device, "cpu": `to("cpu")` changes nothing.
    """
    check_device(device)
    for argument in what:
        if isinstance(argument, str):
            check_device(argument)
        else:
            dtype = argument.dtype if isinstance(argument, Tensor) else argument
    target = numpy_type(dtype)
    if target is None or target == x._data.dtype:
        return on_tensors["to_copy"](x, x._data.dtype) if copy else x
    if target.kind != "f" and x.requires_grad:
        return wrap(x._data.astype(target), None)
    return on_tensors["to_copy"](x, target)


def conversion(dtype):
    def convert(x):
        return x.to(dtype)

    convert.__doc__ = f"x.to({dtype!r})"
    return convert


_Tensor.float, _Tensor.double = conversion(float32), conversion(float64)
_Tensor.long, _Tensor.int, _Tensor.bool = conversion(int64), conversion(int32), conversion(bool_)


def type_(x, dtype=None):
    """x.to(dtype); without an argument, the name of the tensor's type."""
    if isinstance(dtype, str):
        raise ValueError(f"invalid type: {dtype!r}; say torch.float32 and the like")
    if dtype is not None:
        return x.to(dtype)
    names = {float32: "Float", float64: "Double", int64: "Long", int32: "Int", uint8: "Byte", bool_: "Bool"}
    return f"torch.{names[x.dtype]}Tensor"


_Tensor.type = type_


@method
def type_as(x, other):
    """x.to(other.dtype)."""
    return x.to(other.dtype)


@method
def size(x, dim=None):
    """The shape, or the number of elements along one dimension."""
    return x.shape if dim is None else x.shape[dim_of(dim, x._data.ndim)]


@of_tensor
def numel(x):
    """The number of elements."""
    return int(x._data.size)


@method
def dim(x):
    """The number of dimensions."""
    return x._data.ndim


@method
def is_contiguous(x):
    """Do the elements lie in memory row after row?"""
    return type(x._data) is not np.ndarray or x._data.flags.c_contiguous


@of_tensor
def is_floating_point(x):
    return x._data.dtype.kind == "f"
