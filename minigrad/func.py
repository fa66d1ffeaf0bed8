"""Derivatives of functions as functions: `torch.func`.

The result is a function that takes the same arguments.  It may be differentiated again: its computation is recorded for
nothing else, unless an argument, or another tensor that func uses, requires grad. Arguments and results may be tensors,
or tuples, lists and dicts of them.
"""

from collections.abc import Callable
from typing import Any

from .autograd.passes import grad as gradients_of
from .engine.operation import functions
from .engine.tensor import UNTRACKED_VIEW, AccumulateGrad, Tensor
from .engine.versions import edge_of
from .grad_mode import enable_grad
from .operations.left_out import front

stack, zeros_like = functions["stack"], functions["zeros_like"]


def grad_and_value(func: Callable, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """Return a function that computes the gradient of func, and its value.

    func: returns a tensor of one element, or with has_aux a pair of it and anything else, which is passed on; argnums:
    with respect to which argument, or arguments.
    Errors: RuntimeError for a func that returns anything else, and for the number of an argument that was not given.

    >>> torch.func.grad_and_value(lambda x: (x ** 3).sum())(torch.tensor([1., 2.]))
    (tensor([ 3., 12.]), tensor(9.))
    """

    def gradient_and_value(*args, **kwargs):
        with enable_grad():
            wanted, others = fresh(args, argnums)
            value, aux = apart(func(*others, **kwargs), has_aux)
            if not isinstance(value, Tensor):
                raise RuntimeError(f"Expected f(*args) to return a Tensor, got {type(value)}")
            if value.dim():
                raise RuntimeError(
                    f"Expected f(*args) to return a scalar Tensor, got tensor with {value.dim()} dims: reduce it to "
                    "one number, or use vjp or jacrev"
                )
            found = pulled([value], wanted, None)
        mine = tensors_in(wanted)
        return released(found, mine), released((value, aux) if has_aux else value, mine)

    return gradient_and_value


def grad(func: Callable, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """Return a function that computes the gradient of func.

    func, argnums and has_aux, and the errors, are those of grad_and_value.

    >>> torch.func.grad(torch.func.grad(torch.sin))(torch.tensor(1.))
    tensor(-0.8415)
    """
    both = grad_and_value(func, argnums, has_aux)

    def gradient(*args, **kwargs):
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def vjp(func: Callable, *primals, has_aux: bool = False) -> tuple:
    """Compute the value of func, and a function that multiplies a vector v by the Jacobian: vᵀJ.

    primals: the arguments of func. The second result takes a v of the value's shape, and returns a tuple with one
    product for each argument; it may be called again.
    Errors: RuntimeError for a v of another shape.

    >>> value, pull = torch.func.vjp(lambda x: x ** 2, torch.tensor([1., 2.]))
    >>> pull(torch.tensor([1., 1.]))
    (tensor([2., 4.]),)
    """
    with enable_grad():
        wanted, others = fresh(primals, tuple(range(len(primals))))
        value, aux = apart(func(*others), has_aux)
    mine = tensors_in(wanted)

    def pull(v):
        outputs, vectors = tensors_in(value), tensors_in(v)
        if len(outputs) != len(vectors):
            raise RuntimeError(f"the function has {len(outputs)} results, and {len(vectors)} vectors were given")
        with enable_grad():
            return released(pulled(outputs, wanted, vectors), mine)

    shown = released(value, mine)
    return (shown, pull, released(aux, mine)) if has_aux else (shown, pull)


def jvp(func: Callable, primals: tuple, tangents: tuple, *, has_aux: bool = False) -> tuple:
    """Compute the value of func, and the Jacobian multiplied by a vector, Jv: how the value changes along tangents.

    primals: the arguments of func; tangents: for each of them a vector of its shape.
    Two backward passes do what PyTorch's forward mode does in one pass: vᵀJ is linear in v, and its derivative with
    respect to v, multiplied by the tangents, is Jv.
    Errors: RuntimeError unless primals are a tuple and the tangents fit them.

    >>> torch.func.jvp(lambda x: x ** 2, (torch.tensor([1., 2.]),), (torch.tensor([1., 0.]),))
    (tensor([1., 4.]), tensor([2., 0.]))
    """
    if not isinstance(primals, tuple):
        raise RuntimeError("Expected primals to be a tuple, so that it is valid to call f(*primals)")
    points, directions = tensors_in(primals), tensors_in(tangents)
    if not isinstance(tangents, tuple) or len(points) != len(directions):
        raise RuntimeError("Expected primals and tangents to have the same structure: tuples of equally many tensors")
    for point, direction in zip(points, directions, strict=True):
        if point.shape != direction.shape:
            raise RuntimeError(
                f"a tangent has the shape of its tensor: {list(point.shape)}, but it has {list(direction.shape)}"
            )
    with enable_grad():
        wanted, others = fresh(primals, tuple(range(len(primals))))
        value, aux = apart(func(*others), has_aux)
        product, vectors = pushed(value, wanted, directions)
    mine = [*tensors_in(wanted), *vectors]
    results = released((value, product), mine)
    return (*results, released(aux, mine)) if has_aux else results


def jacrev(func: Callable, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """Return a function that computes the Jacobian of func by rows, a backward pass for each element of its value.

    Shapes: (*value.shape, *argument.shape).

    >>> torch.func.jacrev(lambda x: x ** 2)(torch.tensor([1., 2.]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    return jacobian_of(func, argnums, has_aux, by_rows)


def jacfwd(func: Callable, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """Return a function that computes the Jacobian of func by columns, a jvp for each element of the argument.

    Shapes: (*value.shape, *argument.shape).

    >>> torch.func.jacfwd(lambda x: x ** 2)(torch.tensor([1., 2.]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    return jacobian_of(func, argnums, has_aux, by_columns)


def hessian(func: Callable, argnums: int | tuple[int, ...] = 0) -> Callable:
    """Return a function that computes the matrix of second derivatives of func, whose value is one number.

    Shapes: (*argument.shape, *argument.shape).

    >>> torch.func.hessian(lambda x: (x ** 3).sum())(torch.tensor([1., 2.]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)


def functional_call(module, parameter_and_buffer_dicts, args=None, kwargs=None, **options) -> Any:
    """Call a module with other tensors in place of its parameters and buffers, which stay as they are.

    parameter_and_buffer_dicts: tensors by their names, or several such dicts; args: the module's argument, or a tuple
    of them; kwargs: those given by name.
    Errors: TypeError for options of PyTorch's that minigrad does not have.

    >>> model = torch.nn.Linear(2, 1, bias=False)
    >>> torch.func.functional_call(model, {"weight": torch.tensor([[1., 2.]])}, torch.tensor([3., 4.]))
    tensor([11.])
    """
    if any(options.values()) and options != {"tie_weights": True}:
        raise TypeError(f"functional_call() does not take {', '.join(options)} here")
    dicts = parameter_and_buffer_dicts
    given = dicts if isinstance(dicts, dict) else {name: t for each in dicts for name, t in each.items()}
    modules = dict(module.named_modules())
    before = []
    try:
        for name, tensor in given.items():
            path, _, last = name.rpartition(".")
            owner = modules.get(path)
            if owner is not None and isinstance(vars(owner).get(last), Tensor):
                before.append((owner, last, vars(owner)[last]))
                object.__setattr__(owner, last, tensor)
        return module(*(args if isinstance(args, tuple) else () if args is None else (args,)), **(kwargs or {}))
    finally:
        for owner, last, tensor in reversed(before):
            object.__setattr__(owner, last, tensor)


# --- what they share


def mapped(function: Callable, value) -> Any:
    """Return the same tuples, lists and dicts, with the function of each tensor in its place."""
    if isinstance(value, dict):
        return {key: mapped(function, part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)([mapped(function, part) for part in value])
    return function(value) if isinstance(value, Tensor) else value


def tensors_in(value) -> list[Tensor]:
    found: list[Tensor] = []
    mapped(found.append, value)
    return found


def fresh(args: tuple, argnums) -> tuple:
    """Return new tensors for the arguments that count, and all arguments with these in their place."""
    several = isinstance(argnums, tuple)
    numbers = argnums if several else (argnums,)
    for number in numbers:
        if not -len(args) <= number < len(args):
            raise RuntimeError(f"Got argnum={number}, but only {len(args)} positional inputs")
    others = list(args)
    for number in numbers:
        others[number] = mapped(
            lambda t: t.view_as(t) if t.requires_grad else t.detach().requires_grad_(), others[number]
        )
    wanted = tuple(others[number] for number in numbers)
    return (wanted if several else wanted[0]), others


def apart(result, has_aux: bool) -> tuple:
    if not has_aux:
        return result, None
    if not isinstance(result, tuple) or len(result) != 2:
        raise RuntimeError("with has_aux, the function returns a pair: its value, and what else is handed on")
    return result


def pulled(outputs: list, wanted, vectors: list | None) -> Any:
    """vᵀ times the derivatives of the outputs, for each tensor in wanted; zeros for one that has no influence."""
    points = tensors_in(wanted)
    pairs = list(zip(outputs, vectors or [None] * len(outputs), strict=True))
    live = [(output, vector) for output, vector in pairs if output.requires_grad]
    if not live:
        return mapped(zeros_like, wanted)
    roots, vs = zip(*live, strict=True)
    found = iter(gradients_of(roots, points, vs, create_graph=True, materialize_grads=True))
    return mapped(lambda _: next(found), wanted)


def pushed(value, wanted, directions: list) -> tuple:
    """Return the derivatives of the value times the directions, and the vectors that served to get them."""
    outputs = tensors_in(value)
    vectors = [zeros_like(output).requires_grad_() for output in outputs]
    linear = tensors_in(pulled(outputs, wanted, vectors))
    products = iter(tensors_in(pulled(linear, vectors, directions)))
    return mapped(lambda _: next(products), value), vectors


def jacobian_of(func: Callable, argnums: int | tuple[int, ...], has_aux: bool, table: Callable) -> Callable:
    """Return the function that fills, for each tensor of the value, a table by rows or by columns."""

    def jacobian(*args, **kwargs):
        with enable_grad():
            wanted, others = fresh(args, argnums)
            value, aux = apart(func(*others, **kwargs), has_aux)
            mine = tensors_in(wanted)
            found = mapped(lambda output: table(output, wanted, mine), value)
        return released((found, aux) if has_aux else found, mine)

    return jacobian


def by_rows(output, wanted, mine: list) -> Any:
    flat = output.reshape(-1)
    rows = [pulled([flat[k]], wanted, None) for k in range(flat.numel())]
    columns = zip(*(tensors_in(row) for row in rows), strict=True)
    points = iter(tensors_in(wanted))
    stacked = iter([stack(column).reshape((*output.shape, *next(points).shape)) for column in columns])
    return mapped(lambda point: next(stacked), wanted)


def by_columns(output, wanted, mine: list) -> Any:
    """Add to `mine` the vectors that serve to get the columns."""
    points = tensors_in(wanted)

    def one(point) -> Tensor:
        columns = []
        for k in range(point.numel()):
            direction = zeros_like(point).detach()
            direction.view(-1)[k] = 1
            directions = [direction if each is point else zeros_like(each).detach() for each in points]
            product, vectors = pushed(output, points, directions)
            columns.append(product)
            mine.extend(vectors)
        return stack(columns, -1).reshape((*output.shape, *point.shape))

    return mapped(one, wanted)


def released(results, mine: list) -> Any:
    """Take out of the graph what depends only on tensors of our own."""
    leaves = {edge_of(t) for t in mine}
    return mapped(lambda t: t if depends(t, leaves) else t.detach(), results)


def depends(tensor, mine: set) -> bool:
    """Return True where a leaf that is not among `mine` has influence on the tensor."""
    stack_, seen = [edge_of(tensor)], set()
    while stack_:
        edge = stack_.pop()
        if edge is None or edge is UNTRACKED_VIEW or edge in seen:
            continue
        seen.add(edge)
        if type(edge) is AccumulateGrad:
            if edge not in mine:
                return True
        else:
            stack_ += edge.edges
    return False


__all__ = ["functional_call", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "vjp"]
__getattr__, __dir__ = front(__name__)
