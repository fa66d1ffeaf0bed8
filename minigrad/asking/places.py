"""Where in the user's own code something was computed: file and line, in a notebook cell and line."""

from __future__ import annotations

import contextlib
import copy
import functools
import linecache
import os
import sys
from types import CodeType, FrameType
from typing import Any, NamedTuple

# The libraries' own files; they are skipped in the search for the user's line.
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_PASSED_OVER = (contextlib.__file__, copy.__file__, functools.__file__)


class Place(NamedTuple):
    """A line of code: its file, its number, and the number of the notebook's cell, if it is in one."""

    file: str
    line: int
    cell: int | None = None

    @property
    def source(self) -> str:
        """The text of the line; empty where it can't be read."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        if self.cell is not None:
            return f"cell {self.cell}, line {self.line}"
        if self.file.startswith("<"):
            return f"line {self.line} of {self.file}"
        return f"{os.path.basename(self.file)}, line {self.line}"


@functools.cache
def _is_library(file: str) -> bool:
    torch = getattr(sys.modules.get("torch"), "__file__", None)
    folders = (_PACKAGE, os.path.dirname(torch) + os.sep) if torch else (_PACKAGE,)
    return file.startswith(folders) or file in _PASSED_OVER


def here(frame: FrameType | None = None) -> Place | None:
    """Return the line of the user's code that is running: the innermost one outside of minigrad and PyTorch."""
    frame = frame or sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not _is_library(file):
            return Place(file, frame.f_lineno, _cell(file))
        frame = frame.f_back
    return None


def decorated() -> str:
    """Return the name of the function around which a decorator has just switched recording off; empty if none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_library(frame.f_code.co_filename):
        if frame.f_code.co_name in ("decorate_context", "wrapped"):
            function = frame.f_locals.get("func", frame.f_locals.get("function"))
            return getattr(function, "__name__", "")
        frame = frame.f_back
    return ""


def leaving() -> bool:
    """Return whether the libraries' running code is the end of a block, its `__exit__`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_library(frame.f_code.co_filename):
        if frame.f_code.co_name == "__exit__":
            return True
        frame = frame.f_back
    return False


def in_function() -> bool:
    """Return whether the running code is the `forward` of an `autograd.Function`, whose steps are recorded as one."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "forward" and _first_argument(frame.f_code) == "ctx":
            return True
        frame = frame.f_back
    return False


def _first_argument(code: CodeType) -> str:
    return code.co_varnames[0] if code.co_argcount else ""


def _cell(file: str) -> int | None:
    """Return the number of the cell that a file of IPython's stands for."""
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    numbers = getattr(getattr(shell, "compile", None), "_filename_map", {})
    return numbers.get(file)
