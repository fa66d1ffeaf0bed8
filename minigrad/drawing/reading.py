"""From tensors to a description of their computation graph in plain strings and numbers.

Only what PyTorch's tensors offer as well is read, and most of that may be missing (see `engines`). So one function
draws the tensors of both libraries and of your own engine, and what it returns keeps no tensor alive. Of minigrad it
needs the tables, for the names of what is saved.
"""

from __future__ import annotations

import ast
import math
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple

from ..engine.rows import rows
from ..nn import functional  # noqa: F401  which has a table of its own
from . import engines, formulas, memory, text
from .engines import unrecorded
from .naming import Names, is_tensor

Tensor = Any
Node = Any

# How far to count what lies beyond the cap before saying "more than". PyTorch frees a chain of nodes that Python has
# looked at by recursion: with 2.13 and a stack of 8 MB the process dies when 50,000 of them go, and not yet at 30,000.
COUNT_LIMIT = 5_000
# The names of an operation's inputs, in the order of `next_functions`. An input that needs no gradient is only
# `(None, 0)` there; under these names the operation may have saved its value. Those of minigrad's operations are in its
# tables (`AddBackward0` saves neither input); these are operations that only PyTorch has.
_INPUTS = {
    "Atan2": ("self", "other"),
    "Addmv": ("self", "mat", "vec"),
    "Baddbmm": ("self", "batch1", "batch2"),
    "Addcmul": ("self", "tensor1", "tensor2"),
    "Addcdiv": ("self", "tensor1", "tensor2"),
    "L1Loss": ("self", "target"),
    "SmoothL1Loss": ("self", "target"),
    "HuberLoss": ("self", "target"),
    "BinaryCrossEntropy": ("self", "target"),
    "Convolution": ("input", "weight", "bias"),
    "NativeLayerNorm": ("input", "weight", "bias"),
    "NativeBatchNorm": ("input", "weight", "bias"),
    "NativeGroupNorm": ("input", "weight", "bias"),
}
# Inputs that may be left out altogether and then show as `(None, 0)` as well.
_OPTIONAL = frozenset({"Convolution", "NativeLayerNorm", "NativeBatchNorm", "NativeGroupNorm"})
# The saved numbers that tell one operation from another of the same name, with the value not worth writing.
_ARGUMENTS: dict[str, object] = {
    "exponent": None,
    "ord": None,
    "dim": None,
    "dims": None,
    "dim0": None,
    "dim1": None,
    "index": None,
    "start": 0,
    "end": None,
    "step": 1,
    "min": None,
    "max": None,
    "alpha": 1,
    "beta": 1,
    "negative_slope": None,
    "correction": None,
    "weight": None,
    "self": None,
    "other": None,
}
FREED = "freed"
OVERWRITTEN = "overwritten in place"


