"""Helpers for tests: `assert_close`."""

import numpy as np

from .engine.operation import functions
from .engine.tensor import Tensor
from .errors import kind
from .operations.left_out import front

# PyTorch's limits for each type: the relative and the absolute difference allowed.
LIMITS = {"float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}


def assert_close(
    actual,
    expected,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg=None,
) -> None:
    """Raise an AssertionError unless actual and expected are close: |actual - expected| ≤ atol + rtol · |expected|.

    actual, expected: tensors, arrays or numbers, or lists, tuples and dicts of them. rtol, atol: both or none; left
    out, they follow from the type, 1.3e-6 and 1e-5 for float32. equal_nan: whether nan is close to nan; check_dtype:
    whether the types must agree; msg: another message, or a function that makes one from the message.
    Errors: AssertionError as well for other shapes, types and lengths; ValueError for rtol without atol.

    >>> torch.testing.assert_close(torch.tensor([1., 2.]), torch.tensor([1., 2.000001]))
    """
    if (rtol is None) is not (atol is None):
        raise ValueError("rtol and atol must both be given, or neither of them")
    told = difference(actual, expected, rtol, atol, equal_nan, check_dtype)
    if told is not None:
        raise AssertionError(told if msg is None else msg(told) if callable(msg) else msg)


def difference(actual, expected, rtol, atol, equal_nan: bool, check_dtype: bool, where: str = "") -> str | None:
    """Return how the two differ, in words; None where they are close."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        if actual.keys() != expected.keys():
            return f"The keys of the mappings do not match{where}: {sorted(actual)} and {sorted(expected)}"
        pairs = [(f"[{key!r}]", actual[key], expected[key]) for key in expected]
    elif isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        if len(actual) != len(expected):
            return f"The length of the sequences mismatch{where}: {len(actual)} != {len(expected)}"
        pairs = [(f"[{i}]", a, e) for i, (a, e) in enumerate(zip(actual, expected, strict=True))]
    else:
        return of_two(actual, expected, rtol, atol, equal_nan, check_dtype, where)
    found = (difference(a, e, rtol, atol, equal_nan, check_dtype, where + place) for place, a, e in pairs)
    return next((told for told in found if told is not None), None)


def of_two(actual, expected, rtol, atol, equal_nan: bool, check_dtype: bool, where: str) -> str | None:
    """Return how two tensors or numbers differ."""
    if isinstance(actual, Tensor) is not isinstance(expected, Tensor):
        raise TypeError(f"assert_close() compares like with like, not {kind(actual)} with {kind(expected)}")
    a, e = (each if isinstance(each, Tensor) else functions["as_tensor"](each) for each in (actual, expected))
    if a.shape != e.shape:
        return f"The values for attribute 'shape' do not match{where}: {a.shape} != {e.shape}."
    if check_dtype and a.dtype is not e.dtype and isinstance(actual, Tensor):
        return f"The values for attribute 'dtype' do not match{where}: {a.dtype} != {e.dtype}."
    limits = [LIMITS.get(each.dtype.name, (0.0, 0.0)) for each in (a, e)]
    if rtol is None:
        rtol, atol = (max(pair) for pair in zip(*limits, strict=True))
    x, y = (np.asarray(each._data).astype(np.float64) for each in (a, e))
    near = np.isclose(x, y, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if near.all():
        return None
    away = np.abs(x - y)
    what = "Scalars" if not x.ndim else "Tensor-likes"
    return (
        f"{what} are not close{where}!\n\nMismatched elements: {(~near).sum()} / {near.size}\n"
        f"Greatest absolute difference: {np.nanmax(away)} (up to {atol} allowed)\n"
        f"Greatest relative difference: {np.nanmax(away / np.abs(y))} (up to {rtol} allowed)"
    )


__all__ = ["assert_close"]
__getattr__, __dir__ = front(__name__)
