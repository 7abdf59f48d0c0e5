"""Paths that a pattern of a manifest leads to."""

from __future__ import annotations

import re
from fnmatch import translate

from copylast import lazy_regex
from copylast_rules.readers.gathering import MAX_DEPTH, Gathering, TooMuch
from copylast_rules.readers.places import join

_WILD = lazy_regex(r"[*?\[]")


def paths_of_glob(g: Gathering, base: str, pattern: str) -> list[str]:
    """What is there and matches, sorted: ``*``, ``?``, ``[..]`` within a name, ``**`` over directories.

    A pattern without a wildcard is its own only path, whether something is there or not. Hidden
    names match only where the pattern names the dot. Raises TooMuch.
    """
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    if not _WILD.search(pattern):
        return [join(base, pattern)]
    found: set[str] = set()
    _walk(g, "/" if pattern.startswith("/") else base, parts, found, set(), 0)
    return sorted(found)


def _walk(
    g: Gathering, directory: str, parts: list[str], found: set[str], seen: set[tuple[str, int]], depth: int
) -> None:
    if depth > MAX_DEPTH:
        raise TooMuch
    if (directory, len(parts)) in seen:
        return
    seen.add((directory, len(parts)))
    if not parts:
        found.add(directory)
        return
    first, rest = parts[0], parts[1:]
    if not _WILD.search(first):
        path = join(directory, first)
        if g.kind(path) is not None:
            _walk(g, path, rest, found, seen, depth + 1)
        return
    if first == "**":
        _walk(g, directory, rest, found, seen, depth + 1)
    matches = re.compile(translate(first)) if first != "**" else None
    for name in g.names(directory):
        if name.startswith(".") and not first.startswith("."):
            continue
        path = join(directory, name)
        if matches is None:
            if g.kind(path) == "dir":
                _walk(g, path, parts, found, seen, depth + 1)
        elif matches.fullmatch(name) and (g.kind(path) == "dir" or (not rest and g.kind(path) == "file")):
            _walk(g, path, rest, found, seen, depth + 1)
