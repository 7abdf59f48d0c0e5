"""The instructions of a build one by one, with the keys that belong to each, and which of them a fix left where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from copylast.dockerfile.nodes import Instruction
from copylast.layers.former import pair_stages
from copylast.layers.inputs import StepKey
from copylast.layers.situations import Situation
from copylast.records import NamedTuple
from copylast.survey.values import Kind

_FILES = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})


class Unit(NamedTuple):
    """An instruction as it runs in one stage. ``key`` is None where it is no step of the builder."""

    stage: int
    instruction: Instruction
    key: StepKey | None
    merge: StepKey | None = None
    """What lays a COPY --link over the stage."""

    @property
    def text(self) -> str:
        """The instruction on one line; of a heredoc its first line."""
        instruction = self.instruction
        trigger = "ONBUILD " if self.key is not None and self.key.part == "trigger" else ""
        text = trigger + " ".join(f"{instruction.keyword} {instruction.rest}".split())
        if instruction.heredocs:
            lines = [line.strip() for line in instruction.heredocs[0].content.splitlines() if line.strip()]
            text += f" ({lines[0]}{'...' if len(lines) > 1 else ''})" if lines else ""
        return text

    @property
    def scratch(self) -> bool:
        """Whether it is ``FROM scratch``, which is no step at all."""
        key = self.key
        return key is not None and key.part == "from" and any(one.kind == "scratch" for one in key.inputs)

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.instruction.line_number

    @property
    def kind(self) -> Kind:
        """Whether it is a base, changes files, or only writes configuration."""
        if self.instruction.keyword == "FROM":
            return "base"
        return "layer" if self.key is not None and self.instruction.keyword in _FILES else "config"


def stage_name(situation: Situation, stage: int) -> str:
    """How a builder calls a stage; empty for the only one, if it has no name."""
    stages = situation.dockerfile.stages
    return stages[stage].name or ("" if len(stages) == 1 else f"stage-{stage}")


def units_of(situation: Situation, keys: Sequence[StepKey]) -> list[Unit]:
    """All instructions of the stages that are built, by stage in the order of the file."""
    own = {(key.stage, key.index, key.part): key for key in keys if key.part != "trigger"}
    triggers: dict[int, list[StepKey]] = {}
    for key in keys:
        if key.part == "trigger":
            triggers.setdefault(key.stage, []).append(key)
    found: list[Unit] = []
    for stage in sorted({key.stage for key in keys} | situation.evaluation.reachable()):
        parts = situation.dockerfile.stages[stage]
        found.append(Unit(stage, parts.from_, own.get((stage, parts.from_.index, "from"))))
        found += [Unit(stage, key.instruction, key) for key in triggers.get(stage, ())]
        for instruction in parts.instructions:
            place = (stage, instruction.index)
            found.append(Unit(stage, instruction, own.get((*place, "")), own.get((*place, "link"))))
    return found


class Pairs(NamedTuple):
    """Places in the fixed file with those in the file as it is.

    ``same`` are the same instructions, moved or not; of one that was cut, its first piece. ``cut`` are the
    other pieces.
    """

    same: Mapping[int, int]
    cut: Mapping[int, int]


def pair_units(old: Situation, before: Sequence[Unit], new: Situation, after: Sequence[Unit]) -> Pairs:
    """Which unit of ``after`` is which of ``before``; one that moved is the same as long as its text is."""
    stages = pair_stages(old, new)
    homes: dict[tuple[int | None, str], list[int]] = {}
    places: dict[str, list[int]] = {}
    for at, unit in enumerate(before):
        homes.setdefault((unit.stage, unit.text), []).append(at)
        places.setdefault(unit.text, []).append(at)
    pairs: dict[int, int] = {}
    taken: set[int] = set()

    def match(place: int, fits: Iterable[int]) -> None:
        twin = next((at for at in fits if at not in taken), None)
        if twin is not None:
            pairs[place] = twin
            taken.add(twin)

    texts = [unit.text for unit in after]
    for place, unit in enumerate(after):
        match(place, homes.get((stages.get(unit.stage), texts[place]), ()))
    for place, text in enumerate(texts):
        if place not in pairs:
            match(place, places.get(text, ()))
    cut: dict[int, int] = {}
    left = [at for at in range(len(before)) if at not in taken]
    for place, unit in enumerate(after):
        if place not in pairs:
            home = stages.get(unit.stage)
            whole = [at for at in left if before[at].stage == home and _piece(unit.instruction, before[at].instruction)]
            match(place, whole)
            if place not in pairs and whole:
                cut[place] = whole[0]
    return Pairs(pairs, cut)


def _piece(one: Instruction, whole: Instruction) -> bool:
    if one.keyword != whole.keyword:
        return False
    return one.keyword == "FROM" or (one.keyword == "RUN" and _words(one) in _words(whole))


def _words(instruction: Instruction) -> str:
    return " ".join(" ".join(word.text for word in instruction.words).split())
