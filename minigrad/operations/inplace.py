"""Tensors written in place: what a write to a view means for the graph, and the operations that only write.

A view that is written changes its base.  The base's history then becomes a CopySlices node, which lets the part of the
gradient that belongs to the view pass through the writing operation, and the rest around it.  Other views of the base
get their history anew, from the base, when they are next used.
"""

import numpy as np

from ..engine.backward import fit
from ..engine.formulas import zeros_like
from ..engine.graph import Several
from ..engine.modes import enable_grad
from ..engine.operation import method, on_arrays, on_tensors, rule
from ..engine.saved import saved_arrays, saved_tensors
from ..engine.tensor import Tensor, wrap
from ..engine.writing import set_history
from .arguments import need_number, need_tensors
from .creation import converted
from .hooks import move_retained


class Place:
    """Where a view lies in the memory of its base.

    layouts: of base and view the shape, the start and the strides, in bytes; size: of the memory; repeated: along which
    dimensions the view shows the same elements again and again.
    """

    __slots__ = ("layouts", "repeated", "size")

    def __init__(self, base: np.ndarray, view: np.ndarray):
        first, of_view = (array.__array_interface__["data"][0] for array in (base, view))
        start, end = (first, first + base.nbytes) if base.flags.forc else np.lib.array_utils.byte_bounds(base)
        self.size = end - start
        of_view = of_view - start if view.size else 0
        self.layouts = (base.shape, first - start, base.strides), (view.shape, of_view, view.strides)
        self.repeated = tuple(d for d, n in enumerate(view.shape) if n > 1 and not view.strides[d])

    def copy(self, x) -> tuple[np.ndarray, np.ndarray]:
        """A copy of x, which has the base's shape, and the part of it that the view shows."""
        memory = np.empty(self.size, np.uint8)
        whole, part = (np.ndarray(shape, x.dtype, memory, start, strides) for shape, start, strides in self.layouts)
        whole[...] = x
        return whole, part


def pick(x, at: Place) -> np.ndarray:
    """The part of x that the view shows."""
    _, (shape, start, strides) = at.layouts
    if x.ndim and x.flags.forc and x.strides == at.layouts[0][2]:
        return np.ndarray(shape, x.dtype, x.ravel("K"), start, strides)
    return at.copy(x)[1]


def put(x, at: Place) -> np.ndarray:
    """Zeros of the base's shape to which x is added where the view is."""
    whole, part = at.copy(np.zeros(at.layouts[0][0], x.dtype))
    once = tuple(slice(1) if d in at.repeated else slice(None) for d in range(part.ndim))
    part[once] = np.add.reduce(x, at.repeated, keepdims=True) if at.repeated else x
    return whole


def cover(x, y, at: Place) -> np.ndarray:
    """x with y where the view is."""
    whole, part = at.copy(x)
    part[...] = y
    return whole


def copied(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """y broadcast to the shape of x, in the type of x."""
    try:
        return np.broadcast_to(y, x.shape).astype(x.dtype)
    except ValueError:
        raise RuntimeError(f"shape {list(y.shape)} cannot be broadcast to shape {list(x.shape)}") from None


on_arrays.update(pick=pick, put=put, cover=cover, copied=copied)

# fmt: off
# --- operation --------- result --------------- x receives ---------------- y receives -------
# a view made anew from its base, and the other way round: each is the other's derivative
rule("pick(x, at)",       "pick(x, at)",         x="put(g, at)",             inner=True, node="AsStridedBackward0")
rule("put(x, at)",        "put(x, at)",          x="pick(g, at)",            inner=True)
rule("cover(x, y, at)",   "cover(x, y, at)",     x="cover(g, zeros_like(pick(g, at)), at)", y="pick(g, at)",
     inner=True, elementwise=False)

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

    __slots__ = ("_dtype",)
    __module__ = "builtins"
    roles = (None, None, None)
    names = ("fn", "at", "view_live")

    def vjp(self, g, saved):
        fn, at, live = saved
        rest, part = at.copy(g)
        gradients = fn.vjp(part.copy(), saved_arrays(fn, g))
        gradient_of_view, others = self._sort(fn, gradients)
        part[...] = gradient_of_view if live else 0
        return (rest, *others)

    def vjp_recorded(self, g, saved):
        fn, at, live = self.saved
        part = on_tensors["pick"](g, at)
        gradient_of_view, others = self._sort(fn, fn.vjp_recorded(part, saved_tensors(fn)))
        rest = on_tensors["cover"](g, gradient_of_view if live else zeros_like(part), at)
        return (rest, *others)

    def _sort(self, fn, gradients):
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
    at = Place(base._array(), view._array())
    set_history(base, CopySlices((base._edge, *edges[1:]), (fn, at, live), base._data.shape, base._data.dtype))
    renew(view, at)


def renew(view, at: Place | None = None) -> None:
    """Give a view whose base was written the history that it has now."""
    (base, _, several), old = view._view, view._edge
    if several and view._edge is not None:
        raise RuntimeError(
            "this tensor is a view, one of several that an operation such as split or unbind made at once, and its "
            "base was modified inplace: make the view again"
        )
    if base._edge is None:
        view._edge = None
    else:
        with enable_grad():
            view._edge = on_tensors["pick"](base, at or Place(base._array(), view._array()))._edge
        if old is not None and old.stamp and old.hooks is not None:
            move_retained(view, old, view._edge)
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
    need_number("fill_", value)
    return on_tensors["fill_"](x, converted(np.array(value), x._data.dtype).item())


@method
def copy_(x, source):
    """Write the elements of `source`, broadcast and converted to x's shape and type, in place."""
    if not isinstance(source, (Tensor, int, float)):
        need_tensors("copy_", source)
    if not isinstance(source, Tensor) or x._data.dtype.kind != "f":  # no gradient flows through whole numbers
        source = wrap(source._data if isinstance(source, Tensor) else np.asarray(source), None)
    return on_tensors["copy_"](x, source)
