"""What was computed while `watch` was on: values, and the steps that made one from another.

Small facts only: a `Value` stands for a tensor, an array or a number as it was at one time, and knows the tensor by a
weak reference, if at all.  So the tape keeps no tensor alive.
"""

from __future__ import annotations

import sys
import weakref
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from ..drawing.naming import is_tensor
from .places import Place, decorated, here, in_function, leaving

_MOST_STEPS = 200_000  # older ones are forgotten; a step and its values take about a kilobyte
_MOST_NUMBERS = 10_000
_MOST_ITEMS = 1_000  # of a list, looked through for tensors and numbers
_INTS_OF_THEIR_OWN = 256  # Python keeps one object for each int up to here, which therefore says nothing

# What gives a gradient, or a fact, and no value that was computed from the tensor's own.
_NO_STEPS = frozenset({"grad", "_grad", "_base", "grad_fn", "zeros_like", "ones_like", "rand_like", "randn_like",
                       "empty_like", "full_like", "randint_like", "new_zeros", "new_ones", "new_empty", "new_full",
                       "size", "dim", "numel", "backward", "retain_grad", "register_hook", "_is_view",
                       "requires_grad", "is_leaf", "get_device", "is_floating_point", "is_complex"})  # fmt: skip
EXITS = frozenset({"item", "tolist", "numpy", "__float__", "__int__", "__array__", "__complex__"})


@dataclass(eq=False, slots=True)
class Value:
    """A tensor, an array or a number, as it was between two writes."""

    tensor: int  # the number of the tensor: the same for all the values that it had one after the other
    about: str  # its shape and type, for people
    floating: bool
    requires_grad: bool
    ref: Any = None  # a weak reference to the tensor
    made_by: Step | None = None
    is_array: bool = False  # NumPy's
    seen: int = 0  # when it was first seen
    extremes: Any = None  # its smallest and its largest entry; nan where one of its entries is


@dataclass(eq=False, slots=True)
class Step:
    """An operation that ran."""

    name: str
    time: int
    place: Place | None
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    needed: tuple[bool, ...]  # for each input, whether it required grad when it was used
    recording: bool
    switched: Switched | None = None  # who had switched recording off
    inside_function: bool = False  # whether it belongs to an autograd.Function, whose node represents it
    carries: bool = False  # … and whether it is computed from something that requires grad
    guessed: bool = False  # whether it was not seen, but inferred from what its result shares memory with
    inference: bool = False  # whether it ran in PyTorch's inference mode
    in_place: bool = False
    options: tuple = ()  # arguments that are plain numbers, text or None
    flat: bool = False  # whether its slope was zero at all its inputs (a saturated sigmoid)
    forgotten: bool = False  # whether its inputs are no longer known


@dataclass(slots=True)
class Switched:
    """Where recording was switched off."""

    place: Place | None
    function: str = ""  # the function that the switch decorates


@dataclass(slots=True)
class Event:
    """What happened to gradients: a pass, a clearing, an optimizer's step, a tensor that was frozen or thawed."""

    kind: str
    time: int
    place: Place | None
    tensors: frozenset[int] = frozenset()
    root: Value | None = None


