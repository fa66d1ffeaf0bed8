"""Modules, layers and losses beside PyTorch's."""

import ast
import copy
import inspect
from collections import OrderedDict
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

import minigrad
from minigrad import nn
from minigrad.autograd import gradcheck, gradgradcheck
from minigrad.engine import operation
from minigrad.engine.rows import on_tensors
from minigrad.nn import functional as F
from minigrad.nn import losses, normalization
from tests.both import Programs
from tests.examples import examples

programs = Programs(__name__)
here: Any = minigrad  # for the type checker, minigrad.tensor is the file of that name


def model_of(torch: Any) -> Any:
    """A module with everything in it."""

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 3)
            self.layers = torch.nn.ModuleList([torch.nn.Linear(3, 3), torch.nn.ReLU()])
            self.shift = torch.nn.Parameter(torch.ones(3))
            self.register_buffer("seen", torch.zeros(2))
            self.note = torch.ones(1)

        def forward(self, x):
            x = self.layer(x) + self.shift
            for layer in self.layers:
                x = layer(x)
            return x

    return Model()


# --- what is printed


@programs
def reprs(torch, show):
    nn = torch.nn
    show(nn.Linear(2, 3), nn.Linear(2, 3, bias=False), nn.Flatten(), nn.Flatten(0, 1), nn.Identity(3), nn.ReLU())
    show(nn.ReLU(inplace=True), nn.Tanh(), nn.Sigmoid(), nn.Softmax(), nn.Softmax(dim=1), nn.LogSoftmax(dim=-1))
    show(nn.Softplus(), nn.LeakyReLU(), nn.LeakyReLU(0.2), nn.MSELoss(), nn.L1Loss(reduction="sum"), nn.NLLLoss())
    show(nn.CrossEntropyLoss(), nn.BCEWithLogitsLoss(), nn.Sequential(), nn.ModuleList())
    show(nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Sequential(nn.Linear(16, 1), nn.ReLU())))
    show(nn.Sequential(OrderedDict(first=nn.Linear(2, 3), activation=nn.ReLU())))
    show(model_of(torch))

    show(nn.Linear, nn.Identity, nn.Flatten, nn.ReLU, nn.Softmax, nn.LogSoftmax, nn.MSELoss, nn.CrossEntropyLoss)
    show(nn.Sequential, nn.ModuleList, nn.Module, nn.Parameter)

    class Lines(nn.Module):
        def extra_repr(self):
            return "one\ntwo"

    show(Lines(), nn.Sequential(Lines()), nn.Module())


@programs
def parameters_print(torch, show):
    p = torch.nn.Parameter(torch.ones(2))
    show(p, p * 2, p.detach(), p.data, torch.nn.Parameter(torch.ones(2), requires_grad=False), torch.nn.Parameter())
    show(type(p * 2) is torch.Tensor, isinstance(p, torch.Tensor), p.is_leaf, p.grad)
    show(torch.nn.Parameter(p * 2))
    show.error(torch.nn.Parameter, torch.arange(3))
    show.error(torch.nn.Parameter, [1.0, 2.0])
    base = torch.zeros(2)
    torch.nn.Parameter(base).data[0] = 5
    show(base)


@programs
def tables_of_rows(torch, show):
    nn, F = torch.nn, torch.nn.functional
    torch.manual_seed(2)
    table = nn.Embedding(5, 3, padding_idx=-4)
    show(table, table.weight, nn.Embedding(2, 30).weight, nn.Embedding, table.padding_idx)
    y = table(torch.tensor([[1, 2], [4, 4]]))
    show(y, y.grad_fn.next_functions[0][0].name(), y.grad_fn._saved_padding_idx, y.grad_fn._saved_indices)
    (y**2).sum().backward()
    show(table.weight.grad, table(torch.tensor(3)), table(torch.tensor([2], dtype=torch.int32)))
    given = nn.Embedding.from_pretrained(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    show(given.weight, given(torch.tensor([1, 0])), nn.Embedding.from_pretrained(torch.ones(1, 1), freeze=False).weight)
    w = torch.ones(3, 2, requires_grad=True)
    (g,) = torch.autograd.grad((F.embedding(torch.tensor([1, 1]), w) ** 2).sum(), w, create_graph=True)
    show(g)
    g.sum().backward()
    show(w.grad)
    for numbers in (torch.tensor([5]), torch.tensor([-1]), torch.tensor([1.0]), [1]):
        show.error(table, numbers)
    show.error(F.embedding, torch.tensor(0), torch.ones(2))
    show.error(nn.Embedding, 3, 2, 7)


@programs
def dropped_elements(torch, show):
    nn, F = torch.nn, torch.nn.functional
    torch.manual_seed(2)
    x = torch.arange(1.0, 9.0, requires_grad=True)
    y = F.dropout(x, 0.3)
    show(y, y.grad_fn.next_functions[1], nn.Dropout(), nn.Dropout(0.2, inplace=True), nn.Dropout)
    y.sum().backward()
    show(x.grad, F.dropout(x, 0.3, training=False) is x, F.dropout(x, 0.0) is x, F.dropout(x, 1.0), torch.rand(1))
    show(F.dropout(torch.ones(3, 5, dtype=torch.float64), 0.9), F.dropout(torch.ones(40), 0.25))
    net = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5))
    show(net(torch.ones(2, 3)), net.eval()(torch.ones(2, 3)), net.train()(torch.ones(2, 3)))
    u = torch.ones(4)
    show(F.dropout(u, 0.5, inplace=True) is u, u, F.dropout(torch.ones(0)), torch.rand(1))
    for p in (-0.1, 1.1):
        show.error(F.dropout, x, p)
        show.error(nn.Dropout, p)
    show.error(F.dropout, torch.arange(3))


@programs
def normalized_samples(torch, show):
    nn, F = torch.nn, torch.nn.functional
    torch.manual_seed(2)
    layer = nn.LayerNorm((2, 3))
    show(layer, nn.LayerNorm(3, bias=False, eps=1e-3), nn.LayerNorm(4, elementwise_affine=False), nn.LayerNorm)
    show([name for name, _ in nn.LayerNorm(3, bias=False).named_parameters()], layer.weight, layer.bias)
    x = torch.randn(2, 2, 3, requires_grad=True)
    y = layer(x)
    show(
        y,
        y.grad_fn.next_functions[0][0].name(),
        [edge is None for edge, _ in F.layer_norm(x, [3]).grad_fn.next_functions],
    )
    (y**3).sum().backward()
    show(x.grad, layer.weight.grad, layer.bias.grad, F.layer_norm(torch.ones(3), (3,)))
    for wrong in (torch.ones(2, 4), torch.ones(2, 3, dtype=torch.float64), torch.ones(3)):
        show.error(layer, wrong)
    show.error(F.layer_norm, torch.ones(3), (3,), torch.ones(2))


