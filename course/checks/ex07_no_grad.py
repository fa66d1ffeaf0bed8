"""Exercises of lesson 07: what is recorded and when, an update that keeps its leaf, and a mode that is put back."""

from typing import Any

from course.exercise import Function, Lesson
from course.graphs import leaves_behind
from course.old_words import AnyOf, call, expect, expect_predictions, reject, show

lesson = Lesson(7, "no_grad")


@lesson.exercise(
    1,
    right="A result is tracked if recording was on when it was made, and something tracked went into it.",
    hints={
        "leaf": "No operation made this one. You did, and you said that it should be watched.",
        "nested": "The inner block switches recording on again, for as long as it lasts.",
        "inherited": "Its input is tracked. But in which mode does the operation run?",
        "comes_back": "The mode is on again. But is anything that goes in tracked?",
        "infected": "An untracked input is a number. There is another input, and the mode is on again.",
    },
)
def tracked_or_not(flags: dict, torch: Any) -> None:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    with torch.no_grad():
        a = w * 3
        b = torch.zeros(2, requires_grad=True)
        with torch.enable_grad():
            c = w * 3
        d = c + 1
    e = a * 2
    f = a * w
    made = {"b": b, "c": c, "d": d, "e": e, "f": f}
    truth = {name: "tracked" if tensor.requires_grad else "untracked" for name, tensor in made.items()}
    expect_predictions(
        flags,
        truth,
        leaf={"b": "untracked"},
        nested={"c": "untracked"},
        inherited={"d": "tracked"},
        comes_back={"e": "tracked"},
        infected={"f": "untracked"},
    )


tracked_or_not.almost("leaf", 'flags["b"] = "untracked"')
tracked_or_not.almost("nested", 'flags["c"] = "untracked"')
tracked_or_not.almost("inherited", 'flags["d"] = "tracked"')
tracked_or_not.almost("comes_back", 'flags["e"] = "tracked"')
tracked_or_not.almost("infected", 'flags["f"] = "untracked"')
tracked_or_not.almost("type", 'flags["f"] = True')


@lesson.exercise(
    2,
    right="The leaf is written to, unrecorded, and stays a leaf. The numbers are taken out, and the graphs are free.",
    hints={
        "untracked": "The number is right, and nobody watches it. What does a name with = do in a no_grad block?",
        "folk": "The number is right, and it is no leaf: the update has been recorded. Its .grad will stay None.",
        "block": "Read the error. Which lines need recording, which must not have it, and what is written in place?",
        "empty": "When the update reads w.grad, it is None. Was it cleared before it was used?",
        "new_leaf": "Each step makes a new leaf. An optimizer that holds the first one would never notice.",
        "data": "The numbers are right, but the engine hasn't counted the writes: what is .data for?",
        "history": "Every entry of the list holds a graph. What takes the number out?",
        "numbers": "The losses should be Python numbers, not tensors.",
        "stale": "The slopes of earlier steps are still in .grad, and the new ones are added to them.",
        "uphill": "The step goes with the slope, so the loss grows.",
        "late": "These are the losses after each step. They should be taken before it.",
    },
)
def mend_the_descent(mended_descend: Function, torch: Any) -> None:
    # With these learning rates every number is exact.
    for target, start, steps in ((3.0, 5.0, 1), (3.0, 11.0, 4), (-1.0, 7.0, 3), (2.0, 4.0, 0)):
        met: list[Any] = []

        def loss_at(w: Any, target: float = target, met: list[Any] = met) -> Any:
            met.append(w)
            return (w - target) ** 2

        tried = f"mended_descend(lambda w: (w - {target}) ** 2, {start}, 0.25, {steps})"
        errors = {"RuntimeError": "block", "TypeError": "empty"}
        got = call(tried, mended_descend, loss_at, start, 0.25, steps, raises=errors)
        if got is None:
            reject("none", tried=tried)
        if type(got) is not tuple or len(got) != 2 or not isinstance(got[0], torch.Tensor) or type(got[1]) is not list:
            reject("type", tried=tried, came_out=show(got), details="It should return a tensor and a list.")
        w, losses = got
        places = [target + (start - target) / 2**step for step in range(steps + 1)]
        stale, slopes = [start], 0.0
        for _ in range(steps):
            slopes += 2 * (stale[-1] - target)
            stale.append(stale[-1] - slopes / 4)
        uphill = target + (start - target) * 1.5**steps
        expect(
            f"the parameter of {tried}",
            w.detach(),
            torch.tensor(places[-1]),
            stale=torch.tensor(stale[-1]),
            uphill=torch.tensor(uphill),
        )
        if not w.is_leaf:
            reject("folk", tried=tried, came_out=show(w))
        if not w.requires_grad:
            reject("untracked", tried=tried, came_out=show(w))
        if any(other is not w for other in met):
            reject("new_leaf", tried=tried)
        if w._version < steps:
            reject("data", tried=tried, came_out=f"{steps} steps, {w._version} writes counted")
        for loss in losses:
            if isinstance(loss, torch.Tensor):
                reject("history" if loss.requires_grad else "numbers", tried=tried, came_out=show(losses))
        wanted = [(place - target) ** 2 for place in places]
        expect(f"the losses of {tried}", losses, wanted[:-1], late=wanted[1:] if steps else ())


