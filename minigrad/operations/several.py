"""Nodes with several results: each result has an edge of its own, which gathers its gradient for the node."""

from typing import Any

from ..engine.graph import Handwritten
from ..engine.tensor import Tensor
from ..engine.versions import edge_of

_Tensor: Any = Tensor  # for a type checker: what follows adds to the class


class Result(Handwritten):
    """One of the several results of a node, which waits until it has heard from all of them."""

    __slots__ = ("index",)

    def __init__(self, node, index, array):
        super().__init__((node,), (), array.shape, array.dtype)
        self.index = index

    @property
    def end(self) -> tuple:
        return self.edges[0], self.index

    def vjp(self, g, wanted=None):
        return (Gathered({self.index: g}),)

    vjp_recorded = vjp


class Gathered(dict):
    """The gradients that have arrived at a node with several results, by the number of the result.

    A pass adds to what it holds alone, so the sum is made in place: copies would cost quadratic time.
    """

    def __add__(self, other):
        for index, g in other.items():
            self[index] = self[index] + g if index in self else g
        return self


def _output_nr(self) -> int:
    """Return which of its operation's results this tensor is."""
    edge = edge_of(self)
    return 0 if edge is None else edge.end[1]


_Tensor.output_nr = property(_output_nr)
