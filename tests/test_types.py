"""What tools know of minigrad without running it: type checkers, editors; and what `??` shows of it in a notebook."""

import inspect
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import FunctionType
from typing import Any

import jedi
import nbformat
import pytest
from IPython.core import oinspect

import minigrad
import minigrad.autograd
import minigrad.nn
import minigrad.optim
from minigrad.shown import Shown
from tests.both import Programs
from tools.stubs import STUBS, formatted

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = [*sorted((ROOT / "notebooks").glob("*.ipynb")), *sorted((ROOT / "solutions").glob("*.ipynb"))]
programs = Programs(__name__)


@pytest.mark.parametrize("path", STUBS, ids=lambda path: path.name)
def test_stubs_are_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == formatted(STUBS[path]()), "run python tools/stubs.py"


# --- type checkers

FACTS = {
    "x": "Tensor",
    "(x * 2).sum()": "Tensor",
    "2 - x ** 2": "Tensor",
    "-x @ x": "Tensor",
    "x > 0": "Tensor",
    "x == x": "Tensor",
    "x != 1": "Tensor",
    "x[0, :2]": "Tensor",
    "x.shape": "Size",
    "x.shape[0]": "int",
    "x.size(0)": "int",
    "x.dtype": "dtype",
    "torch.float32": "dtype",
    "x.float().bool()": "Tensor",
    "x.item()": "int | float",
    "x.tolist()": "list[Any]",
    "x.numpy().ndim": "int",
    "x.shape[:1]": "Size",
    "x.shape + (1,)": "Size",
    "len(x)": "int",
    "float(x)": "float",
    "[row for row in x]": "list[Tensor]",
    "x.max()": "Tensor",
    "x.max(0).indices": "Tensor",
    "torch.min(x, dim=1, keepdim=True).values": "Tensor",
    "torch.max(x, x)": "Tensor",
    "torch.where(x > 0)": "tuple[Tensor, ...]",
    "torch.where(x > 0, x, 0.0)": "Tensor",
    "x.split(2)": "tuple[Tensor, ...]",
    "torch.zeros(2, 3, dtype=torch.int64)": "Tensor",
    "torch.ones((2, 3), requires_grad=True)": "Tensor",
    "torch.arange(3)": "Tensor",
    "torch.randint(0, 9, (2,))": "Tensor",
    "x.reshape(-1, 1).permute(1, 0).T": "Tensor",
    "x.mul_(2).zero_()": "Tensor",
    "x.to(torch.float64).type()": "str",
    "x.requires_grad_().detach().clone().data": "Tensor",
    "x.grad": "Tensor | Any",
    "x.grad_fn": "Node | Any",
    "x.backward()": "None",
    "torch.nn.Linear(2, 1).weight": "Parameter",
    "torch.nn.functional.relu(x)": "Tensor",
    "torch.is_grad_enabled()": "bool",
    "torch.optim.SGD([x], lr=0.1).zero_grad()": "None",
    "torch.autograd.grad(x.sum(), x)": "tuple[Any, ...]",
    "repr(torch.draw(x))": "str",
    "torch.manual_seed(0)": "Generator",
}
MISTAKES = {
    "torch.zerso(3)": "zerso",
    "x.sumz()": "sumz",
    "x.grad.zerso_()": "zerso_",
    "torch.sum(x, dims=0)": "dims",
    "torch.zeros('three')": "zeros",
    "torch.nn.Linear('two', 1)": "int",
    "x + 'one'": "Tensor",
}
HEAD = "import minigrad as torch\n\nx = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)\n"


