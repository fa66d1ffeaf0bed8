"""Look at a notebook as a learner sees it: in a real JupyterLab, freshly cloned, before or after it has been run.

    python -m tools.shoot notebooks/00_start_here.ipynb lesson.png
    python -m tools.shoot exercises/01_exercises.ipynb exercise.png --run --dark

Run it from the project's root. Without ``--run`` the notebook is shown as it opens for the first time: untrusted, with
its saved outputs. A long notebook gives several pictures (``lesson-1.png``, ``lesson-2.png`` …); their names are
printed. The work is done on a copy, so nothing in the project changes. ``--unfold`` opens what is folded away
(``<details>``). A notebook from outside the project is opened as if it lay in ``notebooks/``.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from tests.browser.lab import PROJECT, copy_project, running_lab


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.shoot", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--run", action="store_true", help="run all cells first")
    parser.add_argument("--dark", action="store_true", help="use JupyterLab's dark theme")
    parser.add_argument("--unfold", action="store_true", help="open everything that is folded away")
    parser.add_argument("--width", type=int, default=1200, help="width of the window in pixels (default: 1200)")
    parser.add_argument("--page-height", type=int, default=1500, help="height of one picture (default: 1500)")
    options = parser.parse_args()

    file = options.notebook.resolve()
    path = file.relative_to(PROJECT) if file.is_relative_to(PROJECT) else Path("notebooks") / file.name
    with tempfile.TemporaryDirectory(prefix="minigrad-shoot-") as folder:
        root = copy_project(Path(folder))
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, root / path)
        with (
            running_lab(root) as lab,
            lab.open(path.as_posix(), dark=options.dark, width=options.width) as notebook,
        ):
            if options.run:
                notebook.run_all()
            if options.unfold:
                notebook.page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
            for picture in notebook.shoot(options.picture, options.page_height):
                print(picture)


if __name__ == "__main__":
    main()
