"""Reviewdog Diagnostic Format: findings, and fixes as suggestions that a reviewer applies with a click."""

from __future__ import annotations

import json

from copylast.dockerfile.source import Source
from copylast.engine.report import Report
from copylast.output.run import Run
from copylast.rule.diagnostic import Diagnostic, Fix, Safety, Severity
from copylast.typed import Any

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def rdjson(run: Run) -> str:
    """One diagnostic a finding, and one for each failure that has a file."""
    found = [_finding(report, one, run.unsafe) for report in run.reports for one in report.diagnostics]
    for failure in run.all_failures():
        if failure.path:
            where: dict[str, Any] = {"path": failure.path}
            if failure.line:
                where["range"] = {"start": {"line": failure.line, "column": failure.column or 1}}
            found.append({"message": failure.message, "location": where, "severity": "ERROR"})
    document = {"source": {"name": "copylast"}, "severity": "WARNING", "diagnostics": found}
    return json.dumps(document, indent=2) + "\n"


def _finding(report: Report, diagnostic: Diagnostic, unsafe: bool) -> dict[str, Any]:
    message = diagnostic.message + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")
    one: dict[str, Any] = {
        "message": message,
        "location": {"path": report.path, "range": _range(report.source, *diagnostic.span)},
        "severity": _SEVERITIES[diagnostic.severity],
        "code": {"value": diagnostic.code},
    }
    fix = diagnostic.fix
    if fix is not None and (fix.safety == Safety.SAFE or (unsafe and fix.safety == Safety.UNSAFE)):
        suggestions = _suggestions(report, fix)
        if suggestions:
            one["suggestions"] = suggestions
    return one


def _suggestions(report: Report, fix: Fix) -> list[dict[str, Any]]:
    """The fix as one replacement, since several suggestions are several choices; none if it needs other files."""
    if not fix.edits or any(edit.path != report.path for edit in fix.edits):
        return []
    edits = sorted(fix.edits, key=lambda edit: (edit.start, edit.end))
    start, end = edits[0].start, max(edit.end for edit in edits)
    text, at = "", start
    for edit in edits:
        text += report.source.text[at : edit.start] + edit.text
        at = edit.end
    return [{"range": _range(report.source, start, end), "text": text}]


def _range(source: Source, start: int, end: int) -> dict[str, Any]:
    """Lines from 1, columns in bytes of UTF-8 from 1; the end is exclusive."""
    return {"start": _place(source, start), "end": _place(source, end)}


def _place(source: Source, offset: int) -> dict[str, int]:
    line = source.position(offset).line
    before = source.text[source.line_span(line).start : offset]
    return {"line": line, "column": 1 + len(before.encode("utf-8", "surrogatepass"))}
