"""The local rules in symbols: what an operation sends to each of its inputs, given the gradient g of its result.

The formulas are those of PyTorch's derivatives.yaml in the letters of a calculus book. {g} is the gradient that
arrives, {a}, {b}, {c} are the inputs in their order, {ans} is the result, {n} the number of entries of the input.
"""

from __future__ import annotations

import re

_SAME = ("{g}",)
_PLACED = ("{g} where it was taken from, 0 elsewhere",)
_SHAPED_BACK = ("{g}, in the shape of the input",)

RULES: dict[str, tuple[str, ...]] = {
    "Add": ("{g}", "{alpha}{g}"),
    "Sub": ("{g}", "-{alpha}{g}"),
    "Mul": ("{g} · {b}", "{g} · {a}"),
    "Div": ("{g} / {b}", "-{g} · {a} / {b}²"),
    "Neg": ("-{g}",),
    "Pow": ("{g} · {exponent} · {a}{to_one_less}",),
    "PowBackward1": ("{g} · {b} · {a}^({b} - 1)", "{g} · {ans} · ln {a}"),
    "PowBackward2": ("{g} · {ans} · ln {base}",),
    "Reciprocal": ("-{g} · {ans}²",),
    "Exp": ("{g} · {ans}",),
    "Log": ("{g} / {a}",),
    "Log1P": ("{g} / (1 + {a})",),
    "Sqrt": ("{g} / (2 · {ans})",),
    "Sin": ("{g} · cos {a}",),
    "Cos": ("-{g} · sin {a}",),
    "Tan": ("{g} · (1 + {ans}²)",),
    "Tanh": ("{g} · (1 - {ans}²)",),
    "Sigmoid": ("{g} · {ans} · (1 - {ans})",),
    "Relu": ("{g} where {ans} > 0, else 0",),
    "Abs": ("{g} · sign {a}",),
    "Sum": ("{g} for every entry",),
    "Mean": ("{g} / {n} for every entry",),
    "Prod": ("{g} · {ans} / {a}",),
    "Max": ("{g} where {a} is largest, 0 elsewhere",),
    "Min": ("{g} where {a} is smallest, 0 elsewhere",),
    "Maximum": ("{g} where {a} is the larger, 0 elsewhere", "{g} where {b} is the larger, 0 elsewhere"),
    "Minimum": ("{g} where {a} is the smaller, 0 elsewhere", "{g} where {b} is the smaller, 0 elsewhere"),
    "Clamp": ("{g} where {a} lies between the bounds, 0 elsewhere",),
    "Where": ("{g} where the condition holds, 0 elsewhere", "{g} where the condition fails, 0 elsewhere"),
    "LinalgVectorNorm": ("{g} · {a} / {ans}",),
    "Softmax": ("{ans} · ({g} - sum of {g} · {ans})",),
    "LogSoftmax": ("{g} - exp {ans} · sum of {g}",),
    "Logsumexp": ("{g} · exp({a} - {ans})",),
    "Dot": ("{g} · {b}", "{g} · {a}"),
    "Mv": ("{g} {b}ᵀ", "{a}ᵀ {g}"),
    "Mm": ("{g} {b}ᵀ", "{a}ᵀ {g}"),
    "Addmm": ("{g}", "{g} {c}ᵀ", "{b}ᵀ {g}"),
    "MseLoss": ("{g} · 2 · ({a} - {b}) / {n}", "{g} · 2 · ({b} - {a}) / {n}"),
    "T": ("{g}ᵀ",),
    "Transpose": ("{g}, transposed back",),
    "Permute": ("{g}, its dimensions put back",),
    "View": _SHAPED_BACK,
    "Reshape": _SHAPED_BACK,
    "UnsafeView": _SHAPED_BACK,
    "ReshapeAlias": _SHAPED_BACK,
    "Squeeze": _SHAPED_BACK,
    "Unsqueeze": _SHAPED_BACK,
    "Expand": ("{g}, summed over what was expanded",),
    "Clone": _SAME,
    "Select": _PLACED,
    "Slice": _PLACED,
    "Index": _PLACED,
    "Unbind": _PLACED,
    "Split": _PLACED,
}
_PARTS = ("Cat", "Stack")  # as many inputs as they were given


def rule(operation: str, position: int) -> str:
    """The formula for one input of an operation, by the name of its node; empty if it is not in the table."""
    kind = operation.partition("Backward")[0]
    if kind in _PARTS:
        return "the part of {g} that came from this input"
    formulas = RULES.get(operation) or RULES.get(kind, ())
    return formulas[position] if position < len(formulas) else ""


def needs(formula: str) -> set[str]:
    """The letters that a formula mentions."""
    return set(re.findall(r"{(\w+)}", formula))


def fill(formula: str, letters: dict[str, str]) -> str:
    """The formula with what stands for its letters; a negative number gets parentheses after another sign."""
    filled = ""
    for text, letter in re.findall(r"([^{]*)(?:{(\w+)})?", formula):
        value = letters.get(letter, "")
        crowded = value.startswith("-") and (filled + text).rstrip()[-1:] in ("·", "-", "/", "+")
        filled += text + (f"({value})" if crowded else value)
    return filled
