"""The build context after a fix of the ignore file: only what was declared may be missing, and nobody needs it."""

from __future__ import annotations

from fnmatch import fnmatchcase

from copylast.context.files import BuildContext
from copylast.layers.model import LayerModel
from copylast.layers.paths import within
from copylast.rule.diagnostic import Effect
from copylast.rule.sharing import lost


def same_context(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """None if the context lost only what the effect excludes, and no build needs that; else one sentence.

    Of the repository that may be no more than what the effect drops. Every Dockerfile for which the ignore file
    may count is asked, in the context as it is with the new text.
    """
    old, new = before.context, after.context
    if old is None or new is None or old is new:
        return None
    return _only_declared(old, new, effect) or lost(before, new, effect.excludes)


def _only_declared(old: BuildContext, new: BuildContext, effect: Effect) -> str | None:
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
            path = child.path
            if new.entry(path) is None:
                if path in own:
                    continue
                if not any(fnmatchcase(path.rsplit("/", 1)[-1], name) for name in names):
                    return f"{path} would no longer be in the build context"
                if not any(within(path, drop) for drop in effect.drops) and old.tracked(path):
                    return f"{path} is part of the repository and would no longer be in the build context"
            elif child.kind == "dir":
                folders.append(path)
    return None
