"""The set-up of the environment, run for real on a project of one small package, without network."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.slow
NOWHERE = "https://127.0.0.1:9/simple"  # nothing listens there

# The script runs under a Python that says it is another one, or that its parts are missing.
AS_IT_IS = "pass"
OUTDATED = "sys.version_info = (3, 10, 13, 'final', 0)"


def without(*modules: str) -> str:
    return (
        "import importlib.util as u; find = u.find_spec; "
        f"u.find_spec = lambda name: None if name in {modules} else find(name)"
    )


# Unpacking pip takes most of the time of a set-up: one test does it, the others borrow the pip that runs beside them.
BORROWED_PIP = f"sys._base_executable = sys.executable; {without('ensurepip')}" if find_spec("pip") else AS_IT_IS


def make_wheel(folder: Path, version: str) -> str:
    """Write the smallest package there can be, and return the line that pins it."""
    info = f"pebble-{version}.dist-info"
    files = {
        "pebble.py": f"version = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: pebble\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(text)}\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    wheel = folder / f"pebble-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return f"pebble=={version} \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


class Project:
    """A copy of the set-up in its own folder, beside a folder of wheels in place of the package index."""

    def __init__(self, folder: Path) -> None:
        self.root, self.wheels = folder / "the project", folder / "wheels"
        self.wheels.mkdir()
        (self.root / "tools").mkdir(parents=True)
        (self.root / "minigrad.py").write_text("", encoding="utf-8")
        shutil.copyfile(ROOT / "tools" / "setup.py", self.root / "tools" / "setup.py")
        (self.root / "requirements").mkdir()
        for group in ("course", "test", "browser"):
            (self.root / "requirements" / f"{group}.txt").write_text("", encoding="utf-8")
        self.python = self.root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def pin(self, version: str) -> None:
        pins = self.root / "requirements" / "course.txt"
        pins.write_text(make_wheel(self.wheels, version), encoding="utf-8")

    def set_up(
        self, *arguments: str, find_links: str | None = None, pretence: str = BORROWED_PIP
    ) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
        environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": NOWHERE}
        environment["PIP_FIND_LINKS"] = self.wheels.as_uri() if find_links is None else find_links
        script = f"import runpy, sys; {pretence}; sys.argv = {['setup.py', *arguments]!r}; "
        script += "runpy.run_path('tools/setup.py', None, '__main__')"
        command = [sys.executable, "-c", script]
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=120)

    def ask(self, code: str) -> str:
        # Isolated: what is imported comes from .venv, whatever PYTHONPATH says.
        command = [str(self.python), "-I", "-c", code]
        run = subprocess.run(command, cwd=self.root.parent, capture_output=True, text=True, check=True)
        return run.stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def half_made(project: Project, stamp: str) -> None:
    """What an interrupted set-up leaves, with this in its stamp: it must be made again."""
    leftover = project.root / ".venv/lib/leftover"
    leftover.mkdir(parents=True)
    (project.root / ".venv/minigrad-setup.json").write_text(stamp, encoding="utf-8")


def test_an_environment_is_made_once_and_again_when_pins_change(project: Project) -> None:
    project.pin("1.0")
    run = project.set_up(pretence=AS_IT_IS)
    assert run.returncode == 0, run.stdout + run.stderr
    phases = [
        "Setting the course up in .venv, once",
        "Making an environment",
        "Fetching the packages",
        "Installing them",
    ]
    said = [line for line in run.stdout.splitlines() if not line.startswith((" ", "No answer"))]
    assert [line.startswith(phase) for line, phase in zip(said, phases, strict=False)] == [True] * 4, run.stdout
    assert project.ask("import pebble, minigrad; print(pebble.version)") == "1.0"

    again = project.set_up()
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")

    more = project.set_up("--test")
    assert more.returncode == 0
    assert "Making an environment" not in more.stdout
    assert "requirements/test.txt" in more.stdout

    project.pin("2.0")
    renewed = project.set_up()
    assert renewed.returncode == 0, renewed.stdout + renewed.stderr
    assert project.ask("import pebble; print(pebble.version)") == "2.0"
    assert set(json.loads((project.root / ".venv/minigrad-setup.json").read_text(encoding="utf-8"))) == {
        "course",
        "test",
    }


def test_no_network_is_one_line_and_the_next_run_recovers(project: Project) -> None:
    project.pin("1.0")
    half_made(project, '{"course": "unfinished"}')
    run = project.set_up(find_links="")
    assert run.returncode == 1
    assert (
        run.stderr == "No network: the package index could not be reached. Check the connection, and run this again.\n"
    )

    again = project.set_up()
    assert again.returncode == 0, again.stdout + again.stderr
    assert project.ask("import pebble; print(pebble.version)") == "1.0"
    assert not (project.root / ".venv/lib/leftover").exists()


def test_a_wrong_hash_is_refused(project: Project) -> None:
    project.pin("1.0")
    half_made(project, '{"course')
    wheel = next(project.wheels.iterdir())
    wheel.write_bytes(wheel.read_bytes() + b"tampered with")
    run = project.set_up()
    assert run.returncode == 1
    assert "Removing the outdated or unfinished environment" in run.stdout
    assert "DO NOT MATCH THE HASHES" in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert not (project.root / ".venv/lib/leftover").exists()


def test_somebody_elses_environment_is_left_alone(project: Project) -> None:
    theirs = project.root / ".venv" / "precious"
    theirs.mkdir(parents=True)
    run = project.set_up()
    assert run.returncode == 1
    assert "not made by this command" in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert theirs.exists()


@pytest.mark.parametrize(
    ("pretence", "line"),
    [
        (OUTDATED, "Python 3.11 or newer is needed, but this is Python 3.10"),
        (without("ensurepip", "pip"), "comes without venv and pip"),
    ],
)
def test_an_unsuitable_python_is_one_line(project: Project, pretence: str, line: str) -> None:
    run = project.set_up(pretence=pretence)
    assert run.returncode == 1
    assert line in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert not (project.root / ".venv").exists()
