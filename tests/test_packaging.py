"""pyproject.toml, environment.yml, the pins, the imports of the code and the documents agree."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest
import setuptools
import yaml
from nbclient import NotebookClient
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import minigrad

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]

# conda-forge's names where they differ from PyPI's, and what only conda needs to be told.
CONDA_NAMES = {"python-graphviz": "graphviz"}
CONDA_ONLY = {"python", "pip", "graphviz"}

# Packages that are imported under another name than they are installed by.
IMPORT_NAMES = {"pyyaml": "yaml", "ipython": "IPython", "pillow": "PIL"}
COMMANDS = {"nbval", "ruff", "mypy"}  # run by the Makefile, not imported
FIRST_PARTY = {"minigrad", "course", "tests", "tools"}


def ranges(*groups: str) -> dict[str, Requirement]:
    """The requirements of pyproject.toml: the engine's own, and those of the optional groups named."""
    lines = PROJECT["dependencies"] + [line for group in groups for line in PROJECT["optional-dependencies"][group]]
    return {canonicalize_name(requirement.name): requirement for requirement in map(Requirement, lines)}


def pins(file: str) -> dict[str, tuple[Version, Marker | None]]:
    """The pinned versions of a requirements file, with the marker that restricts each to some platforms."""
    found: dict[str, tuple[Version, Marker | None]] = {}
    for line in (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line.split(" --hash=")[0].strip())
            (specifier,) = requirement.specifier
            assert specifier.operator == "==", f"{file}: {requirement} is a range"
            name = canonicalize_name(requirement.name)
            assert name not in found, f"{file}: {name} is pinned twice"
            found[name] = (Version(specifier.version), requirement.marker)
    return found


REQUIREMENTS = {
    "requirements/course.txt": ["course"],
    "requirements/test.txt": ["course", "test"],
    "requirements/browser.txt": ["browser"],
}


@pytest.mark.parametrize("file", REQUIREMENTS)
def test_pins_lie_inside_the_ranges(file: str) -> None:
    pinned = pins(file)
    for name, requirement in ranges(*REQUIREMENTS[file]).items():
        assert name in pinned, f"{file} does not pin {name}: run `make pins`"
        version, marker = pinned[name]
        assert version in requirement.specifier, f"{file} pins {name} {version}, pyproject.toml wants {requirement}"
        for python in PYTHONS:
            applies = marker is None or marker.evaluate(
                {"python_version": python, "python_full_version": f"{python}.0"}
            )
            assert applies, f"{file} leaves {name} out under Python {python}"


def test_pins_are_the_same_in_every_file() -> None:
    merged: dict[str, Version] = {}
    for file in REQUIREMENTS:
        for name, (version, _) in pins(file).items():
            assert merged.setdefault(name, version) == version, f"{name} is pinned to two versions"


@pytest.mark.parametrize("file", REQUIREMENTS)
def test_every_pin_has_hashes_and_no_address(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    for entry in re.split(r"\n(?=\S)", text.strip()):
        if not entry.startswith("#"):
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), f"no hash: {entry}"
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash)", text, re.MULTILINE), "an option that is not a hash"


def test_conda_environment_has_the_same_ranges() -> None:
    listed = {}
    for line in ENVIRONMENT["dependencies"]:
        if isinstance(line, str) and re.split(r"[<>=! ]", line)[0] not in CONDA_ONLY:
            requirement = Requirement(line)
            listed[CONDA_NAMES.get(requirement.name, requirement.name)] = requirement.specifier
    assert listed == {name: requirement.specifier for name, requirement in ranges("course").items()}


def test_conda_environment_has_dot_and_this_project() -> None:
    assert "graphviz" in ENVIRONMENT["dependencies"], "on conda-forge, python-graphviz comes without the program"
    # Binder recognises a local package by this spelling, and only then has the sources at hand when it installs.
    assert ENVIRONMENT["dependencies"][-1] == {"pip": ["-e ."]}


def test_conda_python_is_one_that_the_project_supports() -> None:
    (python,) = [line for line in ENVIRONMENT["dependencies"] if isinstance(line, str) and line.startswith("python=")]
    assert re.fullmatch(r"python=3\.\d+", python), "Binder understands no other form"
    assert Version(python.removeprefix("python=")) in Requirement(f"python{PROJECT['requires-python']}").specifier


