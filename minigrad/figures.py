"""Figures of matplotlib in a notebook: as images that follow the theme of the page, described for readers who cannot
see them.

`describe_in_notebooks` makes a notebook show every figure that way, whoever has drawn it; importing `course` or
`minigrad.plots` calls it. The style that the course's plots are drawn in is `plots.mplstyle`, which matplotlib finds by
the name "minigrad.plots". matplotlib is not imported here before there is a figure.
"""

from __future__ import annotations

import base64
import functools
import io
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import numpy as np

from .drawing import text
from .drawing.picture import DARK
from .drawing.svg import FOLLOWS_THEME

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

_MOST_POINTS = 20_000  # and
_MOST_LETTERS = 300_000  # of an SVG document, beyond which a figure is shown as a bitmap
_MOST_TOLD = 12  # lines, bars, words on the axes
_BITMAP_DOTS_PER_INCH = 120

# The colours of the style on a dark page. Blue becomes lighter there, and so the light blue as well.
_ON_DARK = {
    **{light: dark for light, dark in DARK.items() if len(light) == 7},
    "#ffffff": DARK["#fff"],
    "#000000": DARK["#26303a"],
    "#0072b2": "#4aa8e0",
    "#d55e00": "#f07f33",
    "#009e73": "#3fbf97",
    "#cc79a7": "#dd94bd",
    "#56b4e9": "#a9dcfa",
    "#e69f00": "#f2b53c",
    "#5b646d": "#aab3bc",
}

KEPT = "as-on-light"
"""Begins the gid of an artist whose colours are the same on a dark page."""

TURNED = "turned-on-dark"
"""Begins the gid of an artist whose light colours are dark ones on a dark page, and the other way round."""


@functools.cache
def style() -> Any:
    """Return the settings of `plots.mplstyle`."""
    from matplotlib import rc_params_from_file

    return dict(rc_params_from_file(Path(__file__).with_name("plots.mplstyle"), use_default_template=False))


def colours() -> list[str]:
    """Return the style's cycle of colours."""
    return [str(colour) for colour in style()["axes.prop_cycle"].by_key()["color"]]


@contextmanager
def in_style() -> Iterator[None]:
    """Draw in the style, whatever the notebook has set.

    Errors: ModuleNotFoundError, with what to install, where matplotlib is not there.
    """
    try:
        import matplotlib
    except ModuleNotFoundError as error:
        if error.name != "matplotlib":
            raise
        said = "Plots are drawn by matplotlib, which is not installed here: pip install matplotlib"
        raise ModuleNotFoundError(said, name="matplotlib") from None

    with matplotlib.rc_context(style()):
        yield


# --- The image


@contextmanager
def drawn_the_same(letters: str = "none") -> Iterator[None]:
    """Draw the same figure to the same file. Letters stay text, set in fonts of the reader's browser."""
    import matplotlib

    settings: Any = {"svg.hashsalt": "minigrad", "svg.fonttype": letters, "savefig.dpi": _BITMAP_DOTS_PER_INCH}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)  # matplotlib's own font lacks it
        yield


def image(figure: Figure, description: str, *, of_many: bool = False) -> str:
    """Return the figure as an image that a notebook shows before it is trusted, too; the same every time it is drawn.

    of_many: keep the figure's own edges, where they are otherwise fitted to what is drawn, so that figures of one size
    give images of one size; and write the file shorter, as `_shorter` says.
    """
    document = _document(figure, of_many) if _points(figure) <= _MOST_POINTS else ""
    if 0 < len(document) <= _MOST_LETTERS:
        [points] = re.findall(r'<svg [^>]*?width="([\d.]+)pt"', document)
        width, kind, data = float(points) * 4 / 3, "svg+xml", document.encode()
    else:
        kind, data = "png", _written(figure, "png", of_many=of_many)
        width = int.from_bytes(data[16:20], "big") * 96 / _BITMAP_DOTS_PER_INCH
    address = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    alt = escape(description.replace("\n", "; "))
    return (
        f'{FOLLOWS_THEME}<img class="minigrad-picture" src="{address}" alt="{alt}" width="{round(width)}" '
        'style="max-width:100%;height:auto;border-radius:8px">'
    )


