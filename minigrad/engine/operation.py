"""How a row of a table of derivatives becomes an operation.

    rule("mul(x, y)", "x * y", x="g * y", y="g * x")

says: `mul` takes the tensors x and y, its result is x * y, and when the gradient g of the result arrives, g * y goes
to x and g * x to y.  From this line come the function torch.mul, which computes and records, the method, its in-place
twin mul_, and the node MulBackward0.  What a node saves follows from the letters: a row that does not name y in the
gradient of x does not keep y alive.

There are three forms of operations, after what they take: a tensor, two tensors (the second may be a number), or
tensors and other arguments.  All do the same: compute, and where an input needs a gradient, make a node.
"""

from typing import Any

from numpy import float32, ndarray

from ..errors import no_booleans, refused
from ..numbers import agree, constants, float_of, with_number
from .broadcasting import fitted
from .graph import next_stamp
from .modes import paused, recording
from .rows import Row, on_tensors, rows
from .tensor import UNTRACKED_VIEW, Tensor, View, new, wrap
from .versions import rebased, refresh

methods: dict[str, Any] = {}  # what became a method of Tensor
functions: dict[str, Any] = {}  # what becomes a function of the package
NUMBERS = {int, float}


further: list = []  # functions of a row and its operation that make more of it, such as its twin that writes in place


def rule(signature: str, forward: str, **columns):
    """Make an operation of a row; returns its function on tensors.

    signature: the name and the arguments; forward: the result, on arrays; x, y, z: the gradient of each tensor input
    (left out: none); further columns: see `Row`.
    """
    row = Row(signature, forward, **columns)
    form = {("x",): unary, ("x", "y"): binary}.get(tuple(row.arguments))
    form = form or (with_arguments if row.arguments[0] == row.inputs[-1] else several)
    function = form(row)
    function.__name__ = function.__qualname__ = row.name
    rows[row.name], on_tensors[row.name] = row, function
    for make in further:
        make(row, function)
    return function if row.inner else public(function)


def unary(row):
    """An operation on one tensor."""
    floating, differentiable, view = row.floating, row.differentiable, row.view

    def operation(input):
        try:
            if rebased:
                refresh(input)
            x, ex = input._data, input._edge
            if view:
                x = input._array()
            elif floating and ex is None:
                x = float_of(x)
            ans = row.forward(x)
        except (AttributeError, TypeError, ValueError) as error:
            raise refused(row.name, error, input) from None
        if ex is None or not differentiable or (paused and not recording()):
            return untracked(row, ans, input, x)

        node = new(row.node_type)
        node.row = row
        node.shape = ans.shape
        node.hooks = None
        node.stamp = next_stamp()
        node.edge_x = ex
        (keep_x,) = row.keep
        node.saved_x = None if keep_x is None else keep_x(x, ans)
        return view_of(input, ans, node) if view else wrap(ans, node)

    return operation


def with_arguments(row):
    """An operation on one tensor and other arguments."""

    def operation(input, *arguments):
        try:
            if rebased:
                refresh(input)
            x, ex = input._array() if row.view else input._data, input._edge
            ans = row.forward(x, *arguments)
        except (AttributeError, TypeError, ValueError) as error:
            raise refused(row.name, error, input) from None
        if ex is None or not row.differentiable or (paused and not recording()):
            return untracked(row, ans, input, x)

        (keep_x,) = row.keep
        node = new_node(row, ans)
        node.edge_x = fitted(ex, x, ans) if row.converts else ex
        node.saved_x = None if keep_x is None else keep_x(x, *arguments, ans)
        return view_of(input, ans, node) if row.view else wrap(ans, node)

    return operation


