"""Exercises of lesson 12: a backward of one's own, a fault in one, tests that find faults, and hooks."""

import inspect
from collections.abc import Callable
from typing import Any

from course.comparing import difference, show
from course.exercise import Function, Lesson
from course.guarding import described
from course.judging import call, case, expect, expect_predictions, random_like, reject
from course.peaks import FAULTS, RIGHT, peaks, planted

lesson = Lesson(12, "your own operation")


def there_and_back(
    torch: Any, operation: Callable[..., Any], v: Any, names: tuple[str, ...], *, between: bool = False
) -> Callable[..., Any]:
    """A function of the operation's arguments: its result as plain numbers, and what leaves when v arrives.

    between: call the operation with other arguments before the pass goes back.
    """

    def passes(*arguments: Any) -> Any:
        result = operation(*arguments)
        if between:
            operation(*(t.detach() * 2 + 0.5 if isinstance(t, torch.Tensor) else t + 1 for t in arguments))
        live = [t for t in arguments if isinstance(t, torch.Tensor) and t.requires_grad]
        if not getattr(result, "requires_grad", False):
            return (result,)
        gradients = torch.autograd.grad(result, live, v.clone().to(result.dtype), allow_unused=True) if live else ()
        return result.detach(), *gradients

    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    passes.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return passes


def method(operation: Any, name: str) -> Any:
    """The learner's function in a class, by whose source the line of an error is found."""
    return getattr(operation, name, None)


def noting_backward(operation: Any, noted: list[tuple[Any, Any]]) -> Any:
    """The same operation, which notes what arrives at each backward, before it and after it."""

    class Noted(operation):
        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            before = g.detach().clone()
            returned = operation.backward(ctx, g)
            noted.append((before, g))
            return returned

    Noted.__name__ = operation.__name__
    return Noted


def expect_passes(
    torch: Any,
    operation: Any,
    reference: Callable[..., Any],
    arguments: tuple[Any, ...],
    names: tuple[str, ...],
    *,
    scale: float = 1.0,
) -> None:
    """Reject an operation unless its values, and its gradients for a random vector, are those of the reference."""
    if not issubclass(operation, torch.autograd.Function):
        details = f"{operation.__name__} should be made from torch.autograd.Function, as it was in the exercise."
        reject("type", came_out=f"the class {operation.__name__}", details=details, for_good=True)
    own = [t.detach().clone().requires_grad_(t.requires_grad) if isinstance(t, torch.Tensor) else t for t in arguments]
    want = reference(*own)
    v = random_like(want, torch)
    wanted = there_and_back(torch, reference, v, names)(*own)
    source, noted = method(operation, "backward"), []  # type: ignore[var-annotated]
    noting = noting_backward(operation, noted)
    got = call(there_and_back(torch, noting.apply, v, names), *arguments, source=source)
    expect(got[0], wanted[0], "the result", scale=scale)
    if len(got) < len(wanted):
        reject("gradient", what="the result", came_out=show(got[0]), details="It should require a gradient.")
    live = [name for name, t in zip(names, arguments, strict=True) if isinstance(t, torch.Tensor) and t.requires_grad]
    for name, g, w in zip(live, got[1:], wanted[1:], strict=True):
        if g is None:
            details = f"backward returns None for {name}."
            reject("gradient", what=f"what leaves for {name}", came_out="None", expected=show(w), details=details)
        expect(g, w, f"what leaves for {name}, when {show(v)} arrives", scale=scale)
    for before, after in noted:
        if not torch.equal(before, after):
            reject("changed", what="`g` after backward", came_out=show(after), expected=show(before))
    mixed = call(there_and_back(torch, operation.apply, v, names, between=True), *arguments, source=source)
    for name, g, w in zip(live, mixed[1:], wanted[1:], strict=True):
        if g is None or difference(g, w, scale=scale) is not None:
            details = "What a call keeps belongs on its own ctx: another call may come before its backward pass."
            what = f"what leaves for {name}, if the operation is called once more before backward"
            reject("again", what=what, came_out=show(g), expected=show(w), details=details)


@lesson.exercise(
    1,
    right="One entry for each argument, in its shape; and what no one asks for may be left out.",
    hints={
        "data": "requires_grad belongs to a tensor, and it was given to one of the three only.",
        "few": "One entry for each argument of apply, in their order. How many arguments are there?",
        "ctx": "ctx is no argument of apply: the engine makes it.",
        "zero": "A number has no gradient, not even 0: the entry for what is no tensor has another form.",
        "apart": "A gradient has the shape of its input. What meets at a single number is added up.",
        "no_curve": "Is that the slope of volume to the power 2?",
        "no_slope": "That is volume to the power 2 itself, and not its slope.",
        "class": "That is the class. The node is called after it, with something behind.",
        "zero_behind": "The engine's own operations have a 0 at the end of their names. Those written by hand don't.",
        "recorded": "What is left of an operation when nothing is recorded?",
    },
)
def through_ctx(predicted: dict, torch: Any) -> None:
    class Fade(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, sound: Any, volume: Any, curve: Any) -> Any:
            ctx.save_for_backward(sound, volume)
            ctx.curve = curve
            return sound * volume**curve

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            sound, volume = ctx.saved_tensors
            return None, (g * sound).sum() * ctx.curve * volume ** (ctx.curve - 1), None

    arguments = torch.tensor([1.0, -2.0, 5.0]), torch.tensor(0.5, requires_grad=True), 2
    faded = Fade.apply(*arguments)
    with torch.no_grad():
        unrecorded = Fade.apply(*arguments)
    faded.sum().backward()
    truth = {
        "needs_input_grad": list(faded.grad_fn.needs_input_grad),
        "entries returned": len(arguments),
        "entry for curve": None,
        "numbers for volume": arguments[1].grad.numel(),
        "name of the node": faded.grad_fn.name(),
        "volume.grad": arguments[1].grad.item(),
        "under no_grad": unrecorded.grad_fn,
    }
    expect_predictions(predicted, truth)


