"""The paths from one value to another, by the steps of a tape, and where they are cut."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from .tape import EXITS, Step, Value

# Whose slope is zero wherever it exists.
_STAIRS = frozenset({"round", "floor", "ceil", "trunc", "fix", "sign", "sgn", "heaviside", "floor_divide", "bernoulli",
                     "__floordiv__", "__rfloordiv__", "round_", "floor_", "ceil_", "trunc_", "sign_"})  # fmt: skip
_PRODUCTS = frozenset({"mul", "mul_", "multiply", "__mul__", "__rmul__", "__imul__", "matmul", "__matmul__",
                       "__rmatmul__", "mm", "bmm", "mv", "dot", "inner", "outer", "linear", "conv1d", "conv2d",
                       "conv3d", "bilinear"})  # fmt: skip
_CONVERTING = frozenset({"tensor", "as_tensor", "asarray"})


class Edge(NamedTuple):
    """One input of a step, and one result."""

    start: Value
    step: Step
    end: Value
    needed: bool  # whether the input required grad


class Ways:
    """What a value was computed from: the edges of all steps before it."""

    def __init__(self, end: Value) -> None:
        self.end = end
        self.values: set[Value] = {end}
        self.edges: dict[Value, list[Edge]] = {}  # by the value where they start
        self.forgotten = False
        stack = [end]
        while stack:
            value = stack.pop()
            step = value.made_by
            if step is None:
                continue
            self.forgotten |= step.forgotten
            for place, before in enumerate(step.inputs):
                if not _belongs(step, place, value):
                    continue
                self.edges.setdefault(before, []).append(Edge(before, step, value, step.needed[place]))
                if before not in self.values:
                    self.values.add(before)
                    stack.append(before)

    @property
    def sources(self) -> list[Value]:
        """The values that no step made that was seen."""
        return [value for value in self.values if value.made_by is None]

    def starts(self, tensor: int) -> list[Value]:
        """Return the values of that tensor."""
        return [value for value in self.values if value.tensor == tensor]

    def edges_from(self, starts: Iterable[Value], through: Callable[[Edge], bool] = lambda edge: True) -> list[Edge]:
        """Return the edges on the paths from these values to the end, each as far as `through` lets it pass."""
        first = {value.tensor for value in starts}
        seen, stack, found = set(starts), list(starts), []
        while stack:
            for edge in self.edges.get(stack.pop(), ()):
                if edge.end.tensor in first and edge.end is not self.end:
                    continue  # a write to the tensor itself leads no further
                found.append(edge)
                if edge.end not in seen and through(edge):
                    seen.add(edge.end)
                    stack.append(edge.end)
        return found

    def reach(self, starts: Iterable[Value], through: Callable[[Edge], bool]) -> bool:
        """Return whether a path leads to the end on edges that `through` lets pass."""
        starts = list(starts)
        if self.end in starts:
            return True
        return any(edge.end is self.end and through(edge) for edge in self.edges_from(starts, through))


def _belongs(step: Step, place: int, value: Value) -> bool:
    """Return whether that input goes into that result; functions on several tensors change each one for itself."""
    if step.name in ("broadcast_tensors", "meshgrid", "align_tensors") and len(step.inputs) == len(step.outputs):
        return step.outputs.index(value) == place
    return True


def cause_of_cut(edge: Edge) -> str | None:
    """Return why no gradient passes an edge; None where one does, or where nothing speaks against it."""
    step, end = edge.step, edge.end
    if step.inside_function:
        return None
    if step.name in EXITS:
        return "numpy" if step.name in ("numpy", "__array__") else "item"
    if edge.start.ref is None or edge.start.is_array:  # a number or an array, which came out of the graph before
        return None
    if step.name in ("detach", "detach_"):
        return "detach"
    if step.name == "data":
        return "data"
    if step.name in _CONVERTING and not end.requires_grad and edge.needed:
        return "new_tensor"
    if step.name in ("tensor", "Parameter", "_make_subclass"):
        return "new_tensor"
    if step.name == "__deepcopy__":
        return "copy"
    if not end.floating:
        return "integers"
    if not edge.start.floating:
        return None
    made = edge.start.made_by
    if made is not None and made.carries and not edge.needed and not edge.start.requires_grad:
        return "function"
    if not step.recording and not end.requires_grad:
        return "inference_mode" if step.inference else "no_grad"
    if edge.needed and not end.requires_grad:
        return "unknown"
    return None


def cause_of_zero(edge: Edge) -> str | None:
    """Return why the gradient that passes an edge becomes zero everywhere; None where no such reason is known."""
    step = edge.step
    name = step.name.rstrip("_") if not step.name.endswith("__") else step.name
    if name in _STAIRS:
        return "stairs"
    if name == "relu" and _within(edge.start, -math.inf, 0.0):
        return "dead"
    if step.flat:
        return "saturated"
    if name in _PRODUCTS:
        others = [value for value in step.inputs[:2] if value is not edge.start]
        twice = sum(value is edge.start for value in step.inputs) > 1
        numbers = [option for option in step.options if isinstance(option, (int, float))]
        if edge.start in step.inputs[:2] and not twice:
            if any(_within(value, 0.0, 0.0) for value in others):
                return "times_zero"
            if len(step.inputs) == 1 and numbers == [0] and "mul" in name:
                return "times_zero"
    if name == "where" and len(step.inputs) == 3 and edge.start in step.inputs[1:]:
        condition = step.inputs[0]
        first = edge.start is step.inputs[1]
        if _within(condition, 0.0, 0.0) if first else _within(condition, 1.0, 1.0):
            return "branch"
    if name in ("clamp", "clip", "hardtanh") and (limits := _limits(step)) is not None:
        low, high = limits
        if _within(edge.start, -math.inf, low) or _within(edge.start, high, math.inf):
            return "clamped"
    return None


def _limits(step: Step) -> tuple[float, float] | None:
    numbers = [option for option in step.options if option is None or isinstance(option, (int, float))]
    if len(numbers) != 2:  # one limit may be either
        return None
    low, high = numbers
    return (-math.inf if low is None else float(low), math.inf if high is None else float(high))


def numbers(value: Value) -> tuple[float, float] | None:
    """Return the smallest and the largest entry of a value, where they were noted."""
    if value.extremes is None:
        return None
    low, high = value.extremes
    return float(low), float(high)


def _within(value: Value, low: float, high: float) -> bool:
    known = numbers(value)
    if known is None or any(map(math.isnan, known)):
        return False
    return low <= known[0] and known[1] <= high


def has_nan(value: Value) -> bool:
    return (known := numbers(value)) is not None and any(map(math.isnan, known))


def is_broken(value: Value) -> bool:
    """Return whether an entry is nan or infinite."""
    return (known := numbers(value)) is not None and not all(map(math.isfinite, known))


class Broken(NamedTuple):
    """Where nan or an infinity arose: the value, which of the two it is, and whether a step gave it."""

    value: Value
    what: str

    @property
    def is_computed(self) -> bool:
        return _is_computed(self.value)


def first_broken(ways: Ways) -> list[Broken]:
    """Return where the first nan arose; if it came from an infinity, or there is none, where the first infinity did."""
    nan = _born(ways.values, has_nan)
    found = [] if nan is None else [Broken(nan, "nan")]
    if nan is not None and (not _is_computed(nan) or not any(map(is_broken, _made_by(nan).inputs))):
        return found
    infinity = _born(Ways(nan).values - {nan} if nan is not None else ways.values, is_broken)
    if infinity is not None:
        found.insert(0, Broken(infinity, "infinity"))
    return found


def _born(values: set[Value], broken: Callable[[Value], bool]) -> Value | None:
    """Return the first value that is broken although nothing that it was computed from is."""
    born = [
        value
        for value in values
        if broken(value) and not (_is_computed(value) and any(map(broken, _made_by(value).inputs)))
    ]
    return min(born, key=lambda value: value.seen, default=None)


def _is_computed(value: Value) -> bool:
    return value.made_by is not None and bool(value.made_by.inputs)


def steep(ways: Ways) -> Iterator[Step]:
    """Yield the steps whose slope is infinite where they stood: a square root or a norm at zero."""
    for step in {value.made_by for value in ways.values if value.made_by is not None}:
        roots = step.name.rstrip("_") in ("sqrt", "norm", "vector_norm", "linalg_vector_norm", "linalg_norm")
        if roots and any((known := numbers(value)) is not None and known[0] == 0 for value in step.outputs):
            yield step


def _made_by(value: Value) -> Step:
    assert value.made_by is not None
    return value.made_by
