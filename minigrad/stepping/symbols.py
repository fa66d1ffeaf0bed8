"""The formulas of the tables in symbols: `g * (1 - ans * ans)` as `{g} · (1 - {ans}²)`.

A formula is evaluated, as it is on arrays and on tensors, on letters that write down what is done to them; `MEANINGS`
says what a reader is to see of the formulas' helpers.  An operation of one tensor needs no entry there: `cosh(x)` is
written as that.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, NamedTuple

from ..drawing import text
from ..engine.rows import Row, rows

GRADIENT, NUMBER, LETTER, SUM, MATRICES = range(5)  # kinds of factors, in the order in which a product has them
WITHOUT_PARENTHESES = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "sign", "ln"})
POWERS = {1: "", 2: "²", 3: "³"}


class Unsayable(Exception):
    """A formula that symbols cannot express."""


class Written:
    """A formula, or a part of it, in symbols."""

    text: str
    unless = ""  # where it is 0 although its letters would give 0 / 0 or 0 · ∞

    def __str__(self) -> str:
        return self.text


class Words(Written):
    """Words that no further formula uses; `of`: what they describe, if they only describe its shape."""

    def __init__(self, words: str, of: Any = None) -> None:
        self.text, self.of = words, of


class Condition:
    """Where something holds."""

    def __init__(self, text: str, zero: bool = False, joined_by: str = "") -> None:
        self.text = text
        self.zero = zero  # whether it says that something is 0
        self.joined_by = joined_by

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"{self.beside('and')} and {other.beside('and')}", self.zero, "and")

    def __or__(self, other: Condition) -> Condition:
        return Condition(f"{self.beside('or')} or {other.beside('or')}", joined_by="or")

    def beside(self, word: str) -> str:
        """Return the text for use with "and" or "or": in parentheses if it is joined by the other one."""
        return self.text if self.joined_by in ("", word) else f"({self.text})"


class Cases(Written):
    """One thing where this holds, another where that holds, and another elsewhere."""

    def __init__(self, cases: list[tuple[Written, Condition]], elsewhere: Written) -> None:
        self.cases, self.elsewhere = cases, elsewhere

    def __mul__(self, other: Condition) -> Cases:
        return self  # of `share`, which has said where

    @property
    def text(self) -> str:  # type: ignore[override]
        return ", ".join(
            [*(f"{value} where {where.text}" for value, where in self.cases), f"{self.elsewhere} elsewhere"]
        )


class Factor(NamedTuple):
    """A part of a product."""

    base: str
    kind: int = LETTER
    power: Any = 1  # a number or a text

    @property
    def text(self) -> str:
        if self.power == 1:
            return f"({self.base})" if self.kind == SUM else self.base
        base = self.base if is_simple(self.base) else f"({self.base})"
        if isinstance(self.power, str):
            return f"{base}^{self.power}"
        return base + POWERS.get(self.power, f"^{text.number(self.power).removesuffix('.')}")


class Product(Written):
    """Factors above and below a line; often it is one letter, number or sum.  Without factors it is 1."""

    def __init__(self, above: tuple[Factor, ...] = (), below: tuple[Factor, ...] = (), negative: bool = False) -> None:
        self.above, self.below, self.negative = above, below, negative

    @property
    def text(self) -> str:  # type: ignore[override]
        sign = "-" if self.negative else ""
        if self.is_alone and not self.negative and self.above[0].power == 1:
            return self.above[0].base
        above = " · ".join(factor.text for factor in sorted(self.above, key=lambda factor: factor.kind)) or "1"
        below = " · ".join(factor.text for factor in self.below)
        if not below:
            return sign + above
        return f"{sign}{above} / {below if len(self.below) == 1 else f'({below})'}"

    @property
    def is_alone(self) -> bool:
        return len(self.above) == 1 and not self.below

    @property
    def is_zero(self) -> bool:
        return self.above == ZERO.above

    # what formulas ask of a tensor

    shape = None

    @property
    def size(self) -> Product:
        return letter("{n}")

    def reshape(self, *shape: object) -> Words:
        return Words(f"{self}, in the shape of the input", of=self)

    def __neg__(self) -> Product:
        return self.passed_on(Product(self.above, self.below, not self.negative and not self.is_zero))

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Condition):
            return where(other, self, 0)
        if isinstance(other, Cases):
            return Cases([(self * value, holds) for value, holds in other.cases], self * other.elsewhere)
        other = product(other)
        if self.is_zero or other.is_zero:
            return ZERO
        above, below = together(self.above + other.above), together(self.below + other.below)
        return self.passed_on(Product(above, below, self.negative != other.negative), other)

    def __truediv__(self, other: Any) -> Product:
        other = product(other)
        return self * other.passed_on(Product(other.below, other.above, other.negative))

    def __add__(self, other: Any) -> Product:
        other = product(other)
        if self.is_zero or other.is_zero:
            return other if self.is_zero else self
        written = f"{self} - {(-other).beside_minus}" if other.negative else f"{self} + {other}"
        return self.passed_on(Product((Factor(written, SUM),)), other)

    def __sub__(self, other: Any) -> Product:
        other = product(other)
        if other.is_zero or other.negative:
            return self + -other
        return self.passed_on(Product((Factor(f"{self} - {other.beside_minus}", SUM),)), other)

    def __rsub__(self, other: Any) -> Product:
        return product(other) - self

    def __pow__(self, power: Any) -> Product:
        if isinstance(power, Product):
            power = power.text if is_simple(power.text) else f"({power})"
        elif power in (0, 1):
            return self if power else Product()
        if self.is_alone and not self.negative:
            (only,) = self.above
            if only.power == 1:
                return self.passed_on(Product((only._replace(power=power),)))
        return self.passed_on(Product((Factor(self.text, SUM, power),)))

    def __abs__(self) -> Product:
        return letter(f"|{self}|")

    def __rmul__(self, other: Any) -> Product:
        return product(other) * self

    def __radd__(self, other: Any) -> Product:
        return product(other) + self

    def __lt__(self, other: Any) -> Condition:
        return Condition(f"{self} < {product(other)}")

    def __le__(self, other: Any) -> Condition:
        return Condition(f"{self} ≤ {product(other)}")

    def __gt__(self, other: Any) -> Condition:
        return Condition(f"{self} > {product(other)}")

    def __ge__(self, other: Any) -> Condition:
        return Condition(f"{self} ≥ {product(other)}")

    def __eq__(self, other: Any) -> Any:
        other = product(other)
        return Condition(f"{self} is 0", zero=True) if other.is_zero else Condition(f"{self} equals {other}")

    __hash__ = None  # type: ignore[assignment]

    @property
    def beside_minus(self) -> str:
        return f"({self})" if self.is_alone and self.above[0].kind == SUM and self.above[0].power == 1 else self.text

    def passed_on(self, result: Product, other: Product | None = None) -> Product:
        """Return the result, noting where those that it was made from are 0."""
        result.unless = self.unless or (other.unless if other is not None else "")
        return result


def product(value: Any) -> Product:
    """Return what a formula computes with: letters, or a number."""
    if isinstance(value, Product):
        return value
    if isinstance(value, (int, float)):
        size = abs(value)
        if size == 0:
            return ZERO
        return Product(() if size == 1 else (Factor(text.number(size), NUMBER),), negative=value < 0)
    raise Unsayable


def letter(written: str, kind: int = LETTER) -> Product:
    return Product((Factor(written, kind),))


ZERO = letter("0", NUMBER)


def together(factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Equal factors as a power."""
    found: dict[tuple[Any, ...], Factor] = {}
    for place, factor in enumerate(factors):
        merges = factor.kind != NUMBER and not isinstance(factor.power, str)
        key = (factor.base, factor.kind) if merges else (place,)
        before = found.get(key)
        found[key] = factor if before is None else factor._replace(power=before.power + factor.power)
    return tuple(found.values())


