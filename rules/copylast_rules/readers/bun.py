"""What Bun reads: manifests of the workspace, bun.lock, bunfig.toml, .npmrc, patches, packages on the disk.

Sources: https://bun.sh/docs/cli/install, /docs/install/lockfile, /docs/runtime/bunfig; runs bun/* of the
evidence table: ``file:`` directories are copied, patches must be there, members that are missing may go
unnoticed. Bun 1.3 and later add ``configVersion`` to a lockfile that has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from copylast import Closure, InstallRequest
from copylast.typed import cast
from copylast_rules.readers.gathering import SETTINGS, Gathering, gather
from copylast_rules.readers.node_commands import installs_project
from copylast_rules.readers.node_install import Habits, NodeInstall, Reference, find_project
from copylast_rules.readers.node_manifests import (
    DEPENDENCIES,
    Json,
    Package,
    as_table,
    members,
    parse_jsonc,
    workspace_patterns,
)
from copylast_rules.readers.npm_lock import strings
from copylast_rules.readers.npm_settings import Settings
from copylast_rules.readers.places import join, shown, upward

_HOOKS = ("preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare")
_LOCKS = ("bun.lock", "bun.lockb")
_MIGRATED = ("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "pnpm-workspace.yaml")


def read(request: InstallRequest) -> Closure:
    """The closure of ``bun install``."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    if not installs_project(request, g, "bun"):
        return
    options = request.match.options
    for option in ("--config", "-c"):
        if option in options:
            g.refuse(SETTINGS, f"what {option} names is not followed")
    project = find_project(g, upward(request.cwd))
    if project is None:
        return
    npm = Settings(request, g)
    npm.user()
    npm.project(project.directory)
    settings = _settings(request, g, project.directory)
    scripts = "--ignore-scripts" not in options and not npm.flag("ignore-scripts", False)
    install = NodeInstall(g, project, Habits("bun", _HOOKS if scripts else (), _references))
    # What is excluded is so wherever in the list it stands.
    patterns = sorted(workspace_patterns(project), key=lambda pattern: pattern.startswith("!"))
    install.read(members(g, project.directory, patterns, project.path))
    install.follow()
    where = shown(project.path, g.cwd)
    for overrides in (project.data.get("overrides"), project.data.get("resolutions")):
        for specifier in strings(overrides):
            install.local(project, specifier, f"overrides in {where}")
    for name, file in project.texts("patchedDependencies").items():
        g.need_file(join(project.directory, file), f"the patch of {name}")
    _lock(request, g, install, settings)


def _settings(request: InstallRequest, g: Gathering, root: str) -> Mapping[str, object]:
    """The ``[install]`` table of the project's bunfig.toml; the user's comes along."""
    home = request.environment.get("HOME") or "/root"
    g.need_if_there(join(home, ".bunfig.toml"), "Bun's settings")
    path = join(root, "bunfig.toml")
    if not g.need_if_there(path, "Bun's settings"):
        return {}
    import tomllib

    try:
        data = tomllib.loads(g.text(path, SETTINGS) or "")
    except (tomllib.TOMLDecodeError, RecursionError) as e:
        g.refuse(SETTINGS, f"{shown(path, g.cwd)} is not TOML: {e}", path)
        return {}
    install = as_table(data.get("install"))
    for key in ("cafile", "security"):
        if key in install:
            g.refuse(SETTINGS, f"install.{key} in {shown(path, g.cwd)} is not followed", path)
    return install


def _references(specifier: str) -> Iterator[Reference]:
    """Directories are copied; ``link:`` asks for what was linked before."""
    if not re.match(r"file:|\.{0,2}/|\.{1,2}$|~/", specifier):
        return
    path = re.sub(r"^file:(?://(?=/))?", "", specifier)
    yield Reference("file" if re.search(r"\.(?:tgz|tar|tar\.gz)$", path, re.I) else "copy", path)


def _lock(request: InstallRequest, g: Gathering, install: NodeInstall, settings: Mapping[str, object]) -> None:
    options = request.match.options
    keeps = (
        request.match.subcommand == ("ci",)
        or any(option in options for option in ("--frozen-lockfile", "--production", "-p", "--no-save"))
        or settings.get("frozenLockfile") is True
        or settings.get("production") is True
    )
    there = [name for name in _LOCKS if g.need_if_there(join(install.root, name), "the lockfile", required=True)]
    if not there:
        for name in _MIGRATED:
            g.need_if_there(join(install.root, name), "Bun takes versions over from it")
    if keeps:
        return
    for name in there or _LOCKS[:1]:
        g.writes(join(install.root, name))
    if there:
        reason = _rewritten(g, install, there[0])
        if reason:
            g.unsafe(f"bun install may rewrite {there[0]}, and the later COPY puts it back: {reason}")


def _rewritten(g: Gathering, install: NodeInstall, name: str) -> str | None:
    """Why the lock may be written again, or None where it is proved to be in sync."""
    if name != "bun.lock":
        return "it is not a text"
    text = g.text(join(install.root, name))
    lock = parse_jsonc(text) if text is not None else None
    if lock is None or lock.get("lockfileVersion") != 1:
        return "its lockfileVersion is not one that is known"
    if "configVersion" not in lock:
        return "Bun 1.3 and later add a configVersion"
    locked = as_table(lock.get("workspaces"))
    packages = {"": install.project}
    packages |= {shown(directory, install.root): package for directory, package in install.members.items()}
    for path, package in packages.items():
        if path not in locked or _differs(as_table(locked[path]), package):
            return f"{shown(package.path, install.root)} differs from it"
    stale = next((path for path in locked if path not in packages), None)
    if stale is not None:
        return f"{stale} in it is no member of the workspace"
    root = install.project.data
    workspaces = as_table(root.get("workspaces"))
    kept: dict[str, object] = {
        "overrides": {**as_table(root.get("resolutions")), **as_table(root.get("overrides"))},
        "patchedDependencies": root.get("patchedDependencies"),
        "trustedDependencies": root.get("trustedDependencies"),
        "catalog": workspaces.get("catalog") or root.get("catalog"),
        "catalogs": workspaces.get("catalogs") or root.get("catalogs"),
    }
    different = next((key for key, value in kept.items() if _plain(value) != _plain(lock.get(key))), None)
    return f"{different} differs" if different is not None else None


def _differs(entry: Json, package: Package) -> bool:
    return any((entry.get(key) or None) != (package.data.get(key) or None) for key in DEPENDENCIES) or (
        package.data.get("name") != entry.get("name")
    )


def _plain(value: object) -> object:
    """Lists without their order; what is empty as what is absent."""
    if isinstance(value, list):
        return sorted(str(item) for item in cast("list[object]", value)) or None
    return value or None
