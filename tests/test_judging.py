"""The checks: they say "not answered yet", accept the solution, and name the mistake in a wrong answer."""

import contextlib
import io
import json
import linecache
import math
import os
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import course
from course import answered
from course.checks import find, lessons
from course.cut import fill
from course.exercise import COMMON, Exercise, Function, Lesson, Rejected, Tensor, WrongAnswer, call, difference, expect

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = {number: exercise for lesson in lessons() for number, exercise in lesson.exercises.items()}
WRONG = [(exercise, wrong) for exercise in EXERCISES.values() for wrong in exercise.wrong_answers]
LIBRARIES = ["minigrad", pytest.param("torch", marks=pytest.mark.torch)]

every_exercise = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
every_library = pytest.mark.parametrize("library", LIBRARIES)


def notebook(folder: str, exercise: Exercise) -> list[dict[str, Any]]:
    """The code cells of the notebook that an exercise stands in."""
    [path] = ROOT.glob(f"{folder}/{exercise.number.partition('.')[0]:0>2}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        cell
        for cell in cells
        if cell["cell_type"] == "code" and "solution-only" not in cell["metadata"].get("tags", [])
    ]


def run(
    folder: str, exercise: Exercise, library: str = "minigrad", answer: WrongAnswer | None = None
) -> dict[str, Any]:
    """The variables of a notebook run down to the check of an exercise, with another answer if one is given."""
    variables: dict[str, Any] = {"__name__": "__main__"}
    answer_id, check_id = (f"{cell}_{exercise.number.replace('.', '_')}" for cell in ("answer", "check"))
    for position, cell in enumerate(notebook(folder, exercise)):
        source, grade_id = "".join(cell["source"]), cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if grade_id == check_id:
            return variables
        if grade_id.startswith("check_"):
            continue
        if grade_id == answer_id and answer and not answer.after_solution:
            source = fill(source, answer.lines)
        elif grade_id == answer_id and answer:
            source = f"{source}\n{answer.lines}"
        source = source.replace("import minigrad as torch", f"import {library} as torch")
        name = f"<cell {position}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, name, "exec"), variables)
    raise LookupError(f"no cell {check_id}")


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
@pytest.mark.parametrize(("exercise", "wrong"), WRONG, ids=[f"{e.number}-{w.hint}" for e, w in WRONG])
def test_wrong_answer_meets_its_own_hint(exercise: Exercise, wrong: WrongAnswer, library: str) -> None:
    verdict = exercise.check(run("solutions", exercise, library, wrong))
    assert (verdict.state, verdict.hint) == ("wrong", wrong.hint), verdict.text
    hint = exercise.hints.get(wrong.hint) or COMMON[wrong.hint]
    assert hint in " ".join(verdict.text.split())
    assert len(verdict.text.splitlines()) <= 7
    assert "Traceback" not in verdict.text
    assert "0x" not in verdict.text


@every_exercise
def test_wrong_answers_are_many_and_every_hint_is_met(exercise: Exercise) -> None:
    assert len(exercise.wrong_answers) >= 4
    assert {wrong.hint for wrong in exercise.wrong_answers} - set(COMMON) == set(exercise.hints)
    texts = [*exercise.hints.values(), *filter(None, COMMON.values())]
    assert len(set(texts)) == len(texts)


@every_exercise
def test_a_notebook_has_one_name_for_each_answer(exercise: Exercise) -> None:
    others = [e for n, e in EXERCISES.items() if n.partition(".")[0] == exercise.number.partition(".")[0]]
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
            answers += [{name: {**variables[name], key: STUPID[stupid]}} for key in variables[name]]
        elif annotation == Tensor and stupid == "nan":
            answers.append({name: variables[name] * STUPID[stupid]})
    accepted = []
    for answer in answers:
        verdict = exercise.check({**variables, **answer})
        if verdict.state == "right":
            accepted.append(answer)
            continue
        assert verdict.state == "wrong"
        assert verdict.hint != "unreadable", verdict.text
        assert len(verdict.text) < 900
    # None is a prediction that can be right, in one place.
    assert len(accepted) <= (stupid == "None" and len(exercise.names) == 1 and next(iter(exercise.names)) == "reading")


