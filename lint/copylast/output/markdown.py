"""A report in Markdown: for the summary of a CI job, or a comment."""

from __future__ import annotations

from copylast.engine.report import Report
from copylast.output.run import Run
from copylast.output.text import WORDS
from copylast.regexes import lazy_regex
from copylast.rule.diagnostic import Diagnostic, Safety

_SPECIAL = lazy_regex(r"([\\*_{}\[\]<>#|~&])")
_CODE = lazy_regex(r"(`[^`\n]+`)")


def markdown(run: Run) -> str:
    """A table of all findings, file by file, and a list of what could not be done."""
    found = [(report, one) for report in run.reports for one in report.diagnostics]
    failures = run.all_failures()
    lines = ["## copylast", ""]
    files = f"{len(run.reports)} file{'' if len(run.reports) == 1 else 's'}"
    if found:
        lines += [f"{len(found)} problem{'' if len(found) == 1 else 's'} in {files}.", ""]
        lines += ["| where | level | rule | what | fix |", "| --- | --- | --- | --- | --- |"]
        lines += [_row(report, one) for report, one in found]
    else:
        lines.append(f"No problems in {files}.")
    if failures:
        lines += ["", "### What could not be done", ""]
        lines += [f"- {_prose(str(failure))}" for failure in failures]
    return "\n".join(lines) + "\n"


def _row(report: Report, diagnostic: Diagnostic) -> str:
    line = report.source.position(diagnostic.span.start).line
    fix = diagnostic.fix
    if fix is not None and fix.safety == Safety.SAFE:
        how = "`--fix`"
    elif fix is not None and fix.safety == Safety.UNSAFE:
        how = "`--unsafe-fixes`"
    else:
        how = ""
    rule = f"{diagnostic.code} {diagnostic.name}"
    cells = (f"{report.path}:{line}", WORDS[diagnostic.severity], rule, diagnostic.message, how)
    return f"| {' | '.join(map(_prose, cells))} |"


def _prose(text: str) -> str:
    """Text that shows as it is, on one line; what stands between backticks stays code."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(
        # Inside a table even code may hold a bar only with a backslash before it.
        part.replace("|", "\\|") if number % 2 else _SPECIAL.sub(r"\\\1", part).replace("`", "\\`")
        for number, part in enumerate(parts)
    )
