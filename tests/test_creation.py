"""Making tensors, their types and their shapes: what each expression shows, as PyTorch shows it."""

import itertools
import re
import warnings
from typing import Any

import numpy as np
import pytest

import minigrad
from tests.figures import installed, recorded
from tests.versions import built_for_gpus

MAKING = """
torch.tensor(1); torch.tensor(1.); torch.tensor(True); torch.tensor(-0.); torch.tensor([]); torch.tensor([[], []])
torch.tensor([1, 2.]); torch.tensor([True, 2]); torch.tensor([True, 2.]); torch.tensor((1, 2)); torch.tensor(range(3))
torch.tensor([(1, 2), [3, 4]]); torch.tensor([1, [2]]); torch.tensor([[1, 2], [3]]); torch.tensor([[1], [2, 3]])
torch.tensor([[1, 2], 3]); torch.tensor([[1], [[2]]]); torch.tensor('a'); torch.tensor(['a']); torch.tensor([1, 'a'])
torch.tensor(None); torch.tensor([None]); torch.tensor({}); torch.tensor({1, 2}); torch.tensor(b'a'); torch.tensor()
torch.tensor(2**63 - 1); torch.tensor(-2**63); torch.tensor(2**63); torch.tensor([2**63]); torch.tensor([2**70, 1.5])
torch.tensor(2**70, dtype=torch.float32); torch.tensor(1e39); torch.tensor(1e39, dtype=torch.float64)
torch.tensor(2.7, dtype=torch.int64); torch.tensor([2.7, -2.7], dtype=torch.int64)
torch.tensor(nan, dtype=torch.bool); torch.tensor(nan, dtype=torch.int64); torch.tensor([1e30], dtype=torch.int64)
torch.tensor([1., 0.], dtype=torch.bool); torch.tensor([1e-50, 1e-40]); torch.tensor([1, 2], dtype=float)
torch.tensor([1, 2], dtype='float32'); torch.tensor(numpy.array([1., 2.])); torch.tensor(numpy.float32(1))
torch.tensor(numpy.array(1)); torch.tensor([numpy.float64(1), 2]); torch.tensor([numpy.float32(1), 2.5])
torch.tensor([numpy.int64(1), 2.5]); torch.tensor(numpy.array(['a'])); torch.tensor([torch.tensor(2.), 1])
torch.tensor([[torch.tensor(2.)], [3]]); torch.tensor([torch.tensor(2., dtype=torch.float64), 1.5])
torch.tensor(torch.Size([1, 2])); torch.tensor(1., requires_grad=True); torch.tensor(1, requires_grad=True)
torch.tensor(data=[1]); torch.tensor(1, 2); torch.as_tensor([1.]); torch.as_tensor(numpy.array([1.]))
torch.as_tensor(1); torch.from_numpy(numpy.array([1.])); torch.from_numpy([1])
torch.from_numpy(numpy.array([1, 2, 3])[::-1]); torch.from_numpy(numpy.array(['a']))
torch.from_numpy(numpy.arange(6).reshape(2, 3)[:, ::2]); torch.Tensor([1, 2]); torch.Tensor([[1]]); torch.Tensor()
torch.Tensor(2).shape; torch.Tensor(2, 3).shape; torch.Tensor(torch.Size([2, 3])).shape; torch.Tensor(0).shape
torch.Tensor(2.5); torch.Tensor(True); torch.Tensor(None); torch.Tensor('a'); torch.Tensor(-1); torch.Tensor(2, 2.5)
torch.Tensor((2, 3)); torch.Tensor(range(3)); torch.Tensor([True]); torch.Tensor(numpy.arange(3)); torch.Tensor({1})
torch.Tensor(torch.arange(3)); torch.Tensor(torch.ones(2, requires_grad=True)); torch.Tensor(2, requires_grad=True)
torch.zeros(2, 3); torch.zeros((2, 3)); torch.zeros([2, 3]); torch.zeros(torch.Size([2])); torch.zeros(())
torch.zeros(); torch.zeros(size=(2,)); torch.zeros(2, dtype=int); torch.zeros(2, dtype=float)
torch.zeros(2, dtype=bool); torch.zeros(-1); torch.zeros(2.); torch.zeros('a'); torch.zeros((2.,)); torch.zeros([[2]])
torch.zeros(True); torch.zeros(None); torch.zeros((2,), (3,)); torch.zeros(2, (3,)); torch.zeros(torch.tensor(2))
torch.zeros(2, foo=1); torch.zeros((torch.tensor(2), 3)); torch.zeros(numpy.int64(2)); torch.zeros(2**40, 2**40)
torch.zeros(2, device='cpu'); torch.zeros(2, device='cuda'); torch.zeros(2, requires_grad=True)
torch.zeros(2, dtype=int, requires_grad=True); torch.ones(2, 0); torch.ones(3, dtype=torch.bool); torch.full((2,), 3)
torch.full((2,), 3.); torch.full((2,), True); torch.full((2,), 3, dtype=torch.float64)
torch.full((2,), 2.7, dtype=torch.int64); torch.full((), 2); torch.full(2, 3); torch.full((2,), torch.tensor(2.))
torch.full(size=(2,), fill_value=1); torch.full((2,), 1., requires_grad=True); torch.full((2,), 1, requires_grad=True)
torch.full((2,), inf, dtype=torch.int64); torch.full([2], 'a'); torch.full((2,), 2**63); torch.full((2,), 1e300)
torch.full((2,), None); torch.full((2,), [1]); torch.full((2,)); torch.arange(5); torch.arange(5.); torch.arange(1, 4)
torch.arange(1, 4, 2); torch.arange(5, 0, -1); torch.arange(0); torch.arange(0, 1, 0.1)
torch.arange(0, 1, 0.1, dtype=torch.float64); torch.arange(5, 0); torch.arange(0, 5, -1); torch.arange(0, 5, 0)
torch.arange(1, 2.5); torch.arange(2.5, dtype=torch.int64); torch.arange(0.5, 4.5, dtype=int); torch.arange(end=4)
torch.arange(start=1, end=4); torch.arange(start=1, end=4, step=2); torch.arange(torch.tensor(3))
torch.arange(5, requires_grad=True); torch.arange(5., requires_grad=True); torch.arange(nan); torch.arange(inf)
torch.arange('a'); torch.arange(True); torch.arange(); torch.arange(None); torch.arange(1, 2, 3, 4)
torch.arange(-3.5); torch.arange(1e8, 1e8 + 10); torch.arange(3, dtype=torch.bool)
torch.arange(2**62, 2**63 - 1, 2**61); torch.linspace(0, 1, 5); torch.linspace(0, 1, 1); torch.linspace(0, 1, 0)
torch.linspace(0, 1, -1); torch.linspace(1, 0, 4); torch.linspace(0, 10, 7, dtype=torch.float64)
torch.linspace(0, 10, 7, dtype=torch.int64); torch.linspace(-10, 10, 7, dtype=torch.int64)
torch.linspace(0, 1, steps=3); torch.linspace(0, 1); torch.linspace(0, 1, 2.5); torch.linspace(0, inf, 3)
torch.linspace(0, 1, 3, requires_grad=True); torch.eye(3); torch.eye(2, 3); torch.eye(0)
torch.eye(2, dtype=torch.int64); torch.eye(-1); torch.eye(2, -1); torch.eye(2.); torch.eye(None); torch.eye(n=2, m=1)
torch.eye(2, requires_grad=True); torch.zeros_like(3); torch.ones_like(torch.tensor(True))
torch.full_like(torch.tensor([1]), 2.7); torch.full_like(torch.tensor([1.]), fill_value=3, dtype=torch.int64)
torch.zeros_like(torch.ones(2), requires_grad=True); torch.manual_seed(3) and torch.rand(2, 3)
torch.manual_seed(3) and torch.randn(2, 3); torch.rand(-1); torch.rand(2, dtype=int)
torch.manual_seed(3) and torch.randn(size=()); torch.manual_seed(3) and torch.randn(20); torch.randn(2, dtype=int)
torch.manual_seed(3) and torch.randint(5, (3,)); torch.manual_seed(3) and torch.randint(low=2, high=5, size=(3,))
torch.manual_seed(3) and torch.randint(0, 2, (3,), dtype=torch.bool); torch.randint(5, 3); torch.randint(5, 5, (3,))
torch.randint(5., (3,)); torch.randint(0, (2,)); torch.randint(5, (3,), requires_grad=True); torch.randperm(-1)
torch.manual_seed(3) and torch.randperm(5); torch.manual_seed(3) and torch.randperm(5, dtype=torch.float32)
torch.rand(2, generator=torch.Generator().manual_seed(2)); torch.randn(2, generator=torch.Generator().manual_seed(2))
torch.randint(5, (3,), generator=torch.Generator().manual_seed(2)); torch.manual_seed('a')
torch.manual_seed(-1).initial_seed(); torch.zeros(3).uniform_(2, 1); torch.zeros(3).normal_(0, -1)
torch.zeros(3).random_(5, 5); torch.ones(2, dtype=int).normal_()
torch.manual_seed(3) and torch.zeros(2, dtype=torch.bool).random_(); torch.zeros(2, dtype=torch.bool).random_(0, 5)
torch.manual_seed(3) and torch.zeros(2, dtype=torch.float64).random_(); torch.ones(1, requires_grad=True).uniform_()
"""

