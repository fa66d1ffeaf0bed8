"""Exercises of lesson 07: what is recorded and when, an update that keeps its leaf, and a mode that is put back."""

from collections.abc import Callable
from typing import Any

from course.comparing import is_tensor, show
from course.exercise import Function, Lesson
from course.graphs import leaves_behind, nodes_behind
from course.judging import call, case, expect, expect_gradients, expect_predictions, reject, with_globals
from course.reading import written_through

lesson = Lesson(7, "no_grad")


@lesson.exercise(
    1,
    right="A result requires grad if recording was on when it was made, and an input required grad.",
    hints={
        "leaf": "No operation made this one. You did, and you asked for requires_grad.",
        "nested": "The inner block switches recording on again, for as long as it lasts.",
        "inherited": "Its input requires grad. But in which mode does the operation run?",
        "comes_back": "The mode is on again. But does anything that goes in require grad?",
        "infected": "An input that doesn't require grad is a number. There is another input, and the mode is on again.",
        "swapped": "Each of them is the other way round.",
        "outer": "Three say that nothing in the outer block requires grad. What does the inner block do to the mode?",
        "all": "Every line uses something that requires grad, or was made from it. Is that enough?",
    },
)
def does_it_require_grad(requires_grad: dict, torch: Any) -> None:
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
    truth = {name: tensor.requires_grad for name, tensor in made.items()}
    expect_predictions(requires_grad, truth)


does_it_require_grad.wrong("leaf", {"b": False})
does_it_require_grad.wrong("nested", {"c": False})
does_it_require_grad.wrong("inherited", {"d": True})
does_it_require_grad.wrong("comes_back", {"e": True})
does_it_require_grad.wrong("infected", {"f": False})
does_it_require_grad.wrong("swapped", {"b": False, "c": False, "d": True, "e": True, "f": False})
does_it_require_grad.wrong("outer", {"b": False, "c": False, "f": False})
does_it_require_grad.wrong("all", {"d": True, "e": True})
does_it_require_grad.wrong("type", after='requires_grad["f"] = "True"')
does_it_require_grad.wrong("type", after='requires_grad["f"] = 1')
does_it_require_grad.wrong("type", after='requires_grad["d"] = None')
does_it_require_grad.wrong("type", after='requires_grad["c"] = (True, False)')
does_it_require_grad.wrong("type", after='del requires_grad["e"]')

does_it_require_grad.also_right("requires_grad = dict(b=True, c=True, d=False, e=False, f=True)")
does_it_require_grad.also_right(
    """
    requires_grad = dict.fromkeys("bcdef", True)
    requires_grad["d"] = requires_grad["e"] = False
    """
)
does_it_require_grad.also_right('requires_grad = {name: name not in "de" for name in "fedcb"}')


# Words of errors that say what has happened, in both libraries.
IN_PLACE = "a leaf Variable that requires grad"
NO_GRAPH = "does not require grad and does not have a grad_fn"
TWICE = "through the graph a second time"
NOT_ONE = "can be implicitly created only for scalar outputs"


