"""What is in an answer's source: whether it is still the empty form, and what it uses."""

import ast
import dis
import functools
import inspect
import textwrap
import types
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from course.cut import cut_cell


def has_hole(answer: Any, solution: str, name: str, depth: int = 3) -> bool:
    """Return whether an answer still is, or still has in it, a ... of the exercise.

    Of a class, the methods are looked at.
    solution: the source of the worked answer's cell, from which the exercise was cut. A ... that does something, as in
    `x[...] = 0`, is not a hole, nor is one left beside an answer.
    """
    if answer is ...:
        return True
    if isinstance(answer, dict | list | tuple) and depth:
        items = answer.values() if isinstance(answer, dict) else answer
        return any(has_hole(item, solution, name, depth - 1) for item in items)
    if isinstance(answer, type):
        return answer.__name__ == name and any(
            method is None or has_hole(method, solution, method.__name__) for method in _open_methods(answer, solution)
        )
    function = definition(answer)
    if function is None:
        return isinstance(answer, types.FunctionType) and _returns_dots(answer)
    empty = _find(_parsed(cut_cell(solution)), name)
    body = _without_docstring(function)
    if empty is not None and _dumped(body) == _dumped(_without_docstring(empty)):
        return True
    return not any(map(_does_something, body)) or _kept_holes(function)


def _open_methods(answer: type, solution: str) -> Iterator[Any]:
    """Yield the methods of a class that the exercise leaves to be written, None for a class that has none at all."""
    whole, cut = (_methods(_parsed(source), answer.__name__) for source in (solution, cut_cell(solution)))
    own = {name: getattr(method, "__func__", method) for name, method in vars(answer).items()}
    own = {name: method for name, method in own.items() if isinstance(method, types.FunctionType)}
    if whole and not cut and not own:
        yield None
    for name in whole.keys() & cut.keys() & own.keys():
        if ast.dump(whole[name]) != ast.dump(cut[name]):
            yield own[name]


def _methods(tree: ast.Module, name: str) -> dict[str, ast.FunctionDef]:
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return {method.name: method for found in classes for method in found.body if isinstance(method, ast.FunctionDef)}


def is_empty(function: Any) -> bool:
    """Return whether a function does nothing yet, or still has a ... in place of something."""
    found = definition(function)
    if found is None:
        bare = inspect.unwrap(function)
        return isinstance(bare, types.FunctionType) and _returns_dots(bare, ..., None)
    return not any(map(_does_something, _without_docstring(found))) or _kept_holes(found)


def _returns_dots(function: types.FunctionType, *values: object) -> bool:
    """Return whether a function whose source can't be read, such as a lambda, only returns a ..., or one of these."""
    steps = [step for step in dis.get_instructions(function) if step.opname not in ("RESUME", "NOP")]
    return len(steps) <= 2 and any(steps[0].argval is value for value in (..., *values))


def _does_something(statement: ast.stmt) -> bool:
    nothing = isinstance(statement, ast.Pass) or (isinstance(statement, ast.Expr) and _is_hole(statement.value))
    return not nothing and not (isinstance(statement, ast.Return) and _is_hole(statement.value))


def _is_hole(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _kept_holes(function: ast.AST) -> bool:
    """Return whether a ... is returned, or a name in a function is given a ... and nothing else."""
    bound = Counter(
        node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    empty: Counter[str] = Counter()
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and _is_hole(node.value):
            return True
        if isinstance(node, ast.Assign) and _is_hole(node.value):
            empty.update(name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name))
    return any(times == bound[name] for name, times in empty.items())


def _without_docstring(function: ast.FunctionDef | ast.Lambda) -> list[ast.stmt]:
    if isinstance(function, ast.Lambda):
        return [ast.Return(function.body)]
    begins = isinstance(function.body[0], ast.Expr) and isinstance(function.body[0].value, ast.Constant)
    documented = begins and isinstance(function.body[0].value.value, str)  # type: ignore[attr-defined]
    return function.body[documented:]


def _dumped(body: list[ast.stmt]) -> list[str]:
    return [ast.dump(statement) for statement in body]


@functools.lru_cache(maxsize=200)
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


def _find(tree: ast.AST, name: str) -> ast.FunctionDef | None:
    return next((node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name), None)


def definition(function: Any) -> ast.FunctionDef | None:
    """Return the source of a function, as a tree; None where there is none to read."""
    try:
        function = inspect.unwrap(function)
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        return _find(tree, function.__name__)
    except (OSError, TypeError, SyntaxError, AttributeError, ValueError):
        return None


STATEMENTS: dict[str, tuple[type[ast.AST], ...]] = {
    "for": (ast.For, ast.comprehension),
    "while": (ast.While,),
    "if": (ast.If, ast.IfExp),
    "try": (ast.Try,),
    "import": (ast.Import, ast.ImportFrom),
    "lambda": (ast.Lambda,),
}
OPERATORS: dict[str, type[ast.AST]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "/": ast.Div,
    "//": ast.FloorDiv,
    "%": ast.Mod,
    "**": ast.Pow,
    "@": ast.MatMult,
}


def used(answer: Callable[..., Any], *things: str) -> str:
    """Return the first of these that an answer uses, itself or in a function of the notebook that it calls; "" if none.

    A thing is an operator (`**`, but not that in a number such as `10**-6`), a statement (`for`, comprehensions
    included, `while`, `if`, `try`, `import`, `lambda`), or a name: `sqrt` is found in `torch.sqrt`, `a.sqrt()` and
    `from math import sqrt as s`, and isn't in a variable of the answer's own; `torch.optim` is found in everything
    that begins with it. What an answer hides from a reader, `judging.counted` sees when it is called.
    """
    trees = list(_trees(answer, set()))
    names = {name for function, tree in trees for name in _names(function, tree)}
    for thing in things:
        if thing in STATEMENTS:
            if any(isinstance(node, STATEMENTS[thing]) for _, tree in trees for node in ast.walk(tree)):
                return thing
        elif thing in OPERATORS:
            operations = [node for _, tree in trees for node in ast.walk(tree) if not _is_a_number(node)]
            if any(isinstance(getattr(node, "op", None), OPERATORS[thing]) for node in operations):
                return thing
        elif any(f".{thing}." in f".{name}." for name in names):
            return thing
    return ""


VIEWS = {
    "detach",
    "view",
    "reshape",
    "flatten",
    "ravel",
    "squeeze",
    "unsqueeze",
    "t",
    "transpose",
    "T",
    "requires_grad_",
}


def written_through(answer: Callable[..., Any], *names: str) -> str:
    """Return the first of these attributes through which an answer writes into a tensor's memory; "" if through none.

    `w.data -= 1`, `w.data[0] = 1`, `w.data.add_(1)`, `torch.add(w, 1, out=w.data)` and `a = w.numpy(); a[0] = 1` write
    through them, `w -= w.grad.data` only reads. Functions of the notebook that the answer calls are read as well.
    """
    for _, tree in _trees(answer, set()):
        aliases: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and (way := _way(node.value, names, aliases)):
                aliases |= {target.id: way for target in node.targets if isinstance(target, ast.Name)}
        for node in ast.walk(tree):
            for written in _written(node, names):
                if way := _way(written, names, aliases):
                    return way
    return ""


def _written(node: ast.AST, names: tuple[str, ...]) -> Iterator[ast.expr]:
    """Yield what a statement or a call writes into."""
    if isinstance(node, ast.AugAssign):
        yield node.target
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Subscript) or (isinstance(target, ast.Attribute) and target.attr in names):
                yield target
    elif isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "out")
        if isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if (name.endswith("_") and name not in VIEWS) or name in ("fill", "put", "itemset", "__setitem__"):
                yield node.func.value
            elif name in ("copyto", "put", "place") and node.args:
                yield node.args[0]


