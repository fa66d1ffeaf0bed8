"""What a picture shows is found whatever calls have drawn it, and what can't be seen is not found."""

import textwrap
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

import minigrad
from course.exercise import Function, Lesson, run_cell
from course.judging import call, case
from course.pictures import Shown, expect_picture

mpl.use("Agg")

RUNS = {"a": [1.0, 3.0, 2.0], "b": [4.0, -5.0]}
LINES = [([0.0, 1.0, 2.0], [1.0, 3.0, 2.0]), ([0.0, 1.0], [4.0, -5.0])]
HINTS = ("axes", "lines", "turned", "from_one", "names", "legend", "scale", "words", "sight")


@pytest.fixture(autouse=True)
def _no_pictures_left() -> Iterator[None]:
    yield
    plt.close("all")


def drawn(lines: str) -> Any:
    """The axes that some lines make."""
    variables: dict[str, Any] = {"plt": plt, "runs": RUNS, "torch": minigrad}
    run_cell(textwrap.dedent(lines), variables, f"<picture of {len(lines)}>")
    return variables["axes"]


def verdict(lines: str, *, runs: dict[str, list[float]] = RUNS, scales: tuple[str, str] = ("linear", "linear")) -> Any:
    """What is said of a picture that some lines make of `runs`."""

    def judge(picture: Function, torch: Any) -> None:
        with case("picture(runs)"):
            axes = call(picture, runs, pictures=1, twice=False)
            expect_picture(axes, runs, words=("step", "rate"), scales=scales)

    exercise = Lesson(7, "a lesson").exercise(9, right="Well done.", hints={hint: f"On {hint}." for hint in HINTS})
    body = textwrap.indent(textwrap.dedent(lines).strip(), "    ")
    variables: dict[str, Any] = {"torch": minigrad, "plt": plt}
    run_cell(f"def picture(runs):\n{body}\n    return axes", variables, f"<picture of {len(body)}>")
    return exercise(judge).check(variables)


WAYS = {
    "axes.plot": "_, axes = plt.subplots()\nfor rates in runs.values(): axes.plot(rates)",
    "plt.plot": "for rates in runs.values(): plt.plot(range(len(rates)), rates)\naxes = plt.gca()",
    "one call": "_, axes = plt.subplots()\naxes.plot(range(3), runs['a'], 'o--', range(2), runs['b'], ':')",
    "tensors": "_, axes = plt.subplots()\nfor rates in runs.values(): axes.plot(torch.tensor(rates))",
    "semilogx": "_, axes = plt.subplots()\nfor rates in runs.values(): axes.semilogx(range(len(rates)), rates)",
    "semilogy": "_, axes = plt.subplots()\nfor rates in runs.values(): axes.semilogy(rates)",
    "errorbar": "_, axes = plt.subplots()\nfor rates in runs.values(): axes.errorbar(range(len(rates)), rates)",
    "Line2D": """
        from matplotlib.lines import Line2D
        _, axes = plt.subplots()
        for rates in runs.values():
            axes.add_line(Line2D(range(len(rates)), rates))
        """,
    "LineCollection": """
        from matplotlib.collections import LineCollection
        _, axes = plt.subplots()
        axes.add_collection(LineCollection([list(enumerate(rates)) for rates in runs.values()]))
        """,
    "dark": "plt.rcdefaults()\nwith plt.style.context('dark_background'):\n    _, axes = plt.subplots()\n"
    "    for rates in runs.values(): axes.plot(rates, 'w')",
    "a figure without pyplot": "from matplotlib.figure import Figure\naxes = Figure().add_subplot()\n"
    "for rates in runs.values(): axes.plot(rates)",
    "beside a scatter": "_, axes = plt.subplots()\nfor rates in runs.values():\n    axes.plot(rates)\n"
    "    axes.scatter(range(len(rates)), rates)",
    "beside axhline": "_, axes = plt.subplots()\naxes.axhline(2.0); axes.axvline(1.0); axes.grid()\n"
    "for rates in runs.values(): axes.plot(rates)",
}