# The form itself, on exercises made here.


def test_the_documented_example_is_true() -> None:
    written = (course.__doc__ or "").split("and of the library in use there:\n")[1].split("\n- The annotations")[0]
    variables: dict[str, Any] = {}
    exec(textwrap.dedent(written), variables)
    exercise = variables["has_node"]
    assert exercise.check({"has_node": lambda t: t.grad_fn is not None}).state == "right"
    for wrong in exercise.wrong_answers:
        answer: dict[str, Any] = {}
        exec(f"def has_node(t):\n    {wrong.lines}", answer)
        assert exercise.check(answer).hint == wrong.hint


def make(judge: Function, **hints: str) -> Exercise:
    return Lesson(7, "a lesson").exercise(1, right="Well done.", hints=hints)(judge)


def double(answer: Function, torch: Any) -> None:
    for number in (2.0, -1.5, 0.0):
        t = torch.tensor([number])
        expect(f"answer([{number}])", call(f"answer([{number}])", answer, t), t * 2)


def endless(t: Any) -> None:
    while True:
        with contextlib.suppress(Exception):
            t = t + 0


def recursive(t: Any) -> Any:
    return recursive(t)


def stops(t: Any) -> None:
    raise SystemExit


def switches_off(t: Any) -> Any:
    import minigrad

    minigrad.set_grad_enabled(False)
    print("a line of the learner's")
    return t * 2


