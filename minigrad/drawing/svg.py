"""A laid-out picture as SVG: text stays text, nothing is fetched, and it looks the same on any background."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from .graphviz import Layout, Route
from .picture import (
    ARROW,
    ARROW_WITHOUT_GRADIENT,
    DARK,
    FACES,
    FAINT,
    FOLD,
    FRAME,
    FRAME_OF_LOOP,
    GRADIENT,
    ON_BAND,
    STRENGTHS,
    STYLES,
    Arrow,
    Box,
    Frame,
    Kind,
    Line,
    Picture,
    line_height,
    line_width,
)

_MARGIN = 16.0
_NOTE_WIDTH, _NOTE_LETTERS, _NOTE_HEIGHT = 440.0, 62, 18.0
_KEY_WIDTH = 250.0
_ARROW_HALF_WIDTH = 2.9
_GRADIENT_TIP = 9.0
_MONOSPACED = "Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
_PROPORTIONAL = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif"


def svg(picture: Picture, layout: Layout, with_links: bool = False) -> str:
    """Return the whole drawing on its own panel, light, or dark where the page around it is dark."""
    notes = _notes(picture)
    width, height = _extent(picture, layout)
    sheet = _style_sheet(picture)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label={quoteattr(picture.title)}>',
        f"<style>{sheet}{_dark(sheet)}</style>",
        f'<rect x=".5" y=".5" width="{width - 1:.0f}" height="{height - 1:.0f}" rx="9" class="panel"/>',
        f'<g transform="translate({(width - layout.width) / 2:.1f} {_MARGIN:.0f})">',
    ]
    for number, frame in enumerate(picture.frames):
        parts += _frame(frame, number, *layout.frames[f"cluster_{number}"])
    for arrow, route in zip(picture.arrows, layout.routes, strict=True):
        parts += _arrow(arrow, route)
    for box in picture.boxes:
        drawn = _box(box, *layout.centres[box.id])
        parts += [f'<a href="{box.link}">', *drawn, "</a>"] if with_links and box.link else drawn
    for arrow, route in zip(picture.arrows, layout.routes, strict=True):
        if arrow.slope:
            parts += _slope(arrow, *route.words)
    parts.append("</g>")
    for count, line in enumerate(notes):
        y = layout.height + _MARGIN + 20 + _NOTE_HEIGHT * count
        parts.append(f'<text class="note caption" x="{_MARGIN:.0f}" y="{y:.0f}">{escape(line)}</text>')
    for count, (strength, meaning) in enumerate(picture.key, start=len(notes)):
        y = layout.height + _MARGIN + 20 + _NOTE_HEIGHT * count
        parts.append(f'<g class="arrow {_class(strength)}"><path d="M{_MARGIN:.0f} {y - 4:.0f}h30"/></g>')
        parts.append(f'<text class="note caption" x="{_MARGIN + 40:.0f}" y="{y:.0f}">{escape(meaning)}</text>')
    parts.append("</svg>")
    return "\n".join(parts)


def place(picture: Picture, layout: Layout, box: str) -> tuple[float, float]:
    """Return where the middle of a box is, in parts of the drawing's width and height."""
    width, height = _extent(picture, layout)
    x, y = layout.centres[box]
    return (x + (width - layout.width) / 2) / width, (y + _MARGIN) / height


def _notes(picture: Picture) -> list[str]:
    return [line for note in picture.notes for line in textwrap.wrap(note, _NOTE_LETTERS)]


def _extent(picture: Picture, layout: Layout) -> tuple[float, float]:
    notes = _notes(picture)
    width = max(layout.width, _NOTE_WIDTH if notes else _KEY_WIDTH if picture.key else 0.0) + 2 * _MARGIN
    lines = len(notes) + len(picture.key)
    return width, layout.height + 2 * _MARGIN + (lines * _NOTE_HEIGHT + 10 if lines else 0)


# A picture in a page goes by the page's colour scheme. Notebooks do not declare one, but mark which theme they have.
FOLLOWS_THEME = (
    '<style>[data-jp-theme-light="false"] .minigrad-picture,.vscode-dark .minigrad-picture,'
    "html[theme=dark] .minigrad-picture{color-scheme:dark}</style>"
)


def size(document: str) -> tuple[int, int]:
    """Width and height of a document that `svg` wrote, in pixels."""
    width, height = re.findall(r'^<svg [^>]*? width="(\d+)" height="(\d+)"', document)[0]
    return int(width), int(height)


