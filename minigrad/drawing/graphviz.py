"""Graphviz, which places the boxes of a picture: in this process through `pygraphviz`, else the program `dot`."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

HOW_TO_GET_ONE = (
    "No picture, because Graphviz was not found: run `pip install pygraphviz`, or, "
    "if its program `dot` is on the PATH, `pip install graphviz`."
)

_in_process = threading.Lock()  # Graphviz as a library keeps global state


class NoRenderer(RuntimeError):
    """Raised if a picture needs Graphviz and it is not installed in any form; the message says how to get it."""


class Route(NamedTuple):
    """An arrow's path: a Bézier curve (a start, then three points for each piece) and its tip."""

    points: list[tuple[float, float]]
    tip: tuple[float, float]
    words: tuple[float, float]  # the middle of what is written on it


class Layout(NamedTuple):
    """Places in points, y downwards: the centre of each box by its id, and a route for each arrow in order."""

    width: float
    height: float
    centres: dict[str, tuple[float, float]]
    routes: list[Route]
    frames: dict[str, tuple[float, float, float, float]]  # by the name of the subgraph: left, top, width, height


def layout(source: str) -> Layout:
    """Place the nodes and edges of DOT source. Each arrow has its number as its id.

    In this process the answer takes 1 ms for 10 nodes and 110 ms for 1,000; starting a program costs 30 ms more.
    """
    placed = json.loads(_run(source, "json0", (_in_this_process, _by_program)))
    _, bottom, width, top = (float(number) for number in placed["bb"].split(","))
    height = top - bottom

    def point(written: str) -> tuple[float, float]:
        x, y = written.split(",")
        return float(x), height - float(y)

    centres, frames = {}, {}
    for placed_object in placed.get("objects", []):
        if "pos" in placed_object:
            centres[placed_object["name"]] = point(placed_object["pos"])
        elif "bb" in placed_object:
            left, bottom, right, top = (float(number) for number in placed_object["bb"].split(","))
            frames[placed_object["name"]] = (left, height - top, right - left, top - bottom)
    routes = []
    arrows = [edge for edge in placed.get("edges", []) if "id" in edge]
    for edge in sorted(arrows, key=lambda edge: int(edge["id"])):
        if "pos" not in edge:  # Graphviz failed, and says so on stderr
            ends = [centres[placed["objects"][edge[end]]["name"]] for end in ("tail", "head")]
            middle = ((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2)
            routes.append(Route([ends[0], ends[0], ends[1], ends[1]], ends[1], middle))
            continue
        words = edge["pos"].split()
        tip = words.pop(0).removeprefix("e,") if words[0].startswith("e,") else words[-1]
        points = [point(word) for word in words]
        routes.append(Route(points, point(tip), point(edge["lp"]) if "lp" in edge else points[len(points) // 2]))
    return Layout(width, height, centres, routes, frames)


def render(source: str, format: str) -> bytes:
    """Return a picture of DOT source, `png` or `pdf`. The program comes first here, as it knows the machine's fonts."""
    return _run(source, format, (_by_program, _in_this_process))


def _run(source: str, format: str, ways: Sequence[Callable[[str, str], bytes | None]]) -> bytes:
    for way in ways:
        written = way(source, format)
        if written is not None:
            return written
    raise NoRenderer(HOW_TO_GET_ONE)


def _in_this_process(source: str, format: str) -> bytes | None:
    try:
        import pygraphviz
    except (ImportError, OSError):  # not there, or its libraries can't be loaded
        return None
    with _in_process:
        graph = pygraphviz.AGraph(string=source)
        # Above 1,000 nodes draw() would warn on stderr that it may take long.
        graph.number_of_nodes = lambda: 0
        return bytes(graph.draw(format=format, prog="dot"))


def _by_program(source: str, format: str) -> bytes | None:
    try:
        import graphviz  # the package of this name, which starts the program on every system
    except ImportError:
        return None
    try:
        return graphviz.pipe("dot", format, source.encode(), quiet=True)
    except (graphviz.ExecutableNotFound, OSError):  # missing, or it does not start
        return None
    except graphviz.CalledProcessError as error:
        raise RuntimeError(f"Graphviz's program dot failed: {error.stderr.decode(errors='replace').strip()}") from None
