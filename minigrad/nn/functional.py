"""The parts of networks as functions: layers, activations and, from their own file, losses."""

import math
import warnings

import numpy as np

from .. import random
from ..dtypes import int64
from ..engine.operation import functions, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from ..errors import kind
from ..operations import statistics
from ..operations.arguments import need_tensors
from ..operations.arranging import pad
from ..operations.left_out import front
from .losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    huber_loss,
    l1_loss,
    mse_loss,
    nll_loss,
    smooth_l1_loss,
)
from .normalization import batch_norm, layer_norm

# --- what the formulas use


def product_plus(x, y, z):
    """Return x + yz for matrices y and z."""
    product = y.dot(z)
    try:
        product += x
    except ValueError:
        raise RuntimeError(
            f"The bias of shape {list(x.shape)} cannot be added to each row of a result of shape {list(product.shape)}"
        ) from None
    return product


def looked_up(g, shape: tuple, numbers, padding: int):
    """Return zeros of a table's shape to whose rows g is added where they were picked, except to the padding row."""
    total = np.zeros(shape, g.dtype)
    np.add.at(total, numbers, g)
    if padding >= 0:
        total[padding] = 0
    return total


def picked_again(x, numbers, padding: int):
    """Return the rows of a table, with zeros for the padding row."""
    rows = x[numbers]
    if padding >= 0:
        rows[numbers == padding] = 0
    return rows


for helper in (product_plus, looked_up, picked_again):
    on_arrays[helper.__name__] = on_tensors[helper.__name__] = helper

# fmt: off
# ---- operation ----------------- result ----------------- x receives ----------- y receives ---- z receives -------
rule("addmm(x, y, z)",            "product_plus(x, y, z)", x="sum_to(g, x.shape)", y="mm(g, t(z))", z="t(mm(t(g), y))",
     inner=True, elementwise=False, saved_as={"y": "mat1", "z": "mat2", "x_shape": None})
rule("leaky_relu(x, slope)",      "np.where(x > 0, x, x * slope)", x="where(x > 0, g, g * slope)",
     inner=True, saved_as={"slope": "negative_slope"})
rule("embedding(x, numbers, padding)", "x[numbers]", x="embedding_dense_backward(g, x.shape, numbers, padding)",
     inner=True, converts=False, frees=True, saved_as={"numbers": "indices", "padding": "padding_idx", "x_shape": None})
rule("embedding_dense_backward(x, shape, numbers, padding)", "looked_up(x, shape, numbers, padding)",
     x="embedding_again(g, numbers, padding)", inner=True)
rule("embedding_again(x, numbers, padding)", "picked_again(x, numbers, padding)",
     x="embedding_dense_backward(g, x.shape, numbers, padding)", inner=True)
# fmt: on

addmm = on_tensors["addmm"]