@lesson.exercise(
    2,
    right="The leaf is written to, unrecorded, and stays a leaf. The numbers are taken out, and the graphs are free.",
    hints={
        "not_required": "The number is right, but doesn't require grad. What does a name with = do in a no_grad block?",
        "folk": "The number is right, but it is not a leaf: the update has been recorded. Its .grad will stay None.",
        "in_place": "A leaf was written to in place while recording is on. Which block must the update be in?",
        "no_graph": "backward() met a result without a graph. Is recording off there? Does w still require grad?",
        "empty": "A None was used in arithmetic. When the update reads w.grad, what is in it?",
        "new_leaf": "Does a step make a new leaf? An optimizer that holds the first one would never notice.",
        "data": "The engine has not counted these writes. Write into the leaf itself, under no_grad.",
        "history": "Every entry of the list holds a graph. What takes the number out?",
        "numbers": "The losses should be Python numbers, not tensors.",
        "stale": "The gradients of earlier steps are still in .grad, and the new ones are added to them.",
        "uphill": "The step goes with the gradient, so the loss grows.",
        "late": "These are the losses after each step. They should be taken before it.",
        "no_lr": "The step is the whole gradient. What should it be multiplied by?",
        "fixed": "The learning rate is 0.25, whatever it is asked to be.",
        "one_more": "One step too many has been taken.",
        "one_less": "One step is missing.",
    },
)
def fix_the_descent(fixed_descend: Function, torch: Any) -> None:
    losses_of: dict[str, Callable[[Any], Any]] = {
        "(w - 3) ** 2": lambda w: (w - 3) ** 2,
        "w * w / 2 + w": lambda w: w * w / 2 + w,
        "(w * w - 1) ** 2": lambda w: (w * w - 1) ** 2,
        "(w + 1).exp() - w": lambda w: (w + 1).exp() - w,
    }
    cases = [
        ("(w - 3) ** 2", 5.0, 0.25, 1),
        ("(w - 3) ** 2", 11.0, 0.25, 4),
        ("(w - 3) ** 2", 4.0, 0.1, 3),
        ("w * w / 2 + w", -7.0, 0.5, 5),
        ("(w * w - 1) ** 2", 1.5, 0.03, 12),
        ("(w + 1).exp() - w", 0.0, 0.2, 2),
        ("(w - 3) ** 2", 3.0, 0.125, 2),
        ("w * w / 2 + w", 1e4, 1e-3, 2),
        ("(w - 3) ** 2", 4.0, 0.25, 0),
    ]
    errors = {IN_PLACE: "in_place", NO_GRAPH: "no_graph", "and 'NoneType'": "empty", "'NoneType' and": "empty"}
    for formula, start, lr, steps in cases:
        met: list[tuple[Any, int]] = []

        def loss_at(w: Any, formula: str = formula, met: list[tuple[Any, int]] = met) -> Any:
            met.append((w, w._version if is_tensor(w) else 0))
            return losses_of[formula](w)

        with case(f"fixed_descend(lambda w: {formula}, {start}, {lr}, {steps})"):
            got = call(fixed_descend, loss_at, start, lr, steps, raises=errors)
            w, losses = _pair(got, torch, "a tensor and a list")
            place, wanted = torch.tensor(start, requires_grad=True), []
            for _ in range(steps):
                loss = losses_of[formula](place)
                wanted.append(loss.item())
                place = (place - lr * torch.autograd.grad(loss, place)[0]).detach().requires_grad_()
            expect(w.detach(), place.detach(), "the parameter", scale=abs(start) + 1)
            if not w.is_leaf:
                reject("folk", what="the parameter", came_out=show(w), expected="a leaf")
            if not w.requires_grad:
                reject("not_required", what="the parameter", came_out=show(w), expected="requires_grad=True")
            _reject_lost_writes(fixed_descend, w, met, steps)
            tensors = [loss for loss in losses if is_tensor(loss)]
            if tensors:
                hint = "history" if any(loss.requires_grad for loss in tensors) else "numbers"
                reject(hint, what="the losses", came_out=show(losses), expected=show(wanted))
            expect(list(losses), wanted, "the losses", scale=max(map(abs, wanted), default=1.0))


def _pair(got: Any, torch: Any, expected: str) -> tuple[Any, Any]:
    """What was returned, if it is a tensor and a list."""
    if got is None:
        reject("none")
    fits = isinstance(got, tuple | list) and len(got) == 2
    if not fits or not isinstance(got[0], torch.Tensor) or not isinstance(got[1], list | tuple):
        reject("type", came_out=show(got), expected=expected)
    return got[0], got[1]


def _reject_lost_writes(answer: Function, w: Any, met: list[tuple[Any, int]], steps: int) -> None:
    """Reject the answer unless it has written `steps` times into this leaf, and the engine has counted it."""
    way = written_through(answer, "data", "numpy")
    if way:
        reject("data", what="what it writes through", came_out=f".{way}", expected="the leaf itself")
    if w._version < steps:
        same = all(tensor is w for tensor, _ in met[-steps:])
        counted = f"{w._version} write{'s' * (w._version != 1)} counted"
        expected = f"{steps} write{'s' * (steps != 1)}, one for each step"
        what = "writes into the leaf that is returned"
        reject("data" if same else "new_leaf", what=what, came_out=counted, expected=expected)


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


UPDATE = "with torch.no_grad():\n    w -= lr * w.grad"

