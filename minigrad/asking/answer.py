"""What `why` answers: a short text, and the findings that it is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from html import escape

from ..drawing import Drawing
from .causes import Finding
from .picture import Way, drawn

_MOST_FINDINGS = 8
_MOST_NAMES = 4


class Answer:
    """What keeps the gradient from a tensor, or from the parameters of a module. Printed, it is a short text.

    findings: what was found, each with its cause, place and advice; empty if nothing does. drawing: the path from the
    tensor to the loss with the cut marked, if a watch saw it; else None.
    """

    def __init__(
        self,
        answers: dict[str, tuple[str, list[Finding]]],
        is_module: bool,
        notes: list[str],
        asides: Iterable[str],
        way: Way | None = None,
    ) -> None:
        self._answers, self._is_module, self._notes = answers, is_module, notes
        self._asides, self._way = list(asides), way
        self.findings: list[Finding] = _grouped(answers)

    @property
    def causes(self) -> list[str]:
        """The names of the causes, each once."""
        return list(dict.fromkeys(each.cause for each in self.findings))

    @cached_property
    def drawing(self) -> Drawing | None:
        """The path from the tensor to the loss; of a module, from the first of its parameters whose path is cut."""
        return None if self._way is None else drawn(self._way)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        text = repr(self)
        if self.drawing is None:
            return {"text/plain": text}
        drawing = self.drawing._repr_mimebundle_()["text/html"]
        return {"text/html": f"<pre>{escape(text)}</pre>{drawing}", "text/plain": text}

    def __repr__(self) -> str:
        lines = [self._title()]
        for each in self.findings[:_MOST_FINDINGS]:
            about = f" [{_listed(each.of)}]" if self._is_module else ""
            first, _, rest = str(each).partition("\n")
            lines.append(f"- {first}{about}" + (f"\n{rest}" if rest else ""))
        if len(self.findings) > _MOST_FINDINGS:
            lines.append(f"… and {len(self.findings) - _MOST_FINDINGS} more, in .findings")
        notes = [*self._asides, *(self._notes if self.findings else [])]
        return "\n".join([*lines, *(f"({note})" for note in notes)])

    def _title(self) -> str:
        if not self._is_module:
            ((name, (state, findings)),) = self._answers.items()
            return f"{name}.grad is {state}" + (":" if findings else ": nothing found in the way of the gradient.")
        with_findings = sum(bool(findings) for _, findings in self._answers.values())
        count = len(self._answers)
        if not with_findings:
            return f"{count} parameters: nothing found in the way of their gradients."
        return f"{count} parameters, {with_findings} of them with something in the way of the gradient:"


def _grouped(answers: dict[str, tuple[str, list[Finding]]]) -> list[Finding]:
    """Return each finding once, with the names of all tensors it concerns; those of most tensors first."""
    names: dict[Finding, list[str]] = {}
    for name, (_, findings) in answers.items():
        for each in findings:
            names.setdefault(each, []).append(name)
    return [replace(each, of=tuple(of)) for each, of in names.items()]


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return shown if len(names) <= _MOST_NAMES else f"{shown} and {len(names) - _MOST_NAMES} more"
