"""What a check says: as text for a terminal, and as a card for a notebook, with the same facts.

A card is HTML without scripts and without a style sheet, so that nothing of it is lost in a notebook that isn't
trusted yet. Colours are the page's own, light or dark, except on the badge, which brings its own background. A sign
and a word say what the badge's colour says; what differs is underlined as well as coloured.
"""

import base64
import difflib
import math
import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, Protocol

from course.comparing import flat, is_tensor, kind, show

State = Literal["right", "wrong", "unanswered", "fault"]

# White words on each have a contrast of at least 6 to 1; people with any colour vision can tell the first two apart.
BADGES: dict[State, tuple[str, str, str]] = {
    "right": ("✓", "right", "#00694b"),
    "wrong": ("✗", "not right yet", "#a63c00"),
    "unanswered": ("…", "not answered yet", "#4c5a67"),
    "fault": ("!", "not judged", "#6a3d9a"),
}
INK = "color:var(--jp-content-font-color1,var(--vscode-editor-foreground,inherit))"
LINE = "var(--jp-border-color1,var(--vscode-panel-border,rgba(128,128,128,.5)))"
# On <u>, which has the colour of the text around it. A <mark> would be black on black in JupyterLab's dark theme, where
# `color:inherit` is taken away as long as a notebook isn't trusted.
MARK = "background:rgba(230,159,0,.33);text-underline-offset:2px"
CODE = "font-family:var(--jp-code-font-family,monospace);font-size:.92em;white-space:pre-wrap;overflow-wrap:anywhere"
CODE += ";background:none;color:inherit;padding:0"
CELL = "padding:2px 12px 2px 0;text-align:left;vertical-align:top;border:none;background:none"


class Exhibit(Protocol):
    """Something to look at under the table of a card."""

    def html(self) -> str:
        """It as HTML. Raises nothing that keeps the card from being shown."""
        ...


@dataclass(frozen=True)
class Reply:
    """A check's verdict in words: what it says first, the rows of its table, and sentences under it."""

    number: str
    state: State
    summary: str = ""
    rows: Sequence[tuple[str, str]] = ()
    sentences: Sequence[str] = ()
    exhibit: Exhibit | None = None
    notes: Sequence[str] = ()
    about: str = "Check of exercise"
    """What the number numbers, for a screen reader."""
    link: tuple[str, str] | None = None
    """Where to go from here: words and an address."""

    def text(self) -> str:
        """Return the reply for a terminal, some lines of text."""
        word = BADGES[self.state][1]
        first = f"{self.number} {word}" + {"right": ". ", "wrong": ", " * bool(self.summary)}.get(self.state, ": ")
        lines = [f"{first}{self.summary}" + "." * (self.state == "wrong")]
        width = max((len(label) for label, _ in self.rows), default=0) + 1
        lines += [f"  {label + ':':<{width}} {text}" for label, text in self.rows]
        for sentence in self.sentences:
            lines += textwrap.wrap(
                sentence,
                100,
                initial_indent="  ",
                subsequent_indent="  ",
                break_on_hyphens=False,
                break_long_words=False,
            )
        if self.link:
            lines.append(f"  {self.link[0]}: {self.link[1]}")
        return "\n".join([*lines, *self.notes])

    def html(self) -> str:
        """Return the reply as a card."""
        sign, word, colour = BADGES[self.state]
        badge = (
            f'<strong style="background:{colour};color:#fff;border-radius:4px;padding:1px 8px;white-space:nowrap">'
            f'<span aria-hidden="true">{sign}</span> {word}</strong>'
        )
        head = f'<strong style="margin-right:4px">{escape(self.number)}</strong> {badge}'
        parts = [f'<div style="margin:0 0 4px">{head} <span style="margin-left:6px">{prose(self.summary)}</span></div>']
        if self.rows:
            parts.append(self._table())
        parts += [f'<div style="margin:4px 0 0;max-width:52em">{prose(sentence)}</div>' for sentence in self.sentences]
        if self.link:
            parts.append(f'<div style="margin:4px 0 0">{link(*self.link)}</div>')
        if self.exhibit:
            parts.append(f'<div style="margin:8px 0 0">{self.exhibit.html()}</div>')
        parts += [f'<div style="margin:6px 0 0;opacity:.85">{prose(note)}</div>' for note in self.notes]
        frame = f"border:1px solid {LINE};border-left:5px solid {colour};border-radius:5px;padding:8px 12px;{INK}"
        label = escape(f"{self.about} {self.number}: {word}")
        return f'<div role="group" aria-label="{label}" style="{frame}">{"".join(parts)}</div>'

    def _table(self) -> str:
        rows = dict(self.rows)
        marked = dict(zip(("came out", "expected"), differing(rows.get("came out"), rows.get("expected")), strict=True))
        lines = []
        for label, text in self.rows:
            head = f'<th scope="row" style="{CELL};font-weight:600;white-space:nowrap">{escape(label)}</th>'
            body = f'<code style="{CODE}">{marked.get(label) or escape(text)}</code>'
            lines.append(f'<tr style="background:none">{head}<td style="{CELL}">{body}</td></tr>')
        table = 'style="margin:0;border-collapse:collapse;border:none;table-layout:auto;font-size:inherit"'
        return f"<table {table}><tbody>{''.join(lines)}</tbody></table>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self.html()}


