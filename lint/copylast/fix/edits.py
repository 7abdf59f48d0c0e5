"""Applying edits to texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from copylast.rule.diagnostic import Edit, Fix


class Conflict(Exception):
    """Edits that overlap, or that do not fit the text they are meant for."""


def apply(texts: Mapping[str, str], edits: Iterable[Edit]) -> dict[str, str]:
    """The texts with all edits applied, each file from its end backwards.

    A path that is not in ``texts`` is a new, empty file. Raises :class:`Conflict`.
    """
    found = dict(texts)
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.path, []).append(edit)
    for path, group in by_path.items():
        text = found.get(path, "")
        end = len(text)
        # Two insertions at one place keep the order in which they were given: the later one goes in first.
        ordered = sorted(enumerate(group), key=lambda pair: (pair[1].start, pair[1].end, pair[0]))
        for _, edit in reversed(ordered):
            if not 0 <= edit.start <= edit.end <= end:
                raise Conflict(f"edits of {path} overlap at offset {edit.start}")
            text = text[: edit.start] + edit.text + text[edit.end :]
            end = edit.start
        found[path] = text
    return found


def extent(fix: Fix, path: str) -> tuple[int, int] | None:
    """From the first to the last character of ``path`` that a fix touches; None if it does not touch it."""
    spans = [(e.start, e.end) for e in fix.edits if e.path == path]
    return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else None
