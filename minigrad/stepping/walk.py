"""The backward pass, one node at a time: what arrives, what the local rule makes of it, where it goes.

Nodes are called as functions, which both minigrad and PyTorch allow and which leaves every tensor as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..drawing import backward, engines, outline, text
from ..drawing.backward import Seed
from ..drawing.engines import is_function, unrecorded
from ..drawing.reading import Reading, brief
from . import rules

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
    kept_gradients: dict[int, str] = field(default_factory=dict)  # each leaf's .grad, and those of retain_grad()
    visited: frozenset[int] = frozenset()  # operations


@dataclass
class Walk:
    """A whole pass in steps."""

    steps: list[Step]
    notes: list[str]  # what a reader must know about all steps
    letter: str  # for the gradient that arrives: g, or another where a tensor has that name


def walk(reading: Reading, seeds: Sequence[Seed], most_numbers: int) -> Walk:
    """Return the steps of the pass that starts with `seeds`, one for each output."""
    with unrecorded():
        return _Walk(reading, most_numbers).run(seeds)


class _Walk:
    def __init__(self, reading: Reading, most_numbers: int) -> None:
        self.graph, self.nodes, self.tensors = reading.graph, reading.nodes, reading.tensors
        self.inputs = reading.inputs
        self.most_numbers = most_numbers
        self.letter = self.graph.letter = backward.letter(self.graph)
        values = self.graph.values
        # Places of values where the gradients that leave a node go; None for an input that needs no gradient.
        self.targets = [
            [place if place is not None and values[place].kind != "constant" else None for place in places]
            for places in self.inputs
        ]
        self.senders: dict[int, list[int]] = {}  # place of a value → the operations that send gradients to it
        for number, targets in enumerate(self.targets):
            for place in targets:
                if place is not None:
                    self.senders.setdefault(place, []).append(number)
        self.leaves = {place: tensor for place, tensor in self.tensors.items() if values[place].kind == "leaf"}
        self.keepers = self.leaves | {
            place: tensor
            for place, tensor in self.tensors.items()
            if values[place].kind == "result" and values[place].name and getattr(tensor, "retains_grad", False)
        }
        ages = [engines.age(node) for node in self.nodes]
        self.are_aged = None not in ages
        # Without ages an operation counts as newer than those whose results it takes, which come before it.
        self.ages: Sequence[Any] = ages if self.are_aged else range(len(ages))
        self.starts: set[int] = set()
        self.arrived: dict[int, Tensor] = {}
        self.gradients: dict[int, str] = {}  # the same in words
        self.parts: dict[int, list[str]] = {}
        self.kept_gradients: dict[int, str] = {}
        self.visited: set[int] = set()
        self.steps: list[Step] = []

    def run(self, seeds: Sequence[Seed]) -> Walk:
        self.kept_gradients = {place: self.write_optional(_grad(tensor)) for place, tensor in self.keepers.items()}
        self.starts = set(self.graph.outputs)
        for place, seed in zip(self.graph.outputs, seeds, strict=True):
            self.start(place, seed)
        operations, leaves = set(range(len(self.nodes))), set(self.leaves)
        while operations or leaves:
            leaf = min((place for place in leaves if self.has_all(place)), default=None)
            if leaf is not None:
                leaves.remove(leaf)
                self.accumulate(leaf)
                continue
            ready = [number for number in operations if all(map(self.has_all, self.results(number)))]
            newest = max(ready, key=self.ages.__getitem__)
            operations.remove(newest)
            self.visit(newest, len(ready) if self.are_aged else 1)
        return Walk(self.steps, list(self.notes()), self.letter)

    def notes(self) -> Iterator[str]:
        hooked = [
            self.graph.values[place].label
            for place, tensor in sorted(self.tensors.items())
            if any(getattr(tensor, name, None) for name in ("_backward_hooks", "_post_accumulate_grad_hooks"))
        ]
        if hooked:
            yield f"Hooks are not called here: what those of {_listed(hooked)} change is not shown."

    def results(self, number: int) -> list[int]:
        return list(self.graph.operations[number].results.values())

    def has_all(self, place: int) -> bool:
        """Return whether every operation that sends to this value has been visited."""
        return self.visited.issuperset(self.senders.get(place, ()))

    def receive(self, place: int, gradient: Tensor, sender: str) -> None:
        self.arrived[place] = self.arrived[place] + gradient if place in self.arrived else gradient
        self.gradients[place] = self.write(self.arrived[place])
        self.parts.setdefault(place, []).append(f"{self.write(gradient)} from {sender}")

    # --- the three kinds of step

    def start(self, place: int, seed: Seed) -> None:
        label = self.graph.values[place].label
        self.receive(place, seed.gradient, "the start")
        step = self.new_step(f"Start at {label}", "A backward pass starts at the tensor it is called on.")
        what = f"the gradient of {label} with respect to itself" if seed.is_bare else "the vector it is called with"
        step.arrives.append(f"{self.write(seed.gradient)}, {what}")
        step.value = place

    def visit(self, number: int, ready: int) -> None:
        node, results = self.nodes[number], self.results(number)
        given: list[Tensor | None] = [None] * self.graph.operations[number].result_count
        for index, place in self.graph.operations[number].results.items():
            given[index] = self.arrived.get(place)
        self.visited.add(number)
        kept = list(self.keep(results))
        products = backward.called(node, given)
        sends = []
        for position, (target, product) in enumerate(zip(self.targets[number], products, strict=True)):
            given_to_it = self.inputs[number][position]
            if target is None and given_to_it is not None:
                name = self.input_name(given_to_it)
                sends.append(f"{'the ' if name.startswith('constant') else ''}{name} needs no gradient")
            elif target is not None and product is not None:
                sends.append(self.send(number, position, target, product))
        step = self.new_step(self.named(number), self.why(results, ready))
        step.operation = number
        step.arrives = [self.arrival(place) for place in results]
        step.sends = sends
        step.then = kept
        for place in dict.fromkeys(target for target in self.targets[number] if target is not None):
            if not self.has_all(place):
                missing = self.listed([number for number in self.senders[place] if number not in self.visited])
                step.then.append(f"{self.graph.values[place].label} waits for {missing}")

    def send(self, number: int, position: int, target: int, product: Tensor) -> str:
        """Pass a product on to an input, in the input's shape and type, and says so."""
        node, value = self.nodes[number], self.graph.values[target]
        passed = backward.passed_on(node, position, product)
        rule = self.rule(number, position)
        if rule.formula == "{g}":  # of a broadcast input, some nodes sum g themselves
            product = self.arrived[self.results(number)[0]]
        which = f" as input {position + 1}" if self.targets[number].count(target) > 1 else ""
        line = f"to {value.label}{which}: {self.explain(number, rule, product)}"
        shape = engines.shape_of(passed)
        if shape != engines.shape_of(product):
            line += f", summed to {value.label}'s shape {text.shape(shape)}: {self.write(passed)}"
        if any(kind.dtype != passed.dtype for kind in engines.metadata(node)[:1]):
            line += f", as {text.dtype(passed.dtype)}"
        index = sum(place is not None for place in self.inputs[number][:position])
        self.graph.operations[number].slopes[index] = backward.on_an_arrow(passed, self.most_numbers)
        self.receive(target, passed, self.named(number))
        return line

    def accumulate(self, place: int) -> None:
        if place not in self.arrived:
            return
        kept = list(self.keep([place]))
        value = self.graph.values[place]
        title = f"AccumulateGrad of {value.label}" if value.has_accumulator else f"The leaf {value.label}"
        step = self.new_step(title, self.why([place], 1))
        step.value = place
        step.arrives = [self.arrival(place)]
        step.then = kept

    def keep(self, places: list[int]) -> Iterator[str]:
        """Yield what becomes of the `.grad` of leaves, and of results that retain theirs."""
        for place in places:
            if place not in self.keepers or place not in self.arrived:
                continue
            before, had = self.kept_gradients[place], _grad(self.keepers[place])
            gradient = self.arrived[place]
            after = self.write(gradient if had is None else had + gradient)
            self.kept_gradients[place] = after
            label = f"{self.graph.values[place].label}.grad"
            why = "" if place in self.leaves else ", kept by retain_grad()"
            if had is not None:
                after = f"{rules.fill('{a} + {b}', {'a': before, 'b': self.write(gradient)})} = {after}"
            yield f"{label} before: {before}"
            yield f"{label} after{why}: {after}"

    # --- words

    def new_step(self, title: str, why: str) -> Step:
        step = Step(
            title,
            why,
            gradients=dict(self.gradients),
            kept_gradients=dict(self.kept_gradients),
            visited=frozenset(self.visited),
        )
        self.steps.append(step)
        return step

    def why(self, places: list[int], ready: int) -> str:
        senders = [number for place in places for number in self.senders.get(place, ())]
        choice = f" Of the {ready} operations that are ready, it is the newest." if ready > 1 else ""
        if not senders:
            return f"Next, because the pass starts at its result.{choice}"
        also = " and from the start" if self.starts.intersection(places) else ""
        return f"Next, because everything that feeds it has arrived, from {self.listed(senders)}{also}.{choice}"

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
        name = self.graph.values[place].label
        if not parts:
            return f"no gradient with respect to {name}"
        total = f"{self.letter} = {self.gradients[place]}, the gradient with respect to {name}"
        return total if len(parts) == 1 else f"{total}, the sum of {_listed(parts)}"

    def rule(self, number: int, position: int) -> rules.Rule:
        """Return the rule for one input."""
        node = self.nodes[number]
        places = [*self.results(number), *(place for place in self.inputs[number] if place is not None)]
        kinds = [self.graph.values[place].dtype for place in places]
        if is_function(node) or any("complex" in kind for kind in kinds):  # whose rules have conjugates in them
            return rules.Rule()
        inputs = len(node.next_functions)
        return rules.rule(self.graph.operations[number].name, position, inputs, lambda name: _saved(node, name))

    def explain(self, number: int, rule: rules.Rule, product: Tensor) -> str:
        """Return the rule in symbols, in numbers, and what comes out."""
        written = self.write(product)
        formula, unless = rule
        if is_function(self.nodes[number]):
            return f"what its own backward returns = {written}"
        if not formula:
            return f"{self.letter} times this operation's Jacobian = {written}"
        symbols, numbers = self.letters(number)
        ways = [rules.fill(formula, symbols)]
        if unless and self.may_be_zero(number, unless):
            ways[0] += f", or 0 where {rules.fill(unless, symbols)},"
        elif rules.calculates(formula) and all(numbers.get(letter) is not None for letter in rules.needs(formula)):
            in_numbers = rules.fill(formula, {letter: word or "" for letter, word in numbers.items()})
            if len(in_numbers) <= _LONGEST_FORMULA and in_numbers not in (written, ways[0]):
                ways.append(in_numbers)
        return " = ".join([*ways, written])

    def letters(self, number: int) -> tuple[dict[str, str], dict[str, str | None]]:
        """Return what stands for the letters of a rule: names, and numbers where they are known."""
        result = self.graph.values[self.results(number)[0]]
        places = dict(zip("abc", self.inputs[number], strict=False))
        values = {letter: self.graph.values[place] for letter, place in places.items() if place is not None}
        names = {letter: self.factor(place) for letter, place in places.items() if place is not None}
        count = str(max((value.size for value in values.values()), default=1) // (result.size or 1))
        symbols = {"g": self.letter, "ans": self.factor(self.results(number)[0]), "n": count, **names}
        numbers: dict[str, str | None] = {"n": count, "ans": result.line or None}
        numbers |= {letter: value.line or None for letter, value in values.items()}
        given = self.gradients.get(self.results(number)[0])
        numbers["g"] = None if given is None or given.startswith("shape") else given
        if len(places) == 1 and any(0 < len(result.sizes) < len(value.sizes) for value in values.values()):
            numbers["a"] = None  # along some dimensions only: in numbers, g would not fit to the input
        return symbols, numbers

    def may_be_zero(self, number: int, unless: str) -> bool:
        """Return whether the input or result that a rule's exception begins with is 0 somewhere, as far as is known."""
        letter = unless.removeprefix("{").partition("}")[0]
        place = self.results(number)[0] if letter == "ans" else self.inputs[number]["abc".index(letter)]
        if place is None or place not in self.tensors:
            return True
        are_zero = self.tensors[place] == 0
        return bool(are_zero.any()) if hasattr(are_zero, "any") else bool(are_zero)

    def factor(self, place: int) -> str:
        """Return an input where a rule multiplies by it."""
        name, value = self.input_name(place), self.graph.values[place]
        return f"({name})" if value.is_formula and re.search(r" |\.T$", name) else name

    def input_name(self, place: int) -> str:
        return outline.input_name(self.graph.values[place])

    def write(self, tensor: Tensor) -> str:
        return brief(tensor, self.most_numbers)

    def write_optional(self, tensor: Tensor | None) -> str:
        return "None" if tensor is None else self.write(tensor)


def _saved(node: Node, name: str) -> Any:
    """Return a value that a node saved; None where it has none of that name."""
    return getattr(node, f"_saved_{name}", None)


def _grad(tensor: Tensor) -> Tensor | None:
    gradient = getattr(tensor, "grad", None)
    return None if gradient is None else engines.detached(gradient)


def _listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
