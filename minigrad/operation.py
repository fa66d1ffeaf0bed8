"""How a row of a table of derivatives becomes an operation.

    rule("mul(x, y)", "x * y", x="g * y", y="g * x")

says: `mul` takes the tensors x and y, its result is x * y, and when the gradient g of the result arrives, g * y goes to x
and g * x to y.  From that line `rule` writes (as `dataclass` writes an `__init__`) the function torch.mul, which computes
and records, its in-place twin mul_, and the class MulBackward0 with the formulas as its rule, once for arrays and once for
tensors, for a pass that is itself recorded.  What a node saves follows from the letters of the formulas: a row that does
not name y in the gradient of x does not keep y alive.

Letters: x, y, z the tensor inputs; ans the result; g the gradient of the result; x.shape saves a shape and no numbers;
any other name in the signature is an argument that needs no gradient.  Every operation in a table may be used in formulas.

The text written for an operation can be read: `print(source_of(torch.mul))`, `inspect.getsource(MulBackward0.vjp)`.
Written-out functions cost half of what closures over the same parts do (a product of scalars: 0.45 against 0.9 µs).
"""

import ast
import inspect
import linecache
import re
from typing import Any

import numpy as np

from . import dtypes, graph, modes, tensor
from .graph import OUT, Node
from .tensor import Tensor
from .writing import in_place

methods: dict[str, Any] = {}  # what became a method of Tensor
functions: dict[str, Any] = {}  # what becomes a function of the package
nodes: dict[
    str, list
] = {}  # the rules: by the name of the node, its classes, one for each set of inputs with a gradient
rows: dict[str, "Row"] = {}  # the tables, row by row, for tests and for readers

# What formulas may say: NumPy's functions and the tables' own, on arrays and on tensors.
on_arrays: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas"}
on_tensors: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas"}


class Row:
    """A row of a table: the parts of `rule`, taken apart."""

    def __init__(self, signature, forward, gradients, options):
        self.name, arguments = re.fullmatch(r"(\w+)\((.*)\)", signature).groups()
        self.arguments = [a.strip() for a in arguments.split(",")]
        self.names = [a.partition("=")[0] for a in self.arguments]
        self.inputs = [a for a in self.names if a in ("x", "y", "z")]
        self.forward, self.gradients = forward, gradients
        self.node = options.pop("node", None) or self.name.title().replace("_", "") + "Backward0"
        self.saved_names = {"x": "self", "y": "other", "ans": "result", **options.pop("saved_as", {})}
        self.number = options.pop("number", False)  # y may be a Python number
        self.same = options.pop("same", None)  # the gradient of x where y is x
        self.elementwise = options.pop("elementwise", len(self.inputs) > 1)  # inputs are broadcast and promoted
        self.floating = options.pop("floating", False)  # integers are converted first
        self.converts = options.pop("converts", False)  # the result may be of another type than x
        self.view = options.pop("view", False)  # the result shares the memory of x
        self.frees = options.pop("frees", None)  # saved values are freed, though they are no inputs
        if options:
            raise TypeError(f"rule {signature}: unknown columns {sorted(options)}")

    def saved(self, live) -> list[str]:
        """What the formulas of the inputs in `live` need to be kept: letters, arguments, and shapes as x_shape."""
        named: list[str] = []
        for letter in live:
            for name in names_in(plain(self.gradients[letter])):
                known = (
                    name in self.names or name == "ans" or re.sub("_(shape|size)$", "", name) in (*self.inputs, "ans")
                )
                if known and name not in named:
                    named.append(name)
        return named


def plain(formula: str) -> str:
    """x.shape and x.size as names of their own."""
    return re.sub(r"\b(x|y|z|ans)\.(shape|size)\b", r"\1_\2", formula)


def names_in(formula: str) -> list[str]:
    tree = ast.walk(ast.parse(formula, mode="eval"))
    return sorted({n.id for n in tree if isinstance(n, ast.Name)}, key=lambda n: formula.index(n))


