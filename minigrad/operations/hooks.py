"""Functions that are called when a gradient arrives at a tensor: register_hook, and retain_grad, which keeps it."""

import weakref
from typing import Any

from ..engine.graph import NOWHERE, watched
from ..engine.modes import record, recording
from ..engine.operation import method
from ..engine.tensor import Tensor, wrap
from ..engine.versions import edge_of

_Tensor: Any = Tensor  # for a type checker: the tables add to the class


class Hooks(list):
    """The hooks of one edge, one after the other: gives what they have made of the gradient."""

    def __call__(self, g):
        tensor = g if isinstance(g, Tensor) else wrap(g, None)
        shape, dtype = tensor._data.shape, tensor.dtype
        before = recording()
        record(isinstance(g, Tensor))
        try:
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
        finally:
            record(before)
        return tensor if isinstance(g, Tensor) else tensor._data


def last_feeders(root, path) -> dict:
    """For nodes, the leaves with hooks whose oldest feeder they are: after it nothing more arrives there."""
    if not root.stamp:
        return {None: [root]}
    oldest: dict[Any, Any] = {}
    seen, stack = {root}, [root]
    while stack:
        node = stack.pop()
        if path is not None and node not in path:
            continue
        for edge in node.edges:
            if edge is None:
                continue
            if not edge.stamp:
                if edge.hooks is not None and (edge not in oldest or oldest[edge].stamp < node.stamp):
                    oldest[edge] = node
            elif edge not in seen:
                seen.add(edge)
                stack.append(edge)
    return {node: [e for e in dict.fromkeys(node.edges) if oldest.get(e) is node] for node in oldest.values()}


def call_hooks(leaves, arrived: dict) -> None:
    for leaf in leaves:
        if leaf in arrived and leaf.hooks is not None:
            arrived[leaf] = leaf.hooks(arrived[leaf])


def set_hooks(edge, hooks) -> None:
    if edge is not NOWHERE:  # where no gradient will ever arrive
        edge.hooks = Hooks(hooks) if hooks else None
        if hooks and not edge.stamp:
            key = id(edge)
            watched[key] = weakref.ref(edge, lambda _: watched.pop(key, None))


def move_retained(tensor, old, new) -> None:
    """Let a tensor that was written in place, and keeps its gradient, keep that of its new value."""
    mine = [hook for hook in old.hooks if type(hook) is Retain and hook.tensor() is tensor]
    if mine:
        set_hooks(old, [hook for hook in old.hooks if hook not in mine])
        set_hooks(new, mine)


class Retain:
    """The hook behind retain_grad()."""

    def __init__(self, tensor):
        self.tensor = weakref.ref(tensor)

    def __call__(self, g):
        tensor = self.tensor()
        if tensor is not None:
            kept = g if g.requires_grad else wrap(g._data.copy(), None)
            tensor.grad = kept if tensor._grad is None else tensor._grad + kept


class RemovableHandle:
    """What register_hook gives back: `remove()` ends the hook, as does leaving a `with` block."""

    __module__ = "torch.utils.hooks"

    def __init__(self, edge, hook):
        self._edge, self._hook = edge, hook

    def remove(self) -> None:
        hooks = list(self._edge.hooks or ())
        for place, hook in enumerate(hooks):
            if hook is self._hook:
                set_hooks(self._edge, hooks[:place] + hooks[place + 1 :])
                break
        self._hook = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.remove()


@method
def retain_grad(self) -> None:
    """Keep the gradient that arrives at this result of an operation in its `.grad`, as if it were a leaf."""
    edge = edge_of(self)
    if edge is None:
        raise RuntimeError(
            "can't retain_grad on Tensor that has requires_grad=False: none of the tensors it was made from was made "
            "with requires_grad=True"
        )
    if not self.is_leaf and not self.retains_grad:
        set_hooks(edge, [*(edge.hooks or []), Retain(self)])


def _retains_grad(self) -> bool:
    edge = edge_of(self)
    return edge is not None and any(type(hook) is Retain for hook in edge.hooks or ())


@method
def register_hook(self, hook):
    """Call `hook(gradient)` whenever a gradient arrives here; what it returns, unless None, takes its place.

    Returns a handle whose `remove()` takes the hook off again.
    """
    edge = edge_of(self)
    if edge is None:
        raise RuntimeError(
            "cannot register a hook on a tensor that doesn't require gradient: no gradient will ever arrive here, "
            "unless it is made with requires_grad=True"
        )
    kept = [h for h in edge.hooks or () if type(h) is Retain]  # .grad keeps what the hooks have made of it
    set_hooks(edge, [h for h in edge.hooks or () if type(h) is not Retain] + [hook] + kept)
    return RemovableHandle(edge, hook)


_Tensor.retains_grad = property(
    _retains_grad, doc="Does a backward pass keep the gradient of this result of an operation?"
)
