"""The tree cut into pieces that join to the text again: for editors, and for edits that keep bytes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from operator import itemgetter

from copylast.dockerfile.lexer import SPACE
from copylast.dockerfile.nodes import Dockerfile, Instruction, Logical, Piece, Token
from copylast.dockerfile.source import Span


def pieces(dockerfile: Dockerfile) -> tuple[Piece, ...]:
    """See :meth:`Dockerfile.pieces`."""
    text = dockerfile.source.text
    result: list[Piece] = []
    starts: dict[int, str] = {directive.span.start: "directive" for directive in dockerfile.directives}
    at = 0
    if text.startswith("\ufeff"):
        result.append(Piece("bom", Span(0, 1)))
        at = 1
    for instruction in dockerfile.instructions:
        begin = text.rfind("\n", at, instruction.span.start) + 1 or at
        result.extend(_between(text, at, begin, starts))
        at = _line_end(text, instruction.span.end)
        result.append(Piece("instruction", Span(begin, at), instruction))
    result.extend(_between(text, at, len(text), starts))
    return tuple(result)


def _between(text: str, start: int, stop: int, starts: dict[int, str]) -> Iterator[Piece]:
    """Comment, directive and blank lines."""
    while start < stop:
        end = _line_end(text, start)
        line = text[start:end]
        body = line.lstrip(SPACE)
        where = start + len(line) - len(body)
        yield Piece(starts.get(where, "comment") if body else "blank", Span(start, end))
        start = end


def _line_end(text: str, at: int) -> int:
    """The start of the line after the one that ``at`` is in."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def tokens(instruction: Instruction) -> tuple[Token, ...]:
    """See :meth:`Instruction.tokens`."""
    if instruction.source is None or instruction.line is None:
        return ()
    return _Cutter(instruction, instruction.line, instruction.source.text).tokens()


class _Cutter:
    """Cuts one instruction."""

    def __init__(self, instruction: Instruction, line: Logical, text: str) -> None:
        self.instruction = instruction
        self.text = text
        self.operators = [heredoc.operator for heredoc in instruction.heredocs]
        self.start, self.end = instruction.span.start, line.end
        self.gaps = _gaps(line)

    def tokens(self) -> tuple[Token, ...]:
        result: list[Token] = []
        at = self.start
        for kind, span in _named(self.instruction):
            result.extend(self._cut(at, span.start, "space"))
            result.append(Token(kind, span, self._inside(span)))
            at = span.end
        result.extend(self._cut(at, self.end, "space"))
        at = self.end
        for heredoc in self.instruction.heredocs:
            if heredoc.span.start > at:
                result.append(Token("newline", Span(at, heredoc.span.start)))
            if heredoc.body.end > heredoc.body.start:
                result.append(Token("body", heredoc.body))
            if heredoc.span.end > heredoc.body.end:
                result.append(Token("terminator", Span(heredoc.body.end, heredoc.span.end)))
            at = heredoc.span.end
        return tuple(result)

    def _inside(self, span: Span) -> tuple[Token, ...]:
        """The children of a token: only where a line ends in it or a heredoc operator stands in it."""
        first = bisect_left(self.operators, (span.start, 0))
        last = bisect_left(self.operators, (span.end, 0))
        operators = self.operators[first:last]
        if not operators and not self._near(span):
            return ()
        result: list[Token] = []
        at = span.start
        for operator in operators:
            result.extend(self._cut(at, operator.start, "text"))
            # COPY's words end at white space, so "<< EOF" is two of them.
            part = Span(operator.start, min(operator.end, span.end))
            inner = tuple(self._cut(*part, "text")) if self._near(part) else ()
            result.append(Token("heredoc", part, inner))
            at = part.end
        result.extend(self._cut(at, span.end, "text"))
        return tuple(result)

    def _near(self, span: Span) -> list[tuple[int, int]]:
        """The gaps that overlap ``span``."""
        low = bisect_left(self.gaps, span.start, key=itemgetter(1))
        while low < len(self.gaps) and self.gaps[low][1] <= span.start:
            low += 1
        high = bisect_left(self.gaps, span.end, key=itemgetter(0))
        return self.gaps[low:high]

    def _cut(self, start: int, end: int, kind: str) -> Iterator[Token]:
        """Tokens of ``kind`` over ``start:end``, with the continuations between them."""
        for begin, stop in self._near(Span(start, end)):
            if begin > start:
                yield from self._leaves(start, begin, kind)
            yield from self._lines(max(begin, start), min(stop, end))
            start = min(stop, end)
        if start < end:
            yield from self._leaves(start, end, kind)

    def _leaves(self, start: int, end: int, kind: str) -> Iterator[Token]:
        text = self.text[start:end]
        middle = text.strip(SPACE)
        if kind != "space" or not middle:
            yield Token(kind, Span(start, end))
            return
        # Brackets and commas of a JSON array, or the "--" that ends the flags.
        begin = start + len(text) - len(text.lstrip(SPACE))
        stop = begin + len(middle)
        if begin > start:
            yield Token(kind, Span(start, begin))
        yield Token("punctuation", Span(begin, stop))
        if end > stop:
            yield Token(kind, Span(stop, end))

    def _lines(self, start: int, end: int) -> Iterator[Token]:
        """A continuation, and the blank and comment lines behind it."""
        kind = "continuation"
        while start < end:
            stop = self.text.find("\n", start, end)
            stop = end if stop < 0 else stop + 1
            if not kind:
                kind = "comment" if self.text[start:stop].strip(SPACE) else "blank"
            yield Token(kind, Span(start, stop))
            start, kind = stop, ""


def _named(instruction: Instruction | None) -> Iterator[tuple[str, Span]]:
    """Keyword, flags and words in the order of the text."""
    while instruction is not None:
        if instruction.keyword_span.end > instruction.keyword_span.start:
            yield "keyword", instruction.keyword_span
        for flag in instruction.flags:
            yield "flag", flag.span
        for word in instruction.words:
            yield "word", word.span
        instruction = instruction.nested


def _gaps(line: Logical) -> list[tuple[int, int]]:
    """The stretches of the source that no character of the joined line comes from."""
    if not line.text:
        return [(line.start, line.end)]
    gaps: list[tuple[int, int]] = []
    at = line.start
    following = [inside for inside, _ in line.segments[1:]] + [len(line.text)]
    for (inside, outside), behind in zip(line.segments, following, strict=True):
        if outside > at:
            gaps.append((at, outside))
        at = outside + behind - inside
    if line.end > at:
        gaps.append((at, line.end))
    return gaps
