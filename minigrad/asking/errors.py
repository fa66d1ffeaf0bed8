"""What minigrad's errors add while a watch is open: the line where the trouble began, in the words of `why`."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from typing import Any

from .inquiry import cut_findings, cuts_into
from .tape import Step, Tape, Value
from .ways import Ways


def explaining(function: Callable, tape: Tape) -> Callable:
    """Wrap a function that starts a pass from its first argument, so that its errors end with the words of `why`."""

    @functools.wraps(function)
    def explained(roots: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return function(roots, *arguments, **options)
        except RuntimeError as error:
            several = isinstance(roots, (list, tuple))
            words = [word for root in (roots if several else [roots]) for word in _words(tape, root, str(error))]
            _add(error, list(dict.fromkeys(words)) if several else words)
            raise

    return explained


def explain_write(error: RuntimeError, tape: Tape, tensor: Any) -> None:
    """Add to the error of a write to a leaf, or to a view of one, where the leaf was made."""
    if "leaf Variable that requires grad" not in str(error):
        return
    base = getattr(tensor, "_base", None)
    leaf = tape.known(tensor if base is None else base)
    if leaf is None:
        return
    event = tape.last("thawed", leaf.tensor)
    place = event.place if event is not None else leaf.made_by.place if leaf.made_by is not None else None
    if place is not None:
        _add(error, [f"- {place}:  {place.source}", "  from here on it is a leaf that requires grad"])


def _add(error: RuntimeError, words: list[str]) -> None:
    if words:
        error.args = ("\n".join([str(error), *words]),)


def _words(tape: Tape, root: Any, message: str) -> Iterator[str]:
    value = tape.known(root)
    if value is None:
        return
    if re.match(r"element \d+ of tensors does not require grad", message):
        for each in cut_findings(list(cuts_into(value))):
            yield f"- {each}"
    elif message.startswith("Trying to backward through the graph a second time"):
        passes = [event for event in tape.events if event.kind.startswith("pass") and event.root is not None]
        shared = [event for event in passes if event.root is value or _have_steps_in_common(event.root, value)]
        if shared:
            yield f"- {shared[-1].place}:  {shared[-1].place.source if shared[-1].place else ''}"
            yield "  this pass has freed the graph\n  → compute the result again for every backward pass"
    elif "modified by an inplace operation" in message:
        for step in _writes(tape, value):
            yield f"- {step.place}:  {step.place.source if step.place else ''}"
            yield f"  {step.name.strip('_')} wrote in place to a tensor that an earlier step had used"
            yield "  → write y = y + 1 for y += 1"


def _have_steps_in_common(one: Value | None, other: Value) -> bool:
    """Return whether two values are the results of one graph, at least in part."""
    if one is None:
        return False
    mine = {value for value in Ways(one).values if value.made_by is not None and value.requires_grad}
    return any(value in mine for value in Ways(other).values)


def _writes(tape: Tape, root: Value) -> Iterator[Step]:
    """Yield the steps that wrote in place to a value which the result was computed from, after that was used."""
    ways = Ways(root)
    used: dict[Value, int] = {}
    for value in ways.values:
        if value.made_by is not None:
            used.setdefault(value, value.made_by.time)
            for before in value.made_by.inputs:
                used[before] = max(used.get(before, 0), value.made_by.time)
    for step in tape.steps:
        written = [v for v in step.inputs if step.in_place and v.tensor == step.outputs[0].tensor]
        if any(value in used and used[value] < step.time for value in written):
            yield step
