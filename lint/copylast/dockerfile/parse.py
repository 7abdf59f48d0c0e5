"""A text to a tree (BuildKit: ``parser.Parse`` and ``instructions.Parse``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from copylast.dockerfile.expand import SPACE, ExpansionError
from copylast.dockerfile.nodes import Dockerfile, Flag, Heredoc, Instruction, Pair, Problem, Word, place
from copylast.dockerfile.scanner import Logical, Scanner
from copylast.dockerfile.source import Source, Span
from copylast.dockerfile.stages import gather
from copylast.dockerfile.syntax import KEYWORDS, check
from copylast.dockerfile.words import (
    GAP,
    JsonProblem,
    Piece,
    health_words,
    heredoc_operators,
    json_words,
    quoted_words,
    split_flags,
    whitespace_words,
)

_LISTS: Final = frozenset({"COPY", "ADD", "VOLUME"})
_COMMANDS: Final = frozenset({"RUN", "CMD", "ENTRYPOINT", "SHELL"})
_STRINGS: Final = frozenset({"WORKDIR", "USER", "STOPSIGNAL", "MAINTAINER"})
_WITH_HEREDOCS: Final = frozenset({"RUN", "COPY", "ADD"})


def parse(source: Source) -> Dockerfile:
    """The tree of ``source``. Never raises: what BuildKit rejects is in ``Dockerfile.problems``."""
    scanner = Scanner(source.text)
    problems = scanner.problems
    builder = _Builder(source, scanner)
    instructions: list[Instruction] = []
    while True:
        logical = scanner.next_line()
        if logical is None:
            break
        instructions.append(builder.instruction(len(instructions), logical))
    globals, stages = gather(source, instructions, problems)
    problems.sort(key=lambda problem: problem.span)
    return Dockerfile(
        source,
        scanner.escape,
        tuple(scanner.directives),
        tuple(instructions),
        globals,
        stages,
        tuple(scanner.comments),
        tuple(problems),
    )


class _Builder:
    """Makes instructions out of logical lines."""

    def __init__(self, source: Source, scanner: Scanner) -> None:
        self.source = source
        self.scanner = scanner
        self.problems = scanner.problems

    def instruction(self, index: int, logical: Logical) -> Instruction:
        """The instruction of ``logical``; reads its heredocs from the scanner."""
        instruction = self._build(index, logical, logical.text, 0, False)
        check(instruction, self.scanner.escape, self.problems)
        return instruction

    def _build(self, index: int, logical: Logical, text: str, offset: int, nested: bool) -> Instruction:
        """The instruction in ``text``, which is ``logical.text[offset:]``."""
        segments = logical.segments
        line = text.strip(SPACE)
        # Offset of the line's first character in logical.text.
        begin = offset if line[:1] == text[:1] else offset + len(text) - len(text.lstrip(SPACE))
        gap = GAP.search(line)
        if gap:
            written = line[: gap.start()]
            rest = line[gap.end() :]
            rest_at = begin + gap.end()
        else:
            written, rest, rest_at = line, "", begin + len(line)
        keyword = KEYWORDS.get(written) or _upper(written)
        escape = self.scanner.escape
        flags: tuple[Flag, ...] = ()
        arguments, arguments_at = rest, rest_at
        if rest.startswith("--"):
            pieces, at = split_flags(rest, escape)
            flags = tuple(
                Flag(*_name_value(piece.text), place(segments, rest_at + piece.start, rest_at + piece.end))
                for piece in pieces
            )
            arguments, arguments_at = rest[at:], rest_at + at
        if arguments[:1] in SPACE:
            trimmed = arguments.lstrip(SPACE)
            arguments_at += len(arguments) - len(trimmed)
            arguments = trimmed
        if rest[:1] in SPACE:
            trimmed = rest.lstrip(SPACE)
            rest_at += len(rest) - len(trimmed)
            rest = trimmed

        pairs: tuple[Pair, ...] = ()
        inner: Instruction | None = None
        json = False
        if keyword == "ONBUILD":
            words: tuple[Word, ...] = ()
            if arguments and not nested:
                inner = self._build(index, logical, arguments, arguments_at, True)
            elif arguments:
                words = (Word(arguments, place(segments, arguments_at, arguments_at + len(arguments))),)
        elif keyword in ("ENV", "LABEL", "ARG"):
            words, pairs = self._pairs(keyword, arguments, arguments_at, segments)
        else:
            found, json = self._words(keyword, arguments, arguments_at, segments)
            words = tuple(
                [
                    Word(piece.text, place(segments, arguments_at + piece.start, arguments_at + piece.end))
                    for piece in found
                ]
            )

        keyword_span = place(segments, begin, begin + len(written))
        heredocs: tuple[Heredoc, ...] = ()
        end = logical.end
        if inner is not None:
            heredocs, end = inner.heredocs, inner.span.end
        elif keyword in _WITH_HEREDOCS and not json and "<<" in logical.text:
            heredocs, end = self._heredocs(logical)
        start = keyword_span.start if nested else logical.start
        if len(segments) == 1:
            mapped: tuple[tuple[int, int], ...] = ((0, segments[0][1] - segments[0][0] + rest_at),)
        else:
            mapped = _shifted(segments, rest_at, len(rest))
        return Instruction(
            index,
            keyword,
            keyword_span,
            Span(start, end),
            rest,
            mapped,
            flags,
            words,
            json,
            heredocs,
            logical.comments,
            () if nested else logical.leading,
            inner,
            pairs,
            self.source,
        )

    def _words(
        self, keyword: str, text: str, at: int, segments: Sequence[tuple[int, int]]
    ) -> tuple[Sequence[Piece], bool]:
        """The words of an instruction without names and values, and whether they were JSON."""
        if not text:
            return (), False
        whole = (Piece(text, 0, len(text)),)
        try:
            if keyword in _COMMANDS:
                array = json_words(text) if text[0] == "[" else None
                return (array, True) if array is not None else (whole, False)
            if keyword in _LISTS:
                array = json_words(text) if text[0] == "[" else None
                return (array, True) if array is not None else (whitespace_words(text), False)
            if keyword in _STRINGS:
                return whole, False
            if keyword in ("FROM", "EXPOSE"):
                return whitespace_words(text), False
            if keyword == "HEALTHCHECK":
                first, end, following = health_words(text)
                head = Piece(first, 0, end)
                if following >= len(text):
                    return (head,), False
                command = text[following:]
                array = json_words(command)
                if array is None:
                    return (head, Piece(command, following, len(text))), False
                moved = [Piece(word.text, word.start + following, word.end + following) for word in array]
                return (head, *moved), True
        except JsonProblem:
            message = f"the JSON array of {keyword} may hold strings only"
            self.problems.append(Problem(message, place(segments, at, at + len(text))))
            return whole, False
        return (), False

    def _pairs(
        self, keyword: str, text: str, at: int, segments: Sequence[tuple[int, int]]
    ) -> tuple[tuple[Word, ...], tuple[Pair, ...]]:
        """The words of ENV, LABEL or ARG, whole and taken apart (BuildKit: ``parseNameVal``)."""
        found = quoted_words(text, self.scanner.escape)
        if keyword != "ARG" and found and "=" not in found[0].text:
            gap = GAP.search(text)
            if not gap:
                name = Word(text, place(segments, at, at + len(text)))
                self.problems.append(Problem(f"{keyword} {text} needs a value: {keyword} {text}=value", name.span))
                return (name,), ()
            name = Word(text[: gap.start()], place(segments, at, at + gap.start()))
            value = Word(text[gap.end() :], place(segments, at + gap.end(), at + len(text)))
            return (name, value), (Pair(name, value),)
        words: list[Word] = []
        pairs: list[Pair] = []
        for piece in found:
            word = Word(piece.text, place(segments, at + piece.start, at + piece.end))
            words.append(word)
            equals = piece.text.find("=")
            if equals >= 0:
                middle = at + piece.start + equals
                name = Word(piece.text[:equals], place(segments, at + piece.start, middle))
                value = Word(piece.text[equals + 1 :], place(segments, middle + 1, at + piece.end))
                pairs.append(Pair(name, value))
            elif keyword == "ARG":
                pairs.append(Pair(word, None))
            else:
                message = f"{piece.text} has no =; {keyword} wants name=value, with quotes around spaces"
                self.problems.append(Problem(message, word.span))
        return tuple(words), tuple(pairs)

    def _heredocs(self, logical: Logical) -> tuple[tuple[Heredoc, ...], int]:
        """Read the bodies that the line opens, and where the last one ends."""
        heredocs: list[Heredoc] = []
        end = logical.end
        try:
            operators = heredoc_operators(logical.text)
        except ExpansionError as error:
            self.problems.append(Problem(f"heredoc: {error}", Span(logical.start, logical.end)))
            return (), end
        text = self.source.text
        for operator in operators:
            where = place(logical.segments, operator.start, operator.end)
            body = self.scanner.heredoc(operator.name, operator.chomp)
            end = body.end
            content = text[body.start : body.stop]
            heredocs.append(
                Heredoc(
                    operator.name,
                    operator.expand,
                    operator.chomp,
                    operator.fd,
                    content,
                    Span(body.start, body.stop),
                    Span(body.start, body.end),
                    where,
                )
            )
            if not body.terminated:
                message = f"this heredoc never ends: no line that is just {operator.name} follows"
                self.problems.append(Problem(message, where))
                break
        return tuple(heredocs), end


def _name_value(flag: str) -> tuple[str, str | None]:
    name, equals, value = flag[2:].partition("=")
    return name, value if equals else None


def _upper(word: str) -> str:
    """An unknown spelling of a keyword in upper case; Go folds İ to i, and the Kelvin sign to k."""
    return KEYWORDS.get(word.replace("\u0130", "i").lower()) or word.upper()


def _shifted(segments: Sequence[tuple[int, int]], offset: int, size: int) -> tuple[tuple[int, int], ...]:
    """``segments`` of a line, for the part of it that starts at ``offset``."""
    result: list[tuple[int, int]] = []
    for inside, outside in segments:
        moved = inside - offset
        if moved <= 0:
            result = [(0, outside - moved)]
        elif moved < size:
            result.append((moved, outside))
    return tuple(result)