@dataclass
class Value:
    """What an operation takes or returns."""

    kind: Literal["leaf", "constant", "result", "left out"]
    name: str = ""
    label: str = ""  # the name, or a number such as #1; no two values of a graph share it
    shape: str = ""
    dtype: str = ""  # only where it is not float32
    rows: tuple[str, ...] = ()  # the numbers, where there are few
    line: str = ""  # the numbers on one line
    is_output: bool = False
    is_input: bool = False  # a module was called on it
    has_accumulator: bool = True  # a leaf's; there is none where the leaves are nodes themselves
    gradient: str = ""  # a leaf's .grad
    is_formula: bool = False  # the label is one
    is_cut_off: bool = False  # a result that no gradient reaches, as the path to it was cut
    arrived: Any = None  # in a backward pass: the gradient with respect to it, as a tensor until it is written
    seed: Any = None  # … and what of that the pass starts with
    slope: str = ""  # … in words
    norm: float | None = None  # … and its length
    slopes: tuple[str, ...] = ()  # … and what it is the sum of

    @property
    def size(self) -> int:
        """The number of entries."""
        return math.prod(self.sizes)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The shape in numbers."""
        return ast.literal_eval(self.shape) if self.shape else ()

    @property
    def is_held(self) -> bool:
        """Whether a module may be what it belongs to."""
        return self.kind == "leaf" and not self.is_input

    def summary(self, with_shape: bool = False) -> str:
        """Return the numbers, else the shape, or both; the dtype where it is not the usual one."""
        is_plain = self.is_formula and self.shape == "()"  # which says it all
        about = self.line or (f"shape {self.shape}" if self.shape and not is_plain else "")
        shape = f"shape {self.shape}" if with_shape and self.shape else ""
        return " ".join(part for part in (about if about != shape else "", shape, self.dtype) if part)


class Frame(NamedTuple):
    """A call of a module, or a loop, drawn around the operations inside it."""

    name: str = ""
    module: str = ""  # the module's class
    repeats: int = 1

    @property
    def is_loop(self) -> bool:
        return self.repeats > 1 and not self.module

    @property
    def label(self) -> str:
        times = [f"× {self.repeats}"] if self.repeats > 1 else []
        return " ".join([*([f"{self.name}: {self.module}"] if self.module else []), *times])


@dataclass
class Operation:
    """A node of the graph other than `AccumulateGrad`, or a module drawn as one."""

    name: str
    arguments: tuple[str, ...] = ()
    inputs: list[int] = field(default_factory=list)  # places in Graph.values
    results: dict[int, int] = field(default_factory=dict)  # number of the result → place in Graph.values
    result_count: int = 1
    saved: tuple[tuple[str, str], ...] = ()
    frames: tuple[int, ...] = ()  # the modules and the loop around it, outermost first: places in Graph.frames
    repeats: int = 1  # how often a loop runs it
    module: str = ""  # the class of the module that this stands for
    path: tuple[int, ...] = ()  # … the calls around it, and its own
    inside: tuple[str, ...] = ()  # … and what it holds
    cut: str = ""  # why no gradient passes here
    again: dict[int, int] = field(default_factory=dict)  # by position of an input: what the loop puts there afterwards
    sends: dict[int, Any] = field(default_factory=dict)  # by position of an input: a gradient, until it is written
    slopes: dict[int, str] = field(default_factory=dict)  # … in words
    norms: dict[int, float] = field(default_factory=dict)  # … and its length
    memory: dict[Any, int] | None = None  # what it has saved: bytes by place in memory; None if that was not asked for

    @property
    def keywords(self) -> dict[str, str]:
        """The arguments, by name."""
        return dict(argument.split("=", 1) for argument in self.arguments if "=" in argument)

    @property
    def full_name(self) -> str:
        """`MulBackward0`; of a module its name in the one around it and its class."""
        return f"{self.name}: {self.module}" if self.name and self.module else self.name or self.module


@dataclass
class Graph:
    """Operations come after those whose results they take."""

    values: list[Value] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    operation_count: int = 0
    leaf_count: int = 0
    left_out: int = 0  # operations beyond the cap
    left_out_more: bool = False  # … and more that were not counted
    node_limit: int = 0
    letter: str = ""  # for the gradient that arrives at a value, where a backward pass is drawn
    with_shapes: bool = False  # of all values, also of those whose numbers are shown
    memory: list[str] = field(default_factory=list)  # what is saved for the backward pass, in all
    opens_with: int = 0  # the depth that opens one more level of modules than this graph shows; 0: all are open
    title: str = ""  # in place of `Computation graph of …`

    @property
    def node_count(self) -> int:
        """How many nodes there are to draw, of those that PyTorch's graph has."""
        return len(self.operations) + sum(value.kind == "leaf" for value in self.values)


@dataclass
class Options:
    most_numbers: int
    node_limit: int
    with_saved: bool = False
    with_gradients: bool = False
    with_shapes: bool = False
    with_memory: bool = False
    inputs: Sequence[Tensor] = ()  # what a module was called on
    output_name: str = "output"  # for one without a name of its own
    frames: Sequence[Frame] = ()  # the calls of modules
    frames_of_node: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # by id: the calls it was made in
    arguments: Mapping[int, list[Any]] = field(default_factory=dict)  # by id of a node: what its operation was given
    results: Mapping[tuple[int, int], Tensor] = field(default_factory=dict)  # by id of a node, number of the result


