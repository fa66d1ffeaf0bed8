"""Figures that sum up many numbers: prod, var, std, norm, logsumexp, and with it softmax and softplus; cumsum, flip."""

import math
import warnings

import numpy as np

from ..engine.formulas import where, zeros_like
from ..engine.rows import on_tensors
from ..engine.tensor import Tensor, wrap
from ..numbers import float_of, sign_of
from . import operators  # noqa: F401  the formulas compare
from .arguments import as_shape, check_keepdim, dim_of, named, of_tensor
from .arguments import dims as counted
from .choosing import helper, inner, share

# --- what the formulas below use


@helper
def product_of_others(x, ans, dim):
    """For each element the product of all the others (along `dim`, unless it is None): ans / x, where no x is 0."""
    data = x._data if isinstance(x, Tensor) else x
    if data.shape == ():
        return zeros_like(x) + 1
    if data.all():
        return ans / x
    if dim is None:
        if not isinstance(x, Tensor) and np.count_nonzero(data) < data.size - 1:
            return np.zeros_like(x)
        return product_of_others(x.reshape(-1), ans, 0).reshape(x.shape)
    length = data.shape[dim]
    if isinstance(x, Tensor):  # row i of a square: x with 1 in place i
        square = on_tensors["where"](wrap(np.eye(length, dtype=bool), None), 1, x.transpose(dim, -1).unsqueeze(-2))
        return square.prod(-1).transpose(dim, -1)
    before, after = np.ones_like(x), np.ones_like(x)  # the products of those before, and of those after
    rows, first, last = ((slice(None),) * dim + (part,) for part in (slice(1, None), slice(-1), slice(None, None, -1)))
    before[rows] = np.cumprod(x[first], dim)
    after[rows] = np.cumprod(x[last][first], dim)
    return before * after[last]


@helper
def freedom(x, dim, correction):
    """Return the degrees of freedom: how many numbers go into each result, less the correction (None: 1)."""
    numbers = math.prod(x.shape if dim is None else (x.shape[d] for d in dim))
    return numbers - (1 if correction is None else correction)


@helper
def centred(x, dim):
    """Return x less its mean."""
    total = x.sum(dim, True) if isinstance(x, Tensor) else np.add.reduce(x, dim, None, None, True)
    return x - total / freedom(x, dim, 0)


@helper
def variance(x, dim, correction, keepdim):
    """Return the mean square distance from the mean; in float64, as in PyTorch."""
    distance = centred(x.astype(np.float64), dim)
    return np.add.reduce(distance * distance, dim, None, None, keepdim) / max(freedom(x, dim, correction), 0)


@helper
def norm_of(x, ord, dim, keepdim):
    """Return the p-norm (Σ |x|ᵖ)^(1/p), and what it tends to for p = ∞, −∞ and 0."""
    if ord == 2 and dim is None and not keepdim and x.size > 1:
        flat = x.ravel()
        return np.sqrt(flat.dot(flat))  # the usual case, in half the time
    size = np.abs(x)
    if ord == math.inf:
        return np.max(size, axis=dim, keepdims=keepdim)
    if ord == -math.inf:
        return np.min(size, axis=dim, keepdims=keepdim)
    if ord == 0:
        return np.add.reduce(x != 0, dim, x.dtype, None, keepdim)
    if ord == 1 or freedom(x, dim, 0) == 1:
        return np.add.reduce(size, dim, None, None, keepdim)
    if ord == 2:
        return np.sqrt(np.add.reduce(x * x, dim, None, None, keepdim))
    return np.add.reduce(size**ord, dim, None, None, keepdim) ** (1 / ord)


@helper
def norm_slope(g, x, norm, ord, dim):
    """Return g times the derivative of the p-norm, sign(x) (|x| / norm)ᵖ⁻¹; 0 where the norm is 0."""
    if ord == 0:
        return None  # counting has no derivative, and PyTorch gives no gradient
    if ord == 2:
        return g * where(norm == 0, 0, x / norm)
    sign = on_tensors["sign"](x) if isinstance(x, Tensor) else sign_of(x)
    if ord == 1:
        return g * sign
    size = abs(x)
    if abs(ord) == math.inf:
        ties = (size == norm) | (x != x)
        return sign * (share(g, ties, dim) * ties)
    if ord < 1:
        return where(x == 0, 0, sign * size ** (ord - 1)) * g * norm ** (1 - ord)
    powers = sign * size ** (ord - 1) if ord < 2 else x * size ** (ord - 2)
    return powers * where(norm == 0, 0, g / norm ** (ord - 1))


