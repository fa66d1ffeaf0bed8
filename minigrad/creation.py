"""Making tensors: from values, filled with one number, counted, and random."""

import math
import warnings

import numpy as np

from . import dtypes, random
from .dtypes import numpy_type
from .operation import functions, on_tensors
from .shapes import sizes
from .tensor import Tensor, wrap


def finished(array, requires_grad: bool):
    tensor = wrap(array if array.ndim or type(array) is not np.ndarray else array[()], None)
    if requires_grad:
        if array.dtype.kind != "f":
            raise RuntimeError(
                "Only Tensors of floating point dtype can require gradients, and this one would hold "
                f"{tensor.dtype}: write its numbers with a point (1.0) or say dtype=torch.float32"
            )
        tensor.requires_grad = True
    return tensor


def check_nesting(data, shape: tuple, level: int = 0) -> None:
    """Refuse lists of uneven length, naming the first that is wrong."""
    if not shape:
        if isinstance(data, (list, tuple)):
            raise ValueError(f"expected a number at dim {level}, but got a sequence of length {len(data)}")
        return
    if not isinstance(data, (list, tuple)):
        raise TypeError(f"expected a sequence of length {shape[0]} at dim {level}, but got {type(data).__name__}")
    if len(data) != shape[0]:
        raise ValueError(f"expected sequence of length {shape[0]} at dim {level} (got {len(data)})")
    for part in data:
        check_nesting(part, shape[1:], level + 1)


def plain(data):
    """Nested lists with tensors and NumPy scalars as numbers."""
    if isinstance(data, (list, tuple)):
        return [plain(part) for part in data]
    if isinstance(data, Tensor):
        if data._data.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars; use torch.stack for a list")
        return data._data.item()
    return data


def as_array(data, dtype=None) -> np.ndarray:
    """Any data as a new array; Python's floats in the default type."""
    target = numpy_type(dtype)
    if isinstance(data, (np.ndarray, np.generic)):
        array = np.array(data, target)
    else:
        if isinstance(data, range):
            data = list(data)
        data = plain(data)
        shape, part = [], data
        while isinstance(part, list):
            shape.append(len(part))
            part = part[0] if part else None
        check_nesting(data, tuple(shape))
        try:
            array = np.array(data)
        except OverflowError as error:
            raise ValueError("Overflow when unpacking long long: an int64 holds up to 2**63 - 1") from error
        if array.dtype.kind in "US":
            raise TypeError(f"new(): invalid data type 'str': a tensor holds numbers, not {data!r:.40}")
        if array.dtype.kind == "O":
            flat = array.reshape(-1)
            if all(isinstance(n, int) for n in flat):
                raise ValueError("Overflow when unpacking long long: an int64 holds up to 2**63 - 1")
            wrong = next(n for n in flat if not isinstance(n, (int, float)))
            raise RuntimeError(f"Could not infer dtype of {type(wrong).__name__}: a tensor is made of numbers")
        if target is None and (array.dtype.kind == "f" or not array.size):
            target = dtypes.default().numpy
        if target is not None:
            array = array.astype(target)
    if array.dtype not in dtypes.BY_NUMPY:
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{array.dtype}: minigrad has float32, float64, int64, bool"
        )
    return array


def tensor(data, *, dtype=None, device=None, requires_grad=False):
    """A tensor of its own memory with the values of nested lists, a NumPy array, a number, or another tensor.

    Python's floats become float32, ints int64, bools bool, unless dtype says otherwise.  ValueError for lists of uneven
    length, RuntimeError for requires_grad=True on anything but floating-point numbers.
    """
    check_device(device)
    if isinstance(data, Tensor):
        warnings.warn(
            "torch.tensor(old_tensor) copies the numbers and leaves the graph; say old_tensor.detach().clone() if that is "
            "meant, or use old_tensor itself.",
            stacklevel=2,
        )
        data = np.asarray(data._data)
    return finished(as_array(data, dtype), requires_grad)


def as_tensor(data, dtype=None):
    """`data` as a tensor, sharing its memory where it can: a tensor as it is, a NumPy array as from_numpy."""
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    if isinstance(data, np.ndarray) and numpy_type(dtype) in (None, data.dtype):
        return from_numpy(data)
    return tensor(data, dtype=dtype)


