"""What programs ask about GPUs before they use one: `torch.cuda.is_available()` is False."""

from typing import Any, NoReturn

from .devices import no_cuda
from .operations.left_out import front


def is_available() -> bool:
    """Return True where there is a GPU to compute on: never.

    >>> torch.cuda.is_available()
    False
    """
    return False


def is_initialized() -> bool:
    """Return True where a GPU has been used: never.

    >>> torch.cuda.is_initialized()
    False
    """
    return False


def device_count() -> int:
    """Return the number of GPUs: 0.

    >>> torch.cuda.device_count()
    0
    """
    return 0


def empty_cache() -> None:
    """Release unused memory of a GPU: there is none.

    >>> torch.cuda.empty_cache()
    """


def manual_seed(seed: int) -> None:
    """Seed the generator of a GPU: there is none, and torch.manual_seed seeds that of the CPU.

    >>> torch.cuda.manual_seed(0)
    """


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all GPUs: there is none, and torch.manual_seed seeds that of the CPU.

    >>> torch.cuda.manual_seed_all(0)
    """


def current_device() -> NoReturn:
    """Return the number of the GPU in use: there is none.

    Errors: AssertionError.

    >>> torch.cuda.current_device()
    Traceback (most recent call last):
        ...
    AssertionError: Torch not compiled with CUDA enabled...
    """
    raise no_cuda()


def get_device_name(device: Any = None) -> NoReturn:
    """Return the name of a GPU: there is none.

    Errors: AssertionError.

    >>> torch.cuda.get_device_name(0)
    Traceback (most recent call last):
        ...
    AssertionError: Torch not compiled with CUDA enabled...
    """
    raise no_cuda()


def synchronize(device: Any = None) -> NoReturn:
    """Wait for a GPU: there is none.

    Errors: AssertionError.

    >>> torch.cuda.synchronize()
    Traceback (most recent call last):
        ...
    AssertionError: Torch not compiled with CUDA enabled...
    """
    raise no_cuda()


__all__ = [
    "current_device",
    "device_count",
    "empty_cache",
    "get_device_name",
    "is_available",
    "is_initialized",
    "manual_seed",
    "manual_seed_all",
    "synchronize",
]
__getattr__, __dir__ = front(__name__)
