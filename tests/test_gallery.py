"""The pictures of docs/seeing.md and the front page, and the lines whose output they show; people look at them."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tools.gallery import DOCS, LESSONS, NOTED, PAGE, PAGES, SCALE, fingerprint, read_page

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
    assert {shot.file for shot in read_page()[1]} == shown - {DOCS / file for file in LESSONS}
    assert len(PICTURES) == sum(page.read_text(encoding="utf-8").count(".png") for page in PAGES)


def test_lessons_look_as_in_their_pictures() -> None:
    """Where this fails, the cells have changed: `python -m tools.gallery NAME` takes that picture anew."""
    assert json.loads(NOTED.read_text(encoding="utf-8")) == {file: fingerprint(part) for file, part in LESSONS.items()}


def shown(library: str) -> list[Any]:
    """What each block on the page shows."""
    namespace: dict[str, Any] = {}
    values = []
    for block in read_page()[0]:
        tree = ast.parse(block.replace("import minigrad as torch", f"import {library} as torch"))
        last = tree.body.pop()
        assert isinstance(last, ast.Expr)
        exec(compile(tree, PAGE.name, "exec"), namespace)
        values.append(eval(compile(ast.Expression(last.value), PAGE.name, "eval"), namespace))
    return values


def test_each_block_has_something_to_show_and_a_picture_shows_it() -> None:
    values = shown("minigrad")
    assert all("<img" in value._repr_mimebundle_()["text/html"] for value in values)
    assert {shot.block for shot in read_page()[1]} == set(range(len(values)))


@pytest.mark.torch
def test_pytorch_shows_the_same() -> None:
    assert [repr(value) for value in shown("torch")] == [repr(value) for value in shown("minigrad")]
