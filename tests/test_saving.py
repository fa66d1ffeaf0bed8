"""`save` and `load`: what goes in comes out, and nothing else goes in or is let in."""

import io
import json
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import minigrad
from minigrad import nn, optim

torch: Any = minigrad


def there_and_back(obj: Any) -> Any:
    memory = io.BytesIO()
    torch.save(obj, memory)
    memory.seek(0)
    return torch.load(memory)


def same(a: Any, b: Any) -> bool:
    """Equal, of the same types at every place, nan equal to nan and -0.0 not to 0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        alike = (a.dtype, a.shape, a.requires_grad) == (b.dtype, b.shape, b.requires_grad)
        return alike and a.detach().numpy().tobytes() == b.detach().numpy().tobytes()
    if isinstance(a, dict):
        return [*map(repr, a)] == [*map(repr, b)] and all(
            same(x, y) for x, y in zip(a.values(), b.values(), strict=True)
        )
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return repr(a) == repr(b)


@st.composite
def tensors(draw: Any) -> Any:
    shape = draw(st.sampled_from([(), (0,), (3,), (2, 3), (2, 0, 1)]))
    dtype = draw(st.sampled_from([torch.float32, torch.float64, torch.int64, torch.bool]))
    size = int(np.prod(shape))
    numbers = draw(st.lists(st.floats(width=32), min_size=size, max_size=size))
    if not dtype.is_floating_point:
        numbers = [bool(n > 0) for n in numbers]
    tensor = torch.tensor(numbers, dtype=dtype).reshape(shape)
    if not dtype.is_floating_point:
        return tensor
    kind = draw(st.sampled_from(["constant", "tracked", "parameter"]))
    return nn.Parameter(tensor) if kind == "parameter" else tensor.requires_grad_(kind == "tracked")


plain = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from([torch.float32, torch.int64])
)
keys = st.one_of(st.text(), st.integers(), st.none(), st.tuples(st.integers(), st.text()))
objects = st.recursive(
    st.one_of(plain, tensors()),
    lambda parts: st.one_of(
        st.lists(parts, max_size=3),
        st.lists(parts, max_size=3).map(tuple),
        st.dictionaries(keys, parts, max_size=3),
        st.dictionaries(keys, parts, max_size=3).map(OrderedDict),
        st.lists(st.integers(0, 5), max_size=3).map(torch.Size),
    ),
    max_leaves=10,
)


@given(objects)
def test_what_goes_in_comes_out(obj: Any) -> None:
    assert same(there_and_back(obj), obj)


def test_training_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Saved after ten steps and loaded into new objects, the next ten steps are what they would have been."""

    def new() -> tuple[nn.Module, optim.Optimizer]:
        model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
        return model, optim.Adam(model.parameters(), lr=0.1)

    def train(model: nn.Module, optimizer: optim.Optimizer, steps: int) -> list[float]:
        losses = []
        for step in range(steps):
            x = torch.arange(6.0).reshape(3, 2) + step
            optimizer.zero_grad()
            loss = (model(x) ** 2).mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    model, optimizer = new()
    train(model, optimizer, 10)
    path = tmp_path / "checkpoint.pt"
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "steps": 10}, path)
    expected = train(model, optimizer, 10)

    model, optimizer = new()
    found = torch.load(path)
    model.load_state_dict(found["model"])
    optimizer.load_state_dict(found["optimizer"])
    assert found["steps"] == 10
    assert train(model, optimizer, 10) == expected


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    for path in (tmp_path / "weights", str(tmp_path / "weights.pt")):
        torch.save(torch.ones(2), path)
        assert torch.load(path, weights_only=True).tolist() == [1, 1]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["weights", "weights.pt"]


def test_loaded_memory_is_its_own(tmp_path: Path) -> None:
    tensor = torch.ones(2)
    torch.save(tensor, tmp_path / "t")
    torch.load(tmp_path / "t").zero_()
    assert torch.load(tmp_path / "t").tolist() == [1, 1]


