"""What pixi reads when it installs: the manifest, pixi.lock, settings, packages by path.

Sources: https://pixi.sh/latest/reference/pixi_manifest/, https://pixi.sh/latest/reference/cli/pixi/install/ and
https://pixi.sh/latest/deployment/container/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import ABSENT, LOCAL, PROJECT, SURROUNDINGS, Gathering, gather, of_manifests
from copylast_rules.readers.local_project import need_project
from copylast_rules.readers.places import join, name, parent, upward
from copylast_rules.readers.requirement_lines import ARCHIVE, URL, target
from copylast_rules.readers.toml_files import entries, parsed, table, texts

_TRUE = frozenset({"true", "1", "yes"})


def read(request: InstallRequest) -> Closure:
    """The closure of one pixi command."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if not of_manifests(request, g, "pixi"):
        return
    manifest = _manifest(request, g)
    if manifest is None:
        return
    g.need(manifest, "pixi's project file")
    top = parsed(g, manifest)
    if top is None:
        return
    root, own = parent(manifest), table(top, "tool", "pixi") if name(manifest) == "pyproject.toml" else top
    home = request.environment.get("HOME") or "/root"
    for file in (join(root, ".pixi/config.toml"), f"{home}/.pixi/config.toml", "/etc/pixi/config.toml"):
        g.need_if_there(file, "pixi's configuration")
    _lock(request, g, root)
    skipped = {*match.options.get("--skip", ()), *match.options.get("--skip-with-deps", ())}
    local = [*_packages(own), *_requirements(top)]
    for package, path in local:
        place = join(root, path)
        if package in skipped:
            continue
        if place == root:
            g.refuse(PROJECT, f"the project is a dependency of itself; `--skip {package}` leaves it out", manifest)
        elif ARCHIVE.search(path):
            g.need_file(place, f"the dependency {package}")
        else:
            need_project(g, place, f"the dependency {package}", None)
    _places(g, manifest, own)
    g.writes(join(root, ".pixi"))


def _manifest(request: InstallRequest, g: Gathering) -> str | None:
    given = request.match.options.get("--manifest-path") or request.match.options.get("-m")
    if given:
        path = join(request.cwd, given[-1])
        if "$" in given[-1]:
            g.refuse(SURROUNDINGS, "the path of pixi's project file is not known")
            return None
        if g.kind(path) != "dir":
            return path if g.need_file(path, "pixi's project file") else None
        directories = [path]
    else:
        directories = upward(request.cwd)
    for directory in directories:
        for file in ("pixi.toml", "pyproject.toml"):
            path = join(directory, file)
            if g.is_file(path) and (file == "pixi.toml" or "[tool.pixi" in (g.text(path) or "")):
                return path
    g.need_file(join(directories[0], "pixi.toml"), "pixi's project file")
    return None


def _lock(request: InstallRequest, g: Gathering, root: str) -> None:
    lock = join(root, "pixi.lock")
    kept = any(option in request.match.options for option in ("--locked", "--frozen")) or any(
        (request.environment.get(variable) or "").lower() in _TRUE for variable in ("PIXI_LOCKED", "PIXI_FROZEN")
    )
    if not g.need_if_there(lock, "beside the project file", required=True):
        if kept and not g.linked(lock):
            g.refuse(ABSENT, "there is no pixi.lock in the build context", lock)
        g.unsafe("there is no pixi.lock, so that the versions of an earlier build stay until the project file changes")
        g.writes(lock)
    elif not kept:
        g.unsafe("pixi.lock may be written again, and the later COPY puts it back; `--locked` prevents it")
        g.writes(lock)


def _packages(own: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Packages by path, in all features, for all platforms: name and path."""
    parts = [own, *(table(f) for f in table(own, "feature").values())]
    parts += [table(t) for part in tuple(parts) for t in table(part, "target").values()]
    for part in parts:
        for section in ("dependencies", "pypi-dependencies", "host-dependencies", "build-dependencies", "dev"):
            for package, row in table(part, section).items():
                path = table(row).get("path")
                if isinstance(path, str):
                    yield package, path


def _requirements(top: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Packages by path among the requirements of a pyproject.toml."""
    project = table(top, "project")
    groups = [project.get("dependencies"), *table(project, "optional-dependencies").values()]
    for requirement in (r for g in (*groups, *table(top, "dependency-groups").values()) for r in texts(g)):
        found = target(requirement)
        if found.what == "path":
            yield requirement.split("@")[0].strip(), found.path


def _places(g: Gathering, manifest: str, own: Mapping[str, object]) -> None:
    """Channels and lists of links that are directories of the project."""
    workspace = table(own, "workspace") or table(own, "project")
    places = [*entries(workspace.get("channels"))]
    for part in (own, *(table(f) for f in table(own, "feature").values())):
        places += [*entries(part.get("channels")), *entries(table(part, "pypi-options").get("find-links"))]
    for place in places:
        row = table(place)
        path = row.get("path") or row.get("channel") or (place if isinstance(place, str) else None)
        if isinstance(path, str) and not URL.match(path) and (row.get("path") or path.startswith((".", "/"))):
            g.refuse(LOCAL, f"{path} is a source of packages in the project", manifest)
