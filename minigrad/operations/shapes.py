"""The same numbers in another shape: views, which share memory with the tensor they show, and copies."""

import math
from typing import Any

import numpy as np

from ..devices import CPU, check_device, no_cuda
from ..devices import device as Device
from ..dtypes import bool_, float32, float64, int32, int64, numpy_type, uint8
from ..engine.modes import recording
from ..engine.operation import method, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from ..engine.versions import mark_written, owner
from ..errors import warn_once
from ..hooks import move_retained
from ..inplace.writing import check_writable
from .arguments import as_shape, dim_of, named, of_tensor
from .arguments import dims as counted

_Tensor: Any = Tensor  # for a type checker: the tables add to the class


def inner(*row, **columns):
    rule(*row, inner=True, **columns)


def shared(*row, **columns):
    rule(*row, inner=True, view=True, **columns)


def inverse(dims: tuple) -> tuple:
    """Return the permutation that undoes the permutation `dims`."""
    return tuple(sorted(range(len(dims)), key=dims.__getitem__))


def squeezed(x: np.ndarray, dim: tuple) -> np.ndarray:
    """Return x without those of the dimensions `dim` whose size is 1."""
    return x.reshape([n for d, n in enumerate(x.shape) if not (n == 1 and d in dim)])


def expanded(x: np.ndarray, shape: tuple) -> np.ndarray:
    """Return x repeated to `shape`; may be written to where nothing is in fact repeated."""
    return x.reshape(shape) if math.prod(shape) == x.size else np.broadcast_to(x, shape)


def order_of(x) -> str:
    """Return NumPy's word for a copy laid out in memory as x is; in rows, if x repeats elements."""
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
shared("squeeze_all_here(x)",  "x.squeeze()",               x="g.reshape(x.shape)", node="SqueezeBackward3")
shared("squeeze_dim_here(x, dim)", "squeezed(x, (dim,))",   x="g.reshape(x.shape)", node="SqueezeBackward4")
shared("squeeze_dims_here(x, dim)", "squeezed(x, dim)",     x="g.reshape(x.shape)", node="SqueezeBackward5")
shared("unsqueeze_here(x, dim)", "np.expand_dims(x, dim)",  x="g.reshape(x.shape)", node="UnsqueezeBackward1",
       saved_as={"x_shape": None})
inner( "squeeze_mm(x, dim)",   "x.reshape(-1)",             x="g.reshape(x.shape)", node="SqueezeBackward4")
inner( "unsafe_view(x, shape)","x.reshape(shape)",          x="g.reshape(x.shape)")
shared("expand(x, shape)",     "expanded(x, shape)",        x="sum_to(g, x.shape)")
inner( "to_copy(x, dtype)",    "x.astype(dtype, order_of(x))", x="g", converts=True)  # the walk converts g back
# fmt: on


def resolved(shape: tuple, size: int) -> tuple:
    """Return the shape with its -1, if it has one, worked out; RuntimeError where it does not hold `size` elements."""
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
    """Return True if x can take this shape without a copy."""
    return x.flags.c_contiguous or x.size == 0 or np.shares_memory(x.reshape(shape), x)


@of_tensor
def reshape(input, *sizes, shape=None):
    """Show the elements in another shape, in the same order: a view where the memory allows it, otherwise a copy.

    sizes: ints, or one tuple or list of them; one may be -1, and follows from the others.
    Shapes: any; the result has the given sizes.
    Errors: RuntimeError where the number of elements does not fit the shape.
    Gradient: the input receives g in its own shape.

    >>> torch.reshape(torch.arange(6), (2, 3))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    data = input._data
    shape = resolved(as_shape(sizes, shape), data.size)
    if type(data) is not np.ndarray or data.flags.c_contiguous:
        return _view(input, shape)
    if shares(data, shape):
        return on_tensors["reshape_alias"](input, shape)
    return _unsafe_view(_in_rows(input), shape)


@method
def view(self, *sizes, size=None):
    """Show the elements in another shape, on the same memory.

    sizes: ints, or one tuple or list of them; one may be -1, and follows from the others.
    Shapes: any; the result has the given sizes.
    Errors: RuntimeError where the number of elements does not fit the shape, and where it would take a copy, as after
    t().
    Gradient: the tensor receives g in its own shape.

    >>> torch.arange(6).view(2, 3)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    shape = resolved(as_shape(sizes, size), self._data.size)
    if type(self._data) is np.ndarray and not shares(self._data, shape):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
            "contiguous subspaces). Use .reshape(...) instead."
        )
    return _view(self, shape)


