"""What the tables of operations add to Tensor.  Made by tools/stubs.py: change that, not this."""

from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, NoReturn, Self, TypeAlias, Union, overload

import numpy as np

from ..devices import device as _device
from ..dtypes import Size
from ..dtypes import dtype as _dtype
from ..operations.hooks import RemovableHandle
from ..random import Generator
from .graph import Node
from .tensor import Tensor

_Number: TypeAlias = _int | _float | _bool
_Shape: TypeAlias = Sequence[_int]
_Device: TypeAlias = str | _device | None

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
    def __abs__(self) -> Tensor:
        """Compute the absolute value of each element."""
    def __add__(self, other: Tensor | _Number) -> Tensor:
        """Add two tensors, or a tensor and a number, element by element."""
    def __and__(self, other: Tensor | _Number) -> Tensor:
        """Return the bits that both whole numbers have; of truth values, whether both are True."""
    def __array__(self, dtype: Any = None, copy: _bool | None = None) -> np.ndarray: ...
    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Return what NumPy calls for `array * tensor` and for np.exp(tensor) and the like."""
    def __bool__(self) -> _bool: ...
    def __contains__(self, element: Any) -> _bool: ...
    def __deepcopy__(self, memo: dict) -> Self: ...
    def __delitem__(self, key: Any) -> NoReturn: ...
    def __dir__(self) -> list[str]: ...
    def __eq__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def __float__(self) -> _float: ...
    def __floordiv__(self, other: Tensor | _Number) -> Tensor:
        """Divide the input by other and round down, as Python's // does."""
    def __format__(self, spec: str) -> str: ...
    def __ge__(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is greater than other, or equal."""
    def __getitem__(self, key: Any) -> Tensor:
        """Return a part of the tensor: views for integers, slices and None, copies for masks and tensors of indices."""
    def __gt__(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is greater than other."""
    def __iadd__(self, other: Tensor | _Number) -> Tensor:
        """Apply add in place: write the result into the tensor itself, and return it."""
    def __iand__(self, other: Tensor | _Number) -> Tensor:
        """Apply bitwise_and in place: write the result into the tensor itself, and return it."""
    def __ifloordiv__(self, other: Tensor | _Number) -> Tensor: ...
    def __imod__(self, other: Tensor | _Number) -> Tensor: ...
    def __imul__(self, other: Tensor | _Number) -> Tensor:
        """Apply mul in place: write the result into the tensor itself, and return it."""
    def __index__(self) -> _int: ...
    def __int__(self) -> _int: ...
    def __invert__(self) -> Tensor: ...
    def __ior__(self, other: Tensor | _Number) -> Tensor:
        """Apply bitwise_or in place: write the result into the tensor itself, and return it."""
    def __ipow__(self, other: Tensor | _Number) -> Tensor:
        """As pow, but written into the tensor itself."""
    def __isub__(self, other: Tensor | _Number) -> Tensor:
        """Apply sub in place: write the result into the tensor itself, and return it."""
    def __iter__(self) -> Iterator[Tensor]:
        """Yield the parts along the first dimension, one after the other."""
    def __itruediv__(self, other: Tensor | _Number) -> Tensor:
        """Apply div in place: write the result into the tensor itself, and return it."""
    def __ixor__(self, other: Tensor | _Number) -> Tensor:
        """Apply bitwise_xor in place: write the result into the tensor itself, and return it."""
    def __le__(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is less than other, or equal."""
    def __len__(self) -> _int: ...
    def __lt__(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is less than other."""
    def __matmul__(self, other: Tensor) -> Tensor:
        """Multiply vectors, matrices, or stacks of matrices, as `@` does."""
    def __mod__(self, other: Tensor | _Number) -> Tensor:
        """Compute the remainder of the input divided by other, with the sign of other, as Python's % does."""
    def __mul__(self, other: Tensor | _Number) -> Tensor:
        """Multiply two tensors, or a tensor and a number, element by element."""
    def __ne__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def __neg__(self) -> Tensor:
        """Change the sign of each element."""
    def __new__(cls, *data: Any, **options: Any) -> Self:
        """Make torch.Tensor(values), of the default type, from nested lists; or, as `empty` does, torch.Tensor(2, 3)."""
    def __or__(self, other: Tensor | _Number) -> Tensor:
        """Return the bits that either whole number has; of truth values, whether either is True."""
    def __pos__(self) -> Tensor: ...
    def __pow__(self, other: Tensor | _Number) -> Tensor:
        """Raise the input to the power of exponent, element by element."""
    def __radd__(self, other: Tensor | _Number) -> Tensor:
        """Add two tensors, or a tensor and a number, element by element."""
    def __rand__(self, other: Tensor | _Number) -> Tensor:
        """Return the bits that both whole numbers have; of truth values, whether both are True."""
    def __reduce_ex__(self, protocol: Any) -> tuple:
        """Return what pickle and copy.copy keep: the kind of tensor, its numbers, whether it requires grad."""
    def __repr__(self, **_: Any) -> str: ...
    def __rfloordiv__(self, other: Tensor | _Number) -> Tensor: ...
    def __rmod__(self, other: Tensor | _Number) -> Tensor: ...
    def __rmul__(self, other: Tensor | _Number) -> Tensor:
        """Multiply two tensors, or a tensor and a number, element by element."""
    def __ror__(self, other: Tensor | _Number) -> Tensor:
        """Return the bits that either whole number has; of truth values, whether either is True."""
    def __rpow__(self, other: Tensor | _Number) -> Tensor: ...
    def __rsub__(self, other: Tensor | _Number) -> Tensor:
        """Return n - x."""
    def __rtruediv__(self, other: Tensor | _Number) -> Tensor: ...
    def __rxor__(self, other: Tensor | _Number) -> Tensor:
        """Return the bits that exactly one of two whole numbers has; of truth values, whether they differ."""
    def __setitem__(self, key: Any, value: Tensor | _Number) -> None:
        """Write a number or a tensor into a part of the tensor, in place."""
    def __sub__(self, other: Tensor | _Number) -> Tensor:
        """Subtract other from the input, element by element."""
    def __truediv__(self, other: Tensor | _Number) -> Tensor:
        """Divide the input by other, element by element."""
    def __xor__(self, other: Tensor | _Number) -> Tensor:
        """Return the bits that exactly one of two whole numbers has; of truth values, whether they differ."""
    @property
    def _backward_hooks(self) -> dict[_int, Any] | None:
        """Return the hooks of a tensor by their numbers, None if there are none."""
    @property
    def _base(self) -> Tensor | None:
        """Return the tensor of which this one is a view; None for a tensor with memory of its own."""
    def _is_view(self) -> _bool: ...
    _renew: Any
    _set_history: Any
    @property
    def _version(self) -> _int:
        """Return how often this tensor's memory was written in place."""
    def abs(self) -> Tensor:
        """Compute the absolute value of each element."""
    def abs_(self) -> Tensor:
        """Apply abs in place: write the result into the tensor itself, and return it."""
    def absolute(self) -> Tensor:
        """Compute the absolute value of each element."""
    def absolute_(self) -> Tensor:
        """Apply abs in place: write the result into the tensor itself, and return it."""
    def acos(self) -> Tensor:
        """Compute the angle, in radians, whose cosine is each element."""
    def acos_(self) -> Tensor:
        """Apply acos in place: write the result into the tensor itself, and return it."""
    def acosh(self) -> Tensor:
        """Compute the number whose hyperbolic cosine is each element."""
    def acosh_(self) -> Tensor:
        """Apply acosh in place: write the result into the tensor itself, and return it."""
    def add(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """Add two tensors, or a tensor and a number, element by element."""
    def add_(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """Apply add in place: write the result into the tensor itself, and return it."""
    def addcdiv(self, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Tensor:
        """Add value times the quotient of two tensors to the input."""
    def addcdiv_(self, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Tensor:
        """Apply addcdiv in place: write the result into the tensor itself, and return it."""
    def addcmul(self, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Tensor:
        """Add value times the product of two tensors to the input."""
    def addcmul_(self, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Tensor:
        """Apply addcmul in place: write the result into the tensor itself, and return it."""
    def all(self, dim: _int | _Shape | None = None, keepdim: _bool = False) -> Tensor:
        """Return True where no element is 0 or False: of all, or of those along dim."""
    def allclose(self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> _bool:
        """Return True if every |input - other| ≤ atol + rtol · |other|, a Python bool."""
    def amax(self, dim: _int | _Shape | None = (), keepdim: _bool = False) -> Tensor:
        """Find the largest element along one or several dimensions."""
    def amin(self, dim: _int | _Shape | None = (), keepdim: _bool = False) -> Tensor:
        """Find the smallest element along one or several dimensions."""
    def any(self, dim: _int | _Shape | None = None, keepdim: _bool = False) -> Tensor:
        """Return True where at least one element is not 0 or False: of all, or of those along dim."""
    def arccos(self) -> Tensor:
        """Compute the angle, in radians, whose cosine is each element."""
    def arccos_(self) -> Tensor:
        """Apply acos in place: write the result into the tensor itself, and return it."""
    def arccosh(self) -> Tensor:
        """Compute the number whose hyperbolic cosine is each element."""
    def arccosh_(self) -> Tensor:
        """Apply acosh in place: write the result into the tensor itself, and return it."""
    def arcsin(self) -> Tensor:
        """Compute the angle, in radians, whose sine is each element."""
    def arcsin_(self) -> Tensor:
        """Apply asin in place: write the result into the tensor itself, and return it."""
    def arcsinh(self) -> Tensor:
        """Compute the number whose hyperbolic sine is each element."""
    def arcsinh_(self) -> Tensor:
        """Apply asinh in place: write the result into the tensor itself, and return it."""
    def arctan(self) -> Tensor:
        """Compute the angle, in radians, whose tangent is each element."""
    def arctan2(self, other: Tensor | _Number) -> Tensor:
        """Compute the angle, in radians, of the point whose ordinate is the input and whose abscissa is other."""
    def arctan2_(self, other: Tensor | _Number) -> Tensor:
        """Apply atan2 in place: write the result into the tensor itself, and return it."""
    def arctan_(self) -> Tensor:
        """Apply atan in place: write the result into the tensor itself, and return it."""
    def arctanh(self) -> Tensor:
        """Compute the number whose hyperbolic tangent is each element."""
    def arctanh_(self) -> Tensor:
        """Apply atanh in place: write the result into the tensor itself, and return it."""
    def argmax(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """Find the position of the largest element, the first of equal ones."""
    def argmin(self, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
        """Find the position of the smallest element, the first of equal ones."""
    def argsort(self, dim: _int = -1, descending: _bool = False, *, stable: _bool | None = False) -> Tensor:
        """Return the indices that sort the elements along dim."""
    def asin(self) -> Tensor:
        """Compute the angle, in radians, whose sine is each element."""
    def asin_(self) -> Tensor:
        """Apply asin in place: write the result into the tensor itself, and return it."""
    def asinh(self) -> Tensor:
        """Compute the number whose hyperbolic sine is each element."""
    def asinh_(self) -> Tensor:
        """Apply asinh in place: write the result into the tensor itself, and return it."""
    def atan(self) -> Tensor:
        """Compute the angle, in radians, whose tangent is each element."""
    def atan2(self, other: Tensor) -> Tensor:
        """Compute the angle, in radians, of the point whose ordinate is the input and whose abscissa is other."""
    def atan2_(self, other: Tensor | _Number) -> Tensor:
        """Apply atan2 in place: write the result into the tensor itself, and return it."""
    def atan_(self) -> Tensor:
        """Apply atan in place: write the result into the tensor itself, and return it."""
    def atanh(self) -> Tensor:
        """Compute the number whose hyperbolic tangent is each element."""
    def atanh_(self) -> Tensor:
        """Apply atanh in place: write the result into the tensor itself, and return it."""
    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: _bool | None = None,
        create_graph: _bool = False,
        inputs: Tensor | Sequence[Tensor] | None = None,
    ) -> None:
        """Add the gradients of this tensor with respect to the leaves to the leaves' .grad."""
    def bernoulli(self, p: _float | None = None, *, generator: Generator | None = None) -> Tensor:
        """Draw 1 with the probability that each element says, and 0 otherwise."""
    def bernoulli_(self, p: Tensor | _float = 0.5, *, generator: Generator | None = None) -> Tensor:
        """Write 1 with probability p, and 0 otherwise, in place, and return the tensor."""
    def bincount(self, weights: Tensor | None = None, minlength: _int = 0) -> Tensor:
        """Count how often each number from 0 on occurs, or sum the weights of those that do."""
    def bitwise_and(self, other: Tensor | _Number) -> Tensor:
        """Return the bits that both whole numbers have; of truth values, whether both are True."""
    def bitwise_and_(self, other: Tensor | _Number) -> Tensor:
        """Apply bitwise_and in place: write the result into the tensor itself, and return it."""
    def bitwise_not(self) -> Tensor:
        """Flip every bit of whole numbers, and negate truth values."""
    def bitwise_or(self, other: Tensor | _Number) -> Tensor:
        """Return the bits that either whole number has; of truth values, whether either is True."""
    def bitwise_or_(self, other: Tensor | _Number) -> Tensor:
        """Apply bitwise_or in place: write the result into the tensor itself, and return it."""
    def bitwise_xor(self, other: Tensor | _Number) -> Tensor:
        """Return the bits that exactly one of two whole numbers has; of truth values, whether they differ."""
    def bitwise_xor_(self, other: Tensor | _Number) -> Tensor:
        """Apply bitwise_xor in place: write the result into the tensor itself, and return it."""
    def bmm(self, mat2: Tensor) -> Tensor:
        """Multiply the matrices of two stacks, each with its partner."""
    def bool(self) -> Tensor:
        """Convert the tensor to truth values: False for 0, True for anything else."""
    def broadcast_to(self, size: _Shape) -> Tensor:
        """Repeat the tensor to a shape that it can be broadcast to: a view, as expand gives it."""
    def ceil(self) -> Tensor:
        """Round each element up to a whole number."""
    def ceil_(self) -> Tensor:
        """Apply ceil in place: write the result into the tensor itself, and return it."""
    def chunk(self, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
        """Take at most `chunks` pieces of one size along a dimension, the last perhaps smaller: a tuple of views."""
    def clamp(self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
        """Limit each element to the range from min to max."""
    def clamp_(self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
        """Apply clamp in place: write the result into the tensor itself, and return it."""
    def clamp_max(self, max: Tensor | _Number) -> Tensor:
        """Replace what lies above max by max: clamp with one bound, which is required."""
    def clamp_max_(self, max: Tensor | _Number) -> Tensor:
        """Apply clamp_max in place: write the result into the tensor itself, and return it."""
    def clamp_min(self, min: Tensor | _Number) -> Tensor:
        """Replace what lies below min by min: clamp with one bound, which is required."""
    def clamp_min_(self, min: Tensor | _Number) -> Tensor:
        """Apply clamp_min in place: write the result into the tensor itself, and return it."""
    def clip(self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
        """Limit each element to the range from min to max."""
    def clip_(self, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
        """Apply clip in place: write the result into the tensor itself, and return it."""
    def clone(self) -> Tensor:
        """Copy the tensor: the same numbers in memory of their own, and still part of the graph."""
    def contiguous(self) -> Tensor:
        """Return the same values row after row in memory: the tensor itself if they already are, otherwise a copy."""
    def copy_(self, source: Tensor | _Number) -> Tensor:
        """Write the elements of another tensor into this one, in place, and return it."""
    def copysign(self, other: Tensor | _Number) -> Tensor:
        """Return the absolute value of each element with the sign of other, a tensor or a number."""
    def copysign_(self, other: Tensor | _Number) -> Tensor:
        """Apply copysign in place: write the result into the tensor itself, and return it."""
    def cos(self) -> Tensor:
        """Compute the cosine of each element, an angle in radians."""
    def cos_(self) -> Tensor:
        """Apply cos in place: write the result into the tensor itself, and return it."""
    def cosh(self) -> Tensor:
        """Compute the hyperbolic cosine of each element."""
    def cosh_(self) -> Tensor:
        """Apply cosh in place: write the result into the tensor itself, and return it."""
    def count_nonzero(self, dim: _int | _Shape | None = None) -> Tensor:
        """Count the elements that are not 0: all, or those along dim."""
    def cpu(self) -> Tensor:
        """Return the tensor itself, which is on the CPU: what programs write before .numpy()."""
    def cross(self, other: Tensor, dim: _int | None = None) -> Tensor:
        """Compute the cross product of vectors of three numbers along dim."""
    def cuda(self, device: _Device = None, non_blocking: _bool = False) -> NoReturn:
        """Refuse to move the tensor to a GPU: there is none."""
    def cummax(self, dim: _int) -> _Extreme:
        """Find the largest element so far along dim and its position, the last of equal ones."""
    def cummin(self, dim: _int) -> _Extreme:
        """Find the smallest element so far along dim and its position, the last of equal ones."""
    def cumprod(self, dim: _int, *, dtype: _dtype | None = None) -> Tensor:
        """Multiply the elements so far along dim."""
    def cumsum(self, dim: _int, *, dtype: _dtype | None = None) -> Tensor:
        """Sum the elements so far along dim."""
    @property
    def data(self) -> Tensor:
        """Return the same memory outside the graph, and outside the count of writes: changing it escapes every check."""
    @data.setter
    def data(self, value: Tensor) -> None: ...
    def data_ptr(self) -> _int:
        """Return the address of the first element in memory: the same for tensors that begin at the same place."""
    def deg2rad(self) -> Tensor:
        """Convert degrees to radians."""
    def deg2rad_(self) -> Tensor:
        """Apply deg2rad in place: write the result into the tensor itself, and return it."""
    def detach(self) -> Tensor:
        """Return a tensor on the same memory, outside the graph."""
    def detach_(self) -> Tensor:
        """Take this tensor itself out of the graph: it becomes a leaf that does not require grad."""
    @property
    def device(self) -> _device:
        """Where the tensor lives: the CPU."""
    def diag(self, diagonal: _int = 0) -> Tensor:
        """Take the diagonal of a matrix: a copy; or make a matrix with the elements of a vector on its diagonal."""
    def diagonal(self, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
        """Show the diagonal of a matrix, or of each of the matrices along two dimensions, on the same memory."""
    def diff(self, n: _int = 1, dim: _int = -1) -> Tensor:
        """Subtract each element along dim from the next one, n times."""
    def dim(self) -> _int:
        """Return the number of dimensions."""
    def div(self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
        """Divide the input by other, element by element."""
    def div_(self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
        """Apply div in place: write the result into the tensor itself, and return it."""
    def divide(self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
        """Divide the input by other, element by element."""
    def divide_(self, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
        """Apply div in place: write the result into the tensor itself, and return it."""
    def dot(self, tensor: Tensor) -> Tensor:
        """Multiply two vectors: the sum of the products of their elements."""
    def double(self) -> Tensor:
        """Convert the tensor to float64."""
    def element_size(self) -> _int:
        """Return how many bytes an element takes."""
    def eq(self, other: Tensor | _Number) -> Tensor:
        """Return True where the two are equal, and False elsewhere."""
    def equal(self, other: Tensor) -> _bool:
        """Return True if both tensors have the same shape and the same elements, a Python bool."""
    def erf(self) -> Tensor:
        """Compute the error function 2/√π ∫₀ˣ exp(-t²) dt of each element, a number between -1 and 1."""
    def erf_(self) -> Tensor:
        """Apply erf in place: write the result into the tensor itself, and return it."""
    def erfc(self) -> Tensor:
        """Compute 1 - erf(x) of each element, accurately also where it is tiny."""
    def erfc_(self) -> Tensor:
        """Apply erfc in place: write the result into the tensor itself, and return it."""
    def exp(self) -> Tensor:
        """Compute e to the power of each element."""
    def exp2(self) -> Tensor:
        """Compute 2 to the power of each element."""
    def exp2_(self) -> Tensor:
        """Apply exp2 in place: write the result into the tensor itself, and return it."""
    def exp_(self) -> Tensor:
        """Apply exp in place: write the result into the tensor itself, and return it."""
    @overload
    def expand(self, size: _Shape) -> Tensor:
        """Repeat the tensor along dimensions of size 1 and along new leading ones, without using memory."""
    @overload
    def expand(self, *size: _int) -> Tensor: ...
    def expand_as(self, other: Tensor) -> Tensor:
        """Repeat the tensor to the shape of another, without using memory: expand(other.shape)."""
    def expm1(self) -> Tensor:
        """Compute eˣ - 1 of each element, without loss of digits near 0."""
    def expm1_(self) -> Tensor:
        """Apply expm1 in place: write the result into the tensor itself, and return it."""
    def exponential_(self, lambd: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Write exponentially distributed numbers, whose mean is 1 / lambd, in place, and return the tensor."""
    def fill_(self, value: Tensor | _Number) -> Tensor:
        """Write one number into every element, in place, and return the tensor."""
    def fix(self) -> Tensor:
        """Round each element to a whole number towards 0."""
    def fix_(self) -> Tensor:
        """Apply trunc in place: write the result into the tensor itself, and return it."""
    def flatten(self, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
        """Merge the dimensions from start_dim to end_dim into one."""
    @overload
    def flip(self, dims: _int | _Shape) -> Tensor:
        """Reverse the order along the given dimensions: a copy."""
    @overload
    def flip(self, *dims: _int) -> Tensor: ...
    def fliplr(self) -> Tensor:
        """Reverse the order along dimension 1: a copy."""
    def flipud(self) -> Tensor:
        """Reverse the order along dimension 0: a copy."""
    def float(self) -> Tensor:
        """Convert the tensor to float32."""
    def floor(self) -> Tensor:
        """Round each element down to a whole number."""
    def floor_(self) -> Tensor:
        """Apply floor in place: write the result into the tensor itself, and return it."""
    def floor_divide(self, other: Tensor | _Number) -> Tensor:
        """Divide the input by other and round down, as Python's // does."""
    def floor_divide_(self, other: Tensor | _Number) -> Tensor:
        """Apply floor_divide in place: write the result into the tensor itself, and return it."""
    def fmod(self, other: Tensor | _Number) -> Tensor:
        """Compute the remainder of the input divided by other, with the sign of the input, as C's fmod does."""
    def fmod_(self, other: Tensor | _Number) -> Tensor:
        """Apply fmod in place: write the result into the tensor itself, and return it."""
    def frac(self) -> Tensor:
        """Keep the fractional part of each element, with its sign."""
    def frac_(self) -> Tensor:
        """Apply frac in place: write the result into the tensor itself, and return it."""
    def gather(self, dim: _int, index: Tensor) -> Tensor:
        """Pick elements along dim: result[i][j] = input[index[i][j]][j] for dim=0, input[i][index[i][j]] for dim=1."""
    def ge(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is greater than other, or equal."""
    def ger(self, vec2: Tensor) -> Tensor:
        """Multiply every element of one vector by every element of another."""
    def get_device(self) -> _int:
        """Return the number of the tensor's GPU, -1 for the CPU."""
    def greater(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is greater than other."""
    def greater_equal(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is greater than other, or equal."""
    def gt(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is greater than other."""
    def histc(self, bins: _int = 100, min: _Number = 0, max: _Number = 0) -> Tensor:
        """Count how many numbers lie in each of so many equal parts of a range."""
    def hypot(self, other: Tensor) -> Tensor:
        """Compute √(x² + y²) of two tensors, element by element, without overflow."""
    def hypot_(self, other: Tensor | _Number) -> Tensor:
        """Apply hypot in place: write the result into the tensor itself, and return it."""
    def index_select(self, dim: _int, index: Tensor) -> Tensor:
        """Pick the parts along dim whose numbers are in index."""
    def inner(self, other: Tensor) -> Tensor:
        """Multiply the last dimensions and sum: the dot product of two vectors, or of all rows with all rows."""
    def int(self) -> Tensor:
        """Convert the tensor to int32, cutting off the fractional part."""
    def is_contiguous(self) -> _bool:
        """Return True where the elements lie row after row in memory."""
    @property
    def is_cpu(self) -> _bool:
        """True for a tensor on the CPU: always."""
    @property
    def is_cuda(self) -> _bool:
        """True for a tensor on a GPU: never."""
    def is_floating_point(self) -> _bool:
        """Return True for a tensor of float32 or float64."""
    def isclose(self, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False) -> Tensor:
        """Return True where |input - other| ≤ atol + rtol · |other|, or where the two are equal."""
    def isfinite(self) -> Tensor:
        """Return True where an element is neither inf nor -inf nor nan."""
    def isinf(self) -> Tensor:
        """Return True where an element is inf or -inf."""
    def isnan(self) -> Tensor:
        """Return True where an element is nan, which is not a number."""
    def item(self) -> _int | _float:
        """Return the only element as a Python number."""
    def le(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is less than other, or equal."""
    def lerp(self, end: Tensor, weight: Tensor | _Number) -> Tensor:
        """Go from input the part weight of the way to end: input + weight * (end - input)."""
    def lerp_(self, end: Tensor, weight: Tensor | _Number) -> Tensor:
        """Apply lerp in place: write the result into the tensor itself, and return it."""
    def less(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is less than other."""
    def less_equal(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is less than other, or equal."""
    def log(self) -> Tensor:
        """Compute the natural logarithm of each element."""
    def log10(self) -> Tensor:
        """Compute the logarithm of each element to base 10."""
    def log10_(self) -> Tensor:
        """Apply log10 in place: write the result into the tensor itself, and return it."""
    def log1p(self) -> Tensor:
        """Compute log(1 + x) for each element x, accurately also where x is tiny."""
    def log1p_(self) -> Tensor:
        """Apply log1p in place: write the result into the tensor itself, and return it."""
    def log2(self) -> Tensor:
        """Compute the logarithm of each element to base 2."""
    def log2_(self) -> Tensor:
        """Apply log2 in place: write the result into the tensor itself, and return it."""
    def log_(self) -> Tensor:
        """Apply log in place: write the result into the tensor itself, and return it."""
    def log_softmax(self, dim: _int, dtype: _dtype | None = None) -> Tensor:
        """Compute log(softmax(x)) along dim, without overflow and without log(0)."""
    def logaddexp(self, other: Tensor) -> Tensor:
        """Compute log(exp(x) + exp(y)) of two tensors, element by element, without overflow."""
    def logical_and(self, other: Tensor) -> Tensor:
        """Return True where neither of the two is 0 or False."""
    def logical_not(self) -> Tensor:
        """Return True where an element is 0 or False."""
    def logical_or(self, other: Tensor) -> Tensor:
        """Return True where at least one of the two is not 0 or False."""
    def logical_xor(self, other: Tensor) -> Tensor:
        """Return True where exactly one of the two is not 0 or False."""
    def logsumexp(self, dim: _int | _Shape | None, keepdim: _bool = False) -> Tensor:
        """Compute log Σ exp(x) along dim, without overflow."""
    def long(self) -> Tensor:
        """Convert the tensor to int64, cutting off the fractional part."""
    def lt(self, other: Tensor | _Number) -> Tensor:
        """Return True where the input is less than other."""
    @property
    def mT(self) -> Tensor:
        """The last two dimensions exchanged: of a stack of matrices, their transposes."""
    def masked_fill(self, mask: Tensor, value: Tensor | _Number) -> Tensor:
        """Replace the elements where the mask is True by value."""
    def masked_fill_(self, mask: Tensor, value: Tensor | _Number) -> Tensor:
        """Apply masked_fill in place: write the result into the tensor itself, and return it."""
    def masked_select(self, mask: Tensor) -> Tensor:
        """Pick the elements where the mask is True, as one row: input[mask], for shapes that are broadcast."""
    def matmul(self, other: Tensor) -> Tensor:
        """Multiply vectors, matrices, or stacks of matrices, as `@` does."""
    @overload
    def max(self) -> Tensor:
        """Find the largest element; with dim, the largest along it and its position."""
    @overload
    def max(self, dim: _int, keepdim: _bool = False) -> _Extreme: ...
    @overload
    def max(self, other: Tensor) -> Tensor: ...
    def maximum(self, other: Tensor) -> Tensor:
        """Choose the larger of two numbers, element by element; nan where either is."""
    def mean(self, dim: _int | _Shape | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """Compute the mean of all elements, or of those along dim."""
    @overload
    def median(self) -> Tensor:
        """Find the number in the middle: of all, or of those along dim, together with its index.  Of two, it is the lower."""
    @overload
    def median(self, dim: _int, keepdim: _bool = False) -> _Extreme: ...
    @overload
    def min(self) -> Tensor:
        """Find the smallest element; with dim, the smallest along it and its position."""
    @overload
    def min(self, dim: _int, keepdim: _bool = False) -> _Extreme: ...
    @overload
    def min(self, other: Tensor) -> Tensor: ...
    def minimum(self, other: Tensor) -> Tensor:
        """Choose the smaller of two numbers, element by element; nan where either is."""
    def mm(self, mat2: Tensor) -> Tensor:
        """Multiply two matrices."""
    def moveaxis(self, source: Tensor | _Number, destination: _int | _Shape) -> Tensor:
        """Move dimensions to other places, the others keeping their order: a view."""
    def movedim(self, source: Tensor | _Number, destination: _int | _Shape) -> Tensor:
        """Move dimensions to other places, the others keeping their order: a view."""
    def mul(self, other: Tensor | _Number) -> Tensor:
        """Multiply two tensors, or a tensor and a number, element by element."""
    def mul_(self, other: Tensor | _Number) -> Tensor:
        """Apply mul in place: write the result into the tensor itself, and return it."""
    def multinomial(
        self, num_samples: _int, replacement: _bool = False, *, generator: Generator | None = None
    ) -> Tensor:
        """Draw indices at random, each with a probability proportional to its element."""
    def multiply(self, other: Tensor | _Number) -> Tensor:
        """Multiply two tensors, or a tensor and a number, element by element."""
    def multiply_(self, other: Tensor | _Number) -> Tensor:
        """Apply mul in place: write the result into the tensor itself, and return it."""
    def mv(self, vec: Tensor) -> Tensor:
        """Multiply a matrix by a vector."""
    def nan_to_num(
        self, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None
    ) -> Tensor:
        """Replace nan, inf and -inf by numbers."""
    def nan_to_num_(
        self, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None
    ) -> Tensor:
        """Apply nan_to_num in place: write the result into the tensor itself, and return it."""
    def narrow(self, dim: _int, start: _Number, length: _int) -> Tensor:
        """Take length parts along dim, from start on: a view."""
    def ndimension(self) -> Tensor:
        """Return the number of dimensions."""
    def ne(self, other: Tensor | _Number) -> Tensor:
        """Return True where the two differ, and False elsewhere."""
    def neg(self) -> Tensor:
        """Change the sign of each element."""
    def neg_(self) -> Tensor:
        """Apply neg in place: write the result into the tensor itself, and return it."""
    def negative(self) -> Tensor:
        """Change the sign of each element."""
    def negative_(self) -> Tensor:
        """Apply neg in place: write the result into the tensor itself, and return it."""
    def nelement(self) -> Tensor:
        """Return the number of elements."""
    @overload
    def new_empty(
        self, size: _Shape, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
    ) -> Tensor:
        """Make a tensor of this tensor's type, to be overwritten."""
    @overload
    def new_empty(
        self, *size: _int, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
    ) -> Tensor: ...
    def new_full(
        self,
        size: _Shape,
        fill_value: _Number,
        *,
        dtype: _dtype | None = None,
        requires_grad: _bool = False,
        device: _Device = None,
    ) -> Tensor:
        """Make a tensor of this tensor's type with one number everywhere."""
    @overload
    def new_ones(
        self, size: _Shape, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
    ) -> Tensor:
        """Make a tensor of ones of this tensor's type."""
    @overload
    def new_ones(
        self, *size: _int, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
    ) -> Tensor: ...
    def new_tensor(self, data: Any, *, dtype: _dtype | None = None, requires_grad: _bool = False) -> Tensor:
        """Make a tensor of values, of this tensor's type: torch.tensor(data, dtype=self.dtype)."""
    @overload
    def new_zeros(
        self, size: _Shape, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
    ) -> Tensor:
        """Make a tensor of zeros of this tensor's type."""
    @overload
    def new_zeros(
        self, *size: _int, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
    ) -> Tensor: ...
    def nonzero(self, *, as_tuple: _bool = False) -> Any:
        """Find the elements that are not 0 or False: a row of indices for each."""
    def norm(
        self,
        p: _Number | str = "fro",
        dim: _int | _Shape | None = None,
        keepdim: _bool = False,
        *,
        dtype: _dtype | None = None,
    ) -> Tensor:
        """Compute the p-norm (Σ |x|ᵖ)^(1/p) of all elements, or of those along dim."""
    def normal_(self, mean: _float = 0.0, std: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Write random numbers, normal with the given mean and standard deviation, in place, and return the tensor."""
    def not_equal(self, other: Tensor | _Number) -> Tensor:
        """Return True where the two differ, and False elsewhere."""
    def numel(self) -> _int:
        """Return the number of elements."""
    def numpy(self, *, force: _bool = False) -> np.ndarray:
        """Return the tensor's memory as a NumPy array: writing to one changes the other."""
    def outer(self, vec2: Tensor) -> Tensor:
        """Multiply every element of one vector by every element of another."""
    @property
    def output_nr(self) -> _int:
        """Return which of its operation's results this tensor is."""
    @overload
    def permute(self, dims: _Shape) -> Tensor:
        """Put the dimensions into another order, on the same memory."""
    @overload
    def permute(self, *dims: _int) -> Tensor: ...
    def pow(self, exponent: Tensor | _Number) -> Tensor:
        """Raise the input to the power of exponent, element by element."""
    def pow_(self, exponent: Tensor | _Number) -> Tensor:
        """Apply pow in place: write the result into the tensor itself, and return it."""
    def prod(self, dim: _int | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """Multiply all elements, or those along one dimension."""
    def quantile(
        self, q: Tensor | _float, dim: _int | None = None, keepdim: _bool = False, *, interpolation: str = "linear"
    ) -> Tensor:
        """Find the numbers below which the part q of all numbers lies, or of those along dim."""
    def rad2deg(self) -> Tensor:
        """Convert radians to degrees."""
    def rad2deg_(self) -> Tensor:
        """Apply rad2deg in place: write the result into the tensor itself, and return it."""
    def random_(
        self, start: _int | None = None, to: _int | None = None, *, generator: Generator | None = None
    ) -> Tensor:
        """Write random whole numbers in place: from start to `to` - 1, from 0 to start - 1, or of any size."""
    def ravel(self) -> Tensor:
        """Return all elements in one dimension, in order: a view where the memory allows it, otherwise a copy."""
    def reciprocal(self) -> Tensor:
        """Compute 1 / x for each element x."""
    def reciprocal_(self) -> Tensor:
        """Apply reciprocal in place: write the result into the tensor itself, and return it."""
    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call hook(gradient) whenever a gradient arrives here; what it returns, unless None, replaces the gradient."""
    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call hook(leaf) whenever a backward pass has added to the .grad of this leaf."""
    def relu(self) -> Tensor:
        """Replace each negative element by 0."""
    def relu_(self) -> Tensor:
        """Apply relu in place: write the result into the tensor itself, and return it."""
    def remainder(self, other: Tensor | _Number) -> Tensor:
        """Compute the remainder of the input divided by other, with the sign of other, as Python's % does."""
    def remainder_(self, other: Tensor | _Number) -> Tensor:
        """Apply remainder in place: write the result into the tensor itself, and return it."""
    @overload
    def repeat(self, repeats: _Shape) -> Tensor:
        """Repeat the tensor the given number of times along each dimension: a copy, as NumPy's tile."""
    @overload
    def repeat(self, *repeats: _int) -> Tensor: ...
    def repeat_interleave(
        self, repeats: _int | Tensor, dim: _int | None = None, *, output_size: _int | None = None
    ) -> Tensor:
        """Repeat each part along dim, one after the other: repeats times, or as often as repeats says for each."""
    def requires_grad_(self, requires_grad: _bool = True) -> Tensor:
        """Set requires_grad of a leaf, and return the tensor."""
    @overload
    def reshape(self, shape: _Shape) -> Tensor:
        """Show the elements in another shape, in the same order: a view where the memory allows it, otherwise a copy."""
    @overload
    def reshape(self, *shape: _int) -> Tensor: ...
    def reshape_as(self, other: Tensor) -> Tensor:
        """Show the elements in the shape of another tensor: reshape(other.shape)."""
    def retain_grad(self) -> None:
        """Keep the gradient that arrives at this result of an operation in its .grad, as if it were a leaf."""
    @property
    def retains_grad(self) -> _bool:
        """True where a backward pass keeps the gradient of this result of an operation."""
    def roll(self, shifts: _int | _Shape, dims: _int | _Shape | None = None) -> Tensor:
        """Move the elements along dims by shifts places, and those beyond the end to the beginning."""
    def round(self, *, decimals: _int | None = None) -> Tensor:
        """Round each element to the nearest whole number, halves to the even one."""
    def round_(self, *, decimals: _int | None = None) -> Tensor:
        """Apply round in place: write the result into the tensor itself, and return it."""
    def rsqrt(self) -> Tensor:
        """Compute 1 / √x of each element."""
    def rsqrt_(self) -> Tensor:
        """Apply rsqrt in place: write the result into the tensor itself, and return it."""
    def scatter(self, dim: _int, index: Tensor, src: Tensor | None = None, *, value: _Number | None = None) -> Tensor:
        """Write elements of src along dim: result[index[i][j]][j] = src[i][j] for dim=0, and so on."""
    def scatter_(self, dim: _int, index: Tensor, src: Tensor | None = None, *, value: _Number | None = None) -> Tensor:
        """Apply scatter in place: write the result into the tensor itself, and return it."""
    def scatter_add(self, dim: _int, index: Tensor, src: Tensor | None = None, *, value: None = None) -> Tensor:
        """Add elements of src along dim: result[index[i][j]][j] += src[i][j] for dim=0, and so on."""
    def scatter_add_(self, dim: _int, index: Tensor, src: Tensor | None = None, *, value: None = None) -> Tensor:
        """Apply scatter_add in place: write the result into the tensor itself, and return it."""
    def select(self, dim: _int, index: _int) -> Tensor:
        """Take part number index along dim, without the dimension: a view."""
    def sigmoid(self) -> Tensor:
        """Compute 1 / (1 + exp(-x)) for each element x, a number between 0 and 1."""
    def sigmoid_(self) -> Tensor:
        """Apply sigmoid in place: write the result into the tensor itself, and return it."""
    def sign(self) -> Tensor:
        """Return the sign of each element: -1, 0 or 1."""
    def sign_(self) -> Tensor:
        """Apply sign in place: write the result into the tensor itself, and return it."""
    def sin(self) -> Tensor:
        """Compute the sine of each element, an angle in radians."""
    def sin_(self) -> Tensor:
        """Apply sin in place: write the result into the tensor itself, and return it."""
    def sinh(self) -> Tensor:
        """Compute the hyperbolic sine of each element."""
    def sinh_(self) -> Tensor:
        """Apply sinh in place: write the result into the tensor itself, and return it."""
    @overload
    def size(self) -> Size:
        """Return the shape, or the size of one dimension."""
    @overload
    def size(self, dim: _int) -> _int: ...
    def softmax(self, dim: _int, dtype: _dtype | None = None) -> Tensor:
        """Compute exp(x) / Σ exp(x) along dim: positive numbers whose sum is 1."""
    def sort(self, dim: _int = -1, descending: _bool = False, *, stable: _bool | None = None) -> _Extreme:
        """Sort the elements along dim, and return where each came from: a named tuple (values, indices)."""
    def split(self, split_size: _int | _Shape, dim: _int = 0) -> tuple[Tensor, ...]:
        """Take pieces along a dimension: a tuple of views."""
    def sqrt(self) -> Tensor:
        """Compute the square root of each element."""
    def sqrt_(self) -> Tensor:
        """Apply sqrt in place: write the result into the tensor itself, and return it."""
    def square(self) -> Tensor:
        """Square each element."""
    def square_(self) -> Tensor:
        """Apply square in place: write the result into the tensor itself, and return it."""
    def squeeze(self, dim: _int | _Shape | None = None) -> Tensor:
        """Leave out the dimensions of size 1: all of them, or those in dim, on the same memory."""
    def squeeze_(self, dim: _int | _Shape | None = None) -> Tensor:
        """Apply squeeze in place: write the result into the tensor itself, and return it."""
    def std(
        self,
        dim: _int | _Shape | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        correction: _Number | None = None,
    ) -> Tensor:
        """Compute the standard deviation, the square root of the variance, of all elements or of those along dim."""
    @overload
    def stride(self) -> tuple[_int, ...]:
        """Return how many elements lie between one part and the next in memory, for each dimension, or for one."""
    @overload
    def stride(self, dim: _int) -> _int: ...
    def sub(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """Subtract other from the input, element by element."""
    def sub_(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """Apply sub in place: write the result into the tensor itself, and return it."""
    def subtract(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """Subtract other from the input, element by element."""
    def subtract_(self, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
        """Apply sub in place: write the result into the tensor itself, and return it."""
    def sum(self, dim: _int | _Shape | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
        """Sum all elements, or those along dim."""
    def swapaxes(self, axis0: _int, axis1: _int) -> Tensor:
        """Exchange two dimensions, on the same memory: transpose under NumPy's name."""
    def swapdims(self, dim0: _int, dim1: _int) -> Tensor:
        """Exchange two dimensions, on the same memory."""
    def t(self) -> Tensor:
        """Transpose a matrix, on the same memory; a vector or a 0-d tensor stays as it is."""
    def tan(self) -> Tensor:
        """Compute the tangent of each element, an angle in radians."""
    def tan_(self) -> Tensor:
        """Apply tan in place: write the result into the tensor itself, and return it."""
    def tanh(self) -> Tensor:
        """Compute the hyperbolic tangent of each element, a number between -1 and 1."""
    def tanh_(self) -> Tensor:
        """Apply tanh in place: write the result into the tensor itself, and return it."""
    @overload
    def tile(self, dims: _Shape) -> Tensor:
        """Repeat the tensor the given number of times along each of the last dimensions: a copy."""
    @overload
    def tile(self, *dims: _int) -> Tensor: ...
    @overload
    def to(self, dtype: _dtype, *, copy: _bool = False) -> Tensor:
        """Convert the tensor to another type; the tensor itself where nothing changes."""
    @overload
    def to(
        self, device: str | _device, dtype: _dtype | None = None, non_blocking: _bool = False, copy: _bool = False
    ) -> Tensor: ...
    @overload
    def to(self, other: Tensor, /, *, copy: _bool = False) -> Tensor: ...
    @overload
    def to(self, *, dtype: _dtype | None = None, device: _Device = None, copy: _bool = False) -> Tensor: ...
    def tolist(self) -> list[Any]:
        """Return the elements as nested lists of Python numbers."""
    def topk(self, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True) -> _Extreme:
        """Find the k largest elements along dim and their positions: a named tuple (values, indices)."""
    def trace(self) -> Tensor:
        """Sum the diagonal of a matrix."""
    def transpose(self, dim0: _int, dim1: _int) -> Tensor:
        """Exchange two dimensions, on the same memory."""
    def tril(self, diagonal: _int = 0) -> Tensor:
        """Keep the lower triangle of a matrix, or of each in a stack, with zeros above the diagonal."""
    def tril_(self, diagonal: _int = 0) -> Tensor:
        """Keep the lower triangle of a matrix, or of each in a stack, with zeros above the diagonal."""
    def triu(self, diagonal: _int = 0) -> Tensor:
        """Keep the upper triangle of a matrix, or of each in a stack, with zeros below the diagonal."""
    def triu_(self, diagonal: _int = 0) -> Tensor:
        """Keep the upper triangle of a matrix, or of each in a stack, with zeros below the diagonal."""
    def trunc(self) -> Tensor:
        """Round each element to a whole number towards 0."""
    def trunc_(self) -> Tensor:
        """Apply trunc in place: write the result into the tensor itself, and return it."""
    @overload
    def type(self) -> str:
        """Convert the tensor to another type, or, without one, return the name of its type."""
    @overload
    def type(self, dtype: _dtype) -> Tensor: ...
    def type_as(self, other: Tensor) -> Tensor:
        """Convert the tensor to the type of another: to(other.dtype)."""
    def unbind(self, dim: _int = 0) -> tuple[Tensor, ...]:
        """Take the slices along a dimension apart: a tuple of views of one dimension less."""
    def uniform_(self, start: _float = 0.0, to: _float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Write random numbers, uniform in [start, to), in place, and return the tensor."""
    def unique(
        self, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None
    ) -> Any:
        """Find the different elements, in order."""
    def unsqueeze(self, dim: _int) -> Tensor:
        """Insert a dimension of size 1 before dimension dim, on the same memory."""
    def unsqueeze_(self, dim: _int) -> Tensor:
        """Apply unsqueeze in place: write the result into the tensor itself, and return it."""
    def var(
        self,
        dim: _int | _Shape | None = None,
        unbiased: _bool | None = None,
        keepdim: _bool = False,
        *,
        correction: _Number | None = None,
    ) -> Tensor:
        """Compute the variance Σ (x - mean)² / (n - correction), of all elements or of those along dim."""
    @overload
    def view(self, size: _Shape) -> Tensor:
        """Show the elements in another shape, on the same memory."""
    @overload
    def view(self, *size: _int) -> Tensor: ...
    def view_as(self, other: Tensor) -> Tensor:
        """Show the elements in the shape of another tensor, on the same memory: view(other.shape)."""
    def where(self, condition: Tensor, other: Tensor | _Number) -> Tensor:
        """Keep the elements where the condition is True, and take those of other elsewhere."""
    def zero_(self) -> Tensor:
        """Write 0 into every element, in place, and return the tensor."""
