"""What pnpm reads: pnpm-workspace.yaml, the members' manifests, pnpm-lock.yaml, patches, .npmrc, .pnpmfile.cjs.

Sources: https://pnpm.io/cli/install, /cli/fetch, /pnpm-workspace_yaml, /settings, /pnpmfile; runs pnpm9/*,
pnpm10/* and pnpmL/* of the evidence table: members that are missing are not noticed, ``file:`` directories
are copied, ``pnpm fetch`` runs no hooks and reads no manifest but the lockfile's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import ABSENT, LOCAL, MEMBERS, SETTINGS, SURROUNDINGS, Gathering, gather
from copylast_rules.readers.node_commands import installs_project
from copylast_rules.readers.node_files import follow
from copylast_rules.readers.node_install import Habits, NodeInstall, Reference
from copylast_rules.readers.node_manifests import DEPENDENCIES, Json, Package, as_table, members, read_package
from copylast_rules.readers.node_scripts import LIFECYCLE
from copylast_rules.readers.npm_lock import strings
from copylast_rules.readers.npm_settings import Settings
from copylast_rules.readers.places import join, shown, upward
from copylast_rules.readers.pnpm_lock import local_packages, member_of, rewritten
from copylast_rules.readers.small_yaml import Yaml, YamlError, read_yaml, texts

_HOOKS = ("pnpm:devPreinstall", *LIFECYCLE[:-1])
_WORKSPACE = "pnpm-workspace.yaml"
_OTHER_MANIFESTS = ("package.yaml", "package.json5")
_LOCKED = {"overrides", "patchedDependencies", "packageExtensions", "catalog", "catalogs"}
"""Settings of pnpm-workspace.yaml that the lockfile repeats."""
_PNPMFILES = (".pnpmfile.cjs", ".pnpmfile.mjs", "pnpmfile.js")


def read(request: InstallRequest) -> Closure:
    """The closure of ``pnpm install`` and ``pnpm fetch``."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    if not installs_project(request, g, "pnpm"):
        return
    options = request.match.options
    for option in ("--lockfile-dir", "--global-pnpmfile"):
        if option in options:
            g.refuse(SETTINGS, f"what {option} names is not followed")
    npm = Settings(request, g)
    workspace = _Workspace(request, g, npm)
    root = workspace.root
    npm.user()
    npm.project(root)
    if root != request.cwd:
        g.need_if_there(join(request.cwd, ".npmrc"), "pnpm's settings")
    if request.match.kind == "fetch":
        _fetch(request, g, workspace)
    else:
        _install(request, g, workspace)
    _pnpmfile(g, workspace, request)
    g.writes(join(root, "node_modules"))


class _Workspace:
    """The root of the project with what pnpm-workspace.yaml says."""

    def __init__(self, request: InstallRequest, g: Gathering, npm: Settings) -> None:
        self.g = g
        self.npm = npm
        self.settings: Mapping[str, Yaml] = {}
        alone = "--ignore-workspace" in request.match.options
        found = [d for d in upward(request.cwd) if g.is_file(join(d, _WORKSPACE))] if not alone else []
        self.is_one = bool(found)
        self.root = found[0] if found else request.cwd
        if found:
            self.settings = self._read(join(self.root, _WORKSPACE))
        elif not g.is_file(join(request.cwd, "package.json")):
            near = (d for d in upward(request.cwd) if g.is_file(join(d, "package.json")))
            self.root = next(near, request.cwd)

    def _read(self, path: str) -> Mapping[str, Yaml]:
        self.g.need(path, "the workspace")
        try:
            return read_yaml(self.g.text(path, SETTINGS) or "")
        except YamlError as e:
            self.g.refuse(SETTINGS, f"{shown(path, self.g.cwd)} is not followed, {e}", path, e.line)
            return {}

    def text(self, key: str) -> str | None:
        """A setting of pnpm-workspace.yaml."""
        value = self.settings.get(key)
        return value if isinstance(value, str) else None

    def flag(self, key: str, default: bool) -> bool:
        """A setting of pnpm-workspace.yaml or .npmrc; ``key`` as it stands in .npmrc."""
        camel = re.sub(r"-(\w)", lambda match: match[1].upper(), key)
        value = self.text(camel)
        if value is not None:
            return value == "true"
        return self.npm.flag(key, default) is True

    def patches(self, project: Package | None) -> dict[str, str]:
        """Patched packages with the files of their patches."""
        own: Json = as_table(project.table("pnpm").get("patchedDependencies")) if project is not None else {}
        configured = self.settings.get("patchedDependencies")
        both: dict[str, object] = {**own, **(configured if isinstance(configured, dict) else {})}
        return {name: file for name, file in both.items() if isinstance(file, str)}


