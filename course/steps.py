"""Steps: functions that are written inside a lesson, each with a check, and a worked one that stands in for it.

A lesson that builds on what its reader has written must also run for a reader who has written nothing. So a
step is three cells, one after the other:

    def double(x):
        ...

    check("11, step 1")

    @stand_in(double)
    def double(x):
        return 2 * x

The first is the reader's; with its docstring and signature it is the third, cut. The third is folded, and is used only
where the first still has a `...` in it. The check is written as an exercise's is, in the lesson's file of checks, with
`@lesson.step(1, …)` in place of `@lesson.exercise(1, …)`.
"""

import ast
import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course.cut import lesson_paths
from course.reading import is_empty

__all__ = ["cells_of", "is_stand_in", "solution_cell", "stand_in"]

_MARK = "stands_in"


def stand_in(yours: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate the worked form of a function: the reader's own is returned in its place, if it has been written."""

    def choose(worked: Callable[..., Any]) -> Callable[..., Any]:
        if not is_stand_in(yours) and not is_empty(yours):
            return yours
        setattr(worked, _MARK, True)
        return worked

    return choose


def is_stand_in(function: Any) -> bool:
    """Return whether a function is a worked one, in use because nobody has written another."""
    return getattr(function, _MARK, False) is True


def cells_of(number: str) -> tuple[int, list[dict[str, Any]]]:
    """Return the place of a step's first cell among its lesson's code cells, and these; ValueError if it has none.

    >>> place, cells = cells_of("11, step 1")
    >>> cells[place + 1]["source"]
    'check("11, step 1")'
    """
    for path in lesson_paths(number.partition(",")[0]):
        cells = _code_cells(path)
        for place, cell in enumerate(cells):
            if cell["source"] == f'check("{number}")' and 0 < place < len(cells) - 1:
                return place - 1, cells
    raise ValueError(f"no lesson has the cells of {number!r}")


def _code_cells(path: Path) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells if cell["cell_type"] == "code"]


@functools.cache
def solution_cell(number: str) -> str:
    """Return the worked form of a step as an answer's cell, its lines between the marks that a solution has."""
    place, cells = cells_of(number)
    source = re.sub(r"\A@stand_in\(\w+\)\n", "", cells[place + 2]["source"])
    [function] = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    written = definition_body(function)
    lines = source.splitlines()
    first, last = written[0].lineno - 1, written[-1].end_lineno
    indent = " " * written[0].col_offset
    marked = [f"{indent}### BEGIN SOLUTION", *lines[first:last], f"{indent}### END SOLUTION"]
    return "\n".join([*lines[:first], *marked, *lines[last:]])


def definition_body(function: ast.FunctionDef) -> list[ast.stmt]:
    """Return the statements of a function after its docstring."""
    return function.body[ast.get_docstring(function) is not None :]
