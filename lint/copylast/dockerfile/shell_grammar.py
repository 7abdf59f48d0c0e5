"""Reads shell text into a tree: lists and pipelines of commands."""

from __future__ import annotations

from copylast.dockerfile.shell_compound import BARE, COMPOUND, DELIMITED, Compounds
from copylast.dockerfile.shell_nodes import Listing, Locate, Node, Pipe, Unreadable
from copylast.dockerfile.shell_simple import BLANKS
from copylast.dockerfile.shell_tree import Operator
from copylast.regexes import lazy_regex
from copylast.typed import cast

_HEAD = lazy_regex(r"[ \t]*+([^ \t\n\r;&|<>()'\"\\$`#]++)" + DELIMITED)

_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_NONE: frozenset[str] = frozenset()
_PARENTHESIS = frozenset({")"})


class Reader(Compounds):
    """Reads one text. ``top`` has the pipelines of the outermost list as far as they could be read."""

    def __init__(self, text: str, locate: Locate, depth: int, names: set[str]) -> None:
        super().__init__(text, locate, depth, names)
        self.top: list[Pipe] = []

    def read(self) -> Listing:
        """The whole text; raises :class:`Unreadable`."""
        return self.listing(_NONE, self.top)

    def inner(self, text: str, locate: Locate) -> Listing:
        return Reader(text, locate, self.depth, self.names).read()

    def parenthesised(self) -> Listing:
        listing = self.listing(_PARENTHESIS, [])
        self.pos += 1
        return listing

    def listing(self, closers: frozenset[str], pipes: list[Pipe]) -> Listing:
        text = self.text
        joined = False
        while True:
            head = _HEAD.match(text, self.pos)
            if not head:
                self.skip_lines()
                pos = self.pos
                char = text[pos : pos + 1]
                if not char:
                    if closers:
                        raise Unreadable(f"{' or '.join(sorted(closers))} is missing")
                    break
                if char == ")" or char == ";":
                    if text.startswith((";;", ";&"), pos):
                        char = ";;"
                    if char in closers:
                        break
                    raise Unreadable(f"unexpected {char}")
                head = _HEAD.match(text, pos)
            word = ""
            if head:
                word = head[1]
                self.pos = head.start(1)
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
        nodes: list[Node] | tuple[Node] = (self.command(word),)
        pos = self.pos
        while text.startswith("|", pos) and not text.startswith("||", pos):
            self.pos = pos + (2 if text.startswith("|&", pos) else 1)
            self.skip_lines()
            nodes = [*nodes, self.command(self.bare())]
            pos = self.pos
        char = text[pos : pos + 1]
        length = 0
        if char == "&" or char == "|":
            length = 2 if text.startswith(char, pos + 1) else 1
        elif char == "\n" or (char == ";" and not text.startswith((";", "&"), pos + 1)):
            length = 1
        elif char and char not in ");#" and self.bare() not in closers:
            raise Unreadable(f"unexpected {self.bare() or char}")
        operator = cast(Operator, text[pos : pos + length])
        pipes.append(Pipe(nodes, negated, start, self.last, operator, pos))
        if char == "\n":
            self.newline()
        else:
            self.pos = pos + length
        return length == 2

    def compound_follows(self) -> bool:
        """Whether the ``time`` at ``pos`` stands before a compound command (elsewhere it is a wrapper)."""
        match = BLANKS.match(self.text, self.pos + 4)
        pos = match.end() if match else self.pos
        if self.text.startswith("(", pos):
            return True
        bare = BARE.match(self.text, pos)
        return bare is not None and (bare[0] in COMPOUND or bare[0] == "!") and bare[0] != "[["
