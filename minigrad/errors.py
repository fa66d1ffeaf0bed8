"""The errors of the engine and of its operations: PyTorch's type, its searchable words, and the way out."""

import warnings

import numpy as np

from . import dtypes


def kind(value) -> str:
    """Return the name of a value's type; of PyTorch's, also which library it is of."""
    cls = type(value)
    if cls.__module__.partition(".")[0] != "torch" or "_shown_in" in vars(cls):
        return cls.__name__
    return (
        f"PyTorch's {cls.__name__} (this is minigrad, and the two libraries do not mix: call minigrad.as_torch() "
        "before anything imports torch, so that everything comes from minigrad)"
    )


warned: set[str] = set()  # what has been warned about


def warn_once(text: str, stacklevel: int, category: type[Warning] = UserWarning) -> None:
    """Warn once in a process, as PyTorch does about what need not be a mistake."""
    if text not in warned:
        warned.add(text)
        warnings.warn(text, category, stacklevel=stacklevel)


SEVERAL = (
    "this tensor is a view, one of several that an operation such as split or unbind made together, and cannot be "
    "modified inplace in a way that is recorded: write y = y + … in place of y += …"
)

# --- the backward pass


def warn_of_cycle() -> None:
    """Warn that a `.grad` now holds the graph that holds its tensor."""
    warn_once(
        "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
        "which can cause a memory leak: use autograd.grad to make the graph of a gradient, or set .grad to None after "
        "use, which breaks the cycle",
        stacklevel=5,
    )


def no_graph() -> RuntimeError:
    return RuntimeError(
        "element 0 of tensors does not require grad and does not have a grad_fn: nothing that it was computed from "
        "was made with requires_grad=True, or the graph was cut on the way, by detach, no_grad, .item() or "
        "torch.tensor()"
    )


def no_scalar(shape) -> RuntimeError:
    return RuntimeError(
        f"grad can be implicitly created only for scalar outputs, and this one has shape {list(shape)}: reduce it to "
        "one number, for example with .sum() or .mean(), or pass the vector to multiply with, backward(v), where v "
        "has the same shape"
    )


def used_up(node: str) -> RuntimeError:
    return RuntimeError(
        f"Trying to backward through the graph a second time: {node} has already freed the values that it "
        "saved. Compute the result again for every backward pass; if one graph really must be used twice, call "
        "backward(retain_graph=True) the first time."
    )


def overwritten(node, which: str, shape) -> RuntimeError:
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"{node.name()} saved {which}, of shape {list(shape)}, which was written to afterwards. "
        "Write y = y + 1 in place of y += 1, or change the tensor before it is used."
    )


def no_edge(tensor, index: int) -> RuntimeError:
    """Return the error for something that no gradient can be taken with respect to."""
    if not hasattr(tensor, "_edge"):
        return RuntimeError(f"gradients are with respect to tensors, not {kind(tensor)}")
    return RuntimeError(
        f"One of the differentiated Tensors does not require grad: the one at index {index}. Make it with "
        "requires_grad=True before it is used"
    )


def no_inputs() -> RuntimeError:
    return RuntimeError(
        "`inputs` argument to `backward()` cannot be empty: name tensors, or leave it out to reach all leaves"
    )


def wrong_vector(vector, output) -> Exception:
    """Return the error for something that cannot be the vector in a vector–Jacobian product."""
    if not hasattr(vector, "_edge"):
        return TypeError(f"gradients can be either Tensors or None, but got {kind(vector)}")
    return RuntimeError(
        f"Mismatch in shape: grad_output[0] has a shape of {vector.shape} and output[0] has a shape of "
        f"{output.shape}; the vector must have one entry for each entry of the output"
    )


def wrong_grad(value, tensor) -> Exception | None:
    """Return the error for something that cannot be assigned to the `.grad` of a tensor, or None where it can."""
    if not hasattr(value, "_edge"):
        return TypeError(f"assigned grad expected to be a Tensor or None but got grad of {kind(value)}")
    if value._data.shape != tensor._data.shape:
        return RuntimeError(
            f"attempting to assign a gradient of size {list(value.shape)} to a tensor of size "
            f"{list(tensor.shape)}: the two must have the same shape"
        )
    if value._data.dtype != tensor._data.dtype:
        return RuntimeError(f"attempting to assign a gradient of {value.dtype} to a tensor of {tensor.dtype}")
    return RuntimeError("can't assign a tensor as its own gradient") if value is tensor else None


