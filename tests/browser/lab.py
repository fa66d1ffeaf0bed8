"""A real JupyterLab in headless Chromium, working on a copy of this project that nobody has trusted yet.

    with running_lab() as lab, lab.open("notebooks/02_grad_fn_and_the_graph.ipynb") as notebook:
        notebook.run_all()
        notebook.shoot("lesson.png")

Needs Playwright (``requirements/browser.txt``) and a Chromium on the machine; the environment variable ``CHROMIUM``
names one that is not called ``chromium`` on the path.
"""

from __future__ import annotations

import json
import math
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Locator, Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]

# Chromium would otherwise look for updates, and hang on a machine without network.
CHROMIUM_ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Lab keeps off-screen cells out of the page; a test and a picture want them all. News would ask the network.
LAB_SETTINGS: dict[str, dict[str, dict[str, Any]]] = {
    "@jupyterlab/notebook-extension": {"tracker": {"windowingMode": "none"}},
    "@jupyterlab/apputils-extension": {"notification": {"fetchNews": "false", "checkForUpdates": False}},
}

# Shows outputs in place of the page's own. Scripts that come with HTML don't run; copies of them, put behind it, do.
AS_VS_CODE_DOES = """outputs => {
    document.body.replaceChildren();
    for (const output of outputs) {
        const made = document.createElement("div");
        made.innerHTML = output;
        document.body.append(made);
        for (const script of made.querySelectorAll("script")) {
            const copy = document.createElement("script");
            copy.text = script.innerText;
            made.appendChild(copy);
        }
    }
}"""

NOTEBOOK = "window.jupyterapp.shell.currentWidget"
PANEL = ".jp-WindowedPanel-outer"


def write_notebook(sources: list[str], path: Path) -> None:
    """Write a notebook of these code cells, which has not been run."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def run_notebook(sources: list[str], path: Path, html: bool = False) -> None:
    """Write a notebook of these code cells, run it and, with `html`, export it beside itself."""
    write_notebook(sources, path)
    nbconvert = [sys.executable, "-m", "nbconvert", path.name, "--to"]
    subprocess.run([*nbconvert, "notebook", "--execute", "--inplace"], cwd=path.parent, check=True, capture_output=True)
    if html:
        subprocess.run([*nbconvert, "html"], cwd=path.parent, check=True, capture_output=True)


def copy_project(folder: Path) -> Path:
    """Copy what a commit of everything here would hold, and nothing that git ignores; return the copy's root."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listing.split("\0")):
        source, target = PROJECT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return folder


@contextmanager
def running_lab(root: Path | None = None, *, as_learners: bool = False) -> Iterator[Lab]:
    """Run JupyterLab and Chromium, on ``root`` or else on a fresh copy of the project, which is deleted afterwards.

    as_learners: started by ``tools/lab.py``, as ``make lab`` does it, in a folder that is the project's.
    """
    with tempfile.TemporaryDirectory(prefix="minigrad-lab-") as name:
        scratch = Path(name)
        folder = root or copy_project(scratch / "project")
        server = _learners_server(folder) if as_learners else _server(folder, scratch)
        with server as (address, token), sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=_chromium(),
                args=CHROMIUM_ARGUMENTS,
                chromium_sandbox=hasattr(os, "getuid") and os.getuid() != 0,
            )
            yield Lab(folder, address, token, browser)
            browser.close()


def _chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if found is None:
        raise FileNotFoundError("no chromium on the path: install it, or set CHROMIUM to the browser's path")
    return found


def _write_settings(folder: Path) -> None:
    for package, plugins in LAB_SETTINGS.items():
        for plugin, values in plugins.items():
            file = folder / package / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), encoding="utf-8")


