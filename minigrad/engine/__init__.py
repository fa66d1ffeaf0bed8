"""The engine, to be read from top to bottom:

modes        whether operations are recorded
graph        the nodes that record them, and the leaves
tensor       arrays with an edge into the graph
backward     the pass from a result to its leaves
derivatives  the first table: arithmetic, elementary functions, sums, the matrix product
operation    how a row of a table becomes an operation
formulas     what the rows say besides operators

Behind them: dtypes and numbers (types, promotion, constants), source (the text that operation writes), versions, saved
and writing (tensors written in place, and what becomes of saved values).  Further tables are in minigrad.operations,
and so are hooks and the histories of written views, which the engine fetches where a graph has them.
"""
