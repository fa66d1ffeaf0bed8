"""DOT source, Graphviz's language, for a picture: with its words for people, without them for the layout."""

from __future__ import annotations

from html import escape

from .picture import (
    ARROW,
    ARROW_WITHOUT_GRADIENT,
    FACES,
    FAINT,
    FRAME,
    FRAME_LABEL_HEIGHT,
    FRAME_OF_LOOP,
    GRADIENT,
    STRENGTHS,
    STYLES,
    Arrow,
    Box,
    Frame,
    Kind,
    Line,
    Picture,
    Words,
)

_BETWEEN_RANKS = {"TB": "0.32", "LR": "0.22"}  # in inches; a notebook has less room across than down
_MANY_BOXES = 200  # beyond, Graphviz is told to stop improving the layout sooner

_SHAPES: dict[Kind, dict[str, str]] = {
    "operation": {"shape": "box", "style": '"rounded,filled"'},
    "cut": {"shape": "box", "style": '"rounded,filled"', "penwidth": "2.4"},
    "module": {"shape": "box", "style": '"rounded,filled"', "penwidth": "2.4"},
    "leaf": {"shape": "box", "style": "filled"},
    "constant": {"shape": "box", "style": '"dashed,filled"'},
    "result": {"shape": "box", "style": "filled"},
    "output": {"shape": "box", "style": "filled"},
    "saved": {"shape": "note", "style": "filled"},
    "reference": {"shape": "box", "style": "filled"},
    "left out": {"shape": "plaintext"},
}
_ARROWS = {
    "gradient": "weight=4",
    "straight": "weight=20",
    "no gradient": f'weight=1, style=dashed, color="{ARROW_WITHOUT_GRADIENT}"',
    "saving": f'style=dotted, arrowhead=none, color="{STYLES["saved"].stroke}"',
    "again": f'constraint=false, color="{STYLES["operation"].stroke}"',
}


def source(picture: Picture, *, with_words: bool = True, dots_per_inch: int | None = None) -> str:
    """DOT source. Without words it gives the same layout, and Graphviz has no text to measure or to misread."""
    whole = {"rankdir": picture.direction, "ranksep": _BETWEEN_RANKS[picture.direction]}
    whole |= {"nodesep": "0.24", "labeljust": "l"}
    if len(picture.boxes) > _MANY_BOXES:
        whole |= {"nslimit": "1", "nslimit1": "1", "mclimit": "0.2"}
    if picture.frames:
        whole["newrank"] = "true"  # lets the order of boxes count across frames
    if dots_per_inch:
        whole["dpi"] = str(dots_per_inch)
    if with_words:
        whole |= {"pad": "0.2", "fontname": '"sans-serif"', "fontsize": f"{FACES['caption'].size}", "labelloc": "b"}
        notes = [*picture.notes, *(f"{STRENGTHS[name].words}: {meaning}" for name, meaning in picture.key)]
        whole["label"] = f"<{'<br/>'.join(escape(note) for note in notes)}>" if notes else '""'
    lines = [
        "digraph {",
        f"  graph [{_listed(whole)}]",
        '  node [fixedsize=true, margin=0, label="", fontname="monospace", penwidth=1.2]',
        f'  edge [arrowsize=0.6, color="{ARROW}"]',
    ]
    for number, frame in enumerate(picture.frames):
        lines.append(_inside(picture, number, f"graph [{_listed(_frame_attributes(frame, with_words))}]"))
    for box in picture.boxes:
        attributes = {"width": f"{box.width / 72:.3f}", "height": f"{box.height / 72:.3f}"} | _SHAPES[box.kind]
        attributes |= {"ordering": "in"} if box.ordered else {}
        if with_words:
            attributes |= {"peripheries": "2"} if box.kind == "output" else {}
            style = STYLES[box.kind]
            attributes |= {"color": f'"{style.stroke}"', "fillcolor": f'"{style.fill}"', "label": _label(box)}
        lines.append(_inside(picture, box.frame, f"{box.id} [{_listed(attributes)}]"))
    frame_of = {box.id: box.frame for box in picture.boxes}
    for number, arrow in enumerate(picture.arrows):
        kind = "straight" if arrow.straight and arrow.kind == "gradient" else arrow.kind
        slope = f", label={_slope(arrow, with_words)}" if arrow.slope else ""
        look = f", {_strength(arrow.strength)}" if arrow.strength else ""
        lines.append(f"  {arrow.tail} -> {arrow.head} [id={number}, {_ARROWS[kind]}{look}{slope}]")
        # Inside frames Graphviz 14 loses such arrows now and then.
        if arrow.kind == "saving" and frame_of[arrow.tail] is None:
            lines.append(f"  {{ rank=same; {arrow.tail}; {arrow.head} }}")
    lines += [f"  {first} -> {second} [style=invis, weight=1]" for first, second in picture.order]
    for row in picture.rows:
        lines.append(f"  {{ rank=same; {' -> '.join(row)} [style=invis] }}")
    return "\n".join([*lines, "}", ""])


def _inside(picture: Picture, frame: int | None, statement: str) -> str:
    """Return a statement inside its frames; Graphviz joins subgraphs of the same name."""
    while frame is not None:
        statement = f"subgraph cluster_{frame} {{ {statement} }}"
        frame = picture.frames[frame].parent
    return f"  {statement}"


def _frame_attributes(frame: Frame, with_words: bool) -> dict[str, str]:
    # The empty table keeps room for the words that are drawn there.
    room = f'fixedsize="true" width="{frame.label_width:.0f}" height="{FRAME_LABEL_HEIGHT:.0f}"'
    label = f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="0" {room}><tr><td></td></tr></table>>'
    colour = FRAME_OF_LOOP if frame.is_loop else FRAME
    if with_words:
        label = f"<{_font(frame.words, colour.words)}>"
    return {
        "label": label,
        "labelloc": "t",
        "margin": "10",
        "style": '"rounded,dashed,filled"' if frame.is_loop else '"rounded,filled"',
        "color": f'"{colour.stroke}"',
        "fillcolor": f'"{colour.fill}"',
    }


def _strength(name: str) -> str:
    strength = STRENGTHS[name]
    style = "dotted" if "dotted" in strength.words else "dashed" if strength.dashes else "solid"
    return f'style={style}, penwidth={strength.width}, color="{strength.stroke}"'


def _slope(arrow: Arrow, with_words: bool) -> str:
    width, height = arrow.room
    words = _font(arrow.words, GRADIENT.words) if with_words else ""
    return (
        '<<table border="0" cellborder="0" cellspacing="0" cellpadding="0"><tr>'
        f'<td fixedsize="true" width="{width:.0f}" height="{height:.0f}">{words}</td></tr></table>>'
    )


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
