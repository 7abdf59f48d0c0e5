"""Showing that a fix did what it declared, and nothing else.

The proof does not trust the rule: it compares the layer models of the two texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

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
    """Every instruction is there as often as before, but for what the effect names; comments and line ends too."""
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
    for comment in dockerfile.comments:
        yield comment.text.strip()
    for instruction in dockerfile.instructions:
        for comment in instruction.comments:
            yield comment.text.strip()


def _same_stages(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    old = [_text(before.dockerfile, stage.from_) for stage in before.dockerfile.stages]
    new = [_text(after.dockerfile, stage.from_) for stage in after.dockerfile.stages]
    return None if old == new else "the stages would change"


def _pairs(before: LayerModel, after: LayerModel, effect: Effect) -> Iterator[tuple[Step, Step, bool]]:
    """Steps of the two models that are the same instruction; the flag is True for a part of a split one."""
    parts = dict(effect.rewrites)
    for old_stage, new_stage in zip(before.stages, after.stages, strict=True):
        waiting: dict[str, list[Step]] = {}
        for step in new_stage.steps:
            waiting.setdefault(_text(after.dockerfile, step.instruction), []).append(step)
        for step in old_stage.steps:
            if step.index in effect.removes:
                continue
            texts = parts.get(step.index, (_text(before.dockerfile, step.instruction),))
            for text in texts:
                twins = waiting.get(text)
                if twins:
                    # Of equal instructions the last ones are the originals: what a fix adds comes first.
                    yield step, twins.pop(0 if text not in effect.adds else -1), step.index in parts


def _same_places(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """Every step runs in the same directory, as the same user, with the same variables, and says the same."""
    for old, new, _ in _pairs(before, after, effect):
        name = _text(before.dockerfile, old.instruction)[:60]
        if old.keyword in ("RUN", "WORKDIR", "SHELL") and (old.cwd, old.shell) != (new.cwd, new.shell):
            return f"{name!r} would run in another directory or shell"
        if old.keyword in ("RUN", "WORKDIR") and old.user != new.user:
            return f"{name!r} would run as another user"
        if old.keyword == "RUN" and before.variables(old) != after.variables(new):
            return f"{name!r} would see other variables"
        if old.copy is not None and new.copy is not None and _said(old.copy) != _said(new.copy):
            return f"{name!r} would copy other files or to another place"
    for old, new in zip(before.stages, after.stages, strict=True):
        if (old.cwd, old.user, old.shell) != (new.cwd, new.user, new.shell):
            return "a stage would end in another directory, with another user or shell"
    return None


def _said(copy: Copy) -> tuple[object, ...]:
    return (copy.sources, copy.dest, copy.dest_is_dir, copy.stage, copy.image, copy.inline)


def _same_files(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """Every RUN sees what it saw, or all that it reads; every stage ends with the same files."""
    twins = {new.index: old for old, new, _ in _pairs(before, after, effect)}
    for old, new, split in _pairs(before, after, effect):
        if old.keyword != "RUN":
            continue
        here = [step for step in after.before(new) if step.copy is not None]
        there = [step.index for step in before.before(old) if step.copy is not None]
        kept = [twins[step.index].index for step in here if step.index in twins]
        if kept != there:
            reason = _closure_kept(before, after, old, new, split)
            if reason is not None:
                return reason
        elif any(not _shadowed(after, step, here) for step in here if step.index not in twins):
            return "an early COPY would leave a file that was not there"
    for old_stage, new_stage in zip(before.stages, after.stages, strict=True):
        reason = _end_of_stage(before, after, old_stage.steps, new_stage.steps, twins)
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


def _end_of_stage(
    before: LayerModel, after: LayerModel, old: Sequence[Step], new: Sequence[Step], twins: dict[int, Step]
) -> str | None:
    copies = [step for step in new if step.copy is not None]
    for step in copies:
        if step.index not in twins and not _shadowed(after, step, copies):
            return "an early COPY would leave a file that was not there"
    order = {step.index: place for place, step in enumerate(old)}
    known = [step for step in new if step.index in twins and step.keyword in ("COPY", "ADD", "RUN")]
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
        return "two COPYs of the same files would change places" if overrides(after, second.copy, first.copy) else None
    if first.keyword != "RUN" or second.copy is None:
        return None
    for path in after.reads(first).writes:
        twin = second.copy.selection.context_path(path) if second.copy.selection is not None else None
        if twin is not None and after.context is not None:
            entry = after.context.entry(twin)
            if entry is not None and entry.kind != "file":
                return f"files of the context would be laid over {path}, which the install made"
    return None
