"""Predictions to commit to: what a learner expects, kept before the cell is run, and shown beside what came out.

They are kept in a separate file beside the progress, as lines of JSON that are only ever added: what was said, that
it was compared, and that a lesson was forgotten. So notebooks that are open at the same time lose nothing, and a line
that can't be read costs no other. Where the file can't be written, the kernel remembers.

What a learner has said is turned into plain data immediately, tensors and tuples into lists, so that it can be kept and
compared whatever it was made of.
"""

import json
import math
import numbers
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Any, Literal

from course import answered
from course.comparing import is_tensor, shorten
from course.reply import CELL, CODE, INK, LINE, present

Said = dict[str, Any]
Word = Literal["same", "close", "different"]

# White words on each have a contrast of at least 6 to 1.
SIGNS: dict[Word, tuple[str, str]] = {
    "same": ("✓", "#00694b"),
    "close": ("≈", "#1f5a96"),
    "different": ("✗", "#a63c00"),
}
KEPT = ("●", "#4c5a67")
CLOSE = 0.05
"""A number within this part of what came out is called close."""

MOST_BYTES = 1_000_000
MOST_ENTRIES = 200
LONGEST_TEXT = 500
DEPTH = 5
OPEN = "open"

_unwritten: list[dict[str, Any]] = []  # what the file could not take
_revealed: set[str] = set()  # compared in this kernel before anything was said
_moments: dict[str, int] = {}  # the number of the cell in which something was last said


