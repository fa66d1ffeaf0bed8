"""What docs/pytorch-versions.md says of today's PyTorch, and that minigrad does the same where it has the name."""

import importlib
import warnings
from pathlib import Path
from typing import Any

import pytest

from tests.answers import LIBRARIES


@pytest.fixture(params=LIBRARIES)
def torch(request: pytest.FixtureRequest) -> Any:
    return importlib.import_module(request.param)


def learned(torch: Any) -> Any:
    model = torch.nn.Linear(2, 1)
    model(torch.ones(2)).sum().backward()
    return model


def test_gradients_are_set_to_none_unless_zeros_are_asked_for(torch: Any) -> None:
    model = learned(torch)
    model.zero_grad(set_to_none=False)
    assert model.weight.grad.tolist() == [[0.0, 0.0]]
    model.zero_grad()
    assert model.weight.grad is None


def test_a_step_counts_as_a_write(torch: Any) -> None:
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = model.weight
    first, second = (w * w).sum(), (w * w).sum()
    first.backward()
    optimizer.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        second.backward()


def test_a_number_has_no_first_entry(torch: Any) -> None:
    with pytest.raises(IndexError, match="invalid index of a 0-dim tensor"):
        torch.ones(()).detach()[0]


def test_a_schedule_that_steps_too_early_warns(torch: Any) -> None:
    optimizer = torch.optim.SGD(learned(torch).parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match="lr_scheduler.step"):
        schedule.step()


@pytest.mark.torch
def test_a_file_with_a_whole_model_is_not_read_unasked(tmp_path: Path) -> None:
    torch = importlib.import_module("torch")
    torch.save(learned(torch), tmp_path / "model.pt")
    with pytest.raises(Exception, match="Weights only load failed"):
        torch.load(tmp_path / "model.pt")
    assert torch.load(tmp_path / "model.pt", weights_only=False).weight.shape == (1, 2)


@pytest.mark.torch
def test_a_variable_is_a_tensor() -> None:
    torch = importlib.import_module("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert type(torch.autograd.Variable(torch.ones(1))) is torch.Tensor