@helper
def log_sum(x, dim, keepdim):
    """Return log Σ eˣ, with the largest x taken out first, so that nothing overflows."""
    top = np.maximum.reduce(x, dim, None, None, True, -np.inf)
    top = np.where(np.isinf(top), 0, top)
    total = np.log(np.add.reduce(np.exp(x - top), dim, None, None, True)) + top
    return total if keepdim else np.squeeze(total, dim)


@helper
def parts(x, dim):
    """Return eˣ / Σ eˣ."""
    x = np.asarray(x, order="C")
    powers = np.exp(x - np.maximum.reduce(x, dim, None, None, True, -np.inf))
    return powers / np.add.reduce(powers, dim, None, None, True)


@helper
def log_parts(x, dim):
    """Return log(eˣ / Σ eˣ)."""
    x = np.asarray(x, order="C")
    below = x - np.maximum.reduce(x, dim, None, None, True, -np.inf)
    return below - np.log(np.add.reduce(np.exp(below), dim, None, None, True))


@helper
def sum_along(x, dim):
    """Return Σ x, with the dimension kept."""
    return x.sum(dim, True) if isinstance(x, Tensor) else np.add.reduce(x, dim, None, None, True)


@helper
def running(x, dim):
    """Return the sums so far; of floating-point numbers in float64, as in PyTorch."""
    wide = x.astype(np.float64 if x.dtype.kind == "f" else np.int64, "C")
    return (
        np.add.accumulate(np.atleast_1d(wide), dim)
        .reshape(x.shape)
        .astype(x.dtype if x.dtype.kind == "f" else np.int64)
    )


# restored(g, …) is g with the dimensions that a reduction has removed
# fmt: off
# ---- operation ---------------------------- result --------------------------------- x receives ----------
inner("prod_all(x)",                          "np.multiply.reduce(x, None)",
      x="g * product_of_others(x, ans, None)", node="ProdBackward0")
inner("prod_dim(x, dim, keepdim)",            "np.multiply.reduce(x, dim, None, None, keepdim)",
      x="restored(g, x, (dim,), keepdim) * product_of_others(x, restored(ans, x, (dim,), keepdim), dim)",
      node="ProdBackward1")
inner("var(x, dim, correction, keepdim)",     "variance(x, dim, correction, keepdim).astype(x.dtype)",
      x="restored(g, x, dim, keepdim) * 2 / freedom(x, dim, correction) * centred(x, dim)")
inner("std(x, dim, correction, keepdim)",     "np.sqrt(variance(x, dim, correction, keepdim)).astype(x.dtype)",
      x="restored(where(ans == 0, 0, g / ans), x, dim, keepdim) / freedom(x, dim, correction) * centred(x, dim)")
inner("norm(x, ord, dim, keepdim)",           "norm_of(x, ord, dim, keepdim)",
      x="norm_slope(restored(g, x, dim, keepdim), x, restored(ans, x, dim, keepdim), ord, dim)",
      node="LinalgVectorNormBackward0", converts=True)
inner("logsumexp(x, dim, keepdim)",           "log_sum(x, dim, keepdim)",
      x="restored(g, x, dim, keepdim) * exp(x - restored(ans, x, dim, keepdim))")
inner("softmax(x, dim)",                      "parts(x, dim)",         x="ans * (g - sum_along(g * ans, dim))")
inner("log_softmax(x, dim)",                  "log_parts(x, dim)",     x="g - exp(ans) * sum_along(g, dim)")
inner("softplus(x, beta, threshold)",         "np.where(x * beta > threshold, x, np.log1p(np.exp(x * beta)) / beta)",
      x="g * where(x * beta > threshold, 1, sigmoid(x * beta))")
