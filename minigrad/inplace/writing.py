"""Writing into a tensor in place: what is refused, what is counted, and what becomes of the graph."""

import numpy as np
from numpy import ndarray

from .. import dtypes, errors
from ..dtypes import BY_NUMPY
from ..engine.broadcasting import fitted
from ..engine.graph import next_stamp
from ..engine.modes import paused, recording
from ..engine.operation import further, method
from ..engine.rows import on_tensors, rows
from ..engine.tensor import UNTRACKED_VIEW, AccumulateGrad, Tensor, wrap
from ..engine.versions import edge_of, mark_written, owner

UFUNCS = {"x + y": np.add, "x - y": np.subtract, "x * y": np.multiply, "x / y": np.divide}


def in_place(function, name: str, forward: str = ""):
    """Return the twin of an operation that writes the result into its first tensor and becomes its history."""
    ufunc = UFUNCS.get(forward)

    def twin(input, *arguments, **options):
        if ufunc is not None and len(arguments) == 1 and not options and writes_at_once(ufunc, input, arguments[0]):
            return input
        tracked = recording()
        if tracked:
            check_writable(input)
            tracked = any(isinstance(t, Tensor) and t._edge is not None for t in (input, *arguments))
        for t in arguments:
            if isinstance(t, Tensor) and t is not input and t._data.ndim:
                check_overlap(input, t)
        # the operation may save its operand, which is about to be overwritten
        out = function(wrap(np.array(input._data), input._edge) if tracked else input, *arguments, **options)
        node = out._edge
        if tracked and node is not None and input._view is not None and input._view.multi:
            raise RuntimeError(errors.SEVERAL)
        data = overwrite(input, out._data)
        if tracked and node is not None:
            if out._data.dtype is not data.dtype:  # each input still receives its gradient in its own type
                tensors = [t for t in (input, *arguments) if isinstance(t, Tensor)]
                node.edges = tuple([fitted(e, t._data, data) for e, t in zip(node.edges, tensors, strict=True)])
            save_written(node, data)
            input._set_history(node)
        return input

    twin.__name__ = twin.__qualname__ = name
    twin.__doc__ = f"As {name[:-1]}, but written into the tensor itself."
    return twin


def save_written(node, data) -> None:
    """Where the node saved its own result, let it save the memory that the result was written to."""
    if any(edge is node for _, _, edge in node.saved_items()):
        node.saved = tuple([
            data
            if names == ("ans",) and edge is not None
            else tuple([data if name == "ans" else value for name, value in zip(names, saved, strict=True)])
            if "ans" in names and edge is not None
            else saved
            for edge, names, saved in zip(node.edges, node.row.takes, node.saved, strict=True)
        ])  # fmt: skip
        node.stamp = next_stamp()


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


def check_writable(tensor) -> None:
    """Refuse to write in place where PyTorch refuses while it records, before anything is changed."""
    # a view made before its base had a history keeps no edge until it is looked at again
    edge = None if tensor._edge is None else edge_of(tensor)
    base = tensor if tensor._view is None else tensor._view.base
    if type(edge) is AccumulateGrad or type(base._edge) is AccumulateGrad:
        raise errors.leaf_written("a leaf Variable" if type(edge) is AccumulateGrad else "a view of a leaf Variable")
    if (edge is None or edge is UNTRACKED_VIEW) and base._edge is not None:
        raise RuntimeError(
            "A view was created in no_grad mode and is being modified inplace with grad mode enabled: make the view "
            "and write to it in the same mode"
        )
    if tensor._view is not None and tensor._view.multi and edge is not None:
        raise RuntimeError(errors.SEVERAL)


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
        raise errors.element_shared()
    data[...] = values
    mark_written(owner(data))
    return data


def check_overlap(tensor, other) -> None:
    """Refuse to read from memory that is being written, unless the elements are exactly the same.

    PyTorch does the same; both let through tensors with gaps between their elements.
    """
    x, y = tensor._data, other._data
    if type(x) is not np.ndarray or type(y) is not np.ndarray or owner(x) is not owner(y):
        return
    if x.flags.forc and y.flags.forc and np.may_share_memory(x, y):
        same = x.__array_interface__["data"] == y.__array_interface__["data"] and x.shape == y.shape
        if not (same and x.strides == y.strides):
            raise errors.memory_shared()


def make_twin(row, function) -> None:
    """The in-place twin of a row that has one."""
    if row.inplace:
        twin = on_tensors[row.name + "_"] = in_place(function, row.name + "_", row.formula)
        if not row.inner:
            method(twin)


for row in rows.values():
    make_twin(row, on_tensors[row.name])
further.append(make_twin)
