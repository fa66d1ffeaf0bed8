"""Every operation beside PyTorch: random shapes, types and values; results, types, errors, nodes, and two gradients.

`OPERATIONS` says how each operation is called; of those that take tensors and nothing else, the rows do.  A test walks
the tables and fails for one that is missing there, or whose node none of the calls makes: a new rule can't escape.
"""

import ast
import dataclasses
import linecache
import math
import re
import sys
import traceback
import warnings
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

import minigrad
import minigrad.nn
from minigrad.engine import operation
from minigrad.engine.rows import Row, on_tensors
from minigrad.located import find
from minigrad.operations.other_names import OTHER_NAMES
from tests.examples import examples
from tests.figures import recorded
from tests.versions import built_for_gpus, since

# --- what to call with: variables that the calls name

ORDINARY = [0.0, 1.0, -1.0, 2.0, 0.5, -2.5, 3.0, 1.25, -0.75, 10.0]
SPECIAL = [-0.0, math.inf, -math.inf, math.nan, 88.0]
EXTREME = [1e30, 1e-8]
SUBNORMAL = [1e-40, -1e-310]
WHOLE = [0, 1, -1, 2, 3, -4, 7, 100]
SHAPES = [(), (1,), (3,), (4,), (1, 3), (3, 1), (2, 3), (2, 1, 3), (2, 2, 2), (0,), (0, 3), (2, 0)]
FLOATS = ["float32", "float64"]
NUMBERS = ["float32", "float64", "int64"]
TYPES = ["float32", "float32", "float32", "float64", "float64", "int64", "bool"]

Draw = st.DrawFn  # what draws from a strategy; a failure shrinks to the first of what can be chosen


@dataclass
class Drawn:
    """An array that is to become a tensor, and whether it requires a gradient."""

    array: np.ndarray
    tracked: bool

    def tensor(self, torch):
        tensor = torch.tensor(self.array.copy())
        return tensor.requires_grad_() if self.tracked else tensor


@cache
def arrays(shape: tuple, dtype: str, values: tuple) -> st.SearchStrategy[Drawn]:
    """Arrays whose elements are among some values.

    Hypothesis varies an example by repeating a part of it elsewhere. Were each element a part, as it is with
    hypothesis.extra.numpy, 9,000 examples would be 3,700 kinds of calls (by shapes and types) in place of 6,000.
    """
    with np.errstate(all="ignore"):
        pool = np.array((False, True) if dtype == "bool" else WHOLE if dtype == "int64" else values, dtype)
    size = math.prod(shape)

    def from_bytes(drawn: bytes) -> np.ndarray:
        return pool[np.array(list(drawn), int) % len(pool)].reshape(shape)

    tracked = st.sampled_from([False, True, True, True]) if dtype in FLOATS else st.just(False)
    return st.builds(Drawn, st.binary(min_size=size, max_size=size).map(from_bytes), tracked)


def array(draw: Draw, shape, dtype, values) -> Drawn:
    return draw(arrays(tuple(shape), dtype, tuple(values)))


def rarely(draw: Draw) -> bool:
    return draw(st.sampled_from([False] * 19 + [True]))


def broadcastable(draw: Draw, shape) -> tuple:
    """A shape that goes together with the given one, or (rarely) does not."""
    sizes = [draw(st.sampled_from([n, n, n, 1])) for n in shape]
    sizes = sizes[draw(st.sampled_from([0, 0, 0, 1, 2])) :]
    if rarely(draw):
        return (5, *sizes[1:])
    return (2, *sizes) if rarely(draw) else tuple(sizes)


def a_dim(draw: Draw, ndim: int) -> int:
    if rarely(draw):
        return draw(st.sampled_from([ndim + 1, -ndim - 2]))
    return draw(st.integers(-max(ndim, 1), max(ndim, 1) - 1))


def dims(draw: Draw, ndim: int) -> tuple:
    chosen: list[int] = draw(st.permutations(range(ndim)))[: draw(st.integers(min(ndim, 1), ndim))]
    return tuple(draw(st.sampled_from([d, d - ndim])) for d in chosen)


def some_shape(draw: Draw, size: int) -> tuple:
    """A shape for so many elements, perhaps with a -1, or (rarely) for another number of them."""
    sizes: list[int] = []
    left = size
    while left > 1 and len(sizes) < 3:
        n = draw(st.sampled_from([n for n in (1, 2, 3, left) if left % n == 0]))
        sizes.append(n)
        left //= n
    sizes = sizes if left == 1 else [*sizes, left]
    if len(sizes) > 0 and draw(st.booleans()):
        sizes[draw(st.integers(0, len(sizes) - 1))] = -1
    return (*sizes, 7) if rarely(draw) else tuple(sizes)


class Variables:
    """What the names in a call stand for, drawn when they are first asked for."""

    def __init__(self, draw: Draw, entry):
        self.draw, self.entry = draw, entry
        self.drawn: dict[str, Any] = {}
        special = entry.special and draw(st.booleans())
        self.pool = ORDINARY + (SPECIAL + EXTREME * entry.extreme + SUBNORMAL * entry.subnormal) * special

    def __getitem__(self, name: str):
        if name not in self.drawn:
            self.drawn[name] = getattr(self, name)()
        return self.drawn[name]

    def choose(self, *options):
        return self.draw(st.sampled_from(options))

    def dtype(self):
        return self.choose(*self.entry.types)

    def x(self):
        shapes = [shape for shape in SHAPES if self.entry.empty or 0 not in shape]
        return array(self.draw, self.choose(*shapes), self.dtype(), self.pool)

    def beside_x(self):
        like = self["x"].array
        dtype = self.choose(str(like.dtype), self.dtype())
        return array(self.draw, broadcastable(self.draw, like.shape), dtype, self.pool)

    y = beside_x

    def same(self):  # of the shape and type of x
        return array(self.draw, self["x"].array.shape, str(self["x"].array.dtype), self.pool)

    alike = same

    def one(self):  # 0-d
        own = str(self["x"].array.dtype)
        return array(self.draw, (), self.dtype() if own in FLOATS else own, self.pool)

    def mask(self):
        return array(self.draw, broadcastable(self.draw, self["x"].array.shape), "bool", self.pool)

    def n(self):
        return self.choose(2, -1, 0, 3, 0.5, 2.0, -1.5, True, 10, 0.0, 1, math.inf, math.nan)

    m = n

    def number(self):
        return self.choose(2, -1, 0, 0.5, -1.5, 10, math.inf, math.nan)

    def small(self):
        return self.choose(2, -1, 0, 0.5)

    def unit(self):  # where also log and asin are defined
        return array(self.draw, (3,), self.choose(*FLOATS), [0.25, 0.5, 0.1, 0.9])

    def exponent(self):
        return self.choose(2, -1, 0, 3, 1, 0.0, 2.0, 1.5, -1.5, 10, math.inf, math.nan)

    def d(self):
        return a_dim(self.draw, self["x"].array.ndim)

    def e(self):
        return a_dim(self.draw, self["x"].array.ndim)

    def ds(self):
        ndim = self["x"].array.ndim
        return self.choose(None, a_dim(self.draw, ndim), dims(self.draw, ndim))

    def tuple_of_dims(self):
        return dims(self.draw, self["x"].array.ndim)

    def order(self):
        ndim = self["x"].array.ndim
        return tuple(self.draw(st.permutations(range(ndim))))

    def k(self):
        return self.choose(True, False)

    def shape(self):
        return some_shape(self.draw, self["x"].array.size)

    def wide(self):  # a shape to which x can (nearly always) be expanded
        own = self["x"].array.shape
        sizes = [self.choose(*([n, -1] if n != 1 else [1, 2, 4, -1])) for n in own]
        if rarely(self.draw):
            sizes = [5, *sizes[1:]]
        return tuple([2] * self.choose(0, 1) + sizes)

    def count(self):
        return self.choose(1, 2, 3, 4)

    def order_of_norm(self):
        return self.choose(2, 1, 0, 3, 0.5, 1.5, 2.5, -1, math.inf, -math.inf, "fro")

    def correction(self):
        return self.choose(0, 1, 0.5)

    def parts(self):  # sizes that make up the length of x along d, if it has such a dimension
        own, d = self["x"].array.shape, self["d"]
        length = own[d] if -len(own) <= d < len(own) else 2
        first = self.draw(st.integers(0, length))
        return [first, length - first]

    def to(self):
        return self.choose("float32", "float64", "int64", "bool")

    def numbers(self):  # nested lists
        number = st.sampled_from([1, 2.5, True, -3, math.nan, 0.0])
        pairs = st.lists(number, min_size=2, max_size=2)
        return self.draw(number | st.lists(number, max_size=3) | st.lists(pairs, max_size=3))

    def values(self):  # a NumPy array
        return self["x"].array.copy()

    def scores(self):
        return array(self.draw, (3, 4), self.dtype(), self.pool)

    def v4(self):  # one number for each of the four classes
        return array(self.draw, (4,), str(self["scores"].array.dtype), [1.0, 2.0, 0.5, 3.0])

    def classes(self):
        return Drawn(np.array(self.draw(st.lists(st.integers(0, 3), min_size=3, max_size=3))), False)

    @cached_property
    def sizes(self):  # of matrices
        return [self.choose(*([1, 2, 3, 3, 0] if self.entry.empty else [1, 2, 3])) for _ in range(4)]

    def of_shape(self, *sizes):
        if rarely(self.draw):
            sizes = (*sizes[:-1], 4)
        dtype = self.drawn.setdefault("matrix type", self.dtype())
        return array(self.draw, tuple(sizes), dtype, self.pool)

    def A(self):
        return self.of_shape(*self.sizes[1:3])

    def B(self):
        return self.of_shape(*self.sizes[2:])

    def u(self):
        return self.of_shape(self.sizes[2])

    def v(self):
        return self.of_shape(self.sizes[2])

    def w(self):
        return self.of_shape(self.sizes[1])

    def C(self):
        return self.of_shape(self.sizes[0], self.sizes[2])

    def AA(self):
        return self.of_shape(*self.sizes[:3])

    def BB(self):
        return self.of_shape(self.sizes[0], *self.sizes[2:])