def _style_sheet(picture: Picture) -> str:
    kinds = {box.kind for box in picture.boxes}
    comparing = any(box.state == "odd" for box in picture.boxes)
    stepping = any(box.state in ("now", "ahead") for box in picture.boxes)
    sloping = any(arrow.slope for arrow in picture.arrows) or stepping
    rules = [
        ".panel{fill:#fff;stroke:#d5dae0}",
        f"text{{font-family:{_MONOSPACED};text-anchor:middle;white-space:pre}}",
        f".caption{{font-family:{_PROPORTIONAL}}}",
        *(f".{name}{{font-size:{face.size}px{';font-weight:bold' * face.bold}}}" for name, face in FACES.items()),
        f".row,.note{{text-anchor:start}}.note{{fill:{STYLES['left out'].words}}}",
        f".arrow{{fill:none;stroke:{ARROW};stroke-width:1.3}}.tip{{fill:{ARROW};stroke:none}}",
        f".no-gradient{{stroke:{ARROW_WITHOUT_GRADIENT};stroke-dasharray:4 3}}",
        f".no-gradient .tip{{fill:{ARROW_WITHOUT_GRADIENT}}}",
        f".again{{stroke:{STYLES['operation'].stroke}}}.again .tip{{fill:{STYLES['operation'].stroke}}}",
        f".now rect:first-of-type{{stroke:{GRADIENT.stroke};stroke-width:3.2}}{_AHEAD}" * stepping,
        f".arrow.now{{stroke:{GRADIENT.stroke};stroke-width:2.4}}.now .tip{{fill:{GRADIENT.stroke}}}" * stepping,
        f".result .band,.output .band{{fill:{GRADIENT.fill};stroke:{GRADIENT.stroke};stroke-width:.8}}" * sloping,
        f".result .on-band,.output .on-band{{fill:{GRADIENT.words}}}" * sloping,
        f".slope rect{{fill:{GRADIENT.fill};stroke:none}}g .slope text{{fill:{GRADIENT.words}}}" * sloping,
        f".odd rect:first-of-type{{stroke:{GRADIENT.stroke};stroke-width:3.2;stroke-dasharray:7 3}}" * comparing,
        f".saving{{stroke:{STYLES['saved'].stroke};stroke-dasharray:1.5 3;stroke-linecap:round}}",
    ]
    for name, strength in STRENGTHS.items():
        if any(name == found for found, _ in picture.key):
            dashes = strength.dashes or "none"
            line = f"stroke:{strength.stroke};stroke-width:{strength.width};stroke-dasharray:{dashes}"
            rules.append(f".arrow.{_class(name)}{{{line}}}.{_class(name)} .tip{{fill:{strength.stroke}}}")
    styles = [(_class(kind), STYLES[kind], _EXTRA_RULES.get(kind, "")) for kind in sorted(kinds)]
    if picture.frames:
        styles += [("frame", FRAME, ""), ("loop", FRAME_OF_LOOP, ".loop rect{stroke-dasharray:6 4}")]
    for name, style, more in styles:
        rules.append(f".{name}{{fill:{style.fill};stroke:{style.stroke};stroke-width:1.2}}")
        rules.append(f".{name} text{{fill:{style.words};stroke:none}}")
        rules.append(more)
    return "".join(rules)


def _dark(sheet: str) -> str:
    """Return the colours of a style sheet for dark pages."""
    colours = (
        f"{selector}{{{kept}}}"
        for selector, rule in re.findall(r"([^{}]+){([^{}]*)}", sheet)
        if (kept := ";".join(part for part in rule.split(";") if "#" in part))
    )
    dark = re.sub(r"#[0-9a-f]{3,6}", lambda colour: DARK[colour[0]], "".join(colours))
    return f"@media(prefers-color-scheme:dark){{{dark}}}"


# What lies ahead in a backward pass is grey on white, its words dark enough to be read: 4.9 to 1.
_AHEAD = (
    ".ahead.ahead rect,.ahead.ahead:not(.arrow) path{fill:#fff;stroke:#c3cad1}.ahead.ahead path{stroke:#c3cad1}"
    ".ahead.ahead .tip{fill:#c3cad1;stroke:none}.ahead.ahead .inner{fill:none}.ahead.ahead .band{fill:#fff}"
    ".ahead.ahead text,.ahead.ahead tspan{fill:#69727b}"
)

_EXTRA_RULES: dict[Kind, str] = {
    "module": ".module{stroke-width:2.4}",
    "cut": ".cut{stroke-width:2.4}",
    "operation": f".operation .faint{{fill:{FAINT}}}",
    "constant": ".constant rect{stroke-dasharray:4 3}",
    "leaf": f".leaf .band{{fill:{STYLES['leaf'].stroke}}}.leaf .on-band{{fill:{ON_BAND}}}",
    "output": ".output .inner{fill:none;stroke-width:.8}",
}


def _class(kind: str) -> str:
    return kind.replace(" ", "-")


def _frame(frame: Frame, number: int, left: float, top: float, width: float, height: float) -> Iterator[str]:
    yield f'<g id="frame{number}" class="{"loop" if frame.is_loop else "frame"}">'
    yield _rectangle(left, top, width, height, 7)
    yield f'<text class="row value" x="{left + 9:.1f}" y="{top + 16:.1f}">{escape(frame.label)}</text></g>'


