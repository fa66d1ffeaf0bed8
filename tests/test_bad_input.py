"""Bad input, kind by kind: PyTorch's type of exception, a message with the facts and the way out, and nothing changed.

The types are those that PyTorch raises, which a test beside it makes sure of.
"""

import importlib
import re
from typing import Any

import numpy as np
import pytest

from tests.versions import built_for_gpus, since

# What the statements below find. `saved` was computed from `written` before that was written; `done` was walked.
SETTING = """
x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
s = torch.tensor(2.0, requires_grad=True)
d = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
c = torch.tensor([1.0, 2.0])
i = torch.tensor([1, 2, 3])
b = torch.tensor([True, False, True])
empty = torch.zeros(0, 3)
y = x * w
z = y.sum()
view = y[0]
pieces = y.unbind()
written = w * 1
saved = (written * written).sum()
written.add_(1)
done = (w * w).sum()
done.backward()
model = torch.nn.Linear(3, 2)
"""

# Kind: statement, type of the exception, and what the message says, in this order: the facts, then the way out.
Case = tuple[str, type[Exception], str]
CASES: dict[str, list[Case]] = {
    "wrong shape": [
        ("x + c", RuntimeError, "a (3) b (2) dimension 1"),
        ("c * x", RuntimeError, "a (2) b (3) dimension 1"),
        ("x += torch.ones(3, 3)", RuntimeError, "leaf"),
        ("y += torch.ones(3, 3)", RuntimeError, "(2) (3)"),
        ("c.mul_(torch.ones(2, 2))", RuntimeError, "[2] [2, 2]"),
        ("c.copy_(w.detach())", RuntimeError, "[3] [2]"),
        ("w @ c", RuntimeError, "3 2"),
        ("x @ c", RuntimeError, "[2, 3] [2]"),
        ("x @ x", RuntimeError, "2x3 2x3"),
        ("w.dot(c)", RuntimeError, "3 2"),
        ("w.dot(x)", RuntimeError, "1D 2D"),
        ("x.mm(w)", RuntimeError, "2D 1D"),
        ("x.mv(x)", RuntimeError, "matrix 2D 2D"),
        ("x.view(4)", RuntimeError, "[4] 6"),
        ("x.reshape(-1, 4)", RuntimeError, "[-1, 4] 6"),
        ("x.reshape(-1, -1)", RuntimeError, "one -1"),
        ("x.t().view(6)", RuntimeError, "reshape"),
        ("x.expand(4, 3)", RuntimeError, "(4) (2) 0 [4, 3] [2, 3]"),
        ("w.expand(3, 2)", RuntimeError, "(2) (3) 1 [3, 2] [3]"),
        ("torch.cat([x, w])", RuntimeError, "dimension 0 [2, 3] [3]"),
        ("torch.cat([x, torch.ones(2, 2)])", RuntimeError, "dimension 0 [2, 3] [2, 2]"),
        ("torch.stack([w, c])", RuntimeError, "[3] [2]"),
        ("w.split([1, 1])", RuntimeError, "3 [1, 1]"),
        ("torch.where(b, x.detach(), c)", RuntimeError, "[3] [2, 3] [2]"),
        ("y[0] = c", RuntimeError, "2 3"),
        ("y[y > 0] = c", RuntimeError, "[2] [6]"),
        ("torch.tensor([[1.0, 2.0], [3.0]])", ValueError, "length 2 dim 1 1"),
        ("torch.zeros(-1)", RuntimeError, "negative [-1]"),
        ("x.item()", RuntimeError, "6 elements .tolist()"),
        ("float(x)", ValueError, "one element 6"),
        ("bool(x)", RuntimeError, "ambiguous .any() .all()"),
        ("len(s)", TypeError, "0-d"),
        ("list(s)", TypeError, "0-d"),
        ("x.sum(0, 1)", TypeError, "keepdim bool int tuple dim=(0, 1)"),
        ("x.amax(0, 1)", TypeError, "keepdim bool int dim=(0, 1)"),
        ("x.view(2, -2)", RuntimeError, "-2"),
        ("x.flatten(1, 0)", RuntimeError, "start_dim end_dim"),
        ("x.expand(2)", RuntimeError, "(1) (2)"),
        ("torch.arange(3, 1)", RuntimeError, "step 1 from 3 to 1"),
        ("torch.randint(3, 3, (2,))", RuntimeError, "3 3"),
        ("torch.nn.functional.cross_entropy(x, i)", ValueError, "(2) (3) one class number for each row"),
        ("torch.nn.functional.mse_loss(i, c)", RuntimeError, "(3) (2)"),
        ("torch.nn.functional.binary_cross_entropy_with_logits(w, c)", ValueError, "[2] [3]"),
        ("model.load_state_dict({'weight': w.detach(), 'bias': c})", RuntimeError, "size mismatch weight [3] [2, 3]"),
        ("model.load_state_dict({})", RuntimeError, "Missing weight bias"),
        ("model(c)", RuntimeError, "2 3 features"),
    ],
    "wrong type": [
        ("c.mul_(2.0, foo=1)", TypeError, "foo"),
        ("torch.matmul(np.ma.ones((2, 2), np.float32), x)", TypeError, "mm() input MaskedArray"),
        ("torch.tensor('1.0')", TypeError, "str"),
        ("torch.tensor([1.0, None])", RuntimeError, "NoneType"),
        ("torch.tensor(np.array(['a']))", TypeError, "np.ndarray float32 int64"),
        ("torch.from_numpy([1.0])", TypeError, "np.ndarray list"),
        ("x + 'a'", TypeError, "Tensor str"),
        ("x + None", TypeError, "NoneType"),
        ("torch.exp(2.0)", TypeError, "exp() input Tensor float"),
        ("torch.mul([1.0], x)", TypeError, "mul() input Tensor list"),
        ("x - True", NotImplementedError, "bool logical_xor .float()"),
        ("i - b", NotImplementedError, "bool logical_xor .float()"),
        ("b.abs()", NotImplementedError, "abs() bool .float()"),
        ("b.relu()", NotImplementedError, "relu() bool .float()"),
        ("x @ 2", TypeError, "int"),
        ("torch.sum([1.0, 2.0])", TypeError, "sum() Tensors list torch.tensor("),
        ("torch.nn.functional.relu(2.0)", TypeError, "relu() input Tensor float"),
        ("x ** 'a'", TypeError, "number str"),
        ("x.clamp(min='a')", TypeError, "clamp() number str"),
        ("x.clamp()", RuntimeError, "clamp min max"),
        ("x.masked_fill(x > 1, None)", TypeError, "masked_fill() number NoneType"),
        ("x.div(w, rounding_mode='up')", RuntimeError, "'trunc' 'floor' 'up'"),
        ("x.mean(dtype='float32')", TypeError, "torch.float32 'float32'"),
        ("torch.zeros(2, dtype='float32')", TypeError, "torch.float32 'float32'"),
        ("torch.zeros(2, device='cuda')", AssertionError, "CPU"),
        ("c[0] = 'a'", TypeError, "str torch.FloatTensor torch.tensor("),
        ("c[0] = None", TypeError, "NoneType torch.tensor("),
        ("c[:] = [1.0, 2.0]", TypeError, "list torch.tensor("),
        ("c.fill_('a')", TypeError, "fill_() number str"),
        ("c.copy_([1.0, 2.0])", TypeError, "copy_() Tensors list torch.tensor("),
        ("del c[0]", TypeError, "deleting torch.cat"),
        ("model(x.detach().double())", RuntimeError, "dtype float64 float32"),
        ("model.weight = 3", TypeError, "weight Parameter int"),
        ("torch.nn.functional.cross_entropy(x, c)", RuntimeError, "Long float32"),
        ("torch.nn.Sequential(1)", TypeError, "int Module"),
        ("x.sum(dim=1.5)", TypeError, "float"),
        ("x.view('a')", TypeError, "str"),
        ("x.reshape(1.5)", TypeError, "float"),
        ("torch.zeros(1.5)", TypeError, "float"),
        ("i.mean()", RuntimeError, "int64 .float()"),
        ("w.dot(i)", RuntimeError, "float32 int64 .to("),
        ("x @ d", RuntimeError, "float32 float64 .to("),
        ("i += 1.5", RuntimeError, "float32 int64 .float()"),
        ("c.bool().add_(1.0)", RuntimeError, "float32 bool .float()"),
        ("i ** -1", RuntimeError, ".float()"),
        ("w[c]", IndexError, "long"),
        ("w['a']", TypeError, "str"),
        ("w[1.0]", IndexError, "float"),
        ("b - b", NotImplementedError, "bool logical_xor"),
        ("-b", NotImplementedError, "bool logical_not"),
        ("w & w", NotImplementedError, "whole numbers floats"),
        ("torch.where(i, x.detach(), w.detach())", RuntimeError, "boolean int64"),
        ("torch.stack(w)", TypeError, "list"),
        ("torch.cat([w, 1.0])", TypeError, "float"),
        ("torch.cat([])", ValueError, "non-empty"),
        ("torch.set_grad_enabled('no')", TypeError, "str"),
        ("x.requires_grad = 1", RuntimeError, "bool"),
    ],
    "integers that should require a gradient": [
        ("torch.tensor([1, 2], requires_grad=True)", RuntimeError, "int64 1.0"),
        ("torch.ones(2, dtype=torch.int64, requires_grad=True)", RuntimeError, "int64"),
        ("torch.arange(3, requires_grad=True)", RuntimeError, "int64"),
        ("i.requires_grad_()", RuntimeError, "int64 .float()"),
        ("b.requires_grad = True", RuntimeError, "bool .float()"),
    ],
    "a second pass": [
        ("done.backward()", RuntimeError, "second time MulBackward0 retain_graph=True"),
        ("torch.autograd.grad(done, w)", RuntimeError, "second time MulBackward0 retain_graph=True"),
        ("(done + z).backward()", RuntimeError, "second time"),
        ("done.grad_fn.next_functions[0][0]._saved_self", RuntimeError, "MulBackward0 freed retain_graph=True"),
    ],
    "a write to a leaf": [
        ("x += 1", RuntimeError, "leaf requires grad torch.no_grad()"),
        ("x.zero_()", RuntimeError, "leaf requires grad torch.no_grad()"),
        ("x[0] = 0.0", RuntimeError, "view leaf requires grad torch.no_grad()"),
        ("x[x > 1] = 0.0", RuntimeError, "leaf requires grad torch.no_grad()"),
        ("x[0].add_(1)", RuntimeError, "view leaf torch.no_grad()"),
        ("x.t().mul_(2)", RuntimeError, "view leaf torch.no_grad()"),
        ("x.copy_(y)", RuntimeError, "leaf torch.no_grad()"),
    ],
    "a write to a saved value": [
        ("saved.backward()", RuntimeError, "inplace MulBackward0 [3] +="),
        ("torch.autograd.grad(saved, w)", RuntimeError, "inplace MulBackward0 [3] +="),
    ],
    "a write to what shares memory": [
        ("pieces[0].add_(1)", RuntimeError, "view inplace y = y +"),
        ("c.expand(2, 2).add_(1)", RuntimeError, "single memory location clone()"),
        ("i[1:] += i[:-1]", RuntimeError, "single memory location clone()"),
        ("view.detach_()", RuntimeError, "views detach()"),
    ],
    "a pass that starts from no scalar": [
        ("y.backward()", RuntimeError, "scalar [2, 3] .sum() backward(v)"),
        ("torch.autograd.grad(y, x)", RuntimeError, "scalar [2, 3] .sum()"),
        ("torch.autograd.backward([z, y])", RuntimeError, "scalar [2, 3]"),
    ],
    "a pass that starts from what requires no gradient": [
        ("c.sum().backward()", RuntimeError, "does not require grad requires_grad=True"),
        ("y.detach().sum().backward()", RuntimeError, "does not require grad detach"),
        ("i.backward()", RuntimeError, "does not require grad"),
        ("torch.autograd.grad(c.sum(), x)", RuntimeError, "does not require grad"),
        ("torch.autograd.grad(z, c)", RuntimeError, "index 0 does not require grad requires_grad=True"),
        ("torch.autograd.grad(z, s)", RuntimeError, "not used index 0 allow_unused=True"),
        ("z.backward(inputs=[])", RuntimeError, "empty leave it out"),
        ("c.retain_grad()", RuntimeError, "requires_grad=False requires_grad=True"),
        ("c.register_hook(print)", RuntimeError, "gradient requires_grad=True"),
    ],
    "a gradient of the wrong shape or type": [
        ("y.backward(torch.ones(2))", RuntimeError, "[2] [2, 3]"),
        ("y.backward(torch.ones(3, 2))", RuntimeError, "[3, 2] [2, 3]"),
        ("y.backward(w.detach())", RuntimeError, "[3] [2, 3]"),
        ("z.backward(torch.ones(1))", RuntimeError, "[1] []"),
        ("y.backward(1.0)", TypeError, "float"),
        ("y.backward([[1.0] * 3] * 2)", TypeError, "list"),
        ("torch.autograd.grad(y, x, torch.ones(2))", RuntimeError, "[2] [2, 3]"),
        ("torch.autograd.grad([z, z], x, [torch.tensor(1.0)])", RuntimeError, "2 1"),
        ("torch.autograd.grad(z, 'x')", RuntimeError, "str"),
        ("torch.autograd.grad(z, [])", RuntimeError, "empty name"),
        ("w.register_hook(lambda g: g.double()); (w * 1).sum().backward()", RuntimeError, "hook float32 float64"),
        ("x.grad = torch.ones(2)", RuntimeError, "[2] [2, 3]"),
        ("x.grad = torch.ones(2, 3, dtype=torch.float64)", RuntimeError, "float64 float32"),
        ("x.grad = 1.0", TypeError, "float"),
        ("x.grad = x", RuntimeError, "own"),
    ],
    "a change of what is fixed": [
        ("y.requires_grad = False", RuntimeError, "leaf MulBackward0 detach()"),
        ("y.requires_grad_(False)", RuntimeError, "leaf detach()"),
        ("x.is_leaf = False", AttributeError, ""),
        ("x.shape = (3, 2)", AttributeError, ""),
        ("x.grad_fn = None", AttributeError, ""),
    ],
    "numpy() of what is tracked": [
        ("x.numpy()", RuntimeError, "numpy() requires grad detach().numpy()"),
        ("y.numpy()", RuntimeError, "numpy() requires grad detach().numpy()"),
        ("np.array(x)", RuntimeError, "requires grad detach().numpy()"),
        ("np.sin(x)", RuntimeError, "requires grad detach().numpy()"),
    ],
    "a dimension that is not there": [
        ("x.sum(2)", IndexError, "[-2, 1] 2"),
        ("x.mean(-3)", IndexError, "[-2, 1] -3"),
        ("x.sum((0, 0))", RuntimeError, "(0, 0) twice"),
        ("x.max(2)", IndexError, "[-2, 1] 2"),
        ("x.argmax(2)", IndexError, "[-2, 1] 2"),
        ("x.softmax(2)", IndexError, "[-2, 1] 2"),
        ("x.logsumexp(2)", IndexError, "[-2, 1] 2"),
        ("x.var(2)", IndexError, "[-2, 1] 2"),
        ("x.norm(dim=2)", IndexError, "[-2, 1] 2"),
        ("x.unsqueeze(3)", IndexError, "[-3, 2] 3"),
        ("x.squeeze(2)", IndexError, "[-2, 1] 2"),
        ("x.transpose(0, 2)", IndexError, "[-2, 1] 2"),
        ("x.permute(0, 2)", IndexError, "[-2, 1] 2"),
        ("x.permute(0, 0)", RuntimeError, "(0, 0) twice"),
        ("x.permute(0)", RuntimeError, "2 1"),
        ("x.flatten(0, 2)", IndexError, "[-2, 1] 2"),
        ("x.size(2)", IndexError, "[-2, 1] 2"),
        ("torch.cat([x, x], 2)", IndexError, "[-2, 1] 2"),
        ("torch.stack([x, x], 3)", IndexError, "[-3, 2] 3"),
        ("x.split(1, 2)", IndexError, "[-2, 1] 2"),
        ("x.unbind(2)", IndexError, "[-2, 1] 2"),
        ("s.sum(1)", IndexError, "[-1, 0] 1"),
        ("torch.ones(2, 2, 2).t()", RuntimeError, "2 3D"),
    ],
    "an index out of range": [
        ("x[2]", IndexError, "2 dimension 0 size 2"),
        ("x[-3]", IndexError, "-3 dimension 0 size 2"),
        ("x[0, 3]", IndexError, "3 dimension 1 size 3"),
        ("x[:, 3]", IndexError, "3 dimension 1 size 3"),
        ("x[0, 0, 0]", IndexError, "dimension 2"),
        ("x[[0, 2]]", IndexError, "2 dimension 0 size 2"),
        ("x[torch.tensor([0, -3])]", IndexError, "-3 dimension 0 size 2"),
        ("x[b]", IndexError, "[3] [2, 3]"),
        ("s[0]", IndexError, "0-dim item()"),
        ("w[::-1]", ValueError, "step"),
        ("y[2] = 0.0", IndexError, "2 dimension 0 size 2"),
        ("y[[5]] = 0.0", IndexError, "5 dimension 0 size 2"),
        ("torch.nn.functional.cross_entropy(x, torch.tensor([0, 3]))", IndexError, "3"),
    ],
    "a reduction of nothing": [
        ("empty.max()", RuntimeError, "[0, 3] dim"),
        ("empty.min()", RuntimeError, "[0, 3] dim"),
        ("empty.argmax()", IndexError, "[0, 3] dim"),
        ("empty.max(0)", IndexError, "dim 0 [0, 3]"),
        ("empty.argmin(0)", IndexError, "dim 0 [0, 3]"),
        ("empty.amax(0)", IndexError, "dim 0 [0, 3]"),
        ("empty.norm(float('inf'))", RuntimeError, "inf [0, 3]"),
    ],
    "an optimizer": [
        ("torch.optim.SGD([], lr=0.1)", ValueError, "empty model.parameters()"),
        ("torch.optim.Adam([])", ValueError, "empty model.parameters()"),
        ("torch.optim.SGD(w, lr=0.1)", TypeError, "FloatTensor [w]"),
        ("torch.optim.SGD([y], lr=0.1)", ValueError, "non-leaf"),
        ("torch.optim.Adam([y])", ValueError, "non-leaf"),
        ("torch.optim.SGD([1.0], lr=0.1)", TypeError, "float"),
        ("torch.optim.SGD(model, lr=0.1)", TypeError, "Linear model.parameters()"),
        ("torch.optim.SGD(model.parameters, lr=0.1)", TypeError, "method model.parameters()"),
        ("torch.optim.SGD([w], lr=-0.1)", ValueError, "learning rate -0.1 0 or more"),
        ("torch.optim.Adam([w], lr=-0.1)", ValueError, "learning rate -0.1 0 or more"),
        ("torch.optim.RMSprop([w], lr=-0.1)", ValueError, "learning rate -0.1 0 or more"),
        ("torch.optim.SGD([w], lr=0.1, momentum=-1)", ValueError, "momentum -1 0 or more"),
        ("torch.optim.SGD([w], lr=0.1, weight_decay=-1)", ValueError, "weight_decay -1 0 or more"),
        ("torch.optim.SGD([w], lr=0.1, nesterov=True)", ValueError, "Nesterov momentum dampening"),
        ("torch.optim.Adam([w], betas=(1.0, 0.9))", ValueError, "beta 0 1.0 below 1"),
        ("torch.optim.Adam([w], eps=-1)", ValueError, "epsilon -1 0 or more"),
        ("torch.optim.SGD([w, w], lr=0.1).add_param_group({'params': [w]})", ValueError, "more than one"),
    ],
}
# Refused with a RuntimeError by an older PyTorch.
SINCE_2_14 = {"x - True", "i - b", "b.relu()", "b - b", "-b", "+b"}
ALL = [pytest.param(*case, id=f"{kind}: {case[0]}") for kind, cases in CASES.items() for case in cases]


