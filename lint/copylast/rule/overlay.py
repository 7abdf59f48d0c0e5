"""Gate 8: the source, copied after the install, must not lay host files over what was installed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence, Set

from copylast.layers.model import LayerModel
from copylast.layers.paths import overlap
from copylast.layers.steps import Step
from copylast.rule.diagnostic import Edit
from copylast.rule.refusal import Refused


def shield(
    model: LayerModel, writes: Iterable[str], directories: Set[str], guilty: Sequence[Step]
) -> tuple[tuple[str, ...], list[Edit]]:
    """Patterns that keep the installed directories out of the context, and the edits that add them.

    ``writes`` are image paths that the moved steps make, ``directories`` the names by which their tools
    call such directories. Raises :class:`Refused` where that cannot be.
    """
    context = model.context
    assert context is not None
    patterns: dict[str, None] = {}
    for path in writes:
        for step in guilty:
            copy = step.copy
            if copy is None or not overlap(path, copy.dest):
                continue
            if copy.selection is None:
                raise Refused(8, f"the COPY may bring files into {path}, which the install makes")
            for inside in copy.selection.places(path):
                if context.ignored(inside):
                    continue
                there = context.raw_entry(inside)
                if there is not None and there.kind == "file":
                    continue
                name = _called(inside, directories)
                if there is None and name not in directories:
                    continue
                if there is not None and context.tracked(inside):
                    raise Refused(8, f"{inside} is part of the repository and would cover what the install made")
                patterns[f"**/{name}"] = None
    if not patterns:
        return (), []
    from copylast.rule.dependants import refuse_dependants
    from copylast.rule.leaving_out import ignore_edit

    names = {pattern.removeprefix("**/") for pattern in patterns}
    refuse_dependants(model, context, names, directories)
    probes = [pattern.removeprefix("**/") for pattern in patterns]
    return tuple(patterns), [ignore_edit(context, tuple(patterns), probes).edit]


def _called(path: str, directories: Set[str]) -> str:
    """The name by which a tool calls the directory: ``vendor/bundle`` rather than ``bundle``."""
    known = (name for name in directories if path == name or path.endswith(f"/{name}"))
    return max(known, key=len, default=posixpath.basename(path))
