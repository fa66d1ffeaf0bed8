"""`save` and `load`: tensors, and dicts and lists of them, in a file of numbers and text, with nothing in it that can
run.

The file is one of NumPy's .npz archives.  Under "structure" it says in JSON how the object is built; there a tensor
is the number of the array that holds its values.
"""

import json
import zipfile
import zlib
from collections import OrderedDict
from contextlib import nullcontext
from typing import Any

import numpy as np

from . import dtypes
from .engine.tensor import Tensor
from .operations.creation import from_numpy

FORMAT = "minigrad 1"
# What reading a damaged or malicious file may raise.
DAMAGED = (
    ValueError, KeyError, TypeError, IndexError, EOFError, AttributeError, NotImplementedError, RecursionError,
    MemoryError, OverflowError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def save(obj, f) -> None:
    """Write an object to a file.

    obj: a tensor, a number, a string, None, a torch.dtype, or a dict, list or tuple of these: what state_dict() of a
    module or an optimizer gives.  f: a path, or a file opened for writing bytes.
    Errors: TypeError, and no file is written, for anything else.

    >>> import io
    >>> file = io.BytesIO()
    >>> torch.save({"w": torch.ones(2)}, file)
    """
    arrays: dict[str, np.ndarray] = {}
    structure = json.dumps({"format": FORMAT, "object": taken_apart(obj, arrays, "the object")})
    arrays["structure"] = np.frombuffer(structure.encode(), np.uint8)
    with nullcontext(f) if hasattr(f, "write") else open(f, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def load(f, *, weights_only: bool = True):
    """Read what save wrote.

    f: a path, or a file opened for reading bytes.  weights_only: as in PyTorch; minigrad reads nothing else.
    Errors: RuntimeError for a file that save did not write, FileNotFoundError for a missing one.

    >>> import io
    >>> file = io.BytesIO()
    >>> torch.save({"w": torch.ones(2)}, file)
    >>> _ = file.seek(0)
    >>> torch.load(file)
    {'w': tensor([1., 1.])}
    """
    try:
        with np.load(f, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("a single array")
            arrays = {key: archive[key] for key in archive.files}
        found = json.loads(arrays.pop("structure").tobytes())
        if found["format"] != FORMAT:
            raise ValueError(f"format {found['format']!r}")
        return put_together(found["object"], arrays)
    except DAMAGED as error:
        name = getattr(f, "name", f)
        raise RuntimeError(
            f"{name} is not a file that minigrad's save() wrote, or it is damaged. PyTorch's own files are written "
            "with pickle, which minigrad does not read: save the arrays there with numpy.savez."
        ) from error


def taken_apart(obj, arrays: dict[str, np.ndarray], where: str) -> Any:
    """Return the object as JSON can hold it; the values of its tensors go into `arrays`."""
    if obj is None or type(obj) in (bool, int, str):
        return obj
    if type(obj) is float:
        return {"float": repr(obj)}  # JSON has no inf and nan
    if isinstance(obj, Tensor):
        number = f"array{len(arrays)}"
        arrays[number] = np.asarray(obj._data)
        kind = "parameter" if type(obj) is not Tensor else "tensor"
        return {kind: number, "requires_grad": obj.requires_grad}
    if isinstance(obj, dtypes.dtype):
        return {"dtype": obj.name}
    if type(obj) in (list, tuple, dtypes.Size):
        parts = [taken_apart(part, arrays, f"{where}[{index}]") for index, part in enumerate(obj)]
        return parts if type(obj) is list else {type(obj).__name__: parts}
    if isinstance(obj, dict):
        pairs = [
            [taken_apart(key, arrays, "a key"), taken_apart(value, arrays, f"{where}[{key!r}]")]
            for key, value in obj.items()
        ]
        return {"OrderedDict" if isinstance(obj, OrderedDict) else "dict": pairs}
    raise TypeError(
        f"save() takes tensors, numbers, strings, None, and dicts, lists and tuples of them, but {where} is of type "
        f"{type(obj).__name__}: of a module or an optimizer, save its state_dict()"
    )


def put_together(found, arrays: dict[str, np.ndarray]) -> Any:
    """Return the object that `taken_apart` took apart."""
    if isinstance(found, list):
        return [put_together(part, arrays) for part in found]
    if not isinstance(found, dict):
        return found
    content: Any
    kind, content = next(iter(found.items()), ("nothing", ()))
    if kind in ("tensor", "parameter"):
        tensor = from_numpy(arrays[content])
        if kind == "parameter":
            from .nn import Parameter

            return Parameter(tensor, found["requires_grad"])
        return tensor.requires_grad_(found["requires_grad"])
    if kind == "float":
        return float(content)
    if kind == "dtype":
        return {d.name: d for d in dtypes.BY_NUMPY.values()}[content]
    if kind in ("dict", "OrderedDict"):
        pairs = [(put_together(key, arrays), put_together(value, arrays)) for key, value in content]
        return OrderedDict(pairs) if kind == "OrderedDict" else dict(pairs)
    return {"tuple": tuple, "Size": dtypes.Size}[kind](put_together(part, arrays) for part in content)
