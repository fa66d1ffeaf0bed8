"""The backward pass step by step, in JupyterLab and in an exported page: by button, by key, and where neither works."""

import json
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator

from tests.browser.lab import AS_VS_CODE_DOES, PROJECT, Lab, run_notebook, running_lab

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


LARGER = [
    "import minigrad as torch\nfrom minigrad.stepping import step_through",
    "price = torch.tensor(10.0, requires_grad=True)\nvisitors = 200 - 8 * price\nincome = visitors * price\n"
    "profit = income - 2 * visitors\nstep_through(profit)",
    'step_through(profit, direction="LR")',
]
# Of the picture's box: whether the place of the pass is inside it, and how many pixels one of the picture takes.
IN_VIEW = """box => {
    const image = box.firstElementChild, [x, y] = box.dataset.at.split(" ").map(Number);
    const across = x * image.offsetWidth - box.scrollLeft, down = y * image.offsetHeight - box.scrollTop;
    const inside = across > 0 && across < box.clientWidth && down > 0 && down < box.clientHeight;
    return [inside, image.offsetWidth / Number(box.dataset.size.split(" ")[0])];
}"""


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1000, 768), (911, 512)], ids=["1366", "1000", "150 %"])
def test_a_step_is_seen_whole_on_a_laptop(lab: Lab, width: int, height: int) -> None:
    """With the sidebar open: picture and words on one screen, the pass always in view, nothing too small to read."""
    run_notebook(LARGER, lab.root / "larger.ipynb")
    with lab.open("larger.ipynb", width=width, height=height) as notebook:
        notebook.command("application:toggle-left-area")
        notebook.run_all()
        panel = notebook.page.locator(".jp-WindowedPanel-outer").first.bounding_box()
        for place in (1, 2):
            strip = notebook.cell(place).locator("[role=group][tabindex='0']")
            strip.wait_for()
            box = strip.bounding_box()
            assert panel
            assert box
            assert box["height"] < panel["height"] - 20
            frames = frames_in(strip)
            for step in range(7):
                frame = frames.nth(step)
                assert frame.is_visible()
                inside, scale = frame.locator("> div").first.evaluate(IN_VIEW)
                assert inside
                assert scale > 0.89
                strip.press("ArrowRight")


def test_keys_do_not_reach_the_notebook(lab: Lab) -> None:
    with lab.open("steps.ipynb") as notebook:
        notebook.run_all()
        strip = notebook.cell(1).locator("[role=group][tabindex='0']")
        strip.wait_for()
        before = notebook.sources()
        for focused in (strip, strip.get_by_role("button", name="next")):
            focused.focus()
            for key in ("b", "a", "ArrowDown", "x", "d", "d", "m"):
                notebook.page.keyboard.press(key)
        assert notebook.sources() == before


def test_it_plays_by_itself_until_it_is_told_to_stop(lab: Lab) -> None:
    with lab.open("steps.ipynb") as notebook:
        notebook.run_all()
        strip = notebook.cell(1).locator("[role=group][tabindex='0']")
        strip.get_by_role("button", name="play").click()
        frames = frames_in(strip)
        assert visible(frames)[0].startswith("Step 2 ")
        frames.nth(2).wait_for(timeout=5000)
        strip.get_by_role("button", name="pause").click()
        notebook.page.wait_for_timeout(3000)
        assert visible(frames)[0].startswith("Step 3 ")
        assert strip.get_by_role("button", name="play").count() == 1
        live = strip.locator("[aria-live]")
        assert live.count() == 1
        assert live.inner_text().startswith("Step 3 ")


def test_where_a_script_is_run_from_a_copy_at_the_end(lab: Lab) -> None:
    """VS Code puts copies of an output's scripts behind all that there is, instead of running those in their places."""
    context = lab.browser.new_context(offline=True)
    page = context.new_page()
    page.goto((lab.root / "steps.html").as_uri(), wait_until="domcontentloaded")
    page.evaluate(AS_VS_CODE_DOES, [saved_html(lab)])
    step_with_keys(page.locator("[role=group][tabindex='0']"))
    context.close()


def saved_html(lab: Lab) -> str:
    """The stepper's output as it was saved."""
    cells = json.loads((lab.root / "steps.ipynb").read_text(encoding="utf-8"))["cells"]
    return "".join(cells[1]["outputs"][0]["data"]["text/html"])
