"""A RUN that was cut: its parts, one after the other, must be the same commands in the same circumstances."""

from __future__ import annotations

from copylast.fix.fitted import as_written, not_fitted
from copylast.fix.pairing import stage_pairs
from copylast.layers.commands import effects_of_shell
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.rule.diagnostic import Effect


def same_commands(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """None if every RUN that the effect rewrites still does the same; else one sentence."""
    for stage in stage_pairs(before, after, effect):
        parts: dict[int, tuple[Step, list[Step]]] = {}
        for old, new, split in stage.pairs:
            if split and old.keyword == "RUN":
                parts.setdefault(old.index, (old, []))[1].append(new)
        for old, found in parts.values():
            if old.index in [later for _, later in effect.joins]:
                from copylast.fix.joined import not_joined

                reason = not_joined(before, after, old, found, effect)
            elif old.index in effect.trims:
                from copylast.fix.trimmed import not_trimmed

                reason = not_trimmed(before, after, old, found)
            elif old.index in effect.mounts:
                from copylast.fix.mounted import not_mounted

                reason = not_mounted(before, after, old, found, effect)
            elif old.index in effect.fits:
                reason = not_fitted(before, after, old, found)
            else:
                reason = _same(before, after, old, found)
            if reason is not None:
                return reason
    return None


def _same(before: LayerModel, after: LayerModel, old: Step, parts: list[Step]) -> str | None:
    script = before.script(old)
    if script.opaque is not None:
        return "a step whose commands cannot be followed would be cut"
    if any(after.dockerfile.stages[p.stage].name != before.dockerfile.stages[old.stage].name for p in parts):
        return "a part of a step would come into another stage"
    flags = [before.dockerfile.source.slice(flag.span) for flag in old.instruction.flags]
    carried: list[tuple[object, ...]] = []
    said: list[tuple[object, ...]] = []
    for part in parts:
        if [after.dockerfile.source.slice(flag.span) for flag in part.instruction.flags] != flags:
            return "a part of a step would have other flags"
        commands = after.script(part).commands
        written = [as_written(command) for command in commands]
        # What the parts before it set must be set again, and nothing else may be repeated.
        if written[: len(carried)] != carried:
            return "a part of a step would not have what the parts before it set"
        rest = commands[len(carried) :]
        said += [(*as_written(command), command.directory, command.certainty, command.ignored) for command in rest]
        carried += [as_written(command) for command in rest if effects_of_shell(command) == "carry"]
    wanted = [(*as_written(c), c.directory, c.certainty, c.ignored) for c in script.commands]
    if said != wanted:
        return "a step that is cut in two would not do the same"
    return None
