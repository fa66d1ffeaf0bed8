"""Your own operations: `autograd.Function` beside PyTorch's."""

import gc
import threading
import weakref
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given

import minigrad
from minigrad.autograd import Function
from minigrad.autograd.function import once_differentiable
from tests.both import Programs

programs = Programs(__name__)


def made(torch: Any, forward: Any, backward: Any = None, setup_context: Any = None, name: str = "Own") -> Any:
    """A Function of the library with these methods."""
    methods = {"forward": forward, "backward": backward, "setup_context": setup_context}
    members = {key: staticmethod(method) for key, method in methods.items() if method is not None}
    return type(name, (torch.autograd.Function,), members)


def square(torch: Any) -> Any:
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g

    return made(torch, forward, backward, name="Square")


def point(torch: Any) -> Any:
    return torch.tensor([1.0, 2.0], requires_grad=True)


@programs
def what_a_node_shows(torch, show):
    x = point(torch)
    y = square(torch).apply(x)
    show(y, y.grad_fn, y.grad_fn.name(), y.grad_fn.saved_tensors, y.grad_fn.needs_input_grad)
    show(y.is_leaf, y.requires_grad, y.grad_fn.next_functions[0][0].variable is x)
    y.sum().backward()
    show(x.grad)


@programs
def keyword_arguments(torch, show):
    x = point(torch)
    own = made(torch, lambda ctx, x, factor=3: x * factor, lambda ctx, g: (g * 3, None))
    own.apply(x, factor=3).sum().backward()
    show(x.grad, own.apply(x=x, factor=2))


@programs
def the_form_with_setup_context(torch, show):
    def setup_context(ctx, inputs, output):
        show(inputs, output)
        ctx.save_for_backward(inputs[0])
        ctx.power = inputs[1]

    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * ctx.power * x ** (ctx.power - 1), None

    x = point(torch)
    y = made(torch, lambda x, n: x**n, backward, setup_context).apply(x, 3)
    y.sum().backward()
    show(y, x.grad)


@programs
def attributes_of_ctx(torch, show):
    def forward(ctx, x, name):
        ctx.name_of_it, ctx.saved, ctx.edges, ctx.shape, ctx.hooks = name, 1, 2, x.shape, 3
        return x * 2

    def backward(ctx, g):
        show(ctx.name_of_it, ctx.saved, ctx.edges, ctx.shape, ctx.hooks)
        return g * 2, None

    x = point(torch)
    y = made(torch, forward, backward).apply(x, "two")
    show(y.grad_fn.name_of_it)
    y.sum().backward()
    show(x.grad)


@programs
def inputs_that_need_no_gradient(torch, show):
    def forward(ctx, x, y, n):
        show(ctx.needs_input_grad, torch.is_grad_enabled())
        return x * y * n

    def backward(ctx, g):
        show(ctx.needs_input_grad, torch.is_grad_enabled())
        return g, g, None

    own = made(torch, forward, backward)
    x, c = point(torch), torch.ones(2)
    y = own.apply(x, c, 3)
    show(y, y.grad_fn.next_functions)
    y.sum().backward()
    show(x.grad, c.grad, own.apply(c, c, 2))
    with torch.no_grad():
        show(own.apply(x, c, 2))


@programs
def several_results(torch, show):
    def backward(ctx, g, h):
        show(g, h, torch.is_grad_enabled())
        return 2 * g + 3 * h

    x = point(torch)
    own = made(torch, lambda ctx, x: (x * 2, x * 3), backward)
    y, z = own.apply(x)
    show(y, z, y.grad_fn is z.grad_fn, y.output_nr, z.output_nr, len(y.grad_fn._input_metadata))
    y.sum().backward()
    show(x.grad)
    y, z = own.apply(x)
    (y * z).sum().backward()
    show(x.grad)
    y, z = own.apply(x)
    show(torch.autograd.grad([z, y], x, [torch.ones(2), torch.zeros(2)]))


@programs
def results_without_influence(torch, show):
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    def backward(ctx, g, h):
        show(g, h)
        return g

    x = point(torch)
    made(torch, forward, backward).apply(x)[0].sum().backward()
    show(x.grad)


