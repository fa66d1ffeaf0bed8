"""Tensors where Python expects its own values: float(t), bool(t), len(t), repr(t), f"{t:.3f}", copies, pickles."""

import copy
import warnings
from typing import Any

from numpy import ndarray

from .. import dtypes
from ..engine.operation import method
from ..engine.tensor import Tensor, wrap
from ..errors import warn_once
from ..printing import format_tensor

_Tensor: Any = Tensor  # for a type checker: what follows adds to the class


def _number(self, kind):
    if self._data.size != 1:
        raise ValueError(f"only one element tensors can be converted to Python scalars; this has {self._data.size}")
    if self.requires_grad:
        warn_once(
            "Converting a tensor with requires_grad=True to a scalar leaves the graph: write .item() or .detach() if "
            "that is intended.",
            stacklevel=4,
        )
    return kind(self._data.item())


@method
def item(self):
    """Return the only element as a Python number.

    Errors: RuntimeError where there is not exactly one element.

    >>> torch.tensor([3.]).item()
    3.0
    """
    if self._data.size != 1:
        raise RuntimeError(
            f"a Tensor with {self._data.size} elements cannot be converted to Scalar: use .tolist() for all of them"
        )
    return self._data.item()


@method
def tolist(self):
    """Return the elements as nested lists of Python numbers.

    >>> torch.tensor([[1, 2], [3, 4]]).tolist()
    [[1, 2], [3, 4]]
    """
    return self._data.tolist()


@method
def __float__(self):
    return _number(self, float)


@method
def __int__(self):
    return _number(self, int)


@method
def __index__(self):
    if self._data.size != 1 or self._data.dtype.kind == "f":
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return int(self._data.item())


@method
def __bool__(self):
    if type(self._data) is ndarray and self._data.size != 1:
        raise RuntimeError(
            f"Boolean value of Tensor with {'more than one value' if self._data.size else 'no values'} is ambiguous: "
            "use .any() or .all()"
        )
    return bool(self._data)


@method
def __len__(self):
    if self._data.ndim == 0:
        raise TypeError("len() of a 0-d tensor")
    return len(self._data)


@method
def __contains__(self, element):
    return bool((self == element)._data.any())


def _repr(self, **_):
    suffixes = []
    try:
        grad_fn = self.grad_fn
    except RuntimeError:  # one of several views, whose base was written since
        suffixes.append("grad_fn=<Invalid>")
    else:
        if grad_fn is not None:
            suffixes.append(f"grad_fn=<{type(grad_fn).__name__}>")
        elif self.requires_grad:
            suffixes.append("requires_grad=True")
    return format_tensor(self._data, suffixes=suffixes, default_dtype=dtypes.default().numpy)


_Tensor.__repr__ = _repr


@method
def __format__(self, spec):
    if self._data.ndim == 0 and type(self) is Tensor:  # a Parameter's goes by its repr, as in PyTorch
        return format(self._data.item(), spec)
    return object.__format__(self, spec)


@method
def __deepcopy__(self, memo):
    if not self.is_leaf:
        raise RuntimeError("only leaf tensors (made by the user, not by an operation) can be copied with deepcopy")
    twin = type(self)(self) if type(self) is not Tensor else wrap(self._data.copy(), None)
    twin._data = self._data.copy()
    twin._edge = None
    if self.requires_grad:
        twin.requires_grad = True
    memo[id(self)] = twin
    if type(self) is Tensor:  # PyTorch leaves a Parameter's behind
        twin.grad = copy.deepcopy(self._get_grad(), memo)
    return twin


def _reduced(self, protocol):
    """Return what pickle and copy.copy keep: the kind of tensor, its numbers, whether it requires grad.

    Its history, its `.grad` and its hooks are left behind.
    """
    if self._backward_hooks:
        warnings.warn("hooks on a tensor are not pickled and not copied: register them again afterwards", stacklevel=2)
    return rebuilt, (type(self), self._array(), self.requires_grad), getattr(self, "__dict__", None) or None


_Tensor.__reduce_ex__ = _reduced


def rebuilt(kind, array, requires_grad: bool):
    """Return a leaf tensor of the given kind on the memory of the array."""
    tensor = Tensor.__new__(kind)
    tensor._data = array
    tensor.requires_grad = requires_grad
    return tensor
