"""Small engines for exercise 11.2: one that is right, and some in which a fault is planted.

Reading on spoils the exercise: it asks for tests that find the faults without a look at the source.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

__all__ = ["FAULTS", "Engine", "Listed", "engines"]

FAULTS = ("product", "number", "difference", "several", "broadcast", "passes", "switch")
"""What an engine can do wrong: at least one fault for each sentence of the exercise."""


class Engine:
    """An engine for arrays: `tensor` and `no_grad`, and tensors with `+`, `-`, `*`, `sum`, `backward` and `grad`.

    variant: faults have several shapes, which differ in what they do wrong, and by how much.
    """

    def __init__(self, fault: str = "", variant: int = 0) -> None:
        self.fault, self.variant = fault, variant
        self.recording = True
        self.stamps = itertools.count()

    def tensor(self, data: Any, requires_grad: bool = False) -> "Tensor":
        return Tensor(self, np.array(data, dtype=np.float64), requires_grad=requires_grad)

    @contextmanager
    def no_grad(self) -> Iterator[None]:
        before = self.recording
        self.recording = self.has("switch", 1)
        try:
            yield
        finally:
            self.recording = False if self.has("switch", 0) else True if self.has("switch", 2) else before

    def has(self, fault: str, variant: int | None = None) -> bool:
        """Return whether this fault is planted here, in this variant if one is given."""
        return self.fault == fault and variant in (None, self.variant)


Rule = Callable[[Any], list[Any]]


class Tensor:
    """An array, its gradient, and what it was made from."""

    def __init__(
        self,
        engine: Engine,
        data: Any,
        inputs: tuple["Tensor", ...] = (),
        rule: Rule | None = None,
        *,
        requires_grad: bool = False,
    ) -> None:
        self.engine, self.data = engine, np.asarray(data)
        self.grad: Any = None
        self.requires_grad = requires_grad or rule is not None
        self.inputs, self.rule, self.stamp = inputs, rule, next(engine.stamps)

    def __repr__(self) -> str:
        return f"tensor({self.data.tolist()})"

    def __eq__(self, other: object) -> Any:
        return Tensor(self.engine, self.data == (other.data if isinstance(other, Tensor) else other))

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return bool(self.data)

    def tolist(self) -> Any:
        return self.data.tolist()

    def item(self) -> float:
        return float(self.data)

    def detach(self) -> "Tensor":
        return Tensor(self.engine, self.data)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    def __add__(self, other: Any) -> "Tensor":
        return self._made(other, np.add, lambda g, x, y: [g, g])

    def __sub__(self, other: Any) -> "Tensor":
        if self.engine.has("difference"):
            sign = -1 if self.engine.has("difference", 1) else 1
            return self._made(other, np.subtract, lambda g, x, y: [sign * g, sign * g])
        return self._made(other, np.subtract, lambda g, x, y: [g, -g])

    def __mul__(self, other: Any) -> "Tensor":
        if self.engine.has("product", 0):
            return self._made(other, np.multiply, lambda g, x, y: [g * x, g * y])
        if self.engine.has("product", 1):
            return self._made(other, np.multiply, lambda g, x, y: [y + 0 * g, x + 0 * g])
        if self.engine.has("product", 2):
            return self._made(other, np.multiply, lambda g, x, y: [g * y, g * y])
        if self.engine.has("number") and not isinstance(other, Tensor):
            return self._made(other, np.multiply, lambda g, x, y: [g, g * x])
        return self._made(other, np.multiply, lambda g, x, y: [g * y, g * x])

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: Any) -> "Tensor":
        return self._tensor(other) - self

    def sum(self) -> "Tensor":
        return self._result(self.data.sum(), (self,), lambda g: [g * np.ones_like(self.data)])

    def backward(self, gradient: Any = None) -> None:
        if not self.requires_grad:
            raise RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn")
        if gradient is None and self.data.size != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        engine = self.engine
        arrived: dict[Tensor, Any] = {self: np.ones_like(self.data) if gradient is None else gradient.data}
        while arrived:
            node = max(arrived, key=lambda each: each.stamp)
            g = arrived.pop(node)
            if node.rule is None:
                node._collect(g)
                continue
            for x, part in zip(node.inputs, node.rule(g), strict=True):
                if x.requires_grad:
                    forgets = engine.has("several", 0) or engine.has("several", 1 if x.rule else 2)
                    arrived[x] = part if forgets else arrived.get(x, 0) + part

    def _collect(self, g: Any) -> None:
        before = 0 if self.grad is None or self.engine.has("passes") else self.grad.data
        self.grad = Tensor(self.engine, before + g)

    def _made(self, other: Any, compute: Any, rule: Callable[[Any, Any, Any], list[Any]]) -> "Tensor":
        other = self._tensor(other)
        x, y = self.data, other.data

        def fitting(g: Any) -> list[Any]:
            return [_fitted(part, a.shape, self.engine) for part, a in zip(rule(g, x, y), (x, y), strict=True)]

        return self._result(compute(x, y), (self, other), fitting)

    def _result(self, data: Any, inputs: tuple["Tensor", ...], rule: Rule) -> "Tensor":
        if not self.engine.recording or not any(x.requires_grad for x in inputs):
            return Tensor(self.engine, data)
        return Tensor(self.engine, data, inputs, rule)

    def _tensor(self, other: Any) -> "Tensor":
        return other if isinstance(other, Tensor) else self.engine.tensor(other)


def _fitted(g: Any, shape: tuple[int, ...], engine: Engine) -> Any:
    """Return the gradient of an input that was broadcast from this shape."""
    if engine.has("broadcast", 0) or g.shape == shape:
        return g
    lead = g.ndim - len(shape)
    axes = (*range(lead), *(lead + axis for axis, size in enumerate(shape) if size == 1 and g.shape[lead + axis] != 1))
    if engine.has("broadcast", 1):
        return g.mean(axis=axes, keepdims=True).reshape(shape)
    if engine.has("broadcast", 2):
        return g[tuple(slice(1) if axis in axes else slice(None) for axis in range(g.ndim))].reshape(shape)
    return g.sum(axis=axes, keepdims=True).reshape(shape)


class Listed:
    """A right engine whose tensors can do what the exercise lists, and nothing else."""

    def __init__(self) -> None:
        self._engine = Engine()

    def tensor(self, data: Any, requires_grad: bool = False) -> "ListedTensor":
        return ListedTensor(self._engine.tensor(data, requires_grad))

    def no_grad(self) -> Any:
        return self._engine.no_grad()


class ListedTensor:
    """A tensor of such an engine."""

    __slots__ = ("_inner",)

    def __init__(self, inner: Tensor) -> None:
        self._inner = inner

    def __repr__(self) -> str:
        return repr(self._inner)

    def __add__(self, other: Any) -> "ListedTensor":
        return ListedTensor(self._inner + _inside(other))

    def __sub__(self, other: Any) -> "ListedTensor":
        return ListedTensor(self._inner - _inside(other))

    def __rsub__(self, other: Any) -> "ListedTensor":
        return ListedTensor(_inside(other) - self._inner)

    def __mul__(self, other: Any) -> "ListedTensor":
        return ListedTensor(self._inner * _inside(other))

    __radd__, __rmul__ = __add__, __mul__

    def sum(self) -> "ListedTensor":
        return ListedTensor(self._inner.sum())

    def backward(self) -> None:
        self._inner.backward()

    @property
    def grad(self) -> "ListedTensor | None":
        return None if self._inner.grad is None else ListedTensor(self._inner.grad)

    @grad.setter
    def grad(self, value: "ListedTensor | None") -> None:
        self._inner.grad = _inside(value)

    @property
    def requires_grad(self) -> bool:
        return self._inner.requires_grad

    def item(self) -> float:
        return self._inner.item()

    def tolist(self) -> Any:
        return self._inner.tolist()


def _inside(value: Any) -> Any:
    return value._inner if isinstance(value, ListedTensor) else value


def engines() -> dict[str, Engine]:
    """Return a right engine, and five with a fault."""
    planted = ("several", "product", "switch", "broadcast", "passes")
    return {"right": Engine(), **{letter: Engine(fault) for letter, fault in zip("ABCDE", planted, strict=True)}}