def test_a_result_is_saved_as_its_values() -> None:
    w = torch.ones(2, requires_grad=True)
    loaded = there_and_back(w * 3)
    assert loaded.tolist() == [3, 3]
    assert loaded.is_leaf


@pytest.mark.parametrize(
    ("obj", "words"),
    [
        (nn.Linear(1, 1), "the object is of type Linear.*state_dict"),
        ({"a": [1, {"b": print}]}, r"the object\['a'\]\[1\]\['b'\] is of type builtin_function_or_method"),
        ([np.ones(2)], r"the object\[0\] is of type ndarray"),
        ({1, 2}, "set"),
        ({int: 1}, "a key is of type type"),
    ],
)
def test_anything_else_is_refused(obj: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=words):
        torch.save(obj, tmp_path / "t")
    assert not list(tmp_path.iterdir())


def archive(**arrays: np.ndarray) -> bytes:
    memory = io.BytesIO()
    np.savez(memory, **arrays)  # type: ignore[arg-type]
    return memory.getvalue()


def described(structure: Any, **arrays: np.ndarray) -> bytes:
    text = json.dumps(structure) if not isinstance(structure, str) else structure
    return archive(structure=np.frombuffer(text.encode(), np.uint8), **arrays)


class Explosive:
    def __reduce__(self) -> tuple:
        return pytest.fail, ("a file was allowed to run code",)


def zipped_pickle() -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as file:
        file.writestr("archive/data.pkl", pickle.dumps(Explosive()))
    return memory.getvalue()


def single_array() -> bytes:
    memory = io.BytesIO()
    np.save(memory, np.ones(2))
    return memory.getvalue()


STRANGERS = {
    "nothing": b"",
    "text": b"hello",
    "a pickle": pickle.dumps(Explosive()),
    "a zip with a pickle": zipped_pickle(),
    "an array": single_array(),
    "arrays": archive(a=np.ones(2)),
    "a pickled array": archive(structure=np.array([Explosive()], object)),
    "half": described({"format": "minigrad 1", "object": 1})[:150],
    "another format": described({"format": "minigrad 9", "object": 1}),
    "no format": described({"object": 1}),
    "no object": described({"format": "minigrad 1"}),
    "no JSON": described("{"),
    "a list": described([1]),
    "an unknown kind": described({"format": "minigrad 1", "object": {"code": "1"}}),
    "an empty kind": described({"format": "minigrad 1", "object": {}}),
    "a missing array": described({"format": "minigrad 1", "object": {"tensor": "array0", "requires_grad": False}}),
    "a text array": described(
        {"format": "minigrad 1", "object": {"tensor": "a", "requires_grad": False}}, a=np.array("x")
    ),
    "an unknown type": described({"format": "minigrad 1", "object": {"dtype": "complex64"}}),
    "a wrong dict": described({"format": "minigrad 1", "object": {"dict": [1]}}),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_are_turned_away(name: str, tmp_path: Path) -> None:
    path = tmp_path / "stranger.pt"
    path.write_bytes(STRANGERS[name])
    with pytest.raises(RuntimeError, match=r"stranger\.pt is not a file that minigrad's save\(\) wrote"):
        torch.load(path)


def test_no_file_at_all(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        torch.load(tmp_path / "missing")


@pytest.mark.torch
def test_pytorchs_own_files_are_turned_away(tmp_path: Path) -> None:
    import torch as pytorch

    pytorch.save({"a": pytorch.ones(2)}, tmp_path / "t.pt")
    with pytest.raises(RuntimeError, match="written with pickle"):
        torch.load(tmp_path / "t.pt")


def test_where_to_load_is_taken_and_must_be_the_cpu(tmp_path: Path) -> None:
    """Programs that run on machines with and without a GPU say where the tensors should go."""
    path = tmp_path / "x.pt"
    torch.save(torch.ones(2), path)
    for where in (None, "cpu", torch.device("cpu"), {"cuda:0": "cpu"}, lambda storage, location: storage):
        assert torch.load(path, map_location=where).tolist() == [1.0, 1.0]
    with pytest.raises(AssertionError, match="not compiled with CUDA"):
        torch.load(path, map_location="cuda")
