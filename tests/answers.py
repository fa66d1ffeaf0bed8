"""Notebooks of exercises, run down to one check with another answer in place of the worked one."""

import contextlib
import io
import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from course import steps
from course.checks import lessons
from course.cut import solution_cell
from course.exercise import Answer, Exercise, run_cell

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = {
    number: exercise for lesson in lessons() for number, exercise in {**lesson.steps, **lesson.exercises}.items()
}
LIBRARIES = ["minigrad", pytest.param("torch", marks=pytest.mark.torch)]

every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
every_library = pytest.mark.parametrize("library", LIBRARIES)


@cache
def notebook(folder: str, lesson: str) -> list[tuple[str, str]]:
    """The grade ids and sources of the code cells of an exercise notebook."""
    [path] = ROOT.glob(f"{folder}/{lesson:0>2}_*.ipynb")
    return [
        (cell["metadata"].get("nbgrader", {}).get("grade_id", ""), "".join(cell["source"]))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code" and "solution-only" not in cell["metadata"].get("tags", [])
    ]


def run(folder: str, exercise: Exercise, library: str = "minigrad", answer: Answer | None = None) -> dict[str, Any]:
    """The variables of a notebook run down to the check of an exercise, with another answer if one is given."""
    if ", step " in exercise.number:
        return _run_lesson(folder, exercise, library, answer)
    lesson, _, part = exercise.number.partition(".")
    cells = notebook(folder, lesson)
    begins = next(place for place, (grade_id, _) in enumerate(cells) if grade_id == f"answer_{lesson}_{part}")
    variables = dict(_before(folder, lesson, begins, library))
    for place, (grade_id, source) in enumerate(cells[begins:], begins):
        if grade_id == f"check_{lesson}_{part}":
            return variables
        changed = answer.cell(source, next(iter(exercise.names))) if answer and place == begins else source
        _run(changed, variables, place, library)
    raise LookupError(f"no check of {exercise.number}")


def _run_lesson(folder: str, exercise: Exercise, library: str, answer: Answer | None) -> dict[str, Any]:
    """The same of a lesson, run down to the check of a step; of exercises/, as it is saved, without an answer."""
    place, cells = steps.cells_of(exercise.number)
    variables = dict(_before_step(exercise.number, library))
    source, name = cells[place]["source"], next(iter(exercise.names))
    if folder == "solutions":
        source = solution_cell(exercise.number)
        source = answer.cell(source, name) if answer else source
    _run(source, variables, place, library)
    return variables


@cache
def _before_step(number: str, library: str) -> dict[str, Any]:
    end, cells = steps.cells_of(number)
    variables: dict[str, Any] = {"__name__": "__main__"}
    for place, cell in enumerate(cells[:end]):
        if not {"minigrad-only", "raises-exception"} & set(cell["metadata"].get("tags", [])):
            _run(cell["source"], variables, place, library)
    return variables


def lesson_of(number: str) -> str:
    """The lesson of an exercise or a step: "11" of "11.2" and of "11, step 2"."""
    return re.split("[.,]", number)[0]


@cache
def _before(folder: str, lesson: str, end: int, library: str) -> dict[str, Any]:
    """The variables of a notebook when the cells before one have run, the checks among them left out."""
    variables: dict[str, Any] = {"__name__": "__main__"}
    for place, (grade_id, source) in enumerate(notebook(folder, lesson)[:end]):
        if not grade_id.startswith("check_"):
            _run(source, variables, place, library)
    return variables


def _run(source: str, variables: dict[str, Any], place: int, library: str) -> None:
    source = source.replace("import minigrad as torch", f"import {library} as torch")
    with contextlib.redirect_stdout(io.StringIO()):
        run_cell(source, variables, f"<cell {place}>")
    if "matplotlib.pyplot" in sys.modules:  # as in a notebook, where no picture stays open after its cell
        sys.modules["matplotlib.pyplot"].close("all")
