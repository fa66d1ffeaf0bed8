"""Small changes to a piece of code, one at a time: what a check must notice, unless the changed code is right too."""

import ast
import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

SWAPPED: dict[type[ast.AST], list[type[ast.AST]]] = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
}


def mutants(lines: str) -> list[tuple[str, str]]:
    """Every mutant of some lines: what is changed, as `old line → new line`, and all the lines."""
    tree = ast.parse(lines)
    plain = ast.unparse(tree)
    found: dict[str, str] = {}
    for change in _changes(tree):
        mutant = copy.deepcopy(tree)
        change(mutant)
        source = ast.unparse(ast.fix_missing_locations(mutant))
        if source != plain:
            found.setdefault(_told(plain, source), source)
    return list(found.items())


def _told(old: str, new: str) -> str:
    """The lines that differ, without those before and after that don't."""
    olds, news = old.splitlines(), new.splitlines()
    while olds and news and olds[0] == news[0]:
        olds, news = olds[1:], news[1:]
    while olds and news and olds[-1] == news[-1]:
        olds, news = olds[:-1], news[:-1]
    before, after = (" | ".join(map(str.strip, lines)) for lines in (olds, news))
    return f"swapped: {before}" if sorted(olds) == sorted(news) else f"{before} → {after}"


Change = Callable[[Any], None]


def _changes(tree: ast.AST) -> Iterator[Change]:
    """Functions that each make one change in a copy of the tree; places are counted in the order of ast.walk."""
    for place, node in enumerate(ast.walk(tree)):
        for change in _at(node):
            yield partial(_change_at, place=place, change=change)
        for name, value in ast.iter_fields(node):
            for index, child in enumerate(value if isinstance(value, list) else [value]):
                for new in _instead(child):
                    yield partial(_change_at, place=place, change=partial(_put, name=name, index=index, new=new))


def _change_at(tree: ast.AST, place: int, change: Change) -> None:
    change(list(ast.walk(tree))[place])


def _put(node: ast.AST, name: str, index: int, new: ast.AST) -> None:
    if isinstance(getattr(node, name), list):
        getattr(node, name)[index] = copy.deepcopy(new)
    else:
        setattr(node, name, copy.deepcopy(new))


def _instead(node: object) -> Iterator[ast.AST]:
    """What can replace a node."""
    for other in SWAPPED.get(type(node), []):  # type: ignore[arg-type]
        yield other()
    if isinstance(node, ast.Constant):
        yield from (ast.Constant(value) for value in _other_constants(node.value))
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
            yield node.func.value  # x.clone() → x
        elif node.args:
            yield node.args[0]
    elif isinstance(node, ast.Return) and node.value is not None:
        yield ast.Return(ast.Constant(None))


def _is_module(node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("torch", "np", "math", "plt")


def _other_constants(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, *([-value] if value else [])]
    if isinstance(value, str):
        return [f"{value}x"]
    return [0] if value is None else []


def _at(node: ast.AST) -> Iterator[Change]:
    """Changes inside a node."""
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        for index, statement in enumerate(block if isinstance(block, list) else []):
            if not isinstance(statement, ast.Pass):
                yield partial(_put, name=field, index=index, new=ast.Pass())
            if index:
                yield partial(_swap, name=field, index=index)
    if isinstance(node, ast.If | ast.While):
        yield _negate
    if isinstance(node, ast.Call):
        yield from (partial(_drop_keyword, index=index) for index in range(len(node.keywords)))
        if len(node.args) == 2:
            yield _turn_arguments
    if isinstance(node, ast.With):
        yield _do_without_context


def _swap(node: ast.AST, name: str, index: int) -> None:
    block = getattr(node, name)
    block[index - 1], block[index] = block[index], block[index - 1]


def _negate(node: ast.If) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _drop_keyword(node: ast.Call, index: int) -> None:
    node.keywords.pop(index)


def _turn_arguments(node: ast.Call) -> None:
    node.args.reverse()


def _do_without_context(node: ast.With) -> None:
    node.items = [ast.withitem(ast.parse("memoryview(b'')", mode="eval").body)]
