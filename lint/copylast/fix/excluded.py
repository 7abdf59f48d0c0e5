"""The build context after a fix of the ignore file: only what was declared may be missing, and nobody needs it."""

from __future__ import annotations

from copylast.layers.model import LayerModel
from copylast.rule.diagnostic import Effect
from copylast.rule.sharing import lost, only_declared


def same_context(before: LayerModel, after: LayerModel, effect: Effect) -> str | None:
    """None if the context lost only what the effect excludes, and no build needs that; else one sentence.

    Of the repository that may be no more than what the effect drops. Every Dockerfile for which the ignore file
    may count is asked, in the context as it is with the new text.
    """
    old, new = before.context, after.context
    if old is None or new is None or old is new:
        return None
    return only_declared(old, new, effect.excludes, effect.drops) or lost(before, new, effect.excludes)