def _written(figure: Figure, kind: str, letters: str = "none", *, of_many: bool) -> bytes:
    file = io.BytesIO()
    nowhen: Any = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    edges: Any = {"bbox_inches": figure.bbox_inches} if of_many else {"bbox_inches": "tight", "pad_inches": 0.12}
    with drawn_the_same(letters):
        figure.savefig(file, format=kind, metadata=nowhen, **edges)
    return file.getvalue()


def _document(figure: Figure, of_many: bool) -> str:
    """Return the figure as SVG, with a style sheet for dark pages."""
    from matplotlib.text import Text

    # The parts of a formula are placed one by one, by the widths of matplotlib's font, which not every browser has.
    formulas = any(len(re.findall(r"(?<!\\)\$", words.get_text())) > 1 for words in figure.findobj(Text))
    with _words_on_colours_kept(figure):
        document = _written(figure, "svg", "path" if formulas else "none", of_many=of_many).decode()
    if _is_light(figure):
        sheet = f"<style>@media(prefers-color-scheme:dark){{{_dark(document)}}}</style>"
        document = document.replace("<defs>", f"{sheet}<defs>", 1)
    return _shorter(document) if of_many else document


def _shorter(document: str) -> str:
    """Halve the length of a picture: hundredths of a point are enough, and a font is named only once."""
    document = re.sub(r"<!DOCTYPE.*?>|<metadata>.*?</metadata>", "", document, flags=re.DOTALL)
    document = re.sub(r' transform="rotate\(-0 [^"]*"', "", document)
    rounded = r' (?:d|points|x|y|transform)="[^"]*"'
    document = re.sub(rounded, lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), document)
    families = set(re.findall(r"font-family: [^;\"]*", document))
    if len(families) == 1:
        [family] = families
        document = document.replace(f"{family}; ", "")
        document = document.replace("stroke-linecap: butt}", f"stroke-linecap: butt}}text{{{family}}}", 1)
    if f'id="{KEPT}' not in document and f'id="{TURNED}' not in document:
        document = document.replace(_UNLESS_KEPT, "")
    return re.sub(r"\s*\n\s*", "\n", document)


_UNLESS_KEPT = f':not([id^="{KEPT}"],[id^="{KEPT}"] *,[id^="{TURNED}"] *)'


def _dark(document: str) -> str:
    # Where matplotlib names no colour, it means black.
    rules = [f'svg{{fill:{_ON_DARK["#000000"]}}}[id^="{KEPT}"]{{fill:#000}}']
    for part, colour in sorted(set(re.findall(r"\b(fill|stroke): (#[0-9a-f]{6})\b", document))):
        if colour in _ON_DARK:
            rules.append(f'[style*="{part}: {colour}"]{_UNLESS_KEPT}{{{part}:{_ON_DARK[colour]}!important}}')
    if f'id="{TURNED}' in document:
        rules.append(f'[id^="{TURNED}"]{{fill:#000;filter:invert(.9) hue-rotate(180deg) brightness(.75)}}')
    return "".join(rules)


def _is_light(figure: Figure) -> bool:
    """Return whether the figure has the background that every figure has to begin with, or none."""
    red, green, blue, alpha = _rgba(figure.get_facecolor())
    return alpha == 0 or (red, green, blue) == (1, 1, 1)


def _rgba(colour: Any) -> tuple[float, float, float, float]:
    from matplotlib.colors import to_rgba

    return to_rgba(colour)


@contextmanager
def _words_on_colours_kept(figure: Figure) -> Iterator[None]:
    """Mark what is written on images and maps, which stay as they are: it was made to be legible there."""
    marked = [words for axes in figure.axes if _maps(axes) for words in axes.texts if words.get_gid() is None]
    try:
        for number, words in enumerate(marked):
            words.set_gid(f"{KEPT}-{number}")
        yield
    finally:
        for words in marked:
            words.set_gid(None)


def _maps(axes: Axes) -> list[Any]:
    """Return the images of axes, and what else shows numbers as colours over an area."""
    from matplotlib.collections import PathCollection

    coloured = [one for one in axes.collections if one.get_array() is not None and not isinstance(one, PathCollection)]
    shown = [one for one in (*axes.images, *coloured) if one.get_visible()]
    return [one for one in shown if not str(one.get_gid()).startswith(TURNED)]


