"""Paths inside the image, as readers see them: absolute, or ``?/...`` below an unknown directory."""

from __future__ import annotations


def join(base: str, path: str) -> str:
    """``path`` as seen from the directory ``base``, normal. ``?/..`` stays: nobody knows what it is."""
    if path and "./" not in path and "//" not in path and path[-1] not in "./" and base[:1] == "/":
        # Most names are plain, and the base is normal: there is nothing to do.
        return path if path[0] == "/" else f"{base.rstrip('/')}/{path}"
    if path.startswith("/"):
        root, rest = "", path
    else:
        root, rest = ("?", base[1:]) if base.startswith("?") else ("", base)
        rest += "/" + path
    parts: list[str] = []
    for part in rest.split("/"):
        if part in ("", "."):
            continue
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".." or root:
            parts.append(part)
    if root:
        return "/".join([root, *parts])
    return "/" + "/".join(parts)


def parent(path: str) -> str:
    """The directory that holds ``path``; the top is its own parent."""
    if path in ("/", "?"):
        return path
    return path.rsplit("/", 1)[0] or "/"


def name(path: str) -> str:
    """The last part of ``path``."""
    return path.rsplit("/", 1)[-1]


def within(path: str, directory: str) -> bool:
    """Is ``path`` the directory or something below it?"""
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def upward(directory: str) -> list[str]:
    """The directory and all above it, the nearest first."""
    out = [directory]
    while "/" in directory and directory != "/":
        directory = directory[: directory.rindex("/")] or "/"
        out.append(directory)
    return out


def shown(path: str, base: str) -> str:
    """``path`` for people: relative to ``base`` where it lies below, without the ``?``."""
    if path != base and within(path, base):
        return path[len(base.rstrip("/")) + 1 :]
    return path[2:] if path.startswith("?/") else path