# --- the operations


@dataclass
class Entry:
    """How an operation is called: statements and a last expression, and how nearly the results must agree.

    ulps: 0 where both libraries compute with the same elementary operations; a few where functions such as exp come
    from different libraries, or sums are added up in another order.  In units of the last place of the number itself,
    or, with `sums`, of the largest number that took part.
    """

    calls: list[str]
    types: list[str] = field(default_factory=lambda: TYPES)
    ulps: float = 0
    slope_ulps: float = 2
    sums: bool = False
    edges: bool = True  # False: next_functions differ, and are not compared
    leaks: bool = False  # True: PyTorch's second gradients are nan where minigrad's are numbers
    empty: bool = True  # False: no tensors without elements
    special: bool = True  # False: no infinities, nans and subnormals
    extreme: bool = True  # False: no very large and very small numbers, which show in which order things are computed
    subnormal: bool = True  # False: no subnormals, with which PyTorch's vector code differs from its own for scalars
    which: bool = True  # False: where a call is wrong in two ways, either may be told
    finite: str = ""  # "gradients" or "second gradients": compared only where what they are derivatives of is finite


def entry(*calls: str, **options) -> Entry:
    return Entry(list(calls), **options)


def elementwise(name: str, *more: str, **options) -> Entry:
    """A function of one tensor, its method and its twin in place."""
    calls = [f"torch.{name}(x)", f"x.{name}()", f"u = x.clone(); u.{name}_(); u"]
    return entry(*calls, *more, **options)


def from_row(row: Row) -> Entry:
    """An operation on one or two tensors, with a twin in place if the row says so, and with a number."""
    others = ", ".join(row.arguments[1:])
    calls = [f"torch.{row.name}({', '.join(row.arguments)})", f"x.{row.name}({others})"]
    calls += [f"u = x.clone(); u.{row.name}_({others}); u"] * row.inplace
    calls += [f"x.{row.name}(n)"] * row.number
    if not (row.floating and "np." in row.formula):
        return entry(*calls)
    return entry(*calls, f"unit.{row.name}({others})", ulps=4, slope_ulps=8)


def product(*calls: str, types: list[str] = NUMBERS, empty: bool = True) -> Entry:
    return entry(*calls, types=types, empty=empty, special=False, ulps=4, slope_ulps=4, sums=True)


def comparison(name: str, symbol: str) -> Entry:
    return entry(f"torch.{name}(x, y)", f"x.{name}(n)", f"x {symbol} y", f"x {symbol} n", f"n {symbol} x")


def logic(name: str, symbol: str) -> Entry:
    types = ["bool", "bool", "int64"]
    return entry(
        f"torch.{name}(x, y)", f"x.{name}(y)", f"x {symbol} y", f"x {symbol} True", f"3 {symbol} x", types=types
    )


