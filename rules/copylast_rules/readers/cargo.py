"""What Cargo reads before it downloads crates: the manifests of the whole workspace, the lock, its settings.

Sources: https://doc.rust-lang.org/cargo/reference/workspaces.html, .../specifying-dependencies.html,
.../overriding-dependencies.html, .../source-replacement.html, .../config.html and the readme of cargo-chef;
runs cargo/manifest-only-fetch, cargo/ws-members-missing-explicit, cargo/path-dep-missing and
cargo/patch-path-missing of the evidence table.
"""

from __future__ import annotations

from copylast import Closure, InstallRequest
from copylast_rules.readers.cargo_workspace import Crate, Workspace, workspace_of
from copylast_rules.readers.gathering import ABSENT, LOCAL, SETTINGS, Gathering, gather
from copylast_rules.readers.node_manifests import as_list, as_table
from copylast_rules.readers.places import join, shown, upward
from copylast_rules.readers.toml_files import parsed, table, text_in

_EXACT = ("--locked", "--frozen")


def read(request: InstallRequest) -> Closure:
    """The closure of a command of Cargo, cargo-chef or rustup in the request's directory."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if match.kind in ("noop", "lock"):
        return
    vendored = _settings(request, g)
    if match.program == "rustup" or match.kind == "tool":
        return
    if "cook" in match.subcommand:
        recipe = _last(request, "--recipe-path") or "recipe.json"
        g.need(join(request.cwd, recipe), "the recipe of cargo-chef", required=False)
        g.writes(join(request.cwd, "target"))
        return
    manifest = _manifest(request, g)
    if manifest is None:
        g.idle = "no package"
        g.refuse(ABSENT, "no Cargo.toml in this directory or above", join(request.cwd, "Cargo.toml"))
        return
    workspace = workspace_of(g, manifest)
    if workspace is None:
        return
    if "prepare" in match.subcommand:
        # The recipe holds manifests and says which targets exist: it stays where only their text changes.
        g.need_if_there(join(workspace.root, "Cargo.lock"), "beside Cargo.toml", required=True)
        g.writes(join(request.cwd, _last(request, "--recipe-path") or "recipe.json"))
        g.idle = "it only plans"
        return
    lock = join(workspace.root, "Cargo.lock")
    locked = g.need_if_there(lock, "beside Cargo.toml", required=True)
    packages = as_list((parsed(g, lock) or {}).get("package")) if locked else []
    sources = [p for p in map(as_table, packages) if "source" in p]
    if vendored:
        g.idle = "dependencies are vendored"
    elif not sources and (packages or not any(crate.external for crate in workspace.crates)):
        g.idle = "no dependencies"
    if match.kind != "deps":
        return
    for crate in workspace.crates:
        _refuse_without_source(g, crate)
    if not any(option in match.options for option in _EXACT):
        missing = _missing(workspace, [text_in(as_table(p), "name") for p in packages]) if locked else "it is not there"
        if missing:
            g.unsafe(f"Cargo.lock may be written, and the later COPY puts back what was there: {missing}")
            g.writes(lock)
    if "vendor" in match.subcommand:
        g.writes(join(request.cwd, match.positional[0] if match.positional else "vendor"))


def _last(request: InstallRequest, option: str) -> str | None:
    values = request.match.options.get(option, ())
    return values[-1] if values and values[-1] else None


def _manifest(request: InstallRequest, g: Gathering) -> str | None:
    """The Cargo.toml that the command works on; None where there is none."""
    given = _last(request, "--manifest-path")
    package = _last(request, "--path")
    if given is None and package is not None:
        given = f"{package}/Cargo.toml"
    if given is not None:
        path = join(request.cwd, given)
        return path if g.is_file(path) else None
    for directory in upward(request.cwd):
        path = join(directory, "Cargo.toml")
        if g.is_file(path):
            return path
    return None


def _settings(request: InstallRequest, g: Gathering) -> bool:
    """Settings and toolchain files, here and above; True if crates.io is replaced by a directory."""
    vendored = False
    for directory in upward(request.cwd):
        for file in ("rust-toolchain.toml", "rust-toolchain"):
            g.need_if_there(join(directory, file), "it chooses the toolchain")
        for file in (".cargo/config.toml", ".cargo/config"):
            path = join(directory, file)
            if not g.need_if_there(path, "settings of Cargo"):
                continue
            settings = parsed(g, path) or {}
            if settings.get("paths"):
                g.refuse(LOCAL, f"{shown(path, g.cwd)} overrides crates by paths", path)
            for source in table(settings, "source").values():
                if "local-registry" in as_table(source):
                    g.refuse(SETTINGS, f"{shown(path, g.cwd)} names a registry of its own", path)
            aside = text_in(table(settings, "source", "crates-io"), "replace-with")
            vendored = vendored or "directory" in table(settings, "source", aside or "")
    return vendored


def _refuse_without_source(g: Gathering, crate: Crate) -> None:
    """Cargo refuses a manifest whose targets it would have to look for in the source."""
    if not crate.names_targets:
        where = shown(crate.path, g.cwd)
        g.refuse(LOCAL, f"Cargo does not read {where} without the source of the crate beside it", crate.path)


def _missing(workspace: Workspace, names: list[str | None]) -> str | None:
    """What the lock does not have, or None."""
    there = set(names)
    for crate in workspace.crates:
        for wanted in (*([crate.name] if crate.name else []), *sorted(crate.external)):
            if wanted not in there:
                return f"{wanted} is not in it"
    return None
