"""Write the type stubs: what type checkers and editors know of the names that minigrad makes when it runs.

    python tools/stubs.py            write minigrad/__init__.pyi and minigrad/engine/methods.pyi
    python tools/stubs.py --check    exit with 1 where they are not as they should be, and write nothing

Names, parameters and defaults come from the functions themselves, and these from the tables of derivatives. The types
are given here: of a parameter by its name, of a result where it is not a Tensor, and in full for those few functions
that can be called in several ways. A parameter without a type is an error, so that no operation is forgotten.
"""

import argparse
import ast
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import minigrad  # noqa: E402
from minigrad.dtypes import dtype  # noqa: E402
from minigrad.engine.operation import functions  # noqa: E402
from minigrad.engine.rows import rows  # noqa: E402
from minigrad.engine.tensor import Tensor  # noqa: E402
from minigrad.operations.left_out import LeftOut  # noqa: E402

HEAD = '''"""{what}  Made by tools/stubs.py: change that, not this."""

{imports}

_Number: TypeAlias = _int | _float | _bool
_Shape: TypeAlias = Sequence[_int]
_Device: TypeAlias = str | _device | None
'''

# --- types

PARAMETERS = {
    "input": "Tensor", "tensor": "Tensor", "mat2": "Tensor", "vec": "Tensor", "vec2": "Tensor", "mask": "Tensor",
    "condition": "Tensor", "tensors": "Sequence[Tensor]", "other": "Tensor | _Number",
    "exponent": "Tensor | _Number", "value": "Tensor | _Number", "source": "Tensor | _Number",
    "fill_value": "Tensor | _Number", "min": "Tensor | _Number | None", "max": "Tensor | _Number | None",
    "alpha": "_Number", "start": "_Number", "end": "_Number", "p": "_Number | str",
    "dim": "_int", "dim0": "_int", "dim1": "_int", "axis0": "_int", "axis1": "_int", "start_dim": "_int",
    "end_dim": "_int", "steps": "_int", "n": "_int", "m": "_int | None", "chunks": "_int", "decimals": "_int | None",
    "size": "_Shape", "split_size": "_int | _Shape", "split_size_or_sections": "_int | _Shape",
    "keepdim": "_bool", "unbiased": "_bool | None", "correction": "_Number | None", "rounding_mode": "str | None",
    "rtol": "_float", "atol": "_float", "equal_nan": "_bool", "mean": "_float", "std": "_float", "to": "_float",
    "requires_grad": "_bool", "dtype": "_dtype | None", "device": "_Device", "generator": "Generator | None",
    "index": "Tensor", "src": "Tensor | None", "descending": "_bool", "stable": "_bool | None", "largest": "_bool",
    "sorted": "_bool", "return_inverse": "_bool", "return_counts": "_bool", "as_tuple": "_bool", "k": "_int",
    "weights": "Tensor | None", "minlength": "_int", "sorted_sequence": "Tensor", "right": "_bool",
    "destination": "_int | _Shape", "length": "_int",
    "repeats": "_int | Tensor", "output_size": "_int | None", "nan": "_float | None", "posinf": "_float | None",
    "neginf": "_float | None", "x1": "Tensor", "x2": "Tensor", "eps": "_float",
    "diagonal": "_int", "shifts": "_int | _Shape", "dims": "_int | _Shape | None",
    "num_samples": "_int", "replacement": "_bool", "lambd": "_float", "non_blocking": "_bool",
    "weight": "Tensor | _Number", "tensor1": "Tensor", "tensor2": "Tensor", "offset": "_int", "dim2": "_int",
    "q": "Tensor | _float", "interpolation": "str", "bins": "_int",
    "data": "Any", "array": "np.ndarray", "obj": "Any", "ndarray": "np.ndarray",
    "force": "_bool", "hook": "Callable[[Tensor], Tensor | None]",
    "gradient": "Tensor | None", "retain_graph": "_bool | None", "create_graph": "_bool",
    "inputs": "Tensor | Sequence[Tensor] | None", "d": "_dtype",
}  # fmt: skip


def each(names: str, value: Any) -> dict[str, Any]:
    """Return one value for several names."""
    return dict.fromkeys(names.split(), value)


