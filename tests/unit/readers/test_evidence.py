"""What real installs did when only some files were there, and what the readers say.

Each row is an install that was run in a directory that held only the files ``kept``: ``ok``, ``fails``,
or ``silent`` where it succeeded and something was missing. The projects are written anew, in their
shortest form.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NotRequired, TypedDict, cast

import pytest
from tests.unit.readers.project import closure


class Row(TypedDict):
    id: str
    command: str
    files: dict[str, str | None]
    kept: list[str]
    outcome: str
    cwd: NotRequired[str]
    environment: NotRequired[dict[str, str | None]]


ROWS = cast(
    "list[Row]", json.loads((Path(__file__).parents[2] / "data" / "install-evidence.json").read_text("utf-8"))
)


@pytest.mark.parametrize("row", ROWS, ids=[r["id"] for r in ROWS])
def test_the_closure_agrees_with_the_run(row: Row) -> None:
    got = closure(row["command"], row["files"], row.get("cwd", "/app"), row.get("environment"))
    kept = {f"/app/{path}" for path in row["kept"]}
    missing = [
        path
        for need in got.needs
        if need.required
        for path in ([f"/app/{f}" for f in row["files"]] if need.what == "dir" else [need.path])
        if (path == need.path or path.startswith(need.path + "/")) and path not in kept
    ]
    if row["outcome"] == "ok":
        assert not missing
        assert not got.refusals
    else:
        assert missing or got.refusals
