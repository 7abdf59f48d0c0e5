"""Shell words: where one ends, and what it means after quote removal."""

from __future__ import annotations

from abc import abstractmethod

from copylast.dockerfile.shell_expansions import OWN, Expansions
from copylast.dockerfile.shell_nodes import Unreadable
from copylast.dockerfile.shell_quotes import Pieces
from copylast.dockerfile.shell_tree import ShellWord
from copylast.regexes import lazy_regex

# Only these end a word; other white space (form feed, no-break space) is part of it, as in the shell.
_ORDINARY = lazy_regex(r"[^ \t\n\r;&|<>()'\"\\$`*?\[]+")
# Most words with variables: unquoted, or all in double quotes.
_EXPANDED = lazy_regex(
    r"(?:(?:[^ \t\n\r;&|<>()'\"\\$`*?\[]++|\$[A-Za-z_][A-Za-z0-9_]*+|\$\{[A-Za-z_][A-Za-z0-9_]*+\})++"
    r"|\"(?:[^\"\\$`]++|\$[A-Za-z_][A-Za-z0-9_]*+|\$\{[A-Za-z_][A-Za-z0-9_]*+\})*+\")"
    r"(?=[ \t\n;&|)]|\Z)"
)
_VARIABLE = lazy_regex(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
# A joined line end behind a word belongs to the blanks that follow.
_JOINED_END = lazy_regex(r"(?:\\\r?\n)++(?=[ \t\n;&|)]|\r\n|\Z)")
_ARRAY = lazy_regex(r"[A-Za-z_][A-Za-z0-9_]*\+?=")


class Words(Expansions):
    """Reads whole words."""

    @abstractmethod
    def skip_lines(self) -> None:
        """Move ``pos`` over blanks, comments and line ends."""

    def word(self, regex: bool = False) -> ShellWord:
        """Read the word at ``pos``; ``regex`` is for the right side of ``=~``, where operators are text."""
        text = self.text
        size = len(text)
        start = pos = self.pos
        match = None if regex else _EXPANDED.match(text, start)
        if match:
            raw = match[0]
            names = frozenset(_VARIABLE.findall(raw))
            if not names & OWN:
                self.names |= names
                self.pos = match.end()
                value = raw[1:-1] if raw[0] == '"' else raw
                return ShellWord(raw, value, self.span(start, self.pos), names, False)
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
                if not inside and _JOINED_END.match(text, pos):
                    break
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
