"""The tree of a Dockerfile: values with exact spans, never changed after they are built.

Terms are BuildKit's: an *instruction* is one logical line with its heredocs, a *stage* is a FROM
and what follows it.

The three big classes are written by hand, not as dataclasses: one of them is made per instruction,
and start-up pays for every generated method.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter

from copylast.dockerfile.places import locate, place
from copylast.dockerfile.source import Source, Span
from copylast.records import NamedTuple


class Word(NamedTuple):
    """One argument as BuildKit's parser splits it.

    ``text`` has continuations joined; quotes, escapes and variables are still there, except in the
    JSON form, where it is the decoded string. ``span`` is what it was written as.
    """

    text: str
    span: Span


class Pair(NamedTuple):
    """A name and its value in ENV, LABEL or ARG; ``value`` is None for ``ARG name``."""

    name: Word
    value: Word | None


class Flag(NamedTuple):
    """``--name=value`` or ``--name`` (``value`` is None) before the arguments of an instruction."""

    name: str
    value: str | None
    span: Span


class Heredoc(NamedTuple):
    """A heredoc of RUN, COPY or ADD.

    ``expand`` is False for a quoted delimiter, ``chomp`` is True for ``<<-``. ``body`` covers the
    lines of the content, ``span`` the terminator line too (without its line end). ``operator`` is
    the ``<<EOF`` on the instruction's line.
    """

    name: str
    expand: bool
    chomp: bool
    fd: int
    content: str
    body: Span
    span: Span
    operator: Span = Span(0, 0)


class Comment(NamedTuple):
    """A whole-line comment: ``text`` without the ``#``, ``span`` from ``#`` to the line's end."""

    text: str
    span: Span


class Directive(NamedTuple):
    """A parser directive (``# name=value``) in the block at the top."""

    name: str
    value: str
    span: Span


class Problem(NamedTuple):
    """Something that BuildKit rejects, in words for a person, and where."""

    message: str
    span: Span


class Token(NamedTuple):
    """A piece of an instruction.

    ``kind`` is one of keyword, space, flag, word, punctuation (of a JSON array), continuation (from
    the escape character to the line end), comment and blank (whole lines inside a continuation),
    newline, body and terminator (of a heredoc); inside a word also text and heredoc (an operator).
    ``children`` cover ``span`` without gaps, or are empty.
    """

    kind: str
    span: Span
    children: tuple[Token, ...] = ()


class Piece(NamedTuple):
    """Whole lines at the top level.

    ``kind`` is one of bom, directive, comment, blank and instruction; ``instruction`` is set for
    the last.
    """

    kind: str
    span: Span
    instruction: Instruction | None = None


class Logical(NamedTuple):
    """Physical lines joined at their escape characters, as the scanner found them.

    ``segments`` are pairs of (offset in ``text``, offset in the source). ``start`` is the first
    character that is not white space, ``end`` the end of the last line without its line end.
    """

    text: str
    segments: list[tuple[int, int]]
    start: int
    end: int
    comments: tuple[Comment, ...]
    leading: tuple[Comment, ...]