FOUR = "torch.tensor([1., 2., .5, 3.], dtype=scores.dtype)"  # one number for each class
PLAIN = [row for row in operation.rows.values() if row.arguments in (["x"], ["x", "y"]) and not row.inner]
# fmt: off
OPERATIONS: dict[str, Entry] = {row.name: from_row(row) for row in PLAIN} | {
    # arithmetic
    "add": entry("torch.add(x, y)", "x.add(n)", "x + y", "x + n", "n + x", "x.add(y, alpha=2)", "x.add(n, alpha=-1.5)",
                 "torch.add(n, x)"),
    "add_": entry("u = x.clone(); u += y; u", "u = x.clone(); u += n; u", "u = x.clone(); u.add_(y, alpha=0.5); u"),
    "sub": entry("torch.sub(x, y)", "x.sub(number)", "x - y", "x - number", "number - x", "torch.sub(x, y, alpha=2)",
                 "torch.sub(number, x)", types=NUMBERS),
    "sub_": entry("u = x.clone(); u -= y; u", "u = x.clone(); u -= number; u", "u = x.clone(); u.sub_(y); u",
                  types=NUMBERS),
    "mul": entry("torch.mul(x, y)", "x.mul(n)", "x * y", "x * n", "n * x", "x * x", "torch.mul(n, x)"),
    "mul_": entry("u = x.clone(); u *= y; u", "u = x.clone(); u *= n; u", "u = x.clone(); u.mul_(y); u"),
    "div": entry("torch.div(x, y)", "x.div(n)", "x / y", "x / n", "n / x", "torch.div(n, x)"),
    "div_": entry("u = x.clone(); u /= y; u", "u = x.clone(); u /= n; u", "u = x.clone(); u.div_(y); u"),
    "div, rounded": entry("x.div(y, rounding_mode='floor')", "x.div(y, rounding_mode='trunc')",
                          "torch.div(x, n, rounding_mode='trunc')", "x.div(n, rounding_mode='floor')",
                          "x.div(n, rounding_mode='up')", "u = x.clone(); u.div_(y, rounding_mode='trunc'); u",
                          "u = x.clone(); u.div_(n, rounding_mode='floor'); u", which=False),
    "neg": elementwise("neg", "-x"),
    "pow": entry("torch.pow(x, y)", "x.pow(exponent)", "x ** y", "x ** exponent", "exponent ** x", "torch.pow(2, x)",
                 "abs(x) ** 0.5", types=FLOATS, ulps=4, slope_ulps=8, leaks=True, finite="second gradients"),
    "pow_": entry("u = x.clone(); u **= exponent; u", "u = x.clone(); u.pow_(y); u",
                  types=FLOATS, ulps=4, slope_ulps=8, leaks=True, finite="second gradients"),
    "power of whole numbers": entry("x ** n", "n ** x", "x ** y", "torch.pow(n, x)", "x.pow(y)",
                                    "u = x.clone(); u **= n; u", "u = x.clone(); u.pow_(y); u",
                                    "x.long() ** same.long()", types=["int64", "bool"], special=False, ulps=4,
                                    which=False),
    "square": elementwise("square", "x ** 2", "x.pow(count)"),
    "floor_divide": entry("torch.floor_divide(x, y)", "x.floor_divide(n)", "x // y", "x // n", "n // x",
                          types=NUMBERS, edges=False),
    "floor_divide_": entry("u = x.clone(); u //= y; u", "u = x.clone(); u.floor_divide_(n); u",
                           types=NUMBERS, edges=False),
    "remainder": entry("torch.remainder(x, y)", "x.remainder(n)", "x % y", "x % n", "n % x",
                       types=NUMBERS, subnormal=False),
    "remainder_": entry("u = x.clone(); u %= y; u", "u = x.clone(); u.remainder_(n); u",
                        types=NUMBERS, subnormal=False),
    # elementary functions
    "sqrt": elementwise("sqrt", ulps=1, slope_ulps=8),
    "expm1": elementwise("expm1", ulps=4, slope_ulps=8, sums=True),
    "tan": elementwise("tan", ulps=8, slope_ulps=32),
    "tanh": elementwise("tanh", ulps=4, slope_ulps=8, sums=True),
    "sigmoid": elementwise("sigmoid", ulps=4, slope_ulps=8, sums=True),
    "relu": elementwise("relu", types=NUMBERS),
    "abs": elementwise("abs", "abs(x)", types=NUMBERS),
    "round": elementwise("round", "torch.round(x, decimals=1)", "x.round(decimals=-1)", ulps=1),
    "erf": elementwise("erf", ulps=4, slope_ulps=8, sums=True),
    "erfc": elementwise("erfc", ulps=8, slope_ulps=8, sums=True),
    "deg2rad": elementwise("deg2rad", ulps=2),
    "rad2deg": elementwise("rad2deg", ulps=2),
    "frac": elementwise("frac", types=NUMBERS),
    # written in place, PyTorch's nodes of these three are called AsinhBackward1 and so on
    **{name: entry(f"torch.{name}({x})", f"({x}).{name}()", f"u = ({x}).clone(); u.{name}_(); u.detach()", ulps=8,
                   slope_ulps=64, sums=True, finite="second gradients")
       for name, x in (("asinh", "x"), ("acosh", "unit + 1"), ("atanh", "unit / 2"))},
    "atan2": entry("torch.atan2(x, y)", "x.atan2(y)", "u = x.clone(); u.atan2_(y); u", types=NUMBERS, ulps=4,
                   slope_ulps=16, leaks=True, extreme=False, subnormal=False),
    "hypot": entry("torch.hypot(x, y)", "x.hypot(y)", "u = x.clone(); u.hypot_(y); u", types=FLOATS, ulps=4,
                   slope_ulps=16, extreme=False, subnormal=False),
    "logaddexp": entry("torch.logaddexp(x, y)", "x.logaddexp(y)", types=FLOATS, ulps=8, slope_ulps=32, sums=True,
                       special=False),
    "copysign": entry("torch.copysign(x, y)", "x.copysign(number)", "u = x.clone(); u.copysign_(y); u",
                      "u = x.clone(); u.copysign_(number); u", types=FLOATS, leaks=True, special=False,
                      sums=True),
    "fmod": entry("torch.fmod(x, y)", "x.fmod(number)", "u = x.clone(); u.fmod_(y); u",
                  "u = x.clone(); u.fmod_(number); u", types=NUMBERS, special=False, which=False),
    "nan_to_num": entry("torch.nan_to_num(x)", "x.nan_to_num(1.5, posinf=2., neginf=-2.)",
                        "u = x.clone(); u.nan_to_num_(); u", types=NUMBERS),
    # diagonals and the like
    "trace": entry("torch.trace(A)", "A.trace()", types=NUMBERS, ulps=2, sums=True),
    "diag": entry("torch.diag(A)", "A.diag(1)", "u.diag()", "torch.diag(u, -1)", types=NUMBERS, special=False,
                  empty=False),
    "cross": entry("torch.cross(unit, unit.flip(0) * 3, dim=0)", "unit.cross(unit * unit, dim=0)", types=FLOATS,
                   ulps=4, slope_ulps=8, sums=True, edges=False),
    "inner": entry("torch.inner(u, v)", "A.inner(v)", "A.inner(A)", types=FLOATS, ulps=4, slope_ulps=8, sums=True,
                   special=False, empty=False, edges=False),
    "cosine_similarity": entry("torch.cosine_similarity(A, A * A)", "torch.nn.functional.cosine_similarity(A, A + 1)",
                               "torch.cosine_similarity(u, v, dim=0)",
                               types=FLOATS, ulps=16, slope_ulps=64, sums=True, special=False, empty=False,
                               edges=False, extreme=False),
    "diagonal": entry("torch.diagonal(A)", "A.diagonal(1)", "AA.diagonal(-1, 1, 2)", "AA.diagonal(dim1=-2, dim2=-1)",
                      "AA.diagonal(0, 1, 1)", "u = A.clone(); v = u.diagonal(); v *= 2; u", "x.diagonal()"),
    "diff": entry("torch.diff(x)", "x.diff(2, d)", edges=False, empty=False),
    "bincount": entry("torch.bincount(classes)", "classes.bincount(minlength=6)"),
    "searchsorted": entry("torch.searchsorted(torch.tensor([0., 1., 2.]), torch.tensor([0.5, 1.]))",
                          "torch.searchsorted(torch.tensor([0., 1., 2.]), 1., right=True)"),
    "movedim": entry("torch.movedim(x, 0, -1)", "x.movedim((0, 1), (-1, 0))"),
    "narrow": entry("torch.narrow(scores, 0, 1, 2)", "scores.narrow(1, 0, 2)", "scores.narrow(0, 5, 1)"),
    "select": entry("torch.select(A, 0, 0)", "A.select(1, -1)"),
    "repeat_interleave": entry("torch.repeat_interleave(A, 2)", "A.repeat_interleave(count, 1)",
                               "A.repeat_interleave(torch.tensor([2]), dim=0)", types=FLOATS, edges=False),
    "hstack": entry("torch.hstack([u, w])", "torch.hstack((A, A))"),
    "vstack": entry("torch.vstack([u, v])", "torch.vstack((A, A))"),
    "fliplr": entry("torch.fliplr(x)", "x.fliplr()"),
    "flipud": entry("torch.flipud(x)", "x.flipud()"),
    "broadcast_to": entry("torch.broadcast_to(x, wide)", "x.broadcast_to(wide)"),
    "reshape_as": entry("x.reshape_as(same)", "x.reshape_as(y)"),
    # comparison and logic
    "eq": comparison("eq", "=="),
    "ne": comparison("ne", "!="),
    "lt": comparison("lt", "<"),
    "le": comparison("le", "<="),
    "gt": comparison("gt", ">"),
    "ge": comparison("ge", ">="),
    "bitwise_and_": entry("u = x.clone(); u &= y; u", "u = x.clone(); u.bitwise_and_(y); u", types=["bool", "int64"]),
    "bitwise_or_": entry("u = x.clone(); u |= y; u", "u = x.clone(); u.bitwise_or_(y); u", types=["bool", "int64"]),
    "bitwise_xor_": entry("u = x.clone(); u ^= y; u", "u = x.clone(); u.bitwise_xor_(y); u", types=["bool", "int64"]),
    "bitwise_and": logic("bitwise_and", "&"),
    "bitwise_or": logic("bitwise_or", "|"),
    "bitwise_xor": logic("bitwise_xor", "^"),
    "bitwise_not": entry("torch.bitwise_not(x)", "x.bitwise_not()", "~x"),
    "isclose": entry("torch.isclose(x, y)", "x.isclose(same)", "torch.isclose(x, same, equal_nan=True, atol=0.5)"),
    "allclose": entry("torch.allclose(x, same)", "x.allclose(y)"),
    "equal": entry("torch.equal(x, same)", "x.equal(y)"),
    "any": entry("torch.any(x)", "x.any(d)", "x.any(ds, keepdim=k)", "torch.any(x, dim=ds)"),
    "all": entry("torch.all(x)", "x.all(d)", "x.all(ds, keepdim=k)", "torch.all(x, dim=ds)"),
    # choosing
    "where": entry("torch.where(mask, x, y)", "torch.where(mask, x, n)", "torch.where(mask, n, x)", "x.where(mask, y)",
                   "torch.where(mask, n, m)", "torch.where(mask)", "torch.where(x, x, x)"),
    "clamp": entry("torch.clamp(x, n, m)", "x.clamp(min=n)", "x.clamp(max=n)", "x.clamp(same, alike)", "x.clamp(min=y)",
                   "x.clamp(max=y)", "torch.clip(x, n, m)", "x.clip(n)", "x.clamp()", "x.clamp(n, y)", edges=False),
    "clamp_": entry("u = x.clone(); u.clamp_(n, m); u", "u = x.clone(); u.clamp_(same, alike); u", edges=False),
    "clip": entry("torch.clip(x, n, m)", "x.clip(n)"),
    "clip_": entry("u = x.clone(); u.clip_(n); u"),
    "clamp_min": entry("torch.clamp_min(x, number)", "x.clamp_min(y)", "x.clamp_min(min=same)", types=NUMBERS),
    "clamp_max": entry("torch.clamp_max(x, number)", "x.clamp_max(y)", "x.clamp_max(max=same)", types=NUMBERS),
    "clamp_min_": entry("u = x.clone(); u.clamp_min_(small); u", "u = x.clone(); u.clamp_min_(same); u", types=FLOATS),
    "clamp_max_": entry("u = x.clone(); u.clamp_max_(small); u", "u = x.clone(); u.clamp_max_(same); u", types=FLOATS),
    "maximum": entry("torch.maximum(x, y)", "x.maximum(y)", "torch.max(x, y)"),
    "minimum": entry("torch.minimum(x, y)", "x.minimum(y)", "torch.min(x, y)"),
    "masked_fill": entry("torch.masked_fill(x, mask, n)", "x.masked_fill(mask, one)", "x.masked_fill(y, n)"),
    "masked_fill_": entry("u = x.clone(); u.masked_fill_(mask, n); u", "u = x.clone(); u.masked_fill_(mask, one); u"),
    "max": entry("torch.max(x)", "x.max()", "torch.max(x, d)", "x.max(d, keepdim=k)", "x.max(dim=d).indices"),
    "min": entry("torch.min(x)", "x.min()", "torch.min(x, d)", "x.min(d, keepdim=k)", "x.min(dim=d).indices"),
    "argmax": entry("torch.argmax(x)", "x.argmax(d)", "x.argmax(d, keepdim=k)", "x.argmax(keepdim=k)"),
    "argmin": entry("torch.argmin(x)", "x.argmin(d)", "x.argmin(d, keepdim=k)", "x.argmin(keepdim=k)"),
    "amax": entry("torch.amax(x)", "x.amax(d)", "x.amax(tuple_of_dims, keepdim=k)"),
    "amin": entry("torch.amin(x)", "x.amin(d)", "x.amin(tuple_of_dims, keepdim=k)"),
    "median": entry("torch.median(x)", "unit.median(0)", "x.median(d).values", "x.median(d, keepdim=k)[0]",
                    types=NUMBERS, empty=False),
    "quantile": entry("torch.quantile(x, 0.3)", "x.quantile(0.5, d)", "x.quantile(0.7, d, keepdim=k)",
                      "x.quantile(0.25, keepdim=True)", "x.quantile(torch.tensor([0.1, 1.], dtype=x.dtype), d, k)",
                      *(f"x.quantile(0.4, d, interpolation='{how}')"
                        for how in ("linear", "lower", "higher", "nearest", "midpoint")),
                      "x.quantile(1.5)", "x.quantile(0.5, interpolation='best')",
                      ulps=4, slope_ulps=8, sums=True, edges=False, special=False),
    "histc": entry("torch.histc(x.detach(), 4)", "x.detach().histc(bins=3, min=-1, max=2)", "x.histc(0)",
                   types=FLOATS, special=False),
    # three at once
    "lerp": entry("torch.lerp(x, same, small)", "x.lerp(y, 0.7)", "x.lerp(same, alike)",
                  "torch.lerp(x, same, torch.tensor(0.25, dtype=x.dtype))",
                  "u = x.clone(); u.lerp_(same, 0.2); u", "u = x.clone(); u.lerp_(same, alike); u",
                  types=FLOATS, ulps=4, slope_ulps=4, sums=True, special=False),
    "addcmul": entry("torch.addcmul(x, same, y)", "x.addcmul(y, alike, value=2)", "x.addcmul(same, alike, value=-0.5)",
                     "u = x.clone(); u.addcmul_(same, alike, value=2); u",
                     types=NUMBERS, ulps=4, slope_ulps=4, sums=True, special=False),
    "addcdiv": entry("torch.addcdiv(x, same, y)", "x.addcdiv(y, alike, value=2)", "x.addcdiv(same, alike, value=-0.5)",
                     "u = x.clone(); u.addcdiv_(same, alike, value=2); u",
                     types=FLOATS, ulps=4, slope_ulps=8, sums=True, special=False, leaks=True),
    # sums and the like
    "sum": entry("torch.sum(x)", "x.sum()", "x.sum(d)", "x.sum(tuple_of_dims, keepdim=k)", "x.sum(dtype=torch.float64)",
                 ulps=2, sums=True),
    "mean": entry("torch.mean(x)", "x.mean()", "x.mean(d)", "x.mean(tuple_of_dims, keepdim=k)",
                  "x.mean(dtype=torch.float64)", ulps=2, sums=True, empty=False),
    "prod": entry("torch.prod(x)", "x.prod()", "x.prod(d)", "x.prod(d, keepdim=k)", "x.prod(dtype=torch.float64)",
                  ulps=4, slope_ulps=64, sums=True, leaks=True, extreme=False, finite="second gradients"),
    "var": entry("torch.var(x)", "x.var(d)", "x.var(ds, keepdim=k)", "x.var(ds, correction=correction)", "x.var(k)",
                 "x.var(unbiased=k)", "x.var(ds, k)", ulps=4, slope_ulps=8, sums=True, finite="gradients"),
    "std": entry("torch.std(x)", "x.std(d)", "x.std(ds, keepdim=k)", "x.std(ds, correction=correction)", "x.std(k)",
                 "x.std(unbiased=k)", "x.std(ds, k)", ulps=4, slope_ulps=16, sums=True, finite="gradients"),
    "norm": entry("torch.norm(x)", "x.norm(order_of_norm)", "x.norm(order_of_norm, d)", "x.norm(order_of_norm, ds, k)",
                  "torch.norm(x, dim=d, keepdim=k)", ulps=8, slope_ulps=64, sums=True, extreme=False),
    "logsumexp": entry("torch.logsumexp(x, d)", "x.logsumexp(d, k)", "x.logsumexp(tuple_of_dims)",
                       ulps=4, slope_ulps=32, sums=True),
    "softmax": entry("torch.softmax(x, d)", "x.softmax(d)", "x.softmax(-1, dtype=torch.float64)",
                     types=FLOATS, ulps=8, slope_ulps=32, sums=True),
    "log_softmax": entry("torch.log_softmax(x, d)", "x.log_softmax(d)", types=FLOATS, ulps=8, slope_ulps=32, sums=True),
    "cumsum": entry("torch.cumsum(x, d)", "x.cumsum(d)", "x.cumsum(d, dtype=torch.float64)", ulps=2, sums=True),
    "count_nonzero": entry("torch.count_nonzero(x)", "x.count_nonzero(d)", "x.count_nonzero(tuple_of_dims)"),
    # products
    "dot": product("torch.dot(u, v)", "u.dot(v)", "u @ v"),
    "mv": product("torch.mv(A, v)", "A.mv(v)", "A @ v", "v @ B"),
    "mm": product("torch.mm(A, B)", "A.mm(B)", "A @ B"),
    "matmul": product("torch.matmul(A, B)", "AA @ BB", "AA @ B", "A @ BB", "AA @ v", "w.matmul(AA)", "A.matmul(B)"),
    "outer": product("torch.outer(u, v)", "u.outer(w)"),
    # shapes
    "clone": entry("x.clone()", "torch.clone(x)", "x.transpose(0, -1).clone().is_contiguous()"),
    "reshape": entry("x.reshape(shape)", "torch.reshape(x, shape)", "x.reshape(*shape)", "x.t().reshape(shape)"),
    "view": entry("x.view(shape)", "x.view(*shape)", "x.transpose(0, -1).view(shape)"),
    "view_as": entry("x.view_as(same)", "x.view_as(y)"),
    "ravel": entry("x.ravel()", "torch.ravel(x)"),
    "flatten": entry("x.flatten()", "torch.flatten(x, d)", "x.flatten(d, e)"),
    "squeeze": entry("x.squeeze()", "torch.squeeze(x, d)", "x.squeeze(tuple_of_dims)"),
    "unsqueeze": entry("x.unsqueeze(d)", "torch.unsqueeze(x, d)"),
    "squeeze_": entry("u = x.clone(); u.squeeze_(); u", "u = x.clone(); u.squeeze_(d); u",
                      "u = x.clone(); u.squeeze_(tuple_of_dims); u",
                      "u = x * 2; v = u.view(-1); u.squeeze_(); v.mul_(3); u"),
    "unsqueeze_": entry("u = x.clone(); u.unsqueeze_(d); u", "u = x * 2; u.unsqueeze_(0); u *= 3; u",
                        "x.unsqueeze_(0)", ulps=4),
    "stride": entry("x.clone().stride()", "x.stride(d)", "A.t().stride()", empty=False),
    "element_size": entry("x.element_size()"),
    "data_ptr": entry("x.data_ptr() == x.view(-1).data_ptr()", "A.data_ptr() == A.clone().data_ptr()"),
    "expand": entry("x.expand(wide)", "x.expand(*wide)"),
    "expand_as": entry("x.expand_as(y)"),
    "t": entry("x.t()", "torch.t(x)"),
    "transpose": entry("x.transpose(d, e)", "torch.transpose(x, d, e)"),
    "swapaxes": entry("x.swapaxes(d, e)", "torch.swapaxes(x, d, e)"),
    "permute": entry("x.permute(order)", "x.permute(*order)", "torch.permute(x, order)", "x.permute(d, e)",
                     "x.T", "x.mT"),
    "contiguous": entry("x.contiguous()", "x.transpose(0, -1).contiguous()"),
    "flip": entry("x.flip(d)", "torch.flip(x, tuple_of_dims)", "x.flip(d, e)"),
    "cat": entry("torch.cat([x, same], d)", "torch.cat([x, y])", "torch.cat((x, x), dim=d)"),
    "concat": entry("torch.concat([x, same, x], dim=d)"),
    "concatenate": entry("torch.concatenate([x, x])"),
    "stack": entry("torch.stack([x, same], d)", "torch.stack([x, same, x])", "torch.stack([x, y])"),
    "split": entry("torch.split(x, count, d)", "x.split(parts, d)", "x.split(count)[0]"),
    "chunk": entry("torch.chunk(x, count, d)", "x.chunk(count)"),
    "unbind": entry("torch.unbind(x)", "x.unbind(d)"),
    # types
    "to": entry("x.to(getattr(torch, to))", "x.to(y)", "x.to('cpu')", "x.to(dtype=getattr(torch, to))",
                "x.to(torch.float32, copy=True)", "x.float()", "x.double()", "x.long()", "x.bool()", "x.int()",
                "x.type()", "x.transpose(0, -1).double().is_contiguous()"),
    "type_as": entry("x.type_as(y)"),
    # writing
    "zero_": entry("u = x.clone(); u.zero_(); u"),
    "fill_": entry("u = x.clone(); u.fill_(n); u", "u = x.clone(); u.fill_(one); u", "u = x.clone(); u.fill_(same); u"),
    "copy_": entry("u = x.clone(); u.copy_(y); u", "u = x.clone(); u.copy_(same); u"),
    "uniform_": entry("torch.manual_seed(3); u = x.clone(); u.uniform_(); u",
                      "torch.manual_seed(4); u = x.clone(); u.uniform_(-1, 3); u", types=FLOATS),
    "normal_": entry("torch.manual_seed(3); u = x.clone(); u.normal_(); u",
                     "torch.manual_seed(4); u = x.clone(); u.normal_(1.5, std=2); u", types=FLOATS, ulps=4),
    "random_": entry("torch.manual_seed(3); u = x.clone(); u.random_(); u",
                     "torch.manual_seed(4); u = x.clone(); u.random_(2); u",
                     "torch.manual_seed(5); u = x.clone(); u.random_(0, 2); u"),
    "exponential_": entry("torch.manual_seed(3); u = x.clone(); u.exponential_(); u",
                          "torch.manual_seed(4); u = x.clone(); u.exponential_(2.5); u", types=FLOATS, ulps=1),
    "bernoulli": entry("torch.manual_seed(3); torch.bernoulli(unit)", "torch.manual_seed(3); x.bernoulli()",
                       "torch.manual_seed(4); x.bernoulli(0.3)", empty=False),
    "bernoulli_": entry("torch.manual_seed(3); u = x.clone(); u.bernoulli_(); u",
                        "torch.manual_seed(4); u = x.clone(); u.bernoulli_(0.3); u",
                        "torch.manual_seed(5); u = unit.clone(); u.bernoulli_(unit.detach()); u",
                        types=FLOATS, edges=False),
    "multinomial": entry("torch.manual_seed(3); torch.multinomial(unit, count, True)",
                         "torch.manual_seed(3); unit.multinomial(count)", "torch.manual_seed(3); x.multinomial(count)",
                         "torch.manual_seed(4); x.multinomial(1, True)"),
    "normal": entry("torch.manual_seed(3); torch.normal(1.5, 2., (2, 9))",
                    "torch.manual_seed(4); torch.normal(x.detach(), 2.)", types=FLOATS, ulps=4, special=False),
    # picked, sorted, moved
    "gather": entry("torch.gather(x, d, (x > 0).long() * 0)", "A.gather(1, A[:, :2].argsort(1))", types=FLOATS),
    "scatter": entry("torch.scatter(A, 0, A[:1].argsort(0), A[:1])",
                     "A.scatter(0, A[:1].argsort(0), small)",
                     "u = A.clone(); u.scatter_(0, u[:1].argsort(0), A[:1]); u",
                     "u = A.clone(); u.scatter_(0, u[:1].argsort(0), small); u",
                     types=FLOATS, empty=False, edges=False),
    "scatter_add": entry("torch.scatter_add(A, 0, A.argsort(0) * 0, A)",
                         "u = A.clone(); u.scatter_add_(0, u.argsort(0), A); u", types=FLOATS, empty=False),
    "sort": entry("torch.sort(x, dim=d, stable=True)", "unit.sort()",
                  "x.sort(dim=d, descending=True, stable=True)", types=NUMBERS),
    "argsort": entry("torch.argsort(x, dim=d, stable=True)",
                     "x.argsort(dim=d, descending=True, stable=True)", types=NUMBERS),
    "topk": entry("torch.topk(unit, 2)[0]", "x.topk(1, d)[0]", "x.topk(count, d, largest=False)[0]", types=NUMBERS),
    "cummax": entry("torch.cummax(x, d)", "x.cummax(d)", types=NUMBERS, empty=False),
    "cummin": entry("torch.cummin(x, d)", "x.cummin(d)", types=NUMBERS, empty=False),
    "cumprod": entry("torch.cumprod(x, d)", "x.cumprod(d)", "x.cumprod(d, dtype=torch.float64)",
                     "(x * mask).cumprod(d)",
                     ulps=4, slope_ulps=64, sums=True, leaks=True, extreme=False, special=False),
    "index_select": entry("torch.index_select(A, 0, torch.tensor([0, 0]))", "A.index_select(1, torch.tensor([0]))",
                          empty=False),
    "masked_select": entry("torch.masked_select(x, mask)", "x.masked_select(y > 0)", edges=False),
    "nonzero": entry("torch.nonzero(x)", "x.nonzero(as_tuple=True)"),
    "unique": entry("torch.unique(x.detach())",
                    "x.detach().unique(return_inverse=True, return_counts=True)", special=False),
    "repeat": entry("x.repeat(2, 1, 3)", "x.repeat(count)"),
    "tile": entry("torch.tile(x, (2,))", "x.tile(count, 1)"),
    "tril": entry("torch.tril(x)", "x.tril(-1)", "u = x.clone(); u.tril_(1); u"),
    "triu": entry("torch.triu(x)", "x.triu(1)", "u = x.clone(); u.triu_(-1); u"),
    "roll": entry("torch.roll(x, count)", "x.roll(1, d)", "x.roll((1, -1), (d, e))", empty=False),
    "meshgrid": entry("torch.meshgrid(u, w, indexing='ij')", "torch.meshgrid(u, w, indexing='xy')"),
    "einsum": entry("torch.einsum('ij,jk->ik', A, B)", "torch.einsum('ij->j', A)", types=FLOATS, special=False,
                    ulps=4, slope_ulps=4, sums=True, edges=False, empty=False),
    "bmm": product("torch.bmm(AA, BB)", "AA.bmm(BB)"),
    "pad": entry("torch.nn.functional.pad(x, (1, 2))", "torch.nn.functional.pad(x, (0, 1), value=3.)"),
    # older types
    "older types": entry("torch.FloatTensor([1, 2])", "torch.DoubleTensor(2, 3).shape", "torch.LongTensor([1, 2])",
                         "torch.IntTensor([1, 2])", "torch.ByteTensor([1, 2])", "torch.BoolTensor([True])"),
    # devices
    "cpu": entry("x.cpu()"),
    "cuda": entry("x.cuda()"),
    "get_device": entry("x.get_device()", "x.device.type", "x.is_cuda", "x.is_cpu"),
    # parts
    "__getitem__": entry("x[0]", "x[-1]", "x[1:]", "x[..., 1]", "x[:, None]", "x[::2, 1:]", "x[mask]", "x[x > 0]",
                         "x[[0, 1]]", "x[:, [1, 1]]", "x[torch.tensor([0, -1]), 1]", "x[None, ..., 0]",
                         "x[[[0], [1]], [0, 1]]"),
    "__setitem__": entry("u = x.clone(); u[0] = small; u", "u = x.clone(); u[1:] = y; u",
                         "u = x.clone(); u[mask] = small; u",
                         "u = x.clone(); u[x > 0] = one; u", "u = x.clone(); u[:, 1] = y; u",
                         "u = x.clone(); u[...] = same; u",
                         "u = x.clone(); u[[0, 1]] = one; u", "u = x.clone(); v = u[0]; v *= 2; w = u[1:] * u[0]; w",
                         "u = x.clone(); v = u.view(-1)[1:]; v.exp_(); u[:1]", ulps=4, slope_ulps=8,
                         which=False),
    "__delitem__": entry("x.__delitem__(0)"),
    "__iter__": entry("list(x)", "[row * n for row in x]"),
    # what is asked of a tensor
    "size": entry("x.size()", "x.size(d)"),
    "numel": entry("x.numel()"),
    "dim": entry("x.dim()"),
    "is_contiguous": entry("x.is_contiguous()", "x.transpose(0, -1).is_contiguous()"),
    "is_floating_point": entry("x.is_floating_point()"),
    "_is_view": entry("x._is_view()", "x.view(-1)._is_view()", "x[..., None].detach()._is_view()"),
    "detach_": entry("u = x * 2; u.detach_(); u", "u = x.view(-1); u.detach_(); u"),
    "numpy": entry("x.numpy()", "x.detach().numpy()", "x.numpy(force=True)", "(x * 2).numpy(force=k)"),
    "__array__": entry("x.__array__()", "x.detach().__array__()"),
    # Python's own
    "__bool__": entry("bool(one)", "bool(x)", "not one"),
    "__float__": entry("float(one)", "float(x)"),
    "__int__": entry("int(one)", types=["int64", "bool"]),
    "requires_grad_": entry("x.detach().requires_grad_().detach()"),
    "item": entry("one.item()", "x.item()", "x.tolist()"),
    "__index__": entry("[1, 2, 3][one]", "list(range(x.dim()))", types=["int64", "float32"]),
    "__len__": entry("len(x)"),
    "__contains__": entry("1.0 in x", "one in x"),
    "__format__": entry("f'{one:.3f}'", "f'{x}'", types=["int64"]),
    "__deepcopy__": entry("x.detach().__deepcopy__({})", "(x * 2).__deepcopy__({})"),
    "retain_grad": entry("u = x * 2; u.retain_grad(); u"),
    "register_hook": entry("u = x * 2; u.register_hook(lambda g: None); u"),
    "register_post_accumulate_grad_hook": entry(
        "u = x.detach().clone(); u.register_post_accumulate_grad_hook(print); u",
        "u = x * 2; u.register_post_accumulate_grad_hook(print); u"),
    # tensors made anew
    "tensor": entry("torch.tensor(numbers)", "torch.tensor(numbers, dtype=getattr(torch, to))"),
    "as_tensor": entry("torch.as_tensor(numbers)", "torch.as_tensor(x)", "torch.as_tensor(x, dtype=torch.float64)"),
    "from_numpy": entry("torch.from_numpy(values)"),
    "zeros": entry("torch.zeros(shape)", "torch.zeros(2, 3)", "torch.zeros(size=(), dtype=getattr(torch, to))"),
    "ones": entry("torch.ones(shape)", "torch.ones(2, 0)", "torch.ones(3, dtype=getattr(torch, to))"),
    "empty": entry("torch.empty(2, 3).shape", "torch.empty((2,), dtype=getattr(torch, to)).dtype"),
    "full": entry("torch.full((2, 3), n)", "torch.full((), n, dtype=getattr(torch, to))", "torch.full((2,), one)"),
    "zeros_like": entry("torch.zeros_like(x)", "torch.zeros_like(x, dtype=getattr(torch, to))"),
    "ones_like": entry("torch.ones_like(x)", "torch.ones_like(x, dtype=getattr(torch, to))"),
    "empty_like": entry("torch.empty_like(x).dtype"),
    "full_like": entry("torch.full_like(x, n)", "torch.full_like(x, n, dtype=getattr(torch, to))"),
    "arange": entry("torch.arange(n)", "torch.arange(n, m)", "torch.arange(-1, 10, n)", "torch.arange(0, 1, 0.1)"),
    "linspace": entry("torch.linspace(n, m, count)", "torch.linspace(-2, 5, count, dtype=torch.float64)", ulps=1),
    "eye": entry("torch.eye(count)", "torch.eye(2, count, dtype=getattr(torch, to))"),
    "rand": entry("torch.manual_seed(3); torch.rand(2, 3)", "torch.manual_seed(4); torch.rand(3, dtype=torch.float64)"),
    "randn": entry("torch.manual_seed(3); torch.randn(20)", "torch.manual_seed(4); torch.randn(size=(3, 1))", ulps=4),
    "randint": entry("torch.manual_seed(3); torch.randint(5, (4,))",
                     "torch.manual_seed(4); torch.randint(-3, 9, (2, 2))"),
    "randperm": entry("torch.manual_seed(3); torch.randperm(7)"),
    "rand_like": entry("torch.manual_seed(3); torch.rand_like(x)", types=FLOATS),
    "randn_like": entry("torch.manual_seed(3); torch.randn_like(x)", types=FLOATS, ulps=4),
    "randint_like": entry("torch.manual_seed(3); torch.randint_like(x, 2)"),
    "new_tensor": entry("x.new_tensor([1, 2])", "x.new_tensor(2.5)"),
    "new_zeros": entry("x.new_zeros(2, 3)", "x.new_zeros((2,), dtype=getattr(torch, to))"),
    "new_ones": entry("x.new_ones(2, 3)"),
    "new_empty": entry("x.new_empty((2,)).dtype"),
    "new_full": entry("x.new_full((2,), n)"),
    # layers and losses
    "linear": product("torch.nn.functional.linear(C, A)", "torch.nn.functional.linear(C, A, w)",
                      "torch.nn.functional.linear(AA, A, w)", types=FLOATS),
    "leaky_relu": entry("torch.nn.functional.leaky_relu(x)", "torch.nn.functional.leaky_relu(x, 0.2)", types=FLOATS),
    "leaky_relu_": entry("u = x.clone(); torch.nn.functional.leaky_relu(u, 0.2, True); u", types=FLOATS),
    "elu": entry("torch.nn.functional.elu(x)", "torch.nn.functional.elu(x, 0.5)", "torch.nn.functional.elu(x, -2.)",
                 "u = x.clone(); torch.nn.functional.elu(u, 0.5, inplace=True); u",
                 types=NUMBERS, ulps=4, slope_ulps=8, sums=True),
    "gelu": entry("torch.nn.functional.gelu(x)", "torch.nn.functional.gelu(x, approximate='tanh')",
                  "torch.nn.functional.gelu(x, approximate='sigmoid')",
                  types=NUMBERS, ulps=8, slope_ulps=32, sums=True, special=False),
    **{name: entry(f"torch.nn.functional.{name}(x)", f"u = x.clone(); torch.nn.functional.{name}(u, inplace=True); u",
                   types=NUMBERS, ulps=8, slope_ulps=32, sums=True, special=False) for name in ("silu", "mish")},
    "hardtanh": entry("torch.nn.functional.hardtanh(x)", "torch.nn.functional.hardtanh(x, -2, 0.5)",
                      "torch.nn.functional.hardtanh(x, 2., -2.)", "torch.nn.functional.relu6(x)",
                      "u = x.clone(); torch.nn.functional.hardtanh(u, inplace=True); u", special=False),
    "log_sigmoid": entry("torch.nn.functional.logsigmoid(x)", types=NUMBERS, ulps=8, slope_ulps=16, sums=True),
    "softsign": entry("torch.nn.functional.softsign(x)", types=NUMBERS, ulps=2, slope_ulps=8, sums=True, leaks=True,
                      special=False),
    "softmin": entry("torch.nn.functional.softmin(x, d)", types=FLOATS, ulps=8, slope_ulps=32, sums=True),
    "normalize": entry("torch.nn.functional.normalize(x, dim=d)", "torch.nn.functional.normalize(A)",
                       "torch.nn.functional.normalize(A, p=1)", types=FLOATS, ulps=8, slope_ulps=64, sums=True,
                       special=False, leaks=True),
    "softplus": entry("torch.nn.functional.softplus(x)", "torch.nn.functional.softplus(x, 2, 10)",
                      types=FLOATS, ulps=8, slope_ulps=16, sums=True),
    "mse_loss": entry("torch.nn.functional.mse_loss(x, same)", "torch.nn.functional.mse_loss(x, same, reduction='sum')",
                      "torch.nn.functional.mse_loss(x, same, reduction='none')",
                      types=FLOATS, ulps=4, slope_ulps=8, sums=True, special=False),
    "nll_loss": entry("torch.nn.functional.nll_loss(scores, classes)",
                      "torch.nn.functional.cross_entropy(scores, classes, reduction='sum')",
                      types=FLOATS, ulps=8, slope_ulps=32, sums=True, special=False),
    "embedding": entry("torch.nn.functional.embedding(classes, scores.T)",
                       "torch.nn.functional.embedding(classes, scores.T, 2)", types=FLOATS),
    "layer_norm": entry("torch.nn.functional.layer_norm(A, A.shape[1:], v, u)",
                        "torch.nn.functional.layer_norm(A, A.shape)", types=FLOATS, ulps=8, slope_ulps=64, sums=True,
                        special=False, empty=False),
    "dropout": entry("torch.manual_seed(3); torch.nn.functional.dropout(x, 0.3)", types=FLOATS, edges=False),
    "nll_loss, weighted": entry(
        *(f"torch.nn.functional.cross_entropy(scores, classes, {FOUR}, {more}reduction='{r}')"
          for r in ("mean", "sum", "none") for more in ("", "label_smoothing=0.2, ")),
        "torch.nn.functional.nll_loss(AA, torch.zeros(AA.shape[0], AA.shape[2]).long())",
        "torch.nn.functional.nll_loss(AA, torch.ones(AA.shape[0], AA.shape[2]).long(), reduction='none').sum()",
        types=FLOATS, ulps=8, slope_ulps=32, sums=True, special=False, edges=False, empty=False),
    "bce": entry("torch.nn.functional.binary_cross_entropy(x.sigmoid(), same.sigmoid())",
                 types=["float32"], ulps=16, slope_ulps=64, sums=True, special=False),
    "bce_logits_weighted": entry(
        "torch.nn.functional.binary_cross_entropy_with_logits(scores, scores / 2, "
        f"{FOUR}, pos_weight={FOUR})",
        types=FLOATS, ulps=8, slope_ulps=32, sums=True, special=False, edges=False),
    "smooth_l1": entry("torch.nn.functional.smooth_l1_loss(x, same)",
                       types=FLOATS, ulps=4, slope_ulps=8, sums=True, special=False, empty=False),
    "huber": entry("torch.nn.functional.huber_loss(x, same, delta=0.7)",
                   types=FLOATS, ulps=4, slope_ulps=8, sums=True, special=False, empty=False),
    "batch_norm": entry("torch.nn.functional.batch_norm(scores, None, None, v4, v4, training=True)",
                        types=FLOATS, ulps=16, slope_ulps=256, sums=True, special=False, edges=False, extreme=False),
    "batch_norm_by": entry(
        f"torch.nn.functional.batch_norm(scores, {FOUR}, {FOUR}, v4, v4)",
        types=FLOATS, ulps=8, slope_ulps=32, sums=True, special=False, edges=False),
    "bce_logits": entry("torch.nn.functional.binary_cross_entropy_with_logits(x, same)",
                        types=FLOATS, ulps=8, slope_ulps=16, sums=True, special=False),
    # arguments by PyTorch's names
    "by name, two tensors": entry(
        "torch.add(input=x, other=y, alpha=2)", "x.add(other=y)", "torch.mul(input=x, other=y)", "x.sub(other=number)",
        "x.div(other=y, rounding_mode='floor')", "torch.eq(input=x, other=y)", "torch.logical_and(input=x, other=y)",
        "torch.where(condition=mask, input=x, other=y)", "x.where(condition=mask, other=y)",
        "torch.maximum(input=x, other=y)", "torch.max(x, other=y)", "torch.clamp(input=x, min=same, max=alike)",
        "torch.masked_fill(input=x, mask=mask, value=n)", "torch.cat(tensors=[x, same], dim=d)",
        "torch.stack(tensors=[x, same], dim=d)", "torch.isclose(input=x, other=same, rtol=0.1, atol=0.5, equal_nan=k)",
        "u = x.clone(); u.add_(other=y, alpha=2); u", "torch.remainder(input=x, other=n)", types=NUMBERS, which=False,
        edges=False, subnormal=False),
    "by name, along dimensions": entry(
        "torch.sum(input=x, dim=d, keepdim=k, dtype=torch.float64)", "torch.prod(input=x, dim=d, keepdim=k)",
        "torch.mean(input=x, dim=tuple_of_dims, keepdim=k, dtype=torch.float64)", "x.max(dim=d, keepdim=k)",
        "torch.argmax(input=x, dim=d, keepdim=k)", "torch.amax(input=x, dim=ds or 0, keepdim=k)",
        "torch.var(input=x, dim=ds, unbiased=k, keepdim=k)", "x.std(dim=ds, correction=correction, keepdim=k)",
        "torch.norm(input=x, p=1, dim=d, keepdim=k)", "torch.logsumexp(input=x, dim=d, keepdim=k)",
        "torch.softmax(input=x, dim=d, dtype=torch.float64)", "torch.cumsum(input=x, dim=d)",
        "torch.all(input=x, dim=d, keepdim=k)", ulps=8, slope_ulps=64, sums=True, special=False, empty=False),
    "by name, products": product(
        "torch.dot(input=u, tensor=v)", "torch.mv(input=A, vec=v)", "torch.mm(input=A, mat2=B)",
        "torch.matmul(input=A, other=BB)", "torch.outer(input=u, vec2=w)", "A.matmul(other=B)"),
    "by name, shapes": entry(
        "torch.reshape(input=x, shape=shape)", "x.view(size=shape)", "x.expand(size=wide)",
        "x.flip(dims=tuple_of_dims)", "torch.permute(input=x, dims=order)", "torch.transpose(input=x, dim0=d, dim1=e)",
        "torch.swapaxes(x, axis0=d, axis1=e)", "torch.flatten(input=x, start_dim=0, end_dim=-1)",
        "torch.squeeze(input=x, dim=d)", "torch.unsqueeze(input=x, dim=d)", "x.split(split_size=count, dim=d)",
        "torch.split(tensor=x, split_size_or_sections=count, dim=d)", "torch.chunk(input=x, chunks=count, dim=d)",
        "torch.unbind(input=x, dim=d)", "x.to(device='cpu', dtype=getattr(torch, to))", "torch.numel(input=x)",
        "torch.broadcast_to(input=x, size=wide)", "torch.tile(input=x, dims=(2,))", "x.repeat(repeats=(2,) * x.dim())"),
    "by name, one tensor": entry(
        "torch.abs(input=x)", "torch.neg(input=x)", "torch.pow(input=x, exponent=2)",
        "torch.round(input=x, decimals=1)",
        "torch.relu(input=x)", "torch.zeros_like(input=x)", "torch.full_like(input=x, fill_value=small)",
        "u = x.clone(); u.fill_(value=small); u", "u = x.clone(); torch.clamp_(u, max=small); u", "torch.detach(x)",
        "u = x.clone(); torch.neg_(u); u", types=NUMBERS, ulps=1),
    "by name, made anew": entry(
        "torch.full(size=(2,), fill_value=n)", "torch.arange(start=0, end=7, step=count)", "torch.eye(n=count, m=2)",
        "torch.linspace(start=-1, end=2, steps=count)", "torch.tensor(data=numbers)", "torch.zeros(size=shape)",
        "torch.manual_seed(seed=3); torch.randint(low=0, high=9, size=(3,))",
        "torch.manual_seed(4); torch.rand(size=(2,), dtype=torch.float64)",
        "torch.rand_like(torch.ones(2), generator=torch.Generator().manual_seed(count))",
        "torch.randint_like(torch.ones(2), 9, generator=torch.Generator().manual_seed(count))", ulps=1),
}
# fmt: on


