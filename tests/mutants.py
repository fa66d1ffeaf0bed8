"""Small changes to a piece of code, one at a time: what a check must notice, unless the changed code is right too."""

import ast
import copy
from collections.abc import Callable, Iterator

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
    return [(told, source) for told, source in found.items()]


def _told(old: str, new: str) -> str:
    """The lines that differ, without those before and after that don't."""
    olds, news = old.splitlines(), new.splitlines()
    while olds and news and olds[0] == news[0]:
        olds, news = olds[1:], news[1:]
    while olds and news and olds[-1] == news[-1]:
        olds, news = olds[:-1], news[:-1]
    before, after = (" | ".join(map(str.strip, lines)) for lines in (olds, news))
    return f"swapped: {before}" if sorted(olds) == sorted(news) else f"{before} → {after}"


Change = Callable[[ast.AST], None]


def _changes(tree: ast.AST) -> Iterator[Change]:
    """Functions that each make one change in a copy of the tree; places are counted in the order of ast.walk."""
    for place, node in enumerate(ast.walk(tree)):
        for change in _at(node):
            yield lambda mutant, place=place, change=change: change(list(ast.walk(mutant))[place])  # type: ignore[misc]
        for name, value in ast.iter_fields(node):
            values = value if isinstance(value, list) else [value]
            for index, child in enumerate(values):
                for replacement in _instead(child):
                    yield lambda mutant, place=place, name=name, index=index, new=replacement: _put(  # type: ignore[misc]
                        list(ast.walk(mutant))[place], name, index, new
                    )


def _put(node: ast.AST, name: str, index: int, new: ast.AST) -> None:
    if isinstance(getattr(node, name), list):
        getattr(node, name)[index] = copy.deepcopy(new)
    else:
        setattr(node, name, copy.deepcopy(new))


def _instead(node: object) -> Iterator[ast.AST]:
    """What can stand in a node's place."""
    for other in SWAPPED.get(type(node), []):  # type: ignore[arg-type]
        yield other()
    if isinstance(node, ast.Constant):
        yield from map(ast.Constant, _other_constants(node.value))
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


def _other_constants(value: object) -> list[object]:
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
        if not isinstance(block, list):
            continue
        for index, statement in enumerate(block):
            if not isinstance(statement, ast.Pass):
                yield lambda n, field=field, index=index: getattr(n, field).__setitem__(index, ast.Pass())  # type: ignore[misc]
            if index:
                yield lambda n, field=field, index=index: _swap(getattr(n, field), index)  # type: ignore[misc]
    if isinstance(node, ast.If | ast.While):
        yield lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))  # type: ignore[attr-defined]
    if isinstance(node, ast.Call):
        for index in range(len(node.keywords)):
            yield lambda n, index=index: n.keywords.pop(index)  # type: ignore[misc, attr-defined]
        if len(node.args) == 2:
            yield lambda n: n.args.reverse()  # type: ignore[attr-defined]
    if isinstance(node, ast.With):
        yield lambda n: n.items.__setitem__(0, ast.withitem(ast.parse("open(__import__('os').devnull)").body[0].value))  # type: ignore[attr-defined]


def _swap(block: list[ast.stmt], index: int) -> None:
    block[index - 1], block[index] = block[index], block[index - 1]
