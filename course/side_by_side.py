"""The same cells under minigrad and under PyTorch, side by side; and cells that need PyTorch, where it is missing.

`beside("05")` runs a lesson, `beside("05", "bake")` shows those of its cells that have a word, `beside('''…''')` runs
your own lines. Each run has its own process, so that seeds, modes and dtypes do not leak from one library, or
from the notebook, into the other. Compared is what a reader sees: what was printed, the value of the last expression,
the categories of the warnings, the type of the exception. Memory addresses are masked.
"""

import ast
import contextlib
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from course.cut import lesson_paths, lessons_folder
from course.reply import CODE, INK, LINE, present

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = ("minigrad", "torch")
MISSING = "PyTorch is not installed here. With it (`pip install torch`) you see the same under both."
SECONDS = 180
# Python and Jupyter don't show these categories for code in libraries, so a reader doesn't see them either.
HIDDEN_WARNINGS = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


# --- one library's run


class ReadAsTorch(ast.NodeTransformer):
    """Turn the imports of minigrad into the same imports of torch."""

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:
        statements: list[ast.stmt] = []
        for alias in node.names:
            statements.append(ast.Import([ast.alias(_torch_name(alias.name), alias.asname)]))
            if alias.asname is None and _torch_name(alias.name) != alias.name:  # it binds the name `minigrad`
                statements.append(ast.Import([ast.alias("torch", "minigrad")]))
        return statements

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        return ast.ImportFrom(node.module and _torch_name(node.module), node.names, node.level)


def _torch_name(module: str) -> str:
    return re.sub(r"^minigrad(?=\.|$)", "torch", module)


def run_cell(source: str, namespace: dict[str, Any], library: str) -> tuple[str, bool]:
    """Run one cell as IPython would. Return what a reader sees, and whether it raised."""
    from IPython.lib.pretty import pretty

    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return f"raised SyntaxError: {error.msg}, in line {error.lineno}\n", True
    if library == "torch":
        tree = ast.fix_missing_locations(ReadAsTorch().visit(tree))
    # IPython displays the value of a last expression, unless a semicolon ends it.
    shown = isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";") if tree.body else False
    last = tree.body.pop() if shown else None
    out, raised = io.StringIO(), False
    with contextlib.redirect_stdout(out), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # What minigrad itself keeps from its readers: NumPy's words about 1 / 0, where PyTorch is silent.
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"minigrad\b")
        try:
            exec(compile(tree, "<cell>", "exec"), namespace)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)
                if value is not None:
                    print(pretty(value))
        except Exception as error:
            raised = True
            print("raised", type(error).__name__)
    for category in sorted({w.category.__name__ for w in caught if not issubclass(w.category, HIDDEN_WARNINGS)}):
        out.write(f"warned {category}\n")
    return re.sub(r"0x[0-9a-fA-F]+", "0x…", out.getvalue()), raised


def fresh_namespace() -> dict[str, Any]:
    """Return the variables of a notebook before its first cell."""
    from IPython.lib.pretty import pretty

    return {"__name__": "__main__", "display": lambda *values: print(*map(pretty, values), sep="\n")}


