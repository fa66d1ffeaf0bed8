"""Both libraries side by side, and cells of lessons that need PyTorch, where it is installed and where it is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course import refresh, side_by_side

ROOT = Path(__file__).resolve().parent.parent
NEEDING = [
    path
    for path in sorted(ROOT.glob("notebooks/*.ipynb"))
    if any("pytorch" in cell["metadata"].get("tags", []) for cell in json.loads(path.read_text("utf-8"))["cells"])
]


def test_lines_show_what_they_print_their_last_value_and_how_they_end() -> None:
    lines = "print(1)\nx = torch.ones(2, requires_grad=True) + 1\nx"
    text = side_by_side._beside(lines, "").text()
    assert "    1\n    tensor([2., 2.], grad_fn=<AddBackward0>)" in text
    assert "raised RuntimeError" in side_by_side._beside("torch.ones(2) + torch.ones(3)", "").text()
    assert "raised SyntaxError: '(' was never closed, in line 1" in side_by_side._beside("x = (", "").text()
    assert "ended halfway" in side_by_side._beside("import os; os._exit(1)", "").text()


def test_a_lesson_shows_the_cells_that_are_asked_for() -> None:
    text = side_by_side._beside("5", "bake_any(starter)").text()
    assert text.startswith("Lesson 05: ")
    assert "bake_any:  [720.0, 1800.0, 750.0]" in text
    assert "No cell of this lesson contains 'nowhere'." in side_by_side._beside("05", "nowhere").text()
    assert side_by_side._beside("99", "").text() == "There is no lesson 99."


def test_the_notebooks_library_is_left_as_it_is() -> None:
    import minigrad as torch

    torch.manual_seed(3)
    expected = torch.rand(1).item()
    torch.manual_seed(3)
    side_by_side._beside("torch.manual_seed(9)\ntorch.set_default_dtype(torch.float64)", "")
    assert torch.rand(1).item() == expected
    assert torch.get_default_dtype() is torch.float32


def test_what_differs_is_seen_in_words_and_in_the_card() -> None:
    shown = side_by_side.SideBySide("Yours", [("x", "1", "2")], [])
    assert "minigrad:\n    1\n  PyTorch:\n    2" in shown.text()
    assert "not the same" in shown.html()
    same = side_by_side.SideBySide("Yours", [("x", "<b>", "<b>")], [])
    assert "minigrad and PyTorch:\n    <b>" in same.text()
    assert "&lt;b&gt;" in same.html()
    assert "✓" in same.html()


@pytest.fixture
def without_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side.importlib.util, "find_spec", lambda name: None if name == "torch" else object())


@pytest.mark.usefixtures("without_pytorch")
def test_without_pytorch_only_minigrad_runs_and_says_so() -> None:
    text = side_by_side._beside("torch.ones(1)", "").text()
    assert "tensor([1.])" in text
    assert "PyTorch is not installed here" in text


@pytest.mark.usefixtures("without_pytorch")
def test_without_pytorch_a_cell_shows_what_it_was_saved_with(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    stream = {"output_type": "stream", "text": ["as it ", "was\n"]}
    monkeypatch.setattr(side_by_side, "_saved_outputs", lambda: [stream])
    with pytest.raises(side_by_side.NotInstalled, match="This is what the cell showed with it") as error:
        side_by_side.pytorch()
    assert capsys.readouterr().out == "as it was\n"
    assert error.value._render_traceback_() == [str(error.value)]


def test_cells_that_need_pytorch_are_left_alone_where_it_may_be_missing() -> None:
    assert NEEDING
    for path in NEEDING:
        for cell in nbformat.read(path, as_version=4).cells:
            tags = set(cell.metadata.get("tags", []))
            if "pytorch" in tags:
                assert tags >= {"nbval-skip", "minigrad-only"}, f"{path.name}: {cell.source}"
                starts = "pytorch()" in cell.source or cell.source.startswith("compare(")
                assert starts, f"{path.name}: a cell that needs PyTorch should call pytorch()"


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.parametrize("path", NEEDING, ids=[path.stem for path in NEEDING])
def test_cells_that_need_pytorch_show_what_they_were_saved_with(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    refresh.refresh(copy)
    for saved, run in zip(*(nbformat.read(each, as_version=4).cells for each in (path, copy)), strict=True):
        if "pytorch" in saved.metadata.get("tags", []):
            assert [shown(output) for output in run.outputs] == [shown(output) for output in saved.outputs], run.source


def shown(output: nbformat.NotebookNode) -> str:
    return output.get("text") or output.get("data", {}).get("text/plain", "") or output.get("evalue", "")


def test_run_as_a_command_it_tells_what_each_cell_shows() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-m", "course.side_by_side", "minigrad"],
        input=json.dumps(["import minigrad as torch", "torch.zeros(1)"]),
        capture_output=True, text=True, env=environment, check=True,
    )  # fmt: skip
    assert json.loads(run.stdout) == ["", "tensor([0.])\n"]