def operation_name(node: Node) -> str:
    return text.clean(engines.node_name(node).rpartition("::")[2], limit=40)


class Reading(NamedTuple):
    """A graph and, for further computation, the nodes that it describes."""

    graph: Graph
    nodes: list[Node]  # in the order of graph.operations
    inputs: list[list[int | None]]  # of each node: places in graph.values; None for what was not given to it
    tensors: Mapping[int, Tensor]  # by place in graph.values: the leaves, and what has a name or was saved


def read(outputs: Sequence[tuple[str, Tensor]], names: Names, options: Options) -> Reading:
    """Describe the graph that ends in `outputs`, pairs of a name (empty: look it up) and a tensor."""
    return _Reader(names, options).read(outputs)


def common_frames(sequences: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    """Return the outermost frames that all have in common."""
    common: list[int] = []
    for together in zip(*sequences, strict=False):
        if len(set(together)) > 1:
            break
        common.append(together[0])
    return tuple(common)


def number_values(graph: Graph) -> None:
    """Give a label to each value: its name, or a number in the order in which the outline lists those without."""
    listed = [value for value in graph.values if value.kind == "leaf" or value.is_output]
    for operation in graph.operations:
        listed += [graph.values[place] for place in operation.results.values()]
    for value in graph.values:
        value.label = value.name or value.label
    formulas.write(graph)
    for count, value in enumerate((value for value in listed if not value.label), start=1):
        value.label = f"#{count}"


class _Reader:
    def __init__(self, names: Names, options: Options) -> None:
        self.names = names
        self.options = options
        self.inputs = {id(tensor) for tensor in options.inputs}
        self.graph = Graph(node_limit=options.node_limit, frames=list(options.frames), with_shapes=options.with_shapes)
        self.place_of_result: dict[tuple[int, int], int] = {}  # (id of a node, number of the result) → place in values
        self.place_of_tensor: dict[int, int] = {}  # leaves and named constants
        self.tensor_at: dict[int, Tensor] = {}  # by place
        self.places_of_inputs: list[list[int | None]] = []  # of each node
        self.remembered: dict[tuple[int, int], Tensor] = {}  # results that some operation saved
        self.saved_attributes: dict[str, list[str]] = {}
        self.metadata: dict[int, Sequence[Any]] = {}  # of each node's results, by id: made again when asked for
        self.used_names: set[str] = set()
        self.freed = 0  # operations whose saved values are gone
        self.held: list[object] = []  # an id names an object for only as long as the object lives

    def read(self, outputs: Sequence[tuple[str, Tensor]]) -> Reading:
        starts = [tensor.grad_fn for _, tensor in outputs if engines.operation_of(tensor) is not None]
        kept = self.reachable(starts)
        ordered = list(_inputs_first(starts, kept))
        saved = [self.saved_by(node) for node in ordered]
        self.graph.outputs = [self.add_output(name, tensor, len(outputs)) for name, tensor in outputs]
        operations = {
            id(node): self.add_operation(node, values, kept) for node, values in zip(ordered, saved, strict=True)
        }
        for (node_id, index), place in sorted(self.place_of_result.items(), key=lambda item: item[0][1]):
            operation = operations[node_id]
            operation.results[index] = place
            operation.result_count = max(operation.result_count, index + 1)
        self.graph.operations = list(operations.values())
        self.graph.operation_count = len(operations)
        self.graph.leaf_count = sum(value.kind == "leaf" for value in self.graph.values)
        if self.options.with_memory:
            there_anyway = [t for place, t in self.tensor_at.items() if self.graph.values[place].kind != "result"]
            self.graph.memory = memory.in_words(self.graph.operations, there_anyway, self.freed)
        with unrecorded():
            formulas.find_numbers(self.graph, self.tensor_at, self.options.most_numbers)
        return Reading(self.graph, ordered, self.places_of_inputs, self.tensor_at)

    def reachable(self, starts: Sequence[Node]) -> dict[int, Node]:
        """Return the nodes nearest to the outputs, by id, at most `node_limit` of them."""
        found = {id(node): node for node in starts}
        queue = deque(found.values())
        kept: dict[int, Node] = {}
        beyond = 0
        while queue and beyond < COUNT_LIMIT:
            node = queue.popleft()
            if len(kept) < self.options.node_limit:
                kept[id(node)] = node
            elif not engines.accumulates(node):
                beyond += 1
            for following, _ in node.next_functions:
                if following is not None and id(following) not in found:
                    found[id(following)] = following
                    queue.append(following)
        self.held.append(found)
        self.graph.left_out = beyond
        self.graph.left_out_more = bool(queue)
        return kept

    def saved_by(self, node: Node) -> dict[str, Any]:
        """Return what a node saved, by attribute; FREED or OVERWRITTEN for what is no longer available."""
        kind = engines.node_name(node)
        if kind not in self.saved_attributes:
            self.saved_attributes[kind] = [name for name in dir(node) if name.startswith("_saved_")]
        saved = {name: _saved_attribute(node, name) for name in self.saved_attributes[kind]}
        if engines.is_function(node):
            tensors = _saved_attribute(node, "saved_tensors")
            if isinstance(tensors, str):
                saved["saved_tensors"] = tensors
            else:
                saved |= {f"saved_tensors[{place}]": tensor for place, tensor in enumerate(tensors)}
        for tensor in saved.values():
            if is_tensor(tensor) and engines.operation_of(tensor) is not None:
                self.held.append(tensor)
                self.remembered.setdefault(engines.origin(tensor), tensor)
        return saved

    def add_output(self, name: str, tensor: Tensor, count: int) -> int:
        if engines.operation_of(tensor) is None:
            place = self.add_leaf(tensor, name) if tensor.requires_grad else self.add_constant(tensor, name)
        else:
            # Without a name of its own it is called output; being entered first, it gets that name.
            found = name or self.names.of_tensor(tensor) or self.names.of_result(*engines.origin(tensor))[0]
            place = self.add_result(
                tensor.grad_fn, engines.origin(tensor)[1], found or self.options.output_name, tensor
            )
        self.graph.values[place].is_output = True
        return place

    def add_operation(self, node: Node, saved: dict[str, Any], kept: dict[int, Node]) -> Operation:
        name = operation_name(node)
        operation = Operation(name, arguments=_arguments(saved), result_count=max(1, len(self.metadata_of(node))))
        operation.frames = self.options.frames_of_node.get(id(node), ())
        beyond = None
        places: list[int | None] = []
        given = self.given_without_gradient(node)
        for position, (before, index) in enumerate(node.next_functions):
            if before is None:
                places.append(self.add_input_without_gradient(name, position, saved, given))
            elif id(before) not in kept:
                if beyond is None:
                    beyond = self.add(Value("left out", label="…"))
                places.append(beyond)
            elif (leaf := engines.leaf_of(before)) is not None:
                place = self.add_leaf(leaf) if leaf.requires_grad else self.add_constant(leaf)
                self.graph.values[place].has_accumulator = before is not leaf
                places.append(place)
            else:
                places.append(self.add_result(before, index))
        if len(given) == 1 and _kind(name) == "Rsub":
            operation.arguments = (*operation.arguments, f"other={_plain(given.pop())}")
        self.places_of_inputs.append(places)
        first_beyond = None if beyond is None else places.index(beyond)
        operation.inputs = [
            place
            for position, place in enumerate(places)
            if place is not None and (place != beyond or position == first_beyond)
        ]
        if self.options.with_memory:
            operation.memory = memory.of(saved)
            self.freed += any(value is FREED for value in saved.values())
        if self.options.with_saved:
            operation.saved = tuple((key, self.saved_line(value)) for key, value in saved.items() if value is not None)
        return operation

    def add_leaf(self, tensor: Tensor, name: str = "") -> int:
        if id(tensor) not in self.place_of_tensor:
            value = self.describe(Value("leaf"), tensor)
            if self.options.with_gradients:
                gradient = getattr(tensor, "grad", None)
                value.gradient = "None" if gradient is None else self.brief(gradient)
            place = self.add(value, name or self.names.of_tensor(tensor))
            self.place_of_tensor[id(tensor)] = place
            self.tensor_at[place] = tensor
        return self.place_of_tensor[id(tensor)]

    def add_result(self, node: Node, index: int, name: str = "", tensor: Tensor | None = None) -> int:
        key = (id(node), index)
        if key not in self.place_of_result:
            found, named = self.names.of_result(id(node), index)
            if tensor is None:
                tensor = named if named is not None else self.remembered.get(key, self.options.results.get(key))
            if tensor is None and is_tensor(node):
                tensor = node
            value = Value("result")
            metadata = self.metadata_of(node)
            if tensor is not None:
                self.describe(value, tensor)
            elif index < len(metadata):
                value.shape, value.dtype = _shape_and_dtype(metadata[index])
            place = self.place_of_result[key] = self.add(value, name or found)
            if tensor is not None:
                self.tensor_at[place] = tensor
        return self.place_of_result[key]

    def metadata_of(self, node: Node) -> Sequence[Any]:
        """Return the shape and type of each result of a node."""
        if id(node) not in self.metadata:
            self.metadata[id(node)] = engines.metadata(node)
        return self.metadata[id(node)]

    def given_without_gradient(self, node: Node) -> list[Any]:
        """Return the numbers and tensors a node's operation took, in order, if they are its only constants."""
        given = [
            thing for thing in self.options.arguments.get(id(node), ()) if not getattr(thing, "requires_grad", False)
        ]
        constants = sum(before is None for before, _ in node.next_functions)
        return given if len(given) == max(constants, 1) else []

    def add_input_without_gradient(
        self, operation: str, position: int, saved: dict[str, Any], given: list[Any]
    ) -> int | None:
        """Return the constant behind a `(None, 0)`: its name or value where the operation saved it."""
        inputs = _names_of_inputs(operation)
        value = saved.get(f"_saved_{inputs[position]}") if position < len(inputs) else None
        seen = given.pop(0) if given else None
        if not is_tensor(value) and seen is not None:
            value = seen
        if isinstance(value, (int, float)):
            line = _plain(value)
            return self.add(Value("constant", rows=(line,), line=line))
        if value is None and _kind(operation) in _OPTIONAL:
            return None
        if is_tensor(value):
            return self.add_constant(value)
        return self.add(Value("constant"))

    def add_constant(self, tensor: Tensor, name: str = "") -> int:
        name = name or self.names.of_tensor(tensor)
        if name and id(tensor) in self.place_of_tensor:
            return self.place_of_tensor[id(tensor)]
        value = self.describe(Value("constant"), tensor)
        place = self.add(value, name)
        self.place_of_tensor[id(tensor)] = place
        self.tensor_at[place] = tensor
        return place

    def add(self, value: Value, name: str = "") -> int:
        value.name = self.unused(text.clean(name))
        self.graph.values.append(value)
        return len(self.graph.values) - 1

    def unused(self, name: str) -> str:
        """`name`, numbered where another tensor of this graph already has it."""
        candidate, count = name, 1
        while candidate and candidate in self.used_names:
            count += 1
            candidate = f"{name} ({count})"
        self.used_names.add(candidate)
        return candidate

    def describe(self, value: Value, tensor: Tensor) -> Value:
        value.shape, value.dtype = _shape_and_dtype(tensor)
        value.is_input = id(tensor) in self.inputs
        if value.kind == "constant" and value.shape == "()":
            value.dtype = ""  # the 3 of x * 3 is saved as a tensor of type int64, which would tell the reader nothing
        numbers = engines.numbers_of(tensor, self.options.most_numbers)
        if numbers is not None:
            value.rows, value.line = text.rows(numbers), text.array(numbers)
        return value

    def brief(self, tensor: Tensor) -> str:
        return brief(tensor, self.options.most_numbers)

    def saved_line(self, saved: Any) -> str:
        """Return a saved value on one line: the tensor's name and numbers, or a plain number."""
        if isinstance(saved, (tuple, list)) and any(is_tensor(entry) for entry in saved):
            return ", ".join("None" if entry is None else self.saved_line(entry) for entry in saved)
        if not is_tensor(saved):
            return text.clean(_plain(saved), limit=60)
        if engines.operation_of(saved) is None:
            place = self.place_of_tensor.get(id(saved))
            name = self.graph.values[place].name if place is not None else text.clean(self.names.of_tensor(saved))
        else:
            place = self.place_of_result.get(engines.origin(saved))
            name = self.graph.values[place].name if place is not None else ""
        numbers = self.brief(saved)
        if not name:
            return numbers
        return f"{name}, {numbers}" if numbers.startswith("shape") else f"{name} = {numbers}"


def brief(tensor: Tensor, most_numbers: int) -> str:
    """Return a tensor's numbers on one line where they are few, else its shape."""
    numbers = engines.numbers_of(tensor, most_numbers)
    return text.array(numbers) if numbers is not None else f"shape {text.shape(engines.shape_of(tensor))}"


def _inputs_first(starts: Sequence[Node], kept: dict[int, Node]) -> Iterator[Node]:
    """Yield the kept operations, each after those whose results it takes."""
    entered: set[int] = set()
    for start in starts:
        stack = [(start, iter(start.next_functions))] if id(start) not in entered else []
        entered.add(id(start))
        while stack:
            node, following = stack[-1]
            for before, _ in following:
                is_new = before is not None and id(before) in kept and id(before) not in entered
                if is_new and not engines.accumulates(before):
                    entered.add(id(before))
                    stack.append((before, iter(before.next_functions)))
                    break
            else:
                stack.pop()
                yield node


@cache
def _names_of_inputs(operation: str) -> tuple[str, ...]:
    """Return the names of an operation's inputs; of rows that share a node, those of the one with most."""
    named = [tuple(map(row.pytorch_name, row.inputs)) for row in rows.values() if row.node == operation]
    return max(named, key=len, default=_INPUTS.get(_kind(operation), ()))


def _kind(name: str) -> str:
    """Return the operation a node is named after: `Mul` of MulBackward0, `TanhBackward` of TanhBackwardBackward0."""
    return re.sub(r"Backward\d*$", "", name)


def _shape_and_dtype(described: Any) -> tuple[str, str]:
    kind = engines.dtype_of(described)
    name = "" if kind is None else text.dtype(kind)
    return text.shape(engines.shape_of(described)), "" if name == "float32" else name


def _saved_attribute(node: Node, name: str) -> Any:
    try:
        return getattr(node, name)
    except RuntimeError as error:
        return OVERWRITTEN if "inplace" in str(error) or "in-place" in str(error) else FREED


def _arguments(saved: dict[str, Any]) -> tuple[str, ...]:
    written = []
    for name, usual in _ARGUMENTS.items():
        value = saved.get(f"_saved_{name}")
        if value is None or value == "" or is_tensor(value) or value is FREED or value is OVERWRITTEN:
            continue
        plain = _plain(value)
        if plain != str(usual) and plain != "end":
            written.append(f"{name}={plain}")
    return tuple(written)


def _plain(saved: Any) -> str:
    """Return a saved number, text, or sequence of them."""
    if isinstance(saved, (tuple, list)):
        entries = ", ".join(_plain(entry) for entry in saved)
        return f"({entries}{',' if len(saved) == 1 else ''})"
    if isinstance(saved, int) and not isinstance(saved, bool):
        signed = saved - 2**64 if saved >= 2**63 else saved  # PyTorch hands out a dim of -1 as 2**64 - 1
        return "end" if signed == 2**63 - 1 else str(signed)  # and an open end of a slice as the largest int64
    return text.number(saved) if isinstance(saved, (float, complex)) else str(saved)
