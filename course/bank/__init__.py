'''Questions with fresh numbers: three at the start of a lesson, a mixed set, drills, and the final exam.

In a notebook: `questions = review("10")` asks three questions from lessons at least two back, and in the next cell
`questions.answer(..., ..., ...)` answers them. `review()` asks a mixed set over all that was done, starting with those
not seen for longest. `drill()` draws a small graph whose gradients the learner fills in. `paper = exam(seed=7)` draws
twenty questions over all lessons.

# Writing questions

A lesson's questions are one file, `course/bank/qNN_name.py`, found by its name, with six or more of them. Nothing else
needs to change. `course/bank/q06_detach.py` is a good example. A question is a function of a source of random
numbers and of the library, and returns what is asked:

    from random import Random
    from typing import Any

    from course.bank.form import Bank, Number, Question, run

    bank = Bank(6, "detach")

    @bank.question()
    def held(random: Random, torch: Any) -> Question:
        k, fall = random.sample([2, 3, 4, 5], 2)
        code = f"""
            k = torch.tensor({k}.0, requires_grad=True)
            price = 20 - {fall} * k
            revenue = price.detach() * k
            revenue.backward()
        """
        ran = run(torch, code)
        uncut = run(torch, code.replace(".detach()", ""))("k.grad.item()")
        return Question(
            "What is `k.grad`?",
            Number(),
            ran("k.grad.item()"),
            "`detach()` takes the price as given, so only the path straight into the product is left.",
            wrong=[
                (uncut, "This is the slope of the full graph. The path through the price is cut."),
                (0, "One path is cut, not both: `k` is still a factor of the product."),
            ],
            code=code,
        )

- **The truth comes out of the code that is shown.** `run(torch, code)` runs it, `ran("x.grad.item()")` evaluates an
  expression after it, `ran.end` is "runs" or "raises", `ran.printed` what was printed. A truth that is typed is a
  defect. Whatever someone may believe instead may be computed too, often by running the code with the mistake in it.
- **The kind of answer** is `Number()`, `Numbers(3)`, `Word("runs", "raises")`, `Words("shares", "copies", count=3)`
  for several words, or `Letter(random, choices)`, where each choice is a value and the text shown for it: truth and
  wrong answers are given as values, and the letters are drawn. The line that tells the learner which kind is wanted
  is added automatically, so the text need not say it. True, False and None are words: `Word("True", "False")` with
  `str(x.requires_grad)`. A truth that is an int, such as a number of nodes, must be met exactly; a float within two
  thousandths.
- **Numbers are drawn so that they suit mental arithmetic**: small whole numbers, halves, tens. They should be drawn so
  that the answer changes too: of two words, each is the truth for some seeds.
- **`wrong`** holds likely wrong answers, each with the reason why someone would believe it, in the words of a person
  who has seen the answer. Give three or so. One that happens to be the truth, or is there already, is left out.
- **`because`** says why the truth is true, in one or two sentences that hold for all numbers that can be drawn. It is
  shown after every answer.
- **A drawing**: `picture=ran.draw("loss")`, taken before a backward pass has used the graph up. It must not give the
  answer away; `values=False` leaves out the numbers.
- **Pairs that are confused** are asked side by side in one question, `@bank.question(pair="detach")`. The pairs:
  `course.bank.form.PAIRS`. Every review has one of these questions, if there are some.
- A question is drawn while the learner waits: within a tenth of a second.
- Ask for what follows from understanding, not for a name or a number that can be looked up in the lesson.
- Use nothing but what minigrad and PyTorch have in common. The course shows minigrad's run; the tests demand that
  PyTorch gives the same question, truth and wrong answers for every seed.

To see a lesson's questions, for two seeds each, with truth and wrong answers:

    python -m course.bank 06
    python -m pytest tests/test_bank.py -k q06
'''

import importlib
import pkgutil
import re
from random import Random
from typing import Any

