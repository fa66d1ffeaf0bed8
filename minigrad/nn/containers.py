"""Modules and parameters that hold others, in a row or by their names."""

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from ..engine.tensor import Tensor
from ..errors import kind
from .module import Module
from .parameter import Parameter


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

    def __delitem__(self, index: int | slice) -> None:
        modules = list(self)
        del modules[index]
        self._renumber(modules)

    def __iadd__(self, modules: Iterable[Module]):
        return self.extend(modules)

    def _renumber(self, modules: list[Module]) -> None:
        """Replace all modules by these."""
        for name in [name for name, value in self.__dict__.items() if isinstance(value, Module)]:
            delattr(self, name)
        self.extend(modules)

    def insert(self, index: int, module: Module):
        """Put a module before the one with that number, and return this one.

        Errors: TypeError for anything but a module.

        >>> torch.nn.Sequential(torch.nn.Tanh()).insert(0, torch.nn.Linear(3, 2))
        Sequential(
          (0): Linear(in_features=3, out_features=2, bias=True)
          (1): Tanh()
        )
        """
        if not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module: {type(self).__name__} holds modules")
        modules = list(self)
        modules.insert(index, module)
        self._renumber(modules)
        return self

    def pop(self, index: int = -1) -> Module:
        """Take the module with that number out, and return it.

        Errors: IndexError where there is none.

        >>> torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh()).pop(1)
        Tanh()
        """
        module = self[index]
        del self[index]
        return module

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

    def __repr__(self) -> str:
        alike = [(text, len(list(several))) for text, several in groupby(map(repr, self))]
        if not alike:
            return f"{type(self).__name__}()"
        lines, number = [], 0
        for text, count in alike:  # equal neighbours are told together
            told = f"({number}): {text}" if count == 1 else f"({number}-{number + count - 1}): {count} x {text}"
            lines.append(told.replace("\n", "\n  "))
            number += count
        return f"{type(self).__name__}(\n  " + "\n  ".join(lines) + "\n)"


class ModuleDict(Module):
    """Hold modules by their names; how they are used is up to the forward around them.

    modules: a dict of names and modules, or pairs of them.
    Errors: KeyError for a name that is taken, empty, or has a dot; TypeError for anything but modules.

    >>> torch.nn.ModuleDict({"first": torch.nn.Linear(3, 2), "last": torch.nn.Tanh()})
    ModuleDict(
      (first): Linear(in_features=3, out_features=2, bias=True)
      (last): Tanh()
    )
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def _held(self) -> dict[str, Module]:
        return {name: value for name, value in self.__dict__.items() if isinstance(value, Module)}

    def __getitem__(self, key: str) -> Module:
        return self._held()[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        self.pop(key)

    def __len__(self) -> int:
        return len(self._held())

    def __iter__(self) -> Iterator[str]:
        return iter(self._held())

    def __contains__(self, key: str) -> bool:
        return key in self._held()

    def keys(self):
        """Return the names.

        >>> list(torch.nn.ModuleDict({"last": torch.nn.Tanh()}).keys())
        ['last']
        """
        return self._held().keys()

    def values(self):
        """Return the modules.

        >>> list(torch.nn.ModuleDict({"last": torch.nn.Tanh()}).values())
        [Tanh()]
        """
        return self._held().values()

    def items(self):
        """Return pairs of a name and its module.

        >>> list(torch.nn.ModuleDict({"last": torch.nn.Tanh()}).items())
        [('last', Tanh())]
        """
        return self._held().items()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Set the modules of a dict, or of pairs of a name and a module; those of other names stay.

        Errors: TypeError for anything else.

        >>> modules = torch.nn.ModuleDict({"last": torch.nn.Tanh()})
        >>> modules.update({"last": torch.nn.ReLU()})
        >>> modules
        ModuleDict(
          (last): ReLU()
        )
        """
        if not isinstance(modules, Iterable):
            raise TypeError(
                f"ModuleDict.update should be called with an iterable of key/value pairs, but got {kind(modules)}"
            )
        pairs = modules.items() if isinstance(modules, (Mapping, ModuleDict)) else modules
        for number, pair in enumerate(pairs):
            if not isinstance(pair, Iterable):
                raise TypeError(f"ModuleDict update sequence element #{number} should be Iterable; is {kind(pair)}")
            if len(pair) != 2:
                raise ValueError(f"ModuleDict update sequence element #{number} has length {len(pair)}; 2 is required")
            self[pair[0]] = pair[1]

    def pop(self, key: str) -> Module:
        """Take the module of that name out, and return it.

        Errors: KeyError where there is none.

        >>> torch.nn.ModuleDict({"last": torch.nn.Tanh()}).pop("last")
        Tanh()
        """
        module = self[key]
        delattr(self, key)
        return module

    def clear(self) -> None:
        """Take all modules out.

        >>> modules = torch.nn.ModuleDict({"last": torch.nn.Tanh()})
        >>> modules.clear()
        >>> len(modules)
        0
        """
        for key in list(self):
            self.pop(key)


