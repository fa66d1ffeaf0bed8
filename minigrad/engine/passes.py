"""The pass that people call, `Tensor.backward`; `autograd.backward` and `autograd.grad` rest on it.

A plain pass is `backward.walk`.  The pass here does the same and three things more: it calls hooks, it follows only the
paths to the gradients that are wanted (`inputs=`), and it may itself be recorded (`create_graph`).
"""

from heapq import heappop, heappush

import numpy as np

from .. import errors
from .backward import accumulate, adding, walk
from .formulas import zeros_like
from .graph import EVERYTHING, Node
from .modes import recorded
from .rows import on_tensors
from .tensor import UNTRACKED_VIEW, Tensor, wrap
from .versions import check_unwritten, edge_of, last_write

hooked: dict = {}  # the edges that have hooks: a pass looks for them only where there are some


def careful_walk(root, g, retain: bool, create_graph: bool, wanted=None) -> dict:
    """Do what `walk` does, and call hooks; with `wanted`, the edges asked about, return what arrives at them."""
    path, needed = (EVERYTHING, EVERYTHING) if wanted is None else ways_to(wanted, root)
    leaves_after = last_feeders(root, path) if hooked else {}
    arrived: dict = {}
    caught: dict = {}  # what arrived at the nodes that are wanted
    reached: list = []
    receive(root, g, arrived, reached)
    call_hooks([root], arrived)
    while reached:
        node = heappop(reached)[1]
        g = through_hooks(node, arrived.pop(node), path, wanted, caught)
        if node not in path:
            continue
        if last_write[0] < node.stamp:
            check_unwritten(node)
        gradients = node.vjp_recorded(g, needed) if create_graph else node.vjp(g, needed)
        for edge, gradient in zip(node.edges, gradients, strict=True):
            receive(edge if edge in needed else None, gradient, arrived, reached)
        if not retain:
            node.free()
        call_hooks(leaves_after.get(node, ()), arrived)
    return arrived if wanted is None else {edge: g for edge, g in (caught | arrived).items() if edge in wanted}


def through_hooks(node, g, path, wanted, caught: dict):
    """Return what a node's hooks make of its gradient, and note it if wanted; on a path, as it was before the hooks."""
    before = g
    if node.hooks is not None:
        g = node.hooks(g)
    if wanted is not None and node in wanted:
        caught[node] = before if node in path else g
    return g


def receive(edge, gradient, arrived: dict, reached: list) -> None:
    """Add a gradient, if there is one, to what has arrived at an edge, if there is one."""
    if edge is None or gradient is None:
        return
    if edge in arrived:
        arrived[edge] = arrived[edge] + gradient
    else:
        arrived[edge] = gradient
        if not edge.is_leaf:
            heappush(reached, (edge.stamp, edge))


def vjp_recorded(node, g, wanted=EVERYTHING) -> list:
    """As `Node.vjp`, on tensors: what was saved is put back into the graph, and the rules are recorded."""

    def tensor(name, value):
        return wrap(value, node.edge_behind(name)) if isinstance(value, (np.ndarray, np.generic)) else value

    found: list = []
    row = node.row
    for edge, rule, names, saved in zip(node.edges, row.recorded_rules, row.takes, node.saved, strict=True):
        if edge is None or edge not in wanted:
            found.append(None)
        elif len(names) > 1:
            found.append(rule(g, tuple(map(tensor, names, saved))))
        else:
            found.append(rule(g, tensor(names[0], saved) if names else saved))
    return found


Node.vjp_recorded = vjp_recorded


def call_hooks(edges, arrived: dict) -> None:
    """Call the hooks of leaves at which all of their gradient has arrived."""
    for leaf in edges:
        if leaf.is_leaf and leaf.hooks is not None and leaf in arrived:
            arrived[leaf] = leaf.hooks(arrived[leaf])


