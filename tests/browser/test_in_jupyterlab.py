"""The course as a learner meets it: JupyterLab in a browser, on a fresh copy, nothing in it run or trusted yet."""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from course.checks import find
from tests.browser.lab import PROJECT, Lab, Notebook, running_lab

LESSON = "notebooks/02_grad_fn_and_the_graph.ipynb"
EXERCISE = "exercises/01_exercises.ipynb"
PICTURE = ".jp-OutputArea-output img[src^='data:image/svg+xml']"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with running_lab() as running:
        yield running


def drawings(notebook: Notebook, count: int) -> list[dict[str, object]]:
    """Wait for that many pictures of graphs in the page; return their alt texts, and how wide they really came out."""
    notebook.show_all_outputs()
    there = "([css, count]) => { const all = [...document.querySelectorAll(css)];"
    there += " return all.length === count && all.every(img => img.complete); }"
    notebook.page.wait_for_function(there, arg=[PICTURE, count])
    script = "all => all.map(img => ({alt: img.alt, width: img.naturalWidth}))"
    return notebook.page.eval_on_selector_all(PICTURE, script)


def saved_drawings(path: Path) -> tuple[int, int]:
    """How many drawings a notebook holds, and how many of them it shows before their cells have been run."""
    held = shown = 0
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            drawn = sum('src="data:image/svg+xml' in out.get("data", {}).get("text/html", "") for out in cell.outputs)
            held += drawn
            shown += 0 if cell.metadata.get("jupyter", {}).get("outputs_hidden") else drawn
    return held, shown


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_lesson_shows_its_graphs_before_and_after_it_is_run(lab: Lab, tmp_path: Path, dark: bool) -> None:
    held, shown = saved_drawings(PROJECT / LESSON)
    assert held >= shown > 0
    with lab.open(LESSON, dark=dark) as notebook:
        assert notebook.page.evaluate("!window.jupyterapp.shell.currentWidget.model.cells.get(1).trusted")
        before = drawings(notebook, shown)
        assert all(drawing["alt"] and drawing["width"] for drawing in before), before

        notebook.run_all()
        after = drawings(notebook, held)
        assert all(drawing["alt"] and drawing["width"] for drawing in after), after
        saved = nbformat.from_dict(notebook.save())
        for cell in saved.cells:
            if cell.cell_type == "code":
                assert cell.execution_count
                raised = any(output.output_type == "error" for output in cell.outputs)
                assert raised == ("raises-exception" in cell.metadata.get("tags", [])), cell.source
        for picture in notebook.shoot(tmp_path / "lesson.png"):
            assert picture.stat().st_size > 10_000


def test_an_exercise_says_what_is_wrong_and_what_is_right(lab: Lab) -> None:
    exercise = find("1.1")
    wrong = next(answer for answer in exercise.wrong_answers if answer.hint == "swapped")
    right = answer_in_solution("answer_1_1")
    with lab.open(EXERCISE) as notebook:
        cells = nbformat.read(notebook.file, as_version=4).cells
        ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells]
        answer, check = ids.index("answer_1_1"), ids.index("check_1_1")
        for index in range(answer):
            if cells[index].cell_type == "code":
                notebook.run(index)

        notebook.run(answer)
        notebook.run(check)
        assert "not answered yet" in notebook.output(check)

        notebook.type_over(answer, f"{right}\npairs.update({wrong.change!r})")
        notebook.run(answer)
        notebook.run(check)
        said = " ".join(notebook.output(check).split())
        assert "not right yet" in said
        assert exercise.hints["swapped"] in said

        notebook.type_over(answer, right)
        notebook.run(answer)
        notebook.run(check)
        said = " ".join(notebook.output(check).split())
        assert said.startswith(f"1.1 ✓ right {exercise.right}")


def answer_in_solution(grade_id: str) -> str:
    cells = nbformat.read(PROJECT / EXERCISE.replace("exercises", "solutions"), as_version=4).cells
    (source,) = [cell.source for cell in cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id]
    return re.sub(r"^\s*### (BEGIN|END) SOLUTION\n?", "", source, flags=re.MULTILINE).strip()
