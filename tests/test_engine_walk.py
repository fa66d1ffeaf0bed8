"""docs/engine.md shows the engine's text of today, and each function that a product and its pass enter."""

from pathlib import Path

from tools.engine_walk import PAGE, codes, entered, named, shown, written


def test_the_page_shows_the_text_of_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "write it anew: python -m tools.engine_walk"


def test_the_page_shows_each_function_that_is_entered_and_no_other() -> None:
    places = {
        (code.co_filename, code.co_firstlineno)
        for name in shown(PAGE.read_text(encoding="utf-8"))
        if not isinstance(named(name), type)
        for code in codes(named(name))
    }
    formulas = str(Path(named("minigrad.engine.rows.Row").__init__.__code__.co_filename).with_name("derivatives.py"))
    missing = [code for code in entered() if (code.co_filename, code.co_firstlineno) not in places]
    assert {code.co_filename for code in missing} <= {formulas}  # the rules and what they keep, compiled from the row
    assert len({code.co_name for code in missing}) == 3  # keep, gradient_of_x, gradient_of_y
