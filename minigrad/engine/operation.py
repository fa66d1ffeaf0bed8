"""How a row of a table of derivatives becomes an operation.

    rule("mul(x, y)", "x * y", x="g * y", y="g * x")

says: `mul` takes the tensors x and y, its result is x * y, and when the gradient g of the result arrives, g * y goes
to x and g * x to y.  From this line `rule` writes, as `dataclass` writes an `__init__`, the function torch.mul, which
computes and records, its in-place twin mul_, and the node MulBackward0, with the formulas once for arrays and once
for tensors, for a pass that is itself recorded.  What a node saves follows from the letters: a row that does not name
y in the gradient of x does not keep y alive.

Letters: x, y, z the tensor inputs; ans the result; g the gradient of the result; x.shape and x.size save a shape and no
numbers; any other name in the signature is an argument that needs no gradient.  Formulas may use every operation of the
tables.  source.py has the text that is written.
"""

import re
from typing import Any

import numpy as np

from .graph import OUT, Several, Single
from .source import CONSTANTS, SCOPE, define, forward_text, later, operation_text, rule_text
from .tensor import Tensor
from .writing import in_place

rows: dict[str, "Row"] = {}  # the tables, row by row
nodes: dict[str, list] = {}  # by name, once they are in use: a class for each set of inputs with a gradient
methods: dict[str, Any] = {}  # what became a method of Tensor
functions: dict[str, Any] = {}  # what becomes a function of the package

# What formulas may say: helpers and the tables' own operations, on arrays and on tensors.
on_arrays: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas", **CONSTANTS}
on_tensors: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas"}


def rule(signature: str, forward: str, *, inner=False, inplace=False, **columns):
    """Make an operation of a row; returns its function on tensors.

    signature: the name and the arguments; forward: the result, on arrays; x, y, z: the gradient of each tensor input
    (left out: none).  inner: no function or method of its own, but called by one that sorts its arguments out;
    inplace: has a twin `name_` that writes in place; further columns: see `Row`.
    """
    row = Row(signature, forward, inplace=inplace, **columns)
    rows[row.name] = row
    function = on_tensors[row.name] = later(row.name, row.write_operation)
    if row.name not in on_arrays:
        on_arrays[row.name] = later(row.name, row.write_result)
    if inplace:
        twin = on_tensors[row.name + "_"] = in_place(function, row.name + "_", forward)
        if not inner:
            method(twin)
    return function if inner else public(function)


class Row:
    """A row of a table, taken apart.

    node: the name of its node, if not NameBackward0; saved_as: PyTorch's names for what is saved, where they are not
    self, other and result; number: y may be a Python number; same: the gradient of x where y is x; elementwise: the
    inputs are broadcast and brought to one type (those of several inputs are, unless it says False); floating:
    integers are converted first; converts: the result may be of another type than x; view: it shares the memory of x;
    frees: arguments that are arrays are saved, and given back after the pass; keeps: what is saved beyond need, as in
    PyTorch; booleans: the error for a tensor of truth values, if it is not defined for these.
    """

    def __init__(
        self, signature, forward, x=None, y=None, z=None, node=None, saved_as=None, number=False, same=None,
        inplace=False, elementwise=None, floating=False, converts=False, view=False, frees=False, keeps=(),
        booleans=None,
    ):  # fmt: skip
        self.name, arguments = signature.rstrip(")").split("(")
        self.arguments = arguments.split(", ")
        self.inputs = [a for a in self.arguments if a in ("x", "y", "z")]
        self.forward = forward
        self.gradients = {letter: g for letter, g in (("x", x), ("y", y), ("z", z)) if g is not None}
        self.node = node or self.name.title().replace("_", "") + "Backward0"
        self.saved_as = {"x": "self", "y": "other", "ans": "result", **(saved_as or {})}
        self.number, self.same, self.floating, self.converts = number, same, floating, converts
        self.view, self.frees, self.keeps, self.booleans = view, frees, keeps, booleans
        self.one_shape = inplace and len(self.inputs) == 1  # of x and result, or the twin could not write it into x
        self.elementwise = len(self.inputs) > 1 if elementwise is None else elementwise

    def write_operation(self, scope):
        """Write the operation on tensors, and the classes of its nodes."""
        letters = [x for x in self.inputs if x in self.gradients]
        cases = ["".join(x for i, x in enumerate(letters) if n >> i & 1) for n in range(1, 2 ** len(letters))]
        classes = {live: node_class(self, live) for live in cases}
        if self.same:
            classes["same"] = node_class(self, "xy", self.same)
        names = {live: f"{self.node}_{live}" for live in classes}
        scope.update({**SCOPE, **on_arrays})
        scope.update({names[live]: each_way(made) if self.elementwise else made for live, made in classes.items()})
        return define(operation_text(self, names), self.name, scope, self.name)

    def write_result(self, scope):
        """Write the function on arrays, for formulas."""
        scope.update(on_arrays, ndarray=np.ndarray)
        text = f"def {self.name}({', '.join(self.arguments)}):\n    return {forward_text(self)}\n"
        return define(text, self.name, scope, f"{self.name}, on arrays")

    def saved(self, live) -> list[str]:
        """What the gradients of the inputs in `live` need to be kept: letters, arguments, and shapes as x_shape."""
        keepable = {*(a.partition("=")[0] for a in self.arguments), "ans"}
        found: dict[str, None] = {}
        for letter in live:
            for name in re.findall(r"[^\W\d]\w*", plain(self.gradients[letter])):
                if re.sub("_(shape|size)$", "", name) in keepable or name in keepable:
                    found[name] = None
        return list(found | dict.fromkeys(self.keeps))

    def bare(self, saved) -> bool:
        """Is one value saved, and never None?  It needs no tuple, which saves a tenth of a long chain's time."""
        return len(saved) == 1 and (saved[0] in (*self.inputs, "ans") or saved[0].endswith(("_shape", "_size")))

    def pytorch_name(self, name: str) -> str:
        """What PyTorch calls a saved value, after `_saved_`."""
        letter, _, what = name.partition("_")
        if what in ("shape", "size"):
            return f"{self.saved_as.get(letter, letter)}_{'sym_sizes' if what == 'shape' else 'sym_numel'}"
        return self.saved_as.get(name, name)


