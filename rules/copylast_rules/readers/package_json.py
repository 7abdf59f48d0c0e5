"""What npm reads: manifests, lockfiles, settings, workspaces, local packages, lifecycle scripts.

Sources: https://docs.npmjs.com/cli/commands/npm-ci, .../using-npm/workspaces, .../using-npm/config;
runs npm/ws-members-missing, npm/file-dir-manifest-only, npm/ws-bin-missing-at-install and
npm/binding-gyp-present-src-absent of the evidence table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.gathering import ABSENT, LOCAL, Gathering, gather
from copylast_rules.readers.node_commands import installs_project
from copylast_rules.readers.node_install import Habits, NodeInstall, Reference, find_project
from copylast_rules.readers.node_manifests import Package, members, parse_json, workspace_patterns
from copylast_rules.readers.node_scripts import LIFECYCLE
from copylast_rules.readers.npm_lock import locked, out_of_sync, strings
from copylast_rules.readers.npm_settings import Settings
from copylast_rules.readers.places import join, shown, upward

_TARBALL = lazy_regex(r"\.(?:tgz|tar|tar\.gz)$", re.I)
_LOCAL = lazy_regex(r"(?:file:|link:|\.{0,2}/|\.{1,2}$|~/)")


def read(request: InstallRequest) -> Closure:
    """The closure of ``npm ci`` or ``npm install``."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    settings = Settings(request, g)
    if request.match.kind == "tool":
        settings.user()
    if not installs_project(request, g, "npm"):
        return
    # With --prefix npm looks nowhere else.
    places = [request.cwd] if request.match.directory is not None else upward(request.cwd)
    project = find_project(g, places, alone=settings.flag("workspaces") is False)
    if project is None:
        return
    settings.user()
    settings.project(project.directory)
    if project.directory != request.cwd:  # npm warns that it does not follow a member's own settings
        g.need_if_there(join(request.cwd, ".npmrc"), "npm's settings")
    _Install(request, g, settings, project).install()


class _Install(NodeInstall):
    """One install of a project."""

    def __init__(self, request: InstallRequest, g: Gathering, settings: Settings, project: Package) -> None:
        old = re.search(r"(?:^|/)node:v?(?:19|18\.1[34])(?:\D|$)", request.base_image or "")
        # npm 9.0 to 9.3, which came with these, copied local packages where others link them.
        copies = settings.flag("install-links", bool(old)) is True
        scripts = settings.flag("ignore-scripts", False) is not True
        super().__init__(g, project, Habits("npm", LIFECYCLE if scripts else (), _copied if copies else linked))
        self.request = request
        self.settings = settings

    def install(self) -> None:
        """Everything that it reads, the lockfile last."""
        g, project = self.g, self.project
        self.read(members(g, self.root, workspace_patterns(project), project.path))
        self.follow()
        for specifier in strings(project.data.get("overrides")):
            self.local(project, specifier, f"overrides in {shown(project.path, g.cwd)}")
        self._lock()

    def _lock(self) -> None:
        g, root = self.g, self.root
        install = self.request.match.subcommand[:1] not in (
            ("ci",), ("clean-install",), ("ic",), ("install-clean",), ("isntall-clean",),
        )  # fmt: skip
        keeps = self.settings.flag("package-lock", True) is not False
        if install and not keeps:
            return  # it neither reads nor writes a lockfile
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
                self.local(self.project, place, f"{why} in {file}")
            if install:
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
        g.writes(join(root, "package-lock.json"))
        if g.need_if_there(join(root, "yarn.lock"), "npm install follows it where npm has no lockfile"):
            g.unsafe("npm install may rewrite yarn.lock, and the later COPY puts it back")
            g.writes(join(root, "yarn.lock"))


def linked(specifier: str) -> Iterator[Reference]:
    """What a specifier names on the disk: an archive, or a directory that is linked."""
    if not _LOCAL.match(specifier):
        return
    path = re.sub(r"^(?:file|link):(?://(?=/))?", "", specifier)
    yield Reference("file" if _TARBALL.search(path) else "link", path)


def _copied(specifier: str) -> Iterator[Reference]:
    """The same where directories are copied."""
    for found in linked(specifier):
        yield found._replace(what="copy") if found.what == "link" else found
