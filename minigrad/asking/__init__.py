"""Where a gradient went, for minigrad's tensors and for PyTorch's.

    with watch():
        loss = …
    why(w, loss)

places    the line of the user's code that is running
tape      what was computed while watch was on: values, and the steps between them
watching  `watch`, and how minigrad is watched; pytorch: how PyTorch is
ways the paths from one value to another on the tape, and where they are cut or multiplied by zero
graphs    what the graph shows without a tape
causes    the causes, in words
inquiry   `why`; answer: what it answers; picture: the path, drawn
errors    what minigrad's errors add while a watch is open
"""

from .answer import Answer
from .causes import CAUSES, Finding
from .inquiry import why
from .watching import watch

__all__ = ["CAUSES", "Answer", "Finding", "watch", "why"]
