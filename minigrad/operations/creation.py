"""Making tensors: from values, filled with one number, counted, and random."""

import functools
import inspect
import math
import warnings
from functools import partial
from typing import Any

import numpy as np

from .. import dtypes, errors, random
from ..devices import check_device
from ..dtypes import Size, numpy_type
from ..engine.operation import functions, method, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from ..numbers import does_not_fit, fits, fitting
from .arguments import as_shape, named, need_tensors

_Tensor: Any = Tensor  # for a type checker: what follows adds to the class


def finished(array, requires_grad: bool = False):
    """Return the array as a tensor; RuntimeError for requires_grad=True on anything but floating-point numbers."""
    tensor = wrap(array if array.ndim or type(array) is not np.ndarray else array[()], None)
    if not isinstance(requires_grad, bool):
        raise TypeError(f"argument 'requires_grad' must be bool, not {type(requires_grad).__name__}")
    if requires_grad:
        if array.dtype.kind != "f":
            raise RuntimeError(
                "Only Tensors of floating point dtype can require gradients, and this one would hold "
                f"{tensor.dtype}: write its numbers with a decimal point (1.0) or pass dtype=torch.float32"
            )
        tensor.requires_grad = True
    return tensor


# --- from values

PYTHON = {bool: np.dtype(bool), int: np.dtype(np.int64), float: None}  # None: the default type
FROM_PYTHON = set(PYTHON.values())


def layout(data, dim: int = 0) -> tuple[tuple, set]:
    """Return the shape of nested lists, and the types of the values in them."""
    kind = type(data)
    if kind in PYTHON:
        return (), {PYTHON[kind]}
    if isinstance(data, (list, tuple, range)):
        kinds = set(map(type, data))
        if kinds <= PYTHON.keys():
            return (len(data),), {PYTHON[each] for each in kinds}
        if isinstance(data[0], str):
            raise ValueError("too many dimensions 'str': a tensor holds numbers")
        shape, types = layout(data[0], dim + 1)
        for part in data[1:]:
            other, more = layout(part, dim + 1)
            if other != shape:
                raise uneven(shape, other, dim + 1)
            types |= more
        return (len(data), *shape), types
    if isinstance(data, Tensor):
        if data._data.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars; use torch.stack for a list")
        return (), {data._data.dtype}
    if isinstance(data, (np.ndarray, np.generic)):
        return data.shape, {data.dtype}
    if isinstance(data, (str, bytes)):
        raise TypeError(f"new(): invalid data type {kind.__name__!r}: a tensor holds numbers, not {data!r:.40}")
    for known in PYTHON:
        if isinstance(data, known):
            return (), {PYTHON[known]}
    if isinstance(data, complex):
        raise RuntimeError(
            "Could not infer dtype of complex: minigrad leaves complex numbers out; put the real and the imaginary "
            "parts into two tensors"
        )
    raise RuntimeError(f"Could not infer dtype of {errors.kind(data)}: a tensor is made of numbers")


def uneven(shape: tuple, other: tuple, dim: int) -> Exception:
    """Return the error for lists whose first part has one shape and a later part another."""
    for n, m in zip(shape, other, strict=False):
        if n != m:
            return ValueError(f"expected sequence of length {n} at dim {dim} (got {m})")
        dim += 1
    expected = "a number" if len(shape) < len(other) else "a sequence"
    return TypeError(f"expected {expected} at dim {dim}, as in the parts before it")


def numbers(data):
    """Nested lists with Python's numbers in place of tensors."""
    if isinstance(data, (list, tuple)):
        return [numbers(part) for part in data]
    return data._data.item() if isinstance(data, Tensor) else data


def as_array(data, dtype=None) -> np.ndarray:
    """Any data as a new array, of the type given or else of the type that holds all its values."""
    shape, types = layout(data)
    target = numpy_type(dtype)
    if isinstance(data, (np.ndarray, np.generic)):
        if data.dtype not in dtypes.BY_NUMPY:
            raise not_held(data)
        return converted(np.array(data), target or data.dtype)
    if not types <= FROM_PYTHON:
        data = numbers(data)
    return converted(np.array(data), target or type_of_all(types)).reshape(shape)


