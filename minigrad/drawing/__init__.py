"""Drawings of computation graphs, of minigrad's tensors and of PyTorch's alike."""

from __future__ import annotations

import base64
import copy
import sys
from collections.abc import Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from . import (
    backward,
    dot,
    folding,
    graphviz,
    mermaid,
    modules,
    naming,
    outline,
    page,
    picture,
    reading,
    running,
    svg,
    text,
)
from .picture import Picture

__all__ = ["Drawing", "draw"]

Tensor = Any

# A drawing larger than this in either direction keeps its size and scrolls; a smaller one shrinks with the page.
_LARGEST_WITHOUT_SCROLLING = 1400
_PNG_DOTS_PER_INCH = 192
_MOST_NODES_TO_SIMPLIFY = 5000
_MANY_OPERATIONS = 40  # of more, like modules are folded and others closed, unless this is asked for


class Drawing:
    """Hold a drawn graph as strings; no tensor is kept alive. A notebook shows the picture, a terminal the outline."""

    def __init__(self, graph: reading.Graph, picture: Picture, opened: reading.Graph | None = None) -> None:
        self.outline = outline.outline(graph)
        """The graph as text, one line for each leaf and operation."""
        self._alternative_text = outline.alternative_text(graph)
        self._picture = picture
        self._graph, self._opened = graph, opened or graph

    @property
    def source(self) -> str:
        """The graph in Graphviz's language, DOT."""
        return dot.source(self._picture)

    @cached_property
    def svg(self) -> str:
        """The picture as an SVG document.

        Errors: RuntimeError without a renderer, saying how to get one.
        """
        return svg.svg(self._picture, graphviz.layout(dot.source(self._picture, with_words=False)))

    def marked_against(self, other: Drawing) -> Drawing:
        """Return the same drawing, marking each operation that the other's graph does not have on the same inputs."""
        marked = copy.copy(self)
        marked.__dict__.pop("svg", None)
        marked._picture = picture.marked(self._picture, other._picture)
        return marked

    def save(self, path: str | Path) -> None:
        """Write the picture to a file whose name ends in `.svg`, `.png`, `.pdf`, `.html`, `.dot` or `.mmd`.

        On the page, `.html`, a click on a closed module opens it. `.mmd` is Mermaid's language, `.dot` Graphviz's.
        Errors: ValueError for any other ending, RuntimeError without a renderer.
        """
        path = Path(path)
        ending = path.suffix.lower()
        if ending == ".svg":
            written = self.svg.encode()
        elif ending in (".png", ".pdf"):
            source = dot.source(self._picture, dots_per_inch=_PNG_DOTS_PER_INCH if ending == ".png" else None)
            written = graphviz.render(source, ending[1:])
        elif ending == ".dot":
            written = self.source.encode()
        elif ending == ".html":
            written = page.page(self._graph, self._opened, self._picture.direction, self._picture).encode()
        elif ending == ".mmd":
            written = mermaid.source(self._picture).encode()
        else:
            known = ".svg, .png, .pdf, .html, .dot or .mmd"
            raise ValueError(f"a drawing is saved as {known}, but the path given is {str(path)!r}")
        path.write_bytes(written)

    def __repr__(self) -> str:
        return self.outline

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self._html(), "text/plain": self.outline}

    def _html(self) -> str:
        try:
            document = self.svg
        except graphviz.NoRenderer as error:
            return f"<p>{escape(str(error))}</p><pre>{escape(self.outline)}</pre>"
        # Only an <img> is shown in a notebook that has not been trusted yet; SVG and scripts are not.
        data = base64.b64encode(document.encode()).decode()
        width, height = svg.size(document)
        scrolls = max(width, height) > _LARGEST_WITHOUT_SCROLLING
        image = (
            f'<img class="minigrad-picture" src="data:image/svg+xml;base64,{data}" '
            f'alt="{escape(self._alternative_text)}" width="{width}" '
            f'style="max-width:{"none" if scrolls else "100%"};height:auto">'
        )
        image += svg.FOLLOWS_THEME
        return f'<div style="overflow:auto;max-height:760px">{image}</div>' if scrolls else image


