"""What functions and methods say about themselves to help(), `?` and `??`: name, signature and docstring.

Operations made of rows are described by their rows, so that adding an operation stays one row; `words` says in English
what a formula does not.  Functions that are written out have docstrings of their own.
"""

import os
import re
from functools import cache
from inspect import Parameter, Signature
from types import FunctionType
from typing import Any

from ..engine.operation import functions, further, methods
from ..engine.rows import Row, on_tensors, rows
from ..engine.tensor import Tensor
from .other_names import first_name
from .words import BROADCAST, NO_GRADIENT, SAME, WORDS

PUBLIC_NAMES = {"x": "input", "y": "other", "z": "third"}
LETTER, NAME = re.compile(r"\b[xyz]\b"), re.compile(r"(?<![\w.])[A-Za-z_]\w*")
PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
NO_TENSOR = "Errors: TypeError for anything but a tensor"

# --- docstrings


def doc_of(name: str, row: Row | None = None, is_method: bool = False) -> str:
    """Return the docstring of an operation, or of its twin that writes in place, from its words and its row."""
    words = WORDS.get(name.removesuffix("_"))
    return f"{text_of(name, row)}\n\n{example_of(name, words, is_method)}" if words else text_of(name, row)


@cache
def text_of(name: str, row: Row | None) -> str:
    """Return the docstring without its example."""
    plain = name.removesuffix("_")
    words = WORDS.get(plain)
    sentence = words.sentence if words else f"Compute {public_formula(row.formula)}." if row else ""
    if name != plain:
        sentence = f"Apply {plain} in place: write the result into the tensor itself, and return it.\n\n{sentence}"
    lines = [*(lines_of_row(row) if row else ()), *(words.lines if words else ())]
    if name != plain:
        lines.append(
            "In place: RuntimeError, before anything is written, for a leaf that requires grad, while operations are "
            "recorded,\nand for a result of another shape or of a type that the tensor cannot hold."
        )
    return "\n".join([sentence, "", *in_order(lines)])


def in_order(lines: list[str]) -> list[str]:
    """Return the lines in the order of every docstring, with all errors in one."""
    errors = [line.removeprefix("Errors: ").removesuffix(".") for line in lines if line.startswith("Errors: ")]
    others = [line for line in lines if not line.startswith("Errors: ")]
    if errors:
        others.append(f"Errors: {'; '.join(errors)}.")
    return sorted(others, key=lambda line: LABELS.get(line.partition(":")[0], 0))


LABELS = {"Formula": 1, "Shapes": 2, "Errors": 3, "In place": 4, "Gradient": 5, "Note": 6, "Row": 7}


@cache
def lines_of_row(row: Row) -> list[str]:
    """Return what a row says: the result, the shapes, what is refused, and the gradients."""
    lines = []
    if {*NAME.findall(row.formula)} <= {*row.arguments, "np"}:  # helpers of ours would say nothing
        lines.append(f"Formula: {public_formula(row.formula)}.")
    if row.number:
        lines.append("other: a tensor or a number.")
    if row.floating:
        lines.append("Whole numbers are first converted to the default floating-point type.")
    if row.elementwise:
        lines += [BROADCAST, "Errors: RuntimeError for shapes that cannot be broadcast"]
        lines += ["Errors: TypeError for what is neither a tensor nor a number" if row.number else NO_TENSOR]
    elif row.inputs == row.arguments:
        lines += [SAME, NO_TENSOR]
    if row.booleans is not None:
        lines.append(f"Errors: {row.booleans.__name__} for truth values")
    gradients = [
        f"{PUBLIC_NAMES[letter]} receives {public_formula(formula)}"
        for letter, formula in row.gradients.items()
        if formula is not None
    ]
    if gradients:
        known = ", where g is the gradient of the result"
        known += " and ans the result" if "ans" in NAME.findall(" ".join(filter(None, row.gradients.values()))) else ""
        lines.append(f"Gradient: {', '.join(gradients)}{known}.")
    else:
        lines.append(NO_GRADIENT)
    file = os.path.relpath(row.file, PACKAGE).replace(os.sep, "/") if row.file.startswith(PACKAGE) else row.file
    return [*lines, f"Row: {file}, line {row.line}."]


