"""What a matplotlib picture shows, whatever calls have drawn it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course.comparing import RELATIVE, a, difference, show
from course.judging import expect_curve, reject

# Colours that differ by less, each channel from 0 to 1, can't be told apart.
SAME_COLOUR = 0.03


@dataclass(frozen=True)
class Look:
    """By what a line is told from others, in the picture and in its legend."""

    colour: tuple[float, ...]
    style: str = ""
    marker: str = ""

    def is_like(self, other: "Look") -> bool:
        """Return whether a reader takes one for the other; a style or a marker that isn't known is like any."""
        forms = ((self.style, other.style), (self.marker, other.marker))
        return _distance(self.colour, other.colour) <= SAME_COLOUR and all(
            one == two or not one or not two for one, two in forms
        )


@dataclass(frozen=True)
class Curve:
    """A line that can be seen: its points, the name that a legend would give it, "" for none, and its look."""

    xs: list[float]
    ys: list[float]
    name: str
    look: Look

    @property
    def is_straight_across(self) -> bool:
        """Whether it runs along one of the axes, as a line does that only marks a value."""
        return len(set(self.xs)) == 1 or len(set(self.ys)) == 1

    def is_through(
        self, xs: Sequence[float], ys: Sequence[float], scale: float = 1.0, relative: float = RELATIVE
    ) -> bool:
        """Return whether it runs through just these points, in this order."""
        return difference((self.xs, self.ys), ([*xs], [*ys]), scale=scale, relative=relative) is None


class Shown:
    """What can be seen on a pair of axes."""

    def __init__(self, axes: Any) -> None:
        self.axes = axes
        lines = [(line, _runs_across(line)) for line in axes.get_lines() if _visible(line)]
        self.curves = [*_curves(line for line, across in lines if not across), *_segments(axes)]
        """Connected lines, without those that axhline and axvline draw across the whole picture."""
        self.across = sum(across for _, across in lines)
        """How many of those there are."""
        self.scales = (axes.get_xscale(), axes.get_yscale())
        self.labels = (_label(axes, "x"), _label(axes, "y"))
        self.entries = list(_entries(axes))
        """What a legend shows: each name, and the look of the mark beside it."""
        self.legend = sorted(name for name, _ in self.entries)
        """The names that a legend shows."""

    def label_says(self, which: int, *words: str) -> bool:
        """Return whether the label of one axis, 0 along or 1 upwards, has one of these words in it."""
        return any(word.casefold() in self.labels[which].casefold() for word in words)

    def runs_the_usual_way(self) -> bool:
        """Return whether numbers grow to the right and upwards."""
        return not self.axes.xaxis_inverted() and not self.axes.yaxis_inverted()

    def all_in_sight(self, xs: Sequence[float], ys: Sequence[float]) -> bool:
        """Return whether the limits of the axes leave these points in the picture."""
        (left, right), (low, high) = sorted(self.axes.get_xlim()), sorted(self.axes.get_ylim())
        return all(left <= x <= right and low <= y <= high for x, y in zip(xs, ys, strict=True))

    def named(self, curve: Curve) -> set[str]:
        """Return the names that a curve has: its own, and those that a legend shows beside its look."""
        return {curve.name, *(name for name, look in self.entries if look.is_like(curve.look))} - {""}


