"""`watch`: notes on a tape what is computed inside its block, under minigrad and, where it is loaded, under PyTorch."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from typing import Any

from .tape import Tape


class watch:
    """Record what is computed inside `with watch():`, whether autograd records it or not, with the line that did it.

    `why` then tells where a gradient was lost; it reads the watch that was opened last, which is kept until the next
    one is opened. It keeps small facts, and no tensor.

    values: note the smallest and the largest entry of every result as well, which show zeros and the first nan.
    Errors: RuntimeError where the same watch is opened twice.

    >>> w = torch.ones(2, requires_grad=True)
    >>> with torch.watch():
    ...     loss = (w.detach() * 2).sum()
    >>> "detach() cuts the path" in str(torch.why(w, loss))
    True
    """

    def __init__(self, *, values: bool = True) -> None:
        self.tape = Tape(values)
        self._undo: list[Callable[[], object]] = []

    def __enter__(self) -> watch:
        if self._undo:
            raise RuntimeError("this watch is open already: write `with watch():` for another one")
        _Last.watch = self
        self._undo.append(_watch_minigrad(self.tape))
        if "torch" in sys.modules:
            from .pytorch import watch_torch

            self._undo.append(watch_torch(self.tape))
        return self

    def __exit__(self, *error: object) -> None:
        while self._undo:
            self._undo.pop()()

    def __repr__(self) -> str:
        steps = len(self.tape.steps)
        return f"watch: {steps} step{'s' * (steps != 1)} seen"


class _Last:
    watch: watch | None = None


def last_tape() -> Tape | None:
    """Return the tape of the watch that was opened last."""
    return _Last.watch.tape if _Last.watch is not None else None


def forget() -> None:
    """Let `why` answer as if nothing had been watched."""
    _Last.watch = None


# --- minigrad: its functions and methods are wrapped while a watch is open, and put back at its end

# Methods that tell something about a tensor, in Python's own matters.
_PYTHONS = frozenset({"__init__", "__new__", "__repr__", "__str__", "__hash__", "__len__", "__bool__", "__format__",
                      "__dir__", "__contains__", "__index__", "__array__", "__init_subclass__", "__class_getitem__",
                      "__reduce__", "__reduce_ex__", "__iter__", "__setstate__", "__getstate__"})  # fmt: skip
_WITHOUT_STEPS = frozenset({"is_tensor", "is_grad_enabled", "get_default_dtype", "set_default_dtype", "save", "load",
                            "set_printoptions", "manual_seed", "initial_seed", "get_rng_state", "set_rng_state",
                            "no_grad", "enable_grad", "set_grad_enabled", "size", "dim", "numel", "type", "retain_grad",
                            "register_hook", "requires_grad_", "backward", "draw", "step_through", "why"})  # fmt: skip


class _Patches:
    """Attributes that were replaced, and what stood there."""

    def __init__(self) -> None:
        self._before: list[tuple[Any, str, Any]] = []

    def put(self, owner: Any, name: str, new: Any) -> None:
        self._before.append((owner, name, vars(owner)[name]))
        setattr(owner, name, new)

    def undo(self) -> None:
        for owner, name, before in reversed(self._before):
            setattr(owner, name, before)


class _Depth:
    def __init__(self) -> None:
        self.inside = False
        self.thread = threading.get_ident()

    @property
    def passes(self) -> bool:
        """Whether a call is none of the user's: one from inside another, or from another thread."""
        return self.inside or threading.get_ident() != self.thread


def _replace_functions(patches: _Patches, noting: Callable[[Callable, str], Callable]) -> None:
    """Put `noting(function, name)` in the place of minigrad's functions, and of its tensors' methods."""
    import minigrad

    from .. import nn
    from ..engine.tensor import Tensor

    for holder in (minigrad, nn.functional):
        for name, thing in list(vars(holder).items()):
            public = callable(thing) and not isinstance(thing, type) and not name.startswith("_")
            if public and name not in _WITHOUT_STEPS and getattr(thing, "__module__", "").startswith("minigrad"):
                patches.put(holder, name, noting(thing, name))
    for name, thing in list(vars(Tensor).items()):
        public = hasattr(thing, "__code__") and (not name.startswith("_") or name.startswith("__"))
        if public and name not in _PYTHONS and name not in _WITHOUT_STEPS:
            patches.put(Tensor, name, noting(thing, name))
    for name in ("data", "T", "mT"):
        before = vars(Tensor).get(name)
        if isinstance(before, property) and before.fget is not None:
            patches.put(Tensor, name, property(noting(before.fget, name), before.fset, before.fdel))


def noting_minigrad(note: Callable[[tuple, dict, Any], object]) -> Callable[[], object]:
    """Call `note(arguments, options, result)` after each call of an operation from now on; returns what ends it."""
    patches, depth = _Patches(), _Depth()

    def noting(function: Callable, name: str) -> Callable:
        @functools.wraps(function)
        def noted(*arguments: Any, **options: Any) -> Any:
            if depth.passes:
                return function(*arguments, **options)
            depth.inside = True
            try:
                result = function(*arguments, **options)
            finally:
                depth.inside = False
            note(arguments, options, result)
            return result

        return noted

    _replace_functions(patches, noting)
    return patches.undo


