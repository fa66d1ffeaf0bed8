"""`minigrad.random` gives PyTorch's numbers: figures recorded from it, and random programs beside it."""

import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import minigrad
from minigrad import random
from tests.examples import examples
from tests.figures import recorded

# A draw is the name of a function in minigrad.random, its arguments before the shape, the shape and the dtype.
Draw = tuple[str, tuple[Any, ...], tuple[int, ...], str]


def ours(draw: Draw, generator: random.Generator = random.default_generator) -> np.ndarray:
    """What minigrad draws."""
    name, arguments, shape, dtype = draw
    if name == "randperm":
        return random.randperm(shape[0], generator)
    if name == "randint":
        return random.randint(arguments[0], arguments[1], shape, generator)
    return getattr(random, name)(*arguments, shape, dtype, generator)


def theirs(draw: Draw, generator: Any = None) -> np.ndarray:
    """What PyTorch draws, from its default generator or another of its own."""
    import torch

    name, arguments, shape, dtype = draw
    if name in ("uniform", "normal"):
        tensor = torch.empty(shape, dtype=getattr(torch, dtype))
        return getattr(tensor, name + "_")(*arguments, generator=generator).numpy()
    function: Any = getattr(torch, name)
    if name == "randperm":
        return function(*shape, generator=generator).numpy()
    return function(*arguments, shape, dtype=getattr(torch, dtype), generator=generator).numpy()


def bits(values: np.ndarray) -> np.ndarray:
    """The values as integers: neighbouring floats of one sign differ by one, and -0.0 is not 0.0."""
    return values.view(f"i{values.itemsize}")


def floats(name: str, *arguments: float, sizes: tuple[int, ...] = (3, 1, 16, 5, 17, 2)) -> list[Draw]:
    return [(name, arguments, (size,), dtype) for size in sizes for dtype in ("float32", "float64")]


def integers(low: int, high: int) -> list[Draw]:
    return [("randint", (low, high), (2, 3), "int64"), ("rand", (), (1,), "float32")]


# Name: seed, and what is drawn after it.
PROGRAMS: dict[str, tuple[int, list[Draw]]] = {
    "rand": (0, floats("rand")),
    "randn": (0, floats("randn")),
    "randn of every size": (1, [("randn", (), (size,), "float32") for size in range(34)]),
    "shapes": (2, [("randn", (), shape, "float32") for shape in [(), (2, 3), (0, 3), (4, 4), (3, 5, 7)]]),
    "an odd normal waits for its turn": (
        3,
        [(name, (), (size,), "float32") for name, size in [("randn", 3), ("rand", 2), ("randn", 16), ("randn", 2)]],
    ),
    "uniform": (4, floats("uniform", -0.1, 0.3)),
    "uniform, rounded up to its bound": (5, floats("uniform", 16777214.0, 16777216.0, sizes=(40,))),
    "normal": (6, floats("normal", 3.3, 0.7)),
    "normal without spread": (7, floats("normal", 2.0, 0.0)),
    "randint": (8, integers(0, 10)),
    "randint below zero": (9, integers(-5, 7)),
    "randint, largest range from one draw": (10, integers(0, 2**28 - 1)),
    "randint, smallest range from two draws": (11, integers(1, 2**28 + 1)),
    "randint over all of int64": (12, integers(-(2**63), 2**63 - 1)),
    "randperm": (13, [("randperm", (), (size,), "int64") for size in (10, 0, 1, 2, 50)]),
    "a negative seed": (-1, floats("rand", sizes=(2,))),
    "the smallest seed": (-(2**63), floats("rand", sizes=(2,))),
    "the largest seed": (2**64 - 1, floats("rand", sizes=(2,))),
    "only 32 bits of a seed count": (2**32 + 3, floats("rand", sizes=(2,))),
}


def record() -> dict[str, Any]:
    import torch

    figures = {}
    for name, (seed, draws) in PROGRAMS.items():
        torch.manual_seed(seed)
        figures[name] = {"initial seed": torch.initial_seed(), "draws": [theirs(draw).tolist() for draw in draws]}
    return figures


FIGURES = recorded(__name__)