def rule(signature: str, forward: str, *, inner=False, inplace=False, node=None, **columns):
    """Make an operation of a row; returns its function on tensors.

    signature: the name and the arguments; forward: the result, on arrays; one column for each tensor input with its
    gradient (left out: the result is not tracked).  inner: no function or method of its own, called by one that sorts its
    arguments out; inplace: has a twin `name_`; node: the node's name, if not NameBackward0; further columns: see `Row`.
    """
    gradients = {letter: columns.pop(letter) for letter in ("x", "y", "z") if letter in columns}
    row = Row(signature, forward, gradients, {"node": node, **columns})
    rows[row.name] = row
    on_arrays.setdefault(row.name, compiled(f"lambda {', '.join(row.arguments)}: {forward}", on_arrays))
    scope = {
        **on_arrays,
        **{name: getattr(module, name) for module, names in PARTS for name in names},
        "refused": refused,
        "agree": agree,
        "with_number": with_number,
        "constants": constants,
        "PYTHON_NUMBERS": PYTHON_NUMBERS,
        "float_of": float_of,
    }
    for live in subsets(row.inputs, gradients):
        scope[node_class_name(row, live)] = make_node_class(row, live)
    if row.same:
        scope[node_class_name(row, "same")] = make_node_class(row, "xy", row.same)
    function = define(operation_source(row), row.name, scope)
    on_tensors[row.name] = function
    if inplace:
        on_tensors[row.name + "_"] = twin = in_place(function, row.name + "_")
        if not inner:
            method(twin)
    return function if inner else public(function)


def public(function):
    """Make a function of the package and a method of Tensor of a function whose first argument is a tensor."""
    functions[function.__name__] = function
    return method(function)


def method(function):
    """Make a method of Tensor of a function whose first argument is a tensor."""
    methods[function.__name__] = function
    setattr(Tensor, function.__name__, function)
    return function


PARTS = (
    (np, ("ndarray", "float32")),
    (graph, ("next_stamp", "NOWHERE")),
    (modes, ("paused", "recording")),
    (tensor, ("Tensor", "rebased", "refresh", "_new")),
)


def subsets(inputs, gradients) -> list[str]:
    """Which inputs may need a gradient at once: x, y, xy."""
    letters = [letter for letter in inputs if letter in gradients]
    return ["".join(c for i, c in enumerate(letters) if n >> i & 1) for n in range(1, 2 ** len(letters))]


def node_class_name(row, live: str) -> str:
    return f"{row.node}_{live}"


def make_node_class(row, live: str, same: str | None = None):
    """The node's class for the case that the inputs in `live` need a gradient; all of an operation bear one name."""
    saved = row.saved(live)
    single = len(live) == 1 or same is not None
    body = same if same else ", ".join(plain(row.gradients[letter]) for letter in live)
    unpack = f"    {', '.join(saved)}{',' if len(saved) == 1 else ''} = saved\n" if saved else ""
    text = f"def vjp(g, saved):\n{unpack}    return {body}\n"
    quick = with_constants(body, on_arrays)
    on_array = f"def vjp(g, saved):\n{unpack}    if type(g) is np.ndarray: return {quick}\n    return {body}\n"
    kinds = {name: OUT if name == "ans" else live.find(name) if name in live else None for name in saved}
    members = {
        "__slots__": (),
        "single": single,
        "live": tuple(row.inputs.index(letter) for letter in live),
        "inputs": len(row.inputs),
        "roles": (0, 0) if same else tuple(kinds[name] for name in saved),
        "names": tuple(row.saved_names.get(name, saved_name(row, name)) for name in saved),
        "passes": not same and any(not makes_new(row.gradients[letter]) for letter in live),
        "frees": row.frees or any(name == "ans" or name in row.inputs for name in saved),
        "vjp": staticmethod(
            define(
                text if quick == ast.unparse(ast.parse(body, mode="eval")) else on_array,
                "vjp",
                on_arrays,
                f"{row.node}, for {live}",
            )
        ),
        "vjp_recorded": staticmethod(define(text, "vjp", on_tensors, f"{row.node}, for {live}, recorded")),
        "__module__": "builtins",  # as PyTorch prints its type
        "__doc__": "; ".join(f"gradient of {letter}: {row.gradients[letter]}" for letter in live),
    }
    made = type(row.node, (Node,), members)
    made.variants = nodes.setdefault(row.node, [])
    made.variants.append(made)
    return made


