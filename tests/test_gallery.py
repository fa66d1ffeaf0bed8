"""The pictures of docs/seeing.md and the front page, and the lines whose output they show; people look at them."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.gallery import DOCS, PAGE, PAGES, SCALE, read_page

PICTURES = [
    (page.parent / source, int(width), alt)
    for page in PAGES
    for source, width, alt in re.findall(
        r'<img src="([^"]+\.png)" width="(\d+)" alt="([^"]*)">', page.read_text(encoding="utf-8")
    )
]


@pytest.mark.parametrize(("file", "width", "alt"), PICTURES, ids=[file.name for file, _, _ in PICTURES])
def test_pictures_are_there_small_and_described(file: Path, width: int, alt: str) -> None:
    assert Image.open(file).width // SCALE == width
    assert file.stat().st_size < 150_000
    assert len(alt) > 80


def test_every_picture_is_shown_in_this_form() -> None:
    shown = {file for file, _, _ in PICTURES}
    assert shown == set(DOCS.rglob("*.png"))
    assert {shot.file for shot in read_page()[1]} == shown - {DOCS / "lesson.png"}
    assert len(PICTURES) == sum(page.read_text(encoding="utf-8").count(".png") for page in PAGES)


@pytest.mark.parametrize("library", ["minigrad", pytest.param("torch", marks=pytest.mark.torch)])
def test_the_lines_on_the_page_run(library: str) -> None:
    """And each block has something to show, which a picture shows."""
    blocks, shots = read_page()
    namespace: dict[str, Any] = {}
    for number, block in enumerate(blocks):
        tree = ast.parse(block.replace("import minigrad as torch", f"import {library} as torch"))
        last = tree.body.pop()
        assert isinstance(last, ast.Expr)
        exec(compile(tree, PAGE.name, "exec"), namespace)
        shown = eval(compile(ast.Expression(last.value), PAGE.name, "eval"), namespace)
        assert "<img" in shown._repr_mimebundle_()["text/html"]
        assert any(shot.block == number for shot in shots)
