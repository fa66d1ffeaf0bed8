"""Choosing among numbers: where, clamp, masked_fill, the largest and the smallest, and tests of True or False."""

from collections import namedtuple
from typing import Any

import numpy as np

from .. import dtypes
from ..dtypes import promote, uint8
from ..engine.operation import functions, method, methods, public, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from ..numbers import fitting, with_number
from . import operators  # noqa: F401  the formulas compare
from .arguments import check_keepdim, dim_of, dims, named, need_number, need_tensors, of_tensor
from .creation import converted

_Tensor: Any = Tensor  # for a type checker: the tables add to the class


def helper(function):
    """Let formulas use a function that serves arrays and tensors alike."""
    on_arrays[function.__name__] = on_tensors[function.__name__] = function
    return function


# --- what the formulas below use


def in_one_type(x, y):
    both = promote(x, y)
    return x.astype(both, copy=False), y.astype(both, copy=False)


@helper
def chosen(condition, x, y):
    """Return x where the condition is true and y elsewhere."""
    return np.where(condition, *in_one_type(x, y))


@helper
def clamped(x, min, max):
    """Return x, but no less than min and no more than max: numbers, arrays or None."""
    for bound, pick in ((min, np.maximum), (max, np.minimum)):
        if bound is not None:
            x = pick(*(with_number(x, bound, "clamp") if isinstance(bound, (int, float)) else in_one_type(x, bound)))
    if x.dtype.kind == "b":
        raise NotImplementedError("clamp() is not implemented for bool tensors: convert with .long() first")
    return x


@helper
def filled(x, mask, value):
    """Return x with `value` where the mask is true, in the type of x."""
    return np.where(
        mask,
        converted(np.asarray(value if isinstance(value, np.ndarray) else fitting(value, x.dtype)), x.dtype),
        np.asarray(x, order="C"),
    )


@helper
def inside(x, min, max):
    """Return True where x lies strictly between the bounds, numbers or None."""
    if min is None:
        return x < max
    return x > min if max is None else (x > min) & (x < max)


@helper
def restored(g, x, dim, keepdim):
    """Return a result of reducing x along `dim` (None: all), or its gradient, with the reduced dimensions put back."""
    if keepdim:
        return g
    return g.reshape(tuple(1 if dim is None or d in dim else n for d, n in enumerate(x.shape)))


@helper
def reached(x, extreme):
    """Return True where x equals its extreme, or, if the extreme is nan, where x is nan."""
    return x == extreme if extreme == extreme else x != x


@helper
def tied(x, ans, dim, keepdim):
    """Return where x is the extreme along `dim`."""
    return x == restored(ans, x, dim, keepdim)


@helper
def share(g, ties, dim=None):
    """Return g divided by the number of elements that tie, of all or along `dim`."""
    if isinstance(ties, Tensor):
        return g / ties.sum(dim, dim is not None)
    return g / np.add.reduce(ties, dim, g.dtype, None, dim is not None)


@helper
def along(shape: tuple, dim: int, indices, keepdim: bool) -> tuple:
    """Return the index that takes from each slice along `dim` the element that `indices` says."""
    if isinstance(indices, Tensor):
        indices = indices._data
    after = indices.ndim  # dimensions of the result from here on
    places = []
    for d, n in enumerate(shape):
        after -= keepdim or d != dim
        places.append(indices if d == dim else np.arange(n).reshape((n,) + (1,) * after))
    return tuple(places)


def inner(*row, **columns):
    return rule(*row, inner=True, **columns)


# fmt: off
# ---- operation ---------------- result --------------------- x receives -------------- y receives ----
_where = inner(
      "where(condition, x, y)", "chosen(condition, x, y)",     x="where(condition, g, 0)", y="where(condition, 0, g)",
      elementwise=False, converts=True, frees=True)
inner("maximum(x, y)",          "np.maximum(x, y)",            x="where(x < y, 0, where(x == y, g / 2, g))",
                                                               y="where(x > y, 0, where(x == y, g / 2, g))")
inner("minimum(x, y)",          "np.minimum(x, y)",            x="where(x > y, 0, where(x == y, g / 2, g))",
                                                               y="where(x < y, 0, where(x == y, g / 2, g))")

