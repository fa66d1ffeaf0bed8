"""Random choices with given probabilities: bernoulli, multinomial."""

from typing import Any

import numpy as np

from .. import random
from ..devices import check_device
from ..engine.operation import functions, method, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from . import rounding  # noqa: F401  the formulas refuse a derivative as rounding's do
from .arguments import as_shape, of_tensor
from .choosing import check_broadcast


def tossed(x, p, generator) -> np.ndarray:
    """1 with probability p and 0 otherwise, of the shape and type of x."""
    generator = generator or random.default_generator
    if not isinstance(p, np.ndarray):
        return random.chance(float(p), x.shape, generator).astype(x.dtype)
    return random.chances(np.broadcast_to(p, x.shape), generator).astype(x.dtype)


on_arrays["tossed"] = tossed

# fmt: off
# ----- operation ----------------- result ---------------------- x receives -------
rule("bernoulli(x, generator)",     "tossed(x, np.asarray(x), generator)", x="zeros_like(g)", inner=True)
rule("toss(x, p, generator)",       "tossed(x, p, generator)",  x="zeros_like(g)",
     inner=True, inplace=True, node="BernoulliBackward2")
rule("toss_by(x, p, generator)",    "tossed(x, p, generator)",  x="zeros_like(g)",
     inner=True, inplace=True, node="BernoulliBackward1")
rule("toss_anew(x, p, generator)",  "tossed(x, p, generator)",  x="no_derivative('bernoulli')",
     inner=True, node="NotImplemented")
# fmt: on


def check_probabilities(p) -> None:
    """Raise RuntimeError for numbers that are not probabilities."""
    if not ((p >= 0) & (p <= 1)).all():
        wrong = p.reshape(-1)[~((p >= 0) & (p <= 1)).reshape(-1)][0] if np.ndim(p) else p
        raise RuntimeError(f"Expected p_in >= 0 && p_in <= 1 to be true, but got the probability {wrong}")


@of_tensor
def bernoulli(input, p=None, *, generator=None):
    """Draw 1 with the probability that each element says, and 0 otherwise.

    p: one probability for all elements, in place of the elements; generator: a Generator to draw from.
    Shapes: any; the result has that of the input.
    Errors: RuntimeError for numbers outside [0, 1], NotImplementedError for anything but floating point.
    Gradient: the input receives 0; with p there is none, and a backward pass says so.

    >>> torch.bernoulli(torch.tensor([0., 1.]))
    tensor([0., 1.])
    """
    if p is not None:
        check_probabilities(np.asarray(p))
        return on_tensors["toss_anew"](input, p, generator)
    if input._data.dtype.kind != "f":
        raise NotImplementedError(f"bernoulli() takes probabilities, not {input.dtype}: convert with .float() first")
    check_probabilities(np.asarray(input._data))
    return on_tensors["bernoulli"](input, generator)


@method
def bernoulli_(self, p=0.5, *, generator=None):
    """Write 1 with probability p, and 0 otherwise, in place, and return the tensor.

    p: a number, or a tensor of probabilities; generator: a Generator to draw from.
    Errors: RuntimeError for numbers outside [0, 1].
    Gradient: the numbers that were there before receive 0.

    >>> torch.zeros(3).bernoulli_(1)
    tensor([1., 1., 1.])
    """
    row = "toss_by_" if isinstance(p, Tensor) else "toss_"
    p = np.asarray(p._data) if isinstance(p, Tensor) else p
    check_probabilities(np.asarray(p))
    return on_tensors[row](self, p, generator)


@method
def exponential_(self, lambd=1.0, *, generator=None):
    """Write exponentially distributed numbers, whose mean is 1 / lambd, in place, and return the tensor.

    generator: a Generator to draw from.
    Errors: RuntimeError for a lambd that is not above 0, NotImplementedError for anything but floating point.
    Gradient: the numbers that were there before receive 0.

    >>> torch.zeros(2, 3).exponential_().shape
    torch.Size([2, 3])
    """
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    return on_tensors["exponential_"](self, lambd, generator)


