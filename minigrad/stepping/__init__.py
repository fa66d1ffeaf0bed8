"""The backward pass of one's own graph, shown step by step."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import Any

from .. import drawing
from ..drawing import naming, picture, reading, text
from . import page
from .walk import Seed, Walk, walk

__all__ = ["Steps", "step_through"]

Tensor = Any
_MOST_NODES = 40


class Steps:
    """Hold a backward pass in steps as strings, and no tensor alive. A notebook shows pictures, a terminal text."""

    def __init__(self, graph: reading.Graph, walk: Walk, direction: picture.Direction) -> None:
        self._graph, self._walk, self._direction = graph, walk, direction
        self.text = page.text(graph, walk)
        """The steps in words."""

    def __len__(self) -> int:
        return len(self._walk.steps)

    def __repr__(self) -> str:
        return self.text

    @cached_property
    def html(self) -> str:
        """A strip of pictures with their words; where scripts may run, one step at a time."""
        return page.html(self._graph, self._walk, self._direction)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def step_through(
    what: Any,
    gradient: Any = None,
    *,
    names: object = None,
    values: int | bool = 6,
    direction: str = "TB",
    max_nodes: int = _MOST_NODES,
) -> Steps:
    """Show what `what.backward(gradient)` does, step by step, without doing it.

    `what` is a tensor of minigrad or PyTorch, or a list of tensors, and `gradient` the vector v (or a list of them)
    that `backward` takes for a tensor of more than one element. No `.grad` is changed and the graph can still be used.
    Hooks are not called; the backward rule of a `Function` is. In a notebook one goes forward and back with buttons or
    the arrow keys; where no script may run, all steps stand under each other.

    names, values, direction: as for `draw`. max_nodes: refuse larger graphs, of which nobody would follow every step.

    Errors: RuntimeError where `backward` would: no graph, values already freed or overwritten, a gradient of another
    shape, or none for a tensor of several elements; TypeError for what is no tensor; ValueError for a graph too large
    to show.

    >>> x = torch.tensor(2., requires_grad=True)
    >>> steps = torch.step_through(x * x, names={"x": x})
    >>> len(steps)
    3
    """
    way = picture.direction(direction)
    sources = naming.given(names) if names is not None else naming.callers_variables(sys._getframe(1))
    outputs = drawing.outputs_of(what, "step_through")
    seeds = _seeds([tensor for _, tensor in outputs], gradient)
    most_numbers = drawing.most_numbers(values)
    options = reading.Options(most_numbers=most_numbers, node_limit=drawing.checked_limit(max_nodes))
    read = reading.read(outputs, naming.Names(sources), options)
    graph = read.graph
    if graph.left_out or any(value.kind == "left out" for value in graph.values):
        raise ValueError(
            f"this graph has more than {max_nodes} nodes, too many to follow one by one: step through a smaller one, "
            "draw() this one, or raise max_nodes"
        )
    reading.number_values(graph)
    return Steps(graph, walk(read, seeds, most_numbers), way)


def _seeds(outputs: list[Tensor], gradient: Any) -> list[Seed]:
    """Where the pass starts, checked as `backward` does."""
    gradients = (
        gradient if isinstance(gradient, (list, tuple)) else [gradient] * (1 if gradient is not None else len(outputs))
    )
    if len(gradients) != len(outputs):
        raise RuntimeError(
            f"got {text.quantity(len(outputs), 'tensor', 'tensors')} and "
            f"{text.quantity(len(gradients), 'gradient', 'gradients')}: as many gradients are needed as tensors, None "
            "for a tensor of one element"
        )
    return [_seed(place, *pair) for place, pair in enumerate(zip(outputs, gradients, strict=True))]


def _seed(place: int, tensor: Tensor, gradient: Any) -> Seed:
    """What a pass starts with at output number `place`."""
    if not tensor.requires_grad:
        raise RuntimeError(
            f"element {place} of tensors does not require grad and does not have a grad_fn: there is no graph to step "
            "through"
        )
    shape = list(tensor.shape)
    if gradient is None:
        if any(size != 1 for size in shape):
            raise RuntimeError(
                f"grad can be implicitly created only for scalar outputs, and this one has shape {shape}: give the "
                "vector of that shape, step_through(y, v)"
            )
        return Seed(tensor, tensor.detach().clone().fill_(1.0), True)
    if not naming.is_tensor(gradient):
        raise TypeError(f"gradients can be either Tensors or None, but got {drawing.described(gradient)}")
    if list(gradient.shape) != shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{place}] has a shape of {list(gradient.shape)} and output[{place}] has a "
            f"shape of {shape}; the vector must have one entry for each entry of the output"
        )
    return Seed(tensor, gradient.detach().to(tensor.dtype), False)