def by_another_name(other: str, name: str) -> Entry:
    """An operation called by its second name, and under it in place."""
    two = "x, y" if name in ("sub", "mul", "div", "gt", "ge", "lt", "le", "ne", "atan2") else "x"
    calls = {
        "outer": f"torch.{other}(u, v)",
        "transpose": f"torch.{other}(x, dim0=0, dim1=-1)",
        "vstack": f"torch.{other}([x, x])",
    }
    calls |= {"movedim": f"torch.{other}(x, 0, -1)", "numel": f"x.{other}()", "dim": f"x.{other}()"}
    call = calls.get(name, f"torch.{other}({two})")
    plain = OPERATIONS.get(name) or Entry([], ulps=8, slope_ulps=64, sums=True)
    twin = [f"u = x.clone(); u.{other}_({'y' if two == 'x, y' else ''}); u"] * (name + "_" in operation.methods)
    if name in ("asin", "acos"):
        call = f"torch.{other}(unit)"
    if name in ("asinh", "acosh", "atanh"):
        call = f"torch.{other}(unit{' + 1' * (name == 'acosh')})"
        twin = [f"u = unit.clone(); u.{other}_(); u.detach()"]
    return dataclasses.replace(plain, calls=[call, *twin])


OPERATIONS |= {other: by_another_name(other, name) for other, name in OTHER_NAMES.items()}

