"""One source of configuration, read and checked: a file, the environment, or the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from copylast.engine.error import ConfigError, guess
from copylast.engine.keys import KEYS, Key
from copylast.records import NamedTuple
from copylast.typed import Any, cast

_TRUE = ("1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off")


class Layer(NamedTuple):
    """Checked values and where they come from.

    ``where`` is the file as people know it, or ``--select`` and the like are made by ``name``.
    ``base`` is the folder that relative paths mean. ``text`` and ``prefix`` find the place of a key.
    """

    values: Mapping[str, Any]
    where: str
    base: str
    text: str = ""
    prefix: tuple[str, ...] = ()
    name: Callable[[str], str] | None = None

    def error(self, path: Sequence[str], message: str, value: str | None = None) -> ConfigError:
        """An error about the key ``path``, or about the string ``value`` in it."""
        if self.name is not None:
            return ConfigError(self.name(path[0]), message)
        # Only a run that fails needs it.
        from copylast.engine.locate import locate

        place = locate(self.text, [*self.prefix, *path], value) if self.text else None
        return ConfigError(self.where, message, place)


def checked(layer: Layer, textual: bool = False) -> Layer:
    """The layer with every value in its final shape: tuples, booleans, mappings of these.

    ``textual``: values are strings that stand for other things (environment, INI). Raises :class:`ConfigError`.
    """
    values: dict[str, Any] = {}
    for name, value in layer.values.items():
        key = KEYS.get(name)
        if key is None:
            raise layer.error([name], f'unknown key "{name}"{guess(name, KEYS)}')
        values[name] = _value(layer, [name], key, value, textual)
    return layer._replace(values=values)


def _value(layer: Layer, path: list[str], key: Key, value: object, textual: bool) -> Any:
    shape = key.shape
    if shape == "flag":
        return _flag(layer, path, value, textual)
    if shape in ("text", "choice"):
        if not isinstance(value, str):
            raise layer.error(path, f'"{path[-1]}" must be a string')
        if key.choices and value not in key.choices:
            choices = ", ".join(key.choices)
            raise layer.error(path, f'"{value}" is not one of {choices}{guess(value, key.choices)}', value)
        return value
    if shape in ("texts", "selectors"):
        return _texts(layer, path, value, textual)
    if not isinstance(value, Mapping):
        raise layer.error(path, f'"{path[-1]}" must be a table')
    table = cast("Mapping[str, object]", value)
    if shape == "selector-table":
        return {name: _texts(layer, [*path, name], one, textual) for name, one in table.items()}
    for name, one in table.items():
        if shape == "text-table" and not isinstance(one, str):
            raise layer.error([*path, name], f'"{name}" must be a string')
        if shape == "tables" and not isinstance(one, Mapping):
            raise layer.error([*path, name], f'"{name}" must be a table of options')
    return dict(table)


def _flag(layer: Layer, path: list[str], value: object, textual: bool) -> bool:
    if isinstance(value, bool):
        return value
    if textual and isinstance(value, str):
        if value.lower() in _TRUE:
            return True
        if value.lower() in _FALSE:
            return False
    raise layer.error(path, f'"{path[-1]}" must be true or false')


def _texts(layer: Layer, path: list[str], value: object, textual: bool) -> tuple[str, ...]:
    if textual and isinstance(value, str):
        return tuple(part for part in value.replace(",", " ").split())
    if not isinstance(value, (list, tuple)):
        raise layer.error(path, f'"{path[-1]}" must be a list of strings')
    items = cast("Sequence[object]", value)
    for item in items:
        if not isinstance(item, str) or not item:
            raise layer.error(path, f'"{path[-1]}" must be a list of strings, and {item!r} is none')
    return tuple(str(item) for item in items)


def from_environment(environment: Mapping[str, str]) -> Layer | None:
    """The layer of the ``COPYLAST_*`` variables, None if there are none. Raises :class:`ConfigError`."""
    prefix = "COPYLAST_"
    found = {name: value for name, value in environment.items() if name.startswith(prefix)}
    if not found:
        return None
    names = {prefix + key.upper().replace("-", "_"): key for key, entry in KEYS.items() if entry.environment}
    values: dict[str, Any] = {}
    for variable, value in sorted(found.items()):
        if variable not in names:
            raise ConfigError(variable, f"unknown environment variable{guess(variable, names)}")
        values[names[variable]] = value
    by_key = {key: variable for variable, key in names.items()}
    layer = Layer(values, "environment", "", name=by_key.__getitem__)
    return checked(layer, textual=True)


def from_assignment(text: str) -> Layer:
    """The layer of ``--config KEY=VALUE``; the value is TOML, or text if it is not. Raises :class:`ConfigError`."""
    import json
    import tomllib

    key, _, value = text.partition("=")
    where = f"--config {key.strip()}"
    textual = False
    try:
        values = tomllib.loads(f"{key} = {value}")
    except tomllib.TOMLDecodeError:
        textual = True
        try:
            values = tomllib.loads(f"{key} = {json.dumps(value.strip())}")
        except tomllib.TOMLDecodeError:
            raise ConfigError("--config", f'"{text}" is neither a file nor KEY=VALUE') from None

    def name(key: str) -> str:
        return where

    return checked(Layer(values, where, "", name=name), textual)
