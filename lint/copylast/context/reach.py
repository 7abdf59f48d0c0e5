"""Where glob patterns could match, without looking at files.

Two questions of an ignore file: can a ``!`` pattern match anything below this directory, and can these
two patterns match the same path. "Yes" may be wrong, "no" never is.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast.context.gopath import glob_matcher

_OPEN = frozenset("[]\\^{")
"""Characters whose meaning in an ignore pattern may reach over a ``/``; ``|`` even backwards."""


class Reach:
    """A set of cleaned patterns, seen from outside."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = [_parts(pattern) for pattern in patterns]
        self._known: dict[str, bool] = {}

    def below(self, directory: str) -> bool:
        """Whether a pattern could match a path below ``directory``."""
        if not self._patterns:
            return False
        known = self._known.get(directory)
        if known is None:
            parts = directory.split("/") if directory else []
            known = self._known[directory] = any(_below(pattern, parts) for pattern in self._patterns)
        return known

    def meets(self, pattern: str) -> bool:
        """Whether ``pattern`` could match a path that one of these matches or has beneath it."""
        other = _parts(pattern)
        return any(_meets(own, other) for own in self._patterns)


def _parts(pattern: str) -> list[str]:
    return ["**"] if "|" in pattern else pattern.split("/")


def _open(part: str) -> bool:
    return "**" in part or not _OPEN.isdisjoint(part)


def _below(pattern: list[str], directory: list[str]) -> bool:
    for part, name in zip(pattern, directory, strict=False):
        if _open(part):
            return True
        if not glob_matcher(part)(name):
            return False
    return len(pattern) > len(directory)


def _meets(own: list[str], other: list[str]) -> bool:
    for at, part in enumerate(own):
        if part == "**":
            rest = own[at + 1 :]
            return any(_meets(rest, other[skip:]) for skip in range(at, len(other) + 1))
        if at >= len(other):
            return False
        if _open(part) or _open(other[at]):
            return True
        if not _parts_meet(part, other[at]):
            return False
    return True


def _parts_meet(one: str, two: str) -> bool:
    wild_one, wild_two = not {"*", "?"}.isdisjoint(one), not {"*", "?"}.isdisjoint(two)
    if wild_one and wild_two:
        heads = [part[: min(part.find(char) % (len(part) + 1) for char in "*?")] for part in (one, two)]
        tails = [part[max(part.rfind(char) for char in "*?") + 1 :] for part in (one, two)]
        return (heads[0].startswith(heads[1]) or heads[1].startswith(heads[0])) and (
            tails[0].endswith(tails[1]) or tails[1].endswith(tails[0])
        )
    if wild_one:
        return bool(glob_matcher(one)(two))
    return bool(glob_matcher(two)(one)) if wild_two else one == two