def differing(got: str | None, want: str | None) -> tuple[str, str]:
    """Return two lines as HTML, with marks on the words and numbers in which they differ; empty without both of them.

    Lists of as many numbers are compared place by place. Lines with next to nothing in common have no marks.
    """
    if got is None or want is None:
        return "", ""
    ones, others = (re.findall(r"[\w.+-]+|\s+|.", line) for line in (got, want))
    marked: tuple[list[str], list[str]] = ([], [])
    for same, pieces in _compared(ones, others):
        for line, piece in zip(marked, pieces, strict=True):
            text = escape(piece)
            line.append(text if same or not piece.strip() else f'<u style="{MARK}">{text}</u>')
    return "".join(marked[0]), "".join(marked[1])


def _compared(ones: list[str], others: list[str]) -> list[tuple[bool, tuple[str, str]]]:
    """Return two lines piece by piece: whether a piece is the same in both, or needs no mark, and its text in each."""
    words, other_words = ([word for word in line if not _is_number(word)] for line in (ones, others))
    if words == other_words and len(ones) == len(others):
        return [(one == other, (one, other)) for one, other in zip(ones, others, strict=True)]
    matcher = difflib.SequenceMatcher(None, ones, others, autojunk=False)
    strangers = matcher.ratio() < 0.25
    return [
        (strangers or how == "equal", ("".join(ones[i:j]), "".join(others[k:m])))
        for how, i, j, k, m in matcher.get_opcodes()
    ]


def _is_number(word: str) -> bool:
    return re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|nan|[-+]?inf", word) is not None


def prose(text: str) -> str:
    """Return text as HTML, with what is in backquotes as code."""
    return re.sub(r"`([^`]+)`", rf'<code style="{CODE}">\1</code>', escape(text))


def link(words: str, address: str) -> str:
    """Return a link as HTML, in a colour that can be read on light pages and on dark ones."""
    colour = "color:var(--jp-content-link-color,var(--vscode-textLink-foreground,LinkText))"
    return f'<a href="{escape(address)}" style="{colour};text-decoration:underline">{escape(words)}</a>'


class Showable(Protocol):
    """What can be shown in a notebook and in a terminal."""

    def text(self) -> str:
        """It as lines of text."""
        ...


