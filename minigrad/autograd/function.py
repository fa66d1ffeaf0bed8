"""`Function`: an operation of one's own, whose backward rule is written by hand."""

import functools
import inspect
import weakref
from typing import Any, NamedTuple

import numpy as np

from ..dtypes import BY_NUMPY
from ..formulas import sum_to
from ..graph import NOWHERE, AccumulateGrad, Gathered, Node, Result, next_stamp
from ..inspection import InputMetadata
from ..modes import no_grad, record, recording
from ..tensor import Tensor, edge_of, wrap
from ..writing import set_history


class Kind(NamedTuple):
    """What the backward pass must know of a result: enough to fill in zeros."""

    shape: tuple
    dtype: np.dtype


class FunctionCtx:
    """What `forward` leaves for `backward`: saved tensors, and any attribute that one likes to set."""

    needs_input_grad: tuple = ()  # for each argument of apply(): is its gradient wanted?
    _to_save: tuple = ()
    _dirty: tuple = ()
    _constant: tuple = ()
    _materialize = True
    _node: Any = None  # a weak reference, or node and ctx would keep each other alive

    def save_for_backward(self, *tensors) -> None:
        """Keep inputs, results or intermediate tensors for `backward`, which reads them as `ctx.saved_tensors`.

        They are freed after the backward pass, and overwriting one in place before it is an error.  TypeError for
        anything but tensors and None: other values can be attributes of ctx.
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
        """What `save_for_backward` was given.  RuntimeError once a backward pass has freed it."""
        if self._node is None:
            return self._to_save
        node = self._node()
        if node is None or node.saved is None:
            raise RuntimeError(
                "Trying to backward through the graph a second time (or directly access saved tensors after they have "
                "already been freed): call backward(retain_graph=True) the first time"
            )
        return tuple(node.unpack(value, role) for value, role in zip(node.saved, node.roles, strict=True))

    def mark_dirty(self, *tensors) -> None:
        """Say which inputs `forward` has overwritten in place; they must be among its results."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors) -> None:
        """Say through which results no gradient flows; those of integers are known without."""
        self._constant = tensors

    def _carries(self, result) -> bool:
        """Does a gradient flow through this result?"""
        return isinstance(result, Tensor) and result._data.dtype.kind == "f" and not among(result, self._constant)

    def _role(self, tensor, inputs: list, results: tuple) -> int | None:
        """Which input a saved tensor is, or which result, counted from -1 down; None for anything else."""
        if among(tensor, inputs) and not among(tensor, self._dirty):
            return position(tensor, inputs)
        return -1 - position(tensor, results) if among(tensor, results) and self._carries(tensor) else None

    def set_materialize_grads(self, value: bool) -> None:
        """With False, `backward` gets None instead of zeros for a result that had no influence."""
        self._materialize = value


