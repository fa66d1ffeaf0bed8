"""Measure minigrad beside PyTorch, HIPS autograd, micrograd and NumPy by hand, all in one run.

    python -m benchmarks                 every workload; writes docs/benchmarks.md and docs/benchmarks.svg
    python -m benchmarks tutorial bias   these only; writes nothing

NumPy computes on one thread.  The libraries take turns in every round, because machines change their speed from
second to second: what is compared is the median over the rounds of each round's ratio to PyTorch on one thread.  The
order is random each time, because whoever follows PyTorch finds cold caches (up to 10 %).  Peers that are not installed
are left out.
"""

import argparse
import importlib.util
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's matrix products on one thread, as PyTorch's
import platform
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import minigrad
from benchmarks.workloads import WORKLOADS

DOCS = Path(__file__).parent.parent / "docs"
PEERS = {"NumPy by hand": None, "HIPS autograd": "autograd", "micrograd": "micrograd"}
COLUMNS = ["NumPy by hand", "minigrad", "PyTorch, 2 threads", "HIPS autograd", "micrograd"]


def seconds(function, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        function()
    return (time.perf_counter() - start) / repeats


def contestants(workload, torch) -> dict:
    """What is timed: by name, the function and how many threads PyTorch may use for it."""
    found = {"minigrad": (workload.torch_like(minigrad), 1)}
    if torch is not None:
        found["PyTorch"] = (workload.torch_like(torch), 1)
        found["PyTorch, 2 threads"] = (workload.torch_like(torch), 2)
    for peer, make in workload.others.items():
        module = PEERS[peer]
        if module is None or importlib.util.find_spec(module) is not None:
            found[peer] = (make(), 1)
    return found


def measure(workload, torch, rounds: int) -> dict[str, list[float]]:
    """Seconds a call, round by round."""
    functions, order = contestants(workload, torch), random.Random(0)
    times: dict[str, list[float]] = {name: [] for name in functions}
    for number in range(rounds + 2):
        for name in order.sample(list(functions), len(functions)):
            function, threads = functions[name]
            if torch is not None and torch.get_num_threads() != threads:
                torch.set_num_threads(threads)
            elapsed = seconds(function, workload.repeats)
            if number >= 2:  # the first two warm up
                times[name].append(elapsed)
    return times


def ratio(times, name, to="PyTorch") -> float | None:
    if name not in times or to not in times:
        return None
    return statistics.median(a / b for a, b in zip(times[name], times[to], strict=True))


def import_seconds(module: str, rounds: int = 7) -> float:
    command = [sys.executable, "-c", f"import {module}"]
    return statistics.median(seconds(lambda: subprocess.run(command, check=True), 1) for _ in range(rounds))


HELD = """
from pathlib import Path
def held():  # memory in use, in bytes
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
"""

GRAPH = """
import numpy as np, {library} as torch
x = torch.tensor(np.ones(1_000_000, np.float32), requires_grad=True)
(x * 1.001).tanh()
before = held()
y = x
for i in range(100):
    y = (y * 1.001).tanh()
print((held() - before) / 2**20)
"""

DEEP = """
import time, {library} as torch
x = torch.tensor(1.0, requires_grad=True)
def run(n):
    start = time.perf_counter()
    y = x
    for _ in range(n // 2):
        y = y * 1.0000001 + 0.0000001
    middle = time.perf_counter()
    memory = held()
    y.backward()
    return (middle - start) / n * 1e6, (time.perf_counter() - middle) / n * 1e6, memory
for _ in range(20):
    short = run(1000)
before = held()
long = run(1_000_000)
print(*short[:2], *long[:2], (long[2] - before) / 1_000_000)
"""


def in_a_process(code: str, library: str) -> list[float]:
    output = subprocess.run(
        [sys.executable, "-c", HELD + code.format(library=library)], check=True, capture_output=True, text=True
    )
    return [float(number) for number in output.stdout.split()]


def table(results) -> list[str]:
    lines = [
        "| workload, forward and backward | " + " | ".join(COLUMNS) + " | minigrad, µs |",
        "|---|" + "---:|" * (len(COLUMNS) + 1),
    ]
    for key, times in results.items():
        workload = WORKLOADS[key]
        cells = []
        for name in COLUMNS:
            value = ratio(times, name)
            text = "–" if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"
            cells.append(f"**{text}**" if name == "minigrad" else text)
        own = statistics.median(times["minigrad"]) / workload.per * 1e6
        lines.append(f"| {workload.name} | {' | '.join(cells)} | {own:,.2f} |")
    return lines


def plot(results, path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    matplotlib.rcParams.update({"svg.hashsalt": "minigrad", "font.size": 10})
    keys = list(reversed(results))
    figure, axes = plt.subplots(figsize=(8.5, 6.2), facecolor="white", layout="constrained")
    marks = {
        "NumPy by hand": ("|", "#555555", 11),
        "minigrad": ("o", "#0072B2", 8),
        "HIPS autograd": ("s", "#E69F00", 6),
        "micrograd": ("D", "#009E73", 6),
    }
    for name, (marker, colour, size) in marks.items():
        points = [(ratio(results[key], name), y) for y, key in enumerate(keys) if name in results[key]]
        x, y = zip(*points, strict=True)
        axes.plot(x, y, marker, color=colour, markersize=size, markeredgewidth=2 if marker == "|" else 1, label=name)
    axes.axvline(1, color="#D55E00", linewidth=1.5, label="PyTorch, one thread")
    axes.set_xscale("log")
    ticks = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100]
    axes.set_xticks(ticks, [f"{t:g}" for t in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(keys)), [WORKLOADS[key].name for key in keys])
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.set_xlabel("time divided by PyTorch's on one thread (left is faster; logarithmic)")
    figure.legend(loc="outside upper center", ncols=5, frameon=False, fontsize=9)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", metavar="workload", help=", ".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=25)
    arguments = parser.parse_args()
    unknown = set(arguments.workloads) - set(WORKLOADS)
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    try:
        import torch
    except ImportError:
        torch = None
        print("PyTorch is not installed: times, but no ratios.", file=sys.stderr)
    results = {}
    for key in arguments.workloads or WORKLOADS:
        results[key] = measure(WORKLOADS[key], torch, arguments.rounds)
        own = statistics.median(results[key]["minigrad"]) * 1e6
        to_torch = ratio(results[key], "minigrad")
        beside = "" if to_torch is None else f"   {to_torch:5.2f} of PyTorch"
        print(f"{WORKLOADS[key].name:46}{own:12,.1f} µs{beside}")
    if arguments.workloads or torch is None:
        return 0
    lines = table(results)
    imports = {name: import_seconds(name) for name in ("numpy", "minigrad", "torch")}
    (graph, torch_graph), (deep, torch_deep) = (
        [in_a_process(code, library) for library in ("minigrad", "torch")] for code in (GRAPH, DEEP)
    )
    facts = [
        f"- `import minigrad` takes {(imports['minigrad'] - imports['numpy']) * 1e3:.0f} ms more than `import numpy` "
        f"({imports['numpy'] * 1e3:.0f} ms); `import torch` takes {imports['torch']:.1f} s.",
        f"- The graph of 200 operations on 1,000,000 float32 holds {graph[0]:.0f} MiB, PyTorch's "
        f"{torch_graph[0]:.0f} MiB ({graph[0] / torch_graph[0]:.2f}).",
        f"- A chain of 1,000,000 operations: {deep[2]:.2f} µs each forward and {deep[3]:.2f} backward, against "
        f"{deep[0]:.2f} and {deep[1]:.2f} in one of 1,000; {deep[4]:.0f} bytes each. PyTorch: {torch_deep[2]:.2f} and "
        f"{torch_deep[3]:.2f} µs, {torch_deep[4]:.0f} bytes.",
    ]
    versions = (
        f"Python {platform.python_version()}, NumPy {np.__version__}, PyTorch {torch.__version__}, "
        f"{os.cpu_count()} processors (load {os.getloadavg()[0]:.0f} at the end), {arguments.rounds} rounds."
    )
    DOCS.mkdir(exist_ok=True)
    plot(results, DOCS / "benchmarks.svg")
    text = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Each figure is a time divided by PyTorch's on one thread: the median of the ratios "
        "of rounds in which all of them took turns, in random order. NumPy by hand, the same arithmetic without "
        "a graph, is the limit.",
        "",
        *lines,
        "",
        "![The same as a plot](benchmarks.svg)",
        "",
        *facts,
        "",
        versions,
        "",
    ]
    (DOCS / "benchmarks.md").write_text("\n".join(text), encoding="utf-8")
    print("\n".join(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
