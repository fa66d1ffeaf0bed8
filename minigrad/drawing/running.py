"""A function run once for its drawing: the names of its variables, and every number that it calculates with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import FrameType
from typing import Any

from . import naming

Tensor = Any


class Run:
    """What a function returned, and what was seen while it ran."""

    def __init__(self) -> None:
        self.names: list[tuple[str, object]] = []
        self.arguments: dict[int, list[Any]] = {}  # by id of a node: the numbers and tensors its operation was given
        self.results: dict[tuple[int, int], Tensor] = {}  # by id of a node and number of the result
        self._held: list[Any] = []  # an id names an object for only as long as the object lives

    def call(self, function: Callable[..., Any], inputs: tuple[Any, ...]) -> Any:
        """Return what `function(*inputs)` returns."""
        from ..asking.watching import noting_minigrad  # which imports this package

        before = sys.getprofile()
        module = getattr(function, "__globals__", None)

        def profile(frame: FrameType, event: str, argument: Any) -> None:
            if event == "return" and frame.f_globals is module:
                self.names += naming.locals_of(frame)

        with ExitStack() as stack:
            stack.callback(noting_minigrad(self._note))
            if "torch" in sys.modules:
                from ..asking.pytorch import noting_torch

                stack.enter_context(noting_torch(self._note))
            sys.setprofile(profile)
            try:
                return function(*inputs)
            finally:
                sys.setprofile(before)

    def _note(self, arguments: tuple[Any, ...], options: Mapping[str, Any], result: Any) -> None:
        """Keep what an operation was given and what it returned, if autograd recorded it."""
        for tensor in result if isinstance(result, (tuple, list)) else (result,):
            node = tensor.grad_fn if naming.is_tensor(tensor) else None
            if node is None:
                continue
            self._held += [tensor, node]
            self.results[id(node), getattr(tensor, "output_nr", 0)] = tensor
            given = [*arguments, *(thing for name, thing in options.items() if name == "other")]
            self.arguments.setdefault(id(node), [thing for thing in given if _is_data(thing)])


def _is_data(thing: Any) -> bool:
    return naming.is_tensor(thing) or (isinstance(thing, (int, float)) and not isinstance(thing, bool))
