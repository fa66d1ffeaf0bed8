"""Operations for exercise 12.4 that claim to be `peak`: one that is, and some in which a fault is planted.

Reading on spoils the exercise: it asks for tests that find the faults without a look at the source.
"""

from collections.abc import Callable
from typing import Any

__all__ = ["FAULTS", "RIGHT", "peaks", "planted"]

Operation = Callable[[Any], Any]

FAULTS = {"tie": 3, "arrives": 2, "negative": 2, "shape": 4, "twice": 2}
"""What can be wrong, a name for each broken clause of the promise, and how many operations break it."""

RIGHT = 3
"""How many operations keep the promise, each in its own way."""


def peaks(torch: Any) -> dict[str, Operation]:
    """Return a right operation, and five with a fault, for the library that is given."""
    order = ("negative", "tie", "twice", "shape", "arrives")
    wrong = {letter: planted(torch, fault, 0) for letter, fault in zip("ABCDE", order, strict=True)}
    return {"right": planted(torch, "", 0), **wrong}


def planted(torch: Any, fault: str, variant: int) -> Operation:
    """Return an operation with this fault, or a right one for ""; faults, and right ones, have several variants."""
    if not fault and variant == 1:
        return lambda x: x.max()
    if not fault and variant == 2:
        return _in_two_steps(torch)
    chosen = {"negative": _value_of, "shape": _value_of}.get(fault, lambda x, *_: x.max())

    class Peak(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            peak = chosen(x, fault, variant)
            mask = x == peak.reshape(())
            if fault == "shape" and variant == 3 and x.dim() > 1:  # each row for itself
                mask = x == x.max(dim=-1, keepdim=True).values
            ctx.save_for_backward(_shares(mask, fault, variant).to(x.dtype))
            return peak

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (share,) = ctx.saved_tensors
            if fault == "arrives":
                return share * 1 if variant == 0 else share * (1 + 0 * g)
            gradient = g * share
            if fault == "twice":
                share.zero_() if variant == 0 else share.mul_(0.5)
            return gradient

    return Peak.apply


def _in_two_steps(torch: Any) -> Operation:
    """Return a right operation in the form with setup_context."""

    class Largest(torch.autograd.Function):
        @staticmethod
        def forward(x: Any) -> Any:
            return x.reshape(-1)[x.argmax()].clone()

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_backward(*inputs, output)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            x, largest = ctx.saved_tensors
            mask = (x == largest).to(x.dtype)
            return g * mask / mask.sum()

    return Largest.apply


def _value_of(x: Any, fault: str, variant: int) -> Any:
    """Return the value that a wrong search finds."""
    if fault == "negative":  # it begins at 0, or takes the largest whatever its sign
        return x.max().clamp(min=0.0) if variant == 0 else x.abs().max()
    if variant == 2:
        return x.max().reshape(1)
    if variant == 3:  # the value is right, the gradient isn't
        return x.max()
    rows = x.reshape(-1, x.shape[-1]) if x.dim() > 1 else x
    return (rows[0] if variant == 0 else rows[-1]).max() if x.dim() > 1 else x.max()


def _shares(mask: Any, fault: str, variant: int) -> Any:
    """Return what part of the gradient each entry gets."""
    if fault != "tie":
        return mask / max(int(mask.sum()), 1)
    if variant == 0:
        return mask * 1.0
    flat = mask.reshape(-1)
    first = flat & (flat.cumsum(0) == 1)
    last = flat & (flat.cumsum(0) == flat.sum())
    return (first if variant == 1 else last).reshape(tuple(mask.shape)) * 1.0
