"""What ``lerna bootstrap`` and ``rush install`` read: their own file, and the manifests of all packages that it names.

Sources: https://github.com/lerna/lerna/tree/v6.6.2/commands/bootstrap (packages, npmClient, useWorkspaces, scripts) and
https://rushjs.io/pages/configs/rush_json/ (projects, eventHooks), https://rushjs.io/pages/maintainer/git_hooks/.
Neither was run for evidence, so that no fix is a safe one.
"""

from __future__ import annotations

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import ABSENT, LOCAL, MEMBERS, SCRIPTS, Gathering, gather
from copylast_rules.readers.node_manifests import (
    DEPENDENCIES,
    Json,
    Package,
    as_list,
    as_table,
    members,
    parse_jsonc,
    read_package,
    workspace_patterns,
)
from copylast_rules.readers.places import join, parent

_HOOKS = ("preinstall", "install", "postinstall", "prepublish", "prepare")
_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock")
_COMMON = ("config", "scripts", "git-hooks", "pnpm-patches", "autoinstallers")
"""Folders of ``common`` in which Rush looks when it installs; ``common/temp`` it makes itself."""


def read(request: InstallRequest) -> Closure:
    """The closure of one command."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    lerna = match.program == "lerna"
    if match.kind != "deps" or (not lerna and "install" not in (*match.subcommand, match.program)):
        g.refuse(LOCAL, f"{match.program} {' '.join(match.subcommand)} works on more than manifests")
        return
    g.unsafe(f"what {'Lerna' if lerna else 'Rush'} reads is known from its documentation only")
    (_lerna if lerna else _rush)(request, g)


def _config(request: InstallRequest, g: Gathering, file: str) -> tuple[str, Json] | None:
    """The tool's own file in the working directory or above, and what it says; None after a refusal."""
    path = g.above(request.cwd, file)
    if path is None:
        g.need_file(join(request.cwd, file), "its own file")
        g.idle = f"no {file}"
        return None
    g.need(path, "its own file")
    text = g.text(path)
    config = parse_jsonc(text) if text is not None else None
    if config is None:
        g.refuse(LOCAL, f"{file} cannot be read", path)
        return None
    return path, config


def _lerna(request: InstallRequest, g: Gathering) -> None:
    found = _config(request, g, "lerna.json")
    if found is None:
        return
    path, config = found
    root = parent(path)
    top = read_package(g, root)
    if top is None:
        return
    if config.get("npmClient", "npm") not in ("npm", "yarn"):
        g.refuse(LOCAL, "lerna.json names a client that does not bootstrap", path)
    command = as_table(as_table(config.get("command")).get("bootstrap"))
    if {"ignoreScripts", "hoist", "nohoist", "npmClientArgs"} & command.keys():
        g.refuse(LOCAL, "lerna.json gives bootstrap options that are not followed", path)
    patterns = [p for p in as_list(config.get("packages")) if isinstance(p, str)]
    if config.get("useWorkspaces") is True or not patterns:
        patterns = workspace_patterns(top) or ["packages/*"]
    scripts = "--ignore-scripts" not in request.match.options
    packages = [top, *(read_package(g, directory) for directory in members(g, root, patterns, path))]
    for package in packages:
        if package is not None:
            _package(g, package, scripts)


def _package(g: Gathering, package: Package, scripts: bool) -> None:
    """The manifest, the lock and the settings of a package, and what it runs."""
    g.need(package.path, "a package")
    for file in (*_LOCKS, ".npmrc", ".yarnrc"):
        g.need_if_there(join(package.directory, file), "beside package.json", required=file in _LOCKS)
    g.writes(join(package.directory, "node_modules"))
    _no_paths(g, package)
    named = next((hook for hook in _HOOKS if hook in as_table(package.data.get("scripts"))), None)
    if scripts and named is not None:
        g.refuse(SCRIPTS, f"the {named} script of {g.files.shown(package.path)} may read any file", package.path)


def _no_paths(g: Gathering, package: Package) -> None:
    """Dependencies by path bring files that are not followed here."""
    for key in DEPENDENCIES:
        for name, version in as_table(package.data.get(key)).items():
            if isinstance(version, str) and version.startswith(("file:", "link:", "portal:", ".", "/", "~/")):
                g.refuse(LOCAL, f"{g.files.shown(package.path)} names {name} by its path", package.path)


def _rush(request: InstallRequest, g: Gathering) -> None:
    found = _config(request, g, "rush.json")
    if found is None:
        return
    path, config = found
    root = parent(path)
    hooks = as_table(config.get("eventHooks"))
    for event in ("preRushInstall", "postRushInstall"):
        if as_list(hooks.get(event)):
            g.refuse(SCRIPTS, f"the {event} hook of rush.json may read any file", path)
    for folder in _COMMON:
        if g.kind(join(root, f"common/{folder}")) == "dir":
            g.need(join(root, f"common/{folder}"), "Rush's settings", "dir")
    if g.kind(join(root, "common/config")) != "dir":
        g.refuse(ABSENT, "common/config is not in the build context", join(root, "common/config"))
    for project in as_list(config.get("projects")):
        place = as_table(project).get("projectFolder")
        if not isinstance(place, str):
            g.refuse(MEMBERS, "rush.json names a project without its folder", path)
            continue
        there = g.need_file(join(root, f"{place}/package.json"), "a project of rush.json")
        package = read_package(g, join(root, place)) if there else None
        if package is not None:
            g.writes(join(package.directory, "node_modules"))
            _no_paths(g, package)
    g.writes(join(root, "common/temp"))
