"""Broadcasting undone: what a broadcast or converted input receives."""

import functools
import math

import numpy as np

from ..dtypes import BY_NUMPY
from .graph import Handwritten, next_stamp
from .rows import on_tensors
from .tensor import Tensor

LARGE = 10_000  # from this many elements on, not writing them out is faster


def sum_to(g, shape: tuple):
    """Undo broadcasting: an element that was used many times gets the sum of the gradients of its uses."""
    before = g.shape
    lead = len(before) - len(shape)
    if type(g) is np.ndarray and g.size > LARGE and not any(g.strides):  # one number, shown many times
        return np.full(shape, g[(0,) * g.ndim] * (g.size // math.prod(shape)))
    if lead == 1 and len(before) == 2 and before[1:] == shape and type(g) is np.ndarray:
        return ones(before[0], g.dtype).dot(g)  # the rows of a batch, as a matrix product
    axes = (*range(lead), *(lead + i for i, n in enumerate(shape) if n == 1 and before[lead + i] != 1))
    if isinstance(g, Tensor):
        return on_tensors["sum_dim"](g, axes, True).reshape(shape)
    return np.add.reduce(g, axes, keepdims=True).reshape(shape)


@functools.lru_cache(16)
def ones(n: int, dtype) -> np.ndarray:
    return np.ones(n, dtype)


class Fit(Handwritten):
    """A hidden step between an operation and an input that was broadcast or converted.

    The operation's rule gives a gradient of the result's shape and type; this step turns it into the input's.
    """

    __slots__ = ("result_dtype",)
    hidden = True

    def __init__(self, edge, data, result_dtype):
        self.edges, self.saved, self.hooks = (edge,), None, None
        self.shape, self.dtype, self.result_dtype = data.shape, data.dtype, result_dtype
        self.stamp = next_stamp()

    @property
    def end(self) -> tuple:
        return self.edges[0].end

    def send(self, g):
        return ((self.edges[0], self.vjp(g)[0]),)

    def vjp(self, g, wanted=None):
        if g.shape != self.shape:
            g = sum_to(g, self.shape)
        return (g if g.dtype is self.dtype else g.astype(self.dtype),)

    def vjp_recorded(self, g, wanted=None):
        if g._data.shape != self.shape:
            g = sum_to(g, self.shape)
        return (g.to(BY_NUMPY[self.dtype]),)


def fitted(edge, data, ans):
    """Return the edge to an input, through a `Fit` where it differs from the result in shape or type."""
    if edge is None or (data.dtype is ans.dtype and data.shape == ans.shape):
        return edge
    return Fit(edge, data, ans.dtype)
