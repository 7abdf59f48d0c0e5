"""SARIF 2.1.0, with fixes: for code scanning and viewers."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from copylast.dockerfile.source import Source
from copylast.engine.report import Report
from copylast.output.fingerprint import fingerprints
from copylast.output.run import Run
from copylast.rule.diagnostic import Diagnostic, Edit, Safety, Severity
from copylast.rule.documentation import documentation
from copylast.rule.plugins import RuleHandle
from copylast.typed import Any

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(run: Run) -> str:
    """One SARIF run; rules are described as far as they found something."""
    codes = sorted({d.code for report in run.reports for d in report.diagnostics})
    index = {code: number for number, code in enumerate(codes)}
    failures = run.all_failures()
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "copylast",
                        "semanticVersion": run.version,
                        "rules": [_rule(run.rules[code]) for code in codes if code in run.rules],
                    }
                },
                "columnKind": "utf16CodeUnits",
                "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The working directory."}}},
                "invocations": [
                    {
                        "executionSuccessful": not failures,
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": str(failure)}} for failure in failures
                        ],
                    }
                ],
                "results": [result for report in run.reports for result in _results(report, index)],
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _rule(handle: RuleHandle) -> dict[str, Any]:
    page = documentation(handle.load())
    text = f"{page.summary} {page.text('Why it matters')}".strip()
    return {
        "id": handle.code,
        "name": "".join(part.capitalize() for part in handle.name.split("-")),
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": text},
        "help": {"text": page.plain(), "markdown": page.markdown()},
        "defaultConfiguration": {"level": _LEVELS[handle.severity]},
        "properties": {"tags": ["docker", "cache"], "problem.severity": _problem(handle.severity)},
    }


def _problem(severity: Severity) -> str:
    return {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}[severity]


def _results(report: Report, index: dict[str, int]) -> list[dict[str, Any]]:
    prints = fingerprints(report)
    return [_result(report, d, index[d.code], mark) for d, mark in zip(report.diagnostics, prints, strict=True)]


def _result(report: Report, diagnostic: Diagnostic, rule: int, fingerprint: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": _sentence(diagnostic.message)},
        "locations": [_location(report, diagnostic.span.start, diagnostic.span.end)],
        "partialFingerprints": {"copylast/v1": fingerprint},
    }
    if diagnostic.labels:
        result["relatedLocations"] = [
            {"id": number, **_location(report, at.span.start, at.span.end), "message": {"text": _sentence(at.text)}}
            for number, at in enumerate(diagnostic.labels, 1)
        ]
    fix = diagnostic.fix
    if fix is not None and fix.edits and fix.safety != Safety.SHOWN:
        paths = list(dict.fromkeys(edit.path for edit in fix.edits))
        result["fixes"] = [
            {
                "description": {"text": _sentence(fix.title)},
                "artifactChanges": [
                    {
                        "artifactLocation": _artifact(path),
                        "replacements": [_replacement(report, edit) for edit in fix.edits if edit.path == path],
                    }
                    for path in paths
                ],
            }
        ]
    return result


def _location(report: Report, start: int, end: int) -> dict[str, Any]:
    region = _region(report.source, start, end)
    return {"physicalLocation": {"artifactLocation": _artifact(report.path), "region": region}}


def _replacement(report: Report, edit: Edit) -> dict[str, Any]:
    source = report.source if edit.path == report.path else Source(report.others.get(edit.path, ""))
    replacement: dict[str, Any] = {"deletedRegion": _region(source, edit.start, edit.end)}
    if edit.text:
        replacement["insertedContent"] = {"text": edit.text}
    return replacement


def _artifact(path: str) -> dict[str, str]:
    uri = quote(path.replace("\\", "/"), safe="/~!$&'()*+,;=@")
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    # A relative reference whose first part holds a colon would be read as a scheme.
    return {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _region(source: Source, start: int, end: int) -> dict[str, int]:
    first, last = source.position(start), source.position(end)
    return {
        "startLine": first.line,
        "startColumn": _utf16(source, first.line, start),
        "endLine": last.line,
        "endColumn": _utf16(source, last.line, end),
    }


def _utf16(source: Source, line: int, offset: int) -> int:
    before = source.text[source.line_span(line).start : offset]
    return 1 + len(before) + sum(ord(character) > 0xFFFF for character in before)


def _sentence(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