def loss_and_slopes(show, loss, *leaves):
    show(loss.detach(), loss.grad_fn.name())
    loss.sum().backward()
    show(*(leaf.grad for leaf in leaves))
    for leaf in leaves:
        leaf.grad = None


@programs
def classes_with_weights(torch, show):
    F = torch.nn.functional
    torch.manual_seed(2)
    x, w = torch.randn(4, 3, requires_grad=True), torch.tensor([1.0, 2.0, 0.5])
    c, d = torch.tensor([0, 2, 1, -100]), torch.tensor([0, 2, 1, 1])
    for reduction in ("mean", "sum", "none"):
        for options in ({}, {"weight": w}):
            loss_and_slopes(show, F.cross_entropy(x, c, reduction=reduction, **options), x)
            loss_and_slopes(show, F.nll_loss(x, d, ignore_index=1, reduction=reduction, **options), x)
            show(F.cross_entropy(x, c, reduction=reduction, label_smoothing=0.1, **options).detach())
    loss = F.cross_entropy(x, c, label_smoothing=0.3, weight=w)
    loss.backward()
    show(x.grad, F.cross_entropy(x, torch.full((4,), -100)).detach())
    for shape in ((2, 3, 4), (2, 3, 4, 2), (2, 3, 2, 1, 2)):
        y = torch.randn(shape, requires_grad=True)
        c = torch.randint(0, 3, (shape[0], *shape[2:]))
        for reduction in ("mean", "none"):
            show(F.nll_loss(y, c, weight=w, reduction=reduction).detach())
        loss_and_slopes(show, F.nll_loss(y, c), y)
    show(F.cross_entropy(torch.ones(3), torch.tensor(-100), ignore_index=-100), F.nll_loss(x[0], torch.tensor(1), w))
    show.error(F.cross_entropy, x, torch.tensor([0, 3, 1, 1]))
    show.error(F.cross_entropy, x, d, weight=torch.ones(2))
    show.error(F.cross_entropy, x, d, label_smoothing=2.0)
    show.error(F.cross_entropy, x, torch.zeros(2, 3, 4).long())


@programs
def probabilities_as_targets(torch, show):
    F = torch.nn.functional
    torch.manual_seed(2)
    x, w = torch.randn(4, 3, requires_grad=True), torch.tensor([1.0, 2.0, 0.5])
    p = torch.softmax(torch.randn(4, 3), 1)
    for reduction in ("mean", "sum", "none"):
        for options in ({}, {"weight": w}, {"label_smoothing": 0.2}, {"weight": w, "label_smoothing": 0.2}):
            loss = F.cross_entropy(x, p, reduction=reduction, **options)
            show(loss.detach())
            loss.sum().backward()
    show(x.grad, F.cross_entropy(x[0], p[0]).detach(), F.cross_entropy(x, p.double()).dtype)
    show(F.cross_entropy(torch.randn(2, 3, 2), torch.rand(2, 3, 2)))
    show.error(F.cross_entropy, x, torch.zeros(4, 3).long())


@programs
def two_classes(torch, show):
    F = torch.nn.functional
    torch.manual_seed(2)
    x, y = torch.rand(4, 3, requires_grad=True), torch.rand(4, 3, requires_grad=True)
    w, w3 = torch.rand(4, 3), torch.tensor([1.0, 2.0, 0.5])
    for reduction in ("mean", "sum", "none"):
        loss_and_slopes(show, F.binary_cross_entropy(x, y, reduction=reduction), x, y)
        loss_and_slopes(show, F.binary_cross_entropy(x, y, w3, reduction=reduction), x, y)
        for options in ({"weight": w}, {"pos_weight": w3}, {"weight": w, "pos_weight": w3}):
            loss = F.binary_cross_entropy_with_logits(x * 4 - 2, y, reduction=reduction, **options)
            show(loss.detach())
            loss.sum().backward()
    show(x.grad, y.grad, F.binary_cross_entropy(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 0.0])))
    edge = torch.tensor([0.0, 1.0, 0.5], requires_grad=True)
    loss_and_slopes(show, F.binary_cross_entropy(edge, torch.tensor([1.0, 0.0, 1.0])), edge)
    show.error(F.binary_cross_entropy, torch.tensor([1.5]), torch.tensor([1.0]))
    show.error(F.binary_cross_entropy, torch.ones(2), torch.ones(2, 1))
    show.error(F.binary_cross_entropy, torch.ones(2), torch.ones(2).long())
    show.error(F.binary_cross_entropy, torch.ones(2), torch.ones(2).double())


@programs
def losses_that_are_lines_far_away(torch, show):
    F = torch.nn.functional
    x = torch.tensor([0.0, 0.3, 1.0, -2.0, 0.5], requires_grad=True)
    y = torch.tensor([0.0, 0.0, 0.0, 1.0, 1.0], requires_grad=True)
    for reduction in ("mean", "sum", "none"):
        for beta in (1.0, 0.4, 0.0):
            loss_and_slopes(show, F.smooth_l1_loss(x, y, reduction=reduction, beta=beta), x, y)
        for delta in (1.0, 0.4):
            loss_and_slopes(show, F.huber_loss(x, y, reduction=reduction, delta=delta), x, y)
    show.error(F.smooth_l1_loss, x, y, beta=-1.0)
    show.error(F.huber_loss, x, y, delta=0.0)


@programs
def losses_as_modules(torch, show):
    nn = torch.nn
    w, c = torch.tensor([1.0, 2.0, 0.5]), torch.tensor([0, 2])
    x, p = torch.tensor([[1.0, 2.0, 3.0], [0.5, 0.0, 1.0]]), torch.tensor([[0.1, 0.9, 0.5], [0.2, 0.4, 1.0]])
    show(nn.CrossEntropyLoss(weight=w, label_smoothing=0.1)(x, c), nn.CrossEntropyLoss(ignore_index=2)(x, c))
    show(nn.NLLLoss(w)(x, c), nn.BCELoss()(p, p), nn.BCELoss(w)(p, p), nn.BCEWithLogitsLoss(pos_weight=w)(x, p))
    show(nn.SmoothL1Loss(beta=0.5)(x, p), nn.HuberLoss(delta=0.5)(x, p), nn.CrossEntropyLoss(reduction="sum")(x, c))
    show(nn.CrossEntropyLoss(weight=w), list(nn.CrossEntropyLoss(weight=w).state_dict()), nn.BCELoss(), nn.HuberLoss())
    show(list(nn.BCEWithLogitsLoss(pos_weight=w).state_dict()), nn.MSELoss(size_average=False)(x, p), nn.SmoothL1Loss)
    show(nn.MSELoss(reduce=False).reduction, nn.MSELoss(False).reduction, nn.BCELoss, nn.HuberLoss)
    show.error(nn.MSELoss, x, p)
    show.error(nn.CrossEntropyLoss, x, c)


