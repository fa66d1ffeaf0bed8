"""The type of a tensor's elements, and its shape: `dtype`, `Size`, and PyTorch's rules of promotion."""

import math
import operator
from typing import Any, SupportsIndex, overload

import numpy as np

from .shown import Shown


class dtype(metaclass=Shown):
    """Name the type of a tensor's elements, such as torch.float32.

    >>> torch.float32.itemsize, torch.int64.is_floating_point
    (4, False)
    """

    __slots__ = ("itemsize", "name", "numpy")
    _shown_in = "torch"

    def __init__(self, name: str, numpy):
        self.name, self.numpy = name, np.dtype(numpy)
        self.itemsize = self.numpy.itemsize

    @property
    def is_floating_point(self) -> bool:
        """True for float32 and float64."""
        return self.numpy.kind == "f"

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self):
        return named, (self.name,)


float32 = dtype("float32", np.float32)
float64 = dtype("float64", np.float64)
int64 = dtype("int64", np.int64)
int32 = dtype("int32", np.int32)
uint8 = dtype("uint8", np.uint8)
bool_ = dtype("bool", np.bool_)


def named(name: str) -> dtype:
    """Return the type of that name: there is one of each, also after pickle and deepcopy."""
    return next(each for each in BY_NUMPY.values() if each.name == name)


BY_NUMPY = {d.numpy: d for d in (float32, float64, int64, int32, uint8, bool_)}
_default = [float32]


def default() -> dtype:
    """Return the element type for Python's floats: float32 unless `set_default_dtype` says otherwise."""
    return _default[0]


def set_default_dtype(d: dtype) -> None:
    """Set the type of tensors made from Python's floats.

    d: torch.float32 or torch.float64.
    Errors: TypeError for any other type.

    >>> torch.set_default_dtype(torch.float32)
    >>> torch.tensor(1.5).dtype
    torch.float32
    """
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise TypeError(f"only floating-point types are supported as the default type, not {d!r}")
    _default[0] = d


def numpy_type(d) -> np.dtype | None:
    """NumPy's dtype for one of ours (or for Python's `float`, `int`, `bool`); None stays None."""
    if d is None:
        return None
    if isinstance(d, dtype):
        return d.numpy
    if d in (float, int, bool):
        return {float: float64, int: int64, bool: bool_}[d].numpy
    raise TypeError(f"dtype must be a torch.dtype such as torch.float32, not {d!r}")


def category(d: np.dtype) -> int:
    """0 for bool, 1 for integers, 2 for floating point: a number of a higher category widens the result."""
    return {"b": 0, "f": 2}.get(d.kind, 1)


def promote(x, y) -> np.dtype:
    """Return the result's type for two arrays: the higher category wins; within one, n-d wins over 0-d."""
    dx, dy = x.dtype, y.dtype
    cx, cy = category(dx), category(dy)
    if cx != cy:
        return dx if cx > cy else dy
    if (x.ndim == 0) != (y.ndim == 0):
        return dy if x.ndim == 0 else dx
    return np.promote_types(dx, dy)


class Size(tuple, metaclass=Shown):
    """Hold a tensor's shape: a tuple of the number of elements along each dimension.

    Errors: TypeError for anything but ints.

    >>> torch.Size([2, 3])
    torch.Size([2, 3])
    """

    __slots__ = ()
    _shown_in = "torch"

    def __new__(cls, sizes=()):
        return super().__new__(cls, map(operator.index, sizes))

    def numel(self) -> int:
        """Return the number of elements: the product of the sizes, 1 for a 0-d tensor.

        >>> torch.Size([2, 3]).numel()
        6
        """
        return math.prod(self)

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    @overload
    def __getitem__(self, index: SupportsIndex) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> "Size": ...

    def __getitem__(self, index):
        part = super().__getitem__(index)
        return Size(part) if isinstance(index, slice) else part

    def __add__(self, other: Any) -> "Size":
        return Size(super().__add__(tuple(other)))

    def __mul__(self, times: SupportsIndex) -> "Size":
        return Size(super().__mul__(times))