SHAPES = """
torch.Size([2, 3]); torch.Size((2, 3)); torch.Size([]); torch.Size(); torch.Size([2.]); torch.Size('ab')
torch.Size([2, 3])[0]; torch.Size([2, 3])[1:]; torch.Size([2, 3]) + (4,); torch.Size([2, 3]) * 2
torch.Size([2, 3]).numel(); torch.Size([]).numel(); torch.Size([2, 3]) == (2, 3); torch.Size([2, 3]).index(3)
len(torch.Size([2, 3])); list(torch.Size([2, 3])); torch.ones(2, 3).shape; torch.tensor(1.).shape
torch.ones(2, 3).size(); torch.ones(2, 3).size(-1); torch.ones(2, 3).size(2); torch.ones(2, 3).shape[-1]
torch.ones(2, 3).shape.numel(); isinstance(torch.ones(2).shape, tuple); torch.ones(2, 3).ndim
torch.zeros(torch.ones(2, 3).shape[1:]); torch.ones(*torch.Size([2, 1])); hash(torch.Size([2, 3])) == hash((2, 3))
"""

TYPES = """
torch.float32; torch.float; torch.float64; torch.double; torch.int64; torch.long; torch.bool
torch.float is torch.float32; torch.int64.is_floating_point; torch.float32.is_floating_point; torch.float32.itemsize
torch.float32 == torch.float64; torch.tensor([1.5, -2.5, 0.]).long(); torch.tensor([1.5, 0., nan]).bool()
torch.tensor([True, False]).float(); torch.tensor([1, 2]).double(); torch.tensor([1.5]).to(torch.float64)
torch.tensor([1.5]).to(torch.ones(2, dtype=int)); torch.tensor([1.5]).to('cpu'); torch.tensor([1.5]).to('cuda')
torch.tensor([1.5]).to('abc'); torch.tensor([1.5]).type(); torch.tensor([1]).type(); torch.tensor([True]).type()
torch.tensor([1.5]).type(torch.int64); torch.tensor([1.5]).type_as(torch.tensor([1]))
torch.tensor([1.5]).to(torch.float32, copy=True); torch.get_default_dtype(); torch.tensor(1.5).item()
torch.tensor([[True]]).item(); torch.tensor([1, 2]).item(); torch.tensor([[1, 2]]).tolist(); float(torch.tensor(2))
int(torch.tensor(2.7)); bool(torch.tensor(0.)); bool(torch.tensor([1, 2])); bool(torch.tensor([]))
int(torch.tensor([1, 2])); [1, 2, 3][torch.tensor(1)]; [1, 2, 3][torch.tensor(1.)]; len(torch.tensor(1.))
len(torch.ones(3, 2)); f'{torch.tensor(1.5):.3f}'; f'{torch.tensor(3):d}'; f'{torch.ones(2)}'; f'{torch.ones(2):.2f}'
2 in torch.tensor([1, 2]); torch.is_tensor(torch.ones(1)); torch.is_tensor(1.)
isinstance(torch.ones(1), torch.Tensor); type(torch.ones(1))
torch.tensor(1., requires_grad=True).long().requires_grad; torch.tensor(1., requires_grad=True).double()
"""

