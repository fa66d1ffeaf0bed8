"""The plots in JupyterLab: seen before the notebook is trusted, in both themes, and a curve that grows as it runs."""

import shutil
from collections.abc import Iterator

import pytest

from tests.browser.lab import PROJECT, Lab, run_notebook, running_lab

CELLS = [
    'from minigrad import LossCurve, plot_descent, plot_jacobian\nplot_jacobian([[1.0, 0.0]], [2.0], inputs="天")',
    "plot_descent(lambda a, b: a * a + b * b, [(2.0, 1.0), (1.0, 0.5)])",
    """\
import os, time

os.environ.pop("PYTEST_VERSION", None)  # handed down to this kernel, in which no growing picture is shown under pytest
with LossCurve() as curve:
    for step in range(12):
        curve.add(1 / (step + 1))
        time.sleep(0.25)""",
]
IMAGE = ".jp-OutputArea-output img[src^='data:image/svg+xml']"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("plots")
    shutil.copytree(PROJECT / "minigrad", root / "minigrad", ignore=shutil.ignore_patterns("__pycache__"))
    run_notebook(CELLS, root / "plots.ipynb")
    with running_lab(root) as running:
        yield running


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_plots_are_seen_before_the_notebook_is_trusted(lab: Lab, dark: bool) -> None:
    with lab.open("plots.ipynb", dark=dark) as notebook:
        notebook.show_all_outputs()
        for index, words in enumerate(["Jacobian: 1 output", "Descent over", "loss: 12 steps"]):
            image = notebook.cell(index).locator(IMAGE)
            image.wait_for()
            assert (image.get_attribute("alt") or "").startswith(words)
            assert image.evaluate("image => image.complete && image.naturalWidth > 100")


def test_the_loss_curve_grows_while_its_cell_runs(lab: Lab) -> None:
    with lab.open("plots.ipynb") as notebook:
        notebook.page.evaluate(
            """css => {
                window.seen = [];
                new MutationObserver(() => document.querySelectorAll(css).forEach(image => {
                    const steps = image.alt.match(/^loss: ([0-9]+) step/);
                    if (steps && window.seen.at(-1) !== +steps[1]) window.seen.push(+steps[1]);
                })).observe(document.body, {childList: true, subtree: true, attributes: true});
            }""",
            IMAGE,
        )
        notebook.run_all()
        notebook.page.wait_for_function("window.seen.at(-1) === 12")
        seen = notebook.page.evaluate("window.seen")
        grown = seen[seen.index(1) :]  # before it stands the curve that was saved
        assert grown == sorted(set(grown))
        assert len(grown) > 4
        assert notebook.cell(2).locator(IMAGE).count() == 1