@programs
def normalized_batches(torch, show):
    nn, F = torch.nn, torch.nn.functional
    torch.manual_seed(2)
    x = torch.randn(5, 3, requires_grad=True)
    layer = nn.BatchNorm1d(3)
    show(layer, list(layer.state_dict().items()), nn.BatchNorm1d(3, affine=False, track_running_stats=False))
    for _ in range(2):
        y = layer(x)
        show(y)
        (y**3).sum().backward()
    show(x.grad, layer.weight.grad, layer.bias.grad, layer.running_mean, layer.running_var, layer.num_batches_tracked)
    layer.eval()
    x.grad = None
    y = layer(x)
    show(y, layer(torch.ones(1, 3)))
    (y**2).sum().backward()
    show(x.grad, layer.weight.grad)
    layer.train()
    show(layer(torch.randn(4, 3, 2)), layer.running_var)
    slow = nn.BatchNorm1d(3, momentum=None)
    for _ in range(3):
        slow(torch.randn(4, 3))
    show(slow.running_mean, slow, nn.BatchNorm1d(3, bias=False).bias, nn.BatchNorm1d)
    show(nn.BatchNorm1d(3, track_running_stats=False).eval()(x).detach(), F.batch_norm(x, None, None, training=True))
    for wrong in (torch.ones(1, 3), torch.ones(3), torch.ones(2, 4)):
        show.error(layer, wrong)


@programs
def hooks_of_the_backward_pass(torch, show):
    torch.manual_seed(2)
    layer, x = torch.nn.Linear(2, 1), torch.ones(3, 2, requires_grad=True)
    handle = layer.register_full_backward_hook(lambda module, before, after: show(module, before, after))
    y = layer(x)
    show(y.grad_fn.name(), y)
    y.sum().backward()
    handle.remove()
    show(x.grad, layer.weight.grad)
    handle = layer.register_full_backward_hook(lambda module, before, after: (before[0] * 10,))
    second = layer.register_full_backward_pre_hook(lambda module, after: (after[0] * 2,))
    x.grad = None
    layer.zero_grad()
    layer(x).sum().backward()
    show(x.grad, layer.weight.grad)
    second.remove()
    handle.remove()
    seen = layer.register_full_backward_hook(lambda module, before, after: show(before))
    show.warnings(layer(torch.ones(3, 2)).sum().backward)
    seen.remove()
    with torch.no_grad():
        show(layer(x))
    net = torch.nn.Sequential(layer, torch.nn.Tanh())
    for each in net:
        each.register_full_backward_hook(lambda module, before, after: show(module, after))
    net(x).sum().backward()


@programs
def hooks_with_keywords(torch, show):
    layer = torch.nn.Identity()
    layer.forward = lambda x, scale=1: x * scale
    x = torch.ones(2)
    with layer.register_forward_hook(lambda module, a, k, y: show(a, k, y), with_kwargs=True):
        layer(x, scale=3)
    with layer.register_forward_pre_hook(lambda module, a, k: (a, {"scale": 5}), with_kwargs=True):
        show(layer(x))
    layer.register_forward_hook(lambda module, a, y: y + 1)
    layer.register_forward_hook(lambda module, a, y: y * 10, prepend=True)
    show(layer(x))


@programs
def hooks_after_gradients_were_added(torch, show):
    w = torch.ones(2, requires_grad=True)
    with w.register_post_accumulate_grad_hook(lambda leaf: show(leaf is w, leaf.grad)):
        (w * 2).sum().backward()
        (w * 2).sum().backward()
    (w * 3).sum().backward()
    optimizer = torch.optim.SGD([w], lr=0.1)

    def step(leaf):
        optimizer.step()
        leaf.grad = None

    w.register_post_accumulate_grad_hook(step)
    (w * 2).sum().backward()
    show(w, w.grad)
    show.error((w * 2).register_post_accumulate_grad_hook, print)
    show.error(torch.ones(2).register_post_accumulate_grad_hook, print)


# --- modules


@programs
def what_a_module_holds(torch, show):
    m = model_of(torch)
    show([name for name, _ in m.named_parameters()], [name for name, _ in m.named_buffers()])
    show([name for name, _ in m.named_modules()], [name for name, _ in m.named_children()])
    show([name for name, _ in m.named_parameters(recurse=False)], [name for name, _ in m.named_parameters("p")])
    show(len(list(m.parameters())), len(list(m.buffers())), len(list(m.modules())), len(list(m.children())))
    show(list(m.state_dict()), sum(p.numel() for p in m.parameters()))
    show(m.get_submodule("layers.0"), m.get_submodule("") is m)
    show.error(m.get_submodule, "layers.7")
    show.error(m.get_submodule, "shift")
    show.error(getattr, m, "missing")


@programs
def shared_modules_and_parameters(torch, show):
    nn = torch.nn
    layer = nn.Linear(2, 2)
    m = nn.Sequential(layer, nn.ReLU(), layer)
    show([name for name, _ in m.named_parameters()], list(m.state_dict()), m)
    tied = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    tied[1].weight = tied[0].weight
    show([name for name, _ in tied.named_parameters()], list(tied.state_dict()))


@programs
def attributes(torch, show):
    m = model_of(torch)
    for name, value in [
        ("layer", torch.ones(2)), ("layer", 3), ("shift", torch.ones(2)), ("shift", 3), ("seen", 3), ("note", 3),
        ("layer", torch.nn.ReLU()), ("shift", torch.nn.Parameter(torch.zeros(1))), ("seen", torch.ones(1)),
    ]:  # fmt: skip
        show.error(setattr, m, name, value)
    show([name for name, _ in m.named_parameters()], list(m.state_dict()), m.seen, m.shift)
    m.seen = None
    m.shift = None
    del m.layer
    show(list(m.state_dict()), m)
    show.error(m, torch.ones(2))


