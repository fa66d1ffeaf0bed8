"""The engine, in the order in which it is to be read, which is also the order of its imports:

modes         whether operations are recorded
graph         the nodes that record them
versions      who wrote what, and when
tensor        arrays with an edge into the graph, and the edge of a leaf
backward      the pass from a result to its leaves
hooks         functions called when a gradient arrives
passes        the passes that people call: backward, grad
numbers       arrays and Python numbers of different types
broadcasting  what an input that was broadcast receives
rows          a row of a table of derivatives, taken apart
writing       tensors written in place
operation     how a row becomes an operation
formulas      what the rows say besides operators
derivatives   the first table: arithmetic, elementary functions, sums, the matrix product
views         views that are written, and the history of their base

Whoever has little time reads graph, tensor, backward, operation and derivatives: docs/engine.md leads through them.
Further tables are in minigrad.operations.
"""

from . import derivatives, passes, views

__all__ = ["derivatives", "passes", "views"]
