"""Paths on disk."""

from __future__ import annotations

import os

_PLAIN = os.sep == "/"


def absolute(path: str | os.PathLike[str]) -> str:
    """``os.path.abspath``, quicker for the paths that people and this program write most."""
    path = os.fspath(path)
    if _PLAIN and path and "//" not in path and "/." not in path and path[0] != "." and path[-1] != "/":
        return path if path[0] == "/" else f"{os.getcwd().rstrip('/')}/{path}"
    return os.path.abspath(path)
