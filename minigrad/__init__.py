"""Reverse-mode automatic differentiation on NumPy with PyTorch's interface: `import minigrad as torch`.

What is public, in the order in which a learner meets it:

- making tensors: tensor, zeros, ones, arange, linspace, randn, rand, manual_seed … (operations.creation)
- what they are: Tensor, Size, float32, float64, int64, bool, device
- computing with them: the functions of the tables in engine.derivatives and in operations
- the graph and the backward pass: Tensor.backward, Tensor.grad_fn, autograd
- switching recording off: no_grad, enable_grad, set_grad_enabled, inference_mode, is_grad_enabled
- derivatives of functions: func
- networks and optimizers: nn, optim, utils.data, save, load
- what programs ask before they use a GPU: cuda, backends, accelerator
- tests: testing
- what PyTorch does not have: as_torch, draw, step_through, why, watch, plot_jacobian, plot_descent, LossCurve,
  set_tracebacks
"""

import importlib as _importlib
import math as _math
import sys as _sys
import warnings as _warnings

from .devices import device, get_default_device, set_default_device
from .dtypes import Size, bool_, dtype, float32, float64, int32, int64, set_default_dtype, uint8  # noqa: F401
from .dtypes import default as _default
from .engine.operation import functions as _functions
from .engine.tensor import Tensor
from .grad_mode import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from .operations.left_out import front as _front
from .printing import set_printoptions
from .random import Generator, get_rng_state, initial_seed, manual_seed, set_rng_state

globals().update(_functions)
for _function in _functions.values():
    _function.__module__ = __name__  # where pickle finds them
float, double, long, int, bool = float32, float64, int64, int32, bool_
inf, nan, pi, e, newaxis = _math.inf, _math.nan, _math.pi, _math.e, None
__version__ = "0.1.0"

# PyTorch is silent about 1 / 0 and log(-1).  This touches only warnings from lines of our own; np.errstate around every
# operation would take longer than the operation.
_warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minigrad\b")


def get_default_dtype():
    """Return the type of tensors made from Python's floats: torch.float32, unless another was set.

    >>> torch.get_default_dtype()
    torch.float32
    """
    return _default()


def is_tensor(obj):
    """Return True for a tensor, and False for anything else.

    >>> torch.is_tensor([1, 2])
    False
    """
    return isinstance(obj, Tensor)


_LATER = {
    "draw": "drawing",
    "step_through": "stepping",
    "why": "asking",
    "watch": "asking",
    "plot_jacobian": "plots",
    "plot_descent": "plots",
    "LossCurve": "plots",
    "autograd": None,
    "func": None,
    "is_anomaly_enabled": "autograd.anomaly_mode",
    "is_anomaly_check_nan_enabled": "autograd.anomaly_mode",
    "nn": None,
    "optim": None,
    "utils": None,
    "cuda": None,
    "backends": None,
    "accelerator": None,
    "testing": None,
    "as_torch": "standing_in",
    "save": "saving",
    "load": "saving",
    "set_tracebacks": "tracebacks",
}
_HERE: list = [
    Tensor, Size, dtype, Generator, manual_seed, initial_seed, get_rng_state, set_rng_state, get_default_dtype,
    set_default_dtype, is_tensor, no_grad, enable_grad, set_grad_enabled, inference_mode, is_grad_enabled,
    set_printoptions, device, get_default_device, set_default_device,
]  # fmt: skip
_TYPES = ["float32", "float", "float64", "double", "int64", "long", "int32", "int", "uint8", "bool"]
_CONSTANTS = ["inf", "nan", "pi", "e", "newaxis"]
__all__ = [*_functions, *(each.__name__ for each in _HERE), *_TYPES, *_CONSTANTS, *_LATER]


def _load(name: str):
    """Load what is first asked for now."""
    module = _importlib.import_module("." + (_LATER[name] or name), __name__)
    return module if _LATER[name] is None else getattr(module, name)


__getattr__, __dir__ = _front(__name__, dict.fromkeys(_LATER, _load))

if "IPython" in _sys.modules:  # a notebook shows the reader's own lines of an error
    _importlib.import_module(".tracebacks", __name__).install()
