"""The words of the course: what each means, in one sentence, and where it is taught; and the reference card.

Both pages, notebooks/glossary.md and notebooks/reference_card.md, are written by `python -m course.navigation`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from course.navigation import Lesson

GLOSSARY, CARD = "glossary.md", "reference_card.md"


@dataclass(frozen=True)
class Term:
    """A word, what it means, the lesson that teaches it, and, for the card, what to write."""

    word: str
    meaning: str
    lesson: int
    code: str = ""
    does: str = ""


TERMS = (
    Term(
        "tensor",
        "A box of numbers that all have one dtype; it can hold a single number, a list, a table, and so on.",
        0,
        "torch.tensor([1., 2.])",
        "a tensor of two numbers",
    ),
    Term(
        "broadcasting",
        "A smaller tensor takes part in an operation as if it were repeated: a single number goes with each number.",
        0,
    ),
    Term(
        "requires grad",
        "A tensor requires grad if operations on it are recorded, so that gradients reach it.",
        1,
        "x = torch.tensor(2., requires_grad=True)",
        "a leaf that collects a gradient",
    ),
    Term(
        "leaf",
        "A tensor that no recorded operation has made; the leaves that require grad are where gradients are collected.",
        1,
        "x.is_leaf",
        "whether no recorded operation has made it",
    ),
    Term(
        "dtype",
        "The kind of number that a tensor holds; only floating point numbers can require grad.",
        1,
        "x.dtype",
        "torch.float32, unless you said otherwise",
    ),
    Term(
        "node",
        "What an operation leaves in the graph: its name, edges to what its inputs came from, and what its rule needs.",
        2,
        "y.grad_fn",
        "the node of the operation that made y; None for a leaf",
    ),
    Term(
        "edge",
        "The connection from a node to the node that made one of its inputs; gradients travel along it.",
        2,
        "y.grad_fn.next_functions",
        "the nodes behind it, one pair for each input",
    ),
    Term(
        "computation graph",
        "All nodes that can be reached from a result along the edges; it is built again every time the code runs.",
        0,
        "draw(y)",
        "the graph behind y, drawn (from the course, not PyTorch)",
    ),
    Term(
        "DAG",
        "A directed acyclic graph: its edges have a direction, and no path along them comes back to where it began.",
        2,
    ),
    Term(
        "saved tensor",
        "A value that an operation keeps for its rule, until a backward pass has used it.",
        2,
    ),
    Term(
        "gradient",
        "The gradient of a with respect to b says, for each number in b, how strongly a changes when that number does.",
        0,
        "y.backward()",
        "the gradient of y, a single number, is added to the .grad of each leaf that requires grad",
    ),
    Term(
        "backward pass",
        "The walk from a result to the leaves that visits each node once, after everything that feeds it has arrived.",
        3,
        "torch.autograd.grad(y, x)",
        "the gradient of y with respect to x, returned; no .grad is touched",
    ),
    Term(
        "retain_graph",
        "Keeps what the nodes have saved, so that the same graph can be used for another backward pass.",
        3,
        "y.backward(retain_graph=True)",
        "a pass after which another can follow",
    ),
    Term(
        "retain_grad",
        "Asks a tensor that isn't a leaf to keep the gradient that arrives at it.",
        3,
        "y.retain_grad()",
        "y.grad is kept as well",
    ),
    Term(
        "Jacobian",
        "The table of the gradients of each number of a result (its rows) with respect to each number of an input.",
        4,
    ),
    Term(
        "vector–Jacobian product",
        "A row of weights times the Jacobian, which a backward pass computes without building the table.",
        4,
        "y.backward(v)",
        "a backward pass of a y of many numbers, each weighted by v",
    ),
    Term(
        "Jacobian–vector product",
        "The Jacobian times a column of weights, one for each input; forward mode computes it, exactly.",
        4,
    ),
    Term(
        "define-by-run",
        "The graph is recorded while the code runs, again in every run; Python decides which path is taken.",
        5,
    ),
    Term(
        "detach",
        "Returns a tensor that shares the memory and has no past: gradients stop there.",
        6,
        "x.detach()",
        "the same numbers without a past",
    ),
    Term(
        "clone",
        "A copy with its own memory, which is part of the graph.",
        6,
        "x.clone()",
        "a copy through which gradients flow",
    ),
    Term(
        "in-place",
        "An in-place operation writes its result into the memory of its input; its name ends with an underscore.",
        6,
        "x.add_(1)",
        "written into x itself",
    ),
    Term(
        "no_grad",
        "Switches recording off, for a block or a function: what is computed there has no past.",
        7,
        "with torch.no_grad():",
        "nothing in the block is recorded",
    ),
    Term(
        "accumulate",
        "Every backward pass adds to the .grad that is there, and replaces nothing.",
        8,
    ),
    Term(
        "clear",
        "Setting gradients back before the next pass, which would otherwise add to them.",
        8,
        "optimizer.zero_grad()",
        "the .grad of all its parameters back to None",
    ),
    Term(
        "micro-batch",
        "A part of a batch with its own backward pass; the gradients of the parts add up before one step.",
        8,
    ),
    Term(
        "optimizer",
        "Changes the parameters by their gradients, one step at a time.",
        9,
        "optimizer.step()",
        "one step, by the gradients that are there now",
    ),
    Term(
        "learning rate",
        "How far a step goes for a gradient of a given size.",
        9,
        "torch.optim.SGD([w], lr=0.1)",
        "steps of 0.1 times the gradient, downhill",
    ),
    Term(
        "momentum",
        "Lets each step keep a part of the one before: steps in the same direction grow, those back and forth cancel.",
        9,
        "torch.optim.SGD([w], lr=0.1, momentum=0.9)",
        "nine tenths of the last velocity are kept",
    ),
    Term(
        "weight decay",
        "Pulls every parameter a little towards 0 in each step, by adding a part of it to its gradient.",
        9,
        "torch.optim.SGD([w], lr=0.1, weight_decay=0.01)",
        "a hundredth of w is added to its gradient",
    ),
    Term(
        "curvature",
        "How fast the slope grows along a direction; its largest value L limits the learning rate to 2/L.",
        9,
    ),
    Term(
        "create_graph",
        "Records the backward pass itself, so that a gradient can be differentiated again.",
        13,
        "torch.autograd.grad(y, x, create_graph=True)",
        "a gradient that has a graph of its own",
    ),
    Term(
        "Hessian",
        "The table of second derivatives of a number: how each gradient responds to a small turn of each input.",
        13,
    ),
)


def glossary(lessons: Sequence[Lesson]) -> str:
    """Return the page of words, in the order of the alphabet, with links to the lessons that there are."""
    lines = ["# Words", "", f"What to write for them is on the [reference card]({CARD}).", ""]
    lines += ["| word | what it means | lesson |", "|---|---|---|"]
    lines += [
        f"| **{term.word}** | {term.meaning} | {_link(term.lesson, lessons)} |"
        for term in sorted(TERMS, key=lambda term: term.word.casefold())
    ]
    return "\n".join(lines) + "\n"


def card(lessons: Sequence[Lesson]) -> str:
    """Return what to write and what it does, in the order in which it is learned; true of PyTorch, too, except draw."""
    lines = ["# Reference card", "", f"What the words mean is under [words]({GLOSSARY}).", ""]
    lines += ["| you write | what it does | lesson |", "|---|---|---|"]
    lines += [f"| `{term.code}` | {term.does} | {_link(term.lesson, lessons)} |" for term in TERMS if term.code]
    return "\n".join(lines) + "\n"


def _link(number: int, lessons: Sequence[Lesson]) -> str:
    file = next((lesson.file for lesson in lessons if lesson.number == number), "")
    return f"[{number:02}]({file})" if file else f"{number:02}"
