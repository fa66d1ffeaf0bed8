"""The local rules in symbols: what an operation sends to each of its inputs, given the gradient g of its result.

{g} is the gradient that arrives, {a}, {b}, {c} are the inputs in their order, {ans} is the result, {n} is how many
entries of the input go into one entry of the result. Rules are read from the tables of derivatives, which are
PyTorch's; `WORDS` has those for which the tables say too little for a reader, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..engine.rows import Row, rows
from ..nn import functional  # noqa: F401  which has a table of its own
from . import symbols

Formulas = tuple[str | None, ...]  # one for each input; None for the rule in the table
Saved = Callable[[str], Any]  # from the name of a saved value, after `_saved_`, to the value; None if there is none


class Rule(NamedTuple):
    """What one input receives; empty if there is nothing to show."""

    formula: str = ""
    unless: str = ""  # `{b} is 0`, where it is 0 although the formula would give 0 / 0 or 0 · ∞


def _nll_loss(saved: Saved) -> Formulas:
    counted = saved("total_weight")
    rows = saved("target").numel() if counted is None else int(counted.item())
    share = f" / {rows}" if saved("reduction") == symbols.MEAN else ""
    return (f"-{{g}}{share} at the class of each row, 0 elsewhere",)


def _index_put(saved: Saved) -> Formulas:
    return "{g}" if saved("accumulate") else None, None


_OVERWRITTEN = "0, as all of it was overwritten"
_JOINED = ("the gradients of the results, joined (0 for one that had none)",)
# By the name of the node; without a number at its end where all nodes of that name have the same rule.
WORDS: Mapping[str, Formulas | Callable[[Saved], Formulas]] = {
    "MaskedFillBackward1": (None, "the entries of {g} where the mask holds"),
    "CumsumBackward0": ("for each entry the sum of {g} from there on",),
    "NllLossBackward0": _nll_loss,
    "MvBackward0": ("{g} {b}ᵀ", None),
    "UnbindBackward0": ("the gradients of the results, stacked (0 for one that had none)",),
    "SplitBackward0": _JOINED,
    "SplitWithSizesBackward0": _JOINED,
    # writing in place
    "IndexPutBackward0": _index_put,
    "CopySlices": (
        "{g} where it was not written, what the write passes on where it was",
        "what the write passes on of {g}",
    ),
    "CopyBackwards": (_OVERWRITTEN, None),
    "FillBackward": (_OVERWRITTEN, "the sum of {g}"),
}
PARTS = ("CatBackward0", "StackBackward0")  # as many inputs as they were given

# Arguments that only PyTorch's nodes have: numbers by which what an input receives is multiplied, by its position,
_FACTORS = {"RsubBackward0": ("alpha",), "RsubBackward1": ("alpha",), "AddmmBackward0": ("beta", "alpha", "alpha")}
# and weights of classes, with which a loss has another rule than the tables say.
_WEIGHTS = ("weight", "pos_weight")


def rule(operation: str, position: int, inputs: int, saved: Saved) -> Rule:
    """Return the rule for one of so many inputs of an operation, by the name of its node."""
    if operation in PARTS:
        return Rule("the part of {g} that belongs to this input")
    if not operation.startswith("Lerp") and any(saved(name) is not None for name in _WEIGHTS):
        return Rule()
    words = WORDS.get(operation) or WORDS.get(_without_number(operation), ())
    words = words(saved) if callable(words) else words
    written = words[position] if position < len(words) else None
    return Rule(written) if written is not None else _from_table(operation, position, inputs, saved)


def _from_table(operation: str, position: int, inputs: int, saved: Saved) -> Rule:
    row = _row(operation, saved)
    if row is None:
        return Rule()
    # PyTorch's nodes also count inputs that were left out, such as the lower bound of x.clamp(max=z)
    names = row.inputs if inputs <= len(row.inputs) else ["x", "y", "z"]
    letters = {name: letter for name, letter in zip(names, "abc", strict=False) if name in row.inputs}
    if position >= len(names) or row.gradients.get(names[position]) is None:
        return Rule()
    arguments = {name: _argument(name, _saved(row, name, saved)) for name in row.arguments if name not in row.inputs}
    try:
        written = symbols.formula(row, names[position], letters, arguments)
        for name in _FACTORS.get(operation, ())[position : position + 1]:
            written = written if saved(name) is None else written * saved(name)
    except symbols.Unsayable:
        return Rule()
    return Rule(written.text, written.unless)


def _row(operation: str, saved: Saved) -> Row | None:
    """Return the row that nodes of this name come from; of several, the one that takes what the node saved.

    What PyTorch's writing methods make is numbered otherwise, as UnsqueezeBackward1, and has the same rule.
    """
    found = [row for row in rows.values() if row.differentiable and row.node == operation] or [
        row
        for row in rows.values()
        if row.differentiable and len(row.inputs) == 1 and _without_number(row.node) == _without_number(operation)
    ]

    def fits(row: Row) -> tuple[int, int]:
        had = sum(_saved(row, name, saved) is not None for name in row.arguments)
        return had, -len(row.arguments)

    return max(found, key=fits, default=None) if len(found) > 1 else next(iter(found), None)


def _saved(row: Row, name: str, saved: Saved) -> Any:
    return saved(row.pytorch_name(name))


def _argument(name: str, value: Any) -> Any:
    """Return a saved argument as formulas say it: of a mask only its name."""
    return symbols.Condition(f"the {name} holds") if str(getattr(value, "dtype", "")).endswith("bool") else value


def _without_number(operation: str) -> str:
    return operation.rstrip("0123456789")


def needs(formula: str) -> set[str]:
    """Return the letters that a formula mentions."""
    return set(re.findall(r"{(\w+)}", formula))


def calculates(formula: str) -> bool:
    """Return whether a formula is more than words about g, so that numbers in place of its letters say more."""
    return needs(formula) != {"g"} or re.search("[-·/+²^]", formula) is not None


def fill(formula: str, letters: Mapping[str, str]) -> str:
    """Return the formula with what stands for its letters; a negative number gets parentheses beside another sign."""
    filled = ""
    for words, letter, after in re.findall(r"([^{]*)(?:{(\w+)}(?=(.?)))?", formula):
        value = letters.get(letter, "")
        crowded = (filled + words).rstrip()[-1:] in ("·", "-", "/", "+") or after in ("²", "³", "^")
        filled += words + (f"({value})" if crowded and value.startswith("-") else value)
    return filled
