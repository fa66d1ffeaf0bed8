"""docs/differences.md: what it names is shown by programs that the two libraries answer differently."""

import copy
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import minigrad
from tests.both import Programs

TEXT = (Path(__file__).parent.parent / "docs" / "differences.md").read_text(encoding="utf-8")
ENTRIES = [" ".join(entry.split()) for entry in re.findall(r"^- (.*(?:\n  .*)*)", TEXT, re.MULTILINE)]

# This one a program would need a notebook for; the test named shows it.
ELSEWHERE = {"A notebook shows an error": "test_tracebacks.py::test_only_the_readers_own_lines_are_shown"}
programs = Programs(__name__)
SHOWN: dict[str, str] = {}  # by the beginning of an entry: the program that shows it


def shows(beginning):
    def decorate(program):
        SHOWN[beginning] = program.__name__
        return programs(program)

    return decorate


@shows("`torch.inference_mode` is")
def inference(torch, show):
    with torch.inference_mode():
        x = torch.ones(2)
    show.error(lambda: (x * torch.ones(2, requires_grad=True)).sum())


@shows("Any device but the CPU")
def devices(torch, show):
    show.error(torch.ones, 1, device="meta")


@shows("`sort`, `topk` and `argsort`")
def topk_in_order(torch, show):
    show(torch.arange(100.0).topk(60, sorted=False).values)


@shows("Written in place, `asinh`")
def asinh_in_place(torch, show):
    show((torch.ones(2, requires_grad=True) * 1).asinh_().grad_fn.name())


@shows("`out=` is accepted")
def out(torch, show):
    show.error(torch.add, torch.ones(3), 1, out=torch.ones(2))


@shows("`scatter` and `scatter_add`")
def scattering(torch, show):
    src = torch.ones(3, requires_grad=True)
    y = torch.zeros(3).scatter_add(0, torch.tensor([0, 1]), src)
    show.error(y.sum().backward)


@shows("Hooks of `register_post_accumulate_grad_hook`")
def hooks_after(torch, show):
    a, b = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    a.register_post_accumulate_grad_hook(lambda leaf: show(b.grad))
    (b.exp().exp() + a).sum().backward()


@shows("A class can't inherit")
def protocols(torch, show):
    from typing import Protocol

    def both():
        class Callable(Protocol):
            pass

        class Both(torch.nn.Module, Callable):
            pass

        return Both.__name__

    show.error(both)


@shows("`type(x).__module__`")
def module_of_a_type(torch, show):
    show(torch.ones(1).requires_grad_().__class__.__module__)


@shows("When a tensor with history is changed unrecorded")
def changed_unrecorded(torch, show):
    x = torch.ones(2, requires_grad=True) * 1
    view = x[:1]
    with torch.no_grad():
        x += 1
    show(type(view.grad_fn).__name__)


@shows("The number in a 0-d tensor")
def number_changed(torch, show):
    x = torch.tensor(2.0, requires_grad=True)
    y = x * x
    x.data = torch.tensor(5.0)
    y.backward()
    show(x.grad)


@shows("In PyTorch a leaf's `.grad` may share")
def shared_vector(torch, show):
    x, v = torch.ones(2, 2, requires_grad=True), torch.ones(4)
    y = x.view(4)
    y.backward(v, retain_graph=True)
    y.backward(v)
    show(v)


@shows("A pass adds to `.grad` when it is over")
def gradients_of_a_pass_that_fails(torch, show):
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    h = (a * a).sum()
    h.backward()
    show.error((h + b.sum()).backward)
    show(b.grad)


@shows("A pass adds to `.grad` when it is over ")
def gradients_that_hooks_see(torch, show):
    w1, w2 = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    w1.register_hook(lambda g: show(w2.grad))
    (w2 * (w1 * 3)).sum().backward()


@shows("A pass adds to `.grad` when it is over  ")
def gradient_used_and_added_to(torch, show):
    lr, x = torch.tensor(0.1, requires_grad=True), torch.tensor(2.0, requires_grad=True)
    (x**2).backward()
    y = x - lr * x.grad
    show.error((y**2).backward)
    show(lr.grad)


@shows("The sign of a zero")
def signed_zeros(torch, show):
    show(torch.tensor([-0.0]).relu(), torch.tensor([-0.0]).clamp(min=0.0))


@shows("An array on the right")
def arrays(torch, show):
    show.error(lambda: (torch.ones(2, requires_grad=True) * np.ones(2)).shape)


@shows("A whole number of more than 64 bits")
def large_numbers(torch, show):
    show.error(lambda: torch.ones(1) * 2**70)


@shows("One of the views that `unbind`")
def compared(torch, show):
    x = torch.ones(2, 2, requires_grad=True) * 2
    a, _ = x.unbind(0)
    x += 1
    show.error(lambda: a > 0)


@shows("`mark_dirty` is refused")
def dirty_views(torch, show):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2)

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = torch.ones(2, 2, requires_grad=True) * 1
    show.error(lambda: Double.apply(x[0]).shape)


