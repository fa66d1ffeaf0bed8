"""What people have asked in public, as programs of a few lines, and what `why` says of each.

The programs are written for these tests; the address says where the trouble was reported.
"""

import importlib
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from minigrad import watch, why
from minigrad.asking.watching import forget

GITHUB = "https://github.com/"
FORUM = "https://discuss.pytorch.org/t/"


class Report(NamedTuple):
    """A report: its address, the program, the causes that `why` must name, and whether minigrad can run it."""

    address: str
    program: Callable
    causes: set[str]
    both: bool


REPORTS: list[Report] = []


def report(address: str, *causes: str, both: bool = True) -> Callable:
    def add(function: Callable) -> Callable:
        REPORTS.append(Report(address, function, set(causes), both))
        return function

    return add


def cases() -> list[Any]:
    found = []
    for each in REPORTS:
        for library in ("minigrad", "torch") if each.both else ("torch",):
            marks = [pytest.mark.torch] if library == "torch" else []
            found.append(pytest.param(library, each, marks=marks, id=f"{library}-{each.program.__name__}"))
    return found


@report(GITHUB + "pytorch/pytorch/issues/13113", "replaced")
@report(GITHUB + "pytorch/pytorch/issues/12627", "replaced")
@report(GITHUB + "hhsecond/HandsOnDeepLearningWithPytorch/issues/2", "replaced")
def the_leaf_was_converted(torch):
    """A gradient is None after .cuda() or .type(): what the name stands for is a new tensor."""
    with watch():
        a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        a = a.double()
        loss = (a**2).mean()
        loss.backward()
    return why(a, loss)


@report(GITHUB + "pytorch/pytorch/issues/2730", "replaced")
def the_leaf_was_converted_and_a_vector_given(torch):
    with watch():
        x = torch.ones(10, requires_grad=True).double()
        y = x * torch.linspace(1, 10, 10).double()
        y.backward(torch.ones(10).double())
    return why(x, y)


