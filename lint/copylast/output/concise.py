"""One line a finding: ``path:line:column: CODE message``."""

from __future__ import annotations

from copylast.output.run import Run
from copylast.output.summary import summary
from copylast.output.text import SEVERITY, clean, paint
from copylast.rule.diagnostic import Safety


def concise(run: Run) -> str:
    """Every finding in a line that editors and grep understand, then the summary."""
    lines: list[str] = []
    for report in run.reports:
        for diagnostic in report.diagnostics:
            place = report.source.position(diagnostic.span.start)
            code = paint(diagnostic.code, SEVERITY[diagnostic.severity], run.style)
            star = " [*]" if diagnostic.fix is not None and diagnostic.fix.safety == Safety.SAFE else ""
            where = f"{clean(report.path, run.style)}:{place.line}:{place.column}"
            lines.append(f"{where}: {code}{star} {clean(diagnostic.message, run.style)}\n")
    return "".join(lines) + summary(run)