@programs
def registering(torch, show):
    p, m = torch.nn.Parameter(torch.ones(2)), torch.nn.Linear(2, 2)
    for register, name, value in [
        (m.register_parameter, "own", p), (m.register_parameter, "none", None), (m.register_parameter, "a.b", p),
        (m.register_parameter, "", p), (m.register_parameter, "forward", p), (m.register_parameter, "weight", p),
        (m.register_parameter, "tensor", torch.ones(2)), (m.register_parameter, "result", p * 2),
        (m.register_parameter, 3, p), (m.register_buffer, "weight", p), (m.register_buffer, "buffer", torch.ones(1)),
        (m.register_buffer, "nothing", None), (m.register_buffer, "wrong", 3), (m.add_module, "child", torch.nn.ReLU()),
        (m.add_module, "wrong", 3), (m.add_module, "weight", torch.nn.ReLU()), (m.add_module, "absent", None),
    ]:  # fmt: skip
        show.error(register, name, value)
    show([name for name, _ in m.named_parameters()], list(m.state_dict()))


@programs
def a_forgotten_super(torch, show):
    nn = torch.nn

    def module(make):
        class Forgetful(nn.Module):
            def __init__(self):
                self.part = make()

        return Forgetful

    show.error(module(lambda: nn.Linear(2, 3)))
    show.error(module(lambda: nn.Parameter(torch.ones(2))))
    forgetful = module(lambda: 3)()
    show.error(forgetful, torch.ones(2))
    show.error(lambda: list(forgetful.parameters()))
    show.error(forgetful.state_dict)
    show.error(forgetful.register_parameter, "p", nn.Parameter(torch.ones(2)))
    show.error(forgetful.register_buffer, "b", torch.ones(2))
    show.error(nn.Module(), torch.ones(2))


@programs
def training_and_evaluation(torch, show):
    m = model_of(torch)
    show(m.training, m.eval() is m, m.training, m.layers[0].training, m.train().layers[0].training)
    m.layers.eval()
    show(m.training, m.layers[1].training)
    show.error(m.train, 3)
    names = []
    show(m.apply(lambda module: names.append(type(module).__name__)) is m, names)


@programs
def gradients_of_modules(torch, show):
    torch.manual_seed(0)
    m = model_of(torch)
    m(torch.ones(1, 2)).sum().backward()
    show([None if p.grad is None else p.grad.shape for p in m.parameters()])
    m.zero_grad(set_to_none=False)
    show([p.grad.abs().sum() for p in m.parameters()])
    m.zero_grad()
    show([p.grad for p in m.parameters()])
    show(m.requires_grad_(False) is m, [p.requires_grad for p in m.parameters()], m(torch.ones(1, 2)).requires_grad)
    m.layer.requires_grad_()
    show([p.requires_grad for p in m.parameters()])


@programs
def types(torch, show):
    m = torch.nn.Sequential(torch.nn.Linear(2, 1))
    m.register_buffer("count", torch.tensor([1, 2]))
    m.register_buffer("mean", torch.tensor([1.0, 2.0]))
    p = m[0].weight
    m(torch.ones(2)).sum().backward()
    show(m.double() is m, m[0].weight is p, p.dtype, p.grad.dtype, p.requires_grad, m.count.dtype, m.mean.dtype)
    show(
        m.float()[0].bias.dtype, m.to(torch.float64)[0].bias.dtype, m.to("cpu") is m, m.to(torch.ones(1))[0].bias.dtype
    )
    show.error(m.to, torch.int64)
    show(m(torch.ones(2)).dtype)


@programs
def states(torch, show):
    torch.manual_seed(0)
    m = torch.nn.Linear(2, 3)
    state = m.state_dict()
    show(list(state), [t.requires_grad for t in state.values()], type(state).__name__)
    state["bias"].zero_()
    show(m.bias)
    new = {"weight": torch.ones(3, 2), "bias": torch.arange(3.0)}
    show(m.load_state_dict(new), m.weight, m.bias)
    for wrong in (
        {}, {"weight": torch.ones(3, 2)}, {**new, "more": torch.ones(1)}, {**new, "weight": torch.ones(2, 3)},
        {**new, "bias": 3}, [1], {"weight": torch.ones(3, 2).double(), "bias": torch.arange(3)},
    ):  # fmt: skip
        show.error(m.load_state_dict, wrong)
    show(m.load_state_dict({"bias": torch.ones(3), "more": 1}, strict=False))
    show.error(m.load_state_dict, {"bias": torch.ones(4)}, strict=False)
    big = model_of(torch)
    other = model_of(torch)
    show(other.load_state_dict(big.state_dict()))
    show(all((a == b).all() for a, b in zip(big.parameters(), other.parameters(), strict=True)))


@programs
def hooks(torch, show):
    m = torch.nn.Linear(1, 1)
    show.error(m.load_state_dict, {"weight": torch.ones(1, 1), "bias": torch.ones(1)})
    calls = []
    first = m.register_forward_pre_hook(lambda module, inputs: calls.append(("before", inputs)))
    second = m.register_forward_hook(lambda module, inputs, output: output * 10)
    third = m.register_forward_hook(lambda module, inputs, output: calls.append((inputs, output)))
    show(m(torch.ones(1)), calls)
    second.remove()
    second.remove()
    show(m(torch.ones(1)))
    with m.register_forward_pre_hook(lambda module, inputs: inputs[0] * 2):
        show(m(torch.ones(1)))
    first.remove()
    third.remove()
    with m.register_forward_pre_hook(lambda module, inputs: (inputs[0] * 3,)):
        show(m(torch.ones(1)), len(calls))


@programs
def sequences(torch, show):
    nn = torch.nn
    m = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    show(len(m), m[0], m[-1], m[:2], m[1:], [type(child).__name__ for child in m])
    show(m.append(nn.Tanh()) is m, m, m.extend([nn.ReLU()]))
    m[1] = nn.Sigmoid()
    show(m)
    for wrong in (3, torch.relu, nn.ReLU):
        show.error(nn.Sequential, wrong)
    show.error(m.append, 3)
    show.error(lambda: m[9])
    show.error(setattr, m, "0", 3)
    layers = nn.ModuleList([nn.ReLU()])
    show(layers.append(nn.Tanh()), len(layers), layers[1], layers[:1], layers.extend([nn.ReLU()]))
    show.error(layers, torch.ones(1))
    show.error(layers.append, 3)
    show.error(lambda: layers[5])


