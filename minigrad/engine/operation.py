"""How a row of a table of derivatives becomes an operation.

    rule("mul(x, y)", "x * y", x="g * y", y="g * x")

says: `mul` takes the tensors x and y, its result is x * y, and when the gradient g of the result arrives, g * y goes
to x and g * x to y.  From this line come the function torch.mul, which computes and records, the method, its in-place
twin mul_, and the node MulBackward0.  What a node saves follows from the letters: a row that does not name y in the
gradient of x does not keep y alive.

Operations have four forms, after what they take.  All do the same: compute, and where an input needs a gradient, make
a node.
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
further: list = []  # functions of a row and its operation that make more of it, such as its twin that writes in place
MISUSED = AttributeError, TypeError, ValueError  # what Python and NumPy raise for inputs that an operation can't take


def rule(signature: str, formula: str, **columns):
    """Make an operation of a row; returns its function on tensors.

    signature: the name and the arguments; formula: the result, on arrays; x, y, z: the gradient of each tensor input
    (left out: none); further columns: see `rows.COLUMNS`.
    """
    row = Row(signature, formula, **columns)
    form = {("x",): unary, ("x", "y"): binary}.get(tuple(row.arguments))
    form = form or (with_arguments if row.arguments[0] == row.inputs[-1] else several)
    function = form(row)
    function.__name__ = function.__qualname__ = row.name
    # a code of its own, so that tracebacks and profiles name it, and Python adapts it to what it is called with
    function.__code__ = function.__code__.replace(co_name=row.name, co_qualname=row.name)
    rows[row.name], on_tensors[row.name] = row, function
    for make in further:
        make(row, function)
    return function if row.inner else public(function)


def unary(row):
    """Return an operation on one tensor."""
    floating, differentiable = row.floating, row.differentiable

    def operation(input):
        try:
            if rebased:
                refresh(input)
            x, ex = input._array() if row.view else input._data, input._edge
            if floating and ex is None:
                x = float_of(x)
            ans = row.forward(x)
        except MISUSED as error:
            raise refused(row.name, error, input) from None
        if ex is None or not differentiable or (paused and not recording()):
            return untracked(row, ans, input, x)
        node = new_node(row, ans)
        node.edge_x = ex
        (keep_x,) = row.keep
        node.saved_x = None if keep_x is None else keep_x((x, ans))
        return view_of(input, ans, node) if row.view else wrap(ans, node)

    return operation


def with_arguments(row):
    """Return an operation on one tensor and other arguments."""

    def operation(input, *arguments):
        try:
            if rebased:
                refresh(input)
            x, ex = input._array() if row.view else input._data, input._edge
            ans = row.forward(x, *arguments)
        except MISUSED as error:
            raise refused(row.name, error, input) from None
        if ex is None or not row.differentiable or (paused and not recording()):
            return untracked(row, ans, input, x)
        node = new_node(row, ans)
        node.edge_x = fitted(ex, x, ans) if row.converts else ex
        (keep_x,) = row.keep
        node.saved_x = None if keep_x is None else keep_x((x, *arguments, ans))
        return view_of(input, ans, node) if row.view else wrap(ans, node)

    return operation


def binary(row):
    """Return an operation on two tensors, or, where the row says so, on a tensor and a Python number."""
    takes_number, elementwise, floating = row.number, row.elementwise, row.floating
    converts, differentiable = row.converts, row.differentiable

    def operation(input, other):
        try:
            if rebased:
                refresh_all(input, other)
            x, ex = input._data, input._edge
            uneven = converts
            if takes_number and (type(other) is float or type(other) is int or not isinstance(other, Tensor)):
                ey = None
                if type(x) is float32 and type(other) is float:
                    y = other
                else:
                    x, y = beside_number(x, other, row.name)
            else:
                y, ey = other._data, other._edge
                if (ex is None) is not (ey is None):
                    x, y = remembered(row, "x", input, x), remembered(row, "y", other, y)
                if elementwise and (
                    type(x) is not type(y) or (type(x) is ndarray and (x.dtype is not y.dtype or x.shape != y.shape))
                ):
                    x, y = agree(x, y, row.name)
                    uneven = True
            if floating and ex is None and ey is None:
                x, y = float_of(x), float_of(y)
            ans = row.forward(x, y)
        except MISUSED as error:
            raise refused(row.name, error, input, other) from None
        if (ex is None and ey is None) or not differentiable or (paused and not recording()):
            return untracked(row, ans, input, x)
        its_row = row
        if uneven:  # the rules speak of what was given
            x, y = input._data, other._data
            ex, ey = fitted(ex, x, ans), fitted(ey, y, ans)
            if x.dtype is not y.dtype:
                its_row = row.of_several_types
        node = new_node(its_row, ans)
        keep_x, keep_y = row.keep
        node.edge_x = ex
        node.edge_y = ey
        everything = x, y, ans
        node.saved_x = None if ex is None or keep_x is None else keep_x(everything)
        node.saved_y = None if ey is None or keep_y is None else keep_y(everything)
        return wrap(ans, node)

    return operation


def several(row):
    """Return an operation on several tensors and other arguments."""
    places = [place for place, name in enumerate(row.arguments) if name in row.inputs]
    first, last = places[0], places[-1]

    def operation(*arguments):
        values = list(arguments)
        try:
            if rebased:
                refresh_all(*arguments)
            for place in places:
                values[place] = arguments[place]._data
            edges = [arguments[place]._edge for place in places]
            uneven = row.converts
            if row.elementwise:
                x, y = (values[place] for place in places)
                uneven = x.dtype is not y.dtype or x.shape != y.shape
                values[first], values[last] = agree(x, y, row.name)
            ans = row.forward(*values)
        except MISUSED as error:
            raise refused(row.name, error, *[arguments[place] for place in places]) from None
        if not any(edges) or not row.differentiable or (paused and not recording()):
            return untracked(row, ans, arguments[first], values[first])
        its_row = row
        for number, place in enumerate(places):
            if uneven:
                data = values[place] = arguments[place]._data
                edges[number] = fitted(edges[number], data, ans)
                if data.dtype is not ans.dtype:
                    its_row = row.of_several_types
            if type(values[place]) is not ndarray:
                values[place] = remembered(row, row.arguments[place], arguments[place], values[place])
        node = new_node(its_row, ans)
        node.edges = edges
        everything = (*values, ans)
        node.saved = [edge and keep and keep(everything) for edge, keep in zip(edges, row.keep, strict=True)]
        return wrap(ans, node)

    return operation


# --- what they share


def beside_number(x, number, operation: str):
    """Return an array and a Python number, as the operation takes them."""
    if type(number) is float or type(number) is int:
        y = number if type(x) is float32 else constants.get((number, type(number), x.dtype))
        if y is not None:
            return x, y
    return with_number(x, number, operation)


def new_node(row, ans):
    """Return a node for the result `ans`, still without its inputs."""
    node = new(row.node_type)
    node.row = row
    node.shape = ans.shape
    node.hooks = None
    node.stamp = next_stamp()
    return node


def remembered(row, letter: str, tensor, value):
    """Return the value of an input: an array, if it is saved without a gradient, so that later writes are noticed."""
    if type(value) is ndarray or tensor._edge is not None:
        return value
    return tensor._array() if any(letter in names for names in row.prepare().takes) else value


def untracked(row, ans, input, x):
    """Return the result where no input needs a gradient."""
    if row.booleans is not None and x.dtype.kind == "b":
        raise no_booleans(row.name, row.booleans)
    return view_of(input, ans, None) if row.view else wrap(ans, None)


def view_of(input, ans, node):
    """Return a result that shows the memory of `input`."""
    tensor = wrap(ans, UNTRACKED_VIEW if node is None and input._edge is not None else node)
    view = input._view
    tensor._view = View(input, input._edge) if view is None else View(view.base, view.base._edge, view.multi)
    return tensor


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
