"""What `check` does besides judging: what it shows, what it counts, and that nothing ever costs an answer."""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import course
from course import answered
from course.checks import find, lessons
from course.exercise import Lesson
from tests.answers import EXERCISES, ROOT, run


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The progress file, while working in exercises/."""
    path = tmp_path / ".progress.txt"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    monkeypatch.setattr(answered, "started_in", ROOT / "exercises")
    return path


def check(variables: dict[str, Any], number: Any = "1.5") -> str:
    """What `check(number)` prints in a notebook with these variables."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(f"check({number!r})", {**variables, "check": course.check})
    return out.getvalue()


def progress() -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        course.progress()
    return out.getvalue()


@pytest.fixture
def right() -> dict[str, Any]:
    return run("solutions", find("1.5"))


def lesson_of(number: str) -> Lesson:
    return next(lesson for lesson in lessons() if number in lesson.exercises)


def test_progress_is_counted_and_shown(file: Path, right: dict[str, Any]) -> None:
    total = len(lesson_of("1.5").exercises)
    before = progress()
    assert not file.exists()
    assert f"0 of {total} answered" in check({})
    assert not file.exists()
    assert f"1 of {total} answered" in check(right)
    assert f"1 of {total} answered" in check(right)
    assert f"1 of {total} answered" in check({})
    assert file.read_text().split() == ["1.5"]
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert len(progress().splitlines()) > len(lessons())
    assert progress() != before
    file.unlink()
    assert progress() == before


def test_worked_answers_do_not_count(file: Path, right: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answered, "started_in", ROOT / "solutions")
    assert check(right) == f"1.5 right. {find('1.5').right}\n"
    assert not file.exists()


def test_it_counts_wherever_the_notebook_lies(tmp_path: Path) -> None:
    """All but the worked answers count, by the folder in which the notebook began, also after %cd."""
    code = "import os, course; from course import answered; os.chdir('..'); print(answered.counts_here())"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def printed(code: str, folder: Path, **more: str) -> str:
        command = [sys.executable, "-c", code]
        run = subprocess.run(
            command, cwd=folder, env={**environment, **more}, capture_output=True, text=True, check=True
        )
        return run.stdout

    assert printed(code, ROOT / "exercises") == "True\n"
    assert printed(code, tmp_path) == "True\n"
    assert printed(code, ROOT / "solutions") == "False\n"
    assert printed(code, tmp_path, JPY_SESSION_NAME="a/01_solutions.ipynb") == "False\n"
    assert printed(code, tmp_path, NBGRADER_EXECUTION="autograde") == "False\n"
    folder = str(tmp_path / "a")
    code = code.replace("os.chdir('..'); ", "")
    gone = f"import os; os.mkdir({folder!r}); os.chdir({folder!r}); os.rmdir({folder!r}); {code}"
    assert printed(gone, ROOT) == "True\n"


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{",
        b'{"answered": ["1.1"]}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"1.99\n99.1\nnan\n1.1.1\n",
        "1.2\n".encode("utf-16"),
        b"\xef\xbb\xbf1.2\r\n",
        b"1.2",
    ],
)
def test_whatever_is_in_the_file_costs_no_answer(file: Path, right: dict[str, Any], damaged: bytes) -> None:
    file.write_bytes(damaged)
    before = progress()
    text = check(right)
    assert "could not be" not in text
    counted = sum(number in damaged.decode("utf-8", "replace").replace("\0", "") for number in ("1.1", "1.2"))
    counted = 0 if b"1.1.1" in damaged else counted
    assert f"{counted + 1} of" in text
    assert f"{counted} of" in before
    assert file.read_bytes().startswith(damaged)
    assert f"{counted + 1} of" in progress()


def test_a_large_file_is_not_read_to_its_end(file: Path, right: dict[str, Any]) -> None:
    file.write_bytes(b"1.1\n" + b"x" * 3_000_000)
    assert "2 of" in check(right).replace("1 of", "2 of")


ODD = ["folder", "pipe", "device", "link to itself", "link to a folder", "no folder", "read-only", "unreadable name"]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_file_is_left_alone_and_told(
    file: Path, right: dict[str, Any], odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if odd == "folder":
        file.mkdir()
    elif odd == "pipe":
        os.mkfifo(file)
    elif odd == "device":
        monkeypatch.setenv("COURSE_PROGRESS", "/dev/full")
    elif odd == "link to itself":
        file.symlink_to(file)
    elif odd == "link to a folder":
        file.symlink_to(file.parent)
    elif odd == "no folder":
        monkeypatch.setenv("COURSE_PROGRESS", str(file.parent / "missing" / "file"))
    elif odd == "read-only":
        file.write_text("1.1\n")
        file.chmod(0o444)
    else:
        monkeypatch.setattr(answered, "place", lambda: Path("a\0b"))
    text = check(right)
    assert text.startswith("1.5 right.")
    assert "isn't counted" in text
    assert "1.1" in file.read_text() if odd == "read-only" else True
    if odd not in ("no folder", "read-only"):
        assert "could not be read" in progress()


def test_a_link_stays_a_link(file: Path, right: dict[str, Any], tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.txt"
    file.symlink_to(target)
    check(right)
    assert file.is_symlink()
    assert target.read_text().split() == ["1.5"]


def test_kernels_that_answer_at_once_lose_nothing(file: Path) -> None:
    code = "import sys; from course import answered\nfor part in range(20): answered.add(f'{sys.argv[1]}.{part}')"
    environment = {**os.environ, "COURSE_PROGRESS": str(file), "PYTHONPATH": str(ROOT)}
    writers = [subprocess.Popen([sys.executable, "-c", code, str(number)], env=environment) for number in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    assert answered.load()[0] == {f"{number}.{part}" for number in range(4) for part in range(20)}


def test_the_place_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    assert answered.place() == ROOT / ".progress.txt"
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert answered.place().name in ignored


# Numbers that are no exercise's, and what nbgrader sees.


@pytest.mark.parametrize("number", ["4.9", "", "one", "1", 4, None, [], "x" * 200, "../1.1", "1.1.1"])
def test_a_number_that_does_not_exist_is_one_line(number: Any, file: Path) -> None:
    text = check({}, number)
    assert "there is no exercise" in text
    assert len(text.splitlines()) == 1
    assert len(text) < 400
    assert not file.exists()


@pytest.mark.parametrize("number", [1.5, " 1.5 ", "1.5"])
def test_a_number_may_be_written_in_other_ways(number: Any, right: dict[str, Any]) -> None:
    assert check(right, number).startswith("1.5 right.")


def test_a_package_that_is_missing_is_named(file: Path, right: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not all of the course's packages are installed: the fault of neither the course nor the answer."""

    def needs(*_: Any) -> None:
        raise ModuleNotFoundError("No module named 'seaborn.plots'", name="seaborn.plots")

    monkeypatch.setattr(find("1.5"), "_try", needs)
    assert "its check needs seaborn, which is not installed here: pip install seaborn" in check(right)
    assert not file.exists()


def test_unknown_numbers() -> None:
    with pytest.raises(ValueError, match=r"no exercise '1\.99', only 1\.1"):
        find("1.99")
    with pytest.raises(ValueError, match="no exercise 'one'"):
        find("one")


def test_nbgrader_sees_an_exception(right: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert "right" in check(right)
    with pytest.raises(AssertionError, match="not right yet"):
        check({**right, "kind": lambda t: "plain"})
    with pytest.raises(AssertionError, match="not answered yet"):
        check({})


def test_checks_of_all_lessons_are_found() -> None:
    assert {number: find(number) for number in EXERCISES} == EXERCISES
