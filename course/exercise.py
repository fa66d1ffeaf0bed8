"""The form in which exercises are written: lessons, exercises, and the answers, wrong and right, kept beside a check.

The docstring of the package `course` shows one exercise in full.
"""

import inspect
import linecache
import textwrap
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_type_hints

import minigrad
from course import guarding
from course.comparing import a, library_of, shorten, show
from course.cut import fill, region, solution_cell
from course.judging import COMMON, Failed, Finding, Trial, noting
from course.reading import has_hole
from course.reply import Reply, State
from course.steps import is_stand_in

Function = Callable[..., Any]
Tensor = Annotated[Any, "a tensor of the library that the learner has imported"]

# A hint is worth waiting for, but not for long: after this many seconds of computing, or four times as many on a busy
# machine, no further mistake is compared.
LONGEST_SEARCH = 5.0


@dataclass(frozen=True)
class Verdict:
    """What a check has found. `hint` is the key of the mistake, if the answer is wrong."""

    state: State
    reply: Reply
    hint: str = ""

    @property
    def text(self) -> str:
        """The reply as it is printed."""
        return self.reply.text()


@dataclass(frozen=True)
class Answer:
    """An answer that a learner might give, as a change to the worked one; if it is wrong, the key of its hint."""

    how: Literal["instead", "after", "replace", "predictions"]
    change: Any
    hint: str = ""

    def cell(self, solution: str, name: str) -> str:
        """Return the source of the answer's cell, made from the solution's; ValueError if the change doesn't fit."""
        if self.how == "instead":
            return fill(solution, self.change)
        if self.how == "after":
            return f"{solution}\n{self.change}"
        if self.how == "predictions":
            return f"{solution}\n{name}.update({self.change!r})"
        lines = region(solution)
        for old, new in self.change:
            if lines.count(old) != 1:
                raise ValueError(f"{old!r} occurs {lines.count(old)} times in the solution, and should occur once")
            lines = lines.replace(old, new)
        return fill(solution, lines)


