"""The key model against the keys that BuildKit's own code computed for pairs of Dockerfiles.

The rows assume a context that holds what the files name (``CONTENT`` here), and stages whose outputs are the
same when they run again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict, cast

import pytest

from copylast.context.memory import MemoryContext
from copylast.layers.inputs import StepKey
from copylast.layers.keys import build_keys
from copylast.layers.profiles import BUILDKIT
from copylast.layers.simulate import StepOutcome, simulate
from copylast.layers.situations import Settings, Situation, read_situation

DATA = Path(__file__).parent.parent / "data" / "cache-keys.json"

CONTENT = {
    **dict.fromkeys(("a", "b", "p", "q"), "text\n"),
    **dict.fromkeys(("package.json", "a.json", "b.json", "p.json"), "{}\n"),
    "src/main.js": "1\n",
}


class Side(TypedDict):
    df: str
    args: NotRequired[dict[str, str]]
    content: NotRequired[dict[str, str]]


class Expected(TypedDict):
    step: str
    hit: bool


class Row(TypedDict):
    title: str
    before: Side
    after: Side
    steps_after: list[Expected]


def _rows() -> list[Row]:
    return cast("list[Row]", json.loads(DATA.read_text("utf-8"))["rows"])


def _situation(side: Side) -> Situation:
    files: Mapping[str, str] = CONTENT
    if "content" in side:
        # The recorded rows call the content of whatever is mounted x.
        files = {**CONTENT, "package.json": side["content"]["x"]}
    return read_situation(side["df"], MemoryContext(files), Settings(build_args=side.get("args", {})))


def _named(step: StepKey) -> str:
    instruction = step.instruction
    lead = "LINK " if step.part == "link" else ""
    return f"{lead}{instruction.keyword} {instruction.rest}"


def _outcomes(row: Row) -> list[StepOutcome]:
    found = simulate(_situation(row["before"]), _situation(row["after"]), assume=True)
    return [one for one in found if one.part != "from"]


def _plain(step: str) -> str:
    """A step's name without what BuildKit appends for people: the first lines of a heredoc."""
    return step.partition(" (")[0]


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["title"])
def test_row(row: Row) -> None:
    found = [(_named(one.step), one.status == "cached") for one in _outcomes(row)]
    assert found == [(_plain(one["step"]), one["hit"]) for one in row["steps_after"]]


def test_rows_of_both_kinds_are_there() -> None:
    """The table holds hits and misses, and none of the rows is empty."""
    rows = _rows()
    assert len({row["title"] for row in rows}) == len(rows) == 45
    assert all(row["steps_after"] for row in rows)
    assert {one["hit"] for row in rows for one in row["steps_after"]} == {True, False}


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["title"])
def test_rebuilt_steps_say_why(row: Row) -> None:
    for one in _outcomes(row):
        assert (one.why.text == "") == (one.status == "cached"), one


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["title"])
def test_digests_say_the_same(row: Row) -> None:
    """A step without outputs of other stages in its key is a hit exactly if its digest was seen before."""
    before = {step.digest for step in build_keys(_situation(row["before"]), BUILDKIT)}
    for one in _outcomes(row):
        if not _hangs_on_output(one.step):
            assert (one.step.digest in before) == (one.status == "cached"), one


def _hangs_on_output(step: StepKey) -> bool:
    mounts = any(one.kind in ("output", "mount") and one.content is not None for one in step.inputs)
    return mounts or any(_hangs_on_output(root) for root in step.roots)
