"""`why` on models as people train them, under PyTorch: healthy ones are called healthy, cut ones are told where."""

import copy
import warnings
from typing import Any

import pytest

from minigrad import watch, why

torch: Any = pytest.importorskip("torch")
nn: Any = torch.nn
F: Any = torch.nn.functional
pytestmark = pytest.mark.torch


@pytest.fixture(autouse=True)
def _seeded() -> Any:
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def by_name(answer: Any) -> dict[str, set[str]]:
    """The causes of each parameter."""
    found: dict[str, set[str]] = {}
    for each in answer.findings:
        for name in each.of:
            found.setdefault(name, set()).add(each.cause)
    return found


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Any) -> Any:
        return F.relu(x + self.second(F.relu(self.norm(self.first(x)))))


def resnet() -> Any:
    return nn.Sequential(
        nn.Conv2d(3, 8, 3), Residual(8), Residual(8), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4)
    )


LABELS = torch.tensor([0, 1, 2, 3])


def test_a_transformer_block() -> None:
    block = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    with watch():
        loss = block(torch.randn(2, 5, 16)).pow(2).mean()
        loss.backward()
    assert why(block, loss).findings == []


def test_a_transformer_whose_attention_is_cut() -> None:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
            self.feed = nn.Linear(16, 16)

        def forward(self, x: Any) -> Any:
            mixed, _ = self.attention(x, x, x)
            return x + self.feed(mixed.data)

    block = Block()
    with watch():
        loss = block(torch.randn(2, 5, 16)).mean()
        loss.backward()
    found = by_name(why(block, loss))
    assert found == {name: {"data"} for name, _ in block.named_parameters() if name.startswith("attention")}


def test_a_residual_network_trained_with_adam() -> None:
    net = resnet()
    optimizer = torch.optim.Adam(net.parameters())
    with watch():
        for _ in range(2):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(torch.randn(4, 3, 8, 8)), LABELS)
            loss.backward()
            optimizer.step()
    assert why(net, loss, optimizer=optimizer).findings == []


def test_a_residual_network_cut_in_the_middle() -> None:
    net = resnet()
    with watch():
        features = net[:3](torch.randn(4, 3, 8, 8))
        loss = F.cross_entropy(net[3:](features.detach()), LABELS)
        loss.backward()
    answer = why(net, loss)
    body = {name for name, _ in net.named_parameters() if not name.startswith("5.")}
    assert by_name(answer) == {name: {"detach"} for name in body}
    assert "features.detach()" in repr(answer)


def test_the_two_steps_of_a_gan() -> None:
    generator = nn.Sequential(nn.Linear(2, 4), nn.LeakyReLU(), nn.Linear(4, 3))
    judge = nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(), nn.Linear(4, 1))
    optimizer = torch.optim.Adam(judge.parameters())
    with watch():
        made = generator(torch.randn(8, 2))
        judged = F.softplus(judge(made.detach())).mean()
        judged.backward()
        optimizer.step()
        optimizer.zero_grad()
        fooled = F.softplus(-judge(made)).mean()
        fooled.backward()
    assert by_name(why(generator, judged)) == {name: {"detach"} for name, _ in generator.named_parameters()}
    assert why(generator, fooled).findings == []
    assert why(judge, fooled).findings == []


def test_a_backbone_that_was_frozen_and_one_that_runs_under_no_grad() -> None:
    backbone, head = nn.Linear(4, 4), nn.Linear(4, 2)
    model = nn.Sequential(backbone, nn.ReLU(), head)
    with watch():
        with torch.no_grad():
            features = backbone(torch.randn(3, 4))
        loss = head(features).sum()
        loss.backward()
    assert by_name(why(model, loss)) == {"0.weight": {"no_grad"}, "0.bias": {"no_grad"}}
    with watch():
        backbone.requires_grad_(False)
        loss = model(torch.randn(3, 4)).sum()
        loss.backward()
    answer = why(model, loss)
    assert by_name(answer) == {"0.weight": {"frozen"}, "0.bias": {"frozen"}}
    assert "backbone.requires_grad_(False)" in repr(answer)