# --- one call under one library

Result = dict[str, Any]


def called(torch: Any, call: str, names: dict) -> Any:
    """The value of the call's last expression."""
    *statements, last = call.split("; ")
    scope = {"torch": torch, **names}
    for statement in statements:
        exec(statement, scope)
    return eval(last, scope)


def run(torch: Any, call: str, variables: dict, weights: np.random.RandomState) -> Result:
    """What a call gives: an error's type, or results with their nodes, gradients and gradients of gradients."""
    inputs = {name: v.tensor(torch) for name, v in variables.items() if isinstance(v, Drawn)}
    try:
        value = called(torch, call, {**variables, **inputs})
    except Exception as error:
        return {"error": type(error)}
    outputs = [value] if not isinstance(value, (tuple, list)) else list(value)
    result: Result = {"outputs": [described(torch, output) for output in outputs]}
    tracked = [t for t in outputs if isinstance(t, torch.Tensor) and t.requires_grad and t.is_floating_point()]
    leaves = [leaf for leaf in inputs.values() if leaf.requires_grad]
    if tracked and leaves:
        vectors = [weighted(torch, output, weights) for output in tracked]
        try:
            first = torch.autograd.grad(tracked, leaves, vectors, create_graph=True, allow_unused=True)
        except Exception as error:
            return {**result, "gradient's error": type(error)}
        result["gradients"] = [described(torch, g, node=False) for g in first]
        again = [g for g in first if g is not None and g.requires_grad]
        sums = [weighted(torch, g, weights).detach() for g in again]
        points = [*leaves, *vectors]
        try:
            twice = torch.autograd.grad(again, points, sums, allow_unused=True) if again else [None] * len(points)
        except Exception as error:
            return {**result, "second gradient's error": type(error)}
        result["second gradients"] = [
            described(torch, torch.zeros_like(point) if g is None else g, node=False)
            for g, point in zip(twice, points, strict=True)
        ]
    return result


