"""Take the pictures of docs/seeing.md and of the front page again, in a real JupyterLab.

    python -m tools.gallery              all of them
    python -m tools.gallery stepper      those with one of these in their names

The page is the script: its blocks of code become the cells of a notebook, and each picture shows what the block before
it puts out. A name may end in the setting: `-dark`, in JupyterLab's dark theme; `-fresh`, before the notebook is
trusted; `-exported`, as a page of its own, opened without a network. The widths of the pictures are noted in the pages.

The front page shows parts of lessons. What they looked like when their pictures were taken is noted in
docs/pictures.json, so that a test finds a picture of cells that have changed since.
"""

from __future__ import annotations

import argparse
import hashlib
import json
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

NOTED = DOCS / "pictures.json"


@dataclass
class Part:
    """Some cells of a lesson: how the first and the last of them begin, and how they come to be as they are shown."""

    lesson: str
    first: str
    last: str
    answer: str = ""  # what is predicted in the cell after the first one
    is_run: bool = False


LESSONS = {
    "lesson.png": Part("02_grad_fn_and_the_graph", "## Drawing a graph", 'print("The graph of cost")'),
    "prediction.png": Part(
        "10_error_clinic", "### Predict 10g", 'compare(\n    "10g"', 'reaches="a", weight_grad="zero"', is_run=True
    ),
    "training.png": Part(
        "14_train_a_network", "torch.manual_seed(1)\nlayers", "torch.manual_seed(1)\nlayers", is_run=True
    ),
}


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
            for file, part in LESSONS.items():
                if not names or any(name in file for name in names):
                    shoot_lesson(lab, DOCS / file, part)
                    noted = json.loads(NOTED.read_text(encoding="utf-8")) if NOTED.exists() else {}
                    noted[file] = fingerprint(part)
                    NOTED.write_text(json.dumps(noted, indent=1, sort_keys=True) + "\n", encoding="utf-8")


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
                notebook.page.set_viewport_size({"width": 1000, "height": 1600})  # or a tall one would be cut off
                images.screenshot(path=shot.file, animations="disabled")
                notebook.page.set_viewport_size({"width": 1000, "height": 1000})
            else:
                step_on(output)
                output.screenshot(path=shot.file, animations="disabled")
                if output.get_by_role("slider").count():
                    cut_off_right(shot.file, output.locator("img").first.evaluate("image => image.offsetWidth"))
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
    """Bring a stepper or a slider to what is shown; before the notebook is trusted there is nothing to bring."""
    strip = place.locator("[role=group][tabindex='0'], input[type=range]")
    for _ in range(STEPS * strip.count()):
        strip.press("ArrowRight")
    place.page.evaluate("document.activeElement.blur()")


def cells_of(part: Part) -> list[dict[str, Any]]:
    """The cells that a picture of a lesson shows, as they are saved."""
    cells = json.loads((DOCS.parent / "notebooks" / f"{part.lesson}.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    begin, end = (next(n for n, text in enumerate(sources) if text.startswith(way)) for way in (part.first, part.last))
    return cells[begin : end + 1]


def fingerprint(part: Part) -> str:
    """Of the cells' text and of what they print; a drawing is what it is in words."""
    seen = []
    for cell in cells_of(part):
        seen.append("".join(cell["source"]))
        for output in cell.get("outputs", []):
            seen.append("".join(output.get("text", output.get("data", {}).get("text/plain", ""))))
    return hashlib.sha256("\0".join(seen).encode()).hexdigest()[:16]


def shoot_lesson(lab: Lab, file: Path, part: Part) -> None:
    """Take the picture of some cells of a lesson: as it opens for the first time, or run and answered."""
    with lab.open(f"notebooks/{part.lesson}.ipynb", width=1100, height=1400, scale=SCALE) as notebook:
        notebook.show_all_outputs()
        sources = notebook.sources()
        begin, end = (
            next(n for n, source in enumerate(sources) if source.startswith(way)) for way in (part.first, part.last)
        )
        if part.is_run:
            notebook.activate(begin)
            notebook.command("notebook:run-all-above")
            if part.answer:
                asked = sources[begin + 1]
                notebook.type_over(begin + 1, f"{asked[: asked.index(',') + 1]} {part.answer})")
            for place in range(begin, end + 1):
                if notebook.is_code(place):
                    notebook.run(place)
            notebook.page.evaluate("document.activeElement.blur()")
        notebook.cell(begin).evaluate("cell => cell.scrollIntoView({block: 'start'})")
        notebook.page.mouse.move(0, 0)
        notebook.page.wait_for_timeout(500)
        rectangle = (
            "cell => { const {x, y, width, bottom} = cell.getBoundingClientRect(); return [x, y, width, bottom]; }"
        )
        x, y, width, _ = notebook.cell(begin).evaluate(rectangle)
        *_, bottom = notebook.cell(end).evaluate(rectangle)
        notebook.page.screenshot(path=file, clip={"x": x, "y": y, "width": width, "height": bottom - y})
    finish(file)


def cut_off_right(file: Path, width: int) -> None:
    """Leave off what lies to the right of a picture of that width and of the space before it."""
    image = Image.open(file)
    image.crop((0, 0, min(image.width, SCALE * (width + 16)), image.height)).save(file)


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