def setting(library: str) -> dict[str, Any]:
    torch = importlib.import_module(library)
    names: dict[str, Any] = {"torch": torch, "np": np}
    exec(SETTING, names)
    return names


def state(names: dict[str, Any]) -> dict[str, Any]:
    """All that a refused statement could have changed."""
    torch = names["torch"]
    tensors = {name: t for name, t in names.items() if torch.is_tensor(t)}
    tensors |= {f"pieces[{i}]": t for i, t in enumerate(names["pieces"])} | dict(names["model"].named_parameters())
    seen: dict[str, Any] = {"names": [(name, id(t)) for name, t in tensors.items()], "mode": torch.is_grad_enabled()}
    for name, t in tensors.items():
        seen[name] = [t.tolist(), t.shape, t.dtype, t._version, t.requires_grad, t.is_leaf, t.grad_fn, t.retains_grad]
        if t.is_leaf and t.grad is not None:
            seen[name + ".grad"] = [t.grad.tolist(), t.grad._version, id(t.grad)]
    return seen


@pytest.mark.parametrize(("statement", "error", "told"), ALL)
def test_is_refused_with_a_word_of_help_and_changes_nothing(statement: str, error: type[Exception], told: str) -> None:
    names = setting("minigrad")
    before = state(names)
    with pytest.raises(error) as caught:
        exec(statement, names)
    assert caught.type is error
    message = str(caught.value)
    for part in re.findall(r"[\[(][^\])]*[\])]|\S+", told):
        assert re.search(rf"(?<!\w){re.escape(part)}(?!\w)|{re.escape(part)}$", message), (
            f"{part!r} is not in: {message}"
        )
    assert state(names) == before


def is_refused_by_this_pytorch_with(statement: str, error: type[Exception]) -> type[Exception]:
    """The type of PyTorch's exception, given that of the newest one, built for the CPU."""
    if statement in SINCE_2_14 and not since("2.14"):
        return RuntimeError
    if "cuda" in statement and built_for_gpus():
        return RuntimeError
    return error


@pytest.mark.torch
@pytest.mark.parametrize(("statement", "error", "told"), ALL)
def test_is_refused_by_pytorch_with_the_same_type(statement: str, error: type[Exception], told: str) -> None:
    error = is_refused_by_this_pytorch_with(statement, error)
    with pytest.raises(error) as caught:
        exec(statement, setting("torch"))
    assert caught.type is error
