"""The format of Checkstyle's XML report: Jenkins, and many viewers, read it."""

from __future__ import annotations

from copylast.engine.read import Failure
from copylast.engine.report import Report
from copylast.output.marked import document, element
from copylast.output.run import Run
from copylast.output.text import WORDS
from copylast.rule.diagnostic import Diagnostic


def checkstyle(run: Run) -> str:
    """One ``file`` for each Dockerfile and each path with a failure; columns count code points."""
    errors: dict[str, list[str]] = {}
    for report in run.reports:
        errors.setdefault(report.path, []).extend(_finding(report, one) for one in report.diagnostics)
    for failure in run.all_failures():
        errors.setdefault(failure.path or "copylast", []).append(_failure(failure))
    files = "".join("\n" + element("file", {"name": path}, _lines(found)) for path, found in errors.items())
    return document(element("checkstyle", {"version": "8.0"}, files + "\n"))


def _lines(found: list[str]) -> str:
    return "".join("\n" + one for one in found) + "\n" if found else ""


def _finding(report: Report, diagnostic: Diagnostic) -> str:
    place = report.source.position(diagnostic.span.start)
    return element(
        "error",
        {
            "line": place.line,
            "column": place.column,
            "severity": WORDS[diagnostic.severity],
            "message": diagnostic.message,
            "source": f"copylast.{diagnostic.code}",
        },
    )


def _failure(failure: Failure) -> str:
    place = {"line": failure.line, "column": failure.column or 1} if failure.line else {"line": 1}
    return element("error", {**place, "severity": "error", "message": failure.message, "source": "copylast"})
