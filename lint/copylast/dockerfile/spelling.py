"""Did you mean: the nearest of a few names."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that at most two edits turn ``word`` into, the nearest first; case counts."""
    best: str | None = None
    least = 3
    for name in names:
        if abs(len(name) - len(word)) < least:
            edits = _distance(word, name)
            if edits < least:
                best, least = name, edits
    return best


def _distance(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for index, char in enumerate(left, 1):
        corner, row[0] = row[0], index
        for column, other in enumerate(right, 1):
            above = row[column]
            row[column] = min(above + 1, row[column - 1] + 1, corner + (char != other))
            corner = above
    return row[-1]


def hint(word: str, names: Iterable[str]) -> str:
    """``; did you mean X?``, or nothing where no name is near."""
    found = nearest(word, names)
    return f"; did you mean {found}?" if found else ""
