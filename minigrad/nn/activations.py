"""Activations, as functions: what stands between the layers of a network, each element for itself."""

import math

import numpy as np

from ..engine.operation import functions, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor
from ..operations import error_function
from ..operations.arguments import need_tensors
from . import losses  # noqa: F401  the formulas use its softplus

TO_ERF, DENSITY_AT_0 = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)
SCALE, CUBIC = math.sqrt(2 / math.pi), 0.044715  # of the approximation of Φ by a hyperbolic tangent


# --- what the formulas say


def gelu_gate(x, approximate: str):
    """Return Φ(x), the part of a normal distribution that lies below x, or an approximation of it by tanh."""
    if approximate == "none":
        erf = on_tensors["erf"] if isinstance(x, Tensor) else error_function.erf
        return (erf(x * TO_ERF) + 1) * 0.5
    tanh = on_tensors["tanh"] if isinstance(x, Tensor) else np.tanh
    return (tanh((x + x * x * x * CUBIC) * SCALE) + 1) * 0.5


def gelu_gate_slope(x, approximate: str):
    """Return the derivative of `gelu_gate`: for Φ the density of the normal distribution."""
    if approximate == "none":
        exp = on_tensors["exp"] if isinstance(x, Tensor) else np.exp
        return exp(x * x * -0.5) * DENSITY_AT_0
    gate = gelu_gate(x, approximate)
    return gate * (1 - gate) * 2 * (x * x * (3 * CUBIC) + 1) * SCALE


def below_0(x):
    """Return x where it is negative, and elsewhere 0, of which exp does not overflow."""
    return on_tensors["where"](x < 0, x, 0) if isinstance(x, Tensor) else np.minimum(x, x.dtype.type(0))


def between(x, low, high):
    """Return x, but no less than low and no more than high, in the type of x."""
    return np.clip(x, low, high).astype(x.dtype)


for helper in (gelu_gate, gelu_gate_slope, below_0, between):
    on_arrays[helper.__name__] = on_tensors[helper.__name__] = helper


def inner(*row, **columns):
    return rule(*row, inner=True, inplace=True, **columns)


# fmt: off
# ----- operation --------------- result ------------------------------------- x receives ------------------------------
inner("leaky_relu(x, slope)",     "np.where(x > 0, x, x * slope)",             x="where(x > 0, g, g * slope)",
      saved_as={"slope": "negative_slope"})
inner("elu(x, alpha)",            "np.where(x > 0, x, np.expm1(x) * alpha)",
      x="where(x <= 0, g * (exp(below_0(x)) * alpha), g)")
# those that are written in place save the result, as the input is gone
inner("leaky_relu_by_result(x, slope)", "np.where(x > 0, x, x * slope)",       x="where(ans > 0, g, g * slope)",
      node="LeakyReluBackward1", saved_as={"slope": "negative_slope"})
inner("elu_by_result(x, alpha)",  "np.where(x > 0, x, np.expm1(x) * alpha)",
      x="where(ans <= 0, g * (below_0(ans) + alpha), g)", node="EluBackward1")
inner("gelu(x, approximate)",     "x * gelu_gate(x, approximate)",
      x="g * (gelu_gate(x, approximate) + x * gelu_gate_slope(x, approximate))")
inner("silu(x)",                  "x / (1 + np.exp(-x))",
      x="g * (sigmoid(x) * (1 + x * (1 - sigmoid(x))))")
inner("mish(x)",                  "x * np.tanh(softplus_of(x))",
      x="g * (tanh(softplus_of(x)) + x * sigmoid(x) * (1 - tanh(softplus_of(x)) * tanh(softplus_of(x))))")
inner("hardtanh(x, low, high)",   "between(x, low, high)",
      x="where((x > low) & (x < high), g, 0)", saved_as={"low": "min_val", "high": "max_val"})
inner("log_sigmoid(x)",           "np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))", x="g * sigmoid(-x)")
# fmt: on

# --- the functions


def applied(name: str, input: Tensor, *arguments, inplace: bool = False) -> Tensor:
    """Call the operation of that name, for tensors of floating-point numbers alone."""
    need_tensors(name, input)
    if input._data.dtype.kind != "f":
        raise NotImplementedError(f"{name}() is not implemented for {input.dtype}: convert with .float()")
    return on_tensors[name + "_" * inplace](input, *arguments)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Replace each negative element by 0: torch.relu.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.
    Errors: NotImplementedError for truth values.
    Gradient: the input receives g where it is positive, and 0 elsewhere.

    >>> torch.nn.functional.relu(torch.tensor([-1., 2.]))
    tensor([0., 2.])
    """
    return functions["relu_" if inplace else "relu"](input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Multiply each negative element by negative_slope.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.
    Errors: NotImplementedError for whole numbers and truth values.
    Gradient: the input receives g where it is positive, and g * negative_slope elsewhere.

    >>> torch.nn.functional.leaky_relu(torch.tensor([-1., 2.]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    by_result = inplace and negative_slope >= 0  # otherwise the sign of the result does not tell that of the input
    return applied("leaky_relu" + "_by_result" * by_result, input, negative_slope, inplace=inplace)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Replace each negative element x by alpha · (exp(x) - 1), which goes on from 0 without a kink for alpha = 1.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.
    Errors: NotImplementedError for whole numbers and truth values.
    Source: Clevert and others, arXiv 1511.07289.
    Gradient: the input receives g where it is positive, and g * alpha * exp(x) elsewhere.

    >>> torch.nn.functional.elu(torch.tensor([-1., 2.]))
    tensor([-0.6321,  2.0000])
    """
    by_result = inplace and alpha >= 0  # otherwise the sign of the result does not tell that of the input
    return applied("elu" + "_by_result" * by_result, input, alpha, inplace=inplace)


