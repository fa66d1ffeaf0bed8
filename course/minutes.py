"""How long a lesson takes: what its head says, and what its words, code and predictions add up to.

    python -m course.minutes            a table of all lessons
    python -m course.minutes 03 05      of these

Counted are 160 words a minute (folds and formulas included), 15 seconds for each cell of code, 6 for each line in it
that is not folded away, 75 for each prediction, and a minute for each question asked before the lesson begins. No
reader was timed: the figures are estimates for a careful reader who writes a prediction down before running the cell.

A cell that says "place to stop" ends a part. The first sentence with the word "minutes" in a lesson's first cell names
the minutes of each part, in order: "About 30 minutes to the stopping place, and 20 after it." Headings that end in ▸
belong to the short route through the course.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.cut import ROOT

WORDS_A_MINUTE, CELL, LINE, PREDICTION, QUESTION = 160, 0.25, 0.1, 1.25, 1.0
STOP, SHORT_ROUTE = "place to stop", "▸"

Cell = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """What there is to read and to do in a part of a lesson."""

    words: int
    cells: int
    lines: int
    predictions: int
    questions: int

    @property
    def minutes(self) -> float:
        """The minutes that a careful reader needs for it."""
        return (
            self.words / WORDS_A_MINUTE
            + self.cells * CELL
            + self.lines * LINE
            + self.predictions * PREDICTION
            + self.questions * QUESTION
        )


def _text(cell: Cell) -> str:
    return "".join(cell["source"])


def reading(cells: Sequence[Cell]) -> Reading:
    """Return what these cells hold."""
    prose = [_text(cell) for cell in cells if cell["cell_type"] == "markdown" and cell.get("id") != "the-way-on"]
    shown = [
        _text(cell)
        for cell in cells
        if cell["cell_type"] == "code" and not cell["metadata"].get("jupyter", {}).get("source_hidden")
    ]
    return Reading(
        sum(len(re.sub(r"<[^>]+>", " ", text).split()) for text in prose),
        len(shown),
        sum(bool(line.strip()) for text in shown for line in text.splitlines()),
        sum(len(re.findall(r"^### Predict\b", text, re.MULTILINE)) for text in prose),
        3 * sum("= review(" in text for text in shown),
    )


def parts(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Return a lesson's cells, divided after each place to stop."""
    divided: list[list[Cell]] = [[]]
    for cell in cells:  # the first one may announce the places
        divided[-1].append(cell)
        if len(divided[-1]) > 1 and cell["cell_type"] == "markdown" and STOP in _text(cell):
            divided.append([])
    return divided


def stated(cells: Sequence[Cell]) -> list[int]:
    """Return the minutes of each part, as the lesson's first cell names them."""
    found = re.search(r"[^.\n]*\bminutes\b[^.\n]*", _text(cells[0]))
    return [int(number) for number in re.findall(r"\d+", found[0])] if found else []


def short_route(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells of the sections whose heading is marked for the short route."""
    on, kept = False, []
    for cell in cells:
        heading = re.search(r"^#{1,2} (.*)$", _text(cell), re.MULTILINE) if cell["cell_type"] == "markdown" else None
        if heading:
            on = heading[1].rstrip().endswith(SHORT_ROUTE)
        if on:
            kept.append(cell)
    return kept


def lessons(numbers: Sequence[str] = ()) -> Iterator[tuple[Path, list[Cell]]]:
    """Yield the lessons, or those of these numbers, with their cells."""
    for path in sorted(ROOT.glob("notebooks/[0-9][0-9]_*.ipynb")):
        if not numbers or path.name[:2] in numbers:
            yield path, json.loads(path.read_text(encoding="utf-8"))["cells"]


def main() -> None:
    """Print the table."""
    print("lesson".ljust(29), "   words   lines   predictions        stated       computed   short route")
    for path, cells in lessons(sys.argv[1:]):
        whole, route = reading(cells), reading(short_route(cells)).minutes
        counts = f"{whole.words:>8}{whole.lines:>8}{whole.predictions:>14}"
        told = ",".join(map(str, stated(cells)))
        computed = ",".join(f"{reading(part).minutes:.0f}" for part in parts(cells))
        print(path.stem.ljust(29), counts, f"{told:>13}{computed:>15}{route:>14.0f}")


if __name__ == "__main__":
    main()