ANSWERS: dict[str, tuple[Callable[..., Any], str, str]] = {
    "returns its input": (lambda t: t, "value", "came out"),
    "doubles in place": (lambda t: t.mul_(2), "changed", "changed what it was given"),
    "adds a dimension": (lambda t: (t * 2).reshape(1, 1), "type", "shape"),
    "another dtype": (lambda t: (t * 2).double(), "type", "dtype"),
    "a list": (lambda t: (t * 2).tolist(), "type", "It is a list, and should be a tensor."),
    "an array": (lambda t: (t * 2).numpy(), "type", "ndarray"),
    "nan": (lambda t: t * math.nan, "value", "nan"),
    "all zero": (lambda t: t * 0, "value", "came out"),
    "nothing": (lambda t: None, "unanswered", "..."),
    "raises": (lambda t: t.colour, "raised", "AttributeError"),
    "two parameters": (lambda t, u: t, "raised", "TypeError"),
    "endless": (endless, "endless", "stopped"),
    "recursive": (recursive, "raised", "RecursionError"),
    "stops": (stops, "raised", "SystemExit"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_function_answers(name: str) -> None:
    answer, hint, text = ANSWERS[name]
    verdict = make(double).check({"answer": answer})
    assert hint == (verdict.hint or verdict.state)
    assert text in verdict.text


def test_what_an_answer_does_besides_stays_inside(capsys: pytest.CaptureFixture[str]) -> None:
    import minigrad

    assert make(double).check({"answer": switches_off}).state == "right"
    assert minigrad.is_grad_enabled()
    assert capsys.readouterr().out == ""


def test_an_exception_is_told_with_its_line() -> None:
    source = "def answer(t):\n    t = t + 1\n    return t[5]\n"
    linecache.cache["<told>"] = (len(source), None, source.splitlines(keepends=True), "<told>")
    variables: dict[str, Any] = {}
    exec(compile(source, "<told>", "exec"), variables)
    text = make(double).check(variables).text
    assert "IndexError" in text
    assert "(line 3 of its cell: return t[5])" in text
    assert "Traceback" not in text


def holes(t: Any) -> Any:
    t = ...
    return t


def indexes(t: Any) -> Any:
    return (t * 2)[...]


@pytest.mark.parametrize("answer", [..., holes, lambda t: ..., {"a": ...}, [1, (..., 2)]], ids=repr)
def test_a_hole_is_not_answered(answer: Any) -> None:
    assert make(double).check({"answer": answer}).state == "unanswered"


def test_an_index_is_no_hole() -> None:
    assert make(double).check({"answer": indexes}).state == "right"


def test_mistakes_are_named_and_hints_must_exist() -> None:
    def judge(answer: list, torch: Any) -> None:
        expect("answer", answer, [1, 2], order=[2, 1])

    exercise = make(judge, order="The wrong way round.")
    assert exercise.check({"answer": [2, 1]}).hint == "order"
    assert exercise.check({"answer": [2, 2]}).hint == "value"
    assert exercise.check({"answer": [True, 2]}).hint == "type"
    assert exercise.check({"answer": (1, 2)}).hint == "type"
    assert exercise.check({"answer": [1, 2]}).state == "right"
    with pytest.raises(ValueError, match="no hint 'ordr'"):
        exercise.wrong("ordr", "answer = [2, 1]")


def test_a_fault_in_a_check_is_one_line() -> None:
    def judge(answer: int, torch: Any) -> None:
        raise KeyError("fault")

    verdict = make(judge).check({"answer": 1})
    assert verdict.hint == "unreadable"
    assert "KeyError" in verdict.text


SAME = [
    (1, 1),
    (True, True),
    (0.3, 0.1 + 0.2),
    ([1, None], [1, None]),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ("a", "a"),
]
DIFFERENT = [
    (True, 1),
    (1, True),
    (1, 1.0),
    (1.0, 1),
    (np.float64(1.0), 1.0),
    (np.bool_(True), True),
    ((1, 2), [1, 2]),
    ([1, 2], [2, 1]),
    ([1], [1, 1]),
    ([1, 1], [1]),
    ({"a": 1}, {"a": 1, "b": 1}),
    (math.nan, 1.0),
    (1.0, math.nan),
    (math.nan, math.nan),
    (math.inf, 1.0),
    (1.0, math.inf),
    (-math.inf, math.inf),
    (1e-9, 0.0),
    (0.0, 1e-9),
    (1.001, 1.0),
    (None, 0.0),
    (0, None),
    ("a", ["a"]),
    ("", None),
]


def test_sameness_is_strict() -> None:
    assert [pair for pair in SAME if difference(*pair) is not None] == []
    assert [pair for pair in DIFFERENT if difference(*pair) is None] == []


@every_library
def test_sameness_of_tensors_is_strict(library: str) -> None:
    torch: Any = pytest.importorskip(library)
    want = torch.tensor([1.0, 2.0])
    same = [torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.000001]), torch.tensor([1.0, 2.0], requires_grad=True)]
    other = [
        torch.tensor([[1.0, 2.0]]),
        torch.tensor([1.0]),
        torch.tensor([2.0, 1.0]),
        torch.tensor([1.0, math.nan]),
        torch.tensor([1, 2]),
        torch.tensor([1.0, 2.0], dtype=torch.float64),
        np.array([1.0, 2.0], dtype=np.float32),
        [1.0, 2.0],
        1.0,
        None,
    ]
    assert [t for t in same if difference(t, want) is not None] == []
    assert [t for t in other if difference(t, want) is None] == []
    assert difference(torch.tensor(1.0), torch.tensor([1.0])) is not None
    assert difference(torch.tensor([0.0, 1e-9]), torch.tensor([0.0, 0.0])) == ""
    assert difference(torch.tensor([0.0, 0.0]), torch.tensor([1e-9, 1e-9])) == ""


def test_unknown_numbers() -> None:
    with pytest.raises(ValueError, match=r"no exercise '1\.99', only 1\.1"):
        find("1.99")
    with pytest.raises(ValueError, match="no exercise 'one'"):
        find("one")