class _Constants(ast.NodeTransformer):
    """The numbers in sums and products as names: `1 - x` as `c1 - x`."""

    def __init__(self, scope):
        self.scope = scope

    def visit_BinOp(self, node):
        self.generic_visit(node)
        node.left, node.right = self._named(node.left), self._named(node.right)
        return node

    def visit_Compare(self, node):
        self.generic_visit(node)
        node.comparators = [self._named(n) for n in node.comparators]
        return node

    def _named(self, node):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, int):
            return node
        self.scope[f"c{node.value}"] = np.array(node.value, np.float32)
        return ast.Name(f"c{node.value}", ast.Load())


def with_constants(formula: str, scope) -> str:
    """The formula for arrays, with 0-d arrays for its numbers: `1 - x` takes 1.4 µs for 100×16 float32, `c1 - x` 1.0.

    Between NumPy scalars it is the other way round: 0.15 µs against 0.5.
    """
    return ast.unparse(_Constants(scope).visit(ast.parse(formula, mode="eval")))


def makes_new(formula: str) -> bool:
    """Is the value of the formula an array of its own, as that of any arithmetic is?"""
    return isinstance(ast.parse(formula, mode="eval").body, (ast.BinOp, ast.UnaryOp))


def saved_name(row, name: str) -> str:
    letter, _, what = name.partition("_")
    what = {"shape": "sym_sizes", "size": "sym_numel"}.get(what)
    return f"{row.saved_names.get(letter, letter)}_{what}" if what else name


# --- the text of an operation: X is a tensor, x its array, ex its edge

OPERATION = """
def {name}({arguments}):
    if rebased:
        {refresh}
    {inputs}
    {result}
    if ({tracked}) and (not paused or recording()):
        {originals}
        {record}
        node.shape = ans.shape; node.hooks = None; node.uneven = {uneven}; node.stamp = next_stamp()
        node._dtype = {dtype}
        out._edge = node
    else:
        out._edge = {untracked}
    return out
"""

TENSOR = "{x} = {X}._data; e{x} = {X}._edge"

TENSOR_OR_NUMBER = """
if isinstance(Y, Tensor):
    y = Y._data; ey = Y._edge
    {agree}
else:
    ey = None
    if type(Y) not in PYTHON_NUMBERS:
        x, y = with_number(x, Y, {name!r})
    elif type(x) is float32:
        y = Y
    else:
        y = constants.get((Y, type(Y), x.dtype))
        if y is None: x, y = with_number(x, Y, {name!r})
"""

AGREE = """
if type({x}) is not type({y}) or type({x}) is ndarray and ({x}.dtype is not {y}.dtype or {x}.shape != {y}.shape):
    {x}, {y}, uneven = agree({x}, {y})
"""

NEW = """
{compute}
out = _new(Tensor); out._data = ans; out._grad = None; out._view = None
"""

COMPUTE = """
try:
    ans = {forward}
except (TypeError, ValueError) as error:
    raise refused({name!r}, error, {arrays}) from None
"""

VIEW = """
x = X._array()
{compute}
out = _new(Tensor); out._data = ans; out._grad = None
of = X._view
out._view = (X, ex, False) if of is None else (of[0], of[0]._edge, of[2])
"""

RECORD = """
{keyword} {all_tracked}:
    {constants}
    {shapes}
    node = _new({node_class}); node.edges = ({edges},); node.saved = ({saved})
"""

SAME = """
    node = _new({node_class}); node.edges = (ex,); node.saved = (y, x)
"""


