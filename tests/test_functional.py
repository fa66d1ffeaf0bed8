"""Jacobians, Hessians and their products beside PyTorch's."""

import re
from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

import minigrad
from minigrad.autograd import functional
from tests.both import Programs
from tests.examples import examples

programs = Programs(__name__)
here: Any = minigrad  # for the type checker, minigrad.tensor is the file of that name

# Functions of one and of two inputs.
ONE = {
    "squares": lambda x: x**2,
    "sum of cubes": lambda x: (x**3).sum(),
    "two": lambda x: (x * 2, x.sin().sum()),
    "tuple of one": lambda x: (x.exp(),),
    "constant": lambda x: x.detach() * 2,
    "linear": lambda x: (3 * x).sum(),
    "matrix": lambda x: x.reshape(-1, 1) * x.reshape(1, -1),
}
TWO = {
    "product": lambda x, y: x * y,
    "two": lambda x, y: (x * y, (x.sin() * y**2).sum()),
    "scalar": lambda x, y: (x**2 * y).sum(),
    "without y": lambda x, y: (x**2).sum(),
}


def points(torch: Any) -> tuple[Any, Any]:
    return torch.tensor([1.0, 2.0]), torch.tensor([0.5, -3.0])


def attempt(show: Any, function: Any, *args: Any, **kwargs: Any) -> None:
    """The result, without the names of nodes, which in second derivatives are not PyTorch's; or the error's type."""
    try:
        show(re.sub(", grad_fn=<[^>]*>", ", tracked", repr(function(*args, **kwargs))))
    except (RuntimeError, TypeError) as error:
        show(type(error).__name__)


@programs
def whole_matrices(torch, show):
    x, y = points(torch)
    for name in ("jacobian", "hessian"):
        function = getattr(torch.autograd.functional, name)
        for f in ONE.values():
            attempt(show, function, f, x)
            attempt(show, function, f, (x,))
            attempt(show, function, f, torch.tensor(2.0))
        for f in TWO.values():
            attempt(show, function, f, (x, y))


@programs
def products(torch, show):
    x, y = points(torch)
    v, w = torch.tensor([1.0, 10.0]), torch.tensor([100.0, 1000.0])
    for name in ("vjp", "jvp", "vhp", "hvp"):
        function = getattr(torch.autograd.functional, name)
        for f in ONE.values():
            attempt(show, function, f, x, v)
            attempt(show, function, f, x)
            attempt(show, function, f, torch.tensor(2.0))
            attempt(show, function, f, (x,), (v,))
            attempt(show, function, f, x, (v, torch.tensor(2.0)))
        for f in TWO.values():
            attempt(show, function, f, (x, y), (v, w))
            attempt(show, function, f, (x, y), v)
            attempt(show, function, f, (x, y))


@programs
def strict(torch, show):
    x, y = points(torch)
    v, w = torch.tensor([1.0, 10.0]), torch.tensor([100.0, 1000.0])
    of = torch.autograd.functional
    for create_graph in (False, True):
        options = {"strict": True, "create_graph": create_graph}
        for f in ONE.values():
            attempt(show, of.jacobian, f, x, **options)
            attempt(show, of.hessian, f, x, **options)
            attempt(show, of.vjp, f, x, v, **options)
            attempt(show, of.jvp, f, x, v, **options)
            attempt(show, of.vhp, f, x, v, **options)
            attempt(show, of.hvp, f, x, v, **options)
        for f in TWO.values():
            attempt(show, of.jacobian, f, (x, y), **options)
            attempt(show, of.vhp, f, (x, y), (v, w), **options)


@programs
def results_that_can_be_differentiated(torch, show):
    x, y = points(torch)
    of = torch.autograd.functional
    for tracked in (False, True):
        x, y = (t.detach().requires_grad_(tracked) for t in (x, y))
        v = torch.tensor([1.0, 10.0], requires_grad=tracked)
        for f in (ONE["sum of cubes"], ONE["squares"]):
            show(of.jacobian(f, x, create_graph=True).requires_grad)
            show([t.requires_grad for t in of.vjp(lambda x, f=f: f(x).sum(), x, create_graph=False)[:1]])
        results = [of.hessian(ONE["sum of cubes"], x, create_graph=True)]
        for name in ("vhp", "hvp"):
            results += getattr(of, name)(ONE["sum of cubes"], x, v, create_graph=True)
        for name in ("vjp", "jvp"):
            results += getattr(of, name)(ONE["squares"], x, v, create_graph=True)
        for result in results:
            show(result.detach(), result.requires_grad)
            if tracked:
                show(torch.autograd.grad(result.sum(), (x, v), allow_unused=True))


@programs
def inputs_are_left_alone(torch, show):
    x, _ = points(torch)
    x.requires_grad_()
    of = torch.autograd.functional
    factor = torch.tensor(2.0, requires_grad=True)
    show(of.jacobian(lambda t: t * x * factor, x))
    show(x.grad, factor.grad, x)
    with torch.no_grad():
        show(of.jacobian(lambda t: t**2, x), of.hessian(lambda t: (t**3).sum(), x))
        show(torch.is_grad_enabled())


@programs
def what_is_no_tensor(torch, show):
    x, _ = points(torch)
    of = torch.autograd.functional
    show.error(of.jacobian, lambda x: x, 3.0)
    show.error(of.jacobian, lambda x: x, (x, 3.0))
    show.error(of.jacobian, lambda x: 3.0, x)
    show.error(of.jacobian, lambda x: (x, 3), x)
    show.error(of.vjp, lambda x: x, x, [1.0, 2.0])
    show.error(of.hessian, lambda x: x, x)
    show.error(of.hessian, lambda x: (x.sum(),), x)


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record


# --- what holds for all inputs

numbers = st.lists(st.floats(-3, 3), min_size=1, max_size=4)


@settings(max_examples=examples(50))
@given(numbers, st.data())
def test_products_are_products_of_the_matrices(values: list[float], data: Any) -> None:
    """vjp is vᵀJ and jvp is Jv, of another shape; vhp and hvp are both the Hessian times v."""

    def f(x):
        return (x.reshape(-1, 1) * x.sin()).tanh().sum(0, keepdim=True) * x.exp().sum()

    def vector(shape: tuple) -> Any:
        size = int(np.prod(shape))
        drawn = data.draw(st.lists(st.floats(-2, 2), min_size=size, max_size=size))
        return here.tensor(drawn, dtype=minigrad.float64).reshape(shape)

    x = here.tensor(values, dtype=minigrad.float64)
    jacobian = functional.jacobian(f, x)
    assert jacobian.shape == (1, len(values), len(values))
    v, u = vector((1, len(values))), vector((len(values),))
    matrix = jacobian.reshape(len(values), len(values))
    np.testing.assert_allclose(functional.vjp(f, x, v)[1].numpy(), (v @ matrix)[0].numpy(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(functional.jvp(f, x, u)[1].numpy()[0], (matrix @ u).numpy(), rtol=1e-9, atol=1e-9)
    hessian = functional.hessian(lambda x: f(x).sum(), x)
    np.testing.assert_allclose(hessian.numpy(), hessian.t().numpy(), rtol=1e-9, atol=1e-9)
    for product in (functional.vhp, functional.hvp):
        found = product(lambda x: f(x).sum(), x, u)[1]
        np.testing.assert_allclose(found.numpy(), (hessian @ u).numpy(), rtol=1e-9, atol=1e-9)
