"""Every RUN finds the files that it reads, and every stage ends with the same files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from copylast.fix.order import commute
from copylast.fix.pairing import StagePair, stage_pairs, text_of
from copylast.layers.downloads import keeps_packages
from copylast.layers.model import LayerModel
from copylast.layers.owners import Makers, touched
from copylast.layers.reads import put_together
from copylast.layers.steps import Step, rights
from copylast.layers.writes import leaves_alone, may_change
from copylast.rule.diagnostic import Effect

_EFFECTFUL = ("COPY", "ADD", "RUN", "VOLUME")


def same_files(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """Every RUN sees what it saw, or all that it reads; every stage ends with the same files."""
    for stage in stage_pairs(before, after, effect):
        twins = {new.index: old for old, new, _ in stage.pairs}
        reason = _nobody_left(before, stage, effect) or _added(after, stage, twins, effect)
        for old, new, split in stage.pairs:
            if reason is None and old.keyword == "RUN":
                reason = _same_view(before, after, old, new, split, twins, effect)
        reason = reason or _same_end(before, after, stage, twins, effect) or _same_owners(before, after, stage)
        if reason is not None:
            return reason
    return None


def _nobody_left(before: LayerModel, stage: StagePair, effect: Effect) -> str | None:
    """No step is missing in its stage but those that the effect removes, and those only if nobody misses them."""
    kept = {old.index for old, _, _ in stage.pairs}
    for old in stage.old:
        text = text_of(before.dockerfile, old.instruction)
        if old.index in effect.removes:
            if old.keyword == "RUN" and old.index in [fetcher for fetcher, _ in effect.joins]:
                from copylast.fix.joined import lists_missed

                reason = lists_missed(before, old, effect)
                if reason is not None:
                    return reason
                continue
            # That no RUN needs what an ARG sets is shown where variables are compared.
            unset = old.keyword == "ARG" and all(pair.name.text in effect.later for pair in old.instruction.pairs)
            if old.keyword not in ("COPY", "ADD", "WORKDIR") and not unset:
                return f"{text[:60]!r} would be lost"
        elif old.index not in kept and not (old.keyword == "WORKDIR" and text in effect.adds):
            return f"{text[:60]!r} would leave its stage"
    return None


def _added(after: LayerModel, stage: StagePair, twins: Mapping[int, Step], effect: Effect) -> str | None:
    """What a fix adds must read and write nothing that matters to the others."""
    places = Makers().add(stage.old).found
    copies = [step for step in stage.new if step.copy is not None]
    for step in stage.new:
        if step.index in twins:
            continue
        name = text_of(after.dockerfile, step.instruction)[:60]
        if step.copy is not None:
            if not _shadowed(after, step, copies) and not _declared(after, step, effect):
                return "an early COPY would leave a file that was not there"
        elif step.into is not None:
            if step.into not in places and step.into not in ("/", "?"):
                return f"{name!r} would make a directory that was not there"
        elif step.keyword != "RUN":
            return f"{name!r} would be new"
        else:
            later = [c for c in copies if c.index > step.index and c.copy is not None]
            facts = after.facts(step)
            if not after.reads(step).closed or not facts:
                return f"the new step {name!r} may read or change any file"
            if not all(leaves_alone(fact, [c.copy for c in later if c.copy is not None]) for fact in facts):
                return f"the new step {name!r} would write where the source goes"
            reason = next((r for c in later if (r := commute(after, step, c)) is not None), None)
            if reason is not None:
                return reason
    return None


def _same_view(
    before: LayerModel, after: LayerModel, old: Step, new: Step, split: bool, twins: Mapping[int, Step], effect: Effect
) -> str | None:
    """A RUN sees the files of the same COPYs, or it reads no others than those that it still finds.

    One that was declared to find manifests that it did not must read nothing but what it looks for.
    """
    here = [step for step in after.before(new) if step.copy is not None]
    there = {step.index: step for step in before.before(old) if step.copy is not None}
    kept = {twins[step.index].index for step in here if step.index in twins}
    if kept == there.keys():
        if old.index in effect.completes and after.reads(new).closed:
            return None
        added = [step for step in here if step.index not in twins and not _declared(after, step, effect)]
        if all(_shadowed(after, step, here) for step in added):
            return None
        return "an early COPY would leave a file that was not there"
    name = text_of(before.dockerfile, old.instruction)[:60]
    reads = after.reads(new)
    if not reads.closed:
        return f"{name!r} would no longer see all files that it may read"
    changed = [there[i].copy for i in there.keys() - kept]
    changed += [step.copy for step in here if step.index in twins and twins[step.index].index not in there]
    if not all(leaves_alone(fact, [c for c in changed if c is not None]) for fact in after.facts(new)):
        return f"{name!r} would write where the source goes"
    for mount in new.mounts:
        if mount.kind == "cache" and mount.target is not None and any(_touch(mount.target, w) for w in reads.writes):
            return f"{name!r} keeps what it makes in a cache mount"
    for fact in after.facts(new):
        if fact.match and fact.match.kind in ("deps", "fetch") and keeps_packages(after, new, fact.match.ecosystem):
            return f"{name!r} keeps what it installs in a cache mount"
    commands = {fact.command.argv for fact in after.facts(new)}
    facts = [fact for fact in before.facts(old) if not split or fact.command.argv in commands]
    wanted = put_together(facts)
    if {need.path for need in wanted.needs} != {need.path for need in reads.needs}:
        return f"{name!r} would find other manifests"
    old_tree, new_tree = before.tree(old), after.tree(new)
    for need in wanted.needs:
        one, other = old_tree.origin(need.path), new_tree.origin(need.path)
        if (one and one.path) != (other and other.path):
            return f"{name!r} would find another file at {need.path}"
        if one is not None and other is not None and rights(one.step) != rights(other.step):
            return f"{name!r} would find {need.path} with another owner or mode"
        if one is not None and other is not None:
            if _changed(before, one.step, old, need.path) != _changed(after, other.step, new, need.path):
                return f"{name!r} would find {need.path} as another step changed it"
    return None


def _changed(model: LayerModel, since: Step, until: Step, path: str) -> bool:
    """True if a RUN between two steps may have changed the file at ``path``, which the first of them brought."""
    between = [step for step in model.before(until) if step.index > since.index and step.keyword == "RUN"]
    return any(may_change(fact, path) for step in between for fact in model.facts(step))


def _touch(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _shadowed(after: LayerModel, early: Step, later: Sequence[Step]) -> bool:
    """True if everything that an early COPY brings is laid again, the same, by a later one."""
    if early.copy is None or early.copy.selection is None:
        return early.copy is None
    for entry, image_path in early.copy.selection.pairs():
        if entry.kind == "dir":
            continue
        if not any(
            step.index > early.index
            and step.copy is not None
            and step.copy.selection is not None
            and step.copy.selection.context_path(image_path) == entry.path
            for step in later
        ):
            return False
    return True


def _declared(after: LayerModel, early: Step, effect: Effect) -> bool:
    """True if every file that a COPY brings is one that the effect names, and takes no other's place."""
    assert early.copy is not None
    pairs = early.copy.selection.pairs() if early.copy.selection is not None else ()
    brought = [path for entry, path in pairs if entry.kind != "dir"]
    tree = after.tree(early)
    return bool(brought) and all(path in effect.brings and tree.kind(path) is None for path in brought)