def descent(update: str, note: str = "losses.append(loss.item())", clear: str = "w.grad = None") -> str:
    """The function with another update, another note or another way of clearing."""
    lines = ["loss = loss_at(w)", "loss.backward()", note, *update.splitlines(), clear]
    return "\n".join(
        [
            "w = torch.tensor(start, requires_grad=True)",
            "losses = []",
            "for _ in range(steps):",
            *(f"    {line}" for line in lines),
            "return w, losses",
        ]
    )


IN_PLACE = "with torch.no_grad():\n    w -= lr * w.grad"

mend_the_descent.wrong("untracked", descent("with torch.no_grad():\n    w = w - lr * w.grad"))
mend_the_descent.wrong("folk", descent("w = w - lr * w.grad"))
mend_the_descent.wrong("block", descent("w -= lr * w.grad"))
mend_the_descent.wrong(
    "block",
    """
    w = torch.tensor(start, requires_grad=True)
    losses = []
    with torch.no_grad():
        for _ in range(steps):
            loss = loss_at(w)
            loss.backward()
            losses.append(loss.item())
            w -= lr * w.grad
            w.grad = None
    return w, losses
    """,
)
mend_the_descent.wrong("empty", descent("w.grad = None\n" + IN_PLACE, clear="pass"))
mend_the_descent.wrong("new_leaf", descent("w = (w - lr * w.grad).detach().requires_grad_()"))
mend_the_descent.wrong("new_leaf", descent("with torch.no_grad():\n    w = w - lr * w.grad\nw.requires_grad_()"))
mend_the_descent.wrong("data", descent("w.data -= lr * w.grad"))
mend_the_descent.wrong("data", descent("w.data = w.data - lr * w.grad"))
mend_the_descent.wrong("history", descent(IN_PLACE, note="losses.append(loss)"))
mend_the_descent.wrong("numbers", descent(IN_PLACE, note="losses.append(loss.detach())"))
mend_the_descent.wrong("stale", descent(IN_PLACE, clear="pass"))
mend_the_descent.wrong("uphill", descent("with torch.no_grad():\n    w += lr * w.grad"))
mend_the_descent.wrong("late", descent(IN_PLACE + "\nlosses.append(loss_at(w).item())", note="pass"))
mend_the_descent.wrong("type", descent(IN_PLACE).replace("return w, losses", "return w.item(), losses"))
mend_the_descent.wrong("none", descent(IN_PLACE).replace("return w, losses", "print(w, losses)"))


