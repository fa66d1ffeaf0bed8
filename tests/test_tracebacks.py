"""What a notebook shows of an error: the reader's own lines and the message, and minigrad's frames only when asked."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from minigrad import tracebacks

ROOT = Path(__file__).resolve().parents[1]
CELLS = {
    "set up": "import minigrad as torch",
    "an operation": "def total(x):\n    return x + torch.ones(3)\n\ntotal(torch.ones(2))",
    "a pass": "torch.ones(2, requires_grad=True).backward()",
    "what it says": "try:\n    torch.ones(2, requires_grad=True).backward()\n"
    "except RuntimeError as error:\n    print(error)",
    "a hook": "x = torch.ones(2, requires_grad=True)\n"
    "def hook(g):\n    return g.numbers\n\n_ = x.register_hook(hook)\nx.sum().backward()",
    "a function of one's own": "class Square(torch.autograd.Function):\n"
    "    def forward(ctx, x):\n        return 1 / 0\n\nSquare.apply(torch.ones(2))",
    "an error while another is handled": "def product():\n    torch.ones(2) @ torch.ones(3)\n\n"
    "try:\n    product()\nexcept RuntimeError:\n    [][0]",
    "all of it again": "%tb",
    "no error of minigrad's": "import json\njson.loads('[')",
    "a rule, in full": "torch.set_tracebacks(full=True)\n"
    "node = torch.ones(2, requires_grad=True).tanh().grad_fn\nnode.saved_x = 'no number'\nnode(torch.ones(2))",
    "a rule": "torch.set_tracebacks(full=False)\nnode(torch.ones(2))",
}


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """What each cell shows in a running kernel, without colours."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS.values()])
    client = NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=120)
    client.execute(cwd=str(ROOT))
    texts = {}
    for name, cell in zip(CELLS, notebook.cells, strict=True):
        outputs = ["\n".join(o.traceback) if o.output_type == "error" else o.get("text", "") for o in cell.outputs]
        texts[name] = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(outputs))
    return texts


@pytest.mark.parametrize("name", [name for name in CELLS if name not in ("set up", "what it says")])
def test_an_error_ends_with_its_message(shown: dict[str, str], name: str) -> None:
    *_, message = shown[name].strip().split("\n\n")
    assert re.match(r"\w+Error: .", message)
    assert "-->" not in message


def test_a_long_message_is_broken_between_words(shown: dict[str, str]) -> None:
    *_, message = shown["a pass"].strip().split("\n\n")
    lines = message.split("\n")
    assert lines[0].startswith("RuntimeError: grad can be implicitly created only for scalar outputs")
    assert all(len(line) > 50 for line in lines[:-1])
    assert max(map(len, lines)) <= tracebacks.COLUMNS
    [said] = shown["what it says"].splitlines()
    assert said.split() == " ".join(lines).removeprefix("RuntimeError: ").split()


def test_lines_of_a_message_and_its_colours_stay() -> None:
    red, plain, word = "\x1b[31m", "\x1b[39m", "x" * 100
    table = f"{red}ValueError{plain}: two rows\n   1   2\n\n   3   4"
    assert tracebacks.wrapped(table) == table
    assert tracebacks.wrapped(f"{red}{'a' * 40}{plain} {red}{'b' * 34}{plain}").count("\n") == 0
    assert tracebacks.wrapped(f"a {word} b") == f"a\n{word}\nb"


def lines(text: str) -> list[str]:
    """The lines of code that arrows point to."""
    return re.findall(r"^-+> \d+ +(.+?) *$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("an operation", ["total(torch.ones(2))", "return x + torch.ones(3)"]),
        ("a pass", ["torch.ones(2, requires_grad=True).backward()"]),
        ("a hook", ["x.sum().backward()", "return g.numbers"]),
        ("a function of one's own", ["Square.apply(torch.ones(2))", "return 1 / 0"]),
        ("a rule", ["node(torch.ones(2))"]),
    ],
)
def test_only_the_readers_own_lines_are_shown(shown: dict[str, str], name: str, expected: list[str]) -> None:
    assert lines(shown[name]) == expected
    assert "minigrad/" not in shown[name].replace("\\", "/")


def test_the_error_that_was_being_handled_is_shown_likewise(shown: dict[str, str]) -> None:
    text = shown["an error while another is handled"].replace("\\", "/")
    assert "torch.ones(2) @ torch.ones(3)" in lines(text)
    assert "minigrad/" not in text


def test_errors_of_others_are_shown_as_ever(shown: dict[str, str]) -> None:
    assert "json/decoder.py" in shown["no error of minigrad's"].replace("\\", "/")


def test_a_switch_shows_the_row(shown: dict[str, str]) -> None:
    assert 'function("tanh(x)"' in lines(shown["a rule, in full"])[-1]


def test_ipython_still_has_the_whole_traceback(shown: dict[str, str]) -> None:
    """%tb shows it, and so would %debug."""
    assert "minigrad/operations/reductions.py" in shown["all of it again"].replace("\\", "/")


def test_scripts_keep_pythons_own_tracebacks() -> None:
    script = "import sys; before = sys.excepthook; import minigrad; print(sys.excepthook is before); minigrad.ones(-1)"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.strip() == "True"
    assert "creation.py" in run.stderr
