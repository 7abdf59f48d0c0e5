"""The fix that leaves local files out of the build context, and why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from copylast import Fix, LayerModel, Refused, Safety, leave_out
from copylast_rules.context.local_files import Local, listed

_UNSEEN = "a step may read it in a way that cannot be seen from here"


def leaving(
    model: LayerModel, local: Sequence[Local], safety: Safety, refused: str | None = None, doubt: str = _UNSEEN
) -> tuple[Fix | None, str | None]:
    """``fix`` and ``withheld`` of a finding about ``local``; ``refused`` is a reason not to offer one.

    ``doubt`` says why an unsafe fix is none.
    """
    if refused is not None:
        return None, refused
    patterns = tuple(dict.fromkeys(one.pattern for one in local))
    title = f"Leave {listed(one.name for one in local)} out of the build context"
    try:
        fix = leave_out(model, patterns, [one.probe for one in local], title, safety)
    except Refused as reason:
        return None, str(reason)
    return fix, None if safety is Safety.SAFE else f"the fix is not a safe one: {doubt}"


def said_by(local: Sequence[Local]) -> tuple[str, ...]:
    """A note for each file that says of some of the names that they are local."""
    files: dict[str, list[str]] = {}
    for one in local:
        if one.said_by:
            files.setdefault(one.said_by, []).append(one.name)
    return tuple(f"{path} names {listed(names)}" for path, names in files.items())
