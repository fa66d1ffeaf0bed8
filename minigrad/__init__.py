"""Reverse-mode automatic differentiation on NumPy with PyTorch's interface: `import minigrad as torch`.

What is public, in the order in which a learner meets it: making tensors, computing with them, the graph and the backward
pass, switching recording off, optimizers and networks, drawing.
"""

import importlib
import warnings

import numpy as np

# The C library gives freed memory back to the system and gets it anew page by page, unless it has once seen a large block
# freed; that makes the gradients of (x * x + x).tanh() * x on 1,000,000 float32 take 2.7 ms in place of 15.
np.empty(2**25 - 2**16, np.uint8)

# PyTorch is silent about 1 / 0 and log(-1).  np.errstate around every operation would cost 85 % of a scalar operation.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minigrad\b")

from . import choosing, conversions, creation, hooks, indexing, inplace, inspection, joining  # noqa: E402, F401
from . import operation, operators, random  # noqa: E402, F401
from . import reductions, rounding, shapes, statistics  # noqa: E402, F401
from .backward import backward as _backward  # noqa: E402, F401
from .dtypes import Size, bool_, dtype, float32, float64, int32, int64, uint8  # noqa: E402, F401
from .dtypes import default as _default  # noqa: E402
from .dtypes import set_default as set_default_dtype  # noqa: E402, F401
from .modes import enable_grad, no_grad, set_grad_enabled  # noqa: E402, F401
from .modes import recording as is_grad_enabled  # noqa: E402, F401
from .printing import set_printoptions  # noqa: E402, F401
from .random import Generator, initial_seed, manual_seed  # noqa: E402, F401
from .tensor import Tensor  # noqa: E402, F401

globals().update(operation.functions)
float, double, long, int, bool = float32, float64, int64, int32, bool_
__version__ = "0.1.0"


def get_default_dtype():
    """The element type of tensors made from Python's floats."""
    return _default()


def is_tensor(value) -> bool:
    """Is it a tensor?"""
    return isinstance(value, Tensor)


_LATER = {"draw": "drawing", "autograd": None, "nn": None, "optim": None, "save": "saving", "load": "saving"}


def __getattr__(name: str):
    """What is loaded when it is first asked for, and a clear word on what PyTorch has and minigrad has not."""
    if name in _LATER:
        module = importlib.import_module("." + (_LATER[name] or name), __name__)
        return module if _LATER[name] is None else getattr(module, name)
    raise AttributeError(f"module 'torch' has no attribute {name!r} here: minigrad leaves it out")
