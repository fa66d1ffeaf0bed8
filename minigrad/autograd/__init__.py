"""What `torch.autograd` offers: passes, modes, operations that you write yourself, and checks of gradients."""

from ..grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from ..operations.left_out import front
from . import functional
from .anomaly_mode import detect_anomaly, set_detect_anomaly
from .function import Function
from .gradcheck import gradcheck, gradgradcheck
from .passes import backward, grad


def Variable(data, requires_grad: bool = False):
    """Return data itself, or the same numbers as a leaf that requires grad: from before tensors had gradients.

    >>> torch.autograd.Variable(torch.tensor([1., 2.]), requires_grad=True)
    tensor([1., 2.], requires_grad=True)
    """
    variable = data.detach()
    return variable.requires_grad_() if requires_grad else variable


__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]

__getattr__, __dir__ = front(__name__)
