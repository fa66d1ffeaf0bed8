"""A drawing as a separate page, where a click on a module opens it. It needs no script and no network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from . import dot, graphviz, modules, outline, picture, reading, svg
from .reading import Graph

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:24px;background:#fff;color:#26303a}
section{display:none}section:target,body:not(:has(section:target)) #whole{display:block}
svg{max-width:100%;height:auto}a:focus-visible{outline:3px solid #c04f00}svg a:hover rect{stroke-width:4}
nav{margin-bottom:12px}pre{white-space:pre-wrap}
@media (prefers-color-scheme:dark){body{background:#15191e;color:#dfe4ea}a{color:#7cc4f2}}
"""


def page(graph: Graph, opened: Graph, direction: picture.Direction, shown: picture.Picture) -> str:
    """Return the page of a drawing: its picture, and one of each module that it shows closed.

    `graph` is what `shown` was painted of; `opened` has the same modules, all open.
    """
    sections = [_section("whole", outline.title(graph), [], _document(shown), outline.outline(graph))]
    waiting = [path for operation in graph.operations if (path := operation.path)]
    seen = set(waiting)
    for path in waiting:  # which grows
        inner = modules.inside(opened, path)
        reading.number_values(inner)
        document = _document(picture.picture(inner, direction))
        sections.append(
            _section(picture.anchor(path), inner.title, _way(opened, path), document, outline.outline(inner))
        )
        for operation in inner.operations:
            if operation.path and operation.path not in seen:
                seen.add(operation.path)
                waiting.append(operation.path)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(outline.title(graph))}</title><style>{_STYLE}</style></head><body>\n"
        + "\n".join(sections)
        + "\n</body></html>\n"
    )


def _document(painted: picture.Picture) -> str:
    document = svg.svg(painted, graphviz.layout(dot.source(painted, with_words=False)), with_links=True)
    return re.sub(r'(<g) id="\w+"', r"\1", document)  # which would occur on the page more than once


def _way(graph: Graph, path: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    """Name and anchors of the modules around one."""
    yield "whole", "the whole graph"
    for length in range(2, len(path)):
        yield picture.anchor(path[:length]), graph.frames[path[length - 1]].label


def _section(anchor: str, title: str, way: Iterable[tuple[str, str]], document: str, words: str) -> str:
    links = " › ".join(f'<a href="#{name}">{escape(label)}</a>' for name, label in way)
    return (
        f'<section id="{anchor}"><h2>{escape(title)}</h2>{f"<nav>{links}</nav>" if links else ""}\n{document}\n'
        f"<details><summary>In words</summary><pre>{escape(words)}</pre></details></section>"
    )
