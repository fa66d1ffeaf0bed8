"""Hooks of modules in the backward pass: nodes before and after a module, where the gradients can be seen."""

import warnings
from typing import Any

from ..autograd.function import Function
from ..engine.modes import recording
from ..engine.tensor import Tensor


class BackwardHookFunction(Function):
    """Pass tensors on as they are, and their gradients to a function that may replace them."""

    @staticmethod
    def forward(ctx, change, *tensors):
        ctx.change = change
        ctx.set_materialize_grads(False)
        return tuple(tensor.view_as(tensor) for tensor in tensors)

    @staticmethod
    def backward(ctx, *gradients):
        return None, *ctx.change(gradients)


class Passage:
    """One call of a module that has such hooks: what has arrived at its results, and which hooks to call."""

    def __init__(self, module: Any, pre_hooks: list, hooks: list) -> None:
        self.module, self.pre_hooks, self.hooks = module, pre_hooks, hooks
        self.arrived: tuple = ()
        self.sees_inputs = False

    def inputs(self, inputs: tuple) -> tuple:
        """Return the inputs, behind a node at which their gradients are shown to the hooks."""
        places = [i for i, each in enumerate(inputs) if isinstance(each, Tensor)]
        if not self.hooks or not recording() or not any(inputs[i].requires_grad for i in places):
            return inputs
        self.sees_inputs = True

        def told(gradients):
            every: list = [None] * len(inputs)
            for i, g in zip(places, gradients, strict=True):
                every[i] = g
            given = self.call(self.hooks, tuple(every))
            return [given[i] for i in places]

        passed = list(inputs)
        for i, tensor in zip(places, BackwardHookFunction.apply(told, *(inputs[i] for i in places)), strict=True):
            passed[i] = tensor
        return tuple(passed)

    def outputs(self, result, inputs: tuple):
        """Return the result, before a node at which its gradient is kept for the hooks."""
        several = isinstance(result, (tuple, list))
        tensors = list(result) if several else [result]
        if not recording() or not any(isinstance(each, Tensor) and each.requires_grad for each in tensors):
            return result

        def kept(gradients):
            for hook in tuple(self.pre_hooks):
                changed = hook(self.module, gradients)
                if changed is not None:
                    gradients = changed if isinstance(changed, tuple) else (changed,)
            self.arrived = gradients
            if self.hooks and not self.sees_inputs:
                warnings.warn(
                    "Full backward hook is firing when gradients are computed with respect to module outputs since no "
                    "inputs require gradients.",
                    stacklevel=2,
                )
                self.call(self.hooks, (None,) * len(inputs))
            return gradients

        passed = BackwardHookFunction.apply(kept, *tensors)
        return type(result)(passed) if several else passed[0]

    def call(self, hooks: list, gradients: tuple) -> tuple:
        """Return the gradients of the inputs, as the hooks have changed them."""
        for hook in tuple(hooks):
            changed = hook(self.module, gradients, self.arrived)
            if changed is not None:
                changed = changed if isinstance(changed, tuple) else (changed,)
                if len(changed) != len(gradients):
                    raise RuntimeError(
                        f"Backward hook returned an invalid number of grad_input, got {len(changed)}, but expected "
                        f"{len(gradients)}"
                    )
                gradients = changed
        return gradients
