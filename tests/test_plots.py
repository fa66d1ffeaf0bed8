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
from minigrad.drawing import text
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
        "Jacobian: 2 outputs (rows) by 3 inputs (columns)\n"
        "      x[0]  x[1]  x[2]\n"
        "y[0]    2.    0.   0.5\n"
        "y[1]    0.   -1.    0.\n"
        " vᵀJ   0.2  -10.  0.05\n"
        "with v = [0.1, 10.]"
    )
    jacobian, v, product = plot.figure.axes
    assert written(plot) == [["2", "0", "0.5", "0", "-1", "0"], ["0.1", "10"], ["0.2", "-10", "0.05"]]
    assert [names(axes.xaxis) for axes in (jacobian, v, product)] == [["x[0]", "x[1]", "x[2]"], ["v"], []]
    assert [names(axes.yaxis) for axes in (jacobian, v, product)] == [[], ["y[0]", "y[1]"], ["vᵀJ"]]
    # The weights stand to the left of the rows, the product under the columns.
    inches = [axes.get_position().get_points() * plot.figure.get_size_inches() for axes in plot.figure.axes]
    (left, bottom), (right, top) = inches[0]
    assert inches[1][1][0] < left
    assert inches[1][:, 1] == pytest.approx([bottom, top])
    assert inches[2][1][1] < bottom
    assert inches[2][:, 0] == pytest.approx([left, right])


def names(axis: Any) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]


def colours(plot: plots.Plot) -> np.ndarray:
    """Red, green and blue of each cell."""
    [mesh] = axes_of(plot).collections
    return mesh.to_rgba(mesh.get_array())[..., :3]


def test_where_matplotlib_is_missing_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ModuleNotFoundError, match="pip install matplotlib"):
        plot_jacobian([[1.0, 2.0]])


def test_only_zeros_are_white_and_signs_differ() -> None:
    plot = plot_jacobian([[1.0, 0.0, -1.0, 1e-9, -0.0]], outputs="loss", inputs=["a", "b", "c", "tiny", "zero"])
    [[positive, zero, negative, tiny, minus_zero]] = colours(plot)
    for white in (zero, minus_zero):
        assert white.tolist() == pytest.approx([1, 1, 1], abs=0.01)
    assert positive[2] > positive[0]  # blue
    assert negative[0] > negative[2]  # orange
    assert tiny[2] > tiny[0] + 0.05
    assert written(plot) == [["1", "0", "-1", "1e-09", "0"]]
    axes = axes_of(plot)
    assert names(axes.xaxis) == ["a", "b", "c", "tiny", "zero"]
    assert names(axes.yaxis) == ["loss"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("inputs", "outputs")


def test_a_large_jacobian_shows_where_it_is_zero_without_entries() -> None:
    plot = plot_jacobian(np.eye(40))
    assert repr(plot).splitlines()[1] == "1,560 of 1,600 entries are 0"
    assert written(plot) == []
    assert (colours(plot).min(axis=2) < 0.9).tolist() == (np.eye(40) == 1).tolist()
    assert names(axes_of(plot).xaxis) == [f"x[{number}]" for number in range(0, 40, 5)]


def test_no_entry_of_a_very_large_jacobian_is_lost() -> None:
    J = np.zeros((1000, 700))
    J[3, 5], J[999, 699], J[500, 2] = 1e-6, -1.0, np.nan
    seen = colours(plot_jacobian(J))
    assert seen.shape[:2] == (300, 300)
    marked = np.argwhere(seen.min(axis=2) < 0.9)
    assert marked.tolist() == [[1, 2], [150, 1], [299, 299]]


def test_entries_that_are_not_finite_are_written_and_seen() -> None:
    plot = plot_jacobian([[float("nan"), 1.0], [float("inf"), 0.0]])
    assert written(plot) == [["nan", "1", "inf", "0"]]
    assert (colours(plot).min(axis=2) < 0.9).tolist() == [[True, True], [True, False]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2.0],), "J has shape (2,): give a matrix"),
        (([[1.0, 2.0], [3.0]],), "rows of different shapes stand side by side: (1,), (2,)"),
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
    axes = plot.figure.axes[0]
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


@pytest.mark.parametrize("area", [((1, 0), (0, 1)), ((0, 1), (0, float("nan"))), ((0, 1),), ((0, 1, 2), (0, 1))])
def test_areas_without_extent(area: Any) -> None:
    with pytest.raises(ValueError, match=r"the area must be \(\(from, to\), \(from, to\)\) with from < to"):
        plot_descent(bowl, [(0.0, 0.0)], area=area)


@pytest.mark.parametrize(
    ("area", "same"), [(((0, 2), (0, 1)), True), (((0, 1), (0, 3)), True), (((0, 9), (0, 1)), False)]
)
def test_a_unit_is_as_long_upwards_as_to_the_right(area: Any, same: bool) -> None:
    axes = plot_descent(bowl, [(0.0, 0.0)], area=area).figure.axes[0]
    (right, up), ratio = (high - low for low, high in area), axes.get_box_aspect()
    assert (ratio == pytest.approx(up / right)) == same


def test_a_loss_that_is_no_function() -> None:
    with pytest.raises(TypeError, match=r"loss must be a function of two numbers, not a ndarray"):
        plot_descent(np.ones(2), [(0.0, 0.0)])  # type: ignore[arg-type]