class Instruction:
    """One instruction.

    ``keyword`` is in upper case. ``span`` runs from the first character of the logical line to the
    end of the last physical line, heredocs included, without the final line end. ``rest`` is the
    logical line after the keyword with continuations joined and outer white space removed (flags
    included), and ``segments`` maps it back: pairs of (offset in ``rest``, offset in the source),
    ascending. ``words`` of ENV and LABEL are the ``name=value`` words (``pairs`` takes them apart),
    or name and value of the form without ``=``; ONBUILD has none, its ``nested`` instruction does.
    ``leading`` are the comments that stand directly above, without a blank line between.
    ``comments`` are those inside its continuation.
    """

    __slots__ = (
        "_pairs", "comments", "flags", "heredocs", "index", "json", "keyword", "keyword_span",
        "leading", "line", "nested", "rest", "segments", "source", "span", "words",
    )  # fmt: skip

    def __init__(
        self,
        index: int,
        keyword: str,
        keyword_span: Span,
        span: Span,
        rest: str,
        segments: tuple[tuple[int, int], ...],
        flags: tuple[Flag, ...] = (),
        words: tuple[Word, ...] = (),
        json: bool = False,
        heredocs: tuple[Heredoc, ...] = (),
        comments: tuple[Comment, ...] = (),
        leading: tuple[Comment, ...] = (),
        nested: Instruction | None = None,
        source: Source | None = None,
        line: Logical | None = None,
    ) -> None:
        self.index = index
        self.keyword = keyword
        self.keyword_span = keyword_span
        self.span = span
        self.rest = rest
        self.segments = segments
        self.flags = flags
        self.words = words
        self.json = json
        self.heredocs = heredocs
        self.comments = comments
        self.leading = leading
        self.nested = nested
        self.source = source
        self.line = line
        self._pairs: tuple[Pair, ...] | None = None

    def __repr__(self) -> str:
        return f"<Instruction {self.index} {self.keyword} {self.rest[:40]!r}>"

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Names and values of ENV, LABEL and ARG, in order; words that are neither are left out."""
        if self._pairs is None:
            from copylast.dockerfile.pairs import split_pairs

            self._pairs = split_pairs(self)
        return self._pairs

    @property
    def line_number(self) -> int:
        """The line on which it begins, from 1; 0 if it has no source."""
        return self.source.position(self.span.start).line if self.source is not None else 0

    def locate(self, offset: int) -> int:
        """The source offset of the character at ``offset`` in ``rest``."""
        return locate(self.segments, offset)

    def offset_of(self, position: int) -> int:
        """The offset in ``rest`` of the source character at ``position``; undoes ``locate``."""
        at = bisect_right(self.segments, position, key=itemgetter(1)) - 1
        inside, outside = self.segments[at if at > 0 else 0]
        return inside + position - outside

    def locate_span(self, start: int, end: int) -> Span:
        """The source span of ``rest[start:end]``, continuations in it included."""
        return place(self.segments, start, end)

    def flag(self, name: str) -> Flag | None:
        """The last flag called ``name``, if there is one."""
        for flag in reversed(self.flags):
            if flag.name == name:
                return flag
        return None

    def tokens(self) -> tuple[Token, ...]:
        """The tokens that cover ``span`` without gaps, in order."""
        from copylast.dockerfile.tokens import tokens

        return tokens(self)


class Stage:
    """A FROM and the instructions up to the next; ``name`` is in lower case, as BuildKit compares."""

    __slots__ = ("from_", "index", "instructions", "name")

    def __init__(
        self, index: int, name: str | None, from_: Instruction, instructions: tuple[Instruction, ...]
    ) -> None:
        self.index = index
        self.name = name
        self.from_ = from_
        self.instructions = instructions

    def __repr__(self) -> str:
        return f"<Stage {self.index} {self.name} FROM {self.from_.rest!r}>"


class Dockerfile:
    """A whole file.

    ``globals`` are the ARGs above the first FROM. ``comments`` are all comment lines outside
    heredocs, those inside continuations included, parser directives not. ``problems`` are in the
    order of the file.
    """

    __slots__ = (
        "_structure", "comments", "directives", "escape", "globals", "instructions", "problems",
        "source", "stages",
    )  # fmt: skip

    def __init__(
        self,
        source: Source,
        escape: str,
        directives: tuple[Directive, ...],
        instructions: tuple[Instruction, ...],
        globals: tuple[Instruction, ...],
        stages: tuple[Stage, ...],
        comments: tuple[Comment, ...] = (),
        problems: tuple[Problem, ...] = (),
    ) -> None:
        self.source = source
        self.escape = escape
        self.directives = directives
        self.instructions = instructions
        self.globals = globals
        self.stages = stages
        self.comments = comments
        self.problems = problems
        self._structure: list[dict[str, str | int]] | None = None

    def __repr__(self) -> str:
        return f"<Dockerfile {self.source.path} {len(self.instructions)} instructions>"

    def directive(self, name: str) -> Directive | None:
        """The parser directive called ``name`` (lower case), if there is one."""
        for directive in self.directives:
            if directive.name == name:
                return directive
        return None

    def pieces(self) -> tuple[Piece, ...]:
        """Spans of whole lines that cover the text without gaps, in order."""
        from copylast.dockerfile.tokens import pieces

        return pieces(self)

    @property
    def structure(self) -> list[dict[str, str | int]]:
        """What ``dockerfile_parse.DockerfileParser.structure`` says, with BuildKit's reading.

        For plugins that know that API. Computed, and dockerfile-parse imported, on first use.
        """
        if self._structure is None:
            from copylast.dockerfile.front import FrontParser

            self._structure = FrontParser(self).structure
        return self._structure
