"""Switching recording off and on: `no_grad`, `enable_grad`, `set_grad_enabled` and so on."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Self, TypeVar, overload

from .engine.modes import record, recording
from .shown import Shown, address

F = TypeVar("F", bound=Callable[..., Any])


def is_grad_enabled() -> bool:
    """Return True where operations are recorded for a backward pass, and False inside no_grad.

    >>> torch.is_grad_enabled()
    True
    """
    return recording()


class _Mode(metaclass=Shown):
    """A context manager that is also a decorator; it puts the switch back on every exit, by an error as well."""

    _on: bool
    __repr__ = address

    def __enter__(self) -> None:
        self._before = recording()
        record(self._on)

    def __exit__(self, *error: object) -> None:
        record(self._before)

    def __call__(self, function: F) -> F:
        if inspect.isgeneratorfunction(function):
            return self._generator(function)

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            with self.clone():
                return function(*args, **kwargs)

        return wrapped  # type: ignore[return-value]

    def _generator(self, function) -> Any:
        """Run a generator in this mode, and nothing else while it waits."""

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            running = function(*args, **kwargs)
            go_on = functools.partial(next, running)
            while True:
                try:
                    with self.clone():
                        given = go_on()
                except StopIteration as stop:
                    return stop.value
                try:
                    go_on = functools.partial(running.send, (yield given))
                except BaseException as error:  # closed, or thrown into
                    go_on = functools.partial(running.throw, error)

        return wrapped

    def clone(self):
        return type(self)()


class no_grad(_Mode):
    """Record nothing inside: `with torch.no_grad(): …` or `@torch.no_grad()`; results do not require grad.

    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    _shown_in = "torch.autograd.grad_mode"
    _on = False

    @overload
    def __new__(cls) -> Self: ...

    @overload
    def __new__(cls, function: F) -> F: ...  # type: ignore[misc]

    def __new__(cls, function=None):
        self = object.__new__(cls)
        return self if function is None else self(function)  # `@torch.no_grad` without parentheses


class enable_grad(no_grad):
    """Record inside, also within no_grad.

    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.no_grad(), torch.enable_grad():
    ...     y = x * 2
    >>> y.requires_grad
    True
    """

    _shown_in = "torch.autograd.grad_mode"
    _on = True


class inference_mode(_Mode):
    """Record nothing inside, as no_grad; in PyTorch, results can't take part in recorded computations later, either.

    mode: False records.

    >>> x = torch.ones(2, requires_grad=True)
    >>> with torch.inference_mode():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    _shown_in = "torch.autograd.grad_mode"

    def __new__(cls, mode=True):
        self = object.__new__(cls)
        self._on = not mode if isinstance(mode, bool) else False
        return self if isinstance(mode, bool) else self(mode)  # `@torch.inference_mode` without parentheses

    def clone(self):
        return inference_mode(not self._on)


class set_grad_enabled(_Mode):
    """Record or not from here on, set_grad_enabled(False), or within the block that it opens.

    Errors: TypeError for anything but True or False.

    >>> with torch.set_grad_enabled(False):
    ...     torch.is_grad_enabled()
    False
    """

    _shown_in = "torch.autograd.grad_mode"

    def __init__(self, mode: bool):
        if not isinstance(mode, bool):
            raise TypeError(f"set_grad_enabled() takes True or False, not {type(mode).__name__}")
        self._on = mode
        self._outer = recording()
        record(mode)

    def __enter__(self) -> None:
        self._before = self._outer
        record(self._on)

    def __call__(self, function: F) -> F:
        record(self._outer)  # a decorator switches inside the function only
        return super().__call__(function)

    def clone(self):
        return set_grad_enabled(self._on)

    def __repr__(self):
        return f"torch.autograd.grad_mode.set_grad_enabled(mode={self._on})"
