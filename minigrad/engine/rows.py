"""A row of a table of derivatives, taken apart: what its text says, and what its rules need to have saved.

Letters: x, y, z the tensor inputs; ans the result; g the gradient of the result; x.shape and x.size a shape and no
numbers; any other name in the signature is an argument that needs no gradient.  Formulas may use every operation of the
tables and the helpers of formulas.py.  A formula is compiled when it is first used, at the place where it stands, so
that an error in it shows the row.
"""

import ast
import copy
import linecache
import operator
import sys
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import used_up
from .graph import Binary, Node, Several, Unary

rows: dict[str, "Row"] = {}  # the tables, row by row

# What formulas may say: helpers and the tables' own operations, on arrays and on tensors.
on_arrays: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas"}
on_tensors: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas"}

COLUMNS: dict[str, Any] = {  # of a row, besides its name, its result and its gradients
    "inner": False,  # no function or method of its own: called by one that sorts its arguments out
    "inplace": False,  # has a twin `name_` that writes in place
    "node": None,  # the name of its node, if not NameBackward0
    "saved_as": {},  # PyTorch's names for what is saved, where they are not self, other and result
    "number": False,  # y may be a Python number
    "elementwise": None,  # the inputs are broadcast and brought to one type: those of several are, unless it is False
    "floating": False,  # integers are converted first
    "converts": False,  # the result may be of another type than x
    "view": False,  # the result shares the memory of x
    "frees": False,  # arguments that are arrays are saved, and given back after the pass
    "keeps": (),  # what is saved beyond need, as in PyTorch
    "booleans": None,  # the error for a tensor of truth values, if it is not defined for these
}


