"""Reads shell text into a tree: lists, pipelines, commands, compound commands, heredocs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, cast

from copylast.dockerfile.shell_nodes import (
    Body,
    Case,
    Function,
    Group,
    If,
    Listing,
    Locate,
    Loop,
    Node,
    Pipe,
    Simple,
    Sub,
    Unreadable,
)
from copylast.dockerfile.shell_tree import Operator, Redirect, ShellWord
from copylast.dockerfile.shell_words import NO_NAMES, Pieces, Words
from copylast.dockerfile.source import Span

_BLANK = re.compile(r"(?:[ \t]+|\\\r?\n|\r(?=\n))*")
# Nearly all words are one of these; reading them without the general loop is what makes this quick.
_PLAIN = re.compile(r"[ \t]*+([^ \t\n\r;&|<>()'\"\\$`*?\[#{][^ \t\n\r;&|<>()'\"\\$`*?\[]*+)(?=[ \t\n;&|)]|\Z)")
_SIMPLY_QUOTED = re.compile(r"[ \t]*+('[^'$]*+'|\"[^\"\\$`]*+\")(?=[ \t\n;&|)]|\Z)")
_BARE = re.compile(r"[^ \t\n\r;&|<>()'\"\\$`]+(?=[ \t\n\r;&|<>()]|\Z)")
_ASSIGN = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]\s]*\])?\+?=")
_REDIRECT = re.compile(r"(?:[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\})?(?:<<<|<<-|<<|<>|<&|>&|>>|>\||<|>)|&>>|&>")
_PARENTHESES = re.compile(r"[ \t]*\([ \t]*\)")
_CONDITION = re.compile(r"&&|\|\||[()<>]|!(?=[ \t\n])")

_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_NONE: frozenset[str] = frozenset()
_PARENTHESIS = frozenset({")"})
_BRACE = frozenset({"}"})
_THEN = frozenset({"then"})
_IF_END = frozenset({"elif", "else", "fi"})
_FI = frozenset({"fi"})
_DO = frozenset({"do"})
_DONE = frozenset({"done"})
_CASE_END = frozenset({";;", "esac"})


class _Pending(NamedTuple):
    """A heredoc whose text comes after the line's end: ``redirects[at]`` gets it."""

    redirects: list[Redirect]
    at: int
    subs: list[Sub]
    bodies: list[Body]
    delimiter: str
    chomp: bool
    quoted: bool


