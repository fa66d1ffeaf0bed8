"""Every small change to a worked answer is rejected, or is listed beside the check with the reason why it is right.

`python -m pytest` tries a share of the mutants, drawn by the day; `MUTANTS=all` tries all of them, `MUTANTS=5` those of
one lesson and `MUTANTS=5.2` those of one exercise. `MUTANTS_SEED` draws the share of another day.
"""

import datetime
import os
import random
from typing import Any

import pytest

from course.cut import region, solution_cell
from course.exercise import Answer, Exercise
from tests.answers import EXERCISES, LIBRARIES, lesson_of, run
from tests.mutants import mutants

SHARE = 80
SEED = os.environ.get("MUTANTS_SEED") or datetime.datetime.now(datetime.UTC).date().isoformat()
WANTED = os.environ.get("MUTANTS", "")


def made() -> list[tuple[Exercise, str, str]]:
    found = [
        (exercise, told, lines)
        for number, exercise in EXERCISES.items()
        if WANTED in ("", "all", number, lesson_of(number))
        for told, lines in mutants(region(solution_cell(number)))
    ]
    return found if WANTED else random.Random(SEED).sample(found, min(SHARE, len(found)))


MADE = made()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(("exercise", "told", "lines"), MADE, ids=[f"{e.number} {told}" for e, told, _ in MADE])
def test_mutants_are_rejected(exercise: Exercise, told: str, lines: str, library: str) -> None:
    try:
        variables: dict[str, Any] = run("solutions", exercise, library, Answer("instead", lines))
    except Exception:
        return  # the cell itself raises: nobody comes as far as the check
    verdict = exercise.check(variables, search=False)
    if told in exercise.equivalents:
        assert verdict.state == "right", f"{told} is said to be right: {verdict.text}"
    else:
        assert verdict.state in ("wrong", "unanswered"), (
            f"{exercise.number}, drawn with MUTANTS_SEED={SEED}: the mutant is accepted\n  {told}\n{lines}\n"
            f"If it is right, say so beside the check: .equivalent({told!r}, because=…)"
        )


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_equivalents_are_mutants(exercise: Exercise) -> None:
    assert set(exercise.equivalents) <= {told for told, _ in mutants(region(solution_cell(exercise.number)))}
    assert all(len(because) > 10 for because in exercise.equivalents.values())
