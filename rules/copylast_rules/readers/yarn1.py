"""What Yarn 1 reads: manifests of the workspace, yarn.lock, .yarnrc, .npmrc, packages on the disk.

Sources: https://classic.yarnpkg.com/en/docs/cli/install, .../yarnrc, .../workspaces; runs yarn1/* of the
evidence table: members that are missing are not noticed, ``file:`` directories are copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.gathering import ABSENT, SETTINGS, SURROUNDINGS, Gathering, gather
from copylast_rules.readers.node_commands import installs_project
from copylast_rules.readers.node_install import Habits, NodeInstall, Reference, find_project
from copylast_rules.readers.node_manifests import Package, members, workspace_patterns
from copylast_rules.readers.npm_settings import Settings
from copylast_rules.readers.places import join, shown, upward
from copylast_rules.readers.yarn_lock import rewritten

_HOOKS = ("preinstall", "install", "postinstall", "prepublish")
_FROZEN = ("--frozen-lockfile", "--pure-lockfile", "--no-lockfile")
_SETTING = lazy_regex(r"(\"[^\"]*\"|[^\s\"]+)\s+(\"(?:[^\"\\]|\\.)*\"|\S+)\s*")


def read(request: InstallRequest) -> Closure:
    """The closure of ``yarn install``."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    if not installs_project(request, g, "yarn"):
        return
    options = request.match.options
    for option in ("--use-yarnrc", "--link-folder"):
        if option in options:
            g.refuse(SETTINGS, f"what {option} names is not followed")
    project = find_project(g, upward(request.cwd), _patterns)
    if project is None:
        return
    npm = Settings(request, g)
    npm.user()
    npm.project(project.directory)
    rc = _settings(request, g, npm)
    hooks = () if "--ignore-scripts" in options or rc.get("ignore-scripts") == "true" else _hooks(request)
    for folder in (*options.get("--modules-folder", ()), *([rc["modules-folder"]] if "modules-folder" in rc else ())):
        g.output("--modules-folder", folder)
    install = NodeInstall(g, project, Habits("yarn", hooks, _references))
    install.read(members(g, project.directory, _patterns(project), project.path))
    install.follow()
    for specifier in project.texts("resolutions").values():
        install.local(project, specifier, f"resolutions in {shown(project.path, g.cwd)}")
    _lock(request, g, install, any(rc.get(o.removeprefix("--")) == "true" for o in _FROZEN))


def _patterns(package: Package) -> list[str]:
    """Yarn 1 knows no exclusions."""
    return [pattern for pattern in workspace_patterns(package) if not pattern.startswith("!")]


def _hooks(request: InstallRequest) -> tuple[str, ...]:
    """For production it leaves ``prepare`` out."""
    options, mode = request.match.options, request.environment.get("NODE_ENV", "")
    given = options.get("--production", options.get("--prod", ()))
    production = given[-1] != "false" if given else mode == "production"
    return _HOOKS if production else (*_HOOKS, "prepare")


def _settings(request: InstallRequest, g: Gathering, npm: Settings) -> dict[str, str]:
    """What the .yarnrc files set, the nearest first; files that they name become needs."""
    found: dict[str, str] = {}
    home = request.environment.get("HOME") or "/root"
    for directory in dict.fromkeys((*upward(request.cwd), home)):
        path = join(directory, ".yarnrc")
        if not g.need_if_there(path, "Yarn's settings"):
            continue
        for number, line in enumerate((g.text(path, SETTINGS) or "").split("\n"), 1):
            bare = line.strip()
            if not bare or bare.startswith("#"):
                continue
            match = _SETTING.fullmatch(bare)
            if match is None:
                g.refuse(SETTINGS, f"{shown(path, g.cwd)}:{number} is not understood", path, number)
                break
            key, value = match[1].strip('"').removeprefix("--").removeprefix("install."), match[2].strip('"')
            found.setdefault(key, value)
            where = f"{key} in {shown(path, g.cwd)}:{number}"
            if key == "yarn-path":
                g.need_file(join(directory, value), where, number)
            elif key == "yarn-offline-mirror" and value != "false":
                place = join(directory, value)
                if g.kind(place) == "dir":
                    g.need(place, where, "dir")
            elif key in ("use-yarnrc", "cwd", "link-folder", "script-shell"):
                g.refuse(SETTINGS, f"{where} is not followed", path, number)
            elif key in ("cafile", "cert", "key") and not g.need_if_there(join(directory, value), where):
                g.refuse(ABSENT, f"{value} is not in the build context ({where})", path, number)
    if npm.flag("ignore-scripts", False):
        found.setdefault("ignore-scripts", "true")
    return found


def _references(specifier: str) -> Iterator[Reference]:
    """Directories are copied and archives unpacked; ``link:`` asks for nothing but a link."""
    if specifier.startswith("link:") or not re.match(r"file:|\.{0,2}/|\.{1,2}$|~/", specifier):
        return
    path = re.sub(r"^file:(?://(?=/))?", "", specifier)
    yield Reference("file" if re.search(r"\.(?:tgz|tar|tar\.gz)$", path, re.I) else "copy", path)


def _lock(request: InstallRequest, g: Gathering, install: NodeInstall, frozen: bool) -> None:
    path = join(install.root, "yarn.lock")
    options = request.match.options
    frozen = frozen or any(option in options and options[option][-1] != "false" for option in _FROZEN)
    if g.need_if_there(path, "the lockfile", required=True):
        text = g.text(path)
        if text is not None and not frozen:
            reason = rewritten(text, install.project, install.members)
            if reason:
                g.unsafe(f"yarn install may rewrite yarn.lock, and the later COPY puts it back: {reason}")
    if not frozen:
        g.writes(path)
    manager = install.project.data.get("packageManager")
    if isinstance(manager, str) and not re.match(r"yarn@1\.", manager):
        g.refuse(SURROUNDINGS, f"packageManager is {manager}, so that Yarn 1 does not run", install.project.path)
