"""Compound commands: groups, branches, loops, functions, and the tests of bash."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from copylast.dockerfile.shell_expansions import NO_NAMES
from copylast.dockerfile.shell_nodes import Branches, Function, Group, Listing, Node, Pipe, Simple, Unreadable
from copylast.dockerfile.shell_quotes import Pieces
from copylast.dockerfile.shell_simple import PARENTHESES, Simples
from copylast.dockerfile.shell_tree import ShellWord
from copylast.regexes import lazy_regex

# What ends a word that can be a reserved one.
DELIMITED = r"(?=(?:\\\r?\n)*+(?:[ \t\n\r;&|<>()]|\Z))"
BARE = lazy_regex(r"[^ \t\n\r;&|<>()'\"\\$`]++" + DELIMITED)
_CONDITION = lazy_regex(r"&&|\|\||[()<>]|!(?=[ \t\n])")

_BRACE = frozenset({"}"})
_THEN = frozenset({"then"})
_IF_END = frozenset({"elif", "else", "fi"})
_FI = frozenset({"fi"})
_DO = frozenset({"do"})
_DONE = frozenset({"done"})
_CASE_END = frozenset({";;", "esac"})


class Compounds(Simples):
    """Reads compound commands. Each method begins at its reserved word and ends behind the last one."""

    @abstractmethod
    def listing(self, closers: frozenset[str], pipes: list[Pipe]) -> Listing:
        """Read pipelines into ``pipes`` up to one of ``closers``, which is not passed."""

    def bare(self) -> str:
        """The unquoted word at ``pos``, empty if there is none; ``pos`` stays."""
        match = BARE.match(self.text, self.pos)
        return match[0] if match else ""

    def command(self, word: str) -> Node:
        """Read a simple or compound command at ``pos``; ``word`` is the bare word there."""
        method = COMPOUND.get(word)
        if not method and not self.text.startswith("(", self.pos):
            return self.simple()
        self.deeper()
        mark = len(self.subs)
        node = method(self) if method else self.parentheses()
        if isinstance(node, (Group, Branches)):
            node.redirects = self.redirects()
            node.subs = self.taken(mark)
        self.depth -= 1
        return node

    def parentheses(self) -> Node:
        """``( list )`` or ``(( arithmetic ))``"""
        start = self.pos
        end = self.arithmetic_end(start + 2) if self.text.startswith("((", start) else -1
        if end < 0:
            self.pos += 1
            return Group(True, self.parenthesised())
        mark = len(self.subs)
        pieces = Pieces()
        self.arithmetic(pieces, start + 2, end)
        self.pos = end + 2
        return self.as_simple([self.finish(pieces, start, end + 2)], [start], start, mark)

    def as_simple(self, words: list[ShellWord], starts: list[int], start: int, mark: int) -> Node:
        """A command of its own syntax, given as a simple one with the redirects that follow."""
        redirects = self.redirects()
        subs = self.taken(mark)
        return Simple(words, starts, (), redirects, subs, start, self.last, self.text, self.locate)

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
        return Group(False, body)

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
        # The first condition runs for sure, the others are part of their branch.
        return Branches(branches[0][0], [(None, branches[0][1]), *branches[1:]], choice=True)

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
        return Branches(head, [(None, body)], variable)

    def case(self) -> Node:
        """``case`` to ``esac``"""
        self.pos += 4
        self.blanks()
        self.word()
        self.take("in")
        bodies: list[tuple[Listing | None, Listing]] = []
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
            bodies.append((None, self.listing(_CASE_END, [])))
            for end in (";;&", ";;", ";&"):
                if self.text.startswith(end, self.pos):
                    self.pos += len(end)
                    break
        self.pos += 4
        return Branches(None, bodies)

    def function(self) -> Node:
        """``function NAME [()] compound``"""
        self.pos += 8
        self.blanks()
        name = self.word().raw
        match = PARENTHESES.match(self.text, self.pos)
        if match:
            self.pos = match.end()
        return self.body(name)

    def body(self, name: str) -> Node:
        """The command that a function consists of; some shells allow a simple one."""
        self.skip_lines()
        self.deeper()
        body = self.command(self.bare())
        self.depth -= 1
        return Function(name, body)

    def condition(self) -> Node:
        """``[[ ]]``"""
        start = self.pos
        mark = len(self.subs)
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
                return self.as_simple(words, starts, start, mark)
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


COMPOUND: dict[str, Callable[[Compounds], Node]] = {
    "{": Compounds.braces,
    "if": Compounds.if_,
    "while": Compounds.while_,
    "until": Compounds.while_,
    "for": Compounds.for_,
    "select": Compounds.for_,
    "case": Compounds.case,
    "function": Compounds.function,
    "[[": Compounds.condition,
}
