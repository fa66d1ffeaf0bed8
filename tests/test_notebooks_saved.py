"""Every code cell of a lesson or solution was run, once, in order: nbval would pass a notebook without any outputs."""

from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = [path for folder in ("notebooks", "solutions") for path in sorted((ROOT / folder).glob("*.ipynb"))]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def cells(request: pytest.FixtureRequest) -> list[nbformat.NotebookNode]:
    notebook = nbformat.read(request.param, as_version=4)
    nbformat.validate(notebook)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_cells_were_run_from_top_to_bottom(cells: list[nbformat.NotebookNode]) -> None:
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


def test_errors_are_there_on_purpose(cells: list[nbformat.NotebookNode]) -> None:
    for cell in cells:
        raised = any(output.output_type == "error" for output in cell.outputs)
        tags = cell.metadata.get("tags", [])
        meant = "raises-exception" in tags and "pytorch" not in tags  # these raise where PyTorch is missing
        assert raised == meant, cell.source


def test_saved_without_times(cells: list[nbformat.NotebookNode]) -> None:
    for cell in cells:
        assert "execution" not in cell.metadata, "save with `make refresh`, which records no times"


def test_there_are_notebooks() -> None:
    assert {path.parent.name for path in NOTEBOOKS} == {"notebooks", "solutions"}
