"""The exercise of lesson 00: a line of school algebra, to try a check on."""

from typing import Any

from course.exercise import Function, Lesson, call, expect

lesson = Lesson(0, "start here")


@lesson.exercise(
    1,
    right="Whatever you wish for, the discomfort is 0 there. You could solve for it; an engine can only follow slopes.",
    hints={
        "wish": "That is the temperature again. Asked for is the position of the knob that gives it.",
        "missing": "You found the degrees that the knob must add. But how many does one unit of the knob add?",
        "cold": "You let the knob give all the degrees. How many has the water already when the knob is at 0?",
        "order": "Python divides before it subtracts. What should come first here?",
        "forward": "That is the water at this position of the knob. Asked for is the way back.",
        "constant": "Right for a wish of 38 degrees, and for no other. The answer should be made from `wish`.",
    },
)
def position_for_a_wish(position: Function, torch: Any) -> None:
    def judge(wish: float, **mistakes: float) -> None:
        tried = f"position({wish})"
        expect(
            tried,
            call(tried, position, wish),
            (wish - 10) / 6,
            wish=wish,
            missing=wish - 10,
            cold=wish / 6,
            order=wish - 10 / 6,
            forward=10 + 6 * wish,
            **mistakes,
        )

    judge(38.0)
    judge(40.0, constant=28 / 6)
    judge(10.0)


position_for_a_wish.wrong("wish", "return wish")
position_for_a_wish.wrong("missing", "return wish - 10")
position_for_a_wish.wrong("cold", "return wish / 6")
position_for_a_wish.wrong("order", "return wish - 10 / 6")
position_for_a_wish.wrong("forward", "return 10 + 6 * wish")
position_for_a_wish.wrong("constant", "return 28 / 6")
position_for_a_wish.wrong("constant", "wish = 38.0\nreturn (wish - 10) / 6")
position_for_a_wish.wrong("value", "return 4.67")
position_for_a_wish.wrong("value", "return (10 - wish) / 6")
position_for_a_wish.wrong("none", "print((wish - 10) / 6)")
position_for_a_wish.wrong("type", "return str((wish - 10) / 6)")
position_for_a_wish.wrong("raised", "return (wish - cold) / 6")
