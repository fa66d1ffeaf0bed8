"""Numbers brought to mean 0 and variance 1, as a function: layer_norm."""

import numpy as np

from ..engine.operation import functions, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor
from ..operations.arguments import need_tensors

# --- what the formulas say


def standardized(x, axes: tuple, eps: float):
    """x less its mean along the axes, times the inverse of its standard deviation; and that inverse."""
    if isinstance(x, Tensor):
        distance = x - x.mean(axes, True)
        inverse = ((distance * distance).mean(axes, True) + eps).rsqrt()
    else:
        x = x.astype(np.float64)  # where PyTorch adds up in parts, which loses as little
        distance = x - x.mean(axes, keepdims=True)
        inverse = 1 / np.sqrt((distance * distance).mean(axes, keepdims=True) + eps)
    return distance * inverse, inverse


def standard(x, axes: tuple, eps: float):
    """x brought to mean 0 and variance 1 along the axes."""
    unit, _ = standardized(x, axes, eps)
    return unit if isinstance(x, Tensor) else unit.astype(x.dtype)


def normalized(x, weight, bias, axes: tuple, eps: float):
    """The same, times weight, plus bias."""
    return (standardized(x, axes, eps)[0] * weight + bias).astype(x.dtype)


def normal_slope(g, x, axes: tuple, eps: float):
    """What x receives: the part of g that changes neither the mean nor the variance, by the standard deviation."""
    unit, inverse = standardized(x, axes, eps)
    if isinstance(x, Tensor):
        return inverse * (g - g.mean(axes, True) - unit * (g * unit).mean(axes, True))
    wide = g.astype(np.float64)
    along = (wide * unit).mean(axes, keepdims=True)
    return (inverse * (wide - wide.mean(axes, keepdims=True) - unit * along)).astype(g.dtype)


for helper in (standard, normalized, normal_slope):
    on_arrays[helper.__name__] = on_tensors[helper.__name__] = helper

# fmt: off
# --- operation -------------------- result ---------------- x receives -- y receives -- z receives ----------------
rule("layer_norm(x, y, z, axes, eps)", "normalized(x, y, z, axes, eps)",
     x="normal_slope(g * y, x, axes, eps)", y="sum_to(g * standard(x, axes, eps), y.shape)", z="sum_to(g, z.shape)",
     inner=True, elementwise=False, node="NativeLayerNormBackward0",
     saved_as={"x": "input", "y": "weight", "axes": None, "eps": None, "y_shape": None, "z_shape": None})
# fmt: on


def layer_norm(
    input: Tensor,
    normalized_shape,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Bring the numbers of each sample to mean 0 and variance 1: (x - mean) / √(variance + eps) · weight + bias.

    normalized_shape: the last dimensions, over which mean and variance are computed; weight, bias: of that shape.
    Shapes: (…, *normalized_shape); the result has that of the input.
    Errors: RuntimeError for an input that does not end in normalized_shape, and for two types.
    Source: Ba, Kiros and Hinton, arXiv 1607.06450.
    Gradient: the input receives the part of g · weight that changes neither mean nor variance, weight the sum of g
    times the normalized input, bias the sum of g.

    >>> torch.nn.functional.layer_norm(torch.tensor([1., 2., 3.]), (3,))
    tensor([-1.2247,  0.0000,  1.2247])
    """
    need_tensors("layer_norm", input)
    shape = tuple(normalized_shape)
    count = len(shape)
    if not shape or input._data.shape[-count:] != shape:
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*, {', '.join(map(str, shape))}], but "
            f"got input of size{list(input.shape)}"
        )
    for each, name in ((weight, "weight"), (bias, "bias")):
        if each is not None and each._data.shape != shape:
            raise RuntimeError(f"Expected {name} to be of same shape as normalized_shape, but got {list(each.shape)}")
        if each is not None and each._data.dtype != input._data.dtype:
            raise RuntimeError("mixed dtype (CPU): all inputs must share same datatype.")
    weight = functions["ones"](shape, dtype=input.dtype) if weight is None else weight
    bias = functions["zeros"](shape, dtype=input.dtype) if bias is None else bias
    ndim = input._data.ndim
    return on_tensors["layer_norm"](input, weight, bias, tuple(range(ndim - count, ndim)), eps)
