"""What networks are made of, as functions: layers and, from files of their own, activations and losses."""

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
from .activations import (
    elu,
    gelu,
    hardtanh,
    leaky_relu,
    logsigmoid,
    mish,
    relu,
    relu6,
    sigmoid,
    silu,
    softsign,
    tanh,
)
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
rule("embedding(x, numbers, padding)", "x[numbers]", x="embedding_dense_backward(g, x.shape, numbers, padding)",
     inner=True, converts=False, frees=True, saved_as={"numbers": "indices", "padding": "padding_idx", "x_shape": None})
rule("embedding_dense_backward(x, shape, numbers, padding)", "looked_up(x, shape, numbers, padding)",
     x="embedding_again(g, numbers, padding)", inner=True)
rule("embedding_again(x, numbers, padding)", "picked_again(x, numbers, padding)",
     x="embedding_dense_backward(g, x.shape, numbers, padding)", inner=True)
# fmt: on

addmm = on_tensors["addmm"]

# --- layers, and what works along a dimension


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


def softmin(input: Tensor, dim: int | None = None, dtype=None) -> Tensor:
    """Compute exp(-x) / Σ exp(-x) along dim: softmax of the negative numbers.

    dim: left out, it is guessed with a UserWarning; dtype: a type to convert to first.
    Shapes: any; the result has that of the input.
    Errors: IndexError for a dim that the tensor does not have, NotImplementedError for anything but floating point.
    Gradient: minus that of softmax.

    >>> torch.nn.functional.softmin(torch.tensor([1., 2., 3.]), dim=0)
    tensor([0.6652, 0.2447, 0.0900])
    """
    return functions["softmax"](-input, chosen_dim("softmin", input, dim), dtype)


def chosen_dim(name: str, input: Tensor, dim: int | None) -> int:
    need_tensors(name, input)
    if dim is not None:
        return dim
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=3,
    )
    return 0 if input.ndim in (0, 1, 3) else 1


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """Divide by the p-norm along dim, so that the vectors along it have the norm 1.

    eps: a norm counts at least that much.
    Shapes: any; the result has that of the input.
    Errors: IndexError for a dim that the tensor does not have, RuntimeError for whole numbers.
    Gradient: the input receives that of the quotient.

    >>> torch.nn.functional.normalize(torch.tensor([[3., 4.], [0., 5.]]))
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """
    need_tensors("normalize", input)
    return input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)


cosine_similarity = functions["cosine_similarity"]


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
    "cosine_similarity",
    "cross_entropy",
    "dropout",
    "elu",
    "embedding",
    "gelu",
    "hardtanh",
    "huber_loss",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "mish",
    "mse_loss",
    "nll_loss",
    "normalize",
    "one_hot",
    "pad",
    "relu",
    "relu6",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "softmax",
    "softmin",
    "softplus",
    "softsign",
    "tanh",
]
__getattr__, __dir__ = front(__name__)
