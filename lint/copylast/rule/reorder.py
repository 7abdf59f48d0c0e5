"""The reorder: manifests, install, then the source. Everything is refused that is not surely the same build."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from copylast.dockerfile.source import Source, Span
from copylast.ecosystem.readers import Need
from copylast.layers.commands import Facts
from copylast.layers.model import LayerModel
from copylast.layers.reads import put_together
from copylast.layers.steps import Step
from copylast.records import NamedTuple
from copylast.rule.blocks import blank_above, block, cased, line_start, removal
from copylast.rule.crossing import (
    check_lowering,
    into_system,
    refuse_cache_mounts,
    refuse_missing_directories,
    refuse_other_owners,
)
from copylast.rule.cut import Head, says_what_follows, tail_of
from copylast.rule.diagnostic import Edit, Effect, Fix, Safety
from copylast.rule.early_copy import carried_by, lines
from copylast.rule.early_run import EarlyRun
from copylast.rule.overlay import shield
from copylast.rule.refusal import Refused


class Plan(NamedTuple):
    """A fix and the reasons, if any, why it is not a safe one."""

    fix: Fix
    doubts: tuple[str, ...]


def offer(make: Callable[[], Plan]) -> tuple[Fix | None, str | None]:
    """``fix`` and ``withheld`` of a diagnostic, from the plan that ``make`` builds or the gate that holds it back."""
    try:
        plan = make()
    except Refused as refused:
        return None, str(refused)
    return plan.fix, f"the fix is not a safe one: {'; '.join(plan.doubts)}" if plan.doubts else None


def lower_source(
    model: LayerModel,
    step: Step,
    guilty: Sequence[Step],
    needs: Sequence[Need],
    head: Head | None,
    new: EarlyRun | None,
    title: str,
    *,
    certain: bool,
    across_system: bool = False,
) -> Plan:
    """Put the guilty COPYs below the install at ``step`` and only its manifests above it.

    ``head`` says how much of the RUN is the install; ``new`` is a dependency step that is put behind that,
    and then the rest of ``step`` stays below the source. ``across_system``: a COPY into the system's own
    directories makes the fix unsafe and does not refuse it. Raises :class:`Refused`.
    """
    source = model.dockerfile.source
    stage = model.stages[step.stage]
    first = guilty[0]
    between = [s for s in stage.steps if first.index < s.index < step.index]
    facts = check_lowering(model, guilty, between, head)
    system = into_system(model, [g.copy for g in guilty if g.copy is not None])
    if system is not None and not across_system:
        raise Refused(7, system)
    own = put_together(facts)
    refuse_cache_mounts(model, [*between, step] if head is not None else between, own.writes)
    carried = carried_by(model, step, [*needs, *own.needs], guilty)
    refuse_other_owners(model, guilty, between, carried, step, facts)
    early_paths = [one.image_path for group in carried.values() for one in group]
    moved = facts if new is None else (*facts, new.facts)
    refuse_missing_directories(model, guilty, between, moved, early_paths)
    excludes, ignore_edits = keep_out(model, moved, guilty)

    edits: list[Edit] = []
    adds: list[str] = []
    fresh: list[str] = []
    newline = source.newline
    # What only the new step reads stands directly above it, so that a change of it runs nothing else.
    close = new is not None and not own.needs and all(s.keyword == "RUN" or s in guilty for s in between)
    close = close and all(g.cwd == step.cwd for g in guilty)
    gone: list[Span] = []
    for lowered in guilty:
        early = lines(source, lowered, carried.get(lowered.index, ())) if lowered.copy is not None else []
        adds += early
        where = block(source, lowered.instruction)
        if close:
            fresh += early
        if early and not close:
            text = newline.join(_indent(source, lowered) + line for line in early)
            edits.append(Edit(source.path, where.start, where.end, text))
        elif gone and not source.text[gone[-1].end : where.start].strip():
            gone[-1] = Span(gone[-1].start, where.end)
        else:
            gone.append(where)
    edits += [Edit(source.path, *removal(source, where), "") for where in gone]
    late, restored = late_blocks(source, step, guilty, then=_next(model, step) if head and head.cut is None else None)
    adds += restored
    rewrites: tuple[tuple[int, tuple[str, ...]], ...] = ()
    below = block(source, step.instruction)
    gap = newline if _apart(source, guilty, below.start) else ""
    joined = newline.join(late)
    if new is not None:
        adds.append(new.text)
        fresh.append(new.text)
    if head is not None and head.cut is not None and head.resume is not None:
        tail = tail_of(source, step, head)
        if says_what_follows(source, step, head):
            comment = Span(below.start, line_start(source, step.instruction.span.start))
            tail = tail._replace(comments=(source.slice(comment).rstrip(), *tail.comments))
            edits.append(Edit(source.path, *comment, ""))
        closing = f"{newline}{head.closing}" if head.closing else ""
        parts = ["", *fresh, *([""] if gap else []), joined, *([""] if gap else []), *tail.comments, tail.start]
        text = closing + newline.join(parts)
        edits.append(Edit(source.path, head.cut, head.resume, text))
        run = step.instruction
        second = tail.start + source.text[head.resume : run.span.end]
        rewrites = ((run.index, (source.text[run.span.start : head.cut] + closing, second)),)
    elif new is not None:
        text = f"{newline.join(fresh)}{newline}{gap}{joined}{newline}{gap}"
        edits.append(Edit(source.path, below.start, below.start, text))
    else:
        end = step.instruction.span.end
        edits.append(Edit(source.path, end, end, f"{newline}{gap}{joined}"))
    doubts = [*own.unsafe, *([system] if system is not None else [])]
    if not certain:
        doubts.append("the build context was guessed, and another one is possible")
    effect = Effect(
        moves=tuple(g.index for g in guilty),
        adds=tuple(adds),
        rewrites=rewrites,
        excludes=excludes,
    )
    safety = Safety.UNSAFE if doubts else Safety.SAFE
    return Plan(Fix(title, tuple(edits + ignore_edits), safety, effect), tuple(dict.fromkeys(doubts)))


def insert_step(
    model: LayerModel,
    step: Step,
    guilty: Sequence[Step],
    needs: Sequence[Need],
    new: EarlyRun,
    title: str,
    *,
    certain: bool,
) -> Plan:
    """Put a dependency step with its manifests in front of the first guilty COPY; nothing moves.

    Raises :class:`Refused`.
    """
    source = model.dockerfile.source
    first = guilty[0]
    used = {name for word in new.facts.command.words for name in word.names}
    steered_by = new.facts.match.ecosystem.environment if new.facts.match is not None else ()
    if new.head is not None:
        raise Refused(7, "the step prepares what the new one needs")
    if first.cwd != step.cwd:
        raise Refused(7, "the working directory changes between the COPY and the build")
    for between in model.stages[step.stage].steps:
        if not first.index < between.index < step.index:
            continue
        line = between.line
        prepares = between.keyword == "RUN" and not _only_builds(model, between, new.facts)
        prepares = prepares and between not in guilty
        if prepares or between.keyword in ("USER", "SHELL"):
            raise Refused(7, f"line {line} may prepare what the new step needs")
        if between.copy is not None and not between.copy.local:
            raise Refused(7, f"line {line} may bring what the new step needs")
        if between.keyword in ("ENV", "ARG") and any(
            pair.name.text in used or any(fnmatchcase(pair.name.text, glob) for glob in steered_by)
            for pair in between.instruction.pairs
        ):
            raise Refused(7, f"line {line} sets a variable that the new step reads")
    _refuse_late_manifests(model, step, first, needs)
    carried = carried_by(model, step, needs, guilty)
    if any(index != first.index for index in carried):
        raise Refused(7, "the manifests come with several COPYs")
    early = lines(source, first, carried.get(first.index, ()))
    where = block(source, first.instruction)
    gap = source.newline if blank_above(source, where.start) and first.instruction.leading else ""
    text = "".join(f"{line}{source.newline}" for line in [*early, new.text])
    edit = Edit(source.path, where.start, where.start, text + gap)
    excludes, ignore_edits = keep_out(model, [new.facts], guilty)
    doubts = () if certain else ("the build context was guessed, and another one is possible",)
    safety = Safety.SAFE if certain else Safety.UNSAFE
    effect = Effect(adds=(*early, new.text), excludes=excludes)
    return Plan(Fix(title, (edit, *ignore_edits), safety, effect), doubts)


def _refuse_late_manifests(model: LayerModel, step: Step, first: Step, needs: Sequence[Need]) -> None:
    """A step in front of ``first`` would not see what another COPY brings below. Raises :class:`Refused`."""
    tree = model.tree(step)
    for need in needs:
        origin = tree.origin(need.path)
        if origin is not None and origin.step.index > first.index:
            line = origin.step.line
            raise Refused(7, f"line {line} brings {origin.path} after the source")


def _only_builds(model: LayerModel, run: Step, new: Facts) -> bool:
    """True for a step in which the same manager works on the source, and which prepares nothing for a download."""
    return new.match is not None and all(
        fact.role == "build" and fact.match is not None and fact.match.ecosystem.id == new.match.ecosystem.id
        for fact in model.facts(run)
    )


def _indent(source: Source, step: Step) -> str:
    """The white space in front of an instruction."""
    start = step.instruction.span.start
    return source.text[line_start(source, start) : start]


def keep_out(
    model: LayerModel, facts: Sequence[Facts], guilty: Sequence[Step]
) -> tuple[tuple[str, ...], list[Edit]]:
    """The patterns that the ignore file needs so that no host file covers what the commands make, and the edits."""
    writes = dict.fromkeys(w for f in facts if f.closure is not None for w in f.closure.writes)
    directories = {d for f in facts if f.match is not None for d in f.match.ecosystem.dependency_dirs}
    return shield(model, writes, directories, guilty)


def _apart(source: Source, guilty: Sequence[Step], install: int) -> bool:
    """True if the source stands in a paragraph of its own today, or begins one with a comment."""
    last = [g.instruction.span.end for g in guilty if g.instruction.span.end <= install]
    lines = source.text[last[-1] if last else install : install].split("\n")[1:-1]
    if blank_above(source, install) or any(not line.strip() for line in lines):
        return True
    return bool(guilty[0].instruction.leading) and blank_above(source, block(source, guilty[0].instruction).start)


def _next(model: LayerModel, step: Step) -> Step | None:
    return next((s for s in model.stages[step.stage].steps if s.index > step.index), None)


def late_blocks(
    source: Source, step: Step, guilty: Sequence[Step], *, comments: bool = True, then: Step | None = None
) -> tuple[list[str], list[str]]:
    """The blocks that come below the install, and the WORKDIRs that had to be added among them.

    ``comments``: whether the comments above each COPY come along. ``then`` is the step that follows: where that
    sets the working directory, it need not be set again.
    """
    blocks: list[str] = []
    added: list[str] = []
    cwd = step.cwd
    for lowered in guilty:
        if lowered.cwd != cwd and (lowered.copy is None or not lowered.copy.absolute):
            cwd = lowered.cwd
            added.append(_workdir(source, lowered, cwd))
            blocks.append(added[-1])
        where = block(source, lowered.instruction)
        # Groups of COPYs stay apart.
        gap = source.newline if comments and blocks and blank_above(source, where.start) else ""
        blocks.append(gap + source.slice(where if comments else lowered.instruction.span))
    sets = then is not None and then.keyword == "WORKDIR" and then.instruction.rest.startswith("/")
    if cwd != step.cwd and not sets:
        added.append(_workdir(source, step, step.cwd))
        blocks.append(added[-1])
    return blocks, added


def _workdir(source: Source, like: Step, cwd: str) -> str:
    if not cwd.startswith("/") or any(c in cwd for c in " $\\\"'`"):
        raise Refused(7, "the working directory changes between the COPY and the install and cannot be named")
    return f"{cased(source, like.instruction, 'WORKDIR')} {cwd}"