def wrong_hook(result, tensor) -> Exception | None:
    """Return the error for something a hook may not return in place of a gradient, or None if it may."""
    if not hasattr(result, "_edge"):
        return TypeError(f"expected hook to return a Tensor or None, but it returned {kind(result)}")
    if result._data.shape != tensor._data.shape:
        return RuntimeError(
            f"hook has changed the size of value: {list(tensor.shape)} before, {list(result.shape)} after"
        )
    if result.dtype is not tensor.dtype:
        return RuntimeError(
            f"hook has changed the type of value: {tensor.dtype} before, {result.dtype} after; convert it back"
        )
    return None


def no_floats(tensor) -> RuntimeError:
    return RuntimeError(
        f"only Tensors of floating point dtype can require gradients, and this one holds {tensor.dtype}: write its "
        "numbers with a decimal point (1.0) or convert it with .float()"
    )


def no_leaf(node) -> RuntimeError:
    return RuntimeError(
        "you can only change requires_grad flags of leaf variables, and this tensor is the result of "
        f"{node.name()}: use y.detach() for the same values outside the graph"
    )


NO_GRAD_HERE = (
    "this tensor is not a leaf, so its .grad stays None in a backward pass. Call .retain_grad() on it before "
    "backward(), or look at the .grad of the leaves it was made from."
)

# --- writing in place


def leaf_written(what: str) -> RuntimeError:
    return RuntimeError(
        f"{what} that requires grad is being used in an in-place operation. To update a parameter, write inside "
        "`with torch.no_grad():`; to compute with it, write w = w + … under another name."
    )


def memory_shared() -> RuntimeError:
    return RuntimeError(
        "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single "
        "memory location. Please clone() the tensor before performing the operation."
    )


def element_shared() -> RuntimeError:
    return RuntimeError(
        "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
        "Please clone() the tensor before performing the operation."
    )


# --- shapes and types


def no_broadcast(x, y) -> RuntimeError | None:
    """Return the error for two shapes that cannot be broadcast, or None where they can."""
    for back in range(1, min(np.ndim(x), np.ndim(y)) + 1):
        n, m = x.shape[-back], y.shape[-back]
        if n != m and n != 1 and m != 1:
            return RuntimeError(
                f"The size of tensor a ({n}) must match the size of tensor b ({m}) at non-singleton dimension "
                f"{max(x.ndim, y.ndim) - back}: shapes {list(x.shape)} and {list(y.shape)} cannot be broadcast"
            )
    return None


def no_product(x, y) -> RuntimeError:
    return RuntimeError(
        f"mat1 and mat2 shapes cannot be multiplied ({'x'.join(map(str, x.shape))} and {'x'.join(map(str, y.shape))}): "
        "the first must have as many columns as the second has rows"
    )


def no_booleans(operation: str, kind: type[Exception] = NotImplementedError) -> Exception:
    """Return the error for an operation that is not defined for truth values."""
    if operation == "sub":
        return kind(
            "Subtraction, the `-` operator, with a bool tensor is not supported: write ~x to negate, x ^ y or "
            "logical_xor() to see where two differ, or convert with .long() or .float() to count"
        )
    if operation == "neg":
        return kind(
            "Negation, the `-` operator, on a bool tensor is not supported: write ~x or logical_not(), or convert with "
            ".long() or .float() to count"
        )
    return kind(f"{operation}() is not defined for torch.bool: convert with .long() or .float() first")


def refused(operation: str, error: Exception, *inputs) -> Exception:
    """Return PyTorch's error in place of Python's or NumPy's, for what the operation cannot take."""
    if isinstance(error, AttributeError):
        for number, (name, value) in enumerate(zip(("input", "other", "third"), inputs, strict=False), 1):
            if not hasattr(value, "_edge"):  # a masked array of NumPy's has _data, too
                return TypeError(
                    f"{operation}(): argument '{name}' (position {number}) must be Tensor, not {kind(value)}"
                )
        return error
    x, *others = (getattr(value, "_data", value) for value in inputs)
    for y in others if isinstance(error, ValueError) else ():
        mismatch = no_product(x, y) if operation == "mm" else no_broadcast(x, y)
        if mismatch is not None:
            return mismatch
    if isinstance(error, np.exceptions.AxisError) or not str(error).startswith(("ufunc", "The numpy", "numpy")):
        return error
    if "numpy boolean" in str(error):  # what NumPy says of - alone
        return no_booleans("sub" if "subtract" in str(error) else operation)
    types = " and ".join(str(dtypes.BY_NUMPY[a.dtype]) if hasattr(a, "dtype") else repr(a) for a in (x, *others))
    return RuntimeError(f"{operation}() is not defined for {types}: {error}")