def test_an_adapter_whose_second_matrix_starts_at_zero() -> None:
    class Adapter(nn.Module):
        def __init__(self, base: Any) -> None:
            super().__init__()
            self.base = base.requires_grad_(False)
            self.down, self.up = nn.Parameter(torch.randn(2, 4)), nn.Parameter(torch.zeros(4, 2))

        def forward(self, x: Any) -> Any:
            return self.base(x) + x @ self.down.T @ self.up.T

    with watch():
        adapter = Adapter(nn.Linear(4, 4))
        loss = adapter(torch.randn(3, 4)).pow(2).sum()
        loss.backward()
    frozen = {"base.weight": {"frozen"}, "base.bias": {"frozen"}}
    assert by_name(why(adapter, loss)) == {"down": {"times_zero"}, **frozen}


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpointing(reentrant: bool) -> None:
    from torch.utils.checkpoint import checkpoint

    first, second = nn.Linear(4, 4), nn.Linear(4, 4)
    both = nn.ModuleList([first, second])
    with watch():
        loss = checkpoint(second, first(torch.randn(3, 4)), use_reentrant=reentrant).sum()
        loss.backward()
    assert why(both, loss).findings == []
    both.zero_grad()
    with watch():
        loss = second(checkpoint(first, torch.randn(3, 4), use_reentrant=reentrant)).sum()
        loss.backward()
    expected = {"0.weight": {"function"}, "0.bias": {"function"}} if reentrant else {}
    assert by_name(why(both, loss)) == expected


def test_tied_weights() -> None:
    embedding, output = nn.Embedding(5, 4), nn.Linear(4, 5, bias=False)
    output.weight = embedding.weight
    with watch():
        loss = F.cross_entropy(output(embedding(torch.tensor([1, 2]))), torch.tensor([0, 1]))
        loss.backward()
    assert why(nn.ModuleList([embedding, output]), loss).findings == []


def test_an_average_of_the_weights_beside_them() -> None:
    model = nn.Linear(3, 3)
    average = copy.deepcopy(model).requires_grad_(False)
    with watch():
        for _ in range(2):
            x = torch.randn(2, 3)
            loss = (model(x) - average(x)).pow(2).mean() + model(x).mean()
            loss.backward()
            with torch.no_grad():
                for p, q in zip(model.parameters(), average.parameters(), strict=True):
                    p -= 0.1 * p.grad
                    q.mul_(0.9).add_(p, alpha=0.1)
    assert why(model, loss).findings == []
    assert by_name(why(average, loss)) == {"weight": {"requires_grad_off"}, "bias": {"requires_grad_off"}}
    with watch():
        loss = average(torch.randn(2, 3)).sum()
    assert by_name(why(model, loss)) == {"weight": {"not_used"}, "bias": {"not_used"}}


def test_a_function_of_ones_own_is_one_step() -> None:
    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2 + 0

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * 2

    w = torch.ones(3, requires_grad=True)
    with watch():
        loss = Twice.apply(w).sum()
        loss.backward()
    assert why(w, loss).findings == []
    with watch():
        loss = Twice.apply(w).detach().sum()
    assert why(w, loss).causes == ["detach"]


def test_inference_mode() -> None:
    w = torch.ones(3, requires_grad=True)
    with watch():
        with torch.inference_mode():
            h = w * 2
        loss = h.sum()
    assert why(w, loss).causes == ["inference_mode"]


def test_what_watch_cannot_see_is_named_so() -> None:
    """Scripted code is not seen. That the detach behind it is the cut is likely, and not more."""

    @torch.jit.script
    def twice(x):
        return x * 2

    w = torch.ones(3, requires_grad=True)
    with watch():
        loss = twice(w).detach().sum()
    answer = why(w, loss)
    assert answer.causes == ["out_of_sight", "detach"]
    assert not any(each.certain for each in answer.findings)
    with watch():
        loss = twice(w).sum()
        loss.backward()
    assert why(w, loss).findings == []
    w.grad = None
    with watch():
        h = twice(w)
        loss = h.detach().sum()
    assert why(w, loss).causes == ["detach"], "while the tensor between lives, its graph shows where it comes from"
