"""``copylast prove``: the fixes of one Dockerfile, tried by building it with a docker that is at hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from copylast.app import STDIN, App
from copylast.context.files import BuildContext
from copylast.dockerfile.source import Source
from copylast.engine.error import ConfigError
from copylast.engine.opened import Opened
from copylast.engine.read import Failure, ReadError
from copylast.engine.target import Contexts, Place
from copylast.fix.loop import FixOutcome
from copylast.prove.docker import Docker, DockerError
from copylast.prove.report import ProofReport
from copylast.prove.run import Plan, prove
from copylast.prove.touch import source_file
from copylast.records import NamedTuple
from copylast.repair import propose


class Wish(NamedTuple):
    """What the user says of the builds.

    ``edited`` is a file of the context by its path from the working directory, None for one that copylast
    chooses. ``options`` are passed on to ``docker buildx build``.
    """

    edited: str | None = None
    options: tuple[str, ...] = ()


class Trial(NamedTuple):
    """What came of it. ``place`` is the build context; ``proof`` is None where there was nothing to build."""

    dockerfile: str
    place: Place
    outcome: FixOutcome
    proof: ProofReport | None

    @property
    def verdict(self) -> int:
        """An exit code: 0 proven or nothing to prove, 1 the fix does harm, 2 it could not be tried."""
        if self.proof is None:
            return 0
        if not self.proof.first.built.ok:
            return 2
        return int(not self.proof.same or bool(self.proof.lost))


def trial(app: App, wish: Wish, docker: Docker, say: Callable[[str], None]) -> Trial:
    """Fix a private copy of the one Dockerfile that ``app`` was asked for, and build before and after.

    ``say`` hears the name of each build before it begins. Raises :class:`ConfigError`, PluginError,
    :class:`ReadError`, and :class:`DockerError` where no docker answers.
    """
    opened = app.open(_one_of(app), Contexts(app.request.context))
    path, place, context = opened.original.source.path, opened.place, opened.context
    if place is None or context is None or not place.use_ignore_file:
        raise ReadError(Failure(path, "its build context is no folder, so it cannot be built here"))
    outcome, failures = propose(opened)
    if failures:
        raise ReadError(failures[0])
    if not outcome.texts:
        return Trial(path, place, outcome, None)
    plan = _plan(opened, context, place.root, outcome.texts, wish)
    try:
        return Trial(path, place, outcome, prove(plan, docker, say))
    except OSError as error:
        raise DockerError(f"the build context cannot be copied: {error}") from error


def _one_of(app: App) -> str:
    files, failures = app.files()
    if failures:
        raise ReadError(failures[0])
    if len(files) == 0:
        raise ConfigError("", "no Dockerfile found")
    if STDIN in files:
        raise ConfigError("", "prove builds a Dockerfile that is in a file, not standard input")
    if len(files) > 1:
        names = ", ".join(files)
        raise ConfigError("", f"prove builds one Dockerfile, and there are {len(files)}: name one of {names}")
    return next(iter(files))


def _plan(
    opened: Opened, context: BuildContext, shown: str, texts: Mapping[str, str], wish: Wish
) -> Plan:
    root = os.path.abspath(shown)
    edited = _to_edit(opened, context, texts) if wish.edited is None else _inside(root, context, wish.edited)
    if edited is None:
        message = "copies no source file whose edit would show anything; name one with --edit"
        raise ReadError(Failure(opened.original.source.path, message))
    return Plan(
        Path(opened.path),
        Path(root),
        {_from_root(root, path): text for path, text in texts.items()},
        edited,
        opened.build.target,
        opened.build.arguments,
        opened.build.platform,
        wish.options,
    )


def _to_edit(opened: Opened, context: BuildContext, texts: Mapping[str, str]) -> str | None:
    source = opened.original.source
    fixed = Source(texts.get(source.path, source.text), source.path)
    before, after = (opened.checker.check(one, context, opened.build).model for one in (source, fixed))
    return source_file(before, after)


def _from_root(root: str, path: str) -> str:
    inside = os.path.relpath(os.path.abspath(path), root).replace(os.sep, "/")
    return f"../{os.path.basename(path)}" if inside.startswith("../") else inside


def _inside(root: str, context: BuildContext, path: str) -> str:
    inside = _from_root(root, path)
    if not any(entry.path == inside and entry.kind == "file" for entry in context.files()):
        raise ReadError(Failure(path, "is no file that the build context holds, so it cannot be edited there"))
    return inside