@programs
def results_that_carry_no_gradient(torch, show):
    def forward(ctx, x):
        rounded, fixed = (x * 1.5).long(), x * 3
        ctx.mark_non_differentiable(fixed)
        return x * 2, rounded, fixed, "text", None

    def backward(ctx, g, *others):
        show(g, others)
        return g

    x = point(torch)
    results = made(torch, forward, backward).apply(x)
    show(results)
    results[0].sum().backward()
    show(x.grad)


@programs
def results_that_are_no_tuple_of_tensors(torch, show):
    x = point(torch)
    show(made(torch, lambda ctx, x: 3, lambda ctx, g: g).apply(x))
    show(made(torch, lambda ctx, x: [x * 2, x * 3], lambda ctx, g: g).apply(x))
    show(made(torch, lambda ctx, n: n + 1).apply(3))
    show(made(torch, lambda ctx, x: ()).apply(x), made(torch, lambda ctx, x: (x * 2,), lambda ctx, g: g).apply(x))


@programs
def an_input_returned_as_it_is(torch, show):
    x = point(torch)
    own = made(torch, lambda ctx, x: x, lambda ctx, g: g * 7)
    y = own.apply(x)
    show(y is x, y, y._is_view())
    show.error(y.mul_, 2)
    y.sum().backward()
    show(x.grad, x)


@programs
def views_as_results(torch, show):
    x = point(torch)
    y = made(torch, lambda ctx, x: x.view(2, 1), lambda ctx, g: g.view(2) * 7).apply(x)
    show(y, y._is_view())
    show.error(y.mul_, 2)
    z = made(torch, lambda ctx, x: (x * 2).view(2, 1), lambda ctx, g: g.view(2) * 2).apply(x)
    show.error(z.mul_, 2)
    (y * z).sum().backward()
    show(x.grad)


@programs
def results_written_in_place(torch, show):
    x = point(torch)
    y = square(torch).apply(x)
    y.mul_(3)
    show(y)
    y.sum().backward()
    show(x.grad)


@programs
def an_input_written_in_place(torch, show):
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x

    own = made(torch, forward, lambda ctx, g: g * 2)
    x = point(torch)
    show.error(own.apply, x)
    x = point(torch)
    u = x * 1
    v = own.apply(u)
    show(v is u, u)
    show.graph(u)
    u.sum().backward()
    show(x.grad)
    c = torch.ones(2)
    show(own.apply(c) is c, c)
    kept = made(torch, lambda ctx, x: (ctx.mark_dirty(x), x * 1)[1], lambda ctx, g: g)
    show.error(kept.apply, point(torch) * 1)


@programs
def a_wrong_number_of_gradients(torch, show):
    x = point(torch)
    for rule in (lambda g: g, lambda g: (g, g, g), lambda g: (g,), lambda g: ()):
        own = made(torch, lambda ctx, x, y: x * y, lambda ctx, g, rule=rule: rule(g))
        show.error(own.apply(x, x).sum().backward)
    own = made(torch, lambda ctx, x, y: x * y, lambda ctx, g: (g, g, None, None))
    own.apply(x, x).sum().backward()
    show(x.grad)
    own = made(torch, lambda ctx, x, n: x * n, lambda ctx, g: (g, g))
    show.error(own.apply(x, 3).sum().backward)
    show(x.grad)


@programs
def gradients_of_another_kind(torch, show):
    x = point(torch)
    wrong = [
        lambda g: torch.zeros(3), lambda g: torch.zeros(1), lambda g: g.sum(), lambda g: 2.0, lambda g: [g],
        lambda g: None, lambda g: g.expand(4, 2), lambda g: g.double(), lambda g: g.long(),
    ]  # fmt: skip
    for rule in wrong:
        own = made(torch, lambda ctx, x: x * 2, lambda ctx, g, rule=rule: rule(g))
        show.error(own.apply(x).sum().backward)
        show(x.grad)
        x.grad = None


@programs
def methods_that_are_missing(torch, show):
    x = point(torch)
    show.error(made(torch, lambda ctx, x: x * 2).apply(x).sum().backward)
    show.error(made(torch, None).apply, x)
    show.error(square(torch)(), x)
    show.error(made(torch, lambda ctx, x: ctx.save_for_backward(3)).apply, x)


@programs
def none_among_the_saved(torch, show):
    def forward(ctx, x):
        ctx.save_for_backward(None, x, torch.ones(1))
        return x * 2

    def backward(ctx, g):
        show(ctx.saved_tensors)
        return g * 2

    made(torch, forward, backward).apply(point(torch)).sum().backward()


