"""Memory drawn as strips of cells, with the names that lead to each, and the count of writes beside it.

What shares memory is read from the tensors, and so is `_version`. minigrad's tensors and PyTorch's can be drawn, and
NumPy arrays, which count nothing.
"""

import base64
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.sax.saxutils import escape as escape_xml
from xml.sax.saxutils import quoteattr

import numpy as np

from minigrad.drawing import naming, text
from minigrad.drawing.picture import ARROW, DARK, FACES, GRADIENT, LETTER_WIDTH, STYLES
from minigrad.drawing.svg import FOLLOWS_THEME
from minigrad.engine.versions import owner

MOST_CELLS = 64  # of one tensor; a picture of more tells nothing
SHOWN_CELLS = 8

_MARGIN, _ROW, _CELL_HEIGHT, _GAP, _PADDING = 16.0, 46.0, 34.0, 46.0, 10.0
_NAME, _CAPTION = FACES["name"].size, FACES["caption"].size
# As in drawings of graphs: dashed is what needs no gradient.
_STYLES = {
    "leaf": STYLES["leaf"],
    "result": STYLES["result"],
    "constant": STYLES["constant"],
    "array": STYLES["reference"],
}


@dataclass(frozen=True)
class Name:
    """A name that leads to memory: what is said of its tensor, and which cells it covers, if not all."""

    name: str
    about: str
    kind: str  # "leaf", "result", "constant" or "array"
    counter: object  # equal for names that count together; None for what doesn't count
    writes: int
    part: str = ""

    @property
    def caption(self) -> str:
        """The words under the name."""
        return ", ".join(filter(None, (self.about, self.part)))


