"""The modules: the linear layer and its like, activations, losses."""

import functools
import math

from ..engine.operation import functions
from ..engine.tensor import Tensor
from ..grad_mode import no_grad
from . import functional as F
from . import init, losses
from .module import Module
from .parameter import Parameter


class Linear(Module):
    """Compute x · weightᵀ + bias, from in_features numbers to out_features.

    weight: (out_features, in_features), bias: (out_features,) or None; both start uniform within ±1/√in_features.
    Shapes: (…, in_features); the result (…, out_features).
    Errors: RuntimeError for an input of another size or type.

    >>> torch.nn.Linear(3, 2)
    Linear(in_features=3, out_features=2, bias=True)
    >>> torch.nn.Linear(3, 2)(torch.zeros(5, 3)).shape
    torch.Size([5, 2])
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, device=None, dtype=None) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        empty = functools.partial(functions["empty"], device=device, dtype=dtype)
        self.weight = Parameter(empty((out_features, in_features)))
        self.register_parameter("bias", Parameter(empty(out_features)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new random numbers for weight and bias.

        >>> torch.nn.Linear(3, 2).reset_parameters()
        """
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Identity(Module):
    """Return the input, whatever it is constructed with.

    >>> torch.nn.Identity()(torch.tensor([1., 2.]))
    tensor([1., 2.])
    """

    def __init__(self, *args, **kwargs) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        return input


class Flatten(Module):
    """Merge the dimensions from start_dim to end_dim into one: by default all but the first, which counts the rows.

    >>> torch.nn.Flatten()(torch.zeros(5, 2, 3)).shape
    torch.Size([5, 6])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Embedding(Module):
    """Hold a table of num_embeddings rows of embedding_dim numbers, and pick rows by their numbers.

    weight: (num_embeddings, embedding_dim), at first standard normal numbers; padding_idx: the number of a row that is
    0 at first and receives no gradient.
    Shapes: (…), int64; the result (…, embedding_dim).
    Errors: IndexError for a number that no row has, RuntimeError for an input of floating-point numbers.

    >>> torch.nn.Embedding(5, 3)
    Embedding(5, 3)
    >>> torch.nn.Embedding(5, 3)(torch.tensor([[0, 4], [1, 1]])).shape
    torch.Size([2, 2, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device=None,
        dtype=None,
    ) -> None:
        super().__init__()
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise AssertionError(f"Padding_idx must be within num_embeddings: {padding_idx}, {num_embeddings} rows")
            padding_idx %= num_embeddings
        self.num_embeddings, self.embedding_dim, self.padding_idx = num_embeddings, embedding_dim, padding_idx
        if _weight is not None and _weight.shape != (num_embeddings, embedding_dim):
            raise AssertionError("Shape of weight does not match num_embeddings and embedding_dim")
        made = functions["empty"]((num_embeddings, embedding_dim), device=device, dtype=dtype)
        self.weight = Parameter(made if _weight is None else _weight, requires_grad=not _freeze)
        if _weight is None:
            self.reset_parameters()

    @classmethod
    def from_pretrained(cls, embeddings: Tensor, freeze: bool = True, padding_idx: int | None = None):
        """Make one whose table is a given matrix.

        freeze: whether the table stays as it is.

        >>> torch.nn.Embedding.from_pretrained(torch.tensor([[1., 2.], [3., 4.]]))(torch.tensor(1))
        tensor([3., 4.])
        """
        if embeddings.dim() != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        rows, columns = embeddings.shape
        return cls(rows, columns, padding_idx, _weight=embeddings, _freeze=freeze)

    def reset_parameters(self) -> None:
        """Draw new random numbers for the table.

        >>> torch.nn.Embedding(3, 2).reset_parameters()
        """
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"


class Dropout(Module):
    """Set each element to 0 with probability p while training, and divide the others by 1 - p.

    After eval() the input itself is the result.
    Shapes: any; the result has that of the input.
    Errors: ValueError for a p outside [0, 1].
    Source: Srivastava and others, Journal of Machine Learning Research 15, 2014.

    >>> torch.nn.Dropout(0.2)
    Dropout(p=0.2, inplace=False)
    >>> torch.nn.Dropout(0.2).eval()(torch.tensor([1., 2.]))
    tensor([1., 2.])
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class LayerNorm(Module):
    """Bring the numbers of each sample to mean 0 and variance 1, then multiply by weight and add bias.

    normalized_shape: the last dimensions, an int or several; weight and bias: of that shape, 1 and 0 at first, None
    with elementwise_affine=False, and the bias with bias=False.
    Shapes: (…, *normalized_shape); the result has that of the input.
    Errors: RuntimeError for an input that does not end in normalized_shape.
    Source: Ba, Kiros and Hinton, arXiv 1607.06450.

    >>> torch.nn.LayerNorm(3)
    LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=True)
    >>> torch.nn.LayerNorm(3)(torch.tensor([1., 2., 3.]))
    tensor([-1.2247,  0.0000,  1.2247], grad_fn=<NativeLayerNormBackward0>)
    """

    def __init__(
        self,
        normalized_shape,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device=None,
        dtype=None,
    ) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        for name, there in (("weight", elementwise_affine), ("bias", elementwise_affine and bias)):
            made = Parameter(functions["empty"](self.normalized_shape, device=device, dtype=dtype)) if there else None
            self.register_parameter(name, made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set weight to 1 and bias to 0.

        >>> torch.nn.LayerNorm(3).reset_parameters()
        """
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        affine, bias = self.elementwise_affine, self.bias is not None
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={affine}, bias={bias}"


