"""What Hatch reads before it makes an environment: whether there is anything to install apart from the project.

Sources: https://hatch.pypa.io/latest/config/environment/overview/ (``skip-install``, ``detached``); runs hatch/* of
the evidence table.
"""

from __future__ import annotations

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import PROJECT, Gathering, gather
from copylast_rules.readers.places import join
from copylast_rules.readers.toml_files import parsed, table, texts


def read(request: InstallRequest) -> Closure:
    """The closure of one Hatch command: Hatch always installs the project together with its dependencies."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    manifest = join(request.cwd, "pyproject.toml")
    if not g.need_file(manifest, "Hatch's project file"):
        return
    g.refuse(PROJECT, f"hatch {' '.join(request.match.subcommand)} installs the project itself")
    top = parsed(g, manifest)
    if top is None:
        return
    environments = table(top, "tool", "hatch", "envs")
    own = join(request.cwd, "hatch.toml")
    if g.need_if_there(own, "Hatch's settings") and not environments:
        environments = table(parsed(g, own), "envs")
    wanted = request.match.positional or ("default",)
    settings = [table(environments, name) for name in wanted]
    if settings and all(s.get("skip-install") is True or s.get("detached") is True for s in settings):
        g.idle = "the environment does not hold the project"
    project = table(top, "project")
    listed = texts(project.get("dependencies")) or "dependencies" in texts(project.get("dynamic"))
    if not listed and not any(s.get("dependencies") or s.get("features") for s in settings):
        g.idle = "no dependencies"
