"""The text of the functions that a row of a table becomes.

To see what comes of it: `print(source_of(torch.mul))`, `inspect.getsource(x.exp().grad_fn.vjp)`.  Functions that are
written out take half the time of closures over the same parts: a product of scalars 0.45 µs in place of 0.9.
"""

import ast
import inspect
import linecache
import re
from types import FunctionType
from typing import Any

import numpy as np

from .graph import NOWHERE, next_stamp
from .modes import paused, recording
from .numbers import agree, constants, float_of, no_booleans, refused, with_number
from .tensor import Tensor, _new
from .versions import rebased, refresh

# What the text of an operation speaks of, besides NumPy, its node's classes and what formulas may say.
SCOPE: dict[str, Any] = {
    "ndarray": np.ndarray, "float32": np.float32, "Tensor": Tensor, "_new": _new,
    "rebased": rebased, "refresh": refresh, "paused": paused, "recording": recording,
    "next_stamp": next_stamp, "NOWHERE": NOWHERE, "agree": agree, "float_of": float_of, "refused": refused,
    "with_number": with_number, "constants": constants, "NUMBERS": {int, float}, "no_booleans": no_booleans,
}  # fmt: skip

# --- an operation: input is a tensor, x its array, ex its edge; the next ones are other, y, ey and third, z, ez

TENSORS = {"x": "input", "y": "other", "z": "third"}

OPERATION = """
def {name}({arguments}):
    try:
        if rebased:
            {refresh}
        {inputs}
        ans = {forward}
    except (AttributeError, TypeError, ValueError) as error:
        raise refused({name!r}, error, {tensors}) from None
    {result}
    {history}
    return out
"""

HISTORY = """
if ({tracked}) and (not paused or recording()):
    {originals}
    {record}
    node.shape = ans.shape; node.hooks = None; node.stamp = next_stamp()
    {dtype}
    out._edge = node
else:
    {untracked}
"""

TENSOR = "{x} = {tensor}._data{edge}"
EDGE = "; e{x} = {tensor}._edge"

TENSOR_OR_NUMBER = """
if isinstance(other, Tensor):
    y = other._data{edge}
    {agree}
else:
    {no_edge}
    if type(other) not in NUMBERS:
        x, y = with_number(x, other, {name!r})
    elif type(x) is float32:
        y = other
    else:
        y = constants.get((other, type(other), x.dtype))
        if y is None: x, y = with_number(x, other, {name!r})
"""

AGREE = """
if type({x}) is not type({y}) or type({x}) is ndarray and ({x}.dtype is not {y}.dtype or {x}.shape != {y}.shape):
    {x}, {y}, uneven = agree({x}, {y}, {name!r})
"""

NEW = """
out = _new(Tensor); out._data = ans; out._kept = None; out._view = None
"""

VIEW = """
out = _new(Tensor); out._data = ans; out._kept = None
of = input._view
out._view = (input, ex, False) if of is None else (of[0], of[0]._edge, of[2])
"""

RECORD = """
{keyword} {all_tracked}:
    {constants}
    {shapes}
    node = _new({node_class}{way}); node.{edges}; node.saved = {saved}
"""

SAME = """
if other is input:
    node = _new({node_class}[uneven]); node.edge = ex; node.saved = (y, x)
"""


