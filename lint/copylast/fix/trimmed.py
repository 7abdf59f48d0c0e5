"""A RUN from which went what kept its cache mounts empty: everything else must be as it was."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.fix.fitted import as_written
from copylast.layers.defeats import defeats
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step


def not_trimmed(before: LayerModel, after: LayerModel, old: Step, found: Sequence[Step]) -> str | None:
    """None if ``found`` is ``old`` without what defeats its cache mounts; else one sentence."""
    was = before.script(old)
    if len(found) != 1 or was.opaque is not None or after.script(found[0]).opaque is not None:
        return "a step whose commands cannot be followed would be changed"
    now = after.script(found[0])
    if _flags(before, old) != _flags(after, found[0]):
        return "a step would have other flags"
    gone = {one.fact.command.span: one for one in defeats(before, old) if one.words is not None}
    expected: list[tuple[object, ...]] = []
    dropped = 0
    for command in was.commands:
        defeat = gone.get(command.span)
        if defeat is not None and defeat.words is not None:
            if defeat.whole:
                dropped += 1
                continue
            left = tuple(word for word in command.words if word not in defeat.words)
            command = command.with_words(left)
        expected.append((*as_written(command), command.directory, command.certainty, command.ignored))
    commands = [(*as_written(c), c.directory, c.certainty, c.ignored) for c in now.commands]
    if commands != expected or not gone:
        return "a step would do something else than before"
    if dropped and {item.operator for item in (*was.items, *now.items)} - {"&&", ""}:
        return "a step would end in another way than before"
    return None


def _flags(model: LayerModel, step: Step) -> list[str]:
    return [model.dockerfile.source.slice(flag.span) for flag in step.instruction.flags]
