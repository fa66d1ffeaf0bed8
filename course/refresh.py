"""Run the notebooks again, save their outputs, bring their links up to date, and cut the exercises.

    python -m course.refresh                  notebooks/ and solutions/, in order
    python -m course.refresh 02 solutions/01  those with one of these in their path

Every notebook runs in a fresh kernel of the environment that runs this command. Whatever would change with every run is
kept out of the files: time stamps, versions, widgets' states. Outputs that differ from the saved ones in nothing but
memory addresses stay as they are. A notebook with an unexpected error is left alone.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from course import navigation
from course.cut import ROOT, text_of

KEPT = ("tags", "nbgrader", "jupyter")  # jupyter: answers to predictions stay folded until their cell is run
SECONDS_A_CELL = 120


def refresh(path: Path) -> None:
    """Run one notebook and save it. CellExecutionError or CellTimeoutError if a cell fails, and nothing is saved."""
    notebook = nbformat.read(path, as_version=4)
    if any("pytorch" in cell.metadata.get("tags", []) for cell in notebook.cells) and not find_spec("torch"):
        raise CellExecutionError("its cells tagged `pytorch` need PyTorch: pip install torch", "", "")
    before = [cell.get("outputs") for cell in notebook.cells]
    # Whoever refreshes, no exercise is answered; and the course is found whether it is installed or not.
    search = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)]))
    with tempfile.TemporaryDirectory() as empty:
        NotebookClient(
            notebook,
            timeout=SECONDS_A_CELL,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
            record_timing=False,
            extra_arguments=["--log-level=40"],
            store_widget_state=False,
            coalesce_streams=True,
        ).execute(env={**os.environ, "PYTHONPATH": search, "COURSE_PROGRESS": str(Path(empty) / "progress.json")})
    for cell, saved in zip(notebook.cells, before, strict=True):
        cell.metadata = {key: cell.metadata[key] for key in KEPT if key in cell.metadata}
        if cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type == "error":  # frames name files by their full path
                    output.traceback = [line.replace(f"{ROOT}{os.sep}", "") for line in output.traceback]
            if _without_addresses(saved) == _without_addresses(cell.outputs):
                cell.outputs = saved
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {key: value for key, value in notebook.metadata.language_info.items() if key != "version"},
    }
    nbformat.validate(notebook)
    path.write_text(text_of(notebook), encoding="utf-8", newline="\n")


def _without_addresses(outputs: Any) -> str:
    return re.sub(r"0x[0-9a-fA-F]+", "0x", json.dumps(outputs, sort_keys=True))


def main() -> int:
    """Refresh the notebooks named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="parts of paths, such as 02 or solutions/01")
    names = parser.parse_args().names
    every = [*sorted(ROOT.glob("notebooks/*.ipynb")), *sorted(ROOT.glob("solutions/*.ipynb"))]
    chosen = [path for path in every if not names or any(name in str(path.relative_to(ROOT)) for name in names)]
    if not chosen:
        parser.error(f"no notebook's path contains any of: {', '.join(names)}" if names else "there are no notebooks")
    failed = False
    for path in chosen:
        begun = time.perf_counter()
        print(f"{path.relative_to(ROOT)} …", end=" ", flush=True)
        try:
            refresh(path)
        except (CellExecutionError, CellTimeoutError) as error:
            print(f"failed, left as it was\n{error}")
            failed = True
        else:
            print(f"{time.perf_counter() - begun:.1f} s")
    for line in navigation.write():
        print(line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
