"""Simple commands with their redirects and heredocs, and what may lie between words."""

from __future__ import annotations

import re
from abc import abstractmethod

from copylast.dockerfile.shell_expansions import NO_NAMES
from copylast.dockerfile.shell_nodes import Body, Locate, Node, Redirects, Simple, Sub, Unreadable
from copylast.dockerfile.shell_quotes import Pieces
from copylast.dockerfile.shell_tree import Redirect, ShellWord
from copylast.dockerfile.shell_words import Words
from copylast.dockerfile.source import Span
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

BLANKS = lazy_regex(r"(?:[ \t]++|\\\r?\n|\r(?=\n))*+")
PARENTHESES = lazy_regex(r"[ \t]*\([ \t]*\)")
# Nearly all words are one of these; reading them without the general loop is what makes this quick.
_QUICK = lazy_regex(
    r"[ \t]*+([^ \t\n\r;&|<>()'\"\\$`*?\[#{][^ \t\n\r;&|<>()'\"\\$`*?\[]*+|'[^'$]*+'|\"[^\"\\$`]*+\")"
    r"(?=[ \t\n;&|)]|\Z)"
)
_ASSIGN = lazy_regex(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]\s]*\])?\+?=")
_REDIRECT = lazy_regex(
    r"(?:[0-9]++|\{[A-Za-z_][A-Za-z0-9_]*\})?(?:<<<|<<-|<<|<>|<&|>&|>>|>\||<|>)|&>>|&>",
)

# Goes around the named tuples' own constructor, which takes twice as long, where most words are made.
_new = tuple[object, ...].__new__


class _Pending(NamedTuple):
    """A heredoc whose text comes after the line's end: the redirect with this ``index`` gets it."""

    redirects: Redirects
    at: int
    delimiter: str
    chomp: bool
    quoted: bool