@dataclass
class Tape:
    """What was computed, in order."""

    with_values: bool = True
    steps: deque[Step] = field(default_factory=deque)
    exits: deque[Step] = field(default_factory=lambda: deque(maxlen=_MOST_NUMBERS))
    events: list[Event] = field(default_factory=list)
    switched: Switched | None = None
    _blocks: list[Switched | None] = field(default_factory=list)  # what held when each open block began
    clock: Any = field(default_factory=lambda: count(1).__next__)
    _numbers_of_tensors: Any = field(default_factory=lambda: count(1).__next__)
    _live: dict[int, Value] = field(default_factory=dict)  # by id of the tensor or array
    gradients: dict[int, int] = field(default_factory=dict)  # whose .grad a tensor is, by their numbers
    _by_memory: dict[int, Value] = field(default_factory=dict)  # the last value seen at an address, under PyTorch
    _numbers: dict[int, tuple[Any, Value]] = field(default_factory=dict)  # by id of a Python number, which it keeps

    # --- values

    def known(self, thing: Any) -> Value | None:
        """Return the present value of a tensor or array, if it has been seen."""
        value = self._live.get(id(thing))
        return value if value is not None and value.ref() is thing else None

    def value(self, thing: Any) -> Value:
        """Return the present value of a tensor or array."""
        value = self.known(thing)
        if value is None:
            value = self._new(thing, self._numbers_of_tensors(), is_source=True)
        elif not value.requires_grad and getattr(thing, "requires_grad", False):
            value.requires_grad = True  # what an autograd.Function gives gets its node after all its steps
        return value

    def _new(self, thing: Any, tensor: int, is_source: bool = False) -> Value:
        key, live = id(thing), self._live
        kind = str(thing.dtype).replace("torch.", "")
        value = Value(
            tensor,
            f"shape {list(thing.shape)}",
            kind.startswith(("float", "bfloat", "complex")),
            getattr(thing, "requires_grad", False),
            is_array=not is_tensor(thing),
            seen=self.clock(),
        )

        def forget(_: Any, key: int = key, value: Any = None) -> None:
            if key in live and live[key].ref() is None:
                del live[key]

        value.ref = weakref.ref(thing, forget)
        live[key] = value
        if (address := _address(thing)) is not None:
            before = self._by_memory.get(address)
            if is_source and value.requires_grad and before is not None and before.about == value.about:
                needed = (before.requires_grad,)
                place = None if before.made_by is None else before.made_by.place
                value.made_by = Step("Parameter", self.clock(), place, (before,), (value,), needed, True, guessed=True)
            if len(self._by_memory) > _MOST_NUMBERS:
                self._by_memory.clear()
            self._by_memory[address] = value
        if self.with_values and (value.floating or kind == "bool"):
            value.extremes = extremes(thing)
        return value

    # --- steps

    def note(
        self,
        name: str,
        arguments: tuple,
        options: dict[str, Any],
        result: Any,
        recording: bool,
        before: Any = (),
        inference: bool = False,
    ) -> None:
        """Note an operation that has just run; `before`: what `inputs_of` gave before it did."""
        if name in _NO_STEPS:
            return
        inputs = before or self.inputs_of(arguments, options)
        if name == "zero_":
            self.zeroed(arguments[:1])
        exit_ = name in EXITS
        target = _target(name, arguments, options, result)
        made = [result] if target is None else [target]
        if exit_:
            outputs = [self._number(thing) for thing in _items(result)]
        else:
            outputs = [thing for thing in _items(made) if _is_kept(thing)]
        if not inputs or not outputs:
            if outputs and target is None:
                inputs = ()
            else:
                return
        place = here()
        step = Step(
            name,
            self.clock(),
            place,
            tuple(value for value, _ in inputs),
            (),
            tuple(needed for _, needed in inputs),
            recording,
            switched=None if recording else self.switched,
            inside_function=not recording and in_function(),
            in_place=target is not None,
            options=tuple(a for a in (*arguments, *options.values()) if a is None or isinstance(a, (int, float, str))),
        )
        step.inference = inference
        step.carries = step.inside_function and any(
            needed or (value.made_by is not None and value.made_by.carries) for value, needed in inputs
        )
        if exit_:
            step.outputs = tuple(output for output in outputs if isinstance(output, Value))
            self.exits.append(step)
        else:
            step.outputs = tuple(self._given(thing, step) for thing in outputs)
        for value in step.outputs:
            value.made_by = step
        if self.with_values and name in SATURATING and step.outputs:
            step.flat = SATURATING[name](outputs[0])
        self.steps.append(step)
        if len(self.steps) > _MOST_STEPS:
            oldest = self.steps.popleft()
            oldest.inputs, oldest.forgotten = (), True

    def inputs_of(self, arguments: tuple, options: dict[str, Any]) -> list[tuple[Value, bool]]:
        """Return the values that are passed to an operation, and whether each requires grad now."""
        found: dict[int, tuple[Value, bool]] = {}
        for thing in _items((arguments, {key: value for key, value in options.items() if key != "out"})):
            if isinstance(thing, (int, float)):
                kept = self._numbers.get(id(thing))
                if kept is not None:
                    found[id(kept[1])] = kept[1], False
            elif _is_kept(thing):
                needs = getattr(thing, "requires_grad", False)
                value = self.value(thing)
                found[id(value)] = value, needs
                base = getattr(thing, "_base", None)
                base = thing.base if base is None and not is_tensor(thing) else base
                known = self.known(base) if base is not None else None
                if known is not None and _time(known) > _time(value):  # the view shows what was written to its base
                    found[id(known)] = known, getattr(base, "requires_grad", False)
        return list(found.values())

    def _given(self, thing: Any, step: Step) -> Value:
        """Return a new value of what a step gave."""
        known = self.known(thing)
        if known is not None and known in step.inputs and not step.in_place:
            return known  # handed through as it is: x.to(x.dtype)
        value = self._new(thing, known.tensor if known is not None else self._numbers_of_tensors())
        base = getattr(thing, "_base", None)
        if step.in_place and base is not None and (under := self.known(base)) is not None:
            whole = self._new(base, under.tensor)
            whole.made_by = replace(
                step, inputs=(under, *step.inputs), outputs=(whole,), needed=(under.requires_grad, *step.needed)
            )
        return value

    def _number(self, thing: Any) -> Value | None:
        """Return the value of a number, or an array, that left the graph."""
        if _is_kept(thing):
            return self._new(thing, self._numbers_of_tensors())
        if type(thing) not in (int, float) or (type(thing) is int and abs(thing) <= _INTS_OF_THEIR_OWN):
            return Value(0, "a number", False, False)
        value = Value(self._numbers_of_tensors(), f"the number {thing}", True, False)
        self._numbers[id(thing)] = thing, value
        if len(self._numbers) > _MOST_NUMBERS:
            del self._numbers[next(iter(self._numbers))]
        return value

    # --- what happens to gradients

    def is_gradient_of(self, gradient: Any, tensor: Any) -> None:
        """Note whose `.grad` a tensor is, so that a zero_() of it is known for what it is."""
        if gradient is not None:
            self.gradients[self.value(gradient).tensor] = self.value(tensor).tensor

    def zeroed(self, gradients: Any) -> None:
        """Note that tensors were filled with zeros, where they are the `.grad` of others."""
        known = [value.tensor for value in map(self.known, gradients) if value is not None]
        cleared = frozenset(self.gradients[number] for number in known if number in self.gradients)
        if cleared:
            self.events.append(Event("cleared", self.clock(), here(), cleared))

    def happened(self, kind: str, tensors: Any = (), root: Any = None) -> None:
        numbers = frozenset(self.value(tensor).tensor for tensor in tensors)
        self.events.append(Event(kind, self.clock(), here(), numbers, None if root is None else self.value(root)))

    def switch(self, on: bool) -> None:
        """Note who switches recording, and at the end of a block that what held before it holds again."""
        before = self._blocks.pop() if leaving() and self._blocks else None
        if on:
            self.switched = None
        elif leaving():
            self.switched = before or self.switched or Switched(here(), decorated())
        else:
            self._blocks.append(self.switched)
            self.switched = self.switched or Switched(here(), decorated())

    def last(self, kind: str, tensor: int | None = None, before: float = float("inf")) -> Event | None:
        """Return the last event of a kind, of those that concern the tensor."""
        for event in reversed(self.events):
            if event.kind == kind and event.time < before and (tensor is None or tensor in event.tensors):
                return event
        return None


