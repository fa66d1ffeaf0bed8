"""The backward pass in numbers: what travels along each arrow, and what it adds up to at each node.

Nodes are called as functions, which both minigrad and PyTorch allow: no `.grad` changes, no hook runs, and the graph
can still be used.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import engines, text
from .engines import unrecorded
from .naming import is_tensor
from .reading import Graph, Reading, brief

Tensor = Any
Node = Any

_LONGEST_ON_AN_ARROW = 30  # in letters; longer ones are given by their shape


class Seed(NamedTuple):
    """Where a pass starts: an output, the gradient that it is given, and whether that is the 1 of a bare backward()."""

    output: Tensor
    gradient: Tensor
    is_bare: bool


def seeds(outputs: list[Tensor], gradient: Any, usage: str) -> list[Seed]:
    """Return where the pass starts, checked as `backward` does; `usage` says how a vector is given."""
    gradients = (
        gradient if isinstance(gradient, (list, tuple)) else [gradient] * (1 if gradient is not None else len(outputs))
    )
    if len(gradients) != len(outputs):
        raise RuntimeError(
            f"got {text.quantity(len(outputs), 'tensor', 'tensors')} and "
            f"{text.quantity(len(gradients), 'gradient', 'gradients')}: give one gradient for each tensor, None for a "
            "tensor of one element"
        )
    return [_seed(place, *pair, usage) for place, pair in enumerate(zip(outputs, gradients, strict=True))]


def _seed(place: int, tensor: Tensor, gradient: Any, usage: str) -> Seed:
    """Return what a pass starts with at output number `place`."""
    if not tensor.requires_grad:
        raise RuntimeError(
            f"element {place} of tensors does not require grad and does not have a grad_fn: there is no graph for a "
            "backward pass"
        )
    shape = list(engines.shape_of(tensor))
    if gradient is None:
        if any(size != 1 for size in shape):
            raise RuntimeError(
                f"grad can be implicitly created only for scalar outputs, and this one has shape {shape}: give the "
                f"vector of that shape, {usage}"
            )
        return Seed(tensor, engines.ones_like(tensor), True)
    is_library = hasattr(tensor, "new_ones")
    if is_library and not is_tensor(gradient):
        raise TypeError(f"gradients can be either Tensors or None, but got {text.described(gradient)}")
    given = list(engines.shape_of(gradient))
    if given != shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{place}] has a shape of {given} and output[{place}] has a "
            f"shape of {shape}; the vector must have one entry for each entry of the output"
        )
    return Seed(tensor, gradient.detach().to(tensor.dtype) if is_library else gradient, False)


def called(node: Node, given: list[Tensor | None]) -> list[Tensor | None]:
    """Return what a node sends to each of its inputs for the gradients of its results."""
    if all(gradient is None for gradient in given):
        return [None] * len(node.next_functions)
    products = node(*given) if callable(node) else _called_by_hand(node, given)
    products = products if isinstance(products, (tuple, list)) else (products,)
    return [None if product is None else engines.detached(product) for product in products]


def _called_by_hand(node: Node, given: list[Tensor | None]) -> list[Tensor | None]:
    """Return the same for PyTorch's node of a `Function`, doing what the engine does before and after it."""
    like = next(g for g in given if g is not None)
    kinds = zip(given, node._input_metadata, strict=True)
    returned = node.apply(*[like.new_zeros(tuple(k.shape), dtype=k.dtype) if g is None else g for g, k in kinds])
    returned = returned if isinstance(returned, tuple) else (returned,)
    # One for each argument of forward, tensor or not; next_functions has the tensors alone.
    needed = iter([g for g, is_needed in zip(returned, node.needs_input_grad, strict=False) if is_needed])
    return [None if before is None else next(needed, None) for before, _ in node.next_functions]


def passed_on(node: Node, position: int, product: Tensor) -> Tensor:
    """Return a product in the shape and type of the input that it is sent to."""
    before, index = node.next_functions[position]
    if not engines.metadata(before):
        return product
    kind = engines.metadata(before)[index]
    return _sum_to(product, list(kind.shape)).to(kind.dtype)


