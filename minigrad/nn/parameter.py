"""`Parameter`: a tensor that a module counts among what is to be trained."""

import numpy as np

from .. import dtypes
from ..engine.tensor import Tensor


class Parameter(Tensor):
    """A leaf tensor that requires a gradient; as an attribute of a `Module` it is one of its `parameters()`.

    Shares the memory of `data`.  RuntimeError for integers, which cannot require a gradient.
    """

    __slots__ = ()
    _printed_in = "torch.nn.parameter"

    def __new__(cls, data=None, requires_grad: bool = True):
        if data is None:
            array = np.empty(0, dtypes.default().numpy)
        elif isinstance(data, Tensor):
            array = data._array()
        else:
            raise AttributeError(
                f"a Parameter is made of a tensor, not of {type(data).__name__}: torch.tensor(…) makes one"
            )
        parameter = super().__new__(cls)
        parameter._data = array
        parameter.requires_grad = requires_grad
        return parameter

    def __repr__(self, **options) -> str:
        return "Parameter containing:\n" + super().__repr__(**options)
