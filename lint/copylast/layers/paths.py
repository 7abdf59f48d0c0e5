"""Paths inside the image.

Normal and absolute (``/app/web``). Where the working directory is the base image's own and not
known, paths that hang on it begin with ``?`` (``?/web``). Other places that cannot be named get a
root of their own (``?7``). Nothing is known of how such roots and ``/`` relate.
"""

from __future__ import annotations

import posixpath

UNKNOWN = "?"
LONGEST = 4096
"""Linux's PATH_MAX: nothing can be looked up by a longer name."""

SYSTEM_DIRS = ("/etc", "/usr", "/lib", "/lib64", "/bin", "/sbin", "/var", "/root", "/home", "/opt", "/run")
"""Where a base image keeps its own; a project below them is recognised by the working directory of its commands."""


def _root(path: str) -> str:
    return path.split("/", 1)[0]


def join(cwd: str, path: str) -> str | None:
    """``path`` as seen from ``cwd``, normalised; None if it climbs out of an unknown root."""
    if path.startswith("/"):
        if "//" not in path and "/." not in path and path[-1] != "/":
            return path
        return "/" + posixpath.normpath(path).lstrip("/")
    if path in (".", "./"):
        return cwd
    joined = posixpath.normpath(f"{cwd}/{path}")
    root = _root(cwd)
    if root:
        return joined if _root(joined) == root else None
    return "/" + joined.lstrip("/")


def within(path: str, parent: str) -> bool:
    """True if ``path`` is ``parent`` or lies below it."""
    parent = parent.rstrip("/")
    return path == parent or path.startswith(f"{parent}/")


def parent_of(path: str) -> str:
    """The directory that holds ``path``; empty for a root."""
    head = path.rpartition("/")[0]
    return head or ("/" if path[1:] and path[0] == "/" else "")


def overlap(one: str, other: str) -> bool:
    """True if one of the two lies in the other, or if nobody can tell."""
    return _root(one) != _root(other) or within(one, other) or within(other, one)


def relative(path: str, base: str) -> str | None:
    """``path`` seen from ``base`` (``.`` for itself); None if it does not lie in it."""
    if not within(path, base):
        return None
    return path[len(base.rstrip("/")) :].lstrip("/") or "."


def known(path: str) -> bool:
    """True if the path can be named: it hangs on ``/``, or on the base image's working directory."""
    return _root(path) in ("", UNKNOWN)
