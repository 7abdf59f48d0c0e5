"""The rows of a layer table, with and without a change in question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from copylast.dockerfile.expand import ExpansionError, expand
from copylast.layers.cost import cost_of
from copylast.layers.inputs import StepKey
from copylast.layers.keys import build_keys
from copylast.layers.model import LayerModel
from copylast.layers.profiles import Profile
from copylast.layers.simulate import StepOutcome, simulate, simulate_first
from copylast.layers.situations import Situation
from copylast.records import NamedTuple
from copylast.survey.describe import causes_of, reads_of
from copylast.survey.timed import Timing
from copylast.survey.units import Pairs, Unit, pair_units, stage_name, units_of
from copylast.survey.values import Cause, Read, Row, Totals

_NAMED = 3
"""So many names stand in a sentence; of more the first ones, and how many they are."""


class Asked(NamedTuple):
    """A build, and the one before it if a change is asked about; ``new`` says why there was none."""

    now: Situation
    before: Situation | None = None
    new: str = ""


class Answer(NamedTuple):
    """The rows of one Dockerfile; ``after`` needs a fix, and both totals a change."""

    rows: tuple[Row, ...]
    now: Totals | None
    after: Totals | None


class Build:
    """One Dockerfile's units with what becomes of them."""

    def __init__(self, asked: Asked, model: LayerModel, profile: Profile) -> None:
        self.situation = asked.now
        self.model = model
        outcomes: list[StepOutcome] = []
        if asked.before is not None:
            outcomes = simulate(asked.before, asked.now, profile)
        elif asked.new:
            outcomes = simulate_first(asked.now, asked.new, profile)
        self.outcomes: Mapping[StepKey, StepOutcome] = {one.step: one for one in outcomes}
        self.asked = bool(outcomes)
        self.keys: Sequence[StepKey] = list(self.outcomes) if self.asked else build_keys(asked.now, profile)
        self.units = units_of(asked.now, self.keys)

    def outcome(self, unit: Unit) -> StepOutcome | None:
        """What becomes of the step of an instruction."""
        return self.outcomes.get(unit.key) if unit.key is not None else None

    def seconds(self, unit: Unit, timings: Mapping[StepKey, Timing]) -> tuple[float, bool]:
        """The time of a step, and whether it was measured."""
        if unit.key is None:
            return 0.0, False
        timing = timings.get(unit.key)
        if timing is not None and timing.seconds is not None:
            return timing.seconds, True
        if unit.scratch:
            return 0.0, False
        step = self.model.step(unit.instruction.index) if unit.instruction.keyword == "RUN" else None
        return cost_of(unit.instruction.keyword, self.model.facts(step) if step is not None else ()).seconds, False

    def totals(self, times: Iterable[float]) -> Totals | None:
        """The sums over all steps. A base image that two stages share counts once."""
        if not self.asked:
            return None
        steps = rebuilt = maybe = 0
        seconds = 0.0
        for unit, time in zip(self.units, times, strict=True):
            outcome = self.outcome(unit)
            if outcome is not None:
                steps += 1
                rebuilt += outcome.status == "rebuilt"
                maybe += outcome.status == "cached-if-same"
                seconds += time if outcome.status == "rebuilt" else 0.0
        return Totals(steps, rebuilt, maybe, round(seconds, 3))


def answer(build: Build, fixed: Build | None, timings: Mapping[StepKey, Timing]) -> Answer:
    """The rows of ``build``, with what becomes of each step in ``fixed``, which has the fixes applied."""
    unset = _unset_arguments(build)
    known: dict[StepKey, tuple[Cause, ...]] = {}
    for key in build.keys:
        known[key] = causes_of(key, known, unset.get(key) or _base_arguments(build, key))
    rows: list[Row] = []
    times: list[tuple[float, bool]] = []
    for unit in build.units:
        times.append(build.seconds(unit, timings))
        rows.append(_row(build, unit, known, times[-1]))
    now = build.totals(time for time, _ in times)
    if fixed is None:
        return Answer(tuple(rows), now, None)
    pairs = pair_units(build.situation, build.units, fixed.situation, fixed.units)
    merged, spent = _merge(build, fixed, rows, times, pairs)
    return Answer(merged, now, fixed.totals(spent))


def _base_arguments(build: Build, key: StepKey) -> Iterable[str]:
    """The global ARGs that a FROM names its image with."""
    name = key.instruction.words[0].text if key.part == "from" and key.instruction.words else ""
    if "$" not in name:
        return ()
    evaluation = build.situation.evaluation
    try:
        found = expand(name, evaluation.global_value, build.situation.dockerfile.escape)
    except ExpansionError:
        return ()
    return sorted(found.used | found.unset | found.unknown)


