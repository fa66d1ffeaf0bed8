"""The functions a check judges with. The docstring of the package `course` shows them at work.

A check tries an answer in several cases. What it finds in each is noted; at the end the notes decide what is said. So a
hint that names a mistake can be compared with all of them.
"""

import contextlib
import inspect
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, NoReturn

from course import guarding, limits
from course.comparing import RELATIVE, a, alike, difference, flat, is_tensor, kept, kind, show, show_apart
from course.graphs import formula
from course.reply import Curves, Entries, Exhibit, Graphs

__all__ = [
    "call",
    "case",
    "counted",
    "expect",
    "expect_curve",
    "expect_gradients",
    "expect_graph",
    "expect_like",
    "expect_predictions",
    "numbers",
    "reject",
    "with_globals",
]

# Mistakes that can be made in every exercise. Those without a sentence say what they have to say in their details.
COMMON = {
    "type": "",
    "value": "",
    "raised": "",
    "changed": "",
    "left": "",
    "again": "",
    "gradient": "",
    "none": "It returned None. Does every path through it end in a return?",
    "endless": "It was stopped after a while: a loop in it never ends, or does the same work over and over.",
}


@dataclass(frozen=True)
class Finding:
    """What is wrong in one case: the key of a hint, what was tried, came out and was expected, and what it means."""

    hint: str
    tried: str = ""
    came_out: str = ""
    expected: str = ""
    details: str = ""
    exhibit: Exhibit | None = None
    evidence: Any = None
    """What came out, as it is compared with what a mistaken answer gives."""
    final: bool = False
    """Whether the hint stands, without a search for a mistake that explains every case."""


class Failed(BaseException):
    """Ends a case, or the check where no case has begun. Not an Exception: an answer's `except` lets it pass."""

    def __init__(self, finding: Finding, *, for_good: bool = False) -> None:
        super().__init__(finding.hint)
        self.finding = finding
        self.for_good = for_good


class Ended(BaseException):
    """Ends a trial before all cases were tried: nothing more is to be learned from it."""


@dataclass
class Trial:
    """What is found while one answer is judged; as `rehearsal` of another, it ends where the two differ."""

    torch: Any
    mistakes: Callable[[], list[tuple[str, Mapping[str, Any]]]] = list
    rehearsal: "Trial | None" = None
    cases: list[tuple[str, Finding | None]] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """What is wrong, case by case."""
        return [finding for _, finding in self.cases if finding]

    def note(self, tried: str, finding: Finding | None) -> None:
        """Note how a case has ended."""
        self.cases.append((tried, finding))
        if self.rehearsal:
            place = len(self.cases) - 1
            if place >= len(self.rehearsal.cases) or not _same_end(finding, self.rehearsal.cases[place][1]):
                raise Ended

    def is_like(self, other: "Trial") -> bool:
        """Return whether every case has ended here as it has there."""
        ends = zip(self.cases, other.cases, strict=False)
        return len(self.cases) == len(other.cases) and all(_same_end(one, two) for (_, one), (_, two) in ends)


