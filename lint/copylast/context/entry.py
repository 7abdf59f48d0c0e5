"""One name in a build context, and the error of what cannot be had of it."""

from __future__ import annotations

from copylast.typed import Literal

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


class ContextError(Exception):
    """Something in the context cannot be had (too big, not text, unreadable, leads outside)."""
