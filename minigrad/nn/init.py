"""Initial values of parameters, written in place.

All return the tensor that they were given.  Seeded alike, they give PyTorch's numbers.
"""

import math

import numpy as np

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
    """Write numbers between a and b, all equally likely, and return the tensor.

    Errors: RuntimeError where a is above b.

    >>> torch.nn.init.uniform_(torch.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    return written(tensor, random.uniform(a, b, tuple(tensor.shape), tensor._data.dtype))


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0) -> Tensor:
    """Write normal numbers with the given mean and standard deviation, and return the tensor.

    Errors: RuntimeError for a negative std.

    >>> torch.nn.init.normal_(torch.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    return written(tensor, random.normal(mean, std, tuple(tensor.shape), tensor._data.dtype))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Write one number everywhere, and return the tensor.

    >>> torch.nn.init.constant_(torch.zeros(2), 0.5)
    tensor([0.5000, 0.5000])
    """
    return written(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Write 1 everywhere, and return the tensor.

    >>> torch.nn.init.ones_(torch.zeros(2))
    tensor([1., 1.])
    """
    return written(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Write 0 everywhere, and return the tensor.

    >>> torch.nn.init.zeros_(torch.ones(2))
    tensor([0., 0.])
    """
    return written(tensor, 0)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return by how much the weights before an activation are enlarged to keep the spread of the values.

    nonlinearity: "linear", "sigmoid", "tanh", "relu" or "leaky_relu", the last with its slope as param.
    Errors: ValueError for any other.

    >>> torch.nn.init.calculate_gain("tanh")
    1.6666666666666667
    """
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    gains: dict[str, float] = {"linear": 1, "sigmoid": 1, "tanh": 5 / 3, "relu": math.sqrt(2)}
    if nonlinearity not in gains:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}: choose from {[*gains, 'leaky_relu']}")
    return gains[nonlinearity]


def fans(tensor: Tensor) -> tuple[int, int]:
    """Return how many inputs and outputs a weight has: those of a Linear of shape (outputs, inputs)."""
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    rest = math.prod(tensor.shape[2:])
    return tensor.shape[1] * rest, tensor.shape[0] * rest


def spread(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    """Return the standard deviation of Kaiming He's initialisation, gain / √fan (arXiv 1502.01852)."""
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(tensor)[mode == "fan_out"])


def kaiming_uniform_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> Tensor:
    """Write uniform numbers of standard deviation gain / √fan, which keep the spread of values through a layer.

    a: the slope of a leaky relu after the layer; mode: fan is "fan_in" or "fan_out".
    Source: He et al., arXiv 1502.01852.
    Errors: ValueError for fewer than two dimensions, and for another mode or nonlinearity.

    >>> torch.nn.init.kaiming_uniform_(torch.zeros(2, 3), nonlinearity="relu").shape
    torch.Size([2, 3])
    """
    if not tensor.numel():
        return tensor
    bound = math.sqrt(3) * spread(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound)


def kaiming_normal_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> Tensor:
    """Write normal numbers of standard deviation gain / √fan, which keep the spread of values through a layer.

    a: the slope of a leaky relu after the layer; mode: fan is "fan_in" or "fan_out".
    Source: He et al., arXiv 1502.01852.
    Errors: ValueError for fewer than two dimensions, and for another mode or nonlinearity.

    >>> torch.nn.init.kaiming_normal_(torch.zeros(2, 3), nonlinearity="relu").shape
    torch.Size([2, 3])
    """
    return normal_(tensor, 0.0, spread(tensor, a, mode, nonlinearity)) if tensor.numel() else tensor


def xavier_uniform_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    """Write uniform numbers of standard deviation gain · √(2 / (inputs + outputs)), and return the tensor.

    Source: Glorot and Bengio, AISTATS 2010.
    Errors: ValueError for fewer than two dimensions.

    >>> torch.nn.init.xavier_uniform_(torch.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    bound = math.sqrt(3) * gain * math.sqrt(2 / sum(fans(tensor)))
    return uniform_(tensor, -bound, bound)


def xavier_normal_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    """Write normal numbers of standard deviation gain · √(2 / (inputs + outputs)), and return the tensor.

    Source: Glorot and Bengio, AISTATS 2010.
    Errors: ValueError for fewer than two dimensions.

    >>> torch.nn.init.xavier_normal_(torch.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(fans(tensor))))


def orthogonal_(tensor: Tensor, gain: float = 1.0, generator=None) -> Tensor:
    """Write a random matrix whose rows (or columns, where there are fewer) are orthogonal and of length gain.

    Dimensions after the first are taken together; generator: a Generator to draw from.
    Source: Saxe and others, arXiv 1312.6120.
    Errors: ValueError for fewer than two dimensions.

    >>> w = torch.nn.init.orthogonal_(torch.zeros(2, 3))
    >>> torch.allclose(w @ w.t(), torch.eye(2), atol=1e-6)
    True
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if not tensor.numel():
        return tensor
    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    drawn = random.normal(0.0, 1.0, (rows, columns), tensor._data.dtype, generator or random.default_generator)
    q, r = np.linalg.qr(drawn if rows >= columns else drawn.T)
    q *= np.sign(np.diag(r))  # which makes the factorization the only one, whatever library computes it
    return written(tensor, ((q if rows >= columns else q.T) * q.dtype.type(gain)).reshape(tensor.shape))


__all__ = [
    "calculate_gain",
    "constant_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]
__getattr__, __dir__ = front(__name__)