def binary(row):
    """An operation on two tensors, or, where the row says so, on a tensor and a Python number."""
    takes_number, elementwise, floating = row.number, row.elementwise, row.floating
    converts, differentiable = row.converts, row.differentiable

    def operation(input, other):
        try:
            if rebased:
                refresh_all(input, other)
            x, ex = input._data, input._edge
            uneven = converts
            number = takes_number and not isinstance(other, Tensor)
            if number:
                ey = None
                if type(other) not in NUMBERS:
                    x, y = with_number(x, other, row.name)
                elif type(x) is float32:
                    y = other
                else:
                    y = constants.get((other, type(other), x.dtype))
                    if y is None:
                        x, y = with_number(x, other, row.name)
            else:
                y, ey = other._data, other._edge
                if elementwise and (
                    type(x) is not type(y) or (type(x) is ndarray and (x.dtype is not y.dtype or x.shape != y.shape))
                ):
                    x, y = agree(x, y, row.name)
                    uneven = True
            if floating and ex is None and ey is None:
                x, y = float_of(x), float_of(y)
            ans = row.forward(x, y)
        except (AttributeError, TypeError, ValueError) as error:
            raise refused(row.name, error, input, other) from None
        if (ex is None and ey is None) or not differentiable or (paused and not recording()):
            return untracked(row, ans, input, x)

        its_row = row
        if uneven:  # the rules speak of what was given, not of what it was converted to
            x, y = input._data, other._data
            ex, ey = fitted(ex, x, ans), fitted(ey, y, ans)
            if x.dtype is not y.dtype:
                its_row = row.of_several_types
        if ex is None:
            x = remembered(input, x, row, "x")
        elif ey is None and not number:
            y = remembered(other, y, row, "y")
        node = new(row.node_type)
        node.row = its_row
        node.shape = ans.shape
        node.hooks = None
        node.stamp = next_stamp()
        keep_x, keep_y = row.keep
        node.edge_x = ex
        node.edge_y = ey
        node.saved_x = None if ex is None or keep_x is None else keep_x(x, y, ans)
        node.saved_y = None if ey is None or keep_y is None else keep_y(x, y, ans)
        out = new(Tensor)  # as wrap does
        out._data = ans
        out._edge = node
        out._view = None
        out._grad = None
        out._accumulate_grad = None
        return out

    return operation


def several(row):
    """An operation on several tensors and other arguments."""
    places = [place for place, name in enumerate(row.arguments) if name in row.inputs]

    def operation(*arguments):
        tensors, values = [arguments[place] for place in places], list(arguments)
        try:
            if rebased:
                refresh_all(*tensors)
            edges = [tensor._edge for tensor in tensors]
            for place, tensor in zip(places, tensors, strict=True):
                values[place] = tensor._data
            if row.elementwise:
                x, y = places
                values[x], values[y] = agree(values[x], values[y], row.name)
            ans = row.forward(*values)
        except (AttributeError, TypeError, ValueError) as error:
            raise refused(row.name, error, *tensors) from None
        if not any(edges) or not row.differentiable or (paused and not recording()):
            return untracked(row, ans, tensors[0], values[places[0]])

        its_row = row
        for index, (place, tensor, edge) in enumerate(zip(places, tensors, edges, strict=True)):
            if row.elementwise or row.converts:
                values[place] = tensor._data
                edges[index] = fitted(edge, tensor._data, ans)
                if tensor._data.dtype is not ans.dtype:
                    its_row = row.of_several_types
            if edge is None:
                values[place] = remembered(tensor, values[place], row, row.arguments[place])
        node = new_node(its_row, ans)
        node.edges = tuple(edges)
        node.saved = tuple([
            None if edge is None or keep is None else keep(*values, ans)
            for edge, keep in zip(edges, row.keep, strict=True)
        ])  # fmt: skip
        return wrap(ans, node)

    return operation


# --- what they share


def new_node(row, ans):
    """A node for the result `ans`, still without its inputs."""
    node = new(row.node_type)
    node.row, node.shape, node.hooks, node.stamp = row, ans.shape, None, next_stamp()
    return node


def untracked(row, ans, input, x):
    """The result where no input needs a gradient."""
    if row.booleans is not None and x.dtype.kind == "b":
        raise no_booleans(row.name, row.booleans)
    return view_of(input, ans, None) if row.view else wrap(ans, None)


def view_of(input, ans, node):
    """A result that shows the memory of `input`."""
    tensor = wrap(ans, UNTRACKED_VIEW if node is None and input._edge is not None else node)
    view = input._view
    tensor._view = View(input, input._edge) if view is None else View(view.base, view.base._edge, view.multi)
    return tensor


def remembered(tensor, value, row, letter: str):
    """The value of an input that needs no gradient: an array where it is saved, so that a later write is noticed."""
    if type(value) is ndarray or not isinstance(tensor, Tensor) or not any(letter in names for names in row.takes):
        return value
    return tensor._array()


def refresh_all(*inputs) -> None:
    for tensor in inputs:
        if isinstance(tensor, Tensor):
            refresh(tensor)


def public(function):
    """Make a function of the package and a method of Tensor of a function whose first argument is a tensor."""
    functions[function.__name__] = function
    return method(function)


def method(function):
    """Make a method of Tensor of a function whose first argument is a tensor."""
    methods[function.__name__] = function
    setattr(Tensor, function.__name__, function)
    return function