def test_two_exercises_with_one_number() -> None:
    lesson = Lesson(7, "a lesson")
    lesson.exercise(1, right="", hints={})(double)
    with pytest.raises(ValueError, match=r"two exercises 7\.1"):
        lesson.exercise(1, right="", hints={})


def test_what_a_name_can_be() -> None:
    def generic(answer: dict[str, int], torch: Any) -> None: ...

    def silent(answer, torch): ...

    def quoted(answer: "dict", torch: Any) -> None: ...

    with pytest.raises(TypeError, match="a name can be a Function"):
        make(generic)
    with pytest.raises(KeyError, match="answer"):
        make(silent)
    assert make(quoted).check({"answer": {}}).state == "right"
    assert make(quoted).check({"answer": []}).hint == "type"


# Progress, and what check() does besides judging.


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The progress file, while working in exercises/."""
    path = tmp_path / ".progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    monkeypatch.chdir(ROOT / "exercises")
    return path


def check(variables: dict[str, Any], number: str = "1.5") -> str:
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


def test_progress_is_counted_and_shown(file: Path, right: dict[str, Any]) -> None:
    total = len(find_lesson("1.5").exercises)
    before = progress()
    assert not file.exists()
    assert f"0 of {total} answered" in check({})
    assert not file.exists()
    assert f"1 of {total} answered" in check(right)
    assert f"1 of {total} answered" in check(right)
    assert f"1 of {total} answered" in check({})
    assert json.loads(file.read_text())["answered"] == ["1.5"]
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert len(progress().splitlines()) == len(lessons())
    assert progress() != before
    file.unlink()
    assert progress() == before


def find_lesson(number: str) -> Lesson:
    return next(lesson for lesson in lessons() if number in lesson.exercises)


def test_progress_counts_only_in_exercises(file: Path, right: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "solutions")
    assert check(right) == f"1.5 right. {find('1.5').right}\n"
    assert not file.exists()


@pytest.mark.parametrize(
    "damaged",
    [b"", b"{", b"[]", b"null", b'{"answered": 3}', b'{"answered": ["1.5", 2]}', b'{"other": []}', b"\xff\xfe\x00"],
)
def test_a_damaged_file_is_set_aside(file: Path, right: dict[str, Any], damaged: bytes) -> None:
    file.write_bytes(damaged)
    text = check(right)
    assert "could not be read" in text
    assert "1 of" in text
    assert (file.parent / ".progress.damaged.json").read_bytes() == damaged
    assert "could not be read" not in check(right)
    assert "could not be read" not in progress()


def test_a_damaged_file_is_told_by_progress(file: Path) -> None:
    file.write_text("{")
    assert "could not be read" in progress()
    assert not file.exists()


def test_a_place_that_cannot_be_written(file: Path, right: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", str(file.parent / "missing" / "file.json"))
    text = check(right)
    assert "1.5 right" in text
    assert "could not be written" in text
    file.mkdir()
    monkeypatch.setenv("COURSE_PROGRESS", str(file))
    assert "it is no file" in check(right)
    assert file.is_dir()


def test_nothing_is_lost_when_writing_fails(file: Path, right: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('{"answered": ["1.1"]}')

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    assert "No space left on device" in check(right)
    assert json.loads(file.read_text()) == {"answered": ["1.1"]}
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_numbers_of_exercises_that_are_gone_do_not_count(file: Path) -> None:
    before = progress()
    file.write_text('{"answered": ["1.99", "99.1"]}')
    assert progress() == before


def test_nbgrader_sees_an_exception(right: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert "right" in check(right)
    with pytest.raises(AssertionError, match="not right yet"):
        check({**right, "kind": lambda t: "plain"})
    with pytest.raises(AssertionError, match="not answered yet"):
        check({})


def test_rejections_need_a_hint_that_exists() -> None:
    def judge(answer: int, torch: Any) -> None:
        raise Rejected("unheard of")

    with pytest.raises(KeyError):
        make(judge).check({"answer": 1})


def test_the_place_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    assert answered.place() == ROOT / ".progress.json"
