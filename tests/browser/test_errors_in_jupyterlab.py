"""Errors, in JupyterLab as the course opens it and as it is elsewhere: no word of what is to be read is broken."""

from pathlib import Path

from tests.browser.lab import Lab, copy_project, running_lab, write_notebook

CELLS = [
    "import minigrad as torch",
    "torch.ones(2, requires_grad=True).backward()",
    "w = torch.ones(2, requires_grad=True)\nw += 1",
    "x = torch.ones(2, requires_grad=True).exp()\ny = x * x\nx += 1\ny.sum().backward()",
    "raise LookupError('a sentence of somebody else, longer than a line, that nobody has wrapped beforehand ' * 4)",
    "print('a printed sentence of some length ' * 9)",
]
BROKEN_WORDS = """output => {
    const broken = [], walk = document.createTreeWalker(output, NodeFilter.SHOW_TEXT), range = document.createRange();
    while (walk.nextNode()) {
        for (const word of walk.currentNode.data.matchAll(/[^\\s-]+/g)) {
            range.setStart(walk.currentNode, word.index);
            range.setEnd(walk.currentNode, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) broken.push(word[0]);
        }
    }
    return broken;
}"""


def broken_words(lab: Lab, width: int, height: int, cells: range) -> list[str]:
    with lab.open("errors.ipynb", width=width, height=height) as notebook:
        notebook.command("application:toggle-left-area")
        for index in range(len(CELLS)):
            notebook.run(index)
        notebook.show_all_outputs()
        found = []
        for index in cells:
            output = notebook.cell(index).locator(".jp-OutputArea-output")
            output.wait_for()
            found += output.evaluate(BROKEN_WORDS)
        return found


def test_in_the_course(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "course")
    with running_lab(root, as_learners=True) as lab:
        write_notebook(CELLS, root / "errors.ipynb")
        sizes = {"a laptop's": (1366, 768), "narrow": (1000, 768), "150 %": (911, 512)}
        found = {name: broken_words(lab, *size, range(1, len(CELLS))) for name, size in sizes.items()}
        assert not any(found.values()), found


def test_in_a_jupyterlab_that_the_course_has_not_started() -> None:
    """Binder's, for instance. There, minigrad breaks the lines itself, in errors."""
    with running_lab() as lab:
        write_notebook(CELLS, lab.root / "errors.ipynb")
        assert broken_words(lab, 1366, 768, range(1, 5)) == []
        assert broken_words(lab, 1366, 768, range(5, 6)) != []  # what is looked for is found
