"""`watch` under PyTorch: a `TorchFunctionMode`, which sees every call of a function or method on tensors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode

from .tape import Tape

_ATTRIBUTES = frozenset({"data", "T", "mT", "H", "mH", "real", "imag"})  # that are computed from the tensor


class _Watching(TorchFunctionMode):
    def __init__(self, tape: Tape) -> None:
        super().__init__()
        self.tape = tape

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs, name, tape = kwargs or {}, func.__name__, self.tape
        if name == "_set_grad_enabled":
            tape.switch(args[0])
            return func(*args, **kwargs)
        if name in ("__get__", "__set__", "__delete__"):
            return self.attribute(func.__self__.__name__, name, func, args, kwargs)
        if name == "_foreach_zero_":
            tape.zeroed(args[0])
        inside = sys._getframe(1).f_globals.get("__name__", "").startswith("torch.optim")  # an optimizer's step
        if inside or name.startswith(("_foreach", "_fused", "_record_function")):
            return func(*args, **kwargs)
        before = tape.inputs_of(args, kwargs)
        result = func(*args, **kwargs)
        if name == "backward":
            tape.happened("pass", (), args[0])
        elif name == "requires_grad_":
            on = args[1] if len(args) > 1 else kwargs.get("requires_grad", True)
            tape.happened("thawed" if on else "frozen", [args[0]])
        elif name != "grad":  # torch.autograd.grad, whose results are gradients
            inference = torch.is_inference_mode_enabled()
            tape.note(name, args, kwargs, result, torch.is_grad_enabled(), before, inference)
        return result

    def attribute(self, name: str, way: str, func: Any, args: Any, kwargs: Any) -> Any:
        result = func(*args, **kwargs)
        if way == "__get__":
            if name == "grad":
                self.tape.is_gradient_of(result, args[0])
            elif name in _ATTRIBUTES:
                self.tape.note(name, args, kwargs, result, torch.is_grad_enabled())
        elif name == "grad":
            value = args[1] if len(args) > 1 else None
            self.tape.happened("cleared" if value is None else "grad set", [args[0]])
        elif name == "requires_grad":
            self.tape.happened("thawed" if args[1] else "frozen", [args[0]])
        return result


class noting_torch(TorchFunctionMode):
    """Call `note(arguments, options, result)` after each call of an operation inside its block."""

    def __init__(self, note: Callable[[tuple, dict, Any], object]) -> None:
        super().__init__()
        self.note = note

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if func.__name__ not in ("__get__", "__set__", "__delete__", "backward", "grad"):
            self.note(args, kwargs or {}, result)
        return result


def watch_torch(tape: Tape) -> Callable[[], object]:
    """Note on the tape what PyTorch computes from now on; returns what ends it."""
    mode = _Watching(tape)
    if not torch.is_grad_enabled():
        tape.switch(False)

    def before(optimizer: Any, args: Any, kwargs: Any) -> None:
        closure = (args[1] if len(args) > 1 else None) or kwargs.get("closure")
        if closure is None:  # what a closure computes is the user's
            tape.happened("step", [p for group in optimizer.param_groups for p in group["params"]])

    mode.__enter__()
    handle = register_optimizer_step_pre_hook(before)

    def end() -> None:
        handle.remove()
        mode.__exit__(None, None, None)

    return end
