"""`Parameter`: a tensor that a module lists among those to train."""

import numpy as np

from .. import dtypes
from ..engine.tensor import Tensor


class Parameter(Tensor):
    """Mark a tensor to be trained: as an attribute of a Module, it is one of its parameters().

    The result is a leaf tensor that shares the memory of data and requires grad unless requires_grad says otherwise.
    Errors: RuntimeError for whole numbers with requires_grad=True, AttributeError for anything but a tensor.

    >>> torch.nn.Parameter(torch.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    __slots__ = ()
    _shown_in = "torch.nn.parameter"

    def __new__(cls, data=None, requires_grad: bool = True):
        if data is None:
            array = np.empty(0, dtypes.default().numpy)
        elif isinstance(data, Tensor):
            array = data._array()
        else:
            raise AttributeError(
                f"a Parameter is made from a tensor, not from {type(data).__name__}: torch.tensor(…) makes one"
            )
        parameter = super().__new__(cls)
        parameter._data = array
        parameter.requires_grad = requires_grad
        return parameter

    def __repr__(self, **options) -> str:
        return "Parameter containing:\n" + super().__repr__(**options)