def test_every_program_is_recorded() -> None:
    assert list(FIGURES) == list(PROGRAMS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_draws_what_pytorch_drew(name: str) -> None:
    seed, draws = PROGRAMS[name]
    random.manual_seed(seed)
    assert random.initial_seed() == FIGURES[name]["initial seed"]
    for draw, figures in zip(draws, FIGURES[name]["draws"], strict=True):
        drawn, expected = ours(draw), np.array(figures, draw[3])
        assert drawn.dtype == expected.dtype
        assert drawn.shape == draw[2]
        if draw[0] in ("randn", "normal") and (draw[3] == "float64" or drawn.size < 16):
            # These need the C library's logarithm and sine, whose last bit is its own.
            np.testing.assert_allclose(
                drawn.ravel(), expected.ravel(), rtol=2 * float(np.finfo(draw[3]).eps), atol=1e-15
            )
        else:
            assert drawn.tolist() == figures


SHAPES = st.sampled_from([(), (0,), (3, 5), (4, 4), (2, 3, 4), (1000,), (7, 77)]) | st.tuples(st.integers(1, 40))
DTYPES = st.sampled_from(["float32", "float64"])
NUMBERS = st.floats(-3, 3) | st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, 1.0])
SPANS = st.floats(0, 2) | st.floats(0, 1e6) | st.sampled_from([0.0, 1.0])
SEEDS = st.integers(0, 9) | st.integers(-(2**63), 2**64 - 1)


@st.composite
def bounds(draw: st.DrawFn) -> tuple[int, int]:
    """Bounds of integers, their distance of every order of magnitude."""
    distance = draw(st.integers(1, 20) | st.integers(0, 63).flatmap(lambda power: st.integers(1, 2**power)))
    low = draw(st.integers(-(2**63), 2**63 - 1 - distance) | st.integers(-9, min(9, 2**63 - 1 - distance)))
    return low, low + distance


def at_random(name: str, arguments: st.SearchStrategy[tuple[Any, ...]]) -> st.SearchStrategy[Draw]:
    return st.tuples(st.just(name), arguments, SHAPES, DTYPES)


DRAWS = st.one_of(
    at_random("rand", st.just(())),
    at_random("randn", st.just(())),
    at_random("uniform", st.tuples(NUMBERS, SPANS).map(lambda pair: (pair[0], sum(pair)))),
    at_random("normal", st.tuples(NUMBERS, SPANS)),
    st.tuples(st.just("randint"), bounds(), SHAPES, st.just("int64")),
    st.tuples(st.just("randperm"), st.just(()), st.tuples(st.integers(0, 300)), st.just("int64")),
)


@pytest.mark.torch
@settings(max_examples=examples(400))
@given(SEEDS, st.lists(DRAWS | SEEDS | st.sampled_from(["save", "restore"]), min_size=1, max_size=12))
def test_draws_what_pytorch_draws(seed: int, program: list[Draw | int | str]) -> None:
    """Programs of draws, new seeds, and returns to the state saved last: the same bits."""
    import torch

    if torch.backends.cpu.get_cpu_capability() not in ("AVX2", "AVX512"):
        pytest.skip("here PyTorch's own last bits are not those of most machines")
    mine, other = random.Generator(), torch.Generator()
    assert mine.initial_seed() == other.initial_seed()
    saved = mine.get_state(), other.get_state()
    for step in [seed, *program]:
        if step == "save":
            saved = mine.get_state(), other.get_state()
        elif step == "restore":
            mine.set_state(saved[0])
            other.set_state(saved[1])
        elif isinstance(step, int):
            mine.manual_seed(step)
            other.manual_seed(step)
        elif isinstance(step, tuple):
            drawn, expected = ours(step, mine), theirs(step, other)
            assert isinstance(drawn, np.ndarray)
            assert drawn.dtype == expected.dtype
            assert drawn.shape == expected.shape
            assert bits(drawn).tolist() == bits(expected).tolist()
        assert mine.initial_seed() == other.initial_seed()


