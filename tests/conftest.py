"""Tests marked ``torch`` are left out where PyTorch is missing, and counted as left out; CI insists on having it.

Those marked ``cpu_build`` are left out, and counted, beside a PyTorch that was built for GPUs; no GPU is used.

Examples of Hypothesis are the same in every run.  ``--hypothesis-profile=thorough`` draws others, ten times as many.
"""

import importlib.util
import os
import tempfile

import pytest
from hypothesis import settings

from tests.versions import built_for_gpus

pytest.register_assert_rewrite("tests.both")  # its assertions explain a failure, as those of test modules do
# Answers that never end are stopped soon: what is right in the tests takes some hundredths of a second.
os.environ.setdefault("COURSE_SECONDS", "0.5")
# What tests answer is nobody's progress.
os.environ.setdefault("COURSE_PROGRESS", os.path.join(tempfile.mkdtemp(prefix="minigrad-progress-"), "progress.txt"))

os.environ["CUDA_VISIBLE_DEVICES"] = ""

settings.register_profile("default", deadline=None, derandomize=True, database=None)
settings.register_profile("thorough", deadline=None, max_examples=10 * settings.get_profile("default").max_examples)
settings.load_profile("default")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if importlib.util.find_spec("torch") is None:
        if os.environ.get("MINIGRAD_REQUIRE_TORCH") == "1":
            raise pytest.UsageError("MINIGRAD_REQUIRE_TORCH=1, but PyTorch is not installed in this environment")
        leave_out("torch", config, items)
    elif any(item.get_closest_marker("cpu_build") for item in items) and built_for_gpus():
        leave_out("cpu_build", config, items)


def leave_out(marker: str, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take the tests with a marker out of those that were collected, and have them counted."""
    left_out = [item for item in items if item.get_closest_marker(marker)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker(marker)]
