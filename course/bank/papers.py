"""Questions on paper: which ones are asked, the answers, and what is said to them."""

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import minigrad
from course import answered
from course.bank.cards import Asked, ByLesson, Card, said
from course.bank.form import Generator
from course.reply import Reply, present

EXAM = 20
MIXED = 5
NUMBERS = ["no", "one", "two", "three", "four", "five"]

_visits: dict[str, int] = {}
"""How often this kernel has asked for each kind of paper, for when the record can't be written."""


def place() -> Path:
    """Return the file beside that of the progress that holds a line for each paper: its kind and its questions."""
    return answered.place().with_name(".questions.txt")


def visit(what: str) -> int:
    """Return how often this kind of paper was asked for before; a notebook under test is on its first visit."""
    before = max(_visits.get(what, 0), sum(line.split()[:1] == [what] for line in _record()))
    _visits[what] = before + 1
    return before


def _record() -> list[str]:
    if _is_tested():
        return []
    try:
        answered.refuse_odd_files(place())
        with place().open("rb") as file:
            written = file.read(answered.MOST_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):  # where nothing can be read, nothing was asked
        return []
    return [line for line in written.splitlines() if line.strip()]


def _is_tested() -> bool:
    """Return whether pytest runs this notebook and compares what it shows with what was saved on a first visit."""
    return "PYTEST_VERSION" in os.environ and "COURSE_PROGRESS" not in os.environ


def note(what: str, generators: Iterable[Generator]) -> None:
    """Keep in the record which questions were asked, where it can be written."""
    if not _is_tested():
        with contextlib.suppress(OSError, ValueError):
            answered.append(place(), " ".join([what, *(generator.key for generator in generators)]))


def last_seen() -> dict[str, int]:
    """For each question that was asked, when that was last: the larger, the later."""
    return {key: moment for moment, line in enumerate(_record()) for key in line.split()[1:]}


class Paper:
    """Questions that were asked together."""

    def __init__(self, heading: str, generators: Sequence[Generator], seed: Any, sentences: Sequence[str] = ()) -> None:
        self.heading = heading
        self.sentences = tuple(sentences)
        self.asked = [
            Asked(number, generator, generator.draw(seed, minigrad))
            for number, generator in enumerate(generators, start=1)
        ]

    def card(self) -> Card:
        """Return the questions, on a card."""
        return Card(self.heading, self.sentences, self.asked)

    def answer(self, *answers: Any) -> None:
        """Answer the questions, in their order; `...` for one that is left open. Shows what was right."""
        if all(answer is ... for answer in answers):
            return
        if len(answers) != len(self.asked):
            many = NUMBERS[len(self.asked)]
            summary = f"{many} answers are expected, in the order of the questions, but there are {len(answers)}. "
            present(Reply("", "fault", f"{summary}Put `...` for one that you leave open.", about="Answers"))
            return
        replies = [asked.reply(answer) for asked, answer in zip(self.asked, answers, strict=True)]
        right = sum(reply.state == "right" for reply in replies)
        present(Card(f"{right} of {len(replies)} right", (), replies, framed=False))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return self.card()._repr_mimebundle_()

    def __repr__(self) -> str:
        return self.card().text()


