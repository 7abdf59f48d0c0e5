"""TOML files of projects: read within bounds, and asked without trust."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from copylast import InstallRequest, ProjectFiles
from copylast.typed import cast
from copylast_rules.readers.gathering import LOCAL, Gathering
from copylast_rules.readers.places import join, name

MAX_CHARACTERS = 1_000_000
"""Bigger files are not parsed: it would take more than a second."""


_KNOWN: WeakKeyDictionary[ProjectFiles, dict[str, Mapping[str, object]]] = WeakKeyDictionary()
"""What was parsed before of the same files: several commands are asked for in one place."""


def parsed(g: Gathering, path: str, gate: int = LOCAL) -> Mapping[str, object] | None:
    """The top table of a file, or None after a refusal."""
    known = _KNOWN.setdefault(g.files, {})
    if path in known:
        return known[path]
    text = g.text(path, gate)
    if text is None:
        return None
    if len(text) > MAX_CHARACTERS:
        g.refuse(gate, f"{name(path)} is too big to be read", path)
        return None
    import tomllib

    try:
        known[path] = tomllib.loads(text)
        return known[path]
    except (tomllib.TOMLDecodeError, RecursionError) as e:
        g.refuse(gate, f"{name(path)} cannot be read: {e}", path)
        return None


def project_above(request: InstallRequest, g: Gathering, tool: str) -> tuple[str, Mapping[str, object]] | None:
    """The nearest pyproject.toml, which ``tool`` needs, with its top table; None after a refusal."""
    manifest = g.above(request.cwd, "pyproject.toml")
    if manifest is None:
        g.need_file(join(request.cwd, "pyproject.toml"), f"{tool}'s project file")
        return None
    g.need(manifest, f"{tool}'s project file")
    top = parsed(g, manifest)
    return None if top is None else (manifest, top)


def table(value: object, *keys: str) -> Mapping[str, object]:
    """The table behind the keys, empty where one is missing or something else."""
    for key in keys:
        value = cast("dict[str, object]", value).get(key) if isinstance(value, dict) else None
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def entries(value: object) -> list[object]:
    """A list's entries; a single value as a list of one, nothing as an empty one."""
    if isinstance(value, list):
        return cast("list[object]", value)
    return [] if value is None else [value]


def texts(value: object) -> list[str]:
    """The strings of a list."""
    return [entry for entry in entries(value) if isinstance(entry, str)]


def text_in(value: object, key: str) -> str | None:
    """The string behind a key, or None."""
    found = table(value).get(key)
    return found if isinstance(found, str) else None