def draw(
    what: Any,
    *inputs: Any,
    names: object = None,
    values: int | bool = 6,
    saved: bool = False,
    grads: bool = False,
    slopes: Any = False,
    norms: Any = False,
    shapes: bool = False,
    memory: bool = False,
    direction: str = "TB",
    intermediates: bool | None = None,
    depth: int | None = None,
    fold: bool | None = None,
    legend: bool = False,
    max_nodes: int = 1000,
) -> Drawing:
    """Draw the computation graph whose result is `what`.

    `what` is a tensor, a list, tuple or dictionary of tensors, or a function or an `nn.Module` followed by the inputs
    to call it on. For a function, its own variables give names as well, and every number is known.
    minigrad's tensors and PyTorch's can be drawn. Rounded shapes are operations, rectangles are data. Arrows follow
    the forward computation, from inputs to output; the gradient and `next_functions` go against them. A leaf carries
    the `AccumulateGrad` that adds to its `.grad`. A dashed box is an input that needs no gradient, `(None, 0)` in
    `next_functions`; its value is known only where the operation saved it.

    names: a mapping from names to tensors (`locals()`), or a module whose parameters have names; by default the
        variables of the code that calls `draw`.
    values: show the numbers of tensors with at most this many elements; False for none.
    saved: show what each operation saved for its backward pass, under the names PyTorch gives it.
    grads: show each leaf's `.grad`.
    slopes: write on each arrow what a backward pass sends against it, and in each box the sum of what arrives, g. True
        for a tensor of one element, else the vector v of `backward(v)`, or a list of them for several tensors. No
        `.grad` changes, no hook runs, and the graph can still be used.
    norms: colour the arrows by the norm of the gradient that a backward pass sends against them, compared with the
        median of all, so that vanishing and exploding gradients show. True or a vector, as for slopes.
    shapes: show the shape of every tensor, also where its numbers are shown.
    memory: show how many bytes each operation has saved for the backward pass, and the total, with each piece of memory
    counted once. What C++ code keeps without reporting it is not counted.
    direction: "TB", top to bottom, or "LR", left to right.
    intermediates: a box for each result, named or not; by default only in graphs of up to 40 operations.
    depth: how many levels of submodules to open when a module is drawn: 0 draws it as one box, 1 its submodules as one
        box each; by default all are open, with frames around them, or as many as give a picture of moderate size.
    fold: True draws a loop once, and a stack of modules that are alike once, with the number of repetitions; by default
        stacks are folded in graphs of more than 40 operations, and loops are not; False folds nothing.
    legend: explain the kinds of boxes beside the graph.
    max_nodes: draw at most this many nodes, those nearest to the output.

    The tensors are not changed.
    Errors: TypeError if `what` is none of these, ValueError for a direction or a number of nodes that does not exist;
    with slopes RuntimeError where `backward` would raise one.

    >>> x = torch.tensor(2., requires_grad=True)
    >>> torch.draw(x * x, names={"x": x})
    Computation graph of output: 1 operation, 1 leaf
    x      = leaf (AccumulateGrad)  2.
    output = MulBackward0(x, x)     4.
    """
    way = picture.direction(direction)
    checked_limit(max_nodes)
    if depth is not None and (whole("depth", depth) < 0 or not naming.is_module(what)):
        raise ValueError(f"depth counts levels of a module drawn with its inputs: draw(model, x, depth=1); not {depth}")
    run = running.Run()
    sources = naming.given(names) if names is not None else naming.callers_variables(sys._getframe(1))
    calls = modules.Calls()
    if naming.is_module(what):
        sources = [("", what), *sources, *((f"input {count}", item) for count, item in enumerate(inputs, start=1))]
        outputs = _outputs_of_module(what, inputs, calls)
    elif callable(what) and not naming.is_tensor(what):
        outputs = _outputs_of_function(what, inputs, run)
        sources += [(name, thing) for name, thing in run.names if naming.is_learners(name)]
    elif inputs:
        raise TypeError(
            "only a function or a module is drawn with inputs; "
            f"to draw {1 + len(inputs)} tensors in one graph, give them as a list"
        )
    else:
        outputs = outputs_of(what)
    names = naming.Names(sources)
    output_name = _call(what, inputs, names) if run.results else "output"
    sends = slopes if slopes is not False else norms
    if fold and sends is not False:
        raise ValueError("each run of a loop sends its own gradients: draw slopes and norms without fold=True")
    tensors = [tensor for _, tensor in outputs]
    vectors = None if sends is True else sends
    starts = [] if sends is False else backward.seeds(tensors, vectors, "draw(y, slopes=v)")

    def read(node_limit: int) -> tuple[reading.Graph, reading.Graph]:
        options = reading.Options(
            most_numbers=most_numbers(values),
            with_saved=saved,
            with_gradients=grads,
            with_shapes=shapes,
            with_memory=memory,
            node_limit=node_limit,
            inputs=[] if run.results else [tensor for _, tensor in modules.tensors(inputs)],
            output_name=output_name,
            frames=calls.frames,
            frames_of_node=calls.frames_of_node,
            arguments=run.arguments,
            results=run.results,
        )
        found = reading.read(outputs, names, options)
        graph = found.graph
        if starts:
            backward.trace(found, starts)
        if fold or (fold is None and not starts and len(graph.operations) > _MANY_OPERATIONS):
            graph = folding.fold_modules(graph)
        opened = graph
        if depth is not None:
            graph = modules.collapse(graph, depth)
        elif fold is None:
            graph = modules.closed_where_large(graph, _MANY_OPERATIONS)
        graph = modules.without_outermost(graph)
        return folding.fold(graph) if fold else graph, opened

    # What folds or collapses may be far larger before than after.
    simplifies = fold or depth is not None or calls.frames
    graph, opened = read(max(max_nodes, _MOST_NODES_TO_SIMPLIFY) if simplifies else max_nodes)
    if graph.node_count > max_nodes:
        graph, opened = read(max_nodes)
    reading.number_values(graph)
    if starts:
        for each in (graph, opened):
            backward.write(each, most_numbers(values), slopes is not False, norms is not False)
    return Drawing(graph, picture.picture(graph, way, intermediates, legend), opened)


