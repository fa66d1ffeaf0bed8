"""What the picture is made of: boxes and arrows, their words and sizes, and the DOT source that describes them.

Rectangles are data, rounded shapes are operations. Arrows follow the forward computation, from inputs to output; the
gradient travels against them, as do `grad_fn` and `next_functions`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Literal, NamedTuple

from minigrad.drawing import outline, text
from minigrad.drawing.reading import Graph, Operation, Value

Kind = Literal["operation", "leaf", "constant", "result", "output", "saved", "reference", "left out"]
Direction = Literal["TB", "LR"]

# Up to this many operations every result has a box of its own and every arrow is drawn, however long.
_SMALL_GRAPH = 40
_LONGEST_ARROW = 8  # in operations that it runs past

_MANY_BOXES = 200  # beyond, Graphviz is told to stop improving the layout sooner

LETTER_WIDTH = 0.61  # of the font size: no less than the common monospaced fonts have
LINE_HEIGHT = 1.28
PADDING_X, PADDING_Y = 10.0, 6.0
FOLD = 9.0  # the turned-down corner of a note


class Style(NamedTuple):
    fill: str
    stroke: str
    words: str


# The hues are Okabe and Ito's, which people with any colour vision can tell apart, as light fills under dark words:
# every pair of word and fill has a contrast of at least 4.5 to 1. Shapes and borders tell the kinds apart without them.
STYLES: dict[Kind, Style] = {
    "operation": Style("#fff1d0", "#b57a00", "#3a2b00"),
    "leaf": Style("#e0f0fa", "#0072b2", "#0a3350"),
    "constant": Style("#f5f6f7", "#737d87", "#3b444d"),
    "result": Style("#ffffff", "#737d87", "#26303a"),
    "output": Style("#dff3ea", "#007d5c", "#0b3a2c"),
    "saved": Style("#f9eaf3", "#a8578a", "#4a2340"),
    "reference": Style("#ffffff", "#b6bec6", "#4c5660"),
    "left out": Style("none", "none", "#4c5660"),
}
FAINT = "#755a12"  # the second half of an operation's name
ARROW, ARROW_WITHOUT_GRADIENT = "#56616b", "#8b959e"


class Face(NamedTuple):
    size: float
    bold: bool = False
    monospaced: bool = True


FACES = {
    "name": Face(12.5, bold=True),
    "faint": Face(12.5),
    "value": Face(11.5),
    "caption": Face(10.5, monospaced=False),
}


class Words(NamedTuple):
    text: str
    face: str

    @property
    def width(self) -> float:
        return text.columns(self.text) * FACES[self.face].size * LETTER_WIDTH


Line = tuple[Words, ...]


@dataclass
class Box:
    id: str
    kind: Kind
    lines: tuple[Line, ...]
    footer: tuple[Line, ...] = ()

    @property
    def width(self) -> float:
        rounding = {"operation": 6.0, "saved": FOLD / 2}.get(self.kind, 0.0)
        widest = max(line_width(line) for line in (*self.lines, *self.footer))
        return max(widest + 2 * (PADDING_X + rounding), 34.0)

    @property
    def body_height(self) -> float:
        return max(sum(line_height(line) for line in self.lines) + 2 * PADDING_Y, 26.0)

    @property
    def height(self) -> float:
        return self.body_height + self.footer_height

    @property
    def footer_height(self) -> float:
        return sum(line_height(line) for line in self.footer) + 5.0 if self.footer else 0.0


class Arrow(NamedTuple):
    tail: str
    head: str
    kind: Literal["gradient", "no gradient", "saving"]
    straight: bool = False


@dataclass
class Picture:
    title: str
    boxes: list[Box]
    arrows: list[Arrow]
    direction: Direction
    notes: list[str]


def line_width(line: Line) -> float:
    return sum(words.width for words in line)


def line_height(line: Line) -> float:
    return max(FACES[words.face].size for words in line) * LINE_HEIGHT


def picture(graph: Graph, direction: Direction, every_result: bool | None = None) -> Picture:
    """Chooses the boxes and arrows for a graph."""
    large = len(graph.operations) > _SMALL_GRAPH
    references = _references(graph) if large else set()
    with_box = {
        place
        for operation in graph.operations
        for place in operation.results.values()
        if (every_result or (every_result is None and not large))
        or graph.values[place].name
        or graph.values[place].is_output
        or operation.result_count > 1
    }
    with_box |= {place for _, place in references}
    shown_by_number = {place for _, place in references if not graph.values[place].name}

    boxes = [
        _value_box(place, value, place in shown_by_number)
        for place, value in enumerate(graph.values)
        if value.kind != "result"
    ]
    arrows: list[Arrow] = []
    source: dict[int, str] = {}  # where the arrows of a result without a box of its own start
    depth: dict[int, int] = {}  # how many operations it took to make a value
    for count, operation in enumerate(graph.operations):
        name = f"operation{count}"
        boxes.append(_operation_box(name, operation))
        straight = _straight_input(graph, operation, depth)
        for place in operation.results.values():
            depth[place] = 1 + max((depth.get(before, 0) for before in operation.inputs), default=0)
        for position, place in enumerate(operation.inputs):
            start = source.get(place, f"value{place}")
            if (count, place) in references:
                start = f"reference{count}_{position}"
                boxes.append(_reference_box(start, graph.values[place], direction))
            carries = graph.values[place].kind != "constant"
            arrows.append(Arrow(start, name, "gradient" if carries else "no gradient", place == straight))
        for place in operation.results.values():
            if place in with_box:
                boxes.append(_value_box(place, graph.values[place], place in shown_by_number))
                arrows.append(Arrow(name, f"value{place}", "gradient", True))
            else:
                source[place] = name
        if operation.saved:
            lines = tuple((Words(f"{attribute}: {value}", "value"),) for attribute, value in operation.saved)
            boxes.append(Box(f"saved{count}", "saved", lines))
            arrows.append(Arrow(name, f"saved{count}", "saving"))
    return Picture(outline.title(graph), boxes, arrows, direction, outline.notes(graph))


def _straight_input(graph: Graph, operation: Operation, depth: dict[int, int]) -> int | None:
    """The input by far the deepest, whose arrow is drawn straight, the others from the side; None if they are alike."""
    inputs = {place for place in operation.inputs if graph.values[place].kind != "constant"}
    if not inputs:
        return None
    *others, deepest = sorted(inputs, key=lambda place: depth.get(place, 0))
    return deepest if all(2 * depth.get(place, 0) < depth.get(deepest, 0) for place in others) else None


def _references(graph: Graph) -> set[tuple[int, int]]:
    """The inputs (number of the operation, place of the value) whose arrows would run past too many operations.

    Such an input is drawn as a small box with the value's name beside the operation. Long arrows are hard to follow,
    and with hundreds of them Graphviz takes minutes.
    """
    height: dict[int, int] = {}  # of a value above the outputs, counted in operations, by place
    height_of_operation = []
    for operation in reversed(graph.operations):
        above = 1 + max((height.get(place, -1) for place in operation.results.values()), default=-1)
        height_of_operation.append(above)
        for place in operation.inputs:
            height[place] = max(height.get(place, 0), above)
    height_of_operation.reverse()
    return {
        (count, place)
        for count, operation in enumerate(graph.operations)
        for place in operation.inputs
        if height[place] - height_of_operation[count] > _LONGEST_ARROW
    }


def _reference_box(name: str, value: Value, direction: Direction) -> Box:
    arrow = "↑" if direction == "TB" else "←"
    return Box(name, "reference", ((Words(f"{arrow}\N{NO-BREAK SPACE}{value.label or value.kind}", "value"),),))


def _value_box(place: int, value: Value, with_number: bool = False) -> Box:
    kind: Kind = "output" if value.is_output and value.kind == "result" else value.kind
    lines: list[Line] = []
    if value.name or with_number:
        lines.append((Words(value.label, "name"),))
    lines += [(Words(row.replace(" ", "\N{NO-BREAK SPACE}"), "value"),) for row in value.rows]
    about = f"shape {value.shape}" if value.shape and not value.rows else ""
    about = " ".join(part for part in (about, value.dtype) if part)
    if about:
        lines.append((Words(about, "caption"),))
    if not lines:
        lines.append((Words("…" if kind == "left out" else kind, "caption"),))
    footer: list[Line] = []
    if kind == "leaf":
        footer.append((Words("AccumulateGrad", "caption"),))
        if value.gradient:
            footer.append((Words(f".grad = {value.gradient}", "value"),))
    return Box(f"value{place}", kind, tuple(lines), tuple(footer))


def _operation_box(name: str, operation: Operation) -> Box:
    parts = re.fullmatch(r"(.+?)(Backward\d*)", operation.name)
    line = (Words(parts[1], "name"), Words(parts[2], "faint")) if parts else (Words(operation.name, "name"),)
    lines: list[Line] = [line]
    if operation.arguments:
        lines.append((Words(", ".join(operation.arguments), "caption"),))
    return Box(name, "operation", tuple(lines))


def dot(picture: Picture, *, with_words: bool = True, dots_per_inch: int | None = None) -> str:
    """DOT source. Without words it gives the same layout, and Graphviz has no text to measure or to misread."""
    whole = {"rankdir": picture.direction, "ranksep": "0.32", "nodesep": "0.24"}
    if len(picture.boxes) > _MANY_BOXES:
        whole |= {"nslimit": "1", "nslimit1": "1", "mclimit": "0.2"}
    if with_words:
        whole |= {"pad": "0.2", "fontname": '"sans-serif"', "fontsize": "10.5", "labeljust": "l"}
        whole["label"] = f"<{'<br/>'.join(escape(note) for note in picture.notes)}>" if picture.notes else '""'
    if dots_per_inch:
        whole["dpi"] = str(dots_per_inch)
    lines = [
        "digraph {",
        f"  graph [{_listed(whole)}]",
        '  node [fixedsize=true, margin=0, label="", fontname="monospace", penwidth=1.2]',
        f'  edge [arrowsize=0.6, color="{ARROW}"]',
    ]
    for box in picture.boxes:
        attributes = {"width": f"{box.width / 72:.3f}", "height": f"{box.height / 72:.3f}"}
        if box.kind == "operation":
            attributes["ordering"] = "in"
        attributes |= _SHAPES[box.kind]
        if with_words:
            attributes |= {"peripheries": "2"} if box.kind == "output" else {}
            style = STYLES[box.kind]
            attributes |= {"color": f'"{style.stroke}"', "fillcolor": f'"{style.fill}"', "label": _label(box)}
        lines.append(f"  {box.id} [{_listed(attributes)}]")
    for count, arrow in enumerate(picture.arrows):
        weight = 20 if arrow.straight else 1 if arrow.kind == "no gradient" else 4
        lines.append(f"  {arrow.tail} -> {arrow.head} [id={count}, weight={weight}{_ARROWS[arrow.kind]}]")
        if arrow.kind == "saving":
            lines.append(f"  {{ rank=same; {arrow.tail}; {arrow.head} }}")
    return "\n".join([*lines, "}", ""])


_SHAPES: dict[Kind, dict[str, str]] = {
    "operation": {"shape": "box", "style": '"rounded,filled"'},
    "leaf": {"shape": "box", "style": "filled"},
    "constant": {"shape": "box", "style": '"dashed,filled"'},
    "result": {"shape": "box", "style": "filled"},
    "output": {"shape": "box", "style": "filled"},
    "saved": {"shape": "note", "style": "filled"},
    "reference": {"shape": "box", "style": "filled"},
    "left out": {"shape": "plaintext"},
}
_ARROWS = {
    "gradient": "",
    "no gradient": f', style=dashed, color="{ARROW_WITHOUT_GRADIENT}"',
    "saving": f', style=dotted, arrowhead=none, color="{STYLES["saved"].stroke}"',
}


def _listed(attributes: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in attributes.items())


def _label(box: Box) -> str:
    body = _rows(box.lines, STYLES[box.kind].words)
    if not box.footer:
        return f"<{body}>"
    footer = _rows(box.footer, "#ffffff")
    cell = f'<td fixedsize="true" width="{box.width - 2:.0f}"'
    band = f'height="{box.footer_height - 1:.0f}" bgcolor="{STYLES[box.kind].stroke}"'
    return (
        '<<table border="0" cellborder="0" cellspacing="0" cellpadding="0">'
        f'<tr>{cell} height="{box.body_height - 1:.0f}">{body}</td></tr>'
        f"<tr>{cell} {band}>{footer}</td></tr></table>>"
    )


def _rows(lines: tuple[Line, ...], colour: str) -> str:
    return "<br/>".join("".join(_font(words, colour) for words in line) for line in lines)


def _font(words: Words, colour: str) -> str:
    face = FACES[words.face]
    if words.face == "faint":
        colour = FAINT
    family = "" if face.monospaced else ' face="sans-serif"'
    written = escape(words.text).replace("\\", "\\\\")  # Graphviz reads \N as the name of the node, even here
    written = f"<b>{written}</b>" if face.bold else written
    return f'<font point-size="{face.size}" color="{colour}"{family}>{written}</font>'
