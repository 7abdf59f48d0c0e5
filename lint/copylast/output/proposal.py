"""What a fix would make of the lines that it touches."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.source import Source
from copylast.output.opcodes import opcodes
from copylast.output.run import Style
from copylast.output.text import clean, paint
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Edit, Fix


class _Row(NamedTuple):
    """``number`` is the line's in the new text; 0 for a removed line."""

    number: int
    sign: str
    text: str


def proposal(fix: Fix, texts: dict[str, str], main: str, style: Style) -> list[str]:
    """The changed lines of each file, new numbers in front; other files than ``main`` by name."""
    lines: list[str] = []
    paths = list(dict.fromkeys(edit.path for edit in fix.edits))
    for path in sorted(paths, key=lambda path: path != main):
        rows = _rows(texts.get(path, ""), [edit for edit in fix.edits if edit.path == path])
        if not rows:
            continue
        gutter = len(str(max(row.number for row in rows)))
        bar = paint("|", "cyan", style)
        if path != main:
            lines.append(f" {paint('-->', 'cyan', style)} {clean(path, style)}")
        lines.append(f"{' ' * (gutter + 2)}{bar}")
        last = 0
        for row in rows:
            if last and row.number > last + 1:
                lines.append(f"{' ' * gutter}...")
            number = str(row.number) if row.number else ""
            color = {"+": "green", "-": "removed"}.get(row.sign, "")
            text = f"{row.sign} {clean(row.text, style)}".rstrip()
            text = paint(text, color, style) if color else text
            lines.append(f" {paint(number.rjust(gutter), 'cyan', style)} {text}")
            last = row.number or last
    return lines


def _rows(text: str, edits: Sequence[Edit]) -> list[_Row]:
    source = Source(text)
    first = source.position(min(edit.start for edit in edits)).line
    last = source.position(max(edit.end for edit in edits)).line
    start = source.line_span(first).start
    end = source.line_span(last).end
    new = text[start:end]
    # As the fix loop does it: of two edits at one place, the later one is put in first.
    in_order = sorted(enumerate(edits), key=lambda pair: (pair[1].start, pair[1].end, pair[0]))
    for _, edit in reversed(in_order):
        new = new[: edit.start - start] + edit.text + new[edit.end - start :]
    return _numbered(_split(text[start:end]), _split(new), first)


def _numbered(old: list[str], new: list[str], first: int) -> list[_Row]:
    rows: list[_Row] = []
    for tag, i, j, k, m in opcodes(old, new):
        if tag == "equal":
            rows += [_Row(first + k + n, " ", line) for n, line in enumerate(new[k:m])]
            continue
        rows += [_Row(0, "-", line) for line in old[i:j]]
        rows += [_Row(first + n, "+", new[n]) for n in range(k, m)]
    changed = [n for n, row in enumerate(rows) if row.sign != " "]
    if not changed:
        return []
    # One line around each change is enough to find the place.
    near = {n for c in changed for n in (c - 1, c, c + 1)}
    return [row for n, row in enumerate(rows) if n in near]


def _split(text: str) -> list[str]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines and not lines[-1] else lines
