"""The checks: they say "not answered yet", accept right answers, and name the mistake in a wrong one."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest

from course.comparing import difference
from course.cut import solution_cell
from course.exercise import Answer, Exercise, Function, Tensor
from course.judging import COMMON
from tests.answers import EXERCISES, every_exercise, every_library, lesson_of, run

WRONG = [(exercise, wrong) for exercise in EXERCISES.values() for wrong in exercise.wrong_answers]
RIGHT = [(exercise, right) for exercise in EXERCISES.values() for right in exercise.right_answers]


@every_exercise
def test_untouched_is_not_answered_yet(exercise: Exercise) -> None:
    for verdict in (exercise.check(run("exercises", exercise)), exercise.check({})):
        assert verdict.state == "unanswered"
        assert verdict.text.startswith(f"{exercise.number} not answered yet")
        assert "\n" not in verdict.text


@every_library
@every_exercise
def test_solution_is_right(exercise: Exercise, library: str) -> None:
    verdict = exercise.check(run("solutions", exercise, library))
    assert verdict.text == f"{exercise.number} right. {exercise.right}"


@every_library
@pytest.mark.parametrize(("exercise", "right"), RIGHT, ids=[f"{e.number}" for e, _ in RIGHT])
def test_right_answer_in_another_style_is_right(exercise: Exercise, right: Answer, library: str) -> None:
    verdict = exercise.check(run("solutions", exercise, library, right))
    assert verdict.state == "right", verdict.text


@every_library
@pytest.mark.parametrize(("exercise", "wrong"), WRONG, ids=[f"{e.number}-{w.hint}" for e, w in WRONG])
def test_wrong_answer_meets_its_own_hint(exercise: Exercise, wrong: Answer, library: str) -> None:
    verdict = exercise.check(run("solutions", exercise, library, wrong))
    assert (verdict.state, verdict.hint) == ("wrong", wrong.hint), verdict.text
    hint = exercise.hints.get(wrong.hint) or COMMON[wrong.hint]
    assert hint in " ".join(verdict.text.split())
    assert len(verdict.text.splitlines()) <= 8
    assert "Traceback" not in verdict.text
    assert "0x" not in verdict.text


@every_exercise
def test_answers_are_many_and_every_hint_is_met(exercise: Exercise) -> None:
    assert len(exercise.wrong_answers) >= 4
    assert len(exercise.right_answers) >= 3
    met = {wrong.hint for wrong in exercise.wrong_answers}
    assert met - (COMMON.keys() - exercise.hints.keys()) == set(exercise.hints)
    texts = [*exercise.hints.values(), *filter(None, COMMON.values())]
    assert len(set(texts)) == len(texts)


@every_exercise
def test_no_answer_is_there_twice(exercise: Exercise) -> None:
    solution, name = solution_cell(exercise.number), next(iter(exercise.names))
    sources = Counter(answer.cell(solution, name) for answer in [*exercise.wrong_answers, *exercise.right_answers])
    assert [source for source, times in sources.items() if times > 1] == []


@every_exercise
def test_a_notebook_has_one_name_for_each_answer(exercise: Exercise) -> None:
    others = [e for n, e in EXERCISES.items() if lesson_of(n) == lesson_of(exercise.number)]
    assert [other.number for other in others if other.names.keys() & exercise.names.keys()] == [exercise.number]


class Odd:
    """Answers questions about itself badly."""

    def __repr__(self) -> str:
        raise ValueError("no repr")

    def __eq__(self, other: object) -> bool:
        raise ValueError("no comparison")

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise ValueError("no truth")


class Agreeable:
    """Equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


itself: list[Any] = []
itself.append(itself)
STUPID: dict[str, Any] = {
    "None": None,
    "text": "x",
    "empty text": "",
    "nan": math.nan,
    "list": [],
    "tuple": (),
    "dict": {},
    "dict of nan": {"a": math.nan},
    "object": object(),
    "True": True,
    "1": 1,
    "array": np.ones(3),
    "0-d array": np.float32(1.0),
    "class": int,
    "module": math,
    "odd": Odd(),
    "agreeable": Agreeable(),
    "itself": itself,
    "long": "x" * 10_000,
}


@pytest.mark.parametrize("stupid", STUPID)
@every_exercise
def test_stupid_answers(exercise: Exercise, stupid: str) -> None:
    variables = run("solutions", exercise)
    answers = [{name: STUPID[stupid]} for name in exercise.names]
    for name, annotation in exercise.names.items():
        if annotation == Function:
            answers.append({name: lambda *_: STUPID[stupid]})
        elif annotation is dict:
            answers.append({name: dict.fromkeys(variables[name], STUPID[stupid])})
            wrong = [key for key, right in variables[name].items() if difference(STUPID[stupid], right) is not None]
            answers += [{name: {**variables[name], key: STUPID[stupid]}} for key in wrong]
        elif annotation == Tensor and stupid == "nan":
            answers.append({name: variables[name] * STUPID[stupid]})
    for answer in answers:
        verdict = exercise.check({**variables, **answer}, search=False)
        assert verdict.state == "wrong", verdict.text
        assert len(verdict.text) < 1200


class OwnEnd(BaseException):
    """Not an Exception."""


def exits() -> None:
    raise SystemExit


def interrupts() -> None:
    raise KeyboardInterrupt


def ends() -> None:
    raise OwnEnd("of its own")


def calls_itself() -> None:
    calls_itself()


FUNCTIONS = [number for number, exercise in EXERCISES.items() if Function in exercise.names.values()]


@pytest.mark.parametrize("hostile", [exits, interrupts, ends, calls_itself], ids=lambda function: function.__name__)
@pytest.mark.parametrize("number", FUNCTIONS)
def test_whatever_is_raised_is_told(number: str, hostile: Any) -> None:
    exercise = EXERCISES[number]
    variables = run("solutions", exercise)
    answers = {name: lambda *_: hostile() for name, kind in exercise.names.items() if kind == Function}
    verdict = exercise.check({**variables, **answers}, search=False)
    assert verdict.state == "wrong", verdict.text
    assert len(verdict.text.splitlines()) <= 8
