"""Show errors in a notebook by the reader's own lines and the message, without minigrad's frames in between.

IPython lets a handler show errors.  This one leaves out the frames of minigrad, and those of NumPy called from there.
`%tb` and `%debug` still have all of them, and so has Python itself, which shows errors of scripts as always.  It also
breaks the message between words: JupyterLab, left to itself, breaks long lines of output inside them.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
        with message_wrapped(shell):
            shell.showtraceback((kind, error, error.__traceback__), tb_offset=tb_offset, running_compiled_code=True)
    finally:
        for each, its_own in whole:
            each.__traceback__ = its_own
        sys.last_traceback = traceback  # what %tb and %debug look at


@contextmanager
def message_wrapped(shell) -> Iterator[None]:
    """Let IPython show the message of each error in lines of moderate length inside the block."""
    shown = shell._showtraceback
    shell._showtraceback = lambda kind, error, parts: shown(kind, error, [*parts[:-1], *map(wrapped, parts[-1:])])
    try:
        yield
    finally:
        shell._showtraceback = shown


COLUMNS = 75
"""The width of the line that IPython draws above a traceback."""


def wrapped(text: str) -> str:
    """Break the long lines of a text at blanks; codes for colours count nothing."""
    written = []
    for line in text.split("\n"):
        first, *words = line.split(" ")
        written.append(first)
        for word in words:
            if columns(f"{written[-1]} {word}") <= COLUMNS:
                written[-1] += f" {word}"
            else:
                written.append(word)
    return "\n".join(written)


def columns(text: str) -> int:
    return len(re.sub(r"\x1b\[[0-9;]*m", "", text))


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
