"""The exercise notebooks are what is cut from the solutions, and both are made as the course's tools expect."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from course import cut, refresh
from course.checks import lessons
from tests.words import OTHER_WORDS

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = sorted(ROOT.glob("solutions/*.ipynb"))

every_solution = pytest.mark.parametrize("path", SOLUTIONS, ids=[path.stem for path in SOLUTIONS])


def cells(path: Path) -> list[dict[str, Any]]:
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"]), "tags": cell["metadata"].get("tags", [])} for cell in found]


def grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


@every_solution
def test_exercises_are_what_is_cut(path: Path) -> None:
    exercise = ROOT / "exercises" / cut.exercise_name(path)
    assert exercise.read_bytes() == cut.cut(path).encode(), (
        f"exercises/{cut.exercise_name(path)} is not what `python -m course.cut` makes of its solution. "
        "So it is too once answers are written into it; the command would throw them away."
    )


def test_every_lesson_with_checks_has_its_notebooks_and_no_other() -> None:
    numbers = [f"{lesson.number:02}" for lesson in lessons()]
    assert len(numbers) >= 2
    for folder in ("solutions", "exercises"):
        assert sorted(path.name[:2] for path in ROOT.glob(f"{folder}/*.ipynb")) == numbers
    modules = sorted(path.stem for path in ROOT.glob("course/checks/ex*.py"))
    lessons_with_checks = [path.stem for path in sorted(ROOT.glob("notebooks/*.ipynb")) if path.stem[:2] in numbers]
    assert modules == [f"ex{stem}" for stem in lessons_with_checks]


@every_solution
def test_cells_of_an_exercise(path: Path) -> None:
    [lesson] = [lesson for lesson in lessons() if path.stem.startswith(f"{lesson.number:02}_")]
    solution = cells(path)
    ids = [grade_id(cell) for cell in solution if grade_id(cell)]
    stems = [number.replace(".", "_") for number in lesson.exercises]
    assert ids == [f"{kind}_{stem}" for stem in stems for kind in ("answer", "check")]
    for cell in solution:
        kind = grade_id(cell).partition("_")[0]
        assert ("BEGIN SOLUTION" in cell["source"]) == (kind == "answer")  # nbgrader looks for it in every cell
        if kind:
            graded = kind == "check"
            expected = {"grade": graded, "solution": not graded, "locked": graded, "task": False, "schema_version": 3}
            given = dict(cell["metadata"]["nbgrader"])
            assert given.pop("grade_id")
            assert given.pop("points", 0) > 0 or not graded
            assert given == expected
        if kind == "check":
            assert cell["source"] == f'check("{grade_id(cell).removeprefix("check_").replace("_", ".")}")'
            assert cell["tags"] == ["minigrad-only"]


@every_solution
def test_words_of_the_course_in_notebooks(path: Path) -> None:
    for notebook in (path, ROOT / "exercises" / cut.exercise_name(path)):
        for cell in cells(notebook):
            found = OTHER_WORDS.search(cell["source"])
            assert found is None, f"{notebook.name}: {found and found.group()!r} in {cell['source'][:200]!r}"


@pytest.mark.parametrize("path", sorted(ROOT.glob("course/checks/ex*.py")), ids=lambda path: path.stem)
def test_words_of_the_course_in_checks(path: Path) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        assert not OTHER_WORDS.search(line.replace("_", " ")), f"{path.name}, line {number}: {line.strip()}"


@pytest.mark.parametrize(
    "text",
    ["two receipts", "w is tracked", "untracked", "is watched", "is flagged", "no way leads back", "on the way back"],
)
def test_other_words_are_found(text: str) -> None:
    assert OTHER_WORDS.search(text)


@pytest.mark.parametrize("text", ["the other way round", "its own way", "one way to clear", "met on the way, and"])
def test_plain_english_is_left_alone(text: str) -> None:
    assert not OTHER_WORDS.search(text)


@every_solution
def test_every_exercise_has_a_heading_and_three_hints(path: Path) -> None:
    [lesson] = [lesson for lesson in lessons() if path.stem.startswith(f"{lesson.number:02}_")]
    text = "\n".join(
        cell["source"]
        for cell in cells(ROOT / "exercises" / cut.exercise_name(path))
        if cell["cell_type"] == "markdown"
    )
    parts = re.split(r"(?m)^## ", text)[1:]
    headings = [part.partition("\n")[0] for part in parts]
    found = [re.fullmatch(r"(\d+\.\d+) .+ (●○○|●●○|●●●) (\d+) minutes", heading) for heading in headings]
    assert all(found), headings
    assert [match[1] for match in found if match] == list(lesson.exercises)
    minutes = sum(int(match[3]) for match in found if match)
    assert f"{minutes} minutes." in text.partition("## ")[0]
    for part in parts:
        assert len(re.findall("<details><summary>.+?</summary>\n\n", part)) == 3
        assert part.count("</details>") == 3


@every_solution
def test_the_last_hint_says_how_the_answer_begins(path: Path) -> None:
    [lesson] = [lesson for lesson in lessons() if path.stem.startswith(f"{lesson.number:02}_")]
    text = "\n".join(cell["source"] for cell in cells(path) if cell["cell_type"] == "markdown")
    parts = re.split(r"(?m)^## ", text)[1:]
    for number, part in zip(lesson.exercises, parts, strict=True):
        [begins] = re.findall(r"It begins:\s+(?:`([^`]+)`|```python\n(.*?)```)\s*</details>", part, re.DOTALL)
        answer = " ".join(cut.region(cut.solution_cell(number)).split())
        place = 0
        for piece in ("".join(begins)).split("…"):  # what is left out is for the learner to find
            place = answer.index(" ".join(piece.split()), place)


@every_solution
def test_exercises_hold_no_answers_and_no_outputs(path: Path) -> None:
    for cell in cells(ROOT / "exercises" / cut.exercise_name(path)):
        assert "SOLUTION" not in cell["source"]
        assert "solution-only" not in cell["tags"]
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
        if grade_id(cell).startswith("answer_"):
            assert "..." in cell["source"]


# The cutter itself.

STUBS = [
    ("### BEGIN SOLUTION\nx = 1\ny = f(2)\n### END SOLUTION", "x = ...\ny = ..."),
    ("a = 1\n### BEGIN SOLUTION\nprint(a)\n### END SOLUTION\nb = 2", "a = 1\n...\nb = 2"),
    ("def f(x):\n    ### BEGIN SOLUTION\n    y = 1\n    return y\n    ### END SOLUTION", "def f(x):\n    ..."),
    ("def f(x):\n    ### BEGIN SOLUTION\n    y = 1\n\n    z = 2\n    ### END SOLUTION\n    return y + z",
     "def f(x):\n    y = ...\n    z = ...\n    return y + z"),
    ('### BEGIN SOLUTION\np = {\n    "a": 1,  # for this reason\n    f"{b}": [2],\n}\n### END SOLUTION',
     'p = {\n    "a": ...,\n    f"{b}": ...,\n}'),
    ("### BEGIN SOLUTION\na, b = 1, 2\n### END SOLUTION", "..."),
    ("### BEGIN SOLUTION\n# only words\n### END SOLUTION", "..."),
    ("### BEGIN SOLUTION\n### END SOLUTION", "..."),
    ("nothing to cut", "nothing to cut"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "stub"), STUBS)
def test_cut_cell(source: str, stub: str) -> None:
    assert cut.cut_cell(source) == stub
    assert cut.cut_cell(stub) == stub


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\nx = 1",
        "x = 1\n### END SOLUTION",
        "### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n### BEGIN SOLUTION\ny = 1\n### END SOLUTION",
        "### END SOLUTION\nx = 1\n### BEGIN SOLUTION",
        "x = 1  ### BEGIN SOLUTION\ny = 1\n### END SOLUTION",
    ],
)
def test_a_cell_whose_marks_do_not_match_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="one answer"):
        cut.cut_cell(source)


def write(path: Path, *sources: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    code = [nbformat.v4.new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
    nbformat.write(nbformat.v4.new_notebook(cells=code), path)
    return path


def test_the_command_finds_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "ROOT", tmp_path)
    write(tmp_path / "solutions" / "01_solutions.ipynb", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION")
    assert cut.cut_all() == ["exercises/01_exercises.ipynb was cut again"]
    assert cut.cut_all(write=False) == []
    exercise = tmp_path / "exercises" / "01_exercises.ipynb"
    first = exercise.read_bytes()
    exercise.write_text(exercise.read_text().replace("x = ...", "x = 1"))
    assert cut.cut_all(write=False) == ["exercises/01_exercises.ipynb differs from what is cut from its solution"]
    assert exercise.read_bytes() != first
    assert cut.cut_all() == ["exercises/01_exercises.ipynb was cut again"]
    assert exercise.read_bytes() == first
    exercise.rename(exercise.with_name("02_exercises.ipynb"))
    assert "exercises/02_exercises.ipynb has no solution" in cut.cut_all(write=False)


@pytest.mark.slow
def test_the_command_line() -> None:
    command = [sys.executable, "-m", "course.cut", "--check"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert (run.returncode, run.stdout) == (0, "exercises/ is what is cut from solutions/\n")


# Running notebooks again.


@pytest.mark.slow
def test_refresh_saves_what_a_run_shows_and_nothing_that_changes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", "print('shown')\nobject()", "print(1)\nimport minigrad\nprint(2)", "3")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].metadata = {"tags": ["kept"], "scrolled": True, "execution": {"iopub.status.busy": "now"}}
    nbformat.write(notebook, path)
    refresh.refresh(path)
    first = path.read_bytes()
    refreshed = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in refreshed.cells] == [1, 2, 3]
    assert refreshed.cells[0].outputs[0].text == "shown\n"
    assert [output.text for output in refreshed.cells[1].outputs] == ["1\n2\n"]
    assert refreshed.cells[2].metadata == {"tags": ["kept"]}
    assert "version" not in refreshed.metadata.language_info
    assert refreshed.metadata.kernelspec.name == "python3"
    refresh.refresh(path)
    assert path.read_bytes() == first  # the address of object() is another one now, and is not worth a change


@pytest.mark.slow
def test_refresh_leaves_a_notebook_with_an_error_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", "1 / 0")
    before = path.read_bytes()
    with pytest.raises(refresh.CellExecutionError):
        refresh.refresh(path)
    assert path.read_bytes() == before
