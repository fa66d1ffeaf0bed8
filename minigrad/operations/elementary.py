"""Further elementary functions, one row each: function, method, twin in place, node and derivatives follow from it."""

import math
from functools import partial

import numpy as np

from ..engine.formulas import where
from ..engine.operation import method, public, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor
from . import error_function
from .arguments import named, need_number, need_tensors
from .choosing import helper
from .rounding import divisible

on_arrays["erf_of"], on_arrays["erfc_of"] = error_function.erf, error_function.erfc
on_arrays["ln"] = on_tensors["ln"] = math.log  # of a Python number

function = partial(rule, floating=True, inplace=True)
inner = partial(rule, inner=True)
SLOPE_OF_ERF = 2 / math.sqrt(math.pi)  # at 0
RADIANS = math.pi / 180
for constant in ("SLOPE_OF_ERF", "RADIANS"):
    on_arrays[constant] = on_tensors[constant] = globals()[constant]

# --- what the formulas below use


@helper
def floats(x):
    if x.dtype.kind != "f":
        raise NotImplementedError("not implemented for whole numbers and truth values: convert with .float() first")
    return x


@helper
def left_over(x, y):
    """Return the remainder of x divided by y, with the sign of x."""
    return np.fmod(*divisible(x, y))


@helper
def one_over(x):
    """1 / x, and 0 for 0."""
    zero = x == 0
    return where(zero, 0, 1 / where(zero, 1, x))


@helper
def replaced_by(x, nan, posinf, neginf):
    """x with other numbers in place of nan, inf and -inf: by default 0, the largest and the smallest of its type."""
    if x.dtype.kind != "f":
        return x.copy()
    x = np.nan_to_num(x, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)
    return np.asarray(x)


# fmt: off
# -------- operation ---- result --------- x receives ------------------
function("exp2(x)",       "np.exp2(x)",    x="g * ans * ln(2)")
function("expm1(x)",      "np.expm1(x)",   x="g * (ans + 1)")
function("log2(x)",       "np.log2(x)",    x="g / (x * ln(2))")
function("log10(x)",      "np.log10(x)",   x="g / (x * ln(10))")
function("rsqrt(x)",      "1 / np.sqrt(x)", x="-g / 2 * (ans * ans * ans)")
function("asin(x)",       "np.arcsin(x)",  x="g / sqrt(1 - x * x)")
function("acos(x)",       "np.arccos(x)",  x="-g / sqrt(1 - x * x)")
function("atan(x)",       "np.arctan(x)",  x="g / (1 + x * x)")
function("sinh(x)",       "np.sinh(x)",    x="g * cosh(x)")
function("cosh(x)",       "np.cosh(x)",    x="g * sinh(x)")
function("asinh(x)",      "np.arcsinh(x)", x="g / sqrt(x * x + 1)")
function("acosh(x)",      "np.arccosh(x)", x="g / sqrt(x * x - 1)")
function("atanh(x)",      "np.arctanh(x)", x="g / (1 - x * x)")
function("erf(x)",        "erf_of(x)",     x="g * (SLOPE_OF_ERF * exp(-(x * x)))")
function("erfc(x)",       "erfc_of(x)",    x="g * (-SLOPE_OF_ERF * exp(-(x * x)))")
function("deg2rad(x)",    "x * RADIANS",   x="g * RADIANS", node="Deg2RadBackward0")
function("rad2deg(x)",    "x * (1 / RADIANS)", x="g * (1 / RADIANS)", node="Rad2DegBackward0")
rule("frac(x)",           "floats(x) - np.trunc(x)", x="g", inplace=True)
inner("nan_to_num(x, nan, posinf, neginf)", "replaced_by(x, nan, posinf, neginf)", x="masked(g, isfinite(x))",
      inplace=True)

# -------- operation ---- result ------------- x receives --------------------- y receives ----------------------
function("atan2(x, y)",   "np.arctan2(x, y)",  x="g * y * one_over(x * x + y * y)",
                                               y="-g * x * one_over(x * x + y * y)")
rule("hypot(x, y)",       "np.hypot(floats(x), y)", x="g * (x / ans)",          y="g * (y / ans)", inplace=True)
rule("logaddexp(x, y)",   "np.logaddexp(floats(x), y)", x="g / (1 + exp(y - x))", y="g / (1 + exp(x - y))")
inner("copysign(x, y)",   "np.copysign(x, y)", x="g * (sign(ans) * sign(x))", y="zeros_like(g)",
      floating=True, inplace=True)
inner("copysign_by(x, n)", "np.copysign(floats(x), n)", x="g * (sign(ans) * sign(x))",
      node="CopysignBackward1", inplace=True)
inner("fmod(x, n)",       "left_over(x, n)",   x="g", inplace=True)
inner("fmod_xy(x, y)",    "left_over(x, y)",   x="g",                           y="-g * div_trunc(x, y)",
      node="FmodBackward1", inplace=True)
# fmt: on


def by_number_or_tensor(name: str, of_number: str, of_tensor: str, suffix: str) -> None:
    """An operation on a tensor and a number, or on two tensors, and, with a suffix, its twin in place."""
    with_number, with_tensor = on_tensors[of_number + suffix], on_tensors[of_tensor + suffix]

    def operation(input, other):
        need_tensors(name, input)
        if isinstance(other, Tensor):
            return with_tensor(input, other)
        need_number(name, other)
        if input._data.dtype.kind != "f" and name == "copysign":
            input = input.float()
        return with_number(input, other)

    (method if suffix else public)(named(name + suffix, operation))


for suffix in ("", "_"):
    by_number_or_tensor("copysign", "copysign_by", "copysign", suffix)
    by_number_or_tensor("fmod", "fmod", "fmod_xy", suffix)


def replacing(suffix: str):
    """Make torch.nan_to_num and, with a suffix, its twin in place."""
    row = on_tensors["nan_to_num" + suffix]

    def nan_to_num(input, nan=None, posinf=None, neginf=None):
        need_tensors("nan_to_num", input)
        return row(input, nan, posinf, neginf)

    return named("nan_to_num" + suffix, nan_to_num)


public(replacing(""))
method(replacing("_"))