# Of single functions, where it is another.
PARAMETERS_OF = {
    **each("sum.dim mean.dim std.dim var.dim norm.dim amax.dim amin.dim all.dim any.dim", "_int | _Shape | None"),
    **each("cross.other inner.other reshape_as.other", "Tensor"),
    "cross.dim": "_int | None",
    "repeat_interleave.dim": "_int | None",
    "select.index": "_int",
    "diff.n": "_int",
    **each("lerp.end lerp_.end", "Tensor"),
    **each("clamp_min.min clamp_min_.min clamp_max.max clamp_max_.max", "Tensor | _Number"),
    **each("addcmul.value addcmul_.value addcdiv.value addcdiv_.value", "_Number"),
    **each("histc.min histc.max", "_Number"),
    **each("median.dim quantile.dim stride.dim", "_int | None"),
    "squeeze_.dim": "_int | _Shape | None",
    "searchsorted.input": "Tensor | _float",
    **each("count_nonzero.dim squeeze.dim logsumexp.dim", "_int | _Shape | None"),
    **each("argmax.dim argmin.dim prod.dim", "_int | None"),
    **each("allclose.other equal.other isclose.other matmul.other maximum.other minimum.other", "Tensor"),
    **each("type_as.other expand_as.other view_as.other", "Tensor"),
    "pow.input": "Tensor | _Number",
    "is_tensor.value": "object",
    "random_.start": "_int | None",
    "random_.to": "_int | None",
    "uniform_.start": "_float",
    "scatter.value": "_Number | None",
    "scatter_.value": "_Number | None",
    "scatter_add.value": "None",
    "scatter_add_.value": "None",
    "unique.dim": "_int | None",
    "normal.mean": "Tensor | _Number",
    "normal.std": "Tensor | _Number",
    "normal.size": "_Shape | None",
    "bernoulli.p": "_float | None",
    "bernoulli_.p": "Tensor | _float",
}
RETURNS = {
    "allclose": "_bool", "equal": "_bool", "is_floating_point": "_bool", "is_contiguous": "_bool", "_is_view": "_bool",
    "is_tensor": "TypeGuard[Tensor]", "numel": "_int", "dim": "_int", "get_default_dtype": "_dtype",
    "unbind": "tuple[Tensor, ...]", "split": "tuple[Tensor, ...]", "chunk": "tuple[Tensor, ...]",
    "is_grad_enabled": "_bool", "set_default_dtype": "None", "set_default_device": "None",
    "get_default_device": "_device", "get_device": "_int", "cuda": "NoReturn", "numpy": "np.ndarray",
    "data_ptr": "_int", "element_size": "_int", "item": "_int | _float", "tolist": "list[Any]",
    "register_hook": "RemovableHandle", "register_post_accumulate_grad_hook": "RemovableHandle",
    "retain_grad": "None", "backward": "None",
}  # fmt: skip

