"""Open the course in JupyterLab, on this machine only, with a token; print its address.

Run it with the environment's Python: ``.venv/bin/python tools/lab.py``, on Windows ``.venv\\Scripts\\python
tools\\lab.py``, under conda ``python tools/lab.py``.

What is opened is a copy of the notebooks, in ``my/``, which git ignores; it is brought up to date first (course/own.py
says how, and why). What JupyterLab, IPython and Matplotlib note down lies there too, in ``my/.jupyter``: nothing of
another project's JupyterLab is seen here, nothing of this one's elsewhere, and no home has to be writable. It is not in
``.venv``, which is made again when packages change and does not exist under conda.
"""

import os
import sys

# What a stray PYTHONPATH holds, a numpy.py for instance, must not take the place of what is installed.
for entry in filter(None, os.environ.pop("PYTHONPATH", "").split(os.pathsep)):
    sys.path[:] = [place for place in sys.path if os.path.abspath(place) != os.path.abspath(entry)]

import importlib.util
import json
import secrets
import socket
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
JUPYTER = ROOT / "my" / ".jupyter"
FIRST_LESSON = "my/notebooks/00_start_here.ipynb"
START_PAGE = "my/notebooks/all_lessons.md"
FIRST_PORT = 8888

FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
    "MPLCONFIGDIR": "matplotlib",
}
# Written once; from then on they are the learner's. Pages of text open as pages, not as their source.
SETTINGS = {"@jupyterlab/docmanager-extension/plugin": {"defaultViewers": {"markdown": "Markdown Preview"}}}

# JupyterLab breaks lines of output at any letter. An error, and whatever else is to be read, breaks between words.
STYLE = ".jp-OutputArea .jp-OutputArea-output pre { word-break: normal; overflow-wrap: break-word; }\n"


def main() -> None:
    if importlib.util.find_spec("jupyterlab") is None:
        sys.exit(f"This Python ({sys.executable}) has no JupyterLab: run tools/setup.py, then use the Python in .venv.")
    browser = "--no-browser" not in sys.argv[1:] and has_display()
    keep_apart()
    if running := running_server():
        print(f"JupyterLab is running already, for this course: {running}", flush=True)
        if browser:
            webbrowser.open(running)
        return
    copy_notebooks()
    print("Starting JupyterLab; Ctrl+C in this window stops it.", flush=True)
    from jupyterlab.labapp import LabApp

    port = free_port()
    if port != FIRST_PORT:
        print(f"Port {FIRST_PORT} is taken: this JupyterLab answers on port {port}.", flush=True)
    page = page_to_open()
    arguments = [
        "--ServerApp.ip=localhost",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/{page}",
        "--LabApp.custom_css=True",
        # A browser that is packed as a snap may not read the file through which it would be sent to the address.
        "--ServerApp.use_redirect_file=False",
        # Warnings are about things a learner can't change, such as a notebook that has not been run yet.
        "--Application.log_level=ERROR",
        "--ServerApp.answer_yes=True",
    ]
    if not browser:
        arguments.append("--no-browser")
    if hasattr(os, "getuid") and os.getuid() == 0:
        arguments.append("--allow-root")  # in a container there may be no other user
    # With a token of its own making, Jupyter would print a page about it, and a file's address first of all.
    os.environ["JUPYTER_TOKEN"] = token = secrets.token_hex(24)
    print(f"In a few seconds the course is at http://localhost:{port}/lab/tree/{page}?token={token}", flush=True)
    LabApp.launch_instance(arguments)


def has_display() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def keep_apart() -> None:
    """Give Jupyter and what it starts folders of their own, and the course's packages."""
    try:
        for variable, folder in FOLDERS.items():
            (JUPYTER / folder).mkdir(parents=True, exist_ok=True)
            os.environ[variable] = str(JUPYTER / folder)
        for name, values in SETTINGS.items():
            file = JUPYTER / "settings" / f"{name}.jupyterlab-settings"
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(json.dumps(values), encoding="utf-8")
        (JUPYTER / "config" / "custom").mkdir(exist_ok=True)
        (JUPYTER / "config" / "custom" / "custom.css").write_text(STYLE, encoding="utf-8")
    except OSError as error:
        sys.exit(
            f"The course's folder can't be written ({error}): copy it to a folder of your own, and start it there."
        )
    os.environ["PYTHONPATH"] = str(ROOT)


def copy_notebooks() -> None:
    """Make the learner's copy of the notebooks, or bring it up to date."""
    from course import overview, own

    try:
        for line in own.bring_up_to_date():
            print(line, flush=True)
        overview.write_page()
    except OSError as error:
        sys.exit(f"The notebooks could not be copied to my/: {error}")


def page_to_open() -> str:
    """Return the first lesson for a beginner, else the page of all lessons, with the place to continue."""
    from course import answered

    begun = bool(answered.load()[0]) or answered.place().with_name(".predictions.jsonl").exists()
    return START_PAGE if begun else FIRST_LESSON


def running_server() -> str:
    """Return the address of the JupyterLab that is open on this course already; empty if there is none."""
    for file in sorted((JUPYTER / "runtime").glob("jpserver-*.json")):
        try:
            server: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            with urllib.request.urlopen(f"{server['url']}api/status?token={server['token']}", timeout=5) as answer:
                if answer.status == 200 and Path(server["root_dir"]) == ROOT:
                    return f"{server['url']}lab/tree/{page_to_open()}?token={server['token']}"
        except (OSError, ValueError, KeyError, TypeError, urllib.error.URLError):
            continue  # of one that has ended without clearing away its note
    return ""


def free_port() -> int:
    """Return the first port from 8888 on where nobody answers."""
    for port in range(FIRST_PORT, FIRST_PORT + 50):
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
        except OSError:
            return port
    sys.exit(f"Every port from {FIRST_PORT} to {FIRST_PORT + 49} is taken: close a JupyterLab, and run this again.")


if __name__ == "__main__":
    main()
