"""What holds of tensors, the graph and the backward pass: one fact a test, stated by its name.

Every fact is checked of minigrad and, where PyTorch is installed, of PyTorch; those marked `here` are minigrad's own.
"""

import copy
import gc
import importlib
import subprocess
import sys
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import minigrad

here: Any = minigrad
Torch = Any
Tensor = Any


@pytest.fixture(params=["minigrad", pytest.param("torch", marks=pytest.mark.torch)])
def torch(request: pytest.FixtureRequest) -> Iterator[Torch]:
    library = importlib.import_module(request.param)
    assert library.is_grad_enabled()
    yield library
    library.set_grad_enabled(True)


def tracked(torch: Torch, *values: float) -> Tensor:
    """A leaf that requires a gradient."""
    return torch.tensor(list(values), requires_grad=True)


def share(one: Tensor, other: Tensor) -> bool:
    return np.shares_memory(one.detach().numpy(), other.detach().numpy())


def node_names(node: Any) -> list[Any]:
    return [n if n is None else n.name().removeprefix("torch::autograd::") for n, _ in node.next_functions]


# --- leaves, and what requires a gradient


def test_what_a_user_makes_is_a_leaf_that_requires_no_gradient_unless_asked(torch: Torch) -> None:
    x, w = torch.tensor([1.0]), tracked(torch, 1.0)
    assert [(t.is_leaf, t.requires_grad, t.grad_fn, t.grad) for t in (x, w)] == [
        (True, False, None, None),
        (True, True, None, None),
    ]


def test_a_result_requires_a_gradient_if_any_input_does(torch: Torch) -> None:
    x, w = torch.tensor([1.0]), tracked(torch, 1.0)
    assert [(t.requires_grad, t.is_leaf) for t in (x + x, x + w, w * x, torch.stack([x, x, w]), -(x @ w))] == [
        (False, True),
        (True, False),
        (True, False),
        (True, False),
        (True, False),
    ]


def test_what_has_no_derivative_requires_no_gradient(torch: Torch) -> None:
    w = tracked(torch, 1.0, 2.0)
    results = [w > 1, w == w, w.argmax(), w.long(), w.max(0).indices, torch.isnan(w), w.detach(), w.data]
    assert [(t.requires_grad, t.is_leaf) for t in results] == [(False, True)] * len(results)


def test_requires_grad_spreads_from_when_it_is_set(torch: Torch) -> None:
    x = torch.tensor([1.0])
    before = x * 2
    assert x.requires_grad_() is x
    after = x * 2
    assert [before.requires_grad, after.requires_grad] == [False, True]


