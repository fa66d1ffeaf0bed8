"""Mermaid's language, which many sites and editors draw from plain text, for a picture."""

from __future__ import annotations

from collections.abc import Iterator

from .picture import GRADIENT, STYLES, Arrow, Box, Kind, Picture

_SHAPES: dict[Kind, tuple[str, str]] = {
    "operation": ("([", "])"),
    "cut": ("([", "])"),
    "module": ("[[", "]]"),
    "saved": (">", "]"),
}
_ARROWS = {"gradient": "-->", "no gradient": "-.->", "saving": "-.-", "again": "==>"}


def source(picture: Picture) -> str:
    """Return a flowchart with the picture's boxes, frames and arrows."""
    lines = [f"flowchart {'TD' if picture.direction == 'TB' else 'LR'}"]
    lines += _inside(picture, None, "  ")
    lines += [f"  {_arrow(arrow)}" for arrow in picture.arrows]
    for kind in dict.fromkeys(box.kind for box in picture.boxes):
        style = STYLES[kind]
        dashes = ",stroke-dasharray:4 3" if kind == "constant" else ""
        stroke = "transparent" if style.stroke == "none" else style.stroke
        fill = "transparent" if style.fill == "none" else style.fill
        lines.append(f"  classDef {_class(kind)} fill:{fill},stroke:{stroke},color:{style.words}{dashes}")
    slopes = [str(number) for number, arrow in enumerate(picture.arrows) if arrow.slope]
    if slopes:
        lines.append(f"  linkStyle {','.join(slopes)} color:{GRADIENT.words}")
    return "\n".join([*lines, ""])


def _inside(picture: Picture, frame: int | None, indent: str) -> Iterator[str]:
    """Yield the boxes and frames that lie in a frame."""
    for box in picture.boxes:
        if box.frame == frame:
            yield f"{indent}{_box(box)}"
    for number, inner in enumerate(picture.frames):
        if inner.parent == frame:
            yield f"{indent}subgraph frame{number}[{_quoted(inner.label)}]"
            yield from _inside(picture, number, f"{indent}  ")
            yield f"{indent}end"


def _box(box: Box) -> str:
    lines = ["".join(words.text for words in line) for line in (*box.lines, *box.footer)]
    before, after = _SHAPES.get(box.kind, ("[", "]"))
    return f"{box.id}{before}{_quoted(*lines)}{after}:::{_class(box.kind)}"


def _arrow(arrow: Arrow) -> str:
    words = f"|{_quoted(arrow.slope)}|" if arrow.slope else ""
    return f"{arrow.tail} {_ARROWS[arrow.kind]}{words} {arrow.head}"


def _class(kind: str) -> str:
    return kind.replace(" ", "_")


def _quoted(*lines: str) -> str:
    """Lines in quotation marks, with a code for every sign that could mean something to Mermaid or to HTML."""
    written = (
        "".join(sign if sign.isalnum() or sign in " .,_-" else f"#{ord(sign)};" for sign in line) for line in lines
    )
    return f'"{"<br/>".join(written)}"'
