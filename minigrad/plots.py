"""Plots for learning: a Jacobian as a heat map, descent on a loss surface, a loss curve that grows during training.

They take tensors of minigrad or PyTorch, arrays, or nested lists. matplotlib is imported when the first one is drawn.
"""

from __future__ import annotations

import base64
import io
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.drawing import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["LossCurve", "Plot", "plot_descent", "plot_jacobian"]

# Okabe and Ito's colours, which people with any colour vision can tell apart, the darker ones first.
_COLOURS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_MOST_WRITTEN = 12  # rows or columns, beyond which a heat map leaves the entries out
_GRID = 61
_SECONDS_BETWEEN_PICTURES = 0.3


class Plot:
    """A figure with a description in words. A notebook shows the figure, a terminal and a screen reader the words."""

    def __init__(self, figure: Figure, description: str) -> None:
        self.figure = figure
        self.description = description

    def __repr__(self) -> str:
        return self.description

    def save(self, path: str | Path) -> None:
        """Writes the figure to a file; the ending of the name, `.svg`, `.png` or `.pdf`, says in which format."""
        self.figure.savefig(path)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": _image(self.figure, self.description), "text/plain": self.description}


def plot_jacobian(
    J: Any,
    v: Any = None,
    *,
    outputs: str | Sequence[str] = "y",
    inputs: str | Sequence[str] = "x",
) -> Plot:
    """A Jacobian as a heat map: one row for each output, one column for each input, zeros left white.

    J: shape (m, n). v: shape (m,); it is multiplied in from the left, and the result vᵀJ, shape (n,), stands beneath.
    outputs, inputs: the names of the rows and columns, or one name that is numbered. The entries are written in up to
    12 rows and columns. Raises ValueError for other shapes.
    """
    matrix = _array(J)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(f"a Jacobian has one row an output and one column an input, but J has shape {matrix.shape}")
    rows, columns = _names(outputs, matrix.shape[0], "outputs"), _names(inputs, matrix.shape[1], "inputs")
    vector = None if v is None else _array(v)
    if vector is not None and vector.shape != matrix.shape[:1]:
        raise ValueError(f"v needs one entry for each of the {matrix.shape[0]} outputs, but has shape {vector.shape}")
    product = None if vector is None else vector @ matrix
    figure = _jacobian_figure(matrix, vector, product, rows, columns)
    return Plot(figure, _jacobian_in_words(matrix, vector, product, rows, columns))


def plot_descent(
    loss: Callable[[float, float], Any],
    paths: Mapping[str, Iterable[Any]] | Iterable[Any],
    *,
    names: tuple[str, str] = ("first parameter", "second parameter"),
    area: tuple[tuple[float, float], tuple[float, float]] | None = None,
) -> Plot:
    """The loss as a surface seen from above, with the ways that optimizers took down it.

    loss: a function of two numbers. paths: the points of one way, pairs of numbers or tensors of two, or a mapping from
    names to ways. names: of the two parameters. area: what to show, ((from, to), (from, to)); by default all points
    and some room. Raises ValueError for points that are no pairs or where there is none.
    """
    named = paths if isinstance(paths, Mapping) else {"": paths}
    ways = {str(name): _way(points) for name, points in named.items()}
    if not ways:
        raise ValueError("there is no way to plot: paths is empty")
    if area is None:
        area = _room_around(np.concatenate(list(ways.values())))
    first, second = (np.linspace(low, high, _GRID) for low, high in area)
    heights = np.array([[_number(loss(float(a), float(b))) for a in first] for b in second])
    figure = _descent_figure(first, second, heights, ways, names)
    described = [_way_in_words(name, way, loss, names) for name, way in ways.items()]
    return Plot(figure, "\n".join([f"Descent over {names[0]} and {names[1]}", *described]))


