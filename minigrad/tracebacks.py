"""What a notebook shows of an error: the reader's own lines and the message, without the frames of minigrad between
them.

IPython lets a handler show errors.  This one leaves out the frames of minigrad, and those of NumPy called from there.
`%tb` and `%debug` still have all of them, and so has Python itself, which shows errors of scripts as always.
"""

import os
import sys
from collections.abc import Iterator
from types import TracebackType

import numpy as np

OURS, NUMPY = (os.path.dirname(file) + os.sep for file in (__file__, np.__file__))
_full = False


def set_tracebacks(*, full: bool) -> None:
    """Show the frames of minigrad in the errors of a notebook, with full=True, or leave them out again.

    With them, an error in a rule ends at its row of a table of derivatives.

    >>> torch.set_tracebacks(full=True)
    >>> torch.set_tracebacks(full=False)
    """
    global _full
    _full = full


def install() -> None:
    """Have IPython, where it runs, show errors by `show`, unless somebody else shows them already."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None and not shell.custom_exceptions:
        shell.set_custom_exc((Exception,), show)


def show(shell, kind, error, traceback, tb_offset=None) -> None:
    """Show an error as IPython does, its traceback and those of the errors behind it without frames of minigrad."""
    explain(error)
    whole = [] if _full else [(each, each.__traceback__) for each in chain(error)]
    try:
        for each, its_own in whole:
            each.__traceback__ = shortened(its_own)
        shell.showtraceback((kind, error, error.__traceback__), tb_offset=tb_offset, running_compiled_code=True)
    finally:
        for each, its_own in whole:
            each.__traceback__ = its_own
        sys.last_traceback = traceback  # what %tb and %debug look at


NOTE = (
    "`import minigrad as torch` names a variable, and imports ask for PyTorch: call minigrad.as_torch() after `import "
    "minigrad`, and `from torch… import …` finds minigrad, too"
)


def explain(error: BaseException) -> None:
    """Say what to write, where an import of torch does not find it."""
    asked = (getattr(error, "name", None) or "").partition(".")[0]
    if isinstance(error, ModuleNotFoundError) and asked == "torch" and NOTE not in getattr(error, "__notes__", ()):
        error.add_note(NOTE)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, and those that caused it or were being handled when it was raised."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def shortened(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames of minigrad and, where these called it, of NumPy."""
    kept, inside = [], False
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        inside = file.startswith(OURS) or (inside and file.startswith(NUMPY))
        if not inside:
            kept.append(traceback)
        traceback = traceback.tb_next
    for each in reversed(kept):
        traceback = TracebackType(traceback, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return traceback
