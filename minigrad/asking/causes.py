"""The causes that `why` knows: what each means, and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .places import Place


class Cause(NamedTuple):
    """What happened, in a sentence with `{step}` for the operation, and what to do."""

    what: str
    advice: str


CAUSES = {
    # the path is cut
    "detach": Cause(
        "{step}() cuts the path: its result is outside the graph",
        "leave it out where a gradient should flow",
    ),
    "data": Cause(
        ".data cuts the path: it gives the numbers without the graph",
        "use the tensor itself; to write to it without recording, write inside `with torch.no_grad():`",
    ),
    "no_grad": Cause(
        "{step} was computed while recording was switched off",
        "compute what needs a gradient outside that block",
    ),
    "inference_mode": Cause(
        "{step} was computed in inference mode, which records nothing",
        "compute what needs a gradient outside that block",
    ),
    "item": Cause(
        "{step}() takes the number out of the graph: Python's numbers have no gradient",
        "continue with the tensor itself",
    ),
    "numpy": Cause(
        "{step}() takes the values out of the graph: NumPy's arrays have no gradient",
        "compute this part with torch's functions",
    ),
    "new_tensor": Cause(
        "{step}() makes a new leaf of the numbers: no graph leads back to what they were computed from",
        "use the tensor itself; to put several together use torch.stack or torch.cat",
    ),
    "copy": Cause(
        "deepcopy() makes a new leaf, which gets its own gradient",
        "ask about the copy, or compute with the original",
    ),
    "integers": Cause(
        "{step} gives whole numbers or truth values, which have no gradient",
        "use a smooth operation instead: softmax for argmax, sigmoid for a comparison, the float tensor for .long()",
    ),
    "function": Cause(
        "{step} takes the result of an autograd.Function, such as a reentrant checkpoint: none of that function's "
        "arguments requires grad, so nothing was recorded, not even for the parameters inside",
        "call checkpoint(…, use_reentrant=False), or let one of the arguments require grad",
    ),
    "unknown": Cause(
        "{step} took a tensor that requires grad, and its result does not: the operation has no gradient",
        "use one that has a gradient instead",
    ),
    # the gradient is there, and zero
    "stairs": Cause(
        "the slope of {step} is zero wherever it exists: the gradient that passes it is zero",
        "leave it out of the training, or add the difference detached: x + (round(x) - x).detach()",
    ),
    "dead": Cause(
        "{step} got no positive number: it gives zeros, and its slope is zero there",
        "look at what comes in (learning rate, initial values), or use leaky_relu",
    ),
    "saturated": Cause(
        "{step} is saturated: its slope is zero to the last digit for these inputs",
        "make its inputs smaller (initial values, normalization), or use a loss that takes logits",
    ),
    "times_zero": Cause(
        "{step} multiplies by zeros: the gradient of the other factor is zero",
        "check whether the factor should be zero; one that starts at zero and is itself trained will move",
    ),
    "branch": Cause(
        "where() takes the other branch everywhere: this one has gradient zero",
        "check whether the condition is what you meant",
    ),
    "clamped": Cause(
        "{step} cuts every entry off: its slope is zero at its limits and outside them",
        "make the limits wider, or the inputs smaller",
    ),
    "zero": Cause(
        "the gradient is zero, and none of the steps that were seen explains it",
        "several parts may cancel out, or a hook may change the gradient: look at retain_grad() along the path",
    ),
    # nan
    "nan": Cause(
        "{step} gave the first {what}",
        "keep its input away from there: clamp it, or add a small number",
    ),
    "nan_input": Cause(
        "nan or an infinity came in here: no step inside made it",
        "look at the data and the parameters, with torch.isfinite",
    ),
    "nan_gradient": Cause(
        "the values are finite, but the slope of {step} at zero is infinite, and infinity times zero is nan",
        "add a small number inside, or choose with where() before it, not after it",
    ),
    "nan_unknown": Cause(
        "the gradient is nan, and no value that was seen explains it",
        "run the backward pass inside torch.autograd.detect_anomaly() under PyTorch",
    ),
    # the tensor itself
    "no_floats": Cause(
        "it holds whole numbers or truth values, which cannot require grad",
        "make it from floats: torch.tensor([1., 2.]), or .float()",
    ),
    "requires_grad_off": Cause(
        "it does not require grad",
        "make it with requires_grad=True, or call requires_grad_() before it is used",
    ),
    "frozen": Cause(
        "it was frozen: requires_grad was set to False",
        "set it to True before the forward computation, if it should be trained",
    ),
    "late": Cause(
        "it did not require grad yet when {step} used it",
        "call requires_grad_() before the forward computation",
    ),
    "not_leaf": Cause(
        "it is not a leaf, but the result of {step}: only leaves get a .grad",
        "call retain_grad() on it before backward(), or ask for the leaf that it was computed from",
    ),
    "replaced": Cause(
        "it is no longer the leaf: {step} gave a new tensor, and the name now refers to that one",
        "update with `with torch.no_grad(): w -= …`; convert with .to() or .double() first, then requires_grad_()",
    ),
    # the use
    "not_used": Cause(
        "inside the watch, {loss} was not computed from it",
        "use it in the forward computation: look for another tensor under its name, such as a copy",
    ),
    "not_in_graph": Cause(
        "it is not in the graph of {loss}: it was not used, or the path was cut",
        "run the forward computation inside `with watch():`, which shows which it was, and the line",
    ),
    "no_graph": Cause(
        "{loss} has no graph: nothing that it was computed from requires grad, or the path was cut",
        "run the forward computation inside `with watch():`, which shows which it was, and the line",
    ),
    "too_large": Cause(
        "the graph of {loss} was not read to its end, as it has more than {nodes} nodes",
        "run the forward computation inside `with watch():`, or a shorter one",
    ),
    "out_of_sight": Cause(
        "{about} came from outside what watch saw (before its block, compiled, scripted, or another library)",
        "open the watch before it is made, and run that part without compiling it",
    ),
    # the passes
    "no_backward": Cause(
        "a gradient can arrive here, but backward() has not been called on {loss}",
        "call backward() on it",
    ),
    "no_pass_seen": Cause(
        "its .grad is empty: backward() has not been called, or .grad was cleared since",
        "call why with the loss, after a backward pass inside `with watch():`",
    ),
    "used_up": Cause(
        "the graph of {loss} is used up: a backward pass has freed it, and .grad was cleared since, or the pass was "
        "for other tensors (autograd.grad, inputs=)",
        "compute {loss} again for every backward pass",
    ),
    "cleared": Cause(
        "its .grad was cleared after the backward pass, before any optimizer step had used it",
        "clear before backward(): zero_grad(), backward(), step()",
    ),
    "not_in_optimizer": Cause(
        "the optimizer does not have it: step() leaves it unchanged",
        "make the optimizer after the model is complete, or call add_param_group",
    ),
    "no_rate": Cause(
        "the optimizer's learning rate for it is 0",
        "set lr of its group in optimizer.param_groups",
    ),
}

# More advice, for single operations.
FOR_STEP = {
    "sqrt": "add a small number inside: (x + 1e-8).sqrt()",
    "log": "keep its input above 0: x.clamp(min=1e-8).log(), or log_softmax in place of softmax and log",
    "div": "keep the denominator away from 0: add a small number",
    "exp": "keep its input small: subtract the largest entry first, or use softmax or logsumexp",
}


@dataclass(frozen=True)
class Finding:
    """One thing that keeps the gradient from a tensor.

    cause: its name, a key of CAUSES; place: the line of the user's code, or None; certain: whether it was seen, or is a
    guess that fits what was seen; of: the names of the tensors that it concerns; times: how often that line did it.
    """

    cause: str
    what: str
    advice: str
    place: Place | None = None
    certain: bool = True
    of: tuple[str, ...] = ()
    times: int = 1

    def __str__(self) -> str:
        where = "" if self.place is None else f"{self.place}:"
        source = "" if self.place is None or not self.place.source else f"  {self.place.source}"
        head = f"{where}{source}\n  " if where else ""
        often = f" ({self.times} times)" if self.times > 1 else ""
        maybe = "" if self.certain else "perhaps: "
        return f"{head}{maybe}{self.what}{often}\n  → {self.advice}"


def finding(cause: str, place: Place | None = None, certain: bool = True, times: int = 1, **words: str) -> Finding:
    """Return a finding in the words of its cause."""
    what, advice = CAUSES[cause]
    step = words.get("step", "").strip("_")
    advice = FOR_STEP.get(step, advice) if cause == "nan" else advice
    words["step"] = step
    words.setdefault("what", "nan or infinity")
    return Finding(cause, what.format(**words), advice.format(**words) if "{loss}" in advice else advice,
                   place, certain, times=times)  # fmt: skip