def type_of_all(types: set) -> np.dtype:
    """Return the type that holds all of these: floating point wins over whole numbers, these over truth values."""
    known = {each or dtypes.default().numpy for each in types or {None}}
    if len(known) > 1:
        highest = max(map(dtypes.category, known))
        known = {each for each in known if dtypes.category(each) == highest}
    return functools.reduce(np.promote_types, known)


def converted(array: np.ndarray, target: np.dtype) -> np.ndarray:
    """Return the array in another type; an error where a number has no counterpart in it.

    A negative number in a type without a sign means what its bits say, -1 for 255, as in PyTorch.
    """
    if array.dtype == target:
        return array
    if array.dtype.kind in "Ou" and array.dtype != np.uint8 and target.kind in "iu":
        raise ValueError(f"Overflow when unpacking long long: a number is too large for {target}")
    if target.kind in "iu" and not fits(array, target):
        raise does_not_fit(target)
    return array.astype(target)


def not_held(array) -> TypeError:
    return TypeError(
        f"can't convert np.ndarray of type numpy.{array.dtype}: the types of minigrad are "
        f"{', '.join(str(d) for d in dtypes.BY_NUMPY)}"
    )


def tensor(data, *, dtype=None, device=None, requires_grad=False):
    """Make a tensor, with its own memory, from numbers, nested lists, a NumPy array, or another tensor's values.

    dtype: left out, Python's floats become float32 (or the default type), ints int64, bools bool, and arrays keep
    theirs.
    requires_grad: whether backward passes collect its gradient.
    Errors: ValueError for lists of uneven length, TypeError or RuntimeError for anything that is not a number,
    RuntimeError for requires_grad=True with anything but floating point; a UserWarning for a tensor: copy one with
    detach().clone().

    >>> torch.tensor([[1., 2.], [3., 4.]])
    tensor([[1., 2.],
            [3., 4.]])
    >>> torch.tensor(3., requires_grad=True)
    tensor(3., requires_grad=True)
    """
    check_device(device)
    if isinstance(data, Tensor):
        warnings.warn(
            "torch.tensor(old_tensor) copies the numbers and leaves the graph; write old_tensor.detach().clone() "
            "if that is intended, or use old_tensor itself.",
            stacklevel=2,
        )
        data = np.asarray(data._data)
    return finished(as_array(data, dtype), requires_grad)


def _new_tensor(cls, *data, **options):
    """Make torch.Tensor(values), of the default type, from nested lists; or, as `empty` does, torch.Tensor(2, 3).

    TypeError for a number that is not a size; torch.tensor takes numbers, types and requires_grad.
    """
    values = data[0] if data else ()
    if options:
        raise TypeError(f"new() does not take {next(iter(options))}: write torch.tensor(values, …), which does")
    if len(data) > 1 or type(values) in (int, Size):
        tensor = empty(*data)
    elif isinstance(values, Tensor):
        tensor = on_tensors["alias"](values)
    elif isinstance(values, str):
        raise TypeError(f"new(): invalid data type 'str': a tensor holds numbers, and {values!r} is not a number")
    elif not hasattr(values, "__getitem__"):
        raise TypeError(
            f"new(): data must be a sequence (got {type(values).__name__}): torch.tensor({values!r}) is for one number"
        )
    else:
        tensor = finished(as_array(values, dtypes.default()))
    if cls is not Tensor:
        tensor, made = object.__new__(cls), tensor
        tensor._data = made._array()
        tensor._edge = tensor._view = tensor._grad = tensor._accumulate_grad = None
    return tensor


_Tensor.__new__ = _new_tensor


def typed(name: str, dtype) -> None:
    """Make torch.FloatTensor and the like, which make a tensor of one type from values or from a shape."""

    def make(*data):
        if len(data) > 1 or (data and type(data[0]) in (int, Size)):
            return empty(*data, dtype=dtype)
        values = data[0] if data else []
        if isinstance(values, Tensor):
            if values.dtype is not dtype:
                raise TypeError(f"expected a tensor of {dtype} (got {values.dtype}): convert it with .to({dtype})")
            return on_tensors["alias"](values)
        if not hasattr(values, "__getitem__"):
            raise TypeError(f"new(): data must be a sequence (got {type(values).__name__})")
        return finished(as_array(values, dtype))

    make.__doc__ = f"""Make a tensor of {dtype} from nested lists or a shape: the older form of torch.tensor.

    Errors: TypeError for a single number that is not a size, and for a tensor of another type.

    >>> torch.{name}([1, 2]).dtype
    {dtype}
    """
    functions[name] = named(name, make)


