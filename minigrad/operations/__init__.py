"""Further tables of operations, and what else a tensor can do.  They add breadth and no new idea.

elementary   sinh, atan, log2 and the like         reductions   sums, means, matrix products
operators    Python's + * @ == and the like        inspection   what a node shows of what it saved
shapes       views and conversions                 joining      cat, stack, split
indexing     x[...] for reading and writing        filling      writing numbers into tensors
choosing     where, clamp, max, min                rounding     floor, round, // and %
statistics   prod, var, norm, softmax              creation     tensors from values, counted, random
conversions  float(t), len(t), f"{t}"              hooks        functions called when a gradient arrives
memory       what tensors share, and NumPy         arguments    what is passed to them, sorted out
arranging    gather, sort, repeat, einsum …        sampling     bernoulli, normal, multinomial
matrices     trace, diag, cross, bincount …        error_function  erf, which NumPy lacks
blending     lerp, addcmul, addcdiv                ranking      median, quantile, histc
numpys_names axis, keepdims and out as keywords    other_names  multiply for mul, and the like
left_out     what PyTorch has and minigrad does not words       what they do, in English
described    from words and rows to docstrings
"""

from .. import inplace  # noqa: F401  twins that write in place are made of rows
from ..engine.operation import methods
from ..engine.rows import rows
from ..engine.tensor import Tensor
from . import (  # noqa: F401
    arranging,
    blending,
    choosing,
    conversions,
    creation,
    elementary,
    filling,
    hooks,
    indexing,
    inspection,
    joining,
    left_out,
    matrices,
    memory,
    operators,
    ranking,
    reductions,
    rounding,
    sampling,
    shapes,
    statistics,
)
from .arguments import as_function
from .described import describe_all
from .numpys_names import accept_numpys_names
from .other_names import give_other_names

# Of the methods that write in place, PyTorch has the elementary functions as functions, too, and some others.
IN_PLACE = "abs ceil clamp clamp_max clamp_min clip detach fill floor neg relu round square trunc zero"
ELEMENTARY = [row.name for row in rows.values() if row.arguments == ["x"] and row.floating and row.inplace]
for name in [*ELEMENTARY, *IN_PLACE.split()]:
    as_function(methods[name + "_"])
as_function(Tensor.detach)
give_other_names()
describe_all()
accept_numpys_names()
