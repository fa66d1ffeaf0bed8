"""Functions that are called when a gradient arrives at an edge, and may put another in its place."""

import weakref
from typing import Any

from .modes import recorded
from .tensor import UNTRACKED_VIEW, Tensor, wrap

hooked: dict[int, weakref.ref] = {}  # the edges that have hooks: a pass looks for them only where there are some


class Hooks(list):
    """The hooks of one edge, one after the other: gives what they have made of the gradient."""

    def __call__(self, g):
        tensor = g if isinstance(g, Tensor) else wrap(g, None)
        shape, dtype = tensor._data.shape, tensor.dtype
        with recorded(isinstance(g, Tensor)):
            for hook in list(self):
                result = hook(tensor)
                if result is None:
                    continue
                if not isinstance(result, Tensor):
                    raise TypeError(
                        f"expected hook to return a Tensor or None, but it returned {type(result).__name__}"
                    )
                if result._data.shape != shape:
                    raise RuntimeError(
                        f"hook has changed the size of value: {list(shape)} before, {list(result.shape)} after"
                    )
                if result.dtype is not dtype:
                    raise RuntimeError(
                        f"hook has changed the type of value: {dtype} before, {result.dtype} after; convert it back"
                    )
                tensor = result
        return tensor if isinstance(g, Tensor) else tensor._data


class Retain:
    """The hook behind retain_grad()."""

    def __init__(self, tensor):
        self.tensor = weakref.ref(tensor)

    def __call__(self, g):
        tensor = self.tensor()
        if tensor is not None:
            kept, before = g if g.requires_grad else wrap(g._data.copy(), None), tensor._get_grad()
            tensor.grad = kept if before is None else before + kept


def set_hooks(edge, hooks) -> None:
    """Give an edge these hooks in place of those that it had."""
    if edge is not UNTRACKED_VIEW:
        edge.hooks = Hooks(hooks) if hooks else None
        key = id(edge)
        if hooks:
            hooked[key] = weakref.ref(edge, lambda _: hooked.pop(key, None))
        else:
            hooked.pop(key, None)


def move_retained(tensor, old, new) -> None:
    """Let a tensor that was written in place, and keeps its gradient, keep that of its new value."""
    mine = [hook for hook in old.hooks if type(hook) is Retain and hook.tensor() is tensor]
    if mine:
        set_hooks(old, [hook for hook in old.hooks if hook not in mine])
        set_hooks(new, mine)


def last_feeders(root, path) -> dict:
    """For nodes, the leaves with hooks whose oldest feeder they are: after it nothing more arrives there."""
    oldest: dict[Any, Any] = {}
    seen, stack = {root}, [root]
    while stack:
        node = stack.pop()
        if path is not None and node not in path:
            continue
        for edge in node.edges:
            if edge is None:
                continue
            if edge.is_leaf:
                if edge.hooks is not None and (edge not in oldest or oldest[edge].stamp < node.stamp):
                    oldest[edge] = node
            elif edge not in seen:
                seen.add(edge)
                stack.append(edge)
    return {node: [e for e in dict.fromkeys(node.edges) if oldest.get(e) is node] for node in oldest.values()}