@dataclass(frozen=True)
class Strip:
    """One piece of memory: its numbers, the names that lead to it, and how many writes were counted."""

    cells: tuple[str, ...]
    names: tuple[Name, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The cells that are drawn; of a long strip the middle is left out."""
        if len(self.cells) <= SHOWN_CELLS:
            return self.cells
        return (*self.cells[: SHOWN_CELLS - 2], "…", self.cells[-1])

    @property
    def numbers(self) -> str:
        """The cells on a line."""
        return f"[{', '.join(self.shown)}]"

    @property
    def counters(self) -> list[str]:
        """The counts of writes: one where all names count together, else one for each, with the names."""
        together: dict[object, list[Name]] = {}
        for name in self.names:
            if name.counter is not None:
                together.setdefault(name.counter, []).append(name)
        if len(together) < 2:
            return [f"writes counted: {names[0].writes}" for names in together.values()]
        return [
            f"writes counted by {' and '.join(name.name for name in names)}: {names[0].writes}"
            for names in together.values()
        ]


class Memory:
    """Strips of memory as strings; no tensor is kept alive. A notebook shows a picture, a terminal the outline."""

    def __init__(self, strips: Sequence[Strip], empty: Sequence[str]) -> None:
        self._strips, self._empty = list(strips), list(empty)

    @property
    def title(self) -> str:
        """The names, and how many strips of memory they lead to."""
        names = [name.name for strip in self._strips for name in strip.names] + self._empty
        return f"Memory of {', '.join(names)}: {text.quantity(len(self._strips), 'strip', 'strips')}"

    @property
    def outline(self) -> str:
        """The picture as text."""
        lines = [self.title]
        width = max((text.columns(name.name) for strip in self._strips for name in strip.names), default=0)
        for number, strip in enumerate(self._strips, start=1):
            lines.append("   ".join([f"strip {number}: {strip.numbers}", *strip.counters]))
            for name in strip.names:
                space = " " * int(width - text.columns(name.name))
                lines.append(f"    {name.name}{space}   {name.caption}")
        return "\n".join([*lines, *(f"no memory\n    {name}   None" for name in self._empty)])

    @property
    def alternative_text(self) -> str:
        """The picture in sentences, for those who don't see it."""
        sentences = [f"{self.title}."]
        for number, strip in enumerate(self._strips, start=1):
            names = ", ".join(f"{name.name} ({name.caption})" for name in strip.names)
            lead = "leads" if len(strip.names) == 1 else "lead"
            counters = "; ".join(strip.counters) or "no count of writes"
            sentences.append(f"Strip {number} holds {strip.numbers}; {names} {lead} to it; {counters}.")
        return " ".join([*sentences, *(f"{name} is None and leads to no memory." for name in self._empty)])

    @property
    def svg(self) -> str:
        """The picture as an SVG document, light, or dark where the page around it says that it is dark."""
        return _svg(self.title, self._strips, self._empty)

    def __repr__(self) -> str:
        return self.outline

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        document = self.svg
        # As drawings are shown: an <img> is all that a notebook that isn't trusted yet shows of a picture.
        data = base64.b64encode(document.encode()).decode()
        width = re.search(r' width="(\d+)"', document)
        image = (
            f'<img class="minigrad-picture" src="data:image/svg+xml;base64,{data}" '
            f'alt="{escape(self.alternative_text)}" width="{width[1] if width else ""}" '
            'style="max-width:100%;height:auto">'
        )
        return {"text/html": image + FOLLOWS_THEME, "text/plain": self.outline}


def memory(*tensors: Any) -> Memory:
    """Draw the memory of some tensors: which names lead to the same numbers, and how many writes were counted.

    Each strip is a piece of memory, with the names that lead to it on the left and the count, `_version`, on the right.
    Names are those of the caller's variables; for others, give a dictionary: `memory({"x.grad": x.grad, "noted":
    noted})`. None is drawn as a name that leads nowhere.
    Errors: TypeError for anything but tensors, NumPy arrays and None, ValueError for none at all, and for memory of
    more than 64 numbers.

    >>> x = torch.tensor([7., 5.])
    >>> memory(x, x.detach())
    Memory of x, #2: 1 strip
    strip 1: [7., 5.]   writes counted: 0
        x    doesn't require grad
        #2   doesn't require grad
    """
    named = _named(tensors, sys._getframe(1))
    if not named:
        raise ValueError("memory was given nothing to draw: memory(x, y)")
    things = [(name, thing, _addresses(name, thing)) for name, thing in named if thing is not None]
    groups: list[list[int]] = []
    for count, (_, _, places) in enumerate(things):
        touched = [group for group in groups if any({*places} & {*things[other][2]} for other in group)]
        groups = [group for group in groups if group not in touched]
        groups.append(sorted([number for group in touched for number in group] + [count]))
    strips = [_strip([things[number] for number in group]) for group in sorted(groups)]
    return Memory(strips, [name for name, thing in named if thing is None])


def _named(tensors: tuple[Any, ...], frame: Any) -> list[tuple[str, Any]]:
    if len(tensors) == 1 and isinstance(tensors[0], Mapping):
        return [(text.clean(name), _checked(thing)) for name, thing in tensors[0].items()]
    variables = naming.callers_variables(frame)
    found = []
    for count, thing in enumerate(tensors, start=1):
        name = next((name for name, other in variables if other is thing and thing is not None), f"#{count}")
        found.append((text.clean(name), _checked(thing)))
    return found


def _checked(thing: Any) -> Any:
    if thing is None or naming.is_tensor(thing) or isinstance(thing, np.ndarray):
        return thing
    raise TypeError(f"memory draws tensors and NumPy arrays, not {text.described(thing)}")


def _numbers(thing: Any) -> np.ndarray:
    """Return the numbers of a tensor or an array, in the memory where they lie."""
    return thing if isinstance(thing, np.ndarray) else thing.detach().numpy()


def _addresses(name: str, thing: Any) -> list[int]:
    """Return where each number lies, in the order of the tensor's elements."""
    array = _numbers(thing)
    if array.size > MOST_CELLS:
        raise ValueError(f"memory draws up to {MOST_CELLS} numbers, but {name} has {array.size}")
    start = array.__array_interface__["data"][0]
    return [start + sum(i * s for i, s in zip(place, array.strides, strict=True)) for place in np.ndindex(array.shape)]


def _strip(things: Sequence[tuple[str, Any, list[int]]]) -> Strip:
    """Return what is drawn of names that lead to one piece of memory."""
    values: dict[int, Any] = {}
    for _, thing, places in things:
        values |= dict(zip(places, _numbers(thing).ravel().tolist(), strict=True))
    order = {place: number for number, place in enumerate(sorted(values))}
    cells = tuple(text.number(values[place]) for place in order)
    names = (_name(name, thing, [order[place] for place in places], len(cells)) for name, thing, places in things)
    return Strip(cells, tuple(names))


def _name(name: str, thing: Any, covered: Sequence[int], count: int) -> Name:
    part = ""
    if len(set(covered)) < count:
        part = f"{'cell' if len(covered) == 1 else 'cells'} {', '.join(map(str, covered)) or 'none'}"
    if isinstance(thing, np.ndarray):
        return Name(name, "NumPy array, counts nothing", "array", None, 0, part)
    if thing.grad_fn is not None:
        about, kind = thing.grad_fn.name().rpartition("::")[2], "result"
    elif thing.requires_grad:
        about, kind = "leaf, requires grad", "leaf"
    else:
        about, kind = "doesn't require grad", "constant"
    return Name(name, about, kind, _counter(thing), thing._version, part)


def _counter(tensor: Any) -> object:
    """Equal for tensors that count their writes together. PyTorch does not tell: there each is on its own."""
    data = getattr(tensor, "_data", None)
    return id(owner(data)) if isinstance(data, np.ndarray) else id(tensor)


# --- the picture


def _svg(title: str, strips: Sequence[Strip], empty: Sequence[str]) -> str:
    names = [name for strip in strips for name in strip.names]
    left = max([_width(name.name, name.caption) for name in names] + [_width(name, "None") for name in empty])
    cells_at = _MARGIN + left + _GAP
    parts: list[str] = []
    top, right = _MARGIN, cells_at
    for strip in strips:
        drawn, end = _one_strip(strip, left, cells_at, top)
        parts += drawn
        right = max(right, end)
        top += _ROW * len(strip.names) + 14
    for name in empty:
        parts += _label(Name(name, "None", "constant", None, 0), left, top + _ROW / 2)
        top += _ROW
    width, height = right + _MARGIN, top - (14 if not empty else 0) + _MARGIN
    sheet = _style_sheet()
    dark = re.sub(r"#[0-9a-f]{3,6}", lambda colour: DARK[colour[0]], sheet)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label={quoteattr(title)}>',
            f"<style>{sheet}@media(prefers-color-scheme:dark){{{dark}}}</style>",
            f'<rect x=".5" y=".5" width="{width - 1:.0f}" height="{height - 1:.0f}" rx="9" class="panel"/>',
            *parts,
            "</svg>",
        ]
    )


