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

__all__ = ["Cause", "Chart", "Question", "error_chart"]

FORMATS = ("svg", "png", "pdf")
PNG_DOTS_PER_INCH = 192
ASKED, TOLD = 20, 52
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
        """Each cause, with the answers that lead to it."""
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
    lines: list[Line] = [(Words(answer, "name"),)] if answer else []
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


def error_chart() -> Chart:
    """The chart of lesson 10: from the symptom of a training that fails to its cause, and what to do."""
    loud = Question(
        "What does it say?",
        {
            "“does not require grad”": Cause(
                "The graph ends before it starts",
                "Walk back from the loss to the first line whose inputs require grad and whose result does not.",
            ),
            "“a second time”": Cause(
                "A piece of graph is older than this turn",
                "Compute it in the loop, or detach() what is carried on. retain_graph only hides it.",
            ),
            "“modified by an inplace operation”": Cause(
                "A write between computation and backward()",
                "Look for +=, an underscore, or step(). Both passes first, then the step.",
            ),
            "“a leaf Variable … in-place”": Cause(
                "A step that is recorded", "with torch.no_grad(): w -= lr * w.grad. Not w = w - …"
            ),
            "“only for scalar outputs”": Cause(
                "backward() on several numbers", "Call mean() or sum(), whichever you mean; or choose v."
            ),
            "“Can't call numpy()”": Cause(
                "NumPy in the middle of the graph", "In the loss use torch's functions; to look, detach() first."
            ),
            "“floating point”": Cause("Integers", "Make the leaf of floats: 1.0, not 1."),
            "“Boolean value of Tensor”": Cause(
                "A loss class was called with tensors", "Two pairs of brackets: MSELoss()(predicted, target)."
            ),
        },
    )
    gradient = Question(
        "What is in .grad after backward()?",
        {
            "None": Question(
                "Is it a leaf that requires grad?",
                {
                    "no": Cause(
                        "A result, or never asked for",
                        "The leaf is the tensor before: 0.1 * w is not w. Or it is frozen.",
                    ),
                    "yes": Cause(
                        "The graph does not reach it",
                        "Look for detach(), .data, item(), torch.tensor(old), no_grad, and for w under another name.",
                    ),
                },
            ),
            "zero": Cause(
                "Everything that arrives is multiplied by 0",
                "round, a dead relu, a saturated sigmoid. Or the loss is at its lowest: look at the shapes.",
            ),
            "nan or inf": Cause(
                "0 · ∞ on the way", "sqrt, log or a division at 0. Choose the input with where(), before."
            ),
            "too large": Cause(
                "Added up, or a sum for a mean", "zero_grad() before each pass. Divide by the N of the whole."
            ),
            "plausible": Question(
                "Does step() change the tensor?",
                {
                    "no": Cause(
                        "The optimizer holds another tensor",
                        "Make it last. Or: the gradient was cleared before step(), or lr is 0.",
                    ),
                    "yes": Question(
                        "Same shape on both sides of the loss?",
                        {
                            "no": Cause("(n, 1) − (n,) is (n, n)", "squeeze(1), and assert that the shapes agree."),
                            "yes": Cause(
                                "Nearly right",
                                "Nudge it. Look for .data, a path that is cut, a forgotten eval(); then at lr.",
                            ),
                        },
                    ),
                },
            ),
        },
    )
    return Chart(
        "From symptom to cause",
        Question(
            "Is there an error?",
            {
                "yes": loud,
                "no, it is wrong": gradient,
                "no, it gets slower, or memory fills up": Cause(
                    "Graphs are kept alive",
                    "total += loss.item(). detach() what is carried on. An evaluation wants no_grad as well as eval().",
                ),
            },
        ),
    )
