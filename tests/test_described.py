"""What is public describes itself: name, signature, source, docstring; and the examples in the docstrings hold."""

import abc
import copy
import doctest
import importlib
import inspect
import pickle
import re
import subprocess
import sys
import warnings
from typing import Any

import pytest

import minigrad
from minigrad import nn
from minigrad.engine import operation, rows
from minigrad.operations.described import doc_of
from minigrad.operations.words import WORDS
from tools import reference

PUBLIC = dict(reference.public())
TENSOR: Any = minigrad.Tensor  # for a type checker, which does not know what the tables add
OURS = re.compile(rf"torch\.({'|'.join(reference.NOT_IN_PYTORCH)})\b")
PROPERTIES = {name for name, thing in PUBLIC.items() if not callable(thing) and not hasattr(thing, "__func__")}
# Of these a subclass says what they do, or an example would say nothing.
WITHOUT_EXAMPLE = {
    "torch.autograd.Function.backward", "torch.autograd.Function.forward", "torch.autograd.Function.setup_context",
}  # fmt: skip
# What a PyTorch that was built for GPUs answers in another way.
OF_A_CPU_BUILD = {
    "torch.Tensor.cuda", "torch.nn.Module.cuda", "torch.cuda.current_device", "torch.cuda.get_device_name",
    "torch.cuda.synchronize", "torch.backends.cudnn.is_available", "torch.accelerator.current_accelerator",
}  # fmt: skip
VERBS = """
Add Apply Begin Bring Build Call Carry Change Choose Clear Compare Compute Continue Convert Copy Count Define Descend
Divide Draw Exchange Find Flip Forget Give Go Group Grow Hold Insert Join Keep Leave Let Limit List Lower Make Mark
Merge Move Multiply Name Pick Plot Put Raise Read Record Refuse Release Remove Repeat Replace Return Reverse Round
Save Say Scale Seed Set Show Sort Square Start Subtract Sum Take Train Transpose Turn Wait Write
"""


def plain(thing: Any) -> Any:
    return thing.__func__ if isinstance(thing, (staticmethod, classmethod)) else thing


def documentation(name: str) -> str:
    return inspect.getdoc(plain(PUBLIC[name])) or ""


def run(name: str, torch: Any) -> None:
    """The examples in a docstring, under one of the libraries."""
    test = doctest.DocTestParser().get_doctest(documentation(name), {"torch": torch}, name, None, 0)
    said: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS).run(test, out=said.append)
    assert not said, "".join(said)


@pytest.mark.parametrize("name", [name for name in PUBLIC if ">>>" in documentation(name)])
def test_examples(name: str) -> None:
    if name == "torch.as_torch" and "torch" in sys.modules:
        pytest.skip("it refuses where PyTorch is imported; tests/test_standing_in.py runs it in a process of its own")
    run(name, minigrad)


def shared() -> list[Any]:
    """The public names with examples that PyTorch has, too."""
    names = [name for name in PUBLIC if ">>>" in documentation(name) and not OURS.match(name)]
    return [pytest.param(name, marks=[pytest.mark.cpu_build] * (name in OF_A_CPU_BUILD)) for name in names]


@pytest.mark.torch
@pytest.mark.parametrize("name", shared())
def test_examples_are_true_of_pytorch(name: str) -> None:
    import torch

    run(name, torch)


def test_every_docstring_begins_with_what_is_done() -> None:
    first = {name: documentation(name).partition(" ")[0] for name in PUBLIC.keys() - PROPERTIES}
    assert not {name: word for name, word in first.items() if word not in VERBS.split()}
    sentences = {name: documentation(name).partition("\n")[0] for name in PUBLIC}
    assert not {name: text for name, text in sentences.items() if not text.endswith(".") or "?" in text}


def test_every_function_and_class_has_an_example() -> None:
    names = PUBLIC.keys() - PROPERTIES - WITHOUT_EXAMPLE
    assert not {name for name in names if ">>>" not in documentation(name)}