@programs
def saved_values_are_freed_and_checked(torch, show):
    x = point(torch)
    y = square(torch).apply(x)
    y.sum().backward(retain_graph=True)
    y.sum().backward()
    show(x.grad)
    show.error(y.sum().backward)
    show.error(getattr, y.grad_fn, "saved_tensors")
    y = made(torch, lambda ctx, x: x * 2, lambda ctx, g: g * 2).apply(x).sum()
    y.backward()
    y.backward()
    show(x.grad)
    t = x * 1
    y = square(torch).apply(t)
    t.mul_(2)
    show.error(y.sum().backward)


@programs
def a_saved_result(torch, show):
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        show(y)
        return g * y

    own = made(torch, forward, backward, name="Exp")
    x = point(torch)
    (g,) = torch.autograd.grad(own.apply(x).sum(), x, create_graph=True)
    show(g)
    (h,) = torch.autograd.grad(g.sum(), x, create_graph=True)
    show(h)
    show(torch.autograd.grad(h.sum(), x))
    y = own.apply(x)
    y.mul_(2)
    show.error(y.sum().backward)


@programs
def several_saved_results(torch, show):
    def forward(ctx, x):
        y, z = x.exp(), x.sin()
        ctx.save_for_backward(y, z)
        return y, z

    def backward(ctx, g, h):
        y, z = ctx.saved_tensors
        show(y, z)
        return g * y + h * z

    x = point(torch)
    y, z = made(torch, forward, backward, name="Two").apply(x)
    (g,) = torch.autograd.grad((y * z).sum(), x, create_graph=True)
    show(g)
    show(torch.autograd.grad(g.sum(), x))


@programs
def second_derivatives(torch, show):
    x, v = point(torch), torch.ones(2, requires_grad=True)
    (g,) = torch.autograd.grad(square(torch).apply(x), x, v, create_graph=True)
    show(g)
    show.graph(g)
    show(torch.autograd.grad(g.sum(), (x, v)))


@programs
def derivatives_of_one_order_only(torch, show):
    module = __import__(f"{torch.__name__}.autograd.function", fromlist=["once_differentiable"])

    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2 * x * g

    own = made(torch, forward, module.once_differentiable(backward))
    x, v = point(torch), torch.ones(2, requires_grad=True)
    show(torch.autograd.grad(own.apply(x).sum(), x, create_graph=True))
    (g,) = torch.autograd.grad(own.apply(x), x, v, create_graph=True)
    show(g)
    show.error(g.sum().backward)


@programs
def errors_leave_everything_as_it_was(torch, show):
    def broken(*_):
        raise ZeroDivisionError

    x = point(torch)
    show.error(made(torch, broken, broken).apply, x)
    show(torch.is_grad_enabled())
    y = made(torch, lambda ctx, x: x * 2, broken).apply(x)
    show.error(y.sum().backward)
    show(torch.is_grad_enabled(), x.grad)
    with torch.no_grad():
        show.error(made(torch, broken, broken).apply, x)
        show(torch.is_grad_enabled())


@programs
def zero_dimensional(torch, show):
    x = torch.tensor(3.0, requires_grad=True)
    y = square(torch).apply(x)
    show(y)
    y.backward()
    show(x.grad)
    y = square(torch).apply(square(torch).apply(x * 1))
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    show(g, torch.autograd.grad(g, x))


@programs
def hooks_on_results(torch, show):
    x = point(torch)
    y, z = made(torch, lambda ctx, x: (x * 2, x * 3), lambda ctx, g, h: 2 * g + 3 * h).apply(x)
    z.register_hook(lambda g: g * 10)
    y.retain_grad()
    (y + z).sum().backward()
    show(y.grad, x.grad)


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record


# --- what PyTorch is not needed for