def from_numpy(array):
    """A tensor on the memory of a NumPy array: writing to one changes the other."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(array).__name__})")
    if array.dtype not in dtypes.BY_NUMPY:
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{array.dtype}: minigrad has float32, float64, int64, bool"
        )
    return wrap(array, None)


def check_device(device) -> None:
    if device not in (None, "cpu"):
        raise RuntimeError(f"minigrad computes on the CPU only: there is no device {device!r}")


def maker(fill):
    """torch.zeros and its like: sizes separately or as one sequence, dtype, requires_grad."""

    def make(*size, dtype=None, requires_grad=False, device=None, **named):
        check_device(device)
        size = (named.pop("size"),) if "size" in named else size
        if named:
            raise TypeError(f"unexpected argument {next(iter(named))!r}")
        shape = sizes(size)
        if any(n < 0 for n in shape):
            raise RuntimeError(f"Trying to create tensor with negative dimension: {list(shape)}")
        return finished(fill(shape, numpy_type(dtype) or dtypes.default().numpy), requires_grad)

    return make


zeros, ones, empty = maker(np.zeros), maker(np.ones), maker(np.zeros)
rand, randn = maker(random.rand), maker(random.randn)
zeros.__doc__ = "Zeros of the given size, float32 unless dtype says otherwise."
ones.__doc__ = "Ones of the given size, float32 unless dtype says otherwise."
empty.__doc__ = "Numbers that mean nothing, to be overwritten: here zeros, in PyTorch whatever the memory held."
rand.__doc__ = "Random numbers, uniform in [0, 1)."
randn.__doc__ = "Random numbers, normal with mean 0 and variance 1."


def full(size, fill_value, *, dtype=None, requires_grad=False):
    """`fill_value` everywhere; of the type of fill_value unless dtype says otherwise."""
    array = as_array(fill_value, dtype)
    return finished(np.full(sizes((size,)), array, array.dtype), requires_grad)


def like(make):
    def make_like(input, *arguments, dtype=None, requires_grad=False):
        return make(input.shape, *arguments, dtype=dtype or input.dtype, requires_grad=requires_grad)

    make_like.__doc__ = "Of the shape and type of the given tensor."
    return make_like


def arange(start, end=None, step=1, *, dtype=None, requires_grad=False):
    """start, start + step, … up to, but without, end; `arange(end)` starts at 0.  Ints give int64."""
    if end is None:
        start, end = 0, start
    start, end, step = (n.item() if isinstance(n, Tensor) else n for n in (start, end, step))
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(n, int) for n in (start, end, step))
    target = numpy_type(dtype) or (np.dtype(np.int64) if whole else dtypes.default().numpy)
    count = -((start - end) // step) if whole else math.ceil((end - start) / step)
    return finished((start + np.arange(count) * step).astype(target), requires_grad)


def linspace(start, end, steps, *, dtype=None, requires_grad=False):
    """`steps` numbers from start to end, both included, at equal distances."""
    target = numpy_type(dtype) or dtypes.default().numpy
    start, end = (n.item() if isinstance(n, Tensor) else n for n in (start, end))
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    if steps == 1:
        return finished(np.array([start], target), requires_grad)
    # PyTorch counts from both ends, in the result's own precision
    scalar = target.type if target.kind == "f" else np.float64
    step = scalar((scalar(end) - scalar(start)) / scalar(max(steps - 1, 1)))
    forth = np.arange(steps).astype(scalar)
    middle = steps // 2
    values = np.where(forth < middle, scalar(start) + step * forth, scalar(end) - step * (scalar(steps - 1) - forth))
    return finished(values.astype(target), requires_grad)


def eye(n, m=None, *, dtype=None, requires_grad=False):
    """The identity matrix of shape (n, n), or (n, m)."""
    return finished(np.eye(n, m, dtype=numpy_type(dtype) or dtypes.default().numpy), requires_grad)


def randint(low, high=None, size=None, *, dtype=None, requires_grad=False):
    """Random whole numbers from low to high - 1, int64; `randint(high, size)` starts at 0."""
    if size is None:
        low, high, size = 0, low, high
    if high <= low:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    array = random.randint(low, high, sizes((size,)))
    return finished(array if dtype is None else array.astype(numpy_type(dtype)), requires_grad)


def randperm(n, *, dtype=None):
    """The numbers from 0 to n - 1 in random order, int64."""
    array = random.randperm(n)
    return finished(array if dtype is None else array.astype(numpy_type(dtype)), False)


functions.update(
    tensor=tensor, as_tensor=as_tensor, from_numpy=from_numpy, zeros=zeros, ones=ones, empty=empty, full=full,
    zeros_like=like(zeros), ones_like=like(ones), empty_like=like(empty), full_like=like(full),
    rand_like=like(rand), randn_like=like(randn), arange=arange, linspace=linspace, eye=eye,
    rand=rand, randn=randn, randint=randint, randperm=randperm,
)  # fmt: skip
