"""Which builds a project declares for a Dockerfile, and a guess where nothing does.

Looked at are the files in which people write builds, in the folders above the Dockerfile (up to the
project's top) and in the usual folders beside those. Texts are searched before they are parsed: a
compose file that cannot speak of this Dockerfile costs no YAML.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

from copylast.context.listings import Listings
from copylast.context.names import BAKE_NAME, COMPOSE_NAME, DEFAULT_NAMES, OVERRIDE_NAMES
from copylast.context.target import BuildTarget, read
from copylast.ondisk import absolute
from copylast.regexes import lazy_regex

_FOLDERS = (
    "docker .docker deploy deployment deployments compose ci .ci scripts script bin build hack dev infra "
    "local tools .devcontainer"
).split()
_FOLDER_SET = frozenset(_FOLDERS)
_SCRIPT = lazy_regex(
    r"(?:GNU)?makefile(?:\..+)?\Z|.*\.mk\Z|.*\.(?:sh|bash)\Z|justfile\Z|\.justfile\Z|taskfile\.ya?ml\Z"
    r"|\.gitlab-ci\.ya?ml\Z|package\.json\Z",
    re.I,
)
NAMED = lazy_regex(r"(?i)\.(?:ya?ml|json|hcl|mk|sh|bash)\Z|make|justfile")
"""What the names of all files that can declare a build have in them."""
_YAML = lazy_regex(r".*\.ya?ml\Z", re.I)
_INDIRECT = lazy_regex(
    r"^[\s{-]*\"?(?:build|context|dockerfile|file|path)\"?\s*(?::.*\$|=.*\$\{|=\s*[A-Za-z_][\w.]*\s*$)"
    r"|^[\s-]*\"?(?:include|extends)\"?\s*:|\bcd\s",
    re.M,
)
"""Where a path may come from elsewhere: a variable in it, another file, another folder."""
_ENTRIES = 2000
_BUILDERS = ("docker", "podman", "nerdctl", "buildah")
"""Without one of these words a text has no line that builds."""

Parse = Callable[[str, str], list[BuildTarget]]


def find_builds(project_root: str, dockerfile: str, notes: list[str] | None = None) -> list[BuildTarget]:
    """The builds of ``dockerfile`` that files below ``project_root`` declare, the surest first.

    Nothing is run and nothing raises; ``notes`` receives what could not be read, for people.
    """
    return ProjectBuilds(project_root, notes).of(dockerfile)


class ProjectBuilds:
    """The declarations of one project; each file is read and parsed once for many Dockerfiles."""

    def __init__(self, project_root: str, notes: list[str] | None = None, listings: Listings | None = None) -> None:
        self.top = absolute(project_root)
        self.notes: list[str] = [] if notes is None else notes
        self.unread: dict[str, list[str]] = {}
        """By the reason, files that may declare builds and need a library that is not installed."""
        self._listings = Listings() if listings is None else listings
        self._names: dict[str, list[str]] = {}
        self._usual: dict[str, list[str]] = {}
        self._declaring: dict[str, list[tuple[int, str, Parse]]] = {}
        self._texts: dict[str, str | None] = {}
        self._parsed: dict[str, list[BuildTarget]] = {}
        self.exporting = False
        """Whether a file that was read so far speaks of a cache to export."""

    def of(self, dockerfile: str) -> list[BuildTarget]:
        """The builds of ``dockerfile``: compose, bake, workflows, dev containers, then scripts."""
        wanted = absolute(dockerfile)
        real: str | None = None
        found: list[tuple[int, BuildTarget]] = []
        for rank, target in self._declared(wanted):
            same = target.dockerfile == wanted
            if not same and target.dockerfile:
                real = real or os.path.realpath(wanted)
                same = os.path.realpath(target.dockerfile) == real
            if target.dockerfile and same and os.path.isdir(target.context):
                found.append((rank + 10 * (target.where != "folder"), target))
        found.sort(key=lambda one: one[0])
        return [target for _, target in found]

    def others(self, dockerfile: str) -> list[BuildTarget]:
        """The builds of other Dockerfiles that stand in the files in which those of ``dockerfile`` would."""
        wanted = absolute(dockerfile)
        return [target for _, target in self._declared(wanted) if target.dockerfile != wanted]

    def scripts(self, dockerfile: str) -> Iterator[str]:
        """The texts of the scripts, Makefiles and workflows in which a build of ``dockerfile`` may be run."""
        for _, path, parse in self._declarations(absolute(dockerfile)):
            text = self._text(path) if parse in (self._script, self._workflow) else None
            if text is not None:
                yield text

    def may_export(self, dockerfile: str) -> bool:
        """Whether a file in which a build of ``dockerfile`` may be declared speaks of a cache to export."""
        for _, path, _ in self._declarations(absolute(dockerfile)):
            self._text(path)
        return self.exporting

    def _declared(self, wanted: str) -> Iterator[tuple[int, BuildTarget]]:
        for rank, path, parse in self._declarations(wanted):
            text = self._text(path)
            if text is not None and _may_build(text, path) and _may_mean(self._merged(path), path, wanted):
                for target in self._targets(path, text, parse):
                    yield rank, target

    def within(self, path: str) -> list[BuildTarget]:
        """All builds that one compose, bake or other declaring file makes, inline ones too."""
        text = self._text(absolute(path))
        kind = self._kind(*os.path.split(absolute(path)))
        return self._targets(absolute(path), text, kind[1]) if text is not None and kind else []

    def _declarations(self, dockerfile: str) -> Iterator[tuple[int, str, Parse]]:
        seen: set[str] = set()
        here = os.path.dirname(dockerfile)
        while True:
            for folder in (here, *self._beside(here)):
                if folder not in seen:
                    yield from self._declared_in(folder)
                seen.add(folder)
            if here == self.top or not here.startswith(self.top + os.sep):
                break
            here = os.path.dirname(here)
        folder = os.path.join(self.top, ".github", "workflows")
        for name in self._listing(folder):
            if _YAML.match(name):
                yield 2, os.path.join(folder, name), self._workflow

    def _beside(self, folder: str) -> list[str]:
        """The usual folders that ``folder`` has; all of them where it has more names than are listed."""
        known = self._usual.get(folder)
        if known is None:
            names = self._listing(folder)
            inside = () if _FOLDER_SET.isdisjoint(names) and len(names) < _ENTRIES else _FOLDERS
            known = self._usual[folder] = [os.path.join(folder, name) for name in inside]
        return known

    def _declared_in(self, folder: str) -> list[tuple[int, str, Parse]]:
        """The files of a folder that may declare builds; looked for once, however many Dockerfiles ask."""
        known = self._declaring.get(folder)
        if known is None:
            names = self._listing(folder)
            overridden = not frozenset(DEFAULT_NAMES).isdisjoint(names)
            found: list[tuple[int, str, Parse]] = []
            for name in names:
                # An override is read with the file that it belongs to.
                kind = None if overridden and name in OVERRIDE_NAMES else self._kind(folder, name)
                if kind is not None:
                    found.append((kind[0], os.path.join(folder, name), kind[1]))
            known = self._declaring[folder] = found
        return known

    def _kind(self, folder: str, name: str) -> tuple[int, Parse] | None:
        if not NAMED.search(name):
            return None
        if COMPOSE_NAME.match(name):
            return (0 if name in DEFAULT_NAMES else 1), _compose
        if BAKE_NAME.match(name):
            return 1, self._bake
        if name == "devcontainer.json":
            return 3, _devcontainer
        if folder.endswith(os.path.join(".github", "workflows")) and _YAML.match(name):
            return 2, self._workflow
        return (4, self._script) if _SCRIPT.match(name) else None

    def _workflow(self, path: str, text: str) -> list[BuildTarget]:
        from copylast.context.workflows import workflow_builds

        return workflow_builds(path, text, self.top)

    def _bake(self, path: str, text: str) -> list[BuildTarget]:
        from copylast.context.bake import bake_builds

        return bake_builds(path, self.top)

    def _script(self, path: str, text: str) -> list[BuildTarget]:
        from copylast.context.assigned import assigned
        from copylast.context.changing import changing
        from copylast.context.commandline import build_lines, declared

        def changes(value: str) -> str | None:
            return changing(value, lambda name: assigned(text, name))

        folders = (self.top, os.path.dirname(path))
        name = os.path.basename(path)
        if name.lower().startswith(("makefile", "gnumakefile", "package.json")):
            folders = (os.path.dirname(path), self.top)
        builds = (declared(build, folders, path, name, changes=changes) for build in build_lines(text))
        return [found for found in builds if found is not None]

    def _targets(self, path: str, text: str, parse: Parse) -> list[BuildTarget]:
        known = self._parsed.get(path)
        if known is None:
            from copylast.context.tree import MissingExtra, TreeError

            try:
                known = parse(path, text)
            except MissingExtra as error:
                name = os.path.relpath(path, self.top).replace(os.sep, "/")
                self.unread.setdefault(str(error), []).append(name)
                self.notes.append(f"{error}, so {name} was not read for builds")
                known = []
            except TreeError as error:
                self.notes.append(f"{os.path.relpath(path, self.top)}: {error}")
                known = []
            self._parsed[path] = known
        return known

    def _listing(self, folder: str) -> list[str]:
        known = self._names.get(folder)
        if known is None:
            known = self._names[folder] = sorted(self._listings.of(folder) or ())[:_ENTRIES]
        return known

    def _merged(self, path: str) -> str:
        """The text of ``path`` with what compose and bake merge with it."""
        folder, name = os.path.split(path)
        others: list[str] = []
        if COMPOSE_NAME.match(name):
            others = [one for one in (*DEFAULT_NAMES, *OVERRIDE_NAMES) if one in self._listing(folder)]
        elif BAKE_NAME.match(name):
            others = [one for one in self._listing(folder) if BAKE_NAME.match(one)]
        paths = dict.fromkeys((path, *(os.path.join(folder, one) for one in others)))
        return "\n".join(filter(None, map(self._text, paths)))

    def _text(self, path: str) -> str | None:
        if path not in self._texts:
            text = read(path)
            if text is not None and path.endswith("package.json"):
                # Its scripts are strings; a quote ends a command there.
                text = text.replace('"', ";")
            self.exporting = self.exporting or (text is not None and ("cache-to" in text or "cache_to" in text))
            self._texts[path] = text
        return self._texts[path]


def _compose(path: str, text: str) -> list[BuildTarget]:
    from copylast.context.compose import compose_builds

    return compose_builds(path)


def _devcontainer(path: str, text: str) -> list[BuildTarget]:
    from copylast.context.workflows import devcontainer_builds

    return devcontainer_builds(path, text)


def _may_build(text: str, path: str) -> bool:
    """Whether ``text`` declares any build at all."""
    name = os.path.basename(path)
    if COMPOSE_NAME.match(name):
        return any(word in text for word in ("build", "include", "extends"))
    if BAKE_NAME.match(name) or name == "devcontainer.json":
        return True
    if "build-push-action" in text:
        return True
    if not any(word in text for word in _BUILDERS):
        return False
    from copylast.context.commandline import build_lines

    return next(build_lines(text), None) is not None


def _may_mean(text: str, path: str, dockerfile: str) -> bool:
    """Whether ``text`` could speak of ``dockerfile``; cheap, and wrong only to the safe side."""
    if _INDIRECT.search(text):
        return True
    folder, file = os.path.split(dockerfile)
    if file != "Dockerfile" and file not in text:
        return False
    # A Dockerfile below the declaring file is reached by naming its folder.
    below = folder.startswith(os.path.dirname(path) + os.sep)
    return not below or os.path.basename(folder) in text
