"""The backward pass step by step, in JupyterLab and in an exported page: by button, by key, and where neither works."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator

from tests.browser.lab import PROJECT, Lab, run_notebook, running_lab

CELLS = [
    "import minigrad as torch\nfrom minigrad.stepping import step_through",
    "a = torch.tensor(2.0, requires_grad=True)\ne = a + 1\nout = e * 3 + e.exp()\nstep_through(out)",
]
STEPS = 6


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("stepping")
    shutil.copytree(PROJECT / "minigrad", root / "minigrad", ignore=shutil.ignore_patterns("__pycache__"))
    run_notebook(CELLS, root / "steps.ipynb", html=True)
    with running_lab(root) as running:
        yield running


def visible(frames: Locator) -> list[str]:
    """The titles of the steps that can be seen, in order."""
    return [frame.locator("b").first.inner_text() for frame in frames.all() if frame.is_visible()]


def frames_in(place: Locator) -> Locator:
    return place.locator("div:has(> div > img[alt^='The graph at step'])")


def step_with_keys(strip: Locator) -> None:
    """Goes there and back with the keys, then with the buttons."""
    frames = frames_in(strip)

    def press(key: str) -> int:
        strip.press(key)
        [title] = visible(frames)
        return int(title.split()[1])

    strip.focus()
    keys = ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home")
    assert [press(key) for key in keys] == [2, 3, 2, STEPS, STEPS, 1]
    strip.get_by_role("button", name="next").click()
    assert visible(frames)[0].startswith("Step 2 ")
    back = strip.get_by_role("button", name="back")
    back.click()
    assert back.is_disabled()
    strip.page.keyboard.press("ArrowRight")  # the button can't hold the focus any more
    assert visible(frames)[0].startswith("Step 2 ")
    strip.get_by_role("button", name="all steps").click()
    assert len(visible(frames)) == STEPS


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_before_and_after_a_run(lab: Lab, dark: bool) -> None:
    with lab.open("steps.ipynb", dark=dark) as notebook:
        frames = frames_in(notebook.cell(1))
        frames.first.wait_for()
        titles = visible(frames)
        assert [title.split(":")[0] for title in titles] == [f"Step {n} of {STEPS}" for n in range(1, STEPS + 1)]
        assert notebook.cell(1).get_by_role("button", name="next").count() == 0

        notebook.run_all()
        notebook.cell(1).get_by_role("button", name="next").wait_for()
        assert len(visible(frames_in(notebook.cell(1)))) == 1
        step_with_keys(notebook.cell(1).locator("[role=group][tabindex='0']"))


def test_in_an_exported_page_without_a_network(lab: Lab) -> None:
    context = lab.browser.new_context(offline=True)
    page = context.new_page()
    page.goto((lab.root / "steps.html").as_uri(), wait_until="domcontentloaded")
    strip = page.locator("[role=group][tabindex='0']")
    strip.wait_for()
    step_with_keys(strip)
    context.close()


def test_in_a_trusted_notebook_steps_can_be_gone_before_a_run(lab: Lab) -> None:
    with lab.open("steps.ipynb") as notebook:
        notebook.run_all()  # what one has run oneself is trusted
        notebook.save()
    with lab.open("steps.ipynb") as notebook:
        strip = notebook.cell(1).locator("[role=group][tabindex='0']")
        strip.wait_for()
        step_with_keys(strip)
