"""The switches of NVIDIA's library; they may be set, but have no effect here."""

from ..operations.left_out import front

benchmark = False
deterministic = False
enabled = True


def is_available() -> bool:
    """Return True where NVIDIA's library can be used: never.

    >>> torch.backends.cudnn.is_available()
    False
    """
    return False


__all__ = ["benchmark", "deterministic", "enabled", "is_available"]
__getattr__, __dir__ = front(__name__)
