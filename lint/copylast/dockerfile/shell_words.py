"""Reads shell words: quotes, expansions, substitutions.

What a substitution holds is read by the grammar, which is built on top of this class.
"""

from __future__ import annotations

import re

from copylast.dockerfile.shell_nodes import Listing, Locate, Sub, Unreadable
from copylast.dockerfile.shell_tree import ShellWord
from copylast.dockerfile.source import Span

DEEPEST = 60
"""How deep constructs may nest: far above anything written by hand, far below Python's own limit."""

NO_NAMES: frozenset[str] = frozenset()

# Only these end a word; other white space (form feed, no-break space) is part of it, as in the shell.
_ORDINARY = re.compile(r"[^ \t\n\r;&|<>()'\"\\$`*?\[]+")
_QUOTED = re.compile(r"[^\"\\$`]+")
_UNQUOTED = re.compile(r"[^\\$`]+")
_BRACE = re.compile(r"[^}'\"\\$`]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PARAMETER = re.compile(r"\$\{([#!]?)(?:([A-Za-z_][A-Za-z0-9_]*)|[0-9]+|[@*#?$!_-])?")
_BACKTICK = re.compile(r"[^`\\]*(?:\\.[^`\\]*)*`", re.DOTALL)
_NUMERIC = re.compile(r"[^()'\"\\]+")
_ANSI = re.compile(r"((?:[^'\\]|\\.)*)'", re.DOTALL)
_ANSI_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|c(.)|(.))", re.DOTALL
)
_ANSI_LETTERS = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ARRAY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
# The shell sets these itself, so no value from outside may be put in their place.
_OWN = frozenset({"RANDOM", "SECONDS", "LINENO", "BASHPID", "OLDPWD", "PPID", "UID", "EUID", "REPLY", "FUNCNAME"})


def _unescape_ansi(match: re.Match[str]) -> str:
    """The character that one escape of ``$'...'`` stands for."""
    for group, base in ((1, 16), (2, 16), (3, 16), (4, 8)):
        digits = match[group]
        if digits is not None:
            code = int(digits, base)
            return chr(code if code <= 0x10FFFF else 0xFFFD)
    if match[5] is not None:
        return chr(ord(match[5]) & 0x1F)
    return _ANSI_LETTERS.get(match[6], match[6] if match[6] in "\\'\"?" else match[0])


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


class Words:
    """Reads words of ``text``; ``pos`` is the next character, ``subs`` collects the substitutions met."""

    def __init__(self, text: str, locate: Locate, depth: int, names: set[str]) -> None:
        self.text = text
        self.locate = locate
        self.depth = depth
        self.names = names
        self.pos = 0
        self.subs: list[Sub] = []

    def inner(self, text: str, locate: Locate) -> Listing:
        """Read another text that stands inside this one (of backquotes)."""
        raise NotImplementedError

    def parenthesised(self) -> Listing:
        """Read commands from ``pos`` up to the ``)`` that ends them, which is passed."""
        raise NotImplementedError

    def skip_lines(self) -> None:
        """Move ``pos`` over blanks, comments and line ends."""
        raise NotImplementedError

    def deeper(self) -> None:
        """Count one more level of nesting; the caller takes it back."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(f"nested more than {DEEPEST} levels deep")

    def span(self, start: int, end: int) -> Span:
        """The place of ``text[start:end]``; the end is that of its last character, not the next one's place."""
        return Span(self.locate(start), self.locate(end - 1) + 1)

    def finish(self, pieces: Pieces, start: int, end: int) -> ShellWord:
        """The word made of ``pieces``, which was written at ``text[start:end]``."""
        names = NO_NAMES
        if pieces.names:
            names = frozenset(pieces.names)
            self.names |= names
        return ShellWord(self.text[start:end], pieces.value(), self.span(start, end), names, pieces.glob)

    def word(self, regex: bool = False) -> ShellWord:
        """Read the word at ``pos``; ``regex`` is for the right side of ``=~``, where operators are text."""
        text = self.text
        size = len(text)
        start = pos = self.pos
        pieces = Pieces()
        out = pieces.out
        inside = 0
        while pos < size:
            match = _ORDINARY.match(text, pos)
            if match:
                out.append(match[0])
                pos = match.end()
                if pos == size:
                    break
            char = text[pos]
            if char == "'":
                close = text.find("'", pos + 1)
                if close < 0:
                    raise Unreadable("a single quote is not closed")
                pieces.literal(text[pos + 1 : close])
                pos = close + 1
            elif char == '"':
                pos = self.quoted(pieces, pos + 1, -1)
            elif char == "$":
                pos = self.dollar(pieces, pos, False)
            elif char == "\\":
                after = text[pos + 1 : pos + 2]
                if after == "\n" or text.startswith("\r\n", pos + 1):
                    pos += 2 if after == "\n" else 3
                else:
                    pieces.literal(after or char)
                    pos += 2 if after else 1
            elif char in "*?[":
                pieces.glob = True
                out.append(char)
                pos += 1
            elif char == "`":
                pos = self.backquoted(pieces, pos, False)
            elif char == "\r" and not text.startswith("\n", pos + 1):
                out.append(char)
                pos += 1
            elif char in "<>" and text.startswith("(", pos + 1) and not regex and not inside:
                pos = self.substitution(pieces, pos, pos + 2)
            elif char == "(" and not regex and not inside and _ARRAY.fullmatch(text, start, pos):
                pos = self.array(pieces, pos + 1)
            elif char == "(" and (regex or inside or (pos > start and text[pos - 1] in "@!+?*")):
                inside += 1
                pieces.glob = True
                out.append(char)
                pos += 1
            elif inside or (regex and char not in " \t\r\n)"):
                inside -= char == ")"
                out.append(char)
                pos += 1
            else:
                break
        if inside:
            raise Unreadable("a parenthesis is not closed")
        if pos == start:
            raise Unreadable(f"unexpected {text[pos]!r}" if pos < size else "the text ends too early")
        self.pos = pos
        return self.finish(pieces, start, pos)

    def quoted(self, pieces: Pieces, pos: int, stop: int) -> int:
        """Read what double quotes hold, to the closing one; or to ``stop``, where a quote is only a character."""
        text = self.text
        ordinary = (_QUOTED if stop < 0 else _UNQUOTED).match
        end = len(text) if stop < 0 else stop
        while pos < end:
            match = ordinary(text, pos, end)
            if match:
                pieces.out.append(match[0])
                pos = match.end()
                if pos >= end:
                    break
            char = text[pos]
            if char == '"':
                return pos + 1
            if char == "$":
                pos = self.dollar(pieces, pos, True)
            elif char == "`":
                pos = self.backquoted(pieces, pos, stop < 0)
            else:
                after = text[pos + 1 : pos + 2]
                if after == "\n":
                    pos += 2
                elif text.startswith("\r\n", pos + 1):
                    pos += 3
                else:
                    removed = after and after in ('$`\\"' if stop < 0 else "$`\\")
                    pieces.literal(after if removed else char + after)
                    pos += 1 + len(after)
        if stop < 0 or pos > stop:
            raise Unreadable("a double quote is not closed")
        return pos

    def dollar(self, pieces: Pieces, pos: int, quoted: bool) -> int:
        """Read what starts with the ``$`` at ``pos``; gives the offset behind it."""
        text = self.text
        match = _NAME.match(text, pos + 1)
        if match:
            name = match[0]
            pieces.names.add(name)
            if name in _OWN:
                pieces.known = False
            end = match.end()
            # "$A"b must not become $Ab.
            closed = end < len(text) and text[end] in "\"'\\"
            pieces.out.append("${" + name + "}" if closed else "$" + name)
            return end
        char = text[pos + 1 : pos + 2]
        if char == "{":
            return self.parameter(pieces, pos, quoted)
        if char == "(":
            if text.startswith("(", pos + 2):
                end = self.arithmetic_end(pos + 3)
                if end >= 0:
                    self.arithmetic(pieces, pos + 3, end)
                    return end + 2
            return self.substitution(pieces, pos, pos + 2)
        if char and char in "0123456789@*#?$!-":
            pieces.known = False
            return pos + 2
        if char == "'" and not quoted:
            ansi = _ANSI.match(text, pos + 2)
            if not ansi:
                raise Unreadable("a single quote is not closed")
            pieces.literal(_ANSI_ESCAPE.sub(_unescape_ansi, ansi[1]))
            return ansi.end()
        if char == '"' and not quoted:
            return self.quoted(pieces, pos + 2, -1)
        pieces.literal("$")
        return pos + 1

    def parameter(self, pieces: Pieces, start: int, quoted: bool) -> int:
        """Read the ``${...}`` at ``start``; gives the offset behind it."""
        text = self.text
        size = len(text)
        match = _PARAMETER.match(text, start)
        assert match is not None
        name = match[2]
        inner = Pieces()
        pos = match.end()
        # Elsewhere in double quotes a single quote is only a character, but not in a pattern.
        pattern = text[pos : pos + 1] in ("#", "%", "/")
        if not name or match[1] or text.startswith("[", pos) or name in _OWN:
            inner.known = False
        if name:
            inner.names.add(name)
        self.deeper()
        while pos < size:
            chunk = _BRACE.match(text, pos)
            if chunk:
                pos = chunk.end()
                if pos == size:
                    break
            char = text[pos]
            if char == "}":
                self.depth -= 1
                pieces.out.append(text[start : pos + 1])
                pieces.names |= inner.names
                pieces.known = pieces.known and inner.known
                return pos + 1
            if char == "'":
                if quoted and not pattern:
                    pos += 1
                    continue
                pos = text.find("'", pos + 1) + 1
                if not pos:
                    raise Unreadable("a single quote is not closed")
            elif char == '"':
                pos = self.quoted(inner, pos + 1, -1)
            elif char == "$":
                pos = self.dollar(inner, pos, quoted)
            elif char == "`":
                pos = self.backquoted(inner, pos, quoted)
            else:
                pos += 2
        raise Unreadable("a ${ is not closed")

    def substitution(self, pieces: Pieces, start: int, inside: int) -> int:
        """Read the commands at ``inside`` up to their ``)``; ``start`` is where the substitution begins."""
        subs = self.subs
        self.deeper()
        self.pos = inside
        listing = self.parenthesised()
        self.depth -= 1
        self.subs = subs
        end = self.pos
        subs.append(Sub(start, end, listing))
        pieces.known = False
        return end

    def backquoted(self, pieces: Pieces, start: int, quoted: bool) -> int:
        """Read the backquotes at ``start``; gives the offset behind them."""
        match = _BACKTICK.match(self.text, start + 1)
        if not match:
            raise Unreadable("a backquote is not closed")
        removed = '$`\\"' if quoted else "$`\\"
        inner, offsets = without_escapes(self.text, start + 1, match.end() - 1, removed)
        locate = self.locate
        subs = self.subs
        self.deeper()
        listing = self.inner(inner, lambda offset: locate(offsets[offset]))
        self.depth -= 1
        subs.append(Sub(start, match.end(), listing))
        pieces.known = False
        return match.end()

    def arithmetic_end(self, pos: int) -> int:
        """The offset of the ``))`` that ends the arithmetic at ``pos``; -1 if it is a subshell after all."""
        text = self.text
        size = len(text)
        depth = 0
        while pos < size:
            match = _NUMERIC.match(text, pos)
            if match:
                pos = match.end()
                if pos == size:
                    break
            char = text[pos]
            if char == "(":
                depth += 1
            elif char == ")":
                depth -= 1
                if depth < 0:
                    return pos if text.startswith(")", pos + 1) else -1
            elif char == "\\":
                pos += 1
            elif char == "'" or char == '"':
                close = text.find(char, pos + 1)
                if close < 0:
                    return -1
                pos = close
            pos += 1
        return -1

    def arithmetic(self, pieces: Pieces, pos: int, end: int) -> None:
        """Read arithmetic: bare names are variables there."""
        pieces.names.update(_NAME.findall(self.text, pos, end))
        self.quoted(pieces, pos, end)
        pieces.known = False

    def array(self, pieces: Pieces, pos: int) -> int:
        """Read the elements of ``NAME=( ... )``; gives the offset behind the ``)``."""
        self.deeper()
        self.pos = pos
        while True:
            self.skip_lines()
            if self.text.startswith(")", self.pos):
                break
            pieces.names |= self.word().names
        self.depth -= 1
        pieces.known = False
        return self.pos + 1


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
