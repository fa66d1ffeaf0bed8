"""Make the course's environment in .venv: once, and again only when what it is made from has changed.

    python tools/setup.py              what the course needs (requirements/course.txt)
    python tools/setup.py --test       and what the tests need (requirements/test.txt)
    python tools/setup.py --browser    and what the browser test needs (requirements/browser.txt)

On Windows, write ``py`` for ``python``. Needs Python 3.11 or newer and nothing else; touches nothing outside .venv.
A set-up that was interrupted is recognised and made again by the next run.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        f"Python 3.11 or newer is needed, but this is Python {sys.version_info[0]}.{sys.version_info[1]} "
        f"({sys.executable}). Install a newer one, and name it: make lab PYTHON=/path/to/python3"
    )

import argparse
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# Where .venv is activated, this script runs on the very Python that it may have to delete: build with the one beneath.
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
# Which requirements are installed, as hashes. It is the first file in .venv, so that a half-made one is known as ours.
STAMP = VENV / "minigrad-setup.json"
LOG = VENV / "minigrad-setup.log"

REQUIREMENTS = {group: ROOT / "requirements" / f"{group}.txt" for group in ("course", "test", "browser")}

JUPYTER_SETTINGS = {
    # At its first start JupyterLab would ask whether it may fetch news from the network.
    "labconfig/page_config.json": {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}},
    # Without it, every kernel that starts warns in the terminal of eavesdroppers on this machine.
    "jupyter_server_config.json": {"KernelManager": {"transport_encryption": "auto"}},
}

# What pip writes when it can't reach the index: a report over many lines, and at its end a misleading one.
NO_NETWORK = re.compile(r"connection broken by|Max retries exceeded|Failed to establish|ConnectionError|timed out")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the course's environment in .venv.")
    parser.add_argument("--test", action="store_true", help="add what the tests need")
    parser.add_argument("--browser", action="store_true", help="add what the browser test needs")
    options = parser.parse_args()
    wanted = ["course"] + [group for group in ("test", "browser") if getattr(options, group)]

    installed = read_stamp()
    current = {group: fingerprint(group) for group in REQUIREMENTS}
    if not installed or not installed.items() <= current.items() or not works():
        # A set-up after new pins brings back whatever was there before.
        wanted = [group for group in REQUIREMENTS if group in wanted or group in installed]
        make_environment()
        installed = {}
    for group in wanted:
        if group not in installed:
            install(group, installed)


def fingerprint(group: str) -> str:
    """Return a hash over everything that decides what a group's set-up makes."""
    return hashlib.sha256(REQUIREMENTS[group].read_bytes() + Path(__file__).read_bytes()).hexdigest()


def read_stamp() -> dict[str, str]:
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def write_stamp(installed: dict[str, str]) -> None:
    # Written aside and moved, so that an interruption leaves the old stamp or the new one, never half of one.
    beside = STAMP.with_suffix(".new")
    beside.write_text(json.dumps(installed, indent=1), encoding="utf-8")
    beside.replace(STAMP)


def works() -> bool:
    """Return whether .venv has a Python that starts: the one it was made from may have been removed since."""
    try:
        return subprocess.run([PYTHON, "-c", ""], capture_output=True).returncode == 0
    except OSError:
        return False


def make_environment() -> None:
    """Make an empty environment that can import this project, in place of an old or half-made one."""
    if VENV.exists():
        if not STAMP.exists():
            sys.exit(
                f"{VENV} is there already and was not made by this command: delete or rename it, and run this again."
            )
        print("Removing the outdated or unfinished environment in .venv (a few seconds)", flush=True)
        try:
            shutil.rmtree(VENV)
        except OSError as error:
            sys.exit(
                f"Could not remove {VENV} ({error}): close every JupyterLab that runs from it, and run this again."
            )
    if not has_module("ensurepip") and not has_module("pip"):
        sys.exit(
            f"This Python ({sys.executable}) comes without venv and pip: on Debian or Ubuntu, "
            "'sudo apt install python3-venv' adds them; then run this again."
        )
    version = ".".join(map(str, sys.version_info[:3]))
    print("Setting the course up in .venv, once: a minute or two, 550 MB", flush=True)
    print(f"Making an environment with Python {version} (up to half a minute)", flush=True)
    VENV.mkdir()
    write_stamp({})
    command = [BASE_PYTHON, "-m", "venv", str(VENV)]
    if not has_module("ensurepip"):
        command.append("--without-pip")  # install() then borrows the pip that runs beside this Python
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode:
        LOG.write_text(made.stdout, encoding="utf-8")
        sys.exit(f"Python could not make the environment; its output is in {LOG}.")

    # Any notebook can then import minigrad and course. A relative path: the project's folder may be moved or renamed.
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV), "platbase": str(VENV)}))
    (packages / "minigrad.pth").write_text(os.path.relpath(ROOT, packages) + "\n", encoding="utf-8")
    for file, settings in JUPYTER_SETTINGS.items():
        target = VENV / "etc" / "jupyter" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(settings), encoding="utf-8")


def has_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def install(group: str, installed: dict[str, str]) -> None:
    """Install a group's pinned packages with pip, saying how far it is, and note it in ``installed``."""
    requirements = REQUIREMENTS[group]
    name = f"requirements/{requirements.name}"
    total = len(re.findall(r"^\S+==", requirements.read_text(encoding="utf-8"), re.MULTILINE))
    pip = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True).returncode:
        pip = [BASE_PYTHON, "-m", "pip", "--python", str(PYTHON)]
    command = [*pip, "install", "--require-hashes", "--no-deps", "--only-binary=:all:", "--retries=2", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar=off", "--requirement", str(requirements)]

    print(f"Fetching the packages of {name} ({total})", flush=True)
    start = time.monotonic()
    progress = Progress(total)
    report = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            report.append(line)
            if line.startswith(("Collecting ", "Processing ", "Ignoring ", "Requirement already satisfied: ")):
                progress.step()
            elif line.startswith("Installing collected packages"):
                progress.end("Installing them (up to a minute, in which nothing more is printed)")
                # Until here an interruption has changed nothing; from here on it leaves an environment to make again.
                write_stamp(installed | {group: "unfinished"})
            elif "Retrying" in line:
                progress.end("No answer from the package index: trying again")
    progress.end("")
    LOG.write_text("".join(report), encoding="utf-8")
    if run.returncode:
        # Without an index, pip says in the end that there is no such version.
        errors = [
            line.strip() for line in report if line.startswith("ERROR") and "No matching distribution" not in line
        ]
        causes = [line for line in errors if "(from versions: none)" not in line]
        if NO_NETWORK.search("".join(causes or report)):
            sys.exit("No network: the package index could not be reached. Check the connection, and run this again.")
        reason = (causes or errors or ["no reason given"])[0]
        sys.exit(f"pip could not install {name}: {reason} (its whole report is in {LOG})")
    installed[group] = fingerprint(group)
    write_stamp(installed)
    print(f"Done in {time.monotonic() - start:.0f} s", flush=True)


class Progress:
    """A count of packages: one line that grows on a terminal, a line now and then elsewhere."""

    def __init__(self, total: int) -> None:
        self.total, self.count, self.open = total, 0, False

    def step(self) -> None:
        self.count += 1
        if sys.stdout.isatty():
            print(f"\r  {self.count} of {self.total}", end="", flush=True)
            self.open = True
        elif self.count % 25 == 0:
            print(f"  {self.count} of {self.total}", flush=True)

    def end(self, text: str) -> None:
        if self.open:
            print()
            self.open = False
        if text:
            print(text, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. Run the same command again to start over.")