def _same_end(one: Finding | None, other: Finding | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.tried == other.tried and alike(one.evidence, other.evidence)


_trials: list[Trial] = []


@contextlib.contextmanager
def noting(trial: Trial) -> Iterator[None]:
    """Let the words of this file note what they find in a trial."""
    _trials.append(trial)
    try:
        yield
    except Failed as failed:  # outside every case
        with contextlib.suppress(Ended):
            trial.note("", failed.finding)
    except Ended:
        pass
    finally:
        _trials.pop()


class case:
    """One case that is tried, told as the learner is to read it: `with case("double(3)"): …`.

    What is rejected in its block ends the case, and not the check.
    """

    running: list["case"] = []  # noqa: RUF012

    def __init__(self, tried: str) -> None:
        self.tried = tried

    def __enter__(self) -> None:
        case.running.append(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        case.running.remove(self)
        if isinstance(error, Failed):
            _trials[-1].note(self.tried, error.finding)
            if error.for_good:
                raise Ended
            return True
        if error is None:
            _trials[-1].note(self.tried, None)
        return False


def reject(
    hint: str,
    *,
    what: str = "",
    came_out: str = "",
    expected: str = "",
    details: str = "",
    exhibit: Exhibit | None = None,
    evidence: Any = None,
    final: bool = False,
    for_good: bool = False,
) -> NoReturn:
    """Reject the answer in this case: the key of a hint, and what was found.

    The hint is told only if the case is the one that is shown; so it may say what can be seen there, no more. A hint
    that says why belongs to a wrong answer (`Exercise.wrong`), and is told if it explains every case.
    what: which part of what came out; came_out, expected, details: for the learner.
    evidence: what is compared with what a wrong answer gives; by default the line `came_out`.
    final: the hint says all there is to say, and no wrong answer is looked for that explains every case.
    """
    tried = case.running[-1].tried if case.running else ""
    tried = f"{tried}, {what}" if tried and what else tried or what
    evidence = (hint, kept(came_out if evidence is None else evidence))
    raise Failed(Finding(hint, tried, came_out, expected, details, exhibit, evidence, final), for_good=for_good)


def call(
    answer: Callable[..., Any],
    *args: Any,
    raises: Mapping[str, str] | None = None,
    changes: tuple[str | int, ...] = (),
    twice: bool = True,
    own_memory: bool = False,
    pictures: int = 0,
    draws: bool = True,
    source: Callable[..., Any] | None = None,
) -> Any:
    """Call a learner's function, see that it leaves alone what it must, and return what it returns.

    raises: words of an error's message, and the key of the hint that they prove.
    changes: the parameters that the text allows to be changed, by name, or by place where a learner may rename them.
    twice: call it a second time, and reject it if that changes anything; False where a second call must differ.
    own_memory: what it returns must share no memory with its arguments.
    pictures: how many pictures of pyplot it may open. They are closed when it returns.
    draws: whether it may draw random numbers; if not, the stream must stay where it is.
    source: the learner's function, if `answer` is the check's own around it; an error's line is looked up there.
    """
    torch = _trials[-1].torch
    around = guarding.Surroundings(torch)
    named = enumerate(_named(answer, args).items())
    given = guarding.Given({name: arg for place, (name, arg) in named if not {name, place} & {*changes}})
    result = _run(answer, args, around, raises or {}, source)
    _reject_changes(around, given, pictures, draws)
    mine = guarding.tensors_in(result)
    theirs = guarding.tensors_in(args)
    if own_memory and guarding.any_shared(mine, theirs):
        reject("left", what="memory", came_out="shared with an argument", expected="its own")
    if twice:
        held = kept(result)
        second = _run(answer, args, around, raises or {}, source, "called a second time")
        _reject_changes(around, given, pictures, draws)
        if not alike(kept(second), held):
            expected = "the same as the first time"
            reject("again", what="called a second time", came_out=show(second), expected=expected, evidence=second)
        if not alike(kept(result), held):
            what, expected = "the first result, after a second call", "as it was"
            reject("again", what=what, came_out=show(result), expected=expected, evidence=result)
        own = [t for t in mine if not guarding.any_shared([t], theirs)]
        if guarding.any_shared(own, guarding.tensors_in(second)):
            came_out = "the same tensor, or the same memory"
            reject("again", what="what two calls return", came_out=came_out, expected="a new tensor each time")
    return result


def _named(answer: Callable[..., Any], args: tuple[Any, ...]) -> dict[str, Any]:
    """Return the arguments by the names of the answer's parameters."""
    with contextlib.suppress(TypeError, ValueError):
        named = dict(inspect.signature(answer).bind(*args).arguments)
        if len(named) == len(args):  # not so if some are gathered in *args
            return named
    return {f"argument {place}": arg for place, arg in enumerate(args, 1)}


def _run(
    answer: Callable[..., Any],
    args: tuple[Any, ...],
    around: guarding.Surroundings,
    raises: Mapping[str, str],
    source: Callable[..., Any] | None,
    what: str = "",
) -> Any:
    try:
        with guarding.quiet():
            return limits.limited(answer, *args)
    except (Failed, Ended):
        around.put_back()
        raise  # rejected from inside, by a function of the check that the answer has called
    except limits.Endless:
        around.put_back()
        reject("endless", what=what, for_good=True)
    except KeyboardInterrupt:
        around.put_back()
        raise  # of the user: an answer's own is an OwnInterrupt here
    except BaseException as error:
        around.put_back()
        told = guarding.described(error, source or answer)
        hint = next((hint for words, hint in raises.items() if words in told), "raised")
        evidence = (type(error).__name__, told.partition(" (line")[0])
        reject(hint, what=what, came_out=told, evidence=evidence)


def _reject_changes(around: guarding.Surroundings, given: guarding.Given, pictures: int, draws: bool) -> None:
    for what, now, before in around.changes(pictures, draws=draws):
        reject("left", what=what, came_out=now, expected=before)
    for what, now, before in given.changes():
        reject("changed", what=what, came_out=now, expected=before)


def expect(
    got: Any,
    want: Any,
    what: str = "",
    *,
    hint: str = "",
    relative: float = RELATIVE,
    scale: float = 1.0,
    dtype: bool = True,
    requires_grad: bool | None = None,
    exhibit: Exhibit | None = None,
) -> None:
    """Reject `got` unless it is `want`.

    Numbers may be off by `relative` times their size, or times `scale`, the size of the numbers that they were
    computed from. `comparing.difference` says which types may stand for each other; a form that matters belongs in the
    exercise's text.
    what: which part of what came out. hint: the key of a hint that is true whenever this part is wrong.
    dtype: False if any dtype will do. requires_grad: whether it must require a gradient; None if either will do.
    """
    reason = difference(got, want, relative=relative, scale=scale, dtype=dtype)
    if reason is None:
        if requires_grad is not None and bool(got.requires_grad) != requires_grad:
            came_out, details = show(got), f"It should {'' if requires_grad else 'not '}require a gradient."
            reject(hint or "gradient", what=what, came_out=came_out, details=details, evidence=got)
        return
    if got is None and not hint:
        hint = "none"
    hint = hint or ("type" if reason else "value")
    exhibit = exhibit or Entries.of(got, want)
    came_out, expected = show(got), show(want)
    if came_out == expected and not reason:
        came_out, expected = _where_they_differ(got, want, came_out, relative=relative, scale=scale, dtype=dtype)
    if came_out == expected:
        came_out, expected = show_apart(got, want)
    reject(hint, what=what, came_out=came_out, expected=expected, details=reason, exhibit=exhibit, evidence=got)


def _where_they_differ(got: Any, want: Any, shown: str, **tolerance: Any) -> tuple[str, str]:
    """Return what to show of two values that differ behind the place where their lines are cut."""
    ones, others = (value.tolist() if is_tensor(value) else value for value in (got, want))
    if not isinstance(ones, list | tuple) or not isinstance(others, list | tuple):
        return shown, shown
    if len(ones) != len(others):
        return f"{len(ones)} entries: {shown}", f"{len(others)} entries"
    places = enumerate(zip(ones, others, strict=True))
    place = next(place for place, pair in places if difference(*pair, **tolerance) is not None)
    return f"[{place}] is {show(ones[place])}", f"[{place}] is {show(others[place])}"


def expect_like(
    got: Any,
    reference: Callable[..., Any],
    inputs: Mapping[str, Any],
    *,
    scale: float = 1.0,
    relative: float = RELATIVE,
) -> None:
    """Reject a result unless it is what `reference` makes of the same inputs, in its values and in its gradients.

    inputs: for each name, what the answer was given; the reference gets tensors with the same values, of its own.
    """
    want, _ = _afresh(reference, inputs)
    expect(got, want.detach(), scale=scale, relative=relative)
    expect_gradients(got, reference, inputs, scale=scale, relative=relative)


def expect_gradients(
    got: Any,
    reference: Callable[..., Any],
    inputs: Mapping[str, Any],
    *,
    hint: str = "",
    scale: float = 1.0,
    relative: float = RELATIVE,
) -> None:
    """Reject a result unless gradients through it are those through what `reference` makes of the same inputs.

    They are compared by a vector–Jacobian product with a random vector, with respect to each input that requires a
    gradient. An input that the reference does not use may be left out of the graph; any other may not.
    """
    torch = _trials[-1].torch
    want, own = _afresh(reference, inputs)
    if bool(got.requires_grad) != bool(want.requires_grad):
        details = f"It should {'' if want.requires_grad else 'not '}require a gradient."
        reject(hint or "gradient", came_out=show(got), details=details, evidence=got)
    names = [name for name, t in own.items() if is_tensor(t) and t.requires_grad]
    if not names or not want.requires_grad:
        return
    # Of a number, backward() without a vector comes first, as a learner would try it.
    for v in [random_like(want, torch)] if tuple(want.shape) else [torch.ones_like(want), random_like(want, torch)]:
        wanted = torch.autograd.grad(want, [own[name] for name in names], v, retain_graph=True, allow_unused=True)
        try:
            given = [inputs[name] for name in names]
            found = torch.autograd.grad(got, given, v.to(got.dtype), retain_graph=True, allow_unused=True)
        except RuntimeError as error:
            came_out = guarding.described(error, None)
            reject(hint or "gradient", what="a backward pass through the result", came_out=came_out)
        for name, g, w in zip(names, found, wanted, strict=True):
            what = f"the gradient with respect to {name}"
            if v.tolist() != 1:
                what += f", with v = {show(_rounded(v.tolist()), 60)}"
            if w is None and g is not None:
                w = torch.zeros_like(own[name])
            if g is None and w is not None:
                details = f"No path leads from the result back to {name}."
                reject(
                    hint or "gradient",
                    what=what,
                    came_out="None",
                    expected=show(w),
                    details=details,
                    evidence=list(found),
                )
            if difference(g, w, scale=scale, relative=relative, dtype=False) is not None:
                reject(
                    hint or "gradient",
                    what=what,
                    came_out=show(g),
                    expected=show(w),
                    exhibit=Entries.of(g, w),
                    evidence=list(found),
                )


def _afresh(reference: Callable[..., Any], inputs: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return what a reference makes of the inputs' values, in tensors without past and hooks; and these tensors."""
    own = {
        name: t.detach().clone().requires_grad_(t.requires_grad) if is_tensor(t) else t for name, t in inputs.items()
    }
    return reference(*own.values()), own


def _rounded(numbers: Any) -> Any:
    """Nested lists of numbers with two digits after the point."""
    return [_rounded(item) for item in numbers] if isinstance(numbers, list) else round(numbers, 2)


def random_like(t: Any, torch: Any) -> Any:
    """Return a tensor of t's shape and dtype with numbers from 0.5 to 1.5, some negative: the same every time."""
    draw = random.Random(t.numel())
    numbers = [round(draw.uniform(0.5, 1.5) * draw.choice((-1, 1)), 2) for _ in range(t.numel())]
    return torch.tensor(numbers, dtype=t.dtype).reshape(tuple(t.shape))


def expect_graph(got: Any, want: Any, leaves: Mapping[str, Any], *, hint: str = "") -> None:
    """Reject a result unless the graph behind it has the nodes and edges of the one behind `want`."""
    texts = [formula(t, dict(leaves)) for t in (got, want)]
    if texts[0] != texts[1]:
        exhibit = Graphs.of(got, want, dict(leaves))
        reject(
            hint or "value", what="the graph", came_out=texts[0], expected=texts[1], exhibit=exhibit, evidence=texts[0]
        )


def expect_curve(
    got: Any, want: Any, what: str, *, hint: str = "", scale: float = 1.0, relative: float = RELATIVE
) -> None:
    """Reject a line in a picture, as two lists of coordinates, unless it is the one that is wanted."""
    if difference(got, want, scale=scale, relative=relative) is None:
        return
    came_out, expected = show(got[1]), show(want[1])
    if difference(got[1], want[1], scale=scale, relative=relative) is None:
        came_out, expected = f"along: {show(got[0])}", f"along: {show(want[0])}"
    elif came_out == expected:
        came_out, expected = _where_they_differ(got[1], want[1], came_out, scale=scale, relative=relative)
    reject(hint or "value", what=what, came_out=came_out, expected=expected, exhibit=Curves(got, want), evidence=got)


def expect_predictions(
    predicted: Mapping[str, Any],
    truth: Mapping[str, Any],
    words: tuple[str, ...] | Mapping[str, tuple[str, ...]] = (),
) -> None:
    """Reject predictions unless all are true; say how many are, and which to think about again, not its answer.

    words: the words that a prediction can be, where it is one of a few; they are told to whoever writes another. A
    dictionary names them for some of the predictions; where one of these is a list, for what is in it.
    Hints come from the wrong answers that are written as dictionaries: the one that explains most of what is wrong.
    """
    if predicted.keys() != truth.keys():
        expected = ", ".join(map(repr, truth))
        details = "The keys should stay as they were."
        reject("type", came_out=show(list(predicted)), expected=expected, details=details)
    for key, said in predicted.items():
        if isinstance(words, Mapping):
            details = _odd_among(said, truth[key], words[key]) if key in words else _odd_form(said, truth, ())
        else:
            details = _odd_form(said, truth, words)
        if details:
            reject("type", what=repr(key), came_out=show(said), details=details)
    wrong = {key: predicted[key] for key in truth if difference(predicted[key], truth[key]) is not None}
    if not wrong:
        return
    explained = [
        (hint, mistake)
        for hint, mistake in _trials[-1].mistakes()
        if all(key in wrong and difference(wrong[key], value) is None for key, value in mistake.items())
    ]
    most = max((len(mistake) for _, mistake in explained), default=0)
    best = [(hint, mistake) for hint, mistake in explained if len(mistake) == most]
    hint, key = "value", next(iter(wrong))
    if len({hint for hint, mistake in best if mistake.keys() == best[0][1].keys()}) == 1:  # or it could be either
        hint, key = best[0][0], next(iter(best[0][1]))
    came_out = f"{len(truth) - len(wrong)} of {len(truth)} predictions are true"
    details = f"Think again about {key!r}, where you say {show(predicted[key])}."
    reject(hint, came_out=came_out, details=details, evidence=dict(wrong))


def _odd_among(said: Any, want: Any, words: tuple[str, ...]) -> str:
    """Return a sentence on a prediction that is none of these words, or a list with something else in it."""
    if not isinstance(want, list | tuple):
        return _odd_form(said, {"": want}, words)
    if not isinstance(said, list | tuple):
        return f"A prediction here is a list, not {_form(said)}."
    odd = [item for item in said if not isinstance(item, str) or item not in words]
    return f"In this list, {show(odd[0])} should be {_or([show(word) for word in words])}." if odd else ""


def _odd_form(said: Any, truth: Mapping[str, Any], words: tuple[str, ...]) -> str:
    """Return a sentence on how predictions are written here, if this one is written otherwise."""
    if said in words if isinstance(said, str) else False:
        return ""
    kinds = {_form(value): value for value in truth.values()}
    if isinstance(said, str) and said == "None" and "None" in kinds:
        return "Write None without quotes: it isn't a string."
    allowed = [*(f'"{word}"' for word in words), *(form for form in kinds if form != "a string")]
    if "a string" in kinds and not words:
        allowed.append("a string")
    if isinstance(said, str) and (words or "a string" not in kinds):
        told = f" Write one of these exactly: {show(said)} is none of them." if words else f" {show(said)} is a string."
        return f"A prediction here is {_or(allowed)}.{told}"
    texts = [text for value in truth.values() for text in _as_list(value) if isinstance(text, str)]
    for text in _as_list(said):
        if isinstance(text, str) and text not in texts and text.casefold() in map(str.casefold, texts):
            return "Nearly: check the capital letters."
    if _form(said) not in kinds and not (isinstance(said, str) and words):
        return f"A prediction here is {_or(allowed)}, not {_form(said)}."
    inner = {_form(item) for value in truth.values() if isinstance(value, list | tuple) for item in value}
    items = said if isinstance(said, list | tuple) else []
    odd = [item for item in items if _form(item) not in inner or (item == "None" and "None" in inner)]
    return f"In a list or a pair, {show(odd[0])} should be {_or(sorted(inner))}." if odd else ""


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _form(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "a list or a pair"
    return kind(value) if kind(value) in ("True or False", "a number", "a string", "None") else a(value)


def _or(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


@contextlib.contextmanager
def with_globals(answer: Callable[..., Any], **values: Any) -> Iterator[None]:
    """Give variables of the notebook these values while an answer runs that reads them.

    Otherwise the verdict would depend on what the learner has tried out in other cells.
    """
    function = inspect.unwrap(answer)
    variables = getattr(function, "__globals__", {})
    missing = object()
    before = {name: variables.get(name, missing) for name in values}
    variables.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is missing:
                variables.pop(name, None)
            else:
                variables[name] = value


@contextlib.contextmanager
def counted(owner: Any, name: str, note: Callable[..., Any] | None = None) -> Iterator[list[Any]]:
    """Note the calls of a function or method while the block runs: `with counted(torch.Tensor, "backward") as calls`.

    It sees calls that reading the answer can't: through another name, or in a helper.
    note: makes of the arguments, just before each call, what is noted of it; by default, the positional ones.
    """
    original = getattr(owner, name)
    inherited = name not in vars(owner)
    calls: list[Any] = []

    def noted(*args: Any, **kwargs: Any) -> Any:
        calls.append(note(*args, **kwargs) if note else args)
        return original(*args, **kwargs)

    setattr(owner, name, noted)
    try:
        yield calls
    finally:
        if inherited:
            delattr(owner, name)
        else:
            setattr(owner, name, original)


def numbers(t: Any) -> list[Any]:
    """Return the numbers of a tensor in one list; of a 0-d tensor, a list of one."""
    return list(flat(t.tolist())) if is_tensor(t) else [t]