# What meets what: tensors of several dimensions, of none, and Python's numbers.
OPERANDS = [
    "torch.tensor([1.5])", "torch.tensor([1.5], dtype=torch.float64)", "torch.tensor([2])", "torch.tensor([True])",
    "torch.tensor(1.5)", "torch.tensor(1.5, dtype=torch.float64)", "torch.tensor(2)", "torch.tensor(True)", "1.5", "2",
]  # fmt: skip
PROMOTION = "; ".join(f"({x} + {y}).dtype" for x, y in itertools.product(OPERANDS, OPERANDS) if "tensor" in x + y)

EXPRESSIONS = list(dict.fromkeys(re.split(r";\s+|\n", (MAKING + SHAPES + TYPES + PROMOTION).strip("\n"))))


def shown(torch: Any, expression: str) -> str:
    """What an expression shows, or the name of the error's type."""
    names = {"torch": torch, "numpy": np, "inf": float("inf"), "nan": float("nan")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return repr(eval(expression, names))
        except Exception as error:
            return type(error).__name__


def record() -> dict[str, Any]:
    """What PyTorch shows; of one built for GPUs, what it shows of these is left out."""
    import torch

    left_out = "cuda" if built_for_gpus() else "nothing"
    return {each: shown(torch, each) for each in EXPRESSIONS if each and left_out not in each}


@pytest.mark.parametrize("expression", [expression for expression in EXPRESSIONS if expression])
def test_shows_what_pytorch_showed(expression: str) -> None:
    assert shown(minigrad, expression) == recorded(__name__)[expression]


@pytest.mark.torch
def test_pytorch_still_shows_it() -> None:
    shown_now = record()
    assert len(shown_now) > 350
    assert shown_now == {expression: installed(__name__)[expression] for expression in shown_now}
