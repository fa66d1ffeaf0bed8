"""Folding of loops and of stacks of modules: what repeats is kept once, with the number of repetitions."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

from .reading import Frame, Graph, Operation, Value, common_frames

_FEWEST_REPEATS = 3
_LONGEST_BODY = 100


def fold(graph: Graph) -> Graph:
    """Return the graph with each loop's body drawn once, as it was run the last time.

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
        """Return the length of a body and its repeats, for the loop from `start` that folds most operations away."""
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
        """Return whether after `count` runs another follows, so that the one before it need not be shown."""
        first = start + body * (count - 1)
        end = first + 2 * body
        if end > len(self.operations):
            return False
        return all(
            self.alike(here, here + body, start, first) and self.is_inner(here, end)
            for here in range(first, first + body)
        )

    def alike(self, before: int, after: int, start: int, first: int) -> bool:
        """Return whether `after` does in one run what `before` did in the previous one, which began at `first`."""
        inputs = zip(self.operations[before].inputs, self.operations[after].inputs, strict=True)
        return self.characters[before] == self.characters[after] and all(
            self.input_alike(one, other, after - before, start, first) for one, other in inputs
        )

    def character(self, operation: Operation) -> tuple[object, ...]:
        """Return all that must agree in two runs, but for the inputs."""
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
        """Return whether the results of an operation are unknown by name and not used from `end` on."""
        return not any(
            self.graph.values[place].name or self.graph.values[place].is_output or self.last_use.get(place, 0) >= end
            for place in self.operations[count].results.values()
        )

    def folded(self, start: int, body: int, repeats: int) -> list[Operation]:
        """Return the operations of the last run, which take what enters the loop, and after that their own results."""
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
        """Return one constant for those of all runs, without numbers where they differ."""
        values = self.graph.values
        last = values[places[-1]]
        if all(values[place].line == last.line and values[place].name == last.name for place in places):
            return places[-1]
        self.graph.values.append(Value("constant", shape=last.shape, dtype=last.dtype))
        return len(values) - 1


def fold_modules(graph: Graph) -> Graph:
    """Return the graph with one module for a stack of them: of one class, alike inside, each fed by the one before."""
    while (folded := _without_a_stack(graph)) is not None:
        graph = folded
    return graph


def _without_a_stack(graph: Graph) -> Graph | None:
    """Return the graph with the first of the outermost stacks folded; None if there is none."""
    members: dict[tuple[int, ...], list[int]] = {}  # of each call, by the calls around it: its operations
    for count, operation in enumerate(graph.operations):
        for length in range(1, len(operation.frames) + 1):
            members.setdefault(operation.frames[:length], []).append(count)
    calls = _Calls(graph, members)
    siblings: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for path in sorted(members):
        siblings.setdefault(path[:-1], []).append(path)
    for _, paths in sorted(siblings.items(), key=lambda item: len(item[0])):
        start = 0
        while start < len(paths):
            end = start + 1
            while end < len(paths) and calls.follows(paths[start], paths[end - 1], paths[end]):
                end += 1
            if end - start >= _FEWEST_REPEATS:
                return calls.folded(paths[start:end])
            start = end
    return None


