"""minigrad under the name torch for imports, too: what `as_torch` does, and undoes.

`import minigrad as torch` names a variable.  `from torch.utils.data import DataLoader` asks Python's import system,
which does not look at variables, and finds PyTorch or nothing.  After `as_torch()` it finds minigrad's modules,
the same objects under both names.
"""

import importlib
import importlib.abc
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import minigrad

MODULES = {
    "nn", "nn.functional", "nn.init", "nn.utils", "nn.modules", "nn.parameter", "optim", "optim.lr_scheduler",
    "utils", "utils.data", "autograd", "autograd.functional", "cuda", "backends", "backends.cudnn", "backends.mps",
    "accelerator", "testing", "func",
}  # fmt: skip
WHERE = {"nn.modules": "nn", "nn.parameter": "nn"}  # PyTorch's modules whose names are in another one here


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Find torch.nn and other modules in minigrad."""

    def find_spec(self, name: str, path=None, target=None) -> ModuleSpec | None:
        if not name.startswith("torch."):
            return None
        if name.removeprefix("torch.") not in MODULES:
            raise ModuleNotFoundError(
                f"No module named {name!r} in minigrad, which stands in for PyTorch since minigrad.as_torch(): it "
                "leaves that out",
                name=name,
            )
        return ModuleSpec(name, self)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        name = spec.name.removeprefix("torch.")
        module = importlib.import_module(f"minigrad.{WHERE.get(name, name)}")
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        if spec is not None and spec.loader is self:
            module.__spec__ = spec.loader_state  # the same module, under another name


finder = Finder()


def as_torch(on: bool = True) -> None:
    """Let `import torch`, `from torch import nn` and `from torch.utils.data import DataLoader` find minigrad.

    on: False ends it, and forgets what was imported under the name torch; names that a program has stay as they are.
    Errors: RuntimeError where PyTorch is imported already: a program can use only one of the two.

    >>> import minigrad
    >>> minigrad.as_torch()
    >>> from torch.utils.data import DataLoader
    >>> DataLoader is minigrad.utils.data.DataLoader
    True
    >>> minigrad.as_torch(False)
    """
    known = sys.modules.get("torch")
    if on and known is not None and known is not minigrad:
        raise RuntimeError(
            "PyTorch is already imported as torch, and a program can use only one of the two: restart the kernel, or "
            "Python, and call minigrad.as_torch() before anything imports torch"
        )
    if on:
        sys.modules["torch"] = minigrad
        if finder not in sys.meta_path:
            sys.meta_path.insert(0, finder)
        return
    if finder in sys.meta_path:
        sys.meta_path.remove(finder)
    if known is minigrad:
        for name in [name for name in sys.modules if name == "torch" or name.startswith("torch.")]:
            del sys.modules[name]
