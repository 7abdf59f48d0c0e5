"""Source that enters in a parent stage: the parent is cut in two, so that the child can start above the source."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from copylast.dockerfile.nodes import Instruction
from copylast.ecosystem.readers import Need
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step
from copylast.rule.blocks import after_line, blank_above, block, cased
from copylast.rule.crossing import (
    check_lowering,
    into_system,
    refuse_cache_mounts,
    refuse_missing_directories,
    refuse_other_owners,
)
from copylast.rule.cut import Head
from copylast.rule.diagnostic import Edit, Effect, Fix, Safety
from copylast.rule.early_copy import carried_by, lines
from copylast.rule.refusal import Refused
from copylast.rule.reorder import Plan, keep_out, late_blocks

_REPEATABLE = frozenset({"WORKDIR", "ENV", "USER", "LABEL", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "MAINTAINER"})
"""Instructions that may follow the source in the parent: written in the child, they say the same there.

A CMD would not: an ENTRYPOINT takes back the CMD of a parent stage, but not one of its own stage.
"""


def split_parent(
    model: LayerModel,
    step: Step,
    guilty: Sequence[Step],
    needs: Sequence[Need],
    head: Head,
    title: str,
    *,
    certain: bool,
) -> Plan:
    """Give the parent's steps above the source a stage of their own, and build the child's install on that.

    The parent keeps its name and its files; the child copies the same source below its install, and says again what
    the parent says below its source (``WORKDIR``, above all).
    Raises :class:`Refused`.
    """
    source = model.dockerfile.source
    child = model.stages[step.stage]
    parent_index = guilty[0].stage
    if child.parent != parent_index or any(g.stage != parent_index for g in guilty):
        raise Refused(7, "the source enters in several stages, or not in the direct parent")
    if head.cut is not None:
        raise Refused(7, "the source enters in a parent stage, and the step would have to be cut in two")
    parent = model.stages[parent_index]
    indexes = {g.index for g in guilty}
    below = [s for s in parent.steps if s.index >= guilty[0].index]
    repeated = [s for s in below if s.index not in indexes]
    for other in repeated:
        if other.keyword not in _REPEATABLE:
            line = other.line
            raise Refused(7, f"line {line} of the parent stage comes after its source")
    stages = model.dockerfile.stages
    name = parent.name
    if name is None or any(_by_number(i) for i in model.dockerfile.instructions):
        raise Refused(7, "stages are named by number")
    between = [*repeated, *(s for s in child.steps if s.index < step.index)]
    facts = check_lowering(model, guilty, between, head)
    system = into_system(model, [g.copy for g in guilty if g.copy is not None])
    if system is not None:
        raise Refused(7, system)
    refuse_cache_mounts(model, [*between, step], [path for f in facts if f.closure for path in f.closure.writes])
    carried = carried_by(model, step, [*needs, *(n for f in facts if f.closure for n in f.closure.needs)], guilty)
    refuse_other_owners(model, guilty, between, carried, step, facts)
    early_paths = [one.image_path for group in carried.values() for one in group]
    refuse_missing_directories(model, guilty, between, facts, early_paths)

    from_parent, from_child = stages[parent_index].from_, stages[child.index].from_
    newline = source.newline
    edits: list[Edit] = []
    adds: list[str] = []
    rewrites: list[tuple[int, tuple[str, ...]]] = []
    base = from_parent.words[0].text
    # A parent that was cut already has nothing above its source: its own base is what the child needs.
    ready = parent.parent is not None and parent.steps[0].index == guilty[0].index and "$" not in base
    if not ready:
        base = _fresh(name, {stage.name for stage in stages})
        written = source.slice(from_parent.span)
        renamed = _with_name(written, name, base)
        # The name in the same letters, and AS as well.
        again = f"{cased(source, from_parent, 'FROM')} {base} {' '.join(written.split()[-2:])}"
        cut = block(source, guilty[0].instruction).start
        edits.append(Edit(source.path, *from_parent.span, renamed))
        edits.append(Edit(source.path, cut, cut, f"{'' if blank_above(source, cut) else newline}{again}{newline}"))
        adds.append(again)
        rewrites.append((from_parent.index, (renamed,)))
    based = _with_base(source.slice(from_child.span), from_child, base)
    edits.append(Edit(source.path, *from_child.span, based))
    rewrites.append((from_child.index, (based,)))
    early: list[str] = []
    for one in below:
        text = source.slice(one.instruction.span)
        early += lines(source, one, carried.get(one.index, ())) if one.index in indexes else [text]
    if early:
        first = after_line(source, from_child.span.end)
        edits.append(Edit(source.path, first, first, "".join(f"{line}{newline}" for line in early)))
    excludes, ignore_edits = keep_out(model, facts, guilty)
    late, workdirs = late_blocks(source, step, guilty, comments=False)
    gap = newline if blank_above(source, block(source, step.instruction).start) else ""
    end = step.instruction.span.end
    edits.append(Edit(source.path, end, end, f"{newline}{gap}{newline.join(late)}"))
    copies = (source.slice(g.instruction.span) for g in guilty)
    effect = Effect(
        adds=(*adds, *early, *workdirs, *copies),
        rewrites=tuple(rewrites),
        excludes=excludes,
        new_stage=None if ready else parent_index,
    )
    doubts = list(head.reads.unsafe)
    if not certain:
        doubts.append("the build context was guessed, and another one is possible")
    safety = Safety.UNSAFE if doubts else Safety.SAFE
    return Plan(Fix(title, tuple(edits + ignore_edits), safety, effect), tuple(doubts))


def _fresh(name: str, taken: Set[str | None]) -> str:
    """A name for the stage that takes the parent's steps above the source."""
    found, number = f"{name}-setup", 2
    while found in taken:
        found, number = f"{name}-setup-{number}", number + 1
    return found


def _by_number(instruction: Instruction) -> bool:
    flag = instruction.flag("from")
    if flag is not None and (flag.value or "").isdigit():
        return True
    return any(f.name == "mount" and re.search(r"(^|,)from=\d+(,|$)", f.value or "") for f in instruction.flags)


def _with_name(text: str, old: str, new: str) -> str:
    found = re.fullmatch(rf"(.*\s){re.escape(old)}(\s*)", text, re.I | re.S)
    if found is None:
        raise Refused(7, "the name of the parent stage is not where it should be")
    return found[1] + new + found[2]


def _with_base(text: str, from_: Instruction, new: str) -> str:
    word = from_.words[0]
    at = word.span.start - from_.span.start
    return text[:at] + new + text[at + word.span.end - word.span.start :]