@contextmanager
def _learners_server(folder: Path) -> Iterator[tuple[str, str]]:
    """Started in an environment that has nothing of a test's, with the app exposed by a file of Jupyter's settings."""
    own = folder / "my" / ".jupyter"
    _write_settings(own / "settings")
    (own / "config").mkdir(exist_ok=True)
    (own / "config" / "jupyter_lab_config.py").write_text("c.LabApp.expose_app_in_browser = True\n", encoding="utf-8")
    hidden = ("PYTHONPATH", "COURSE_PROGRESS", "PYTEST_VERSION", "PYTEST_CURRENT_TEST")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER") and name not in hidden}
    command = [sys.executable, "tools/lab.py", "--no-browser"]
    printed = ""
    with subprocess.Popen(command, cwd=folder, env=kept, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            for line in server.stdout:
                printed += line
                if found := re.search(r"(http://localhost:\d+)/lab\S*token=(\w+)", line):
                    break
            else:
                raise RuntimeError(f"JupyterLab did not start:\n{printed}")
            _wait_for(server, found[1], found[2], lambda: printed)
            yield found[1], found[2]
        finally:
            server.terminate()


def _wait_for(server: subprocess.Popen[Any], address: str, token: str, log: Callable[[], str]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{address}/api/status?token={token}", timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"JupyterLab did not start:\n{log()}") from None
            time.sleep(0.2)


@contextmanager
def _server(folder: Path, scratch: Path) -> Iterator[tuple[str, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    settings = scratch / "settings"
    _write_settings(settings)
    environment = os.environ | {
        # The copy's own minigrad, not the one that this environment was set up for.
        "PYTHONPATH": str(folder),
        # A data folder of its own: no notebook has ever been trusted here.
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_CONFIG_DIR": str(scratch / "config"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser"]
    command += [f"--ServerApp.root_dir={folder}", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    if hasattr(os, "getuid") and os.getuid() == 0:
        command.append("--allow-root")
    log = scratch / "lab.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(server, address, token, lambda: log.read_text(encoding="utf-8"))
        yield address, token
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


class Lab:
    """A running JupyterLab and the browser that looks at it."""

    def __init__(self, root: Path, address: str, token: str, browser: Browser) -> None:
        self.root, self.address, self.token, self.browser = root, address, token, browser

    @contextmanager
    def open(
        self, path: str, *, dark: bool = False, width: int = 1200, height: int = 1000, scale: int = 1
    ) -> Iterator[Notebook]:
        """Open the notebook at ``path`` (relative to the root) in an empty browser profile, and wait for its kernel."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            device_scale_factor=scale,
        )
        page = context.new_page()
        page.goto(f"{self.address}/lab/tree/{path}?reset&token={self.token}")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        notebook = Notebook(page, self.root / path)
        theme = "JupyterLab Dark" if dark else "JupyterLab Light"
        notebook.command("apputils:change-theme", {"theme": theme})
        page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=str(not dark).lower())
        notebook.command("application:toggle-left-area")
        # Before the kernel is idle, Lab asks for one in a dialog instead of running anything.
        page.wait_for_function(f"{NOTEBOOK}?.context?.sessionContext?.session?.kernel?.status === 'idle'")
        page.wait_for_load_state("networkidle")
        yield notebook
        context.close()


class Notebook:
    """One notebook, open in the browser. Cells are counted from 0, text cells included."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page, self.file = page, file

    def command(self, name: str, arguments: dict[str, Any] | None = None) -> None:
        """Carry out one of JupyterLab's commands and wait until it is done."""
        self.page.evaluate(
            "([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => null)", [name, arguments or {}]
        )

    def cell(self, index: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def sources(self) -> list[str]:
        """Every cell's text, as in the editor."""
        return self.page.evaluate(f"[...{NOTEBOOK}.content.model.cells].map(cell => cell.sharedModel.getSource())")

    def is_code(self, index: int) -> bool:
        return self.page.evaluate(f"index => {NOTEBOOK}.content.widgets[index].model.type === 'code'", index)

    def activate(self, index: int) -> None:
        """Make a cell the one that commands are about."""
        self.page.evaluate(f"index => {{ {NOTEBOOK}.content.activeCellIndex = index; }}", index)

    def output(self, index: int) -> str:
        """The text that the reader sees under a cell; empty if there is none."""
        return "\n".join(self.cell(index).locator(".jp-OutputArea-output").all_inner_texts())

    def run_all(self) -> None:
        """Run every cell and wait for the last. RuntimeError if one raises what its tags don't announce."""
        self.command("notebook:run-all-cells")
        # Lab's command returns while the last cells are still running, and stops at an error.
        error = self.page.wait_for_function(
            f"""() => {{
                const cells = [...{NOTEBOOK}.content.model.cells].filter(cell => cell.type === 'code');
                for (const cell of cells) {{
                    const error = cell.outputs.toJSON().find(output => output.output_type === 'error');
                    if (error && !(cell.getMetadata('tags') || []).includes('raises-exception')) {{
                        return `${{error.ename}}: ${{error.evalue}}\nin\n${{cell.sharedModel.getSource()}}`;
                    }}
                }}
                const idle = {NOTEBOOK}.context.sessionContext.session.kernel.status === 'idle';
                return idle && cells.every(cell => cell.executionCount || !cell.sharedModel.getSource()) && 'none';
            }}""",
            timeout=120_000,
        ).json_value()
        if error != "none":
            raise RuntimeError(error)

    def run(self, index: int) -> None:
        """Run one code cell with Shift+Enter, as a learner does, and wait for its answer."""
        self.activate(index)
        self.cell(index).scroll_into_view_if_needed()
        if (editor := self.cell(index).locator(".cm-content")).is_visible():
            editor.click()
        else:  # its source is folded away
            self.page.evaluate(f"() => {{ {NOTEBOOK}.content.mode = 'command'; {NOTEBOOK}.content.activate(); }}")
        # The count that was saved may be the one that it gets again.
        self.page.evaluate(f"index => {{ {NOTEBOOK}.content.widgets[index].model.executionCount = null; }}", index)
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function(
            f"""index => {{
                const cell = {NOTEBOOK}.content.widgets[index].model;
                return cell.executionCount !== null && cell.executionState !== 'running'
                    && {NOTEBOOK}.context.sessionContext.session.kernel.status === 'idle';
            }}""",
            arg=index,
        )

    def type_over(self, index: int, source: str) -> None:
        """Replace a cell's text through the keyboard."""
        editor = self.cell(index).locator(".cm-content")
        editor.scroll_into_view_if_needed()
        editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def save(self) -> dict[str, Any]:
        """Save, and return the notebook as it now lies on the disk."""
        self.command("docmanager:save")
        return json.loads(self.file.read_text(encoding="utf-8"))

    def shoot(self, target: str | Path, page_height: int = 1500) -> list[Path]:
        """Photograph the whole notebook: ``target``, or ``target-1``, ``target-2`` … if it is longer than a page."""
        target = Path(target)
        size = self.page.viewport_size
        assert size is not None
        self.page.set_viewport_size({"width": size["width"], "height": page_height})
        self.show_all_outputs()
        shown, total = self._heights()
        pages = math.ceil(total / shown)
        written = []
        for number in range(pages):
            self._scroll_to(number * shown)
            name = target if pages == 1 else target.with_stem(f"{target.stem}-{number + 1}")
            self.page.screenshot(path=name, animations="disabled")
            written.append(name)
        self.page.set_viewport_size(size)
        return written

    def show_all_outputs(self) -> None:
        """Scroll from top to bottom: Lab puts an output into the page when its cell first comes into view."""
        top = 0.0
        while True:
            self._scroll_to(top)
            shown, total = self._heights()
            if top + shown >= total:
                break
            top += shown
        self._scroll_to(0)

    def _scroll_to(self, top: float) -> None:
        self.page.locator(PANEL).first.evaluate("(panel, top) => { panel.scrollTop = top; }", top)
        self.page.wait_for_timeout(300)

    def _heights(self) -> tuple[float, float]:
        """Of the window on the notebook, and of the notebook to its last cell's foot; Lab scrolls a page further."""
        return self.page.locator(PANEL).first.evaluate(
            """panel => {
                const last = [...panel.querySelectorAll(".jp-Cell")].at(-1).getBoundingClientRect();
                return [panel.clientHeight, panel.scrollTop + last.bottom - panel.getBoundingClientRect().top];
            }"""
        )
