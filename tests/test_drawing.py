"""`draw`: what is in the outline, the DOT source and the SVG, for both libraries' tensors; never the looks."""

import base64
import gc
import re
import subprocess
import sys
import time
import weakref
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from minigrad import drawing
from minigrad.drawing import draw, graphviz, picture, reading, text
from minigrad.stepping import step_through

LIBRARIES = ["minigrad", pytest.param("torch", marks=pytest.mark.torch)]
HOSTILE = [
    "<script>alert(1)</script>",
    "]]></style><image href='//x'/>",
    '" onload="alert(1)',
    "'; -->",
    "\\N \\G \\L \\n \\",
    "&amp;&lt;&#9;",
    "{a|b}",
    "</td></tr></table>",
    "张量",
    "😀👩‍👩‍👧",
    "\u202eabc",
    "a\nb\r\tc\0d",
    "\ud800",
    "w" * 400,
    "<b>",
    "%s {0}",
]
HOSTILE_JOINED = "".join(HOSTILE)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=LIBRARIES)
def torch(request: pytest.FixtureRequest) -> Any:
    return pytest.importorskip(request.param)


TUTORIAL = """\
Computation graph of out: 4 operations, 1 leaf
x     = leaf (AccumulateGrad)   [[1., 1.], [1., 1.]]
y     = AddBackward0(x, 2)      [[3., 3.], [3., 3.]]
y · y = MulBackward0(y, y)      shape (2, 2)
z     = MulBackward0(y · y, 3)  [[27., 27.], [27., 27.]]
out   = MeanBackward0(z)        27."""


def tutorial(torch: Any) -> dict[str, Any]:
    x = torch.ones(2, 2, requires_grad=True)
    y = x + 2
    z = y * y * 3
    return {"x": x, "y": y, "z": z, "out": z.mean()}


def statements(drawn: drawing.Drawing) -> dict[str, str]:
    """The lines of the outline by their left sides, each without its values."""
    lines = [line.split(" = ", 1) for line in drawn.outline.splitlines()[1:] if " = " in line]
    return {left.strip(): right.split("  ")[0] for left, right in lines}


def boxes_of(svg: str) -> dict[str, tuple[str, str]]:
    """Of each box in the SVG, by id: its kind, and its words with lines joined by a bar."""
    found = {}
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if "id" in group.attrib and group.attrib["class"] not in ("frame", "loop"):
            words = ["".join(line.itertext()) for line in group.iter(f"{SVG}text")]
            found[group.attrib["id"]] = (group.attrib["class"], "|".join(words).replace("\N{NO-BREAK SPACE}", " "))
    return found


def arrows_of(svg: str) -> Counter[tuple[str, str]]:
    """How many arrows lead from one box to another, each box given by its words."""
    words = {name: text.partition("|")[0] for name, (_, text) in boxes_of(svg).items()}
    return Counter((words[tail], words[head]) for tail, head in ends_of_arrows(svg).elements())


def ends_of_arrows(svg: str) -> Counter[tuple[str, str]]:
    groups = ElementTree.fromstring(svg).iter(f"{SVG}g")
    return Counter((g.attrib["data-from"], g.attrib["data-to"]) for g in groups if "data-from" in g.attrib)


def source_of(drawn: drawing.Drawing) -> tuple[dict[str, str], Counter[tuple[str, str]]]:
    """Node names with their labels' words, and the edges, of the DOT source."""
    nodes = {}
    for name, label in re.findall(r"(?:^  |\{ )(\w+) \[width=.*label=<(.*)>\](?: \})*$", drawn.source, re.MULTILINE):
        lines = re.sub("<br/>|</?t[^>]*>", "\n", label).splitlines()
        words = ["".join(ElementTree.fromstring(f"<p>{line}</p>").itertext()) for line in lines]
        whole = "|".join(word for word in words if word)
        nodes[name] = whole.replace("\N{NO-BREAK SPACE}", " ").replace("\\\\", "\\")
    edges = Counter(re.findall(r"^  (\w+) -> (\w+) \[id=", drawn.source, re.MULTILINE))
    return nodes, edges


