"""The plots: their words, and the numbers in their figures; never the looks."""

import base64
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from minigrad import plots
from minigrad.plots import LossCurve, plot_descent, plot_jacobian

LIBRARIES = ["minigrad", pytest.param("torch", marks=pytest.mark.torch)]
PROJECT = Path(__file__).parents[1]


@pytest.fixture(params=LIBRARIES)
def torch(request: pytest.FixtureRequest) -> Any:
    return pytest.importorskip(request.param)


def axes_of(plot: plots.Plot) -> Any:
    """The axes of a plot that has one pair; not typed, as matplotlib's types allow for more than is there."""
    [axes] = plot.figure.axes
    return axes


def written(plot: plots.Plot) -> list[list[str]]:
    """The entries written into each table of a heat map, row by row."""
    return [[text.get_text() for text in axes.texts] for axes in plot.figure.axes if axes.texts]


# --- The Jacobian


def test_jacobian_with_a_vector_from_the_left(torch: Any) -> None:
    J = torch.tensor([[2.0, 0.0, 0.5], [0.0, -1.0, 0.0]], requires_grad=True)
    plot = plot_jacobian(J, torch.tensor([0.1, 10.0]))
    assert repr(plot) == (
        "Jacobian, 2 rows (outputs) by 3 (inputs)\n"
        "      x[0]  x[1]  x[2]\n"
        "y[0]    2.    0.   0.5\n"
        "y[1]    0.   -1.    0.\n"
        " vᵀJ   0.2  -10.  0.05\n"
        "with v = [0.1, 10.]"
    )
    assert written(plot) == [["0.1", "10"], ["2", "0", "0.5", "0", "-1", "0"], ["0.2", "-10", "0.05"]]
    labels = [[label.get_text() for label in axes.get_xticklabels()] for axes in plot.figure.axes]
    assert labels[:2] == [["v"], ["x[0]", "x[1]", "x[2]"]]
    assert [label.get_text() for label in plot.figure.axes[0].get_yticklabels()] == ["y[0]", "y[1]"]


