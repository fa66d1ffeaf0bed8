"""Optimizers: from the gradients of the parameters to their next values."""

import numpy as np

from .graph import mark_written, owner
from .tensor import Tensor


class Optimizer:
    """What all optimizers share: the parameters and how their gradients are cleared.

    params: an iterable of tensors that require a gradient.  ValueError for none at all or for a tensor that is no leaf,
    TypeError for anything that is no tensor.
    """

    def __init__(self, params):
        if isinstance(params, Tensor):
            raise TypeError("params argument given to the optimizer should be an iterable of Tensors: write [w], not w")
        self.params = list(params)
        if not self.params:
            raise ValueError("optimizer got an empty parameter list")
        for p in self.params:
            if not isinstance(p, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
            if not p.is_leaf:
                raise ValueError(
                    "can't optimize a non-leaf Tensor: it is the result of an operation, and .grad stays None there"
                )

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients: `.grad` becomes None, or zeros with set_to_none=False."""
        for p in self.params:
            if set_to_none:
                p._grad = None
            elif p._grad is not None:
                p._grad = p._grad.detach().zero_()


class SGD(Optimizer):
    """Gradient descent: p -= lr · p.grad.  ValueError for a negative lr."""

    def __init__(self, params, lr: float = 1e-3):
        if lr < 0:
            raise ValueError(f"Invalid learning rate: {lr}")
        super().__init__(params)
        self.lr = lr

    def step(self) -> None:
        """Take one step; a parameter whose gradient is None stays as it is."""
        for p in self.params:
            if p._grad is not None:
                data = p._array()
                data -= np.asarray(self.lr, data.dtype) * p._grad._data
                mark_written(owner(data))
