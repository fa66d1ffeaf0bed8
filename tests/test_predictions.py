"""Every prediction of a lesson can be committed to, and nothing beside it gives the answer away.

The docstring of the package `course` describes the form. For one lesson:

    python -m pytest tests/test_predictions.py -k 10_
"""

import ast
import copy
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))

SUMMARY = "<summary>Compare with your prediction</summary>"
FOLD = re.compile(r"<details>.*?</details>", re.DOTALL)
HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
QUESTION = re.compile(r"^### Predict\b(?P<rest>.*)$", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", re.IGNORECASE)
WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

Cell = dict[str, Any]
Truth = dict[str, Any]


def source(cell: Cell) -> str:
    return "".join(cell["source"])


def tags(cell: Cell) -> list[str]:
    found: list[str] = cell["metadata"].get("tags", [])
    return found


def folded(cell: Cell, part: str) -> bool:
    return cell["metadata"].get("jupyter", {}).get(part) is True


def texts_of(output: Cell) -> list[str]:
    """The words of an output: what is printed, what stands for a value, what is said of a picture."""
    if output["output_type"] == "stream":
        return ["".join(output["text"])]
    if output["output_type"] == "error":
        return [output["ename"], output["evalue"]]
    data = {kind: "".join(text) for kind, text in output["data"].items() if isinstance(text, str | list)}
    said = [data.get("text/plain", ""), data.get("text/markdown", "")]
    page = data.get("text/html", "")
    said += [*re.findall(r'alt="([^"]*)"', page), re.sub(r"<[^>]+>", " ", page)]
    return [html.unescape(text) for text in said]


def first_line(cell: Cell) -> str:
    """What a notebook shows of a folded output."""
    return texts_of(cell["outputs"][0])[0].partition("\n")[0] if cell["outputs"] else ""


def number_in(text: str) -> float:
    return float(text.replace("−", "-").rstrip(".,").replace(",", ""))


def numbers_in(text: str) -> set[float]:
    """The numbers that a text holds, those of names such as w1 left out."""
    return {number_in(found) for found in NUMBER.findall(text) if re.search(r"\d", found)}


def leaves_of(value: Any) -> Iterator[Any]:
    """The single values in nested lists and dictionaries."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    if items is None:
        yield value
    else:
        for item in items:
            yield from leaves_of(item)


def told(value: Any, text: str) -> bool:
    """Whether a text names a value that came out."""
    if isinstance(value, bool) or value is None:
        return bool(re.search(rf"(?<![=\w]){value}(?!\w)", text))
    if isinstance(value, int | float):
        spelled = (float(n) for n, word in enumerate(WORDS, 2) if re.search(rf"\b{word}\b", text, re.IGNORECASE))
        numbers = numbers_in(text).union(spelled)
        return any(abs(number - value) <= 1e-3 * abs(value) for number in numbers)
    word = value.strip(" .")
    if len(word) == 1:  # a letter of listed choices; small ones, and I, are words of their own
        return word.upper() not in ("A", "I") and bool(re.search(rf"\b{word.upper()}\b", text))
    return bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE))


def call(cell: Cell, name: str) -> ast.Call | None:
    """The call that is a cell's only statement, if it is one of this function with a key and names."""
    try:
        body = ast.parse(source(cell)).body
    except SyntaxError:
        return None
    if len(body) != 1 or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Call):
        return None
    found = body[0].value
    if not isinstance(found.func, ast.Name) or found.func.id != name or len(found.args) != 1:
        return None
    return found if found.keywords else None


def names_in(found: ast.Call) -> list[str] | None:
    """The names that a call gives, in order; None if they are in a variable, **outcomes."""
    names = [keyword.arg for keyword in found.keywords]
    return None if None in names else [str(name) for name in names]


def is_open(answer: ast.expr) -> bool:
    """Whether an answer is still missing: a ..., or a list of them, which shows how many numbers are expected."""
    if isinstance(answer, ast.List | ast.Tuple):
        return bool(answer.elts) and all(map(is_open, answer.elts))
    return isinstance(answer, ast.Constant) and answer.value is ...


