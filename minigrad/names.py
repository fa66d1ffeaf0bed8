"""Classes that print under the names that they have in PyTorch, `<class 'torch.Tensor'>`, and live where they stand."""

from abc import ABCMeta


class Named(ABCMeta):
    """The type of a class that says in `_printed_in` which module of PyTorch's it prints as its own.

    Its `__module__` stays true, so that its source, its documentation and its pickles are found.  It is an ABCMeta so
    that a Module can be an abstract class as well.
    """

    @property
    def printed_name(cls) -> str:
        return f"{vars(cls).get('_printed_in', cls.__module__)}.{cls.__qualname__}"

    def __repr__(cls) -> str:
        return f"<class '{cls.printed_name}'>"

    # abstract classes ask their registers first, which would make every isinstance slow; here nothing is registered
    __instancecheck__ = type.__instancecheck__
    __subclasscheck__ = type.__subclasscheck__


def address(value) -> str:
    """The repr of an object that has nothing to say but where it is."""
    return f"<{type(value).printed_name} object at {id(value):#x}>"
