"""Further keywords that PyTorch takes: NumPy's `axis` and `keepdims`, and `out` of functions."""

import functools

from ..dtypes import category
from ..engine.operation import functions, methods
from ..engine.tensor import Tensor, wrap

REDUCTIONS = """
sum mean prod std var max min argmax argmin amax amin any all logsumexp softmax log_softmax cumsum cumprod
count_nonzero squeeze unsqueeze unbind chunk sort argsort
"""
JOINING = "cat concat concatenate stack"
NAMES = {"axis": "dim", "keepdims": "keepdim"}
WITH_OUT = """
add sub mul div pow exp log sqrt sin cos tan tanh sigmoid abs neg floor ceil round sign square mm mv matmul dot outer
maximum minimum clamp sum mean prod cumsum cat stack eq ne lt le gt ge logical_and logical_or logical_not
"""


def with_names(function):
    """Return the function with `axis` and `keepdims` for `dim` and `keepdim`."""

    @functools.wraps(function)
    def renamed(*arguments, **options):
        if options:
            for theirs, ours in NAMES.items():
                if theirs in options:
                    if ours in options:
                        raise TypeError(f"{function.__name__}() got both {ours} and {theirs}, which mean the same")
                    options[ours] = options.pop(theirs)
        return function(*arguments, **options)

    return renamed


def with_out(function):
    """Return the function with `out`, a tensor that the result is written into and that is returned."""

    @functools.wraps(function)
    def writing(*arguments, **options):
        if "out" not in options:
            return function(*arguments, **options)
        out = options.pop("out")
        result = function(*arguments, **options)
        return result if out is None else written(function.__name__, result, out)

    return writing


def written(name: str, result: Tensor, out: Tensor) -> Tensor:
    """`out`, with the numbers of the result."""
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}")
    if result.requires_grad or out.requires_grad:
        raise RuntimeError(
            f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the "
            "arguments requires grad: do not pass out"
        )
    if category(result._data.dtype) > category(out._data.dtype):
        raise RuntimeError(f"result type {result.dtype} can't be cast to the desired output type {out.dtype}")
    if out._data.shape != result._data.shape:
        if out._data.size:
            raise RuntimeError(f"{name}(): out has shape {list(out.shape)}, and the result {list(result.shape)}")
        out._set_array(result.to(out.dtype)._data.copy())
        return out
    return out.copy_(wrap(result._data, None))


def accept_numpys_names() -> None:
    """Let the functions and methods take these keywords."""
    for name in REDUCTIONS.split():
        functions[name] = with_names(functions[name])
        methods[name] = with_names(methods[name])
        setattr(Tensor, name, methods[name])
    for name in JOINING.split():
        functions[name] = with_names(functions[name])
    for name in WITH_OUT.split():
        functions[name] = with_out(functions[name])
