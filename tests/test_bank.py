"""The bank of questions: every question under many seeds, and the papers that they are asked on."""

import contextlib
import html
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import nbformat
import pytest

import minigrad
from course import answered, bank
from course.bank import drills, papers
from course.bank.cards import Asked, Card, address
from course.bank.form import PAIRS, Bank, Generator, Letter, Number, Numbers, Question, Word, Words, WrongKind, run
from minigrad.drawing.svg import FOLLOWS_THEME
from tests.answers import ROOT

LESSONS = bank.lessons()
GENERATORS = [generator for lesson in LESSONS for generator in lesson.generators]
IDS = [f"q{generator.key}" for generator in GENERATORS]
SEEDS = range(40)


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The record of what was asked, which begins empty."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / ".progress.txt"))
    monkeypatch.setattr(papers, "_visits", {})
    return tmp_path / ".questions.txt"


def printed(action: Callable[[], Any]) -> tuple[str, Any]:
    """What is shown outside of a notebook, and what is returned."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        result = action()
    return out.getvalue(), result


def shown(action: Callable[[], Any]) -> str:
    return printed(action)[0]


def words(document: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", document)).split())


def said(question: Question, value: Any) -> Any:
    """A value as a learner would type it: for a choice, its letter."""
    if isinstance(question.kind, Letter):
        return next(letter for letter, (other, _) in question.kind._lettered() if other == value)
    return value


# Every question


@pytest.mark.parametrize("generator", GENERATORS, ids=IDS)
def test_a_question_holds_together_for_every_seed(generator: Generator) -> None:
    answers, reasoned = set(), 0
    for seed in SEEDS:
        question = generator.draw(seed, minigrad)
        asked = Asked(1, generator, question)
        text = asked.text()
        kind = question.kind
        assert kind.asks in " ".join(text.split())
        assert asked.reply(said(question, question.truth)).state == "right"
        for place, (value, reason) in enumerate(question.wrong):
            assert not kind.same(value, question.truth)
            assert not any(kind.same(value, other) for other, _ in question.wrong[:place])
            reply = asked.reply(said(question, value))
            assert reply.state == "wrong"
            assert reason in reply.sentences
            assert question.because in reply.sentences
            reasoned += 1
        if isinstance(kind, Letter):
            assert len({text for _, text in kind.choices}) == len(kind.choices)
            assert 2 <= len(kind.choices) <= 6
        for line in text.splitlines():
            assert len(line) <= 120, line
        assert "0x" not in text
        answers.add(repr(question.truth))
        assert generator.draw(seed, minigrad).text == question.text
        assert Asked(1, generator, generator.draw(seed, minigrad)).text() == text
    assert len(answers) > 1, "whatever is drawn, the answer is the same"
    assert reasoned >= len(SEEDS), "hardly any wrong answer is met with a reason"


@pytest.mark.parametrize("generator", GENERATORS, ids=IDS)
def test_numbers_are_small_enough_for_the_head(generator: Generator) -> None:
    for seed in SEEDS:
        truth = generator.draw(seed, minigrad).truth
        for number in truth if isinstance(truth, list) else [truth]:
            if isinstance(number, int | float):
                assert abs(number) <= 2000
                assert abs(number * 1000 - round(number * 1000)) < 1e-2


@pytest.mark.parametrize("generator", GENERATORS, ids=IDS)
def test_a_question_is_drawn_at_once(generator: Generator) -> None:
    """A review has three of them, and an exam twenty."""
    for seed in range(5):
        begun = time.process_time()
        generator.draw(seed, minigrad)
        assert time.process_time() - begun < 0.15


@pytest.mark.parametrize("generator", GENERATORS, ids=IDS)
def test_the_surroundings_make_no_difference(generator: Generator) -> None:
    want = generator.draw(3, minigrad)
    minigrad.manual_seed(5)
    try:
        minigrad.set_grad_enabled(False)
        minigrad.set_default_dtype(minigrad.float64)
        got = generator.draw(3, minigrad)
        assert not minigrad.is_grad_enabled()
        assert minigrad.get_default_dtype() == minigrad.float64
    finally:
        minigrad.set_grad_enabled(True)
        minigrad.set_default_dtype(minigrad.float32)
    assert (got.text, got.truth, got.wrong) == (want.text, want.truth, want.wrong)
    drawn = minigrad.rand(3)
    assert minigrad.equal(drawn, minigrad.rand(3, generator=minigrad.Generator().manual_seed(5))), (
        "random numbers were used up"
    )


@pytest.mark.torch
@pytest.mark.parametrize("generator", GENERATORS, ids=IDS)
def test_pytorch_gives_the_same(generator: Generator) -> None:
    torch = importlib.import_module("torch")
    for seed in SEEDS:
        ours, theirs = (generator.draw(seed, library) for library in (minigrad, torch))
        assert (ours.text, ours.code, ours.kind) == (theirs.text, theirs.code, theirs.kind)
        assert (ours.because, ours.truth, ours.wrong) == (theirs.because, theirs.truth, theirs.wrong)
        assert (ours.picture is None) == (theirs.picture is None)
        if ours.picture is not None:
            assert ours.picture.outline == theirs.picture.outline


@pytest.mark.parametrize("lesson", LESSONS, ids=[f"q{lesson.number:02}" for lesson in LESSONS])
def test_a_lesson_has_questions_enough(lesson: Bank) -> None:
    assert len(lesson.generators) >= (3 if lesson.number == 0 else 6)
    assert (ROOT / "notebooks" / address(lesson)).resolve().is_file()


def test_every_lesson_with_checks_has_questions() -> None:
    from course.checks import lessons

    assert {lesson.number for lesson in lessons()} <= {lesson.number for lesson in LESSONS}
    titles = {lesson.number: lesson.title for lesson in lessons()}
    assert [lesson.number for lesson in LESSONS] == sorted({lesson.number for lesson in LESSONS})
    assert set(titles) == {lesson.number for lesson in LESSONS if lesson.number in titles}


def test_what_is_confused_is_asked_side_by_side() -> None:
    pairs = [generator.pair for generator in GENERATORS if generator.pair]
    assert {*pairs} == {*PAIRS}
    assert all(pairs.count(pair) >= 2 for pair in PAIRS)


# Kinds of answers


@pytest.mark.parametrize(
    ("kind", "answer", "read"),
    [
        (Number(), 4, 4),
        (Number(), -2.5, -2.5),
        (Number(), minigrad.tensor(3.0), 3.0),
        (Number(), "4.5", 4.5),
        (Number(), "1/4", 0.25),
        (Number(), "−2", -2.0),
        (Numbers(2), (1, 2.5), [1, 2.5]),
        (Numbers(2), minigrad.tensor([1.0, 2.0]), [1.0, 2.0]),
        (Word("runs", "raises"), " Runs ", "runs"),
        (Word("True", "False"), True, "True"),
        (Word("True", "False"), "false", "False"),
        (Word("None", "zero"), None, "None"),
        (Words("True", "False", count=2), [True, False], ["True", "False"]),
        (Words("None", "zero", count=2), (None, "zero"), ["None", "zero"]),
    ],
)
def test_answers_are_read(kind: Any, answer: Any, read: Any) -> None:
    assert kind.read(answer) == read


class Hostile:
    def __repr__(self) -> str:
        raise RuntimeError("not even a repr")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("nor a comparison")

    __hash__ = object.__hash__


NONSENSE = [
    "nonsense",
    3j,
    [],
    {},
    object(),
    Hostile(),
    print,
    [...],
    [[1]],
    [1, "x"],
    minigrad.ones(2, 2),
    {1: 2},
    b"A",
]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (Number(), "A number is expected"),
        (Numbers(3), "list"),
        (Word("runs", "raises"), 'One of `"runs"` and `"raises"` is expected'),
        (Words("True", "False", count=3), "list"),
        (Letter(Random(0), [(1, "one"), (2, "two")]), "A letter from A to B is expected"),
    ],
)
def test_other_kinds_are_told_what_is_wanted(kind: Any, wanted: str) -> None:
    for answer in [*NONSENSE, None, True, float]:
        with pytest.raises(WrongKind) as caught:
            kind.read(answer)
        assert wanted in str(caught.value) or "There is still a" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_number_may_be_rounded_and_a_count_may_not() -> None:
    number = Number()
    assert number.same(0.333, 1 / 3)
    assert not number.same(0.3, 1 / 3)
    assert not number.same(801, 800)
    assert number.same(800.0, 800)
    assert not number.same(0.01, 0.0)
    assert number.same(float("nan"), float("nan"))
    assert not number.same(1.0, float("nan"))


def test_a_question_whose_choices_lack_the_truth_is_refused() -> None:
    with pytest.raises(ValueError, match="one should be the truth"):
        Question("?", Letter(Random(0), [(1, "one"), (2, "two")]), 3, "")


def test_reasons_that_are_the_truth_or_there_already_are_left_out() -> None:
    question = Question("?", Number(), 4.0, "because", [(4, "a"), (5, "b"), (5.0, "c"), (6, "d")])
    assert question.wrong == ((5, "b"), (6, "d"))
    assert (question.reason(5), question.reason(7)) == ("b", "")


def test_code_that_raises_is_told_from_code_that_runs() -> None:
    ran = run(minigrad, "x = 1\nprint(x)")
    assert (ran.end, ran("x + 1"), ran.printed) == ("runs", 2, "1\n")
    ran = run(minigrad, "x = 1 / 0")
    assert (ran.end, type(ran.error)) == ("raises", ZeroDivisionError)


# Three questions at the start of a lesson


def test_a_review_asks_three_from_lessons_at_least_two_back() -> None:
    for number in range(2, 16):
        text, questions = printed(lambda number=number: bank.review(f"{number:02}"))  # type: ignore[misc]
        lessons = [asked.generator.lesson.number for asked in questions.asked]
        assert len({asked.generator for asked in questions.asked}) == 3
        assert max(lessons) <= number - 2
        assert text.startswith("Three questions from lessons before this one")
        if number >= 6:
            assert any(asked.generator.pair for asked in questions.asked)
            assert any(lesson <= number - 4 for lesson in lessons)
        if 6 <= number <= 12:
            assert any(lesson >= number - 3 for lesson in lessons)


def test_unanswered_nothing_is_shown() -> None:
    _, questions = printed(lambda: bank.review("10"))
    assert shown(lambda: questions.answer(..., ..., ...)) == ""
    assert shown(lambda: questions.answer()) == ""


def test_answers_are_judged() -> None:
    _, questions = printed(lambda: bank.review("10"))
    truths = [said(asked.question, asked.question.truth) for asked in questions.asked]
    assert shown(lambda: questions.answer(*truths)).startswith("3 of 3 right\n\n1 right. ")
    text = shown(lambda: questions.answer(truths[0], ..., truths[2]))
    assert text.startswith("2 of 3 right")
    assert "2 not answered yet: Answer with" in text
    first = questions.asked[0]
    value, reason = first.question.wrong[0]
    text = shown(lambda: questions.answer(said(first.question, value), *truths[1:]))
    assert "1 not right yet." in text
    assert " ".join(reason.split()) in " ".join(text.split())
    assert f"Go back to lesson {first.generator.lesson.number:02}" in text
    assert "Three answers are expected".casefold() in shown(lambda: questions.answer(1)).casefold()
    for nonsense in NONSENSE:
        text = shown(lambda paper=questions, n=nonsense: paper.answer(n, ..., ...))  # type: ignore[misc]
        assert "Traceback" not in text


def test_each_visit_brings_other_questions_and_the_record_keeps_them(file: Path) -> None:
    texts = [shown(lambda: bank.review("10")) for _ in range(6)]
    assert len({*texts}) == 6
    lines = file.read_text().split("\n")
    assert sum(line.startswith("10 ") for line in lines) == 6
    assert not answered.place().exists()
    keys = [key for line in lines for key in line.split()[1:]]
    assert len(keys) == 18
    assert len({*keys}) >= 15, "the same questions come back too soon"


def test_the_first_visit_is_the_same_for_everybody(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shown(lambda: bank.review("10"))
    assert shown(lambda: bank.review("10")) != first
    file.unlink()
    monkeypatch.setattr(papers, "_visits", {})
    assert shown(lambda: bank.review("10")) == first


def test_a_notebook_under_test_is_on_its_first_visit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """nbval compares with what was saved on a first visit, also where a learner has been before."""
    first = shown(lambda: bank.review("10"))
    monkeypatch.delenv("COURSE_PROGRESS")
    monkeypatch.setattr(answered, "ROOT", tmp_path)
    (tmp_path / ".questions.txt").write_text("10 01/leaves\n" * 5)
    monkeypatch.setattr(papers, "_visits", {})
    assert os.environ["PYTEST_VERSION"]
    assert shown(lambda: bank.review("10")) == first
    assert (tmp_path / ".questions.txt").read_text() == "10 01/leaves\n" * 5


@pytest.mark.parametrize("odd", ["folder", "read-only", "nonsense", "missing folder"])
def test_an_odd_record_costs_nothing(file: Path, odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if odd == "folder":
        file.mkdir()
    elif odd == "missing folder":
        monkeypatch.setenv("COURSE_PROGRESS", str(file.parent / "missing" / ".progress.txt"))
    else:
        file.write_bytes(b"\xff\xfe\n\n10\n10 nothing/known\n{")
        file.chmod(0o444 if odd == "read-only" else 0o644)
    texts = [shown(lambda: bank.review("10")) for _ in range(3)]
    assert len({*texts}) == 3, "without a record, the kernel remembers"
    assert shown(lambda: bank.review()).startswith("Five questions")


@pytest.mark.parametrize("lesson", ["ten", "100", -1, "", [], 1.5, Hostile])
def test_a_lesson_that_does_not_exist_is_one_line(lesson: Any) -> None:
    text, questions = printed(lambda: bank.review(lesson))
    assert "There is no lesson" in text
    assert shown(lambda: questions.answer(..., ..., ...)) == ""


def test_too_early_for_a_review() -> None:
    for lesson in ("00", "01", 1):
        text, questions = printed(lambda lesson=lesson: bank.review(lesson))  # type: ignore[misc]
        assert text.startswith("Nothing is far enough back")
        assert shown(lambda paper=questions: paper.answer(..., ..., ...)) == ""  # type: ignore[misc]


def test_a_mixed_set_asks_what_was_done_and_not_seen_for_longest(file: Path) -> None:
    answered.add("4.1")
    met: list[str] = []
    ready = [one.key for one in GENERATORS if one.lesson.number <= 4]
    while len(met) < len(ready) - 5:
        _, questions = printed(lambda: bank.review())
        keys = [asked.generator.key for asked in questions.asked]
        assert len({*keys}) == 5
        assert len({key[:2] for key in keys}) >= 3
        met += keys
    assert {*met} <= {*ready}
    assert len({*met}) >= len(ready) - 10, "some come back before others have been asked"


def test_the_mixed_set_reaches_as_far_as_the_record() -> None:
    assert papers.furthest() == 0
    printed(lambda: bank.review("07"))
    assert papers.furthest() == 6
    answered.add("8.2")
    assert papers.furthest() == 8


def test_a_review_is_fast() -> None:
    printed(lambda: bank.review("10"))
    begun = time.process_time()
    _, questions = printed(lambda: bank.review("10"))
    questions.card().html()
    assert time.process_time() - begun < 0.5


# How it looks


def test_a_card_has_the_facts_of_the_text() -> None:
    for generator in GENERATORS:
        question = generator.draw(1, minigrad)
        card = Card("One question", (), [Asked(1, generator, question)])
        document = card.html()
        bundle = card._repr_mimebundle_()
        assert bundle == {"text/plain": card.text(), "text/html": document}
        text = words(document).replace(" ", "")
        for piece in (question.text, question.code, question.kind.asks):
            assert piece.replace("`", "").replace(" ", "").replace("\n", "") in text
        assert "<script" not in document
        assert "<style" not in document.replace(FOLLOWS_THEME, "")
        assert "<svg" not in document
        assert document.count("<img") == document.count(" alt=") == (question.picture is not None)


def test_a_verdict_links_back_to_the_lesson() -> None:
    generator = GENERATORS[0]
    question = generator.draw(0, minigrad)
    reply = Asked(1, generator, question).reply(question.wrong[0][0])
    assert f'<a href="{address(generator.lesson)}"' in reply.html()
    assert 'aria-label="Answer to question 1: not right yet"' in reply.html()
    assert address(generator.lesson) in reply.text()


@pytest.mark.slow
def test_a_notebook_shows_the_cards_and_nbval_finds_them_again(tmp_path: Path) -> None:
    cells = ["from course import review", 'questions = review("10")', "questions.answer(..., ..., ...)", "print(1)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path = tmp_path / "a.ipynb"
    nbformat.write(notebook, path)
    environment = {**os.environ, "COURSE_PROGRESS": str(tmp_path / "empty" / ".progress.txt"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "nbconvert", str(path), "--to", "notebook", "--execute", "--inplace"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    saved = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [output["output_type"] for output in saved[1]["outputs"]] == ["display_data"]
    data = saved[1]["outputs"][0]["data"]
    assert "".join(data["text/plain"]).startswith("Three questions")
    assert "".join(data["text/html"]).startswith('<div role="group"')
    assert saved[2]["outputs"] == []
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-q",
        "-p",
        "no:cacheprovider",
        str(path),
    ]
    command += ["--nbval-sanitize-with", str(ROOT / "tests" / "nbval_sanitize.cfg")]
    del environment["COURSE_PROGRESS"]
    report = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert report.returncode == 0, report.stdout


# Drills


@pytest.mark.parametrize("level", drills.LEVELS)
def test_drills_are_never_the_same_and_always_drawn(level: int, file: Path) -> None:
    texts = []
    for _ in range(30):
        text, paper = printed(lambda: bank.drill(level))
        (asked,) = paper.asked
        question = asked.question
        assert question.picture is not None
        assert "Computation graph of y" in text
        assert all(abs(number) <= 60 for number in question.truth)
        assert len(question.wrong) >= 1
        assert "1 of 1 right" in shown(lambda p=paper, q=question: p.answer(q.truth))  # type: ignore[misc]
        assert "0 of 1 right" in shown(lambda p=paper, q=question: p.answer(q.wrong[0][0]))  # type: ignore[misc]
        assert shown(lambda p=paper: p.answer(...)) == ""  # type: ignore[misc]
        texts.append(question.code)
    assert len({*texts}) == 30
    assert len(file.read_text().split("\n\n")) == 30


@pytest.mark.torch
@pytest.mark.parametrize("level", drills.LEVELS)
def test_drills_are_true_of_pytorch(level: int) -> None:
    torch = importlib.import_module("torch")
    for place in range(20):
        generator = drills.drill(level, place)
        ours, theirs = (generator.draw(0, library) for library in (minigrad, torch))
        assert (ours.code, ours.truth, ours.wrong) == (theirs.code, theirs.truth, theirs.wrong)


@pytest.mark.parametrize("level", drills.LEVELS)
def test_a_leaf_of_a_drill_takes_part(level: int) -> None:
    for place in range(100):
        question = drills.drill(level, place).draw(0, minigrad)
        uses = question.code.partition("u = ")[2]
        for leaf in re.findall(r"^([abc]) =", question.code, re.MULTILINE):
            assert re.search(rf"\b{leaf}\b", uses), question.code


@pytest.mark.parametrize("level", [0, 5, "one", None, True, [], Hostile])
def test_a_level_that_does_not_exist_is_one_line(level: Any) -> None:
    text, paper = printed(lambda: bank.drill(level))
    assert "There is no level" in text
    assert shown(lambda: paper.answer(...)) == ""


# The exam


@pytest.mark.parametrize("seed", range(10))
def test_an_exam_answered_with_the_truth(seed: int) -> None:
    text, paper = printed(lambda: bank.exam(seed=seed))
    assert text.startswith(f"Exam {seed}: 20 questions")
    assert len({asked.generator for asked in paper.asked}) == 20
    assert {asked.generator.lesson.number for asked in paper.asked} == {lesson.number for lesson in LESSONS}
    for asked in paper.asked:
        shown(lambda asked=asked: paper.answer(asked.number, said(asked.question, asked.question.truth)))  # type: ignore[misc]
    text = shown(paper.result)
    assert text.startswith("20 of 20 right")
    assert "go back" not in text
    again = printed(lambda: bank.exam(seed=seed))[1]
    assert [asked.text() for asked in again.asked] == [asked.text() for asked in paper.asked]


def test_exams_of_other_seeds_are_others() -> None:
    texts = {printed(lambda seed=seed: bank.exam(seed))[1].asked[0].text() for seed in range(10)}  # type: ignore[misc]
    assert len(texts) >= 9


@pytest.mark.parametrize("seed", range(10))
def test_an_exam_answered_with_what_is_wrong_leads_back(seed: int) -> None:
    _, paper = printed(lambda: bank.exam(seed))
    answers = {asked.number: said(asked.question, asked.question.wrong[0][0]) for asked in paper.asked}
    assert "All are answered" in shown(lambda: paper.answer(answers))
    text = shown(paper.result)
    assert text.startswith("0 of 20 right")
    for lesson in LESSONS:
        assert f"go back to {address(lesson)}" in text
    assert text.count(" not right yet.") == 20


def test_nonsense_in_an_exam_is_told_what_is_wanted() -> None:
    _, paper = printed(lambda: bank.exam(1))
    for asked in paper.asked:
        for nonsense in NONSENSE:
            text = shown(lambda a=asked, n=nonsense: paper.answer(a.number, n))  # type: ignore[misc]
            assert f"{asked.number} not answered yet: " in text
            assert "Traceback" not in text
    assert paper.answers == {}
    assert shown(paper.result).startswith("No question is answered yet.")


def test_an_exam_goes_step_by_step() -> None:
    _, paper = printed(lambda: bank.exam("my own"))
    truth = [said(asked.question, asked.question.truth) for asked in paper.asked]
    assert shown(lambda: paper.question(3)).startswith("Question 3 of 20")
    text = shown(lambda: paper.answer(1, truth[0]))
    assert text.startswith("Question 2 of 20\nNoted. 1: ")
    assert "19 to go" in text
    assert shown(lambda: paper.answer(3, truth[2])).startswith("Question 4 of 20")
    assert shown(lambda: paper.answer(20, truth[19])).startswith("Question 2 of 20")
    assert shown(lambda: paper.answer(5, ...)) == ""
    text = shown(paper.result)
    assert text.startswith("3 of 20 right")
    assert "Not answered yet: 2, 4, 5" in text
    for number in (0, 21, "one", None, True, Hostile):
        assert "There is no question" in shown(lambda n=number: paper.question(n))  # type: ignore[misc]
        assert "There is no question" in shown(lambda n=number: paper.answer(n, 1))  # type: ignore[misc]
    assert shown(paper.questions).count("Answer with") == 20


def test_an_exam_without_a_seed_shows_nothing() -> None:
    text, paper = printed(lambda: bank.exam(seed=...))
    assert text == ""
    calls = (
        paper.result,
        paper.questions,
        lambda: paper.question(1),
        lambda: paper.answer(1, 2),
        lambda: paper.answer({}),
    )
    for action in calls:
        assert shown(action) == ""
