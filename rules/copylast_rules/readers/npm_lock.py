"""package-lock.json: is it what ``npm install`` would write again, and which local packages does it name?

Source: https://docs.npmjs.com/cli/configuring-npm/package-lock-json; run
npm/ws-members-missing-root-has-deps-install of the evidence table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from copylast_rules.readers.node_manifests import DEPENDENCIES, Json, Package, as_table
from copylast_rules.readers.places import shown

_COPIED = ("name", "version", "license", "engines", *DEPENDENCIES)
"""Fields of package.json that npm keeps in the lock too."""


def out_of_sync(
    lock: Json, root: Package, members: Mapping[str, Package], base_image: str | None
) -> str | None:
    """Why the lock may be written again, or None where it is proved to be in sync."""
    version = lock.get("lockfileVersion")
    if not isinstance(version, int) or version < 2:
        return "its lockfileVersion is below 2"
    old = re.search(r"(?:^|/)node:v?(\d+)", base_image or "")
    if old and int(old[1]) <= 14:
        return "npm 6 rewrites it"
    packages = as_table(lock.get("packages"))
    top = as_table(packages.get(""))
    if not isinstance(root.data.get("name"), str):
        return "package.json has no name, so that npm takes the directory's"
    if lock.get("name") != root.data.get("name"):
        return "its name differs from package.json"
    different = _different(top, root)
    if different:
        return f"{different} differs from package.json"
    if top.get("workspaces") != root.data.get("workspaces"):
        return "workspaces differ from package.json"
    paths = {shown(directory, root.directory): package for directory, package in members.items()}
    for path, package in paths.items():
        entry = as_table(packages.get(path))
        if path not in packages:
            return f"{path} is not in it"
        different = _different(entry, package)
        if different:
            return f"{different} of {path} differs from its package.json"
    return _incomplete(packages, root, paths)


def _different(entry: Json, package: Package) -> str | None:
    for field in _COPIED:
        if field == "name" and field not in entry:
            continue
        if (entry.get(field) or None) != (package.data.get(field) or None):
            return field
    return None


def _incomplete(packages: Json, root: Package, members: Mapping[str, Package]) -> str | None:
    """Entries that npm would fill in, and dependencies without an entry."""
    for path, value in packages.items():
        entry = as_table(value)
        if "node_modules/" not in path and path not in members and path:
            return f"{path} in it is no member of the workspace"
        if "node_modules/" not in path or entry.get("link") or entry.get("inBundle"):
            continue
        resolved = entry.get("resolved")
        if not isinstance(resolved, str) or not entry.get("version"):
            return f"{path} is not resolved in it"
        if not resolved.startswith(("git", "file:")) and not entry.get("integrity"):
            return f"{path} has no integrity in it"
    for package in (root, *members.values()):
        inside = shown(package.directory, root.directory) + "/" if package is not root else ""
        for field in DEPENDENCIES[:2]:
            for dependency in package.table(field):
                if (
                    f"node_modules/{dependency}" not in packages
                    and f"{inside}node_modules/{dependency}" not in packages
                ):
                    return f"{dependency} is not in it"
    return None


def strings(value: object) -> Iterator[str]:
    """All strings in nested objects (``overrides``)."""
    todo = [value]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            yield value
        todo += as_table(value).values()


def locked(lock: Json) -> Iterator[tuple[str, str]]:
    """Local packages that a lockfile names, as specifiers relative to it."""
    for path, value in as_table(lock.get("packages")).items():
        entry = as_table(value)
        resolved = entry.get("resolved")
        if path and "node_modules" not in path.split("/"):
            yield "file:" + path, path
        elif isinstance(resolved, str) and resolved.startswith("file:"):
            yield resolved, path
        elif isinstance(resolved, str) and entry.get("link"):
            yield "file:" + resolved, path
    todo = [as_table(lock.get("dependencies"))] if "packages" not in lock else []
    while todo:
        for package, value in todo.pop().items():
            entry = as_table(value)
            version = entry.get("version")
            if isinstance(version, str) and version.startswith("file:"):
                yield version, package
            todo.append(as_table(entry.get("dependencies")))
