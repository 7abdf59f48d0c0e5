"""What conda, mamba, micromamba and conda-lock read: environment files with their pip sections, lists, locks.

Sources: https://docs.conda.io/projects/conda/en/latest/user-guide/tasks/manage-environments.html (the pip section
runs in the directory of the file), https://mamba.readthedocs.io/en/latest/user_guide/micromamba.html and
https://conda.github.io/conda-lock/.
"""

from __future__ import annotations

import re

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.gathering import LOCAL, SURROUNDINGS, Gathering, gather, of_manifests
from copylast_rules.readers.places import join, name, parent
from copylast_rules.readers.requirements import Reading
from copylast_rules.readers.small_yaml import Yaml, YamlError, read_yaml

_DEFAULTS = ("environment.yml", "environment.yaml")
_REMOTE = lazy_regex(r"(?!file:)[a-z][a-z0-9+.-]*://", re.I)
_PATH = lazy_regex(r"(?:file:|\.{0,2}/|~)", re.I)


def read(request: InstallRequest) -> Closure:
    """The closure of one command that installs conda packages."""
    return gather(request, _read)


def _read(request: InstallRequest, g: Gathering) -> None:
    match = request.match
    if not of_manifests(request, g, match.program):
        return
    _settings(request, g)
    given = [*match.options.get("-f", ()), *match.options.get("--file", ())]
    if match.program == "conda-lock":
        given = list(match.positional) or ["conda-lock.yml"]
    elif not given:
        given = [next((d for d in _DEFAULTS if g.kind(join(request.cwd, d)) is not None), _DEFAULTS[0])]
    for value in given:
        if "$" in value or "`" in value:
            g.refuse(LOCAL, f"{value} is not the name of a file that can be known")
        elif not _REMOTE.match(value):
            _file(request, g, join(request.cwd, value))
    for option in ("-p", "--prefix"):
        for value in match.options.get(option, ()):
            if "$" in value:
                g.refuse(SURROUNDINGS, f"the directory of {option} is not known")
            else:
                g.output(option, value)


def _settings(request: InstallRequest, g: Gathering) -> None:
    environment = request.environment
    home = environment.get("HOME") or "/root"
    named = environment.get("CONDARC")
    if named:
        g.need_if_there(join(request.cwd, named), "conda's configuration")
    root = environment.get("MAMBA_ROOT_PREFIX") or environment.get("CONDA_PREFIX") or "/opt/conda"
    for file in (f"{home}/.condarc", f"{home}/.mambarc", f"{root}/.condarc", f"{root}/.mambarc", "/etc/conda/.condarc"):
        if file.startswith("/"):
            g.need_if_there(file, "conda's configuration")


def _file(request: InstallRequest, g: Gathering, path: str) -> None:
    """An environment file, a lock of conda-lock, or a list of packages."""
    if not g.need_file(path, f"`{request.match.program}` installs what it names"):
        return
    text = g.text(path)
    if text is None:
        return
    if request.match.program == "conda-lock" or re.search(r"(?:^|-)lock\.ya?ml$", name(path)):
        if re.search(r"(?m)^\s*-?\s*url:\s*[\"']?(?:file:|\.{0,2}/)", text):
            g.refuse(LOCAL, f"{name(path)} names local packages", path)
    elif re.search(r"\.ya?ml$", path):
        _environment(request, g, path, text)
    else:
        for number, line in enumerate(text.splitlines(), 1):
            if _PATH.match(line.strip()):
                g.refuse(LOCAL, f"{name(path)}:{number} names a local package", path, number)


def _environment(request: InstallRequest, g: Gathering, path: str, text: str) -> None:
    try:
        top = read_yaml(text)
    except YamlError as e:
        g.refuse(LOCAL, f"{name(path)} cannot be read: {e}", path, e.line)
        return
    for channel in _items(top.get("channels")):
        if not isinstance(channel, str) or _PATH.match(channel):
            g.refuse(LOCAL, f"a channel of {name(path)} is a directory", path)
    for entry in _items(top.get("dependencies")):
        if isinstance(entry, str):
            if _PATH.match(entry):
                g.refuse(LOCAL, f"{name(path)} names a local package: {entry}", path)
        elif isinstance(entry, dict):
            for key, wanted in entry.items():
                _section(request, g, path, key, _items(wanted))


def _section(request: InstallRequest, g: Gathering, path: str, key: str, wanted: list[Yaml]) -> None:
    """The pip section, whose entries are the lines of a requirements file; its paths begin where the file is."""
    if key.startswith("sel("):
        return
    if key != "pip" or not all(isinstance(entry, str) for entry in wanted):
        g.refuse(LOCAL, f"the section {key} of {name(path)} is not known", path)
        return
    reading = Reading(request._replace(cwd=parent(path)), g)
    reading.surroundings()
    reading.entries("\n".join(str(entry) for entry in wanted), path, numbered=False)


def _items(value: Yaml) -> list[Yaml]:
    return value if isinstance(value, list) else [] if value is None else [value]