# --- layers and activations


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Compute input · weightᵀ + bias.

    Shapes: input (…, n), weight (m, n), bias (m,) or None; the result (…, m).
    Errors: RuntimeError for shapes that do not fit and for different types.
    Gradient: the input receives g weight, weight gᵀ input, bias the sum of g over all rows.

    >>> F = torch.nn.functional
    >>> F.linear(torch.tensor([1., 2.]), torch.tensor([[3., 4.]]), torch.tensor([5.]))
    tensor([16.])
    """
    need_tensors("linear", input, weight)
    x, w = input._data, weight._data
    if x.ndim == 0 or w.ndim == 0:
        raise RuntimeError(f"both arguments to linear need to be at least 1D, but they are {x.ndim}D and {w.ndim}D")
    if bias is None:
        return input.matmul(weight.t())
    if w.ndim != 2:
        raise RuntimeError(f"mat2 must be a matrix, got {w.ndim}-D tensor: the weight has shape {list(w.shape)}")
    rows = input if x.ndim == 2 else input.reshape(math.prod(x.shape[:-1]), x.shape[-1])
    if x.shape[-1] != w.shape[1]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows.shape[0]}x{x.shape[-1]} and {w.shape[1]}x{w.shape[0]}): "
            f"the input has {x.shape[-1]} features in its last dimension, the layer takes {w.shape[1]}"
        )
    if x.dtype != w.dtype or bias._data.dtype != w.dtype:
        raise RuntimeError(
            f"mat1 and mat2 must have the same dtype, but got {input.dtype}, {weight.dtype} and a bias of {bias.dtype}"
        )
    result = addmm(bias, rows, weight.t())
    return result if x.ndim == 2 else result.view(*x.shape[:-1], w.shape[0])


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Replace each negative element by 0: torch.relu.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.
    Errors: NotImplementedError for truth values.
    Gradient: the input receives g where it is positive, and 0 elsewhere.

    >>> torch.nn.functional.relu(torch.tensor([-1., 2.]))
    tensor([0., 2.])
    """
    return functions["relu_" if inplace else "relu"](input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """Multiply each negative element by negative_slope.

    Shapes: any; the result has that of the input.
    Errors: NotImplementedError for whole numbers and truth values.
    Gradient: the input receives g where it is positive, and g * negative_slope elsewhere.

    >>> torch.nn.functional.leaky_relu(torch.tensor([-1., 2.]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    need_tensors("leaky_relu", input)
    if input._data.dtype.kind != "f":
        raise NotImplementedError(f"leaky_relu() is not implemented for {input.dtype}: convert with .float()")
    return on_tensors["leaky_relu"](input, negative_slope)


def tanh(input: Tensor) -> Tensor:
    """Compute the hyperbolic tangent of each element, a number between -1 and 1: torch.tanh.

    Shapes: any; the result has that of the input.
    Gradient: the input receives g * (1 - result²).

    >>> torch.nn.functional.tanh(torch.tensor([0., 1.]))
    tensor([0.0000, 0.7616])
    """
    return functions["tanh"](input)


def sigmoid(input: Tensor) -> Tensor:
    """Compute 1 / (1 + exp(-x)) for each element x, a number between 0 and 1: torch.sigmoid.

    Shapes: any; the result has that of the input.
    Gradient: the input receives g * result * (1 - result).

    >>> torch.nn.functional.sigmoid(torch.tensor([0., 1.]))
    tensor([0.5000, 0.7311])
    """
    return functions["sigmoid"](input)


softplus = statistics.softplus


def softmax(input: Tensor, dim: int | None = None, dtype=None) -> Tensor:
    """Compute exp(x) / Σ exp(x) along dim: positive numbers whose sum is 1.

    dim: left out, it is guessed with a UserWarning; dtype: a type to convert to first.
    Shapes: any; the result has that of the input.
    Errors: IndexError for a dim that the tensor does not have, NotImplementedError for anything but floating point.
    Gradient: that of torch.softmax.

    >>> torch.nn.functional.softmax(torch.tensor([1., 2., 3.]), dim=0)
    tensor([0.0900, 0.2447, 0.6652])
    """
    return functions["softmax"](input, chosen_dim("softmax", input, dim), dtype)


def log_softmax(input: Tensor, dim: int | None = None, dtype=None) -> Tensor:
    """Compute log(softmax(x)) along dim, without overflow and without log(0).

    dim: left out, it is guessed with a UserWarning; dtype: a type to convert to first.
    Shapes: any; the result has that of the input.
    Errors: IndexError for a dim that the tensor does not have, NotImplementedError for anything but floating point.
    Gradient: that of torch.log_softmax.

    >>> torch.nn.functional.log_softmax(torch.tensor([1., 2., 3.]), dim=0)
    tensor([-2.4076, -1.4076, -0.4076])
    """
    return functions["log_softmax"](input, chosen_dim("log_softmax", input, dim), dtype)


def chosen_dim(name: str, input: Tensor, dim: int | None) -> int:
    need_tensors(name, input)
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=3,
    )
    return 0 if input.ndim in (0, 1, 3) else 1


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Write each class number as a row of zeros with a one at that place.

    num_classes: one more than the largest number, if left out.
    Shapes: tensor (…); the result (…, num_classes), int64.
    Errors: RuntimeError for numbers outside 0 … num_classes - 1, and for anything but int64.
    Gradient: none flows through it.

    >>> torch.nn.functional.one_hot(torch.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    numbers = tensor._data
    if tensor.dtype is not int64:
        raise RuntimeError(f"one_hot is only applicable to index tensor of type LongTensor, not {tensor.dtype}")
    if numbers.size == 0 and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if numbers.size and numbers.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    count = int(numbers.max()) + 1 if num_classes == -1 else num_classes
    if numbers.size and numbers.max() >= count:
        raise RuntimeError(f"Class values must be smaller than num_classes, {num_classes}.")
    return wrap((np.asarray(numbers)[..., None] == np.arange(count)).astype(np.int64), None)


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
) -> Tensor:
    """Pick for every number the row of weight with that number.

    padding_idx: the number of a row that receives no gradient.
    Shapes: input (…), int64 or int32; weight (n, m); the result (…, m).
    Errors: RuntimeError for an input of floating-point numbers, IndexError for a number outside 0 … n - 1.
    Gradient: each row of weight receives the sum of g wherever it was picked.

    >>> torch.nn.functional.embedding(torch.tensor([2, 0]), torch.tensor([[1., 2.], [3., 4.], [5., 6.]]))
    tensor([[5., 6.],
            [1., 2.]])
    """
    if not isinstance(input, Tensor):
        raise TypeError(f"embedding(): argument 'indices' (position 2) must be Tensor, not {kind(input)}")
    need_tensors("embedding", weight)
    numbers, rows = np.asarray(input._data), weight._data
    if numbers.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{input.type()} instead (while checking arguments for embedding)"
        )
    if rows.ndim != 2:
        raise RuntimeError(f"'weight' must be 2-D, but its shape is {list(weight.shape)}")
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < len(rows)):
        wrong = numbers[(numbers < 0) | (numbers >= len(rows))].flat[0]
        raise IndexError(f"index out of range in self: there is no row {wrong} in a table of {len(rows)} rows")
    if padding_idx is not None:
        if not -len(rows) <= padding_idx < len(rows):
            raise AssertionError(f"padding_idx must be within num_embeddings, {len(rows)}, but is {padding_idx}")
        padding_idx %= len(rows)
    return on_tensors["embedding"](weight, numbers, -1 if padding_idx is None else padding_idx)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set each element to 0 with probability p, and divide the others by 1 - p, so that the mean stays as it is.

    training: False returns the input itself; inplace: write the result into the input.
    Shapes: any; the result has that of the input.
    Errors: ValueError for a p outside [0, 1], RuntimeError for whole numbers.
    Source: Srivastava and others, Journal of Machine Learning Research 15, 2014.
    Gradient: the input receives g / (1 - p) where it was kept, and 0 elsewhere.

    >>> torch.nn.functional.dropout(torch.tensor([1., 2.]), p=0.5, training=False)
    tensor([1., 2.])
    """
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    need_tensors("dropout", input)
    if not training or not p or not input._data.size:
        return input
    if input._data.dtype.kind != "f":
        raise RuntimeError(f"result type Float can't be cast to the desired output type {input.dtype}: use .float()")
    data = input._data
    kept = random.chance(1 - p, data.shape).astype(data.dtype) if p < 1 else np.zeros(data.shape, data.dtype)
    mask = wrap(np.divide(kept, data.dtype.type(1 - p)) if p < 1 else kept, None)
    return input.mul_(mask) if inplace else input.mul(mask)


__all__ = [
    "batch_norm",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "dropout",
    "embedding",
    "huber_loss",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "pad",
    "relu",
    "sigmoid",
    "smooth_l1_loss",
    "softmax",
    "softplus",
    "tanh",
]
__getattr__, __dir__ = front(__name__)