@dataclass(frozen=True)
class Card:
    """What `predict` and `compare` show: a line, a table, and sentences, as text and as HTML."""

    key: str
    sign: str
    colour: str
    headline: str
    rows: tuple[tuple[str, str, str, Word], ...] = ()
    sentences: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the card for a terminal, some lines of text."""
        lines = [f"{self.key} {self.headline}"]
        if self.rows:
            table = [
                ("asked", "you said", "came out", "compared"),
                *((a, s, c, f"{SIGNS[w][0]} {w}") for a, s, c, w in self.rows),
            ]
            widths = [max(len(row[column]) for row in table) for column in range(3)]
            for row in table:
                columns = [f"{cell:<{width}}" for cell, width in zip(row[:3], widths, strict=True)]
                lines.append(f"  {'   '.join((*columns, row[3]))}".rstrip())
        for sentence in self.sentences:
            lines += textwrap.wrap(sentence, 100, initial_indent="  ", subsequent_indent="  ")
        return "\n".join(lines)

    def html(self) -> str:
        """Return the card for a notebook, without scripts and style sheets, in the colours of the page."""
        word, between, rest = self.headline.partition(". ")
        if not between:
            word, _, rest = self.headline.partition(": ")
        badge = f'{_badge(self.sign, word.lower(), self.colour)} <span style="margin-left:6px">{escape(rest)}</span>'
        parts = [
            f'<div style="margin:0 0 4px"><strong style="margin-right:4px">{escape(self.key)}</strong> {badge}</div>'
        ]
        if self.rows:
            titles = "".join(
                f'<th scope="col" style="{CELL};font-weight:600">{title}</th>'
                for title in ("asked", "you said", "came out", "compared")
            )
            lines = [f'<tr style="background:none">{titles}</tr>']
            for asked, said, came_out, word in self.rows:
                sign, colour = SIGNS[word]
                cells = [f'<th scope="row" style="{CELL};font-weight:normal">{escape(asked)}</th>']
                cells += [f'<td style="{CELL}"><code style="{CODE}">{escape(t)}</code></td>' for t in (said, came_out)]
                cells += [f'<td style="{CELL}">{_badge(sign, word, colour)}</td>']
                lines.append(f'<tr style="background:none">{"".join(cells)}</tr>')
            table = 'style="margin:0;border-collapse:collapse;border:none;table-layout:auto;font-size:inherit"'
            parts.append(f"<table {table}><tbody>{''.join(lines)}</tbody></table>")
        parts += [f'<div style="margin:4px 0 0;max-width:52em">{escape(sentence)}</div>' for sentence in self.sentences]
        frame = f"border:1px solid {LINE};border-left:5px solid {self.colour};border-radius:5px;padding:8px 12px;{INK}"
        label = escape(f"Prediction {self.key}: {self.headline}")
        return f'<div role="group" aria-label="{label}" style="{frame}">{"".join(parts)}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self.html()}


def _badge(sign: str, word: str, colour: str) -> str:
    style = f"background:{colour};color:#fff;border-radius:4px;padding:1px 8px;white-space:nowrap"
    return f'<strong style="{style}"><span aria-hidden="true">{sign}</span> {escape(word)}</strong>'


# What the notebook calls


def predicted(key: Any, positional: tuple[Any, ...], answers: Mapping[str, Any]) -> Card | None:
    """Keep a prediction. The card to show; None if nothing has been said yet."""
    name = _key(key)
    if not name:
        return _fault(key, 'there is no such prediction. Write it as in predict("10a", slope=2.0).')
    if positional or not answers:
        return _fault(name, f'write each answer after its name, as in predict("{name}", slope=2.0).')
    said = {asked: plain(answer) for asked, answer in answers.items()}
    still_open = [asked for asked, answer in answers.items() if _has_hole(answer)]
    if len(still_open) == len(said):
        return None
    if still_open:
        return Card(name, "…", KEPT[1], f"not kept yet: {_listed(still_open)} still to be answered.")
    moment, before, fault = _moment(), _moments.get(name), ""
    kept = history(name, set(said))
    at_once = before is not None and moment is not None and moment <= before + 1
    if moment is not None:
        _moments[name] = moment
    if kept.latest is None or not _identical(kept.latest, said):
        record: dict[str, Any] = {"key": name, "said": said}
        if kept.first is None and name in _revealed:
            record["late"] = True
        elif kept.first is not None and at_once and not kept.compared:
            record["instead"] = True  # nothing has been run in between: the learner thought again
        fault = _keep(record)
        kept = history(name, set(said))
    sentences, headline = [], "Kept. Run the next cell."
    if kept.late:
        headline = "Kept. The answer was already visible."
    if kept.first is not None and not _identical(kept.first, said):
        headline = "Kept. What you said first is kept, too."
        sentences.append(f"First you said {_listed_answers(kept.first, said)}. That is what is compared.")
    return Card(name, *KEPT, headline, sentences=(*sentences, *filter(None, (fault,))))


def compared(key: Any, positional: tuple[Any, ...], truth: Mapping[str, Any]) -> Card | None:
    """Put what was said first beside what came out. The card to show; None if nothing was said."""
    name = _key(key)
    if not name or positional or not truth:
        return _fault(key, 'a comparison is written as in compare("10a", slope=x.grad).')
    kept = history(name, set(truth))
    if kept.first is None:
        _revealed.add(name)
        return None
    fault = "" if kept.compared else _keep({"key": name, "compared": True})
    came_out = {asked: plain(value) for asked, value in truth.items()}
    rows = []
    for asked, value in came_out.items():
        word = alike(kept.first[asked], value)
        rows.append((_asked(asked), shown(kept.first[asked]), shown(value), word))
    same = sum(row[3] == "same" for row in rows)
    worst: Word = next((word for word in ("different", "close") if any(row[3] == word for row in rows)), "same")
    if len(rows) == 1:
        headline = {"same": "as you said", "close": "close to what you said", "different": "not what you said"}[worst]
    else:
        headline = f"{same} of {len(rows)} as you said"
    sentences = []
    if kept.late:
        sentences.append("You said this after the answer was visible.")
    elif kept.latest is not None and not _identical(kept.latest, kept.first):
        sentences.append(f"This is what you said first. Later you said {_listed_answers(kept.latest, kept.first)}.")
    if worst != "same":
        sentences.append("Why? Open the fold below.")
    sentences += [fault] if fault else []
    return Card(name, *SIGNS[worst], headline, tuple(rows), tuple(sentences))


def forget(lesson: int) -> tuple[int, str]:
    """Forget the predictions of a lesson. How many there were, and a line if the file can't be written."""
    keys = {event["key"] for event in _alive() if event.get("said") and _lesson(event["key"]) == lesson}
    _revealed.difference_update({key for key in _revealed if _lesson(key) == lesson})
    for key in [key for key in _moments if _lesson(key) == lesson]:
        del _moments[key]
    return len(keys), _keep({"forget": lesson}) if keys else ""


def show(card: Card | None) -> None:
    """Show a card in a notebook, and print it anywhere else."""
    if card is not None:
        present(card)


# What has been kept


@dataclass(frozen=True)
class History:
    """What is known of a prediction: what was said first, what was said last, and when that was."""

    first: Said | None = None
    latest: Said | None = None
    late: bool = False
    compared: bool = False


def history(key: str, names: set[str]) -> History:
    """Return what has been said to a prediction, and not been forgotten; `names` are the answers it asks for today."""
    first, latest, late, compared = None, None, False, False
    for event in _alive():
        if event["key"] != key:
            continue
        if event.get("compared"):
            compared = compared or first is not None
        elif event["said"].keys() == names:
            latest = event["said"]
            if first is None or (event.get("instead") and not compared):
                first, late = latest, bool(event.get("late"))
    return History(first, latest, late, compared)


