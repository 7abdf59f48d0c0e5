"""Which step of a Dockerfile a step in a build's log is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copylast.layers.contents import Files
from copylast.layers.inputs import StepKey
from copylast.layers.situations import Situation
from copylast.prove.progress import BuiltStep
from copylast.records import NamedTuple
from copylast.survey.units import Unit, stage_name

LOOK_UP = 0.5
"""Seconds that looking an image up may take; only fetching it takes longer."""


class Timing(NamedTuple):
    """What a log says of a step, and how it writes it. ``seconds`` is None where it was not run to its end."""

    status: str
    seconds: float | None
    text: str


class Matched(NamedTuple):
    """The log against the file; ``unmatched`` are steps of the log that the file does not have."""

    timings: Mapping[StepKey, Timing]
    unmatched: tuple[str, ...]


def match_log(steps: Sequence[BuiltStep], situation: Situation, units: Sequence[Unit]) -> Matched:
    """Find each step of the log, by its stage and text, else by its stage, number and keyword.

    A builder shows variables expanded, so that where there is one the text is no help.
    """
    numbered = _numbered(units, situation)
    # Newer versions say so of what a stage left for those built on it.
    steps = [step._replace(text=step.text.removeprefix("ONBUILD ")) for step in steps]
    names = {name for name, _, _ in numbered}

    def stage_of(step: BuiltStep) -> str:
        # Compose writes the service's name in front, and that is all for a file with a single stage.
        return step.stage if step.stage in names or len(names) != 1 else next(iter(names))

    left = dict.fromkeys(range(len(steps)))
    found: dict[int, int] = {}
    for named in (_by_text, _by_number):
        queues: dict[tuple[str, object], list[int]] = {}
        for at in reversed(left):
            step = steps[at]
            queues.setdefault((stage_of(step), named(step.keyword, step.text, step.number)), []).append(at)
        for place, (name, number, unit) in enumerate(numbered):
            instruction = unit.instruction
            vague = "$" in instruction.rest or bool(instruction.heredocs) or instruction.json
            if place in found or (named is _by_number and not vague):
                continue
            queue = queues.get((name, named(instruction.keyword, f"{instruction.keyword} {instruction.rest}", number)))
            if queue:
                found[place] = queue.pop()
                del left[found[place]]
    timings: dict[StepKey, Timing] = {}
    for place, at in found.items():
        key = numbered[place][2].key
        if key is not None:
            step = steps[at]
            timings[key] = Timing(step.status, step.seconds if step.status == "executed" else None, step.text)
    _share(timings, units)
    # What copies from an image, or is built for two platforms, is shown twice.
    doubles = {(stage_of(steps[at]), steps[at].number) for at in found.values()}
    lost = [steps[at] for at in left if (stage_of(steps[at]), steps[at].number) not in doubles]
    return Matched(timings, tuple(_shown(step) for step in lost if step.keyword not in ("FROM", "LINK")))


def _share(timings: dict[StepKey, Timing], units: Sequence[Unit]) -> None:
    """Equal steps of two stages are built, and shown, as one."""
    known: dict[object, int] = {}
    numbers: dict[StepKey, int] = {}
    told: dict[int, Timing] = {}
    keys = [key for unit in units for key in (unit.key, unit.merge) if key is not None]
    for key in keys:
        roots = tuple(numbers.get(root) for root in key.roots)
        contents = tuple(
            (content.asked, content.mode) if isinstance(content, Files) else (numbers.get(content.step), content.path)
            for content in key.contents
        )
        number = numbers[key] = known.setdefault((key.compared, roots, contents), len(known))
        if key in timings:
            told.setdefault(number, timings[key])
    for key in keys:
        timing = told.get(numbers[key])
        if timing is not None:
            timings.setdefault(key, timing)


def _numbered(units: Sequence[Unit], situation: Situation) -> list[tuple[str, int, Unit]]:
    """The steps with stage and number as BuildKit calls them (``dockerfile2llb``: ``prefixCommand``)."""
    found: list[tuple[str, int, Unit]] = []
    counted: dict[int, int] = {}
    for unit in units:
        # A FROM of another stage is no step, nor is what only writes configuration.
        if unit.key is not None and not unit.scratch:
            number = counted[unit.stage] = counted.get(unit.stage, 0) + 1
            found.append((stage_name(situation, unit.stage), number, unit))
    return found


def _by_text(keyword: str, text: str, number: int) -> object:
    return keyword if keyword == "FROM" else "".join(text.split())


def _by_number(keyword: str, text: str, number: int) -> object:
    return keyword, number


def _shown(step: BuiltStep) -> str:
    place = f"{step.stage} " if step.stage else ""
    text = " ".join(step.text.split())
    return f"[{place}{step.number}] {text if len(text) <= 80 else text[:77] + '...'}"
