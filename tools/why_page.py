"""Put the answers of `why` into docs/why.md, by running the programs in it.

    python -m tools.why_page

Each block of Python on the page is a program of its own; what it prints is in the block of text that follows it.
The list of causes is written from minigrad.asking.  tests/test_why_page.py demands that the page is fresh.
"""

import contextlib
import io
import linecache
import re
import warnings
from pathlib import Path

from minigrad.asking import CAUSES
from minigrad.asking.graphs import MOST_NODES
from minigrad.asking.watching import forget

PAGE = Path(__file__).parent.parent / "docs" / "why.md"
PROGRAM = re.compile(r"```python\n(.*?)```\n(?:\n```text\n.*?```\n)?", re.DOTALL)
LIST = re.compile(r"<!-- causes -->\n.*?(?=\n## )", re.DOTALL)
NAME = "training.py"  # what the programs' file is called in the answers


def printed(program: str) -> str:
    """Return what the program prints."""
    forget()
    linecache.cache[NAME] = (len(program), None, program.splitlines(keepends=True), NAME)
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(program, NAME, "exec"), {"__name__": "__main__"})
    return out.getvalue().rstrip()


def causes() -> str:
    """Return the causes as a table."""
    rows = ["| cause | what happened | the way out |", "|---|---|---|"]
    for name, (what, advice) in CAUSES.items():
        told = what.format(step="…", loss="loss", about="a tensor", what="nan or infinity", nodes=f"{MOST_NODES:,}")
        rows.append(f"| `{name}` | {told} | {advice.format(loss='loss')} |".replace("……", "…"))
    return "\n".join(rows)


def written(page: str) -> str:
    """Return the page, with the answers of today."""
    page = PROGRAM.sub(lambda block: f"```python\n{block[1]}```\n\n```text\n{printed(block[1])}\n```\n", page)
    return LIST.sub(lambda _: f"<!-- causes -->\n\n{causes()}\n", page)


def main() -> None:
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
