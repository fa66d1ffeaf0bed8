"""The workloads, each written once for PyTorch's interface and, where it makes sense, for the peers' own.

A workload is a function that takes a library and returns the function to be timed.  The figures compare what a learner
runs: operations, graph, backward pass and, where there is a model, the optimizer's step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Timed = Callable[[], Any]
SEED = 0


@dataclass
class Workload:
    name: str
    repeats: int  # calls in one timing
    per: int = 1  # operations in one call, for the column "µs each"
    torch_like: Callable[[Any], Timed] | None = None
    others: dict[str, Callable[[], Timed]] = field(default_factory=dict)


WORKLOADS: dict[str, Workload] = {}


def workload(name: str, repeats: int, per: int = 1):
    """Register the version for PyTorch's interface; `other(workload, peer)` adds those of the peers."""

    def register(make):
        WORKLOADS[make.__name__] = Workload(name, repeats, per, make)
        return make

    return register


def other(of: str, peer: str):
    def register(make):
        WORKLOADS[of].others[peer] = make
        return make

    return register


def normal(*shape, scale=1.0):
    return (np.random.RandomState(SEED).standard_normal(shape) * scale).astype(np.float32)


# --- the tutorial's graph on 2×2 ones


@workload("the 2×2 tutorial graph", 300)
def tutorial(torch):
    x = torch.ones(2, 2, requires_grad=True)

    def run():
        x.grad = None
        y = x + 2
        z = y * y * 3
        z.mean().backward()

    return run


@other("tutorial", "NumPy by hand")
def _():
    x = np.ones((2, 2), np.float32)
    two, three, quarter = (np.array(n, np.float32) for n in (2, 3, 0.25))

    def run():
        y = x + two
        z = y * y * three
        np.add.reduce(z, None)
        return y * two * three * quarter

    return run


@other("tutorial", "HIPS autograd")
def _():
    import autograd.numpy as anp
    from autograd import grad

    x = np.ones((2, 2), np.float32)

    def f(x):
        y = x + 2
        return anp.mean(y * y * 3)

    gradient = grad(f)
    return lambda: gradient(x)


@other("tutorial", "micrograd")
def _():
    from micrograd.engine import Value

    def run():
        x = [Value(1.0) for _ in range(4)]
        y = [v + 2 for v in x]
        z = [v * v * 3 for v in y]
        ((z[0] + z[1] + z[2] + z[3]) * 0.25).backward()

    return run


# --- a chain of operations on one number

LENGTH = 300


@workload("chain of scalars, forward (an operation)", 5, 2 * LENGTH)
def chain_forward(torch):
    x = torch.tensor(1.0, requires_grad=True)

    def run():
        y = x
        for _ in range(LENGTH):
            y = y * 1.001 + 0.001
        return y

    return run


@other("chain_forward", "NumPy by hand")
def _():
    x = np.float32(1)

    def run():
        y = x
        for _ in range(LENGTH):
            y = y * 1.001 + 0.001
        return y

    return run


@other("chain_forward", "HIPS autograd")
def _():
    from autograd import make_vjp

    def f(x):
        for _ in range(LENGTH):
            x = x * 1.001 + 0.001
        return x

    return lambda: make_vjp(f)(1.0)


@other("chain_forward", "micrograd")
def _():
    from micrograd.engine import Value

    def run():
        y = Value(1.0)
        for _ in range(LENGTH):
            y = y * 1.001 + 0.001
        return y

    return run


@workload("chain of scalars, backward (an operation)", 5, 2 * LENGTH)
def chain_backward(torch):
    y = chain_forward(torch)()
    return lambda: y.backward(retain_graph=True)


@other("chain_backward", "HIPS autograd")
def _():
    from autograd import make_vjp

    def f(x):
        for _ in range(LENGTH):
            x = x * 1.001 + 0.001
        return x

    vjp, _ = make_vjp(f)(1.0)
    return lambda: vjp(1.0)


@other("chain_backward", "micrograd")
def _():
    y = WORKLOADS["chain_forward"].others["micrograd"]()()
    return y.backward


# --- doubling until the numbers are large


@workload("doubling loop, 3 elements", 200)
def doubling(torch):
    x = torch.tensor([0.5, -1.0, 0.3], requires_grad=True)
    v = torch.tensor([0.1, 1.0, 0.0001])

    def run():
        y = x * 2
        while y.data.norm() < 1000:
            y = y * 2
        y.backward(v)

    return run


@other("doubling", "NumPy by hand")
def _():
    x, v = np.array([0.5, -1.0, 0.3], np.float32), np.array([0.1, 1.0, 0.0001], np.float32)
    two = np.array(2, np.float32)

    def run():
        y, times = x * two, 1
        while np.sqrt(y.dot(y)) < 1000:
            y = y * two
            times += 1
        g = v
        for _ in range(times):
            g = g * two

    return run