class LossCurve:
    """A loss curve that grows while training runs, in a notebook; the finished curve stays.

        with LossCurve() as curve:
            for step in range(200):
                ...
                curve.add(loss)

    Several curves grow together: `curve.add(training=…, validation=…)`. logarithmic: the loss on a logarithmic scale.
    Under pytest (and so under nbval) only the finished curve is shown, since growing means to replace what is shown.
    """

    def __init__(self, *, logarithmic: bool = False) -> None:
        self.values: dict[str, list[float]] = {}
        self._logarithmic = logarithmic
        self._shown: Any = None  # IPython's handle on the picture
        self._last_picture = -math.inf

    def add(self, loss: Any = None, /, **losses: Any) -> None:
        """Adds a point to the curve, or to each of several curves by name: numbers, or tensors of one element."""
        if (loss is None) == (not losses):
            raise TypeError("give one loss, curve.add(loss), or several by name, curve.add(training=…, validation=…)")
        for name, value in ({"loss": loss} if loss is not None else losses).items():
            self.values.setdefault(name, []).append(_number(value))
        if _may_replace_output() and time.monotonic() - self._last_picture > _SECONDS_BETWEEN_PICTURES:
            self._show()

    def plot(self) -> Plot:
        """The curve as far as it has grown."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.5, 3.6), facecolor="white", layout="constrained")
        axes = figure.subplots()
        for number, (name, values) in enumerate(self.values.items()):
            steps = range(1, len(values) + 1)
            axes.plot(steps, values, color=_COLOURS[number % len(_COLOURS)], label=name, linewidth=1.6)
        axes.set(xlabel="step", ylabel="loss")
        if self._logarithmic:
            axes.set_yscale("log")
        if len(self.values) > 1:
            axes.legend(frameon=False)
        _tidy(axes)
        return Plot(figure, "\n".join(_curve_in_words(name, values) for name, values in self.values.items()))

    def __enter__(self) -> LossCurve:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.values:
            self._show()

    def __repr__(self) -> str:
        return self.plot().description if self.values else "a loss curve without a point so far"

    def _show(self) -> None:
        if not _in_notebook():
            return
        from IPython.display import display

        plot = self.plot()
        if self._shown is not None:
            self._shown.update(plot)
        else:
            self._shown = display(plot, display_id=_may_replace_output() or None)
        self._last_picture = time.monotonic()


def _in_notebook() -> bool:
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def _may_replace_output() -> bool:
    """Whether a picture may be replaced by a newer one: nbval counts that as an error."""
    return _in_notebook() and "PYTEST_VERSION" not in os.environ


# --- Numbers


def _array(values: Any) -> np.ndarray:
    """A tensor of either library, an array or a nested list as an array."""
    if hasattr(values, "detach"):
        values = values.detach().tolist()
    elif isinstance(values, (list, tuple)):
        values = [_array(value) for value in values]
    return np.asarray(values, float)


def _number(value: Any) -> float:
    return float(value.item() if hasattr(value, "item") else value)


def _names(names: str | Sequence[str], count: int, which: str) -> list[str]:
    if isinstance(names, str):
        return [text.clean(f"{names}[{number}]") for number in range(count)] if count > 1 else [text.clean(names)]
    if len(names) != count:
        raise ValueError(f"{which} needs {count} names, but {len(names)} were given")
    return [text.clean(name) for name in names]


def _way(points: Iterable[Any]) -> np.ndarray:
    way = _array(list(points))
    if way.ndim != 2 or way.shape[1] != 2 or not len(way):
        raise ValueError(f"a way is a list of points with two numbers each, but these have shape {way.shape}")
    return way


def _room_around(points: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
    finite = points[np.isfinite(points).all(axis=1)]
    if not len(finite):
        raise ValueError("none of the points is finite: give the area to show")
    low, high = finite.min(axis=0), finite.max(axis=0)
    room = 0.15 * np.where(high > low, high - low, max(float((high - low).max()), 1.0))
    (a, b), (c, d) = low - room, high + room
    return (float(a), float(c)), (float(b), float(d))


# --- Words


def _jacobian_in_words(
    matrix: np.ndarray, vector: np.ndarray | None, product: np.ndarray | None, rows: list[str], columns: list[str]
) -> str:
    lines = [f"Jacobian, {len(rows)} {'rows' if len(rows) > 1 else 'row'} (outputs) by {len(columns)} (inputs)"]
    if max(matrix.shape) > _MOST_WRITTEN:
        zeros = int((matrix == 0).sum())
        return "\n".join([*lines, f"{zeros} of {matrix.size} entries are 0"])
    table = [["", *columns]]
    table += [[name, *(text.number(float(entry)) for entry in row)] for name, row in zip(rows, matrix, strict=True)]
    if product is not None:
        table.append(["vᵀJ", *(text.number(float(entry)) for entry in product)])
    widths = [max(len(entry) for entry in column) for column in zip(*table, strict=True)]
    lines += ["  ".join(entry.rjust(width) for entry, width in zip(row, widths, strict=True)) for row in table]
    if vector is not None:
        lines.append(f"with v = {text.array([float(entry) for entry in vector])}")
    return "\n".join(lines)


def _way_in_words(name: str, way: np.ndarray, loss: Callable[[float, float], Any], names: tuple[str, str]) -> str:
    def at(point: np.ndarray) -> str:
        a, b = (float(number) for number in point)
        height = _number(loss(a, b)) if math.isfinite(a) and math.isfinite(b) else math.inf
        return f"({text.number(a)}, {text.number(b)}) with loss {text.number(height)}"

    steps = text.quantity(len(way) - 1, "step", "steps")
    return f"{text.clean(name) or 'the way'}: {steps}, from {at(way[0])} to {at(way[-1])}"


def _curve_in_words(name: str, values: list[float]) -> str:
    lowest = min(range(len(values)), key=lambda step: values[step] if not math.isnan(values[step]) else math.inf)
    return (
        f"{text.clean(name)}: {text.quantity(len(values), 'step', 'steps')}, from {text.number(values[0])} to "
        f"{text.number(values[-1])}, lowest {text.number(values[lowest])} at step {lowest + 1}"
    )


# --- Figures


def _jacobian_figure(
    matrix: np.ndarray, vector: np.ndarray | None, product: np.ndarray | None, rows: list[str], columns: list[str]
) -> Figure:
    from matplotlib.figure import Figure

    m, n = matrix.shape
    cell = 0.72 if max(m, n) <= 6 else 0.56 if max(m, n) <= _MOST_WRITTEN else 6 / max(m, n)
    width, height = max(n * cell, 1.2), max(m * cell, 0.9)
    label = 0.12 * max(len(name) for name in rows) + 0.3
    with_v = vector is not None
    size = (width + label + (2.1 if with_v else 0.5), height + (1.7 if with_v else 0.9))
    figure = Figure(figsize=size, facecolor="white", layout="constrained")
    if vector is None or product is None:
        _heat(figure.subplots(), matrix, columns, rows)
        return figure
    grid = figure.subplots(2, 2, width_ratios=[cell, width], height_ratios=[height, cell])
    _heat(grid[0, 0], vector[:, None], ["v"], rows)
    _heat(grid[0, 1], matrix, columns, [""] * m)
    grid[1, 0].axis("off")
    for axes, side in ((grid[0, 0], "E"), (grid[0, 1], "W"), (grid[1, 1], "NW")):
        axes.set_anchor(side)
    _heat(grid[1, 1], product[None, :], [""] * n, ["vᵀJ"])
    return figure


def _heat(axes: Axes, table: np.ndarray, columns: list[str], rows: list[str]) -> None:
    """A table as coloured cells: blue for positive, orange for negative, white for zero, the entries written in."""
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("signs", ["#d55e00", "#f7d9c4", "#ffffff", "#c9e0f0", "#0072b2"])
    finite = np.abs(table[np.isfinite(table)])
    largest = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
    written = max(table.shape) <= _MOST_WRITTEN
    # Cells of their own instead of one image, so that the picture stays sharp at every size.
    axes.pcolormesh(
        np.where(np.isfinite(table), table, 0),
        cmap=colours,
        vmin=-1.25 * largest,
        vmax=1.25 * largest,
        edgecolors="#c3cad1" if written else "none",
        linewidth=0.8,
        rasterized=not written,
    )
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.tick_params(length=0, labelsize=9, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.spines[:].set_color("#737d87")
    for names, ticks in ((columns, axes.set_xticks), (rows, axes.set_yticks)):
        every = math.ceil(len(names) / _MOST_WRITTEN)
        ticks([number + 0.5 for number in range(0, len(names), every)], names[::every])
    if written:
        for (row, column), entry in np.ndenumerate(table):
            faint = entry == 0
            number = "0" if faint else text.number(float(entry)).removesuffix(".")
            size = 10 if len(number) <= 5 else 7.5
            colour = "#737d87" if faint else "black"
            axes.text(column + 0.5, row + 0.5, number, ha="center", va="center", fontsize=size, color=colour)


def _descent_figure(
    first: np.ndarray, second: np.ndarray, heights: np.ndarray, ways: dict[str, np.ndarray], names: tuple[str, str]
) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4.8), facecolor="white", layout="constrained")
    axes = figure.subplots()
    finite = heights[np.isfinite(heights)]
    if finite.size and finite.max() > finite.min():
        # As many cells of the surface lie between any two lines, so flat and steep parts both show theirs.
        levels = np.unique(np.quantile(finite, np.linspace(0, 1, 15)))
        axes.contourf(first, second, heights, levels=levels, cmap="Greys_r", alpha=0.35).set_rasterized(True)
        axes.contour(first, second, heights, levels=levels, colors="#8b959e", linewidths=0.6)
    for number, (name, way) in enumerate(ways.items()):
        colour, marker = _COLOURS[number % len(_COLOURS)], _MARKERS[number % len(_MARKERS)]
        axes.plot(*way.T, color=colour, marker=marker, markersize=4, linewidth=1.5, label=text.clean(name), zorder=3)
        axes.plot(*way[0], color="white", marker=marker, markersize=9, markeredgecolor=colour, zorder=4)
        axes.plot(*way[-1], color=colour, marker="*", markersize=15, markeredgecolor="white", zorder=5)
    axes.set(xlabel=names[0], ylabel=names[1], xlim=(first[0], first[-1]), ylim=(second[0], second[-1]))
    if any(ways):
        axes.legend(frameon=True, framealpha=0.9, edgecolor="#d5dae0")
    _tidy(axes)
    return figure


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)


def _image(figure: Figure, description: str) -> str:
    """The figure as an image that a notebook shows before it is trusted, too; the same every time it is drawn."""
    import matplotlib

    written = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "minigrad", "savefig.dpi": 120}):
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    data = base64.b64encode(written.getvalue().encode()).decode()
    width = round(figure.get_figwidth() * 96)
    alt = escape(description.replace("\n", "; "))
    size = f'width="{width}" style="max-width:100%;height:auto"'
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{alt}" {size}>'