@lesson.exercise(
    3,
    right="The block stands where the call happens, and puts back what it found.",
    hints={
        "early": "The function ran when unrecorded(function) was made. It should wait for its own call.",
        "recorded": "Inside the function, recording was on. Is the block still open when the function is called?",
        "detached": "The result is untracked, but everything was recorded first, and the memory was taken.",
        "argument": "The argument is detached, and recording is on: other tracked tensors may be used in the function.",
        "left_off": "After the call, recording stays off.",
        "exception": "The function raised an error, and nobody put the mode back.",
        "swallowed": "The function raised an error, and whoever called it never heard of it.",
        "switched_on": "Recording was off before the call, and is on after it. The mode should be as it was.",
    },
)
def own_decorator(unrecorded: Function, torch: Any) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    met: list[tuple[bool, bool]] = []

    def product(x: Any) -> Any:
        met.append((torch.is_grad_enabled(), x.requires_grad))
        return x * w

    def leak(x: Any) -> Any:
        raise KeyError("leak")

    quiet = call("unrecorded(product)", unrecorded, product)
    if met:
        reject("early", tried="unrecorded(product)")
    if not torch.is_grad_enabled():
        reject("left_off", tried="unrecorded(product)")
    if quiet is None:
        reject("none", tried="unrecorded(product)")
    if not callable(quiet):
        reject("type", tried="unrecorded(product)", came_out=show(quiet), details="It should return a function.")

    for number, turn in ((2.0, "unrecorded(product)(x)"), (5.0, "unrecorded(product)(x), called again")):
        x = torch.tensor(number, requires_grad=True)
        got = call(turn, quiet, x)
        expect(turn, got.detach() if isinstance(got, torch.Tensor) else got, torch.tensor(3 * number))
        recording, watched = met[-1]
        if recording and not watched:
            reject("argument", tried=turn, came_out=show(got))
        if recording:
            reject("recorded" if got.requires_grad else "detached", tried=turn, came_out=show(got))
        if not torch.is_grad_enabled():
            reject("left_off", tried=turn)

    with torch.no_grad():
        call("unrecorded(product)(x), with recording off", quiet, x)
        if torch.is_grad_enabled():
            reject("switched_on", tried="unrecorded(product)(x), with recording off")

    tried = "unrecorded(leak)(x), where leak raises an error"
    try:
        call("unrecorded(leak)", unrecorded, leak)(x)
    except KeyError:
        if not torch.is_grad_enabled():
            reject("exception", tried=tried)
    else:
        reject("swallowed", tried=tried)


def quiet(*lines: str) -> str:
    """An answer that makes and returns a function of these lines."""
    return "\n".join(["def quiet(x):", *(f"    {line}" for line in lines), "return quiet"])


own_decorator.wrong("early", "with torch.no_grad():\n    result = function(torch.tensor(2.0))\nreturn lambda x: result")
own_decorator.wrong("recorded", "with torch.no_grad():\n    return function")
own_decorator.wrong("recorded", "with torch.no_grad():\n    return lambda x: function(x)")
own_decorator.wrong("recorded", "torch.no_grad()\nreturn function")
own_decorator.wrong("detached", quiet("return function(x).detach()"))
own_decorator.wrong("detached", quiet("result = function(x)", "with torch.no_grad():", "    return result * 1"))
own_decorator.wrong("argument", quiet("return function(x.detach())"))
own_decorator.wrong("left_off", quiet("torch.set_grad_enabled(False)", "return function(x)"))
own_decorator.wrong("left_off", "torch.set_grad_enabled(False)\nreturn function")
own_decorator.wrong(
    "exception",
    quiet(
        "before = torch.is_grad_enabled()",
        "torch.set_grad_enabled(False)",
        "result = function(x)",
        "torch.set_grad_enabled(before)",
        "return result",
    ),
)
own_decorator.wrong(
    "switched_on",
    quiet(
        "torch.set_grad_enabled(False)",
        "try:",
        "    return function(x)",
        "finally:",
        "    torch.set_grad_enabled(True)",
    ),
)
own_decorator.wrong(
    "swallowed",
    quiet("with torch.no_grad():", "    try:", "        return function(x)", "    except Exception:", "        pass"),
)
own_decorator.wrong("changed", quiet("x.requires_grad_(False)", "with torch.no_grad():", "    return function(x)"))
own_decorator.wrong("none", "def quiet(x):\n    with torch.no_grad():\n        return function(x)")
own_decorator.wrong("raised", quiet("with torch.no_grad():", "    return function()"))


