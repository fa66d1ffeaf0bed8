"""The computation graph: a `Node` for every recorded operation, an `AccumulateGrad` for every leaf.

A tensor holds an edge: the place where its gradient goes.  For a result that is the node of the operation that made
it, for a leaf its AccumulateGrad, for a tensor that needs no gradient None.  A node holds the edges of its inputs:
that is the graph.  Nodes are stamped when they are made, and whoever used a result was made after it, so the order of
the stamps is a topological order, ready for the backward pass.
"""

import itertools
import weakref
from typing import Any

import numpy as np

next_stamp = itertools.count(-1, -1).__next__  # the newer, the smaller: a heap then gives the newest first
OUT = -1  # in Node.roles: this saved value is the operation's own result


class Node:
    """One recorded operation, as `tensor.grad_fn` shows it.

    A subclass stands for an operation, and is made by `operation.rule` from a row of a table of derivatives:
    `vjp(g, saved)` takes the gradient of the result and gives those of the inputs that need one.
    """

    __module__ = "builtins"  # PyTorch prints its nodes' types bare
    __slots__ = (
        "__weakref__",
        "hooks",  # what is to be made of the gradient that arrives, or None
        "saved",  # what vjp needs, one value or a tuple; None once it has been given back
        "shape",  # of the result
        "stamp",
    )
    edge: Any  # where the gradient of the input goes, in a node that is `single`
    edges: Any  # where the gradients of the inputs go
    hooks: Any
    saved: Any
    shape: tuple
    stamp: int
    single = False
    uneven = 0  # 1 where an input may differ from the result in shape, 2 where also in type
    _dtype: Any = None  # the result's type, where it may be another than that of the first input
    live: Any = None  # which inputs need a gradient, when `edges` lists only those
    inputs = 0  # how many tensor inputs the operation has, when `edges` lists only the live ones
    roles: tuple = ()  # of each saved value: the edge it belongs to, OUT, or None (no gradient flows through it)
    names: tuple = ()  # PyTorch's names for the saved values
    variants: Any = ()  # the classes of the same operation for other inputs that need a gradient
    bare = False  # is `saved` one value, not a tuple of values?
    frees = True  # are there saved tensors, so that a second pass must be refused?
    vjp: Any
    vjp_recorded: Any  # the same rule in operations on tensors, for create_graph

    def __init__(self, edges, saved, shape, dtype=None):
        """A node for what no row of a table describes; operations fill one in themselves."""
        if self.single:
            (self.edge,) = edges
        else:
            self.edges = edges
        if dtype is not None:
            self._dtype = dtype
        self.saved, self.shape, self.hooks, self.stamp = saved, shape, None, next_stamp()

    def name(self) -> str:
        """The name of the operation; of some, PyTorch also says where in its source they live."""
        name = type(self).__name__
        return f"torch::autograd::{name}" if name in ("CopySlices", "CopyBackwards", "NotImplemented") else name

    @property
    def next_functions(self) -> tuple:
        """Where the gradients of the inputs go: a pair (node, which of its results) an input, (None, 0) for none."""
        edges = list(self.edges)
        if self.live is not None:
            edges = [None] * self.inputs
            for position, edge in zip(self.live, self.edges * 2 if self.single else self.edges, strict=False):
                edges[position] = edge  # in x * x one edge stands for both inputs
        return tuple((None, 0) if edge is None else edge.end for edge in edges)

    @property
    def values(self) -> tuple:
        """What was saved, one value or several."""
        return (self.saved,) if self.bare else self.saved

    @property
    def end(self) -> tuple:
        return self, 0

    @property
    def dtype(self) -> np.dtype:
        """NumPy's type of the result: that of the first input, unless the operation made another."""
        node: Any = self
        passed = []
        while isinstance(node, Node) and node._dtype is None and node not in inherited:
            passed.append(node)
            node = next(edge for edge in node.edges if edge is not None)
        found = inherited.get(node, node._dtype) if isinstance(node, Node) else node.dtype
        inherited.update(dict.fromkeys(passed, found))
        return found


inherited: Any = weakref.WeakKeyDictionary()  # the types that were found, so that nobody goes all the way again


class Single(Node):
    """A node that sends a gradient to one input, bare, not in a tuple.

    Half of all nodes: without the tuple a chain takes 90 bytes less an operation, and the collector half as long.
    """

    __slots__ = ("edge",)
    single = True

    @property
    def edges(self) -> tuple:
        return (self.edge,)


class Several(Node):
    """A node that sends gradients to several inputs."""

    __slots__ = ("edges",)


watched: dict[int, weakref.ref] = {}  # leaves' edges that have hooks


class AccumulateGrad:
    """The end of the line: what arrives here is added to a leaf's `.grad`."""

    __slots__ = ("__weakref__", "_leaf", "data", "dtype", "grad", "hooks", "resting", "shape")
    __module__ = "builtins"
    edges: tuple = ()
    next_functions: tuple = ()
    stamp = 0

    def __init__(self, leaf):
        self._leaf = weakref.ref(leaf)  # weak, or leaf and edge would keep each other alive
        self.hooks, self.grad = None, leaf._grad
        self.resting = False  # does the leaf require no gradient just now?
        self.show(leaf._data)

    def show(self, data) -> None:
        """Remember the leaf's data, which the graph may outlive."""
        self.data, self.shape, self.dtype = data, data.shape, data.dtype

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    @property
    def variable(self):
        """The leaf tensor."""
        leaf = self._leaf()
        if leaf is None:  # nobody holds it any more but the graph
            from .tensor import wrap

            leaf = wrap(self.data, self)
            self._leaf = weakref.ref(leaf)
        return leaf

    @property
    def end(self) -> tuple:
        return self, 0


class Nowhere:
    """The edge of a view made under no_grad: PyTorch counts the view among what requires a gradient, and gives it
    none."""

    __slots__ = ("__weakref__",)
    edges: tuple = ()
    stamp, end, hooks, resting = 0, (None, 0), None, True


NOWHERE = Nowhere()