through_ctx.wrong("data", {"needs_input_grad": [True, True, False]})
through_ctx.wrong("data", {"needs_input_grad": [True, True, True]})
through_ctx.wrong("data", {"needs_input_grad": [False, True, True]})
through_ctx.wrong("few", {"entries returned": 1})
through_ctx.wrong("few", {"entries returned": 2})
through_ctx.wrong("few", {"needs_input_grad": [True]})
through_ctx.wrong("few", {"needs_input_grad": [True], "entries returned": 1})
through_ctx.wrong("ctx", {"entries returned": 4})
through_ctx.wrong("ctx", {"needs_input_grad": [False, False, True, False]})
through_ctx.wrong("zero", {"entry for curve": 0.0})
through_ctx.wrong("apart", {"numbers for volume": 3})
through_ctx.wrong("type", {"volume.grad": [1.0, -2.0, 5.0]})
through_ctx.wrong("no_curve", {"volume.grad": 2.0})
through_ctx.wrong("no_curve", {"volume.grad": 8.0})
through_ctx.wrong("no_slope", {"volume.grad": 1.0})
through_ctx.wrong("class", {"name of the node": "Fade"})
through_ctx.wrong("zero_behind", {"name of the node": "FadeBackward0"})
through_ctx.wrong("recorded", {"under no_grad": "FadeBackward"})
through_ctx.wrong("value", {"volume.grad": 3.0})
through_ctx.wrong("type", after='del predicted["volume.grad"]')
through_ctx.wrong("type", {"under no_grad": "None"})
through_ctx.wrong("type", {"needs_input_grad": True})

through_ctx.also_right({"needs_input_grad": (False, True, False), "volume.grad": 4})
through_ctx.also_right(after="predicted = dict(reversed(predicted.items()))")
through_ctx.also_right(
    after="""
    predicted["numbers for volume"] = torch.tensor(0.5).numel()
    predicted["entries returned"] = len(predicted["needs_input_grad"])
    """
)


@lesson.exercise(
    2,
    right="For each argument one entry: what arrived times the slope, and None for the number.",
    hints={
        "apart": "A step of volume moves every sample. What do the products that meet at it become?",
        "ignored": "The result doesn't depend on what arrives. Whatever is returned has g as a factor.",
        "sum_first": "g is summed before it is multiplied. May each sample get the same share of it?",
        "order": "The entries are in another order than the arguments of forward.",
        "power": "Is that the slope of volume to the power curve?",
        "halved": "A factor is missing in what leaves for sound: how loud does it come out?",
        "kept": "Only tensors can be saved by save_for_backward. Where was curve kept?",
    },
)
def fade(Fade: type, torch: Any) -> None:
    cases: list[tuple[list[Any], float, float, bool]] = [
        ([1.0, -2.0, 5.0], 0.5, 2, True),
        ([1.0, -2.0, 5.0], 0.25, 3, True),
        ([4.0], 0.75, 1, True),
        ([[1.0, -1.0, 2.0], [0.0, 3.0, -4.0]], 0.5, 0.5, True),
        ([[[2.0, 1.0]], [[-3.0, 0.5]]], 2.0, -1.0, True),
        ([3.0, 0.25], 0.5, 2, False),
    ]

    def reference(sound: Any, volume: Any, curve: Any) -> Any:
        return sound * volume**curve

    for values, loud, curve, learns in cases:
        sound = torch.tensor(values, requires_grad=learns)
        volume = torch.tensor(loud, requires_grad=True)
        told = f"sound = {values}, volume = {loud}, curve = {curve}"
        with case(told if learns else f"{told}, where only the volume requires grad"):
            names = ("sound", "volume", "curve")
            expect_passes(torch, Fade, reference, (sound, volume, curve), names)


