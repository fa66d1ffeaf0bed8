"""Record figures from PyTorch, for tests that run without it.

    python -m tools.record              all of them
    python -m tools.record printing     those of tests/test_printing.py

A test module that wants figures has a function `record`, which returns them as a dict that JSON can hold; they are
written to tests/recorded/, and the module's tests read them back with `recorded` of tests/figures.py. Run this with
PyTorch 2.13.0, for the CPU, and then with 2.14.1, of which only different ones are kept, in
tests/recorded/since_2.14/. Look at the differences before committing them.
"""

import argparse
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

from tests.figures import figures_file
from tests.versions import built_for_gpus

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = {"2.13.0": "", "2.14.1": "since_2.14"}  # and the folders of their figures


def recorders() -> dict[str, Path]:
    """Return the test modules that have a function `record`, by the names of their figures."""
    found = {}
    for path in sorted(ROOT.glob("tests/test_*.py")):
        if re.search(r"^(def record\(|record = )", path.read_text(encoding="utf-8"), re.MULTILINE):
            found[path.stem.removeprefix("test_")] = path
    return found


def load(path: Path) -> ModuleType:
    """Import a test module from its file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def record(name: str, path: Path, folder: str) -> None:
    """Write what the test module's `record` returns, one figure to a line; in a folder, only what is new there."""
    file, first = figures_file(name, folder), figures_file(name)
    if not first.exists():  # the module may read its figures when it is imported, even the first time
        first.parent.mkdir(exist_ok=True)
        first.write_text("{}\n", encoding="utf-8")
    figures = load(path).record()
    if folder:
        known = json.loads(first.read_text(encoding="utf-8"))
        figures = {key: value for key, value in figures.items() if known.get(key) != json.loads(json.dumps(value))}
        if not figures:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(exist_ok=True)
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in figures.items()]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main() -> None:
    found = recorders()
    parser = argparse.ArgumentParser(description="Record figures from PyTorch, for tests that run without it.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(found)} (default: all)")
    names = parser.parse_args().names or list(found)
    if unknown := [name for name in names if name not in found]:
        parser.error(f"no test module records {', '.join(unknown)}; choose from {', '.join(found)}")
    try:
        import torch
    except ImportError:
        parser.error("PyTorch is not installed; get it with: pip install torch==2.13.0")
    folder = VERSIONS.get(torch.__version__.partition("+")[0])
    if folder is None or (not folder and built_for_gpus()):
        parser.error(
            f"the figures are those of PyTorch 2.13.0 for the CPU and of 2.14.1, but {torch.__version__} is installed"
        )
    for name in names:
        record(name, found[name], folder)
        print(f"{name}: {figures_file(name, folder).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