@pytest.mark.parametrize("way", WAYS)
def test_lines_are_found_whatever_has_drawn_them(way: str) -> None:
    shown = Shown(drawn(WAYS[way]))
    assert [(curve.xs, curve.ys) for curve in shown.curves] == LINES


@pytest.mark.parametrize(
    "how",
    [
        "visible=False",
        "alpha=0.0",
        "alpha=0.01",
        "linewidth=0",
        "linestyle=''",
        "linestyle='none', marker='o'",
        "color='white'",
        "color=(0.99, 1.0, 0.98)",
        "color=(0.0, 0.0, 0.0, 0.0)",
        "color='none'",
        "drawstyle='steps'",
    ],
)
def test_what_can_not_be_seen_as_a_line_is_not_found(how: str) -> None:
    assert Shown(drawn(f"_, axes = plt.subplots()\naxes.plot([1.0, 2.0], {how})")).curves == []


@pytest.mark.parametrize(
    "lines",
    [
        "axes.scatter([0, 1], [1, 2])",
        "axes.bar([0, 1], [1, 2])",
        "axes.step([0, 1], [1, 2])",
        "axes.fill_between([0, 1], [1, 2])",
        "axes.plot([1, 2]); axes.set_visible(False)",
        "axes.plot([1, 2]); axes.figure.set_visible(False)",
        "axes.plot([1, 2]); axes.lines[0].remove()",
        "axes.plot([1, 2]); axes.cla()",
    ],
)
def test_what_is_no_line_is_not_found(lines: str) -> None:
    assert Shown(drawn(f"_, axes = plt.subplots()\n{lines}")).curves == []


def test_a_line_without_alpha_in_a_collection_is_not_found() -> None:
    lines = "_, axes = plt.subplots()\naxes.hlines([1.0], 0.0, 2.0, {})"
    assert len(Shown(drawn(lines.format("colors='C0'"))).curves) == 1
    for how in ("alpha=0.0", "colors='white'", "linewidths=0", "visible=False"):
        assert Shown(drawn(lines.format(how))).curves == []


@pytest.mark.parametrize(
    ("lines", "labels"),
    [
        ("axes.set(xlabel='Steps', ylabel='the Rate')", ("Steps", "the Rate")),
        ("plt.xlabel(' steps '); plt.ylabel('rate')", ("steps", "rate")),
        ("axes.figure.supxlabel('steps'); axes.figure.supylabel('rate')", ("steps", "rate")),
        ("axes.set(xlabel='steps', ylabel='rate'); axes.set_axis_off()", ("", "")),
        ("axes.set(xlabel='steps', ylabel='rate'); axes.xaxis.label.set_visible(False)", ("", "rate")),
        ("axes.set(xlabel='steps', ylabel='rate'); axes.yaxis.set_visible(False)", ("steps", "")),
        ("axes.set_xlabel('steps', color='white'); axes.set_ylabel('rate', alpha=0)", ("", "")),
        ("axes.set_title('steps, rate')", ("", "")),
    ],
)
def test_labels_are_those_that_can_be_read(lines: str, labels: tuple[str, str]) -> None:
    assert Shown(drawn(f"_, axes = plt.subplots()\n{lines}")).labels == labels


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("axes.legend()", ["a", "b"]),
        ("plt.legend(title='runs')", ["a", "b"]),
        ("axes.figure.legend()", ["a", "b"]),
        ("axes.legend(['x', 'y'])", ["x", "y"]),
        ("axes.legend(handles=axes.get_lines()[:1])", ["a"]),
        ("axes.add_artist(axes.legend()); axes.legend_ = None", ["a", "b"]),
        ("axes.legend().set_visible(False)", []),
        ("axes.legend().remove()", []),
        ("axes.legend(labelcolor='white')", []),
        ("[text.set_alpha(0) for text in axes.legend().get_texts()]", []),
        ("pass", []),
    ],
)
def test_a_legend_shows_what_can_be_read_in_it(lines: str, names: list[str]) -> None:
    shown = Shown(drawn(f"_, axes = plt.subplots()\nfor name in runs: axes.plot(runs[name], label=name)\n{lines}"))
    assert shown.legend == names


