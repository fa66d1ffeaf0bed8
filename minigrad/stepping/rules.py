"""The local rules in symbols: what an operation sends to each of its inputs, given the gradient g of its result.

The formulas are those of PyTorch's derivatives.yaml in the letters of a calculus book. {g} is the gradient that
arrives, {a}, {b}, {c} are the inputs in their order, {ans} is the result, {n} is how many entries of the input go into
one entry of the result. What depends on more than that is a function of what the operation saved.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from minigrad.drawing import text

Formulas = tuple[str, ...]  # one for each input
Saved = Callable[[str], Any]  # from the name of a saved value, after `_saved_`, to the value; None if there is none

_SAME = ("{g}",)
_NOTHING = ("0",)
_SHAPED_BACK = ("{g}, in the shape of the input",)
_PLACED = ("{g} where it was taken from, 0 elsewhere",)
_SHARED = ", shared evenly where several are, 0 elsewhere"


def _times(number: Any) -> str:
    """`3 · `, and nothing for 1."""
    return "" if number in (1, None) else f"{_written(number)} · "


def _written(number: Any) -> str:
    written = text.number(number)
    return f"({written})" if written.startswith("-") else written


def _add(saved: Saved) -> Formulas:
    return "{g}", _times(saved("alpha")) + "{g}"


def _sub(saved: Saved) -> Formulas:
    return "{g}", f"-{_times(saved('alpha'))}{{g}}"


def _rsub(saved: Saved) -> Formulas:
    return (f"-{_times(saved('alpha'))}{{g}}",)


def _pow(saved: Saved) -> Formulas:
    n = saved("exponent")
    if n in (0, 1):
        return _SAME if n == 1 else _NOTHING
    return (f"{{g}} · {_written(n)} · {{a}}" + ("" if n == 2 else f"^{text.number(n - 1).removesuffix('.')}"),)


def _power_of_number(saved: Saved) -> Formulas:
    base = saved("self")
    return () if base == 0 else (f"{{g}} · {{ans}} · ln {_written(base)}",)


def _norm(saved: Saved) -> Formulas:
    order = saved("ord")
    if order == 2:
        return ("{g} · {a} / {ans}",)
    if order == 1:
        return ("{g} · sign {a}",)
    if math.isinf(order):
        return (f"{{g}} · sign {{a}} where |{{a}}| is {'largest' if order > 0 else 'smallest'}{_SHARED}",)
    power = f"{{g}} · sign {{a}} · (|{{a}}| / {{ans}})^{_written(order - 1).removesuffix('.')}"
    return (power if order > 1 else f"{power}, 0 where {{a}} is 0",)


def _spread(formula: str) -> Callable[[Saved], Formulas]:
    """The rule of a variance or a standard deviation, divided by the degrees of freedom."""

    def rule(saved: Saved) -> Formulas:
        correction = saved("correction")
        less = 1 if correction is None else correction
        return (formula.replace("{freedom}", f"({{n}} - {text.number(less)})" if less else "{n}"),)

    return rule


def _clamp(saved: Saved) -> Formulas:
    low, high = saved("min"), saved("max")
    inside = "{a}"
    if low is not None:
        inside = f"{text.number(low)} ≤ {inside}"
    if high is not None:
        inside = f"{inside} ≤ {text.number(high)}"
    return (f"{{g}} where {inside}, 0 elsewhere",)


def _loss(*formulas: str) -> Callable[[Saved], Formulas]:
    """The rule of a loss that is a mean, a sum, or one number for each entry."""

    def rule(saved: Saved) -> Formulas:
        if saved("weight") is not None or saved("pos_weight") is not None:
            return ()
        return tuple(f"{formula} / {{n}}" if saved("reduction") == _MEAN else formula for formula in formulas)

    return rule


_MEAN = 1  # as PyTorch saves the reduction of a loss; 2 is a sum


def _nll_loss(saved: Saved) -> Formulas:
    if saved("weight") is not None:
        return ()
    counted = saved("total_weight")
    rows = saved("target").numel() if counted is None else int(counted.item())
    share = f" / {rows}" if saved("reduction") == _MEAN else ""
    return (f"-{{g}}{share} at the class of each row, 0 elsewhere",)


def _leaky_relu(saved: Saved) -> Formulas:
    return (f"{{g}} where {{a}} > 0, {_times(saved('negative_slope'))}{{g}} elsewhere",)


def _softplus(saved: Saved) -> Formulas:
    beta = _times(saved("beta"))
    beyond = f"{beta}{{a}} > {text.number(saved('threshold'))}"
    return (f"{{g}} where {beyond}, {{g}} · sigmoid({beta}{{a}}) elsewhere",)


def _addmm(saved: Saved) -> Formulas:
    alpha = _times(saved("alpha"))
    return _times(saved("beta")) + "{g}", f"{alpha}{{g}} {{c}}ᵀ", f"{alpha}{{b}}ᵀ {{g}}"


def _index_put(saved: Saved) -> Formulas:
    return "{g}" if saved("accumulate") else "0 where it was written, {g} elsewhere", "{g} where it was written"


# By the name of the node; without a number at its end where all nodes of that name have the same rule.
RULES: Mapping[str, Formulas | Callable[[Saved], Formulas]] = {
    "AddBackward0": _add,
    "SubBackward0": _sub,
    "RsubBackward1": _rsub,
    "MulBackward0": ("{g} · {b}", "{g} · {a}"),
    "DivBackward0": ("{g} / {b}", "-{g} · {a} / {b}²"),
    "RemainderBackward0": _SAME,
    "RemainderBackward1": ("{g}", "-{g} · floor({a} / {b})"),
    "NegBackward0": ("-{g}",),
    "PowBackward0": _pow,
    "PowBackward1": ("{g} · {b} · {a}^({b} - 1)", "{g} · {ans} · ln {a}"),
    "PowBackward2": _power_of_number,
    "ReciprocalBackward0": ("-{g} · {ans}²",),
    "ExpBackward0": ("{g} · {ans}",),
    "LogBackward0": ("{g} / {a}",),
    "Log1PBackward0": ("{g} / (1 + {a})",),
    "SqrtBackward0": ("{g} / (2 · {ans})",),
    "SinBackward0": ("{g} · cos {a}",),
    "CosBackward0": ("-{g} · sin {a}",),
    "TanBackward0": ("{g} · (1 + {ans}²)",),
    "TanhBackward0": ("{g} · (1 - {ans}²)",),
    "SigmoidBackward0": ("{g} · {ans} · (1 - {ans})",),
    "ReluBackward0": ("{g} where {ans} > 0, 0 elsewhere",),
    "LeakyReluBackward0": _leaky_relu,
    "SoftplusBackward0": _softplus,
    "AbsBackward0": ("{g} · sign {a}",),
    "SignBackward0": _NOTHING,
    "FloorBackward0": _NOTHING,
    "CeilBackward0": _NOTHING,
    "TruncBackward0": _NOTHING,
    "RoundBackward": _NOTHING,
    "MaximumBackward0": (
        "{g} where {a} > {b}, half of it where they are equal, 0 elsewhere",
        "{g} where {b} > {a}, half of it where they are equal, 0 elsewhere",
    ),
    "MinimumBackward0": (
        "{g} where {a} < {b}, half of it where they are equal, 0 elsewhere",
        "{g} where {b} < {a}, half of it where they are equal, 0 elsewhere",
    ),
    "ClampBackward0": ("{g} where {a} lies within the bounds, 0 elsewhere",)
    + ("{g} where this bound has taken the place of {a}, 0 elsewhere",) * 2,
    "ClampBackward1": _clamp,
    "WhereBackward0": ("{g} where the condition holds, 0 elsewhere", "{g} where the condition fails, 0 elsewhere"),
    "MaskedFillBackward0": ("0 where the mask holds, {g} elsewhere",),
    "MaskedFillBackward1": ("0 where the mask holds, {g} elsewhere", "the entries of {g} where the mask holds"),
    # sums and the like
    "SumBackward0": ("{g} for every entry",),
    "SumBackward1": ("{g}, repeated for what was summed",),
    "MeanBackward0": ("{g} / {n} for every entry",),
    "MeanBackward1": ("{g} / {n}, repeated for what was averaged",),
    "ProdBackward": ("{g} · the product of the other entries",),
    "VarBackward0": _spread("{g} · 2 · ({a} - its mean) / {freedom}"),
    "StdBackward0": _spread("{g} · ({a} - its mean) / ({ans} · {freedom})"),
    "MaxBackward0": ("{g} at the place that was chosen, 0 elsewhere",),
    "MinBackward0": ("{g} at the place that was chosen, 0 elsewhere",),
    "MaxBackward1": (f"{{g}} where {{a}} is largest{_SHARED}",),
    "MinBackward1": (f"{{g}} where {{a}} is smallest{_SHARED}",),
    "AmaxBackward0": (f"{{g}} where {{a}} is largest{_SHARED}",),
    "AminBackward0": (f"{{g}} where {{a}} is smallest{_SHARED}",),
    "LinalgVectorNormBackward0": _norm,
    "SoftmaxBackward0": ("{ans} · ({g} - the sum of {g} · {ans})",),
    "LogSoftmaxBackward0": ("{g} - exp({ans}) · the sum of {g}",),
    "LogsumexpBackward0": ("{g} · exp({a} - {ans})",),
    "CumsumBackward0": ("for each entry the sum of {g} from there on",),
    "MseLossBackward0": _loss("{g} · 2 · ({a} - {b})", "{g} · 2 · ({b} - {a})"),
    "BinaryCrossEntropyWithLogitsBackward0": _loss("{g} · (sigmoid({a}) - {b})", "-{g} · {a}"),
    "NllLossBackward0": _nll_loss,
    # products
    "DotBackward0": ("{g} · {b}", "{g} · {a}"),
    "MvBackward0": ("{g} {b}ᵀ", "{a}ᵀ {g}"),
    "MmBackward0": ("{g} {b}ᵀ", "{a}ᵀ {g}"),
    "BmmBackward0": ("{g} {b}ᵀ, matrix by matrix", "{a}ᵀ {g}, matrix by matrix"),
    "AddmmBackward0": _addmm,
    # other shapes and places
    "TBackward0": ("{g}ᵀ",),
    "TransposeBackward": ("{g}, transposed back",),
    "PermuteBackward": ("{g}, its dimensions put back",),
    "FlipBackward0": ("{g}, flipped back",),
    "ViewBackward": _SHAPED_BACK,
    "ReshapeAliasBackward": _SHAPED_BACK,
    "UnsafeViewBackward": _SHAPED_BACK,
    "SqueezeBackward": _SHAPED_BACK,
    "UnsqueezeBackward": _SHAPED_BACK,
    "ExpandBackward": ("{g}, summed over what was expanded",),
    "CloneBackward": _SAME,
    "AliasBackward": _SAME,
    "ToCopyBackward0": _SAME,
    "SelectBackward0": _PLACED,
    "SliceBackward0": _PLACED,
    "AsStridedBackward0": _PLACED,
    "IndexBackward0": ("{g} added up where it was taken from, 0 elsewhere",),
    "UnbindBackward0": ("the gradients of the results, stacked (0 for one that had none)",),
    "SplitBackward0": ("the gradients of the results, joined (0 for one that had none)",),
    "SplitWithSizesBackward0": ("the gradients of the results, joined (0 for one that had none)",),
    # writing in place
    "IndexPutBackward0": _index_put,
    "CopySlices": (
        "{g} where it was not written, what the write passes on where it was",
        "what the write passes on of {g}",
    ),
    "CopyBackwards": ("0, as all of it was overwritten", "{g}"),
    "ZeroBackward0": _NOTHING,
    "FillBackward": ("0, as all of it was overwritten", "the sum of {g}"),
    "UniformBackward0": _NOTHING,
    "NormalBackward0": _NOTHING,
    "RandomBackward": _NOTHING,
}
_PARTS = ("CatBackward0", "StackBackward0")  # as many inputs as they were given

# Where the formula alone would say 0 / 0 or 0 · ∞: the letters to look for a 0 in, and when the result is 0.
EXCEPTIONS: Mapping[tuple[str, int], tuple[str, str]] = {
    ("StdBackward0", 0): ("ans", "{ans} is 0"),
    ("LinalgVectorNormBackward0", 0): ("ans", "{ans} is 0"),
    ("PowBackward1", 0): ("b", "{b} is 0"),
    ("PowBackward1", 1): ("a", "{a} is 0 and {b} ≥ 0"),
}


def rule(operation: str, position: int, saved: Saved) -> str:
    """The formula for one input of an operation, by the name of its node; empty if it is not in the table."""
    if operation in _PARTS:
        return "the part of {g} that belongs to this input"
    formulas = RULES.get(operation) or RULES.get(operation.rstrip("0123456789"), ())
    if callable(formulas):
        formulas = formulas(saved)
    return formulas[position] if position < len(formulas) else ""


def needs(formula: str) -> set[str]:
    """The letters that a formula mentions."""
    return set(re.findall(r"{(\w+)}", formula))


def calculates(formula: str) -> bool:
    """Whether a formula is more than words about g, so that it says more with numbers in place of its letters."""
    return needs(formula) != {"g"} or re.search("[-·/+²^]", formula) is not None


def fill(formula: str, letters: Mapping[str, str]) -> str:
    """The formula with what stands for its letters; a negative number gets parentheses after another sign."""
    filled = ""
    for words, letter in re.findall(r"([^{]*)(?:{(\w+)})?", formula):
        value = letters.get(letter, "")
        crowded = value.startswith("-") and (filled + words).rstrip()[-1:] in ("·", "-", "/", "+")
        filled += words + (f"({value})" if crowded else value)
    return filled
