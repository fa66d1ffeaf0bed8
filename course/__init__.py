"""The course around minigrad: the checks of its exercises, and the commands that keep its notebooks in order.

In a notebook: `check("2.3")` judges the answer to exercise 2.3, `progress()` shows what is answered so far;
`predict("10a", …)` records what a learner expects, `compare("10a", …)` shows it beside what came out, `reset("10")`
starts a notebook over; `review`, `drill` and `exam` ask questions with fresh numbers: the docstring of `course.bank`
says how to write them; `memory(x, y)` draws which tensors share memory; `beside` runs cells under minigrad and PyTorch,
`pytorch()` is for cells that need it.
On the command line: `python -m course.cut` cuts exercises/ out of solutions/, `python -m course.refresh` runs
notebooks/ and solutions/ again, saves their outputs and cuts the exercises.

# Writing exercises

A lesson's exercises are two files: the notebook `solutions/NN_solutions.ipynb`, and `course/checks/exNN_name.py`, which
is found by its name. Nothing else needs to change. `course/checks/ex01_requires_grad.py` is a good example.

**The notebook** holds, for exercise 2.3, a heading `## 2.3 Title ●●○ 6 minutes`, the question, three folded hints, of
which the last ends with the first line of code, and

- the answer's cell, with nbgrader's `grade_id` `answer_2_3`, whose answer is between `### BEGIN SOLUTION` and
  `### END SOLUTION`. In exercises/ these lines become `...`; lines that do nothing but assign keep the names, and
  dictionaries their keys: `predicted = {"x": ...}`;
- the check's cell, `grade_id` `check_2_3`, locked, tagged `minigrad-only`: `check("2.3")`;
- what only the solutions show, such as an explanation of the answer, in cells tagged `solution-only`.

Say in the text whatever the check demands, and demand nothing else: "return a list, [ … ]", "as a Python number",
"leave `x.grad` as it is".

**The check** is a function of the names that it reads from the notebook, and of the library in use there. For this
answer

    ### the answer's cell
    def has_node(t):
        ### BEGIN SOLUTION
        return t.grad_fn is not None
        ### END SOLUTION
    ### end of the cell

it is

    ### the check
    from course.exercise import Function, Lesson
    from course.judging import call, case, expect

    lesson = Lesson(2, "grad_fn and the graph")

    @lesson.exercise(
        3,
        right="A leaf does not have a node of its own; its sum has one.",
        hints={
            "leaf": "You count a node for a leaf. Only operations make nodes.",
            "swapped": "It is the other way round.",
        },
    )
    def has_node(has_node: Function, torch):
        x = torch.ones(2, requires_grad=True)
        tensors = [("x, a leaf", x), ("x.sum()", x.sum()), ("a constant", torch.ones(2)), ("x * 1", x * 1)]
        for told, t in tensors:
            with case(f"has_node({told})"):
                expect(call(has_node, t), t.grad_fn is not None)

    has_node.wrong("leaf", "return t.requires_grad")
    has_node.wrong("swapped", replace=("is not", "is"))
    has_node.wrong("raised", "return t.grad_fn.name() is not None")
    has_node.wrong("changed", replace=("return", "t.requires_grad_(); return"))

    has_node.also_right("return bool(t.grad_fn)")
    has_node.also_right("return t.requires_grad and not t.is_leaf")
    has_node.also_right("if t.is_leaf:\\n    return False\\nreturn True")
    ### end of the check

- The annotations say what the names must be: `Function`, `Tensor`, or a class such as `dict`; other answers are
  rejected before the check begins.
- Use the library only through the last parameter, and only what PyTorch offers too, so that answers made with PyTorch
  are judged as well.
- Try the inputs that the text shows and others: another order, doubled, halved, negative, zero, 2-d and 0-d where the
  text allows them, large and tiny; and more nodes, steps or entries than a list of special cases would cover.

**The words** are in `course.judging`.

- `case(tried)`: one case, in the words that the learner reads. A rejection in its block ends the case; the next is
  still tried. The first that failed is shown, with the number of those that are right.
- `call(answer, …)`: the only way in which a check calls an answer, or anything the answer has returned. It sees that
  arguments, their `.grad`, versions and flags, the graph behind them, recording, the default dtype, Python's recursion
  limit and other pictures are left alone; it stops what never ends, turns exceptions into one line, captures what is
  printed, and calls a second time: that must give the same result, and leave the first one unchanged. `changes` has the
  names or places of parameters that may be changed, `twice=False` leaves out the second call where it can't be the
  same, `own_memory=True` demands its own memory, `pictures=1` allows a picture to be opened, and `draws=False`
  demands that the stream of random numbers stays where it is. (A check begins with the seed 0, and puts the notebook's
  stream back in the end.)
- `expect(got, want)`: numbers within `relative` of their size, or of `scale`, the size of what they were computed from;
  subclasses, lists for tuples and whole numbers for floats are accepted; shape and dtype must agree (`dtype=False`
  lets any pass).
- `expect_like(got, reference, {"x": x})`: a differentiable result. `reference` is a function that does it right; values
  are compared, and gradients by a vector–Jacobian product with a random vector. `expect_gradients` compares those only.
- `expect_graph(got, want, leaves)`: nodes and edges, with the two drawings in the reply.
- `expect_predictions(said, truth, words=("runs", "raises"))`: a dictionary of predictions; `words` if they are a few,
  or a dictionary of words where only some of the predictions are.
- `reject(hint, what=…, came_out=…, expected=…)`: for any other reason.
- `with_globals(answer, hours=…)`: variables of the notebook that an answer reads, whatever the learner has made of
  them. `counted(torch.optim.SGD, "step")` sees calls under any name; `course.reading.used(answer, "sqrt", "**", "for")`
  reads the answer's source, and that of the notebook's functions it calls; `written_through(answer, "data")` finds
  writes that the engine doesn't see. What the text forbids is found by these.
- `course.pictures.Shown(axes)`: the lines that can be seen, scales, labels and legend, whatever calls drew them;
  `expect_curve` compares a line and shows both. `course.pictures.expect_picture(axes, {"a": [1.0, 2.0]}, …)` demands
  a line for each name, and all that a reader needs to tell them apart.

**Hints are given on evidence.** A hint that says *why* an answer is wrong belongs to a wrong answer that makes this
mistake: `wrong(hint, …)`. A learner's answer meets it if it does, in every case, what the wrong one does. So a mistake
is written down once, as code, and needs no numbers in the check; two mistakes that can't be told apart by the cases
fail the tests, and need another case. An answer that has to be stopped before any case has failed is "endless", and
meets no such hint. Give several wrong answers to a hint where a mistake has several shapes, and among them the one with
two faults at once that the exercise starts from. For predictions, give the dictionary of what is wrong:
`wrong("late", {"f": (False, True)})`; it explains an answer that has all of it.

A hint in the check itself, `reject("no_node", …)`, `expect(…, hint="…")` or `call(…, raises={"words of the message":
"…"})`, is given for the case that is shown. It may say what can be seen there, and ask a question, no more. Never
choose one by the type of an exception. Where nothing fits, the facts are shown alone; wrong answers that end this way
have one of the keys of `course.judging.COMMON`: "value", "type", "raised", "changed", "left", "again", "gradient",
"none", "endless".

**Answers beside the check.** `wrong` and `also_right` take the lines in place of the solution's; or
`replace=("old", "new", …)`, pieces that occur once in the solution, and their replacements; or
`after="…"`, lines that follow it. Give four wrong answers or more, and three right ones or more in other styles. The
tests prove, under minigrad and under PyTorch, that the untouched exercise is "not answered yet", that the solution and
each right answer are right, that each wrong answer meets its own hint, and that every hint is met. And they change
every solution in small ways, and demand that each mutant be rejected; one that is right is named, with the reason:
`has_node.equivalent("old line → new line", because="…")`. For one exercise or one lesson:

    python -m pytest tests/test_checks.py -k "2.3"
    MUTANTS=2.3 python -m pytest tests/test_mutants.py
    MUTANTS=2 python -m pytest tests/test_mutants.py

# Writing predictions

A prediction in a lesson is five cells, in this order, and tests/test_predictions.py demands them:

1. Markdown that ends with `### Predict 10a: title`, the lesson's number and a letter, and the question. It says what
   kind of answer is wanted: a number, a list, `True` or `False`, a letter of listed choices, one of the words named.
2. `predict("10a", slope=..., end=...)`, alone, tagged `minigrad-only`: for each answer a name that says what is asked.
3. The cell that reveals it, which runs under PyTorch as well. Its output is folded, with the metadata `"jupyter":
   {"outputs_hidden": true}`; the first line that it prints is all that is seen then, and gives nothing away.
4. `compare("10a", slope=x.grad, end=end)`, alone, tagged `minigrad-only`, its source folded with `"jupyter":
   {"source_hidden": true}`: the same names, with what came out, taken from variables of the run.
5. Markdown that begins with a fold, `<details>`, a line `<summary>Compare with your prediction</summary>`, the answer,
   each likely wrong answer with the reason why someone would believe it, `</details>`.

Nothing up to the next heading gives the answer away: every output there is folded, and sentences that name a number or
a word of what came out belong in the fold, or after the next heading. Numbers that the question or the code names are
free, so ask for none of them. If an answer can be written in several ways, ask for one: "to two decimals".

# Steps

In a lesson that builds something, its reader writes parts that the lesson then uses. Such a step is three cells of the
lesson: the function with a `...`, its check, `check("11, step 1")`, and a folded cell with the worked function,
decorated with `@stand_in(name)`, which is used until the reader has written one. The check is written as
an exercise's is, with `@lesson.step(1, …)`; `course.steps` says the rest.

# A knob to turn

Where turning a knob teaches, draw one picture for each of its values in a cell whose source is folded, and show them
under a slider: `turn(picture, learning_rate=[0.1, 0.2, 0.3])`. It runs without a kernel, and `course.turning` says how
it looks where no script may run. An output holds 15 pictures at most. Keep the limits of the axes the same in all.

# What a check can't do

An answer runs in the same process as its check. One that tries to deceive it can: it may patch the course, or look up
what the check will ask. We promise nothing there, nor for what Python can't stop: a loop inside a C function that never
looks for signals, such as `sum(itertools.count())`, any loop where a check is called in another than the main thread,
and what ends the process itself, `os._exit()` or a recursion with its limit raised.
Windows has no alarm, and a thread has to look at the clock there: it stops no loop inside any C function, and none
inside a `try` in another loop that catches everything. Restart the kernel in all these cases.

# Grading with nbgrader

Use exercises/ as nbgrader's source, with `c.ClearSolutions.enabled = False` in its configuration, because the answers
are cut already. While nbgrader grades, a check raises AssertionError unless the answer is right.
"""

