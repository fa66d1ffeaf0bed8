"""Elements picked, sorted, repeated, moved and put together, beside PyTorch's."""

from tests.both import Programs

programs = Programs(__name__)


def tried(show, f):
    """What a call gives, or the type of its error."""
    try:
        show(f())
    except Exception as error:
        show(type(error).__name__)


def with_slopes(torch, show, calls, x, y):
    """What calls give, and the gradients of the sum of their squares."""
    for call in calls:
        x.grad = y.grad = None
        result = call()
        first = result[0] if isinstance(result, tuple) else result
        show(result)
        (first**2).sum().backward()
        show(x.grad, y.grad)


@programs
def values_and_gradients(torch, show):
    torch.manual_seed(1)
    x, y = torch.randn(3, 4, requires_grad=True), torch.randn(4, 3, requires_grad=True)
    i = torch.tensor([[0, 2, 1, 0], [1, 1, 0, 2]])
    calls = (
        lambda: x.gather(0, i),
        lambda: torch.gather(x, 1, i[:, :2]),
        lambda: x.sort(),
        lambda: x.sort(0, descending=True),
        lambda: torch.topk(x, 2),
        lambda: x.topk(2, 0, largest=False),
        lambda: x.repeat(2, 1),
        lambda: x.repeat(2, 1, 3),
        lambda: torch.tile(x, (2,)),
        lambda: x.tril(),
        lambda: torch.triu(x, 1),
        lambda: x.roll(1),
        lambda: torch.roll(x, (1, -1), (0, 1)),
        lambda: x.cumprod(1),
        lambda: x.cummax(0),
        lambda: x.cummin(1),
        lambda: x.index_select(1, torch.tensor([2, 2, 0])),
        lambda: torch.nn.functional.pad(x, (1, 2, 0, 1), value=3.0),
        lambda: torch.nn.functional.pad(x, (-1, 2)),
        lambda: torch.meshgrid(x[0], x[1], indexing="xy"),
        lambda: torch.meshgrid(x[0], x[:2, 1], indexing="ij"),
        lambda: x.scatter(0, i, y.T[:2]),
        lambda: x.scatter(0, i, 7.0),
        lambda: torch.scatter_add(x * 1, 0, i, y.T[:2]),
        lambda: (x * 1).scatter_(1, i[:, :2], 3.0),
        lambda: (x * 1).scatter_add_(0, i, y.T[:2]),
        lambda: torch.bmm(x[None], y[None]),
        lambda: x.masked_select(x > 0),
    )
    with_slopes(torch, show, calls, x, y)
    z = torch.tensor([0.0, 2.0, 0.0, 3.0], requires_grad=True)
    z.cumprod(0).sum().backward()
    show(z.cumprod(0), z.grad)


@programs
def sums_of_products(torch, show):
    torch.manual_seed(1)
    x, y = torch.randn(3, 4, requires_grad=True), torch.randn(4, 3, requires_grad=True)
    for call in (
        lambda: torch.einsum("ij,jk->ik", x, y),
        lambda: torch.einsum("ij,jk", x, y),
        lambda: torch.einsum("ij->", x),
        lambda: torch.einsum("ij,ji->i", x, y),
        lambda: torch.einsum("ij,kj->ikj", x, x),
        lambda: torch.einsum("ii->i", x[:3, :3]),
        lambda: torch.einsum("ii", x[:3, :3]),
        lambda: torch.einsum("...j,jk->...k", x, y),
        lambda: torch.einsum("ij,jk,kl->il", x, y, x),
        lambda: torch.einsum("bij,bjk->bik", x[None], y[None]),
        lambda: torch.einsum("i,j->ij", x[0], y[0]),
    ):
        x.grad = y.grad = None
        result = call()
        show(result.detach())
        (result**2).sum().backward()
        show(x.grad, y.grad)


@programs
def without_gradients_and_refused(torch, show):
    torch.manual_seed(1)
    x, y = torch.randn(3, 4, requires_grad=True), torch.randn(4, 3, requires_grad=True)
    i, u = torch.tensor([[0, 2, 1, 0], [1, 1, 0, 2]]), torch.tensor([3, 1, 2, 3, 1])
    for call in (
        lambda: u.unique(),
        lambda: torch.unique(u, return_inverse=True, return_counts=True),
        lambda: torch.unique(torch.tensor([[1, 2], [1, 2], [0, 1]]), dim=0),
        lambda: u.argsort(),
        lambda: u.argsort(descending=True, stable=True),
        lambda: torch.nonzero(u > 1),
        lambda: u.nonzero(as_tuple=True),
        lambda: u.sort(stable=True, descending=True),
        lambda: torch.tensor([1.0, float("nan"), 0.0]).sort(descending=True),
        lambda: torch.tensor(3.0).sort(),
        lambda: u.cumprod(0),
        lambda: torch.tensor([1.0, 1.0, float("nan"), 2.0]).cummax(0),
        lambda: torch.tensor([2, 1, 1, 3]).cummin(0),
        lambda: x.gather(0, i.float()),
        lambda: x.gather(0, torch.tensor([[5]])),
        lambda: x.gather(1, torch.zeros(4, 1).long()),
        lambda: x.topk(9),
        lambda: x.repeat(2),
        lambda: x[0].tril(),
        lambda: x.roll((1, 2), 0),
        lambda: torch.meshgrid(x, x),
        lambda: torch.einsum("ij,jk->iz", x, y),
        lambda: torch.einsum("ij,kj", x, y),
        lambda: torch.bmm(x, y),
        lambda: x.index_select(0, torch.tensor([9])),
        lambda: torch.nn.functional.pad(x, (1,)),
        lambda: x.scatter(0, i, torch.ones(1, 1)),
        lambda: x.index_select(0, torch.tensor([[0]])),
        lambda: x.sort(5),
        lambda: x.scatter(0, i, y.T[:2].double()),
        lambda: torch.meshgrid(u, u)[1].shape,
        lambda: u.tile(2, 2),
        lambda: torch.triu(torch.ones(3, 3, dtype=torch.bool), 1),
        lambda: torch.tril(torch.ones(2, 3, 3)),
    ):
        tried(show, call)


