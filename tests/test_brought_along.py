"""Names and keywords that people bring along: ranges as indices, axis and keepdims, out, FloatTensor, Variable."""

import numpy as np

from tests.both import Programs

programs = Programs(__name__)


def tried(show, f):
    """What a call gives, or the type of its error."""
    try:
        show(f())
    except Exception as error:
        show(type(error).__name__)


@programs
def ranges_and_tuples_as_indices(torch, show):
    x = torch.arange(6.0).reshape(2, 3)
    for call in (
        lambda: x[range(2), torch.tensor([1, 0])],
        lambda: x[range(2), range(2)],
        lambda: x[range(2)],
        lambda: x[:, range(1, 3)],
        lambda: x[(0, 1), (1, 2)],
        lambda: x[((0, 1),)],
        lambda: x[[0, 1], [1, 2]],
    ):
        tried(show, call)
    y = x.clone()
    y[range(2), [0, 1]] = 7.0
    show(y)


@programs
def numpys_names_for_dim_and_keepdim(torch, show):
    x = torch.arange(6.0).reshape(2, 3)
    for call in (
        lambda: x.sum(axis=1),
        lambda: x.sum(1, keepdims=True),
        lambda: torch.cat([x, x], axis=1),
        lambda: x.max(axis=1),
        lambda: torch.softmax(x, axis=0),
        lambda: x.sum(dim=1, axis=1),
        lambda: x.mean(axis=(0, 1), keepdims=True),
        lambda: x.argmax(axis=1),
        lambda: torch.stack([x, x], axis=-1).shape,
        lambda: x.unsqueeze(axis=0).shape,
        lambda: x.std(axis=0),
        lambda: x.chunk(3, axis=1),
        lambda: x.squeeze(axis=0).shape,
        lambda: x.cumsum(axis=0),
        lambda: x.any(axis=1),
        lambda: x.amax(axis=1),
        lambda: x.logsumexp(axis=1),
        lambda: x.unbind(axis=1),
        lambda: torch.count_nonzero(x, axis=1),
    ):
        tried(show, call)


@programs
def results_written_into_out(torch, show):
    x = torch.arange(6.0).reshape(2, 3)
    o = torch.empty(2, 3)
    show(torch.mul(x, x, out=o) is o, o)
    for call in (
        lambda: torch.add(x, 1, out=torch.empty(0)),
        lambda: torch.sum(x, 1, out=torch.empty(2)),
        lambda: torch.add(x, 1, out=torch.empty(2, 3).long()),
        lambda: torch.add(x, 1, out=None),
    ):
        tried(show, call)
    show.error(torch.add, x.clone().requires_grad_(), 1, out=o)


@programs
def older_ways_to_make_tensors(torch, show):
    for name in ("Float", "Double", "Long", "Int", "Byte", "Bool"):
        make = getattr(torch, name + "Tensor")
        for data in ([1, 0], [[1.5], [2]], np.array([1.0, 2.0]), torch.ones(2), 2.5):
            tried(show, lambda make=make, data=data: make(data))
        show(make(2, 3).shape, make(3).shape, make().shape)
    w = torch.ones(2, requires_grad=True)
    for call in (
        lambda: torch.autograd.Variable(w),
        lambda: torch.autograd.Variable(torch.ones(2), requires_grad=True),
        lambda: torch.autograd.Variable(torch.ones(2)),
    ):
        tried(show, call)


@programs
def normal_numbers(torch, show):
    torch.manual_seed(0)
    for call in (
        lambda: torch.normal(0.0, 1.0, (3,)),
        lambda: torch.normal(2, 3, size=(2, 20)),
        lambda: torch.normal(torch.arange(4.0), torch.ones(4)),
        lambda: torch.normal(torch.arange(20.0), 0.5),
        lambda: torch.normal(1.0, torch.ones(3)),
        lambda: torch.normal(0.0, 1.0),
        lambda: torch.normal(0.0, -1.0, (2,)),
        lambda: torch.normal(torch.zeros(2), torch.ones(3)),
        lambda: torch.normal(torch.zeros(2), -torch.ones(2)),
        lambda: torch.rand(1),
        lambda: torch.normal(torch.zeros(2, 1), torch.ones(3)),
        lambda: torch.normal(mean=0.0, std=1.0, size=(2,), dtype=torch.float64, requires_grad=True),
    ):
        tried(show, call)


@programs
def attributes_of_ones_own(torch, show):
    w = torch.ones(2, requires_grad=True)
    w.note = "mine"
    show(w.note, w)
    show.error(getattr, w, "other")


@programs
def flags(torch, show):
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    show.error(setattr, y, "requires_grad", True)
    show.error(setattr, y, "requires_grad", False)
    show.error(setattr, x, "requires_grad", 1)
    show.error(x.requires_grad_, "yes")
    show.error(y.requires_grad_, False)
    show(y.requires_grad_() is y)
    show.error(torch.ones, 1, requires_grad=1)
    show.error(torch.zeros, 2, 3, requires_grad="a")
    show.error(torch.tensor, [1.0], requires_grad=1)


@programs
def constants(torch, show):
    show(torch.pi, torch.inf, torch.nan, torch.e, torch.newaxis, torch.ones(2)[torch.newaxis])


@programs
def limited_gradients(torch, show):
    w = torch.ones(3, requires_grad=True)
    (w * torch.tensor([3.0, -4.0, 0.5])).sum().backward()
    show(torch.nn.utils.clip_grad_value_([w], 1), w.grad, torch.nn.utils.clip_grad_value_(w, 0.25), w.grad)


@programs
def close_enough(torch, show):
    close, nan = torch.testing.assert_close, torch.tensor([float("nan")])
    for a, b, options in (
        (torch.ones(2), torch.ones(2), {}), (torch.ones(2), torch.ones(3), {}), (nan, nan, {}),
        (torch.ones(2), torch.ones(2).double(), {}), (torch.ones(2), torch.ones(2).double(), {"check_dtype": False}),
        (torch.ones(2), torch.ones(2) + 1e-3, {}), (torch.ones(2), torch.ones(2) + 1e-3, {"rtol": 0, "atol": 1e-2}),
        (1.0, 1.0000001, {}), (1.0, 1.1, {}), ([1, 2], [1, 3], {}), ({"a": 1}, {"b": 1}, {}),
        (nan, nan, {"equal_nan": True}),
        (1.0, 1.0, {"rtol": 1.0}), (torch.ones(2), np.ones(2), {}), ([torch.ones(1)], (torch.ones(1),), {}),
        ([1], [1, 2], {}),
    ):  # fmt: skip
        tried(show, lambda a=a, b=b, options=options: close(a, b, **options))


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record
