"""Exercises of lesson 01: which tensors track, which are leaves, what may require a gradient."""

from typing import Any

from course.exercise import AnyOf, Function, Lesson, Tensor, call, difference, expect, expect_predictions, reject, show
from course.graphs import leaves_behind

lesson = Lesson(1, "requires_grad")


@lesson.exercise(
    1,
    right="Tracking begins where someone asks for it and spreads forward into results, never back.",
    hints={
        "swapped": "Every pair is the wrong way round: first requires_grad, then is_leaf.",
        "arithmetic": "It came out of an operation, yes. But is an operation recorded when nothing tracked goes in?",
        "backwards": "The switch on b was turned after this tensor had been made. Does it reach what is already there?",
        "result": "Its operation was recorded. Can a tensor that a recorded operation made be a leaf?",
        "zero": "Recording does not look at the numbers. What decides whether an operation is recorded?",
        "half": "Must all inputs of an operation be tracked for it to be recorded, or is one enough?",
        "late": "The question is about the end, when every line has run. What had happened to b by then?",
    },
)
def who_tracks(tracking: dict, torch: Any) -> None:
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    b = torch.tensor([3.0, 4.0])
    c = b * 10
    d = a * b
    e = a - a
    b.requires_grad_()
    f = b * 10
    tensors = {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f}
    truth = {name: (t.requires_grad, t.is_leaf) for name, t in tensors.items()}
    if difference(tracking, {name: (leaf, tracked) for name, (tracked, leaf) in truth.items()}) is None:
        reject("swapped")
    expect_predictions(
        tracking,
        truth,
        arithmetic={"c": (False, False)},
        backwards={"c": AnyOf((True, False), (True, True))},
        result={"d": (True, True), "e": (True, True), "f": (True, True)},
        zero={"e": AnyOf((False, True), (False, False))},
        half={"d": AnyOf((False, True), (False, False))},
        late={"b": (False, True), "f": AnyOf((False, True), (False, False))},
    )


who_tracks.almost("swapped", "tracking = {name: (leaf, tracked) for name, (tracked, leaf) in tracking.items()}")
who_tracks.almost("arithmetic", 'tracking["c"] = (False, False)')
who_tracks.almost("backwards", 'tracking["c"] = (True, False)')
who_tracks.almost("backwards", 'tracking["c"] = (True, True)')
who_tracks.almost("result", 'tracking["d"] = tracking["e"] = tracking["f"] = (True, True)')
who_tracks.almost("result", 'tracking = {name: (True, True) for name in tracking}; tracking["c"] = (False, True)')
who_tracks.almost("zero", 'tracking["e"] = (False, True)')
who_tracks.almost("half", 'tracking["d"] = (False, True)')
who_tracks.almost("late", 'tracking["b"] = (False, True)')
who_tracks.almost("late", 'tracking["f"] = (False, True)')
who_tracks.almost("type", 'tracking["a"] = (1, 1)')
who_tracks.almost("type", 'tracking["a"] = True, "leaf"')
who_tracks.almost("type", 'del tracking["c"]')


