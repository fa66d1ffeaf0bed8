"""Reverse-mode automatic differentiation on NumPy with PyTorch's interface: `import minigrad as torch`.

What is public, in the order in which a learner meets it:

- making tensors: tensor, zeros, ones, arange, linspace, randn, rand, manual_seed … (operations.creation)
- what they are: Tensor, Size, float32, float64, int64, bool
- computing with them: the functions of the tables in engine.derivatives and in operations
- the graph and the backward pass: Tensor.backward, Tensor.grad_fn, autograd
- switching recording off: no_grad, enable_grad, set_grad_enabled, is_grad_enabled
- networks and optimizers: nn, optim, save, load
- what PyTorch has not: draw, step_through, why, watch, plot_jacobian, plot_descent, LossCurve
"""

import importlib
import sys
import warnings

import numpy as np

from . import operations
from .dtypes import Size, bool_, dtype, float32, float64, int32, int64, uint8  # noqa: F401
from .dtypes import default as _default
from .dtypes import set_default as set_default_dtype  # noqa: F401
from .engine.modes import recording as is_grad_enabled  # noqa: F401
from .engine.operation import functions as _functions
from .engine.tensor import Tensor
from .grad_mode import enable_grad, no_grad, set_grad_enabled  # noqa: F401
from .printing import set_printoptions  # noqa: F401
from .random import Generator, initial_seed, manual_seed  # noqa: F401

globals().update(_functions)
float, double, long, int, bool = float32, float64, int64, int32, bool_
__version__ = "0.1.0"

# The C library gives freed memory back to the system and gets it anew page by page, unless it has once seen a large
# block freed: the gradients of (x * x + x).tanh() * x on 1,000,000 float32 take 2.7 ms in place of 15.
np.empty(2**25 - 2**16, np.uint8)

# PyTorch is silent about 1 / 0 and log(-1).  np.errstate around every operation would cost 85 % of a scalar operation.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minigrad\b")


def get_default_dtype():
    """The element type of tensors made from Python's floats."""
    return _default()


def is_tensor(value):
    """Is it a tensor?"""
    return isinstance(value, Tensor)


_LATER = {
    "draw": "drawing",
    "step_through": "stepping",
    "why": "asking",
    "watch": "asking",
    "plot_jacobian": "plots",
    "plot_descent": "plots",
    "LossCurve": "plots",
    "autograd": None,
    "nn": None,
    "optim": None,
    "save": "saving",
    "load": "saving",
}


def __getattr__(name: str):
    """What is loaded when it is first asked for, and a clear word on what PyTorch has and minigrad has not."""
    if name in _LATER:
        module = importlib.import_module("." + (_LATER[name] or name), __name__)
        return module if _LATER[name] is None else getattr(module, name)
    raise operations.left_out.missing("module 'torch'", name, sys.modules[__name__])
