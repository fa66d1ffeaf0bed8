"""What is passed to operations, sorted out: tensors, dimensions, shapes, by position and by PyTorch's names."""

import functools

import numpy as np

from ..engine.operation import functions, method
from ..engine.tensor import Tensor
from ..errors import kind


def of_tensor(function):
    """Make a method of Tensor of a function of one tensor, and a function of the package."""
    as_function(function)
    return method(function)


def as_function(method):
    """Make a function of the package from a method of Tensor: TypeError unless it is given a tensor."""

    @functools.wraps(method)
    def checked(input, *arguments, **options):
        need_tensors(method.__name__, input)
        return method(input, *arguments, **options)

    functions[method.__name__] = checked


def named(name: str, function):
    """Give a function made for several operations the name of one of them."""
    function.__name__ = function.__qualname__ = name
    return function


def need_tensors(operation: str, *values) -> None:
    for value in values:
        if not isinstance(value, Tensor):
            raise TypeError(
                f"{operation}(): arguments must be Tensors, not {kind(value)}: make one with torch.tensor(…)"
            )


def need_number(operation: str, value) -> None:
    if not isinstance(value, (int, float, np.number, np.bool_)):
        raise TypeError(f"{operation}(): the value must be a number or a tensor, not {kind(value)}")


def dims(dim, ndim: int) -> tuple | None:
    """Return one dimension, several or None as a tuple of dimensions counted from the front; None means all of them.

    IndexError for one that the tensor does not have, RuntimeError for one named twice.
    """
    if dim is None:
        return None
    several = (dim,) if isinstance(dim, int) else tuple(dim)
    found = []
    for d in several:
        found.append(dim_of(d, ndim))
    if len(set(found)) < len(found):
        raise RuntimeError(f"dim {dim} names one dimension twice")
    return tuple(found)


def dim_of(d, ndim: int) -> int:
    """Return a dimension counted from the front.  A 0-d tensor allows 0 and -1, as if it had one."""
    if isinstance(d, bool) or not hasattr(d, "__index__"):
        raise TypeError(f"dim must be an int, not {type(d).__name__}")
    d = d.__index__()
    size = max(ndim, 1)
    if not -size <= d < size:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-size}, {size - 1}], but got {d})")
    return d % size


def check_keepdim(operation: str, keepdim) -> None:
    """Raise TypeError for x.sum(0, 1), which does not mean two dimensions."""
    if not isinstance(keepdim, bool):
        raise TypeError(
            f"{operation}(): argument 'keepdim' must be bool, not {type(keepdim).__name__}; "
            "give several dimensions as a tuple, dim=(0, 1)"
        )


def as_shape(given, by_name=None) -> tuple:
    """Return a shape given as one sequence, as separate ints or by name; TypeError for anything else or nothing."""
    if by_name is not None:
        given = (*given, by_name)
    if not given:
        raise TypeError("the sizes or dimensions are missing")
    if len(given) == 1 and (isinstance(given[0], (tuple, list)) or not hasattr(given[0], "__index__")):
        (given,) = given
    elif len(given) == 1 and isinstance(given[0], Tensor) and given[0]._data.ndim:
        given = given[0].tolist()
    if not hasattr(given, "__iter__"):
        raise TypeError(f"a shape consists of ints, but got {type(given).__name__}")
    for n in given:
        if not hasattr(n, "__index__") or isinstance(n, bool):
            raise TypeError(f"a shape consists of ints, but got {type(n).__name__}")
    return tuple(n.__index__() for n in given)
