"""The way through the course: the line at the end of each notebook, links to lessons, and the page of all lessons.

    python -m course.navigation            write them into notebooks/, solutions/ and exercises/
    python -m course.navigation --check    write nothing; exit with 1 if one of them is not what would be written

Every lesson, found by its file's name, gets links to the lesson before it, all lessons, its exercises and the lesson
after it. "lesson 03" in a sentence becomes a link, and the README lists all lessons. A new lesson needs only its file
in notebooks/: this command, which `python -m course.refresh` runs at its end, updates its neighbours.
"""

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import minutes
from course.cut import ROOT, cut_all, text_of

FOOTER = "the-way-on"
"""The id of the cell that holds a notebook's links."""

PAGE = "all_lessons.md"

# What may hold the words "lesson 03" and is no sentence: code, links, what is folded out by its line, headings.
NO_SENTENCE = re.compile(
    r"```.*?```|`[^`]*`|\[[^\]]*\]\([^)]*\)|<summary>.*?</summary>|^#.*?$", re.DOTALL | re.MULTILINE
)
MENTIONED = re.compile(r"\b([Ll]esson (\d\d))\b")


@dataclass(frozen=True)
class Lesson:
    """A lesson as others speak of it."""

    number: int
    file: str
    title: str
    question: str
    minutes: tuple[int, ...]
    """The minutes of each of its parts, between which one may stop."""
    exercises: tuple[str, ...]
    """The numbers of its exercises, such as 3.1; none if it has no exercises."""
    exercise_minutes: int
    route: tuple[str, ...] = ()
    """The headings of its sections on the short route."""
    route_minutes: float = 0.0

    @property
    def told(self) -> str:
        """Its number and title."""
        return f"{self.number:02} · {self.title}"

    @property
    def sittings(self) -> str:
        """The minutes of its parts, such as 30 + 15."""
        return " + ".join(map(str, self.minutes))


def lessons(root: Path = ROOT) -> list[Lesson]:
    """Return the lessons there are, in order, as their notebooks describe them."""
    return [_lesson(path, root) for path in sorted(root.glob("notebooks/[0-9][0-9]_*.ipynb"))]


def _lesson(path: Path, root: Path) -> Lesson:
    number, cells = int(path.name[:2]), json.loads(path.read_text(encoding="utf-8"))["cells"]
    first = _markdown(path)[0]
    title = re.search(r"^# (?:\d\d · )?(.+)$", first, re.MULTILINE)
    question = re.search(r"^\*(?!\*)(.+?)\*$", first, re.MULTILINE)
    solution = root / "solutions" / f"{number:02}_solutions.ipynb"
    told = _markdown(solution) if solution.exists() else [""]
    asked = [found for text in told for found in re.findall(rf"^## ({number}\.\d+) ", text, re.MULTILINE)]
    asked_minutes = re.search(r"(\d+) minutes", told[0])
    route = minutes.short_route(cells)
    headings = [
        found.removesuffix(minutes.SHORT_ROUTE).rstrip()
        for text in ("".join(cell["source"]) for cell in route if cell["cell_type"] == "markdown")
        for found in re.findall(rf"^## (.*{minutes.SHORT_ROUTE})\s*$", text, re.MULTILINE)
    ]
    return Lesson(
        number,
        path.name,
        title[1].removesuffix(minutes.SHORT_ROUTE).rstrip() if title else path.stem[3:].replace("_", " "),
        question[1] if question else "",
        tuple(minutes.stated(cells)),
        tuple(asked),
        int(asked_minutes[1]) if asked_minutes else 0,
        tuple(headings),
        minutes.reading(route).minutes,
    )


