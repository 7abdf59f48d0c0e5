"""Whether a tool that reads no file of the project may still miss one that sinks below it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from copylast import Facts, LayerModel, Refused, Step, command_name, keeps_downloads, within

_ENVIRONMENTS = frozenset({"node_modules", "vendor", "venv", ".venv", "env", "site-packages", "bin", "lib", ".bin"})
"""Names of directories in which programs, or the packages beside which others are put, are installed."""
_PREPARES = frozenset({"update", "profile", "remote", "config", "repo", "init"})
"""Subcommands whose whole effect is an index or a setting in the directory that keeps the manager's downloads."""
_BY_PACKAGE_JSON = frozenset({"corepack", "pnpm", "yarn", "yarnpkg", "playwright", "cypress", "puppeteer", "browsers"})
"""Programs whose version, or whether they run at all, ``package.json`` decides."""


def doubt_of(model: LayerModel, step: Step, at: Step, fact: Facts, lowered: Sequence[Step]) -> str | None:
    """Why the command, which stands in the step ``at`` and moves up with ``step``, may do something else
    if it runs before the COPYs ``lowered``, where it is not sure.

    Raises :class:`Refused` where it surely would.
    """
    match = fact.match
    if match is None or match.kind != "tool":
        return None
    name = command_name(fact)
    if not match.ecosystem.system:
        if fills_a_mount(model, at, fact):
            reason = f"what `{name}` leaves is in a cache mount, which may be empty when the step is not run again"
            raise Refused(9, reason)
        _refuse_looked_for(model, step, fact, lowered)
        for other in lowered:
            copy = other.copy
            if copy is None or copy.stage is None:
                continue
            line = other.line
            if _holds_programs(model, step, copy.dest, copy.sources):
                raise Refused(7, f"`{name}` may use what line {line} brings from another stage")
    if match.program == "git" and not any(re.search(r"\d", v) for v in _revisions(fact)):
        return f"`{name}` would be taken from the cache even if the repository has changed"
    return None


def fills_a_mount(model: LayerModel, step: Step, fact: Facts) -> bool:
    """True if all that the command leaves is an index or a setting in a cache mount of its step.

    What later steps find there is not in the step's layer: taken from the cache, the step leaves nothing.
    """
    match = fact.match
    if match is None or not _PREPARES & set(match.subcommand):
        return False
    return keeps_downloads(model, step, match.ecosystem)


def _revisions(fact: Facts) -> tuple[str, ...]:
    assert fact.match is not None
    options = fact.match.options
    return tuple(value for name in ("-b", "--branch", "--revision") for value in options.get(name, ()))


def _refuse_looked_for(model: LayerModel, step: Step, fact: Facts, lowered: Sequence[Step]) -> None:
    """Raises :class:`Refused` if a file that the tool looks for in its directory, or above, sinks below it."""
    assert fact.match is not None
    ecosystem = fact.match.ecosystem
    if fact.match.subcommand[:1] in (("enable",), ("disable",)):
        return
    globs = list(ecosystem.settings)
    if re.split("@", fact.match.program)[0] in _BY_PACKAGE_JSON:
        globs.append("package.json")
    if ecosystem.id == "version-managers":
        globs += ecosystem.manifests
    tree = model.tree(step)
    indexes = {other.index for other in lowered}
    directory = fact.cwd or step.cwd
    while True:
        for glob in globs:
            folder = posixpath.join(directory, posixpath.dirname(glob)).rstrip("/")
            for name in tree.names(folder or "/"):
                origin = tree.origin(f"{folder}/{name}") if fnmatchcase(name, posixpath.basename(glob)) else None
                if origin is None or origin.step.index not in indexes or tree.kind(f"{folder}/{name}") == "dir":
                    continue
                line = origin.step.line
                raise Refused(7, f"`{command_name(fact)}` may read {origin.path}, which line {line} copies")
        above = posixpath.dirname(directory)
        if above == directory or not above:
            return
        directory = above


def _holds_programs(model: LayerModel, step: Step, dest: str, sources: Sequence[str]) -> bool:
    places = [dest, *(f"{dest}/{posixpath.basename(source.rstrip('/'))}" for source in sources)]
    if any(part in _ENVIRONMENTS for place in places for part in place.split("/")):
        return True
    values = [value for value in model.environment(step).values() if value]
    named = [part for value in values for part in value.split(":") if part.startswith("/") and part != "/"]
    return any(within(part, dest) for part in named)