def operation_text(row, cases) -> str:
    """The function on tensors: compute, and where an input needs a gradient, record.

    cases: the names of the node's classes by the inputs that need a gradient, such as {"xy": …, "x": …, "y": …}.
    """

    def if_tensor(x, text):  # where y may be a number
        return f"if isinstance(other, Tensor): {text}" if row.number and x == "y" else text

    asks = row.gradients or row.view or row.floating  # for the inputs' edges
    edges = {x: fill(EDGE, x=x, tensor=TENSORS[x]) if asks else "" for x in row.inputs}
    inputs = [fill(TENSOR, x=x, tensor=TENSORS[x], edge=edges[x]) for x in row.inputs if not (row.number and x == "y")]
    if row.elementwise:
        inputs += ["uneven = 0"] if row.gradients else []
        pairs = [fill(AGREE, x=row.inputs[0], y=y, name=row.name) for y in row.inputs[1:]]
        if row.number:
            no_edge = "ey = None" if asks else ""
            pairs = [fill(TENSOR_OR_NUMBER, agree=pairs[0], name=row.name, edge=edges["y"], no_edge=no_edge)]
        inputs += pairs
    if row.view:
        inputs.append("x = input._array()")
    if row.floating and row.elementwise:
        inputs.append("if ex is None and ey is None: x = float_of(x); y = float_of(y)")
    elif row.floating:
        inputs.append("if ex is None: x = float_of(x)")
    used = {name for x in row.gradients for name in row.saved([x])} if row.elementwise else ()
    originals = [f"    {if_tensor(x, f'{x} = {TENSORS[x]}._data')}" for x in row.inputs if x in used]
    branches = [fill(SAME, node_class=cases["same"])] if "same" in cases else []
    for live in sorted(cases.keys() - {"same"}, key=lambda live: (-len(live), live)):
        branches.append(record_text(row, live, cases[live], "elif" if branches else "if", if_tensor))
    untracked = ["out._edge = None if ex is None else NOWHERE" if row.view else "out._edge = None"]
    if row.booleans is not None:
        untracked.insert(0, f"if x.dtype.kind == 'b': raise no_booleans({row.name!r}, {row.booleans.__name__})")
    dtype = "node._dtype = ans.dtype" if row.converts else "if uneven == 2: node._dtype = ans.dtype"
    history = fill(
        HISTORY,
        tracked=" or ".join(f"e{x} is not None" for x in row.inputs if x in row.gradients),
        originals=["if uneven == 2:", *originals] if originals else "",
        record=branches,
        dtype=dtype if row.converts or row.elementwise else "",
        untracked=untracked,
    )
    return fill(
        OPERATION,
        name=row.name,
        arguments=", ".join(TENSORS.get(a, a) for a in row.arguments),
        refresh=[if_tensor(x, f"refresh({TENSORS[x]})") for x in row.inputs],
        inputs=inputs,
        forward=forward_text(row),
        tensors=", ".join(TENSORS[x] for x in row.inputs),
        result=fill(VIEW if row.view else NEW),
        history=history if row.gradients else untracked,
    )


def forward_text(row) -> str:
    """The result, with constants for its numbers where x is an array of floats."""
    quick = with_constants(row.forward)
    if quick == row.forward:
        return row.forward
    floats = "" if row.floating and not row.elementwise else " and x.dtype.kind == 'f'"
    return f"{quick} if type(x) is ndarray{floats} else {row.forward}"


def record_text(row, live: str, node_class: str, keyword: str, if_tensor) -> str:
    """Make the node for the case that the inputs in `live` need a gradient."""
    saved = row.saved(live)
    return fill(
        RECORD,
        keyword=keyword,
        all_tracked=" and ".join(f"e{x} is not None" for x in live),
        # a constant 0-d tensor becomes an array, so that a later write to it is noticed
        constants=[
            if_tensor(x, f"{x} = {x} if type({x}) is ndarray else {TENSORS[x]}._array()")
            for x in row.inputs
            if x in saved and x not in live
        ],
        shapes=[f"{name} = {name.replace('_', '.')}" for name in saved if name.endswith(("_shape", "_size"))],
        node_class=node_class,
        way="[uneven]" if row.elementwise else "",
        edges=f"edge = e{live}" if len(live) == 1 else f"edges = ({', '.join(f'e{x}' for x in live)})",
        saved=saved[0] if row.bare(saved) else f"({''.join(f'{name}, ' for name in saved)})",
    )


# --- a rule

RULE = """
def vjp(g, {saved}):
    {unpack}
    {on_arrays}
    return {gradients}
"""


def rule_text(saved: list[str], bare: bool, gradients: str, on_arrays: bool, one_shape: bool) -> str:
    """The function from the gradient of the result and the saved values to the gradients of the inputs.

    bare: is the one saved value handed over as it is?  one_shape: have g, x and ans one shape and type?
    """
    quick = with_constants(gradients)
    steps = in_steps(quick) if one_shape else []
    arrays = "if type(g) is np.ndarray and g.ndim:"  # arithmetic on 0-d arrays gives scalars
    if not steps and quick != gradients:
        arrays, steps = "if type(g) is np.ndarray:", [f"return {quick}"]
    return fill(
        RULE,
        saved=saved[0] if bare else "saved",
        unpack=f"{', '.join(saved)}, = saved" if saved and not bare else "",
        on_arrays=[arrays, *("    " + step for step in steps)] if on_arrays and steps else "",
        gradients=gradients,
    )