class Reader(Words):
    """Reads one text. ``top`` has the pipelines of the outermost list as far as they could be read."""

    def __init__(self, text: str, locate: Locate, depth: int, names: set[str]) -> None:
        super().__init__(text, locate, depth, names)
        self.top: list[Pipe] = []
        self.pending: list[_Pending] = []

    def read(self) -> Listing:
        """The whole text; raises :class:`Unreadable`."""
        return self.listing(_NONE, self.top)

    def inner(self, text: str, locate: Locate) -> Listing:
        return Reader(text, locate, self.depth, self.names).read()

    def parenthesised(self) -> Listing:
        listing = self.listing(_PARENTHESIS, [])
        self.pos += 1
        return listing

    # Between the words

    def blanks(self) -> str:
        """Move over blanks and joined lines; gives the next character, empty at the end."""
        match = _BLANK.match(self.text, self.pos)
        if match:
            self.pos = match.end()
        return self.text[self.pos : self.pos + 1]

    def skip_lines(self) -> None:
        while True:
            char = self.blanks()
            if char == "#":
                self.comment()
            elif char == "\n":
                self.newline()
            else:
                return

    def comment(self) -> None:
        """Move to the end of the line; without a line end that is the end of the text."""
        end = self.text.find("\n", self.pos)
        self.pos = len(self.text) if end < 0 else end

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
        size = len(text)
        body_end = size
        while pos < size:
            end = text.find("\n", pos)
            end = size if end < 0 else end
            line = text[pos:end].removesuffix("\r")
            if (line.lstrip("\t") if heredoc.chomp else line) == heredoc.delimiter:
                body_end, pos = pos, min(end + 1, size)
                break
            pos = end + 1
        self.pos = min(pos, size)
        if body_end <= start:
            return
        pieces = Pieces()
        if heredoc.quoted:
            pieces.literal(text[start:body_end])
        else:
            subs, self.subs = self.subs, heredoc.subs
            after = self.pos
            self.quoted(pieces, start, body_end)
            self.pos = after
            self.subs = subs
        word = self.finish(pieces, start, body_end)
        heredoc.bodies.append(Body(start, body_end, heredoc.quoted))
        heredoc.redirects[heredoc.at] = heredoc.redirects[heredoc.at]._replace(body=word)

    # Lists

    def listing(self, closers: frozenset[str], pipes: list[Pipe]) -> Listing:
        """Read pipelines into ``pipes`` up to one of ``closers``, which is not passed."""
        text = self.text
        joined = False
        while True:
            self.skip_lines()
            pos = self.pos
            char = text[pos : pos + 1]
            word = ""
            if not char:
                if closers:
                    raise Unreadable(f"{' or '.join(sorted(closers))} is missing")
                break
            if char == ")" or char == ";":
                if text.startswith(";;", pos) or text.startswith(";&", pos):
                    char = ";;"
                if char in closers:
                    break
                raise Unreadable(f"unexpected {char}")
            bare = _BARE.match(text, pos)
            if bare:
                word = bare[0]
                if word in _CLOSERS:
                    if word in closers:
                        break
                    raise Unreadable(f"unexpected {word}")
            joined = self.pipeline(pipes, word, closers)
        if joined:
            raise Unreadable(f"nothing follows {pipes[-1].operator}")
        return Listing(pipes)

    def pipeline(self, pipes: list[Pipe], word: str, closers: frozenset[str]) -> bool:
        """Read one pipeline and its operator; True if another has to follow. ``word`` is its first one."""
        text = self.text
        start = self.pos
        negated = False
        while word == "!" or (word == "time" and self.compound_follows()):
            negated = negated != (word == "!")
            self.pos += len(word)
            self.blanks()
            word = self.bare()
        nodes = [self.command(word)]
        while True:
            end = self.pos
            char = self.blanks()
            pos = self.pos
            if char != "|" or text.startswith("||", pos):
                break
            self.pos = pos + (2 if text.startswith("|&", pos) else 1)
            self.skip_lines()
            nodes.append(self.command(self.bare()))
        length = 0
        if char == "&" or char == "|":
            length = 2 if text.startswith(char, pos + 1) else 1
        elif char == "\n" or (char == ";" and text[pos + 1 : pos + 2] not in (";", "&")):
            length = 1
        elif char == "#":
            pass
        elif char and char not in ");" and self.bare() not in closers:
            raise Unreadable(f"unexpected {self.bare() or char}")
        operator = cast(Operator, text[pos : pos + length])
        pipes.append(Pipe(nodes, negated, start, end, operator, pos if length else end, pos + length if length else end))
        if char == "\n":
            self.newline()
        else:
            self.pos = pos + length
        return length == 2

    def bare(self) -> str:
        """The unquoted word at ``pos``, empty if there is none; ``pos`` stays."""
        match = _BARE.match(self.text, self.pos)
        return match[0] if match else ""

    def compound_follows(self) -> bool:
        """Whether the ``time`` at ``pos`` stands before a compound command (elsewhere it is a wrapper)."""
        match = _BLANK.match(self.text, self.pos + 4)
        pos = match.end() if match else self.pos
        if self.text.startswith("(", pos):
            return True
        bare = _BARE.match(self.text, pos)
        return bare is not None and (bare[0] in _COMPOUND or bare[0] == "!") and bare[0] != "[["

    # Commands

    def command(self, word: str) -> Node:
        """Read a simple or compound command at ``pos``; ``word`` is the bare word there."""
        start = self.pos
        method = _COMPOUND.get(word)
        if method:
            self.deeper()
            outer, self.subs = self.subs, []
            node = method(self)
            self.subs = outer
            self.depth -= 1
            return node
        if not self.text.startswith("(", start):
            return self.simple()
        self.deeper()
        outer, self.subs = self.subs, []
        end = self.arithmetic_end(start + 2) if self.text.startswith("((", start) else -1
        node = self.group() if end < 0 else self.double_parentheses(end)
        self.subs = outer
        self.depth -= 1
        return node

    def group(self) -> Node:
        """``( list )``"""
        self.pos += 1
        body = self.parenthesised()
        return Group(True, body, self.redirects(), self.subs)

    def double_parentheses(self, end: int) -> Node:
        """``(( arithmetic ))``, whose end is known."""
        start = self.pos
        pieces = Pieces()
        self.arithmetic(pieces, start + 2, end)
        self.pos = end + 2
        return self.as_simple([self.finish(pieces, start, end + 2)], [start], start)

    def as_simple(self, words: list[ShellWord], starts: list[int], start: int) -> Node:
        """A command of its own syntax, given as a simple one with the redirects that follow."""
        bodies: list[Body] = []
        redirects = self.redirects(bodies)
        return Simple(words, starts, [], redirects, self.subs, bodies, start, self.pos, self.text, self.locate)

    def take(self, word: str) -> None:
        """Pass the reserved ``word``, which must come next."""
        self.skip_lines()
        if self.bare() != word:
            raise Unreadable(f"{word} is missing")
        self.pos += len(word)

    def until(self, closers: frozenset[str]) -> Listing:
        """A list that must not be empty."""
        listing = self.listing(closers, [])
        if not listing.pipes:
            raise Unreadable(f"unexpected {self.bare()}")
        return listing

    def braces(self) -> Node:
        """``{ list; }``"""
        self.pos += 1
        body = self.until(_BRACE)
        self.take("}")
        return Group(False, body, self.redirects(), self.subs)

    def if_(self) -> Node:
        """``if`` to ``fi``"""
        branches: list[tuple[Listing | None, Listing]] = []
        word = self.bare()
        while word != "fi":
            self.pos += len(word)
            if word == "else":
                branches.append((None, self.until(_FI)))
            else:
                condition = self.until(_THEN)
                self.take("then")
                branches.append((condition, self.until(_IF_END)))
            word = self.bare()
        self.pos += 2
        return If(branches, self.redirects(), self.subs)

    def while_(self) -> Node:
        """``while`` and ``until``"""
        self.pos += 5
        head = self.until(_DO)
        return self.loop("", head)

    def for_(self) -> Node:
        """``for NAME in ...``, ``for ((...))`` and ``select``"""
        self.pos += len(self.bare())
        variable = ""
        if self.blanks() == "(" and self.text.startswith("((", self.pos):
            end = self.arithmetic_end(self.pos + 2)
            if end < 0:
                raise Unreadable("(( is not closed")
            self.arithmetic(Pieces(), self.pos + 2, end)
            self.pos = end + 2
        else:
            variable = self.word().raw
            self.skip_lines()
            if self.bare() == "in":
                self.pos += 2
                while True:
                    char = self.blanks()
                    if not char or char in ";\n&|)" or char == "#":
                        break
                    self.word()
        if self.blanks() == ";":
            self.pos += 1
        return self.loop(variable, None)

    def loop(self, variable: str, head: Listing | None) -> Node:
        """``do`` to ``done``"""
        self.take("do")
        body = self.until(_DONE)
        self.take("done")
        return Loop(variable, head, body, self.redirects(), self.subs)

    def case(self) -> Node:
        """``case`` to ``esac``"""
        self.pos += 4
        self.blanks()
        self.word()
        self.take("in")
        bodies: list[Listing] = []
        while True:
            self.skip_lines()
            if self.bare() == "esac":
                break
            if self.text.startswith("(", self.pos):
                self.pos += 1
            self.blanks()
            self.word()
            while self.blanks() == "|":
                self.pos += 1
                self.blanks()
                self.word()
            if not self.text.startswith(")", self.pos):
                raise Unreadable("a pattern of case has no )")
            self.pos += 1
            bodies.append(self.listing(_CASE_END, []))
            for end in (";;&", ";;", ";&"):
                if self.text.startswith(end, self.pos):
                    self.pos += len(end)
                    break
        self.pos += 4
        return Case(bodies, self.redirects(), self.subs)

    def function(self) -> Node:
        """``function NAME [()] compound``"""
        self.pos += 8
        self.blanks()
        name = self.word().raw
        match = _PARENTHESES.match(self.text, self.pos)
        if match:
            self.pos = match.end()
        return self.body(name)

    def body(self, name: str) -> Node:
        """The compound command that a function consists of."""
        self.skip_lines()
        word = self.bare()
        if word not in _COMPOUND and not self.text.startswith("(", self.pos):
            raise Unreadable(f"the function {name} has no body")
        return Function(name, self.command(word), [], [])

    def condition(self) -> Node:
        """``[[ ]]``"""
        start = self.pos
        words = [self.piece(start, start + 2)]
        starts = [start]
        self.pos += 2
        while True:
            self.skip_lines()
            pos = self.pos
            if self.bare() == "]]":
                words.append(self.piece(pos, pos + 2))
                starts.append(pos)
                self.pos += 2
                return self.as_simple(words, starts, start)
            match = _CONDITION.match(self.text, pos)
            if match:
                word = self.piece(pos, match.end())
                self.pos = match.end()
            else:
                word = self.word(words[-1].raw == "=~")
            words.append(word)
            starts.append(pos)

    def piece(self, start: int, end: int) -> ShellWord:
        """A word whose text means itself."""
        text = self.text[start:end]
        return ShellWord(text, text, self.span(start, end), NO_NAMES, False)

    def redirects(self, bodies: list[Body] | None = None) -> list[Redirect]:
        """The redirects behind a compound command; the text of its heredocs goes to ``bodies``."""
        found: list[Redirect] = []
        into: list[Body] = [] if bodies is None else bodies
        while True:
            end = self.pos
            self.blanks()
            match = _REDIRECT.match(self.text, self.pos)
            if not match:
                # What ends here is the command, not the blanks behind it.
                self.pos = end
                return found
            self.redirect(match, found, into)

    def redirect(self, match: re.Match[str], found: list[Redirect], bodies: list[Body]) -> None:
        """Read the target of the redirect that ``match`` found."""
        start = self.pos
        self.pos = match.end()
        self.blanks()
        operator = match[0]
        target = self.word()
        found.append(Redirect(operator, target, Span(self.locate(start), target.span.end)))
        if operator.endswith("<<") or operator.endswith("<<-"):
            quoted = any(char in target.raw for char in "'\"\\")
            delimiter = target.raw if target.value is None or not quoted else target.value
            chomp = operator.endswith("-")
            self.pending.append(_Pending(found, len(found) - 1, self.subs, bodies, delimiter, chomp, quoted))

    def simple(self) -> Node:
        """A simple command, or a function written ``name() ...``"""
        text = self.text
        locate = self.locate
        words: list[ShellWord] = []
        starts: list[int] = []
        assigns: list[tuple[str, ShellWord]] = []
        redirects: list[Redirect] = []
        bodies: list[Body] = []
        outer, self.subs = self.subs, []
        start = end = self.pos
        plain = _PLAIN.match
        simply_quoted = _SIMPLY_QUOTED.match
        while True:
            match = plain(text, end)
            if match and (words or "=" not in match[1]):
                raw = match[1]
                begin = match.start(1)
                end = match.end()
                words.append(ShellWord(raw, raw, Span(locate(begin), locate(end - 1) + 1), NO_NAMES, False))
                starts.append(begin)
                continue
            match = simply_quoted(text, end)
            if match:
                raw = match[1]
                begin = match.start(1)
                end = match.end()
                words.append(ShellWord(raw, raw[1:-1], Span(locate(begin), locate(end - 1) + 1), NO_NAMES, False))
                starts.append(begin)
                continue
            self.pos = end
            char = self.blanks()
            pos = self.pos
            if not char or char in "\n;)#" or char == "|":
                break
            if char in "&<>{0123456789":
                match = _REDIRECT.match(text, pos)
                if match and not (char in "<>" and text.startswith("(", pos + 1)):
                    self.redirect(match, redirects, bodies)
                    end = self.pos
                    continue
                if char == "&":
                    break
            if char == "(":
                match = _PARENTHESES.match(text, pos)
                if match and len(words) == 1 and not assigns and not redirects:
                    self.pos = match.end()
                    self.subs = outer
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
            raise Unreadable(f"unexpected {text[self.pos : self.pos + 2]!r}" if self.pos < len(text) else "nothing follows")
        self.pos = end
        subs, self.subs = self.subs, outer
        return Simple(words, starts, assigns, redirects, subs, bodies, start, end, text, locate)

    def assigned(self, word: ShellWord, length: int, start: int) -> ShellWord:
        """The part of an assignment behind the ``=``; an empty value lies at the word's end."""
        raw = word.raw[length:]
        begin = self.locate(start + length) if raw else word.span.end
        value = None if word.value is None else word.value[length:]
        return ShellWord(raw, value, Span(begin, word.span.end), word.names, word.glob)


_COMPOUND: dict[str, Callable[[Reader], Node]] = {
    "{": Reader.braces,
    "if": Reader.if_,
    "while": Reader.while_,
    "until": Reader.while_,
    "for": Reader.for_,
    "select": Reader.for_,
    "case": Reader.case,
    "function": Reader.function,
    "[[": Reader.condition,
}
