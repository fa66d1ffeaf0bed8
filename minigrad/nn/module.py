"""`Module`: parameters and a function of them, made of smaller modules."""

from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator

from ..devices import check_device, no_cuda
from ..dtypes import float32, float64
from ..engine.tensor import Tensor
from ..errors import kind
from ..grad_mode import no_grad
from ..operations.shapes import sorted_out
from ..shown import ShownABC
from .parameter import Parameter


class Module(metaclass=ShownABC):
    """Build networks: parameters, buffers and further modules are attributes, and forward uses them.

    A subclass calls super().__init__(), sets its attributes, and defines forward; calling the module calls that.

    >>> class Scale(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = torch.nn.Parameter(torch.tensor(2.))
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> Scale()(torch.tensor([1., 2.]))
    tensor([2., 4.], grad_fn=<MulBackward0>)
    """

    _shown_in = "torch.nn.modules.module"
    training: bool

    def __init__(self) -> None:
        self.__dict__.update(training=True, _buffers=set(), _forward_pre_hooks=[], _forward_hooks=[])
        self.__dict__.update(_backward_pre_hooks=[], _backward_hooks=[])

    def forward(self, *inputs):
        """Compute the result; every subclass has its own.

        Errors: NotImplementedError where it does not.

        >>> torch.nn.Tanh().forward(torch.tensor([0., 1.]))
        tensor([0.0000, 0.7616])
        """
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *inputs, **options):
        for hook in tuple(self._forward_pre_hooks):
            changed = hook(self, inputs, options) if isinstance(hook, WithOptions) else hook(self, inputs)
            if changed is not None and isinstance(hook, WithOptions):
                inputs, options = changed
            elif changed is not None:
                inputs = changed if isinstance(changed, tuple) else (changed,)
        passage = None
        if self.__dict__.get("_backward_hooks") or self.__dict__.get("_backward_pre_hooks"):
            from .backward_hooks import Passage

            passage = Passage(self, self._backward_pre_hooks, self._backward_hooks)
        given = inputs if passage is None else passage.inputs(inputs)
        result = self.forward(*given, **options)
        for hook in tuple(self._forward_hooks):
            with_options = isinstance(hook, WithOptions)
            changed = hook(self, inputs, options, result) if with_options else hook(self, inputs, result)
            if changed is not None:
                result = changed
        return result if passage is None else passage.outputs(result, inputs)

    def __getattr__(self, name: str):
        hint = ""
        if name in ("_buffers", "_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks"):
            hint = f": {type(self).__name__}.__init__ has to begin with super().__init__()"
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{hint}")

    # --- attributes: parameters, buffers and modules are told apart by what they are

    def __setattr__(self, name: str, value) -> None:
        attributes = self.__dict__
        kind = "parameters" if isinstance(value, Parameter) else "module" if isinstance(value, Module) else None
        if "_buffers" not in attributes:
            if kind is not None:
                raise AttributeError(
                    f"cannot assign {kind} before Module.__init__() call: begin {type(self).__name__}.__init__ with "
                    "super().__init__()"
                )
        elif kind is None and value is not None:
            before = attributes.get(name)
            if isinstance(before, Parameter):
                raise TypeError(
                    f"cannot assign '{typename(value)}' as parameter '{name}' (torch.nn.Parameter or None expected): "
                    "to change its values, write inside `with torch.no_grad():`"
                )
            if isinstance(before, Module):
                raise TypeError(
                    f"cannot assign '{typename(value)}' as child module '{name}' (torch.nn.Module or None expected)"
                )
            if name in self._buffers and not isinstance(value, Tensor):
                raise TypeError(f"cannot assign '{typename(value)}' as buffer '{name}' (torch.Tensor or None expected)")
        object.__setattr__(self, name, value)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set a parameter whose name is a string; None means that there is no such parameter, as with bias=False.

        Errors: TypeError for anything but a Parameter or None, KeyError for a name that is taken, empty, or has a dot.

        >>> model = torch.nn.Module()
        >>> model.register_parameter("w", torch.nn.Parameter(torch.zeros(2)))
        >>> [name for name, _ in model.named_parameters()]
        ['w']
        """
        self._check_name(name, "parameter", lambda value: isinstance(value, Parameter))
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{typename(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)"
            )
        object.__setattr__(self, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None) -> None:
        """Set a tensor that is part of the state (state_dict), but is not trained.

        Errors: TypeError for anything but a tensor or None, KeyError for a name that is taken, empty, or has a dot.

        >>> model = torch.nn.Module()
        >>> model.register_buffer("mean", torch.zeros(2))
        >>> model.state_dict()
        OrderedDict([('mean', tensor([0., 0.]))])
        """
        self._check_name(name, "buffer", lambda value: name in self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{typename(tensor)}' object to buffer '{name}' (torch.Tensor or None required)"
            )
        self._buffers.add(name)
        object.__setattr__(self, name, tensor)

    def add_module(self, name: str, module: "Module | None") -> None:
        """Set a child whose name is a string.

        Errors: TypeError for anything but a Module or None, KeyError for a name that is taken, empty, or has a dot.

        >>> model = torch.nn.Module()
        >>> model.add_module("first", torch.nn.Tanh())
        >>> model.first
        Tanh()
        """
        self._check_name(name, "module", lambda value: isinstance(value, Module))
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{typename(module)} is not a Module subclass")
        object.__setattr__(self, name, module)

    def _check_name(self, name: str, kind: str, same: Callable) -> None:
        if "_buffers" not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__name__}")
        if "." in name or not name:
            raise KeyError(f'{kind} name can\'t contain "." or be empty, got {name!r}')
        if hasattr(self, name) and not same(getattr(self, name)):
            raise KeyError(f"attribute '{name}' already exists")

    # --- its parts

    def named_children(self) -> Iterator[tuple[str, "Module"]]:
        """Go through the modules that are attributes of this one, with their names, each once.

        >>> [name for name, _ in torch.nn.Sequential(torch.nn.Tanh(), torch.nn.ReLU()).named_children()]
        ['0', '1']
        """
        seen = set()
        for name, value in self.__dict__.items():
            if isinstance(value, Module) and value not in seen:
                seen.add(value)
                yield name, value

    def children(self) -> Iterator["Module"]:
        """Go through the modules that are attributes of this one, each once.

        >>> list(torch.nn.Sequential(torch.nn.Tanh(), torch.nn.ReLU()).children())
        [Tanh(), ReLU()]
        """
        return (module for _, module in self.named_children())

    def named_modules(self, memo: set | None = None, prefix: str = "") -> Iterator[tuple[str, "Module"]]:
        """Go through this module and all inside it, each once, with names such as "0.1" has for module 1 in module 0.

        >>> [name for name, _ in torch.nn.Sequential(torch.nn.Sequential(torch.nn.Tanh())).named_modules()]
        ['', '0', '0.0']
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        memo.add(self)
        yield prefix, self
        for name, module in self.named_children():
            yield from module.named_modules(memo, joined(prefix, name))

    def modules(self) -> Iterator["Module"]:
        """Go through this module and all inside it, each once.

        >>> len(list(torch.nn.Sequential(torch.nn.Tanh(), torch.nn.ReLU()).modules()))
        3
        """
        return (module for _, module in self.named_modules())

    def _named(self, members: Callable, prefix: str, recurse: bool) -> Iterator[tuple[str, Tensor]]:
        seen = set()
        for place, module in self.named_modules(prefix=prefix) if recurse else [(prefix, self)]:
            for name, tensor in members(module):
                if id(tensor) not in seen:
                    seen.add(id(tensor))
                    yield joined(place, name), tensor

    def named_parameters(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Parameter]]:
        """Go through the parameters of this module and of all inside it, each once, with names such as "0.weight".

        recurse: False for those of this module alone.

        >>> [name for name, _ in torch.nn.Sequential(torch.nn.Linear(3, 2)).named_parameters()]
        ['0.weight', '0.bias']
        """
        return self._named(own_parameters, prefix, recurse)  # type: ignore[return-value]

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Go through the parameters of this module and of all inside it: what an optimizer is given.

        recurse: False for those of this module alone.

        >>> [p.shape for p in torch.nn.Linear(3, 2).parameters()]
        [torch.Size([2, 3]), torch.Size([2])]
        """
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Tensor]]:
        """Go through the buffers of this module and of all inside it, with their names.

        recurse: False for those of this module alone.

        >>> model = torch.nn.Module()
        >>> model.register_buffer("mean", torch.zeros(2))
        >>> list(model.named_buffers())
        [('mean', tensor([0., 0.]))]
        """
        return self._named(own_buffers, prefix, recurse)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Go through the buffers of this module and of all inside it.

        recurse: False for those of this module alone.

        >>> list(torch.nn.Linear(3, 2).buffers())
        []
        """
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> "Module":
        """Return the module of a name as named_modules gives it.

        Errors: AttributeError where there is none.

        >>> torch.nn.Sequential(torch.nn.Tanh()).get_submodule("0")
        Tanh()
        """
        module = self
        for name in target.split(".") if target else ():
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    # --- what is done to all of it

    def apply(self, fn: Callable[["Module"], None]):
        """Call fn on every module inside this one, and on this one last, and return it.

        >>> model = torch.nn.Sequential(torch.nn.Tanh()).apply(print)
        Tanh()
        Sequential(
          (0): Tanh()
        )
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True):
        """Set training of this module and of all inside it, and return the module.

        Errors: ValueError for anything but True or False.

        >>> torch.nn.Tanh().train(False).training
        False
        """
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self):
        """Set training of this module and of all inside it to False, and return the module: train(False).

        >>> torch.nn.Tanh().eval().training
        False
        """
        return self.train(False)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients of all parameters: .grad becomes None, or zeros with set_to_none=False.

        >>> model = torch.nn.Linear(2, 1)
        >>> model(torch.ones(2)).sum().backward()
        >>> model.zero_grad()
        >>> print(model.weight.grad)
        None
        """
        for parameter in self.parameters():
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad = parameter.grad.detach().zero_()

    def requires_grad_(self, requires_grad: bool = True):
        """Set requires_grad of all parameters, to freeze them or to train them again, and return the module.

        >>> torch.nn.Linear(2, 1).requires_grad_(False).weight.requires_grad
        False
        """
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def to(self, *what, dtype=None, device=None, non_blocking=False):
        """Convert all floating-point parameters and buffers to another type, in place, and return the module.

        what: a floating-point type, a tensor whose type to take, or the only device, "cpu".
        Errors: TypeError for a type that is not a floating-point type, AssertionError for the device "cuda",
        RuntimeError for another one.

        >>> torch.nn.Linear(2, 1).to(torch.float64).weight.dtype
        torch.float64
        """
        check_device(device)
        dtype, _ = sorted_out(what, dtype)
        if dtype is None:
            return self
        if not dtype.is_floating_point:
            raise TypeError(f"nn.Module.to only accepts floating point dtypes, but got desired dtype={dtype}")
        for tensor in [*self.parameters(), *self.buffers()]:
            if tensor.is_floating_point():
                tensor.data = tensor.data.to(dtype)
                if tensor.grad is not None:
                    tensor.grad = tensor.grad.to(dtype)
        return self

    def cpu(self):
        """Return the module, whose parameters are on the CPU.

        >>> torch.nn.Tanh().cpu()
        Tanh()
        """
        return self

    def cuda(self, device=None):
        """Move the parameters to a GPU: there is none.

        Errors: AssertionError.

        >>> torch.nn.Linear(2, 1).cuda()
        Traceback (most recent call last):
            ...
        AssertionError: Torch not compiled with CUDA enabled...
        """
        raise no_cuda()

    def double(self):
        """Convert all floating-point parameters and buffers to float64, in place, and return the module.

        >>> torch.nn.Linear(2, 1).double().weight.dtype
        torch.float64
        """
        return self.to(float64)

    def float(self):
        """Convert all floating-point parameters and buffers to float32, in place, and return the module.

        >>> torch.nn.Linear(2, 1).double().float().weight.dtype
        torch.float32
        """
        return self.to(float32)

    # --- its state

    def state_dict(self, prefix: str = "") -> "OrderedDict[str, Tensor]":
        """Return the values of all parameters and buffers by their names, sharing their memory, outside the graph.

        >>> list(torch.nn.Linear(2, 1).state_dict())
        ['weight', 'bias']
        """
        state: OrderedDict[str, Tensor] = OrderedDict()
        for name, tensor in (*own_parameters(self), *own_buffers(self)):
            state[prefix + name] = tensor.detach()
        for name, value in self.__dict__.items():
            if isinstance(value, Module):
                state.update(value.state_dict(f"{prefix}{name}."))
        return state

    def load_state_dict(self, state_dict, strict: bool = True):
        """Write the values of a state_dict into the parameters and buffers, and return which names did not match.

        strict: refuse names that do not match.
        Errors: RuntimeError, and nothing is changed, for values of another shape, and, with strict, names that do not
        match.

        >>> model, other = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)
        >>> model.load_state_dict(other.state_dict())
        <All keys matched successfully>
        """
        if not hasattr(state_dict, "items"):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        own = self._state()
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        errors = []
        if strict and missing:
            errors.append(f"Missing key(s) in state_dict: {quoted(missing)}. ")
        if strict and unexpected:
            errors.append(f"Unexpected key(s) in state_dict: {quoted(unexpected)}. ")
        for name, tensor in own.items():
            value = state_dict.get(name, tensor)
            if not isinstance(value, Tensor):
                errors.append(
                    f'While copying the parameter named "{name}", expected torch.Tensor or Tensor-like object from '
                    f"checkpoint but received {type(value)}"
                )
            elif value.shape != tensor.shape:
                errors.append(
                    f"size mismatch for {name}: copying a param with shape {value.shape} from checkpoint, the shape in "
                    f"current model is {tensor.shape}."
                )
        if errors:
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:" + "".join(f"\n\t{each}" for each in errors)
            )
        with no_grad():
            for name, tensor in own.items():
                if name in state_dict:
                    tensor.copy_(state_dict[name])
        return IncompatibleKeys(missing, unexpected)

    def _state(self, prefix: str = "") -> dict[str, Tensor]:
        """As `state_dict`, the tensors themselves."""
        state = {prefix + name: tensor for name, tensor in (*own_parameters(self), *own_buffers(self))}
        for name, value in self.__dict__.items():
            if isinstance(value, Module):
                state.update(value._state(f"{prefix}{name}."))
        return state

    # --- hooks and repr

    def register_forward_pre_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> "HookHandle":
        """Call hook(module, inputs) before every forward; what it returns, unless None, replaces the inputs.

        prepend: before the hooks already registered; with_kwargs: call hook(module, inputs, keywords), which returns
        both. Returns a handle whose remove() removes the hook.

        >>> model = torch.nn.Tanh()
        >>> handle = model.register_forward_pre_hook(lambda module, inputs: print(inputs))
        >>> y = model(torch.tensor([0.]))
        (tensor([0.]),)
        """
        return HookHandle(self._forward_pre_hooks, WithOptions(hook) if with_kwargs else hook, prepend)

    def register_forward_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> "HookHandle":
        """Call hook(module, inputs, output) after every forward; what it returns, unless None, is the output.

        prepend: before the hooks already registered; with_kwargs: call hook(module, inputs, keywords, output).
        Returns a handle whose remove() removes the hook.

        >>> model = torch.nn.Tanh()
        >>> handle = model.register_forward_hook(lambda module, inputs, output: print(output))
        >>> y = model(torch.tensor([0.]))
        tensor([0.])
        """
        return HookHandle(self._forward_hooks, WithOptions(hook) if with_kwargs else hook, prepend)

    def register_full_backward_hook(self, hook: Callable, prepend: bool = False) -> "HookHandle":
        """Call hook(module, grad_input, grad_output) in every backward pass, once the inputs' gradients are known.

        grad_input, grad_output: the gradients with respect to the inputs given by position and to the results, tuples
        with None for what has none. What it returns, unless None, replaces grad_input.
        Returns a handle whose remove() removes the hook.

        >>> model = torch.nn.Tanh()
        >>> handle = model.register_full_backward_hook(lambda module, grad_input, grad_output: print(grad_output))
        >>> model(torch.tensor([0.], requires_grad=True)).sum().backward()
        (tensor([1.]),)
        """
        return HookHandle(self._backward_hooks, hook, prepend)

    def register_full_backward_pre_hook(self, hook: Callable, prepend: bool = False) -> "HookHandle":
        """Call hook(module, grad_output) in every backward pass, before it reaches the module.

        What it returns, unless None, replaces grad_output.
        Returns a handle whose remove() removes the hook.

        >>> model = torch.nn.Tanh()
        >>> handle = model.register_full_backward_pre_hook(lambda module, grad_output: print(grad_output))
        >>> model(torch.tensor([0.], requires_grad=True)).sum().backward()
        (tensor([1.]),)
        """
        return HookHandle(self._backward_pre_hooks, hook, prepend)

    def extra_repr(self) -> str:
        """Return what the repr says between its brackets; subclasses have their own.

        >>> torch.nn.Linear(3, 2).extra_repr()
        'in_features=3, out_features=2, bias=True'
        """
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [
            f"({name}): " + repr(value).replace("\n", "\n  ")
            for name, value in self.__dict__.items()
            if isinstance(value, Module)
        ]
        if not children and len(lines) <= 1:
            return f"{type(self).__name__}({extra})"
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines + children) + "\n)"


