"""yarn.lock of Yarn 1: is it what ``yarn install`` would write again?

Yarn writes it again if a pattern of a manifest is missing in it, if an entry is no longer reached, or
if an entry is not resolved with a checksum (``saveLockfileAndIntegrity`` in its ``install.js``).
"""

from __future__ import annotations

from collections.abc import Mapping

from copylast import NamedTuple, lazy_regex
from copylast_rules.readers.node_manifests import DEPENDENCIES, Package

_LINE = lazy_regex(
    r"(?:#.*|(?P<keys>\S.*):|  (?P<field>version|resolved|integrity|uid) (?P<value>\S.*)"
    r"|  (?P<table>dependencies|optionalDependencies):|    (?P<name>\"[^\"]+\"|\S+) (?P<range>\S.*)|)"
)
_MAX_CHARACTERS = 8_000_000
_LOCKED = DEPENDENCIES[:3]


class _Entry(NamedTuple):
    fields: set[str]
    wants: list[str]


def rewritten(text: str, root: Package, members: Mapping[str, Package]) -> str | None:
    """Why the lock may be written again, or None where it is proved to be in sync."""
    if "resolutions" in root.data or "flat" in root.data:
        return "resolutions change what it holds"
    if len(text) > _MAX_CHARACTERS:
        return "it is too long to follow"
    entries = _entries(text)
    if entries is None:
        return "it is not understood"
    own = {package.data.get("name"): package for package in members.values()}
    todo: list[str] = []
    for package in (root, *members.values()):
        for field in _LOCKED:
            for dependency, wanted in package.texts(field).items():
                pattern = f"{dependency}@{wanted}"
                if pattern in entries:
                    todo.append(pattern)
                elif dependency not in own or not _own(own[dependency], wanted):
                    return f"{pattern} is not in it"
    reached: set[int] = set()
    while todo:
        entry = entries[todo.pop()]
        if id(entry) in reached:
            continue
        reached.add(id(entry))
        if not {"resolved", "integrity"} <= entry.fields:
            return "an entry in it is not resolved with a checksum"
        for pattern in entry.wants:
            if pattern not in entries:
                return f"{pattern} is not in it"
            todo.append(pattern)
    stale = next((pattern for pattern, entry in entries.items() if id(entry) not in reached), None)
    return f"{stale} in it is no longer needed" if stale is not None else None


def _own(package: Package, wanted: str) -> bool:
    """Is it surely the workspace's own package that is wanted?"""
    version = package.data.get("version")
    return wanted == "*" or (isinstance(version, str) and wanted in (version, f"^{version}", f"~{version}"))


def _entries(text: str) -> dict[str, _Entry] | None:
    """The entry of each pattern; None for a text that is no lock of Yarn 1."""
    if "# yarn lockfile v1" not in text[:300]:
        return None
    found: dict[str, _Entry] = {}
    entry = _Entry(set(), [])
    for line in text.replace("\r\n", "\n").split("\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        if match["keys"]:
            entry = _Entry(set(), [])
            for key in match["keys"].split(", "):
                found[key.strip('"')] = entry
        elif match["field"]:
            entry.fields.add(match["field"])
        elif match["name"]:
            name, wanted = match["name"].strip('"'), match["range"].strip('"')
            entry.wants.append(f"{name}@{wanted}")
    return found
