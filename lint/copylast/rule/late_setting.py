"""Moving an ARG, with what takes its value, below the steps that do not need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from copylast.dockerfile.source import Source, Span
from copylast.layers.environ import Reading, reading, says
from copylast.layers.model import LayerModel
from copylast.layers.steps import StageSteps, Step
from copylast.records import NamedTuple
from copylast.rule.blocks import after_line, blank_above, blank_below, block, removal
from copylast.rule.diagnostic import Edit, Effect, Fix, Safety
from copylast.rule.refusal import Refused
from copylast.rule.reorder import Plan

_TAKE = frozenset({"ENV", "ARG", "LABEL", "EXPOSE"})
"""Instructions that take a value and make no step."""
_LATER = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL", "MAINTAINER"})
"""Instructions in which the builder expands nothing."""
_MAKE = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})


class Way(NamedTuple):
    """How far an ARG can sink in its stage.

    ``crossed`` are the RUNs that surely do not read it, nor what takes its value. ``takers`` are the instructions
    between it and the end of the way that take its value; those above the last crossed RUN sink too. ``names`` are the
    variables that carry the value. ``stop`` is the instruction at which the way ends, None for the end of the stage.
    """

    start: Step
    crossed: tuple[Step, ...]
    takers: tuple[Step, ...]
    names: tuple[str, ...]
    stop: Step | None
    reading: Reading | None
    doubts: tuple[str, ...]


def way_down(model: LayerModel, start: Step, name: str) -> Way:
    """The way of the variable ``name``, which the ARG ``start`` declares, down its stage."""
    crossed: list[Step] = []
    takers: list[Step] = []
    names = [name]
    doubts: list[str] = []
    for step in model.stages[start.stage].steps:
        if step.index <= start.index or step.keyword in _LATER:
            continue
        if step.keyword == "RUN":
            found = [one for one in (reading(model, step, carrier) for carrier in names) if one is not None]
            hard = next((one for one in found if one.how != "doubt"), None)
            if hard is not None:
                return Way(start, tuple(crossed), tuple(takers), tuple(names), step, hard, tuple(doubts))
            doubts += [one.why for one in found]
            crossed.append(step)
        elif step.keyword in _TAKE:
            if not names_set(step).isdisjoint(names):
                hard = Reading("says", f"line {step.line} sets the variable again")
                if step.keyword == "ARG" or not model.names(step) & {*names}:
                    return Way(start, tuple(crossed), tuple(takers), tuple(names), step, hard, tuple(doubts))
            if model.names(step) & {*names}:
                takers.append(step)
                names += [new for new in _carriers(model, step, names) if new not in names]
        elif any(says(step, carrier) for carrier in names):
            hard = Reading("says", f"line {step.line} uses {name}")
            return Way(start, tuple(crossed), tuple(takers), tuple(names), step, hard, tuple(doubts))
    return Way(start, tuple(crossed), tuple(takers), tuple(names), None, None, tuple(doubts))


def names_set(step: Step) -> frozenset[str]:
    """The variables that an ENV or ARG sets."""
    if step.keyword not in ("ENV", "ARG"):
        return frozenset()
    return frozenset(pair.name.text for pair in step.instruction.pairs)


def _carriers(model: LayerModel, step: Step, names: Sequence[str]) -> Iterable[str]:
    """The variables that an instruction sets to something with one of ``names`` in it."""
    for pair in step.instruction.pairs if step.keyword in ("ENV", "ARG") else ():
        text = pair.value.text if pair.value is not None else ""
        if any(name in text for name in names):
            yield pair.name.text


def lower_settings(model: LayerModel, ways: Sequence[Way], title: str) -> Plan:
    """Put the ARGs of ``ways``, all of one stage, as low as they go. Raises :class:`Refused`."""
    source = model.dockerfile.source
    stage = model.stages[ways[0].start.stage]
    places: dict[Step, Step | None] = {}
    doubts: list[str] = []
    for way in ways:
        last = way.crossed[-1].index
        sinking = [way.start, *(taker for taker in way.takers if taker.index < last)]
        place = next((taker for taker in way.takers if taker.index > last), None) or way.stop
        doubts += way.doubts
        for step in sinking:
            between = [s for s in stage.steps if step.index < s.index and (place is None or s.index < place.index)]
            doubts += _check(model, step, way, between)
            if step not in places or _lower(place, places[step]):
                places[step] = place
    for step in places:
        # What an ARG should stand above may sink itself.
        while (place := places[step]) is not None and place in places:
            places[step] = places[place]
    safety = Safety.UNSAFE if doubts else Safety.SAFE
    moved = sorted(places, key=_index)
    names = tuple(dict.fromkeys(name for step in moved for name in sorted(names_set(step))))
    effect = Effect(moves=tuple(step.index for step in moved), later=names)
    edits = lowered(source, stage, {step: places[step] for step in moved})
    return Plan(Fix(title, tuple(edits), safety, effect), tuple(dict.fromkeys(doubts)))


def _index(step: Step) -> int:
    return step.index


def _lower(place: Step | None, other: Step | None) -> bool:
    """Whether ``place`` is further down; None is the end of the stage."""
    return other is not None and (place is None or place.index > other.index)


def _check(model: LayerModel, step: Step, way: Way, between: Sequence[Step]) -> list[str]:
    """What else the instruction ``step`` sets must not be needed on its way. Raises :class:`Refused`."""
    doubts: list[str] = []
    for other in sorted(names_set(step) - {*way.names}):
        for crossed in between:
            found = reading(model, crossed, other) if crossed.keyword == "RUN" else None
            used = crossed.keyword not in _LATER and crossed.keyword != "RUN" and says(crossed, other)
            if used or (found is not None and found.how != "doubt"):
                what = f"line {step.line} sets {other} too, which line {crossed.line} may read"
                raise Refused(7, f"{what}: give {way.names[0]} an instruction of its own")
            doubts += [found.why] if found is not None else []
    return doubts


def lowered(source: Source, stage: StageSteps, places: Mapping[Step, Step | None]) -> list[Edit]:
    """The edits that put instructions directly above others; None is the place below the last step that makes files."""
    gone: list[Span] = []
    groups: dict[Step | None, list[Step]] = {}
    for step, place in places.items():
        groups.setdefault(place, []).append(step)
        where = block(source, step.instruction)
        if gone and not source.text[gone[-1].end : where.start].strip():
            gone[-1] = Span(gone[-1].start, where.end)
        else:
            gone.append(where)
    edits = [Edit(source.path, span.start, span.end, "") for span in (removal(source, where) for where in gone)]
    newline = source.newline
    for place, steps in groups.items():
        spans = [block(source, step.instruction) for step in steps]
        parts = [source.slice(spans[0])]
        for span in spans[1:]:
            parts.append((newline if blank_above(source, span.start) else "") + source.slice(span))
        text = newline.join(parts)
        if place is not None:
            start = block(source, place.instruction).start
            below = after_line(source, spans[-1].end)
            apart = bool(place.instruction.leading) and blank_below(source, below)
            above = bool(steps[0].instruction.leading) and not blank_above(source, start)
            lead, tail = newline if above else "", newline if apart else ""
            edits.append(Edit(source.path, start, start, f"{lead}{text}{newline}{tail}"))
        else:
            end = next(s for s in reversed(stage.steps) if s.keyword in _MAKE).instruction.span.end
            gap = newline if blank_above(source, spans[0].start) or steps[0].instruction.leading else ""
            edits.append(Edit(source.path, end, end, newline + gap + text))
    return edits
