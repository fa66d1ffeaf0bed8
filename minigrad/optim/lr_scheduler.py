"""Schedules: learning rates that change while a network is trained.

A scheduler is stepped after the optimizer, usually once an epoch, and writes the next learning rate into each group of
the optimizer's parameters.  Most rates follow from the rate before, multiplied in the order in which PyTorch does, so
that they agree to the last digit; other changes to a group's "lr" are kept.
"""

import functools
import math
import types
import warnings
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..operations.left_out import front
from ..shown import Shown
from .optimizers import Optimizer


class LRScheduler(metaclass=Shown):
    """Hold what all schedulers share; a subclass returns the next rates from get_lr.

    optimizer: whose learning rates to change; last_epoch: -1 to begin, or the epoch after which to continue.
    Errors: TypeError for anything but an optimizer, KeyError for continuing where no scheduler has begun.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
    >>> scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> isinstance(scheduler, torch.optim.lr_scheduler.LRScheduler)
    True
    """

    _first = False  # True while the scheduler is being made

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer, self.last_epoch = optimizer, last_epoch
        for number, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{number}] when resuming a scheduler with "
                    f"last_epoch={last_epoch}: load the optimizer's state_dict first, or leave last_epoch out"
                )
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        note_steps(optimizer)
        self._step_count = 0
        self._first = True
        try:
            self.step()
        finally:
            del self._first

    def get_lr(self) -> list[float]:
        """Return the next learning rate of each group; every subclass has its own.

        Errors: NotImplementedError where it does not.

        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
        >>> torch.optim.lr_scheduler.StepLR(optimizer, step_size=2).get_lr()
        [0.1]
        """
        raise NotImplementedError

    def get_last_lr(self) -> list[float]:
        """Return the learning rate of each group as the last step set it.

        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
        >>> torch.optim.lr_scheduler.StepLR(optimizer, step_size=2).get_last_lr()
        [0.1]
        """
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Set the learning rates of the next epoch.

        epoch: which epoch that is, where it is not the next one; PyTorch advises against it.
        A UserWarning where the optimizer has not taken a step yet, as the first learning rate would be skipped.

        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
        >>> scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> optimizer.step()
        >>> scheduler.step()
        >>> scheduler.get_last_lr()
        [0.05]
        """
        if self._step_count == 1 and not getattr(self.optimizer, "_opt_called", False):
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. Call them in the opposite order: "
                "otherwise the first value of the learning rate schedule is skipped.",
                stacklevel=2,
            )
        self._step_count += 1
        if epoch is None:
            self.last_epoch += 1
            rates = self.get_lr()
        else:
            warnings.warn("The epoch parameter in `scheduler.step()` was not necessary: leave it out", stacklevel=2)
            self.last_epoch = epoch
            rates = getattr(self, "_rates_at_epoch", self.get_lr)()
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self._last_lr = self._rates()

    def state_dict(self) -> dict[str, Any]:
        """Return the state of the schedule, for load_state_dict: all attributes but the optimizer.

        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
        >>> torch.optim.lr_scheduler.StepLR(optimizer, step_size=2).state_dict()["last_epoch"]
        0
        """
        return {name: value for name, value in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from where state_dict was called.

        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
        >>> scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)
        >>> scheduler.load_state_dict({"last_epoch": 7})
        >>> scheduler.last_epoch
        7
        """
        vars(self).update(state_dict)

    # --- for subclasses

    def _rates(self) -> list[float]:
        """Return the learning rates as they are."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def _times(self, factor: float) -> list[float]:
        """Return the learning rates, each multiplied by a factor."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]


def note_steps(optimizer: Optimizer) -> None:
    """Let the optimizer remember that it has taken a step."""
    if hasattr(optimizer.step, "noted"):
        return
    step, known = type(optimizer).step, weakref.ref(optimizer)

    @functools.wraps(step)
    def noting(*arguments, **options):
        optimizer: Any = known()
        optimizer._opt_called = True
        return step(optimizer, *arguments, **options)

    vars(noting)["noted"] = True
    optimizer.step = noting  # type: ignore[method-assign]


