"""TeamCity's service messages for inspections: the agent reads them from standard output."""

from __future__ import annotations

from copylast.output.run import Run
from copylast.rule.diagnostic import Severity
from copylast.rule.documentation import documentation

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}
_ESCAPES = str.maketrans(
    {
        "|": "||",
        "'": "|'",
        "\n": "|n",
        "\r": "|r",
        "[": "|[",
        "]": "|]",
        "\u0085": "|x",
        "\u2028": "|l",
        "\u2029": "|p",
    }
)


def teamcity(run: Run) -> str:
    """An inspection type for each rule that found something, an inspection a finding, a problem a failure."""
    lines: list[str] = []
    for code in sorted({one.code for report in run.reports for one in report.diagnostics}):
        handle = run.rules.get(code)
        name, summary = (handle.name, documentation(handle.load()).summary) if handle is not None else (code, code)
        given = {"id": code, "name": f"{code} {name}", "category": "copylast", "description": summary}
        lines.append(_message("inspectionType", given))
    for report in run.reports:
        for one in report.diagnostics:
            line = str(report.source.position(one.span.start).line)
            given = {"typeId": one.code, "message": one.message, "file": report.path, "line": line}
            lines.append(_message("inspection", {**given, "SEVERITY": _SEVERITIES[one.severity]}))
    lines += [_message("buildProblem", {"description": f"copylast: {failure}"}) for failure in run.all_failures()]
    return "".join(line + "\n" for line in lines)


def _message(name: str, attributes: dict[str, str]) -> str:
    given = " ".join(f"{key}='{value.translate(_ESCAPES)}'" for key, value in attributes.items())
    return f"##teamcity[{name} {given}]"
