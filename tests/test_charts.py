"""The charts of lesson 10: what they quote is what errors say, and they can be read, shown and printed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course import charts
from minigrad.drawing import graphviz, svg
from tests.answers import LIBRARIES

CHARTS = [charts.loud_chart, charts.silent_chart]
WIDEST = {"loud_chart": 560, "silent_chart": 1000}
"""In pixels: a cell of a notebook is about so wide, and so is a page in print."""


def library(name: str) -> Any:
    return pytest.importorskip(name)


def overwritten(torch: Any) -> None:
    y = torch.ones(2, requires_grad=True).exp()
    y += 1
    y.sum().backward()


def in_place(torch: Any) -> None:
    w = torch.ones(2, requires_grad=True)
    w -= 1


def twice(torch: Any) -> None:
    w = torch.ones(2, requires_grad=True)
    y = (w * w).sum()
    y.backward()
    y.backward()


# For each message that the chart quotes, a program that gets it.
PROGRAMS: list[Callable[[Any], Any]] = [
    lambda torch: torch.ones(2).sum().backward(),
    twice,
    overwritten,
    in_place,
    lambda torch: torch.ones(2, requires_grad=True).exp().backward(),
    lambda torch: np.abs(torch.ones(2, requires_grad=True)),
    lambda torch: torch.arange(3).requires_grad_(),
    lambda torch: torch.nn.MSELoss(torch.ones(2), torch.ones(2)),
]


@pytest.mark.parametrize("name", LIBRARIES)
def test_each_message_is_met_on_its_own_way_through_the_chart(name: str) -> None:
    torch = library(name)
    quoted = [way[-1].strip("“”") for way, _ in charts.loud_chart().causes()]
    assert len(quoted) == len(PROGRAMS)
    for words, program in zip(quoted, PROGRAMS, strict=True):
        with pytest.raises(RuntimeError) as raised:
            program(torch)
        assert [other for other in quoted if other in str(raised.value)] == [words]


@pytest.mark.parametrize("chart", CHARTS)
def test_the_outline_holds_every_cause_and_what_to_do(chart: Callable[[], charts.Chart]) -> None:
    outline = repr(chart())
    for way, cause in chart().causes():
        assert all(answer in outline for answer in way)
        assert f": {cause.name}\n" in outline
        assert f"→ {cause.remedy}" in outline


@pytest.mark.parametrize("chart", CHARTS)
def test_the_picture_can_be_read_in_a_notebook(chart: Callable[[], charts.Chart]) -> None:
    document = chart().svg
    assert svg.size(document)[0] <= WIDEST[chart.__name__]
    assert len(chart().picture.arrows) == len(chart().picture.boxes) - 1
    shown = chart()._repr_mimebundle_()
    assert shown["text/plain"] == chart().outline
    assert shown["text/html"].startswith('<img src="data:image/svg+xml;base64,')


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_it_can_be_printed(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"chart.{ending}"
    charts.silent_chart().save(path)
    assert path.read_bytes().startswith({"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[ending])


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"chart\.docx"):
        charts.loud_chart().save(tmp_path / "chart.docx")
    assert not [*tmp_path.iterdir()]


def test_without_graphviz_there_is_the_outline(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(source: str) -> graphviz.Layout:
        raise graphviz.NoRenderer(graphviz.HOW_TO_GET_ONE)

    monkeypatch.setattr(graphviz, "layout", missing)
    page = charts.loud_chart()._repr_mimebundle_()["text/html"]
    assert "pip install pygraphviz" in page
    assert "A tensor is older than this turn" in page
