"""Take the pictures of docs/seeing.md and of the front page again, in a real JupyterLab.

    python -m tools.gallery              all of them
    python -m tools.gallery stepper      those with one of these in their names

The page is the script: its blocks of code become the cells of a notebook, and each picture shows what the block before
it puts out. A name may end in the setting: `-dark`, in JupyterLab's dark theme; `-fresh`, before the notebook is
trusted; `-exported`, as a page of its own, opened without a network. The widths of the pictures are noted in the pages.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from tests.browser.lab import Lab

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "seeing.md"
PAGES = (PAGE, DOCS.parent / "README.md")  # where the pictures are shown
SETTINGS = ("dark", "fresh", "exported")
SCALE = 2  # dots of a picture for each of the page's
COLOURS = 96
STEPS = 4  # how far the stepper has gone when its picture is taken

# The front page's picture of a lesson: its notebook, and how the first and the last cell that it shows begin.
LESSON = ("notebooks/02_grad_fn_and_the_graph.ipynb", "## Drawing a graph", 'print("The graph of cost")')


@dataclass
class Shot:
    """A picture of the page: its file, which of the page's blocks it shows, in which setting."""

    file: Path
    block: int
    setting: str  # one of SETTINGS, or empty: run, in the light theme


def read_page() -> tuple[list[str], list[Shot]]:
    """Return the page's blocks of code, and its pictures in order."""
    blocks: list[str] = []
    shots = []
    text = PAGE.read_text(encoding="utf-8")
    for code, source in re.findall(r'```python\n(.*?)```|<img src="([^"]+)"', text, re.DOTALL):
        if code:
            blocks.append(code.strip())
        else:
            setting = Path(source).stem.rpartition("-")[2]
            shots.append(Shot(DOCS / source, len(blocks) - 1, setting if setting in SETTINGS else ""))
    return blocks, shots


def main() -> None:
    """Take all pictures, or those named on the command line."""
    # Only here, so that the page can be read where there is no browser.
    from tests.browser.lab import copy_project, run_notebook, running_lab

    parser = argparse.ArgumentParser(prog="python -m tools.gallery", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", help="parts of pictures' names")
    names = parser.parse_args().names
    blocks, shots = read_page()
    wanted = [shot for shot in shots if not names or any(name in shot.file.name for name in names)]
    with tempfile.TemporaryDirectory(prefix="minigrad-gallery-") as folder:
        root = copy_project(Path(folder))
        run_notebook(blocks, root / "seeing.ipynb", html=True)
        with running_lab(root) as lab:
            for setting in ("", *SETTINGS):
                here = [shot for shot in wanted if shot.setting == setting]
                if here and setting == "exported":
                    shoot_exported(lab, here)
                elif here:
                    shoot(lab, here, setting)
            if not names or any(name in "lesson.png" for name in names):
                shoot_lesson(lab, DOCS / "lesson.png")


def shoot(lab: Lab, shots: list[Shot], setting: str) -> None:
    """Take pictures in JupyterLab: of an image alone, of the stepper with its words and buttons."""
    with lab.open("seeing.ipynb", dark=setting == "dark", width=1000, scale=SCALE) as notebook:
        if setting != "fresh":
            notebook.run_all()
        notebook.show_all_outputs()
        for shot in shots:
            output = notebook.cell(shot.block).locator(".jp-OutputArea-output").last
            output.scroll_into_view_if_needed()
            images = output.locator("img")
            if images.count() == 1:
                images.screenshot(path=shot.file, animations="disabled")
            else:
                step_on(output)
                output.screenshot(path=shot.file, animations="disabled")
            finish(shot.file)


def shoot_exported(lab: Lab, shots: list[Shot]) -> None:
    """Take pictures of whole cells, on the exported page, which has no network."""
    window: Any = {"width": 1000, "height": 1000}
    context = lab.browser.new_context(offline=True, viewport=window, device_scale_factor=SCALE)
    page = context.new_page()
    page.goto((lab.root / "seeing.html").as_uri(), wait_until="domcontentloaded")
    for shot in shots:
        cell = page.locator(".jp-Cell").nth(shot.block)
        step_on(cell)
        cell.screenshot(path=shot.file, animations="disabled")
        finish(shot.file)
    context.close()


def step_on(place: Any) -> None:
    """Bring a stepper to the step that is shown; before the notebook is trusted there is nothing that could go on."""
    strip = place.locator("[role=group][tabindex='0']")
    for _ in range(STEPS * strip.count()):
        strip.press("ArrowRight")
    place.page.evaluate("document.activeElement.blur()")


def shoot_lesson(lab: Lab, file: Path) -> None:
    """Take the picture of some cells of a lesson, as it opens for the first time."""
    path, first, last = LESSON
    with lab.open(path, width=1100, height=1400, scale=SCALE) as notebook:
        notebook.show_all_outputs()
        sources = notebook.sources()
        begin, end = (next(n for n, source in enumerate(sources) if source.startswith(text)) for text in (first, last))
        notebook.cell(begin).evaluate("cell => cell.scrollIntoView({block: 'start'})")
        rectangle = (
            "cell => { const {x, y, width, bottom} = cell.getBoundingClientRect(); return [x, y, width, bottom]; }"
        )
        x, y, width, _ = notebook.cell(begin).evaluate(rectangle)
        *_, bottom = notebook.cell(end).evaluate(rectangle)
        notebook.page.screenshot(path=file, clip={"x": x, "y": y, "width": width, "height": bottom - y})
    finish(file)


def finish(file: Path) -> None:
    """Make a picture small, and note its width in the pages that show it."""
    image = Image.open(file).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        noted = re.sub(rf'({re.escape(file.name)}" width=)"\d+"', rf'\1"{image.width // SCALE}"', text)
        if noted != text:
            page.write_text(noted, encoding="utf-8")
    print(f"{file.relative_to(DOCS.parent)}: {image.width} by {image.height}, {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
