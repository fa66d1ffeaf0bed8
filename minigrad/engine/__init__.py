"""The engine, in the order in which to read it, which is also the order of its imports:

modes         whether operations are recorded
graph         the nodes that record them
versions      who wrote what, and when
tensor        arrays with an edge into the graph, and the edge of a leaf
backward      the pass from a result to its leaves
passes        the pass that people call, with hooks, and recorded on request
rows          a row of a table of derivatives, taken apart
broadcasting  what an input that was broadcast receives
operation     how a row becomes an operation
formulas      helpers that the rows use besides operators
derivatives   the first table: arithmetic, elementary functions, sums, the matrix product

If you have little time, read graph, tensor, backward, operation and derivatives; docs/engine.md leads through them.
Below the engine are minigrad.dtypes, numbers and errors; above it hooks, inplace (tensors that are written), operations
(further tables) and autograd.
"""

from . import derivatives, passes

__all__ = ["derivatives", "passes"]
