"""Tensors written in place: what a write to a view means for the graph, and the operations that only write.

A view that is written changes its base.  The base's history then becomes a CopySlices node, which lets the part of the
gradient that belongs to the view pass through the writing operation, and the rest around it.  Other views of the base
get their history anew, from the base, when they are next used.
"""

import numpy as np

from ..engine.backward import fit
from ..engine.graph import Several
from ..engine.modes import enable_grad
from ..engine.operation import method, on_arrays, on_tensors, rule
from ..engine.saved import saved_arrays, saved_tensors
from ..engine.tensor import Tensor, wrap
from ..engine.writing import set_history
from .creation import converted


def offsets(array: np.ndarray) -> np.ndarray:
    """Where in memory each element lies, in bytes."""
    places = np.full(array.shape, array.__array_interface__["data"][0])
    for d, (n, stride) in enumerate(zip(array.shape, array.strides, strict=True)):
        places += (np.arange(n) * stride).reshape((n,) + (1,) * (array.ndim - 1 - d))
    return places


def positions(base: np.ndarray, view: np.ndarray) -> np.ndarray:
    """For each element of the view, which element of base.reshape(-1) it is."""
    of_base, of_view = offsets(base).reshape(-1), offsets(view)
    order = np.argsort(of_base, kind="stable")
    return order[np.searchsorted(of_base[order], of_view)]


def put(x: np.ndarray, shape: tuple, at: np.ndarray) -> np.ndarray:
    """Zeros of the given shape to which the elements of x are added at the positions `at`."""
    total = np.zeros(shape, x.dtype)
    np.add.at(total.reshape(-1), at, np.asarray(x))
    return total


def array_of(at) -> np.ndarray:
    """The positions, which are a tensor in a pass that is recorded."""
    return at._data if isinstance(at, Tensor) else at


def copied(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """y broadcast to the shape of x, in the type of x."""
    try:
        return np.broadcast_to(y, x.shape).astype(x.dtype)
    except ValueError:
        raise RuntimeError(f"shape {list(y.shape)} cannot be broadcast to shape {list(x.shape)}") from None


on_arrays.update(put=put, array_of=array_of, copied=copied)

# fmt: off
# --- operation --------- result --------------- x receives ---------------- y receives -------
# a view made anew from its base, and the other way round: each is the other's derivative
rule("pick(x, at)",       "x.reshape(-1)[array_of(at)]", x="put(g, x.shape, at)", inner=True, node="AsStridedBackward0")
rule("put(x, shape, at)", "put(x, shape, array_of(at))", x="pick(g, at)",         inner=True)

# operations that only write
rule("zero(x)",           "np.zeros_like(x)",    x="zeros_like(g)",          inner=True, inplace=True)
rule("fill(x, n)",        "np.full_like(x, n)",  x="zeros_like(g)",
     inner=True, inplace=True, node="FillBackward2")
rule("fill_with(x, y)",   "np.full_like(x, y)",  x="zeros_like(g)",          y="sum_all(g)",
     inner=True, inplace=True, node="FillBackward3", elementwise=False, converts=True)
rule("copy(x, y)",        "copied(y, x)",        x="zeros_like(g)",          y="g",
     inner=True, inplace=True, node="CopyBackwards", elementwise=False, converts=True)
# fmt: on


class CopySlices(Several):
    """The history of a tensor after a write to a view of it; saves the writing operation's node and where it wrote."""

    __slots__ = ()
    __module__ = "builtins"
    roles = (None, None, None)
    names = ("fn", "at", "view_live")

    def vjp(self, g, saved):
        fn, at, live = saved
        gradients = fn.vjp(g.reshape(-1)[at], saved_arrays(fn, g))
        gradient_of_view, others = self._sort(fn, gradients, live)
        rest = np.array(g, order="C")  # so that reshape(-1) shows it
        rest.reshape(-1)[at] = gradient_of_view if live else 0
        return (rest, *others)

    def vjp_recorded(self, g, saved):
        fn, at, live = self.saved
        part = on_tensors["pick"](g, at)
        gradient_of_view, others = self._sort(fn, fn.vjp_recorded(part, saved_tensors(fn)), live)
        flat = g.reshape(-1)
        if live:
            rest = on_tensors["index_put"](flat, gradient_of_view, (at,))
        else:
            rest = on_tensors["replaced"](flat, 0, (at,))
        return (rest.reshape(g.shape), *others)

    def _sort(self, fn, gradients, live):
        gradients = list((gradients,) if fn.single else gradients)
        if fn.uneven:
            gradients = [fit(g, edge) for g, edge in zip(gradients, fn.edges, strict=True)]
        by_input: list = [None] * fn.inputs
        for position, g in zip(fn.live, gradients, strict=True):
            by_input[position] = g
        return by_input[0], by_input[1:]


def copy_slices(view, fn) -> None:
    """Give the base of `view`, which the operation `fn` has just written, its new history."""
    base = view._view[0]
    live = fn.live[0] == 0
    edges: list = [None] * fn.inputs
    for position, edge in zip(fn.live, fn.edges, strict=True):
        edges[position] = edge
    saved = fn, positions(base._array(), view._array()), live
    set_history(base, CopySlices((base._edge, *edges[1:]), saved, base._data.shape, base._data.dtype))
    renew(view)


def renew(view) -> None:
    """Give a view whose base was written the history that it has now."""
    base, _, several = view._view
    if several and view._edge is not None:
        raise RuntimeError(
            "this tensor is a view, one of several that an operation such as split or unbind made at once, and its "
            "base was modified inplace: make the view again"
        )
    if base._edge is None:
        view._edge = None
    else:
        with enable_grad():
            at = positions(base._array(), view._array())
            view._edge = None if base._edge is None else on_tensors["pick"](base, at)._edge
    view._view = (base, base._edge, several)


# --- as methods


@method
def zero_(x):
    """Write zeros, in place."""
    return on_tensors["zero_"](x)


@method
def fill_(x, value):
    """Write one number everywhere, in place."""
    if isinstance(value, Tensor):
        if value._data.ndim:
            raise RuntimeError(
                f"fill_ only supports 0-dimension value tensor but got tensor with {value._data.ndim} dimensions."
            )
        return on_tensors["fill_with_"](x, value if x._data.dtype.kind == "f" else wrap(value._data, None))
    return on_tensors["fill_"](x, converted(np.array(value), x._data.dtype).item())


@method
def copy_(x, source):
    """Write the elements of `source`, broadcast and converted to x's shape and type, in place."""
    if not isinstance(source, Tensor) or x._data.dtype.kind != "f":  # no gradient flows through whole numbers
        source = wrap(source._data if isinstance(source, Tensor) else np.asarray(source), None)
    return on_tensors["copy_"](x, source)
