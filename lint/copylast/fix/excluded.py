"""The build context after a fix of the ignore file: only what was declared may be missing, nothing of the project."""

from __future__ import annotations

from copylast.layers.model import LayerModel
from copylast.rule.diagnostic import Effect


def same_context(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """None if the context lost only untracked directories that the effect excludes; else one sentence."""
    old, new = before.context, after.context
    if old is None or new is None or old is new:
        return None
    names = {pattern.rstrip("/").rsplit("/", 1)[-1] for pattern in effect.excludes}
    own = set(old.ignore_names)
    folders = [""]
    while folders:
        folder = folders.pop()
        children = old.children(folder)
        known = {child.path for child in children}
        added = [e.path for e in new.children(folder) if e.path not in known and e.path not in own]
        if added:
            return f"{added[0]} would come into the build context"
        for child in children:
            if new.entry(child.path) is None:
                if child.path in own:
                    continue
                if child.path.rsplit("/", 1)[-1] not in names:
                    return f"{child.path} would no longer be in the build context"
                if old.tracked(child.path):
                    return f"{child.path} is part of the repository and would no longer be in the build context"
            elif child.kind == "dir":
                folders.append(child.path)
    return None
