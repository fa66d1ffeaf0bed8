"""Whether operations are recorded.  `no_grad` and the other switches that people write are in minigrad.grad_mode.

Every thread has a switch of its own.  Operations ask `if paused and not recording():`, where `paused` is empty as long
as no thread has switched recording off, so that most of them need not look at the thread's own storage.
"""

from contextlib import contextmanager
from threading import get_ident, local

paused: set[int] = set()  # the threads that do not record


class _Switch(local):
    on = True


_switch = _Switch()


def recording() -> bool:
    """Return True where this thread records operations for a backward pass (as `torch.is_grad_enabled`)."""
    return _switch.on


def record(on: bool) -> None:
    """Switch recording on or off for this thread."""
    _switch.on = on
    if on:
        paused.discard(get_ident())
    else:
        paused.add(get_ident())


@contextmanager
def recorded(on: bool = True):
    """Record operations inside the block, or not."""
    before = recording()
    try:
        record(on)
        yield
    finally:
        record(before)
