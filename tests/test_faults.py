"""Faults that were found by comparing with PyTorch at random, by kind: each program runs under both libraries."""

import io
import math
import operator
import warnings
import zipfile
from typing import Any

import numpy as np
import pytest

import minigrad
from minigrad import errors
from tests.both import Programs

programs = Programs(__name__)
OPERATORS = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
    operator.lt, operator.eq,
]  # fmt: skip


def of_every_type(torch: Any) -> list[Any]:
    types = [torch.uint8, torch.int32, torch.int64, torch.bool, torch.float32, torch.float64]
    return [torch.tensor([1, 3], dtype=d) for d in types]


@programs
def values_of_all_pairs_of_types(torch, show):
    for function in OPERATORS:
        for x in of_every_type(torch):
            for y in of_every_type(torch):
                show.error(function, x, y)
                show.error(function, x, y[1])


@programs
def gradients_beside_every_type(torch, show):
    for function in OPERATORS[:7]:
        for x in of_every_type(torch)[:4]:
            for dtype in (torch.float32, torch.float64):
                y = torch.tensor([1.5, 2.5], dtype=dtype, requires_grad=True)

                def slope(x, y, function=function):
                    z = function(x, y)
                    return torch.autograd.grad(z.sum(), (x if x.requires_grad else y))

                show.error(slope, x, y)
                if function is not operator.pow or x.dtype is not torch.bool:
                    show.error(slope, y, x)


@programs
def division_of_whole_numbers_before_the_narrow_type_cuts(torch, show):
    small = torch.tensor([200, 250, 13], dtype=torch.uint8)
    show(small / small.sum(), small.sum() / small, torch.tensor([1, 2], dtype=torch.int32) / torch.tensor(2**40))


