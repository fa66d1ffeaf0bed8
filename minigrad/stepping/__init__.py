"""The backward pass of your own graph, shown step by step."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import Any

from .. import drawing
from ..drawing import backward, naming, picture, reading
from . import page
from .walk import Walk, walk

__all__ = ["Steps", "step_through"]

Tensor = Any
_MOST_NODES = 40


class Steps:
    """Hold a backward pass in steps, as strings; no tensor is kept. A notebook shows pictures, a terminal text."""

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
    Hooks are not called; the backward rule of a `Function` is. In a notebook, buttons or the arrow keys go forward and
    back; where scripts may not run, all steps are shown.

    names, values, direction: as for `draw`. max_nodes: refuse larger graphs, whose steps nobody would follow one by
    one.

    Errors: RuntimeError where `backward` would: no graph, values already freed or overwritten, a gradient of another
    shape, or none for a tensor of several elements; TypeError for anything that is not a tensor; ValueError for a graph
    too large to show.

    >>> x = torch.tensor(2., requires_grad=True)
    >>> steps = torch.step_through(x * x, names={"x": x})
    >>> len(steps)
    3
    """
    way = picture.direction(direction)
    sources = naming.given(names) if names is not None else naming.callers_variables(sys._getframe(1))
    outputs = drawing.outputs_of(what, "step_through")
    seeds = backward.seeds([tensor for _, tensor in outputs], gradient, "step_through(y, v)")
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