@method
def view_as(self, other):
    """Show the elements in the shape of another tensor, on the same memory: view(other.shape).

    Errors: RuntimeError where the number of elements does not fit, and where it would take a copy.
    Gradient: the tensor receives g in its own shape.

    >>> torch.arange(4).view_as(torch.zeros(2, 2))
    tensor([[0, 1],
            [2, 3]])
    """
    return self.view(other.shape)


@of_tensor
def ravel(input):
    """Return all elements in one dimension, in order: a view where the memory allows it, otherwise a copy.

    Shapes: any; the result (n,), for n elements.
    Gradient: the input receives g in its own shape.

    >>> torch.ravel(torch.tensor([[1, 2], [3, 4]]))
    tensor([1, 2, 3, 4])
    """
    return input.reshape(-1)


@of_tensor
def flatten(input, start_dim=0, end_dim=-1):
    """Merge the dimensions from start_dim to end_dim into one.

    Shapes: any; the merged dimension has the product of their sizes, a 0-d tensor becomes (1,).
    Errors: IndexError for a dimension that the tensor does not have, RuntimeError where start_dim comes after end_dim.
    Gradient: the input receives g in its own shape.

    >>> torch.flatten(torch.zeros(2, 3, 4), start_dim=1).shape
    torch.Size([2, 12])
    """
    shape = input._data.shape
    start, end = dim_of(start_dim, len(shape)), dim_of(end_dim, len(shape))
    if not shape:
        return input.reshape(1)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    return (
        input if start == end else input.reshape(*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])
    )


def squeezing(suffix: str):
    """Make torch.squeeze and unsqueeze or, with a suffix, those that change the shape of the tensor itself."""
    every, one, several, further = (
        on_tensors[name + ("_here" if suffix else "")]
        for name in ("squeeze_all", "squeeze_dim", "squeeze_dims", "unsqueeze")
    )

    def squeeze(input, dim=None):
        if dim is None:
            return every(input)
        if isinstance(dim, int):
            return one(input, dim_of(dim, input._data.ndim))
        return several(input, counted(dim, input._data.ndim))

    def unsqueeze(input, dim):
        return further(input, dim_of(dim, input._data.ndim + 1))

    return squeeze, unsqueeze


def reshaping(function):
    """Make the twin of a function that shows a tensor in another shape: the tensor itself has it from then on."""

    def twin(input, *arguments, **options):
        tracked = recording()
        if tracked:
            check_writable(input)
        shown = function(input, *arguments, **options)
        mark_written(owner(input._array()))
        input._set_array(shown._data)
        if tracked and shown._edge is not None:
            if input._view is None:
                input._set_history(shown._edge)  # views that were made of it before learn of it
            else:
                old, input._edge = input._edge, shown._edge
                if old.hooks is not None:
                    move_retained(input, old, input._edge)
        return input

    return named(function.__name__ + "_", twin)


for function in squeezing(""):
    of_tensor(function)
for function in squeezing("_"):
    method(reshaping(function))


@method
def expand(self, *sizes, size=None):
    """Repeat the tensor along dimensions of size 1 and along new leading ones, without using memory.

    sizes: ints, or one tuple or list of them; -1 keeps a size.
    Shapes: any; the result has the given sizes.
    Errors: RuntimeError for another size along a dimension whose size is not 1, and for fewer dimensions.
    Gradient: the tensor receives g, summed over what was repeated.

    >>> torch.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    shape = as_shape(sizes, size)
    own = self._data.shape
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
    return on_tensors["expand"](self, wanted)


@method
def expand_as(self, other):
    """Repeat the tensor to the shape of another, without using memory: expand(other.shape).

    Errors: RuntimeError where the shape cannot be expanded to that of other.
    Gradient: the tensor receives g, summed over what was repeated.

    >>> torch.tensor([[1], [2]]).expand_as(torch.zeros(2, 3))
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    return self.expand(other.shape)


