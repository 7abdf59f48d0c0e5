"""TOML files as plain values."""

from __future__ import annotations

import re

from copylast_rules.readers.gathering import LOCAL, Gathering
from copylast_rules.readers.node_manifests import Json, as_table, parse_json
from copylast_rules.readers.places import shown


def toml_of(g: Gathering, path: str) -> Json | None:
    """The table that a TOML file is; None after a refusal."""
    text = g.text(path)
    if text is None:
        return None
    import tomllib

    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as e:
        line = re.search(r"at line (\d+)", str(e))
        g.refuse(LOCAL, f"{shown(path, g.cwd)} is not TOML: {e}", path, int(line[1]) if line else None)
    except RecursionError:
        g.refuse(LOCAL, f"{shown(path, g.cwd)} is nested too deep", path)
    return None


def inside(table: Json, *keys: str) -> Json:
    """The table below ``keys``; empty where there is none."""
    for key in keys:
        table = as_table(table.get(key))
    return table


def text_in(table: Json, key: str) -> str | None:
    """A value that is text, else None."""
    value = table.get(key)
    return value if isinstance(value, str) else None


def json_of(g: Gathering, path: str) -> Json | None:
    """The object that a JSON file is; None after a refusal."""
    text = g.text(path)
    data = parse_json(text) if text is not None else None
    if text is not None and data is None:
        g.refuse(LOCAL, f"{shown(path, g.cwd)} is not a JSON object", path)
    return data
