"""`step_through`: the words of every step, beside what backward does, for both libraries' tensors."""

import base64
import gc
import math
import re
import weakref
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from minigrad.drawing import graphviz
from minigrad.drawing.reading import brief
from minigrad.stepping import Steps, rules, step_through

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
   Next, because all that its gradient is made of has arrived, from MeanBackward0 of out.
   arrives: g = [[0.25, 0.25], [0.25, 0.25]], the gradient with respect to z
   to #1: g · 3 = [[0.25, 0.25], [0.25, 0.25]] · 3 = [[0.75, 0.75], [0.75, 0.75]]
   3 needs no gradient

4. MulBackward0 of #1
   Next, because all that its gradient is made of has arrived, from MulBackward0 of z.
   arrives: g = [[0.75, 0.75], [0.75, 0.75]], the gradient with respect to #1
   to y as input 1: g · y = [[0.75, 0.75], [0.75, 0.75]] · [[3., 3.], [3., 3.]] = [[2.25, 2.25], [2.25, 2.25]]
   to y as input 2: g · y = [[0.75, 0.75], [0.75, 0.75]] · [[3., 3.], [3., 3.]] = [[2.25, 2.25], [2.25, 2.25]]

5. AddBackward0 of y
   Next, because all that its gradient is made of has arrived, from MulBackward0 of #1 (2 times).
   arrives: g = [[4.5, 4.5], [4.5, 4.5]], the gradient with respect to y, the sum of [[2.25, 2.25], [2.25, 2.25]] \
from MulBackward0 of #1 and [[2.25, 2.25], [2.25, 2.25]] from MulBackward0 of #1
   to x: g = [[4.5, 4.5], [4.5, 4.5]]
   the constant needs no gradient

6. AccumulateGrad of x
   Next, because all that its gradient is made of has arrived, from AddBackward0 of y.
   arrives: g = [[4.5, 4.5], [4.5, 4.5]], the gradient with respect to x
   x.grad before: None
   x.grad after: [[4.5, 4.5], [4.5, 4.5]]"""


# minigrad's nodes, called as functions, take one gradient, also where the operation has several results.
CALLABLE = [pytest.param("minigrad", marks=pytest.mark.xfail(strict=True)), *LIBRARIES[1:]]


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
    assert "to b: g = [[1., 1., 1.], [1., 1., 1.]], summed to b's shape (): 6." in step(steps, "AddBackward0 of #1")
    assert step(steps, "MulBackward0 of product")[2].endswith("summed to w's shape (3,): [2., 2., 2.]")
    assert after(steps) == {"w": "[2., 2., 2.]", "b": "6."}


def test_backward_with_a_vector(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    v = torch.tensor([0.1, 1.0, 0.01])
    steps = step_through(y, v)
    assert step(steps, "Start at y")[1] == "arrives: [0.1, 1., 0.01], the vector it is called with"
    assert after(steps) == {"x": "[0.2, 2., 0.02]"}


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


@pytest.mark.parametrize("torch", CALLABLE, indirect=True)
def test_several_results_of_one_operation(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
    first, _, third = torch.unbind(x)
    out = first * third
    assert after(step_through(out)) == {"x": "[5., 0., 1.]"}


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
    with pytest.raises(ValueError, match=re.escape("the gradient has shape [3], but the tensor [2]")):
        step_through(x * 2, torch.ones(3))
    with pytest.raises(ValueError, match="2 tensors need as many gradients, but 1 were given"):
        step_through([x * 2, x * 3], torch.ones(2))
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


# --- Beside the real thing


@st.composite
def programs(draw_from: st.DrawFn) -> list[tuple[str, int, int]]:
    places = st.integers(0, 6)
    kinds = st.sampled_from(["add", "subtract", "multiply", "divide", "scale", "sin", "tanh", "power", "sum", "select"])
    return draw_from(st.lists(st.tuples(kinds, places, places), min_size=1, max_size=8))


def run(torch: Any, program: list[tuple[str, int, int]]) -> tuple[Any, list[Any]]:
    """A number computed from three leaves, by the program's operations on what was there, counted from the newest."""
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
        }
        made.append(results[kind]())
    return sum((t.sum() for t in made[3:]), made[2] * 1.0), leaves


