"""Labels for the values of a graph that have no name: `heat · water`, and the 10 of `x + 10`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import engines, text

if TYPE_CHECKING:
    from .reading import Graph, Operation, Value

Tensor = Any

_LONGEST = 20  # in letters; a longer formula gives way to a number such as #1
_SUM, _PRODUCT, _POWER, _ATOM = range(4)  # how tightly the parts of a formula hold together
_BETWEEN = {
    "Add": ("+", _SUM),
    "Sub": ("-", _SUM),
    "Mul": ("·", _PRODUCT),
    "Div": ("/", _PRODUCT),
    "Mm": ("@", _PRODUCT),
    "Mv": ("@", _PRODUCT),
    "Dot": ("@", _PRODUCT),
    "Bmm": ("@", _PRODUCT),
}
_ONE_INPUT = re.compile(
    "Abs|Cosh?|Erf|Exp|Expm1|Gelu|Log|Log10|Log1P|Log2|Mean|Prod|Reciprocal|Relu|Rsqrt|Sigmoid|Silu|Sinh?|Softplus|Sqrt"
    "|Sum|Tanh?"
)


def write(graph: Graph) -> None:
    """Label the nameless results that are made of what has a label, in a few letters; no two alike."""
    labels = {value.label for value in graph.values if value.label}
    tightness: dict[int, int] = {}  # of the formulas by their places; what is not there is an atom
    for operation in graph.operations:
        if len(operation.results) != 1 or operation.result_count != 1 or operation.repeats > 1 or operation.module:
            continue
        (place,) = operation.results.values()
        formula = None if graph.values[place].label else _formula(graph, operation, tightness)
        if formula is not None and len(formula[0]) <= _LONGEST and formula[0] not in labels:
            graph.values[place].label, tightness[place] = formula
            graph.values[place].is_formula = True
            labels.add(formula[0])


def _formula(graph: Graph, operation: Operation, tightness: Mapping[int, int]) -> tuple[str, int] | None:
    """Return an operation in symbols, and how tightly they hold together; None if there is no short way to write it."""
    kind = re.fullmatch(r"(\w+?)Backward\d*", operation.name)
    arguments = operation.keywords
    inputs = [(_called(graph.values[place]), tightness.get(place, _ATOM)) for place in operation.inputs]
    if kind is None or operation.again or not all(name for name, _ in inputs):
        return None

    def within(position: int, least: int) -> str:
        name, tight = inputs[position]
        return f"({name})" if tight < least or (name.startswith("-") and least > _SUM) else name

    if kind[1] in _BETWEEN and len(inputs) == 2 and not arguments:
        sign, level = _BETWEEN[kind[1]]
        return f"{within(0, level)} {sign} {within(1, level + (kind[1] in ('Sub', 'Div')))}", level
    if kind[1] == "Rsub" and set(arguments) == {"other"}:
        return f"{arguments['other']} - {within(0, _PRODUCT)}", _SUM
    if len(inputs) != 1:
        return None
    if kind[1] == "Pow" and set(arguments) == {"exponent"}:
        return f"{within(0, _ATOM)}**{arguments['exponent']}", _POWER
    if kind[1] == "Select" and arguments.get("dim") == "0":
        return f"{within(0, _ATOM)}[{arguments['index']}]", _ATOM
    if kind[1] == "Neg":
        return f"-{within(0, _PRODUCT)}", _SUM
    if kind[1] == "T":
        return f"{within(0, _ATOM)}.T", _ATOM
    if _ONE_INPUT.fullmatch(kind[1]) and not arguments:
        return f"{kind[1].lower()}({inputs[0][0]})", _ATOM
    return None


def _called(value: Value) -> str:
    """Return a value's label, or the number of an unlabelled constant; empty if it is hard to read in a formula."""
    if value.label:
        return value.label if value.is_formula or not {" ", "…"}.intersection(value.label) else ""
    return value.line if value.kind == "constant" and not value.line.startswith("[") else ""


# --- the numbers that were added or subtracted, which no operation saves

_VALUES: dict[str, Callable[..., Tensor]] = {
    "AddBackward0": lambda a, b: a + b,
    "SubBackward0": lambda a, b: a - b,
    "MulBackward0": lambda a, b: a * b,
    "DivBackward0": lambda a, b: a / b,
    "NegBackward0": lambda a: -a,
}
_ROUNDING = {"float64": 1e-15, "float32": 5e-7, "float16": 4e-3, "bfloat16": 3e-2}