def public_formula(formula: str) -> str:
    """Return a formula of a row with the names of the arguments in place of its letters."""
    return LETTER.sub(lambda found: PUBLIC_NAMES[found[0]], formula.replace(".size", ".numel()"))


def example_of(name: str, words, is_method: bool) -> str:
    if isinstance(words.example, str):
        return words.example
    first, *others = (f"torch.tensor({each})" if each.startswith("[") else each for each in words.example)
    call = f"{first}.{name}({', '.join(others)})" if is_method else f"torch.{name}({', '.join([first, *others])})"
    return f">>> {call}\n{words.result}"


# --- functions and methods


def copy_of(function, name: str, qualname: str, first: str | None = None) -> Any:
    """Return the function under another name, and with another name for its first argument."""
    code = function.__code__
    if first is not None:
        before, *others = code.co_varnames
        cells = tuple([first if each == before else each for each in code.co_cellvars])  # what functions inside use
        code = code.replace(co_varnames=(first, *others), co_cellvars=cells)
    copy = FunctionType(code, function.__globals__, name, function.__defaults__, function.__closure__)
    copy.__kwdefaults__, copy.__doc__, copy.__module__ = function.__kwdefaults__, function.__doc__, function.__module__
    copy.__dict__.update(function.__dict__)
    copy.__qualname__ = qualname
    return copy


@cache
def signature(*names: str) -> Signature:
    """That of a twin, which itself takes whatever its operation takes."""
    return Signature([Parameter(each, Parameter.POSITIONAL_OR_KEYWORD) for each in names])


def describe(row: Row, function) -> None:
    """Give the operation of a row, and its twin, a docstring; the twin also its signature."""
    if not row.inner:
        function.__doc__ = doc_of(row.name, row)
        if row.inplace:
            twin = on_tensors[row.name + "_"]
            others = [PUBLIC_NAMES.get(each, each) for each in row.arguments[1:]]
            twin.__doc__, twin.__signature__ = doc_of(row.name + "_", row), signature("input", *others)


def describe_all() -> None:
    """Describe every operation that was made so far, and let those made later describe themselves."""
    for row in rows.values():
        describe(row, on_tensors[row.name])
    further.append(describe)
    for name, function in functions.items():
        functions[name] = described_function(name, function)
    for name, function in methods.items():
        if not name.startswith("_"):
            methods[name] = described_method(name, function)
            setattr(Tensor, name, methods[name])

    Tensor.backward.__qualname__ = "Tensor.backward"  # as `print(loss.backward)`, without the parentheses, shows it


def described_function(name: str, function):
    """Return the function of that name; a second name is that of a copy."""
    first = first_name(name)
    row = row_of(first)
    doc = doc_of(first, row) if row is not None or first.removesuffix("_") in WORDS else function.__doc__
    if function.__name__ != name:
        doc = doc.replace(f"torch.{function.__name__}(", f"torch.{name}(")
        function = copy_of(function, name, name)
    function.__doc__ = doc
    return function


def described_method(name: str, function):
    """Return the method of that name, whose first argument is called `self`."""
    first = first_name(name)
    row = row_of(first)
    method = copy_of(function, name, f"Tensor.{name}", "self")
    if row is not None or first.removesuffix("_") in WORDS:
        method.__doc__ = doc_of(first, row, is_method=True)
    if first != name and (name in functions or first not in functions):
        method.__doc__ = method.__doc__.replace(f".{first}(", f".{name}(")
    if hasattr(method, "__signature__"):
        _, *others = method.__signature__.parameters
        method.__signature__ = signature("self", *others)
    return method


def row_of(name: str) -> Row | None:
    """Return the row that describes an operation or its twin; None where a function serves several rows."""
    row = rows.get(name) or rows.get(name.removesuffix("_"))
    return None if row is None or row.inner or row.name in HANDWRITTEN else row


HANDWRITTEN = {"add", "sub", "div"}  # with more arguments than their rows
