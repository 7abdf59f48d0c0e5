"""GitLab's Code Quality report (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format)."""

from __future__ import annotations

import hashlib
import json

from copylast.engine.report import Report
from copylast.output.fingerprint import fingerprints
from copylast.output.run import Run
from copylast.rule.diagnostic import Diagnostic, Severity
from copylast.typed import Any

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def gitlab(run: Run) -> str:
    """One issue a finding. What could not be done is an issue too, if it has a file: GitLab drops others."""
    issues = [issue for report in run.reports for issue in _issues(report)]
    for failure in run.all_failures():
        if failure.path:
            mark = hashlib.sha256(f"{failure.path}\0{failure.message}".encode("utf-8", "surrogatepass")).hexdigest()
            line = failure.line or 1
            issues.append(_issue(failure.message, "copylast", mark, "blocker", _path(failure.path), line, line))
    return json.dumps(issues, indent=2) + "\n"


def _issues(report: Report) -> list[dict[str, Any]]:
    marks = fingerprints(report)
    return [_finding(report, one, mark) for one, mark in zip(report.diagnostics, marks, strict=True)]


def _finding(report: Report, diagnostic: Diagnostic, mark: str) -> dict[str, Any]:
    first, last = report.source.position(diagnostic.span.start), report.source.position(diagnostic.span.end)
    text = f"{diagnostic.code}: {diagnostic.message}"
    severity = _SEVERITIES[diagnostic.severity]
    return _issue(text, diagnostic.code, mark, severity, _path(report.path), first.line, last.line)


def _issue(text: str, check: str, mark: str, severity: str, path: str, first: int, last: int) -> dict[str, Any]:
    return {
        "type": "issue",
        "description": text,
        "check_name": check,
        "fingerprint": mark,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": first, "end": last}},
    }


def _path(path: str) -> str:
    # GitLab finds files by their path in the repository, which it takes as it is written.
    return path.replace("\\", "/").removeprefix("./")
