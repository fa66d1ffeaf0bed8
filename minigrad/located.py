"""Formulas written as text in a table, made into functions with the line numbers of their rows.

An error in such a function shows the row of the table, with the part of the formula marked that failed.
"""

import ast
import linecache
from types import CodeType
from typing import Any

# x.shape and x.size are names of their own, so that a rule which needs the shape does not keep the numbers.
SHAPES = {f"{letter}_{what}": f"{letter}.{what}" for letter in ("x", "y", "z", "ans") for what in ("shape", "size")}


class _ShapesByName(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        name = f"{node.value.id}_{node.attr}" if isinstance(node.value, ast.Name) else ""
        return ast.copy_location(ast.Name(name, ast.Load()), node) if name in SHAPES else self.generic_visit(node)


def names_in(formula: str) -> list[str]:
    """Return the names in a formula, in their order, with x_shape for x.shape."""
    tree = _ShapesByName().visit(ast.parse(formula, mode="eval"))
    names = sorted((node.col_offset, node.id) for node in ast.walk(tree) if isinstance(node, ast.Name))
    return [name for _, name in names]


def find(formula: str, file: str, line: int) -> tuple[int, int]:
    """Return the line and column of a formula in a row that begins at `line`; column 0 if it is not written out."""
    for place in range(line, line + 6):
        column = linecache.getline(file, place).find(f'"{formula}"') + 1
        if column:
            return place, column
    return line, 0


def code_of(formula: str, name: str, parameters: list[str], file: str, line: int) -> CodeType:
    """Return the code of a function that returns what the formula says.

    A parameter that lists several names, such as "x, ans", takes a tuple of them.
    """
    line, column = find(formula, file, line)
    body: Any = ast.parse(formula, mode="eval").body
    for node in ast.walk(body):
        if isinstance(node, ast.expr):
            columns = node.col_offset, node.end_col_offset or 0
            node.lineno = node.end_lineno = line
            node.col_offset, node.end_col_offset = (n + column if column else 0 for n in columns)
    plain = [parameter if parameter.isidentifier() else "saved" for parameter in parameters]
    unpacked = "".join(f"{parameter} = saved; " for parameter in parameters if not parameter.isidentifier())
    module: Any = ast.parse(f"def {name}({', '.join(plain)}): {unpacked}return None")
    ast.increment_lineno(module, line - 1)
    known = [part.strip() for parameter in parameters for part in parameter.split(",")]
    by_name = any(part in SHAPES for part in known)
    module.body[0].body[-1].value = _ShapesByName().visit(body) if by_name else body
    return next(part for part in compile(module, file, "exec").co_consts if isinstance(part, CodeType))
