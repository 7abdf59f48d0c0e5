"""Where uv finds the project: its pyproject.toml, the workspace that it belongs to, and the members of that.

Source: https://docs.astral.sh/uv/concepts/projects/workspaces/
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from weakref import WeakKeyDictionary

from copylast import NamedTuple, ProjectFiles
from copylast_rules.readers.gathering import MEMBERS, Gathering
from copylast_rules.readers.globs import paths_of_glob
from copylast_rules.readers.places import join, parent, shown, upward, within
from copylast_rules.readers.toml_files import parsed, table, texts


class Workspace(NamedTuple):
    """``manifest`` is the pyproject.toml of the project that the command works on, ``root`` the workspace's directory.

    ``members`` are the parsed pyproject.toml files by their image path, the root's and the project's own included.
    """

    manifest: str
    root: str
    members: Mapping[str, Mapping[str, object]]

    @property
    def project(self) -> Mapping[str, object]:
        """The pyproject.toml that the command works on."""
        return self.members[self.manifest]


def find(g: Gathering, cwd: str) -> Workspace | None:
    """The project in ``cwd`` or above; None after a refusal."""
    manifest = g.above(cwd, "pyproject.toml")
    if manifest is None:
        g.need_file(join(cwd, "pyproject.toml"), "uv's project file")
        return None
    top = parsed(g, manifest)
    if top is None:
        return None
    alone = Workspace(manifest, parent(manifest), {manifest: top})
    if table(top, "tool", "uv").get("managed") is False:
        g.refuse(MEMBERS, "pyproject.toml says that uv does not manage the project", manifest)
        return None
    for directory in upward(parent(manifest)):
        above = join(directory, "pyproject.toml")
        if not g.is_file(above):
            continue
        outer = top if above == manifest else parsed(g, above)
        if outer is None:
            return None
        workspace = table(outer, "tool", "uv").get("workspace")
        if workspace is None:
            continue
        members = _members(g, above, outer)
        if members is None:
            return None
        return Workspace(manifest, directory, members) if manifest in members else alone
    return alone


_KNOWN: WeakKeyDictionary[ProjectFiles, dict[str, dict[str, Mapping[str, object]]]] = WeakKeyDictionary()
"""The members by the root's manifest, for the same files: a command and the one that stands for it are both asked."""


def _members(
    g: Gathering, manifest: str, top: Mapping[str, object]
) -> dict[str, Mapping[str, object]] | None:
    known = _KNOWN.setdefault(g.files, {})
    if manifest not in known:
        found = _looked_up(g, manifest, top)
        if found is None:
            return None
        known[manifest] = found
    return known[manifest]


def _looked_up(
    g: Gathering, manifest: str, top: Mapping[str, object]
) -> dict[str, Mapping[str, object]] | None:
    root = parent(manifest)
    workspace = table(top, "tool", "uv", "workspace")
    excluded = [join(root, pattern) for pattern in texts(workspace.get("exclude"))]
    found: dict[str, Mapping[str, object]] = {manifest: top}
    for pattern in texts(workspace.get("members")):
        if any(c in pattern for c in "[]{}!\\"):
            g.refuse(MEMBERS, f"the members {pattern} cannot be followed", manifest)
            return None
        for directory in paths_of_glob(g, root, pattern):
            if any(fnmatchcase(directory, e) for e in excluded) or not within(directory, root):
                continue
            path = join(directory, "pyproject.toml")
            if path in found or not g.is_file(path):
                continue
            member = parsed(g, path)
            if member is None:
                return None
            found[path] = member
    return found


def need_members(g: Gathering, workspace: Workspace) -> None:
    """Every member's pyproject.toml."""
    for path in workspace.members:
        g.need(path, f"a member of the workspace {shown(workspace.root, g.cwd)}")
