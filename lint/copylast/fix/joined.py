"""A RUN that fetches the lists of packages itself, in place of one above it: both must do the same as before."""

from __future__ import annotations

from collections.abc import Sequence

from copylast.dockerfile.shell import Command
from copylast.fix.fitted import as_written
from copylast.layers.lists import fetches, lists_of, stirs
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.rule.diagnostic import Effect


def not_joined(before: LayerModel, after: LayerModel, old: Step, found: Sequence[Step], effect: Effect) -> str | None:
    """None if ``found`` is the RUN ``old`` behind the command of another that fetches lists; else one sentence."""
    fetcher = next((before.step(one) for one, other in effect.joins if other == old.index), None)
    if fetcher is None or len(found) != 1:
        return "a step would be joined with none"
    was, now = before.script(old), after.script(found[0])
    if was.opaque is not None or now.opaque is not None or old.instruction.json or old.instruction.heredocs:
        return "a step whose commands cannot be followed would be joined"
    flags = [_flags(model, step) for model, step in ((before, fetcher), (before, old), (after, found[0]))]
    if flags[1:] != flags[:-1] or (fetcher.user, fetcher.shell) != (old.user, old.shell):
        return "a command would run with other flags, as another user or in another shell"
    if {item.operator for item in (*was.items, *now.items)} - {"&&", ""}:
        return "a step would go on although the lists were not fetched"
    fetched = [fact.command for fact in before.facts(fetcher) if fetches(fact)]
    first, rest = now.commands[0], now.commands[1:]
    if as_written(first) not in [as_written(one) for one in fetched] or first.ignored or first.item != 0:
        return "a step would not begin with the command that fetched its lists"
    if [_whole(one, 1) for one in rest] != [_whole(one, 0) for one in was.commands]:
        return "a step would do something else than before"
    lists = next((lists_of(fact) for fact in before.facts(fetcher) if fetches(fact)), None)
    between = [step for step in before.before(old) if step.index > fetcher.index]
    if lists is None or fetcher not in before.before(old) or any(stirs(before, step, lists) for step in between):
        return "the lists may be others where they would be fetched"
    return None


def _flags(model: LayerModel, step: Step) -> list[str]:
    return [model.dockerfile.source.slice(flag.span) for flag in step.instruction.flags]


def _whole(command: Command, shift: int) -> tuple[object, ...]:
    place = (command.item - shift, command.group)
    return (*as_written(command), command.directory, command.certainty, command.ignored, command.guards, *place)


def lists_missed(before: LayerModel, gone: Step, effect: Effect) -> str | None:
    """None if the RUN ``gone`` only fetched lists, and the first step that may want them fetches them itself."""
    facts = before.facts(gone)
    if not facts or not all(fetches(fact) for fact in facts):
        return "a step that did more than fetch lists would be lost"
    joined = [other for one, other in effect.joins if one == gone.index]
    for step in before.stages[gone.stage].steps:
        if step.index <= gone.index or step.keyword != "RUN":
            continue
        if step.index in joined:
            return None
        if any(fact.match is not None and fact.match.ecosystem.system for fact in before.facts(step)):
            return f"line {step.line} may need the lists"
    return "the lists would be missing"