OLDER_TYPES = {
    "FloatTensor": dtypes.float32, "DoubleTensor": dtypes.float64, "LongTensor": dtypes.int64,
    "IntTensor": dtypes.int32, "ByteTensor": dtypes.uint8, "BoolTensor": dtypes.bool_,
}  # fmt: skip
for name, kind in OLDER_TYPES.items():
    typed(name, kind)


def as_tensor(data, dtype=None, device=None):
    """Return data as a tensor that shares its memory where possible: a tensor itself, an array as from_numpy does.

    dtype: a type to convert to, which takes a copy if it differs.
    Errors: those of tensor.

    >>> torch.as_tensor([1, 2])
    tensor([1, 2])
    """
    check_device(device)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    if isinstance(data, np.ndarray) and numpy_type(dtype) in (None, data.dtype):
        return from_numpy(data)
    return tensor(data, dtype=dtype)


def from_numpy(ndarray):
    """Return a tensor that shares the memory of a NumPy array: writing to one changes the other.

    Errors: TypeError for anything but an array, and for a type that tensors do not have; ValueError for a reversed
    array.

    >>> import numpy as np
    >>> torch.from_numpy(np.array([1., 2.]))
    tensor([1., 2.], dtype=torch.float64)
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    if ndarray.dtype not in dtypes.BY_NUMPY:
        raise not_held(ndarray)
    if any(stride < 0 for stride in ndarray.strides):
        raise ValueError("a tensor cannot share the memory of a reversed array: pass array.copy()")
    return wrap(ndarray, None)


# --- filled with one number, or with random ones


def new(fill, shape: tuple, dtype, requires_grad: bool, device=None):
    """Return a tensor of the given shape, filled by `fill(shape, NumPy type)`; an error for a bad shape."""
    check_device(device)
    if any(n < 0 for n in shape):
        raise RuntimeError(f"Trying to create tensor with negative dimension: {list(shape)}")
    target = numpy_type(dtype) or dtypes.default().numpy
    try:
        array = fill(shape, target)
    except (MemoryError, ValueError) as error:
        raise RuntimeError(f"there is no memory for a tensor of shape {list(shape)}: {error}") from None
    return finished(array, requires_grad)


def maker(name: str, fill):
    """Make torch.zeros and torch.zeros_like, and functions like them."""

    def make(*size, dtype=None, requires_grad=False, device=None, **named):
        size = (named.pop("size"),) if "size" in named else size
        filled = fill if "generator" not in named else functools.partial(fill, generator=named.pop("generator"))
        if named or not size:
            raise TypeError(f"{name}() takes sizes and dtype, not {next(iter(named), 'nothing')!r}")
        return new(filled, as_shape(size), dtype, requires_grad, device)

    def make_like(input, *, dtype=None, requires_grad=False, device=None):
        need_tensors(f"{name}_like", input)
        return new(fill, input._data.shape, dtype or input.dtype, requires_grad, device)

    def draw_like(input, *, generator=None, dtype=None, requires_grad=False, device=None):
        need_tensors(f"{name}_like", input)
        drawn = functools.partial(fill, generator=generator) if generator else fill
        return new(drawn, input._data.shape, dtype or input.dtype, requires_grad, device)

    drawn = fill in (random.rand, random.randn)
    for function, called in ((make, name), (draw_like if drawn else make_like, f"{name}_like")):
        functions[called] = named(called, function)
    vars(make)["__signature__"] = RANDOM if drawn else FILLED
    return make


# What they take; `size` may also be given by name, which no signature of Python can say.
FILLED = inspect.signature(lambda *size, dtype=None, requires_grad=False, device=None: None)
RANDOM = inspect.signature(lambda *size, generator=None, dtype=None, requires_grad=False, device=None: None)


zeros, ones, empty = maker("zeros", np.zeros), maker("ones", np.ones), maker("empty", np.zeros)
rand, randn = maker("rand", random.rand), maker("randn", random.randn)


def number(value):
    """Return a Python number, also of a tensor of one element."""
    if isinstance(value, Tensor) and value._data.ndim == 0 and not value.requires_grad:
        return value._data.item()
    if isinstance(value, np.generic):
        return value.item()
    if not isinstance(value, (int, float)):
        raise TypeError(f"expected a number, but got {type(value).__name__}")
    return value


def filled_with(value):
    def fill(shape, dtype):
        return np.full(shape, converted(np.array(fitting(value, dtype)), dtype), dtype)

    return fill


def full(size, fill_value, *, dtype=None, requires_grad=False, device=None):
    """Make a tensor with one number everywhere.

    size: a tuple or a list of ints; dtype: left out, the type is that of fill_value.
    Errors: TypeError for a size that is an int, RuntimeError for a negative one and for a number too large for the
    type.

    >>> torch.full((2, 2), 7.)
    tensor([[7., 7.],
            [7., 7.]])
    """
    value = number(fill_value)
    if hasattr(size, "__index__"):
        raise TypeError(f"full(): size is a tuple of ints, ({size},), not {type(size).__name__}")
    own = {bool: dtypes.bool_, int: dtypes.int64}.get(type(value))
    return new(filled_with(value), as_shape((size,)), dtype or own, requires_grad, device)


def full_like(input, fill_value, *, dtype=None, requires_grad=False, device=None):
    """Make a tensor with one number everywhere, with the shape and the type of the input.

    dtype: another type.
    Errors: TypeError for anything but a tensor, RuntimeError for a number too large for the type.

    >>> torch.full_like(torch.tensor([1, 2]), 7)
    tensor([7, 7])
    """
    need_tensors("full_like", input)
    return new(filled_with(number(fill_value)), input._data.shape, dtype or input.dtype, requires_grad, device)


# --- counted


def no_bools(name: str, target: np.dtype) -> None:
    if target.kind == "b":
        raise NotImplementedError(f"{name}() counts, and two truth values are not enough: say another dtype")


def arange(*bounds, start=0, end=None, step=1, dtype=None, requires_grad=False, device=None):
    """Count from start up to, but without, end: arange(end), arange(start, end), arange(start, end, step).

    dtype: left out, int64 for ints, and the default type where one of the three is a float.
    Shapes: one dimension of ⌈(end - start) / step⌉ elements.
    Errors: RuntimeError for a step of 0 or of the wrong sign, TypeError for anything that is not a number.

    >>> torch.arange(1, 10, 3)
    tensor([1, 4, 7])
    """
    check_device(device)
    if len(bounds) > 3 or (not bounds and end is None):
        raise TypeError("arange() takes an end, a start and an end, or a start, an end and a step")
    if len(bounds) == 1 and end is None:
        (end,) = bounds
    elif bounds:
        start, end, step = (*bounds, *(end, step)[len(bounds) - 1 :]) if len(bounds) < 3 else bounds
    start, end, step = map(number, (start, end, step))
    whole = not any(isinstance(n, float) for n in (start, end, step))
    target = numpy_type(dtype) or (np.dtype(np.int64) if whole else dtypes.default().numpy)
    no_bools("arange", target)
    if not (math.isfinite(start) and math.isfinite(end)) or math.isnan(step):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError(
            f"upper bound and lower bound inconsistent with step sign: steps of {step} never lead from {start} to {end}"
        )
    count = -((start - end) // step) if whole else math.ceil((end - start) / step)
    if target.kind != "f":
        start, step = int(start), int(step)
    return finished((start + np.arange(count) * step).astype(target), requires_grad)


def linspace(start, end, steps, *, dtype=None, requires_grad=False, device=None):
    """Make `steps` evenly spaced numbers from start to end, both included.

    Shapes: (steps,).
    Errors: RuntimeError for negative steps, TypeError for steps that are not an int.

    >>> torch.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    check_device(device)
    target = numpy_type(dtype) or dtypes.default().numpy
    no_bools("linspace", target)
    start, end = number(start), number(end)
    if isinstance(steps, float):
        raise TypeError(f"linspace(): steps must be an int, not {steps}")
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


