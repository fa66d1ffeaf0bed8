"""Checks of gradients: what the graph computes, compared with finite differences, and a report where they disagree."""

import math
import warnings
from collections.abc import Callable, Iterator

import numpy as np

from ..engine.tensor import Tensor, wrap
from ..random import uniform
from .passes import grad

SHOWN = 8  # how many wrong entries a report lists


class GradcheckError(RuntimeError):
    """Report that the gradients of the graph and the numerical ones disagree: where, and by which factor."""

    __module__ = "torch.autograd.gradcheck"


def gradcheck(
    func: Callable,
    inputs,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Compare the gradients of func(*inputs) with finite differences, entry by entry; True where they agree.

    func: returns a tensor or a tuple of tensors; inputs: a tensor or a tuple, of float64, of which those that require
    grad are checked.  An entry may differ by atol + rtol · |numerical|; eps: how far an input is moved each way.
    Errors: GradcheckError, or False with raise_exception=False, where an entry differs, where a second pass gives other
    numbers than the first, or where the gradient that arrives is not multiplied in; ValueError if no input requires
    grad.

    >>> x = torch.tensor([1., 2.], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(torch.sin, x)
    True
    """
    points = as_tuple(inputs)
    return checked(func, points, Names(), eps, atol, rtol, raise_exception)


def gradgradcheck(
    func: Callable,
    inputs,
    grad_outputs=None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Compare the second derivatives of func(*inputs) with finite differences of its gradients; True where they agree.

    grad_outputs: the vectors v for the first pass, one of each output's shape, random between -1 and 1 if left out; the
    gradients are checked with respect to them, too.  Everything else as in gradcheck.
    Errors: those of gradcheck.

    >>> x = torch.tensor([1., 2.], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradgradcheck(torch.sin, x)
    True
    """
    points = as_tuple(inputs)
    if grad_outputs is None:
        vectors = tuple(
            wrap(uniform(-1, 1, tuple(output.shape), output._data.dtype), None).requires_grad_()
            for output in differentiable(func(*points))
        )
    else:
        vectors = as_tuple(grad_outputs)
    live = [i for i, point in enumerate(points) if isinstance(point, Tensor) and point.requires_grad]

    def gradients(*arguments):
        moved, v = arguments[: len(points)], arguments[len(points) :]
        outputs = differentiable(func(*moved))
        found = grad(outputs, [moved[i] for i in live], v, create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    names = Names([f"the gradient with respect to input {i}" for i in live], len(points))
    return checked(gradients, points + vectors, names, eps, atol, rtol, raise_exception)


class Names:
    """How a report calls outputs and inputs."""

    def __init__(self, outputs: list[str] | None = None, inputs: int | None = None) -> None:
        self._outputs, self._inputs = outputs, inputs

    def output(self, i: int) -> str:
        return f"output {i}" if self._outputs is None else self._outputs[i]

    def input(self, j: int) -> str:
        return f"input {j}" if self._inputs is None or j < self._inputs else f"grad_outputs[{j - self._inputs}]"


def as_tuple(values) -> tuple:
    return tuple(values) if isinstance(values, (tuple, list)) else (values,)


def differentiable(outputs) -> tuple:
    outputs = as_tuple(outputs)
    for output in outputs:
        if not isinstance(output, Tensor):
            raise ValueError(f"gradcheck takes functions that return tensors, not {type(output).__name__}")
    return tuple(output for output in outputs if output.requires_grad)


def checked(func, points: tuple, names: Names, eps, atol, rtol, raise_exception: bool) -> bool:
    live = inputs_to_check(points)
    try:
        check(func, points, live, names, eps, atol, rtol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def inputs_to_check(points: tuple) -> list[int]:
    live = []
    for j, point in enumerate(points):
        if not isinstance(point, Tensor) or not point.requires_grad:
            continue
        array = point._array()
        if array.dtype != np.float64:
            warnings.warn(
                f"Input #{j} requires gradient and is not a double precision floating point or complex. This check "
                "will likely fail: make the inputs with dtype=torch.float64.",
                stacklevel=4,
            )
        if any(stride == 0 and n > 1 for n, stride in zip(array.shape, array.strides, strict=True)):
            raise RuntimeError(
                f"The {j}th input has a dimension with stride 0: its elements share memory, as after expand, and "
                "cannot be moved one by one. Call .contiguous() on it first."
            )
        live.append(j)
    if not live:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    return live


def check(func, points: tuple, live: list[int], names: Names, eps, atol, rtol) -> None:
    outputs = as_tuple(func(*points))
    tracked = differentiable(outputs)
    numerical = numerical_jacobians(func, points, live, eps)
    if not tracked and any(matrix.any() for row in numerical for matrix in row):
        raise GradcheckError(
            "Numerical gradient for function expected to be zero: the outputs require no gradient, as far as the graph "
            "knows, but they change with the inputs. Were they computed under no_grad, or after detach?"
        )
    inputs = [points[j] for j in live]
    for i, output in enumerate(tracked):
        row = numerical[next(k for k, each in enumerate(outputs) if each is output)]
        first = analytical_jacobians(output, inputs)
        second = analytical_jacobians(output, inputs)
        for j, point, a, again, n in zip(live, inputs, first, second, row, strict=True):
            wrong = ~np.isclose(a, n, rtol, atol, equal_nan=True)
            if wrong.any():
                place = Place(names.output(i), tuple(output.shape), names.input(j), point._array())
                raise GradcheckError(report(place, a, n, wrong, atol, rtol))
            if not np.array_equal(a, again, equal_nan=True):
                raise GradcheckError(
                    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times "
                    f"gives different values: those of {names.output(i)} with respect to {names.input(j)} differ by up "
                    f"to {np.nanmax(np.abs(a - again)):.3g}. Does backward change a tensor that it saved?"
                )
    if tracked:
        check_multiplied(tracked, inputs, live, names)


def check_multiplied(tracked, inputs, live, names: Names) -> None:
    zeros = [wrap(np.zeros_like(output._data), None) for output in tracked]
    for j, g in zip(live, grad(tracked, inputs, zeros, retain_graph=True, allow_unused=True), strict=True):
        if g is not None and g._data.any():
            raise GradcheckError(
                f"backward not multiplied by grad_output: when zeros arrive, {names.input(j)} still receives "
                f"{g.tolist()}. Every gradient that backward returns has the arriving one as a factor."
            )


def numerical_jacobians(func, points: tuple, live: list[int], eps: float) -> list[list[np.ndarray]]:
    """For each output and each input, (f(x + eps) - f(x - eps)) / 2 eps, of shape (elements of output, of input)."""

    def values() -> list[np.ndarray]:
        return [np.array(output._data, np.float64).reshape(-1) for output in as_tuple(func(*points))]

    shapes = [len(value) for value in values()]
    by_input = []
    for j in live:
        columns = []
        for element in elements(points[j]._array()):
            before = element.item()
            try:
                element[()] = before + eps
                after = values()
                element[()] = before - eps
                columns.append([(y - x) / (2 * eps) for x, y in zip(values(), after, strict=True)])
            finally:
                element[()] = before
        by_input.append(
            [np.array([column[i] for column in columns]).reshape(len(columns), n).T for i, n in enumerate(shapes)]
        )
    return [list(row) for row in zip(*by_input, strict=True)]


def elements(array: np.ndarray) -> Iterator[np.ndarray]:
    """Yield each element as a 0-d array that shows its memory."""
    for index in np.ndindex(array.shape):
        yield array[(*index, ...)]


def analytical_jacobians(output: Tensor, inputs: list[Tensor]) -> list[np.ndarray]:
    """For each input, what backward passes from the elements of the output give."""
    jacobians = [np.zeros((output.numel(), point.numel())) for point in inputs]
    for k in range(output.numel()):
        v = np.zeros(output._data.size, output._data.dtype)
        v[k] = 1
        v = v.reshape(output._data.shape)
        found = grad(output, inputs, wrap(v, None), retain_graph=True, allow_unused=True)
        for jacobian, g in zip(jacobians, found, strict=True):
            if g is not None:
                jacobian[k] = g._data.reshape(-1)
    return jacobians


# --- what went wrong, in words


class Place:
    """The output and the input that a report is about, their shapes, and the input's numbers."""

    def __init__(self, output: str, output_shape: tuple, input: str, values: np.ndarray) -> None:
        self.output, self.output_shape = output, output_shape
        self.input, self.input_shape, self.values = input, values.shape, values.reshape(-1)


def report(place: Place, a: np.ndarray, n: np.ndarray, wrong: np.ndarray, atol: float, rtol: float) -> str:
    """Return the wrong entries, analytical and numerical side by side with their ratio, and what the ratios suggest."""
    count = int(wrong.sum())
    lines = [
        f"Jacobian mismatch for {place.output} with respect to {place.input}: {count} of {wrong.size} entries differ "
        f"by more than {atol:g} + {rtol:g} · |numerical|.",
        "",
    ]
    rows = [("output", "input", "analytical", "numerical", "ratio")]
    for k, m in np.argwhere(wrong)[:SHOWN]:
        ratio = f"{a[k, m] / n[k, m]:.4g}" if n[k, m] else "–"
        rows.append(
            (
                str(index_of(int(k), place.output_shape)),
                str(index_of(int(m), place.input_shape)),
                f"{a[k, m]:.6g}",
                f"{n[k, m]:.6g}",
                ratio,
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines += ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    if count > SHOWN:
        lines.append(f"… and {count - SHOWN} more")
    found = hint(place, a, n, wrong)
    return "\n".join(lines + (["", found] if found else []))


def index_of(position: int, shape: tuple) -> list[int]:
    return [int(i) for i in np.unravel_index(position, shape)] if shape else []


def hint(place: Place, a: np.ndarray, n: np.ndarray, wrong: np.ndarray) -> str | None:
    """Return what kind of mistake would give these entries; None where nothing fits."""
    if not a.any():
        return (
            "No gradient arrives at all: was the result computed after detach, or does backward return zeros or None?"
        )
    if len(place.input_shape) == 2:
        turned = a.reshape(-1, *place.input_shape[::-1]).swapaxes(1, 2).reshape(a.shape)
        if close(turned, n):
            return "Transposed, the analytical gradient would be right: rows and columns are exchanged somewhere."
    if len(a) > 1 and close(a, np.broadcast_to(a[0], a.shape)) and not close(n, np.broadcast_to(n[0], n.shape)):
        return (
            "Every row of the analytical Jacobian is the same, whatever gradient arrives: backward must multiply by "
            "the gradient that it is given."
        )
    tied = place.values[wrong.any(0)]
    if 1 < len(tied) < len(place.values) and (tied == tied[0]).all() and (wrong.sum(1) > 1).any():
        return (
            f"Only the entries of equal elements differ, those of {place.input} that are {tied[0]:.6g}: how is the "
            "gradient shared where elements tie?"
        )
    if not wrong[n != 0].all() or not n[wrong].all():
        return None
    ratios = a[wrong] / n[wrong]
    factor = float(np.median(ratios))
    if not np.allclose(ratios, factor, rtol=1e-4):
        return None
    if math.isclose(factor, -1, rel_tol=1e-4):
        return "Every entry is the numerical one with the opposite sign."
    sizes = {m: f"the size of dimension {d} of {place.input}" for d, m in enumerate(place.input_shape)}
    sizes[math.prod(place.output_shape)] = f"the number of elements of {place.output}"
    sizes[math.prod(place.input_shape)] = f"the number of elements of {place.input}"
    for size, meaning in sizes.items():
        if size > 1 and math.isclose(factor, size, rel_tol=1e-4):
            return (
                f"Every entry is {size} times the numerical one, and {size} is {meaning}: is a factor 1/{size} missing?"
            )
        if size > 1 and math.isclose(factor, 1 / size, rel_tol=1e-4):
            return (
                f"Every entry is 1/{size} of the numerical one, and {size} is {meaning}: is a factor 1/{size} too many?"
            )
    return f"Every entry is {factor:.4g} times the numerical one: a constant factor is wrong."


def close(x: np.ndarray, y: np.ndarray) -> bool:
    return bool(np.allclose(x, y, rtol=1e-3, atol=1e-5))
