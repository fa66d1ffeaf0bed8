"""The words of the checks, on exercises made here: what a call leaves alone, what a hint needs, what is the same."""

import contextlib
import gc
import math
import signal
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import course
from course import cut, exercise, limits
from course.comparing import alike, difference
from course.exercise import Exercise, Function, Lesson, Tensor, run_cell
from course.judging import call, case, counted, expect, expect_like, expect_predictions, reject, with_globals
from course.reading import used, written_through
from tests.answers import every_library


def make(judge: Function, **hints: str) -> Exercise:
    return Lesson(7, "a lesson").exercise(9, right="Well done.", hints=hints)(judge)


def double(answer: Function, torch: Any) -> None:
    for number in (3.0, -1.5, 0.0):
        with case(f"answer([{number}])"):
            x = torch.tensor([number], requires_grad=True)
            expect_like(call(answer, x), lambda x: x * 2, {"x": x})


def check(source: str, judge: Function = double, **variables: Any) -> Any:
    """The verdict on an answer in a cell."""
    variables = {"torch": __import__("minigrad"), **variables}
    run_cell(textwrap.dedent(source), variables, f"<cell of {len(source)}>")
    return make(judge).check(variables)


# What a call must leave alone.

SPOILS = {
    "writes into it": ("changed", "x.detach().mul_(2)"),
    "writes what was there": ("changed", "x.data.copy_(x.data); x.detach().add_(0)"),
    "fills .grad": ("changed", "(x * 2).sum().backward()"),
    "clears .grad": ("changed", "x.grad = None"),
    "asks for no gradient": ("changed", "x.requires_grad_(False)"),
    "writes into .grad": ("changed", "x.grad += 0"),
    "replaces .grad": ("changed", "x.grad = x.grad.clone()"),
    "recording off": ("left", "torch.set_grad_enabled(False)"),
    "another default dtype": ("left", "torch.set_default_dtype(torch.float64)"),
    "random numbers": ("left", "torch.rand(3)"),
    "another seed": ("left", "torch.manual_seed(1)"),
    "another recursion limit": ("left", "import sys; sys.setrecursionlimit(5000)"),
    "a picture left open": ("left", "import matplotlib.pyplot as plt; plt.figure()"),
    "keeps its result": ("again", "return answer.__dict__.setdefault('kept', x * 2)"),
    "counts its calls": ("again", "answer.n = getattr(answer, 'n', 0) + 1; return x * 2 * (answer.n < 2)"),
    "goes on writing into its result": (
        "again",
        "y = x * 2; old = answer.__dict__.setdefault('old', y)\n    if old is not y: old.data.mul_(3)\n    return y",
    ),
    "hook on its argument": ("changed", "x.register_hook(lambda g: g * 0)"),
    "hook on its argument that changes nothing": ("changed", "x.register_hook(lambda g: None)"),
    "hook on its result": ("gradient", "y = x * 2; y.register_hook(lambda g: g * 0); return y"),
    "uses up its graph": ("gradient", "y = x.exp() * 0 + x * 2; torch.autograd.grad(y.sum(), x); return y"),
}


def double_with_grad(answer: Function, torch: Any) -> None:
    with case("answer(x)"):
        x = torch.tensor([1.0, -2.0], requires_grad=True)
        x.grad = torch.tensor([5.0, 5.0])
        answer.__globals__["first"] = x.grad
        expect_like(call(answer, x, draws=False), lambda x: x * 2, {"x": x})


@pytest.mark.parametrize("spoil", SPOILS)
def test_what_a_call_must_leave_alone(spoil: str) -> None:
    import minigrad

    hint, line = SPOILS[spoil]
    verdict = check(f"def answer(x):\n    {line}\n    return x * 2", double_with_grad)
    assert verdict.hint == hint, verdict.text
    assert minigrad.is_grad_enabled()
    assert minigrad.get_default_dtype() == minigrad.float32
    assert sys.getrecursionlimit() != 5000
    assert check("def answer(x):\n    return x * 2", double_with_grad).state == "right"


def test_a_graph_that_was_used_up_is_noticed() -> None:
    def judge(answer: Function, torch: Any) -> None:
        with case("answer(y)"):
            x = torch.tensor([1.0], requires_grad=True)
            expect(call(answer, x.exp()), 1)

    assert check("def answer(y):\n    return y.numel()", judge).state == "right"
    verdict = check(
        "def answer(y):\n    torch.autograd.grad(y, y.grad_fn.next_functions[0][0].variable)\n    return 1", judge
    )
    assert verdict.hint == "changed"
    assert "the graph behind `y`" in verdict.text


