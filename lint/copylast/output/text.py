"""Words, colours and safe characters for terminals."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.output.run import Style
from copylast.rule.diagnostic import Severity

_CODES = {
    "bold": "1",
    "red": "1;31",
    "yellow": "1;33",
    "blue": "1;34",
    "green": "32",
    "removed": "31",
    "cyan": "36",
    "dim": "2",
}
_TAB = 4

SEVERITY = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}


def paint(text: str, color: str, style: Style) -> str:
    """``text`` in a colour, if there are colours."""
    return f"\x1b[{_CODES[color]}m{text}\x1b[0m" if style.color and text else text


def clean(text: str, style: Style) -> str:
    """One line of a file as it may be shown: control characters must not reach the terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character, style) for character in text)


def _shown(character: str, style: Style) -> str:
    if character == "\t":
        return " " * _TAB
    if not character.isprintable() and character != " ":
        return "\ufffd" if style.unicode else "?"
    if not style.unicode and ord(character) > 126:
        return "?"
    return character


def width_of(text: str) -> int:
    """How many columns ``text`` takes once it is cleaned."""
    return len(text) + (_TAB - 1) * text.count("\t")


def count(number: int, word: str) -> str:
    """``1 problem``, ``2 problems``; a word in ``-x``, ``-s`` or ``-ch`` takes ``-es``."""
    if number == 1:
        return f"1 {word}"
    return f"{number} {word}{'es' if word.endswith(('x', 's', 'ch')) else 's'}"


def wrap(text: str, width: int, first: str, rest: str) -> list[str]:
    """``text`` in lines of at most ``width`` columns (0: one line), behind the given beginnings."""
    if not width:
        return [first + text]
    lines: list[str] = []
    line = first
    empty = True
    for word in text.split(" "):
        if not empty and len(line) + 1 + len(word) > width:
            lines.append(line)
            line, empty = rest, True
        line += word if empty else " " + word
        empty = False
    return [*lines, line]


def listing(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
