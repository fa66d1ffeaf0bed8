"""What checks ask of a learner's graph, read through what PyTorch offers too."""

import random
from typing import Any


def nodes_behind(t: Any) -> list[Any]:
    """Return the nodes of the graph behind a tensor, each once, AccumulateGrad among them."""
    met: dict[int, Any] = {}  # by id, and held: PyTorch drops the Python object of a node that nobody holds
    todo = [t.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None and id(node) not in met:
            met[id(node)] = node
            todo += [following for following, _ in node.next_functions]
    return list(met.values())


def leaves_behind(t: Any) -> list[Any]:
    """Return the leaves that require grad to which the graph behind a tensor leads, each once."""
    return [node.variable for node in nodes_behind(t) if hasattr(node, "variable")]


def formula(t: Any, leaves: dict[str, Any]) -> str:
    """Return a graph on one line: nodes numbered in the order they are met, and written as #number when met again."""
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


def grown(torch: Any, seed: int, steps: int = 12) -> Any:
    """Return a tensor with a graph that was drawn by lot, for a seed always the same one.

    Its nodes have one input to four. Leaves, and results of operations, are used once or more; some inputs need no
    gradient; several nodes have the same name.
    """
    draw = random.Random(seed)
    leaves = [torch.tensor([0.5, -1.5], requires_grad=True) for _ in range(3)]
    tensors = [*leaves, torch.tensor([2.0, 0.25])]
    for _ in range(steps):
        one, other, third, fourth = (draw.choice(tensors[-6:]) for _ in range(4))
        kind = draw.randrange(6)
        if kind == 0:
            tensors.append(one + other)
        elif kind == 1:
            tensors.append(one - other)
        elif kind == 2:
            tensors.append(one * other)
        elif kind == 3:
            tensors.append(torch.sin(one))
        else:
            tensors.append(torch.stack([one, other, third, fourth][: draw.choice((3, 4))]).sum(0))
    return torch.stack([*tensors[-3:], draw.choice(leaves)]).sum()
