"""What a node shows to those who look: the values it saved under PyTorch's names, and the shape and type of its
result."""

from typing import Any

import numpy as np

from ..engine import dtypes
from ..engine.backward import accumulate
from ..engine.graph import AccumulateGrad, Node
from ..engine.modes import recording
from ..engine.numbers import number_of
from ..engine.saved import saved_arrays, saved_tensors
from ..engine.tensor import Tensor, wrap

_Node: Any = Node  # for a type checker: what follows adds to the classes
_AccumulateGrad: Any = AccumulateGrad


def saved_names(node) -> list[str]:
    """The names of what the node's operation saves, also of what this node did not need to save."""
    every: list[str] = []
    for kind in (type(node), *type(node).variants):
        every += [name for name in kind.names if name not in every]
    return every


def saved_value(node, name: str):
    """A saved value: a tensor in the graph where it was one, otherwise a number or a tuple; None if it was not
    needed."""
    if name not in node.names:
        return None
    if node.saved is None:
        raise RuntimeError(
            f"Trying to access the values that {node.name()} saved after they have been freed by a backward pass: "
            "look before calling backward(), or call backward(retain_graph=True)"
        )
    position = node.names.index(name)
    value, role = node.saved[position], node.roles[position]
    if name in ("other", "vec", "mat2", "tensor") and number_of(value) is not None:
        number = number_of(value)
        return wrap(np.asarray(number, np.float64 if isinstance(number, float) else None), None)
    if not isinstance(value, (np.ndarray, np.generic)):
        return tuple(wrap(v, None) if isinstance(v, np.ndarray) else v for v in value) if name == "indices" else value
    if role is None:
        return wrap(value, None)
    edge = node if role < 0 else node.edges[role]
    if type(edge) is AccumulateGrad and edge.data is value:
        return edge.variable
    return wrap(value, edge)


def _getattr(node, name: str):
    if name.startswith("_saved_") and name[7:] in saved_names(node):
        return saved_value(node, name[7:])
    raise AttributeError(f"{type(node).__name__!r} object has no attribute {name!r}")


def _dir(node):
    return [*object.__dir__(node), *("_saved_" + name for name in saved_names(node))]


class InputMetadata:
    """The shape and the type of a node's result, which is the input of its backward pass."""

    __slots__ = ("dtype", "shape")

    def __init__(self, node):
        self.shape, self.dtype = list(node.shape), dtypes.BY_NUMPY[node.dtype]


def _call(node, *gradients):
    """The node's rule, applied to the gradient of its result: the gradients of its inputs, in order."""
    g = gradients[0]
    given = node.vjp_recorded(g, saved_tensors(node)) if recording() else node.vjp(g._data, saved_arrays(node, g._data))
    if node.single and node.live is not None and len(node.live) == 2:  # x * x: one gradient for both inputs together
        given = (given * 0.5,) * 2
    elif node.single:
        given = (given,)
    results: list = [None] * len(node.next_functions)
    for position, g in zip(node.live or range(len(given)), given, strict=True):
        results[position] = g if g is None or isinstance(g, Tensor) else wrap(g, None)
    return results[0] if len(results) == 1 else tuple(results)


def _accumulate(edge, g):
    """What the end of the line does with a gradient: add it to the leaf's .grad."""
    accumulate(edge, g._data, {id(g._data)})
    return ()


_AccumulateGrad.__call__ = _accumulate
_Node.__call__ = _call
_Node.__getattr__ = _getattr
_Node.__dir__ = _dir
_Node._input_metadata = property(lambda node: (InputMetadata(node),))
_AccumulateGrad._input_metadata = property(lambda node: (InputMetadata(node),))
_Node.metadata = property(lambda node: {})
_Node.requires_grad = _AccumulateGrad.requires_grad = property(lambda node: True)
