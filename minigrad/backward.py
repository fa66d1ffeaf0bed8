"""The backward pass: from a result to its leaves, each node once, when all that feeds it has arrived.

Take the newest node that a gradient has reached, ask its rule for the gradients of its inputs, add them to what has
arrived at the inputs' nodes, go on.  The stamps give the order, so there is no recursion and no sort.
"""

from heapq import heappop, heappush, heappushpop

import numpy as np

from .dtypes import BY_NUMPY
from .graph import AccumulateGrad, check_unwritten, mark_written, owner, written
from .formulas import sum_to
from .modes import record, recording
from .tensor import Tensor, edge_of, wrap


def walk(seeds, keep: bool, create_graph: bool, wanted=None):
    """Push gradients back through the graph from `seeds`, pairs (edge, gradient).

    The gradients are arrays, or tensors where the pass is itself recorded (`create_graph`).  Returns what arrived: of the
    edges in `wanted`, or else of the leaves.  Nothing is written outside, but that saved values are freed unless `keep`.
    """
    arrived: dict = {}  # edge -> the sum of the gradients that have reached it
    ours = set()  # edges whose sum was made here, so that it may be added to in place
    queue: list = []  # (stamp, node) of the nodes reached, newest first
    found: dict = {}
    path = None if wanted is None else paths_to(wanted, [edge for edge, _ in seeds])
    for edge, g in seeds:
        if edge in arrived:
            arrived[edge] = arrived[edge] + g
        else:
            arrived[edge] = g
            if edge.stamp:
                heappush(queue, (edge.stamp, edge))
    node = heappop(queue)[1] if queue else None

    while node is not None:
        g = arrived.pop(node)
        if node.hooks is not None:
            g = call_hooks(node, g)
        if path is not None:
            if node in wanted:
                found[node] = g
            if node not in path:
                node = heappop(queue)[1] if queue else None
                continue
        saved = node.saved
        if saved is None:
            raise RuntimeError(
                f"Trying to backward through the graph a second time: {node.name()} has already freed the values that "
                "it saved. Compute the result again for every backward pass; where one graph really must serve twice, "
                "call backward(retain_graph=True) the first time."
            )
        if written:
            check_unwritten(node)
        if create_graph:
            gradients = node.vjp_recorded(g, saved_tensors(node, g))
        elif node.uneven == 2:
            gradients = node.vjp(g, tuple(cast(value, g.dtype) for value in saved))
        else:
            gradients = node.vjp(g, saved)
        if node.frees and not keep:
            node.saved = None

        following = None  # the newest so far; a chain of operations never touches the queue
        edges = node.edges
        if node.single:
            edge = edges[0]
            if not node.uneven and path is None and edge.stamp and edge not in arrived:
                arrived[edge] = gradients  # half the time of what follows, and true of most nodes
                following = edge
                edges = gradients = ()
            else:
                gradients = (gradients,)
        for edge, g in zip(edges, gradients):
            if edge is None or g is None or (path is not None and edge not in path and edge not in wanted):
                continue
            if node.uneven:
                g = fit(g, edge)
            if edge in arrived:
                if edge in ours:
                    arrived[edge] += g
                else:
                    arrived[edge] = arrived[edge] + g
                    if not create_graph:
                        ours.add(edge)
            else:
                arrived[edge] = g
                if edge.stamp:
                    if following is None:
                        following = edge
                    else:
                        heappush(queue, (edge.stamp, edge))
        if not queue:
            node = following
        elif following is None:
            node = heappop(queue)[1]
        else:
            node = heappushpop(queue, (following.stamp, following))[1]

    for leaf, g in arrived.items():
        if wanted is None or leaf in wanted:
            found[leaf] = g if leaf.hooks is None else call_hooks(leaf, g)
    return found


def paths_to(wanted, roots) -> set:
    """The nodes reachable from `roots` from which a gradient flows on to one of `wanted`: only their rules are asked."""
    path = set()
    seen = set(roots)
    stack = [(edge, iter(edge.edges)) for edge in seen]
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