def _points(figure: Figure) -> int:
    count = 0
    for axes in figure.axes:
        count += sum(np.size(line.get_xdata(orig=False)) for line in axes.get_lines())
        count += sum(np.size(one.get_offsets()) + len(one.get_paths()) for one in axes.collections)
        count += len(axes.patches)
    return count


# --- The description


def description(figure: Figure) -> str:
    """Return what a figure shows, in words: titles, axes, and each line, bar and image, with its numbers."""
    parts = [axes for axes in figure.axes if axes.get_visible() and axes.get_label() != "<colorbar>"]
    title = _words(figure.get_suptitle())
    lines = [f"Figure: {title}" if title else "Figure"] if title or len(parts) != 1 else []
    if len(parts) > 1:
        lines[0] += f", {len(parts)} plots"
    for number, axes in enumerate(parts, start=1):
        try:
            told = _axes_in_words(axes)
        except Exception:  # of any kind of axes that there is, or will be
            told = ["Plot"]
        if len(parts) > 1:
            told[0] = f"{number}. {told[0]}"
        lines += told
    return "\n".join(lines)


def _axes_in_words(axes: Axes) -> list[str]:
    titles = [_words(axes.get_title(where)) for where in ("left", "center", "right")]
    lines = [f"Plot: {', '.join(filter(None, titles))}" if any(titles) else "Plot"]
    if axes.axison:
        lines += [_axis_in_words(name, axis) for name, axis in _axes_of(axes)]
    parts = [*_lines_in_words(axes), *_bars_in_words(axes), *_areas_in_words(axes), *_images_in_words(axes)]
    if len(parts) > _MOST_TOLD:
        parts = [*parts[:_MOST_TOLD], f"and {len(parts) - _MOST_TOLD} more"]
    written = [words for one in axes.texts if one.get_visible() and (words := _words(one.get_text()))]
    if written:
        more = f" and {len(written) - _MOST_TOLD} more" if len(written) > _MOST_TOLD else ""
        parts.append(f"written in it: {', '.join(written[:_MOST_TOLD])}{more}")
    return [*lines, *(parts or ["nothing is drawn in it"])]


def _axes_of(axes: Axes) -> Iterator[tuple[str, Axis]]:
    yield "to the right", axes.xaxis
    yield "upwards", axes.yaxis
    if axes.name == "3d":
        yield "into depth", axes.zaxis  # type: ignore[attr-defined]


def _axis_in_words(direction: str, axis: Axis) -> str:
    label = _words(axis.get_label_text())
    low, high = (_coordinate(axis, end) for end in axis.get_view_interval())
    scale = "" if axis.get_scale() == "linear" else f", {axis.get_scale()} scale"
    return f"{direction}: {f'{label}, ' if label else ''}from {low} to {high}{scale}"


def _coordinate(axis: Axis, value: Any) -> str:
    """Return a number on an axis, or the date or the word that it stands for there."""
    from matplotlib.category import StrCategoryFormatter
    from matplotlib.dates import AutoDateFormatter, ConciseDateFormatter, DateFormatter

    formatter = axis.get_major_formatter()
    if isinstance(formatter, (AutoDateFormatter, ConciseDateFormatter, DateFormatter)):
        return formatter.format_data_short(value)
    if isinstance(formatter, StrCategoryFormatter) and (name := formatter(value, 0)):
        return _words(name)
    return _number(value)


def _number(value: Any) -> str:
    """Three digits are enough for a picture, and the same wherever it is drawn."""
    rounded = float(f"{float(value):.3g}") + 0.0
    return text.number(rounded).removesuffix(".")


def _words(label: str) -> str:
    """Return a label on one line, formulas without their dollars."""
    return text.clean(re.sub(r"(?<!\\)\$", "", label).replace(r"\$", "$"), 200)


def _named(artist: Any, kind: str) -> str:
    label = str(artist.get_label())
    return f"{kind} “{_words(label)}”" if label and not label.startswith("_") else kind


