"""Regular expressions that are compiled when they are first used.

A module has patterns for all that it may meet, and one run meets little of it: compiling them all was a
sixth of the time of a check of one file.
"""

from __future__ import annotations

import re
from typing import Any, cast


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
