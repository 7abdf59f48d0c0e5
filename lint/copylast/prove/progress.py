"""What a build did, step by step, from the progress records that buildx writes (``--progress=rawjson``).

The plain log is not read: a command whose output lacks its last line end swallows the line that says
how the step ended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from copylast.records import NamedTuple
from copylast.regexes import lazy_regex
from copylast.typed import Any, Literal, cast

Status = Literal["cached", "executed", "failed", "stopped", "unknown"]
"""``stopped`` is a step that another one's failure ended; ``unknown`` one that was never begun or ended."""

# Of ten steps and more the numbers below ten are padded.
STEP_NAME = lazy_regex(r"\[ *(?P<place>(?:\S+ +)*)(?P<number>\d+)/(?P<total>\d+)\] (?P<text>.*)", re.S)
_FRACTION = lazy_regex(r"\.(\d{1,6})\d*")


class BuiltStep(NamedTuple):
    """One step of a build, FROM included.

    ``stage`` is the stage's name as BuildKit calls it, empty if the Dockerfile has only one without name;
    ``text`` is the instruction as BuildKit shows it, variables expanded and continuations joined.
    A COPY ``--link`` gives a second step, whose text begins with ``LINK``.
    """

    stage: str
    number: int
    text: str
    status: Status
    seconds: float

    @property
    def keyword(self) -> str:
        """The instruction's keyword."""
        return self.text.partition(" ")[0].upper()


def read_progress(log: str) -> tuple[BuiltStep, ...]:
    """The steps in ``log``, by stage and number. Text between the records is skipped."""
    records: dict[str, dict[str, Any]] = {}
    for record in _records(log):
        for vertex in _list(record.get("vertexes")):
            if not isinstance(vertex, dict):
                continue
            news = cast("dict[str, Any]", vertex)
            known = records.setdefault(str(news.get("digest")), {})
            # A vertex is told of several times, and the later word does not repeat the earlier one.
            known.update({key: value for key, value in news.items() if value})
    fed = {record.get("name") for record in records.values() if record.get("inputs")}
    steps: list[BuiltStep] = []
    for record in records.values():
        name = str(record.get("name", ""))
        match = STEP_NAME.fullmatch(name)
        if match is None or (not record.get("inputs") and name in fed):
            # An ADD of an address has two vertexes of one name; the fetching one says nothing of the step.
            continue
        words = [word for word in match["place"].split() if "/" not in word]
        steps.append(
            BuiltStep(
                words[-1] if words else "", int(match["number"]), match["text"], _status(record), _seconds(record)
            )
        )
    steps.sort(key=lambda step: (step.stage, step.number, step.keyword == "LINK"))
    return tuple(steps)


def _records(log: str) -> Iterator[Mapping[str, Any]]:
    """The JSON objects of a text; old versions spread one over many lines, new ones put each on a line."""
    decoder = json.JSONDecoder()
    at = log.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(log, at)
        except ValueError:
            end = at + 1
        else:
            if isinstance(value, dict):
                yield cast("dict[str, Any]", value)
        at = log.find("{", end)


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _status(record: Mapping[str, Any]) -> Status:
    if record.get("error"):
        return "stopped" if "canceled" in str(record["error"]) else "failed"
    if record.get("cached"):
        return "cached"
    return "executed" if record.get("completed") else "unknown"


def _seconds(record: Mapping[str, Any]) -> float:
    begun, ended = _time(record.get("started")), _time(record.get("completed"))
    return max(0.0, (ended - begun).total_seconds()) if begun and ended else 0.0


def _time(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        # Go writes nanoseconds, which Python's reader refuses.
        return datetime.fromisoformat(_FRACTION.sub(lambda match: f".{match[1]:0<6}", text))
    except ValueError:
        return None
