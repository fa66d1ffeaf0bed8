"""What a node shows: the values it saved under PyTorch's names, the shapes and types of its results;
and what it does when it is called as a function."""

import math
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from .. import dtypes
from ..engine.backward import accumulate
from ..engine.graph import Handwritten, Node
from ..engine.modes import recording
from ..engine.rows import rows
from ..engine.tensor import AccumulateGrad, Tensor, wrap
from ..engine.versions import edge_of
from ..hooks import Retain
from ..numbers import number_of
from .joining import CatBackward0, SplitBackward0, SplitWithSizesBackward0, StackBackward0, UnbindBackward0
from .several import Gathered

_Node: Any = Node  # for a type checker: what follows adds to the classes
_AccumulateGrad: Any = AccumulateGrad
_Tensor: Any = Tensor


# --- what was saved


def keeps_dims(node) -> bool:
    """Return True if a sum or a mean along dimensions kept them, with size 1."""
    before = saved_value(node, "self_sym_sizes")
    return bool(before) and len(before) == len(node.shape)


def size_before(node) -> int:
    """Return how many elements were averaged over, in all means together."""
    return math.prod(saved_value(node, "self_sym_sizes"))


# What PyTorch's nodes show where these saved nothing: arguments that an operation here does not have or was not given,
# and what follows from the rest.
BESIDES: dict[str, dict[str, Any]] = {
    "AddBackward0": {"alpha": 1},
    "AddmmBackward0": {"alpha": 1, "beta": 1},
    "AmaxBackward0": {"dim": ()},
    "AminBackward0": {"dim": ()},
    "BinaryCrossEntropyWithLogitsBackward0": {"pos_weight": None, "weight": None},
    "EluBackward0": {"input_scale": 1, "scale": 1},
    "EluBackward1": {"input_scale": 1, "scale": 1},
    "IndexPutBackward0": {"accumulate": False},
    "MeanBackward1": {"keepdim": keeps_dims, "self_sym_numel": size_before},
    "NllLossBackward0": {"ignore_index": 2**64 - 100, "weight": None},
    "RsubBackward1": {"alpha": 1},
    "SubBackward0": {"alpha": 1},
    "SumBackward1": {"keepdim": keeps_dims},
}


def shown_name(row, name: str) -> str | None:
    """Return what PyTorch's node calls a value that the row saves; None for one that it does not show."""
    return row.saved_as[name] if name in row.saved_as else row.pytorch_name(name)


def saved_names(kind: type[Node]) -> list[str]:
    """Return the names of what PyTorch's node for the operation saves, also where a node here need not save it."""
    every = list(kind.names) if issubclass(kind, Handwritten) else []
    for row in rows.values():
        if row.node == kind.__name__:
            every += [shown_name(row, name) for names in row.prepare().takes for name in names]
    every += BESIDES.get(kind.__name__, ())
    return [name for name in dict.fromkeys(every) if name is not None]


def saved_value(node, name: str):
    """Return a saved value: a tensor in the graph where it was one, otherwise a number or a tuple; None if it was not
    needed."""
    if node.row is not None and node.row.is_used_up:
        raise RuntimeError(
            f"Trying to access the values that {node.name()} saved after they have been freed by a backward pass: "
            "look before calling backward(), or call backward(retain_graph=True)"
        )
    value, edge = saved_here(node).get(name, (None, None))
    if value is None:
        besides = BESIDES.get(type(node).__name__, {}).get(name)
        return besides(node) if callable(besides) else besides
    if name in ("other", "vec", "mat2", "tensor") and number_of(value) is not None:
        number = number_of(value)
        return wrap(np.asarray(number, np.float64 if isinstance(number, float) else None), None)
    if name == "indices" and isinstance(value, tuple):
        return tuple(wrap(v, None) if isinstance(v, np.ndarray) else None if v == slice(None) else v for v in value)
    if not isinstance(value, (np.ndarray, np.generic)):
        return value
    if type(edge) is AccumulateGrad and edge.data is value:
        return edge.variable
    return wrap(value, edge)


def saved_here(node) -> dict[str | None, tuple]:
    """Return what this node saved: by PyTorch's name the value, and the edge of the tensor that it was."""
    if isinstance(node, Handwritten):
        return {name: (value, None) for name, value in zip(node.names, node.saved, strict=False)}
    return {shown_name(node.row, name): (value, edge) for name, value, edge in node.saved_items()}


