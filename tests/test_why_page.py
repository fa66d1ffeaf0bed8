"""docs/why.md shows what `why` answers today, and PyTorch's programs are answered as minigrad's are."""

import pytest

from tools.why_page import PAGE, PROGRAM, printed, written


def test_the_page_shows_the_answers_of_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "write it again: python -m tools.why_page"


@pytest.mark.torch
@pytest.mark.parametrize("program", [block[1] for block in PROGRAM.finditer(PAGE.read_text(encoding="utf-8"))])
def test_the_same_is_answered_under_pytorch(program: str) -> None:
    under_torch = program.replace("import minigrad as torch", "import torch")
    assert under_torch != program
    own = printed(program).replace("import minigrad as torch", "import torch")
    assert printed(under_torch) == own
