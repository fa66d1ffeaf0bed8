"""What each operation saves, seen from outside: a second pass refused or not, a write in between noticed or not.

Against figures recorded from PyTorch.
"""

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import minigrad
from tests.record import recorded

# Of x, three positive numbers, and f, torch.nn.functional.
OPERATIONS = """
x + 1; x + x; x - 1; 1 - x; -x; x * 2; x * x; x / 2; 2 / x; x / x; x.reciprocal(); x ** 0; x ** 1; x ** 2; x ** 3
2 ** x; x ** x
x.pow(torch.tensor(2.0)); torch.tensor(2.0) ** x; x * x.detach(); x.detach() * x; x / x.detach(); x.detach() / x
x + torch.ones(3); torch.ones(3) * x; torch.add(x, x, alpha=2); torch.sub(x, x, alpha=0.5)
x.exp(); x.log(); x.log1p(); x.sqrt(); x.square(); x.sin(); x.cos(); x.tan(); x.tanh(); x.sigmoid(); x.relu()
f.softplus(x)
x.abs(); x.sign(); x.floor(); x.round(); x.clamp(0, 1); x.clamp(min=0.5); x.clamp(max=x.detach())
x.masked_fill(x > 1, 2)
torch.where(x > 1, x, x); torch.where(x > 1, x, 0.0); torch.maximum(x, x.detach()); torch.minimum(x, x)
x.sum(); x.sum(0); x.mean(); x.mean(0); x.prod(); x.prod(0); x.var(); x.var(0); x.std(); x.std(0); x.norm(); x.norm(1)
x.norm(p=3, dim=0)
x.max(); x.min(); x.max(0).values; x.min(0)[0]; x.amax(0); x.amin(0); x.logsumexp(0); x.softmax(0); x.log_softmax(0)
x.dot(x); x @ x; torch.outer(x, x); x.view(1, 3).mm(x.view(3, 1)); x.view(1, 3).mv(x)
x.view(1, 1, 3) @ x.view(1, 3, 1)
x.clone(); x.contiguous(); x.double(); x.float(); x.view(3, 1); x.reshape(3, 1); x.flatten(); x.t(); x.T
x.transpose(0, 0); x.permute(0)
x.unsqueeze(0); x.squeeze(); x.squeeze(0); x.expand(2, 3); x[0]; x[1:]; x[None]; x[...]; x[:]; x[x > 1]; x[[0, 1]]
x[torch.tensor(0)]
torch.cat([x, x]); torch.stack([x, x]); x.split(1)[0]; x.chunk(2)[0]; x.unbind()[0]
x.clone().zero_(); x.clone().fill_(1); x.clone().copy_(x); x.clone().add_(x); x.clone().mul_(2); x.clone().mul_(x)
x.clone().exp_()
x.clone().pow_(2); x.clone().div_(x); x.clone().sqrt_(); x.clone().clamp_(0, 1); x.clone().relu_(); x.clone().neg_()
x.clone().sigmoid_()
f.mse_loss(x, torch.ones(3)); f.l1_loss(x, torch.ones(3)); f.cross_entropy(x, torch.tensor(1))
f.linear(x, torch.ones(2, 3), torch.ones(2))
f.binary_cross_entropy_with_logits(x, torch.ones(3)); f.relu(x)
"""
EXPRESSIONS = [part.strip() for line in OPERATIONS.strip().split("\n") for part in line.split(";")]


def refused(action: Callable[[], object]) -> bool:
    try:
        action()
    except RuntimeError:
        return True
    return False


def saved(torch: Any, expression: str) -> list[Any]:
    """What shows what the operation has saved.

    The name of its node; is a second pass refused; does the gradient depend on x; is a pass refused after a write to x,
    and after one to the result?
    """

    def computed() -> tuple[Any, Any]:
        x = torch.tensor([0.5, 1.0, 1.5], requires_grad=True) * 1
        return x, eval(expression, {"torch": torch, "f": torch.nn.functional, "x": x})

    def walk(x: Any, y: Any) -> None:
        torch.autograd.grad(y, x, torch.ones_like(y))

    x, y = computed()
    found = [y.grad_fn.name()]
    walk(x, y)
    found.append(refused(partial(walk, x, y)))
    x, y = computed()
    found.append(torch.autograd.grad(y, x, torch.ones_like(y), create_graph=True)[0].requires_grad)
    for index in (0, 1):
        both = computed()
        after = both[1] + 0
        if refused(partial(both[index].mul_, 1)):
            found.append("cannot be written")
        else:
            found.append(refused(partial(after.backward, torch.ones_like(after))))
    return found


def record() -> dict[str, Any]:
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns of T on a vector
        return {expression: saved(torch, expression) for expression in EXPRESSIONS}


FIGURES = recorded(__name__)


def test_every_operation_is_recorded() -> None:
    assert list(FIGURES) == EXPRESSIONS


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_saves_what_pytorch_saved(expression: str) -> None:
    assert saved(minigrad, expression) == FIGURES[expression]