def _way(node: ast.expr, names: tuple[str, ...], aliases: dict[str, str]) -> str:
    """Return the one of these attributes by which an expression reaches the memory of another tensor."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, "")
    if isinstance(node, ast.Subscript):
        return _way(node.value, names, aliases)
    if isinstance(node, ast.Attribute):
        return node.attr if node.attr in names else _way(node.value, names, aliases) if node.attr in VIEWS else ""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and (node.func.attr in names or node.func.attr in VIEWS):
            return _way(node.func, names, aliases)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("asarray", "from_numpy") and node.args:
            return _way(node.args[0], names, aliases)
    return ""


def _trees(answer: Any, met: set[Any]) -> Iterator[tuple[Any, ast.AST]]:
    """Yield the answer's tree, and those of the notebook's functions that it names."""
    try:
        function = inspect.unwrap(answer)
    except ValueError:
        return
    function = getattr(function, "func", function)  # of functools.partial
    function = getattr(function, "__func__", function)  # of a method
    tree = definition(function)
    if tree is None or function in met:
        return
    met.add(function)
    yield function, tree
    variables = getattr(function, "__globals__", {})
    for node in ast.walk(tree):
        helper = variables.get(node.id) if isinstance(node, ast.Name) else None
        if isinstance(helper, types.FunctionType) and helper.__globals__ is variables:
            yield from _trees(helper, met)


def _names(function: Any, tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names in a tree, by the names that things have where they come from."""
    variables = getattr(function, "__globals__", {})
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            aliases |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    local = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    local |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}

    def dotted(node: ast.AST) -> str:
        if isinstance(node, ast.Attribute):
            return f"{dotted(node.value)}.{node.attr}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            attribute = _folded(node.args[1]) if len(node.args) > 1 else None
            return f"{dotted(node.args[0])}.{attribute}" if attribute else "?"
        if isinstance(node, ast.Name):
            if node.id in local:
                return node.id
            return aliases.get(node.id) or _home(variables.get(node.id)) or node.id
        return "?"

    for name in aliases.values():
        yield _as_torch(name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in local:
            continue  # a variable of the answer's own may be called sqrt
        if isinstance(node, ast.Attribute | ast.Name | ast.Call):
            yield _as_torch(dotted(node))


def _as_torch(name: str) -> str:
    return f"torch{name.removeprefix('minigrad')}" if name.split(".")[0] == "minigrad" else name


def _is_a_number(node: ast.AST) -> bool:
    """Return whether it is a number that is written out, such as 0.5, -1 or 10**-6."""
    if isinstance(node, ast.UnaryOp):
        return _is_a_number(node.operand)
    if isinstance(node, ast.BinOp):
        return _is_a_number(node.left) and _is_a_number(node.right)
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _home(thing: Any) -> str:
    """Return the name that a module, a class or a function of a library has there."""
    if isinstance(thing, types.ModuleType):
        return thing.__name__
    module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    return f"{module}.{name}" if module and name and module != "__main__" else ""


def _folded(node: ast.AST) -> str | None:
    """Return the text that an expression of literals and + makes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _folded(node.left), _folded(node.right)
        return left + right if left is not None and right is not None else None
    return None
