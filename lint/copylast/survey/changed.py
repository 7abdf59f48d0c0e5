"""The files that a user says changed: where they are in the build context, and what can be said of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from copylast.context.files import BuildContext
from copylast.context.gopath import in_root
from copylast.records import NamedTuple

_LETTERS = {"changed": "M", "is new": "A", "was removed": "D", "has another mode": "M"}


class Changed(NamedTuple):
    """``words`` say of each file in the context what happened to it; ``shown`` is what was asked, as git writes it.

    ``remarks`` are sentences about paths that no build sees.
    """

    words: Mapping[str, str]
    shown: tuple[str, ...]
    remarks: tuple[str, ...]


def locate(given: Sequence[str], root: str | None, context: BuildContext | None) -> Changed:
    """Paths as they are written on a command line, from the working directory or else from the context's root.

    ``-PATH`` is a file that was removed. One that is not there is taken for a new file, a directory for all
    that is in it.
    """
    words: dict[str, str] = {}
    shown: list[str] = []
    remarks: list[str] = []
    for text in given:
        removed = text.startswith("-") and len(text) > 1
        name = text[1:] if removed else text
        path = _inside(name, root, context)
        if path is None:
            shown.append(_letter("changed", name))
            remarks.append(f"{name} is outside of the build context, so no build sees it")
            continue
        entry = context.raw_entry(path) if context is not None else None
        word = "was removed" if removed else "changed" if entry is not None or context is None else "is new"
        shown.append(_letter(word, path or "."))
        if context is None or entry is None or entry.kind != "dir":
            words[path] = word
        else:
            below = [one.path for one in context.files(path) if one.kind != "dir"]
            words.update(dict.fromkeys(below, word))
            if not below:
                remarks.append(f"{name} holds no file that a build sees")
        remarks += _ignored(name, path, context) if entry is None or entry.kind != "dir" else ()
    return Changed(words, tuple(shown), tuple(remarks))


def _ignored(name: str, path: str, context: BuildContext | None) -> list[str]:
    ignore = context.ignore if context is not None else None
    if context is None or ignore is None:
        return []
    found: list[str] = []
    if path == ignore.path:
        found.append(f"{name} is looked at as a file that is copied; what it leaves out is taken to be as it is")
    if context.ignored(path):
        found.append(f"{name} is ignored ({context.shown(ignore.path)}), so no build sees it")
    return found


def _letter(word: str, path: str) -> str:
    return f"{_LETTERS.get(word, 'M')} {path}"


def of_versions(versions: Mapping[str, str]) -> Changed:
    """What happened between two commits (see ``Situation.versions``)."""
    words = {path: version.partition("\0")[0] for path, version in versions.items()}
    return Changed(words, tuple(_letter(word, path) for path, word in words.items()), ())


def _inside(name: str, root: str | None, context: BuildContext | None) -> str | None:
    """The path in the context; None if it leads outside."""
    if root is None or context is None:
        return in_root(name)
    folder = os.path.abspath(root)
    here = _below(os.path.abspath(name), folder)
    if here is not None and context.raw_entry(here) is not None:
        return here
    there = None if os.path.lexists(name) else _below(os.path.join(folder, name), folder)
    return there if there is not None and context.raw_entry(there) is not None else here


def _below(path: str, folder: str) -> str | None:
    """``path`` from ``folder``, links on the way to both followed; None if it leads outside."""
    for place, top in ((path, folder), (_real(path), os.path.realpath(folder))):
        found = os.path.relpath(place, top).replace(os.sep, "/")
        if found != ".." and not found.startswith("../"):
            return "" if found == "." else found
    return None


def _real(path: str) -> str:
    """The path with the links on the way to it followed, itself not."""
    above, name = os.path.split(os.path.normpath(path))
    return os.path.join(os.path.realpath(above), name)
