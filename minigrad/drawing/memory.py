"""The bytes that operations have saved for the backward pass, as far as their nodes show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from . import text
from .naming import is_tensor

if TYPE_CHECKING:
    from .reading import Operation

Tensor = Any


def of(saved: Mapping[str, Any]) -> dict[Any, int]:
    """Return what a node's saved tensors keep alive: the bytes of each piece of memory, once, by where it lies."""
    tensors: list[Tensor] = []
    for value in saved.values():
        tensors += [thing for thing in (value if isinstance(value, (tuple, list)) else [value]) if is_tensor(thing)]
    return dict(piece for tensor in tensors if (piece := _piece(tensor)) is not None)


def in_words(operations: Iterable[Operation], kept: Iterable[Tensor], freed: int) -> list[str]:
    """Return what all operations have saved together; `kept` are leaves and constants, which exist without them."""
    pieces: dict[Any, int] = {}
    for operation in operations:
        pieces |= operation.memory or {}
    there_anyway = {piece[0] for tensor in kept if (piece := _piece(tensor)) is not None}
    own = sum(size for place, size in pieces.items() if place in there_anyway)
    words = f"Saved for the backward pass: {text.memory(sum(pieces.values()))} in all"
    if own:
        words += f", {text.memory(own)} of it in leaves and constants, which exist anyway"
    notes = [f"{words}."]
    if freed:
        notes.append(
            f"{text.quantity(freed, 'operation has', 'operations have')} freed what was saved: a pass has run."
        )
    return notes


def _piece(tensor: Tensor) -> tuple[Any, int] | None:
    """Return where the memory behind a tensor begins, and its bytes, all of it even where the tensor is a part."""
    try:
        if hasattr(tensor, "untyped_storage"):  # PyTorch's
            storage = tensor.untyped_storage()
            return storage.data_ptr(), storage.nbytes()
        array = tensor.detach().numpy()
        while getattr(array, "base", None) is not None and hasattr(array.base, "nbytes"):
            array = array.base
        return array.__array_interface__["data"][0], array.nbytes
    except (RuntimeError, NotImplementedError, TypeError, AttributeError):  # sparse, meta and other special tensors
        return None
