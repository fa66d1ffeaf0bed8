"""What the tables of operations add to Tensor.  Made by tools/stubs.py: change that, not this."""

from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, NoReturn, Self, TypeAlias, Union, overload

import numpy as np

from ..dtypes import Size
from ..dtypes import dtype as _dtype
from ..operations.hooks import RemovableHandle
from ..random import Generator
from .graph import Node
from .tensor import Tensor

_Number: TypeAlias = _int | _float | _bool
_Shape: TypeAlias = Sequence[_int]

# Either may be None: Any admits that, and nobody is asked to check first. jedi sees what is in a Union.
Gradient: TypeAlias = Union[Tensor, Any]
GradFn: TypeAlias = Union[Node, Any]

class _Extreme(NamedTuple):
    values: Tensor
    indices: Tensor

class Methods:
    @property
    def T(self) -> Tensor:
        """The dimensions in the opposite order: of a matrix, its transpose."""
    def __abs__(self) -> Tensor: ...
    def __add__(self, other: Tensor | _Number) -> Tensor: ...
    def __and__(self, other: Tensor | _Number) -> Tensor: ...
    def __array__(self, dtype: Any = None, copy: _bool | None = None) -> np.ndarray: ...
    def __bool__(self) -> _bool: ...
    def __contains__(self, element: Any) -> _bool: ...
    def __deepcopy__(self, memo: dict) -> Self: ...
    def __delitem__(self, key: Any) -> NoReturn: ...
    def __dir__(self) -> list[str]: ...
    def __eq__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def __float__(self) -> _float: ...
    def __floordiv__(self, other: Tensor | _Number) -> Tensor:
        """x / y rounded down, as Python's //."""
    def __format__(self, spec: str) -> str: ...
    def __ge__(self, other: Tensor | _Number) -> Tensor: ...
    def __getitem__(self, key: Any) -> Tensor:
        """A part of the tensor; views for integers, slices and None, copies for masks and tensors of indices."""
    def __gt__(self, other: Tensor | _Number) -> Tensor: ...
    def __iadd__(self, other: Tensor | _Number) -> Tensor:
        """As add, but written into the tensor itself."""
    def __ifloordiv__(self, other: Tensor | _Number) -> Tensor:
        """x / y rounded down, as Python's //."""
    def __imod__(self, other: Tensor | _Number) -> Tensor:
        """What is left of x after division by y, of the sign of y, as Python's %."""
    def __imul__(self, other: Tensor | _Number) -> Tensor:
        """As mul, but written into the tensor itself."""
    def __index__(self) -> _int: ...
    def __int__(self) -> _int: ...
    def __invert__(self) -> Tensor: ...
    def __ipow__(self, other: Tensor | _Number) -> Tensor:
        """As pow, but written into the tensor itself."""
    def __isub__(self, other: Tensor | _Number) -> Tensor:
        """As sub, but written into the tensor itself."""
    def __iter__(self) -> Iterator[Tensor]:
        """The parts along the first dimension, one after the other."""
    def __itruediv__(self, other: Tensor | _Number) -> Tensor:
        """As div, but written into the tensor itself."""
    def __le__(self, other: Tensor | _Number) -> Tensor: ...
    def __len__(self) -> _int: ...
    def __lt__(self, other: Tensor | _Number) -> Tensor: ...
    def __matmul__(self, other: Tensor) -> Tensor:
        """The product `@`: of vectors, of matrices, or of stacks of matrices, whose leading dimensions are broadcast."""
    def __mod__(self, other: Tensor | _Number) -> Tensor:
        """What is left of x after division by y, of the sign of y, as Python's %."""
    def __mul__(self, other: Tensor | _Number) -> Tensor: ...
    def __ne__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def __neg__(self) -> Tensor: ...
    def __new__(cls, *data: Any, **options: Any) -> Self:
        """torch.Tensor(values) makes float32, or the default type, of nested lists; torch.Tensor(2, 3) a shape, as `empty`."""
    def __or__(self, other: Tensor | _Number) -> Tensor: ...
    def __pos__(self) -> Tensor: ...
    def __pow__(self, other: Tensor | _Number) -> Tensor:
        """input to a power, a Python number or a tensor; also a number to the power of a tensor."""
    def __radd__(self, other: Tensor | _Number) -> Tensor: ...
    def __rand__(self, other: Tensor | _Number) -> Tensor: ...
    def __reduce_ex__(self, protocol: Any) -> tuple:
        """What pickle keeps, and copy.copy: the kind of tensor, its numbers, whether it requires a gradient."""
    def __repr__(self, **_: Any) -> str: ...
    def __rfloordiv__(self, other: Tensor | _Number) -> Tensor: ...
    def __rmod__(self, other: Tensor | _Number) -> Tensor: ...
    def __rmul__(self, other: Tensor | _Number) -> Tensor: ...
    def __ror__(self, other: Tensor | _Number) -> Tensor: ...
    def __rpow__(self, other: Tensor | _Number) -> Tensor: ...
    def __rsub__(self, other: Tensor | _Number) -> Tensor:
        """n - x."""
    def __rtruediv__(self, other: Tensor | _Number) -> Tensor: ...
    def __rxor__(self, other: Tensor | _Number) -> Tensor: ...
    def __setitem__(self, key: Any, value: Tensor | _Number) -> None:
        """Write a number or a tensor into a part of the tensor, in place."""
    def __sub__(self, other: Tensor | _Number) -> Tensor: ...
    def __truediv__(self, other: Tensor | _Number) -> Tensor: ...
    def __xor__(self, other: Tensor | _Number) -> Tensor: ...
    @property
    def _backward_hooks(self) -> dict[_int, Any] | None:
        """The hooks of a tensor by their numbers, None if there are none."""
    @property
    def _base(self) -> Tensor | None:
        """The tensor of which this one is a view; None for a tensor with memory of its own."""
    def _is_view(self) -> _bool: ...
    _renew: Any
    _set_history: Any
    @property
    def _version(self) -> _int:
        """How often this tensor's memory was written in place."""
    def abs(self) -> Tensor: ...
    def abs_(self) -> Tensor:
        """As abs, but written into the tensor itself."""
    def add(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """input + alpha · other."""
    def add_(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """input + alpha · other, in place."""
    def all(self, dim: _int | _Shape | None = None, keepdim: _bool = False) -> Tensor:
        """Are all elements true (not zero)?  Of all, or along `dim`, one or several."""
    def allclose(self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
        """Is every |input − other| ≤ atol + rtol |other|?"""
    def amax(self, dim: _int | _Shape | None = (), keepdim: _bool = False) -> Tensor:
        """The largest element along dim, one or several; elements that tie share the gradient evenly."""
    def amin(self, dim: _int | _Shape | None = (), keepdim: _bool = False) -> Tensor:
        """The smallest element along dim, one or several; elements that tie share the gradient evenly."""
    def any(self, dim: _int | _Shape | None = None, keepdim: _bool = False) -> Tensor:
        """Is any element true (not zero)?  Of all, or along `dim`, one or several."""
    def argmax(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """The place of the largest element, the first one of equals, along dim or among all, counted in order."""
    def argmin(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """The place of the smallest element, the first one of equals, along dim or among all, counted in order."""
    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: _bool | None = None,
        create_graph: _bool = False,
        inputs: Tensor | Sequence[Tensor] | None = None,
    ) -> None:
        """Add the gradients of this tensor with respect to the leaves to the leaves' `.grad`."""
    def bitwise_and(self, other: Tensor | _Number) -> Tensor: ...
    def bitwise_not(self) -> Tensor: ...
    def bitwise_or(self, other: Tensor | _Number) -> Tensor: ...
    def bitwise_xor(self, other: Tensor | _Number) -> Tensor: ...
    def bool(self) -> Tensor:
        """x.to(torch.bool)"""
    def ceil(self) -> Tensor: ...
    def ceil_(self) -> Tensor:
        """As ceil, but written into the tensor itself."""
    def chunk(self, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
        """At most `chunks` pieces of one size along a dimension, the last perhaps smaller."""
    def clamp(self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
        """x, but no less than min and no more than max, both numbers or both tensors; either may be left out."""
    def clamp_(self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
        """x, but no less than min and no more than max, both numbers or both tensors; either may be left out."""
    def clip(self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
        """x, but no less than min and no more than max, both numbers or both tensors; either may be left out."""
    def clip_(self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
        """x, but no less than min and no more than max, both numbers or both tensors; either may be left out."""
    def clone(self) -> Tensor: ...
    def contiguous(self) -> Tensor:
        """The same values in a memory of their own, row after row, where they are not so already."""
    def copy_(self, source: Tensor | _Number) -> Tensor:
        """Write the elements of `source`, broadcast and converted to x's shape and type, in place."""
    def cos(self) -> Tensor: ...
    def cos_(self) -> Tensor:
        """As cos, but written into the tensor itself."""
    def count_nonzero(self, dim: _int | _Shape | None = None) -> Tensor:
        """How many elements are not 0: of all, or along `dim`, one or several."""
    def cumsum(self, dim: _int, *, dtype: _dtype | None = None) -> Tensor:
        """The sums of the elements so far along `dim`; integers and bools as int64."""
    @property
    def data(self) -> Tensor:
        """The same memory outside the graph, and outside the count of writes: changing it escapes every check."""
    @data.setter
    def data(self, value: Tensor) -> None: ...
    def detach_(self) -> Tensor:
        """Take this tensor itself out of the graph: it becomes a leaf that requires no gradient."""
    def dim(self) -> _int:
        """The number of dimensions."""
    def div(self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
        """input / other; with rounding_mode="floor" rounded down, with "trunc" towards 0."""
    def div_(self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
        """input / other; with rounding_mode="floor" rounded down, with "trunc" towards 0."""
    def dot(self, tensor: Tensor) -> Tensor:
        """The sum of the products of the elements of two vectors, both of shape (n,)."""
    def double(self) -> Tensor:
        """x.to(torch.float64)"""
    def eq(self, other: Tensor | _Number) -> Tensor: ...
    def equal(self, other: Tensor) -> _bool:
        """Have the two the same shape and the same elements?"""
    def exp(self) -> Tensor: ...
    def exp_(self) -> Tensor:
        """As exp, but written into the tensor itself."""
    @overload
    def expand(self, size: _Shape) -> Tensor:
        """Repeated along new leading dimensions and dimensions of size 1, without using memory; -1 keeps a size."""
    @overload
    def expand(self, *size: _int) -> Tensor: ...
    def expand_as(self, other: Tensor) -> Tensor:
        """x.expand(other.shape)."""
    def fill_(self, value: Tensor | _Number) -> Tensor:
        """Write one number everywhere, in place."""
    def flatten(self, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
        """The dimensions from start_dim to end_dim as one."""
    @overload
    def flip(self, dims: _int | _Shape) -> Tensor:
        """With the order along the given dimensions reversed."""
    @overload
    def flip(self, *dims: _int) -> Tensor: ...
    def float(self) -> Tensor:
        """x.to(torch.float32)"""
    def floor(self) -> Tensor: ...
    def floor_(self) -> Tensor:
        """As floor, but written into the tensor itself."""
    def floor_divide(self, other: Tensor | _Number) -> Tensor:
        """x / y rounded down, as Python's //."""
    def floor_divide_(self, other: Tensor | _Number) -> Tensor:
        """x / y rounded down, as Python's //."""
    def ge(self, other: Tensor | _Number) -> Tensor: ...
    def gt(self, other: Tensor | _Number) -> Tensor: ...
    def int(self) -> Tensor:
        """x.to(torch.int32)"""
    def is_contiguous(self) -> _bool:
        """Do the elements lie in memory row after row?"""
    def is_floating_point(self) -> _bool: ...
    def isclose(self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> Tensor:
        """Where |input − other| ≤ atol + rtol |other|, or the two are equal; equal_nan: nan counts as equal to nan."""
    def isfinite(self) -> Tensor: ...
    def isinf(self) -> Tensor: ...
    def isnan(self) -> Tensor: ...
    def le(self, other: Tensor | _Number) -> Tensor: ...
    def log(self) -> Tensor: ...
    def log1p(self) -> Tensor: ...
    def log1p_(self) -> Tensor:
        """As log1p, but written into the tensor itself."""
    def log_(self) -> Tensor:
        """As log, but written into the tensor itself."""
    def log_softmax(self, dim: _int, dtype: _dtype | None = None) -> Tensor:
        """log(softmax(x, dim)), computed without overflow and without log(0)."""
    def logical_and(self, other: Tensor) -> Tensor: ...
    def logical_not(self) -> Tensor: ...
    def logical_or(self, other: Tensor) -> Tensor: ...
    def logical_xor(self, other: Tensor) -> Tensor: ...
    def logsumexp(self, dim: _int | _Shape | None, keepdim: _bool = False) -> Tensor:
        """log Σ eˣ along `dim`, one or several, computed without overflow."""
    def long(self) -> Tensor:
        """x.to(torch.int64)"""
    def lt(self, other: Tensor | _Number) -> Tensor: ...
    @property
    def mT(self) -> Tensor:
        """The last two dimensions exchanged: of a stack of matrices, their transposes."""
    def masked_fill(self, mask: Tensor, value: Tensor | _Number) -> Tensor:
        """x with `value`, a number or a 0-d tensor, in the places where the mask, a boolean tensor, is true."""
    def masked_fill_(self, mask: Tensor, value: Tensor | _Number) -> Tensor:
        """x with `value`, a number or a 0-d tensor, in the places where the mask, a boolean tensor, is true."""
    def matmul(self, other: Tensor) -> Tensor:
        """The product `@`: of vectors, of matrices, or of stacks of matrices, whose leading dimensions are broadcast."""
    @overload
    def max(self) -> Tensor:
        """The largest element; with dim a named tuple, the largest `values` and their `indices`."""
    @overload
    def max(self, dim: _int, keepdim: _bool = False) -> _Extreme: ...
    @overload
    def max(self, other: Tensor) -> Tensor: ...
    def maximum(self, other: Tensor) -> Tensor:
        """The larger of two numbers, element by element; nan where either is."""
    def mean(self, dim: _int | _Shape | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """The mean of all elements, or of those along `dim`; RuntimeError for integers, whose mean is not one of them."""
    @overload
    def min(self) -> Tensor:
        """The smallest element; with dim a named tuple, the smallest `values` and their `indices`."""
    @overload
    def min(self, dim: _int, keepdim: _bool = False) -> _Extreme: ...
    @overload
    def min(self, other: Tensor) -> Tensor: ...
    def minimum(self, other: Tensor) -> Tensor:
        """The smaller of two numbers, element by element; nan where either is."""
    def mm(self, mat2: Tensor) -> Tensor:
        """The product of two matrices, (n, m) and (m, p), of shape (n, p)."""
    def mul(self, other: Tensor | _Number) -> Tensor: ...
    def mul_(self, other: Tensor | _Number) -> Tensor:
        """As mul, but written into the tensor itself."""
    def mv(self, vec: Tensor) -> Tensor:
        """The product of a matrix (n, m) and a vector (m,)."""
    def ne(self, other: Tensor | _Number) -> Tensor: ...
    def neg(self) -> Tensor: ...
    def neg_(self) -> Tensor:
        """As neg, but written into the tensor itself."""
    @overload
    def new_empty(
        self, size: _Shape, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
    ) -> Tensor:
        """torch.empty of the type of x."""
    @overload
    def new_empty(
        self, *size: _int, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
    ) -> Tensor: ...
    def new_full(
        self,
        size: _Shape,
        fill_value: _Number,
        *,
        dtype: _dtype | None = None,
        requires_grad: _bool = False,
        device: str | None = None,
    ) -> Tensor:
        """torch.full of the type of x."""
    @overload
    def new_ones(
        self, size: _Shape, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
    ) -> Tensor:
        """torch.ones of the type of x."""
    @overload
    def new_ones(
        self, *size: _int, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
    ) -> Tensor: ...
    def new_tensor(self, data: Any, *, dtype: _dtype | None = None, requires_grad: _bool = False) -> Tensor:
        """torch.tensor(data) of the type of x."""
    @overload
    def new_zeros(
        self, size: _Shape, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
    ) -> Tensor:
        """torch.zeros of the type of x."""
    @overload
    def new_zeros(
        self, *size: _int, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
    ) -> Tensor: ...
    def norm(
        self,
        p: _Number | str = "fro",
        dim: _int | _Shape | None = None,
        keepdim: _bool = False,
        *,
        dtype: _dtype | None = None,
    ) -> Tensor:
        """The p-norm (Σ |x|ᵖ)^(1/p) of all elements, or of those along `dim`; of order 2 unless p says otherwise."""
    def normal_(self, mean: _float = 0.0, std: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Write random numbers, normal with the given mean and standard deviation, in place."""
    def numel(self) -> _int:
        """The number of elements."""
    def numpy(self, *, force: _bool = False) -> np.ndarray:
        """The tensor's memory as a NumPy array: writing to one changes the other."""
    def outer(self, vec2: Tensor) -> Tensor:
        """The products of every element of input (n,) with every one of vec2 (m,), of shape (n, m)."""
    @property
    def output_nr(self) -> _int:
        """Which of its operation's results this tensor is."""
    @overload
    def permute(self, dims: _Shape) -> Tensor:
        """With the dimensions in the given order."""
    @overload
    def permute(self, *dims: _int) -> Tensor: ...
    def pow(self, exponent: Tensor | _Number) -> Tensor:
        """input to a power, a Python number or a tensor; also a number to the power of a tensor."""
    def pow_(self, exponent: Tensor | _Number) -> Tensor:
        """As pow, but written into the tensor itself."""
    def prod(self, dim: _int | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """The product of all elements, or of those along one dimension; integers and bools are multiplied as int64."""
    def random_(
        self, start: _int | None = None, to: _int | None = None, *, generator: Generator | None = None
    ) -> Tensor:
        """Write whole numbers from start to `to` - 1, from 0 to start - 1 if there is only one, or any at all, in place."""
    def ravel(self) -> Tensor:
        """All elements in one dimension."""
    def reciprocal(self) -> Tensor: ...
    def reciprocal_(self) -> Tensor:
        """As reciprocal, but written into the tensor itself."""
    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call `hook(gradient)` whenever a gradient arrives here; what it returns, unless None, takes its place."""
    def relu(self) -> Tensor: ...
    def relu_(self) -> Tensor:
        """As relu, but written into the tensor itself."""
    def remainder(self, other: Tensor | _Number) -> Tensor:
        """What is left of x after division by y, of the sign of y, as Python's %."""
    def remainder_(self, other: Tensor | _Number) -> Tensor:
        """What is left of x after division by y, of the sign of y, as Python's %."""
    @overload
    def reshape(self, shape: _Shape) -> Tensor:
        """The elements in another shape, in the same order: a view where the memory allows it, otherwise a copy."""
    @overload
    def reshape(self, *shape: _int) -> Tensor: ...
    def retain_grad(self) -> None:
        """Keep the gradient that arrives at this result of an operation in its `.grad`, as if it were a leaf."""
    @property
    def retains_grad(self) -> _bool:
        """Does a backward pass keep the gradient of this result of an operation?"""
    def round(self, *, decimals: _int | None = None) -> Tensor:
        """x to whole numbers, half to even, or to so many decimals."""
    def round_(self, *, decimals: _int | None = None) -> Tensor:
        """x to whole numbers, half to even, or to so many decimals."""
    def sigmoid(self) -> Tensor: ...
    def sigmoid_(self) -> Tensor:
        """As sigmoid, but written into the tensor itself."""
    def sign(self) -> Tensor: ...
    def sign_(self) -> Tensor:
        """As sign, but written into the tensor itself."""
    def sin(self) -> Tensor: ...
    def sin_(self) -> Tensor:
        """As sin, but written into the tensor itself."""
    @overload
    def size(self) -> Size:
        """The shape, or the number of elements along one dimension."""
    @overload
    def size(self, dim: _int) -> _int: ...
    def softmax(self, dim: _int, dtype: _dtype | None = None) -> Tensor:
        """eˣ / Σ eˣ along `dim`: positive numbers with sum 1, the larger x, the larger."""
    def split(self, split_size: _int | _Shape, dim: _int = 0) -> tuple[Tensor, ...]:
        """torch.split(x, split_size, dim)."""
    def sqrt(self) -> Tensor: ...
    def sqrt_(self) -> Tensor:
        """As sqrt, but written into the tensor itself."""
    def square(self) -> Tensor:
        """x²."""
    def square_(self) -> Tensor:
        """As square, but written into the tensor itself."""
    def squeeze(self, dim: _int | _Shape | None = None) -> Tensor:
        """Without the dimensions of size 1: all of them, or those in `dim`, an int or several."""
    def std(
        self,
        dim: _int | _Shape | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        correction: _Number | None = None,
    ) -> Tensor:
        """The standard deviation: the square root of `var`, whose arguments it takes."""
    def sub(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """input - alpha · other."""
    def sub_(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """input - alpha · other, in place."""
    def sum(self, dim: _int | _Shape | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """The sum of all elements, or of those along `dim` (an int or several); integers and bools are summed as int64."""
    def swapaxes(self, axis0: _int, axis1: _int) -> Tensor:
        """x.transpose(axis0, axis1)."""
    def t(self) -> Tensor:
        """The transpose of a matrix; a vector or a 0-d tensor as it is."""
    def tan(self) -> Tensor: ...
    def tan_(self) -> Tensor:
        """As tan, but written into the tensor itself."""
    def tanh(self) -> Tensor: ...
    def tanh_(self) -> Tensor:
        """As tanh, but written into the tensor itself."""
    @overload
    def to(self, dtype: _dtype, *, copy: _bool = False) -> Tensor:
        """With elements of another type, `to(torch.float64)`, or of another tensor's; itself where nothing changes."""
    @overload
    def to(self, device: str, dtype: _dtype | None = None, *, copy: _bool = False) -> Tensor: ...
    @overload
    def to(self, other: Tensor, /, *, copy: _bool = False) -> Tensor: ...
    @overload
    def to(self, *, dtype: _dtype | None = None, device: str | None = None, copy: _bool = False) -> Tensor: ...
    def transpose(self, dim0: _int, dim1: _int) -> Tensor:
        """With two dimensions exchanged."""
    def trunc(self) -> Tensor: ...
    def trunc_(self) -> Tensor:
        """As trunc, but written into the tensor itself."""
    @overload
    def type(self) -> str:
        """x.to(dtype); without an argument, the name of the tensor's type."""
    @overload
    def type(self, dtype: _dtype) -> Tensor: ...
    def type_as(self, other: Tensor) -> Tensor:
        """x.to(other.dtype)."""
    def unbind(self, dim: _int = 0) -> tuple[Tensor, ...]:
        """The slices along a dimension, a tuple of tensors of one dimension less."""
    def uniform_(self, start: _float = 0.0, to: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Write random numbers, uniform in [start, to), in place."""
    def unsqueeze(self, dim: _int) -> Tensor:
        """With a new dimension of size 1 before dimension `dim`, or after the last."""
    def var(
        self,
        dim: _int | _Shape | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        correction: _Number | None = None,
    ) -> Tensor:
        """The variance of all elements or of those along `dim`: Σ (x − mean)² / (n − correction)."""
    @overload
    def view(self, size: _Shape) -> Tensor:
        """As reshape, but always sharing memory: RuntimeError where that cannot be."""
    @overload
    def view(self, *size: _int) -> Tensor: ...
    def view_as(self, other: Tensor) -> Tensor:
        """x.view(other.shape)."""
    def where(self, condition: Tensor, other: Tensor | _Number) -> Tensor:
        """torch.where(condition, input, other)."""
    def zero_(self) -> Tensor:
        """Write zeros, in place."""
