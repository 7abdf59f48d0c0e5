"""What all readers of manifests share."""

from __future__ import annotations

from copylast.context.entry import ContextError, Kind
from copylast_rules.readers.gathering import Gathering


class Counting:
    """A project without files that counts how often it is asked what is at a path."""

    def __init__(self) -> None:
        self.asked = 0

    def kind(self, path: str) -> Kind | None:
        self.asked += 1
        return None

    def names(self, path: str) -> tuple[str, ...]:
        return ()

    def shown(self, path: str) -> str:
        return path

    def read(self, path: str) -> str:
        raise ContextError(path)


def test_folders_above_a_deep_one_are_looked_at_once() -> None:
    files = Counting()
    deep = "/p" * 300
    assert Gathering(files, deep).above(deep, "pyproject.toml") is None
    # Each folder: is it a link, and is the file in it.
    assert files.asked <= 2 * 301
