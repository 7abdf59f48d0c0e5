"""What was copied above a step that reads nothing of the project."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import islice

from copylast.context.entry import Entry
from copylast.layers.commands import Facts
from copylast.layers.model import LayerModel
from copylast.layers.outputs import made_of
from copylast.layers.paths import within
from copylast.layers.steps import Copy, Step
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_STEERING = (
    *(f"/etc/{d}" for d in ("apt", "dpkg", "yum.repos.d", "yum", "dnf", "apk", "pacman.d", "zypp", "rpm")),
    *(f"/etc/{d}" for d in ("pki", "ssl", "ca-certificates")),
    *(f"/etc/{f}" for f in ("yum.conf", "pacman.conf", "pip.conf", "npmrc", "hosts", "resolv.conf", "environment")),
    *("/usr/share/keyrings", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/usr/local/etc"),
    *("/var/lib", "/var/cache"),
)
"""Where settings, keys and certificates of package managers live."""

_HOME = lazy_regex(r"(/root|/home/[^/]+)(?P<below>/.*)?")
_AT_HOME = (
    *(".npmrc", ".yarnrc", ".yarnrc.yml", ".pip", ".config", ".netrc", ".gnupg", ".ssh", ".cargo", ".gemrc"),
    *(".condarc", ".m2", ".gradle", ".gitconfig", ".curlrc", ".wgetrc", ".bundle", ".nuget", ".composer", ".docker"),
)
"""Settings in a home directory."""


class _Brought(NamedTuple):
    """What of a COPY is the same for every step below it: some of its context files, and what they say.

    ``names``: a command that says one of them, as a path or a part of one, may mean what the COPY brings.
    """

    entries: tuple[Entry, ...]
    first: Entry | None
    settled: bool
    steers: bool
    names: frozenset[str]


class Earlier(NamedTuple):
    """A COPY above the step. ``example`` is one context path that it brings, None where there is no context.

    ``settled`` is True if it brings only manifests and settings, which change seldom. ``steering`` is True
    if what it brings may be read by the step after all (a key, a certificate, a file that the step names).
    """

    step: Step
    copy: Copy
    example: str | None
    settled: bool
    steering: bool


def settled_names(model: LayerModel) -> tuple[str, ...]:
    """Base-name globs of the manifests, lockfiles and settings of all managers that the file calls."""
    ecosystems = {
        fact.match.ecosystem.id: fact.match.ecosystem
        for stage in model.stages
        for step in stage.steps
        if step.keyword == "RUN"
        for fact in model.facts(step)
        if fact.match is not None
    }
    return tuple(g for e in ecosystems.values() for g in (*e.manifests, *e.lockfiles, *e.settings))


def earlier_copies(
    model: LayerModel, step: Step, commands: Iterable[Facts], settled: tuple[str, ...]
) -> tuple[Earlier, ...]:
    """The COPYs and ADDs above ``step``, its parents' included, that change with the project, in build order.

    ``commands`` are those of the step that read nothing of the project, ``settled`` globs of manifests and
    settings.
    """
    commands = list(commands)
    said = [word.raw for fact in commands for word in fact.command.words]
    said += [redirect.target.raw for fact in commands for redirect in fact.command.redirects]
    parts = {part for word in said for part in re.split(r"[/=:,;\s\"']+", word)}
    needed = _needed(model, step, commands)
    known = model.shared(_known).setdefault(settled, {})
    found: list[Earlier] = []
    for above in model.before(step):
        copy = above.copy
        if copy is None or copy.remote:
            continue
        if above.index not in known:
            known[above.index] = _brought(model, copy, settled)
        brought = known[above.index]
        if brought is None or (brought.first is None and model.context is not None):
            continue
        named = not parts.isdisjoint(brought.names)
        steering = brought.steers or named or all(entry.path in needed for entry in brought.entries)
        example = brought.first.path if brought.first is not None else None
        found.append(Earlier(above, copy, example, brought.settled, steering))
    return tuple(found)


def _brought(model: LayerModel, copy: Copy, settled: tuple[str, ...]) -> _Brought | None:
    """What ``copy`` brings; None if it does not depend on the context."""
    entries = _entries(model, copy)
    if entries is None:
        return None
    return _Brought(tuple(entries), *_look(entries, settled), _steers(copy), _names(copy))


def _known(model: LayerModel) -> dict[tuple[str, ...], dict[int, _Brought | None]]:
    """What every COPY brings, by ``settled`` and the step's index: found out once, since the steps below all ask."""
    return {}


def _needed(model: LayerModel, step: Step, commands: Iterable[Facts]) -> frozenset[str]:
    """Context paths that the commands read after all: a script that holds them."""
    tree = model.tree(step)
    needs = [need.path for fact in commands if fact.closure is not None for need in fact.closure.needs]
    return frozenset(origin.path for path in needs if (origin := tree.origin(path)) is not None)


def _names(copy: Copy) -> frozenset[str]:
    """The base names of what the COPY names."""
    return frozenset(posixpath.basename(source.rstrip("/")) for source in copy.sources) - {"", ".", "*"}


_ENOUGH = 400


def _entries(model: LayerModel, copy: Copy) -> list[Entry] | None:
    """Some of the context files on which the copy depends; None if it does not depend on the context."""
    if copy.stage is not None:
        return list(dict.fromkeys(part.entry for part in islice(made_of(model, copy), _ENOUGH))) or None
    if not copy.local:
        return None
    if copy.selection is None:
        return []
    return list(islice((entry for entry, _ in copy.selection.pairs() if entry.kind != "dir"), _ENOUGH))


def _steers(copy: Copy) -> bool:
    """True if it lays files where package managers look for their settings."""
    home = _HOME.fullmatch(copy.dest)
    if home is not None and home["below"] is not None:
        return home["below"].startswith("/.")
    places = [f"{copy.dest}/{name}" for name in _AT_HOME] if home is not None else [*_STEERING, "/root"]
    if any(within(copy.dest, place) for place in places):
        return True
    if copy.selection is None:
        return home is not None
    return any(within(place, copy.dest) and copy.selection.context_path(place) is not None for place in places)


def _look(entries: list[Entry], settled: tuple[str, ...]) -> tuple[Entry | None, bool]:
    """One telling entry, and whether all are manifests or settings."""
    for entry in entries:
        name = posixpath.basename(entry.path)
        if not any(fnmatchcase(name, glob) or fnmatchcase(entry.path, glob) for glob in settled):
            return entry, False
    return (entries[0], True) if entries else (None, True)
