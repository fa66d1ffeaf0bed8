"""Figures of matplotlib: what is said of them, how they look on a dark page, and how a notebook shows them."""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest
from matplotlib.figure import Figure

from minigrad import figures

PROJECT = Path(__file__).resolve().parents[1]


def test_a_figure_is_described_by_its_titles_axes_and_lines() -> None:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([0, 1, 2, 3, 4], [4, 1, 0, 1, 4], label="loss")
    axes.axhline(0.5, label="goal")
    axes.set(title="A valley", xlabel="$w$", ylabel="loss")
    told = figures.description(figure)
    assert told.startswith("Plot: A valley\nto the right: w, from ")
    assert "line “loss”: 5 points, from (0, 4) to (4, 4), lowest at (2, 0)" in told
    assert "level line “goal”: at 0.5" in told


def test_bars_and_images_are_described() -> None:
    left, right = Figure().subplots(1, 2)
    left.bar(["w", "b"], [1.5, -2.0], label="gradient")
    right.imshow([[0.0, 1.0], [2.0, 3.0]])
    told = figures.description(left.get_figure())
    assert "“gradient”: w: 1.5, b: -2" in told
    assert "image: 2 by 2 values from 0 to 3" in told


def test_every_colour_of_the_style_has_another_on_dark_pages() -> None:
    text = (PROJECT / "minigrad" / "plots.mplstyle").read_text(encoding="utf-8")
    for colour in set(re.findall(r"\b[0-9a-f]{6}\b", text)):
        assert f"#{colour}" in figures._ON_DARK, colour


@pytest.mark.parametrize(("background", "turned"), [("white", True), ("lightyellow", False)])
def test_a_figure_follows_the_theme_unless_it_has_a_background_of_its_own(background: str, turned: bool) -> None:
    with mpl.rc_context(figures.style()):
        figure = Figure(facecolor=background)
        figure.subplots().plot([1, 2])
    page = figures.image(figure, "two < three")
    assert 'alt="two &lt; three"' in page
    [data] = re.findall(r"base64,([\w+/=]+)", page)
    assert ("prefers-color-scheme:dark" in base64.b64decode(data).decode()) == turned


def test_a_figure_with_very_many_points_is_a_bitmap() -> None:
    figure = Figure()
    figure.subplots().plot(range(30_000))
    assert "data:image/png;base64," in figures.image(figure, "many")


@pytest.mark.slow
def test_a_notebook_shows_every_figure_once_and_described(tmp_path: Path) -> None:
    cells = [
        "from course import check\nimport matplotlib.pyplot as plt\nplt.style.use('minigrad.plots')",
        "figure, axes = plt.subplots()\naxes.plot([1, 2], label='two')\nplt.show()",
        "figure",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "figure.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "figure.ipynb"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    _, shown, last = nbformat.read(tmp_path / "figure.ipynb", 4).cells
    for cell in (shown, last):
        [output] = cell.outputs
        assert set(output.data) == {"text/html", "text/plain"}
        assert "line “two”" in output.data["text/html"]
