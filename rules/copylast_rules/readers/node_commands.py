"""Which commands of JavaScript's package managers install a project."""

from __future__ import annotations

from copylast import InstallRequest
from copylast_rules.readers.gathering import EDITS_MANIFEST, PROJECT, Gathering


def installs_project(request: InstallRequest, g: Gathering, manager: str) -> bool:
    """Does the command install what manifests name? If not, a refusal says so where one is due."""
    match = request.match
    said = " ".join((manager, *match.subcommand))
    if match.kind in ("build", "project", "deps+project"):
        g.refuse(PROJECT, f"{said} runs the project")
    elif match.kind == "lock":
        g.refuse(EDITS_MANIFEST, f"{said} edits package.json")
    return match.kind in ("deps", "fetch")