def _unset_arguments(build: Build) -> Mapping[StepKey, list[str]]:
    """The ARGs without a value that stand above each RUN: none enters its key until somebody gives it one."""
    found: dict[StepKey, list[str]] = {}
    declared: dict[int, list[str]] = {}
    for unit in build.units:
        instruction = unit.instruction
        if instruction.keyword == "FROM":
            base = build.situation.evaluation.stages[unit.stage].base.stage
            declared[unit.stage] = list(declared.get(base, ())) if base is not None else []
        elif instruction.keyword == "ARG":
            declared[unit.stage] += [pair.name.text for pair in instruction.pairs if pair.value is None]
        elif instruction.keyword == "RUN" and unit.key is not None and declared[unit.stage]:
            given = {one.name.partition(" ")[2] for one in unit.key.inputs if one.kind == "variable"}
            found[unit.key] = [name for name in dict.fromkeys(declared[unit.stage]) if name not in given]
    return found


def _row(
    build: Build,
    unit: Unit,
    known: Mapping[StepKey, tuple[Cause, ...]],
    time: tuple[float, bool],
) -> Row:
    key, outcome = unit.key, build.outcome(unit)
    reads = reads_of(key, build.model) if key is not None else ()
    return Row(
        unit.stage,
        stage_name(build.situation, unit.stage),
        unit.line,
        unit.text,
        unit.kind,
        reads,
        known[key] if key is not None else (),
        outcome.status if outcome is not None else None,
        None,
        _why(build, unit, reads),
        round(time[0], 3),
        time[1],
    )


def _why(build: Build, unit: Unit, reads: Sequence[Read]) -> str:
    outcome = build.outcome(unit)
    if outcome is None:
        return ""
    if outcome.status == "cached":
        merge = build.outcomes.get(unit.merge) if unit.merge is not None else None
        return f"laid on again {merge.why.text}" if merge is not None and merge.status == "rebuilt" else ""
    text = outcome.why.text
    named = [read.name for read in reads if read.kind == "file"]
    if outcome.why.kind == "after" and named and not any(read.kind == "any" for read in reads):
        text += f"; reads only {files(named)}"
    return text


def files(paths: Sequence[str]) -> str:
    """A few files, those at the top first."""
    return some(sorted(paths, key=lambda path: (path.count("/"), path)))


def some(names: Sequence[str], word: str = "and") -> str:
    """A few names, and how many more there are."""
    if len(names) > _NAMED:
        return f"{', '.join(names[: _NAMED - 1])} {word} {len(names) - _NAMED + 1} more"
    return f" {word} ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _merge(
    build: Build, fixed: Build, rows: list[Row], times: list[tuple[float, bool]], pairs: Pairs
) -> tuple[tuple[Row, ...], list[float]]:
    """The rows with what becomes of each after the fixes, and the times of the fixed steps.

    A step that a fix adds stands above the one that it stands above there; one that a fix cuts off another
    stands below that.
    """
    waiting: list[Row] = []
    above: dict[int, list[Row]] = {}
    below: dict[int, list[Row]] = {}
    spent: list[float] = []
    last = 0
    for place, unit in enumerate(fixed.units):
        twin = pairs.same.get(place)
        # A piece of a step takes its own time, unless somebody measured the whole.
        whole = twin is not None and build.units[twin].text == unit.text
        time = times[twin] if twin is not None and whole else fixed.seconds(unit, {})
        spent.append(time[0])
        if twin is not None:
            outcome = fixed.outcome(unit)
            rows[twin] = rows[twin]._replace(after_fix=outcome.status if outcome is not None else None)
            above.setdefault(twin, []).extend(waiting)
            waiting.clear()
            last = twin
        elif place in pairs.cut:
            home = pairs.cut[place]
            below.setdefault(home, []).append(_added(fixed, unit, time, "cut off by the fix", rows[home].stage))
        else:
            waiting.append(_added(fixed, unit, time, "added by the fix", rows[last].stage))
    below.setdefault(last, []).extend(waiting)
    found: list[Row] = []
    for place, row in enumerate(rows):
        found += (*above.get(place, ()), row, *below.get(place, ()))
    return tuple(found), spent


def _added(fixed: Build, unit: Unit, time: tuple[float, bool], how: str, stage: int) -> Row:
    """A step that only the fixed file has."""
    outcome = fixed.outcome(unit)
    # Lines of the fixed file would be taken for those of the file as it is.
    own = outcome is not None and outcome.why.text and outcome.why.kind != "after"
    return Row(
        stage,
        stage_name(fixed.situation, unit.stage),
        None,
        unit.text,
        unit.kind,
        reads_of(unit.key, fixed.model) if unit.key is not None else (),
        (),
        None,
        outcome.status if outcome is not None else None,
        f"{how}; {outcome.why.text}" if outcome is not None and own else how,
        round(time[0], 3),
        time[1],
    )
