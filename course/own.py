"""A learner's own copy of the notebooks, in my/, and how it stays up to date with the course.

    python -m course.own    make the copy, or bring it up to date

Opening a notebook in JupyterLab and running it changes its file, and stores answers in it. With files that git tracks,
the next `git pull` would be refused. So learners work in my/, which git ignores, and which has the folders of the
course, so that every link holds. A filter of git's would keep outputs apart but not answers, would have to be set up in
each clone, and helps nobody who has downloaded an archive.

When the course has changed, a notebook is merged cell by cell, by the cells' ids: a cell that the learner has changed
stays theirs, one that they have not touched is the course's, and cells they have added stay where they put them. The
notebooks as they were copied are kept in my/.from, to tell what has been changed since.
"""

import json
import platform
import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from course.cut import ROOT
from course.navigation import PAGE

OWN = ROOT / "my"
FOLDERS = ("notebooks", "exercises", "solutions")
FROM = ".from"
ASIDE = "set aside"

Notebook = dict[str, Any]
Cell = dict[str, Any]


def bring_up_to_date(root: Path = ROOT) -> list[str]:
    """Copy what is missing in my/ and merge what has changed. A line for each notebook that was touched or can't be."""
    own, said, made, merged_ones = root / "my", [], 0, []
    for course in sorted(path for folder in FOLDERS for path in (root / folder).glob("*.ipynb")):
        name = course.relative_to(root)
        mine, base, new = own / name, own / FROM / name, pristine(course)
        if not mine.exists():
            _write(mine, new)
            made += 1
        elif not base.exists():
            said.append(f"my/{name.as_posix()} was there before the course's: it is left as it is")
            continue
        elif base.read_text(encoding="utf-8") != new:
            try:
                merged = merge(*(json.loads(text) for text in (_read(mine), _read(base), new)))
            except (ValueError, KeyError, TypeError, AttributeError):
                said.append(f"my/{name.as_posix()} is no longer a notebook: it is left unchanged")
                continue
            _write(mine, as_text(merged))
            merged_ones.append(f"my/{name.as_posix()}")
        else:
            continue
        _write(base, new)
    for page in sorted((root / "notebooks").glob("*.md")):  # nobody writes into them
        mine = own / page.relative_to(root)
        if not mine.exists() or (page.name != PAGE and _read(mine) != _read(page)):
            _write(mine, _read(page))
    if merged_ones:
        told = ", ".join(merged_ones) if len(merged_ones) < 4 else f"{len(merged_ones)} notebooks in my/"
        said.insert(0, f"Brought up to date, keeping what you have written: {told}")
    if made:
        said.insert(0, f"{made} notebooks are copied to my/")
    return said


def pristine(course: Path) -> str:
    """Return a notebook of the course as it lies in my/.

    Links that leave the notebooks lead one folder further up. What JupyterLab would add when it opens the notebook is
    there already, or it would ask whether to save a notebook that nobody has changed.
    """
    notebook = json.loads(_read(course))
    notebook["metadata"].get("language_info", {})["version"] = platform.python_version()
    for cell in notebook["cells"]:
        if cell["metadata"].get("jupyter", {}).get("outputs_hidden"):
            cell["metadata"]["collapsed"] = True
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            text = re.sub(rf"\]\(\.\./(?!(?:{'|'.join(FOLDERS)})/)", "](../../", text)
            cell["source"] = text.splitlines(keepends=True)
    return as_text(notebook)


def merge(mine: Notebook, base: Notebook, new: Notebook) -> Notebook:
    """Return a learner's notebook with the changes that the course has made since it was copied."""
    own, before, after = (_by_id(notebook) for notebook in (mine, base, new))
    cells: list[Cell] = []
    for cell in new["cells"]:
        name = cell.get("id")
        if name not in own:
            if name not in before or _source(before[name]) != _source(cell):  # else the learner has deleted it
                cells.append(cell)
        elif name in before and _source(own[name]) == _source(before[name]) != _source(cell):
            cells.append(cell)
        else:
            cells.append(own[name])
    kept = [cell.get("id") for cell in cells]
    previous = None
    for cell in mine["cells"]:
        name, source = cell.get("id"), _source(cell)
        added = name not in after and (name not in before or source != _source(before[name]))
        if added:
            place = kept.index(previous) + 1 if previous in kept else 0
            cells.insert(place, cell)
            kept.insert(place, name)
        if name in kept:
            previous = name
    return {**new, "cells": cells}