class WithOptions:
    """A hook that is also given the keywords of a call."""

    def __init__(self, hook: Callable) -> None:
        self._hook = hook

    def __call__(self, *given):
        return self._hook(*given)


class HookHandle:
    """Hold on to a hook of a module: remove() ends it, as does leaving a `with` block."""

    def __init__(self, hooks: list, hook: Callable, first: bool = False) -> None:
        self._hooks, self._hook = hooks, hook
        hooks.insert(0 if first else len(hooks), hook)

    def remove(self) -> None:
        """Remove the hook; doing so again does nothing."""
        for place, hook in enumerate(self._hooks):
            if hook is self._hook:
                del self._hooks[place]
                return

    def __enter__(self) -> "HookHandle":
        return self

    def __exit__(self, *error) -> None:
        self.remove()


class IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What `load_state_dict` found: names of the module that were not in the state, and the other way round."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return "_" + super().__repr__()

    __str__ = __repr__


def own_parameters(module: Module) -> list[tuple[str, Tensor]]:
    buffers = module._buffers  # what a module without super().__init__() lacks
    return [
        (name, value) for name, value in module.__dict__.items() if isinstance(value, Parameter) and name not in buffers
    ]


def own_buffers(module: Module) -> list[tuple[str, Tensor]]:
    attributes = module.__dict__
    return [
        (name, value) for name, value in attributes.items() if name in module._buffers and isinstance(value, Tensor)
    ]


def joined(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def typename(value) -> str:
    return value.type() if isinstance(value, Tensor) else kind(value)
