"""Which step of the build before is a step's former self."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.layers.inputs import StepKey
from copylast.layers.situations import Situation


def pair_steps(
    old: Situation, before: Sequence[StepKey], new: Situation, after: Sequence[StepKey]
) -> dict[StepKey, StepKey]:
    """Each step of ``after`` that has a former self, with it."""
    if old.dockerfile is new.dockerfile:
        known = {(step.stage, step.index, step.part): step for step in before}
        found = {step: known.get((step.stage, step.index, step.part)) for step in after}
        return {step: former for step, former in found.items() if former is not None}
    pairs: dict[StepKey, StepKey] = {}
    stages = pair_stages(old, new)
    for stage in dict.fromkeys(step.stage for step in after):
        mine = [step for step in after if step.stage == stage]
        theirs = [step for step in before if step.stage == stages.get(stage)]
        _pair(theirs, mine, pairs)
    return pairs


def pair_stages(old: Situation, new: Situation) -> dict[int, int]:
    """The stages of the new file with those of the old one: of the same name, else at the same place from below."""
    before, after = old.dockerfile.stages, new.dockerfile.stages
    named = {stage.name: stage.index for stage in before if stage.name is not None}
    found = {stage.index: named[stage.name] for stage in after if stage.name is not None and stage.name in named}
    taken = set(found.values())
    shift = len(before) - len(after)
    for stage in after:
        place = stage.index + shift
        if stage.index not in found and 0 <= place < len(before) and place not in taken:
            found[stage.index] = place
    return found


def _pair(before: list[StepKey], after: list[StepKey], pairs: dict[StepKey, StepKey]) -> None:
    # Imported here: it is needed only where two texts are compared.
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, [_text(step) for step in before], [_text(step) for step in after], autojunk=False)
    for tag, start, stop, begin, end in matcher.get_opcodes():
        if tag == "equal":
            pairs.update(zip(after[begin:end], before[start:stop], strict=True))
            continue
        left = list(before[start:stop])
        for step in after[begin:end]:
            twin = next((one for one in left if _kind(one) == _kind(step)), None)
            if twin is not None:
                left.remove(twin)
                pairs[step] = twin


def _text(step: StepKey) -> tuple[str, ...]:
    instruction = step.instruction
    return (instruction.keyword, step.part, instruction.rest, *(heredoc.content for heredoc in instruction.heredocs))


def _kind(step: StepKey) -> tuple[str, str]:
    return step.instruction.keyword, step.part
