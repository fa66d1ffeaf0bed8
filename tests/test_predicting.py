"""Predictions: what is kept, what is compared with what, and that nothing a learner writes ever raises."""

import contextlib
import html
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

import course
import minigrad as torch
from course import predicting
from course.predicting import alike, plain, shown
from tests.answers import ROOT
from tests.test_reply import contrast


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of the predictions, in a kernel that has just been started."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / ".progress.txt"))
    restart()
    yield tmp_path / ".predictions.jsonl"
    restart()


def restart() -> None:
    """Forget what a kernel remembers."""
    predicting._unwritten.clear()
    predicting._revealed.clear()
    predicting._moments.clear()


def printed(function: Any, *answers: Any, **named: Any) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert function(*answers, **named) is None
    return out.getvalue()


def predict(*answers: Any, **said: Any) -> str:
    return printed(course.predict, *answers, **said)


def compare(*answers: Any, **truth: Any) -> str:
    return printed(course.compare, *answers, **truth)


def rows(text: str) -> list[list[str]]:
    """The table in a card's text, without its titles."""
    return [re.split(r"\s{2,}", line.strip()) for line in text.splitlines() if re.search("[✓≈✗]", line)]


def test_unanswered_there_is_no_trace(file: Path) -> None:
    assert predict("10a", first=..., second=...) == ""
    assert compare("10a", first=3.0, second="runs") == ""
    assert predict("10b", first="") == ""
    assert predict("10b", first=[..., ...]) == ""
    assert not list(file.parent.iterdir())


def test_partly_answered_says_what_is_open(file: Path) -> None:
    assert "second is still to be answered" in predict("10a", first=3, second=...)
    assert "first and third are still" in predict("10a", first=..., second=1, third=[1, ...])
    assert compare("10a", first=3, second=4) == ""
    assert not file.exists()


def test_answered_it_is_kept_and_compared() -> None:
    assert predict("10a", first=3, the_word="Runs.") == "10a Kept. Run the next cell.\n"
    text = compare("10a", first=torch.tensor(3.0), the_word="raises")
    assert text.startswith("10a 1 of 2 as you said")
    assert rows(text) == [["first", "3", "3.0", "✓ same"], ["the word", "Runs.", "raises", "✗ different"]]
    assert "fold" in text
    assert "fold" not in compare("10a", first=3, the_word="runs")


def test_predictions_survive_the_kernel() -> None:
    predict("10a", first=3)
    restart()
    assert rows(compare("10a", first=3)) == [["first", "3", "3", "✓ same"]]


def test_the_first_of_two_is_compared_and_the_other_named(file: Path) -> None:
    predict("10a", first=3)
    assert compare("10a", first=4).startswith("10a not what you said")
    assert "First you said first: 3." in predict("10a", first=4)
    text = compare("10a", first=4)
    assert rows(text) == [["first", "3", "4", "✗ different"]]
    assert "Later you said first: 4." in text
    assert predict("10a", first=3) == "10a Kept. Run the next cell.\n"
    assert "Later" not in compare("10a", first=4)
    assert len(file.read_text().split("\n\n")) == 4  # said, compared, changed, changed back; nothing twice


def test_thinking_again_before_anything_else_has_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said in the next cell that runs, a prediction takes the place of the one before; later it doesn't."""
    cells = iter([5, 6, 8])
    monkeypatch.setattr(predicting, "_moment", lambda: next(cells))
    predict("10a", first=3)
    assert predict("10a", first=4) == "10a Kept. Run the next cell.\n"
    assert "First you said first: 4." in predict("10a", first=5)
    assert rows(compare("10a", first=5)) == [["first", "4", "5", "✗ different"]]


def test_said_after_the_answer_was_seen() -> None:
    assert compare("10a", first=3) == ""
    assert "already" in predict("10a", first=3)
    assert "after the answer" in compare("10a", first=3)
    assert "already" not in predict("10b", first=3)


def test_a_question_that_has_changed_is_asked_again() -> None:
    predict("10a", first=3)
    assert compare("10a", second=3) == ""
    restart()
    predict("10a", second=4)
    assert rows(compare("10a", second=3)) == [["second", "4", "3", "✗ different"]]


