"""A learner's hour in their own copy: predict, run, compare, answer an exercise, go on; and git reports no change."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.lab import Lab, copy_project, running_lab

LESSON = "my/notebooks/10_error_clinic.ipynb"
WIDGET = "window.jupyterapp.shell.currentWidget"
GIT = ["git", "-c", "user.email=nobody@example.org", "-c", "user.name=nobody"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = copy_project(tmp_path_factory.mktemp("own"))
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "the course"]):
        subprocess.run([*GIT, *command], cwd=root, check=True)
    os.environ.pop("COURSE_PROGRESS", None)
    with running_lab(root, as_learners=True) as running:
        yield running


def changed(root: Path) -> str:
    return subprocess.run([*GIT, "status", "--short"], cwd=root, check=True, capture_output=True, text=True).stdout


def test_a_prediction_is_kept_and_compared_with_the_keyboard_alone(lab: Lab) -> None:
    with lab.open(LESSON) as notebook:
        page = notebook.page
        sources = notebook.sources()
        place = next(n for n, source in enumerate(sources) if source.startswith("predict("))
        assert not page.evaluate(f"{WIDGET}.context.model.dirty")
        assert not notebook.cell(place + 1).locator(".jp-OutputArea-output").is_visible()
        page.evaluate(f"{WIDGET}.content.activeCellIndex = {place}")
        notebook.command("notebook:run-all-above")
        notebook.type_over(place, sources[place].replace("...", "1234.5"))
        page.keyboard.press("Shift+Enter")
        notebook.cell(place).locator("[role=group]").wait_for()
        assert "kept" in notebook.output(place)
        page.keyboard.press("Shift+Enter")
        notebook.cell(place + 1).locator(".jp-OutputArea-output").wait_for()
        page.keyboard.press("Shift+Enter")  # the cell whose source is hidden
        card = notebook.cell(place + 2).locator("[role=group]")
        card.wait_for()
        assert "1234.5" in card.inner_text()
        assert "different" in card.inner_text()
        notebook.save()
    assert (lab.root / ".predictions.jsonl").exists()
    assert changed(lab.root) == ""
    with lab.open("my/notebooks/00_start_here.ipynb") as notebook:
        place = next(n for n in range(len(notebook.sources())) if notebook.is_code(n))
        notebook.type_over(place, 'from course import reset\nreset("10")')
        notebook.run(place)
        assert "10_error_clinic" in notebook.output(place)
    with lab.open(LESSON) as notebook:
        assert notebook.sources() == sources
        assert not any("1234.5" in notebook.output(n) for n in range(len(sources)))
    assert changed(lab.root) == ""


@pytest.mark.parametrize(("lesson", "call", "name"), [("03", "step_through(", "group"), ("03", "turn(", "slider")])
def test_what_can_be_stepped_or_turned_is_reached_with_the_tab_key(lab: Lab, lesson: str, call: str, name: Any) -> None:
    [path] = (lab.root / "my" / "notebooks").glob(f"{lesson}_*.ipynb")
    with lab.open(path.relative_to(lab.root).as_posix(), width=1366, height=768) as notebook:
        place = next(n for n, source in enumerate(notebook.sources()) if call in source and notebook.is_code(n))
        notebook.activate(place)
        notebook.command("notebook:run-all-above")
        notebook.run(place)
        notebook.activate(place)
        notebook.page.evaluate(f"() => {{ {WIDGET}.content.mode = 'command'; {WIDGET}.content.activate(); }}")
        strip = notebook.cell(place).locator("[data-steps=ready]")
        wanted = strip.get_by_role(name) if name == "slider" else strip
        before = strip.inner_text()
        for _ in range(15):
            if wanted.evaluate("element => element === document.activeElement"):
                break
            notebook.page.keyboard.press("Tab")
        assert wanted.evaluate("element => element === document.activeElement")
        notebook.page.keyboard.press("ArrowRight")
        assert strip.inner_text() != before
        focused = "getComputedStyle(document.activeElement)"
        assert notebook.page.evaluate(f"{focused}.outlineStyle") != "none"


def test_one_gets_from_lesson_to_lesson_and_to_all_lessons(lab: Lab) -> None:
    with lab.open("my/notebooks/01_requires_grad.ipynb") as notebook:
        notebook.show_all_outputs()
        page = notebook.page
        page.locator(".jp-RenderedMarkdown a", has_text="all lessons").last.click()
        table = page.locator(".jp-MarkdownViewer table").first
        table.wait_for()
        assert "0 of" in table.inner_text()
        page.locator(".jp-MarkdownViewer a", has_text="Begin with lesson 00").click()
        page.wait_for_function(
            "window.jupyterapp.shell.currentWidget?.context?.path === 'my/notebooks/00_start_here.ipynb'"
        )
    assert changed(lab.root) == ""


def test_an_answer_survives_an_update_of_the_course(lab: Lab) -> None:
    path = "my/exercises/00_exercises.ipynb"
    with lab.open(path) as notebook:
        sources = notebook.sources()
        place = next(n for n, source in enumerate(sources) if "..." in source and source.startswith("def "))
        answer = sources[place].replace("...", "return 1234.5")
        notebook.type_over(place, answer)
        notebook.save()
    course = lab.root / "exercises" / "00_exercises.ipynb"
    course.write_text(course.read_text(encoding="utf-8").replace("Exercise 00:", "Exercise 00, new:"), encoding="utf-8")
    update = [sys.executable, "-m", "course.own"]
    run = subprocess.run(
        update,
        cwd=lab.root,
        env={**os.environ, "PYTHONPATH": str(lab.root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert path in run.stdout
    text = (lab.root / path).read_text(encoding="utf-8")
    assert "return 1234.5" in text
    assert "Exercise 00, new:" in text
    subprocess.run([*GIT, "checkout", "-q", "."], cwd=lab.root, check=True)
    assert changed(lab.root) == ""
