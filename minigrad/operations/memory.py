"""A tensor's memory: who shares it, how often it was written, and how NumPy sees it."""

import weakref
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.modes import recording
from ..engine.operation import method
from ..engine.tensor import Tensor, wrap
from ..engine.versions import owner, written
from ..errors import kind, warn_once
from .arguments import dim_of

_Tensor: Any = Tensor  # for a type checker: what follows adds to the class


@method
def numpy(self, *, force: bool = False) -> np.ndarray:
    """Return the tensor's memory as a NumPy array: writing to one changes the other.

    force: allow it for a tensor that requires grad, too.
    Errors: RuntimeError for a tensor that requires grad, which NumPy could not follow: write .detach().numpy().

    >>> torch.tensor([1., 2.]).numpy().sum().item()
    3.0
    """
    if self.requires_grad and recording() and not force:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    return self._array()


@method
def __array__(self, dtype=None, copy=None):
    array = self.numpy()
    return array.copy() if copy and dtype in (None, array.dtype) else array.astype(dtype or array.dtype, copy=False)


@method
def requires_grad_(self, requires_grad: bool = True) -> Tensor:
    """Set requires_grad of a leaf, and return the tensor.

    Errors: RuntimeError for whole numbers, and for False at the result of an operation.

    >>> torch.ones(2).requires_grad_()
    tensor([1., 1.], requires_grad=True)
    """
    if not isinstance(requires_grad, bool):
        raise TypeError(f"requires_grad_(): argument 'requires_grad' must be bool, not {type(requires_grad).__name__}")
    if self.is_leaf or not requires_grad:
        self.requires_grad = requires_grad
    return self


@method
def detach(self) -> "Tensor":
    """Return a tensor on the same memory, outside the graph.

    Gradient: none flows through it.

    >>> torch.ones(2, requires_grad=True).detach()
    tensor([1., 1.])
    """
    data = self._data
    return wrap(data if type(data) is np.ndarray else self._array(), None)


@method
def detach_(input):
    """Take this tensor itself out of the graph: it becomes a leaf that does not require grad.

    Errors: RuntimeError for a view.
    Gradient: none flows through it any more.

    >>> (torch.ones(2, requires_grad=True) * 2).detach_()
    tensor([2., 2.])
    """
    if input._view is not None:
        raise RuntimeError("Can't detach views in-place: use detach(), which makes a new tensor")
    input._edge = None
    return input


def _data(self):
    """Return the same memory outside the graph, and outside the count of writes: changing it escapes every check.

    >>> torch.ones(2, requires_grad=True).data
    tensor([1., 1.])
    """
    array = self._array()  # the memoryview hides from `owner` whose memory it is
    return wrap(np.asarray(memoryview(array)) if array.size else np.empty_like(array), None)


def _set_data(self, value) -> None:
    if not isinstance(value, Tensor):
        raise TypeError(f"Variable data has to be a tensor, but got {kind(value)}")
    if np.may_share_memory(value._data, self._data):  # x.data -= …: it is written already
        return
    if type(self._data) is np.ndarray:
        carry_version(self._data, value._array())
    self._set_array(value._data)


def carry_version(old: np.ndarray, new: np.ndarray) -> None:
    """Let new memory continue the old one's count of writes."""
    record, thing = written.get(id(owner(old))), owner(new)
    key = id(thing)
    if record is not None:
        written[key] = [record[0], record[1], weakref.ref(thing, lambda _: written.pop(key, None))]


def _base(self):
    """Return the tensor of which this one is a view; None for a tensor with memory of its own."""
    return None if self._view is None else self._view.base


@method
def _is_view(self) -> bool:
    return self._view is not None


def _version(self) -> int:
    """Return how often this tensor's memory was written in place."""
    data = self._data
    record = written.get(id(owner(data))) if type(data) is np.ndarray else None
    return 0 if record is None else record[1]


_Tensor.data = property(_data, _set_data)
_Tensor._base = property(_base)
_Tensor._version = property(_version)


# --- NumPy's functions on tensors


# Python's operators, which PyTorch refuses with an array on the left.
OPERATORS = {
    "add": "+", "subtract": "-", "multiply": "*", "power": "**", "floor_divide": "//", "remainder": "%", "matmul": "@",
    "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "bitwise_and": "&", "bitwise_or": "|",
    "bitwise_xor": "^",
}  # fmt: skip
REFLECTED: dict[str, Any] = {
    "add": lambda n, t: t + n, "subtract": lambda n, t: n - t, "multiply": lambda n, t: t * n,
    "divide": lambda n, t: n / t, "power": lambda n, t: n**t, "floor_divide": lambda n, t: n // t,
    "remainder": lambda n, t: n % t, "less": lambda n, t: t > n, "less_equal": lambda n, t: t >= n,
    "greater": lambda n, t: t < n, "greater_equal": lambda n, t: t <= n, "equal": lambda n, t: t == n,
    "not_equal": lambda n, t: t != n,
}  # fmt: skip


def _ufunc(self, ufunc, method: str, *inputs, **options):
    """Return what NumPy calls for `array * tensor` and for np.exp(tensor) and the like.

    A number of NumPy's counts as Python's; an array on the left of an operator is refused, as in PyTorch; any other
    function computes on the memory, and its result is a tensor outside the graph.
    """
    first, name = inputs[0], ufunc.__name__
    if method == "__call__" and len(inputs) == 2 and not options and not isinstance(first, Tensor):
        if not np.ndim(first):
            if name in REFLECTED:
                return REFLECTED[name](first.item() if hasattr(first, "item") else first, self)
        elif name in OPERATORS:
            raise TypeError(
                f"unsupported operand type(s) for {OPERATORS[name]}: 'numpy.ndarray' and 'Tensor'. Make a tensor of "
                "the array first, with torch.from_numpy(array)"
            )
        elif name in ("divide", "equal", "not_equal"):
            return REFLECTED[name](wrap(first, None), self)
    arrays = [value.numpy() if isinstance(value, Tensor) else value for value in inputs]
    result = getattr(ufunc, method)(*arrays, **options)
    if method != "__call__" or options.get("out") is not None:
        return result
    warn_once(
        f"NumPy's functions are not for tensors: np.{name}(x) leaves the graph; write torch.{name}(x), or np.{name}("
        "x.numpy()) for an array",
        stacklevel=3,
        category=DeprecationWarning,
    )
    return tuple(map(_as_tensor, result)) if isinstance(result, tuple) else _as_tensor(result)


def _as_tensor(array):
    return wrap(np.asarray(array), None) if array.dtype in dtypes.BY_NUMPY else array


_Tensor.__array_ufunc__ = _ufunc


@method
def stride(self, dim=None):
    """Return how many elements lie between one part and the next in memory, for each dimension, or for one.

    Errors: IndexError for a dim that the tensor does not have.

    >>> torch.zeros(2, 3).stride()
    (3, 1)
    >>> torch.zeros(2, 3).t().stride()
    (1, 3)
    """
    if dim is not None and not self._data.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    strides = tuple(n // self._data.itemsize for n in self._data.strides)
    return strides if dim is None else strides[dim_of(dim, self._data.ndim)]


@method
def element_size(self):
    """Return how many bytes an element takes.

    >>> torch.zeros(2, 3).element_size()
    4
    """
    return self._data.itemsize


@method
def data_ptr(self):
    """Return the address of the first element in memory: the same for tensors that begin at the same place.

    >>> x = torch.zeros(2, 3)
    >>> x.data_ptr() == x.view(6).data_ptr()
    True
    """
    array = self._array()
    return array.__array_interface__["data"][0] if array.size else 0