def test_the_lines_of_equal_loss_are_numbered() -> None:
    axes, bar = plot_descent(bowl, [(0.0, 0.0), (1.0, 2.0)]).figure.axes
    assert bar.get_ylabel() == "loss"
    numbers = [float(label) for label in names(bar.yaxis)]
    assert numbers == sorted(numbers)
    assert len(numbers) > 3
    darkness = axes.collections[0].to_rgba(np.array([0.5, 40.0]))[:, 0]
    assert darkness[0] > darkness[1]  # the higher, the darker
    assert len(plot_descent(lambda a, b: 1.0, [(0.0, 0.0)]).figure.axes) == 1  # a plain has no lines


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
    with pytest.raises(ValueError, match="could not convert"):
        curve.add(training=1.0, validation="none")
    assert [len(values) for values in curve.values.values()] == [4, 4]


def test_a_picture_beside_the_curve_is_drawn_anew_with_it() -> None:
    drawn: list[float] = []

    def beside(axes: Any) -> None:
        drawn.append(curve.values["loss"][-1])
        axes.set_title("beside")

    curve = LossCurve(beside=beside)
    for value in (3.0, 1.0):
        curve.add(value)
        left, right = curve.plot().figure.axes
        assert (left.get_ylabel(), right.get_title()) == ("loss", "beside")
    assert drawn == [3.0, 1.0]
    with pytest.raises(TypeError, match="beside must be a function"):
        LossCurve(beside="contour")  # type: ignore[arg-type]


def test_every_counts_steps_whatever_time_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[int] = []
    monkeypatch.setattr(plots, "_may_replace_output", lambda: True)
    monkeypatch.setattr(LossCurve, "_show", lambda curve: shown.append(len(curve.values["training"])))
    curve = LossCurve(every=3)
    for step in range(8):
        curve.add(training=1.0, **({"validation": 2.0} if step else {}))
    assert shown == [1, 4, 7]
    with pytest.raises(ValueError, match="1 or more, not 0"):
        LossCurve(every=0)


@pytest.mark.parametrize(
    ("losses", "ticks"),
    [
        ([70.5, 0.45], ["0.5", "1", "2", "5", "10", "20", "50"]),
        ([1.0, 1e-5], ["1e-05", "0.0001", "0.001", "0.01", "0.1", "1"]),
    ],
)
def test_a_logarithmic_scale_has_plain_numbers(losses: list[float], ticks: list[str]) -> None:
    curve = LossCurve(logarithmic=True)
    for loss in losses:
        curve.add(loss)
    axes = axes_of(curve.plot())
    axes.figure.canvas.draw()
    low, high = axes.get_ylim()
    places = zip(axes.get_yticks(), names(axes.yaxis), strict=True)
    assert [name for place, name in places if low <= place <= high] == ticks
    assert {label.get_text() for label in axes.get_yticklabels(minor=True)} <= {""}


NOTEBOOK = """\
import time
from minigrad.plots import LossCurve
with LossCurve() as curve:
    for step in range(5):
        curve.add(1 / (step + 1))
        time.sleep(0.1)
"""


@pytest.mark.slow
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
    assert "<img " in output.data["text/html"]
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
    assert 'alt="Jacobian: 1 output (row) by 2 inputs (columns);' in html[0]
    data = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', html[0])[0]
    document = base64.b64decode(data).decode()
    ElementTree.fromstring(document)
    assert "<script" not in document


HOSTILE = [
    "<script>alert(1)</script>",
    r"$\frac{",
    r"a\$b$",
    "天 🍓 \N{RIGHT-TO-LEFT OVERRIDE}x",
    'x" onload="y',
    "n" * 400,
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", HOSTILE)
def test_odd_names_are_drawn_as_text(name: str, tmp_path: Path) -> None:
    curve = LossCurve()
    curve.add(**{name: 1.0, "other": 2.0})
    shown = [
        plot_jacobian([[1.0, 2.0]], [1.0], outputs=name, inputs=name),
        plot_jacobian([[1.0, 2.0]], outputs=[name], inputs=[name, "other"]),
        plot_descent(bowl, {name: [(0.0, 0.0)]}, names=(name, name)),
        curve.plot(),
    ]
    for plot in shown:
        html = plot._repr_mimebundle_()["text/html"]
        image = ElementTree.fromstring(html[html.index("<img") : -1] + "/>")
        assert set(image.attrib) == {"class", "src", "alt", "width", "style"}
        document = base64.b64decode(image.attrib["src"].partition(",")[2]).decode()
        letters = "".join(ElementTree.fromstring(document).itertext())
        assert text.clean(name, 20)[:8] in letters
        plot.save(tmp_path / "plot.png")


def test_saving(tmp_path: Path) -> None:
    for ending, start in ((".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF")):
        plot_jacobian([[1.0]]).save(tmp_path / f"plot{ending}")
        assert (tmp_path / f"plot{ending}").read_bytes().startswith(start)


def test_matplotlib_is_imported_when_something_is_plotted() -> None:
    code = "import sys, minigrad.plots, minigrad.stepping; print('matplotlib' in sys.modules, 'IPython' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["False", "False"]
