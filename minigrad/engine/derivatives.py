"""The first table of derivatives: arithmetic, elementary functions, sums and the matrix product.

Each row: the operation, its result, and what each input receives when the gradient g of the result arrives; ans is the
result.  operation.py shows how a row becomes an operation.  Check it against any table of derivatives.
"""

from functools import partial

from . import formulas  # noqa: F401  what the formulas below use
from .operation import rule

arithmetic = partial(rule, number=True, inplace=True)  # y may be a Python number; has a twin that writes in place
function = partial(rule, floating=True, inplace=True)  # integers are converted to floating point first
inner = partial(rule, inner=True)  # behind a function of tensor.py's or reductions.py's that sorts its arguments out
product = partial(inner, elementwise=False)  # inputs of one type, whose shapes are not broadcast

# fmt: off
# ---------- operation --- result --------------- x receives ------------------ y receives ----------
arithmetic("add(x, y)",    "x + y",               x="g",                        y="g")
arithmetic("sub(x, y)",    "x - y",               x="g",                        y="-g")
arithmetic("mul(x, y)",    "x * y",               x="g * y",                    y="g * x")
arithmetic("div(x, y)",    "x / y",               x="g / y",                    y="-g * (x / y / y)", floating=True)
rule("neg(x)",             "-x",                  x="-g", inplace=True)
function("reciprocal(x)",  "1 / x",               x="-g * (ans * ans)")
inner("rsub(x, n)",        "n - x",               x="-g", node="RsubBackward1")
inner("pow(x, n)",         "power(x, n)",         x="g * power_slope(x, n)",
      node="PowBackward0", saved_as={"n": "exponent"}, inplace=True)
inner("power_of(n, x)",    "n ** x",              x="g * (ans * number_log(n, x))",
      node="PowBackward2", saved_as={"x": "exponent", "n": "self"})
inner("pow_xy(x, y)",      "x ** y",              x="g * slope_xy(x, y)",       y="g * (ans * log_base(x, y))",
      node="PowBackward1", saved_as={"y": "exponent"}, keeps=("ans",), inplace=True)

function("exp(x)",         "np.exp(x)",           x="g * ans")
function("log(x)",         "np.log(x)",           x="g / x")
function("log1p(x)",       "np.log1p(x)",         x="g / (x + 1)", node="Log1PBackward0")
function("sqrt(x)",        "np.sqrt(x)",          x="g / (2 * ans)")
function("sin(x)",         "np.sin(x)",           x="g * cos(x)")
function("cos(x)",         "np.cos(x)",           x="g * -sin(x)")
function("tan(x)",         "np.tan(x)",           x="g * (1 + ans * ans)")
function("tanh(x)",        "np.tanh(x)",          x="g * (1 - ans * ans)")
function("sigmoid(x)",     "1 / (1 + np.exp(-x))", x="g * (1 - ans) * ans")
rule("relu(x)",            "np.maximum(x, 0)",    x="gate(g, ans)", inplace=True, booleans=NotImplementedError)
product("gate(x, y)",      "masked(x, y != 0)",   x="gate(g, y)",               y="zeros_like(y)")
rule("abs(x)",             "np.abs(x)",           x="g * sign(x)", inplace=True, booleans=NotImplementedError)
rule("sign(x)",            "sign_of(x)",          x="zeros_like(g)", inplace=True)

inner("sum_all(x)",                "np.add.reduce(x, None)",
      x="expand(g, x.shape)",      node="SumBackward0")
inner("sum_dim(x, dim, keepdim)",  "np.add.reduce(x, dim, None, None, keepdim)",
      x="expand(g.reshape(kept(x.shape, dim)), x.shape)", node="SumBackward1")
inner("mean_all(x)",               "np.add.reduce(x, None) / x.size",
      x="expand(g / x.size, x.shape)", node="MeanBackward0")
inner("mean_dim(x, dim, keepdim)", "np.add.reduce(x, dim, None, None, keepdim) / count(x.shape, dim)",
      x="expand((g / count(x.shape, dim)).reshape(kept(x.shape, dim)), x.shape)", node="MeanBackward1")

product("dot(x, y)",       "x.dot(y)",            x="g * y",                   y="g * x",
        saved_as={"y": "tensor"})
product("mv(x, y)",        "x.dot(y)",            x="g.reshape(-1, 1) * y",    y="mv(t(x), g)",
        saved_as={"y": "vec"})
product("mm(x, y)",        "x.dot(y)",            x="mm(g, t(y))",             y="mm(t(x), g)",
        saved_as={"y": "mat2"}, booleans=NotImplementedError)
product("bmm(x, y)",       "np.matmul(x, y)",     x="bmm(g, transpose(y, 1, 2))", y="bmm(transpose(x, 1, 2), g)",
        saved_as={"y": "mat2"})
# fmt: on