class Tags(HTMLParser):
    """Collects the start tags of a piece of HTML, and its text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.text += data


def html_of(drawn: drawing.Drawing) -> str:
    return drawn._repr_mimebundle_()["text/html"]


# --- What is drawn


def test_outline_reads_like_the_program(torch: Any) -> None:
    x = torch.ones(2, 2, requires_grad=True)
    y = x + 2
    z = y * y * 3
    out = z.mean()
    assert repr(draw(out)) == TUTORIAL


def test_picture_has_a_box_for_each_tensor_and_operation(torch: Any) -> None:
    tensors = tutorial(torch)
    boxes = boxes_of(draw(tensors["out"], names=tensors).svg)
    assert Counter(boxes.values()) == Counter(
        [
            ("leaf", "x|[[1., 1.],| [1., 1.]]|AccumulateGrad"),
            ("operation", "AddBackward0"),
            ("constant", "2"),
            ("result", "y|[[3., 3.],| [3., 3.]]"),
            ("operation", "MulBackward0"),
            ("result", "y · y|shape (2, 2)"),
            ("operation", "MulBackward0"),
            ("constant", "3"),
            ("result", "z|[[27., 27.],| [27., 27.]]"),
            ("operation", "MeanBackward0"),
            ("output", "out|27."),
        ]
    )


def test_arrows_follow_the_forward_computation_and_a_factor_used_twice_has_two(torch: Any) -> None:
    tensors = tutorial(torch)
    assert arrows_of(draw(tensors["out"], names=tensors).svg) == Counter(
        {
            ("x", "AddBackward0"): 1,
            ("2", "AddBackward0"): 1,
            ("AddBackward0", "y"): 1,
            ("y", "MulBackward0"): 2,
            ("MulBackward0", "y · y"): 1,
            ("y · y", "MulBackward0"): 1,
            ("3", "MulBackward0"): 1,
            ("MulBackward0", "z"): 1,
            ("z", "MeanBackward0"): 1,
            ("MeanBackward0", "out"): 1,
        }
    )


def test_source_holds_the_same_graph_as_the_picture(torch: Any) -> None:
    tensors = tutorial(torch)
    drawn = draw(tensors["out"], names=tensors, saved=True, grads=True)
    nodes, edges = source_of(drawn)
    assert nodes == {name: words for name, (_, words) in boxes_of(drawn.svg).items()}
    assert edges == ends_of_arrows(drawn.svg)


def test_a_tensor_used_by_two_operations_is_drawn_once(torch: Any) -> None:
    x = torch.tensor(2.0, requires_grad=True)
    a = x.exp()
    b = a * a + a
    assert statements(draw(b)) == {
        "x": "leaf (AccumulateGrad)",
        "a": "ExpBackward0(x)",
        "a · a": "MulBackward0(a, a)",
        "b": "AddBackward0(a · a, a)",
    }
    assert [words for kind, words in boxes_of(draw(b).svg).values() if kind == "leaf"] == ["x|2.|AccumulateGrad"]


def test_constants_by_name_by_value_or_unknown(torch: Any) -> None:
    w = torch.ones(3, requires_grad=True)
    scale = torch.tensor([1.0, 2.0, 3.0])
    data = torch.ones(4, 3)
    result = (w * scale * 2.5).sum() + (data @ w).sum() + scale
    lines = statements(draw(result))
    assert lines["scale"] == "constant"
    assert lines["data"] == "constant"
    assert lines["w · scale"] == "MulBackward0(w, scale)"
    assert lines["w · scale · 2.5"] == "MulBackward0(w · scale, 2.5)"
    assert lines["data @ w"] == "MvBackward0(data, w)"
    assert lines["result"] == "AddBackward0(#1, constant)"  # addition does not save what it adds
    unnamed = statements(draw(w * torch.ones(3)))["output"]
    assert unnamed == "MulBackward0(w, [1., 1., 1.])"


def test_after_the_backward_pass_constants_are_unknown_and_saved_values_freed(torch: Any) -> None:
    w = torch.ones(2, requires_grad=True)
    loss = (w * 3.0).sum()
    loss.backward()
    assert statements(draw(loss))["#1"] == "MulBackward0(w, constant)"
    drawn = draw(loss, saved=True, grads=True)
    assert "_saved_other: freed" in drawn.outline
    assert "w.grad = [3., 3.]" in drawn.outline
    words = [words for _, words in boxes_of(drawn.svg).values()]
    assert "_saved_other: freed" in "|".join(words)
    assert "w|[1., 1.]|AccumulateGrad|.grad = [3., 3.]" in words


def test_saved_values_under_pytorchs_names(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x + 1
    z = (y**3).exp().log()
    drawn = draw(z, saved=True)
    for line in ("_saved_exponent: 3", "_saved_self: y = [2., 3.]", "_saved_result: [2981.0, 5.32e+11]"):
        assert line in drawn.outline
    kinds = Counter(kind for kind, _ in boxes_of(drawn.svg).values())
    assert kinds["saved"] >= 2


def test_numbers_of_an_unnamed_result_are_shown_where_an_operation_saved_it(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    result = ((x + 1) ** 2).sum()
    assert re.search(r"^x \+ 1 += AddBackward0\(x, 1\) +\[2., 3.\]$", draw(result).outline, re.MULTILINE)


def test_arguments_tell_operations_apart(torch: Any) -> None:
    x = torch.ones(2, 3, requires_grad=True)
    result = (x**3).sum(1)[0]
    assert list(statements(draw(result)).values())[1:] == [
        "PowBackward0(x, exponent=3)",
        "SumBackward1(x**3, dim=(1,))",
        "SelectBackward0(#1, dim=0, index=0)",
    ]


def test_several_outputs_in_one_graph(torch: Any) -> None:
    tensors = tutorial(torch)
    y, out = tensors["y"], tensors["out"]
    assert draw([y, out], names=tensors).outline == TUTORIAL.replace("of out", "of y, out")
    drawn = draw({"first": y, "last": out}, names={})
    assert drawn.outline.startswith("Computation graph of first, last: ")
    assert sorted(words for kind, words in boxes_of(drawn.svg).values() if kind == "output") == [
        "first|[[3., 3.],| [3., 3.]]",
        "last|27.",
    ]


def test_results_of_an_operation_with_several(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    first, second = torch.unbind(x * 2)
    result = first * second
    drawn = draw(result)
    assert "first, second = UnbindBackward0(x · 2, dim=0)  result 0: 2.; result 1: 4." in drawn.outline
    assert arrows_of(drawn.svg)["UnbindBackward0", "first"] == 1
    assert arrows_of(drawn.svg)["second", "MulBackward0"] == 1


def test_results_that_nobody_used_are_described_by_their_node(torch: Any) -> None:
    x = torch.ones(2, 3, requires_grad=True)
    small, large = (x * 2).split([1, 2], 1)
    out = large.sum()
    del small, large
    drawn = draw(out)
    assert "#1    = SplitWithSizesBackward0(x · 2, dim=1)  result 1: shape (2, 2)" in drawn.outline
    values = [row.sum() for row in x.double().unbind()]
    drawn = draw(values, names={"x": x})
    assert "#2, #3     = UnbindBackward0(#1, dim=0)  result 0: shape (3,) float64; result 1: shape (3,) float64" in (
        drawn.outline
    )
    assert arrows_of(drawn.svg)["UnbindBackward0", "shape (3,) float64"] == 2


def test_many_results_of_one_operation_leave_the_lines_short(torch: Any) -> None:
    parts = torch.ones(200, requires_grad=True).unbind()
    total = torch.stack([part * 2 for part in parts]).sum()
    del parts
    outline = draw(total).outline
    assert "#2, #3, #4, #5, #6, …, #201 = UnbindBackward0(#1, dim=0)" in outline
    assert max(map(len, outline.splitlines()[:202])) < 250


def test_a_function_of_ones_own(torch: Any) -> None:
    class Scaled(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, factor: float) -> Any:
            ctx.save_for_backward(x)
            ctx.factor = factor
            return x * factor

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * ctx.factor, None

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    drawn = draw(Scaled.apply(x, 3.0), saved=True, names={"x": x})
    assert statements(drawn)["output"] == "ScaledBackward(x)"
    assert "saved_tensors[0]: x = [1., 2.]" in drawn.outline


def test_the_node_of_a_backward_rule_is_not_taken_for_the_operation() -> None:
    assert reading._kind("TanhBackward0") == reading._kind("TanhBackward") == "Tanh"
    assert reading._kind("ConvolutionBackwardBackward0") == "ConvolutionBackward"


def test_a_leaf_and_plain_data_say_that_they_are_the_whole_graph(torch: Any) -> None:
    leaf = torch.ones(2, requires_grad=True)
    data = torch.ones(2)
    assert draw(leaf).outline.splitlines()[1].startswith("leaf is a leaf")
    assert draw(data).outline.splitlines()[1:] == [
        "data has no graph: it needs no gradient and no recorded operation made it.",
        "data = constant  [1., 1.]",
    ]
    assert "data has no graph" in "".join(ElementTree.fromstring(draw(data).svg).itertext())


def test_large_tensors_show_shape_and_unusual_dtype(torch: Any) -> None:
    x = torch.ones(30, 2, requires_grad=True, dtype=torch.float64)
    y = x.sum()
    drawn = draw(y)
    assert "shape (30, 2) float64" in drawn.outline
    assert "60. float64" in drawn.outline
    assert ("leaf", "x|shape (30, 2) float64|AccumulateGrad") in boxes_of(drawn.svg).values()
    assert "shape (2, 2)" in draw(tutorial(torch)["x"], values=3).outline
    assert "[" not in draw(tutorial(torch)["out"], values=False).outline


def test_inputs_stand_in_order_where_it_matters(torch: Any) -> None:
    x, y = (torch.ones(2, requires_grad=True) for _ in range(2))
    source = draw((x * y - y) / x + x.sub(y, alpha=2) + torch.add(x, y, alpha=3)).source
    ordered = {
        words: "ordering=in" in line for line in source.splitlines() for words in re.findall("<b>(.+?)</b>", line)
    }
    assert {name: ordered[name] for name in ("Mul", "Sub", "Div", "Add")} == {
        "Mul": False,
        "Sub": True,
        "Div": True,
        "Add": False,
    }
    assert source.count("ordering=in") == 4  # with alpha, a sum is no longer one whose inputs may change places


def test_direction(torch: Any) -> None:
    out = tutorial(torch)["out"]
    tall, wide = draw(out), draw(out, direction="LR")
    assert "rankdir=LR" in wide.source
    (tall_width, tall_height), (wide_width, wide_height) = (drawing.svg.size(d.svg) for d in (tall, wide))
    assert tall_height > tall_width
    assert wide_width > wide_height
    assert tall.outline == wide.outline


def test_a_module_is_called_and_its_parameters_have_their_names(torch: Any) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    x = torch.ones(2, 3)
    drawn = draw(model, x)
    leaves = [words.split("|")[0] for kind, words in boxes_of(drawn.svg).values() if kind == "leaf"]
    assert sorted(leaves) == ["0.bias", "0.weight", "2.bias", "2.weight"]
    assert drawn.outline.startswith("Computation graph of output: ")
    assert "(0.bias, x, " in drawn.outline


# --- The backward pass on the arrows


SLOPES = """\
Computation graph of profit: 5 operations, 1 leaf
price     = leaf (AccumulateGrad)                10.
            g = 120. - 64. = 56.
price · 8 = MulBackward0(price, 8)
            g = -8.; sends -64. to price
visitors  = RsubBackward1(price · 8, other=200)  120.
            g = -2. + 10. = 8.; sends -8. to price · 8
income    = MulBackward0(visitors, price)        1200.
            g = 1.; sends 10. to visitors, 120. to price
costs     = MulBackward0(visitors, 2)            240.
            g = -1.; sends -2. to visitors
