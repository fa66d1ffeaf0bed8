"""What the graph itself tells: which leaves a gradient would reach, whether it is used up, where it becomes zero.

Only what PyTorch's tensors offer as well is read, so that it is one reader for both libraries.
"""

from __future__ import annotations

from typing import Any

from ..drawing.engines import accumulates
from ..drawing.naming import is_tensor
from ..drawing.reading import FREED, _saved_attribute

Tensor = Any
Node = Any

# PyTorch frees a chain of nodes that Python has looked at by recursion, and a process dies of one of 50,000.
MOST_NODES = 20_000
_STAIRS = ("Round", "Floor", "Ceil", "Trunc", "Sign", "Heaviside", "Bernoulli")


class GraphOf:
    """The nodes behind a tensor."""

    def __init__(self, tensor: Tensor) -> None:
        self.root = _node(tensor)
        self.nodes: dict[int, Node] = {}
        self.leaves: dict[int, Tensor] = {}
        self.complete = True
        self.reached_results: set[tuple[int, int]] = set()
        if self.root is None:
            if tensor.requires_grad:
                self.leaves[id(tensor)] = tensor
            return
        self.reached_results.add((id(self.root), getattr(tensor, "output_nr", 0)))
        stack = [self.root]
        self.nodes[id(self.root)] = self.root
        while stack:
            if len(self.nodes) > MOST_NODES:
                self.complete = False
                return
            node = stack.pop()
            if accumulates(node):
                self.leaves[id(node.variable)] = node.variable
            for before, index in node.next_functions:
                if before is not None:
                    self.reached_results.add((id(before), index))
                    if id(before) not in self.nodes:
                        self.nodes[id(before)] = before
                        stack.append(before)

    def reaches(self, tensor: Tensor) -> bool:
        """Return whether a gradient comes to the tensor, if not necessarily one other than zero."""
        node = _node(tensor)
        if node is None:
            return id(tensor) in self.leaves
        return (id(node), getattr(tensor, "output_nr", 0)) in self.reached_results

    def used_up(self) -> bool | None:
        """Return whether a backward pass has freed the graph; None where no node saved a tensor that could tell."""
        freed = None
        for node in self.nodes.values():
            for name in dir(node):
                if name.startswith("_saved_"):
                    saved = _saved_attribute(node, name)
                    if isinstance(saved, str) and saved == FREED:
                        return True
                    if is_tensor(saved):
                        freed = False
        return freed

    def zero_steps(self, tensor: Tensor) -> list[tuple[str, str]] | None:
        """Return where every path to the tensor becomes zero: pairs of cause and node's name; None if one is open."""
        if self.root is None or not self.complete:
            return None
        target, number = _node(tensor), getattr(tensor, "output_nr", 0)
        found: dict[tuple[str, str], None] = {}
        seen, stack = {id(self.root)}, [self.root]
        while stack:
            node = stack.pop()
            for place, (before, index) in enumerate(node.next_functions):
                if before is None or (cause := zero_of(node, place)) is not None:
                    if before is not None and self._leads(before, tensor):
                        found[cause, node.name()] = None  # type: ignore[index]
                    continue
                if accumulates(before) and target is None and before.variable is tensor:
                    return None
                if target is not None and before is target and index == number:
                    return None
                if id(before) not in seen:
                    seen.add(id(before))
                    stack.append(before)
        return list(found)

    def _leads(self, node: Node, tensor: Tensor) -> bool:
        target = _node(tensor)
        seen, stack = {id(node)}, [node]
        while stack:
            node = stack.pop()
            if node is target or (accumulates(node) and node.variable is tensor):
                return True
            for before, _ in node.next_functions:
                if before is not None and id(before) not in seen:
                    seen.add(id(before))
                    stack.append(before)
        return False


def zero_of(node: Node, place: int) -> str | None:
    """Return why what the node sends to that input is zero everywhere, as far as the saved values show."""
    name = node.name().rpartition("::")[2]
    if name.startswith(_STAIRS) and "Backward" in name:
        return "stairs"
    result = _saved(node, "result")
    if name.startswith("Relu") and result is not None and not bool((result > 0).any()):
        return "dead"
    if name.startswith("Sigmoid") and result is not None and not bool((result * (1 - result) != 0).any()):
        return "saturated"
    if name.startswith("Tanh") and result is not None and not bool((1 - result * result != 0).any()):
        return "saturated"
    if name.startswith("Where"):
        condition = _saved(node, "condition")
        never = condition is not None and (not bool(condition.any()) if place == 0 else bool(condition.all()))
        return "branch" if never else None
    others = {"Mul": ("other", "self"), "Mm": ("mat2", "self"), "Bmm": ("mat2", "self"), "Mv": ("vec", "self"),
              "Dot": ("tensor", "self"), "Addmm": ("", "mat2", "mat1")}  # fmt: skip
    names = others.get(name.rpartition("Backward")[0], ())
    factor = _saved(node, names[place]) if place < len(names) and names[place] else None
    return "times_zero" if factor is not None and not bool((factor != 0).any()) else None


def _saved(node: Node, name: str) -> Tensor | None:
    """Return a tensor that the node saved, without its history."""
    value = _saved_attribute(node, f"_saved_{name}") if hasattr(type(node), f"_saved_{name}") else None
    return value.detach() if value is not None and is_tensor(value) else None


def _node(tensor: Tensor) -> Node | None:
    try:
        return tensor.grad_fn
    except RuntimeError:  # one of several views, overwritten since
        return None
