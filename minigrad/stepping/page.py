"""The steps of a backward pass as text, and as a strip of pictures that a script turns into one picture at a time."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from html import escape

from ..drawing import dot, graphviz, picture, svg
from ..drawing.picture import Arrow, Box, Direction, Line, Picture, Words
from ..drawing.reading import Graph
from ..drawing.text import equated
from .walk import Step, Walk


def title(graph: Graph, steps: list[Step]) -> str:
    names = ", ".join(graph.values[place].label for place in graph.outputs)
    return f"Backward pass of {names}, {len(steps)} steps"


def text(graph: Graph, walk: Walk) -> str:
    """The whole pass in words."""
    written = [title(graph, walk.steps), *walk.notes]
    for number, step in enumerate(walk.steps, start=1):
        written += ["", f"{number}. {step.title}", *(f"   {line}" for line in _lines(step))]
    return "\n".join(written)


def _lines(step: Step) -> Iterator[str]:
    yield step.why
    for line in step.arrives:
        yield f"arrives: {line}"
    yield from step.sends
    yield from step.then


# --- pictures


_MOST_DRAWN = 20_000  # boxes and arrows in all pictures together, about 6 MB of page


def pictures(graph: Graph, walk: Walk, direction: Direction) -> list[str]:
    """An SVG document for each step: the same drawing, filling in from the output to the leaves; none if too many."""
    plain = picture.picture(graph, direction, every_result=True, with_numbers=True)
    if len(walk.steps) * (len(plain.boxes) + len(plain.arrows)) > _MOST_DRAWN:
        return []
    painted = [_painted(plain, graph, step, walk.letter) for step in walk.steps]
    for boxes in zip(*(one.boxes for one in painted), strict=True):
        widest = max(box.width for box in boxes)
        for box in boxes:
            box.least_width = widest
    # The arrows of the first picture bear no words yet: room for those of the last one.
    with_room = replace(painted[0], arrows=plain.arrows)
    layout = graphviz.layout(dot.source(with_room, with_words=False))
    return [svg.svg(one, layout) for one in painted]


def _painted(plain: Picture, graph: Graph, step: Step, letter: str) -> Picture:
    """The drawing as it stands at one step."""
    here = f"operation{step.operation}" if step.operation is not None else f"value{step.value}"
    boxes = [_painted_box(box, graph, step, here, letter) for box in plain.boxes]
    sent = {f"operation{number}" for number in step.visited}
    state = {box.id: box.state for box in boxes}
    arrows = [_painted_arrow(arrow, state, here, arrow.head in sent) for arrow in plain.arrows]
    return replace(plain, boxes=boxes, arrows=arrows)


def _painted_box(box: Box, graph: Graph, step: Step, here: str, letter: str) -> Box:
    state, footer = "", box.footer
    if box.id.startswith("value"):
        place = int(box.id.removeprefix("value"))
        gradient = step.gradients.get(place)
        if graph.values[place].kind == "leaf":
            accumulated = step.kept_gradients.get(place, "None")
            footer = (*box.footer, _line(f".grad = {accumulated}"))
            state = "" if gradient or accumulated != "None" else "ahead"
        elif graph.values[place].kind == "result":
            footer = (_line(equated(letter, gradient) if gradient else ""),)
            state = "" if gradient else "ahead"
        else:
            state = "ahead"
    elif int(box.id.removeprefix("operation")) not in step.visited:
        state = "ahead"
    return replace(box, footer=footer, state="now" if box.id == here else state)


def _line(words: str) -> Line:
    return (Words(words, "value"),)


def _painted_arrow(arrow: Arrow, state: dict[str, str], here: str, is_sent: bool) -> Arrow:
    arrow = arrow if is_sent else arrow._replace(slope="")
    if arrow.head == here and arrow.kind == "gradient":
        return arrow._replace(state="now")
    ahead = "ahead" in (state[arrow.head], state[arrow.tail])
    return arrow._replace(state="ahead" if ahead else "")


# --- the page


def html(graph: Graph, walk: Walk, direction: Direction) -> str:
    """All steps under each other; where scripts may run, one at a time, with buttons and arrow keys."""
    try:
        documents = pictures(graph, walk, direction)
    except graphviz.NoRenderer as error:
        return _words(str(error), graph, walk)
    if not documents:
        return _words(f"No pictures, as those of {len(walk.steps)} steps would be too much for a page.", graph, walk)
    frames = [
        _frame(number, len(walk.steps), step, document)
        for number, (step, document) in enumerate(zip(walk.steps, documents, strict=True), start=1)
    ]
    heading = "<br>".join([f"<b>{escape(title(graph, walk.steps))}</b>", *map(escape, walk.notes)])
    return (
        f'<div style="overflow:auto;max-height:760px;padding:0 8px"><p>{heading}</p>{"".join(frames)}</div>'
        f"<script>{_SCRIPT}</script>"
    )


def _words(why: str, graph: Graph, walk: Walk) -> str:
    return f"<p>{escape(why)}</p><pre>{escape(text(graph, walk))}</pre>"


def _frame(number: int, count: int, step: Step, document: str) -> str:
    data = base64.b64encode(document.encode()).decode()
    width, _ = svg.size(document)
    image = (
        f'<img src="data:image/svg+xml;base64,{data}" alt="The graph at step {number}: {escape(step.title)}" '
        f'width="{width}" style="max-width:100%;height:auto">'
    )
    parts = [f"<p><b>Step {number} of {count}: {escape(step.title)}</b></p><p>{escape(step.why)}</p>"]
    arrives = [_formula_first(*line.partition(", the ")) for line in step.arrives]
    others = [[_formula_last(*line.partition(": ")) for line in lines] for lines in (step.sends, step.then)]
    for heading, lines in zip(("Arrives:", "Leaves:", "Then:"), (arrives, *others), strict=True):
        items = "".join(f"<li>{line}</li>" for line in lines)
        if items:
            parts.append(f"<p>{heading}</p><ul>{items}</ul>")
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:20px;margin-bottom:24px">'
        f'<div style="max-width:48%">{image}</div><div style="flex:1;min-width:320px">{"".join(parts)}</div></div>'
    )


def _formula_first(formula: str, between: str, words: str) -> str:
    return f"<code>{escape(formula)}</code>{escape(between + words)}"


def _formula_last(words: str, between: str, formula: str) -> str:
    return escape(words + between) + (f"<code>{escape(formula)}</code>" if between else "")


# Finds the strip that stands before it, so that it needs no name that another strip on the page could share.
_SCRIPT = """(() => {
const strip = document.currentScript && document.currentScript.previousElementSibling;
if (!strip) return;
const frames = [...strip.children].slice(1), bar = document.createElement("div");
let now = 0, all = false;
const button = (label, act) => {
  const made = document.createElement("button");
  made.textContent = label; made.style.marginRight = "8px"; made.onclick = act; bar.append(made);
  return made;
};
const show = (step) => {
  const focused = document.activeElement;
  now = Math.max(0, Math.min(frames.length - 1, step));
  frames.forEach((frame, place) => { frame.style.display = all || place === now ? "flex" : "none"; });
  back.disabled = all || now === 0; next.disabled = all || now === frames.length - 1;
  together.textContent = all ? "one at a time" : "all steps";
  if (focused && focused.disabled && strip.contains(focused)) strip.focus();  // or the keys would go elsewhere
};
const back = button("← back", () => show(now - 1)), next = button("next →", () => show(now + 1));
const together = button("all steps", () => { all = !all; show(now); });
bar.style.marginBottom = "12px"; strip.firstElementChild.after(bar);
strip.tabIndex = 0; strip.style.maxHeight = "none"; strip.setAttribute("role", "group");
strip.setAttribute("aria-label", strip.firstElementChild.textContent);
frames.forEach((frame) => frame.setAttribute("aria-live", "polite"));
strip.addEventListener("keydown", (event) => {
  const move = { ArrowRight: 1, ArrowLeft: -1, Home: -frames.length, End: frames.length }[event.key];
  if (move === undefined || all) return;
  event.preventDefault(); event.stopPropagation(); show(now + move);
});
show(0);
})();"""
