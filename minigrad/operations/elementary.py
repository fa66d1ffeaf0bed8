"""Further elementary functions, one row each: function, method, twin in place, node and derivatives follow from it."""

import math
from functools import partial

from ..engine.operation import rule
from ..engine.rows import on_arrays, on_tensors

on_arrays["ln"] = on_tensors["ln"] = math.log  # of a Python number

function = partial(rule, floating=True, inplace=True)

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
# fmt: on
