"""The picture of memory shows what the tensors really share, and how many writes each memory counted."""

import base64
import re
from importlib.util import find_spec
from xml.etree import ElementTree

import numpy as np
import pytest

import minigrad
from course import memory
from minigrad.drawing.picture import DARK


def outline(*tensors: object) -> list[str]:
    return str(memory(*tensors)).splitlines()


def test_detach_leads_to_the_same_strip_and_clone_to_one_of_its_own() -> None:
    kilos = minigrad.tensor([12.0, 20.0], requires_grad=True)
    price = 10 - kilos / 4
    given, copy = price.detach(), price.clone()
    before = memory(price, given, copy)
    assert str(before).splitlines() == [
        "Memory of price, given, copy: 2 strips",
        "strip 1: [7., 5.]   writes counted: 0",
        "    price   RsubBackward1",
        "    given   doesn't require grad",
        "strip 2: [7., 5.]   writes counted: 0",
        "    copy    CloneBackward0",
    ]
    shown = before.svg
    given[0] = 100.0
    assert outline(price, given, copy)[1] == "strip 1: [100., 5.]   writes counted: 1"
    assert outline(price, given, copy)[4] == "strip 2: [7., 5.]   writes counted: 0"
    copy[0] = 1.0
    assert outline(price, given, copy)[4:] == ["strip 2: [1., 5.]   writes counted: 1", "    copy    CopySlices"]
    assert "100." not in str(before)  # which shows what was, and holds no tensor
    assert before.svg == shown


def test_data_shares_the_memory_and_has_a_count_of_its_own() -> None:
    price = minigrad.tensor([7.0, 5.0])
    price *= 2
    assert outline({"price": price, "price.data": price.data})[1] == (
        "strip 1: [14., 10.]   writes counted by price: 1   writes counted by price.data: 0"
    )


def test_arrays_share_memory_and_count_nothing() -> None:
    price = minigrad.tensor([7.0, 5.0])
    array = price.numpy()
    array[0] = 1.0
    assert outline(price, array) == [
        "Memory of price, array: 1 strip",
        "strip 1: [1., 5.]   writes counted: 0",
        "    price   doesn't require grad",
        "    array   NumPy array, counts nothing",
    ]
    assert outline(array)[1] == "strip 1: [1., 5.]"


def test_views_say_which_cells_they_cover() -> None:
    x = minigrad.arange(6.0).reshape(2, 3)
    column, row = x[:, 1], x[1]
    lines = outline(x, column, row)
    assert lines[1:] == [
        "strip 1: [0., 1., 2., 3., 4., 5.]   writes counted: 0",
        "    x        doesn't require grad",
        "    column   doesn't require grad, cells 1, 4",
        "    row      doesn't require grad, cells 3, 4, 5",
    ]


def test_two_views_apart_are_joined_by_what_covers_both() -> None:
    x = minigrad.arange(4.0)
    left, right = x[:2], x[2:]
    assert outline(left, right)[0].endswith("2 strips")
    assert outline(left, right, x)[0].endswith("1 strip")


def test_scalars_share_memory_as_well() -> None:
    x = minigrad.tensor(2.0, requires_grad=True)
    y = x * 3
    z = y.detach()
    assert outline(y, z, x)[0].endswith("2 strips")
    assert outline(y, z)[1] == "strip 1: [6.]   writes counted: 0"


def test_one_tensor_under_two_names_and_a_name_that_leads_nowhere() -> None:
    x = minigrad.tensor(2.0, requires_grad=True)
    (x * 3).backward()
    noted = x.grad
    lines = outline({"x.grad": x.grad, "noted": noted, "other": None})
    assert lines[0] == "Memory of x.grad, noted, other: 1 strip"
    assert lines[2:] == [
        "    x.grad   doesn't require grad",
        "    noted    doesn't require grad",
        "no memory",
        "    other   None",
    ]
    assert outline(x)[2] == "    x   leaf, requires grad"


def test_the_middle_of_a_long_strip_is_left_out() -> None:
    x = minigrad.arange(30.0)
    assert outline(x)[1].startswith("strip 1: [0., 1., 2., 3., 4., 5., …, 29.]")


def test_nothing_is_changed_by_a_picture() -> None:
    x = minigrad.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    (y * y).sum().backward(retain_graph=True)
    before = (x._version, y._version, x.grad.tolist(), y.grad_fn)
    memory(x, y, x.grad).svg  # noqa: B018, which paints it
    assert (x._version, y._version, x.grad.tolist(), y.grad_fn) == before


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(TypeError, match="not a list"):
        memory([1.0])
    with pytest.raises(ValueError, match="nothing to draw"):
        memory()
    with pytest.raises(ValueError, match="up to 64 numbers, but big has 100"):
        memory({"big": minigrad.zeros(100)})


def test_the_picture_has_words_for_those_who_do_not_see_it() -> None:
    price = minigrad.tensor([7.0, 5.0])
    shown = memory(price, price.detach(), price.clone())
    bundle = shown._repr_mimebundle_()
    assert bundle["text/plain"] == str(shown)
    alt = re.search(r'alt="([^"]*)"', bundle["text/html"])
    assert alt
    assert "Strip 1 holds [7., 5.]; price (doesn&#x27;t require grad), #2" in alt[1]
    assert "Strip 2" in alt[1]
    assert "None is" not in alt[1]


def test_the_picture_is_a_document_that_follows_the_theme() -> None:
    names = {"a <b> & c": minigrad.tensor([1.0]), "nothing": None, "array": np.zeros(3)}
    data = re.search(r"base64,([^\"]*)\"", memory(names)._repr_mimebundle_()["text/html"])
    assert data
    document = base64.b64decode(data[1]).decode()
    tree = ElementTree.fromstring(document)
    words = [element.text for element in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a <b> & c", "1.", "0.", "writes counted", "nothing", "None"} <= {*words}
    light, dark = document.split("@media(prefers-color-scheme:dark)")
    colours = {*re.findall(r"#[0-9a-f]{3,6}", light)}
    assert colours
    assert {DARK[colour] for colour in colours} <= {*re.findall(r"#[0-9a-f]{3,6}", dark)}
    width, height = (float(tree.attrib[side]) for side in ("width", "height"))
    for box in tree.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(box.attrib["x"]) + float(box.attrib["width"]) <= width
        assert float(box.attrib["y"]) + float(box.attrib["height"]) <= height


@pytest.mark.skipif(not find_spec("torch"), reason="needs PyTorch")
def test_pytorchs_tensors_are_drawn_too() -> None:
    import torch

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    z, copy = y.detach(), y.clone()
    z[0] = 5.0
    lines = outline(x, y, z, copy)
    assert lines[0] == "Memory of x, y, z, copy: 3 strips"
    # PyTorch does not tell who counts together, so each says what it counted.
    assert lines[3] == "strip 2: [5., 4.]   writes counted by y: 1   writes counted by z: 1"
    assert lines[4] == "    y      MulBackward0"
