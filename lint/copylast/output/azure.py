"""Azure Pipelines' logging commands: the agent reads them from standard output."""

from __future__ import annotations

from copylast.output.run import Run
from copylast.rule.diagnostic import Severity

_TYPES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "warning"}
"""An issue is an error or a warning; there is nothing below."""


def azure(run: Run) -> str:
    """One command a finding, and one for each failure."""
    lines: list[str] = []
    for report in run.reports:
        for one in report.diagnostics:
            place = report.source.position(one.span.start)
            lines.append(_issue(_TYPES[one.severity], report.path, place.line, place.column, one.code, one.message))
    for failure in run.all_failures():
        lines.append(_issue("error", failure.path, failure.line, failure.column, "", failure.message))
    return "".join(line + "\n" for line in lines)


def _issue(kind: str, path: str, line: int | None, column: int | None, code: str, message: str) -> str:
    given = {"sourcepath": path, "linenumber": line, "columnnumber": column if line else None, "code": code}
    properties = "".join(f"{name}={_property(str(value))};" for name, value in given.items() if value)
    return f"##vso[task.logissue type={kind};{properties}]{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace("]", "%5D").replace(";", "%3B")
