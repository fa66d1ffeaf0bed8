"""Pictures under a slider: what is shown without scripts and kernel, what is said in words, and what is refused."""

import html
import re
from fractions import Fraction
from typing import Any

import matplotlib.pyplot as plt
import pytest

from course import turn
from course.turning import MOST
from minigrad import plot_descent


@pytest.fixture(autouse=True)
def _no_windows() -> Any:
    with plt.rc_context({"backend": "agg"}):
        yield
    plt.close("all")


def line_to(height: float) -> Any:
    figure, axes = plt.subplots()
    axes.plot([0, 1], [0, height], label="slope")
    axes.set(xlabel="x", ylabel="y", ylim=(0, 20), title="A line")
    return figure


def draw_only(height: float) -> None:
    line_to(height)


def page(turned: Any) -> str:
    shown: str = turned._repr_mimebundle_()["text/html"]
    return shown


def images(part: str) -> list[str]:
    """The descriptions of the images in a part of a page."""
    return [html.unescape(alt) for alt in re.findall(r'<img [^>]*?alt="([^"]*)"', part)]


def test_each_value_has_its_own_described_picture() -> None:
    shown = page(turn(line_to, height=[3, 7]))
    assert [re.findall(r"\(1\.?, (\d+)", alt) for alt in images(shown)] == [["3"], ["7"]]
    assert shown.index("<b>height = 3</b>") < shown.index("<b>height = 7</b>")


def test_a_figure_its_axes_a_plot_and_the_current_figure_are_the_same_to_it() -> None:
    described = images(page(turn(line_to, height=[1, 2])))
    assert images(page(turn(draw_only, height=[1, 2]))) == described
    assert images(page(turn(lambda height: line_to(height).axes[0], height=[1, 2]))) == described
    descent = turn(lambda x: plot_descent(lambda a, b: a * a + b * b, [(x, 1.0), (0.0, 0.0)]), x=[1.0, 2.0])
    assert images(page(descent))[1].startswith("Descent over first parameter and second parameter; the path: 1 step")


def test_without_scripts_four_pictures_are_seen_and_the_others_are_in_a_fold() -> None:
    few = page(turn(line_to, steps=range(4)))
    assert len(images(few)) == 4
    assert "<details>" not in few
    many = page(turn(line_to, steps=range(11)))
    seen, fold = many.split("<details>")
    assert re.findall(r"<b>steps = (\d+)</b>", seen) == ["0", "3", "7", "10"]
    assert re.findall(r"<b>steps = (\d+)</b>", fold) == ["1", "2", "4", "5", "6", "8", "9"]
    assert "<summary>7 more</summary>" in fold


def test_the_words_list_the_values() -> None:
    turned = turn(line_to, learning_rate=[Fraction(1, 8), 0.1 + 0.2, 2])
    assert turned._repr_mimebundle_()["text/plain"] == "Slider: 3 pictures, learning rate = 1/8, 0.3, 2"


def test_values_are_text_and_never_markup() -> None:
    shown = page(turn(lambda word: line_to(1), word=["<b>", '"']))
    assert "word = &lt;b&gt;" in shown
    assert 'data-value="&quot;"' in shown


def test_pictures_have_one_size_and_a_page_no_ids() -> None:
    def titled(lines: int) -> Any:
        figure = line_to(1)
        figure.axes[0].set_title("\n".join(["title"] * lines))
        return figure

    shown = page(turn(titled, lines=[1, 4]))
    assert len(set(re.findall(r'<img [^>]*width="(\d+)"', shown))) == 1
    assert not re.search(r"\sid=", shown)
    assert shown == page(turn(titled, lines=[1, 4]))


def test_the_notebooks_own_figures_stay_open_and_no_others_do() -> None:
    own = plt.figure()
    turn(draw_only, height=[1, 2])
    with pytest.raises(ZeroDivisionError):
        turn(lambda x: line_to(1 / x), x=[1, 0])
    assert plt.get_fignums() == [own.number]


def test_what_cannot_be_turned_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match=f"2 to {MOST} pictures, as each of them is kept in the page, not 16"):
        turn(line_to, steps=range(16))
    with pytest.raises(ValueError, match="not 1"):
        turn(line_to, steps=[3])
    with pytest.raises(ValueError, match=r"picture\(1\) neither drew nor returned a figure"):
        turn(lambda x: None, x=[1, 2])
    with pytest.raises(TypeError, match="one knob"):
        turn(line_to, a=[1, 2], b=[1, 2])
    with pytest.raises(TypeError, match="one knob"):
        turn(line_to)
    with pytest.raises(TypeError, match="a function of a value"):
        turn([1, 2], x=[1, 2])  # type: ignore[arg-type]