profit    = SubBackward0(income, costs)          960.
            g = 1.; sends 1. to income, -1. to costs"""


def slopes_of(svg: str) -> Counter[str]:
    """What is written on the arrows, and how often."""
    groups = ElementTree.fromstring(svg).iter(f"{SVG}g")
    return Counter("".join(group.itertext()).strip() for group in groups if "slope" in group.attrib.get("class", ""))


def test_slopes_are_written_on_the_arrows_and_their_sums_in_the_boxes(torch: Any) -> None:
    price = torch.tensor(10.0, requires_grad=True)
    visitors = 200 - 8 * price
    income = visitors * price
    costs = 2 * visitors
    profit = income - costs
    drawn = draw(profit, slopes=True)
    assert drawn.outline == SLOPES
    assert slopes_of(drawn.svg) == Counter(["1.", "-1.", "10.", "120.", "-2.", "-8.", "-64."])
    boxes = {words for _, words in boxes_of(drawn.svg).values()}
    assert {"price|10.|AccumulateGrad|g = 56.", "visitors|120.|g = 8.", "profit|960.|g = 1."} <= boxes
    nodes, edges = source_of(drawn)
    assert nodes == {name: words for name, (_, words) in boxes_of(drawn.svg).items()}
    assert edges == ends_of_arrows(drawn.svg)
    assert re.findall(r">([-.0-9]+)</font></td>", drawn.source).count("120.") == 1
    assert slopes_of(draw(profit).svg) == Counter()


def test_slopes_start_with_the_vector_and_fit_broadcast_inputs(torch: Any) -> None:
    w = torch.tensor(3.0, requires_grad=True)
    y = torch.tensor([1.0, 2.0], requires_grad=True) * w
    lines = draw(y, slopes=torch.tensor([1.0, 0.5]), names={"w": w, "y": y}).outline
    assert "g = [1., 0.5]; sends [3., 1.5] to #1, 2. to w" in lines
    assert "g: shape (4, 5)" in draw(torch.ones(4, 5, requires_grad=True).exp(), slopes=torch.ones(4, 5)).outline
    both = draw([y, w * w], slopes=[torch.ones(2), None], names={"w": w}).outline
    assert re.search(r"w .*\n +g = (.*) = 9\.\n", both)


def test_a_result_used_twice_has_a_box_for_the_sum_of_its_slopes(torch: Any) -> None:
    x = torch.tensor(2.0, requires_grad=True)
    result = (lambda twice: twice * twice + twice)(x * 3)
    words = [words for _, words in boxes_of(draw(result, slopes=True, intermediates=False).svg).values()]
    assert any(word.endswith("|g = 13.") for word in words)


def test_slopes_change_nothing(torch: Any) -> None:
    called: list[Any] = []
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    x.register_hook(called.append)
    y = (x * x).exp()
    y.retain_grad()
    loss = y.sum()
    draw(loss, slopes=True)
    assert x.grad is None
    assert y.grad is None
    assert not called
    loss.backward()
    assert len(called) == 1
    with pytest.raises(RuntimeError, match="second time"):
        draw(loss, slopes=True)


def test_slopes_that_there_can_not_be(torch: Any) -> None:
    x = torch.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"only for scalar outputs.*draw\(y, slopes=v\)"):
        draw(x * 2, slopes=True)
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        draw(x * 2, slopes=torch.ones(2))
    with pytest.raises(RuntimeError, match="does not require grad"):
        draw(torch.ones(1), slopes=True)
    with pytest.raises(TypeError, match="gradients can be either Tensors or None"):
        draw(x.sum(), slopes=2.0)
    with pytest.raises(ValueError, match="without fold=True"):
        draw(x.sum(), slopes=True, fold=True)


def test_slopes_into_closed_modules_add_up(torch: Any) -> None:
    class Both(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return x * x

    x = torch.tensor([3.0], requires_grad=True)
    drawn = draw(torch.nn.Sequential(Both()), x, slopes=True, depth=1, names={"x": x})
    assert "g = 1.; sends 6. to x" in drawn.outline.replace("[", "").replace("]", "")


def test_slopes_end_where_operations_are_left_out(torch: Any) -> None:
    x = torch.tensor(1.0, requires_grad=True)
    drawn = draw(((x * 2).exp() * 3).sin() * 4, slopes=True, max_nodes=2)
    assert "g = 1.; sends 4. to #1" in drawn.outline


# --- Norms, shapes, memory


def strengths(drawn: drawing.Drawing) -> Counter[str]:
    groups = ElementTree.fromstring(drawn.svg).iter(f"{SVG}g")
    return Counter(g.attrib["class"].partition("gradient ")[2] for g in groups if "data-from" in g.attrib)


def test_vanishing_and_exploding_gradients_are_seen(torch: Any) -> None:
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(6):
        y = y * 0.1
    healthy = draw(x * 2 * 3, norms=True)
    assert set(strengths(healthy)) == {"usual", ""}
    vanishing = draw(y, norms=True)
    found = strengths(vanishing)
    assert {"small", "usual", "large"} <= set(found)
    assert "norm 1e-06" in vanishing.outline
    assert "1e-06" in slopes_of(vanishing.svg)
    key = "".join(ElementTree.fromstring(vanishing.svg).itertext())
    assert "the median" in key
    assert "grey: norm about" in vanishing.source
    tiny = draw(x * 1e-30 * 1e-3, norms=True)  # whose square is 0 in single precision
    assert "norm 1e-33" in tiny.outline
    dead = draw((x - 5).relu() * 3 + x * torch.tensor(float("inf")), norms=True)
    assert {"none", "not-a-number"} <= set(strengths(dead))
    assert x.grad is None


def test_norms_keep_their_numbers_to_themselves_where_slopes_are_asked_for(torch: Any) -> None:
    x = torch.tensor([3.0, 4.0], requires_grad=True)
    y = x * x
    both = draw(y, slopes=torch.ones(2), norms=True, names={"x": x})
    assert slopes_of(both.svg) == Counter({"[3., 4.]": 2})
    assert "usual" in strengths(both)
    norms = draw(y, norms=torch.ones(2), names={"x": x})
    assert slopes_of(norms.svg) == Counter({"5": 2})
    assert "norm 10" in norms.outline
    with pytest.raises(ValueError, match="without fold=True"):
        draw(y, norms=torch.ones(2), fold=True)


def test_shapes_of_all_values(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    drawn = draw((x * 3).sum(), shapes=True, names={"x": x})
    assert statements(drawn)["output"].startswith("SumBackward0")
    assert re.search(r"^x .* \[1., 1.\] shape \(2,\)$", drawn.outline, re.MULTILINE)
    assert ("output", "output|6.|shape ()") in boxes_of(drawn.svg).values()


def test_memory_that_is_saved_is_counted_once(torch: Any) -> None:
    x = torch.ones(1000, requires_grad=True)
    y = (x * 2).exp()  # exp saves its result, which the product saves as well
    z = (y * y).sum()
    drawn = draw(z, memory=True, names={"x": x})
    lines = drawn.outline.splitlines()
    assert lines[1].startswith("Saved for the backward pass: 4")
    assert "4 kB in all" in lines[1] or "4.01 kB in all" in lines[1]  # PyTorch saves the 2 as a tensor
    assert sum("saves 4 kB" in line for line in lines) == 2
    mine = draw((x * x).sum(), memory=True, names={"x": x}).outline.splitlines()
    assert mine[1].endswith("4 kB in all, 4 kB of it in leaves and constants, which exist anyway.")
    z.backward()
    assert "freed what was saved: a pass has run." in draw(z, memory=True).outline
    closed = draw(torch.nn.Sequential(torch.nn.Tanh(), torch.nn.Tanh()), x, memory=True, depth=1).outline
    assert closed.count("saves 4 kB") == 2


# --- Other engines


class Value:
    """A number that remembers how it was made: an engine whose nodes are the values themselves."""

    def __init__(self, data: float, made_of: tuple = (), rule: Any = None, name: str = "") -> None:
        self.data, self.grad = data, 0.0
        self.next_functions = tuple((value, 0) for value in made_of)
        self.rule, self._name = rule, name
        self.requires_grad = True

    @property
    def grad_fn(self) -> Any:
        return self if self.next_functions else None

    def name(self) -> str:
        return self._name

    def __call__(self, g: float) -> tuple[float, ...]:
        return self.rule(g)

    def __add__(self, other: Any) -> Any:
        return Value(self.data + other.data, (self, other), lambda g: (g, g), "AddBackward0")

    def __mul__(self, other: Any) -> Any:
        a, b = self.data, other.data
        return Value(a * b, (self, other), lambda g: (g * b, g * a), "times")


VALUES = """\
Computation graph of loss: 3 operations, 2 leaves
a    = leaf                 2.
       g = 6. + 9. = 15.
b    = leaf                 3.
       g = 6.
c    = times(a, b)          6.
       g = 1. + 2. = 3.; sends 9. to a, 6. to b
#1   = times(c, a)          12.
       g = 1.; sends 2. to c, 6. to a
