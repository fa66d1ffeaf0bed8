"""Who wrote what, and when: the versions of memory.

Of every memory that was written in place (or, for a result that is a NumPy scalar, of its edge) we keep the stamp of
the last write and the number of writes.  Saved memory that was written after its node was made has lost the value
that the backward pass needs.  This costs nothing while nothing is written.
"""

import weakref
from typing import Any

import numpy as np

from ..errors import overwritten
from .graph import next_stamp

# By the id of the memory's owner: the stamp of the last write, how many there were, and a weak reference.
written: dict[int, list] = {}
last_write = [0]  # the stamp of the last write of all: whatever is newer need not be checked

# A scalar that has become an array, so that its memory can be shared: whoever saved the scalar knows it by its edge.
scalars: dict[int, tuple] = {}


def mark_scalar(array, edge) -> None:
    """Remember that the array is what the scalar result of `edge` has become."""
    key = id(array)
    scalars[key] = weakref.ref(array, lambda _: scalars.pop(key, None)), weakref.ref(edge)


def owner(array: np.ndarray) -> np.ndarray:
    """Return the array whose memory this one shows; views of one owner share its version."""
    while type(array.base) is np.ndarray:
        array = array.base
    return array


def mark_written(thing, held: bool = True) -> None:
    """Count a write; held: whether a node may have saved the memory."""
    key = id(thing)
    if key in scalars:
        edge = scalars[key][1]()
        if edge is not None:
            mark_written(edge)
    stamp = next_stamp()
    if held:
        last_write[0] = stamp
    record = written.get(key)
    if record is None:
        written[key] = [stamp, 1, weakref.ref(thing, lambda _: written.pop(key, None))]
    else:
        record[0] = stamp
        record[1] += 1


def check_unwritten(node, saved=None) -> None:
    """Refuse to use what a node saved, where an in-place operation has written it since."""
    for _, value, edge in node.saved_items() if saved is None else saved:
        thing: Any = owner(value) if type(value) is np.ndarray else edge
        record = written.get(id(thing))
        if record is not None and record[0] < node.stamp:
            raise overwritten(node, "its own result" if edge is node else "an input", value.shape)


# --- the history of what was written

# Tensors whose history was changed in place. Their views learn of it when they are next used; operations look only
# while there are such tensors.
rebased: dict[int, weakref.ref] = {}


def edge_of(tensor):
    """Return where the tensor's gradient goes: None, a Node, or an AccumulateGrad."""
    if rebased:
        refresh(tensor)
    return tensor._edge


def refresh(tensor) -> None:
    """Give a view its new history, after its base was changed in place."""
    view = tensor._view
    if view is not None and view.base._edge is not view.edge_then and id(view.base) in rebased:
        tensor._renew()
