"""`Function`: an operation of your own, with a backward rule written by hand."""

import functools
import inspect
import weakref
from typing import Any

import numpy as np

from ..dtypes import BY_NUMPY
from ..engine.broadcasting import sum_to
from ..engine.graph import Handwritten
from ..engine.modes import record, recording
from ..engine.tensor import UNTRACKED_VIEW, AccumulateGrad, Tensor, View, wrap
from ..engine.versions import check_unwritten, edge_of, last_write
from ..errors import used_up
from ..grad_mode import no_grad
from ..operations.inspection import InputMetadata, Kind
from ..operations.several import Gathered, Result
from ..shown import Shown


class FunctionCtx(metaclass=Shown):
    """Carry from forward to backward what is saved: tensors, and any attribute that you set.

    >>> class Square(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         x, = ctx.saved_tensors
    ...         return g * 2 * x
    >>> Square.apply(torch.tensor([3.], requires_grad=True)).grad_fn.name()
    'SquareBackward'
    """

    needs_input_grad: tuple = ()  # for each argument of apply(), whether its gradient is wanted
    _to_save: tuple = ()
    _dirty: tuple = ()
    _constant: tuple = ()
    _materialize = True
    _node: Any = None  # a weak reference, or node and ctx would keep each other alive

    def save_for_backward(self, *tensors) -> None:
        """Keep inputs, results or intermediate tensors for backward, which reads them as ctx.saved_tensors.

        They are freed after the backward pass, and overwriting one in place before it is an error.
        Errors: TypeError for anything but tensors and None; other values can be attributes of ctx.

        >>> class Square(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.save_for_backward(x)
        ...         return x * x
        >>> Square.apply(torch.tensor([3.]))
        tensor([9.])
        """
        for index, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {index} is of type "
                    f"{type(tensor).__name__}: keep other values as attributes, ctx.name = value"
                )
        self._to_save = tensors

    @property
    def saved_tensors(self) -> tuple:
        """What save_for_backward was given.

        Errors: RuntimeError once a backward pass has freed it.
        """
        if self._node is None:
            return self._to_save
        node = self._node()
        if node is None:
            raise RuntimeError("the node that saved these tensors is gone, and the tensors with it")
        if node.saved is None:
            raise used_up(node.name())
        if last_write[0] < node.stamp:
            check_unwritten(node, node.given())
        return tuple(node.unpack(value, role) for value, role in zip(node.saved, node.roles, strict=True))

    def mark_dirty(self, *tensors) -> None:
        """Say which inputs forward has overwritten in place; they must be among its results.

        >>> class Double(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.mark_dirty(x)
        ...         return x.mul_(2)
        >>> Double.apply(torch.tensor([3.]))
        tensor([6.])
        """
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors) -> None:
        """Say through which results no gradient flows; whole numbers need not be named.

        >>> class Largest(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         values = x.max(dim=0).values
        ...         ctx.mark_non_differentiable(values)
        ...         return values
        >>> Largest.apply(torch.tensor([3., 5.], requires_grad=True))
        tensor(5.)
        """
        self._constant = tensors

    def _carries(self, result) -> bool:
        """Return True if a gradient flows through this result."""
        if not isinstance(result, Tensor) or result._data.dtype.kind != "f":
            return False
        return not self._constant or position(result, self._constant) is None

    def _role(self, tensor, inputs: list, results: tuple) -> int | None:
        """Return which input a saved tensor is, or which result, counted from -1 down; None for anything else."""
        place = position(tensor, inputs)
        if place is None or (self._dirty and position(tensor, self._dirty) is not None):
            place = position(tensor, results)
            return None if place is None or not self._carries(tensor) else -1 - place
        return place

    def set_materialize_grads(self, value: bool) -> None:
        """Give backward None instead of zeros for a result that had no influence, with False.

        >>> class First(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.set_materialize_grads(False)
        ...         return x.clone(), x.clone()
        ...     @staticmethod
        ...     def backward(ctx, g, h):
        ...         print(h)
        ...         return g
        >>> x = torch.tensor([3.], requires_grad=True)
        >>> First.apply(x)[0].sum().backward()
        None
        """
        self._materialize = value


