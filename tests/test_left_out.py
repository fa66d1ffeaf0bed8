"""What PyTorch has and minigrad leaves out is said to be left out, and what nobody has is not."""

import importlib
import importlib.util
import re
from typing import Any

import pytest

import minigrad
from minigrad.operations.left_out import FURTHER, INSTEAD, INSTEAD_IN, NAMES_IN, WRITE, WRITE_IN


@pytest.mark.parametrize("holder", [minigrad, minigrad.ones(2)], ids=["torch", "tensor"])
def test_names_of_pytorch_are_told_from_names_of_nobody(holder: Any) -> None:
    with pytest.raises(
        AttributeError,
        match=r"'asarray' here, minigrad leaves it out: write torch\.as_tensor\(values\) for torch\.asarray",
    ):
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
        (
            "torch.nn",
            "Conv2d",
            "'Conv2d' here, minigrad leaves it out: there are no convolutions",
        ),
        (
            "torch.nn",
            "Unflatten",
            r"leaves it out: write a\.reshape\(-1, 1, 3\) for torch\.nn\.Unflatten\(1, \(1, -1\)\)",
        ),
        ("torch.nn.init", "xavier_uniform", r"leaves it out: write torch\.nn\.init\.xavier_uniform_\(a\) for"),
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
    unknown = names - {*dir(ours(module)), *NAMES_IN[module].split(), *INSTEAD_IN.get(module, ())}
    assert unknown <= {"Container", "NLLLoss2d", "LinearCrossEntropyOptions"}  # which PyTorch itself no longer shows


def test_an_import_is_told_too() -> None:
    with pytest.raises(ImportError, match=r"'vmap' here, minigrad leaves it out: write torch\.stack"):
        from minigrad.func import vmap  # noqa: F401
    with pytest.raises(ImportError, match=r"'LSTM' here, minigrad leaves it out: there are no recurrent layers"):
        from minigrad.nn import LSTM  # noqa: F401
    with pytest.raises(ImportError, match=r"^cannot import name 'Liner' from 'minigrad.nn'"):
        from minigrad.nn import Liner  # noqa: F401
    assert not hasattr(minigrad.nn, "LSTM")


# --- advice

ADVICE = {("torch", name): pair for name, pair in WRITE.items()}
ADVICE |= {(module, name): pair for module, pairs in WRITE_IN.items() for name, pair in pairs.items()}


def tried(torch: Any, code: str) -> list[str]:
    """What code gives, and the gradients of x and a, as text; the names in it stand for small tensors."""
    torch.manual_seed(3)
    module = torch.nn.Linear(2, 1)
    module(torch.ones(2)).sum().backward()
    x = torch.tensor([0.25, 0.5, 0.75], requires_grad=True)
    a = torch.tensor([[0.5, -1.5, 2.0], [1.0, 3.5, -0.25], [4.0, 0.75, 1.25]], requires_grad=True)
    leaves = (x, a)
    scope = {
        "torch": torch, "module": module, "x": x, "a": a.clone() if "_(" in code else a,
        "y": torch.tensor([0.5, 0.125, 2.0]), "b": torch.eye(3) + 1,
        "c": torch.tensor([[1.0, -2.0, 0.5], [2.0, 0.0, 1.0], [0.5, 3.0, -1.0]]),
        "t": torch.tensor([1.0, -1.0, 1.0]),
        "n": torch.tensor(0.5), "h": torch.ones(2, 2, 2) / 4, "indices": torch.tensor([2, 0, 2]),
        "values": [1.0, 2.5], "f": torch.exp,
    }  # fmt: skip
    if ".init." in code:
        scope["a"] = torch.zeros(3, 3)
    value: Any = None
    if " = " in code.partition("(")[0]:
        exec(code, scope)
    else:
        value = eval(code, scope)
    if "_(" in code and "clip" not in code:
        value = scope["a"]
    shown = [repr(value.detach() if isinstance(value, torch.Tensor) else value)]
    if "module." in code:
        shown = [repr([*module.state_dict().items(), *(p.grad for p in module.parameters())])]
    if isinstance(value, torch.Tensor) and value.requires_grad and value.grad_fn is not None:
        gradients = torch.autograd.grad(value, leaves, torch.ones_like(value), allow_unused=True)
        shown += map(repr, gradients)
    return [re.sub(r", grad_fn=<\w+>", "", each) for each in shown]


@pytest.mark.parametrize("advice", ADVICE, ids=" ".join)
def test_advice_runs(advice: tuple[str, str]) -> None:
    module, name = advice
    call, code = ADVICE[advice]
    assert re.search(rf"\b{name}\b", call), "the advice is about another name"
    assert f"write {code} for {call}" in str(missing_of(module, name))
    assert tried(minigrad, code)


def missing_of(module: str, name: str) -> AttributeError:
    with pytest.raises(AttributeError) as caught:
        getattr(ours(module), name)
    return caught.value


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("advice", ADVICE, ids=" ".join)
def test_advice_gives_what_the_missing_call_gives(advice: tuple[str, str]) -> None:
    import torch

    call, code = ADVICE[advice]
    assert tried(minigrad, code) == tried(torch, code) == tried(torch, call)
