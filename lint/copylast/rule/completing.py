"""Manifests that an install misses, copied above it beside those that are there."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from copylast.dockerfile.source import Source
from copylast.ecosystem.readers import Closure, Need, Refusal
from copylast.layers.commands import Facts
from copylast.layers.model import LayerModel
from copylast.layers.steps import Step, rights
from copylast.layers.tree import ImageTree
from copylast.rule.blocks import line_start
from copylast.rule.diagnostic import Edit, Effect, Fix, Safety
from copylast.rule.early_copy import carried, carried_by, lines
from copylast.rule.refusal import Refused
from copylast.rule.reorder import Plan, keep_out


def complete_manifests(
    model: LayerModel,
    step: Step,
    install: Facts,
    missing: Sequence[Need],
    full: Closure,
    tree: ImageTree,
    title: str,
    *,
    doubt: str | None,
    certain: bool,
) -> Plan:
    """Copy what the install of ``step`` misses, with the flags of the COPY that brings its other manifests.

    ``missing`` are found in ``tree``, the files at the end of the stage; ``full`` is what the install reads
    when it sees them. ``doubt``: why it is not a safe fix. Raises :class:`Refused`.
    """
    source = model.dockerfile.source
    steps = model.stages[step.stage].steps
    if full.refusals:
        raise Refused(full.refusals[0].gate, full.refusals[0].reason)
    later = [s for s in steps if s.index > step.index and s.copy is not None]
    like = _like(model, step, full)
    carried = carried_by(model, step, missing, later, tree)
    paths = [one for group in carried.values() for one in group]
    if not paths or any(need.path not in {one.image_path for one in paths} for need in missing):
        raise Refused(7, "what the install misses comes in another stage only")
    for one in paths:
        if rights(one.origin.step) != rights(like):
            raise Refused(7, "what the install misses is copied for another user later")
    last = max(carried)
    for other in steps:
        if not like.index < other.index < last or other.keyword != "RUN":
            continue
        reads = model.reads(other)
        if reads.open is not None:
            line = other.line
            raise Refused(7, f"line {line} would see the added files, too: {reads.open.why}")
    excludes, ignore_edits = keep_out(model, [install._replace(closure=full)], [one.origin.step for one in paths])
    new = lines(source, like, paths)
    runs = tuple(s.index for s in steps if like.index < s.index < last and s.keyword == "RUN")
    effect = Effect(adds=tuple(new), excludes=excludes, completes=runs)
    edits = (_behind(source, like, new), *ignore_edits)
    return _plan(title, edits, effect, [*full.unsafe, *([doubt] if doubt is not None else [])], certain)


def copy_beside(
    model: LayerModel,
    step: Step,
    refusals: Sequence[Refusal],
    files: Mapping[str, str],
    manifest: str,
    title: str,
    *,
    doubt: str,
    certain: bool,
) -> Plan:
    """Copy ``files`` (image path -> place in the context) behind the COPY that brings the ``manifest`` beside them.

    ``step`` is the install that comes to see them, ``refusals`` are reasons in them why it should not; ``doubt`` says
    why that is no safe fix. The image may get files that it did not have. Raises :class:`Refused`.
    """
    source = model.dockerfile.source
    if refusals:
        raise Refused(refusals[0].gate, refusals[0].reason)
    origin = model.tree(step).origin(manifest)
    if origin is None or not origin.copy.local or origin.step.stage != step.stage or origin.step.index == step.index:
        raise Refused(7, "no COPY of the same stage brings the manifest")
    like = origin.step
    folder = posixpath.dirname(manifest)
    if any(posixpath.dirname(path) != folder for path in files):
        raise Refused(7, "the lockfiles belong to several manifests")
    new = lines(source, like, [carried(model, place, path, origin) for path, place in files.items()])
    effect = Effect(adds=tuple(new), brings=tuple(sorted(files)))
    return _plan(title, (_behind(source, like, new),), effect, [doubt], certain)


def _behind(source: Source, like: Step, new: Sequence[str]) -> Edit:
    """The edit that puts lines behind an instruction."""
    span = like.instruction.span
    indent = source.text[line_start(source, span.start) : span.start]
    return Edit(source.path, span.end, span.end, "".join(f"{source.newline}{indent}{line}" for line in new))


def _plan(title: str, edits: tuple[Edit, ...], effect: Effect, doubts: list[str], certain: bool) -> Plan:
    if not certain:
        doubts = [*doubts, "the build context was guessed, and another one is possible"]
    safety = Safety.UNSAFE if doubts else Safety.SAFE
    return Plan(Fix(title, edits, safety, effect), tuple(dict.fromkeys(doubts)))


def _like(model: LayerModel, step: Step, full: Closure) -> Step:
    """The last COPY of the same stage that brings something which the install reads."""
    tree = model.tree(step)
    origins = [origin for need in full.needs if (origin := tree.origin(need.path)) is not None]
    found = [o.step for o in origins if o.step.stage == step.stage and o.copy.local and o.step.index < step.index]
    if not found:
        raise Refused(7, "no COPY of the same stage brings the manifests")
    return max(found, key=lambda one: one.index)
