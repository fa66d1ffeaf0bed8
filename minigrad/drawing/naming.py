"""Names for tensors: those given, else the variables of the calling code."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from types import FrameType
from typing import Any

Tensor = Any  # minigrad's or PyTorch's: only what both offer is used
_NOT_THE_LEARNERS = frozenset({"In", "Out", "exit", "quit"})  # IPython puts these among the variables
_CONTAINER_LIMIT = 1000
_PLAIN_KEYS = (str, int, float, tuple)  # of dictionaries; how others are written may be long, or fail


def is_tensor(thing: object) -> bool:
    """Return whether a thing has `grad_fn` and `requires_grad`, of its own or by its class.

    The thing itself is not asked, so that an object that answers to every attribute is not taken for a tensor.
    """
    kind, own = type(thing), _own_attributes(thing)
    return (hasattr(kind, "grad_fn") or "grad_fn" in own) and (hasattr(kind, "requires_grad") or "requires_grad" in own)


def _own_attributes(thing: object) -> Mapping[str, object]:
    try:
        return object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return {}


def is_module(thing: object) -> bool:
    return hasattr(type(thing), "named_parameters") and callable(thing)


class Names:
    """Looks up the name of a leaf, of a constant, or of what an operation returned.

    Of several names for one tensor the first in `sources` counts. Variables and the parameters of modules come
    before the items of lists, tuples and dictionaries.
    """

    def __init__(self, sources: Iterable[tuple[str, object]]) -> None:
        self._by_tensor: dict[int, str] = {}
        self._by_memory: dict[tuple[object, ...], str] = {}
        self._by_operation: dict[tuple[int, int], tuple[str, Tensor]] = {}
        self._held: list[object] = []  # an id names an object for only as long as the object lives
        containers: list[tuple[str, object]] = []
        for name, thing in sources:
            if is_tensor(thing):
                self._add(name, thing)
            elif is_module(thing):
                for path, parameter in thing.named_parameters():  # type: ignore[attr-defined]
                    self._add(f"{name}.{path}" if name else path, parameter)
            elif type(thing) in (list, tuple, dict):
                containers.append((name, thing))
        for name, thing in containers:
            for key, item in _items(thing):
                if is_tensor(item) and isinstance(key, _PLAIN_KEYS):
                    self._add(f"{name}[{key!r}]", item)

    def _add(self, name: str, tensor: Tensor) -> None:
        try:
            operation = tensor.grad_fn
        except RuntimeError:  # one of several views, overwritten since: it has no place in a graph any more
            return
        self._held += [tensor, operation]
        self._by_tensor.setdefault(id(tensor), name)
        if not tensor.requires_grad:
            self._by_memory.setdefault(_memory(tensor), name)
        if operation is not None:
            self._by_operation.setdefault((id(operation), getattr(tensor, "output_nr", 0)), (name, tensor))

    def of_tensor(self, tensor: Tensor) -> str:
        """Return the name of this very tensor; of one that needs no gradient, also the name of another with its memory.

        What an operation saved may come back as a new tensor that shows the old one's numbers.
        """
        name = self._by_tensor.get(id(tensor), "")
        if not name and not tensor.requires_grad:
            name = self._by_memory.get(_memory(tensor), "")
        return name

    def of_result(self, operation_id: int, index: int) -> tuple[str, Tensor | None]:
        """Return the name of result number `index` of the operation with this id, and the tensor that has the name."""
        return self._by_operation.get((operation_id, index), ("", None))


def _memory(tensor: Tensor) -> tuple[object, ...]:
    """Equal for two tensors only if they show the same numbers in memory."""
    try:
        array = tensor.numpy()
    except (RuntimeError, TypeError, AttributeError):  # PyTorch's that are not on the CPU or not dense; other engines'
        return (id(tensor),)
    if not hasattr(array, "__array_interface__"):
        return (id(tensor),)
    return array.__array_interface__["data"][0], array.shape, array.strides, array.dtype


def _items(container: Any) -> Iterator[tuple[object, object]]:
    pairs = container.items() if isinstance(container, dict) else enumerate(container)
    for count, pair in enumerate(pairs):
        if count == _CONTAINER_LIMIT:
            return
        yield pair


def given(names: object) -> list[tuple[str, object]]:
    """Return the names that `draw(…, names=…)` was given: a mapping from name to tensor, or a module."""
    if is_module(names):
        return [("", names)]
    if not isinstance(names, Mapping):
        raise TypeError(
            f"names must map names to tensors, for example names=locals() or names={{'x': x}}, but it is "
            f"a {type(names).__name__}"
        )
    return [(str(name), thing) for name, thing in names.items() if is_learners(str(name))]


def callers_variables(frame: FrameType | None) -> list[tuple[str, object]]:
    """Return the variables of the code in `frame`, of its callers in the same notebook or file, then the globals."""
    found: list[tuple[str, object]] = []
    module = frame.f_globals if frame is not None else {}
    while frame is not None and frame.f_globals is module:
        if frame.f_code.co_flags & inspect.CO_OPTIMIZED:
            found += locals_of(frame)
        frame = frame.f_back
    found += list(module.items())
    return [(name, thing) for name, thing in found if is_learners(name)]


def locals_of(frame: FrameType) -> list[tuple[str, object]]:
    """Return the variables of a function that is running."""
    variables = frame.f_locals
    found = list(variables.items())
    # Before Python 3.13 the frame keeps this dictionary, and with it every tensor in it, until the function returns.
    # Three references are the frame's, ours and the call's: nobody else can be using it.
    if sys.version_info < (3, 13) and sys.getrefcount(variables) == 3:
        variables.clear()
    return found


def is_learners(name: str) -> bool:
    """Return whether a variable is one of those that people give names to."""
    return not name.startswith("_") and name not in _NOT_THE_LEARNERS
