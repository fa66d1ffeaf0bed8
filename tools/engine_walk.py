"""Put the engine's own text into docs/engine.md, which leads through it call by call.

    python -m tools.engine_walk

A block of code in that page follows a comment that names its source, such as `<!-- minigrad.engine.backward.walk -->`,
and is copied from there. tests/test_engine_walk.py demands that the page is up to date, and that it shows exactly the
functions that `z = x * y; z.backward()` enters.
"""

import inspect
import operator
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

PAGE = Path(__file__).parent.parent / "docs" / "engine.md"
BLOCK = re.compile(r"<!-- ([\w.]+) -->\n```python\n.*?```", re.DOTALL)


def named(name: str) -> Any:
    """Return the object of that full name."""
    module, _, rest = name.partition(".engine.")
    file, _, inside = rest.partition(".")
    __import__(f"{module}.engine.{file}")
    return operator.attrgetter(inside)(sys.modules[f"{module}.engine.{file}"])


def text_of(name: str) -> str:
    shown = named(name)
    return textwrap.dedent(inspect.getsource(getattr(shown, "fget", shown))).rstrip()


def written(page: str) -> str:
    """Return the page, with the text of today."""
    return BLOCK.sub(lambda block: f"<!-- {block[1]} -->\n```python\n{text_of(block[1])}\n```", page)


def shown(page: str) -> list[str]:
    """Return what the page shows, in its order."""
    return BLOCK.findall(page)


def codes(function: Any) -> Iterator[CodeType]:
    """Yield the code of a function, and of those that it makes."""
    waiting = [getattr(function, "fget", function).__code__]
    while waiting:
        code = waiting.pop()
        yield code
        waiting += [part for part in code.co_consts if isinstance(part, CodeType)]


def entered() -> list[CodeType]:
    """Return the functions of the package that `z = x * y; z.backward()` enters, when it runs for the second time.

    Run it in a process of its own: tensors that were written in place elsewhere are looked after on the way.
    """
    import minigrad

    torch: Any = minigrad
    x, y = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    (x * y).backward()
    x.grad = y.grad = None
    package = str(Path(minigrad.__file__).parent)
    found: dict[CodeType, None] = {}

    def note(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(package):
            found[frame.f_code] = None

    sys.setprofile(note)
    z = x * y
    z.backward()
    sys.setprofile(None)
    return list(found)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
