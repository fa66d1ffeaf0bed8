"""Random numbers: PyTorch's CPU generator, so that one seed gives the numbers that PyTorch gives.

Every number comes out of one stream of 32-bit draws, the Mersenne Twister MT19937. What turns draws into uniforms,
normals and integers below is PyTorch's, down to how many draws each takes. Shapes are tuples, results NumPy arrays;
only the state of a stream is a tensor, with PyTorch's bytes.

Where PyTorch's compiled code multiplies and adds, the processor rounds once ("fused multiply-add"), and so do these
functions. They give the bits of PyTorch on x86-64 with AVX2; without AVX2, PyTorch itself gives other last bits.
"""

import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .engine.tensor import Tensor, wrap

# The state of a stream, byte for byte as PyTorch keeps it. `left` and `next` count the draws that are left of the 624
# in `words`, and those that are taken; before the first draw they are 1 and 0.
_WORDS = 624
_STATE = np.dtype(
    [
        ("seed", "<u8"),
        ("left", "<i4"),
        ("seeded", "<i4"),
        ("next", "<u8"),
        ("words", "<u8", (_WORDS,)),
        ("unused", "<f8"),
        ("spare_normal", "<f8"),
        ("unused_too", "<f8"),
        ("has_spare_normal", "<i4"),
        ("padding", "V12"),
    ]
)


class Generator:
    """Hold a stream of random draws and its position.

    >>> generator = torch.Generator().manual_seed(0)
    >>> torch.randint(10, (3,), generator=generator)
    tensor([4, 9, 3])
    """

    def __init__(self) -> None:
        self._twister: np.random.MT19937 | None = None
        self.manual_seed(67280421310721)

    def manual_seed(self, seed: int) -> "Generator":
        """Start the stream of a seed, and return the generator; seeds equal modulo 2**32 give one stream.

        seed: -2**63 to 2**64 - 1.
        Errors: RuntimeError for a seed that is not an int, ValueError outside the range.

        >>> torch.Generator().manual_seed(7).initial_seed()
        7
        """
        if type(seed) is not int:
            raise RuntimeError(f"a seed must be an int, but got {type(seed).__name__}")
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"a seed must lie in [-2**63, 2**64 - 1], but got {seed}")
        self._seed = seed % 2**64
        self._seeded = False
        self._spare_normal: float | None = None
        return self

    def seed(self) -> int:
        """Start an unpredictable stream, and return its seed.

        >>> generator = torch.Generator()
        >>> generator.seed() == generator.initial_seed()
        True
        """
        self.manual_seed(int.from_bytes(os.urandom(8)) >> 11)
        return self._seed

    def initial_seed(self) -> int:
        """Return the seed that the stream started with, a number from 0 to 2**64 - 1.

        >>> torch.Generator().manual_seed(7).initial_seed()
        7
        """
        return self._seed

    def get_state(self) -> Tensor:
        """Return the position in the stream, for set_state: a uint8 tensor of 5,056 bytes, the same as PyTorch's.

        >>> generator = torch.Generator().manual_seed(7)
        >>> state = generator.get_state()
        >>> first = torch.rand(2, generator=generator)
        >>> _ = generator.set_state(state)
        >>> torch.equal(torch.rand(2, generator=generator), first)
        True
        """
        state: dict[str, Any] = dict(self._bits().state)  # NumPy's own type says nothing of what is in it
        words, taken = state["state"]["key"], state["state"]["pos"]
        if taken == _WORDS and words[0] == self._seed % 2**32:  # nothing has been drawn
            taken = 0
        spare = self._spare_normal
        row = (
            self._seed,
            _WORDS - taken + 1 if taken else 1,
            1,
            taken,
            words,
            0.0,
            spare or 0.0,
            0.0,
            spare is not None,
            b"",
        )
        return wrap(np.frombuffer(np.array([row], _STATE).tobytes(), np.uint8).copy(), None)

    def set_state(self, new_state: Tensor) -> "Generator":
        """Return to where get_state was called: the same numbers follow again. The generator is returned.

        new_state: what get_state returned, here or in PyTorch.
        Errors: TypeError if it is not a uint8 tensor, RuntimeError if it is not a state.

        >>> generator = torch.Generator().manual_seed(7)
        >>> state = generator.get_state()
        >>> first = torch.rand(2, generator=generator)
        >>> _ = generator.set_state(state)
        >>> torch.equal(torch.rand(2, generator=generator), first)
        True
        """
        if not isinstance(new_state, Tensor):
            raise TypeError(f"a state must be a uint8 tensor, but got {type(new_state).__name__}")
        read = new_state.detach().numpy()
        if read.dtype != np.uint8:
            raise TypeError(f"a state must be a uint8 tensor, but got one of {new_state.dtype}")
        if not read.flags.c_contiguous:
            raise RuntimeError("a state must be contiguous: call .contiguous() on it")
        if read.nbytes != _STATE.itemsize:
            raise RuntimeError(f"a state has {_STATE.itemsize} bytes, but this one has {read.nbytes}")
        row = np.frombuffer(read.tobytes(), _STATE)[0]
        if row["seeded"] != 1 or not 1 <= row["left"] <= _WORDS or row["next"] > _WORDS:
            raise RuntimeError("these bytes are not a state: they name no position in the stream")
        taken = _WORDS if row["left"] == 1 else int(row["next"])
        self.manual_seed(int(row["seed"]))
        words = row["words"].astype(np.uint32)
        self._bits().state = {"bit_generator": "MT19937", "state": {"key": words, "pos": taken}}
        self._spare_normal = float(row["spare_normal"]) if row["has_spare_normal"] else None
        return self

    def _bits(self) -> "np.random.MT19937":
        # NumPy loads its random module when it is first used, which takes 14 ms that importing minigrad must not.
        if self._twister is None:
            self._twister = np.random.MT19937()
        if not self._seeded:
            np.random.RandomState(self._twister).seed(self._seed % 2**32)
            self._seeded = True
        return self._twister

    def _draws32(self, count: int) -> np.ndarray:
        """Return the next `count` draws, uint64 values below 2**32, shape (count,)."""
        return self._bits().random_raw(count)

    def _draws64(self, count: int) -> np.ndarray:
        """Return the next `count` pairs of draws, the first of each pair in the high half: uint64, shape (count,)."""
        high, low = self._bits().random_raw(2 * count).reshape(count, 2).T
        return high << np.uint64(32) | low

    def _serial_normals(self, count: int) -> list[float]:
        """Return the next `count` standard normals by Box-Muller, one pair from two uniforms.

        An odd one out is kept for the next call.
        """
        normals: list[float] = []
        if count and self._spare_normal is not None:
            normals.append(self._spare_normal)
            self._spare_normal = None
        pairs = (count - len(normals) + 1) // 2
        uniforms = iter(_uniforms(2 * pairs, np.dtype(np.float64), self).tolist())
        for turn, chance in zip(uniforms, uniforms, strict=True):
            radius, angle = math.sqrt(-2 * math.log1p(-chance)), 2 * math.pi * turn
            normals += radius * math.cos(angle), radius * math.sin(angle)
        if len(normals) > count:
            self._spare_normal = normals.pop()
        return normals


