"""Every lesson and every solution shows under minigrad what it shows under PyTorch, cell for cell."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("solutions/*.ipynb")])
PLANTED = Path("planted")

pytestmark = [pytest.mark.torch, pytest.mark.slow]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    """The report on each notebook, and on one of planted cells."""
    planted = tmp_path_factory.mktemp("planted") / "planted.ipynb"
    write_planted(planted)
    paths = [*NOTEBOOKS, planted]
    command = [sys.executable, "-m", "tools.compare", *map(str, paths)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 1, run.stdout + run.stderr  # 1 for what was planted
    parts = re.split(r"(?m)^(\S+\.ipynb): ", run.stdout)
    found = dict(zip(map(Path, parts[1::2]), parts[2::2], strict=True))
    assert list(found) == paths
    found[PLANTED] = found.pop(planted)
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[f"{path.parent.name}/{path.stem}" for path in NOTEBOOKS])
def test_cells_show_the_same_under_both(path: Path, reports: dict[Path, str]) -> None:
    assert reports[path] == "the same under both\n"


# The comparison itself, on cells of one notebook: source, tag, and what the report must say (nothing: no difference).
CELLS = [
    ("print(torch.ones(2, requires_grad=True) + 1)", "", ""),
    ("x = torch.ones(2, requires_grad=True) * 2\nprint(x.grad_fn)\nx.grad_fn", "", ""),
    ("'the value stays hidden', minigrad.__name__;", "", ""),
    ("minigrad.__name__  # a drawing", "minigrad-only", ""),
    ("minigrad.__name__  # a time", "nbval-ignore-output", ""),
    ("1 / 0  # on purpose", "raises-exception", ""),
    ("print(minigrad.__name__)", "", "+minigrad"),
    ("minigrad.__name__", "", "+'minigrad'"),
    ("minigrad.__name__, 'in a tuple'", "", "+('minigrad', 'in a tuple')"),
    ("theirs = minigrad.__name__ == 'torch'\ntorch.ones(2) * (1 if theirs else 2)", "", "+tensor([2., 2.])"),
    ("torch.ones(2, dtype=torch.float64 if theirs else None)", "", "-tensor([1., 1.], dtype=torch.float64)"),
    ("import warnings\nif theirs:\n    warnings.warn('only here')", "", "-warned UserWarning"),
    ("if theirs:\n    raise ValueError", "", "-raised ValueError"),
    ("name_nobody_gave", "", "without a tag"),
    ("1 / 1  # on purpose", "raises-exception", "raised nothing"),
]


def write_planted(path: Path) -> None:
    cells = [nbformat.v4.new_code_cell("import minigrad as torch\nimport minigrad")]
    for source, tag, _ in CELLS:
        cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": [tag]} if tag else {}))
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


@pytest.mark.parametrize(("source", "tag", "expected"), CELLS)
def test_differences_are_found_and_nothing_else(source: str, tag: str, expected: str, reports: dict[Path, str]) -> None:
    parts = re.split(r"(?m)^cell \d+: (.*)\n", reports[PLANTED])
    found = dict(zip(parts[1::2], parts[2::2], strict=True)).get(source.splitlines()[0], "")
    assert expected in found
    assert bool(expected) == bool(found)
