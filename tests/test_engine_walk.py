"""docs/engine.md shows the engine's text of today, and each function that a product and its pass enter."""

import json
import subprocess
import sys

from tools.engine_walk import PAGE, codes, named, shown, written

ENTERED = """
import json
from tools.engine_walk import entered
print(json.dumps([(code.co_filename, code.co_firstlineno, code.co_name) for code in entered()]))
"""


def test_the_page_shows_the_text_of_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "write it again: python -m tools.engine_walk"


def test_the_page_shows_each_function_that_is_entered_and_no_other() -> None:
    pages = {
        (code.co_filename, code.co_firstlineno)
        for name in shown(PAGE.read_text(encoding="utf-8"))
        for code in codes(named(name))
    }
    done = subprocess.run([sys.executable, "-c", ENTERED], cwd=PAGE.parents[1], capture_output=True, check=True)
    entered = [tuple(each) for each in json.loads(done.stdout)]
    missing = {name for *place, name in entered if tuple(place) not in pages}
    assert missing == {"keep", "gradient_of_x", "gradient_of_y"}  # the row's formulas, compiled where they stand
    never = pages - {tuple(place) for *place, _ in entered}
    assert len(never) == 1  # binary itself, which has made the operation
