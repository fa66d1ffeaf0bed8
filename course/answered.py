"""Which exercises a learner has answered: a small file at the project's root, safe to delete.

Each answer adds a line to its end, in one write. So notebooks that answer at the same time lose nothing, the file is
never rewritten, and whatever else may be in it does no harm: what looks like an exercise's number counts.
"""

import contextlib
import os
import re
import stat
from pathlib import Path

from course.exercise import Lesson

ROOT = Path(__file__).resolve().parent.parent
UNREADABLE = "The file {file} could not be read ({reason}), so nothing is counted."
UNWRITABLE = "The file {file} could not be written ({reason}), so this answer isn't counted."
MOST_BYTES = 1_000_000

started_in: Path | None = None
with contextlib.suppress(OSError):  # a folder that has been deleted
    started_in = Path.cwd()  # where the notebook stands; later it may have gone elsewhere with %cd


def place() -> Path:
    """Return the file that holds the progress: in the project's folder, or beside the notebook of an installed package.

    The environment variable COURSE_PROGRESS names another one.
    """
    folder = ROOT if (ROOT / "notebooks").is_dir() else started_in or Path.home()
    return Path(os.environ.get("COURSE_PROGRESS") or folder / ".progress.txt")


def counts_here() -> bool:
    """Return whether the notebook's answers count: they do anywhere, except the worked ones and those nbgrader runs."""
    folder = started_in.name if started_in else ""
    notebook = Path(os.environ.get("JPY_SESSION_NAME", "")).name  # which Jupyter names for the kernels it starts
    return folder != "solutions" and "_solutions" not in notebook and not os.environ.get("NBGRADER_EXECUTION")


def load() -> tuple[set[str], str]:
    """Return the numbers of the exercises answered, and a line if the file can't be read."""
    try:
        return _numbers(), ""
    except FileNotFoundError:
        return set(), ""
    except (OSError, ValueError) as error:
        return set(), UNREADABLE.format(file=place().name, reason=_reason(error))


def latest() -> str:
    """Return the number of the exercise that was answered last; empty if there is none."""
    try:
        return next(reversed(_in_order()), "")
    except (OSError, ValueError):
        return ""


def _numbers() -> set[str]:
    return set(_in_order())


def _in_order() -> list[str]:
    refuse_odd_files(place())
    with place().open("rb") as file:
        written = file.read(MOST_BYTES).replace(b"\0", b"").decode("utf-8", "replace")
    return re.findall(r"(?<![\w.])\d{1,2}\.\d{1,2}(?![\w.])", written)


def refuse_odd_files(path: Path) -> None:
    """OSError for anything but an ordinary file, such as a folder, a device or a pipe, which may never answer."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is not an ordinary file")


def add(number: str) -> str:
    """Count an exercise as answered. Returns a line if something went wrong with the file."""
    try:
        with contextlib.suppress(FileNotFoundError):
            if number in _numbers():
                return ""
        append(place(), number)
    except (OSError, ValueError) as error:
        return UNWRITABLE.format(file=place().name, reason=_reason(error))
    return ""


def append(path: Path, line: str) -> None:
    """Add a line to the end of a file, in one write. OSError or ValueError if that fails."""
    with contextlib.suppress(FileNotFoundError):
        refuse_odd_files(path)
        if not path.stat().st_mode & 0o222:
            raise PermissionError(0, "it is read-only")
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(file, f"\n{line}\n".encode())
    finally:
        os.close(file)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def line(lesson: Lesson, answered: set[str], width: int = 0) -> str:
    """Return one line on a lesson: its number and title, a dot for each exercise, how many are answered."""
    dots = "".join("●" if number in answered else "○" for number in lesson.exercises)
    return f"{lesson.number:02}  {lesson.title:<{width}}  {dots}  {dots.count('●')} of {len(dots)} answered"