def present(card: Showable) -> None:
    """Show a card in a notebook, and print it anywhere else."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and getattr(ipython.get_ipython(), "kernel", None) is not None:
        from IPython.display import display

        display(card)
    else:
        print(card.text())


@dataclass(frozen=True)
class Entries:
    """Numbers that came out and that were expected, entry by entry."""

    rows: tuple[tuple[str, str, str], ...]

    @classmethod
    def of(cls, got: Any, want: Any) -> "Entries | None":
        """Return the entries of two tensors of one shape, or of two lists of numbers; None for anything else."""
        if is_tensor(got) and is_tensor(want) and tuple(got.shape) == tuple(want.shape):
            shape = tuple(want.shape)
            ones, others = list(flat(got.detach().tolist())), list(flat(want.detach().tolist()))
        elif isinstance(got, list | tuple) and isinstance(want, list | tuple) and len(got) == len(want):
            shape, ones, others = (len(want),), list(got), list(want)
        else:
            return None
        if not 2 <= len(others) <= 30 or any(kind(value) != "a number" for value in (*ones, *others)):
            return None
        places = [", ".join(map(str, place)) for place in _places(shape)]
        return cls(tuple((p, show(g), show(w)) for p, g, w in zip(places, ones, others, strict=True)))

    def html(self) -> str:
        """Return a table with a column for each entry."""
        lines = []
        for label, column in (("entry", 0), ("came out", 1), ("expected", 2)):
            cells = []
            for row in self.rows:
                odd = column and abs(float(row[1]) - float(row[2])) > 1e-5 * max(1.0, abs(float(row[2])))
                odd = odd or (column and math.isnan(float(row[1])))
                text = f"[{row[0]}]" if column == 0 else _rounded(row[column])
                shown = f'<u style="{MARK}">{text}</u>' if odd else text
                cells.append(f'<td style="{CELL};text-align:right"><code style="{CODE}">{shown}</code></td>')
            head = f'<th scope="row" style="{CELL};font-weight:600">{label}</th>'
            lines.append(f'<tr style="background:none">{head}{"".join(cells)}</tr>')
        table = "margin:0;border-collapse:collapse;border:none;font-size:inherit"
        return f'<div style="overflow-x:auto"><table style="{table}"><tbody>{"".join(lines)}</tbody></table></div>'


def _places(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    places: list[tuple[int, ...]] = [()]
    for length in shape:
        places = [(*place, index) for place in places for index in range(length)]
    return places


def _rounded(number: str) -> str:
    return f"{float(number):.6g}"


@dataclass(frozen=True)
class Graphs:
    """Two graphs as drawings, the one that came out and the one that was expected."""

    came_out: str
    expected: str

    @classmethod
    def of(cls, got: Any, want: Any, leaves: Mapping[str, Any]) -> "Graphs | None":
        """Return the drawings of the graphs behind two tensors, or None if one has no graph or can't be drawn."""
        from minigrad import draw

        try:
            one, other = (
                draw({"result": t}, names=dict(leaves), values=False, intermediates=False, max_nodes=40)
                for t in (got, want)
            )
            return cls(one.marked_against(other)._html(), other.marked_against(one)._html())
        except Exception:  # a drawing is an extra: what is wrong has been said in words
            return None

    def html(self) -> str:
        """Both, side by side where there is room."""
        box = "flex:1 1 260px;min-width:0"
        drawn = (("came out", self.came_out), ("expected", self.expected))
        figures = [f'<div style="{box}"><div>{label}</div>{picture}</div>' for label, picture in drawn]
        return f'<div style="display:flex;flex-wrap:wrap;gap:12px">{"".join(figures)}</div>'


@dataclass(frozen=True)
class Curves:
    """A line that came out in a picture, and the line that was expected, each as two lists of coordinates."""

    got: tuple[Sequence[float], Sequence[float]]
    want: tuple[Sequence[float], Sequence[float]]

    def html(self) -> str:
        """Return a small picture of both."""
        width, height, edge = 360, 180, 14
        lines = [
            [(float(x), float(y)) for x, y in zip(*line, strict=False) if math.isfinite(x) and math.isfinite(y)]
            for line in (self.got, self.want)
        ]
        points = [point for line in lines for point in line] or [(0.0, 0.0)]
        (left, right), (low, high) = ((min(values), max(values)) for values in zip(*points, strict=True))

        def placed(line: Sequence[tuple[float, float]]) -> list[str]:
            return [
                f"{edge + (x - left) / (right - left or 1) * (width - 2 * edge):.1f},"
                f"{height - edge - (y - low) / (high - low or 1) * (height - 2 * edge):.1f}"
                for x, y in line
            ]

        got, want = placed(lines[0]), placed(lines[1])
        dots = "".join('<circle cx="{}" cy="{}" r="3" fill="#a63c00"/>'.format(*point.split(",")) for point in got)
        document = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}"><rect width="{width}" height="{height}" rx="6" fill="#fff"/>'
            f'<polyline points="{" ".join(want)}" fill="none" stroke="#00694b" stroke-width="2" '
            f'stroke-dasharray="6 4"/><polyline points="{" ".join(got)}" fill="none" stroke="#a63c00" '
            f'stroke-width="2"/>{dots}</svg>'
        )
        data = base64.b64encode(document.encode()).decode()
        span = f"from ({left:.4g}, {low:.4g}) to ({right:.4g}, {high:.4g})"
        words = f"Two lines, {span}: solid with dots, what came out; dashed, what was expected."
        image = f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(words)}" width="{width}" height="{height}">'
        return f"{image}<div>{escape(words)}</div>"