def faults(cells: list[Cell], lesson: int, truths: dict[str, Truth] | None = None) -> list[str]:
    """What is wrong with the predictions of a lesson; with what came out, also whether it is given away."""
    found, keys = [], []
    for place, cell in enumerate(cells):
        if cell["cell_type"] != "markdown":
            continue
        questions = list(QUESTION.finditer(source(cell)))
        for question in questions:
            titled = re.match(r" (\d\d[a-z]): \S", question["rest"])
            if not titled:
                found.append(f"{question[0]!r} is not written as '### Predict {lesson:02}a: what is asked'")
                continue
            keys.append(titled[1])
            if HEADING.search(source(cell), question.end()):
                found.append(f"{titled[1]}: another heading stands in the cell of the question")
                continue
            found += [f"{titled[1]}: {fault}" for fault in _faults_of_one(cells, place, titled[1], truths)]
    wanted = [f"{lesson:02}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"[: len(keys)]]
    if keys != wanted:
        found.append(f"the predictions are lettered {', '.join(keys)} and not {', '.join(wanted)}")
    if len(keys) < 3:
        found.append(f"there are {len(keys)} predictions, and at least three are worth making")
    return found


def _faults_of_one(cells: list[Cell], place: int, key: str, truths: dict[str, Truth] | None) -> Iterator[str]:
    following = cells[place + 1 : place + 5]
    if [cell["cell_type"] for cell in following] != ["code", "code", "code", "markdown"]:
        yield "after the question stand predict, the cell that reveals, compare, and the answer's fold"
        return
    predict, reveal, compare, fold = following
    said, came_out = call(predict, "predict"), call(compare, "compare")
    if said is None or came_out is None:
        yield "predict(…) and compare(…) stand alone in their cells, with a key and names"
        return
    for wanted in (said, came_out):
        if not isinstance(wanted.args[0], ast.Constant) or wanted.args[0].value != key:
            yield "the key is the heading's"
    asked, told_names = names_in(said), names_in(came_out)
    if told_names is None and truths is not None:
        told_names = list(truths.get(key, ()))
    if asked is None or told_names not in (None, asked):
        yield "predict and compare have the same names, in the same order"
    if not all(is_open(keyword.value) for keyword in said.keywords):
        yield "every answer of predict is a ..."
    if not all(any(isinstance(part, ast.Name) for part in ast.walk(keyword.value)) for keyword in came_out.keywords):
        yield "what compare is given comes from variables, and is never written down"
    for cell in (predict, compare):
        if "minigrad-only" not in tags(cell):
            yield "predict and compare are tagged minigrad-only"
        if cell["outputs"]:
            yield "predict and compare are saved unanswered, without an output"
    if not folded(compare, "source_hidden"):
        yield "the source of compare is hidden"
    if "minigrad-only" in tags(reveal) and "pytorch" not in tags(reveal):
        yield "the cell that reveals runs under PyTorch as well"
    if not source(fold).startswith("<details>") or SUMMARY not in source(fold).partition("</details>")[0]:
        yield f"the answer stands in a fold that begins its cell, with {SUMMARY}"
    yield from _given_away(cells, place, {} if truths is None else truths.get(key, {}))


