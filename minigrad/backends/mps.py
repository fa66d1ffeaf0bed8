"""Apple's GPUs: there is none."""

from ..operations.left_out import front


def is_available() -> bool:
    """Return True where an Apple GPU can be used: never.

    >>> torch.backends.mps.is_available()
    False
    """
    return False


def is_built() -> bool:
    """Return True where the library was built for Apple's GPUs: it was not.

    >>> torch.backends.mps.is_built()
    False
    """
    return False


__all__ = ["is_available", "is_built"]
__getattr__, __dir__ = front(__name__)