@lesson.exercise(
    2,
    right="Whole numbers can't be nudged a little, so integer tensors can't require a gradient.",
    hints={
        "integers": "What is its dtype? A gradient tells what a small nudge does. How small can one be here?",
        "one_float": "All elements of a tensor have one dtype. Which one, if one of the numbers has a point?",
        "division": "What dtype does an integer tensor have once it has been divided?",
        "comparison": "w is tracked, and w > 2? What does it hold, and what would a nudge do to that?",
        "taking_part": "Integers can't be tracked themselves. May they meet a tensor that is, in an operation?",
        "result": "w * 2 was recorded, and w wants its gradient through it. Can that be switched off afterwards?",
    },
)
def runs_or_raises(outcomes: dict, torch: Any) -> None:
    def outcome(line: str) -> str:
        try:
            eval(line, {"torch": torch, "w": torch.tensor([1.0, 2.0, 3.0], requires_grad=True)})
        except RuntimeError:
            return "raises"
        return "runs"

    one_float = "torch.tensor([1, 2.0, 3], requires_grad=True)"
    integers, division = "(torch.arange(3) * 2).requires_grad_()", "(torch.arange(3) / 2).requires_grad_()"
    comparison, taking_part, result = "(w > 2).requires_grad_()", "w * torch.arange(3)", "(w * 2).requires_grad_(False)"
    truth = {line: outcome(line) for line in (one_float, integers, division, comparison, taking_part, result)}
    expect_predictions(
        outcomes,
        truth,
        integers={integers: "runs"},
        one_float={one_float: "raises"},
        division={division: "raises"},
        comparison={comparison: "runs"},
        taking_part={taking_part: "raises"},
        result={result: "runs"},
    )


runs_or_raises.almost("integers", 'outcomes["(torch.arange(3) * 2).requires_grad_()"] = "runs"')
runs_or_raises.almost("integers", 'outcomes = dict.fromkeys(outcomes, "runs")')
runs_or_raises.almost("one_float", 'outcomes["torch.tensor([1, 2.0, 3], requires_grad=True)"] = "raises"')
runs_or_raises.almost("division", 'outcomes["(torch.arange(3) / 2).requires_grad_()"] = "raises"')
runs_or_raises.almost("comparison", 'outcomes["(w > 2).requires_grad_()"] = "runs"')
runs_or_raises.almost("taking_part", 'outcomes["w * torch.arange(3)"] = "raises"')
runs_or_raises.almost("result", 'outcomes["(w * 2).requires_grad_(False)"] = "runs"')
runs_or_raises.almost("type", 'outcomes = {line: said == "runs" for line, said in outcomes.items()}')


@lesson.exercise(
    3,
    right="Two tracked leaves, and data that stays data. The flag says whose gradient you want, and nothing else.",
    hints={
        "data": "The sizes are tracked, and nobody asked for a gradient with respect to them.",
        "untracked": "It isn't tracked, so no gradient will ever reach it. Who has to ask for tracking?",
        "not_leaf": "It is tracked, but an operation made it. Only leaves get their gradient in .grad.",
        "cut": "Nothing tracked is behind the prices: they were computed from, or wrapped up again as, plain numbers.",
        "missing": "The prices have the right values, but not all of what is to be trained was used to compute them.",
    },
)
def data_and_weights(sizes: Tensor, weight: Tensor, bias: Tensor, prices: Tensor, torch: Any) -> None:
    expect("sizes", sizes * 1.0, torch.tensor([2.0, 3.0, 5.0]))
    if sizes.requires_grad:
        reject("data", tried="sizes.requires_grad", came_out="True")
    for name, tensor, value in (("weight", weight, 1.5), ("bias", bias, -0.5)):
        expect(name, tensor, torch.tensor(value))
        if not tensor.requires_grad:
            reject("untracked", tried=f"{name}.requires_grad", came_out="False")
        if not tensor.is_leaf:
            reject("not_leaf", tried=f"{name}.is_leaf", came_out="False")
    expect("prices", prices, torch.tensor([2.5, 4.0, 7.0]))
    if prices.grad_fn is None:
        reject("cut", tried="prices.grad_fn", came_out="None")
    leaves = leaves_behind(prices)
    if not all(any(tensor is leaf for leaf in leaves) for tensor in (weight, bias)):
        reject("missing", tried="the leaves behind prices", came_out=show(leaves))
    if len(leaves) > 2:
        reject("data", tried="the leaves behind prices", came_out=show(leaves))


