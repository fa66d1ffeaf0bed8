"""Counting on a graph, for the questions that ask for a number of nodes or of paths."""

from typing import Any


def nodes(node: Any) -> list[Any]:
    """Return the nodes that can be reached from one, itself included, each once."""
    met: list[Any] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one is not None and one not in met:
            met.append(one)
            waiting += [behind for behind, _ in one.next_functions]
    return met


def paths(node: Any, leaf: Any) -> int:
    """Return how many paths lead from a node to the place where a leaf collects."""
    if getattr(node, "variable", None) is leaf:
        return 1
    return sum(paths(behind, leaf) for behind, _ in node.next_functions if behind is not None)


def tree(node: Any) -> int:
    """Return how many nodes there are if each is counted once for each way that leads to it."""
    return 1 + sum(tree(behind) for behind, _ in node.next_functions if behind is not None)
