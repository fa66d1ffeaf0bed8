"""Plots for learning: a Jacobian as a heat map, descent on a loss surface, a loss curve that grows during training.

They take tensors of minigrad or PyTorch, arrays, or nested lists. matplotlib is imported when the first one is drawn.
"""

from __future__ import annotations

import itertools
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from . import figures
from .drawing import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["LossCurve", "Plot", "plot_descent", "plot_jacobian"]

_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_MOST_WRITTEN = 12  # number of rows or columns beyond which a heat map leaves the entries out
_MOST_CELLS = 300  # rows or columns, beyond which one cell of a heat map covers several entries
_GRID = 61
_SECONDS_BETWEEN_PICTURES = 0.3


class Plot:
    """Hold a figure and its description. A notebook shows the figure, a terminal and a screen reader the words."""

    def __init__(self, figure: Figure, description: str) -> None:
        self.figure = figure
        self.description = description

    def __repr__(self) -> str:
        return self.description

    def save(self, path: str | Path) -> None:
        """Write the figure to a file; the ending of the name, `.svg`, `.png` or `.pdf`, says in which format."""
        with figures.drawn_the_same():
            self.figure.savefig(path, bbox_inches="tight")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": figures.image(self.figure, self.description), "text/plain": self.description}


def plot_jacobian(
    J: Any,
    v: Any = None,
    *,
    outputs: str | Sequence[str] = "y",
    inputs: str | Sequence[str] = "x",
) -> Plot:
    """Plot a Jacobian as a heat map: one row for each output, one column for each input.

    J: shape (m, n). v: shape (m,); it is multiplied from the left, and the result vᵀJ, shape (n,), is shown beneath.
    outputs, inputs: the names of the rows and columns, or one name that is numbered. Positive entries are blue,
    negative ones orange, the largest of each table the darkest; only zeros are white. The entries are written in up to
    12 rows and columns; beyond 300, each cell shows the largest of several.
    Errors: ValueError for other shapes.

    >>> torch.plot_jacobian([[1., 0.], [2., 3.]])
    Jacobian: 2 outputs (rows) by 2 inputs (columns)
          x[0]  x[1]
    y[0]    1.    0.
    y[1]    2.    3.
    """
    matrix = _array(J)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(
            f"a Jacobian has a row for each output and a column for each input, but J has shape {matrix.shape}: "
            "give a matrix, J.reshape(number of outputs, number of inputs)"
        )
    rows, columns = _names(outputs, matrix.shape[0], "outputs"), _names(inputs, matrix.shape[1], "inputs")
    vector = None if v is None else _array(v)
    if vector is not None and vector.shape != matrix.shape[:1]:
        raise ValueError(f"v needs one entry for each of the {matrix.shape[0]} outputs, but has shape {vector.shape}")
    product = None if vector is None else vector @ matrix
    with figures.in_style():
        figure = _jacobian_figure(matrix, vector, product, rows, columns)
    return Plot(figure, _jacobian_in_words(matrix, vector, product, rows, columns))


