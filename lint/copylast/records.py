"""``NamedTuple`` that costs a tenth of the standard library's when its class is made.

``typing.NamedTuple`` compiles a constructor and every annotation of each class. A check of one file makes
over a hundred such classes and lives for a tenth of a second, a tenth of which went there. These classes
behave as the standard ones do (a test compares them); ``records.pyi`` tells type checkers that they are.

A module that uses it begins with ``from __future__ import annotations``: nothing here evaluates one.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import CodeType, FunctionType

from copylast.typed import Any, cast

try:
    from _collections import _tuplegetter as _field  # type: ignore
except ImportError:  # not CPython
    from operator import itemgetter

    def _field(at: int, doc: str | None) -> object:
        return property(itemgetter(at), doc=doc)


__all__ = ["NamedTuple", "made"]

made = _new = cast("Any", tuple).__new__
"""``made(Span, (start, end))`` is ``Span(start, end)`` in a third of the time, with every field given and none
checked: for the few places that make a dozen records for each Dockerfile."""
_codes: dict[int, CodeType] = {}


def _constructor(fields: tuple[str, ...], defaults: tuple[object, ...]) -> FunctionType:
    """``__new__`` with these parameters: the compiled one of as many, under other names."""
    code = _codes.get(len(fields))
    if code is None:
        names = "".join(f"a{at}, " for at in range(len(fields)))
        code = _codes[len(fields)] = eval(f"lambda _cls, {names}: _new(_cls, ({names}))").__code__
    code = code.replace(co_name="__new__", co_varnames=("_cls", *fields))
    return FunctionType(code, {"_new": _new, "__builtins__": {}, "__name__": __name__}, "__new__", defaults or None)


def _make(cls: Any, iterable: Iterable[object]) -> Any:
    made = _new(cls, iterable)
    if len(made) != len(cls._fields):
        raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
    return made


def _replace(self: Any, /, **changes: object) -> Any:
    made = self._make(map(changes.pop, self._fields, self))
    if changes:
        raise ValueError(f"Got unexpected field names: {list(changes)!r}")
    return made


def _as_dict(self: Any) -> dict[str, object]:
    return dict(zip(self._fields, self, strict=True))


def _repr(self: Any) -> str:
    return f"{type(self).__name__}({', '.join(f'{n}={v!r}' for n, v in zip(self._fields, self, strict=True))})"


def _arguments(self: Any) -> tuple[object, ...]:
    return tuple(self)


class _Meta(type):
    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        if not bases:
            return super().__new__(cls, name, bases, namespace)
        if len(bases) > 1:
            raise TypeError("a NamedTuple inherits from nothing else")
        fields = tuple(namespace.get("__annotations__", ()))
        if not fields:
            raise TypeError(f"{name} has no fields, or its module does not postpone annotations")
        with_default = [field for field in fields if field in namespace]
        if with_default != list(fields[len(fields) - len(with_default) :]):
            raise TypeError(f"a field of {name} without a default follows one with a default")
        defaults = tuple(namespace[field] for field in with_default)
        made = {"__doc__": f"{name}({', '.join(fields)})", "__repr__": _repr, **namespace}
        made.update({field: _field(at, None) for at, field in enumerate(fields)})
        made.update(
            __slots__=(),
            __new__=_constructor(fields, defaults),
            __match_args__=fields,
            __getnewargs__=_arguments,
            __replace__=_replace,
            _fields=fields,
            _field_defaults=dict(zip(with_default, defaults, strict=True)),
            _make=classmethod(_make),
            _replace=_replace,
            _asdict=_as_dict,
        )
        return type(name, (tuple,), made)


class NamedTuple(metaclass=_Meta):
    """The base to inherit from; the class made is a direct child of ``tuple``."""