def _lines_in_words(axes: Axes) -> Iterator[str]:
    x: Any
    y: Any
    for line in axes.get_lines():
        if not line.get_visible():
            continue
        if axes.name == "3d":
            yield f"{_named(line, 'line')}: {text.quantity(np.size(line.get_xdata(orig=False)), 'point', 'points')}"
            continue
        x, y = (np.ma.filled(np.ma.asarray(values, float), np.nan) for values in line.get_data(orig=False))
        if line.get_transform() == axes.get_yaxis_transform(which="grid"):
            yield f"{_named(line, 'level line')}: at {_coordinate(axes.yaxis, y[0])}"
        elif line.get_transform() == axes.get_xaxis_transform(which="grid"):
            yield f"{_named(line, 'upright line')}: at {_coordinate(axes.xaxis, x[0])}"
        else:
            drawn = line.get_linestyle() not in ("None", "none", " ", "")
            yield f"{_named(line, 'line' if drawn and len(x) > 1 else 'points')}: {_course(axes, x, y)}"


def _course(axes: Axes, x: np.ndarray, y: np.ndarray) -> str:
    """Return where a line begins and ends, and its lowest and highest point."""
    finite = np.isfinite(x) & np.isfinite(y)
    lost = f", {int((~finite).sum())} of them not finite" if not finite.all() else ""
    counted = text.quantity(len(x), "point", "points") + lost
    if not finite.any():
        return counted

    def at(place: int) -> str:
        return f"({_coordinate(axes.xaxis, x[place])}, {_coordinate(axes.yaxis, y[place])})"

    places = np.flatnonzero(finite)
    first, last = int(places[0]), int(places[-1])
    if len(places) <= 4:
        return f"{counted}, {', '.join(at(int(place)) for place in places)}"
    told = f"{counted}, from {at(first)} to {at(last)}"
    lowest, highest = int(places[y[places].argmin()]), int(places[y[places].argmax()])
    if y[lowest] < min(y[first], y[last]):
        told += f", lowest at {at(lowest)}"
    if y[highest] > max(y[first], y[last]):
        told += f", highest at {at(highest)}"
    return told


def _bars_in_words(axes: Axes) -> Iterator[str]:
    from matplotlib.container import BarContainer
    from matplotlib.patches import Wedge

    in_containers = set()
    for bars in axes.containers:
        if not isinstance(bars, BarContainer):
            continue
        in_containers |= {id(bar) for bar in bars.patches}
        upright = bars.orientation != "horizontal"
        across = axes.xaxis if upright else axes.yaxis
        names = dict(zip(across.get_majorticklocs(), across.get_majorticklabels(), strict=False))
        told = []
        for bar in bars.patches:
            corner, thick, long = (
                (bar.get_x(), bar.get_width(), bar.get_height())
                if upright
                else (bar.get_y(), bar.get_height(), bar.get_width())
            )
            middle = corner + thick / 2
            name = names[middle].get_text() if middle in names else ""
            told.append((_words(name) or _coordinate(across, middle), long))
        lengths = [f"{name}: {_number(long)}" for name, long in told[: 2 * _MOST_TOLD]]
        if len(told) > len(lengths):
            longest = max(told, key=lambda bar: bar[1])
            lengths = [f"the longest {_number(longest[1])}, at {longest[0]}"]
        yield f"{_named(bars, text.quantity(len(told), 'bar', 'bars'))}: {', '.join(lengths)}"
    others = [patch for patch in axes.patches if id(patch) not in in_containers and patch.get_visible()]
    for patch in others:
        if isinstance(patch, Wedge):
            yield f"{_named(patch, 'slice')}: {_number((patch.theta2 - patch.theta1) / 3.6)} %"
        elif not str(patch.get_label()).startswith("_") and patch.get_label():
            yield _named(patch, "shape")
    if others and not any(isinstance(patch, Wedge) or str(patch.get_label()).strip("_") for patch in others):
        yield text.quantity(len(others), "shape", "shapes")


