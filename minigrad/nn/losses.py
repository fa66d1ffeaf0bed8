"""Losses, as functions: how far an output is from its target, as one number."""

import warnings

import numpy as np

from ..engine.operation import rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from ..errors import kind, no_broadcast
from ..operations import choosing, statistics
from ..operations.arguments import need_tensors

NONE, MEAN, SUM = 0, 1, 2  # how a loss puts the losses of the elements together, in PyTorch's numbers


# --- what the formulas use


def reduced(losses, reduction: int):
    """Return the losses of the elements, their mean or their sum."""
    if reduction == NONE:
        return losses
    total = np.add.reduce(losses, None)
    return total / losses.size if reduction == MEAN else total


def scaled(g, factor, reduction: int, count: int):
    """Return g times the factor, and divided by the number of elements where the loss is their mean."""
    return g * (factor / (count or 1) if reduction == MEAN else factor)


def places(target):
    """Return where a target points, as an index: in each row of a matrix to one element, or to one of a vector."""
    return (np.arange(len(target)), target) if target.ndim else target


def picked(x, target):
    """Return from each row of x the element whose number is in the target; of a vector x, one element."""
    return x[places(target)]


def spread(g, target, shape: tuple, reduction: int):
    """Return each row's -g where the target points, divided by their number for a mean, and 0 elsewhere."""
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


def cross_entropy_of_chances(x, y):
    """-y log x - (1 - y) log(1 - x), where a logarithm is never below -100."""
    return -(y * np.maximum(np.log(x), -100) + (1 - y) * np.maximum(np.log1p(-x), -100))


def at_least(x, least: float):
    return x.clamp(min=least) if isinstance(x, Tensor) else np.maximum(x, x.dtype.type(least))


def softplus_of(x):
    return statistics.softplus(x) if isinstance(x, Tensor) else np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)


def of_weighted_logits(x, y, weight, positive):
    """Return `cross_entropy_of_logits` with weights: of the elements, and of the probability y of being true."""
    return weight * ((1 - y) * x + (1 + (positive - 1) * y) * softplus_of(-x))


def smooth(x, y, beta: float):
    """Half the square of x - y by beta where that is below beta, and |x - y| - beta / 2 elsewhere."""
    z = np.abs(x - y)
    return np.where(z < beta, 0.5 * z * z / beta, z - x.dtype.type(0.5 * beta))


def hubers(x, y, delta: float):
    """Half the square of x - y where that is at most delta, continued by straight lines beyond."""
    z = np.abs(x - y)
    return np.where(z <= delta, 0.5 * z * z, delta * (z - x.dtype.type(0.5 * delta)))


def limited(z, most: float):
    """Return z, but not beyond ±most; at the bound it has no slope any more."""
    if not isinstance(z, Tensor):
        return np.clip(z, -most, most)
    return choosing.where(z.abs() < most, z, on_tensors["sign"](z) * most)


for helper in (
    reduced, scaled, picked, spread, cross_entropy_of_logits, cross_entropy_of_chances, at_least, softplus_of,
    of_weighted_logits, smooth, hubers, limited,
):  # fmt: skip
    on_arrays[helper.__name__] = on_tensors[helper.__name__] = helper

# fmt: off
# ---- operation ----------------- result ----------------- x receives ----------- y receives -----------------------
rule("mse_loss(x, y, reduction)", "reduced(np.square(x - y), reduction)",
     x="(x - y) * scaled(g, 2, reduction, x.size)",         y="(y - x) * scaled(g, 2, reduction, x.size)",
     inner=True, saved_as={"y": "target", "x_size": None})
rule("nll_loss(x, target, reduction)", "reduced(-picked(x, target), reduction)",
     x="spread(g, target, x.shape, reduction)",             inner=True, saved_as={"x_shape": None})
rule("bce_logits(x, y, reduction)",    "reduced(cross_entropy_of_logits(x, y), reduction)",
     x="(sigmoid(x) - y) * scaled(g, 1, reduction, x.size)", y="-x * scaled(g, 1, reduction, x.size)",
     inner=True, node="BinaryCrossEntropyWithLogitsBackward0", saved_as={"y": "target", "x_size": None})