def _by_id(notebook: Notebook) -> Mapping[str, Cell]:
    return {cell["id"]: cell for cell in notebook["cells"] if "id" in cell}


def _source(cell: Cell) -> str:
    return "".join(cell["source"]).rstrip()


def as_text(notebook: Notebook) -> str:
    """Return the text of a notebook, as in its file."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    """Write a file whole: written beside it and moved, an interruption leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(path)


# A fresh start


def start_over(folder: str, number: int, started_in: Path | None, root: Path = ROOT) -> list[str]:
    """Make a notebook as it was at first. What was done, as sentences."""
    if not (root / "notebooks").is_dir():  # only the package is installed, as on Colab
        return _start_over_beside(folder, number, started_in)
    found = sorted((root / folder).glob(f"{number:02}_*.ipynb"))
    if not found:
        return [f"There is no notebook {number:02} in {folder}/."]
    course, mine = found[0], root / "my" / folder / found[0].name
    if started_in is not None and not started_in.is_relative_to(root / "my"):
        here = started_in / course.name
        return _fold_in_place(here) if folder == "notebooks" and here.exists() else [NO_COPY]
    if not mine.exists():
        return [f"There is no my/{folder}/{course.name}: run python -m course.own."]
    aside = root / "my" / ASIDE / f"{course.stem} {time.strftime('%Y-%m-%d %H.%M.%S')}.ipynb"
    _write(aside, _read(mine))
    _write(mine, pristine(course))
    _write(root / "my" / FROM / folder / course.name, pristine(course))
    return [f"my/{folder}/{course.name} is back to its first version. Yours is kept: my/{ASIDE}/{aside.name}.", RELOAD]


NO_COPY = "This notebook is not in my/, your own copy, so there is no first version to go back to."
RELOAD = "If it is open, choose Reload Notebook from Disk in the File menu, and don't save first."


def _start_over_beside(folder: str, number: int, started_in: Path | None) -> list[str]:
    """Do what `start_over` does if the course's own notebooks are not at hand: fold the lesson that is here."""
    here = sorted(started_in.glob(f"{number:02}_*.ipynb")) if started_in is not None else []
    lessons = [path for path in here if not path.stem.endswith(("_exercises", "_solutions"))]
    if folder != "notebooks" or not lessons:
        return [NO_COPY]
    return [line for path in lessons for line in _fold_in_place(path)]


def _fold_in_place(path: Path) -> list[str]:
    try:
        notebook = json.loads(_read(path))
        folded = fold(notebook["cells"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [f"{path.name} could not be read as a notebook: nothing in it is changed."]
    if not folded:
        return [f"{path.name} has no predictions to fold."]
    _write(path, as_text(notebook))
    return [
        f"{folded} prediction{'s' * (folded != 1)} in {path.name} to be made again; what follows is folded.",
        RELOAD,
    ]


def fold(cells: Iterable[Cell]) -> int:
    """Fold what follows each prediction, and take back the answers. How many predictions there are."""
    count, hiding = 0, False
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            headings = re.findall(r"^#{1,6} .*$", re.sub(r"```.*?```", "", source, flags=re.DOTALL), re.MULTILINE)
            if headings:
                hiding = headings[-1].startswith("### Predict")
                count += hiding
        elif hiding:
            view = cell["metadata"].setdefault("jupyter", {})
            if found := re.match(r'\s*predict\(("\d\d[a-z]"),', source):
                names = re.findall(r"[(,]\s*(\w+)\s*=(?!=)", source)
                cell["source"] = [f"predict({', '.join([found[1], *(f'{name}=...' for name in names)])})"]
                cell["outputs"] = []
            elif re.match(r"\s*compare\(", source):
                view["source_hidden"] = True
                cell["outputs"] = []
            elif cell["outputs"]:
                view["outputs_hidden"] = True
                cell["metadata"]["collapsed"] = True
    return count


if __name__ == "__main__":
    print(*bring_up_to_date() or ["my/ is up to date"], sep="\n")
