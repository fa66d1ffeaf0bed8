"""What a node saved for the backward pass, once it is certain that it is still there and still what it was."""

import numpy as np

from .graph import OUT
from .tensor import wrap
from .versions import last_write, owner, written


def checked(node) -> tuple:
    """What the node saved, once it is certain that it is still there and still what it was."""
    if node.saved is None:
        raise RuntimeError(
            f"Trying to backward through the graph a second time: {node.name()} has already freed the values that it "
            "saved. Compute the result again for every backward pass; where one graph really must serve twice, call "
            "backward(retain_graph=True) the first time."
        )
    if last_write[0] < node.stamp:
        check_unwritten(node)
    return node.values


def saved_arrays(node, g):
    """The saved values for the rule on arrays: numbers of another type in the type of the result."""
    values = checked(node)
    if node.uneven == 2:
        values = tuple(cast(value, g.dtype) for value in values)
    return values[0] if node.bare else values


def cast(value, dtype):
    return value.astype(dtype) if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fi" else value


def saved_tensors(node):
    """The saved values for the rule on tensors: the arrays put back into the graph."""
    values = []
    for role, value in zip(node.roles, checked(node), strict=True):
        if isinstance(value, (np.ndarray, np.generic)):
            value = wrap(value, None if role is None else node if role < 0 else node.edges[role])
        values.append(value)
    return values[0] if node.bare else tuple(values)


def check_unwritten(node) -> None:
    """Refuse to use saved values that an in-place operation has overwritten since."""
    for role, value in zip(node.roles, node.values, strict=True):
        if type(value) is np.ndarray:
            thing = value if value.base is None else owner(value)
        elif role is None:
            continue
        else:
            thing = node if role is OUT else node.edges[role]
        record = written.get(id(thing))
        if record is not None and record[0] < node.stamp:
            shape = list(value.shape)
            which = "its own result" if role is OUT else "an input"
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an inplace operation: "
                f"{node.name()} saved {which}, of shape {shape}, which was written to afterwards. "
                "Write y = y + 1 in place of y += 1, or change the tensor before it is used."
            )
