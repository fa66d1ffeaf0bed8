"""Jacobians and Hessians of functions, whole or multiplied by a vector.

Every function here takes a function `func` of tensors, which returns a tensor or a tuple of them, and its arguments
`inputs`: a tensor, or a tuple of tensors.  Results come in the same shape: a tensor for a tensor, a tuple for a tuple.
With create_graph=True they can be differentiated themselves.  With strict=True an output that does not depend on an
input is a RuntimeError; otherwise its derivative is 0.
"""

from typing import Any

from ..engine.operation import functions
from ..engine.tensor import Tensor
from ..grad_mode import enable_grad
from ..operations.left_out import front
from .passes import grad

stack, zeros_like = functions["stack"], functions["zeros_like"]


def jacobian(func, inputs, create_graph: bool = False, strict: bool = False) -> Any:
    """Compute the matrix of all derivatives of the outputs with respect to the inputs.

    One backward pass for each element of the output; jacobian[i][j] is that of output i and input j where both are
    tuples.
    Shapes: (*output.shape, *input.shape).
    Errors: TypeError for anything that is not a tensor, or tuple of them; RuntimeError, with strict, for an output that
    does not depend on an input.

    >>> torch.autograd.functional.jacobian(lambda x: x * x, torch.tensor([1., 2.]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    with enable_grad():
        one_input, points = prepared("inputs", inputs, create_graph)
        one_output, outputs = called(func, points, strict)
        blocks = []
        for i, output in enumerate(outputs):
            flat = output.reshape(-1)
            rows = [
                gradients([flat[k]], points, None, create_graph, strict, f"output {i}", keep=True)
                for k in range(flat.numel())
            ]
            blocks.append(
                tuple(
                    (stack(column) if column else zeros_like(flat)).reshape((*output.shape, *point.shape))
                    for column, point in zip(
                        zip(*rows, strict=True) if rows else [()] * len(points), points, strict=True
                    )
                )
            )
        if one_input:
            blocks = [block[0] for block in blocks]
        return released(blocks[0] if one_output else tuple(blocks), create_graph)


def hessian(func, inputs, create_graph: bool = False, strict: bool = False) -> Any:
    """Compute the matrix of all second derivatives of a function with one output of one element.

    hessian[i][j] is that of the inputs i and j where inputs is a tuple.
    Shapes: (*input.shape, *input.shape).
    Errors: RuntimeError for an output of several elements, and those of jacobian.

    >>> torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """

    def gradient(*points):
        return jacobian(lambda *args: scalar(func(*args), "hessian"), points, create_graph=True, strict=strict)

    result = jacobian(gradient, inputs if isinstance(inputs, tuple) else (inputs,), create_graph, strict)
    return result if isinstance(inputs, tuple) else result[0][0]


def vjp(func, inputs, v=None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """Compute the outputs, and the vector v multiplied by the Jacobian, vᵀJ, by one backward pass.

    Shapes: v has the outputs', and may be left out for a single output of one element; the product has the inputs'.
    Errors: RuntimeError for a v of another shape, and those of jacobian.

    >>> torch.autograd.functional.vjp(lambda x: x * x, torch.tensor([1., 2.]), torch.tensor([1., 1.]))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    with enable_grad():
        one_input, points = prepared("inputs", inputs, create_graph)
        one_output, outputs = called(func, points, strict)
        vector = vector_for(v, outputs, one_output, create_graph, "output")
        product = gradients(outputs, points, vector, create_graph, strict, "the output")
        return answer(outputs, one_output, product, one_input, create_graph)


