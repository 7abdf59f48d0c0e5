"""What ``uv pip`` reads: requirements files as pip does, and the dependencies of a pyproject.toml.

Sources: https://docs.astral.sh/uv/pip/packages/ and https://docs.astral.sh/uv/pip/compatibility/;
runs pip/uv-pip-r-pyproject and pip/uv-pip-r-pyproject-dynamic of the evidence table.
"""

from __future__ import annotations

from collections.abc import Iterator

from copylast import InstallRequest
from copylast_rules.readers.gathering import PROJECT, Gathering, of_manifests
from copylast_rules.readers.places import join, name, upward
from copylast_rules.readers.requirements import Reading
from copylast_rules.readers.toml_files import parsed, table, texts
from copylast_rules.readers.uv import settings, sources_of

_SAME = {
    "-r": "--requirement",
    "--requirements": "--requirement",
    "-c": "--constraint",
    "--constraints": "--constraint",
    "--override": "--constraint",
    "--overrides": "--constraint",
    "--exclude": "--constraint",
    "--excludes": "--constraint",
    "-b": "--build-constraint",
    "--build-constraints": "--build-constraint",
    "-e": "--editable",
    "-f": "--find-links",
}
_ENVIRONMENT = {
    "UV_CONSTRAINT": "--constraint",
    "UV_OVERRIDE": "--constraint",
    "UV_EXCLUDE": "--constraint",
    "UV_BUILD_CONSTRAINT": "--build-constraint",
    "UV_FIND_LINKS": "--find-links",
}


def look(request: InstallRequest, g: Gathering) -> None:
    """Gather what one ``uv pip`` command reads."""
    if not of_manifests(request, g, "uv"):
        return
    settings(request, g)
    for directory in upward(request.cwd):
        path = join(directory, "pyproject.toml")
        if g.is_file(path) and "[tool.uv" in (g.text(path) or ""):
            g.need(path, "uv's settings of the project", required=False)
    if request.instead_of is not None:
        from copylast_rules.readers.own_dependencies import look_for_dependencies

        look_for_dependencies(request, g, request.instead_of)
        options = {o: v for o, v in request.match.options.items() if o not in ("-e", "--editable")}
        request = request._replace(match=request.match._replace(options=options))
    _Reading(request, g).follow()


class _Reading(Reading):
    """Requirements as ``uv pip install`` and ``uv pip sync`` take them."""

    variables = _ENVIRONMENT
    separator = ","

    def follow(self) -> None:
        """Everything that the command line and the variables name."""
        options = dict(self.match.options)
        synced = self.match.subcommand == ("pip", "sync")
        for option, value, why in (*_given(options), *self._variables()):
            self.option(_SAME.get(option, option), value, self.cwd, why)
        for word in self.match.positional:
            if synced:
                self.file(word, self.cwd, word, None)
            else:
                self.positional(word)
        for option in ("--target", "--prefix", "-t"):
            for value in options.get(option, ()):
                self.g.output(option, value)
        place = self.environment.get("VIRTUAL_ENV")
        if "--system" not in options and not place and self.g.kind(join(self.cwd, ".venv")) is not None:
            place = join(self.cwd, ".venv")
        if place:
            self.g.writes(place)

    def file(self, value: str, base: str, why: str, line: int | None) -> None:
        """A requirements file, or a project file whose dependencies are taken."""
        path = join(base, value)
        if name(path) in ("setup.py", "setup.cfg"):
            self.g.refuse(PROJECT, f"{value} has to be built to know its dependencies", path, line)
        elif name(path) == "pyproject.toml":
            self._project(path, why)
        else:
            super().file(value, base, why, line)

    def _project(self, path: str, why: str) -> None:
        if not self.g.need_file(path, why):
            return
        top = parsed(self.g, path)
        if top is None:
            return
        project = table(top, "project")
        if {"dependencies", "optional-dependencies"} & set(texts(project.get("dynamic"))):
            self.g.refuse(PROJECT, "the dependencies of pyproject.toml are dynamic, so that the project is built", path)
        if not project:
            self.g.refuse(PROJECT, "pyproject.toml has no [project], so that the project is built", path)
        wanted = [*texts(project.get("dependencies"))]
        for group in table(project, "optional-dependencies").values():
            wanted += texts(group)
        for requirement in wanted:
            self.requirement(requirement, f"in {name(path)}", None)
        sources_of(self.g, path, top)


def _given(options: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    for option, values in options.items():
        for value in values:
            yield option, value, f"{option} {value}".strip()