PICTURE = """
_, axes = plt.subplots()
for name, rates in runs.items():
    axes.plot(rates, label=name)
axes.set(xlabel="steps", ylabel="rate")
axes.legend()
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        (", label=name)\n", ")\n    axes.lines[-1].set_label(name)\n"),
        ("axes.legend()", "axes.figure.legend()"),
        ("axes.legend()", "axes.legend([*runs])"),
        ("axes.legend()", "axes.legend([*reversed(axes.lines)], [*reversed(runs)])"),
        ("axes.legend()", "axes.axhline(0.0, label='zero')\naxes.legend()"),
        ("axes.legend()", "axes.plot([0.0, 2.0], [1.5, 1.5], label='best')\naxes.legend()"),
        ("label=name", "label=name, color='k', linestyle='-' if name == 'a' else ':'"),
        ("label=name", "label=name, color='k'"),
        ("axes.set(", "axes.figure.supxlabel('STEPS')\naxes.set("),
        ("for name, rates in runs.items()", "for name, rates in reversed(runs.items())"),
    ],
)
def test_right_pictures(old: str, new: str) -> None:
    assert verdict(PICTURE.replace(old, new)).state == "right"


@pytest.mark.parametrize(
    ("hint", "old", "new"),
    [
        ("axes", "axes.legend()", "axes = axes.figure"),
        ("axes", "axes.legend()", "axes = [axes]"),
        ("none", "axes.legend()", "axes = None"),
        ("lines", "label=name", "label=name, alpha=0"),
        ("lines", "axes.legend()", "axes.plot([1.0, 2.0, 4.0])\naxes.legend()"),
        ("lines", "axes.plot", "axes.scatter(range(len(rates)), rates) if name == 'b' else axes.plot"),
        ("turned", "plot(rates", "plot(rates, range(len(rates))"),
        ("from_one", "plot(rates", "plot(range(1, len(rates) + 1), rates"),
        ("value", "plot(rates", "plot([2 * rate for rate in rates]"),
        ("names", ", label=name", ""),
        ("names", "label=name", "label=name + '!'"),
        ("legend", "axes.legend()", "pass"),
        ("legend", "axes.legend()", "axes.legend(axes.lines[:1], ['a'])"),
        ("legend", "axes.legend()", "axes.legend(axes.lines, ['b', 'a'])"),
        ("legend", "axes.legend()", "axes.legend([*axes.lines, axes.lines[0]], ['a', 'b', 'c'])"),
        ("scale", "axes.legend()", "axes.legend()\naxes.set_yscale('symlog')"),
        ("scale", "axes.legend()", "axes.legend()\nplt.xscale('log')"),
        ("words", 'xlabel="steps"', 'xlabel="time"'),
        ("words", 'xlabel="steps", ylabel="rate"', 'xlabel="rate", ylabel="steps"'),
        ("sight", "axes.legend()", "axes.legend()\naxes.invert_yaxis()"),
        ("sight", "axes.legend()", "axes.legend()\naxes.set_xlim(0.5, 2)"),
        ("left", "_, axes", "plt.figure()\n_, axes"),
    ],
)
def test_wrong_pictures(hint: str, old: str, new: str) -> None:
    found = verdict(PICTURE.replace(old, new))
    assert (found.state, found.hint) == ("wrong", hint), found.text


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ("axes.set_yscale('log')", "right"),
        ("plt.yscale('log', base=2)", "right"),
        ("axes.semilogy()", "right"),
        ("axes.loglog()", "wrong"),
        ("pass", "wrong"),
    ],
)
def test_a_logarithmic_scale_is_seen_however_it_was_set(how: str, state: str) -> None:
    lines = PICTURE.replace("axes.legend()", f"axes.legend()\n{how}")
    assert verdict(lines, runs={"a": [1.0, 30.0], "b": [400.0, 5.0]}, scales=("linear", "log")).state == state


def test_showing_a_picture_closes_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    show = lambda: plt.close("all")  # noqa: E731, as the notebook's backend does
    monkeypatch.setattr(plt, "show", show)
    other = plt.figure()
    assert verdict(f"{PICTURE}plt.show()").state == "right"
    assert plt.fignum_exists(other.number)
    assert plt.show is show
