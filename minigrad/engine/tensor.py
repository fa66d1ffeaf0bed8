"""`Tensor`: a NumPy array with an edge into the computation graph.

Operations are not written here: each one comes from a row of a table (derivatives.py and the tables that follow it),
which makes it a method of Tensor, a function of the package, its in-place twin and its rule for the backward pass.
"""

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes
from .dtypes import BY_NUMPY, Size
from .graph import AccumulateGrad, Node
from .versions import edge_of, mark_scalar

_new = object.__new__


def wrap(data, edge):
    """A tensor that shows `data`, an array or, for a 0-d result, what NumPy's arithmetic gives: a scalar.

    Scalars stay scalars until someone may look at their memory: float32 `a * b` takes 36 ns on scalars, 490 on 0-d
    arrays.
    """
    tensor = _new(Tensor)
    tensor._data = data
    tensor._edge = edge
    tensor._view = None
    tensor._kept = None
    return tensor


class Tensor:
    """An array of numbers that remembers, where asked, how it was computed.  `torch.tensor` is the way to make one."""

    __slots__ = ("__weakref__", "_data", "_edge", "_kept", "_view")
    __module__ = "torch"
    __array_priority__ = 1000  # NumPy arrays leave `array * tensor` to us
    _data: Any  # a NumPy array, or a scalar
    _edge: Any  # where the gradient goes: None, a Node, or an AccumulateGrad
    _kept: Any  # its .grad; of a leaf, that is in its AccumulateGrad, which stands here while it requires no gradient
    _view: Any  # of a view: its base, the base's edge when the view was made, whether it is one of several

    if TYPE_CHECKING:  # what the backward pass and the tables add
        backward: Any

        def __getattr__(self, name: str) -> Any: ...

    # --- what it is

    @property
    def shape(self) -> Size:
        return Size(self._data.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        return BY_NUMPY[self._data.dtype]

    @property
    def ndim(self) -> int:
        return self._data.ndim

    @property
    def requires_grad(self) -> bool:
        """True where a backward pass that starts from what was computed with this tensor needs its gradient."""
        if self._edge is not None and self._view is not None and self._view[2]:
            return True  # one of several views may have lost its history, but not that it had one
        return edge_of(self) is not None

    @requires_grad.setter
    def requires_grad(self, flag: bool) -> None:
        if not isinstance(flag, bool):
            raise RuntimeError(f"requires_grad must be a bool, True or False, not {type(flag).__name__}")
        edge = edge_of(self)
        if flag and edge is None:
            if self._data.dtype.kind != "f":
                raise RuntimeError(
                    "only Tensors of floating point dtype can require gradients, and this one holds "
                    f"{self.dtype}: write its numbers with a point (1.0) or convert it with .float()"
                )
            home = self._home
            if home is None:
                home = AccumulateGrad(self)
            else:  # graphs that were made before know the leaf again
                home.resting = False
                home.show(self._data)
            self._edge, self._kept = home, None
        elif not flag and edge is not None:
            if not self.is_leaf:
                raise RuntimeError(
                    "you can only change requires_grad flags of leaf variables, and this tensor is the result of "
                    f"{edge.end[0].name()}: use y.detach() for the same values outside the graph"
                )
            self._rest()

    def _rest(self) -> None:
        """Let a leaf require no gradient until it is told otherwise."""
        self._edge.resting = True
        self._edge, self._kept = None, self._edge

    def requires_grad_(self, requires_grad: bool = True):
        """Set `requires_grad` of a leaf in place; returns the tensor itself."""
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """True for tensors that no recorded operation made: a gradient goes no further than here."""
        edge = edge_of(self)
        return edge is None or not edge.stamp

    @property
    def grad_fn(self) -> Node | None:
        """The node of the operation that made this tensor; None for a leaf."""
        edge = edge_of(self)
        return None if edge is None or not edge.stamp else edge.end[0]

    @property
    def _home(self):
        """The AccumulateGrad of a leaf, also while it rests; None for a tensor that has none."""
        edge = self._edge if type(self._edge) is AccumulateGrad else self._kept
        return edge if type(edge) is AccumulateGrad else None

    @property
    def _grad(self):
        """The `.grad`, without a warning where there will never be one."""
        home = self._home
        return self._kept if home is None else home.grad

    @property
    def grad(self):
        """The gradients that backward passes have added up here so far; None before the first."""
        grad = self._grad
        if grad is None and not self.is_leaf and not self.retains_grad:
            warnings.warn(
                "this tensor is no leaf, and its .grad stays None in a backward pass. Call .retain_grad() on it "
                "before backward(), or look at the .grad of the leaves it was made from.",
                stacklevel=2,
            )
        return grad

    @grad.setter
    def grad(self, value) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of {type(value).__name__}")
            if value._data.shape != self._data.shape:
                raise RuntimeError(
                    f"attempting to assign a gradient of size {list(value.shape)} to a tensor of size "
                    f"{list(self.shape)}: the two must have the same shape"
                )
            if value._data.dtype != self._data.dtype:
                raise RuntimeError(f"attempting to assign a gradient of {value.dtype} to a tensor of {self.dtype}")
            if value is self:
                raise RuntimeError("can't assign a tensor as its own gradient")
        home = self._home
        if home is None:
            self._kept = value
        else:
            home.grad = value

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    # --- its memory

    def _array(self) -> np.ndarray:
        """The data as an array whose memory others may share."""
        if type(self._data) is not np.ndarray:
            self._data = np.array(self._data)
            edge = self._home if self._edge is None else self._edge
            if edge is not None:
                mark_scalar(self._data, edge)
            if type(edge) is AccumulateGrad:
                edge.show(self._data)
        return self._data

    def detach(self):
        """The same memory, outside the graph: no gradient flows through the result."""
        data = self._data
        return wrap(data if type(data) is np.ndarray else self._array(), None)

    # --- as Python's own values

    def item(self):
        """The only element as a Python number; RuntimeError where there is not exactly one."""
        if self._data.size != 1:
            raise RuntimeError(
                f"a Tensor with {self._data.size} elements cannot be converted to Scalar: use .tolist() for all of them"
            )
        return self._data.item()

    def tolist(self):
        """The elements as nested lists of Python numbers."""
        return self._data.tolist()

    def __hash__(self):
        return id(self)