class Product(Function):
    """x · y, broadcast, by hand."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y, g * x


shapes = st.sampled_from([(), (1,), (3,), (2, 3), (2, 1), (1, 3), (4, 2, 3), (0, 3)])


@given(shapes, shapes, st.sampled_from(["float32", "float64"]), st.sampled_from(["float32", "float64"]))
def test_as_the_built_in_product(first: tuple, second: tuple, one: str, other: str) -> None:
    """Broadcasting, conversions of type and second derivatives come out as those of the operation in the table."""
    assume(all(n == m or 1 in (n, m) for n, m in zip(reversed(first), reversed(second), strict=False)))
    random = np.random.default_rng(len(first) + 7 * len(second))
    x, y = (
        minigrad.from_numpy(np.asarray(random.normal(size=shape), kind)).requires_grad_()
        for shape, kind in ((first, one), (second, other))
    )
    seen = []
    for product in (Product.apply, minigrad.mul):
        result = product(x, y)
        gradients = minigrad.autograd.grad(result.sum(), (x, y), create_graph=True)
        second_ones = minigrad.autograd.grad(sum((g * g).sum() for g in gradients), (x, y))
        seen.append([result, *gradients, *second_ones])
    for own, built_in in zip(*seen, strict=True):
        assert (own.dtype, own.shape) == (built_in.dtype, built_in.shape)
        np.testing.assert_array_equal(own.detach().numpy(), built_in.detach().numpy())


def test_a_gradient_that_backward_keeps_is_not_the_leafs() -> None:
    kept = minigrad.ones(2)
    own = made(minigrad, lambda ctx, x: x * 2, lambda ctx, g: kept)
    x = point(minigrad)
    for _ in range(2):
        own.apply(x).sum().backward()
    assert x.grad.tolist() == [2, 2]
    assert kept.tolist() == [1, 1]


def test_a_graph_is_freed_by_reference_counting() -> None:
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(x, y)
        ctx.y_itself = y
        return y

    own = made(minigrad, forward, lambda ctx, g: g)
    gc.disable()
    try:
        y = own.apply(point(minigrad))
        node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
    finally:
        gc.enable()


def test_a_long_chain_takes_no_recursion() -> None:
    own = made(minigrad, lambda ctx, x: x * 1, lambda ctx, g: g)
    x = point(minigrad)
    y = x
    for _ in range(5000):
        y = own.apply(y)
    y.sum().backward()
    assert x.grad.tolist() == [1, 1]


def test_an_error_in_backward_changes_no_gradient() -> None:
    """PyTorch has by then added to those leaves that came first."""

    def broken(*_):
        raise ZeroDivisionError

    x, w = point(minigrad), point(minigrad)
    w.grad = minigrad.ones(2)
    y = made(minigrad, lambda ctx, x: x * 2, broken).apply(x)
    with pytest.raises(ZeroDivisionError):
        (y * w).sum().backward()
    assert x.grad is None
    assert w.grad.tolist() == [1, 1]


def test_a_keyboard_interrupt_leaves_the_modes() -> None:
    def interrupted(*_):
        raise KeyboardInterrupt

    x = point(minigrad)
    y = made(minigrad, lambda ctx, x: x * 2, interrupted).apply(x)
    with pytest.raises(KeyboardInterrupt):
        y.sum().backward()
    with pytest.raises(KeyboardInterrupt):
        made(minigrad, interrupted).apply(x)
    assert minigrad.is_grad_enabled()
    assert x.grad is None


def test_threads_have_modes_of_their_own() -> None:
    """A backward that runs in one thread, not recorded, leaves another thread recording."""
    inside, done = threading.Event(), threading.Event()

    def backward(ctx, g):
        inside.set()
        done.wait(5)
        return g

    y = made(minigrad, lambda ctx, x: x * 2, backward).apply(point(minigrad))
    thread = threading.Thread(target=y.sum().backward)
    thread.start()
    assert inside.wait(5)
    assert minigrad.is_grad_enabled()
    assert square(minigrad).apply(point(minigrad)).requires_grad
    done.set()
    thread.join()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda x: made(minigrad, lambda ctx, x: x, lambda ctx, g: (g, g)).apply(x).sum().backward(),
            "expected 1, got 2",
        ),
        (
            lambda x: made(minigrad, lambda ctx, x: x, lambda ctx, g: minigrad.ones(5)).apply(x).sum().backward(),
            r"OwnBackward.*\[5\].*\[2\]",
        ),
        (lambda x: Product()(x, x), r"Product\.apply"),
    ],
)
def test_messages_say_what_happened(call: Any, words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        call(point(minigrad))


def test_once_differentiable_names_itself() -> None:
    def backward(ctx, g):
        """About it."""

    assert once_differentiable(backward).__doc__ == "About it."