@programs
def numbers_outside_the_type_in_arithmetic(torch, show):
    u, i = torch.tensor([1, 2], dtype=torch.uint8), torch.tensor([1, 2], dtype=torch.int32)
    show(u == 300, u < -1, u * 300, u + -1, u / 300, u / 2, 300 - u, 300 // u, u // 300, u % 300, u & 300)
    show(i + 2**40, i == 2**40, i * 2**40, i / 2**40, i < 2**40, i - 2**31, u.clone().add_(300), u.clone().mul_(-1))
    for number in (2**63, 2**64, 2**70):
        show.error(lambda number=number: torch.tensor([1]) + number)
        show.error(lambda number=number: torch.tensor([1]) == number)


@programs
def numbers_outside_the_type_that_are_written_or_chosen(torch, show):
    def at(x, v):
        x[0] = v
        return x

    def where_true(x, v):
        x[[True, False]] = v
        return x

    for dtype in (torch.uint8, torch.int32, torch.int64, torch.bool, torch.float32):
        for v in (300, -1, -300, 2**40, -(2**31) - 1, 1.7, -1.7, math.inf, math.nan, True, 1e300, -0.5, 300.5):
            mask = torch.tensor([True])
            show.error(at, torch.zeros(2, dtype=dtype), v)
            show.error(where_true, torch.zeros(2, dtype=dtype), v)
            show.error(torch.zeros(1, dtype=dtype).fill_, v)
            show.error(torch.full, (1,), v, dtype=dtype)
            show.error(torch.zeros(1, dtype=dtype).masked_fill, mask, v)
            if type(v) is int:
                show.error(torch.where, mask, torch.zeros(1, dtype=dtype), v)
            if dtype is not torch.bool:
                show.error(torch.ones(1, dtype=dtype).clamp, max=v)
                show.error(torch.ones(1, dtype=dtype).clamp, min=v)


@programs
def powers_outside_the_type(torch, show):
    for dtype in (torch.uint8, torch.int32, torch.int64):
        for n in (2, 300, 2**40, -1, 2.5):
            show.error(lambda n=n, dtype=dtype: torch.tensor([1, 2], dtype=dtype) ** n)
            show.error(lambda n=n, dtype=dtype: n ** torch.tensor([1, 2], dtype=dtype))


@programs
def operators_that_write_in_place(torch, show):
    x = torch.tensor([5, 6])
    y = x
    x |= 2
    show(y, y is x)
    x &= 3
    show(y, y is x)
    x ^= 1
    show(y, y is x)


@programs
def a_sign_has_memory_of_its_own(torch, show):
    a = torch.tensor([True, False])
    b = a.sign()
    a[1] = True
    show(b)


@programs
def division_cut_to_a_whole_number_at_the_ends_of_the_type(torch, show):
    for a in (7, -7, 2**63 - 1, -(2**63), 0):
        for b in (2, -2, -(2**63), 2**63 - 1, 3):
            show(torch.div(torch.tensor([a]), torch.tensor([b]), rounding_mode="trunc"))


@programs
def truth_values_in_arithmetic(torch, show):
    t = torch.tensor([True, False])
    show(torch.add(t, torch.tensor([True, True]), alpha=-1))
    show.error(lambda: +t)
    show.error(torch.sub, False, torch.ones(2), alpha=0.5)
    show.error(t.random_, 0, 5)


@programs
def ranges_of_whole_numbers_with_steps_of_floats(torch, show):
    show(torch.arange(0.0, 1.0, 0.3, dtype=torch.int32), torch.arange(0.5, 3.7, dtype=torch.uint8))


@programs
def what_is_refused(torch, show):
    F = torch.nn.functional
    show.error(F.leaky_relu, torch.tensor([1, 2]))
    show.error(torch.outer, torch.tensor(2.0), torch.ones(2))
    show.error(torch.outer, torch.ones(2, 2), torch.ones(2))
    show.error(torch.zeros(3, dtype=torch.uint8).random_, -5, 5)
    x, z = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    show.error(torch.autograd.grad, x.sum(), [x, z], materialize_grads=True, allow_unused=False)
    show.error(format, torch.nn.Parameter(torch.tensor(1.5)), ".2f")
    show(f"{torch.nn.Parameter(torch.tensor(1.5))}", f"{torch.tensor(1.5):.2f}")


@programs
def arrays_and_tensors(torch, show):
    array, t, w = np.ones(2), torch.ones(2), torch.ones(2, requires_grad=True)
    for function in (operator.add, operator.sub, operator.mul, operator.pow, operator.matmul, operator.lt):
        show.error(function, array, t)
        show.error(function, array, w)
    show(array / t, t + array, t * array, array == t)
    for number in (np.float32(2.5), np.float64(2.5), np.int64(2)):
        for function in OPERATORS:
            show(function(number, t), function(t, number))


@programs
def functions_of_numpy_give_tensors(torch, show):
    t = torch.tensor([1.0, 4.0])
    show(np.exp(torch.zeros(2)), np.sqrt(t), np.maximum(t, t), np.add(t, t), np.exp(torch.tensor(0.0)))
    show.error(np.exp, torch.ones(2, requires_grad=True))


@programs
def bytes_as_masks(torch, show):
    t, m = torch.tensor([10.0, 20.0, 30.0]), torch.tensor([1, 0, 1], dtype=torch.uint8)
    show(show.warnings(lambda: t[m]))
    show.error(t.__setitem__, m, 0.0)
    show.error(lambda: torch.ones(2, 3)[torch.tensor([1, 0], dtype=torch.uint8)])


@programs
def bound_method(torch, show):
    show(repr(torch.tensor(1.0, requires_grad=True).backward))


@programs
def one_of_several_views_after_its_base_was_written(torch, show):
    x = torch.ones(2, 2, requires_grad=True) * 2
    a, _ = x.unbind(0)
    x += 1
    with torch.no_grad():
        show(a + 1)
    show.error(lambda: a * 2)


@programs
def saved_by_a_function_that_does_not_read_it(torch, show):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 2 * x

    for function in (Double, Square):
        x = torch.ones(2, requires_grad=True)
        z = x * 1
        y = function.apply(z).sum()
        z += 1
        show.error(y.backward)


@programs
def gradients_with_respect_to_a_view_made_unrecorded(torch, show):
    t = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        view = t[:]
    show(torch.autograd.grad(view.sum(), [view], allow_unused=True))
    show.error(torch.autograd.grad, view.sum(), [view])


@programs
def lists_of_modules_that_change(torch, show):
    nn = torch.nn
    s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
    del s[0]
    show(s)
    s.insert(1, nn.ReLU())
    show(s, s.pop(0), s)
    modules = nn.ModuleList([nn.ReLU()])
    modules += [nn.Tanh()]
    modules.insert(0, nn.Sigmoid())
    show(modules, modules.pop(0), modules)


@programs
def how_optimizers_are_to_compute(torch, show):
    p = [torch.nn.Parameter(torch.ones(2))]
    show(torch.optim.SGD(p, lr=0.1, foreach=False), torch.optim.AdamW(p, foreach=False, fused=False))


@programs
def slopes_of_norms_of_special_numbers(torch, show):
    for order in (1, 2, 3, 0.5, float("inf")):
        x = torch.tensor([0.0, -2.0, float("nan"), float("inf")], requires_grad=True)
        for part in (x[:2], x[1:3], x[1::2], x[:1]):
            (gradient,) = torch.autograd.grad(part.norm(order), x)
            show(gradient)


@programs
def optimizers_share_what_they_load(torch, show):
    p = torch.nn.Parameter(torch.ones(2))
    first, second = (torch.optim.SGD([p], lr=0.1, momentum=0.9) for _ in range(2))
    p.grad = torch.ones(2)
    first.step()
    kept = first.state_dict()
    second.load_state_dict(kept)
    second.step()
    show(first.state[p]["momentum_buffer"], kept["state"][0]["momentum_buffer"], p)
    kept["param_groups"][0]["lr"] = 5.0
    show(first.param_groups[0]["lr"], second.param_groups[0]["lr"])


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record


# --- of minigrad alone

torch: Any = minigrad


@pytest.mark.parametrize("look", [lambda: float(torch.ones(1, requires_grad=True)), lambda: torch.ones(3).T])
def test_warns_once_in_a_process(look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "warned", set())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        look()
        look()
    (only,) = caught
    assert only.category is UserWarning
    assert only.filename == __file__, "the warning names the line of the caller"


def test_numpys_functions_warn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "warned", set())
    with pytest.warns(DeprecationWarning, match=r"torch\.exp"):
        np.exp(torch.zeros(2))


