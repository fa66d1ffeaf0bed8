"""`why` names what keeps a gradient from a tensor, and the line, under both libraries.

Every cause has a program, with `# here` on the line that `why` must name.  Random graphs with a random cut check the
place; random healthy graphs check that it stays silent.
"""

import gc
import importlib
import inspect
import warnings
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import minigrad
from minigrad import asking, watch, why
from minigrad.asking.watching import forget

LIBRARIES = ["minigrad", pytest.param("torch", marks=pytest.mark.torch)]
PROGRAMS: list[Any] = []


@pytest.fixture(params=LIBRARIES)
def torch(request: pytest.FixtureRequest) -> Any:
    return importlib.import_module(request.param)


@pytest.fixture(autouse=True)
def _no_warnings() -> Any:
    """Several programs do on purpose what both libraries warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def program(*causes: str, certain: bool = True) -> Callable:
    """A program that must be answered with these causes; of the first one the line is marked `# here`."""

    def add(function: Callable) -> Callable:
        PROGRAMS.append(pytest.param(function, causes, certain, id=function.__name__))
        return function

    return add


def marked_line(function: Callable) -> int | None:
    lines, first = inspect.getsourcelines(function)
    marked = [number for number, line in enumerate(lines, first) if "# here" in line]
    return marked[0] if marked else None


# --- the way is cut


@program("detach")
def detached(torch, w):
    with watch():
        h = w * 2
        h = h.detach()  # here
        loss = (h * h).sum()
    return why(w, loss)


@program("detach")
def detached_in_place(torch, w):
    with watch():
        h = w * 2
        h.detach_()  # here
        loss = (h * h).sum()
    return why(w, loss)


@program("data")
def data(torch, w):
    with watch():
        loss = (w.data * 3).sum()  # here
    return why(w, loss)


@program("no_grad")
def no_grad(torch, w):
    with watch():
        with torch.no_grad():
            h = w * 2  # here
            h = h + 1
        loss = h.sum()
    return why(w, loss)


@program("no_grad")
def no_grad_by_decorator(torch, w):
    @torch.no_grad()
    def encode(w):
        return w * 2  # here

    with watch():
        loss = encode(w).sum()
    answer = why(w, loss)
    assert "by the decorator of encode" in repr(answer)
    return answer


@program("no_grad")
def switched_off_for_good(torch, w):
    with watch():
        torch.set_grad_enabled(False)
        h = w * 2  # here
        torch.set_grad_enabled(True)
        loss = h.sum()
    return why(w, loss)


@program("item")
def item(torch, w):
    with watch():
        total = w.sum().item()  # here
        loss = (torch.ones(3, requires_grad=True) * total).sum()
    return why(w, loss)


@program("item")
def float_of(torch, w):
    with watch():
        total = float(w.sum())  # here
        loss = (torch.ones(3, requires_grad=True) * total).sum()
    return why(w, loss)


@program("item", certain=False)
def item_and_arithmetic_in_python(torch, w):
    with watch():
        total = w.sum().item() * 2 + 1  # here
        loss = torch.tensor(total)
    return why(w, loss)


@program("item")
def tolist(torch, w):
    with watch():
        values = w.tolist()  # here
        loss = torch.tensor(values, requires_grad=True).sum()
    return why(w, loss)


@program("detach", "numpy")
def numpy(torch, w):
    with watch():
        array = w.detach().numpy()  # here
        loss = (torch.tensor(array) * 2).sum()
    return why(w, loss)


@program("numpy", certain=False)
def numpy_and_arithmetic_there(torch, w):
    with watch():
        array = w.detach().numpy()  # here
        loss = torch.from_numpy(array * 2 + 1).sum()
    return why(w, loss)


@program("new_tensor")
def new_tensor(torch, w):
    with watch():
        loss = torch.tensor((w * w).sum(), requires_grad=True)  # here
    return why(w, loss)


@program("new_tensor")
def new_tensor_of_several(torch, w):
    with watch():
        parts = [w[0] * 2, w[1] * 3]
        loss = torch.tensor(parts, requires_grad=True).sum()  # here
    return why(w, loss)


@program("new_tensor")
def parameter_of_a_result(torch, w):
    with watch():
        h = w * 2
        p = torch.nn.Parameter(h)
        loss = (p * p).sum()
    return why(w, loss)


@program("integers")
def argmax(torch, w):
    with watch():
        loss = w.argmax() * 1.0  # here
    return why(w, loss)


@program("integers")
def comparison(torch, w):
    with watch():
        loss = (w > 1.5).float().mean()  # here
    return why(w, loss)


@program("integers")
def long(torch, w):
    with watch():
        labels = w.long()  # here
        loss = (labels * 0.5).sum()
    return why(w, loss)


@program("detach", "no_grad", "integers")
def several_causes_at_once(torch, w):
    with watch():
        h = (w * 2).detach()  # here
        with torch.no_grad():
            h = h + 1
        loss = (h > 2).float().sum()
    return why(w, loss)


@program("copy")
def deep_copy(torch, w):
    import copy

    with watch():
        twin = copy.deepcopy(w)  # here
        loss = (twin * twin).sum()
    return why(w, loss)


# --- the gradient is there, and zero


@program("stairs")
def rounded(torch, w):
    with watch():
        loss = (w * 1.3).round().sum()  # here
        loss.backward()
    return why(w, loss)


@program("stairs")
def signs(torch, w):
    with watch():
        loss = w.sign().sum()  # here
        loss.backward()
    return why(w, loss)


@program("dead")
def dead_relu(torch, w):
    with watch():
        loss = (w - 5).relu().sum()  # here
        loss.backward()
    return why(w, loss)


@program("saturated")
def saturated_sigmoid(torch, w):
    with watch():
        loss = (w * 1000).sigmoid().sum()  # here
        loss.backward()
    return why(w, loss)


@program("saturated")
def saturated_tanh(torch, w):
    with watch():
        loss = (w * 1000).tanh().sum()  # here
        loss.backward()
    return why(w, loss)


@program("times_zero")
def multiplied_by_zeros(torch, w):
    with watch():
        loss = (w * torch.zeros(2)).sum()  # here
        loss.backward()
    return why(w, loss)


@program("times_zero")
def matrix_of_zeros(torch, w):
    with watch():
        loss = (torch.zeros(3, 2) @ w).sum()  # here
        loss.backward()
    return why(w, loss)


@program("branch")
def unused_branch(torch, w):
    with watch():
        loss = torch.where(w > 100, w * 2, torch.zeros(2)).sum()  # here
        loss.backward()
    return why(w, loss)


@program("clamped")
def clamped(torch, w):
    with watch():
        loss = w.clamp(5, 6).sum()  # here
        loss.backward()
    return why(w, loss)


@program("dead")
def dead_relu_without_watch(torch, w):
    loss = (w - 5).relu().sum()
    loss.backward(retain_graph=True)
    return why(w, loss)


# --- the tensor itself


@program("no_floats")
def whole_numbers(torch, w):
    return why(torch.tensor([1, 2]))


@program("requires_grad_off")
def without_requires_grad(torch, w):
    v = torch.ones(2)
    with watch():
        loss = (w * v).sum()
        loss.backward()
    return why(v, loss)


@program("frozen")
def frozen(torch, w):
    with watch():
        w.requires_grad_(False)  # here
        loss = (w * w).sum()
    return why(w, loss)


@program("frozen")
def frozen_by_attribute(torch, w):
    with watch():
        w.requires_grad = False  # here
        loss = (w * w).sum()
    return why(w, loss)


@program("late")
def required_too_late(torch, w):
    v = torch.ones(2)
    with watch():
        loss = (w * v).sum()  # here
        v.requires_grad_()
        loss.backward()
    return why(v, loss)


@program("replaced")
def updated_by_assignment(torch, w):
    with watch():
        for _ in range(2):
            loss = (w * w).sum()
            loss.backward()
            w = w - 0.1 * torch.ones(2)  # here
    return why(w)


@program("replaced")
def updated_by_assignment_under_no_grad(torch, w):
    with watch():
        loss = (w * w).sum()
        loss.backward()
        with torch.no_grad():
            w = w - 0.1 * w.grad  # here
        loss = (w * w).sum()
    return why(w, loss)


@program("replaced")
def converted(torch, w):
    with watch():
        w = w.double()  # here
        loss = (w * w).sum()
        loss.backward()
    return why(w, loss)


@program("not_leaf")
def result_of_an_operation(torch, w):
    with watch():
        h = w * 2  # here
        loss = (h * h).sum()
        loss.backward()
    return why(h, loss)


# --- use, passes and the optimizer


@program("not_used")
def never_used(torch, w):
    with watch():
        loss = (torch.ones(2, requires_grad=True) * 3).sum()
    return why(w, loss)


@program("no_backward")
def backward_not_called(torch, w):
    with watch():
        loss = (w * w).sum()
    return why(w, loss)


@program("used_up")
def graph_used_up(torch, w):
    loss = (w * w).sum()
    loss.backward()
    w.grad = None
    return why(w, loss)


@program("cleared")
def cleared_before_the_step(torch, w):
    optimizer = torch.optim.SGD([w], 0.1)
    with watch():
        loss = (w * w).sum()
        loss.backward()
        optimizer.zero_grad()  # here
        optimizer.step()
    return why(w, loss, optimizer=optimizer)


@program("cleared")
def cleared_by_hand(torch, w):
    with watch():
        loss = (w * w).sum()
        loss.backward()
        w.grad.zero_()  # here
    return why(w, loss)


@program("not_in_optimizer")
def not_in_the_optimizer(torch, w):
    v = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([v], 0.1)
    with watch():
        loss = (w * v).sum()
        loss.backward()
    return why(w, loss, optimizer=optimizer)


@program("no_rate")
def no_learning_rate(torch, w):
    optimizer = torch.optim.SGD([w], 0.0)
    loss = (w * w).sum()
    loss.backward()
    return why(w, loss, optimizer=optimizer)


# --- nan


@program("nan")
def log_of_zero(torch, w):
    with watch():
        h = (w - 1).log()  # here
        loss = (h * 0).sum()
        loss.backward()
    return why(w, loss)


@program("nan_input")
def nan_in_the_data(torch, w):
    with watch():
        x = torch.tensor([1.0, float("nan")])  # here
        loss = (w * x).sum()
        loss.backward()
    return why(w, loss)


@program("nan_gradient", certain=False)
def root_of_zero(torch, w):
    with watch():
        h = (w * 0).sqrt()  # here
        loss = h.sum()
        loss.backward()
    return why(w, loss)


# --- without watch: what graph and tensors say, and that watch would tell more


@program("no_graph")
def detached_without_watch(torch, w):
    loss = (w.detach() * 2).sum()
    answer = why(w, loss)
    assert "with watch():" in repr(answer)
    return answer


@program("not_in_graph")
def not_in_the_graph_without_watch(torch, w):
    loss = (w.detach() * torch.ones(2, requires_grad=True)).sum()
    answer = why(w, loss)
    assert "with watch():" in repr(answer)
    return answer


@pytest.mark.parametrize(("function", "causes", "certain"), PROGRAMS)
def test_each_cause_is_named_with_its_line(torch: Any, function: Any, causes: tuple, certain: bool) -> None:
    forget()
    answer = function(torch, torch.tensor([1.0, 2.0], requires_grad=True))
    assert tuple(answer.causes) == causes
    first = answer.findings[0]
    line = marked_line(function)
    if line is not None:
        assert first.place is not None
        assert (first.place.file, first.place.line) == (__file__, line)
        assert "# here" in repr(answer)
    if first.cause != "new_tensor":  # a Parameter's origin is concluded from shared memory under PyTorch
        assert first.certain is certain
    assert first.advice in repr(answer)


def test_every_cause_has_a_program() -> None:
    shown = {cause for each in PROGRAMS for cause in each.values[1]}
    elsewhere = {
        "too_large",
        "inference_mode",
        "function",
        "unknown",
        "out_of_sight",
        "zero",
        "nan_unknown",
        "no_pass_seen",
    }
    assert shown | elsewhere == set(asking.CAUSES)
    assert not shown & elsewhere


# --- random graphs

CUTS: dict[str, Callable] = {
    "detach": lambda torch, t: t.detach(),
    "data": lambda torch, t: t.data,
    "new_tensor": lambda torch, t: torch.tensor(t),
    "integers": lambda torch, t: (
        t > 0.3  # a line of its own, as the others
    ),
    "no_grad": lambda torch, t: without_recording(torch, t),
}
SMOOTH: list[Callable] = [
    lambda x, y: x + y,
    lambda x, y: x * y,
    lambda x, y: x - 0.5 * y,
    lambda x, y: x.sin() + 1.1,
    lambda x, y: (x * x + 1).sqrt(),
    lambda x, y: x.tanh() * 0.7,
    lambda x, y: (x * 0.2).exp(),
    lambda x, y: x.reshape(2, 1).reshape(2),
]


def without_recording(torch: Any, t: Any) -> Any:
    with torch.no_grad():
        return t * 1.5


@st.composite
def graphs(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """Steps: which function, and which two of the values before."""
    steps = []
    for number in range(draw(st.integers(1, 12))):
        first = draw(st.integers(max(0, number - 2), number + 1))
        steps.append((draw(st.integers(0, len(SMOOTH) - 1)), first, draw(st.integers(0, number + 1))))
    return steps


def run(torch: Any, steps: list, cut: str | None, place: int) -> tuple:
    """Runs a random graph on w; after step `place` comes the cut. Returns what is truly so beside w and the loss."""
    w = torch.tensor([0.4, 0.9], requires_grad=True)
    other = torch.tensor([0.3, -0.7], requires_grad=True)
    values, depends, has_way = [w, other], [True, False], [True, False]
    for number, (function, first, second) in enumerate(steps):
        used = (first, second) if function < 3 else (first,)
        values.append(SMOOTH[function](values[first], values[second]))
        depends.append(any(depends[i] for i in used))
        has_way.append(any(has_way[i] for i in used))
        if cut is not None and number == place:
            values[-1] = CUTS[cut](torch, values[-1])
            if cut == "integers":
                values[-1] = values[-1].float()
            has_way[-1] = False
    return w, values[-1].sum(), depends[-1], has_way[-1]


@given(steps=graphs(), cut=st.sampled_from(sorted(CUTS)), place=st.integers(0, 11), data=st.data())
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_random_cut_in_a_random_graph_is_found(library: str, steps: list, cut: str, place: int, data: Any) -> None:
    torch = importlib.import_module(library)
    place %= len(steps)
    with warnings.catch_warnings(), watch():
        warnings.simplefilter("ignore")
        w, loss, depends, has_way = run(torch, steps, cut, place)
    answer = why(w, loss)
    if has_way:
        assert set(answer.causes) <= {"no_backward", "times_zero"}
    elif depends:
        assert answer.causes == [cut], answer
        code = without_recording.__code__ if cut == "no_grad" else CUTS[cut].__code__
        found = answer.findings[0].place
        assert found is not None
        assert found.line in {line for *_, line in code.co_lines() if line}
    else:
        assert answer.causes == ["not_used"]


@given(steps=graphs())
@pytest.mark.parametrize("library", LIBRARIES)
def test_nothing_is_found_in_healthy_graphs(library: str, steps: list) -> None:
    torch = importlib.import_module(library)
    with watch():
        w, loss, _, has_way = run(torch, steps, None, 0)
        loss.backward()
    if has_way and bool((w.grad != 0).any()):
        assert why(w, loss).findings == []
        assert why(w).findings == []


# --- what watching costs


def test_no_tensor_is_kept_alive(torch: Any) -> None:
    """The tape knows tensors by weak references; what it keeps of a large one is two numbers."""
    with watch() as seen:
        w = torch.ones(100_000, requires_grad=True)
        h = w * 2
        loss = (h * h).sum()
        loss.backward()
        alive = [weakref.ref(h), weakref.ref(w), weakref.ref(loss)]
    del h, w, loss
    gc.collect()
    assert [ref() for ref in alive] == [None, None, None]
    assert len(seen.tape.steps) > 2


def test_minigrad_is_the_same_after_a_watch() -> None:
    """No cost while nothing is watched: functions, methods and properties are the very same objects."""
    holders = [minigrad, minigrad.Tensor, minigrad.nn.functional, minigrad.nn.Parameter, minigrad.nn.Module,
               minigrad.optim.Optimizer, minigrad.autograd, minigrad.autograd.Function, minigrad.grad_mode]  # fmt: skip
    before = [dict(vars(holder)) for holder in holders]
    with watch():
        assert vars(minigrad.Tensor)["mul"] is not before[1]["mul"]
    for holder, names in zip(holders, before, strict=True):
        assert {name: vars(holder)[name] for name in names} == names
        assert all(vars(holder)[name] is thing for name, thing in names.items())


def test_a_watch_ends_with_an_error_and_can_be_nested(torch: Any) -> None:
    with pytest.raises(ZeroDivisionError), watch():
        1 / 0  # noqa: B018
    w = torch.tensor([1.0], requires_grad=True)
    with watch(), watch():
        loss = w.detach().sum()
    assert why(w, loss).causes == ["detach"]


def test_watching_changes_no_result(torch: Any) -> None:
    def train() -> list:
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
        optimizer = torch.optim.Adam(model.parameters(), 0.01)
        x, losses = torch.randn(8, 3), []
        for _ in range(5):
            optimizer.zero_grad()
            loss = (model(x) ** 2).mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    unwatched = train()
    with watch():
        assert train() == unwatched


def test_a_whole_training_loop_is_healthy(torch: Any) -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with watch():
        for _ in range(3):
            loss = (model(torch.randn(8, 3)) ** 2).mean()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    answer = why(model, loss, optimizer=optimizer)
    assert answer.findings == []
    assert "after the step" in repr(answer)


def test_the_step_of_an_optimizer_of_ones_own_counts(torch: Any) -> None:
    class Plain(torch.optim.Optimizer):
        def step(self, closure: Any = None) -> None:
            with torch.no_grad():
                for group in self.param_groups:
                    for p in group["params"]:
                        p -= 0.1 * p.grad

    w = torch.tensor([1.0, 2.0], requires_grad=True)
    optimizer = Plain([w], {})
    with watch():
        loss = (w * w).sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert why(w, loss, optimizer=optimizer).findings == []


def test_what_is_asked_about_must_be_a_tensor_or_a_module(torch: Any) -> None:
    w = torch.ones(2, requires_grad=True)
    with pytest.raises(TypeError, match="tensor or a module"):
        why([w])
    with pytest.raises(TypeError, match=r"before \.item"):
        why(w, 3.0)


# --- the drawing


def test_the_cut_is_marked_in_picture_and_outline(torch: Any) -> None:
    w, x = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([0.5, 0.5])
    with watch():
        scores = w * x
        fixed = scores.detach()
        loss = (fixed * x).sum()
    drawing = why(w, loss).drawing
    assert drawing is not None
    lines = drawing.outline.splitlines()
    assert lines[0] == "Path from w to loss: 4 operations, 1 leaf"
    (cut,) = (number for number, line in enumerate(lines) if "cut: " in line)
    assert lines[cut - 1].startswith("fixed")
    assert "detach(scores, test_why.py, line " in lines[cut - 1]
    assert drawing.source.count("cut: detach() cuts the path") == 1
    arrows = [line for line in drawing.source.splitlines() if " -> " in line]
    dashed = ["style=dashed" in line for line in arrows]
    assert dashed == [False, False, True, True, True, True, True, True], "the gradient comes no further than the cut"
    html = why(w, loss)._repr_mimebundle_()["text/html"]
    assert "<img " in html or "<pre>Way from" in html
    assert "scores.detach()" in html


def test_of_a_long_way_the_part_around_the_cut_is_drawn(torch: Any) -> None:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    with watch():
        h = w
        for number in range(60):
            h = h.sin() + 1
            if number == 30:
                h = h.detach()
        loss = h.sum()
    drawing = why(w, loss).drawing
    assert drawing is not None
    assert len(drawing.outline.splitlines()) < 30
    assert drawing.outline.count(" steps(") == 2
    assert drawing.outline.count("cut: ") == 1


def test_nothing_is_drawn_where_nothing_is_cut(torch: Any) -> None:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    with watch():
        loss = (w * w).sum()
        loss.backward()
    assert why(w, loss).drawing is None


# --- minigrad's errors, while a watch is open


def message_of(call: Callable) -> str:
    with pytest.raises(RuntimeError) as caught:
        call()
    return str(caught.value)


def test_no_graph_tells_the_line_that_cut_it() -> None:
    w = minigrad.tensor([1.0, 2.0], requires_grad=True)
    with watch():
        loss = (w.detach() * 2).sum()
        message = message_of(loss.backward)
    assert message.startswith("element 0 of tensors does not require grad and does not have a grad_fn")
    assert "loss = (w.detach() * 2).sum()" in message
    assert "detach() cuts the path" in message
    assert "\n" not in message_of(loss.backward), "without a watch the error is the usual one"


def test_a_second_pass_tells_the_line_of_the_first() -> None:
    w = minigrad.tensor([1.0, 2.0], requires_grad=True)
    with watch():
        h = w * w
        h.sum().backward()  # the first pass
        message = message_of(h.sum().backward)
    assert message.startswith("Trying to backward through the graph a second time")
    assert "h.sum().backward()  # the first pass" in message


def test_an_overwritten_value_tells_the_line_that_wrote() -> None:
    w = minigrad.tensor([1.0, 2.0], requires_grad=True)
    with watch():
        h = w.exp()
        loss = (h * h).sum()
        h += 1  # the write
        message = message_of(loss.backward)
    assert "modified by an inplace operation" in message
    assert "h += 1  # the write" in message


def test_functions_that_start_a_pass_tell_it_as_well() -> None:
    w = minigrad.tensor([1.0, 2.0], requires_grad=True)
    with watch():
        good = (w * 2).sum()
        cut = (w.detach() * 2).sum()
        backward = message_of(lambda: minigrad.autograd.backward([good, cut]))
        gradient = message_of(lambda: minigrad.autograd.grad(cut, w))
        h = w * w
        minigrad.autograd.grad(h.sum(), w)  # the first pass
        again = message_of(lambda: minigrad.autograd.grad(h.sum(), w))
    for message in (backward, gradient):
        assert "cut = (w.detach() * 2).sum()" in message
        assert "detach() cuts the path" in message
    assert again.startswith("Trying to backward through the graph a second time")
    assert "minigrad.autograd.grad(h.sum(), w)  # the first pass" in again


def test_a_write_to_a_leaf_tells_where_the_leaf_was_made() -> None:
    with watch():
        w = minigrad.ones(2, requires_grad=True)
        made = message_of(lambda: w.add_(1))
        b = minigrad.ones(2)
        b.requires_grad_()  # from here on
        view = message_of(lambda: b[0].add_(1))
    assert made.startswith("a leaf Variable that requires grad is being used in an in-place operation.")
    assert "w = minigrad.ones(2, requires_grad=True)" in made
    assert "b.requires_grad_()  # from here on" in view
    assert "\n" not in message_of(lambda: w.add_(1)), "without a watch the error is the usual one"


# --- what could mislead


def test_a_pass_from_what_was_computed_from_the_loss_counts(torch: Any) -> None:
    """As with gradients of several batches, or a scaled loss."""
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    optimizer = torch.optim.SGD([w], 0.1)
    with watch():
        loss = (w * w).sum()
        (loss / 4).backward()
        optimizer.step()
        optimizer.zero_grad()
    answer = why(w, loss)
    assert answer.findings == []
    assert "after the step" in repr(answer)


def test_a_mask_of_infinities_is_not_blamed_for_a_nan_from_elsewhere(torch: Any) -> None:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    mask = torch.tensor([0.0, float("-inf")])
    with watch():
        weights = (w + mask).softmax(0)
        loss = weights.sum() + (w - 2).sqrt().sum()
        loss.backward()
    answer = why(w, loss)
    assert [each.what for each in answer.findings] == ["sqrt gave the first nan"]


def test_of_a_nan_that_came_of_an_infinity_both_are_named(torch: Any) -> None:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    with watch():
        high = (w * 1000).exp()
        loss = (high - high).sum()
        loss.backward()
    answer = why(w, loss)
    assert [each.what for each in answer.findings] == ["exp gave the first infinity", "sub gave the first nan"]


def test_what_was_computed_before_the_watch_is_not_denied(torch: Any) -> None:
    """Inside the watch the loss was computed from h alone; whether h depends on w only its graph can tell."""
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    h = w * 2
    with watch():
        loss = h.detach().sum()
    assert why(w, loss).causes == ["detach"]
    gone = (w * 2).detach()
    with watch():
        loss = (gone * 2).sum()
    answer = why(w, loss)
    assert answer.causes == ["not_used"]
    assert "inside the watch" in answer.findings[0].what


def test_a_very_large_graph_is_not_read_to_its_end_and_this_is_said(torch: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(asking.graphs, "MOST_NODES", 50)
    forget()
    w = torch.tensor(1.0, requires_grad=True)
    h = w
    for _ in range(100):
        h = h + 1
    assert why(w, h).causes == ["too_large"]


def test_a_step_that_fails_does_not_blind_the_watch() -> None:
    torch: Any = pytest.importorskip("torch")
    w = torch.tensor([1.0, 2.0], requires_grad=True)

    class Failing(torch.optim.SGD):
        def step(self, closure=None):
            raise ZeroDivisionError

    with watch():
        with pytest.raises(ZeroDivisionError):
            Failing([w], 0.1).step()
        loss = w.detach().sum()
    assert why(w, loss).causes == ["detach"]


# --- in a notebook


def test_in_a_notebook_cell_and_line_are_named(torch: Any) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        shell.run_cell(f"import {torch.__name__} as torch\nfrom minigrad import watch, why", store_history=True)
        shell.run_cell("def encode(w):\n    h = w * 2\n    return h.detach()", store_history=True)
        shell.run_cell(
            "w = torch.tensor([1.0, 2.0], requires_grad=True)\nwith watch():\n    loss = encode(w).sum()\n"
            "answer = why(w, loss)",
            store_history=True,
        )
        answer = shell.user_ns["answer"]
    finally:
        InteractiveShell.clear_instance()
    assert answer.causes == ["detach"]
    place = answer.findings[0].place
    assert (str(place), place.source) == ("cell 2, line 3", "return h.detach()")


def test_a_tensor_without_a_name_is_called_tensor(torch: Any) -> None:
    forget()
    answer = why(torch.ones(2))
    assert repr(answer).startswith("tensor.grad is None")