class FunctionNode(Node):
    """The node of a `Function`: its rule asks the `backward` that was written by hand."""

    __slots__ = ("arguments", "ctx", "frees", "results", "roles")
    __module__ = "torch.autograd.function"
    function: type["Function"]
    arguments: list[bool]  # for each argument of apply(): is it a tensor?
    ctx: FunctionCtx
    results: list[Kind | None]  # of what `forward` returned; None for what is no tensor
    edges: tuple
    saved: tuple | None

    def __init__(self, ctx: FunctionCtx, arguments: tuple, edges: tuple, results: tuple) -> None:
        self.ctx, self.arguments = ctx, [isinstance(argument, Tensor) for argument in arguments]
        of_tensors = [edge for edge, is_tensor in zip(edges, self.arguments, strict=True) if is_tensor]
        self.edges = tuple(None if edge is NOWHERE else edge for edge in of_tensors)
        self.results = [Kind(r._data.shape, r._data.dtype) if isinstance(r, Tensor) else None for r in results]
        inputs = [argument for argument in arguments if isinstance(argument, Tensor)]
        self.roles = tuple(ctx._role(tensor, inputs, results) for tensor in ctx._to_save)
        self.saved = tuple(None if tensor is None else tensor._array() for tensor in ctx._to_save)
        self.frees, ctx._to_save, ctx._node = bool(self.saved), (), weakref.ref(self)
        first = next(filter(None, self.results), Kind((), np.dtype(np.float32)))
        self.shape, self._dtype = first.shape, first.dtype
        self.hooks, self.uneven, self.stamp = None, 0, next_stamp()

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} object at {id(self):#x}>"

    def __getattr__(self, name: str):
        # what PyTorch's node has because it is the ctx
        if name != "ctx" and not name.startswith("__"):
            return getattr(self.ctx, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def _input_metadata(self) -> tuple:
        return tuple(InputMetadata(kind) for kind in self.results if kind is not None)

    def unpack(self, value, role):
        """A saved array as the tensor that it was; roles below 0 count the results."""
        if value is None or role is None:
            return None if value is None else wrap(value, None)
        if role < 0:
            index = -1 - role
            return wrap(value, self if len(self.results) == 1 else Result(self, index, value))
        edge = self.edges[role]
        if type(edge) is AccumulateGrad and edge.data is value:
            return edge.variable
        return wrap(value, edge)

    def vjp(self, g, saved):
        return self._gradients(g, False)

    def vjp_recorded(self, g, saved):
        return self._gradients(g, True)

    def _gradients(self, g, recorded: bool) -> tuple:
        arrived = g if isinstance(g, Gathered) else {0: g}
        gradients = [self._arrived(arrived.get(i), kind, recorded) for i, kind in enumerate(self.results)]
        before = recording()
        record(recorded)
        try:
            given = self.function.backward(self.ctx, *gradients)
            return self._checked(given if isinstance(given, tuple) else (given,), recorded)
        finally:
            record(before)

    def _arrived(self, g, kind, recorded):
        if g is None:
            if kind is None or not self.ctx._materialize:
                return None
            g = np.zeros(kind.shape, kind.dtype)
        return g if isinstance(g, Tensor) else wrap(g, None)

    def _checked(self, given: tuple, recorded: bool) -> tuple:
        """What `backward` returned, for the edges: RuntimeError where it does not fit the arguments of `forward`."""
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
    """A gradient in the shape and type of its input: broadcast ones are summed, as everywhere."""
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


class Function:
    """An operation with a backward rule of one's own.

    A subclass has two static methods: `forward(ctx, *arguments)`, which computes a tensor or a tuple of them and is not
    recorded, and `backward(ctx, *gradients)`, which takes the gradient of each result and returns that of each argument
    (None where there is none).  `apply(*arguments)` calls it.  In a second form `forward(*arguments)` knows no ctx, and
    `setup_context(ctx, inputs, output)` saves what `backward` needs.
    """

    __module__ = "torch.autograd.function"
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
        """Compute the result: forward(ctx, *arguments), or forward(*arguments) beside a `setup_context`."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Save what `backward` needs; inputs: the tuple of arguments, output: what `forward` returned."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *gradients):
        """The gradients of the arguments, from those of the results."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    @classmethod
    def apply(cls, *arguments, **named):
        """Call `forward`, and record the call where one of the tensors among the arguments requires a gradient."""
        ctx = FunctionCtx()
        separate = cls.setup_context is not Function.setup_context
        if named:
            first = () if separate else (ctx,)
            arguments = inspect.signature(cls.forward).bind(*first, *arguments, **named).args[len(first) :]
        edges = tuple(edge_of(a) if isinstance(a, Tensor) else None for a in arguments)
        ctx.needs_input_grad = tuple(edge is not None for edge in edges)
        before = recording()
        record(False)
        try:
            if separate:
                result = cls.forward(*arguments)
                cls.setup_context(ctx, arguments, result)
            else:
                result = cls.forward(ctx, *arguments)
        finally:
            record(before)
        several = isinstance(result, tuple)
        tracked = before and any(ctx.needs_input_grad)
        wrapped = cls._wrapped(ctx, arguments, edges, result if several else (result,), tracked)
        return wrapped if several else wrapped[0]

    @classmethod
    def _wrapped(cls, ctx, arguments, edges, results: tuple, tracked: bool) -> tuple:
        """The results of `forward` as results of a new node."""
        inputs = [a for a in arguments if isinstance(a, Tensor)]
        if not all(among(t, results) for t in ctx._dirty):
            raise RuntimeError(
                "Some elements marked as dirty during the forward method were not returned as output: return every "
                "tensor that was passed to mark_dirty"
            )
        if not tracked:
            return tuple(
                wrap(r._array(), None) if isinstance(r, Tensor) and among(r, inputs) and not among(r, ctx._dirty) else r
                for r in results
            )
        for tensor in ctx._dirty:
            if type(edge_of(tensor)) is AccumulateGrad:
                raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
            if tensor._view is not None:
                raise RuntimeError("mark_dirty was given a view: minigrad follows in-place Functions on whole tensors")

        node = cls._node(ctx, arguments, edges, results)
        wrapped = []
        for index, result in enumerate(results):
            if not ctx._carries(result):
                wrapped.append(wrap(result._array(), None) if isinstance(result, Tensor) else result)
                continue
            dirty = among(result, ctx._dirty)
            view = not dirty and (result._view is not None or among(result, inputs))
            edge = Result(node, index, result._data) if len(results) > 1 else node
            if dirty:
                set_history(result, edge)
            else:
                result, shown = wrap(result._array() if view else result._data, edge), result
                if view:
                    base = shown if shown._view is None else shown._view[0]
                    result._view = (base, base._edge, True)  # as one of several views of a node: not to be written
            wrapped.append(result)
        return tuple(wrapped)


def among(tensor, others) -> bool:
    return any(tensor is other for other in others)


def position(tensor, others) -> int:
    return next(i for i, other in enumerate(others) if tensor is other)


class Error(Node):
    """The history of gradients that come from a `backward` marked with `once_differentiable`."""

    __slots__ = ()
    frees = False

    def vjp(self, g, saved):
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
    node = object.__new__(Error)
    node.edges, node.saved, node.shape, node._dtype = (), (), g._data.shape, g._data.dtype
    node.hooks, node.uneven, node.stamp = None, 0, next_stamp()
    return wrap(g._data, node)
