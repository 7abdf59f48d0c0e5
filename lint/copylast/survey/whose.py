"""Of which Dockerfiles a log is, where there are several."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.records import NamedTuple
from copylast.survey.values import Table


class Fit(NamedTuple):
    """How many of a Dockerfile's own steps a log has, FROM left out."""

    found: int
    steps: int


def of_log(tables: Sequence[Table], fits: Sequence[Fit], why: bool) -> tuple[Table, ...]:
    """The tables without what a log says about other Dockerfiles than theirs.

    A log of one build is of one file, one of Compose of several: of those that have half of their steps in it.
    What others have in common with the log is chance. With ``why`` they are left out, since it is all that they say.
    """
    best = max((fit.found for fit in fits), default=0)
    if len(tables) < 2 or not best:
        return tuple(tables)
    half = [fit.found > 0 and 2 * fit.found >= fit.steps for fit in fits]
    own = half if any(half) else [fit.found == best for fit in fits]
    others = tuple(table.dockerfile for table, ours in zip(tables, own, strict=True) if not ours)
    found: list[Table] = []
    for table, ours in zip(tables, own, strict=True):
        if ours:
            found.append(table)
        elif not why:
            remark = "the log is of another Dockerfile"
            found.append(table._replace(remarks=(*table.remarks, remark), unmatched=()))
    if why and others:
        remark = f"left out, since the log is of another Dockerfile: {', '.join(others)}"
        found[-1] = found[-1]._replace(remarks=(*found[-1].remarks, remark))
    return tuple(found)
