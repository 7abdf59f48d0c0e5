"""What ``corepack install`` and ``corepack prepare`` read when no version is given: the project's packageManager.

Sources: corepack 0.34.6 (``loadSpec``, ``resolvePatternsToDescriptors``): the nearest package.json that names a
packageManager, every one below it, and the file of variables beside each; nothing of the project is written.
"""

from __future__ import annotations

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import ABSENT, SETTINGS, Gathering, gather
from copylast_rules.readers.node_manifests import as_table, read_package
from copylast_rules.readers.places import join, upward

_FILE = "COREPACK_ENV_FILE"
_VARIABLES = ".corepack.env"


def read(request: InstallRequest) -> Closure:
    """The closure of a command that takes the version from package.json."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    named = request.environment.get(_FILE, _VARIABLES)
    if named is None:
        g.refuse(SETTINGS, f"{_FILE} has a value that is not known")
        return
    home = request.environment.get("COREPACK_HOME")
    if home:
        g.writes(join(request.cwd, home))
    found = False
    for directory in upward(request.cwd):
        path = join(directory, "package.json")
        if "node_modules" in directory.split("/") or not g.is_file(path):
            continue
        package = read_package(g, directory)
        if package is None:
            return
        g.need(path, "may name the package manager")
        if named not in ("", "0"):
            g.need_if_there(join(directory, named), "variables of corepack")
        found = found or bool(as_table(package.data.get("devEngines")).get("packageManager"))
        if package.data.get("packageManager"):
            return
    if not found:
        manifest = join(request.cwd, "package.json")
        g.refuse(ABSENT, "no package.json names a packageManager", None if g.is_file(manifest) else manifest)
