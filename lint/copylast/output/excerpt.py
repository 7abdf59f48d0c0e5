"""Lines of a file with carets under the places that matter."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.source import Source, Span
from copylast.output.run import Style
from copylast.output.text import SEVERITY, clean, paint, width_of
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Diagnostic, Severity

_CUT_AT = 200
"""Where lines end in a pipe or a file: a heredoc of one endless line is no help to anyone."""


class _Mark(NamedTuple):
    line: int
    start: int
    end: int
    text: str
    primary: bool


def excerpt(source: Source, diagnostic: Diagnostic, style: Style) -> list[str]:
    """The guilty lines, and those of the labels; nothing for a place in an empty file."""
    if not source.text:
        return []
    marks = [_mark(source, diagnostic.span, diagnostic.label, True)]
    marks += [_mark(source, label.span, label.text, False) for label in diagnostic.labels]
    shown = sorted({mark.line for mark in marks})
    gutter = len(str(shown[-1]))
    bar = paint("|", "cyan", style)
    lines = [f"{' ' * (gutter + 2)}{bar}"]
    last = shown[0]
    for number in shown:
        if number > last + 2:
            lines.append(f"{' ' * gutter}...")
        elif number == last + 2:
            lines += _line(source, last + 1, [], gutter, style, diagnostic.severity)
        lines += _line(source, number, [m for m in marks if m.line == number], gutter, style, diagnostic.severity)
        last = number
    return lines


def _mark(source: Source, span: Span, text: str, primary: bool) -> _Mark:
    """The part of the span that is on its first line."""
    start = source.position(span.start)
    line = source.line_span(start.line)
    raw = source.slice(line).rstrip("\r\n")
    begin = min(start.column - 1, len(raw))
    end = min(span.end - line.start, len(raw)) if span.end > span.start else begin
    return _Mark(start.line, begin, max(end, begin + 1), text, primary)


def _line(
    source: Source, number: int, marks: Sequence[_Mark], gutter: int, style: Style, severity: Severity
) -> list[str]:
    raw = source.slice(source.line_span(number)).rstrip("\r\n").removeprefix("\ufeff")
    shift = 1 if number == 1 and source.text.startswith("\ufeff") else 0
    bar = paint("|", "cyan", style)
    head = f" {paint(str(number).rjust(gutter), 'cyan', style)} {bar}"
    limit = max((style.width or _CUT_AT) - gutter - 5, 20)
    text = clean(raw, style)
    cut = text if len(text) <= limit else text[: limit - 1] + ("…" if style.unicode else "~")
    lines = [f"{head} {cut}".rstrip()]
    for mark in sorted(marks, key=lambda m: (m.start, not m.primary)):
        before = width_of(raw[: max(0, mark.start - shift)])
        length = max(1, width_of(raw[max(0, mark.start - shift) : max(0, mark.end - shift)]))
        before = min(before, limit - 1)
        sign = ("^" if mark.primary else "-") * min(length, limit - before)
        color = SEVERITY[severity] if mark.primary else "cyan"
        under = f"{' ' * before}{paint(sign, color, style)}"
        remark = clean(mark.text, style)
        if remark and style.width and before + len(sign) + 1 + len(remark) > limit:
            lines.append(f"{' ' * (gutter + 2)}{bar} {under}")
            lines.append(f"{' ' * (gutter + 2)}{bar}   {paint(remark, color, style)}")
        else:
            lines.append(f"{' ' * (gutter + 2)}{bar} {under} {paint(remark, color, style)}".rstrip())
    return lines
