"""minigrad under the name torch for imports, and what is said where the two libraries meet."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import minigrad
from tools.reference import ROOT


def run(program: str) -> str:
    """What a program prints, in a separate Python."""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout


def test_imports_of_torch_find_minigrad() -> None:
    program = """
import minigrad
minigrad.as_torch()
import torch, torch.nn as nn, torch.nn.functional as F, torch.backends.cudnn as cudnn
from torch import nn as again, optim
from torch.utils.data import DataLoader, TensorDataset
from torch.optim.lr_scheduler import StepLR
from torch.nn.parameter import Parameter
print(torch is minigrad, nn is again is minigrad.nn, F is minigrad.nn.functional, StepLR is optim.lr_scheduler.StepLR)
print(nn.__name__, nn.__spec__.name, Parameter is nn.Parameter, DataLoader is minigrad.utils.data.DataLoader)
for name in ("torch.distributed", "torch.operations"):
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        print(error)
"""
    told = "in minigrad, which stands in for PyTorch since minigrad.as_torch(): it leaves that out"
    assert run(program).splitlines() == [
        "True True True True",
        "minigrad.nn minigrad.nn True True",
        f"No module named 'torch.distributed' {told}",
        f"No module named 'torch.operations' {told}",
    ]


def test_it_is_undone() -> None:
    program = """
import sys, minigrad
before, finders = set(sys.modules), list(sys.meta_path)
minigrad.as_torch()
minigrad.as_torch()
import torch.nn
minigrad.as_torch(False)
minigrad.as_torch(False)
print([name for name in sys.modules if name.partition(".")[0] == "torch"], sys.meta_path == finders)
"""
    assert run(program) == "[] True\n"


@pytest.mark.torch
def test_one_program_has_one_of_the_two() -> None:
    import torch

    assert sys.modules["torch"] is torch
    with pytest.raises(RuntimeError, match=r"PyTorch is already imported as torch.*restart the kernel"):
        minigrad.as_torch()


@pytest.mark.torch
def test_errors_name_both_libraries_where_they_are_mixed() -> None:
    import torch

    here: Any = minigrad
    ours, theirs = here.ones(2), torch.ones(2)
    for call in (
        lambda: here.exp(theirs),
        lambda: ours * theirs,
        lambda: here.add(ours, theirs),
        lambda: here.stack([ours, theirs]),
        lambda: here.nn.functional.mse_loss(ours, theirs),
        lambda: here.nn.Linear(2, 1)(theirs),
        lambda: here.optim.SGD([theirs]),
        lambda: ours @ theirs,
        lambda: here.tensor(theirs),
    ):
        with pytest.raises(Exception, match=r"PyTorch's Tensor \(this is minigrad.*minigrad.as_torch\(\)"):
            call()
    with pytest.raises(TypeError, match=r"not ndarray"):
        here.exp(np.ones(2))
