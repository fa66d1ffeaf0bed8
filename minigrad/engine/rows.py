"""A row of a table of derivatives, taken apart: which function its text says, and what its rules need to have saved.

Letters: x, y, z the tensor inputs; ans the result; g the gradient of the result; x.shape and x.size a shape and no
numbers; any other name in the signature is an argument that needs no gradient.  Formulas may use every operation of the
tables, and the helpers of formulas.py.  A formula is compiled when it is first used, at the place where it stands: an
error in it shows the row.
"""

import ast
import copy
import linecache
import operator
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from ..errors import used_up
from .graph import Binary, Node, Several, Unary

rows: dict[str, "Row"] = {}  # the tables, row by row

PLAIN = {"x + y": operator.add, "x - y": operator.sub, "x * y": operator.mul, "x / y": operator.truediv, "-x": operator.neg}

# What formulas may say: helpers and the tables' own operations, on arrays and on tensors.
on_arrays: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas"}
on_tensors: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas"}


class Row:
    """One operation: its name, its result, and the gradient of each input.

    node: the name of its node, if not NameBackward0; saved_as: PyTorch's names for what is saved, where they are not
    self, other and result; number: y may be a Python number; elementwise: the inputs are broadcast and brought to one
    type (those of several inputs are, unless it says False); floating: integers are converted first; converts: the
    result may be of another type than x; view: it shares the memory of x; frees: arguments that are arrays are saved,
    and given back after the pass; keeps: what is saved beyond need, as in PyTorch; booleans: the error for a tensor of
    truth values, if it is not defined for these.
    """

    def __init__(
        self, signature, forward, x=None, y=None, z=None, node=None, saved_as=None, number=False, elementwise=None,
        floating=False, converts=False, view=False, frees=False, keeps=(), booleans=None,
    ):  # fmt: skip
        self.name, arguments = signature.rstrip(")").split("(")
        self.arguments = arguments.split(", ")
        self.inputs = [a for a in self.arguments if a in ("x", "y", "z")]
        self.formula = forward
        self.gradients = {letter: {"x": x, "y": y, "z": z}[letter] for letter in self.inputs}
        self.differentiable = (x, y, z) != (None, None, None)
        self.node = node or self.name.title().replace("_", "") + "Backward0"
        self.saved_as = {"x": "self", "y": "other", "ans": "result", **(saved_as or {})}
        self.number, self.floating, self.converts = number, floating, converts
        self.view, self.keeps, self.booleans, self.frees_arguments = view, keeps, booleans, frees
        self.elementwise = len(self.inputs) > 1 if elementwise is None else elementwise
        self.is_used_up = False
        self.file, self.line = "", 0  # where the row stands

    # --- what its text says, worked out when it is first asked for

    def __getattr__(self, name: str):
        make = getattr(type(self), f"_{name}", None) if name in WORKED_OUT else None
        if make is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        value = make(self)
        setattr(self, name, value)
        return value

    def _forward(self):
        """The result as a function of the arguments, on arrays; of `x * y`, say, the multiplication itself."""
        if self.formula in PLAIN:
            return PLAIN[self.formula]
        return self._function(self.name, self.arguments, self.formula)(on_arrays)

    def _takes(self) -> tuple:
        """For each input, the names of what its rule needs to be kept: letters, arguments, and shapes as x_shape."""
        keepable = {*self.arguments, "ans"}
        return tuple([
            () if formula is None else tuple(dict.fromkeys([*_saved_names(formula, keepable), *self.keeps]))
            for formula in self.gradients.values()
        ])  # fmt: skip

    def _keep(self) -> tuple:
        """For each input, the function from the arguments and ans to what its rule takes; None where that is nothing."""
        return tuple([
            self._function("kept", [*self.arguments, "ans"], ", ".join(names).replace("_s", ".s"))(on_arrays) if names else None
            for names in self.takes
        ])  # fmt: skip

    def _rules(self) -> tuple:
        """For each input, the function from g and what was kept to its gradient, on arrays."""
        return self._rules_in(on_arrays)

    def _recorded_rules(self) -> tuple:
        """The same on tensors, for a pass that is itself recorded."""
        return self._rules_in(on_tensors)

    def _frees(self) -> bool:
        """True where tensors are saved, so that a second pass must be refused once they were given back."""
        saved = {name for names in self.takes for name in names}
        return self.frees_arguments or not saved.isdisjoint([*self.inputs, "ans"])

    def _of_several_types(self) -> "Row":
        """The same row for inputs of several types: what was saved is first brought to the type of g."""
        twin = copy.copy(self)  # with what is worked out already
        twin.rules = tuple([rule and _converting(rule) for rule in self.rules])
        return twin

    def _used_up(self) -> "Row":
        """The same row for a node that has given back what it saved: its rules refuse."""
        twin = copy.copy(self)
        twin.rules = twin.recorded_rules = (self._refuse,) * len(self.inputs)
        twin.frees, twin.is_used_up, twin.takes, twin.nothing = False, True, ((),) * len(self.inputs), (None,) * len(self.inputs)
        return twin

    def _refuse(self, g, nothing):
        raise used_up(self.node)

    def _node_type(self) -> type[Node]:
        """The class of its nodes: one for all rows of that name."""
        layout = {1: Unary, 2: Binary}.get(len(self.inputs), Several)
        key = self.node, layout
        if key not in _node_types:
            _node_types[key] = type(self.node, (layout,), {"__slots__": (), "__module__": "builtins"})
        return _node_types[key]

    def pytorch_name(self, name: str) -> str:
        """What PyTorch calls a saved value, after `_saved_`."""
        letter, _, what = name.partition("_")
        if what in ("shape", "size") and letter in (*self.inputs, "ans"):
            return f"{self.saved_as.get(letter, letter)}_{'sym_sizes' if what == 'shape' else 'sym_numel'}"
        return self.saved_as.get(name, name)

    # --- from text to functions

    def _makers(self) -> tuple:
        return tuple([
            formula and self._function(f"gradient_of_{letter}", ["g", *_parameter(names)], formula, names)
            for (letter, formula), names in zip(self.gradients.items(), self.takes, strict=True)
        ])  # fmt: skip

    def _rules_in(self, scope: dict) -> tuple:
        return tuple([make and make(scope) for make in self.makers])

    def _function(self, name: str, parameters: list, formula: str, saved: tuple = ()):
        """What makes, in a scope, the function of that name which the formula says; compiled where the formula stands.

        saved: the names of what a rule takes besides g; more than one come as a tuple.
        """
        line, column = self._find(formula)
        body = ast.parse(formula, mode="eval").body
        for node in ast.walk(body):
            if isinstance(node, ast.expr):
                node.lineno = node.end_lineno = line
                node.col_offset, node.end_col_offset = (
                    (0, 0) if column < 0 else (node.col_offset + column, (node.end_col_offset or 0) + column)
                )
        used = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
        module = ast.parse(f"def {name}({', '.join(parameters)}):\n    return None")
        if len(saved) > 1:
            module = ast.parse(f"def {name}(g, saved):\n    {', '.join(saved)} = saved\n    return None")
        for node in ast.walk(module):
            if hasattr(node, "lineno"):
                node.lineno = node.end_lineno = line
        definition: Any = module.body[0]
        definition.body[-1].value = _ShapesByName().visit(body) if saved else body
        code = next(part for part in compile(module, self.file, "exec").co_consts if isinstance(part, CodeType))

        def make(scope: dict):
            if scope is on_arrays:
                scope.update({other: rows[other].forward for other in used & rows.keys() - scope.keys()})
            return FunctionType(code, scope, name)

        return make

    def _find(self, formula: str) -> tuple[int, int]:
        """The line and column of the formula in its table; column -1 where the table puts the text together."""
        for line in range(self.line, self.line + 6):
            column = linecache.getline(self.file, line).find(f'"{formula}"')
            if column >= 0:
                return line, column + 1
        return self.line, -1


