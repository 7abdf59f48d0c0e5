"""The dependencies of a project that pip builds and installs: could they be installed before the project itself?

Source: https://packaging.python.org/en/latest/specifications/pyproject-toml/; runs pip/split-hatchling,
pip/pip-install-dot-dynamic-deps-file and pip/uv-pip-r-pyproject of the evidence table.
"""

from __future__ import annotations

from copylast import InstallRequest, Match
from copylast_rules.readers.gathering import Gathering
from copylast_rules.readers.places import join
from copylast_rules.readers.requirement_lines import target
from copylast_rules.readers.toml_files import parsed, table, texts


def look_for_dependencies(request: InstallRequest, g: Gathering, written: Match) -> None:
    """Say where ``written``, which installs a project, has nothing to install but that, as far as can be read."""
    if "--no-deps" in written.options or request.environment.get("PIP_NO_DEPS"):
        g.idle = "the dependencies are not installed"
        return
    wanted = [v for o in ("-e", "--editable") for v in written.options.get(o, ())] + list(written.positional)
    local = {join(request.cwd, path) for path in _paths(wanted)}
    manifest = join(request.cwd, "pyproject.toml")
    if local != {request.cwd} or not g.is_file(manifest):
        g.idle = "the dependencies of the project cannot be read"
        return
    g.need(manifest, "it names the dependencies of the project")
    project = table(parsed(g, manifest), "project")
    if not texts(project.get("dependencies")):
        g.idle = "pyproject.toml names no dependencies"


def _paths(words: list[str]) -> set[str]:
    """The arguments that are paths, without the extras that are asked for."""
    return {target(word, editable=True).path for word in words if target(word).what == "path"}
