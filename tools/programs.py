"""Write random programs of tensors, run them under minigrad and PyTorch, and compare everything that can be seen.

    python -m tools.programs                     1,000 programs
    python -m tools.programs 20000 --seed 7      20,000 others

A program is Python source, a list of statements. Its writer runs each statement under PyTorch as it goes along, so that
the next one can be chosen to fit the tensors that are there; some are wrong, on purpose. A statement that raises is
skipped, as in a notebook. Besides `torch` a program may use

    look()     write everything there is to see of every tensor into the transcript
    note(x)    the same for one value, also as a hook

A program that gives different transcripts is cut down to the statements that matter, and printed.
"""

import argparse
import ast
import math
import random
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from types import CodeType
from typing import Any

LARGEST = 1e3  # where numbers grow beyond this, a program ends: rounding would be magnified until it shows
DEPTH = 5  # how many steps of a graph are compared by name
UNUSABLE = "a tensor that cannot be used any more"
# Refusals after which nothing more is compared: of one of several views whose base was written, of writes to memory in
# which tensors overlap, of a saved tensor outside the graph, of a leaf become a result, of a gradient without memory.
ENDS = re.compile(
    "another view of its base has been|single memory location|detached in-place|moved into the graph|ZeroTensors|"
    "unallocated|INTERNAL ASSERT"
)
RENEWED = "AsStridedBackward0"  # the node of a view in whose memory something was written since it was made

Torch = Any  # one of the two libraries
Tensor = Any
Transcript = list[dict[str, Any]]  # for each statement what it noted and, where it raised, the exception


class Program(str):
    """The source of a program; reports show it unchanged, on separate lines."""

    def __repr__(self) -> str:
        return f"\n{self}\n"

    @property
    def statements(self) -> list[str]:
        return [ast.unparse(statement) for statement in ast.parse(self).body]


# --- running


class Run:
    """A program's names under one of the two libraries, and its transcript so far."""

    def __init__(self, torch: Torch) -> None:
        self.torch = torch
        self.noted: list[Any] = []
        self.transcript: Transcript = []
        self.own = {"torch": torch, "look": self.look, "note": self.note}
        self.names: dict[str, Any] = dict(self.own)

    def look(self) -> None:
        names: dict[int, str] = {}
        shown = {name: value for name, value in self.names.items() if name not in self.own}
        for name, value in shown.items():
            if self.torch.is_tensor(value):
                self.noted.append([name, self.state(value, names.setdefault(id(value), name))])

    def note(self, value: Any) -> None:
        self.noted.append(["note", self.state(value)])

    def state(self, value: Any, name: str = "") -> Any:
        """Return what can be seen of a value, as JSON can hold it; `name` is the first name that a tensor has."""
        if not self.torch.is_tensor(value):
            return value if isinstance(value, bool | int | float | str | None) else type(value).__name__
        if unusable(value):
            return UNUSABLE
        what = [str(value.dtype).removeprefix("torch."), str(list(value.shape))]
        what += ["is_leaf"] * value.is_leaf + ["requires_grad"] * value.requires_grad
        what += ["retains_grad"] * (value.requires_grad and value.retains_grad and not value._is_view())
        what += [f"output {value.output_nr}"] * bool(value.output_nr)
        memory = f"that of {name}, version {value._version}"
        state = {"is": ", ".join(what), "memory": memory, "values": value.tolist()}
        if value.grad_fn is not None:
            state["grad_fn"] = names_in_graph(value.grad_fn)
        if value.grad is not None:
            state["grad"] = self.state(value.grad)
        return state

    def gradients(self) -> dict[int, tuple[Tensor, int]]:
        """Return the gradients that there are, and how often each was written."""
        gradients = [value._grad for value in self.names.values() if self.torch.is_tensor(value)]
        return {id(g): (g, g._version) for g in gradients if g is not None}

    def run(self, code: CodeType) -> bool:
        """Run a statement and write down what it shows; tells whether it raised."""
        self.noted = []
        entry: dict[str, Any] = {}
        before = self.gradients()
        try:
            exec(code, self.names)
        except Exception as error:
            entry["raised"], entry["message"] = type(error).__name__, str(error)
            if versions(self.gradients()) != versions(before):
                entry["half done"] = True
        if self.noted:
            entry["noted"] = self.noted
        self.transcript.append(entry)
        return "raised" in entry


def versions(gradients: dict[int, tuple[Tensor, int]]) -> dict[int, int]:
    return {key: version for key, (_, version) in gradients.items()}


def unusable(tensor: Tensor) -> bool:
    """Return whether it is one of several views whose base was written, so that its history is refused."""
    try:
        tensor.grad_fn  # noqa: B018
    except RuntimeError:
        return True
    return False


