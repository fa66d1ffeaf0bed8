"""Sizes that a graph must survive: depth without recursion, diamonds, dropping, time and memory in proportion.

Times and bytes are printed (`pytest -s tests/test_sizes.py`) and held only to what a slow and busy machine keeps, too.
"""

import gc
import inspect
import sys
import time
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import minigrad

pytestmark = pytest.mark.slow

torch: Any = minigrad
Tensor = Any

SHORT = 1_000
LONG = 100_000
DEEP = 1_000_000


@pytest.fixture(autouse=True)
def little_stack() -> Iterator[None]:
    """Whatever calls itself, if only once for every hundredth node, raises RecursionError here."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 150)
    yield
    sys.setrecursionlimit(limit)


def leaf() -> Tensor:
    return torch.tensor(1.0, dtype=torch.float64, requires_grad=True)


def chain(x: Tensor, length: int) -> Tensor:
    """So many operations, one after the other, with a derivative of 1."""
    for _ in range(length // 2):
        x = x * 1.0 + 0.5
    return x


def diamonds(x: Tensor, count: int) -> Tensor:
    """So many diamonds in a row, with 2**count paths and a derivative of 2**count."""
    for _ in range(count):
        x = x * 0.5 + x * 1.5
    return x


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def test_a_million_operations_take_time_in_proportion() -> None:
    x = leaf()
    y: Tensor = None

    def forward(length: int) -> None:
        nonlocal y
        y = chain(x, length)

    def microseconds(length: int) -> list[float]:
        return [seconds(lambda: forward(length)) / length * 1e6, seconds(lambda: y.backward()) / length * 1e6]

    short = [min(times) for times in zip(*(microseconds(SHORT) for _ in range(20)), strict=True)]
    deep = microseconds(DEEP)
    print(f"\nan operation forward and backward: {short} µs among {SHORT}, {deep} µs among {DEEP}")
    assert y.item() == 1 + DEEP / 4
    assert x.grad.item() == 20 + 1
    assert sum(deep) < 20 * sum(short)  # what grows with the square takes 1,000 times as long


def test_memory_grows_in_proportion() -> None:
    x = leaf()
    chain(x, SHORT)
    gc.collect()
    bytes_each = []
    for length in (SHORT, LONG // 5):
        tracemalloc.start()
        y = chain(x, length)
        bytes_each.append(tracemalloc.get_traced_memory()[0] / length)
        y.backward()
        peak = tracemalloc.get_traced_memory()[1] / length
        tracemalloc.stop()
        print(f"\n{bytes_each[-1]:.0f} bytes an operation among {length}, and {peak:.0f} at most in the backward pass")
        assert peak < 1.5 * bytes_each[-1]
    assert bytes_each[1] < 1.1 * bytes_each[0]
    assert bytes_each[1] < 400


def test_a_gradient_that_nobody_else_holds_is_not_copied_and_is_added_to_in_place() -> None:
    x = torch.ones(1_000_000, requires_grad=True)
    x.sum().backward()  # the first large pass reserves memory
    x.grad = None
    y = (x * 2 + x * 3 + x * 4 + x * 5).sum()
    gc.collect()
    tracemalloc.start()
    y.backward()
    peak = tracemalloc.get_traced_memory()[1] / 4_000_000
    tracemalloc.stop()
    copies = sys.version_info >= (3, 14)  # there references are counted otherwise, and every gradient is copied
    assert peak < 3.5 + copies  # the sum so far, what was added last, and what comes next


def test_forty_diamonds_at_once() -> None:
    x = leaf()
    y = diamonds(x, 40)
    assert seconds(lambda: y.backward(retain_graph=True)) < 1
    assert x.grad.item() == 2.0**40
    assert torch.autograd.grad(y, x)[0].item() == 2.0**40


def test_forty_diamonds_recorded_and_again() -> None:
    x = leaf()
    (slope,) = torch.autograd.grad(diamonds(x, 40) * x, x, create_graph=True)
    assert slope.item() == 2.0**41
    assert torch.autograd.grad(slope, x)[0].item() == 2.0**41


def test_a_deep_graph_without_a_backward_pass_is_dropped_by_reference_counting() -> None:
    gc.collect()
    gc.disable()
    try:
        y = chain(leaf(), LONG)
        oldest = y.grad_fn
        while oldest.next_functions[0][0].next_functions:
            oldest = oldest.next_functions[0][0]
        ends: list[Any] = [weakref.ref(node) for node in (y.grad_fn, oldest, oldest.next_functions[0][0])]
        del oldest
        assert [end().name() for end in ends] == ["AddBackward0", "MulBackward0", "torch::autograd::AccumulateGrad"]
        del y
        assert [end() for end in ends] == [None, None, None]
    finally:
        gc.enable()


def test_a_deep_graph_is_dropped_after_each_kind_of_pass() -> None:
    gc.collect()
    gc.disable()
    try:
        for retain in (False, True):
            x = leaf()
            y = chain(x, LONG)
            end = weakref.ref(y.grad_fn)
            y.backward(retain_graph=retain)
            del y
            assert end() is None
    finally:
        gc.enable()


def test_grad_of_a_deep_chain() -> None:
    x = leaf()
    y = chain(x, LONG)
    assert torch.autograd.grad(y, [x], retain_graph=True)[0].item() == 1
    y.backward(inputs=[x])
    assert x.grad.item() == 1


def test_a_recorded_pass_through_a_deep_chain_and_a_pass_through_that() -> None:
    x = leaf()
    (slope,) = torch.autograd.grad(chain(x * x, LONG), x, create_graph=True)
    assert slope.item() == 2
    slope.backward()
    assert x.grad.item() == 2


def test_a_deep_chain_of_writes_in_place() -> None:
    x = leaf()
    y = x * 1.0
    for _ in range(LONG // 10):
        y += 0.5
        y.mul_(1.0)
    y.backward()
    assert x.grad.item() == 1
    assert y._version == 2 * (LONG // 10)


def test_a_deep_chain_of_writes_to_a_view() -> None:
    x = torch.ones(2, requires_grad=True)
    y = x * 1.0
    for _ in range(SHORT):
        y[0] *= 1.0
    y.sum().backward()
    assert x.grad.tolist() == [1, 1]


def test_a_deep_chain_of_views() -> None:
    x = torch.ones(2, requires_grad=True)
    y = x
    for _ in range(LONG // 10):
        y = y[:]
    y.sum().backward()
    assert x.grad.tolist() == [1, 1]
    assert y._base is x


def test_one_leaf_used_many_times_and_many_leaves_used_once() -> None:
    x = leaf()
    sum((x * 1.0 for _ in range(LONG)), start=x * 0.0).backward()
    assert x.grad.item() == LONG
    leaves = [leaf() for _ in range(LONG // 10)]
    torch.stack(leaves).sum().backward()
    assert {x.grad.item() for x in leaves} == {1}


def test_a_deep_graph_with_a_hook_on_every_result() -> None:
    x = leaf()
    y, seen = x, 0

    def count(g: Tensor) -> None:
        nonlocal seen
        seen += 1

    for _ in range(LONG // 10):
        y = y * 1.0
        y.register_hook(count)
    y.backward()
    assert seen == LONG // 10


def test_the_last_of_a_deep_graph_is_printed_and_asked_without_a_walk_to_the_first() -> None:
    y = chain(leaf(), LONG)
    assert seconds(lambda: (repr(y), repr(y.grad_fn), y.grad_fn.next_functions, y.grad_fn.metadata, y.is_leaf)) < 0.1


def test_all_results_of_unbind_in_linear_time() -> None:
    def passes(n: int) -> None:
        x = torch.ones(n, requires_grad=True)
        total = torch.zeros(())
        for part in x:
            total = total + part
        total.backward()
        assert x.grad.sum().item() == n

    passes(SHORT)
    short, long = seconds(lambda: passes(2 * SHORT)), seconds(lambda: passes(20 * SHORT))
    print(f"unbind: {short:.3f} s for {2 * SHORT}, {long:.3f} s for {20 * SHORT}")
    assert long < 60 * short, "ten times as many take about ten times as long; quadratic would be a hundred times"
