"""`import minigrad as torch`.  Made by tools/stubs.py: change that, not this."""

from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from collections.abc import Sequence
from typing import Any, TypeAlias, TypeGuard, overload

import numpy as np

from . import autograd as autograd
from . import nn as nn
from . import optim as optim
from .drawing import draw as draw
from .dtypes import Size as Size
from .dtypes import dtype as _dtype
from .dtypes import dtype as dtype
from .engine.methods import _Extreme
from .engine.tensor import Tensor as Tensor
from .grad_mode import enable_grad as enable_grad
from .grad_mode import no_grad as no_grad
from .grad_mode import set_grad_enabled as set_grad_enabled
from .plots import LossCurve as LossCurve
from .plots import plot_descent as plot_descent
from .plots import plot_jacobian as plot_jacobian
from .printing import set_printoptions as set_printoptions
from .random import Generator as Generator
from .random import initial_seed as initial_seed
from .random import manual_seed as manual_seed
from .saving import load as load
from .saving import save as save
from .stepping import step_through as step_through
from .tracebacks import set_tracebacks as set_tracebacks

_Number: TypeAlias = _int | _float | _bool
_Shape: TypeAlias = Sequence[_int]

__version__: str

def abs(input: Tensor) -> Tensor: ...
def abs_(input: Tensor) -> Tensor:
    """As abs, but written into the tensor itself."""

