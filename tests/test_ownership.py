"""The gradients that a pass leaves in `.grad` belong to the leaves alone.

A pass keeps an array without a copy where nobody else can hold it.  CPython's count of references tells so before 3.14
and with the interpreter's lock; `backward.COUNTED` is the switch, and everything here holds with it on and off.
"""

from collections.abc import Callable, Iterator
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import minigrad
from minigrad.engine import backward
from tests.examples import examples

torch: Any = minigrad
Tensor = Any

# Operations that hand a gradient on as it is, as a view, to several inputs at once, or computed anew.
UNARY: list[Callable[[Tensor], Tensor]] = [
    lambda x: -x, lambda x: x + 1, lambda x: 2 * x, lambda x: x.t(), lambda x: x.reshape(4).view(2, 2),
    lambda x: x.clone(), lambda x: x[:], lambda x: x.tanh(), lambda x: x.expand(2, 2, 2)[0],
    lambda x: x.unsqueeze(0)[0], lambda x: x * x, lambda x: x + x, lambda x: x.sum(0).expand(2, 2),
    lambda x: x.unbind(0)[1] + x,
]  # fmt: skip
BINARY: list[Callable[[Tensor, Tensor], Tensor]] = [
    lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x @ y, lambda x, y: torch.stack([x, y])[1],
    lambda x, y: torch.cat([x, y])[1:3],
]  # fmt: skip
STEPS = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=8)


@pytest.fixture(params=[True, False], ids=["counted", "not counted"])
def counted(request: pytest.FixtureRequest) -> Iterator[bool]:
    before = backward.COUNTED
    backward.COUNTED = request.param and before
    yield backward.COUNTED
    backward.COUNTED = before


def computed(leaves: list[Tensor], steps: list[tuple[int, int, int]]) -> Tensor:
    """The result of a program: each step applies an operation to results, or leaves, of before."""
    values = list(leaves)
    for which, first, second in steps:
        x, y = values[first % len(values)], values[second % len(values)]
        which %= len(UNARY) + len(BINARY)
        values.append(UNARY[which](x) if which < len(UNARY) else BINARY[which - len(UNARY)](x, y))
    return values[-1] + leaves[0]


def passed(steps: list[tuple[int, int, int]], passes: int) -> tuple[list[Tensor], list[Tensor]]:
    """The leaves, and all tensors that somebody holds after so many passes through one graph."""
    leaves = [torch.tensor([[1.0, -2.0], [0.5, 3.0]]) * scale for scale in (1, 0.5, -0.25)]
    for leaf in leaves:
        leaf.requires_grad_()
    vector = torch.tensor([[1.0, 2.0], [-1.0, 0.5]])
    result = computed(leaves, steps)
    for _ in range(passes):
        result.backward(vector, retain_graph=True)
    return leaves, [*leaves, vector, result]


@settings(max_examples=examples(100), deadline=None)
@given(steps=STEPS, passes=st.integers(1, 3))
def test_a_gradient_shares_memory_with_nothing_else(steps: list[tuple[int, int, int]], passes: int) -> None:
    for switch in (True, False):
        before, backward.COUNTED = backward.COUNTED, switch and backward.COUNTED
        try:
            leaves, held = passed(steps, passes)
        finally:
            backward.COUNTED = before
        gradients = [leaf.grad for leaf in leaves if leaf.grad is not None]
        others = [tensor.detach().numpy() for tensor in held]
        for index, gradient in enumerate(gradients):
            for other in [*others, *(g.numpy() for g in gradients[index + 1 :])]:
                assert not np.shares_memory(gradient.numpy(), other)


@settings(max_examples=examples(50), deadline=None)
@given(steps=STEPS, passes=st.integers(1, 3))
def test_the_switch_changes_no_number(steps: list[tuple[int, int, int]], passes: int) -> None:
    found = []
    for switch in (True, False):
        before, backward.COUNTED = backward.COUNTED, switch and backward.COUNTED
        try:
            leaves, _ = passed(steps, passes)
        finally:
            backward.COUNTED = before
        found.append([None if leaf.grad is None else leaf.grad.tolist() for leaf in leaves])
    assert found[0] == found[1]


def test_an_array_that_only_the_pass_knows_is_kept_without_a_copy(counted: bool) -> None:
    x = torch.ones(1000, requires_grad=True)
    arrived = backward.walk((x * 3).sum().grad_fn, np.float32(1))
    (address,) = [g.__array_interface__["data"][0] for g in arrived.values()]
    backward.accumulate(arrived)
    assert (x.grad.numpy().__array_interface__["data"][0] == address) is counted


def test_a_write_to_a_gradient_is_noticed_where_it_was_saved(counted: bool) -> None:
    x = torch.ones(2, requires_grad=True)
    x.sum().backward()
    w = torch.ones(2, requires_grad=True)
    product = (w * x.grad).sum()
    x.sum().backward()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        product.backward()
