"""That variables which are set further down reach everything that reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from copylast.dockerfile.environment import Binding, Environment
from copylast.dockerfile.expand import ExpansionError
from copylast.dockerfile.nodes import Instruction
from copylast.dockerfile.scope import PROXY_ARGUMENTS, Evaluation, evaluate
from copylast.fix.pairing import moved, stage_pairs, text_of
from copylast.layers.environ import reading
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.rule.diagnostic import Effect

_NOT_EXPANDED = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL", "MAINTAINER"})


def same_variables(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """Every RUN sees the variables that it saw, but for those of ``effect.later`` that it surely does not read."""
    for was, now in _evaluations(before, after, effect):
        for stage in stage_pairs(before, after, effect):
            for old, new, _ in stage.pairs:
                if old.keyword == "RUN":
                    mine, theirs = was.environment(old.instruction), now.environment(new.instruction)
                    # A proxy that the build is given reaches the RUN with an ARG or without.
                    free = [name for name in effect.later if name in PROXY_ARGUMENTS and name in was.build_args]
                    reason = _same(before, old, mine.bindings(), theirs.bindings(), effect.later, free)
                elif effect.later and old.keyword not in _NOT_EXPANDED:
                    reason = _says_the_same(was, old.instruction, now, new.instruction)
                else:
                    reason = None
                if reason is not None:
                    return f"{text_of(before.dockerfile, old.instruction)[:60]!r} {reason}"
        for index in range(len(before.stages)) if effect.later else ():
            ends = was.final_environment(index), now.final_environment(moved(index, effect))
            if _by_name(ends[0], effect) != _by_name(ends[1], effect):
                return "a stage would end with other variables"
    return None


def _evaluations(before: LayerModel, after: LayerModel, effect: Effect) -> Iterator[tuple[Evaluation, Evaluation]]:
    """Both files under the build's arguments and, where variables move, under some that give each of them a value."""
    yield before.evaluation, after.evaluation
    if effect.later:
        # What every RUN is given anyway, with an ARG or without, has no value of its own here.
        names = [name for name in effect.later if name not in PROXY_ARGUMENTS]
        given = {**before.evaluation.build_args, **{name: f"the {name} of a build" for name in names}}
        yield evaluate(before.dockerfile, given), evaluate(after.dockerfile, given)


def _same(
    before: LayerModel,
    run: Step,
    old: tuple[Binding, ...],
    new: tuple[Binding, ...],
    later: Collection[str],
    free: Collection[str],
) -> str | None:
    if old == new:
        return None
    if [one for one in old if one.name not in later] != [one for one in new if one.name not in later]:
        return "would see other variables"
    given = {one.name: one for one in old}
    seen = {one.name: one for one in new}
    for name in later:
        if given.get(name) == seen.get(name):
            continue
        if name in seen:
            return f"would see another {name}"
        if name in free:
            continue
        found = reading(before, run, name)
        if found is not None and found.how != "doubt":
            return f"would lose {name}: {found.why}"
    return None


def _by_name(environment: Environment, effect: Effect) -> dict[str, Binding]:
    """The variables at the end of a stage; an ARG that is taken away may be missing there."""
    gone = effect.later if effect.removes else ()
    return {one.name: one for one in environment.bindings() if not (one.is_arg and one.name in gone)}


def _says_the_same(was: Evaluation, mine: Instruction, now: Evaluation, theirs: Instruction) -> str | None:
    """Words, flags and heredocs mean what they meant."""
    texts = [word.text for word in mine.words] + [flag.value or "" for flag in mine.flags]
    try:
        if any(was.expand(mine, text) != now.expand(theirs, text) for text in texts):
            return "would say something else"
        for one in mine.heredocs:
            if one.expand and was.expand_heredoc(mine, one.content) != now.expand_heredoc(theirs, one.content):
                return "would say something else"
    except ExpansionError:
        return "cannot be expanded"
    return None