@programs
def copies(torch, show):
    torch.manual_seed(0)
    m = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.ReLU())
    twin = copy.deepcopy(m)
    with torch.no_grad():
        m[0].weight.fill_(7)
    show(m[0].weight, twin[0].weight, [type(p).__name__ for p in twin.parameters()])


# --- layers


@programs
def linear_graphs(torch, show):
    torch.manual_seed(0)
    x = torch.randn(4, 3, requires_grad=True)
    for bias in (True, False):
        layer = torch.nn.Linear(3, 2, bias=bias)
        for input in (x, x.detach(), x[0], x.detach()[0], torch.randn(5, 4, 3), torch.randn(2, 5, 4, 3)):
            y = layer(input)
            show(y.shape)
            show.graph(y)
            y.sum().backward()
        show([p.grad for p in layer.parameters()])


@programs
def linear_errors(torch, show):
    layer = torch.nn.Linear(3, 2)
    for input in (
        torch.ones(4, 5),
        torch.ones(5),
        torch.ones(4, 3).double(),
        torch.ones(4, 3).long(),
        torch.tensor(1.0),
    ):
        show.error(layer, input)
        show.error(torch.nn.Linear(3, 2, bias=False), input)
    show.error(torch.nn.Linear, -1, 2)
    show.error(torch.nn.Linear, 1.5, 2)
    show(torch.nn.Linear(0, 2), torch.nn.Linear(0, 2)(torch.ones(1, 0)).shape, torch.nn.Linear(2, 0)(torch.ones(2)))


@programs
def activations(torch, show):
    functional, nn = torch.nn.functional, torch.nn
    x = torch.tensor([[-2.0, 0.0, 0.5], [30.0, -30.0, 1.0]], requires_grad=True)
    for f in (
        functional.relu, functional.tanh, functional.sigmoid, functional.softplus, functional.leaky_relu,
        lambda t: functional.leaky_relu(t, 0.2), lambda t: functional.softplus(t, 2, 1),
        lambda t: functional.softmax(t, dim=1), lambda t: functional.log_softmax(t, dim=0), functional.softmax,
        nn.ReLU(), nn.Tanh(), nn.Sigmoid(), nn.Softplus(2), nn.LeakyReLU(0.3), nn.Softmax(0), nn.LogSoftmax(1),
        nn.Flatten(0), nn.Identity(), nn.Softmax(),
        functional.gelu, lambda t: functional.gelu(t, approximate="tanh"), functional.silu, functional.mish,
        functional.elu, lambda t: functional.elu(t, 0.5), functional.hardtanh, functional.relu6, functional.softsign,
        functional.logsigmoid, lambda t: functional.softmin(t, dim=1), lambda t: functional.normalize(t, p=1),
        functional.normalize, nn.GELU(), nn.GELU("tanh"), nn.SiLU(), nn.Mish(), nn.ELU(0.3), nn.Hardtanh(-2, 0.7),
        nn.ReLU6(), nn.Softsign(), nn.LogSigmoid(), nn.Softmin(0),
    ):  # fmt: skip
        y = f(x)
        show(y)
        (y * torch.arange(y.numel()).reshape(y.shape)).sum().backward()
        show(x.grad)
        x.grad = None
    t = x * 1
    show(functional.relu(t, inplace=True) is t, nn.ReLU(inplace=True)(t) is t, t)
    for in_place in (
        *(nn.LeakyReLU(0.3, True), nn.ELU(inplace=True), nn.SiLU(True), nn.Mish(True), nn.Hardtanh(inplace=True)),
        *(nn.ReLU6(inplace=True), nn.ELU(2.0)),
    ):
        t = x * 1
        y = in_place(t)
        show(in_place, y is t, y)
        y.sum().backward()
        show(x.grad)
        x.grad = None
    show(nn.GELU(), nn.GELU("tanh"), nn.Softmin(), nn.Softsign(), nn.LogSigmoid(), nn.Hardtanh(), nn.CosineSimilarity())
    show(type(nn.SiLU()), type(nn.CosineSimilarity()), nn.CosineSimilarity(dim=0)(x, x.detach() + 1))
    for f in (functional.gelu, functional.silu, functional.elu, functional.mish, functional.logsigmoid):
        show.error(f, torch.tensor([1]))
        show.error(f, 1.0)
    show.error(functional.gelu, x, approximate="sigmoid")
    show.error(functional.hardtanh, x, 1.0, -1.0)
    show.error(nn.Hardtanh, 1.0, -1.0)
    show.error(functional.normalize, torch.ones(3))
    show.error(nn.ReLU(inplace=True), x)
    show.warnings(functional.softmax, x)
    show.warnings(nn.LogSoftmax(), x)


@programs
def one_hot(torch, show):
    f = torch.nn.functional.one_hot
    c = torch.tensor([[0, 2], [1, 1]])
    show(f(c), f(c, 4), f(torch.tensor(2)))
    for wrong in (c - 1, c.float(), c.int()):
        show.error(f, wrong)
    show.error(f, c, 2)
    show.error(f, torch.zeros(0).long())
    show(f(torch.zeros(0).long(), 2).shape)


# --- losses


@programs
def losses_of_two_tensors(torch, show):
    F = torch.nn.functional
    x = torch.tensor([[1.0, -2.0], [0.5, 3.0]], requires_grad=True)
    y = torch.tensor([[0.0, 1.0], [0.25, 1.0]], requires_grad=True)
    for loss in (F.mse_loss, F.l1_loss, F.binary_cross_entropy_with_logits):
        for reduction in ("mean", "sum", "none"):
            value = loss(x, y, reduction=reduction)
            show(value)
            show.graph(value)
            value.backward(torch.ones(value.shape) * 2)
            show(x.grad, y.grad)
            x.grad = y.grad = None
        show.error(loss, x, y, reduction="median")
        show.error(loss, x, 3.0)
        show.error(loss, x, torch.ones(3))
        show(loss(x.detach(), y).requires_grad, loss(x.detach()[0, 0], y.detach()[0, 0]))
    nn = torch.nn
    show(nn.MSELoss(reduction="sum")(x, y), nn.L1Loss()(x, y), nn.BCEWithLogitsLoss(reduction="none")(x, y))