def operation_source(row) -> str:
    """The function on tensors: compute, and where an input needs a gradient, record."""
    tensors = [letter for letter in row.inputs if not (row.number and letter == "y")]
    used = {name for letter in row.gradients for name in row.saved([letter])}

    def maybe_number(letter, text):  # what makes sense for a tensor only
        return f"if isinstance(Y, Tensor): {text}" if row.number and letter == "y" else text

    inputs = [fill(TENSOR, x=x, X=x.upper()) for x in tensors]
    if row.elementwise:
        inputs.append("uneven = 0")
        pairs = [fill(AGREE, x=row.inputs[0], y=y) for y in row.inputs[1:]]
        inputs += [fill(TENSOR_OR_NUMBER, agree=pairs[0], name=row.name)] if row.number else pairs
    if row.floating and row.elementwise:
        inputs.append("if ex is None and ey is None: x = float_of(x); y = float_of(y)")
    elif row.floating:
        inputs.append("if ex is None: x = float_of(x)")
    tracked = " or ".join(f"e{x} is not None" for x in row.inputs if x in row.gradients)
    originals = [
        f"    {x} = Y._data if isinstance(Y, Tensor) else y"
        if row.number and x == "y"
        else f"    {x} = {x.upper()}._data"
        for x in row.inputs
        if x in used and row.elementwise
    ]
    forward = row.forward
    quick = with_constants(forward, on_arrays) if row.floating and not row.elementwise else forward
    if quick != ast.unparse(ast.parse(forward, mode="eval")) and quick != forward:
        forward = f"{quick} if type(x) is ndarray else {forward}"
    cases = sorted(subsets(row.inputs, row.gradients), key=len, reverse=True)
    branches = ["if Y is X:\n" + fill(SAME, node_class=node_class_name(row, "same"))] if row.same else []
    for live in cases:
        branches.append(record_source(row, live, "elif" if branches else "if"))
    return fill(
        OPERATION,
        name=row.name,
        arguments=", ".join(a.upper() if a in row.inputs else a for a in row.arguments),
        refresh=[maybe_number(x, f"refresh({x.upper()})") for x in row.inputs],
        inputs=inputs,
        result=fill(
            VIEW if row.view else NEW,
            compute=fill(COMPUTE, forward=forward, name=row.name, arrays=", ".join(row.inputs)),
        ),
        tracked=tracked or "False",
        originals=["if uneven == 2:", *originals] if originals else "",
        record=branches or "pass",
        untracked="None if ex is None else NOWHERE" if row.view else "None",
        uneven="uneven" if row.elementwise else "2" if row.converts else "0",
        dtype="ans.dtype if uneven == 2 else None" if row.elementwise else "ans.dtype" if row.converts else "None",
    )


def record_source(row, live: str, keyword: str) -> str:
    """Make the node for the case that the inputs in `live` need a gradient."""
    saved = row.saved(live)
    shapes = [name for name in saved if name.endswith(("_shape", "_size"))]
    constants = [x for x in row.inputs if x in saved and x not in live]
    return fill(
        RECORD,
        keyword=keyword,
        all_tracked=" and ".join(f"e{x} is not None" for x in live),
        # a constant 0-d tensor becomes an array, so that a later write to it is noticed
        constants=[
            f"if type({x}) is not ndarray{' and isinstance(Y, Tensor)' if row.number and x == 'y' else ''}: "
            f"{x} = {x.upper()}._array()"
            for x in constants
        ],
        shapes=[f"{name} = {name.replace('_', '.')}" for name in shapes],
        node_class=node_class_name(row, live),
        edges=", ".join(f"e{x}" for x in live),
        saved="".join(f"{name}, " for name in saved),
    )


def fill(template: str, **parts) -> str:
    """The template with its parts put in; a part of several lines is indented as its place is, an empty one vanishes."""
    lines = []
    for line in template.strip("\n").split("\n"):
        alone = re.fullmatch(r"( *)\{(\w+)\}", line)
        if alone is None:
            lines.append(line.format(**parts))
        elif parts[alone[2]]:
            part = parts[alone[2]]
            text = part if isinstance(part, str) else "\n".join(part)
            lines += [alone[1] + inner for inner in text.split("\n")]
    return "\n".join(lines)


