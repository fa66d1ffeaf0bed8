"""What programs ask about accelerators of any kind: there is none."""

from .operations.left_out import front


def is_available() -> bool:
    """Return True where there is an accelerator to compute on: never.

    >>> torch.accelerator.is_available()
    False
    """
    return False


def device_count() -> int:
    """Return the number of accelerators: 0.

    >>> torch.accelerator.device_count()
    0
    """
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """Return the device of the accelerator in use: None, as there is none.

    >>> print(torch.accelerator.current_accelerator())
    None
    """


__all__ = ["current_accelerator", "device_count", "is_available"]
__getattr__, __dir__ = front(__name__)
