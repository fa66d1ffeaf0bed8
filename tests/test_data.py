"""Datasets, samplers and loaders beside PyTorch's: the same batches in the same order."""

from collections import OrderedDict, namedtuple

import numpy as np

from tests.both import Programs

programs = Programs(__name__)
Point = namedtuple("Point", "x y")


def ten(torch):
    return torch.utils.data.TensorDataset(torch.arange(10.0), torch.arange(10) * 10)


# --- loaders


@programs
def batches_in_order(torch, show):
    loader = torch.utils.data.DataLoader
    show(*loader(ten(torch), batch_size=4), *loader(ten(torch), batch_size=4, drop_last=True))
    show(len(loader(ten(torch), 4)), len(loader(ten(torch), 4, drop_last=True)), len(loader(ten(torch))))
    show(*loader(ten(torch), batch_size=None), *loader([1, 2, 3], batch_size=2), *loader("abc", batch_size=2))
    show(*loader(ten(torch), batch_sampler=[[0, 9], [3]]), *loader(ten(torch), 2, sampler=[5, 4, 3]))
    show(*loader(list(range(5)), 2, collate_fn=list), *loader(np.arange(6).reshape(3, 2), 2))


@programs
def batches_in_random_order(torch, show):
    torch.manual_seed(3)
    loader = torch.utils.data.DataLoader(ten(torch), batch_size=4, shuffle=True)
    for _ in range(3):
        show(*loader, torch.rand(2))
    for batch in loader:  # and left before its end
        show(batch)
        break
    show(torch.rand(2), next(iter(loader)), torch.rand(2))
    show(*torch.utils.data.DataLoader(ten(torch), batch_size=3, shuffle=True, drop_last=True), torch.rand(2))


@programs
def batches_from_a_generator_of_their_own(torch, show):
    torch.manual_seed(3)
    generator = torch.Generator().manual_seed(5)
    for size in (4, 5):
        show(*torch.utils.data.DataLoader(ten(torch), size, shuffle=True, generator=generator))
        show(torch.randint(1000, (3,), generator=generator), torch.rand(2))
    show(*torch.utils.data.DataLoader(ten(torch), 4, generator=generator), torch.rand(2, generator=generator))


@programs
def streams(torch, show):
    class Count(torch.utils.data.IterableDataset):
        def __iter__(self):
            return iter(range(5))

    class Counted(Count):
        def __len__(self):
            return 5

    loader = torch.utils.data.DataLoader
    torch.manual_seed(3)
    show(*loader(Count(), batch_size=2), *loader(Count(), batch_size=2, drop_last=True), *loader(Count(), None))
    show(torch.rand(2), len(loader(Counted(), 2)), len(loader(Counted(), 2, drop_last=True)), len(loader(Counted())))
    show.error(len, loader(Count()))
    show.error(loader, Count(), shuffle=True)
    show.error(loader, Count(), sampler=[1])
    show.error(loader, Count(), batch_sampler=[[1]])


@programs
def what_a_loader_refuses(torch, show):
    loader, data = torch.utils.data.DataLoader, ten(torch)
    for options in (
        {"batch_size": 0}, {"batch_size": -1}, {"batch_size": 2.5}, {"batch_size": True}, {"drop_last": 3},
        {"shuffle": True, "sampler": [1]}, {"batch_sampler": [[1]], "batch_size": 2}, {"num_workers": -1},
        {"batch_size": None, "drop_last": True}, {"timeout": -1}, {"prefetch_factor": 2}, {"persistent_workers": True},
    ):  # fmt: skip
        show.error(lambda options=options: loader(data, **options))
    show.error(loader, [], shuffle=True)
    show.error(list, loader([object(), object()]))
    show.error(list, loader([[1, 2], [1]], batch_size=2))
    show.error(list, loader([torch.ones(1), torch.ones(2)], batch_size=2))


# --- datasets