def script(notebook: Path) -> str:
    """The code of a notebook as one script; `display` is there without an import, as in IPython."""
    cells = [cell.source for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    code = "\n\n\n".join(f"# cell {number}\n{cell}" for number, cell in enumerate(cells))
    return (
        "from IPython.display import display\n\n" + re.sub(r"^(\s*)([%!].*)$", r"\1pass  # \2", code, flags=re.M) + "\n"
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebooks as scripts, a script that asks for types, and one that is wrong in every line."""
    folder = tmp_path_factory.mktemp("scripts")
    for path in NOTEBOOKS:
        (folder / f"{path.parent.name}_{path.stem}.py").write_text(script(path), encoding="utf-8")
    (folder / "facts.py").write_text(HEAD + "".join(f"reveal_type({each})\n" for each in FACTS), encoding="utf-8")
    (folder / "mistakes.py").write_text(HEAD + "".join(f"{each}\n" for each in MISTAKES), encoding="utf-8")
    return folder


# What a notebook may do: give a name another type in a later cell, and begin with an empty dict.
MYPY = ["--allow-redefinition", "--disable-error-code", "var-annotated"]
# What pyright, other than mypy, says of code in which there is nothing wrong.
PYRIGHT_ALONE = {
    "notebooks_07_no_grad.py": "it takes a parameter with the default 8.0 to be a float for good",
    "solutions_08_zeroing_gradients.py": "it does not see that backward() changes a .grad that was None",
}

# What mypy, which sees classes as they are first written, says of a notebook that builds one method by method.
MYPY_ALONE = {"notebooks_11_build_your_own_engine.py"}

Found = dict[str, list[tuple[int, str]]]  # what a type checker says: for each script, lines and messages


@pytest.fixture(scope="module")
def mypy(folder: Path) -> Found:
    options = ["--config-file=", "--follow-imports=silent", "--ignore-missing-imports", "--explicit-package-bases"]
    options += ["--no-pretty", "--no-error-summary", "--cache-dir", str(ROOT / ".mypy_cache" / "notebooks"), *MYPY]
    scripts = sorted(map(str, folder.glob("*.py")))
    command = [sys.executable, "-m", "mypy", *options, *scripts]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert not run.stderr
    found: Found = {}
    for line in run.stdout.splitlines():
        match = re.match(r"(.+\.py):(\d+): (?:error|note): (.*)", line)
        assert match is not None, line
        found.setdefault(Path(match[1]).name, []).append((int(match[2]), match[3]))
    return found


@pytest.fixture(scope="module")
def pyright(folder: Path) -> Found:
    program = shutil.which("pyright")
    if program is None:
        pytest.skip("pyright is not installed")
    settings = {
        "include": ["."],
        "extraPaths": [str(ROOT)],
        "reportPossiblyUnboundVariable": "none",
    }  # a for loop's last value
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [program, "--outputjson", "--pythonpath", sys.executable, "--project", str(folder)]
    run = subprocess.run(command, capture_output=True, encoding="utf-8")
    found: Found = {}
    for each in json.loads(run.stdout)["generalDiagnostics"]:
        if each["severity"] != "warning":
            line = each["range"]["start"]["line"] + 1
            found.setdefault(Path(each["file"]).name, []).append((line, each["message"]))
    return found


def test_mypy_finds_no_error_in_the_notebooks(mypy: Found) -> None:
    assert NOTEBOOKS
    assert {name: said for name, said in mypy.items() if name not in {"facts.py", "mistakes.py", *MYPY_ALONE}} == {}


def test_pyright_finds_no_error_in_the_notebooks(pyright: Found) -> None:
    own = {"facts.py", "mistakes.py", *PYRIGHT_ALONE}
    assert {name: said for name, said in pyright.items() if name not in own} == {}


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_types_are_known(checker: str, request: pytest.FixtureRequest) -> None:
    said = dict(request.getfixturevalue(checker)["facts.py"])
    told = [said.get(line, "nothing") for line in range(HEAD.count("\n") + 1, HEAD.count("\n") + 1 + len(FACTS))]
    plain = [re.sub(r"builtins\.|(minigrad|typing)\.([a-z_]+\.)*", "", each).replace('"', "") for each in told]
    types = [re.sub(r"Revealed type is |Type of .* is ", "", each).replace(" | bool", "") for each in plain]
    assert dict(zip(FACTS, types, strict=True)) == FACTS


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_mistakes_are_found(checker: str, request: pytest.FixtureRequest) -> None:
    said = request.getfixturevalue(checker)["mistakes.py"]
    for line, (mistake, word) in enumerate(MISTAKES.items(), HEAD.count("\n") + 1):
        assert any(word in message for at, message in said if at == line), mistake


# --- editors


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("torch.zer", ["zero_", "zeros", "zeros_like"]),
        ("x.su", ["sub", "sub_", "subtract", "subtract_", "sum"]),
        ("(x * 2).tan", ["tan", "tan_", "tanh", "tanh_"]),
        ("x[0].unsq", ["unsqueeze", "unsqueeze_"]),
        ("x.grad.toli", ["tolist"]),
        ("x.grad_fn.next_", ["next_functions"]),
        ("x.max(0).ind", ["indices"]),
        ("x.shape.num", ["numel"]),
        ("torch.nn.Lin", ["Linear"]),
        ("torch.nn.Linear(1, 1).weight.grad.toli", ["tolist"]),
        ("torch.optim.SG", ["SGD"]),
        ("torch.autograd.gradg", ["gradgradcheck"]),
        ("torch.step_", ["step_through"]),
    ],
)
def test_editors_complete(code: str, names: list[str]) -> None:
    completions = jedi.Script(HEAD + code, project=jedi.Project(ROOT)).complete()
    assert [each.name for each in completions] == names


def test_editors_show_signatures() -> None:
    (signature,) = jedi.Script(HEAD + "torch.transpose(", project=jedi.Project(ROOT)).get_signatures()
    assert [parameter.name for parameter in signature.params] == ["input", "dim0", "dim1"]


# --- `??` in a notebook


@pytest.mark.parametrize(
    "name",
    [
        "Tensor",
        "Size",
        "dtype",
        "no_grad",
        "set_grad_enabled",
        "nn.Module",
        "nn.Linear",
        "nn.Sequential",
        "nn.Parameter",
        "optim.Optimizer",
        "optim.SGD",
        "optim.AdamW",
        "autograd.Function",
    ],
)
def test_the_source_of_classes_is_found(name: str) -> None:
    thing: Any = minigrad
    for part in name.split("."):
        thing = getattr(thing, part)
    assert f"class {thing.__name__}(" in str(oinspect.getsource(thing))
    assert Path(str(oinspect.find_file(thing))).is_relative_to(ROOT / "minigrad")


@programs
def names_of_classes(torch, show):
    """They print as in PyTorch, wherever they stand here."""
    model = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.Tanh())
    x = torch.ones(2, requires_grad=True)
    show(torch.Tensor, type(x), type(x.shape), type(x.dtype), torch.nn.Parameter, torch.nn.Module)
    show(*(type(module) for module in model.modules()), torch.nn.MSELoss, torch.optim.Optimizer, torch.optim.SGD)
    show(torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop, torch.no_grad, torch.enable_grad)
    show(torch.no_grad(), torch.set_grad_enabled(True), x.register_hook(print), torch.autograd.Function)
    show(type((x * 2).grad_fn), type((x * 2).grad_fn.next_functions[0][0]), type(x.max(0)))
    kind = type("Kind", (torch.nn.Module,), {"__module__": "here"})
    show(kind, issubclass(kind, torch.nn.Module), isinstance(kind(), torch.nn.Module), isinstance(x, torch.nn.Module))


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record


def test_attributes_are_found_without_a_detour() -> None:
    """A metaclass or a class that is asked for every attribute would make all of them slow."""
    for kind in (Shown, minigrad.Tensor):
        for name in ("__getattr__", "__getattribute__"):
            assert not isinstance(inspect.getattr_static(kind, name, None), FunctionType)
