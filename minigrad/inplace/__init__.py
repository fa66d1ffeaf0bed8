"""Writing to tensors in place, which the rest of the engine does not depend on.

writing  the in-place twins of the rows: what is refused, what is counted, and what becomes of the graph
views    what a write to a view means for the history of its base and of the base's other views
"""

from . import views, writing

__all__ = ["views", "writing"]