def call_hooks(edge, g):
    tensor = g if isinstance(g, Tensor) else wrap(g, None)
    shape = tensor._data.shape
    before = recording()
    record(isinstance(g, Tensor))
    try:
        for hook in edge.hooks:
            result = hook(tensor)
            if result is None:
                continue
            if not isinstance(result, Tensor):
                raise TypeError(f"expected hook to return a Tensor or None, but it returned {type(result).__name__}")
            if result._data.shape != shape:
                raise RuntimeError(
                    f"hook has changed the size of value: {list(shape)} before, {list(result.shape)} after"
                )
            tensor = result
    finally:
        record(before)
    return tensor if isinstance(g, Tensor) else tensor._data


def saved_tensors(node, g) -> tuple:
    """The saved arrays put back into the graph, for a pass that is itself recorded."""
    values = []
    for role, value in zip(node.roles, node.saved, strict=True):
        if isinstance(value, (np.ndarray, np.generic)):
            value = wrap(value, None if role is None else node if role < 0 else node.edges[role])
        values.append(value)
    return tuple(values)


def cast(value, dtype):
    """A saved number in the type of the result, in which the derivative is computed as well."""
    return value.astype(dtype) if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fi" else value


def fit(g, edge):
    """The gradient of a broadcast or converted input: summed to the input's shape, in the input's type."""
    data = g._data if isinstance(g, Tensor) else g
    if data.shape != edge.shape:
        g = sum_to(g, edge.shape)
    if data.dtype != edge.dtype:
        g = g.to(BY_NUMPY[edge.dtype]) if isinstance(g, Tensor) else g.astype(edge.dtype)
    return g


# --- what the user calls


def seed(output: Tensor, gradient, create_graph: bool):
    """The gradient from which a pass starts: 1 for a tensor of one element, else the one that was given."""
    data = output._data
    if edge_of(output) is None:
        raise RuntimeError(
            "element 0 of tensors does not require grad and does not have a grad_fn: nothing that it was computed from "
            "was made with requires_grad=True, or it was computed under no_grad or after detach"
        )
    if gradient is None:
        if data.size != 1:
            raise RuntimeError(
                "grad can be implicitly created only for scalar outputs, and this one has shape "
                f"{list(data.shape)}: reduce it to one number, for example with .sum() or .mean(), or pass the vector to "
                "multiply with, backward(v), where v has the same shape"
            )
        if not data.shape:
            g = data.dtype.type(1)
        else:
            g = np.empty(data.shape, data.dtype)
            g.fill(1)
        return wrap(g, None) if create_graph else g
    if not isinstance(gradient, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if gradient._data.shape != data.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[0] has a shape of {gradient.shape} and output[0] has a shape of "
            f"{output.shape}; the vector must have one entry for each entry of the output"
        )
    if gradient._data.dtype != data.dtype:
        gradient = gradient.to(output.dtype)
    return gradient if create_graph else gradient._data


def pairs(outputs, gradients, create_graph):
    outputs = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    gradients = [gradients] if gradients is None or isinstance(gradients, Tensor) else list(gradients)
    if gradients == [None]:
        gradients *= len(outputs)
    if len(gradients) != len(outputs):
        raise RuntimeError(
            f"got {len(outputs)} tensors and {len(gradients)} gradients: one gradient a tensor is needed"
        )
    return [(edge_of(t), seed(t, g, create_graph)) for t, g in zip(outputs, gradients, strict=True)]


