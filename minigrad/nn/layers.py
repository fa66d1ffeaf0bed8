"""The modules: the linear layer, activations, losses, and modules that hold others."""

import functools
import math
from collections import OrderedDict
from collections.abc import Iterable, Iterator

from ..engine.operation import functions
from ..engine.tensor import Tensor
from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter


class Linear(Module):
    """x · weightᵀ + bias, from (…, in_features) to (…, out_features).

    weight: (out_features, in_features), bias: (out_features,) or None; both start uniform within ±1/√in_features.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, device=None, dtype=None) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        empty = functools.partial(functions["empty"], device=device, dtype=dtype)
        self.weight = Parameter(empty((out_features, in_features)))
        self.register_parameter("bias", Parameter(empty(out_features)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Begin anew, with new random numbers."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Identity(Module):
    """Its input, whatever it is constructed with."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        return input


class Flatten(Module):
    """The dimensions from start_dim to end_dim as one: by default all but the first, which counts the rows."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


# --- activations


class ReLU(Module):
    """max(x, 0)."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class LeakyReLU(Module):
    """x where it is positive, negative_slope · x elsewhere."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}"


class Tanh(Module):
    """The hyperbolic tangent, between -1 and 1."""

    def forward(self, input: Tensor) -> Tensor:
        return input.tanh()


class Sigmoid(Module):
    """1 / (1 + e⁻ˣ), between 0 and 1."""

    def forward(self, input: Tensor) -> Tensor:
        return input.sigmoid()


class Softplus(Module):
    """log(1 + exp(beta · x)) / beta, a smooth relu; x itself where beta · x is above the threshold."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class Softmax(Module):
    """eˣ / Σ eˣ along `dim`: positive numbers with sum 1."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Softmax):
    """The logarithm of softmax, without overflow and without log(0)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


# --- losses


class Loss(Module):
    """What all losses share: `reduction`, "mean", "sum" or "none"."""

    def __init__(self, *, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction


class MSELoss(Loss):
    """The mean of the squared differences: see `functional.mse_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(Loss):
    """The mean of the absolute differences: see `functional.l1_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class NLLLoss(Loss):
    """Minus the log-probability of the right class, on average: see `functional.nll_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(input, target, reduction=self.reduction)


class CrossEntropyLoss(Loss):
    """As NLLLoss, from unnormalised scores: see `functional.cross_entropy`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(input, target, reduction=self.reduction)


class BCEWithLogitsLoss(Loss):
    """The cross-entropy of two classes, from unnormalised scores: see `functional.binary_cross_entropy_with_logits`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(input, target, reduction=self.reduction)


# --- modules that hold others


class Numbered(Module):
    """What the modules that hold others in order share; a child's name is its number, unless it was given one."""

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
        """Add a module at the end; returns this one."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]):
        """Add several modules at the end; returns this one."""
        for module in modules:
            self.append(module)
        return self


class Sequential(Numbered):
    """Modules one after the other, each given the result of the one before: Sequential(first, second, …).

    Also of an OrderedDict of names and modules.  TypeError for anything but modules.
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
    """A list of modules whose parameters count; how they are used is up to the `forward` around it."""

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
        _kind._printed_in = f"torch.nn.modules.{_file}"
