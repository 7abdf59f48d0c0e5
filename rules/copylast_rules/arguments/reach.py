"""What the variables of an instruction reach: the steps below it, in its stage and in those that continue it."""

from __future__ import annotations

from collections.abc import Iterator

from copylast import LayerModel, Step


def has_default(model: LayerModel, step: Step, name: str) -> bool:
    """True if the variable ``name`` of an ARG has a value that the file gives: its own, or that of a global ARG."""
    pairs = [pair for pair in step.instruction.pairs if pair.name.text == name]
    if any(pair.value is not None for pair in pairs):
        return True
    given = [pair for one in model.dockerfile.globals for pair in one.pairs if pair.name.text == name]
    return bool(given) and given[-1].value is not None


def below(model: LayerModel, step: Step) -> Iterator[Step]:
    """The steps that have what ``step`` sets in their environment, as far as the build needs their stages."""
    reachable = model.reachable()
    stages = {step.stage}
    for stage in model.stages:
        if stage.index == step.stage:
            yield from (other for other in stage.steps if other.index > step.index)
        elif stage.parent in stages and stage.index in reachable:
            stages.add(stage.index)
            yield from stage.steps
