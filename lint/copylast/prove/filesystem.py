"""The final file systems of two builds, compared name by name."""

from __future__ import annotations

import hashlib
import posixpath
import re
import tarfile
from collections.abc import Iterable, Mapping

from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

ADDED = "is only there after the fix"
GONE = "is gone after the fix"
MAY_DIFFER: tuple[tuple[str, str], ...] = (
    ("**/__pycache__/*.pyc", "compiled Python holds the time of its source"),
    ("**/__pycache__", "compiled Python is written when a file is first used"),
    ("**/*.pyc", "compiled Python holds the time of its source"),
    ("root/.cache/**", "the cache of a program, kept by time of use"),
    ("home/*/.cache/**", "the cache of a program, kept by time of use"),
    ("root/.npm/**", "npm's own cache and logs, named by time"),
    ("home/*/.npm/**", "npm's own cache and logs, named by time"),
    ("var/log/**", "logs hold times"),
    ("var/cache/ldconfig/aux-cache", "ldconfig notes inode numbers and times"),
    ("tmp/node-compile-cache/**", "node's compile cache"),
    ("tmp/v8-compile-cache-*/**", "node's compile cache"),
    ("tmp/yarn--*", "a folder that yarn names by time"),
    ("tmp/yarn--*/**", "a folder that yarn names by time"),
    ("**/node_modules/.modules.yaml", "pnpm notes there when it last cleaned up"),
    ("**/pnpm/store/*/files/*/*-index.json", "pnpm notes there when it checked a package"),
    ("etc/resolv.conf", "laid over by the builder while a step runs"),
    ("etc/hosts", "laid over by the builder while a step runs"),
)
"""Paths (``**``: any number of directories) that two builds of one Dockerfile may make differently, and why.

Times of change are never compared.
"""


class File(NamedTuple):
    """One name in a file system: everything of it that a program could see, its times left out.

    ``kind`` is file, dir, link, or other; a hard link counts as the file that it is. ``content`` is the
    digest of a file, the target of a link, the number of a device.
    """

    kind: str
    mode: int
    uid: int
    gid: int
    content: str


class Difference(NamedTuple):
    """A path that is not the same in both, and in which way; ``excuse`` says why that is nothing, if it is."""

    path: str
    what: str
    excuse: str = ""


_KINDS = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.DIRTYPE: "dir", tarfile.SYMTYPE: "link"}


def read_tree(place: str) -> dict[str, File]:
    """All names of an image's file system that was written as tar, by their path without leading slash."""
    found: dict[str, File] = {}
    with tarfile.open(place, "r:") as archive:
        for member in archive:
            path = posixpath.normpath(member.name).lstrip("/")
            if member.islnk():
                found[path] = found[posixpath.normpath(member.linkname).lstrip("/")]
                continue
            kind = _KINDS.get(member.type, "other")
            content = f"{member.devmajor}:{member.devminor}" if kind == "other" else member.linkname
            if kind == "file":
                content = _digest(archive, member)
            mode = 0 if kind == "link" else member.mode & 0o7777
            found[path] = File(kind, mode, member.uid, member.gid, content)
    return found


def _digest(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    stream = archive.extractfile(member)
    assert stream is not None
    found = hashlib.sha256()
    with stream:
        while piece := stream.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def digest(text: str | bytes) -> str:
    """The ``content`` of a file that holds ``text``."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text).hexdigest()


def compare(before: Mapping[str, File], after: Mapping[str, File]) -> tuple[Difference, ...]:
    """Every difference, those that may be included."""
    found: list[Difference] = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        if old is None or new is None:
            found.append(Difference(path, ADDED if old is None else GONE))
            continue
        said: list[str] = []
        if old.kind != new.kind:
            said.append(f"was a {old.kind} and is a {new.kind}")
        elif old.content != new.content:
            said.append("has other content" if old.kind == "file" else f"was {old.content} and is {new.content}")
        if old.mode != new.mode:
            said.append(f"had mode {old.mode:04o} and has {new.mode:04o}")
        if (old.uid, old.gid) != (new.uid, new.gid):
            said.append(f"was of {old.uid}:{old.gid} and is of {new.uid}:{new.gid}")
        found.append(Difference(path, ", ".join(said)))
    return tuple(found)


class Allowance:
    """Which differences say nothing, by the path's pattern."""

    def __init__(self, patterns: Iterable[tuple[str, str]] = MAY_DIFFER) -> None:
        self._patterns = [(re.compile(_regular(pattern)), reason) for pattern, reason in patterns]

    def reason(self, path: str) -> str | None:
        """Why ``path`` may differ; None if it may not."""
        return next((reason for pattern, reason in self._patterns if pattern.fullmatch(path)), None)


_PIECES = lazy_regex(r"\*\*/|\*\*|\*|[^*]+")


def _regular(pattern: str) -> str:
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return "".join(known.get(one[0]) or re.escape(one[0]) for one in _PIECES.finditer(pattern))