inner("clamp(x, min, max)",     "clamped(x, min, max)",        x="masked(g, inside(x, min, max))",
      node="ClampBackward1", inplace=True)
inner("clamp_between(x, y, z)", "clamped(x, y, z)",
      x="where((x < y) | (x > z), 0, where((y < z) & ((x == y) | (x == z)), g / 2, g))",
      y="where((x < y) & (y <= z), g, where((x == y) & (y < z), g / 2, 0))",
      z="where((y > z) | ((x > z) & (y <= z)), g, where((x == z) & (y < z), g / 2, 0))",
      node="ClampBackward0", saved_as={"y": "min", "z": "max"}, elementwise=False, converts=True, inplace=True)
inner("clamp_from(x, y)",       "np.maximum(x, y)",            x="where(x < y, 0, where(x == y, g / 2, g))",
                                                               y="where(x > y, 0, where(x == y, g / 2, g))",
      node="ClampBackward0", saved_as={"y": "min"}, inplace=True)
inner("clamp_to(x, z)",         "np.minimum(x, z)",            x="where(x > z, 0, where(x == z, g / 2, g))",
                                                               z="where(x < z, 0, where(x == z, g / 2, g))",
      node="ClampBackward0", saved_as={"z": "max"}, inplace=True)
inner("clamp_min(x, bound)",    "clamped(x, bound, None)",     x="masked(g, x > bound)",
      saved_as={"bound": "min"}, inplace=True)
inner("clamp_min_of(x, y)",     "np.maximum(x, y)",            x="where(x < y, 0, where(x == y, g / 2, g))",
                                                               y="where(x > y, 0, where(x == y, g / 2, g))",
      node="ClampMinBackward1", saved_as={"y": "min"}, inplace=True)
inner("clamp_max(x, bound)",    "clamped(x, None, bound)",     x="masked(g, x < bound)",
      saved_as={"bound": "max"}, inplace=True)
inner("clamp_max_of(x, y)",     "np.minimum(x, y)",            x="where(x > y, 0, where(x == y, g / 2, g))",
                                                               y="where(x < y, 0, where(x == y, g / 2, g))",
      node="ClampMaxBackward1", saved_as={"y": "max"}, inplace=True)

inner("masked_fill(x, mask, value)", "filled(x, mask, value)", x="where(mask, 0, g)",
      converts=True, frees=True, inplace=True)
inner("masked_fill_by(x, y, mask)",  "filled(x, mask, y)",     x="where(mask, 0, g)", y="where(mask, g, 0)",
      node="MaskedFillBackward1", elementwise=False, converts=True, frees=True, inplace=True)

# those that tie share; along dim one takes all
inner("max_all(x)",                        "np.maximum.reduce(x, None)",
      x="where(reached(x, ans), share(g, reached(x, ans)), 0)", node="MaxBackward1")
inner("max_dim(x, dim, indices, keepdim)", "x[along(x.shape, dim, indices, keepdim)]",
      x="placed(g, x.shape, along(x.shape, dim, indices, keepdim))", node="MaxBackward0", frees=True)
inner("amax(x, dim, keepdim)",             "np.maximum.reduce(x, dim, None, None, keepdim)",
      x="share(restored(g, x, dim, keepdim), tied(x, ans, dim, keepdim), dim) * tied(x, ans, dim, keepdim)")
inner("min_all(x)",                        "np.minimum.reduce(x, None)",
      x="where(reached(x, ans), share(g, reached(x, ans)), 0)", node="MinBackward1")
inner("min_dim(x, dim, indices, keepdim)", "x[along(x.shape, dim, indices, keepdim)]",
      x="placed(g, x.shape, along(x.shape, dim, indices, keepdim))", node="MinBackward0", frees=True)
inner("amin(x, dim, keepdim)",             "np.minimum.reduce(x, dim, None, None, keepdim)",
      x="share(restored(g, x, dim, keepdim), tied(x, ans, dim, keepdim), dim) * tied(x, ans, dim, keepdim)")
# fmt: on


# --- where, clamp, masked_fill


