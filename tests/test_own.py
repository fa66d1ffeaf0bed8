"""The learner's copy of the notebooks: nothing that git tracks changes, nothing that a learner has written is lost."""

import contextlib
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import course
from course import answered, overview, own, predicting

ROOT = Path(__file__).resolve().parents[1]
LESSON, EXERCISES = "notebooks/03_lesson.ipynb", "exercises/03_exercises.ipynb"


def cell(name: str, source: str, kind: str = "code", **metadata: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"id": name, "cell_type": kind, "metadata": metadata, "source": [source]}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"cells": [*cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course of one lesson, from which a learner has a copy."""
    write(
        tmp_path / LESSON,
        notebook(cell("a", "See [the docs](../docs/x.md), [that](../exercises/y.ipynb).", "markdown")),
    )
    write(
        tmp_path / EXERCISES,
        notebook(cell("q", "Add.", "markdown"), cell("answer_3_1", "..."), cell("check", "check()")),
    )
    assert own.bring_up_to_date(tmp_path) == ["2 notebooks are copied to my/"]
    return tmp_path


def write(path: Path, made: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made), encoding="utf-8")


def read(path: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return made


def sources(made: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in made["cells"]]


def answer(root: Path, said: str) -> None:
    mine = read(root / "my" / EXERCISES)
    mine["cells"][1] |= {"source": [said], "outputs": [{"output_type": "stream", "name": "stdout", "text": "3"}]}
    mine["cells"].insert(2, cell("mine", "a cell of my own"))
    write(root / "my" / EXERCISES, mine)


def test_links_of_the_copy_lead_where_those_of_the_course_do(root: Path) -> None:
    [text] = sources(read(root / "my" / LESSON))
    assert text == "See [the docs](../../docs/x.md), [that](../exercises/y.ipynb)."


def test_nothing_happens_twice(root: Path) -> None:
    before = (root / "my" / EXERCISES).read_bytes()
    answer(root, "1 + 2")
    after = (root / "my" / EXERCISES).read_bytes()
    assert own.bring_up_to_date(root) == []
    assert before != after == (root / "my" / EXERCISES).read_bytes()


def test_answers_survive_an_update(root: Path) -> None:
    answer(root, "1 + 2")
    new = notebook(
        cell("q", "Add well.", "markdown"), cell("answer_3_1", "..."), cell("check", 'check("3.1")'), cell("z", "end")
    )
    write(root / EXERCISES, new)
    assert own.bring_up_to_date(root) == [f"Brought up to date, keeping what you have written: my/{EXERCISES}"]
    mine = read(root / "my" / EXERCISES)
    assert sources(mine) == ["Add well.", "1 + 2", "a cell of my own", 'check("3.1")', "end"]
    assert mine["cells"][1]["outputs"]
    assert own.bring_up_to_date(root) == []


def test_a_cell_that_both_have_changed_stays_the_learners(root: Path) -> None:
    answer(root, "1 + 2")
    write(root / EXERCISES, notebook(cell("answer_3_1", "result = ..."), cell("check", "check()")))
    own.bring_up_to_date(root)
    assert sources(read(root / "my" / EXERCISES)) == ["1 + 2", "a cell of my own", "check()"]


def test_what_was_deleted_stays_so_until_the_course_changes_it(root: Path) -> None:
    write(root / "my" / EXERCISES, notebook(cell("mine", "first"), cell("answer_3_1", "...")))
    write(
        root / EXERCISES, notebook(cell("q", "Add!", "markdown"), cell("answer_3_1", "..."), cell("check", "check()"))
    )
    own.bring_up_to_date(root)
    assert sources(read(root / "my" / EXERCISES)) == ["first", "Add!", "..."]


@pytest.mark.parametrize("odd", ["", "{", "[]", '{"cells": 3}', '{"cells": [{}]}', '{"cells": [[]]}'])
def test_a_file_that_is_no_notebook_is_left_alone(root: Path, odd: str) -> None:
    (root / "my" / EXERCISES).write_text(odd)
    write(root / EXERCISES, notebook(cell("q", "Add!", "markdown")))
    assert own.bring_up_to_date(root) == [f"my/{EXERCISES} is no longer a notebook: it is left unchanged"]
    assert (root / "my" / EXERCISES).read_text() == odd


def test_what_was_there_before_is_left_alone(root: Path) -> None:
    shutil.rmtree(root / "my" / own.FROM)
    (root / "my" / EXERCISES).write_text("mine")
    assert any("left as it is" in line for line in own.bring_up_to_date(root))
    assert (root / "my" / EXERCISES).read_text() == "mine"


def test_a_notebook_starts_over_and_the_old_one_is_kept(root: Path) -> None:
    answer(root, "1 + 2")
    said = own.start_over("exercises", 3, root / "my" / "exercises", root)
    assert "back to its first version" in said[0]
    assert "Reload" in said[1]
    assert sources(read(root / "my" / EXERCISES)) == ["Add.", "...", "check()"]
    [aside] = (root / "my" / own.ASIDE).iterdir()
    assert "1 + 2" in sources(read(aside))
    assert aside.name in said[0]


def test_outside_the_copy_predictions_are_folded_in_place(root: Path) -> None:
    printed = [{"output_type": "stream", "name": "stdout", "text": "3"}]
    cells = [
        cell("a", "### Predict 03a: it", "markdown"),
        cell("b", 'predict("03a", first=x == 1, second="y=3")') | {"outputs": printed},
        cell("c", "print(3)") | {"outputs": printed},
        cell("d", 'compare("03a", first=x)') | {"outputs": printed},
        cell("e", "words", "markdown"),
        cell("f", "print(4)") | {"outputs": printed},
        cell("g", "## On", "markdown"),
        cell("h", "print(5)") | {"outputs": printed},
    ]
    write(root / LESSON, notebook(*cells))
    said = own.start_over("notebooks", 3, root / "notebooks", root)
    assert said[0].startswith("1 prediction in 03_lesson.ipynb")
    after = {cell["id"]: cell for cell in read(root / LESSON)["cells"]}
    assert "".join(after["b"]["source"]) == 'predict("03a", first=..., second=...)'
    hidden = {name for name in after if after[name]["metadata"].get("jupyter", {}).get("outputs_hidden")}
    assert hidden == {"c", "f"}
    assert after["d"]["metadata"]["jupyter"] == {"source_hidden": True}
    assert not after["b"]["outputs"]
    assert not after["d"]["outputs"]
    assert after["h"]["outputs"]
    assert own.start_over("exercises", 3, root / "exercises", root) == [own.NO_COPY]
    assert own.start_over("notebooks", 4, root, root) == ["There is no notebook 04 in notebooks/."]


def reset(which: Any) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        course.reset(which)
    return out.getvalue()


def test_reset_forgets_predictions_and_never_raises(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.txt"))
    monkeypatch.setattr(answered, "started_in", tmp_path)
    predicting.predicted("03a", (), {"it": 3})
    assert "1 prediction of lesson 03 forgotten." in reset("03")
    assert "0 predictions of lesson 03 forgotten." in reset(3)
    for odd in ("", None, 3.5, [], "one", object()):
        assert len(reset(odd).splitlines()) == 1
    assert reset("99")


def test_reset_folds_a_lesson_that_was_run_and_forgets_what_was_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a copy that lies elsewhere, as on Colab, with the repository at hand and without."""
    [lesson] = (ROOT / "notebooks").glob("04_*.ipynb")
    copy = tmp_path / lesson.name
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.txt"))
    monkeypatch.setattr(answered, "started_in", tmp_path)
    shipped = [cell["metadata"].get("jupyter") or None for cell in read(lesson)["cells"]]
    assert {"outputs_hidden": True} in shipped
    for root in (ROOT, tmp_path / "site-packages"):
        monkeypatch.setattr(own.start_over, "__defaults__", (root,))
        after_a_run = read(lesson)
        for run in after_a_run["cells"]:
            run["metadata"].get("jupyter", {}).pop("outputs_hidden", None)
            run["source"] = "".join(run["source"]).replace(
                'predict("04b", grad=...)', 'predict("04b", grad=[1.0, 2.0])'
            )
        write(copy, after_a_run)
        predicting.predicted("04b", (), {"grad": [1.0, 2.0]})
        assert predicting.history("04b", {"grad"}).first is not None

        said = reset("04")
        assert "predictions in 04_jacobian_vector_products.ipynb to be made again" in said
        assert "1 prediction of lesson 04 forgotten." in said
        assert [cell["metadata"].get("jupyter") or None for cell in read(copy)["cells"]] == shipped
        assert 'predict("04b", grad=...)' in sources(read(copy))
        assert predicting.history("04b", {"grad"}).first is None
        assert own.NO_COPY in reset("04 exercises")


def test_git_sees_nothing_of_a_learner() -> None:
    names = ["my/notebooks/00_start_here.ipynb", "my/.jupyter/x", ".progress.txt", ".predictions.jsonl"]
    found = subprocess.run(["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True)
    if found.returncode == 128:
        pytest.skip("not a git clone")
    assert found.stdout.split() == names


# Progress


@pytest.fixture
def progress(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    file = tmp_path / "progress.txt"
    monkeypatch.setenv("COURSE_PROGRESS", str(file))
    monkeypatch.setattr(answered, "started_in", ROOT / "notebooks")
    return file


def test_where_to_go_on(progress: Path) -> None:
    now = overview.overview()
    assert now.go_on == "Begin with lesson 00"
    assert now.total.startswith("0 of ")
    progress.write_text("2.5\n1.1\n")
    now = overview.overview()
    assert (now.go_on, now.go_on_file) == ("Continue with exercise 1.2", "exercises/01_exercises.ipynb")
    assert now.total.startswith("2 of ")
    progress.write_text("1.1\n2.5\n")
    assert overview.overview().go_on == "Continue with lesson 03"
    every = [f"{row.number}.{part + 1}" for row in now.rows for part in range(len(row.answered))]
    progress.write_text("\n".join(every))
    assert overview.overview().go_on == ""
    progress.write_text("\n".join(every[1:]))
    assert overview.overview().go_on == "Continue with lesson 00"


def test_the_table_is_aligned_and_its_links_lead_somewhere(progress: Path) -> None:
    progress.write_text("1.1\n")
    now = overview.overview()
    lines = now.text().splitlines()[:-1]
    counted = [re.search(r"\d of \d", line) for line in lines]
    assert len({found.start() for found in counted if found}) == 1
    for target in [part.partition('"')[0] for part in now.html().split('href="')[1:]]:
        assert (ROOT / "notebooks" / target).exists()
    assert 'aria-label="1 of' in now.html()
    progress.unlink()
    progress.mkdir()
    assert "could not be read" in overview.overview().text()


def test_the_page_of_the_copy_shows_what_is_answered(
    progress: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(own, "OWN", tmp_path / "my")
    overview.write_page()
    assert not (tmp_path / "my").exists()
    (tmp_path / "my" / "notebooks").mkdir(parents=True)
    progress.write_text("1.1\n")
    overview.write_page()
    text = (tmp_path / "my" / "notebooks" / "all_lessons.md").read_text(encoding="utf-8")
    assert "**[Continue with exercise 1.2](../exercises/01_exercises.ipynb).**" in text
    assert "●○" in text


def test_without_notebooks_progress_lies_beside_the_notebook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where only the package is installed, as on Colab."""
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(answered, "ROOT", tmp_path / "site-packages")
    monkeypatch.setattr(answered, "started_in", tmp_path)
    assert answered.place() == tmp_path / ".progress.txt"
    assert answered.counts_here()
    monkeypatch.setattr(answered, "started_in", None)
    assert answered.place().parent == Path.home()
