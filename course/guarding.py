"""What a call must leave as it was: its arguments, down to their gradients, and the surroundings it is made in."""

import contextlib
import io
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from course.comparing import DEPTH, alike, is_tensor, kept, show
from course.graphs import leaves_behind, nodes_behind
from course.limits import OwnInterrupt


class Given:
    """The arguments of a call, as they were before it."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.before = [(name, part, _state(part)) for name, part in _parts(arguments)]
        self.graphs = {id(part) for _, part, _ in self.before if _has_its_graph(part)}

    def changes(self) -> Iterator[tuple[str, str, str]]:
        """Yield what has changed: what it is, what it is now, what it was."""
        for name, part, before in self.before:
            after = _state(part)
            for aspect, was in before.items():
                if not alike(after[aspect], was):
                    yield _told(name, aspect, part, was)
            if id(part) in self.graphs and not _has_its_graph(part):
                yield f"the graph behind `{name}`", "used up by a backward pass", "as it was"


def _has_its_graph(part: Any) -> bool:
    """Return whether operations made it whose nodes still have what they saved: a backward pass frees that."""
    if not is_tensor(part) or part.grad_fn is None:
        return False
    for node in nodes_behind(part):
        for name in dir(node):
            if name.startswith("_saved_"):
                try:
                    getattr(node, name)
                except RuntimeError:
                    return False
    return True


def _told(name: str, aspect: str, part: Any, was: Any) -> tuple[str, str, str]:
    if aspect == "contents":
        return f"`{name}` after the call", show(part), "what it held before"
    if aspect == "values":
        return f"`{name}` after the call", show(part), "the values it had before"
    if aspect == "writes":
        return f"`{name}` after the call", f"written to, {part._version - was:g} times", "not written to"
    if aspect == "hooks":
        return f"hooks on `{name}` after the call", str(len(part._backward_hooks or ())), f"{was:g}, as before it"
    if aspect == "writes to grad":
        return f"`{name}.grad` after the call", "written to, or replaced by another tensor", "the tensor it was"
    return f"`{name}.{aspect}` after the call", show(getattr(part, aspect)), "as it was before"


def _parts(arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Tensors and containers among the arguments, with the tensors in them and the leaves behind them, each once."""
    met: dict[int, Any] = {}

    def walk(name: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
        if id(value) in met or not depth:
            return
        met[id(value)] = value
        if is_tensor(value):
            yield name, value
            for leaf in leaves_behind(value) if value.requires_grad and not value.is_leaf else []:
                yield from walk(f"a leaf behind {name}", leaf, depth - 1)
        elif isinstance(value, list | dict):
            yield name, value
        if isinstance(value, Mapping):
            for key, item in value.items():
                yield from walk(f"{name}[{key!r}]", item, depth - 1)
        elif isinstance(value, list | tuple):
            for place, item in enumerate(value):
                yield from walk(f"{name}[{place}]", item, depth - 1)

    for name, value in arguments.items():
        yield from walk(name, value, DEPTH)


def _state(part: Any) -> dict[str, Any]:
    if not is_tensor(part):
        return {"contents": kept(part)}
    grad = part.grad if part.is_leaf or part.retains_grad else None
    return {
        "dtype": str(part.dtype),
        "shape": tuple(part.shape),
        "requires_grad": part.requires_grad,
        "is_leaf": part.is_leaf,
        "retains_grad": part.retains_grad,
        "values": kept(part.detach()),
        "writes": float(part._version),
        "grad": None if grad is None else kept(grad),
        "hooks": float(len(part._backward_hooks or ())),
        "writes to grad": None if grad is None else (str(id(grad)), float(grad._version)),
    }


class Surroundings:
    """Recording, the default dtype, where random numbers stand, Python's recursion limit, and open pictures, as they
    were before a call.
    """

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.recording = torch.is_grad_enabled()
        self.dtype = torch.get_default_dtype()
        self.stream = torch.get_rng_state()
        self.depth = sys.getrecursionlimit()
        self.figures = _open_figures()

    def changes(self, pictures: int = 0, *, draws: bool = True) -> list[tuple[str, str, str]]:
        """Return what has changed, and is now put back, but for the stream of random numbers.

        As many new pictures may stay open as are announced; random numbers may be drawn, unless `draws` is False.
        """
        found = []
        recording, dtype = self.torch.is_grad_enabled(), self.torch.get_default_dtype()
        if recording != self.recording:
            words = {True: "on", False: "off"}
            found.append(("recording after the call", words[recording], f"{words[self.recording]}, as it was before"))
        if dtype != self.dtype:
            found.append(("the default dtype after the call", str(dtype), f"{self.dtype}, as it was before"))
        if sys.getrecursionlimit() != self.depth:
            now = f"{sys.getrecursionlimit():,}"
            found.append(("Python's recursion limit after the call", now, f"{self.depth:,}, as it was before"))
        if not draws and not self.torch.equal(self.torch.get_rng_state(), self.stream):
            found.append(("the stream of random numbers after the call", "at another place", "where it was before"))
        figures = _open_figures()
        new = figures.keys() - self.figures.keys()
        if len(new) > pictures:
            found.append(("pictures left open after the call", str(len(new)), str(pictures)))
        if any(figures.get(number) != marks for number, marks in self.figures.items()):
            found.append(("pictures of other cells", "drawn on, or closed", "left as they were"))
        self.put_back()
        return found

    def put_back(self, *, stream: bool = False) -> None:
        """Make everything as it was before, on demand also the stream of random numbers."""
        self.torch.set_grad_enabled(self.recording)
        self.torch.set_default_dtype(self.dtype)
        sys.setrecursionlimit(self.depth)
        if stream:
            self.torch.set_rng_state(self.stream)
        for number in _open_figures().keys() - self.figures.keys():
            sys.modules["matplotlib.pyplot"].close(number)  # or Jupyter would show every picture that was tried


def _open_figures() -> dict[int, int]:
    """Return the numbers of pyplot's open figures, and how many things are drawn in each."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return {}
    figures = {number: pyplot._pylab_helpers.Gcf.figs[number].canvas.figure for number in pyplot.get_fignums()}
    return {n: sum(len(axes.get_children()) for axes in figure.axes) for n, figure in figures.items()}


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Capture what an answer prints, warns about, logs to the terminal or displays."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:  # in a notebook, show() closes all pictures, those of others too
            stack.callback(setattr, pyplot, "show", pyplot.show)
            pyplot.show = lambda *args, **kwargs: None  # type: ignore[attr-defined]
        ipython = sys.modules.get("IPython")
        if ipython is not None and ipython.get_ipython() is not None:
            from IPython.utils.capture import capture_output

            stack.enter_context(capture_output())
        yield


def tensors_in(value: Any, depth: int = DEPTH) -> list[Any]:
    """Return the tensors in a result."""
    if is_tensor(value):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else []
    return [tensor for item in items for tensor in tensors_in(item, depth - 1)] if depth else []


def shares_memory(one: Any, other: Any) -> bool:
    """Return whether a write to one of two tensors is seen in the other."""
    return bool(np.shares_memory(one.detach().numpy(), other.detach().numpy()))


def any_shared(ones: Sequence[Any], others: Sequence[Any]) -> bool:
    """Return whether a tensor among these is, or shares memory with, one among those."""
    return any(one is other or shares_memory(one, other) for one in ones for other in others)


def described(error: BaseException, function: Callable[..., Any] | None) -> str:
    """Return an exception as it is told: its type, what it says, and the line of the answer in which it was raised."""
    if isinstance(error, OwnInterrupt) and error.__cause__:
        error = error.__cause__
    try:
        said = " ".join(str(error).split())
    except Exception:
        said = ""
    said = said if len(said) <= 300 else f"{said[:298]} …"
    text = f"{type(error).__name__}: {said}" if said else type(error).__name__
    filename = getattr(getattr(function, "__code__", None), "co_filename", None)
    inside = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
    if inside:
        text += f" (line {inside[-1].lineno} of its cell" + (f": {inside[-1].line})" if inside[-1].line else ")")
    return text
