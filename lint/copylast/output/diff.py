"""Unified diffs that ``git apply`` and ``patch`` take."""

from __future__ import annotations

from collections.abc import Iterator

from copylast.engine.report import Changed, Report
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
    from difflib import unified_diff

    if change.before == change.after:
        return ""
    # As git names them: of a path from the root of the file system, too, the first slash is that of the side.
    path = path.lstrip("/")
    old = "/dev/null" if change.before is None else _name("a/" + path)
    body = unified_diff(_lines(change.before or ""), _lines(change.after), old, _name("b/" + path), n=3)
    out: list[str] = []
    if change.before is None:
        out.append(f"diff --git {_quoted('a/' + path)} {_quoted('b/' + path)}\nnew file mode 100644\n")
    for number, line in enumerate(body):
        if number > 1 and not line.endswith("\n"):
            line += "\n\\ No newline at end of file\n"
        out.append(_painted(line, number, style))
    return "".join(out)


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