def _time(value: Value) -> int:
    return 0 if value.made_by is None else value.made_by.time


def _address(thing: Any) -> int | None:
    """Return where a tensor of PyTorch's keeps its numbers; None where that can't be told."""
    if not hasattr(thing, "data_ptr"):
        return None
    try:
        return thing.data_ptr() or None
    except RuntimeError:  # fake, sparse and other tensors without memory of their own
        return None


def _is_kept(thing: Any) -> bool:
    return is_tensor(thing) or type(thing).__name__ == "ndarray"


def _items(thing: Any, depth: int = 0) -> Iterator[Any]:
    """Yield what is in nested lists, tuples and dictionaries."""
    if isinstance(thing, (tuple, list)):
        for item in thing[:_MOST_ITEMS] if depth < 4 else ():
            yield from _items(item, depth + 1)
    elif isinstance(thing, dict):
        yield from _items(list(thing.values()), depth)
    else:
        yield thing


def _target(name: str, arguments: tuple, options: dict[str, Any], result: Any) -> Any:
    """Return the tensor that an operation wrote in place; None where it made new ones."""
    if options.get("out") is not None:
        return options["out"]
    writes = name == "__setitem__" or (name.startswith("__i") and name != "__invert__" and name.endswith("__"))
    if arguments and is_tensor(arguments[0]) and (writes or (name.endswith("_") and not name.endswith("__"))):
        return arguments[0]
    return None


def extremes(tensor: Any) -> Any:
    """Return the smallest and the largest entry, not yet read, so that nothing has to wait for a GPU; None for none."""
    try:
        if type(tensor).__module__.startswith("numpy"):
            return (tensor.min(), tensor.max()) if tensor.size else None
        if hasattr(tensor, "_data"):  # minigrad's
            data = tensor._data
            return (data.min(), data.max()) if data.size else None
        torch = sys.modules["torch"]
        with torch.no_grad():
            return tuple(torch.aminmax(tensor.detach())) if tensor.numel() else None
    except (RuntimeError, NotImplementedError, TypeError, AttributeError):  # sparse, complex and other special tensors
        return None


def _saturated(values: tuple[float, float]) -> Any:
    def check(tensor: Any) -> bool:
        plain = tensor.detach()
        low, high = values
        return bool(plain.numel()) and bool(((plain == low) | (plain == high)).all())

    return check


# Whose slope may be zero everywhere; the others' zeros follow from the extremes.
SATURATING: dict[str, Any] = {"sigmoid": _saturated((0.0, 1.0)), "tanh": _saturated((-1.0, 1.0))}