@dataclass
class Exercise:
    """An exercise's check, with answers it must reject and answers it must accept.

    The parameters of `judge`, the last excepted, are the names that the check reads from the notebook; annotations
    (`Function`, `Tensor`, or a class such as `dict`) say what they must be. The last is the library in use there.
    """

    number: str
    judge: Function
    right: str
    hints: Mapping[str, str]
    wrong_answers: list[Answer] = field(default_factory=list)
    right_answers: list[Answer] = field(default_factory=list)
    equivalents: dict[str, str] = field(default_factory=dict)

    def wrong(
        self, hint: str, answer: str | Mapping[str, Any] = "", *, replace: tuple[str, ...] = (), after: str = ""
    ) -> None:
        """Add a wrong answer, and the key of the hint it meets. A learner whose answer does the same meets it too.

        answer: the lines in place of the solution's; or, of predictions, those that are wrong.
        replace: instead, pieces of the solution and their replacements, by turns.
        after: instead, lines that follow the solution and spoil it.
        """
        if hint not in {*self.hints, *COMMON}:
            raise ValueError(f"exercise {self.number} has no hint {hint!r}: its hints are {sorted(self.hints)}")
        self.wrong_answers.append(_answer(answer, replace, after, hint))

    def also_right(
        self, answer: str | Mapping[str, Any] = "", *, replace: tuple[str, ...] = (), after: str = ""
    ) -> None:
        """Add a right answer in another style than the solution's, given in the same way as a wrong one."""
        self.right_answers.append(_answer(answer, replace, after, ""))

    def equivalent(self, mutant: str, because: str) -> None:
        """Name a mutant of the solution that is right, by the statement it changes, and say why it is."""
        self.equivalents[mutant] = because

    @property
    def names(self) -> dict[str, Any]:
        """The names that the check reads from the notebook, and what each must be."""
        kinds = get_type_hints(self.judge, include_extras=True)
        return {name: kinds[name] for name in list(inspect.signature(self.judge).parameters)[:-1]}

    def check(self, notebook: Mapping[str, Any], *, search: bool = True) -> Verdict:
        """Judge the answer in a notebook's variables; without `search`, name no mistake."""
        missing = [name for name in self.names if name not in notebook]
        if missing:
            return self._verdict("unanswered", f"first run the cell that makes `{missing[0]}`.")
        solution = solution_cell(self.number)
        for name in self.names:
            if is_stand_in(notebook[name]):
                return self._verdict("unanswered", f"the worked `{name}` stands in for yours.")
            if has_hole(notebook[name], solution, name):
                return self._verdict("unanswered", f"there is still a ... in `{name}`.")
        torch = library(notebook)
        around = guarding.Surroundings(torch)
        try:
            with guarding.quiet():
                trial = self._try(notebook, torch)
                if not trial.findings:
                    return self._verdict("right", self.right)
                hint = self._mistake(trial, notebook, solution, torch) if search else trial.findings[0].hint
        except ModuleNotFoundError as error:  # of the check, as below: not every package is everywhere
            need = (error.name or str(error)).partition(".")[0]
            return self._verdict("fault", f"its check needs {need}, which is not installed here: pip install {need}")
        except Exception as error:  # of the check: those of the answer never come as far as this
            said = f"{type(error).__name__}: {shorten(str(error), 300)}"
            summary = f"the check itself has failed ({said}). This is the course's fault, not yours."
            return self._verdict("fault", summary)
        finally:
            around.put_back(stream=True)
        return self._explain(trial, hint)

    def _try(self, notebook: Mapping[str, Any], torch: Any, rehearsal: Trial | None = None) -> Trial:
        """Judge the variables, in surroundings as in a fresh notebook."""
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
        torch.manual_seed(0)
        trial = Trial(torch, self._predicted_mistakes, rehearsal)
        answers = [notebook[name] for name in self.names]
        with noting(trial):
            for (name, wanted), answer in zip(self.names.items(), answers, strict=True):
                if details := _odd_kind(name, answer, wanted, torch):
                    raise Failed(Finding("type", came_out=show(answer), details=details, evidence=show(answer)))
            self.judge(*answers, torch)
        return trial

    def _mistake(self, trial: Trial, notebook: Mapping[str, Any], solution: str, torch: Any) -> str:
        """Return the key of the hint: of a wrong answer that does the same in every case, or of the first finding."""
        first = trial.findings[0]
        end, latest = time.process_time() + LONGEST_SEARCH, time.monotonic() + 4 * LONGEST_SEARCH
        if first.final or first.hint == "endless" or not solution:
            return first.hint  # that an answer was stopped says nothing of why
        for wrong in self.wrong_answers:
            if time.process_time() > end or time.monotonic() > latest:
                break
            if wrong.how == "predictions" or wrong.hint in COMMON:
                continue
            variables = dict(notebook)
            try:
                run_cell(wrong.cell(solution, next(iter(self.names))), variables, f"<wrong answer to {self.number}>")
                if self._try(variables, torch, trial).is_like(trial):
                    return wrong.hint
            except Exception:  # in this notebook it can't be tried, so nothing is known of it
                continue
        return first.hint

    def _predicted_mistakes(self) -> list[tuple[str, Mapping[str, Any]]]:
        return [(wrong.hint, wrong.change) for wrong in self.wrong_answers if wrong.how == "predictions"]

    def _explain(self, trial: Trial, hint: str) -> Verdict:
        finding, tried, failed = trial.findings[0], len(trial.cases), len(trial.findings)
        summary = f"{tried - failed} of {tried} cases are right" if failed < tried else ""
        rows = (("tried", finding.tried), ("came out", finding.came_out), ("expected", finding.expected))
        sentence = self.hints.get(hint) or COMMON[hint]
        return self._verdict(
            "wrong",
            summary,
            hint,
            rows=[(label, text) for label, text in rows if text],
            sentences=[*filter(None, (finding.details, sentence))],
            exhibit=finding.exhibit,
        )

    def _verdict(self, state: State, summary: str, hint: str = "", **more: Any) -> Verdict:
        return Verdict(state, Reply(self.number, state, summary, **more), hint)


