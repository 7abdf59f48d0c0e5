"""Whether two steps may change places."""

from __future__ import annotations

from copylast.layers.model import LayerModel
from copylast.layers.overrides import overrides
from copylast.layers.paths import overlap
from copylast.layers.steps import Copy, Step


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
        return "two RUNs would change places"
    run, copy = (first, second.copy) if second.copy is not None else (second, first.copy)
    return _laid_over(after, run, copy) if copy is not None else None


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