def find_numbers(graph: Graph, tensors: Mapping[int, Tensor], most_numbers: int) -> None:
    """Work out the number behind a `+` or `-` from the values around it, where these are known and as they were.

    A tensor that was written to in place says nothing about the past; and where known values do not agree with each
    other, which shows that one was written to behind the engine's back, no number is given at all.
    """
    known = {place: tensor for place, tensor in tensors.items() if _is_as_it_was(tensor, most_numbers)}
    found: list[tuple[Operation, int | None, str]] = []
    for operation in graph.operations:
        places = operation.inputs
        if set(operation.results) != {0} or operation.arguments not in ((), ("exponent=2",)):
            continue
        result = operation.results[0]
        if operation.name in _VALUES and all(place in known for place in places):
            value = _VALUES[operation.name](*(known[place] for place in places))
            if result not in known:
                known[result] = value
            elif not _agree(value, known[result]):
                return
        elif operation.name == "PowBackward0" and operation.arguments == ("exponent=2",) and places[0] in known:
            known.setdefault(result, known[places[0]] * known[places[0]])
        elif result in known:
            found += _number_behind(graph, operation, known)
    for operation, place, line in found:
        if place is None:
            operation.arguments = (*operation.arguments, f"other={line}")
        else:
            graph.values[place].rows, graph.values[place].line = (line,), line


def _number_behind(
    graph: Graph, operation: Operation, known: Mapping[int, Tensor]
) -> Iterator[tuple[Operation, int | None, str]]:
    """Yield the operation, the place of its constant (None for one that has no place), and the constant's number."""
    places, result = operation.inputs, known[operation.results[0]]
    if operation.name == "RsubBackward1" and len(places) == 1 and places[0] in known:
        line = _number(result + known[places[0]], known[places[0]])
        if line:
            yield operation, None, line
        return
    if operation.name not in ("AddBackward0", "SubBackward0") or len(places) != 2:
        return
    unknown = [at for at in (0, 1) if places[at] not in known]
    if len(unknown) != 1:
        return
    at, other = unknown[0], known[places[1 - unknown[0]]]
    value = graph.values[places[at]]
    if value.kind != "constant" or value.name or value.line:
        return
    if operation.name == "SubBackward0" and at == 0:
        number = result + other
    else:
        number = result - other if operation.name == "AddBackward0" else other - result
    line = _number(number, other)
    if line:
        yield operation, places[at], line


def _is_as_it_was(tensor: Tensor, most_numbers: int) -> bool:
    """Return whether a tensor of few floating-point numbers has never been written to."""
    kind = text.dtype(engines.dtype_of(tensor))
    is_new = getattr(tensor, "_version", 1) == 0 and (kind in _ROUNDING or engines.shape_of(tensor) == ())
    return is_new and engines.numbers_of(tensor, max(most_numbers, 1)) is not None


def _flat(numbers: Any) -> list[Any]:
    return [entry for part in numbers for entry in _flat(part)] if isinstance(numbers, list) else [numbers]


def _agree(one: Tensor, other: Tensor) -> bool:
    rounding = 8 * _ROUNDING.get(text.dtype(engines.dtype_of(one)), 0.0)
    pairs = zip(_flat(one.tolist()), _flat(other.tolist()), strict=False)
    return engines.shape_of(one) == engines.shape_of(other) and all(
        a == b or abs(a - b) <= rounding * max(abs(a), abs(b)) or a != a for a, b in pairs
    )


def _number(difference: Tensor, other: Tensor) -> str:
    """Return the number that all entries of a difference equal, up to rounding; empty if four digits can't show it."""
    entries, around = _flat(difference.tolist()), _flat(other.tolist())
    if not all(isinstance(entry, float) and abs(entry) < 1e6 for entry in entries):
        return ""
    number = float(f"{entries[0]:.4g}")
    size = max(abs(number), *(abs(entry) for entry in around), *(abs(entry) for entry in entries))
    rounding = _ROUNDING.get(text.dtype(engines.dtype_of(difference)), 0.0) * size
    if any(abs(entry - number) > rounding for entry in entries):
        return ""
    return str(int(number)) if number == int(number) else text.number(number)
