"""What Deno reads: deno.json or deno.jsonc, import map, deno.lock, package.json, the workspace's members.

Sources: https://docs.deno.com/runtime/reference/cli/install, .../fundamentals/workspaces; runs deno/* of the
evidence table: a member that is missing is skipped with a warning, an import map must be there. Modules of the
project that ``imports`` names are not read by an install.
"""

from __future__ import annotations

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import ABSENT, LOCAL, SETTINGS, Gathering, gather
from copylast_rules.readers.node_commands import installs_project
from copylast_rules.readers.node_install import Habits, NodeInstall
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
from copylast_rules.readers.node_scripts import LIFECYCLE
from copylast_rules.readers.npm_settings import Settings
from copylast_rules.readers.package_json import linked
from copylast_rules.readers.places import join, shown, upward

_CONFIGS = ("deno.json", "deno.jsonc")
_MANIFESTS = (*_CONFIGS, "package.json")


def read(request: InstallRequest) -> Closure:
    """The closure of ``deno install`` and ``deno ci``."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    options = request.match.options
    if not installs_project(request, g, "deno"):
        return
    for option in ("--config", "-c", "--import-map", "--lock"):
        if option in options:
            g.refuse(SETTINGS, f"what {option} names is not followed")
    root = _root(g, request.cwd)
    if root is None:
        path = join(request.cwd, "deno.json")
        if not g.linked(path):
            g.refuse(ABSENT, "neither deno.json nor package.json is in the build context", path)
        return
    Settings(request, g).project(root)
    config = _config(g, root) or {}
    project = read_package(g, root) if g.need_if_there(join(root, "package.json"), "the manifest", True) else None
    packages = _members(g, root, config, project, "--allow-scripts" in options or "allowScripts" in config)
    _map(g, root, config)
    for key in ("patch", "links"):
        for place in as_list(config.get(key)):
            if isinstance(place, str):
                _member(g, join(root, place), f"{key} in deno.json")
    if project is not None or config.get("nodeModulesDir") in ("auto", "manual", True):
        g.writes(join(root, "node_modules"))
    _lock(request, g, root, config)
    if not packages:
        g.idle = "nothing is declared that an install would fetch"


def _root(g: Gathering, cwd: str) -> str | None:
    """The nearest directory with a manifest, or the workspace above that names it."""
    near = next((d for d in upward(cwd) if any(g.is_file(join(d, name)) for name in _MANIFESTS)), None)
    if near is None:
        return None
    for above in upward(near)[1:]:
        config = _config(g, above, need=False)
        if config is not None and near in _workspace(g, above, config):
            return above
    return near


def _config(g: Gathering, directory: str, need: bool = True) -> Json | None:
    """The deno.json of a directory; None where there is none, or after a refusal."""
    for name in _CONFIGS:
        path = join(directory, name)
        if not g.is_file(path):
            continue
        if need:
            g.need(path, "the manifest")
        text = g.text(path)
        config = parse_jsonc(text) if text is not None else None
        if config is None:
            g.refuse(LOCAL, f"{shown(path, g.cwd)} is not a JSON object", path)
        return config
    return None


def _workspace(g: Gathering, root: str, config: Json) -> dict[str, str]:
    """Members that a deno.json names, by path or pattern."""
    value = config.get("workspace")
    named = as_list(value) or as_list(as_table(value).get("members"))
    patterns = [pattern for pattern in named if isinstance(pattern, str)]
    return members(g, root, patterns, join(root, "deno.json"), manifests=_MANIFESTS)


def _members(g: Gathering, root: str, config: Json, project: Package | None, scripts: bool) -> bool:
    """Manifests of all members, those of package.json's workspace too. Does any of them name a package?"""
    found = _workspace(g, root, config)
    if project is not None:
        found |= members(g, root, workspace_patterns(project), project.path, manifests=_MANIFESTS)
    named = _fetches(config)
    for directory, pattern in found.items():
        member = _member(g, directory, f"workspace {pattern}")
        named = named or _fetches(member or {})
    if project is None:
        return named
    install = NodeInstall(g, project, Habits("deno", LIFECYCLE if scripts else (), linked))
    install.read({d: p for d, p in found.items() if g.is_file(join(d, "package.json"))})
    install.follow()
    return named or any(p.table(field) for p in (project, *install.members.values()) for field in DEPENDENCIES)


def _fetches(config: Json) -> bool:
    """Does an import name a package, or something on the network? An import map may."""
    imports = as_table(config.get("imports")).values()
    return "importMap" in config or any(isinstance(value, str) and ":" in value for value in imports)


def _member(g: Gathering, directory: str, why: str) -> Json | None:
    for name in _MANIFESTS:
        g.need_if_there(join(directory, name), why, required=True)
    config = _config(g, directory, need=False)
    if config is not None and "importMap" in config:
        _map(g, directory, config)
    return config


def _map(g: Gathering, root: str, config: Json) -> None:
    place = config.get("importMap")
    if isinstance(place, str) and "://" not in place:
        g.need_file(join(root, place), "importMap in deno.json")


def _lock(request: InstallRequest, g: Gathering, root: str, config: Json) -> None:
    setting = config.get("lock")
    options = request.match.options
    if setting is False or "--no-lock" in options:
        return
    table = as_table(setting)
    place = setting if isinstance(setting, str) else table.get("path", "deno.lock")
    path = join(root, place if isinstance(place, str) else "deno.lock")
    given = options.get("--frozen", options.get("--frozen-lockfile", ()))
    frozen = given[-1] != "false" if given else request.match.subcommand == ("ci",) or table.get("frozen") is True
    if not g.need_if_there(path, "the lockfile", required=True):
        if frozen and not g.linked(path):
            g.refuse(ABSENT, "deno install --frozen fails without deno.lock, which is not in the build context", path)
    elif not frozen:
        g.unsafe("deno install may rewrite deno.lock, and the later COPY puts it back: it is not run with --frozen")
    if not frozen:
        g.writes(path)
