"""Every code cell of a lesson or solution was run, once, in order: nbval would pass a notebook without any outputs."""

import re
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


COLOUR = re.compile(
    r"""\bcolors?=\[?f?["'](?!C[0-6{])"""  # by name or as a number; "C0" to "C6" have a counterpart on dark pages
    r"""|["'](tab:|xkcd:)|["']\#[0-9a-fA-F]{6}["']"""
    r"""|["'][bgrcmykw](-|--|:|-\.|[.ov^sD+x*]){1,2}["']"""  # as a letter before a marker or a dash
)


def test_plots_have_the_style_of_the_course(cells: list[nbformat.NotebookNode]) -> None:
    """Else a plot is white on a dark page, and its colours aren't those that everybody can tell apart."""
    styled = False
    for cell in cells:
        if "import matplotlib.pyplot" in cell.source:
            _, after = cell.source.split("import matplotlib.pyplot", 1)
            styled = styled or 'plt.style.use("minigrad.plots")' in after
            assert styled, cell.source
        if "plt.subplots" in cell.source or styled:
            assert styled, cell.source
            assert "facecolor=" not in cell.source, cell.source
            assert not COLOUR.search(cell.source), cell.source


@pytest.mark.parametrize(
    ("source", "by_name"),
    [
        ('plot(x, color="red")', True),
        ('plot(x, color="0.5")', True),
        ('contour(x, colors="black")', True),
        ('plot(x, "ko")', True),
        ('plot(x, "r--")', True),
        ('scatter(x, y, c="tab:blue")', True),
        ('plot(x, color="#0072b2")', True),
        ('plot(x, "C1--", color="C6")', False),
        ('plot(x, "o--", color=f"C{n}")', False),
    ],
)
def test_colours_by_name_are_found(source: str, by_name: bool) -> None:
    assert bool(COLOUR.search(source)) == by_name


def test_every_image_has_an_alt_text(cells: list[nbformat.NotebookNode]) -> None:
    for cell in cells:
        for output in cell.outputs:
            data = output.get("data", {})
            page = data.get("text/html", "")
            assert not any(kind.startswith("image/") for kind in data) or page, "an image without words: " + cell.source
            for image in re.findall(r"<img\b[^>]*>", page):
                assert re.search(r'\balt="[^"]', image), cell.source


ROOM = 934
"""Pixels for an output in JupyterLab at 1366 by 768, the sidebar open; what is wider is drawn smaller."""


def test_drawings_are_seen_in_full_size_on_a_laptop(cells: list[nbformat.NotebookNode]) -> None:
    for cell in cells:
        for output in cell.outputs:
            page = output.get("data", {}).get("text/html", "")
            if "step_through(" not in cell.source:  # the stepper scrolls
                widths = [int(width) for width in re.findall(r'<img [^>]*?\bwidth="(\d+)"', page)]
                assert max(widths, default=0) <= ROOM, cell.source
