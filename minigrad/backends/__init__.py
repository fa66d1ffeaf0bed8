"""What programs ask about the libraries that PyTorch computes with: `cudnn` and `mps` are not available."""

from ..operations.left_out import front
from . import cudnn, mps

__all__ = ["cudnn", "mps"]
__getattr__, __dir__ = front(__name__)