default_generator = Generator()
default_generator.seed()


def manual_seed(seed: int) -> Generator:
    """Seed the default generator, which all random numbers come from, and return it.

    seed: an int, -2**63 to 2**64 - 1.
    Errors: ValueError outside the range.

    >>> _ = torch.manual_seed(0)
    >>> torch.randint(10, (3,))
    tensor([4, 9, 3])
    """
    return default_generator.manual_seed(int(seed))


def initial_seed() -> int:
    """Return the seed of the default generator.

    >>> _ = torch.manual_seed(7)
    >>> torch.initial_seed()
    7
    """
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """Return the state of the default generator.

    >>> _ = torch.manual_seed(7)
    >>> torch.get_rng_state()[:4]
    tensor([7, 0, 0, 0], dtype=torch.uint8)
    """
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Return to where get_rng_state was called: the same random numbers follow again.

    new_state: what get_rng_state returned.
    Errors: TypeError if it is not a uint8 tensor, RuntimeError if it is not a state.

    >>> _ = torch.manual_seed(7)
    >>> state = torch.get_rng_state()
    >>> first = torch.rand(2)
    >>> torch.set_rng_state(state)
    >>> torch.equal(torch.rand(2), first)
    True
    """
    default_generator.set_state(new_state)


def rand(shape: tuple[int, ...], dtype: DTypeLike = np.float32, generator: Generator = default_generator) -> np.ndarray:
    """Uniform numbers from [0, 1), of the given shape and dtype (float32 or float64)."""
    return _uniforms(math.prod(shape), _floating(dtype), generator).reshape(shape)


def randn(
    shape: tuple[int, ...], dtype: DTypeLike = np.float32, generator: Generator = default_generator
) -> np.ndarray:
    """Standard normal numbers, of the given shape and dtype (float32 or float64)."""
    return normal(0.0, 1.0, shape, dtype, generator)


def uniform(
    low: float,
    high: float,
    shape: tuple[int, ...],
    dtype: DTypeLike = np.float32,
    generator: Generator = default_generator,
) -> np.ndarray:
    """Uniform numbers from [low, high), of the given shape and dtype (float32 or float64).

    RuntimeError when low > high, or when low, high or their difference is not a finite number of that dtype.
    """
    dtype = _floating(dtype)
    limit = float(np.finfo(dtype).max)
    if low > high:
        raise RuntimeError(f"uniform numbers need low <= high, but got low={low} > high={high}")
    if not (abs(low) <= limit and abs(high) <= limit and high - low <= limit):
        raise RuntimeError(f"uniform numbers need finite bounds and a finite range, but got low={low}, high={high}")
    start, stop = np.array([low, high], dtype)
    numbers = _scale_and_shift(_uniforms(math.prod(shape), dtype, generator), stop - start, start)
    numbers[numbers == stop] = start  # rounded up to the bound that must not be reached
    return numbers.reshape(shape)


def normal(
    mean: float,
    std: float,
    shape: tuple[int, ...],
    dtype: DTypeLike = np.float32,
    generator: Generator = default_generator,
) -> np.ndarray:
    """Normal numbers with the given mean and standard deviation, shape and dtype (float32 or float64).

    RuntimeError when std is negative or nan.
    """
    dtype = _floating(dtype)
    if not std >= 0:
        raise RuntimeError(f"normal numbers need std >= 0, but got std={std}")
    count = math.prod(shape)
    if count < 16:
        normals = np.array(generator._serial_normals(count), np.float64)
        return _scale_and_shift(normals, std, mean).astype(dtype).reshape(shape)
    # Blocks of 16. Where they do not come out even, the last 16 places are drawn once more.
    whole, rest = count - count % 16, 16 if count % 16 else 0
    uniforms = _uniforms(count + rest, dtype, generator)
    blocks = _block_normals(np.concatenate([uniforms[:whole], uniforms[count:]]), std, mean)
    numbers = np.empty(count, dtype)
    numbers[:whole] = blocks[:whole]
    numbers[count - rest :] = blocks[whole:]
    return numbers.reshape(shape)


def randint(low: int, high: int, shape: tuple[int, ...], generator: Generator = default_generator) -> np.ndarray:
    """Integers from low to high - 1, int64, of the given shape.

    RuntimeError when there is none, ValueError when they do not fit into int64.
    """
    if low >= high:
        raise RuntimeError(f"random integers need low < high, but got low={low} >= high={high}")
    if low < -(2**63) or high >= 2**63:
        raise ValueError(f"random integers need bounds that fit into int64, but got low={low}, high={high}")
    draw = generator._draws32 if high - low < 2**28 else generator._draws64
    numbers = draw(math.prod(shape)) % np.uint64(high - low) + np.uint64(low % 2**64)  # wraps, as int64 will read it
    return numbers.view(np.int64).reshape(shape)


def randperm(n: int, generator: Generator = default_generator) -> np.ndarray:
    """Return the integers from 0 to n - 1 in random order, int64, shape (n,). The Fisher-Yates shuffle, from the front.

    RuntimeError when n is negative or is 214,748,364 or more (from there on PyTorch takes 64-bit draws).
    """
    if not 0 <= n < (2**32 - 1) // 20:
        raise RuntimeError(f"randperm needs 0 <= n < {(2**32 - 1) // 20}, but got n={n}")
    order = list(range(n))
    draws = generator._draws32(max(n - 1, 0)) % np.arange(n, 1, -1, dtype=np.uint64)
    for place, step in enumerate(draws.tolist()):
        order[place], order[place + step] = order[place + step], order[place]
    return np.array(order, np.int64)


def chances(p: np.ndarray, generator: Generator = default_generator) -> np.ndarray:
    """Return True with each of the probabilities p, of their shape."""
    return _uniforms(p.size, p.dtype, generator).reshape(p.shape) < p


def chance(p: float, shape: tuple[int, ...], generator: Generator = default_generator) -> np.ndarray:
    """Return True with probability p, of the given shape."""
    return (_uniforms(math.prod(shape), np.dtype(np.float64), generator) < p).reshape(shape)


def exponential(
    rate: float, shape: tuple[int, ...], dtype: DTypeLike = np.float32, generator: Generator = default_generator
) -> np.ndarray:
    """Exponentially distributed numbers with the given rate, shape and dtype (float32 or float64)."""
    uniforms = _uniforms(math.prod(shape), np.dtype(np.float64), generator)
    return (-_each(math.log1p, -uniforms) / rate).astype(_floating(dtype)).reshape(shape)


def _floating(dtype: DTypeLike) -> np.dtype:
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise NotImplementedError(f"random numbers are float32 or float64, but got dtype={np.dtype(dtype)}")
    return np.dtype(dtype)


def _uniforms(count: int, dtype: np.dtype, generator: Generator) -> np.ndarray:
    """Uniforms from [0, 1), shape (count,): as many low bits of a draw as the significand holds."""
    if dtype == np.float32:
        return (generator._draws32(count) & np.uint64(2**24 - 1)).astype(np.float32) * np.float32(2**-24)
    return (generator._draws64(count) & np.uint64(2**53 - 1)) * 2.0**-53


def _scale_and_shift(x: np.ndarray, scale: float, shift: float) -> np.ndarray:
    """Return x * scale + shift in the dtype of x, rounded once."""
    if x.dtype == np.float32:
        return _multiply_add(x, np.float64(np.float32(scale)), np.float64(np.float32(shift)))
    scale, shift = float(scale), float(shift)
    if scale in (0, 1) or not math.isfinite(scale + shift):
        return x * scale + shift  # only the addition rounds, if anything does
    # Exactly, in whole numbers over a common denominator: dividing two ints rounds once. It takes about 1 µs a number.
    (a, b), (c, d) = scale.as_integer_ratio(), shift.as_integer_ratio()
    ad, cb, bd = a * d, c * b, b * d
    ratios = (value.as_integer_ratio() for value in x.ravel().tolist())
    return np.array([(p * ad + q * cb) / (q * bd) for p, q in ratios], np.float64).reshape(x.shape)


def _block_normals(uniforms: np.ndarray, std: float, mean: float) -> np.ndarray:
    """Box-Muller in blocks of 16: the first 8 uniforms of a block give the radii, the last 8 the angles."""
    radial, turn = uniforms.reshape(-1, 2, 8).swapaxes(0, 1)
    if uniforms.dtype == np.float32:
        radius = np.sqrt(np.float32(-2) * _log(1 - radial))
        sine, cosine = _sine_and_cosine(np.float32(2 * math.pi) * turn)
    else:
        # Python's functions and PyTorch's come from one C library; NumPy's own differ in the last bit.
        radius = np.sqrt(-2 * _each(math.log, 1 - radial))
        angle = 2 * math.pi * turn
        sine, cosine = _each(math.sin, angle), _each(math.cos, angle)
    return _scale_and_shift(np.stack([radius * cosine, radius * sine], axis=1), std, mean).reshape(-1)


def _each(function: Callable[[float], float], x: np.ndarray) -> np.ndarray:
    return np.array([function(value) for value in x.ravel().tolist()]).reshape(x.shape)


# Logarithm, sine and cosine of float32 as PyTorch's vector code computes them for normals: the polynomials of the
# Cephes library, and every rounding in its place.


def _multiply_add(x: np.ndarray, y: np.ndarray | np.floating, z: np.ndarray | np.floating) -> np.ndarray:
    # float64 holds the product of two float32 exactly, and the sum so nearly that rounding it again does no harm.
    return (x.astype(np.float64) * y + z).astype(np.float32)


def _polynomial(coefficients: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Horner's scheme, highest power first."""
    highest, *others = coefficients
    exact = x.astype(np.float64)
    value = highest
    for coefficient in others:
        value = (value * exact + coefficient).astype(np.float32)
    return value


