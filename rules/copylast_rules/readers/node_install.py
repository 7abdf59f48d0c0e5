"""One install of a JavaScript project: what all its package managers have in common.

The project's package and those of its workspace, their local dependencies, executables and lifecycle
scripts. What a manager does differently it says by :class:`Habits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from copylast import NamedTuple
from copylast.typed import Literal
from copylast_rules.readers.gathering import ABSENT, LOCAL, MAX_DEPTH, PROJECT, SCRIPTS, Gathering, TooMuch
from copylast_rules.readers.node_manifests import (
    DEPENDENCIES,
    Package,
    executables,
    members,
    read_package,
    workspace_patterns,
)
from copylast_rules.readers.node_scripts import Hooks
from copylast_rules.readers.places import join, shown, within


class Reference(NamedTuple):
    """What a dependency means that lies on the disk.

    ``link``: a directory that is linked, of which the manifest counts, if it is there. ``portal``: the
    same, and it must be there. ``copy``: a directory that is copied as it is. ``file``: an archive or a
    patch; ``root``: one whose path is relative to the project. ``program``: something that is run. ``path``
    is else relative to the package, unless it is absolute.
    """

    what: Literal["link", "portal", "copy", "file", "root", "program"]
    path: str


class Habits(NamedTuple):
    """What one package manager does.

    ``hooks`` are the lifecycle scripts that it runs (empty where it runs none), ``references`` says what
    a specifier refers to on the disk. ``executables``: does it make the ``bin`` files of this member
    executable?
    """

    name: str
    hooks: tuple[str, ...]
    references: Callable[[str], Iterable[Reference]]
    executables: Callable[[Package], bool] = lambda _: True


def find_project(
    g: Gathering,
    places: Sequence[str],
    patterns: Callable[[Package], list[str]] = workspace_patterns,
    alone: bool = False,
) -> Package | None:
    """The package that is installed: the nearest of ``places``, or the root of the workspace that it belongs to.

    ``patterns`` are the globs of its members, ``alone`` says that no workspace counts. None after a refusal.
    """
    near: str | None = None
    for place in places:
        if not g.is_file(join(place, "package.json")):
            continue
        if near is None:
            near = place
            if alone:
                break
            continue
        package = read_package(g, place)
        if package is None:
            break
        if near in members(g, place, patterns(package), package.path):
            near = place
            break
    if near is None:
        path = join(places[0], "package.json")
        if not g.linked(path):
            g.refuse(ABSENT, "package.json is not in the build context", path)
        return None
    g.need(join(near, "package.json"), "the manifest")
    return read_package(g, near)


class NodeInstall:
    """Follows the packages of one project into ``g``."""

    def __init__(self, g: Gathering, project: Package, habits: Habits) -> None:
        self.g = g
        self.project = project
        self.root = project.directory
        self.habits = habits
        self.members: dict[str, Package] = {}
        self._seen = {self.root}
        self._depth = 0

    def read(self, directories: Mapping[str, str]) -> None:
        """Read the members' manifests; ``directories`` are theirs with the pattern that takes each."""
        for directory, pattern in directories.items():
            self.g.need(join(directory, "package.json"), f"workspace {pattern}")
            package = read_package(self.g, directory)
            if package is not None:
                self.members[directory] = package
                self._seen.add(directory)

    def follow(self) -> None:
        """What the project and its members refer to and run."""
        self._package(self.project)
        for package in list(self.members.values()):
            self._package(package)
            self._executables(package)
            self.g.writes(join(package.directory, "node_modules"))
        self.g.writes(join(self.root, "node_modules"))

    def local(self, package: Package, specifier: str, why: str) -> None:
        """A dependency of ``package``, if it is one on the disk."""
        for what, place in self.habits.references(specifier):
            if place.startswith("~"):
                self.g.refuse(LOCAL, f"{specifier} ({why}) is outside of the project", package.path)
            elif what == "program":
                self.g.refuse(SCRIPTS, f"{why} runs {place}, which may read any file", package.path)
            elif what in ("file", "root"):
                self.g.need_file(join(self.root if what == "root" else package.directory, place), why)
            else:
                self._directory(what, join(package.directory, place), why)

    def _package(self, package: Package) -> None:
        """Local dependencies and scripts of one package."""
        g = self.g
        where = shown(package.path, g.cwd)
        for field in DEPENDENCIES:
            for dependency, specifier in package.texts(field).items():
                if ":" in specifier or "/" in specifier or specifier.startswith((".", "~")):
                    self.local(package, specifier, f"{dependency} in {where}")
        if not self.habits.hooks:
            return
        Hooks(g, package, self.habits.hooks).follow()
        path = join(package.directory, "binding.gyp")
        if g.is_file(path) and package.data.get("gypfile") is not False:
            if not {"install", "preinstall"} & package.texts("scripts").keys():
                g.refuse(SCRIPTS, f"{shown(path, g.cwd)} is built during the install", path)

    def _executables(self, package: Package) -> None:
        """What a member's ``bin`` names must be there to be linked, and its mode is changed."""
        g, manager = self.g, self.habits.name
        if not ("bin" in package.data or "directories" in package.data) or not self.habits.executables(package):
            return
        where = shown(package.path, g.cwd)
        for command, file in executables(package).items():
            path = join(package.directory, file)
            if within(path, package.directory) and g.need_if_there(path, f"bin {command} in {where}", required=True):
                place = shown(path, g.cwd)
                g.unsafe(f"{manager} makes {place} executable, and the later COPY brings its own mode back")
        folder = package.table("directories").get("bin")
        if isinstance(folder, str) and g.kind(join(package.directory, folder)) == "dir":
            g.need(join(package.directory, folder), f"directories.bin in {where}", "dir")
            g.unsafe(f"{manager} makes what is in {folder} executable, and the later COPY brings its own modes back")

    def _directory(self, what: str, path: str, why: str) -> None:
        """A package in a directory; its own dependencies count too."""
        g = self.g
        if path in self._seen:
            return
        self._seen.add(path)
        if g.kind(path) != "dir":
            # A link that leads nowhere is made all the same.
            if what != "link" and not g.linked(path):
                g.refuse(ABSENT, f"{path} is not in the build context ({why})", path)
            return
        if what == "copy":
            if within(g.cwd, path) or within(self.root, path):
                g.refuse(PROJECT, f"{why} is a copy of the project itself", path)
                return
            g.need(path, f"{why}, which is copied", "dir")
        manifest = join(path, "package.json")
        if not g.need_if_there(manifest, why, required=True):
            if what == "portal" and not g.linked(manifest):
                g.refuse(ABSENT, f"{manifest} is not in the build context ({why})", manifest)
            return
        package = read_package(g, path)
        if package is not None:
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise TooMuch
            self._package(package)
            self._depth -= 1
