"""COPYs that could change places, and how often what they bring changes: what CPL109 looks for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import islice

from copylast import BuildContext, Churn, Copy, LayerModel, Step, overlap, within

_ENOUGH = 2000
_NEAR = 50


def crossed_copies(model: LayerModel, step: Step, above: tuple[Step, ...]) -> Iterator[Step]:
    """The COPYs from the context that ``step`` could stand above, the uppermost first."""
    copy = _plain(step)
    if copy is None or copy.selection is None or step.instruction.flag("link") is not None:
        return
    targets = [p.image_path for p in islice(copy.selection.pairs(), _ENOUGH) if p.entry.kind != "dir"]
    if not targets or len(targets) >= _ENOUGH or _hangs_on_others(step, copy):
        return
    found: list[Step] = []
    for other in reversed(above[-_NEAR:]):
        if not _passes(model, step, copy, targets, other):
            break
        if _plain(other) is not None:
            found.append(other)
    yield from reversed(found)


def _plain(step: Step) -> Copy | None:
    """The copy of a step that lays files of the context as they are."""
    copy = step.copy
    if copy is None or copy.selection is None or not copy.local or copy.remote or copy.inline or copy.archives:
        return None
    return copy


def _hangs_on_others(step: Step, copy: Copy) -> bool:
    """True if the destination is a directory only because an earlier step made it one."""
    assert copy.selection is not None
    written = step.instruction.words[-1].text.strip("\"'") if step.instruction.words else ""
    if not copy.dest_is_dir or written.endswith(("/", ".")):
        return False
    entries = [copy.selection.context.entry(source.strip("/")) for source in copy.sources]
    return any(entry is None or entry.kind != "dir" for entry in entries)


_HARMLESS = frozenset("LABEL EXPOSE CMD ENTRYPOINT HEALTHCHECK STOPSIGNAL USER MAINTAINER SHELL".split())


def _passes(model: LayerModel, step: Step, copy: Copy, targets: list[str], other: Step) -> bool:
    """True if ``step`` does the same above ``other`` as below it, and so does that."""
    if other.keyword in _HARMLESS:
        return True
    if other.keyword in ("ARG", "ENV"):
        return not model.names(step)
    if other.into is not None:
        return copy.absolute and not overlap(other.into, copy.dest)
    if other.copy is None or other.copy.archives:
        return False
    laid = other.copy
    if laid.rights != copy.rights and laid.dest.split("/")[1:2] == copy.dest.split("/")[1:2]:
        return False
    return all(not overlap(target, laid.dest) or _beside(target, laid) for target in targets)


def _beside(target: str, laid: Copy) -> bool:
    """True if a COPY brings neither the file nor anything on the way to it."""
    if laid.selection is None or not within(target, laid.dest):
        return False
    while target != laid.dest:
        if laid.selection.context_path(target) is not None:
            return False
        target = posixpath.dirname(target)
    return True


def stable(context: BuildContext, step: Step) -> Churn | None:
    """How often what a COPY brings changed, if that is seldom; what was removed since counts too."""
    copy = _plain(step)
    assert copy is not None and copy.selection is not None
    sources = [posixpath.normpath(source.lstrip("/") or ".") for source in copy.sources]
    if any(wild in source for source in sources for wild in "*?[\\"):
        return None
    files = (entry.path for entry in islice(copy.selection.entries(), _ENOUGH) if entry.kind != "dir")
    churn = context.churn([*sources, *files])
    if churn is None or churn.tendency != "stable":
        return None
    # What git does not know never changed as far as it can tell.
    return churn if all(context.tracked("" if source == "." else source) for source in sources) else None


def volatile(context: BuildContext, step: Step) -> Churn | None:
    """How often the files that a COPY brings changed, if that is often."""
    copy = _plain(step)
    assert copy is not None and copy.selection is not None
    churn = context.churn(entry.path for entry in islice(copy.selection.entries(), 10 * _ENOUGH) if entry.kind != "dir")
    return churn if churn is not None and churn.tendency == "volatile" else None
