"""Two logs held against each other: what, as far as they tell, broke each step that ran in the later build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copylast.layers.contents import Files
from copylast.layers.inputs import Output, StepKey
from copylast.records import NamedTuple
from copylast.survey.judged import NOT_BEGUN
from copylast.survey.rows import Build
from copylast.survey.timed import LOOK_UP, Matched, Timing
from copylast.survey.values import Row

_PART = 80
"""So much of a step's former text is shown."""
LOST = "the cache did not have it"


class _Cause(NamedTuple):
    """Why a step ran, and in which line that came in."""

    text: str
    line: int


def compared(rows: Sequence[Row], later: Matched, earlier: Matched, build: Build) -> tuple[Row, ...]:
    """The rows with what each step did in the later build, and why it ran."""
    causes = _causes(later.timings, earlier.timings, build)
    keys = {(unit.stage, unit.line): unit.key for unit in build.units}
    found: list[Row] = []
    for row in rows:
        key = keys.get((row.stage, row.line or 0))
        timing = later.timings.get(key) if key is not None else None
        if key is None or timing is None:
            found.append(row._replace(why="not in the log" if key is not None and row.kind == "layer" else ""))
            continue
        cause = causes.get(key)
        status, why = timing.status, "" if cause is None else cause.text
        if status == "unknown":
            why = NOT_BEGUN
        elif row.kind == "base":
            fetched = timing.status == "executed" and (timing.seconds or 0.0) >= LOOK_UP
            status, why = ("executed", why or "fetched by this build") if fetched else ("cached", why)
        elif cause is not None and cause.line != row.line:
            why += f" (line {cause.line})"
        found.append(row._replace(log=status, why=why))
    return tuple(found)


def _causes(later: Mapping[StepKey, Timing], earlier: Mapping[StepKey, Timing], build: Build) -> dict[StepKey, _Cause]:
    """Why each step ran; those that did not are left out, and so is a base unless it is another one."""
    warm = any(timing.status == "cached" for key, timing in later.items() if key.part != "from")
    found: dict[StepKey, _Cause] = {}
    for key in build.keys:
        timing = later.get(key)
        above = next((found[root] for root in key.roots if root in found), None)
        if timing is None:
            # What lays a linked copy on is no step of the log.
            if above is not None:
                found[key] = above
        elif key.part == "from":
            before = earlier.get(key)
            if before is not None and _folded(before.text) != _folded(timing.text):
                found[key] = _Cause("the base image is another", key.line)
        elif timing.status != "cached":
            own = _own(key, timing, earlier.get(key))
            found[key] = own or above or _Cause(_unseen(key, warm), key.line)
    return found


def _own(key: StepKey, timing: Timing, before: Timing | None) -> _Cause | None:
    """What the logs show of the step itself."""
    if before is None:
        return _Cause("the earlier build had no such step", key.line)
    if _folded(before.text) != _folded(timing.text):
        return _Cause(f"was: {_part(' '.join(before.text.split()), ' '.join(timing.text.split()))}", key.line)
    return None


def _part(text: str, other: str) -> str:
    """A text, or of a long one the part in which it is unlike the other."""
    start = 0
    if len(text) > _PART:
        same = next((at for at, (one, two) in enumerate(zip(text, other, strict=False)) if one != two), len(other))
        start = max(0, min(same - 20, len(text) - _PART))
    return f"{'...' if start else ''}{text[start : start + _PART]}{'...' if start + _PART < len(text) else ''}"


def _unseen(key: StepKey, warm: bool) -> str:
    """What must have changed where the text is the same and nothing above ran."""
    said: list[str] = []
    for one in key.inputs:
        if isinstance(one.content, Output):
            said.append(f"{one.content.path} of {one.content.source} came out different")
        elif isinstance(one.content, Files):
            how = "reads" if key.instruction.keyword == "RUN" else "copies"
            said.append(f"the files that it {how} changed")
        elif one.kind == "address":
            said.append("what is at the address changed")
    if not said and key.instruction.keyword == "RUN":
        said.append("a variable, the base or an option of the build changed")
    if not warm or not said:
        said.append(LOST)
    return ", or ".join(dict.fromkeys(said))


def _folded(text: str) -> str:
    return "".join(text.split())
