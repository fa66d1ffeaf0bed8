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


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record