@given(programs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_arrives_at_the_leaves_is_what_backward_adds(torch: Any, program: list[tuple[str, int, int]]) -> None:
    out, leaves = run(torch, program)
    names = dict(zip(("p", "q", "r"), leaves, strict=True))
    steps = step_through(out, names=names, max_nodes=200)
    out.backward()
    expected = {name: leaf.grad for name, leaf in names.items() if leaf.grad is not None}
    assert {name: numbers(written) for name, written in after(steps).items()} == {
        name: pytest.approx(numbers(brief(gradient, 6)), rel=2e-3, abs=1e-6) for name, gradient in expected.items()
    }


def numbers(written: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+(?:e[-+]?\d+)?", written)]


# Each operation on 0.7 (and 1.3): what the formula in numbers amounts to must be what the node returned.
FORMULAS: dict[str, Any] = {
    "Add": lambda torch, a, b: a + b,
    "Sub": lambda torch, a, b: a - b,
    "Mul": lambda torch, a, b: a * b,
    "Div": lambda torch, a, b: a / b,
    "Neg": lambda torch, a, b: -a,
    "Pow": lambda torch, a, b: a**3,
    "PowBackward1": lambda torch, a, b: a**b,
    "PowBackward2": lambda torch, a, b: 2.0**a,
    "Reciprocal": lambda torch, a, b: a.reciprocal(),
    "Exp": lambda torch, a, b: a.exp(),
    "Log": lambda torch, a, b: a.log(),
    "Log1P": lambda torch, a, b: a.log1p(),
    "Sqrt": lambda torch, a, b: a.sqrt(),
    "Sin": lambda torch, a, b: a.sin(),
    "Cos": lambda torch, a, b: a.cos(),
    "Tan": lambda torch, a, b: a.tan(),
    "Tanh": lambda torch, a, b: a.tanh(),
    "Sigmoid": lambda torch, a, b: a.sigmoid(),
    "Abs": lambda torch, a, b: a.abs(),
    "Prod": lambda torch, a, b: a.prod(),
    "Dot": lambda torch, a, b: torch.dot(a.reshape(1), b.reshape(1)),
}


@pytest.mark.parametrize("kind", FORMULAS)
def test_formulas_amount_to_what_they_are_said_to(torch: Any, kind: str) -> None:
    a = torch.tensor(0.7, requires_grad=True)
    b = torch.tensor(1.3, requires_grad=True)
    ans = FORMULAS[kind](torch, a, b)
    steps = step_through(ans, torch.ones(1)[0] * 1.5)
    lines = steps.text.splitlines()
    name = kind if "Backward" in kind else f"{kind}Backward0"
    begin = next(number for number, line in enumerate(lines) if line.endswith(f". {name} of ans"))
    sent = [line.split(": ", 1)[1] for line in lines[begin:] if line.startswith("   to ")][: len(rules.RULES[kind])]
    assert len(sent) == len(rules.RULES[kind])
    for line in sent:
        _, *in_numbers, result = line.split(" = ")
        for formula in in_numbers:
            assert amount(formula) == pytest.approx(amount(result), rel=2e-3)


def amount(formula: str) -> float:
    """The value of a formula written in numbers, of which each may stand in brackets."""
    plain = re.sub(r"[\[\]]", "", formula).replace("·", "*").replace("²", "**2").replace("^", "**")
    plain = re.sub(r"\b(cos|sin|ln|sign) (\(?-?[\d.]+\)?)", r"\1(\2)", plain)
    functions = {"cos": math.cos, "sin": math.sin, "ln": math.log, "sign": lambda x: math.copysign(1, x)}
    return float(eval(plain, {"__builtins__": {}}, functions))
