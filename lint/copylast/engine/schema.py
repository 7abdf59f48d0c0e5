"""The JSON schema of the configuration file, made from the table of keys."""

from __future__ import annotations

from copylast.engine.keys import KEYS, Key
from copylast.typed import Any

_TEXTS = {"type": "array", "items": {"type": "string"}}
_SHAPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "flag": {"type": "boolean"},
    "choice": {"type": "string"},
    "texts": _TEXTS,
    "selectors": _TEXTS,
    "text-table": {"type": "object", "additionalProperties": {"type": "string"}},
    "selector-table": {"type": "object", "additionalProperties": _TEXTS},
    "tables": {"type": "object", "additionalProperties": {"type": "object"}},
}


def config_schema() -> dict[str, Any]:
    """A schema for ``copylast.toml`` and the table ``[tool.copylast]``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of copylast",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _property(key) for name, key in KEYS.items()},
    }


def _property(key: Key) -> dict[str, Any]:
    schema = {"description": key.about, **_SHAPES[key.shape]}
    if key.choices:
        schema["enum"] = list(key.choices)
    return schema
