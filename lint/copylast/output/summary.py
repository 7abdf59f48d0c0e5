"""The last lines of the formats for people."""

from __future__ import annotations

from collections import Counter

from copylast.output.run import Run
from copylast.output.text import clean, count
from copylast.rule.diagnostic import Safety


def summary(run: Run) -> str:
    """What was fixed if that was asked for, statistics if they were, and how many problems there are."""
    lines: list[str] = []
    if run.style.show_fixes:
        lines += _fixes(run)
    if not run.style.quiet:
        lines += _skipped(run)
    if run.style.statistics:
        lines += _statistics(run)
    if not run.style.quiet:
        lines.append(_found(run))
    return "".join(line + "\n" for line in lines)


def _found(run: Run) -> str:
    diagnostics = [d for report in run.reports for d in report.diagnostics]
    fixed = sum(len(report.applied) for report in run.reports) if run.mode == "fix" else 0
    files = sum(bool(report.diagnostics) for report in run.reports)
    words: list[str] = []
    if fixed:
        changed = sum(bool(report.applied) for report in run.reports)
        words.append(f"Fixed {count(fixed, 'problem')} in {count(changed, 'file')}.")
    if diagnostics:
        safe = sum(d.fix is not None and d.fix.safety == Safety.SAFE for d in diagnostics)
        unsafe = sum(d.fix is not None and d.fix.safety == Safety.UNSAFE for d in diagnostics)
        can = [f"{safe} fixable with --fix"] if safe and run.mode != "fix" else []
        if unsafe and not run.unsafe:
            can.append(f"{unsafe} with --unsafe-fixes" if can else f"{unsafe} fixable with --unsafe-fixes")
        more = f" ({', '.join(can)})" if can else ""
        verb = "Left" if fixed else "Found"
        words.append(f"{verb} {count(len(diagnostics), 'problem')} in {count(files, 'file')}{more}.")
    elif not fixed:
        part = " that could be checked" if run.all_failures() else ""
        words.append(f"No problems in {count(len(run.reports), 'file')}{part}.")
    return " ".join(words)


def _fixes(run: Run) -> list[str]:
    lines: list[str] = []
    for report in run.reports:
        for code, number in sorted(Counter(f"{d.code} {d.name}" for d in report.applied).items()):
            lines.append(f"{clean(report.path, run.style)}: fixed {code}" + (f" x {number}" if number > 1 else ""))
        others = [path for path in report.changes if path != report.path]
        lines += [f"{clean(path, run.style)}: changed with it" for path in others]
    return lines


def _skipped(run: Run) -> list[str]:
    return [
        f"{clean(report.path, run.style)}:{skip.line}: {skip.code} was not fixed: {clean(skip.reason, run.style)}"
        for report in run.reports
        for skip in report.skipped
    ]


def _statistics(run: Run) -> list[str]:
    found = Counter((d.code, d.name) for report in run.reports for d in report.diagnostics)
    wide = len(str(max(found.values(), default=0)))
    in_order = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [f"{number:>{wide}} {code} {name}" for (code, name), number in in_order]
