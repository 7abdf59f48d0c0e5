"""What a shell script, a Makefile or the settings of a CI give a variable, read from the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLOSING = {"(": ")", "{": "}"}
_LIMIT = 4000


def assigned(text: str, name: str) -> Iterator[str]:
    """The texts that ``name`` is given in ``text``: ``NAME=value``, ``NAME ?= value``, ``NAME: value``.

    A value inside of quotes ends with them (``echo "NAME=value" >> "$GITHUB_OUTPUT"``), one of make or YAML with its
    line. What ``--build-arg NAME=value`` passes is given to a build, and to no variable.
    """
    if name not in text:
        return
    for found in re.finditer(rf"(?<![\w.$-]){re.escape(name)}(?:(=)|\s*[:?!]{{0,3}}=[ \t]*|[ \t]*:[ \t]+)", text):
        before = text[found.start() - 1] if found.start() else "\n"
        if text[max(0, found.start() - 40) : found.start()].rstrip(" =\"'").endswith("--build-arg"):
            continue
        if found[1]:
            yield shell_word(text, found.end(), before if before in "\"'" else "")
        else:
            yield text[found.end() : _line_end(text, found.end())].strip()


def shell_word(text: str, start: int, quote: str = "") -> str:
    """The word of the shell that begins at ``start``, substitutions with blanks in them included.

    ``quote`` is the quotation mark that stands open there, and that ends it.
    """
    at, outer = start, quote
    end = min(len(text), start + _LIMIT)
    while at < end:
        char = text[at]
        if char == "\\":
            at += 1
        elif quote == "'":
            if char == quote:
                if outer:
                    break
                quote = ""
        elif char == "$" and text[at + 1 : at + 2] in ("(", "{"):
            at = closing(text, at + 1) - 1
        elif char == "`":
            other = text.find("`", at + 1)
            at = other if other > 0 else end
        elif char in "\"'":
            if char == quote:
                if outer:
                    break
                quote = ""
            elif not quote:
                quote = char
        elif char == "\n" or (not quote and char in " \t;&|)<>"):
            break
        at += 1
    return text[start : min(at, end)]


def closing(text: str, start: int) -> int:
    """The place behind the bracket that closes the one at ``start``; the end of the line where none does."""
    opened, closed = text[start], _CLOSING[text[start]]
    depth, at = 0, start
    end = min(len(text), start + _LIMIT)
    while at < end:
        char = text[at]
        depth += (char == opened) - (char == closed)
        if not depth:
            return at + 1
        at += 1
    return _line_end(text, start)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
