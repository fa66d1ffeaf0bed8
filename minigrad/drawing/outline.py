"""The graph as lines of text, for a screen reader, a terminal, and for comparing two drawings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from . import text
from .reading import Graph, Operation, Value

_ALT_LIMIT = 500
_MOST_RESULTS = 6  # of one operation
_COLUMN_LIMIT = 44  # a longer statement does not push every line's values to the right


class _Line(NamedTuple):
    label: str
    statement: str
    value: str
    below: tuple[str, ...] = ()


def title(graph: Graph) -> str:
    """`Computation graph of loss`."""
    return graph.title or f"Computation graph of {', '.join(graph.values[place].label for place in graph.outputs)}"


def outline(graph: Graph) -> str:
    """Return a title, then a line for each leaf and operation, inputs before results, so it reads like a program."""
    lines = list(_lines(graph))
    left = max(len(line.label) for line in lines)
    middle = max((len(line.statement) for line in lines if len(line.statement) <= _COLUMN_LIMIT), default=0)
    written = [f"{title(graph)}: {size(graph)}", *notes(graph)]
    for line in lines:
        written.append(f"{line.label.ljust(left)} = {line.statement.ljust(middle)}  {line.value}".rstrip())
        written += [f"{' ' * left}   {below}" for below in line.below]
    return "\n".join(written)


def alternative_text(graph: Graph) -> str:
    """Return one paragraph for a screen reader in place of the picture."""
    statements = "; ".join(f"{line.label} = {line.statement}" for line in _lines(graph))
    whole = f"{title(graph)}: {size(graph)}. {statements}."
    return whole if len(whole) <= _ALT_LIMIT else f"{title(graph)}: {size(graph)}. {' '.join(notes(graph))}".strip()


def size(graph: Graph) -> str:
    """`4 operations, 1 leaf`."""
    operations = text.quantity(graph.operation_count, "operation", "operations")
    return f"{operations}, {text.quantity(graph.leaf_count, 'leaf', 'leaves')}"


def notes(graph: Graph) -> list[str]:
    """Return what a reader must know to read the drawing right; the drawing carries the same lines."""
    found = []
    if graph.left_out:
        count = text.quantity(graph.left_out, "operation", "operations")
        found.append(
            f"{'More than ' if graph.left_out_more else ''}{count} further from the output left out (…): "
            f"max_nodes={graph.node_limit}; a larger max_nodes draws more, fold=True folds loops."
        )
    found += graph.memory
    if graph.opens_with:
        found.append(f"Some modules are closed: depth={graph.opens_with} opens one level more.")
    for place in graph.outputs:
        value = graph.values[place]
        if value.kind == "constant":
            found.append(f"{value.label} has no graph: it needs no gradient and no recorded operation made it.")
        elif value.kind == "leaf" and len(graph.outputs) == 1:
            found.append(f"{value.label} is a leaf: no operation made it, so this is the whole graph.")
    return found


def _lines(graph: Graph) -> Iterator[_Line]:
    for value in graph.values:
        if value.kind == "leaf":
            below = (f"{value.name or value.label}.grad = {value.gradient}",) if value.gradient else ()
            statement = "leaf (AccumulateGrad)" if value.has_accumulator else "leaf"
            yield _Line(value.label, statement, value.summary(graph.with_shapes), (*below, *_slope(graph, value)))
    for value in graph.values:
        if value.kind == "constant" and value.label:
            yield _Line(value.label, "constant", value.summary(graph.with_shapes))
    for operation in graph.operations:
        results = [(index, graph.values[place]) for index, place in operation.results.items()]
        yield _Line(
            ", ".join(_shortened([value.label for _, value in results])),
            call(graph, operation),
            "; ".join(_shortened([_result(graph, operation, index, value) for index, value in results])),
            (
                *([f"cut: {operation.cut}"] if operation.cut else ()),
                *operation.inside,
                *(f"{name}: {saved}" for name, saved in operation.saved),
                *([f"saves {text.memory(sum(operation.memory.values()))}"] if operation.memory else []),
                *_slopes(graph, operation),
            ),
        )


def _slope(graph: Graph, value: Value) -> Iterator[str]:
    """`g = 10. - 2. = 8.`: what arrives at a value in a backward pass."""
    if value.slope:
        is_sum = len(value.slopes) > 1 and not any(part.startswith("shape") for part in value.slopes)
        name = f"{graph.letter} = {text.total(value.slopes)}" if is_sum else graph.letter
        yield text.equated(name, value.slope)
    if value.norm is not None:
        yield f"norm {text.length(value.norm)}"


def _slopes(graph: Graph, operation: Operation) -> Iterator[str]:
    """`g = 8.; sends -64. to price`: what arrives at an operation's results, and what it sends to its inputs."""
    several = len(operation.results) > 1
    words = [
        f"{graph.values[place].label}: {line}" if several else line
        for place in operation.results.values()
        for line in _slope(graph, graph.values[place])
    ]
    sent = [f"{slope} to {graph.values[operation.inputs[at]].label}" for at, slope in operation.slopes.items()]
    if not sent:
        sent = [
            f"norm {text.length(norm)} to {graph.values[operation.inputs[at]].label}"
            for at, norm in operation.norms.items()
        ]
    if sent:
        words.append(f"sends {', '.join(sent)}")
    if words:
        yield "; ".join(words)


def _shortened(words: list[str]) -> list[str]:
    """Not more words than the first ones and the last."""
    return words if len(words) <= _MOST_RESULTS else [*words[: _MOST_RESULTS - 1], "…", words[-1]]


def call(graph: Graph, operation: Operation) -> str:
    """`MulBackward0(x, 3)`; `MulBackward0(x then y, 3) × 9` for a loop that takes x, then its own result y."""
    inputs = [input_name(graph.values[place]) for place in operation.inputs]
    for position, place in operation.again.items():
        inputs[position] += f" then {graph.values[place].label}"
    times = f" × {operation.repeats}" if operation.repeats > 1 else ""
    return f"{operation.full_name}({', '.join([*inputs, *operation.arguments])}){times}"


def input_name(value: Value) -> str:
    """Return how a value is called where an operation takes it: by its label, or a constant by its numbers."""
    if value.label:
        return value.label
    if value.line:
        return value.line
    return f"constant of {value.summary()}" if value.shape else "constant"


def _result(graph: Graph, operation: Operation, index: int, value: Value) -> str:
    which = f"result {index}: " if operation.result_count > 1 else ""
    return which + value.summary(graph.with_shapes)
