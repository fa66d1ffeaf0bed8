"""Which module ran which operation, and modules drawn as one box."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from heapq import heapify, heappop, heappush
from typing import Any

from . import text
from .engines import accumulates
from .folding import without_unused_values
from .naming import is_tensor
from .reading import Frame, Graph, Operation

Module = Any
Node = Any

_MOST_LEAVES_LISTED = 4


class Calls:
    """Calls a module and keeps, for every operation recorded meanwhile, the calls of submodules that it happened in."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.frames_of_node: dict[int, tuple[int, ...]] = {}
        self._held: list[Node] = []  # an id names an object for only as long as the object lives
        self._under_way: list[int] = []
        self._begins: list[int] = [0]  # the number of the first operation of each call under way
        self._leaf: Any = None  # a tensor to count operations with

    def run(self, module: Module, inputs: tuple[Any, ...]) -> Any:
        """Return what `module(*inputs)` returns; and leave no trace in the module."""
        leaves = [*module.parameters(), *(tensor for _, tensor in tensors(inputs))]
        self._leaf = next((leaf for leaf in leaves if leaf.requires_grad), None)
        handles = []
        try:
            for name, part in module.named_modules():
                handles.append(part.register_forward_pre_hook(self._entering(name)))
                handles.append(part.register_forward_hook(self._leaving))
            return module(*inputs)
        finally:
            for handle in handles:
                handle.remove()

    def _entering(self, name: str) -> Any:
        def enter(module: Module, inputs: object) -> None:
            self._under_way.append(len(self.frames))
            self.frames.append(Frame(text.clean(name), text.clean(type(module).__name__)))
            self._begins.append(self._next_number())

        return enter

    def _next_number(self) -> int:
        """Nodes are numbered as they are made: the number of one that is made now."""
        node = None if self._leaf is None else self._leaf.view_as(self._leaf).grad_fn
        return self._begins[-1] if node is None else node._sequence_nr()  # nothing is recorded now

    def _leaving(self, module: Module, inputs: object, output: object) -> None:
        frames, begin = tuple(self._under_way), self._begins.pop()
        self._under_way.pop()
        stack = [tensor.grad_fn for _, tensor in tensors(output)]
        seen: set[int] = set()
        while stack:
            node = stack.pop()
            if node is None or id(node) in seen or accumulates(node) or node._sequence_nr() < begin:
                continue
            seen.add(id(node))
            earlier = self.frames_of_node.setdefault(id(node), frames)
            if earlier[: len(frames)] == frames:  # it happened in this call, or in one inside of it
                self._held.append(node)
                stack += [following for following, _ in node.next_functions]