def _sum_to(gradient: Tensor, shape: list[int]) -> Tensor:
    """Return the gradient of a broadcast input: summed over the dimensions that broadcasting had added or stretched."""
    while len(gradient.shape) > len(shape):
        gradient = gradient.sum(0)
    for dimension, size in enumerate(shape):
        if size == 1 and gradient.shape[dimension] != 1:
            gradient = gradient.sum(dimension, keepdim=True)
    return gradient


def trace(reading: Reading, starts: list[Seed]) -> None:
    """Send the gradients through the graph; operations keep what they send, values what arrives, as tensors."""
    graph = reading.graph

    def arrive(place: int, gradient: Tensor) -> None:
        value = graph.values[place]
        value.arrived = gradient if value.arrived is None else value.arrived + gradient

    with unrecorded():
        for place, seed in zip(graph.outputs, starts, strict=True):
            value = graph.values[place]
            value.seed = seed.gradient if value.seed is None else value.seed + seed.gradient
            arrive(place, seed.gradient)
        # Inputs come before results, so that in reverse all that arrives at a result has arrived when it is visited.
        steps = zip(graph.operations, reading.nodes, reading.inputs, strict=True)
        for operation, node, inputs in reversed(list(steps)):
            given: list[Tensor | None] = [None] * operation.result_count
            for index, place in operation.results.items():
                given[index] = graph.values[place].arrived
            for position, product in enumerate(called(node, given)):
                place = inputs[position]
                if place is None or product is None or graph.values[place].kind not in ("leaf", "result"):
                    continue
                sent = passed_on(node, position, product)
                operation.sends[sum(before is not None for before in inputs[:position])] = sent
                arrive(place, sent)


def _norm(gradient: Tensor) -> float:
    """Return the norm of a gradient as one long vector, in double precision, where even tiny ones have a square."""
    array = gradient.double() if hasattr(gradient, "double") else gradient
    array = array.cpu() if hasattr(array, "cpu") else array
    return float(np.linalg.norm(np.asarray(array.tolist() if hasattr(array, "tolist") else array, dtype=float)))


def letter(graph: Graph) -> str:
    """Return what stands for the gradient that arrives: g, or another where a tensor has that name."""
    labels = {value.label for value in graph.values}
    return next((letter for letter in ("g", "grad", "gradient") if letter not in labels), "∂")


def on_an_arrow(gradient: Tensor, most_numbers: int) -> str:
    """Return a gradient in few letters: its numbers, else its shape."""
    line = brief(gradient, most_numbers)
    return line if len(line) <= _LONGEST_ON_AN_ARROW else f"shape {text.shape(engines.shape_of(gradient))}"


def write(graph: Graph, most_numbers: int, with_slopes: bool, with_norms: bool) -> None:
    """Put words and lengths in place of all gradients that `trace` left in the graph."""
    if with_norms:
        for operation in graph.operations:
            operation.norms = {position: _norm(gradient) for position, gradient in operation.sends.items()}
        for value in graph.values:
            value.norm = value.norm if value.arrived is None else _norm(value.arrived)
    if not with_slopes:
        for operation in graph.operations:
            operation.sends = {}
        for value in graph.values:
            value.arrived = value.seed = None

    def written(gradient: Tensor) -> str:
        return on_an_arrow(gradient, most_numbers)

    graph.letter = letter(graph)
    parts: dict[int, list[str]] = {}
    for place, value in enumerate(graph.values):
        if value.seed is not None:
            parts[place] = [written(value.seed)]
    for operation in reversed(graph.operations):
        operation.slopes = {position: written(gradient) for position, gradient in operation.sends.items()}
        for position, slope in operation.slopes.items():
            parts.setdefault(operation.inputs[position], []).append(slope)
        operation.sends = {}
    for place, value in enumerate(graph.values):
        if value.arrived is not None:
            value.slope, value.slopes = written(value.arrived), tuple(parts.get(place, ()))
        value.arrived = value.seed = None
