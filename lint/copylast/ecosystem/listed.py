"""What an install reads whose descriptor lists it all, so that no reader of its own is needed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase

from copylast.context.entry import ContextError
from copylast.ecosystem.descriptor import Listed
from copylast.ecosystem.readers import Closure, InstallRequest, Need, Refusal


def read(request: InstallRequest) -> Closure:
    """The closure of a command whose manager has ``[listed]``: files of its directory, by name."""
    ecosystem = request.match.ecosystem
    listed = ecosystem.listed
    assert listed is not None
    directory, named = _arguments(request)
    files = request.files
    names = [name for name in files.names(directory) if files.kind(f"{directory.rstrip('/')}/{name}") != "dir"]
    manifests = list(_matching(directory, names, ecosystem.manifests))
    locks = list(_matching(directory, names, ecosystem.lockfiles))
    settings = [*_matching(directory, names, ecosystem.settings)]
    settings += [f"{directory.rstrip('/')}/{s}" for s in ecosystem.settings if "/" in s and "*" not in s]
    settings = [path for path in settings if files.kind(path) in ("file", "link")]
    if not manifests and not named:
        wanted = posixpath.join(directory, ecosystem.manifests[0] if ecosystem.manifests else "")
        reason = f"there is no manifest of {ecosystem.title} in this directory"
        return Closure((), (Refusal(4, reason, wanted),), idle="no manifest")
    needs = {path: Need(path, "file", "a manifest") for path in (*manifests, *named)}
    needs |= {path: Need(path, "file", "a lock") for path in locks}
    why = f"settings of {ecosystem.title}"
    needs |= {path: Need(path, "file", why, False) for path in settings if path not in needs}
    unsafe = [listed.doubt] if listed.doubt else []
    beside = [name for name in files.names(directory) if any(fnmatchcase(name, glob) for glob in listed.unsure)]
    unsafe += [f"what {ecosystem.title} does depends on whether {name} is there" for name in sorted(beside)]
    writes = [f"{directory.rstrip('/')}/{name}" for name in ecosystem.dependency_dirs]
    if locks and not listed.keeps_lock and not any(option in request.match.options for option in listed.frozen):
        unsafe.append(f"{posixpath.basename(locks[0])} may be written, and the later COPY puts back what was there")
        writes += locks
    refusals = (*_opaque(request, listed, directory, names), *_local(request, listed, sorted(needs)))
    return Closure(tuple(sorted(needs.values())), refusals, tuple(unsafe), tuple(sorted(writes)))


def _arguments(request: InstallRequest) -> tuple[str, list[str]]:
    """The directory that holds the manifests, and files that the command names."""
    directory = request.cwd
    named: list[str] = []
    words = [*request.match.positional, *(v for values in request.match.options.values() for v in values)]
    for word in words:
        if not word or "$" in word:
            continue
        root = "" if word.startswith("/") else request.cwd
        path = posixpath.normpath(f"{root}/{word}")
        kind = request.files.kind(path)
        if kind in ("file", "link"):
            named.append(path)
        elif kind == "dir" and word in request.match.positional:
            directory = path
    return directory, named


def _matching(directory: str, names: list[str], globs: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if any(fnmatchcase(name, glob) for glob in globs):
            yield f"{directory.rstrip('/')}/{name}"


def _opaque(request: InstallRequest, listed: Listed, directory: str, names: list[str]) -> Iterator[Refusal]:
    for path in _matching(directory, names, listed.opaque):
        yield Refusal(3, f"{request.files.shown(path)} is a program and may read any file", path)
    if any("$" in word for word in request.match.positional):
        yield Refusal(7, "which files the command names is not known")


def _local(request: InstallRequest, listed: Listed, paths: list[str]) -> Iterator[Refusal]:
    """Files that cannot be read, that are links, and those that name other files of the project."""
    for path in paths:
        above = path
        while above not in ("", "/", "?") and request.files.kind(above) != "link":
            above = posixpath.dirname(above)
        if above not in ("", "/", "?"):
            yield Refusal(11, f"{request.files.shown(above)} is a symbolic link", above)
            continue
        if not listed.local:
            continue
        try:
            text = request.files.read(path)
        except ContextError as e:
            yield Refusal(3, f"{request.files.shown(path)} cannot be read: {e}", path)
            continue
        for pattern in listed.local:
            for number, line in enumerate(text.splitlines(), 1):
                if pattern.search(line):
                    shown = request.files.shown(path)
                    yield Refusal(3, f"{shown}:{number} may name other files of the project", path, number)
                    break
