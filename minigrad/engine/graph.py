"""The computation graph: a `Node` for every recorded operation, an `AccumulateGrad` for every leaf.

A tensor holds an edge: the place where its gradient goes.  For the result of an operation that is the operation's node,
for a leaf its AccumulateGrad, for a tensor that needs no gradient None.  A node holds the edges of its inputs: that is
the graph.  Nodes are stamped when they are made, and whoever used a result was made after it, so the order of the
stamps is a topological order, ready for the backward pass.
"""

import itertools
from typing import TYPE_CHECKING, Any

next_stamp = itertools.count(-1, -1).__next__  # the newer, the smaller: a heap then gives the newest first


class Everything:
    """The set of all edges."""

    def __contains__(self, edge) -> bool:
        return True


EVERYTHING = Everything()


class Node:
    """One recorded operation, as `tensor.grad_fn` shows it.

    For each input it keeps an edge, a rule and what was saved for it.  The rule takes the gradient of the result and
    what was saved, and returns the gradient of that input.
    """

    __module__ = "builtins"  # PyTorch prints its nodes' types without a module
    __slots__ = (
        "__weakref__",
        "hooks",  # called with the gradient that arrives, or None
        "row",  # of the table of derivatives, which has the rules; a `Handwritten` node has none
        "shape",  # of the result
        "stamp",
    )
    is_leaf = False
    hidden = False  # True for a step between an operation and its input that is never shown
    edges: Any  # for each input, where its gradient goes; None for an input that needs none
    saved: Any  # for each input, what its rule takes

    if TYPE_CHECKING:  # what subclasses have, and what passes and inspection add
        __call__: Any
        row: Any
        vjp_recorded: Any

        def __getattr__(self, name: str) -> Any: ...

    def send(self, g):
        """Return pairs of an edge and the gradient that goes there when the gradient g of the result arrives."""
        return [(edge, part) for edge, part in zip(self.edges, self.vjp(g), strict=True) if edge is not None]

    def vjp(self, g, wanted=EVERYTHING) -> list:
        """Return the gradient of each input; None for one that needs none, or whose edge is not among those wanted."""
        return [
            None if edge is None or edge not in wanted else rule(g, saved)
            for edge, rule, saved in zip(self.edges, self.row.rules, self.saved, strict=True)
        ]

    def saved_items(self):
        """Yield what was saved: triples of a name, a value, and the edge whose tensor it is (None for a number)."""
        for edge, names, saved in zip(self.edges, self.row.takes, self.saved, strict=True):
            if edge is not None and names:
                for name, value in zip(names, saved if len(names) > 1 else (saved,), strict=True):
                    yield name, value, self.edge_behind(name)

    def edge_behind(self, name: str):
        """Return the edge of the tensor that a letter of the row stands for; None where it stands for no tensor."""
        if name == "ans":
            return self
        edge = self.edges[self.row.inputs.index(name)] if name in self.row.inputs else None
        return edge.edges[0] if edge is not None and edge.hidden else edge

    def free(self) -> None:
        """Release what was saved, if it was tensors; a second pass is then refused."""
        if self.row.frees:
            self.row = self.row.used_up
            self.forget()

    def name(self) -> str:
        """Return the name of the operation; for some, PyTorch adds where in its source they are."""
        name = type(self).__name__
        return f"torch::autograd::{name}" if name in ("CopySlices", "CopyBackwards", "NotImplemented") else name

    @property
    def next_functions(self) -> tuple:
        """For each input, where its gradient goes: a pair (node, number of its result); (None, 0) for none."""
        return tuple([(None, 0) if edge is None else edge.end for edge in self.edges])

    @property
    def end(self) -> tuple:
        return self, 0

    @property
    def dtype(self) -> Any:
        """NumPy's type of the result: that of the inputs, unless they had to be converted to it."""
        node: Any = self
        while type(node).dtype is Node.dtype:
            edge = next(edge for edge in node.edges if edge is not None)
            if edge.hidden:
                return edge.result_dtype
            node = edge
        return node.dtype


class Unary(Node):
    """A node of one input, without tuples: half the memory, and half the work for Python's collector."""

    __slots__ = ("edge_x", "saved_x")

    def send(self, g):
        return ((self.edge_x, self.row.rules[0](g, self.saved_x)),)

    def forget(self) -> None:
        self.saved_x = None

    def _set_edges(self, edges) -> None:
        (self.edge_x,) = edges

    def _set_saved(self, saved) -> None:
        (self.saved_x,) = saved

    edges = property(lambda self: (self.edge_x,), _set_edges)
    saved = property(lambda self: (self.saved_x,), _set_saved)


class Binary(Node):
    """A node of two inputs, likewise."""

    __slots__ = ("edge_x", "edge_y", "saved_x", "saved_y")

    def send(self, g):
        x, y = self.row.rules
        if self.edge_y is None:
            return ((self.edge_x, x(g, self.saved_x)),)
        if self.edge_x is None:
            return ((self.edge_y, y(g, self.saved_y)),)
        return (self.edge_x, x(g, self.saved_x)), (self.edge_y, y(g, self.saved_y))

    def forget(self) -> None:
        self.saved_x = self.saved_y = None

    def _set_edges(self, edges) -> None:
        self.edge_x, self.edge_y = edges

    def _set_saved(self, saved) -> None:
        self.saved_x, self.saved_y = saved

    edges = property(lambda self: (self.edge_x, self.edge_y), _set_edges)
    saved = property(lambda self: (self.saved_x, self.saved_y), _set_saved)


class Several(Node):
    """A node of any number of inputs."""

    __slots__ = ("edges", "saved")

    def forget(self) -> None:
        self.saved = (None,) * len(self.edges)


class Handwritten(Several):
    """A node that no row describes: its class has the rule for all inputs at once, as methods.

    `vjp(g)` takes the gradient of the result, an array, and returns those of the inputs; `vjp_recorded(g)` does the
    same with tensors, in a pass that is itself recorded.
    """

    __slots__ = ("dtype",)
    row = None
    frees = False  # True where tensors are saved, so that a second pass must be refused
    names: tuple = ()  # PyTorch's names for the saved values

    def __init__(self, edges, saved, shape, dtype):
        self.edges, self.saved, self.shape, self.dtype = edges, saved, shape, dtype
        self.hooks, self.stamp = None, next_stamp()

    def saved_items(self):
        return ()

    def free(self) -> None:
        if self.frees:
            self.saved = None