import os
import re
import sys
from dataclasses import replace
from typing import Any

from course import answered, predicting
from course.bank import drill, exam, review
from course.checks import find, lessons
from course.exercise import Verdict
from course.memory_strip import memory
from course.reply import Reply, present
from course.side_by_side import beside, pytorch
from course.turning import turn
from minigrad.figures import describe_in_notebooks

__all__ = [
    "beside",
    "check",
    "compare",
    "drill",
    "exam",
    "memory",
    "predict",
    "progress",
    "pytorch",
    "reset",
    "review",
    "turn",
]

describe_in_notebooks()


def check(number: str) -> None:
    """Judge the answer to an exercise and show what was found.

    The answer is read from the variables of the notebook that calls. In exercises/ it is counted as progress. When
    nbgrader grades, which goes by exceptions, an answer that isn't right raises AssertionError.
    """
    verdict = _judged(number, sys._getframe(1).f_globals)
    notes = []
    number = verdict.reply.number
    lesson = next((lesson for lesson in lessons() if number in lesson.exercises), None)  # none has a step
    if lesson and answered.counts_here() and verdict.state in ("right", "wrong", "unanswered"):
        note = answered.add(number) if verdict.state == "right" else ""
        numbers, fault = answered.load()
        if verdict.state == "right":
            from course import overview

            overview.write_page()
        notes = [*filter(None, (note or fault, answered.line(lesson, numbers)))]
    present(replace(verdict.reply, notes=notes))
    if verdict.state != "right" and os.environ.get("NBGRADER_EXECUTION"):
        raise AssertionError(verdict.text)


