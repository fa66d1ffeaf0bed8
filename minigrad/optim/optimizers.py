"""Optimizers: from the gradients of the parameters to their next values.

The steps are written on arrays, in the order in which PyTorch computes, so that losses agree to the digits printed.
`foreach` and `fused`, which tell PyTorch how to compute the same numbers, are accepted and have no effect.
"""

import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..engine.tensor import Tensor, wrap
from ..engine.versions import mark_written, owner
from ..errors import kind
from ..grad_mode import enable_grad
from ..numbers import constant
from ..shown import Shown

# Large arrays are worked on piece by piece: what one line leaves is then still in the processor's cache for the next.
# An Adam step on 670,000 parameters takes 0.9 of PyTorch's time this way, 1.4 in one piece.
TOGETHER = 131_072  # elements of all the arrays in a piece


def pieces(*arrays):
    """Return the arrays, or, of large ones, pieces of them: tuples of views, one of each array."""
    size = arrays[0].size
    piece = TOGETHER // len(arrays)
    if size <= 2 * piece or not all(array.flags.c_contiguous for array in arrays):
        return (arrays,)
    flat = [array.reshape(-1) for array in arrays]
    return [[array[start : start + piece] for array in flat] for start in range(0, size, piece)]


def add_scaled(total, change, factor) -> None:
    """total += change · factor; overwrites `change`, as a temporary array would cost 5 % of an Adam step."""
    change *= factor
    total += change