BACK = "sound, volume = ctx.saved_tensors\n"
fade.wrong(
    "changed",
    """
    sound, volume = ctx.saved_tensors
    for_volume = (g * sound).sum() * ctx.curve * volume ** (ctx.curve - 1)
    return g.mul_(volume**ctx.curve), for_volume, None
    """,
)
fade.wrong("ignored", BACK + "return volume**ctx.curve, sound.sum() * ctx.curve * volume ** (ctx.curve - 1), None")
fade.wrong("ignored", replace=("for_sound = g * volume", "for_sound = torch.ones_like(g) * volume"))
fade.wrong("ignored", replace=("(g * sound).sum()", "sound.sum()"))
fade.wrong("sum_first", replace=("(g * sound).sum()", "g.sum() * sound.sum()"))
fade.wrong("apart", replace=("(g * sound).sum()", "(g * sound).mean()"))
fade.wrong("apart", replace=("(g * sound).sum()", "(g * sound).reshape(-1)[0]"))
fade.wrong("order", replace=("for_sound, for_volume, None", "for_volume, for_sound, None"))
fade.wrong("power", replace=("ctx.curve * volume ** (ctx.curve - 1)", "volume ** (ctx.curve - 1)"))
fade.wrong("power", replace=("ctx.curve * volume ** (ctx.curve - 1)", "ctx.curve * volume ** ctx.curve"))
fade.wrong("power", replace=("ctx.curve * volume ** (ctx.curve - 1)", "2 * volume"))
fade.wrong("halved", replace=("for_sound = g * volume**ctx.curve", "for_sound = g"))
fade.wrong("halved", replace=("for_sound = g * volume**ctx.curve", "for_sound = g * volume"))
fade.wrong("raised", replace=("for_volume, None", "for_volume, g.sum()"))
fade.wrong("raised", replace=("for_volume, None", "for_volume, 0.0"))
fade.wrong("raised", replace=("for_sound, for_volume, None", "for_sound, for_volume"))
fade.wrong("kept", replace=("sound, volume = ctx.saved_tensors", "sound, volume, curve = ctx.saved_tensors"))
fade.wrong("gradient", replace=("for_sound, for_volume, None", "None, for_volume, None"))
fade.wrong("gradient", replace=("return for_sound, for_volume, None", "return None, None, None"))
fade.wrong("changed", replace=("for_sound = g", "sound.mul_(2)\nfor_sound = g"))

fade.also_right(
    BACK
    + """
for_sound = for_volume = None
if ctx.needs_input_grad[0]:
    for_sound = volume**ctx.curve * g
if ctx.needs_input_grad[1]:
    for_volume = (g * sound * ctx.curve * volume ** (ctx.curve - 1)).sum()
return for_sound, for_volume, None
"""
)
fade.also_right(
    BACK + "n = ctx.curve\nwhole = volume**n\nreturn g * whole, torch.sum(g * sound) * n * whole / volume, None"
)
fade.also_right(replace=("(g * sound).sum()", "(g * sound)"))  # the engine sums what was broadcast
fade.also_right(
    """
    with torch.enable_grad():
        leaves = [t.detach().requires_grad_() for t in ctx.saved_tensors]
        result = leaves[0] * leaves[1] ** ctx.curve
    return *torch.autograd.grad(result, leaves, g), None
    """
)


fade.equivalent(
    "swapped: for_sound = g * volume ** ctx.curve | "
    "for_volume = (g * sound).sum() * ctx.curve * volume ** (ctx.curve - 1)",
    because="Neither needs the other.",
)
fade.equivalent(
    "for_volume = (g * sound).sum() * ctx.curve * volume ** (ctx.curve - 1) → "
    "for_volume = g * sound * ctx.curve * volume ** (ctx.curve - 1)",
    because="The engine adds up the gradient of an input that was broadcast.",
)


@lesson.exercise(
    3,
    right="A level that rises takes from all the other shares: what arrives there counts as well.",
    hints={
        "diagonal": "Every level still answers for its own share only. What does it do to the others?",
        "sign": "The signs are turned round: a level that rises enlarges its own share.",
        "mean": "The shares weigh what arrives. Is a mean the right sum?",
        "unweighted": "Each of the numbers that arrive counts as much as the share it arrives at.",
        "ignored": "What leaves doesn't depend on what arrives.",
        "missing": "Is a factor missing? Compare with the diagonal of the report, which was right.",
    },
)
def fixed_shares(FixedShares: type, torch: Any) -> None:
    for values in (
        [0.0, 1.0, 3.0],
        [2.0, 2.0],
        [-1.0, 0.5, 0.0, 2.0, -3.0],
        [5.0],
        [90.0, 89.0, 60.0],
        [0.25 * n for n in range(12)],
    ):
        levels = torch.tensor(values, requires_grad=True)
        with case(f"levels = {values}"):
            expect_passes(torch, FixedShares, lambda x: torch.softmax(x, 0), (levels,), ("levels",))


SHARE = "(share,) = ctx.saved_tensors\n"
fixed_shares.wrong("changed", SHARE + "g -= (g * share).sum()\nreturn share * g")
fixed_shares.wrong("diagonal", SHARE + "return g * share * (1 - share)")
fixed_shares.wrong("diagonal", SHARE + "return g * (share - share**2)")
fixed_shares.wrong("sign", SHARE + "return share * ((g * share).sum() - g)")
fixed_shares.wrong("mean", replace=("(g * share).sum()", "(g * share).mean()"))
fixed_shares.wrong("mean", replace=("(g * share).sum()", "g.mean()"))
fixed_shares.wrong("unweighted", replace=("(g * share).sum()", "g.sum()"))
fixed_shares.wrong("ignored", SHARE + "return share * (1 - share.sum())")
fixed_shares.wrong("ignored", SHARE + "return share * (1 - share)")
fixed_shares.wrong("missing", SHARE + "return g - (g * share).sum()")
fixed_shares.wrong("missing", SHARE + "return g * share - (g * share).sum()")
fixed_shares.wrong("missing", SHARE + "return g * share")
fixed_shares.wrong("gradient", SHARE + "return None")
fixed_shares.wrong("raised", "share, levels = ctx.saved_tensors\nreturn share * (g - (g * share).sum())")
fixed_shares.wrong("raised", SHARE + "return share * (g - (g * share).sum()).item()")