def jvp(func, inputs, v=None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """Compute the outputs, and the Jacobian multiplied by the vector v, Jv, by two backward passes.

    The first pass gives uᵀJ, which is linear in u; its derivative with respect to u, multiplied by v, is Jv.
    Shapes: v has the inputs', and may be left out for a single input of one element; the product has the outputs'.
    Errors: RuntimeError for a v of another shape, and those of jacobian.

    >>> torch.autograd.functional.jvp(lambda x: x * x, torch.tensor([1., 2.]), torch.tensor([1., 0.]))
    (tensor([1., 4.]), tensor([2., 0.]))
    """
    with enable_grad():
        one_input, points = prepared("inputs", inputs, create_graph)
        vector = vector_for(v, points, one_input, create_graph, "input")
        one_output, outputs = called(func, points, strict)
        u = [zeros_like(output, requires_grad=True) for output in outputs]
        linear = gradients(outputs, points, u, True, strict, "the output")
        product = gradients(linear, u, vector, create_graph, strict, "the Jacobian")
        return answer(outputs, one_output, product, one_output, create_graph)


def vhp(func, inputs, v=None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """Compute the output of one element, and the vector v multiplied by the Hessian, vᵀH, by two backward passes.

    Shapes: v and the product have the inputs'; v may be left out for a single input of one element.
    Errors: RuntimeError for a v of another shape and for an output of several elements, and those of jacobian.

    >>> torch.autograd.functional.vhp(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]), torch.tensor([1., 0.]))
    (tensor(9.), tensor([6., 0.]))
    """
    with enable_grad():
        one_input, points = prepared("inputs", inputs, create_graph)
        vector = vector_for(v, points, one_input, create_graph, "input")
        output = scalar(func(*points), "vhp")
        slope = gradients([output], points, None, True, strict, "the output")
        product = gradients(slope, points, vector, create_graph, strict, "the gradient")
        return answer([output], True, product, one_input, create_graph)


def hvp(func, inputs, v=None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """Compute the output of one element, and the Hessian multiplied by the vector v, Hv.

    vhp is faster and gives the same: a Hessian is symmetric wherever it is continuous.
    Shapes: v and the product have the inputs'; v may be left out for a single input of one element.
    Errors: RuntimeError for a v of another shape and for an output of several elements, and those of jacobian.

    >>> torch.autograd.functional.hvp(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]), torch.tensor([1., 0.]))
    (tensor(9.), tensor([6., 0.]))
    """
    with enable_grad():
        one_input, points = prepared("inputs", inputs, create_graph)
        vector = vector_for(v, points, one_input, create_graph, "input")
        output = scalar(func(*points), "hvp")
        slope = gradients([output], points, None, True, strict, "the output")
        u = [zeros_like(point, requires_grad=True) for point in points]
        linear = gradients(slope, points, u, True, strict, "the gradient")
        product = gradients(linear, u, vector, create_graph, strict, "the Hessian")
        return answer([output], True, product, one_input, create_graph)


# --- what they share


def as_tuple(what: str, given) -> tuple[bool, tuple]:
    """Return a tensor as a tuple of one, and whether it was one; TypeError for anything but tensors."""
    single = not isinstance(given, tuple)
    tensors = (given,) if single else given
    for index, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            where = "" if single else f", but the value at index {index}"
            raise TypeError(
                f"The {what} must be either a Tensor or a tuple of Tensors{where}, not {type(tensor).__name__}"
            )
    return single, tensors


def prepared(what: str, inputs, create_graph: bool) -> tuple[bool, tuple]:
    """Return the inputs as new tensors, so that other uses of them are constants and their .grad is safe."""
    single, tensors = as_tuple(f"{what} of the function", inputs)
    return single, tuple(
        t.view_as(t) if create_graph and t.requires_grad else t.detach().requires_grad_() for t in tensors
    )


def called(func, points, strict: bool) -> tuple[bool, tuple]:
    single, outputs = as_tuple("outputs of the user-provided function", func(*points))
    for i, output in enumerate(outputs):
        if strict and not output.requires_grad:
            raise RuntimeError(
                f"Output {i} of the user-provided function does not require gradients: it does not depend on the "
                "inputs, which is not allowed in strict mode."
            )
    return single, outputs


def scalar(output, name: str) -> Tensor:
    """Return the single output of one element, as a 0-d tensor."""
    if not isinstance(output, Tensor):
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if output.numel() != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {name} should contain a single element, not {output.numel()}"
        )
    return output if name != "hessian" else output.squeeze()


def vector_for(v, tensors, single: bool, create_graph: bool, what: str):
    """Return the vector v as a tuple of tensors of the shapes of `tensors`; RuntimeError where it is not."""
    if v is None:
        if len(tensors) != 1 or tensors[0].numel() != 1:
            raise RuntimeError(
                f"The vector v can only be None if the function has a single {what} with a single element: give a v of "
                f"the {what}'s shape"
            )
        return None
    _, vectors = as_tuple("vector v", v)
    if len(vectors) != len(tensors):
        raise RuntimeError(
            "The given v should contain a single Tensor."
            if single
            else f"v is a tuple of invalid length: should be {len(tensors)} but got {len(vectors)}."
        )
    for index, (vector, tensor) in enumerate(zip(vectors, tensors, strict=True)):
        if vector.shape != tensor.shape:
            where = "" if single else f"Entry {index} in "
            raise RuntimeError(f"{where}v has invalid size: should be {tensor.shape} but got {vector.shape}.")
    return [vector if create_graph and vector.requires_grad else vector.detach() for vector in vectors]


def gradients(outputs, inputs, v, create_graph: bool, strict: bool, what: str, keep: bool | None = None) -> list:
    """vᵀ times the derivatives of the outputs; zeros, or in strict mode an error, for an input without influence."""
    vectors = [None] * len(outputs) if v is None else v
    pairs = [pair for pair in zip(outputs, vectors, strict=True) if pair[0].requires_grad]
    found: tuple = (None,) * len(inputs)
    if pairs:
        live, vectors = zip(*pairs, strict=True)
        found = grad(live, inputs, vectors, keep, create_graph, allow_unused=True)
    for index, g in enumerate(found):
        if strict and (g is None or (create_graph and not g.requires_grad)):
            raise RuntimeError(
                f"{what[0].upper()}{what[1:]} of the user-provided function is independent of input {index}"
                f"{', or its derivative is' if g is not None else ''}. This is not allowed in strict mode."
            )
    return [zeros_like(x) if g is None else g for g, x in zip(found, inputs, strict=True)]


def answer(outputs, one_output: bool, product, one_product: bool, create_graph: bool) -> tuple:
    """Return the outputs and the product, as tensors or tuples of them."""
    pair = outputs[0] if one_output else tuple(outputs), product[0] if one_product else tuple(product)
    return released(pair, create_graph)


def released(results, create_graph: bool):
    """Outside the graph, unless the caller wants to differentiate the results."""
    if isinstance(results, tuple):
        return tuple(released(result, create_graph) for result in results)
    return results if create_graph else results.detach()


__all__ = [
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "vhp",
    "vjp",
]
__getattr__, __dir__ = front(__name__)
