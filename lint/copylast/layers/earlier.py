"""What was copied above a step that reads nothing of the project."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase

from copylast.context.files import Entry
from copylast.layers.model import LayerModel
from copylast.layers.paths import within
from copylast.layers.steps import Copy, Step
from copylast.records import NamedTuple

_STEERING = (
    "/etc",
    "/usr/share/keyrings",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/root",
    "/home",
    "/var/lib",
    "/var/cache",
)
"""Where settings, keys and certificates of package managers live."""


class Earlier(NamedTuple):
    """A COPY above the step. ``example`` is one context path that it brings, None where there is no context.

    ``settled`` is True if it brings only manifests and settings, which change seldom. ``steering`` is True
    if what it brings may be read by the step after all (a key, a certificate, a file that the step names).
    """

    step: Step
    copy: Copy
    example: str | None
    settled: bool
    steering: bool


def earlier_copies(model: LayerModel, step: Step, settled: tuple[str, ...]) -> tuple[Earlier, ...]:
    """The COPYs and ADDs above ``step``, its parents' included, that change with the project, in build order.

    ``settled`` are base-name globs of manifests and settings.
    """
    text = model.dockerfile.source.slice(step.instruction.span)
    found: list[Earlier] = []
    for above in model.before(step):
        copy = above.copy
        if copy is None or copy.remote:
            continue
        entries = _entries(model, copy)
        if entries is None:
            continue
        first, quiet = _look(entries, settled)
        if first is None and model.context is not None:
            continue
        named = any(posixpath.basename(source.rstrip("/")) in text for source in copy.sources if len(source) > 3)
        steering = named or any(within(copy.dest, place) for place in _STEERING)
        found.append(Earlier(above, copy, first.path if first is not None else None, quiet, steering))
    return tuple(found)


def _entries(model: LayerModel, copy: Copy) -> list[Entry] | None:
    """Some of the context files on which the copy depends; None if it does not depend on the context."""
    if copy.local:
        return _some(copy)
    if copy.stage is None:
        return None
    found: list[Entry] = []
    for part in model.chain(copy.stage):
        for other in part.steps:
            if other.copy is not None and other.copy.local:
                found += _some(other.copy)
    return found or None


_ENOUGH = 400


def _some(copy: Copy) -> list[Entry]:
    if copy.selection is None:
        return []
    found: list[Entry] = []
    for entry, _ in copy.selection.pairs():
        if entry.kind != "dir":
            found.append(entry)
        if len(found) >= _ENOUGH:
            break
    return found


def _look(entries: list[Entry], settled: tuple[str, ...]) -> tuple[Entry | None, bool]:
    """One telling entry, and whether all are manifests or settings."""
    for entry in entries:
        name = posixpath.basename(entry.path)
        if not any(fnmatchcase(name, glob) or fnmatchcase(entry.path, glob) for glob in settled):
            return entry, False
    return (entries[0], True) if entries else (None, True)
