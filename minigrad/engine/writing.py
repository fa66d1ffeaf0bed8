"""Writing into a tensor in place: what is refused, what is counted, and what becomes of the graph."""

import weakref

import numpy as np
from numpy import ndarray

from . import dtypes
from .dtypes import BY_NUMPY
from .graph import NOWHERE, OUT, AccumulateGrad, next_stamp
from .modes import paused, recording
from .tensor import Tensor, wrap
from .versions import edge_of, mark_written, owner, rebased

SEVERAL = (
    "this tensor is a view, one of several that an operation such as split or unbind made at once, and cannot be "
    "modified inplace in a way that is recorded: write y = y + … in place of y += …"
)


UFUNCS = {"x + y": np.add, "x - y": np.subtract, "x * y": np.multiply, "x / y": np.divide}


def in_place(function, name: str, forward: str = ""):
    """The twin of an operation that writes the result into its first tensor, and becomes that tensor's history."""
    ufunc = UFUNCS.get(forward)

    def twin(X, *arguments, **options):
        if ufunc is not None and len(arguments) == 1 and not options and writes_at_once(ufunc, X, arguments[0]):
            return X
        recorded = recording()
        if recorded:
            check_writable(X)
            recorded = any(isinstance(t, Tensor) and t._edge is not None for t in (X, *arguments))
        for t in arguments:
            if isinstance(t, Tensor) and t is not X and t._data.ndim:
                check_overlap(X, t)
        # the operation may save its operand, which is about to be overwritten
        out = function(wrap(np.array(X._data), X._edge) if recorded else X, *arguments, **options)
        node = out._edge
        if recorded and node is not None and X._view is not None and X._view[2]:
            raise RuntimeError(SEVERAL)
        data = overwrite(X, out._data)
        if recorded and node is not None:
            if OUT in node.roles:  # the saved result is the tensor's own memory, from now on
                values = tuple(data if role == OUT else v for role, v in zip(node.roles, node.values, strict=True))
                node.saved = values[0] if node.bare else values
                node.stamp = next_stamp()
            set_history(X, node)
        return X

    twin.__name__ = twin.__qualname__ = name
    twin.__doc__ = f"As {name[:-1]}, but written into the tensor itself."
    return twin


def writes_at_once(ufunc, X, other) -> bool:
    """Write the result of plain arithmetic right away, where nothing is recorded and the two memories are apart.

    Saves a step of an optimizer the copies.
    """
    x, y = X._data, other
    if type(x) is not ndarray or x.dtype.kind != "f" or not x.flags.writeable:
        return False
    memory = owner(x)
    if isinstance(other, Tensor):
        y = other._data
        if type(y) is not ndarray or y.dtype is not x.dtype or y.shape != x.shape or owner(y) is memory:
            return False
    elif type(other) not in (int, float):
        return False
    if not paused or recording():
        for t in (X, other):
            if isinstance(t, Tensor) and (t._edge is not None or t._view is not None):
                return False
    mark_written(memory)  # first: where warnings are errors, NumPy writes and then raises
    ufunc(x, y, x)
    return True


def set_history(tensor, edge) -> None:
    """Let `tensor`, just written in place, be the result of `edge`."""
    old = tensor._edge
    if tensor._view is None:
        tensor._edge = edge
        key = id(tensor)
        rebased[key] = weakref.ref(tensor, lambda _: rebased.pop(key, None))
    else:
        from ..operations.inplace import copy_slices

        copy_slices(tensor, edge)
    if old is not None and old.stamp and old.hooks is not None:
        from ..operations.hooks import move_retained

        move_retained(tensor, old, tensor._edge)


def check_writable(tensor) -> None:
    """Refuse to write in place where PyTorch refuses while it records, before anything is changed."""
    # a view that was made before its base had a history, and was not looked at since, is not brought up to date
    edge = None if tensor._edge is None else edge_of(tensor)
    base = tensor if tensor._view is None else tensor._view[0]
    if type(edge) is AccumulateGrad or type(base._edge) is AccumulateGrad:
        what = "a leaf Variable" if type(edge) is AccumulateGrad else "a view of a leaf Variable"
        raise RuntimeError(
            f"{what} that requires grad is being used in an in-place operation. To update a parameter, write inside "
            "`with torch.no_grad():`; to compute with it, write w = w + … under another name."
        )
    if (edge is None or edge is NOWHERE) and base._edge is not None:
        raise RuntimeError(
            "A view was created in no_grad mode and is being modified inplace with grad mode enabled: make the view "
            "and write to it in the same mode"
        )
    if tensor._view is not None and tensor._view[2] and edge is not None:
        raise RuntimeError(SEVERAL)


def overwrite(tensor, values):
    """Write `values` into the tensor's memory, count the write, and return the memory."""
    data = tensor._array()
    if values.shape != data.shape:
        raise RuntimeError(
            f"output with shape {list(data.shape)} doesn't match the broadcast shape {list(values.shape)}: "
            "an in-place operation cannot make its tensor larger"
        )
    if values.dtype is not data.dtype and dtypes.category(values.dtype) > dtypes.category(data.dtype):
        raise RuntimeError(
            f"result type {BY_NUMPY[values.dtype]} can't be cast to {BY_NUMPY[data.dtype]}, the type of the tensor "
            "that is written in place: convert it first, for example with .float()"
        )
    if not data.flags.writeable:
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
            "Please clone() the tensor before performing the operation."
        )
    data[...] = values
    mark_written(owner(data))
    return data


def check_overlap(tensor, other) -> None:
    """Refuse to read from memory that is being written, unless it is the very same elements.

    As PyTorch does, but for tensors with gaps between their elements, which both let through.
    """
    x, y = tensor._data, other._data
    if type(x) is not np.ndarray or type(y) is not np.ndarray or owner(x) is not owner(y):
        return
    if x.flags.forc and y.flags.forc and np.may_share_memory(x, y):
        same = x.__array_interface__["data"] == y.__array_interface__["data"] and x.shape == y.shape
        if not (same and x.strides == y.strides):
            raise RuntimeError(
                "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single "
                "memory location. Please clone() the tensor before performing the operation."
            )