def _arrow(arrow: Arrow, route: Route) -> Iterator[str]:
    (x, y), (tip_x, tip_y) = route.points[-1], route.tip
    points = route.points
    if arrow.state == "now":
        points, (tip_x, tip_y) = [*route.points[:-1], route.tip], route.points[0]
        (x, y) = _towards(route.points[0], route.points[1], _GRADIENT_TIP)
        points = [(x, y), *points[1:]]
    start, *rest = (f"{x:.1f} {y:.1f}" for x, y in points)
    kind = " ".join(name for name in ("arrow", _class(arrow.kind), arrow.state, _class(arrow.strength)) if name)
    yield f'<g class="{kind}" data-from="{arrow.tail}" data-to="{arrow.head}"><path d="M{start}C{" ".join(rest)}"/>'
    length = math.hypot(tip_x - x, tip_y - y)
    if length:
        half = _ARROW_HALF_WIDTH * (1.5 if arrow.state == "now" else 1)
        across_x, across_y = -(tip_y - y) / length * half, (tip_x - x) / length * half
        corners = ((x + across_x, y + across_y), (tip_x, tip_y), (x - across_x, y - across_y))
        yield f'<path class="tip" d="M{"L".join(f"{a:.1f} {b:.1f}" for a, b in corners)}Z"/>'
    yield "</g>"


def _slope(arrow: Arrow, x: float, y: float) -> Iterator[str]:
    """Yield the text of what travels against an arrow, beside it."""
    width, height = arrow.room
    yield f'<g class="{f"slope {arrow.state}".rstrip()}">'
    yield _rectangle(x - width / 2, y - height / 2, width, height, 5)
    yield _text((arrow.words,), x, y + 0.33 * height - 1, "")
    yield "</g>"


def _towards(start: tuple[float, float], end: tuple[float, float], distance: float) -> tuple[float, float]:
    """Return the point `distance` away from `start` in the direction of `end`."""
    length = math.hypot(end[0] - start[0], end[1] - start[1]) or 1
    return start[0] + (end[0] - start[0]) / length * distance, start[1] + (end[1] - start[1]) / length * distance


def _box(box: Box, x: float, y: float) -> Iterator[str]:
    left, top = x - box.width / 2, y - box.height / 2
    yield f'<g id="{box.id}" class="{f"{_class(box.kind)} {box.state}".strip()}">'
    yield from _border(box, left, top)
    yield from _lines(box.lines, x, top + box.body_height / 2)
    if box.footer:
        yield from _lines(box.footer, x, top + box.body_height + box.footer_height / 2, "on-band ")
    yield "</g>"


def _border(box: Box, left: float, top: float) -> Iterator[str]:
    width, height = box.width, box.height
    if box.kind in ("operation", "cut"):
        yield _rectangle(left, top, width, height, min(height / 2, 18))
    elif box.kind == "module":
        yield _rectangle(left, top, width, height, 8)
    elif box.kind == "saved":
        right, bottom = left + width, top + height
        yield (
            f'<path d="M{left:.1f} {top:.1f}H{right - FOLD:.1f}L{right:.1f} {top + FOLD:.1f}V{bottom:.1f}H{left:.1f}Z'
            f'M{right - FOLD:.1f} {top:.1f}V{top + FOLD:.1f}H{right:.1f}"/>'
        )
    elif box.kind != "left out":
        yield _rectangle(left, top, width, height, 2)
    if box.kind == "output":
        yield _rectangle(left + 3, top + 3, width - 6, height - 6, 1, ' class="inner"')
    if any(words.text for line in box.footer for words in line):
        yield _rectangle(left, top + box.body_height, width, box.footer_height, 0, ' class="band"')


def _rectangle(left: float, top: float, width: float, height: float, radius: float, more: str = "") -> str:
    place = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} rx="{radius:.0f}"{more}/>'


def _lines(lines: tuple[Line, ...], x: float, middle: float, more: str = "") -> Iterator[str]:
    """Lines of words around a middle height; rows of numbers begin under each other, all else is centred."""
    rows = [line_width(line) for line in lines if line[0].face == "value"]
    y = middle - sum(line_height(line) for line in lines) / 2
    for line in lines:
        y += line_height(line)
        baseline = y - 0.33 * line_height(line)
        if line[0].face == "value" and len(rows) > 1:
            yield _text(line, x - max(rows) / 2, baseline, f"{more}row ")
        else:
            yield _text(line, x, baseline, more)


def _text(line: Line, x: float, y: float, more: str) -> str:
    # Letters of other scripts come from fonts of unknown width: they are fitted into the room the box has for them.
    fit = ""
    if any(not words.text.replace("\N{NO-BREAK SPACE}", " ").isascii() for words in line):
        fit = f' textLength="{line_width(line):.1f}" lengthAdjust="spacingAndGlyphs"'
    if len(line) == 1:
        return f'<text class="{more}{line[0].face}" x="{x:.1f}" y="{y:.1f}"{fit}>{escape(line[0].text)}</text>'
    spans = "".join(f'<tspan class="{words.face}">{escape(words.text)}</tspan>' for words in line)
    return f'<text x="{x:.1f}" y="{y:.1f}"{fit}>{spans}</text>'
