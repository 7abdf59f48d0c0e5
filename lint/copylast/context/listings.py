"""What folders on disk have in them, each read once for all who ask during a run."""

from __future__ import annotations

import os
from collections.abc import Mapping

from copylast.context.entry import Kind


class Listings:
    """Names and kinds by folder (absolute paths). What changes on disk after the first look is not seen.

    Who changes it says so with :meth:`forget`.
    """

    def __init__(self) -> None:
        self._known: dict[str, Mapping[str, Kind] | None] = {}

    def of(self, folder: str) -> Mapping[str, Kind] | None:
        """The names in ``folder``, links as they are; None if it, or a name in it, cannot be looked at."""
        if folder not in self._known:
            self._known[folder] = _read(folder)
        return self._known[folder]

    def known(self, folder: str) -> Mapping[str, Kind] | None:
        """As :meth:`of` if somebody asked before, else None."""
        return self._known.get(folder)

    def forget(self, folder: str) -> None:
        """Look at ``folder`` again when somebody asks next: a name came or went."""
        self._known.pop(folder, None)

    def exists(self, folder: str, path: str) -> bool:
        """Whether ``path`` (relative, normal) is below ``folder``; a link at its end counts as it is."""
        first, _, rest = path.partition("/")
        names = self.known(folder)
        if names is not None and path not in ("", ".") and first != "..":
            if first not in names:
                return False
            if not rest:
                return True
        return os.path.lexists(f"{folder}/{path}")


def kind_of(found: os.DirEntry[str]) -> Kind:
    """What a listed name is. Raises :class:`OSError` where the system has to be asked and refuses."""
    if found.is_symlink():
        return "link"
    if found.is_file(follow_symlinks=False):
        return "file"
    return "dir" if found.is_dir(follow_symlinks=False) else "other"


def _read(folder: str) -> Mapping[str, Kind] | None:
    try:
        with os.scandir(folder) as listing:
            return {one.name: kind_of(one) for one in listing}
    except OSError:
        return None