def check_broadcast(operation: str, *arrays) -> None:
    """Raise RuntimeError where the shapes do not go together."""
    try:
        np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = ", ".join(str(list(array.shape)) for array in arrays)
        raise RuntimeError(
            f"{operation}(): the sizes of the tensors must match or be 1, but the shapes are {shapes}"
        ) from None


def need_mask(operation: str, mask) -> np.ndarray:
    need_tensors(operation, mask)
    if mask._data.dtype.kind != "b":
        raise RuntimeError(f"{operation}() expected a boolean tensor to choose by, but got one of {mask.dtype}")
    return mask._array()


@public
def where(condition, input=None, other=None):
    """Choose between input, where the condition is True, and other, where it is False.

    condition: a boolean tensor; input, other: tensors or numbers.  Without both: the positions where the condition is
    True, a tuple with one tensor of indices for each dimension.
    Shapes: three that can be broadcast; the result has the broadcast shape.
    Errors: RuntimeError for a condition of another type and for shapes that cannot be broadcast.
    Gradient: input receives g where the condition is True, other where it is False.

    >>> torch.where(torch.tensor([True, False]), torch.tensor([1., 2.]), 0.)
    tensor([1., 0.])
    """
    if input is None and other is None:
        need_tensors("where", condition)
        return tuple(wrap(places, None) for places in np.nonzero(np.atleast_1d(condition._data)))
    mask = need_mask("where", condition)
    if isinstance(input, Tensor):
        other = other if isinstance(other, Tensor) else wrap(with_number(input._data, other, "where")[1], None)
    elif isinstance(other, Tensor):
        input = wrap(with_number(other._data, input, "where")[1], None)
    else:
        input = with_number(np.array(False), input, "where")[1]
        input, other = (wrap(number, None) for number in with_number(input, other, "where"))
    check_broadcast("where", mask, input._data, other._data)
    return _where(mask, input, other)


on_tensors["where"] = where


def _where_of(input, condition, other):
    """Keep the elements where the condition is True, and take those of other elsewhere.

    condition: a boolean tensor; other: a tensor or a number.
    Shapes: three that can be broadcast; the result has the broadcast shape.
    Errors: RuntimeError for a condition of another type and for shapes that cannot be broadcast.
    Gradient: the tensor receives g where the condition is True, other where it is False.

    >>> torch.tensor([1., 2.]).where(torch.tensor([True, False]), 0.)
    tensor([1., 0.])
    """
    return where(condition, input, other)


method(named("where", _where_of))


def as_number(bound):
    """Return a number or None, also that of a 0-d tensor that needs no gradient."""
    if not isinstance(bound, Tensor):
        if bound is not None:
            need_number("clamp", bound)
        return bound
    if bound._data.ndim or bound.requires_grad:
        raise TypeError("clamp() takes two numbers or two tensors as bounds, not one of each")
    return bound.item()


def clamping(suffix: str):
    """Make torch.clamp and, with a suffix, its twin in place."""
    by_numbers, between, above, below = (
        on_tensors[name + suffix] for name in ("clamp", "clamp_between", "clamp_from", "clamp_to")
    )

    def clamp(input, min=None, max=None):
        if min is None and max is None:
            raise RuntimeError("torch.clamp: at least one of min and max must be given")
        if not all(isinstance(bound, Tensor) for bound in (min, max) if bound is not None):
            return by_numbers(input, as_number(min), as_number(max))
        if max is None:
            return above(input, min)
        if min is None:
            return below(input, max)
        check_broadcast("clamp", input._data, min._data, max._data)
        return between(input, min, max)

    return named("clamp" + suffix, clamp)


clamp, clamp_ = of_tensor(clamping("")), method(clamping("_"))
for alias, meant in (("clip", clamp), ("clip_", clamp_)):
    methods[alias] = meant
    setattr(Tensor, alias, meant)
functions["clip"] = functions["clamp"]


def bounded(name: str, suffix: str, input, bound):
    """Do what clamp_min and clamp_max share: the bound is a number or a tensor."""
    if isinstance(bound, Tensor):
        return on_tensors[f"{name}_of{suffix}"](input, bound)
    need_number(name, bound)
    return on_tensors[name + suffix](input, bound)


