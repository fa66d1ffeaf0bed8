"""Figures that PyTorch gave when they were recorded; `python -m tools.record` records them again.

Those in tests/recorded/ are PyTorch 2.13.0's.  Where 2.14.1 gives others, they are in tests/recorded/since_2.14/, and
minigrad follows them.
"""

import json
from pathlib import Path
from typing import Any

from tests.versions import since

HERE = Path(__file__).parent / "recorded"


def figures_file(name: str, folder: str = "") -> Path:
    """Where the figures of tests/test_<name>.py are kept."""
    return HERE / folder / f"{name}.json"


def _read(test_module: str, folder: str = "") -> dict[str, Any]:
    file = figures_file(test_module.rpartition(".")[2].removeprefix("test_"), folder)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() or not folder else {}


def recorded(test_module: str) -> dict[str, Any]:
    """The figures of a test module, given its `__name__`, by the newest PyTorch: what minigrad has to show."""
    return _read(test_module) | _read(test_module, "since_2.14")


def installed(test_module: str) -> dict[str, Any]:
    """The figures of a test module by the PyTorch that is installed."""
    return recorded(test_module) if since("2.14") else _read(test_module)


def changed(test_module: str) -> set[str]:
    """The names of the figures for which the PyTorch that is installed is too old to show what minigrad shows."""
    return set() if since("2.14") else set(_read(test_module, "since_2.14"))
