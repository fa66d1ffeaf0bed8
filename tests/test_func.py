"""`torch.func`, and finding nan: each program runs under both libraries."""

import warnings
from typing import Any

import pytest

import minigrad
from minigrad.autograd import anomaly_mode
from minigrad.engine import operation, passes
from tests.both import Programs

programs = Programs(__name__)


@programs
def gradients(torch, show):
    grad, t = torch.func.grad, torch.tensor([1.0, 2.0])
    show(grad(lambda x: (x**3).sum())(t), grad(grad(torch.sin))(torch.tensor(1.0)))
    show(grad(lambda x, y: (x * x * y).sum(), argnums=(1, 0))(t, t + 1), grad(lambda x, y: (x * y).sum(), 1)(t, t + 1))
    show(grad(lambda x: ((x * 2).sum(), x), has_aux=True)(t), torch.func.grad_and_value(lambda x: (x**3).sum())(t))
    show(grad(lambda d: (d["a"] * d["b"][0]).sum())({"a": t, "b": [t + 1]}), grad(lambda x: torch.tensor(1.0))(t))
    for func in (lambda x: x**3, lambda x: 3.0, lambda x: x.sum().item()):
        show.error(grad(func), t)
    show.error(grad(torch.sum), torch.tensor([1, 2]))
    show.error(grad(lambda x: x.sum(), argnums=5), t)
    show.error(grad(lambda x: x.sum(), has_aux=True), t)


@programs
def what_is_recorded(torch, show):
    r = torch.tensor([1.0, 2.0], requires_grad=True)
    g = torch.func.grad(lambda x: (x * x * r).sum())(torch.tensor([3.0, 4.0]))
    show(g.requires_grad)
    g.sum().backward()
    show(r.grad, torch.func.grad(lambda x: (x * x).sum())(r).requires_grad)
    show(torch.func.grad(lambda x: (x * x).sum())(r.detach()).requires_grad)
    with torch.no_grad():
        show(torch.func.grad(lambda x: (x**3).sum())(r.detach()))


@programs
def products_with_the_jacobian(torch, show):
    vjp, jvp, t = torch.func.vjp, torch.func.jvp, torch.tensor([1.0, 2.0])
    value, pull = vjp(lambda x: x**2, t)
    show(value, pull(t), pull(t))
    show(vjp(lambda x, y: (x * y, x), t, t + 1)[1]((t, t)), vjp(lambda x: (x**2, x), t, has_aux=True)[2])
    show.error(pull, torch.ones(3))
    show(jvp(lambda x: x**2, (t,), (t,)), jvp(lambda x, y: (x * y, x), (t, t), (t, t + 1)))
    show(torch.func.grad(lambda x: jvp(torch.sin, (x,), (torch.ones(2),))[1].sum())(t))
    for primals, tangents in (((t,), t), (t, t), ((t,), (torch.ones(3),)), ((t,), (t, t))):
        show.error(jvp, lambda x: x**2, primals, tangents)


@programs
def jacobians(torch, show):
    t, u = torch.tensor([1.0, 2.0]), torch.tensor([[1.0, 0.5, 2.0], [0.0, 1.0, 3.0]])
    for jacobian in (torch.func.jacrev, torch.func.jacfwd):
        show(jacobian(lambda x: x**2)(t), jacobian(lambda x, y: x @ y, argnums=(0, 1))(t, u))
        show(jacobian(lambda x: (x * 2, x.sum()))(t), jacobian(lambda x: (x.sum(), x), has_aux=True)(t))
    show(torch.func.hessian(lambda x: (x**3).sum() * x[0])(t))
    show(torch.func.hessian(lambda x, y: (x * y).sum() ** 2, argnums=(0, 1))(t, t + 1))


@programs
def modules_called_with_other_tensors(torch, show):
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1, bias=False))
    ones = {name: torch.ones_like(p) for name, p in model.named_parameters()}
    x, call = torch.tensor([1.0, 2.0]), torch.func.functional_call
    before = list(model.parameters())
    show(call(model, ones, (x,)), call(model, ones, x))
    show(call(model, ({"0.weight": ones["0.weight"]}, {"0.bias": ones["0.bias"], "2.weight": ones["2.weight"]}), x))
    show(torch.func.grad(lambda p: call(model, p, (x,)).sum())(ones))
    show.error(call, model, ones, (x, x))
    show(all(p is q for p, q in zip(model.parameters(), before, strict=True)))


@programs
def nan_is_found(torch, show):
    def found(compute):
        x = torch.tensor([0.0, 1.0], requires_grad=True)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                with torch.autograd.detect_anomaly():
                    compute(x)
                show("nothing")
            except RuntimeError as error:
                show(str(error).partition(" It belongs")[0])
        told = [str(each.message) for each in caught if each.category is UserWarning]
        show(*(text.split(". ")[0] for text in told))
        show(any("the_line_in_question" in text for text in told), x.grad)

    def square_root(x):
        y = (x.sqrt() * 0).sum()  # the_line_in_question
        y.backward()

    def second_input(x):
        y = (torch.ones(2) * x.detach() / (x * 0)).sum()
        (y * 0).backward()

    def twice(x):
        (g,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
        g.sqrt().mul(0).sum().backward()

    for compute in (square_root, second_input, twice, lambda x: (x * x).sum().backward()):
        found(compute)
    show(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record


torch: Any = minigrad


def test_the_error_names_the_line() -> None:
    x = torch.tensor(0.0, requires_grad=True)
    with torch.autograd.set_detect_anomaly(True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = x.sqrt() * 0
        with pytest.raises(RuntimeError, match=r"test_func\.py, line \d+: y = x\.sqrt\(\)"):
            y.backward()


def test_nothing_is_left_of_the_mode() -> None:
    before = operation.new_node, passes.walk, passes.receive, passes.through_hooks, anomaly_mode.Handwritten.__init__
    with torch.autograd.set_detect_anomaly(True):
        assert operation.new_node is not before[0]
    after = operation.new_node, passes.walk, passes.receive, passes.through_hooks, anomaly_mode.Handwritten.__init__
    assert after == before
    assert not torch.is_anomaly_enabled()


def test_without_looking_for_nan() -> None:
    x = torch.tensor(0.0, requires_grad=True)
    with torch.autograd.set_detect_anomaly(True, check_nan=False):
        (x.sqrt() * 0).backward()
    assert x.grad.isnan()
