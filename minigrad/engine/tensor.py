"""`Tensor`, a NumPy array with an edge into the computation graph; `AccumulateGrad`, the edge of a leaf; `View`.

Operations are not written here: each one comes from a row of a table (derivatives.py and the tables that follow it),
which makes it a method of Tensor, a function of the package, its in-place twin and its rule for the backward pass.
"""

import warnings
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .. import dtypes, errors
from ..dtypes import BY_NUMPY, Size
from ..shown import Shown
from .versions import edge_of, mark_scalar

if TYPE_CHECKING:
    from .methods import GradFn, Gradient, Methods  # methods.pyi, which tools/stubs.py makes of the tables
else:
    Methods = object

new = object.__new__


def wrap(data, edge):
    """Return a tensor that shows `data`, an array or, for a 0-d result, what NumPy's arithmetic gives: a scalar.

    Scalars stay scalars, which NumPy computes with much faster, until someone may look at their memory.
    """
    tensor = new(Tensor)
    tensor._data = data
    tensor._edge = edge
    tensor._view = None
    tensor._grad = None
    tensor._accumulate_grad = None
    return tensor


class View(NamedTuple):
    """Of which tensor a view shows the memory."""

    base: Any
    edge_then: Any  # the base's edge when the view got its own
    multi: bool = False  # True for one of several views that one operation made


class AccumulateGrad:
    """The edge of a leaf, and the end of the line: what arrives here is added to the leaf's `.grad`.

    Graphs may outlive the leaf, so its data and its `.grad` are kept here.
    """

    __slots__ = ("__weakref__", "_leaf", "after", "data", "grad", "hooks")
    __module__ = "builtins"
    is_leaf, hidden = True, False
    edges: tuple = ()
    next_functions: tuple = ()

    def __init__(self, leaf):
        self._leaf = weakref.ref(leaf)  # weak, or leaf and edge would keep each other alive
        self.data, self.grad, self.hooks, self.after = leaf._data, leaf._grad, None, None

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    @property
    def variable(self):
        """The leaf tensor; made again if only the graph was left of it."""
        leaf = self._leaf()
        if leaf is None:
            leaf = wrap(self.data, self)
            leaf._accumulate_grad = self
            self._leaf = weakref.ref(leaf)
        return leaf

    @property
    def frozen(self) -> bool:
        """True where the leaf no longer requires grad, although it did when the graph was made."""
        leaf = self._leaf()
        return leaf is not None and leaf._edge is not self

    @property
    def shape(self) -> tuple:
        return self.data.shape

    @property
    def dtype(self) -> np.dtype:
        return self.data.dtype

    @property
    def end(self) -> tuple:
        return self, 0


class UntrackedView:
    """The edge of a view made under no_grad: PyTorch says that it requires grad, and no gradient ever arrives there."""

    __slots__ = ("__weakref__",)
    is_leaf, hidden = True, False
    edges: tuple = ()
    end, hooks, frozen = (None, 0), None, True


UNTRACKED_VIEW = UntrackedView()


class Tensor(Methods, metaclass=Shown):
    """Hold numbers in an array that remembers, if asked, how it was computed.

    torch.tensor makes one from values; torch.Tensor(values), which is older, always makes the default floating-point
    type. The operations of torch are its methods, too.

    >>> x = torch.tensor([1., 2.], requires_grad=True)
    >>> y = (x * x).sum()
    >>> y.backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ("__dict__", "__weakref__", "_accumulate_grad", "_data", "_edge", "_grad", "_view")
    _shown_in = "torch"
    __array_priority__ = 1000  # NumPy arrays leave `array * tensor` to us
    _data: Any  # a NumPy array, or a scalar
    _edge: Any  # where the gradient goes: None, a Node, or an AccumulateGrad
    _view: View | None
    _accumulate_grad: AccumulateGrad | None  # of a leaf that requires grad, or once did
    _grad: Any  # its .grad, unless it has an AccumulateGrad, which keeps it then

    # --- what it is

    @property
    def shape(self) -> Size:
        """The number of elements along each dimension."""
        return Size(self._data.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements."""
        return BY_NUMPY[self._data.dtype]

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._data.ndim

    @property
    def requires_grad(self) -> bool:
        """True where a backward pass that starts from what was computed with this tensor needs its gradient."""
        if self._edge is not None and self._view is not None and self._view.multi:
            return True  # one of several views may lose its history, but still counts as having one
        return edge_of(self) is not None

    @requires_grad.setter
    def requires_grad(self, flag: bool) -> None:
        if not isinstance(flag, bool):
            raise RuntimeError(f"requires_grad must be a bool, True or False, not {type(flag).__name__}")
        edge = edge_of(self)
        if not self.is_leaf:
            raise errors.no_leaf(self.grad_fn)
        if flag and edge is None:
            if self._data.dtype.kind != "f":
                raise errors.no_floats(self)
            if self._accumulate_grad is None:
                self._accumulate_grad = AccumulateGrad(self)
            self._edge = self._accumulate_grad
        elif not flag:
            self._edge = None

    @property
    def is_leaf(self) -> bool:
        """True for a tensor that no recorded operation made: a gradient goes no further than here."""
        edge = edge_of(self)
        return edge is None or edge.is_leaf

    @property
    def grad_fn(self) -> "GradFn":
        """The node of the operation that made this tensor; None for a leaf."""
        edge = edge_of(self)
        return None if edge is None or edge.is_leaf else edge.end[0]

    # --- its gradient

    @property
    def grad(self) -> "Gradient":
        """The gradients that backward passes have added up here so far; None before the first."""
        grad = self._get_grad()
        if grad is None and not self.is_leaf and not self.retains_grad:
            warnings.warn(errors.NO_GRAD_HERE, stacklevel=2)
        return grad

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None and (error := errors.wrong_grad(value, self)):
            raise error
        if self._accumulate_grad is None:
            self._grad = value
        else:
            self._accumulate_grad.grad = value

    @grad.deleter
    def grad(self) -> None:
        setattr(self, "grad", None)  # noqa: B010  from an assignment, editors conclude that it is always None

    def _get_grad(self):
        """Return the `.grad`, without a warning where there will never be one."""
        return self._grad if self._accumulate_grad is None else self._accumulate_grad.grad

    # --- its memory

    def _array(self) -> np.ndarray:
        """Return the data as an array whose memory others may share."""
        if type(self._data) is not np.ndarray:
            self._set_array(np.array(self._data))
            edge = self._accumulate_grad or self._edge
            if edge is not None:
                mark_scalar(self._data, edge)
        return self._data

    def _set_array(self, data) -> None:
        self._data = data
        if self._accumulate_grad is not None:
            self._accumulate_grad.data = data

    def __hash__(self):
        return id(self)