@other("doubling", "HIPS autograd")
def _():
    from autograd import make_vjp

    x, v = np.array([0.5, -1.0, 0.3], np.float32), np.array([0.1, 1.0, 0.0001], np.float32)

    def f(x):
        y = x * 2
        for _ in range(10):
            y = y * 2
        return y

    return lambda: make_vjp(f)(x)[0](v)


@other("doubling", "micrograd")
def _():
    from micrograd.engine import Value

    def run():
        for start, weight in zip((0.5, -1.0, 0.3), (0.1, 1.0, 0.0001), strict=True):
            y = Value(start) * 2
            for _ in range(10):
                y = y * 2
            (y * weight).backward()

    return run


# --- many leaves

LEAVES = 1000


@workload("1,000 products of leaves, summed one by one", 2)
def products(torch):
    a = [torch.tensor(i / 7, requires_grad=True) for i in range(LEAVES)]
    b = [torch.tensor(i / 11, requires_grad=True) for i in range(LEAVES)]

    def run():
        total = a[0] * b[0]
        for x, y in zip(a[1:], b[1:], strict=True):
            total = total + x * y
        total.backward()

    return run


@other("products", "HIPS autograd")
def _():
    from autograd import grad

    a, b = [i / 7 for i in range(LEAVES)], [i / 11 for i in range(LEAVES)]

    def f(ab):
        total = 0.0
        for x, y in zip(*ab, strict=True):
            total = total + x * y
        return total

    gradient = grad(f)
    return lambda: gradient((a, b))


# --- networks


def classifier(torch):
    nn = torch.nn
    torch.manual_seed(SEED)
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    return model, torch.optim.SGD(model.parameters(), lr=0.01)


@workload("MLP 784-128-10, batch 64, one SGD step", 20)
def large_network(torch):
    model, optimizer = classifier(torch)
    criterion = torch.nn.CrossEntropyLoss()
    x, target = torch.tensor(normal(64, 784)), torch.arange(64) % 10

    def run():
        optimizer.zero_grad()
        criterion(model(x), target).backward()
        optimizer.step()

    return run


@other("large_network", "NumPy by hand")
def _():
    w1, b1, w2, b2 = normal(128, 784, scale=0.03), normal(128), normal(10, 128, scale=0.1), normal(10)
    x, target, rows = normal(64, 784), np.arange(64) % 10, np.arange(64)
    lr = np.float32(0.01)

    def run():
        h = x @ w1.T + b1
        r = np.maximum(h, 0)
        z = r @ w2.T + b2
        e = np.exp(z - z.max(1, keepdims=True))
        g = e / e.sum(1, keepdims=True)
        g[rows, target] -= 1
        g /= np.float32(64)
        dr = g @ w2 * (h > 0)
        for p, d in ((w2, g.T @ r), (b2, g.sum(0)), (w1, dr.T @ x), (b1, dr.sum(0))):
            np.subtract(p, lr * d, out=p)

    return run


def small_network(optimizer_name: str, **options):
    def make(torch):
        nn = torch.nn
        torch.manual_seed(SEED)
        model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
        optimizer = getattr(torch.optim, optimizer_name)(model.parameters(), **options)
        criterion = nn.MSELoss()
        x, y = torch.tensor(normal(100, 2)), torch.tensor(normal(100, 1))

        def run():
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()

        return run

    return make


WORKLOADS["small_sgd"] = Workload("MLP 2-16-16-1, 100 points, one SGD step", 50, 1, small_network("SGD", lr=0.01))
WORKLOADS["small_adam"] = Workload("the same, one Adam step", 50, 1, small_network("Adam", lr=0.01))


@other("small_sgd", "NumPy by hand")
def _():
    w1, w2, w3 = normal(16, 2), normal(16, 16, scale=0.25), normal(1, 16, scale=0.25)
    b1, b2, b3 = normal(16), normal(16), normal(1)
    x, y = normal(100, 2), normal(100, 1)
    one, lr, scale = np.float32(1), np.float32(0.01), np.float32(0.02)

    def run():
        h = np.tanh(x @ w1.T + b1)
        k = np.tanh(h @ w2.T + b2)
        d = k @ w3.T + b3 - y
        g = d * scale
        dk = g @ w3 * (one - k * k)
        dh = dk @ w2 * (one - h * h)
        steps = ((w3, g.T @ k), (b3, g.sum(0)), (w2, dk.T @ h), (b2, dk.sum(0)), (w1, dh.T @ x), (b1, dh.sum(0)))
        for p, dp in steps:
            np.subtract(p, lr * dp, out=p)

    return run