_LOG = np.array(
    [
        7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
    np.float32,
)  # fmt: skip
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
_SINE = np.array([-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1], np.float32)
_COSINE = np.array([2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2], np.float32)
_QUARTER_PI = np.array([0.78515625, 2.4187564849853515625e-4, 3.77489497744594108e-8], np.float32)
_HALF = np.float32(0.5)


def _log(x: np.ndarray) -> np.ndarray:
    """Return ln x = exponent * ln 2 + ln(1 + m), with 1 + m between sqrt(1/2) and sqrt(2)."""
    m, exponent = np.frexp(x)
    low = m < np.float32(math.sqrt(0.5))
    m = np.where(low, 2 * m, m) - 1
    power = (exponent - low).astype(np.float32)
    square = m * m
    value = _multiply_add(_polynomial(_LOG, m) * m, square, power * _LN2_LOW)
    value = _multiply_add(square, -_HALF, value)
    return _multiply_add(power, _LN2_HIGH, m + value)


def _sine_and_cosine(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return sin x and cos x for x >= 0, from what is left of x after whole quarter turns."""
    octant = ((x * np.float32(4 / math.pi)).astype(np.int32) + 1) & ~1
    for part in _QUARTER_PI:
        x = _multiply_add(octant.astype(np.float32), -part, x)
    square = x * x
    sine = _multiply_add(_polynomial(_SINE, square) * square, x, x)
    cosine = 1 + _multiply_add(_polynomial(_COSINE, square) * square, square, -_HALF * square)
    sideways = octant & 2 != 0
    sine, cosine = np.where(sideways, cosine, sine), np.where(sideways, sine, cosine)
    return np.where(octant & 4, -sine, sine), np.where((octant + 2) & 4, -cosine, cosine)