def normal(mean=0.0, std=1.0, size=None, *, generator=None, dtype=None, requires_grad=False, device=None):
    """Draw random numbers from normal distributions with the given means and standard deviations.

    mean, std: numbers, or tensors, which give every element its own; size: the shape, with numbers; generator: a
    Generator to draw from.
    Shapes: those of mean and std, broadcast; or size.
    Errors: RuntimeError for a negative std and for shapes that cannot be broadcast; TypeError for two numbers without a
    size.
    Gradient: none flows through it.

    >>> torch.normal(torch.tensor([1., 2.]), 0.)
    tensor([1., 2.])
    >>> torch.normal(0., 1., (2, 3)).shape
    torch.Size([2, 3])
    """
    check_device(device)
    tensors = [each for each in (mean, std) if isinstance(each, Tensor)]
    if not tensors:
        if size is None:
            raise TypeError("normal() of two numbers takes a size as well: normal(mean, std, size)")
        drawn = functions["empty"](*as_shape((size,)), dtype=dtype).normal_(mean, std, generator=generator)
        return drawn.requires_grad_() if requires_grad else drawn
    m, s = (each._data if isinstance(each, Tensor) else each for each in (mean, std))
    if (np.asarray(s) < 0).any():
        raise RuntimeError("normal expects all elements of std >= 0.0")
    check_broadcast("normal", *(np.asarray(each) for each in (m, s)))
    shape = np.broadcast_shapes(np.shape(m), np.shape(s))
    kind = tensors[0]._data.dtype
    drawn = random.normal(0.0, 1.0, shape, kind, generator or random.default_generator)
    return wrap(np.asarray(drawn * s + m, kind), None)


functions["normal"] = normal


@of_tensor
def multinomial(input, num_samples, replacement=False, *, generator=None):
    """Draw indices at random, each with a probability proportional to its element.

    num_samples: how many, for each row of a matrix; replacement: whether an index may be drawn twice; generator: a
    Generator to draw from.
    Shapes: (n,) or (rows, n); the result (num_samples,) or (rows, num_samples), int64.
    Errors: RuntimeError for other shapes and types, for negative numbers, inf and nan, for a row of zeros, and for more
    samples than indices without replacement.
    Gradient: none flows through it.

    >>> torch.multinomial(torch.tensor([0., 1., 0.]), 2, replacement=True)
    tensor([1, 1])
    """
    weights: Any = np.asarray(input._data)
    if weights.ndim not in (1, 2):
        raise RuntimeError(f"prob_dist must be 1 or 2 dim, but the shape is {list(weights.shape)}")
    if weights.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype}")
    if num_samples <= 0:
        raise RuntimeError(f"cannot sample n_sample <= 0 samples, and num_samples is {num_samples}")
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError(
            f"cannot sample n_sample > prob_dist.size(-1) samples without replacement: {num_samples} of "
            f"{weights.shape[-1]}"
        )
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if not (weights.sum(-1) > 0).all():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    generator = generator or random.default_generator
    if replacement and num_samples > 1:
        sums = np.cumsum(weights, -1, dtype=weights.dtype)
        bounds = (sums / sums[..., -1:]).astype(np.float64)
        drawn = random.rand((*weights.shape[:-1], num_samples), np.float64, generator)
        rows = zip(np.atleast_2d(bounds), np.atleast_2d(drawn), strict=True)
        places = np.stack([np.searchsorted(row, chances) for row, chances in rows]).reshape(drawn.shape)
    else:  # the places whose clocks ring first, where each rings after an exponential time of its rate
        races = weights / random.exponential(1.0, weights.shape, weights.dtype, generator)
        places = np.argsort(-races, axis=-1, kind="stable")[..., :num_samples]
    return wrap(np.asarray(places, np.int64), None)