fixed_shares.also_right(SHARE + "return g * share - share * (g * share).sum()")
fixed_shares.also_right(SHARE + "return share * (g - torch.dot(g, share))")
fixed_shares.also_right(
    SHARE + "jacobian = torch.eye(len(share)) * share - torch.outer(share, share)\nreturn g @ jacobian"
)
fixed_shares.also_right(
    SHARE
    + """
entries = []
for j in range(len(share)):
    entry = 0
    for i in range(len(share)):
        entry = entry + g[i] * share[i] * ((1 if i == j else 0) - share[j])
    entries.append(entry)
return torch.stack(entries)
"""
)


MISSED = {
    "tie": "It is wrong where several entries are the largest.",
    "arrives": "What leaves there has nothing to do with what arrives.",
    "negative": "It returns the wrong number for some tensors. Do you compare the value with one that you know?",
    "shape": "It goes wrong with tensors of more than one dimension, or returns one where a 0-d tensor is promised.",
    "twice": "It gives something else when the same graph is gone through a second time.",
}


@lesson.exercise(
    4,
    right="Five faults found, and no right operation turned away. Whoever changes this operation will be told.",
    hints={
        **{fault: f"This operation passes your test. {told}" for fault, told in MISSED.items()},
        "three": "A third is an equal part for three. What does nudging find there, and for how many is that the same?",
        "strict": "Your test turns away an operation that keeps its promise. What does it demand beyond the promise?",
        "returned": "It returned False. A test says no by raising an error: put assert in front of what must be true.",
        "never": "It raises nothing whatever it is given.",
        "always": "It raises for every operation, for the right ones too: the fault is in the test itself.",
    },
)
def tests_of_peak(test_peak: Function, torch: Any) -> None:
    letters = {name: operation for name, operation in peaks(torch).items() if name != "right"}
    order = ("negative", "tie", "twice", "shape", "arrives")
    right = [("the right operation", planted(torch, "", 0))]
    right += [(f"a right one, written in another way ({n})", planted(torch, "", n)) for n in range(1, RIGHT)]
    wrong = [(f"operation {name}", fault, letters[name]) for name, fault in zip(letters, order, strict=True)]
    wrong += [
        (f"another with the fault of {'ABCDE'[order.index(fault)]} ({n})", fault, planted(torch, fault, n))
        for fault, variants in FAULTS.items()
        for n in range(1, variants)
    ]

    def outcome(operation: Any) -> tuple[str, Any]:
        try:
            returned = test_peak(operation)
        except Exception as error:
            return "raised", described(error, test_peak)
        return "returned", returned

    for told, operation in right:
        with case(f"test_peak({told})"):
            what, said = call(outcome, operation, source=test_peak)
            if what == "raised":
                thirds = "0.333" in said and "0.5" in said
                hint = "three" if thirds else "strict"
                reject(hint, came_out=f"an error: {said}", expected="no error", evidence=what, final=thirds)
            if said is False:
                reject("returned", came_out="False", expected="no error, and nothing else", evidence="False")
    for told, fault, operation in wrong:
        with case(f"test_peak({told})"):
            what, said = call(outcome, operation, source=test_peak, twice=False)
            if what == "returned":
                if said is False:
                    reject("returned", came_out="False", expected="an error", evidence="False")
                form = "What a test returns isn't looked at: it says no by raising." if said is not None else ""
                reject(fault, came_out="no error", expected="an error", details=form, evidence=what)