# with weights, some of them 0, which also say how the losses are put together
rule("nll_total(x, index, factors)",   "0 - np.add.reduce(x[index] * factors, None)",
     x="placed(0 - g * factors, x.shape, index)", inner=True, node="NllLossBackward0", frees=True,
     saved_as={"factors": None, "index": None, "x_shape": None})
rule("nll_total_2d(x, index, factors)", "0 - np.add.reduce(x[index] * factors, None)",
     x="placed(0 - g * factors, x.shape, index)", inner=True, node="NllLoss2DBackward0", frees=True,
     saved_as={"factors": None, "index": None, "x_shape": None})
rule("nll_each(x, index, factors)",    "0 - x[index] * factors",
     x="placed(0 - g * factors, x.shape, index)", inner=True, node="NllLossBackward0", frees=True,
     saved_as={"factors": None, "index": None, "x_shape": None})
rule("nll_each_2d(x, index, factors)", "0 - x[index] * factors",
     x="placed(0 - g * factors, x.shape, index)", inner=True, node="NllLoss2DBackward0", frees=True,
     saved_as={"factors": None, "index": None, "x_shape": None})
rule("bce(x, y, weight, reduction)",   "reduced(cross_entropy_of_chances(x, y) * weight, reduction)",
     x="(x - y) / at_least((1 - x) * x, 1e-12) * (scaled(g, 1, reduction, x.size) * weight)",
     y="(log(1 - x) - log(x)) * (scaled(g, 1, reduction, x.size) * weight)",
     inner=True, node="BinaryCrossEntropyBackward0", saved_as={"y": "target", "x_size": None, "weight": None})
rule("bce_logits_weighted(x, y, weight, positive, reduction)",
     "reduced(of_weighted_logits(x, y, weight, positive), reduction)",
     x="((positive * y + 1 - y) * sigmoid(x) - positive * y) * (scaled(g, 1, reduction, x.size) * weight)",
     y="((positive - 1) * softplus_of(-x) - x) * (scaled(g, 1, reduction, x.size) * weight)",
     inner=True, node="BinaryCrossEntropyWithLogitsBackward0",
     saved_as={"y": "target", "x_size": None, "weight": None, "positive": None})
rule("smooth_l1(x, y, reduction, beta)", "reduced(smooth(x, y, beta), reduction)",
     x="limited((x - y) / beta, 1.0) * scaled(g, 1, reduction, x.size)",
     y="limited((y - x) / beta, 1.0) * scaled(g, 1, reduction, x.size)",
     inner=True, node="SmoothL1LossBackward0", saved_as={"y": "target", "x_size": None})
rule("huber(x, y, reduction, delta)",  "reduced(hubers(x, y, delta), reduction)",
     x="limited(x - y, delta) * scaled(g, 1, reduction, x.size)",
     y="limited(y - x, delta) * scaled(g, 1, reduction, x.size)",
     inner=True, node="HuberLossBackward0", saved_as={"y": "target", "x_size": None})
# fmt: on

# --- losses


def reduction_of(name: str, size_average=None, reduce=None) -> int:
    """PyTorch's number for a reduction, also where it is given as in PyTorch's first versions."""
    if size_average is not None or reduce is not None:
        warnings.warn("size_average and reduce args will be deprecated, please use reduction instead.", stacklevel=4)
        for flag in (size_average, reduce):
            if isinstance(flag, Tensor) and flag._data.size != 1:
                raise RuntimeError(
                    "Boolean value of Tensor with more than one value is ambiguous: a loss class is made first and "
                    "then called with the tensors, loss = nn.MSELoss()(output, target)"
                )
        if reduce is not None and not reduce:
            return NONE
        return MEAN if size_average is None or size_average else SUM
    numbers = {"none": NONE, "mean": MEAN, "sum": SUM}
    if name not in numbers:
        raise ValueError(f"{name} is not a valid value for reduction: use 'mean', 'sum' or 'none'")
    return numbers[name]


