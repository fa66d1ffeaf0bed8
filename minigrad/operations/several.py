"""Nodes with several results: each result has an edge of its own, which gathers its gradient for the node."""

from typing import Any

from ..engine.graph import Handwritten
from ..engine.tensor import Tensor
from ..engine.versions import edge_of

_Tensor: Any = Tensor  # for a type checker: what follows adds to the class


class Result(Handwritten):
    """One of the several results of a node, which waits until it has heard of all of them."""

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
    """The gradients that have arrived at a node with several results, by the number of the result."""

    def __add__(self, other):
        both = Gathered(self)
        for index, g in other.items():
            both[index] = both[index] + g if index in both else g
        return both

    __iadd__ = __add__


def _output_nr(self) -> int:
    """Which of its operation's results this tensor is."""
    edge = edge_of(self)
    return 0 if edge is None else edge.end[1]


_Tensor.output_nr = property(_output_nr)
