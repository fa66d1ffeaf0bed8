"""The parts of the picture: boxes, arrows and frames, their words, sizes and colours.

Rectangles are data, rounded shapes are operations. Arrows follow the forward computation, from inputs to output; the
gradient travels against them, as do `grad_fn` and `next_functions`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

from . import outline, text
from .reading import Graph, Operation, Value, common_frames

Kind = Literal["operation", "cut", "module", "leaf", "constant", "result", "output", "saved", "reference", "left out"]
Direction = Literal["TB", "LR"]


def direction(written: str) -> Direction:
    """Return the direction, checked. Raises ValueError for one that does not exist."""
    for known in get_args(Direction):
        if written == known:
            return known
    raise ValueError(f"direction must be 'TB' (top to bottom) or 'LR' (left to right), not {written!r}")


# Up to this many operations every result has a box of its own and every arrow is drawn, however long.
_SMALL_GRAPH = 40
_LONGEST_ARROW = 8  # in operations that it runs past
# Whose inputs may be in any order; forcing one only makes arrows cross.
_COMMUTATIVE = {"AddBackward0", "MulBackward0", "MaximumBackward0", "MinimumBackward0", "DotBackward0"}

LETTER_WIDTH = 0.61  # of the font size, in the common monospaced fonts
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
    "cut": Style("#fdeceb", "#b3261e", "#5c120d"),
    "module": Style("#ece9f7", "#5a4fa2", "#2a2458"),
    "leaf": Style("#e0f0fa", "#0072b2", "#0a3350"),
    "constant": Style("#f5f6f7", "#737d87", "#3b444d"),
    "result": Style("#ffffff", "#737d87", "#26303a"),
    "output": Style("#dff3ea", "#007d5c", "#0b3a2c"),
    "saved": Style("#f9eaf3", "#a8578a", "#4a2340"),
    "reference": Style("#ffffff", "#b6bec6", "#4c5660"),
    "left out": Style("none", "none", "#4c5660"),
}
FRAME = Style("#f7f8fa", "#b6bec6", "#4c5660")
FRAME_OF_LOOP = Style("#fffaf0", "#b57a00", "#755a12")
FRAME_LABEL_HEIGHT = 18.0
FAINT = "#755a12"  # the second half of an operation's name
ARROW, ARROW_WITHOUT_GRADIENT = "#56616b", "#8b959e"
GRADIENT = Style("#fde5d6", "#c04f00", "#7a2f00")


ON_BAND = "#fefefe"  # words on the band at the foot of a leaf
# Each of these colours, and of those in the style sheets, on a dark page.
DARK = {
    "#fff1d0": "#3d3010", "#b57a00": "#d9a43a", "#3a2b00": "#ffe9b8", "#755a12": "#d8b564",
    "#fdeceb": "#4a1a17", "#b3261e": "#f2837b", "#5c120d": "#ffd9d6",
    "#ece9f7": "#2c2748", "#5a4fa2": "#a79be8", "#2a2458": "#e3defa",
    "#e0f0fa": "#123247", "#0072b2": "#4aa8e0", "#0a3350": "#d6ecfa", "#fefefe": "#08131c",
    "#f5f6f7": "#262b31", "#737d87": "#8f99a3", "#3b444d": "#cfd6dd",
    "#fff": "#1b1f24", "#ffffff": "#1f242b", "#d5dae0": "#3a424b", "#26303a": "#e3e8ed",
    "#dff3ea": "#113a2d", "#007d5c": "#3fbf97", "#0b3a2c": "#cdf3e4",
    "#f9eaf3": "#3d2236", "#a8578a": "#d68cbb", "#4a2340": "#f7dcee",
    "#b6bec6": "#59626b", "#4c5660": "#b4bdc6", "#f7f8fa": "#232930", "#fffaf0": "#2b2618",
    "#56616b": "#a3adb7", "#8b959e": "#7d8791",
    "#fde5d6": "#4d2a10", "#c04f00": "#ff9a52", "#7a2f00": "#ffd9bd",
    "#c3cad1": "#4b545d", "#69727b": "#9aa3ac",
    "#00427a": "#7db8f0", "#3d8fc4": "#5aaee6", "#c76a00": "#f0a04a", "#a01c00": "#ff6b52", "#000000": "#ffffff",
}  # fmt: skip


class Strength(NamedTuple):
    """How an arrow is drawn on which a gradient of some length travels."""

    stroke: str
    width: float
    dashes: str
    words: str  # of the line, for those who don't see it


# From the median's point of view. Blue and vermilion differ for any colour vision, and so do width and dashes.
STRENGTHS = {
    "none": Strength("#00427a", 1.2, "1.5 4", "dotted"),
    "tiny": Strength("#00427a", 1.2, "5 4", "dark blue, dashed"),
    "small": Strength("#3d8fc4", 1.4, "", "blue, thin"),
    "usual": Strength("#737d87", 1.8, "", "grey"),
    "large": Strength("#c76a00", 2.8, "", "orange, wide"),
    "huge": Strength("#a01c00", 4.4, "", "red, very wide"),
    "not a number": Strength("#000000", 3.4, "2 3", "black, wide, dotted"),
}


class Face(NamedTuple):
    size: float
    bold: bool = False
    monospaced: bool = True

    @property
    def letter_width(self) -> float:
        """No less than a letter has in the common fonts, where they are proportional, on average."""
        return self.size * (LETTER_WIDTH if self.monospaced else 0.56)


# No type is smaller than a notebook's code, 13 pixels.
FACES = {
    "name": Face(13, bold=True),
    "faint": Face(13),
    "value": Face(13),
    "formula": Face(13),
    "slope": Face(13, bold=True),
    "caption": Face(13, monospaced=False),
}


class Words(NamedTuple):
    text: str
    face: str

    @property
    def width(self) -> float:
        return text.columns(self.text) * FACES[self.face].letter_width


Line = tuple[Words, ...]


@dataclass
class Box:
    id: str
    kind: Kind
    lines: tuple[Line, ...]
    footer: tuple[Line, ...] = ()
    frame: int | None = None  # the innermost frame around it, a place in Picture.frames
    state: str = ""  # "now" or "ahead" in a picture of a backward pass; "odd" in one of two that are compared
    link: str = ""  # where a click leads
    ordered: bool = False  # the arrows that lead here come in the order of the inputs
    least_width: float = 34.0

    @property
    def width(self) -> float:
        rounding = {"operation": 6.0, "cut": 6.0, "module": 4.0, "saved": FOLD / 2}.get(self.kind, 0.0)
        widest = max(line_width(line) for line in (*self.lines, *self.footer))
        return max(widest + 2 * (PADDING_X + rounding), self.least_width)

    @property
    def body_height(self) -> float:
        return max(sum(line_height(line) for line in self.lines) + 2 * PADDING_Y, 26.0)

    @property
    def height(self) -> float:
        return self.body_height + self.footer_height

    @property
    def footer_height(self) -> float:
        return sum(line_height(line) for line in self.footer) + 5.0 if self.footer else 0.0


ArrowKind = Literal["gradient", "no gradient", "saving", "again"]


class Arrow(NamedTuple):
    tail: str
    head: str
    kind: ArrowKind
    straight: bool = False
    state: str = ""  # "now" or "ahead" in a picture of a backward pass; the gradient goes against the arrow
    slope: str = ""  # what a backward pass sends against it
    norm: float | None = None  # … and its length
    strength: str = ""  # … compared with that of the others, one of STRENGTHS

    @property
    def words(self) -> Words:
        return Words(self.slope, "slope")

    @property
    def room(self) -> tuple[float, float]:
        """Width and height of its words, with a border around them."""
        return self.words.width + 8, line_height((self.words,)) + 2


class Frame(NamedTuple):
    label: str
    parent: int | None
    is_loop: bool

    @property
    def words(self) -> Words:
        return Words(self.label, "value")

    @property
    def label_width(self) -> float:
        return self.words.width + 8


@dataclass
class Picture:
    title: str
    direction: Direction
    notes: list[str]
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)  # each after the one that it lies in
    order: list[tuple[str, str]] = field(default_factory=list)  # pairs of boxes, the first before the second
    key: list[tuple[str, str]] = field(default_factory=list)  # the strengths of arrows that occur, and what they mean
    rows: list[list[str]] = field(default_factory=list)  # boxes that stand side by side, in this order


def anchor(path: tuple[int, ...]) -> str:
    """Return what a page calls the picture of a module, given by the calls around it and its own."""
    return "-".join(map(str, ("module", *path)))


def line_width(line: Line) -> float:
    return sum(words.width for words in line)


def line_height(line: Line) -> float:
    return max(FACES[words.face].size for words in line) * LINE_HEIGHT


def marked(picture: Picture, other: Picture) -> Picture:
    """Return a copy that marks each operation the other picture has less often on the same inputs in order."""
    left = Counter(_operations_with_inputs(other).values())
    boxes = []
    signs = _operations_with_inputs(picture)
    for box in picture.boxes:
        odd = box.id in signs and left[signs[box.id]] <= 0
        if box.id in signs:
            left[signs[box.id]] -= 1
        boxes.append(replace(box, state="odd" if odd else ""))
    return replace(picture, boxes=boxes)


def _operations_with_inputs(picture: Picture) -> dict[str, tuple[object, ...]]:
    """For each operation's box, its words and those of the boxes that the arrows into it start from."""
    kinds = {box.id: box.kind for box in picture.boxes}
    words = {box.id: tuple(words.text for line in box.lines for words in line) for box in picture.boxes}
    maker = {arrow.head: arrow.tail for arrow in picture.arrows if kinds[arrow.tail] == "operation"}

    def origin(tail: str) -> tuple[str, ...]:
        return words[maker.get(tail, tail)]  # a result goes by the operation that made it

    return {
        box.id: (words[box.id], *(origin(arrow.tail) for arrow in picture.arrows if arrow.head == box.id))
        for box in picture.boxes
        if box.kind == "operation"
    }


