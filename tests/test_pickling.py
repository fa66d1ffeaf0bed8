"""Pickles and copies of tensors, modules and optimizers: what they keep and what they leave behind, as in PyTorch."""

import abc
import copy
import pickle
from typing import Any

import pytest

import minigrad
import minigrad.nn
import minigrad.optim
from tests.both import Programs

programs = Programs(__name__)


def again(value: Any) -> Any:
    """The value, pickled and unpickled."""
    return pickle.loads(pickle.dumps(value))


def described(tensor: Any) -> tuple:
    return type(tensor), tensor, tensor.dtype, tensor.requires_grad, tensor.is_leaf, tensor.grad_fn, tensor.grad


@programs
def tensors(torch, show):
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    (w * w).sum().backward()
    results = [w * 2, (w * 2)[0], w.sum()]
    plain = [torch.tensor([True, False]), torch.tensor(3.0) * 2, torch.zeros(0, 2), torch.ones(1).expand(3)]
    for tensor in (w, *results, *plain, torch.arange(6.0).reshape(2, 3)[:, 1]):
        for protocol in (2, pickle.HIGHEST_PROTOCOL):
            show(*described(pickle.loads(pickle.dumps(tensor, protocol))))


@programs
def parameters(torch, show):
    for requires_grad in (True, False):
        show(*described(again(torch.nn.Parameter(torch.ones(2), requires_grad))))


@programs
def one_tensor_stays_one(torch, show):
    """Within a pickle a tensor that occurs twice is one tensor; a view has memory of its own afterwards."""
    w = torch.ones(2, requires_grad=True)
    a, b = again([w, w])
    show(a is b)
    whole, part = again([x := torch.zeros(2, 2), x[0]])
    whole[0, 0] = 9
    show(part)


@programs
def layout(torch, show):
    transposed = again(torch.arange(6.0).reshape(2, 3).t())
    show(transposed, transposed.is_contiguous())


@programs
def shapes_and_types(torch, show):
    x = torch.zeros(2, 3)
    show(again(x.shape), type(again(x.shape)), copy.deepcopy([x.shape]), copy.copy(x.shape))
    for dtype in (torch.float32, torch.float64, torch.int64, torch.int32, torch.uint8, torch.bool):
        show(again(dtype) is dtype, copy.copy(dtype) is dtype, copy.deepcopy(dtype) is dtype)
    show(again(x.max(0)))


@programs
def classes_and_functions(torch, show):
    every = torch.Tensor, torch.Size, torch.nn.Parameter, torch.nn.Linear, torch.optim.Adam, torch.no_grad
    show([again(each) is each for each in every])
    functions = torch.tanh, torch.zeros, torch.sum, torch.max, torch.cat, torch.relu_, torch.clip, torch.split
    show([again(each) is each for each in functions])


@programs
def modules(torch, show):
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1, bias=False))
    network.register_buffer("seen", torch.ones(2))
    network.eval()
    x = torch.ones(1, 2)
    twin = again(network)
    show(twin, twin.training, dict(twin.state_dict()), torch.equal(twin(x), network(x)))
    show(all(p.is_leaf and p.requires_grad for p in twin.parameters()))
    with torch.no_grad():
        twin[0].weight.zero_()
    show(torch.equal(twin(x), network(x)))
    kept = again(network.state_dict())
    show(type(kept).__name__, dict(kept))


@programs
def optimizers(torch, show):
    """A pickled optimizer, together with its module, goes on as the first one does."""
    for make in (
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        lambda p: torch.optim.Adam(p, lr=0.1),
        lambda p: torch.optim.RMSprop(p, lr=0.1),
    ):
        torch.manual_seed(0)
        module = torch.nn.Linear(2, 1)
        both = module, make(module.parameters())
        for step in range(3):
            if step == 1:
                both = again(both)
            module, optimizer = both
            optimizer.zero_grad()
            module(torch.ones(1, 2)).sum().backward()
            optimizer.step()
        show(optimizer, optimizer.param_groups[0]["params"][0] is module.weight, module.weight)
        show(sorted(optimizer.state[module.weight]))


@programs
def copies(torch, show):
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    (w * w).sum().backward()
    for copied in (copy.copy, copy.deepcopy):
        twin = copied(w)
        show(*described(twin))
        with torch.no_grad():
            twin[0] = 7.0
        show(w)
    show(*described(copy.copy(w * 2)), *described(copy.copy(torch.nn.Parameter(torch.ones(2)))))
    show.error(copy.deepcopy, w * 2)


@programs
def hooks_are_left_behind_with_a_warning(torch, show):
    w = torch.ones(2, requires_grad=True)
    w.register_hook(lambda g: g * 2)
    twin = show.warnings(again, w)
    twin.sum().backward()
    show(twin.grad)


@programs
def nodes_are_not_pickled(torch, show):
    y = torch.ones(2, requires_grad=True) * 2
    show.error(pickle.dumps, y.grad_fn)
    show.error(pickle.dumps, y.grad_fn.next_functions[0][0])
    show.error(copy.copy, y.grad_fn)


class Measured(minigrad.Tensor):
    """A kind of tensor with an attribute of its own."""

    unit: str


class Shape(minigrad.nn.Module, abc.ABC):
    """A module that is an abstract class, as PyTorch's may be, too."""

    @abc.abstractmethod
    def forward(self, x):
        """What every shape computes."""


def test_a_kind_of_tensor_of_ones_own_keeps_its_attributes() -> None:
    x: Any = Measured([1.0, 2.0])
    x.unit = "m"
    twin = again(x)
    assert (type(twin), twin.unit, twin.tolist()) == (Measured, "m", [1.0, 2.0])


def test_a_module_may_be_an_abstract_class() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Shape()  # type: ignore[abstract]
    square = type("Square", (Shape,), {"forward": lambda self, x: x * x})()
    assert isinstance(square, Shape)
    assert square(minigrad.tensor(3.0)).item() == 9.0


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record
