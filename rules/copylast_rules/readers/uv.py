"""What uv reads when it installs the dependencies of a project.

Sources: https://docs.astral.sh/uv/concepts/projects/sync/, https://docs.astral.sh/uv/reference/cli/#uv-sync,
https://docs.astral.sh/uv/guides/integration/docker/#intermediate-layers and
https://docs.astral.sh/uv/concepts/configuration-files/; runs uv/* of the evidence table.
"""

from __future__ import annotations

from collections.abc import Mapping

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import ABSENT, LOCAL, PROJECT, SURROUNDINGS, Gathering, gather, of_manifests
from copylast_rules.readers.local_project import need_project
from copylast_rules.readers.places import join, parent, upward
from copylast_rules.readers.requirement_lines import URL
from copylast_rules.readers.toml_files import entries, table, texts
from copylast_rules.readers.uv_lock import Lock, Locked, fits, normal, scan
from copylast_rules.readers.uv_workspace import Workspace, find, need_members

MAX_PACKAGES = 100_000
_TRUE = frozenset({"true", "1", "yes", "on"})


def read(request: InstallRequest) -> Closure:
    """The closure of one uv command."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if match.kind == "noop":
        return
    if match.subcommand[:1] == ("pip",):
        from copylast_rules.readers.uv_pip import look

        look(request, g)
        return
    if not of_manifests(request, g, "uv"):
        return
    settings(request, g)
    if match.subcommand in (("venv",), ("python", "install")):
        _interpreter(request, g)
        return
    workspace = find(g, request.cwd)
    if workspace is None:
        return
    g.need(workspace.manifest, "uv's project file")
    g.need(join(workspace.root, "pyproject.toml"), "the workspace that the project belongs to")
    for member in workspace.members.values():
        _indexes(g, workspace, member)
    lock = _lock(request, g, workspace)
    if lock is not None:
        _local_packages(request, g, workspace, lock)
    _results(request, g, workspace)


def _given(request: InstallRequest, option: str) -> bool:
    variable = request.environment.get("UV_" + option.lstrip("-").replace("-", "_").upper())
    return option in request.match.options or (variable or "").lower() in _TRUE


def settings(request: InstallRequest, g: Gathering) -> None:
    """Configuration files, and the versions of Python that the project asks for."""
    environment, options = request.environment, request.match.options
    home = environment.get("HOME") or "/root"
    for file in (f"{home}/.config/uv/uv.toml", "/etc/uv/uv.toml"):
        g.need_if_there(file, "uv's configuration")
    named = [*options.get("--config-file", ()), *filter(None, [environment.get("UV_CONFIG_FILE")])]
    for value in named:
        if "$" in value:
            g.refuse(SURROUNDINGS, "the configuration file of uv is not known")
        else:
            g.need_file(join(request.cwd, value), "uv's configuration")
    for directory in upward(request.cwd):
        for file in ("uv.toml", ".python-version", ".python-versions"):
            g.need_if_there(join(directory, file), "uv looks for it here and above")


def _interpreter(request: InstallRequest, g: Gathering) -> None:
    """``uv venv`` looks only for the version of Python, and makes a directory."""
    g.idle = "installs no packages"
    manifest = g.above(request.cwd, "pyproject.toml")
    if manifest is not None:
        g.need(manifest, "its requires-python chooses the version of Python", required=False)
    if request.match.subcommand == ("venv",):
        for word in request.match.positional or (request.environment.get("VIRTUAL_ENV") or ".venv",):
            g.writes(join(request.cwd, word))


def _indexes(g: Gathering, workspace: Workspace, top: Mapping[str, object]) -> None:
    """Indexes and lists of links that are directories of the project."""
    own = table(top, "tool", "uv")
    places = [table(index).get("url") for index in entries(own.get("index"))]
    places += [own.get("index-url"), *texts(own.get("extra-index-url")), *texts(own.get("find-links"))]
    for place in places:
        if isinstance(place, str) and (place.lower().startswith("file:") or not URL.match(place)):
            path = join(workspace.root, place)
            if place.startswith("file:") or g.kind(path) is None:
                g.refuse(LOCAL, f"the index {place} cannot be followed", workspace.manifest)
            else:
                g.need(path, "an index of the project", "dir")


def _lock(request: InstallRequest, g: Gathering, workspace: Workspace) -> Lock | None:
    """The lockfile; None after a refusal, or where there is none."""
    path = join(workspace.root, "uv.lock")
    frozen, locked = _given(request, "--frozen"), _given(request, "--locked")
    if not g.need_if_there(path, "beside pyproject.toml", required=True):
        if g.linked(path):
            return None
        need_members(g, workspace)
        if frozen or locked:
            g.refuse(ABSENT, "there is no uv.lock in the build context", path)
            return None
        g.unsafe("there is no uv.lock, so that the versions of an earlier build stay until pyproject.toml changes")
        g.writes(path)
        if len(workspace.members) > 1 or table(workspace.project, "tool", "uv").get("sources"):
            g.refuse(LOCAL, "without uv.lock the local packages of the project are not known", path)
        return None
    text = g.text(path)
    if text is None:
        return None
    if text.count("[[package]]") > MAX_PACKAGES:
        g.refuse(LOCAL, "uv.lock is too long to follow", path)
        return None
    lock = scan(text)
    if not any(p.kind not in ("editable", "virtual", "directory") for ps in lock.packages.values() for p in ps):
        g.idle = "no dependencies"
    if frozen:
        return lock
    need_members(g, workspace)
    for file, top in workspace.members.items():
        if {"dependencies", "optional-dependencies"} & set(texts(table(top, "project").get("dynamic"))):
            g.refuse(PROJECT, "the dependencies are dynamic, so that uv builds the project to know them", file)
    root = join(workspace.root, "pyproject.toml")
    if not locked and not (
        all(fits(lock, top, root=file == root) for file, top in workspace.members.items())
        and _same_members(lock, workspace)
    ):
        g.unsafe("uv.lock may be written again, and the later COPY puts it back; `--locked` makes sure that it is not")
        g.writes(path)
    return lock


def _same_members(lock: Lock, workspace: Workspace) -> bool:
    """True if every package of the workspace that the lock names is where it says."""
    return all(
        join(workspace.root, p.path + "/pyproject.toml") in workspace.members
        for p in lock.local()
        if p.kind in ("editable", "virtual")
    )


def _local_packages(request: InstallRequest, g: Gathering, workspace: Workspace, lock: Lock) -> None:
    """Local packages that are built and installed: all of their files, wherever the options do not leave them out."""
    match = request.match
    if match.subcommand == ("export",):
        return
    name = table(workspace.project, "project").get("name")
    roots = list(match.options.get("--package", ())) or ([name] if isinstance(name, str) else [])
    # The members of a workspace without a project of its own are all installed.
    whole = "--all-packages" in match.options or not roots or any("$" in r for r in roots)
    wanted = lock.reachable(normal(r) for r in roots) if not whole else frozenset(lock.packages)
    left_out = {normal(n) for n in match.options.get("--no-install-package", ())}
    own = {normal(r) for r in roots}
    frozen = _given(request, "--frozen")
    for package in lock.local():
        place = join(workspace.root, package.path)
        member = join(place, "pyproject.toml") in workspace.members or package.name in lock.members
        if package.name not in wanted:
            continue
        if package.name in left_out or _left_out(request, package, member, package.name in own):
            if not member and not frozen and package.kind != "path":
                g.need_file(join(place, "pyproject.toml"), f"uv.lock is held against the dependency {package.name}")
        elif package.kind == "path":
            g.need_file(place, f"the dependency {package.name}")
        elif package.kind == "virtual":
            g.need_file(join(place, "pyproject.toml"), f"the dependency {package.name}")
        else:
            need_project(g, place, f"the dependency {package.name}", None)


def _left_out(request: InstallRequest, package: Locked, member: bool, own: bool) -> bool:
    """True if an option says that a local package is not to be installed."""
    options = request.match.options
    if _given(request, "--no-install-local"):
        return True
    if member and _given(request, "--no-install-workspace"):
        return True
    if own and ("--only-group" in options or "--only-dev" in options):
        return True
    return own and _given(request, "--no-install-project")


def _results(request: InstallRequest, g: Gathering, workspace: Workspace) -> None:
    """The virtual environment, or the file that is exported."""
    options = request.match.options
    if request.match.subcommand == ("export",):
        for value in (v for o in ("-o", "--output-file") for v in options.get(o, ())):
            g.writes(join(request.cwd, value))
        return
    place = request.environment.get("UV_PROJECT_ENVIRONMENT", ".venv")
    if "--active" in options:
        place = request.environment.get("VIRTUAL_ENV", place)
    if place is None or "$" in place:
        g.refuse(SURROUNDINGS, "the directory of the virtual environment is not known")
    else:
        g.output("the virtual environment", join(workspace.root, place))


def sources_of(g: Gathering, manifest: str, top: Mapping[str, object]) -> None:
    """The local packages that ``[tool.uv.sources]`` of a pyproject.toml names."""
    root = parent(manifest)
    for name, rows in table(top, "tool", "uv", "sources").items():
        for row in entries(rows):
            if table(row).get("workspace") is True:
                g.refuse(LOCAL, f"the dependency {name} is a member of the workspace", manifest)
            path = table(row).get("path")
            if isinstance(path, str):
                need_project(g, join(root, path), f"the dependency {name}", None)