def test_a_lesson_is_forgotten_and_no_other(file: Path) -> None:
    predict("03a", first=3)
    predict("03b", first=3)
    predict("10a", first=3)
    before = file.read_bytes()
    assert predicting.forget(3) == (2, "")
    assert file.read_bytes().startswith(before)
    assert predicting.forget(3) == (0, "")
    assert compare("03a", first=3) == ""
    assert rows(compare("10a", first=3))
    restart()
    assert "First" not in predict("03a", first=4)
    assert rows(compare("03a", first=4)) == [["first", "4", "4", "✓ same"]]


SAME = [
    (3, 3.0),
    (3.0, 3),
    ("3", 3),
    ("−2.5", -2.5),
    ("1/3", 1 / 3),
    (Fraction(1, 3), 1 / 3),
    (0.333, 1 / 3),
    (0, 3e-8),
    (float("nan"), float("nan")),
    ("nan", float("nan")),
    (float("inf"), float("inf")),
    (56, torch.tensor(56.0)),
    (56, torch.tensor([56.0])),
    ([1, 2], torch.tensor([1.0, 2.0])),
    ((1, 2), [1, 2]),
    ((2, 3), torch.ones(2, 3).shape),
    ([[1, 2], [3, 4]], torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)),
    (np.float32(0.5), 0.5),
    (np.array([1, 2]), [1.0, 2.0]),
    (np.int64(4), 4),
    ("runs", "Runs."),
    ("'raises'", "raises"),
    ("no  error", "No error"),
    (RuntimeError, "RuntimeError"),
    (RuntimeError("words"), RuntimeError),
    ("float32", torch.float32),
    (None, None),
    ("none", None),
    ("None", "None"),
    (True, True),
    ("true", True),
    (1, True),
    (np.bool_(True), True),
    (False, False),
    ({"a": 1}, {"a": 1.0}),
    ({1, 2}, [1, 2]),
    (range(3), [0, 1, 2]),
    ([], []),
    ("B", "b"),
    (10**400, 10**400),
]
CLOSE = [
    (0.33, 1 / 3),
    (98, 100),
    (102.0, 100.0),
    (-98, -100),
    ([1, 2.02], [1, 2]),
    (0.5, 0.49),
    (1000, 1001),
    (0.9, 0.87),
]
DIFFERENT = [
    (3, 4),
    (3, -3),
    (0, 1),
    (1, 0),
    (56, -80),
    (float("nan"), 0.0),
    (float("inf"), float("-inf")),
    ("runs", "raises"),
    (None, 0),
    (0, None),
    (True, False),
    (None, False),
    (2, True),
    (True, "runs"),
    ([1, 2], [1, 2, 3]),
    ([1, 2], 1),
    (1, [1, 2]),
    ([1, 2], {"a": 1}),
    ({"a": 1}, {"b": 1}),
    ("", 0),
    (0.1, 0.01),
    ([1, -2], [1, 2]),
    (1 + 2j, 1),
    ("1/0", 1),
    (0, 0.0001),
    (10**400, 1),
    (10**300, float("nan")),
    ("x" * 1000, "y"),
]


@pytest.mark.parametrize(
    ("said", "truth", "word"),
    [(*pair, word) for word, pairs in (("same", SAME), ("close", CLOSE), ("different", DIFFERENT)) for pair in pairs],
)
def test_what_is_the_same_close_or_different(said: Any, truth: Any, word: Any) -> None:
    assert alike(plain(said), plain(truth)) == word
    assert alike(json.loads(json.dumps(plain(said))), plain(truth)) == word  # as it comes back from the file
    if not (isinstance(said, str) and not said):
        predict("10a", it=said)
        assert rows(compare("10a", it=truth))[0][-1].endswith(word)


class Hostile:
    """An object that raises whatever it is asked."""

    def _raise(self, *args: Any) -> Any:
        raise ZeroDivisionError("no")

    __repr__ = __str__ = __eq__ = __bool__ = __len__ = __iter__ = __hash__ = __float__ = __format__ = _raise