def in_steps(formula: str) -> list[str]:
    """The formula in steps that write into the memory of the steps before; none where that saves nothing.

    `g * (c1 - ans * ans)` on 1,000,000 float32 takes 0.81 ms in place of 0.94.
    """
    steps: list[str] = []
    reuses = False

    def value(node) -> tuple[str, bool]:
        """Where the value is found, and whether its memory is ours."""
        nonlocal reuses
        if isinstance(node, ast.Name) and (node.id in ("g", "x", "ans") or node.id in CONSTANTS):
            return node.id, False
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            parts, ufunc = [value(node.left), value(node.right)], OPERATORS[type(node.op)]
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            parts, ufunc = [value(node.operand)], "np.negative"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("sin", "cos"):
            parts, ufunc = [value(node.args[0])], node.func.id
        else:
            raise NotImplementedError
        ours = next((place for place, own in parts if own), "")
        reuses = reuses or bool(ours)
        into = ours or f"t{len(steps)}"
        arguments = [place for place, _ in parts] + [ours] * bool(ours)
        steps.append(f"{into} = {ufunc}({', '.join(arguments)})")
        return into, True

    try:
        value(ast.parse(formula, mode="eval").body)
    except NotImplementedError:
        return []
    return [*steps[:-1], "return" + steps[-1].partition("=")[2]] if reuses else []


OPERATORS = {ast.Add: "np.add", ast.Sub: "np.subtract", ast.Mult: "np.multiply", ast.Div: "np.divide"}


class _Constants(ast.NodeTransformer):
    """Whole numbers in sums, products, comparisons and calls of ufuncs as names: `1 - x` as `c1 - x`."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        node.left, node.right = self._named(node.left), self._named(node.right)
        return node

    def visit_Compare(self, node):
        self.generic_visit(node)
        node.comparators = [self._named(n) for n in node.comparators]
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and isinstance(getattr(np, node.func.attr, None), np.ufunc):
            node.args = [self._named(n) for n in node.args]
        return node

    def _named(self, node):
        whole = isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value < len(CONSTANTS)
        return ast.Name(f"c{node.value}", ast.Load()) if whole else node


CONSTANTS = {f"c{n}": np.array(n, np.float32) for n in range(5)}


def with_constants(formula: str) -> str:
    """The formula for arrays, with 0-d arrays for its numbers: on 100×16 float32 `c1 - x` takes 1.0 µs, `1 - x` 1.4.

    (Between NumPy scalars it is the other way round, 0.5 µs against 0.15.)
    """
    tree = ast.parse(formula, mode="eval")
    before = ast.unparse(tree)
    after = ast.unparse(_Constants().visit(tree))
    return formula if after == before else after


# --- text


def fill(template: str, **parts) -> str:
    """The template with its parts put in; a part of several lines is indented as its place is, an empty one
    vanishes."""
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


def later(name: str, write):
    """A function that is written when it is first called, so that the import need not wait for all of the tables.

    `write(scope)` fills the scope, the function's globals, and gives the function that `define` has made in it.  The
    first call puts its code in place, so that whoever has got hold of the function has the real one from then on.
    """
    scope: dict[str, Any] = {}
    function = FunctionType(_first_call.__code__, scope, name)

    def ready():
        made = write(scope)
        function.__code__, function.__defaults__ = made.__code__, made.__defaults__
        scope["_ready"] = lambda: None

    scope.update(_ready=ready, _self=function)
    return function


def _first_call(*arguments, **options):
    _ready()  # noqa: F821  these two are the globals that `later` gives
    return _self(*arguments, **options)  # noqa: F821


def define(text: str, name: str, scope: dict, title: str):
    """The function `name` that `text` defines; tracebacks and `inspect.getsource` find the text under its title."""
    filename = f"<minigrad {title}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    local: dict[str, Any] = {}
    exec(compile(text, filename, "exec"), scope, local)
    return local[name]


def source_of(function) -> str:
    """The text that was written for an operation."""
    function = inspect.unwrap(function)
    function.__globals__.get("_ready", lambda: None)()
    return inspect.getsource(function)