class Optimizer(metaclass=Shown):
    """Hold what all optimizers share: groups of parameters with options, and the state of each parameter.

    params: an iterable of tensors, or of dicts with some under "params" and their own options; defaults: the options
    where a dict has none.
    Errors: TypeError for a tensor in place of a list and for anything that is not a tensor; ValueError for no
    parameters at all, for the result of an operation, which has no .grad, and for a parameter in two groups.

    >>> w = torch.zeros(2, requires_grad=True)
    >>> isinstance(torch.optim.SGD([w]), torch.optim.Optimizer)
    True
    """

    _shown_in = "torch.optim.optimizer"

    def __init__(self, params: Iterable, defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                f"{params.type()}: write [w] in place of w"
            )
        if not isinstance(params, Iterable):
            raise TypeError(
                f"{type(params).__name__!r} object is not iterable: give the optimizer a list of tensors, or "
                "model.parameters(), with parentheses"
            )
        groups = list(params)
        if not groups:
            raise ValueError(
                "optimizer got an empty parameter list: give it tensors, such as [w, b], or model.parameters() of a "
                "model that has some; the result of parameters() can be iterated over only once"
            )
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        self.defaults = defaults
        self.state: dict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Train further parameters, given as {"params": […]} with their own options where they differ.

        Errors: those of the optimizer itself.

        >>> w, b = torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)
        >>> optimizer = torch.optim.SGD([w], lr=0.1)
        >>> optimizer.add_param_group({"params": [b], "lr": 0.01})
        >>> [group["lr"] for group in optimizer.param_groups]
        [0.1, 0.01]
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
                "will change between runs. Please use a list instead."
            )
        params = [params] if isinstance(params, Tensor) else list(params)
        known = {id(p) for group in self.param_groups for p in group["params"]}
        for p in params:
            if not isinstance(p, Tensor):
                raise TypeError(
                    f"optimizer can only optimize Tensors, but one of the params is {kind(p)}: give it a list "
                    "such as [w, b], or model.parameters()"
                )
            if not p.is_leaf:
                raise ValueError(
                    "can't optimize a non-leaf Tensor: it is the result of an operation, and its .grad stays None. "
                    "Give the optimizer the tensor that was made with requires_grad=True"
                )
            if id(p) in known:
                raise ValueError("some parameters appear in more than one parameter group")
        if len({id(p) for p in params}) < len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters: they would take every step twice",
                stacklevel=3,
            )
        options = {key: value for key, value in param_group.items() if key != "params"}
        self.param_groups.append({"params": params, **self.defaults, **options})

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients of all parameters: .grad becomes None, or zeros with set_to_none=False.

        >>> w = torch.ones(2, requires_grad=True)
        >>> optimizer = torch.optim.SGD([w], lr=0.1)
        >>> w.sum().backward()
        >>> optimizer.zero_grad()
        >>> print(w.grad)
        None
        """
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p.grad = None
                elif p._get_grad() is not None:
                    p._get_grad().detach_().zero_()

    def step(self, closure: Callable | None = None):
        """Take one step with every parameter that has a gradient; the others stay as they are.

        closure: computes the loss again and calls backward() before the step; the loss is returned.

        >>> w = torch.ones(2, requires_grad=True)
        >>> optimizer = torch.optim.SGD([w], lr=0.1)
        >>> w.sum().backward()
        >>> optimizer.step()
        >>> w
        tensor([0.9000, 0.9000], requires_grad=True)
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                gradient = p._get_grad()
                if gradient is not None:
                    array = p._array()
                    self._update(p, array, gradient._data, group)
                    mark_written(owner(array))
        return loss

    def _update(self, p: Tensor, array: np.ndarray, gradient: np.ndarray, group: dict[str, Any]) -> None:
        """Write the next values of the parameter `p` into its array."""
        raise NotImplementedError

    def state_dict(self) -> dict[str, Any]:
        """Return the state of each parameter, and the groups, with numbers for parameters, to be saved.

        >>> w = torch.ones(2, requires_grad=True)
        >>> torch.optim.SGD([w], lr=0.1).state_dict()["param_groups"][0]["params"]
        [0]
        """
        numbers: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            indices = [numbers.setdefault(id(p), len(numbers)) for p in group["params"]]
            groups.append({**{key: value for key, value in group.items() if key != "params"}, "params": indices})
        return {"state": {numbers[id(p)]: dict(state) for p, state in self.state.items()}, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from a state_dict of an optimizer with as many parameters, and share its tensors.

        Errors: ValueError, and nothing is changed, where the groups do not match.

        >>> w = torch.ones(2, requires_grad=True)
        >>> optimizer = torch.optim.SGD([w], lr=0.1)
        >>> optimizer.load_state_dict(torch.optim.SGD([w], lr=0.2).state_dict())
        >>> optimizer.param_groups[0]["lr"]
        0.2
        """
        groups = state_dict["param_groups"]
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(groups, self.param_groups, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        params: dict[int, Tensor] = {}
        for saved, group in zip(groups, self.param_groups, strict=True):
            params.update(zip(saved["params"], group["params"], strict=True))
        state: dict[Tensor, dict[str, Any]] = defaultdict(dict)
        for number, values in state_dict["state"].items():
            p = params[number]
            state[p] = {
                key: value.to(p.dtype) if isinstance(value, Tensor) and key != "step" else value
                for key, value in values.items()
            }
        self.state = state
        self.param_groups = [
            {"params": group["params"], **{key: value for key, value in saved.items() if key != "params"}}
            for saved, group in zip(groups, self.param_groups, strict=True)
        ]

    def __repr__(self) -> str:
        lines = []
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}\n")
            lines += [f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params"]
            lines.append("\n")
        return f"{type(self).__name__} (\n" + "".join(lines[:-1]) + ")"


def need(name: str, value: float, fits: bool) -> None:
    if not fits:
        allowed = "at least 0 and below 1" if "beta" in name else "0 or more"
        raise ValueError(f"Invalid {name}: {value}; it must be {allowed}")


class SGD(Optimizer):
    """Descend along the gradient, p -= lr · p.grad; with momentum, along a running sum of the gradients.

    momentum: which part of the sum is kept; dampening: which part of the new gradient is left out of it; nesterov: look
    ahead along the sum; weight_decay: times p, added to the gradient; maximize: go uphill.
    Errors: ValueError for a negative lr, momentum or weight_decay, and for nesterov without momentum or with dampening.

    >>> w = torch.tensor([1., 2.], requires_grad=True)
    >>> optimizer = torch.optim.SGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8000, 1.6000], requires_grad=True)
    """

    _shown_in = "torch.optim.sgd"

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        fused: bool | None = None,
    ) -> None:
        need("learning rate", lr, not lr < 0)
        need("momentum value", momentum, not momentum < 0)
        need("weight_decay value", weight_decay, not weight_decay < 0)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        options = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
        }
        super().__init__(params, options | {"foreach": foreach, "differentiable": False, "fused": fused})

    def _update(self, p, array, gradient, group):
        lr, momentum, decay = group["lr"], group["momentum"], group["weight_decay"]
        lr = constant(lr, array.dtype)
        if not momentum and not decay and not group["maximize"]:
            for w, g in pieces(array, gradient):
                w -= g * lr
            return
        first, buffer = False, array
        if momentum:
            state = self.state[p]
            first = "momentum_buffer" not in state
            if first:
                state["momentum_buffer"] = wrap(np.zeros_like(array), None)
            buffer = state["momentum_buffer"]._array()
        keep, take, decay = (constant(n, array.dtype) for n in (momentum, 1 - group["dampening"], decay))
        for w, g, b in pieces(array, gradient, buffer):
            if group["maximize"]:
                g = -g
            if decay:
                g = g + w * decay
            if momentum:
                if first:
                    b[...] = g
                else:
                    b *= keep
                    b += g * take if group["dampening"] else g
                g = g + b * keep if group["nesterov"] else b
            w -= g * lr


class Adam(Optimizer):
    """Take steps of about lr: a running mean of the gradients, divided by the root of one of their squares.

    betas: which part of the two means is kept; eps: keeps the quotient finite; weight_decay: times p, added to the
    gradient; amsgrad: divide by the largest root so far; maximize: go uphill.
    Source: Kingma and Ba, arXiv 1412.6980.
    Errors: ValueError for a negative lr, eps or weight_decay, and for betas outside [0, 1).

    >>> w = torch.tensor([1., 2.], requires_grad=True)
    >>> optimizer = torch.optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9000, 1.9000], requires_grad=True)
    """

    _shown_in = "torch.optim.adam"

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
        foreach: bool | None = None,
        fused: bool | None = None,
    ) -> None:
        need("learning rate", lr, lr >= 0)
        need("epsilon value", eps, eps >= 0)
        for index in (0, 1):
            need(f"beta parameter at index {index}", betas[index], 0 <= betas[index] < 1)
        need("weight_decay value", weight_decay, weight_decay >= 0)
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
        }
        others = {"foreach": foreach, "capturable": False, "differentiable": False, "fused": fused}
        super().__init__(params, {**options, **others, "decoupled_weight_decay": decoupled_weight_decay})

    def _update(self, p, array, gradient, group):
        state = self.state[p]
        if not state:
            state["step"] = wrap(np.float32(0), None)
            for name in ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")[: 3 if group["amsgrad"] else 2]:
                state[name] = wrap(np.zeros_like(array), None)
        state["step"]._data = state["step"]._data + 1
        t = state["step"].item()
        lr, (beta1, beta2), dtype = group["lr"], group["betas"], array.dtype
        take1, keep2, take2 = constant(1 - beta1, dtype), constant(beta2, dtype), constant(1 - beta2, dtype)
        eps, decay = constant(group["eps"], dtype), constant(group["weight_decay"], dtype)
        step = np.array(lr / (1 - beta1**t), dtype)
        correction = np.array((1 - beta2**t) ** 0.5, dtype)
        shrink = constant(1 - lr * group["weight_decay"], dtype)
        mean, square = state["exp_avg"]._array(), state["exp_avg_sq"]._array()
        largest = state["max_exp_avg_sq"]._array() if group["amsgrad"] else square
        for w, g, m, v, v_max in pieces(array, gradient, mean, square, largest):
            if group["maximize"]:
                g = -g
            if group["decoupled_weight_decay"]:
                w *= shrink
            elif decay:
                g = g + w * decay
            add_scaled(m, g - m, take1)
            v *= keep2
            add_scaled(v, g * take2, g)
            if group["amsgrad"]:
                np.maximum(v, v_max, out=v_max)
            root = np.sqrt(v_max)
            root /= correction
            root += eps
            change = m * step
            change /= root
            w -= change


class AdamW(Adam):
    """Take the steps of Adam, with weight decay kept apart from the gradient.

    Source: Loshchilov and Hutter, arXiv 1711.05101.
    Errors: those of Adam.

    >>> w = torch.tensor([1., 2.], requires_grad=True)
    >>> optimizer = torch.optim.AdamW([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8990, 1.8980], requires_grad=True)
    """

    _shown_in = "torch.optim.adamw"

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        fused: bool | None = None,
    ) -> None:
        options: dict[str, Any] = {"maximize": maximize, "foreach": foreach, "fused": fused}
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, decoupled_weight_decay=True, **options)


class RMSprop(Optimizer):
    """Take steps of the gradient divided by the root of a running mean of its squares.

    alpha: which part of the mean is kept; eps: keeps the quotient finite; momentum: as in SGD; centered: divide by the
    standard deviation instead of the root of the mean square.
    Source: Hinton, lecture 6e of Neural Networks for Machine Learning, 2012.
    Errors: ValueError for a negative lr, alpha, eps, weight_decay or momentum.

    >>> w = torch.tensor([1., 2.], requires_grad=True)
    >>> optimizer = torch.optim.RMSprop([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([5.9605e-08, 1.0000e+00], requires_grad=True)
    """

    _shown_in = "torch.optim.rmsprop"

    def __init__(
        self,
        params: Iterable,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
    ) -> None:
        need("learning rate", lr, lr >= 0)
        need("epsilon value", eps, eps >= 0)
        need("momentum value", momentum, momentum >= 0)
        need("weight_decay value", weight_decay, weight_decay >= 0)
        need("alpha value", alpha, alpha >= 0)
        options = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
        }
        others = {"capturable": False, "foreach": foreach, "maximize": maximize, "differentiable": False}
        super().__init__(params, options | others)

    def _update(self, p, array, gradient, group):
        state = self.state[p]
        momentum, centered = group["momentum"], group["centered"]
        if not state:
            state["step"] = wrap(np.float32(0), None)
            wanted = {"square_avg": True, "momentum_buffer": momentum > 0, "grad_avg": centered}
            state.update({name: wrap(np.zeros_like(array), None) for name, needed in wanted.items() if needed})
        state["step"]._data = state["step"]._data + 1
        numbers = (group["lr"], group["alpha"], 1 - group["alpha"], group["eps"], group["weight_decay"], momentum)
        lr, keep, take, eps, decay, inertia = (constant(n, array.dtype) for n in numbers)
        square = state["square_avg"]._array()
        buffer = state["momentum_buffer"]._array() if momentum > 0 else square
        mean = state["grad_avg"]._array() if centered else square
        for w, g, v, b, m in pieces(array, gradient, square, buffer, mean):
            if group["maximize"]:
                g = -g
            if decay:
                g = g + w * decay
            v *= keep
            add_scaled(v, g * take, g)
            if centered:
                add_scaled(m, g - m, take)
            root = np.sqrt(v - m * m if centered else v)
            root += eps
            if momentum > 0:
                b *= inertia
                b += g / root
                w -= b * lr
            else:
                change = g * lr
                change /= root
                w -= change
