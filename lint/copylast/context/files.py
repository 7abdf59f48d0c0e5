"""The build context: what a COPY may read.

All paths here are relative to the context's root, with ``/`` and without a leading ``./``; the root
itself is ``""``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["file", "dir", "link", "other"]
"""``other`` are devices, sockets and FIFOs: never opened."""


class Entry(NamedTuple):
    """One name in the context; ``mode`` are the permission bits, ``size`` is in bytes."""

    path: str
    kind: Kind
    size: int
    mode: int


class ContextError(Exception):
    """Something in the context cannot be had (too big, not text, unreadable, leads outside)."""


class BuildContext(ABC):
    """The files that a build can see, read lazily, never followed out of the root.

    Implementations give the four raw looks; everything else is the same for a folder on disk, a
    dictionary in memory, an editor's unsaved buffers and a git tree.
    """

    label: str
    """How people call this context: a path, or ``memory``."""

    @abstractmethod
    def raw_entry(self, path: str) -> Entry | None:
        """The entry at ``path`` (not followed if it is a link), ignored or not; None if absent."""

    @abstractmethod
    def raw_children(self, path: str) -> tuple[Entry, ...]:
        """The entries of a directory, sorted by name; empty if it is not a readable directory."""

    @abstractmethod
    def raw_read(self, path: str, limit: int) -> bytes:
        """The first ``limit`` bytes of a regular file. Raises :class:`ContextError`."""

    @abstractmethod
    def raw_link(self, path: str) -> str:
        """The target text of a link. Raises :class:`ContextError`."""

    def entry(self, path: str) -> Entry | None:
        """The entry at ``path`` if it exists and is not ignored."""
        raise NotImplementedError

    def children(self, path: str) -> tuple[Entry, ...]:
        """The entries of a directory that are not ignored."""
        raise NotImplementedError

    def files(self, path: str = "") -> Iterator[Entry]:
        """All entries below ``path`` that a COPY of it brings (directories too), depth first by name.

        Excluded directories are entered only where a ``!`` pattern could match below them.
        """
        raise NotImplementedError

    def resolve(self, path: str) -> str | None:
        """``path`` with links followed inside the root; None if it leads outside or nowhere."""
        raise NotImplementedError

    def read_text(self, path: str, limit: int = 20_000_000) -> str:
        """The text of a file that is not ignored (UTF-8). Raises :class:`ContextError`."""
        raise NotImplementedError
