"""Automatic differentiation by its own names: passes, modes, operations of one's own, and checks of gradients."""

from ..grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from ..operations.left_out import front
from . import functional
from .function import Function
from .gradcheck import gradcheck, gradgradcheck
from .passes import backward, grad

__all__ = [
    "Function",
    "backward",
    "enable_grad",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "no_grad",
    "set_grad_enabled",
]

__getattr__, __dir__ = front(__name__)
