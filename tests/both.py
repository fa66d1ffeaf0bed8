"""Programs that run under minigrad and under PyTorch, and what they show.

    programs = Programs(__name__)

    @programs
    def a_sum(torch, show):
        show(torch.ones(2).sum())          # the repr
        show.error(torch.ones, -1)         # the type of the error

    test_as_recorded, test_beside_pytorch = programs.tests()
    record = programs.record

The tests run them against what PyTorch showed when it was recorded and, where PyTorch is installed, under both.  An
older PyTorch that shows something else has to show what is recorded of it.
"""

import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import minigrad
from tests.figures import changed, installed, recorded
from tests.versions import built_for_gpus


class Show:
    """Collects what a program shows, as text."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def __call__(self, *values: Any) -> None:
        for value in values:
            text = value if isinstance(value, str) else repr(value)
            text = re.sub(r" at 0x[0-9a-f]+", "", text).replace("torch.autograd.function.", "")
            self.shown.append(text)

    def error(self, function: Callable, *args: Any, **kwargs: Any) -> None:
        """The type of the error that the call raises; a call that raises none is shown with its result."""
        try:
            self("no error", function(*args, **kwargs))
        except Exception as error:
            self(type(error).__name__)

    def warnings(self, function: Callable, *args: Any, **kwargs: Any) -> Any:
        """The categories of the warnings that the call gives; returns its result."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            result = function(*args, **kwargs)
        self(*(each.category.__name__ for each in caught))
        return result

    def graph(self, tensor: Any, depth: int = 6) -> None:
        """The names of the nodes behind a tensor, as nested lists."""
        self(repr(outline(tensor.grad_fn, depth)))


def outline(node: Any, depth: int) -> Any:
    """A node's name and the outlines of its inputs."""
    if node is None or depth == 0:
        return "None" if node is None else "…"
    name = node.name().rpartition("::")[2]
    inputs = [outline(following, depth - 1) for following, _ in node.next_functions]
    return [name, *inputs] if inputs else name


class Programs(dict[str, Callable]):
    """A decorator that collects the programs of a test module by their names, and makes tests of them."""

    def __init__(self, test_module: str) -> None:
        super().__init__()
        self.test_module = test_module
        self.of_cpu_builds: set[str] = set()

    def of_a_cpu_build(self, program: Callable) -> Callable:
        """A decorator for a program that asks for devices, which a PyTorch built for GPUs answers in another way."""
        self.of_cpu_builds.add(program.__name__)
        return self(program)

    def __call__(self, program: Callable) -> Callable:
        self[program.__name__] = program
        return program

    def shown(self, name: str, torch: Any) -> list[str]:
        """What a program shows under one of the libraries."""
        show = Show()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self[name](torch, show)
        assert show.shown, "a program that shows nothing proves nothing"
        return show.shown

    def record(self) -> dict[str, Any]:
        """What all of them show under PyTorch; of one built for GPUs, what it shows of devices is left out."""
        import torch

        left_out = self.of_cpu_builds if built_for_gpus() else set()
        return {name: self.shown(name, torch) for name in self if name not in left_out}

    def _marked(self, name: str) -> Any:
        return pytest.param(name, marks=[pytest.mark.cpu_build] * (name in self.of_cpu_builds))

    def tests(self) -> tuple[Callable, Callable]:
        """Two tests of the programs collected so far: against the recorded figures, and beside PyTorch."""

        @pytest.mark.parametrize("name", self)
        def test_as_recorded(name: str) -> None:
            assert self.shown(name, minigrad) == recorded(self.test_module)[name]

        @pytest.mark.torch
        @pytest.mark.parametrize("name", [*map(self._marked, self)])
        def test_beside_pytorch(name: str) -> None:
            import torch

            figures = self.shown(name, torch)
            if name in changed(self.test_module):
                assert figures == installed(self.test_module)[name]
            else:
                assert figures == self.shown(name, minigrad)

        return test_as_recorded, test_beside_pytorch
