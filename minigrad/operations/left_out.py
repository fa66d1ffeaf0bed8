"""What of PyTorch minigrad leaves out, and what to write instead: for whoever asks for it."""

from typing import Any

from ..engine.tensor import Tensor

ONE_DEVICE = "everything is computed on the CPU, so leave it out"
INSTEAD = {
    "cuda": ONE_DEVICE,
    "cpu": ONE_DEVICE,
    "device": ONE_DEVICE,
    "get_device": ONE_DEVICE,
    "einsum": "write it with @, * and .sum(dim)",
    "tensordot": "write it with reshape and @",
    "addmm": "write c + a @ b",
    "addmv": "write c + a @ b",
    "baddbmm": "write c + a @ b",
    "addcmul": "write x + value * a * b",
    "addcdiv": "write x + value * a / b",
    "lerp": "write x + weight * (y - x)",
    "hypot": "write (x * x + y * y).sqrt()",
    "rsqrt": "write 1 / x.sqrt()",
    "exp2": "write 2 ** x",
    "expm1": "write x.exp() - 1",
    "log2": "write x.log() / math.log(2)",
    "log10": "write x.log() / math.log(10)",
    "sinh": "write (x.exp() - (-x).exp()) / 2",
    "cosh": "write (x.exp() + (-x).exp()) / 2",
    "nansum": "write x[~x.isnan()].sum()",
    "index_select": "write x[:, indices]",
    "masked_select": "write x[mask]",
    "take": "write x.flatten()[indices]",
    "narrow": "write a slice, x[:, start : start + length]",
    "movedim": "write permute",
    "repeat": "write cat([x] * n) or expand",
    "tile": "write cat([x] * n) or expand",
    "hstack": "write cat(tensors, 1)",
    "vstack": "write cat(tensors, 0)",
    "half": "there are float32 and float64",
    "float16": "there are float32 and float64",
    "bfloat16": "there are float32 and float64",
    "nelement": "write numel()",
    "inference_mode": "write no_grad",
    "vmap": "loop over the first dimension, or write the operation for the whole batch",
    "func": "use autograd.functional",
    "compile": "call the function as it is",
    "jit": "call the function as it is",
    "linalg": "x.norm() and @ are there",
    "FloatTensor": "write torch.tensor(values)",
    "LongTensor": "write torch.tensor(values)",
}


def missing(where: str, name: str, holder: Any) -> AttributeError:
    """The error for a name that is not here; Python itself adds a similar name, if there is one."""
    instead = f": {INSTEAD[name]}" if name in INSTEAD else "; if it is PyTorch's, minigrad leaves it out"
    return AttributeError(f"{where} has no attribute {name!r} here{instead}", name=name, obj=holder)


def _getattr(tensor, name: str):
    if name.startswith("_"):  # asked for by Python and its tools, not by a learner
        raise AttributeError(f"'Tensor' object has no attribute {name!r}", name=name, obj=tensor)
    raise missing("'Tensor' object", name, tensor)


_Tensor: Any = Tensor  # for a type checker
_Tensor.__getattr__ = _getattr
