"""Cut the exercises out of the solutions: the same notebooks without answers and without outputs.

    python -m course.cut            write exercises/*.ipynb
    python -m course.cut --check    write nothing; exit with 1 if one of them is not what would be written

An answer is between the lines `### BEGIN SOLUTION` and `### END SOLUTION`, one in each answer's cell. It becomes a
`...`; if it does nothing but assign to names, they are kept, and the keys of dictionaries too. Cells tagged
`solution-only` are left out. Exercises are never edited by hand: the next cut would undo it.
"""

import argparse
import ast
import functools
import json
import re
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REGION = re.compile(
    r"^(?P<indent>[ ]*)### BEGIN SOLUTION\n(?P<answer>.*?)^[ ]*### END SOLUTION[ ]*$", re.MULTILINE | re.DOTALL
)


def lessons_folder() -> Path:
    """Return where the lessons are: in the project, or beside the running notebook if only the package is installed."""
    return ROOT / "notebooks" if (ROOT / "notebooks").is_dir() else Path.cwd()


def lesson_paths(number: str) -> list[Path]:
    """Return the notebook of a lesson, as the only one of a list; none where it is not at hand."""
    found = sorted(lessons_folder().glob(f"{number:0>2}_*.ipynb"))
    return [path for path in found if not path.stem.endswith(("_exercises", "_solutions"))][:1]


def fill(source: str, lines: str) -> str:
    """Put other lines in the place of a cell's answer, indented as it was. ValueError unless it has exactly one."""
    filled, count = REGION.subn(lambda found: textwrap.indent(lines, found["indent"]), source)
    if count != 1 or "# BEGIN SOLUTION" in filled or "# END SOLUTION" in filled:
        raise ValueError(f"a cell should hold one answer between ### BEGIN SOLUTION and ### END SOLUTION:\n{source}")
    return filled


def region(source: str) -> str:
    """Return the lines of a cell's answer, without their indentation."""
    found = REGION.search(source)
    return textwrap.dedent(found["answer"]) if found else ""


@functools.cache
def solution_cell(number: str) -> str:
    """Return the source of the cell with the worked answer to an exercise; "" where there is no such notebook."""
    if ", step " in number:  # of a lesson, which holds the worked answer itself
        from course import steps

        try:
            return steps.solution_cell(number)
        except (OSError, ValueError, KeyError, TypeError, SyntaxError):
            return ""  # the lesson is not at hand, or somebody has changed it
    lesson, _, part = number.partition(".")
    for path in ROOT.glob(f"solutions/{lesson:0>2}_solutions.ipynb"):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            for cell in cells:
                if cell["metadata"].get("nbgrader", {}).get("grade_id") == f"answer_{lesson}_{part}":
                    source = "".join(cell["source"])
                    return source if len(REGION.findall(source)) == 1 else ""
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # a notebook that somebody has changed: a check does without it
    return ""


def cut_cell(source: str) -> str:
    """Return a cell without its answer."""
    if "### BEGIN SOLUTION" not in source and "### END SOLUTION" not in source:
        return source
    found = REGION.search(source)
    return fill(source, _stub(textwrap.dedent(found["answer"])) if found else "")


def _stub(answer: str) -> str:
    """Return what replaces an answer."""
    lines = []
    for statement in ast.parse(answer).body:
        if not isinstance(statement, ast.Assign) or not all(isinstance(name, ast.Name) for name in statement.targets):
            return "..."
        targets = "".join(f"{ast.unparse(name)} = " for name in statement.targets)
        if isinstance(statement.value, ast.Dict):
            keys = [ast.get_source_segment(answer, key) for key in statement.value.keys if key]
            lines += [f"{targets}{{", *(f"    {key}: ...," for key in keys), "}"]
        else:
            lines.append(f"{targets}...")
    return "\n".join(lines) or "..."


def cut(solution: Path, lessons: Sequence[Any] | None = None) -> str:
    """Return the text of the exercise notebook that belongs to a solution."""
    import nbformat  # here, so that checks don't wait for it

    from course import navigation

    notebook = nbformat.read(solution, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "solution-only" not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        cell.source = cut_cell(cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    number = int(solution.name[:2])
    navigation.lead_on(notebook, "exercises", number, navigation.lessons() if lessons is None else lessons)
    return text_of(notebook)


def text_of(notebook: Any) -> str:
    """Return the text of a notebook, as in its file."""
    import nbformat

    text: str = nbformat.writes(notebook)
    return text + "\n"


def exercise_name(solution: Path) -> str:
    """Return the file name of the exercises that are cut from a solution: 02_exercises.ipynb for 02_solutions.ipynb."""
    return solution.name.replace("_solutions", "_exercises")


def cut_all(*, write: bool = True) -> list[str]:
    """Cut every exercise. Returns a line for each that was, or without `write` would be, changed."""
    from course import navigation

    solutions = {exercise_name(path): path for path in sorted(ROOT.glob("solutions/*.ipynb"))}
    changed = [f"exercises/{p.name} has no solution" for p in ROOT.glob("exercises/*.ipynb") if p.name not in solutions]
    lessons = navigation.lessons()
    for name, solution in solutions.items():
        exercise, text = ROOT / "exercises" / name, cut(solution, lessons)
        if exercise.exists() and exercise.read_text(encoding="utf-8") == text:
            continue
        changed.append(f"exercises/{name} {'was cut again' if write else 'differs from what is cut from its solution'}")
        if write:
            exercise.parent.mkdir(exist_ok=True)
            exercise.write_text(text, encoding="utf-8", newline="\n")
    return changed


def main() -> int:
    """Cut, or check what is cut."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, report what would change")
    check = parser.parse_args().check
    changed = cut_all(write=not check)
    print(*changed or ["exercises/ is what is cut from solutions/"], sep="\n")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