def imports(source: str) -> Iterator[str]:
    """The top-level names of the modules that some code imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


def sources(place: str) -> Iterator[tuple[Path, str]]:
    """The code of a folder or a file."""
    folder = ROOT / place
    for path in [folder] if folder.is_file() else sorted(folder.rglob("*.py")):
        yield path, path.read_text(encoding="utf-8")
    for path in sorted(folder.glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        yield path, re.sub(r"^\s*[%!].*$", "", code, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("place", "groups"),
    [
        ("minigrad", ["course"]),
        ("course", ["course"]),
        ("notebooks", ["course"]),
        ("exercises", ["course"]),
        ("solutions", ["course"]),
        ("tools/setup.py", []),
        ("tools/lab.py", ["course"]),
        ("tools", ["course", "test", "browser"]),
        ("tests", ["course", "test", "browser"]),
    ],
)
def test_every_import_is_declared(place: str, groups: list[str]) -> None:
    declared = {IMPORT_NAMES.get(name, name) for name in ranges(*groups)} | FIRST_PARTY | set(sys.stdlib_module_names)
    if place in ("tests", "tools"):
        declared |= {"torch"}  # the comparisons' oracle, installed by CI alone
    checked = 0
    for path, source in sources(place):
        checked += 1
        missing = set(imports(source)) - declared
        # One is loaded only where PyTorch is already, the other imports it only where it is found.
        if path in (ROOT / "minigrad" / "asking" / "pytorch.py", ROOT / "course" / "side_by_side.py"):
            missing -= {"torch"}
        if "as_torch()" in source:
            missing -= {"torch"}  # which is minigrad then
        assert not missing, f"{path}: {sorted(missing)}"
    assert checked, f"no code found in {place}"


def test_every_dependency_is_used() -> None:
    folders = ["minigrad", "course", "notebooks", "tools", "tests"]
    imported = {name for folder in folders for _, source in sources(folder) for name in imports(source)}
    for name in ranges("course", "test", "browser").keys() - COMMANDS:
        assert IMPORT_NAMES.get(name, name) in imported, f"nothing imports {name}"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert name in makefile, f"nothing runs {name}"


def test_the_engine_does_not_know_the_course() -> None:
    for path, source in sources("minigrad"):
        assert not {"course", "tests", "tools"} & set(imports(source)), path


def test_the_metadata_name_the_pythons_and_no_project_of_another() -> None:
    assert PROJECT["name"] != "minigrad", "on PyPI that is another project"
    pythons = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if " :: Python :: 3." in line]
    assert set(pythons) <= set(PYTHONS)
    assert PROJECT["requires-python"] == f">={pythons[0]}"
    (numpy,) = [requirement for requirement in map(Requirement, PROJECT["dependencies"]) if requirement.name == "numpy"]
    assert "2.0.0" in numpy.specifier


def test_the_wheel_holds_more_than_modules() -> None:
    """Without py.typed, type checkers would not look at the types of an installed minigrad; plots need their style."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    package = ROOT / "minigrad"
    held = {path for pattern in settings["package-data"]["minigrad"] for path in package.glob(pattern)}
    assert held == {package / "py.typed", package / "plots.mplstyle", *package.rglob("*.pyi")}
    assert len(held) > 2


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `pip install` of this project puts into site-packages, and nothing else of it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (backend,) = map(Requirement, settings["build-system"]["requires"])
    assert Version(setuptools.__version__) in backend.specifier
    # Built from a copy: a build leaves its by-products beside the sources.
    folder = tmp_path_factory.mktemp("installed")
    source, site = folder / "source", folder / "site-packages"
    for name in ("minigrad", "course"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    build = f"from {settings['build-system']['build-backend']} import build_wheel; build_wheel({str(folder)!r})"
    made = subprocess.run([sys.executable, "-c", build], cwd=source, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(site)
    return site


WHERE = "import minigrad, course; print(minigrad.__file__, course.__file__)"


def run_elsewhere(notebook: nbformat.NotebookNode, folder: Path, site: Path) -> dict[str, str]:
    """Run a notebook in a folder outside the repository. What each cell has printed, by the cell's source."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "JPY_"))}
    environment["PYTHONPATH"] = str(site)
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=40"],
    )
    client.execute(env=environment)
    return {
        cell.source: "".join(
            output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    }


def read_notebook(name: str) -> nbformat.NotebookNode:
    (path,) = ROOT.glob(name)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(WHERE))
    return notebook


@pytest.mark.slow
def test_a_lesson_and_its_exercises_run_where_only_the_packages_are_installed(site: Path, tmp_path: Path) -> None:
    """As on Colab: notebooks in some folder, and of the repository nothing but what pip has installed."""
    lesson = read_notebook("notebooks/04_*.ipynb")
    for cell in lesson.cells:
        if cell.source == 'predict("04b", grad=...)':
            cell.source = 'predict("04b", grad=[1.0, 2.0])'
    said = run_elsewhere(lesson, tmp_path, site)
    assert said[WHERE].split() == [str(site / name / "__init__.py") for name in ("minigrad", "course")]
    assert "Kept." in said['predict("04b", grad=[1.0, 2.0])']
    assert "[1.0, 2.0]" in said['compare("04b", grad=knobs.grad)']

    exercises = read_notebook("exercises/04_*.ipynb")
    worked = {cell.id: cell.source for cell in nbformat.read(ROOT / "solutions/04_solutions.ipynb", as_version=4).cells}
    for cell in exercises.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "answer_4_1":
            cell.source = worked[cell.id]
    said = run_elsewhere(exercises, tmp_path, site)
    assert "4.1 right" in said['check("4.1")']
    assert "1 of" in said['check("4.1")']
    assert "4.2 not answered yet" in said['check("4.2")']

    # A lesson whose steps have checks, and which runs other lessons where they lie beside it.
    shutil.copy(next((ROOT / "notebooks").glob("03_*.ipynb")), tmp_path)
    said = run_elsewhere(read_notebook("notebooks/11_*.ipynb"), tmp_path, site)
    assert "step 1 not answered yet" in said['check("11, step 1")']
    [told] = [text for source, text in said.items() if "import lesson_on" in source]
    assert "lesson 03: " in told
    assert "lesson 05: its notebook is not here" in told

    kept = {path.name for path in tmp_path.iterdir()}
    assert kept >= {".progress.txt", ".predictions.jsonl"}
    assert {path.name for path in site.iterdir() if path.suffix != ".dist-info"} == {"minigrad", "course"}
    assert not [path for path in site.rglob(".*") if path.is_file()], "something is kept beside the packages"


def test_import_loads_nothing_but_numpy() -> None:
    script = "import sys; before = set(sys.modules); import minigrad; print(*(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in run.stdout.split()}
    assert loaded - set(sys.stdlib_module_names) <= {"minigrad", "numpy"}


# --- what the documents say


DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.name for path in DOCUMENTS])
def test_links_lead_to_files(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        assert "://" in target or (path.parent / target.partition("#")[0]).exists(), f"{path.name} links to {target}"


def test_commands_that_are_named_exist() -> None:
    files = [*DOCUMENTS, *(ROOT / name for name in ["Makefile", ".pre-commit-config.yaml", ".ci/run"])]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    modules = set(re.findall(r"(?:python3?|\$\(RUN\)) -m ([\w.]+)", text)) - {"pip"}
    assert {"course.cut", "course.refresh", "tools.compare", "ruff", "benchmarks"} <= modules
    assert not [module for module in modules if not find_spec(module)]
    scripts = set(re.findall(r"tools[/\\]\w+\.py", text))
    assert scripts
    assert not [script for script in scripts if not (ROOT / script.replace("\\", "/")).exists()]


def test_one_version_everywhere() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    latest = re.search(r"^## (\d\S*?),? ", changes, re.MULTILINE)
    assert latest
    assert latest[1] == PROJECT["version"] == minigrad.__version__


def test_hooks_before_a_commit_need_no_other_repository() -> None:
    configuration = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in configuration["repos"]] == ["local"]
    (hooks,) = [repository["hooks"] for repository in configuration["repos"]]
    assert {hook["language"] for hook in hooks} == {"system"}
