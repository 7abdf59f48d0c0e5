"""What Poetry reads when it installs dependencies: pyproject.toml, poetry.lock, settings, path dependencies.

Sources: https://python-poetry.org/docs/cli/#install, https://python-poetry.org/docs/dependency-specification/ and
https://python-poetry.org/docs/configuration/; runs poetry/* of the evidence table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from copylast import Closure, InstallRequest
from copylast_rules.readers.gathering import LOCAL, SETTINGS, Gathering, gather, of_manifests
from copylast_rules.readers.local_project import need_project
from copylast_rules.readers.places import join, parent
from copylast_rules.readers.requirement_lines import target
from copylast_rules.readers.toml_files import entries, parsed, project_above, table, texts

_FALSE = frozenset({"false", "0", "no"})
_TRUE = frozenset({"true", "1", "yes"})


def read(request: InstallRequest) -> Closure:
    """The closure of one Poetry command."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if not of_manifests(request, g, "poetry"):
        return
    project = project_above(request, g, "Poetry")
    if project is None:
        return
    manifest, top = project
    root = parent(manifest)
    if table(top, "tool", "poetry-dynamic-versioning").get("enable") is True:
        g.refuse(LOCAL, "poetry-dynamic-versioning asks git for the version, also without the project", manifest)
    _environment(request, g, root)
    directories = "--no-directory" not in match.options
    lock = join(root, "poetry.lock")
    if g.need_if_there(lock, "beside pyproject.toml", required=True):
        text = g.text(lock)
        local = list(_locked(text)) if text is not None else []
        if text is not None and "[[package]]" not in text:
            g.idle = "no dependencies"
    else:
        if g.linked(lock):
            return
        g.unsafe("there is no poetry.lock, so that the versions of an earlier build stay until pyproject.toml changes")
        g.writes(lock)
        local = list(_named(top))
    for path, is_directory in local:
        place = join(root, path)
        if not is_directory and g.kind(place) != "dir":
            g.need_file(place, "a dependency by path")
        elif directories:
            need_project(g, place, f"the dependency {path}", None)
    output = [v for option in ("-o", "--output") for v in match.options.get(option, ())]
    for value in output:
        g.writes(join(request.cwd, value))


def _environment(request: InstallRequest, g: Gathering, root: str) -> None:
    """Settings files, and whether the virtual environment is made inside the project."""
    environment = request.environment
    home = environment.get("HOME") or "/root"
    for file in ("config.toml", "auth.toml"):
        g.need_if_there(join(environment.get("POETRY_CONFIG_DIR") or f"{home}/.config/pypoetry", file), "its settings")
    settings: Mapping[str, object] = {}
    own = join(root, "poetry.toml")
    if g.need_if_there(own, "Poetry's settings of the project"):
        settings = table(parsed(g, own, SETTINGS), "virtualenvs")

    def says(key: str, words: frozenset[str]) -> bool:
        variable = f"POETRY_VIRTUALENVS_{key.upper().replace('-', '_')}"
        value = environment[variable] if variable in environment else settings.get(key)
        return str(value if value is not None else request.configured.get(f"virtualenvs.{key}")).lower() in words

    # `poetry config` may have said it in the base image, so that only a clear no is a no.
    if not says("create", _FALSE) and (says("in-project", _TRUE) or not says("in-project", _FALSE)):
        g.writes(join(root, ".venv"))
    if "pyenv" in (environment.get("PATH") or ""):
        g.need_if_there(join(root, ".python-version"), "pyenv chooses Python by it")


def _locked(text: str) -> Iterator[tuple[str, bool]]:
    """Local packages of a lockfile, the dependencies of dependencies among them: path, is it a directory."""
    for source in re.finditer(r"(?m)^\[package\.source\][^\n]*\n((?:[^\[\n][^\n]*\n?)*)", text):
        kind = re.search(r'(?m)^type = "(\w+)"', source[1])
        url = re.search(r'(?m)^url = "([^"\\]*)"', source[1])
        if kind and url and kind[1] in ("directory", "file"):
            yield url[1], kind[1] == "directory"


def _named(top: Mapping[str, object]) -> Iterator[tuple[str, bool]]:
    """Local packages that pyproject.toml names itself."""
    poetry = table(top, "tool", "poetry")
    tables = [table(poetry, "dependencies"), table(poetry, "dev-dependencies")]
    tables += [table(group, "dependencies") for group in table(poetry, "group").values()]
    for wanted in (entry for t in tables for value in t.values() for entry in entries(value)):
        path = table(wanted).get("path") or table(wanted).get("file")
        if isinstance(path, str):
            yield path, False
    project = table(top, "project")
    groups = [project.get("dependencies"), *table(project, "optional-dependencies").values()]
    for requirement in (r for group in (*groups, *table(top, "dependency-groups").values()) for r in texts(group)):
        found = target(requirement)
        if found.what == "path":
            yield found.path, False