def _watch_minigrad(tape: Tape) -> Callable[[], object]:
    from .. import autograd, grad_mode, nn, optim
    from ..engine.modes import recording
    from ..engine.tensor import Tensor
    from .errors import explain_write, explaining

    patches, depth = _Patches(), _Depth()
    if not recording():
        tape.switch(False)

    def noting(function: Callable, name: str) -> Callable:
        @functools.wraps(function)
        def noted(*arguments: Any, **options: Any) -> Any:
            if depth.passes:
                return function(*arguments, **options)
            depth.inside = True
            try:
                before = tape.inputs_of(arguments, options)
                result = function(*arguments, **options)
                tape.note(name, arguments, options, result, recording(), before)
            except RuntimeError as error:
                explain_write(error, tape, options["out"] if "out" in options else arguments[0] if arguments else None)
                raise
            finally:
                depth.inside = False
            return result

        return noted

    def telling(function: Callable, tell: Callable, first: bool = False) -> Callable:
        """Wrap a function to tell what happened after it, or before it, unless it was called from inside another."""

        @functools.wraps(function)
        def told(*arguments: Any, **options: Any) -> Any:
            if depth.passes:
                return function(*arguments, **options)
            depth.inside = True
            try:
                if first:
                    tell(*arguments, **options)
                result = function(*arguments, **options)
                if not first:
                    tell(*arguments, **options)
            finally:
                depth.inside = False
            return result

        return told

    _replace_functions(patches, noting)

    def tell_grad(tensor: Any, value: Any = None) -> None:
        tape.happened("cleared" if value is None else "grad set", [tensor])

    def tell_frozen(tensor: Any, flag: bool = True) -> None:
        tape.happened("thawed" if flag else "frozen", [tensor])

    grad, needs = vars(Tensor)["grad"], vars(Tensor)["requires_grad"]

    def gradient(tensor: Any) -> Any:
        result = grad.fget(tensor)
        if not depth.passes:
            tape.is_gradient_of(result, tensor)
        return result

    patches.put(Tensor, "grad", property(gradient, telling(grad.fset, tell_grad), telling(grad.fdel, tell_grad)))
    patches.put(Tensor, "requires_grad", property(needs.fget, telling(needs.fset, tell_frozen)))
    patches.put(Tensor, "requires_grad_", telling(Tensor.requires_grad_, tell_frozen))
    patches.put(
        Tensor,
        "backward",
        telling(explaining(Tensor.backward, tape), lambda root, *_, **__: tape.happened("pass", (), root)),
    )

    def tell_roots(roots: Any, *_: Any, **__: Any) -> None:
        for root in [roots] if isinstance(roots, Tensor) else roots:
            tape.happened("pass", (), root)

    def tell_outputs(outputs: Any, *_: Any, **__: Any) -> None:
        for output in [outputs] if isinstance(outputs, Tensor) else outputs:
            tape.happened("pass without .grad", (), output)

    patches.put(autograd, "backward", telling(explaining(autograd.backward, tape), tell_roots))
    patches.put(autograd, "grad", telling(explaining(autograd.grad, tape), tell_outputs))

    def parameters(optimizer: Any) -> list:
        return [p for group in optimizer.param_groups for p in group["params"]]

    def tell_cleared(holder: Any, *_: Any, **__: Any) -> None:
        tape.happened("cleared", list(holder.parameters()) if hasattr(holder, "parameters") else parameters(holder))

    def tell_step(optimizer: Any, *_: Any, **__: Any) -> None:
        tape.happened("step", parameters(optimizer))

    for kind in (optim.Optimizer, nn.Module):
        patches.put(kind, "zero_grad", telling(vars(kind)["zero_grad"], tell_cleared))

    def stepping(step: Callable) -> Callable:
        @functools.wraps(step)
        def stepped(optimizer: Any, closure: Any = None) -> Any:
            if closure is not None:  # what it computes is the user's
                return step(optimizer, closure)
            return telling(step, tell_step, first=True)(optimizer)

        return stepped

    kinds = [optim.Optimizer]  # and those derived from it, the user's own among them
    for kind in kinds:
        kinds += kind.__subclasses__()
        if "step" in vars(kind):
            patches.put(kind, "step", stepping(vars(kind)["step"]))

    def switched(record: Callable) -> Callable:
        @functools.wraps(record)
        def told(on: bool) -> None:
            if not depth.passes:
                tape.switch(on)
            record(on)

        return told

    patches.put(grad_mode, "record", switched(grad_mode.record))
    apply = vars(autograd.Function)["apply"]

    def applied(cls: Any, *arguments: Any, **options: Any) -> Any:
        return noting(apply.__get__(None, cls), cls.__name__)(*arguments, **options)

    patches.put(autograd.Function, "apply", classmethod(applied))
    make = vars(nn.Parameter)["__new__"]

    def made(cls: Any, data: Any = None, requires_grad: bool = True) -> Any:
        if data is None:
            return make.__func__(cls, data, requires_grad)
        return noting(lambda data: make.__func__(cls, data, requires_grad), "Parameter")(data)

    patches.put(nn.Parameter, "__new__", staticmethod(made))
    return patches.undo