def together(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Return both in one shape, with a warning if that takes broadcasting."""
    for value in (input, target):
        if not isinstance(value, Tensor):
            raise AttributeError(f"a loss compares two tensors, but got {kind(value)!r}, which has no 'size'")
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


def mse_loss(input: Tensor, target: Tensor, size_average=None, reduce=None, reduction: str = "mean") -> Tensor:
    """Compute the squared differences (input - target)²: their mean, their sum, or, with "none", each of them.

    Shapes: input and target of one shape; the result is 0-d, or of that shape.
    Errors: ValueError for another reduction; a UserWarning where the shapes differ and are broadcast.
    Gradient: the input receives g * 2 * (input - target) / n for a mean of n, the target the opposite.

    >>> torch.nn.functional.mse_loss(torch.tensor([1., 2.]), torch.tensor([1., 4.]))
    tensor(2.)
    """
    input, target = together(input, target)
    number = reduction_of(reduction, size_average, reduce)
    if input._data.dtype.kind != "f" and target._data.dtype.kind != "f":
        raise NotImplementedError(f'"mse_cpu" not implemented for {input.dtype}: convert with .float() first')
    return on_tensors["mse_loss"](input, target, number)


def l1_loss(input: Tensor, target: Tensor, size_average=None, reduce=None, reduction: str = "mean") -> Tensor:
    """Compute the absolute differences |input - target|: their mean, their sum, or, with "none", each of them.

    Shapes: input and target of one shape; the result is 0-d, or of that shape.
    Errors: ValueError for another reduction; a UserWarning where the shapes differ and are broadcast.
    Gradient: the input receives g * sign(input - target) / n for a mean of n, the target the opposite.

    >>> torch.nn.functional.l1_loss(torch.tensor([1., 2.]), torch.tensor([1., 4.]))
    tensor(1.)
    """
    input, target = together(input, target)
    number = reduction_of(reduction, size_average, reduce)
    losses = input.sub(target).abs()
    return losses.mean() if number == MEAN else losses.sum() if number == SUM else losses


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average=None,
    ignore_index: int = -100,
    reduce=None,
    reduction: str = "mean",
) -> Tensor:
    """Pick minus the log-probability of the right class: the mean over the rows, the sum, or, with "none", each.

    input: log-probabilities; target: class numbers, int64; weight: how much each class counts, (classes,), also in the
    mean; ignore_index: rows of this class do not count.
    Shapes: input (rows, classes, …) and target (rows, …), or (classes,) and (); the result is 0-d, or of the target's
    shape.
    Errors: ValueError and RuntimeError for shapes and types that do not fit, IndexError for a class that does not
    exist.
    Gradient: the input receives -g / n where the target points, for a mean of n, and 0 elsewhere.

    >>> torch.nn.functional.nll_loss(torch.tensor([[-0.1, -2.3]]), torch.tensor([0]))
    tensor(0.1000)
    """
    number = reduction_of(reduction, size_average, reduce)
    need_tensors("nll_loss", input)
    if not isinstance(target, Tensor):
        raise TypeError(f"nll_loss(): argument 'target' must be Tensor, not {kind(target)}")
    x, classes = input._data, np.asarray(target._data)
    if x.ndim == 0:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    check_classes(input, target)
    count = x.shape[min(x.ndim - 1, 1)]
    largest = np.maximum.reduce(classes.view(np.uint64), None) if classes.size else 0  # a negative one is huge
    ignores = 0 <= ignore_index < count and (classes == ignore_index).any()
    if weight is None and x.ndim <= 2 and largest < count and not ignores:
        return on_tensors["nll_loss"](input, classes, number)
    ignored = classes == ignore_index
    if (wrong := classes[((classes < 0) | (classes >= count)) & ~ignored]).size:
        raise IndexError(f"Target {wrong.flat[0]} is out of bounds: there are {count} classes.")
    if weight is not None and weight._data.shape != (count,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {count} classes or no classes but got weight tensor of "
            f"shape: {list(weight.shape)}"
        )
    if weight is not None and weight._data.dtype != x.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype} but found {weight.dtype}: convert the weight")
    classes = np.where(ignored, 0, classes)
    factors = np.where(ignored, 0, np.ones(count, x.dtype)[classes] if weight is None else weight._data[classes])
    factors = np.asarray(factors / factors.sum() if number == MEAN else factors, x.dtype)
    index = (classes,) if x.ndim == 1 else choosing.along(x.shape, 1, classes, False)
    row = ("nll_each" if number == NONE else "nll_total") + "_2d" * (x.ndim > 2)
    return on_tensors[row](input, index, factors)


def check_classes(input: Tensor, target: Tensor) -> None:
    """The errors for class numbers that do not belong to the input."""
    x, classes = input._data, target._data
    if x.ndim > 1 and (not classes.ndim or len(classes) != len(x)):
        raise ValueError(
            f"Expected input batch_size ({len(x)}) to match target batch_size "
            f"({len(classes) if classes.ndim else classes.size}): the target has one class number for each row of the "
            "input."
        )
    if classes.shape != x.shape[:1] + x.shape[2:] if x.ndim > 1 else classes.ndim:
        error = ValueError if x.ndim == 2 and classes.ndim < 2 else RuntimeError
        raise error(
            f"0D or 1D target tensor expected, multi-target not supported: the target of an input of shape "
            f"{list(x.shape)} has one class number a row, not shape {list(classes.shape)}"
        )
    if classes.dtype != np.int64:
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype}: convert with .long()")
    if x.dtype.kind != "f":
        raise NotImplementedError(f"nll_loss is not implemented for {input.dtype}: convert with .float() first")


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average=None,
    ignore_index: int = -100,
    reduce=None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Compute minus the log-probability of the right class from scores: nll_loss(log_softmax(input), target).

    input: scores (logits); target: class numbers, int64, or a probability for each class; weight, ignore_index: as in
    nll_loss; label_smoothing: which part of the target is spread evenly over all classes.
    Shapes: input (rows, classes, …) and target (rows, …), or (classes,) and (), or a target of the input's shape; the
    result is 0-d, or of the shape without classes.
    Errors: those of nll_loss; RuntimeError for a label_smoothing outside [0, 1].
    Gradient: the input receives g * (softmax(input) - one_hot(target)) / n for a mean of n.

    >>> torch.nn.functional.cross_entropy(torch.tensor([[2., 0.]]), torch.tensor([0]))
    tensor(0.1269)
    >>> torch.nn.functional.cross_entropy(torch.tensor([[2., 0.]]), torch.tensor([[0.5, 0.5]]))
    tensor(1.1269)
    """
    need_tensors("cross_entropy", input, target)
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    dim = min(max(input.ndim - 1, 0), 1)
    if input.ndim and target._data.shape == input._data.shape:
        number = reduction_of(reduction, size_average, reduce)
        return of_probabilities(input, target, weight, number, label_smoothing, dim)
    logs = input.log_softmax(dim) if input.ndim else input
    losses = nll_loss(logs, target, weight, size_average, ignore_index, reduce, reduction)
    if not label_smoothing:
        return losses
    number = reduction_of(reduction, size_average, reduce)
    spread_out = -(logs if weight is None else logs * in_dim(weight, dim, logs.ndim)).sum(dim)
    ignored = target._data == ignore_index
    spread_out = spread_out.masked_fill(wrap(np.asarray(ignored), None), 0.0)
    if number != NONE:
        spread_out = spread_out.sum()
    if number == MEAN:
        counted = np.where(ignored, 0, 1 if weight is None else weight._data[np.where(ignored, 0, target._data)])
        spread_out = spread_out / wrap(np.asarray(counted.sum(), input._data.dtype), None)
    return losses * (1 - label_smoothing) + spread_out * (label_smoothing / input._data.shape[dim])


def of_probabilities(input: Tensor, target: Tensor, weight, number: int, label_smoothing: float, dim: int) -> Tensor:
    """Return Σ -p log softmax(input): the cross-entropy where the target has a probability p for each class."""
    if target._data.dtype.kind != "f":
        raise RuntimeError(f"Expected floating point type for target with class probabilities, got {target.dtype}")
    classes = input._data.shape[dim]
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / classes
    logs = input.log_softmax(dim) * target
    if weight is not None:
        logs = logs * in_dim(weight, dim, logs.ndim)
    if number == NONE:
        return -logs.sum(dim)
    return -logs.sum() / (input.numel() // classes) if number == MEAN else -logs.sum()


def in_dim(weight: Tensor, dim: int, ndim: int) -> Tensor:
    """Return a weight for each class, to be broadcast along dimension `dim`."""
    return weight.reshape(*[-1 if d == dim else 1 for d in range(ndim)])


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average=None,
    reduce=None,
    reduction: str = "mean",
) -> Tensor:
    """Compute -y log x - (1 - y) log(1 - x): the mean, the sum, or, with "none", each of them.

    input: probabilities x, as sigmoid gives them; target: the probabilities y; weight: how much each element counts, to
    be broadcast. A logarithm is never below -100.
    Shapes: input and target of one shape; the result is 0-d, or of that shape.
    Errors: ValueError for two shapes, RuntimeError for two types and for an x outside [0, 1].
    Gradient: the input receives g * (x - y) / (x (1 - x)) / n for a mean of n, the target g * log((1 - x) / x) / n.

    >>> torch.nn.functional.binary_cross_entropy(torch.tensor([0.5]), torch.tensor([1.]))
    tensor(0.6931)
    """
    number = reduction_of(reduction, size_average, reduce)
    need_tensors("binary_cross_entropy", input, target)
    if target._data.shape != input._data.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    if input._data.dtype != target._data.dtype:
        raise RuntimeError(f"Found dtype {target.dtype} but expected {input.dtype}: convert the target")
    if not ((target._data >= 0) & (target._data <= 1)).all():
        raise RuntimeError("all elements of target should be between 0 and 1: they are probabilities")
    if not ((input._data >= 0) & (input._data <= 1)).all():
        raise RuntimeError(
            "all elements of input should be between 0 and 1: apply sigmoid first, or use "
            "binary_cross_entropy_with_logits, which takes scores"
        )
    return on_tensors["bce"](input, target, 1 if weight is None else weight._data, number)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average=None,
    reduce=None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Compute -y log s(x) - (1 - y) log(1 - s(x)) with the sigmoid s: the mean, the sum, or, with "none", each of them.

    input: scores x of any sign; target: the probabilities y, floating point; weight: how much each element counts;
    pos_weight: how much more a true one does; both are broadcast.
    Shapes: input and target of one shape; the result is 0-d, or of that shape.
    Errors: ValueError for two shapes, RuntimeError for a target of whole numbers.
    Gradient: the input receives g * (s(x) - y) / n for a mean of n, the target -g * x / n.

    >>> torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor([2.]), torch.tensor([1.]))
    tensor(0.1269)
    """
    number = reduction_of(reduction, size_average, reduce)
    if target._data.shape != input._data.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if target._data.dtype.kind != "f":
        raise RuntimeError(
            f"result type Float can't be cast to the target's type {target.dtype}: convert with .float()"
        )
    if weight is None and pos_weight is None:
        return on_tensors["bce_logits"](input, target, number)
    factors = [1 if each is None else each._data for each in (weight, pos_weight)]
    return on_tensors["bce_logits_weighted"](input, target, *factors, number)


def smooth_l1_loss(
    input: Tensor, target: Tensor, size_average=None, reduce=None, reduction: str = "mean", beta: float = 1.0
) -> Tensor:
    """Compute half the squared differences by beta below beta, and |input - target| - beta / 2 elsewhere.

    Shapes: input and target of one shape; the result is 0-d, or of that shape.
    Errors: ValueError for another reduction, RuntimeError for a negative beta.
    Gradient: the input receives g * (input - target) / beta, limited to ±g, by n for a mean of n, the target the
    opposite.

    >>> torch.nn.functional.smooth_l1_loss(torch.tensor([1., 2.]), torch.tensor([1.5, 4.]))
    tensor(0.8125)
    """
    input, target = together(input, target)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    if beta == 0:
        return l1_loss(input, target, size_average, reduce, reduction)
    return on_tensors["smooth_l1"](input, target, reduction_of(reduction, size_average, reduce), float(beta))


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """Compute (input - target)² / 2 where the two differ by at most delta, continued by straight lines beyond.

    Shapes: input and target of one shape; the result is 0-d, or of that shape.
    Errors: ValueError for another reduction, RuntimeError for a delta that is not above 0.
    Source: Huber, Annals of Mathematical Statistics 35, 1964.
    Gradient: the input receives g * (input - target), limited to ±g * delta, by n for a mean of n, the target the
    opposite.

    >>> torch.nn.functional.huber_loss(torch.tensor([1., 2.]), torch.tensor([1.5, 4.]))
    tensor(0.8125)
    """
    input, target = together(input, target)
    if not delta > 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    return on_tensors["huber"](input, target, reduction_of(reduction), float(delta))
