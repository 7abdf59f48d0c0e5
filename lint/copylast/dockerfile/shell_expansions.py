"""Expansions in a word: variables, substitutions, arithmetic, and double quotes, which may hold them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from copylast.dockerfile.shell_nodes import Listing, Locate, Sub, Unreadable
from copylast.dockerfile.shell_quotes import Pieces, unescape_ansi, without_escapes
from copylast.dockerfile.shell_tree import ShellWord
from copylast.dockerfile.source import Span
from copylast.regexes import lazy_regex

DEEPEST = 60
"""How deep constructs may nest: far above anything written by hand, far below Python's own limit."""

NO_NAMES: frozenset[str] = frozenset()

_QUOTED = lazy_regex(r"[^\"\\$`]+")
_UNQUOTED = lazy_regex(r"[^\\$`]+")
_BRACE = lazy_regex(r"[^}'\"\\$`]+")
_NAME = lazy_regex(r"[A-Za-z_][A-Za-z0-9_]*")
_PARAMETER = lazy_regex(r"\$\{([#!]?)(?:([A-Za-z_][A-Za-z0-9_]*)|[0-9]+|[@*#?$!_-])?")
_BACKTICK = lazy_regex(r"[^`\\]*+(?:\\.[^`\\]*+)*+`", re.DOTALL)
_NUMERIC = lazy_regex(r"[^()'\"\\]+")
_ANSI = lazy_regex(r"((?:[^'\\]++|\\.)*+)'", re.DOTALL)
# The shell sets these itself, so no value from outside may be put in their place.
OWN = frozenset("RANDOM SECONDS LINENO BASHPID OLDPWD PPID UID EUID REPLY FUNCNAME".split())


class Expansions(ABC):
    """Reads parts of ``text``; ``pos`` is the next character, ``subs`` collects the substitutions met."""

    def __init__(self, text: str, locate: Locate, depth: int, names: set[str]) -> None:
        self.text = text
        self.locate = locate
        self.depth: int = depth
        self.names: set[str] = names
        self.pos = 0
        self.subs: list[Sub] = []

    @abstractmethod
    def inner(self, text: str, locate: Locate) -> Listing:
        """Read another text that stands inside this one (of backquotes)."""

    @abstractmethod
    def parenthesised(self) -> Listing:
        """Read commands from ``pos`` up to the ``)`` that ends them, which is passed."""

    def deeper(self) -> None:
        """Count one more level of nesting; the caller takes it back."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(f"nested more than {DEEPEST} levels deep")

    def span(self, start: int, end: int) -> Span:
        """The place of ``text[start:end]``, up to its last character: the next one may be far away."""
        return Span(self.locate(start), self.locate(end - 1) + 1)

    def finish(self, pieces: Pieces, start: int, end: int) -> ShellWord:
        """The word made of ``pieces``, which was written at ``text[start:end]``."""
        names = NO_NAMES
        if pieces.names:
            names = frozenset(pieces.names)
            self.names |= names
        return ShellWord(self.text[start:end], pieces.value(), self.span(start, end), names, pieces.glob)

    def quoted(self, pieces: Pieces, pos: int, stop: int) -> int:
        """Read what double quotes hold, to the closing one, or to ``stop`` (a quote is then text)."""
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
            if name in OWN:
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
            pieces.literal(unescape_ansi(ansi[1]))
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
        if not name or match[1] or text.startswith("[", pos) or name in OWN:
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
        self.deeper()
        self.pos = inside
        listing = self.parenthesised()
        self.depth -= 1
        end = self.pos
        self.subs.append(Sub(start, end, listing))
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
        self.deeper()
        listing = self.inner(inner, lambda offset: locate(offsets[offset]))
        self.depth -= 1
        self.subs.append(Sub(start, match.end(), listing))
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