# What PyTorch refuses, the type of its exception, and what minigrad's message must say was given.
REFUSED: list[tuple[Draw, type[Exception], str]] = [
    (("rand", (), (2,), "int64"), NotImplementedError, "int64"),
    (("randn", (), (2,), "int64"), NotImplementedError, "int64"),
    (("randn", (), (20,), "bool"), NotImplementedError, "bool"),
    (("uniform", (2.0, 1.0), (3,), "float32"), RuntimeError, "low=2.0 > high=1.0"),
    (("uniform", (2.0, 1.0), (0,), "float32"), RuntimeError, "low=2.0 > high=1.0"),
    (("uniform", (0.0, math.inf), (3,), "float32"), RuntimeError, "high=inf"),
    (("uniform", (math.nan, 1.0), (3,), "float32"), RuntimeError, "low=nan"),
    (("uniform", (0.0, 1e39), (3,), "float32"), RuntimeError, r"high=1e\+39"),
    (("uniform", (3e38, 4e38), (3,), "float32"), RuntimeError, r"high=4e\+38"),
    (("uniform", (-3e38, 3e38), (3,), "float32"), RuntimeError, r"low=-3e\+38, high=3e\+38"),
    (("normal", (0.0, -1.0), (3,), "float32"), RuntimeError, "std=-1.0"),
    (("normal", (0.0, math.nan), (30,), "float32"), RuntimeError, "std=nan"),
    (("randint", (5, 5), (3,), "int64"), RuntimeError, "low=5 >= high=5"),
    (("randint", (5, 2), (0,), "int64"), RuntimeError, "low=5 >= high=2"),
    (("randint", (0, 2**63), (3,), "int64"), ValueError, f"high={2**63}"),
    (("randint", (-(2**63) - 1, 0), (3,), "int64"), ValueError, f"low={-(2**63) - 1}"),
    (("randperm", (), (-1,), "int64"), RuntimeError, "n=-1"),
]


@pytest.mark.parametrize(("draw", "error", "told"), REFUSED)
def test_bad_calls_are_refused_and_draw_nothing(draw: Draw, error: type[Exception], told: str) -> None:
    random.manual_seed(0)
    with pytest.raises(error, match=told):
        ours(draw)
    assert random.rand((1,)).tolist() == FIGURES["rand"]["draws"][0][:1]


@pytest.mark.torch
@pytest.mark.parametrize(("draw", "error", "told"), REFUSED)
def test_pytorch_refuses_them_with_the_same_type(draw: Draw, error: type[Exception], told: str) -> None:
    with pytest.raises(error) as caught:
        theirs(draw)
    assert caught.type is error


def test_randperm_stops_where_pytorch_changes_its_ways() -> None:
    with pytest.raises(RuntimeError, match="n=214748364"):
        random.randperm(214748364)


SEEDERS: list[Callable[[int], object]] = [random.manual_seed, random.Generator().manual_seed]


@pytest.mark.parametrize("seeder", SEEDERS)
@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1])
def test_seeds_out_of_range_are_refused(seeder: Callable[[int], object], seed: int) -> None:
    with pytest.raises(ValueError, match=str(seed)):
        seeder(seed)


def test_a_generator_wants_an_int_where_manual_seed_converts() -> None:
    with pytest.raises(RuntimeError, match="float"):
        random.Generator().manual_seed(1.5)  # type: ignore[arg-type]
    assert random.manual_seed(True).initial_seed() == 1


def test_generators_do_not_disturb_each_other() -> None:
    random.manual_seed(0)
    one, other = random.Generator().manual_seed(0), random.Generator().manual_seed(0)
    for generator in (one, other, random.default_generator):
        assert random.randn((3,), generator=generator).tolist() == FIGURES["randn"]["draws"][0]
    assert one.initial_seed() == other.initial_seed() == 0


def test_a_state_brings_back_what_followed_it() -> None:
    generator = random.Generator().manual_seed(0)
    assert random.randn((3,), generator=generator).tolist() == FIGURES["randn"]["draws"][0]
    state = generator.get_state()
    followed = [random.randn((size,), generator=generator).tolist() for size in (2, 16)]
    for other in (generator.manual_seed(1), random.Generator()):
        other.set_state(state)
        assert [random.randn((size,), generator=other).tolist() for size in (2, 16)] == followed
        assert other.initial_seed() == 0


