"""`minigrad.printing` writes what PyTorch writes: figures recorded from it, and random arrays beside it."""

import math
from typing import Any

import hypothesis.extra.numpy as arrays_of
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from minigrad.printing import format_tensor, set_printoptions
from tests.examples import examples
from tests.figures import recorded

Options = dict[str, Any]
DEFAULTS: Options = {"profile": "default"}
SUFFIXES = {"plain": [], "leaf": ["requires_grad=True"], "result": ["grad_fn=<MulBackward0>"]}


def ours(data: np.ndarray | np.generic, role: str, default_dtype: str, changes: list[Options]) -> str:
    """What minigrad prints for an array in the given role, after the options have been changed in turn."""
    try:
        for change in changes:
            set_printoptions(**change)
        return format_tensor(data, suffixes=SUFFIXES[role], default_dtype=np.dtype(default_dtype))
    finally:
        set_printoptions(**DEFAULTS)


def theirs(data: np.ndarray | np.generic, role: str, default_dtype: str, changes: list[Options]) -> str:
    """What PyTorch prints for the same."""
    import torch

    tensor = torch.from_numpy(np.asarray(data))
    if role != "plain":
        tensor.requires_grad_()
    if role == "result":
        tensor = tensor * 1
    torch.set_default_dtype(getattr(torch, default_dtype))
    try:
        for change in changes:
            torch.set_printoptions(**change)
        return repr(tensor)
    finally:
        torch.set_printoptions(**DEFAULTS)
        torch.set_default_dtype(torch.float32)