class BatchNorm1d(Module):
    """Bring each channel of a batch to mean 0 and variance 1, then multiply by weight and add bias.

    While training, mean and variance are those of the batch, and the running ones move towards them by the fraction
    momentum (None: their mean over all batches); after eval() the running ones are used, unless track_running_stats is
    False.
    weight and bias: one number for each of the num_features channels, None with affine=False.
    Shapes: (rows, channels) or (rows, channels, …); the result has that of the input.
    Errors: ValueError for other shapes and for a batch of one row while training, RuntimeError for other channels.
    Source: Ioffe and Szegedy, arXiv 1502.03167.

    >>> torch.nn.BatchNorm1d(2, affine=False)(torch.tensor([[1., 5.], [3., 7.]]))
    tensor([[-1.0000, -1.0000],
            [ 1.0000,  1.0000]])
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device=None,
        dtype=None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        empty = functools.partial(functions["empty"], device=device, dtype=dtype)
        self.register_parameter("weight", Parameter(empty(num_features)) if affine else None)
        self.register_parameter("bias", Parameter(empty(num_features)) if affine and bias else None)
        self.register_buffer("running_mean", empty(num_features) if track_running_stats else None)
        self.register_buffer("running_var", empty(num_features) if track_running_stats else None)
        self.register_buffer("num_batches_tracked", functions["tensor"](0) if track_running_stats else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget the means and variances so far.

        >>> torch.nn.BatchNorm1d(3).reset_running_stats()
        """
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Set weight to 1 and bias to 0, and forget the means and variances so far.

        >>> torch.nn.BatchNorm1d(3).reset_parameters()
        """
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() not in (2, 3):
            raise ValueError(f"expected 2D or 3D input (got {input.dim()}D input)")
        momentum = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:
                momentum = 1 / self.num_batches_tracked.item()
        by_batch = self.training or self.running_mean is None
        mean, var = (self.running_mean, self.running_var) if self.track_running_stats else (None, None)
        return F.batch_norm(input, mean, var, self.weight, self.bias, by_batch, momentum, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


# --- activations


class Activation(Module):
    """What activations share that know one setting: whether to write the result into the input."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class ReLU(Activation):
    """Replace each negative element by 0.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.

    >>> torch.nn.ReLU()(torch.tensor([-1., 2.]))
    tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)


class SiLU(Activation):
    """Multiply each element x by its sigmoid: x / (1 + exp(-x)), also known as swish.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.

    >>> torch.nn.SiLU()(torch.tensor([-1., 2.]))
    tensor([-0.2689,  1.7616])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input, self.inplace)


class Mish(Activation):
    """Multiply each element x by tanh(log(1 + exp(x))).

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.

    >>> torch.nn.Mish()(torch.tensor([-1., 2.]))
    tensor([-0.3034,  1.9440])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input, self.inplace)


class Hardtanh(Activation):
    """Replace what lies below min_val by min_val, and what lies above max_val by max_val.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.
    Errors: AssertionError unless min_val is below max_val.

    >>> torch.nn.Hardtanh()(torch.tensor([-2., 0.5]))
    tensor([-1.0000,  0.5000])
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        if not min_val < max_val:
            raise AssertionError(f"max_val must be larger than min_val, but they are {max_val} and {min_val}")
        self.min_val, self.max_val = min_val, max_val

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        return f"min_val={self.min_val}, max_val={self.max_val}" + ", inplace=True" * self.inplace


