"""pnpm-lock.yaml: is it what ``pnpm install`` would write again?

pnpm leaves it alone if the specifiers of all its importers are those of the manifests
(``allProjectsAreUpToDate``) and its settings are the ones that it was made with. The file is a
generated one, so that its lines are read as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from copylast import lazy_regex
from copylast_rules.readers.node_manifests import Package
from copylast_rules.readers.places import shown

_FIELDS = ("dependencies", "devDependencies", "optionalDependencies")
_LINE = lazy_regex(
    r"^(?:(?P<top>\S[^:\n]*):(?P<value>.*)|  (?P<importer>[^\s#].*?):(?: \{\})?|    (?P<field>\w+):"
    r"|      (?P<name>\S+):|        specifier: (?P<specifier>.*)|        version: .*|)$",
    re.M,
)
_LOCAL = lazy_regex(
    r"^ +resolution: \{[^}\n]*\b(?:directory: (?P<directory>[^,}\n]+)|tarball: (?P<file>file:[^,}\n]+))", re.M
)
_DEFAULTS = {"autoInstallPeers: true", "excludeLinksFromLockfile: false"}


def rewritten(text: str, root: Package, members: Mapping[str, Package]) -> str | None:
    """Why the lock may be written again, or None where it is proved to be in sync."""
    text = text.replace("\r\n", "\n")
    version = re.match(r"(?:---\n)?lockfileVersion: '?([\d.]+)'?\n", text)
    manager = root.data.get("packageManager")
    pinned = re.match(r"pnpm@(\d+)\.", manager) if isinstance(manager, str) else None
    if version is None or version[1] not in ("9.0", "6.0"):
        return "its lockfileVersion is not one that is known"
    if (version[1] == "6.0") != (pinned is not None and pinned[1] == "8") or (pinned and int(pinned[1]) < 8):
        return f"which pnpm would keep its lockfileVersion {version[1]} is not known"
    if "pnpm" in root.data or "resolutions" in root.data:
        return "settings of package.json are part of it"
    settings = re.search(r"^settings:\n((?:  .*\n)+)", text, re.M)
    if settings is None or {line.strip() for line in settings[1].splitlines()} != _DEFAULTS:
        return "its settings are not the usual ones"
    importers = _importers(text)
    if importers is None:
        return "it is not understood"
    wanted = {shown(directory, root.directory): package for directory, package in members.items()}
    if root.data:
        wanted["."] = root
    for path, package in wanted.items():
        if _specifiers(package) != importers.get(path, {}):
            return f"the dependencies of {shown(package.path, root.directory)} differ"
    stale = next((path for path in importers if path not in wanted and path != "."), None)
    return f"{stale} in it is no member of the workspace" if stale is not None else None


def member_of(text: str) -> str | None:
    """A project beside the root that the lockfile is for, None if it is for one alone."""
    return next((path for path in _importers(text.replace("\r\n", "\n")) or () if path != "."), None)


def _specifiers(package: Package) -> dict[str, str]:
    """What the lock should say: of a package in two tables, pnpm takes the later of them."""
    found: dict[str, str] = {}
    for field in ("devDependencies", "dependencies", "optionalDependencies"):
        found |= package.texts(field)
    return found


def _importers(text: str) -> dict[str, dict[str, str]] | None:
    """Importer -> dependency -> specifier; None for what is not understood."""
    found: dict[str, dict[str, str]] = {}
    inside = False
    importer: dict[str, str] = {}
    name = ""
    start = text.find("\nimporters:")
    if start < 0:
        return None
    for match in _LINE.finditer(text, start + 1):
        top = match["top"]
        if top is not None:
            if inside or match["value"]:
                break
            inside = True
        elif match["importer"] is not None:
            importer = found[_bare(match["importer"])] = {}
        elif match["field"] is not None and match["field"] not in _FIELDS:
            if match["field"] != "publishDirectory":
                return None
        elif match["name"] is not None:
            name = _bare(match["name"])
        elif match["specifier"] is not None:
            importer[name] = _bare(match["specifier"])
    # Every other top-level key but these is a setting that may have changed.
    tops = set(re.findall(r"^([a-zA-Z]\w*):", text, re.M))
    if tops - {"lockfileVersion", "settings", "importers", "packages", "snapshots", "time"}:
        return None
    return found


def _bare(text: str) -> str:
    if text[:1] == text[-1:] == "'" and len(text) > 1:
        return text[1:-1].replace("''", "'")
    return text[1:-1] if text[:1] == text[-1:] == '"' and len(text) > 1 else text


def local_packages(text: str) -> str | None:
    """A package of the project that the lock names, other than members, or None."""
    found = _LOCAL.search(text)
    return (found["directory"] or found["file"]).strip() if found else None
