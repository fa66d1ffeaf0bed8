"""`gradcheck` and `gradgradcheck`: what they let pass, what they reject, and what their report says."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import minigrad
from minigrad.autograd import gradcheck, gradgradcheck
from minigrad.autograd.gradcheck import GradcheckError
from tests.both import Programs
from tests.examples import examples

programs = Programs(__name__)
here: Any = minigrad  # for the type checker, minigrad.tensor is the file of that name


def own(torch: Any, forward: Any, backward: Any) -> Any:
    """A Function of one input; backward gets the gradient and the input."""

    class Own(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return forward(x)

        @staticmethod
        def backward(ctx, g):
            return backward(g, *ctx.saved_tensors)

    return Own.apply


def vector(torch: Any) -> Any:
    return torch.tensor([0.5, -1.5, 2.0], dtype=torch.float64, requires_grad=True)


def matrix(torch: Any) -> Any:
    return torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=torch.float64, requires_grad=True)


RIGHT: dict[str, tuple[Any, Any]] = {
    "square": (lambda x: x**2, lambda g, x: g * 2 * x),
    "sine": (lambda x: x.sin(), lambda g, x: g * x.cos()),
    "mean": (lambda x: x.mean(), lambda g, x: (g / 3).expand(3)),
    "sum": (lambda x: x.sum(), lambda g, x: g.expand(3)),
    "relu": (lambda x: x.relu(), lambda g, x: g * (x > 0)),
    "reversed": (lambda x: x[[2, 1, 0]], lambda g, x: g[[2, 1, 0]]),
}
WRONG: dict[str, tuple[Any, Any]] = {
    "factor": (lambda x: x**2, lambda g, x: g * x),
    "sign": (lambda x: x.cos(), lambda g, x: g * x.sin()),
    "mean without 1/N": (lambda x: x.mean(), lambda g, x: g.expand(3)),
    "arriving gradient left out": (lambda x: x**2, lambda g, x: 2 * x),
    "one output, arriving gradient left out": (lambda x: x[0] ** 2, lambda g, x: torch_like(x, [1, 0, 0]) * 2 * x),
    "nothing": (lambda x: x**2, lambda g, x: None),
    "zeros": (lambda x: x**2, lambda g, x: g * 0),
    "input for output": (lambda x: x.exp(), lambda g, x: g * x),
    "shifted": (lambda x: x[[2, 1, 0]], lambda g, x: g),
    "changes what it saved": (lambda x: x**2, lambda g, x: g * 2 * x.data.mul_(1.0000001)),
    "nan": (lambda x: x**2, lambda g, x: g * float("nan")),
}


def torch_like(x: Any, values: list[float]) -> Any:
    return x.detach() * 0 + x.detach().clone().copy_(type(x)(values))


@programs
def verdicts(torch, show):
    check, twice = torch.autograd.gradcheck, torch.autograd.gradgradcheck
    for name, (forward, backward) in RIGHT.items():
        show(name, check(own(torch, forward, backward), vector(torch)))
        show(twice(own(torch, forward, backward), vector(torch)))
    for name, (forward, backward) in WRONG.items():
        show(name)
        show.error(check, own(torch, forward, backward), vector(torch))
        show(check(own(torch, forward, backward), (vector(torch),), raise_exception=False))


@programs
def functions_of_several_tensors(torch, show):
    x, w = vector(torch), matrix(torch)
    check, twice = torch.autograd.gradcheck, torch.autograd.gradgradcheck
    show(check(lambda x, w: (w @ x, (w * x).sum()), (x, w)))
    show(twice(lambda x, w: (w @ x, (w * x).sum() ** 2), (x, w)))
    show(check(lambda x, n, c: x**n * c, (x, 2, torch.ones(3, dtype=torch.float64))))
    show(check(lambda x, w: (x * 2, (w > 2).long()), (x, w)))
    show(twice(lambda x: x**3, x, torch.ones(3, dtype=torch.float64, requires_grad=True)))
    show.error(twice, lambda x: x**3, x, torch.ones(2, dtype=torch.float64, requires_grad=True))
    show.error(check, lambda x: x.detach() * 2, x)
    show(check(lambda x: (x.detach() * 0).sum(), x))
    show(check(lambda x: x * 2, torch.tensor(3.0, dtype=torch.float64, requires_grad=True)))
    show(check(lambda x: x * 2, torch.zeros(0, dtype=torch.float64, requires_grad=True)))


@programs
def a_second_derivative_that_is_wrong(torch, show):
    once = own(torch, lambda x: x**3, lambda g, x: g * 3 * x.detach() ** 2)
    show(torch.autograd.gradcheck(once, vector(torch)))
    show.error(torch.autograd.gradgradcheck, once, vector(torch))
    show(torch.autograd.gradgradcheck(once, vector(torch), raise_exception=False))


@programs
def options(torch, show):
    check = torch.autograd.gradcheck
    nearly = own(torch, lambda x: x**2, lambda g, x: g * 2.02 * x)
    for tolerances in ({}, {"rtol": 0.1}, {"atol": 0.1}, {"atol": 0.01}, {"eps": 1e-3}):
        show(check(nearly, vector(torch), raise_exception=False, **tolerances))


@programs
def inputs(torch, show):
    check = torch.autograd.gradcheck
    show.error(check, lambda x: x, torch.ones(2, dtype=torch.float64))
    show.error(check, lambda x: x, (3.0,))
    single = torch.tensor([1.0, 2.0], requires_grad=True)
    show(show.warnings(check, lambda x: x * 2, single, eps=1e-2))
    repeated = torch.ones(1, dtype=torch.float64).expand(3).requires_grad_()
    show.error(check, lambda x: x * 2, repeated)
    x = vector(torch)
    x.grad = torch.ones(3, dtype=torch.float64)
    check(lambda x: x**2, x)
    show(x, x.grad)
    y = x * 2
    show(check(lambda y: y**2, y))
    with torch.no_grad():
        show.error(check, lambda x: x**2, x)


@programs
def random_numbers_afterwards(torch, show):
    """What gradgradcheck draws for itself is what PyTorch draws."""
    torch.manual_seed(3)
    torch.autograd.gradcheck(lambda x: x**2, vector(torch))
    show(torch.rand(2))
    torch.autograd.gradgradcheck(lambda x: (x**2, x.sum()), vector(torch))
    show(torch.rand(2))


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record


# --- the report


def report(forward: Any, backward: Any, x: Any = None, check: Any = gradcheck) -> str:
    with pytest.raises(GradcheckError) as caught:
        check(own(minigrad, forward, backward), vector(minigrad) if x is None else x)
    return str(caught.value)


def test_a_report_shows_the_entries() -> None:
    text = report(lambda x: x**2, lambda g, x: g * x)
    assert text.splitlines()[0].startswith(
        "Jacobian mismatch for output 0 with respect to input 0: 3 of 9 entries differ"
    )
    table = [line.split() for line in text.splitlines()[2:6]]
    assert table == [
        ["output", "input", "analytical", "numerical", "ratio"],
        ["[0]", "[0]", "0.5", "1", "0.5"],
        ["[1]", "[1]", "-1.5", "-3", "0.5"],
        ["[2]", "[2]", "2", "4", "0.5"],
    ]
    assert text.splitlines()[-1] == "Every entry is 0.5 times the numerical one: a constant factor is wrong."


HINTS = {
    "sign": (lambda x: x.cos(), lambda g, x: g * x.sin(), "opposite sign"),
    "no 1/N": (
        lambda x: x.mean(),
        lambda g, x: g.expand(3),
        "3 is the number of elements of input 0: is a factor 1/3 missing",
    ),
    "1/N": (lambda x: x.sum(), lambda g, x: g.expand(3) / 3, "is a factor 1/3 too many"),
    "ignored": (lambda x: x**2, lambda g, x: 2 * x, "backward must multiply by the gradient that it is given"),
    "nothing": (lambda x: x**2, lambda g, x: None, "No gradient arrives at all"),
    "zeros arrive": (lambda x: x[0], lambda g, x: torch_like(x, [1, 0, 0]), "not multiplied by grad_output"),
    "no constant factor": (lambda x: x**3, lambda g, x: g * 3 * x, None),
    "one entry": (lambda x: x**2, lambda g, x: g * torch_like(x, [1, 2, 2]) * x, None),
}


@pytest.mark.parametrize("name", HINTS)
def test_hints(name: str) -> None:
    forward, backward, hint = HINTS[name]
    text = report(forward, backward)
    if hint is None:
        assert text.splitlines()[-1].split()[0].startswith("[")
    else:
        assert hint in text.splitlines()[-1]


def test_transposed() -> None:
    right = matrix(minigrad)
    square = here.tensor([[1.0, 2.0], [3.0, 5.0]], dtype=minigrad.float64, requires_grad=True)
    assert "Transposed" in report(lambda x: x * 2, lambda g, x: g.t() * 2, square)
    assert "Transposed" in report(lambda x: x * 2, lambda g, x: g.t().reshape(2, 3) * 2, right)


def peak(share: Any) -> tuple[Any, Any]:
    """The largest element; share says what each of those that are equal to it receives."""
    return lambda x: x.max(), lambda g, x: g * share(x == x.max())


@pytest.mark.parametrize("share", [lambda top: top, lambda top: top * (top.cumsum(0) == 1)])
def test_a_wrong_tie(share: Any) -> None:
    """A gradient that goes in full to each of the largest elements, or to the first of them, fails only in a tie."""
    tie, none = ([1.0, 3.0, 2.0, 3.0], [1.0, 3.0, 2.0, 5.0])
    forward, backward = peak(share)
    text = report(forward, backward, here.tensor(tie, dtype=minigrad.float64, requires_grad=True))
    assert text.splitlines()[-1].startswith("Only the entries of equal elements differ, those of input 0 that are 3:")
    assert gradcheck(own(minigrad, forward, backward), here.tensor(none, dtype=minigrad.float64, requires_grad=True))


def test_zeros_are_not_called_a_tie_where_each_element_stands_for_itself() -> None:
    x = here.tensor([0.0, 0.0, 1.0], dtype=minigrad.float64, requires_grad=True)
    assert "tie" not in report(lambda x: x * 2, lambda g, x: g * 2 * (x != 0), x)


def test_long_tables_are_cut() -> None:
    x = minigrad.ones(20, dtype=minigrad.float64, requires_grad=True)
    lines = report(lambda x: x**2, lambda g, x: g * x, x).splitlines()
    assert "… and 12 more" in lines
    assert len(lines) == 14


def test_other_outputs_and_inputs_are_named() -> None:
    bad = own(minigrad, lambda x: x * 2, lambda g, x: g)
    with pytest.raises(GradcheckError, match="output 1 with respect to input 2"):
        gradcheck(lambda a, n, x: (a * x, bad(x)), (vector(minigrad), 3, vector(minigrad)))


def test_the_gradient_is_named_in_second_derivatives() -> None:
    text = report(lambda x: x**3, lambda g, x: g * 3 * x.detach() ** 2, check=gradgradcheck)
    assert "for the gradient with respect to input 0 with respect to input 0" in text
    text = report(lambda x: x**2, lambda g, x: g.detach() * 2 * x, check=gradgradcheck)
    assert "with respect to grad_outputs[0]" in text


@settings(max_examples=examples(30))
@given(
    st.lists(st.floats(0.1, 5), min_size=1, max_size=5),
    st.floats(-10, 10).filter(lambda c: abs(c) > 0.1 and abs(c - 1) > 0.1),
)
def test_any_constant_factor_is_found(values: list[float], factor: float) -> None:
    """Whatever the point, a gradient c times too large is rejected, and the report shows c."""
    x = here.tensor(values, dtype=minigrad.float64, requires_grad=True)
    text = report(lambda x: x**2, lambda g, x: g * (2 * factor) * x, x)
    ratios = {line.split()[-1] for line in text.splitlines() if line.split() and line.split()[0].startswith("[")}
    assert ratios == {f"{factor:.4g}"}
    assert x.tolist() == values


def test_an_error_in_the_function_leaves_the_inputs() -> None:
    calls = iter(range(100))

    def breaks(x):
        if next(calls) == 4:
            raise ZeroDivisionError
        return x * 2

    x = vector(minigrad)
    with pytest.raises(ZeroDivisionError):
        gradcheck(breaks, x)
    assert x.tolist() == [0.5, -1.5, 2.0]


def test_functions_of_something_else() -> None:
    with pytest.raises(ValueError, match="return tensors, not float"):
        gradcheck(lambda x: 3.0, vector(minigrad))