NEW = "dtype: _dtype | None = None, requires_grad: _bool = False, device: _Device = None"
SIZED = [
    f"size: _Shape, *, generator: Generator | None = None, {NEW}",
    f"*size: _int, generator: Generator | None = None, {NEW}",
]
SHAPED = ["shape: _Shape", "*shape: _int"]
EXTREME = ["", "dim: _int, keepdim: _bool = False -> _Extreme", "other: Tensor"]
# Functions that make tensors of no tensor: every way of calling them.
MAKERS = {
    **each("zeros ones empty rand randn", SIZED),
    **each("FloatTensor DoubleTensor LongTensor IntTensor ByteTensor BoolTensor", ["*data: Any"]),
    "meshgrid": ["*tensors: Any, indexing: str | None = None -> tuple[Tensor, ...]"],
    "einsum": ["equation: str, *operands: Any"],
    "arange": [f"end: _Number, *, {NEW}", f"start: _Number, end: _Number, step: _Number = 1, *, {NEW}"],
    "randint": [
        f"high: _int, size: _Shape, *, generator: Generator | None = None, {NEW}",
        f"low: _int, high: _int, size: _Shape, *, generator: Generator | None = None, {NEW}",
    ],
}
# Functions and methods of a tensor, likewise; a type after the arrow where the result is not a Tensor.
WAYS = {
    "max": EXTREME,
    "min": EXTREME,
    "median": EXTREME[:2],
    "stride": [" -> tuple[_int, ...]", "dim: _int -> _int"],
    "sort": ["dim: _int = -1, descending: _bool = False, *, stable: _bool | None = None -> _Extreme"],
    "topk": ["k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True -> _Extreme"],
    **each("cummax cummin", ["dim: _int -> _Extreme"]),
    "repeat": ["repeats: _Shape", "*repeats: _int"],
    "tile": ["dims: _Shape", "*dims: _int"],
    "nonzero": ["*, as_tuple: _bool = False -> Any"],
    "unique": [
        "sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None"
        " -> Any"
    ],
    "randint_like": [f"high: _int, *, {NEW}", f"low: _int, high: _int, *, {NEW}"],
    "permute": ["dims: _Shape", "*dims: _int"],
    "flip": ["dims: _int | _Shape", "*dims: _int"],
    "reshape": SHAPED,
    "view": ["size: _Shape", "*size: _int"],
    "expand": ["size: _Shape", "*size: _int"],
    "size": [" -> Size", "dim: _int -> _int"],
    "type": [" -> str", "dtype: _dtype"],
    "to": [
        "dtype: _dtype, *, copy: _bool = False",
        "device: str | _device, dtype: _dtype | None = None, non_blocking: _bool = False, copy: _bool = False",
        "other: Tensor, /, *, copy: _bool = False",
        "*, dtype: _dtype | None = None, device: _Device = None, copy: _bool = False",
    ],
    **each("new_zeros new_ones new_empty", [f"size: _Shape, *, {NEW}", f"*size: _int, {NEW}"]),
    "new_full": [f"size: _Shape, fill_value: _Number, *, {NEW}"],
}
# As functions, these take the shape in one piece.
PIECES = {"permute": ["dims: _Shape"], "reshape": ["shape: _Shape"], "flip": ["dims: _int | _Shape"]}
FUNCTION_WAYS = {
    "where": [
        "condition: Tensor -> tuple[Tensor, ...]",
        "condition: Tensor, input: Tensor | _Number, other: Tensor | _Number",
    ]
}
METHOD_WAYS = {"where": ["condition: Tensor, other: Tensor | _Number"]}

WITH_NUMBER = "other: Tensor | _Number"
IGNORED = "  # type: ignore[override]"  # object's own answers with True or False
OPERATORS = {
    **each("__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __pow__ __rpow__", WITH_NUMBER),
    **each("__floordiv__ __rfloordiv__ __mod__ __rmod__", WITH_NUMBER),
    **each("__and__ __rand__ __or__ __ror__ __xor__ __rxor__ __lt__ __le__ __gt__ __ge__", WITH_NUMBER),
    **each("__iadd__ __isub__ __imul__ __itruediv__ __ipow__ __ifloordiv__ __imod__", WITH_NUMBER),
    **each("__neg__ __pos__ __abs__ __invert__", ""),
    "__matmul__": "other: Tensor",
    "__eq__": f"other: object -> Tensor{IGNORED}",
    "__ne__": f"other: object -> Tensor{IGNORED}",
    "__getitem__": "key: Any",
    "__setitem__": "key: Any, value: Tensor | _Number -> None",
    "__delitem__": "key: Any -> NoReturn",
    "__iter__": " -> Iterator[Tensor]",
    "__len__": " -> _int",
    "__contains__": "element: Any -> _bool",
    "__bool__": " -> _bool",
    "__float__": " -> _float",
    "__int__": " -> _int",
    "__index__": " -> _int",
    "__array__": "dtype: Any = None, copy: _bool | None = None -> np.ndarray",
    "__deepcopy__": "memo: dict -> Self",
    "__array_ufunc__": "ufunc: Any, method: str, *inputs: Any, **options: Any -> Any",
    "__reduce_ex__": "protocol: Any -> tuple",
    "__format__": "spec: str -> str",
    "__repr__": "**_: Any -> str",
    "__dir__": " -> list[str]",
    "__new__": "*data: Any, **options: Any -> Self",
}
PROPERTIES = {
    "device": "_device", "is_cuda": "_bool", "is_cpu": "_bool",
    "T": "Tensor", "mT": "Tensor", "data": "Tensor", "output_nr": "_int", "retains_grad": "_bool",
    "_version": "_int", "_base": "Tensor | None", "_backward_hooks": "dict[_int, Any] | None",
}  # fmt: skip


