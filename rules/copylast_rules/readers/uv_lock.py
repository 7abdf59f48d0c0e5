"""uv.lock: which packages are local, who depends on whom, and whether it still fits pyproject.toml.

uv writes the file in one form, https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile; reading it
line by line keeps big ones cheap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from copylast import NamedTuple, lazy_regex
from copylast_rules.readers.toml_files import entries, table, texts

LOCAL_KINDS = ("editable", "directory", "virtual", "path")
_SOURCE = lazy_regex(r'source = \{ (\w+) = "([^"\\]*)"')
_NAME = lazy_regex(r'\{ name = "([^"\\]+)"')
_REQUIREMENT = lazy_regex(r"([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*([^;@]*)(?:;(.*))?")
_HARMLESS = frozenset(
    "sources workspace package dev-dependencies default-groups managed index index-url extra-index-url link-mode"
    " cache-keys build-backend python-preference python-downloads pip publish-url"
    " compile-bytecode native-tls concurrent-downloads find-links cache-dir required-version trusted-publishing"
    " check-url".split()
)
"""Settings of ``[tool.uv]`` that do not change what is locked."""


class Locked(NamedTuple):
    """One package: where it comes from, what it depends on, and its ``[package.metadata]`` as text."""

    name: str
    kind: str
    path: str
    dependencies: frozenset[str]
    metadata: str


class Lock(NamedTuple):
    """All packages by name (one name may stand for several versions), the range of Pythons, the workspace's members."""

    packages: Mapping[str, list[Locked]]
    requires_python: str
    members: frozenset[str]

    def local(self) -> Iterator[Locked]:
        """Packages that are directories or files of the project."""
        return (p for versions in self.packages.values() for p in versions if p.kind in LOCAL_KINDS)

    def reachable(self, roots: Iterable[str]) -> frozenset[str]:
        """Names of the packages that the roots need, themselves included."""
        found: set[str] = set()
        waiting = list(roots)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [d for p in self.packages.get(name, ()) for d in p.dependencies]
        return frozenset(found)


def scan(text: str) -> Lock:
    """What a lockfile says."""
    head, *blocks = text.replace("\r\n", "\n").split("\n[[package]]\n")
    python = re.search(r'(?m)^requires-python = "([^"\\]*)"', head)
    packages: dict[str, list[Locked]] = {}
    for block in blocks:
        package = _package(block)
        packages.setdefault(package.name, []).append(package)
    listed = re.search(r"(?ms)^members = \[(.*?)\]", head)
    members = frozenset(re.findall(r'"([^"]+)"', listed[1])) if listed else frozenset[str]()
    return Lock(packages, python[1] if python else "", members)


def _package(block: str) -> Locked:
    own, *rest = re.split(r"(?m)^\[package\.", block)
    name = re.match(r'name = "([^"\\]+)"', own)
    source = re.search(r"(?m)^source = .*", own)
    found = _SOURCE.match(source[0]) if source else None
    metadata = "".join(f"[{part}" for part in rest if part.startswith("metadata"))
    used = {n for part in (own, *rest) if not part.startswith("metadata") for n in _NAME.findall(part)}
    return Locked(
        name[1] if name else "", found[1] if found else "", found[2] if found else "", frozenset(used), metadata
    )


def normal(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def fits(lock: Lock, top: Mapping[str, object], *, root: bool) -> bool:
    """True if it is sure that uv would find the lock up to date for this pyproject.toml; False also where unsure."""
    project = table(top, "project")
    settings = table(top, "tool", "uv")
    if not settings.keys() <= _HARMLESS:
        return False
    name = project.get("name")
    if not isinstance(name, str):
        return not project and not table(top, "dependency-groups")
    if {"dependencies", "optional-dependencies"} & set(texts(project.get("dynamic"))):
        return False
    python = project.get("requires-python")
    if root and (not isinstance(python, str) or _specifiers(python) != _specifiers(lock.requires_python)):
        return False
    own = lock.packages.get(normal(name), [])
    return len(own) == 1 and own[0].kind in LOCAL_KINDS and _same(own[0].metadata, top)


def _same(metadata: str, top: Mapping[str, object]) -> bool:
    import tomllib

    try:
        written = table(tomllib.loads(metadata), "metadata")
    except tomllib.TOMLDecodeError:
        return False
    project, sources = table(top, "project"), table(top, "tool", "uv", "sources")
    sourced = {normal(name) for name in sources}
    wanted = [_wanted(r, None, sourced) for r in texts(project.get("dependencies"))]
    for extra, group in table(project, "optional-dependencies").items():
        wanted += [_wanted(r, extra, sourced) for r in texts(group)]
    if not _equal(wanted, [_row(r) for r in entries(written.get("requires-dist"))]):
        return False
    groups = dict(table(top, "dependency-groups"))
    dev = table(top, "tool", "uv").get("dev-dependencies")
    if dev is not None:
        groups["dev"] = [*entries(groups.get("dev")), *entries(dev)]
    locked = table(written, "requires-dev")
    if {normal(g) for g, rows in groups.items() if rows} != {normal(g) for g, rows in locked.items() if rows}:
        return False
    return all(
        all(isinstance(r, str) for r in entries(rows))
        and _equal([_wanted(r, None, sourced) for r in texts(rows)], [_row(r) for r in entries(locked.get(group))])
        for group, rows in groups.items()
    )


_Row = tuple[str, frozenset[str], frozenset[str], str]


def _equal(one: list[_Row | None], other: list[_Row | None]) -> bool:
    return None not in one and None not in other and set(one) == set(other)


def _wanted(requirement: str, extra: str | None, sourced: set[str]) -> _Row | None:
    """One requirement as the lock would say it; None if that is not sure."""
    m = _REQUIREMENT.fullmatch(requirement.strip())
    if m is None:
        return None
    marker = _marker(m[4] or "")
    if extra is not None:
        if marker:
            return None
        marker = _marker(f"extra == '{normal(extra)}'")
    name = normal(m[1])
    specifiers = frozenset[str]() if name in sourced else _specifiers(m[3].strip().strip("()"))
    return name, frozenset(normal(e.strip()) for e in (m[2] or "").split(",") if e.strip()), specifiers, marker


def _row(value: object) -> _Row | None:
    row = table(value)
    name, specifier, marker = row.get("name"), row.get("specifier", ""), row.get("marker", "")
    if not isinstance(name, str) or not isinstance(specifier, str) or not isinstance(marker, str):
        return None
    sourced = bool({*LOCAL_KINDS, "git", "url", "index"} & row.keys())
    specifiers = frozenset[str]() if sourced else _specifiers(specifier)
    return name, frozenset(normal(e) for e in texts(row.get("extras"))), specifiers, _marker(marker)


def _specifiers(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"\s", "", part) for part in text.split(",") if part.strip())


def _marker(text: str) -> str:
    return re.sub(r"\s+", "", text).replace('"', "'").replace("python_version", "python_full_version")