def run(seeds, keep, create_graph, wanted=None):
    """The walk, and while it is itself recorded, recording switched on."""
    if not create_graph:
        return walk(seeds, keep, False, wanted)
    before = recording()
    record(True)
    try:
        return walk(seeds, keep, True, wanted)
    finally:
        record(before)


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, inputs=None) -> None:
    """Add the gradients of `tensors` with respect to the leaves to the leaves' `.grad`.

    tensors: a tensor or several; grad_tensors: for each the vector v, of its shape, in the product vᵀJ (1 if left out,
    which a tensor of one element allows); retain_graph: keep the saved values for another pass; create_graph: record the
    pass, so that its results can be differentiated; inputs: fill only these tensors' `.grad`.

    RuntimeError where there is no graph, no scalar and no vector, a vector of another shape, a second pass through freed
    values or a saved value overwritten in place; no `.grad` is changed then.
    """
    seeds = pairs(tensors, grad_tensors, create_graph)
    wanted = None
    if inputs is not None:
        inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
        if not inputs:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
        wanted = edges_of(inputs)
    keep = create_graph if retain_graph is None else retain_graph
    found = run(seeds, keep, create_graph, wanted)
    taken = {id(g) for _, g in seeds}  # arrays that already belong to somebody
    for edge, g in found.items():
        if edge.hooks is not None:
            taken.add(id(g))
        if type(edge) is AccumulateGrad:
            accumulate(edge._leaf(), g, taken)
    if wanted is not None:
        for tensor in inputs:
            if type(tensor._edge) is not AccumulateGrad and tensor._edge in found and not tensor.retains_grad:
                accumulate(tensor, found[tensor._edge], taken)


def accumulate(leaf, g, taken) -> None:
    """Add `g` to the leaf's gradient.  The first becomes the gradient, or a copy of it where others may hold the array."""
    if leaf is None:  # only the graph remembers it
        return
    if isinstance(g, Tensor):  # the pass was recorded
        leaf._grad = g.clone() if leaf._grad is None else leaf._grad + g
    elif leaf._grad is None:
        if type(g) is np.ndarray:
            if g.base is not None or id(g) in taken or not g.flags.writeable:
                g = g.copy()
            taken.add(id(g))
        leaf._grad = wrap(g, None)
    elif leaf._grad._edge is not None and recording():
        leaf._grad = leaf._grad.detach() + wrap(g, None)
    else:
        total = leaf._grad._data
        if type(total) is np.ndarray:
            total += g
            mark_written(owner(total))
        else:
            leaf._grad._data = total + g


def grad(
    outputs,
    inputs,
    grad_outputs=None,
    retain_graph=None,
    create_graph=False,
    allow_unused=None,
    materialize_grads=False,
) -> tuple:
    """The gradients of `outputs` with respect to `inputs`, a tuple of tensors; no `.grad` is touched.

    grad_outputs: for each output the vector v, of its shape, in vᵀJ; allow_unused: give None for an input that the outputs
    do not depend on, which is a RuntimeError otherwise; materialize_grads: give zeros for it; the rest as in `backward`.
    """
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    seeds = pairs(outputs, grad_outputs, create_graph)
    wanted = edges_of(inputs)
    keep = create_graph if retain_graph is None else retain_graph
    found = run(seeds, keep, create_graph, wanted)
    results: list = []
    for index, tensor in enumerate(inputs):
        g = found.get(tensor._edge)
        if g is None:
            if materialize_grads:
                g = np.zeros(tensor._data.shape, tensor._data.dtype)
            elif not allow_unused:
                raise RuntimeError(
                    f"The differentiated Tensor at index {index} appears to not have been used in the graph: the outputs "
                    "do not depend on it. Set allow_unused=True to get None for it."
                )
        results.append(g if g is None or isinstance(g, Tensor) else wrap(g, None))
    return tuple(results)


def edges_of(tensors) -> dict:
    """The edges at which to catch gradients, in order."""
    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            raise TypeError(f"gradients are with respect to tensors, not {type(tensor).__name__}")
        if edge_of(tensor) is None:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    return dict.fromkeys(tensor._edge for tensor in tensors)


def tensor_backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None) -> None:
    """Add the gradients of this tensor with respect to the leaves to the leaves' `.grad`: see `autograd.backward`."""
    backward(self, gradient, retain_graph, create_graph, inputs)


Tensor.backward = tensor_backward