def names_in_graph(node: Any, depth: int = DEPTH) -> str:
    """Return the names of a node and of those that it leads to, as in MulBackward0(UnbindBackward0/1, None)."""
    name = node.name().replace("ReshapeAlias", "View")  # which of them, depends on how the elements lie in memory
    if not node.next_functions or not depth:
        return name
    inputs = ["None" if n is None else names_in_graph(n, depth - 1) + f"/{i}" * bool(i) for n, i in node.next_functions]
    return f"{name}({', '.join(inputs)})"


def transcript(program: Program | list[str], torch: Torch) -> Transcript:
    """Return what the program, or a list of its statements, shows under one library."""
    run = Run(torch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for statement in program if isinstance(program, list) else program.statements:
                run.run(compile(statement, "<program>", "exec"))
        finally:
            torch.set_grad_enabled(True)
    return run.transcript


# --- comparing


def difference(program: Program | list[str], ours: Transcript, theirs: Transcript) -> str | None:
    """Return the first place at which two transcripts of a program differ; None where they don't.

    What docs/differences.md names is not compared. After a pass that raises midway PyTorch leaves some gradients added
    and others not, and minigrad leaves all as they were: there the comparison ends. After create_graph values are
    compared, but neither names of nodes nor what is a constant to further passes. Nor is the version of a gradient,
    which in PyTorch tells how it was made.
    """
    statements = program if isinstance(program, list) else program.statements
    gradients = names_of_gradients(statements)
    scale, graphs = 1.0, True
    for statement, our, their in zip(statements, ours, theirs, strict=True):
        graphs = graphs and "create_graph" not in statement
        place = f"At `{statement}`: "
        if ENDS.search(their.get("message", "") + our.get("message", "")):
            return None
        if our.get("raised") != their.get("raised"):
            return f"{place}minigrad raised {raised(our)}, PyTorch {raised(their)}"
        if their.get("half done"):
            return None
        noted, expected = our.get("noted", []), their.get("noted", [])
        if [name for name, _ in noted] != [name for name, _ in expected]:
            return f"{place}minigrad noted {[name for name, _ in noted]}, PyTorch {[name for name, _ in expected]}"
        scale = max([scale, *(abs(x) for x in numbers(expected) if math.isfinite(x))])
        for (name, mine), (_, other) in zip(noted, expected, strict=True):
            if found := unlike(mine, other, scale, graphs, name not in gradients and len(name) == 1):
                return f"{place}{name}{found}"
    return None


def raised(entry: dict[str, Any]) -> str:
    return f"{entry['raised']} ({entry.get('message', ''):.200})" if "raised" in entry else "nothing"


def names_of_gradients(statements: list[str]) -> set[str]:
    """Return the names that stand for gradients, or for what was made from them."""
    found: set[str] = set()
    for statement in statements:
        for part in ast.walk(ast.parse(statement)):
            if isinstance(part, ast.Assign):
                used = {n.id if isinstance(n, ast.Name) else getattr(n, "attr", "") for n in ast.walk(part.value)}
                if used & {"grad", *found}:
                    found |= {n.id for target in part.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return found


def numbers(state: Any) -> Iterator[float]:
    if isinstance(state, dict):
        state = list(state.values())
    if isinstance(state, list):
        for part in state:
            yield from numbers(part)
    elif isinstance(state, float):
        yield state


def unlike(mine: Any, other: Any, scale: float, graphs: bool, memory: bool) -> str | None:
    """Return how two states differ, if they do."""
    if other == UNUSABLE:
        return None
    if not isinstance(mine, dict) or not isinstance(other, dict):
        return None if mine == other else f": minigrad has {mine}, PyTorch {other}"
    if without_graph(mine["is"], graphs) != without_graph(other["is"], graphs):
        return f": minigrad has {mine['is']}, PyTorch {other['is']}"
    if memory and mine["memory"] != other["memory"]:
        return f": minigrad has {mine['memory']}, PyTorch {other['memory']}"
    if not close(mine["values"], other["values"], 1e-4, 1e-5 * scale):
        return f": minigrad has {mine['values']}, PyTorch {other['values']}"
    if graphs and mine.get("grad_fn") != other.get("grad_fn") and RENEWED not in other.get("grad_fn", ""):
        return f".grad_fn: minigrad has {mine.get('grad_fn')}, PyTorch {other.get('grad_fn')}"
    found = unlike(mine.get("grad"), other.get("grad"), scale, graphs, False)
    return found and f".grad{found}"


def without_graph(what: str, graphs: bool) -> str:
    """Return what a tensor is, but for its place in the graph, unless graphs are compared."""
    return what if graphs else re.sub(", (is_leaf|requires_grad|retains_grad)", "", what)


def close(mine: Any, other: Any, relative: float, absolute: float) -> bool:
    if isinstance(other, list):
        return len(mine) == len(other) and all(
            close(x, y, relative, absolute) for x, y in zip(mine, other, strict=True)
        )
    if not math.isfinite(other):
        return mine == other or (mine != mine and other != other)
    return abs(mine - other) <= absolute + relative * abs(other)


# --- writing


def forms(text: str) -> list[str]:
    """Return the forms that a statement may take, of which one is chosen; one named twice is chosen twice as often."""
    return re.split(r"\s{2,}", text.strip())


VALUES = [0.5, 1.0, 2.0, -1.0, -0.5, 1.5, 0.25, 3.0, -2.0, 0.0, -1.5, 0.75]
SHAPES = [(), (1,), (2,), (3,), (2, 3), (3, 2), (2, 2), (1, 3), (2, 1), (3, 3), (2, 3, 2), (1, 2, 1)]

# s stands for an expression or a name, u for a name that fits it, d for a dimension, i, j and k for indices.
FUNCTIONS = forms("""
    {s}.tanh()  {s}.sigmoid()  {s}.sin()  torch.cos({s})  (-{s})  {s}.neg()  {s}.abs()  torch.tanh({s})
    ({s} ** 2)  {s}.square()  ({s} ** 3)  {s}.pow(2)
""")
GROWING = forms("{s}.exp()  torch.exp({s})  (2 ** {s})  {s}.softmax(-1)  {s}.log_softmax(-1)")  # of small numbers
POSITIVE = forms("{s}.log()  {s}.sqrt()  {s}.reciprocal()  ({s} ** -1)  ({s} ** 0.5)  (1 / {s})  {s}.log1p()")
WITH_NUMBER = forms("""
    ({s} * 2)  ({s} + 1)  (1 - {s})  ({s} / 2)  ({s} - 0.5)  (0.5 * {s})  {s}.mul(-1)  torch.add({s}, 1)  (3 * {s} + 1)
""")
WITH_TENSOR = forms(
    "({s} + {u})  ({u} + {s})  ({s} - {u})  ({s} * {u})  ({u} * {s})  torch.mul({s}, {u})  {s}.sub({u})"
)
DIVIDED = forms("({s} / {u})  torch.div({s}, {u})")
REDUCED = forms("{s}.sum()  {s}.sum()  {s}.mean()  {s}.norm()  {s}.max()  {s}.prod()")
REDUCED_ALONG = forms("""
    {s}.sum({d})  {s}.sum({d}, keepdim=True)  {s}.mean({d})  {s}.mean(dim={d}, keepdim=True)  {s}.sum(dim=({d},))
    {s}.max({d}).values  {s}.min({d})[0]  {s}.amax({d})  {s}.logsumexp({d})
""")
VIEWS = forms("""
    {s}.reshape(-1)  {s}.view(-1)  {s}.flatten()  {s}.T  {s}.squeeze()  {s}[...]  {s}[None]  {s}.unsqueeze({d})
""")
COPIES = forms("""
    {s}.clone()  {s}.clone()  {s}.contiguous()  {s}.detach()  {s}.data  {s}.detach().clone()  {s}.double()  {s}.float()
    {s}.to(torch.float64)  {s}.detach().requires_grad_()
""")
# The bounds of clamp are numbers that hardly any value equals: there PyTorch 2.14 gives another gradient than 2.13.
CHOSEN = forms("""
    torch.where({s} > 0.1, {s}, {u})  torch.where({s} > {u}, {s}, 0.)  torch.maximum({s}, {u})  torch.minimum({s}, {u})
    {s}.clamp(-1.3, 0.9)  {s}.clamp(min=-0.3)  {s}.masked_fill({u} > 1.1, 0.5)
""")
IN_PLACE = forms("""
    {s}.mul_({u})  {s}.add_({u})  {s}.sub_({u})  {s}.div_(2)  {s}.neg_()  {s}.abs_()
    {s}.tanh_()  {s}.sigmoid_()  {s}.sin_()  {s}.clamp_(-1.3, 0.9)  {s}.pow_(2)  {s}.add_({u}, alpha=2)
""")
ZEROING = forms("""
    {s}.grad = None  {s}.grad.zero_()  {s}.grad.data.zero_()  {s}.grad *= 0  del {s}.grad  {s}.grad.detach_()
    {s}.grad = torch.zeros_like({s})  {s}.grad.mul_(2)  {s}.grad = {u}  {s}.grad = {u}.detach()
""")
UPDATES = forms("""
    {s}.data -= 0.5 * {s}.grad  {s}.data.sub_({s}.grad)
    with torch.no_grad(): {s} -= 0.5 * {s}.grad  with torch.no_grad(): {s}.sub_({s}.grad, alpha=0.5)
""")
HOOKS = forms("""
    lambda g: g * 2  lambda g: -g  lambda g: g + 1  lambda g: g.sum().expand({shape})  lambda g: torch.zeros_like(g)
""")
SEEN = forms("note  note  note  lambda g: note(g.requires_grad)  lambda g: 1 / 0")  # it shows when they are called
FLIPS = forms("""
    {s}.requires_grad_()  {s}.requires_grad_()  {s}.requires_grad = False  {s}.requires_grad_(False)  {s}.detach_()
""")
WRONG = forms("""
    {r}.backward()  {s}.backward(torch.ones(5))  {r}.sum().backward(torch.ones(3))  torch.autograd.grad({r}.sum(), {s})
    {r}.add_(1)  {r}.fill_(torch.ones(2))  {s}.add_(torch.ones(7, 7))  {s}.copy_(torch.ones(7))  {s}.retain_grad()
     {s}.grad = 1.0  {r}.grad = torch.ones(7)
    {r}.numpy()  {s}.item()  float({s})  {s}[7]  {s}[:, :, :, 0]  {s}.sum(3)  {s}.view(7)  {s} + torch.ones(5)
    torch.cat([{s}, torch.ones(4, 4)])  torch.tensor([1, 2], requires_grad=True)
""")
MODES = forms("no_grad()  no_grad()  no_grad()  enable_grad()  set_grad_enabled(False)  set_grad_enabled(True)")

# How often each kind of statement is written.
KINDS = {
    "leaf": 6, "assignment": 14, "tracked_assignment": 14, "several": 3, "loop": 2, "delete": 3,
    "in_place": 14, "item_assignment": 8, "backward": 12, "grad": 6, "zeroing": 4, "gradient": 4, "update": 2,
    "hook": 5, "unhook": 1, "retain": 3, "flip": 3, "mode": 1, "block": 5, "looking": 5, "wrong": 3,
}  # fmt: skip
WEIGHTED = [kind for kind, weight in KINDS.items() for _ in range(weight)]


class Unfit(Exception):
    """There is nothing that this kind of statement could be about."""


class Block(str):
    """A `with` block, whose statements were run when they were written."""

    raised = False


class Writer:
    """Writes a program, statement by statement, with a look at the tensors that PyTorch has made of it so far."""

    def __init__(self, random: random.Random, torch: Torch) -> None:
        self.random, self.torch = random, torch
        self.run = Run(torch)
        self.lines: list[str] = []
        self.shared: set[int] = set()  # the memory of what autograd.grad has returned
        self.handles = self.blocks = 0
        self.recorded = self.chance(50)  # passes are recorded (create_graph), and relu is not used

    def write(self, length: int) -> Program:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                for _ in range(self.random.randint(1, 3)):
                    self.add(self.leaf())
                while len(self.lines) < length and not self.too_large():
                    self.add(self.statement())
            finally:
                self.torch.set_grad_enabled(True)
        return Program("\n".join([*self.lines, "look()"]))

    def add(self, statement: str) -> None:
        self.lines.append(statement)
        self.execute(statement)

    def statement(self) -> str:
        for _ in range(50):
            try:
                return getattr(self, self.random.choice(WEIGHTED))()
            except Unfit:
                continue
        return self.leaf()

    def execute(self, statement: str) -> bool:
        """Run a statement; tells whether it raised."""
        if isinstance(statement, Block):
            return statement.raised
        if self.run.run(compile(statement, "<program>", "exec")):
            return True
        if "autograd.grad" in statement:
            results = [self.run.names[name] for name in names_of_gradients([statement])]
            self.shared |= {g.untyped_storage()._cdata for g in results if g is not None}
        return False

    def too_large(self) -> bool:
        """Return whether a number has grown so far that rounding may show."""
        values = [self.run.names[name] for name in self.tensors(self.torch.is_floating_point)]
        values += [t.grad for t in values if t.grad is not None]
        return any(bool((t.detach().abs() > LARGEST).any()) for t in values)

    # what there is to choose from

    def choose(self, options: Sequence[Any], **names: Any) -> Any:
        form = self.random.choice(options)
        return form.format(**names) if names else form

    def chance(self, percent: int) -> bool:
        return self.random.randint(0, 99) >= 100 - percent

    def below(self, n: int) -> int:
        return self.random.randint(0, max(n - 1, 0))

    def all_tensors(self) -> list[str]:
        return [name for name, value in self.run.names.items() if self.torch.is_tensor(value)]

    def tensors(self, fits: Callable[[Tensor], bool] = lambda t: True) -> list[str]:
        values = [(name, self.run.names[name]) for name in self.all_tensors()]
        return [name for name, t in values if not unusable(t) and fits(t)]

    def name(self, fits: Callable[[Tensor], bool] = lambda t: True) -> str:
        names = self.tensors(fits)
        if not names:
            raise Unfit
        return self.choose(names)

    def operand(self, fits: Callable[[Tensor], bool] = lambda t: True) -> tuple[str, Tensor]:
        name = self.name(fits)
        return name, self.run.names[name]

    def new_names(self, count: int = 1) -> list[str]:
        """Name to give to values: free ones or, at times and when there are many, names that are in use."""
        used = self.all_tensors()
        if len(used) >= 10 or (len(used) >= count and self.chance(15)):
            return self.random.sample(used, count)
        return [letter for letter in "abcdefghijklm" if letter not in used][:count]

    def value(self, source: str) -> Any:
        """Return the value of an expression; Unfit where PyTorch cannot compute it."""
        try:
            return eval(source, self.run.names)
        except Exception:
            raise Unfit from None

    def own_memory(self, t: Tensor) -> bool:
        """Return whether it is floating point, has a place for each element, and is not a result of autograd.grad.

        Such results share their memory in PyTorch, with each other and with what was passed in, in ways of their own.
        """
        return t.is_floating_point() and all(t.stride()) and t.untyped_storage()._cdata not in self.shared

    def apart(self, t: Tensor) -> bool:
        """Return whether it is neither a view nor the base of one."""
        return t._base is None and not any(self.run.names[name]._base is t for name in self.tensors())

    # expressions

    def expression(self, fits: Callable[[Tensor], bool] = lambda t: True, steps: int = 2) -> tuple[str, Tensor]:
        """Return an expression and its value: a name, and up to so many operations upon it."""
        source, t = self.operand(lambda t: t.is_floating_point() and fits(t))
        kinds = [self.function, self.reduction, self.indexed, self.product, self.joined, self.copied, self.chosen]
        for _ in range(self.random.randint(0, steps)):
            kind = self.choose([*kinds, self.function, self.view, self.view, *[self.arithmetic] * 3])
            longer = kind(source, t)
            value = self.value(longer)
            if self.torch.is_tensor(value) and value.is_floating_point():
                source, t = longer, value
        return source, t

    def function(self, s: str, t: Tensor) -> str:
        small, positive = bool((t < 3).all()), bool((t > 0.1).all())
        relu = ["{s}.relu()"] * (not self.recorded)
        return self.choose(FUNCTIONS + relu + GROWING * small + POSITIVE * positive, s=s)

    def arithmetic(self, s: str, t: Tensor) -> str:
        if self.chance(40):
            return self.choose(WITH_NUMBER, s=s)
        u, other = self.operand(lambda u: broadcast(t.shape, u.shape) is not None)
        return self.choose(WITH_TENSOR + DIVIDED * bool((other.abs() > 0.1).all()), s=s, u=u)

    def reduction(self, s: str, t: Tensor) -> str:
        along = t.numel() and self.chance(40)
        d = self.random.randint(-t.ndim, t.ndim - 1) if t.ndim else 0
        return self.choose(REDUCED_ALONG if along else REDUCED if t.numel() else REDUCED[:3], s=s, d=d)

    def view(self, s: str, t: Tensor) -> str:
        n = t.ndim
        options = [self.choose(VIEWS, s=s, d=self.random.randint(0, n))] * 3
        if n <= 2:
            options += [f"{s}.t()"]
        if n >= 1:
            d = self.below(n)
            size = t.shape[d]
            options += [f"{s}.transpose(0, {d})", f"{s}.squeeze({d})", f"{s}[..., {self.part(t.shape[-1])}]"]
            options += [f"{s}.expand(2, {', '.join(['-1'] * n)})"]
            if size:
                pieces = [
                    "unbind({d})[0]",
                    "unbind({d})[-1]",
                    "split(1, {d})[0]",
                    "chunk(2, {d})[0]",
                    "split(2, {d})[0]",
                ]
                options += [f"{s}.{self.choose(pieces, d=d)}", f"{s}[{':, ' * (d > 0)}{self.part(size)}]"] * 2
            if size == 1:
                options += [f"{s}.expand({', '.join('2' if i == d else '-1' for i in range(n))})"] * 2
        else:
            options += [f"{s}.expand(2)"]
        if n >= 2:
            order = self.random.sample(range(n), n)
            backwards = ", ".join(map(str, reversed(t.shape)))
            options += [f"{s}.permute({', '.join(map(str, order))})", f"{s}.flatten(0, 1)"]
            options += [f"{s}.view({backwards})", f"{s}.reshape({backwards})"]
        return self.choose(options)

    def part(self, n: int) -> str:
        """Return an index or a slice of a dimension of size n."""
        return self.choose(["{i}", "{i}", "{j}", "{i}:", ":{k}", "{i}:{k}", "::2", ":"], **self.indices(n))

    def indices(self, n: int) -> dict[str, int]:
        i = self.below(n)
        return {"i": i, "j": self.below(n) - n, "k": i + 1}

    def indexed(self, s: str, t: Tensor) -> str:
        if not t.ndim or not t.shape[0]:
            return f"{s}[{self.choose(['None', '...', 'True'])}]"
        options = forms("{s}[{s} > 0.1]  {s}[[{i}, {j}]]  {s}[torch.tensor([{i}, {j}, {i}])]  {s}[torch.tensor({i})]")
        if t.ndim >= 2 and t.shape[1]:
            options += forms("{s}[{i}, {l}]  {s}[[{i}, {j}], [{l}, {l}]]  {s}[:, [{l}]]  {s}[{i}, [{l}, {l}]]")
        return self.choose(options, s=s, l=self.below(t.shape[-1]) if t.ndim == 2 else 0, **self.indices(t.shape[0]))

    def product(self, s: str, t: Tensor) -> str:
        names = self.tensors(lambda u: u.dtype == t.dtype and multiplies(t.shape, u.shape))
        if not names:
            return (
                f"torch.outer({s}, {s})"
                if t.ndim == 1
                else f"({s} @ {s}.transpose(-1, -2))"
                if t.ndim
                else f"({s} * 2)"
            )
        u = self.choose(names)
        form = {(1, 1): "{s}.dot({u})", (2, 1): "{s}.mv({u})", (2, 2): "{s}.mm({u})"}[t.ndim, self.run.names[u].ndim]
        return self.choose(["({s} @ {u})", "torch.matmul({s}, {u})", form], s=s, u=u)

    def joined(self, s: str, t: Tensor) -> str:
        u = self.choose([s, s, *self.tensors(lambda u: u.shape == t.shape)])
        d = self.random.randint(0, t.ndim)
        if self.chance(50) or not t.ndim:
            return f"torch.stack([{s}, {u}], {d})"
        return f"torch.cat([{s}, {u}{self.choose(['', f', {s}'])}], {min(d, t.ndim - 1)})"

    def copied(self, s: str, t: Tensor) -> str:
        return self.choose(COPIES, s=s)

    def chosen(self, s: str, t: Tensor) -> str:
        return self.choose(CHOSEN, s=s, u=self.choose([s, *self.tensors(lambda u: u.shape == t.shape)]))

    # statements

    def leaf(self) -> str:
        data = nested(self.choose(SHAPES), lambda: self.choose(VALUES))
        options = ["requires_grad=True"] * self.chance(70) + ["dtype=torch.float64"] * self.chance(15)
        return f"{self.new_names()[0]} = torch.tensor({', '.join([str(data), *options])})"

    def assignment(self, fits: Callable[[Tensor], bool] = lambda t: True) -> str:
        s, t = self.expression(fits, steps=3)
        if t._is_view() and not self.torch.is_grad_enabled():
            raise Unfit
        return f"{self.new_names()[0]} = {s}"

    def tracked_assignment(self) -> str:
        return self.assignment(lambda t: t.requires_grad)

    def several(self) -> str:
        s, t = self.operand(lambda t: t.is_floating_point() and t.ndim > 0 and 2 <= t.shape[0] <= 3)
        if not self.torch.is_grad_enabled():
            raise Unfit
        n = t.shape[0]
        options = forms("{s}  {s}.unbind()  torch.unbind({s})  {s}.split(1)  {s}.split([1] * {n})  {s}.chunk({n})")
        return f"{', '.join(self.new_names(n))} = {self.choose(options, s=s, n=n)}"

    def loop(self) -> str:
        s, t = self.operand(lambda t: t.is_floating_point() and not t.is_leaf)
        return f"for _ in range({self.random.randint(2, 4)}): {s} = {self.arithmetic(s, t)} * 0.5"

    def delete(self) -> str:
        return f"del {self.name()}"

    def target(self) -> tuple[str, Tensor]:
        """Return what may be written in place, mostly: no leaf that requires grad, unless nothing is recorded."""
        recorded = self.torch.is_grad_enabled() and not self.chance(8)
        s, t = self.operand(lambda t: self.own_memory(t) and not (recorded and t.is_leaf and t.requires_grad))
        if self.chance(40):
            s = self.view(s, t) if self.chance(75) or not t.ndim else self.choose(["{s}.detach()", "{s}.data"], s=s)
            shown = self.value(s)
            if shown.untyped_storage()._cdata != t.untyped_storage()._cdata or not t.numel():  # a copy shows nothing
                raise Unfit
            t = shown
        return s, t

    def in_place(self) -> str:
        s, t = self.target()
        u = self.choose(["2", "0.5", "1", *self.tensors(lambda u: broadcast(u.shape, t.shape) == tuple(t.shape))])
        options = IN_PLACE + ["{s}.exp_()"] * bool((t < 3).all()) + ["{s}.copy_({u})"] * u.isidentifier()
        if self.own_memory(t):  # of these PyTorch allows all also where several elements are one in memory
            options += forms("{s}.zero_()  {s}.fill_(0.5)  {s}.masked_fill_({s} > 0.1, 0.25)")
        options += ["{s}.relu_()"] * (not self.recorded)
        options += forms("{s} += {u}  {s} *= {u}  {s} -= {u}  {s} /= 2" if s.isidentifier() else "{s}[...] = {u}")
        return self.choose(options, s=s, u=u)

    def item_assignment(self) -> str:
        s, t = self.target()
        if not self.own_memory(t):  # PyTorch warns of writing by index to elements that are one in memory, but goes on
            raise Unfit
        if not t.ndim or not t.shape[0]:
            return f"{s}[...] = {self.choose(['0.5', '2.'])}"
        options = [self.part(t.shape[0]), self.part(t.shape[0]), f"..., {self.part(t.shape[-1])}", "{s} > 0.1"]
        options += ["[{i}]", "torch.tensor([{i}])", ":", "..."]
        if t.ndim >= 2 and t.shape[1]:
            options += [f":, {self.part(t.shape[1])}", f"{{i}}, {self.part(t.shape[1])}", "[{i}], [0]"]
        index = self.choose(options, s=s, **self.indices(t.shape[0]))
        shape = tuple(self.value(f"{s}[{index}]").shape)
        u = self.choose(["0.5", "2.", *self.tensors(lambda u: broadcast(u.shape, shape) == shape)])
        return f"{s}[{index}] {self.choose(['=', '=', '+=', '*=']) if s.isidentifier() else '='} {u}"

    def backward(self) -> str:
        s, t = self.expression(lambda t: t.requires_grad, steps=1)
        options = ["retain_graph=True"] * self.chance(30) + ["create_graph=True"] * (self.recorded and self.chance(16))
        if self.chance(8):
            options += [f"inputs=[{self.name(lambda t: t.requires_grad and t.is_leaf)}]"]
        if (t.numel() != 1 or self.chance(5)) and not self.chance(5):
            if self.chance(50):
                like = self.tensors(lambda u: u.shape == t.shape)
                v = self.choose(
                    [f"torch.ones_like({s})", f"torch.ones({list(t.shape)})", *(f"{u}.detach() * 2" for u in like)]
                )
                return f"{s}.backward({', '.join([v, *options])})"
            s = f"{s}.{self.choose(['sum', 'sum', 'mean'])}()"
        if self.chance(10):
            return (
                f"torch.autograd.backward({', '.join([f'[{s}, {s}], [{s}.detach() * 2, {s}.detach() * 2]', *options])})"
            )
        return f"{s}.backward({', '.join(options)})"

    def grad(self) -> str:
        s, t = self.expression(lambda t: t.requires_grad, steps=1)
        inputs = [self.name(lambda t: t.requires_grad and not one_of_several(t))]
        if self.chance(50):
            other = self.run.names[inputs[0]]
            inputs.append(self.name(lambda t: t.requires_grad and not one_of_several(t) and t is not other))
        options = ["allow_unused=True"] * self.chance(60) + ["retain_graph=True"] * self.chance(40)
        options += (
            ["create_graph=True"] if self.recorded and self.chance(40) else ["materialize_grads=True"] * self.chance(5)
        )
        arguments = ", ".join([f"{s}.sum()" if t.numel() != 1 else s, f"[{', '.join(inputs)}]", *options])
        names = self.new_names(len(inputs))
        return f"{', '.join(names)}{',' * (len(names) == 1)} = torch.autograd.grad({arguments})"

    def with_gradient(self) -> tuple[str, Tensor]:
        return self.operand(lambda t: t.grad is not None)

    def zeroing(self) -> str:
        s, t = self.with_gradient()
        return self.choose(ZEROING, s=s, u=self.name(lambda u: u.shape == t.shape and self.own_memory(u)))

    def gradient(self) -> str:
        s, _ = self.with_gradient()
        return f"{self.new_names()[0]} = {s}.grad{self.choose(['', '', '.clone()', ' * 2', '.data'])}"

    def update(self) -> str:
        return self.choose(UPDATES, s=self.name(lambda t: t.grad is not None and self.apart(t)))

    def hook(self) -> str:
        s, t = self.operand(lambda t: t.requires_grad and not t._is_view())
        self.handles += 1
        return (
            f"h{self.handles} = {s}.register_hook({self.choose(HOOKS + SEEN * (not t.is_leaf), shape=list(t.shape))})"
        )

    def unhook(self) -> str:
        if not self.handles:
            raise Unfit
        return f"h{self.random.randint(1, self.handles)}.remove()"

    def retain(self) -> str:
        return f"{self.name(lambda t: t.requires_grad and (not t.is_leaf or self.chance(5)))}.retain_grad()"

    def flip(self) -> str:
        return self.choose(FLIPS, s=self.name(self.apart))

    def mode(self) -> str:
        return f"torch.set_grad_enabled({not self.torch.is_grad_enabled()})"

    def block(self) -> str:
        """Statements in a `with` block; they run here one by one, the rest is left out where one raises."""
        if self.blocks == 2:
            raise Unfit
        mode = self.choose(MODES)
        block = Block(f"with torch.{mode}:")
        self.blocks += 1
        with eval(f"torch.{mode}", self.run.names):
            for _ in range(self.random.randint(1, 3)):
                line = self.statement()
                block = Block("\n    ".join([block, *line.split("\n")]))
                if self.execute(line):
                    block.raised = True
                    break
        self.blocks -= 1
        return block

    def looking(self) -> str:
        return self.choose(["look()", "look()", "look()", "note({s}.is_leaf)", "note({s}.grad)"], s=self.name())

    def wrong(self) -> str:
        """Something that is, most often, refused."""
        s = self.choose(self.all_tensors() or ["a"])
        return self.choose(WRONG, s=s, r=self.choose(self.tensors(lambda t: t.requires_grad) or [s]))


def write(random: random.Random, torch: Torch, length: int = 25) -> Program:
    """Return a random program of about so many statements."""
    return Writer(random, torch).write(length)


def broadcast(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...] | None:
    """Return the shape to which two broadcast; None if they don't."""
    shape = []
    for n, m in zip_longest(reversed(one), reversed(other), fillvalue=1):
        if n != m and 1 not in (n, m):
            return None
        shape.append(m if n == 1 else n)
    return tuple(reversed(shape))


def one_of_several(t: Tensor) -> bool:
    return t.grad_fn is not None and t.grad_fn.name().startswith(("Unbind", "Split"))


def multiplies(one: Sequence[int], other: Sequence[int]) -> bool:
    """Return whether a vector or matrix times another of these shapes has its own function."""
    return (len(one), len(other)) in ((1, 1), (2, 1), (2, 2)) and one[-1] == other[0]


def nested(shape: tuple[int, ...], number: Callable[[], float]) -> Any:
    return [nested(shape[1:], number) for _ in range(shape[0])] if shape else number()


# --- cutting down, and the command


def disagreement(program: Program | list[str], libraries: Sequence[Torch]) -> str | None:
    """Return where minigrad and PyTorch, in this order, differ on a program."""
    ours, theirs = (transcript(program, library) for library in libraries)
    return difference(program, ours, theirs)


def kind(disagreement: str | None) -> str:
    """Return a disagreement without its numbers."""
    return re.sub(r"[-\d.e\[\], ]+", "#", disagreement or "")


def cut_down(program: Program, libraries: Sequence[Torch]) -> Program:
    """Return the program without all the statements that its disagreement does not need."""
    statements = program.statements
    what = kind(disagreement(statements, libraries))
    size = len(statements)
    while size:
        start = 0
        while start < len(statements):
            fewer = statements[:start] + statements[start + size :]
            if kind(disagreement(fewer, libraries)) == what:
                statements = fewer
            else:
                start += size
        size //= 2
    return Program("\n".join(statements))


def main() -> None:
    parser = argparse.ArgumentParser(description="Run random programs under minigrad and PyTorch.")
    parser.add_argument("programs", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--length", type=int, default=25, help="statements in a program")
    parser.add_argument("--stop", type=int, default=10, help="after so many disagreements")
    arguments = parser.parse_args()
    import torch

    import minigrad

    started = time.perf_counter()
    found = refused = statements = 0
    for index in range(arguments.programs):
        program = write(random.Random(f"{arguments.seed} {index}"), torch, arguments.length)
        ours, theirs = (transcript(program, library) for library in (minigrad, torch))
        statements += len(theirs)
        refused += sum("raised" in entry for entry in theirs)
        if difference(program, ours, theirs):
            found += 1
            program = cut_down(program, (minigrad, torch))
            print(f"--- program {index}\n{program}\n# {disagreement(program, (minigrad, torch))}\n", flush=True)
            if found == arguments.stop:
                break
    print(
        f"{index + 1} programs, {statements} statements ({refused / statements:.1%} refused by PyTorch), "
        f"{found} disagreements, {time.perf_counter() - started:.0f} s"
    )
    sys.exit(found > 0)


if __name__ == "__main__":
    main()
