"""What a check needs of ``typing``, without importing it.

A check of one file is short, and importing ``typing`` would be a part of it that is felt. Annotations are never
evaluated here (``from __future__ import annotations``), so that these names must only be there; ``typed.pyi`` tells
type checkers that they are the standard ones. A module that evaluates annotations, or makes a generic class, takes
``typing`` itself.
"""

from __future__ import annotations

__all__ = ["Any", "Literal", "NoReturn", "Protocol", "TypeVar", "cast", "get_args"]


class _Form:
    """A special form; ``Literal["a"]`` and the like keep what stands in the brackets."""

    __slots__ = ("__args__", "_name")

    def __init__(self, name: str, arguments: tuple[object, ...] = ()) -> None:
        self._name = name
        self.__args__ = arguments

    def __getitem__(self, inside: object) -> _Form:
        return _Form(self._name, inside if isinstance(inside, tuple) else (inside,))  # pyright: ignore

    def __or__(self, other: object) -> _Form:
        return _Form("Union", (self, other))

    def __repr__(self) -> str:
        return self._name + (repr(list(self.__args__)) if self.__args__ else "")


Any = _Form("Any")
Literal = _Form("Literal")
NoReturn = _Form("NoReturn")


class Protocol:
    """The base of a class that only type checkers look at."""

    __slots__ = ()


def TypeVar(name: str, *, bound: object = None) -> _Form:
    """A variable of a function's signature."""
    del bound
    return _Form(name)


def cast(kind: object, value: object) -> object:
    """``value``."""
    del kind
    return value


def get_args(form: _Form) -> tuple[object, ...]:
    """What stands in the brackets of a form."""
    return form.__args__
