"""A knob to turn: the pictures of one quantity's values under a slider, which needs no kernel and no server.

    def secant(turn):
        figure, axes = plt.subplots()
        ...

    turn(secant, turn=[1, 0.5, 0.25])

All pictures are drawn when the cell runs, and are stored in its output, so a saved notebook and an exported page show
them, too. Where no script may run (a notebook that is not trusted, GitHub), up to four of them are shown side by side,
and the others in a fold. A button plays them in order: `turn(path_until, steps=range(0, 13))`.

Draw every state with the same `figsize` and the same limits of the axes, or the picture jumps when it is turned.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from minigrad import figures
from minigrad.stepping.page import OPENS_SCRIPT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 15
"""Pictures in one output, of about 30 kB each."""

_SIDE_BY_SIDE = 4


class Turned:
    """Hold the pictures of a knob's values. A notebook shows them under a slider, a terminal lists the values."""

    def __init__(self, name: str, states: list[tuple[str, str]]) -> None:
        self.name = name
        self.states = states  # a value in words, and its picture as HTML

    def __repr__(self) -> str:
        return f"Slider: {len(self.states)} pictures, {self.name} = {', '.join(value for value, _ in self.states)}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": _html(self), "text/plain": repr(self)}


def turn(picture: Callable[[Any], Any], /, **knob: Iterable[Any]) -> Turned:
    """Show the pictures of a knob's values under a slider, one at a time; a button plays them in order.

    picture: a function of a value that draws a figure of matplotlib, without `plt.show()`; it may return the figure,
    its axes, or a plot of minigrad. knob: 2 to 15 values, under the name of the slider:
    `learning_rate=[0.1, 0.2]`. Fractions are shown as such, floating-point numbers to four digits.
    Errors: TypeError unless there is one knob, ValueError for another number of values, and where nothing was drawn.
    """
    if not callable(picture):
        raise TypeError(f"picture must be a function of a value that draws a figure, not a {type(picture).__name__}")
    if len(knob) != 1:
        raise TypeError(f"there must be one knob, with its values, such as steps=range(5), but there are {len(knob)}")
    [(name, given)] = knob.items()
    values = list(given)
    if not 2 <= len(values) <= MOST:
        raise ValueError(f"a slider holds 2 to {MOST} pictures, as each of them is kept in the page, not {len(values)}")
    return Turned(name.replace("_", " "), [(_told(value), _drawn(picture, value)) for value in values])


def _told(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _drawn(picture: Callable[[Any], Any], value: Any) -> str:
    """Return the picture of one value; figures opened for it are closed, or Jupyter would show each again."""
    before = _open_figures()
    try:
        shown = picture(value)
        opened = [number for number in _open_figures() if number not in before]
        if shown is None and opened:
            shown = sys.modules["matplotlib.pyplot"].figure(opened[-1])
        figure: Figure | None = getattr(shown, "figure", None)  # a figure's own is itself
        if figure is None or not hasattr(figure, "savefig"):
            raise ValueError(
                f"picture({value!r}) neither drew nor returned a figure; plt.show() would close it too soon"
            )
        told = getattr(shown, "description", None)
        described = told if isinstance(told, str) else figures.description(figure)
        return figures.image(figure, described, of_many=True).removeprefix(figures.FOLLOWS_THEME)
    finally:
        for number in _open_figures():
            if number not in before:
                sys.modules["matplotlib.pyplot"].close(number)


def _open_figures() -> list[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return list(pyplot.get_fignums()) if pyplot else []


# --- the page


def _html(turned: Turned) -> str:
    """Return the states side by side, the others in a fold; where scripts may run, one at a time, under a slider."""
    count = len(turned.states)
    seen = sorted({round(place * (count - 1) / (_SIDE_BY_SIDE - 1)) for place in range(_SIDE_BY_SIDE)})
    frames = [
        f'<div data-place="{place}" data-value="{escape(value)}" style="flex:1 1 340px;max-width:560px">'
        f'<p style="margin:0 0 4px"><b>{escape(turned.name)} = {escape(value)}</b></p>{image}</div>'
        for place, (value, image) in enumerate(turned.states)
    ]
    row = '<div style="display:flex;flex-wrap:wrap;gap:12px">'
    others = "".join(frame for place, frame in enumerate(frames) if place not in seen)
    fold = f"<details><summary>{count - len(seen)} more</summary>{row}{others}</div></details>" if others else ""
    return (
        f'{figures.FOLLOWS_THEME}<div data-name="{escape(turned.name)}" style="padding:0 8px">'
        f"{row}{''.join(frames[place] for place in seen)}</div>{fold}</div><script>{OPENS_SCRIPT}{_SCRIPT}</script>"
    )


# The slider is the browser's own, which says name and value to a screen reader while it is turned. The line for it
# describes the picture, once the knob has come to rest. The pictures lie on top of each other in one cell of a grid,
# so that what is below them stays where it is.
_SCRIPT = """\
const name = strip.dataset.name, make = (kind) => document.createElement(kind);
const frames = [...strip.querySelectorAll("[data-place]")].sort((a, b) => a.dataset.place - b.dataset.place);
const bar = make("div"), label = make("label"), knob = make("input"), value = make("b"), play = make("button");
const stage = make("div"), said = make("div"), last = frames.length - 1;
let now = 0, timer = 0, resting = 0;
const show = (place) => {
  now = Math.max(0, Math.min(last, place));
  frames.forEach((frame, place) => { frame.style.visibility = place === now ? "visible" : "hidden"; });
  knob.value = now; value.textContent = frames[now].dataset.value;
  knob.setAttribute("aria-valuetext", frames[now].dataset.value);
};
const go = (place) => {
  show(place); clearTimeout(resting);
  resting = setTimeout(() => {
    said.textContent = `${name} = ${frames[now].dataset.value}: ${frames[now].querySelector("img").alt}`;
  }, 1000);
};
const stop = () => { clearInterval(timer); timer = 0; play.textContent = "▶ play"; };
play.onclick = () => {
  if (timer) { stop(); return; }
  play.textContent = "■ stop"; go(now === last ? 0 : now + 1);
  timer = setInterval(() => { if (!strip.isConnected || now === last) stop(); else go(now + 1); }, 700);
};
knob.type = "range"; knob.min = 0; knob.max = last; knob.step = 1;
knob.oninput = () => { stop(); go(Number(knob.value)); };
play.type = "button"; play.textContent = "▶ play";
play.style.cssText = "padding:3px 10px;font:inherit;cursor:pointer;min-width:6em";
bar.style.cssText = "display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px;margin:4px 0 6px";
label.style.cssText = "display:flex;align-items:center;gap:10px"; knob.style.cssText = "width:220px;cursor:pointer";
value.style.cssText = "min-width:4em"; stage.style.display = "grid";
said.setAttribute("aria-live", "polite");
said.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
label.append(name, knob); bar.append(label, value, play);
frames.forEach((frame) => { frame.style.cssText = "grid-area:1/1;min-width:0"; frame.firstElementChild.remove(); });
stage.append(...frames); strip.replaceChildren(bar, stage, said);
strip.style.position = "relative"; strip.setAttribute("role", "group"); strip.setAttribute("aria-label", name);
strip.addEventListener("keydown", (event) => {
  event.stopPropagation();
  const move = { ArrowRight: 1, ArrowLeft: -1, Home: -last, End: last }[event.key];
  if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault(); stop(); go(now + move);
});
show(0);
})();"""
