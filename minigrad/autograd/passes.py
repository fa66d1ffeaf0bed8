"""Passes over several outputs, and to chosen inputs: `autograd.backward` and `autograd.grad`."""

from typing import Any

import numpy as np

from ..engine.backward import accumulate
from ..engine.graph import Handwritten
from ..engine.passes import accumulate_recorded, arriving, edges_into, edges_of, seed
from ..engine.tensor import UNTRACKED_VIEW, Tensor, wrap
from ..engine.versions import edge_of


class Roots(Handwritten):
    """Where a pass over several outputs starts: sends each its gradient."""

    __slots__ = ("gradients",)

    def __init__(self, seeds):
        edges, self.gradients = zip(*seeds, strict=True) if seeds else ((), ())
        super().__init__(edges, (), (), None)

    def vjp(self, g, wanted=None):
        return self.gradients

    vjp_recorded = vjp


def start(outputs, gradients, create_graph: bool):
    """Return the edge from which the pass starts, and the gradient that it starts with."""
    if isinstance(outputs, Tensor) and (gradients is None or isinstance(gradients, Tensor)):
        g = seed(outputs, gradients, create_graph)
        return outputs._edge, g
    outputs = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    gradients = [gradients] if isinstance(gradients, Tensor) else list(gradients or [None] * len(outputs))
    if len(gradients) != len(outputs):
        raise RuntimeError(
            f"got {len(outputs)} tensors and {len(gradients)} gradients: give one gradient for each tensor"
        )
    seeds = [(edge_of(t), seed(t, g, create_graph)) for t, g in zip(outputs, gradients, strict=True)]
    return Roots(seeds), ()


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, inputs=None) -> None:
    """Add the gradients of several tensors with respect to the leaves to the leaves' .grad, in one pass.

    tensors: a tensor or several; grad_tensors: for each the vector v, of its shape, in vᵀJ, or None where it has one
    element; the rest as in Tensor.backward.
    Errors: those of Tensor.backward.

    >>> x = torch.tensor([1., 2.], requires_grad=True)
    >>> torch.autograd.backward([x.sum(), (x * x).sum()])
    >>> x.grad
    tensor([3., 5.])
    """
    root, g = start(tensors, grad_tensors, create_graph)
    wanted = None if inputs is None else edges_into(inputs)
    add_up = accumulate_recorded if create_graph else accumulate
    add_up(arriving(root, g, retain_graph, create_graph, wanted))


def grad(
    outputs,
    inputs,
    grad_outputs=None,
    retain_graph=None,
    create_graph=False,
    allow_unused=None,
    materialize_grads=False,
) -> tuple[Any, ...]:
    """Return the gradients of outputs with respect to inputs, a tuple of tensors; no .grad is touched.

    grad_outputs: for each output the vector v, of its shape, in vᵀJ; allow_unused: give None for an input that the
    outputs do not depend on; materialize_grads: give zeros for it; the rest as in Tensor.backward.
    Shapes: each gradient has that of its input.
    Errors: RuntimeError for an input that the outputs do not depend on, unless allowed, and those of
    Tensor.backward.

    >>> x = torch.tensor([1., 2.], requires_grad=True)
    >>> torch.autograd.grad((x * x).sum(), x)
    (tensor([2., 4.]),)
    """
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty: name the tensors whose gradients you want")
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    root, g = start(outputs, grad_outputs, create_graph)
    arrived = arriving(root, g, retain_graph, create_graph, edges_of(inputs))
    results: list = []
    for index, tensor in enumerate(inputs):
        g = None if tensor._edge is UNTRACKED_VIEW else arrived.get(tensor._edge)
        if g is None:
            if materialize_grads:
                g = np.zeros(tensor._data.shape, tensor._data.dtype)
            elif not allow_unused:
                raise RuntimeError(
                    f"The differentiated Tensor at index {index} appears to not have been used in the graph: the "
                    "outputs do not depend on it. Set allow_unused=True to get None for it."
                )
        elif type(g) is np.ndarray and not g.flags.writeable:
            g = g.copy()  # one number, shown many times
        if g is not None and not isinstance(g, Tensor):
            g = arrived[tensor._edge] = wrap(g, None)  # one tensor, also where an input is named twice
        results.append(g)
    return tuple(results)
