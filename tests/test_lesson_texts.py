"""What the lessons say about themselves is true, and they use one word for one thing.

For one lesson: python -m pytest tests/test_lesson_texts.py -k 03_
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from course.minutes import parts, reading, short_route, stated
from tests.words import OTHER_WORDS

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)

# A sitting that is longer than this needs a place to stop.
SITTING = 35

# Beside the words that exercises avoid: "flag" stands only in PyTorch's own messages, and a fault is fixed.
ALSO = re.compile(
    r"\b(flags?|mend(s|ed|ing)?|roads?|circles? (in|of) the graph|dearer)\b|\b(is|are) no (leaf|list|tree)\b"
    r"|\b(has|have) not (a|an|any|the)\b|\ba training\b(?! (epoch|example|loop|loss|run|set|step))",
    re.IGNORECASE,
)
QUOTED = re.compile(r"```.*?```|`[^`]*`|^>.*?$", re.DOTALL | re.MULTILINE)


def cells_of(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


@every_lesson
def test_minutes_are_honest(path: Path) -> None:
    """The head's minutes are those that words, code and predictions add up to, give or take three."""
    cells = cells_of(path)
    told, computed = stated(cells), [reading(part).minutes for part in parts(cells)]
    assert len(told) == len(computed), f"the head names {told} minutes, the parts come to {computed}"
    for said, counted in zip(told, computed, strict=True):
        assert abs(said - counted) <= 3, f"the head names {told} minutes, the parts come to {computed}"
        assert said <= SITTING, f"{said} minutes: give the lesson a place to stop"


def words_of_another_kind(text: str, number: int) -> list[str]:
    said = QUOTED.sub(" ", text)
    found = [word.group() for pattern in (OTHER_WORDS, ALSO) for word in pattern.finditer(said)]
    found = [word for word in found if word.lower() != "watch"]  # one watches a loss fall; a tensor requires grad
    if number == 2 and "receipt" in found:
        found.remove("receipt")  # the comparison that is made once
    return found


@every_lesson
def test_one_word_for_one_thing(path: Path) -> None:
    number = int(path.name[:2])
    prose = "\n\n".join("".join(cell["source"]) for cell in cells_of(path) if cell["cell_type"] == "markdown")
    assert words_of_another_kind(prose, number) == []


@pytest.mark.parametrize(
    "text", ["two receipts", "its flag", "It is mended.", "another road", "y is no leaf", "this has not a graph"]
)
def test_words_of_another_kind_are_found(text: str) -> None:
    assert words_of_another_kind(text, 3)


@pytest.mark.parametrize(
    "text", ["`flag = True`", "> requires_grad flags of leaf variables", "a leaf", "One kind of fix", "recommended"]
)
def test_other_words_are_left_alone(text: str) -> None:
    assert words_of_another_kind(text, 3) == []


def test_receipt_is_a_comparison_made_once() -> None:
    assert words_of_another_kind("A node is like a receipt.", 2) == []
    assert words_of_another_kind("A node is like a receipt. That receipt", 2) == ["receipt"]


def test_the_short_route_takes_ninety_minutes() -> None:
    routes = {path.stem: reading(short_route(cells_of(path))).minutes for path in LESSONS}
    assert 80 <= sum(routes.values()) <= 100, routes
