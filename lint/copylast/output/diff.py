"""Unified diffs that ``git apply`` and ``patch`` take."""

from __future__ import annotations

from collections.abc import Iterator

from copylast.engine.report import Changed, Report
from copylast.output.opcodes import Opcode, opcodes
from copylast.output.run import Run, Style
from copylast.output.text import paint


def diff(run: Run) -> str:
    """The changes of all reports; a file that several of them change is shown once."""
    changes: dict[str, Changed] = {}
    for report in run.reports:
        for path, change in _in_order(report):
            before = changes[path].before if path in changes else change.before
            changes[path] = Changed(before, change.after)
    return "".join(_one(path, change, run.style) for path, change in changes.items())


def _in_order(report: Report) -> Iterator[tuple[str, Changed]]:
    yield from sorted(report.changes.items(), key=lambda item: (item[0] != report.path, item[0]))


def _one(path: str, change: Changed, style: Style) -> str:
    if change.before == change.after:
        return ""
    # As git names them: of a path from the root of the file system, too, the first slash is that of the side.
    path = path.lstrip("/")
    old = "/dev/null" if change.before is None else _name("a/" + path)
    body = [f"--- {old}\n", f"+++ {_name('b/' + path)}\n", *_hunks(_lines(change.before or ""), _lines(change.after))]
    out: list[str] = []
    if change.before is None:
        out.append(f"diff --git {_quoted('a/' + path)} {_quoted('b/' + path)}\nnew file mode 100644\n")
    for number, line in enumerate(body):
        if number > 1 and not line.endswith("\n"):
            line += "\n\\ No newline at end of file\n"
        out.append(_painted(line, number, style))
    return "".join(out)


_AROUND = 3


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    """The hunks of a unified diff, each with three lines around its changes."""
    codes = opcodes(old, new)
    groups: list[list[Opcode]] = [[]]
    for number, (tag, i, j, k, m) in enumerate(codes):
        if tag != "equal":
            groups[-1].append((tag, i, j, k, m))
            continue
        inner = 0 < number < len(codes) - 1
        if inner and j - i <= 2 * _AROUND:
            groups[-1].append((tag, i, j, k, m))
            continue
        if number > 0:
            length = min(_AROUND, j - i)
            groups[-1].append((tag, i, i + length, k, k + length))
        if inner:
            groups.append([])
        if number < len(codes) - 1:
            length = min(_AROUND, j - i)
            groups[-1].append((tag, j - length, j, m - length, m))
    for group in groups:
        _, first, _, start, _ = group[0]
        _, _, last, _, end = group[-1]
        yield f"@@ -{_range(first, last)} +{_range(start, end)} @@\n"
        for tag, i, j, k, m in group:
            if tag == "equal":
                yield from (" " + line for line in old[i:j])
                continue
            yield from ("-" + line for line in old[i:j])
            yield from ("+" + line for line in new[k:m])


def _range(first: int, end: int) -> str:
    """A range of lines as unified diffs write it; an empty one is after the line that it names."""
    if end - first == 1:
        return str(end)
    return f"{first + 1 if end > first else first},{end - first}"


def _lines(text: str) -> list[str]:
    # Not splitlines(): it would cut at a form feed or a line separator inside a line.
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _name(path: str) -> str:
    """A name in a header: with a tab behind it if a blank would end it too early."""
    quoted = _quoted(path)
    return quoted + "\t" if " " in quoted and not quoted.startswith('"') else quoted


def _quoted(path: str) -> str:
    """As git writes a path that holds quotes, backslashes or control characters."""
    if all(character.isprintable() and character not in '"\\' for character in path):
        return path
    out = '"'
    for byte in path.encode("utf-8", "surrogateescape"):
        if byte in b'"\\':
            out += "\\" + chr(byte)
        elif 32 <= byte < 127:
            out += chr(byte)
        else:
            out += f"\\{byte:03o}"
    return out + '"'


def _painted(line: str, number: int, style: Style) -> str:
    if not style.color:
        return line
    color = {"+": "green", "-": "removed", "@": "cyan"}.get(line[:1], "")
    if number < 2:
        color = "bold"
    if not color:
        return line
    text, _, rest = line.partition("\n")
    return f"{paint(text, color, style)}\n{rest}"
