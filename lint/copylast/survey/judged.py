"""A real build held against what changed: which steps ran, and which change broke each."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.survey.rows import Build
from copylast.survey.timed import LOOK_UP, Matched
from copylast.survey.values import Row

NOT_BEGUN = "the build ended before it"


def judged(rows: Sequence[Row], matched: Matched, build: Build, since: str | None) -> tuple[Row, ...]:
    """The rows with what each step did in the build, and why it ran: the change itself, wherever it came in."""
    told = {(key.stage, key.line): timing for key, timing in matched.timings.items()}
    whys = {row.line: row.why for row in rows}
    begun = {
        (unit.stage, unit.line): outcome.why.line
        for unit in build.units
        if (outcome := build.outcome(unit)) is not None and outcome.why.kind == "after"
    }
    found: list[Row] = []
    for row in rows:
        place = (row.stage, row.line or 0)
        timing = told.get(place)
        line = begun.get(place)
        if line is not None and row.now == "rebuilt" and whys.get(line):
            row = row._replace(why=f"{whys[line]} (line {line})")
        if row.kind == "base":
            # An image is looked up by every build; only fetching it takes time.
            fetched = timing is not None and (timing.seconds or 0.0) >= LOOK_UP
            found.append(row._replace(why="fetched by this build" if fetched else row.why))
        else:
            status = timing.status if timing is not None else None
            found.append(row._replace(log=status, why=_reason(row, status, since)))
    return tuple(found)


def _reason(row: Row, status: str | None, since: str | None) -> str:
    if row.line is None or row.now is None:
        return row.why
    if status is None:
        return "not in the log"
    if status == "unknown":
        return NOT_BEGUN
    if status == "cached":
        return f"was cached, though {row.why}" if row.now == "rebuilt" else ""
    outputs = [cause.name for cause in row.invalidated_by if cause.kind == "output"]
    if row.now == "cached-if-same" and outputs:
        return f"{outputs[0]} came out different"
    if row.now == "cached":
        return f"nothing of it changed{f' since {since}' if since else ''}: the cache did not have it"
    return row.why