def weighted(torch, output, weights: np.random.RandomState):
    """A vector to multiply the derivatives of an output with."""
    chosen = weights.choice([1.0, -0.5, 2.0, 3.0, 0.25], size=tuple(output.shape))
    return torch.tensor(np.asarray(chosen), dtype=output.dtype).requires_grad_()


def described(torch, value, node=True):
    """What can be compared: of a tensor its array and, with `node`, its place in the graph, of anything else itself."""
    if isinstance(value, torch.dtype):
        return str(value)
    if not isinstance(value, torch.Tensor):
        return value
    array = value.detach().numpy(force=True)
    if not value.is_floating_point():  # after a write PyTorch may say that whole numbers require a gradient
        return array
    return (array, value.requires_grad, node_of(value)) if node else array


def node_of(tensor):
    """How the node is printed, but for its address, and the nodes that follow."""
    node = tensor.grad_fn
    if node is None:
        return None
    printed, *following = (re.sub(" at 0x.*", "", repr(n)) for n in (node, *(edge for edge, _ in node.next_functions)))
    return printed, following


# --- compared


def difference(ours, theirs, tolerance: float, least: float, numbers_for_nan=False, precision=None) -> str | None:
    """How two descriptions differ, in words; None if they agree.

    tolerance: in units of the last place of each number, or of `least` where that is larger; in that of the type
    `precision`, if it is less precise.
    """
    told = f"{ours!r} in place of {theirs!r}"
    if isinstance(theirs, (list, tuple)):
        if not isinstance(ours, (list, tuple)) or len(ours) != len(theirs):
            return told
        pairs = zip(ours, theirs, strict=True)
        found = (difference(a, b, tolerance, least, numbers_for_nan, precision) for a, b in pairs)
        return next(filter(None, found), None)
    if not isinstance(theirs, np.ndarray):
        return None if repr(ours) == repr(theirs) else told
    if not isinstance(ours, np.ndarray) or ours.dtype != theirs.dtype or ours.shape != theirs.shape:
        return told
    if theirs.dtype.kind != "f":
        return None if np.array_equal(ours, theirs) else told
    with np.errstate(all="ignore"):
        largest = np.maximum(np.maximum(abs(ours), abs(theirs)), theirs.dtype.type(least))
        unit = np.spacing(largest.astype(precision) if precision else largest)
        if precision:  # a number of the other type may be finite beyond its range
            unit = np.where(np.isnan(unit) & np.isfinite(largest), largest * np.finfo(precision).eps, unit)
        near = (ours == theirs) | (abs(ours - theirs) <= tolerance * unit)
        near |= np.isnan(theirs) & (np.isnan(ours) | numbers_for_nan)
    return None if near.all() else told


