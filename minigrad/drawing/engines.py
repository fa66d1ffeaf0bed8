"""What the drawings ask of an engine, and defaults for what an engine does not have.

A tensor has `grad_fn` and `requires_grad`; a node has `next_functions`, pairs of a node and the number of its result.
PyTorch's engine and minigrad's also have all other attributes used in this module; your own need not. The nodes may be
the tensors themselves.
"""

from __future__ import annotations

import math
import sys
from contextlib import ExitStack
from typing import Any

import numpy as np

from ..grad_mode import no_grad
from .naming import is_tensor

Tensor = Any
Node = Any


def leaf_of(node: Node) -> Tensor | None:
    """Return the leaf that a node stands for, if it is an `AccumulateGrad`, or a tensor that no operation made.

    A tensor that needs no gradient counts as one, however it was made.
    """
    if hasattr(node, "variable"):
        return node.variable
    return node if is_tensor(node) and not (node.requires_grad and node.next_functions) else None


def accumulates(node: Node) -> bool:
    """Return whether a node stands for a leaf, and so for no operation."""
    return leaf_of(node) is not None


def operation_of(tensor: Tensor) -> Node | None:
    """Return the node of the operation that made a tensor; None for a leaf."""
    node = tensor.grad_fn
    return None if node is None or accumulates(node) else node


def origin(tensor: Tensor) -> tuple[int, int]:
    """Return what a tensor is the result of: the id of its node, and which of that node's results it is."""
    return id(tensor.grad_fn), getattr(tensor, "output_nr", 0)


def node_name(node: Node) -> str:
    """`MulBackward0`; the class's name for a node without a name."""
    name = getattr(node, "name", "")
    return str(name() if callable(name) else name) or type(node).__name__


def metadata(node: Node) -> Any:
    """Return the shape and type of each result of a node; empty where it does not tell."""
    return getattr(node, "_input_metadata", ())


def is_function(node: Node) -> bool:
    """Return whether a node is that of a `Function`, an operation whose backward rule was written by hand."""
    return hasattr(node, "needs_input_grad")


def shape_of(thing: Any) -> tuple[int, ...]:
    shape = thing.shape if hasattr(thing, "shape") else _array(thing).shape
    return tuple(int(size) for size in shape)


def dtype_of(thing: Any) -> Any:
    """Return the dtype; None where there is none."""
    return getattr(thing, "dtype", None)


def numbers_of(thing: Any, most: int) -> Any:
    """Return a tensor, array or number as a nested list, if it has at most `most` entries and can be read."""
    array = _array(thing)
    count = math.prod(int(size) for size in array.shape)
    if count == 0 or count > most or _is_of_objects(array):
        return None
    try:
        return array.tolist()
    except (RuntimeError, NotImplementedError, TypeError):  # PyTorch's sparse, meta and other special tensors
        return None


def _is_of_objects(array: Any) -> bool:
    return isinstance(array, np.ndarray) and array.dtype.hasobject


def _array(thing: Any) -> Any:
    """Return what has a shape and numbers: the thing itself, else its `data`."""
    if hasattr(thing, "shape") and hasattr(thing, "tolist"):
        return thing
    data = getattr(thing, "data", thing)
    return data if hasattr(data, "shape") and hasattr(data, "tolist") else np.asarray(data)


def detached(gradient: Any) -> Any:
    """Return a gradient without a graph of its own."""
    return gradient.detach() if hasattr(gradient, "detach") else gradient


def age(node: Node) -> int | None:
    """Return a number that grows from node to node as they are made; None where the engine does not count them."""
    return node._sequence_nr() if hasattr(node, "_sequence_nr") else None


def ones_like(tensor: Tensor) -> Any:
    """Return what a bare `backward()` starts with: a tensor if the engine can make one, else an array or a number."""
    shape = shape_of(tensor)
    if hasattr(tensor, "new_ones"):
        return tensor.new_ones(shape)
    return np.ones(shape) if shape else 1.0


def unrecorded() -> ExitStack:
    """Return a block in which neither library records operations."""
    stack = ExitStack()
    stack.enter_context(no_grad())
    if "torch" in sys.modules:
        stack.enter_context(sys.modules["torch"].no_grad())
    return stack
