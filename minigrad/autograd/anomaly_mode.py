"""Finding the operation whose backward rule makes nan: `detect_anomaly` and `set_detect_anomaly`.

While the mode is on, every node remembers the line that made it, and a pass looks at every gradient.  The engine itself
is not involved: while the mode is on, some functions of its modules are replaced.
"""

import warnings
import weakref
from typing import Any

import numpy as np

from ..engine import operation, passes
from ..engine.backward import walk
from ..engine.graph import Handwritten
from ..engine.tensor import Tensor
from ..shown import Shown, address

_on = False
_check_nan = True
_lines: Any = weakref.WeakKeyDictionary()  # by node: the line of the forward computation


class _Pass:
    """Which node's rule is being asked, and for which input its next gradient is."""

    node: Any = None
    index = 0


_now = _Pass()
_new_node, _init = operation.new_node, Handwritten.__init__
_through_hooks, _receive = passes.through_hooks, passes.receive


def _remember(node) -> None:
    from ..asking.places import here

    _lines[node] = here()


def _remembering(row, ans):
    node = _new_node(row, ans)
    _remember(node)
    return node


def _init_remembering(node, *arguments) -> None:
    _init(node, *arguments)
    if not node.hidden:
        _remember(node)


def _every_pass(root, g, retain: bool = False) -> dict:
    _now.node = None
    return passes.careful_walk(root, g, retain, False)


def _note(node, *arguments):
    g = _through_hooks(node, *arguments)
    _now.node, _now.index = node, 0
    return g


def _checking(edge, gradient, arrived, reached) -> None:
    data = gradient._data if isinstance(gradient, Tensor) else gradient
    if _check_nan and _now.node is not None and isinstance(data, (np.ndarray, np.generic)) and np.isnan(data).any():
        raise _found(_now.node, _now.index)
    _now.index += 1
    _receive(edge, gradient, arrived, reached)


def _found(node, index: int) -> RuntimeError:
    """Return the error for a rule that made nan; as in PyTorch, a warning says where its operation was computed."""
    name, place = node.name(), _lines.get(node)
    if place is None:
        told = "No forward pass information available. Enable detect anomaly during forward pass for more information."
        warnings.warn(f"Error detected in {name}. {told}", stacklevel=8)
        where = ""
    else:
        where = f" It belongs to {place}: {place.source}" if place.source else f" It belongs to {place}"
        told = f'  File "{place.file}", line {place.line}\n    {place.source}'
        warnings.warn(
            f"Error detected in {name}. Traceback of forward call that caused the error:\n{told}", stacklevel=8
        )
    _now.node = None
    return RuntimeError(f"Function '{name}' returned nan values in its {index}th output.{where}")


def _switch(on: bool, check_nan: bool) -> None:
    global _on, _check_nan
    _on, _check_nan = on, check_nan
    init: Any = _init_remembering if on else _init
    operation.new_node = _remembering if on else _new_node
    Handwritten.__init__ = init  # type: ignore[method-assign]
    passes.walk = _every_pass if on else walk
    passes.through_hooks = _note if on else _through_hooks
    passes.receive = _checking if on else _receive


def is_anomaly_enabled() -> bool:
    """Return True while nan in a backward pass is an error that names its operation.

    >>> torch.is_anomaly_enabled()
    False
    """
    return _on


def is_anomaly_check_nan_enabled() -> bool:
    """Return True where such a pass looks for nan.

    >>> torch.is_anomaly_check_nan_enabled()
    True
    """
    return _check_nan


class set_detect_anomaly(metaclass=Shown):
    """Make nan in a backward pass an error that names the operation and its line, or not; also as a `with` block.

    mode: True or False; check_nan: with False, only other errors of a pass are reported with their line.

    >>> with torch.autograd.set_detect_anomaly(True):
    ...     print(torch.is_anomaly_enabled())
    True
    """

    _shown_in = "torch.autograd.anomaly_mode"
    __repr__ = address

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = _on, _check_nan
        _switch(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        _switch(*self._before)


class detect_anomaly(metaclass=Shown):
    """Make nan in a backward pass an error that names the operation and its line, in a `with` block.

    Compute both the forward and the backward pass inside; both are slower there.

    >>> x = torch.tensor(0., requires_grad=True)
    >>> with torch.autograd.detect_anomaly():
    ...     try:
    ...         (x.sqrt() * 0).backward()
    ...     except RuntimeError as error:
    ...         print(str(error)[:59])
    Function 'SqrtBackward0' returned nan values in its 0th out
    """

    _shown_in = "torch.autograd.anomaly_mode"
    __repr__ = address

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self._before = _on, _check_nan
        _switch(True, self._check_nan)

    def __exit__(self, *error: object) -> None:
        _switch(*self._before)