def compare(torch, call: str, entry: Entry, variables: dict, seed: int) -> str | None:
    """The first disagreement between minigrad and PyTorch over a call."""
    ours = run(minigrad, call, variables, np.random.RandomState(seed))
    theirs = run(torch, call, variables, np.random.RandomState(seed))
    if not entry.edges or "dtype=" in call:
        forget_edges(ours)
        forget_edges(theirs)
    types = {value.array.dtype for value in variables.values() if isinstance(value, Drawn)}
    # of two types, a rule may compute a gradient in either
    precision = np.dtype("float32") if np.dtype("float32") in types else None
    taking_part = [0.0]
    for value in variables.values():
        if isinstance(value, Drawn) and value.array.dtype.kind == "f":
            taking_part += abs(value.array[np.isfinite(value.array)]).tolist()
    least = max(taking_part) if entry.sums else 0.0
    slopes = theirs.get("gradients", []) if entry.sums or "y" in variables else []  # those of y may be sums
    least_slope = max(
        [
            least,
            float(entry.sums),
            *(float(abs(g).max(initial=0, where=np.isfinite(g))) for g in slopes if g is not None),
        ]
    )
    if entry.finite and not finite(theirs.get("gradients", [])):
        forget("second gradients", ours, theirs)
    if entry.finite == "gradients" and not finite(theirs.get("outputs", [])):
        forget("gradients", ours, theirs)
        forget("second gradients", ours, theirs)
    if not entry.which and "error" in ours and "error" in theirs:
        return None
    for part in dict.fromkeys([*theirs, *ours]):
        if part not in ours or part not in theirs:
            return f"{part}: {ours.get(part)} in place of {theirs.get(part)}"
        if part == "outputs":
            found = difference(ours[part], theirs[part], entry.ulps, least)
        else:
            leaks = entry.leaks and part == "second gradients"
            found = difference(ours[part], theirs[part], entry.slope_ulps, least_slope, leaks, precision)
        if found:
            return f"{part}: {found}"
    return None


def finite(described: list) -> bool:
    """Return whether all numbers are finite."""
    arrays = [each[0] if isinstance(each, tuple) else each for each in described]
    return all(array is None or np.isfinite(array).all() for array in arrays)


def forget(part: str, *results: Result) -> None:
    for result in results:
        result.pop(part, None)


def forget_edges(result: Result) -> None:
    result["outputs"] = [
        (*output[:2], output[2] and output[2][0]) if isinstance(output, tuple) and len(output) == 3 else output
        for output in result.get("outputs", [])
    ]


def variables_of(call: str) -> list[str]:
    """The variables that a call names, and does not itself assign."""
    names = [node for node in ast.walk(ast.parse(call.replace("; ", "\n"))) if isinstance(node, ast.Name)]
    assigned = {node.id for node in names if isinstance(node.ctx, ast.Store)} - {"x"}
    return sorted({node.id for node in names if hasattr(Variables, node.id)} - assigned)


@st.composite
def calls(draw: Draw, entry: Entry) -> tuple[str, dict[str, Any]]:
    """A call of an operation, and what the names in it stand for."""
    call = draw(st.sampled_from(entry.calls))
    variables = Variables(draw, entry)
    return call, {each: variables[each] for each in variables_of(call)}


def changed_in_2_14(call: str, variables: dict[str, Any]) -> bool:
    """Whether an older PyTorch answers a call in another way: tests/test_pytorch_versions.py shows in which."""
    given = [value.array if isinstance(value, Drawn) else np.array(value) for value in variables.values()]
    if re.search(r"clamp|clip", call):  # its gradient at the bounds, and where a bound is nan
        numbers = [np.unique(array, equal_nan=True) for array in given]
        met = np.unique(np.concatenate(numbers), return_counts=True, equal_nan=True)
        return bool(max(met[1], default=0) > 1 or np.isnan(met[0].astype(float)).any())
    return bool(re.search(r"neg|relu|hardtanh|sub|-", call)) and any(array.dtype == bool for array in given)


