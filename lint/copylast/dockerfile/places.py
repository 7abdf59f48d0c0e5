"""From offsets in a joined line to offsets in the source.

A *segment* is a pair of both, for a stretch that is the same in either.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from copylast.dockerfile.source import Span
from copylast.records import made

# Above every offset, so that a search lands behind the segment that begins at the offset itself.
_BEHIND = 1 << 62


def locate(segments: Sequence[tuple[int, int]], offset: int) -> int:
    """The source offset of the character at ``offset`` of a joined line."""
    at = bisect_right(segments, (offset, _BEHIND)) - 1
    inside, outside = segments[at if at > 0 else 0]
    return outside + offset - inside


def locator(segments: Sequence[tuple[int, int]], start: int) -> Callable[[int], int]:
    """:func:`locate` for offsets that count from ``start`` of the joined line."""
    if len(segments) == 1:
        inside, outside = segments[0]
        return (outside - inside + start).__add__

    def located(offset: int) -> int:
        offset += start
        at = bisect_right(segments, (offset, _BEHIND)) - 1
        inside, outside = segments[at if at > 0 else 0]
        return outside + offset - inside

    return located


def place(segments: Sequence[tuple[int, int]], start: int, end: int) -> Span:
    """The source span of the characters ``start:end`` of a joined line."""
    if len(segments) == 1:
        inside, outside = segments[0]
        move = outside - inside
        return made(Span, (start + move, end + move))
    begin = locate(segments, start)
    return made(Span, (begin, locate(segments, end - 1) + 1 if end > start else begin))
