"""The log of a build: the steps that ran, and for how long.

Two shapes are read: the records of ``--progress=rawjson``, and the text of ``--progress=plain`` as far as it
goes (a command whose output lacks its last line end swallows the line that says how the step ended; then the
last time in its output stands for the step's).
"""

from __future__ import annotations

from copylast.engine.read import Failure, ReadError, reason
from copylast.prove.progress import STEP_NAME, BuiltStep, Status, read_progress
from copylast.records import NamedTuple
from copylast.regexes import lazy_regex

_LIMIT = 100_000_000
"""Characters of a log that are read."""

_STAMP = r"(?:\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d) +)?"
_LINE = lazy_regex(rf"(?:.*? \| )?{_STAMP}#(\d+) (.*)")
_COLOUR = lazy_regex(r"\x1b\[[0-9;?]*[A-Za-z]")
_DONE = lazy_regex(r"DONE (\d+(?:\.\d+)?)s")
_OUTPUT = lazy_regex(r"(\d+\.\d+) ")


class _Seen(NamedTuple):
    """A step of a plain log so far."""

    name: str
    status: Status | None
    seconds: float


def open_log(path: str | None) -> tuple[BuiltStep, ...] | None:
    """The steps in the file at ``path``, if one is given. Raises :class:`ReadError` if it holds none."""
    if path is None:
        return None
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            text = stream.read(_LIMIT)
    except OSError as error:
        raise ReadError(Failure(path, reason(path, error))) from None
    steps = read_log(text)
    if not steps:
        message = "holds no step of a build; docker build --progress=plain (or rawjson) writes them to standard error"
        raise ReadError(Failure(path, message))
    return steps


def read_log(text: str) -> tuple[BuiltStep, ...]:
    """The steps of a build, by stage and number; none if the text is no log of BuildKit."""
    steps = read_progress(text)
    return steps or _read_plain(text)


def _read_plain(text: str) -> tuple[BuiltStep, ...]:
    seen: dict[str, _Seen] = {}
    for raw in text.splitlines():
        match = _LINE.match(_COLOUR.sub("", raw.rstrip()))
        if match is None:
            continue
        number, said = match.groups()
        step = seen.get(number)
        if step is None:
            if STEP_NAME.fullmatch(said):
                seen[number] = _Seen(said, None, 0.0)
        elif step.status is None:
            seen[number] = _told(step, said)
    steps: list[BuiltStep] = []
    for step in seen.values():
        match = STEP_NAME.fullmatch(step.name)
        assert match is not None
        words = [word for word in match["place"].split() if "/" not in word]
        status: Status = step.status or ("executed" if step.seconds else "unknown")
        steps.append(
            BuiltStep(words[-1] if words else "", int(match["number"]), match["text"], status, step.seconds)
        )
    steps.sort(key=lambda step: (step.stage, step.number, step.keyword == "LINK"))
    return tuple(steps)


def _told(step: _Seen, said: str) -> _Seen:
    if said == "CACHED":
        return step._replace(status="cached", seconds=0.0)
    if said == "CANCELED":
        return step._replace(status="stopped")
    if said.startswith("ERROR"):
        return step._replace(status="failed")
    done = _DONE.fullmatch(said)
    if done is not None:
        return step._replace(status="executed", seconds=float(done[1]))
    output = _OUTPUT.match(said)
    return step._replace(seconds=float(output[1])) if output is not None else step
