"""Steps inside lessons, what stands in for them, and the lesson that builds on them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import course
from course import planted, steps
from course.checks import lessons
from course.cut import cut_cell
from course.lesson_on import lesson_on
from tests.answers import lesson_of

ROOT = Path(__file__).resolve().parent.parent
STEPS = [number for lesson in lessons() for number in lesson.steps]

every_step = pytest.mark.parametrize("number", STEPS)


@every_step
def test_the_readers_cell_is_the_worked_one_cut(number: str) -> None:
    place, cells = steps.cells_of(number)
    assert cells[place]["source"] == cut_cell(steps.solution_cell(number))
    assert cells[place + 1]["metadata"]["tags"] == ["minigrad-only"]
    assert cells[place + 2]["metadata"]["jupyter"] == {"source_hidden": True}


@every_step
def test_a_step_has_a_heading_and_three_hints(number: str) -> None:
    [path] = ROOT.glob(f"notebooks/{lesson_of(number)}_*.ipynb")
    text = path.read_text(encoding="utf-8").replace("\\n", "\n")
    part = re.split(rf"### Step {number.rpartition(' ')[2]}: ", text)[1].partition('"cell_type": "code"')[0]
    assert part.count("<details>") == part.count("</details>") == 3
    assert "It begins:" in part


def test_every_lesson_has_the_steps_that_it_has_checks_for() -> None:
    assert STEPS
    for lesson in lessons():
        for path in ROOT.glob(f"notebooks/{lesson.number:02}_*.ipynb"):
            found = re.findall(r'check\(\\"(\d+, step \d+)\\"\)', path.read_text(encoding="utf-8"))
            assert found == list(lesson.steps)


def unwritten() -> None: ...


def written() -> int:
    return 1


def from_text(source: str) -> Callable[..., Any]:
    """A function whose source can't be read."""
    variables: dict[str, Any] = {}
    exec(source, variables)
    return variables["f"]


@pytest.mark.parametrize(
    "yours", [unwritten, from_text("def f():\n    'what it does'\n    ..."), from_text("f = lambda: ...")]
)
def test_the_worked_one_stands_in_for_what_is_not_written(yours: Callable[..., Any]) -> None:
    @steps.stand_in(yours)
    def worked() -> int:
        return 2

    assert worked() == 2
    assert steps.is_stand_in(worked)
    again = steps.stand_in(worked)(lambda: 3)  # the cell is run a second time
    assert again() == 3


@pytest.mark.parametrize("yours", [written, from_text("def f():\n    return 1"), from_text("f = lambda: 1")])
def test_what_is_written_stays(yours: Callable[..., Any]) -> None:
    chosen = steps.stand_in(yours)(lambda: 2)
    assert chosen() == 1
    assert not steps.is_stand_in(chosen)


def test_what_stands_in_is_not_taken_for_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    number = STEPS[0]
    worked = steps.stand_in(unwritten)(lambda *_: None)
    [exercise] = [lesson.steps[number] for lesson in lessons() if number in lesson.steps]
    verdict = exercise.check({next(iter(exercise.names)): worked})
    assert verdict.text.startswith(f"{number} not answered yet")
    assert "stands in" in verdict.text
    course.check("11, step 99")
    assert "there is no exercise '11, step 99'" in capsys.readouterr().out


# The engine that lesson 11 builds.


@pytest.fixture(scope="module")
def engine() -> dict[str, Any]:
    """The variables of lesson 11, with the worked steps."""
    variables: dict[str, Any] = {"__name__": "__main__"}
    _, cells = steps.cells_of("11, step 1")
    for cell in cells:
        source, tags = cell["source"], cell["metadata"].get("tags", [])
        if "minigrad-only" not in tags and "plt.show" not in source and "verdict(" not in source:
            exec(compile(source, "<a cell of lesson 11>", "exec"), variables)
    return variables


@pytest.mark.parametrize(("number", "least"), [("03", 12), ("05", 9), ("08", 8)])
def test_cells_of_other_lessons_run_on_it(number: str, least: int, engine: dict[str, Any]) -> None:
    report = lesson_on(number, engine["mine"])
    assert len(report.same) >= least
    for cell in report.same:
        assert cell.saved == cell.printed != ""
    # The one output that differs: a second pass through one graph, which the library refuses.
    assert [cell for cell in report.different if "ones.grad" not in cell.source] == []


def test_an_engine_without_anything_runs_no_cell() -> None:
    report = lesson_on("03", object())
    assert not report.different
    assert all("torch" not in cell.source for cell in report.same)
    assert len(report.needing) > 10


def test_what_the_lesson_names_in_minigrad_is_there() -> None:
    text = next(ROOT.glob("notebooks/11_*.ipynb")).read_text(encoding="utf-8")
    rows = [line for line in text.split("\\n") if line.count("minigrad/engine/") and "|" in line]
    assert len(rows) >= 8
    for row in rows:
        column = row.split("|")[2]
        [file] = re.findall(r"\(\.\./(minigrad/engine/\w+\.py)\)", column)
        source = (ROOT / file).read_text(encoding="utf-8")
        names = re.findall(r"`(\w+)`", column)
        assert names or "derivatives.py" in file
        for name in names:
            assert re.search(rf"(?m)^(class|def) {name}\b", source), f"{file} has no {name}"
    assert 'x="g * y"' in (ROOT / "minigrad/engine/derivatives.py").read_text(encoding="utf-8")


def test_planted_engines_have_one_fault_each() -> None:
    """Every fault shows in some gradient, and the engine without one is right."""

    def trace(engine: planted.Engine) -> list[Any]:
        x, y = engine.tensor([[2.0, 3.0]], requires_grad=True), engine.tensor([[5.0], [7.0]], requires_grad=True)
        m = 3 * x
        (m * y * m + x * x * y - y * m + (x - y) * x).sum().backward()
        (x * 2).sum().backward()
        with engine.no_grad():
            with engine.no_grad():
                pass
            inside = (x * x).requires_grad
        return [x.grad.tolist(), y.grad.tolist(), inside, (x * x).requires_grad]

    right = trace(planted.Engine())
    assert right[2:] == [False, True]
    for fault, variants in {
        "product": 3,
        "difference": 1,
        "several": 3,
        "broadcast": 3,
        "passes": 1,
        "switch": 3,
    }.items():
        for variant in range(variants):
            try:
                found = trace(planted.Engine(fault, variant))
            except (RuntimeError, ValueError):
                continue
            assert found != right, (fault, variant)
