"""Which step after a fix is which step before it."""

from __future__ import annotations

from collections.abc import Iterator

from copylast.dockerfile.nodes import Dockerfile, Instruction
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.records import NamedTuple
from copylast.rule.diagnostic import Effect


def text_of(dockerfile: Dockerfile, instruction: Instruction) -> str:
    """An instruction as it is written."""
    return dockerfile.source.slice(instruction.span)


class StagePair(NamedTuple):
    """One stage before and after: all steps of its chain, and which of them are the same instruction."""

    old: tuple[Step, ...]
    new: tuple[Step, ...]
    pairs: tuple[tuple[Step, Step, bool], ...]
    """(before, after, True for a part of a split instruction)"""


def moved(index: int, effect: Effect) -> int:
    """The index of a stage after the fix; a stage that was split is its second part."""
    return index + 1 if effect.new_stage is not None and index >= effect.new_stage else index


def stage_pairs(before: LayerModel, after: LayerModel, effect: Effect) -> Iterator[StagePair]:
    """All stages of ``before`` with their twins."""
    parts = dict(effect.rewrites)
    for index in range(len(before.stages)):
        old = tuple(step for part in before.chain(index) for step in part.steps)
        new = tuple(step for part in after.chain(moved(index, effect)) for step in part.steps)
        waiting: dict[str, list[Step]] = {}
        for step in new:
            waiting.setdefault(text_of(after.dockerfile, step.instruction), []).append(step)
        above_new = _above(after.dockerfile, new)
        above_old = _above(before.dockerfile, old)
        pairs: list[tuple[Step, Step, bool]] = []
        for step in old:
            if step.index in effect.removes:
                continue
            for text in parts.get(step.index, (text_of(before.dockerfile, step.instruction),)):
                if step.keyword == "WORKDIR" and text in effect.adds:
                    # It cannot be told from the added ones, and says nothing that its neighbours do not.
                    continue
                twins = waiting.get(text)
                if twins:
                    # Of equal instructions the original is the one below the same neighbour, else the last: what a
                    # fix adds comes first, but for a manifest that is copied again since a command changed it.
                    last = -1 if text in effect.adds else 0
                    alike: list[int] = []
                    if last:
                        alike = [i for i, t in enumerate(twins) if above_new[t.index] == above_old[step.index]]
                    place = alike[-1] if alike else last
                    pairs.append((step, twins.pop(place), step.index in parts))
        yield StagePair(old, new, tuple(pairs))


def _above(dockerfile: Dockerfile, steps: tuple[Step, ...]) -> dict[int, str]:
    """Index of a step -> the text of the one above it."""
    texts = ["", *(text_of(dockerfile, step.instruction) for step in steps)]
    return {step.index: texts[place] for place, step in enumerate(steps)}
