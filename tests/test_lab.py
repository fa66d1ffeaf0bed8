"""`tools/lab.py`, started for real: it says where it is, steps aside for a taken port, and opens the first lesson."""

import contextlib
import os
import re
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


@pytest.fixture
def output(tmp_path: Path) -> Iterator[str]:
    """What is printed until the address has been, on a machine without display where port 8888 is taken."""
    hidden = {"DISPLAY", "WAYLAND_DISPLAY"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {f"JUPYTER_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # somebody else has it already, which is as good
            stack.enter_context(socket.create_server(("127.0.0.1", 8888)))
        command = [sys.executable, "tools/lab.py"]
        lab = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        stack.enter_context(lab)
        stack.callback(lab.terminate)
        timer = threading.Timer(120, lab.kill)
        timer.start()
        stack.callback(timer.cancel)
        assert lab.stdout is not None
        printed = ""
        for line in lab.stdout:
            printed += line
            if "http://127.0.0.1" in line:
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


@pytest.mark.skipif(sys.platform != "linux", reason="opens a window elsewhere")
def test_the_address_leads_to_the_first_lesson_and_wants_its_token(output: str) -> None:
    found = re.search(r"http://localhost:(\d+)/lab/tree/notebooks/00_start_here\.ipynb\?token=\w{20,}", output)
    assert found, output
    assert found[1] != "8888"
    assert f"Port 8888 is taken (by another JupyterLab?): this one answers on port {found[1]}.\n" in output
    assert status_of(found[0]) == 200
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"http://localhost:{found[1]}/api/contents", timeout=30)
    assert (ROOT / "notebooks" / "00_start_here.ipynb").is_file()
