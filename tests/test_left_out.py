"""What PyTorch has and minigrad leaves out is said to be left out, and what nobody has is not."""

from typing import Any

import pytest

import minigrad
from minigrad.operations.left_out import FURTHER, INSTEAD


@pytest.mark.parametrize("holder", [minigrad, minigrad.ones(2)], ids=["torch", "tensor"])
def test_names_of_pytorch_are_told_from_names_of_nobody(holder: Any) -> None:
    with pytest.raises(AttributeError, match=r"'multiply' here, minigrad leaves it out: write mul"):
        holder.multiply  # noqa: B018
    with pytest.raises(AttributeError, match=r"'addcmul_' here, minigrad leaves it out: write x \+ value \* a \* b"):
        holder.addcmul_  # noqa: B018
    with pytest.raises(AttributeError, match=r"'topk' here: minigrad leaves it out"):
        holder.topk  # noqa: B018
    with pytest.raises(AttributeError, match=r"has no attribute 'sotfmax'$") as caught:
        holder.sotfmax  # noqa: B018
    assert caught.value.name == "sotfmax"
    assert caught.value.obj is holder  # from these two Python makes its "Did you mean: 'softmax'?"


def test_what_is_there_is_not_said_to_be_left_out() -> None:
    assert not {name for name in {*INSTEAD, *FURTHER} if hasattr(minigrad, name) or hasattr(minigrad.Tensor, name)}
    assert not INSTEAD.keys() & FURTHER


def test_python_asks_for_names_of_its_own_in_vain() -> None:
    with pytest.raises(AttributeError, match=r"^'Tensor' object has no attribute '_repr_html_'$"):
        minigrad.ones(2)._repr_html_  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.torch
def test_what_is_left_out_is_pytorch_s() -> None:
    import torch

    theirs = {*dir(torch), *dir(torch.Tensor)}
    assert not {name for name in {*INSTEAD, *FURTHER} if name not in theirs and name + "_" not in theirs}
