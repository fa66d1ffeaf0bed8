"""Data in batches: datasets, samplers, which choose the order, and `DataLoader`, which puts batches together.

A dataset is anything with `len(dataset)` and `dataset[i]`; a sampler yields such numbers i. With the same seed the
order is PyTorch's: each pass over a loader draws one number for workers (there are none here), then a shuffling sampler
draws the seed of its own generator, which gives the permutation.
"""

import bisect
import copy
import itertools
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from .. import random
from ..engine.operation import functions
from ..engine.tensor import Tensor
from ..operations.left_out import front
from ..random import Generator
from ..shown import Shown, address

T = TypeVar("T", covariant=True)

# --- datasets


class Dataset(Generic[T], metaclass=Shown):
    """Hold samples by their numbers: a subclass defines __getitem__, and __len__ says how many there are.

    >>> class Squares(torch.utils.data.Dataset):
    ...     def __len__(self):
    ...         return 4
    ...     def __getitem__(self, i):
    ...         return i, i * i
    >>> Squares()[3]
    (3, 9)
    """

    __repr__ = address

    def __getitem__(self, index) -> T:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: "Dataset") -> "ConcatDataset":
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T]):
    """Hold samples that come one after the other: a subclass defines __iter__.

    >>> class Countdown(torch.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         return iter([3, 2, 1])
    >>> list(torch.utils.data.DataLoader(Countdown(), batch_size=2))
    [tensor([3, 2]), tensor([1])]
    """

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError("Subclasses of IterableDataset should implement __iter__.")


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Hold tensors side by side: sample i is the tuple of their parts i along the first dimension.

    Errors: AssertionError for tensors of different lengths.

    >>> data = torch.utils.data.TensorDataset(torch.tensor([1., 2.]), torch.tensor([0, 1]))
    >>> data[1]
    (tensor(2.), tensor(1))
    >>> len(data)
    2
    """

    def __init__(self, *tensors: Tensor) -> None:
        if any(tensor.size(0) != tensors[0].size(0) for tensor in tensors):
            sizes = ", ".join(str(tensor.size(0)) for tensor in tensors)
            raise AssertionError(f"Size mismatch between tensors: their first dimensions are {sizes}")
        self.tensors = tensors

    def __getitem__(self, index):
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return self.tensors[0].size(0)


class ConcatDataset(Dataset):
    """Hold several datasets as one, the samples of each after those of the one before; `a + b` makes one, too.

    Errors: AssertionError for no dataset at all, and for one that has no numbers.

    >>> len(torch.utils.data.ConcatDataset([range(3), range(2)]))
    5
    """

    def __init__(self, datasets: Iterable) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        if any(isinstance(each, IterableDataset) for each in self.datasets):
            raise AssertionError("ConcatDataset does not support IterableDataset")
        self.cumulative_sizes = list(itertools.accumulate(map(len, self.datasets)))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int):
        if index < -len(self):
            raise ValueError("absolute value of index should not exceed dataset length")
        index += len(self) * (index < 0)
        number = bisect.bisect_right(self.cumulative_sizes, index)
        return self.datasets[number][index - (self.cumulative_sizes[number - 1] if number else 0)]


class Subset(Dataset[T]):
    """Hold those samples of a dataset that indices names, in that order.

    >>> torch.utils.data.Subset("abcd", [2, 0])[0]
    'c'
    """

    def __init__(self, dataset, indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index):
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


def random_split(dataset, lengths: Sequence[int | float], generator: Generator | None = None) -> list[Subset]:
    """Divide a dataset at random into subsets of the given lengths.

    lengths: whole numbers that add up to len(dataset), or fractions that add up to 1, where what is left over by
    rounding down goes to the first ones; generator: a Generator to draw from.
    Errors: ValueError for lengths that do not add up, and for fractions outside [0, 1].

    >>> train, test = torch.utils.data.random_split(range(10), [0.8, 0.2])
    >>> len(train), len(test)
    (8, 2)
    """
    sizes = list(lengths)
    if math.isclose(sum(sizes), 1) and sum(sizes) <= 1:
        for number, fraction in enumerate(sizes):
            if not 0 <= fraction <= 1:
                raise ValueError(f"Fraction at index {number} is not between 0 and 1")
        sizes = [math.floor(len(dataset) * fraction) for fraction in sizes]
        for i in range(int(len(dataset) - sum(sizes))):
            sizes[i % len(sizes)] += 1
        for number, size in enumerate(sizes):
            if not size:
                warnings.warn(
                    f"Length of split at index {number} is 0. This might result in an empty dataset.", stacklevel=2
                )
    if sum(sizes) != len(dataset):
        raise ValueError(
            f"Sum of input lengths does not equal the length of the input dataset! {sizes} add up to {sum(sizes)}, "
            f"and the dataset has {len(dataset)} samples"
        )
    order = functions["randperm"](len(dataset), generator=generator).tolist()
    ends = itertools.accumulate(map(int, sizes))
    return [Subset(dataset, order[end - int(size) : end]) for end, size in zip(ends, sizes, strict=True)]


# --- samplers


class Sampler(Generic[T], metaclass=Shown):
    """Choose an order: a subclass defines __iter__, which goes through numbers of samples, or through lists of them.

    >>> class Backwards(torch.utils.data.Sampler):
    ...     def __iter__(self):
    ...         return iter([2, 1, 0])
    >>> list(torch.utils.data.DataLoader("abc", sampler=Backwards()))
    [['c'], ['b'], ['a']]
    """

    __repr__ = address

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError("Subclasses of Sampler should implement __iter__.")


class SequentialSampler(Sampler[int]):
    """Go through the samples in their order.

    >>> list(torch.utils.data.SequentialSampler("abc"))
    [0, 1, 2]
    """

    def __init__(self, data_source) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """Go through the samples in random order: each once, or, with replacement, each drawn independently.

    num_samples: how many, if not all; generator: a Generator to draw from.
    Errors: TypeError for a replacement that is not a bool, ValueError for a num_samples that is not a positive int.

    >>> sorted(torch.utils.data.RandomSampler("abc"))
    [0, 1, 2]
    """

    def __init__(
        self,
        data_source,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        self.data_source, self.replacement, self._num_samples = data_source, replacement, num_samples
        self.generator = generator
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement should be a boolean value, but got replacement={replacement}")
        if not isinstance(self.num_samples, int) or self.num_samples <= 0:
            raise ValueError(f"num_samples should be a positive integer value, but got num_samples={self.num_samples}")

    @property
    def num_samples(self) -> int:
        """How many numbers the sampler gives."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        generator = self.generator or Generator().manual_seed(drawn_seed())
        n, count = len(self.data_source), self.num_samples
        while self.replacement and count > 0:
            yield from random.randint(0, n, (min(32, count),), generator).tolist()
            count -= 32
        while not self.replacement and count >= 0:  # as PyTorch, which draws a last permutation also to take none of it
            yield from random.randperm(n, generator)[:count].tolist()
            count -= n

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """Go through the given numbers in random order.

    generator: a Generator to draw from.

    >>> sorted(torch.utils.data.SubsetRandomSampler([5, 7]))
    [5, 7]
    """

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        order = random.randperm(len(self.indices), self.generator or random.default_generator)
        return (self.indices[i] for i in order.tolist())

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Draw num_samples numbers, each with a probability proportional to its weight, by torch.multinomial.

    replacement: whether a number may come twice; generator: a Generator to draw from.
    Errors: ValueError for a num_samples that is not a positive int, and for weights that are not a list of numbers.

    >>> list(torch.utils.data.WeightedRandomSampler([0., 1., 0.], 2))
    [1, 1]
    """

    def __init__(
        self,
        weights: Sequence[float],
        num_samples: int,
        replacement: bool = True,
        generator: Generator | None = None,
    ) -> None:
        if not isinstance(num_samples, int) or isinstance(num_samples, bool) or num_samples <= 0:
            raise ValueError(f"num_samples should be a positive integer value, but got num_samples={num_samples}")
        if not isinstance(replacement, bool):
            raise ValueError(f"replacement should be a boolean value, but got replacement={replacement}")
        self.weights = functions["as_tensor"](weights, dtype=float)
        if self.weights.dim() != 1:
            raise ValueError(
                f"weights should be a 1d sequence but given weights have shape {tuple(self.weights.shape)}"
            )
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def __iter__(self) -> Iterator[int]:
        multinomial = functions["multinomial"]
        drawn = multinomial(self.weights, self.num_samples, self.replacement, generator=self.generator)
        return iter(drawn.tolist())

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Group the numbers of another sampler into lists of batch_size, the last perhaps shorter.

    drop_last: leave out a shorter one at the end.
    Errors: ValueError for a batch_size that is not a positive int, and for a drop_last that is not a bool.

    >>> list(torch.utils.data.BatchSampler(range(5), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Iterable, batch_size: int, drop_last: bool) -> None:
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0:
            raise ValueError(f"batch_size should be a positive integer value, but got batch_size={batch_size}")
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        numbers = iter(self.sampler)
        while batch := list(itertools.islice(numbers, self.batch_size)):
            if self.drop_last and len(batch) < self.batch_size:
                return
            yield batch

    def __len__(self) -> int:
        count: int = len(self.sampler)  # type: ignore[arg-type]
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


def drawn_seed(generator: Generator | None = None) -> int:
    """Return a whole number of 63 random bits, as loaders and samplers draw it for a seed."""
    return functions["empty"]((), dtype=int).random_(generator=generator).item()


# --- batches


def default_collate(batch: Sequence) -> Any:
    """Join the samples of a batch: tensors, arrays and numbers become a tensor with one more dimension in front.

    Tuples and lists are joined place by place, mappings key by key, texts stay a list.
    Errors: TypeError for samples of any other kind, RuntimeError for samples of different lengths or shapes.

    >>> torch.utils.data.default_collate([(1., 2), (3., 4)])
    [tensor([1., 3.], dtype=torch.float64), tensor([2, 4])]
    """
    first, kind = batch[0], type(batch[0])
    if isinstance(first, Tensor):
        return functions["stack"](list(batch))
    if isinstance(first, np.ndarray):
        if first.dtype.kind in "SUO":
            raise cannot_join(first.dtype)
        return functions["stack"]([functions["as_tensor"](each) for each in batch])
    if isinstance(first, float) and not isinstance(first, np.generic):
        return functions["tensor"](batch, dtype=float)
    if isinstance(first, (int, np.bool_, np.number)):
        return functions["tensor"](batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        joined: Any = {key: default_collate([each[key] for each in batch]) for key in first}
        return rebuilt(first, joined, isinstance(first, MutableMapping))
    if not isinstance(first, Sequence):
        raise cannot_join(kind)
    if any(len(each) != len(first) for each in batch):
        raise RuntimeError("each element in list of batch should be of equal size")
    joined = [default_collate(each) for each in zip(*batch, strict=True)]
    if isinstance(first, tuple):
        return kind(*joined) if hasattr(first, "_fields") else joined
    return rebuilt(first, joined, isinstance(first, MutableSequence))


def rebuilt(first, values, mutable: bool):
    """Return a mapping or sequence like the first one with other values, or a plain one if that can't be made."""
    try:
        if not mutable:
            return type(first)(values)
        new = copy.copy(first)
        new.update(values) if isinstance(values, dict) else new.__setitem__(slice(None), values)
        return new
    except TypeError:
        return values