inner("cumsum(x, dim)",                       "running(x, dim)",       x="flip(cumsum(flip(g, (dim,)), dim), (dim,))")
inner("flip(x, dims)",                        "np.flip(x, dims if x.ndim else ()).copy()", x="flip(g, dims)")
# fmt: on


def reduced(x, dim):
    """Return the dimensions to reduce, None for all of them."""
    return (counted(dim, x._data.ndim) or None) if x._data.ndim or dim is None else counted(dim, 0) and None


def need_floats(operation: str, x, error: type[Exception] = RuntimeError) -> None:
    if x._data.dtype.kind != "f":
        raise error(f"{operation}() takes floating-point tensors, not {x.dtype}: convert with .float() first")


@of_tensor
def prod(input, dim=None, keepdim=False, *, dtype=None):
    """Multiply all elements, or those along one dimension.

    dim: an int; keepdim: keep it with size 1; dtype: a type to convert to first.  Whole numbers and truth values are
    multiplied as int64.
    Shapes: 0-d, or the input's without dim.
    Errors: IndexError for a dim that the tensor does not have, TypeError for keepdim without dim.
    Gradient: each element receives g times the product of the others.

    >>> torch.prod(torch.tensor([1., 2., 3.]))
    tensor(6.)
    """
    if dtype is not None:
        input = input.to(dtype=dtype)
    elif input._data.dtype.kind in "iub":
        input = wrap(input._data.astype(np.int64), None)
    check_keepdim("prod", keepdim)
    if dim is None:
        if keepdim:
            raise TypeError("prod() takes keepdim only together with dim")
        return on_tensors["prod_all"](input)
    dim = dim_of(dim, input._data.ndim)
    return on_tensors["prod_dim"](input, dim if input._data.ndim else (), keepdim)


def spread(name: str):
    """Make torch.var or torch.std."""
    row = on_tensors[name]

    def measure(input, dim=None, unbiased=None, keepdim=False, *, correction=None):
        if isinstance(dim, bool):  # x.var(False)
            dim, unbiased = None, dim
        check_keepdim(name, keepdim)
        need_floats(name, input)
        if unbiased is not None and correction is not None:
            raise TypeError(f"{name}(): unbiased={unbiased} and correction={correction} mean the same: give one")
        if unbiased is not None:
            if not isinstance(unbiased, bool):
                raise TypeError(f"{name}(): argument 'unbiased' must be bool, not {type(unbiased).__name__}")
            correction = int(unbiased)
        elif correction is None and dim is not None:
            correction = 1
        dim = reduced(input, dim)
        if freedom(input, dim, correction) <= 0:
            numbers, left = freedom(input, dim, 0), freedom(input, dim, correction)
            warnings.warn(
                f"{name}(): degrees of freedom is <= 0. Each result is made of {numbers} numbers, of which {left} are "
                "left to divide by, so that it is nan or inf",
                stacklevel=2,
            )
        return row(input, dim, correction, keepdim)

    of_tensor(named(name, measure))


spread("var")
spread("std")


_norm = on_tensors["norm"]


@of_tensor
def norm(input, p="fro", dim=None, keepdim=False, *, dtype=None):
    """Compute the p-norm (Σ |x|ᵖ)^(1/p) of all elements, or of those along dim.

    p: 2 unless given; inf and -inf give the largest and the smallest |x|, 0 counts what is not 0.  dim: an int or a
    tuple of ints; keepdim: keep them with size 1; dtype: a type to convert to first.
    Shapes: 0-d, or the input's without the dimensions dim.
    Errors: RuntimeError for whole numbers, for p="nuc" (which PyTorch takes), and for no elements where p is negative
    or inf.
    Gradient: each element receives g * sign(x) * (|x| / norm)ᵖ⁻¹, 0 where the norm is 0.

    >>> torch.norm(torch.tensor([3., 4.]))
    tensor(5.)
    """
    if p == "fro" and dim is dtype is None and keepdim is False and input._data.dtype.kind == "f":
        return _norm(input, 2, None, False)  # the usual case, without the questions below
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"norm(): p is a number or 'fro', not {p!r}; matrix norms are left out")
    need_floats("norm", input)
    check_keepdim("norm", keepdim)
    order = 2 if p in (None, "fro") else p
    dim = reduced(input, dim)
    if not isinstance(order, (int, float)):
        raise TypeError(f"norm(): p is a number or 'fro', not {type(p).__name__}")
    if (order < 0 or order == math.inf) and not freedom(input, dim, 0):
        raise RuntimeError(f"norm() of order {p} is not defined without elements, but the shape is {list(input.shape)}")
    return _norm(input if dtype is None else input.to(dtype=dtype), order, dim, keepdim)


