"""Write docs/reference.md: every operation with its gradients, and everything public with its first sentence.

    python tools/reference.py

All of it comes from the tables and the docstrings.  `public` is also what the tests of docstrings go through.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import minigrad  # noqa: E402
from minigrad import Tensor  # noqa: E402
from minigrad.autograd.function import FunctionCtx  # noqa: E402
from minigrad.engine.operation import functions  # noqa: E402
from minigrad.engine.rows import rows  # noqa: E402
from minigrad.nn.containers import Numbered  # noqa: E402
from minigrad.operations.hooks import RemovableHandle  # noqa: E402

REFERENCE = ROOT / "docs" / "reference.md"
MODULES = {
    "torch.autograd": minigrad.autograd,
    "torch.autograd.functional": minigrad.autograd.functional,
    "torch.nn": minigrad.nn,
    "torch.nn.functional": minigrad.nn.functional,
    "torch.nn.init": minigrad.nn.init,
    "torch.nn.utils": minigrad.nn.utils,
    "torch.optim": minigrad.optim,
    "torch.optim.lr_scheduler": minigrad.optim.lr_scheduler,
    "torch.utils": minigrad.utils,
    "torch.utils.data": minigrad.utils.data,
    "torch.cuda": minigrad.cuda,
    "torch.backends": minigrad.backends,
    "torch.backends.cudnn": minigrad.backends.cudnn,
    "torch.backends.mps": minigrad.backends.mps,
    "torch.accelerator": minigrad.accelerator,
    "torch.testing": minigrad.testing,
}
# Those listed under "Networks and optimizers" and under "Devices".
NETWORKS = (
    "torch.nn", "torch.nn.functional", "torch.nn.init", "torch.nn.utils", "torch.optim", "torch.optim.lr_scheduler",
    "torch.utils.data",
)  # fmt: skip
DEVICES = ("torch.cuda", "torch.backends.cudnn", "torch.backends.mps", "torch.accelerator")
TESTS = ("torch.testing",)
# The tables, in the order in which minigrad.engine and minigrad.operations list them.
TABLES = {
    "engine/derivatives.py": "Arithmetic, elementary functions, sums and the matrix product",
    "operations/operators.py": "Powers, comparison and logic",
    "operations/shapes.py": "Shapes and types",
    "operations/indexing.py": "Indexing",
    "operations/filling.py": "Filling",
    "operations/choosing.py": "Choosing",
    "operations/rounding.py": "Rounding and division with remainder",
    "operations/statistics.py": "Statistics",
    "operations/creation.py": "Random numbers written in place",
    "inplace/views.py": "Views written in place",
    "operations/sampling.py": "Random choices",
    "operations/arranging.py": "Picked, sorted, repeated, moved",
    "operations/matrices.py": "Diagonals, cross products, counting",
    "nn/functional.py": "Layers and activations",
    "nn/losses.py": "Losses",
    "nn/normalization.py": "Normalization",
}
NOT_IN_PYTORCH = [
    "as_torch",
    "draw",
    "step_through",
    "why",
    "watch",
    "plot_jacobian",
    "plot_descent",
    "LossCurve",
    "set_tracebacks",
]
HEAD = """# Reference

