"""Cards: the same facts as in the text, marks where two lines differ, nothing that a notebook would not show."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

import minigrad as torch
from course.reply import BADGES, Curves, Entries, Graphs, Reply, differing
from minigrad.drawing.svg import FOLLOWS_THEME
from tests.answers import EXERCISES, ROOT, run

WRONG = [(exercise, wrong) for exercise in EXERCISES.values() for wrong in exercise.wrong_answers[:3]]


def words(document: str) -> str:
    """The text of a page, without its tags, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", document)).split())


def squeezed(text: str) -> str:
    return re.sub(r"[\s`]+", "", text)


@pytest.mark.parametrize(("exercise", "wrong"), WRONG, ids=[f"{e.number}-{w.hint}" for e, w in WRONG])
def test_a_card_has_the_facts_of_the_text(exercise: Any, wrong: Any) -> None:
    reply = exercise.check(run("solutions", exercise, answer=wrong)).reply
    bundle = reply._repr_mimebundle_()
    assert bundle["text/plain"] == reply.text()
    for piece in (reply.number, "not right yet", reply.summary, *(text for row in reply.rows for text in row)):
        assert squeezed(piece) in squeezed(words(bundle["text/html"]))
    for sentence in reply.sentences:
        assert squeezed(sentence) in squeezed(words(bundle["text/html"]))
    assert "<script" not in bundle["text/html"]
    assert "<style" not in bundle["text/html"].replace(FOLLOWS_THEME, "")  # of drawings, white without it
    assert "<svg" not in bundle["text/html"]
    assert "<mark" not in bundle["text/html"]  # in the dark it can't be read before the first run
    assert exercise.check(run("solutions", exercise, answer=wrong)).reply.html() == bundle["text/html"]


def test_every_state_has_a_sign_a_word_and_a_colour() -> None:
    for state, (sign, word, colour) in BADGES.items():
        card = Reply("1.1", state, "A summary.").html()
        assert sign in card
        assert word in card
        assert colour in card
        assert f'aria-label="Check of exercise 1.1: {word}"' in card
        assert contrast(colour, "#ffffff") > 6
    assert len({badge[0] for badge in BADGES.values()}) == len({badge[2] for badge in BADGES.values()}) == len(BADGES)


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def marked(line: str) -> list[str]:
    return [html.unescape(word) for word in re.findall(r"<u [^>]*>(.*?)</u>", line)]


def test_what_differs_is_marked_in_both_lines() -> None:
    got, want = differing("tensor([1.0, -2.5, 3.0])", "tensor([1.0, 2.5, 3.0])")
    assert (marked(got), marked(want)) == (["-2.5"], ["2.5"])
    assert (words(got), words(want)) == ("tensor([1.0, -2.5 , 3.0])", "tensor([1.0, 2.5 , 3.0])")
    assert differing("a < b", "a < b") == ("a &lt; b", "a &lt; b")
    assert differing(None, "a") == differing("a", None) == ("", "")


def test_numbers_in_a_list_are_compared_place_by_place() -> None:
    got, want = differing("[9.0, 9.0, 6.75, 15.75, 39.75]", "[9.0, 0.0, -2.25, 9.0, 24.0]")
    assert marked(got) == ["9.0", "6.75", "15.75", "39.75"]
    assert marked(want) == ["0.0", "-2.25", "9.0", "24.0"]
    got, want = differing("tensor([nan, 1e-05])", "tensor([2., 1e-05])")
    assert (marked(got), marked(want)) == (["nan"], ["2."])


def test_lines_with_nothing_in_common_have_no_marks() -> None:
    assert differing("**", "+, -, *, / and comparisons") == ("**", "+, -, *, / and comparisons")
    assert marked(differing("None", "tensor(3.)")[1]) == []


def test_markup_in_an_answer_is_text() -> None:
    card = Reply("1.1", "wrong", "", [("came out", "<b>bold</b>"), ("expected", "<i>")], ["say `<x>`"]).html()
    assert "<b>" not in card
    assert "<i>" not in card
    assert "&lt;x&gt;" in card


def test_entries_are_numbers_of_one_shape() -> None:
    shown = Entries.of(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[1.0, 2.0], [3.0, 5.0]]))
    assert shown is not None
    assert "[1, 1]" in words(shown.html())
    assert marked(shown.html()) == ["4", "5"]
    assert Entries.of([1.0, float("nan")], [1.0, 2.0]) is not None
    for got, want in (
        (1.0, 2.0),
        ([1], [1, 2]),
        (["a", "b"], ["a", "c"]),
        (torch.ones(1), torch.ones(1)),
        (None, [1, 2]),
    ):
        assert Entries.of(got, want) is None


def test_two_graphs_are_drawn_with_the_odd_nodes_marked() -> None:
    a, b = (torch.tensor(number, requires_grad=True) for number in (0.5, 2.0))
    e = torch.exp(a)
    graphs = Graphs.of(torch.exp(a) - torch.exp(a) * b, e - e * b, {"a": a, "b": b})
    assert graphs is not None
    assert graphs.html().count("<img") == 2
    assert graphs.html().count(" alt=") == 2
    assert Graphs.of(torch.ones(2), e, {}) is None or "came out" in graphs.html()


def test_two_curves_are_told_in_words_too() -> None:
    shown = Curves(([0, 1, 2], [1.0, float("nan"), 3.0]), ([0, 1, 2], [1.0, 2.0, 3.0])).html()
    assert "from (0, 1) to (2, 3)" in words(shown)
    assert "<img" in shown
    assert Curves(([], []), ([], [])).html()


def test_a_notebook_shows_the_card(tmp_path: Path) -> None:
    cells = ["from course import check", "def position(wish):\n    return wish", 'check("0.1")', "print(1)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path = tmp_path / "a.ipynb"
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "nbconvert", str(path), "--to", "notebook", "--execute", "--inplace"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    outputs = json.loads(path.read_text(encoding="utf-8"))["cells"][2]["outputs"]
    assert [output["output_type"] for output in outputs] == ["display_data"]
    assert "".join(outputs[0]["data"]["text/plain"]).startswith("0.1 not right yet")
    assert "".join(outputs[0]["data"]["text/html"]).startswith('<div role="group"')