def show_saved(kind: type[Node]) -> None:
    """Give a class of nodes the attributes `_saved_…` that PyTorch's nodes of that name have."""
    for name in saved_names(kind):
        setattr(kind, f"_saved_{name}", property(partial(saved_value, name=name)))


# --- results


class Kind(NamedTuple):
    """The shape and the type of a result."""

    shape: tuple
    dtype: np.dtype


class InputMetadata:
    """The shape and the type of one result of a node, whose gradient is an input of the node's backward pass."""

    __slots__ = ("dtype", "shape")

    def __init__(self, result):
        self.shape, self.dtype = list(result.shape), dtypes.BY_NUMPY[result.dtype]


def results(node) -> list:
    """Return the shape and the type of each result of a node."""
    if isinstance(node, UnbindBackward0):
        _, count, shape = node.saved
        return [Kind(shape, node.dtype)] * count
    if isinstance(node, SplitBackward0):
        dim, sizes, shape = node.saved
        return [Kind((*shape[:dim], size, *shape[dim + 1 :]), node.dtype) for size in sizes]
    return [node]


# --- called


def _call(node, *gradients):
    """Apply the node's rule to the gradient of each result, or None; return the gradients of its inputs, in order.

    TypeError for another number of gradients, and for anything that is not a tensor.
    """
    count, into = len(node._input_metadata), len(node.next_functions)
    if len(gradients) != count:
        raise TypeError(
            f"{node.name()} expected {count} arguments, got {len(gradients)} instead: a gradient, or None, for each "
            "result of the operation"
        )
    for place, g in enumerate(gradients):
        if g is not None and not isinstance(g, Tensor):
            raise TypeError(f"argument {place} is not a Variable: {node.name()} takes tensors, not {type(g).__name__}")
    arrived = Gathered({place: g for place, g in enumerate(gradients) if g is not None})
    gathers = count > 1 or isinstance(node, (SplitBackward0, UnbindBackward0))  # those also where they made one piece
    sent = apply(node, arrived if gathers else gradients[0]) if arrived else [None] * into
    return sent[0] if into == 1 else tuple(sent)


def apply(node, g) -> list:
    """Return what the node sends to each of its inputs for the gradient that has arrived: tensors, or None."""
    if recording():
        given = node.vjp_recorded(g)
    else:
        g = Gathered({place: part._data for place, part in g.items()}) if isinstance(g, Gathered) else g._data
        given = node.vjp(g)
    return [part if part is None or isinstance(part, Tensor) else wrap(part, None) for part in given]


def _accumulate(edge, g):
    """Add a gradient to the leaf's .grad, at the end of the line."""
    accumulate({edge: g._data})
    return ()


def _not_pickled(node, protocol):
    raise TypeError(f"cannot pickle {type(node).__name__!r} object: a pickle keeps numbers, not how they were computed")


_Node.__reduce_ex__ = _AccumulateGrad.__reduce_ex__ = _not_pickled
_AccumulateGrad.__call__ = _accumulate
_Node.__call__ = _call
_Node._input_metadata = property(lambda node: tuple(InputMetadata(result) for result in results(node)))
_AccumulateGrad._input_metadata = property(lambda node: (InputMetadata(node),))
_Node._sequence_nr = lambda node: -1 - node.stamp
_AccumulateGrad._sequence_nr = lambda edge: 2**64 - 1
_Node.metadata = property(lambda node: {})
_Node.requires_grad = _AccumulateGrad.requires_grad = property(lambda node: True)


def _backward_hooks(self):
    """Return the hooks of a tensor by their numbers, None if there are none."""
    hooks = [hook for hook in getattr(edge_of(self), "hooks", None) or () if type(hook) is not Retain]
    return dict(enumerate(hooks)) or None


_Tensor._backward_hooks = property(_backward_hooks)

_Node.__init_subclass__ = classmethod(show_saved)  # the classes of rows are made when they are first needed
for kind in (CatBackward0, StackBackward0, SplitBackward0, SplitWithSizesBackward0, UnbindBackward0):
    show_saved(kind)