_LEGEND: dict[Kind, tuple[str, ...]] = {
    "operation": ("operation,", "named after its backward rule"),
    "cut": ("no gradient passes here",),
    "module": ("module,", "operations inside"),
    "leaf": ("leaf that requires grad",),
    "constant": ("needs no gradient",),
    "result": ("result of an operation",),
    "output": ("the tensor given to draw",),
    "saved": ("saved for the backward pass",),
    "reference": ("↑ drawn further up",),
    "left out": ("… left out",),
}


def picture(
    graph: Graph,
    direction: Direction,
    every_result: bool | None = None,
    with_legend: bool = False,
    with_numbers: bool = False,
) -> Picture:
    """Choose the boxes, arrows and frames for a graph; with numbers, as the outline gives them to nameless results."""
    painter = _Painter(graph, direction, every_result)
    if with_numbers:
        painter.referred = set(range(len(graph.values)))
    painted = painter.paint()
    if with_legend:
        _add_legend(painted)
    return painted


def _add_legend(picture: Picture) -> None:
    """Put one box of each kind into a frame of its own, under each other or side by side."""
    kinds = {box.kind for box in picture.boxes}
    frame = len(picture.frames)
    picture.frames.append(Frame("legend", None, False))
    boxes = [
        Box(f"legend{number}", kind, tuple((Words(line, "caption"),) for line in lines), frame=frame)
        for number, (kind, lines) in enumerate(_LEGEND.items())
        if kind in kinds
    ]
    for box in boxes:
        if box.kind == "leaf":
            box.footer = ((Words("AccumulateGrad adds to its .grad", "caption"),),)
    picture.boxes += boxes
    picture.order += [(one.id, other.id) for one, other in pairwise(boxes)]


