"""Parameters as one vector, and gradients clipped."""

import math
from collections.abc import Iterable

from ..engine.operation import functions
from ..engine.tensor import Tensor
from ..operations.left_out import front
from .init import written


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """Join all parameters, one after the other, into one vector; gradients flow through it.

    >>> model = torch.nn.Linear(3, 2)
    >>> torch.nn.utils.parameters_to_vector(model.parameters()).shape
    torch.Size([8])
    """
    return functions["cat"]([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Write the parts of a vector into the parameters, in the order of parameters_to_vector.

    Errors: TypeError for anything but a tensor.

    >>> model = torch.nn.Linear(2, 1)
    >>> torch.nn.utils.vector_to_parameters(torch.tensor([1., 2., 3.]), model.parameters())
    >>> model.bias
    Parameter containing:
    tensor([3.], requires_grad=True)
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    start = 0
    for parameter in parameters:
        end = start + parameter.numel()
        written(parameter, vec._data[start:end].reshape(parameter.shape))
        start = end


def clip_grad_norm_(parameters: Iterable[Tensor] | Tensor, max_norm: float, norm_type: float = 2.0) -> Tensor:
    """Scale all gradients by one factor, if their common norm is above max_norm, and return that norm.

    norm_type: the p of the p-norm, inf for the largest.

    >>> w = torch.zeros(2, requires_grad=True)
    >>> w.grad = torch.tensor([3., 4.])
    >>> torch.nn.utils.clip_grad_norm_([w], max_norm=1.0)
    tensor(5.)
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    stack, max_norm = functions["stack"], float(max_norm)
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


def clip_grad_value_(parameters: Iterable[Tensor] | Tensor, clip_value: float) -> None:
    """Limit every number of the gradients to the range from -clip_value to clip_value, in place.

    >>> w = torch.zeros(2, requires_grad=True)
    >>> w.grad = torch.tensor([3., -0.5])
    >>> torch.nn.utils.clip_grad_value_([w], clip_value=1.0)
    >>> w.grad
    tensor([ 1.0000, -0.5000])
    """
    limit = float(clip_value)
    for tensor in [parameters] if isinstance(parameters, Tensor) else parameters:
        if tensor.grad is not None:
            tensor.grad.detach().clamp_(-limit, limit)


__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "parameters_to_vector",
    "vector_to_parameters",
]
__getattr__, __dir__ = front(__name__)
