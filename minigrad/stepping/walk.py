"""The backward pass, one node at a time: what arrives, what the local rule makes of it, where it goes.

Nodes are called as functions, which both minigrad and PyTorch allow and which leaves every tensor as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from minigrad.drawing import outline, text
from minigrad.drawing.reading import Operation, Reading, Value, accumulates, brief
from minigrad.stepping import rules

Tensor = Any
Node = Any

_LONGEST_FORMULA = 120  # in letters; with longer numbers it is left in symbols


@dataclass
class Step:
    """One visit in words, and what its picture shows; values and operations by their places in the graph."""

    title: str
    why: str
    arrives: list[str] = field(default_factory=list)
    sends: list[str] = field(default_factory=list)
    then: list[str] = field(default_factory=list)
    operation: int | None = None
    value: int | None = None  # the output where the pass starts, or the leaf where it ends
    gradients: dict[int, str] = field(default_factory=dict)  # of values, as much as has arrived
    leaf_gradients: dict[int, str] = field(default_factory=dict)  # each leaf's .grad
    visited: frozenset[int] = frozenset()  # operations


def walk(reading: Reading, seeds: Sequence[tuple[Tensor, Tensor]], most_numbers: int) -> list[Step]:
    """The steps of the pass that starts with `seeds`, pairs of an output and the gradient it is given."""
    return _Walk(reading, most_numbers).run(seeds)


class _Walk:
    def __init__(self, reading: Reading, most_numbers: int) -> None:
        self.graph, self.nodes = reading.graph, reading.nodes
        self.most_numbers = most_numbers
        self.reading = reading
        self.leaves: dict[int, Tensor] = {}
        self.targets = [self.targets_of(node) for node in self.nodes]
        self.senders: dict[int, list[int]] = {}  # place of a value → the operations that send gradients to it
        for number, targets in enumerate(self.targets):
            for place in targets:
                if place is not None:
                    self.senders.setdefault(place, []).append(number)
        self.arrived: dict[int, Tensor] = {}
        self.parts: dict[int, list[str]] = {}
        self.leaf_gradients: dict[int, str] = {}
        self.visited: set[int] = set()
        self.steps: list[Step] = []

    def targets_of(self, node: Node) -> list[int | None]:
        """Where the gradients that leave a node go: places of values, None for an input that needs no gradient."""
        places: list[int | None] = []
        for before, index in node.next_functions:
            if before is None:
                places.append(None)
            elif accumulates(before):
                place = self.reading.place_of_leaf[id(before.variable)]
                self.leaves[place] = before.variable
                places.append(place)
            else:
                places.append(self.reading.place_of_result[id(before), index])
        return places

    def run(self, seeds: Sequence[tuple[Tensor, Tensor]]) -> list[Step]:
        for place, (output, _) in zip(self.graph.outputs, seeds, strict=True):
            if output.grad_fn is None:
                self.leaves[place] = output
        self.leaf_gradients = {place: self.write_optional(leaf.grad) for place, leaf in self.leaves.items()}
        for place, (_, gradient) in zip(self.graph.outputs, seeds, strict=True):
            self.start(place, gradient)
        operations, leaves = set(range(len(self.nodes))), set(self.leaves)
        while operations or leaves:
            leaf = min((place for place in leaves if self.has_all(place)), default=None)
            if leaf is not None:
                leaves.remove(leaf)
                self.accumulate(leaf)
                continue
            ready = [number for number in operations if all(map(self.has_all, self.results(number)))]
            operations.remove(max(ready))
            self.visit(max(ready))
        return self.steps

    def results(self, number: int) -> list[int]:
        return list(self.graph.operations[number].results.values())

    def has_all(self, place: int) -> bool:
        """Whether every operation that sends to this value has been visited."""
        return self.visited.issuperset(self.senders.get(place, ()))

    def receive(self, place: int, gradient: Tensor, sender: str) -> None:
        gradient = gradient.detach()
        self.arrived[place] = self.arrived[place] + gradient if place in self.arrived else gradient
        self.parts.setdefault(place, []).append(f"{self.write(gradient)} from {sender}")

    # --- the three kinds of step

    def start(self, place: int, gradient: Tensor) -> None:
        label, given = self.graph.values[place].label, self.write(gradient)
        self.receive(place, gradient, "the start")
        step = self.new_step(f"Start at {label}", "A backward pass starts at the tensor it is called on.")
        alone = given in ("1.", "[1.]")
        what = f"the gradient of {label} with respect to itself" if alone else "the vector it is called with"
        step.arrives.append(f"{given}, {what}")
        step.value = place

    def visit(self, number: int) -> None:
        node, operation, results = self.nodes[number], self.graph.operations[number], self.results(number)
        given: list[Tensor | None] = [None] * operation.result_count
        for index, place in operation.results.items():
            given[index] = self.arrived.get(place)
        self.visited.add(number)
        returned: Any = node(*given) if any(g is not None for g in given) else (None,) * len(self.targets[number])
        returned = returned if isinstance(returned, tuple) else (returned,)
        sends = []
        for position, (target, product) in enumerate(zip(self.targets[number], returned, strict=True)):
            if target is None:
                name = self.input_names(number)[position]
                sends.append(f"{'the ' if name.startswith('constant') else ''}{name} needs no gradient")
            elif product is not None:
                value = self.graph.values[target]
                shape = list(node.next_functions[position][0]._input_metadata[node.next_functions[position][1]].shape)
                summed = _sum_to(product, shape)
                which = f" as input {position + 1}" if self.targets[number].count(target) > 1 else ""
                sends.append(f"to {value.label}{which}: {self.explain(number, position, value, product, summed)}")
                self.receive(target, summed, self.named(number))
        step = self.new_step(self.named(number), self.why(results))
        step.operation = number
        step.arrives = [self.arrival(place) for place in results]
        step.sends = sends
        for place in dict.fromkeys(target for target in self.targets[number] if target is not None):
            if not self.has_all(place):
                missing = self.listed([number for number in self.senders[place] if number not in self.visited])
                step.then.append(f"{self.graph.values[place].label} waits for {missing}")

    def accumulate(self, place: int) -> None:
        label, before = self.graph.values[place].label, self.leaf_gradients[place]
        if place not in self.arrived:
            return
        leaf, gradient = self.leaves[place], self.arrived[place]
        after = gradient if leaf.grad is None else leaf.grad.detach() + gradient
        self.leaf_gradients[place] = self.write(after)
        step = self.new_step(f"AccumulateGrad of {label}", self.why([place]))
        step.value = place
        step.arrives = [self.arrival(place)]
        total = self.write(after)
        if leaf.grad is not None:
            total = f"{rules.fill('{a} + {b}', {'a': before, 'b': self.write(gradient)})} = {total}"
        step.then = [f"{label}.grad before: {before}", f"{label}.grad after: {total}"]

    # --- words

    def new_step(self, title: str, why: str) -> Step:
        step = Step(
            title,
            why,
            gradients={place: self.write(gradient) for place, gradient in self.arrived.items()},
            leaf_gradients=dict(self.leaf_gradients),
            visited=frozenset(self.visited),
        )
        self.steps.append(step)
        return step

    def why(self, places: list[int]) -> str:
        senders = [number for place in places for number in self.senders.get(place, ())]
        if not senders:
            return "Next, because the pass starts at its result."
        return f"Next, because all that its gradient is made of has arrived, from {self.listed(senders)}."

    def named(self, number: int) -> str:
        """`MulBackward0 of z`, as a graph may have many a MulBackward0."""
        made = _listed([self.graph.values[place].label for place in self.results(number)])
        return f"{self.graph.operations[number].name} of {made}"

    def listed(self, numbers: list[int]) -> str:
        """Operations, each once; one that sends twice to the same value says so."""
        counts = Counter(numbers)
        return _listed([self.named(n) + ("" if count == 1 else f" ({count} times)") for n, count in counts.items()])

    def arrival(self, place: int) -> str:
        parts = self.parts.get(place, [])
        total = self.write_optional(self.arrived.get(place))
        name = self.graph.values[place].label
        if len(parts) < 2:
            return f"g = {total}, the gradient with respect to {name}"
        return f"g = {total}, the gradient with respect to {name}, the sum of {_listed(parts)}"

    def explain(self, number: int, position: int, value: Value, product: Tensor, summed: Tensor) -> str:
        """The rule in symbols, in numbers, and what comes out."""
        operation = self.graph.operations[number]
        formula = rules.rule(operation.name, position)
        written = self.write(product)
        ways = ["g times this operation's Jacobian"]
        if formula:
            symbols, numbers = self.letters(number, value)
            ways = [rules.fill(formula, symbols)]
            if all(numbers.get(letter) is not None for letter in rules.needs(formula)):
                in_numbers = rules.fill(formula, {letter: word or "" for letter, word in numbers.items()})
                ways += [in_numbers] if len(in_numbers) <= _LONGEST_FORMULA and in_numbers != written else []
        line = " = ".join([*ways, written])
        if list(summed.shape) != list(product.shape):
            line += f", summed to {value.label}'s shape {text.shape(summed.shape)}: {self.write(summed)}"
        return line

    def letters(self, number: int, target: Value) -> tuple[dict[str, str], dict[str, str | None]]:
        """What stands for the letters of a rule: names, and numbers where they are known."""
        operation = self.graph.operations[number]
        arguments = dict(argument.split("=", 1) for argument in operation.arguments)
        alpha = arguments.get("alpha")
        exponent = arguments.get("exponent", "")
        both: dict[str, str] = {
            "n": str(target.size),
            "alpha": f"{alpha} · " if alpha else "",
            "exponent": exponent,
            "to_one_less": "" if exponent == "2" else f"^{_less_one(exponent)}",
            "base": arguments.get("self", ""),
        }
        results = [self.graph.values[place] for place in self.results(number)]
        given = self.write_optional(self.arrived.get(self.results(number)[0]))
        symbols = both | {"g": "g", "ans": results[0].label} | dict(zip("abc", self.input_names(number), strict=False))
        values = [value.line or None if value is not None else None for value in self.inputs(number)]
        numbers: dict[str, str | None] = {
            "g": None if given.startswith("shape") else given,
            "ans": results[0].line or None,
        }
        return symbols, both | numbers | dict(zip("abc", values, strict=False))

    def inputs(self, number: int) -> list[Value | None]:
        """The inputs by position, constants among them where they are known."""
        operation: Operation = self.graph.operations[number]
        constants = (self.graph.values[p] for p in operation.inputs if self.graph.values[p].kind == "constant")
        return [next(constants, None) if place is None else self.graph.values[place] for place in self.targets[number]]

    def input_names(self, number: int) -> list[str]:
        return ["constant" if value is None else outline.input_name(value) for value in self.inputs(number)]

    def write(self, tensor: Tensor) -> str:
        return brief(tensor, self.most_numbers)

    def write_optional(self, tensor: Tensor | None) -> str:
        return "None" if tensor is None else self.write(tensor)


def _listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _less_one(exponent: str) -> str:
    try:
        return text.number(float(exponent) - 1).removesuffix(".")
    except ValueError:
        return ""


def _sum_to(gradient: Tensor, shape: list[int]) -> Tensor:
    """The gradient of a broadcast input: summed over the dimensions that broadcasting had added or stretched."""
    gradient = gradient.detach()
    while len(gradient.shape) > len(shape):
        gradient = gradient.sum(0)
    for dimension, size in enumerate(shape):
        if size == 1 and gradient.shape[dimension] != 1:
            gradient = gradient.sum(dimension, keepdim=True)
    return gradient
