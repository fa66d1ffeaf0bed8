"""Operations that only write: zero_, fill_ and copy_."""

import numpy as np

from ..engine.operation import method, rule
from ..engine.rows import on_arrays, on_tensors
from ..engine.tensor import Tensor, wrap
from ..numbers import fitting
from .arguments import need_number, need_tensors
from .creation import converted


def copied(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return y broadcast to the shape of x, in the type of x."""
    try:
        return np.broadcast_to(y, x.shape).astype(x.dtype)
    except ValueError:
        raise RuntimeError(f"shape {list(y.shape)} cannot be broadcast to shape {list(x.shape)}") from None


on_arrays["copied"] = copied

# fmt: off
# --- operation --------- result --------------- x receives ---------------- y receives -------
rule("zero(x)",           "np.zeros_like(x)",    x="zeros_like(g)",          inner=True, inplace=True)
rule("fill(x, n)",        "np.full_like(x, n)",  x="zeros_like(g)",
     inner=True, inplace=True, node="FillBackward2")
rule("fill_with(x, y)",   "np.full_like(x, y)",  x="zeros_like(g)",          y="sum_all(g)",
     inner=True, inplace=True, node="FillBackward3", elementwise=False, converts=True)
rule("copy(x, y)",        "copied(y, x)",        x="zeros_like(g)",          y="g",
     inner=True, inplace=True, node="CopyBackwards", elementwise=False, converts=True)
# fmt: on


# --- as methods


@method
def zero_(input):
    """Write 0 into every element, in place, and return the tensor.

    Errors: RuntimeError for a leaf that requires grad while operations are recorded.
    Gradient: the numbers that were there before receive 0.

    >>> torch.tensor([1., 2.]).zero_()
    tensor([0., 0.])
    """
    return on_tensors["zero_"](input)


@method
def fill_(input, value):
    """Write one number into every element, in place, and return the tensor.

    value: a number, or a 0-d tensor.
    Errors: RuntimeError for a tensor of more dimensions, and for a leaf that requires grad while operations are
    recorded.
    Gradient: the numbers that were there before receive 0, a tensor value receives the sum of g.

    >>> torch.zeros(3).fill_(7)
    tensor([7., 7., 7.])
    """
    if isinstance(value, Tensor):
        if value._data.ndim:
            raise RuntimeError(
                f"fill_ only supports 0-dimension value tensor but got tensor with {value._data.ndim} dimensions."
            )
        return on_tensors["fill_with_"](input, value if input._data.dtype.kind == "f" else wrap(value._data, None))
    need_number("fill_", value)
    value = converted(np.array(fitting(value, input._data.dtype)), input._data.dtype).item()
    return on_tensors["fill_"](input, value)


@method
def copy_(self, source):
    """Write the elements of another tensor into this one, in place, and return it.

    source: a tensor, broadcast to this shape and converted to this type.
    Errors: RuntimeError for a shape that cannot be broadcast, and for a leaf that requires grad while operations are
    recorded.
    Gradient: the numbers that were there before receive 0, source receives g, summed over what was broadcast.

    >>> torch.zeros(2).copy_(torch.tensor([1., 2.]))
    tensor([1., 2.])
    """
    if not isinstance(source, (Tensor, int, float)):
        need_tensors("copy_", source)
    if not isinstance(source, Tensor) or self._data.dtype.kind != "f":  # no gradient flows through whole numbers
        source = wrap(source._data if isinstance(source, Tensor) else np.asarray(source), None)
    return on_tensors["copy_"](self, source)