def _project(g: Gathering, workspace: _Workspace, why: str) -> Package | None:
    """The root's package; a workspace may do without one."""
    path = join(workspace.root, "package.json")
    for other in _OTHER_MANIFESTS:
        if not g.is_file(path) and g.is_file(join(workspace.root, other)):
            g.refuse(LOCAL, f"{other} is not followed", join(workspace.root, other))
    if not g.need_if_there(path, why, required=True):
        if not workspace.is_one and not g.linked(path):
            g.refuse(ABSENT, "package.json is not in the build context", path)
        return None
    return read_package(g, workspace.root)


def _install(request: InstallRequest, g: Gathering, workspace: _Workspace) -> None:
    project = _project(g, workspace, "the manifest")
    if project is None:
        project = Package(workspace.root, join(workspace.root, "package.json"), "{}", {})
    options = request.match.options
    scripts = "--ignore-scripts" not in options and not workspace.flag("ignore-scripts", False)
    # Only who depends on a member gets its executables.
    wanted: set[str] = set()

    def linked(package: Package) -> bool:
        return package.data.get("name") in wanted

    install = NodeInstall(g, project, Habits("pnpm", _HOOKS if scripts else (), _references, linked))
    install.read(_members(g, workspace))
    for package in (project, *install.members.values()):
        wanted.update(d for field in DEPENDENCIES for d in package.table(field))
        _injected(g, package)
        if package is not project:
            g.need_if_there(join(package.directory, ".npmrc"), "pnpm's settings")
    install.follow()
    where = shown(project.path, g.cwd)
    for overrides in (project.table("pnpm").get("overrides"), project.data.get("resolutions")):
        for specifier in strings(overrides):
            install.local(project, specifier, f"overrides in {where}")
    for specifier in strings(workspace.settings.get("overrides")):
        install.local(project, specifier, f"overrides in {_WORKSPACE}")
    for name, file in workspace.patches(project).items():
        g.need_file(join(workspace.root, file), f"the patch of {name}")
    if workspace.flag("inject-workspace-packages", False):
        g.refuse(LOCAL, "injectWorkspacePackages copies the members with all their files")
    if not workspace.flag("shared-workspace-lockfile", True):
        g.refuse(LOCAL, "sharedWorkspaceLockfile is off, and the members' own lockfiles are not followed")
    for value in (*options.get("--filter", ()), *options.get("-F", ()), *options.get("--filter-prod", ())):
        if "[" in value:
            g.refuse(SURROUNDINGS, f"--filter {value} asks git what has changed")
    _lock(request, g, workspace, install)


def _members(g: Gathering, workspace: _Workspace) -> dict[str, str]:
    """Members of the workspace; what is excluded is so wherever in the list it stands."""
    if not workspace.is_one:
        return {}
    patterns = sorted(texts(workspace.settings.get("packages")), key=lambda pattern: pattern.startswith("!"))
    where = join(workspace.root, _WORKSPACE)
    return members(g, workspace.root, patterns, where, unread=_OTHER_MANIFESTS)


def _injected(g: Gathering, package: Package) -> None:
    for name, value in package.table("dependenciesMeta").items():
        if as_table(value).get("injected"):
            g.refuse(LOCAL, f"{name} is injected, that is copied with all its files", package.path)


