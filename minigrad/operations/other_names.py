"""Second names that PyTorch has for an operation: those of NumPy, and older ones."""

from ..engine.operation import functions, methods
from ..engine.tensor import Tensor

OTHER_NAMES = {
    "absolute": "abs", "negative": "neg", "subtract": "sub", "multiply": "mul", "divide": "div",
    "fix": "trunc", "greater": "gt", "greater_equal": "ge", "less": "lt", "less_equal": "le", "not_equal": "ne",
    "arccos": "acos", "arcsin": "asin", "arctan": "atan", "arctan2": "atan2", "arccosh": "acosh", "arcsinh": "asinh",
    "arctanh": "atanh", "ger": "outer", "swapdims": "transpose", "moveaxis": "movedim", "row_stack": "vstack",
    "nelement": "numel", "ndimension": "dim",
}  # fmt: skip
METHODS_ALONE = {"nelement", "ndimension"}


def give_other_names() -> None:
    """Make functions, methods and twins in place known by their second names."""
    for other, name in OTHER_NAMES.items():
        if name in functions and other not in METHODS_ALONE:
            functions[other] = functions[name]
        for suffix in ("", "_"):
            if name + suffix in methods:
                methods[other + suffix] = methods[name + suffix]
                setattr(Tensor, other + suffix, methods[name + suffix])


def first_name(name: str) -> str:
    """Return the name under which an operation, or its twin in place, is described."""
    plain = name.removesuffix("_")
    return OTHER_NAMES.get(plain, plain) + name[len(plain) :]
