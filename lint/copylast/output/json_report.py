"""The JSON contract, version 1; ``schema/check.json`` describes it. It only grows."""

from __future__ import annotations

import json

from copylast.dockerfile.source import Source
from copylast.engine.report import Report
from copylast.output.run import Run
from copylast.output.text import WORDS
from copylast.rule.diagnostic import Diagnostic, Edit, Safety, Severity
from copylast.typed import Any

_SAFETY = {Safety.SAFE: "safe", Safety.UNSAFE: "unsafe", Safety.SHOWN: "shown"}


def json_report(run: Run) -> str:
    """Lines and columns count from 1, in code points; ends are exclusive."""
    diagnostics = [d for report in run.reports for d in report.diagnostics]
    failures = run.all_failures()
    document = {
        "version": 1,
        "files": [_file(report) for report in run.reports],
        "summary": {
            "files": len(run.reports),
            "problems": len(diagnostics),
            "errors": sum(d.severity == Severity.ERROR for d in diagnostics),
            "warnings": sum(d.severity == Severity.WARNING for d in diagnostics),
            "infos": sum(d.severity == Severity.INFO for d in diagnostics),
            "fixable": sum(d.fix is not None and d.fix.safety == Safety.SAFE for d in diagnostics),
            "fixable_unsafe": sum(d.fix is not None and d.fix.safety == Safety.UNSAFE for d in diagnostics),
            "fixed": sum(len(report.applied) for report in run.reports) if run.mode == "fix" else 0,
            "failures": [
                {"path": f.path, "line": f.line or None, "column": f.column or None, "message": f.message}
                for f in failures
            ],
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _file(report: Report) -> dict[str, Any]:
    return {
        "path": report.path,
        "context": report.context,
        "context_guessed": report.guessed,
        "targets": list(report.targets),
        "diagnostics": [_diagnostic(report, diagnostic) for diagnostic in report.diagnostics],
        "fixed": [{"code": d.code, "name": d.name, "message": d.message} for d in report.applied],
        "skipped": [{"code": s.code, "line": s.line, "reason": s.reason} for s in report.skipped],
    }


def _diagnostic(report: Report, diagnostic: Diagnostic) -> dict[str, Any]:
    fix = diagnostic.fix
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": WORDS[diagnostic.severity],
        "message": diagnostic.message,
        **_range(report.source, diagnostic.span.start, diagnostic.span.end),
        "url": None,
        "notes": list(diagnostic.notes),
        "help": diagnostic.help or None,
        "labels": [
            {"text": label.text, **_range(report.source, label.span.start, label.span.end)}
            for label in diagnostic.labels
        ],
        "fix": None
        if fix is None
        else {
            "title": fix.title,
            "safety": _SAFETY[fix.safety],
            "edits": [_edit(report, edit) for edit in fix.edits],
        },
        "withheld": diagnostic.withheld,
    }


def _edit(report: Report, edit: Edit) -> dict[str, Any]:
    text = report.source.text if edit.path == report.path else report.others.get(edit.path, "")
    source = report.source if edit.path == report.path else Source(text)
    return {"path": edit.path, **_range(source, edit.start, edit.end), "text": edit.text}


def _range(source: Source, start: int, end: int) -> dict[str, int]:
    first, last = source.position(start), source.position(end)
    return {"line": first.line, "column": first.column, "end_line": last.line, "end_column": last.column}