def define(text: str, name: str, scope: dict, title: str | None = None):
    """The function that `text` defines; tracebacks and `inspect.getsource` find the text."""
    filename = f"<minigrad {title or name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    local: dict[str, Any] = {}
    exec(compile(text, filename, "exec"), scope, local)
    return local[name]


def compiled(text: str, scope: dict):
    return eval(compile(text, "<minigrad formula>", "eval"), scope)


def source_of(function) -> str:
    """The text that was written for an operation."""
    return inspect.getsource(function)


# --- numbers of different types and shapes


def agree(x, y):
    """Two arrays of different type or shape, in the type of the result, and how they differ: 1 in shape, 2 in type."""
    if x.dtype is y.dtype:
        return x, y, 1
    result = dtypes.promote(x, y)
    return x.astype(result, copy=False), y.astype(result, copy=False), 2


def broadcast_error(x, y):
    """The error for two shapes that cannot be broadcast, or None where they can."""
    for back in range(1, min(np.ndim(x), np.ndim(y)) + 1):
        n, m = x.shape[-back], y.shape[-back]
        if n != m and n != 1 and m != 1:
            return RuntimeError(
                f"The size of tensor a ({n}) must match the size of tensor b ({m}) at non-singleton dimension "
                f"{max(x.ndim, y.ndim) - back}: shapes {list(x.shape)} and {list(y.shape)} cannot be broadcast"
            )
    return None


def refused(operation: str, error: Exception, x, *others):
    """PyTorch's error in place of NumPy's, for arrays that the operation cannot take."""
    for y in others:
        mismatch = broadcast_error(x, y)
        if mismatch is not None and isinstance(error, ValueError):
            return mismatch
    if isinstance(error, np.exceptions.AxisError) or not str(error).startswith(("ufunc", "The numpy", "numpy")):
        return error
    types = " and ".join(str(dtypes.BY_NUMPY[a.dtype]) if hasattr(a, "dtype") else repr(a) for a in (x, *others))
    return RuntimeError(f"{operation}() is not defined for {types}: {error}")


def float_of(x):
    """Integers in the default floating-point type; anything else as it is."""
    return x if type(x) in PYTHON_NUMBERS or x.dtype.kind == "f" else x.astype(dtypes.default().numpy)


constants: dict[tuple, np.ndarray] = {}
_numbers: dict[int, Any] = {}  # the Python number behind a constant


def constant(number, dtype) -> np.ndarray:
    """A Python number as a 0-d array.  NumPy converts a number anew for every operation on an array, 0.4 µs each."""
    array = constants.get((number, type(number), dtype))
    if array is None:
        array = np.array(number, dtype)
        array.flags.writeable = False
        if number:  # 0.0 and -0.0 would be one key
            if len(constants) >= 1000:
                constants.clear()
                _numbers.clear()
            constants[number, type(number), dtype] = array
            _numbers[id(array)] = number
    return array


def number_of(value):
    """The Python number behind a value that was saved for it; None for anything else."""
    return value if isinstance(value, (int, float)) else _numbers.get(id(value))


def with_number(x, number, operation: str):
    """An array and a Python number as two arrays of the result's type: the number's own type counts only where it is
    of a higher category (an integer tensor times 1.5 is a floating-point tensor)."""
    kind = type(number)
    if kind in PYTHON_NUMBERS:
        if dtypes.category(x.dtype) >= PYTHON_NUMBERS[kind]:
            return x, constant(number, x.dtype)
        wider = dtypes.default().numpy if kind is float else np.dtype(np.int64)
        return x.astype(wider), constant(number, wider)
    if isinstance(number, np.ndarray):
        return agree(x, number)[:2]
    if isinstance(number, (np.generic, float, int)):
        return with_number(x, number.item() if isinstance(number, np.generic) else number.__pos__(), operation)
    symbol = SYMBOLS.get(operation, operation)
    raise TypeError(f"unsupported operand type(s) for {symbol}: 'Tensor' and '{kind.__name__}'")


PYTHON_NUMBERS = {bool: 0, int: 1, float: 2}  # and their categories
SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}