@other("small_sgd", "HIPS autograd")
def _():
    import autograd.numpy as anp
    from autograd import grad

    p = [normal(16, 2), normal(16), normal(16, 16, scale=0.25), normal(16), normal(1, 16, scale=0.25), normal(1)]
    x, y = normal(100, 2), normal(100, 1)

    def loss(p):
        h = anp.tanh(x @ p[0].T + p[1])
        k = anp.tanh(h @ p[2].T + p[3])
        return anp.mean((k @ p[4].T + p[5] - y) ** 2)

    gradient = grad(loss)

    def run():
        for w, g in zip(p, gradient(p), strict=True):
            w -= np.float32(0.01) * g

    return run


# --- large arrays


@workload("elementwise, 1,000,000 float32", 1)
def elementwise(torch):
    x = torch.tensor(normal(1_000_000), requires_grad=True)

    def run():
        x.grad = None
        ((x * x + x).tanh() * x).sum().backward()

    return run


@other("elementwise", "NumPy by hand")
def _():
    x = normal(1_000_000)
    one = np.float32(1)

    def run():
        y = x * x + x
        t = np.tanh(y)
        (t * x).sum()
        g = t * t
        np.subtract(one, g, out=g)
        g *= x
        d = x + x
        d += one
        g *= d
        g += t
        return g

    return run


@other("elementwise", "HIPS autograd")
def _():
    import autograd.numpy as anp
    from autograd import grad

    x = normal(1_000_000)
    gradient = grad(lambda x: anp.sum(anp.tanh(x * x + x) * x))
    return lambda: gradient(x)


def products_of_matrices(n: int):
    def make(torch):
        a = torch.tensor(normal(n, n), requires_grad=True)
        b = torch.tensor(normal(n, n), requires_grad=True)

        def run():
            a.grad = b.grad = None
            (a @ b).sum().backward()

        return run

    def by_hand():
        a, b = normal(n, n), normal(n, n)
        ones = np.ones((n, n), np.float32)

        def run():
            (a @ b).sum()
            ones @ b.T, a.T @ ones

        return run

    return make, by_hand


for size in (512, 1024):
    torch_like, by_hand = products_of_matrices(size)
    peers = {"NumPy by hand": by_hand}
    WORKLOADS[f"matmul_{size}"] = Workload(f"matrix product {size}×{size}", 1, 1, torch_like, peers)


@workload("bias and mean, 4096×256", 2)
def bias(torch):
    x, b = torch.tensor(normal(4096, 256)), torch.zeros(256, requires_grad=True)

    def run():
        b.grad = None
        (x + b).mean().backward()

    return run


@other("bias", "NumPy by hand")
def _():
    x, b = normal(4096, 256), np.zeros(256, np.float32)

    def run():
        (x + b).mean()
        return np.full(256, np.float32(1 / 256), np.float32)

    return run


@other("bias", "HIPS autograd")
def _():
    import autograd.numpy as anp
    from autograd import grad

    x, b = normal(4096, 256), np.zeros(256, np.float32)
    gradient = grad(lambda b: anp.mean(x + b))
    return lambda: gradient(b)


@workload("logistic regression, 500 steps", 1, 500)
def logistic(torch):
    x = torch.tensor(normal(200, 2))
    y = torch.tensor((normal(200, 2).sum(1) > 0).astype(np.float32))

    def run():
        w, b = torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)
        for _ in range(500):
            p = torch.sigmoid(x @ w + b)
            loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
            loss.backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
                b -= 0.1 * b.grad
            w.grad = b.grad = None

    return run


@other("logistic", "NumPy by hand")
def _():
    x = normal(200, 2)
    y = (normal(200, 2).sum(1) > 0).astype(np.float32)
    one, lr, n = np.float32(1), np.float32(0.1), np.float32(200)

    def run():
        w, b = np.zeros(2, np.float32), np.zeros(1, np.float32)
        for _ in range(500):
            p = one / (one + np.exp(-(x @ w + b)))
            -(y * np.log(p) + (one - y) * np.log(one - p)).mean()
            g = (p - y) / n
            w -= lr * (g @ x)
            b -= lr * g.sum()

    return run


@other("logistic", "HIPS autograd")
def _():
    import autograd.numpy as anp
    from autograd import grad

    x = normal(200, 2)
    y = (normal(200, 2).sum(1) > 0).astype(np.float32)

    def loss(wb):
        p = 1 / (1 + anp.exp(-(x @ wb[0] + wb[1])))
        return -anp.mean(y * anp.log(p) + (1 - y) * anp.log(1 - p))

    gradient = grad(loss)

    def run():
        w, b = np.zeros(2, np.float32), np.zeros(1, np.float32)
        for _ in range(500):
            dw, db = gradient((w, b))
            w, b = w - np.float32(0.1) * dw, b - np.float32(0.1) * db

    return run
