"""What of PyTorch minigrad leaves out, and what to write instead: for whoever asks for it."""

from typing import Any

from ..engine.tensor import Tensor

ONE_DEVICE = "there is one device, the CPU: write nothing"
TYPES = "there are float32, float64, int64 and bool"

INSTEAD = {
    # the same by another name
    "absolute": "write abs", "subtract": "write sub", "multiply": "write mul", "divide": "write div",
    "true_divide": "write div", "negative": "write neg", "positive": "write the tensor itself", "fix": "write trunc",
    "greater": "write gt", "greater_equal": "write ge", "less": "write lt", "less_equal": "write le",
    "not_equal": "write ne", "clamp_min": "write clamp(min=…)", "clamp_max": "write clamp(max=…)",
    "moveaxis": "write permute", "movedim": "write permute", "swapdims": "write transpose", "ger": "write outer",
    "bmm": "write @", "vdot": "write dot", "asarray": "write as_tensor", "scalar_tensor": "write tensor",
    "broadcast_to": "write expand", "reshape_as": "write reshape(y.shape)", "inference_mode": "write no_grad",
    "ndimension": "write dim()", "nelement": "write numel()", "element_size": "write dtype.itemsize",
    "arccos": "write acos", "arcsin": "write asin", "arctan": "write atan",
    "newaxis": "write None", "pi": "write math.pi", "inf": "write math.inf", "nan": "write math.nan",
    "e": "write math.e",
    # made of what is there
    "hypot": "write (x * x + y * y).sqrt()", "frac": "write x - x.trunc()",
    "fmod": "write x - y * (x / y).trunc()", "logit": "write (x / (1 - x)).log()",
    "lerp": "write x + weight * (y - x)", "addcmul": "write x + value * a * b", "addcdiv": "write x + value * a / b",
    "addmm": "write c + a @ b", "addmv": "write c + a @ b", "baddbmm": "write c + a @ b",
    "einsum": "write it with @, * and .sum(dim)", "tensordot": "write it with reshape and @",
    "inner": "write (x * y).sum(-1)", "trace": "write x[range(n), range(n)].sum()",
    "diag": "write x[range(n), range(n)]", "dist": "write (x - y).norm(p)", "diagonal": "write x[range(n), range(n)]",
    "diff": "write x[1:] - x[:-1]", "nansum": "write x[~x.isnan()].sum()", "nanmean": "write x[~x.isnan()].mean()",
    "var_mean": "write x.var(), x.mean()", "std_mean": "write x.std(), x.mean()", "nonzero": "write torch.where(x)",
    "argwhere": "write torch.where(x)", "nan_to_num": "write torch.where(x.isnan(), 0, x)",
    "index_select": "write x[indices] or x[:, indices]", "masked_select": "write x[mask]",
    "take": "write x.flatten()[indices]", "gather": "write x[range(n), indices]",
    "narrow": "write a slice, x[:, start : start + length]", "select": "write x[:, i]", "unflatten": "write reshape",
    "repeat": "write torch.cat([x] * n), or expand", "tile": "write torch.cat([x] * n)",
    "hstack": "write torch.cat(tensors, 1)", "vstack": "write torch.cat(tensors, 0)", "fliplr": "write flip(1)",
    "flipud": "write flip(0)", "bernoulli": "write torch.rand_like(p) < p",
    "normal": "write mean + std * torch.randn(size)", "linalg": "x.norm() and @ are there",
    "is_nonzero": "write bool(x)", "dropout": "write x * (torch.rand_like(x) > p) / (1 - p)",
    # without a counterpart
    "cuda": ONE_DEVICE, "cpu": ONE_DEVICE, "device": ONE_DEVICE, "get_device": ONE_DEVICE, "is_cuda": ONE_DEVICE,
    "set_default_device": ONE_DEVICE, "half": TYPES, "float16": TYPES, "bfloat16": TYPES, "short": TYPES,
    "int8": TYPES, "int16": TYPES, "complex64": TYPES, "complex128": TYPES, "char": TYPES, "byte": TYPES,
    "FloatTensor": "write torch.tensor(values)", "DoubleTensor": "write torch.tensor(values, dtype=torch.float64)",
    "LongTensor": "write torch.tensor(values)", "BoolTensor": "write torch.tensor(values)",
    "vmap": "loop over the first dimension, or write the operation for the whole batch",
    "func": "use autograd.functional", "compile": "call the function as it is", "jit": "call the function as it is",
}  # fmt: skip

NAMES = """
acosh addr aminmax angle arctan2 argsort asinh atan2 atanh atleast_1d bincount
bucketize cartesian_prod cdist celu cholesky combinations conj conv1d conv2d conv3d copysign corrcoef
cosine_similarity cov cross cummax cummin cumprod deg2rad det diagflat distributed distributions eig embedding erf
erfc erfinv fft finfo fmax fmin from_dlpack frombuffer gcd gradient group_norm heaviside histc iinfo imag
index_add index_copy index_fill instance_norm inverse isin kron kthvalue layer_norm lcm lgamma logaddexp
logcumsumexp logdet logspace lstsq lu masked_scatter matrix_exp matrix_power max_pool1d max_pool2d median meshgrid
mode msort multinomial multiprocessing nanmedian nanquantile new pinverse poisson polar prelu profiler qr
quantile rad2deg range real renorm repeat_interleave roll rot90 scatter scatter_add searchsorted selu sgn signbit
sinc slogdet solve sort sparse special stft storage stride sum_to_size svd threshold to_dense topk triu tril
unfold unique unique_consecutive untyped_storage use_deterministic_algorithms vander xlogy
"""
FURTHER = frozenset(NAMES.split())


def missing(where: str, name: str, holder: Any) -> AttributeError:
    """The error for a name that is not here; Python itself adds a similar name, if there is one."""
    known = name if name in INSTEAD or name in FURTHER else name.rstrip("_")
    told = f"{where} has no attribute {name!r}"
    if known in INSTEAD:
        told += f" here, minigrad leaves it out: {INSTEAD[known]}"
    elif known in FURTHER:
        told += " here: minigrad leaves it out"
    return AttributeError(told, name=name, obj=holder)


class LeftOut:
    """What stands in the place of a method that is left out.  (`__getattr__` would make every attribute slow.)"""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, tensor, owner):
        raise missing("'Tensor' object", self.name, owner if tensor is None else tensor)


def _dir(tensor) -> list[str]:
    return [name for name in object.__dir__(tensor) if not isinstance(vars(Tensor).get(name), LeftOut)]


for name in {*INSTEAD, *FURTHER}:
    for each in (name, name + "_"):
        if not hasattr(Tensor, each):
            setattr(Tensor, each, LeftOut(each))
_Tensor: Any = Tensor  # for a type checker
_Tensor.__dir__ = _dir