@programs
def reshaped_in_place(torch, show):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    before = y.view(-1)
    show(y.unsqueeze_(0) is y, y, before, y._version)
    (y * 3).sum().backward()
    show(x.grad)
    z = x.exp()
    z.unsqueeze_(0)
    show.error(z.sum().backward)  # exp saved its result, which counts as written
    show.error(x.unsqueeze_, 0)
    show.error(x.squeeze_)
    whole = torch.ones(2, 2, requires_grad=True) * 2
    row = whole[0]
    row.unsqueeze_(0)
    show(row.grad_fn.next_functions[0][0].name())
    row.mul_(3)
    show(whole, row)
    plain = torch.arange(3)
    flat = plain.view(3)
    plain.unsqueeze_(1)
    plain[0] = 9
    show(plain, flat, plain.squeeze_().shape, plain.data_ptr() == flat.data_ptr())
    leaf = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        leaf.unsqueeze_(0)
    show(leaf, leaf.is_leaf)
    leaf.sum().backward()
    show(leaf.grad)


@programs
def diagonals(torch, show):
    a = torch.arange(9.0).view(3, 3)
    d = a.diagonal()
    d += 10
    show(a, d._base is a or d._is_view(), a.diagonal(1), torch.diagonal(a.expand(2, 3, 3), dim1=-2, dim2=-1))
    leaf = torch.ones(2, 3, requires_grad=True)
    b = leaf * 2
    b.diagonal().mul_(5)
    b.sum().backward()
    show(b, leaf.grad)
    show.error(torch.diagonal, torch.ones(3))
    show.error(torch.diagonal, a, 0, 1, -1)


@programs
def by_order(torch, show):
    x = torch.tensor([[3.0, float("nan"), 1.0], [5.0, 4.0, 6.0]])
    show(x.median(), x.median(1), x.median(0, keepdim=True), x.nan_to_num(9.0).median(), torch.tensor([]).median())
    show(x.quantile(0.5), x.quantile(0.5, 1), x[1].quantile(torch.tensor([0.0, 0.25, 1.0])))
    show(torch.tensor([1, 2, 3, 4]).median(), torch.tensor(3.0).median(0), torch.tensor(3.0).quantile(0.2, 0, True))
    show(torch.histc(torch.tensor([1.0, 1.0]), 4), torch.histc(torch.tensor([]), 2), x.nan_to_num(2.0).histc(5, 0, 5))
    for bad in (
        *(lambda: x.median(2), lambda: (x > 1).median(), lambda: torch.zeros(0, 3).median(0)),
        *(lambda: x.quantile(2), lambda: x.long().quantile(0.5), lambda: torch.tensor([]).quantile(0.5)),
        *(lambda: x.quantile(torch.tensor([0.5]).double()), lambda: x.quantile(torch.ones(1, 1))),
        *(lambda: x.histc(3), lambda: x[1].histc(0), lambda: x[1].histc(2.0), lambda: x[1].histc(2, 3, 1)),
        *(lambda: x.long().histc(3), lambda: x.quantile(0.5, interpolation="best")),
    ):
        show.error(bad)


@programs
def three_at_once(torch, show):
    x, y = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 8.0])
    show(torch.lerp(x, y, 0.25), x.lerp(y, y), torch.addcmul(x, x, y, value=2), torch.addcdiv(x, x, y, value=-1))
    i = torch.tensor([1, 2])
    show(torch.addcmul(i, i, i, value=3), x.addcmul(i, y), torch.addcmul(x, y.view(2, 1), y))
    for bad in (
        *(lambda: torch.lerp(x, 2.0, 0.5), lambda: torch.lerp(x, y.double(), 0.5), lambda: torch.lerp(i, i, 0.5)),
        *(lambda: torch.lerp(x, torch.ones(3), 0.5), lambda: torch.addcmul(x, x, 2.0), lambda: x.addcmul(x, x > 0)),
        *(lambda: (x > 0).addcmul(x > 0, x > 0), lambda: torch.addcdiv(x, i, i), lambda: i.clone().addcmul_(x, y)),
        *(lambda: torch.addcmul(x, torch.ones(3), y), lambda: x.clamp_min(None), lambda: x.clamp_max()),
    ):
        show.error(bad)


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record
