"""Who makes a directory first, and for whom: the owner of a directory stays what its maker says.

COPY and ADD make missing directories as root, or as ``--chown`` says; WORKDIR makes them as the USER in force.
"""

from __future__ import annotations

from collections.abc import Iterable

from copylast.layers.paths import parent_of, within
from copylast.layers.steps import Copy, Step

_ROOTS = frozenset({"root", "0", "root:root", "0:0", "root:0", "0:root"})


def made_by(step: Step) -> tuple[tuple[str, ...], str]:
    """The directories that must be there after a step, and the owner that they get if the step makes them."""
    if step.into is not None:
        return _up(step.into), _plain(step.user) if step.user is not None else "?"
    copy = step.copy
    if copy is None:
        return (), ""
    flag = step.instruction.flag("chown")
    # The destination itself is a directory or a file: for the second nobody asks.
    return _up(copy.dest), _plain(flag.value or "") if flag is not None else "root"


def makers(steps: Iterable[Step], also: Iterable[str] = ()) -> dict[str, str]:
    """Directory -> the owner that its first maker among ``steps``, in build order, gives it.

    Directories inside what a COPY brings are there only if another step, or ``also``, names them too.
    """
    found: dict[str, str] = {}
    brought: list[tuple[Copy, str]] = []
    for step in steps:
        paths, owner = made_by(step)
        for path in paths:
            if path not in found:
                found[path] = next((whose for copy, whose in brought if _brings(copy, path)), owner)
        if step.copy is not None:
            brought.append((step.copy, owner))
    for path in also:
        owners = [whose for copy, whose in brought if _brings(copy, path)]
        if owners:
            found.setdefault(path, owners[0])
    return found


def _brings(copy: Copy, path: str) -> bool:
    if copy.selection is None or path == copy.dest or not within(path, copy.dest):
        return False
    return copy.selection.context_path(path) is not None


def _plain(user: str) -> str:
    return "root" if user in _ROOTS else user


def _up(path: str) -> tuple[str, ...]:
    found: list[str] = []
    while path not in ("/", "", "?"):
        found.append(path)
        path = parent_of(path)
    return tuple(found)