def expect_picture(
    axes: Any,
    wanted: Mapping[str, Sequence[float]],
    *,
    words: tuple[str, str],
    scales: tuple[str, str] = ("linear", "linear"),
    scale: float = 1.0,
    relative: float = RELATIVE,
) -> None:
    """Reject what was returned unless it is axes with one line for each name, through (0, y0), (1, y1), …

    Lines straight across that only mark a value may be there as well, and may have names too. The exercise has these
    hints: "axes", "lines", "turned", "from_one", "names", "legend", "scale", "words", "sight".
    words: what the label of each axis must have in it.
    """
    import matplotlib.axes

    if not isinstance(axes, matplotlib.axes.Axes):
        reject("none" if axes is None else "axes", came_out=a(axes), expected="axes", final=True)
    shown = Shown(axes)
    lines = {name: ([float(step) for step in range(len(heights))], [*heights]) for name, heights in wanted.items()}
    found: dict[str, Curve] = {}
    rest = list(shown.curves)
    for name, (xs, ys) in lines.items():
        fitting = [curve for curve in rest if curve.is_through(xs, ys, scale, relative)]
        if fitting:
            found[name] = next((curve for curve in fitting if name in shown.named(curve)), fitting[0])
            rest.remove(found[name])
    missing = {name: line for name, line in lines.items() if name not in found}
    marks = shown.across + sum(curve.is_straight_across for curve in rest)
    if missing:
        _reject_lines(shown, missing, rest, len(lines), (scale, relative))
    if not all(curve.is_straight_across for curve in rest):
        _reject_number(len(shown.curves), len(lines))
    for name, curve in found.items():
        if name not in shown.named(curve):
            came_out = show(sorted(shown.named(curve))) if shown.named(curve) else "no name"
            reject("names", what="the name of a line", came_out=came_out, expected=repr(name), final=True)
    _expect_legend(shown, found, marks)
    for which, axis in enumerate(("to the right", "upwards")):
        if shown.scales[which] != scales[which]:
            reject("scale", what=f"the scale {axis}", came_out=shown.scales[which], expected=scales[which], final=True)
    for which, axis in enumerate(("to the right", "upwards")):
        if not shown.label_says(which, words[which]):
            came_out, expected = shown.labels[which] or "none that can be seen", f'"{words[which]}" in it'
            reject("words", what=f"the label {axis}", came_out=came_out, expected=expected, final=True)
    if not shown.runs_the_usual_way():
        came_out, expected = "an axis whose numbers fall", "numbers that grow to the right and upwards"
        reject("sight", what="the direction of the axes", came_out=came_out, expected=expected, final=True)
    for name, (xs, ys) in lines.items():
        if not shown.all_in_sight(xs, ys):
            came_out = "partly outside the limits of the axes"
            reject("sight", what=f"the line {name!r}", came_out=came_out, expected="all in sight", final=True)


def _reject_lines(
    shown: Shown,
    missing: Mapping[str, tuple[list[float], list[float]]],
    rest: list[Curve],
    number: int,
    tolerance: tuple[float, float],
) -> None:
    """Say what is wrong with the first line that isn't there."""
    scale, relative = tolerance
    name, (xs, ys) = next(iter(missing.items()))
    if any(curve.is_through(ys, xs, scale, relative) for curve in rest):
        came_out = f"upwards: {show(xs)}"
        reject("turned", what=f"the line {name!r}", came_out=came_out, expected=f"upwards: {show(ys)}", final=True)
    late = [x + 1 for x in xs]
    if any(curve.is_through(late, ys, scale, relative) for curve in rest):
        came_out = f"along: {show(late)}"
        reject("from_one", what=f"the line {name!r}", came_out=came_out, expected=f"along: {show(xs)}", final=True)
    if len(shown.curves) != number:
        _reject_number(len(shown.curves), number)
    got = next((curve for curve in rest if name in shown.named(curve)), rest[0])
    expect_curve((got.xs, got.ys), (xs, ys), f"the line {name!r}", scale=scale, relative=relative)


def _reject_number(got: int, want: int) -> None:
    came_out, expected = (f"{count} line{'s' * (count != 1)}" for count in (got, want))
    reject("lines", what="lines that can be seen", came_out=came_out, expected=expected, final=True)


def _expect_legend(shown: Shown, found: Mapping[str, Curve], marks: int) -> None:
    """Reject the picture unless a legend has each name, beside the look of its line."""
    names = [name for name, _ in shown.entries]
    if any(name not in names for name in found) or len(names) > len(found) + marks:
        reject("legend", what="the legend", came_out=show(names), expected=show([*found]), final=True)
    for name, curve in found.items():
        looks = [look for entry, look in shown.entries if entry == name]
        others = [other for other in found if other != name and looks[0].is_like(found[other].look)]
        if not any(look.is_like(curve.look) for look in looks) and others:
            came_out = f"beside {name!r}, the colour of {others[0]!r}"
            reject("legend", what="the legend", came_out=came_out, expected="the colour of its own line", final=True)


def _runs_across(line: Any) -> bool:
    return line.get_transform() != line.axes.transData


