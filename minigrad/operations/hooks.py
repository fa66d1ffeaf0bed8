"""Functions called when a gradient arrives: register_hook; and retain_grad, which keeps the gradient."""

from typing import Any

from ..engine.operation import method
from ..engine.tensor import Tensor
from ..engine.versions import edge_of
from ..hooks import Retain, set_hooks
from ..shown import Shown, address

_Tensor: Any = Tensor  # for a type checker: the tables add to the class


class RemovableHandle(metaclass=Shown):
    """Hold on to a hook that was registered: remove() ends it, as does leaving a `with` block.

    >>> x = torch.ones(2, requires_grad=True)
    >>> with x.register_hook(lambda g: g * 10):
    ...     x.sum().backward()
    >>> x.grad
    tensor([10., 10.])
    """

    _shown_in = "torch.utils.hooks"
    __repr__ = address

    def __init__(self, edge, hook):
        self._edge, self._hook = edge, hook

    def remove(self) -> None:
        """Remove the hook; doing so again does nothing.

        >>> torch.ones(2, requires_grad=True).register_hook(print).remove()
        """
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
    """Keep the gradient that arrives at this result of an operation in its .grad, as if it were a leaf.

    Errors: RuntimeError for a tensor that does not require grad.

    >>> x = torch.tensor([1., 2.], requires_grad=True)
    >>> y = x * 3
    >>> y.retain_grad()
    >>> y.sum().backward()
    >>> y.grad
    tensor([1., 1.])
    """
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
    """Call hook(gradient) whenever a gradient arrives here; what it returns, unless None, replaces the gradient.

    Returns a handle whose remove() removes the hook.
    Errors: RuntimeError for a tensor that does not require grad.

    >>> x = torch.tensor([1., 2.], requires_grad=True)
    >>> handle = x.register_hook(lambda g: g * 10)
    >>> x.sum().backward()
    >>> x.grad
    tensor([10., 10.])
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


class After(list):
    """Hooks of a leaf, called with it one after the other; the handle of each takes it off."""

    def __call__(self, leaf) -> None:
        for hook in list(self):
            hook(leaf)


class HandleAfter(RemovableHandle):
    """Hold on to a hook that is called after a pass."""

    _shown_in = "torch.utils.hooks"

    def remove(self) -> None:
        if self._hook is not None and self._edge.after is not None:
            self._edge.after = After(hook for hook in self._edge.after if hook is not self._hook) or None
        self._hook = None


@method
def register_post_accumulate_grad_hook(self, hook):
    """Call hook(leaf) whenever a backward pass has added to the .grad of this leaf.

    Returns a handle whose remove() removes the hook.
    Errors: RuntimeError for a tensor that does not require grad, and for the result of an operation.

    >>> w = torch.tensor([1., 2.], requires_grad=True)
    >>> handle = w.register_post_accumulate_grad_hook(lambda leaf: print(leaf.grad))
    >>> (w * w).sum().backward()
    tensor([2., 4.])
    """
    if not self.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if not self.is_leaf:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    edge = edge_of(self)
    edge.after = After([*(edge.after or ()), hook])
    return HandleAfter(edge, hook)


_Tensor.retains_grad = property(
    _retains_grad, doc="True where a backward pass keeps the gradient of this result of an operation."
)
