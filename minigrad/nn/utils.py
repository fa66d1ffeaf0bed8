"""Parameters as one vector, and gradients kept short."""

import math
from collections.abc import Iterable

from ..engine.operation import functions
from ..engine.tensor import Tensor
from ..operations.left_out import front
from .init import written


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters, one after the other, as one vector; gradients flow through it."""
    return functions["cat"]([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Write the parts of a vector into the parameters, in the order of `parameters_to_vector`."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    start = 0
    for parameter in parameters:
        end = start + parameter.numel()
        written(parameter, vec._data[start:end].reshape(parameter.shape))
        start = end


def clip_grad_norm_(parameters: Iterable[Tensor] | Tensor, max_norm: float, norm_type: float = 2.0) -> Tensor:
    """Make the gradients shorter, all by one factor, where their common norm is above max_norm; returns that norm."""
    stack = functions["stack"]
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    gradients = [tensor.grad for tensor in tensors if tensor.grad is not None]
    if not gradients:
        return functions["tensor"](0.0)
    norm_type = math.inf if norm_type == math.inf else float(norm_type)
    total = stack([gradient.detach().norm(norm_type) for gradient in gradients]).norm(norm_type)
    factor = (max_norm / (total + 1e-6)).clamp(max=1.0)
    for gradient in gradients:
        gradient.detach().mul_(factor)
    return total


__all__ = [
    "clip_grad_norm_",
    "parameters_to_vector",
    "vector_to_parameters",
]
__getattr__, __dir__ = front(__name__)