def cells_of(path: Path) -> list[Mapping[str, Any]]:
    """Return the code cells of a notebook that both libraries can run."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    left_out = {"minigrad-only", "pytorch"}
    return [
        cell for cell in cells if cell["cell_type"] == "code" and not left_out & {*cell["metadata"].get("tags", [])}
    ]


# --- side by side


def beside(what: str, having: str = "") -> None:
    """Run a lesson, or lines of your own, under minigrad and under PyTorch, and show what both show.

    what: a lesson's number, such as "05", or lines of Python that use `torch`. having: of a lesson, show the cells in
    which this text stands; without it, only those that differ.
    """
    present(_beside(str(what), str(having)))


def _beside(what: str, having: str) -> "SideBySide":
    if not re.fullmatch(r"\s*\d{1,2}\s*", what):
        sources = ["import minigrad as torch", what]
        runs = _runs(sources)
        mine, other = (run[-1] if run else "" for run in runs)
        return SideBySide("Your lines", [(what.strip("\n"), mine, other)], _noted(runs))
    found = lesson_paths(f"{int(what)}")
    if not found:
        return SideBySide(f"There is no lesson {what.strip()}", [], [])
    sources = ["".join(cell["source"]) for cell in cells_of(found[0])]
    runs = _runs(sources)
    ours, theirs = runs
    if not ours or not theirs:
        theirs = ours
    rows = list(zip(sources, ours, theirs, strict=True))
    same = sum(our == their for _, our, their in rows)
    title = f"Lesson {int(what):02}: {len(rows)} cells"
    if all(runs):
        title += f", {'the same under both' if same == len(rows) else f'{same} of them the same under both'}"
    chosen = [row for row in rows if having in row[0]] if having else [row for row in rows if row[1] != row[2]]
    notes = [f"No cell of this lesson contains {having!r}."] if having and not chosen else []
    return SideBySide(title, chosen, [*_noted(runs), *notes])


def _noted(runs: Sequence[list[str]]) -> list[str]:
    return [] if all(runs) else [MISSING]


def _runs(sources: list[str]) -> tuple[list[str], list[str]]:
    """Return what each library shows of each cell; an empty list where the library is not installed."""
    libraries = [library for library in LIBRARIES if importlib.util.find_spec(library)]
    search = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)]))
    environment = {**os.environ, "PYTHONPATH": search, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
    started = {
        library: subprocess.Popen(
            [sys.executable, "-m", "course.side_by_side", library],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=lessons_folder(),
            encoding="utf-8",
        )
        for library in libraries
    }
    shown: dict[str, list[str]] = {}
    for library, process in started.items():
        try:
            text = process.communicate(json.dumps(sources), timeout=SECONDS)[0]
            shown[library] = json.loads(text)
        except subprocess.TimeoutExpired:
            process.kill()
            shown[library] = [f"stopped after {SECONDS} s"] * len(sources)
        except ValueError:
            shown[library] = ["the run ended halfway"] * len(sources)
    return shown.get("minigrad", []), shown.get("torch", [])


@dataclass(frozen=True)
class SideBySide:
    """Cells, and what each library shows of them."""

    title: str
    rows: Sequence[tuple[str, str, str]]
    notes: Sequence[str]

    def text(self) -> str:
        """Return the comparison as lines of text."""
        lines = [f"{self.title}."]
        for source, ours, theirs in self.rows:
            lines += ["", *(f"    {line}" for line in source.splitlines())]
            both = [("minigrad and PyTorch", ours)] if ours == theirs and not self.notes else []
            for name, shown in both or [("minigrad", ours), ("PyTorch", theirs)]:
                if shown or both:
                    lines += [f"  {name}:", *(f"    {line}" for line in shown.splitlines())]
        return "\n".join([*lines, *self.notes])

    def html(self) -> str:
        """Return the comparison as a card: each cell, and below it two columns."""
        block = f"{CODE};display:block;white-space:pre;overflow-x:auto;margin:4px 0;padding:4px 8px"
        parts = [f"<strong>{escape(self.title)}</strong>"]
        for source, ours, theirs in self.rows:
            word, sign = ("the same", "✓") if ours == theirs else ("not the same", "✗")
            columns = "".join(
                f'<div style="flex:1 1 240px;min-width:0"><div style="opacity:.85">{name}</div>'
                f'<pre style="{block};border-left:3px solid {LINE}">{escape(shown)}</pre></div>'
                for name, shown in (("minigrad", ours), ("PyTorch", theirs))
            )
            verdict = "" if self.notes else f'<div><span aria-hidden="true">{sign}</span> {word}</div>'
            parts.append(
                f'<pre style="{block}">{escape(source)}</pre>'
                f'<div style="display:flex;flex-wrap:wrap;gap:12px">{columns}</div>{verdict}'
            )
        parts += [f'<div style="margin:6px 0 0">{escape(note)}</div>' for note in self.notes]
        frame = f"border:1px solid {LINE};border-radius:5px;padding:8px 12px;{INK}"
        return f'<div role="group" aria-label="Side by side" style="{frame}">{"".join(parts)}</div>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self.html()}


# --- cells that need PyTorch


class NotInstalled(ImportError):
    """PyTorch is not installed; a notebook shows one line in place of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def pytorch() -> Any:
    """Return the module `torch`, PyTorch itself.

    Where it is not installed, a cell of a lesson shows again what it was saved with, and ends there.
    Errors: NotInstalled, an ImportError.
    """
    if importlib.util.find_spec("torch"):
        import torch

        return torch
    outputs = _saved_outputs()
    if outputs:
        from IPython.display import display

        for output in outputs:
            if output["output_type"] == "stream":
                print("".join(output["text"]), end="")
            elif "data" in output:
                data = {
                    kind: "".join(text) if isinstance(text, list) else text for kind, text in output["data"].items()
                }
                display(data, raw=True)
        raise NotInstalled("PyTorch is not installed here (pip install torch). This is what the cell showed with it.")
    raise NotInstalled("PyTorch is not installed here: pip install torch, then run this cell again.")


def _saved_outputs() -> list[Any]:
    """Return what the cell that is running was saved with, if it is in a lesson unchanged."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    source = (shell.user_ns.get("In") or [""])[-1].strip() if shell else ""
    for path in sorted(lessons_folder().glob("*.ipynb")) if source else []:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code" and "".join(cell["source"]).strip() == source:
                return list(cell["outputs"])
    return []


if __name__ == "__main__":
    variables = fresh_namespace()
    shown = [run_cell(source, variables, sys.argv[1])[0] for source in json.loads(sys.stdin.read())]
    json.dump(shown, sys.stdout)
