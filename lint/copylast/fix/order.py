"""Whether two steps may change places."""

from __future__ import annotations

from copylast.layers.model import LayerModel
from copylast.layers.overrides import overrides
from copylast.layers.paths import overlap
from copylast.layers.removals import removed_by_all
from copylast.layers.steps import Copy, Step
from copylast.layers.writes import beside


def commute(after: LayerModel, first: Step, second: Step) -> str | None:
    """None if two steps that stand in this order now, and in the other before, leave the same files behind."""
    if "VOLUME" in (first.keyword, second.keyword):
        # Some builders drop what is written into a volume after it is declared.
        return None if first.keyword == second.keyword else "a VOLUME would stand on the other side of a step"
    if first.copy is not None and second.copy is not None:
        if overrides(after, second.copy, first.copy) or overrides(after, first.copy, second.copy):
            return "two COPYs of the same files would change places"
        return None
    if first.copy is None and second.copy is None:
        if _removes_beside(after, first, second) or _removes_beside(after, second, first):
            return None
        return "two RUNs would change places"
    run, copy = (first, second.copy) if second.copy is not None else (second, first.copy)
    return _laid_over(after, run, copy) if copy is not None else None


def _removes_beside(model: LayerModel, one: Step, other: Step) -> bool:
    """True if one RUN only removes files, and the other has nothing to do with them."""
    if one.keyword != "RUN" or other.keyword != "RUN" or one.mounts:
        return False
    paths = removed_by_all(model.facts(one))
    return bool(paths) and all(beside(fact, paths) for fact in model.facts(other))


def _laid_over(after: LayerModel, run: Step, copy: Copy) -> str | None:
    """A COPY must bring nothing of what a RUN makes."""
    for path in after.reads(run).writes:
        if not overlap(path, copy.dest):
            continue
        if copy.selection is None or after.context is None:
            return f"what the install makes in {path} could be covered"
        twin = copy.selection.context_path(path)
        entry = after.context.entry(twin) if twin is not None else None
        if entry is not None and entry.kind != "file":
            return f"files of the context would be laid over {path}, which the install made"
    return None
