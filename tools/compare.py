"""Run a notebook's cells under minigrad and under PyTorch and show where they differ.

    python -m tools.compare notebooks/01_requires_grad.ipynb

Exit code 0: every cell shows the same under both. 1: the differences are printed as a diff. Compared, cell by cell, is
what a reader sees: what was printed, the value of the last expression, the categories of the warnings, the type of the
exception. Memory addresses are masked. Cells tagged `minigrad-only` or `pytorch` are left out; cells tagged
`nbval-ignore-output` are run, but what they show is not compared. Only a cell tagged `raises-exception` may raise.

The PyTorch run executes the same cells with `minigrad` read as `torch` in their import statements. Each run has a
process of its own, so that seeds, modes and dtypes do not leak from one notebook, or one library, into the next.
"""

import argparse
import difflib
import importlib
import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # this file is run by its path, too

from course.side_by_side import LIBRARIES, fresh_namespace, run_cell  # noqa: E402


def transcript(path: Path, library: str) -> list[dict[str, Any]]:
    """Run a notebook's cells in order. Return for each what a reader sees, and what is wrong under either library."""
    os.chdir(path.parent)  # where Jupyter starts the kernel, and what it imports from first
    sys.path[0] = str(path.parent)
    namespace = fresh_namespace()
    cells = []
    for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
        source, tags = "".join(cell["source"]).strip(), cell["metadata"].get("tags", [])
        if cell["cell_type"] != "code" or "minigrad-only" in tags or "pytorch" in tags:
            continue
        text, raised = run_cell(source, namespace, library)
        fault = ""
        if raised != ("raises-exception" in tags):
            fault = (
                f"{library}: {text.splitlines()[-1]}, without a" if raised else f"{library}: raised nothing, with the"
            )
            fault += " tag `raises-exception`"
        seen = [] if "nbval-ignore-output" in tags else text.splitlines()
        cells.append({"name": f"cell {number}: {source.partition(chr(10))[0]}", "seen": seen, "fault": fault})
    return cells


def apart(path: Path, library: str, context: Any) -> list[dict[str, Any]] | None:
    """Return the transcript of a run in a process of its own; None if that process ended halfway."""
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_send_transcript, args=(there, path, library))
    process.start()
    there.close()
    try:
        return here.recv()
    except EOFError:
        return None
    finally:
        process.join()


def _send_transcript(pipe: Any, path: Path, library: str) -> None:
    pipe.send(transcript(path, library))


def transcripts(paths: list[Path], library: str) -> list[list[dict[str, Any]] | None]:
    """Return the transcripts of several notebooks.  If processes can fork, what is slow is imported only once."""
    fork = sys.platform == "linux"
    for slow in (library, "matplotlib.pyplot") if fork else ():
        importlib.import_module(slow)
    context = multiprocessing.get_context("fork" if fork else "spawn")
    return [apart(path, library, context) for path in paths]


def compare(paths: list[Path]) -> list[list[str]]:
    """Run notebooks under both libraries, side by side.  Return the lines of a report on each; none if both show the
    same."""
    # A path the caller has set goes first, so that another minigrad can be compared as well.
    search = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)]))
    environment = {**os.environ, "PYTHONPATH": search, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, __file__, *(str(path.resolve()) for path in paths), "--transcripts"]
    runs = [
        subprocess.Popen([*command, library], stdout=subprocess.PIPE, env=environment, encoding="utf-8")
        for library in LIBRARIES
    ]
    texts = [run.communicate()[0] for run in runs]
    if any(run.returncode for run in runs):
        sys.exit("the comparison itself failed")
    return [report(*pair) for pair in zip(*map(json.loads, texts), strict=True)]


def report(ours: list[dict[str, Any]] | None, theirs: list[dict[str, Any]] | None) -> list[str]:
    """Return how two transcripts of a notebook differ."""
    lines = []
    for library, cells in zip(LIBRARIES, (ours, theirs), strict=True):
        if cells is None:
            lines.append(f"the run under {library} ended halfway")
    for our, their in zip(ours or [], theirs or [], strict=not lines):
        diff = difflib.unified_diff(their["seen"], our["seen"], "torch", "minigrad", lineterm="")
        if found := [*filter(None, (our["fault"], their["fault"])), *diff]:
            lines += [our["name"], *found, ""]
    return lines


def main() -> int:
    """Compare the notebooks named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument(
        "--transcripts", choices=LIBRARIES, help="print one library's runs as JSON in place of a report"
    )
    args = parser.parse_args()
    for path in args.notebooks:
        if not path.is_file():
            parser.error(f"there is no notebook {path}")
    if args.transcripts:
        json.dump(transcripts(args.notebooks, args.transcripts), sys.stdout)
        return 0
    reports = compare(args.notebooks)
    for path, lines in zip(args.notebooks, reports, strict=True):
        print(f"{path}: {'differs' if lines else 'the same under both'}", *lines, sep="\n")
    return 1 if any(reports) else 0


if __name__ == "__main__":
    sys.exit(main())