def test_operations_say_what_their_gradient_is() -> None:
    makers = {
        name for name, function in operation.functions.items() if reference.standing(function).endswith("creation.py")
    }
    counting = {"numel", "is_floating_point", "allclose", "equal"}
    names = [f"torch.{name}" for name in operation.functions.keys() - makers - counting]
    assert not {name for name in names if "Gradient: " not in documentation(name)}


def test_names_are_those_by_which_people_find_them() -> None:
    wrong = {
        name: plain(thing).__name__
        for name, thing in PUBLIC.items()
        if name not in PROPERTIES and plain(thing).__name__ != name.rpartition(".")[2]
    }
    assert not wrong
    qualified = {
        name: thing.__qualname__
        for name, thing in PUBLIC.items()
        if name.startswith("torch.Tensor.") and name not in PROPERTIES
    }
    assert not {
        name for name, found in qualified.items() if f"torch.{found}" != name and name != "torch.Tensor.backward"
    }


def test_methods_begin_with_self_and_functions_with_pytorch_s_names() -> None:
    assert str(inspect.signature(minigrad.tanh)) == "(input)"
    assert str(inspect.signature(minigrad.sum)) == "(input, dim=None, keepdim=False, *, dtype=None)"
    assert str(inspect.signature(TENSOR.sum)) == "(self, dim=None, keepdim=False, *, dtype=None)"
    assert str(inspect.signature(TENSOR.mul_)) == "(self, other)"
    assert str(inspect.signature(minigrad.exp_)) == "(input)"
    methods = [name for name in PUBLIC.keys() - PROPERTIES if name.startswith("torch.Tensor.")]
    assert not {name for name in methods if next(iter(inspect.signature(PUBLIC[name]).parameters)) != "self"}


def test_arguments_can_be_given_by_the_names_that_the_signatures_show() -> None:
    x = minigrad.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert minigrad.sum(input=x).item() == 10
    assert minigrad.tanh(input=x).shape == minigrad.mul(input=x, other=x).shape == (2, 2)
    assert minigrad.flatten(input=x, start_dim=0).shape == (4,)
    assert TENSOR.exp(self=x).shape == (2, 2)


@pytest.mark.torch
def test_first_arguments_are_called_as_in_pytorch_s_docstrings() -> None:
    import torch

    compared, wrong = 0, {}
    for name, function in operation.functions.items():
        theirs = re.match(rf"\s*(?:torch\.)?{name}\(([a-z]+\w*)", getattr(torch, name).__doc__ or "")
        first = next(iter(inspect.signature(function).parameters.values()))
        if theirs is not None and first.kind is not first.VAR_POSITIONAL:
            compared += 1
            if first.name != theirs[1]:
                wrong[name] = theirs[1]
    assert compared > 90
    assert not wrong


def test_sources_are_found() -> None:
    """Classes say where they are, although they print under PyTorch's names."""
    for name in PUBLIC.keys() - PROPERTIES:
        source = inspect.getsource(plain(PUBLIC[name]))
        assert "def " in source or "class " in source, name
    assert inspect.getsource(nn.Linear).startswith("class Linear(Module):")
    assert (repr(nn.Linear), repr(minigrad.Tensor)) == (
        "<class 'torch.nn.modules.linear.Linear'>",
        "<class 'torch.Tensor'>",
    )


def test_a_class_of_one_s_own_prints_its_own_name_and_may_be_abstract() -> None:
    class Model(nn.Module, abc.ABC):
        @abc.abstractmethod
        def forward(self, x: Any) -> Any: ...

    assert repr(Model) == f"<class '{__name__}.{Model.__qualname__}'>"
    with pytest.raises(TypeError, match="abstract"):
        Model()  # type: ignore[abstract]
    assert isinstance(nn.Tanh(), nn.Module)
    assert not isinstance(nn.Tanh(), Model)


def test_notebooks_write_classes_as_they_write_pytorch_s() -> None:
    pretty = pytest.importorskip("IPython.lib.pretty").pretty
    assert [pretty(each) for each in (minigrad.Tensor, nn.Linear, minigrad.Size)] == [
        "torch.Tensor",
        "torch.nn.modules.linear.Linear",
        "torch.Size",
    ]


