"""Numbers by their order: the median, quantiles, and how many numbers lie in which part of a range."""

import numpy as np

from ..engine.operation import rule
from ..engine.rows import on_tensors
from ..engine.tensor import Tensor, wrap
from .arguments import check_keepdim, dim_of, of_tensor
from .choosing import helper, pair
from .statistics import need_floats


@helper
def middle(x):
    """Return the number in the middle, the lower of two; nan where one is."""
    flat = np.sort(x, None)
    return flat[(flat.size - 1) // 2] if flat.size and flat[-1] == flat[-1] else x.dtype.type(np.nan)


# fmt: off
# --- operation ----------------------------------- result -------------------------- x receives ----------------------
rule("median_all(x)",                              "middle(x)",
     x="where(reached(x, ans), share(g, reached(x, ans)), 0)", node="MedianBackward0", inner=True)
rule("median_dim(x, dim, indices, keepdim)",       "x[along(x.shape, dim, indices, keepdim)]",
     x="placed(g, x.shape, along(x.shape, dim, indices, keepdim))", node="MedianBackward1", inner=True, frees=True)
# fmt: on

MEDIAN = pair("median")


@of_tensor
def median(input, dim=None, keepdim=False):
    """Find the number in the middle: of all, or of those along dim, together with its index.  Of two, it is the lower.

    dim: an int; keepdim: keep it with size 1.
    Shapes: 0-d; or the input's without dim, as a named tuple (values, indices).
    Errors: IndexError for a dim that the tensor does not have, NotImplementedError for truth values.
    Gradient: the number chosen receives g; without dim, those equal to it share it.

    >>> torch.median(torch.tensor([1., 5., 2., 4.]))
    tensor(2.)
    """
    x = np.asarray(input._data)
    if x.dtype.kind == "b":
        raise NotImplementedError("median() is not implemented for truth values: convert with .float()")
    if dim is None:
        if not x.size and x.dtype.kind != "f":
            raise RuntimeError("median(): the tensor has no elements, and there is no nan among whole numbers")
        return on_tensors["median_all"](input)
    check_keepdim("median", keepdim)
    dim = dim_of(dim, x.ndim)
    if x.ndim and not x.shape[dim]:
        raise IndexError(f"median(): Expected reduction dim {dim} to have non-zero size.")
    if not x.ndim:
        return MEDIAN(on_tensors["median_dim"](input, 0, np.asarray(0), keepdim), wrap(np.asarray(0), None))
    order = np.argsort(x, dim, stable=True)  # any nan comes last
    indices = np.take(order, [(x.shape[dim] - 1) // 2], dim)
    nans = x != x
    indices = np.where(nans.any(dim, keepdims=True), nans.argmax(dim, keepdims=True), indices)
    indices = indices if keepdim else np.squeeze(indices, dim)
    return MEDIAN(on_tensors["median_dim"](input, dim, indices, keepdim), wrap(np.asarray(indices), None))


INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


@of_tensor
def quantile(input, q, dim=None, keepdim=False, *, interpolation="linear"):
    """Find the numbers below which the part q of all numbers lies, or of those along dim.

    q: a number from 0 to 1, or a vector of them; keepdim: keep dim with size 1; interpolation: what to do between two
    numbers, "linear", "lower", "higher", "midpoint" or "nearest".
    Shapes: 0-d, or the input's without dim; for a vector q with its length before them.
    Errors: RuntimeError for whole numbers, an empty tensor, a q outside [0, 1] and one of another type than the input.
    Gradient: the two numbers that a quantile lies between share g, the nearer one receives more of it.

    >>> torch.quantile(torch.tensor([1., 2., 3., 4.]), 0.5)
    tensor(2.5000)
    """
    need_floats("quantile", input)
    if not input._data.size:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if not isinstance(q, Tensor):
        if not 0 <= q <= 1:
            raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {q}")
        q = wrap(np.asarray(q, input._data.dtype), None)
    if q._data.ndim > 1:
        raise RuntimeError("quantile() q must be a scalar or 1D tensor")
    if q.dtype is not input.dtype:
        raise RuntimeError("quantile() q tensor must be same dtype as the input tensor")
    if not ((q._data >= 0) & (q._data <= 1)).all():
        raise RuntimeError("quantile() q values must be in the range [0, 1]")
    if interpolation not in INTERPOLATIONS:
        raise RuntimeError(f"quantile() interpolation must be one of {', '.join(INTERPOLATIONS)}, not {interpolation}")
    ndim = input._data.ndim
    if dim is None:
        rows = input.flatten() if not keepdim else input.reshape(*[1] * ndim, -1)
    else:
        dim = dim_of(dim, ndim)
        rows = input.unsqueeze(-1).transpose(dim, -1)
    ordered = rows.sort(-1, stable=True)[0]
    last = ordered._data.shape[-1] - 1
    places = (q * last).expand(*ordered._data.shape[:-1], q._data.size)
    places = places.masked_fill((rows != rows).any(-1, keepdim=True), last)
    if interpolation in ("lower", "higher", "nearest"):
        places = {"lower": places.floor, "higher": places.ceil, "nearest": places.round}[interpolation]()
    below = places.detach().long()
    found = ordered.gather(-1, below)
    if interpolation in ("linear", "midpoint"):
        weights = places - below if interpolation == "linear" else places * 0 + 0.5
        found = found.lerp_(ordered.gather(-1, places.detach().ceil().long()), weights)
    if dim is not None and not keepdim and ndim:
        found = found.squeeze(dim)
    if q._data.ndim:
        found = found.unsqueeze(0).transpose(0, -1)
    return found.squeeze_(-1)


@of_tensor
def histc(input, bins=100, min=0, max=0):
    """Count how many numbers lie in each of so many equal parts of a range.

    min, max: the range, by default from the smallest number to the largest; what lies outside is not counted.
    Shapes: any; the result (bins,), of the input's type.
    Errors: RuntimeError for less than one bin, a max below min and a range that is not finite, NotImplementedError for
    whole numbers.
    Gradient: none flows through it.

    >>> torch.histc(torch.tensor([1., 2., 1.]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    need_floats("histc", input, NotImplementedError)
    if not isinstance(bins, int):
        raise TypeError(f"histc(): argument 'bins' must be int, not {type(bins).__name__}")
    if bins < 1:
        raise RuntimeError(f"histc(): bins must be > 0, but got {bins}")
    x = np.asarray(input._data).ravel()
    low, high = (x.min(), x.max()) if min == max and x.size else (x.dtype.type(min), x.dtype.type(max))
    if low == high:
        low, high = low - 1, high + 1
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"histc(): range of [{low}, {high}] is not finite")
    if low > high:
        raise RuntimeError("histc(): max must be larger than min")
    counted = x[(x >= low) & (x <= high)]
    places = np.minimum(((counted - low) * bins / (high - low)).astype(np.int64), bins - 1)
    return wrap(np.bincount(places, minlength=bins).astype(x.dtype), None)