class ReLU6(Hardtanh):
    """Replace each negative element by 0, and what lies above 6 by 6.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.

    >>> torch.nn.ReLU6()(torch.tensor([-1., 2., 8.]))
    tensor([0., 2., 6.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class GELU(Module):
    """Multiply each element x by Φ(x), the part of a normal distribution that lies below x: see functional.gelu.

    approximate: "none", or "tanh" for an approximation of Φ by a hyperbolic tangent.
    Shapes: any; the result has that of the input.

    >>> torch.nn.GELU()(torch.tensor([-1., 2.]))
    tensor([-0.1587,  1.9545])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class ELU(Activation):
    """Replace each negative element x by alpha · (exp(x) - 1): see functional.elu.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.

    >>> torch.nn.ELU()(torch.tensor([-1., 2.]))
    tensor([-0.6321,  2.0000])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}" + ", inplace=True" * self.inplace


class LeakyReLU(Activation):
    """Multiply each negative element by negative_slope.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.

    >>> torch.nn.LeakyReLU(0.1)(torch.tensor([-1., 2.]))
    tensor([-0.1000,  2.0000])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}" + ", inplace=True" * self.inplace


class Tanh(Module):
    """Compute the hyperbolic tangent of each element, a number between -1 and 1.

    Shapes: any; the result has that of the input.

    >>> torch.nn.Tanh()(torch.tensor([0., 1.]))
    tensor([0.0000, 0.7616])
    """

    def forward(self, input: Tensor) -> Tensor:
        return input.tanh()


class Sigmoid(Module):
    """Compute 1 / (1 + exp(-x)) for each element x, a number between 0 and 1.

    Shapes: any; the result has that of the input.

    >>> torch.nn.Sigmoid()(torch.tensor([0., 1.]))
    tensor([0.5000, 0.7311])
    """

    def forward(self, input: Tensor) -> Tensor:
        return input.sigmoid()


class LogSigmoid(Module):
    """Compute log(1 / (1 + exp(-x))) for each element x, without overflow and without log(0).

    Shapes: any; the result has that of the input.

    >>> torch.nn.LogSigmoid()(torch.tensor([-1., 2.]))
    tensor([-1.3133, -0.1269])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Softsign(Module):
    """Compute x / (1 + |x|) for each element x, a number between -1 and 1.

    Shapes: any; the result has that of the input.

    >>> torch.nn.Softsign()(torch.tensor([-1., 3.]))
    tensor([-0.5000,  0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Softplus(Module):
    """Compute log(1 + exp(beta · x)) / beta for each element x, a smooth relu.

    x itself is the result where beta · x is above threshold.
    Shapes: any; the result has that of the input.

    >>> torch.nn.Softplus()(torch.tensor([-1., 0., 30.]))
    tensor([ 0.3133,  0.6931, 30.0000])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class Softmax(Module):
    """Compute exp(x) / Σ exp(x) along dim: positive numbers whose sum is 1.

    Shapes: any; the result has that of the input.

    >>> torch.nn.Softmax(dim=0)(torch.tensor([1., 2., 3.]))
    tensor([0.0900, 0.2447, 0.6652])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Softmax):
    """Compute log(softmax(x)) along dim, without overflow and without log(0).

    Shapes: any; the result has that of the input.

    >>> torch.nn.LogSoftmax(dim=0)(torch.tensor([1., 2., 3.]))
    tensor([-2.4076, -1.4076, -0.4076])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmin(Softmax):
    """Compute exp(-x) / Σ exp(-x) along dim: softmax of the negative numbers.

    Shapes: any; the result has that of the input.

    >>> torch.nn.Softmin(dim=0)(torch.tensor([1., 2., 3.]))
    tensor([0.6652, 0.2447, 0.0900])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim)


