"""Numbers brought to mean 0 and variance 1, as functions: layer_norm and batch_norm."""

import numpy as np

from ..engine.operation import functions, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor
from ..engine.versions import mark_written, owner
from ..operations.arguments import need_tensors

# --- what the formulas use


def standardized(x, axes: tuple, eps: float):
    """Return x less its mean along the axes, times the inverse of its standard deviation; and that inverse."""
    if isinstance(x, Tensor):
        distance = x - x.mean(axes, True)
        inverse = ((distance * distance).mean(axes, True) + eps).rsqrt()
    else:
        x = x.astype(np.float64)  # where PyTorch adds up in parts, which loses as little
        distance = x - x.mean(axes, keepdims=True)
        inverse = 1 / np.sqrt((distance * distance).mean(axes, keepdims=True) + eps)
    return distance * inverse, inverse


def standard(x, axes: tuple, eps: float):
    """Return x brought to mean 0 and variance 1 along the axes."""
    unit, _ = standardized(x, axes, eps)
    return unit if isinstance(x, Tensor) else unit.astype(x.dtype)


def normalized(x, weight, bias, axes: tuple, eps: float):
    """Return the same, times weight, plus bias."""
    return (standardized(x, axes, eps)[0] * weight + bias).astype(x.dtype)


def normal_slope(g, x, axes: tuple, eps: float):
    """Return what x receives: the part of g that changes neither mean nor variance, over the standard deviation."""
    unit, inverse = standardized(x, axes, eps)
    if isinstance(x, Tensor):
        return inverse * (g - g.mean(axes, True) - unit * (g * unit).mean(axes, True))
    wide = g.astype(np.float64)
    along = (wide * unit).mean(axes, keepdims=True)
    return (inverse * (wide - wide.mean(axes, keepdims=True) - unit * along)).astype(g.dtype)


def channels(weight, ndim: int):
    """Return one number for each channel, dimension 1 of `ndim`, to be broadcast."""
    return weight.reshape((1, -1) + (1,) * (ndim - 2))


def over_batch(shape: tuple) -> tuple:
    """Return the dimensions over which a batch is normalized: all but that of the channels."""
    return (0, *range(2, len(shape)))


for helper in (standard, normalized, normal_slope, channels, over_batch):
    on_arrays[helper.__name__] = on_tensors[helper.__name__] = helper

# fmt: off
# --- operation -------------------- result ---------------- x receives -- y receives -- z receives ----------------
rule("layer_norm(x, y, z, axes, eps)", "normalized(x, y, z, axes, eps)",
     x="normal_slope(g * y, x, axes, eps)", y="sum_to(g * standard(x, axes, eps), y.shape)", z="sum_to(g, z.shape)",
     inner=True, elementwise=False, node="NativeLayerNormBackward0",
     saved_as={"x": "input", "y": "weight", "axes": None, "eps": None, "y_shape": None, "z_shape": None})
rule("batch_norm(x, y, z, eps)",
     "normalized(x, channels(y, x.ndim), channels(z, x.ndim), over_batch(x.shape), eps)",
     x="normal_slope(g * channels(y, len(x.shape)), x, over_batch(x.shape), eps)",
     y="sum_to(g * standard(x, over_batch(x.shape), eps), channels(y, len(x.shape)).shape).reshape(y.shape)",
     z="sum_to(g, channels(z, len(x.shape)).shape).reshape(z.shape)",
     inner=True, elementwise=False, node="NativeBatchNormBackward0",
     saved_as={"x": "input", "y": "weight", "z": None, "eps": None, "x_shape": None, "y_shape": None, "z_shape": None})
# with a mean and a variance from before
rule("batch_norm_by(x, y, z, mean, inverse)",
     "((x - mean) * (inverse * channels(y, x.ndim)) + channels(z, x.ndim)).astype(x.dtype)",
     x="g * (inverse * channels(y, len(g.shape)))",
     y="sum_to(g * ((x - mean) * inverse), channels(y, len(g.shape)).shape).reshape(y.shape)",
     z="sum_to(g, channels(z, len(g.shape)).shape).reshape(z.shape)",
     inner=True, elementwise=False, node="NativeBatchNormBackward0",
     saved_as={"x": "input", "y": "weight", "z": None, "mean": None, "inverse": None, "y_shape": None, "z_shape": None})
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


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Bring each channel of a batch to mean 0 and variance 1: (x - mean) / √(variance + eps) · weight + bias.

    training: take mean and variance of the batch, and move the running ones towards them by the fraction momentum, in
    place; otherwise use the running ones. weight, bias: one number for each channel.
    Shapes: (rows, channels, …); the result has that of the input.
    Errors: ValueError for a single number a channel while training, RuntimeError where the channels do not fit.
    Source: Ioffe and Szegedy, arXiv 1502.03167.
    Gradient: that of layer_norm, for each channel.

    >>> F = torch.nn.functional
    >>> F.batch_norm(torch.tensor([[1., 5.], [3., 7.]]), None, None, training=True)
    tensor([[-1.0000, -1.0000],
            [ 1.0000,  1.0000]])
    """
    need_tensors("batch_norm", input)
    x = input._data
    if training and x.size <= (x.shape[1] if x.ndim > 1 else 1):
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
    count = x.shape[1]
    for name, each in (
        ("running_mean", running_mean),
        ("running_var", running_var),
        ("weight", weight),
        ("bias", bias),
    ):
        if each is not None and each.numel() != count:
            raise RuntimeError(f"{name} should contain {count} elements not {each.numel()}")
    weight = functions["ones"](count, dtype=input.dtype) if weight is None else weight
    bias = functions["zeros"](count, dtype=input.dtype) if bias is None else bias
    if not training:
        if running_mean is None or running_var is None:
            raise RuntimeError("Expected running_mean and running_var to be defined when training=False")
        mean = channels(np.asarray(running_mean._data), x.ndim)
        inverse = 1 / np.sqrt(channels(np.asarray(running_var._data), x.ndim) + x.dtype.type(eps))
        return on_tensors["batch_norm_by"](input, weight, bias, mean, inverse)
    axes, rows = over_batch(x.shape), x.size // count
    wide = x.astype(np.float64)
    for running, now in ((running_mean, wide.mean(axes)), (running_var, wide.var(axes) * (rows / (rows - 1)))):
        if running is not None:
            written = running._array()
            written[...] = written * (1 - momentum) + now.astype(written.dtype) * momentum
            mark_written(owner(written))
    return on_tensors["batch_norm"](input, weight, bias, eps)