class Simples(Words):
    """Reads simple commands. Behind one, ``last`` is where it ended and ``pos`` is after the blanks."""

    def __init__(self, text: str, locate: Locate, depth: int, names: set[str]) -> None:
        super().__init__(text, locate, depth, names)
        self.pending: list[_Pending] = []
        self.last = 0

    @abstractmethod
    def body(self, name: str) -> Node:
        """Read the compound command that the function ``name`` consists of."""

    # Between the words

    def blanks(self) -> str:
        """Move over blanks and joined lines; gives the next character, empty at the end."""
        match = BLANKS.match(self.text, self.pos)
        if match:
            self.pos = match.end()
        return self.text[self.pos : self.pos + 1]

    def skip_lines(self) -> None:
        while True:
            char = self.blanks()
            if char == "#":
                # Without a line end a comment goes on to the end of the text.
                end = self.text.find("\n", self.pos)
                self.pos = len(self.text) if end < 0 else end
            elif char == "\n":
                self.newline()
            else:
                return

    def newline(self) -> None:
        """Move over a line end and the heredocs that begin behind it."""
        self.pos += 1
        if self.pending:
            pending, self.pending = self.pending, []
            for heredoc in pending:
                self.heredoc(heredoc)

    def heredoc(self, heredoc: _Pending) -> None:
        """Read the lines of one heredoc at ``pos``; a missing terminator ends it with the text."""
        text = self.text
        start = pos = self.pos
        size = end = len(text)
        while pos < size:
            line_end = text.find("\n", pos)
            line_end = size if line_end < 0 else line_end
            line = text[pos:line_end].removesuffix("\r")
            if (line.lstrip("\t") if heredoc.chomp else line) == heredoc.delimiter:
                end, pos = pos, line_end + 1
                break
            pos = line_end + 1
        after = min(pos, size)
        pieces = Pieces()
        mark = len(self.subs)
        if heredoc.quoted or start == end:
            pieces.literal(text[start:end])
        else:
            self.quoted(pieces, start, end)
        if start < end:
            word = self.finish(pieces, start, end)
            heredoc.redirects.bodies.append(Body(start, end, heredoc.quoted, self.taken(mark)))
            found = heredoc.redirects.found
            found[heredoc.at] = found[heredoc.at]._replace(body=word)
        self.pos = after

    def taken(self, mark: int) -> list[Sub]:
        """Take the substitutions that were met since ``mark``."""
        subs = self.subs[mark:]
        del self.subs[mark:]
        return subs

    # Redirects

    def redirects(self) -> Redirects | None:
        """The redirects behind a compound command that ends at ``pos``."""
        redirects: Redirects | None = None
        while True:
            self.last = self.pos
            self.blanks()
            match = _REDIRECT.match(self.text, self.pos)
            if not match:
                return redirects
            redirects = redirects or Redirects()
            self.redirect(match, redirects)

    def redirect(self, match: re.Match[str], redirects: Redirects) -> None:
        """Read the target of the redirect that ``match`` found."""
        start = self.pos
        self.pos = match.end()
        self.blanks()
        operator = match[0]
        target = self.word()
        redirect = Redirect(operator, target, Span(self.locate(start), target.span.end))
        if redirect.heredoc:
            quoted = any(char in target.raw for char in "'\"\\")
            delimiter = target.raw if target.value is None or not quoted else target.value
            chomp = operator.endswith("-")
            self.pending.append(_Pending(redirects, len(redirects.found), delimiter, chomp, quoted))
        redirects.found.append(redirect)

    # Commands

    def simple(self) -> Node:
        """A simple command, or a function written ``name() ...``"""
        text = self.text
        locate = self.locate
        words: list[ShellWord] = []
        starts: list[int] = []
        assigns: list[tuple[str, ShellWord]] = []
        redirects: Redirects | None = None
        mark = len(self.subs)
        start = end = self.pos
        quick = _QUICK.match
        new = _new
        while True:
            match = quick(text, end)
            if match:
                raw = match[1]
                value = raw[1:-1] if raw[0] in "'\"" else raw
                if words or "=" not in value:
                    end = match.end()
                    begin = end - len(raw)
                    span = new(Span, (locate(begin), locate(end - 1) + 1))
                    words.append(new(ShellWord, (raw, value, span, NO_NAMES, False)))
                    starts.append(begin)
                    continue
            self.pos = end
            char = self.blanks()
            pos = self.pos
            if not char or char in "\n;)#|":
                break
            if char in "&<>{0123456789":
                match = _REDIRECT.match(text, pos)
                if match and not (char in "<>" and text.startswith("(", pos + 1)):
                    redirects = redirects or Redirects()
                    self.redirect(match, redirects)
                    end = self.pos
                    continue
                if char == "&":
                    break
            if char == "(":
                match = PARENTHESES.match(text, pos)
                if match and len(words) == 1 and not assigns and not redirects:
                    self.pos = match.end()
                    self.taken(mark)
                    return self.body(words[0].raw)
                raise Unreadable("unexpected (")
            word = self.word()
            end = self.pos
            assign = None if words else _ASSIGN.match(word.raw)
            if assign:
                assigns.append((assign[1], self.assigned(word, assign.end(), pos)))
            else:
                words.append(word)
                starts.append(pos)
        if end == start:
            raise Unreadable(f"unexpected {text[pos : pos + 1]!r}" if pos < len(text) else "nothing follows")
        self.last = end
        subs = self.taken(mark) if len(self.subs) > mark else ()
        return Simple(words, starts, assigns or (), redirects, subs, start, end, text, locate)

    def assigned(self, word: ShellWord, length: int, start: int) -> ShellWord:
        """The part of an assignment behind the ``=``; an empty value lies at the word's end."""
        raw = word.raw[length:]
        begin = self.locate(start + length) if raw else word.span.end
        value = None if word.value is None else word.value[length:]
        return ShellWord(raw, value, Span(begin, word.span.end), word.names, word.glob)
