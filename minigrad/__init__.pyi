"""`import minigrad as torch`.  Made by tools/stubs.py: change that, not this."""

from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from collections.abc import Sequence
from typing import Any, TypeAlias, TypeGuard, overload

import numpy as np

from . import accelerator as accelerator
from . import autograd as autograd
from . import backends as backends
from . import cuda as cuda
from . import func as func
from . import nn as nn
from . import optim as optim
from . import testing as testing
from . import utils as utils
from .asking.inquiry import why as why
from .asking.watching import watch as watch
from .autograd.anomaly_mode import is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled
from .autograd.anomaly_mode import is_anomaly_enabled as is_anomaly_enabled
from .devices import device as _device
from .devices import device as device
from .devices import get_default_device as get_default_device
from .devices import set_default_device as set_default_device
from .drawing import draw as draw
from .dtypes import Size as Size
from .dtypes import dtype as _dtype
from .dtypes import dtype as dtype
from .dtypes import set_default_dtype as set_default_dtype
from .engine.methods import _Extreme
from .engine.tensor import Tensor as Tensor
from .grad_mode import enable_grad as enable_grad
from .grad_mode import inference_mode as inference_mode
from .grad_mode import is_grad_enabled as is_grad_enabled
from .grad_mode import no_grad as no_grad
from .grad_mode import set_grad_enabled as set_grad_enabled
from .plots import LossCurve as LossCurve
from .plots import plot_descent as plot_descent
from .plots import plot_jacobian as plot_jacobian
from .printing import set_printoptions as set_printoptions
from .random import Generator as Generator
from .random import get_rng_state as get_rng_state
from .random import initial_seed as initial_seed
from .random import manual_seed as manual_seed
from .random import set_rng_state as set_rng_state
from .saving import load as load
from .saving import save as save
from .standing_in import as_torch as as_torch
from .stepping import step_through as step_through
from .tracebacks import set_tracebacks as set_tracebacks

_Number: TypeAlias = _int | _float | _bool
_Shape: TypeAlias = Sequence[_int]
_Device: TypeAlias = str | _device | None

def BoolTensor(*data: Any) -> Tensor:
    """Make a tensor of torch.bool from nested lists or a shape: the older form of torch.tensor."""

def ByteTensor(*data: Any) -> Tensor:
    """Make a tensor of torch.uint8 from nested lists or a shape: the older form of torch.tensor."""

def DoubleTensor(*data: Any) -> Tensor:
    """Make a tensor of torch.float64 from nested lists or a shape: the older form of torch.tensor."""

def FloatTensor(*data: Any) -> Tensor:
    """Make a tensor of torch.float32 from nested lists or a shape: the older form of torch.tensor."""

def IntTensor(*data: Any) -> Tensor:
    """Make a tensor of torch.int32 from nested lists or a shape: the older form of torch.tensor."""

def LongTensor(*data: Any) -> Tensor:
    """Make a tensor of torch.int64 from nested lists or a shape: the older form of torch.tensor."""

__all__: list[str]
__version__: str

def abs(input: Tensor) -> Tensor:
    """Compute the absolute value of each element."""

def abs_(input: Tensor) -> Tensor:
    """Apply abs in place: write the result into the tensor itself, and return it."""

def absolute(input: Tensor) -> Tensor:
    """Compute the absolute value of each element."""

def acos(input: Tensor) -> Tensor:
    """Compute the angle, in radians, whose cosine is each element."""

def acos_(input: Tensor) -> Tensor:
    """Apply acos in place: write the result into the tensor itself, and return it."""

def acosh(input: Tensor) -> Tensor:
    """Compute the number whose hyperbolic cosine is each element."""

def acosh_(input: Tensor) -> Tensor:
    """Apply acosh in place: write the result into the tensor itself, and return it."""

def add(input: Tensor, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """Add two tensors, or a tensor and a number, element by element."""

def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Tensor:
    """Add value times the quotient of two tensors to the input."""

def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: _Number = 1) -> Tensor:
    """Add value times the product of two tensors to the input."""

def all(input: Tensor, dim: _int | _Shape | None = None, keepdim: _bool = False) -> Tensor:
    """Return True where no element is 0 or False: of all, or of those along dim."""

def allclose(
    input: Tensor, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False
) -> _bool:
    """Return True if every |input - other| ≤ atol + rtol · |other|, a Python bool."""

def amax(input: Tensor, dim: _int | _Shape | None = (), keepdim: _bool = False) -> Tensor:
    """Find the largest element along one or several dimensions."""

