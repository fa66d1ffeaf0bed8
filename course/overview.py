"""What has been answered so far, and where to go on: as a table for a notebook, text, and the page of all lessons."""

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from course import answered, navigation, own
from course.checks import lessons as checked_lessons
from course.cut import ROOT
from course.reply import CELL, INK, LINE


@dataclass(frozen=True)
class Row:
    """A lesson: what it is called, where it lies below the course's folder, and its exercises, answered or not."""

    number: int
    title: str
    file: str
    minutes: str
    answered: tuple[bool, ...]

    @property
    def dots(self) -> str:
        """A dot for each exercise, filled if it is answered."""
        return "".join("●" if done else "○" for done in self.answered)

    @property
    def counted(self) -> str:
        """How many of its exercises are answered."""
        return f"{sum(self.answered)} of {len(self.answered)}" if self.answered else ""


@dataclass(frozen=True)
class Overview:
    """All lessons, the place to go on at, with its file, and a sentence if the progress can't be read."""

    rows: Sequence[Row]
    go_on: str
    go_on_file: str
    fault: str = ""
    up: str = ".."
    """From the folder of the notebook that shows it to the course's folder."""

    @property
    def total(self) -> str:
        """How many exercises of the whole course are answered."""
        done = [one for row in self.rows for one in row.answered]
        return f"{sum(done)} of {len(done)} exercises answered"

    def text(self) -> str:
        """Return a line for each lesson."""
        titles = max((len(row.title) for row in self.rows), default=0)
        dots = max((len(row.answered) for row in self.rows), default=0)
        lines = [f"{row.number:02}  {row.title:<{titles}}  {row.dots:<{dots}}  {row.counted}" for row in self.rows]
        last = f"{self.total}. {self.go_on}." if self.go_on else f"{self.total}."
        return "\n".join([*filter(None, [self.fault]), *(line.rstrip() for line in lines), last])

    def html(self) -> str:
        """Return a table whose lessons are links."""
        lines = []
        for row in self.rows:
            minutes = f"{row.minutes} min" if row.minutes else ""
            said = f"{row.counted} answered" if row.counted else "no exercises"
            cells = [
                f"{row.number:02}",
                self._link(escape(row.title), row.file),
                escape(minutes),
                f'<span role="img" aria-label="{said}" style="letter-spacing:2px">{row.dots}</span>',
                row.counted,
            ]
            shown = "".join(f'<td style="{CELL}">{cell}</td>' for cell in cells)
            lines.append(f'<tr style="background:none">{shown}</tr>')
        style = "margin:0;border-collapse:collapse;border:none;font-size:inherit"
        go_on = f" <strong>{self._link(escape(self.go_on), self.go_on_file)}</strong>" if self.go_on else ""
        fault = f"<div>{escape(self.fault)}</div>" if self.fault else ""
        frame = f"border:1px solid {LINE};border-radius:5px;padding:8px 12px;{INK}"
        return (
            f'<div role="group" aria-label="Your progress" style="{frame}">{fault}<table style="{style}"><tbody>'
            f'{"".join(lines)}</tbody></table><div style="margin:6px 0 0">{self.total}.{go_on}</div></div>'
        )

    def _link(self, text: str, file: str) -> str:
        return f'<a href="{quote(f"{self.up}/{file}")}">{text}</a>' if file else text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self.html()}


def overview() -> Overview:
    """Return what is answered so far, as it is known now."""
    numbers, fault = answered.load()
    top, checked = _top(), {lesson.number: lesson for lesson in checked_lessons()}
    rows = []
    written = {lesson.number: lesson for lesson in navigation.lessons()}
    for number in sorted({*checked, *written}):
        told = written.get(number)
        exercises = checked[number].exercises if number in checked else ()
        title = told.title if told else checked[number].title
        file = f"notebooks/{told.file}" if told else ""
        rows.append(Row(number, title, file, told.sittings if told else "", tuple(n in numbers for n in exercises)))
    go_on = _next([n for lesson in checked.values() for n in lesson.exercises], numbers, answered.latest())
    if go_on and written:
        lesson = int(go_on.partition(".")[0])
        first = go_on == next(iter(checked[lesson].exercises))
        file = f"notebooks/{written[lesson].file}" if first and lesson in written else _exercises(lesson)
        words = f"{'Continue' if numbers else 'Begin'} with {f'lesson {lesson:02}' if first else f'exercise {go_on}'}"
    else:
        words, file = (f"Continue with exercise {go_on}" if go_on else ""), ""
    up = os.path.relpath(top, answered.started_in) if top and answered.started_in else ".."
    return Overview(rows, words, file, fault, Path(up).as_posix())


def _exercises(lesson: int) -> str:
    return f"exercises/{lesson:02}_exercises.ipynb"


def _top() -> Path | None:
    """Return the folder whose notebooks a learner uses: their own copy, or the course itself."""
    started = answered.started_in
    return own.OWN if started is not None and started.is_relative_to(own.OWN) else ROOT


def _next(every: Sequence[str], done: set[str], latest: str) -> str:
    """Return the next exercise: the first open one after the one answered last, else the first open one."""
    place = every.index(latest) + 1 if latest in every else 0
    return next((number for number in (*every[place:], *every[:place]) if number not in done), "")


def write_page() -> None:
    """Bring the page of all lessons in the learner's copy up to date, with what is answered; where there is a copy."""
    path = own.OWN / "notebooks" / navigation.PAGE
    if not path.parent.is_dir():
        return
    now = overview()
    done = {Path(row.file).name: f"{row.dots} {row.counted}" for row in now.rows if row.answered}
    top = f"{now.total}."
    if now.go_on:
        link = f"../{now.go_on_file}"
        top = f"**[{now.go_on}]({link}).** {top}"
    with contextlib.suppress(OSError):  # the page stays as it was then, and progress() shows the same
        path.write_text(navigation.page(navigation.lessons(), done, top), encoding="utf-8", newline="\n")