def add(input: Tensor, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """input + alpha · other."""

def all(input: Tensor, dim: _int | _Shape | None = None, keepdim: _bool = False) -> Tensor:
    """Are all elements true (not zero)?  Of all, or along `dim`, one or several."""

def allclose(
    input: Tensor, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False
) -> _bool:
    """Is every |input − other| ≤ atol + rtol |other|?"""

def amax(input: Tensor, dim: _int | _Shape | None = (), keepdim: _bool = False) -> Tensor:
    """The largest element along dim, one or several; elements that tie share the gradient evenly."""

def amin(input: Tensor, dim: _int | _Shape | None = (), keepdim: _bool = False) -> Tensor:
    """The smallest element along dim, one or several; elements that tie share the gradient evenly."""

def any(input: Tensor, dim: _int | _Shape | None = None, keepdim: _bool = False) -> Tensor:
    """Is any element true (not zero)?  Of all, or along `dim`, one or several."""

@overload
def arange(
    end: _Number, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
) -> Tensor:
    """start, start + step, … up to, but without, end; `arange(end)` starts at 0.  Ints give int64."""

@overload
def arange(
    start: _Number,
    end: _Number,
    step: _Number = 1,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor: ...
def argmax(input: Tensor, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
    """The place of the largest element, the first one of equals, along dim or among all, counted in order."""

def argmin(input: Tensor, dim: _int | None = None, keepdim: _bool = False) -> Tensor:
    """The place of the smallest element, the first one of equals, along dim or among all, counted in order."""

def as_tensor(data: Any, dtype: _dtype | None = None, device: str | None = None) -> Tensor:
    """`data` as a tensor, sharing its memory where it can: a tensor as it is, a NumPy array as from_numpy."""

def bitwise_and(input: Tensor, other: Tensor | _Number) -> Tensor: ...
def bitwise_not(input: Tensor) -> Tensor: ...
def bitwise_or(input: Tensor, other: Tensor | _Number) -> Tensor: ...
def bitwise_xor(input: Tensor, other: Tensor | _Number) -> Tensor: ...

bool: _dtype
bool_: _dtype

def cat(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """The tensors one after the other along `dim`; their other sizes must agree."""

def ceil(input: Tensor) -> Tensor: ...
def ceil_(input: Tensor) -> Tensor:
    """As ceil, but written into the tensor itself."""

def chunk(input: Tensor, chunks: _int, dim: _int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` pieces of one size along a dimension, the last perhaps smaller."""

def clamp(input: Tensor, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
    """x, but no less than min and no more than max, both numbers or both tensors; either may be left out."""

def clamp_(input: Tensor, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
    """x, but no less than min and no more than max, both numbers or both tensors; either may be left out."""

def clip(input: Tensor, min: Tensor | _Number | None = None, max: Tensor | _Number | None = None) -> Tensor:
    """x, but no less than min and no more than max, both numbers or both tensors; either may be left out."""

def clone(input: Tensor) -> Tensor: ...
def concat(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """The tensors one after the other along `dim`; their other sizes must agree."""

def concatenate(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """The tensors one after the other along `dim`; their other sizes must agree."""

def cos(input: Tensor) -> Tensor: ...
def cos_(input: Tensor) -> Tensor:
    """As cos, but written into the tensor itself."""

def count_nonzero(input: Tensor, dim: _int | _Shape | None = None) -> Tensor:
    """How many elements are not 0: of all, or along `dim`, one or several."""

def cumsum(input: Tensor, dim: _int, *, dtype: _dtype | None = None) -> Tensor:
    """The sums of the elements so far along `dim`; integers and bools as int64."""

def detach(input: Tensor) -> Tensor:
    """The same memory, outside the graph: no gradient flows through the result."""

def detach_(input: Tensor) -> Tensor:
    """Take this tensor itself out of the graph: it becomes a leaf that requires no gradient."""

def div(input: Tensor, other: Tensor | _Number, *, rounding_mode: str | None = None) -> Tensor:
    """input / other; with rounding_mode="floor" rounded down, with "trunc" towards 0."""

def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The sum of the products of the elements of two vectors, both of shape (n,)."""

double: _dtype

@overload
def empty(
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor:
    """Numbers that mean nothing, to be overwritten: here zeros, in PyTorch what memory held."""

@overload
def empty(
    *size: _int,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor: ...
def empty_like(
    input: Tensor, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
) -> Tensor:
    """As torch.empty, of the shape and type of the given tensor."""

def eq(input: Tensor, other: Tensor | _Number) -> Tensor: ...
def equal(input: Tensor, other: Tensor) -> _bool:
    """Have the two the same shape and the same elements?"""

def exp(input: Tensor) -> Tensor: ...
def exp_(input: Tensor) -> Tensor:
    """As exp, but written into the tensor itself."""

def eye(
    n: _int,
    m: _int | None = None,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor:
    """The identity matrix of shape (n, n), or (n, m)."""

def fill_(input: Tensor, value: Tensor | _Number) -> Tensor:
    """Write one number everywhere, in place."""

def flatten(input: Tensor, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
    """The dimensions from start_dim to end_dim as one."""

def flip(input: Tensor, dims: _int | _Shape) -> Tensor:
    """With the order along the given dimensions reversed."""

float: _dtype
float32: _dtype
float64: _dtype

def floor(input: Tensor) -> Tensor: ...
def floor_(input: Tensor) -> Tensor:
    """As floor, but written into the tensor itself."""

def floor_divide(input: Tensor, other: Tensor | _Number) -> Tensor:
    """x / y rounded down, as Python's //."""

def from_numpy(array: np.ndarray) -> Tensor:
    """A tensor on the memory of a NumPy array: writing to one changes the other."""

def full(
    size: _Shape,
    fill_value: Tensor | _Number,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor:
    """`fill_value` everywhere; of the type of fill_value unless dtype says otherwise."""

def full_like(
    input: Tensor,
    fill_value: Tensor | _Number,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor:
    """`fill_value` everywhere, of the shape and type of the given tensor."""

def ge(input: Tensor, other: Tensor | _Number) -> Tensor: ...
def get_default_dtype() -> _dtype:
    """The element type of tensors made from Python's floats."""

def gt(input: Tensor, other: Tensor | _Number) -> Tensor: ...

int: _dtype
int32: _dtype
int64: _dtype

def is_floating_point(input: Tensor) -> _bool: ...
def is_grad_enabled() -> _bool:
    """True where this thread records operations for a backward pass (as `torch.is_grad_enabled`)."""

def is_tensor(value: object) -> TypeGuard[Tensor]:
    """Is it a tensor?"""

def isclose(
    input: Tensor, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False
) -> Tensor:
    """Where |input − other| ≤ atol + rtol |other|, or the two are equal; equal_nan: nan counts as equal to nan."""

def isfinite(input: Tensor) -> Tensor: ...
def isinf(input: Tensor) -> Tensor: ...
def isnan(input: Tensor) -> Tensor: ...
def le(input: Tensor, other: Tensor | _Number) -> Tensor: ...
def linspace(
    start: _Number,
    end: _Number,
    steps: _int,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor:
    """`steps` numbers from start to end, both included, at equal distances."""

def log(input: Tensor) -> Tensor: ...
def log1p(input: Tensor) -> Tensor: ...
def log1p_(input: Tensor) -> Tensor:
    """As log1p, but written into the tensor itself."""

def log_(input: Tensor) -> Tensor:
    """As log, but written into the tensor itself."""

def log_softmax(input: Tensor, dim: _int, dtype: _dtype | None = None) -> Tensor:
    """log(softmax(x, dim)), computed without overflow and without log(0)."""

def logical_and(input: Tensor, other: Tensor) -> Tensor: ...
def logical_not(input: Tensor) -> Tensor: ...
def logical_or(input: Tensor, other: Tensor) -> Tensor: ...
def logical_xor(input: Tensor, other: Tensor) -> Tensor: ...
def logsumexp(input: Tensor, dim: _int | _Shape | None, keepdim: _bool = False) -> Tensor:
    """log Σ eˣ along `dim`, one or several, computed without overflow."""

long: _dtype

def lt(input: Tensor, other: Tensor | _Number) -> Tensor: ...
def masked_fill(input: Tensor, mask: Tensor, value: Tensor | _Number) -> Tensor:
    """x with `value`, a number or a 0-d tensor, in the places where the mask, a boolean tensor, is true."""

def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The product `@`: of vectors, of matrices, or of stacks of matrices, whose leading dimensions are broadcast."""

@overload
def max(input: Tensor) -> Tensor:
    """The largest element; with dim a named tuple, the largest `values` and their `indices`."""

@overload
def max(input: Tensor, dim: _int, keepdim: _bool = False) -> _Extreme: ...
@overload
def max(input: Tensor, other: Tensor) -> Tensor: ...
def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger of two numbers, element by element; nan where either is."""

def mean(
    input: Tensor, dim: _int | _Shape | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None
) -> Tensor:
    """The mean of all elements, or of those along `dim`; RuntimeError for integers, whose mean is not one of them."""

@overload
def min(input: Tensor) -> Tensor:
    """The smallest element; with dim a named tuple, the smallest `values` and their `indices`."""

@overload
def min(input: Tensor, dim: _int, keepdim: _bool = False) -> _Extreme: ...
@overload
def min(input: Tensor, other: Tensor) -> Tensor: ...
def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of two numbers, element by element; nan where either is."""

def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices, (n, m) and (m, p), of shape (n, p)."""

def mul(input: Tensor, other: Tensor | _Number) -> Tensor: ...
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix (n, m) and a vector (m,)."""

def ne(input: Tensor, other: Tensor | _Number) -> Tensor: ...
def neg(input: Tensor) -> Tensor: ...
def neg_(input: Tensor) -> Tensor:
    """As neg, but written into the tensor itself."""

def norm(
    input: Tensor,
    p: _Number | str = "fro",
    dim: _int | _Shape | None = None,
    keepdim: _bool = False,
    *,
    dtype: _dtype | None = None,
) -> Tensor:
    """The p-norm (Σ |x|ᵖ)^(1/p) of all elements, or of those along `dim`; of order 2 unless p says otherwise."""

def numel(input: Tensor) -> _int:
    """The number of elements."""

@overload
def ones(
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor:
    """Ones of the given size, float32 unless dtype says otherwise."""

@overload
def ones(
    *size: _int,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor: ...
def ones_like(
    input: Tensor, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
) -> Tensor:
    """As torch.ones, of the shape and type of the given tensor."""

def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The products of every element of input (n,) with every one of vec2 (m,), of shape (n, m)."""

def permute(input: Tensor, dims: _Shape) -> Tensor:
    """With the dimensions in the given order."""

def pow(input: Tensor | _Number, exponent: Tensor | _Number) -> Tensor:
    """input to a power, a Python number or a tensor; also a number to the power of a tensor."""

def prod(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None) -> Tensor:
    """The product of all elements, or of those along one dimension; integers and bools are multiplied as int64."""

@overload
def rand(
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor:
    """Random numbers, uniform in [0, 1), of the given size; float32 or float64."""

@overload
def rand(
    *size: _int,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor: ...
def rand_like(
    input: Tensor, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
) -> Tensor:
    """As torch.rand, of the shape and type of the given tensor."""

@overload
def randint(
    high: _int,
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor:
    """Random whole numbers from low to high - 1, int64 unless dtype says otherwise; low is 0 if left out."""

@overload
def randint(
    low: _int,
    high: _int,
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor: ...
@overload
def randint_like(
    input: Tensor, high: _int, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
) -> Tensor:
    """Random whole numbers from low to high - 1, of the shape and type of the given tensor."""

@overload
def randint_like(
    input: Tensor,
    low: _int,
    high: _int,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor: ...
@overload
def randn(
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor:
    """Random numbers, normal with mean 0 and variance 1, of the given size; floats."""

@overload
def randn(
    *size: _int,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor: ...
def randn_like(
    input: Tensor, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
) -> Tensor:
    """As torch.randn, of the shape and type of the given tensor."""

def randperm(
    n: _int,
    *,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
    generator: Generator | None = None,
) -> Tensor:
    """The numbers from 0 to n - 1 in random order, int64 unless dtype says otherwise."""

def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension."""

def reciprocal(input: Tensor) -> Tensor: ...
def reciprocal_(input: Tensor) -> Tensor:
    """As reciprocal, but written into the tensor itself."""

def relu(input: Tensor) -> Tensor: ...
def relu_(input: Tensor) -> Tensor:
    """As relu, but written into the tensor itself."""

def remainder(input: Tensor, other: Tensor | _Number) -> Tensor:
    """What is left of x after division by y, of the sign of y, as Python's %."""

def reshape(input: Tensor, shape: _Shape) -> Tensor:
    """The elements in another shape, in the same order: a view where the memory allows it, otherwise a copy."""

def round(input: Tensor, *, decimals: _int | None = None) -> Tensor:
    """x to whole numbers, half to even, or to so many decimals."""

def round_(input: Tensor, *, decimals: _int | None = None) -> Tensor:
    """x to whole numbers, half to even, or to so many decimals."""

def set_default_dtype(d: _dtype) -> None: ...
def sigmoid(input: Tensor) -> Tensor: ...
def sigmoid_(input: Tensor) -> Tensor:
    """As sigmoid, but written into the tensor itself."""

def sign(input: Tensor) -> Tensor: ...
def sin(input: Tensor) -> Tensor: ...
def sin_(input: Tensor) -> Tensor:
    """As sin, but written into the tensor itself."""

def softmax(input: Tensor, dim: _int, dtype: _dtype | None = None) -> Tensor:
    """eˣ / Σ eˣ along `dim`: positive numbers with sum 1, the larger x, the larger."""

def split(tensor: Tensor, split_size_or_sections: _int | _Shape, dim: _int = 0) -> tuple[Tensor, ...]:
    """Pieces along a dimension, a tuple: all of one size but perhaps the last, or of the given sizes."""

def sqrt(input: Tensor) -> Tensor: ...
def sqrt_(input: Tensor) -> Tensor:
    """As sqrt, but written into the tensor itself."""

def square(input: Tensor) -> Tensor:
    """x²."""

def square_(input: Tensor) -> Tensor:
    """As square, but written into the tensor itself."""

def squeeze(input: Tensor, dim: _int | _Shape | None = None) -> Tensor:
    """Without the dimensions of size 1: all of them, or those in `dim`, an int or several."""

def stack(tensors: Sequence[Tensor], dim: _int = 0) -> Tensor:
    """Tensors of one shape along a new dimension `dim`."""

def std(
    input: Tensor,
    dim: _int | _Shape | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: _Number | None = None,
) -> Tensor:
    """The standard deviation: the square root of `var`, whose arguments it takes."""

def sub(input: Tensor, other: Tensor | _Number, *, alpha: _Number = 1) -> Tensor:
    """input - alpha · other."""

def sum(
    input: Tensor, dim: _int | _Shape | None = None, keepdim: _bool = False, *, dtype: _dtype | None = None
) -> Tensor:
    """The sum of all elements, or of those along `dim` (an int or several); integers and bools are summed as int64."""

def swapaxes(input: Tensor, axis0: _int, axis1: _int) -> Tensor:
    """x.transpose(axis0, axis1)."""

def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; a vector or a 0-d tensor as it is."""

def tan(input: Tensor) -> Tensor: ...
def tan_(input: Tensor) -> Tensor:
    """As tan, but written into the tensor itself."""

def tanh(input: Tensor) -> Tensor: ...
def tanh_(input: Tensor) -> Tensor:
    """As tanh, but written into the tensor itself."""

def tensor(
    data: Any, *, dtype: _dtype | None = None, device: str | None = None, requires_grad: _bool = False
) -> Tensor:
    """A tensor of its own memory with the values of nested lists, a NumPy array, a number, or another tensor."""

def transpose(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """With two dimensions exchanged."""

def trunc(input: Tensor) -> Tensor: ...
def trunc_(input: Tensor) -> Tensor:
    """As trunc, but written into the tensor itself."""

uint8: _dtype

def unbind(input: Tensor, dim: _int = 0) -> tuple[Tensor, ...]:
    """The slices along a dimension, a tuple of tensors of one dimension less."""

def unsqueeze(input: Tensor, dim: _int) -> Tensor:
    """With a new dimension of size 1 before dimension `dim`, or after the last."""

def var(
    input: Tensor,
    dim: _int | _Shape | None = None,
    unbiased: _bool | None = None,
    keepdim: _bool = False,
    *,
    correction: _Number | None = None,
) -> Tensor:
    """The variance of all elements or of those along `dim`: Σ (x − mean)² / (n − correction)."""

@overload
def where(condition: Tensor) -> tuple[Tensor, ...]:
    """`input` where the condition, a boolean tensor, is true, and `other` elsewhere: tensors or numbers, broadcast."""

@overload
def where(condition: Tensor, input: Tensor | _Number, other: Tensor | _Number) -> Tensor: ...
def zero_(input: Tensor) -> Tensor:
    """Write zeros, in place."""

@overload
def zeros(
    size: _Shape,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor:
    """Zeros of the given size, float32 unless dtype says otherwise."""

@overload
def zeros(
    *size: _int,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: _bool = False,
    device: str | None = None,
) -> Tensor: ...
def zeros_like(
    input: Tensor, *, dtype: _dtype | None = None, requires_grad: _bool = False, device: str | None = None
) -> Tensor:
    """As torch.zeros, of the shape and type of the given tensor."""