def tensors(thing: object, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the tensors in what a module takes or returns, in lists, tuples and dictionaries, and their positions."""
    if is_tensor(thing):
        yield name, thing
    elif isinstance(thing, (list, tuple, dict)):
        for key, part in thing.items() if isinstance(thing, dict) else enumerate(thing):
            yield from tensors(part, f"{name} {key}")


def collapse(graph: Graph, depth: int) -> Graph:
    """Return the graph with modules deeper than `depth` drawn as one operation each; 0 is the module called."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for count, operation in enumerate(graph.operations):
        closed = operation.frames[: depth + 1]
        groups.setdefault(closed if len(closed) > depth else (-1 - count,), []).append(count)
    uses: dict[int, set[tuple[int, ...]]] = {}
    for frames, members in groups.items():
        for count in members:
            for place in graph.operations[count].inputs:
                uses.setdefault(place, set()).add(frames)
    merged = [
        graph.operations[members[0]] if frames[0] < 0 else _merged(graph, frames, members, uses)
        for frames, members in groups.items()
    ]
    ordered = _inputs_first(merged)
    # Modules that feed each other both ways can't be drawn as one box each.
    return without_unused_values(replace(graph, operations=ordered)) if len(ordered) == len(merged) else graph


def closed_where_large(graph: Graph, most: int) -> Graph:
    """Return the graph with as many levels of modules open as leave at most so many operations and modules to draw."""
    deepest = max((len(operation.frames) for operation in graph.operations), default=0)
    closed = graph
    for depth in range(deepest - 1, 0, -1):
        if len(closed.operations) <= most:
            break
        closed = collapse(graph, depth)
        closed.opens_with = depth + 1
    return closed


def without_outermost(graph: Graph) -> Graph:
    """Return the graph without the frame of the module that was called, which holds everything."""
    return replace(
        graph, operations=[replace(operation, frames=operation.frames[1:]) for operation in graph.operations]
    )


def _merged(
    graph: Graph, frames: tuple[int, ...], members: list[int], uses: dict[int, set[tuple[int, ...]]]
) -> Operation:
    operations = [graph.operations[count] for count in members]
    made = [place for operation in operations for place in operation.results.values()]
    taken = dict.fromkeys(place for operation in operations for place in operation.inputs)
    leaves = [place for place in taken if graph.values[place].is_held and uses[place] == {frames}]
    numbers = [place for place in taken if graph.values[place].kind == "constant" and not graph.values[place].name]
    results = [place for place in made if uses.get(place, set()) - {frames} or graph.values[place].is_output]
    frame = graph.frames[frames[-1]]
    inputs = [place for place in taken if place not in {*made, *leaves, *numbers}]
    sent: dict[int, Any] = {}
    for operation in operations:
        for position, gradient in operation.sends.items():
            place = operation.inputs[position]
            sent[place] = sent[place] + gradient if place in sent else gradient
    return Operation(
        frame.name,
        module=frame.module,
        repeats=frame.repeats,
        path=frames,
        memory=_together([operation.memory for operation in operations if operation.memory is not None]),
        inside=_inside(graph, frames, operations, leaves),
        inputs=inputs,
        sends={position: sent[place] for position, place in enumerate(inputs) if place in sent},
        results=dict(enumerate(results)),
        result_count=len(results),
        frames=frames[:-1],
    )


def _inside(graph: Graph, frames: tuple[int, ...], operations: list[Operation], leaves: list[int]) -> tuple[str, ...]:
    """Return what a closed module holds, in a few lines; of a stack of modules, what each holds."""
    frame = graph.frames[frames[-1]]
    times = [math.prod(graph.frames[inner].repeats for inner in each.frames[len(frames) :]) for each in operations]
    times_of_leaf = {
        place: count for each, count in zip(operations, times, strict=True) for place in each.inputs if place in leaves
    }
    lines = [text.quantity(sum(times), "operation", "operations")]
    if sum(times_of_leaf.values()) > _MOST_LEAVES_LISTED:
        return (*lines, f"{sum(times_of_leaf.values())} leaves")
    for place in leaves:
        value = graph.values[place]
        name = value.name.removeprefix(f"{frame.name.partition(' … ')[0]}.") or "leaf"
        lines.append(f"{name} {value.shape}")
    return tuple(lines)


def _together(pieces: list[dict[Any, int]]) -> dict[Any, int] | None:
    return {place: size for each in pieces for place, size in each.items()} if pieces else None


def inside(graph: Graph, path: tuple[int, ...]) -> Graph:
    """Return what happens in one call of a module, given by the calls around it: submodules closed, inputs as data."""
    operations = [operation for operation in graph.operations if operation.frames[: len(path)] == path]
    made = {place for operation in operations for place in operation.results.values()}
    values = [replace(value, label="…" if value.kind == "left out" else "", is_formula=False) for value in graph.values]
    used_outside = {
        place for operation in graph.operations if operation.frames[: len(path)] != path for place in operation.inputs
    }
    outputs = [place for place in sorted(made) if place in used_outside or values[place].is_output]
    for place, value in enumerate(values):
        value.is_output = place in outputs
    frame = graph.frames[path[-1]]
    part = collapse(replace(graph, values=values, operations=operations, outputs=outputs, opens_with=0), len(path))
    part = without_unused_values(part)
    cut = [replace(operation, frames=operation.frames[len(path) :]) for operation in part.operations]
    return replace(part, operations=cut, title=frame.label)


def _inputs_first(operations: list[Operation]) -> list[Operation]:
    """Return the operations in their order, except that each comes after those whose results it takes."""
    maker = {place: count for count, operation in enumerate(operations) for place in operation.results.values()}
    waits_for = [{maker[place] for place in operation.inputs if place in maker} for operation in operations]
    feeds: list[list[int]] = [[] for _ in operations]
    for count, makers in enumerate(waits_for):
        for made_by in makers:
            feeds[made_by].append(count)
    ready = [count for count, makers in enumerate(waits_for) if not makers]
    heapify(ready)
    ordered = []
    while ready:
        count = heappop(ready)
        ordered.append(operations[count])
        for fed in feeds[count]:
            waits_for[fed].discard(count)
            if not waits_for[fed]:
                heappush(ready, fed)
    return ordered