@report(GITHUB + "pytorch/pytorch/issues/74158", "replaced")
def the_update_made_a_new_tensor(torch):
    """`w = w - …` under no_grad: from then on w does not require grad."""
    w, x = torch.tensor(0.0, requires_grad=True), torch.tensor([1.0, 2.0, 3.0])
    with watch():
        loss = ((w * x - 2 * x) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            w = w - 0.01 * w.grad
        loss = ((w * x - 2 * x) ** 2).mean()
    return why(w, loss)


@report(GITHUB + "isayev/ReLeaSE/issues/39", "item")
def policy_loss_of_numbers(torch):
    """Trains nothing, silently: the log probabilities enter the loss as Python's numbers."""
    policy = torch.nn.Linear(4, 3)
    with watch():
        loss = 0.0
        for reward in (1.0, 0.5):
            log_probabilities = torch.nn.functional.log_softmax(policy(torch.ones(4)), dim=-1)
            loss -= log_probabilities[0].item() * reward
        loss = torch.tensor(loss, requires_grad=True)
        loss.backward()
    return why(policy, loss)


@report(GITHUB + "yifita/deep_cage/issues/16", "detach")
def regularized_weights_were_detached(torch):
    """However large its factor, the regularization changes nothing."""
    layer = torch.nn.Linear(3, 3)
    with watch():
        weights = layer(torch.ones(2, 3)).detach()
        regularization = (weights**2).sum() * 100
    return why(layer, regularization)


@report(GITHUB + "lucidrains/CoCa-pytorch/issues/6", "detach")
def the_feature_extractor_detaches(torch):
    """A wrapper that keeps features gives them out detached, so the encoder behind it is never trained."""
    encoder, head = torch.nn.Linear(4, 4), torch.nn.Linear(4, 2)
    kept = {}

    def keep(module, inputs, output):
        kept["features"] = output.clone().detach()

    encoder.register_forward_hook(keep)
    with watch():
        encoder(torch.ones(3, 4))
        loss = head(kept["features"]).sum()
        loss.backward()
    return why(encoder, loss)


@report(GITHUB + "dragen1860/IntroVAE-Pytorch/issues/3", "detach")
def the_decoder_is_cut_off_from_its_loss(torch):
    encoder, decoder = torch.nn.Linear(3, 2), torch.nn.Linear(2, 3)
    with watch():
        made = decoder(torch.ones(1, 2))
        loss = encoder(made.detach()).sum()
        loss.backward()
    return why(decoder, loss)


@report(GITHUB + "JunMa11/SegLossOdyssey/issues/17", "numpy")
def a_distance_computed_with_numpy(torch):
    """A loss whose distances come from NumPy has no gradient there."""
    net = torch.nn.Linear(2, 2)
    with watch():
        prediction = net(torch.ones(1, 2))
        distances = prediction.detach().numpy() ** 2 + 1
        loss = torch.from_numpy(distances).mean()
    return why(net, loss)


@report(GITHUB + "gaozhihan/PreDiff/issues/32", "cleared")
@report(GITHUB + "sacmehta/EdgeNets/issues/14", "cleared")
def zero_grad_between_backward_and_step(torch):
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with watch():
        loss = model(torch.ones(1, 2)).sum()
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
    return why(model, loss, optimizer=optimizer)


@report(FORUM + "if-a-parameter-is-trainable-in-the-following-case/149907", "integers")
def a_trainable_threshold(torch):
    """A comparison decides which entries count: the threshold has no gradient."""
    a = torch.tensor([3.0, 4.0, 5.0, 6.0], requires_grad=True)
    threshold = torch.tensor([4.0], requires_grad=True)
    with watch():
        loss = a[a > threshold].sum()
        loss.backward()
    return why(threshold, loss)


@report(FORUM + "torch-round-gradient/28628", "stairs")
def a_rounded_output(torch):
    net = torch.nn.Linear(2, 1)
    with watch():
        loss = ((net(torch.ones(1, 2)).round() - 3) ** 2).sum()
        loss.backward()
    return why(net, loss)


@report(GITHUB + "pytorch/pytorch/issues/187297", "nan")
def a_root_of_negative_numbers_in_the_branch_not_taken(torch):
    x = torch.tensor([-1.0, -4.0], requires_grad=True)
    with watch():
        loss = torch.where(x > 0, torch.sqrt(x), x).sum()
        loss.backward()
    return why(x, loss)


@report(GITHUB + "pytorch/pytorch/issues/68425", "nan")
def an_overflow_in_the_branch_not_taken(torch):
    a = torch.tensor(100.0, requires_grad=True)
    with watch():
        loss = torch.where(a <= 0, torch.exp(a), 1 + a)
        loss.backward()
    return why(a, loss)


@report(GITHUB + "pytorch/pytorch/issues/16317", "nan")
def a_division_by_zero_replaced_afterwards(torch):
    x, n = torch.tensor([0.0, 1.0], requires_grad=True), torch.tensor([0.0, 2.0])
    with watch():
        y = x / n
        loss = torch.where(n == 0, torch.zeros_like(y), y).sum()
        loss.backward()
    return why(x, loss)


@report(GITHUB + "pytorch/pytorch/issues/18287", "nan_input", "nan")
def an_infinity_in_the_data(torch):
    x = torch.tensor([0.0, float("inf")], requires_grad=True)
    with watch():
        loss = torch.where(x < 1.0, torch.cos(x), torch.zeros_like(x)).sum()
        loss.backward()
    return why(x, loss)


@report(GITHUB + "microsoft/LoRA/issues/120", "function", "frozen", both=False)
@report(GITHUB + "cloneofsimo/lora/issues/26", "function", "frozen", both=False)
@report(GITHUB + "locuslab/open-unlearning/issues/178", "function", "frozen", both=False)
@report(GITHUB + "huggingface/transformers/issues/26221", "function", "frozen", both=False)
def adapters_inside_a_reentrant_checkpoint(torch):
    """Trains nothing, silently: the input of the checkpoint does not require grad, as the base model is frozen."""
    from torch.utils.checkpoint import checkpoint

    class Adapted(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.base, self.down = torch.nn.Linear(4, 4), torch.nn.Linear(4, 2, bias=False)
            self.up = torch.nn.Linear(2, 4, bias=False)

        def forward(self, x):
            return self.base(x) + self.up(self.down(x))

    block, head = Adapted(), torch.nn.Linear(4, 1)
    with watch():
        block.base.requires_grad_(False)
        loss = head(checkpoint(block, torch.ones(2, 4), use_reentrant=True)).sum()
        loss.backward()
    return why(block, loss)


@report("https://www.engineermaxxing.com/micro/lessons/pytorch-internals.html", "not_in_optimizer", both=False)
def layers_in_a_plain_list(torch):
    """Layers in a Python list are none of the module's parameters, and so none of the optimizer's."""

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden, self.head = [torch.nn.Linear(3, 3)], torch.nn.Linear(3, 1)

        def forward(self, x):
            return self.head(self.hidden[0](x))

    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    with watch():
        loss = net(torch.ones(1, 3)).sum()
        loss.backward()
    return why(net.hidden[0], loss, optimizer=optimizer)


@report(GITHUB + "Oneflow-Inc/oneflow/pull/4896", "not_in_optimizer")
def the_optimizer_was_made_before_the_parameters_were_replaced(torch):
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    model.weight = torch.nn.Parameter(torch.ones(1, 2))
    with watch():
        loss = model(torch.ones(1, 2)).sum()
        loss.backward()
    return why(model, loss, optimizer=optimizer)


@report(GITHUB + "MorvanZhou/PyTorch-Tutorial/issues/57", "used_up")
def the_graph_of_the_step_before(torch):
    """A hidden state carried over keeps the graph of the step before, which is used up."""
    w = torch.tensor([0.5, 0.3], requires_grad=True)
    loss = (w * w).sum()
    loss.backward()
    w.grad = None
    return why(w, loss)


@pytest.mark.parametrize(("library", "each"), cases())
def test_public_reports_are_answered(library: str, each: Report) -> None:
    torch = importlib.import_module(library)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        forget()
        torch.manual_seed(0)
        answer = each.program(torch)
    assert set(answer.causes) == each.causes, answer


def test_there_are_at_least_fifteen_reports() -> None:
    assert len({each.address for each in REPORTS}) >= 15