# --- text


def first_line(thing: Any) -> str:
    """Return the first line of a docstring, as a docstring; empty where there is none."""
    text = (inspect.getdoc(thing) or "").partition("\n")[0]
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    text = text.removesuffix('"') + '\\"' * text.endswith('"')
    return f'"""{text}"""' if text else ""


def type_of(function: str, parameter: str) -> str:
    """Return what a parameter may be; SystemExit for one of which nothing is known."""
    row = rows.get(function)
    if parameter == "other" and row is not None and not row.inner and not row.number:
        return "Tensor"
    try:
        return PARAMETERS_OF.get(f"{function}.{parameter}") or PARAMETERS[parameter]
    except KeyError:
        raise SystemExit(f"tools/stubs.py: no type is known for the parameter {parameter!r} of {function}") from None


def written(parameter: inspect.Parameter, function: str) -> str:
    """Return one parameter with its type and its default."""
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        raise SystemExit(f"tools/stubs.py: how is {function} called?  Its signature says *{parameter.name}")
    told = f"{parameter.name}: {type_of(function, parameter.name)}"
    return told if parameter.default is parameter.empty else f"{told} = {parameter.default!r}"


def of_signature(name: str, function: Callable, first: list[str]) -> str:
    """Return the parameters as the function itself names them; `first` takes the place of the tensor it begins with."""
    parameters = list(inspect.signature(function).parameters.values())
    if name.endswith("_") and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD:  # a twin takes what the other takes
        parameters = list(inspect.signature(getattr(Tensor, name[:-1])).parameters.values())
        name = name[:-1]
    texts, starred = list(first), False
    for parameter in parameters[len(first) :]:
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            texts.append("*")
            starred = True
        texts.append(written(parameter, name))
    return ", ".join(texts)


def definitions(name: str, ways: list[str], first: str, thing: Any, indent: str = "") -> Iterator[str]:
    """Yield one `def`, or several overloads."""
    for way in ways:
        parameters, _, returned = way.partition(" -> ")
        returned = returned or RETURNS.get(name, "Tensor")
        returned, _, comment = returned.partition("  #")
        if len(ways) > 1:
            yield f"{indent}@overload"
        text = first_line(thing) if way is ways[0] else ""
        body = f"\n{indent}    {text}" if text else " ..."
        comment = f"  #{comment}" if comment else ""
        head = f"{indent}def {name}({', '.join(filter(None, [first, parameters]))}) -> {returned}:"
        yield head + (comment + body if text else body + comment)


def function_stub(name: str, function: Callable) -> Iterator[str]:
    """Return a function of the package."""
    if name in MAKERS or name in FUNCTION_WAYS:
        return definitions(name, MAKERS.get(name) or FUNCTION_WAYS[name], "", function)
    if name in WAYS:
        return definitions(name, PIECES.get(name) or WAYS[name], "input: Tensor", function)
    first = next(iter(inspect.signature(function).parameters), "")
    of_tensor = first in ("x", "self", "input")
    begins = [f"input: {type_of(name, 'input')}"] if of_tensor else []
    return definitions(name, [of_signature(name, function, begins)], "", function)


def method_stub(name: str, value: Any) -> Iterator[str]:
    """Yield a method, an operator or a property of Tensor."""
    if isinstance(value, property):
        yield "    @property"
        yield from definitions(name, [f" -> {PROPERTIES[name]}"], "self", value, "    ")
        if value.fset is not None:
            yield f"    @{name}.setter"
            yield f"    def {name}(self, value: {PROPERTIES[name]}) -> None: ..."
    elif name in OPERATORS:
        yield from definitions(name, [OPERATORS[name]], "cls" if name == "__new__" else "self", value, "    ")
    elif name in METHOD_WAYS or name in WAYS:
        yield from definitions(name, METHOD_WAYS.get(name) or WAYS[name], "self", value, "    ")
    elif name in ("_renew", "_set_history"):
        yield f"    {name}: Any"
    else:
        yield from definitions(name, [of_signature(name, value, ["self"])], "", value, "    ")


