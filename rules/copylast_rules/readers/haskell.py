"""What Cabal and Stack read before they build dependencies: the packages of the project and their files.

Sources: https://cabal.readthedocs.io/en/stable/cabal-project-description-file.html (packages, import),
https://docs.haskellstack.org/en/stable/configure/yaml/project/ (packages, extra-deps); runs
cabal/project-missing-pkg and cabal/package-yaml-hpack of the evidence table.
"""

from __future__ import annotations

import re

from copylast import Closure, InstallRequest, lazy_regex
from copylast_rules.readers.gathering import ABSENT, LOCAL, PROJECT, Gathering, gather
from copylast_rules.readers.globs import paths_of_glob
from copylast_rules.readers.places import join, parent, shown
from copylast_rules.readers.small_yaml import YamlError, read_yaml, texts

_FIELD = lazy_regex(r"^([a-zA-Z-]+):[ \t]*(.*(?:\n(?:[ \t]+.*|[ \t]*--.*|[ \t]*))*)", re.M)
_COMMENT = lazy_regex(r"^[ \t]*--.*$", re.M)
_IMPORT = lazy_regex(r"^import:[ \t]*(\S+)", re.M)
_CUSTOM = lazy_regex(r"^build-type:[ \t]*(custom|configure|make|hooks)\b", re.M | re.I)


def read_cabal(request: InstallRequest) -> Closure:
    """The closure of ``cabal build --only-dependencies`` in the request's directory."""
    return gather(request, _cabal)


def read_stack(request: InstallRequest) -> Closure:
    """The closure of ``stack build --only-dependencies`` in the request's directory."""
    return gather(request, _stack)


def _cabal(request: InstallRequest, g: Gathering) -> None:
    if request.match.kind not in ("deps", "build"):
        return
    g.unsafe("what Cabal reads was tried for little projects only")
    base = request.cwd
    chosen = request.match.options.get("--project-file", ())
    project = join(base, chosen[-1]) if chosen and chosen[-1] else g.above(base, "cabal.project")
    packages = ["./*.cabal"]
    if project is not None:
        base = parent(project)
        packages = _project(g, project, "the project", 0) or packages
        for suffix in (".local", ".freeze"):
            g.need_if_there(project + suffix, "beside cabal.project", required=True)
    found = sum(_package(g, base, said) for said in packages)
    if not found and project is None:
        if not g.linked(base):
            g.refuse(ABSENT, "no cabal.project and no .cabal file in this directory", join(base, "cabal.project"))
        g.idle = "no package"
    g.writes(join(base, "dist-newstyle"))


def _project(g: Gathering, path: str, why: str, depth: int) -> list[str]:
    """The packages that a project file names, those of its imports too."""
    if depth > 10 or not g.need_file(path, why):
        return []
    text = _COMMENT.sub("", g.text(path) or "")
    found: list[str] = []
    for target in _IMPORT.findall(text):
        if "://" not in target:
            found += _project(g, join(parent(path), target), f"import in {shown(path, g.cwd)}", depth + 1)
    for name, value in _FIELD.findall(text):
        if name.lower() in ("packages", "optional-packages"):
            found += [word for word in re.split(r"[\s,]+", value) if word]
    return found


def _package(g: Gathering, base: str, said: str) -> bool:
    """Need the .cabal files that an entry of ``packages`` leads to; were there any?"""
    if "://" in said:
        return True
    found: list[str] = []
    for path in paths_of_glob(g, base, said):
        found += [path] if path.endswith((".cabal", ".tar.gz")) else paths_of_glob(g, path, "*.cabal")
    if not found and "*" not in said:
        g.refuse(ABSENT, f"{said} holds no .cabal file", join(base, said))
    for path in found:
        _cabal_file(g, path, f"packages: {said}")
    return bool(found)


def _cabal_file(g: Gathering, path: str, why: str) -> None:
    if g.need_file(path, why) and not path.endswith(".tar.gz") and _CUSTOM.search(g.text(path) or ""):
        g.refuse(PROJECT, f"{shown(path, g.cwd)} is configured by a program of the project", path)


def _stack(request: InstallRequest, g: Gathering) -> None:
    if request.match.kind not in ("deps", "build"):
        return
    g.unsafe("what Stack reads is known from its documentation only")
    given = request.match.options.get("--stack-yaml", ())
    path = join(request.cwd, given[-1]) if given and given[-1] else g.above(request.cwd, "stack.yaml")
    if path is None:
        g.idle = "no stack.yaml"
        g.refuse(ABSENT, "no stack.yaml in this directory or above", join(request.cwd, "stack.yaml"))
        return
    if not g.need_file(path, "the project"):
        return
    try:
        data = read_yaml(g.text(path) or "")
    except YamlError as e:
        g.refuse(LOCAL, f"{shown(path, g.cwd)} cannot be read: {e}", path, e.line)
        return
    if g.need_if_there(f"{path}.lock", "the lock", required=True):
        g.writes(f"{path}.lock")
    if request.match.subcommand[:1] == ("setup",):
        return
    base = parent(path)
    for said in texts(data.get("packages")) if "packages" in data else ["."]:
        _stack_package(g, join(base, said), f"packages in {shown(path, g.cwd)}")
    for said in texts(data.get("extra-deps")):
        place = join(base, said)
        if said.startswith(".") or g.kind(place) is not None:
            g.need(place, f"extra-deps in {shown(path, g.cwd)}", "dir")
    g.writes(join(base, ".stack-work"))


def _stack_package(g: Gathering, directory: str, why: str) -> None:
    found = paths_of_glob(g, directory, "*.cabal")
    for path in found:
        _cabal_file(g, path, why)
    if g.need_if_there(join(directory, "package.yaml"), why, required=True):
        if not found:
            g.refuse(LOCAL, f"hpack makes the .cabal file of {shown(directory, g.cwd)} from its source", directory)
    elif not found:
        g.refuse(ABSENT, f"{directory} has neither package.yaml nor a .cabal file ({why})", directory)