def is_simple(written: str) -> bool:
    """Return whether it needs no parentheses anywhere."""
    return re.fullmatch(r"\|?[{}\w.]+\|?", written, re.ASCII) is not None  # and no "²"


# --- what helpers mean


def where(holds: Condition, yes: Any, no: Any) -> Written:
    if not isinstance(holds, Condition):  # a mask that was not saved
        raise Unsayable
    if isinstance(yes, Cases):  # of `share`, which has said where
        return yes
    yes = yes if isinstance(yes, Written) else product(yes)
    no = no if isinstance(no, Written) else product(no)
    if holds.zero and isinstance(yes, Product) and yes.is_zero:
        result = copy(no)
        result.unless = holds.text
        return result
    if isinstance(no, Cases):
        return Cases([(yes, holds), *no.cases], no.elsewhere)
    return Cases([(yes, holds)], no)


def share(g: Product, ties: Condition, dim: object = None) -> Written:
    return where(Condition(f"{ties.text}, shared evenly where several do"), g, 0)


def function(name: str) -> Callable[[Any], Product]:
    """Return a function that is written by its name."""

    def written(value: Any) -> Product:
        value = product(value)
        plain = name in WITHOUT_PARENTHESES and is_simple(value.text)
        return letter(f"{name} {value}" if plain else f"{name}({value})")

    return written


def sqrt(value: Product) -> Product:
    return letter(f"√{value}" if is_simple(value.text) else f"√({value})")


def number_log(n: float, y: object) -> Product:
    if n == 0:
        raise Unsayable
    return function("ln")(n)


def inside(x: Product, low: float | None, high: float | None) -> Condition:
    written = x.text if low is None else f"{text.number(low)} < {x}"
    return Condition(written if high is None else f"{written} < {text.number(high)}")


def norm_slope(g: Product, x: Product, norm: Product, order: float, dim: object) -> Written:
    if order == 0:
        raise Unsayable
    if order < 1 and not math.isinf(order):
        return where(x == 0, 0, g * function("sign")(x) * (abs(x) / norm) ** (order - 1))
    if order == 2:
        slope: Written = g * x / norm
    elif order == 1:
        slope = g * function("sign")(x)
    elif math.isinf(order):
        slope = share(g * function("sign")(x), abs(x) == norm)
    else:
        slope = g * function("sign")(x) * (abs(x) / norm) ** (order - 1)
    return where(norm == 0, 0, slope)