def clamping_one_side(suffix: str):
    """Make torch.clamp_min and clamp_max or, with a suffix, their twins in place."""

    def clamp_min(input, min):
        return bounded("clamp_min", suffix, input, min)

    def clamp_max(input, max):
        return bounded("clamp_max", suffix, input, max)

    return named("clamp_min" + suffix, clamp_min), named("clamp_max" + suffix, clamp_max)


for one_side in clamping_one_side(""):
    of_tensor(one_side)
for one_side in clamping_one_side("_"):
    method(one_side)


@public
def maximum(input, other):
    """Choose the larger of two numbers, element by element; nan where either is.

    Shapes: two that can be broadcast; the result has the broadcast shape.
    Errors: RuntimeError for shapes that cannot be broadcast, TypeError for anything but tensors.
    Gradient: the larger receives g; where the two are equal, each receives g / 2.

    >>> torch.maximum(torch.tensor([1., 4.]), torch.tensor([3., 2.]))
    tensor([3., 4.])
    """
    need_tensors("maximum", input, other)
    return on_tensors["maximum"](input, other)


@public
def minimum(input, other):
    """Choose the smaller of two numbers, element by element; nan where either is.

    Shapes: two that can be broadcast; the result has the broadcast shape.
    Errors: RuntimeError for shapes that cannot be broadcast, TypeError for anything but tensors.
    Gradient: the smaller receives g; where the two are equal, each receives g / 2.

    >>> torch.minimum(torch.tensor([1., 4.]), torch.tensor([3., 2.]))
    tensor([1., 2.])
    """
    need_tensors("minimum", input, other)
    return on_tensors["minimum"](input, other)


def filling(suffix: str):
    """Make torch.masked_fill and, with a suffix, its twin in place."""
    by_number, by_tensor = on_tensors["masked_fill" + suffix], on_tensors["masked_fill_by" + suffix]

    def masked_fill(input, mask, value):
        mask = need_mask("masked_fill", mask)
        check_broadcast("masked_fill", input._data, mask)
        if not isinstance(value, Tensor):
            need_number("masked_fill", value)
            return by_number(input, mask, value)
        if value._data.ndim:
            raise RuntimeError(
                f"masked_fill() takes a number or a 0-dimensional tensor, but got one of {value._data.ndim} dimensions"
            )
        if value.requires_grad and input._data.dtype.kind != "f":
            raise RuntimeError(
                f"masked_fill(): a value that requires a gradient cannot be put into a tensor of {input.dtype}"
            )
        return by_tensor(input, value, mask)

    return named("masked_fill" + suffix, masked_fill)


of_tensor(filling(""))
method(filling("_"))


# --- the largest and the smallest


def pair(name: str):
    """Return the named tuple (values, indices) that max and min along a dimension give."""

    class Pair(namedtuple("Pair", ("values", "indices"))):
        __slots__ = ()

        def __repr__(self):
            return f"torch.return_types.{name}(\nvalues={self.values!r},\nindices={self.indices!r})"

        def __reduce__(self):
            return paired, (name, *self)

    Pair.__name__ = Pair.__qualname__ = name
    Pair.__module__ = "torch.return_types"
    pairs[name] = Pair
    return Pair


pairs: dict[str, type] = {}


def paired(name: str, values, indices):
    """Return a pair of the given name, from its pickle."""
    return pairs[name](values, indices)


def check_not_empty(operation: str, x, dim, error=IndexError) -> None:
    shape = x._data.shape
    if dim is None and not x._data.size:
        raise error(f"{operation}(): the tensor of shape {list(shape)} has no elements to choose from; give dim=…")
    for d in dim or ():
        if shape and not shape[d]:
            raise IndexError(f"{operation}(): Expected reduction dim {d} to have non-zero size, but got {list(shape)}.")


