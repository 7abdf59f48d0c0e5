"""A mark for each finding that survives inserted lines."""

from __future__ import annotations

import hashlib
from collections import Counter

from copylast.engine.report import Report


def fingerprints(report: Report) -> list[str]:
    """One for each finding of the report: of path, code, the guilty text with white space folded, and which
    of several equal ones it is."""
    seen: Counter[tuple[str, str]] = Counter()
    marks: list[str] = []
    for diagnostic in report.diagnostics:
        guilty = " ".join(report.source.slice(diagnostic.span).split())
        key = (diagnostic.code, guilty)
        content = "\0".join((report.path, *key, str(seen[key])))
        seen[key] += 1
        marks.append(hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest())
    return marks