class _Painter:
    def __init__(self, graph: Graph, direction: Direction, every_result: bool | None) -> None:
        self.graph = graph
        self.picture = Picture(outline.title(graph), direction, outline.notes(graph))
        large = len(graph.operations) > _SMALL_GRAPH
        self.references = _references(graph) if large else set()
        self.every_result = not large if every_result is None else every_result
        self.insists = every_result is True
        self.referred = {place for _, place in self.references}
        self.repeated = {place for operation in graph.operations for place in operation.again.values()}
        self.referred |= self.repeated
        self.source: dict[int, str] = {}  # the box at which the arrows of a value start
        self.frame_number: dict[tuple[int, ...], int] = {}

    def paint(self) -> Picture:
        frames_of_value = self.frames_of_values()
        self.uses = Counter(place for operation in self.graph.operations for place in operation.inputs)
        made = {place for operation in self.graph.operations for place in operation.results.values()}
        for place in range(len(self.graph.values)):
            if place not in made:
                self.add_value(place, frames_of_value.get(place, ()))
        depth: dict[int, int] = {}  # how many operations it took to make a value
        for count, operation in enumerate(self.graph.operations):
            straight = _straight_input(self.graph, operation, depth)
            for place in operation.results.values():
                depth[place] = 1 + max((depth.get(before, 0) for before in operation.inputs), default=0)
            self.add_operation(count, operation, straight)
        for count, operation in enumerate(self.graph.operations):
            for place in operation.again.values():
                self.picture.arrows.append(Arrow(self.source[place], f"operation{count}", "again"))
        self.put_leaves_after_inputs()
        self.put_entries_in_order()
        _compare_norms(self.picture)
        return self.picture

    def put_entries_in_order(self) -> None:
        """Keep x[0] to the left of x[1], where both are taken from the same tensor."""
        taken: dict[tuple[int, str], list[tuple[int, str]]] = {}
        for count, operation in enumerate(self.graph.operations):
            arguments = operation.keywords
            if operation.name == "SelectBackward0" and len(operation.inputs) == 1 and not operation.frames:
                key = operation.inputs[0], arguments.get("dim", "0")
                taken.setdefault(key, []).append((int(arguments.get("index", "0")), f"operation{count}"))
        self.picture.rows = [[box for _, box in sorted(boxes)] for boxes in taken.values() if len(boxes) > 1]

    def put_leaves_after_inputs(self) -> None:
        """Keep the leaves of a module below what enters it, so that modules are below each other."""
        frame = {box.id: box.frame for box in self.picture.boxes}
        kind = {box.id: box.kind for box in self.picture.boxes}
        enters = {
            frame[arrow.head]: arrow.tail
            for arrow in self.picture.arrows
            if frame[arrow.head] != frame[arrow.tail] and kind[arrow.tail] in ("operation", "module", "result")
        }
        for box in self.picture.boxes:
            if box.kind == "leaf" and box.frame is not None and box.frame in enters:
                self.picture.order.append((enters[box.frame], box.id))

    def frames_of_values(self) -> dict[int, tuple[int, ...]]:
        """For what no operation made: the frames that all its uses have in common.

        What enters a loop from outside is drawn outside it, and named data outside modules.
        """
        found: dict[int, tuple[int, ...]] = {}
        for operation in self.graph.operations:
            for position, place in enumerate(operation.inputs):
                value, frames = self.graph.values[place], operation.frames
                if value.is_held or position in operation.again:
                    frames = frames[: self.loop_begins(frames)]
                elif value.name or value.is_input:
                    frames = ()
                found[place] = common_frames([found[place], frames]) if place in found else frames
        return found

    def loop_begins(self, frames: tuple[int, ...]) -> int:
        return next((n for n, frame in enumerate(frames) if self.graph.frames[frame].is_loop), len(frames))

    def add_box(self, box: Box, frames: tuple[int, ...]) -> None:
        for length in range(1, len(frames) + 1):
            if frames[:length] not in self.frame_number:
                frame = self.graph.frames[frames[length - 1]]
                self.frame_number[frames[:length]] = len(self.picture.frames)
                parent = self.frame_number.get(frames[: length - 1])
                self.picture.frames.append(Frame(frame.label, parent, frame.is_loop))
        box.frame = self.frame_number.get(frames)
        self.picture.boxes.append(box)

    def add_value(self, place: int, frames: tuple[int, ...]) -> None:
        self.source[place] = f"value{place}"
        box = _value_box(self.graph, place, place in self.referred)
        self.add_box(box, frames)

    def add_operation(self, count: int, operation: Operation, straight: int | None) -> None:
        name, arrows = f"operation{count}", self.picture.arrows
        in_frame_of_loop = self.loop_begins(operation.frames) < len(operation.frames)
        self.add_box(_operation_box(name, operation, not in_frame_of_loop), operation.frames)
        for position, place in enumerate(operation.inputs):
            value, start = self.graph.values[place], self.source[place]
            if (count, place) in self.references:
                start = f"reference{count}_{position}"
                self.add_box(_reference_box(start, value, self.picture.direction), operation.frames)
            without = value.kind == "constant" or value.is_cut_off or operation.cut
            kind: ArrowKind = "no gradient" if without else "gradient"
            norm = operation.norms.get(position)
            slope = operation.slopes.get(position, "" if norm is None else text.length(norm))
            arrows.append(Arrow(start, name, kind, place == straight, slope=slope, norm=norm))
        for place in operation.results.values():
            if self.has_box(place, operation):
                leaves_frames = self.graph.values[place].is_output and place not in self.repeated
                self.add_value(place, () if leaves_frames else operation.frames)
                kind = "no gradient" if self.graph.values[place].is_cut_off else "gradient"
                arrows.append(Arrow(name, f"value{place}", kind, True, norm=self.graph.values[place].norm))
            else:
                self.source[place] = name
        if operation.saved:
            lines = tuple((Words(f"{attribute}: {value}", "value"),) for attribute, value in operation.saved)
            self.add_box(Box(f"saved{count}", "saved", lines), operation.frames)
            arrows.append(Arrow(name, f"saved{count}", "saving"))

    def has_box(self, place: int, operation: Operation) -> bool:
        value = self.graph.values[place]
        adds_up = len(value.slopes) > 1  # and the sum needs a place to stand
        says_something = bool(value.rows) or value.size > 1 or self.uses[place] > 1 or self.graph.with_shapes
        wanted = (self.every_result and (says_something or self.insists)) or operation.result_count > 1 or adds_up
        return wanted or bool(value.name) or value.is_output or place in self.referred


