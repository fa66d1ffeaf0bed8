"""Values for parameters to start from, written in place.

All return the tensor that they were given.  Seeded alike, they give PyTorch's numbers.
"""

import math

from .. import random
from ..engine.tensor import Tensor
from ..engine.versions import mark_written, owner
from ..operations.left_out import front


def written(tensor: Tensor, values) -> Tensor:
    array = tensor._array()
    array[...] = values
    mark_written(owner(array))
    return tensor


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0) -> Tensor:
    """Numbers between a and b, all equally likely."""
    return written(tensor, random.uniform(a, b, tuple(tensor.shape), tensor._data.dtype))


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0) -> Tensor:
    """Normal numbers with the given mean and standard deviation."""
    return written(tensor, random.normal(mean, std, tuple(tensor.shape), tensor._data.dtype))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """One number everywhere."""
    return written(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Ones."""
    return written(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros."""
    return written(tensor, 0)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much the weights before this activation are enlarged to keep the spread of the values.

    nonlinearity: "linear", "sigmoid", "tanh", "relu" or "leaky_relu", the last with its slope as `param`.
    """
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    gains: dict[str, float] = {"linear": 1, "sigmoid": 1, "tanh": 5 / 3, "relu": math.sqrt(2)}
    if nonlinearity not in gains:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}: choose from {[*gains, 'leaky_relu']}")
    return gains[nonlinearity]


def fans(tensor: Tensor) -> tuple[int, int]:
    """How many inputs and outputs a weight has: those of a Linear of shape (outputs, inputs)."""
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    rest = math.prod(tensor.shape[2:])
    return tensor.shape[1] * rest, tensor.shape[0] * rest


def spread(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    """The standard deviation of Kaiming He's initialisation, gain / √fan (arXiv 1502.01852)."""
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(tensor)[mode == "fan_out"])


def kaiming_uniform_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> Tensor:
    """Uniform numbers whose spread keeps that of the values through a layer; a: the slope of a leaky relu behind it."""
    if not tensor.numel():
        return tensor
    bound = math.sqrt(3) * spread(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound)


def kaiming_normal_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> Tensor:
    """Normal numbers whose spread keeps that of the values through a layer; a: the slope of a leaky relu behind it."""
    return normal_(tensor, 0.0, spread(tensor, a, mode, nonlinearity)) if tensor.numel() else tensor


def xavier_uniform_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    """Uniform numbers of standard deviation gain · √(2 / (inputs + outputs)), after Xavier Glorot (AISTATS 2010)."""
    bound = math.sqrt(3) * gain * math.sqrt(2 / sum(fans(tensor)))
    return uniform_(tensor, -bound, bound)


def xavier_normal_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    """Normal numbers of standard deviation gain · √(2 / (inputs + outputs)), after Xavier Glorot (AISTATS 2010)."""
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(fans(tensor))))


__all__ = [
    "calculate_gain",
    "constant_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]
__getattr__, __dir__ = front(__name__)
