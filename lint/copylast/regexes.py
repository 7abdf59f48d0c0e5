"""Regular expressions that are compiled when they are first used, and shell patterns that need none.

A module has patterns for all that it may meet, and one run meets little of it: compiling them all was a
sixth of the time of a check of one file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import lru_cache

from copylast.typed import Any, cast


class _Late:
    """Stands for a ``re.Pattern``; what is asked for once is afterwards an ordinary attribute."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._compile = (text, flags)

    def __getattr__(self, name: str) -> Any:
        text, flags = self._compile
        found = getattr(re.compile(text, flags), name)
        setattr(self, name, found)
        return found

    def __repr__(self) -> str:
        return f"lazy_regex({self._compile[0]!r})"


def lazy_regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """``re.compile``, later. A wrong pattern is an error at its first use: a test compiles all."""
    return cast("re.Pattern[str]", _Late(text, flags))


_WILD = frozenset("*?[")


@lru_cache(maxsize=256)
def any_of(globs: tuple[str, ...]) -> Callable[[str], bool]:
    """One test for "any of these shell patterns matches", case counted. ``*`` matches ``/``, too."""
    exact: set[str] = set()
    starts: list[str] = []
    ends: list[str] = []
    others: list[str] = []
    for glob in globs:
        if _WILD.isdisjoint(glob):
            exact.add(glob)
        elif glob[0] == "*" and _WILD.isdisjoint(glob[1:]):
            ends.append(glob[1:])
        elif glob[-1] == "*" and _WILD.isdisjoint(glob[:-1]):
            starts.append(glob[:-1])
        else:
            others.append(glob)
    start, end = tuple(starts), tuple(ends)

    def test(text: str) -> bool:
        if text in exact or text.startswith(start) or text.endswith(end):
            return True
        for glob in others:  # noqa: SIM110 - most often there are none, and a generator is made all the same
            if fnmatchcase(text, glob):
                return True
        return False

    return test
