"""The format for people: what is wrong, where, why, and what to do."""

from __future__ import annotations

from copylast.engine.report import Report
from copylast.output.excerpt import excerpt
from copylast.output.proposal import proposal
from copylast.output.run import Run, Style
from copylast.output.summary import summary
from copylast.output.text import SEVERITY, clean, paint, wrap
from copylast.rule.diagnostic import Diagnostic, Safety


def full(run: Run) -> str:
    """Every finding with its lines, then one line that sums up."""
    blocks: list[str] = []
    for report in run.reports:
        for diagnostic in report.diagnostics:
            blocks.append("\n".join(_block(report, diagnostic, run.style)))
    return "".join(f"{block}\n\n" for block in blocks) + summary(run)


def _block(report: Report, diagnostic: Diagnostic, style: Style) -> list[str]:
    code = paint(diagnostic.code, SEVERITY[diagnostic.severity], style)
    head = f"{diagnostic.code} {_star(diagnostic)}"
    message = wrap(clean(diagnostic.message, style), style.width, head, "    ")
    lines = [code + message[0].removeprefix(diagnostic.code), *message[1:]]
    place = report.source.position(diagnostic.span.start)
    where = f"{clean(report.path, style)}:{place.line}:{place.column}"
    lines.append(f" {paint('-->', 'cyan', style)} {where}")
    lines += excerpt(report.source, diagnostic, style)
    for note in diagnostic.notes:
        lines += wrap(clean(note, style), style.width, "note: ", "      ")
    fix = diagnostic.fix
    help = diagnostic.help or (fix.title if fix is not None else "")
    if help:
        unsafe = " (unsafe)" if fix is not None and fix.safety == Safety.UNSAFE else ""
        lines += wrap(clean(help, style) + unsafe, style.width, "help: ", "      ")
    if fix is not None and fix.edits:
        lines += proposal(fix, {**report.others, report.path: report.source.text}, report.path, style)
    if diagnostic.withheld:
        words = "note" if fix is not None else "no fix"
        lines += wrap(clean(diagnostic.withheld, style), style.width, f"{words}: ", "      ")
    return lines


def _star(diagnostic: Diagnostic) -> str:
    return "[*] " if diagnostic.fix is not None and diagnostic.fix.safety == Safety.SAFE else ""
