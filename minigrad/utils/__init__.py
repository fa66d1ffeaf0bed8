"""Helpers for training: `data`, which feeds a network batch after batch."""

from ..operations.left_out import front
from . import data

__all__ = ["data"]
__getattr__, __dir__ = front(__name__)