class LambdaLR(LRScheduler):
    """Multiply the first learning rate by a function of the epoch.

    lr_lambda: the function, or a list with one for each group.
    Errors: ValueError for a list of another length.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
    >>> scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (epoch + 1))
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.05]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        groups = len(optimizer.param_groups)
        if callable(lr_lambda):
            self.lr_lambdas = [lr_lambda] * groups
        else:
            self.lr_lambdas = list(lr_lambda)
        if len(self.lr_lambdas) != groups:
            raise ValueError(f"Expected {groups} lr_lambdas, but got {len(self.lr_lambdas)}")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [base * factor(self.last_epoch) for factor, base in zip(self.lr_lambdas, self.base_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """As in LRScheduler; of the functions, only what callable objects have as attributes."""
        kept = [None if isinstance(each, types.FunctionType) else dict(vars(each)) for each in self.lr_lambdas]
        return {**super().state_dict(), "lr_lambdas": kept}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        vars(self).update({name: value for name, value in state_dict.items() if name != "lr_lambdas"})
        for function, kept in zip(self.lr_lambdas, state_dict.get("lr_lambdas", ()), strict=False):
            vars(function).update(kept or {})


class MultiplicativeLR(LambdaLR):
    """Multiply the previous learning rate by a function of the epoch.

    lr_lambda: the function, or a list with one for each group.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
    >>> scheduler = torch.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.5)
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.05]
    """

    def get_lr(self) -> list[float]:
        if self._first:
            return self._rates()
        return [rate * factor(self.last_epoch) for factor, rate in zip(self.lr_lambdas, self._rates(), strict=True)]


class StepLR(LRScheduler):
    """Multiply the learning rate by gamma after every step_size epochs.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.5)
    >>> scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> for epoch in range(4):
    ...     optimizer.step()
    ...     scheduler.step()
    ...     print(scheduler.get_last_lr())
    [0.5]
    [0.25]
    [0.25]
    [0.125]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        now = self.last_epoch != 0 and self.last_epoch % self.step_size == 0
        return self._times(self.gamma) if now else self._rates()

    def _rates_at_epoch(self) -> list[float]:
        return [base * self.gamma ** (self.last_epoch // self.step_size) for base in self.base_lrs]


class MultiStepLR(LRScheduler):
    """Multiply the learning rate by gamma at each of the epochs that milestones lists.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.5)
    >>> scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
    >>> for epoch in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    ...     print(scheduler.get_last_lr())
    [0.25]
    [0.25]
    [0.125]
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones, self.gamma = Counter(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        times = self.milestones[self.last_epoch]
        return self._times(self.gamma**times) if times else self._rates()

    def _rates_at_epoch(self) -> list[float]:
        times = sum(epoch <= self.last_epoch for epoch in self.milestones.elements())
        return [base * self.gamma**times for base in self.base_lrs]


class ConstantLR(LRScheduler):
    """Begin with the learning rate times factor, and use the full rate after total_iters epochs.

    Errors: ValueError for a factor outside [0, 1].

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.5)
    >>> torch.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5).get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        if not 0 <= factor <= 1:
            raise ValueError(f"Constant multiplicative factor expected to be between 0 and 1, but got {factor}")
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch == 0:
            return self._times(self.factor)
        return self._times(1.0 / self.factor) if self.last_epoch == self.total_iters else self._rates()

    def _rates_at_epoch(self) -> list[float]:
        factor = self.factor + (self.last_epoch >= self.total_iters) * (1 - self.factor)
        return [base * factor for base in self.base_lrs]


class LinearLR(LRScheduler):
    """Multiply the first learning rate by a factor that goes from start_factor to end_factor in total_iters epochs.

    Errors: ValueError for a start_factor outside (0, 1] and an end_factor outside [0, 1].

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.5)
    >>> torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.5).get_last_lr()
    [0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ValueError(f"Starting multiplicative factor expected to be above 0 and at most 1: {start_factor}")
        if not 0 <= end_factor <= 1:
            raise ValueError(f"Ending multiplicative factor expected to be between 0 and 1, but got {end_factor}")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self.last_epoch == 0:
            return self._times(self.start_factor)
        if self._first or self.last_epoch > self.total_iters:
            return self._rates()
        step = self.end_factor - self.start_factor
        return self._times(1.0 + step / (self.total_iters * self.start_factor + (self.last_epoch - 1) * step))

    def _rates_at_epoch(self) -> list[float]:
        step = self.end_factor - self.start_factor
        return [
            base * (self.start_factor + step * min(self.total_iters, self.last_epoch) / self.total_iters)
            for base in self.base_lrs
        ]


class ExponentialLR(LRScheduler):
    """Multiply the learning rate by gamma after every epoch.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.5)
    >>> scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return self._rates() if self._first else self._times(self.gamma)

    def _rates_at_epoch(self) -> list[float]:
        return [base * self.gamma**self.last_epoch for base in self.base_lrs]