def amin(input: Tensor, dim: _int | _Shape | None = (), keepdim: _bool = False) -> Tensor:
    """Find the smallest element along one or several dimensions."""

def any(input: Tensor, dim: _int | _Shape | None = None, keepdim: _bool = False) -> Tensor:
    """Return True where at least one element is not 0 or False: of all, or of those along dim."""

@overload
def arange(
    end: _Number, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
) -> Tensor:
    """Count from start up to, but without, end: arange(end), arange(start, end), arange(start, end, step)."""

@overload
def arange(
    start: _Number,
    end: _Number,
    step: _Number = 1,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor: ...
def arccos(input: Tensor) -> Tensor:
    """Compute the angle, in radians, whose cosine is each element."""

def arccosh(input: Tensor) -> Tensor:
    """Compute the number whose hyperbolic cosine is each element."""

def arcsin(input: Tensor) -> Tensor:
    """Compute the angle, in radians, whose sine is each element."""

def arcsinh(input: Tensor) -> Tensor:
    """Compute the number whose hyperbolic sine is each element."""

def arctan(input: Tensor) -> Tensor:
    """Compute the angle, in radians, whose tangent is each element."""

def arctan2(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Compute the angle, in radians, of the point whose ordinate is the input and whose abscissa is other."""

def arctanh(input: Tensor) -> Tensor:
    """Compute the number whose hyperbolic tangent is each element."""

def argmax(input: Tensor, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
    """Find the position of the largest element, the first of equal ones."""

def argmin(input: Tensor, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
    """Find the position of the smallest element, the first of equal ones."""

def argsort(input: Tensor, dim: _int = -1, descending: _bool = False, *, stable: _bool | None = False) -> Tensor:
    """Return the indices that sort the elements along dim."""

def as_tensor(data: Any, dtype: _dtype | None = None, device: _Device = None) -> Tensor:
    """Return data as a tensor that shares its memory where possible: a tensor itself, an array as from_numpy does."""

def asin(input: Tensor) -> Tensor:
    """Compute the angle, in radians, whose sine is each element."""

def asin_(input: Tensor) -> Tensor:
    """Apply asin in place: write the result into the tensor itself, and return it."""

def asinh(input: Tensor) -> Tensor:
    """Compute the number whose hyperbolic sine is each element."""

def asinh_(input: Tensor) -> Tensor:
    """Apply asinh in place: write the result into the tensor itself, and return it."""

def atan(input: Tensor) -> Tensor:
    """Compute the angle, in radians, whose tangent is each element."""

def atan2(input: Tensor, other: Tensor) -> Tensor:
    """Compute the angle, in radians, of the point whose ordinate is the input and whose abscissa is other."""

def atan_(input: Tensor) -> Tensor:
    """Apply atan in place: write the result into the tensor itself, and return it."""

def atanh(input: Tensor) -> Tensor:
    """Compute the number whose hyperbolic tangent is each element."""

def atanh_(input: Tensor) -> Tensor:
    """Apply atanh in place: write the result into the tensor itself, and return it."""

def bernoulli(input: Tensor, p: _float | None = None, *, generator: Generator | None = None) -> Tensor:
    """Draw 1 with the probability that each element says, and 0 otherwise."""

def bincount(input: Tensor, weights: Tensor | None = None, minlength: _int = 0) -> Tensor:
    """Count how often each number from 0 on occurs, or sum the weights of those that do."""

def bitwise_and(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return the bits that both whole numbers have; of truth values, whether both are True."""

def bitwise_not(input: Tensor) -> Tensor:
    """Flip every bit of whole numbers, and negate truth values."""

def bitwise_or(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return the bits that either whole number has; of truth values, whether either is True."""

def bitwise_xor(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return the bits that exactly one of two whole numbers has; of truth values, whether they differ."""

def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """Multiply the matrices of two stacks, each with its partner."""

bool: _dtype
bool_: _dtype

def broadcast_to(input: Tensor, size: _Shape) -> Tensor:
    """Repeat the tensor to a shape that it can be broadcast to: a view, as expand gives it."""

def cat(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Join tensors one after the other along a dimension that they have."""

def ceil(input: Tensor) -> Tensor:
    """Round each element up to a whole number."""

def ceil_(input: Tensor) -> Tensor:
    """Apply ceil in place: write the result into the tensor itself, and return it."""

def chunk(input: Tensor, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
    """Take at most `chunks` pieces of one size along a dimension, the last perhaps smaller: a tuple of views."""

def clamp(input: Tensor, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
    """Limit each element to the range from min to max."""

def clamp_(input: Tensor, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
    """Apply clamp in place: write the result into the tensor itself, and return it."""

def clamp_max(input: Tensor, max: Tensor | _Number) -> Tensor:
    """Replace what lies above max by max: clamp with one bound, which is required."""

def clamp_max_(input: Tensor, max: Tensor | _Number) -> Tensor:
    """Apply clamp_max in place: write the result into the tensor itself, and return it."""

def clamp_min(input: Tensor, min: Tensor | _Number) -> Tensor:
    """Replace what lies below min by min: clamp with one bound, which is required."""

def clamp_min_(input: Tensor, min: Tensor | _Number) -> Tensor:
    """Apply clamp_min in place: write the result into the tensor itself, and return it."""

def clip(input: Tensor, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
    """Limit each element to the range from min to max."""

def clone(input: Tensor) -> Tensor:
    """Copy the tensor: the same numbers in memory of their own, and still part of the graph."""

def concat(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Join tensors one after the other along a dimension that they have."""

def concatenate(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Join tensors one after the other along a dimension that they have."""

def copysign(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return the absolute value of each element with the sign of other, a tensor or a number."""

def cos(input: Tensor) -> Tensor:
    """Compute the cosine of each element, an angle in radians."""

def cos_(input: Tensor) -> Tensor:
    """Apply cos in place: write the result into the tensor itself, and return it."""

def cosh(input: Tensor) -> Tensor:
    """Compute the hyperbolic cosine of each element."""

def cosh_(input: Tensor) -> Tensor:
    """Apply cosh in place: write the result into the tensor itself, and return it."""

def cosine_similarity(x1: Tensor, x2: Tensor, dim: _int = 1, eps: _float = 1e-08) -> Tensor:
    """Compute the cosine of the angle between vectors along dim: x · y / (|x| |y|)."""

def count_nonzero(input: Tensor, dim: _int | _Shape | None = None) -> Tensor:
    """Count the elements that are not 0: all, or those along dim."""

def cross(input: Tensor, other: Tensor, dim: _int | None = None) -> Tensor:
    """Compute the cross product of vectors of three numbers along dim."""

def cummax(input: Tensor, dim: _int) -> _Extreme:
    """Find the largest element so far along dim and its position, the last of equal ones."""

def cummin(input: Tensor, dim: _int) -> _Extreme:
    """Find the smallest element so far along dim and its position, the last of equal ones."""

def cumprod(input: Tensor, dim: _int, *, dtype: _dtype | None = None) -> Tensor:
    """Multiply the elements so far along dim."""

def cumsum(input: Tensor, dim: _int, *, dtype: _dtype | None = None) -> Tensor:
    """Sum the elements so far along dim."""

def deg2rad(input: Tensor) -> Tensor:
    """Convert degrees to radians."""

def deg2rad_(input: Tensor) -> Tensor:
    """Apply deg2rad in place: write the result into the tensor itself, and return it."""

def detach(input: Tensor) -> Tensor:
    """Return a tensor on the same memory, outside the graph."""

def detach_(input: Tensor) -> Tensor:
    """Take this tensor itself out of the graph: it becomes a leaf that does not require grad."""

def diag(input: Tensor, diagonal: _int = 0) -> Tensor:
    """Take the diagonal of a matrix: a copy; or make a matrix with the elements of a vector on its diagonal."""

def diagonal(input: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """Show the diagonal of a matrix, or of each of the matrices along two dimensions, on the same memory."""

def diff(input: Tensor, n: _int = 1, dim: _int = -1) -> Tensor:
    """Subtract each element along dim from the next one, n times."""

def div(input: Tensor, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
    """Divide the input by other, element by element."""

def divide(input: Tensor, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
    """Divide the input by other, element by element."""

def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """Multiply two vectors: the sum of the products of their elements."""

double: _dtype
e: _float

def einsum(equation: str, *operands: Any) -> Tensor:
    """Multiply tensors and sum, as an equation of letters says: "ij,jk->ik" is the matrix product."""

@overload
def empty(
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Make a tensor to be overwritten: its values are arbitrary, here 0."""

@overload
def empty(
    *size: _int,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor: ...
def empty_like(
    input: Tensor, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
) -> Tensor:
    """Make a tensor to be overwritten, with the shape and the type of the input."""

def eq(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return True where the two are equal, and False elsewhere."""

def equal(input: Tensor, other: Tensor) -> _bool:
    """Return True if both tensors have the same shape and the same elements, a Python bool."""

def erf(input: Tensor) -> Tensor:
    """Compute the error function 2/√π ∫₀ˣ exp(-t²) dt of each element, a number between -1 and 1."""

def erf_(input: Tensor) -> Tensor:
    """Apply erf in place: write the result into the tensor itself, and return it."""

def erfc(input: Tensor) -> Tensor:
    """Compute 1 - erf(x) of each element, accurately also where it is tiny."""

def erfc_(input: Tensor) -> Tensor:
    """Apply erfc in place: write the result into the tensor itself, and return it."""

def exp(input: Tensor) -> Tensor:
    """Compute e to the power of each element."""

def exp2(input: Tensor) -> Tensor:
    """Compute 2 to the power of each element."""

def exp2_(input: Tensor) -> Tensor:
    """Apply exp2 in place: write the result into the tensor itself, and return it."""

def exp_(input: Tensor) -> Tensor:
    """Apply exp in place: write the result into the tensor itself, and return it."""

def expm1(input: Tensor) -> Tensor:
    """Compute eˣ - 1 of each element, without loss of digits near 0."""

def expm1_(input: Tensor) -> Tensor:
    """Apply expm1 in place: write the result into the tensor itself, and return it."""

def eye(
    n: _int, m: _int | None = None, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
) -> Tensor:
    """Make an identity matrix: 1 on the diagonal, 0 elsewhere."""

def fill_(input: Tensor, value: Tensor | _Number) -> Tensor:
    """Write one number into every element, in place, and return the tensor."""

def fix(input: Tensor) -> Tensor:
    """Round each element to a whole number towards 0."""

def flatten(input: Tensor, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
    """Merge the dimensions from start_dim to end_dim into one."""

def flip(input: Tensor, dims: _int | _Shape) -> Tensor:
    """Reverse the order along the given dimensions: a copy."""

def fliplr(input: Tensor) -> Tensor:
    """Reverse the order along dimension 1: a copy."""

def flipud(input: Tensor) -> Tensor:
    """Reverse the order along dimension 0: a copy."""

float: _dtype
float32: _dtype
float64: _dtype

def floor(input: Tensor) -> Tensor:
    """Round each element down to a whole number."""

def floor_(input: Tensor) -> Tensor:
    """Apply floor in place: write the result into the tensor itself, and return it."""

def floor_divide(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Divide the input by other and round down, as Python's // does."""

def fmod(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Compute the remainder of the input divided by other, with the sign of the input, as C's fmod does."""

def frac(input: Tensor) -> Tensor:
    """Keep the fractional part of each element, with its sign."""

def from_numpy(ndarray: np.ndarray) -> Tensor:
    """Return a tensor that shares the memory of a NumPy array: writing to one changes the other."""

def full(
    size: _Shape,
    fill_value: Tensor | _Number,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Make a tensor with one number everywhere."""

def full_like(
    input: Tensor,
    fill_value: Tensor | _Number,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Make a tensor with one number everywhere, with the shape and the type of the input."""

def gather(input: Tensor, dim: _int, index: Tensor) -> Tensor:
    """Pick elements along dim: result[i][j] = input[index[i][j]][j] for dim=0, input[i][index[i][j]] for dim=1."""

def ge(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return True where the input is greater than other, or equal."""

def ger(input: Tensor, vec2: Tensor) -> Tensor:
    """Multiply every element of one vector by every element of another."""

def get_default_dtype() -> _dtype:
    """Return the type of tensors made from Python's floats: torch.float32, unless another was set."""

def greater(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return True where the input is greater than other."""

def greater_equal(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return True where the input is greater than other, or equal."""

def gt(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return True where the input is greater than other."""

def histc(input: Tensor, bins: _int = 100, min: _Number = 0, max: _Number = 0) -> Tensor:
    """Count how many numbers lie in each of so many equal parts of a range."""

def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors side by side: vectors one after the other, others along dimension 1."""

def hypot(input: Tensor, other: Tensor) -> Tensor:
    """Compute √(x² + y²) of two tensors, element by element, without overflow."""

def index_select(input: Tensor, dim: _int, index: Tensor) -> Tensor:
    """Pick the parts along dim whose numbers are in index."""

inf: _float

def inner(input: Tensor, other: Tensor) -> Tensor:
    """Multiply the last dimensions and sum: the dot product of two vectors, or of all rows with all rows."""

int: _dtype
int32: _dtype
int64: _dtype

def is_floating_point(input: Tensor) -> _bool:
    """Return True for a tensor of float32 or float64."""

def is_tensor(obj: Any) -> TypeGuard[Tensor]:
    """Return True for a tensor, and False for anything else."""

def isclose(
    input: Tensor, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False
) -> Tensor:
    """Return True where |input - other| ≤ atol + rtol · |other|, or where the two are equal."""

def isfinite(input: Tensor) -> Tensor:
    """Return True where an element is neither inf nor -inf nor nan."""

def isinf(input: Tensor) -> Tensor:
    """Return True where an element is inf or -inf."""

def isnan(input: Tensor) -> Tensor:
    """Return True where an element is nan, which is not a number."""

def le(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return True where the input is less than other, or equal."""

def lerp(input: Tensor, end: Tensor, weight: Tensor | _Number) -> Tensor:
    """Go from input the part weight of the way to end: input + weight * (end - input)."""

def less(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return True where the input is less than other."""

def less_equal(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return True where the input is less than other, or equal."""

def linspace(
    start: _Number,
    end: _Number,
    steps: _int,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Make `steps` evenly spaced numbers from start to end, both included."""

def log(input: Tensor) -> Tensor:
    """Compute the natural logarithm of each element."""

def log10(input: Tensor) -> Tensor:
    """Compute the logarithm of each element to base 10."""

def log10_(input: Tensor) -> Tensor:
    """Apply log10 in place: write the result into the tensor itself, and return it."""

def log1p(input: Tensor) -> Tensor:
    """Compute log(1 + x) for each element x, accurately also where x is tiny."""

def log1p_(input: Tensor) -> Tensor:
    """Apply log1p in place: write the result into the tensor itself, and return it."""

def log2(input: Tensor) -> Tensor:
    """Compute the logarithm of each element to base 2."""

def log2_(input: Tensor) -> Tensor:
    """Apply log2 in place: write the result into the tensor itself, and return it."""

def log_(input: Tensor) -> Tensor:
    """Apply log in place: write the result into the tensor itself, and return it."""

def log_softmax(input: Tensor, dim: _int, dtype: _dtype | None = None) -> Tensor:
    """Compute log(softmax(x)) along dim, without overflow and without log(0)."""

def logaddexp(input: Tensor, other: Tensor) -> Tensor:
    """Compute log(exp(x) + exp(y)) of two tensors, element by element, without overflow."""

def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Return True where neither of the two is 0 or False."""

def logical_not(input: Tensor) -> Tensor:
    """Return True where an element is 0 or False."""

def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Return True where at least one of the two is not 0 or False."""

def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Return True where exactly one of the two is not 0 or False."""

def logsumexp(input: Tensor, dim: _int | _Shape | None, keepdim: _bool = False) -> Tensor:
    """Compute log Σ exp(x) along dim, without overflow."""

long: _dtype

def lt(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return True where the input is less than other."""

def masked_fill(input: Tensor, mask: Tensor, value: Tensor | _Number) -> Tensor:
    """Replace the elements where the mask is True by value."""

def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """Pick the elements where the mask is True, as one row: input[mask], for shapes that are broadcast."""

def matmul(input: Tensor, other: Tensor) -> Tensor:
    """Multiply vectors, matrices, or stacks of matrices, as `@` does."""

@overload
def max(input: Tensor) -> Tensor:
    """Find the largest element; with dim, the largest along it and its position."""

@overload
def max(input: Tensor, dim: _int, keepdim: _bool = False) -> _Extreme: ...
@overload
def max(input: Tensor, other: Tensor) -> Tensor: ...
def maximum(input: Tensor, other: Tensor) -> Tensor:
    """Choose the larger of two numbers, element by element; nan where either is."""

def mean(
    input: Tensor, dim: _int | _Shape | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None
) -> Tensor:
    """Compute the mean of all elements, or of those along dim."""

@overload
def median(input: Tensor) -> Tensor:
    """Find the number in the middle: of all, or of those along dim, together with its index.  Of two, it is the lower."""

@overload
def median(input: Tensor, dim: _int, keepdim: _bool = False) -> _Extreme: ...
def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Make n tensors of n dimensions from n vectors: tensor i repeats vector i, which lies along dimension i."""

@overload
def min(input: Tensor) -> Tensor:
    """Find the smallest element; with dim, the smallest along it and its position."""

@overload
def min(input: Tensor, dim: _int, keepdim: _bool = False) -> _Extreme: ...
@overload
def min(input: Tensor, other: Tensor) -> Tensor: ...
def minimum(input: Tensor, other: Tensor) -> Tensor:
    """Choose the smaller of two numbers, element by element; nan where either is."""

def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """Multiply two matrices."""

def moveaxis(input: Tensor, source: Tensor | _Number, destination: _int | _Shape) -> Tensor:
    """Move dimensions to other places, the others keeping their order: a view."""

def movedim(input: Tensor, source: Tensor | _Number, destination: _int | _Shape) -> Tensor:
    """Move dimensions to other places, the others keeping their order: a view."""

def mul(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Multiply two tensors, or a tensor and a number, element by element."""

def multinomial(
    input: Tensor, num_samples: _int, replacement: _bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Draw indices at random, each with a probability proportional to its element."""

def multiply(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Multiply two tensors, or a tensor and a number, element by element."""

def mv(input: Tensor, vec: Tensor) -> Tensor:
    """Multiply a matrix by a vector."""

nan: _float

def nan_to_num(
    input: Tensor, nan: _float | None = None, posinf: _float | None = None, neginf: _float | None = None
) -> Tensor:
    """Replace nan, inf and -inf by numbers."""

def narrow(input: Tensor, dim: _int, start: _Number, length: _int) -> Tensor:
    """Take length parts along dim, from start on: a view."""

def ne(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return True where the two differ, and False elsewhere."""

def neg(input: Tensor) -> Tensor:
    """Change the sign of each element."""

def neg_(input: Tensor) -> Tensor:
    """Apply neg in place: write the result into the tensor itself, and return it."""

def negative(input: Tensor) -> Tensor:
    """Change the sign of each element."""

newaxis: None

def nonzero(input: Tensor, *, as_tuple: _bool = False) -> Any:
    """Find the elements that are not 0 or False: a row of indices for each."""

def norm(
    input: Tensor,
    p: _Number | str = "fro",
    dim: _int | _Shape | None = None,
    keepdim: _bool = False,
    *,
    dtype: _dtype | None = None,
) -> Tensor:
    """Compute the p-norm (Σ |x|ᵖ)^(1/p) of all elements, or of those along dim."""

def normal(
    mean: Tensor | _Number = 0.0,
    std: Tensor | _Number = 1.0,
    size: _Shape | None = None,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Draw random numbers from normal distributions with the given means and standard deviations."""

def not_equal(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Return True where the two differ, and False elsewhere."""

def numel(input: Tensor) -> _int:
    """Return the number of elements."""

@overload
def ones(
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Make a tensor of ones."""

@overload
def ones(
    *size: _int,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor: ...
def ones_like(
    input: Tensor, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
) -> Tensor:
    """Make a tensor of ones, with the shape and the type of the input."""

def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """Multiply every element of one vector by every element of another."""

def permute(input: Tensor, dims: _Shape) -> Tensor:
    """Put the dimensions into another order, on the same memory."""

pi: _float

def pow(input: Tensor | _Number, exponent: Tensor | _Number) -> Tensor:
    """Raise the input to the power of exponent, element by element."""

def prod(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
    """Multiply all elements, or those along one dimension."""

def quantile(
    input: Tensor, q: Tensor | _float, dim: _int | None = None, keepdim: _bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """Find the numbers below which the part q of all numbers lies, or of those along dim."""

def rad2deg(input: Tensor) -> Tensor:
    """Convert radians to degrees."""

def rad2deg_(input: Tensor) -> Tensor:
    """Apply rad2deg in place: write the result into the tensor itself, and return it."""

@overload
def rand(
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Draw random numbers, uniform in [0, 1)."""

@overload
def rand(
    *size: _int,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor: ...
def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Draw random numbers, uniform in [0, 1), in the shape and the type of the input."""

@overload
def randint(
    high: _int,
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Draw random whole numbers from low to high - 1: randint(high, size) or randint(low, high, size)."""

@overload
def randint(
    low: _int,
    high: _int,
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor: ...
@overload
def randint_like(
    input: Tensor, high: _int, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
) -> Tensor:
    """Draw random whole numbers from low to high - 1 in the shape and the type of the input: randint_like(input, high)."""

@overload
def randint_like(
    input: Tensor,
    low: _int,
    high: _int,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor: ...
@overload
def randn(
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Draw random numbers from the normal distribution with mean 0 and variance 1."""

@overload
def randn(
    *size: _int,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor: ...
def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Draw random numbers with mean 0 and variance 1, normally distributed, in the shape and the type of the input."""

def randperm(
    n: _int,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
    generator: Generator | None = None,
) -> Tensor:
    """Put the numbers from 0 to n - 1 into random order."""

def ravel(input: Tensor) -> Tensor:
    """Return all elements in one dimension, in order: a view where the memory allows it, otherwise a copy."""

def reciprocal(input: Tensor) -> Tensor:
    """Compute 1 / x for each element x."""

def reciprocal_(input: Tensor) -> Tensor:
    """Apply reciprocal in place: write the result into the tensor itself, and return it."""

def relu(input: Tensor) -> Tensor:
    """Replace each negative element by 0."""

def relu_(input: Tensor) -> Tensor:
    """Apply relu in place: write the result into the tensor itself, and return it."""

def remainder(input: Tensor, other: Tensor | _Number) -> Tensor:
    """Compute the remainder of the input divided by other, with the sign of other, as Python's % does."""

def repeat_interleave(
    input: Tensor, repeats: _int | Tensor, dim: _int | None = None, *, output_size: _int | None = None
) -> Tensor:
    """Repeat each part along dim, one after the other: repeats times, or as often as repeats says for each."""

def reshape(input: Tensor, shape: _Shape) -> Tensor:
    """Show the elements in another shape, in the same order: a view where the memory allows it, otherwise a copy."""

def roll(input: Tensor, shifts: _int | _Shape, dims: _int | _Shape | None = None) -> Tensor:
    """Move the elements along dims by shifts places, and those beyond the end to the beginning."""

def round(input: Tensor, *, decimals: _int | None = None) -> Tensor:
    """Round each element to the nearest whole number, halves to the even one."""

def round_(input: Tensor, *, decimals: _int | None = None) -> Tensor:
    """Apply round in place: write the result into the tensor itself, and return it."""

def row_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors below each other, vectors as rows."""

def rsqrt(input: Tensor) -> Tensor:
    """Compute 1 / √x of each element."""

def rsqrt_(input: Tensor) -> Tensor:
    """Apply rsqrt in place: write the result into the tensor itself, and return it."""

def scatter(
    input: Tensor, dim: _int, index: Tensor, src: Tensor | None = None, *, value: _Number | None = None
) -> Tensor:
    """Write elements of src along dim: result[index[i][j]][j] = src[i][j] for dim=0, and so on."""

def scatter_add(input: Tensor, dim: _int, index: Tensor, src: Tensor | None = None, *, value: None = None) -> Tensor:
    """Add elements of src along dim: result[index[i][j]][j] += src[i][j] for dim=0, and so on."""

def searchsorted(sorted_sequence: Tensor, input: Tensor | _float, *, right: _bool = False) -> Tensor:
    """Find where to insert numbers so that a sequence stays sorted."""

def select(input: Tensor, dim: _int, index: _int) -> Tensor:
    """Take part number index along dim, without the dimension: a view."""

def sigmoid(input: Tensor) -> Tensor:
    """Compute 1 / (1 + exp(-x)) for each element x, a number between 0 and 1."""

def sigmoid_(input: Tensor) -> Tensor:
    """Apply sigmoid in place: write the result into the tensor itself, and return it."""

def sign(input: Tensor) -> Tensor:
    """Return the sign of each element: -1, 0 or 1."""

def sin(input: Tensor) -> Tensor:
    """Compute the sine of each element, an angle in radians."""

def sin_(input: Tensor) -> Tensor:
    """Apply sin in place: write the result into the tensor itself, and return it."""

def sinh(input: Tensor) -> Tensor:
    """Compute the hyperbolic sine of each element."""

def sinh_(input: Tensor) -> Tensor:
    """Apply sinh in place: write the result into the tensor itself, and return it."""

def softmax(input: Tensor, dim: _int, dtype: _dtype | None = None) -> Tensor:
    """Compute exp(x) / Σ exp(x) along dim: positive numbers whose sum is 1."""

def sort(input: Tensor, dim: _int = -1, descending: _bool = False, *, stable: _bool | None = None) -> _Extreme:
    """Sort the elements along dim, and return where each came from: a named tuple (values, indices)."""

def split(tensor: Tensor, split_size_or_sections: _int | _Shape, dim: _int = 0) -> tuple[Tensor, ...]:
    """Take pieces along a dimension: a tuple of views."""

def sqrt(input: Tensor) -> Tensor:
    """Compute the square root of each element."""

def sqrt_(input: Tensor) -> Tensor:
    """Apply sqrt in place: write the result into the tensor itself, and return it."""

def square(input: Tensor) -> Tensor:
    """Square each element."""

def square_(input: Tensor) -> Tensor:
    """Apply square in place: write the result into the tensor itself, and return it."""

def squeeze(input: Tensor, dim: _int | _Shape | None = None) -> Tensor:
    """Leave out the dimensions of size 1: all of them, or those in dim, on the same memory."""

def stack(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Join tensors of one shape along a new dimension."""

def std(
    input: Tensor,
    dim: _int | _Shape | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: _Number | None = None,
) -> Tensor:
    """Compute the standard deviation, the square root of the variance, of all elements or of those along dim."""

def sub(input: Tensor, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """Subtract other from the input, element by element."""

def subtract(input: Tensor, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """Subtract other from the input, element by element."""

def sum(
    input: Tensor, dim: _int | _Shape | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None
) -> Tensor:
    """Sum all elements, or those along dim."""

def swapaxes(input: Tensor, axis0: _int, axis1: _int) -> Tensor:
    """Exchange two dimensions, on the same memory: transpose under NumPy's name."""

def swapdims(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """Exchange two dimensions, on the same memory."""

def t(input: Tensor) -> Tensor:
    """Transpose a matrix, on the same memory; a vector or a 0-d tensor stays as it is."""

def tan(input: Tensor) -> Tensor:
    """Compute the tangent of each element, an angle in radians."""

def tan_(input: Tensor) -> Tensor:
    """Apply tan in place: write the result into the tensor itself, and return it."""

def tanh(input: Tensor) -> Tensor:
    """Compute the hyperbolic tangent of each element, a number between -1 and 1."""

def tanh_(input: Tensor) -> Tensor:
    """Apply tanh in place: write the result into the tensor itself, and return it."""

def tensor(data: Any, *, dtype: _dtype | None = None, device: _Device = None, requires_grad: _bool = False) -> Tensor:
    """Make a tensor, with its own memory, from numbers, nested lists, a NumPy array, or another tensor's values."""

@overload
def tile(input: Tensor, dims: _Shape) -> Tensor:
    """Repeat the tensor the given number of times along each of the last dimensions: a copy."""

@overload
def tile(input: Tensor, *dims: _int) -> Tensor: ...
def topk(input: Tensor, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True) -> _Extreme:
    """Find the k largest elements along dim and their positions: a named tuple (values, indices)."""

def trace(input: Tensor) -> Tensor:
    """Sum the diagonal of a matrix."""

def transpose(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """Exchange two dimensions, on the same memory."""

def tril(input: Tensor, diagonal: _int = 0) -> Tensor:
    """Keep the lower triangle of a matrix, or of each in a stack, with zeros above the diagonal."""

def triu(input: Tensor, diagonal: _int = 0) -> Tensor:
    """Keep the upper triangle of a matrix, or of each in a stack, with zeros below the diagonal."""

def trunc(input: Tensor) -> Tensor:
    """Round each element to a whole number towards 0."""

def trunc_(input: Tensor) -> Tensor:
    """Apply trunc in place: write the result into the tensor itself, and return it."""

uint8: _dtype

def unbind(input: Tensor, dim: _int = 0) -> tuple[Tensor, ...]:
    """Take the slices along a dimension apart: a tuple of views of one dimension less."""

def unique(
    input: Tensor,
    sorted: _bool = True,
    return_inverse: _bool = False,
    return_counts: _bool = False,
    dim: _int | None = None,
) -> Any:
    """Find the different elements, in order."""

def unsqueeze(input: Tensor, dim: _int) -> Tensor:
    """Insert a dimension of size 1 before dimension dim, on the same memory."""

def var(
    input: Tensor,
    dim: _int | _Shape | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: _Number | None = None,
) -> Tensor:
    """Compute the variance Σ (x - mean)² / (n - correction), of all elements or of those along dim."""

def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors below each other, vectors as rows."""

@overload
def where(condition: Tensor) -> tuple[Tensor, ...]:
    """Choose between input, where the condition is True, and other, where it is False."""

@overload
def where(condition: Tensor, input: Tensor | _Number, other: Tensor | _Number) -> Tensor: ...
def zero_(input: Tensor) -> Tensor:
    """Write 0 into every element, in place, and return the tensor."""

@overload
def zeros(
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor:
    """Make a tensor of zeros."""

@overload
def zeros(
    *size: _int,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: _Device = None,
) -> Tensor: ...
def zeros_like(
    input: Tensor, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None
) -> Tensor:
    """Make a tensor of zeros, with the shape and the type of the input."""