class HostileText(str):
    def _raise(self, *args: Any) -> Any:
        raise ZeroDivisionError("no")

    __repr__ = __str__ = __iter__ = __len__ = strip = _raise


class HostileClass:
    __class__ = property(Hostile._raise)


inside_itself: list[Any] = [1]
inside_itself.append(inside_itself)
ODD = [
    Hostile(),
    HostileText("a"),
    HostileClass(),
    [Hostile()],
    {Hostile: 1},
    inside_itself,
    object(),
    lambda x: x,
    print,
    torch,
    iter([1]),
    (n for n in range(3)),
    b"\xff",
    "\ud800",
    "\x1b[31m\x00\n" * 3,
    "<script>alert(1)</script>",
    "x" * 10**6,
    list(range(10**5)),
    torch.zeros(1000, 1000),
    torch.tensor([]),
    torch.zeros(0, 3),
    np.array(["a", None], dtype=object),
    np.zeros((2, 2), dtype=[("a", "f4")]),
    np.datetime64("2020-01-01"),
    np.float64("nan"),
    10**5000,
    float("-inf"),
    1j,
    NotImplemented,
    type,
    ZeroDivisionError("x"),
    [[[[[[[[1]]]]]]]],
    {"a": {"b": [1, 2]}},
    set(),
    {},
    [],
    (),
    [None] * 500,
    -0.0,
]


@pytest.mark.parametrize("number", range(len(ODD)))  # pytest itself would look at the objects
def test_whatever_is_said_is_kept_and_shown_without_an_error(number: int, file: Path) -> None:
    odd = ODD[number]
    text = predict("10a", it=odd)
    assert text == "10a Kept. Run the next cell.\n"
    assert len(file.read_bytes()) < 10_000
    for truth in (odd, 1.0, "runs", [1, 2], None, torch.ones(2)):
        text = compare("10a", it=truth)
        assert rows(text), text
        assert len(text) < 700
        text.encode("utf-8")
    predict("10b", it=1.0)
    assert rows(compare("10b", it=odd))
    assert "<script>" not in predicting.compared("10a", (), {"it": odd}).html()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "key", ["", "a", "10", 10, 1.5, None, [], Hostile(), "10aa", "x" * 10**5, "../1a", "1a\n1b", "٣a"]
)
def test_a_key_that_does_not_exist_is_one_line(key: Any, file: Path) -> None:
    for text in (predict(key, it=1), compare(key, it=1)):
        assert len(text.splitlines()) == 1
        assert len(text) < 200
    assert not file.exists()


def test_what_can_not_be_kept_is_one_line(file: Path) -> None:
    for text in (predict("10a", 3), predict("10a"), predict(), compare("10a", 3), compare("10a"), compare()):
        assert len(text.splitlines()) == 1
    assert not file.exists()


def test_a_key_has_one_form() -> None:
    predict("3A", it=1)
    assert rows(compare("03a", it=1))


DAMAGED = [
    b"",
    b"{",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"key": "10a"}\n{"key": 3, "said": 1}\n[]\n3\n{"forget": "x"}',
    b"x" * 3_000_000,
]


@pytest.mark.parametrize("damaged", DAMAGED)
def test_whatever_is_in_the_file_costs_nothing(file: Path, damaged: bytes) -> None:
    file.write_bytes(damaged)
    assert predict("10a", it=1) == "10a Kept. Run the next cell.\n"
    assert file.read_bytes().startswith(damaged)
    assert rows(compare("10a", it=1)) or len(damaged) > 1_000_000


