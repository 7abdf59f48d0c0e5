"""The one exception for a run that cannot begin: bad configuration or bad usage."""

from __future__ import annotations

from collections.abc import Iterable

from copylast.records import NamedTuple


class Place(NamedTuple):
    """Line and column from 1, the line's text, and how many characters of it are meant."""

    line: int
    column: int
    text: str
    width: int


class ConfigError(Exception):
    """What is wrong, where, and what was probably meant.

    ``str()`` is the message for people: one line, and the line of the file with a caret if it is known.
    """

    def __init__(self, where: str, message: str, place: Place | None = None) -> None:
        self.where = where
        self.message = message
        self.place = place
        head = f"{where}:{place.line}:{place.column}" if place else where
        text = f"{head}: {message}" if head else message
        if place is not None:
            number = str(place.line)
            gap = " " * len(number)
            carets = " " * (place.column - 1) + "^" * max(1, place.width)
            text += f"\n{gap} |\n{number} | {_plain(place.text)}\n{gap} | {carets}"
        super().__init__(text)


def guess(word: str, known: Iterable[str]) -> str:
    """``; did you mean "x"?`` for a word that is close to one that is known, else nothing."""
    from difflib import get_close_matches

    names = list(known)
    near = get_close_matches(word, names, 1, 0.6)
    if not near:
        folded = {name.lower().replace("_", "-"): name for name in names}
        near = [folded[word.lower().replace("_", "-")]] if word.lower().replace("_", "-") in folded else []
    return f'; did you mean "{near[0]}"?' if near else ""


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
