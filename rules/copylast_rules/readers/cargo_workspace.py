"""The crates of a Cargo workspace, and what they take from elsewhere.

Sources: https://doc.rust-lang.org/cargo/reference/workspaces.html (members, exclude, the root is found by
looking upward, path dependencies below the root are members), .../overriding-dependencies.html (patch, replace).
"""

from __future__ import annotations

from collections.abc import Iterator

from copylast import NamedTuple
from copylast_rules.readers.gathering import LOCAL, Gathering, TooMuch
from copylast_rules.readers.globs import paths_of_glob
from copylast_rules.readers.node_manifests import Json, as_list, as_table
from copylast_rules.readers.places import join, parent, shown, upward, within
from copylast_rules.readers.toml_files import parsed, table, text_in

_DEPENDENCIES = ("dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies")
_TARGETS = ("bin", "example", "test", "bench")
_MAX_CRATES = 5_000


class Crate(NamedTuple):
    """One Cargo.toml. ``external`` are names of crates that come from a registry or from git."""

    path: str
    name: str | None
    external: frozenset[str]
    names_targets: bool
    """True if the manifest says which file each target is, so that Cargo looks for none."""


class Workspace(NamedTuple):
    """All crates that Cargo looks at for one manifest; ``root`` is the directory of the lock."""

    root: str
    crates: tuple[Crate, ...]


def workspace_of(g: Gathering, manifest: str) -> Workspace | None:
    """The workspace that a manifest belongs to, all its manifests needed. None after a refusal; raises TooMuch."""
    g.need(manifest, "the manifest")
    own = parsed(g, manifest)
    if own is None:
        return None
    root, data = _root(g, manifest, own)
    queue: dict[str, str] = {root: "the root of the workspace", manifest: "the manifest"}
    where = shown(root, g.cwd)
    for member in _members(g, parent(root), table(data, "workspace")):
        queue.setdefault(f"{member}/Cargo.toml", f"members in {where}")
    for patches in (*table(data, "patch").values(), data.get("replace")):
        for path in _paths(as_table(patches)):
            queue.setdefault(join(parent(root), f"{path}/Cargo.toml"), f"patch in {where}")
    shared = table(data, "workspace", "dependencies")
    crates: list[Crate] = []
    todo = list(queue)
    while todo:
        path = todo.pop(0)
        if len(crates) > _MAX_CRATES:
            raise TooMuch
        if not g.need_file(path, queue[path]):
            continue
        own = data if path == root else parsed(g, path)
        if own is None:
            continue
        crate, local = _crate(path, own, shared, parent(root))
        if "package" in own:
            crates.append(crate)
        for directory in local:
            target = f"{directory}/Cargo.toml"
            if target not in queue:
                queue[target] = f"path in {shown(path, g.cwd)}"
                todo.append(target)
    return Workspace(parent(root), tuple(crates))


def _root(g: Gathering, manifest: str, own: Json) -> tuple[str, Json]:
    """The manifest with the ``[workspace]`` that this one belongs to, itself if there is none."""
    if "workspace" in own:
        return manifest, own
    said = text_in(table(own, "package"), "workspace")
    directories = [join(parent(manifest), said)] if said else upward(parent(manifest))[1:]
    for directory in directories:
        path = join(directory, "Cargo.toml")
        if g.is_file(path):
            data = parsed(g, path)
            if data is not None and "workspace" in data:
                excluded = [join(directory, str(e)) for e in as_list(table(data, "workspace").get("exclude"))]
                return (manifest, own) if any(within(manifest, e) for e in excluded) else (path, data)
    return manifest, own


def _members(g: Gathering, root: str, workspace: Json) -> Iterator[str]:
    excluded = [join(root, str(e)) for e in as_list(workspace.get("exclude"))]
    for pattern in as_list(workspace.get("members")):
        if not isinstance(pattern, str):
            continue
        for path in paths_of_glob(g, root, pattern):
            if "*" in pattern and not g.is_file(f"{path}/Cargo.toml"):
                if g.kind(path) == "dir" and path not in excluded:
                    g.refuse(LOCAL, f"{shown(path, root)} is a member without a Cargo.toml", path)
                continue
            if not any(within(path, e) for e in excluded):
                yield path


def _paths(entries: Json) -> Iterator[str]:
    for value in entries.values():
        path = text_in(as_table(value), "path")
        if path is not None:
            yield path


def _crate(path: str, data: Json, shared: Json, root: str) -> tuple[Crate, list[str]]:
    """The crate, and the directories of crates that it takes by path."""
    external: set[str] = set()
    local: list[str] = []
    for entries in _dependencies(data):
        for name, value in entries.items():
            base, said = parent(path), as_table(value)
            if said.get("workspace") is True:
                base, value = root, shared.get(name)
                said = as_table(value)
            place = text_in(said, "path")
            if place is not None:
                local.append(join(base, place))
            else:
                external.add(text_in(said, "package") or name)
    crate = Crate(path, text_in(table(data, "package"), "name"), frozenset(external), _names_targets(data))
    return crate, local


def _dependencies(data: Json) -> Iterator[Json]:
    for key in _DEPENDENCIES:
        yield as_table(data.get(key))
    for target in table(data, "target").values():
        for key in _DEPENDENCIES:
            yield as_table(as_table(target).get(key))


def _names_targets(data: Json) -> bool:
    targets = [as_table(target) for key in _TARGETS for target in as_list(data.get(key))]
    targets += [as_table(data["lib"])] if "lib" in data else []
    return bool(targets) and all(text_in(target, "path") for target in targets)