def test_the_state_of_all_random_numbers_brings_back_what_followed_it() -> None:
    minigrad.manual_seed(3)
    minigrad.randn(3)
    state = minigrad.get_rng_state()
    assert (state.dtype, tuple(state.shape), state.requires_grad) == (minigrad.uint8, (5056,), False)
    followed = minigrad.randn(5).tolist(), minigrad.rand(20).tolist()
    held = state.tolist()
    for _ in range(2):
        minigrad.set_rng_state(state)
        assert (minigrad.randn(5).tolist(), minigrad.rand(20).tolist()) == followed
    assert state.tolist() == held


@pytest.mark.torch
@settings(max_examples=examples(100))
@given(SEEDS, st.lists(DRAWS | SEEDS, max_size=12))
def test_a_state_is_pytorchs_byte_for_byte(seed: int, program: list[Draw | int]) -> None:
    """So one library goes on where the other has stopped."""
    import torch

    mine, other = random.Generator(), torch.Generator()
    for step in [seed, *program]:
        if isinstance(step, int):
            mine.manual_seed(step)
            other.manual_seed(step)
        else:
            ours(step, mine)
            theirs(step, other)
        assert bytes(mine.get_state().tolist()) == bytes(other.get_state().tolist())
    goes_on = random.Generator().set_state(minigrad.tensor(other.get_state().tolist(), dtype=minigrad.uint8))
    assert random.randint(0, 1000, (700,), goes_on).tolist() == torch.randint(1000, (700,), generator=other).tolist()


BROKEN: dict[str, tuple[type[Exception], str, Callable[[Any], Any]]] = {
    "a list": (TypeError, "got list", lambda torch: torch.get_rng_state().tolist()),
    "None": (TypeError, "got NoneType", lambda torch: None),
    "floats": (TypeError, "float32", lambda torch: torch.zeros(5056)),
    "too short": (RuntimeError, "this one has 5048", lambda torch: torch.get_rng_state()[:5048].clone()),
    "spread": (RuntimeError, "contiguous", lambda torch: torch.get_rng_state().reshape(64, 79).t()),
    "zeros": (RuntimeError, "no position in the stream", lambda torch: torch.zeros(5056, dtype=torch.uint8)),
    "none left": (RuntimeError, "no position in the stream", lambda torch: changed(torch, 8, 0)),
    "too many left": (RuntimeError, "no position in the stream", lambda torch: changed(torch, 9, 3)),
    "not seeded": (RuntimeError, "no position in the stream", lambda torch: changed(torch, 12, 0)),
    "too many taken": (RuntimeError, "no position in the stream", lambda torch: changed(torch, 17, 3)),
}


def changed(torch: Any, place: int, byte: int) -> Any:
    """The state of a stream that has just begun, with another byte at one place."""
    state = torch.Generator().manual_seed(0).get_state()
    state[place] = byte
    return state


@pytest.mark.parametrize("name", BROKEN)
def test_bytes_that_are_no_state_are_refused_and_change_nothing(name: str) -> None:
    error, told, broken = BROKEN[name]
    generator = random.Generator().manual_seed(5)
    random.randn((3,), generator=generator)
    before = generator.get_state().tolist()
    with pytest.raises(error, match=told):
        generator.set_state(broken(minigrad))
    assert generator.get_state().tolist() == before


@pytest.mark.torch
@pytest.mark.parametrize("name", BROKEN)
def test_pytorch_refuses_broken_states_with_the_same_type(name: str) -> None:
    import torch

    error, _, broken = BROKEN[name]
    with pytest.raises(error) as caught:
        torch.Generator().set_state(broken(torch))
    assert caught.type is error


def test_seed_cannot_be_foreseen() -> None:
    generator = random.Generator()
    seeds = {generator.seed() for _ in range(20)}
    assert len(seeds) == 20
    assert max(seeds) < 2**53
    assert generator.initial_seed() in seeds


def test_importing_does_not_wait_for_numpy_random() -> None:
    program = "import sys, minigrad.random; sys.exit('numpy.random' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parent.parent)