def test_requires_grad_switched_off_stops_a_graph_that_is_there(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * 2
    x.requires_grad_(False)
    y.backward()
    before = x.grad
    x.requires_grad_(True)
    (x * 2).backward()
    assert (before, x.grad.tolist()) == (None, [2])


def test_detach_in_place_makes_a_leaf(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * 2
    z = y * 3
    assert y.detach_() is y
    assert (y.is_leaf, y.requires_grad, y.grad_fn) == (True, False, None)
    z.backward()
    assert x.grad.tolist() == [6]


def test_the_gradient_of_a_result_is_not_kept_and_asking_for_it_warns(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * 2
    y.backward()
    with pytest.warns(UserWarning, match="retain_grad"):
        assert y.grad is None


def test_retain_grad_keeps_the_gradient_of_a_result(torch: Torch, recwarn: pytest.WarningsRecorder) -> None:
    x = tracked(torch, 1.0, 2.0)
    y = x * 2
    y.retain_grad()
    y.retain_grad()
    x.retain_grad()
    z = y * y
    z.sum().backward(retain_graph=True)
    assert (y.grad.tolist(), x.grad.tolist()) == ([4, 8], [8, 16])
    z.sum().backward()
    assert (y.grad.tolist(), x.grad.tolist()) == ([8, 16], [16, 32])
    assert (x.retains_grad, y.retains_grad, z.retains_grad) == (False, True, False)
    assert not share(x.grad, y.grad)
    assert not recwarn.list


# --- accumulation


def test_passes_add_to_grad(torch: Torch) -> None:
    x = tracked(torch, 3.0)
    for times in (1, 2, 3):
        (x * x).backward()
        assert x.grad.tolist() == [6 * times]


def test_a_second_pass_adds_in_place_so_whoever_holds_grad_sees_it(torch: Torch) -> None:
    x = tracked(torch, 3.0)
    (x * 2).backward()
    g = x.grad
    (x * 5).backward()
    assert x.grad is g
    assert g.tolist() == [7]


def test_the_gradient_of_a_recorded_pass_is_added_to_a_new_tensor(torch: Torch) -> None:
    x = tracked(torch, 3.0)
    (x * 2).backward()
    g = x.grad
    (x * x).backward(create_graph=True)
    assert x.grad is not g
    assert (g.tolist(), x.grad.tolist()) == ([2], [8])
    assert (g.requires_grad, x.grad.requires_grad) == (False, True)


def test_a_recorded_slope_has_a_node_also_where_it_no_longer_changes(torch: Torch) -> None:
    x = tracked(torch, 4.0)
    slope = x**3
    for value in (48, 24, 6, 0):
        (slope,) = torch.autograd.grad(slope, x, create_graph=True)
        assert (slope.item(), slope.requires_grad) == (value, value != 0)


def test_the_first_gradient_of_a_recorded_pass_is_a_copy_with_a_node_of_its_own(torch: Torch) -> None:
    x = tracked(torch, 3.0)
    (x * x).backward(create_graph=True)
    assert repr(x.grad) == "tensor([6.], grad_fn=<CopyBackwards>)"
    x.grad.backward()
    assert x.grad.item() == 8  # the slope's slope, 2, is added to the slope


@pytest.mark.parametrize("library", ["minigrad", pytest.param("torch", marks=pytest.mark.torch)])
def test_a_recorded_backward_warns_once_in_a_process(library: str) -> None:
    program = f"""
import warnings
import {library} as torch

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    x = torch.tensor(2.0, requires_grad=True)
    torch.autograd.grad(x * x, x, create_graph=True)
    print(len(caught))
    for _ in range(2):
        (x * x).backward(create_graph=True)
        print(len(caught))
print(caught[0].category.__name__, "reference cycle" in str(caught[0].message))
"""
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown.split() == ["0", "1", "1", "UserWarning", "True"]


def test_zeroing_in_place_keeps_the_tensor_and_none_starts_a_new_one(torch: Torch) -> None:
    x = tracked(torch, 3.0)
    (x * 2).backward()
    g = x.grad
    x.grad.zero_()
    assert g.tolist() == [0]
    x.grad = None
    (x * 5).backward()
    assert (g.tolist(), x.grad.tolist()) == ([0], [5])


def test_a_leaf_used_several_times_gets_the_sum(torch: Torch) -> None:
    x = tracked(torch, 3.0)
    (x * x + x / 3 + x).backward()
    assert x.grad.tolist() == pytest.approx([6 + 1 / 3 + 1])


def test_the_first_gradient_is_not_shared_between_leaves_nor_with_the_vector(torch: Torch) -> None:
    a, b, v = tracked(torch, 1.0, 2.0), tracked(torch, 3.0, 4.0), torch.tensor([5.0, 6.0])
    c = a + b
    c.retain_grad()
    c.backward(v)
    tensors = [a.grad, b.grad, c.grad, v]
    assert [t.tolist() for t in tensors] == [[5, 6]] * 4
    assert not any(share(s, t) for i, s in enumerate(tensors) for t in tensors[:i])
    a.grad.mul_(0)
    assert [t.tolist() for t in tensors] == [[0, 0]] + [[5, 6]] * 3


def test_a_gradient_that_arrives_as_a_view_is_shared_with_nobody(torch: Torch) -> None:
    w, v = torch.ones(2, 3, requires_grad=True), torch.ones(3, 2, requires_grad=True)
    kept: list[Tensor] = []
    turned = w.t()
    turned.register_hook(kept.append)
    (turned + v).backward(torch.full((3, 2), 2.0))
    w.grad[0, 0] = 99
    assert v.grad.tolist() == kept[0].tolist() == [[2, 2]] * 3


def test_a_gradient_that_shows_one_number_many_times_can_be_added_to(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * 1
    y.register_hook(lambda g: g.sum().expand(1))
    y.backward()
    (x * 2).backward()
    assert x.grad.item() == 3


def test_a_hook_that_was_registered_twice_is_removed_once(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * 1
    first, _ = y.register_hook(lambda g: g * 10), y.register_hook(double := lambda g: g * 2)
    again = y.register_hook(double)
    again.remove()
    again.remove()
    first.remove()
    y.backward()
    assert x.grad.item() == 2


def test_a_gradient_that_a_hook_keeps_is_not_changed_later(torch: Torch) -> None:
    a, b = tracked(torch, 1.0, 2.0), tracked(torch, 3.0, 4.0)
    kept: list[Tensor] = []
    c = a + b
    for t in (a, b, c):
        t.register_hook(kept.append)
    d = c + a
    for _ in range(2):
        d.backward(torch.ones(2), retain_graph=True)
    assert sorted(g.tolist() for g in kept) == [[1, 1]] * 4 + [[2, 2]] * 2
    a.grad.zero_()
    b.grad.zero_()
    assert sorted(g.tolist() for g in kept) == [[1, 1]] * 4 + [[2, 2]] * 2


STEPS: tuple[Callable[[Tensor, Tensor], Tensor], ...] = (
    lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x + x, lambda x, y: x.t(),
    lambda x, y: x.reshape(4).reshape(2, 2), lambda x, y: x.clone(), lambda x, y: x.relu(), lambda x, y: x + y.sum(),
    lambda x, y: x.sum().expand(2, 2), lambda x, y: x.reshape(1, 4).expand(2, 4)[:, 1:3], lambda x, y: x @ y,
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9), st.integers(0, 9), st.booleans())))
def test_here_a_pass_writes_into_no_array_that_somebody_holds_and_hands_none_on(steps: list[tuple]) -> None:
    leaves = [here.tensor(values, requires_grad=True) for values in ([[1.0, 2], [3, 4]], [[0.5, -1], [2, -3]])]
    tensors, held = list(leaves), []

    def hold(g: Tensor) -> None:
        held.append((g, g.tolist()))

    for step, i, j, watched in steps:
        tensors.append(step(tensors[i % len(tensors)], tensors[j % len(tensors)]))
        if watched:
            tensors[-1].register_hook(hold)
    v = here.tensor([[1.0, -2.0], [0.5, 3.0]])
    for _ in range(3):
        tensors[-1].backward(v, retain_graph=True)
        held += [(v, v.tolist())]
    assert all(g.tolist() == before for g, before in held)
    gradients = [leaf.grad for leaf in leaves if leaf.grad is not None]
    for i, g in enumerate(gradients):
        assert not any(share(g, other) for other in [*gradients[:i], *(t for t, _ in held)])


def test_the_gradient_of_a_leaf_that_is_the_result_is_not_the_vector(torch: Torch) -> None:
    x, v = tracked(torch, 1.0, 2.0), torch.tensor([3.0, 4.0])
    x.backward(v)
    x.grad.zero_()
    assert v.tolist() == [3, 4]


def test_gradients_have_the_shape_and_type_of_their_leaves(torch: Torch) -> None:
    row, column = tracked(torch, 1.0, 2.0, 3.0), torch.tensor([[1.0], [2.0]], dtype=torch.float64, requires_grad=True)
    number = torch.tensor(2.0, requires_grad=True)
    (row * column * number).sum().backward()
    assert [(t.grad.dtype, t.grad.tolist()) for t in (row, column, number)] == [
        (torch.float32, [6, 6, 6]),
        (torch.float64, [[12], [12]]),
        (torch.float32, 18),
    ]


def test_backward_into_some_inputs_leaves_the_others(torch: Torch) -> None:
    a, b = tracked(torch, 2.0), tracked(torch, 3.0)
    c = a * b
    (c * c).backward(inputs=[a])
    assert a.grad.tolist() == [36]
    assert b.grad is None


def test_backward_into_a_result_retains_its_gradient(torch: Torch) -> None:
    a = tracked(torch, 2.0)
    b = a * 3
    (b * b).backward(inputs=[b])
    assert (b.grad.tolist(), a.grad, b.retains_grad) == ([12], None, True)


def test_grad_returns_gradients_and_touches_none(torch: Torch) -> None:
    a, b = tracked(torch, 2.0), tracked(torch, 3.0)
    c = a * b
    gradients = torch.autograd.grad(c * c, [a, b, c])
    assert [g.tolist() for g in gradients] == [[36], [24], [12]]
    assert (a.grad, b.grad) == (None, None)


def test_grad_of_what_was_not_used_is_none_if_allowed_and_zeros_if_wanted(torch: Torch) -> None:
    a, b = tracked(torch, 2.0), tracked(torch, 3.0, 4.0)
    assert torch.autograd.grad(a * a, [b], allow_unused=True) == (None,)
    assert torch.autograd.grad(a * a, [b], materialize_grads=True)[0].tolist() == [0, 0]


def test_backward_from_several_tensors_is_one_pass(torch: Torch) -> None:
    a = tracked(torch, 2.0, 3.0)
    calls: list[Tensor] = []
    a.register_hook(calls.append)
    torch.autograd.backward([(a * a).sum(), a * 5], [None, torch.tensor([1.0, 10.0])])
    assert [g.tolist() for g in calls] == [[9, 56]]
    assert a.grad.tolist() == [9, 56]


def test_a_leaf_that_only_the_graph_holds_still_gathers_its_gradient(torch: Torch) -> None:
    w = tracked(torch, 2.0)
    w.backward()
    g, y = w.grad, w * 3
    del w
    y.backward()
    assert g.tolist() == [4]


# --- what is freed and what is kept


def test_a_second_pass_is_refused_where_values_were_saved_and_adds_nothing(torch: Torch) -> None:
    x = tracked(torch, 2.0)
    y = x * x
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()
    assert x.grad.tolist() == [4]


def test_a_second_pass_is_allowed_where_nothing_was_saved(torch: Torch) -> None:
    x = tracked(torch, 2.0)
    y = (x + 1).sum() - x.view(-1)
    y.backward()
    y.backward()
    assert x.grad.tolist() == [0]


def test_a_shared_part_of_two_graphs_is_freed_by_the_first_pass(torch: Torch) -> None:
    x = tracked(torch, 2.0)
    shared = x * x
    one, other = shared * 2, shared * 3
    one.backward()
    with pytest.raises(RuntimeError, match="second time"):
        other.backward()
    assert x.grad.tolist() == [8]


def test_retain_graph_allows_another_pass(torch: Torch) -> None:
    x = tracked(torch, 2.0)
    y = x.exp() * x
    y.backward(retain_graph=True)
    first = x.grad.tolist()
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == pytest.approx([3 * first[0]])


def test_create_graph_retains_unless_told_otherwise(torch: Torch) -> None:
    x = tracked(torch, 2.0)
    y = x * x * x
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    y.backward()
    assert (g.tolist(), x.grad.tolist()) == ([12], [12])


def test_gradients_of_gradients(torch: Torch) -> None:
    x = tracked(torch, 2.0)
    y, slopes = x**5, []
    for _ in range(5):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
        slopes.append(y.item())
    assert slopes == [80, 160, 240, 240, 120]


def test_saved_values_can_be_looked_at_until_they_are_freed(torch: Torch) -> None:
    x = tracked(torch, 2.0)
    y = x.exp() * x
    node = y.grad_fn
    assert node._saved_other is x
    assert node._saved_self.grad_fn.name() == "ExpBackward0"
    y.backward()
    with pytest.raises(RuntimeError, match="freed"):
        node._saved_self  # noqa: B018


def test_a_saved_result_belongs_to_the_node_that_saved_it(torch: Torch) -> None:
    y = tracked(torch, 2.0).exp()
    assert y.grad_fn._saved_result.tolist() == y.tolist()
    assert y.grad_fn._saved_result.grad_fn is y.grad_fn


def test_values_are_saved_only_for_gradients_that_somebody_needs(torch: Torch) -> None:
    x, c = tracked(torch, 2.0), torch.tensor([3.0])
    node = (x * c).grad_fn
    assert node._saved_self is None
    assert node._saved_other.tolist() == [3]
    assert (x**3).grad_fn._saved_exponent == 3


# --- shared memory


def test_detach_and_data_share_memory_and_clone_does_not(torch: Torch) -> None:
    x = tracked(torch, 1.0, 2.0)
    detached, data, clone = x.detach(), x.data, x.clone()
    detached[0] = 10.0
    data[1] = 20.0
    assert x.tolist() == detached.tolist() == data.tolist() == [10, 20]
    assert clone.tolist() == [1, 2]
    assert [t.requires_grad for t in (detached, data, clone)] == [False, False, True]
    clone.sum().backward()
    assert x.grad.tolist() == [1, 1]


@pytest.mark.parametrize("values", [[1.0, 2.0], 1.0])
def test_numpy_and_from_numpy_share_memory_both_ways(torch: Torch, values: Any) -> None:
    x = torch.tensor(values)
    array = x.numpy()
    array += 1
    x.mul_(10)
    assert x.tolist() == array.tolist() == (np.array(values) * 10 + 10).tolist()
    assert np.shares_memory(torch.from_numpy(array).numpy(), array)
    assert np.shares_memory(np.asarray(x), array)
    assert not np.shares_memory(torch.tensor(array).numpy(), array)


def test_numpy_of_what_requires_grad_is_allowed_where_nothing_is_recorded(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    with torch.no_grad():
        x.numpy()[0] = 5.0
    assert x.tolist() == [5]


def test_indexing_with_numbers_and_slices_shows_and_with_lists_and_masks_copies(torch: Torch) -> None:
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    views = [
        x[0],
        x[:, 1],
        x[None],
        x[..., 0],
        x[0, 0],
        x.t(),
        x.view(4),
        x.reshape(4),
        x.expand(2, 2, 2),
        x.unbind()[0],
    ]
    copies = [x[[0]], x[x > 0], x[torch.tensor([0])], x.t().reshape(4), x.clone(), x.t().contiguous(), x + 0]
    assert [share(t, x) for t in views] == [True] * len(views)
    assert [share(t, x) for t in copies] == [False] * len(copies)


def test_a_write_to_a_view_is_seen_through_its_base_and_back(torch: Torch) -> None:
    x = torch.zeros(2, 2)
    row, column = x[0], x[:, 1]
    row += 1
    column *= 5
    x[1, 0] = 7.0
    assert (x.tolist(), row.tolist(), column.tolist()) == ([[1, 5], [7, 0]], [1, 5], [5, 0])


# --- versions and writes in place


def test_each_write_adds_one_to_the_version_of_all_that_share_the_memory(torch: Torch) -> None:
    x = torch.zeros(2, 2)
    view, detached, data, clone = x[0], x.detach(), x.data, x.clone()
    for write in (
        lambda: x.add_(1),
        lambda: view.mul_(2),
        lambda: detached.zero_(),
        lambda: x.__setitem__(0, 5.0),
        lambda: x.__iadd__(1),
        lambda: x.copy_(clone),
        lambda: x.__setitem__(x > 0, 5.0),
    ):
        before = x._version
        write()
        assert [t._version for t in (x, view, detached)] == [before + 1] * 3
    assert (data._version, clone._version) == (0, 0)


def test_a_write_under_no_grad_counts_and_one_through_data_does_not(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    with torch.no_grad():
        x += 1
    x.data.add_(1)
    x.data -= 1
    x.data = x.data * 2
    assert (x._version, x.tolist()) == (1, [4])


def test_here_a_write_that_a_warning_cuts_short_is_counted() -> None:
    x = here.tensor([1.0, 2.0])
    product = tracked(here, 3.0, 4.0) * x
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            x.div_(0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        product.sum().backward()


def test_a_refused_write_changes_nothing(torch: Torch) -> None:
    x = tracked(torch, 1.0, 2.0)
    y = x * 2
    for tensor, write in (
        (x, lambda: x.add_(1)),
        (y, lambda: y.add_(torch.ones(3))),
        (y, lambda: y.copy_(torch.ones(3))),
    ):
        before = tensor.tolist(), tensor._version, tensor.grad_fn
        with pytest.raises(RuntimeError):
            write()
        assert (tensor.tolist(), tensor._version, tensor.grad_fn) == before


@pytest.mark.parametrize("shape", [(2,), ()])
def test_a_saved_value_written_afterwards_is_refused_in_the_pass(torch: Torch, shape: tuple[int, ...]) -> None:
    for operation, write in (
        (lambda x: x * x, "x"),
        (lambda x: x.sin(), "x"),
        (lambda x: x.exp(), "y"),
        (lambda x: x.sqrt(), "y"),
        (lambda x: x.reciprocal(), "y"),
        (lambda x: x**2, "x"),
        (lambda x: x.tanh(), "y"),
    ):
        leaf = torch.ones(shape, requires_grad=True)
        x = leaf * 1
        y = operation(x)
        z = y + 0
        {"x": x, "y": y}[write].add_(1)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            z.sum().backward()
        assert leaf.grad is None


@pytest.mark.parametrize("shape", [(2,), ()])
def test_a_write_to_what_was_not_saved_is_fine(torch: Torch, shape: tuple[int, ...]) -> None:
    for operation, write in (
        (lambda x: x + x, "x"),
        (lambda x: x * 2, "x"),
        (lambda x: x.sin(), "y"),
        (lambda x: x.exp(), "x"),
        (lambda x: x.sum(), "x"),
        (lambda x: x**2, "y"),
    ):
        leaf = torch.ones(shape, requires_grad=True)
        x = leaf * 1
        y = operation(x)
        z = y + 0
        expected = torch.autograd.grad(z.sum(), leaf, retain_graph=True)[0].tolist()
        {"x": x, "y": y}[write].add_(1)
        z.sum().backward()
        assert leaf.grad.tolist() == expected


def test_a_write_through_data_is_not_noticed_and_spoils_the_gradient(torch: Torch) -> None:
    x = tracked(torch, 2.0)
    y = x * x
    x.data.mul_(10)
    y.backward()
    assert x.grad.tolist() == [40]


def test_a_write_through_detach_is_noticed(torch: Torch) -> None:
    x = tracked(torch, 2.0)
    y = x * x
    x.detach().mul_(10)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_a_write_in_place_is_part_of_the_graph(torch: Torch) -> None:
    x = tracked(torch, 2.0, 3.0)
    y = x * 1
    y *= 5
    y[0] = 7.0
    y[1] += x[0]
    assert y.tolist() == [7, 17]
    y.sum().backward()
    assert x.grad.tolist() == [1, 5]


def test_a_write_to_a_view_changes_the_history_of_its_base_and_of_other_views(torch: Torch) -> None:
    x = tracked(torch, 2.0, 3.0)
    y = x * 1
    first, whole = y[:1], y.view(2)
    first.mul_(10)
    assert [t.grad_fn.name().rpartition(":")[2] for t in (y, first, whole)] == [
        "CopySlices",
        "AsStridedBackward0",
        "AsStridedBackward0",
    ]
    whole.sum().backward()
    assert x.grad.tolist() == [10, 1]


def test_retain_grad_follows_a_tensor_through_a_write_and_hooks_stay(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * 2
    seen: list[Any] = []
    y.retain_grad()
    y.register_hook(lambda g: seen.append(g.tolist()))
    y *= 3
    y.backward()
    assert (seen, y.grad.tolist(), x.grad.tolist()) == ([[3]], [1], [6])


# --- modes


def test_a_retained_gradient_follows_a_view_that_is_written(torch: Torch) -> None:
    column = (torch.zeros(2, 2, requires_grad=True) * 1)[:, 0]
    column.retain_grad()
    column.exp_()
    column.sum().backward()
    assert column.grad.tolist() == [1, 1]


@pytest.mark.parametrize("turned", [False, True], ids=["rows", "columns"])
def test_a_write_to_a_view_of_a_base_of_any_layout_takes_its_gradient_and_no_other(torch: Torch, turned: bool) -> None:
    x = torch.ones(3, 4, requires_grad=True)
    base = x.t() * 2 if turned else x * 2  # NumPy and PyTorch lay the result out as x is
    base[1:, ::2] = 5.0
    weights = torch.arange(12.0).view(base.shape)
    (base * weights).sum().backward()
    expected = weights * 2
    expected[1:, ::2] = 0
    assert x.grad.tolist() == (expected.t() if turned else expected).tolist()


def test_views_that_show_an_element_again_and_again_give_it_the_sum(torch: Torch) -> None:
    x = tracked(torch, 1.0, 2.0)
    base = x * 1
    rows = base.expand(3, 2)
    base.mul_(10)
    rows.sum().backward()
    assert x.grad.tolist() == [30, 30]


def test_one_of_several_views_whose_base_was_written_can_be_looked_at_and_not_used(torch: Torch) -> None:
    base = tracked(torch, 1.0, 2.0) * 2
    first, _ = base.unbind()
    base.add_(1)
    assert (repr(first), first.requires_grad, float(first.detach())) == ("tensor(3., grad_fn=<Invalid>)", True, 3)
    with pytest.raises(RuntimeError, match=r"modified in-?place"):
        first * 2


def test_no_grad_records_nothing_and_what_it_makes_is_a_leaf(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    with torch.no_grad():
        y = x * 2
        made = tracked(torch, 1.0)
    assert (y.requires_grad, y.is_leaf, made.requires_grad) == (False, True, True)


def test_a_view_made_in_no_grad_says_what_its_base_says(torch: Torch) -> None:
    x = tracked(torch, 1.0, 2.0)
    with torch.no_grad():
        views = [x[0], x.view(2), x.t(), x.expand(3, 2), *x, *x.split(1)]
    assert [(v.requires_grad, v.is_leaf) for v in views] == [(True, True)] * len(views)
    assert repr(views[0]) == "tensor(1., requires_grad=True)"


def test_modes_nest_and_are_restored_in_order(torch: Torch) -> None:
    seen = [torch.is_grad_enabled()]
    with torch.no_grad():
        seen.append(torch.is_grad_enabled())
        with torch.enable_grad():
            seen.append(torch.is_grad_enabled())
            with torch.set_grad_enabled(False):
                seen.append(torch.is_grad_enabled())
            seen.append(torch.is_grad_enabled())
        seen.append(torch.is_grad_enabled())
    assert [*seen, torch.is_grad_enabled()] == [True, False, True, False, True, False, True]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit, SystemExit])
def test_modes_are_restored_by_errors(torch: Torch, error: type[BaseException]) -> None:
    def fail() -> None:
        raise error

    for mode, *arguments in ((torch.no_grad,), (torch.set_grad_enabled, False)):
        with pytest.raises(error), mode(*arguments):
            fail()
        assert torch.is_grad_enabled()
    with pytest.raises(error):
        torch.no_grad()(fail)()
    assert torch.is_grad_enabled()


def test_modes_are_decorators(torch: Torch) -> None:
    @torch.no_grad()
    def one() -> bool:
        """Its name and its text stay."""
        return torch.is_grad_enabled()

    @torch.no_grad
    def two() -> bool:
        return torch.is_grad_enabled()

    @torch.enable_grad()
    def three() -> bool:
        return torch.is_grad_enabled()

    @torch.set_grad_enabled(False)
    def four() -> bool:
        return torch.is_grad_enabled()

    assert torch.is_grad_enabled()
    with torch.no_grad():
        assert (one(), two(), three(), four()) == (False, False, True, False)
    assert (one(), two(), three(), four()) == (False, False, True, False)
    assert (one.__name__, one.__doc__) == ("one", "Its name and its text stay.")


def test_a_decorated_generator_is_in_its_mode_whenever_it_runs_and_nobody_else_is(torch: Torch) -> None:
    @torch.no_grad()
    def numbers() -> Iterator[bool]:
        yield torch.is_grad_enabled()
        yield torch.is_grad_enabled()

    seen = []
    for inside in numbers():
        seen += [inside, torch.is_grad_enabled()]
    assert seen == [False, True, False, True]


def test_set_grad_enabled_is_also_a_statement(torch: Torch) -> None:
    try:
        torch.set_grad_enabled(False)
        assert not torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
    assert torch.is_grad_enabled()


def test_one_mode_object_serves_several_blocks(torch: Torch) -> None:
    mode = torch.no_grad()
    for _ in range(2):
        with mode:
            assert not torch.is_grad_enabled()
        assert torch.is_grad_enabled()


def in_thread(action: Callable[[], Any]) -> Any:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(action()))
    thread.start()
    thread.join(60)
    return results[0]


def test_every_thread_has_a_mode_of_its_own_that_starts_with_recording(torch: Torch) -> None:
    x = tracked(torch, 1.0)

    def switched_off() -> bool:
        torch.set_grad_enabled(False)
        return (x * 2).requires_grad

    with torch.no_grad():
        assert in_thread(lambda: (x * 2).requires_grad)
        assert not (x * 2).requires_grad
    assert not in_thread(switched_off)
    assert (x * 2).requires_grad
    with torch.no_grad():
        assert in_thread(lambda: (x * 2).requires_grad)  # also where a thread's number is used again


def test_nothing_is_lost_where_threads_add_to_one_gradient(torch: Torch) -> None:
    """Also the first time, when each of them may find no `.grad` yet."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for number in range(200):
            w = torch.ones((2,) if number % 2 else (), requires_grad=True)
            together = threading.Barrier(8)

            def add(w: Any = w, together: threading.Barrier = together) -> None:
                y = w.sum()
                together.wait(60)
                y.backward()

            threads = [threading.Thread(target=add) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            assert w.grad.tolist() == (8.0 if w.ndim == 0 else [8.0, 8.0])
    finally:
        sys.setswitchinterval(before)


def test_backward_works_in_no_grad_and_hooks_are_recorded_only_for_create_graph(torch: Torch) -> None:
    x = tracked(torch, 3.0)
    y = x * x
    modes: list[bool] = []
    x.register_hook(lambda g: modes.append(torch.is_grad_enabled()))
    with torch.no_grad():
        y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    with torch.no_grad():
        y.backward(create_graph=True)
        assert not torch.is_grad_enabled()
    assert modes == [False, False, True]
    assert (x.grad.tolist(), x.grad.requires_grad) == ([18], True)


# --- hooks


def test_hooks_of_a_tensor_run_in_order_each_on_what_the_last_one_returned(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    seen: list[Any] = []
    x.register_hook(lambda g: g + 1)
    x.register_hook(lambda g: seen.append(g.tolist()))
    x.register_hook(lambda g: g * 10)
    (x * 2).backward()
    assert (seen, x.grad.tolist()) == ([[3]], [30])


def test_a_hook_on_a_result_changes_what_goes_on(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * 2
    y.register_hook(lambda g: g * 100)
    y.retain_grad()
    (y * 3).backward()
    assert (y.grad.tolist(), x.grad.tolist()) == ([300], [600])


def test_a_hook_sees_the_whole_sum_once(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * 2
    seen: list[Any] = []
    for t in (x, y):
        t.register_hook(lambda g: seen.append(g.tolist()))
    (y * 3 + y * 4 + x).backward()
    assert seen == [[7], [15]]


def test_hooks_run_from_the_newest_to_the_oldest(torch: Torch) -> None:
    w, v = tracked(torch, 1.0), tracked(torch, 2.0)
    h = w * 2
    k = h * v
    y = k.exp()
    order: list[str] = []
    for name, t in {"w": w, "v": v, "h": h, "k": k, "y": y}.items():
        t.register_hook(lambda g, name=name: order.append(name))
    y.backward()
    assert order == ["y", "k", "v", "h", "w"]


def test_the_hook_of_a_leaf_runs_once_as_soon_as_nothing_more_can_arrive(torch: Torch) -> None:
    early, late, both = tracked(torch, 1.0), tracked(torch, 2.0), tracked(torch, 3.0)
    h = early * both
    loss = (h * late + both).sum() + late.sum()
    order: list[Any] = []
    for name, t in {"early": early, "late": late, "both": both, "h": h}.items():
        t.register_hook(lambda g, name=name: order.append((name, g.item())))
    loss.backward(retain_graph=True)
    assert order == [("late", 4), ("h", 2), ("early", 6), ("both", 3)]
    order.clear()
    torch.autograd.grad(loss, [both])
    assert order == [("h", 2), ("both", 3)]


def test_a_removed_hook_does_not_run(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    calls: list[int] = []
    handles = [x.register_hook(lambda g, i=i: calls.append(i)) for i in range(4)]
    handles[1].remove()
    handles[1].remove()
    with handles[2]:
        pass
    (x * 2).backward()
    assert calls == [0, 3]


def test_a_hook_that_removes_itself_leaves_the_others(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    calls: list[str] = []

    def once(g: Tensor) -> None:
        calls.append("once")
        handle.remove()

    handle = x.register_hook(once)
    x.register_hook(lambda g: calls.append("always"))
    for _ in range(2):
        (x * 2).backward()
    assert calls == ["once", "always", "always"]


def test_hooks_run_in_autograd_grad_too(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * 2
    x.register_hook(lambda g: g * 10)
    y.register_hook(lambda g: g * 100)
    assert torch.autograd.grad(y * 3, x, retain_graph=True)[0].tolist() == [6000]
    assert torch.autograd.grad(y * 3, y)[0].tolist() == [300]


def test_grad_of_a_result_through_which_the_pass_goes_on_is_taken_before_its_hooks(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * 2
    y.register_hook(lambda g: g * 100)
    assert [g.tolist() for g in torch.autograd.grad(y * 3, [x, y])] == [[600], [3]]


def test_a_deep_copy_has_a_copy_of_the_gradient_but_for_parameters(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    (x * 2).backward()
    twin = copy.deepcopy(x)
    (twin * 3).backward()
    assert (x.grad.tolist(), twin.grad.tolist()) == ([2], [5])
    layer = torch.nn.Linear(1, 1)
    layer(torch.ones(1)).backward()
    assert copy.deepcopy(layer).weight.grad is None


def test_a_leaf_keeps_its_hooks_while_it_requires_no_gradient(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    x.register_hook(lambda g: -g)
    x.requires_grad_(False)
    x.requires_grad_(True)
    (x * 2).backward()
    assert x.grad.tolist() == [-2]


def test_graphs_made_before_a_leaf_rested_know_it_again_afterwards(torch: Torch) -> None:
    x = tracked(torch, 2.0)
    before = x * 3
    x.requires_grad_(False)
    x.grad, x.data = torch.tensor([10.0]), torch.tensor([5.0])
    x.requires_grad_()
    (before + x).backward()
    assert x.grad.item() == 14
    assert before.grad_fn.next_functions[0][0].variable is x


def test_a_leaf_that_rests_becomes_a_result_that_keeps_its_gradient(torch: Torch) -> None:
    x, w = tracked(torch, 2.0), tracked(torch, 3.0)
    (x * 5).backward()
    x.requires_grad_(False)
    x *= w
    x.retain_grad()
    (x * 7).backward()
    assert (x.grad.tolist(), w.grad.tolist()) == ([12], [14])


def test_a_gradient_in_memory_that_was_saved_is_not_added_to_unnoticed(torch: Torch) -> None:
    w, x, v = tracked(torch, 1.0, 2.0), torch.ones(2, 1, requires_grad=True), torch.zeros(2)
    y = (w * v).sum()
    x.grad = v.view(2, 1)
    (x * 3).sum().backward()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_a_number_that_was_saved_and_is_written_while_its_leaf_rests_is_refused(torch: Torch) -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x * x
    x.requires_grad_(False)
    x.fill_(3.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_here_a_leaf_that_rests_is_freed_although_its_hook_knows_it() -> None:
    x = tracked(here, 1.0)
    x.register_hook(lambda g, leaf=x: None)
    x.requires_grad_(False)
    alive = weakref.ref(x)
    del x
    gc.collect()
    assert alive() is None


def test_a_hook_of_one_of_several_results_is_called_with_none_where_no_gradient_came(torch: Torch) -> None:
    a, b = tracked(torch, 1.0, 2.0).unbind()
    seen: list[Any] = []
    for t in (a, b):
        t.register_hook(lambda g: seen.append(g))
    (b * 3).backward()
    if torch is not here:  # minigrad calls no hook without a gradient
        assert seen.pop(0) is None
    assert [g.tolist() for g in seen] == [3]


# --- the graph


def test_next_functions_are_pairs_of_node_and_number_of_the_result(torch: Torch) -> None:
    x = tracked(torch, 1.0, 2.0)
    first, second = x.unbind()
    node = (second * x[0] + 1).grad_fn
    assert node_names(node) == ["MulBackward0", None]
    product = node.next_functions[0][0]
    assert [(n.name(), i) for n, i in product.next_functions] == [("UnbindBackward0", 1), ("SelectBackward0", 0)]
    assert node.next_functions[1] == (None, 0)
    assert (first.output_nr, second.output_nr) == (0, 1)
    assert first.grad_fn is second.grad_fn


def test_nodes_are_the_same_objects_whenever_one_looks(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * x
    assert y.grad_fn is y.grad_fn
    assert y.grad_fn.next_functions[0][0] is y.grad_fn.next_functions[1][0]
    assert (y + 1).grad_fn.next_functions[0][0] is y.grad_fn
    assert (x + 1).grad_fn.next_functions[0][0] is y.grad_fn.next_functions[0][0]


def test_accumulate_grad_knows_its_leaf(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    end = (x * 2).grad_fn.next_functions[0][0]
    assert end.name() == "torch::autograd::AccumulateGrad"
    assert end.variable is x
    assert end.next_functions == ()


def test_accumulate_grad_knows_its_leaf_and_the_gradient_after_the_leaf_s_name_is_gone(torch: Torch) -> None:
    x = tracked(torch, 1.0)
    y = x * x
    del x
    y.backward(retain_graph=True)
    leaf = y.grad_fn.next_functions[0][0].variable
    assert (leaf.tolist(), leaf.requires_grad, leaf.is_leaf, leaf.grad.tolist()) == ([1], True, True, [2])
    y.backward()
    assert leaf.grad.tolist() == [4]


def test_a_graph_outlives_the_tensors_that_it_was_made_of(torch: Torch) -> None:
    x = tracked(torch, 2.0)

    def cube() -> Tensor:
        square = x * x
        return square * x

    cube().backward()
    assert x.grad.tolist() == [12]


def test_dir_of_a_node_lists_what_it_saved(torch: Torch) -> None:
    x = tracked(torch, 2.0)
    names = [name for name in dir((x * x).grad_fn) if name.startswith("_saved_")]
    assert names == ["_saved_other", "_saved_self"]


# --- dropping a graph


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Only reference counting frees anything."""
    gc.disable()
    yield
    gc.enable()


def in_place(x: Tensor) -> Tensor:
    y = x * 1
    y[0] = 3.0
    y[1:].exp_()
    return y.sum()


def hooked(x: Tensor) -> Tensor:
    y = x * 2
    y.register_hook(lambda g: g * x.detach())
    y.retain_grad()
    return y.sum()


class Square(here.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return 2 * g * ctx.saved_tensors[0]


GRAPHS: dict[str, Callable[[Tensor], Tensor]] = {
    "products": lambda x: (x * x).exp().sum(),
    "views": lambda x: (x.view(1, 2).t()[0] * x.unbind()[1]).sum(),
    "several results": lambda x: x.split(1)[0].sum(),
    "writes in place": in_place,
    "hooks": hooked,
    "a gradient": lambda x: here.autograd.grad((x**3).sum(), x, create_graph=True)[0].sum(),
    "a Function": lambda x: Square.apply(x).sum(),
}


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
@pytest.mark.parametrize("after", ["no pass", "a pass", "a retained pass", "grad"])
def test_here_a_graph_that_is_dropped_is_freed_at_once(make: Callable[[Tensor], Tensor], after: str) -> None:
    x = tracked(here, 1.0, 2.0)
    y = make(x)
    nodes = [y.grad_fn]
    found: list[Any] = []
    while nodes:
        found.append(weakref.ref(nodes[-1]))
        nodes += [n for n, _ in nodes.pop().next_functions if n is not None]
    if after == "grad":
        here.autograd.grad(y, x)
    elif after != "no pass":
        y.backward(retain_graph=after == "a retained pass")
    y = weakref.ref(y)
    assert y() is None
    left = [ref().name() for ref in found if ref() is not None]
    assert left in ([], ["torch::autograd::AccumulateGrad"] * len(left))  # which the leaf may hold
    leaf = weakref.ref(x)
    del x
    assert leaf() is None
    assert not any(ref() for ref in found)


@pytest.mark.usefixtures("no_collector")
def test_here_a_pass_frees_each_saved_value_that_nobody_else_holds() -> None:
    x = tracked(here, 1.0, 2.0)
    y = x.exp()
    saved = weakref.ref(y.detach().numpy())
    z = y.sum()
    del y
    assert saved() is not None
    z.backward()
    assert saved() is None
    assert z.grad_fn.name() == "SumBackward0"


# --- errors in the middle of a pass


class Fails(Exception):
    pass


def failing(torch: Torch, x: Tensor, where: str, error: type[BaseException]) -> tuple[Tensor, Callable[[], None]]:
    """A scalar computed from x, whose backward pass fails in the middle, and what ends that."""
    fails = True

    def fail(g: Tensor) -> Tensor:
        if fails:
            raise error
        return g

    def mend() -> None:
        nonlocal fails
        fails = False

    class Passing(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            assert ctx.saved_tensors[0].tolist() == [1, 4]
            return fail(g) * 2

    y = x * x
    if where == "a hook":
        y.register_hook(fail)
        z = y * 2
    else:
        z = Passing.apply(y)
    return (z.exp() * x).sum(), mend


@pytest.mark.parametrize("error", [Fails, KeyboardInterrupt])
@pytest.mark.parametrize("where", ["a hook", "a backward of one's own"])
def test_an_error_in_a_pass_reaches_the_caller_and_leaves_the_mode(
    torch: Torch, where: str, error: type[BaseException]
) -> None:
    y, _ = failing(torch, tracked(torch, 1.0, 2.0), where, error)
    for create_graph in (False, True):
        for recorded in (True, False):
            with torch.set_grad_enabled(recorded):
                with pytest.raises(error):
                    y.backward(retain_graph=True, create_graph=create_graph)
                assert torch.is_grad_enabled() is recorded


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("error", [Fails, KeyboardInterrupt])
@pytest.mark.parametrize("where", ["a hook", "a backward of one's own"])
def test_here_an_error_leaves_gradients_and_a_retained_graph_so_that_the_same_pass_then_succeeds(
    where: str, error: type[BaseException], create_graph: bool
) -> None:
    x, other = tracked(here, 1.0, 2.0), tracked(here, 3.0, 4.0)
    y, mend = failing(here, x, where, error)
    y = (y * other).sum()
    (expected,) = here.autograd.grad((x * (2 * x * x).exp()).sum() * other.sum(), x)
    x.grad = here.tensor([100.0, 200.0])
    with pytest.raises(error):
        y.backward(retain_graph=True, create_graph=create_graph)
    assert (x.grad.tolist(), other.grad) == ([100, 200], None)
    mend()
    y.backward(create_graph=create_graph)
    assert x.grad.tolist() == pytest.approx((here.tensor([100.0, 200.0]) + expected).tolist())
    assert other.grad is not None


def test_here_a_refused_pass_changes_no_gradient() -> None:
    early, late = tracked(here, 2.0), tracked(here, 3.0)
    y = early * 1
    z = y.exp()
    total = (z + 0) * late
    z.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        total.backward()
    assert (early.grad, late.grad) == (None, None)


# --- threads

FIRST_USE = """
import sys, threading
sys.setswitchinterval(1e-6)
import minigrad as torch
def work():
    try:
        x = torch.ones(2, 2, requires_grad=True)
        for name in ("exp", "tanh", "sigmoid", "relu", "sin", "log", "sqrt"):
            (getattr(x, name)() * x).sum().backward()
    except BaseException as error:
        print(repr(error))
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_here_threads_may_need_an_operation_for_the_first_time_at_once() -> None:
    """The functions of a row are made when it is first used, here by eight threads."""
    done = subprocess.run([sys.executable, "-c", FIRST_USE], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""


def test_two_threads_each_walk_a_graph_of_their_own(torch: Torch) -> None:
    errors: list[BaseException] = []
    start = threading.Barrier(2)

    def work(number: float) -> None:
        try:
            start.wait(60)
            for _ in range(50):
                x = tracked(torch, number)
                y = x
                for _ in range(40):
                    y = y * 0.5 + x * 0.5
                with torch.no_grad():
                    y = y.detach() if number > 5 else y
                if number > 5:
                    y = y + x * x
                y.backward()
                assert x.grad.tolist() == pytest.approx([2 * number if number > 5 else 1])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in (2.0, 7.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors


def test_a_graph_made_in_one_thread_is_walked_in_another(torch: Torch) -> None:
    x = tracked(torch, 3.0)
    y = in_thread(lambda: x * x)
    in_thread(lambda: y.backward() or True)
    assert x.grad.tolist() == [6]


# --- passes within passes


def test_a_hook_may_run_a_pass_of_its_own_through_another_graph(torch: Torch) -> None:
    x, w = tracked(torch, 3.0), tracked(torch, 5.0)

    def hook(g: Tensor) -> None:
        with torch.enable_grad():
            (w * w).backward()

    y = x * 2
    y.register_hook(hook)
    (y * 3).backward()
    assert (x.grad.tolist(), w.grad.tolist()) == ([6], [10])


def test_a_hook_may_run_a_pass_into_the_same_leaf(torch: Torch) -> None:
    x = tracked(torch, 3.0)

    def hook(g: Tensor) -> None:
        with torch.enable_grad():
            (x * x).backward()

    y = x * 2
    y.register_hook(hook)
    (y * 3).backward()
    assert x.grad.tolist() == [6 + 6]


def test_a_backward_of_one_s_own_may_compute_forward_and_backward_again(torch: Torch) -> None:
    """As checkpointing does: nothing is saved but the input."""

    class Again(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)
            return x.exp() * x

        @staticmethod
        def backward(ctx: Any, g: Tensor) -> Tensor:
            x = ctx.saved_tensors[0].detach().requires_grad_()
            with torch.enable_grad():
                (x.exp() * x).backward(g)
            return x.grad

    x = tracked(torch, 0.5, 1.0)
    plain = x.exp() * x
    (expected,) = torch.autograd.grad((plain * plain).sum(), x)
    y = Again.apply(x)
    (y * y).sum().backward()
    assert x.grad.tolist() == pytest.approx(expected.tolist())
    assert torch.is_grad_enabled()


def test_passes_nest_ten_deep(torch: Torch) -> None:
    leaves = [tracked(torch, float(n)) for n in range(10)]

    def start(level: int) -> None:
        if level < 10:
            y = leaves[level] * 2
            y.register_hook(lambda g: enabled(level + 1))
            (y * y).backward()

    def enabled(level: int) -> None:
        with torch.enable_grad():
            start(level)

    start(0)
    assert [x.grad.tolist() for x in leaves] == [[8.0 * n] for n in range(10)]