@of_tensor
def t(input):
    """Transpose a matrix, on the same memory; a vector or a 0-d tensor stays as it is.

    Shapes: (n, m); the result (m, n).
    Errors: RuntimeError for more than two dimensions.
    Gradient: the input receives gᵀ.

    >>> torch.t(torch.tensor([[1, 2], [3, 4]]))
    tensor([[1, 3],
            [2, 4]])
    """
    if input._data.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input._data.ndim}D")
    return on_tensors["t"](input)


@of_tensor
def transpose(input, dim0, dim1):
    """Exchange two dimensions, on the same memory.

    Shapes: (…, n, …, m, …); the result (…, m, …, n, …).
    Errors: IndexError for a dimension that the tensor does not have.
    Gradient: the input receives g with the same two dimensions exchanged.

    >>> torch.transpose(torch.zeros(2, 3, 4), 0, 2).shape
    torch.Size([4, 3, 2])
    """
    n = input._data.ndim
    return on_tensors["transpose"](input, dim_of(dim0, n), dim_of(dim1, n))


@of_tensor
def swapaxes(input, axis0, axis1):
    """Exchange two dimensions, on the same memory: transpose under NumPy's name.

    Shapes: (…, n, …, m, …); the result (…, m, …, n, …).
    Errors: IndexError for a dimension that the tensor does not have.
    Gradient: the input receives g with the same two dimensions exchanged.

    >>> torch.swapaxes(torch.zeros(2, 3, 4), 0, 2).shape
    torch.Size([4, 3, 2])
    """
    return input.transpose(axis0, axis1)


@of_tensor
def permute(input, *order, dims=None):
    """Put the dimensions into another order, on the same memory.

    order: for each dimension of the result, which of the tensor's it is, as a tuple (PyTorch's name for it is dims).
    Shapes: any; size i of the result is size order[i] of the tensor.
    Errors: RuntimeError for too many dimensions, too few, or one named twice, IndexError for one that does not exist.
    Gradient: the input receives g with its dimensions put back.

    >>> torch.permute(torch.zeros(2, 3, 4), (2, 0, 1)).shape
    torch.Size([4, 2, 3])
    """
    order = as_shape(order, dims)
    if len(order) != input._data.ndim:
        raise RuntimeError(
            f"permute(): the tensor has {input._data.ndim} dimensions, but the order names {len(order)}: {list(order)}"
        )
    return on_tensors["permute"](input, counted(order, input._data.ndim))


def _T(self):
    if self._data.ndim != 2:
        warn_once(
            "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated: write x.mT "
            "for the last two dimensions, x.permute(…) for another order; a vector needs neither",
            stacklevel=3,
        )
    return on_tensors["permute"](self, tuple(reversed(range(self._data.ndim))))


def _mT(self):
    if self._data.ndim == 1:
        raise RuntimeError("tensor.mT is only supported on matrices or batches of matrices")
    if self._data.ndim == 0:
        return self
    return on_tensors["transpose"](self, self._data.ndim - 2, self._data.ndim - 1)


_Tensor.T = property(_T, doc="The dimensions in the opposite order: of a matrix, its transpose.")
_Tensor.mT = property(_mT, doc="The last two dimensions exchanged: of a stack of matrices, their transposes.")


@method
def contiguous(self):
    """Return the same values row after row in memory: the tensor itself if they already are, otherwise a copy.

    Gradient: the tensor receives g.

    >>> torch.zeros(2, 3).t().contiguous().is_contiguous()
    True
    """
    return self if type(self._data) is not np.ndarray or self._data.flags.c_contiguous else _in_rows(self)


# --- conversion of types


@method
def to(self, *what, dtype=None, device=None, non_blocking=False, copy=False):
    """Convert the tensor to another type; the tensor itself where nothing changes.

    what: a type such as torch.float64, a tensor whose type to take, or the only device, "cpu"; copy: copy in any case;
    non_blocking: for other devices.
    Errors: AssertionError for the device "cuda", RuntimeError for another one.
    Gradient: the tensor receives g, in its own type; none flows through whole numbers.

    >>> torch.tensor([1, 2]).to(torch.float64)
    tensor([1., 2.], dtype=torch.float64)
    >>> torch.tensor([1, 2]).to("cuda" if torch.cuda.is_available() else "cpu")
    tensor([1, 2])
    """
    check_device(device)
    dtype, further = sorted_out(what, dtype)
    target = numpy_type(dtype)
    if target is None or target == self._data.dtype:
        return on_tensors["to_copy"](self, self._data.dtype) if copy or True in further[1:] else self
    if target.kind != "f" and self.requires_grad:
        return wrap(self._data.astype(target), None)
    return on_tensors["to_copy"](self, target)


