"""`why`: what `.grad` is, and why."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..drawing.naming import Names, callers_variables, is_module, is_tensor
from .answer import Answer
from .causes import Finding, finding
from .graphs import MOST_NODES, GraphOf
from .picture import Way
from .tape import EXITS, Event, Step, Tape, Value
from .watching import last_tape
from .ways import Edge, Ways, cause_of_cut, cause_of_zero, first_broken, steep

Tensor = Any

_CONVERSIONS = frozenset({"to", "double", "float", "half", "bfloat16", "cuda", "cpu", "type"})


def why(what: Any, loss: Any = None, *, optimizer: Any = None) -> Answer:
    """Say what .grad of a tensor is and why: why(w), why(w, loss), why(model, loss, optimizer=o).

    `what` is a tensor or a module, whose parameters are asked about one by one; `loss` the tensor that backward() is
    called on. For what was computed inside `with watch():`, the line is named; without it, graph and tensors are read.
    minigrad's tensors and PyTorch's can be asked about; none is changed.

    Errors: TypeError where `what` or `loss` is none of these.

    >>> w = torch.ones(2, requires_grad=True)
    >>> loss = (w * 2).sum()
    >>> torch.why(w, loss)
    w.grad is None:
    - a gradient can arrive here, but backward() has not been called on loss
      → call backward() on it
    (`with watch():` around the computation would name the lines.)
    """
    names = Names(callers_variables(sys._getframe(1)))
    if loss is not None and not is_tensor(loss):
        raise TypeError(f"why takes a tensor as the loss, not {type(loss).__name__}: give it before .item()")
    if is_module(what):
        asked = [(name, p) for name, p in what.named_parameters()]
    elif is_tensor(what):
        asked = [(names.of_tensor(what) or "tensor", what)]
    else:
        raise TypeError(f"why takes a tensor or a module, not {type(what).__name__}")
    tape = last_tape()
    if loss is None and tape is not None and not any(tape.known(tensor) for _, tensor in asked):
        tape = None  # it saw something else
    inquiry = Inquiry(tape, loss, names, optimizer)
    answers = {name: (inquiry.state(tensor), inquiry.ask(tensor, name)) for name, tensor in asked}
    return Answer(answers, is_module(what), inquiry.notes(), inquiry.asides, inquiry.way)


class Inquiry:
    """What is asked about one loss."""

    def __init__(self, tape: Tape | None, loss: Tensor | None, names: Names, optimizer: Any) -> None:
        self.tape, self.loss, self.names = tape, loss, names
        self.loss_name = (names.of_tensor(loss) or "loss") if loss is not None else "loss"
        self.asked = "w"  # the name of the tensor that is being asked about
        self.graph = None if loss is None else GraphOf(loss)
        self.way: Way | None = None  # the first one that is cut, or multiplied by zero
        self.asides: dict[str, None] = {}  # what is right, and worth mentioning
        self.end = self.end_of_ways()
        self.ways = None if self.end is None else Ways(self.end)
        self.rates: dict[int, float] | None = None
        if optimizer is not None:
            self.rates = {id(p): group.get("lr", 1.0) for group in optimizer.param_groups for p in group["params"]}

    def end_of_ways(self) -> Value | None:
        """Return what the tape knows of the loss; without a loss, of what the last backward pass started from."""
        if self.tape is None:
            return None
        if self.loss is not None:
            value = self.tape.known(self.loss)
            return value if value is not None and value.made_by is not None else None
        event = self.tape.last("pass")
        return event.root if event is not None and event.root is not None and event.root.made_by else None

    def state(self, tensor: Tensor) -> str:
        """Return what `.grad` is, in a few words."""
        grad = grad_of(tensor)
        if grad is None:
            return "None"
        if has_nan(grad):
            return "nan or infinite"
        return f"there, shape {list(grad.shape)}" if has_numbers(grad) else "zero everywhere"

    def notes(self) -> list[str]:
        found = []
        if self.tape is None:
            found.append("`with watch():` around the computation would name the lines.")
        elif self.loss is not None and self.end is None:
            found.append(f"{self.loss_name} was not computed inside the watch; this is what graph and tensors show.")
        if self.ways is not None and self.ways.forgotten:
            found.append("The oldest steps are forgotten: this is what the newest ones say.")
        return found

    def ask(self, tensor: Tensor, name: str) -> list[Finding]:
        """Return the findings about one tensor, those to look at first before the others."""
        self.asked = name
        grad = grad_of(tensor)
        found = [*self.tensor_itself(tensor)]
        if found and found[0].cause == "no_floats":
            return found
        found += self.use(tensor, grad, bool(found))
        found += self.optimization(tensor)
        unique: dict[Finding, None] = {}
        for each in found:
            unique.setdefault(each)
        return list(unique)

    # --- the tensor itself

    def tensor_itself(self, tensor: Tensor) -> Iterator[Finding]:
        value = None if self.tape is None else self.tape.known(tensor)
        step = None if value is None else value.made_by
        if not tensor.requires_grad:
            if not is_floating(tensor):
                yield finding("no_floats")
                return
            frozen = None if value is None or self.tape is None else self.tape.last("frozen", value.tensor)
            if frozen is not None:
                yield finding("frozen", frozen.place)
                return
            cuts = [] if value is None else list(cuts_into(value))
            updated = [e for e, cause in cuts if e.end is value and cause == "no_grad" and is_first(e)]
            if updated:
                made = updated[0].step
                yield finding("replaced", made.place, step=made.name)
            elif cuts:
                yield from cut_findings(cuts)
            else:
                yield finding("requires_grad_off", None if step is None or step.in_place else step.place)
        elif not tensor.is_leaf and not tensor.retains_grad:
            place = None if step is None else step.place
            by = str(type(tensor.grad_fn).__name__ if step is None else step.name)
            edges = [] if step is None else [Edge(*each) for each in edges_into(value, step)]
            updates = by in _CONVERSIONS or by.strip("_") in ("sub", "isub")
            yield finding("replaced" if updates and any(map(is_first, edges)) else "not_leaf", place, step=by)

    # --- its use

    def use(self, tensor: Tensor, grad: Tensor | None, excused: bool) -> Iterator[Finding]:
        cause: str | None
        if excused and self.loss is None:
            return
        if self.graph is not None and self.graph.reaches(tensor):
            yield from self.arrival(tensor, grad, excused)
            return
        if grad is not None and self.loss is None:
            yield from self.quality(tensor, grad)
            return
        starts = [] if self.ways is None else self.starts(tensor)
        if self.ways is None:
            if self.loss is not None:
                assert self.graph is not None
                cause = "no_graph" if self.graph.root is None and not self.loss.requires_grad else "not_in_graph"
                if not self.graph.complete:
                    yield finding("too_large", certain=False, loss=self.loss_name, nodes=f"{MOST_NODES:,}")
                    return
                if not excused or cause == "no_graph":
                    yield finding(cause, loss=self.loss_name)
            elif not excused and tensor.is_leaf:
                yield from self.without_pass(tensor)
            return
        if not starts:
            yield from self.no_way(tensor)
            return
        edges = self.ways.edges_from(starts)
        cuts = [(edge, cause) for edge in edges if (cause := cause_of_cut(edge)) is not None]
        late = [e for e in edges if e.start in starts and not e.needed and tensor.requires_grad and e.start.floating]
        if self.ways.reach(starts, lambda edge: cause_of_cut(edge) is None) and not late:
            inside = any(edge.step.inside_function for edge in edges)
            if (self.loss is None or inside) and not excused:
                yield from self.arrival(tensor, grad, excused)
            elif not excused:
                yield finding("out_of_sight", certain=False, about="a part of the path")
            return
        self.remember(starts, cuts)
        yield from cut_findings(cuts)
        if late and not cuts:
            yield finding("late", late[0].step.place, step=late[0].step.name)

    def remember(self, starts: list[Value], cuts: list[tuple[Edge, str]]) -> None:
        """Keep what there is to draw, with the names of the tensors that are still there."""
        if self.way is not None or self.ways is None or not cuts:
            return
        names = {}
        for value in self.ways.values:
            tensor = None if value.ref is None else value.ref()
            if tensor is not None and is_tensor(tensor) and (name := self.names.of_tensor(tensor)):
                names[value] = name
        names[self.ways.end] = self.loss_name
        for value in starts:
            names[value] = self.asked
        self.way = Way(self.ways, starts, dict(cuts), names)

    def starts(self, tensor: Tensor) -> list[Value]:
        """Return the values on the tape that are the tensor's, or that the graph ties to it unseen by the tape."""
        assert self.tape is not None
        assert self.ways is not None
        value = self.tape.known(tensor)
        if value is not None and (found := self.ways.starts(value.tensor)):
            return found
        found = []
        for source in self.ways.sources:
            other = source.ref() if source.ref is not None else None
            if other is not None and is_tensor(other) and not other.is_leaf and GraphOf(other).reaches(tensor):
                found.append(source)
        return found

    def no_way(self, tensor: Tensor) -> Iterator[Finding]:
        assert self.tape is not None
        assert self.ways is not None
        value = self.tape.known(tensor)
        suspects = [] if value is None else self.suspects(value)
        for step in suspects:
            by = "numpy" if step.name in ("numpy", "__array__") else "item"
            yield finding(by, step.place, certain=False, step=step.name)
        unseen = [
            source
            for source in self.ways.sources
            if source.requires_grad and source.ref is not None and ((t := source.ref()) is None or not t.is_leaf)
        ]
        for source in unseen[:1]:
            yield finding("out_of_sight", certain=False, about=f"a tensor of {source.about}")
        behind = [(edge, cause) for edge in self.ways.edges_from(unseen) if (cause := cause_of_cut(edge)) is not None]
        for each in cut_findings(behind):
            yield replace(each, certain=False)
        if not suspects and not unseen:
            yield finding("not_used", loss=self.loss_name)

    def suspects(self, value: Value) -> list[Step]:
        """Return the steps by which the tensor's values left as numbers, where the loss has plain numbers in it."""
        assert self.tape is not None
        assert self.ways is not None
        steps = {v.made_by for v in self.ways.values if v.made_by is not None}
        newest = max((s.time for s in steps if takes_numbers(s)), default=0)
        # What NumPy shares its memory with, torch.from_numpy(array), has no recorded origin.
        plain = [v.seen for v in self.ways.sources if v.floating and not v.requires_grad and not v.is_array]
        newest = max([newest, *plain])
        found: dict[Any, Step] = {}
        for step in self.tape.exits:
            if step.time < newest and any(Ways(start).starts(value.tensor) for start in step.inputs):
                found.setdefault(step.place, step)
        return list(found.values())

    # --- the gradient that arrives

    def arrival(self, tensor: Tensor, grad: Tensor | None, excused: bool) -> Iterator[Finding]:
        """Yield findings on a tensor that is in the graph: on the pass, the gradient, and its numbers."""
        if grad is not None:
            yield from self.quality(tensor, grad)
            return
        changed = bool(getattr(tensor, "_backward_hooks", None))  # a hook may make another gradient of zero
        for each in self.zeros(tensor):
            yield replace(each, certain=each.certain and not changed)
        if not excused and tensor.is_leaf:
            yield from self.without_pass(tensor)

    def without_pass(self, tensor: Tensor) -> Iterator[Finding]:
        """Yield why a leaf has no gradient that can have one."""
        value = None if self.tape is None else self.tape.known(tensor)
        passed = self.pass_of_loss()
        cleared = self.clearing(value, passed)
        if cleared is not None:
            yield from cleared
            return
        used_up = None if self.graph is None else self.graph.used_up()
        if self.loss is None:
            yield finding("no_pass_seen", certain=False)
        elif used_up:
            yield finding("used_up", loss=self.loss_name)
        elif passed is None:
            yield finding("no_backward", certain=used_up is not None or self.end is not None, loss=self.loss_name)

    def clearing(self, value: Value | None, passed: Event | None) -> list[Finding] | None:
        """Return what to say if the gradient was cleared after the pass: nothing if a step had used it before."""
        if self.tape is None or value is None or passed is None:
            return None
        cleared = self.tape.last("cleared", value.tensor)
        if cleared is None or cleared.time < passed.time:
            return None
        stepped = self.tape.last("step", value.tensor, before=cleared.time)
        if stepped is None or stepped.time < passed.time:
            return [finding("cleared", cleared.place)]
        self.asides[f"{cleared.place} cleared it, after the step in {stepped.place} had used it."] = None
        return []

    def pass_of_loss(self) -> Event | None:
        """Return the last backward pass from the loss, of those that were seen."""
        if self.tape is None:
            return None
        if self.loss is None:
            return self.tape.last("pass")
        value = self.tape.known(self.loss)
        for event in reversed(self.tape.events):
            if event.kind != "pass" or event.root is None or value is None:
                continue
            # backward() is often called on what was computed from the loss: (loss / 4).backward()
            if event.root.tensor == value.tensor or value in Ways(event.root).values:
                return event
        return None

    def quality(self, tensor: Tensor, grad: Tensor) -> Iterator[Finding]:
        if has_nan(grad):
            yield from self.nan()
        elif not has_numbers(grad):
            value = None if self.tape is None else self.tape.known(tensor)
            cleared = self.clearing(value, self.pass_of_loss())
            if cleared is None:
                cleared = list(self.zeros(tensor)) or [finding("zero", certain=False)]
            yield from cleared

    def nan(self) -> Iterator[Finding]:
        if self.ways is None:
            yield finding("nan_unknown", certain=False)
            return
        broken = first_broken(self.ways)
        for each in broken:
            step = each.value.made_by
            place = None if step is None else step.place
            if step is None or not each.is_computed:
                yield finding("nan_input", place, certain=each.what == "nan")
            else:
                yield finding("nan", place, step=step.name, what=each.what)
        if broken:
            return
        suspects = list(steep(self.ways))
        for step in suspects:
            yield finding("nan_gradient", step.place, certain=False, step=step.name)
        if not suspects:
            yield finding("nan_unknown", certain=False)

    def zeros(self, tensor: Tensor) -> Iterator[Finding]:
        """Yield where every path is multiplied by zero."""
        starts = [] if self.ways is None else self.starts(tensor)
        if self.ways is not None and starts:
            live = [e for e in self.ways.edges_from(starts) if cause_of_cut(e) is None]
            if self.ways.reach(starts, lambda e: cause_of_cut(e) is None and cause_of_zero(e) is None):
                return
            causes = [(edge, cause) for edge in live if (cause := cause_of_zero(edge)) is not None]
            self.remember(starts, causes)
            yield from cut_findings(causes)
        elif self.graph is not None:
            for cause, node in self.graph.zero_steps(tensor) or ():
                yield finding(cause, step=node)

    # --- the optimizer

    def optimization(self, tensor: Tensor) -> Iterator[Finding]:
        if self.rates is None or not tensor.requires_grad:
            return
        if id(tensor) not in self.rates:
            yield finding("not_in_optimizer")
        elif float(self.rates[id(tensor)]) == 0:
            yield finding("no_rate")


