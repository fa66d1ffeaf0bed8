"""The path from a tensor to the loss, drawn with the cut marked, as graphs are drawn."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from ..drawing import Drawing, reading
from ..drawing.picture import picture
from ..drawing.reading import Graph, Operation
from .causes import finding
from .tape import Step, Value
from .ways import Edge, Ways

_MOST_STEPS = 40  # on all paths together; if there are more, one of the shortest paths is drawn
_NEAR = 6  # steps before and after a cut that are drawn of a long path


class Way(NamedTuple):
    """What there is to draw."""

    ways: Ways
    starts: list[Value]
    cuts: dict[Edge, str]  # the cause by the edge
    names: dict[Value, str]


def drawn(way: Way) -> Drawing:
    """Return the steps between a tensor and the loss; a step that cuts, or that gives zero, has its own kind of box."""
    edges = way.ways.edges_from(way.starts)
    if len({edge.step.time for edge in edges}) > _MOST_STEPS:
        edges = _shortest(way, edges)
    steps = sorted({edge.step.time: edge.step for edge in edges}.values(), key=lambda step: step.time)
    causes = {edge.step.time: cause for edge, cause in way.cuts.items()}
    shown = _near_cuts(steps, causes)
    start, end = way.starts[0], way.ways.end
    graph = Graph(title=f"Path from {way.names.get(start, 'w')} to {way.names.get(end, 'loss')}")
    places: dict[Value, int] = {}
    cut_off: set[Value] = set()
    left_out: Operation | None = None  # stands for the steps that are not shown, up to the next one that is
    hidden: dict[Value, Operation] = {}

    def place(value: Value, kind: str = "result") -> int:
        if value not in places:
            places[value] = len(graph.values)
            shape = value.about.removeprefix("shape ") if value.about.startswith("shape") else ""
            shape = f"({shape[1:-1]}{',' if shape.count(',') == 0 and len(shape) > 2 else ''})" if shape else ""
            described = reading.Value(kind, way.names.get(value, ""), shape=shape)  # type: ignore[arg-type]
            described.line = "" if shape else value.about
            described.is_cut_off, described.is_output = value in cut_off, value is end
            graph.values.append(described)
            if value in hidden:
                hidden[value].results[len(hidden[value].results)] = places[value]
        return places[value]

    for value in way.starts:
        place(value, "leaf" if value.requires_grad or value.made_by is None else "result")
    for step in steps:
        mine = [edge for edge in edges if edge.step.time == step.time]
        cause = causes.get(step.time)
        if cause is not None or all(edge.start in cut_off for edge in mine):
            cut_off |= {edge.end for edge in mine}
        if step.time not in shown:
            if left_out is None:
                left_out = Operation("…", repeats=0)
                graph.operations.append(left_out)
            left_out.inputs += [
                place(edge.start)
                for edge in mine
                if hidden.get(edge.start) is not left_out and place(edge.start) not in left_out.inputs
            ]
            left_out.repeats += 1
            left_out.name = f"… {left_out.repeats} steps" if left_out.repeats > 1 else "… 1 step"
            hidden |= {edge.end: left_out for edge in mine}
            continue
        left_out = None
        operation = Operation(step.name.strip("_"), (str(step.place),) if step.place is not None else ())
        operation.inputs = [place(value) for value in dict.fromkeys(edge.start for edge in mine)]
        operation.results = {number: place(v) for number, v in enumerate(dict.fromkeys(edge.end for edge in mine))}
        if cause is not None:
            operation.cut = finding(cause, step=step.name, about="", loss="").what.partition(":")[0]
        graph.operations.append(operation)
    for operation in hidden.values():
        operation.repeats, operation.result_count = 1, max(1, len(operation.results))
    graph.operation_count = len(steps)
    graph.leaf_count = sum(value.kind == "leaf" for value in graph.values)
    graph.outputs = [place(end)]
    reading.number_values(graph)
    return Drawing(graph, picture(graph, "TB"))


def _shortest(way: Way, edges: list[Edge]) -> list[Edge]:
    """Return one path with as few steps as possible."""
    out: dict[Value, list[Edge]] = {}
    for edge in edges:
        out.setdefault(edge.start, []).append(edge)
    before: dict[Value, Edge] = {}
    queue = deque(way.starts)
    while queue:
        for edge in out.get(queue.popleft(), ()):
            if edge.end not in before and edge.end not in way.starts:
                before[edge.end] = edge
                queue.append(edge.end)
    found: list[Edge] = []
    value = way.ways.end
    while value in before:
        found.append(before[value])
        value = before[value].start
    return found


def _near_cuts(steps: list[Step], causes: dict[int, str]) -> set[int]:
    """Return the steps to be drawn, by their times: of many only those near a cut, and the first and the last ones."""
    if len(steps) <= _MOST_STEPS // 2:
        return {step.time for step in steps}
    marked = [number for number, step in enumerate(steps) if step.time in causes]
    near = {0, 1, len(steps) - 2, len(steps) - 1}
    for number in marked:
        near |= set(range(number - _NEAR, number + _NEAR + 1))
    return {step.time for number, step in enumerate(steps) if number in near}
