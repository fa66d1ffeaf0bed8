"""`step_through`: the words of every step, beside what backward does, for both libraries' tensors."""

import ast
import base64
import gc
import re
import weakref
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import minigrad
from minigrad.drawing import graphviz
from minigrad.drawing.reading import brief
from minigrad.engine.rows import Row, on_tensors, rows
from minigrad.inplace.views import Place
from minigrad.stepping import Steps, rules, step_through, symbols
from tests.versions import since

LIBRARIES = ["minigrad", pytest.param("torch", marks=pytest.mark.torch)]
SVG = "{http://www.w3.org/2000/svg}"

TUTORIAL = """\
Backward pass of out, 6 steps

1. Start at out
   A backward pass starts at the tensor it is called on.
   arrives: 1., the gradient of out with respect to itself

2. MeanBackward0 of out
   Next, because the pass starts at its result.
   arrives: g = 1., the gradient with respect to out
   to z: g / 4 for every entry = 1. / 4 for every entry = [[0.25, 0.25], [0.25, 0.25]]

3. MulBackward0 of z
   Next, because everything that feeds it has arrived, from MeanBackward0 of out.
   arrives: g = [[0.25, 0.25], [0.25, 0.25]], the gradient with respect to z
   to y · y: g · 3 = [[0.25, 0.25], [0.25, 0.25]] · 3 = [[0.75, 0.75], [0.75, 0.75]]
   3 needs no gradient

4. MulBackward0 of y · y
   Next, because everything that feeds it has arrived, from MulBackward0 of z.
   arrives: g = [[0.75, 0.75], [0.75, 0.75]], the gradient with respect to y · y
   to y as input 1: g · y = [[0.75, 0.75], [0.75, 0.75]] · [[3., 3.], [3., 3.]] = [[2.25, 2.25], [2.25, 2.25]]
   to y as input 2: g · y = [[0.75, 0.75], [0.75, 0.75]] · [[3., 3.], [3., 3.]] = [[2.25, 2.25], [2.25, 2.25]]

5. AddBackward0 of y
   Next, because everything that feeds it has arrived, from MulBackward0 of y · y (2 times).
   arrives: g = [[4.5, 4.5], [4.5, 4.5]], the gradient with respect to y, the sum of [[2.25, 2.25], [2.25, 2.25]] \
from MulBackward0 of y · y and [[2.25, 2.25], [2.25, 2.25]] from MulBackward0 of y · y
   to x: g = [[4.5, 4.5], [4.5, 4.5]]
   2 needs no gradient

6. AccumulateGrad of x
   Next, because everything that feeds it has arrived, from AddBackward0 of y.
   arrives: g = [[4.5, 4.5], [4.5, 4.5]], the gradient with respect to x
   x.grad before: None
   x.grad after: [[4.5, 4.5], [4.5, 4.5]]"""


@pytest.fixture(params=LIBRARIES)
def torch(request: pytest.FixtureRequest) -> Any:
    return pytest.importorskip(request.param)


def after(steps: Steps) -> dict[str, str]:
    """What the last steps say that each leaf's `.grad` becomes."""
    found = re.findall(r"^   (.+)\.grad after: (?:.* = )?(.+)$", steps.text, re.MULTILINE)
    return dict(found)


def step(steps: Steps, title: str) -> list[str]:
    """The lines of the step with this title."""
    [found] = re.findall(rf"^\d+\. {re.escape(title)}\n((?:   .*\n?)*)", steps.text, re.MULTILINE)
    return [line.strip() for line in found.splitlines()]


# --- What it says


def test_the_tutorial_graph(torch: Any) -> None:
    x = torch.ones(2, 2, requires_grad=True)
    y = x + 2
    z = y * y * 3
    out = z.mean()
    steps = step_through(out)
    assert repr(steps) == steps.text == TUTORIAL
    assert len(steps) == 6


def test_a_diamond_waits_for_both_of_its_sides(torch: Any) -> None:
    a = torch.tensor(2.0, requires_grad=True)
    e = a + 1
    left = e * 3.0
    right = e * 5.0
    out = left + right
    steps = step_through(out)
    order = re.findall(r"^\d+\. (.*)$", steps.text, re.MULTILINE)
    assert order[-2:] == ["AddBackward0 of e", "AccumulateGrad of a"]
    assert "e waits for MulBackward0 of left" in step(steps, "MulBackward0 of right")
    assert not any("waits" in line for line in step(steps, "MulBackward0 of left"))
    assert (
        "the sum of 5. from MulBackward0 of right and 3. from MulBackward0 of left"
        in step(steps, "AddBackward0 of e")[1]
    )
    assert after(steps) == {"a": "8."}


def test_broadcasting_is_summed(torch: Any) -> None:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    b = torch.tensor(1.0, requires_grad=True)
    rows = torch.ones(2, 3)
    product = w * rows
    out = (product + b).sum()
    steps = step_through(out)
    added = step(steps, "AddBackward0 of product + b")
    assert "to b: g = [[1., 1., 1.], [1., 1., 1.]], summed to b's shape (): 6." in added
    assert step(steps, "MulBackward0 of product")[2].endswith("summed to w's shape (3,): [2., 2., 2.]")
    assert after(steps) == {"w": "[2., 2., 2.]", "b": "6."}


