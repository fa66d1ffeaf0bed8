"""Optimizers, from the gradients of the parameters to their next values, and schedules of learning rates."""

from ..operations.left_out import front
from . import lr_scheduler
from .optimizers import SGD, Adam, AdamW, Optimizer, RMSprop

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler"]
__getattr__, __dir__ = front(__name__)
