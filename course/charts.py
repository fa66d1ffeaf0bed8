"""Charts of questions: from what is seen to what it comes from, laid out like the drawings, on a page to be printed."""

import base64
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

from minigrad.drawing import dot, graphviz, svg
from minigrad.drawing.picture import Arrow, Box, Line, Picture, Words

__all__ = ["Cause", "Chart", "Question", "loud_chart", "silent_chart"]

FORMATS = ("svg", "png", "pdf")
PNG_DOTS_PER_INCH = 192
ASKED, TOLD = 15, 30
"""Letters in a line of a question, and of what to do."""


@dataclass(frozen=True)
class Cause:
    """Where a chart ends: what is the matter, and what to do."""

    name: str
    remedy: str


@dataclass(frozen=True)
class Question:
    """A question, and for each of its answers where it leads."""

    text: str
    answers: dict[str, "Question | Cause"]


@dataclass(frozen=True)
class Chart:
    """A question and all that it leads to. A notebook shows the picture, a terminal the outline."""

    title: str
    start: Question

    def causes(self) -> Iterator[tuple[tuple[str, ...], Cause]]:
        """Yield each cause, with the answers that lead to it."""
        yield from _causes(self.start, ())

    @property
    def outline(self) -> str:
        """The chart as text: answers and causes, indented under their questions."""
        return "\n".join([self.title, *_outlined(self.start)])

    @cached_property
    def picture(self) -> Picture:
        """The boxes and arrows. The answer that leads to a box is its first line."""
        picture = Picture(self.title, "LR", [])
        _add(picture, self.start, "")
        return picture

    @cached_property
    def svg(self) -> str:
        """The picture as an SVG document.

        Errors: RuntimeError without Graphviz, saying how to get it.
        """
        return svg.svg(self.picture, graphviz.layout(dot.source(self.picture, with_words=False)))

    def save(self, path: str | Path) -> None:
        """Write the picture to a file whose name ends in `.svg`, `.png` or `.pdf`.

        Errors: ValueError for any other ending, RuntimeError without Graphviz.
        """
        path = Path(path)
        ending = path.suffix.lower().removeprefix(".")
        if ending not in FORMATS:
            raise ValueError(f"a chart is saved as .svg, .png or .pdf, but the path given is {str(path)!r}")
        if ending == "svg":
            path.write_text(self.svg, encoding="utf-8")
            return
        source = dot.source(self.picture, dots_per_inch=PNG_DOTS_PER_INCH if ending == "png" else None)
        path.write_bytes(graphviz.render(source, ending))

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
        width, _ = svg.size(document)
        return (
            f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(self.outline)}" width="{width}" '
            'style="max-width:100%;height:auto">'
        )


def _add(picture: Picture, place: Question | Cause, answer: str) -> str:
    """Add a box, and all boxes behind it. Return its id."""
    name = f"box{len(picture.boxes)}"
    width = TOLD if isinstance(place, Cause) else ASKED
    lines: list[Line] = [(Words(line, "name"),) for line in textwrap.wrap(answer, width)]
    if isinstance(place, Cause):
        lines += [(Words(line, "value"),) for line in textwrap.wrap(place.name, TOLD)]
        lines += [(Words(line, "caption"),) for line in textwrap.wrap(place.remedy, TOLD)]
        picture.boxes.append(Box(name, "leaf", tuple(lines)))
        return name
    lines += [(Words(line, "caption"),) for line in textwrap.wrap(place.text, ASKED)]
    picture.boxes.append(Box(name, "operation", tuple(lines)))
    for following_answer, following in place.answers.items():
        picture.arrows.append(Arrow(name, _add(picture, following, following_answer), "gradient"))
    return name


def _causes(place: Question | Cause, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Cause]]:
    if isinstance(place, Cause):
        yield way, place
        return
    for answer, following in place.answers.items():
        yield from _causes(following, (*way, answer))


def _outlined(question: Question, indent: str = "") -> Iterator[str]:
    yield f"{indent}{question.text}"
    for answer, following in question.answers.items():
        if isinstance(following, Cause):
            yield f"{indent}  {answer}: {following.name}"
            yield f"{indent}    → {following.remedy}"
        else:
            yield f"{indent}  {answer}:"
            yield from _outlined(following, indent + "    ")


def loud_chart() -> Chart:
    """Return the first chart of lesson 10: from what an error says to its cause, and what to do."""
    says = {
        "“does not require grad”": Cause(
            "The graph ends on the way",
            "Walk back from the loss to the first line whose inputs require grad and whose result does not.",
        ),
        "“a second time”": Cause(
            "A tensor is older than this turn",
            "Compute it in the loop, or detach() what is carried on. retain_graph=True only hides it.",
        ),
        "“modified by an inplace operation”": Cause(
            "A write before backward()", "Look for +=, an underscore, or step(). Both passes first, then the step."
        ),
        "“a leaf Variable that requires grad”": Cause(
            "A step that is recorded", "Write into the leaf, with -=, inside no_grad. w = w - … makes another tensor."
        ),
        "“only for scalar outputs”": Cause(
            "backward() on several numbers", "Call mean() or sum(), whichever you mean; or choose v."
        ),
        "“Can't call numpy()”": Cause(
            "NumPy in the middle of the graph", "In the loss use torch's functions. Only to look, detach() first."
        ),
        "“floating point”": Cause("Integers", "Make the leaf from floats: 1.0, not 1."),
        "“Boolean value of Tensor”": Cause(
            "A loss class was called", "First make the loss, then call it: MSELoss()(predicted, target)."
        ),
    }
    return Chart("There is an error", Question("There is an error. What does it say?", {**says}))


def silent_chart() -> Chart:
    """Return the second chart of lesson 10: from what is seen where no error is raised to its cause, and what to do."""
    shapes = Question(
        "3 Same shape on both sides of the loss?",
        {
            "no": Cause("(n, 1) − (n,) is (n, n)", "squeeze(1), and assert that the shapes agree."),
            "yes": Cause(
                "Nearly right",
                "Nudge it. Look for .data, one path that is cut, a forgotten eval(). Then try another lr.",
            ),
        },
    )
    moves = Question(
        "2 Does step() change the tensor?",
        {
            "no": Cause(
                "The optimizer has another",
                "Make it after the model is complete. Or: cleared before step(), or lr is 0.",
            ),
            "yes": shapes,
        },
    )
    leaf = Question(
        "Is it a leaf that requires grad?",
        {
            "no": Cause("A result, or frozen", "The leaf is the tensor that it was computed from."),
            "yes": Cause(
                "It is not in the graph", "Look for detach(), .data, item(), no_grad, or another tensor by this name."
            ),
        },
    )
    seen: dict[str, Question | Cause] = {
        "None": leaf,
        "zero": Cause(
            "Everything is multiplied by 0", "round, a dead relu, a saturated sigmoid. Or the lowest point: see 3."
        ),
        "nan or inf": Cause("0 · ∞ on the way", "sqrt, log or a division at 0. Choose its input with where()."),
        "too large": Cause("A sum of passes", "zero_grad() before each pass. Or a sum stands for a mean."),
        "plausible": moves,
        "plausible, but each turn takes longer": Cause(
            "4 Graphs are kept alive", "total += loss.item(), detach() what is carried on, no_grad beside eval()."
        ),
    }
    return Chart("There is no error", Question("No error. 1 What is in .grad after backward()?", seen))