@shows("A view made under `no_grad`")
def view_written(torch, show):
    x, w = torch.zeros(3), torch.ones(2, requires_grad=True)
    with torch.no_grad():
        view = x[:2]
    show.error(lambda: view.mul_(w).shape)


@shows("A view made before its base")
def view_of_a_later_leaf(torch, show):
    x = torch.ones(2, 2)
    view = x[0]
    x.requires_grad_()
    show(view.requires_grad)


@shows("`autograd.grad` with respect to one of several")
def hooks_of_siblings(torch, show):
    x = torch.ones(2, 2, requires_grad=True) * 2
    a, b = x.unbind(0)
    b.register_hook(lambda g: show("asked"))
    show(torch.autograd.grad((a * 2 + b * 3).sum(), [a]))


@shows("`copy.deepcopy` gives")
def copies(torch, show):
    x = torch.ones(2)
    a, b = copy.deepcopy([x, x[:1]])
    a[0] = 5
    show(b)


@shows("Results of operations on a subclass")
def subclasses(torch, show):
    class Own(torch.Tensor):
        pass

    show(isinstance(Own([1.0]) + 1, Own))


@shows("An index out of bounds")
def indices(torch, show):
    show.error(lambda: torch.zeros(2, 3)[[5], 0:0].shape)


@shows("A `DataLoader` loads everything")
def iterators(torch, show):
    show(type(iter(torch.utils.data.DataLoader([1, 2]))).__name__)


@shows("The last digits of")
def last_digits(torch, show):
    show(torch.linspace(-3, 3, 1000).exp().tolist())


@shows("How elements are laid out in memory")
def layout(torch, show):
    x = torch.ones(2, 3)
    show((x.t() + torch.ones(3, 2)).is_contiguous(), torch.zeros_like(x.t()).is_contiguous())


@shows("In-place operations on overlapping parts")
def written_where_parts_overlap(torch, show):
    show.error(torch.zeros(1).expand(3).zero_)


@shows("The names of the nodes behind `einsum`")
def nodes_of_a_loss(torch, show):
    scores = torch.ones(2, 3, requires_grad=True)
    show.graph(torch.nn.functional.cross_entropy(scores, torch.tensor([0, 1]), label_smoothing=0.1))


@shows("Gradients of gradients have")
def nodes_of_a_gradient(torch, show):
    x = torch.ones(2, requires_grad=True)
    show.graph(torch.autograd.grad(x.tanh().sum(), x, create_graph=True)[0])


@shows("What `grad_fn._saved_dim`")
def saved_dimension(torch, show):
    show(torch.ones(2, 3, requires_grad=True).sum(-1).grad_fn._saved_dim)


@shows("If warnings are turned into errors")
def warnings_as_errors(torch, show):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        show.error(lambda: torch.tensor(1.0) / 0)


@shows("A hook on one of several results")
def hook_where_nothing_arrives(torch, show):
    a, b = (torch.ones(2, 2, requires_grad=True) * 1).unbind()
    b.register_hook(lambda g: show(g))
    a.sum().backward()
    show("the end of the pass")


@shows("PyTorch refuses a pass through a result")
def saved_and_cut_off(torch, show):
    y = torch.ones(2, requires_grad=True) * 1
    z = (y * y).sum()
    y.detach_()
    show.error(z.backward)


@shows("`<<` and `>>`")
def shifts(torch, show):
    show.error(lambda: torch.tensor([1, 2]) << 1)
    show.error(lambda: torch.tensor([4, 2]) >> 1)


@shows("`elu` with a negative `alpha`")
def negative_slopes_in_place(torch, show):
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    y = torch.nn.functional.elu(x * 1, -0.5, inplace=True).sum()
    show.error(y.backward)
    y = torch.nn.functional.leaky_relu(x * 1, -0.5, inplace=True).sum()
    show.error(y.backward)


@shows("`nn.ParameterList` holds parameters")
def lists_of_other_things(torch, show):
    show.error(torch.nn.ParameterList, ["no tensor"])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry[:40])
def test_every_entry_is_shown(entry: str) -> None:
    assert any(entry.startswith(each.strip()) for each in [*SHOWN, *ELSEWHERE]), "no program shows this difference"


@pytest.mark.parametrize("beginning", [*SHOWN, *ELSEWHERE])
def test_nothing_is_shown_that_the_page_does_not_name(beginning: str) -> None:
    assert any(entry.startswith(beginning.strip()) for entry in ENTRIES)
    if beginning in ELSEWHERE:
        file, _, test = ELSEWHERE[beginning].partition("::")
        assert f"\ndef {test}(" in (Path(__file__).parent / file).read_text(encoding="utf-8")


@pytest.mark.torch
@pytest.mark.parametrize("name", programs)
def test_the_libraries_answer_differently(name: str) -> None:
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert programs.shown(name, minigrad) != programs.shown(name, torch), "no difference any more: take it out"
