"""What npm reads: manifests, lockfiles, settings, workspaces, local packages, lifecycle scripts.

Sources: https://docs.npmjs.com/cli/commands/npm-ci, .../using-npm/workspaces, .../using-npm/config;
runs npm/ws-members-missing, npm/file-dir-manifest-only, npm/ws-bin-missing-at-install and
npm/binding-gyp-present-src-absent of the evidence table.
"""

from __future__ import annotations

import re

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import ABSENT, LOCAL, MAX_DEPTH, PROJECT, SCRIPTS, Gathering, TooMuch, gather
from copylast_rules.readers.node_manifests import (
    DEPENDENCIES,
    Package,
    executables,
    members,
    parse_json,
    read_package,
    workspace_patterns,
)
from copylast_rules.readers.node_scripts import Hooks
from copylast_rules.readers.npm_lock import locked, out_of_sync, strings
from copylast_rules.readers.npm_settings import Settings
from copylast_rules.readers.places import join, shown, upward, within

_TARBALL = re.compile(r"\.(?:tgz|tar|tar\.gz)$", re.I)
_LOCAL = re.compile(r"(?:file:|link:|\.{0,2}/|\.{1,2}$|~/)")
EDITS_MANIFEST = 10
"""Gate: the step may write a file that the later COPY carries too."""


