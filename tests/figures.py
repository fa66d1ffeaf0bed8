"""Figures that PyTorch gave when they were recorded; `python -m tools.record` records them again."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def figures_file(name: str) -> Path:
    """Where the figures of tests/test_<name>.py are kept."""
    return HERE / "recorded" / f"{name}.json"


def recorded(test_module: str) -> dict[str, Any]:
    """The figures of a test module, given its `__name__`."""
    name = test_module.rpartition(".")[2].removeprefix("test_")
    return json.loads(figures_file(name).read_text(encoding="utf-8"))
