"""A text and places in it.

Half-open character offsets are the only coordinates inside copylast. Lines and columns are made
when something is printed, UTF-16 positions when an editor asks.
"""

from __future__ import annotations

from bisect import bisect_right

from copylast.records import NamedTuple


class Span(NamedTuple):
    """The half-open range ``[start, end)`` of character offsets in a :class:`Source`."""

    start: int
    end: int


class Position(NamedTuple):
    """A place for people: ``line`` and ``column`` count from 1, columns in code points."""

    line: int
    column: int


class Source:
    """The exact text of one file, byte order mark and line ends included.

    ``path`` is the name shown to people; nothing is read from it.
    """

    __slots__ = ("_starts", "path", "text")

    def __init__(self, text: str, path: str = "Dockerfile") -> None:
        self.text = text
        self.path = path
        self._starts: list[int] | None = None

    @property
    def line_starts(self) -> list[int]:
        """Offsets at which lines begin; a line ends at ``\\n`` and nowhere else."""
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> Position:
        """Line and column of ``offset``; the end of the text is a valid place."""
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line_span(self, line: int) -> Span:
        """The characters of line ``line`` (from 1), its line end included."""
        starts = self.line_starts
        end = starts[line] if line < len(starts) else len(self.text)
        return Span(starts[line - 1], end)

    def slice(self, span: Span) -> str:
        """The text of ``span``."""
        return self.text[span.start : span.end]

    @property
    def newline(self) -> str:
        """The line end that the first line uses, ``\\n`` where there is none."""
        at = self.text.find("\n")
        return "\r\n" if at > 0 and self.text[at - 1] == "\r" else "\n"