class FunctionNode(Handwritten):
    """The node of a `Function`: its rule asks the `backward` that was written by hand."""

    __slots__ = ("arguments", "ctx", "frees", "results", "roles")
    __module__ = "torch.autograd.function"
    function: type["Function"]
    arguments: list[bool]  # for each argument of apply(), whether it is a tensor
    ctx: FunctionCtx
    results: list[tuple | None]  # shape and type of what `forward` returned; None for anything that is not a tensor
    edges: tuple
    saved: tuple | None

    def __init__(self, ctx: FunctionCtx, arguments: tuple, edges: list, inputs: list, results: tuple) -> None:
        self.ctx, self.arguments = ctx, [isinstance(argument, Tensor) for argument in arguments]
        self.results = [(r._data.shape, r._data.dtype) if isinstance(r, Tensor) else None for r in results]
        self.roles = tuple([ctx._role(tensor, inputs, results) for tensor in ctx._to_save])
        saved = tuple([None if tensor is None else tensor._array() for tensor in ctx._to_save])
        self.frees, ctx._to_save, ctx._node = bool(saved), (), weakref.ref(self)
        shape, dtype = next(filter(None, self.results), ((), np.dtype(np.float32)))
        super().__init__(tuple([None if edge is UNTRACKED_VIEW else edge for edge in edges]), saved, shape, dtype)

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} object at {id(self):#x}>"

    def __getattr__(self, name: str):
        # what PyTorch's node has because it is the ctx
        if name != "ctx" and not name.startswith("__"):
            return getattr(self.ctx, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def _input_metadata(self) -> tuple:
        return tuple(InputMetadata(Kind(*kind)) for kind in self.results if kind is not None)

    def result(self, index: int, result, inputs: list):
        """Return what `forward` returned as a result of this node."""
        ctx = self.ctx
        if not ctx._carries(result):
            return wrap(result._array(), None) if isinstance(result, Tensor) else result
        edge = Result(self, index, result._data) if len(self.results) > 1 else self
        if ctx._dirty and position(result, ctx._dirty) is not None:
            result._set_history(edge)
            return result
        if result._view is None and position(result, inputs) is None:
            return wrap(result._data, edge)
        tensor = wrap(result._array(), edge)
        base = result if result._view is None else result._view.base
        tensor._view = View(base, base._edge, True)  # as one of several views of a node: not to be written in place
        return tensor

    def unpack(self, value, role):
        """Return a saved array as the tensor that it was; roles below 0 count the results."""
        if value is None or role is None:
            return None if value is None else wrap(value, None)
        if role < 0:
            index = -1 - role
            return wrap(value, self if len(self.results) == 1 else Result(self, index, value))
        edge = self.edges[role]
        if type(edge) is AccumulateGrad and edge.data is value:
            return edge.variable
        return wrap(value, edge)

    def given(self):
        """Yield what forward saved, as `saved_items`: it is checked when backward reads it, not before."""
        for value, role in zip(self.saved or (), self.roles, strict=False):
            yield "", value, None if role is None else self if role < 0 else self.edges[role]

    def vjp(self, g, wanted=None):
        return self._gradients(g, False)

    def vjp_recorded(self, g, wanted=None):
        return self._gradients(g, True)

    def _gradients(self, g, recorded: bool) -> tuple:
        arrived = g if isinstance(g, Gathered) else {0: g}
        gradients = [self._arrived(arrived.get(i), kind, recorded) for i, kind in enumerate(self.results)]
        before = recording()
        try:
            record(recorded)
            given = self.function.backward(self.ctx, *gradients)
            return self._checked(given if isinstance(given, tuple) else (given,), recorded)
        finally:
            record(before)

    def _arrived(self, g, kind, recorded):
        if g is None:
            if kind is None or not self.ctx._materialize:
                return None
            g = np.zeros(*kind)
        return g if isinstance(g, Tensor) else wrap(g, None)

    def _checked(self, given: tuple, recorded: bool) -> tuple:
        """Return what `backward` returned, for the edges; RuntimeError if it does not fit `forward`'s arguments."""
        name, count = type(self).__name__, len(self.arguments)
        if len(given) > count and all(g is None for g in given[count:]):
            given = given[:count]
        if len(given) != count:
            raise RuntimeError(
                f"function {name} returned an incorrect number of gradients (expected {count}, got {len(given)}): "
                "backward returns one for each argument of forward, None for those that need none"
            )
        gradients: list = []
        for index, (g, is_tensor) in enumerate(zip(given, self.arguments, strict=True)):
            if g is not None and not is_tensor:
                raise RuntimeError(
                    f"function {name} returned a gradient different than None at position {index + 1}, but the "
                    "corresponding forward input was not a Variable: return None in its place"
                )
            if g is not None and not isinstance(g, Tensor):
                raise RuntimeError(f"expected Variable or None (got {type(g).__name__}) from the backward of {name}")
            if is_tensor:
                edge = self.edges[len(gradients)]
                gradients.append(None if g is None or edge is None else fitted(g, edge, name, len(gradients), recorded))
        return tuple(gradients)


def fitted(g: Tensor, edge, name: str, index: int, recorded: bool):
    """Return a gradient in the shape and type of its input: broadcast ones are summed, as everywhere."""
    own, wanted = g._data.shape, edge.shape
    if own != wanted:
        lead = len(own) - len(wanted)
        if lead < 0 or any(n not in (1, m) for n, m in zip(wanted, own[lead:], strict=True)):
            raise RuntimeError(
                f"Function {name} returned an invalid gradient at index {index} - got {list(own)} but expected shape "
                f"compatible with {list(wanted)}, the shape of the input"
            )
        g = sum_to(g, wanted)
    if g._data.dtype != edge.dtype:
        g = g.to(BY_NUMPY[edge.dtype])
    # Whoever wrote backward may keep the tensor: as a view, it is copied before it becomes a leaf's .grad.
    return g if recorded else g._array()[...]


class Function(metaclass=Shown):
    """Define an operation with its own backward rule.

    A subclass has two static methods: forward(ctx, *arguments), which computes a tensor or a tuple of them and is not
    recorded, and backward(ctx, *gradients), which takes the gradient of each result and returns that of each argument
    (None where there is none).  apply(*arguments) calls it.  In a second form, forward(*arguments) has no ctx, and
    setup_context(ctx, inputs, output) saves what backward needs.
    Errors: RuntimeError where backward returns another number of gradients than there are arguments, or other shapes.

    >>> class Square(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         x, = ctx.saved_tensors
    ...         return g * 2 * x
    >>> x = torch.tensor([3.], requires_grad=True)
    >>> Square.apply(x).sum().backward()
    >>> x.grad
    tensor([6.])
    """

    _shown_in = "torch.autograd.function"
    _node: type[FunctionNode]

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        members = {"__slots__": (), "__module__": "torch.autograd.function", "function": cls}
        cls._node = type(cls.__name__ + "Backward", (FunctionNode,), members)

    def __call__(self, *arguments):
        raise RuntimeError(
            f"{type(self).__name__}()(x): an autograd.Function is not instantiated, its methods are static. "
            f"Write {type(self).__name__}.apply(x)."
        )

    @staticmethod
    def forward(*arguments):
        """Compute the result: forward(ctx, *arguments), or forward(*arguments) beside a setup_context.

        Errors: NotImplementedError where a subclass has none.
        """
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Save what backward needs; inputs: the tuple of arguments, output: what forward returned.

        Errors: NotImplementedError where it is called and a subclass has none.
        """
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *gradients):
        """Return the gradients of the arguments, from those of the results.

        Errors: NotImplementedError where a subclass has none.
        """
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    @classmethod
    def apply(cls, *arguments, **named):
        """Call forward, and record the call where one of the tensors among the arguments requires grad.

        >>> class Double(torch.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         return x * 2
        >>> Double.apply(torch.tensor([3.]))
        tensor([6.])
        """
        ctx = FunctionCtx()
        separate = cls.setup_context is not Function.setup_context
        if named:
            first = () if separate else (ctx,)
            arguments = inspect.signature(cls.forward).bind(*first, *arguments, **named).args[len(first) :]
        needed, edges, inputs = [], [], []
        for argument in arguments:
            if isinstance(argument, Tensor):
                edge = edge_of(argument)
                inputs.append(argument)
                edges.append(edge)
                needed.append(edge is not None)
            else:
                needed.append(False)
        ctx.needs_input_grad = tuple(needed)
        before = recording()
        try:  # an interrupt may come between any two steps
            record(False)
            if separate:
                result = cls.forward(*arguments)
                cls.setup_context(ctx, arguments, result)
            else:
                result = cls.forward(ctx, *arguments)
        finally:
            record(before)
        results = result if isinstance(result, tuple) else (result,)
        if ctx._dirty:
            check_dirty(ctx._dirty, results)
        if before and True in needed:
            node = cls._node(ctx, arguments, edges, inputs, results)
            shown = [node.result(index, each, inputs) for index, each in enumerate(results)]
        else:
            shown = [outside(each, inputs, ctx._dirty) for each in results]
        return tuple(shown) if results is result else shown[0]


def check_dirty(dirty: tuple, results: tuple) -> None:
    """Raise RuntimeError for tensors that `forward` may not overwrite, or overwrote and did not return."""
    for tensor in dirty:
        if position(tensor, results) is None:
            raise RuntimeError(
                "Some elements marked as dirty during the forward method were not returned as output: return every "
                "tensor that was passed to mark_dirty"
            )
        if recording() and type(edge_of(tensor)) is AccumulateGrad:
            raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
        if tensor._view is not None:
            raise RuntimeError("mark_dirty was given a view: minigrad follows in-place Functions on whole tensors")


def outside(result, inputs: list, dirty: tuple):
    """Return a result that is not tracked; an input returned as it is becomes another tensor that shares its memory."""
    if isinstance(result, Tensor) and position(result, inputs) is not None and position(result, dirty) is None:
        return wrap(result._array(), None)
    return result


def position(tensor, others) -> int | None:
    """Return where in a sequence the tensor itself stands."""
    for index, other in enumerate(others):
        if other is tensor:
            return index
    return None


class Error(Handwritten):
    """The history of gradients that come from a `backward` marked with `once_differentiable`."""

    __slots__ = ()

    def vjp(self, g, wanted=None):
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")

    vjp_recorded = vjp


def once_differentiable(backward):
    """Mark a `backward` whose computation must not be differentiated again: trying to is then a RuntimeError."""

    @functools.wraps(backward)
    def wrapper(ctx, *gradients):
        with no_grad():
            given = backward(ctx, *gradients)
        if not recording() or not any(isinstance(g, Tensor) and g.requires_grad for g in gradients):
            return given
        return tuple(map(refusing, given)) if isinstance(given, tuple) else refusing(given)

    return wrapper


def refusing(g):
    if not isinstance(g, Tensor):
        return g
    return wrap(g._data, Error((), (), g._data.shape, g._data.dtype))