class Exam:
    """Twenty questions over all lessons, asked one after the other, judged at the end."""

    def __init__(self, generators: Sequence[Generator], seed: Any) -> None:
        self.seed = seed
        self.asked = [
            Asked(number, generator, generator.draw(f"exam {seed!r}", minigrad))
            for number, generator in enumerate(generators, start=1)
        ]
        self.answers: dict[int, Any] = {}

    def question(self, number: Any) -> None:
        """Show one question."""
        if self.asked and self._exists(number):
            present(Card(f"Question {number} of {len(self.asked)}", (), [self.asked[number - 1]]))

    def questions(self) -> None:
        """Show all questions, to be answered on paper."""
        if self.asked:
            present(Card(f"Exam {said(self.seed)}", (), self.asked))

    def answer(self, number: Any, answer: Any = ...) -> None:
        """Note the answer to a question, and show the next that is open; or note several, given as {number: answer}.

        Nothing is judged yet: an answer may be given again. `...` is not an answer.
        """
        if not self.asked:
            return
        given = number if isinstance(number, Mapping) else {number: answer}
        noted, last = [], 0
        for place, value in given.items():
            if value is ... or not self._exists(place):
                continue
            if trouble := self.asked[place - 1].trouble(value):
                present(Reply(str(place), "unanswered", trouble, about="Answer to question"))
                continue
            self.answers[place] = value
            noted.append(f"{place}: {said(value)}")
            last = place
        if noted:
            self._go_on(noted, last)

    def _go_on(self, noted: Sequence[str], last: int) -> None:
        still = self._open()
        sentence = f"Noted. {', '.join(noted)}."
        if not still:
            present(Card("All are answered.", [sentence, "`paper.result()` judges them."]))
            return
        following = next((number for number in still if number > last), still[0])
        heading = f"Question {following} of {len(self.asked)}"
        sentence += f" {len(still)} to go."
        present(Card(heading, [sentence], [self.asked[following - 1]]))

    def _open(self) -> list[int]:
        return [asked.number for asked in self.asked if asked.number not in self.answers]

    def _exists(self, number: Any) -> bool:
        if isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= len(self.asked):
            return True
        summary = f"There is no question {said(number)}: they are numbered from 1 to {len(self.asked)}."
        present(Reply("", "fault", summary, about="Question"))
        return False

    def right(self) -> list[int]:
        """Return the numbers of the questions that are answered right."""
        return [asked.number for asked in self.asked if asked.is_right(self.answers.get(asked.number, ...))]

    def result(self) -> None:
        """Judge the answers: how many are right, a table by lesson, and what there is to say to each that isn't."""
        if not self.asked:
            return
        if not self.answers:
            present(Card("No question is answered yet.", ["Begin with `paper.question(1)`."]))
            return
        right = self.right()
        lessons = {asked.generator.lesson.number: asked.generator.lesson for asked in self.asked}
        rows = []
        for number, lesson in sorted(lessons.items()):
            mine = [asked.number for asked in self.asked if asked.generator.lesson.number == number]
            wrong_here = any(place in self.answers and place not in right for place in mine)
            rows.append((lesson, len({*mine} & {*right}), len(mine), wrong_here))
        sentences = []
        if still := self._open():
            sentences.append(f"Not answered yet: {', '.join(map(str, still))}. They can still be answered.")
        wrong = [asked for asked in self.asked if asked.number in self.answers and asked.number not in right]
        replies = [part for asked in wrong for part in (asked, asked.reply(self.answers[asked.number]))]
        present(Card(f"{len(right)} of {len(self.asked)} right", sentences, [ByLesson(rows), *replies]))

    def __repr__(self) -> str:
        return f"exam(seed={self.seed!r}): {len(self.asked)} questions, {len(self.answers)} answered"


def chosen_for_lesson(generators: Sequence[Generator], number: int, random: Random) -> list[Generator]:
    """Three questions for the start of a lesson, at least two lessons back: a recent one, an old one, and one that
    tells apart what is often confused."""
    ready = _longest_not_seen([one for one in generators if one.lesson.number <= number - 2], random)
    recent = [one for one in ready if one.lesson.number >= number - 3]
    old = [one for one in ready if one.lesson.number <= number - 4]
    confused = [one for one in ready if one.pair]
    chosen: list[Generator] = []
    for pool in (confused, recent, old, ready, ready):
        lessons = {one.lesson.number for one in chosen}
        apart = [one for one in pool if one.lesson.number not in lessons] or pool
        further = [one for one in apart if one not in chosen]
        if further and len(chosen) < 3:
            chosen.append(further[0])
    random.shuffle(chosen)
    return chosen


def mixed(generators: Sequence[Generator], last: int, random: Random) -> list[Generator]:
    """Questions over all lessons up to one, the longest not seen first, from as many lessons as there are."""
    ready = _longest_not_seen([one for one in generators if one.lesson.number <= last], random)
    chosen: list[Generator] = []
    while ready and len(chosen) < MIXED:
        counts = {one.lesson.number: sum(other.lesson is one.lesson for other in chosen) for one in ready}
        best = min(ready, key=lambda one: counts[one.lesson.number])  # the first of those whose lesson has the fewest
        chosen.append(best)
        ready.remove(best)
    return chosen


def _longest_not_seen(generators: Sequence[Generator], random: Random) -> list[Generator]:
    seen = last_seen()
    shuffled = random.sample(list(generators), len(generators))
    return sorted(shuffled, key=lambda one: seen.get(one.key, -1))


def examined(generators: Sequence[Generator], random: Random) -> list[Generator]:
    """Twenty questions: one of each lesson, at least, and no two of one generator."""
    ready = random.sample(list(generators), len(generators))
    first = {one.lesson.number: one for one in reversed(ready)}
    chosen = [one for one in ready if first[one.lesson.number] is one]
    # of the rest, those that tell apart what is confused come first: one of each pair, where there are some
    for pair in {one.pair: one for one in ready if one.pair and one not in chosen}.values():
        if not any(one.pair == pair.pair for one in chosen):
            chosen.append(pair)
    chosen = chosen[:EXAM]
    rest = [one for one in ready if one not in chosen]
    while rest and len(chosen) < EXAM:
        counts = {one.lesson.number: sum(other.lesson is one.lesson for other in chosen) for one in rest}
        best = min(rest, key=lambda one: counts[one.lesson.number])
        chosen.append(best)
        rest.remove(best)
    random.shuffle(chosen)
    return chosen


def furthest() -> int:
    """Return the last lesson that was worked on, as far as the record tells."""
    numbers = [int(number.partition(".")[0]) for number in answered.load()[0]] if not _is_tested() else []
    begun = [line.split()[0] for line in _record()]
    return max([0, *numbers, *(int(what) - 1 for what in begun if what.isdigit() and len(what) == 2)])
