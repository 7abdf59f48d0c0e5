"""The layer table for people: readable without colour, in ASCII where it must be, as wide as the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from copylast.output.layers_notes import notes
from copylast.output.run import Style
from copylast.output.text import clean, count, listing, paint, wrap
from copylast.records import NamedTuple
from copylast.survey.values import Row, Shared, Survey, Table, Totals

_INSTRUCTION = 60
"""So wide is the column of instructions where nobody says how wide the page is."""
_NARROW = 24
_NOTES = 32
"""With less room than this beside them, the words go below their line."""

_STATES: dict[str | None, tuple[str, str, str, str]] = {
    "cached": ("●", "=", "cached", "green"),
    "rebuilt": ("○", "x", "rebuilt", "red"),
    "cached-if-same": ("◐", "?", "if same", "yellow"),
    "executed": ("○", "x", "ran", "red"),
    "failed": ("○", "!", "failed", "red"),
    "stopped": ("○", "!", "stopped", "yellow"),
    "unknown": ("○", "?", "unknown", "yellow"),
}


class _Cell(NamedTuple):
    """A short text and its colour, if it has one."""

    text: str
    color: str = ""


class _Column(NamedTuple):
    """A column of short texts."""

    title: str
    width: int
    cell: Callable[[Row], _Cell]
    right: bool = False


def layers_table(survey: Survey, style: Style) -> str:
    """Every table, and what the Dockerfiles share."""
    blocks = ["\n".join(_table(table, style)) for table in survey.tables]
    if survey.shared is not None:
        blocks.append("\n".join(_shared(survey.shared, style)))
    return "\n\n".join(blocks) + "\n"


def _table(table: Table, style: Style) -> list[str]:
    lines = _head(table, style)
    rows = [row for row in table.rows if not table.change or row.now or row.after_fix or row.log or row.why]
    lines += _grid(table, rows, style)
    lines += _feet(table, style)
    for remark in table.remarks:
        lines += wrap(clean(remark, style), style.width, "note: ", "      ")
    if table.not_built:
        stages = listing([clean(name, style) for name in table.not_built])
        lines += wrap(f"not built, since the target does not need it: {stages}", style.width, "note: ", "      ")
    for step in table.unmatched:
        lines += wrap(clean(step, style), style.width, "only in the log: ", "      ")
    return lines


def _head(table: Table, style: Style) -> list[str]:
    name = clean(table.dockerfile, style)
    parts = [name]
    if table.change:
        change = table.change if len(table.change) <= 4 else (*table.change[:4], f"and {len(table.change) - 4} more")
        parts.append(f"change: {clean(', '.join(change), style)}")
    where = "none" if table.context is None else clean(table.context, style)
    parts.append(f"context: {where}{' (guessed)' if table.guessed else ''}")
    if table.target is not None:
        parts.append(f"target: {clean(table.target, style)}")
    if table.builder != "buildkit":
        parts.append(f"builder: {table.builder}")
    first, *rest = _joined(parts, "   ", "  ", style)
    return [paint(name, "bold", style) + first.removeprefix(name), *rest]


def _joined(parts: Sequence[str], gap: str, rest: str, style: Style) -> list[str]:
    """Parts on one line, on more where that is too long."""
    lines = [parts[0]]
    for part in parts[1:]:
        if style.width and len(lines[-1]) + len(gap) + len(part) > style.width:
            lines.append(rest + part)
        else:
            lines[-1] += gap + part
    return lines


def _grid(table: Table, rows: Sequence[Row], style: Style) -> list[str]:
    columns = _columns(table, rows, style)
    names = [clean(row.stage_name, style) for row in rows]
    stage = min(max((len(name) for name in names), default=0), 14)
    fixed = (stage + 2 if stage else 2) + 4 + 2 + sum(column.width + 2 for column in columns)
    texts = [clean(row.instruction, style) for row in rows]
    longest = max((len(text) for text in texts), default=0)
    room = style.width - fixed if style.width else longest + 2
    below = bool(style.width) and room < _NARROW + _NOTES
    wide = min(longest, _INSTRUCTION if not style.width else room if below else max(_NARROW, room - _NOTES - 10))
    wide = max(wide, len("instruction"))
    left = stage + 2 if stage else 2
    at = left + 6 + wide + 2 + sum(column.width + 2 for column in columns)
    titles = "".join(_pad(c.title, c.width, c.right) + "  " for c in columns)
    last = "why" if table.change else "reads, and what runs it again"
    head = f"{' ' * left}line  {'instruction'.ljust(wide)}  {titles}{'' if below else last}".rstrip()
    lines = [paint(head, "dim", style)]
    bases = {row.line for row in rows if row.kind == "base" and row.line is not None}
    shown = ""
    for row, name, text in zip(rows, names, texts, strict=True):
        label = _cut(name, stage, style) if name != shown else ""
        shown = name
        start = f"{label.ljust(stage)}  " if stage else "  "
        number = "+" if row.line is None else str(row.line)
        cells = "".join(
            _painted(_pad(cell.text, c.width, c.right), cell.color, style) + "  "
            for c in columns
            for cell in (c.cell(row),)
        )
        line = f"{start}{number.rjust(4)}  {_cut(text, wide, style).ljust(wide)}  {cells}"
        said = clean(row.why if table.change else notes(row, bases), style).strip()
        if below:
            lines.append(line.rstrip())
            if said:
                indent = " " * (left + 8)
                lines += [paint(one, "dim", style) for one in wrap(said, style.width, indent, indent)]
            continue
        pieces = wrap(said, style.width - at if style.width else 0, "", "")
        lines.append((line + pieces[0]).rstrip())
        lines += [" " * at + piece for piece in pieces[1:]]
    return lines


def _columns(table: Table, rows: Sequence[Row], style: Style) -> list[_Column]:
    def makes(row: Row) -> _Cell:
        return _Cell(row.kind)

    def seconds(row: Row) -> _Cell:
        return _Cell(_time(row, table.timed))

    def measured(row: Row) -> _Cell:
        return _Cell(_time(row, True) if row.measured else "")

    def now(row: Row) -> _Cell:
        return _state(row.now, style)

    def after(row: Row) -> _Cell:
        return _state(row.after_fix, style)

    def built(row: Row) -> _Cell:
        return _state(row.log, style)

    if any(row.log is not None for row in rows) and table.change:
        return [_Column("build", 9, built), _Column("time", 7, measured, True)]
    time = _Column("time" if table.timed else "est.", 7, seconds, True)
    if not table.change:
        return [_Column("makes", 6, makes), time]
    fixed = [_Column("after --fix", 11, after)] if table.after is not None else []
    return [_Column("now", 9, now), *fixed, time]


def _state(status: str | None, style: Style) -> _Cell:
    known = _STATES.get(status)
    if known is None:
        return _Cell("-")
    return _Cell(f"{known[0] if style.unicode else known[1]} {known[2]}", known[3])


def _time(row: Row, timed: bool) -> str:
    if row.kind == "config" or (row.kind == "base" and not row.seconds):
        return ""
    return f"{'~' if timed and not row.measured else ''}{row.seconds:.1f}s"


def _painted(text: str, color: str, style: Style) -> str:
    return paint(text, color, style) if color else text


def _pad(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


def _cut(text: str, width: int, style: Style) -> str:
    return text if len(text) <= width else text[: max(width - 1, 0)] + ("…" if style.unicode else "~")


def _feet(table: Table, style: Style) -> list[str]:
    if any(row.log is not None for row in table.rows):
        ran = [row for row in table.rows if row.log in ("executed", "failed") and row.kind != "base"]
        seconds = sum(row.seconds for row in ran if row.measured)
        return [f"  in this build: {count(len(ran), 'step')} ran, {seconds:.1f} s"]
    if table.now is None:
        return []
    parts = [f"  now: {_sum(table.now)}"]
    if table.after is not None:
        parts.append(f"after --fix: {_sum(table.after)}")
        saved = table.now.seconds - table.after.seconds
        if saved > 0.05:
            share = f" ({100 * saved / table.now.seconds:.0f} %)"
            parts.append(f"saved on this change: {saved:.1f} s{share}")
    return _joined(parts, "    ", "  ", style)


def _sum(totals: Totals) -> str:
    maybe = f" and perhaps {totals.maybe} more" if totals.maybe else ""
    return f"{totals.rebuilt} of {count(totals.steps, 'step')}{maybe}, {totals.seconds:.1f} s"


def _shared(shared: Sequence[Shared], style: Style) -> list[str]:
    if not shared:
        return ["These Dockerfiles share no layer."]
    lines = [paint("Shared layers, which one builder makes once", "bold", style)]
    for one in shared:
        places = [f"{clean(name, style)} {_lines(numbers)}" for name, numbers in one.lines]
        text = f"{count(one.steps, 'step')}, {one.seconds:.1f} s: {'; '.join(places)}"
        lines += wrap(text, style.width, "  ", "    ")
    return lines


def _lines(numbers: Sequence[int]) -> str:
    shown = [str(number) for number in numbers[:8]]
    if len(numbers) > 8:
        shown.append(f"{len(numbers) - 8} more")
    return f"{'line' if len(numbers) == 1 else 'lines'} {listing(shown)}"
