"""Every notebook leads to the next, and no link is dead."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import minigrad as torch
from course import glossary, navigation
from course.navigation import Lesson, footer, lessons, linked, page, with_lessons

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = [
    path for folder in ("notebooks", "exercises", "solutions") for path in sorted((ROOT / folder).glob("*.ipynb"))
]
PAGES = [*NOTEBOOKS, *sorted((ROOT / "notebooks").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def text_of(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells: list[dict[str, Any]] = json.loads(text)["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def test_links_are_up_to_date() -> None:
    assert navigation.write(check=True) == [], "run: python -m course.navigation"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_link_leads_nowhere(path: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)[^)]*\)", re.sub(r"```.*?```|`[^`]*`", "", text_of(path), flags=re.DOTALL)):
        if not re.match(r"[a-z]+:|#", target) and not (path.parent / unquote(target.partition("#")[0])).exists():
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_notebook_ends_with_the_way_on(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [cell["id"] for cell in cells].count(navigation.FOOTER) == 1
    assert cells[-1]["id"] == navigation.FOOTER
    assert navigation.PAGE in "".join(cells[-1]["source"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_lesson_that_is_named_is_linked(path: Path) -> None:
    own = int(path.name[:2]) if path.parent.name == "notebooks" else -1
    there = {lesson.number for lesson in lessons()} - {own}
    text = navigation.NO_SENTENCE.sub("", text_of(path))
    assert [found for found, number in navigation.MENTIONED.findall(text) if int(number) in there] == []


def test_all_lessons_are_on_the_page() -> None:
    every = lessons()
    assert [lesson.file for lesson in every] == [path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
    for lesson in every:
        assert lesson.title
        assert lesson.minutes, f"{lesson.file} says in its first cell how many minutes it takes"
        assert lesson.question, f"{lesson.file} has a question in italics under its title"
        assert lesson.file in page(every)


# The parts, on a course of three lessons.

THREE = [
    Lesson(0, "00_a.ipynb", "A", "Why?", (20,), ("0.1",), 5, ("The knob",), 12.4),
    Lesson(1, "01_b.ipynb", "B | b", "How | much?", (25, 30), ("1.1", "1.2"), 40),
    Lesson(15, "15_c.ipynb", "C", "", (), (), 0),
]


def test_where_one_can_go() -> None:
    assert footer("notebooks", 0, THREE) == (
        "---\n[all lessons](all_lessons.md) | [exercises 00](../exercises/00_exercises.ipynb) | "
        "[01 · B | b](01_b.ipynb) →"
    )
    assert (
        footer("notebooks", 15, THREE)
        == "---\n← [01 · B | b](01_b.ipynb) | [all lessons](all_lessons.md) | this is the last lesson"
    )
    assert footer("exercises", 1, THREE) == (
        "---\n← [01 · B | b](../notebooks/01_b.ipynb) | [all lessons](../notebooks/all_lessons.md) | "
        "[worked answers](../solutions/01_solutions.ipynb) | [15 · C](../notebooks/15_c.ipynb) →"
    )
    assert "[exercises 01](../exercises/01_exercises.ipynb)" in footer("solutions", 1, THREE)
    assert footer("notebooks", 7, THREE) == footer("notebooks", 0, []) == ""


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("See lesson 01.", "See [lesson 01](01_b.ipynb)."),
        ("Lesson 01, lesson 15's end", "[Lesson 01](01_b.ipynb), [lesson 15](15_c.ipynb)'s end"),
        ("(lesson 01)\n\n- lesson 15", "([lesson 01](01_b.ipynb))\n\n- [lesson 15](15_c.ipynb)"),
        *((same, same) for same in (
            "lesson 00, this one", "lesson 07, which is not there", "[lesson 01](01_b.ipynb)", "[in lesson 01](x.md)",
            "`lesson 01`", "```\nlesson 01\n```", "## In lesson 01", "<summary>lesson 01</summary>", "lesson 011", "",
        )),
    ],
)  # fmt: skip
def test_sentences_link_to_the_lessons_they_name(text: str, becomes: str) -> None:
    assert linked(text, "notebooks", 0, THREE) == becomes
    assert linked(becomes, "notebooks", 0, THREE) == becomes


def test_exercises_link_to_their_own_lesson() -> None:
    assert linked("lesson 00", "exercises", 0, THREE) == "[lesson 00](../notebooks/00_a.ipynb)"


def test_a_new_lesson_is_found_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    cells = [
        {"cell_type": "markdown", "source": ["# 15 · On to PyTorch\n", "\n", "*Was this real?*\n\nAbout 30 minutes."]}
    ]
    (tmp_path / "notebooks" / "15_on_to_pytorch.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert lessons(tmp_path) == [Lesson(15, "15_on_to_pytorch.ipynb", "On to PyTorch", "Was this real?", (30,), (), 0)]


def test_the_page_shows_what_is_answered() -> None:
    text = page(THREE[1:], {"01_b.ipynb": "●○ 1 of 2"}, "Continue.")
    assert "| 01 | [B \\| b](01_b.ipynb) | How \\| much? | 25 + 30 |" in text
    assert "| ●○ 1 of 2 |" in text
    assert "Continue." in text
    columns = {len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines() if line.startswith("|")}
    assert columns == {8}


def test_the_readme_lists_the_lessons() -> None:
    with pytest.raises(ValueError, match="<!-- lessons -->"):
        with_lessons("<!-- end of lessons --> <!-- lessons -->\n", THREE)
    text = with_lessons("before\n<!-- lessons -->\nold\n<!-- end of lessons -->\nafter", THREE)
    assert "| 01 | [B \\| b](notebooks/01_b.ipynb) | How \\| much? | 25 + 30 |\n" in text
    assert text.startswith("before\n<!-- lessons -->\n|")
    assert text.endswith("|\n<!-- end of lessons -->\nafter")
    assert "old" not in text


def test_the_short_route_is_on_the_page(tmp_path: Path) -> None:
    text = page(THREE)
    assert "# In a hurry" in text
    assert "| [00 · A](00_a.ipynb) | The knob | 12 |" in text
    assert "In a hurry" not in page(THREE[1:])
    (tmp_path / "notebooks").mkdir()
    texts = ["# 15 · C\n\nAbout 5 minutes.", "## Here ▸\n\none two", "## Not here", "# Nor here", "## And here ▸"]
    cells = [{"cell_type": "markdown", "source": text, "metadata": {}} for text in texts]
    (tmp_path / "notebooks" / "15_c.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    [lesson] = lessons(tmp_path)
    assert lesson.route == ("Here", "And here")
    assert lesson.route_minutes == pytest.approx((5 + 4) / 160)


@pytest.mark.parametrize("term", glossary.TERMS, ids=lambda term: term.word)
def test_a_word_is_taught_where_the_glossary_says(term: glossary.Term) -> None:
    path = next(ROOT.glob(f"notebooks/{term.lesson:02}_*.ipynb"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = re.sub(r"[_`*\s-]+", " ", " ".join("".join(cell["source"]) for cell in cells)).lower()
    word = re.sub(r"[_\s-]+", " ", term.word).lower()
    spoken_of = word in text or word.removesuffix("e") + "ing" in text
    assert spoken_of, f"lesson {term.lesson:02} and the word {term.word}"


@pytest.mark.parametrize("term", glossary.TERMS, ids=lambda term: term.word)
def test_a_word_is_not_used_before_it_is_taught(term: glossary.Term) -> None:
    """An earlier lesson may say the word only in a paragraph that leads to the lesson which teaches it."""
    word = re.compile(rf"\b{re.escape(term.word)}s?\b".replace(r"\ ", r"[\s-]"), re.IGNORECASE)
    early = []
    for path in sorted(ROOT.glob("notebooks/[0-9][0-9]_*.ipynb")):
        if int(path.name[:2]) < term.lesson:
            for paragraph in re.split(r"\n\s*\n", text_of(path)):
                told = re.search(rf"lesson {term.lesson:02}|\({term.lesson:02}_|\[{term.lesson:02} ", paragraph)
                if not told and word.search(re.sub(r"```.*?```|`[^`]*`", "", paragraph, flags=re.DOTALL)):
                    early.append(f"{path.name}: {paragraph}")
    assert early == []


def test_what_the_card_says_runs() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    w = torch.tensor(1.0, requires_grad=True)
    for term in glossary.TERMS:
        if not term.code:
            continue
        y = x * w * 3
        names = {"torch": torch, "x": x, "w": w, "y": y, "v": torch.tensor(1.0), "draw": torch.draw}
        names["optimizer"] = torch.optim.SGD([w], lr=0.1)
        if "add_" in term.code:
            names["x"] = torch.ones(2)
        exec(term.code + (" pass" if term.code.endswith(":") else ""), names)


def test_words_are_told_once_and_in_one_sentence() -> None:
    assert len({term.word for term in glossary.TERMS}) == len(glossary.TERMS)
    for term in glossary.TERMS:
        assert term.meaning.endswith(".")
        assert bool(term.code) == bool(term.does)