def _markdown(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"] or [""]


def footer(folder: str, number: int, every: Sequence[Lesson]) -> str:
    """Return the last line of a notebook in a folder: where one can go from there."""
    place = next((place for place, lesson in enumerate(every) if lesson.number == number), None)
    if place is None:
        return ""
    lesson, up = every[place], "" if folder == "notebooks" else "../notebooks/"
    after = every[place + 1] if place + 1 < len(every) else None
    exercises = f"[exercises {number:02}](../exercises/{number:02}_exercises.ipynb)" if lesson.exercises else ""
    middle = {
        "notebooks": exercises,
        "exercises": f"[worked answers](../solutions/{number:02}_solutions.ipynb)",
        "solutions": exercises,
    }[folder]
    before = lesson if folder != "notebooks" else every[place - 1] if place else None
    links = [
        f"← [{before.told}]({up}{before.file})" if before else "",
        f"[all lessons]({up}{PAGE})",
        middle,
        f"[{after.told}]({up}{after.file}) →" if after else "this is the last lesson" * (folder == "notebooks"),
    ]
    return "---\n" + " | ".join(filter(None, links))


def linked(text: str, folder: str, own: int, every: Sequence[Lesson]) -> str:
    """Markdown whose sentences link to the lessons that they name."""
    files = {lesson.number: lesson.file for lesson in every if lesson.number != own or folder != "notebooks"}
    up = "" if folder == "notebooks" else "../notebooks/"

    def link(found: re.Match[str]) -> str:
        file = files.get(int(found[2]))
        return f"[{found[1]}]({up}{file})" if file else found[0]

    parts, end = [], 0
    for kept in NO_SENTENCE.finditer(text):
        parts += [MENTIONED.sub(link, text[end : kept.start()]), kept[0]]
        end = kept.end()
    return "".join([*parts, MENTIONED.sub(link, text[end:])])


def lead_on(notebook: Any, folder: str, number: int, every: Sequence[Lesson]) -> None:
    """Put the links into a notebook: those of its sentences, and its last line."""
    import nbformat

    cells = [cell for cell in notebook.cells if cell.id != FOOTER]
    for cell in cells:
        if cell.cell_type == "markdown":
            cell.source = linked(cell.source, folder, number, every)
    line = footer(folder, number, every)
    notebook.cells = [*cells, *([nbformat.v4.new_markdown_cell(line, id=FOOTER)] if line else [])]


def page(every: Sequence[Lesson], done: Mapping[str, str] | None = None, top: str = "") -> str:
    """Return the page of all lessons; `done` has the answered exercises of each lesson, by the lesson's file."""
    lines = ["# All lessons", ""]
    lines += [top, ""] if top else []
    columns = ["", "lesson", "its question", "minutes", "exercises", "minutes"]
    if done is not None:
        columns.append("answered")
    lines += [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    for lesson in every:
        exercises = f"[{_counted(len(lesson.exercises), 'exercise')}](../exercises/{lesson.number:02}_exercises.ipynb)"
        row = [
            f"{lesson.number:02}",
            f"[{_cell(lesson.title)}]({lesson.file})",
            _cell(lesson.question),
            lesson.sittings,
            exercises if lesson.exercises else "",
            str(lesson.exercise_minutes or ""),
        ]
        if done is not None:
            row.append(done.get(lesson.file, ""))
        lines.append(f"| {' | '.join(row)} |")
    hours = sum(sum(lesson.minutes) + lesson.exercise_minutes for lesson in every) / 60
    lines += [
        "",
        f"In all about {round(hours)} hours; where minutes are added, there is a place to stop in between. "
        "The worked answers are in [solutions](../solutions/).",
        *_short_route(every),
        "",
        "In any notebook, after `from course import drill, exam, review`: `review()` asks five questions on what you "
        "have done, starting with those not seen for longest; `drill()` draws a graph whose gradients "
        "you fill in; `exam(seed=7)` asks twenty over all lessons. The questions differ every time.",
    ]
    return "\n".join(lines) + "\n"


def with_lessons(readme: str, every: Sequence[Lesson]) -> str:
    """Return the README with the lessons there are between the two marks for them."""
    before, begin, rest = readme.partition("<!-- lessons -->\n")
    _, end, after = rest.partition("<!-- end of lessons -->")
    if not end:
        raise ValueError("the README needs the marks <!-- lessons --> and <!-- end of lessons --> around the lessons")
    rows = [
        f"| {lesson.number:02} | [{_cell(lesson.title)}](notebooks/{lesson.file}) | {_cell(lesson.question)} | "
        f"{lesson.sittings} |\n"
        for lesson in every
    ]
    return "".join([before, begin, "| | lesson | the question | minutes |\n|---|---|---|---|\n", *rows, end, after])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _short_route(every: Sequence[Lesson]) -> list[str]:
    """Return what to read for those in a hurry: a line for each lesson on the route."""
    route = [lesson for lesson in every if lesson.route]
    if not route:
        return []
    total = round(sum(lesson.route_minutes for lesson in route), -1)
    return [
        "",
        "# In a hurry",
        "",
        f"In about {total:.0f} minutes you can meet the ideas that the rest builds on: run these lessons, and read the "
        f"sections whose heading ends in {minutes.SHORT_ROUTE}.",
        "",
        "| lesson | sections | minutes |",
        "|---|---|---|",
        *(
            f"| [{_cell(on.told)}]({on.file}) | {_cell(' · '.join(on.route))} | {on.route_minutes:.0f} |"
            for on in route
        ),
    ]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def write(*, check: bool = False) -> list[str]:
    """Bring the links of all notebooks up to date. Returns a line for each file that was, or would be, changed."""
    import nbformat

    from course import glossary  # which speaks of lessons as this file does

    every, changed = lessons(), []
    for folder in ("notebooks", "solutions"):
        for path in sorted((ROOT / folder).glob("[0-9][0-9]_*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            lead_on(notebook, folder, int(path.name[:2]), every)
            changed += _replace(path, text_of(notebook), check)
    readme = ROOT / "README.md"
    changed += _replace(readme, with_lessons(readme.read_text(encoding="utf-8"), every), check)
    pages = {PAGE: page(every), glossary.GLOSSARY: glossary.glossary(every), glossary.CARD: glossary.card(every)}
    for name, text in pages.items():
        changed += _replace(ROOT / "notebooks" / name, text, check)
    return changed + cut_all(write=not check)


def _replace(path: Path, text: str, check: bool) -> list[str]:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return []
    if not check:
        path.write_text(text, encoding="utf-8", newline="\n")
    return [f"{path.relative_to(ROOT).as_posix()}: its links {'are not' if check else 'are brought'} up to date"]


def main() -> int:
    """Write the links, or check those that are there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, report what would change")
    check = parser.parse_args().check
    changed = write(check=check)
    print(*changed or ["all links are up to date"], sep="\n")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
