"""The checks, one file for each exercise notebook, found by their names, `exNN_name.py`; nothing lists them."""

import importlib
import pkgutil
import re

from course.comparing import shorten
from course.exercise import Exercise, Lesson


def lessons() -> list[Lesson]:
    """Every lesson that has exercises, in order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name.startswith("ex"))
    return [_load(name) for name in names]


def find(number: str) -> Exercise:
    """Return the exercise with this number, such as "2.3", or the step, such as "11, step 1"; ValueError if none."""
    prefix = f"ex{re.split('[.,]', number)[0]:0>2}_"
    names = [module.name for module in pkgutil.iter_modules(__path__) if number and module.name.startswith(prefix)]
    lesson = _load(names[0]) if names else None
    exercises = {**lesson.exercises, **lesson.steps} if lesson else {}
    if number not in exercises:
        others = f", only {', '.join(exercises)}" if exercises else ""
        raise ValueError(f"there is no exercise {shorten(number, 40)!r}{others}")
    return exercises[number]


def _load(name: str) -> Lesson:
    lesson = importlib.import_module(f"{__name__}.{name}").lesson
    if not isinstance(lesson, Lesson):
        raise TypeError(f"course/checks/{name}.py should make a Lesson named `lesson`, and makes {lesson!r}")
    return lesson
