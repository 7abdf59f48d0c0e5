"""Whether a command that reads no project file leaves the project's tree alone, too, and which file one may change."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from copylast.ecosystem.descriptor import Match
from copylast.ecosystem.readers import Closure
from copylast.layers.commands import SYSTEM_PROGRAMS, Facts, paths_of
from copylast.layers.paths import join, overlap, within
from copylast.layers.steps import Copy
from copylast.regexes import lazy_regex


def leaves_alone(fact: Facts, copies: Sequence[Copy]) -> bool:
    """True if the command and the COPYs may change places: neither writes or removes what the other brings.

    No redirect, no ``mkdir`` or ``rm``, no download and no path given to a tool may lie in the tree that a COPY
    lays: it would change places with the copied one, and one that is removed there would come back. What an
    install makes is for :mod:`copylast.rule.overlay`.
    """
    command = fact.command
    plain = {r: r.operator.lstrip("0123456789&") for r in command.redirects}
    targets = [r.target.value for r, operator in plain.items() if operator in (">", ">>", ">|", "<", "<>")]
    name = command.argv[0].rsplit("/", 1)[-1] if command.words else ""
    if name == "rm" and fact.closure is not None:
        pass  # what it removes is made again by an install
    elif name == "rm":
        targets += [word.value for word in command.words[1:] if not word.raw.startswith("-")]
    elif name in SYSTEM_PROGRAMS:
        # ``useradd --home-dir /app`` makes the directory, or leaves it as it is; so it does with its own.
        targets += [word.value for word in command.words[1:] if word.raw.startswith("/") or "=/" in word.raw]
        if name in ("useradd", "adduser"):
            targets.append(f"/home/{command.argv[-1]}")
    elif fact.role == "free" and fact.match is not None:
        targets += paths_of(fact.match)
    for target in targets:
        if target is not None and "=/" in target and name in SYSTEM_PROGRAMS:
            target = target[target.index("=/") + 1 :]
        if not _outside(target, fact, copies):
            return False
    return all(_outside(target, fact, copies) or _new(target, fact, copies) for target in _made(fact, name))


def beside(fact: Facts, paths: Sequence[str]) -> bool:
    """True if the command reads, makes and removes nothing at or around ``paths``."""
    if fact.role in ("open", "build"):
        return False
    closure = fact.closure or Closure(())
    known = [*(need.path for need in closure.needs), *closure.writes]
    if any(overlap(path, one) for path in paths for one in known):
        return False
    return leaves_alone(fact, [Copy((), path, True, None, None, None, (), False) for path in paths])


def may_change(fact: Facts, path: str) -> bool:
    """True unless the command surely leaves the file at ``path`` as it is.

    Not only ``sed`` or ``npm pkg set`` edit a manifest: whatever may read any file may write any, too. An install
    may write its lockfile; where that comes out as another one, today's build already has two that differ.
    """
    outputs = [r.target.value for r in fact.command.redirects if not r.heredoc and ">" in r.operator]
    if fact.role in ("build", "open"):
        from copylast.layers.removals import removed

        gone = removed(fact)
        return gone is None or any(overlap(one, path) for one in gone)
    if fact.role == "free" and fact.match is not None:
        outputs += [*paths_of(fact.match), *_downloads(fact.match)]
    places = [_place(target, fact) for target in outputs]
    return any(place is None or (place != "/" and overlap(place, path)) for place in places)


def _made(fact: Facts, name: str) -> list[str | None]:
    """What the command makes, and does not take as it is: directories, and files that it downloads."""
    command = fact.command
    if name == "mkdir":
        options = [word for word in command.argv[1:] if word.startswith("-")]
        plain = all(word in ("-p", "--parents", "-v", "-pv", "-vp") for word in options)
        words = [word for word in command.words[1:] if not word.raw.startswith("-")]
        return [None if not plain or word.names or word.glob else word.value for word in words]
    return list(_downloads(fact.match)) if fact.role == "free" and fact.match is not None else []


_OUTPUTS = ("-o", "--output", "-O", "--output-document", "-P", "--directory-prefix", "--output-dir", "-d", "--dir")


def _downloads(match: Match) -> list[str]:
    """The files and directories that a download makes, beside those that are written as paths."""
    program = match.program
    if program not in ("curl", "wget", "git", "aria2c", "axel"):
        return []
    if program == "git":
        given = match.positional
        return list(given[1:2]) or [posixpath.basename(one.rstrip("/")).removesuffix(".git") for one in given[:1]]
    named = [value for option in _OUTPUTS for value in match.options.get(option, ()) if value and value != "-"]
    if named or (program == "curl" and not {"-O", "--remote-name", "--remote-name-all"} & match.options.keys()):
        return named
    return [posixpath.basename(url.split("?")[0].rstrip("/")) for url in match.positional]


_HOME = lazy_regex(r"(~|\$HOME|\$\{HOME\})/")


def _outside(target: str | None, fact: Facts, copies: Sequence[Copy]) -> bool:
    if target is not None and _HOME.match(target):
        return not any(within(copy.dest, home) or _brings_home(copy) for copy in copies for home in ("/root", "/home"))
    path = _place(target, fact)
    return path is not None and (path.startswith("/dev/") or not any(overlap(path, copy.dest) for copy in copies))


def _brings_home(copy: Copy) -> bool:
    """True if a COPY to the root, or to a directory that may be it, may lay files into a home directory."""
    if copy.dest not in ("/", "?"):
        return not copy.dest.startswith("/")
    homes = [f"{copy.dest.rstrip('/')}/{name}" for name in ("root", "home")]
    return copy.selection is None or any(copy.selection.context_path(home) is not None for home in homes)


def _place(target: str | None, fact: Facts) -> str | None:
    """The image path of what is written, None where it is not known."""
    home = _HOME.match(target) if target is not None else None
    if home is not None and target is not None:
        # Whose home it is nobody says, but one of these it is.
        target = "/root/" + target[home.end() :]
    if target is None or "$" in target or (not target.startswith("/") and fact.cwd is None):
        return None
    return join(fact.cwd or "/", target)


def _new(target: str | None, fact: Facts, copies: Sequence[Copy]) -> bool:
    """True for a path below what the COPYs bring that none of them brings, nor a directory on the way to it."""
    path = _place(target, fact)
    return path is not None and not fact.command.redirects and all(_absent(path, copy) for copy in copies)


def _absent(path: str, copy: Copy) -> bool:
    if copy.selection is None or path == copy.dest or not within(path, copy.dest):
        return False
    while path != copy.dest:
        if copy.selection.context_path(path) is not None:
            return False
        path = posixpath.dirname(path)
    return True
