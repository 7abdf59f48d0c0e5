"""What is given to a build: a Dockerfile, a context, arguments; and how two of them differ.

Two situations on one tree of files (the same folder before and after an edit, two commits) say in
``versions`` which paths differ, so that nothing has to be read to compare them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from itertools import count

from copylast.context.entry import Entry
from copylast.context.files import BuildContext
from copylast.context.gopath import in_root
from copylast.context.memory import OverlayContext
from copylast.dockerfile.nodes import Dockerfile
from copylast.dockerfile.parse import parse
from copylast.dockerfile.scope import Evaluation, evaluate
from copylast.dockerfile.source import Source
from copylast.records import NamedTuple

EVERY_STAGE = "*"

_counter = count()


class Image(NamedTuple):
    """What is known of an image outside the file, where somebody knows it.

    ``layers`` stands for its files and ``config`` for the rest: equal text, equal image. ``env`` are its
    variables as ``NAME=value``, ``cwd`` its working directory (None: not known), ``onbuild`` the instructions
    that ONBUILD left in it.
    """

    layers: str
    config: str = ""
    env: tuple[str, ...] = ()
    cwd: str | None = None
    onbuild: tuple[str, ...] = ()


class Settings(NamedTuple):
    """What the command line of a build says besides files.

    ``network`` is the builder's mode for RUNs without a flag; ``run_options`` are options that reach each
    RUN (``--add-host``, ``--shm-size``, ``--ulimit``); ``no_cache`` names stages that are built anew, or
    :data:`EVERY_STAGE`. ``images`` and ``remotes`` (addresses of ADD) say what stands behind a name; what is
    not in them is as it was as long as the name is.
    """

    build_args: Mapping[str, str] = {}
    target: str | None = None
    platform: str | None = None
    contexts: Collection[str] = ()
    network: str = "default"
    run_options: tuple[str, ...] = ()
    no_cache: tuple[str, ...] = ()
    images: Mapping[str, Image] = {}
    remotes: Mapping[str, str] = {}


class Situation:
    """One build, as far as its cache keys go. ``context`` is None for a build without one.

    ``origin`` is any object: situations that share it have the same files but for ``versions``, which maps
    a path to a text that stands for what is there now: equal texts are equal files. What happened, in words
    for people, may stand in front of it with a NUL between (``"is new\\0<blob>"``). Situations that do not
    share their origin are compared by content.
    """

    def __init__(
        self,
        dockerfile: Dockerfile,
        context: BuildContext | None,
        settings: Settings | None = None,
        *,
        origin: object = None,
        versions: Mapping[str, str] | None = None,
        evaluation: Evaluation | None = None,
    ) -> None:
        self.dockerfile = dockerfile
        self.context = context
        self.settings = settings or Settings()
        self.origin: object = origin if origin is not None else context if context is not None else object()
        self.versions: Mapping[str, str] = versions or {}
        self.digests: dict[str, str] = {}
        """Digests of file contents that were needed so far, by path."""
        self.listings: dict[tuple[str, ...], list[tuple[str, Entry]]] = {}
        """Selections that had to be listed so far: places in the image and what lands there."""
        self.amounts: dict[tuple[str, ...], tuple[int, int]] = {}
        """Files and bytes of selections that were asked for."""
        if evaluation is not None:
            self.__dict__["evaluation"] = evaluation

    @cached_property
    def evaluation(self) -> Evaluation:
        """Variables, base images and reachable stages under these settings."""
        settings = self.settings
        return evaluate(self.dockerfile, settings.build_args, settings.target, settings.platform, settings.contexts)

    def with_dockerfile(self, dockerfile: Dockerfile | str, place: str | None = None) -> Situation:
        """The same files and settings under another Dockerfile (after a fix, for instance).

        ``place`` is its path in the context, if it is in there: a ``COPY . .`` brings it too.
        """
        if isinstance(dockerfile, str):
            dockerfile = parse(Source(dockerfile, self.dockerfile.source.path))
        versions = dict(self.versions)
        if place is not None and dockerfile.source.text != self.dockerfile.source.text:
            versions[place] = sha256(dockerfile.source.text.encode("utf-8", "surrogateescape")).hexdigest()
        return Situation(dockerfile, self.context, self.settings, origin=self.origin, versions=versions)

    def with_settings(self, settings: Settings) -> Situation:
        """The same files under other settings."""
        return Situation(self.dockerfile, self.context, settings, origin=self.origin, versions=self.versions)

    def with_changed(self, changed: Collection[str], words: Mapping[str, str] | None = None) -> Situation:
        """The same build after these files changed; nobody knows to what.

        A path that is not there is taken as a new file, a directory as all files in it. ``words`` say what
        happened to a path, for people: "changed", "is new", "was removed", "has another mode".
        """
        context = self.context
        versions = dict(self.versions)
        new: dict[str, str] = {}
        for path in self._files(changed):
            word = words.get(path, "") if words else ""
            there = context is not None and context.raw_entry(path) is not None
            if context is not None and not there and word != "was removed":
                new[path] = ""
            # A number of its own each time: a file that changes twice is not back where it was.
            versions[path] = f"{word or ('changed' if there else 'is new')}\0{next(_counter)}"
        if new and context is not None:
            context = OverlayContext(context, new)
        return Situation(
            self.dockerfile,
            context,
            self.settings,
            origin=self.origin,
            versions=versions,
            evaluation=self.evaluation,
        )

    def _files(self, paths: Collection[str]) -> Iterator[str]:
        for written in paths:
            path = in_root(written)
            entry = self.context.raw_entry(path) if self.context is not None else None
            if self.context is None or entry is None or entry.kind != "dir":
                yield path
            else:
                yield from (one.path for one in self.context.files(path) if one.kind != "dir")

    def differing(self, other: Situation) -> dict[str, str] | None:
        """The paths at which the files of the two differ, and what happened there; None if nobody knows."""
        if self.origin is not other.origin:
            return None
        found: dict[str, str] = {}
        for path in {**self.versions, **other.versions}:
            mine, theirs = self.versions.get(path), other.versions.get(path)
            if mine != theirs:
                word = (theirs or mine or "").partition("\0")
                found[path] = word[0] if word[1] else "changed"
        return found


def read_situation(text: str, context: BuildContext | None, settings: Settings | None = None) -> Situation:
    """The situation of a Dockerfile's text."""
    return Situation(parse(Source(text)), context, settings)
