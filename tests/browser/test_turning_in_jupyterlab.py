"""A slider over pictures, in JupyterLab and in an exported page: turned, played, and where no script runs."""

import json
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import AS_VS_CODE_DOES, PROJECT, Lab, run_notebook, running_lab

DRAWN = """\
import matplotlib.pyplot as plt
from course import turn

plt.style.use("minigrad.plots")

def line_to(height):
    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, height], label="slope")
    axes.set(xlabel="x", ylabel="y", ylim=(0, 10), title=f"up to {height}")
"""
CELLS = [DRAWN, "turn(line_to, height=range(1, 7))", "turn(line_to, height=[7, 8])"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("turning")
    for package in ("minigrad", "course"):
        shutil.copytree(PROJECT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    run_notebook(CELLS, root / "turning.ipynb", html=True)
    with running_lab(root) as running:
        yield running


def visible(place: Locator) -> list[str]:
    """The titles of the pictures that can be seen."""
    alts = [image.get_attribute("alt") or "" for image in place.locator("img").all() if image.is_visible()]
    return [alt.partition(";")[0].removeprefix("Plot: ") for alt in alts]


def turn_through(strip: Locator) -> None:
    knob = strip.get_by_role("slider", name="height")
    assert visible(strip) == ["up to 1"]
    knob.focus()
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home"):
        strip.page.keyboard.press(key)
        seen += visible(strip)
    assert seen == ["up to 2", "up to 3", "up to 2", "up to 6", "up to 6", "up to 1"]
    box = knob.bounding_box()
    assert box is not None
    strip.page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
    assert visible(strip) == ["up to 6"]
    assert knob.get_attribute("aria-valuetext") == "6"
    strip.get_by_role("button", name="play").click()  # from the last one, it begins again
    assert visible(strip) == ["up to 1"]
    strip.get_by_role("button", name="stop").wait_for()
    expect(strip.get_by_role("button", name="play")).to_be_visible(timeout=10_000)
    assert visible(strip) == ["up to 6"]
    expect(strip.locator("div:not(.cm-announced)[aria-live]")).to_contain_text("height = 6: Plot: up to 6")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_before_and_after_a_run(lab: Lab, dark: bool) -> None:
    with lab.open("turning.ipynb", dark=dark, width=1366, height=768) as notebook:
        notebook.show_all_outputs()
        strip = notebook.cell(1)
        strip.locator("img").first.wait_for()
        assert visible(strip) == ["up to 1", "up to 3", "up to 4", "up to 6"]
        assert strip.get_by_role("slider").count() == 0

        notebook.run_all()
        strip.get_by_role("slider").wait_for()
        cells = len(notebook.sources())
        turn_through(strip)
        assert visible(notebook.cell(2)) == ["up to 7"]  # the other slider on the page
        strip.get_by_role("slider").focus()
        for key in ("a", "b", "d", "d", "x"):  # to the notebook, these would insert cells, and cut some
            notebook.page.keyboard.press(key)
        assert len(notebook.sources()) == cells


def test_in_an_exported_page_without_a_network(lab: Lab) -> None:
    context = lab.browser.new_context(offline=True)
    page = context.new_page()
    page.goto((lab.root / "turning.html").as_uri(), wait_until="domcontentloaded")
    strip = page.locator("[role=group]").first
    strip.wait_for()
    turn_through(strip)
    context.close()


def test_in_an_exported_page_without_scripts(lab: Lab) -> None:
    context = lab.browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto((lab.root / "turning.html").as_uri(), wait_until="domcontentloaded")
    strip = page.locator("[data-name=height]").first
    assert visible(strip) == ["up to 1", "up to 3", "up to 4", "up to 6"]
    context.close()


def test_where_a_script_is_run_from_a_copy_at_the_end(lab: Lab) -> None:
    """VS Code puts copies of an output's scripts behind all that there is, instead of running those in their places."""
    saved = json.loads((lab.root / "turning.ipynb").read_text(encoding="utf-8"))["cells"]
    context = lab.browser.new_context(offline=True)
    page = context.new_page()
    page.goto((lab.root / "turning.html").as_uri(), wait_until="domcontentloaded")
    page.evaluate(AS_VS_CODE_DOES, ["".join(cell["outputs"][0]["data"]["text/html"]) for cell in saved[1:]])
    first, second = page.locator("[role=group]").all()
    turn_through(first)
    assert visible(second) == ["up to 7"]
    context.close()
