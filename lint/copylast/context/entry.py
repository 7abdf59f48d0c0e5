"""One name in a build context, how often files change, and the error of what cannot be had of them."""

from __future__ import annotations

import os
from typing import Literal

from copylast.records import NamedTuple

Tendency = Literal["volatile", "ordinary", "stable", "unknown"]
Kind = Literal["file", "dir", "link", "other"]
"""``other`` are devices, sockets and FIFOs: never opened."""


class Entry:
    """One name in the context; ``mode`` are the permission bits, ``size`` is in bytes."""

    __slots__ = ("_mode", "_size", "kind", "path")

    def __init__(self, path: str, kind: Kind, size: int, mode: int) -> None:
        self.path = path
        self.kind: Kind = kind
        self._size = size
        self._mode = mode

    @property
    def size(self) -> int:
        """In bytes."""
        return self._size

    @property
    def mode(self) -> int:
        """The permission bits."""
        return self._mode

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Entry):
            return NotImplemented
        return (self.path, self.kind, self.size, self.mode) == (other.path, other.kind, other.size, other.mode)

    def __hash__(self) -> int:
        return hash((self.path, self.kind))

    def __lt__(self, other: Entry) -> bool:
        return self.path < other.path

    def __repr__(self) -> str:
        return f"Entry({self.path!r}, {self.kind!r}, {self.size}, {self.mode:#o})"


ROOT = Entry("", "dir", 0, 0o755)


class Churn(NamedTuple):
    """How often files changed: in ``changed`` of the last ``commits`` commits.

    ``tendency`` says whether that is often or seldom; it is *unknown* where there are too few commits to tell.
    """

    changed: int
    commits: int
    tendency: Tendency


class ContextError(Exception):
    """Something in the context cannot be had (too big, not text, unreadable, leads outside)."""


def read_bytes(descriptor: int, limit: int) -> bytes:
    """The first ``limit`` bytes of an open regular file. Raises :class:`OSError`."""
    # Asked for the limit itself, the interpreter would get memory for so much each time.
    data = os.read(descriptor, min(limit, os.fstat(descriptor).st_size + 1))
    while len(data) < limit and (more := os.read(descriptor, min(limit - len(data), 1 << 20))):
        data += more
    return data
