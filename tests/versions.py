"""Which PyTorch the comparisons run beside.

minigrad follows the newest.  Where an older PyTorch shows something else, the tests say what, and until when.
"""

from packaging.version import Version


def since(version: str) -> bool:
    """Whether the PyTorch that is installed is this version or a newer one."""
    import torch

    return Version(torch.__version__) >= Version(version)


def built_for_gpus() -> bool:
    """Whether the PyTorch that is installed was built for a GPU, as minigrad is not.

    Where there is none, it gives other answers about devices than a build for the CPU: x.cuda() is a RuntimeError
    about a missing driver and no AssertionError.  Tests of such answers are marked `cpu_build`.
    """
    import torch

    return torch.backends.cuda.is_built() or torch.backends.mps.is_built()
