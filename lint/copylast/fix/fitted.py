"""A RUN in which one command got options: it must be the same otherwise, and a later command must have the options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copylast.dockerfile.shell import Command
from copylast.ecosystem.readers import Need
from copylast.layers.commands import Facts
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step


def not_fitted(before: LayerModel, after: LayerModel, old: Step, found: Sequence[Step]) -> str | None:
    """None if ``found`` is ``old`` with options that a command of the next RUN has; else one sentence."""
    if len(found) != 1 or before.script(old).opaque is not None:
        return "a step whose commands cannot be followed would be changed"
    new = found[0]
    flags = [before.dockerfile.source.slice(flag.span) for flag in old.instruction.flags]
    if [after.dockerfile.source.slice(flag.span) for flag in new.instruction.flags] != flags:
        return "a step would have other flags"
    one, other = before.facts(old), after.facts(new)
    if len(one) != len(other):
        return "a step would have other commands"
    changed = [(was, now) for was, now in zip(one, other, strict=True) if _whole(was.command) != _whole(now.command)]
    if len(changed) != 1 or not _longer(*changed[0]):
        return "a command would change by more than its options"
    was, now = changed[0]
    more = _options(now, was)
    if more is None or not any(_has(after, step, fact, now, more) for step, fact in _next(after, new)):
        return "a command would get options that no later one has"
    return None


def as_written(command: Command) -> tuple[object, ...]:
    """Words, prefixes, wrappers and redirects of a command as they stand in the file."""
    return (
        tuple(word.raw for word in command.words),
        tuple((name, word.raw) for name, word in command.environment),
        command.wrappers,
        tuple((r.operator, r.target.raw) for r in command.redirects),
    )


def _whole(command: Command) -> tuple[object, ...]:
    return (*as_written(command), command.directory, command.certainty, command.ignored, command.guards)


def _longer(was: Facts, now: Facts) -> bool:
    """True if the command is the same but for words at its end, and means the same."""
    size = len(was.command.words)
    if _whole(now.command.with_words(now.command.words[:size])) != _whole(was.command):
        return False
    one, other = was.match, now.match
    if one is None or other is None or (was.role, was.cwd) != (now.role, now.cwd):
        return False
    if (one.ecosystem.id, one.kind, one.subcommand, one.positional) != (
        other.ecosystem.id,
        other.kind,
        other.subcommand,
        other.positional,
    ):
        return False
    return [need.path for need in _needs(was)] == [need.path for need in _needs(now)]


def _needs(fact: Facts) -> Sequence[Need]:
    return fact.closure.needs if fact.closure is not None else ()


def _options(now: Facts, was: Facts) -> Mapping[str, tuple[str, ...]] | None:
    """The options that came; None if one that was there has another value."""
    assert now.match is not None and was.match is not None
    old, new = was.match.options, now.match.options
    if any(new.get(name) != values for name, values in old.items()):
        return None
    return {name: values for name, values in new.items() if name not in old}


def _next(after: LayerModel, new: Step) -> list[tuple[Step, Facts]]:
    """The commands of the next RUN of the stage."""
    later = (s for s in after.stages[new.stage].steps if s.index > new.index and s.keyword == "RUN")
    step = next(later, None)
    return [(step, fact) for fact in after.facts(step)] if step is not None else []


def _has(after: LayerModel, step: Step, fact: Facts, now: Facts, more: Mapping[str, tuple[str, ...]]) -> bool:
    """True if the later command, or the dependency step that stands for it, has all the options."""
    if fact.match is None or now.match is None or fact.match.ecosystem.id != now.match.ecosystem.id:
        return False
    options = dict(fact.match.options)
    fetch = after.prefetch(step, fact)
    if fetch is not None and fetch.facts.match is not None:
        options.update(fetch.facts.match.options)
    return bool(more) and all(options.get(name) == values for name, values in more.items())
