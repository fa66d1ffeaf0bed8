"""Run the tests in two processes at once, the answers to exercises in one of them: on two cores, in half the time.

    python tools/halves.py                what `python -m pytest` runs
    python tools/halves.py -m torch       with pytest's options

What the first process prints is shown as it comes, what the other one printed after it.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = ["tests/test_checks.py", "tests/test_judging.py"]
NO_TESTS = 5  # pytest's exit code where the options leave none in a half


def main() -> int:
    """Run both halves; return 1 if a test of either failed."""
    pytest = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    rest = [f"--ignore={path}" for path in EXERCISES]
    with subprocess.Popen(
        [*pytest, *EXERCISES], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as exercises:
        others = subprocess.run([*pytest, *rest], cwd=ROOT).returncode
        print("\n== The answers to exercises", flush=True)
        print(exercises.communicate()[0], flush=True)
    return int(any(code not in (0, NO_TESTS) for code in (others, exercises.returncode)))


if __name__ == "__main__":
    sys.exit(main())