def cut_findings(cuts: Iterable[tuple[Edge, str]]) -> Iterator[Finding]:
    """Yield one finding for each line that cuts; for no_grad one for each place that switched recording off."""
    grouped: dict[tuple, list[Edge]] = {}
    for edge, cause in cuts:
        place = edge.step.switched if cause == "no_grad" else edge.step.place
        grouped.setdefault((cause, id(place) if cause == "no_grad" else place), []).append(edge)
    for (cause, _), edges in sorted(grouped.items(), key=lambda item: item[0][0] == "integers"):
        steps = {edge.step.time: edge.step for edge in edges}
        first = steps[min(steps)]
        times = len(steps) if cause != "no_grad" else 1
        made = finding(cause, first.place, not first.guessed, times, step=first.name)
        if cause == "no_grad" and first.switched is not None and first.switched.place is not None:
            switch = first.switched
            by = f", by the decorator of {switch.function}" if switch.function else ""
            made = replace(made, what=f"{made.what} in {switch.place}{by}")
        yield made


def cuts_into(value: Value) -> Iterator[tuple[Edge, str]]:
    """Yield the edges at which a value lost what it was computed from, where that required grad."""
    while (made := value.made_by) is not None and made.in_place and not made.recording:
        before = [v for v in made.inputs if v.tensor == value.tensor]
        if not before:
            break
        value = before[0]  # to be written under no_grad takes nothing from a leaf
    ways = Ways(value)
    needing = [v for v in ways.values if v.requires_grad and v is not value]
    if needing:
        for edge in ways.edges_from(needing):
            if (cause := cause_of_cut(edge)) is not None:
                yield edge, cause


