"""Which installed distributions name a copylast plugin.

``importlib.metadata`` costs a third of the time in which a file is checked, so it is imported only
if some distribution on ``sys.path`` mentions the group at all.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable

from copylast.records import NamedTuple

GROUP = "copylast"
_HEADER = b"[copylast]"
_METADATA = (".dist-info", ".egg-info")


class PluginError(Exception):
    """A plugin that cannot be used; the message names it with its version, and the rule."""


class Found(NamedTuple):
    """An entry point: its name, whose it is, and how to get the plugin (may raise anything)."""

    name: str
    distribution: str
    version: str
    load: Callable[[], object]


def find() -> list[Found]:
    """The entry points of the group, by distribution and name."""
    if not any(_mentions_group(folder) for folder in dict.fromkeys(sys.path)):
        return []
    from importlib.metadata import entry_points

    found = [
        Found(point.name, point.dist.name if point.dist else "?", point.dist.version if point.dist else "?", point.load)
        for point in entry_points(group=GROUP)
    ]
    return sorted(found, key=lambda f: (f.distribution, f.name))


def _mentions_group(folder: str) -> bool:
    """Could a distribution in this entry of ``sys.path`` have the group? True when in doubt."""
    folder = folder or os.curdir
    if folder.endswith(".egg"):
        return True
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.endswith(_METADATA)]
    except NotADirectoryError:
        return folder.endswith((".zip", ".pyz", ".whl"))
    except OSError:
        return False
    return any(_has_header(os.path.join(folder, name, "entry_points.txt")) for name in names)


def _has_header(path: str) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        # Larger than any real file of this kind; a longer one counts as a maybe.
        text = os.read(descriptor, 1 << 20)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return _HEADER in text or len(text) == 1 << 20


def normal(name: str) -> str:
    """A distribution's name as people may write it in any form, for comparison."""
    return name.lower().replace("-", "_").replace(".", "_")


def named(found: Found, names: Iterable[str]) -> bool:
    """Is the plugin called so, by its distribution or its entry point?"""
    wanted = {normal(name) for name in names}
    return normal(found.distribution) in wanted or normal(found.name) in wanted
