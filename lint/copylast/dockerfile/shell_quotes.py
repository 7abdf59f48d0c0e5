"""Quote removal, with the place of every character that is left."""

from __future__ import annotations

import re

from copylast.regexes import lazy_regex

_ANSI_ESCAPE = lazy_regex(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|c(.)|(.))", re.DOTALL
)
_ANSI_LETTERS = dict(zip("abeEfnrtv", "\a\b\x1b\x1b\f\n\r\t\v", strict=True))


class Pieces:
    """A word while it is read. ``dollar`` tells of a literal ``$``, ``known`` turns False for good."""

    __slots__ = ("dollar", "glob", "known", "names", "out")

    def __init__(self) -> None:
        self.out: list[str] = []
        self.names: set[str] = set()
        self.known = True
        self.glob = False
        self.dollar = False

    def literal(self, text: str) -> None:
        """Add text that the shell takes as it stands."""
        self.out.append(text)
        if "$" in text:
            self.dollar = True

    def value(self) -> str | None:
        """What the word means, None where only the running shell knows."""
        if not self.known or (self.dollar and self.names):
            return None
        return "".join(self.out)


def unescape_ansi(text: str) -> str:
    """What stands between the quotes of ``$'...'``, as the shell takes it."""
    return _ANSI_ESCAPE.sub(_ansi_character, text) if "\\" in text else text


def _ansi_character(match: re.Match[str]) -> str:
    for group, base in ((1, 16), (2, 16), (3, 16), (4, 8)):
        digits = match[group]
        if digits is not None:
            code = int(digits, base)
            return chr(code if code <= 0x10FFFF else 0xFFFD)
    if match[5] is not None:
        return chr(ord(match[5]) & 0x1F)
    return _ANSI_LETTERS.get(match[6], match[6] if match[6] in "\\'\"?" else match[0])


def without_escapes(text: str, start: int, end: int, removed: str) -> tuple[str, list[int]]:
    """``text[start:end]`` without the backslashes that stand before a character of ``removed``.

    The second value has the offset in ``text`` of each character, and of the end.
    """
    out: list[str] = []
    offsets: list[int] = []
    pos = start
    while pos < end:
        char = text[pos]
        if char == "\\" and pos + 1 < end and text[pos + 1] in removed:
            pos += 1
            char = text[pos]
        out.append(char)
        offsets.append(pos)
        pos += 1
    offsets.append(end)
    return "".join(out), offsets


def unquote(text: str, start: int, end: int, kept: dict[int, int]) -> tuple[str, list[int]]:
    """The word at ``text[start:end]`` after quote removal, with the offset in ``text`` of each character.

    ``kept`` are the substitutions in it (start to end), which stay as they are.
    """
    out: list[str] = []
    offsets: list[int] = []
    quote = ""
    pos = start
    while pos < end:
        char = text[pos]
        if pos in kept:
            after = kept[pos]
            out.append(text[pos:after])
            offsets.extend(range(pos, after))
            pos = after
            continue
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif not quote and char == "$" and text[pos + 1 : pos + 2] in ("'", '"'):
            pass
        elif char == "\\" and quote != "'" and pos + 1 < end:
            pos += 1
            escaped = text[pos]
            if escaped != "\n":
                if quote and escaped not in '$`\\"':
                    out.append(char)
                    offsets.append(pos - 1)
                out.append(escaped)
                offsets.append(pos)
        else:
            out.append(char)
            offsets.append(pos)
        pos += 1
    offsets.append(end)
    return "".join(out), offsets
