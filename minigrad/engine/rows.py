"""A row of a table of derivatives, taken apart: what its text says, and what must be saved for its rules.

Letters: x, y, z the tensor inputs; ans the result; g the gradient of the result; x.shape and x.size a shape, not
numbers; any other name in the signature is an argument that needs no gradient.  Formulas may use every operation of the
tables and the helpers of formulas.py.  A formula is compiled when it is first used, at the place where it stands, so
that an error in it shows the row.
"""

import builtins
import copy
import operator
import sys
from threading import RLock
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import used_up
from ..located import SHAPES, code_of, names_in
from .graph import Binary, Node, Several, Unary

rows: dict[str, "Row"] = {}  # the tables, row by row

# What formulas may say: helpers and the tables' own operations, on arrays and on tensors.
# As a module's, their names include the builtins, which Python looks for when NumPy warns of a number there.
on_arrays: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas", "__builtins__": builtins}
on_tensors: dict[str, Any] = {"np": np, "__name__": "minigrad.formulas", "__builtins__": builtins}

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
    "frees": False,  # arguments that are arrays are saved, and released after the pass
    "keeps": (),  # what PyTorch saves without need, and so do we
    "booleans": None,  # the error for a tensor of truth values, if it is not defined for these
}


class Row:
    """One operation: its name, its result, and the gradient of each input.

    What follows from its text is worked out by `prepare`, when the operation is first called.
    """

    takes: Any  # for each input, the names of what its rule needs to be kept: letters, arguments, and shapes as x_shape
    keep: Any  # for each input, the function from (arguments, ans) to what its rule takes; None where that is nothing
    rules: Any  # for each input, the function from g and what was kept to its gradient, on arrays
    recorded_rules: Any  # the same on tensors, for a pass that is itself recorded
    frees: bool  # True where tensors are saved: once they are released, a second pass must be refused
    node_type: type[Node]  # one for all rows whose nodes have the same name
    of_several_types: "Row"  # the same for inputs of several types: what was saved is first brought to the type of g
    is_used_up = False
    used_up: "Row"  # the same for a node that has released what it saved: its rules refuse

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
        """Make functions of the formulas, unless that is done."""
        with preparing:
            if not self.prepared:
                self.prepared = True
                self.make_functions()
                self.make_twins()
                self.forward = self.compute  # last, as other threads may be calling
        return self

    def make_functions(self) -> None:
        self.compute = PLAIN.get(self.formula) or self.function(self.formula, self.name, self.arguments)
        self.takes = tuple([self.needed(formula) for formula in self.gradients.values()])
        self.keep = tuple([self.keeper(names) for names in self.takes])
        self.rules = tuple(map(self.rule, self.inputs, self.takes))
        self.recorded_rules = tuple([rule and FunctionType(rule.__code__, on_tensors) for rule in self.rules])
        saved = {name for names in self.takes for name in names}
        self.frees = self.saves_arrays or not saved.isdisjoint([*self.inputs, "ans"])
        layout = {1: Unary, 2: Binary}.get(len(self.inputs), Several)
        if (self.node, layout) not in node_types:
            node_types[self.node, layout] = type(self.node, (layout,), {"__slots__": (), "__module__": "builtins"})
        self.node_type = node_types[self.node, layout]

    def make_twins(self) -> None:
        self.used_up = used = copy.copy(self)
        used.rules = used.recorded_rules = (self.refuse,) * len(self.inputs)
        used.frees, used.takes, used.is_used_up = False, ((),) * len(self.inputs), True
        self.of_several_types = mixed = copy.copy(self)
        mixed.rules = tuple([rule and converting(rule) for rule in self.rules])

    def needed(self, formula: str | None) -> tuple:
        """Return the names in a gradient's formula whose values must be kept for it."""
        kept = [name for name in names_in(formula or "None") if name in (*self.arguments, "ans", *SHAPES)]
        return tuple(dict.fromkeys([*kept, *self.keeps])) if formula else ()

    def keeper(self, names: tuple):
        text = ", ".join(SHAPES.get(name, name) for name in names)
        return self.function(text, "keep", [", ".join([*self.arguments, "ans"])]) if names else None

    def rule(self, letter: str, names: tuple):
        formula = self.gradients[letter]
        return formula and self.function(formula, f"gradient_of_{letter}", ["g", ", ".join(names) or "nothing"])

    def function(self, formula: str, name: str, parameters: list):
        """Return what the formula says, as a function on arrays."""
        code = code_of(formula, name, parameters, self.file, self.line)
        for other in set(names_in(formula)) & rows.keys() - on_arrays.keys():
            on_arrays[other] = rows[other].prepare().compute
        return FunctionType(code, on_arrays)

    def refuse(self, g, saved):
        raise used_up(self.node)

    def pytorch_name(self, name: str) -> str:
        """Return what PyTorch calls a saved value, after `_saved_`."""
        letter, _, what = name.partition("_")
        if name in SHAPES:
            return f"{self.saved_as.get(letter, letter)}_{'sym_sizes' if what == 'shape' else 'sym_numel'}"
        return self.saved_as.get(name, name)


preparing = RLock()  # a formula may name its own operation, and two threads may need the same one first
node_types: dict[tuple, type[Node]] = {}
PLAIN = {
    "x + y": operator.add, "x - y": operator.sub, "x * y": operator.mul, "x / y": operator.truediv, "-x": operator.neg,
}  # fmt: skip


def converting(rule):
    """Return the rule, with what was saved in the type of g."""

    def convert(value, dtype):
        if isinstance(value, tuple):
            return tuple([convert(part, dtype) for part in value])
        return (
            value.astype(dtype) if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fiub" else value
        )

    return lambda g, saved: rule(g, convert(saved, g.dtype))