def _same_end(
    before: LayerModel, after: LayerModel, stage: StagePair, twins: Mapping[int, Step], effect: Effect
) -> str | None:
    """Steps that change places leave the same files behind; what a removed COPY brought still comes."""
    order = {step.index: place for place, step in enumerate(stage.old)}
    known = [step for step in stage.new if step.index in twins and step.keyword in _EFFECTFUL]
    for place, first in enumerate(known):
        for second in known[place + 1 :]:
            one, other = twins[first.index], twins[second.index]
            if one.index != other.index and order[one.index] > order[other.index]:
                reason = commute(after, first, second)
                if reason is not None:
                    return reason
    if not stage.old or not stage.new or not effect.removes:
        return None
    end, twin = before.final_tree(stage.old[-1].stage), after.final_tree(stage.new[-1].stage)
    for step in stage.old:
        if step.index not in effect.removes or step.copy is None:
            continue
        if step.copy.selection is None:
            return "a COPY whose files are not known would be lost"
        for entry, image_path in step.copy.selection.pairs():
            was, now = end.origin(image_path), twin.origin(image_path)
            if entry.kind != "dir" and (was and was.path) != (now and now.path):
                return f"{entry.path} would no longer be in the image"
    return None


def _same_owners(before: LayerModel, after: LayerModel, stage: StagePair) -> str | None:
    """Every directory that an instruction makes is made for the same user, whether or not commands make some."""

    def of(model: LayerModel) -> Callable[[Step], Iterable[str]]:
        return lambda step: touched(model.facts(step))

    for was, now in ((None, None), (of(before), of(after))):
        old = Makers().add(stage.old, was).found
        new = Makers().add(stage.new, now).name(old).found
        for path, owner in old.items():
            if new.get(path) != owner:
                return f"{path} would be made for another user"
    return None