data_and_weights.wrong(
    "data",
    """
    sizes = torch.tensor([2.0, 3.0, 5.0], requires_grad=True)
    weight = torch.tensor(1.5, requires_grad=True)
    bias = torch.tensor(-0.5, requires_grad=True)
    prices = weight * sizes + bias
    """,
)
data_and_weights.wrong(
    "data",
    """
    weight = torch.tensor(1.5, requires_grad=True)
    bias = torch.tensor(-0.5, requires_grad=True)
    prices = weight * torch.tensor([2.0, 3.0, 5.0], requires_grad=True) + bias
    """,
)
data_and_weights.wrong(
    "untracked",
    """
    weight = torch.tensor(1.5)
    bias = torch.tensor(-0.5)
    prices = weight * sizes + bias
    """,
)
data_and_weights.wrong(
    "untracked",
    """
    weight = torch.tensor(1.5, requires_grad=True)
    bias = torch.tensor(-0.5)
    prices = weight * sizes + bias
    """,
)
data_and_weights.wrong(
    "untracked",
    """
    weight = torch.tensor(1.5)
    bias = torch.tensor(-0.5)
    prices = (weight * sizes + bias).requires_grad_()
    """,
)
data_and_weights.wrong(
    "not_leaf",
    """
    weight = torch.tensor(3.0, requires_grad=True) / 2
    bias = torch.tensor(-0.5, requires_grad=True)
    prices = weight * sizes + bias
    """,
)
data_and_weights.almost("cut", "prices = torch.tensor(prices.tolist())")
data_and_weights.almost("cut", "prices = torch.tensor(prices.tolist(), requires_grad=True)")
data_and_weights.almost("cut", "prices = 1.5 * sizes - 0.5")
data_and_weights.almost("missing", "prices = weight * sizes - 0.5")
data_and_weights.almost("type", "weight = 1.5")
data_and_weights.almost("type", "weight = torch.tensor([1.5], requires_grad=True)")
data_and_weights.almost("value", "prices = (weight + bias) * sizes")


@lesson.exercise(
    4,
    right="First compute the start, then ask for tracking: so the tensor that you keep is the leaf.",
    hints={
        "result": "The tensor returned was made by a recorded operation. It is no leaf, and its .grad stays None.",
        "untracked": "The tensor returned is not tracked: the training would have nothing to train.",
        "in_place": "A leaf that is tracked may not be written to in place. Is it tracked too early?",
        "integers": "Whole numbers in, and the switch is refused. Which dtype must weights have, whatever comes in?",
        "unscaled": "The weights were not multiplied by the scale.",
    },
)
def mend_the_start(mended_start: Function, torch: Any) -> None:
    cases = [
        ([1.0, 2.0, 3.0], 0.1, [0.1, 0.2, 0.3]),
        ([1.0, -2.0], -2, [-2.0, 4.0]),
        (3.0, 0.5, 1.5),
        ([[0.5], [1.5]], 0, [[0.0], [0.0]]),
        ([1, 2], 2, [2.0, 4.0]),
        ([1, 2], 0.5, [0.5, 1.0]),
    ]
    for values, scale, numbers in cases:
        tried = f"mended_start({values}, {scale})"
        error = "integers" if values == [1, 2] else "in_place"
        got = call(tried, mended_start, values, scale, raises={"RuntimeError": error})
        unscaled = torch.tensor(values)
        expect(tried, got, torch.tensor(numbers), unscaled=unscaled, integers=torch.tensor(values) * scale)
        if not got.requires_grad:
            reject("untracked", tried=tried, came_out=show(got))
        if not got.is_leaf:
            reject("result", tried=tried, came_out=show(got))


