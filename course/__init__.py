"""The course around minigrad: the checks of its exercises, and the commands that keep its notebooks in order.

In a notebook: `check("2.3")` judges the answer to exercise 2.3, `progress()` shows what is answered so far.
On the command line: `python -m course.cut` cuts exercises/ out of solutions/, `python -m course.refresh` runs
notebooks/ and solutions/ anew, saves their outputs and cuts the exercises.

# Writing exercises

A lesson's exercises are two files: the notebook `solutions/NN_name.ipynb`, and `course/checks/exNN_name.py`, which is
found by its name. Nothing else has to be touched.

**The notebook** holds, for exercise 2.3, a heading `## 2.3 Title ●●○ 6 minutes`, the question, three folded hints, and

- the answer's cell, with nbgrader's `grade_id` `answer_2_3`, whose answer stands between `### BEGIN SOLUTION` and
  `### END SOLUTION`. In exercises/ these lines become `...`; lines that do nothing but assign keep the names, and
  dictionaries their keys: `predicted = {"x": ...}`;
- the check's cell, `grade_id` `check_2_3`, locked, tagged `minigrad-only`: `check("2.3")`;
- what only the solutions show, such as an explanation of the answer, in cells tagged `solution-only`.

**The check** is a function of the names that it reads from the notebook, and of the library in use there:

    from course.exercise import Function, Lesson, call, expect

    lesson = Lesson(2, "grad_fn and the graph")

    @lesson.exercise(
        3,
        right="A leaf has no node of its own; its sum has one.",
        hints={"leaf": "You count a node for a leaf. Only operations make nodes."},
    )
    def has_node(has_node: Function, torch):
        x = torch.ones(2, requires_grad=True)
        for tried, t, want in (("has_node(x), x a leaf", x, False), ("has_node(x.sum())", x.sum(), True)):
            expect(tried, call(tried, has_node, t), want, leaf=t.requires_grad)

    has_node.wrong("leaf", "return t.requires_grad")
    has_node.wrong("raised", "return t.grad_fn.name() is not None")

- The annotations say what the names must be: `Function`, `Tensor`, or a class such as `dict`; other answers are turned
  away before the check begins. `call` turns an exception, an endless loop and a changed argument into a line;
  `expect` compares strictly; its keywords are known mistakes: the key of a hint, and the value the mistake leads to.
  `expect_predictions` judges a dictionary of predictions, `reject` says no for any other reason.
- Use the library through the last parameter only, so that answers made with PyTorch are judged as well, and nothing
  but what PyTorch offers too.
- `wrong` takes the key of the hint and the lines that stand in place of the solution's; `almost`, lines that follow
  them, such as `predicted["x"] = True`. The tests prove that the untouched exercise is "not answered yet", that the
  solution is right, that every wrong answer meets its own hint, that every hint is met by one, and that there are four
  wrong answers or more.

# Grading with nbgrader

Let exercises/ be nbgrader's source, with `c.ClearSolutions.enabled = False` in its configuration, because the answers
are cut already. While nbgrader grades, a check raises AssertionError unless the answer is right.
"""

import os
import sys
from dataclasses import replace
from typing import Any

from course import answered
from course.checks import find, lessons
from course.exercise import Verdict
from course.reply import Reply

__all__ = ["check", "progress"]


def check(number: str) -> None:
    """Judge the answer to an exercise and show what was found.

    The answer is read from the variables of the notebook that calls. In exercises/ it is counted as progress. When
    nbgrader grades, which goes by exceptions, an answer that isn't right raises AssertionError.
    """
    verdict = _judged(number, sys._getframe(1).f_globals)
    notes = []
    if answered.counts_here() and verdict.state in ("right", "wrong", "unanswered"):
        number = verdict.reply.number
        note = answered.add(number) if verdict.state == "right" else ""
        numbers, fault = answered.load()
        lesson = next(lesson for lesson in lessons() if number in lesson.exercises)
        notes = [*filter(None, (note or fault, answered.line(lesson, numbers)))]
    _show(replace(verdict.reply, notes=notes))
    if verdict.state != "right" and os.environ.get("NBGRADER_EXECUTION"):
        raise AssertionError(verdict.text)


def _judged(number: Any, notebook: dict[str, Any]) -> Verdict:
    try:
        exercise = find(str(number).strip())
    except ValueError as error:
        return Verdict("fault", Reply(str(number), "fault", f"{error}. Write it as in check(\"1.2\")."))
    return exercise.check(notebook)


def _show(reply: Reply) -> None:
    """Show a reply as a card in a notebook, and print it anywhere else."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and getattr(ipython.get_ipython(), "kernel", None) is not None:
        from IPython.display import display

        display(reply)
    else:
        print(reply.text())


def progress() -> None:
    """Print a line for each lesson with exercises: how many of them have been answered."""
    numbers, fault = answered.load()
    width = max((len(lesson.title) for lesson in lessons()), default=0)
    print(*filter(None, (fault, *(answered.line(lesson, numbers, width) for lesson in lessons()))), sep="\n")
