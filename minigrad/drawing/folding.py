"""Loops folded: a run of operations that repeats is kept once, with the number of its repetitions."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from .reading import Frame, Graph, Operation, Value, common_frames

_FEWEST_REPEATS = 3
_LONGEST_BODY = 100


def fold(graph: Graph) -> Graph:
    """The graph with each loop's body drawn once, as it was run the last time.

    Operations are a loop's body when at least three runs of them follow each other, alike in names, arguments and
    shapes, that use the same leaves and take of earlier results only those of the run before. Runs whose results have
    a name or are used after the loop are kept apart.
    """
    return _Folder(graph).fold()


class _Folder:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.operations = graph.operations
        self.producer: dict[int, tuple[int, int]] = {}  # place of a value → number of its operation, of the result
        self.last_use: dict[int, int] = {}
        for count, operation in enumerate(self.operations):
            for index, place in operation.results.items():
                self.producer[place] = (count, index)
            for place in operation.inputs:
                self.last_use[place] = count
        numbers: dict[tuple[object, ...], int] = {}
        self.characters = [numbers.setdefault(self.character(each), len(numbers)) for each in self.operations]

    def fold(self) -> Graph:
        kept: list[Operation] = []
        at = 0
        while at < len(self.operations):
            body, repeats = self.longest_loop(at)
            if repeats:
                kept += self.folded(at, body, repeats)
                at += body * repeats
            else:
                kept.append(self.operations[at])
                at += 1
        return without_unused_values(replace(self.graph, operations=kept))

    def longest_loop(self, start: int) -> tuple[int, int]:
        """The length of a body and its repeats, of the loop that begins at `start` and folds most operations away."""
        best, saving = (0, 0), 0
        left = len(self.operations) - start
        for body in range(1, min(_LONGEST_BODY, left // _FEWEST_REPEATS) + 1):
            if left - body <= saving:
                break
            repeats = self.repeats(start, body)
            if repeats >= _FEWEST_REPEATS and body * (repeats - 1) > saving:
                best, saving = (body, repeats), body * (repeats - 1)
        return best

    def repeats(self, start: int, body: int) -> int:
        count = 1
        while self.repeats_once_more(start, body, count):
            count += 1
        return count

    def repeats_once_more(self, start: int, body: int, count: int) -> bool:
        """Whether after `count` runs another follows, so that the one before it need not be shown."""
        first = start + body * (count - 1)
        end = first + 2 * body
        if end > len(self.operations):
            return False
        return all(
            self.alike(here, here + body, start, first) and self.is_inner(here, end)
            for here in range(first, first + body)
        )

    def alike(self, before: int, after: int, start: int, first: int) -> bool:
        """Whether operation `after` does in one run what `before` did in the run before, which began at `first`."""
        inputs = zip(self.operations[before].inputs, self.operations[after].inputs, strict=True)
        return self.characters[before] == self.characters[after] and all(
            self.input_alike(one, other, after - before, start, first) for one, other in inputs
        )

    def character(self, operation: Operation) -> tuple[object, ...]:
        """All that must agree in two runs, but for the inputs."""
        values = [self.graph.values[place] for place in operation.results.values()]
        shapes = tuple((value.shape, value.dtype) for value in values)
        return (
            operation.name,
            operation.module,
            operation.arguments,
            len(operation.inputs),
            tuple(operation.results),
            shapes,
        )

    def input_alike(self, one: int, other: int, body: int, start: int, first: int) -> bool:
        values = self.graph.values
        if one == other:
            return values[one].kind != "result" or self.producer[one][0] < start
        if values[one].kind == values[other].kind == "constant":
            return (values[one].shape, values[one].dtype) == (values[other].shape, values[other].dtype)
        if values[other].kind != "result":
            return False
        made, index = self.producer[other]
        if made < first:
            return False
        if values[one].kind == "result" and self.producer[one] == (made - body, index):
            return True
        # What the first run takes from outside, the others take from the run before.
        came_from_outside = values[one].kind != "result" or self.producer[one][0] < start
        return first == start and made < first + body and came_from_outside

    def is_inner(self, count: int, end: int) -> bool:
        """Whether the results of an operation are unknown by name and not used from `end` on."""
        return not any(
            self.graph.values[place].name or self.graph.values[place].is_output or self.last_use.get(place, 0) >= end
            for place in self.operations[count].results.values()
        )

    def folded(self, start: int, body: int, repeats: int) -> list[Operation]:
        """The operations of the last run, which take what enters the loop, and after that their own results."""
        runs = [self.operations[start + body * run : start + body * (run + 1)] for run in range(repeats)]
        begin = start + body * (repeats - 1)
        around = common_frames(operation.frames for operation in chain(*runs))
        frame: tuple[int, ...] = ()
        if body > 1:
            frame = (len(self.graph.frames),)
            self.graph.frames.append(Frame(repeats=repeats))
        kept = []
        for number, operation in enumerate(runs[-1]):
            inputs, again = [], {}
            for position, place in enumerate(operation.inputs):
                first = runs[0][number].inputs[position]
                if self.graph.values[place].kind == "constant":
                    inputs.append(self.merged_constant([run[number].inputs[position] for run in runs]))
                elif place in self.producer and begin - body <= self.producer[place][0] < begin:
                    made, index = self.producer[place]
                    inputs.append(first)
                    again[position] = self.operations[made + body].results[index]
                else:
                    inputs.append(place)
            frames = around + frame + operation.frames[len(around) :]
            kept.append(replace(operation, inputs=inputs, again=again, frames=frames, repeats=repeats))
        return kept

    def merged_constant(self, places: list[int]) -> int:
        """One constant for those of all runs, without numbers where they differ."""
        values = self.graph.values
        last = values[places[-1]]
        if all(values[place].line == last.line and values[place].name == last.name for place in places):
            return places[-1]
        self.graph.values.append(Value("constant", shape=last.shape, dtype=last.dtype))
        return len(values) - 1


def without_unused_values(graph: Graph) -> Graph:
    """The graph without the values that no operation takes or returns any more."""
    used = set(graph.outputs)
    for operation in graph.operations:
        used |= {*operation.inputs, *operation.results.values(), *operation.again.values()}
    place = {old: new for new, old in enumerate(sorted(used))}
    operations = [
        replace(
            operation,
            inputs=[place[old] for old in operation.inputs],
            results={index: place[old] for index, old in operation.results.items()},
            again={position: place[old] for position, old in operation.again.items()},
        )
        for operation in graph.operations
    ]
    values = [graph.values[old] for old in place]
    return replace(graph, values=values, operations=operations, outputs=[place[old] for old in graph.outputs])
