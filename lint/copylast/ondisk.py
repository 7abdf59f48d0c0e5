"""Paths and bytes on disk."""

from __future__ import annotations

import os

_PLAIN = os.sep == "/"


def absolute(path: str | os.PathLike[str]) -> str:
    """``os.path.abspath``, quicker for the paths that people and this program write most."""
    path = os.fspath(path)
    if _PLAIN and path and "//" not in path and "/." not in path and path[0] != "." and path[-1] != "/":
        return path if path[0] == "/" else f"{os.getcwd().rstrip('/')}/{path}"
    return os.path.abspath(path)


def read_bytes(descriptor: int, size: int, limit: int) -> bytes:
    """The first ``limit`` bytes of an open regular file that says it has ``size``. Raises :class:`OSError`."""
    # Asked for the limit itself, the interpreter would get memory for so much each time.
    data = os.read(descriptor, min(limit, size + 1))
    while len(data) < limit and (more := os.read(descriptor, min(limit - len(data), 1 << 20))):
        data += more
    return data