def _curves(lines: Iterator[Any]) -> Iterator[Curve]:
    for line in lines:
        if line.get_linestyle() in ("None", "none", " ", "") or not line.get_linewidth():
            continue
        xs, ys = ([*map(_number, data)] for data in line.get_data())
        if line.get_drawstyle() == "default":  # steps are other lines than those that join the points
            yield Curve(xs, ys, _name(line), _look(line))


def _segments(axes: Any) -> Iterator[Curve]:
    for collection in axes.collections:
        if not hasattr(collection, "get_segments") or not _visible(collection):
            continue
        for segment in collection.get_segments():
            xs, ys = ([float(point[place]) for point in segment] for place in (0, 1))
            yield Curve(xs, ys, _name(collection), _look(collection))


def _number(value: Any) -> float:
    """Return a coordinate, of whatever kind the learner gave to matplotlib; nan for None."""
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return math.nan


def _visible(artist: Any) -> bool:
    if not artist.get_visible() or not artist.axes.get_visible() or not artist.axes.figure.get_visible():
        return False
    if hasattr(artist, "get_segments") and not any(artist.get_linewidths()):
        return False
    background = _rgba(artist.axes.get_facecolor())
    if not artist.axes.axison or not artist.axes.patch.get_visible():
        background = _rgba(artist.axes.figure.get_facecolor())
    return _distance(_over(_look(artist).colour, background), background) > SAME_COLOUR


def _look(artist: Any) -> Look:
    """Return the look of a line, of a collection of lines, or of a patch in a legend."""
    colour = artist.get_color() if hasattr(artist, "get_color") else artist.get_facecolor()
    if getattr(colour, "ndim", 1) > 1:  # of a collection, a row for each of its members
        colour = colour[0] if len(colour) else "none"
    *rgb, own = _rgba(colour)
    alpha = artist.get_alpha()
    alpha = own if alpha is None else float(max(alpha)) if hasattr(alpha, "__len__") else float(alpha)
    style = str(artist.get_linestyle()) if hasattr(artist, "get_marker") else ""
    marker = str(artist.get_marker()) if hasattr(artist, "get_marker") else ""
    return Look((*rgb, alpha), style, marker)


def _rgba(colour: Any) -> tuple[float, ...]:
    from matplotlib.colors import to_rgba

    try:
        return tuple(map(float, to_rgba(colour)))
    except (ValueError, TypeError):
        return (0.0, 0.0, 0.0, 1.0)


def _over(colour: tuple[float, ...], background: tuple[float, ...]) -> tuple[float, ...]:
    """Return the colour that is seen where one that lets light through lies over another."""
    *_, alpha = colour
    return (*(alpha * c + (1 - alpha) * b for c, b in zip(colour[:3], background[:3], strict=True)), 1.0)


def _distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return max(abs(a - b) for a, b in zip(one[:3], other[:3], strict=True))


def _name(artist: Any) -> str:
    name = str(artist.get_label())
    return "" if name.startswith("_") else name


def _label(axes: Any, which: str) -> str:
    """Return the words at an axis, or those that the whole figure has in their place."""
    label = getattr(axes, f"{which}axis").label
    shown = axes.axison and getattr(axes, f"{which}axis").get_visible()
    if shown and label.get_text().strip() and _readable(label):
        return str(label.get_text()).strip()
    own = getattr(axes.figure, f"_sup{which}label", None)
    return str(own.get_text()).strip() if own is not None and _readable(own) else ""


def _readable(text: Any) -> bool:
    alpha = text.get_alpha()
    colour = _rgba(text.get_color())
    background = _rgba(text.figure.get_facecolor())
    over = _over((*colour[:3], colour[3] if alpha is None else float(alpha)), background)
    return bool(text.get_visible()) and _distance(over, background) > SAME_COLOUR


def _entries(axes: Any) -> Iterator[tuple[str, Look]]:
    from matplotlib.legend import Legend

    for legend in [*axes.get_children(), *axes.figure.legends]:
        if not isinstance(legend, Legend) or not legend.get_visible():
            continue
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=False):
            if _readable(text) and handle is not None:
                yield text.get_text(), _look(handle)