def plot_descent(
    loss: Callable[[float, float], Any],
    paths: Mapping[str, Iterable[Any]] | Iterable[Any],
    *,
    names: tuple[str, str] = ("first parameter", "second parameter"),
    area: tuple[tuple[float, float], tuple[float, float]] | None = None,
) -> Plot:
    """Plot a loss as a surface seen from above, with the paths that optimizers took across it.

    A path begins at a white mark and ends at a star; the higher the loss, the darker the surface. Both axes have the
    same unit, so that steps leave the lines of equal loss at right angles, unless one side of the area is more than
    three times as long as the other.

    loss: a function of two numbers. paths: the points of one path, pairs of numbers or tensors of two, or a mapping
    from names to paths. names: of the two parameters, the one to the right first. area: what to show, ((from, to),
    (from, to)); by default all points and some room.
    Errors: TypeError for a loss that is not a function; ValueError for points that are not pairs, where there is none,
    and for an area without extent.

    >>> torch.plot_descent(lambda a, b: a * a + b * b, [(1., 1.), (0.5, 0.5)])
    Descent over first parameter and second parameter
    the path: 1 step, from (1., 1.) with loss 2. to (0.5, 0.5) with loss 0.5
    """
    if not callable(loss):
        raise TypeError(f"loss must be a function of two numbers, not a {type(loss).__name__}: lambda a, b: …")
    named = paths if isinstance(paths, Mapping) else {"": paths}
    ways = {str(name): _way(points) for name, points in named.items()}
    if not ways:
        raise ValueError("there is no path to plot: paths is empty")
    if area is None:
        area = _room_around(np.concatenate(list(ways.values())))
    elif not all(len(side) == 2 and -math.inf < side[0] < side[1] < math.inf for side in area) or len(area) != 2:
        raise ValueError(f"the area must be ((from, to), (from, to)) with from < to, but is {area}")
    first, second = (np.linspace(low, high, _GRID) for low, high in area)
    heights = np.array([[_number(loss(float(a), float(b))) for a in first] for b in second])
    with figures.in_style():
        figure = _descent_figure(first, second, heights, ways, names)
    described = [_way_in_words(name, way, loss, names) for name, way in ways.items()]
    return Plot(figure, "\n".join([f"Descent over {names[0]} and {names[1]}", *described]))


class LossCurve:
    """Grow a loss curve while training runs, in a notebook; the finished curve stays.

        with LossCurve() as curve:
            for step in range(200):
                ...
                curve.add(loss)

    Several curves can grow together: `curve.add(training=…, validation=…)`. logarithmic: the loss on a logarithmic
    scale.
    every: redraw the picture after this many steps, however fast they come; by default about three times a second.
    beside: a function that draws on axes of its own, right of the curve, each time: what a model answers, for example.
    Under pytest (and so under nbval) only the finished curve is shown, since growing replaces what is shown.
    Errors: TypeError for `beside` that is not a function, ValueError for `every` below 1.

    >>> with torch.LossCurve() as curve:
    ...     for loss in (4., 2., 1.):
    ...         curve.add(loss)
    >>> curve
    loss: 3 steps, from 4. to 1., lowest 1. at step 3
    """

    def __init__(
        self, *, logarithmic: bool = False, every: int | None = None, beside: Callable[[Axes], object] | None = None
    ) -> None:
        if beside is not None and not callable(beside):
            raise TypeError(f"beside must be a function that draws on axes, not a {type(beside).__name__}")
        if every is not None and every < 1:
            raise ValueError(f"every is the number of steps between redraws, 1 or more, not {every}")
        self.values: dict[str, list[float]] = {}
        self._logarithmic = logarithmic
        self._every = every
        self._beside = beside
        self._shown: Any = None  # IPython's handle on the picture
        self._last_picture = -math.inf

    def add(self, loss: Any = None, /, **losses: Any) -> None:
        """Add a point to the curve, or to each of several curves by name: numbers, or tensors of one element.

        Errors: TypeError without a loss, and for losses with and without names in one call.

        >>> curve = torch.LossCurve()
        >>> curve.add(training=2., validation=3.)
        """
        if (loss is None) == (not losses):
            raise TypeError("give one loss, curve.add(loss), or several by name, curve.add(training=…, validation=…)")
        numbers = {name: _number(value) for name, value in ({"loss": loss} if loss is not None else losses).items()}
        for name, number in numbers.items():
            self.values.setdefault(name, []).append(number)
        if _may_replace_output() and self._is_due():
            self._show()

    def plot(self) -> Plot:
        """Plot the curve up to the last step.

        >>> curve = torch.LossCurve()
        >>> curve.add(2.)
        >>> curve.plot()
        loss: 1 step, from 2. to 2., lowest 2. at step 1
        """
        with figures.in_style():
            figure = self._figure()
        return Plot(figure, "\n".join(_curve_in_words(name, values) for name, values in self.values.items()))

    def _figure(self) -> Figure:
        from matplotlib.figure import Figure

        if self._beside is None:
            figure = Figure(figsize=(6.5, 3.6), layout="constrained")
            axes = figure.subplots()
        else:
            figure = Figure(figsize=(10, 4.2), layout="constrained")
            axes, right = figure.subplots(1, 2)
            self._beside(right)
        for name, values in self.values.items():
            axes.plot(range(1, len(values) + 1), values, label=_plain(name))
        axes.set(xlabel="step", ylabel="loss")
        if self._logarithmic:
            _logarithmic(axes)
        if len(self.values) > 1:
            axes.legend()
        return figure

    def __enter__(self) -> LossCurve:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.values:
            self._show()

    def __repr__(self) -> str:
        return self.plot().description if self.values else "a loss curve without points so far"

    def _is_due(self) -> bool:
        """Return whether the picture should be redrawn now."""
        if self._every is None:
            return time.monotonic() - self._last_picture > _SECONDS_BETWEEN_PICTURES
        return (max(map(len, self.values.values())) - 1) % self._every == 0

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
    """Return whether a picture may be replaced by a newer one: nbval counts that as an error."""
    return _in_notebook() and "PYTEST_VERSION" not in os.environ


