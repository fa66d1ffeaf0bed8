"""What networks are made of, as functions: the linear layer, activations and losses."""

import math
import warnings

import numpy as np

from ..dtypes import int64
from ..engine.operation import functions, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from ..errors import no_broadcast
from ..operations import choosing, statistics
from ..operations.arguments import need_tensors

NONE, MEAN, SUM = 0, 1, 2  # how a loss puts the losses of the elements together, in PyTorch's numbers


# --- what the formulas say


def product_plus(x, y, z):
    """x + yz for matrices y and z."""
    product = y.dot(z)
    try:
        product += x
    except ValueError:
        raise RuntimeError(
            f"The bias of shape {list(x.shape)} cannot be added to each row of a result of shape {list(product.shape)}"
        ) from None
    return product


def reduced(losses, reduction: int):
    """The losses of the elements, their mean or their sum."""
    if reduction == NONE:
        return losses
    total = np.add.reduce(losses, None)
    return total / losses.size if reduction == MEAN else total


def scaled(g, factor, reduction: int, count: int):
    """g times the factor, and divided by the number of elements where the loss is their mean."""
    return g * (factor / (count or 1) if reduction == MEAN else factor)


def places(target):
    """Where a target points, as an index: in each row of a matrix to one element, or to one of a vector."""
    return (np.arange(len(target)), target) if target.ndim else target


def picked(x, target):
    """Of each row of x the element whose number stands in the target; of a vector x, one element."""
    return x[places(target)]


def spread(g, target, shape: tuple, reduction: int):
    """Each row's -g where the target points, divided by their number for a mean, and 0 elsewhere."""
    classes = target._data if isinstance(target, Tensor) else target
    g = scaled(g, -1, reduction, classes.size)
    if isinstance(g, Tensor):
        at = np.arange(shape[-1]) == classes[..., None]
        return choosing.where(wrap(at, None), g.reshape((*classes.shape, 1)) if reduction == NONE else g, 0.0)
    whole = np.zeros(shape, g.dtype)
    whole[places(classes)] = g
    return whole


ZERO, ONE = np.array(0, np.float32), np.array(1, np.float32)  # a Python number takes NumPy 0.3 µs longer each time


def cross_entropy_of_logits(x, y):
    """-y log s(x) - (1 - y) log(1 - s(x)) with the sigmoid s, without overflow for any x."""
    losses = np.log1p(np.exp(-np.abs(x)))
    losses -= np.minimum(x, ZERO)
    losses += (ONE - y) * x
    return losses


for helper in (product_plus, reduced, scaled, picked, spread, cross_entropy_of_logits):
    on_arrays[helper.__name__] = on_tensors[helper.__name__] = helper

# fmt: off
# ---- operation ----------------- result ----------------- x receives ----------- y receives ---- z receives -------
rule("addmm(x, y, z)",            "product_plus(x, y, z)", x="sum_to(g, x.shape)", y="mm(g, t(z))", z="t(mm(t(g), y))",
     inner=True, elementwise=False, saved_as={"y": "mat1", "z": "mat2", "x_shape": None})
rule("leaky_relu(x, slope)",      "np.where(x > 0, x, x * slope)", x="where(x > 0, g, g * slope)",
     inner=True, saved_as={"slope": "negative_slope"})
rule("mse_loss(x, y, reduction)", "reduced(np.square(x - y), reduction)",
     x="(x - y) * scaled(g, 2, reduction, x.size)",         y="(y - x) * scaled(g, 2, reduction, x.size)",
     inner=True, saved_as={"y": "target", "x_size": None})
rule("nll_loss(x, target, reduction)", "reduced(-picked(x, target), reduction)",
     x="spread(g, target, x.shape, reduction)",             inner=True, saved_as={"x_shape": None})
rule("bce_logits(x, y, reduction)",    "reduced(cross_entropy_of_logits(x, y), reduction)",
     x="(sigmoid(x) - y) * scaled(g, 1, reduction, x.size)", y="-x * scaled(g, 1, reduction, x.size)",
     inner=True, node="BinaryCrossEntropyWithLogitsBackward0", saved_as={"y": "target", "x_size": None})
# fmt: on

addmm = on_tensors["addmm"]

# --- layers and activations


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input · weightᵀ + bias.  input: (…, n), weight: (m, n), bias: (m,); the result: (…, m)."""
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
    """max(x, 0)."""
    return functions["relu_" if inplace else "relu"](input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """x where it is positive, negative_slope · x elsewhere."""
    return on_tensors["leaky_relu"](input, negative_slope)


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent, between -1 and 1."""
    return functions["tanh"](input)


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + e⁻ˣ), between 0 and 1."""
    return functions["sigmoid"](input)


softplus = statistics.softplus


def softmax(input: Tensor, dim: int | None = None, dtype=None) -> Tensor:
    """eˣ / Σ eˣ along `dim`: positive numbers with sum 1."""
    return functions["softmax"](input, chosen_dim("softmax", input, dim), dtype)


def log_softmax(input: Tensor, dim: int | None = None, dtype=None) -> Tensor:
    """The logarithm of softmax, without overflow and without log(0)."""
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
    """Each class number as a row of zeros with a one at that place: shape (…, num_classes), int64.

    num_classes: one more than the largest number, if left out.  RuntimeError for numbers outside 0 … num_classes - 1.
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


