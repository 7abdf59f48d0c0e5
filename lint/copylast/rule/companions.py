"""COPYs that go below an install with the source: they stand beside it, and the install reads nothing of them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from copylast.ecosystem.descriptor import Ecosystem
from copylast.ecosystem.readers import Need
from copylast.layers.model import LayerModel
from copylast.layers.paths import overlap, within
from copylast.layers.steps import TREE, Step
from copylast.regexes import any_of
from copylast.rule.refusal import Refused
from copylast.rule.reorder import Plan

_ENOUGH = 400
"""A COPY of more files than these is left where it stands, rather than looked through."""


def with_companions(
    model: LayerModel,
    step: Step,
    guilty: Sequence[Step],
    needs: Iterable[Need],
    cwd: str,
    ecosystems: Iterable[Ecosystem],
) -> list[Step]:
    """``guilty`` with the COPYs of settings and the like that stand among them or directly above.

    One of them alone would not make anybody complain, but left alone above the install it would look as if the
    install read it. What comes into the install's directory ``cwd`` counts, and nothing that ``needs`` name, no
    manifest and no setting of ``ecosystems``. A RUN between them that only removes files goes along, too.
    """
    tree = model.tree(step)
    steps = [s for s in model.stages[step.stage].steps if s.index < step.index]
    runs = [s for s in steps if s.keyword == "RUN" and s.index > guilty[0].index]
    wanted = [*needs, *(need for run in runs for need in model.reads(run).needs)]
    origins = {origin.step.index for need in wanted if (origin := tree.origin(need.path)) is not None}
    folders = [need.path for need in wanted if need.what == "dir"]
    quiet = any_of(tuple(glob for e in ecosystems for glob in (*e.manifests, *e.lockfiles, *e.settings)))
    known = {one.index for one in guilty}
    found = list(guilty)
    for one in _beside(steps, guilty[0]):
        copy = one.copy
        if only_removes(model, one) and one.cwd == step.cwd:
            found.append(one)
            continue
        if copy is None or copy.selection is None or one.index in known or one.index in origins:
            continue
        if copy.archives or not within(copy.dest, cwd) or any(overlap(folder, copy.dest) for folder in folders):
            continue
        paths = [entry.path for entry, _ in islice(copy.selection.pairs(), _ENOUGH) if entry.kind != "dir"]
        if len(paths) < _ENOUGH and not any(quiet(path) or quiet(posixpath.basename(path)) for path in paths):
            found.append(one)
    return sorted(found, key=lambda one: one.index)


def only_removes(model: LayerModel, step: Step) -> bool:
    """True for a RUN that removes files that it names, and does nothing else."""
    from copylast.layers.removals import removed_by_all

    return step.keyword == "RUN" and not step.mounts and bool(removed_by_all(model.facts(step)))


def _beside(steps: Sequence[Step], first: Step) -> Iterator[Step]:
    """The steps below ``first``, and the COPYs that stand directly above it."""
    for above in reversed([s for s in steps if s.index < first.index]):
        if above.keyword not in TREE:
            break
        yield above
    yield from (s for s in steps if s.index > first.index)


def lower_together(lower: Callable[[Sequence[Step]], Plan], more: Sequence[Step], guilty: Sequence[Step]) -> Plan:
    """The plan that lowers ``more``, or where that is refused the one for the ``guilty`` alone. Raises Refused."""
    if len(more) == len(guilty):
        return lower(guilty)
    try:
        return lower(more)
    except Refused as why:
        try:
            return lower(guilty)
        except Refused:
            # That a step stands between is not the whole truth where it could go along.
            if any(one.keyword == "RUN" for one in more):
                raise why from None
            raise