# --- Numbers


def _array(values: Any) -> np.ndarray:
    """Return a tensor of either library, an array or a nested list as an array."""
    if hasattr(values, "detach"):
        values = values.detach().tolist()
    elif isinstance(values, (list, tuple)):
        values = [_array(value) for value in values]
        if len(shapes := {value.shape for value in values}) > 1:
            raise ValueError(f"rows of different shapes stand side by side: {', '.join(map(str, sorted(shapes)))}")
    return np.asarray(values, float)


def _number(value: Any) -> float:
    return float(value.item() if hasattr(value, "item") else value)


def _names(names: str | Sequence[str], count: int, which: str) -> list[str]:
    if isinstance(names, str):
        # A name is cut short, a number never.
        return [f"{text.clean(names)}[{number}]" for number in range(count)] if count > 1 else [text.clean(names)]
    if len(names) != count:
        raise ValueError(f"{which} needs {count} names, but {len(names)} were given")
    return [text.clean(name) for name in names]


def _way(points: Iterable[Any]) -> np.ndarray:
    way = _array(list(points))
    if way.ndim != 2 or way.shape[1] != 2 or not len(way):
        raise ValueError(f"a path is a list of points with two numbers each, but these have shape {way.shape}")
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
    lines = [
        f"Jacobian: {text.quantity(len(rows), 'output (row)', 'outputs (rows)')} by "
        f"{text.quantity(len(columns), 'input (column)', 'inputs (columns)')}"
    ]
    if max(matrix.shape) > _MOST_WRITTEN:
        zeros = int((matrix == 0).sum())
        return "\n".join([*lines, f"{zeros:,} of {matrix.size:,} entries are 0"])
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
    return f"{text.clean(name) or 'the path'}: {steps}, from {at(way[0])} to {at(way[-1])}"


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
    """J; with v to its left, beside the rows that it weighs, and the product beneath, under the columns it adds up."""
    from matplotlib.figure import Figure

    m, n = matrix.shape
    side = 0.62 if max(m, n) <= 6 else 0.5  # of a cell, in inches
    width, height = min(n * side, 5.5), min(m * side, 5.5)
    left, below = (side + 0.2, side + 0.12) if vector is not None else (0.0, 0.0)
    whole = (left + width, below + height)
    figure = Figure(figsize=whole)
    figure.set_layout_engine("none")

    def heat(corner: tuple[float, float], size: tuple[float, float], table: np.ndarray) -> Axes:
        (x, y), (w, h) = corner, size
        axes = figure.add_axes((x / whole[0], y / whole[1], w / whole[0], h / whole[1]))
        _heat(axes, table)
        return axes

    beside = jacobian = heat((left, below), (width, height), matrix)
    slanted = n <= _MOST_WRITTEN and max(map(text.columns, columns)) * 0.08 > width / n
    _label(jacobian, columns=columns, above="inputs", slanted=slanted)
    if vector is not None and product is not None:
        beside = heat((0, below), (side, height), vector[:, None])
        _label(beside, columns=["v"])
        _label(heat((left, 0), (width, side), product[None, :]), rows=["vᵀJ"])
    _label(beside, rows=rows, before="outputs")
    return figure


