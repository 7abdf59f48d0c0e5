"""``copylast layers --format json``, version 1; ``schema/layers.json`` describes it. It only grows."""

from __future__ import annotations

import json

from copylast.survey.values import Row, Shared, Survey, Table, Totals
from copylast.typed import Any


def layers_json(survey: Survey) -> str:
    """One Dockerfile gives its table; several give ``dockerfiles`` and what they have in common."""
    if survey.shared is None and len(survey.tables) == 1:
        document = {"version": 1, **_table(survey.tables[0])}
    else:
        document = {
            "version": 1,
            "dockerfiles": [_table(table) for table in survey.tables],
            "shared": None if survey.shared is None else [_shared(one) for one in survey.shared],
        }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _table(table: Table) -> dict[str, Any]:
    saved = None
    if table.now is not None and table.after is not None:
        saved = round(table.now.seconds - table.after.seconds, 3)
    return {
        "dockerfile": table.dockerfile,
        "context": table.context,
        "context_guessed": table.guessed,
        "target": table.target,
        "builder": table.builder,
        "change": list(table.change),
        "steps": [_row(row) for row in table.rows],
        "totals": {"now": _totals(table.now), "after_fix": _totals(table.after), "saved_seconds": saved},
        "fixes": list(table.fixes),
        "not_built": list(table.not_built),
        "remarks": list(table.remarks),
        "unmatched": list(table.unmatched),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "stage": row.stage_name or f"stage-{row.stage}",
        "line": row.line,
        "instruction": row.instruction,
        "makes": row.kind,
        "reads": [
            {"kind": read.kind, "name": read.name, "files": read.files, "bytes": read.bytes} for read in row.reads
        ],
        "invalidated_by": [
            {"kind": cause.kind, "name": cause.name, "line": cause.line} for cause in row.invalidated_by
        ],
        "now": row.now,
        "after_fix": row.after_fix,
        "why": row.why,
        "seconds": row.seconds,
        "measured": row.measured,
        "log": row.log,
    }


def _totals(totals: Totals | None) -> dict[str, Any] | None:
    if totals is None:
        return None
    return {
        "steps": totals.steps,
        "rebuilt": totals.rebuilt,
        "cached_if_same": totals.maybe,
        "seconds": totals.seconds,
    }


def _shared(shared: Shared) -> dict[str, Any]:
    return {
        "dockerfiles": [{"path": path, "lines": list(lines)} for path, lines in shared.lines],
        "steps": shared.steps,
        "seconds": shared.seconds,
    }