@programs
def losses_of_other_types_and_shapes(torch, show):
    F = torch.nn.functional
    x, y = torch.ones(4, 1, requires_grad=True), torch.arange(4.0)
    for loss in (F.mse_loss, F.l1_loss):
        value = show.warnings(loss, x, y)
        show(value)
        show.graph(value)
        value.backward()
        show(x.grad)
        x.grad = None
        for target in (y.double(), y.long()):
            value = loss(x[:, 0], target)
            value.backward()
            show(value, x.grad)
            x.grad = None
    show.error(F.mse_loss, y.long(), y.long())
    show.error(F.binary_cross_entropy_with_logits, x, y)
    show.error(F.binary_cross_entropy_with_logits, y, y.long())
    show(F.binary_cross_entropy_with_logits(torch.tensor([1000.0, -1000.0]), torch.tensor([0.0, 0.0])))
    show(F.mse_loss(torch.zeros(0), torch.zeros(0)), F.mse_loss(torch.zeros(0), torch.zeros(0), reduction="sum"))


@programs
def losses_of_classes(torch, show):
    F, nn = torch.nn.functional, torch.nn
    x = torch.tensor([[1.0, -2.0, 0.5], [0.5, 3.0, 100.0]], requires_grad=True)
    c = torch.tensor([2, 0])
    for loss in (F.cross_entropy, F.nll_loss):
        for reduction in ("mean", "sum", "none"):
            value = loss(x, c, reduction=reduction)
            show(value)
            show.graph(value)
            value.backward(torch.ones(value.shape) * 2)
            show(x.grad)
            x.grad = None
        show(loss(x[0], c[0]), loss(x[0], c[0], reduction="none"), loss(x.detach(), c))
        for target in (
            c.float(), c.int(), torch.tensor([0, 3]), torch.tensor([0, -1]), torch.tensor([0]), c.reshape(2, 1), [2, 0],
            c[0],
        ):  # fmt: skip
            show.error(loss, x, target)
        show.error(loss, x, c, reduction="median")
        show.error(loss, x.detach().long(), c)
    show.error(F.nll_loss, torch.tensor(1.0), torch.tensor(0))
    show(nn.CrossEntropyLoss()(x, c), nn.NLLLoss(reduction="sum")(x, c), nn.CrossEntropyLoss(reduction="none")(x, c))
    (g,) = torch.autograd.grad(F.cross_entropy(x, c), x, create_graph=True)
    show(torch.autograd.grad((g * torch.arange(3)).sum(), x))


# --- values to start from


@programs
def initial_values(torch, show):
    init = torch.nn.init
    torch.manual_seed(5)
    for fill in (
        init.uniform_, init.normal_, init.zeros_, init.ones_, init.kaiming_uniform_, init.kaiming_normal_,
        init.xavier_uniform_, init.xavier_normal_,
    ):  # fmt: skip
        w = torch.empty(2, 3)
        show(fill(w) is w, w)
    show(
        init.constant_(torch.empty(2), 3.5), init.uniform_(torch.empty(2), -5, -4), init.normal_(torch.empty(2), 9, 0.1)
    )
    show(init.kaiming_uniform_(torch.empty(1, 2), a=1, mode="fan_out"), init.xavier_uniform_(torch.empty(1, 2), 5.0))
    show(init.kaiming_normal_(torch.empty(1, 2), nonlinearity="relu"), init.xavier_normal_(torch.empty(1, 2, 2)))
    show([init.calculate_gain(name) for name in ("linear", "sigmoid", "tanh", "relu", "leaky_relu")])
    show(init.calculate_gain("leaky_relu", 0.5))
    p = torch.nn.Parameter(torch.empty(2))
    show(init.zeros_(p), p._version > 0)
    for wrong in (torch.empty(2), torch.tensor(1.0)):
        show.error(init.kaiming_uniform_, wrong)
        show.error(init.xavier_normal_, wrong)
    show.error(init.kaiming_uniform_, torch.empty(2, 2), mode="both")
    show.error(init.calculate_gain, "sine")


@programs
def orthogonal(torch, show):
    init = torch.nn.init
    torch.manual_seed(1)
    for shape in ((3, 3), (2, 5), (5, 2), (4, 2, 3), (1, 4), (0, 3)):
        w = torch.empty(shape)
        show(init.orthogonal_(w) is w, w)
    show(init.orthogonal_(torch.empty(3, 2, dtype=torch.float64), gain=2.0))
    show.error(init.orthogonal_, torch.empty(3))


@programs
def modules_by_name(torch, show):
    nn = torch.nn
    d = nn.ModuleDict({"a": nn.ReLU(), "b": nn.Linear(1, 2)})
    show(d, list(d), list(d.keys()), list(d.items()), list(d.values()), len(d), "a" in d, "c" in d, type(d))
    show(nn.ModuleDict(), nn.ModuleDict([["x", nn.Tanh()]]), nn.ModuleDict(d))
    show([name for name, _ in d.named_parameters()], d["b"](torch.ones(1)).shape)
    d["c"] = nn.Tanh()
    d["a"] = nn.Sigmoid()
    d.update({"e": nn.ELU()})
    del d["c"]
    show(d, d.pop("a"), d)
    for wrong in ("c", 0):
        show.error(lambda key=wrong: d[key])
    show.error(d.pop, "nothing")
    show.error(d, torch.ones(1))
    show.error(d.update, 3)
    show.error(d.update, [1])
    show.error(d.update, [[1, 2, 3]])
    show.error(d.update, {"q": 3})
    for name in ("keys", "a.b", "", 1, "training"):
        show.error(lambda key=name: nn.ModuleDict({key: nn.ReLU()}))
    d.clear()
    show(d, len(d))


@programs
def lists_of_parameters(torch, show):
    nn = torch.nn
    p = nn.ParameterList([nn.Parameter(torch.zeros(2)), torch.ones(1, 2)])
    show(p, len(p), list(p), list(p.state_dict()), p[1], p[-1] is p[1], p[0:1], type(p))
    show(p.append(torch.ones(1)) is p)
    p += [nn.Parameter(torch.tensor(1.0))]
    p[0] = torch.full((2,), 3.0)
    show(p, p.extend([torch.ones(2)]) is p, nn.ParameterList())
    show.error(lambda: p[7])
    show.error(lambda: p["a"])
    show.error(p, 1)
    show.error(nn.ParameterList, 3)
    show.error(p.extend, torch.ones(3))

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weights = nn.ParameterList([torch.ones(1) for _ in range(2)])
            self.layers = nn.ModuleDict({"last": nn.Linear(1, 1)})

        def forward(self, x):
            for w in self.weights:
                x = x * w
            return self.layers["last"](x)

    torch.manual_seed(2)
    model = Model()
    alike = [nn.Linear(2, 2) for _ in range(3)]
    show(nn.ModuleList([*alike, nn.ReLU(), nn.Sequential(*alike), nn.Sequential(*alike)]), nn.ModuleList(alike[:1]))
    show(model, [name for name, _ in model.named_parameters()])
    model(torch.ones(3, 1)).sum().backward()
    show([w.grad for w in model.parameters()])


