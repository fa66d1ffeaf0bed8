"""Where tensors are: `device`, and the only one there is, the CPU."""

from typing import Any

from .shown import Shown

KINDS = [
    "cpu",
    "cuda",
    "ipu",
    "xpu",
    "mkldnn",
    "opengl",
    "opencl",
    "ideep",
    "hip",
    "ve",
    "fpga",
    "maia",
    "xla",
    "lazy",
    "vulkan",
    "mps",
    "meta",
    "hpu",
    "mtia",
    "privateuseone",
]  # what PyTorch knows


class device(metaclass=Shown):
    """Name a device, such as torch.device("cpu"); tensors live on that one only.

    type: "cpu", "cuda", "cuda:1", "mps" and the like, or another device; index: which of several.
    Errors: RuntimeError for a name that PyTorch does not know either. Naming another device is not an error; using it
    is.

    >>> torch.device("cuda" if torch.cuda.is_available() else "cpu").type
    'cpu'
    """

    __slots__ = ("index", "type")
    _shown_in = "torch"
    type: str
    index: int | None

    def __init__(self, type, index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index
        elif not isinstance(type, str):
            raise RuntimeError(
                f"Cannot access accelerator device {type!r} when none is available: there is only the CPU"
            )
        elif ":" in type:
            type, _, number = type.partition(":")
            if index is not None or not number.isdecimal():
                raise RuntimeError(f"Invalid device string: '{type}:{number}'")
            index = int(number)
        if type not in KINDS:
            raise RuntimeError(f"Expected one of {', '.join(KINDS)} device type at start of device string: {type}")
        object.__setattr__(self, "type", type)
        object.__setattr__(self, "index", index)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"attribute '{name}' of 'torch.device' objects is not writable")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        return f"device(type='{self.type}'" + (")" if self.index is None else f", index={self.index})")

    def __reduce__(self):
        return device, (self.type, self.index)

    def __enter__(self) -> "device":
        check_device(self)
        return self

    def __exit__(self, *error: object) -> None:
        pass


CPU = device("cpu")


def check_device(where: Any) -> None:
    """Refuse any device but the CPU, with PyTorch's types of errors; None stands for the CPU."""
    if where is None or where == "cpu" or where is CPU:
        return
    kind = device(where).type
    if kind == "cuda":
        raise no_cuda()
    if kind != "cpu":
        raise RuntimeError(
            f"PyTorch is not linked with support for {kind} devices: minigrad computes on the CPU only; leave the "
            "device out, or choose one that is available, as PyTorch's tutorials do"
        )


def no_cuda() -> AssertionError:
    return AssertionError(
        "Torch not compiled with CUDA enabled: minigrad computes on the CPU only; leave the device out, or write "
        'torch.device("cuda" if torch.cuda.is_available() else "cpu")'
    )


def set_default_device(device) -> None:
    """Choose where tensors are made; here only the CPU can be chosen.

    Errors: AssertionError for the device "cuda", RuntimeError for another one.

    >>> torch.set_default_device("cpu")
    """
    check_device(device)


def get_default_device() -> device:
    """Return where tensors are made: the CPU.

    >>> torch.get_default_device()
    device(type='cpu')
    """
    return CPU