class ParameterList(Module):
    """List parameters, so that an optimizer finds them; how they are used is up to the forward around them.

    values: parameters; a tensor becomes one.
    Errors: TypeError for anything else.

    >>> torch.nn.ParameterList([torch.zeros(2), torch.zeros(2, 3)])
    ParameterList(
        (0): Parameter containing: [torch.float32 of size 2]
        (1): Parameter containing: [torch.float32 of size 2x3]
    )
    """

    def __init__(self, values: Iterable[Tensor] | None = None) -> None:
        super().__init__()
        if values is not None:
            self.extend(values)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __iter__(self) -> Iterator[Parameter]:
        return iter([value for value in self.__dict__.values() if isinstance(value, Parameter)])

    def __getitem__(self, index):
        if isinstance(index, slice):
            return ParameterList(list(self)[index])
        return getattr(self, self._name_of(index))

    def __setitem__(self, index: int, value: Tensor) -> None:
        setattr(self, self._name_of(index), self._as_parameter(value))

    def __iadd__(self, values: Iterable[Tensor]):
        return self.extend(values)

    def _name_of(self, index) -> str:
        index, length = operator.index(index), len(self)
        if not -length <= index < length:
            raise IndexError(f"index {index} is out of range: there are {length} parameters")
        return str(index % length)

    def _as_parameter(self, value: Tensor) -> Parameter:
        if not isinstance(value, Tensor):
            raise TypeError(f"a ParameterList holds parameters here, not {kind(value)}")
        return value if isinstance(value, Parameter) else Parameter(value)

    def append(self, value: Tensor):
        """Add a parameter at the end, and return this list.

        >>> len(torch.nn.ParameterList().append(torch.zeros(2)))
        1
        """
        self.register_parameter(str(len(self)), self._as_parameter(value))
        return self

    def extend(self, values: Iterable[Tensor]):
        """Add several parameters at the end, and return this list.

        >>> len(torch.nn.ParameterList().extend([torch.zeros(2), torch.zeros(3)]))
        2
        """
        if not isinstance(values, Iterable) or isinstance(values, Tensor):
            raise TypeError(f"ParameterList.extend should be called with an iterable, but got {kind(values)}")
        for value in values:
            self.append(value)
        return self

    def __call__(self, *inputs, **options):
        raise RuntimeError("ParameterList should not be called.")

    def extra_repr(self) -> str:
        return "\n".join(
            f"  ({number}): Parameter containing: [{value.dtype} of size {'x'.join(map(str, value.shape))}]"
            for number, value in enumerate(self)
        )


# PyTorch's module of that name, so that a class prints as it does there.
for _kind in (Sequential, ModuleList, ModuleDict, ParameterList):
    _kind._shown_in = "torch.nn.modules.container"
