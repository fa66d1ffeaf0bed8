"""What PyTorch has and minigrad leaves out is said to be left out, and what nobody has is not."""

import importlib
import importlib.util
from typing import Any

import pytest

import minigrad
from minigrad.operations.left_out import FURTHER, INSTEAD, INSTEAD_IN, NAMES_IN


@pytest.mark.parametrize("holder", [minigrad, minigrad.ones(2)], ids=["torch", "tensor"])
def test_names_of_pytorch_are_told_from_names_of_nobody(holder: Any) -> None:
    with pytest.raises(AttributeError, match=r"'asarray' here, minigrad leaves it out: write as_tensor"):
        holder.asarray  # noqa: B018
    with pytest.raises(AttributeError, match=r"'logit_' here, minigrad leaves it out: write \(x / \(1 - x\)\).log\(\)"):
        holder.logit_  # noqa: B018
    with pytest.raises(AttributeError, match=r"'kthvalue' here: minigrad leaves it out"):
        holder.kthvalue  # noqa: B018
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


# --- modules

TYPOS = {
    "torch.optim": ("Sgd", "SGD"),
    "torch.nn": ("Relu", "ReLU"),
    "torch.nn.functional": ("mseloss", "mse_loss"),
    "torch.nn.init": ("xavier_unifrom_", "xavier_uniform_"),
    "torch.nn.utils": ("clip_grad_norms_", "clip_grad_norm_"),
    "torch.autograd": ("Functon", "Function"),
    "torch.autograd.functional": ("jacobain", "jacobian"),
}


def ours(module: str) -> Any:
    return importlib.import_module("minigrad" + module.removeprefix("torch"))


@pytest.mark.parametrize("module", TYPOS)
def test_a_typo_is_not_called_a_decision(module: str) -> None:
    typo, meant = TYPOS[module]
    with pytest.raises(AttributeError, match=f"^module '{module}' has no attribute '{typo}'$") as caught:
        getattr(ours(module), typo)
    assert (caught.value.name, caught.value.obj) == (typo, ours(module))
    assert meant in dir(caught.value.obj)  # from these two Python makes its "Did you mean: 'SGD'?"


@pytest.mark.parametrize(
    ("module", "name", "told"),
    [
        ("torch.nn", "Conv2d", "'Conv2d' here: minigrad leaves it out"),
        ("torch.nn", "Unflatten", "'Unflatten' here, minigrad leaves it out: write reshape"),
        ("torch.nn.init", "xavier_uniform", "'xavier_uniform' here, minigrad leaves it out: write xavier_uniform_"),
        ("torch.optim.lr_scheduler", "OneCycleLR", "'OneCycleLR' here: minigrad leaves it out"),
        ("torch", "hub", "'hub' here: minigrad leaves it out"),
    ],
)
def test_what_modules_leave_out_is_told(module: str, name: str, told: str) -> None:
    with pytest.raises(AttributeError, match=told):
        getattr(ours(module), name)


def test_what_modules_have_is_not_said_to_be_left_out() -> None:
    for table in (INSTEAD_IN, NAMES_IN):
        for module, names in table.items():
            listed = names.split() if isinstance(names, str) else names
            assert not [name for name in listed if hasattr(ours(module), name)]


@pytest.mark.torch
def test_what_modules_leave_out_is_pytorch_s() -> None:
    for table in (INSTEAD_IN, NAMES_IN):
        for module, names in table.items():
            theirs = importlib.import_module(module)
            listed = names.split() if isinstance(names, str) else names
            unknown = [name for name in listed if not hasattr(theirs, name)]
            assert not [name for name in unknown if importlib.util.find_spec(f"{module}.{name}") is None]


@pytest.mark.torch
@pytest.mark.parametrize("module", ["torch.nn", "torch.optim"])
def test_no_class_of_pytorch_s_is_taken_for_a_typo(module: str) -> None:
    theirs = importlib.import_module(module)
    names = {name for name in dir(theirs) if name[0].isupper() and isinstance(getattr(theirs, name), type)}
    unknown = names - {*dir(ours(module)), *NAMES_IN[module].split()}
    assert unknown <= {"Container", "NLLLoss2d", "LinearCrossEntropyOptions"}  # which PyTorch itself no longer shows