BEGIN = "x = torch.tensor([1.0, 3.0, 2.0], dtype=torch.float64, requires_grad=True)\n"
TIE = "tie = torch.tensor([1.0, 3.0, 3.0], dtype=torch.float64, requires_grad=True)\n"
CHECKED = "assert torch.autograd.gradcheck(peak, {})\n"
tests_of_peak.wrong("never", "return None")
tests_of_peak.wrong("never", BEGIN + "peak(x)")
tests_of_peak.wrong("always", "assert False")
tests_of_peak.wrong("always", BEGIN + "assert peak(x).grad_fn is None")
tests_of_peak.wrong("always", BEGIN + "assert torch.autograd.gradcheck(x, peak)")
tests_of_peak.wrong("negative", BEGIN + "return torch.autograd.gradcheck(peak, x, raise_exception=False)")
tests_of_peak.wrong(
    "returned",
    """
    for values, largest in [([2.0, 5.0, 5.0], 5.0), ([-4.0, -1.5], -1.5), ([[1.0, 2.0], [7.0, 0.0], [3.0, 4.0]], 7.0)]:
        x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
        if peak(x).tolist() != largest or not torch.autograd.gradcheck(peak, x, raise_exception=False):
            return False
    return True
    """,
)
tests_of_peak.wrong("returned", "return peak(torch.tensor([-1.0, -2.0])).item() == -1.0")
tests_of_peak.wrong("negative", BEGIN + CHECKED.format("x"))
tests_of_peak.wrong("negative", BEGIN + TIE + CHECKED.format("x") + CHECKED.format("tie"))
tests_of_peak.wrong(
    "tie",
    """
    for values, largest in [([1.0, 3.0, 2.0], 3.0), ([-4.0, -1.5], -1.5), ([[1.0, 2.0], [7.0, 0.0], [3.0, 4.0]], 7.0)]:
        x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
        assert peak(x).tolist() == largest
        assert torch.autograd.gradcheck(peak, x)
    """,
)
tests_of_peak.wrong("tie", replace=("(peak, tie)", "(peak, low)"))
tests_of_peak.wrong(
    "negative", replace=("[[-4.0, -5.0], [-2.0, -3.0]", "[[-4.0, -5.0], [2.0, -3.0]", "== -2.0", "== 2.0")
)
tests_of_peak.wrong("shape", replace=("[[-4.0, -5.0], [-2.0, -3.0], [-9.0, -7.0]]", "[-4.0, -2.0, -3.0]"))
tests_of_peak.wrong("shape", replace=("peak(low).tolist()", "peak(low).item()"))
tests_of_peak.wrong("shape", replace=("[[-4.0, -5.0], [-2.0, -3.0], [-9.0, -7.0]]", "[[-2.0, -5.0], [-4.0, -3.0]]"))
tests_of_peak.wrong("shape", replace=("assert torch.autograd.gradcheck(peak, low)", "pass"))
tests_of_peak.wrong("three", replace=("torch.ones(2,", "torch.ones(3,"))
tests_of_peak.wrong(
    "twice",
    """
    for values, largest, share in [
        ([1.0, 3.0, 2.0], 3.0, [0.0, 2.0, 0.0]),
        ([2.0, 5.0, 5.0], 5.0, [0.0, 1.0, 1.0]),
        ([-4.0, -1.5], -1.5, [0.0, 2.0]),
        ([[1.0, 2.0], [7.0, -9.0], [3.0, 4.0]], 7.0, [[0.0, 0.0], [2.0, 0.0], [0.0, 0.0]]),
    ]:
        x = torch.tensor(values, requires_grad=True)
        y = peak(x)
        assert y.tolist() == largest
        y.backward(torch.tensor(2.0))
        assert x.grad.tolist() == share
    """,
)
tests_of_peak.wrong(
    "arrives",
    """
    for values, largest in [([1.0, 3.0, 2.0], 3.0), ([-4.0, -1.5], -1.5), ([[1.0, 2.0], [7.0, -9.0], [3.0, 7.0]], 7.0)]:
        x = torch.tensor(values, requires_grad=True)
        y = peak(x)
        assert y.tolist() == largest
        for passes in (1, 2):
            y.backward(retain_graph=True)
            assert (x.grad == passes * (x == largest) / (x == largest).sum()).all()
    """,
)
tests_of_peak.wrong(
    "strict",
    after="""
    inner = test_peak


    def test_peak(peak):
        inner(peak)
        assert peak(torch.ones(2, requires_grad=True)).grad_fn.name() == "PeakBackward"
    """,
)

tests_of_peak.also_right(
    """
    def leaves(values, passes=1):
        x = torch.tensor(values, requires_grad=True)
        y = peak(x)
        for _ in range(passes):
            y.backward(torch.tensor(6.0), retain_graph=True)
        return y.tolist(), x.grad.tolist()

    assert leaves([1.0, 3.0, 2.0]) == (3.0, [0.0, 6.0, 0.0])
    assert leaves([1.0, 3.0, 2.0], 2) == (3.0, [0.0, 12.0, 0.0])
    assert leaves([4.0, 4.0, 4.0]) == (4.0, [2.0, 2.0, 2.0])
    assert leaves([-4.0, -1.0, -9.0]) == (-1.0, [0.0, 6.0, 0.0])
    assert leaves([[0.0, 1.0], [8.0, 5.0], [2.0, -3.0]]) == (8.0, [[0.0, 0.0], [6.0, 0.0], [0.0, 0.0]])
    """
)
tests_of_peak.also_right(
    """
    torch.manual_seed(0)
    for shape in [(5,), (3, 4), (2, 3, 2)]:
        for shift in (-3.0, 0.0):
            numbers = torch.rand(*shape, dtype=torch.float64) + shift
            x = numbers.clone().requires_grad_()
            result = peak(x)
            if result.dim() != 0 or result.item() != max(numbers.reshape(-1).tolist()):
                raise ValueError("another value")
            torch.autograd.gradcheck(peak, x)
            table = numbers.clone().reshape(-1)
            table[1] = table[-2] = table.max() + 1
            torch.autograd.gradcheck(peak, table.reshape(shape).requires_grad_())
    """
)
tests_of_peak.also_right(
    """
    table = [[-1.0, -5.0], [-0.5, -0.5], [-2.0, -7.0]]
    x = torch.tensor(table, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(peak, x)
    assert peak(x).shape == () and peak(x) == -0.5
    """
)


for old, new in [("-4.0", "-5.0"), ("-5.0", "-6.0"), ("-3.0", "-4.0"), ("-9.0", "-10.0"), ("-7.0", "-8.0")]:
    row = "table = [[-4.0, -5.0], [-2.0, -3.0], [-9.0, -7.0]]"
    tests_of_peak.equivalent(f"{row} → {row.replace(old, new)}", because="The peak is where it was.")


