"""Random indices beside PyTorch: reading, assigning, gradients and second gradients, errors."""

import math
import warnings
from random import Random
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import minigrad
from tests.examples import examples

SHAPES = [(), (3,), (4,), (2, 3), (3, 1), (2, 3, 4), (2, 1, 3, 2), (0,), (0, 3), (2, 0, 2)]
Part = Any  # an int, a slice, None, ..., a bool, a list, or a NumPy array, which becomes a tensor


def a_slice(random: Random) -> slice:
    bounds = [None, *range(-5, 6)]
    return slice(random.choice(bounds), random.choice(bounds), random.choice([None, None, 1, 2, 3]))


def part(random: Random, size: int, rest: tuple[int, ...]) -> tuple[Part, int]:
    """An index for dimensions of which the first has `size`, and how many of them it takes."""
    inside = list(range(-size, size)) or [0]
    if random.random() < 0.03:
        inside = list(range(-size - 2, size + 2))
    kind = random.choice(["int", "int", "slice", "slice", "slice", "list", "tensor", "0-d", "mask", "masks"])
    if kind == "int":
        return random.choice(inside), 1
    if kind == "slice":
        return a_slice(random), 1
    if kind == "list":
        return random.choices(inside, k=random.randint(1, 3)), 1
    if kind == "tensor":
        shape = random.choice([(1,), (2,), (3,), (2, 2), (0,), (2, 1)])
        return np.array(random.choices(inside, k=math.prod(shape)), np.int64).reshape(shape), 1
    if kind == "0-d":
        return np.array(random.choice(inside)), 1
    taken = 2 if kind == "masks" and rest else 1
    shape = (size, *rest)[:taken]
    if random.random() < 0.03:
        shape = (*shape[:-1], shape[-1] + 1)
    return np.array(random.choices([True, False], k=math.prod(shape)), bool).reshape(shape), taken


def an_index(random: Random, shape: tuple[int, ...]) -> Part:
    """A random index for a tensor of the given shape, nearly always a valid one."""
    parts: list[Part] = []
    dim, ellipsis = 0, random.choice([False, False, True])
    while dim < len(shape) or not parts:
        if random.random() < 0.15:
            parts.append(random.choice([None, None, None, True, False]))
        elif ellipsis and random.random() < 0.5:
            parts.append(...)
            ellipsis = False
            dim += random.randint(0, len(shape) - dim) if dim <= len(shape) else 0
        elif dim < len(shape) and random.random() < 0.8:
            chosen, taken = part(random, shape[dim], shape[dim + 1 :])
            parts.append(chosen)
            dim += taken
        elif random.random() < 0.5:
            break
    if len(parts) != 1 or random.random() < 0.5:
        return tuple(parts)
    return parts[0]


def under(torch, index: Part) -> Part:
    """The index with tensors of the library in place of arrays."""
    if isinstance(index, tuple):
        return tuple(under(torch, each) for each in index)
    return torch.tensor(index) if isinstance(index, np.ndarray) else index


def node_names(tensor) -> list[str]:
    names, node = [], tensor.grad_fn
    while node is not None:
        names.append(type(node).__name__)
        node = next((edge for edge, _ in node.next_functions if edge is not None), None)
    return names


def read(torch, values: np.ndarray, index: Part) -> Any:
    """What x[index] gives, with its gradients; or the type of the error."""
    x = torch.tensor(values, requires_grad=True)
    try:
        y = x[under(torch, index)]
    except Exception as error:
        return type(error)
    v = torch.tensor(np.arange(1.0, y.numel() + 1).reshape(tuple(y.shape)), requires_grad=True)
    (g,) = torch.autograd.grad(y, x, v, create_graph=True)
    (again,) = torch.autograd.grad(g, v, torch.tensor(values + 1))
    return [y.tolist(), tuple(y.shape), node_names(y), y._is_view(), g.tolist(), again.tolist(), tuple(again.shape)]


def write(torch, values: np.ndarray, index: Part, new: np.ndarray | float) -> Any:
    """What u[index] = new makes of u, with gradients to both; or the type of the error."""
    x = torch.tensor(values, requires_grad=True)
    y = torch.tensor(new, requires_grad=True) if isinstance(new, np.ndarray) else new
    u = x * 1
    try:
        u[under(torch, index)] = y
    except Exception as error:
        return type(error)
    leaves = [x, y] if isinstance(new, np.ndarray) else [x]
    v = torch.tensor(values + 1, requires_grad=True)
    gradients = torch.autograd.grad(u, leaves, v, create_graph=True, allow_unused=True)
    tracked = [g for g in gradients if g is not None and g.requires_grad]
    again = torch.autograd.grad(tracked, v, [torch.ones_like(g) for g in tracked]) if tracked else ()
    return [
        u.tolist(),
        node_names(u)[:1],
        [g if g is None else g.tolist() for g in gradients],
        [g.tolist() for g in again],
    ]


def values_of(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(1.0, np.prod(shape, dtype=int) + 1).reshape(shape)


@pytest.mark.torch
@settings(max_examples=examples(300), suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=True))
def test_reading_as_in_pytorch(random: Random) -> None:
    import torch

    shape = random.choice(SHAPES)
    index = an_index(random, shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = read(minigrad, values_of(shape), index), read(torch, values_of(shape), index)
    if ours is IndexError and isinstance(theirs, list) and 0 in theirs[1]:
        return  # PyTorch checks no index where nothing is read
    assert ours == theirs, f"{shape}[{index}]"


@pytest.mark.torch
@settings(max_examples=examples(300), suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=True))
def test_assigning_as_in_pytorch(random: Random) -> None:
    import torch

    shape = random.choice(SHAPES)
    index = an_index(random, shape)
    try:
        part = tuple(torch.zeros(shape)[under(torch, index)].shape)
    except Exception:
        part = ()
    kept = [random.choice([n, n, 1]) for n in part][random.choice([0, 0, 1]) :]
    spoiled = random.random() < 0.05
    kept = [5, *kept] if spoiled else kept
    new: Any = random.choice([7.5, 7, -values_of(tuple(kept)), -values_of(tuple(kept))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = (write(library, values_of(shape), index, new) for library in (minigrad, torch))
    if (ours is IndexError and 0 in part) or (spoiled and isinstance(ours, type) and isinstance(theirs, type)):
        return  # of two errors at once either may be told
    assert ours == theirs, f"{shape}[{index}] = {new}"
