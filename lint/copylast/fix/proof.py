"""Showing that a fix did what it declared, and nothing else.

The proof does not trust the rule: it compares the layer models of the two texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from copylast.dockerfile.nodes import Dockerfile, Instruction
from copylast.layers.model import LayerModel
from copylast.layers.overrides import overrides
from copylast.layers.reads import put_together
from copylast.layers.steps import Copy, Step
from copylast.rule.diagnostic import Effect


def prove(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """None if ``after`` is ``before`` with exactly ``effect``; else one sentence that says what is not so."""
    for check in (_same_text, _same_stages, _same_places, _same_files):
        reason = check(before, after, effect)
        if reason is not None:
            return reason
    return None


def _text(dockerfile: Dockerfile, instruction: Instruction) -> str:
    return dockerfile.source.slice(instruction.span)


def _same_text(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """Every instruction is there as often as before, but for what the effect names; comments too."""
    old, new = before.dockerfile, after.dockerfile
    if len(new.problems) > len(old.problems):
        return f"the result would not parse: {new.problems[-1].message}"
    parts = dict(effect.rewrites)
    gone = set(effect.moves) | set(effect.removes)
    still: list[str] = []
    expected: Counter[str] = Counter(effect.adds)
    for instruction in old.instructions:
        texts = parts.get(instruction.index, (_text(old, instruction),))
        if instruction.index not in effect.removes:
            expected.update(texts)
        if instruction.index not in gone:
            still.extend(texts)
    found = [_text(new, instruction) for instruction in new.instructions]
    if Counter(found) != expected:
        changed = (expected - Counter(found)) or (Counter(found) - expected)
        return f"an instruction would not be as declared: {next(iter(changed))[:60]!r}"
    at = iter(found)
    if not all(any(text == other for other in at) for text in still):
        return "instructions that should keep their order would change it"
    if not effect.drops_comments and Counter(_comments(old)) != Counter(_comments(new)):
        return "a comment would be lost or doubled"
    if ("\r\n" in new.source.text) != ("\r\n" in old.source.text):
        return "line ends would change"
    if "\r\n" in old.source.text and _bare(old.source.text) == 0 and _bare(new.source.text):
        return "line ends would be mixed"
    if old.source.text[:1] == "\ufeff" and new.source.text[:1] != "\ufeff":
        return "the byte order mark would be lost"
    return None


def _bare(text: str) -> int:
    return text.count("\n") - text.count("\r\n")


def _comments(dockerfile: Dockerfile) -> Iterator[str]:
    return (comment.text.strip() for comment in dockerfile.comments)


class _Stage(NamedTuple):
    """One stage before and after: all steps of its chain, and which of them are the same instruction."""

    old: tuple[Step, ...]
    new: tuple[Step, ...]
    pairs: tuple[tuple[Step, Step, bool], ...]
    """(before, after, True for a part of a split instruction)"""


def _same_stages(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    parts = dict(effect.rewrites)
    old: list[str] = []
    for written in before.dockerfile.stages:
        old.extend(parts.get(written.from_.index, (_text(before.dockerfile, written.from_),)))
    new = [_text(after.dockerfile, stage.from_) for stage in after.dockerfile.stages]
    if effect.new_stage is not None:
        if not 0 <= effect.new_stage < len(new):
            return "the new stage is not where it was declared"
        # The line that was put in belongs to the stage that was split; the new stage took its FROM.
        old.insert(effect.new_stage + 1, new[effect.new_stage + 1])
    if old != new:
        return "the stages would change"
    for index, stage in enumerate(before.stages):
        twin = after.stages[_moved(index, effect)]
        if stage.name != twin.name or before.base_image(index) != after.base_image(twin.index):
            return "a stage would have another name or base"
        if (stage.cwd, stage.user, stage.shell) != (twin.cwd, twin.user, twin.shell):
            return "a stage would end in another directory, with another user or shell"
    return None


def _moved(index: int, effect: Effect) -> int:
    """The index of a stage after the fix; a stage that was split is its second part."""
    return index + 1 if effect.new_stage is not None and index >= effect.new_stage else index


def _stages(before: LayerModel, after: LayerModel, effect: Effect) -> Iterator[_Stage]:
    parts = dict(effect.rewrites)
    for index in range(len(before.stages)):
        old = tuple(step for part in before.chain(index) for step in part.steps)
        new = tuple(step for part in after.chain(_moved(index, effect)) for step in part.steps)
        waiting: dict[str, list[Step]] = {}
        for step in new:
            waiting.setdefault(_text(after.dockerfile, step.instruction), []).append(step)
        pairs: list[tuple[Step, Step, bool]] = []
        for step in old:
            if step.index in effect.removes:
                continue
            for text in parts.get(step.index, (_text(before.dockerfile, step.instruction),)):
                if step.keyword == "WORKDIR" and text in effect.adds:
                    # It cannot be told from the added ones, and says nothing that its neighbours do not.
                    continue
                twins = waiting.get(text)
                if twins:
                    # Of equal instructions the last ones are the originals: what a fix adds comes first.
                    pairs.append((step, twins.pop(-1 if text in effect.adds else 0), step.index in parts))
        yield _Stage(old, new, tuple(pairs))


def _same_places(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """Every step runs in the same directory, as the same user, with the same variables, and says the same."""
    for stage in _stages(before, after, effect):
        for old, new, _ in stage.pairs:
            name = _text(before.dockerfile, old.instruction)[:60]
            if old.keyword in ("RUN", "WORKDIR", "SHELL") and (old.cwd, old.shell) != (new.cwd, new.shell):
                return f"{name!r} would run in another directory or shell"
            if old.keyword in ("RUN", "WORKDIR") and old.user != new.user:
                return f"{name!r} would run as another user"
            if old.keyword == "RUN" and before.variables(old) != after.variables(new):
                return f"{name!r} would see other variables"
            if old.copy is not None and new.copy is not None and _said(old.copy) != _said(new.copy, effect):
                return f"{name!r} would copy other files or to another place"
    return None


def _said(copy: Copy, effect: Effect | None = None) -> tuple[object, ...]:
    stage = copy.stage
    if effect is not None and effect.new_stage is not None and stage is not None and stage > effect.new_stage:
        stage -= 1
    return (copy.sources, copy.dest, copy.dest_is_dir, stage, copy.image, copy.inline)


def _same_files(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """Every RUN sees what it saw, or all that it reads; every stage ends with the same files."""
    for stage in _stages(before, after, effect):
        twins = {new.index: old for old, new, _ in stage.pairs}
        for old, new, split in stage.pairs:
            if old.keyword != "RUN":
                continue
            here = [step for step in after.before(new) if step.copy is not None]
            there = [step.index for step in before.before(old) if step.copy is not None]
            kept = [twins[step.index].index for step in here if step.index in twins]
            if sorted(kept) != sorted(there):
                reason = _closure_kept(before, after, old, new, split)
                if reason is not None:
                    return reason
            elif any(not _shadowed(after, step, here) for step in here if step.index not in twins):
                return "an early COPY would leave a file that was not there"
        reason = _end_of_stage(after, stage, twins)
        if reason is not None:
            return reason
    return None


def _closure_kept(before: LayerModel, after: LayerModel, old: Step, new: Step, split: bool) -> str | None:
    name = _text(before.dockerfile, old.instruction)[:60]
    reads = after.reads(new)
    if not reads.closed:
        return f"{name!r} would no longer see all files that it may read"
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
    return None


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


def _end_of_stage(after: LayerModel, stage: _Stage, twins: dict[int, Step]) -> str | None:
    copies = [step for step in stage.new if step.copy is not None]
    for step in copies:
        if step.index not in twins and not _shadowed(after, step, copies):
            return "an early COPY would leave a file that was not there"
    order = {step.index: place for place, step in enumerate(stage.old)}
    known = [step for step in stage.new if step.index in twins and step.keyword in ("COPY", "ADD", "RUN")]
    for place, first in enumerate(known):
        for second in known[place + 1 :]:
            one, other = twins[first.index], twins[second.index]
            if one.index == other.index or order[one.index] < order[other.index]:
                continue
            reason = _commute(after, first, second)
            if reason is not None:
                return reason
    return None


def _commute(after: LayerModel, first: Step, second: Step) -> str | None:
    """None if two steps that changed places leave the same files behind."""
    if first.copy is not None and second.copy is not None:
        if overrides(after, second.copy, first.copy):
            return "two COPYs of the same files would change places"
    if first.keyword != "RUN" or second.copy is None:
        return None
    for path in after.reads(first).writes:
        twin = second.copy.selection.context_path(path) if second.copy.selection is not None else None
        if twin is not None and after.context is not None:
            entry = after.context.entry(twin)
            if entry is not None and entry.kind != "file":
                return f"files of the context would be laid over {path}, which the install made"
    return None
