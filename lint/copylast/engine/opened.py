"""One Dockerfile with everything that belongs to its build."""

from __future__ import annotations

from functools import cached_property

from copylast.context.files import BuildContext
from copylast.dockerfile.nodes import Dockerfile
from copylast.engine.lint import Build, Checker
from copylast.engine.read import Original
from copylast.engine.target import Place
from copylast.engine.workbench import Workbench


class Opened:
    """A Dockerfile that was read, its build context, and the workbench of its folder's settings.

    ``path`` is absolute. ``place`` and ``context`` are None where there is no build context.
    """

    def __init__(
        self,
        original: Original,
        path: str,
        dockerfile: Dockerfile,
        bench: Workbench,
        place: Place | None,
        context: BuildContext | None,
        build: Build,
    ) -> None:
        self.original = original
        self.path = path
        self.dockerfile = dockerfile
        self.bench = bench
        self.place = place
        self.context = context
        self.build = build

    @cached_property
    def checker(self) -> Checker:
        """The rules that run on this file."""
        return self.bench.checker(self.path)