def edges_into(value: Any, step: Step) -> Iterator[tuple[Value, Step, Value, bool]]:
    for start, needed in zip(step.inputs, step.needed, strict=True):
        yield start, step, value, needed


def is_first(edge: Edge) -> bool:
    """Return whether a leaf that required grad was made into a tensor of the same shape in one step."""
    made = edge.start.made_by
    again = made is not None and made.place == edge.step.place  # the same line, in an iteration before
    return edge.needed and edge.start.about == edge.end.about and (made is None or not made.inputs or again)


def takes_numbers(step: Step) -> bool:
    """Return whether a step made something of plain numbers, or of an array that no step gave."""
    if step.name in EXITS:
        return False
    arrays = [v for v in step.inputs if v.made_by is None and v.is_array]
    return bool(arrays) or not step.inputs or any(isinstance(option, (int, float)) for option in step.options)


def grad_of(tensor: Tensor) -> Tensor | None:
    """Return the `.grad`, without the warning that a tensor without one gives."""
    if not tensor.is_leaf and not getattr(tensor, "retains_grad", False):
        return None
    return tensor.grad


def has_nan(tensor: Tensor) -> bool:
    plain = tensor.detach()
    return bool(((plain - plain) != 0).any())


def has_numbers(tensor: Tensor) -> bool:
    return bool((tensor.detach() != 0).any())


def is_floating(tensor: Tensor) -> bool:
    return bool(tensor.is_floating_point() or tensor.is_complex()) if hasattr(tensor, "is_complex") else (
        str(tensor.dtype).startswith("torch.float"))  # fmt: skip