def test_what_the_text_allows_to_change_may_change() -> None:
    def judge(answer: Function, torch: Any) -> None:
        with case("answer(x, y)"):
            x, y = torch.ones(2), torch.ones(2)
            call(answer, x, y, changes=("x",), twice=False)
            expect(x, torch.ones(2) * 2)

    assert check("def answer(x, y):\n    x *= 2", judge).state == "right"
    assert check("def answer(x, y):\n    x *= 2; y *= 2", judge).hint == "changed"


def test_memory_of_its_own() -> None:
    def judge(answer: Function, torch: Any) -> None:
        with case("answer(x)"):
            call(answer, torch.ones(2), own_memory=True)

    assert check("def answer(x):\n    return x.clone()", judge).state == "right"
    for shared in ("x", "x.detach()", "[x[:1]]", "{'a': x.reshape(2, 1)}"):
        assert check(f"def answer(x):\n    return {shared}", judge).hint == "left"


def test_what_an_answer_does_besides_stays_inside(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = check(
        """
        import logging, sys, warnings
        def answer(x):
            print("out"), print("err", file=sys.stderr), warnings.warn("warned"), logging.warning("logged")
            return x * 2
        """
    )
    assert verdict.state == "right", verdict.text
    assert capsys.readouterr() == ("", "")


DRAWS = {"draws": "torch.rand(3)", "seeds": "torch.manual_seed(1)", "draws and seeds": "torch.manual_seed(0).seed()"}


@every_library
@pytest.mark.parametrize("spoil", DRAWS)
def test_a_check_leaves_the_stream_of_random_numbers_where_it_was(spoil: str, library: str) -> None:
    def judge(answer: Function, torch: Any) -> None:
        with case("answer(x)"):
            call(answer, torch.ones(2))
        torch.rand(5)

    torch = __import__(library)
    torch.manual_seed(4)
    torch.randn(3)
    before = torch.get_rng_state().tolist()
    assert check(f"def answer(x):\n    {DRAWS[spoil]}", judge, torch=torch).state == "right"
    assert torch.get_rng_state().tolist() == before


def test_a_check_finds_the_same_whatever_the_seed_of_the_notebook_is() -> None:
    import minigrad

    source = "def answer(x):\n    return x * 2 + (torch.rand(1) > 0.5)"
    verdicts = set()
    for seed in range(8):
        minigrad.manual_seed(seed)
        verdicts.add(check(source).text)
    assert len(verdicts) == 1


@pytest.mark.parametrize("name", ["again", "value", "endless"])
def test_a_hint_does_not_take_the_name_of_one_that_every_exercise_has(name: str) -> None:
    with pytest.raises(ValueError, match=f"every exercise has a hint '{name}' already"):
        make(double, **{name: "Words of its own."})


# Exceptions and loops.

RAISED = {
    "SystemExit": "raise SystemExit",
    "KeyboardInterrupt": "raise KeyboardInterrupt('mine')",
    "GeneratorExit": "raise GeneratorExit",
    "RecursionError": "return answer(x)",
    "Own": "class Own(BaseException): pass\n    raise Own('of its own')",
    "AttributeError": "return x.colour",
    "ValueError": "class Bad(ValueError):\n        def __str__(self): raise ValueError\n    raise Bad",
}


@pytest.mark.parametrize("name", RAISED)
def test_whatever_is_raised_is_told_with_its_line(name: str) -> None:
    verdict = check(f"def answer(x):\n    {RAISED[name]}")
    assert verdict.hint == "raised"
    assert name in verdict.text or name == "ValueError"
    assert "of its cell" in verdict.text
    assert "Traceback" not in verdict.text


def test_an_exception_is_told_with_its_line() -> None:
    assert "(line 3 of its cell: return t[5])" in check("def answer(t):\n    t = t + 1\n    return t[5]\n").text


def test_a_call_with_other_parameters_is_told() -> None:
    assert "takes 0 positional arguments but 1 was given" in check("def answer():\n    return 1").text


ENDLESS = {
    "while": "while True: pass",
    "for": "for _ in __import__('itertools').count(): x = x + 0",
    "except": "while True:\n        try: x = x + 0\n        except: pass",
    "except around a loop": "while True:\n        try:\n            while 1: pass\n        except BaseException: pass",
    "three loops": (
        "while True:\n        try:\n            while True:\n                try:\n"
        "                    while True: pass\n                except: pass\n        except: continue"
    ),
    "finally": "while True:\n        try: x = x + 0\n        finally: continue",
    "helper": "helper(x)",
    "sleep": "import time\n    while True: time.sleep(1)",
    "power": "10 ** 10 ** 9",
    "generator": "return sum(i for i in __import__('itertools').count())",
    "list": "return [0 for _ in iter(int, 1)]",
    "recursion": "try: return answer(x)\n    except RecursionError: return answer(x)",
    "regex": "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')",
}
ANY_LOOP = "import functools\ndef helper(x):\n    while True:\n        try: x = x + 0\n        except: pass\n"


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_answers_are_stopped(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.1)
    begun = time.monotonic()
    verdict = check(f"{ANY_LOOP}\ndef answer(x):\n    {ENDLESS[name]}")
    assert verdict.hint == "endless", verdict.text
    assert time.monotonic() - begun < 10


WRAPPED = {
    "cached": "answer = functools.lru_cache(helper)",
    "partial": "answer = functools.partial(helper)",
    "decorated": "answer = torch.no_grad()(helper)",
    "class": "class Answer:\n    def __call__(self, x): helper(x)\nanswer = Answer()",
    "method": "class Answer:\n    def m(self, x): helper(x)\nanswer = Answer().m",
    "lambda": "answer = lambda x: helper(x)",
}


@pytest.mark.parametrize("name", WRAPPED)
def test_endless_answers_of_every_form_are_stopped(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.1)
    assert check(f"{ANY_LOOP}\n{WRAPPED[name]}").hint == "endless"


def test_looking_for_garbage_takes_no_time_away() -> None:
    garbage = [[number] for number in range(100_000)]

    with limits._Watch() as watch:
        end = watch.end
        gc.collect()
        assert end < watch.end < end + limits.SECONDS, f"{len(garbage)} lists were looked through in no time"
    assert watch._on_collection not in gc.callbacks


def test_the_user_can_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 600.0)  # on a machine however busy, it is not the time that is up

    def interrupted() -> None:
        signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        check("def answer(x):\n    interrupted()", interrupted=interrupted)
    assert signal.getsignal(signal.SIGINT) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python as it is on Windows, where no alarm can be set: a thread looks at the clock and interrupts."""
    monkeypatch.delattr(signal, "setitimer")
    monkeypatch.delattr(signal, "SIGALRM")


def clocks() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.endswith("(_interrupt_from_outside)")]


# A thread is not let in while C code runs. And its interrupts meet a loop inside a `try` always there, never in the
# `except`, where those of an alarm will be sooner or later.
NEEDS_AN_ALARM = {"except around a loop", "three loops", "power", "regex"}


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("name", sorted(ENDLESS.keys() - NEEDS_AN_ALARM))
def test_endless_answers_are_stopped_without_an_alarm(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.1)
    before = signal.getsignal(signal.SIGINT)
    begun = time.monotonic()
    verdict = check(f"{ANY_LOOP}\ndef answer(x):\n    {ENDLESS[name]}")
    assert verdict.hint == "endless", verdict.text
    assert time.monotonic() - begun < 20
    assert signal.getsignal(signal.SIGINT) is before
    for clock in clocks():
        clock.join(5)
    assert clocks() == []
    time.sleep(0.05)  # an interrupt that came too late would be raised here


@pytest.mark.usefixtures("windows")
def test_without_an_alarm_answers_are_judged_and_the_user_can_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 600.0)
    assert check("def answer(x):\n    return x * 2").state == "right"
    assert "KeyboardInterrupt: mine" in check("def answer(x):\n    raise KeyboardInterrupt('mine')").text
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        check("def answer(x):\n    interrupted()", interrupted=lambda: signal.raise_signal(signal.SIGINT))
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.usefixtures("windows")
def test_an_interrupt_never_comes_after_the_call_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that end just when their time is up, again and again: only Endless may come of it, and only in the call."""
    monkeypatch.setattr(limits, "SECONDS", 0.02)
    for number in range(60):
        end = time.process_time() + 0.02 + 0.0001 * (number - 30)

        def waits(end: float = end) -> None:
            while time.process_time() < end:
                pass

        with contextlib.suppress(limits.Endless):
            limits.limited(waits)
    time.sleep(0.05)