@pytest.mark.parametrize("odd", ["folder", "pipe", "no folder", "read-only", "link to itself"])
def test_where_the_file_can_not_be_written_the_kernel_remembers(
    file: Path, odd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if odd == "folder":
        file.mkdir()
    elif odd == "pipe":
        os.mkfifo(file)
    elif odd == "link to itself":
        file.symlink_to(file)
    elif odd == "no folder":
        monkeypatch.setenv("COURSE_PROGRESS", str(file.parent / "missing" / "file"))
    else:
        file.write_text("")
        file.chmod(0o444)
    text = predict("10a", it=1)
    assert text.startswith("10a Kept.")
    assert "could not be written" in text
    assert rows(compare("10a", it=1)) == [["it", "1", "1", "✓ same"]]


def test_kernels_that_predict_at_once_lose_nothing(file: Path) -> None:
    code = (
        "import sys, string; from course import predict\n"
        "for letter in string.ascii_lowercase: predict(sys.argv[1] + letter, it=[letter] * 50)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    writers = [
        subprocess.Popen([*command, lesson], env=environment, stdout=subprocess.DEVNULL) for lesson in ("03", "04")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    for lesson in ("03", "04"):
        for letter in "az":
            assert predicting.history(f"{lesson}{letter}", {"it"}).first == {"it": [letter] * 50}
    assert len(file.read_text().split()) > 52


def test_what_one_kernel_says_another_compares() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    code = "from course import predict; predict('10a', it=3)"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    assert rows(compare("10a", it=3))


def test_cards_say_in_html_what_they_say_in_text() -> None:
    predict("10a", first=3, second="<b>", third=0.33)
    card = predicting.compared("10a", (), {"first": 3, "second": "b", "third": 1 / 3})
    assert card is not None
    bundle = card._repr_mimebundle_()
    assert bundle["text/plain"] == card.text()
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bundle["text/html"])).split())
    assert "kept Run the next cell." in re.sub(
        r"<[^>]+>", "", predicting.Card("10a", *predicting.KEPT, "Kept. Run the next cell.").html()
    )
    for piece in ("10a", card.headline, *(text for row in card.rows for text in row), *card.sentences):
        assert piece in words
    for word, (sign, colour) in predicting.SIGNS.items():
        assert f">{sign}</span> {word}</strong>" in bundle["text/html"]
        assert contrast(colour, "#ffffff") > 6
    for part in ("<script", "<style", "<svg", "<b>"):
        assert part not in bundle["text/html"]


def test_numbers_are_shown_short() -> None:
    assert [shown(value) for value in (3, 3.0, 1 / 3, -64.0, 1e-9, "runs", None, True)] == [
        "3",
        "3.0",
        "0.333333",
        "-64.0",
        "1e-09",
        "runs",
        "None",
        "True",
    ]
    assert shown([1.0, 2]) == "[1.0, 2]"


@pytest.mark.torch
@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
def test_tensors_of_pytorch() -> None:
    import torch as pytorch

    predict("10a", it=pytorch.tensor([1.0, 2.0], requires_grad=True), half=0.5, shape=(2,), kind="float32")
    truth = {"it": pytorch.tensor([1.0, 2.0], dtype=pytorch.bfloat16), "half": pytorch.tensor(0.5)}
    text = compare("10a", **truth, shape=pytorch.ones(2).shape, kind=pytorch.float32)
    assert text.startswith("10a 4 of 4 as you said")
    assert plain(pytorch.zeros(3, device="meta")).startswith("tensor")
    assert plain(pytorch.eye(2).to_sparse()).startswith("tensor") or plain(pytorch.eye(2).to_sparse()).startswith("<")


@pytest.mark.slow
def test_in_a_notebook(tmp_path: Path) -> None:
    """A kernel shows cards, nothing for what is unanswered, and lets a learner think again."""
    cells = [
        "from course import compare, predict",
        'predict("10a", it=...)',
        'compare("10a", it=1)',
        'predict("10b", it=1)',
        'predict("10b", it=2)',
        "it = 3",
        'compare("10b", it=it)',
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    path = tmp_path / "a.ipynb"
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "nbconvert", str(path), "--to", "notebook", "--execute", "--inplace"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    outputs = [cell["outputs"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert [len(found) for found in outputs] == [0, 0, 0, 1, 1, 0, 1]
    assert {found[0]["output_type"] for found in outputs if found} == {"display_data"}
    assert rows("".join(outputs[-1][0]["data"]["text/plain"])) == [["it", "2", "3", "✗ different"]]