def extreme(name: str):
    """Make torch.max and torch.argmax and torch.amax, or those of min."""
    of_all, of_dim, amounts = (on_tensors[row] for row in (f"{name}_all", f"{name}_dim", f"a{name}"))
    pick = getattr(np, f"arg{name}")
    both, Pair = functions[f"{name}imum"], pair(name)

    def whole(input, dim=None, keepdim=False, *, other=None):
        if other is not None or isinstance(dim, Tensor):
            return both(input, dim if other is None else other)
        check_keepdim(name, keepdim)
        if dim is None:
            if keepdim:
                raise TypeError(f"{name}() takes keepdim only together with dim; a{name} takes it alone")
            check_not_empty(name, input, None, RuntimeError)
            return of_all(input)
        dim = dim_of(dim, input._data.ndim)
        check_not_empty(name, input, (dim,))
        indices = places(input._data, dim, keepdim)
        return Pair(of_dim(input, dim, indices, keepdim), wrap(indices, None))

    def places(x, dim, keepdim):
        return np.asarray(pick(x, axis=dim if x.ndim else None, keepdims=keepdim))

    def arg(input, dim=None, keepdim=False):
        check_keepdim(f"arg{name}", keepdim)
        if input._data.dtype.kind == "b":
            raise RuntimeError(f"arg{name}(): does not support bool input; convert with .long() first")
        dim = None if dim is None else dim_of(dim, input._data.ndim)
        check_not_empty(f"arg{name}", input, None if dim is None else (dim,))
        return wrap(places(input._data, dim, keepdim), None)

    def along_dims(input, dim=(), keepdim=False):
        check_keepdim(f"a{name}", keepdim)
        dim = dims(dim, input._data.ndim) or None
        check_not_empty(f"a{name}", input, dim, RuntimeError)
        return amounts(input, dim if input._data.ndim else None, keepdim)

    for function, called in ((whole, name), (arg, f"arg{name}"), (along_dims, f"a{name}")):
        of_tensor(named(called, function))


extreme("max")
extreme("min")


# --- questions


def questions(name: str):
    """Make torch.any or torch.all."""
    reduce = getattr(np, name)

    def ask(input, dim=None, keepdim=False):
        check_keepdim(name, keepdim)
        dim = dims(dim, input._data.ndim)
        answer = np.asarray(reduce(input._data, axis=dim if input._data.ndim else None, keepdims=keepdim))
        return wrap(answer.astype(np.uint8) if input.dtype is uint8 else answer, None)

    of_tensor(named(name, ask))


questions("any")
questions("all")


@public
def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Return True where |input - other| ≤ atol + rtol · |other|, or where the two are equal.

    equal_nan: whether nan counts as equal to nan.
    Shapes: two that can be broadcast; the result has the broadcast shape.
    Errors: RuntimeError for two types, a negative rtol or atol, and shapes that cannot be broadcast.
    Gradient: none flows through it.

    >>> torch.isclose(torch.tensor([1., 2.]), torch.tensor([1.000001, 2.1]))
    tensor([ True, False])
    """
    need_tensors("isclose", input, other)
    a, b = input._data, other._data
    if a.dtype != b.dtype:
        raise RuntimeError(f"isclose(): the types must be the same, but {input.dtype} did not match {other.dtype}")
    if rtol < 0 or atol < 0:
        raise RuntimeError(f"isclose(): rtol and atol must not be negative, but are {rtol} and {atol}")
    check_broadcast("isclose", a, b)
    close = (a == b) | (equal_nan & (a != a) & (b != b))
    if a.dtype.kind == "f" or rtol or atol:
        a, b = (n if n.dtype.kind == "f" else n.astype(dtypes.default().numpy) for n in (a, b))
        distance = np.abs(a - b)
        close = close | (np.isfinite(distance) & (distance <= atol + np.abs(rtol * b)))
    return wrap(np.asarray(close), None)


@public
def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False) -> bool:
    """Return True if every |input - other| ≤ atol + rtol · |other|, a Python bool.

    equal_nan: whether nan counts as equal to nan.
    Errors: RuntimeError for two types, a negative rtol or atol, and shapes that cannot be broadcast.

    >>> torch.allclose(torch.tensor([1., 2.]), torch.tensor([1., 2.000001]))
    True
    """
    return bool(isclose(input, other, rtol, atol, equal_nan)._data.all())


@public
def equal(input, other) -> bool:
    """Return True if both tensors have the same shape and the same elements, a Python bool.

    Errors: TypeError for anything but tensors.

    >>> torch.equal(torch.tensor([1, 2]), torch.tensor([1, 2]))
    True
    """
    need_tensors("equal", input, other)
    return input._data.shape == other._data.shape and bool((input._data == other._data).all())