def _alive() -> list[dict[str, Any]]:
    """Return what has been kept, in order, but for what has been forgotten."""
    alive: list[dict[str, Any]] = []
    for event in _events():
        if isinstance(event.get("forget"), int):
            alive = [other for other in alive if _lesson(other["key"]) != event["forget"]]
        elif _key(event.get("key")) == event.get("key") != "" and (
            event.get("compared") is True or isinstance(event.get("said"), dict)
        ):
            alive.append(event)
    return alive


def place() -> Path:
    """Return the file that holds the predictions, beside that of the progress."""
    return answered.place().with_name(".predictions.jsonl")


def _events() -> Iterator[dict[str, Any]]:
    lines: list[str] = []
    try:
        answered.refuse_odd_files(place())
        with place().open("rb") as file:
            lines = file.read(MOST_BYTES).decode("utf-8", "replace").splitlines()
    except (OSError, ValueError):
        pass
    for line in lines:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            yield event
    yield from _unwritten


def _keep(event: dict[str, Any]) -> str:
    """Add a line to the file. A sentence if it can't be written; the kernel remembers then."""
    try:
        answered.append(place(), json.dumps(event))
    except (OSError, ValueError) as error:
        _unwritten.append(event)
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return f"The file {place().name} could not be written ({reason}), so this is kept until the kernel stops."
    return ""


def _key(key: Any) -> str:
    """Return a prediction's key in its one form, "03a"; empty if it is none."""
    if not isinstance(key, str):
        return ""
    found = re.fullmatch(r"\s*(\d{1,2})([a-z])\s*", key[:20], re.ASCII | re.IGNORECASE)
    return f"{int(found[1]):02}{found[2].lower()}" if found else ""


def _lesson(key: str) -> int:
    return int(key[:2])


def _moment() -> int | None:
    """Return the number of the cell that is running, or None outside of IPython."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    count = getattr(shell, "execution_count", None)
    return count if isinstance(count, int) else None


# Plain data, and how it is compared


def plain(value: Any, depth: int = DEPTH) -> Any:
    """Return a value as None, True, False, a number, a string, or lists and dictionaries of these; whatever it is."""
    try:
        made = _plain(value, depth)
        return made if _size(made) <= MOST_ENTRIES else _text(value)
    except Exception:  # of the value itself, whose contents nobody can learn then
        return _text(value)


def _plain(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _cleaned("".join(value), LONGEST_TEXT)
    if is_tensor(value):
        return _plain(value.detach().tolist(), depth) if math.prod(value.shape) <= MOST_ENTRIES else _text(value)
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return _plain(value.tolist(), depth) if value.size <= MOST_ENTRIES else _text(value)
    if isinstance(value, numbers.Integral):
        number = int(value)
        return number if abs(number) < 10**300 else _text(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, Mapping) and depth:
        items = value.items() if len(value) <= MOST_ENTRIES else ()
        return {_cleaned(str(key), LONGEST_TEXT): _plain(item, depth - 1) for key, item in items} or _text(value)
    if isinstance(value, set | frozenset) and depth and len(value) <= MOST_ENTRIES:
        return sorted((_plain(item, depth - 1) for item in value), key=repr)
    if isinstance(value, list | tuple | range) and depth and len(value) <= MOST_ENTRIES:
        return [_plain(item, depth - 1) for item in value]
    if isinstance(value, BaseException):
        return type(value).__name__
    if isinstance(value, type) or callable(value):
        name = getattr(value, "__name__", None)
        return _cleaned(name, LONGEST_TEXT) if isinstance(name, str) else _text(value)
    return _text(value)


def _text(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return _cleaned(re.sub(r" at 0x[0-9a-fA-F]+", "", text), LONGEST_TEXT)


def _cleaned(text: str, length: int) -> str:
    """Text on one line that can be printed and saved anywhere."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return shorten("".join(c if c.isprintable() else " " for c in text), length)