Everything that `import minigrad as torch` offers, in the order in which you meet it. `help(torch.tanh)`, or
`torch.tanh?` in a notebook, says more: shapes, errors, the gradient, and an example. This page is made from the
docstrings and the tables of derivatives by `python tools/reference.py`.
"""
LETTERS = """
`x`, `y` and `z` are the tensor inputs, `ans` is the result, `g` the gradient of the result. Helpers such as `expand`
and `kept` are in `minigrad/engine/formulas.py` and beside the tables; formulas use the operations of the tables, too. A
dash means that no gradient flows.
"""


def public() -> Iterator[tuple[str, Any]]:
    """Yield everything public that has a docstring, with the name by which people find it."""
    for name in minigrad.__all__:
        yield from documented(f"torch.{name}", getattr(minigrad, name))
    for module, contents in MODULES.items():
        for name in contents.__all__:
            yield from documented(f"{module}.{name}", getattr(contents, name))
    yield from documented("torch.autograd.function.FunctionCtx", FunctionCtx)
    yield from documented("torch.utils.hooks.RemovableHandle", RemovableHandle)


def documented(name: str, thing: Any) -> Iterator[tuple[str, Any]]:
    """Yield a function, or a class and its own methods."""
    if inspect.ismodule(thing) or thing is None or isinstance(thing, (bool, float, minigrad.dtype)):
        return
    yield name, thing
    if isinstance(thing, type):
        for part in members(thing):
            yield f"{name}.{part}", inspect.getattr_static(thing, part)


def members(kind: type) -> list[str]:
    """Return the public methods and properties that a class has beyond those of its public bases."""
    bases = [base for base in kind.__mro__[1:] if base is not Numbered]
    known = {name for base in bases for name in dir(base)}
    return [
        name
        for name in dict.fromkeys(name for base in kind.__mro__ for name in vars(base))
        if not name.startswith("_") and name not in known and is_member(inspect.getattr_static(kind, name))
    ]


def is_member(part: Any) -> bool:
    return inspect.isfunction(part) or isinstance(part, (staticmethod, classmethod, property, cached_property))


def standing(function: Any) -> str:
    """Return the file in which a function is written."""
    return inspect.unwrap(function).__code__.co_filename


def summary(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def signature(thing: Any) -> str:
    """Return the signature without annotations, as one calls it."""
    if isinstance(thing, (property, cached_property)):
        return ""
    if isinstance(thing, (staticmethod, classmethod)):
        thing = thing.__func__
    found = inspect.signature(thing)
    parameters = [each.replace(annotation=each.empty) for each in found.parameters.values()]
    return str(found.replace(parameters=parameters, return_annotation=found.empty))


def line(name: str, thing: Any) -> str:
    return f"- `{name}{signature(thing)}`: {summary(thing)}"


def written() -> str:
    """Return the whole page."""
    makers = [name for name, function in functions.items() if standing(function).endswith("creation.py")]
    parts = [HEAD]

    def section(title: str, lines: list[str], level: int = 2) -> None:
        parts.append(f"\n{'#' * level} {title}\n")
        parts.extend(lines)

    def listed(names: list[str]) -> list[str]:
        return [line(f"torch.{name}", getattr(minigrad, name)) for name in names]

    section(
        "Making tensors",
        listed([*makers, "manual_seed", "initial_seed", "get_rng_state", "set_rng_state", "Generator"]),
    )
    section(
        "What they are",
        listed(["Tensor", "is_tensor", "Size", "dtype", "get_default_dtype", "set_default_dtype", "set_printoptions"]),
    )
    parts.append(f"\nThe types: {', '.join(f'`torch.{name}`' for name in vars(minigrad)['_TYPES'])}.")
    section("Computing with them", listed([name for name in functions if name not in makers]))
    only = [name for name in members(Tensor) if name not in functions]
    section(
        "Methods and attributes of tensors that are not functions, too",
        [line(f"Tensor.{name}", inspect.getattr_static(Tensor, name)) for name in only],
        3,
    )
    section("The rows of the tables", [LETTERS.strip()], 3)
    for file, title in TABLES.items():
        section(f"{title} (`minigrad/{file}`)", table(file), 4)
    section("The graph and the backward pass", [line("Tensor.backward", Tensor.backward)])
    for module in ("torch.autograd", "torch.autograd.functional"):
        section(f"`{module}`", contents_of(module), 3)
    section(
        "Switching recording off",
        listed(["no_grad", "enable_grad", "set_grad_enabled", "inference_mode", "is_grad_enabled"]),
    )
    section("Networks and optimizers", listed(["save", "load"]))
    for module in NETWORKS:
        section(f"`{module}`", contents_of(module), 3)
    section("Tests", [])
    for module in TESTS:
        section(f"`{module}`", contents_of(module), 3)
    section("Devices", listed(["device", "get_default_device", "set_default_device"]))
    for module in DEVICES:
        section(f"`{module}`", contents_of(module), 3)
    section("What PyTorch does not have", listed(NOT_IN_PYTORCH))
    return "\n".join(parts) + "\n"


def contents_of(module: str) -> list[str]:
    lines = []
    for name in MODULES[module].__all__:
        thing = getattr(MODULES[module], name)
        if inspect.ismodule(thing) or isinstance(thing, bool):
            continue
        lines.append(line(f"{module}.{name}", thing))
        if name in ("Module", "Optimizer", "Function", "LRScheduler"):
            lines += ["  " + line(f"{name}.{part}", inspect.getattr_static(thing, part)) for part in members(thing)]
    return lines


def table(file: str) -> list[str]:
    """Return the rows of a file as a table."""
    found = [row for row in rows.values() if Path(row.file).as_posix().endswith(f"minigrad/{file}")]
    letters = [letter for letter in "xyz" if any(row.gradients.get(letter) for row in found)]
    head = ["operation", "result", *(f"{letter} receives" for letter in letters)]
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for row in found:
        gradients = [row.gradients.get(letter) for letter in letters]
        cells = [f"{row.name}({', '.join(row.arguments)})", row.formula, *gradients]
        lines.append("| " + " | ".join(cell(text) for text in cells) + " |")
    return lines


def cell(text: str | None) -> str:
    return "–" if text is None else "`" + re.sub(r"\|", r"\\|", text) + "`"


if __name__ == "__main__":
    REFERENCE.write_text(written(), encoding="utf-8")
