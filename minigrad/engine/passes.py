"""The pass that people call, `Tensor.backward`; `autograd.backward` and `autograd.grad` rest on it.

A plain pass is `backward.walk`.  The other pass, here, does the same and three things besides: it calls hooks, it goes
only where the gradients that are wanted lie (`inputs=`), and it may itself be recorded (`create_graph`).
"""

from heapq import heappop, heappush

import numpy as np

from .. import errors
from .backward import accumulate, walk
from .graph import Node
from .hooks import hooked, last_feeders
from .modes import recorded
from .tensor import UNTRACKED_VIEW, Tensor, wrap
from .versions import check_unwritten, edge_of, last_write

# --- the pass


def careful_walk(root, g, keep: bool, create_graph: bool, wanted=None) -> dict:
    """As `walk`, with hooks; with `wanted`, the edges whose gradients are asked for, returns what arrives at these."""
    path = None if wanted is None else paths_to(wanted, root)
    needed = None if path is None else {*path, *wanted}
    arrived, found = {root: g}, {}
    leaves_after = last_feeders(root, path) if hooked else {}
    reached = []
    if root.is_leaf:
        call_hooks([root], arrived)
    else:
        reached.append((root.stamp, root))
    while reached:
        node = heappop(reached)[1]
        g = arrived.pop(node)
        if path is not None and node in wanted and node in path:
            found[node] = g  # what is wanted on the way to others is what arrives, before the hooks
        if node.hooks is not None:
            g = node.hooks(g)
        if path is not None and node not in path:
            found[node] = g
            continue
        if last_write[0] < node.stamp:
            check_unwritten(node)
        gradients = node.vjp_recorded(g, needed) if create_graph else node.vjp(g, needed)
        for edge, gradient in zip(node.edges, gradients, strict=True):
            if edge is None or gradient is None or (needed is not None and edge not in needed):
                continue
            if edge in arrived:
                arrived[edge] = arrived[edge] + gradient
            else:
                arrived[edge] = gradient
                if not edge.is_leaf:
                    heappush(reached, (edge.stamp, edge))
        if not keep:
            node.free()
        call_hooks(leaves_after.get(node, ()), arrived)
    return arrived if wanted is None else found | {leaf: g for leaf, g in arrived.items() if leaf in wanted}


def vjp_recorded(node, g, wanted=None) -> list:
    """As `Node.vjp`, on tensors: what was saved is put back into the graph, and the rules are recorded."""
    row = node.row
    return [
        None
        if edge is None or (wanted is not None and edge not in wanted)
        else rule(g, saved_tensors(node, names, saved))
        for edge, rule, names, saved in zip(node.edges, row.recorded_rules, row.takes, node.saved, strict=True)
    ]


Node.vjp_recorded = vjp_recorded


def saved_tensors(node, names, saved):
    """What was saved for one rule, its arrays as tensors."""
    if len(names) > 1:
        return tuple([saved_tensor(node, name, value) for name, value in zip(names, saved, strict=True)])
    return saved_tensor(node, names[0], saved) if names else None


def saved_tensor(node, name, value):
    return wrap(value, node.edge_behind(name)) if isinstance(value, (np.ndarray, np.generic)) else value


def call_hooks(leaves, arrived: dict) -> None:
    for leaf in leaves:
        if leaf in arrived and leaf.hooks is not None:
            arrived[leaf] = leaf.hooks(arrived[leaf])


def paths_to(wanted, root) -> set:
    """The nodes reachable from `root` from which a gradient flows on to one of `wanted`: only their rules are asked."""
    path = set()
    seen = {root}
    stack = [(root, iter(root.edges))]
    while stack:
        edge, inputs = stack[-1]
        for following in inputs:
            if following is not None and following not in seen:
                seen.add(following)
                stack.append((following, iter(following.edges)))
                break
        else:
            stack.pop()
            if any(following in path or following in wanted for following in edge.edges):
                path.add(edge)
    return path


def arriving(root, g, retain_graph, create_graph: bool, wanted=None) -> dict:
    """What arrives at the edges in `wanted`, or at the leaves where that is None."""
    keep = create_graph if retain_graph is None else bool(retain_graph)
    if create_graph:
        with recorded(True):
            return careful_walk(root, g, keep, True, wanted)
    if hooked or wanted is not None:
        return careful_walk(root, g, keep, False, wanted)
    return walk(root, g, keep)


# --- where it starts

ONE = {np.float32: np.float32(1), np.float64: np.float64(1)}


def seed(output: Tensor, gradient, create_graph: bool):
    """The gradient of one output: 1 for a tensor of one element, else the one that was given."""
    data = output._data
    edge = edge_of(output)
    if edge is None or edge is UNTRACKED_VIEW:
        raise errors.no_graph()
    if gradient is None:
        g = ONE.get(type(data))
        if g is None:
            if data.size != 1:
                raise errors.no_scalar(data.shape)
            g = np.ones(data.shape, data.dtype)
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


def edges_of(tensors) -> dict:
    """The edges at which to catch gradients, in order."""
    for index, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise RuntimeError(f"gradients are with respect to tensors, not {type(tensor).__name__}")
        if edge_of(tensor) is None:
            raise RuntimeError(
                f"One of the differentiated Tensors does not require grad: the one at index {index}. Make it with "
                "requires_grad=True before it is used"
            )
    return dict.fromkeys(tensor._edge for tensor in tensors)


# --- what people call


def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None) -> None:
    """Add the gradients of this tensor with respect to the leaves to the leaves' `.grad`.

    gradient: the vector v, of this tensor's shape, in the product vᵀJ; 1 if left out, which a tensor of one element
    allows. retain_graph: keep the saved values for another pass; create_graph: record the pass, so that its results
    can be differentiated; inputs: fill only these tensors' `.grad`.

    RuntimeError where there is no graph, no scalar and no vector, a vector of another shape, a second pass through
    freed values or a saved value overwritten in place; no `.grad` is changed then.
    """
    g = seed(self, gradient, create_graph)
    wanted = None if inputs is None else edges_into(inputs)
    accumulate(arriving(self._edge, g, retain_graph, create_graph, wanted))


Tensor.backward = backward  # type: ignore[method-assign]


def edges_into(inputs) -> dict:
    """The edges of the tensors whose `.grad` alone is to be filled."""
    inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    if not inputs:
        raise RuntimeError(
            "`inputs` argument to `backward()` cannot be empty: name tensors, or leave it out to reach all leaves"
        )
    for tensor in inputs:
        if isinstance(tensor, Tensor) and not tensor.is_leaf:
            tensor.retain_grad()
    return edges_of(inputs)