def _given_away(cells: list[Cell], place: int, truth: Truth) -> Iterator[str]:
    question, reveal = source(cells[place]), cells[place + 2]
    question = question[list(QUESTION.finditer(question))[-1].start() :]
    known = numbers_in(question) | numbers_in(source(reveal))
    printed = "\n".join(text for output in reveal["outputs"] for text in texts_of(output)[:1])
    secret = numbers_in(printed) - numbers_in(first_line(reveal)) - known
    values = [value for value in leaves_of(truth) if isinstance(value, bool) or value not in known]
    if reveal["outputs"] and reveal["outputs"][0]["output_type"] != "stream":
        yield "the cell that reveals begins with a harmless printed line, all that is seen of a folded output"
    if any(told(value, first_line(reveal)) for value in values if not isinstance(value, bool) or len(values) == 1):
        yield f"the first line of the folded output tells what came out: {first_line(reveal)!r}"
    if reveal["outputs"] and "\n" not in printed.strip() and len(reveal["outputs"]) == 1:
        yield "the folded output has one line only, which is seen"
    for cell in cells[place + 2 :]:
        text = FOLD.sub("", source(cell))
        if cell["cell_type"] == "code":
            if cell["outputs"] and not folded(cell, "outputs_hidden"):
                yield f"an output before the next heading is not folded, that of {text.partition(chr(10))[0]!r}"
            if cell is not reveal and cell["outputs"] and any(told(value, first_line(cell)) for value in values):
                yield f"the first line of a folded output tells what came out: {first_line(cell)!r}"
            continue
        heading = HEADING.search(text)
        text = text[: heading.start()] if heading else text
        given = sorted(numbers_in(text) & secret)
        if given:
            yield f"a sentence tells numbers of the folded output, {given}: {text.strip()[:80]!r}"
        if any(told(value, text) for value in values):
            yield f"a sentence tells what came out: {text.strip()[:80]!r}"
        if heading:
            return


