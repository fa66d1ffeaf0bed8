"""`why` on random programs, with views, writes in place, hooks, and passes: what it says is what autograd does.

The programs are those of tools.programs, which compare the two libraries. Of each tensor and each leaf of a program,
`autograd.grad` tells whether a gradient comes from the one to the other, and whether it is zero.
"""

import importlib
import random
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from minigrad import watch, why
from minigrad.drawing.naming import is_tensor
from tools.programs import Program, Writer

pytestmark = pytest.mark.torch

ZERO = {"stairs", "dead", "saturated", "times_zero", "branch", "clamped"}
NO_PASS = {"no_backward", "used_up", "cleared"}  # the test has emptied .grad


def tensors_of(program: Program, torch: Any) -> dict[str, Any]:
    """Runs a program; what fails in it is passed over."""
    names: dict[str, Any] = {"torch": torch, "look": lambda: None, "note": lambda *values: None}
    for statement in program.statements:
        try:
            exec(compile(statement, "<program>", "exec"), names)
        except Exception:
            continue
    torch.set_grad_enabled(True)
    return {name: value for name, value in names.items() if is_tensor(value)}


def pairs(tensors: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Leaves and what may depend on them."""
    for loss in tensors.values():
        for leaf in tensors.values():
            try:
                if leaf.is_leaf and leaf.requires_grad and loss is not leaf:
                    yield leaf, loss
            except RuntimeError:  # one of several views, overwritten since
                continue


def gradient(torch: Any, leaf: Any, loss: Any) -> Any:
    """What comes from the loss to the leaf; None for nothing."""
    if not loss.requires_grad:
        return None
    return torch.autograd.grad(loss.sum(), [leaf], retain_graph=True, allow_unused=True)[0]


@pytest.mark.parametrize("library", ["minigrad", "torch"])
def test_what_it_says_of_random_programs_is_what_autograd_does(library: str) -> None:
    torch, real = importlib.import_module(library), importlib.import_module("torch")
    asked = cut = 0
    for seed in range(120):
        program = Writer(random.Random(seed), real).write(14)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with watch():
                tensors = tensors_of(program, torch)
            for leaf, loss in pairs(tensors):
                leaf.grad = None
                try:
                    g = gradient(torch, leaf, loss)
                except Exception:  # a hook of the program's own, or a graph that is used up
                    continue
                answer = why(leaf, loss)
                causes = {each.cause for each in answer.findings if each.certain}
                asked += 1
                cut += g is None
                if g is None:
                    assert answer.causes, program
                    assert not causes & {"no_backward"}, f"{program}{answer}"
                elif bool((g.detach() != 0).any()):
                    assert causes <= NO_PASS, f"{program}{answer}"
                else:
                    assert causes <= NO_PASS | ZERO, f"{program}{answer}"
    assert asked > 500
    assert cut > 200