@pytest.mark.torch
@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=[pytest.mark.cpu_build] * (each == "cuda")) for each in OPERATIONS]
)
def test_as_in_pytorch(name: str) -> None:
    import torch

    entry = OPERATIONS[name]
    newest = since("2.14")

    @settings(max_examples=examples(50), suppress_health_check=list(HealthCheck))
    @given(calls(entry), st.integers(0, 999))
    def agrees(drawn: tuple[str, dict], seed: int) -> None:
        call, variables = drawn
        assume(newest or not changed_in_2_14(call, variables))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = compare(torch, call, entry, variables, seed)
        assert found is None, f"{call} with {variables}: {found}"

    agrees()


# --- at two points: numerical gradients, recorded figures, and whether everything in the tables has its turn


def example(positive: bool) -> dict[str, Any]:
    """Values for all variables, with which nearly every call can be made."""
    random = np.random.RandomState(5 if positive else 6)

    def drawn(*shape: int) -> Drawn:
        values = np.round(random.uniform(0.3, 2.7, shape), 2) + 0.004  # no ties, no whole numbers
        return Drawn(values if positive else values * random.choice([-1, 1], shape), True)

    shapes = {"x": (2, 3), "y": (3,), "same": (2, 3), "alike": (2, 3), "one": (), "u": (3,), "v": (3,), "w": (2,)}
    shapes |= {"A": (2, 3), "B": (3, 2), "C": (2, 3), "AA": (2, 2, 3), "BB": (2, 3, 2), "scores": (3, 4), "v4": (4,)}
    return {name: drawn(*shape) for name, shape in shapes.items()} | {
        "mask": Drawn(np.array([[True, False, True], [False, False, True]]), False),
        "classes": Drawn(np.array([1, 3, 0]), False),
        "unit": Drawn(np.array([0.23, 0.57, 0.81]), True),
        "n": 1.5, "m": 2.25, "number": 1.5, "exponent": 2.5, "small": 0.5,
        "d": 1, "e": 0, "ds": (0, 1), "tuple_of_dims": (0, 1), "order": (1, 0), "k": True,
        "shape": (3, 2), "wide": (2, 2, 3), "count": 2, "order_of_norm": 3, "correction": 0, "parts": [1, 2],
        "to": "float64", "numbers": [[1.5, 2], [3, 4]], "values": np.array([1.5, 2.5]),
    }  # fmt: skip


POINTS = [example(True), example(False)]


@pytest.mark.parametrize("name", OPERATIONS)
def test_gradients_are_those_of_finite_differences(name: str) -> None:
    seen = checked = 0
    for call in OPERATIONS[name].calls:
        for point in POINTS:
            variables = {each: point[each] for each in variables_of(call)}
            tracked = [each for each, value in variables.items() if isinstance(value, Drawn) and value.tracked]

            def function(*inputs, call=call, variables=variables, tracked=tracked):
                tensors = {each: v.tensor(minigrad) for each, v in variables.items() if isinstance(v, Drawn)}
                result = called(minigrad, call, {**variables, **tensors, **dict(zip(tracked, inputs, strict=True))})
                results = result if isinstance(result, (tuple, list)) else [result]
                return tuple(t for t in results if isinstance(t, minigrad.Tensor) and t.requires_grad)

            inputs = tuple(variables[each].tensor(minigrad) for each in tracked)
            try:
                results = function(*inputs)
            except Exception:
                continue  # calls that are there for their error
            seen += len(results)
            if results and all(t.dtype is minigrad.float64 and t.isfinite().all() for t in results):
                try:
                    assert minigrad.autograd.gradcheck(function, inputs)
                    assert minigrad.autograd.gradgradcheck(function, inputs)
                except RuntimeError as error:
                    if "is not implemented" not in str(error):
                        raise AssertionError(call) from error
                checked += 1
    assert checked or not seen, f"no call of {name} was checked"


def shown(torch: Any, call: str) -> list[str]:
    """What a call at the first point and its gradients print; or the name of the error's type."""
    variables = {name: POINTS[0][name] for name in variables_of(call)}
    inputs = {name: v.tensor(torch) for name, v in variables.items() if isinstance(v, Drawn)}
    try:
        value = called(torch, call, {**variables, **inputs})
        values = value if isinstance(value, (tuple, list)) else [value]
        outputs = [t for t in values if isinstance(t, torch.Tensor) and t.requires_grad]
        if not outputs:
            return [repr(value)]
        weights = np.random.RandomState(1)
        vectors = [weighted(torch, output, weights).detach() for output in outputs]
        leaves = [leaf for leaf in inputs.values() if leaf.requires_grad]
        gradients = torch.autograd.grad(outputs, leaves, vectors, allow_unused=True)
    except Exception as error:
        return [type(error).__name__]
    return [repr(value), *map(repr, gradients)]


def record() -> dict[str, Any]:
    """What PyTorch shows; of one built for GPUs, what it shows of them is left out."""
    import torch

    warnings.simplefilter("ignore")
    entries = {name: entry for name, entry in OPERATIONS.items() if name != "cuda" or not built_for_gpus()}
    return {name: {call: shown(torch, call) for call in entry.calls} for name, entry in entries.items()}


@pytest.mark.parametrize("name", OPERATIONS)
def test_as_recorded(name: str) -> None:
    figures = recorded(__name__)[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert {call: shown(minigrad, call) for call in OPERATIONS[name].calls} == figures


def test_every_operation_has_an_entry() -> None:
    calls = " ".join(call for entry in OPERATIONS.values() for call in entry.calls)
    names = {*operation.functions, *operation.methods} - OPERATIONS.keys()
    names.discard("__reduce_ex__")  # tests/test_pickling.py is about it
    missing = {name for name in names if not re.search(rf"\.{name}\(", calls)}
    assert not missing, f"say in OPERATIONS how to call {sorted(missing)}"


def test_every_row_and_every_rule_has_its_turn() -> None:
    """Which of the formulas of the rows are computed: results, rules, and rules in a pass that is recorded."""
    computed = set()

    def note(frame, event, function):
        if event == "call":
            computed.add((frame.f_code, frame.f_globals is on_tensors))
        elif event == "c_call":
            computed.add((function, False))

    for entry in OPERATIONS.values():
        for call in entry.calls:
            names = variables_of(call)
            tracked = [each for each in names if isinstance(POINTS[0][each], Drawn) and POINTS[0][each].tracked]
            for number in range(1, 2 ** len(tracked)):
                chosen = {each for i, each in enumerate(tracked) if number >> i & 1}
                variables = {each: POINTS[0][each] for each in names}
                variables |= {each: Drawn(variables[each].array, each in chosen) for each in tracked}
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    sys.setprofile(note)
                    try:
                        differentiate(call, variables)
                    finally:
                        sys.setprofile(None)
    missing = []
    for row in operation.rows.values():
        row.prepare()
        if (getattr(row.forward, "__code__", row.forward), False) not in computed:
            missing.append(f"the result of {row.name}")
        for letter, rule in zip(row.inputs, row.rules, strict=True):
            ways = (False,) if row.node == "NotImplemented" else (False, True)
            if rule is not None and not all((rule.__code__, way) in computed for way in ways):
                missing.append(f"{row.name}'s gradient of {letter}, {row.gradients[letter]}")
    assert not missing, f"no call in OPERATIONS comes to {missing}"


def differentiate(call: str, variables: dict) -> None:
    """Four derivatives, each by a plain pass and by one that is recorded."""
    inputs = {name: v.tensor(minigrad) for name, v in variables.items() if isinstance(v, Drawn)}
    leaves = [leaf for leaf in inputs.values() if leaf.requires_grad]
    try:
        value = called(minigrad, call, {**variables, **inputs})
        outputs = [
            t for t in (value if isinstance(value, (tuple, list)) else [value]) if getattr(t, "requires_grad", 0)
        ]
        for _ in range(4):
            vectors = [minigrad.ones_like(t, requires_grad=True) for t in outputs]
            minigrad.autograd.grad(outputs, leaves, vectors, retain_graph=True, allow_unused=True)
            gradients = minigrad.autograd.grad(outputs, leaves, vectors, create_graph=True, allow_unused=True)
            outputs = [g for g in gradients if g is not None and g.requires_grad]
            leaves += vectors
            if not outputs:
                break
    except Exception:
        return  # calls that are there for their error


def test_an_error_in_a_rule_shows_its_row() -> None:
    """The traceback ends in the table, with the part of the formula marked that failed."""
    node: Any = minigrad.ones(2, requires_grad=True).tanh().grad_fn
    node.saved_x = "what tanh never saves"
    try:
        node(minigrad.ones(2))
    except TypeError as error:
        last: Any = traceback.extract_tb(error.__traceback__)[-1]
    assert last.filename.endswith("derivatives.py")
    assert last.name == "gradient_of_x"
    assert last.line is not None
    assert last.lineno is not None
    assert last.line.startswith('function("tanh(x)"')
    line = linecache.getline(last.filename, last.lineno)
    assert line[last.colno : last.end_colno] == "ans * ans"


def test_every_formula_stands_where_it_says() -> None:
    """Each formula of each table is found in its file, so that errors and debuggers can show it."""
    elsewhere = {
        row.name
        for row in operation.rows.values()
        for formula in (row.formula, *row.gradients.values())
        if formula is not None and find(formula, row.file, row.line)[1] == 0
    }
    assert not elsewhere
