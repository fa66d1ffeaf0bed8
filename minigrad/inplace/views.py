"""Views that are written in place: what a write to a view means for the history of its base and of other views.

A view that is written changes its base.  The base's history then becomes a CopySlices node, which lets the part of the
gradient that belongs to the view pass through the writing operation, and the rest around it.  Other views of the base
get their new history from the base when they are next used.
"""

import weakref

import numpy as np

from ..engine.formulas import zeros_like
from ..engine.graph import Handwritten
from ..engine.modes import recorded, recording
from ..engine.operation import rule
from ..engine.rows import on_arrays
from ..engine.tensor import Tensor, View
from ..engine.versions import rebased
from ..hooks import move_retained


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
        """Return a copy of x, which has the base's shape, and the part of it that the view shows."""
        memory = np.empty(self.size, np.uint8)
        whole, part = (np.ndarray(shape, x.dtype, memory, start, strides) for shape, start, strides in self.layouts)
        whole[...] = x
        return whole, part


def pick(x, at: Place) -> np.ndarray:
    """Return the part of x that the view shows."""
    _, (shape, start, strides) = at.layouts
    if x.ndim and x.flags.forc and x.strides == at.layouts[0][2]:
        return np.ndarray(shape, x.dtype, x.ravel("K"), start, strides)
    return at.copy(x)[1]


def put(x, at: Place) -> np.ndarray:
    """Return zeros of the base's shape to which x is added where the view is."""
    whole, part = at.copy(np.zeros(at.layouts[0][0], x.dtype))
    once = tuple(slice(1) if d in at.repeated else slice(None) for d in range(part.ndim))
    part[once] = np.add.reduce(x, at.repeated, keepdims=True) if at.repeated else x
    return whole


def cover(x, y, at: Place) -> np.ndarray:
    """Return x with y where the view is."""
    whole, part = at.copy(x)
    part[...] = y
    return whole


on_arrays.update(pick=pick, put=put, cover=cover)

# fmt: off
# --- operation --------- result --------------- x receives ---------------- y receives -------
# a view made again from its base, and the other way round: each is the other's derivative
pick_view = \
rule("pick(x, at)",       "pick(x, at)",         x="put(g, at)",             inner=True, node="AsStridedBackward0")
rule("put(x, at)",        "put(x, at)",          x="pick(g, at)",            inner=True)
cover_view = \
rule("cover(x, y, at)",   "cover(x, y, at)",     x="cover(g, zeros_like(pick(g, at)), at)", y="pick(g, at)",
     inner=True, elementwise=False)
# fmt: on


class CopySlices(Handwritten):
    """The history of a tensor after a write to a view of it; saves the writing operation's node and where it wrote."""

    __slots__ = ()
    __module__ = "builtins"
    names = ("fn",)

    def __init__(self, base, fn, at: Place):
        _, *others = fn.edges
        super().__init__((base._edge, *others), (fn, at), base._data.shape, base._data.dtype)

    def vjp(self, g, wanted=None):
        fn, at = self.saved
        around, part = at.copy(g)
        of_view, *others = fn.vjp(part.copy())
        part[...] = 0 if of_view is None else of_view
        return around, *others

    def vjp_recorded(self, g, wanted=None):
        fn, at = self.saved
        part = pick_view(g, at)
        of_view, *others = fn.vjp_recorded(part)
        return cover_view(g, zeros_like(part) if of_view is None else of_view.to(g.dtype), at), *others


def set_history(tensor, edge) -> None:
    """Let `tensor`, just written in place, be the result of `edge`."""
    old = tensor._edge
    if tensor._view is None:
        tensor._edge = edge
        key = id(tensor)
        rebased[key] = weakref.ref(tensor, lambda _: rebased.pop(key, None))
    else:
        base, at = tensor._view.base, Place(tensor._view.base._array(), tensor._array())
        set_history(base, CopySlices(base, edge, at))
        renew(tensor, at)
    if old is not None and not old.is_leaf and old.hooks is not None:
        move_retained(tensor, old, tensor._edge)


def renew(view, at: Place | None = None) -> None:
    """Give a view whose base was written the history that it has now."""
    (base, _, multi), old = view._view, view._edge
    if multi and view._edge is not None:
        if not recording():
            return
        raise RuntimeError(
            "this tensor is a view, one of several that an operation such as split or unbind made together, and its "
            "base was modified inplace: make the view again"
        )
    if base._edge is None:
        view._edge = None
    else:
        with recorded():
            view._edge = pick_view(base, at or Place(base._array(), view._array()))._edge
        if old is not None and not old.is_leaf and old.hooks is not None:
            move_retained(view, old, view._edge)
    view._view = View(base, base._edge, multi)


Tensor._set_history, Tensor._renew = set_history, renew
