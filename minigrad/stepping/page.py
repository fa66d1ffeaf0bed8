"""The steps of a backward pass as text, and as a strip of pictures that a script turns into one picture at a time."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import NamedTuple

from ..drawing import dot, graphviz, picture, svg
from ..drawing.picture import Arrow, Box, Direction, Line, Picture, Words
from ..drawing.reading import Graph
from ..drawing.text import equated
from .walk import Step, Walk


def title(graph: Graph, steps: list[Step]) -> str:
    names = ", ".join(graph.values[place].label for place in graph.outputs)
    return f"Backward pass of {names}, {len(steps)} steps"


def text(graph: Graph, walk: Walk) -> str:
    """Return the whole pass in words."""
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


class Drawn(NamedTuple):
    """The picture of a step, as an SVG document, and where in it the pass is, in parts of its width and height."""

    document: str
    at: tuple[float, float]


def pictures(graph: Graph, walk: Walk, direction: Direction) -> list[Drawn]:
    """Return a picture for each step: the same drawing, filling in from the output to the leaves; none if too many."""
    plain = picture.picture(graph, direction, every_result=True, with_numbers=True)
    if len(walk.steps) * (len(plain.boxes) + len(plain.arrows)) > _MOST_DRAWN:
        return []
    painted = [_painted(plain, graph, step, walk.letter) for step in walk.steps]
    for boxes in zip(*(one.boxes for one in painted), strict=True):
        widest = max(box.width for box in boxes)
        for box in boxes:
            box.least_width = widest
    # The arrows of the first picture have no words yet: leave room for those of the last one.
    with_room = replace(painted[0], arrows=plain.arrows)
    layout = graphviz.layout(dot.source(with_room, with_words=False))
    return [
        Drawn(svg.svg(one, layout), svg.place(one, layout, _here(step)))
        for one, step in zip(painted, walk.steps, strict=True)
    ]


def _painted(plain: Picture, graph: Graph, step: Step, letter: str) -> Picture:
    """Return the drawing as it is at one step."""
    here = _here(step)
    boxes = [_painted_box(box, graph, step, here, letter) for box in plain.boxes]
    sent = {f"operation{number}" for number in step.visited}
    state = {box.id: box.state for box in boxes}
    arrows = [_painted_arrow(arrow, state, here, arrow.head in sent) for arrow in plain.arrows]
    return replace(plain, boxes=boxes, arrows=arrows)


def _here(step: Step) -> str:
    """Return the id of the box that a step is at."""
    return f"operation{step.operation}" if step.operation is not None else f"value{step.value}"


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
    """Return all steps under each other; where scripts may run, one at a time, with buttons and arrow keys."""
    try:
        drawn = pictures(graph, walk, direction)
    except graphviz.NoRenderer as error:
        return _words(str(error), graph, walk)
    if not drawn:
        return _words(f"No pictures: those of {len(walk.steps)} steps would be too large for a page.", graph, walk)
    frames = [
        _frame(number, len(walk.steps), *pair)
        for number, pair in enumerate(zip(walk.steps, drawn, strict=True), start=1)
    ]
    heading = "<br>".join([f"<b>{escape(title(graph, walk.steps))}</b>", *map(escape, walk.notes)])
    return (
        f'{svg.FOLLOWS_THEME}<div style="overflow:auto;max-height:760px;padding:0 8px">'
        f"<p>{heading}</p>{''.join(frames)}</div>"
        f"<script>{OPENS_SCRIPT}{_SCRIPT}</script>"
    )


def _words(why: str, graph: Graph, walk: Walk) -> str:
    return f"<p>{escape(why)}</p><pre>{escape(text(graph, walk))}</pre>"


def _frame(number: int, count: int, step: Step, drawn: Drawn) -> str:
    data = base64.b64encode(drawn.document.encode()).decode()
    width, height = svg.size(drawn.document)
    image = (
        f'<img class="minigrad-picture" src="data:image/svg+xml;base64,{data}" '
        f'alt="The graph at step {number}: {escape(step.title)}" '
        f'width="{width}" style="max-width:100%;height:auto">'
    )
    place = f'data-size="{width} {height}" data-at="{drawn.at[0]:.3f} {drawn.at[1]:.3f}"'
    close = 'style="margin:0 0 6px"'  # more of a step is seen at once
    parts = [f"<p {close}><b>Step {number} of {count}: {escape(step.title)}</b></p><p {close}>{escape(step.why)}</p>"]
    arrives = [_formula_first(*line.partition(", the ")) for line in step.arrives]
    others = [[_formula_last(*line.partition(": ")) for line in lines] for lines in (step.sends, step.then)]
    for heading, lines in zip(("Arrives:", "Leaves:", "Then:"), (arrives, *others), strict=True):
        items = "".join(f"<li>{line}</li>" for line in lines)
        if items:
            parts.append(f"<p {close}>{heading}</p><ul {close}>{items}</ul>")
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:20px;margin-bottom:24px">'
        f'<div {place} style="max-width:100%">{image}</div>'
        f'<div style="flex:1 1 320px;min-width:0">{"".join(parts)}</div></div>'
    )


def _formula_first(formula: str, between: str, words: str) -> str:
    return f"<code>{escape(formula)}</code>{escape(between + words)}"


def _formula_last(words: str, between: str, formula: str) -> str:
    return escape(words + between) + (f"<code>{escape(formula)}</code>" if between else "")


OPENS_SCRIPT = """(() => {
let strip = document.currentScript && document.currentScript.previousElementSibling;
while (strip && strip.tagName === "SCRIPT") strip = strip.previousElementSibling;
if (!strip || strip.dataset.steps) return;
strip.dataset.steps = "ready"; strip.dataset.lmSuppressShortcuts = "true";
"""
"""Opens the script of a strip, a function, and finds the element before it, which so needs no name.

VS Code puts a copy of each script behind the original, hence the search. The keys are the strip's own: in JupyterLab,
`b` would insert a cell, `x` cut one.
"""

# The picture and its words share what is free of the window, with the box that the pass is at in view; a picture is
# never drawn smaller than nine tenths of its size, but scrolled.
_SCRIPT = """\
const frames = [...strip.children].slice(1), bar = document.createElement("div"), said = document.createElement("div");
const clamp = (least, value, most) => Math.max(least, Math.min(most, value));
let now = 0, all = false, timer = 0, measured = "", seen = [0, 0];
const button = (label, act) => {
  const made = document.createElement("button");
  made.type = "button"; made.textContent = label; made.onclick = act; bar.append(made);
  made.style.cssText = "margin:0 8px 4px 0;padding:3px 10px;font:inherit;cursor:pointer";
  return made;
};
const keepInView = () => {
  const box = frames[now].firstElementChild, image = box.firstElementChild;
  const [x, y] = box.dataset.at.split(" ").map(Number), point = [x * image.offsetWidth, y * image.offsetHeight];
  const size = [box.clientWidth, box.clientHeight];
  seen = seen.map((start, way) => {
    const edge = Math.min(80, size[way] / 3), inside = point[way] - start;
    return inside > edge && inside < size[way] - edge ? start : Math.max(0, point[way] - size[way] / 2);
  });
  [box.scrollLeft, box.scrollTop] = seen;
  seen = [box.scrollLeft, box.scrollTop];
  for (const part of frames[now].children) {
    const scrolls = part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1;
    if (scrolls) part.tabIndex = 0; else part.removeAttribute("tabindex");
  }
};
const fit = () => {
  const room = strip.clientWidth - 16, view = window.innerHeight;
  if (room < 1) return;
  frames.forEach((frame) => {
    const [box, words] = frame.children, image = box.firstElementChild;
    const [width, height] = box.dataset.size.split(" ").map(Number);
    const beside = room >= 420 && (width <= 1.3 * height || width + 280 <= room), least = room < 520 ? 190 : 240;
    const tall = all ? Infinity : Math.max(170, Math.round(view * (beside ? 0.56 : 0.34)));
    const across = beside ? room - least - 20 : room, scale = clamp(0.9, Math.min(across / width, tall / height), 1);
    const limit = all ? "none" : `${tall}px`;
    frame.style.flexWrap = beside ? "nowrap" : "wrap"; frame.style.gap = beside ? "20px" : "8px";
    frame.style.marginBottom = all ? "24px" : "0";
    box.style.cssText = `flex:0 1 auto;min-width:0;max-width:${across}px;max-height:${limit};overflow:auto`;
    const left = Math.max(120, Math.round(view * 0.58 - Math.min(tall, height * scale)));
    words.style.cssText = `flex:1 1 ${beside ? least : room}px;min-width:0;max-height:${
      all ? "none" : beside ? limit : `${left}px`};overflow:auto`;
    image.style.cssText = `display:block;max-width:none;width:${width * scale}px;height:${height * scale}px`;
  });
  if (!all) keepInView();
};
const stop = () => { clearInterval(timer); timer = 0; play.textContent = "▶ play"; };
const show = (step) => {
  const focused = document.activeElement;
  now = clamp(0, step, frames.length - 1);
  frames.forEach((frame, place) => { frame.style.display = all || place === now ? "flex" : "none"; });
  back.disabled = all || now === 0; next.disabled = all || now === frames.length - 1; play.disabled = all;
  together.textContent = all ? "one at a time" : "all steps";
  if (focused && focused.disabled && strip.contains(focused)) strip.focus();  // or the keys would go elsewhere
  if (!all) keepInView();
};
const go = (step) => {
  show(step);
  said.textContent = [...frames[now].lastElementChild.querySelectorAll("p")].slice(0, 2)
    .map((part) => part.textContent).join(". ");
};
const back = button("← back", () => { stop(); go(now - 1); });
const next = button("next →", () => { stop(); go(now + 1); });
const play = button("▶ play", () => {
  if (timer) { stop(); return; }
  play.textContent = "❚❚ pause";
  go(now === frames.length - 1 ? 0 : now + 1);
  timer = setInterval(() => {
    if (!strip.isConnected || now === frames.length - 1) stop(); else go(now + 1);
  }, 2500);
});
const together = button("all steps", () => { stop(); all = !all; fit(); show(now); });
bar.style.marginBottom = "8px"; strip.firstElementChild.after(bar); strip.append(said);
said.setAttribute("aria-live", "polite");
said.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
strip.tabIndex = 0; strip.style.cssText += ";max-height:none;position:relative"; strip.setAttribute("role", "group");
strip.setAttribute("aria-label", strip.firstElementChild.textContent);
strip.firstElementChild.style.margin = "0 0 6px";
strip.addEventListener("keydown", (event) => {
  event.stopPropagation();
  const move = { ArrowRight: 1, ArrowLeft: -1, Home: -frames.length, End: frames.length }[event.key];
  if (move === undefined || all || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault(); stop(); go(now + move);
});
show(0); fit();
const remeasure = () => {
  const size = `${strip.clientWidth} ${window.innerHeight}`;
  if (size !== measured) { measured = size; fit(); }
};
if (window.ResizeObserver) new ResizeObserver(remeasure).observe(strip);
window.addEventListener("resize", remeasure);
})();"""