class _ShapesByName(ast.NodeTransformer):
    """x.shape and x.size as names of their own, so that the shape is saved, and not x."""

    def visit_Attribute(self, node):
        if _is_shape(node):
            return ast.copy_location(ast.Name(f"{node.value.id}_{node.attr}", ast.Load()), node)
        return self.generic_visit(node)


def _is_shape(node) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in ("shape", "size")
        and isinstance(node.value, ast.Name)
        and node.value.id in ("x", "y", "z", "ans")
    )


def _saved_names(formula: str, keepable: set) -> list[str]:
    """The letters and arguments in a formula, in their order."""
    tree = _ShapesByName().visit(ast.parse(formula, mode="eval"))
    names = [(node.col_offset, node.id) for node in ast.walk(tree) if isinstance(node, ast.Name)]
    shapes = {f"{letter}_{what}" for letter in ("x", "y", "z", "ans") for what in ("shape", "size")}
    return [name for _, name in sorted(names) if name in keepable or name in shapes]


def _parameter(names: tuple) -> list[str]:
    return list(names[:1]) or ["nothing"]


def _converting(rule):
    """The rule, with what was saved in the type of g."""

    def converted(g, saved):
        return rule(g, _convert(saved, g.dtype))

    return converted


def _convert(value, dtype):
    if isinstance(value, tuple):
        return tuple([_convert(part, dtype) for part in value])
    number = isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fi"
    return value.astype(dtype) if number else value


WORKED_OUT = {"forward", "takes", "keep", "makers", "rules", "recorded_rules", "frees", "of_several_types", "node_type", "used_up"}
_node_types: dict[tuple, type[Node]] = {}