def _judged(number: Any, notebook: dict[str, Any]) -> Verdict:
    try:
        exercise = find(str(number).strip())
    except ValueError as error:
        return Verdict("fault", Reply(str(number), "fault", f'{error}. Write it as in check("1.2").'))
    return exercise.check(notebook)


def predict(key: Any = "", /, *answers: Any, **said: Any) -> None:
    """Keep what a learner expects, before the cell that shows it has run: `predict("10a", first=3, second="runs")`.

    An answer still to be given is a `...`. While all are, nothing is shown, and while some are, nothing is kept.
    """
    predicting.show(predicting.predicted(key, answers, said))


def compare(key: Any = "", /, *answers: Any, **came_out: Any) -> None:
    """Show what a learner has predicted beside what came out; nothing, if nothing has been predicted."""
    predicting.show(predicting.compared(key, answers, came_out))


def progress() -> None:
    """Show all lessons with their exercises, how many of them have been answered, and where to go on."""
    from course import overview

    present(overview.overview())


def reset(which: Any = "") -> None:
    """Start a notebook over: `reset("03")` the lesson, whose predictions are forgotten, `reset("03 exercises")` those.

    Its contents are set aside, not lost. Answered exercises stay counted.
    """
    from course import own

    found = re.search(r"\d{1,2}", str(which)) if isinstance(which, str | int) else None
    if not found:
        print('Say which notebook to start over: reset("03") for a lesson, reset("03 exercises") for its exercises.')
        return
    number, folder = int(found[0]), "exercises" if "exercise" in str(which).lower() else "notebooks"
    try:
        said = own.start_over(folder, number, answered.started_in)
    except OSError as error:
        said = [f"The notebook could not be written ({error.strerror or error}), and is as it was."]
    if folder == "notebooks":
        count, fault = predicting.forget(number)
        said.append(f"{count} prediction{'s' * (count != 1)} of lesson {number:02} forgotten. {fault}".rstrip())
    print(*said, sep="\n")