def _heat(axes: Axes, table: np.ndarray) -> None:
    """A table as coloured cells, with the entries written in unless there are many."""
    from matplotlib.colors import LinearSegmentedColormap

    signs = LinearSegmentedColormap.from_list("signs", ["#d55e00", "#f7d9c4", "#ffffff", "#c9e0f0", "#0072b2"])
    colours = signs.with_extremes(bad="#cc79a7")  # of entries that are not numbers
    written = max(table.shape) <= _MOST_WRITTEN
    down, right = (np.linspace(0, count, min(count, _MOST_CELLS) + 1).astype(int) for count in table.shape)
    # Cells of their own instead of one image, so that the picture stays sharp at every size.
    cells = axes.pcolormesh(
        right,
        down,
        _largest_within(_shades(table, faintest=0.25 if written else 0.5), (down, right)),
        cmap=colours,
        vmin=-1.25,
        vmax=1.25,
        edgecolors="#c3cad1" if written else "none",
        linewidth=0.8,
        rasterized=not written,
    )
    cells.set_gid(f"{figures.TURNED}-{len(axes.figure.axes)}")
    axes.invert_yaxis()
    axes.tick_params(length=0, labelsize=11, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.spines[:].set(color="#737d87", visible=True)
    axes.set(xticks=[], yticks=[])
    if written:
        entries = [text.number(entry or 0.0).removesuffix(".") for entry in table.ravel().tolist()]
        longest = max(map(len, entries))
        size = 10 if longest <= 5 else 8 if longest <= 7 else 6.5
        for (row, column), written_entry in zip(np.ndindex(table.shape), entries, strict=True):
            colour = "#69727b" if written_entry == "0" else "black"
            axes.text(column + 0.5, row + 0.5, written_entry, ha="center", va="center", fontsize=size, color=colour)


def _shades(table: np.ndarray, faintest: float) -> np.ndarray:
    """From -1 to 1; small entries keep a distance from 0, as only zeros shall be white."""
    magnitude = np.abs(table)
    largest = magnitude.max(where=np.isfinite(table), initial=0) or 1.0
    return np.sign(table) * (faintest + (1 - faintest) * np.minimum(magnitude / largest, 1))


def _largest_within(table: np.ndarray, edges: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Of all entries between two edges the one of the largest magnitude, so that none is lost in a large table."""
    for axis in (0, 1):
        starts = edges[axis][:-1]
        low, high = np.minimum.reduceat(table, starts, axis), np.maximum.reduceat(table, starts, axis)
        table = np.where(high >= -low, high, low)
    return table


def _label(
    axes: Axes,
    *,
    columns: Sequence[str] = (),
    rows: Sequence[str] = (),
    above: str = "",
    before: str = "",
    slanted: bool = False,
) -> None:
    """Name columns and rows, of many only every second, fifth, tenth …, and says what they are."""
    for names, axis in ((columns, axes.xaxis), (rows, axes.yaxis)):
        if names:
            round_numbers = (first * 10**zeros for zeros in itertools.count() for first in (1, 2, 5))
            every = next(step for step in round_numbers if len(names) <= step * _MOST_WRITTEN)
            places = range(0, len(names), every)
            axis.set_ticks([place + 0.5 for place in places], labels=[_plain(names[place]) for place in places])
    if slanted:
        for name in axes.get_xticklabels():
            name.set(rotation=35, ha="left", rotation_mode="anchor")
    axes.xaxis.set_label_position("top")
    for what, set_label in ((above, axes.set_xlabel), (before, axes.set_ylabel)):
        if what:
            set_label(what, color="#5b646d", style="italic", fontsize=11, labelpad=5)


def _descent_figure(
    first: np.ndarray, second: np.ndarray, heights: np.ndarray, ways: dict[str, np.ndarray], names: tuple[str, str]
) -> Figure:
    from matplotlib.colors import BoundaryNorm
    from matplotlib.figure import Figure

    ratio = float((second[-1] - second[0]) / (first[-1] - first[0]))
    width, height = (min(5.0, 4.4 / ratio), min(4.4, 5.0 * ratio)) if 1 / 3 <= ratio <= 3 else (5.0, 4.0)  # in inches
    figure = Figure(figsize=(width + 1.6, height + 0.6), layout="constrained")
    axes = figure.subplots()
    axes.set_box_aspect(height / width)
    finite = heights[np.isfinite(heights)]
    if finite.size and finite.max() > finite.min():
        levels = _levels(finite)
        surface = axes.contourf(
            first, second, heights, levels=levels, cmap="Greys", norm=BoundaryNorm(levels, 256), alpha=0.3
        )
        surface.set_rasterized(True)
        axes.contour(first, second, heights, levels=levels, colors="#8b959e", linewidths=0.6)
        bar = figure.colorbar(surface, ax=axes, label="loss", ticks=levels[1:-1:2], spacing="uniform", pad=0.02)
        bar.ax.set_yticklabels([text.number(float(level)).removesuffix(".") for level in levels[1:-1:2]])
        bar.ax.tick_params(which="both", length=0)
    colours = figures.colours()
    for number, (name, way) in enumerate(ways.items()):
        colour, marker = colours[number % len(colours)], _MARKERS[number % len(_MARKERS)]
        above = 4 - number / len(ways)  # the first path on top, under the marks of all
        axes.plot(*way.T, color=colour, marker=marker, markersize=4, linewidth=1.5, label=_plain(name), zorder=above)
        axes.plot(*way[0], color="white", marker=marker, markersize=9, markeredgecolor=colour, zorder=above + 1)
        axes.plot(*way[-1], color=colour, marker="*", markersize=15, markeredgecolor="white", zorder=above + 2)
    axes.set(xlabel=_plain(names[0]), ylabel=_plain(names[1]))
    axes.set(xlim=(first[0], first[-1]), ylim=(second[0], second[-1]))
    if any(ways):
        axes.legend(frameon=True, framealpha=0.9, edgecolor="#d5dae0")
    return figure


def _levels(heights: np.ndarray) -> np.ndarray:
    """Heights for lines: as much of the area lies between any two of them, so flat and steep parts both show theirs."""
    rounded = (float(f"{level:.2g}") for level in np.quantile(heights, np.linspace(0, 1, 15)[1:-1]))
    low, high = heights.min(), heights.max()
    return np.array([low, *sorted({level for level in rounded if low < level < high}), high])


def _logarithmic(axes: Axes) -> None:
    """A logarithmic scale with plain numbers: 1, 2, 5, 10 … on a short one, 1, 10, 100 … on a long one."""
    from matplotlib.ticker import LogLocator

    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 1000 else (1,)))
    axes.yaxis.set_major_formatter(lambda value, _: text.number(float(f"{value:.3g}")).removesuffix("."))
    axes.yaxis.set_minor_formatter(lambda value, _: "")


def _plain(name: str) -> str:
    """Return a name for a figure, where matplotlib would read what is between two dollars as a formula."""
    return text.clean(name).replace("$", r"\$")


figures.describe_in_notebooks()
