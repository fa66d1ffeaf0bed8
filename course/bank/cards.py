"""How questions and answers look: as cards in a notebook, as lines of text anywhere else."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from course.bank.form import Bank, Generator, Letter, Question, WrongKind
from course.comparing import show
from course.reply import CELL, CODE, INK, LINE, Reply, link, prose

ROOT = Path(__file__).resolve().parent.parent.parent
WIDTH = 100
PREFORMATTED = (
    f"{CODE};display:block;white-space:pre;overflow-x:auto;margin:6px 0;padding:6px 10px;border-left:3px solid "
)
PREFORMATTED += LINE


def address(lesson: Bank) -> str:
    """Return the lesson's notebook, as a link from any notebook finds it."""
    found = sorted((ROOT / "notebooks").glob(f"{lesson.number:02}_*.ipynb"))
    return f"../notebooks/{found[0].name}" if found else "../notebooks"


def titled(lesson: Bank) -> str:
    """Return the lesson's number and title."""
    return f"lesson {lesson.number:02}, {lesson.title}"


@dataclass(frozen=True)
class Asked:
    """A question that was asked, with its number on the paper."""

    number: int
    generator: Generator
    question: Question

    def text(self) -> str:
        """Return the question as lines of text."""
        label = f"{self.number}. "
        space = " " * len(label)
        lines = [label + _wrapped(self.question.text, space).lstrip()]
        shown = [self.question.code, getattr(self.question.picture, "outline", "")]
        for block in filter(None, shown):
            lines += ["", textwrap.indent(block, f"{space}    ")]
        if any(shown):
            lines.append("")
        if isinstance(self.question.kind, Letter):
            lines += [f"{space}{letter}  {text}" for letter, text in self.question.kind.lines()]
        lines.append(_wrapped(self.question.kind.asks, space))
        return "\n".join(lines)

    def html(self) -> str:
        """Return the question as a part of a card."""
        parts = [f'<div style="margin:0 0 4px"><strong>{self.number}.</strong> {prose(self.question.text)}</div>']
        if self.question.code:
            parts.append(f'<pre style="{PREFORMATTED}">{escape(self.question.code)}</pre>')
        if self.question.picture is not None:
            parts.append(f'<div style="margin:6px 0">{self.question.picture._html()}</div>')
        if isinstance(self.question.kind, Letter):
            rows = "".join(
                f'<tr style="background:none"><th scope="row" style="{CELL};font-weight:600">{letter}</th>'
                f'<td style="{CELL}">{prose(text)}</td></tr>'
                for letter, text in self.question.kind.lines()
            )
            table = "margin:4px 0;border-collapse:collapse;border:none;font-size:inherit"
            parts.append(f'<table style="{table}"><tbody>{rows}</tbody></table>')
        parts.append(f'<div style="margin:4px 0 0;opacity:.85">{prose(self.question.kind.asks)}</div>')
        label = f"Question {self.number}"
        return f'<div role="group" aria-label="{label}" style="margin:10px 0 0">{"".join(parts)}</div>'

    def trouble(self, said: Any) -> str:
        """Return what is wrong with the kind of an answer; "" if it can be judged."""
        try:
            self.question.kind.read(said)
        except WrongKind as error:
            return str(error)
        except Exception:  # of an odd value, in a method of its own
            return f"This can't be read. {self.question.kind.asks}"
        return ""

    def reply(self, said: Any) -> Reply:
        """Return what there is to say to an answer."""
        number, about, question = str(self.number), "Answer to question", self.question
        if said is ...:
            return Reply(number, "unanswered", question.kind.asks, about=about)
        if trouble := self.trouble(said):
            return Reply(number, "unanswered", trouble, about=about)
        answer = question.kind.read(said)
        if question.kind.same(answer, question.truth):
            return Reply(number, "right", question.because, about=about)
        rows = [("yours", question.kind.write(answer)), ("came out", question.kind.write(question.truth))]
        if not question.code:
            rows[1] = ("true", rows[1][1])
        sentences = [*filter(None, (question.reason(answer), question.because))]
        lesson = self.generator.lesson
        go_back = (f"Go back to {titled(lesson)}", address(lesson))
        return Reply(number, "wrong", "", rows, sentences, about=about, link=go_back)

    def is_right(self, said: Any) -> bool:
        """Return whether an answer is the truth."""
        return self.reply(said).state == "right"


def _wrapped(text: str, space: str) -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent=space, subsequent_indent=space, break_on_hyphens=False, break_long_words=False
    )


@dataclass(frozen=True)
class Card:
    """A heading, sentences, and parts that have a text and an HTML form each."""

    heading: str
    sentences: Sequence[str] = ()
    parts: Sequence[Any] = ()
    framed: bool = True

    def text(self) -> str:
        """Return the card as lines of text."""
        head = [self.heading, *(_wrapped(sentence, "") for sentence in self.sentences)]
        return "\n\n".join(["\n".join(filter(None, head)), *(part.text() for part in self.parts)]).strip("\n")

    def html(self) -> str:
        """Return the card as HTML."""
        parts = [f'<div style="font-weight:600">{escape(self.heading)}</div>'] if self.heading else []
        parts += [f'<div style="margin:4px 0 0;max-width:52em">{prose(sentence)}</div>' for sentence in self.sentences]
        space = "" if self.framed else ' style="margin:6px 0 0"'
        parts += [f"<div{space}>{part.html()}</div>" for part in self.parts]
        frame = f"border:1px solid {LINE};border-left:5px solid #4c5a67;border-radius:5px;padding:8px 12px;"
        style = (frame if self.framed else "") + INK
        return f'<div role="group" aria-label="{escape(self.heading)}" style="{style}">{"".join(parts)}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self.html()}


@dataclass(frozen=True)
class ByLesson:
    """A table of lessons: how many answers were right, of how many questions, and a link back if some were wrong."""

    rows: Sequence[tuple[Bank, int, int, bool]]

    def text(self) -> str:
        """Return the table as lines of text."""
        width = max(len(titled(lesson)) for lesson, _, _, _ in self.rows)
        lines = []
        for lesson, right, of, wrong in self.rows:
            back = f"   go back to {address(lesson)}" if wrong else ""
            lines.append(f"  {titled(lesson):<{width}}  {right} of {of}{back}")
        return "\n".join(lines)

    def html(self) -> str:
        """Return the table as HTML."""
        lines = []
        for lesson, right, of, wrong in self.rows:
            name = link(titled(lesson), address(lesson)) if wrong else escape(titled(lesson))
            mark = "go back" if wrong else ""
            cells = "".join(f'<td style="{CELL}">{cell}</td>' for cell in (name, f"{right} of {of}", mark))
            lines.append(f'<tr style="background:none">{cells}</tr>')
        table = "margin:6px 0;border-collapse:collapse;border:none;font-size:inherit"
        return f'<table style="{table}"><tbody>{"".join(lines)}</tbody></table>'


def said(value: Any) -> str:
    """Return an answer on a line, as it was typed."""
    return show(value, 60)