def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """Multiply each element x by Φ(x), the part of a normal distribution that lies below x: a smooth relu.

    approximate: "none", or "tanh" for an approximation of Φ by a hyperbolic tangent.
    Shapes: any; the result has that of the input.
    Errors: RuntimeError for another approximate, NotImplementedError for whole numbers and truth values.
    Source: Hendrycks and Gimpel, arXiv 1606.08415.
    Gradient: the input receives g * (Φ(x) + x * φ(x)), where φ is the density of the normal distribution.

    >>> torch.nn.functional.gelu(torch.tensor([-1., 2.]))
    tensor([-0.1587,  1.9545])
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"approximate argument must be either none or tanh, not {approximate!r}")
    return applied("gelu", input, approximate)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Multiply each element x by its sigmoid: x / (1 + exp(-x)), also known as swish.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.
    Errors: NotImplementedError for whole numbers and truth values.
    Source: Elfwing and others, arXiv 1702.03118.
    Gradient: the input receives g * s * (1 + x * (1 - s)), where s is sigmoid(x).

    >>> torch.nn.functional.silu(torch.tensor([-1., 2.]))
    tensor([-0.2689,  1.7616])
    """
    return applied("silu", input, inplace=inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """Multiply each element x by tanh(log(1 + exp(x))).

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.
    Errors: NotImplementedError for whole numbers and truth values.
    Source: Misra, arXiv 1908.08681.
    Gradient: the input receives g * (t + x * sigmoid(x) * (1 - t²)), where t is tanh(log(1 + exp(x))).

    >>> torch.nn.functional.mish(torch.tensor([-1., 2.]))
    tensor([-0.3034,  1.9440])
    """
    return applied("mish", input, inplace=inplace)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """Replace what lies below min_val by min_val, and what lies above max_val by max_val.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.
    Errors: ValueError where min_val is above max_val, NotImplementedError for truth values.
    Gradient: the input receives g where it lies between the two, and 0 elsewhere, also on a bound itself.

    >>> torch.nn.functional.hardtanh(torch.tensor([-2., 0.5]))
    tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    need_tensors("hardtanh", input)
    if input._data.dtype.kind == "b":
        raise NotImplementedError("hardtanh() is not implemented for torch.bool: convert with .float()")
    return on_tensors["hardtanh_" if inplace else "hardtanh"](input, min_val, max_val)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Replace each negative element by 0, and what lies above 6 by 6.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.
    Errors: NotImplementedError for truth values.
    Gradient: the input receives g where it lies between 0 and 6, and 0 elsewhere.

    >>> torch.nn.functional.relu6(torch.tensor([-1., 2., 8.]))
    tensor([0., 2., 6.])
    """
    return hardtanh(input, 0, 6, inplace)


def softsign(input: Tensor) -> Tensor:
    """Compute x / (1 + |x|) for each element x, a number between -1 and 1.

    Shapes: any; the result has that of the input.
    Gradient: the input receives g / (1 + |x|)².

    >>> torch.nn.functional.softsign(torch.tensor([-1., 3.]))
    tensor([-0.5000,  0.7500])
    """
    need_tensors("softsign", input)
    return input / (input.abs() + 1)


def logsigmoid(input: Tensor) -> Tensor:
    """Compute log(1 / (1 + exp(-x))) for each element x, without overflow and without log(0).

    Shapes: any; the result has that of the input.
    Errors: NotImplementedError for whole numbers and truth values.
    Gradient: the input receives g * sigmoid(-x).

    >>> torch.nn.functional.logsigmoid(torch.tensor([-1., 2.]))
    tensor([-1.3133, -0.1269])
    """
    return applied("log_sigmoid", input)


def tanh(input: Tensor) -> Tensor:
    """Compute the hyperbolic tangent of each element, a number between -1 and 1: torch.tanh.

    Shapes: any; the result has that of the input.
    Gradient: the input receives g * (1 - result²).

    >>> torch.nn.functional.tanh(torch.tensor([0., 1.]))
    tensor([0.0000, 0.7616])
    """
    return functions["tanh"](input)


def sigmoid(input: Tensor) -> Tensor:
    """Compute 1 / (1 + exp(-x)) for each element x, a number between 0 and 1: torch.sigmoid.

    Shapes: any; the result has that of the input.
    Gradient: the input receives g * result * (1 - result).

    >>> torch.nn.functional.sigmoid(torch.tensor([0., 1.]))
    tensor([0.5000, 0.7311])
    """
    return functions["sigmoid"](input)