@lesson.exercise(
    4,
    right="What came before is taken as given: its numbers count, and its past is gone.",
    hints={
        "nothing": "The result has no receipt. Which stretch runs last, and was it recorded?",
        "everything": "These are the slopes of all weeks. Nothing has been left out.",
        "one_week": "Only the last week is in the graph: something cuts it in every week.",
        "off_by_one": "One week too many or too few is in the graph.",
        "leaf": "A new leaf stands at the start of the recorded weeks. A number taken as given is enough.",
        "forced": "No week was to be recorded, and the result is tracked.",
        "short": "This is the cover after the recorded weeks alone. The others have to be computed as well.",
    },
)
def short_memory(last_weeks: Function, torch: Any) -> None:
    def reference(weeks: int, recorded: int) -> tuple[Any, list[float]]:
        growth, skim = (torch.tensor(number, requires_grad=True) for number in (1.5, 2.0))
        cover = torch.tensor(8.0)
        for week in range(weeks):
            cover = (cover if week > weeks - recorded else cover.detach()) * growth - skim
        return cover.detach(), [slope.item() for slope in torch.autograd.grad(cover, (growth, skim))]

    for weeks, recorded in ((7, 3), (4, 4), (5, 1), (3, 2)):
        growth, skim = (torch.tensor(number, requires_grad=True) for number in (1.5, 2.0))
        tried = f"last_weeks(growth, skim, {weeks}, {recorded})"
        got = call(tried, last_weeks, growth, skim, weeks, recorded)
        cover, slopes = reference(weeks, recorded)
        value = got.detach() if isinstance(got, torch.Tensor) else got
        expect(tried, value, cover, short=reference(recorded, recorded)[0])
        if not got.requires_grad:
            reject("nothing", tried=tried, came_out=show(got))
        leaves = leaves_behind(got)
        if any(leaf is not growth and leaf is not skim for leaf in leaves):
            reject("leaf", tried=tried, came_out=show(got))
        found = torch.autograd.grad(got, (growth, skim), allow_unused=True)
        expect(
            f"the slopes of {tried} with respect to growth and skim",
            [0.0 if slope is None else slope.item() for slope in found],
            slopes,
            everything=reference(weeks, weeks)[1],
            one_week=reference(weeks, 1)[1],
            off_by_one=AnyOf(*(reference(weeks, n)[1] for n in (recorded - 1, recorded + 1) if 1 < n < weeks)),
        )
    growth, skim = (torch.tensor(number, requires_grad=True) for number in (1.5, 2.0))
    got = call("last_weeks(growth, skim, 3, 0)", last_weeks, growth, skim, 3, 0)
    tracked = isinstance(got, torch.Tensor) and got.requires_grad
    if tracked:
        reject("forced", tried="last_weeks(growth, skim, 3, 0)", came_out=show(got))
    expect("last_weeks(growth, skim, 3, 0)", got, reference(3, 1)[0])


short_memory.wrong(
    "nothing",
    """
    cover = pond(growth, skim, recorded)
    with torch.no_grad():
        return pond(growth, skim, weeks - recorded, cover)
    """,
)
short_memory.wrong("nothing", "return pond(growth, skim, weeks).detach()")
short_memory.wrong(
    "nothing",
    """
    with torch.no_grad():
        cover = pond(growth, skim, weeks - recorded)
        return pond(growth, skim, recorded, cover)
    """,
)
short_memory.wrong("everything", "return pond(growth, skim, weeks)")
short_memory.wrong(
    "everything",
    """
    cover = pond(growth, skim, weeks - recorded)
    with torch.no_grad():
        seen = cover * 1
    return pond(growth, skim, recorded, cover)
    """,
)
short_memory.wrong(
    "one_week",
    """
    cover = torch.tensor(8.0)
    for week in range(weeks):
        with torch.set_grad_enabled(week >= weeks - recorded):
            cover = cover.detach() * growth - skim
    return cover
    """,
)
short_memory.wrong(
    "off_by_one",
    """
    cover = 8.0
    for week in range(weeks):
        with torch.set_grad_enabled(week > weeks - recorded):
            cover = cover * growth - skim
    return cover
    """,
)
short_memory.wrong(
    "off_by_one",
    """
    cover = 8.0
    for week in range(1, weeks + 1):
        with torch.set_grad_enabled(week >= weeks - recorded):
            cover = cover * growth - skim
    return cover
    """,
)
short_memory.wrong(
    "leaf",
    """
    with torch.no_grad():
        cover = pond(growth, skim, weeks - recorded)
    cover = torch.as_tensor(cover).requires_grad_()
    return pond(growth, skim, recorded, cover)
    """,
)
short_memory.wrong(
    "forced",
    """
    with torch.no_grad():
        cover = pond(growth, skim, weeks - recorded)
    cover = pond(growth, skim, recorded, cover)
    return cover if cover.requires_grad else cover.requires_grad_()
    """,
)
short_memory.wrong("short", "return pond(growth, skim, recorded)")
short_memory.wrong("changed", "growth.requires_grad_(False)\nreturn pond(growth, skim, recorded)")
short_memory.wrong(
    "none",
    """
    with torch.no_grad():
        cover = pond(growth, skim, weeks - recorded)
    cover = pond(growth, skim, recorded, cover)
    """,
)
short_memory.wrong("value", "return pond(growth, skim, weeks - recorded)")
