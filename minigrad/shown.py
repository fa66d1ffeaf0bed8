"""Classes that print under PyTorch's name while `__module__` says where they are.

Python looks there for their source, which `torch.nn.Linear??` shows, and pickle finds them there again.
"""

from abc import ABCMeta


class Shown(type):
    """A class that prints as one of the PyTorch module that it names in `_shown_in`; its subclasses print their own."""

    def __repr__(cls) -> str:
        return f"<class '{shown_name(cls)}'>"

    def _repr_pretty_(cls, printer, cycle: bool) -> None:
        printer.text(shown_name(cls))  # IPython writes a class without brackets


class ShownABC(Shown, ABCMeta):
    """The same for a class that people derive from together with `abc.ABC`."""

    __instancecheck__ = type.__instancecheck__  # ABCMeta's takes four times as long
    __subclasscheck__ = type.__subclasscheck__


def shown_name(cls: type) -> str:
    return f"{vars(cls).get('_shown_in', cls.__module__)}.{cls.__qualname__}"


def address(value) -> str:
    """Return the repr of an object that only says where it is."""
    return f"<{shown_name(type(value))} object at {id(value):#x}>"
