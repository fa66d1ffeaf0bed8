"""The modules: the linear layer, activations, losses, and modules that hold others."""

import functools
import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any

from ..engine.operation import functions
from ..engine.tensor import Tensor
from . import functional as F
from . import init
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


# --- activations


class ReLU(Module):
    """Replace each negative element by 0.

    inplace: write the result into the input.
    Shapes: any; the result has that of the input.

    >>> torch.nn.ReLU()(torch.tensor([-1., 2.]))
    tensor([0., 2.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class LeakyReLU(Module):
    """Multiply each negative element by negative_slope.

    Shapes: any; the result has that of the input.

    >>> torch.nn.LeakyReLU(0.1)(torch.tensor([-1., 2.]))
    tensor([-0.1000,  2.0000])
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}"


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


# --- losses


class Loss(Module):
    """What all losses share: `reduction`, "mean", "sum" or "none"."""

    def __init__(self, *settings: Any, reduction: str = "mean") -> None:
        if any(isinstance(setting, Tensor) and setting.numel() != 1 for setting in settings):
            # PyTorch takes the tensors for two old settings and asks whether they are true.
            raise RuntimeError(
                "Boolean value of Tensor with more than one value is ambiguous: a loss class takes settings, such as "
                f"reduction. Make the loss, then call it: {type(self).__name__}()(input, target)"
            )
        if settings:
            raise TypeError(f"{type(self).__name__} takes no positional settings here: write reduction=…")
        super().__init__()
        self.reduction = reduction


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


class NLLLoss(Loss):
    """Pick minus the log-probability of the right class, on average, or as reduction says: see functional.nll_loss.

    >>> torch.nn.NLLLoss()(torch.tensor([[-0.1, -2.3]]), torch.tensor([0]))
    tensor(0.1000)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(input, target, reduction=self.reduction)


class CrossEntropyLoss(Loss):
    """Compute minus the log-probability of the right class from unnormalised scores: see functional.cross_entropy.

    >>> torch.nn.CrossEntropyLoss()(torch.tensor([[2., 0.]]), torch.tensor([0]))
    tensor(0.1269)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(input, target, reduction=self.reduction)


class BCEWithLogitsLoss(Loss):
    """Compute the cross-entropy of two classes from scores: see functional.binary_cross_entropy_with_logits.

    >>> torch.nn.BCEWithLogitsLoss()(torch.tensor([2.]), torch.tensor([1.]))
    tensor(0.1269)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(input, target, reduction=self.reduction)


# --- modules that hold others


class Numbered(Module):
    """Hold modules in order: a child's name is its number, unless it was given one."""

    def __iter__(self) -> Iterator[Module]:
        return iter([value for value in self.__dict__.values() if isinstance(value, Module)])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, index):
        modules = {name: value for name, value in self.__dict__.items() if isinstance(value, Module)}
        if isinstance(index, slice):
            return self._part(OrderedDict(list(modules.items())[index]))
        if not -len(modules) <= index < len(modules):
            raise IndexError(f"index {index} is out of range: there are {len(modules)} modules")
        return list(modules.values())[index]

    def __setitem__(self, index: int, module: Module) -> None:
        names = [name for name, value in self.__dict__.items() if isinstance(value, Module)]
        if not -len(names) <= index < len(names):
            raise IndexError(f"index {index} is out of range: there are {len(names)} modules")
        setattr(self, names[index], module)

    def append(self, module: Module):
        """Add a module at the end, and return this one.

        >>> torch.nn.Sequential(torch.nn.Linear(3, 2)).append(torch.nn.Tanh())
        Sequential(
          (0): Linear(in_features=3, out_features=2, bias=True)
          (1): Tanh()
        )
        """
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]):
        """Add several modules at the end, and return this one.

        >>> torch.nn.ModuleList([]).extend([torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)])
        ModuleList(
          (0): Linear(in_features=3, out_features=2, bias=True)
          (1): Linear(in_features=2, out_features=1, bias=True)
        )
        """
        for module in modules:
            self.append(module)
        return self


class Sequential(Numbered):
    """Call modules one after the other, each with the result of the one before.

    modules: the modules in order, or one OrderedDict of names and modules.
    Errors: TypeError for anything but modules.

    >>> model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    >>> model(torch.zeros(5, 3)).shape
    torch.Size([5, 1])
    """

    def __init__(self, *modules) -> None:
        super().__init__()
        if len(modules) == 1 and isinstance(modules[0], OrderedDict):
            for name, module in modules[0].items():
                self.add_module(name, module)
        else:
            self.extend(modules)

    def _part(self, modules: OrderedDict):
        return Sequential(modules)

    def forward(self, input):
        for module in self:
            input = module(input)
        return input


class ModuleList(Numbered):
    """List modules whose parameters count; how they are used is up to the forward around them.

    Errors: TypeError for anything but modules.

    >>> layers = torch.nn.ModuleList([torch.nn.Linear(3, 3) for _ in range(2)])
    >>> len(list(layers.parameters()))
    4
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        super().__init__()
        self.extend(modules)

    def _part(self, modules: OrderedDict):
        return ModuleList(modules.values())


# PyTorch's modules of these names, so that a class prints as it does there.
for _file, _kinds in {
    "linear": (Linear, Identity),
    "flatten": (Flatten,),
    "activation": (ReLU, LeakyReLU, Tanh, Sigmoid, Softplus, Softmax, LogSoftmax),
    "loss": (MSELoss, L1Loss, NLLLoss, CrossEntropyLoss, BCEWithLogitsLoss),
    "container": (Sequential, ModuleList),
}.items():
    for _kind in _kinds:
        _kind._shown_in = f"torch.nn.modules.{_file}"