def cells_of(path: Path) -> list[Cell]:
    cells: list[Cell] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_predictions_have_their_form(path: Path) -> None:
    assert faults(cells_of(path), int(path.name[:2])) == []


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_what_came_out_is_not_given_away(path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"}
    command = [sys.executable, "-m", "tests.truths", str(path)]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    truths = json.loads(run.stdout.splitlines()[-1])
    needing = (
        0 if find_spec("torch") else sum("pytorch" in tags(c) and bool(call(c, "compare")) for c in cells_of(path))
    )
    assert len(truths) + needing == sum(len(QUESTION.findall(source(cell))) for cell in cells_of(path))
    assert faults(cells_of(path), int(path.name[:2]), truths) == []


# The checks themselves, on a prediction that is as it should be, and on what can be wrong with it.


def markdown(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(text: str, printed: str = "", *tags: str, **folds: bool) -> Cell:
    outputs = [{"output_type": "stream", "name": "stdout", "text": printed}] if printed else []
    return {"cell_type": "code", "metadata": {"tags": list(tags), "jupyter": folds}, "source": text, "outputs": outputs}


def one(key: str) -> list[Cell]:
    return [
        markdown(f"## Slopes\n\n### Predict {key}: the slope\n\nA number. Does the cell then `runs` or `raises`?"),
        code(f'predict("{key}", slope=..., end=...)', "", "minigrad-only"),
        code("print(x.grad)", "The slope:\n56.0\n", outputs_hidden=True),
        code(f'compare("{key}", slope=x.grad, end=end)', "", "minigrad-only", source_hidden=True),
        markdown(f"<details>\n{SUMMARY}\n\n56, and it raises.\n\n</details>"),
        code("print(2 * x.grad)", "Twice:\n112.0\n", outputs_hidden=True),
        markdown("That was it.\n\n## Further on\n\nIt raises, with 56."),
    ]


GOOD = [*one("10a"), *one("10b"), *one("10c")]
TRUTHS = {key: {"slope": 56.0, "end": "raises"} for key in ("10a", "10b", "10c")}


def test_a_prediction_as_it_should_be() -> None:
    assert faults(GOOD, 10, TRUTHS) == []


def test_names_may_stand_in_a_variable_and_lists_show_how_many() -> None:
    cells = copy.deepcopy(GOOD)
    cells[1]["source"] = 'predict("10a", slope=[..., ...], end=...)'
    cells[3]["source"] = 'compare("10a", **outcomes)'
    assert faults(cells, 10) == faults(cells, 10, TRUTHS) == []
    assert any("the same names" in fault for fault in faults(cells, 10, {**TRUTHS, "10a": {"end": "raises"}}))


def outputs(cell: Cell, text: str) -> None:
    cell["outputs"][0]["text"] = text


def tell_another(cells: list[Cell]) -> None:
    outputs(cells[2], "Slope and more:\n56.0\n7.0\n")
    cells[4]["source"] += "\n\nNot 7."


FAULTS: dict[str, Any] = {
    "not written as": lambda cells: cells[0].update(source="### Predict: the slope\n\nA number."),
    "not 11a": lambda cells: cells.append(None),
    "lettered": lambda cells: cells[0].update(source=cells[0]["source"].replace("10a", "10b")),
    "there are 2": lambda cells: cells.__delitem__(slice(14, None)),
    "another heading": lambda cells: cells[0].update(source=cells[0]["source"] + "\n\n#### More"),
    "after the question stand": lambda cells: cells.insert(2, code("import math")),
    "stand alone": lambda cells: cells[1].update(source="x = 1\n" + cells[1]["source"]),
    "the key is": lambda cells: cells[3].update(source=cells[3]["source"].replace("10a", "10b")),
    "the same names": lambda cells: cells[3].update(source=cells[3]["source"].replace("end=", "other=")),
    "is a ...": lambda cells: cells[1].update(source='predict("10a", slope=1, end=...)'),
    "from variables": lambda cells: cells[3].update(source='compare("10a", slope=56, end=end)'),
    "tagged minigrad-only": lambda cells: cells[1]["metadata"].update(tags=[]),
    "unanswered": lambda cells: cells[1].update(outputs=cells[2]["outputs"]),
    "of compare is hidden": lambda cells: cells[3]["metadata"].update(jupyter={}),
    "under PyTorch": lambda cells: cells[2]["metadata"].update(tags=["minigrad-only"]),
    "in a fold that begins": lambda cells: cells[4].update(source="So:\n\n" + cells[4]["source"]),
    "harmless printed line": lambda cells: cells[2]["outputs"].insert(
        0, {"output_type": "display_data", "data": {"text/plain": "a graph"}, "metadata": {}}
    ),
    "output tells what came out: 'It is 56": lambda cells: outputs(cells[2], "It is 56.0:\nsee\n"),
    "output tells what came out: 'Raises": lambda cells: outputs(cells[2], "Raises:\n56\n"),
    "one line only": lambda cells: outputs(cells[2], "57\n"),
    "not folded, that of 'print(2": lambda cells: cells[5]["metadata"].update(jupyter={}),
    "not folded, that of 'print(x": lambda cells: cells[2]["metadata"].update(jupyter={}),
    "output tells what came out: 'Half of 112, fifty": lambda cells: outputs(cells[5], "Half of 112, fifty, 56:\n1\n"),
    "numbers of the folded output, [56.0]": lambda cells: cells[6].update(source="It is 56, more.\n\n## On"),
    "numbers of the folded output, [7.0]": lambda cells: tell_another(cells),
    "a sentence tells what came out: 'So it raises": lambda cells: cells[6].update(source="So it raises.\n\n## On"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found(fault: str) -> None:
    cells, lesson = copy.deepcopy(GOOD), 10
    FAULTS[fault](cells)
    if None in cells:
        cells, lesson = cells[:-1], 11
    assert any(fault in found for found in faults(cells, lesson, TRUTHS)), faults(cells, lesson, TRUTHS)


@pytest.mark.parametrize(
    ("value", "text", "is_told"),
    [
        (True, "It is True.", True),
        (True, "Say `requires_grad=True`.", False),
        (None, "There is None.", True),
        (3.0, "Three of them.", True),
        (3.0, "13 of them, x3, 3.5", False),
        (-2.5, "−2.5 leaves", True),
        (1 / 3, "about 0.3333", True),
        ("C", "So it was C.", True),
        ("a", "It was a leaf.", False),
        ("raises", "That Raises.", True),
        ("raises", "raised", False),
    ],
)
def test_what_a_text_tells(value: Any, text: str, is_told: bool) -> None:
    assert told(value, text) == is_told