mend_the_start.wrong(
    "result",
    """
    w = torch.tensor(values, requires_grad=True)
    return w * scale
    """,
)
mend_the_start.wrong(
    "result",
    """
    w = torch.tensor(values, requires_grad=True)
    w = w * scale
    return w.requires_grad_()
    """,
)
mend_the_start.wrong(
    "result",
    """
    w = torch.tensor(values, dtype=torch.float32, requires_grad=True)
    return w * scale
    """,
)
mend_the_start.wrong("untracked", "return torch.tensor(values, dtype=torch.float32) * scale")
mend_the_start.wrong(
    "in_place",
    """
    w = torch.tensor(values, requires_grad=True)
    w *= scale
    return w
    """,
)
mend_the_start.wrong(
    "integers",
    """
    w = torch.tensor(values) * scale
    return w.requires_grad_()
    """,
)
mend_the_start.wrong("unscaled", "return torch.tensor(values, requires_grad=True)")
mend_the_start.wrong(
    "raised",
    "return torch.tensor(values * scale, dtype=torch.float32, requires_grad=True)",
)
mend_the_start.wrong("type", "return [value * scale for value in values]")
mend_the_start.wrong("none", "w = (torch.tensor(values, dtype=torch.float32) * scale).requires_grad_()")


@lesson.exercise(
    5,
    right="Two questions sort every tensor: is it tracked, and did a recorded operation make it?",
    hints={
        "leaf_alone": "Tensors that nobody tracks are leaves too. is_leaf alone doesn't say that it is watched.",
        "tracked_alone": "It is tracked, and an operation made it. Does backward() put a gradient into its .grad?",
        "grad": "Before the first backward() every .grad is None, also that of a tensor that is watched.",
    },
)
def sort_tensors(kind: Function, torch: Any) -> None:
    watched = torch.tensor([1.0, -2.0], requires_grad=True)
    frozen = torch.tensor([1.0], requires_grad=True).requires_grad_(False)
    switched = (torch.tensor([1.0, 2.0]) * 3).requires_grad_()
    cases = [
        ("torch.tensor([1.0, -2.0], requires_grad=True)", watched, "watched"),
        ("torch.tensor([1.0, -2.0])", torch.tensor([1.0, -2.0]), "plain"),
        ("torch.arange(3)", torch.arange(3), "plain"),
        ("torch.tensor(0.0)", torch.tensor(0.0), "plain"),
        ("torch.tensor(0.0, requires_grad=True)", torch.tensor(0.0, requires_grad=True), "watched"),
        ("p - p, p watched", watched - watched, "in between"),
        ("p.sum(), p watched", watched.sum(), "in between"),
        ("torch.ones(2) + 1", torch.ones(2) + 1, "plain"),
        ("a watched tensor after requires_grad_(False)", frozen, "plain"),
        ("(torch.tensor([1.0, 2.0]) * 3).requires_grad_()", switched, "watched"),
    ]
    for tensor, t, want in cases:
        tried = f"kind(t), t = {tensor}"
        got = call(tried, kind, t)
        mistakes: dict[str, Any] = {}
        if want == "watched":
            mistakes = {"grad": AnyOf("plain", "in between")}
        elif want == "in between":
            mistakes = {"tracked_alone": "watched"}
        else:
            mistakes = {"leaf_alone": "watched"}
        expect(tried, got, want, **mistakes)


sort_tensors.wrong("leaf_alone", 'return "watched" if t.is_leaf else "in between"')
sort_tensors.wrong(
    "leaf_alone",
    """
    if t.grad_fn is None:
        return "watched"
    return "in between" if t.requires_grad else "plain"
    """,
)
sort_tensors.wrong("tracked_alone", 'return "watched" if t.requires_grad else "plain"')
sort_tensors.wrong(
    "grad",
    """
    if not t.requires_grad:
        return "plain"
    return "watched" if t.grad is not None else "in between"
    """,
)
sort_tensors.wrong("grad", 'return "plain" if t.grad is None else "watched"')
sort_tensors.wrong("none", 'print("watched" if t.is_leaf and t.requires_grad else "plain")')
sort_tensors.wrong("type", "return t.requires_grad and t.is_leaf")
sort_tensors.wrong(
    "changed",
    """
    t.requires_grad_()
    return "watched" if t.is_leaf else "in between"
    """,
)