class CosineAnnealingLR(LRScheduler):
    """Lower the learning rate to eta_min along half a period of a cosine, in T_max epochs, and raise it again.

    Source: Loshchilov and Hutter, arXiv 1608.03983, without its restarts.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
    >>> for epoch in range(4):
    ...     optimizer.step()
    ...     scheduler.step()
    ...     print(f"{scheduler.get_last_lr()[0]:.4f}")
    0.8536
    0.5000
    0.1464
    0.0000
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self._first:
            return self._rates()
        if self._step_count == 1 and self.last_epoch > 0:
            return self._rates_at_epoch()
        low, epoch = self.eta_min, self.last_epoch
        if (epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # from the lowest point on, where the quotient is 0 / 0
            rise = 1 - math.cos(math.pi / self.T_max)
            return [rate + (base - low) * rise / 2 for rate, base in zip(self._rates(), self.base_lrs, strict=True)]
        quotient = (1 + math.cos(math.pi * epoch / self.T_max)) / (1 + math.cos(math.pi * (epoch - 1) / self.T_max))
        return [quotient * (rate - low) + low for rate in self._rates()]

    def _rates_at_epoch(self) -> list[float]:
        height = 1 + math.cos(math.pi * self.last_epoch / self.T_max)
        return [self.eta_min + (base - self.eta_min) * height / 2 for base in self.base_lrs]


class ReduceLROnPlateau(LRScheduler):
    """Multiply the learning rate by factor when a metric has not improved for more than patience epochs.

    mode: "min" for a metric that should fall, "max" for one that should rise; threshold, threshold_mode: how much
    better counts, relative ("rel") or absolute ("abs"); cooldown: epochs to wait after a change; min_lr: the lowest
    learning rate, or one for each group; eps: changes that are smaller are not made.
    Errors: ValueError for a factor of 1 or more and for other modes, TypeError for anything but an optimizer.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.5)
    >>> scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in [3., 2., 2., 2.]:
    ...     scheduler.step(loss)
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1:
            raise ValueError("Factor should be < 1.0.")
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown! It is 'min' or 'max'")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown! It is 'rel' or 'abs'")
        groups = len(optimizer.param_groups)
        self.min_lrs = list(min_lr) if isinstance(min_lr, (list, tuple)) else [min_lr] * groups
        if len(self.min_lrs) != groups:
            raise ValueError(f"expected {groups} min_lrs, got {len(self.min_lrs)}")
        self.optimizer, self.factor, self.patience, self.cooldown, self.eps = optimizer, factor, patience, cooldown, eps
        self.mode, self.threshold, self.threshold_mode = mode, threshold, threshold_mode
        self.best = math.inf if mode == "min" else -math.inf
        self.cooldown_counter = self.num_bad_epochs = self.last_epoch = 0
        self._last_lr = self._rates()

    def step(self, metrics, epoch: int | None = None) -> None:  # type: ignore[override]
        """Take the metric of an epoch, such as its loss, and lower the learning rates when it is time.

        metrics: a number or a tensor of one element.

        >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.5)
        >>> torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer).step(torch.tensor(2.))
        """
        current = float(metrics)
        if epoch is not None:
            warnings.warn("The epoch parameter in `scheduler.step()` was not necessary: leave it out", stacklevel=2)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(current, self.best):
            self.best, self.num_bad_epochs = current, 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
            for group, lowest in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
                rate = max(group["lr"] * self.factor, lowest)
                if group["lr"] - rate > self.eps:
                    group["lr"] = rate
        self._last_lr = self._rates()

    @property
    def in_cooldown(self) -> bool:
        """True in the epochs after a change in which nothing is changed."""
        return self.cooldown_counter > 0

    def _is_better(self, figure: float, best: float) -> bool:
        """Return True where the metric is better than the best so far by more than the threshold."""
        if self.threshold_mode == "abs":
            return figure < best - self.threshold if self.mode == "min" else figure > best + self.threshold
        return figure < best * (1 - self.threshold) if self.mode == "min" else figure > best * (1 + self.threshold)


__all__ = [
    "ConstantLR",
    "CosineAnnealingLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "ReduceLROnPlateau",
    "StepLR",
]
for _name in __all__:
    globals()[_name]._shown_in = "torch.optim.lr_scheduler"  # a class prints as it does in PyTorch
__getattr__, __dir__ = front(__name__)