def last_feeders(root, path) -> dict:
    """For nodes, the leaves with hooks whose oldest feeder they are: after it nothing more arrives there."""
    oldest: dict = {}
    seen, stack = {root}, [root]
    while stack:
        node = stack.pop()
        for edge in node.edges if node in path else ():
            if edge is None:
                continue
            if edge.is_leaf:
                if edge.hooks is not None and (edge not in oldest or oldest[edge].stamp < node.stamp):
                    oldest[edge] = node
            elif edge not in seen:
                seen.add(edge)
                stack.append(edge)
    return {node: [e for e in dict.fromkeys(node.edges) if oldest.get(e) is node] for node in oldest.values()}


def ways_to(wanted, root) -> tuple[set, set]:
    """Return the nodes on a path to one of `wanted`, whose rules are called; and the same together with `wanted`."""
    path: set = set()
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
    return path, {*path, *wanted}


def arriving(root, g, retain_graph, create_graph: bool, wanted=None) -> dict:
    """Return what arrives at the edges in `wanted`, or at the leaves where that is None."""
    retain = create_graph if retain_graph is None else bool(retain_graph)
    if create_graph:
        with recorded(True):
            return careful_walk(root, g, retain, True, wanted)
    if hooked or wanted is not None:
        return careful_walk(root, g, retain, False, wanted)
    return walk(root, g, retain)


def accumulate_recorded(arrived: dict) -> None:
    """As `accumulate`, of tensors, after a pass that was recorded."""
    errors.warn_of_cycle()
    with recorded(True):
        for edge, g in arrived.items():
            if edge.is_leaf and not edge.frozen:
                with adding:
                    edge.grad = on_tensors["copy"](zeros_like(g), g) if edge.grad is None else edge.grad + g
                if edge.after is not None:
                    edge.after(edge.variable)


# --- where it starts


def seed(output: Tensor, gradient, create_graph: bool):
    """Return the gradient of one output: 1 for a tensor of one element, else the one that was given."""
    data = output._data
    edge = edge_of(output)
    if edge is None or edge is UNTRACKED_VIEW:
        raise errors.no_graph()
    if gradient is None:
        if data.size != 1:
            raise errors.no_scalar(data.shape)
        g = np.ones(data.shape, data.dtype) if type(data) is np.ndarray else type(data)(1)
        return wrap(g, None) if create_graph else g
    if not isinstance(gradient, Tensor) or gradient._data.shape != data.shape:
        raise errors.wrong_vector(gradient, output)
    if gradient._data.dtype is not data.dtype:
        gradient = gradient.to(output.dtype)
    return gradient if create_graph else gradient._data


def edges_of(tensors) -> dict:
    """Return the edges at which to catch gradients, in order."""
    for index, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor) or edge_of(tensor) is None:
            raise errors.no_edge(tensor, index)
    return dict.fromkeys(tensor._edge for tensor in tensors)


# --- what people call


def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None) -> None:
    """Add the gradients of this tensor with respect to the leaves to the leaves' .grad.

    gradient: the vector v, of this tensor's shape, in the product vᵀJ; 1 if left out, which a tensor of one element
    allows. retain_graph: keep the saved values for another pass; create_graph: record the pass, so that its results
    can be differentiated; inputs: fill only these tensors' .grad.
    Errors: RuntimeError without a graph, for several elements without a vector, for a vector of another shape, a second
    pass through freed values, or a saved value overwritten in place; no .grad is changed then.

    >>> x = torch.tensor([1., 2.], requires_grad=True)
    >>> (x ** 3).sum().backward()
    >>> x.grad
    tensor([ 3., 12.])
    """
    g = seed(self, gradient, create_graph)
    wanted = None if inputs is None else edges_into(inputs)
    add_up = accumulate_recorded if create_graph else accumulate
    add_up(arriving(self._edge, g, retain_graph, create_graph, wanted))


Tensor.backward = backward  # type: ignore[method-assign]


def edges_into(inputs) -> dict:
    """Return the edges of the tensors whose `.grad` alone is to be filled."""
    inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    if not inputs:
        raise errors.no_inputs()
    for tensor in inputs:
        if isinstance(tensor, Tensor) and not tensor.is_leaf:
            tensor.retain_grad()
    return edges_of(inputs)