for swapped in (
    "tie = torch.ones(2, dtype=torch.float64, requires_grad=True) | table = [[-4.0, -5.0], [-2.0, -3.0], [-9.0, -7.0]]",
    "assert peak(low).tolist() == -2.0 | assert torch.autograd.gradcheck(peak, low)",
    "assert torch.autograd.gradcheck(peak, low) | assert torch.autograd.gradcheck(peak, tie)",
):
    tests_of_peak.equivalent(f"swapped: {swapped}", because="Neither needs the other.")


@lesson.exercise(
    5,
    right="The value of one thing, the gradient of another, and of x only the mask is kept.",
    hints={
        "everywhere": "What arrives is passed on everywhere. What does the right picture say beyond -1 and 1?",
        "truth": "Nothing leaves. That is the true slope of the left picture; the right one shows another.",
        "at_zero": "Look at the dot in the left picture, at 0.",
        "outside": "Inside and outside are exchanged.",
        "ignored": "The right picture is drawn for an arriving 1. If something else arrives, something else leaves.",
        "clipped": "The value takes every number between -1 and 1. How many does the left picture have?",
        "limits": "The step in the right picture is at another place.",
        "side": "The right picture has the same on both sides.",
    },
)
def bit(Bit: type, torch: Any) -> None:
    def reference(x: Any) -> Any:
        """The values of the left picture on the path of the right one."""
        clipped = x.clamp(-1.0, 1.0)
        value = torch.where(x >= 0, torch.ones_like(x), -torch.ones_like(x))
        return clipped + (value - clipped).detach()

    cases: list[tuple[Any, Any]] = [
        ([-3.0, -0.5, 0.5, 3.0], torch.float32),
        ([0.0, -0.0, 0.75, -1.5], torch.float32),
        ([[0.999, 1.001], [-0.999, -1.001], [1e-6, -1e-6]], torch.float32),
        (-0.25, torch.float32),
        ([1000.0, -1000.0, 2.0, -2.0], torch.float64),
        ([0.1 * n for n in range(-20, 21) if abs(n) != 10], torch.float32),
    ]
    for values, dtype in cases:
        x = torch.tensor(values, dtype=dtype, requires_grad=True)
        with case(f"x = {show(x.detach())}"):
            expect_passes(torch, Bit, reference, (x,), ("x",))
    x = torch.tensor([0.5, -2.0])
    with case("x = tensor([0.5, -2.]), which requires no grad"):
        got = call(method(Bit, "apply"), x, source=method(Bit, "forward"))
        expect(got, torch.tensor([1.0, -1.0]))
        if got.requires_grad:
            reject("gradient", came_out=show(got), details="It should not require a gradient.", evidence=got)


FORWARD = "@staticmethod\ndef forward(ctx, x):\n    ctx.save_for_backward(x)\n    return {}\n\n\n"
BACKWARD = "@staticmethod\ndef backward(ctx, g):\n    (x,) = ctx.saved_tensors\n    return {}\n"
bit.wrong("changed", replace=("return g * near", "g *= near\n    return g"))
bit.wrong(
    "again",
    replace=(
        "ctx.save_for_backward(x.abs() <= 1)",
        "Bit.near = x.abs() <= 1",
        "(near,) = ctx.saved_tensors",
        "near = Bit.near",
    ),
)
SIGNS = "torch.where(x >= 0, torch.ones_like(x), -torch.ones_like(x))"
bit.wrong("everywhere", FORWARD.format(SIGNS) + BACKWARD.format("g"))
bit.wrong("truth", FORWARD.format(SIGNS) + BACKWARD.format("g * 0"))
bit.wrong("truth", FORWARD.format(SIGNS) + BACKWARD.format("torch.zeros_like(x)"))
bit.wrong("at_zero", FORWARD.format("torch.sign(x)") + BACKWARD.format("g * (x.abs() <= 1)"))
bit.wrong("at_zero", replace=("x >= 0", "x > 0"))
bit.wrong("outside", replace=("x.abs() <= 1", "x.abs() > 1"))
bit.wrong("ignored", replace=("g * near", "near * 1.0"))
bit.wrong("ignored", replace=("g * near", "near * torch.ones_like(g)"))
bit.wrong("clipped", FORWARD.format("x.clamp(-1.0, 1.0)") + BACKWARD.format("g * (x.abs() <= 1)"))
bit.wrong("clipped", FORWARD.format("torch.tanh(x)") + BACKWARD.format("g * (x.abs() <= 1)"))
bit.wrong("limits", replace=("x.abs() <= 1", "x.abs() <= 2"))
bit.wrong("limits", replace=("x.abs() <= 1", "x.abs() <= 0.5"))
bit.wrong("side", replace=("x.abs() <= 1", "x <= 1"))
bit.wrong("side", replace=("x.abs() <= 1", "(x >= 0) & (x <= 1)"))
bit.wrong("type", replace=("torch.where(x >= 0, torch.ones_like(x), -torch.ones_like(x))", "(x >= 0) * 2 - 1"))
bit.wrong("raised", FORWARD.format("1.0 if x >= 0 else -1.0") + BACKWARD.format("g * (x.abs() <= 1)"))
bit.wrong("changed", replace=("return torch.where", "x.clamp_(-1.0, 1.0)\n    return torch.where"))
bit.wrong("gradient", replace=("return g * near", "return None"))

