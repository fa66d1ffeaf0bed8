"""The backward pass: from a result to its leaves, each node once, when all that feeds it has arrived.

Take the newest node that a gradient has reached, ask its rule for the gradients of its inputs, add them to what has
arrived at the inputs' nodes, go on.  The stamps give the order, so there is no recursion and no sort.
"""

from heapq import heappop, heappush, heapreplace
from sys import getrefcount, version_info

import numpy as np
from numpy import ndarray

from .dtypes import BY_NUMPY
from .formulas import sum_to
from .graph import NOWHERE, watched
from .modes import enable_grad, record, recording
from .saved import saved_arrays, saved_tensors
from .tensor import Tensor, wrap
from .versions import edge_of, last_write, mark_written, owner

# As PyTorch does, we write into an array, or keep it, where nobody else holds it: two references, the name and the
# argument of the call that counts.  Python 3.14 counts otherwise: there every array is taken for somebody's.
OURS = 2 if version_info < (3, 14) else -2


def walk(root, g, keep: bool, create_graph: bool, wanted=(), path=None) -> dict:
    """Push the gradient `g` back through the graph from the edge `root`; returns what arrives at the leaves.

    The gradients are arrays, or tensors where the pass is itself recorded (`create_graph`).  With `path`, a set of
    nodes, only those are asked, and what arrives at the edges in `wanted` is returned.  Saved values are freed unless
    `keep`.
    """
    arrived = {root: g}  # edge -> the sum of the gradients that have reached it
    found: dict = {}
    following = root if root.stamp else None  # the newest node reached: a chain of operations never touches the queue
    queue: list = []  # (stamp, node) of the others
    node = None
    last: dict = {}  # node -> the leaves with hooks that have all of their gradient after it
    if watched:
        from ..operations.hooks import call_hooks, last_feeders

        last = last_feeders(root, path)

    while following is not None or queue:
        if last:
            call_hooks(last.pop(node, ()), arrived)
        if following is None:
            node = heappop(queue)[1]
        elif queue and queue[0][0] < following.stamp:
            node = heapreplace(queue, (following.stamp, following))[1]
        else:
            node = following
        following = None

        g = arrived.pop(node)
        if node.hooks is not None or path is not None:
            if path is not None and node in wanted and node in path:
                found[node] = g
            if node.hooks is not None:
                g = node.hooks(g)
            if path is not None:
                if node in wanted:
                    found.setdefault(node, g)
                if node not in path:
                    continue

        uneven = node.uneven
        if create_graph:
            gradients = node.vjp_recorded(g, saved_tensors(node))
        else:
            saved = node.saved
            if saved is None or uneven == 2 or last_write[0] < node.stamp:
                saved = saved_arrays(node, g)
            gradients = node.vjp(g, saved)
        if node.frees and not keep:
            node.saved = None

        if node.single:
            edge = node.edge
            if not uneven and path is None and edge not in arrived:
                arrived[edge] = gradients  # true of most nodes, and half the time of what follows
                if edge.stamp:
                    following = edge
                continue
            gradients = (gradients,)
        edges = node.edges
        if path is not None:
            edges = [edge if edge in path or edge in wanted else None for edge in edges]
        for edge, g in zip(edges, gradients):  # noqa: B905  strict=… would take 60 ns a node
            if edge is None or g is None:
                continue
            if uneven and edge is not NOWHERE:
                if uneven == 2:
                    g = fit(g, edge)
                elif g.shape != edge.shape:
                    g = sum_to(g, edge.shape)
            total = arrived.get(edge)
            if total is None:
                arrived[edge] = g
                stamp = edge.stamp
                if not stamp:
                    continue
                if following is None:
                    following = edge
                elif stamp < following.stamp:
                    heappush(queue, (following.stamp, following))
                    following = edge
                else:
                    heappush(queue, (stamp, edge))
            elif type(total) is ndarray and getrefcount(total) == OURS + 1 and total.base is None:
                total += g  # `arrived` holds it, too, and nobody else
            else:
                arrived[edge] = total + g

    if last:
        call_hooks(last.pop(node, ()), arrived)
    return arrived if path is None else found | {leaf: g for leaf, g in arrived.items() if leaf in wanted}


