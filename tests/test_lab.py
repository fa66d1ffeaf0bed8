"""`tools/lab.py`, started for real: it says where it is, steps aside for a taken port, and opens the learner's copy."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a commit of everything here would hold: a learner's folder."""
    folder = tmp_path_factory.mktemp("lab") / "a course"
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listing.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def surroundings(folder: Path) -> dict[str, str]:
    """Those of a learner without a display, whose home can't be written and whose PYTHONPATH has a stray numpy."""
    stray = folder.parent / "stray"
    stray.mkdir(exist_ok=True)
    (stray / "numpy.py").write_text("raise ImportError('a stray numpy')")
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "COURSE_PROGRESS")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment = {name: value for name, value in environment.items() if not name.startswith("JUPYTER")}
    return environment | {"HOME": "/dev/null", "PYTHONPATH": str(stray)}


@contextlib.contextmanager
def lab(folder: Path) -> Iterator[str]:
    """What is printed until the address has been, where port 8888 is taken."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # somebody else has it already, which is as good
            stack.enter_context(socket.create_server(("127.0.0.1", 8888)))
        running = subprocess.Popen(
            [sys.executable, "tools/lab.py"],
            cwd=folder,
            env=surroundings(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        stack.enter_context(running)
        stack.callback(running.terminate)
        timer = threading.Timer(120, running.kill)
        timer.start()
        stack.callback(timer.cancel)
        assert running.stdout is not None
        printed = ""
        for line in running.stdout:
            printed += line
            if "http://localhost" in line:
                break
        yield printed


def status_of(address: str) -> int:
    """What the server answers with. JupyterLab prints its address a moment before it listens."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=30) as page:
                return page.status
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.1)
    raise AssertionError(f"nobody answers at {address}")


ADDRESS = r"http://localhost:(\d+)/lab/tree/my/notebooks/{page}\?token=(\w{{20,}})"


@pytest.mark.skipif(sys.platform != "linux", reason="opens a window elsewhere")
def test_a_learners_first_and_second_start(project: Path) -> None:
    """The address leads to the learner's copy of lesson 00, and needs its token; a second start finds the first."""
    with lab(project) as output:
        found = re.search(ADDRESS.format(page=r"00_start_here\.ipynb"), output)
        assert found, output
        assert found[1] != "8888"
        assert f"Port 8888 is taken: this JupyterLab answers on port {found[1]}.\n" in output
        assert "notebooks are copied to my/" in output
        assert "file://" not in output
        assert "Warning" not in output
        assert status_of(found[0]) == 200
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"http://localhost:{found[1]}/api/contents", timeout=30)
        (project / ".progress.txt").write_text("1.1\n")
        second = subprocess.run(
            [sys.executable, "tools/lab.py"],
            cwd=project,
            env=surroundings(project),
            capture_output=True,
            text=True,
            timeout=60,
        )
        again = re.search(ADDRESS.format(page=r"all_lessons\.md"), second.stdout)
        assert again, second.stdout + second.stderr
        assert again.groups() == found.groups()
        assert second.returncode == 0
    assert (project / "my" / "notebooks" / "00_start_here.ipynb").is_file()
    assert {path.name for path in (project / "my" / ".jupyter").iterdir()} >= {"config", "data", "runtime", "ipython"}


def test_what_is_started_from_here_finds_the_courses_packages(project: Path) -> None:
    """Those of this folder and of the environment, though PYTHONPATH leads to a stray numpy."""
    child = "import numpy, minigrad, course; print(numpy.zeros(1).sum(), minigrad.__file__)"
    parent = f"import lab, subprocess, sys; lab.keep_apart(); subprocess.run([sys.executable, '-c', {child!r}])"
    environment = surroundings(project)
    environment["PYTHONPATH"] = os.pathsep.join([environment["PYTHONPATH"], "tools"])
    run = subprocess.run([sys.executable, "-c", parent], cwd=project, env=environment, capture_output=True, text=True)
    assert run.stdout == f"0.0 {project / 'minigrad' / '__init__.py'}\n", run.stderr


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_can_not_be_written_is_one_line(project: Path) -> None:
    os.chmod(project, 0o555)
    try:
        run = subprocess.run([sys.executable, "tools/lab.py"], cwd=project, capture_output=True, text=True, timeout=60)
    finally:
        os.chmod(project, 0o755)
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
