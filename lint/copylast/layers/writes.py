"""Whether a command that reads no project file leaves the project's tree alone, too."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from copylast.layers.commands import SYSTEM_PROGRAMS, Facts, paths_of
from copylast.layers.paths import join, overlap, within
from copylast.layers.steps import Copy


def leaves_alone(fact: Facts, copies: Sequence[Copy]) -> bool:
    """True if the command and the COPYs may change places: neither writes or removes what the other brings.

    What an install makes is for :mod:`copylast.rule.overlay`.
    """
    return stays_outside(fact, [copy.dest for copy in copies]) or _makes_new_directories(fact, copies)


def stays_outside(fact: Facts, trees: Sequence[str]) -> bool:
    """True if no redirect, no ``mkdir`` or ``rm`` and no path given to a tool lies in one of the image paths ``trees``.

    A file written below a tree that a COPY lays would change places with the copied one, and one that is
    removed there would come back.
    """
    command, cwd = fact.command, fact.cwd
    plain = {r: r.operator.lstrip("0123456789&") for r in command.redirects}
    targets = [r.target.value for r, operator in plain.items() if operator in (">", ">>", ">|", "<", "<>")]
    name = command.argv[0].rsplit("/", 1)[-1] if command.words else ""
    if name in ("mkdir", "rm"):
        targets += [word.value for word in command.words[1:] if not word.raw.startswith("-")]
    elif name in SYSTEM_PROGRAMS:
        # ``useradd --home-dir /app`` makes the directory, or leaves it as it is.
        targets += [word.value for word in command.words[1:] if word.raw.startswith("/") or "=/" in word.raw]
    if fact.role == "free" and fact.match is not None:
        targets += paths_of(fact.match)
    for target in targets:
        if target is None or "$" in target or (not target.startswith("/") and cwd is None):
            return False
        if name in SYSTEM_PROGRAMS and "=/" in target:
            target = target[target.index("=/") + 1 :]
        path = join(cwd or "/", target)
        if path is None:
            return False
        if path.startswith("/dev/"):
            continue
        if any(overlap(path, tree) for tree in trees):
            return False
    return True


def _makes_new_directories(fact: Facts, copies: Sequence[Copy]) -> bool:
    """True for a ``mkdir`` of directories that none of the COPYs brings, below what they bring."""
    command = fact.command
    if command.argv[:1] != ("mkdir",) or command.redirects or fact.cwd is None:
        return False
    if any(word.value is None or word.names or word.glob for word in command.words):
        return False
    paths: list[str | None] = []
    for word in command.argv[1:]:
        if not word.startswith("-"):
            paths.append(join(fact.cwd, word))
        elif word not in ("-p", "--parents", "-v", "-pv", "-vp"):
            return False
    return all(path is not None and _new(path, copy) for path in paths for copy in copies)


def _new(path: str, copy: Copy) -> bool:
    if copy.selection is None or path == copy.dest or not within(path, copy.dest):
        return False
    while path != copy.dest:
        if copy.selection.context_path(path) is not None:
            return False
        path = posixpath.dirname(path)
    return True
