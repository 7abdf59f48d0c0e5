"""The output format `acme-count`: one line for each rule, with the number of its findings."""

from __future__ import annotations

from collections import Counter

from copylast.output.run import Run


def count(run: Run) -> str:
    found = Counter(diagnostic.code for report in run.reports for diagnostic in report.diagnostics)
    return "".join(f"{code} {number}\n" for code, number in sorted(found.items()))
