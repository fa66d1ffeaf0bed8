"""What docs/pytorch-versions.md says of PyTorch, entry by entry; where minigrad has the name, it does as the newest.

Beside an older PyTorch, the tests assert what that one shows.
"""

import importlib
import itertools
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import minigrad
from tests.answers import LIBRARIES
from tests.both import Programs
from tests.versions import since

TEXT = (Path(__file__).parent.parent / "docs" / "pytorch-versions.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^\| (\d\S*) \| (.*?) \|", TEXT, re.MULTILINE)
SHOWN: list[tuple[str, str]] = []  # since when, and how the entry begins
programs = Programs(__name__)


def shows(version: str, beginning: str) -> Callable[[Callable], Callable]:
    """A decorator for the test that shows an entry of the page."""
    SHOWN.append((version, beginning))
    return lambda test: test


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: " ".join(entry)[:40])
def test_every_entry_is_shown_by_one_test(entry: tuple[str, str]) -> None:
    showing = [each for each in SHOWN if each[0] == entry[0] and entry[1].startswith(each[1])]
    assert len(showing) == 1


def test_no_test_shows_what_the_page_does_not_name() -> None:
    assert len(ENTRIES) == len(SHOWN)


@pytest.fixture(params=LIBRARIES)
def torch(request: pytest.FixtureRequest) -> Any:
    return importlib.import_module(request.param)


def is_newest(torch: Any) -> bool:
    return torch is minigrad or since("2.14")


def learned(torch: Any) -> Any:
    model = torch.nn.Linear(2, 1)
    model(torch.ones(2)).sum().backward()
    return model


@shows("0.4", "Tensors and `Variable`")
@pytest.mark.torch
def test_a_variable_is_a_tensor() -> None:
    torch = importlib.import_module("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert type(torch.autograd.Variable(torch.ones(1))) is torch.Tensor


@shows("0.4", "`torch.no_grad()`")
@pytest.mark.torch
def test_the_flag_volatile_records_no_less() -> None:
    torch = importlib.import_module("torch")
    w = torch.ones(1, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert (torch.autograd.Variable(w, volatile=True) * w).requires_grad
    with torch.no_grad():
        assert not (w * w).requires_grad


@shows("0.4", "A tensor can have no dimension")
def test_a_number_has_no_first_entry(torch: Any) -> None:
    with pytest.raises(IndexError, match="invalid index of a 0-dim tensor"):
        torch.ones(()).detach()[0]


@shows("1.1", "The step of a learning rate schedule")
def test_a_schedule_that_steps_too_early_warns(torch: Any) -> None:
    optimizer = torch.optim.SGD(learned(torch).parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match="lr_scheduler.step"):
        schedule.step()


@shows("1.5", "The writes of an optimizer's step")
def test_a_step_counts_as_a_write(torch: Any) -> None:
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    w = model.weight
    first, second = (w * w).sum(), (w * w).sum()
    first.backward()
    optimizer.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        second.backward()


@shows("2.0", "`zero_grad()` sets")
def test_gradients_are_set_to_none_unless_zeros_are_asked_for(torch: Any) -> None:
    model = learned(torch)
    model.zero_grad(set_to_none=False)
    assert model.weight.grad.tolist() == [[0.0, 0.0]]
    model.zero_grad()
    assert model.weight.grad is None


@shows("2.0", "`torch.compile` was added")
@pytest.mark.torch
def test_compile_is_there_for_those_who_ask() -> None:
    torch = importlib.import_module("torch")
    assert callable(torch.compile)


@shows("2.6", "`torch.load` reads")
@pytest.mark.torch
def test_a_file_with_a_whole_model_is_not_read_unasked(tmp_path: Path) -> None:
    torch = importlib.import_module("torch")
    torch.save(learned(torch), tmp_path / "model.pt")
    with pytest.raises(Exception, match="Weights only load failed"):
        torch.load(tmp_path / "model.pt")
    assert torch.load(tmp_path / "model.pt", weights_only=False).weight.shape == (1, 2)


@shows("2.14", "`clamp` and `clip` pass no gradient on")
def test_the_gradient_at_a_bound_of_clamp(torch: Any) -> None:
    x = torch.tensor([-1.0, 0.0, 1.0], requires_grad=True)
    for clamp in (torch.clamp, torch.clip):
        (at_numbers,) = torch.autograd.grad(clamp(x, -1, 1).sum(), x)
        assert at_numbers.tolist() == ([0, 1, 0] if is_newest(torch) else [1, 1, 1])
    bound = torch.zeros(3, requires_grad=True)
    of_both = torch.autograd.grad(x.clamp(min=bound).sum(), [x, bound])
    expected = [[0, 0.5, 1], [1, 0.5, 0]] if is_newest(torch) else [[0, 1, 1], [1, 0, 0]]
    assert [gradient.tolist() for gradient in of_both] == expected
    zero = torch.zeros(1, requires_grad=True)
    zero.clamp(min=0).sqrt().backward()
    assert zero.grad.item() == (0 if is_newest(torch) else float("inf"))


@shows("2.14", "`-mask`, `mask - 1`")
def test_what_truth_values_can_not_do(torch: Any) -> None:
    mask = torch.tensor([True, False])
    for attempt in (lambda: -mask, lambda: mask - 1, lambda: 1 - mask, lambda: mask - mask, mask.relu, lambda: +mask):
        with pytest.raises(RuntimeError) as caught:
            attempt()
        assert caught.type is (NotImplementedError if is_newest(torch) else RuntimeError)


@shows("2.14", "`arange` with fractions")
def test_whole_numbers_counted_in_fractions(torch: Any) -> None:
    assert torch.arange(2.5, dtype=torch.int32).tolist() == [0, 1, 2]
    assert torch.arange(2.5, dtype=torch.int64).tolist() == ([0, 1, 2] if is_newest(torch) else [0, 1])


# --- all of what 2.14 has changed


@programs
def clamp_where_it_meets_its_bounds(torch, show):
    values = [-1.0, 0.0, 1.0, float("nan")]
    for low, high in itertools.product([*values, None], repeat=2):
        if (low, high) != (None, None):
            x = torch.tensor(values, requires_grad=True)
            x.clamp(low, high).sum().backward()
            show(x.grad)
    columns = list(zip(*itertools.product(values, repeat=3), strict=True))
    for clamp in (lambda x, low, high: x.clamp(low, high), lambda x, low, high: x.clip(min=low) + x.clip(max=high)):
        tensors = [torch.tensor(column, requires_grad=True) for column in columns]
        clamp(*tensors).sum().backward()
        show(*(tensor.grad for tensor in tensors))


@programs
def counted_in_fractions(torch, show):
    for bounds in (
        (-2.5, 2),
        (1, 2.5, 0.5),
        (5, 0, -2.5),
        (0.0, 1.0, 0.3),
        (0, 10, 3.7),
        (1, 8, 2.5),
        (-3.9, 3.9, 1.9),
    ):
        for dtype in (torch.int64, torch.int32, torch.float32, None):
            show.error(lambda bounds=bounds, dtype=dtype: torch.arange(*bounds, dtype=dtype))
    show(torch.arange(7, 0, -2), torch.arange(2**60, 2**60 + 3), torch.arange(0, 5, 2, dtype=torch.float64))


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record
