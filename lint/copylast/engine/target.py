"""Which build context belongs to a Dockerfile: as told, as declared in the project, or as guessed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from copylast.context.caller import Caller, Export
from copylast.context.disk import DiskContext
from copylast.context.files import BuildContext
from copylast.context.listings import Listings
from copylast.context.memory import OverlayContext
from copylast.context.projects import ProjectBuilds
from copylast.context.target import BuildTarget
from copylast.dockerfile.nodes import Dockerfile
from copylast.ecosystem.registry import Registry
from copylast.engine.config import project_of
from copylast.engine.read import Failure, ReadError
from copylast.engine.select import matches
from copylast.engine.settings import Settings
from copylast.layers.model import LayerModel
from copylast.ondisk import absolute
from copylast.records import NamedTuple


class Place(NamedTuple):
    """The context of one Dockerfile.

    ``root`` is shown to people. ``certain`` is False if another folder is possible, ``guessed`` if no
    file and no option named it. ``labels`` are the builds that the project declares for it. ``model`` is that
    of the last stage with the settings' arguments, where finding the context took one.
    """

    root: str
    certain: bool
    guessed: bool
    use_ignore_file: bool = True
    labels: tuple[str, ...] = ()
    arguments: Mapping[str, str] = {}
    named_contexts: tuple[str, ...] = ()
    model: LayerModel | None = None


class Contexts:
    """Finds contexts for many Dockerfiles; what a project declares is read once."""

    def __init__(self, told: str | None) -> None:
        """``told`` is ``--context``. Raises :class:`ReadError` if it is not a folder."""
        if told is not None and not os.path.isdir(told):
            what = "is not a folder" if os.path.lexists(told) else "no such folder"
            raise ReadError(Failure(told, f"{what}, so it cannot be the build context"))
        self._told = told
        self._listings = Listings()
        self._projects: dict[str, ProjectBuilds] = {}
        self._callers: dict[str, tuple[Caller, ...]] = {}
        self._tops: dict[str, str | None] = {}
        self._found: set[str] = set()
        """The Dockerfiles whose declarations were looked through for the context."""
        self.notes: list[str] = []
        self.pending: dict[str, str] = {}
        """Texts by absolute path that count as if they were on the disk: changes that are only proposed."""

    def place(self, dockerfile: Dockerfile, file: str, settings: Settings, registry: Registry) -> Place:
        """The context of the Dockerfile at ``file`` (absolute). Raises :class:`ReadError`."""
        if self._told is not None:
            return Place(self._told, True, False)
        for base, glob, folder in settings.by_glob("contexts"):
            if matches(file, base or os.getcwd(), glob):
                root = os.path.join(base, folder)
                if not os.path.isdir(root):
                    raise ReadError(Failure(dockerfile.source.path, f"its build context {shown(root)} is not a folder"))
                return Place(shown(root), True, False)
        top = project_of(os.path.dirname(file), self._tops)
        return self._declared(file, top) or self._guess(dockerfile, file, top, registry, settings)

    def targets(self, file: str) -> tuple[str, ...]:
        """The stages of the Dockerfile at ``file`` (absolute) that builds of the project name as their target.

        Where the context was told, only builds with that one count.
        """
        told = absolute(self._told) if self._told is not None else None
        builds = self._builds(file, project_of(os.path.dirname(file), self._tops))
        return tuple(
            dict.fromkeys(b.target for b in builds if b.target is not None and told in (None, absolute(b.context)))
        )

    def _builds(self, file: str, top: str) -> list[BuildTarget]:
        return [build for build in self._project(top).of(file) if build.where in ("folder", "git")]

    def _declared(self, file: str, top: str) -> Place | None:
        builds = self._builds(file, top)
        self._found.add(file)
        if not builds:
            return None
        best = builds[0]
        same = all(build.context == best.context and build.where == best.where for build in builds)
        return Place(
            shown(best.context),
            same,
            False,
            best.where == "folder",
            tuple(dict.fromkeys(build.label for build in builds)),
            {name: value for name, value in best.args.items() if value is not None},
            tuple(best.named_contexts),
        )

    def _project(self, top: str) -> ProjectBuilds:
        project = self._projects.get(top)
        if project is None:
            project = self._projects[top] = ProjectBuilds(top, self.notes, self._listings)
        return project

    def unread(self) -> tuple[str, ...]:
        """A sentence for each library that is missing: which files may declare builds and were not read."""
        files: dict[str, list[str]] = {}
        for project in self._projects.values():
            for reason, names in project.unread.items():
                files.setdefault(reason, []).extend(names)
        return tuple(_not_read(reason, names) for reason, names in files.items())

    def callers(self, file: str) -> tuple[Caller, ...]:
        """The builds of the project that pass the Dockerfile at ``file`` another argument each time."""
        known = self._callers.get(file)
        if known is None:
            from copylast.context.callers import callers_of

            project = self._project(project_of(os.path.dirname(file), self._tops))
            known = self._callers[file] = callers_of(project, file)
        return known

    def exports(self, file: str) -> tuple[Export, ...]:
        """The builds of the project that export the cache of the Dockerfile at ``file`` (absolute)."""
        if file in self._found and not any(project.exporting for project in self._projects.values()):
            return ()
        from copylast.context.callers import exports_of

        return exports_of(self._project(project_of(os.path.dirname(file), self._tops)), file)

    def _guess(self, dockerfile: Dockerfile, file: str, top: str, registry: Registry, settings: Settings) -> Place:
        from copylast.context.guess import guess_context
        from copylast.layers.copies import local_sources

        guess = guess_context(file, local_sources(dockerfile, settings.build_args), top, self._listings)
        guessed = Place(shown(guess.root), False, True)
        # Where the Dockerfile stands at the project's top there is no other folder to choose.
        if guess.certain or os.path.dirname(file) == top:
            return guessed._replace(certain=True)
        from copylast.dockerfile.scope import evaluate
        from copylast.engine.evidence import only_place

        def opened(folder: str) -> BuildContext:
            return self.open(guessed._replace(root=shown(folder)), file)

        evaluation = evaluate(dockerfile, settings.build_args)
        only = only_place(dockerfile, evaluation, guess.possible, opened, registry, self._listings)
        return guessed if only is None else guessed._replace(root=shown(only[0]), certain=True, model=only[1])

    def made(self, path: str) -> None:
        """A file is new on the disk: contexts that are opened from now on must see it."""
        self._listings.forget(os.path.dirname(absolute(path)))

    def open(self, place: Place, file: str) -> BuildContext:
        """The context itself, with the pending texts in it."""
        if place.model is not None and place.model.context is not None:
            return place.model.context
        context = DiskContext(
            place.root, file, label=place.root, use_ignore_file=place.use_ignore_file, listings=self._listings
        )
        context.callers = lambda: self.callers(file)
        context.exports = lambda: self.exports(file)
        context.former = lambda: _former(file)
        if not self.pending:
            return context
        over = {
            name: self.pending[path]
            for name in context.ignore_names
            if (path := absolute(context.shown(name))) in self.pending
        }
        return OverlayContext(context, over) if over else context


def _former(file: str) -> tuple[str, ...]:
    from copylast.context.former import former_texts

    return former_texts(file)


def _not_read(reason: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    were = "was" if len(names) == 1 else "were"
    return f"{(', ' if more else ' and ').join(names[:2])}{more} may declare builds and {were} not read: {reason}"


def shown(path: str) -> str:
    """A path as people see it: from the working directory if it is below it, else as it is."""
    place, here = absolute(path), os.getcwd()
    if place == here:
        return "."
    start = here.rstrip(os.sep) + os.sep
    return place[len(start) :] if place.startswith(start) else path
