"""The backward pass: from a result to its leaves, each node once, after everything that feeds it has arrived.

Take the newest node that a gradient has reached, ask it for the gradients of its inputs, add them to what has arrived
there, go on.  The stamps give the order, so there is no recursion and no sort.
"""

import sys
from heapq import heappop, heappush
from threading import Lock

from numpy import ndarray

from .tensor import wrap
from .versions import check_unwritten, last_write, mark_written, owner


def walk(root, g, retain: bool = False) -> dict:
    """Send the gradient g back through the graph from the node `root`; return what arrives at the leaves.

    Saved values are freed on the way unless `retain`.
    """
    arrived = {root: g}  # edge -> the sum of the gradients that have reached it
    reached = [] if root.is_leaf else [(root.stamp, root)]  # the nodes among them, a heap: the newest comes first
    while reached:
        node = heappop(reached)[1]
        if last_write[0] < node.stamp:
            check_unwritten(node)
        for edge, gradient in node.send(arrived.pop(node)):
            if gradient is None:
                continue
            if edge not in arrived:
                arrived[edge] = gradient
                if not edge.is_leaf:
                    heappush(reached, (edge.stamp, edge))
            elif unshared(arrived[edge]):
                arrived[edge] += gradient
            else:
                arrived[edge] = arrived[edge] + gradient
        if not retain:
            node.free()
    return arrived


# CPython counts references, so an array that only the pass holds can become a `.grad` without a copy.  From 3.14
# on, and without the interpreter's lock, the count says less: there every array counts as shared.
COUNTED = sys.version_info < (3, 14) and getattr(sys, "_is_gil_enabled", lambda: True)()


def unshared(array: ndarray) -> bool:
    """Return True if the caller alone, with one reference, holds the array and its memory: it may be written."""
    if not COUNTED or type(array) is not ndarray or sys.getrefcount(array) > 3:  # the caller's, ours, and getrefcount's
        return False
    base = array.base
    if base is None:
        return True
    whole = array.flags.c_contiguous and array.flags.writeable and type(base) is ndarray and base.base is None
    return whole and base.size == array.size and sys.getrefcount(base) == 3  # the view's, ours, and getrefcount's


adding = Lock()  # several threads may add to one `.grad`


def accumulate(arrived: dict) -> None:
    """Add what has arrived at the leaves to their `.grad`, and forget it."""
    while arrived:
        edge, g = arrived.popitem()
        if not edge.is_leaf or edge.frozen:
            continue
        with adding:
            total = edge.grad
            if total is None:
                edge.grad = wrap(g.copy() if type(g) is ndarray and not unshared(g) else g, None)
            elif type(total._data) is ndarray and total._data.flags.writeable:
                held = not unshared(total._data)
                total._data += g
                mark_written(owner(total._data), held)
            else:
                total._data = total._data + g
        if edge.after is not None:
            edge.after(edge.variable)
