"""How a row of a table of derivatives becomes an operation.

    rule("mul(x, y)", "x * y", x="g * y", y="g * x")

says: `mul` takes the tensors x and y, its result is x * y, and when the gradient g of the result arrives, g * y goes
to x and g * x to y.  From this line come the function torch.mul, which computes and records, the method, its in-place
twin mul_, and the node MulBackward0.  What a node saves follows from the letters: a row that does not name y in the
gradient of x does not keep y alive.

There are three forms of operations, after what they take: a tensor, two tensors (the second may be a number), or
tensors and other arguments.  All do the same: compute, and where an input needs a gradient, make a node.
"""

import sys
from typing import Any

from numpy import float32, ndarray

from ..errors import no_booleans, refused
from .broadcasting import fitted
from .graph import next_stamp
from .modes import paused, recording
from .numbers import agree, float_of, with_number
from .rows import Row, on_tensors, rows
from .tensor import UNTRACKED_VIEW, Tensor, View, new, wrap
from .versions import rebased, refresh
from .writing import in_place

methods: dict[str, Any] = {}  # what became a method of Tensor
functions: dict[str, Any] = {}  # what becomes a function of the package
NUMBERS = {int, float}


def rule(signature: str, forward: str, *, inner=False, inplace=False, **columns):
    """Make an operation of a row; returns its function on tensors.

    signature: the name and the arguments; forward: the result, on arrays; x, y, z: the gradient of each tensor input
    (left out: none).  inner: no function or method of its own, but called by one that sorts its arguments out;
    inplace: has a twin `name_` that writes in place; further columns: see `Row`.
    """
    row = rows[signature.partition("(")[0]] = Row(signature, forward, **columns)
    table = sys._getframe(1)
    while table.f_code.co_name != "<module>" and table.f_back is not None:
        table = table.f_back
    row.file, row.line = table.f_code.co_filename, table.f_lineno
    form = {("x",): unary, ("x", "y"): binary}.get(tuple(row.arguments), general)
    function = on_tensors[row.name] = form(row)
    function.__name__ = function.__qualname__ = row.name
    if inplace:
        twin = on_tensors[row.name + "_"] = in_place(function, row.name + "_", forward)
        if not inner:
            method(twin)
    return function if inner else public(function)


def unary(row):
    """An operation on one tensor."""

    def operation(input):
        if rebased:
            refresh(input)
        try:
            x, ex = input._data, input._edge
            if row.view:
                x = input._array()
            elif row.floating and ex is None:
                x = float_of(x)
            ans = row.forward(x)
        except (AttributeError, TypeError, ValueError) as error:
            raise refused(row.name, error, input) from None
        if ex is None or not row.differentiable or (paused and not recording()):
            return untracked(row, ans, input, x)
        node = new_node(row, ans)
        (keep_x,) = row.keep
        node.edge_x = ex if not row.converts else fitted(ex, x, ans)
        node.saved_x = None if keep_x is None else keep_x(x, ans)
        return view_of(input, ans, node) if row.view else wrap(ans, node)

    return operation


def binary(row):
    """An operation on two tensors, or, where the row says so, on a tensor and a Python number."""

    def operation(input, other):
        if rebased:
            refresh_all(input, other)
        uneven = row.converts
        try:
            x, ex = input._data, input._edge
            if isinstance(other, Tensor) or not row.number:
                y, ey = other._data, other._edge
                if row.elementwise and differ(x, y):
                    x, y = agree(x, y, row.name)
                    uneven = True
            else:
                ey = None
                if type(x) is float32 and type(other) in NUMBERS:
                    y = other
                else:
                    x, y = with_number(x, other, row.name)
            if row.floating and ex is None and ey is None:
                x, y = float_of(x), float_of(y)
            ans = row.forward(x, y)
        except (AttributeError, TypeError, ValueError) as error:
            raise refused(row.name, error, input, other) from None
        if (ex is None and ey is None) or not row.differentiable or (paused and not recording()):
            return untracked(row, ans, input, x)

        its_row = row
        if uneven:  # the rules speak of what was given, not of what it was converted to
            x, y = input._data, other._data
            ex, ey = fitted(ex, x, ans), fitted(ey, y, ans)
            if x.dtype is not y.dtype:
                its_row = row.of_several_types
        if ex is None:
            x = remembered(input, x, row, "x")
        elif ey is None:
            y = remembered(other, y, row, "y")
        node = new_node(its_row, ans)
        keep_x, keep_y = row.keep
        node.edge_x, node.edge_y = ex, ey
        node.saved_x = None if ex is None or keep_x is None else keep_x(x, y, ans)
        node.saved_y = None if ey is None or keep_y is None else keep_y(x, y, ans)
        return wrap(ans, node)

    return operation


def general(row):
    """An operation on tensors and other arguments."""
    places = [place for place, name in enumerate(row.arguments) if name in row.inputs]

    def operation(*arguments):
        tensors = [arguments[place] for place in places]
        if rebased:
            refresh_all(*tensors)
        values = list(arguments)
        try:
            edges = [tensor._edge for tensor in tensors]
            for place, tensor in zip(places, tensors, strict=True):
                values[place] = tensor._array() if row.view else tensor._data
            uneven = row.converts
            if row.elementwise and differ(*(values[place] for place in places)):
                first, second = places
                values[first], values[second] = agree(values[first], values[second], row.name)
                uneven = True
            ans = row.forward(*values)
        except (AttributeError, TypeError, ValueError) as error:
            raise refused(row.name, error, *tensors) from None
        if not any(edges) or not row.differentiable or (paused and not recording()):
            return untracked(row, ans, tensors[0], values[places[0]])

        its_row = row
        for place, letter, tensor, edge in zip(places, row.inputs, tensors, edges, strict=True):
            if uneven:
                values[place] = tensor._data
                if tensor._data.dtype is not ans.dtype:
                    its_row = row.of_several_types
            if edge is None:
                values[place] = remembered(tensor, values[place], row, letter)
        if uneven:
            edges = [fitted(edge, tensor._data, ans) for edge, tensor in zip(edges, tensors, strict=True)]
        node = new_node(its_row, ans)
        node.edges = tuple(edges)
        node.saved = tuple([
            None if edge is None or keep is None else keep(*values, ans)
            for edge, keep in zip(edges, row.keep, strict=True)
        ])  # fmt: skip
        return view_of(tensors[0], ans, node) if row.view else wrap(ans, node)

    return operation


# --- what the three share


def new_node(row, ans):
    """A node for the result `ans`, still without its inputs."""
    node = new(row.node_type)
    node.row, node.shape, node.dtype, node.hooks, node.stamp = row, ans.shape, ans.dtype, None, next_stamp()
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


def differ(x, y) -> bool:
    """True for two arrays of different shape or type, and for an array and a scalar."""
    return type(x) is not type(y) or (type(x) is ndarray and (x.dtype is not y.dtype or x.shape != y.shape))


def remembered(tensor, value, row, letter: str):
    """The value of an input that needs no gradient; as an array, where it is saved, so that a later write is noticed."""
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