def read(request: InstallRequest) -> Closure:
    """The closure of ``npm ci`` or ``npm install``."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if match.kind == "noop":
        return
    if match.kind in ("build", "project", "deps+project"):
        g.refuse(PROJECT, f"npm {' '.join(match.subcommand)} runs the project".replace("  ", " "))
        return
    if match.kind == "lock":
        g.refuse(EDITS_MANIFEST, f"npm {' '.join(match.subcommand)} edits package.json")
        return
    settings = Settings(request, g)
    if match.kind == "tool":
        settings.user()
        return
    root, project = _root(request, g, settings)
    if project is None:
        return
    settings.user()
    settings.project(root)
    if root != request.cwd:  # npm warns that it does not follow a member's own settings
        g.need_if_there(join(request.cwd, ".npmrc"), "npm's settings")
    _Install(request, g, settings, project).follow()


def _root(request: InstallRequest, g: Gathering, settings: Settings) -> tuple[str, Package | None]:
    """The package that npm installs: the nearest, or the root of the workspace that it belongs to.

    With ``--prefix`` npm looks nowhere else.
    """
    places = [request.cwd] if request.match.directory is not None else upward(request.cwd)
    near: str | None = None
    for place in places:
        if not g.is_file(join(place, "package.json")):
            continue
        if near is None:
            near = place
            if settings.flag("workspaces") is False:
                break
            continue
        package = read_package(g, place)
        if package is None:
            break
        if near in members(g, place, workspace_patterns(package), package.path):
            near = place
            break
    if near is None:
        path = join(request.cwd, "package.json")
        if not g.linked(path):
            g.refuse(ABSENT, "package.json is not in the build context", path)
        return request.cwd, None
    g.need(join(near, "package.json"), "the manifest")
    return near, read_package(g, near)


class _Install:
    """One install of a project."""

    def __init__(self, request: InstallRequest, g: Gathering, settings: Settings, project: Package) -> None:
        self.request = request
        self.g = g
        self.settings = settings
        self.project = project
        self.root = project.directory
        self.seen = {self.root}
        self.depth = 0
        self.members: dict[str, Package] = {}
        old = re.search(r"(?:^|/)node:v?(?:19|18\.1[34])(?:\D|$)", request.base_image or "")
        # npm 9.0 to 9.3, which came with these, copied local packages where others link them.
        self.copies = settings.flag("install-links", bool(old)) is True
        self.scripts = settings.flag("ignore-scripts", False) is not True

    def follow(self) -> None:
        g, project = self.g, self.project
        for directory, pattern in members(g, self.root, workspace_patterns(project), project.path).items():
            g.need(join(directory, "package.json"), f"workspace {pattern}")
            package = read_package(g, directory)
            if package is not None:
                self.members[directory] = package
                self.seen.add(directory)
        self._package(project, is_root=True)
        for package in list(self.members.values()):
            self._package(package)
        for path in strings(project.data.get("overrides")):
            self._local(project, path, f"overrides in {shown(project.path, g.cwd)}")
        g.writes(join(self.root, "node_modules"))
        self._lock()

    def _package(self, package: Package, is_root: bool = False) -> None:
        """Local dependencies, executables and scripts of one package."""
        g = self.g
        where = shown(package.path, g.cwd)
        for field in DEPENDENCIES:
            for dependency, specifier in package.texts(field).items():
                self._local(package, specifier, f"{dependency} in {where}")
        if self.scripts:
            Hooks(g, package).follow()
            scripts = package.texts("scripts")
            built = (
                g.is_file(join(package.directory, "binding.gyp")) and package.data.get("gypfile") is not False
            )
            if built and not {"install", "preinstall"} & scripts.keys():
                path = join(package.directory, "binding.gyp")
                g.refuse(SCRIPTS, f"{shown(path, g.cwd)} is built during the install", path)
        if is_root:
            return
        g.writes(join(package.directory, "node_modules"))
        for command, file in executables(package).items():
            path = join(package.directory, file)
            if within(path, package.directory) and g.need_if_there(
                path, f"bin {command} in {where}", required=True
            ):
                g.unsafe(
                    f"npm makes {shown(path, g.cwd)} executable, and the later COPY brings its own mode back"
                )
        folder = package.table("directories").get("bin")
        if isinstance(folder, str) and g.kind(join(package.directory, folder)) == "dir":
            g.need(join(package.directory, folder), f"directories.bin in {where}", "dir")
            g.unsafe(
                f"npm makes what is in {folder} executable, and the later COPY brings its own modes back"
            )

    def _local(self, package: Package, specifier: str, why: str) -> None:
        """A dependency that is a path: an archive, or a directory that is linked (or copied)."""
        if not _LOCAL.match(specifier):
            return
        path = re.sub(r"^(?:file|link):(?://(?=/))?", "", specifier)
        if path.startswith("~"):
            self.g.refuse(LOCAL, f"{specifier} ({why}) is outside of the project", package.path)
            return
        path = join(package.directory, path)
        if _TARBALL.search(path):
            self.g.need_file(path, why)
            return
        self._directory(path, why)

    def _directory(self, path: str, why: str) -> None:
        """A linked directory that is absent stays a dangling link; its own dependencies count too."""
        if path in self.seen:
            return
        self.seen.add(path)
        kind = self.g.kind(path)
        if kind != "dir":
            return
        if self.copies:
            if within(self.g.cwd, path) or within(self.root, path):
                self.g.refuse(PROJECT, f"{why} is a copy of the project itself", path)
                return
            self.g.need(path, f"{why} (install-links)", "dir")
        if self.g.need_if_there(join(path, "package.json"), why, required=True):
            package = read_package(self.g, path)
            if package is not None:
                self.depth += 1
                if self.depth > MAX_DEPTH:
                    raise TooMuch
                self._package(package)
                self.depth -= 1

    def _lock(self) -> None:
        g, root = self.g, self.root
        install = self.request.match.subcommand[:1] not in (
            ("ci",), ("clean-install",), ("ic",), ("install-clean",), ("isntall-clean",),
        )  # fmt: skip
        keeps = self.settings.flag("package-lock", True) is not False
        for file in ("npm-shrinkwrap.json", "package-lock.json"):
            path = join(root, file)
            if not g.need_if_there(path, "the lockfile", required=True):
                continue
            text = g.text(path)
            lock = parse_json(text) if text is not None else None
            if lock is None:
                g.refuse(LOCAL, f"{shown(path, g.cwd)} is not a JSON object", path)
                return
            for place, why in locked(lock):
                self._local(self.project, place, f"{why} in {file}")
            if install and keeps:
                reason = out_of_sync(lock, self.project, self.members, self.request.base_image)
                if reason:
                    g.unsafe(f"npm install may rewrite {file}, and the later COPY puts it back: {reason}")
                g.writes(path)
            return
        if not install:
            path = join(root, "package-lock.json")
            if not g.linked(path):
                g.refuse(
                    ABSENT, "npm ci fails without package-lock.json, which is not in the build context", path
                )
            return
        if keeps:
            g.writes(join(root, "package-lock.json"))
        if g.need_if_there(join(root, "yarn.lock"), "npm install follows it where npm has no lockfile"):
            g.unsafe("npm install may rewrite yarn.lock, and the later COPY puts it back")
            g.writes(join(root, "yarn.lock"))
