"""One build as some file of the project declares it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from types import MappingProxyType

from copylast.records import NamedTuple
from copylast.regexes import lazy_regex
from copylast.typed import Literal

Where = Literal["folder", "git", "remote", "none"]

NOTHING: Mapping[str, str] = MappingProxyType({})
SIZE_LIMIT = 2_000_000
_REMOTE = lazy_regex(r"[a-z][a-z0-9+.-]*://|git@[^/]+:|github\.com/", re.I)


class Passed(NamedTuple):
    """A build argument that a declaration passes.

    ``text`` is its value as written there; ``changes`` says what of it is another one at each build ("the commit"),
    None where nothing proves that something is.
    """

    name: str
    text: str
    changes: str | None = None


class BuildTarget(NamedTuple):
    """A build of ``dockerfile`` with ``context``, both absolute paths.

    ``where`` is ``folder``, ``git`` (the repository itself as the builder fetches it: the same files, but
    no ignore file counts), ``remote`` (some address) or ``none``. ``args`` whose value comes from the
    caller's environment are None. ``named_contexts`` are absolute paths or addresses. ``inline`` is a
    Dockerfile written in the declaration; ``dockerfile`` is then empty. ``source`` is the declaring file,
    ``line`` counts from 1, ``label`` says it for people. ``passed`` are the arguments as written, ``exports`` the
    caches that it writes, each as for ``--cache-to``.
    """

    dockerfile: str
    context: str
    where: Where
    label: str
    source: str
    line: int
    target: str | None = None
    args: Mapping[str, str | None] = MappingProxyType({})
    named_contexts: Mapping[str, str] = NOTHING
    platforms: tuple[str, ...] = ()
    inline: str | None = None
    passed: tuple[Passed, ...] = ()
    exports: tuple[str, ...] = ()


def is_remote(text: str) -> bool:
    """Whether a context is an address and no folder."""
    return bool(_REMOTE.match(text))


def place(base: str, text: str) -> str:
    """``text`` as an absolute, normalised path from the folder ``base``; addresses stay as they are."""
    return text if is_remote(text) else os.path.normpath(os.path.join(base, text))


def read(path: str) -> str | None:
    """The text of a regular file of reasonable size; None if it is not one or cannot be read."""
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > SIZE_LIMIT:
            return None
        with open(path, encoding="utf-8-sig", errors="replace", newline="") as stream:
            return stream.read(SIZE_LIMIT)
    except OSError:
        return None
