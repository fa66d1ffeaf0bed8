"""What checks ask of a learner's graph, read through what PyTorch offers too."""

from typing import Any


def nodes_behind(t: Any) -> list[Any]:
    """The nodes of the graph behind a tensor, each once, AccumulateGrad among them."""
    met: dict[int, Any] = {}  # by id, and held: PyTorch drops the Python object of a node that nobody holds
    todo = [t.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None and id(node) not in met:
            met[id(node)] = node
            todo += [following for following, _ in node.next_functions]
    return list(met.values())


def leaves_behind(t: Any) -> list[Any]:
    """The tracked leaves that the graph behind a tensor leads to, each once."""
    return [node.variable for node in nodes_behind(t) if hasattr(node, "variable")]


def formula(t: Any, leaves: dict[str, Any]) -> str:
    """A graph on one line: nodes numbered in the order in which they are met, and written as #number when met again."""
    met: list[Any] = []

    def write(node: Any) -> str:
        if node is None:
            return "None"
        if hasattr(node, "variable"):
            return next((name for name, leaf in leaves.items() if node.variable is leaf), "another leaf")
        for number, other in enumerate(met, 1):
            if node is other:
                return f"#{number}"
        met.append(node)
        head = f"{node.name()}#{len(met)}"
        return f"{head}({', '.join(write(following) for following, _ in node.next_functions)})"

    return write(t.grad_fn)
