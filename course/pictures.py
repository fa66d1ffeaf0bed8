"""What a matplotlib picture shows, whatever calls have drawn it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from course.comparing import difference


@dataclass(frozen=True)
class Curve:
    """A line that can be seen: its points, and the name that a legend would give it, "" for none."""

    xs: list[float]
    ys: list[float]
    name: str

    @property
    def is_straight_across(self) -> bool:
        """Whether it runs along one of the axes, as a line does that only marks a value."""
        return len(set(self.xs)) == 1 or len(set(self.ys)) == 1

    def is_through(self, xs: Sequence[float], ys: Sequence[float], scale: float = 1.0) -> bool:
        """Whether it runs through just these points, in this order."""
        return difference((self.xs, self.ys), ([*xs], [*ys]), scale=scale) is None


class Shown:
    """What can be seen on a pair of axes."""

    def __init__(self, axes: Any) -> None:
        self.axes = axes
        self.curves = list(_curves(axes))
        """Connected lines, without those that axhline and axvline draw across the whole picture."""
        self.scales = (axes.get_xscale(), axes.get_yscale())
        self.labels = (_label(axes, "x"), _label(axes, "y"))
        self.legend = sorted(_legend(axes))
        """The names that a legend shows."""

    def label_says(self, which: int, *words: str) -> bool:
        """Whether the label of one axis, 0 along or 1 upwards, has one of these words in it."""
        return any(word.casefold() in self.labels[which].casefold() for word in words)

    def runs_the_usual_way(self) -> bool:
        """Whether numbers grow to the right and upwards."""
        return not self.axes.xaxis_inverted() and not self.axes.yaxis_inverted()

    def all_in_sight(self, xs: Sequence[float], ys: Sequence[float]) -> bool:
        """Whether the limits of the axes leave these points in the picture."""
        (left, right), (low, high) = sorted(self.axes.get_xlim()), sorted(self.axes.get_ylim())
        return all(left <= x <= right and low <= y <= high for x, y in zip(xs, ys, strict=True))


def _curves(axes: Any) -> Iterator[Curve]:
    for line in axes.get_lines():
        across = not line.get_transform().contains_branch(axes.transData) or line.get_transform() != axes.transData
        if (
            across
            or not _visible(line)
            or line.get_linestyle() in ("None", "none", " ", "")
            or not line.get_linewidth()
        ):
            continue
        step = line.get_drawstyle() != "default"
        xs, ys = ([*map(_number, data)] for data in line.get_data())
        if not step:
            yield Curve(xs, ys, _name(line))
    for collection in axes.collections:
        for segment in (
            collection.get_segments() if hasattr(collection, "get_segments") and _visible(collection) else ()
        ):
            xs, ys = ([float(point[place]) for point in segment] for place in (0, 1))
            yield Curve(xs, ys, _name(collection))


def _number(value: Any) -> float:
    """A coordinate, of whatever kind the learner gave to matplotlib; nan for None."""
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return math.nan


def _visible(artist: Any) -> bool:
    alpha = artist.get_alpha()
    axes = artist.axes
    shown = artist.get_visible() and (alpha is None or (not hasattr(alpha, "__len__") and alpha > 0.05))
    if not shown or axes is None or not axes.get_visible():
        return False
    return not hasattr(artist, "get_color") or not _same_colour(artist.get_color(), axes.get_facecolor())


def _same_colour(one: Any, other: Any) -> bool:
    from matplotlib.colors import to_rgba

    try:
        return to_rgba(one) == to_rgba(other) or to_rgba(one)[3] == 0
    except (ValueError, TypeError):
        return False


def _name(artist: Any) -> str:
    name = str(artist.get_label())
    return "" if name.startswith("_") else name


def _label(axes: Any, which: str) -> str:
    """The words at an axis, or those that the whole figure has in their place."""
    own = getattr(axes, f"get_{which}label")().strip()
    axis = getattr(axes, f"{which}axis")
    if own and axis.label.get_visible() and axes.axison:
        return str(own)
    figure = axes.figure
    return str(getattr(figure, f"get_sup{which}label")()).strip()


def _legend(axes: Any) -> Iterator[str]:
    legends = [axes.get_legend(), *axes.figure.legends]
    for legend in legends:
        if legend is not None and legend.get_visible():
            yield from (text.get_text() for text in legend.get_texts() if text.get_visible())