def _answer(answer: str | Mapping[str, Any], replace: tuple[str, ...], after: str, hint: str) -> Answer:
    if sum(map(bool, (answer, replace, after))) != 1:
        raise ValueError("an answer is given in one way: as lines, as predictions, with replace=… or with after=…")
    if replace:
        return Answer("replace", tuple(zip(replace[::2], replace[1::2], strict=True)), hint)
    if isinstance(answer, Mapping):
        return Answer("predictions", dict(answer), hint)
    return Answer("after" if after else "instead", textwrap.dedent(answer or after).strip("\n"), hint)


def said_otherwise(lines: str, *changes: str) -> str:
    """Return a right answer with some replacements: old, new, old, new, …"""
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in lines
        lines = lines.replace(old, new)
    return lines


def library(notebook: Mapping[str, Any]) -> Any:
    """Return the library that a notebook works with: what it calls torch, else minigrad."""
    named = notebook.get("torch")
    return named if hasattr(named, "Tensor") else minigrad


def run_cell(source: str, variables: dict[str, Any], name: str) -> None:
    """Run a cell in a notebook's variables, so that its lines are found under its name, as a notebook's are."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    exec(compile(source, name, "exec"), variables)


def _odd_kind(name: str, answer: Any, wanted: Any, torch: Any) -> str:
    """Return a sentence on an answer that is not of the kind that the check reads; empty if it is."""
    if wanted == Function:
        return "" if callable(answer) else f"`{name}` is {a(answer)}, and should be a function."
    if wanted == Tensor:
        if isinstance(answer, torch.Tensor):
            return ""
        if library_of(answer):
            made, now = (
                {"torch": "PyTorch", "minigrad": "minigrad"}[which] for which in (library_of(answer), torch.__name__)
            )
            return f"`{name}` was made with {made}, and `torch` is {now} now: run the cells from the top again."
        return f"`{name}` is {a(answer)}, and should be a tensor."
    fits = isinstance(answer, wanted) and not (isinstance(answer, bool) and wanted is not bool)
    kind = "class" if wanted is type else wanted.__name__
    return "" if fits else f"`{name}` is {a(answer)}, and should be a {kind}."


class Lesson:
    """The exercises of one lesson. A file `course/checks/exNN_name.py` makes one under the name `lesson`."""

    def __init__(self, number: int, title: str) -> None:
        self.number = number
        self.title = title
        self.exercises: dict[str, Exercise] = {}
        self.steps: dict[str, Exercise] = {}

    def exercise(self, part: int, *, right: str, hints: Mapping[str, str]) -> Callable[[Function], Exercise]:
        """Make the decorated check exercise `number.part`.

        right: what a right answer shows, one sentence, printed when it is given.
        hints: for each mistake that the check knows, its name and the words a learner reads. No name of COMMON's.
        """
        return self._adding(self.exercises, f"{self.number}.{part}", right, hints)

    def step(self, part: int, *, right: str, hints: Mapping[str, str]) -> Callable[[Function], Exercise]:
        """Make the decorated check that of a step, which is written inside the lesson (`course.steps`)."""
        return self._adding(self.steps, f"{self.number}, step {part}", right, hints)

    def _adding(
        self, exercises: dict[str, Exercise], number: str, right: str, hints: Mapping[str, str]
    ) -> Callable[[Function], Exercise]:
        if number in exercises:
            raise ValueError(f"there are two exercises {number}")
        if taken := sorted(hints.keys() & COMMON.keys()):
            raise ValueError(f"exercise {number}: every exercise has a hint {taken[0]!r} already: rename yours")

        def add(judge: Function) -> Exercise:
            exercise = Exercise(number, judge, right, hints)
            if any(kind not in (Function, Tensor) and not isinstance(kind, type) for kind in exercise.names.values()):
                raise TypeError(f"exercise {number}: a name can be a Function, a Tensor, or of a class such as dict")
            exercises[number] = exercise
            return exercise

        return add