def eye(n, m=None, *, dtype=None, requires_grad=False, device=None):
    """Make an identity matrix: 1 on the diagonal, 0 elsewhere.

    Shapes: (n, n), or (n, m).
    Errors: RuntimeError for a negative size.

    >>> torch.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    shape = as_shape((n, n if m is None else m))
    return new(lambda shape, dtype: np.eye(*shape, dtype=dtype), shape, dtype, requires_grad, device)


# --- whole numbers at random


def randint(*bounds, low=None, high=None, size=None, dtype=None, requires_grad=False, device=None, generator=None):
    """Draw random whole numbers from low to high - 1: randint(high, size) or randint(low, high, size).

    size: a tuple or a list of ints; dtype: int64 unless given; generator: a Generator to draw from.
    Errors: RuntimeError where low is not below high, or high is too large for the type; TypeError for a size that is an
    int.

    >>> torch.randint(0, 10, (2, 3)).shape
    torch.Size([2, 3])
    """
    *bounds, size = bounds if size is None else (*bounds, size)
    bounds += [n for n in (low, high) if n is not None]
    if not 1 <= len(bounds) <= 2 or hasattr(size, "__index__"):
        raise TypeError("randint() takes (high, size) or (low, high, size); size is a tuple of ints")
    draw = functools.partial(between, *as_shape(bounds if len(bounds) == 2 else (0, *bounds)), generator)
    return new(draw, as_shape((size,)), dtype or dtypes.int64, requires_grad, device)


def randint_like(input, *bounds, low=None, high=None, dtype=None, requires_grad=False, device=None, generator=None):
    """Draw random whole numbers from low to high - 1 in the shape and the type of the input: randint_like(input, high).

    Errors: RuntimeError where low is not below high, or high is too large for the type.

    >>> torch.randint_like(torch.zeros(2, 3), 10).shape
    torch.Size([2, 3])
    """
    need_tensors("randint_like", input)
    size, dtype, options = input.shape, dtype or input.dtype, {"requires_grad": requires_grad, "device": device}
    return randint(*bounds, low=low, high=high, size=size, dtype=dtype, generator=generator, **options)


# The number up to which a type holds every whole number.
LIMITS = {"float32": 2**24, "float64": 2**53, "int64": 2**63 - 1, "int32": 2**31 - 1, "uint8": 2**8 - 1, "bool": 1}


def between(low: int, high: int, generator, shape: tuple, dtype) -> np.ndarray:
    """Whole numbers from low to high - 1 in any type."""
    if dtype.kind != "f" and low < (0 if dtype.kind in "ub" else -LIMITS[dtype.name] - 1):
        raise RuntimeError(f"from is out of bounds for {dtype}: {low}")
    if dtype.kind != "f" and high - 1 > LIMITS[dtype.name]:
        raise RuntimeError(f"to - 1 is out of bounds for {dtype}: {high - 1} > {LIMITS[dtype.name]}")
    return random.randint(low, high, shape, generator or random.default_generator).astype(dtype)


def randperm(n, *, dtype=None, requires_grad=False, device=None, generator=None):
    """Put the numbers from 0 to n - 1 into random order.

    dtype: int64 unless given; generator: a Generator to draw from.
    Shapes: (n,).
    Errors: RuntimeError for a negative n.

    >>> torch.randperm(4).shape
    torch.Size([4])
    """
    check_device(device)
    array = random.randperm(*as_shape((n,)), generator or random.default_generator)
    return finished(array if dtype is None else array.astype(numpy_type(dtype)), requires_grad)


# --- random numbers written into a tensor


def drawn(kind: str, x: np.ndarray, *bounds) -> np.ndarray:
    """Random numbers of the shape and type of x."""
    if kind == "between":
        low, high, generator = bounds
        return between(low, high, generator, x.shape, x.dtype)
    if kind == "whole":
        return any_whole(x.shape, x.dtype, *bounds)
    if kind == "exponential":
        return random.exponential(bounds[0], x.shape, x.dtype, bounds[2] or random.default_generator)
    return getattr(random, kind)(*bounds[:2], x.shape, x.dtype, bounds[2] or random.default_generator)


def any_whole(shape: tuple, dtype: np.dtype, generator) -> np.ndarray:
    """Whole numbers of any size, as long as the type holds all up to there."""
    generator = generator or random.default_generator
    draw = generator._draws64 if dtype.itemsize == 8 else generator._draws32
    return (draw(math.prod(shape)) % np.uint64(LIMITS[dtype.name] + 1)).astype(dtype).reshape(shape)


on_arrays["drawn"] = drawn

# fmt: off
# what was there before has no influence
# ----- operation ------------------- result ------------------------------------- x receives ---------
drawing = partial(rule, inner=True, inplace=True)
drawing("uniform(x, start, end, generator)",   "drawn('uniform', x, start, end, generator)", x="zeros_like(g)")
drawing("normal(x, mean, std, generator)",     "drawn('normal', x, mean, std, generator)",   x="zeros_like(g)")
drawing("exponential(x, lambd, generator)",    "drawn('exponential', x, lambd, None, generator)", x="zeros_like(g)")
drawing("random(x, start, end, generator)",    "drawn('between', x, start, end, generator)", x="zeros_like(g)")
drawing("random_to(x, start, end, generator)", "drawn('between', x, start, end, generator)", x="zeros_like(g)",
        node="RandomBackward1")
drawing("random_any(x, generator)",            "drawn('whole', x, generator)",               x="zeros_like(g)",
        node="RandomBackward2")
# fmt: on


@method
def uniform_(self, start=0.0, to=1.0, *, generator=None):
    """Write random numbers, uniform in [start, to), in place, and return the tensor.

    generator: a Generator to draw from.
    Errors: RuntimeError where start is above to, NotImplementedError for anything but floating point.
    Gradient: the numbers that were there before receive 0.

    >>> torch.zeros(2, 3).uniform_(-1, 1).shape
    torch.Size([2, 3])
    """
    return on_tensors["uniform_"](self, start, to, generator)


@method
def normal_(self, mean=0.0, std=1.0, *, generator=None):
    """Write random numbers, normal with the given mean and standard deviation, in place, and return the tensor.

    generator: a Generator to draw from.
    Errors: RuntimeError for a negative std, NotImplementedError for anything but floating point.
    Gradient: the numbers that were there before receive 0.

    >>> torch.zeros(2, 3).normal_(0, 1).shape
    torch.Size([2, 3])
    """
    return on_tensors["normal_"](self, mean, std, generator)


@method
def random_(self, start=None, to=None, *, generator=None):
    """Write random whole numbers in place: from start to `to` - 1, from 0 to start - 1, or of any size.

    generator: a Generator to draw from.
    Errors: RuntimeError where there is none in the range, or the type does not hold all of them exactly.
    Gradient: the numbers that were there before receive 0.

    >>> torch.zeros(2, 3).random_(10).shape
    torch.Size([2, 3])
    """
    if start is None and to is None:
        return on_tensors["random_any_"](self, generator)
    if start is not None and to is not None:
        return on_tensors["random_"](self, *as_shape((start, to)), generator)
    return on_tensors["random_to_"](self, 0, *as_shape((to if start is None else start,)), generator)


# --- of the type of a tensor


@method
def new_tensor(self, data, *, dtype=None, requires_grad=False):
    """Make a tensor of values, of this tensor's type: torch.tensor(data, dtype=self.dtype).

    dtype: another type.
    Errors: those of tensor.

    >>> torch.tensor([1., 2.]).new_tensor([3, 4])
    tensor([3., 4.])
    """
    return tensor(data, dtype=dtype or self.dtype, requires_grad=requires_grad)


def new_of(make):
    def new_one(self, *arguments, dtype=None, **options):
        return make(*arguments, dtype=dtype or self.dtype, **options)

    method(named(f"new_{make.__name__}", new_one))


for make in (zeros, ones, empty, full):
    new_of(make)


for function in (
    tensor, as_tensor, from_numpy, full, full_like, arange, linspace, eye, randint, randint_like, randperm,
):  # fmt: skip
    functions[function.__name__] = function
