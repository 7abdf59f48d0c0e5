"""The tree of a Dockerfile: frozen values with exact spans.

Terms are BuildKit's: an *instruction* is one logical line with its heredocs, a *stage* is a FROM
and what follows it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from copylast.dockerfile.source import Source, Span


class Word(NamedTuple):
    """One argument as BuildKit's parser splits it.

    ``text`` has continuations joined; quotes, escapes and variables are still there, except in the
    JSON form, where it is the decoded string. ``span`` is what it was written as.
    """

    text: str
    span: Span


class Flag(NamedTuple):
    """``--name=value`` or ``--name`` (``value`` is None) before the arguments of an instruction."""

    name: str
    value: str | None
    span: Span


class Heredoc(NamedTuple):
    """A heredoc of RUN, COPY or ADD.

    ``expand`` is False for a quoted delimiter, ``chomp`` is True for ``<<-``. ``body`` covers the
    lines of the content, ``span`` the terminator line too (without its line end).
    """

    name: str
    expand: bool
    chomp: bool
    fd: int
    content: str
    body: Span
    span: Span


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


@dataclass(frozen=True, eq=False)
class Instruction:
    """One instruction.

    ``keyword`` is in upper case. ``span`` runs from the keyword to the end of the last physical
    line, heredocs included, without the final line end. ``rest`` is the logical line after the
    keyword with continuations joined and outer white space removed (flags included), and
    ``segments`` maps it back: pairs of (offset in ``rest``, offset in the source), ascending.
    ``leading`` are the comments that stand directly above, without a blank line between.
    ``comments`` are those inside its continuation. ``nested`` is ONBUILD's instruction.
    """

    index: int
    keyword: str
    keyword_span: Span
    span: Span
    rest: str
    segments: tuple[tuple[int, int], ...]
    flags: tuple[Flag, ...]
    words: tuple[Word, ...]
    json: bool
    heredocs: tuple[Heredoc, ...]
    comments: tuple[Comment, ...]
    leading: tuple[Comment, ...]
    nested: Instruction | None = None

    def locate(self, offset: int) -> int:
        """The source offset of the character at ``offset`` in ``rest``."""
        low, high = 0, len(self.segments)
        while low < high - 1:
            middle = (low + high) // 2
            if self.segments[middle][0] <= offset:
                low = middle
            else:
                high = middle
        inside, outside = self.segments[low]
        return outside + offset - inside

    def flag(self, name: str) -> Flag | None:
        """The last flag called ``name``, if there is one."""
        for flag in reversed(self.flags):
            if flag.name == name:
                return flag
        return None


@dataclass(frozen=True, eq=False)
class Stage:
    """A FROM and the instructions up to the next; ``name`` is in lower case, as BuildKit compares."""

    index: int
    name: str | None
    from_: Instruction
    instructions: tuple[Instruction, ...]


@dataclass(frozen=True, eq=False)
class Dockerfile:
    """A whole file. ``globals`` are the ARGs above the first FROM."""

    source: Source
    escape: str
    directives: tuple[Directive, ...]
    instructions: tuple[Instruction, ...]
    globals: tuple[Instruction, ...]
    stages: tuple[Stage, ...]
    comments: tuple[Comment, ...] = field(default=())
    problems: tuple[Problem, ...] = field(default=())