def f32(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def grid(*shape: int) -> np.ndarray:
    return (np.arange(math.prod(shape)) / 8 - 1).astype(np.float32).reshape(shape)


def everywhere_the_same(value: float, *shape: int) -> np.ndarray:
    return np.lib.stride_tricks.as_strided(f32(value), shape, [0] * len(shape))


# Name: array, role, default dtype, options set one after the other.
CASES: dict[str, tuple[np.ndarray | np.generic, str, str, list[Options]]] = {
    "a number": (np.float32(1.5), "plain", "float32", []),
    "a whole number": (np.float32(3), "leaf", "float32", []),
    "a float64 number": (np.float64(0.1), "result", "float32", []),
    "an integer": (np.int64(-7), "plain", "float32", []),
    "a bool": (np.bool_(True), "plain", "float32", []),
    "four digits": (f32(1, 2.5, -3.14159), "plain", "float32", []),
    "whole numbers": (f32(1, -20, 300), "leaf", "float32", []),
    "zeros": (np.zeros((2, 3), np.float32), "plain", "float32", []),
    "minus zero": (f32(0, -0.0), "plain", "float32", []),
    "minus zero among others": (f32(-0.0, 1.5), "plain", "float32", []),
    "whole numbers with nan and inf": (f32(1, np.nan, np.inf, -np.inf), "plain", "float32", []),
    "fractions with nan and inf": (f32(1.5, np.nan, np.inf, -np.inf), "plain", "float32", []),
    "only nan and inf": (f32(np.nan, np.inf, -np.inf, 0), "plain", "float32", []),
    "ratio 1000": (f32(1, 1000), "plain", "float32", []),
    "ratio above 1000": (f32(1, 1000.5), "plain", "float32", []),
    "whole numbers, ratio above 1000": (f32(1, 1001), "plain", "float32", []),
    "one hundred million": (f32(1e8), "plain", "float32", []),
    "above one hundred million": (f32(1.00000008e8), "plain", "float32", []),
    "small": (f32(1e-4, 2e-4), "plain", "float32", []),
    "smaller": (f32(9.9e-5, 2e-4), "plain", "float32", []),
    "a float32 that is not 0.0001": (np.array([1e-4, 2e-4]), "plain", "float64", []),
    "subnormal": (f32(1e-45, 1), "plain", "float32", []),
    "three digits in the exponent": (np.array([1e-300, 1e300, 5e-324]), "plain", "float32", []),
    "scientific with nan and inf": (f32(1e-10, np.nan, -np.inf, 0), "plain", "float32", []),
    "float64": (np.array([0.1, 0.2]), "leaf", "float32", []),
    "float64 by default": (np.array([0.1, 0.2]), "leaf", "float64", []),
    "float32 where float64 is the default": (f32(0.1), "plain", "float64", []),
    "int64": (np.array([[1, -22], [333, 4]]), "plain", "float32", []),
    "int32": (np.array([1, 2], np.int32), "plain", "float32", []),
    "uint8": (np.array([0, 255], np.uint8), "plain", "float32", []),
    "float16": (np.array([0.1, 65504], np.float16), "plain", "float32", []),
    "bools": (np.array([[True, False], [True, True]]), "plain", "float32", []),
    "only True": (np.array([True, True]), "plain", "float32", []),
    "empty": (f32(), "plain", "float32", []),
    "empty with a shape": (np.empty((0, 3), np.float32), "leaf", "float32", []),
    "empty float64": (np.empty(0), "plain", "float32", []),
    "empty int64": (np.empty((2, 0), np.int64), "plain", "float32", []),
    "empty bool": (np.empty((1, 0, 2), np.bool_), "plain", "float32", []),
    "two lines": (grid(20), "plain", "float32", []),
    "a matrix": (grid(3, 4), "result", "float32", []),
    "wide rows": (grid(2, 25), "leaf", "float32", []),
    "three dimensions": (grid(2, 2, 3), "plain", "float32", []),
    "four dimensions": (grid(2, 1, 2, 2), "result", "float32", []),
    "1000 elements": (grid(10, 100), "plain", "float32", []),
    "1001 elements": (grid(1001), "result", "float32", []),
    "a long matrix": (grid(300, 4), "plain", "float32", []),
    "a wide matrix": (grid(4, 300), "plain", "float32", []),
    "rows of six": (grid(300, 6), "plain", "float32", []),
    "a large cube": (grid(11, 12, 13), "leaf", "float32", []),
    "the middle does not count": (np.where(np.arange(2000) == 1000, 1e9, np.arange(2000)), "plain", "float32", []),
    "a trillion elements": (everywhere_the_same(1.5, 10**6, 10**6), "plain", "float32", []),
    "a transposed matrix": (grid(3, 4).T, "plain", "float32", []),
    "the suffix just fits": (f32(1.5, 2.5), "leaf", "float32", [{"linewidth": 45}]),
    "the suffix just does not fit": (f32(1.5, 2.5), "leaf", "float32", [{"linewidth": 44}]),
    "two suffixes wrap": (np.array([1.5] * 7), "result", "float32", [{"linewidth": 40}]),
    "each suffix on its line": (np.array([1.5] * 7), "result", "float32", [{"linewidth": 20}]),
    "the second suffix just fits": (np.array([1.5] * 4), "result", "float32", [{"linewidth": 50}]),
    "the second suffix just does not fit": (np.array([1.5] * 4), "result", "float32", [{"linewidth": 49}]),
    "two digits": (grid(2, 3), "plain", "float32", [{"precision": 2}]),
    "no digits": (f32(0.5, 1.5, -2.5), "plain", "float32", [{"precision": 0}]),
    "threshold": (np.arange(10), "plain", "float32", [{"threshold": 5}]),
    "edge items": (np.arange(50).reshape(5, 10), "plain", "float32", [{"threshold": 5, "edgeitems": 1}]),
    "no edge items": (np.arange(50).reshape(5, 10), "plain", "float32", [{"threshold": 5, "edgeitems": 0}]),
    "no edge items, all shown": (np.arange(4), "plain", "float32", [{"edgeitems": 0}]),
    "line width": (np.arange(30), "plain", "float32", [{"linewidth": 30}]),
    "no line width": (np.arange(3), "plain", "float32", [{"linewidth": 1}]),
    "short": (grid(1001), "plain", "float32", [{"profile": "short"}]),
    "full": (grid(2, 600), "plain", "float32", [{"profile": "full"}]),
    "short with three digits": (grid(4), "plain", "float32", [{"profile": "short", "precision": 3}]),
    "never scientific": (f32(1e-7, 1e7), "plain", "float32", [{"sci_mode": False}]),
    "always scientific": (f32(0, 1, 2), "plain", "float32", [{"sci_mode": True}]),
    "sci_mode is forgotten": (f32(0, 1, 2), "plain", "float32", [{"sci_mode": True}, {"precision": 2}]),
    "precision is remembered": (f32(0, 1.5), "plain", "float32", [{"precision": 2}, {"sci_mode": True}]),
    "a profile that does not exist": (f32(0, 1.5), "plain", "float32", [{"precision": 2}, {"profile": "tiny"}]),
}


def record() -> dict[str, str]:
    return {name: theirs(*case) for name, case in CASES.items()}


FIGURES = recorded(__name__)


def test_every_case_is_recorded() -> None:
    assert list(FIGURES) == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_prints_what_pytorch_printed(name: str) -> None:
    assert ours(*CASES[name]) == FIGURES[name]


# Values that sit on the edges of PyTorch's rules, and any others.
EDGES = [0.0, -0.0, 0.5, 1, -1, 3, 99.9, 999.9999, 1e3, 1001, -2.5e4, 1e-4, 9.999e-5, 0.1, 1e8, 1e8 + 8, 1e-45, 5e-324]
NONFINITE = [math.inf, -math.inf, math.nan]
FLOATS = ["float32", "float64", "float16"]
OTHERS = ["int64", "bool", "int32", "uint8", "int8", "int16"]


@st.composite
def small_arrays(draw: st.DrawFn) -> np.ndarray:
    """Arrays of up to five dimensions, with every kind of value."""
    dtype = np.dtype(draw(st.sampled_from(FLOATS + OTHERS)))
    side = draw(st.sampled_from([2, 4, 9]))
    shape = draw(arrays_of.array_shapes(min_dims=0, max_dims=5 if side == 2 else 3, min_side=0, max_side=side))
    if dtype.kind != "f":
        return draw(arrays_of.arrays(dtype, shape))
    with np.errstate(over="ignore"):
        edges = st.sampled_from(np.array(EDGES).astype(dtype).tolist())
    whole = st.integers(-2000, 2000).map(float)
    plain = arrays_of.from_dtype(dtype, min_value=-10, max_value=10)
    values = draw(
        st.sampled_from([edges, whole, plain, arrays_of.from_dtype(dtype), st.sampled_from([*NONFINITE, 0.0])])
    )
    if draw(st.booleans()):
        values = values | st.sampled_from(NONFINITE)
    return draw(arrays_of.arrays(dtype, shape, elements=values))


@st.composite
def large_arrays(draw: st.DrawFn) -> np.ndarray:
    """Arrays of a few hundred to a few thousand elements, filled by NumPy."""
    shape = draw(
        st.sampled_from([(999,), (1000,), (1001,), (5000,), (7, 200), (200, 7), (6, 200), (50, 50), (1, 1001)])
        | st.tuples(*[st.integers(1, 16)] * 3)
        | st.tuples(*[st.integers(1, 8)] * 4)
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    values = rng.normal(size=shape) * 10.0 ** rng.integers(-6, 10)
    if draw(st.booleans()):
        values = np.round(values)
    if draw(st.booleans()):
        values = np.where(rng.random(shape) < 0.1, rng.choice([*EDGES, *NONFINITE], size=shape), values)
    dtype = np.dtype(draw(st.sampled_from(FLOATS + OTHERS)))
    with np.errstate(over="ignore", invalid="ignore"):  # what an integer makes of inf is as good as any integer
        return values.astype(dtype)


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "precision": st.sampled_from([0, 1, 2, 6, 10, None]),
        "threshold": st.sampled_from([0, 5, 100, 1e6, math.inf]),
        "edgeitems": st.sampled_from([0, 1, 2, 5]),
        "linewidth": st.sampled_from([1, 10, 40, 79, 81, 120]),
        "profile": st.sampled_from(["default", "short", "full"]),
        "sci_mode": st.sampled_from([True, False, None]),
    },
)


@pytest.mark.torch
@settings(max_examples=examples(600))
@given(
    data=small_arrays() | large_arrays(),
    role=st.sampled_from(list(SUFFIXES)),
    default_dtype=st.sampled_from(["float32", "float32", "float64"]),
    changes=st.just([]) | st.lists(CHANGES, max_size=2),
)
def test_prints_what_pytorch_prints(data: np.ndarray, role: str, default_dtype: str, changes: list[Options]) -> None:
    if data.dtype.kind != "f":
        role = "plain"
    assert ours(data, role, default_dtype, changes) == theirs(data, role, default_dtype, changes)
