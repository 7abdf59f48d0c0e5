"""Pieces of text around an instruction: the block that moves with it, and how lines are put in and taken out."""

from __future__ import annotations

from copylast.dockerfile.nodes import Instruction
from copylast.dockerfile.source import Source, Span


def line_start(source: Source, offset: int) -> int:
    """Offset of the first character of the line that holds ``offset``."""
    return source.text.rfind("\n", 0, offset) + 1


def block(source: Source, instruction: Instruction) -> Span:
    """An instruction with the comments directly above it, from the start of its first line to its last character."""
    first = instruction.leading[0].span.start if instruction.leading else instruction.span.start
    return Span(line_start(source, first), instruction.span.end)


def after_line(source: Source, offset: int) -> int:
    """Offset just after the line end that follows ``offset``; the end of the text where there is none."""
    at = source.text.find("\n", offset)
    return len(source.text) if at < 0 else at + 1


def blank_above(source: Source, offset: int) -> bool:
    """True if the line above the one that starts at ``offset`` is blank."""
    if offset == 0:
        return False
    return not source.text[line_start(source, offset - 1) : offset].strip()


def blank_below(source: Source, offset: int) -> bool:
    """True if the line that starts at ``offset`` is blank and not the end of the text."""
    return offset < len(source.text) and not source.text[offset : after_line(source, offset)].strip()


def removal(source: Source, span: Span) -> Span:
    """The range to delete so that the lines of a block vanish without leaving two blank lines."""
    start, end = span.start, after_line(source, span.end)
    if blank_above(source, start) and (blank_below(source, end) or end == len(source.text)):
        start = line_start(source, start - 1)
    return Span(start, end)


def cased(source: Source, like: Instruction, keyword: str) -> str:
    """``keyword`` in upper or lower case, as ``like`` is written."""
    written = source.slice(like.keyword_span)
    return keyword if written.isupper() else keyword.lower()


def flags_text(source: Source, instruction: Instruction, leave_out: frozenset[str] = frozenset()) -> str:
    """The flags as written, each followed by a blank."""
    return "".join(
        f"{source.slice(flag.span)} " for flag in instruction.flags if flag.name not in leave_out
    )
