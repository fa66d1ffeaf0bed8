"""What comes out where a lesson asks for a prediction: run a lesson's cells and print what its compare cells are given.

python -m tests.truths notebooks/10_error_clinic.ipynb prints a line of JSON: {"10a": {"slope": 3.0}, …}.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

import course
from course.predicting import plain


def truths(path: Path) -> dict[str, dict[str, Any]]:
    """The values that each compare cell of a notebook is given, as plain data."""
    found: dict[str, dict[str, Any]] = {}

    def note(key: str, /, **came_out: Any) -> None:
        found[key] = {name: plain(value) for name, value in came_out.items()}

    setattr(course, "compare", note)  # noqa: B010
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    os.chdir(path.parent)
    shell = InteractiveShell.instance()
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            if cell["cell_type"] == "code":
                result = shell.run_cell("".join(cell["source"]))
                if not result.success and "raises-exception" not in cell["metadata"].get("tags", []):
                    sys.exit(f"{path.name}: a cell fails: {result.error_in_exec or result.error_before_exec!r}")
    return found


if __name__ == "__main__":
    print(json.dumps(truths(Path(sys.argv[1]).resolve())))
