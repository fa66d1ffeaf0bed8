"""Functions that are called when a gradient arrives at an edge, and may replace it."""

import weakref

from .engine.modes import recorded
from .engine.passes import hooked
from .engine.tensor import UNTRACKED_VIEW, Tensor, wrap
from .errors import wrong_hook


class Hooks(list):
    """The hooks of one edge, one after the other: gives what they have made of the gradient."""

    def __call__(self, g):
        tensor = g if isinstance(g, Tensor) else wrap(g, None)
        with recorded(isinstance(g, Tensor)):
            for hook in list(self):
                result = hook(tensor)
                if result is None:
                    continue
                if error := wrong_hook(result, tensor):
                    raise error
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
