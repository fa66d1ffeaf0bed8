"""Three tensors at once: lerp, between two of them, and addcmul and addcdiv, a sum with a product or a quotient."""

import numpy as np

from ..dtypes import promote
from ..engine.operation import method, public, rule
from ..engine.rows import on_tensors
from ..engine.tensor import Tensor
from .arguments import named, need_number, need_tensors
from .choosing import check_broadcast, helper

# --- what the formulas below say


@helper
def part_way(x, y, weight):
    """Return x + weight (y - x), computed from the nearer end."""
    if isinstance(weight, np.ndarray | np.generic):
        weight = weight.astype(x.dtype, copy=False)
    near_x, near_y = x + weight * (y - x), y - (y - x) * (1 - weight)
    return np.where(abs(weight) < 0.5, near_x, near_y)


def in_one_type(x, y, z):
    """Return the three in the type of the result."""
    two = np.broadcast_to(np.zeros((), promote(x, y)), np.broadcast_shapes(x.shape, y.shape))
    return [each.astype(promote(two, z), copy=False) for each in (x, y, z)]


@helper
def with_product(x, y, z, value):
    x, y, z = in_one_type(x, y, z)
    if x.dtype.kind == "b":
        raise NotImplementedError("addcmul() is not implemented for truth values: convert with .float()")
    return x + x.dtype.type(value) * y * z


@helper
def with_quotient(x, y, z, value):
    x, y, z = in_one_type(x, y, z)
    return x + x.dtype.type(value) * y / z


THIRD = {"x": "self", "y": "tensor1", "z": "tensor2"}


def inner(*row, **columns):
    return rule(*row, inner=True, inplace=True, **columns)


# fmt: off
# ---- operation --------------- result ------------------------- x receives --------- y receives ----------
inner("lerp(x, y, weight)",      "part_way(x, y, weight)",        x="g * (1 - weight)", y="g * weight")
inner("lerp_by(x, y, z)",        "part_way(x, y, z)",             x="g * (1 - z)",      y="g * z",
                                                                  z="g * (y - x)",
      node="LerpBackward1", saved_as={"y": "end", "z": "weight"}, elementwise=False, converts=True)
inner("addcmul(x, y, z, value)", "with_product(x, y, z, value)",  x="g",                y="g * (z * value)",
                                                                  z="g * (y * value)",
      saved_as=THIRD, elementwise=False, converts=True)
inner("addcdiv(x, y, z, value)", "with_quotient(x, y, z, value)", x="g",                y="g * value / z",
                                                                  z="-g * (value * y / (z * z))",
      saved_as=THIRD, elementwise=False, converts=True)
# fmt: on


def blending(suffix: str):
    """Make torch.lerp, addcmul and addcdiv or, with a suffix, their twins in place."""

    def lerp(input, end, weight):
        need_tensors("lerp", input, end)
        for name, other in (("end", end), ("weight", weight)):
            if isinstance(other, Tensor) and (other._data.ndim or name == "end") and other.dtype is not input.dtype:
                raise RuntimeError(f"lerp(): expected {input.dtype} for `{name}` but got {other.dtype}")
        if input._data.dtype.kind != "f":
            raise NotImplementedError(f"lerp() is not implemented for {input.dtype}: convert with .float()")
        if isinstance(weight, Tensor):
            check_broadcast("lerp", input._data, end._data, weight._data)
            return on_tensors["lerp_by" + suffix](input, end, weight)
        need_number("lerp", weight)
        return on_tensors["lerp" + suffix](input, end, weight)

    def addcmul(input, tensor1, tensor2, *, value=1):
        need_tensors("addcmul", input, tensor1, tensor2)
        check_broadcast("addcmul", input._data, tensor1._data, tensor2._data)
        return on_tensors["addcmul" + suffix](input, tensor1, tensor2, value)

    def addcdiv(input, tensor1, tensor2, *, value=1):
        need_tensors("addcdiv", input, tensor1, tensor2)
        check_broadcast("addcdiv", input._data, tensor1._data, tensor2._data)
        if tensor1._data.dtype.kind != "f" and tensor2._data.dtype.kind != "f":
            raise RuntimeError(
                "Integer division with addcdiv is no longer supported: write (input + value * torch.trunc(tensor1 / "
                "tensor2)), or convert one of the two with .float()"
            )
        return on_tensors["addcdiv" + suffix](input, tensor1, tensor2, value)

    return [named(function.__name__ + suffix, function) for function in (lerp, addcmul, addcdiv)]


for function in blending(""):
    public(function)
for function in blending("_"):
    method(function)
