"""Options of a rule: a table of the configuration to the rule's frozen dataclass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from copylast.engine.error import guess
from copylast.engine.layer import Layer


class OptionError(Exception):
    """What is wrong with one option; ``key`` is None if the whole table is meant."""

    def __init__(self, key: str | None, message: str) -> None:
        super().__init__(message)
        self.key = key


def options_of(options: type[Any], table: Mapping[str, object]) -> Any:
    """The options with the values of ``table`` (keys in kebab-case). Raises :class:`OptionError`."""
    if not table:
        return options()
    hints = get_type_hints(options)
    fields = {name.replace("_", "-"): name for name in getattr(options, "__dataclass_fields__", {})}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in fields:
            raise OptionError(key, f'unknown option "{key}"{guess(key, fields)}')
        values[fields[key]] = convert(hints[fields[key]], key, value)
    try:
        return options(**values)
    except (TypeError, ValueError) as error:
        # The dataclass may check its own values in __post_init__.
        raise OptionError(None, str(error)) from None


def convert(hint: Any, key: str, value: object) -> Any:
    """``value`` as the type ``hint``: str, bool, int, float, Literal, tuple[X, ...] or X | None.

    Strings stand for the others where the configuration has only strings. Raises :class:`OptionError`.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        if value in arguments:
            return value
        raise OptionError(key, f'"{key}" must be one of {", ".join(map(str, arguments))}')
    if origin is tuple:
        items: Sequence[object] = cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else ()
        if isinstance(value, str):
            items = value.replace(",", " ").split()
        elif not isinstance(value, (list, tuple)):
            raise OptionError(key, f'"{key}" must be a list')
        return tuple(convert(arguments[0], key, item) for item in items)
    if arguments and type(None) in arguments:
        return convert(next(a for a in arguments if a is not type(None)), key, value)
    if hint is bool and isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if hint in (int, float) and not isinstance(value, bool):
        return _number(hint, key, value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        _fail(key, hint)
    return value


def _number(hint: Any, key: str, value: object) -> Any:
    if isinstance(value, (str, int)) or (hint is float and isinstance(value, float)):
        try:
            return hint(value)
        except ValueError:
            pass
    return _fail(key, hint)


def _fail(key: str, hint: type[Any]) -> Any:
    words = {str: "a string", bool: "true or false", int: "a whole number", float: "a number"}
    raise OptionError(key, f'"{key}" must be {words.get(hint, hint.__name__)}')


def locate_option(layers: Sequence[Layer], path: Sequence[str]) -> Layer | None:
    """The last layer that sets the option at ``path``."""
    for layer in layers:
        at: Any = layer.values
        for part in path:
            at = cast("Mapping[str, Any]", at).get(part) if isinstance(at, Mapping) else None
        if at is not None:
            return layer
    return None
