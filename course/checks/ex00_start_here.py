"""The exercise of lesson 00: a line of school algebra, to try a check on."""

from typing import Any

from course.exercise import Function, Lesson
from course.judging import call, case, expect

lesson = Lesson(0, "start here")


@lesson.exercise(
    1,
    right="Whatever you wish for, the discomfort is 0 there. You could solve for it; an engine can only follow slopes.",
    hints={
        "wish": "That is the temperature again. The question is which position of the knob gives it.",
        "missing": "You found the degrees that the knob must add. But how many does one unit of the knob add?",
        "cold": "Here the knob gives all the degrees. How many does the water have already with the knob at 0?",
        "order": "Python divides before it subtracts. What should come first here?",
        "forward": "That is the water at this position of the knob. The question is the other way round.",
        "constant": "That is right for a wish of 38 degrees, and for no other. Make the answer from `wish`.",
        "sign": "The sign is wrong: for a wish above 10 degrees the position must be above 0.",
        "below": "For a wish below 10 degrees the position must be below 0.",
    },
)
def position_for_a_wish(position: Function, torch: Any) -> None:
    for wish in (38.0, 40.0, 10.0, 4.0, -2.5, 0.0, 10.5, 61.3, 100.0, 25):
        with case(f"position({wish})"):
            expect(call(position, wish), (wish - 10) / 6, relative=1e-9, scale=10.0)


position_for_a_wish.wrong("wish", "return wish")
position_for_a_wish.wrong("missing", replace=("(wish - 10) / 6", "wish - 10"))
position_for_a_wish.wrong("cold", replace=("(wish - 10)", "wish"))
position_for_a_wish.wrong("order", replace=("(wish - 10)", "wish - 10"))
position_for_a_wish.wrong("forward", "return 10 + 6 * wish")
position_for_a_wish.wrong("constant", "return 28 / 6")
position_for_a_wish.wrong("constant", "wish = 38.0\nreturn (wish - 10) / 6")
position_for_a_wish.wrong("sign", replace=("wish - 10", "10 - wish"))
position_for_a_wish.wrong("below", "return abs(wish - 10) / 6")
position_for_a_wish.wrong("below", "return max((wish - 10) / 6, 0.0)")
position_for_a_wish.wrong("value", "return 4.67")
position_for_a_wish.wrong("value", "return round((wish - 10) / 6, 4)")
position_for_a_wish.wrong("value", "return (wish - 10) // 6")
position_for_a_wish.wrong("none", "print((wish - 10) / 6)")
position_for_a_wish.wrong("type", "return str((wish - 10) / 6)")
position_for_a_wish.wrong("raised", "return (wish - cold) / 6")
position_for_a_wish.wrong("endless", "while True:\n    try:\n        wish += 1\n    except:\n        pass")

position_for_a_wish.also_right("return wish * (1 / 6) - 10 / 6")
position_for_a_wish.also_right(
    """
    import numpy as np
    return np.linalg.solve(np.array([[6.0]]), np.array([wish - 10]))[0]
    """
)
position_for_a_wish.also_right(
    """
    low, high = -1e3, 1e3
    for _ in range(200):
        middle = (low + high) / 2
        if 10 + 6 * middle < wish:
            low = middle
        else:
            high = middle
    return middle
    """
)
position_for_a_wish.also_right(
    """
    knob = 4.0
    for _ in range(40_000):
        knob -= 0.0005 * 2 * (10 + 6 * knob - wish) * 6
    return knob
    """
)
