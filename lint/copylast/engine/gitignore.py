"""What git ignores, as far as ``.gitignore`` files and ``.git/info/exclude`` say it.

pathspec is imported only if there is such a file at all.
"""

from __future__ import annotations

import os
from collections.abc import Callable

# Gets a path relative to the ignore file's folder; True: ignored, False: re-included, None: not its business.
_Decide = Callable[[str], "bool | None"]


class GitIgnores:
    """The ignore files that count below ``top`` (absolute), those between it and the repository's top included."""

    def __init__(self, top: str) -> None:
        self._specs: dict[str, _Decide | None] = {}
        self._known: dict[str, bool] = {}
        self._root = _repository(top)
        self._top = top

    def ignored(self, path: str, is_folder: bool) -> bool:
        """Does git ignore this path? Folders above it are taken not to be, the search does not enter them."""
        name = path + "/" if is_folder else path
        folder = os.path.dirname(path)
        while True:
            decide = self._spec(folder)
            if decide is not None:
                verdict = decide(name[len(folder.rstrip("/")) + 1 :])
                if verdict is not None:
                    return verdict
            if folder == self._root or folder == os.path.dirname(folder):
                return False
            folder = os.path.dirname(folder)

    def _spec(self, folder: str) -> _Decide | None:
        if folder not in self._specs:
            lines = _lines(os.path.join(folder, ".gitignore"))
            if folder == self._root:
                # The repository's own list gives way to the .gitignore beside it.
                lines = _lines(os.path.join(folder, ".git", "info", "exclude")) + lines
            self._specs[folder] = _decider(lines) if any(_says_something(line) for line in lines) else None
        return self._specs[folder]


def _repository(top: str) -> str:
    at = top
    while True:
        if os.path.lexists(os.path.join(at, ".git")):
            return at
        if at == os.path.dirname(at):
            return top
        at = os.path.dirname(at)


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as stream:
            return stream.read(1_000_000).splitlines()
    except OSError:
        return []


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _decider(lines: list[str]) -> _Decide:
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(lines)

    def decide(path: str) -> bool | None:
        return spec.check_file(path).include

    return decide