def _one_strip(strip: Strip, left: float, cells_at: float, top: float) -> tuple[list[str], float]:
    """Return a strip with its names and counters, and where its right end is."""
    middle = top + _ROW * len(strip.names) / 2
    parts: list[str] = []
    for number, name in enumerate(strip.names):
        y = top + _ROW * (number + 0.5)
        parts += _label(name, left, y)
        # The arrows of several names end beside each other.
        end = middle + (number - (len(strip.names) - 1) / 2) * min(9, _CELL_HEIGHT / len(strip.names))
        start, tip = _MARGIN + left, cells_at - 2
        parts.append(
            f'<path class="arrow" d="M{start:.1f} {y:.1f}C{start + 20:.1f} {y:.1f} {tip - 26:.1f} {end:.1f} '
            f'{tip - 7:.1f} {end:.1f}"/>'
            f'<path class="tip" d="M{tip - 8:.1f} {end - 3:.1f}L{tip:.1f} {end:.1f}L{tip - 8:.1f} {end + 3:.1f}Z"/>'
        )
    x = cells_at
    for cell in strip.shown:
        width = max(_letters(cell, _NAME) + 2 * _PADDING, 44.0)
        parts.append(_rectangle("cell", x, middle - _CELL_HEIGHT / 2, width, _CELL_HEIGHT))
        parts.append(_text("number", x + width / 2, middle + 4.5, cell))
        x += width
    for number, counter in enumerate(strip.counters):
        words, _, count = counter.rpartition(": ")
        y = middle + (number - (len(strip.counters) - 1) / 2) * 28
        width = _letters(count, _NAME) + 14
        parts.append(_rectangle("counter", x + 18, y - 11, width, 22, 11))
        parts.append(_text("count", x + 18 + width / 2, y + 4.5, count))
        parts.append(_text("caption beside", x + 18 + width + 8, y + 4, words))
    widest = max((_letters(counter.rpartition(": ")[0], _CAPTION) for counter in strip.counters), default=-40.0)
    return parts, x + 18 + 30 + widest


def _label(name: Name, width: float, middle: float) -> list[str]:
    centre = _MARGIN + width / 2
    return [
        f'<g class="{name.kind}">' + _rectangle("name", _MARGIN, middle - 19, width, 38, 3),
        _text("bold", centre, middle - 3, name.name),
        _text("caption", centre, middle + 13, name.caption) + "</g>",
    ]


def _letters(words: str, size: float) -> float:
    return text.columns(words) * size * LETTER_WIDTH


def _width(name: str, caption: str) -> float:
    return max(_letters(name, _NAME), _letters(caption, _CAPTION) * 0.92) + 2 * _PADDING


def _rectangle(kind: str, x: float, y: float, width: float, height: float, radius: float = 0) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius:.0f}"'
    return f'<rect class="{kind}" {place}/>'


def _text(kind: str, x: float, y: float, words: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape_xml(words)}</text>'


def _style_sheet() -> str:
    mono = "Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
    sans = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif"
    rules = [
        ".panel{fill:#fff;stroke:#d5dae0}",
        f"text{{font-family:{mono};font-size:{_NAME}px;text-anchor:middle;white-space:pre;fill:#26303a}}",
        f".caption{{font-family:{sans};font-size:{_CAPTION}px}}.beside{{text-anchor:start}}.bold,.count{{font-weight:bold}}",
        f".arrow{{fill:none;stroke:{ARROW};stroke-width:1.3}}.tip{{fill:{ARROW}}}",
        f".cell{{fill:{STYLES['output'].fill};stroke:{STYLES['output'].stroke};stroke-width:1.4}}",
        f".number{{fill:{STYLES['output'].words}}}",
        f".counter{{fill:{GRADIENT.fill};stroke:{GRADIENT.stroke};stroke-width:1.2}}.count{{fill:{GRADIENT.words}}}",
    ]
    for kind, (fill, stroke, words) in _STYLES.items():
        dashes = "" if kind in ("leaf", "result") else ";stroke-dasharray:4 3"
        rules.append(
            f".{kind} rect{{fill:{fill};stroke:{stroke};stroke-width:1.2{dashes}}}.{kind} text{{fill:{words}}}"
        )
    return "".join(rules)
