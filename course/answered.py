"""Which exercises a learner has answered: a small file at the project's root, safe to delete."""

import contextlib
import json
import os
from pathlib import Path

from course.exercise import Lesson

ROOT = Path(__file__).resolve().parent.parent
DAMAGED = "The file {file} could not be read. It is now {aside}, and the count begins anew."
UNWRITABLE = "The file {file} could not be written ({reason}), so this answer isn't counted."


def place() -> Path:
    """The file that holds the progress. The environment variable COURSE_PROGRESS names another one."""
    return Path(os.environ.get("COURSE_PROGRESS") or ROOT / ".progress.json")


def counts_here() -> bool:
    """Whether answers given in the current directory count: those in exercises/ do, the worked ones don't."""
    return Path.cwd() == ROOT / "exercises"


def load() -> tuple[set[str], str]:
    """The numbers of the exercises answered, and a line on a damaged file, which is set aside."""
    file = place()
    try:
        answered = json.loads(file.read_text(encoding="utf-8"))["answered"]
        if not isinstance(answered, list) or not all(isinstance(number, str) for number in answered):
            raise TypeError
        return set(answered), ""
    except FileNotFoundError:
        return set(), ""
    except (OSError, ValueError, KeyError, TypeError):
        aside = file.with_name(f"{file.stem}.damaged{file.suffix}")
        if not file.is_file():
            return set(), UNWRITABLE.format(file=file.name, reason="it is no file")
        try:
            os.replace(file, aside)
        except OSError as error:
            return set(), UNWRITABLE.format(file=file.name, reason=error.strerror)
        return set(), DAMAGED.format(file=file.name, aside=aside.name)


def add(number: str) -> str:
    """Count an exercise as answered. Returns a line if something went wrong with the file."""
    file, (answered, note) = place(), load()
    if number in answered or (file.exists() and not file.is_file()):
        return note
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        # Written beside it and moved into place, so that the file is whole at every moment.
        beside.write_text(json.dumps({"answered": sorted(answered | {number})}), encoding="utf-8")
        os.replace(beside, file)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        return UNWRITABLE.format(file=file.name, reason=error.strerror)
    return note


def line(lesson: Lesson, answered: set[str], width: int = 0) -> str:
    """One line on a lesson: its number and title, a dot for each exercise, how many are answered."""
    dots = "".join("●" if number in answered else "○" for number in lesson.exercises)
    return f"{lesson.number:02}  {lesson.title:<{width}}  {dots}  {dots.count('●')} of {len(dots)} answered"