def nested(depth: int) -> bytes:
    return b'{"format": "minigrad 1", "object": ' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize("depth", [5_000, 100_000])
def test_load_of_lists_nested_deeply_is_a_runtime_error(depth: int) -> None:
    file = io.BytesIO()
    np.savez(file, structure=np.frombuffer(nested(depth), np.uint8))
    file.seek(0)
    with pytest.raises(RuntimeError, match="not a file"):
        torch.load(file)


def test_load_of_a_member_packed_in_an_unknown_way_is_a_runtime_error() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("structure.npy", b"0" * 1000)
    data = bytearray(file.getvalue())
    place = data.index(b"PK\x01\x02") + 10  # how it is packed, as the directory says
    data[place : place + 2] = b"\x63\x00"
    data[8:10] = b"\x63\x00"
    with pytest.raises(RuntimeError, match="not a file"):
        torch.load(io.BytesIO(bytes(data)))


def test_the_default_type_may_be_float64_and_nothing_whole() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.tensor(1.5).dtype is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    with pytest.raises(TypeError):
        torch.set_default_dtype(torch.int64)


@pytest.mark.parametrize("n", [100, 20_000])  # below and above engine.broadcasting.LARGE
def test_gradients_of_broadcast_inputs_of_any_size(n: int) -> None:
    row = torch.arange(3.0).requires_grad_()
    column = torch.ones(n, 1, requires_grad=True)
    (row * column).sum().backward()
    assert row.grad.tolist() == [n, n, n]
    assert column.grad.flatten().tolist() == [3.0] * n
    shift = torch.zeros(3, requires_grad=True)
    ((torch.ones(n, 3) + shift) * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert shift.grad.tolist() == [n, 2 * n, 3 * n]


def test_a_leaf_given_data_of_another_type_receives_a_gradient_of_that_type() -> None:
    p = torch.ones(2, requires_grad=True)
    p.data = p.data.double()
    (p * torch.ones(2)).sum().backward()
    assert p.grad.dtype is torch.float64