def own_names() -> set[str]:
    """Return what the class statement of Tensor defines itself, with types of its own."""
    (statement,) = ast.parse(inspect.getsource(Tensor)).body
    assert isinstance(statement, ast.ClassDef)
    return {each.name for each in statement.body if isinstance(each, ast.FunctionDef)}


def methods_stub() -> str:
    """minigrad/engine/methods.pyi: what is added to Tensor."""
    imports = """\
from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, NoReturn, Self, TypeAlias, Union, overload

import numpy as np

from ..devices import device as _device
from ..dtypes import Size
from ..dtypes import dtype as _dtype
from ..operations.hooks import RemovableHandle
from ..random import Generator
from .graph import Node
from .tensor import Tensor"""
    lines = [
        HEAD.format(what="What the tables of operations add to Tensor.", imports=imports),
        "# Either may be None: Any admits that, and nobody is asked to check first. jedi sees what is in a Union.",
        "Gradient: TypeAlias = Union[Tensor, Any]",
        "GradFn: TypeAlias = Union[Node, Any]",
        "",
        "class _Extreme(NamedTuple):",
        "    values: Tensor",
        "    indices: Tensor",
        "",
        "class Methods:",
    ]
    own = own_names()
    for name, value in sorted(vars(Tensor).items()):
        added = callable(value) or isinstance(value, property)
        if added and name not in own and not isinstance(value, LeftOut):
            lines += method_stub(name, value)
    return "\n".join(lines) + "\n"


def package_stub() -> str:
    """minigrad/__init__.pyi: the names of `import minigrad as torch`."""
    imports, stubs = set(), []
    later = vars(minigrad)["_LATER"]
    for name in sorted({*vars(minigrad), *later}):
        value = getattr(minigrad, name)
        if name == "__version__":
            stubs.append(f"{name}: str")
        elif name == "__all__":
            stubs.append(f"{name}: list[str]")
        elif name.startswith("_"):
            continue
        elif name in functions:
            stubs += function_stub(name, functions[name])
        elif isinstance(value, dtype):
            stubs.append(f"{name}: _dtype")
        elif value is None or isinstance(value, float):
            stubs.append(f"{name}: {'None' if value is None else '_float'}")
        elif inspect.ismodule(value):
            if name in later:
                imports.add(f"from . import {name} as {name}")
        elif value.__module__ == minigrad.__name__ or value.__qualname__ != name:
            stubs += definitions(name, [of_signature(name, value, [])], "", value)
        else:
            home = value.__module__.removeprefix(minigrad.__name__)
            imports.add(f"from {home} import {name} as {name}")
    further = """\
from builtins import bool as _bool
from builtins import float as _float
from builtins import int as _int
from collections.abc import Sequence
from typing import Any, TypeAlias, TypeGuard, overload

import numpy as np

"""
    imports |= {
        "from .devices import device as _device",
        "from .dtypes import dtype as _dtype",
        "from .engine.methods import _Extreme",
    }
    head = HEAD.format(what="`import minigrad as torch`.", imports=further + "\n".join(sorted(imports)))
    return "\n".join([head, *stubs]) + "\n"


def formatted(text: str) -> str:
    """Return the stub as the project lays out its code."""
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", "stub.pyi", "-"]
    return subprocess.run(command, cwd=ROOT, input=text, capture_output=True, encoding="utf-8", check=True).stdout


STUBS = {
    ROOT / "minigrad" / "__init__.pyi": package_stub,
    ROOT / "minigrad" / "engine" / "methods.pyi": methods_stub,
}


def main() -> int:
    """Write the stubs, or compare them with what is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    stale = False
    for path, make in STUBS.items():
        text = formatted(make())
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale = True
            print(f"{path.relative_to(ROOT)} {'is not as it should be' if check else 'written'}")
            if not check:
                path.write_text(text, encoding="utf-8", newline="\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
