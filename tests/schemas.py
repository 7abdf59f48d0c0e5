"""Validation by JSON schema, behind a door that type checkers need no stubs for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_jsonschema: Any = import_module("jsonschema")


def problems(schema: Any, document: Any) -> list[str]:
    """What of ``document`` does not fit ``schema``, which is checked too; each with its path."""
    kind = _jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return [f"{error.json_path}: {error.message}" for error in kind(schema).iter_errors(document)]
