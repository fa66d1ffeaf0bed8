"""The cells of a lesson, run on another engine: which of them print what the lesson shows, and what the others need."""

import contextlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.cut import lesson_paths

__all__ = ["Report", "lesson_on"]


REFUSALS = "errors where theirs refuses"


@dataclass(frozen=True)
class Cell:
    """A cell that prints something, and how it went: the same, or why not."""

    source: str
    saved: str
    printed: str
    needs: str = ""

    @property
    def is_same(self) -> bool:
        return not self.needs and self.printed == self.saved


class Report:
    """How the cells of one lesson went."""

    def __init__(self, number: str, cells: list[Cell], note: str = "") -> None:
        self.number, self.note = number, note
        self.same = [cell for cell in cells if cell.is_same]
        self.needing = [cell for cell in cells if cell.needs]
        self.different = [cell for cell in cells if not cell.is_same and not cell.needs]

    def __repr__(self) -> str:
        if self.note:
            return f"lesson {self.number}: {self.note}"
        printing = len(self.same) + len(self.needing) + len(self.different)
        lines = [f"lesson {self.number}: {len(self.same)} of {printing} cells that print show the same on yours"]
        if self.needing:
            needs = Counter(cell.needs for cell in self.needing)
            lines.append("    others need: " + ", ".join(f"{name} ({count})" for name, count in needs.items()))
        for cell in self.different:
            lines.append(f"    another output: {_first_call(cell.source)}")
        return "\n".join(lines)


def lesson_on(number: str, engine: Any) -> Report:
    """Run a lesson's cells with `engine` in place of the library, and compare what they print with what is saved.

    Left out are cells tagged `minigrad-only`, and those that show a picture.
    """
    paths = lesson_paths(number)
    if not paths:
        return Report(number, [], "its notebook is not here: put it beside this one")
    [path] = paths
    variables: dict[str, Any] = {"__name__": "__main__", "torch": engine}
    return Report(number, list(_run(path, variables)))


def _run(path: Path, variables: dict[str, Any]) -> Iterator[Cell]:
    missing: dict[str, str] = {}  # names that a cell would have made, and what it needed
    latest = ""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
        if cell["cell_type"] != "code" or "minigrad-only" in tags or "plt." in source:
            continue
        source = source.replace("import minigrad as torch", "")
        saved, printed, needs = _saved(cell["outputs"]), io.StringIO(), ""
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(source, f"<a cell of {path.stem}>", "exec"), variables)
            if "raises-exception" in tags:
                needs = REFUSALS
        except NameError as error:
            needs = missing.get(error.name or "", f"`{error.name}`")
        except Exception as error:
            needs = "" if type(error).__name__ == _error(cell["outputs"]) else _needed(error, latest)
        if needs:
            latest = needs
            made = re.findall(r"^(?:def )?(\w+)(?:\(| =)", source, re.MULTILINE)
            missing |= {name: needs for name in made if name not in variables}
        if saved or needs == REFUSALS:
            yield Cell(source, saved, printed.getvalue(), needs)


def _saved(outputs: list[dict[str, Any]]) -> str:
    return "".join("".join(output["text"]) for output in outputs if output["output_type"] == "stream")


def _error(outputs: list[dict[str, Any]]) -> str:
    return next((output["ename"] for output in outputs if output["output_type"] == "error"), "")


def _needed(error: Exception, latest: str) -> str:
    """Return what the engine lacks, as far as the error says: for a value that is missing, what its maker needed."""
    if isinstance(error, AttributeError):
        return latest if error.obj is None and latest else str(error.name)
    keyword = re.search(r"unexpected keyword argument '(\w+)'", str(error))
    if keyword:
        return keyword[1]
    operator = re.search(r"'(\w+)' object is not (\w+)|unsupported operand type\(s\) for (\S+):", str(error))
    if operator:
        return {"subscriptable": "indexing", "iterable": "iterating"}.get(operator[2] or "", operator[3] or operator[0])
    return type(error).__name__


def _first_call(source: str) -> str:
    return next((line.strip() for line in source.splitlines() if "print" in line), source.splitlines()[0])