def test_backward_with_a_vector(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    v = torch.tensor([0.1, 1.0, 0.01])
    steps = step_through(y, v)
    assert step(steps, "Start at y")[1] == "arrives: [0.1, 1., 0.01], the vector it is called with"
    assert after(steps) == {"x": "[0.2, 2., 0.02]"}
    one = torch.tensor([[2.0]], requires_grad=True)
    assert "arrives: [[1.]], the gradient of output with respect to itself" in step_through(one * 2, names={}).text
    assert "arrives: [[1.]], the vector it is called with" in step_through(one * 2, torch.ones(1, 1)).text


def test_several_outputs(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    z = y.sum()
    steps = step_through([y, z], [torch.tensor([1.0, 0.0]), None])
    assert steps.text.startswith("Backward pass of y, z, 5 steps")
    assert "g = [2., 1.], the gradient with respect to y, the sum of [1., 0.] from the start and" in steps.text
    assert after(steps) == {"x": "[6., 3.]"}


def test_what_is_there_already_is_added_to(torch: Any) -> None:
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    (x * 1).sum().backward()
    out = (x * -3).sum()
    steps = step_through(out)
    assert "x.grad before: [1., 1.]" in steps.text
    assert "x.grad after: [1., 1.] + [-3., -3.] = [-2., -2.]" in steps.text


def test_a_leaf_alone(torch: Any) -> None:
    x = torch.tensor(3.0, requires_grad=True)
    steps = step_through(x)
    assert after(steps) == {"x": "1."}
    assert len(steps) == 2


def test_several_results_of_one_operation(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
    first, _, third = torch.unbind(x)
    out = first * third
    steps = step_through(out)
    assert step(steps, "UnbindBackward0 of first and third")[1:] == [
        "arrives: g = 5., the gradient with respect to first",
        "arrives: g = 1., the gradient with respect to third",
        "to x: the gradients of the results, stacked (0 for one that had none) = [5., 0., 1.]",
    ]
    assert after(steps) == {"x": "[5., 0., 1.]"}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("x.unbind()[1] * x.unbind()[0]", "[[0., 1., 2.], [3., 4., 5.]]"),
        ("x.unbind(1)[2]", "[[0., 0., 1.], [0., 0., 1.]]"),
        ("x.split(2, 1)[1]", "[[0., 0., 1.], [0., 0., 1.]]"),
        ("x.split([1, 2], 1)[1]", "[[0., 1., 1.], [0., 1., 1.]]"),
        ("x.chunk(2)[0]", "[[1., 1., 1.], [0., 0., 0.]]"),
        ("x.max(1).values", "[[0., 0., 1.], [1., 0., 0.]]"),
        ("x.min(0)[0]", "[[0., 0., 0.], [1., 1., 1.]]"),
        ("torch.stack([row * 2 for row in x])", "[[2., 2., 2.], [2., 2., 2.]]"),
    ],
)
def test_one_result_of_several(torch: Any, call: str, expected: str) -> None:
    numbers = (
        [[3.0, 4.0, 5.0], [2.0, 1.0, 0.0]] if "max" in call or "min" in call else [[3.0, 4.0, 5.0], [0.0, 1.0, 2.0]]
    )
    x = torch.tensor(numbers, requires_grad=True)
    out = eval(call, {"x": x, "torch": torch})
    assert after(step_through(out, torch.ones_like(out))) == {"x": expected}
    out.backward(torch.ones_like(out))
    assert brief(x.grad, 6) == expected


def test_a_function_of_ones_own(torch: Any) -> None:
    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x, x.exp()

        @staticmethod
        def backward(ctx: Any, of_square: Any, of_power: Any) -> Any:
            assert not torch.is_grad_enabled()
            (x,) = ctx.saved_tensors
            return of_square * 2 * x + of_power * x.exp()

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    square, _ = Both.apply(x * 1)
    out = square.sum()
    steps = step_through(out)
    assert "to x · 1: what its own backward returns = [2., 4.]" in step(steps, "BothBackward of square")
    assert after(steps) == {"x": "[2., 4.]"}


def test_a_function_that_passes_nothing_on(torch: Any) -> None:
    class Stop(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 1

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return None

    x = torch.tensor(2.0, requires_grad=True)
    y = x * 3
    out = Stop.apply(y) + 1
    steps = step_through(out)
    assert step(steps, "MulBackward0 of y")[1] == "arrives: no gradient with respect to y"
    assert after(steps) == {}
    out.backward()
    assert x.grad is None


def test_tensors_of_two_types(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = torch.tensor([0.1, 0.2], dtype=torch.float64, requires_grad=True)
    out = (x * y).sum()
    sent = step(step_through(out), "MulBackward0 of x · y")[2:]
    assert sent == [
        "to x: g · y = [1., 1.] · [0.1, 0.2] = [0.1, 0.2], as float32",
        "to y: g · x = [1., 1.] · [1., 2.] = [1., 2.]",
    ]


def test_what_was_written_in_place(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    y[0] = 5.0
    out = y.sum()
    steps = step_through(out)
    assert "to x · 1: g where it was not written, what the write passes on where it was = [0., 1.]" in step(
        steps, "CopySlices of y"
    )
    out.backward()
    assert after(steps) == {"x": brief(x.grad, 6)} == {"x": "[0., 1.]"}


def test_a_result_that_keeps_its_gradient(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    out = (y * y).sum()
    y.retain_grad()
    for _ in range(2):
        steps = step_through(out)
        out.backward(retain_graph=True)
        assert re.findall(r"^   y\.grad after, kept by retain_grad\(\): (?:.* = )?(.*)$", steps.text, re.MULTILINE) == [
            brief(y.grad, 6)
        ]


def test_hooks_are_named_and_not_called(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    out = y.sum()
    assert "Hooks" not in step_through(out).text
    for tensor in (x, y):
        tensor.register_hook(lambda g: pytest.fail("a hook was called"))
    steps = step_through(out)
    line = "Hooks are not called here: what those of x and y change is not shown."
    assert steps.text.splitlines()[1] == line
    assert line in Page(steps.html).text


def test_a_tensor_called_g_gives_the_gradient_another_letter(torch: Any) -> None:
    g = torch.tensor(3.0, requires_grad=True)
    out = g * 2
    steps = step_through(out)
    assert "to g: grad · 2 = 1. · 2 = 2." in steps.text
    pictures = [
        base64.b64decode(str(a["src"]).partition(",")[2]).decode() for t, a in Page(steps.html).tags if t == "img"
    ]
    assert ["grad = 1." in picture for picture in pictures] == [True] * 3


def test_gradients_of_gradients(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x.tanh() * x**3).sum()
    (first,) = torch.autograd.grad(y, x, create_graph=True)
    out = first.sum()
    steps = step_through(out)
    out.backward()
    assert numbers(after(steps)["x"]) == pytest.approx(x.grad.tolist(), rel=2e-3)
    assert rules.rule("TanhBackwardBackward0", 0, 1, lambda name: None) == ("", "")


def test_large_tensors_are_told_by_their_shape(torch: Any) -> None:
    x = torch.ones(30, requires_grad=True)
    out = (x * 2).sum()
    steps = step_through(out)
    assert "to x: g · 2 = shape (30,)" in steps.text
    assert "x.grad after: shape (30,)" in steps.text


# --- What it does not do


def test_the_tensors_stay_as_they_were(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    w = torch.tensor([3.0, 4.0], requires_grad=True)
    out = (x * w).exp().sum()
    before = [t.tolist() for t in (x, w, out)]
    step_through(out).html  # noqa: B018
    assert (x.grad, w.grad) == (None, None)
    assert [t.tolist() for t in (x, w, out)] == before
    steps = step_through(out)
    out.backward()
    assert after(steps) == {"x": brief(x.grad, 6), "w": brief(w.grad, 6)}
    had = x.grad.tolist()
    step_through((x * w).sum())
    assert x.grad.tolist() == had


def test_no_tensor_is_kept_alive(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    y = x * 3
    out = y.sum()
    watched = [weakref.ref(tensor) for tensor in (x, y, out)]
    steps = step_through(out)
    steps.html  # noqa: B018
    del x, y, out
    gc.collect()
    assert [tensor() for tensor in watched] == [None, None, None]


def test_refusals(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="does not require grad"):
        step_through(torch.ones(2).sum())
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        step_through(x * 2)
    with pytest.raises(RuntimeError, match=re.escape("a shape of [3] and output[0] has a shape of [2]")):
        step_through(x * 2, torch.ones(3))
    with pytest.raises(RuntimeError, match="got 2 tensors and 1 gradient: give one gradient"):
        step_through([x * 2, x * 3], torch.ones(2))
    with pytest.raises(RuntimeError, match="element 1 of tensors does not require grad"):
        step_through([x.sum(), torch.ones(1)])
    with pytest.raises(TypeError, match="gradients can be either Tensors or None, but got a float"):
        step_through(x * 2, 1.0)
    with pytest.raises(TypeError, match="not an int: 3"):
        step_through(3)
    out = (x * x.exp()).sum()
    out.backward()
    with pytest.raises(RuntimeError, match=r"a second time"):
        step_through(out)
    y = x
    for _ in range(50):
        y = y * 2
    with pytest.raises(ValueError, match="more than 40 nodes, too many to follow one by one"):
        step_through(y.sum())
    assert len(step_through(y.sum(), max_nodes=60)) == 53


# --- The page


class Page(HTMLParser):
    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.script = ""
        self.inside = ""
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        self.inside = tag

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            self.script += data
        else:
            self.text += data


def states(image: dict[str, str | None]) -> dict[str, str]:
    """Of each box in a picture, by its first words: whether the pass is here now, still ahead, or has been here."""
    document = base64.b64decode(str(image["src"]).partition(",")[2]).decode()
    found = {}
    for group in ElementTree.fromstring(document).iter(f"{SVG}g"):
        if "id" in group.attrib:
            words = "".join(next(group.iter(f"{SVG}text")).itertext())
            found[words] = next((s for s in ("now", "ahead") if s in group.attrib["class"].split()), "")
    return found


def test_every_step_is_a_picture_with_its_words(torch: Any) -> None:
    a = torch.tensor(2.0, requires_grad=True)
    e = a.exp()
    out = e * 3.0
    steps = step_through(out)
    page = Page(steps.html)
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(images) == len(steps) == 4
    assert images[1]["alt"] == "The graph at step 2: MulBackward0 of out"
    for line in steps.text.splitlines()[3:]:
        assert re.sub(r"^ *(\d+\. |arrives: )?", "", line) in page.text
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not re.search(r"https?:|import|fetch", page.script)
    first = states(images[0])
    assert first.pop("out") == "now"
    assert set(first.values()) == {"ahead"}
    assert states(images[2]) == {"a": "", "3.": "ahead", "ExpBackward0": "now", "e": "", "MulBackward0": "", "out": ""}
    assert states(images[3])["a"] == "now"


def test_names_are_text_in_the_page(torch: Any) -> None:
    x = torch.tensor(2.0, requires_grad=True)
    page = Page(step_through(x * 2, names={'<script>"x"</script>': x}).html)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert '<script>"x"</script>.grad after: 2.' in page.text


def test_without_a_renderer_the_words_remain(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, torch: Any) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    x = torch.tensor(2.0, requires_grad=True)
    steps = step_through(x * 2)
    assert Page(steps.html).text == graphviz.HOW_TO_GET_ONE + steps.text


def test_too_many_steps_for_pictures_are_told_in_words() -> None:
    y = minigrad.ones(2, requires_grad=True)
    for _ in range(100):
        y = y * 2
    steps = step_through(y.sum(), max_nodes=200)
    page = Page(steps.html)
    assert page.text == "No pictures: those of 103 steps would be too large for a page." + steps.text
    assert [tag for tag, _ in page.tags] == ["p", "pre"]


# --- Beside the real thing


@st.composite
def programs(draw_from: st.DrawFn) -> list[tuple[str, int, int]]:
    places = st.integers(0, 6)
    plain = ["add", "subtract", "multiply", "divide", "scale", "sin", "tanh", "power", "sum", "select"]
    kinds = st.sampled_from([*plain, "unbind", "split", "largest", "where", "double", "write", "mean"])
    return draw_from(st.lists(st.tuples(kinds, places, places), min_size=1, max_size=8))


def run(torch: Any, program: list[tuple[str, int, int]]) -> list[Any]:
    """Three leaves, and what the program makes of what was there, counted from the newest."""
    leaves = [torch.tensor(v, requires_grad=True) for v in ([[0.5, -1.5], [2.0, 1.0]], [1.25, -0.75], 1.5)]
    made = list(leaves)
    for kind, one, other in program:
        a, b = made[-1 - one % len(made)], made[-1 - other % len(made)]
        results = {
            "add": lambda a=a, b=b: a + b,
            "subtract": lambda a=a, b=b: a - b,
            "multiply": lambda a=a, b=b: a * b,
            "divide": lambda a=a, b=b: a / (b * b + 1.0),
            "scale": lambda a=a, b=b: a * 0.5,
            "sin": lambda a=a, b=b: a.sin(),
            "tanh": lambda a=a, b=b: a.tanh(),
            "power": lambda a=a, b=b: a**2,
            "sum": lambda a=a, b=b: a.sum(),
            "select": lambda a=a, b=b: a[0] if a.ndim else a * 2.0,
            "unbind": lambda a=a, b=b: a.unbind(0)[-1] * b if a.ndim else a * 2.0,
            "split": lambda a=a, b=b: a.split(1)[-1] + b if a.ndim else a - 1.0,
            "largest": lambda a=a, b=b: a.max(0).values if a.ndim else a.max(),
            "where": lambda a=a, b=b: torch.where(a > 0, a, b),
            "double": lambda a=a, b=b: a.double() * b,
            "write": lambda a=a, b=b: written(a * 1.5, 0, 0.25) if a.ndim else (a * 1.0).mul_(b.sum()),
            "mean": lambda a=a, b=b: a.mean(0, keepdim=True) * b if a.ndim else a / 3.0,
        }
        made.append(results[kind]())
    return made


@given(programs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_arrives_at_the_leaves_is_what_backward_adds(torch: Any, program: list[tuple[str, int, int]]) -> None:
    made = run(torch, program)
    out = sum((t.sum() for t in made[3:]), made[2] * 1.0)
    names = dict(zip(("p", "q", "r"), made, strict=False))
    results = {f"made{number}": tensor for number, tensor in enumerate(made) if tensor.grad_fn is not None}
    steps = step_through(out, names=names | results, max_nodes=200)
    order: list[str] = []
    for name, tensor in results.items():
        tensor.register_hook(lambda g, name=name: order.append(name))
    out.backward()
    visited = re.findall(r"^\d+\. \w+ of (made\d+)$", steps.text, re.MULTILINE)
    assert visited == order
    expected = {name: leaf.grad for name, leaf in names.items() if leaf.grad is not None}
    assert {name: numbers(written) for name, written in after(steps).items()} == {
        name: pytest.approx(numbers(brief(gradient, 6)), rel=2e-3, abs=1e-6) for name, gradient in expected.items()
    }


def numbers(written: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+(?:e[-+]?\d+)?", written)]


# --- Formulas in symbols

SYMBOLS = {
    "g * (1 - ans * ans)": "{g} · (1 - {ans}²)",
    "-g * (x / y / y)": "-{g} · {a} / {b}²",
    "(x - y) * 2 * g": "{g} · 2 · ({a} - {b})",
    "g * -sin(x)": "-{g} · sin {a}",
    "g / (x / (y - x))": "{g} · ({b} - {a}) / {a}",
    "x - (y - g)": "{a} - ({b} - {g})",
    "x - -y * (x + y)": "{a} + {b} · ({a} + {b})",
    "-(x + y)": "-({a} + {b})",
    "(x + y) * (x + y)": "({a} + {b})²",
    "x * x * x * g": "{g} · {a}³",
    "(x * x) ** y": "({a}²)^{b}",
    "g * x ** (y - 1)": "{g} · {a}^({b} - 1)",
    "sin(x) * sin(x)": "(sin {a})²",
    "g / sqrt(x) / sqrt(1 + x)": "{g} / (√{a} · √(1 + {a}))",
    "cosh(x) * -0.5": "-0.5 · cosh {a}",
    "tanh(2 * x)": "tanh(2 · {a})",
    "g * 0.0 + x * 1.0": "{a}",
    "where(x > y, 0, where(x == y, g / 2, g))": "0 where {a} > {b}, {g} / 2 where {a} equals {b}, {g} elsewhere",
    "g * where((x >= 1) | (y < -1.5), 2, x)": "{g} · 2 where {a} ≥ 1 or {b} < -1.5, {g} · {a} elsewhere",
    "t(mm(t(g), y)) * 3": "3 · {b}ᵀ {g}",
}


@pytest.mark.parametrize("formula", SYMBOLS)
def test_a_formula_is_written_as_in_a_book(formula: str) -> None:
    row = Row("mixed(x, y)", "x", x=formula)
    assert symbols.formula(row, "x", {"x": "a", "y": "b"}, {}).text == SYMBOLS[formula]


def test_what_a_formula_can_not_say_is_not_shown() -> None:
    for formula in ("unheard_of(g)", "g * dim", "where(mask, g, 0)"):
        with pytest.raises(symbols.Unsayable):
            symbols.formula(Row("mixed(x, dim, mask)", "x", x=formula), "x", {"x": "a"}, {"dim": None, "mask": None})


# --- The rules, each by operations that have it

# a and b have ties, d has both signs; s is a number, p and q have 3 entries, A and B are stacks of matrices.
LEAVES: dict[str, Any] = {
    "a": [[0.7, 1.3, 1.7], [1.1, 0.6, 1.9]],
    "b": [[0.7, 0.9, 1.7], [1.5, 0.8, 1.2]],
    "c": [[1.6, 1.2, 1.8], [1.0, 1.4, 1.3]],
    "d": [[-0.7, 1.3, 1.3], [0.4, -1.3, -1.1]],
    "s": 1.4,
    "zeros": [0.0, 0.0, 0.0],
    "p": [0.7, 1.3, -1.7],
    "q": [1.2, -0.4, 0.5],
    "r": [1.5, 1.3, 1.7],
    "k": [1.2, -0.4],
    "K": [[1.2, -0.4]],
    "u": [0.2, 0.5, 0.9],
    "A": [[[0.7, 1.3, 1.7], [1.1, 0.6, 1.9]]],
    "B": [[[0.5, 1.3], [1.7, -1.1], [0.6, 1.9]]],
}
FORMULAS = {
    "AddBackward0": ["torch.add(a, b, alpha=3)", "a + 1"],
    "SubBackward0": ["torch.sub(a, b, alpha=-0.5)", "a - s"],
    "RsubBackward1": ["2.5 - a"],
    "MulBackward0": ["a * d", "d * 3", "d * s"],
    "DivBackward0": ["a / d"],
    "RemainderBackward0": ["a % 0.7"],
    "RemainderBackward1": ["a % b"],
    "DivBackward2": ["torch.div(a, b, rounding_mode='floor')", "torch.div(a, b, rounding_mode='trunc')"],
    "PowBackward0": ["a ** -1.5", "d ** 2", "d ** 3", "a ** 1", "a ** 0", "a ** 0.5", "zeros ** 0"],
    "PowBackward1": ["a ** d", "zeros ** r", "r ** zeros"],
    "PowBackward2": ["2.5 ** d", "0.5 ** d"],
    "LeakyReluBackward0": ["torch.nn.functional.leaky_relu(d, 0.2)"],
    "LeakyReluBackward1": ["torch.nn.functional.leaky_relu(d * 1, 0.2, True)"],
    "EluBackward0": ["torch.nn.functional.elu(d)", "torch.nn.functional.elu(d, 0.5)"],
    "EluBackward1": ["torch.nn.functional.elu(d * 1, 0.5, True)"],
    "HardtanhBackward0": ["torch.nn.functional.hardtanh(d)", "torch.nn.functional.hardtanh(d, -2, 0.5)"],
    "LogSigmoidBackward0": ["torch.nn.functional.logsigmoid(d)"],
    "SiluBackward0": ["torch.nn.functional.silu(d)"],
    "SoftplusBackward0": ["torch.nn.functional.softplus(d)", "torch.nn.functional.softplus(d, 2, 1)"],
    "RoundBackward": ["a.round()", "a.round(decimals=1)"],
    "MaximumBackward0": ["torch.maximum(a, b)"],
    "MinimumBackward0": ["torch.minimum(a, b)"],
    "ClampBackward0": ["a.clamp(b, c)", "a.clamp(min=b)", "a.clamp(max=b)", "a.clamp(c, b)"],
    "ClampBackward1": ["a.clamp(0.8, 1.7)", "a.clamp(min=1.1)", "a.clamp(max=1.3)"],
    "ClampMinBackward0": ["torch.clamp_min(a, 1.1)"],
    "ClampMinBackward1": ["torch.clamp_min(a, b)"],
    "ClampMaxBackward0": ["torch.clamp_max(a, 1.1)"],
    "ClampMaxBackward1": ["torch.clamp_max(a, b)"],
    "LerpBackward0": ["torch.lerp(a, b, 0.3)"],
    "LerpBackward1": ["torch.lerp(a, b, c)"],
    "AddcmulBackward0": ["torch.addcmul(a, b, c, value=2)"],
    "AddcdivBackward0": ["torch.addcdiv(a, b, d, value=2)"],
    "MedianBackward0": ["p.median()"],
    "MedianBackward1": ["a.median(1).values"],
    "WhereBackward0": ["torch.where(mask, a, b)"],
    "MaskedFillBackward0": ["a.masked_fill(mask, 2)"],
    "MaskedFillBackward1": ["a.masked_fill(mask, s)"],
    "SumBackward0": ["a.sum()"],
    "SumBackward1": ["a.sum(1)", "a.sum(0, keepdim=True)"],
    "MeanBackward0": ["a.mean()"],
    "MeanBackward1": ["a.mean(1)", "a.mean(0, keepdim=True)"],
    "ProdBackward": ["d.prod()", "d.prod(1)", "zeros.prod()"],
    "VarBackward0": ["a.var()", "a.var(1)", "a.var(0, correction=0, keepdim=True)"],
    "StdBackward0": ["a.std()", "a.std(1)", "a.std(0, correction=0, keepdim=True)", "zeros.std()"],
    "MaxBackward0": ["a.max(1).values"],
    "MinBackward0": ["a.min(0).values"],
    "MaxBackward1": ["d.max()"],
    "MinBackward1": ["d.min()"],
    "AmaxBackward0": ["d.amax((0, 1))", "d.amax(1, keepdim=True)"],
    "AminBackward0": ["d.amin((0, 1))", "d.amin(1)"],
    "LinalgVectorNormBackward0": [
        *[f"d.norm({order})" for order in ("", 1, 3, 0.5, "float('inf')", "-float('inf')")],
        *["d.norm(2, 1)", "d.norm(3, 1)", "zeros.norm()", "zeros.norm(3)", "zeros.norm(0.5)"],
    ],
    "SoftmaxBackward0": ["d.softmax(1)"],
    "LogSoftmaxBackward0": ["d.log_softmax(1)"],
    "LogsumexpBackward0": ["d.logsumexp((0, 1))", "d.logsumexp(1)"],
    "CumsumBackward0": ["a.cumsum(1)"],
    "MseLossBackward0": [f"torch.nn.functional.mse_loss(a, b, reduction='{how}')" for how in ("mean", "sum", "none")],
    "BinaryCrossEntropyWithLogitsBackward0": [
        "torch.nn.functional.binary_cross_entropy_with_logits(d, b)",
        "torch.nn.functional.binary_cross_entropy_with_logits(d, b, reduction='sum')",
    ],
    "NllLossBackward0": [
        "torch.nn.functional.nll_loss(a, classes)",
        "torch.nn.functional.nll_loss(a, classes, reduction='sum')",
        "torch.nn.functional.nll_loss(p, classes[0])",
    ],
    "DotBackward0": ["p.dot(q)"],
    "MvBackward0": ["a.mv(p)"],
    "MmBackward0": ["K.mm(a)"],
    "BmmBackward0": ["bmm(A, B)"],
    "AddmmBackward0": ["torch.nn.functional.linear(a, b, k)"],
    "TBackward0": ["a.t()"],
    "TransposeBackward": ["a.transpose(0, 1)"],
    "PermuteBackward": ["a.permute(1, 0)"],
    "FlipBackward0": ["a.flip(1)"],
    "ViewBackward": ["a.view(3, 2)"],
    "ReshapeAliasBackward": ["A.expand(2, 2, 3)[0].t()[0:1].reshape(2)"],
    "UnsafeViewBackward": ["a.t().reshape(6)"],
    "SqueezeBackward": ["A.squeeze()", "A.squeeze(0)"],
    "UnsqueezeBackward": ["a.unsqueeze(1)"],
    "ExpandBackward": ["A.expand(4, 2, 3)"],
    "AliasBackward": ["a[...]"],
    "ToCopyBackward0": ["a.double()"],
    "SelectBackward0": ["a[1]"],
    "SliceBackward0": ["a[:, 1:]"],
    "IndexBackward0": ["a[[1, 1, 0]]", "a[mask]"],
    "UnbindBackward0": ["a.unbind(1)[2]"],
    "SplitBackward0": ["a.split(2, 1)[1]"],
    "SplitWithSizesBackward0": ["a.split([1, 2], 1)[1]"],
    "CatBackward0": ["torch.cat([a, b, a], 1)"],
    "StackBackward0": ["torch.stack([b, a], 1)"],
    "IndexPutBackward0": ["written(a * 1, mask, s)", "written(a * 1, ([1, 0], [0, 2]), k)"],
    "CopySlices": ["written(a * 1, (slice(None), 1), k)", "doubled(a * 1, 1)"],
    "AsStridedBackward0": ["doubled_row(a * 1, 1)"],
    "CopyBackwards": ["(a * 1).copy_(b)"],
    "ZeroBackward0": ["(a * 1).zero_()"],
    "FillBackward": ["(a * 1).fill_(2)", "(a * 1).fill_(s)"],
    "UniformBackward0": ["(a * 1).uniform_()"],
    "NormalBackward0": ["(a * 1).normal_()"],
    "RandomBackward": ["(a * 1).random_()", "(a * 1).random_(3)", "(a * 1).random_(0, 3)"],
    "TopkBackward0": ["torch.topk(a, 2)[0]"],
    "MaskedSelectBackward0": ["torch.masked_select(a, mask)"],
    "BernoulliBackward0": ["torch.bernoulli(q * q / 2)"],
}
# Operations in gradients of gradients, which are not PyTorch's.
# What these send is said in words that no formula here can be made of, or as g times the operation's Jacobian.
IN_WORDS = {
    "SortBackward0": "torch.sort(a)[0]",
    "SortBackward1": "torch.sort(a, stable=True)[0]",
    "CummaxBackward0": "torch.cummax(a, 1)[0]",
    "CumminBackward0": "torch.cummin(a, 1)[0]",
    "IndexSelectBackward0": "torch.index_select(a, 1, classes)",
    "ScatterBackward0": "torch.scatter(a, 1, classes.reshape(1, 2), b)",
    "ScatterBackward1": "torch.scatter(a, 1, classes.reshape(1, 2), 5.0)",
    "ScatterAddBackward0": "torch.scatter_add(a, 1, classes.reshape(1, 2), b)",
    "RepeatBackward0": "a.repeat(2, 1)",
    "TrilBackward0": "torch.tril(a)",
    "TriuBackward0": "torch.triu(a, 1)",
    "RollBackward0": "torch.roll(a, 1, 0)",
    "CumprodBackward0": "torch.cumprod(d, 1)",
    "ConstantPadNdBackward0": "torch.nn.functional.pad(a, (1, 0))",
    "Atan2Backward0": "torch.atan2(a, b)",
    "HypotBackward0": "torch.hypot(a, b)",
    "LogaddexpBackward0": "torch.logaddexp(a, b)",
    "FmodBackward0": "torch.fmod(a, 0.7)",
    "FmodBackward1": "torch.fmod(a, b)",
    "CopysignBackward0": "torch.copysign(a, d)",
    "CopysignBackward1": "torch.copysign(a, -1.0)",
    "NanToNumBackward0": "torch.nan_to_num(a)",
    "TraceBackward0": "torch.trace(a)",
    "DiagEmbedBackward0": "torch.diag(p)",
    "DiagonalBackward0": "torch.diagonal(a)",
    "GeluBackward0": "torch.nn.functional.gelu(d)",
    "MishBackward0": "torch.nn.functional.mish(d)",
    "DiagonalBackward0_copy": "torch.diag(a)",
    "LinalgCrossBackward0": "torch.cross(p, r, dim=0)",
    "NllLoss2DBackward0": "torch.nn.functional.nll_loss(a.reshape(1, 3, 2, 1), classes.reshape(1, 2, 1))",
    "BinaryCrossEntropyBackward0": "torch.nn.functional.binary_cross_entropy(a / 2, b / 2)",
    "SmoothL1LossBackward0": "torch.nn.functional.smooth_l1_loss(d, b)",
    "HuberLossBackward0": "torch.nn.functional.huber_loss(d, b)",
    "NativeLayerNormBackward0": "torch.nn.functional.layer_norm(a, (3,))",
    "NativeBatchNormBackward0": "torch.nn.functional.batch_norm(a, None, None, training=True)",
    "EmbeddingBackward0": "torch.nn.functional.embedding(classes, a.T)",
    "GatherBackward0": "torch.gather(a, 1, classes.reshape(1, 2))",
}
# What only other operations, and draws of random numbers, are made of.
NEVER_ALONE = {
    "BernoulliBackward1", "BernoulliBackward2", "ExponentialBackward0", "EmbeddingDenseBackwardBackward0",
    "EmbeddingAgainBackward0", "DiagonalBackwardBackward0",
}  # fmt: skip
FORMULAS_HERE = {
    "GateBackward0": ["inner('gate')(d, c)"],
    "PlacedBackward0": ["inner('placed')(p, (2, 3), 1)"],
    "TakenBackward0": ["inner('taken')(a, 1)"],
    "ScatteredBackward0": ["inner('scattered')(p, (2, 3), 1)"],
    "ReplacedBackward0": ["inner('replaced')(a, 0, 1)"],
    "PutBackward0": ["inner('put')(p, row)"],
    "CoverBackward0": ["inner('cover')(a, p, row)"],
}


MATRIX = np.zeros((2, 3), np.float32)
SECOND_ROW = Place(MATRIX, MATRIX[1])


def written(tensor: Any, where: Any, value: Any) -> Any:
    tensor[where] = value
    return tensor


def doubled(tensor: Any, row: int) -> Any:
    tensor[row].mul_(2)
    return tensor


def doubled_row(tensor: Any, row: int) -> Any:
    row_of_it = tensor[row]
    tensor.mul_(1)
    return row_of_it


def plain(row: Row) -> list[str]:
    """Calls of an operation of one tensor and nothing else, where it is defined."""
    calls = [f"{leaf}.{row.name}()" for leaf in ("d", "c", "u")]
    scope = {letter: minigrad.tensor(numbers) for letter, numbers in LEAVES.items()}
    return [call for call in calls if eval(call, scope).isfinite().all() and slope_of(call).isfinite().all()]


def slope_of(call: str) -> Any:
    leaf = minigrad.tensor(LEAVES[call[0]], requires_grad=True)
    return minigrad.autograd.grad(eval(call, {call[0]: leaf}).sum(), leaf)[0]


DIFFERENTIABLE = [row for row in rows.values() if row.differentiable and row.node != "NotImplemented"]
PLAIN = {row.node: plain(row) for row in DIFFERENTIABLE if row.arguments == ["x"] and not row.inner}
CALLS = [(name, call) for name, calls in {**PLAIN, **FORMULAS}.items() for call in calls]
CALLS_HERE = [(name, call) for name, calls in FORMULAS_HERE.items() for call in calls]


def test_every_rule_has_its_turn() -> None:
    names = {*PLAIN, *FORMULAS, *FORMULAS_HERE, *IN_WORDS, *NEVER_ALONE}
    nodes = {*rules.WORDS, *rules.PARTS, *(row.node for row in DIFFERENTIABLE)}
    assert {node for node in nodes if node not in names and node.rstrip("0123456789") not in names} == set()
    assert {name for name in names if not any(node.startswith(name) for node in nodes)} == set()


@pytest.mark.parametrize(("name", "call"), CALLS, ids=[call for _, call in CALLS])
def test_rules_amount_to_what_they_are_said_to(torch: Any, name: str, call: str) -> None:
    check_amounts(torch, name, call)


@pytest.mark.parametrize(("name", "call"), IN_WORDS.items(), ids=IN_WORDS.values())
def test_what_is_said_in_words_has_the_numbers_of_the_pass(name: str, call: str) -> None:
    leaves = {letter: minigrad.tensor(numbers, requires_grad=True) for letter, numbers in LEAVES.items()}
    ans = eval(call, {"torch": minigrad, "classes": minigrad.tensor([2, 0]), **leaves})
    v = minigrad.arange(1.0, ans.numel() + 1).reshape(ans.shape)
    steps = step_through(ans, v, names={**leaves, "ans": ans}, values=100)
    [title] = [line for line in re.findall(r"^\d+\. (.*)$", steps.text, re.MULTILINE) if line.startswith(name)][:1]
    sent = [line.removeprefix("to ").split(": ", 1) for line in step(steps, title) if line.startswith("to ")]
    assert sent
    for to, said in sent:
        assert said.partition(" = ")[0]
        if to in leaves:
            (expected,) = minigrad.autograd.grad(ans, leaves[to], v, retain_graph=True)
            np.testing.assert_allclose(
                ast.literal_eval(said.rpartition(" = ")[2]), expected.tolist(), rtol=2e-3, atol=1e-3
            )


@pytest.mark.parametrize(("name", "call"), CALLS_HERE, ids=[call for _, call in CALLS_HERE])
def test_rules_in_gradients_of_gradients_amount_to_what_they_are_said_to(name: str, call: str) -> None:
    check_amounts(minigrad, name, call)


def check_amounts(torch: Any, name: str, call: str) -> None:
    """Each way in which a step says what a node sends comes to what it sends."""
    numbers = LEAVES
    if name.startswith("Clamp") and torch is not minigrad and not since("2.14"):
        # On a bound it sends what is no longer so; tests/test_pytorch_versions.py shows it.
        numbers = LEAVES | {"a": (np.array(LEAVES["a"]) + 0.01).tolist()}
    leaves = {letter: torch.tensor(values, requires_grad=True) for letter, values in numbers.items()}
    scope = {"torch": torch, "mask": leaves["a"] > 1, "classes": torch.tensor([2, 0]), **leaves}
    scope |= {
        "bmm": torch.bmm if torch is not minigrad else on_tensors["bmm"],
        "inner": on_tensors.get,
        "row": SECOND_ROW,
    }
    scope |= {"written": written, "doubled": doubled, "doubled_row": doubled_row}
    ans = eval(call, scope)
    random = np.random.RandomState(3)
    v = np.round(random.uniform(-2, 2, tuple(ans.shape)), 1)
    steps = step_through(ans, torch.tensor(v, dtype=ans.dtype), names={**leaves, "ans": ans}, values=100)
    [title] = [line for line in re.findall(r"^\d+\. (.*)$", steps.text, re.MULTILINE) if line.startswith(name)][:1]
    sent = [line.removeprefix("to ") for line in step(steps, title) if line.startswith("to ")]
    assert sent
    arrays: dict[str, Any] = {letter: np.array(values, np.float32) for letter, values in numbers.items()}
    arrays |= {"g": v, "ans": np.array(ans.tolist()), "mask": arrays["a"] > 1}
    arrays["unnamed"] = arrays["b"].T if "linear" in call else arrays["a"]  # what has no name in the steps
    for line in sent:
        label, said = line.replace("(b.T)", "unnamed").replace("#1", "unnamed").split(": ", 1)
        assert "Jacobian" not in said, said
        *ways, result = said.partition(", summed to")[0].removesuffix(", as float32").split(" = ")
        expected = np.array(ast.literal_eval(result))
        for formula in ways:
            amount = Amount(formula, arrays, expected.shape, call, label)
            np.testing.assert_allclose(amount.value(), expected, rtol=2e-3, atol=1e-3, err_msg=formula)


class Amount:
    """What a formula amounts to, in symbols or in numbers: its words put into the language of arrays."""

    def __init__(self, formula: str, arrays: dict[str, Any], shape: tuple, call: str, label: str) -> None:
        self.shape, self.call, self.label = shape, call, label
        self.names = {name: self.restored(array) for name, array in arrays.items()}
        self.formula = self.without_lists(formula)

    def without_lists(self, formula: str) -> str:
        """The formula with a name in place of each list of numbers."""
        plain, depth, start = "", 0, 0
        for place, letter in enumerate(formula):
            depth += (letter == "[") - (letter == "]")
            if letter == "[" and depth == 1:
                start = place
            elif letter == "]" and depth == 0:
                name = f"list{len(self.names)}"
                self.names[name] = self.restored(np.array(ast.literal_eval(formula[start : place + 1])))
                plain += name
            elif not depth:
                plain += letter
        return plain

    def restored(self, array: Any) -> Any:
        """The result of a reduction of 2 × 3 numbers, with the dimension that it had lost."""
        if self.shape == (2, 3) and array.ndim == 1 and "mv" not in self.call:
            return array.reshape(2, 1) if len(array) == 2 else array.reshape(1, -1)
        return array

    def value(self) -> Any:
        return np.broadcast_to(self.of(self.formula), self.shape)

    def of(self, formula: str) -> Any:
        for pattern, meaning in MEANINGS.items():
            if found := re.fullmatch(pattern, formula):
                return getattr(self, meaning)(*found.groups())
        return self.arithmetic(formula)

    def arithmetic(self, formula: str) -> Any:
        plain = re.sub(r"\|(\w+)\|", r"abs(\1)", formula)
        plain = re.sub(r"\b(sinh?|cosh?|tanh?|ln|sign|√) ?(\(?-?[\w.]+\)?)", r"\1(\2)", plain)
        plain = re.sub(r"(\S+) < (\w+) < (\S+)", r"(\1 < \2) & (\2 < \3)", plain)
        plain = re.sub(r"the sum of ([^)]+)", r"along(\1)", plain).replace("its mean", "mean")
        if re.search(" and | or ", plain):
            plain = "(" + re.sub(" (and|or) ", r") \1 (", plain) + ")"
        for said, meant in SIGNS.items():
            plain = plain.replace(said, meant)
        functions = {name: getattr(np, name) for name in re.findall(r"\b[a-z]\w+(?=\()", plain) if hasattr(np, name)}
        functions |= {"ln": np.log, "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "along": lambda x: x.sum(-1, keepdims=1)}
        if "mean" in plain:
            self.names["mean"] = self.input.mean(self.axis, keepdims=True)
        with np.errstate(all="ignore"):
            return eval(plain, {"__builtins__": {}, **functions, **self.names})

    @property
    def input(self) -> Any:
        return self.names[self.label.split()[0]]

    @property
    def axis(self) -> int | None:
        """What a reduction was along, as its result shows."""
        size = self.names["ans"].size
        return None if size == 1 else 1 if size == 2 else 0

    # the meanings of the words

    def chosen(self, inside: str, condition: str, outside: str) -> Any:
        mask = self.names["mask"]
        holds = mask if condition in ("the mask holds", "the condition holds") else self.of(condition)
        return np.where(holds, self.of(inside), self.of(outside))

    def in_cases(self, first: str, condition: str, second: str, other_condition: str, outside: str) -> Any:
        return np.where(self.of(condition), self.of(first), self.chosen(second, other_condition, outside))

    def shared(self, inside: str, condition: str) -> Any:
        ties = self.of(condition)
        return self.of(inside) * ties / ties.sum(axis=self.axis, keepdims=True)

    def exception(self, formula: str, letter: str, more: str | None) -> Any:
        zero = self.names[letter] == 0
        return np.where(zero & (self.names[more] >= 0) if more else zero, 0, self.of(formula))

    def other_entries(self, g: str) -> Any:
        others = [np.delete(row, place).prod() for row in self.rows() for place in range(len(row))]
        return self.of(g) * np.reshape(others, self.input.shape)

    def rows(self) -> Any:
        return self.input.reshape(1, -1) if self.axis is None else self.input

    def from_there_on(self, g: str) -> Any:
        return np.cumsum(self.of(g)[:, ::-1], 1)[:, ::-1]

    def times_transposed(self, left: str, right: str) -> Any:
        a, b = self.names[left], self.names[right]
        return np.outer(a, b) if a.ndim == 1 else a @ b.swapaxes(-1, -2)

    def transposed_times(self, left: str, right: str) -> Any:
        return self.names[left].swapaxes(-1, -2) @ self.names[right]

    def transposed(self, g: str) -> Any:
        return self.names[g].T

    def flipped(self, g: str) -> Any:
        return self.names[g][:, ::-1]

    def shaped(self, g: str) -> Any:
        return self.names[g].reshape(self.shape)

    def entries(self, g: str) -> Any:
        return self.names[g].sum()

    def masked_entries(self, g: str) -> Any:
        chosen = self.names[g] * self.names["mask"]
        return chosen if self.shape else chosen.sum()

    def indices(self) -> Any:
        """Of each entry of the result, from which entry of the inputs it was taken, counted through all of them."""
        tensors, begin = {}, 0
        for name in ("a", "b"):
            tensors[name] = minigrad.arange(begin, begin + 6).reshape(2, 3)
            begin += 6
        scope = {"torch": minigrad, "mask": minigrad.from_numpy(self.names["mask"]), **tensors}
        scope |= {"doubled_row": doubled_row, "inner": on_tensors.get}
        return np.array(eval(self.call, scope).tolist())

    def placed(self, g: str, *_: str) -> Any:
        if "values" in self.call:  # of max and min, which take other places from other numbers
            return np.where(self.input == self.names["ans"], self.of(g), 0)
        whole = np.zeros(12)
        np.add.at(
            whole, self.indices(), np.broadcast_to(self.names[g].reshape(self.indices().shape), self.indices().shape)
        )
        return whole[:6].reshape(2, 3)

    def part(self, g: str) -> Any:
        indices = self.indices()
        begin = 0 if self.label.startswith("a") else 6
        taken = (indices >= begin) & (indices < begin + 6)
        first = np.argsort(indices[taken], kind="stable")
        values = self.names[g][taken][first].reshape(6, -1)
        return values[:, -1 if "input 3" in self.label else 0].reshape(2, 3)

    def of_results(self) -> Any:
        return self.placed("g")

    def of_classes(self, sign: str, share: str) -> Any:
        whole = np.zeros(self.shape)
        places = ([0, 1], [2, 0]) if len(self.shape) == 2 else 2
        whole[places] = self.of(f"{sign}{share}")
        return whole

    @property
    def place(self) -> Any:
        """Where a call writes: at the mask, at two entries, or in the second row."""
        return self.names["mask"] if "mask" in self.call else ([1, 0], [0, 2]) if "[1, 0]" in self.call else 1

    def outside_the_written(self, g: str) -> Any:
        kept = np.ones((2, 3))
        kept[self.place] = 0
        return self.names[g] * kept

    def where_written(self, g: str) -> Any:
        part = self.names[g][self.place]
        return part if self.shape else part.sum()

    def around_the_written(self, g: str) -> Any:
        factors = np.array([[1, 0, 1], [1, 0, 1]]) if "slice" in self.call else np.array([[1, 1, 1], [2, 2, 2]])
        return self.names[g] * factors

    def through_the_write(self, g: str) -> Any:
        return self.names[g][:, 1]

    def nothing(self) -> Any:
        return np.zeros(self.shape)


SIGNS = {
    "·": "*", "²": "**2", "³": "**3", "^": "**", "√": "sqrt",
    "≤": "<=", "≥": ">=", " equals ": " == ", " and ": " & ", " or ": " | ",
}  # fmt: skip
MEANINGS = {
    r"(.+) where (.+), shared evenly where several do, 0 elsewhere": "shared",
    r"(.+) where (.+), (.+) where (.+), (.+) elsewhere": "in_cases",
    r"(.+), or 0 where (\w+) is 0(?: and (\w+) ≥ 0)?,": "exception",
    r"(\w+)( added up)? where it was taken from, 0 elsewhere": "placed",
    r"0 where it was written, (\w+) elsewhere": "outside_the_written",
    r"(\w+) where it was written": "where_written",
    r"(\w+) where it was not written, what the write passes on where it was": "around_the_written",
    r"what the write passes on of (\w+)": "through_the_write",
    r"(-)(.+) at the class of each row, 0 elsewhere": "of_classes",
    r"0, as all of it was overwritten": "nothing",
    r"(0) where (.+), (.+) elsewhere": "chosen",
    r"(.+?) where (.+), (.+) elsewhere": "chosen",
    r"the entries of (\w+) where the mask holds": "masked_entries",
    r"the sum of (\w+)": "entries",
    r"(.+) for every entry": "of",
    r"(.+), repeated for what was (?:summed|averaged)": "of",
    r"(.+) · the product of the other entries": "other_entries",
    r"for each entry the sum of (\w+) from there on": "from_there_on",
    r"(\w+) (\w+)ᵀ(?:, matrix by matrix)?": "times_transposed",
    r"(\w+)ᵀ (\w+)(?:, matrix by matrix)?": "transposed_times",
    r"(\w+)ᵀ": "transposed",
    r"(\w+), (?:transposed back|its dimensions put back)": "transposed",
    r"(\w+), flipped back": "flipped",
    r"(\w+), in the shape of the input": "shaped",
    r"the gradients of the results, (?:stacked|joined) \(0 for one that had none\)": "of_results",
    r"the part of (\w+) that belongs to this input": "part",
}