def test_in_a_thread_of_its_own_a_check_judges_too() -> None:
    """There nothing is stopped, and an answer's own KeyboardInterrupt is told all the same."""
    texts: list[str] = []

    def work() -> None:
        for line in ("return x * 2", "return x * 3", "raise KeyboardInterrupt('mine')", "raise SystemExit"):
            texts.append(check(f"def answer(x):\n    {line}").text)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert texts[0].startswith("7.9 right")
    assert texts[1].startswith("7.9 not right yet")
    assert "KeyboardInterrupt: mine" in texts[2]
    assert "SystemExit" in texts[3]


# What a hint needs.


@pytest.fixture
def with_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worked answer for the exercises made here."""
    source = "def answer(x):\n    ### BEGIN SOLUTION\n    return x * 2\n    ### END SOLUTION"
    monkeypatch.setattr(exercise, "solution_cell", lambda number: source)


@pytest.mark.usefixtures("with_solution")
def test_a_hint_must_explain_every_case() -> None:
    made = make(double, added="You added 2.", squared="You squared.")
    made.wrong("added", replace=("*", "+"))
    made.wrong("squared", "return x * x")

    def hint(source: str) -> str:
        variables: dict[str, Any] = {}
        run_cell(f"def answer(x):\n    {source}", variables, "<answer>")
        return made.check(variables).hint

    assert hint("return 2 + x") == "added"
    assert hint("return x ** 2") == "squared"
    assert hint("return x + 2 if x > 0 else x + 3") == "value"
    assert hint("return x * x if x > 0 else x + 2") == "value"
    assert hint("return x * 2") == ""
    assert hint("return (x + 2).detach()") == "value"
    made.hints = {**made.hints, "stuck": "You went round and round."}
    made.wrong("stuck", "while True:\n    x = x * 2")
    assert hint("while True: x + 1") == "endless"  # that it was stopped says nothing of why


@pytest.mark.usefixtures("with_solution")
def test_a_mistake_that_raises_is_known_by_its_message() -> None:
    made = make(double, dtype="You made integers.")
    made.wrong("dtype", "return x.to(torch.int64).requires_grad_()")
    for source, hint in (
        ("x.long().requires_grad_()", "dtype"),
        ("x.no_such_name", "raised"),
        ("x.reshape(5, 5)", "raised"),
    ):
        variables: dict[str, Any] = {"torch": __import__("minigrad")}
        run_cell(f"def answer(x):\n    return {source}", variables, "<answer>")
        assert made.check(variables).hint == hint


def test_answers_are_given_in_one_way_and_hints_must_exist() -> None:
    made = make(double, order="The wrong way round.")
    with pytest.raises(ValueError, match="no hint 'ordr'"):
        made.wrong("ordr", "return x")
    with pytest.raises(ValueError, match="in one way"):
        made.wrong("order", "return x", after="x = 1")
    with pytest.raises(ValueError, match="in one way"):
        made.wrong("order")
    made.wrong("order", replace=("no such piece", ""))
    with pytest.raises(ValueError, match="occurs 0 times in the solution"):
        made.wrong_answers[0].cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "x")


def test_words_of_an_error_prove_a_hint() -> None:
    def judge(answer: Function, torch: Any) -> None:
        with case("answer(1)"):
            call(answer, 1, raises={"division by zero": "zero"})

    made = make(judge, zero="You divided by zero.")
    assert made.check({"answer": lambda x: x / 0}).hint == "zero"
    assert made.check({"answer": lambda x: x / "a"}).hint == "raised"


def test_a_case_ends_where_it_is_rejected_and_the_next_begins() -> None:
    begun = []

    def judge(answer: Function, torch: Any) -> None:
        for number in range(3):
            with case(f"answer({number})"):
                begun.append(number)
                expect(call(answer, number), 0)
                begun.append(number + 10)

    verdict = make(judge).check({"answer": lambda x: x})
    assert begun == [0, 10, 1, 2]
    assert verdict.text.startswith("7.9 not right yet, 1 of 3 cases are right.")
    assert "answer(1)" in verdict.text


def test_a_fault_of_the_check_is_the_courses() -> None:
    def judge(answer: int, torch: Any) -> None:
        with case("answer"):
            raise KeyError("fault")

    verdict = make(judge).check({"answer": 1})
    assert verdict.state == "fault"
    assert "the course's fault" in verdict.text
    assert "\n" not in verdict.text


# Holes.

HOLES = [
    "answer = ...",
    "answer = {'a': ...}",
    "answer = [1, (..., 2)]",
    "def answer(x):\n    ...",
    'def answer(x):\n    """Words."""\n    ...',
    "def answer(x):\n    pass",
    "def answer(x):\n    t = ...\n    return t",
    "def answer(x):\n    return ...",
    "answer = lambda x: ...",
]
NO_HOLES = [
    "def answer(x):\n    return (x * 2)[...]",
    "def answer(x):\n    y = x * 0\n    y[...] = x * 2\n    return y",
    "def answer(x):\n    y = ...\n    y = x * 2\n    return y",
    "def answer(x):\n    ...\n    return x * 2",
    "def answer(x):\n    y = ...\n    for y in [x * 2]: pass\n    return y",
]


@pytest.mark.parametrize("source", HOLES)
def test_a_hole_is_not_answered(source: str) -> None:
    assert check(source).state == "unanswered"


@pytest.mark.parametrize("source", NO_HOLES)
def test_dots_that_do_something_are_no_hole(source: str) -> None:
    assert check(source).state == "right"


# What is the same.

SAME = [
    (1, 1),
    (True, True),
    (np.bool_(True), True),
    (0.3, 0.1 + 0.2),
    (1, 1.0),
    (1.0, 1),
    (np.float64(1.0), 1.0),
    (np.int64(3), 3),
    (1e-9, 0.0),
    ([1, None], [1, None]),
    ((1, 2), [1, 2]),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ("a", "a"),
    (math.inf, math.inf),
]
DIFFERENT = [
    (True, 1),
    (1, True),
    (1.5, 1),
    ([1, 2], [2, 1]),
    ([1], [1, 1]),
    ([1, 1], [1]),
    ({"a": 1}, {"a": 1, "b": 1}),
    (math.nan, 1.0),
    (1.0, math.nan),
    (math.nan, math.nan),
    (math.inf, 1.0),
    (1.0, math.inf),
    (-math.inf, math.inf),
    (1e-4, 0.0),
    (1.001, 1.0),
    (None, 0.0),
    (0, None),
    ("a", ["a"]),
    ("1", 1),
    ("", None),
    (np.array([1.0, 2.0]), [1.0, 2.0]),
]


def test_what_is_the_same() -> None:
    assert [pair for pair in SAME if difference(*pair) is not None] == []
    assert [pair for pair in DIFFERENT if difference(*pair) is None] == []


def test_kept_numbers_are_alike_within_the_tolerance_and_infinities_only_with_themselves() -> None:
    assert all(alike(*pair) for pair in ((1.0, 1.0 + 1e-7), (math.inf, math.inf), (math.nan, math.nan)))
    assert not any(alike(*pair) for pair in ((1.0, 1.1), (math.inf, 2.0), (2.0, -math.inf), (math.inf, -math.inf)))


def test_tolerance_has_an_absolute_and_a_relative_part() -> None:
    assert difference([24.0, 1e-6], [24.0, 0.0]) is None
    assert difference(1e-4, 0.0, scale=100.0) is None
    assert difference(1e-7, 2e-7, scale=1e-7) == ""
    assert difference(1000.001, 1000.0) is None
    assert difference(4.6667, 14 / 3, relative=1e-9) == ""


@every_library
def test_what_is_the_same_tensor(library: str) -> None:
    torch: Any = pytest.importorskip(library)
    want = torch.tensor([1.0, 2.0])
    same = [
        torch.tensor([1.0, 2.0]),
        torch.tensor([1.0, 2.000001]),
        torch.tensor([1.0, 2.0], requires_grad=True),
        torch.nn.Parameter(torch.tensor([1.0, 2.0])),
    ]
    other = [
        torch.tensor([[1.0, 2.0]]),
        torch.tensor([1.0]),
        torch.tensor([2.0, 1.0]),
        torch.tensor([1.0, math.nan]),
        torch.tensor([1, 2]),
        torch.tensor([1.0, 2.0], dtype=torch.float64),
        np.array([1.0, 2.0], dtype=np.float32),
        [1.0, 2.0],
        1.0,
        None,
    ]
    assert [t for t in same if difference(t, want) is not None] == []
    assert [t for t in other if difference(t, want) is None] == []
    assert difference(torch.tensor([1.0, 2.0], dtype=torch.float64), want, dtype=False) is None
    assert difference(torch.tensor(1.0), torch.tensor([1.0])) is not None


def test_a_tensor_of_another_library_is_told() -> None:
    class Tensor:
        pass

    Tensor.__module__ = "torch"

    def judge(answer: globals()["Tensor"], torch: Any) -> None:  # type: ignore[valid-type]
        pass

    text = make(judge).check({"answer": Tensor()}).text
    assert "run the cells from the top again" in text


@every_library
def test_gradients_are_compared_with_a_random_vector(library: str) -> None:
    torch: Any = pytest.importorskip(library)

    def judge(answer: Function, torch: Any) -> None:
        with case("answer(x, c)"):
            x, c = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor(3.0, requires_grad=True)
            expect_like(call(answer, x, c), lambda x, c: x * c, {"x": x, "c": c})

    def hint(answer: Callable[..., Any]) -> str:
        return make(judge).check({"answer": answer, "torch": torch}).hint

    assert hint(lambda x, c: c * x) == ""
    assert hint(lambda x, c: torch.stack([c * e for e in x])) == ""
    assert hint(lambda x, c: x * c.detach()) == "gradient"
    assert hint(lambda x, c: (x * c).detach() + 0 * x + 0 * c) == "gradient"
    assert hint(lambda x, c: (x * c).detach().requires_grad_()) == "gradient"
    assert hint(lambda x, c: x * c + x.sum() - x.sum().detach()) == "gradient"
    assert hint(lambda x, c: x * c + x.flip(0) - x.flip(0).detach() - x + x.detach()) == "gradient"
    assert hint(lambda x, c: x + c) == "value"


# Predictions.


def predictions(said: Any, truth: Any, words: tuple[str, ...] = (), **mistakes: Any) -> Any:
    def judge(answer: dict, torch: Any) -> None:
        expect_predictions(answer, truth, words)

    made = make(judge, **{hint: hint for hint in mistakes})
    for hint, values in mistakes.items():
        made.wrong(hint, values)
    return made.check({"answer": said})


def test_predictions_in_other_words_are_told_the_words() -> None:
    truth = {"a": "runs", "b": "raises"}
    for said in ("Runs", "raise", "run", "error", None, True, 3):
        verdict = predictions({"a": said, "b": "raises"}, truth, ("runs", "raises"))
        assert verdict.hint == "type"
        assert '"runs" or "raises"' in verdict.text
    assert predictions({"a": "raises", "b": "raises"}, truth, ("runs", "raises")).hint == "value"
    assert predictions(dict(truth), truth, ("runs", "raises")).state == "right"


def test_predictions_of_other_kinds_are_told_the_kind() -> None:
    truth = {"a": 9.0, "b": "raises", "c": [1.0, 2.0]}
    right = {"a": 9, "b": "raises", "c": (1, 2)}
    assert predictions(right, truth, ("raises",)).state == "right"
    assert predictions({**right, "a": np.float32(9.0)}, truth, ("raises",)).state == "right"
    assert (
        '"raises", a number or a list or a pair, not None' in predictions({**right, "b": None}, truth, ("raises",)).text
    )
    assert predictions({**right, "a": "9.0"}, truth, ("raises",)).hint == "type"
    assert predictions({**right, "a": np.float32(9)}, truth, ("raises",)).state == "right"
    assert "is a string" in predictions({"a": "9"}, {"a": 9}).text
    names = {"a": None, "b": "AddBackward0", "c": [None, "x"]}
    assert "without quotes" in predictions({**names, "a": "None"}, names).text
    assert "should be None or a string" in predictions({**names, "c": ["None", "x"]}, names).text
    assert "capital letters" in predictions({**names, "b": "addbackward0"}, names).text
    assert "capital letters" in predictions({**names, "c": [None, "addbackward0"]}, names).text


def test_words_can_belong_to_some_of_the_predictions() -> None:
    truth = {"saved": "x", "order": ["y", "k"], "name": "AddBackward0"}
    words: Any = {"saved": ("x", "y"), "order": ("y", "k")}
    assert predictions(truth, truth, words).state == "right"
    assert predictions({**truth, "order": ("y", "k")}, truth, words).state == "right"
    assert '"x" or "y"' in predictions({**truth, "saved": "exp(x)"}, truth, words).text
    assert "'x' should be 'y' or 'k'" in predictions({**truth, "order": ["y", "x"]}, truth, words).text
    assert "is a list, not a string" in predictions({**truth, "order": "y"}, truth, words).text
    assert predictions({**truth, "name": "Add"}, truth, words).hint == "value"
    assert predictions({**truth, "order": ["k", "y"]}, truth, words).hint == "value"


def test_a_mistake_explains_what_it_says_and_no_more() -> None:
    truth = {"a": 1, "b": 2, "c": 3}
    mistakes: dict[str, Any] = {"both": {"a": 5, "b": 6}, "one": {"a": 5}, "other": {"c": 9}}
    assert predictions({"a": 5, "b": 6, "c": 3}, truth, **mistakes).hint == "both"
    assert predictions({"a": 5, "b": 2, "c": 3}, truth, **mistakes).hint == "one"
    assert predictions({"a": 1, "b": 6, "c": 3}, truth, **mistakes).hint == "value"
    verdict = predictions({"a": 7, "b": 2, "c": 9}, truth, **mistakes)
    assert verdict.hint == "other"
    assert "Think again about 'c'" in verdict.text
    either: dict[str, Any] = {"one": {"a": 5}, "two": {"a": 5}}
    assert predictions({"a": 5, "b": 2, "c": 3}, truth, **either).hint == "value"


def test_what_came_out_never_looks_like_what_was_expected() -> None:
    def judge(answer: Function, torch: Any) -> None:
        with case("answer()"):
            expect(call(answer), [*range(90), 7])

    told = check("def answer(): return [*range(90), 8]", judge).text.splitlines()
    assert told[-2].endswith("[90] is 8")
    assert told[-1].endswith("[90] is 7")

    def judge_digits(answer: Function, torch: Any) -> None:
        with case("answer()"):
            expect(call(answer), torch.tensor(0.5))

    told = check("def answer(): return torch.tensor(0.50001)", judge_digits).text.splitlines()
    assert told[-2].split(":")[1] != told[-1].split(":")[1]


# Reading and watching.

USES = [
    ("return torch.sqrt(x)", "sqrt", True),
    ("return x.sqrt()", "sqrt", True),
    ("from math import sqrt as s\n    return s(x)", "sqrt", True),
    ("import math as m\n    return m.sqrt(x)", "math.sqrt", True),
    ("return x ** 0.5", "**", True),
    ("return helper(x)", "**", True),
    ("return getattr(torch, 'op' + 'tim').SGD", "torch.optim", True),
    ("return Rule", "torch.optim", True),
    ("return optimal", "torch.optim", False),
    ("class o: optim = 1\n    return o.optim", "torch.optim", False),
    ("return [e for e in x]", "for", True),
    ("return x * 2", "sqrt", False),
    ("sqrt_of_x = x\n    return sqrt_of_x", "sqrt", False),
    ("return 'sqrt'", "sqrt", False),
    ("sqrt = x / 2\n    return sqrt", "sqrt", False),
    ("sqrt = torch.sqrt\n    return sqrt(x)", "sqrt", True),
    ("return x * 10**-6", "**", False),
    ("return 2**x", "**", True),
]


@pytest.mark.parametrize(("line", "thing", "found"), USES)
def test_what_an_answer_uses(line: str, thing: str, found: bool) -> None:
    variables: dict[str, Any] = {"torch": __import__("minigrad")}
    cell = f"from minigrad.optim import SGD as Rule\ndef helper(x):\n    return x ** 2\ndef answer(x):\n    {line}"
    run_cell(cell, variables, "<uses>")
    assert bool(used(variables["answer"], thing)) == found


def test_calls_are_counted_under_any_name() -> None:
    import minigrad

    alias = minigrad.Tensor.backward
    with counted(minigrad.Tensor, "backward") as calls:
        x = minigrad.ones(2, requires_grad=True)
        x.sum().backward()
        getattr(x.sum(), "back" + "ward")()
    assert len(calls) == 2
    assert minigrad.Tensor.backward is alias


def test_globals_of_the_notebook_are_put_back() -> None:
    variables: dict[str, Any] = {"hours": 1}
    run_cell("def answer():\n    return hours + other", variables, "<globals>")
    with with_globals(variables["answer"], hours=5, other=2):
        assert variables["answer"]() == 7
    assert variables["hours"] == 1
    assert "other" not in variables


# The form.


def test_the_documented_example_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    written = (course.__doc__ or "").split("### the check\n")[1].split("### end of the check")[0]
    source = (course.__doc__ or "").split("### the answer's cell\n")[1].split("### end of the cell")[0]
    source = textwrap.dedent(source)
    variables: dict[str, Any] = {}
    exec(textwrap.dedent(written), variables)
    made = variables["has_node"]
    monkeypatch.setattr(exercise, "solution_cell", lambda number: source)
    answers = [("", None), *(("", answer) for answer in made.right_answers), *((w.hint, w) for w in made.wrong_answers)]
    for hint, answer in answers:
        notebook: dict[str, Any] = {"torch": __import__("minigrad")}
        run_cell(answer.cell(source, "has_node") if answer else source, notebook, "<documented>")
        assert made.check(notebook).hint == hint
    empty: dict[str, Any] = {}
    run_cell(cut.cut_cell(source), empty, "<documented>")
    assert made.check(empty).state == "unanswered"


def test_two_exercises_with_one_number() -> None:
    lesson = Lesson(7, "a lesson")
    lesson.exercise(1, right="", hints={})(double)
    with pytest.raises(ValueError, match=r"two exercises 7\.1"):
        lesson.exercise(1, right="", hints={})


def test_what_a_name_can_be() -> None:
    def generic(answer: dict[str, int], torch: Any) -> None: ...

    def silent(answer, torch): ...

    def quoted(answer: "dict", torch: Any) -> None: ...

    with pytest.raises(TypeError, match="a name can be a Function"):
        make(generic)
    with pytest.raises(KeyError, match="answer"):
        make(silent)
    assert make(quoted).check({"answer": {}}).state == "right"
    assert make(quoted).check({"answer": []}).hint == "type"


# Words for what only some exercises need.


@pytest.mark.parametrize("parameters", ["ts, lr", "parameters, lr", "*args"])
def test_what_may_change_is_told_by_its_place(parameters: str) -> None:
    def judge(answer: Function, torch: Any) -> None:
        with case("answer([t], 0.5)"):
            call(answer, [torch.ones(2)], [0.5], changes=(0,), twice=False)

    write = f"def answer({parameters}):\n    list(locals().values())[0]"
    first = "[0][0]" if "*" in parameters else "[0]"
    second = "list(locals().values())[0][1]" if "*" in parameters else "lr"
    assert check(f"{write}{first}.add_(1)", judge).state == "right"
    assert check(f"def answer({parameters}):\n    {second}.append(1)", judge).hint == "changed"


def test_calls_are_noted_as_asked() -> None:
    import minigrad

    x = minigrad.ones(3, requires_grad=True)
    with counted(minigrad.Tensor, "backward", lambda t, *args, **kwargs: (t.shape, sorted(kwargs))) as calls:
        (x * 2).sum().backward(retain_graph=True)
    assert calls == [((), ["retain_graph"])]


def test_a_final_hint_is_not_searched_for() -> None:
    def judge(answer: Function, torch: Any) -> None:
        with case("answer()"):
            if call(answer) != 1:
                reject("seen", came_out="2", final=answer.__name__ == "answer")

    found = make(judge, seen="Seen.", explained="Explained.")
    found.wrong("explained", "return 2")
    variables: dict[str, Any] = {"torch": __import__("minigrad")}
    run_cell("def answer():\n    return 2", variables, "<a final hint>")
    assert found.check(variables).hint == "seen"


def test_an_errors_line_is_that_of_the_learners_function() -> None:
    def judge(answer: Function, torch: Any) -> None:
        with case("answer()"):
            call(lambda: answer(), source=answer)

    assert "(line 2 of its cell: return 1 / 0)" in check("def answer():\n    return 1 / 0", judge).text


def test_lists_that_differ_where_their_lines_are_cut_are_told_apart() -> None:
    def judge(answer: Function, torch: Any) -> None:
        with case("answer()"):
            expect(call(answer), [*map(float, range(60))])

    text = check("def answer():\n    return [float(n) if n != 50 else 7.0 for n in range(60)]", judge).text
    assert "came out: [50] is 7.0" in text
    assert "expected: [50] is 50.0" in text
    text = check("def answer():\n    return [float(n) for n in range(59)]", judge).text
    assert "came out: 59 entries" in text
    assert "expected: 60 entries" in text


WRITES = {
    "w.data -= 1": "data",
    "w.data[0] = 1": "data",
    "w.data = w - 1": "data",
    "w.data.add_(1)": "data",
    "w.data.view(-1).mul_(2)": "data",
    "d = w.data; d *= 2": "data",
    "torch.add(w, 1, out=w.data)": "data",
    "w.detach().numpy()[...] = 0": "numpy",
    "a = w.detach().numpy(); a.fill(0)": "numpy",
    "w -= w.grad.data": "",
    "w.detach().sub_(1)": "",
    "y = w.data * 2; y += 1": "",
    "y = w.data.clone(); y += 1": "",
    "losses[0] = w.data.item()": "",
    "losses.append(float(w.detach().numpy()))": "",
    "data = w + 1; data += 1": "",
    "w.requires_grad_(False)": "",
}


@pytest.mark.parametrize("line", WRITES)
def test_writes_past_the_engines_count_are_found(line: str) -> None:
    variables: dict[str, Any] = {}
    run_cell(f"def helper(w, losses):\n    {line}\ndef answer(w):\n    helper(w, [0])", variables, f"<writes {line}>")
    assert written_through(variables["answer"], "data", "numpy") == WRITES[line]


def test_an_import_takes_nothing_of_an_answers_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "slow_to_import.py").write_text(
        "import time\nend = time.process_time() + 0.6\nwhile time.process_time() < end:\n    pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(limits, "SECONDS", 0.3)
    text = "def answer(x):\n    import slow_to_import\n    return x * 2"
    assert check(text).state == "right"
    sys.modules.pop("slow_to_import")
    text = "def answer(x):\n    import slow_to_import\n    while True:\n        pass"
    assert check(text).hint == "endless"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no interval timers")
def test_a_tick_that_comes_late_winds_nothing_up() -> None:
    """The clock would go on when nobody listens any more, and its signal then ends the process."""
    with limits._Watch() as watch:
        watch.overdue = True
    watch._on_tick(signal.SIGALRM, None)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_was_counted_is_put_back_where_it_stood() -> None:
    class Base:
        def step(self) -> None: ...

    class Derived(Base): ...

    with counted(Derived, "step") as calls:
        Derived().step()
    assert len(calls) == 1
    assert "step" not in vars(Derived)