bit.also_right(FORWARD.format("(x >= 0) * 2.0 - torch.ones_like(x)") + BACKWARD.format("g * (x.abs() < 1)"))
bit.also_right(FORWARD.format(SIGNS) + BACKWARD.format("torch.where((x > -1) & (x < 1), g, torch.zeros_like(g))"))
bit.also_right(
    """
    @staticmethod
    def forward(x):
        return torch.where(x < 0, -torch.ones_like(x), torch.ones_like(x))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g.clone()
        g[x.abs() > 1] = 0
        return g
    """
)
bit.also_right(
    """
    @staticmethod
    def forward(ctx, x):
        ctx.far = x.abs() > 1
        y = torch.sign(x)
        y[y == 0] = 1
        return y

    @staticmethod
    def backward(ctx, g):
        return g * ~ctx.far
    """
)


bit.equivalent(
    "ctx.save_for_backward(x.abs() <= 1) → ctx.save_for_backward(x.abs() < 1)",
    because="The exercise leaves open what leaves at -1 and 1.",
)
bit.equivalent(
    "swapped: def forward(ctx, x): | ctx.save_for_backward(x.abs() <= 1) | "
    "return torch.where(x >= 0, torch.ones_like(x), -torch.ones_like(x)) |  | @staticmethod | "
    "def backward(ctx, g): | near, = ctx.saved_tensors | return g * near",
    because="A class doesn't mind in which order its methods stand.",
)


@lesson.exercise(
    6,
    right="Each meter had a place of its own, and every one of them came off again.",
    hints={
        "order": "The gradients are in the order in which they arrived. In which order does a pass go?",
        "last": "All hooks wrote to the place of the last one: they share the loop's variable.",
        "left_on": "A hook is still on a tensor. What did register_hook return?",
        "retained": "A tensor in between has a .grad now, from retain_grad() or backward(inputs=…). Hooks do without.",
        "old": "That is what was in .grad before the call, or has it in it. What arrives is told by the hook alone.",
        "leaves": "A tensor in between has no .grad of its own. A hook sees what arrives there.",
        "changed_it": "What arrives at the leaves is not what arrives without meters: does a hook return something?",
        "twice_over": "More than one pass was made: the leaves have collected more than once.",
        "not_collected": "The leaves should collect in .grad, as after any backward().",
        "short": "There should be an entry for each of the tensors, also for those at which nothing arrives.",
    },
)
def meters(gradients_at: Function, torch: Any) -> None:
    def theatre() -> tuple[Any, dict[str, Any]]:
        price = torch.tensor(10.0, requires_grad=True)
        visitors = 200 - 8 * price
        income, costs = visitors * price, 2 * visitors
        return income - costs, {"price": price, "visitors": visitors, "income": income, "costs": costs}

    def desk() -> tuple[Any, dict[str, Any]]:
        w = torch.tensor([[1.0, 2.0], [0.5, -1.0]], requires_grad=True)
        x = torch.tensor([3.0, -2.0], requires_grad=True)
        y = w @ x
        z = y * y
        unused = torch.tensor([1.0, 2.0], requires_grad=True)
        return z.sum(), {"w": w, "x": x, "y": y, "z": z, "unused": unused}

    def chain() -> tuple[Any, dict[str, Any]]:
        t = torch.tensor([0.5, 1.5, -1.0], requires_grad=True)
        steps = {"t": t}
        for n in range(8):
            t = torch.sin(t) * 1.5
            steps[f"t{n}"] = t
        return t.sum(), steps

    cases = [
        (theatre, ["price", "visitors", "income", "costs"]),
        (theatre, ["costs", "income", "visitors", "price"]),
        (theatre, ["visitors"]),
        (theatre, ["visitors", "price", "visitors"]),
        (desk, ["y", "unused", "w", "z", "x"]),
        (desk, ["unused", "unused"]),
        (chain, ["t", "t3", "t7", "t0", "t5"]),
        (chain, []),
    ]
    for make, names in cases:
        with case(f"the loss of {make.__name__}(), tensors = [{', '.join(names)}]"):
            meters_on(torch, gradients_at, make, names)
    for make, names in ((theatre, ["price", "costs"]), (desk, ["x", "z", "unused"])):
        with case(f"the loss of {make.__name__}(), tensors = [{', '.join(names)}], with hooks and a .grad from before"):
            meters_on(torch, gradients_at, make, names, filled=True)


