"""The backward pass of one's own graph, shown step by step."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import Any

from minigrad import drawing
from minigrad.drawing import naming, picture, reading
from minigrad.stepping import page
from minigrad.stepping.walk import Step, walk

__all__ = ["Steps", "step_through"]

Tensor = Any
_MOST_NODES = 40


class Steps:
    """A backward pass in steps, as strings: it keeps no tensor alive. A notebook shows pictures, a terminal text."""

    def __init__(self, graph: reading.Graph, steps: list[Step], direction: picture.Direction) -> None:
        self._graph, self._steps, self._direction = graph, steps, direction
        self.text = page.text(graph, steps)
        """The steps in words."""

    def __len__(self) -> int:
        return len(self._steps)

    def __repr__(self) -> str:
        return self.text

    @cached_property
    def html(self) -> str:
        """A strip of pictures with their words; where scripts may run, one step at a time."""
        return page.html(self._graph, self._steps, self._direction)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def step_through(
    what: Any,
    gradient: Any = None,
    *,
    names: object = None,
    values: int = 6,
    direction: str = "TB",
    max_nodes: int = _MOST_NODES,
) -> Steps:
    """Shows what `what.backward(gradient)` does, step by step, without doing it.

    `what` is a tensor of minigrad or PyTorch, or a list of tensors, and `gradient` the vector v (or a list of them)
    that `backward` takes for a tensor of more than one element. No `.grad` is changed and the graph can still be used;
    hooks are not called. In a notebook one goes forward and back with buttons or the arrow keys; where no script may
    run, all steps stand under each other.

    names, values, direction: as for `draw`. max_nodes: refuse larger graphs, of which nobody would follow every step.

    Raises RuntimeError where `backward` would: no graph, values already freed, or no gradient given for a tensor of
    several elements; ValueError for a gradient of another shape and for a graph too large to show.
    """
    sources = naming.given(names) if names is not None else naming.callers_variables(sys._getframe(1))
    outputs = drawing.outputs_of(what)
    gradients = gradient if isinstance(gradient, (list, tuple)) else [gradient]
    if len(gradients) != len(outputs):
        raise ValueError(f"{len(outputs)} tensors need as many gradients, but {len(gradients)} were given")
    seeds = [(tensor, _seed(tensor, given)) for (_, tensor), given in zip(outputs, gradients, strict=True)]
    options = reading.Options(most_numbers=values, node_limit=max_nodes)
    read = reading.read(outputs, naming.Names(sources), options)
    graph = read.graph
    if graph.left_out or any(value.kind == "left out" for value in graph.values):
        raise ValueError(
            f"this graph has more than {max_nodes} nodes, too many to follow one by one: step through a smaller one, "
            "draw() this one, or raise max_nodes"
        )
    reading.number_values(graph)
    steps = walk(read, seeds, values)
    return Steps(graph, steps, picture.direction(direction))


def _seed(tensor: Tensor, gradient: Tensor | None) -> Tensor:
    """The gradient that a pass starts with at `tensor`."""
    if not tensor.requires_grad:
        raise RuntimeError(
            "element 0 of tensors does not require grad and does not have a grad_fn: there is no graph to step through"
        )
    shape = list(tensor.shape)
    if gradient is None:
        if any(size != 1 for size in shape):
            raise RuntimeError(
                f"grad can be implicitly created only for scalar outputs, and this one has shape {shape}: give the "
                "vector of that shape, step_through(y, v)"
            )
        return tensor.detach().clone().fill_(1.0)
    if list(gradient.shape) != shape:
        raise ValueError(
            f"the gradient has shape {list(gradient.shape)}, but the tensor {shape}: they must be the same"
        )
    return gradient.detach()