def most_numbers(values: int | bool) -> int:
    """Up to how many elements a tensor's numbers are shown. TypeError for anything but a whole number, or yes or no."""
    return 6 if values is True else whole("values", values)


def checked_limit(max_nodes: int) -> int:
    """Return how many nodes are shown at most. ValueError where it leaves none."""
    if whole("max_nodes", max_nodes) < 1:
        raise ValueError(f"max_nodes must be at least 1, not {max_nodes}")
    return max_nodes


def whole(name: str, number: Any) -> int:
    if not isinstance(number, int):
        raise TypeError(f"{name} must be a whole number, not {text.described(number)}")
    return number


def outputs_of(what: Any, function: str = "draw") -> list[tuple[str, Tensor]]:
    """Return the tensors that `function` was given, with their names (empty: to be looked up)."""
    if naming.is_tensor(what):
        return [("", what)]
    if not isinstance(what, (list, tuple, Mapping)):
        module = ", or a module and its inputs" if function == "draw" else ""
        raise TypeError(f"{function} takes a tensor or a list of tensors{module}, not {text.described(what)}")
    items = list(what.items()) if isinstance(what, Mapping) else [("", item) for item in what]
    if not items:
        raise ValueError(f"{function} was given an empty {type(what).__name__}, which has nothing to show")
    for _, item in items:
        if not naming.is_tensor(item):
            raise TypeError(
                f"{function} takes a {type(what).__name__} of tensors, but this one holds {text.described(item)}"
            )
    return [(str(name), item) for name, item in items]


def _outputs_of_function(function: Any, inputs: tuple[Any, ...], run: running.Run) -> list[tuple[str, Tensor]]:
    name = getattr(function, "__name__", "f")
    if not inputs:
        raise TypeError(f"to draw a function, give its inputs as well: draw({name}, x)")
    returned = run.call(function, inputs)
    outputs = list(modules.tensors(returned))
    if not outputs:
        raise TypeError(f"{name} returned no tensor to draw, but {text.described(returned)}")
    return [(place.strip(), tensor) for place, tensor in outputs]


def _call(function: Any, inputs: tuple[Any, ...], names: naming.Names) -> str:
    """`discomfort(knob)`."""
    given = [names.of_tensor(thing) if naming.is_tensor(thing) else text.clean(repr(thing), 12) for thing in inputs]
    name = getattr(function, "__name__", "f")
    return "output" if name == "<lambda>" else f"{name}({', '.join(word or '…' for word in given)})"


def _outputs_of_module(module: Any, inputs: tuple[Any, ...], calls: modules.Calls) -> list[tuple[str, Tensor]]:
    if not inputs:
        raise TypeError(f"to draw a module, give its inputs as well: draw({type(module).__name__.lower()}, x)")
    returned = calls.run(module, inputs)
    outputs = list(modules.tensors(returned, "output"))
    if not outputs:
        raise TypeError(f"{type(module).__name__} returned no tensor to draw, but {text.described(returned)}")
    return outputs