def test_what_a_row_says_stands_in_the_docstring() -> None:
    row = rows.rows["tanh"]
    assert f"Gradient: input receives {row.gradients['x'].replace('x', 'input')}, where" in (
        minigrad.tanh.__doc__ or ""
    )
    for row in rows.rows.values():
        if not row.inner:
            assert f"line {row.line}." in doc_of(row.name, row)


def test_an_operation_without_words_is_described_by_its_row() -> None:
    tables = [rows.rows, rows.on_tensors, operation.functions, operation.methods]
    before = [set(table) for table in tables]
    try:
        cube = operation.rule("cube(x)", "x * x * x", x="g * 3 * (x * x)", inplace=True)
        assert cube.__doc__.splitlines()[:3] == [
            "Compute input * input * input.",
            "",
            "Formula: input * input * input.",
        ]
        assert "Gradient: input receives g * 3 * (input * input)" in cube.__doc__
        assert rows.on_tensors["cube_"].__doc__.startswith("Apply cube in place: ")
    finally:
        for table, names in zip(tables, before, strict=True):
            for name in table.keys() - names:
                del table[name]
        for name in ("cube", "cube_"):
            delattr(minigrad.Tensor, name)


def test_every_operation_of_a_row_that_is_shipped_has_words() -> None:
    assert not {name for name, row in rows.rows.items() if not row.inner and name not in WORDS}
    assert not {name for name in WORDS if name not in operation.functions and name not in operation.methods}


@pytest.mark.parametrize(
    "thing",
    [
        minigrad.tensor([1.0, 2.0], requires_grad=True),
        minigrad.tensor(3),
        nn.Parameter(minigrad.ones(2)),
        nn.Linear(2, 1),
    ],
    ids=["leaf", "scalar", "parameter", "module"],
)
def test_pickles(thing: Any) -> None:
    again = pickle.loads(pickle.dumps(thing))
    assert type(again) is type(thing)
    assert repr(again) == repr(thing)


def test_types_and_shapes_pickle() -> None:
    assert pickle.loads(pickle.dumps(minigrad.bool)) is copy.deepcopy(minigrad.bool) is minigrad.bool
    assert type(pickle.loads(pickle.dumps(minigrad.Size([2])))) is minigrad.Size


# --- what is offered


def test_dir_offers_what_is_public_and_nothing_else() -> None:
    offered = dir(minigrad)
    assert {"draw", "step_through", "plot_jacobian", "LossCurve", "save", "load", "nn", "optim", "autograd"} <= {
        *offered
    }
    assert not {"np", "sys", "warnings", "importlib", "engine", "operations", "printing"} & {*offered}
    assert offered == sorted(minigrad.__all__)
    for module in reference.MODULES.values():
        assert dir(module) == sorted(module.__all__)
        assert all(hasattr(module, name) for name in module.__all__)


@pytest.mark.torch
def test_what_is_offered_is_pytorch_s_but_for_the_drawings() -> None:
    import torch

    assert {name for name in minigrad.__all__ if not hasattr(torch, name)} == {*reference.NOT_IN_PYTORCH}
    for name, module in reference.MODULES.items():
        theirs = importlib.import_module(name)
        assert not {each for each in module.__all__ if not hasattr(theirs, each)}


def test_the_reference_is_fresh() -> None:
    """python tools/reference.py writes it again."""
    assert reference.REFERENCE.read_text(encoding="utf-8") == reference.written()


def test_a_typo_is_answered_with_python_s_own_suggestion() -> None:
    program = "import minigrad as torch; torch.optim.Sgd"
    said = subprocess.run([sys.executable, "-c", program], cwd=reference.ROOT, capture_output=True, text=True).stderr
    assert said.splitlines()[-1] == "AttributeError: module 'torch.optim' has no attribute 'Sgd'. Did you mean: 'SGD'?"