from course.bank import drills, papers
from course.bank.cards import Card
from course.bank.form import Bank, Generator
from course.reply import Reply, present

__all__ = ["drill", "exam", "find", "lessons", "review"]


def lessons() -> list[Bank]:
    """Return the questions of every lesson that has some, in order."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    return [find(name) for name in sorted(names) if re.match(r"q\d\d_", name)]


def find(name: str) -> Bank:
    """Return the questions in one file, such as "q06_detach"."""
    bank = importlib.import_module(f"{__name__}.{name}").bank
    if not isinstance(bank, Bank):
        raise TypeError(f"course/bank/{name}.py should make a Bank named `bank`, and makes {bank!r}")
    return bank


def _generators() -> list[Generator]:
    return [generator for lesson in lessons() for generator in lesson.generators]


def review(lesson: Any = None) -> papers.Paper:
    """Ask three questions from lessons at least two before this one; without a lesson, some from all that was done.

    The questions are shown, and others at the next visit. Answer them in the next cell, in their order.
    """
    text = str(lesson).strip() if isinstance(lesson, int | str) else ""
    if lesson is not None and not re.fullmatch(r"[0-9]{1,2}", text):
        said = f'There is no lesson {papers.said(lesson)}. Write it as in review("10").'
        present(Reply("", "fault", said, about="Review"))
        return papers.Paper("", [], 0)
    what = f"{int(text):02}" if text else "mixed"
    seed = f"{what} {papers.visit(what)}"
    if lesson is None:
        chosen = papers.mixed(_generators(), papers.furthest(), Random(f"review {seed}"))
    else:
        chosen = papers.chosen_for_lesson(_generators(), int(text), Random(f"review {seed}"))
    many = papers.NUMBERS[len(chosen)]
    heading = f"{many} questions from lessons before this one".capitalize()
    if lesson is None:
        heading = f"{many} questions, starting with those you have not seen for longest".capitalize()
    if not chosen:
        heading = "Nothing is far enough back to be asked about."
    paper = papers.Paper(heading, chosen, seed)
    papers.note(what, chosen)
    present(paper.card())
    return paper


def drill(level: Any = 1) -> papers.Paper:
    """Draw a small graph at random, never the same twice, and ask for the gradients of its leaves.

    Levels: 1, leaves that are used more than once; 2, a result in between that is used twice; 3, three leaves; 4, a cut
    on one of the paths.
    """
    if not isinstance(level, int) or isinstance(level, bool) or level not in drills.LEVELS:
        said = f"There is no level {papers.said(level)}: they are {', '.join(map(str, drills.LEVELS))}."
        present(Reply("", "fault", said, about="Drill"))
        return papers.Paper("", [], 0)
    what = f"drill{level}"
    generator = drills.drill(level, papers.visit(what))
    paper = papers.Paper(f"Drill, level {level}: {drills.LEVELS[level]}", [generator], 0)
    papers.note(what, [generator])
    present(paper.card())
    return paper


def exam(seed: Any) -> papers.Exam:
    """Draw twenty questions over all lessons, no two of the same kind; the same seed gives the same paper.

    `paper.question(1)` shows a question, `paper.answer(1, …)` notes an answer and shows the next, `paper.result()`
    judges them. `paper.questions()` shows all, `paper.answer({1: …, 2: …})` answers several.
    """
    if seed is ...:
        return papers.Exam([], seed)
    paper = papers.Exam(papers.examined(_generators(), Random(f"exam {seed!r}")), seed)
    sentences = [
        "No two are of the same kind, and nothing is judged before the end. `paper.answer(1, …)` notes your answer to "
        "question 1 and shows the next, `paper.question(1)` shows it again, `paper.result()` judges them all.",
    ]
    many = len(paper.asked)
    present(Card(f"Exam {papers.said(seed)}: {many} questions", sentences, paper.asked[:1]))
    return paper