def test_zeros_are_white_and_signs_differ() -> None:
    axes = axes_of(plot_jacobian([[1.0, 0.0, -1.0]], outputs="loss", inputs=["weight", "bias", "scale"]))
    [mesh] = axes.collections
    positive, zero, negative = mesh.to_rgba(mesh.get_array().ravel())[:, :3]
    assert zero.tolist() == pytest.approx([1, 1, 1], abs=0.01)
    assert positive[2] > positive[0]  # blue
    assert negative[0] > negative[2]  # orange
    assert [label.get_text() for label in axes.get_xticklabels()] == ["weight", "bias", "scale"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["loss"]


def test_a_large_jacobian_shows_where_it_is_zero_without_entries() -> None:
    plot = plot_jacobian(np.eye(40))
    assert repr(plot).splitlines()[1] == "1560 of 1600 entries are 0"
    assert written(plot) == []
    axes = axes_of(plot)
    assert axes.collections[0].get_array().ravel().tolist() == np.eye(40).ravel().tolist()


def test_entries_that_are_not_finite_are_written() -> None:
    assert written(plot_jacobian([[float("nan"), 1.0], [float("inf"), 2.0]])) == [["nan", "1", "inf", "2"]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2.0],), "J has shape (2,)"),
        ((np.zeros((0, 3)),), "J has shape (0, 3)"),
        (([[1.0, 2.0]], [1.0, 2.0]), "one entry for each of the 1 outputs, but has shape (2,)"),
    ],
)
def test_jacobian_of_another_shape(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        plot_jacobian(*arguments)
    with pytest.raises(ValueError, match="inputs needs 2 names, but 1 were given"):
        plot_jacobian([[1.0, 2.0]], inputs=["a"])


# --- Descent


def bowl(a: Any, b: Any) -> Any:
    return (a - 1) ** 2 + 10 * (b - 2) ** 2


def test_descent_shows_the_points_of_every_way(torch: Any) -> None:
    def descend(lr: float) -> list[Any]:
        point = torch.tensor([-3.0, 5.0], requires_grad=True)
        path = [point.detach().clone()]
        for _ in range(5):
            (gradient,) = torch.autograd.grad(bowl(point[0], point[1]), point)
            point = (point - lr * gradient).detach().requires_grad_()
            path.append(point.detach().clone())
        return path

    ways = {"slow": descend(0.01), "fast": descend(0.08)}
    plot = plot_descent(lambda a, b: bowl(torch.tensor(a), torch.tensor(b)), ways, names=("weight", "bias"))
    assert repr(plot).splitlines() == [
        "Descent over weight and bias",
        "slow: 5 steps, from (-3., 5.) with loss 106. to (-2.616, 2.983) with loss 22.74",
        "fast: 5 steps, from (-3., 5.) with loss 106. to (-0.6728, 1.767) with loss 3.343",
    ]
    axes = axes_of(plot)
    lines = {line.get_label(): line.get_xydata() for line in axes.lines if not str(line.get_label()).startswith("_")}
    for name, way in ways.items():
        assert lines[name] == pytest.approx(np.array([point.tolist() for point in way]))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("weight", "bias")
    low, high = axes.get_xlim()
    assert low < -3
    assert high > -0.6


def test_one_way_may_leave_the_finite_numbers() -> None:
    plot = plot_descent(bowl, [(0.0, 0.0), (1.0, 1.0), (float("inf"), float("nan"))])
    assert repr(plot).splitlines()[1].endswith("from (0., 0.) with loss 41. to (inf, nan) with loss inf")
    low, high = plot.figure.axes[0].get_xlim()
    assert -1 < low < high < 2
    area = plot_descent(bowl, [(0.0, 0.0)], area=((-5, 5), (-2, 2))).figure.axes[0]
    assert (area.get_xlim(), area.get_ylim()) == ((-5, 5), (-2, 2))


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ([], "these have shape (0,)"),
        ({}, "paths is empty"),
        ([(1.0, 2.0, 3.0)], "these have shape (1, 3)"),
        ([(float("nan"), 1.0)], "none of the points is finite"),
    ],
)
def test_points_that_are_no_way(paths: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        plot_descent(bowl, paths)


# --- The loss curve


def test_loss_curve_takes_numbers_and_tensors(torch: Any) -> None:
    with LossCurve() as curve:
        for value in (3.0, 1.0, 2.0):
            curve.add(torch.tensor(value, requires_grad=True))
    assert curve.values == {"loss": [3.0, 1.0, 2.0]}
    assert repr(curve) == "loss: 3 steps, from 3. to 2., lowest 1. at step 2"
    [line] = axes_of(curve.plot()).lines
    assert line.get_xydata().tolist() == [[1, 3], [2, 1], [3, 2]]


def test_several_curves_grow_together() -> None:
    curve = LossCurve(logarithmic=True)
    for step in range(4):
        curve.add(training=2.0**-step, validation=3.0 - step / 2)
    assert repr(curve).splitlines() == [
        "training: 4 steps, from 1. to 0.125, lowest 0.125 at step 4",
        "validation: 4 steps, from 3. to 1.5, lowest 1.5 at step 4",
    ]
    axes = axes_of(curve.plot())
    assert axes.get_yscale() == "log"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["training", "validation"]
    with pytest.raises(TypeError, match="give one loss"):
        curve.add()
    with pytest.raises(TypeError, match="give one loss"):
        curve.add(1.0, training=2.0)


NOTEBOOK = """\
import time
from minigrad.plots import LossCurve
with LossCurve() as curve:
    for step in range(5):
        curve.add(1 / (step + 1))
        time.sleep(0.1)
"""


def test_a_curve_that_grew_passes_nbval(tmp_path: Path) -> None:
    """Saved by a run in which it grew, replayed under nbval, where it may not."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(NOTEBOOK, id="curve")])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    file = tmp_path / "curve.ipynb"
    nbformat.write(notebook, file)
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_VERSION"}
    environment |= {"PYTHONPATH": str(PROJECT), "IPYTHONDIR": str(tmp_path / "ipython")}
    run = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", str(file)]
    subprocess.run(run, env=environment, cwd=tmp_path, check=True, capture_output=True)
    [output] = nbformat.read(file, 4).cells[0].outputs
    assert output.output_type == "display_data"
    assert output.data["text/plain"] == "loss: 5 steps, from 1. to 0.2, lowest 0.2 at step 5"
    assert output.data["text/html"].startswith("<img ")
    check = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-q",
        "-p",
        "no:cacheprovider",
        str(file),
    ]
    check += ["--nbval-sanitize-with", str(PROJECT / "tests" / "nbval_sanitize.cfg"), "--rootdir", str(tmp_path)]
    done = subprocess.run(check, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert "1 passed" in done.stdout, done.stdout


# --- All of them


def test_the_image_carries_its_words_and_stays_the_same() -> None:
    html = [plot_jacobian([[1.0, 2.0]])._repr_mimebundle_()["text/html"] for _ in range(2)]
    assert html[0] == html[1]
    assert 'alt="Jacobian, 1 row (outputs) by 2 (inputs);' in html[0]
    data = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', html[0])[0]
    document = base64.b64decode(data).decode()
    ElementTree.fromstring(document)
    assert "<script" not in document


def test_saving(tmp_path: Path) -> None:
    for ending, start in ((".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF")):
        plot_jacobian([[1.0]]).save(tmp_path / f"plot{ending}")
        assert (tmp_path / f"plot{ending}").read_bytes().startswith(start)


def test_matplotlib_is_imported_when_something_is_plotted() -> None:
    code = "import sys, minigrad.plots, minigrad.stepping; print('matplotlib' in sys.modules, 'IPython' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["False", "False"]