class Row:
    """One operation: its name, its result, and the gradient of each input.

    What follows from its text is worked out by `prepare`, when the operation is first called.
    """

    takes: Any  # for each input, the names of what its rule needs to be kept: letters, arguments, and shapes as x_shape
    keep: Any  # for each input, the function from arguments and ans to what its rule takes; None where that is nothing
    rules: Any  # for each input, the function from g and what was kept to its gradient, on arrays
    recorded_rules: Any  # the same on tensors, for a pass that is itself recorded
    frees: bool  # are tensors saved, so that a second pass must be refused once they were given back?
    node_type: type[Node]  # one for all rows whose nodes have the same name
    of_several_types: "Row"  # the same for inputs of several types: what was saved is first brought to the type of g
    is_used_up = False
    used_up: "Row"  # the same for a node that has given back what it saved: its rules refuse

    def __init__(self, signature: str, formula: str, x=None, y=None, z=None, **columns):
        self.name, arguments = signature.rstrip(")").split("(")
        self.arguments = arguments.split(", ")
        self.inputs = [name for name in self.arguments if name in ("x", "y", "z")]
        self.formula = formula
        self.gradients = {letter: {"x": x, "y": y, "z": z}[letter] for letter in self.inputs}
        self.differentiable = any(self.gradients.values())
        if unknown := columns.keys() - COLUMNS.keys():
            raise TypeError(f"row {self.name}: a row has no column {', '.join(sorted(unknown))}")
        self.saves_arrays = columns.pop("frees", COLUMNS["frees"])
        vars(self).update({name: COLUMNS[name] for name in COLUMNS.keys() - {"frees"}} | columns)
        self.node = self.node or self.name.title().replace("_", "") + "Backward0"
        self.saved_as = {"x": "self", "y": "other", "ans": "result"} | self.saved_as
        if self.elementwise is None:
            self.elementwise = len(self.inputs) > 1
        table = sys._getframe(1)
        while table.f_code.co_name != "<module>" and table.f_back is not None:
            table = table.f_back
        self.file, self.line = table.f_code.co_filename, table.f_lineno
        self.prepared = False
        self.forward: Any = self.first_forward  # the result as a function of the arguments, on arrays

    if TYPE_CHECKING:  # what COLUMNS says
        node: Any
        saved_as: Any
        elementwise: Any

        def __getattr__(self, name: str) -> Any: ...

    def first_forward(self, *arguments):
        return self.prepare().forward(*arguments)

    def prepare(self) -> "Row":
        """Make functions of the formulas."""
        if self.prepared:
            return self
        self.prepared = True
        self.forward = PLAIN.get(self.formula) or self.compiled(self.formula, self.name, self.arguments)(on_arrays)
        self.takes = tuple([self.needed(formula) for formula in self.gradients.values()])
        self.keep = tuple([self.keeper(names) for names in self.takes])
        makers = [
            formula and self.compiled(formula, f"gradient_of_{letter}", ["g", "saved"], names)
            for (letter, formula), names in zip(self.gradients.items(), self.takes, strict=True)
        ]
        self.rules = tuple([make and make(on_arrays) for make in makers])
        self.recorded_rules = tuple([make and make(on_tensors) for make in makers])
        saved = {name for names in self.takes for name in names}
        self.frees = self.saves_arrays or not saved.isdisjoint([*self.inputs, "ans"])
        layout = {1: Unary, 2: Binary}.get(len(self.inputs), Several)
        if (self.node, layout) not in node_types:
            node_types[self.node, layout] = type(self.node, (layout,), {"__slots__": (), "__module__": "builtins"})
        self.node_type = node_types[self.node, layout]
        self.used_up = used = copy.copy(self)
        used.rules = used.recorded_rules = (self.refuse,) * len(self.inputs)
        used.frees, used.takes, used.is_used_up = False, ((),) * len(self.inputs), True
        self.of_several_types = mixed = copy.copy(self)
        mixed.rules = tuple([rule and converting(rule) for rule in self.rules])
        return self

    def needed(self, formula: str | None) -> tuple:
        """The names in a gradient's formula that must be kept for it."""
        if formula is None:
            return ()
        tree = ShapesByName().visit(ast.parse(formula, mode="eval"))
        names = sorted((node.col_offset, node.id) for node in ast.walk(tree) if isinstance(node, ast.Name))
        kept = [name for _, name in names if name in (*self.arguments, "ans", *SHAPES)]
        return tuple(dict.fromkeys([*kept, *self.keeps]))

    def keeper(self, names: tuple):
        text = ", ".join(SHAPES.get(name, name) for name in names)
        return self.compiled(text, "keep", [*self.arguments, "ans"])(on_arrays) if names else None

    def refuse(self, g, saved):
        raise used_up(self.node)

    def pytorch_name(self, name: str) -> str:
        """What PyTorch calls a saved value, after `_saved_`."""
        letter, _, what = name.partition("_")
        if name in SHAPES:
            return f"{self.saved_as.get(letter, letter)}_{'sym_sizes' if what == 'shape' else 'sym_numel'}"
        return self.saved_as.get(name, name)

    # --- from text to functions

    def compiled(self, formula: str, name: str, parameters: list, saved: tuple | None = None):
        """What makes, in a scope, the function of that name that the formula says; compiled where the formula stands.

        saved: of a rule, the names of what it takes besides g; several come as a tuple.
        """
        line, column = self.find(formula)
        body: Any = ast.parse(formula, mode="eval").body
        for node in ast.walk(body):
            if isinstance(node, ast.expr):
                node.lineno = node.end_lineno = line
                columns = node.col_offset, node.end_col_offset or 0
                node.col_offset, node.end_col_offset = (n + column if column else 0 for n in columns)
        used = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
        unpacked = ""
        if saved is not None:
            body = ShapesByName().visit(body)
            parameters = ["g", *saved] if len(saved) == 1 else parameters
            unpacked = f"{', '.join(saved)} = saved; " if len(saved) > 1 else ""
        module: Any = ast.parse(f"def {name}({', '.join(parameters)}): {unpacked}return None")
        ast.increment_lineno(module, line - 1)
        module.body[0].body[-1].value = body
        code = next(part for part in compile(module, self.file, "exec").co_consts if isinstance(part, CodeType))

        def make(scope: dict):
            if scope is on_arrays:
                scope.update({other: rows[other].prepare().forward for other in used & rows.keys() - scope.keys()})
            return FunctionType(code, scope, name)

        return make

    def find(self, formula: str) -> tuple[int, int]:
        """The line and the column of the formula in its table; column 0 where it is not written out there."""
        for line in range(self.line, self.line + 6):
            column = linecache.getline(self.file, line).find(f'"{formula}"') + 1
            if column:
                return line, column
        return self.line, 0


node_types: dict[tuple, type[Node]] = {}
SHAPES = {f"{letter}_{what}": f"{letter}.{what}" for letter in ("x", "y", "z", "ans") for what in ("shape", "size")}
PLAIN = {
    "x + y": operator.add, "x - y": operator.sub, "x * y": operator.mul, "x / y": operator.truediv, "-x": operator.neg,
}  # fmt: skip


class ShapesByName(ast.NodeTransformer):
    """x.shape and x.size as names of their own, so that the shape is saved, and not x."""

    def visit_Attribute(self, node):
        name = f"{node.value.id}_{node.attr}" if isinstance(node.value, ast.Name) else ""
        return ast.copy_location(ast.Name(name, ast.Load()), node) if name in SHAPES else self.generic_visit(node)


def converting(rule):
    """The rule, with what was saved in the type of g."""

    def convert(value, dtype):
        if isinstance(value, tuple):
            return tuple([convert(part, dtype) for part in value])
        return (
            value.astype(dtype) if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fi" else value
        )

    return lambda g, saved: rule(g, convert(saved, g.dtype))