def sorted_out(what: tuple, dtype=None) -> tuple:
    """Return the type that `to` was given, perhaps in a tensor, and the flags after it; an error for another device."""
    further = []
    for argument in what:
        if isinstance(argument, bool):
            further.append(argument)
        elif isinstance(argument, (str, int, Device)):
            check_device(argument)
        elif argument is not None:
            dtype = argument.dtype if isinstance(argument, Tensor) else argument
    return dtype, further


@method
def cpu(self):
    """Return the tensor itself, which is on the CPU: what programs write before .numpy().

    Gradient: the tensor receives g.

    >>> torch.tensor([1., 2.]).cpu().numpy().sum().item()
    3.0
    """
    return self


@method
def cuda(self, device=None, non_blocking=False):
    """Refuse to move the tensor to a GPU: there is none.

    Errors: AssertionError.

    >>> torch.tensor([1., 2.]).cuda()
    Traceback (most recent call last):
        ...
    AssertionError: Torch not compiled with CUDA enabled...
    """
    raise no_cuda()


@method
def get_device(self):
    """Return the number of the tensor's GPU, -1 for the CPU.

    >>> torch.tensor([1., 2.]).get_device()
    -1
    """
    return -1


_Tensor.device = property(lambda self: CPU, doc="Where the tensor lives: the CPU.")
_Tensor.is_cuda = property(lambda self: False, doc="True for a tensor on a GPU: never.")
_Tensor.is_cpu = property(lambda self: True, doc="True for a tensor on the CPU: always.")


def conversion(name: str, dtype):
    def convert(self):
        return self.to(dtype)

    return method(named(name, convert))


for name, kind in (("float", float32), ("double", float64), ("long", int64), ("int", int32), ("bool", bool_)):
    conversion(name, kind)


def type_(self, dtype=None):
    """Convert the tensor to another type, or, without one, return the name of its type.

    Errors: ValueError for a type given as a string, of which PyTorch takes some.

    >>> torch.tensor([1, 2]).type()
    'torch.LongTensor'
    """
    if isinstance(dtype, str):
        raise ValueError(f"invalid type: {dtype!r}; give a type such as torch.float32")
    if dtype is not None:
        return self.to(dtype)
    names = {float32: "Float", float64: "Double", int64: "Long", int32: "Int", uint8: "Byte", bool_: "Bool"}
    return f"torch.{names[self.dtype]}Tensor"


method(named("type", type_))


@method
def type_as(self, other):
    """Convert the tensor to the type of another: to(other.dtype).

    Gradient: the tensor receives g, in its own type.

    >>> torch.tensor([1, 2]).type_as(torch.zeros(1))
    tensor([1., 2.])
    """
    return self.to(other.dtype)


@method
def size(self, dim=None):
    """Return the shape, or the size of one dimension.

    Errors: IndexError for a dim that the tensor does not have.

    >>> torch.zeros(2, 3).size()
    torch.Size([2, 3])
    >>> torch.zeros(2, 3).size(1)
    3
    """
    return self.shape if dim is None else self.shape[dim_of(dim, self._data.ndim)]


@of_tensor
def numel(input):
    """Return the number of elements.

    >>> torch.numel(torch.zeros(2, 3))
    6
    """
    return int(input._data.size)


@method
def dim(self):
    """Return the number of dimensions.

    >>> torch.zeros(2, 3).dim()
    2
    """
    return self._data.ndim


@method
def is_contiguous(self):
    """Return True where the elements lie row after row in memory.

    >>> torch.zeros(2, 3).t().is_contiguous()
    False
    """
    return type(self._data) is not np.ndarray or self._data.flags.c_contiguous


@of_tensor
def is_floating_point(input):
    """Return True for a tensor of float32 or float64.

    >>> torch.is_floating_point(torch.tensor([1, 2]))
    False
    """
    return input._data.dtype.kind == "f"