def fit(g, edge):
    """The gradient of a broadcast or converted input: summed to the input's shape, in the input's type."""
    if g.shape != edge.shape:
        g = sum_to(g, edge.shape)
    if isinstance(g, Tensor):
        return g.to(BY_NUMPY[edge.dtype])
    return g if g.dtype is edge.dtype else g.astype(edge.dtype)


# --- what the user calls


ONE = {np.float32: np.float32(1), np.float64: np.float64(1)}


def seed(output: Tensor, gradient, create_graph: bool):
    """The gradient of one output: 1 for a tensor of one element, else the one that was given."""
    data = output._data
    edge = edge_of(output)
    if edge is None or edge is NOWHERE:
        raise RuntimeError(
            "element 0 of tensors does not require grad and does not have a grad_fn: nothing that it was computed from "
            "was made with requires_grad=True, or the graph was cut on the way, by detach, no_grad, .item() or "
            "torch.tensor()"
        )
    if gradient is None:
        g = ONE.get(type(data))
        if g is not None:
            pass
        elif data.size == 1:
            g = np.ones(data.shape, data.dtype)
        else:
            raise RuntimeError(
                "grad can be implicitly created only for scalar outputs, and this one has shape "
                f"{list(data.shape)}: reduce it to one number, for example with .sum() or .mean(), or pass the vector "
                "to multiply with, backward(v), where v has the same shape"
            )
        return wrap(g, None) if create_graph else g
    if not isinstance(gradient, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if gradient._data.shape != data.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[0] has a shape of {gradient.shape} and output[0] has a shape of "
            f"{output.shape}; the vector must have one entry for each entry of the output"
        )
    if gradient._data.dtype is not data.dtype:
        gradient = gradient.to(output.dtype)
    return gradient if create_graph else gradient._data


def walk_recorded(root, g, keep, wanted=(), path=None) -> dict:
    """The walk as operations on tensors, which are themselves recorded."""
    before = recording()
    record(True)
    try:
        return walk(root, g, keep, True, wanted, path)
    finally:
        record(before)


def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None) -> None:
    """Add the gradients of this tensor with respect to the leaves to the leaves' `.grad`.

    gradient: the vector v, of this tensor's shape, in the product vᵀJ; 1 if left out, which a tensor of one element
    allows. retain_graph: keep the saved values for another pass; create_graph: record the pass, so that its results
    can be differentiated; inputs: fill only these tensors' `.grad`.

    RuntimeError where there is no graph, no scalar and no vector, a vector of another shape, a second pass through
    freed values or a saved value overwritten in place; no `.grad` is changed then.
    """
    if inputs is not None:
        from ..autograd.passes import backward_into

        return backward_into(self, gradient, retain_graph, create_graph, inputs)
    g = seed(self, gradient, create_graph)
    root = self._edge
    arrived = walk_recorded(root, g, retain_graph is not False) if create_graph else walk(root, g, retain_graph, False)
    accumulate(arrived)


Tensor.backward = backward


def accumulate(arrived: dict) -> None:
    """Add what has arrived at the leaves to their `.grad`, and forget it."""
    while arrived:
        edge, g = arrived.popitem()
        if edge.resting:
            continue
        total = edge.grad
        if type(g) is Tensor:  # the pass was recorded
            with enable_grad():
                edge.grad = g.clone() if total is None else total + g
        elif total is None:
            if type(g) is ndarray and (getrefcount(g) != OURS or (g.base is not None and not alone(g))):
                g = g.copy()
            edge.grad = wrap(g, None)
        elif type(total._data) is ndarray and total._data.flags.writeable:
            held = getrefcount(total._data) != OURS or total._data.base is not None
            total._data += g
            mark_written(owner(total._data), held)
        else:
            total._data = total._data + g


def alone(view) -> bool:
    """Does nobody else hold the memory of this view, the transpose of a product, say?  A copy would take 6 % of a
    step of a large network."""
    if type(view.base) is not ndarray or not (view.flags.c_contiguous and view.flags.writeable):
        return False
    return view.base.base is None and view.base.size == view.size and getrefcount(view.base) == OURS
