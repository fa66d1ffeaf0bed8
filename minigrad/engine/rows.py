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
from typing import Any

import numpy as np

from ..errors import used_up
from .graph import Binary, Node, Several, Unary

rows: dict[str, "Row"] = {}  # the tables, row by row

# What formulas may say: helpers and the tables' own operations, on arrays and on tensors.
on_arrays: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas"}
on_tensors: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas"}

COLUMNS = {  # of a row, besides its name, its result and its gradients
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
    """One operation: its name, its result, and the gradient of each input."""

    number: Any
    rules: Any  # for each input, the function from g and what was kept to its gradient, on arrays
    recorded_rules: Any  # the same on tensors, for a pass that is itself recorded
    takes: Any
    frees: Any
    is_used_up = False

    def __init__(self, signature: str, formula: str, x=None, y=None, z=None, **columns):
        self.name, arguments = signature.rstrip(")").split("(")
        self.arguments = arguments.split(", ")
        self.inputs = [name for name in self.arguments if name in ("x", "y", "z")]
        self.formula = formula
        self.gradients = {letter: {"x": x, "y": y, "z": z}[letter] for letter in self.inputs}
        self.differentiable = any(self.gradients.values())
        if unknown := columns.keys() - COLUMNS.keys():
            raise TypeError(f"row {self.name}: a row has no column {', '.join(sorted(unknown))}")
        self.frees_arguments = columns.pop("frees", False)
        vars(self).update({name: COLUMNS[name] for name in COLUMNS if name != "frees"} | columns)
        self.node = self.node or self.name.title().replace("_", "") + "Backward0"
        self.saved_as = {"x": "self", "y": "other", "ans": "result"} | self.saved_as
        if self.elementwise is None:
            self.elementwise = len(self.inputs) > 1
        table = sys._getframe(1)
        while table.f_code.co_name != "<module>" and table.f_back is not None:
            table = table.f_back
        self.file, self.line = table.f_code.co_filename, table.f_lineno

    def __getattr__(self, name: str) -> Any:
        """What follows from the text is worked out when it is first asked for, by `_name`."""
        work_out = getattr(type(self), "_" + name, None)
        if work_out is None or name.startswith("_"):
            raise AttributeError(f"a row has no attribute {name!r}")
        vars(self)[name] = value = work_out(self)
        return value

    def _forward(self):
        """The result as a function of the arguments, on arrays; of plain arithmetic, that operation itself."""
        return PLAIN.get(self.formula) or self.compiled(self.formula, self.name, self.arguments)(on_arrays)

    def _takes(self) -> tuple:
        """For each input, the names of what its rule needs to be kept: letters, arguments, and shapes as x_shape."""
        keepable = {*self.arguments, "ans", *SHAPES}
        found = []
        for formula in self.gradients.values():
            tree = _ShapesByName().visit(ast.parse(formula or "None", mode="eval"))
            names = sorted((node.col_offset, node.id) for node in ast.walk(tree) if isinstance(node, ast.Name))
            needed = [name for _, name in names if name in keepable]
            found.append(tuple(dict.fromkeys([*needed, *self.keeps])) if formula else ())
        return tuple(found)

    def _keep(self) -> tuple:
        """For each input, the function from arguments and ans to what its rule takes; None where that is nothing."""
        found: list = []
        for names in self.takes:
            text = ", ".join(SHAPES.get(name, name) for name in names)
            found.append(self.compiled(text, "keep", [*self.arguments, "ans"])(on_arrays) if names else None)
        return tuple(found)

    def _makers(self) -> list:
        return [
            formula and self.compiled(formula, f"gradient_of_{letter}", ["g", "saved"], names)
            for (letter, formula), names in zip(self.gradients.items(), self.takes, strict=True)
        ]

    def _rules(self) -> tuple:
        return tuple([make and make(on_arrays) for make in self.makers])

    def _recorded_rules(self) -> tuple:
        return tuple([make and make(on_tensors) for make in self.makers])

    def _frees(self) -> bool:
        """True where tensors are saved, so that a second pass must be refused once they were given back."""
        saved = {name for names in self.takes for name in names}
        return self.frees_arguments or not saved.isdisjoint([*self.inputs, "ans"])

    def _of_several_types(self) -> "Row":
        """The same row for inputs of several types: what was saved is first brought to the type of g."""
        twin = copy.copy(self)
        twin.rules = tuple([rule and _converting(rule) for rule in self.rules])
        return twin

    def _used_up(self) -> "Row":
        """The same row for a node that has given back what it saved: its rules refuse."""
        twin = copy.copy(self)
        twin.rules = twin.recorded_rules = (twin._refuse,) * len(self.inputs)
        twin.takes, twin.frees, twin.is_used_up = ((),) * len(self.inputs), False, True
        return twin

    def _refuse(self, g, saved):
        raise used_up(self.node)

    def _node_type(self) -> type[Node]:
        """The class of its nodes: one for all rows of that name."""
        layout = {1: Unary, 2: Binary}.get(len(self.inputs), Several)
        if (self.node, layout) not in node_types:
            node_types[self.node, layout] = type(self.node, (layout,), {"__slots__": (), "__module__": "builtins"})
        return node_types[self.node, layout]

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
            body = _ShapesByName().visit(body)
            parameters = ["g", *saved] if len(saved) == 1 else parameters
            unpacked = f"{', '.join(saved)} = saved; " if len(saved) > 1 else ""
        module: Any = ast.parse(f"def {name}({', '.join(parameters)}): {unpacked}return None")
        ast.increment_lineno(module, line - 1)
        module.body[0].body[-1].value = body
        code = next(part for part in compile(module, self.file, "exec").co_consts if isinstance(part, CodeType))

        def make(scope: dict):
            if scope is on_arrays:
                scope.update({other: rows[other].forward for other in used & rows.keys() - scope.keys()})
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


class _ShapesByName(ast.NodeTransformer):
    """x.shape and x.size as names of their own, so that the shape is saved, and not x."""

    def visit_Attribute(self, node):
        name = f"{node.value.id}_{node.attr}" if isinstance(node.value, ast.Name) else ""
        return ast.copy_location(ast.Name(name, ast.Load()), node) if name in SHAPES else self.generic_visit(node)


def _converting(rule):
    """The rule, with what was saved in the type of g."""

    def convert(value, dtype):
        if isinstance(value, tuple):
            return tuple([convert(part, dtype) for part in value])
        return (
            value.astype(dtype) if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fi" else value
        )

    return lambda g, saved: rule(g, convert(saved, g.dtype))