@programs
def datasets(torch, show):
    data = torch.utils.data

    class Squares(data.Dataset):
        def __init__(self, n):
            self.n = n

        def __len__(self):
            return self.n

        def __getitem__(self, i):
            return i * i

    show(*data.DataLoader(Squares(3), 2), ten(torch)[3], ten(torch)[[1, 2]], len(ten(torch)))
    both = Squares(3) + Squares(2)
    show(len(both), [both[i] for i in range(-5, 5)], list(data.Subset(both, [4, 0])), list(data.ConcatDataset(["ab"])))
    part = data.Subset(ten(torch), [7, 3, 1])
    show(part[0], part[[0, 2]], len(part), part.indices, *data.DataLoader(part, 2))
    show.error(both.__getitem__, -6)
    show.error(data.ConcatDataset, [])
    show.error(data.TensorDataset, torch.ones(2), torch.ones(3))
    show.error(data.Dataset().__getitem__, 0)
    show.error(len, data.Dataset())
    show(repr(Squares(1)).partition(".")[2].partition(".<locals>.")[2])


@programs
def splits(torch, show):
    split = torch.utils.data.random_split
    torch.manual_seed(4)
    for lengths in ([3, 7], [0.5, 0.5], [0.35, 0.3, 0.35], [10], [0, 10]):
        show([part.indices for part in split(range(10), lengths)])
    show(torch.rand(2), [p.indices for p in split(range(7), [3, 4], generator=torch.Generator().manual_seed(2))])
    show.warnings(split, range(2), [0.1, 0.9])
    show.error(split, range(10), [3, 8])
    show.error(split, range(10), [1.5, -0.5])


# --- samplers


@programs
def samplers(torch, show):
    data = torch.utils.data
    torch.manual_seed(6)
    show(list(data.SequentialSampler("abcd")), list(data.BatchSampler(range(5), 2, False)))
    show(list(data.RandomSampler(range(9))), list(data.RandomSampler(range(4), num_samples=11)))
    show(list(data.RandomSampler(range(4), replacement=True, num_samples=70)), torch.rand(2))
    show(list(data.SubsetRandomSampler([3, 5, 7])), torch.rand(2))
    show(list(data.WeightedRandomSampler([0.1, 0.5, 0.4], 8)), torch.rand(2))
    show(list(data.WeightedRandomSampler([0.1, 0.5, 0.4], 3, replacement=False)), torch.rand(2))
    generator = torch.Generator().manual_seed(2)
    show(list(data.RandomSampler(range(6), generator=generator)), list(data.SubsetRandomSampler([1, 2, 3], generator)))
    show(torch.randint(1000, (3,), generator=generator))
    show(
        len(data.RandomSampler(range(6))), len(data.BatchSampler(range(5), 2, True)), len(data.SubsetRandomSampler([1]))
    )
    show.error(data.RandomSampler, range(0))
    show.error(data.RandomSampler, range(3), "yes")
    show.error(data.WeightedRandomSampler, [1.0], 0)
    show.error(data.WeightedRandomSampler, [1.0], 1, "yes")
    show.error(data.WeightedRandomSampler, [[1.0]], 1)


# --- batches put together


@programs
def collated(torch, show):
    collate = torch.utils.data.default_collate
    for batch in (
        [1, 2], [1.5, 2.5], [True, False], ["a", "b"], [b"a", b"b"], [(1, 2.0), (3, 4.0)], [[1, 2], [3, 4]],
        [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], [Point(1, 2.0), Point(3, 4.0)], [np.ones(2), np.zeros(2)],
        [np.float32(1), np.float32(2)], [np.int64(1), np.int64(2)], [OrderedDict(a=1), OrderedDict(a=2)],
        [torch.tensor(1), torch.tensor(2)], [(torch.ones(2), 1), (torch.zeros(2), 0)], [((1, 2), 3), ((4, 5), 6)],
    ):  # fmt: skip
        batch = collate(batch)
        show(type(batch).__name__, dict(batch) if isinstance(batch, dict) else batch)
    show.error(collate, [None, None])
    show.error(collate, [np.array(["a"]), np.array(["b"])])
    convert = torch.utils.data.default_convert
    for value in (np.ones(2), np.float32(1), 3, "a", [np.ones(1), 2], (np.ones(1), 2), {"a": np.ones(1)}, Point(1, 2)):
        show(convert(value))


@programs
def gradients_go_through_a_batch(torch, show):
    w = torch.ones(4, requires_grad=True)
    (batch,) = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(w * 2), batch_size=4)
    show(batch)
    batch[0].sum().backward()
    show(w.grad)


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record
