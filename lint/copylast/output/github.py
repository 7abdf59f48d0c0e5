"""Annotations of GitHub Actions: workflow commands that the runner reads from standard output."""

from __future__ import annotations

from copylast.engine.report import Report
from copylast.output.run import Run
from copylast.rule.diagnostic import Diagnostic, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github(run: Run) -> str:
    """One command a finding, and one for each failure."""
    lines = [_finding(report, diagnostic) for report in run.reports for diagnostic in report.diagnostics]
    for failure in run.all_failures():
        where = [f"file={_property(failure.path)}"] if failure.path else []
        if failure.line:
            where += [f"line={failure.line}", f"col={failure.column}"]
        lines.append(f"::error {','.join([*where, 'title=copylast'])}::{_data(failure.message)}")
    return "".join(line + "\n" for line in lines)


def _finding(report: Report, diagnostic: Diagnostic) -> str:
    first = report.source.position(diagnostic.span.start)
    last = report.source.position(diagnostic.span.end)
    where = [f"file={_property(report.path)}", f"line={first.line}"]
    # Columns count only for a finding on one line; elsewhere the runner drops the annotation.
    if first.line == last.line:
        where += [f"endLine={last.line}", f"col={first.column}", f"endColumn={last.column}"]
    else:
        where += [f"endLine={last.line}"]
    where.append(f"title={_property(f'{diagnostic.code} {diagnostic.name}')}")
    message = diagnostic.message
    if diagnostic.help:
        message += f"\nhelp: {diagnostic.help}"
    return f"::{_COMMANDS[diagnostic.severity]} {','.join(where)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