loss = AddBackward0(#1, c)  18.
       g = 1.; sends 1. to #1, 1. to c"""


def test_an_engine_whose_nodes_are_the_values_can_be_drawn_and_stepped_through() -> None:
    a, b = Value(2.0), Value(3.0)
    c = a * b
    loss = c * a + c
    drawn = draw(loss, slopes=True)
    assert drawn.outline == VALUES
    assert slopes_of(drawn.svg) == Counter(["1.", "1.", "2.", "6.", "9.", "6."])
    steps = step_through(loss)
    assert [step.title for step in steps._walk.steps] == [
        "Start at loss",
        "AddBackward0 of loss",
        "times of #1",
        "times of c",
        "The leaf a",
        "The leaf b",
    ]
    assert "a.grad after: 0. + 15. = 15." in steps.text
    assert steps._walk.letter == "g"
    assert a.grad == 0.0
    a.requires_grad = False
    assert statements(draw(loss))["a"] == "constant"


class Node:
    """The node of an engine that is built like PyTorch's, with only what it needs."""

    def __init__(self, next_functions: Any, rule: Any = None) -> None:
        self.next_functions, self.rule = next_functions, rule

    def name(self) -> str:
        return "MulBackward0"

    def __call__(self, g: Any) -> Any:
        return self.rule(g)


class Array:
    """A tensor of that engine."""

    def __init__(self, data: Any, requires_grad: bool = False, grad_fn: Any = None) -> None:
        self.data, self.grad = np.array(data, float), None
        self.requires_grad, self.grad_fn = requires_grad, grad_fn
        self.node = grad_fn
        if requires_grad and grad_fn is None:
            self.node = Node(())
            self.node.variable = self

    def __mul__(self, other: Any) -> Any:
        edges = ((self.node, 0), (other.node, 0))
        return Array(self.data * other.data, True, Node(edges, lambda g: (g * other.data, g * self.data)))


def test_an_engine_of_arrays_can_be_drawn_and_stepped_through() -> None:
    x, three = Array([1.0, 2.0], True), Array(3.0)
    y = x * x * three
    assert draw(y, slopes=np.array([1.0, 0.5])).outline.splitlines() == [
        "Computation graph of y: 2 operations, 1 leaf",
        "x     = leaf (AccumulateGrad)          [1., 2.]",
        "        g = [3., 3.] + [3., 3.] = [6., 6.]",
        "x · x = MulBackward0(x, x)",
        "        g = [3., 1.5]; sends [3., 3.] to x, [3., 3.] to x",
        "y     = MulBackward0(x · x, constant)  [3., 12.]",
        "        g = [1., 0.5]; sends [3., 1.5] to x · x",
    ]
    text = step_through(y, np.array([1.0, 0.5])).text
    assert "x.grad before: None" in text
    assert "to x as input 1: g · x = [3., 1.5] · [1., 2.] = [3., 3.]" in text
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        step_through(y, np.ones(3))


# --- Loops and modules, drawn once and as boxes


def test_a_loop_of_one_operation_folds(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    for _ in range(8):
        y = y * 2
    drawn = draw(y, fold=True)
    assert drawn.outline.startswith("Computation graph of y: 9 operations, 1 leaf")
    assert statements(drawn) == {"x": "leaf (AccumulateGrad)", "y": "MulBackward0(x then y, 2) × 9"}
    assert ("operation", "MulBackward0 × 9") in boxes_of(drawn.svg).values()
    assert arrows_of(drawn.svg) == Counter(
        {
            ("x", "MulBackward0 × 9"): 1,
            ("2", "MulBackward0 × 9"): 1,
            ("MulBackward0 × 9", "y"): 1,
            ("y", "MulBackward0 × 9"): 1,
        }
    )
    assert statements(draw(y))["x · 2 · 2"] == "MulBackward0(x · 2, 2)"


def test_a_recurrent_loop_folds_into_a_frame(torch: Any) -> None:
    W, U = (torch.ones(2, 2, requires_grad=True) for _ in range(2))
    start = torch.zeros(2)
    h = start
    for step in range(10):
        h = torch.tanh(W @ h + U @ (torch.ones(2) * step))
    loss = h.sum()
    drawn = draw(loss, fold=True)
    assert drawn.outline.startswith("Computation graph of loss: 41 operations, 2 leaves")
    assert statements(drawn) == {
        "W": "leaf (AccumulateGrad)",
        "U": "leaf (AccumulateGrad)",
        "start": "constant",
        "#1": "MvBackward0(W, start then h) × 10",
        "#2": "MvBackward0(U, constant of shape (2,)) × 10",
        "#3": "AddBackward0(#1, #2) × 10",
        "h": "TanhBackward0(#3) × 10",
        "loss": "SumBackward0(h)",
    }
    loops = [group for group in ElementTree.fromstring(drawn.svg).iter(f"{SVG}g") if group.get("class") == "loop"]
    assert ["".join(loop.itertext()).strip() for loop in loops] == ["× 10"]
    inside = re.findall(r"cluster_0 \{ (\w+) \[", drawn.source)
    words = {boxes_of(drawn.svg)[name][1].partition("|")[0] for name in inside if name != "graph"}
    assert words == {"MvBackward0", "AddBackward0", "TanhBackward0", "shape (2,)", "h"}


def test_what_is_no_loop_does_not_fold(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    first = x * 2
    second = first * 2
    third = second * 2
    assert draw(third, fold=True).outline == draw(third).outline  # each has a name
    twice = x.sin().sin()
    assert draw(twice, fold=True).outline == draw(twice).outline
    kept = [x]
    for _ in range(5):
        kept.append(kept[-1] * 2)
    total = torch.stack(kept).sum()
    del kept
    assert draw(total, fold=True).outline == draw(total).outline  # each is used once more


def test_a_fold_adds_up_to_what_was_there(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    y = x
    for _ in range(30):
        y = (y + y.sin()) * x
    folded = [line for line in statements(draw(y, fold=True)).values() if "Backward" in line]
    repeats = [int(line.rpartition(" × ")[2]) if " × " in line else 1 for line in folded]
    assert sum(repeats) == 90
    assert len(folded) < 10


def test_a_long_loop_is_folded_before_it_is_cut(torch: Any) -> None:
    x = y = torch.ones(2, requires_grad=True)
    for _ in range(2000):
        y = y.sin()
    assert statements(draw(y, fold=True)) == {"x": "leaf (AccumulateGrad)", "y": "SinBackward0(x then y) × 2000"}
    assert "left out" in draw(y, max_nodes=500).outline
    assert x.grad is None


class Block:
    """Makes a network with a module inside a module, used twice."""

    def __new__(cls, torch: Any) -> Any:
        class Network(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.first = torch.nn.Linear(3, 3)
                self.block = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Tanh())

            def forward(self, x: Any) -> Any:
                y = self.first(x)
                return self.block(self.block(y)) + y

        return Network()


def test_modules_open_level_by_level(torch: Any) -> None:
    model, x = Block(torch), torch.ones(2, 3)
    assert statements(draw(model, x, depth=0)) == {"x": "constant", "output": "Network(x)"}
    assert statements(draw(model, x, depth=1)) == {
        "block.0.weight": "leaf (AccumulateGrad)",
        "block.0.bias": "leaf (AccumulateGrad)",
        "x": "constant",
        "#1": "first: Linear(x)",
        "#2": "block: Sequential(block.0.weight, block.0.bias, #1)",
        "#3": "block: Sequential(block.0.weight, block.0.bias, #2)",
        "output": "AddBackward0(#3, #1)",
    }
    boxes = Counter(boxes_of(draw(model, x, depth=1).svg).values())
    assert boxes["module", "first: Linear|2 operations|weight (3, 3)|bias (3,)"] == 1
    second = statements(draw(model, x, depth=2))
    assert sum(line.startswith("block.0: Linear(") for line in second.values()) == 2
    whole = draw(model, x)
    assert sum("Backward" in line for line in statements(whole).values()) == 9
    assert statements(draw(model, x, depth=9)) == statements(whole)
    frames = [g for g in ElementTree.fromstring(whole.svg).iter(f"{SVG}g") if g.get("class") == "frame"]
    assert Counter("".join(frame.itertext()).strip() for frame in frames) == {
        "first: Linear": 1,
        "block: Sequential": 2,
        "block.0: Linear": 2,
        "block.1: Tanh": 2,
    }


@pytest.mark.torch
def test_inputs_that_an_operation_can_do_without_are_not_drawn() -> None:
    torch = pytest.importorskip("torch")
    x = torch.ones(3, 4, requires_grad=True)
    for module in (torch.nn.BatchNorm1d(4, affine=False), torch.nn.GroupNorm(2, 4, affine=False)):
        name = "BatchNorm" if "Batch" in repr(module) else "GroupNorm"
        assert statements(draw(module, x))["output"] == f"Native{name}Backward0(x)"
    convolution = torch.nn.Conv1d(3, 1, 2, bias=False)
    assert "ConvolutionBackward0(x, weight)" in draw(convolution, x).outline.replace("#1", "x")
    assert "needs no gradient" not in step_through(convolution(x).sum()).text


def test_what_a_module_is_given_stands_outside_of_its_box(torch: Any) -> None:
    x = torch.ones(1, 2, requires_grad=True)
    drawn = draw(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh()), x, depth=1)
    assert statements(drawn) == {"x": "leaf (AccumulateGrad)", "#1": "0: Linear(x)", "output": "1: Tanh(#1)"}
    drawn = draw(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh()), x)
    words = boxes_of(drawn.svg)
    inside = {words[name][1] for name in re.findall(r"cluster_\d+ \{ (\w+) \[width", drawn.source)}
    assert "weight" in " ".join(inside)
    assert not any(word.startswith("x|") for word in inside)


def test_what_a_module_returns_may_be_nested(torch: Any) -> None:
    class Several(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return x * 2, {"sum": [x.sum()], "count": 3}

    x = torch.ones(2, requires_grad=True)
    assert list(statements(draw(Several(), x))) == ["x", "output 0", "output 1 sum 0"]

    class Nothing(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return {"count": 3}

    with pytest.raises(TypeError, match="Nothing returned no tensor to draw, but a dict"):
        draw(Nothing(), x)


def test_operations_belong_to_the_module_that_ran_them_however_it_was_called(torch: Any) -> None:
    class Inner(torch.nn.Module):
        def forward(self, *, x: Any) -> Any:
            return x.sin()

    class Outer(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = Inner()

        def forward(self, x: Any) -> Any:
            return self.inner(x=x * 2).cos()

    lines = statements(draw(Outer(), torch.ones(2, requires_grad=True), names={}, depth=1))
    assert list(lines.values())[1:] == ["MulBackward0(input 1, 2)", "inner: Inner(#1)", "CosBackward0(#2)"]


def test_a_module_without_a_graph(torch: Any) -> None:
    x = torch.ones(1, 2)
    with torch.no_grad():
        drawn = draw(torch.nn.Linear(2, 1), x)
    assert "output has no graph" in drawn.outline


def test_a_module_is_left_as_it_was(torch: Any) -> None:
    model, x = Block(torch), torch.ones(2, 3)
    before = {name: type(value) for name, value in vars(model.first).items()}
    draw(model, x)
    assert {name: type(value) for name, value in vars(model.first).items()} == before
    assert not model.first._forward_hooks
    assert not model.first._forward_pre_hooks
    assert all(parameter.grad is None for parameter in model.parameters())

    class Broken(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = model.first

        def forward(self, x: Any) -> Any:
            raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        draw(Broken(), x)
    assert not model.first._forward_hooks


def test_legend_names_the_kinds_that_are_there(torch: Any) -> None:
    tensors = tutorial(torch)
    plain, explained = (boxes_of(draw(tensors["out"], names=tensors, legend=legend).svg) for legend in (False, True))
    kinds = Counter(kind for name, (kind, _) in explained.items() if name.startswith("legend"))
    assert kinds == Counter({kind for kind, _ in plain.values()})
    assert {name: box for name, box in explained.items() if not name.startswith("legend")} == plain


@st.composite
def programs(draw_from: st.DrawFn) -> list[tuple[str, int, int]]:
    """Some operations, each with the places, counted from the newest, of the tensors that it takes."""
    places = st.integers(0, 12)
    kinds = st.sampled_from(["add", "multiply", "double", "sin", "unbind"])
    body = draw_from(st.lists(st.tuples(kinds, places, places), min_size=1, max_size=12))
    return body * draw_from(st.sampled_from([1, 1, 4]))


def run(torch: Any, program: list[tuple[str, int, int]]) -> Any:
    made = [torch.ones(2), torch.ones(2, requires_grad=True)]
    for kind, one, other in program:
        a, b = made[-1 - one % len(made)], made[-1 - other % len(made)]
        if kind == "add":
            made.append(a + b)
        elif kind == "multiply":
            made.append(a * b)
        elif kind == "double":
            made.append(a * 2)
        elif kind == "sin":
            made.append(a.sin())
        elif a.ndim:
            made.append(torch.unbind(a)[1] * b)
    return made[-1]


OPTIONS = st.fixed_dictionaries(
    {
        "direction": st.sampled_from(["TB", "LR"]),
        "fold": st.booleans(),
        "saved": st.booleans(),
        "legend": st.booleans(),
        "max_nodes": st.sampled_from([3, 1000]),
    }
)


@given(programs(), OPTIONS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_graph_can_be_drawn(
    capfd: pytest.CaptureFixture[str], program: list[tuple[str, int, int]], options: dict[str, Any]
) -> None:
    torch: Any = pytest.importorskip("minigrad")
    output = run(torch, program)
    drawn = draw(output, names={}, **options)
    nodes, edges = source_of(drawn)
    assert nodes == {name: words for name, (_, words) in boxes_of(drawn.svg).items()}
    assert edges == ends_of_arrows(drawn.svg)
    assert capfd.readouterr().err == ""
    if not options["fold"] and options["max_nodes"] == 1000 and output.grad_fn is not None:
        reached, stack = set(), [output.grad_fn]
        while stack:
            node = stack.pop()
            if node is not None and node not in reached:
                reached.add(node)
                stack += [before for before, _ in node.next_functions]
        boxes = {name: kind for name, (kind, _) in boxes_of(drawn.svg).items() if "legend" not in name}
        assert Counter(boxes.values())["operation"] == sum(not hasattr(node, "variable") for node in reached)


# --- Stacks of like modules


def attention_blocks(torch: Any, count: int) -> Any:
    """A small transformer: a layer that makes features, `count` blocks of attention, and a head."""
    nn: Any = torch.nn

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.query, self.key, self.value, self.out = (nn.Linear(8, 8) for _ in range(4))
            self.mlp = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 8))

        def forward(self, x: Any) -> Any:
            weights = (self.query(x) @ self.key(x).transpose(1, 2) / 8**0.5).softmax(-1)
            x = x + self.out(weights @ self.value(x))
            return x + self.mlp(x)

    class Transformer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.features = nn.Linear(8, 8)
            self.blocks = nn.Sequential(*[Block() for _ in range(count)])
            self.head = nn.Linear(8, 2)

        def forward(self, x: Any) -> Any:
            return self.head(self.blocks(self.features(x)))

    return Transformer()


def test_like_modules_that_feed_each_other_are_drawn_once(torch: Any) -> None:
    model, x = attention_blocks(torch, 12), torch.ones(2, 3, 8)
    drawn = draw(model, x)
    assert 20 < len(boxes_of(drawn.svg)) < 90
    assert drawn.outline.splitlines()[1] == "Some modules are closed: depth=4 opens one level more."
    frames = [
        "".join(group.itertext()).strip()
        for group in ElementTree.fromstring(drawn.svg).iter(f"{SVG}g")
        if group.get("class") == "frame"
    ]
    assert "blocks.0 … 11: Block × 12" in frames
    whole = draw(model, x, depth=1).outline
    count = re.findall(r"graph of output: (\d+) operations, (\d+) leaves", whole)[0]
    inside = re.findall(r"blocks: Sequential\(.*\n +(\d+) operations\n +(\d+) leaves", whole)[0]
    assert int(inside[0]) + 7 == int(count[0])  # three in features and four in head
    assert int(inside[1]) + 4 == int(count[1])
    two = draw(model, x, depth=2).outline
    assert re.search(r"= blocks.0 … 11: Block\(#\d+\) × 12 ", two)


def test_stacks_are_left_alone_where_they_should_be(torch: Any) -> None:
    small = torch.nn.Sequential(*[torch.nn.Linear(2, 2) for _ in range(5)])
    x = torch.ones(3, 2)
    assert "×" not in draw(small, x).outline  # a small graph
    assert "0 … 4: Linear(x) × 5" in draw(small, x, fold=True, depth=1).outline
    model = attention_blocks(torch, 3)
    everything = draw(model, torch.ones(2, 3, 8), fold=False)
    assert "×" not in everything.outline
    assert "closed" not in everything.outline

    class Skips(torch.nn.Module):  # what the second gives is used at the end, too
        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList([torch.nn.Linear(2, 2) for _ in range(4)])

        def forward(self, x: Any) -> Any:
            kept = []
            for part in self.parts:
                x = part(x)
                kept.append(x)
            return x + kept[1]

    assert "×" not in draw(Skips(), x, fold=True, depth=1).outline


def test_a_large_model_is_drawn_in_about_a_second(torch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    model, x = attention_blocks(torch, 12), torch.ones(2, 3, 8)
    start = time.perf_counter()
    draw(model, x)._repr_mimebundle_()
    seconds = time.perf_counter() - start
    with capsys.disabled():
        print(f"\n 12 blocks of attention drawn in {1000 * seconds:.0f} ms")
    assert seconds < 10


def test_a_click_on_a_module_of_the_page_opens_it(torch: Any, tmp_path: Path) -> None:
    model, x = attention_blocks(torch, 3), torch.ones(2, 3, 8)
    drawn = draw(model, x, depth=1, names={"x": x})
    drawn.save(tmp_path / "model.html")
    page = Tags((tmp_path / "model.html").read_text(encoding="utf-8"))
    sections = [dict(attributes)["id"] for tag, attributes in page.tags if tag == "section"]
    links = {str(attributes["href"]).removeprefix("#") for tag, attributes in page.tags if tag == "a"}
    assert len(sections) == len(set(sections)) > 10
    assert links == set(sections)  # each picture can be reached, and each way back
    assert not [tag for tag, attributes in page.tags if tag in ("script", "link") or "src" in attributes]
    identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    assert "blocks.0 … 2: Block × 3" in page.text
    assert "blocks.0.mlp: Sequential" in page.text
    assert "<a " not in drawn.svg


def test_mermaid(torch: Any, tmp_path: Path) -> None:
    tensors = tutorial(torch)
    drawn = draw(tensors["out"], names=tensors, slopes=True)
    drawn.save(tmp_path / "graph.mmd")
    lines = (tmp_path / "graph.mmd").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "flowchart TD"
    boxes = {name: kind for line in lines for name, kind in re.findall(r'^  (\w+)\W+".*":?.*:::(\w+)$', line)}
    assert boxes == {name: kind for name, (kind, _) in boxes_of(drawn.svg).items()}
    arrows = [re.findall(r"^  (\w+) [-.]+>.*? (\w+)$", line) for line in lines]
    assert Counter(ends for found in arrows for ends in found) == ends_of_arrows(drawn.svg)
    assert any('|"#91;' in line and "linkStyle" not in line for line in lines)  # slopes on the arrows
    assert any('"y<br/>' in line for line in lines)


# --- Formulas and numbers


def test_results_without_a_name_are_called_by_a_short_formula(torch: Any) -> None:
    x, y = (torch.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    out = ((x + y) * (x - (y - x)) / y**2).exp().sum() - x[0].neg()
    assert list(statements(draw(out, names={"x": x, "y": y}))) == [
        "x",
        "y",
        "x + y",
        "y - x",
        "x - (y - x)",
        "#1",  # more than twenty letters
        "y**2",
        "#2",
        "#3",
        "#4",
        "x[0]",
        "-x[0]",
        "output",
    ]
    twice = draw(x * y + x * y, names={"x": x, "y": y})
    assert list(statements(twice)) == ["x", "y", "x · y", "#1", "output"]  # no two values share a label
    spaced = draw((x * 2).exp(), names={"my x": x})
    assert list(statements(spaced)) == ["my x", "#1", "output"]


def test_numbers_added_or_subtracted_are_worked_out_from_the_values_around_them(torch: Any) -> None:
    x = torch.tensor([1.5, -20.25], requires_grad=True)
    plus, minus, reverse = x + 10, x - 0.3, 200 - x * 8
    assert statements(draw(plus))["plus"] == "AddBackward0(x, 10)"
    assert statements(draw(minus))["minus"] == "SubBackward0(x, 0.3)"
    assert statements(draw(reverse))["reverse"] == "RsubBackward1(x · 8, other=200)"
    several = x + torch.tensor([1.0, 2.0])
    assert statements(draw(several))["several"] == "AddBackward0(x, constant)"
    boxes = boxes_of(draw(plus).svg).values()
    assert ("constant", "10") in boxes


def test_no_number_is_worked_out_from_what_has_changed_since(torch: Any) -> None:
    x = torch.tensor(1.0, requires_grad=True)
    y = x + 10
    with torch.no_grad():
        x.add_(1)
    assert statements(draw(y))["y"] == "AddBackward0(x, constant)"
    x = torch.tensor(1.0, requires_grad=True)
    doubled = x * 2
    y = x + 10
    x.data.mul_(3)  # behind autograd's back: only `doubled` bears witness
    assert statements(draw([y, doubled]))["y"] == "AddBackward0(x, constant)"


def test_a_single_number_that_nobody_knows_has_no_box_of_its_own(torch: Any) -> None:
    x = torch.tensor(2.0, requires_grad=True)
    out = (x * 3).cos()
    del x
    plain, every = (boxes_of(draw(out, intermediates=which).svg).values() for which in (None, True))
    assert Counter(kind for kind, _ in plain)["result"] == 1  # cos saves it, so that it is known
    x = torch.tensor(2.0, requires_grad=True)
    out = x * 3 * 4
    plain, every = (boxes_of(draw(out, intermediates=which).svg).values() for which in (None, True))
    assert Counter(kind for kind, _ in plain)["result"] == 0
    assert ("result", "x · 3") in every


def test_entries_stand_in_their_order(torch: Any) -> None:
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    second, first = x[1], x[0]
    result = second * 5 + first * second
    document = ElementTree.fromstring(draw(result).svg)
    lefts = {
        group.attrib["id"]: float(rectangle.attrib["x"])
        for group in document.iter(f"{SVG}g")
        if "id" in group.attrib and (rectangle := group.find(f"{SVG}rect")) is not None
    }
    boxes = boxes_of(draw(result).svg)
    places = {words[-1]: lefts[name] for name, (_, words) in boxes.items() if words.startswith("SelectBackward0")}
    assert places["0"] < places["1"]


def greenhouse(torch: Any, knobs: Any) -> Any:
    heat, water = knobs[0], knobs[1]
    tomatoes = heat * water + 7
    bill = 30 - 5 * heat
    return torch.stack([tomatoes, bill])


def test_a_function_is_called_and_its_variables_give_names(torch: Any) -> None:
    knobs = torch.tensor([2.0, 3.0], requires_grad=True)
    drawn = draw(greenhouse, torch, knobs)
    assert drawn.outline.splitlines()[0].startswith("Computation graph of greenhouse(")
    lines = statements(drawn)
    assert {"knobs", "heat", "water", "heat · water", "tomatoes", "heat · 5", "bill"} < set(lines)
    assert lines["tomatoes"] == "AddBackward0(heat · water, 7)"
    assert lines["bill"] == "RsubBackward1(heat · 5, other=30)"
    assert re.search(r"heat · water += .* 6\.$", drawn.outline, re.MULTILINE)  # every number is known
    assert sys.getprofile() is None
    assert statements(draw(lambda x: x * 2, knobs))["output"] == "MulBackward0(knobs, 2)"
    with pytest.raises(TypeError, match=r"draw\(greenhouse, x\)"):
        draw(greenhouse)
    with pytest.raises(TypeError, match="returned no tensor"):
        draw(lambda x: 3, knobs)
    method = torch.Tensor.__mul__
    draw(greenhouse, torch, knobs)
    assert torch.Tensor.__mul__ is method  # nothing is left of what was put in its place


# --- Names


def test_first_name_counts_and_locals_come_before_globals(torch: Any) -> None:
    weight = torch.ones(2, requires_grad=True)
    again = weight
    parameters = [weight, torch.ones(2, requires_grad=True)]
    _hidden = weight * parameters[1]
    assert again is weight
    assert statements(draw(_hidden)) == {
        "weight": "leaf (AccumulateGrad)",
        "parameters[1]": "leaf (AccumulateGrad)",
        "output": "MulBackward0(weight, parameters[1])",
    }


def test_variables_of_the_callers_are_seen_too(torch: Any) -> None:
    outer = torch.ones(2, requires_grad=True)

    def show(inner: Any) -> drawing.Drawing:
        return draw(inner)

    assert statements(show(outer * 2))["inner"] == "MulBackward0(outer, 2)"


def test_names_in_a_notebook_leave_out_the_history(torch: Any) -> None:
    cell = "x = torch.ones(2, requires_grad=True)\n_ = Out = _1 = x\ny = x * 2\ndrawn = draw(y)"
    notebook: dict[str, Any] = {"In": [], "torch": torch, "draw": draw}
    exec(cell, notebook)
    assert statements(notebook["drawn"]) == {"x": "leaf (AccumulateGrad)", "y": "MulBackward0(x, 2)"}


def test_given_names_replace_the_callers(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    assert set(statements(draw(y, names={"weights": x}))) == {"weights", "output"}
    assert set(statements(draw(y, names={}))) == {"#1", "output"}
    with pytest.raises(TypeError, match="names must map names to tensors"):
        draw(y, names=["x"])


def test_two_tensors_never_share_a_name(torch: Any) -> None:
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    lines = statements(draw(a * b, names={"w" + "x" * 100: a, "w" + "x" * 101: b}))
    short = "w" + "x" * 28 + "…" + "x" * 10
    assert list(lines) == [short, f"{short} (2)", "output"]


def test_variables_that_can_not_be_drawn_do_not_disturb(torch: Any) -> None:
    class Unwritable:
        def __repr__(self) -> str:
            raise AssertionError("asked how it is written")

    x = torch.ones(2, requires_grad=True)
    doubled = x * 2
    first, _ = doubled.unbind()
    doubled.mul_(3)
    with pytest.raises(RuntimeError, match="view"):
        draw(first)  # no longer a place in the graph
    by_object = {Unwritable(): x, "x": x}
    assert statements(draw(doubled)) == {
        "x": "leaf (AccumulateGrad)",
        "x · 2": "MulBackward0(x, 2)",
        "doubled": "MulBackward0(x · 2, 3)",
    }
    del x
    assert "by_object['x']" in statements(draw(doubled))
    assert len(by_object) == 2


def test_something_that_answers_to_every_attribute_is_no_tensor(torch: Any) -> None:
    class Everything:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"asked for {name}")

    everything = Everything()
    x = torch.ones(2, requires_grad=True)
    assert "x" in statements(draw(x * 2))
    assert everything is not None


# --- What a drawing must leave alone


def test_draws_change_nothing(torch: Any) -> None:
    def gradient(drawn: bool) -> Any:
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = (x * x).exp()
        loss = y.sum()
        if drawn:
            draw(loss, saved=True, grads=True).svg  # noqa: B018
            assert x.grad is None
        loss.backward()
        if drawn:
            draw(loss, saved=True, grads=True).svg  # noqa: B018
        return x.grad.tolist()

    assert gradient(True) == gradient(False)


def test_a_drawing_keeps_no_tensor_alive(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    y = x * x
    out = y.sum()
    watched = [weakref.ref(tensor) for tensor in (x, y, out)]
    drawn = draw(out, saved=True)
    drawn.svg  # noqa: B018
    del x, y, out
    gc.collect()
    assert [tensor() for tensor in watched] == [None, None, None]


def test_the_callers_locals_are_left_alone(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    mine = locals()
    draw(x * 2)
    assert mine["x"] is x


def test_nothing_heavy_is_imported_for_it() -> None:
    code = (
        "import sys, minigrad.drawing\n"
        "print(*sorted({m.partition('.')[0] for m in sys.modules} & "
        "{'torch', 'matplotlib', 'graphviz', 'pygraphviz', 'IPython'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# --- In a notebook


def test_html_is_one_image_with_its_text(torch: Any) -> None:
    drawn = draw(tutorial(torch)["out"], names={})
    bundle = drawn._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == drawn.outline
    [(tag, attributes), (style, _)] = Tags(bundle["text/html"]).tags
    assert style == "style"
    assert tag == "img"
    kind, _, data = str(attributes["src"]).partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == drawn.svg
    assert "output = MeanBackward0(#4)" in str(attributes["alt"])


def test_a_large_drawing_scrolls_instead_of_shrinking(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    for _ in range(60):
        x = x * 2
    [(outer, _), (inner, attributes), _] = Tags(html_of(draw(x))).tags
    assert (outer, inner) == ("div", "img")
    assert "max-width:none" in str(attributes["style"])
    assert len(str(attributes["alt"])) <= 600


def test_nothing_is_fetched_to_show_it(torch: Any) -> None:
    tensors = tutorial(torch)
    svg = draw(tensors["out"], names=tensors, saved=True).svg
    assert re.findall(r"[a-z]+://[^\s\"']+", svg) == ["http://www.w3.org/2000/svg"]
    for word in ("href", "url(", "@import", "<script", "<image", "<!"):
        assert word not in svg


@pytest.mark.parametrize("packages", [["pygraphviz"], ["pygraphviz", "graphviz"]])
def test_without_a_renderer_one_line_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, packages: list[str]
) -> None:
    for package in packages:
        monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setenv("PATH", str(tmp_path))
    torch: Any = pytest.importorskip("minigrad")
    drawn = draw(tutorial(torch)["out"], names={})
    shown = Tags(html_of(drawn))
    assert [tag for tag, _ in shown.tags] == ["p", "pre"]
    assert shown.text == graphviz.HOW_TO_GET_ONE + drawn.outline
    assert len(graphviz.HOW_TO_GET_ONE.splitlines()) == 1
    assert drawn._repr_mimebundle_()["text/plain"] == drawn.outline
    with pytest.raises(RuntimeError, match="pip install pygraphviz"):
        drawn.save(tmp_path / "graph.png")


@pytest.fixture
def stand_in_for_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Let a script be the only program `dot`, and take pygraphviz away from this process."""
    if sys.platform == "win32":
        pytest.skip("the stand-in for dot is a script with a shebang")

    def write(script: str) -> None:
        program = tmp_path / "dot"
        program.write_text(f"#!{sys.executable}\n{script}")
        program.chmod(0o755)
        monkeypatch.setitem(sys.modules, "pygraphviz", None)
        monkeypatch.setenv("PATH", str(tmp_path))

    return write


def test_the_program_dot_draws_the_same_where_there_is_no_pygraphviz(
    stand_in_for_dot: Callable[[str], None],
) -> None:
    torch: Any = pytest.importorskip("minigrad")
    pytest.importorskip("pygraphviz")
    drawn, again = (draw(tutorial(torch)["out"], names={"ü": None}) for _ in range(2))
    inside = drawn.svg
    stand_in_for_dot(
        "import sys, pygraphviz\n"
        "(format,) = [word.removeprefix('-T') for word in sys.argv if word.startswith('-T')]\n"
        "graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())\n"
        "sys.stdout.buffer.write(graph.draw(format=format, prog='dot'))\n"
    )
    assert again.svg == inside


def test_a_program_dot_that_fails_is_quoted(
    stand_in_for_dot: Callable[[str], None], capfd: pytest.CaptureFixture[str]
) -> None:
    stand_in_for_dot("import sys; sys.exit('no plugins, run dot -c')")
    with pytest.raises(RuntimeError, match="Graphviz's program dot failed: no plugins, run dot -c"):
        graphviz.layout("digraph {}")
    assert capfd.readouterr() == ("", "")


def test_saving(torch: Any, tmp_path: Path) -> None:
    tensors = tutorial(torch)
    drawn = draw(tensors["out"], names=tensors)
    for ending, start in ((".svg", b"<svg "), (".png", b"\x89PNG"), (".pdf", b"%PDF"), (".dot", b"digraph {")):
        drawn.save(tmp_path / f"graph{ending}")
        assert (tmp_path / f"graph{ending}").read_bytes().startswith(start)
    with pytest.raises(ValueError, match=r"saved as \.svg, \.png, \.pdf, \.html, \.dot or \.mmd"):
        drawn.save("graph.jpg")


# --- Names that are not what a name should be


@given(st.text(max_size=60) | st.sampled_from([HOSTILE_JOINED, *HOSTILE]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_is_drawn_as_text(name: str) -> None:
    torch: Any = pytest.importorskip("minigrad")
    x = torch.ones(2, requires_grad=True)
    plain = draw(x * 2, names={"x": x})
    drawn = draw(x * 2, names={name: x})
    shown = text.clean(name)

    kinds = {name: kind for name, (kind, _) in boxes_of(drawn.svg).items()}
    assert kinds == {name: kind for name, (kind, _) in boxes_of(plain.svg).items()}
    [leaf] = [words for kind, words in boxes_of(drawn.svg).values() if kind == "leaf"]
    hidden = not shown or name.startswith("_") or name in ("In", "Out", "exit", "quit")
    assert leaf == ("[1., 1.]|AccumulateGrad" if hidden else f"{shown}|[1., 1.]|AccumulateGrad")
    assert source_of(drawn)[1] == source_of(plain)[1]
    assert len(drawn.outline.splitlines()) == len(plain.outline.splitlines())
    [(tag, attributes), (follows, _)] = Tags(html_of(drawn)).tags
    assert (tag, sorted(attributes), follows) == ("img", ["alt", "class", "src", "style", "width"], "style")
    if not hidden:
        assert f" {shown} = leaf" in str(attributes["alt"])
        assert drawn.outline.splitlines()[1].startswith(shown)


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "\ud800"])  # no name for a class
def test_hostile_names_of_modules_functions_and_outputs_are_text(torch: Any, name: str) -> None:
    name = name.replace("\0", "").replace(".", "")
    shown = text.clean(name)

    def forward(*arguments: Any) -> Any:
        return arguments[-1] * 2

    Function: Any = type(name, (torch.autograd.Function,), {"forward": staticmethod(forward), "backward": forward})
    Module = type(name, (torch.nn.Module,), {"forward": lambda self, x: Function.apply(x) * 3})
    inner = torch.nn.Sequential(Module())
    inner.add_module(name, Module())
    x = torch.ones(2, requires_grad=True)
    for depth in (None, 1):
        drawn = draw(inner, x, depth=depth, legend=True)
        whole = "".join(ElementTree.fromstring(drawn.svg).itertext()).replace("\N{NO-BREAK SPACE}", " ")
        assert f"{shown}: {shown}" in whole
        assert len(drawn.outline.splitlines()) == len(draw(inner, x, depth=depth).outline.splitlines())
        assert [tag for tag, _ in Tags(html_of(drawn)).tags] == ["img", "style"]
        graphviz.render(drawn.source, "svg")
    out = Function.apply(x).sum()
    drawn = draw({name: out}, saved=True)
    assert text.clean(f"{name}Backward", limit=40) in drawn.outline
    steps = step_through({name: out})
    tags = Counter(tag for tag, _ in Tags(steps.html).tags)
    assert (tags["script"], tags["img"], tags["image"], tags["table"]) == (1, len(steps), 0, 0)


def test_hostile_names_survive_graphvizs_own_rendering(tmp_path: Path) -> None:
    torch: Any = pytest.importorskip("minigrad")
    leaves = {name: torch.ones(2, requires_grad=True) for name in HOSTILE}
    total = sum(leaves.values(), torch.zeros(2))
    drawn = draw(total, names=leaves)
    written = graphviz.render(drawn.source, "svg").decode()
    words = {"".join(line.itertext()).strip() for line in ElementTree.fromstring(written).iter(f"{SVG}text")}
    for name in HOSTILE:
        assert text.clean(name) in {word.replace("\N{NO-BREAK SPACE}", " ") for word in words}
    assert "<script" not in written


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb", "a b"),
        ("\x00\x1b[31m", "[31m"),
        ("\ud800", "\ufffd"),
        ("a\u202eb", "a\ufffdb"),
        ("w" * 400, "w" * 29 + "…" + "w" * 10),
        ("  two  words ", "two words"),
        ("张量", "张量"),
    ],
)
def test_clean(name: str, shown: str) -> None:
    assert text.clean(name) == shown


# --- Size


def test_a_graph_above_the_cap_is_cut_with_a_line(torch: Any) -> None:
    x = y = torch.ones(2, requires_grad=True)
    for _ in range(100):
        y = y * 2
    drawn = draw(y, max_nodes=10)
    assert sum(kind == "operation" for kind, _ in boxes_of(drawn.svg).values()) == 10
    line = drawn.outline.splitlines()[1]
    assert line.startswith("90 operations further from the output left out")
    assert "max_nodes" in line
    assert "90 operations further" in "".join(ElementTree.fromstring(drawn.svg).itertext())
    assert ("left-out", "…") in boxes_of(drawn.svg).values()
    assert "#1 = MulBackward0(…, 2)" in drawn.outline
    assert "left out" not in draw(y, max_nodes=101).outline
    assert x.grad is None


def test_a_cut_through_many_inputs_leaves_one_stub(torch: Any) -> None:
    leaves = [torch.ones(2, requires_grad=True) for _ in range(50)]
    boxes = boxes_of(draw(torch.stack(leaves), names={}, max_nodes=3).svg)
    assert Counter(kind for kind, _ in boxes.values()) == {"leaf": 2, "operation": 1, "left-out": 1, "output": 1}


def test_a_chain_of_100_000_operations(torch: Any) -> None:
    y = torch.ones(2, requires_grad=True)
    for _ in range(100_000):
        y = y * 2
    drawn = draw(y, max_nodes=20)
    assert drawn.outline.splitlines()[1].startswith("More than 5,000 operations further from the output left out")
    assert sum(kind == "operation" for kind, _ in boxes_of(drawn.svg).values()) == 20


def test_a_graph_with_more_paths_than_can_be_walked(torch: Any) -> None:
    y = torch.ones(2, requires_grad=True)
    for _ in range(40):
        y = y.sin() + y.cos()
    assert draw(y).outline.startswith("Computation graph of y: 120 operations, 1 leaf")


def test_in_a_large_graph_long_arrows_become_names(torch: Any) -> None:
    weight = y = torch.ones(2, requires_grad=True)
    for _ in range(30):
        y = (y * weight).sin()
    boxes = boxes_of(draw(y).svg)
    references = [words for kind, words in boxes.values() if kind == "reference"]
    assert set(references) == {"↑ weight"}
    assert len(references) + arrows_of(draw(y).svg)["weight", "MulBackward0"] == 31  # it is both factors once
    assert not [1 for kind, _ in boxes.values() if kind == "result"]
    assert [1 for kind, _ in boxes_of(draw(y, intermediates=True).svg).values() if kind == "result"]


@pytest.mark.parametrize("count", [10, 100, 1000])
def test_time_to_draw(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    torch: Any = pytest.importorskip("minigrad")
    weight = y = torch.ones(2, requires_grad=True)
    for _ in range(count // 2):
        y = (y * weight).sin()
    start = time.perf_counter()
    drawn = draw(y, max_nodes=count + 1)
    shown = html_of(drawn)
    with capsys.disabled():
        print(f"\n{count:5} operations drawn in {1000 * (time.perf_counter() - start):.0f} ms, {len(shown):,} bytes")
    assert sum(kind == "operation" for kind, _ in boxes_of(drawn.svg).values()) == count // 2 * 2


# --- Bad input, and the look in figures


@pytest.mark.parametrize(
    ("what", "kind", "message"),
    [
        (3, TypeError, "not an int: 3"),
        ("x", TypeError, "not a str: 'x'"),
        (None, TypeError, "not a NoneType: None"),
        ([], ValueError, "empty list"),
        ([1.0], TypeError, "this one holds a float: 1.0"),
    ],
)
def test_what_is_no_tensor_is_named(what: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=re.escape(message)):
        draw(what)


def test_arguments_that_do_not_exist(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(ValueError, match="direction must be 'TB'"):
        draw(x, direction="up")
    with pytest.raises(ValueError, match="max_nodes must be at least 1"):
        draw(x, max_nodes=0)
    model, wrong = torch.nn.Linear(2, 1), {"max_nodes": "9", "values": "9", "depth": "9"}
    for name, value in wrong.items():
        options: dict[str, Any] = {name: value}
        with pytest.raises(TypeError, match=f"{name} must be a whole number, not a str: '9'"):
            draw(model, x, **options)
    with pytest.raises(ValueError, match="depth counts levels of a module drawn with its inputs"):
        draw(x * 2, depth=1)
    with pytest.raises(TypeError, match=re.escape("give its inputs as well: draw(linear, x)")):
        draw(model)
    with pytest.raises(TypeError, match="give them as a list"):
        draw(x, x)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, of a colour written #rrggbb."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_words_stand_out_and_borders_are_visible() -> None:
    for style in picture.STYLES.values():
        fill = "#ffffff" if style.fill == "none" else style.fill
        assert contrast(style.words, fill) >= 4.5
    assert contrast(picture.FAINT, picture.STYLES["operation"].fill) >= 4.5
    assert contrast("#ffffff", picture.STYLES["leaf"].stroke) >= 4.5
    for kind in ("operation", "leaf", "constant", "result", "output", "saved"):
        assert contrast(picture.STYLES[kind].stroke, "#ffffff") >= 3
    for strength in picture.STRENGTHS.values():
        assert contrast(strength.stroke, "#ffffff") >= 3


def test_words_stand_out_on_a_dark_page_too() -> None:
    panel, dark = picture.DARK["#ffffff"], picture.DARK
    for style in (*picture.STYLES.values(), picture.FRAME, picture.FRAME_OF_LOOP, picture.GRADIENT):
        assert contrast(dark[style.words], panel if style.fill == "none" else dark[style.fill]) >= 4.5
    assert contrast(dark[picture.FAINT], dark[picture.STYLES["operation"].fill]) >= 4.5
    assert contrast(dark[picture.ON_BAND], dark[picture.STYLES["leaf"].stroke]) >= 4.5
    for kind in ("operation", "leaf", "constant", "result", "output", "saved"):
        assert contrast(dark[picture.STYLES[kind].stroke], panel) >= 3
    for strength in picture.STRENGTHS.values():
        assert contrast(dark[strength.stroke], panel) >= 3
    assert contrast(dark["#69727b"], panel) >= 4.5  # what lies ahead in a backward pass


def test_a_dark_page_gets_a_picture_in_dark_colours(torch: Any) -> None:
    x = torch.ones(2, requires_grad=True)
    drawn = draw((x * 2).sum(), norms=True, legend=True, saved=True)
    light, dark = drawn.svg.split("@media(prefers-color-scheme:dark)")
    assert ".panel{fill:#fff;" in light
    assert ".panel{fill:#1b1f24;" in dark
    assert "color-scheme:dark" in html_of(drawn)
    assert dict(Tags(html_of(drawn)).tags[0][1])["class"] == "minigrad-picture"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (2.0, "2."),
        (-0.0, "-0."),
        (0.1 + 0.2, "0.3"),
        (1234.5678, "1234.6"),
        (123456.0, "123456."),
        (1e30, "1e+30"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (7, "7"),
        (True, "True"),
    ],
)
def test_numbers(value: float, written: str) -> None:
    assert text.number(value) == written


def test_no_type_is_smaller_than_that_of_the_notebook_around_it(torch: Any) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    drawing = draw(y, slopes=True, saved=True, legend=True, names={"x": x})
    sizes = {float(size) for size in re.findall(r"font-size:([\d.]+)px", drawing.svg)}
    assert sizes
    assert min(sizes) >= 13