fix_the_descent.wrong("not_required", descent("with torch.no_grad():\n    w = w - lr * w.grad"))
fix_the_descent.wrong(
    "not_required", descent("with torch.no_grad():\n    w = w - lr * w.grad", note="losses.append(loss)")
)
fix_the_descent.wrong("not_required", descent("w = (w - lr * w.grad).detach()"))
fix_the_descent.wrong("not_required", replace=("return w, losses", "return w.detach(), losses"))
fix_the_descent.wrong("folk", descent("w = w - lr * w.grad"))
fix_the_descent.wrong("folk", descent("w = w - lr * w.grad", note="losses.append(loss)", clear="pass"))
fix_the_descent.wrong("in_place", descent("w -= lr * w.grad"))
fix_the_descent.wrong("in_place", descent("w.sub_(lr * w.grad)", note="losses.append(loss)"))
fix_the_descent.wrong(
    "no_graph",
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
fix_the_descent.wrong("empty", descent("w.grad = None\n" + UPDATE, clear="pass"))
fix_the_descent.wrong("empty", descent("with torch.no_grad():\n    w -= w.grad * lr", note="w.grad = None"))
fix_the_descent.wrong("new_leaf", descent("w = (w - lr * w.grad).detach().requires_grad_()"))
fix_the_descent.wrong("new_leaf", descent("with torch.no_grad():\n    w = w - lr * w.grad\nw.requires_grad_()"))
fix_the_descent.wrong("new_leaf", descent("w = torch.tensor((w - lr * w.grad).item(), requires_grad=True)"))
fix_the_descent.wrong("data", descent("w.data -= lr * w.grad"))
fix_the_descent.wrong("data", descent("w.data = w.data - lr * w.grad"))
fix_the_descent.wrong("data", descent("w.data.sub_(lr * w.grad)"))
fix_the_descent.wrong(
    "data", descent("w.detach().numpy()[()] -= (lr * w.grad).item()\nwith torch.no_grad():\n    w += 0")
)
fix_the_descent.wrong("history", descent(UPDATE, note="losses.append(loss)"))
fix_the_descent.wrong("numbers", descent(UPDATE, note="losses.append(loss.detach())"))
fix_the_descent.wrong("stale", descent(UPDATE, clear="pass"))
fix_the_descent.wrong("uphill", descent("with torch.no_grad():\n    w += lr * w.grad"))
fix_the_descent.wrong("late", descent(UPDATE + "\nlosses.append(loss_at(w).item())", note="pass"))
fix_the_descent.wrong("no_lr", replace=("lr * w.grad", "w.grad"))
fix_the_descent.wrong("fixed", replace=("lr *", "0.25 *"))
fix_the_descent.wrong("type", replace=("return w, losses", "return w.item(), losses"))
fix_the_descent.wrong("type", replace=("return w, losses", "return w"))
fix_the_descent.wrong("none", replace=("return w, losses", "print(w, losses)"))
fix_the_descent.wrong("raised", replace=("loss_at(w)", "loss_at()"))
fix_the_descent.wrong("raised", replace=("w.grad = None", "w.gradient.zero_()"))
fix_the_descent.wrong("left", replace=("with torch.no_grad():", "if not torch.set_grad_enabled(False):"))
fix_the_descent.wrong("value", replace=("range(steps)", "range(min(steps, 10))"))
fix_the_descent.wrong("one_more", replace=("range(steps)", "range(steps + 1)"))
fix_the_descent.wrong("one_less", replace=("range(steps)", "range(1, steps)"))
fix_the_descent.wrong("value", replace=("lr *", "abs(lr) * w.sign() *"))
fix_the_descent.wrong(
    "again",
    """
    kept = fixed_descend.__dict__
    w = kept.setdefault("w", torch.tensor(start, requires_grad=True))
    losses = []
    with torch.no_grad():
        w.fill_(start)
    for _ in range(steps):
        loss = loss_at(w)
        loss.backward()
        losses.append(loss.item())
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
    return w, losses
    """,
)

fix_the_descent.also_right(descent("with torch.no_grad():\n    w[...] = w - lr * w.grad"))
fix_the_descent.also_right(descent("with torch.no_grad():\n    w.copy_(w - lr * w.grad)", clear="w.grad.zero_()"))
fix_the_descent.also_right(
    """
    w, losses = torch.tensor(start).requires_grad_(), []
    optimizer = torch.optim.SGD([w], lr=lr)
    while len(losses) < steps:
        optimizer.zero_grad()
        loss = loss_at(w)
        losses += [float(loss)]
        loss.backward()
        optimizer.step()
    return (w, losses)
    """
)
fix_the_descent.also_right(
    """
    w, losses = torch.tensor(start, requires_grad=True), []
    for _ in range(steps):
        copy = w.detach().clone().requires_grad_()
        loss = loss_at(copy)
        losses.append(loss.item())
        with torch.no_grad():
            w -= lr * torch.autograd.grad(loss, copy)[0]
    return w, losses
    """
)
fix_the_descent.also_right(
    """
    @torch.no_grad()
    def update(t):
        t.sub_(t.grad.data, alpha=lr)
        t.grad = None

    w = torch.tensor(start, requires_grad=True)
    losses = [0.0] * steps
    for number in range(steps):
        loss = loss_at(w)
        losses[number] = loss.tolist()
        loss.backward(retain_graph=True)
        update(w)
    return w, losses
    """
)
for swapped, reason in (
    ("w = torch.tensor(start, requires_grad=True) | losses = []", "neither of the two lines needs the other"),
    ("loss.backward() | losses.append(loss.item())", "the loss has its number before the pass and after it"),
    (
        "losses.append(loss.item()) | with torch.no_grad(): | w -= lr * w.grad",
        "the loss was computed before the step, and keeps its number",
    ),
):
    fix_the_descent.equivalent(f"swapped: {swapped}", because=reason)


class Leak(Exception):
    """Raised in a function that `unrecorded` is given."""


class Burst(BaseException):
    """The same, but not an Exception."""


@lesson.exercise(
    3,
    right="The block is entered at each call, and puts back what it found.",
    hints={
        "early": "The function ran when unrecorded(function) was made. It should wait for its own call.",
        "recorded": "Inside the function, recording was on. Is the block still open when the function is called?",
        "detached": "The result doesn't require grad, but inside the function recording was on, and took its memory.",
        "argument": "The function should be given the argument itself.",
        "other_result": "What the function returned should be returned as it is.",
        "left_off": "Recording was on before the call, and is off after it. What puts the mode back?",
        "exception": "The function raised an error, and nobody put the mode back.",
        "some_errors": "After some errors the mode is put back, and after others not. Which does an `except` let pass?",
        "swallowed": "The function raised an error, and whoever called it never heard of it.",
        "other_error": "The error that comes out is another than the function raised. It should come through as it is.",
        "switched_on": "Recording was off before the call, and is on after it. The mode should be as it was.",
        "not_once": "Each call should call the function once.",
        "shared": "A call within a call has changed the mode for good. Has every call a block of its own?",
    },
)
def own_decorator(unrecorded: Function, torch: Any) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    met: list[tuple[Any, bool]] = []

    def product(x: Any) -> Any:
        met.append((x, torch.is_grad_enabled()))
        return x * w

    def as_it_is(x: Any) -> Any:
        met.append((x, torch.is_grad_enabled()))
        return x

    wrapped: dict[Any, Any] = {}
    with case("unrecorded(product)"):
        for function in (product, as_it_is):
            wrapped[function] = call(unrecorded, function, twice=False)
            if met:
                reject("early", came_out="product has been called")
            if wrapped[function] is None:
                reject("none")
            if not callable(wrapped[function]):
                reject("type", came_out=show(wrapped[function]), expected="a function")
    if len(wrapped) < 2 or not all(map(callable, wrapped.values())):
        return

    quiet = wrapped[product]
    same, other = torch.tensor(2.0, requires_grad=True), torch.tensor([-5.0, 0.0], requires_grad=True)
    for x, told in ((same, "x"), (same, "x, called again"), (other, "x of two numbers")):
        with case(f"unrecorded(product)({told})"):
            got = _one_call(quiet, x, met, torch)
            value = got.detach() if is_tensor(got) else got
            expect(value, x.detach() * 3)
            if got.requires_grad:
                reject("other_result", came_out=show(got), expected=show(value))
    for told, value in (("None", None), ("'a text'", "a text"), ("a list", [1, 2]), ("x", w), ("2 * x", 2 * w)):
        with case(f"unrecorded(a function that returns its argument)({told})"):
            got = _one_call(wrapped[as_it_is], value, met, torch)
            if got is not value:
                reject("other_result", came_out=show(got), expected=show(value))
    with torch.no_grad(), case("unrecorded(product)(x), called with recording off"):
        _one_call(quiet, torch.tensor(4.0, requires_grad=True), met, torch)

    def switches(x: Any) -> Any:
        met.append((x, torch.is_grad_enabled()))
        torch.set_grad_enabled(True)
        return x

    with torch.no_grad(), case("unrecorded(a function that switches recording on)(x), called with recording off"):
        _one_call(call(unrecorded, switches, twice=False), w, met, torch)

    for error in (Leak("leak"), RuntimeError("leak"), KeyError("leak"), StopIteration(), Burst("leak"), SystemExit(1)):
        with case(f"unrecorded(a function that raises {type(error).__name__})(x)"):
            _raising_call(unrecorded, error, torch)
    with torch.no_grad(), case("unrecorded(a function that raises Leak)(x), called with recording off"):
        _raising_call(unrecorded, Leak("leak"), torch)

    with case("unrecorded(nested)(3), where nested calls unrecorded(nested)(2), and so on"):
        depths: list[tuple[int, bool]] = []

        def nested(depth: int) -> int:
            depths.append((depth, torch.is_grad_enabled()))
            if depth:
                quiet_nested(depth - 1)
                depths.append((depth, torch.is_grad_enabled()))
            return depth

        quiet_nested = call(unrecorded, nested, twice=False)
        after = _mode_after(quiet_nested, 3, torch)[1]
        if not after or any(mode for _, mode in depths):
            modes = [mode for _, mode in depths]
            came_out = "recording is off" if not after else f"recording inside: {show(modes)}"
            reject("shared", what="afterwards", came_out=came_out, expected="recording is on, as before")


def _one_call(quiet: Function, x: Any, met: list[tuple[Any, bool]], torch: Any) -> Any:
    """Call the answer's function, see that it calls its own once, unrecorded, and return what it returns."""
    met.clear()
    before = torch.is_grad_enabled()
    got, after = _mode_after(quiet, x, torch)
    if len(met) != 1:
        reject("not_once", what="calls of the function", came_out=str(len(met)), expected="1")
    given, recording = met[0]
    if recording:
        required = is_tensor(got) and got.requires_grad
        reject("recorded" if required else "detached", what="inside", came_out="recording is on", expected="off")
    if given is not x:
        reject("argument", what="what the function was given", came_out=f"another object: {show(given)}")
    _reject_mode(before, after)
    return got


def _mode_after(quiet: Function, x: Any, torch: Any) -> tuple[Any, bool]:
    """What a call returns, and whether recording is on after it; then the mode is put back."""
    before, modes = torch.is_grad_enabled(), []

    def called(x: Any) -> Any:
        result = quiet(x)
        modes.append(torch.is_grad_enabled())
        torch.set_grad_enabled(before)
        return result

    return call(called, x, twice=False, source=quiet), modes[-1]


def _raising_call(unrecorded: Function, error: BaseException, torch: Any) -> None:
    """Reject the answer unless an error comes through it as it is, and the mode is put back."""
    before, modes, errors = torch.is_grad_enabled(), [], []

    def leak(x: Any) -> Any:
        raise error

    quiet = call(unrecorded, leak, twice=False)

    def called(x: Any) -> Any:
        result = None
        try:
            result = quiet(x)
        except type(error) as raised:
            errors.append(raised)
        modes.append(torch.is_grad_enabled())
        torch.set_grad_enabled(before)
        return result

    got = call(called, torch.tensor(1.0), twice=False, source=unrecorded)
    if not errors:
        reject("swallowed", came_out=f"no error; it returned {show(got)}", expected=type(error).__name__)
    if errors[0] is not error:
        reject("other_error", came_out=f"another {type(error).__name__}", expected="the error that was raised")
    if before and not modes[-1]:
        reject("exception", what="afterwards", came_out="recording is off", expected="on, as before")
    _reject_mode(before, modes[-1])


def _reject_mode(before: bool, after: bool) -> None:
    words = {True: "on", False: "off"}
    if before != after:
        came_out, expected = f"recording is {words[after]}", f"{words[before]}, as before"
        reject("left_off" if before else "switched_on", what="afterwards", came_out=came_out, expected=expected)


def quiet(*lines: str) -> str:
    """An answer that makes and returns a function of these lines."""
    return "\n".join(["def quiet(x):", *(f"    {line}" for line in lines), "return quiet"])


own_decorator.wrong("early", "with torch.no_grad():\n    result = function(torch.tensor(2.0))\nreturn lambda x: result")
own_decorator.wrong("recorded", "with torch.no_grad():\n    return function")
own_decorator.wrong("recorded", "with torch.no_grad():\n    return lambda x: function(x)")
own_decorator.wrong("recorded", "torch.no_grad()\nreturn function")
own_decorator.wrong("recorded", quiet("with torch.no_grad():", "    pass", "return function(x)"))
own_decorator.wrong("recorded", quiet("torch.no_grad()", "return function(x)"))
own_decorator.wrong("detached", quiet("return function(x).detach()"))
own_decorator.wrong("detached", quiet("result = function(x)", "with torch.no_grad():", "    return result * 1"))
own_decorator.wrong("recorded", quiet("return function(x.detach())"))
own_decorator.wrong("argument", quiet("with torch.no_grad():", "    return function(x.detach())"))
own_decorator.wrong("argument", quiet("with torch.no_grad():", "    return function(x * 1)"))
own_decorator.wrong("other_result", quiet("with torch.no_grad():", "    return function(x).requires_grad_()"))
own_decorator.wrong("other_result", quiet("with torch.no_grad():", "    return function(x).clone()"))
own_decorator.wrong("left_off", quiet("torch.set_grad_enabled(False)", "return function(x)"))
own_decorator.wrong("left", "torch.set_grad_enabled(False)\nreturn function")
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
    "some_errors",
    quiet(
        "before = torch.is_grad_enabled()",
        "torch.set_grad_enabled(False)",
        "try:",
        "    result = function(x)",
        "except Exception:",
        "    torch.set_grad_enabled(before)",
        "    raise",
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
own_decorator.wrong(
    "swallowed",
    quiet(
        "with torch.no_grad():", "    try:", "        return function(x)", "    except RuntimeError:", "        pass"
    ),
)
own_decorator.wrong(
    "swallowed",
    quiet("with torch.no_grad():", "    try:", "        return function(x)", "    finally:", "        return"),
)
own_decorator.wrong(
    "other_error",
    quiet(
        "with torch.no_grad():",
        "    try:",
        "        return function(x)",
        "    except Exception as error:",
        "        raise type(error)(*error.args)",
    ),
)
own_decorator.wrong(
    "other_error",
    quiet(
        "with torch.no_grad():",
        "    try:",
        "        return function(x)",
        "    except Exception as error:",
        "        raise RuntimeError(str(error))",
    ),
)
own_decorator.wrong("not_once", quiet("with torch.no_grad():", "    function(x)", "    return function(x)"))
own_decorator.wrong(
    "not_once",
    """
    results = {}

    def quiet(x):
        with torch.no_grad():
            if "last" not in results:
                results["last"] = function(x)
            return results["last"]

    return quiet
    """,
)
own_decorator.wrong(
    "shared",
    """
    guard = torch.no_grad()

    def quiet(x):
        with guard:
            return function(x)

    return quiet
    """,
)
own_decorator.wrong("changed", quiet("x.requires_grad_(False)", "with torch.no_grad():", "    return function(x)"))
own_decorator.wrong("none", "def quiet(x):\n    with torch.no_grad():\n        return function(x)")
own_decorator.wrong("none", quiet("with torch.no_grad():", "    function(x)"))
own_decorator.wrong("raised", quiet("with torch.no_grad():", "    return function()"))
own_decorator.wrong("type", quiet("with torch.no_grad():", "    return float(function(x))"))

own_decorator.also_right("return torch.no_grad()(function)")
own_decorator.also_right(
    """
    @torch.no_grad()
    def quiet(*args, **kwargs):
        return function(*args, **kwargs)

    return quiet
    """
)
own_decorator.also_right(
    quiet(
        "before = torch.is_grad_enabled()",
        "torch.set_grad_enabled(False)",
        "try:",
        "    return function(x)",
        "finally:",
        "    torch.set_grad_enabled(before)",
    )
)
own_decorator.also_right(quiet("with torch.set_grad_enabled(False):", "    return function(x)"))
own_decorator.also_right(
    """
    import functools

    class Quiet:
        def __init__(self, f):
            functools.update_wrapper(self, f)
            self.f = f

        def __call__(self, x):
            mode = torch.no_grad()
            mode.__enter__()
            try:
                result = self.f(x)
            except:
                mode.__exit__(None, None, None)
                raise
            else:
                mode.__exit__(None, None, None)
                return result

    return Quiet(function)
    """
)


@lesson.exercise(
    4,
    right="What came before is taken as given: its numbers count, and its past is gone.",
    hints={
        "nothing": "The result has no graph. Which stretch runs last, and was it recorded?",
        "everything": "These are the gradients of all weeks. Nothing has been left out.",
        "one_week": "Only the last week is in the graph: something cuts it in every week.",
        "off_by_one": "One week too many or too few is in the graph.",
        "exchanged": "It looks as if the numbers of recorded and unrecorded weeks have changed places.",
        "leaf": "Behind the result is another leaf, beside growth and skim. A number taken as given is enough.",
        "forced": "No week should be recorded here, and the result requires grad.",
        "short": "This is the cover after the recorded weeks alone. The others have to be computed as well.",
        "others": "It looks as if 1.5 and 2.0, the notebook's growth and skim, were used in place of those given.",
        "first": "The weeks in the graph are the first ones, not the last. Which stretch should be recorded?",
        "before": "This is the cover before the recorded weeks. They have to be computed as well.",
        "longer": "The graph grows with the weeks that should not be in it.",
    },
)
def short_memory(last_weeks: Function, torch: Any) -> None:
    cases = [
        (1.5, 2.0, 9, 3),
        (1.25, 0.5, 4, 4),
        (0.75, -1.5, 5, 1),
        (1.1, 3.0, 7, 2),
        (-0.5, 1.0, 1, 1),
        (1.5, 2.0, 3, 0),
        (0.9, 0.25, 12, 11),
        (1.3, 1.75, 1, 0),
        (1.05, 0.4, 40, 20),
        (0.5, 4.0, 12, 0),
    ]
    for number, (rate, loss, weeks, recorded) in enumerate(cases):
        growth, skim = torch.tensor(rate, requires_grad=True), torch.tensor(loss, requires_grad=number != 3)
        constant = "" if skim.requires_grad else ", which doesn't require grad"
        with case(f"last_weeks(growth, skim, {weeks}, {recorded}), growth {rate}, skim {loss}{constant}"):
            with with_globals(last_weeks, pond=pond):
                got = call(last_weeks, growth, skim, weeks, recorded)
            cover = torch.tensor(8.0)
            for week in range(weeks):
                cover = (cover if week > weeks - recorded else cover.detach()) * growth - skim
            size = max(8.0, abs(loss), abs(cover.item()))
            expect(got.detach() if is_tensor(got) else got, cover.detach(), scale=size)
            if not recorded:
                if got.requires_grad:
                    reject("forced", came_out=show(got), expected=show(cover.detach()))
                continue
            if not got.requires_grad:
                reject("nothing", came_out=show(got), expected="a graph of the last weeks")
            leaves = leaves_behind(got)
            if any(leaf is not growth and leaf is not skim for leaf in leaves):
                reject("leaf", what="the leaves behind it", came_out=show(leaves))
            taken = weeks - recorded

            def last(growth: Any, skim: Any, taken: int = taken, recorded: int = recorded) -> Any:
                cover = torch.tensor(8.0)
                for week in range(taken + recorded):
                    cover = (cover if week > taken else cover.detach()) * growth - skim
                return cover

            expect_gradients(got, last, {"growth": growth, "skim": skim}, scale=size * recorded)
    with case("the nodes behind last_weeks(growth, skim, 30, 2) and last_weeks(growth, skim, 3, 2)"):
        growth, skim = (torch.tensor(number, requires_grad=True) for number in (1.1, 0.5))
        numbers = []
        for weeks in (30, 3):
            with with_globals(last_weeks, pond=pond):
                got = call(last_weeks, growth, skim, weeks, 2, twice=False)
            expect(got.detach() if is_tensor(got) else got, torch.tensor(cover_after(1.1, 0.5, weeks)), scale=8.0)
            numbers.append(len(nodes_behind(got)))
        if numbers[0] != numbers[1]:
            reject("longer", came_out=f"{numbers[0]} and {numbers[1]}", expected="the same number")


def pond(growth: Any, skim: Any, weeks: int, cover: Any = 8.0) -> Any:
    """The notebook's function of this name, as it is before anybody changes it."""
    for _ in range(weeks):
        cover = cover * growth - skim
    return cover


def cover_after(growth: float, skim: float, weeks: int) -> float:
    """The cover, in numbers."""
    cover = 8.0
    for _ in range(weeks):
        cover = cover * growth - skim
    return cover


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
short_memory.wrong(
    "first",
    """
    cover = pond(growth, skim, recorded)
    return pond(growth.detach(), skim.detach(), weeks - recorded, cover)
    """,
)
short_memory.wrong("before", "return pond(growth, skim, weeks - recorded)")
short_memory.wrong(
    "before",
    """
    cover = pond(growth, skim, weeks)
    with torch.no_grad():
        cover = pond(growth, skim, weeks - recorded)
    return cover
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
    "everything", replace=("return pond(growth, skim, recorded, cover)", "return pond(growth, skim, weeks)")
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
    "exchanged",
    """
    with torch.no_grad():
        cover = pond(growth, skim, recorded)
    return pond(growth, skim, weeks - recorded, cover)
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
    "leaf",
    """
    given = [t.detach().requires_grad_() for t in (growth, skim)]
    with torch.no_grad():
        cover = pond(growth, skim, weeks - recorded)
    return pond(*given, recorded, cover)
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
short_memory.wrong(
    "short",
    """
    with torch.no_grad():
        pond(growth, skim, weeks - recorded)
    return pond(growth, skim, recorded)
    """,
)
short_memory.wrong(
    "others",
    """
    variables = last_weeks.__globals__
    with torch.no_grad():
        cover = pond(variables["growth"], variables["skim"], weeks - recorded)
    return pond(growth, skim, recorded, cover)
    """,
)
short_memory.wrong(
    "longer",
    """
    with torch.no_grad():
        cover = pond(growth, skim, weeks - recorded)
    cover = pond(growth, skim, recorded, cover)
    return cover + 0 * pond(growth, skim, weeks - recorded) if recorded else cover
    """,
)
short_memory.wrong("changed", "growth.requires_grad_(False)\nreturn pond(growth, skim, recorded)")
short_memory.wrong(
    "changed", replace=("return", "growth.grad = None if growth.grad is not None else growth * 0\nreturn")
)
short_memory.wrong(
    "none",
    """
    with torch.no_grad():
        cover = pond(growth, skim, weeks - recorded)
    cover = pond(growth, skim, recorded, cover)
    """,
)
short_memory.wrong("left", replace=("return", "torch.set_grad_enabled(recorded > 2)\nreturn"))
short_memory.wrong("value", replace=("with torch", "if weeks < 2:\n    return torch.tensor(0.0)\nwith torch"))
short_memory.wrong("gradient", replace=("with torch", "recorded = min(recorded, 4)\nwith torch"))
short_memory.wrong("type", replace=("return pond(growth, skim, recorded, cover)", "return cover.item()"))
short_memory.wrong("raised", replace=("recorded, cover)", "recorded, cover, 8.0)"))

short_memory.also_right(
    """
    cover = pond(growth, skim, weeks - recorded)
    cover = torch.as_tensor(cover).detach()
    return pond(growth, skim, recorded, cover)
    """
)
short_memory.also_right(
    """
    cover = torch.tensor(8.0)
    for week in range(weeks):
        with torch.set_grad_enabled(week >= weeks - recorded):
            cover = cover * growth - skim
    return cover
    """
)
short_memory.also_right(
    """
    cover = torch.tensor(pond(growth.item(), skim.item(), weeks - recorded))
    for _ in range(recorded):
        cover = torch.sub(torch.mul(growth, cover), skim)
    return cover
    """
)
short_memory.also_right(
    """
    def weeks_left(cover, left):
        if not left:
            return cover
        now, loss = (growth, skim) if left <= recorded else (growth.detach(), skim.detach())
        return weeks_left(cover * now + loss.neg(), left - 1)

    return weeks_left(torch.tensor(8.0), weeks)
    """
)
short_memory.also_right(
    """
    @torch.no_grad()
    def before():
        return pond(growth, skim, weeks - recorded)

    return pond(growth, skim, recorded, before())
    """
)