class _Calls:
    """Calls of modules, given by their paths: the places in Graph.frames of the calls around each, and its own."""

    def __init__(self, graph: Graph, members: dict[tuple[int, ...], list[int]]) -> None:
        self.graph, self.members = graph, members
        self.maker = {
            place: (count, index)
            for count, operation in enumerate(graph.operations)
            for index, place in operation.results.items()
        }
        self.users: dict[int, set[int]] = {}
        for count, operation in enumerate(graph.operations):
            for place in operation.inputs:
                self.users.setdefault(place, set()).add(count)
        self.known: dict[tuple[int, ...], tuple[Any, list[int]]] = {}
        self.previous: dict[tuple[int, ...], tuple[int, ...]] = {}  # of a call in a stack: the one before it

    def described(self, path: tuple[int, ...]) -> tuple[Any, list[int]]:
        """Return all that must agree in two calls that are alike, and the places of what comes from outside."""
        if path in self.known:
            return self.known[path]
        values, outside, leaves, inner = self.graph.values, [], [], dict[int, int]()
        position = {count: number for number, count in enumerate(self.members[path])}
        written: list[Any] = [self.graph.frames[path[-1]].module]
        for count in self.members[path]:
            operation = self.graph.operations[count]
            inputs: list[Any] = []
            for place in operation.inputs:
                made = self.maker.get(place)
                value = values[place]
                if made is not None and made[0] in position:
                    inputs.append((position[made[0]], made[1]))
                elif value.is_held:
                    leaves += [place] if place not in leaves else []
                    inputs.append(("leaf", leaves.index(place), value.shape, value.dtype))
                elif value.kind == "constant" and not value.name and not value.is_input:
                    inputs.append(("constant", value.shape))
                else:
                    outside += [place] if place not in outside else []
                    inputs.append(("outside", outside.index(place)))
            within = tuple(
                (self.graph.frames[frame].module, inner.setdefault(frame, len(inner)))
                for frame in operation.frames[len(path) :]
            )
            results = [(index, values[place].shape, values[place].dtype) for index, place in operation.results.items()]
            written.append((operation.name, operation.arguments, operation.repeats, within, inputs, results))
        self.known[path] = written, outside
        return self.known[path]

    def follows(self, first: tuple[int, ...], before: tuple[int, ...], after: tuple[int, ...]) -> bool:
        """Return whether a call takes the result of the one before it, as that one did if it is not the first."""
        (one, taken), (other, given) = self.described(before), self.described(after)
        if one != other or len(taken) != len(given):
            return False
        sources = [self.local(before, place) for place in given]
        if not any(source is not None for source in sources):
            return False
        for source, place, earlier in zip(sources, given, taken, strict=True):
            if source is None and place != earlier:
                return False
        if before != first and sources != [self.local(self.previous[before], place) for place in taken]:
            return False
        self.previous[after] = before
        return all(
            self.users.get(place, set()) <= {*self.members[before], *self.members[after]}
            and not self.graph.values[place].is_output
            for count in self.members[before]
            for place in self.graph.operations[count].results.values()
        )

    def local(self, path: tuple[int, ...], place: int) -> tuple[int, int] | None:
        """Return which operation of a call made a value, counted from the call's first, and which of its results."""
        made = self.maker.get(place)
        if made is None or made[0] not in self.members[path]:
            return None
        return self.members[path].index(made[0]), made[1]

    def folded(self, paths: list[tuple[int, ...]]) -> Graph:
        """Return the graph with the first of these calls in the place of all."""
        graph, (first, last) = self.graph, (paths[0], paths[-1])
        gone = {count for path in paths[1:] for count in self.members[path]}
        instead = {
            place: graph.operations[kept].results[index]
            for kept, count in zip(self.members[first], self.members[last], strict=True)
            for index, place in graph.operations[count].results.items()
        }
        for place, other in instead.items():
            graph.values[other].is_output |= graph.values[place].is_output
            if graph.values[place].is_output:
                graph.values[other].name = graph.values[place].name
        operations = [
            replace(operation, inputs=[instead.get(place, place) for place in operation.inputs])
            for count, operation in enumerate(graph.operations)
            if count not in gone
        ]
        frames = list(graph.frames)
        frame, end = frames[first[-1]], frames[last[-1]].name
        frames[first[-1]] = frame._replace(name=f"{frame.name} … {end.rpartition('.')[2]}", repeats=len(paths))
        outputs = [instead.get(place, place) for place in graph.outputs]
        return without_unused_values(replace(graph, operations=operations, frames=frames, outputs=outputs))


def without_unused_values(graph: Graph) -> Graph:
    """Return the graph without the values that no operation takes or returns any more."""
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