@programs
def utilities(torch, show):
    utils = torch.nn.utils
    torch.manual_seed(0)
    m = torch.nn.Linear(2, 1)
    v = utils.parameters_to_vector(m.parameters())
    show(v)
    utils.vector_to_parameters(torch.arange(3.0), m.parameters())
    show(m.weight, m.bias)
    show.error(utils.vector_to_parameters, [1.0, 2.0, 3.0], m.parameters())
    m(torch.tensor([3.0, 4.0])).sum().backward()
    show(utils.clip_grad_norm_(m.parameters(), 1.0), m.weight.grad, m.bias.grad)
    show(utils.clip_grad_norm_(m.parameters(), 100.0), utils.clip_grad_norm_(m.weight, 0.5, norm_type=1), m.weight.grad)
    show(
        utils.clip_grad_norm_([], 1.0), utils.clip_grad_norm_(m.parameters(), 0.1, norm_type=float("inf")), m.bias.grad
    )


test_as_recorded, test_beside_pytorch = programs.tests()
record = programs.record


# --- what holds for all inputs

sizes = st.integers(1, 40)


@pytest.mark.torch
@settings(max_examples=examples(60))
@given(sizes, sizes, st.booleans(), st.integers(0, 2**32))
def test_one_seed_gives_pytorchs_weights(inputs: int, outputs: int, bias: bool, seed: int) -> None:
    import torch

    torch.manual_seed(seed)
    minigrad.manual_seed(seed)
    theirs = torch.nn.Linear(inputs, outputs, bias=bias)
    ours = nn.Linear(inputs, outputs, bias=bias)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), q.detach().numpy())
    assert minigrad.rand(1).item() == torch.rand(1).item()


values = st.sampled_from([0.0, -0.0, 1.0, -1.5, 3.0, 1e-8, 40.0, -200.0, float("inf"), float("nan")])


def same(ours: Any, theirs: Any) -> None:
    """Equal but for rounding, measured by the largest number."""
    assert str(ours.dtype) == str(theirs.dtype)
    assert tuple(ours.shape) == tuple(theirs.shape)
    a, b = ours.detach().numpy(), theirs.detach().numpy(force=True)
    finite = np.abs(b[np.isfinite(b)])
    rounding = 1e-5 if a.dtype == np.float32 else 1e-13
    np.testing.assert_allclose(a, b, rtol=rounding, atol=rounding * finite.max(initial=0.1))


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(max_examples=examples(200))
@given(
    st.sampled_from(["mse_loss", "l1_loss", "binary_cross_entropy_with_logits", "cross_entropy", "nll_loss"]),
    st.sampled_from(["mean", "sum", "none"]),
    st.integers(1, 4),
    st.integers(1, 4),
    st.sampled_from([np.float32, np.float64]),
    st.data(),
)
def test_losses(loss: str, reduction: str, rows: int, columns: int, kind: Any, data: Any) -> None:
    """Value, gradient and second gradient, with zeros, infinities and nan among the inputs."""
    import torch

    def drawn(elements: Any, *shape: int) -> Any:
        size = int(np.prod(shape))
        return np.array(data.draw(st.lists(elements, min_size=size, max_size=size))).reshape(shape)

    x = drawn(values, rows, columns).astype(kind)
    of_classes = loss in ("cross_entropy", "nll_loss")
    y = drawn(st.integers(0, columns - 1), rows) if of_classes else drawn(values, rows, columns).astype(kind)
    v = drawn(st.sampled_from([1.0, -2.0]), *(x.shape if not of_classes else x.shape[:1])).astype(kind)
    seen = []
    for library in (minigrad, torch):
        a, b, c = (library.tensor(each) for each in (x, y, v))
        a.requires_grad_()
        live = [a] if of_classes else [a, b.requires_grad_()]
        value = getattr(library.nn.functional, loss)(a, b, reduction=reduction)
        gradients = library.autograd.grad(value, live, c if reduction == "none" else None, create_graph=True)
        second = [None] * len(live)
        if any(g.requires_grad for g in gradients):
            tracked = [g for g in gradients if g.requires_grad]
            second = library.autograd.grad([(g * g).sum() for g in tracked], live, allow_unused=True)
        seen.append([value, *gradients, *second])
    for ours, theirs in zip(*seen, strict=True):
        if ours is None or theirs is None:
            assert all(each is None or not np.nan_to_num(each.detach().numpy()).any() for each in (ours, theirs))
        else:
            same(ours, theirs)


@pytest.mark.torch
@settings(max_examples=examples(60))
@given(
    st.lists(st.integers(0, 4), min_size=0, max_size=3),
    st.integers(1, 5),
    st.integers(1, 5),
    st.booleans(),
    st.booleans(),
    st.sampled_from([np.float32, np.float64]),
)
def test_linear(lead: list[int], inputs: int, outputs: int, bias: bool, tracked: bool, kind: Any) -> None:
    """Value and gradients for any leading dimensions, also empty ones."""
    import torch

    random = np.random.default_rng(inputs * 10 + outputs)
    x, w, b = (random.normal(size=shape).astype(kind) for shape in ((*lead, inputs), (outputs, inputs), (outputs,)))
    seen = []
    for library in (minigrad, torch):
        x_, w_, b_ = (library.tensor(each, requires_grad=True) for each in (x, w, b))
        x_ = x_ if tracked else x_.detach()
        y = library.nn.functional.linear(x_, w_, b_ if bias else None)
        (y * y).sum().backward()
        seen.append([y, w_.grad, *([b_.grad] if bias else []), *([x_.grad] if tracked else [])])
    for ours, theirs in zip(*seen, strict=True):
        same(ours, theirs)


# --- every rule of the table