class CosineSimilarity(Module):
    """Compute the cosine of the angle between vectors along dim: see functional.cosine_similarity.

    eps: a norm counts at least that much.
    Shapes: two that can be broadcast; the result has the broadcast shape without dim.

    >>> torch.nn.CosineSimilarity(dim=0)(torch.tensor([1., 0.]), torch.tensor([1., 1.]))
    tensor(0.7071)
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


# --- losses


class Loss(Module):
    """Base class of the losses, with `reduction`: "mean", "sum" or "none"."""

    def __init__(self, size_average=None, reduce=None, reduction: str = "mean") -> None:
        if any(isinstance(setting, Tensor) and setting.numel() != 1 for setting in (size_average, reduce)):
            # PyTorch takes the tensors for two old settings and asks whether they are true.
            raise RuntimeError(
                "Boolean value of Tensor with more than one value is ambiguous: a loss class takes settings, such as "
                f"reduction. Make the loss, then call it: {type(self).__name__}()(input, target)"
            )
        super().__init__()
        if size_average is not None or reduce is not None:
            reduction = ("none", "mean", "sum")[losses.reduction_of(reduction, size_average, reduce)]
        self.reduction = reduction


class WeightedLoss(Loss):
    """Base class of losses with a weight, which is a buffer."""

    def __init__(self, weight: Tensor | None = None, size_average=None, reduce=None, reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class MSELoss(Loss):
    """Compute the mean of the squared differences (input - target)², or what reduction says: see functional.mse_loss.

    >>> torch.nn.MSELoss()(torch.tensor([1., 2.]), torch.tensor([1., 4.]))
    tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(Loss):
    """Compute the mean of the absolute differences |input - target|, or what reduction says: see functional.l1_loss.

    >>> torch.nn.L1Loss()(torch.tensor([1., 2.]), torch.tensor([1., 4.]))
    tensor(1.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(Loss):
    """Compute the mean of squares near 0 and of absolute differences elsewhere: see functional.smooth_l1_loss.

    >>> torch.nn.SmoothL1Loss()(torch.tensor([1., 2.]), torch.tensor([1.5, 4.]))
    tensor(0.8125)
    """

    def __init__(self, size_average=None, reduce=None, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(Loss):
    """Compute the mean of squares near 0, continued by straight lines: see functional.huber_loss.

    >>> torch.nn.HuberLoss()(torch.tensor([1., 2.]), torch.tensor([1.5, 4.]))
    tensor(0.8125)
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class NLLLoss(WeightedLoss):
    """Pick minus the log-probability of the right class, on average, or as reduction says: see functional.nll_loss.

    >>> torch.nn.NLLLoss()(torch.tensor([[-0.1, -2.3]]), torch.tensor([0]))
    tensor(0.1000)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average=None,
        ignore_index: int = -100,
        reduce=None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class CrossEntropyLoss(NLLLoss):
    """Compute minus the log-probability of the right class from unnormalised scores: see functional.cross_entropy.

    >>> torch.nn.CrossEntropyLoss()(torch.tensor([[2., 0.]]), torch.tensor([0]))
    tensor(0.1269)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average=None,
        ignore_index: int = -100,
        reduce=None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, ignore_index, reduce, reduction)
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class BCELoss(WeightedLoss):
    """Compute the cross-entropy of two classes from probabilities: see functional.binary_cross_entropy.

    >>> torch.nn.BCELoss()(torch.tensor([0.5]), torch.tensor([1.]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(WeightedLoss):
    """Compute the cross-entropy of two classes from scores: see functional.binary_cross_entropy_with_logits.

    >>> torch.nn.BCEWithLogitsLoss()(torch.tensor([2.]), torch.tensor([1.]))
    tensor(0.1269)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average=None,
        reduce=None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


# PyTorch's modules of these names, so that a class prints as it does there.
for _file, _kinds in {
    "linear": (Linear, Identity),
    "flatten": (Flatten,),
    "sparse": (Embedding,),
    "dropout": (Dropout,),
    "normalization": (LayerNorm,),
    "batchnorm": (BatchNorm1d,),
    "activation": (
        *(ReLU, LeakyReLU, ReLU6, ELU, GELU, SiLU, Mish),
        *(Tanh, Hardtanh, Sigmoid, LogSigmoid, Softsign, Softplus),
        *(Softmax, LogSoftmax, Softmin),
    ),
    "loss": (MSELoss, L1Loss, SmoothL1Loss, HuberLoss, NLLLoss, CrossEntropyLoss, BCELoss, BCEWithLogitsLoss),
    "distance": (CosineSimilarity,),
}.items():
    for _kind in _kinds:
        _kind._shown_in = f"torch.nn.modules.{_file}"
