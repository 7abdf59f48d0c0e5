"""A text to a tree (BuildKit: ``parser.Parse`` and ``instructions.Parse``)."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.arrays import JsonProblem, json_words
from copylast.dockerfile.lexer import SPACE, ExpansionError
from copylast.dockerfile.nodes import (
    Dockerfile,
    Flag,
    Heredoc,
    Instruction,
    Logical,
    Problem,
    Word,
)
from copylast.dockerfile.operators import heredoc_operators
from copylast.dockerfile.places import place
from copylast.dockerfile.scanner import Scanner
from copylast.dockerfile.source import Source, Span
from copylast.dockerfile.stages import gather
from copylast.dockerfile.syntax import KEYWORDS, check
from copylast.dockerfile.words import (
    GAP,
    Found,
    health_words,
    quoted_words,
    split_flags,
    whitespace_words,
)
from copylast.records import made

_GAPS = frozenset("\t\v\f\r ")
_LISTS = frozenset({"COPY", "ADD", "VOLUME"})
_COMMANDS = frozenset({"RUN", "CMD", "ENTRYPOINT", "SHELL"})
_WHOLE = frozenset({"WORKDIR", "USER", "STOPSIGNAL", "MAINTAINER"})
_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})


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
        if line[:1] != text[:1]:
            offset += len(text) - len(text.lstrip(SPACE))
        # One segment, the usual case: an offset in the line plus this is one in the source.
        shift = segments[0][1] - segments[0][0]
        single = len(segments) == 1
        written, _, rest = line.partition(" ")
        keyword = KEYWORDS.get(written, "")
        if not keyword or rest[:1] in _GAPS:
            written, rest = (*GAP.split(line, 1), "")[:2]
            keyword = KEYWORDS.get(written) or _upper(written)
        rest_at = offset + len(line) - len(rest)
        flags: tuple[Flag, ...] = ()
        arguments, arguments_at = rest, rest_at
        if rest.startswith("--"):
            pieces, at = split_flags(rest, self.scanner.escape)
            flags = tuple(
                [
                    made(Flag, (*_name_value(written_flag), place(segments, rest_at + start, rest_at + end)))
                    for written_flag, start, end in pieces
                ]
            )
            arguments, arguments_at = rest[at:], rest_at + at
            if arguments[:1] in SPACE:
                arguments_at += len(arguments) - len(arguments.lstrip(SPACE))
                arguments = arguments.lstrip(SPACE)
        elif rest[:1] in SPACE and rest:
            rest_at += len(rest) - len(rest.lstrip(SPACE))
            arguments = rest = rest.lstrip(SPACE)
            arguments_at = rest_at

        inner: Instruction | None = None
        json = False
        words: tuple[Word, ...] = ()
        if not arguments:
            pass
        elif keyword in _WHOLE or (keyword in _COMMANDS and arguments[0] != "["):
            end = arguments_at + len(arguments)
            limits = (arguments_at + shift, end + shift)
            span = made(Span, limits) if single else place(segments, arguments_at, end)
            words = (made(Word, (arguments, span)),)
        elif keyword == "ONBUILD" and not nested:
            inner = self._build(index, logical, arguments, arguments_at, True)
        else:
            found, json = self._words(keyword, arguments, arguments_at, segments)
            if single:
                move = shift + arguments_at
                words = tuple(
                    [made(Word, (part, made(Span, (start + move, end + move)))) for part, start, end in found]
                )
            else:
                words = tuple(
                    [
                        made(Word, (part, place(segments, arguments_at + start, arguments_at + end)))
                        for part, start, end in found
                    ]
                )
            if keyword == "ENV" or keyword == "LABEL":
                self._check_pairs(keyword, words)

        mapped: tuple[tuple[int, int], ...]
        if single:
            keyword_span = made(Span, (offset + shift, offset + shift + len(written)))
            mapped = ((0, rest_at + shift),)
        else:
            keyword_span = place(segments, offset, offset + len(written))
            mapped = _shifted(segments, rest_at, len(rest))
        heredocs: tuple[Heredoc, ...] = ()
        end = logical.end
        if inner is not None:
            heredocs, end = inner.heredocs, inner.span.end
        elif keyword in _WITH_HEREDOCS and not json and "<<" in logical.text:
            heredocs, end = self._heredocs(logical)
        return Instruction(
            index,
            keyword,
            keyword_span,
            made(Span, (keyword_span.start if nested else logical.start, end)),
            rest,
            mapped,
            flags,
            words,
            json,
            heredocs,
            logical.comments,
            () if nested else logical.leading,
            inner,
            self.source,
            logical,
        )

    def _words(
        self, keyword: str, text: str, at: int, segments: Sequence[tuple[int, int]]
    ) -> tuple[Sequence[Found], bool]:
        """The words in ``text``, which is not empty, and whether they were a JSON array."""
        if keyword in _LISTS or keyword in _COMMANDS or keyword == "HEALTHCHECK":
            before: list[Found] = []
            command, skipped = text, 0
            if keyword == "HEALTHCHECK":
                first, end, skipped = health_words(text)
                before.append((first, 0, end))
                command = text[skipped:]
                if not command:
                    return before, False
            array = None
            try:
                array = json_words(command) if command[0] == "[" else None
            except JsonProblem:
                message = f"the JSON array of {keyword} may hold strings only"
                self.problems.append(Problem(message, place(segments, at + skipped, at + len(text))))
            if array is not None:
                return before + [(word, start + skipped, end + skipped) for word, start, end in array], True
            if keyword in _LISTS:
                return whitespace_words(text), False
            return [*before, (command, skipped, len(text))], False
        if keyword == "FROM" or keyword == "EXPOSE":
            return whitespace_words(text), False
        if keyword == "ARG" or keyword == "ENV" or keyword == "LABEL":
            found = quoted_words(text, self.scanner.escape)
            if keyword != "ARG" and found and "=" not in found[0][0]:
                # ENV name value: everything behind the first gap is the value.
                gap = GAP.search(text)
                if not gap:
                    return [(text, 0, len(text))], False
                name = (text[: gap.start()], 0, gap.start())
                return [name, (text[gap.end() :], gap.end(), len(text))], False
            return found, False
        return (), False

    def _check_pairs(self, keyword: str, words: Sequence[Word]) -> None:
        if words and "=" not in words[0].text:
            if len(words) == 1:
                name = words[0].text
                message = f"{keyword} {name} needs a value: {keyword} {name}=value"
                self.problems.append(Problem(message, words[0].span))
            return
        for word in words:
            if "=" not in word.text:
                message = f"{word.text} has no =; {keyword} wants name=value, with quotes around spaces"
                self.problems.append(Problem(message, word.span))

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