# --- losses


def reduction_of(name: str) -> int:
    numbers = {"none": NONE, "mean": MEAN, "sum": SUM}
    if name not in numbers:
        raise ValueError(f"{name} is not a valid value for reduction: use 'mean', 'sum' or 'none'")
    return numbers[name]


def together(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both in one shape, with a warning where that takes broadcasting."""
    for value in (input, target):
        if not isinstance(value, Tensor):
            raise AttributeError(f"a loss compares two tensors, but got {type(value).__name__!r}, which has no 'size'")
    if input._data.shape == target._data.shape:
        return input, target
    warnings.warn(
        f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely "
        "lead to incorrect results due to broadcasting. Please ensure they have the same size.",
        stacklevel=4,
    )
    mismatch = no_broadcast(input._data, target._data)
    if mismatch is not None:
        raise mismatch
    shape = np.broadcast_shapes(input._data.shape, target._data.shape)
    return tuple(t if t._data.shape == shape else t.expand(shape) for t in (input, target))  # type: ignore[return-value]


def mse_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """The squared differences (input - target)²: their mean, their sum, or, with "none", each of them.

    UserWarning where the shapes differ and are broadcast.
    """
    input, target = together(input, target)
    number = reduction_of(reduction)
    if input._data.dtype.kind != "f" and target._data.dtype.kind != "f":
        raise NotImplementedError(f'"mse_cpu" not implemented for {input.dtype}: convert with .float() first')
    return on_tensors["mse_loss"](input, target, number)


def l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """The absolute differences |input - target|: their mean, their sum, or, with "none", each of them.

    UserWarning where the shapes differ and are broadcast.
    """
    input, target = together(input, target)
    number = reduction_of(reduction)
    losses = input.sub(target).abs()
    return losses.mean() if number == MEAN else losses.sum() if number == SUM else losses


def nll_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Minus the log-probability of the right class: the mean over the rows, the sum, or, with "none", each of them.

    input: log-probabilities, (rows, classes) or (classes,); target: class numbers, int64, (rows,) or ().
    """
    number = reduction_of(reduction)
    if not isinstance(target, Tensor):
        raise TypeError(f"nll_loss(): argument 'target' must be Tensor, not {type(target).__name__}")
    x, classes = input._data, np.asarray(target._data)
    if x.ndim == 0:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if x.ndim > 2:
        raise NotImplementedError(
            f"minigrad's class losses take (rows, classes), not {list(x.shape)}: reshape to two dimensions first"
        )
    if x.ndim == 2 and classes.ndim < 2 and classes.shape != x.shape[:1]:
        raise ValueError(
            f"Expected input batch_size ({len(x)}) to match target batch_size ({classes.size}): the target has one "
            "class number for each row of the input."
        )
    if classes.ndim != x.ndim - 1:
        raise RuntimeError(
            f"0D or 1D target tensor expected, multi-target not supported: the target of an input of shape "
            f"{list(x.shape)} has one class number a row, not shape {list(classes.shape)}"
        )
    if classes.dtype != np.int64:
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype}: convert with .long()")
    if x.dtype.kind != "f":
        raise NotImplementedError(f"nll_loss is not implemented for {input.dtype}: convert with .float() first")
    if classes.size and np.maximum.reduce(classes.view(np.uint64), None) >= x.shape[-1]:  # a negative one is huge
        wrong = classes[(classes < 0) | (classes >= x.shape[-1])].flat[0]
        raise IndexError(f"Target {wrong} is out of bounds: there are {x.shape[-1]} classes.")
    return on_tensors["nll_loss"](input, classes, number)


def cross_entropy(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Minus the log-probability of the right class, from unnormalised scores: nll_loss(log_softmax(input), target).

    input: scores (logits), (rows, classes) or (classes,); target: class numbers, int64, (rows,) or ().
    """
    if isinstance(target, Tensor) and target._data.dtype.kind == "f" and target._data.shape == input._data.shape:
        raise NotImplementedError(
            "minigrad's cross_entropy takes class numbers; for probabilities p write "
            "-(p * F.log_softmax(input, dim=-1)).sum(-1).mean()"
        )
    return nll_loss(input.log_softmax(-1) if input.ndim else input, target, reduction=reduction)


def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """-y log s(x) - (1 - y) log(1 - s(x)) with the sigmoid s: the mean, the sum, or, with "none", each of them.

    input: scores x of any sign; target: the probabilities y, floating point, of the same shape, else a ValueError.
    """
    number = reduction_of(reduction)
    if target._data.shape != input._data.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if target._data.dtype.kind != "f":
        raise RuntimeError(
            f"result type Float can't be cast to the target's type {target.dtype}: convert with .float()"
        )
    return on_tensors["bce_logits"](input, target, number)


def __getattr__(name: str):
    raise AttributeError(f"module 'torch.nn.functional' has no attribute {name!r} here: minigrad leaves it out")