@of_tensor
def logsumexp(input, dim, keepdim=False):
    """Compute log Σ exp(x) along dim, without overflow.

    dim: an int or a tuple of ints; keepdim: keep them with size 1.
    Shapes: the input's without the dimensions dim.
    Errors: IndexError for a dim that the tensor does not have.
    Gradient: each element receives g * exp(x - result).

    >>> torch.logsumexp(torch.tensor([1., 2., 3.]), dim=0)
    tensor(3.4076)
    """
    check_keepdim("logsumexp", keepdim)
    return on_tensors["logsumexp"](
        wrap(float_of(input._data), None) if input._data.dtype.kind != "f" else input, reduced(input, dim), keepdim
    )


def one_dim(operation: str):
    """Make torch.softmax or torch.log_softmax."""
    row = on_tensors[operation]

    def along_one(input, dim, dtype=None):
        input = input if dtype is None else input.to(dtype=dtype)
        dim = dim_of(dim, input._data.ndim)
        need_floats(operation, input, NotImplementedError)
        return row(input, dim if input._data.ndim else ())

    of_tensor(named(operation, along_one))


one_dim("softmax")
one_dim("log_softmax")


def softplus(input, beta=1, threshold=20):
    """Compute log(1 + exp(beta · x)) / beta for each element x, a smooth relu.

    x itself is the result where beta · x is above threshold.
    Shapes: any; the result has that of the input.
    Errors: NotImplementedError for anything but floating point.
    Gradient: the input receives g * sigmoid(beta · x), g above the threshold.

    >>> torch.nn.functional.softplus(torch.tensor([-1., 0., 30.]))
    tensor([ 0.3133,  0.6931, 30.0000])
    """
    need_floats("softplus", input, NotImplementedError)
    return on_tensors["softplus"](input, beta, threshold)


@of_tensor
def cumsum(input, dim, *, dtype=None):
    """Sum the elements so far along dim.

    dtype: a type to convert to first.  Whole numbers and truth values are summed as int64.
    Shapes: any; the result has that of the input.
    Errors: IndexError for a dim that the tensor does not have.
    Gradient: each element receives the sum of g from its place on.

    >>> torch.cumsum(torch.tensor([1, 2, 3]), dim=0)
    tensor([1, 3, 6])
    """
    return on_tensors["cumsum"](input if dtype is None else input.to(dtype=dtype), dim_of(dim, input._data.ndim))


@of_tensor
def flip(input, *order, dims=None):
    """Reverse the order along the given dimensions: a copy.

    order: ints as a tuple or a list (PyTorch's name for it is dims).
    Shapes: any; the result has that of the input.
    Errors: IndexError for a dimension that the tensor does not have.
    Gradient: the input receives g, reversed likewise.

    >>> torch.flip(torch.tensor([[1, 2], [3, 4]]), (0,))
    tensor([[3, 4],
            [1, 2]])
    """
    return on_tensors["flip"](input, counted(as_shape(order, dims), input._data.ndim))


@of_tensor
def count_nonzero(input, dim=None):
    """Count the elements that are not 0: all, or those along dim.

    dim: an int or a tuple of ints.
    Shapes: 0-d, or the input's without the dimensions dim; int64.
    Errors: IndexError for a dim that the tensor does not have.
    Gradient: none flows through it.

    >>> torch.count_nonzero(torch.tensor([0., 1., 2.]))
    tensor(2)
    """
    return wrap(np.asarray(np.count_nonzero(input._data, axis=reduced(input, dim))), None)