def _areas_in_words(axes: Axes) -> Iterator[str]:
    from matplotlib.collections import LineCollection, PathCollection, PolyCollection
    from matplotlib.contour import ContourSet
    from matplotlib.quiver import Quiver

    for one in axes.collections:
        if not one.get_visible():
            continue
        if isinstance(one, ContourSet):
            levels = [float(level) for level in one.levels]
            kind = "map in shades" if one.filled else "contour lines"
            if levels:
                yield f"{_named(one, kind)}: {len(levels)} levels from {_number(min(levels))} to {_number(max(levels))}"
        elif isinstance(one, Quiver):
            yield _named(one, text.quantity(one.N, "arrow", "arrows"))
        elif isinstance(one, PathCollection):
            places: Any = np.ma.filled(np.ma.asarray(one.get_offsets(), float), np.nan)
            yield f"{_named(one, 'points')}: {_cloud(axes, places)}"
        elif isinstance(one, LineCollection):
            yield _named(one, text.quantity(len(one.get_segments()), "stroke", "strokes"))
        elif one.get_array() is not None:
            yield f"{_named(one, 'map')}: {_values(one.get_array())}"
        elif isinstance(one, PolyCollection):
            yield _named(one, "filled area")


def _cloud(axes: Axes, places: np.ndarray) -> str:
    counted = text.quantity(len(places), "point", "points")
    finite = places[np.isfinite(places).all(axis=1)]
    if len(finite) <= 4:
        told = [f"({_coordinate(axes.xaxis, x)}, {_coordinate(axes.yaxis, y)})" for x, y in finite]
        return ", ".join([counted, *told])
    (left, low), (right, high) = finite.min(axis=0), finite.max(axis=0)
    return (
        f"{counted} between {_coordinate(axes.xaxis, left)} and {_coordinate(axes.xaxis, right)} to the right, "
        f"{_coordinate(axes.yaxis, low)} and {_coordinate(axes.yaxis, high)} upwards"
    )


def _images_in_words(axes: Axes) -> Iterator[str]:
    for one in axes.images:
        if one.get_visible() and (array := one.get_array()) is not None:
            yield f"{_named(one, 'image')}: {_values(array)}"


def _values(array: Any) -> str:
    numbers: Any = np.ma.filled(np.ma.asarray(array, float), np.nan)
    size = " by ".join(f"{count:,}" for count in numbers.shape[:2])
    finite = numbers[np.isfinite(numbers)]
    if numbers.ndim > 2 or not finite.size:
        return f"{size} colours"
    return f"{size} values from {_number(finite.min())} to {_number(finite.max())}"


# --- Notebooks

_shown: WeakSet[Figure] = WeakSet()
"""Figures that have just been shown as an image with a description."""

_OTHER_IMAGES = ("image/svg+xml", "image/png", "image/jpeg", "application/pdf")


def describe_in_notebooks() -> None:
    """Let the notebook show every figure from now on as an image with a description; outside one, do nothing.

    JupyterLab has no place for a description beside a PNG, so a figure is shown as HTML, and not as PNG again. One that
    can't be drawn or described is left to matplotlib.
    """
    IPython = sys.modules.get("IPython")
    shell = IPython.get_ipython() if IPython else None
    if shell is None or not hasattr(shell, "kernel"):
        return
    formatters = shell.display_formatter.formatters

    def html(figure: Figure) -> str | None:
        _shown.discard(figure)
        if not hasattr(figure, "savefig") or not (
            figure.axes or figure.lines or figure.texts or figure.images or figure.patches
        ):
            return None
        try:
            page = image(figure, description(figure))
        except Exception:  # matplotlib's own picture of it is shown, or its own error
            return None
        _shown.add(figure)
        for kind in _OTHER_IMAGES:
            _leave_out(formatters[kind])
        return page

    # Not for Figure itself: matplotlib throws out what is registered for that, as soon as a notebook draws with it.
    formatters["text/html"].for_type_by_name("matplotlib.figure", "FigureBase", html)


def _leave_out(formatter: Any) -> None:
    """Let a formatter pass over figures that are shown; matplotlib registers its own when a notebook first draws."""
    from matplotlib.figure import Figure

    try:
        found: Callable[[Figure], Any] | None = formatter.lookup_by_type(Figure)
    except KeyError:
        return
    if found is None or hasattr(found, "for_those_not_shown"):
        return

    def unless_shown(figure: Figure) -> Any:
        return None if figure in _shown else found(figure)

    unless_shown.for_those_not_shown = True  # type: ignore[attr-defined]
    formatter.for_type(Figure, unless_shown)