def plain(formula: str) -> str:
    """x.shape and x.size as names of their own."""
    return re.sub(r"\b(x|y|z|ans)\.(shape|size)\b", r"\1_\2", formula)


def node_class(row, live: str, same: str | None = None):
    """The node's class for the case that the inputs in `live` need a gradient; all of an operation bear one name."""
    saved = row.saved(live)
    bare = row.bare(saved)
    gradients = same or ", ".join(plain(row.gradients[x]) for x in live)
    title = f"{row.node}, gradient of {'x, which is y' if same else ' and '.join(live)}"
    made: Any = type(
        row.node,
        (Single if same or len(live) == 1 else Several,),
        {
            "__slots__": ("_dtype",) if row.converts else (),
            "__module__": "builtins",  # as PyTorch prints its type
            "uneven": 2 if row.converts else 0,
            "__doc__": "; ".join(f"gradient of {x}: {row.gradients[x]}" for x in live),
            "inputs": len(row.inputs),
            "live": tuple(row.inputs.index(x) for x in live),
            "names": tuple(row.pytorch_name(name) for name in saved),
            "roles": (0, 0)
            if same
            else tuple(OUT if s == "ans" else live.find(s) if s in live else None for s in saved),
            "bare": bare,
            "frees": row.frees or any(name == "ans" or name in row.inputs for name in saved),
            "vjp": staticmethod(
                define(rule_text(saved, bare, gradients, True, row.one_shape), "vjp", on_arrays, title)
            ),
            "vjp_recorded": staticmethod(
                define(rule_text(saved, bare, gradients, False, False), "vjp", on_tensors, title + ", recorded")
            ),
        },
    )
    made.variants = nodes.setdefault(row.node, [])
    made.variants.append(made)
    return made


def each_way(made) -> tuple:
    """The class of a node for inputs of one shape and type, of several shapes, and of several types."""
    shared = {"__module__": "builtins"}
    shapes = type(made.__name__, (made,), {**shared, "__slots__": (), "uneven": 1})
    return made, shapes, type(made.__name__, (made,), {**shared, "__slots__": ("_dtype",), "uneven": 2})


def public(function):
    """Make a function of the package and a method of Tensor of a function whose first argument is a tensor."""
    functions[function.__name__] = function
    return method(function)


def method(function):
    """Make a method of Tensor of a function whose first argument is a tensor."""
    methods[function.__name__] = function
    setattr(Tensor, function.__name__, function)
    return function