def cannot_join(kind) -> TypeError:
    return TypeError(
        f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {kind}: give the "
        "DataLoader a collate_fn of your own"
    )


def default_convert(data: Any) -> Any:
    """Turn NumPy arrays and numbers into tensors, also inside lists, tuples and mappings; leave the rest alone.

    >>> import numpy as np
    >>> torch.utils.data.default_convert([np.array([1, 2]), "a", 3])
    [tensor([1, 2]), 'a', 3]
    """
    if isinstance(data, (np.ndarray, np.bool_, np.number)):
        return data if data.dtype.kind in "SUO" else functions["as_tensor"](np.asarray(data))
    if isinstance(data, Mapping):
        return rebuilt(data, {key: default_convert(data[key]) for key in data}, isinstance(data, MutableMapping))
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        values = [default_convert(each) for each in data]
        if isinstance(data, tuple):
            return type(data)(*values) if hasattr(data, "_fields") else values
        return rebuilt(data, values, isinstance(data, MutableSequence))
    return data


class DataLoader(Generic[T], metaclass=Shown):
    """Go through a dataset in batches, once for every `for` loop.

    batch_size: how many samples a batch has, None for single samples; shuffle: in a new random order each time;
    drop_last: leave out a last batch that is shorter; sampler, batch_sampler: the order, given as numbers or as lists
    of them; collate_fn: joins the samples of a batch, default_collate unless given; generator: to draw from.
    num_workers and related options, pin_memory and timeout are accepted and have no effect: the program itself loads
    everything, in the same order.
    Errors: ValueError for options that exclude each other, and for a batch_size that is not positive.

    >>> data = torch.utils.data.TensorDataset(torch.arange(5.), torch.arange(5) * 10)
    >>> for x, y in torch.utils.data.DataLoader(data, batch_size=2):
    ...     print(x, y)
    tensor([0., 1.]) tensor([ 0, 10])
    tensor([2., 3.]) tensor([20, 30])
    tensor([4.]) tensor([40])
    """

    __repr__ = address

    def __init__(
        self,
        dataset,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable | None = None,
        batch_sampler: Iterable | None = None,
        num_workers: int = 0,
        collate_fn: Callable | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable | None = None,
        multiprocessing_context=None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError("prefetch_factor option could only be specified in multiprocessing, with num_workers > 0")
        if num_workers == 0 and persistent_workers:
            raise ValueError("persistent_workers option needs num_workers > 0")
        if isinstance(dataset, IterableDataset):
            for name, option in (("shuffle", shuffle or None), ("sampler", sampler), ("batch_sampler", batch_sampler)):
                if option is not None:
                    raise ValueError(
                        f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={option}"
                    )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None and not isinstance(dataset, IterableDataset):
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler or (), batch_size, drop_last)
        self.dataset, self.batch_size, self.drop_last, self.generator = dataset, batch_size, drop_last, generator
        self.sampler, self.batch_sampler = sampler, batch_sampler
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.num_workers, self.pin_memory, self.timeout = num_workers, pin_memory, timeout
        self.worker_init_fn, self.persistent_workers, self.in_order = worker_init_fn, persistent_workers, in_order

    def __iter__(self) -> Iterator[Any]:
        if isinstance(self.dataset, IterableDataset):
            drawn_seed(self.generator)
            return self._of_stream()
        order = iter(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]
        drawn_seed(self.generator)
        return self._of_numbers(order)

    def _of_numbers(self, order: Iterator) -> Iterator[Any]:
        """Yield the batches of a dataset that has numbers."""
        for numbers in order:
            if self.batch_sampler is None:
                samples = self.dataset[numbers]
            elif hasattr(self.dataset, "__getitems__"):
                samples = self.dataset.__getitems__(numbers)
            else:
                samples = [self.dataset[number] for number in numbers]
            yield self.collate_fn(samples)

    def _of_stream(self) -> Iterator[Any]:
        """Yield the batches of a dataset whose samples come one after the other."""
        samples = iter(self.dataset)
        if self.batch_size is None:
            yield from map(self.collate_fn, samples)
            return
        while batch := list(itertools.islice(samples, self.batch_size)):
            if self.drop_last and len(batch) < self.batch_size:
                return
            yield self.collate_fn(batch)

    def __len__(self) -> int:
        if not isinstance(self.dataset, IterableDataset):
            return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]
        count = len(self.dataset)  # type: ignore[arg-type]
        if self.batch_size is None:
            return count
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


__all__ = [
    "BatchSampler",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "IterableDataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "Subset",
    "SubsetRandomSampler",
    "TensorDataset",
    "WeightedRandomSampler",
    "default_collate",
    "default_convert",
    "random_split",
]
for _file, _kinds in {
    "dataset": (Dataset, IterableDataset, TensorDataset, ConcatDataset, Subset),
    "sampler": (
        Sampler, SequentialSampler, RandomSampler, SubsetRandomSampler, WeightedRandomSampler, BatchSampler,
    ),
    "dataloader": (DataLoader,),
}.items():  # fmt: skip
    for _kind in _kinds:
        vars_of: Any = _kind
        vars_of._shown_in = f"torch.utils.data.{_file}"  # a class prints as it does in PyTorch
__getattr__, __dir__ = front(__name__)