def _size(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return sum(map(_size, value)) if isinstance(value, list) and value else 1


def _has_hole(value: Any, depth: int = DEPTH) -> bool:
    """Return whether an answer is still missing: a ..., alone or in a list, or an empty string."""
    if value is ... or (type(value) is str and not value.strip(" .…")):
        return True
    items = list(value.values()) if type(value) is dict else value if type(value) in (list, tuple, set) else ()
    return depth > 0 and any(_has_hole(item, depth - 1) for item in items)


def alike(said: Any, truth: Any) -> Word:
    """Return how two plain values compare.

    A number is close within a few percent, and the same if it is what came out, rounded to the three digits or more
    that were given. Case, quotes and a full stop make no difference to words; a list of one number is that number.
    """
    if isinstance(truth, list) and isinstance(said, list):
        if len(said) != len(truth):
            return "different"
        return _worst(alike(*pair) for pair in zip(said, truth, strict=True))
    if isinstance(truth, dict) and isinstance(said, dict):
        if said.keys() != truth.keys():
            return "different"
        return _worst(alike(said[name], truth[name]) for name in truth)
    if isinstance(truth, list) and len(truth) == 1:
        return alike(said, truth[0])
    if isinstance(said, list) and len(said) == 1:
        return alike(said[0], truth)
    if isinstance(truth, list | dict) or isinstance(said, list | dict):
        return "different"
    if isinstance(truth, bool) and not isinstance(said, str):
        return "same" if said is not None and said == truth else "different"
    number, expected = _number(said), _number(truth)
    if number is not None and expected is not None:
        return _near(said if _is_number(said) else number, expected)
    return "same" if _words(said) == _words(truth) else "different"


def _worst(words: Iterator[Word]) -> Word:
    found = set(words)
    return "different" if "different" in found else "close" if "close" in found else "same"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Any) -> float | int | None:
    """Return a number, also one that is written as a string, such as "0.5" or "1/3"; None for anything else."""
    if _is_number(value):
        number: float | int = value
        return number
    if isinstance(value, str) and len(value) <= 40:
        text = value.strip(" .'\"`").replace("−", "-")
        try:
            return float(text) if "/" not in text else float(Fraction(text))
        except (ValueError, ArithmeticError):
            return None
    return None


def _near(said: float | int, truth: float | int) -> Word:
    if math.isnan(said) or math.isnan(truth) or math.isinf(said) or math.isinf(truth):
        return "same" if said == truth or (math.isnan(said) and math.isnan(truth)) else "different"
    off = abs(said - truth)
    if off <= 1e-4 * abs(truth) and (off < 0.5 or not _whole(truth)):
        return "same"
    if off <= 1e-6 and not said:  # what came out is 0 but for rounding
        return "same"
    digits = repr(float(said))
    if not _whole(truth) and "e" not in digits:
        decimals = len(digits.partition(".")[2])
        if len(digits.replace(".", "").lstrip("-0")) >= 3 and off <= 0.5001 * 10**-decimals:
            return "same"
    return "close" if off <= CLOSE * abs(truth) else "different"


def _whole(number: float | int) -> bool:
    return float(number).is_integer()


def _words(value: Any) -> str:
    """Words without what makes no difference: case, quotes, blanks, a full stop, the name of the library."""
    text = str(value).replace("−", "-").casefold()
    text = " ".join(re.sub(r"[\"'`‘’“”„«»]", "", text).split()).strip(" .")
    return re.sub(r"\b(torch|minigrad)\.", "", text)


def _identical(one: Said, other: Said) -> bool:
    """Return whether the same was said; nan is like nan."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


# Words


def shown(value: Any) -> str:
    """Return a plain value as a card shows it: numbers with no more digits than needed, strings without quotes."""
    if isinstance(value, list):
        return shorten(f"[{', '.join(map(shown, value))}]", 120)
    if isinstance(value, dict):
        return shorten(", ".join(f"{name}: {shown(item)}" for name, item in value.items()), 120)
    if isinstance(value, float):
        text = f"{value:.6g}"
        return f"{text}.0" if re.fullmatch(r"-?\d+", text) else text
    return shorten(str(value), 120)


def _asked(name: str) -> str:
    return shorten(_cleaned(name, 60).replace("_", " "), 60)


def _listed(names: list[str]) -> str:
    told = [_asked(name) for name in names]
    return f"{', '.join(told[:-1])} and {told[-1]} are" if len(told) > 1 else f"{told[0]} is"


def _listed_answers(said: Said, beside: Said) -> str:
    """Return what was said, of the answers that differ from the others."""
    changed = [name for name in said if not _identical({"": said[name]}, {"": beside.get(name)})]
    return ", ".join(f"{_asked(name)}: {shown(said[name])}" for name in changed)


def _fault(key: Any, said: str) -> Card:
    name = shorten(_cleaned(key, 40), 40) if isinstance(key, str) else _text(key)[:40]
    return Card(name, "!", "#6a3d9a", f"not understood: {said}")
