"""A RUN that got cache mounts: it must be the same otherwise, and nobody may miss what is in them."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.fix.fitted import as_written
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.layers.unmounted import gap_of
from copylast.rule.diagnostic import Effect


def not_mounted(before: LayerModel, after: LayerModel, old: Step, found: Sequence[Step], effect: Effect) -> str | None:
    """None if ``found`` is ``old`` with the cache mounts that its install lacks; else one sentence."""
    if len(found) != 1:
        return "a step would be cut and get mounts"
    new = found[0]
    flags, more = _flags(before, old), _flags(after, new)
    added = [flag for flag in more if flag not in flags]
    if [flag for flag in more if flag in flags] != flags or not added:
        return "a step would have other flags"
    was, now = before.script(old), after.script(new)
    if was.opaque is not None or [as_written(c) for c in was.commands] != [as_written(c) for c in now.commands]:
        return "a step would do something else than before"
    for index in effect.mounts:
        step = before.step(index)
        gap = gap_of(before, step) if step is not None else None
        if gap is not None and old in gap.steps and gap.why is None:
            if set(effect.mounts) != {one.index for one in gap.steps}:
                return "a step that needs what is in the mount would not have it"
            return None if added == [f"--mount={mount}" for mount in gap.mounts] else "a step would get another mount"
    return "a step would get a mount that nobody fills"


def _flags(model: LayerModel, step: Step) -> list[str]:
    return [model.dockerfile.source.slice(flag.span) for flag in step.instruction.flags]