def _straight_input(graph: Graph, operation: Operation, depth: dict[int, int]) -> int | None:
    """Return the deepest input by far, whose arrow is straight while others come from the side; None if alike."""
    inputs = {place for place in operation.inputs if graph.values[place].kind != "constant"}
    if not inputs:
        return None
    *others, deepest = sorted(inputs, key=lambda place: depth.get(place, 0))
    return deepest if all(2 * depth.get(place, 0) < depth.get(deepest, 0) for place in others) else None


def _references(graph: Graph) -> set[tuple[int, int]]:
    """Return the inputs (number of the operation, place of the value) whose arrows would run past too many operations.

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


def _compare_norms(picture: Picture) -> None:
    """Give each arrow a strength by its gradient's norm, against the median of all, and the picture a key to them."""
    norms = [arrow.norm for arrow in picture.arrows if arrow.norm is not None]
    finite = sorted(norm for norm in norms if math.isfinite(norm) and norm > 0)
    if not norms:
        return
    middle = finite[len(finite) // 2] if finite else 1.0
    meanings = {
        "none": "norm 0",
        "tiny": f"norm below {text.length(middle / 1000)}",
        "small": f"norm below {text.length(middle / 10)}",
        "usual": f"norm about {text.length(middle)}, the median",
        "large": f"norm above {text.length(middle * 10)}",
        "huge": f"norm above {text.length(middle * 1000)}",
        "not a number": "norm infinite or nan",
    }
    limits = {"tiny": middle / 1000, "small": middle / 10, "usual": middle * 10, "large": middle * 1000}

    def strength(norm: float | None) -> str:
        if norm is None or norm == 0 or not math.isfinite(norm):
            return "" if norm is None else "none" if norm == 0 else "not a number"
        return next((name for name, limit in limits.items() if norm <= limit), "huge")

    picture.arrows = [arrow._replace(strength=strength(arrow.norm)) for arrow in picture.arrows]
    found = {arrow.strength for arrow in picture.arrows}
    picture.key = [(name, meaning) for name, meaning in meanings.items() if name in found]


def _value_box(graph: Graph, place: int, with_number: bool) -> Box:
    value = graph.values[place]
    kind: Kind = "output" if value.is_output and value.kind == "result" else value.kind
    if value.is_cut_off:
        kind = "constant"
    lines: list[Line] = []
    if value.label and (value.name or (with_number and not value.is_formula)):
        lines.append((Words(value.label, "name"),))
    elif value.is_formula:
        lines.append((Words(value.label.replace(" ", "\N{NO-BREAK SPACE}"), "formula"),))
    lines += [(Words(row.replace(" ", "\N{NO-BREAK SPACE}"), "value"),) for row in value.rows]
    is_clear = bool(value.rows) or (value.is_formula and value.size == 1)
    about = f"shape {value.shape}" if value.shape and (graph.with_shapes or not is_clear) else ""
    about = " ".join(part for part in (about, value.dtype) if part)
    if about:
        lines.append((Words(about, "caption"),))
    if not lines:
        lines.append((Words("…" if kind == "left out" else kind, "caption"),))
    footer: list[Line] = []
    if kind == "leaf":
        if value.has_accumulator:
            footer.append((Words("AccumulateGrad", "caption"),))
        if value.gradient:
            footer.append((Words(f".grad = {value.gradient}", "value"),))
    if value.slope:
        footer.append((Words(text.equated(graph.letter, value.slope), "value"),))
    elif value.norm is not None and kind == "leaf":
        footer.append((Words(f"norm {text.length(value.norm)}", "value"),))
    return Box(f"value{place}", kind, tuple(lines), tuple(footer))


def _operation_box(name: str, operation: Operation, with_repeats: bool) -> Box:
    if operation.module:
        title: Line = (Words(operation.full_name, "name"),)
    elif parts := re.fullmatch(r"(.+?)(Backward\d*)", operation.name):
        title = (Words(parts[1], "name"), Words(parts[2], "faint"))
    else:
        title = (Words(operation.name, "name"),)
    if with_repeats and operation.repeats > 1:
        title = (*title, Words(f" × {operation.repeats}", "name"))
    lines = [", ".join(operation.arguments)] if operation.arguments else []
    lines += [f"cut: {operation.cut}"] if operation.cut else []
    lines += [f"saves {text.memory(sum(operation.memory.values()))}"] if operation.memory else []
    captions = tuple((Words(line, "caption"),) for line in (*lines, *operation.inside))
    return Box(
        name,
        "cut" if operation.cut else "module" if operation.module else "operation",
        (title, *captions),
        link=f"#{anchor(operation.path)}" if operation.path else "",
        ordered=operation.name not in _COMMUTATIVE or bool(operation.arguments),
    )