def expand(g: Written, shape: object) -> Words:
    """Return a gradient with the dimensions that a sum removed was put into another shape before."""
    if isinstance(g, Words):
        return Words(f"{g.of}, repeated for what was {'averaged' if '{n}' in g.text else 'summed'}")
    return Words(f"{g} for every entry")


def scaled(g: Product, factor: float, reduction: int, size: Product) -> Product:
    return g * factor / size if reduction == MEAN else g * factor


MEAN = 1  # as a loss saves its reduction; 2 is a sum


def matrix_product(a: Product, b: Product) -> Product:
    return letter(f"{a} {b}", MATRICES)


def transposed(a: Product) -> Product:
    """(A B)ᵀ is Bᵀ Aᵀ."""
    turned = [each[:-1] if each.endswith("ᵀ") else f"{each}ᵀ" for each in a.text.split(" ")]
    return letter(" ".join(reversed(turned)), MATRICES)


def bmm(a: Written, b: Written) -> Words:
    turned = [transposed(each.of).text if isinstance(each, Words) else each.text for each in (a, b)]
    return Words(f"{turned[0]} {turned[1]}, matrix by matrix")


def freedom(x: Product, dim: object, correction: float | None) -> Product:
    return x.size - (1 if correction is None else correction)


def taken_from(g: Written, *where: object) -> Words:
    return Words(f"{g} where it was taken from, 0 elsewhere")


def written_to(g: Written, *where: object) -> Words:
    return Words(f"{g} where it was written")


def around_it(g: Written, *where: object) -> Words:
    return Words(f"0 where it was written, {g} elsewhere")


def itself(g: Written, *shape: object) -> Written:
    return g


def nothing(*given: object) -> None:
    return None


MEANINGS: dict[str, Callable[..., Any]] = {
    "log": function("ln"), "ln": function("ln"), "sqrt": sqrt, "abs": abs,
    "power_slope": lambda x, n: n * x ** (n - 1),
    "slope_xy": lambda x, y: where(y == 0, 0, y * x ** (y - 1)),
    "log_base": lambda x, y: where((x == 0) & (y >= 0), 0, function("ln")(x)),
    "number_log": number_log,
    "div_floor": lambda x, y: function("floor")(x / y),
    "zeros_like": lambda x: ZERO, "below_0": lambda x: x,
    # choosing
    "where": where, "masked": lambda g, mask: where(mask, g, 0), "gate": lambda g, y: where(y > 0, g, 0),
    "inside": inside, "share": share,
    "reached": lambda x, ans: x == ans, "tied": lambda x, ans, dim, keepdim: x == ans,
    # sums and the like
    "expand": expand, "restored": itself, "sum_to": itself, "kept": nothing, "count": lambda shape, dim: letter("{n}"),
    "sum_all": lambda x: letter(f"the sum of {x}"), "sum_along": lambda x, dim: letter(f"the sum of {x}"),
    "product_of_others": lambda x, ans, dim: letter("the product of the other entries"),
    "freedom": freedom, "centred": lambda x, dim: letter(f"{x} - its mean", SUM), "norm_slope": norm_slope,
    "scaled": scaled,
    # matrices
    "mm": matrix_product, "mv": matrix_product, "bmm": bmm, "t": transposed,
    # other shapes and places
    "transpose": lambda x, i, j: Words(f"{x}, transposed back", of=x), "inverse": nothing,
    "permute": lambda x, dims: Words(f"{x}, its dimensions put back"),
    "flip": lambda x, dims: Words(f"{x}, flipped back"),
    "at": nothing, "span": nothing, "along": nothing,
    "placed": taken_from, "put": taken_from, "taken": written_to, "pick": written_to, "index": written_to,
    "scattered": lambda g, *where: Words(f"{g} added up where it was taken from, 0 elsewhere"),
    "replaced": around_it, "cover": around_it,
}  # fmt: skip


CONSTANTS = {"SLOPE_OF_ERF": 2 / math.sqrt(math.pi), "RADIANS": math.pi / 180}


class Names(dict):
    """What the names in a formula stand for."""

    def __missing__(self, name: str) -> Any:
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in MEANINGS:
            return MEANINGS[name]
        if name in rows and rows[name].arguments == ["x"]:
            return function(name)
        raise Unsayable


def formula(row: Row, name: str, letters: Mapping[str, str], arguments: Mapping[str, Any]) -> Written:
    """Return what the row says that its input `name` receives.

    letters: what its tensors are called; arguments: the values of its other arguments, and what holds where a mask is.
    """
    said = Names({input: letter(f"{{{written}}}") for input, written in letters.items()} | dict(arguments))
    said |= {"g": letter("{g}", GRADIENT), "ans": letter("{ans}")}
    value = eval(row.gradients[name], {"__builtins__": {}}, said)
    return value if isinstance(value, Written) else product(value)
