"""Open JupyterLab at the first lesson, on this machine only, with a token; print its address.

Run it with the environment's Python: ``.venv/bin/python tools/lab.py``, on Windows ``.venv\\Scripts\\python
tools\\lab.py``, under conda ``python tools/lab.py``.
"""

import importlib.util
import os
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRST_LESSON = "notebooks/00_start_here.ipynb"
FIRST_PORT = 8888


def main() -> None:
    if importlib.util.find_spec("jupyterlab") is None:
        sys.exit(f"This Python ({sys.executable}) has no JupyterLab: run tools/setup.py, then use the Python in .venv.")
    from jupyterlab.labapp import LabApp

    port = free_port()
    if port != FIRST_PORT:
        print(f"Port {FIRST_PORT} is taken (by another JupyterLab?): this one answers on port {port}.", flush=True)
    arguments = [
        "--ServerApp.ip=localhost",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}",
        "--Application.log_level=WARN",
    ]
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        arguments.append("--no-browser")
    if hasattr(os, "getuid") and os.getuid() == 0:
        arguments.append("--allow-root")  # in a container there may be no other user
    print("Starting JupyterLab; Ctrl+C in this window stops it.", flush=True)
    LabApp.launch_instance(arguments)


def free_port() -> int:
    """The first port from 8888 on where nobody answers."""
    for port in range(FIRST_PORT, FIRST_PORT + 50):
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
        except OSError:
            return port
    sys.exit(f"Every port from {FIRST_PORT} to {FIRST_PORT + 49} is taken: close a JupyterLab, and run this again.")


if __name__ == "__main__":
    main()