def rules_of(module: Any) -> list[str]:
    """The names of the operations in a module's tables, read from its source."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.Call)]
    signatures = [call.args[0].value for call in calls if getattr(call.func, "id", "") == "rule"]  # type: ignore[attr-defined]
    return [signature.partition("(")[0] for signature in signatures]


def doubles(*shape: int) -> Any:
    random = np.random.default_rng(sum(shape) + len(shape))
    return minigrad.from_numpy(random.normal(size=shape)).requires_grad_()


SPOTS = (np.arange(4), np.array([2, 0, 1, 1]))
WEIGHTS = np.array([1.0, 0.0, 2.0, 0.5])
EXAMPLES_OF_LOSSES: dict[str, list[Any]] = {
    **{
        name: [(lambda x, name=name: on_tensors[name](x, SPOTS, WEIGHTS), (doubles(4, 3),))]
        for name in ("nll_total", "nll_total_2d", "nll_each", "nll_each_2d")
    },
    "bce": [
        (
            lambda x, y, r=r: F.binary_cross_entropy(x.sigmoid(), y.sigmoid(), here.tensor(2.0), reduction=r),
            (doubles(3, 2), doubles(3, 2)),
        )
        for r in ("mean", "sum", "none")
    ],
    "bce_logits_weighted": [
        (
            lambda x, y, r=r: F.binary_cross_entropy_with_logits(
                x, y, here.tensor(WEIGHTS[:2]), reduction=r, pos_weight=here.tensor(WEIGHTS[2:])
            ),
            (doubles(3, 2), doubles(3, 2) / 2),
        )
        for r in ("mean", "sum", "none")
    ],
    "smooth_l1": [
        (lambda x, y, r=r: F.smooth_l1_loss(x, y, reduction=r, beta=0.7), (doubles(3, 2), doubles(2, 3).t()))
        for r in ("mean", "sum", "none")
    ],
    "huber": [
        (lambda x, y, r=r: F.huber_loss(x, y, reduction=r, delta=0.7), (doubles(3, 2), doubles(2, 3).t()))
        for r in ("mean", "sum", "none")
    ],
    "batch_norm": [
        (
            lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True),
            (doubles(*shape), doubles(3), doubles(3) + 1),
        )
        for shape in ((4, 3), (2, 3, 4))
    ],
    "batch_norm_by": [
        (
            lambda x, w, b: F.batch_norm(x, here.tensor(WEIGHTS[:3]), here.tensor(WEIGHTS[1:]), w, b),
            (doubles(*shape), doubles(3), doubles(3) + 1),
        )
        for shape in ((4, 3), (2, 3, 4))
    ],
}
NUMBERS = here.tensor([[2, 0], [1, 2]])
EXAMPLES: dict[str, list[Any]] = {
    "embedding": [
        (lambda x, p=p: F.embedding(NUMBERS, x, p), (doubles(4, 3),)) for p in (None, 3)
    ],  # row 3 is not picked
    "embedding_dense_backward": [
        (lambda x, p=p: on_tensors["embedding_dense_backward"](x, (4, 3), NUMBERS._data, p), (doubles(2, 2, 3),))
        for p in (-1, 2)
    ],
    "embedding_again": [
        (lambda x, p=p: on_tensors["embedding_again"](x, NUMBERS._data, p), (doubles(4, 3),)) for p in (-1, 2)
    ],
    "layer_norm": [
        (lambda x, w, b: F.layer_norm(x, w.shape, w, b), (doubles(2, 3, 4), doubles(*shape), doubles(*shape) + 1))
        for shape in ((4,), (3, 4), (2, 3, 4))
    ]
    + [(lambda x: F.layer_norm(x, (4,)), (doubles(3, 4),))],
    "addmm": [
        (F.linear, (doubles(4, 3), doubles(2, 3), doubles(2))),
        (F.linear, (doubles(4, 3).detach(), doubles(2, 3), doubles(2).detach())),
    ],
    "mse_loss": [
        (lambda x, y, r=r: F.mse_loss(x, y, reduction=r), (doubles(3, 2), doubles(3, 2) * 2))
        for r in ("mean", "sum", "none")
    ],
    "nll_loss": [
        (lambda x, r=r: F.nll_loss(x, here.tensor([2, 0, 1, 1]), reduction=r), (doubles(4, 3),))
        for r in ("mean", "sum", "none")
    ]
    + [(lambda x: F.cross_entropy(x, here.tensor(1)), (doubles(3),))],
    "bce_logits": [
        (lambda x, y, r=r: F.binary_cross_entropy_with_logits(x, y, reduction=r), (doubles(3, 2), doubles(2, 3).t()))
        for r in ("mean", "sum", "none")
    ],
}


@pytest.mark.parametrize("name", [*rules_of(F), *rules_of(losses), *rules_of(normalization)])
def test_rules(name: str) -> None:
    """First and second derivatives of every row beside finite differences."""
    assert name in operation.rows
    for function, inputs in (EXAMPLES | EXAMPLES_OF_LOSSES)[name]:
        assert gradcheck(function, inputs)
        assert gradgradcheck(function, inputs)


# --- what PyTorch is not needed for


def test_loading_something_wrong_changes_nothing() -> None:
    layer = nn.Linear(2, 3)
    before = copy.deepcopy(layer.state_dict())
    with pytest.raises(RuntimeError, match=r"size mismatch for bias.*torch\.Size\(\[4\]\).*torch\.Size\(\[3\]\)"):
        layer.load_state_dict({"weight": minigrad.zeros(3, 2), "bias": minigrad.zeros(4)})
    for name, tensor in layer.state_dict().items():
        assert tensor.equal(before[name])


def test_a_weights_gradient_has_memory_of_its_own() -> None:
    """It arrives turned, as a view; what `.grad` shows must be in the order of the weight."""
    layer = nn.Linear(3, 2)
    layer(minigrad.ones(4, 3)).sum().backward()
    gradient = layer.weight.grad
    assert gradient is not None
    assert gradient.is_contiguous()
    gradient.zero_()
    assert layer.bias.grad.tolist() == [4, 4]


@pytest.mark.parametrize(
    ("module", "name"),
    [(nn, "Conv2d"), (F, "conv2d"), (nn.init, "dirac_"), (nn.utils, "prune"), (minigrad.autograd, "profiler")],
)
def test_what_is_left_out_says_so(module: Any, name: str) -> None:
    with pytest.raises(AttributeError, match=f"{name}.*minigrad leaves it out"):
        getattr(module, name)


def test_forgotten_super_is_explained() -> None:
    class Forgetful(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match=r"begin Forgetful\.__init__ with super\(\)\.__init__\(\)"):
        Forgetful()


@given(st.integers(0, 3), st.integers(0, 3))
def test_broadcasting_losses_refuse_what_does_not_fit(n: int, m: int) -> None:
    assume(n != m and 1 not in (n, m))
    with (
        pytest.warns(UserWarning, match="different to the input size"),
        pytest.raises(RuntimeError, match="must match"),
    ):
        F.mse_loss(minigrad.ones(n), minigrad.ones(m))