def _references(specifier: str) -> Iterator[Reference]:
    """Directories of ``file:`` are copied; ``link:`` asks for nothing but a link."""
    if not re.match(r"file:|\.{0,2}/|\.{1,2}$|~/", specifier):
        return
    path = re.sub(r"^file:(?://(?=/))?", "", specifier)
    yield Reference("file" if re.search(r"\.(?:tgz|tar|tar\.gz)$", path, re.I) else "copy", path)


def _fetch(request: InstallRequest, g: Gathering, workspace: _Workspace) -> None:
    """``pnpm fetch`` fills the store from the lockfile. The manifest counts where it says how pnpm works."""
    if {"--filter", "-F", "--filter-prod"} & request.match.options.keys():
        g.refuse(SURROUNDINGS, "pnpm fetch brings the packages of all members, and the install is for some")
    path = join(workspace.root, "package.json")
    project = read_package(g, workspace.root) if g.is_file(path) else None
    if project is not None and {"packageManager", "pnpm", "devEngines"} & project.data.keys():
        g.need(path, "it says which pnpm is run, and how")
    for name, file in workspace.patches(project).items():
        g.need_file(join(workspace.root, file), f"the patch of {name}")
    text = _locked(g, workspace)
    if text is not None:
        local = local_packages(text)
        if local:
            path = join(workspace.root, "pnpm-lock.yaml")
            g.refuse(LOCAL, f"the lockfile names {local}, a package of the project", path)


def _locked(g: Gathering, workspace: _Workspace) -> str | None:
    """The text of the lockfile, without which the command fails; None after a refusal."""
    path = join(workspace.root, "pnpm-lock.yaml")
    return g.text(path) if g.need_file(path, "the lockfile") else None


def _pnpmfile(g: Gathering, workspace: _Workspace, request: InstallRequest) -> None:
    """The hooks that may change what is resolved: a program, which may load others."""
    if "--ignore-pnpmfile" in request.match.options:
        return
    named = workspace.text("pnpmfile")
    for name in (named,) if named is not None else _PNPMFILES:
        path = join(workspace.root, name)
        if g.is_file(path):
            if path.endswith(".js"):
                g.need(path, "pnpm runs it")
            follow(g, path, workspace.root, "pnpm runs it")
        elif named is not None:
            g.need_file(path, f"pnpmfile in {_WORKSPACE}")


def _lock(request: InstallRequest, g: Gathering, workspace: _Workspace, install: NodeInstall) -> None:
    options, path = request.match.options, join(workspace.root, "pnpm-lock.yaml")
    if not workspace.flag("lockfile", True):
        return  # it neither reads nor writes one
    ci = request.environment.get("CI", "")
    given = options.get("--frozen-lockfile", ())
    frozen = given[-1] != "false" if given else request.match.subcommand == ("ci",)
    if not given and "--no-frozen-lockfile" not in options and not frozen:
        # A variable that is set to anything but false means CI; one that nobody knows means nothing.
        frozen = ci not in ("", "false", "0", None) or workspace.flag("frozen-lockfile", False)
    if not g.need_if_there(path, "the lockfile", required=True):
        if frozen and not g.linked(path):
            said = "pnpm install --frozen-lockfile fails without pnpm-lock.yaml, which is not in the build context"
            g.refuse(ABSENT, said, path)
        elif not frozen:
            g.writes(path)
        return
    alone = not workspace.is_one and "--ignore-workspace" not in options
    text = g.text(path) if alone or not frozen else None
    member = member_of(text) if text is not None and alone else None
    if member is not None:
        # pnpm would install nothing for it and say nothing; where people build, the file may be there.
        g.refuse(MEMBERS, f"pnpm-lock.yaml is for {member} too, and no {_WORKSPACE} is in the build context", path)
    if frozen:
        return
    g.writes(path)
    if text is None:
        return
    fresh = "--no-frozen-lockfile" in options or "--fix-lockfile" in options or "--force" in options
    configured = _LOCKED & workspace.settings.keys()
    reason = (
        "it is told to" if fresh
        else "settings of the workspace are part of it" if configured
        else rewritten(text, install.project, install.members)
    )  # fmt: skip
    if reason:
        g.unsafe(f"pnpm install may rewrite pnpm-lock.yaml, and the later COPY puts it back: {reason}")