def meters_on(
    torch: Any, gradients_at: Function, make: Callable[[], Any], names: list[str], *, filled: bool = False
) -> None:
    """One case: a graph made anew, in which an answer looks at the tensors of these names.

    filled: the tensors have a hook of somebody else's before the call, and the leaves a .grad.
    """
    loss, tensors = make()
    wanted = torch.autograd.grad(loss, list(tensors.values()), allow_unused=True)
    arrives = dict(zip(tensors, wanted, strict=True))
    loss, tensors = make()
    told = [tensors[name] for name in names]
    leaves = {name: t for name, t in tensors.items() if t.is_leaf}
    others = dict.fromkeys(tensors, 0)
    old: dict[str, Any] = {name: torch.full_like(t, 3.0) if filled else None for name, t in leaves.items()}
    for name, t in leaves.items():
        t.grad = None if old[name] is None else old[name].clone()
    if filled:
        for name in names:
            tensors[name].register_hook(lambda g: None)
            others[name] += 1

    def measured(loss: Any, told: Any) -> Any:
        return gradients_at(loss, told)

    got = call(measured, loss, told, changes=("loss", "told"), twice=False, source=gradients_at)
    if got is None:
        reject("none", came_out="None", expected=f"{len(names)} entries")
    if not isinstance(got, list | tuple) or len(got) != len(names):
        reject(
            "short" if isinstance(got, list | tuple) else "type", came_out=show(got), expected=f"{len(names)} entries"
        )
    for place, name in enumerate(names):
        hint = ""
        if filled and name in leaves and difference(got[place], leaves[name].grad) is None:
            hint = "old"
        expect(got[place], arrives[name], f"what arrived at {name}", hint=hint)
    for name, t in tensors.items():
        left, expected = len(t._backward_hooks or ()), str(others[name]) if others[name] else "none"
        if left != others[name]:
            details = "" if left else "A hook that was there before the call is gone: take off only your own."
            hint = "left_on" if left > others[name] else "left"
            reject(hint, what=f"hooks on {name}", came_out=str(left), expected=expected, details=details)
        if not t.is_leaf and t.retains_grad:
            reject("retained", what=f"{name}.retains_grad", came_out="True", expected="False")
    for name, t in leaves.items():
        parts = [part for part in (old[name], arrives[name]) if part is not None]
        wanted_there = sum(parts[1:], parts[0]) if parts else None
        if t.grad is None and wanted_there is not None:
            reject("not_collected", what=f"{name}.grad", came_out="None", expected=show(wanted_there))
        hint = "not_collected" if filled and difference(t.grad, arrives[name]) is None else ""
        expect(t.grad, wanted_there, f"{name}.grad", hint=hint)


HOOKS = "found = [None] * len(tensors)\nhandles = []\nfor place, tensor in enumerate(tensors):\n"
END = "loss.backward()\nfor handle in handles:\n    handle.remove()\nreturn found\n"
meters.wrong(
    "order",
    "found = []\nhandles = [t.register_hook(lambda g: found.append(g)) for t in tensors]\n" + END,
)
meters.wrong("order", replace=("return found", "return found[::-1]"))
meters.wrong(
    "last",
    HOOKS + "    handles.append(tensor.register_hook(lambda g: found.__setitem__(place, g)))\n" + END,
)
meters.wrong("left_on", replace=("handle.remove()", "pass"))
meters.wrong(
    "left_on", replace=("for handle in handles:\n    handle.remove()", "handles[0].remove() if handles else 0")
)
meters.wrong(
    "retained",
    """
    for tensor in tensors:
        tensor.retain_grad()
    loss.backward()
    return [tensor.grad for tensor in tensors]
    """,
)
meters.wrong("leaves", "loss.backward()\nreturn [tensor.grad if tensor.is_leaf else None for tensor in tensors]")
meters.wrong("changed_it", replace=("found[place] = g", "found[place] = g\n        return g * 2"))
meters.wrong("twice_over", replace=("loss.backward()", "loss.backward(retain_graph=True)\nloss.backward()"))
meters.wrong("not_collected", "return list(torch.autograd.grad(loss, tensors, allow_unused=True))")
meters.wrong("short", replace=("return found", "return [g for g in found if g is not None]"))
meters.wrong("none", replace=("return found", "pass"))
meters.wrong(
    "old",
    HOOKS
    + "    handles.append(tensor.register_hook(lambda g, i=place: found.__setitem__(i, g)))\n"
    + END.replace("return found", "return [t.grad if t.is_leaf else g for t, g in zip(tensors, found)]"),
)
meters.wrong("not_collected", replace=("loss.backward()", "for t in tensors:\n    t.grad = None\nloss.backward()"))
meters.wrong(
    "value",
    """
    found = {}
    handles = [t.register_hook(lambda g, t=t: found.setdefault(id(t), []).append(g)) for t in tensors]
    loss.backward()
    for handle in handles:
        handle.remove()
    return [sum(found[id(t)]) if id(t) in found else None for t in tensors]
    """,
)
meters.wrong("raised", replace=("tensor.register_hook(meter(place))", "tensor.register_hook(meter)"))
meters.wrong("type", replace=("return found", "return dict(enumerate(found))"))

meters.also_right(
    HOOKS + "    handles.append(tensor.register_hook(lambda g, i=place: found.__setitem__(i, g)))\n" + END
)
meters.also_right(
    """
    found = {}

    class Meter:
        def __init__(self, place):
            self.place = place

        def __call__(self, g):
            found[self.place] = g.clone()

    handles = []
    try:
        for place, tensor in enumerate(tensors):
            handles.append(tensor.register_hook(Meter(place)))
        loss.backward()
    finally:
        while handles:
            handles.pop().remove()
    return [found.get(place) for place in range(len(tensors))]
    """
)
meters.also_right(
    """
    import functools

    found = [None for _ in tensors]

    def note(place, g):
        found[place] = g
        return g

    handles = []
    for place in range(len(tensors)):
        handles += [tensors[place].register_hook(functools.partial(note, place))]
    loss.backward()
    [handle.remove() for handle in handles]
    return tuple(found)
    """
)
meters.equivalent(
    "found = [None] * len(tensors) |  | def meter(place): |  | def note(g): | found[place] = g | return note → "
    "def meter(place): |  | def note(g): | found[place] = g | return note | found = [None] * len(tensors)",
    because="The list is looked up when a gradient arrives.",
)
